/* ole.h  Streams inside a compound file, what old binary Office files are. Source: [MS-CFB].
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_OLE_H
#define PG_OLE_H

#include "core/ctx.h"
#include "pgdp/ingest.h"

bool pg_is_ole(const pgdp_bytes *in);
/**
 * A stream by the first of the names that is there, in ctx->scratch; none of them: out->data is NULL.
 * @param names  NULL-ended, ASCII
 * @return PARSE when sectors are outside the file, or in a ring
 */
pgdp_status pg_ole_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const char *const *names, pgdp_bytes *out);
/** Little-endian numbers. */
unsigned pg_u16(const unsigned char *p);
uint32_t pg_u32(const unsigned char *p);

#endif
