/* batch_summary.c  A specification curve in numbers: overall, by choice, by option. Source: Simonsohn, Simmons & Nelson
 * (2020), Nature Human Behaviour 4; shares of variance: sequential sums of squares, Searle (1971), Linear Models,
 * section 7.2. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb.h"
#include "stats/batch.h"

#include <math.h>
#include <stdlib.h>

enum { MOST_OPTIONS = 500 }; /* listed one by one */
static const char *const columns[] = { "n",      "significant", "positive", "negative", "q05",           "q25",
                                       "median", "q75",         "q95",      "mean",     "variance_share" };
enum { N_COLUMNS = sizeof columns / sizeof *columns, FIRST = 2 };

typedef struct summing {
    const pgdp_batch *b;
    const pgdp_batch_row **rows; /* [n] */
    size_t n;
    double level;
    double *work; /* [n] */
    pgdp_frame *out;
} summing;

static int compare(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

/* Linear between order statistics: Hyndman & Fan (1996), Am. Stat. 50(4), definition 7. */
static double quantile(const double *sorted, size_t n, double p)
{
    const double at = p * (double)(n - 1);
    const size_t low = (size_t)floor(at), high = low + 1 < n ? low + 1 : low;
    return sorted[low] + (at - (double)low) * (sorted[high] - sorted[low]);
}

static size_t option_of(const summing *s, size_t row, size_t choice)
{
    size_t option[PGDP_N_BATCH_CHOICES];
    pg_batch_decode(s->b, s->rows[row]->model, option);
    return option[choice];
}

/* A line for the rows of one option, of all (choice none). */
static pgdp_status add_line(pgdp_ctx *ctx, const summing *s, size_t choice, size_t option)
{
    double n = 0, positive = 0, negative = 0, sum = 0;
    for (size_t i = 0; i < s->n; i++) {
        const pgdp_batch_row *r = s->rows[i];
        if (choice != PGDP_NONE && option_of(s, i, choice) != option) continue;
        s->work[(size_t)n] = r->estimate;
        n++;
        sum += r->estimate;
        positive += r->p_value < s->level && r->estimate > 0;
        negative += r->p_value < s->level && r->estimate < 0;
    }
    qsort(s->work, (size_t)n, sizeof *s->work, compare);
    PG_TRY(pgdp_frame_add_row(ctx, s->out));
    const double counts[] = { n, n > 0 ? (positive + negative) / n : (double)NAN, n > 0 ? positive / n : (double)NAN,
                              n > 0 ? negative / n : (double)NAN };
    const double at[] = { 0.05, 0.25, 0.5, 0.75, 0.95 };
    for (size_t i = 0; i < 4; i++)
        pgdp_frame_set_real(s->out, FIRST + i, counts[i]);
    for (size_t i = 0; i < 5 && n > 0; i++)
        pgdp_frame_set_real(s->out, FIRST + 4 + i, quantile(s->work, (size_t)n, at[i]));
    if (n > 0) pgdp_frame_set_real(s->out, FIRST + 9, sum / n);
    return PGDP_OK;
}

static pgdp_status name_line(pgdp_ctx *ctx, const summing *s, const char *choice, const char *option)
{
    PG_TRY(pgdp_frame_set_text(ctx, s->out, 0, choice, PGDP_NONE));
    return option == NULL ? PGDP_OK : pgdp_frame_set_text(ctx, s->out, 1, option, PGDP_NONE);
}

/* Squares of the estimates that the first k effects leave. */
static pgdp_status squares_left(pgdp_ctx *ctx, const summing *s, const pgdp_effect *effects, size_t k, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber *absorber;
    for (size_t i = 0; i < s->n; i++)
        s->work[i] = s->rows[i]->estimate;
    PG_TRY(pg_absorber_new(ctx, effects, k, s->n, NULL, &absorber));
    PG_TRY(pg_absorb(ctx, absorber, &s->work, 1, 0, NULL));
    *out = 0;
    for (size_t i = 0; i < s->n; i++)
        *out += s->work[i] * s->work[i];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Options of the rows as levels, numbered by first appearance, since none may be empty. */
static pgdp_status levels_of(pgdp_ctx *ctx, const summing *s, size_t choice, pgdp_effect *out)
{
    size_t *level, *number;
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, s->n, sizeof *level));
    PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, s->b->n_options[choice], sizeof *number));
    *out = (pgdp_effect){ .name = pgdp_batch_choice_name((pgdp_batch_choice)choice), .level = level };
    for (size_t i = 0; i < s->n; i++) {
        size_t *at = &number[option_of(s, i, choice)];
        if (*at == 0) *at = ++out->n_levels;
        level[i] = *at - 1;
    }
    return PGDP_OK;
}

