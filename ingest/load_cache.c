/* load_cache.c  Tables read before, kept as columnar files that are named by what they were read from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/columnar.h"
#include "core/hash.h"
#include "core/parallel.h"
#include "core/text.h"
#include "ingest/load.h"
#include "pgdp/file.h"

enum {
    READERS_VERSION = 3, /* to be raised when a reader gives another frame for the same bytes */
    HASHED = 1 << 22     /* bytes of a block */
};

/* The hash of each block, so that threads share the work. */
typedef struct hashing {
    const pg_origin *origin;
    char (*hex)[PG_SHA256_HEX];
} hashing;

static pgdp_status hash_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const hashing *h = user;
    const pg_range range = pg_block_range(h->origin->in.n, HASHED, block);
    PG_TRY(pg_sha256(ctx, h->origin->in.data + range.first, range.end - range.first, h->hex[block]));
    pg_mapping_forget(&h->origin->mapping, h->origin->in.data + range.first, range.end - range.first);
    return PGDP_OK;
}

/* The name says all that the frame depends on: the bytes, their label (messages and formats by name), what is asked
 * for, and the program. */
static pgdp_status entry_name(pgdp_ctx *ctx, const pg_origin *origin, const pgdp_load *how, const char **name)
{
    const size_t n_blocks = pg_n_blocks(origin->in.n, HASHED);
    hashing h = { .origin = origin };
    char hex[PG_SHA256_HEX], description[PG_SHA256_HEX];
    pg_text text;
    PG_TRY_ALLOC(ctx, h.hex, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *h.hex));
    PG_TRY(pg_parallel(ctx, NULL, n_blocks, hash_block, &h));
    pg_text_init(&text, &ctx->scratch);
    if (origin->description.n > 0) {
        PG_TRY(pg_sha256(ctx, origin->description.data, origin->description.n, description));
        pg_text_addf(&text, "description %s\n", description);
    }
    pg_text_addf(&text, "%s %d %d\n%s\n%s\n%s\n%d\n", pgdp_version(), READERS_VERSION, PG_COLUMNAR_VERSION,
                 origin->in.label, how->format == NULL ? "" : how->format, how->sheet == NULL ? "" : how->sheet,
                 how->sheet != NULL);
    for (size_t i = 0; how->columns != NULL && i < how->n_columns; i++)
        pg_text_addf(&text, "column %s\n", how->columns[i]);
    for (size_t i = 0; i < n_blocks; i++)
        pg_text_addf(&text, "%s\n", h.hex[i]);
    if (text.failed) return pg_no_memory(ctx);
    PG_TRY(pg_sha256(ctx, text.data, text.n, hex));
    PG_TRY_ALLOC(ctx, *name, pg_arena_printf(&ctx->scratch, "%s/%s.pgdp", how->cache, hex));
    return PGDP_OK;
}

/* An entry that is not there, or is damaged, leaves *out NULL. */
static pgdp_status take_entry(pgdp_ctx *ctx, const char *name, pgdp_frame **out)
{
    pgdp_table *table = NULL;
    pgdp_status status = pgdp_table_open(ctx, name, NULL, 0, &table);
    if (status == PGDP_OK) status = pg_table_into_frame(ctx, table, out);
    return status == PGDP_NO_MEMORY ? status : PGDP_OK;
}

static pgdp_status keep_entry(pgdp_ctx *ctx, const char *directory, const char *name, const pgdp_frame *frame)
{
    pgdp_table_writer *writer;
    if (pgdp_frame_n_columns(frame) == 0) return PGDP_OK;
    PG_TRY(pgdp_directory_make(ctx, directory));
    PG_TRY(pgdp_table_writer_new(ctx, name, frame, &writer));
    const pgdp_status status = pgdp_table_writer_add(ctx, writer, frame);
    if (status == PGDP_OK) return pgdp_table_writer_commit(ctx, writer);
    pgdp_table_writer_discard(ctx, writer);
    return status;
}

static pgdp_status load_cached(pgdp_ctx *ctx, const char *path, const pg_origin *origin, const pgdp_load *how,
                               pgdp_frame **out)
{
    const char *name = NULL;
    PG_TRY(entry_name(ctx, origin, how, &name));
    PG_TRY(take_entry(ctx, name, out));
    if (*out != NULL) return PGDP_OK;
    PG_TRY(pg_load(ctx, path, origin, how, out));
    return keep_entry(ctx, how->cache, name, *out);
}

pgdp_status pg_cache_load(pgdp_ctx *ctx, const char *path, const pg_origin *origin, const pgdp_load *how,
                          pgdp_frame **out)
{
    pgdp_frame *frame = NULL;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = load_cached(ctx, path, origin, how, &frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}
