/* bytes.h  What the bytes of a file are before any reader sees them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BYTES_H
#define PG_BYTES_H

#include "core/file.h"
#include "pgdp/ingest.h"

/** Refuse what no reader can read: nothing, a web page, a Git LFS pointer, UTF-16, gzip, ... @return PARSE */
pgdp_status pg_bytes_refuse(pgdp_ctx *ctx, const pgdp_bytes *in);
/**
 * Text without its BOM, in UTF-8: other bytes are taken as Windows-1252 and copied to ctx->scratch; *note says so.
 * @param mapping  what the bytes lie in, let go once they are checked; NULL: plain memory
 */
pgdp_status pg_bytes_as_text(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_mapping *mapping, pgdp_bytes *out,
                             const char **note);

/** The code point that a byte of Windows-1252 stands for. */
unsigned pg_windows_1252(unsigned char byte);

bool pg_bytes_start(const pgdp_bytes *in, const char *text);
/** Whether the text occurs in the first n bytes, or in the first line with n = 0. */
bool pg_bytes_hold(const pgdp_bytes *in, size_t n, const char *text);
/** The name in a path, "data/ce.series" -> "ce.series". */
const char *pg_base_name(const char *label);

#endif
