/* wire.h  The server's end of one connection, plain or TLS, and an answer put on it as the script wants it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_WIRE_H
#define PGT_WIRE_H

#include "tests/support/loopback.h"

#include <openssl/ssl.h>
#include <stdbool.h>

typedef struct pgt_wire {
    int fd;
    SSL *ssl; /**< NULL: plain */
    const _Atomic bool *stop;
} pgt_wire;
long pgt_wire_get(pgt_wire *wire, void *bytes, size_t n); /**< as recv() */
/** @return whether the connection goes on */
bool pgt_wire_answer(pgt_wire *wire, const pgt_answer *answer);

#endif
