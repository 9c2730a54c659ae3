/* text_ridge.c  Ridge regression on sparse rows of TF-IDF by conjugate gradients, and its out-of-block forecasts.
 * Source: Sparck Jones (1972), J. Documentation 28, 11-21; Hestenes & Stiefel (1952), J. Res. NBS 49, 409-436.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/parallel.h"
#include "tasks/statements.h"

/* Log loss of the shipped grades with O*NET's statements, three folds: .6612, .6614, .6630 at 0.5, 1, 2 for new
 * occupations, .7708, .7692, .7693 for new activities. */
static const double PENALTY = 1;
static const double TOLERANCE = 1e-4; /* of the gradient, relative to the first */
enum { MOST_STEPS = 200 };

typedef struct system {
    const pg_hashed *cells;
    const size_t *rows;
    size_t n;
    const double *idf;
    double *scale; /* [n] inverse length of the row */
} system;

static double dot_row(const pg_hashed *cells, size_t row, const double *weight)
{
    double sum = 0;
    for (size_t k = cells->first[row]; k < cells->first[row + 1]; k++)
        sum += (double)cells->value[k] * weight[cells->column[k]];
    return sum;
}

static void add_row(const pg_hashed *cells, size_t row, double times, double *to)
{
    for (size_t k = cells->first[row]; k < cells->first[row + 1]; k++)
        to[cells->column[k]] += times * (double)cells->value[k];
}

/* Inverse length of a row of TF-IDF; 0 when it has no cells. */
static double inverse_length(const pg_hashed *cells, size_t row, const double *idf)
{
    double squares = 0;
    for (size_t k = cells->first[row]; k < cells->first[row + 1]; k++) {
        const double x = (double)cells->value[k] * idf[cells->column[k]];
        squares += x * x;
    }
    return squares > 0 ? 1 / sqrt(squares) : 0;
}

static void set_idf(const pg_hashed *cells, const size_t *rows, size_t n, double *idf)
{
    for (size_t i = 0; i < n; i++)
        for (size_t k = cells->first[rows[i]]; k < cells->first[rows[i] + 1]; k++)
            idf[cells->column[k]] += 1;
    for (size_t j = 0; j < PG_HASHED; j++)
        idf[j] = log((1 + (double)n) / (1 + idf[j])) + 1;
}

/* out = (A'A + penalty) p in one pass over the rows, each used twice while it is near. weighted: room [PG_HASHED]. */
static void apply(const system *a, const double *p, double *weighted, double *out)
{
    for (size_t j = 0; j < PG_HASHED; j++)
        weighted[j] = a->idf[j] * p[j];
    memset(out, 0, PG_HASHED * sizeof *out);
    for (size_t i = 0; i < a->n; i++)
        add_row(a->cells, a->rows[i], a->scale[i] * a->scale[i] * dot_row(a->cells, a->rows[i], weighted), out);
    for (size_t j = 0; j < PG_HASHED; j++)
        out[j] = a->idf[j] * out[j] + PENALTY * p[j];
}

/* (A'A + penalty) w = r from w = 0; r is used up. */
static pgdp_status solve(pgdp_ctx *ctx, const system *a, double *r, double *w)
{
    double *p, *ap, *weighted, squares = pg_dot(r, r, PG_HASHED);
    const double enough = TOLERANCE * TOLERANCE * squares;
    PG_TRY_ALLOC(ctx, p, pg_arena_alloc(&ctx->scratch, PG_HASHED, sizeof *p));
    PG_TRY_ALLOC(ctx, ap, pg_arena_alloc(&ctx->scratch, PG_HASHED, sizeof *ap));
    PG_TRY_ALLOC(ctx, weighted, pg_arena_alloc(&ctx->scratch, PG_HASHED, sizeof *weighted));
    memcpy(p, r, PG_HASHED * sizeof *p);
    for (size_t step = 0; step < MOST_STEPS && squares > enough; step++) {
        apply(a, p, weighted, ap);
        const double length = squares / pg_dot(p, ap, PG_HASHED), before = squares;
        for (size_t j = 0; j < PG_HASHED; j++) {
            w[j] += length * p[j];
            r[j] -= length * ap[j];
        }
        squares = pg_dot(r, r, PG_HASHED);
        for (size_t j = 0; j < PG_HASHED; j++)
            p[j] = r[j] + squares / before * p[j];
    }
    return PGDP_OK;
}

