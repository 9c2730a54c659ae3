/* hash.h  SHA-256 by OpenSSL's libcrypto.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_HASH_H
#define PG_HASH_H

#include "core/ctx.h"

enum { PG_SHA256_HEX = 65 }; /**< hex digits and NUL */
pgdp_status pg_sha256(pgdp_ctx *ctx, const void *bytes, size_t n, char hex[PG_SHA256_HEX]);

#endif
