/* packed.h  Numbers and texts as bytes and back: for other ranks, and for files that the same program reads again.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Numbers as they stand in memory: only the program that wrote them, on the same kind of machine, reads them. */
#ifndef PG_PACKED_H
#define PG_PACKED_H

#include "core/ctx.h"
#include "core/text.h"

void pg_pack_bytes(pg_text *to, const void *bytes, size_t n);
void pg_pack_size(pg_text *to, size_t n);
/** NULL is told from "". */
void pg_pack_text(pg_text *to, const char *text);
/** x [n], or that there are none: NULL. */
void pg_pack_reals(pg_text *to, const double *x, size_t n);

/** Bytes being read; `bad` once they ended too early: then nothing more is taken, and all that is answered is 0 or
 * NULL.
 */
typedef struct pg_packed {
    const unsigned char *at, *end;
    bool bad;
} pg_packed;
void pg_unpack_bytes(pg_packed *from, void *to, size_t n);
size_t pg_unpack_size(pg_packed *from);
/** Copies in the arena. @return NO_MEMORY */
pgdp_status pg_unpack_text(pgdp_ctx *ctx, pg_packed *from, pg_arena *arena, const char **out);
pgdp_status pg_unpack_reals(pgdp_ctx *ctx, pg_packed *from, pg_arena *arena, size_t n, double **out);

#endif
