/* batch_results.c  Result rows as tables: by model, and as the specification curve. Source: Simonsohn, Simmons & Nelson
 * (2020), Nature Human Behaviour 4, figure 1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "stats/batch.h"

#include <math.h>
#include <stdlib.h>

/* Numbers of a row with what they are called, in the order of the columns. */
/* clang-format off */
#define NUMBERS(X) \
    X(estimate) X(std_error) X(statistic) X(p_value) X(conf_low) X(conf_high) X(df) \
    X(nobs) X(n_terms) X(r_squared) X(sigma) X(clusters) X(digits)
/* clang-format on */
static const char *const number_names[] = {
#define ENTRY(name) #name,
    NUMBERS(ENTRY)
#undef ENTRY
};
static const char *const text_names[] = { "term", "solver", "collinear", "status", "error" };
enum {
    N_NUMBERS = sizeof number_names / sizeof *number_names,
    N_TEXTS = sizeof text_names / sizeof *text_names,
    FIRST_TEXT = 1 + PGDP_N_BATCH_CHOICES,
    FIRST_NUMBER = FIRST_TEXT + N_TEXTS
};

static pgdp_status add_column(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, pgdp_type type)
{
    const pgdp_column column = { .name = name, .type = type };
    size_t index;
    return pgdp_frame_add_column(ctx, frame, &column, &index);
}

static pgdp_status add_columns(pgdp_ctx *ctx, pgdp_frame *frame)
{
    PG_TRY(add_column(ctx, frame, "model", PGDP_REAL));
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++)
        PG_TRY(add_column(ctx, frame, pgdp_batch_choice_name((pgdp_batch_choice)c), PGDP_TEXT));
    for (size_t i = 0; i < N_TEXTS; i++)
        PG_TRY(add_column(ctx, frame, text_names[i], PGDP_TEXT));
    for (size_t i = 0; i < N_NUMBERS; i++)
        PG_TRY(add_column(ctx, frame, number_names[i], PGDP_REAL));
    return PGDP_OK;
}

static pgdp_status add_row(pgdp_ctx *ctx, const pgdp_batch *b, const pgdp_batch_row *row, pgdp_frame *frame)
{
    const char *const texts[] = { row->term, row->solver, row->collinear, pgdp_status_text(row->status), row->error };
    const double numbers[] = {
#define ENTRY(name) row->name,
        NUMBERS(ENTRY)
#undef ENTRY
    };
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    pgdp_frame_set_real(frame, 0, (double)(row->model + 1));
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++) {
        const char *name = pgdp_batch_option_of(b, row->model, (pgdp_batch_choice)c);
        if (name[0] != '\0') PG_TRY(pgdp_frame_set_text(ctx, frame, 1 + c, name, PGDP_NONE));
    }
    for (size_t i = 0; i < N_TEXTS; i++)
        if (texts[i][0] != '\0') PG_TRY(pgdp_frame_set_text(ctx, frame, FIRST_TEXT + i, texts[i], PGDP_NONE));
    for (size_t i = 0; i < N_NUMBERS; i++)
        pgdp_frame_set_real(frame, FIRST_NUMBER + i, numbers[i]);
    return PGDP_OK;
}

static pgdp_status add_rows(pgdp_ctx *ctx, const pgdp_batch *b, size_t first, size_t n, pgdp_frame *frame)
{
    PG_TRY(add_columns(ctx, frame));
    for (size_t m = first; m < first + n; m++) {
        size_t n_rows;
        const pgdp_batch_row *rows = pgdp_batch_rows_of(b, m, &n_rows);
        for (size_t i = 0; i < n_rows; i++)
            PG_TRY(add_row(ctx, b, &rows[i], frame));
    }
    return PGDP_OK;
}

pgdp_status pgdp_batch_results(pgdp_ctx *ctx, const pgdp_batch *batch, size_t first, size_t n, pgdp_frame **out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pgdp_status status = add_rows(ctx, batch, first, n, frame);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

/* Equal estimates in the order of models. */
static int compare(const void *a, const void *b)
{
    const pgdp_batch_row *x = *(const pgdp_batch_row *const *)a, *y = *(const pgdp_batch_row *const *)b;
    if (x->estimate < y->estimate || x->estimate > y->estimate) return x->estimate < y->estimate ? -1 : 1;
    if (x->model != y->model) return x->model < y->model ? -1 : 1;
    return (x > y) - (x < y); /* rows of one model, which stand together */
}

static pgdp_status add_curve(pgdp_ctx *ctx, const pgdp_batch *b, pgdp_frame *frame)
{
    const pgdp_batch_row **list;
    size_t n;
    PG_TRY(pg_batch_list_rows(ctx, b, &list, &n));
    qsort(list, n, sizeof *list, compare);
    PG_TRY(add_columns(ctx, frame));
    for (size_t i = 0; i < n; i++)
        PG_TRY(add_row(ctx, b, list[i], frame));
    return PGDP_OK;
}

pgdp_status pg_batch_list_rows(pgdp_ctx *ctx, const pgdp_batch *b, const pgdp_batch_row ***out, size_t *n)
{
    const pgdp_batch_row **list;
    size_t room = 0;
    for (size_t m = 0; m < b->n_models; m++)
        room += b->results[m].n;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, room, sizeof *list));
    *n = 0;
    for (size_t m = 0; m < b->n_models; m++)
        for (size_t i = 0; i < b->results[m].n; i++)
            if (isfinite(b->results[m].rows[i].estimate)) list[(*n)++] = &b->results[m].rows[i];
    *out = list;
    return PGDP_OK;
}

pgdp_status pgdp_batch_curve(pgdp_ctx *ctx, const pgdp_batch *batch, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pgdp_status status = add_curve(ctx, batch, frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}
