/* postgres.h  A PostgreSQL server of the test's own, from Debian's package, on a socket in a new folder.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_POSTGRES_H
#define PGT_POSTGRES_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct pgt_server {
    char folder[64]; /**< host of its addresses: postgresql://pgdp@/postgres?host=FOLDER */
    pid_t pid;
} pgt_server;
/** @return false, with a printed line, when none is installed. It ends with this process at the latest. */
bool pgt_server_start(pgt_server *server);
void pgt_server_stop(pgt_server *server);

#endif
