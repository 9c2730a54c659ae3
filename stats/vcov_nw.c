/* vcov_nw.c  Autocorrelation-consistent covariance with Bartlett weights. Source: Newey & West (1987), Econometrica 55.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Meat = sum_t s_t's_t + sum_{l=1..L} (1 - l/(L+1)) sum_t (s_t's_{t-l} + s_{t-l}'s_t), without a small-sample factor
 * and without prewhitening. l is a distance on the calendar within an entity: a gap in the periods is a gap in the sum.
 */
#include "stats/fit.h"
#include "stats/linalg.h"
#include "stats/vcovs.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 512, MAX_LAG = 100000 };

typedef struct options {
    double lag;
} options;

static const pgdp_option rows[] = {
    { "lag", PGDP_OPTION_REAL, offsetof(options, lag), -1, -1, MAX_LAG, NULL,
      "longest lag, in periods; -1: floor(4 (N/100)^(2/9)), Newey & West (1994)" },
    { .name = NULL },
};

/* A row in the order of time. */
typedef struct moment {
    size_t entity, row;
    int64_t period;
} moment;

static int compare_moments(const void *a, const void *b)
{
    const moment *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static pgdp_status order_rows(pgdp_ctx *ctx, const pgdp_design *d, moment *m)
{
    const size_t n = d->y.n;
    for (size_t i = 0; i < n; i++)
        m[i] = (moment){ d->entity == NULL ? 0 : d->entity[i], i, d->period == NULL ? (int64_t)i : d->period[i] };
    qsort(m, n, sizeof *m, compare_moments);
    for (size_t i = 0; i < n; i++) {
        if (d->period == NULL) {
            m[i].period = i > 0 && m[i].entity == m[i - 1].entity ? m[i - 1].period + 1 : 0;
        } else if (m[i].period == PGDP_MISSING_PERIOD) {
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance nw: the period of row %zu is missing", m[i].row + 1);
        } else if (i > 0 && m[i].entity == m[i - 1].entity && m[i].period == m[i - 1].period) {
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "covariance nw: rows %zu and %zu are of the same period; name the panel's entity and period",
                           m[i - 1].row + 1, m[i].row + 1);
        }
    }
    return PGDP_OK;
}

/* Scores of all rows, column-major. */
static pgdp_status all_scores(pgdp_ctx *ctx, const pgdp_fit *fit, pg_matrix *out)
{
    const size_t n = fit->n_rows, k = fit->n_terms;
    double *work;
    *out = pg_matrix_new(&ctx->scratch, n, k);
    PG_TRY_ALLOC(ctx, work, pg_matrix_new(&ctx->scratch, ROWS, k).x);
    if (out->x == NULL) return pg_no_memory(ctx);
    for (size_t first = 0; first < n; first += ROWS) {
        const size_t n_part = n - first < ROWS ? n - first : ROWS;
        pg_fit_score_rows(fit, first, n_part, work);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < n_part; i++)
                out->x[first + i + j * n] = work[i + j * n_part];
    }
    return PGDP_OK;
}

/* Row i of s: scores at moment first + i; of v: half of them plus the weighted scores of its past. */
static void fill(pg_matrix scores, const moment *m, size_t first, pg_matrix s, pg_matrix v, double lag)
{
    for (size_t i = 0; i < s.n_rows; i++) {
        const moment *now = &m[first + i];
        for (size_t j = 0; j < s.n_cols; j++) {
            s.x[i + j * s.stride] = scores.x[now->row + j * scores.stride];
            v.x[i + j * v.stride] = s.x[i + j * s.stride] / 2;
        }
        for (size_t p = first + i; p > 0; p--) {
            const moment *past = &m[p - 1];
            const double distance = (double)(now->period - past->period);
            if (past->entity != now->entity || distance > lag) break;
            for (size_t j = 0; j < v.n_cols; j++)
                v.x[i + j * v.stride] += (1 - distance / (lag + 1)) * scores.x[past->row + j * scores.stride];
        }
    }
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t k = fit->n_terms, n = fit->n_rows;
    const double lag = o->lag < 0 ? floor(4 * pow(fit->nobs / 100, 2.0 / 9)) : o->lag;
    const pg_matrix s = pg_matrix_new(&ctx->scratch, ROWS, k), v = pg_matrix_new(&ctx->scratch, ROWS, k);
    const pg_matrix half = pg_matrix_new(&ctx->scratch, k, k), meat = pg_matrix_new(&ctx->scratch, k, k);
    pg_matrix scores;
    moment *m;
    if (s.x == NULL || v.x == NULL || half.x == NULL || meat.x == NULL) return pg_no_memory(ctx);
    if (design->weight_kind == PGDP_FREQUENCY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance nw has no meaning under frequency weights; choose aw or none");
    if (lag > floor(lag)) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance nw: the lag must be a whole number");
    PG_TRY_ALLOC(ctx, m, pg_arena_alloc(&ctx->scratch, n, sizeof *m));
    PG_TRY(order_rows(ctx, design, m));
    PG_TRY(all_scores(ctx, fit, &scores));
    for (size_t first = 0; first < n; first += ROWS) {
        const size_t n_part = n - first < ROWS ? n - first : ROWS;
        const pg_matrix sp = { s.x, n_part, k, ROWS }, vp = { v.x, n_part, k, ROWS };
        fill(scores, m, first, sp, vp, lag);
        pg_add_cross(sp, vp, half);
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            meat.x[i + j * k] = half.x[i + j * k] + half.x[j + i * k];
    pg_fit_add_factor(fit, "lag", lag);
    return pg_fit_sandwich(ctx, fit, meat.x, 1);
}

const pgdp_vcov pg_vcov_nw = {
    .name = "nw",
    .title = "Newey-West covariance, Bartlett weights",
    .source = "Newey & West (1987), Econometrica 55(3), equation 5",
    .options = rows,
    .options_size = sizeof(options),
    .compute = compute,
};