/* Shares of the variance by choice, each after those before it; NaN: there is no variance. */
static pgdp_status find_shares(pgdp_ctx *ctx, const summing *s, double share[PGDP_N_BATCH_CHOICES])
{
    pgdp_effect effects[PGDP_N_BATCH_CHOICES + 1];
    size_t *all, k = 1;
    double total = 0, before = 0;
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, s->n, sizeof *all));
    effects[0] = (pgdp_effect){ .name = "all", .level = all, .n_levels = 1 };
    if (s->n > 0) PG_TRY(squares_left(ctx, s, effects, 1, &total));
    before = total;
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++) {
        double left = before;
        share[c] = (double)NAN;
        if (s->b->n_options[c] < 2 || !(total > 0)) continue;
        PG_TRY(levels_of(ctx, s, c, &effects[k++]));
        PG_TRY(squares_left(ctx, s, effects, k, &left));
        share[c] = fmax(before - left, 0) / total;
        before = left;
    }
    return PGDP_OK;
}

/* A line of the choice itself, then one of each option. */
static pgdp_status add_choice(pgdp_ctx *ctx, const summing *s, size_t c, double share)
{
    const char *name = pgdp_batch_choice_name((pgdp_batch_choice)c);
    size_t stride = 1;
    if (s->b->n_options[c] < 2) return PGDP_OK;
    for (size_t later = c + 1; later < PGDP_N_BATCH_CHOICES; later++)
        stride *= s->b->n_options[later];
    PG_TRY(pgdp_frame_add_row(ctx, s->out));
    PG_TRY(name_line(ctx, s, name, NULL));
    pgdp_frame_set_real(s->out, FIRST + N_COLUMNS - 1, share);
    for (size_t o = 0; o < s->b->n_options[c] && s->b->n_options[c] <= MOST_OPTIONS; o++) {
        PG_TRY(add_line(ctx, s, c, o));
        const char *option = pgdp_batch_option_of(s->b, o * stride, (pgdp_batch_choice)c);
        PG_TRY(name_line(ctx, s, name, option[0] == '\0' ? "(none)" : option));
    }
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, summing *s)
{
    double share[PGDP_N_BATCH_CHOICES];
    size_t index;
    PG_TRY(pg_batch_list_rows(ctx, s->b, &s->rows, &s->n));
    PG_TRY_ALLOC(ctx, s->work, pg_arena_alloc(&ctx->scratch, s->n, sizeof *s->work));
    for (size_t i = 0; i < FIRST + N_COLUMNS; i++) {
        const pgdp_column column = { .name = i == 0   ? "choice"
                                             : i == 1 ? "option"
                                                      : columns[i - FIRST],
                                     .type = i < FIRST ? PGDP_TEXT : PGDP_REAL };
        PG_TRY(pgdp_frame_add_column(ctx, s->out, &column, &index));
    }
    PG_TRY(add_line(ctx, s, PGDP_NONE, 0));
    PG_TRY(name_line(ctx, s, "all", NULL));
    PG_TRY(find_shares(ctx, s, share));
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++)
        PG_TRY(add_choice(ctx, s, c, share[c]));
    return PGDP_OK;
}

pgdp_status pgdp_batch_summary(pgdp_ctx *ctx, const pgdp_batch *batch, double level, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    summing s = { .b = batch, .level = level };
    PG_TRY(pgdp_frame_new(ctx, &s.out));
    const pgdp_status status = fill(ctx, &s);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = s.out;
    else
        pgdp_frame_free(s.out);
    return status;
}
