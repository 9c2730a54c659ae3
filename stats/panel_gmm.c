/* panel_gmm.c  Equations and instruments of a dynamic panel in differences: panel_gmm.h. Source: Arellano & Bond
 * (1991), Rev. Econ. Stud. 58(2), section 2. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * An equation needs its terms at t and t - 1 among the design's rows and the outcome at t, ..., t - 1 - lags. A level
 * that is an instrument is 0 where it is missing. */
#include "stats/panel_gmm.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>

enum { MOST_INSTRUMENTS = 4000 };

/* Outcome by entity and period. */
typedef struct level {
    size_t entity;
    int32_t period;
    double y;
} level;
typedef struct levels {
    level *items;
    size_t n;
    int32_t first; /* the earliest period */
} levels;

static int compare_levels(const void *a, const void *b)
{
    const level *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    return x->period < y->period ? -1 : x->period > y->period;
}

static pgdp_status levels_new(pgdp_ctx *ctx, const pgdp_design *d, levels *out)
{
    const bool all = d->y_all != NULL;
    const size_t n = all ? d->n_all : d->y.n;
    const double *y = all ? d->y_all : d->y.x;
    const size_t *entity = all ? d->entity_all : d->entity;
    const int32_t *period = all ? d->period_all : d->period;
    *out = (levels){ .first = INT32_MAX };
    PG_TRY_ALLOC(ctx, out->items, pg_arena_alloc(&ctx->scratch, n, sizeof *out->items));
    for (size_t i = 0; i < n; i++) {
        if (!isfinite(y[i])) continue;
        out->items[out->n++] = (level){ entity[i], period[i], y[i] };
        if (period[i] < out->first) out->first = period[i];
    }
    qsort(out->items, out->n, sizeof *out->items, compare_levels);
    return PGDP_OK;
}

/* y of an entity at t - lag; NaN: missing. */
static double lagged(const levels *all, size_t entity, int32_t t, int64_t lag)
{
    if ((int64_t)t - lag < all->first) return (double)NAN;
    const level key = { entity, (int32_t)((int64_t)t - lag), 0 };
    const level *found = bsearch(&key, all->items, all->n, sizeof key, compare_levels);
    return found == NULL ? (double)NAN : found->y;
}

/* A history numbered otherwise than the rows, as a draw of entities may leave it, would give wrong lags in silence. */
static pgdp_status check_history(pgdp_ctx *ctx, const pgdp_design *d, const levels *all)
{
    for (size_t i = 0; i < d->y.n; i++)
        if (!(fabs(lagged(all, d->entity[i], d->period[i], 0) - d->y.x[i]) <= 0))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "method abond found another outcome in the panel's history than in row %zu, expected the "
                           "same; choose covariance arellano, which draws nothing",
                           i + 1);
    return PGDP_OK;
}

/* The rows whose equations are complete, and where an entity begins. */
static pgdp_status find_equations(pgdp_ctx *ctx, const pgdp_design *d, const levels *all, size_t lags, pg_gmm *out)
{
    const size_t n = d->y.n;
    size_t run = 0, last_run = PGDP_NONE;
    PG_TRY_ALLOC(ctx, out->row, pg_arena_alloc(&ctx->scratch, n, sizeof *out->row));
    PG_TRY_ALLOC(ctx, out->group, pg_arena_alloc(&ctx->scratch, n, sizeof *out->group));
    PG_TRY_ALLOC(ctx, out->period, pg_arena_alloc(&ctx->scratch, n, sizeof *out->period));
    for (size_t i = 1; i < n; i++) {
        const bool same = d->entity[i] == d->entity[i - 1] && d->period[i] > d->period[i - 1];
        if (!same) run++;
        bool complete = same && (int64_t)d->period[i] - d->period[i - 1] == 1;
        for (size_t lag = 2; lag <= lags + 1 && complete; lag++)
            complete = isfinite(lagged(all, d->entity[i], d->period[i], (int64_t)lag));
        if (!complete) continue;
        if (run != last_run) out->n_groups++;
        last_run = run;
        out->row[out->n] = i;
        out->group[out->n] = out->n_groups - 1;
        out->period[out->n++] = d->period[i];
    }
    if (out->n > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "method abond found no entity with %zu consecutive periods, expected some for %zu lags in "
                   "differences; check the panel's time or take fewer lags",
                   lags + 2, lags);
}

