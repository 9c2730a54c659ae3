/* certificate.h  Certificates made for one test, and how a server that shows them speaks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_CERTIFICATE_H
#define PGT_CERTIFICATE_H

#include "tests/support/loopback.h"

#include <openssl/ssl.h>

/** A server's side of TLS with a new key, signed by itself; the certificate is written to the file that trusts it. */
SSL_CTX *pgt_certificate_server(pgt_tls kind, const char *authority);

#endif
