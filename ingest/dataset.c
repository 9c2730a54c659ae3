/* dataset.c  The tables of one file: made by the runner, filled by a reader, then immutable.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/dataset.h"

pgdp_status pg_dataset_new(pgdp_ctx *ctx, const char *format, pgdp_dataset **out)
{
    pgdp_dataset *dataset;
    PG_TRY_ALLOC(ctx, dataset, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *dataset));
    *dataset = (pgdp_dataset){ .allocator = ctx->allocator, .format = format };
    pg_arena_init(&dataset->arena, &dataset->allocator);
    *out = dataset;
    return PGDP_OK;
}

void pgdp_dataset_free(pgdp_dataset *dataset)
{
    if (dataset == NULL) return;
    for (size_t i = 0; i < dataset->n_tables; i++)
        pgdp_frame_free(dataset->tables[i].frame);
    pg_arena_free(&dataset->arena);
    const pgdp_allocator allocator = dataset->allocator;
    (void)allocator.realloc(allocator.user, dataset, 0);
}

pgdp_status pg_dataset_add(pgdp_ctx *ctx, pgdp_dataset *dataset, const char *name, pgdp_frame **frame)
{
    if (dataset->n_tables == dataset->capacity) {
        const size_t capacity = 2 * dataset->capacity + 4;
        PG_TRY_ALLOC(ctx, dataset->tables,
                     pg_arena_grow(&dataset->arena, dataset->tables, dataset->capacity, capacity, sizeof(pg_table)));
        dataset->capacity = capacity;
    }
    pg_table *table = &dataset->tables[dataset->n_tables];
    PG_TRY_ALLOC(ctx, table->name, pg_arena_strdup(&dataset->arena, name));
    PG_TRY(pgdp_frame_new(ctx, &table->frame));
    dataset->n_tables++;
    *frame = table->frame;
    return dataset->note == NULL ? PGDP_OK : pgdp_frame_set_note(ctx, *frame, "encoding", dataset->note);
}

const char *pgdp_dataset_format(const pgdp_dataset *dataset)
{
    return dataset->format;
}

size_t pgdp_dataset_n_tables(const pgdp_dataset *dataset)
{
    return dataset->n_tables;
}

const char *pgdp_dataset_table_name(const pgdp_dataset *dataset, size_t table)
{
    return table < dataset->n_tables ? dataset->tables[table].name : NULL;
}

const pgdp_frame *pgdp_dataset_table(const pgdp_dataset *dataset, size_t table)
{
    return table < dataset->n_tables ? dataset->tables[table].frame : NULL;
}