static int compare_periods(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return x < y ? -1 : x > y;
}

/* The periods of the equations, each once, ascending. */
static pgdp_status find_periods(pgdp_ctx *ctx, const pg_gmm *m, int32_t **out, size_t *n_out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, m->n, sizeof **out));
    for (size_t e = 0; e < m->n; e++)
        (*out)[e] = m->period[e];
    qsort(*out, m->n, sizeof **out, compare_periods);
    *n_out = 0;
    for (size_t e = 0; e < m->n; e++)
        if (*n_out == 0 || (*out)[e] != (*out)[*n_out - 1]) (*out)[(*n_out)++] = (*out)[e];
    return PGDP_OK;
}

static pgdp_status name_terms(pgdp_ctx *ctx, const pgdp_design *d, size_t lags, const int32_t *periods, pg_gmm *m)
{
    const char *outcome = d->outcome == NULL ? "y" : d->outcome;
    size_t k = 0;
    char text[16];
    PG_TRY_ALLOC(ctx, m->terms, pg_arena_alloc(&ctx->scratch, m->k, sizeof *m->terms));
    for (size_t lag = 1; lag <= lags; lag++, k++)
        PG_TRY_ALLOC(ctx, m->terms[k], pg_arena_printf(&ctx->scratch, "l(%s, %zu)", outcome, lag));
    for (size_t j = 0; j < d->x.n_cols; j++)
        if (j != d->constant) m->terms[k++] = d->terms[j];
    for (size_t p = 0; k < m->k; p++, k++) {
        if (d->frequency == PGDP_NO_FREQUENCY) {
            PG_TRY_ALLOC(ctx, m->terms[k], pg_arena_printf(&ctx->scratch, "period %" PRId32, periods[p]));
            continue;
        }
        pgdp_period_format((pgdp_period){ d->frequency, periods[p] }, text);
        PG_TRY_ALLOC(ctx, m->terms[k], pg_arena_printf(&ctx->scratch, "period %s", text));
    }
    return PGDP_OK;
}

/* Differences of the outcome, its lags and the terms; a level column a period: they span what differences of them do.
 */
static pgdp_status fill_equations(pgdp_ctx *ctx, const pgdp_design *d, const levels *all, size_t lags,
                                  const int32_t *periods, pg_gmm *m)
{
    m->x = pg_matrix_new(&ctx->scratch, m->n, m->k);
    if (m->x.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, m->y, pg_arena_alloc(&ctx->scratch, m->n, sizeof *m->y));
    for (size_t e = 0; e < m->n; e++) {
        const size_t row = m->row[e], entity = d->entity[row];
        size_t k = 0;
        m->y[e] = d->y.x[row] - d->y.x[row - 1];
        for (size_t lag = 1; lag <= lags; lag++) {
            const double now = lag == 1 ? d->y.x[row - 1] : lagged(all, entity, m->period[e], (int64_t)lag);
            m->x.x[e + k++ * m->n] = now - lagged(all, entity, m->period[e], (int64_t)lag + 1);
        }
        for (size_t j = 0; j < d->x.n_cols; j++) {
            const double *x = d->x.x + j * d->y.n;
            if (j != d->constant) m->x.x[e + k++ * m->n] = x[row] - x[row - 1];
        }
        for (size_t p = 0; k < m->k; p++, k++)
            m->x.x[e + k * m->n] = m->period[e] == periods[p];
    }
    return PGDP_OK;
}

/* Scale column j to norm 1. @return false: it is zero */
static bool standardise(pg_matrix z, size_t j)
{
    double square = 0, largest = 0;
    for (size_t i = 0; i < z.n_rows; i++)
        largest = fmax(largest, fabs(z.x[i + j * z.stride]));
    if (!(largest > 0)) return false;
    for (size_t i = 0; i < z.n_rows; i++)
        square += (z.x[i + j * z.stride] / largest) * (z.x[i + j * z.stride] / largest);
    for (size_t i = 0; i < z.n_rows; i++)
        z.x[i + j * z.stride] /= largest * sqrt(square);
    return true;
}