pgdp_status pg_text_ridge_learn(pgdp_ctx *ctx, const pg_hashed *cells, const size_t *rows, const double *y, size_t n,
                                pg_text_ridge *out)
{
    double *gradient, mean = 0;
    PG_TRY_ALLOC(ctx, out->idf, pg_arena_alloc(&ctx->scratch, PG_HASHED, sizeof *out->idf));
    PG_TRY_ALLOC(ctx, out->weight, pg_arena_alloc(&ctx->scratch, PG_HASHED, sizeof *out->weight));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, gradient, pg_arena_alloc(&ctx->scratch, PG_HASHED, sizeof *gradient));
    set_idf(cells, rows, n, out->idf);
    system a = { .cells = cells, .rows = rows, .n = n, .idf = out->idf };
    PG_TRY_ALLOC(ctx, a.scale, pg_arena_alloc(&ctx->scratch, n, sizeof *a.scale));
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++) {
        a.scale[i] = inverse_length(cells, rows[i], a.idf);
        add_row(cells, rows[i], a.scale[i] * (y[i] - mean), gradient);
    }
    for (size_t j = 0; j < PG_HASHED; j++)
        gradient[j] *= a.idf[j];
    PG_TRY(solve(ctx, &a, gradient, out->weight));
    for (size_t j = 0; j < PG_HASHED; j++)
        out->weight[j] *= out->idf[j];
    out->mean = mean;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

double pg_text_ridge_forecast(const pg_text_ridge *ridge, const pg_hashed *cells, size_t row)
{
    if (cells->first[row] == cells->first[row + 1]) return (double)NAN;
    return ridge->mean + inverse_length(cells, row, ridge->idf) * dot_row(cells, row, ridge->weight);
}

static bool is_learnt(const pg_lesson *lesson, size_t task)
{
    return lesson->grades[task] >= 0 && (lesson->held_out == NULL || !lesson->held_out[task]);
}

/* Forecasts of the tasks that `forecast` marks, by those of the lesson with a text that are not blocked. */
static pgdp_status forecast_from(pgdp_ctx *ctx, const pg_hashed *cells, const pg_lesson *lesson, const bool *blocked,
                                 const bool *forecast, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    size_t *rows, n = 0;
    double *y;
    pg_text_ridge ridge;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, cells->n, sizeof *rows));
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, cells->n, sizeof *y));
    for (size_t i = 0; i < cells->n; i++) {
        if (!is_learnt(lesson, i) || blocked[i] || cells->first[i] == cells->first[i + 1]) continue;
        rows[n] = i;
        y[n++] = (double)lesson->grades[i];
    }
    if (n > 0) PG_TRY(pg_text_ridge_learn(ctx, cells, rows, y, n, &ridge));
    for (size_t i = 0; i < cells->n; i++)
        if (forecast[i]) out[i] = n > 0 ? pg_text_ridge_forecast(&ridge, cells, i) : (double)NAN;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_text_forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_lesson *lesson, double *out)
{
    const pg_hashed *cells = &s->statements->cells;
    const pg_validation *blocks = &s->statements->blocks[lesson->regime];
    bool *blocked, *now;
    PG_TRY_ALLOC(ctx, blocked, pg_arena_alloc(&ctx->scratch, cells->n, sizeof *blocked));
    PG_TRY_ALLOC(ctx, now, pg_arena_alloc(&ctx->scratch, cells->n, sizeof *now));
    for (size_t b = 0; b <= PG_TEXT_BLOCKS; b++) { /* after the blocks, what is not learnt from */
        bool held[PG_TEXT_BLOCKS] = { false };
        if (b < PG_TEXT_BLOCKS) held[b] = true;
        for (size_t i = 0; i < cells->n; i++)
            now[i] = is_learnt(lesson, i) ? blocks->fold[i] == b : b == PG_TEXT_BLOCKS;
        pg_held_out(blocks, held, blocked);
        PG_TRY(forecast_from(ctx, cells, lesson, blocked, now, out));
    }
    return PGDP_OK;
}
