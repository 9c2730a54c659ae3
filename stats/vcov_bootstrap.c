/* vcov_bootstrap.c  Bootstrap covariance of any estimator. Source: Efron (1979), Ann. Stat. 7(1); Efron & Tibshirani
 * (1993), An Introduction to the Bootstrap, ch. 6, 8, 9 and 13. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * V = sum_r (b_r - mean)(b_r - mean)' / (B - 1). Replicate r is drawn from its own stream, so that it is the same for
 * every number of threads. Replicates whose rows give no estimate are left out and counted. */
#include "stats/bootstrap.h"
#include "stats/romano_wolf.h"
#include "stats/vcovs.h"

#include <math.h>
#include <stdlib.h>

typedef struct options {
    double n_replicates, seed, length;
    int kind, interval, adjust;
} options;

static const char *const kinds[] = { "pairs", "cluster", "residual", "block", NULL };
static const char *const intervals[] = { "normal", "percentile", NULL };
static const char *const adjustments[] = { "none", "romano_wolf", NULL };
static const pgdp_option rows[] = {
    { "B", PGDP_OPTION_REAL, offsetof(options, n_replicates), 999, 9, PG_MOST_REPLICATES, NULL, "replicates" },
    { "seed", PGDP_OPTION_REAL, offsetof(options, seed), 1, 0, 9007199254740992.0, NULL, "of the random draws" },
    { "kind", PGDP_OPTION_CHOICE, offsetof(options, kind), 0, 0, 0, kinds,
      "what is drawn: rows (clusters where a column is named), residuals, or runs of periods" },
    { "length", PGDP_OPTION_REAL, offsetof(options, length), 0, 0, 1000000, NULL,
      "rows of a run; 0: the longest entity's rows to the power 1/3, rounded up" },
    { "interval", PGDP_OPTION_CHOICE, offsetof(options, interval), 0, 0, 0, intervals,
      "from the standard error, or the quantiles of the replicates" },
    { "adjust", PGDP_OPTION_CHOICE, offsetof(options, adjust), 0, 0, 0, adjustments,
      "p-values of all terms but the constant together: Romano & Wolf's step-down" },
    { .name = NULL },
};

static pgdp_status check(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, const options *o)
{
    if (o->n_replicates > floor(o->n_replicates) || o->seed > floor(o->seed) || o->length > floor(o->length))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance bootstrap: B, seed and length must be whole numbers");
    if (d->weight_kind == PGDP_FREQUENCY && o->kind != PG_BOOTSTRAP_CLUSTER)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance bootstrap draws rows, and under frequency weights a row is many; repeat the rows or "
                       "draw clusters: bootstrap(firm)");
    if (o->kind == PG_BOOTSTRAP_RESIDUAL && (!pg_is_least_squares(fit) || d->weight_kind == PGDP_PROBABILITY))
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "covariance bootstrap: residuals can be drawn of least squares with equal variances alone, found "
            "method %s%s; choose kind=pairs",
            fit->estimator->name, d->weight_kind == PGDP_PROBABILITY ? " under probability weights" : "");
    if (fit->estimator->panel && o->kind != PG_BOOTSTRAP_CLUSTER)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance bootstrap: method %s needs whole entities; name the entity: bootstrap(firm)",
                       fit->estimator->name);
    return PGDP_OK;
}

/* A row in the order of time within its entity. */
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

/* Entities as groups, their rows in the order of time; rows without periods are in it as they stand. */
static pgdp_status order_rows(pgdp_ctx *ctx, const pgdp_design *d, pg_row_groups *out, size_t *longest)
{
    const size_t n = d->y.n;
    size_t *entity, *ordered;
    moment *m;
    PG_TRY_ALLOC(ctx, entity, pg_arena_alloc(&ctx->scratch, n, sizeof *entity));
    PG_TRY_ALLOC(ctx, ordered, pg_arena_alloc(&ctx->scratch, n, sizeof *ordered));
    PG_TRY_ALLOC(ctx, m, pg_arena_alloc(&ctx->scratch, n, sizeof *m));
    PG_TRY(pg_row_groups_new(ctx, d->entity != NULL ? d->entity : entity, n, out));
    for (size_t i = 0; i < n; i++)
        m[i] = (moment){ out->group[i], i, d->period != NULL ? d->period[i] : (int64_t)i };
    qsort(m, n, sizeof *m, compare_moments);
    for (size_t i = 0; i < n; i++)
        ordered[i] = m[i].row;
    out->rows = ordered;
    *longest = 0;
    for (size_t g = 0; g < out->n; g++)
        if (out->start[g + 1] - out->start[g] > *longest) *longest = out->start[g + 1] - out->start[g];
    return PGDP_OK;
}

static pgdp_status draw(pgdp_ctx *ctx, const options *o, pgdp_fit *fit, pg_replicates *r)
{
    pg_row_groups groups;
    pg_bootstrap_plan plan = { .kind = o->kind, .n_replicates = (size_t)o->n_replicates, .seed = (uint64_t)o->seed };
    const pgdp_design *given = fit->design;
    bool by_sums = pg_is_least_squares(fit) && given->n_effects == 0;
    pg_fit_add_factor(fit, "B", o->n_replicates);
    pg_fit_add_factor(fit, "seed", o->seed);
    if (o->kind == PG_BOOTSTRAP_RESIDUAL) return pg_bootstrap_residuals(ctx, fit, &plan, r);
    if (o->kind == PG_BOOTSTRAP_CLUSTER) {
        PG_TRY(pg_row_groups_of(ctx, given, fit, &groups));
        pg_fit_add_factor(fit, "G", (double)groups.n);
        plan.groups = &groups;
        PG_TRY(pg_effects_are_nested(ctx, fit, &groups, &by_sums));
        by_sums = by_sums && pg_is_least_squares(fit);
    }
    if (o->kind == PG_BOOTSTRAP_BLOCK) {
        size_t longest;
        PG_TRY(order_rows(ctx, given, &groups, &longest));
        plan.length = o->length > 0 ? (size_t)o->length : (size_t)ceil(cbrt((double)longest));
        plan.groups = &groups;
        pg_fit_add_factor(fit, "block length", (double)plan.length);
        by_sums = false;
    }
    return by_sums ? pg_bootstrap_sums(ctx, fit, &plan, r) : pg_bootstrap_refit(ctx, fit, &plan, r);
}

