/* vcov_wild.c  Wild cluster bootstrap-t: p-values and intervals of every term in turn, beside the CR1 covariance.
 * Source: Cameron, Gelbach & Miller (2008), Rev. Econ. Stat. 90(3), section III.B (WCR); Roodman, MacKinnon, Nielsen &
 * Webb (2019), Stata J. 19(1). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * p = share of draws with |t*| > |t|, the null imposed on the draws. The interval holds the values that the test keeps
 * at 1 - conf_level. Signs whose 2^G patterns are at most B are enumerated, and then nothing is random.
 * Absorbed effects are those of dummies: each draw's outcome has them partialled out anew (wild_effects.c). */
#include "core/option.h"
#include "stats/vcovs.h"
#include "stats/wild.h"

#include <math.h>

typedef struct options {
    double n_draws, seed;
    int weights, null, p, ties;
} options;

static const char *const weights[] = { "rademacher", "webb", NULL };
static const char *const nulls[] = { "restricted", "unrestricted", NULL };
static const char *const tails[] = { "symmetric", "equal_tail", NULL };
static const char *const no_yes[] = { "no", "yes", NULL };
static const pgdp_option rows[] = {
    { "B", PGDP_OPTION_REAL, offsetof(options, n_draws), 9999, 9, PG_MOST_REPLICATES, NULL,
      "draws; all 2^G patterns of signs where these are not more" },
    { "seed", PGDP_OPTION_REAL, offsetof(options, seed), 1, 0, 9007199254740992.0, NULL, "of the random draws" },
    { "weights", PGDP_OPTION_CHOICE, offsetof(options, weights), 0, 0, 0, weights,
      "of a cluster: signs, or Webb's six points, which give few clusters more patterns" },
    { "null", PGDP_OPTION_CHOICE, offsetof(options, null), 0, 0, 0, nulls,
      "draws with the hypothesis imposed (WCR) or from the full model (WCU)" },
    { "p", PGDP_OPTION_CHOICE, offsetof(options, p), 0, 0, 0, tails, "both tails together, or twice the smaller" },
    { "ties", PGDP_OPTION_CHOICE, offsetof(options, ties), 0, 0, 0, no_yes,
      "does a draw that equals the sample count as beyond it?" },
    { .name = NULL },
};

static pgdp_status check(pgdp_ctx *ctx, const pgdp_fit *fit, const options *o)
{
    if (!pg_is_least_squares(fit))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance wild is of least squares, found method %s; choose cluster, cr2 or bootstrap",
                       fit->estimator->name);
    if (o->n_draws > floor(o->n_draws) || o->seed > floor(o->seed))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance wild: B and seed must be whole numbers");
    return PGDP_OK;
}

static pg_wild_plan plan_of(const options *o, size_t n_groups)
{
    pg_wild_plan plan = { .n_draws = (size_t)o->n_draws,
                          .webb = o->weights == 1,
                          .unrestricted = o->null == 1,
                          .equal_tail = o->p == 1,
                          .ties = o->ties == 1,
                          .seed = (uint64_t)o->seed };
    plan.every_draw = !plan.webb && n_groups < 32 && (size_t)1 << n_groups <= plan.n_draws;
    if (plan.every_draw) plan.n_draws = (size_t)1 << n_groups;
    return plan;
}

/* The covariance that t stands on, by its own entry of the list. */
static pgdp_status cluster_covariance(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    void *defaults;
    PG_TRY_ALLOC(ctx, defaults, pg_arena_alloc(&ctx->scratch, 1, pg_vcov_cluster.options_size + 1));
    PG_TRY(pg_options_read(ctx, "covariance cluster", pg_vcov_cluster.options, NULL, defaults));
    return pg_vcov_cluster.compute(ctx, d, defaults, fit);
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const size_t k = fit->n_terms;
    pg_row_groups groups;
    pg_wild_term *terms;
    PG_TRY(check(ctx, fit, o));
    PG_TRY(pg_row_groups_of(ctx, d, fit, &groups));
    PG_TRY(cluster_covariance(ctx, d, fit));
    const pg_wild_plan plan = plan_of(o, groups.n);
    pg_fit_add_factor(fit, "draws", (double)plan.n_draws);
    pg_fit_add_factor(fit, "every draw taken", plan.every_draw);
    if (!plan.every_draw) pg_fit_add_factor(fit, "seed", o->seed);
    PG_TRY(pg_wild_draw(ctx, fit, &groups, &plan, &terms));
    PG_TRY_ALLOC(ctx, fit->p_value, pg_arena_alloc(&fit->arena, k, sizeof *fit->p_value));
    PG_TRY_ALLOC(ctx, fit->conf_low, pg_arena_alloc(&fit->arena, k, sizeof *fit->conf_low));
    PG_TRY_ALLOC(ctx, fit->conf_high, pg_arena_alloc(&fit->arena, k, sizeof *fit->conf_high));
    for (size_t j = 0; j < k; j++) {
        const double b = fit->estimate[j], unit = terms[j].unit, level = 1 - fit->conf_level;
        fit->p_value[j] = pg_wild_p(&terms[j], &plan, b / unit);
        fit->conf_low[j] = b - unit * pg_wild_edge(&terms[j], &plan, 1, level);
        fit->conf_high[j] = b + unit * pg_wild_edge(&terms[j], &plan, -1, level);
    }
    return PGDP_OK;
}

const pgdp_vcov pg_vcov_wild = {
    .name = "wild",
    .title = "Wild cluster bootstrap-t, standard errors by CR1",
    .source = "Cameron, Gelbach & Miller (2008), Rev. Econ. Stat. 90(3), section III.B; Roodman, MacKinnon, Nielsen & "
              "Webb (2019), Stata J. 19(1), section 5",
    .options = rows,
    .options_size = sizeof(options),
    .clusters = true,
    .compute = compute,
};
