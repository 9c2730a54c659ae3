/* hash.c  SHA-256 by OpenSSL's libcrypto. Source: FIPS 180-4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/hash.h"

#include <openssl/evp.h>

pgdp_status pg_sha256(pgdp_ctx *ctx, const void *bytes, size_t n, char hex[PG_SHA256_HEX])
{
    static const char digits[] = "0123456789abcdef";
    unsigned char digest[EVP_MAX_MD_SIZE];
    unsigned int length = 0;
    if (EVP_Digest(bytes, n, digest, &length, EVP_sha256(), NULL) != 1 || 2 * length + 1 != PG_SHA256_HEX)
        return pg_fail(ctx, PGDP_NO_MEMORY, "libcrypto could not compute SHA-256: out of memory, or it lacks SHA-256");
    for (size_t i = 0; i < length; i++) {
        hex[2 * i] = digits[digest[i] >> 4];
        hex[2 * i + 1] = digits[digest[i] & 15];
    }
    hex[2 * length] = '\0';
    return PGDP_OK;
}