static int compare_numbers(const void *a, const void *b)
{
    const double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

/* Order statistic (n + 1) p, between two of them by a straight line (Davison & Hinkley 1997, section 5.2.1, without
 * their normal interpolation). */
static double quantile(const double *sorted, size_t n, double p)
{
    const double at = fmin(fmax(p * ((double)n + 1), 1), (double)n), below = floor(at);
    const double low = sorted[(size_t)below - 1];
    return at > below ? low + (at - below) * (sorted[(size_t)below] - low) : low;
}

/* Intervals between quantiles of the replicates, p by the share of them beyond 0: 2 (1 + #) / (B + 1). */
static pgdp_status percentile(pgdp_ctx *ctx, const pg_replicates *r, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const double tail = (1 - fit->conf_level) / 2;
    double *sorted;
    PG_TRY_ALLOC(ctx, sorted, pg_arena_alloc(&ctx->scratch, r->n, sizeof *sorted));
    PG_TRY_ALLOC(ctx, fit->p_value, pg_arena_alloc(&fit->arena, k, sizeof *fit->p_value));
    PG_TRY_ALLOC(ctx, fit->conf_low, pg_arena_alloc(&fit->arena, k, sizeof *fit->conf_low));
    PG_TRY_ALLOC(ctx, fit->conf_high, pg_arena_alloc(&fit->arena, k, sizeof *fit->conf_high));
    for (size_t j = 0; j < k; j++) {
        size_t below = 0, above = 0;
        for (size_t i = 0; i < r->n; i++) {
            sorted[i] = fit->estimate[j] + r->deviation[j + i * k];
            below += sorted[i] <= 0;
            above += sorted[i] >= 0;
        }
        qsort(sorted, r->n, sizeof *sorted, compare_numbers);
        fit->p_value[j] = fmin(1, 2 * (1 + (double)(below < above ? below : above)) / ((double)r->n + 1));
        fit->conf_low[j] = quantile(sorted, r->n, tail);
        fit->conf_high[j] = quantile(sorted, r->n, 1 - tail);
    }
    return PGDP_OK;
}

/* Step-down p-values of the terms but the constant and cut points, from t* = (b* - b) / se. */
static pgdp_status step_down(pgdp_ctx *ctx, const pg_replicates *r, pgdp_fit *fit)
{
    const size_t k = fit->n_terms, constant = fit->design->constant;
    const size_t n_slopes = fit->n_cuts > 0 ? fit->n_slopes : k;
    double *t, *draws, *p;
    size_t q = 0;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, k, sizeof *t));
    PG_TRY_ALLOC(ctx, p, pg_arena_alloc(&ctx->scratch, k, sizeof *p));
    PG_TRY_ALLOC(ctx, draws, pg_arena_alloc(&ctx->scratch, r->n * k, sizeof *draws));
    if (fit->p_value == NULL) PG_TRY_ALLOC(ctx, fit->p_value, pg_arena_alloc(&fit->arena, k, sizeof *fit->p_value));
    for (size_t j = 0; j < k; j++) {
        const double se = sqrt(fit->vcov[j + j * k]);
        fit->p_value[j] = 2 * pgdp_normal_upper(fabs(fit->estimate[j] / se));
        if (j == constant || j >= n_slopes) continue;
        t[q] = fit->estimate[j] / se;
        for (size_t i = 0; i < r->n; i++)
            draws[i + q * r->n] = r->deviation[j + i * k] / se;
        q++;
    }
    PG_TRY(pg_romano_wolf(ctx, t, q, draws, r->n, p));
    for (size_t j = 0, next = 0; j < n_slopes; j++)
        if (j != constant) fit->p_value[j] = p[next++];
    pg_fit_add_factor(fit, "hypotheses tested together", (double)q);
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *settings, pgdp_fit *fit)
{
    (void)design; /* rows are drawn of the design given, fit->design */
    options o = *(const options *)settings;
    pg_replicates r;
    if (o.kind == PG_BOOTSTRAP_PAIRS && fit->design->n_clusterings > 0) o.kind = PG_BOOTSTRAP_CLUSTER;
    PG_TRY(check(ctx, fit->design, fit, &o));
    PG_TRY(draw(ctx, &o, fit, &r));
    PG_TRY(pg_replicates_close(ctx, fit, &r));
    PG_TRY(pg_replicates_vcov(ctx, &r, 1 / ((double)r.n - 1), fit));
    fit->vcov_df = HUGE_VAL;
    if (o.interval == 1) PG_TRY(percentile(ctx, &r, fit));
    return o.adjust == 1 ? step_down(ctx, &r, fit) : PGDP_OK;
}

const pgdp_vcov pg_vcov_bootstrap = {
    .name = "bootstrap",
    .title = "Bootstrap covariance of rows, clusters, residuals or blocks",
    .source = "Efron (1979), Ann. Stat. 7(1); Efron & Tibshirani (1993), An Introduction to the Bootstrap, ch. 6",
    .options = rows,
    .options_size = sizeof(options),
    .clusters = true,
    .compute = compute,
};
