/* metrics.c  How well probabilities forecast ordered grades.
 * Source: Gneiting & Raftery (2007), JASA 102, 359-378: log score, Brier score, ranked probability score.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "core/parallel.h"
#include "tasks/scoring.h"

/* F(u) - F(v) = F(u) F(-v) (1 - e^-(u - v)): no difference of probabilities is taken. */
void pg_ordered_shares(double index, const double *cuts, size_t n_cuts, double *shares)
{
    for (size_t k = 0; k <= n_cuts; k++) {
        shares[k] = 1;
        if (k < n_cuts) shares[k] *= pg_logistic(cuts[k] - index);
        if (k > 0) shares[k] *= pg_logistic(index - cuts[k - 1]);
        if (k > 0 && k < n_cuts) shares[k] *= -expm1(cuts[k - 1] - cuts[k]);
    }
}

typedef struct forecast {
    double p;
    bool event;
} forecast;

static int by_probability(const void *a, const void *b)
{
    const forecast *p = a, *q = b;
    if (p->p < q->p || p->p > q->p) return p->p < q->p ? -1 : 1;
    return (int)p->event - (int)q->event;
}

/* Area under the ROC curve: the share of (event, no event) pairs in the right order, ties counting one half. */
static double area(forecast *f, size_t n)
{
    qsort(f, n, sizeof *f, by_probability);
    double n_events = 0, n_others = 0, right = 0;
    for (size_t i = 0, j; i < n; i = j) {
        double events = 0, others = 0;
        for (j = i; j < n && f[j].p <= f[i].p; j++) {
            events += f[j].event ? 1 : 0;
            others += f[j].event ? 0 : 1;
        }
        right += events * (n_others + others / 2);
        n_events += events;
        n_others += others;
    }
    return n_events > 0 && n_others > 0 ? right / (n_events * n_others) : (double)NAN;
}

double pg_event_probability(const pgdp_scoring *s, const double *shares)
{
    double event = 0;
    for (size_t k = s->threshold; k < s->n_levels; k++)
        event += shares[k * s->list->n_tasks];
    return event;
}

void pg_losses_of(const pgdp_scoring *s, const double *shares, size_t task, double *loss)
{
    const size_t n = s->list->n_tasks, grade = (size_t)s->grades[task];
    double cumulated = 0, rps = 0;
    for (size_t k = 0; k + 1 < s->n_levels; k++) {
        cumulated += shares[task + k * n];
        rps += pow(cumulated - (grade <= k ? 1 : 0), 2);
    }
    loss[PG_LOG_LOSS] = -log(fmax(shares[task + grade * n], 1e-300));
    loss[PG_BRIER] = pow(pg_event_probability(s, shares + task) - (grade >= s->threshold ? 1 : 0), 2);
    loss[PG_RPS] = rps / (double)s->n_cuts;
}

static bool grade_is_mode(const pgdp_scoring *s, const double *shares, size_t task)
{
    size_t mode = 0;
    for (size_t k = 1; k < s->n_levels; k++)
        if (shares[task + k * s->list->n_tasks] > shares[task + mode * s->list->n_tasks]) mode = k;
    return mode == (size_t)s->grades[task];
}

/* Mean over tenths of the forecasts, sorted, of |observed share - mean forecast| (Naeini, Cooper & Hauskrecht 2015). */
static double calibration_error(const forecast *f, size_t n)
{
    double error = 0;
    for (size_t b = 0; b < PG_N_BINS; b++) {
        double sum = 0;
        for (size_t i = b * n / PG_N_BINS; i < (b + 1) * n / PG_N_BINS; i++)
            sum += (f[i].event ? 1 : 0) - f[i].p;
        error += fabs(sum) / (double)n;
    }
    return error;
}

typedef struct ranked {
    double x, rank;
    size_t at;
} ranked;

static int by_value(const void *a, const void *b)
{
    const ranked *p = a, *q = b;
    if (p->x < q->x || p->x > q->x) return p->x < q->x ? -1 : 1;
    return (p->at > q->at) - (p->at < q->at);
}

/* Mid-ranks, less their mean (n + 1) / 2. */
static pgdp_status mid_ranks(pgdp_ctx *ctx, const double *x, size_t n, double *rank)
{
    ranked *r;
    PG_TRY_ALLOC(ctx, r, pg_arena_alloc(&ctx->scratch, n, sizeof *r));
    for (size_t i = 0; i < n; i++)
        r[i] = (ranked){ x[i], 0, i };
    qsort(r, n, sizeof *r, by_value);
    for (size_t i = 0, j; i < n; i = j) {
        for (j = i; j < n && r[j].x <= r[i].x; j++)
            ;
        for (size_t k = i; k < j; k++)
            rank[r[k].at] = ((double)(i + j - 1) - (double)(n - 1)) / 2;
    }
    return PGDP_OK;
}

pgdp_status pg_spearman(pgdp_ctx *ctx, const double *a, const double *b, size_t n, double *out)
{
    double *p, *q;
    PG_TRY_ALLOC(ctx, p, pg_arena_alloc(&ctx->scratch, n, sizeof *p));
    PG_TRY_ALLOC(ctx, q, pg_arena_alloc(&ctx->scratch, n, sizeof *q));
    PG_TRY(mid_ranks(ctx, a, n, p));
    PG_TRY(mid_ranks(ctx, b, n, q));
    const double spread = pg_dot(p, p, n) * pg_dot(q, q, n);
    *out = spread > 0 ? pg_dot(p, q, n) / sqrt(spread) : (double)NAN;
    return PGDP_OK;
}

/* Rank correlation of the expected grade and the grade. */
static pgdp_status rank_correlation(pgdp_ctx *ctx, const pgdp_scoring *s, const double *shares, double *out)
{
    double *expected, *grade;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, expected, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *expected));
    PG_TRY_ALLOC(ctx, grade, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *grade));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        for (size_t k = 1; k < s->n_levels; k++)
            expected[n] += (double)k * shares[i + k * s->list->n_tasks];
        grade[n++] = (double)s->grades[i];
    }
    return pg_spearman(ctx, expected, grade, n, out);
}

pgdp_status pg_metrics_of(pgdp_ctx *ctx, const pgdp_scoring *s, const double *shares, pg_metrics *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    forecast *f;
    PG_TRY_ALLOC(ctx, f, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *f));
    double sum[PG_N_LOSSES] = { 0 }, right = 0, loss[PG_N_LOSSES];
    size_t n = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        f[n++] = (forecast){ pg_event_probability(s, shares + i), (size_t)s->grades[i] >= s->threshold };
        pg_losses_of(s, shares, i, loss);
        for (size_t l = 0; l < PG_N_LOSSES; l++)
            sum[l] += loss[l];
        right += grade_is_mode(s, shares, i) ? 1 : 0;
    }
    const double count = (double)n;
    *out = (pg_metrics){ .n = count,
                         .log_loss = sum[PG_LOG_LOSS] / count,
                         .brier = sum[PG_BRIER] / count,
                         .rps = sum[PG_RPS] / count,
                         .auc = area(f, n),
                         .accuracy = right / count };
    out->ece = calibration_error(f, n); /* area() has sorted them */
    PG_TRY(rank_correlation(ctx, s, shares, &out->spearman));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
