/* table.c  Tables by blocks of rows: views of a frame, or parts of a columnar file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/columnar.h"
#include "core/parallel.h"

struct pgdp_table {
    pg_arena arena;          /* holds this too */
    const pgdp_frame *frame; /* NULL: a file's */
    pgdp_frame *head;
    pg_file *file;
    pg_columnar_source source;
    pg_columnar about;
    size_t n_rows;
};

static pgdp_status new_table(pgdp_ctx *ctx, pgdp_table **out)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&arena, 1, sizeof **out));
    (*out)->arena = arena;
    return PGDP_OK;
}

void pgdp_table_free(pgdp_table *table)
{
    if (table == NULL) return;
    pgdp_frame_free(table->head);
    pg_file_close(table->file);
    pg_arena arena = table->arena;
    pg_arena_free(&arena);
}

/* Hand over what was made, or free it. */
static pgdp_status hand_over(pgdp_status status, pgdp_table *table, pgdp_table **out)
{
    if (status == PGDP_OK)
        *out = table;
    else
        pgdp_table_free(table);
    return status;
}

pgdp_status pgdp_table_of_frame(pgdp_ctx *ctx, const pgdp_frame *frame, pgdp_table **out)
{
    pgdp_table *table;
    PG_TRY(new_table(ctx, &table));
    table->frame = frame;
    table->n_rows = pgdp_frame_n_rows(frame);
    return hand_over(pg_frame_slice(ctx, frame, 0, 0, &table->head), table, out);
}

static pgdp_status open_file(pgdp_ctx *ctx, const char *path, const char *const *columns, size_t n_columns,
                             pgdp_table *table)
{
    PG_TRY(pg_file_open(ctx, path, &table->file));
    PG_TRY_ALLOC(ctx, table->source.label, pg_arena_strdup(&table->arena, path));
    table->source.file = table->file;
    table->source.n = pg_file_size(table->file);
    PG_TRY(pg_columnar_open(ctx, &table->source, columns, n_columns, &table->arena, &table->about));
    table->head = table->about.head;
    table->n_rows = table->about.n_rows;
    return PGDP_OK;
}

pgdp_status pgdp_table_open(pgdp_ctx *ctx, const char *path, const char *const *columns, size_t n_columns,
                            pgdp_table **out)
{
    pgdp_table *table;
    PG_TRY(new_table(ctx, &table));
    return hand_over(open_file(ctx, path, columns, n_columns, table), table, out);
}

size_t pgdp_table_n_rows(const pgdp_table *table)
{
    return table->n_rows;
}

size_t pgdp_table_n_blocks(const pgdp_table *table)
{
    return pg_n_blocks(table->n_rows, PGDP_BLOCK_ROWS);
}

const pgdp_frame *pgdp_table_head(const pgdp_table *table)
{
    return table->head;
}

pgdp_status pgdp_table_block(pgdp_ctx *ctx, const pgdp_table *table, size_t i, pgdp_frame **out)
{
    if (i >= pgdp_table_n_blocks(table))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found block %zu, expected one below %zu", i,
                       pgdp_table_n_blocks(table));
    const pg_range rows = pg_block_range(table->n_rows, PGDP_BLOCK_ROWS, i);
    if (table->frame != NULL) return pg_frame_slice(ctx, table->frame, rows.first, rows.end - rows.first, out);
    pgdp_frame *frame;
    PG_TRY(pg_frame_like(ctx, table->head, rows.end - rows.first, &frame));
    const pgdp_status status = pg_columnar_cells(ctx, &table->source, &table->about, i, frame, 0);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

/* Blocks of a file on their way into one frame. */
typedef struct whole {
    const pg_columnar_source *source;
    const pg_columnar *about;
    pgdp_frame *frame;
} whole;

static pgdp_status fill_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const whole *w = user;
    return pg_columnar_cells(ctx, w->source, w->about, block, w->frame, block * PGDP_BLOCK_ROWS);
}

static pgdp_status fill(pgdp_ctx *ctx, const pg_columnar_source *source, const pg_columnar *about, pgdp_frame *frame)
{
    whole w = { source, about, frame };
    return pg_parallel(ctx, NULL, about->n_blocks, fill_block, &w);
}

pgdp_status pgdp_table_frame(pgdp_ctx *ctx, const pgdp_table *table, pgdp_frame **out)
{
    if (table->frame != NULL) return pg_frame_slice(ctx, table->frame, 0, table->n_rows, out);
    pgdp_frame *frame;
    PG_TRY(pg_frame_like(ctx, table->head, table->n_rows, &frame));
    const pgdp_status status = fill(ctx, &table->source, &table->about, frame);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

static pgdp_status into_frame(pgdp_ctx *ctx, pgdp_table *table)
{
    PG_TRY(pg_frame_add_bare_rows(ctx, table->head, table->n_rows));
    return fill(ctx, &table->source, &table->about, table->head);
}

pgdp_status pg_table_into_frame(pgdp_ctx *ctx, pgdp_table *table, pgdp_frame **out)
{
    const pgdp_status status = into_frame(ctx, table);
    if (status == PGDP_OK) {
        *out = table->head;
        table->head = NULL;
    }
    pgdp_table_free(table);
    return status;
}

static pgdp_status of_bytes(pgdp_ctx *ctx, pgdp_table *table)
{
    PG_TRY(pg_columnar_open(ctx, &table->source, NULL, 0, &table->arena, &table->about));
    table->head = table->about.head;
    table->n_rows = table->about.n_rows;
    return PGDP_OK;
}

pgdp_status pg_columnar_of_bytes(pgdp_ctx *ctx, const char *label, const unsigned char *bytes, size_t n,
                                 pgdp_frame **out)
{
    pgdp_table *table;
    PG_TRY(new_table(ctx, &table));
    table->source = (pg_columnar_source){ .label = label, .data = bytes, .n = n };
    PG_TRY(hand_over(of_bytes(ctx, table), table, &table));
    return pg_table_into_frame(ctx, table, out);
}
