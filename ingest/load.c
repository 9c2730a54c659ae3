/* load.c  A table of a file as a frame: its bytes mapped or read, the columns wanted, the table asked for.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/load.h"

#include <string.h>

#include "core/columnar.h"
#include "core/text.h"
#include "pgdp/file.h"

enum { MAPPED = 1 << 20 }; /* bytes from which a file is mapped: reading a small one costs less */

pgdp_status pg_origin_describe(pgdp_ctx *ctx, pg_origin *origin)
{
    const char *path;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    if (!pg_ends_with(origin->in.label, ".csv")) return PGDP_OK;
    PG_TRY_ALLOC(ctx, path, pg_arena_printf(&ctx->scratch, "%s%s", origin->in.label, PG_SCHEMA_ENDING));
    pgdp_status status = PGDP_OK;
    if (pg_file_is_there(path)) status = pgdp_file_read(ctx, path, &origin->described, &origin->description.n);
    origin->description.label = origin->in.label;
    origin->description.data = origin->described;
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status open_bytes(pgdp_ctx *ctx, const char *path, pg_origin *out)
{
    if (!pg_streq(path, "-")) PG_TRY(pg_file_map(ctx, path, MAPPED, &out->mapping));
    out->in.data = out->mapping.data;
    out->in.n = out->mapping.n;
    if (out->mapping.data != NULL) return PGDP_OK;
    PG_TRY(pgdp_file_read(ctx, path, &out->read, &out->in.n));
    out->in.data = out->read;
    return PGDP_OK;
}

pgdp_status pg_origin_open(pgdp_ctx *ctx, const char *path, pg_origin *out)
{
    *out = (pg_origin){ .in = { .label = pg_streq(path, "-") ? "standard input" : path } };
    PG_TRY(open_bytes(ctx, path, out));
    const pgdp_status status = pg_origin_describe(ctx, out);
    if (status != PGDP_OK) pg_origin_close(ctx, out);
    return status;
}

void pg_origin_close(pgdp_ctx *ctx, pg_origin *origin)
{
    pg_mapping_close(&origin->mapping);
    pgdp_file_release(ctx, origin->read);
    pgdp_file_release(ctx, origin->described);
}

static pgdp_status choose_table(pgdp_ctx *ctx, const pgdp_dataset *dataset, const char *sheet, size_t *table)
{
    const size_t n = dataset->n_tables;
    for (*table = 0; *table < n; ++*table)
        if (sheet == NULL ? n == 1 : pg_streq(dataset->tables[*table].name, sheet)) return PGDP_OK;
    if (sheet != NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "no table \"%s\" in the data; the first of %zu is \"%s\"", sheet, n,
                       dataset->tables[0].name);
    return pg_fail(ctx, PGDP_NOT_FOUND, "the data have %zu tables; choose one with --sheet, the first is \"%s\"", n,
                   dataset->tables[0].name);
}

/* Through a reader. */
static pgdp_status read_table(pgdp_ctx *ctx, const pg_origin *origin, const pgdp_load *how, pgdp_frame **out)
{
    pgdp_dataset *dataset;
    size_t table;
    PG_TRY(pg_ingest(ctx, how, origin, &dataset));
    const pgdp_status status = choose_table(ctx, dataset, how->sheet, &table);
    if (status == PGDP_OK) {
        *out = dataset->tables[table].frame;
        dataset->tables[table].frame = NULL;
    }
    pgdp_dataset_free(dataset);
    return status;
}

pgdp_status pg_load(pgdp_ctx *ctx, const char *path, const pg_origin *origin, const pgdp_load *how, pgdp_frame **out)
{
    const bool columnar = pg_is_columnar(origin->in.data, origin->in.n) && !pg_streq(path, "-");
    if (!columnar || how->format != NULL || how->sheet != NULL) return read_table(ctx, origin, how, out);
    pgdp_table *table;
    PG_TRY(pgdp_table_open(ctx, path, how->columns, how->n_columns, &table));
    return pg_table_into_frame(ctx, table, out);
}

pgdp_status pgdp_load_table(pgdp_ctx *ctx, const char *path, const pgdp_load *how, pgdp_frame **out)
{
    pg_origin origin;
    PG_TRY(pg_origin_open(ctx, path, &origin));
    const pgdp_load plain = { .format = NULL };
    if (how == NULL) how = &plain;
    const bool cached = how->cache != NULL && how->survey == NULL && !pg_is_columnar(origin.in.data, origin.in.n);
    const pgdp_status status =
        cached ? pg_cache_load(ctx, path, &origin, how, out) : pg_load(ctx, path, &origin, how, out);
    pg_origin_close(ctx, &origin);
    return status;
}
