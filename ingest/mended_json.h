/* mended_json.h  JSON as the BEA sends it. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MENDED_JSON_H
#define PG_MENDED_JSON_H

#include "core/json.h"
#include "ingest/bytes.h"

/**
 * pg_json_parse(), and where that fails once more after what stands wrongly inside texts is mended: bytes that are no
 * UTF-8 (then Windows-1252), control characters (then blanks), escapes that JSON does not know (then backslashes).
 * @param n_mended  characters mended; 0: the JSON is valid  @return PARSE, NO_MEMORY
 */
pgdp_status pg_mended_json(pgdp_ctx *ctx, const pgdp_bytes *in, pg_json_document **out, size_t *n_mended);

#endif
