/* calibrate.c  From an index to calibrated probabilities: a logit on the out-of-fold index and on what the task's known
 * hierarchy shows, bent by isotonic regression where that forecasts better.
 * Source: Platt (1999), Advances in Large Margin Classifiers, 61-74; Wolpert (1992), Neural Networks 5, 241-259;
 * Zadrozny & Elkan (2002), KDD, 694-699. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tasks/validation.h"

/* Rows to fit the link on. */
typedef struct graded {
    double *event, *x; /* [n], [n x PG_LINK_TERMS] */
    size_t *cluster, n;
} graded;

void pg_link_row(const pgdp_scoring *s, double index, const double *known, double *row)
{
    const double above = pg_event_probability(s, known);
    double below = 0;
    for (size_t g = 0; g < s->threshold; g++)
        below += known[g * s->list->n_tasks];
    row[0] = 1;
    row[1] = index;
    row[2] = log(above / below);
}

static double bend(const pg_link *link, double logit, double *slope)
{
    const double *x = link->knot, *y = link->value;
    const size_t n = link->n_knots;
    /* where a step is flat the line through the ends says how far an error of the logit carries */
    const double mean_rise = n > 1 ? (y[n - 1] - y[0]) / (x[n - 1] - x[0]) : 1;
    if (slope != NULL) *slope = mean_rise;
    if (!(logit > x[0])) return y[0];
    if (!(logit < x[n - 1])) return y[n - 1];
    size_t low = 0, high = n - 1;
    while (high - low > 1) {
        const size_t middle = (low + high) / 2;
        *(x[middle] <= logit ? &low : &high) = middle;
    }
    const double rise = (y[high] - y[low]) / (x[high] - x[low]);
    if (slope != NULL) *slope = fmax(rise, mean_rise);
    return y[low] + rise * (logit - x[low]);
}

double pg_link_logit(const pg_link *link, const double *row, double *slope)
{
    const double logit = link->estimate[0] * row[0] + link->estimate[1] * row[1] + link->estimate[2] * row[2];
    if (link->n_knots > 0) return bend(link, logit, slope);
    if (slope != NULL) *slope = 1;
    return logit;
}

static bool counts(const pgdp_scoring *s, const pg_link_rows *rows, size_t task)
{
    const size_t fold = rows->fold[task];
    return s->grades[task] >= 0 && fold != rows->without && (rows->used == NULL || rows->used[fold]);
}

static pgdp_status collect(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_link_rows *rows, graded *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++)
        n += counts(s, rows, i);
    *out = (graded){ .n = n };
    PG_TRY_ALLOC(ctx, out->event, pg_arena_alloc(&ctx->scratch, n, sizeof *out->event));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, n * PG_LINK_TERMS, sizeof *out->x));
    PG_TRY_ALLOC(ctx, out->cluster, pg_arena_alloc(&ctx->scratch, n, sizeof *out->cluster));
    size_t at = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        double row[PG_LINK_TERMS];
        if (!counts(s, rows, i)) continue;
        pg_link_row(s, rows->index[i], rows->known + i, row);
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            out->x[at + j * n] = row[j];
        out->event[at] = (size_t)s->grades[i] >= s->threshold ? 1 : 0;
        out->cluster[at++] = rows->cluster == NULL ? 0 : rows->cluster[i];
    }
    return PGDP_OK;
}

/* A lasso may leave no column, and so an index that is zero everywhere: then the link does without. */
static bool index_varies(const graded *g)
{
    const double *index = g->x + g->n;
    for (size_t i = 1; i < g->n; i++)
        if (index[i] < index[0] || index[i] > index[0]) return true;
    return false;
}

/* The link's estimates and covariance from a fit of the regressors `term`. */
static void fill_link(const pgdp_fit *fit, const size_t *term, bool clustered, pg_link *out)
{
    const pgdp_vec b = pgdp_fit_estimate(fit);
    *out = (pg_link){ .n_knots = 0 };
    for (size_t j = 0; j < b.n && j < PG_LINK_TERMS; j++) {
        out->estimate[term[j]] = b.x[j];
        for (size_t i = 0; clustered && i < b.n && i < PG_LINK_TERMS; i++)
            out->vcov[term[i] + term[j] * PG_LINK_TERMS] = pgdp_fit_vcov(fit).x[i + j * b.n];
    }
}

pgdp_status pg_link_fit(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_link_rows *rows, pg_link *out)
{
    static const char *const terms[PG_LINK_TERMS] = { "(Intercept)", "index", "known" };
    static const char *const without[] = { "(Intercept)", "known" };
    static const size_t all[] = { 0, 1, 2 }, two[] = { 0, 2, 2 };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    graded g;
    PG_TRY(collect(ctx, s, rows, &g));
    const size_t *const clusters[] = { g.cluster };
    const bool clustered = rows->cluster != NULL, whole = index_varies(&g);
    if (!whole) memcpy(g.x + g.n, g.x + 2 * g.n, g.n * sizeof *g.x);
    const pgdp_design design = {
        .y = { g.event, g.n },
        .x = { g.x, g.n, whole ? PG_LINK_TERMS : 2 },
        .terms = whole ? terms : without,
        .constant = 0,
        .cluster = clusters,
        .n_clusterings = clustered ? 1 : 0,
    };
    pgdp_fit *fit;
    const pgdp_status status = pgdp_fit_new(ctx, "logit", clustered ? "cluster" : "none", &design, NULL, &fit);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "scoring: calibration: ");
    fill_link(fit, whole ? all : two, clustered, out);
    pgdp_fit_free(fit);
    return PGDP_OK;
}

