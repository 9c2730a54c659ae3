/* frame_rows.c  Selecting, stacking and adding cells in bulk, over the frame's own interface.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/frame.h"

/* Where cells come from and where they go: rows[i] of column `from` to row first + i of column `to`. */
typedef struct transfer {
    const pgdp_frame *source;
    pgdp_frame *target;
    size_t from, to;
    const size_t *rows; /* NULL: all in order; PGDP_NONE: leave missing */
    size_t n, first;
} transfer;

static size_t row_at(const transfer *t, size_t i)
{
    return t->rows == NULL ? i : t->rows[i];
}

static pgdp_status move_reals(pgdp_ctx *ctx, const transfer *t)
{
    (void)ctx;
    const double *from = pgdp_frame_reals(t->source, t->from);
    double *to = pg_frame_edit_reals(t->target, t->to) + t->first;
    for (size_t i = 0; i < t->n; i++)
        if (row_at(t, i) != PGDP_NONE) to[i] = from[row_at(t, i)];
    return PGDP_OK;
}

static pgdp_status move_periods(pgdp_ctx *ctx, const transfer *t)
{
    (void)ctx;
    const int32_t *from = pgdp_frame_periods(t->source, t->from);
    int32_t *to = pg_frame_edit_periods(t->target, t->to) + t->first;
    for (size_t i = 0; i < t->n; i++)
        if (row_at(t, i) != PGDP_NONE) to[i] = from[row_at(t, i)];
    return PGDP_OK;
}

/* Each level is looked up once, when it first appears. */
static pgdp_status move_codes(pgdp_ctx *ctx, const transfer *t)
{
    const uint32_t *from = pgdp_frame_codes(t->source, t->from);
    uint32_t *to = pg_frame_edit_codes(t->target, t->to) + t->first;
    const size_t n_levels = pgdp_frame_n_levels(t->source, t->from);
    uint32_t *translated;
    PG_TRY_ALLOC(ctx, translated, pg_arena_alloc(&ctx->scratch, n_levels, sizeof *translated));
    memset(translated, 0xff, n_levels * sizeof *translated); /* PGDP_NO_CODE: not met yet */
    for (size_t i = 0; i < t->n; i++) {
        const size_t row = row_at(t, i);
        if (row == PGDP_NONE || from[row] == PGDP_NO_CODE) continue;
        uint32_t *code = &translated[from[row]];
        if (*code == PGDP_NO_CODE)
            PG_TRY(pg_frame_intern(ctx, t->target, t->to, pgdp_frame_level(t->source, t->from, from[row]), PGDP_NONE,
                                   code));
        to[i] = *code;
    }
    return PGDP_OK;
}

static pgdp_status move(pgdp_ctx *ctx, const transfer *t)
{
    static pgdp_status (*const movers[])(pgdp_ctx *, const transfer *) = {
        [PGDP_REAL] = move_reals, [PGDP_TEXT] = move_codes, [PGDP_PERIOD] = move_periods
    };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = movers[pgdp_frame_column(t->source, t->from)->type](ctx, t);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status copy_notes(pgdp_ctx *ctx, const pgdp_frame *from, pgdp_frame *to)
{
    const char *key, *value = NULL;
    for (size_t i = 0; (key = pg_frame_note_at(from, i, &value)) != NULL; i++)
        PG_TRY(pgdp_frame_set_note(ctx, to, key, value));
    return PGDP_OK;
}

static pgdp_status select_into(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_selection *s, pgdp_frame *out)
{
    const size_t n_rows = s->rows == NULL ? pgdp_frame_n_rows(frame) : s->n_rows;
    const size_t n_columns = s->columns == NULL ? pgdp_frame_n_columns(frame) : s->n_columns;
    PG_TRY(copy_notes(ctx, frame, out));
    PG_TRY(pg_frame_reserve(ctx, out, n_rows));
    PG_TRY(pg_frame_add_rows(ctx, out, n_rows));
    for (size_t j = 0; j < n_columns; j++) {
        transfer t = { .source = frame, .target = out, .rows = s->rows, .n = n_rows };
        t.from = s->columns == NULL ? j : s->columns[j];
        PG_TRY(pgdp_frame_add_column(ctx, out, pgdp_frame_column(frame, t.from), &t.to));
        PG_TRY(move(ctx, &t));
    }
    return PGDP_OK;
}

pgdp_status pg_frame_select(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_selection *selection, pgdp_frame **out)
{
    pgdp_frame *fresh;
    PG_TRY(pgdp_frame_new(ctx, &fresh));
    const pgdp_status status = select_into(ctx, frame, selection, fresh);
    if (status == PGDP_OK)
        *out = fresh;
    else
        pgdp_frame_free(fresh);
    return status;
}

/* The column of `frame` that takes the cells of a column described so, added when there is none. */
static pgdp_status receiving_column(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *about, size_t *index)
{
    *index = pgdp_frame_find(frame, about->name);
    if (*index == PGDP_NONE) return pgdp_frame_add_column(ctx, frame, about, index);
    const pgdp_column *own = pgdp_frame_column(frame, *index);
    if (own->type != about->type)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                       "column \"%s\" differs in type between the stacked tables; rename it in one of them",
                       about->name);
    if (own->frequency != about->frequency)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                       "column \"%s\" is %s in one table and %s in the other; bring both to one frequency before "
                       "stacking them",
                       about->name, pgdp_frequency_name(own->frequency), pgdp_frequency_name(about->frequency));
    return PGDP_OK;
}

pgdp_status pg_frame_append(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_frame *more)
{
    const size_t first = pgdp_frame_n_rows(frame), n = pgdp_frame_n_rows(more);
    const size_t n_columns = pgdp_frame_n_columns(more);
    for (size_t j = 0; j < n_columns; j++) {
        size_t index;
        PG_TRY(receiving_column(ctx, frame, pgdp_frame_column(more, j), &index));
    }
    PG_TRY(pg_frame_add_rows(ctx, frame, n));
    for (size_t j = 0; j < n_columns; j++) {
        const size_t to = pgdp_frame_find(frame, pgdp_frame_column(more, j)->name);
        PG_TRY(move(ctx, &(transfer){ more, frame, j, to, NULL, n, first }));
    }
    return PGDP_OK;
}

pgdp_status pg_frame_add_reals(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *about, const double *cells,
                               size_t n)
{
    const size_t n_rows = pgdp_frame_n_rows(frame);
    const bool first = pgdp_frame_n_columns(frame) == 0 && n_rows == 0;
    if (!first && n != n_rows)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                       "column \"%s\" has %zu cells and the table %zu rows; give one cell a row",
                       about->name == NULL ? "" : about->name, n, n_rows);
    pgdp_column real = *about;
    real.type = PGDP_REAL;
    size_t index;
    PG_TRY(pgdp_frame_add_column(ctx, frame, &real, &index));
    if (first) PG_TRY(pg_frame_reserve(ctx, frame, n));
    if (first) PG_TRY(pg_frame_add_rows(ctx, frame, n));
    if (n > 0) memcpy(pg_frame_edit_reals(frame, index), cells, n * sizeof *cells);
    return PGDP_OK;
}
