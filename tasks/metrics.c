/* metrics.c  How well probabilities forecast ordered grades.
 * Source: Gneiting & Raftery (2007), JASA 102, 359-378: log score, Brier score, ranked probability score.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

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

/* Adds one task's scores to the sums; returns the probability of the threshold or above. */
static double add_task(const pgdp_scoring *s, const double *shares, size_t task, pg_metrics *sum)
{
    const size_t n = s->list->n_tasks, grade = (size_t)s->grades[task];
    double cumulated = 0, event = 0, rps = 0, best = -1;
    size_t mode = 0;
    for (size_t k = 0; k < s->n_levels; k++) {
        const double p = shares[task + k * n];
        cumulated += p;
        if (k + 1 < s->n_levels) rps += pow(cumulated - (grade <= k ? 1 : 0), 2);
        if (k >= s->threshold) event += p;
        if (p > best) mode = k;
        best = fmax(best, p);
    }
    sum->n += 1;
    sum->log_loss -= log(fmax(shares[task + grade * n], 1e-300));
    sum->brier += pow(event - (grade >= s->threshold ? 1 : 0), 2);
    sum->rps += rps / (double)s->n_cuts;
    sum->accuracy += mode == grade ? 1 : 0;
    return event;
}

pgdp_status pg_metrics_of(pgdp_ctx *ctx, const pgdp_scoring *s, const double *shares, pg_metrics *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    forecast *forecasts;
    PG_TRY_ALLOC(ctx, forecasts, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *forecasts));
    pg_metrics sum = { 0 };
    size_t n = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++)
        if (s->grades[i] >= 0)
            forecasts[n++] = (forecast){ add_task(s, shares, i, &sum), (size_t)s->grades[i] >= s->threshold };
    *out = (pg_metrics){ sum.n,           sum.log_loss / sum.n, sum.brier / sum.n,
                         sum.rps / sum.n, area(forecasts, n),   sum.accuracy / sum.n };
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
