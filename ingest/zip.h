/* zip.h  Members of a ZIP archive in memory, streamed under limits: the only door to libzip.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_ZIP_H
#define PG_ZIP_H

#include "core/ctx.h"
#include "pgdp/ingest.h"

typedef struct pg_zip pg_zip;
/**
 * Open; the bytes must outlive it.
 * @return PARSE for a broken archive, too many parts, equal or unsafe names, encryption, unknown compression
 */
pgdp_status pg_zip_open(pgdp_ctx *ctx, const pgdp_bytes *in, pg_zip **out);
void pg_zip_close(pg_zip *zip);                          /**< NULL is fine */
const char *pg_zip_name(const pg_zip *zip, size_t i);    /**< NULL: past the end */
size_t pg_zip_find(const pg_zip *zip, const char *name); /**< cases folded; PGDP_NONE when there is none */

/** Takes the next bytes; *enough = true: no more are wanted. */
typedef pgdp_status (*pg_zip_take)(pgdp_ctx *ctx, void *user, const void *bytes, size_t n, bool *enough);
/** Unpack one part piece by piece; its checksum is verified at the end. @return PARSE beyond a limit, what take says */
pgdp_status pg_zip_stream(pgdp_ctx *ctx, pg_zip *zip, size_t i, pg_zip_take take, void *user);
/** Unpack one part into ctx->scratch. */
pgdp_status pg_zip_read(pgdp_ctx *ctx, pg_zip *zip, size_t i, pgdp_bytes *out);

#endif
