/* unpack.h  Bytes compressed by gzip or zstd, as a stream or at once: the only door to zlib and zstd.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_UNPACK_H
#define PG_UNPACK_H

#include "core/ctx.h"
#include "pgdp/ingest.h"

/** Whether the first bytes are those of gzip or zstd. */
bool pg_is_packed(const pgdp_bytes *in);
/** The label without ".gz" or ".zst"; NULL: out of memory. */
const char *pg_unpacked_label(pg_arena *arena, const char *label);

/** A stream of unpacked bytes. */
typedef struct pg_unpacker pg_unpacker;
/** @param in  must outlive the stream. @return NO_MEMORY */
pgdp_status pg_unpacker_new(pgdp_ctx *ctx, const pgdp_bytes *in, pg_unpacker **out);
void pg_unpacker_free(pg_unpacker *unpacker); /**< NULL is fine */
/** The next n bytes, fewer only at the end.
 * @return PARSE for damaged or cut data, for what follows them, and for bombs: over 200 times their packed size */
pgdp_status pg_unpacker_read(pgdp_ctx *ctx, pg_unpacker *unpacker, unsigned char *bytes, size_t n, size_t *got);
/** Bytes of the packed data that have been taken. */
size_t pg_unpacker_taken(const pg_unpacker *unpacker);

/** All of it, at most 4 GiB, in memory of the context's allocator, freed with pgdp_file_release(). */
pgdp_status pg_unpack(pgdp_ctx *ctx, const pgdp_bytes *in, unsigned char **bytes, size_t *n);

#endif