/* A block of the isotonic regression: sums over its tasks. */
typedef struct block {
    double logit, events, n;
} block;

static int by_logit(const void *a, const void *b)
{
    const block *p = a, *q = b;
    if (p->logit < q->logit || p->logit > q->logit) return p->logit < q->logit ? -1 : 1;
    return (p->events > q->events) - (p->events < q->events);
}

/* Pool adjacent violators: blocks [0, n) sorted by logit to those of rising shares. */
static size_t pool_violators(block *b, size_t n)
{
    size_t top = 0;
    for (size_t i = 0; i < n; i++) {
        block next = b[i];
        while (top > 0 && b[top - 1].events * next.n >= next.events * b[top - 1].n) {
            top--;
            next = (block){ b[top].logit + next.logit, b[top].events + next.events, b[top].n + next.n };
        }
        b[top++] = next;
    }
    return top;
}

pgdp_status pg_link_bend(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_link_rows *rows, pg_link *link)
{
    graded g;
    block *b;
    PG_TRY(collect(ctx, s, rows, &g));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, g.n, sizeof *b));
    for (size_t i = 0; i < g.n; i++) {
        const double row[] = { g.x[i], g.x[i + g.n], g.x[i + 2 * g.n] };
        b[i] = (block){ pg_link_logit(link, row, NULL), g.event[i], 1 };
    }
    qsort(b, g.n, sizeof *b, by_logit);
    const size_t n = pool_violators(b, g.n);
    PG_TRY_ALLOC(ctx, link->knot, pg_arena_alloc(arena, n, sizeof *link->knot));
    PG_TRY_ALLOC(ctx, link->value, pg_arena_alloc(arena, n, sizeof *link->value));
    for (size_t k = 0; k < n; k++) {
        const double value = log((b[k].events + 0.5) / (b[k].n - b[k].events + 0.5)), at = b[k].logit / b[k].n;
        if (link->n_knots > 0 && !(at > link->knot[link->n_knots - 1])) continue; /* equal logits in two blocks */
        link->knot[link->n_knots] = at;
        link->value[link->n_knots] = link->n_knots == 0 ? value : fmax(value, link->value[link->n_knots - 1]);
        link->n_knots++;
    }
    return PGDP_OK;
}

/* Log loss of the event over a fold's graded tasks. */
static double fold_loss(const pgdp_scoring *s, const pg_link_rows *rows, size_t fold, const pg_link *link)
{
    double sum = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        double row[PG_LINK_TERMS];
        if (s->grades[i] < 0 || rows->fold[i] != fold) continue;
        pg_link_row(s, rows->index[i], rows->known + i, row);
        const double logit = pg_link_logit(link, row, NULL);
        sum -= pg_log_logistic((size_t)s->grades[i] >= s->threshold ? logit : -logit);
    }
    return sum;
}

pgdp_status pg_link_choose(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_link_rows *rows,
                           size_t n_folds, pg_link *out)
{
    double gain = 0, squares = 0, n_compared = 0; /* of bending, by fold */
    pg_link_rows inner = *rows;
    inner.cluster = NULL;
    size_t n_used = 0;
    for (size_t g = 0; g < n_folds; g++)
        n_used += rows->used == NULL || rows->used[g] ? 1 : 0;
    const bool choice = s->request.calibration == PGDP_CALIBRATION_AUTO && n_used > 1;
    for (size_t g = 0; g < n_folds && choice; g++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_link link;
        if (rows->used != NULL && !rows->used[g]) continue;
        inner.without = g;
        PG_TRY(pg_link_fit(ctx, s, &inner, &link));
        const double straight = fold_loss(s, rows, g, &link);
        PG_TRY(pg_link_bend(ctx, &ctx->scratch, s, &inner, &link));
        const double more = straight - fold_loss(s, rows, g, &link);
        gain += more;
        squares += more * more;
        n_compared += 1;
        pg_arena_rewind(&ctx->scratch, mark);
    }
    PG_TRY(pg_link_fit(ctx, s, rows, out));
    /* one standard error: the sum's is sqrt(n) sd */
    const double spread = n_compared > 1 ? (squares - gain * gain / n_compared) * n_compared / (n_compared - 1) : 0;
    const bool better = n_compared > 0 && gain > sqrt(fmax(spread, 0));
    const bool isotonic = s->request.calibration == PGDP_CALIBRATION_ISOTONIC || better;
    return isotonic ? pg_link_bend(ctx, arena, s, rows, out) : PGDP_OK;
}

void pg_pooled_shares(const pgdp_scoring *s, double probability, const double *model, const double *known,
                      double *shares)
{
    double side[2] = { 0, 0 };
    for (size_t k = 0; k < s->n_levels; k++) {
        shares[k] = sqrt(fmax(model[k], 1e-300) * known[k * s->list->n_tasks]);
        side[k >= s->threshold] += shares[k];
    }
    for (size_t k = 0; k < s->n_levels; k++)
        shares[k] *= k >= s->threshold ? probability / side[1] : (1 - probability) / side[0];
}