/* Levels of the outcome, a column a lag of each period (collapsed: a column a lag), then all terms but its lags. */
static void fill_instruments(const pgdp_design *d, const levels *all, const pg_gmm_request *q, const int32_t *periods,
                             size_t n_blocks, pg_gmm *m)
{
    for (size_t b = 0; b < n_blocks; b++) {
        for (int64_t lag = (int64_t)q->gmm_min; lag <= (int64_t)q->gmm_max; lag++) {
            const size_t c = m->l;
            if ((int64_t)periods[q->collapse ? n_blocks - 1 : b] - lag < all->first && !q->collapse) break;
            for (size_t e = 0; e < m->n; e++) {
                const double y = q->collapse || m->period[e] == periods[b]
                                     ? lagged(all, d->entity[m->row[e]], m->period[e], lag)
                                     : 0;
                m->z.x[e + c * m->n] = isfinite(y) ? y : 0;
            }
            if (standardise(m->z, c)) m->l++;
        }
    }
    for (size_t j = q->lags; j < m->k; j++) {
        for (size_t e = 0; e < m->n; e++)
            m->z.x[e + m->l * m->n] = m->x.x[e + j * m->n];
        if (standardise(m->z, m->l)) m->l++;
    }
    m->z.n_cols = m->l;
}

/* No more columns than this, before empty ones are left out. */
static size_t count_instruments(const levels *all, const pg_gmm_request *q, const int32_t *periods, size_t n_periods)
{
    size_t n = 0;
    for (size_t p = q->collapse ? n_periods - 1 : 0; p < n_periods; p++) {
        const int64_t depth = (int64_t)periods[p] - all->first, most = (int64_t)q->gmm_max;
        const int64_t lags = (depth < most ? depth : most) - (int64_t)q->gmm_min + 1;
        if (lags > 0) n += (size_t)lags;
    }
    return n;
}

static pgdp_status make_instruments(pgdp_ctx *ctx, const pgdp_design *d, const levels *all, const pg_gmm_request *q,
                                    const int32_t *periods, size_t n_periods, pg_gmm *m)
{
    const size_t most = count_instruments(all, q, periods, n_periods) + m->k - q->lags;
    pg_gmm_request limited = *q;
    const int64_t depth = (int64_t)periods[n_periods - 1] - all->first;
    if (most > MOST_INSTRUMENTS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "method abond found %zu instruments, expected at most %d; set gmm_max or collapse=yes", most,
                       MOST_INSTRUMENTS);
    if ((int64_t)limited.gmm_max > depth) limited.gmm_max = depth > 0 ? (size_t)depth : 0;
    m->z = pg_matrix_new(&ctx->scratch, m->n, most + 1);
    if (m->z.x == NULL) return pg_no_memory(ctx);
    fill_instruments(d, all, &limited, periods, q->collapse ? 1 : n_periods, m);
    if (m->l >= m->k) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "method abond found %zu instruments for %zu terms, expected at least as many; longer histories or a "
                   "smaller gmm_min are needed",
                   m->l, m->k);
}

pgdp_status pg_gmm_new(pgdp_ctx *ctx, const pgdp_design *d, const pg_gmm_request *q, pg_gmm *out)
{
    levels all;
    int32_t *periods;
    size_t n_periods;
    *out = (pg_gmm){ 0 };
    PG_TRY(levels_new(ctx, d, &all));
    PG_TRY(check_history(ctx, d, &all));
    PG_TRY(find_equations(ctx, d, &all, q->lags, out));
    PG_TRY(find_periods(ctx, out, &periods, &n_periods));
    out->k = q->lags + d->x.n_cols - (d->constant != PGDP_NONE) + (q->time_dummies ? n_periods : 0);
    PG_TRY(name_terms(ctx, d, q->lags, periods, out));
    PG_TRY(fill_equations(ctx, d, &all, q->lags, periods, out));
    return make_instruments(ctx, d, &all, q, periods, n_periods, out);
}
