/* reliability.c  The reliability curve: observed shares by tenth of the calibrated probability, out of fold.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "tasks/validation.h"

enum { BIN, BIN_COUNT, PREDICTED, OBSERVED, LOW, HIGH, N_CALIBRATION };
static const pgdp_column calibration_columns[N_CALIBRATION] = {
    [BIN] = PG_REAL_COLUMN("bin", "tenth"),
    [BIN_COUNT] = PG_REAL_COLUMN("n", "tasks"),
    [PREDICTED] = PG_REAL_COLUMN("predicted", "share"),
    [OBSERVED] = PG_REAL_COLUMN("observed", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
};

typedef struct forecast {
    double p;
    size_t task;
} forecast;

static int by_probability(const void *a, const void *b)
{
    const forecast *p = a, *q = b;
    if (p->p < q->p || p->p > q->p) return p->p < q->p ? -1 : 1;
    return (p->task > q->task) - (p->task < q->task);
}

/* Standard error of a share of events, tasks of one occupation counting as one draw. sums: [n_occupations]. */
static double clustered_error(const pgdp_scoring *s, const forecast *f, size_t n, double observed, double *sums)
{
    double meat = 0, n_clusters = 0;
    for (size_t o = 0; o < s->list->n_occupations; o++)
        sums[o] = (double)NAN;
    for (size_t i = 0; i < n; i++) {
        double *sum = &sums[s->list->occupation[f[i].task]];
        const double event = (size_t)s->grades[f[i].task] >= s->threshold ? 1 : 0;
        *sum = (isnan(*sum) ? 0 : *sum) + event - observed;
    }
    for (size_t o = 0; o < s->list->n_occupations; o++) {
        if (isnan(sums[o])) continue;
        meat += sums[o] * sums[o];
        n_clusters += 1;
    }
    return n_clusters > 1 ? sqrt(meat * n_clusters / (n_clusters - 1)) / (double)n : (double)NAN;
}

static pgdp_status add_bin(pgdp_ctx *ctx, pgdp_scoring *s, size_t bin, const forecast *f, size_t n, double *sums)
{
    pgdp_frame *out = s->calibration;
    double predicted = 0, observed = 0;
    for (size_t i = 0; i < n; i++) {
        predicted += f[i].p / (double)n;
        observed += (size_t)s->grades[f[i].task] >= s->threshold ? 1 / (double)n : 0;
    }
    const double z = pgdp_normal_upper_quantile((1 - s->request.conf_level) / 2);
    const double error = clustered_error(s, f, n, observed, sums);
    PG_TRY(pgdp_frame_add_row(ctx, out));
    pgdp_frame_set_real(out, BIN, (double)(bin + 1));
    pgdp_frame_set_real(out, BIN_COUNT, (double)n);
    pgdp_frame_set_real(out, PREDICTED, predicted);
    pgdp_frame_set_real(out, OBSERVED, observed);
    pgdp_frame_set_real(out, LOW, fmax(observed - z * error, 0));
    pgdp_frame_set_real(out, HIGH, fmin(observed + z * error, 1));
    return PGDP_OK;
}

pgdp_status pg_write_calibration(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const double *shares = s->validation[PG_NEW_OCCUPATION].shares;
    forecast *f;
    double *sums;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, f, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *f));
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, s->list->n_occupations, sizeof *sums));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        f[n++] = (forecast){ pg_event_probability(s, shares + i), i };
    }
    qsort(f, n, sizeof *f, by_probability);
    PG_TRY(pg_frame_of(ctx, calibration_columns, N_CALIBRATION, PG_N_BINS, &s->calibration));
    for (size_t b = 0; b < PG_N_BINS; b++) {
        const size_t first = b * n / PG_N_BINS, end = (b + 1) * n / PG_N_BINS;
        if (end > first) PG_TRY(add_bin(ctx, s, b, f + first, end - first, sums));
    }
    return PGDP_OK;
}
