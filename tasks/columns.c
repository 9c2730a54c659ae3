/* columns.c  Columns of an input table by name.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/columns.h"

#include <math.h>

enum { MAX_NAMES = 256 }; /* columns that are looked at for the nearest name */

static pgdp_status no_such_column(pgdp_ctx *ctx, pg_table table, const char *column)
{
    const char *names[MAX_NAMES];
    const size_t n_columns = pgdp_frame_n_columns(table.frame);
    const size_t n = n_columns < MAX_NAMES ? n_columns : MAX_NAMES;
    for (size_t j = 0; j < n; j++)
        names[j] = pgdp_frame_column(table.frame, j)->name;
    const char *nearest = pgdp_nearest(column, names, n);
    if (nearest == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column \"%s\"; add it, its meaning is in docs/data.md",
                       table.name, column);
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column \"%s\" but \"%s\"; rename it, names are in docs/data.md",
                   table.name, column, nearest);
}

static pgdp_status find(pgdp_ctx *ctx, pg_table table, const char *column, size_t *out)
{
    *out = pgdp_frame_find(table.frame, column);
    return *out != PGDP_NONE ? PGDP_OK : no_such_column(ctx, table, column);
}

/* A text column is only an error where it has a text: a reader cannot know the type of an empty column. */
static pgdp_status all_missing(pgdp_ctx *ctx, pg_table table, size_t column, const double **out)
{
    const pgdp_column *about = pgdp_frame_column(table.frame, column);
    const size_t n = pgdp_frame_n_rows(table.frame);
    if (about->type != PGDP_TEXT || pgdp_frame_n_levels(table.frame, column) > 0) {
        const char *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "not_number:%s", about->name));
        const char *note = pgdp_frame_note(table.frame, key); /* the reader's "file:line:col: found ..." */
        if (note != NULL) return pg_fail(ctx, PGDP_PARSE, "%s; correct the cell of column \"%s\"", note, about->name);
        const char *text = about->type == PGDP_TEXT ? pgdp_frame_level(table.frame, column, 0) : "a period";
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                       "%s: found \"%s\" in column \"%s\", expected numbers; correct the file", table.name, text,
                       about->name);
    }
    double *cells;
    PG_TRY_ALLOC(ctx, cells, pg_arena_alloc(&ctx->scratch, n, sizeof *cells));
    for (size_t i = 0; i < n; i++)
        cells[i] = (double)NAN;
    *out = cells;
    return PGDP_OK;
}

pgdp_status pg_table_reals(pgdp_ctx *ctx, pg_table table, const char *column, const double **out)
{
    size_t j;
    PG_TRY(find(ctx, table, column, &j));
    *out = pgdp_frame_reals(table.frame, j);
    return *out != NULL || pgdp_frame_n_rows(table.frame) == 0 ? PGDP_OK : all_missing(ctx, table, j, out);
}

pgdp_status pg_table_texts(pgdp_ctx *ctx, pg_table table, const char *column, size_t *out)
{
    PG_TRY(find(ctx, table, column, out));
    if (pgdp_frame_column(table.frame, *out)->type == PGDP_TEXT) return PGDP_OK;
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: found numbers in column \"%s\", expected codes as text", table.name,
                   column);
}

pgdp_status pg_table_key(pgdp_ctx *ctx, pg_table table, size_t column, size_t row, const char **out)
{
    *out = pgdp_frame_text(table.frame, column, row);
    if (*out != NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: found an empty cell in data row %zu, column \"%s\", expected a code",
                   table.name, row + 1, pgdp_frame_column(table.frame, column)->name);
}

pgdp_status pg_table_given(pgdp_ctx *ctx, pg_table table)
{
    if (table.frame != NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "task list: found no table \"%s\", expected a frame; see docs/data.md",
                   table.name);
}
