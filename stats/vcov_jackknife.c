/* vcov_jackknife.c  Jackknife covariance: leave one row, or one cluster, out. Source: Efron & Tibshirani (1993), An
 * Introduction to the Bootstrap, ch. 11; MacKinnon, Nielsen & Webb (2023), J. Appl. Econometrics 38(5), section 2
 * (CV3J). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * V = (n - 1)/n sum (b_(i) - mean)(b_(i) - mean)', n rows or clusters. Least squares in closed form: with orthonormal
 * rows q_i and residuals e_i, b_(i) - b = -root q_i e_i / (1 - h_i); of a cluster -root (I - Q_g'Q_g)^-1 Q_g'e_g. With
 * one absorbed intercept h_i has the share of the row in its level beside it. All else by refits. */
#include "stats/refit.h"
#include "stats/resample.h"
#include "stats/vcovs.h"

#include <math.h>
#include <string.h>

enum { ROWS = 512, MOST_TERMS_LISTED = 12 };
static const double no_room = 1e-10; /* of 1 - h: without the row or cluster a term has no estimate */

static pgdp_status refuse(pgdp_ctx *ctx, const char *what, size_t number)
{
    return pg_fail(
        ctx, PGDP_NUMERICAL,
        "covariance jackknife: without %s %zu a term has no estimate, since it decides the term alone; leave "
        "the term or the %s out, or choose HC1",
        what, number, what);
}

/* What an absorbed intercept adds to a row's leverage: its share of its level's weight. */
static pgdp_status absorbed_leverage(pgdp_ctx *ctx, const pgdp_fit *fit, double *h)
{
    const pgdp_effect *effect = fit->design->effects;
    double *weight;
    PG_TRY_ALLOC(ctx, weight, pg_arena_alloc(&ctx->scratch, effect->n_levels, sizeof *weight));
    for (size_t i = 0; i < fit->n_rows; i++)
        weight[effect->level[i]] += pg_design_weight(fit->design, i);
    for (size_t i = 0; i < fit->n_rows; i++)
        h[i] = pg_design_weight(fit->design, i) / weight[effect->level[i]];
    return PGDP_OK;
}

static pgdp_status rows_closed(pgdp_ctx *ctx, const pgdp_fit *fit, pg_replicates *r)
{
    const size_t k = fit->n_terms;
    double *q, *e, *h, *c;
    PG_TRY_ALLOC(ctx, q, pg_matrix_new(&ctx->scratch, ROWS, k).x);
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, ROWS, sizeof *e));
    PG_TRY_ALLOC(ctx, c, pg_arena_alloc(&ctx->scratch, k, sizeof *c));
    PG_TRY_ALLOC(ctx, h, pg_arena_alloc(&ctx->scratch, fit->n_rows, sizeof *h));
    if (fit->design->n_effects > 0) PG_TRY(absorbed_leverage(ctx, fit, h));
    for (size_t first = 0; first < fit->n_rows; first += ROWS) {
        const size_t n = fit->n_rows - first < ROWS ? fit->n_rows - first : ROWS;
        pg_orthonormal_rows(fit, first, n, q, e);
        for (size_t i = 0; i < n; i++) {
            double room = 1 - h[first + i], own = 0;
            const bool single = room < no_room; /* alone in its level: the slopes never saw it */
            for (size_t j = 0; j < k; j++)
                own += q[i + j * n] * q[i + j * n];
            room -= own;
            if (room < no_room && !single) return refuse(ctx, "row", first + i + 1);
            for (size_t j = 0; j < k; j++)
                c[j] = single ? 0 : -q[i + j * n] * e[i] / room;
            pg_unroot(fit, c, r->deviation + (first + i) * k);
        }
    }
    return PGDP_OK;
}

static pgdp_status clusters_closed(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, pg_replicates *r)
{
    const size_t k = fit->n_terms;
    const pg_matrix left = pg_matrix_new(&ctx->scratch, k, k);
    pg_matrix sums;
    double *c;
    PG_TRY_ALLOC(ctx, c, pg_arena_alloc(&ctx->scratch, k, sizeof *c));
    if (left.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_group_products(ctx, fit, groups, &sums));
    for (size_t g = 0; g < groups->n; g++) {
        pg_unpack_products(sums, g, k, left.x, c);
        for (size_t i = 0; i < k * k; i++)
            left.x[i] = -left.x[i];
        for (size_t j = 0; j < k; j++)
            left.x[j + j * k] += 1;
        bool regular = pg_cholesky(left);
        for (size_t j = 0; j < k && regular; j++)
            regular = left.x[j + j * k] * left.x[j + j * k] > no_room;
        if (!regular) return refuse(ctx, "cluster", g + 1);
        pg_cholesky_solve(left, c);
        for (size_t j = 0; j < k; j++)
            c[j] = -c[j];
        pg_unroot(fit, c, r->deviation + g * k);
    }
    return PGDP_OK;
}

typedef struct refitting {
    const pgdp_fit *fit;
    const pg_row_groups *groups; /* NULL: rows */
} refitting;

/* Without one row or cluster the estimate must exist: leaving a replicate out would bias V. */
static pgdp_status refit_without(pgdp_ctx *ctx, void *user, const pg_replicate_block *block)
{
    const refitting *s = user;
    const size_t n_rows = s->fit->design->y.n, left_out = block->range.first;
    size_t *rows, n = 0;
    double *estimate;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *rows));
    PG_TRY_ALLOC(ctx, estimate, pg_arena_alloc(&ctx->scratch, s->fit->n_terms, sizeof *estimate));
    for (size_t i = 0; i < n_rows; i++)
        if ((s->groups != NULL ? s->groups->group[i] : i) != left_out) rows[n++] = i;
    const pgdp_status status = pg_fit_refit(ctx, s->fit, rows, n, estimate);
    if (pg_refit_is_of_data(status))
        return pg_fail_within(ctx, PGDP_NUMERICAL,
                              "covariance jackknife: without %s %zu: ", s->groups != NULL ? "cluster" : "row",
                              left_out + 1);
    return pg_replicates_keep(s->fit, status, estimate, 0, block);
}

static pgdp_status leave_out(pgdp_ctx *ctx, pgdp_fit *fit, const pg_row_groups *groups, pg_replicates *r)
{
    const pgdp_design *d = fit->design;
    const bool one_effect = d->n_effects == 1 && d->effects[0].slope == NULL;
    bool nested = false;
    const size_t n = groups != NULL ? groups->n : d->y.n;
    refitting s = { fit, groups };
    if (groups != NULL) PG_TRY(pg_effects_are_nested(ctx, fit, groups, &nested));
    if (pg_is_least_squares(fit) && (groups != NULL ? nested : d->n_effects == 0 || one_effect)) {
        PG_TRY(pg_replicates_new(ctx, fit, n, r));
        return groups != NULL ? clusters_closed(ctx, fit, groups, r) : rows_closed(ctx, fit, r);
    }
    const pg_replicate_plan plan = { "jackknife", n, 1, refit_without, &s };
    return pg_replicates_spread(ctx, fit, &plan, r);
}

static pgdp_status note(pgdp_ctx *ctx, const char *end, const char *term, double value, pgdp_fit *fit)
{
    const double nan = (double)NAN;
    pgdp_diagnostic line = { .statistic = value, .df = nan, .df2 = nan, .p_value = nan };
    PG_TRY_ALLOC(ctx, line.name, pg_arena_printf(&fit->arena, "drop_one_%s:%s", end, term));
    PG_TRY_ALLOC(ctx, line.title,
                 pg_arena_printf(&fit->arena, "%s estimate of %s with one cluster left out",
                                 end[1] == 'i' ? "smallest" : "largest", term));
    pg_fit_add_diagnostic(fit, &line);
    return PGDP_OK;
}

/* How far one cluster moves each term. Of models with many terms it would be a table of its own, and is left out. */
static pgdp_status note_influence(pgdp_ctx *ctx, const pg_replicates *r, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    for (size_t j = 0; j < k && k <= MOST_TERMS_LISTED; j++) {
        double low = HUGE_VAL, high = -HUGE_VAL;
        for (size_t i = 0; i < r->n; i++) {
            low = fmin(low, fit->estimate[j] + r->deviation[j + i * k]);
            high = fmax(high, fit->estimate[j] + r->deviation[j + i * k]);
        }
        PG_TRY(note(ctx, "min", fit->terms[j], low, fit));
        PG_TRY(note(ctx, "max", fit->terms[j], high, fit));
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)design, (void)options; /* rows are left out of the design given, fit->design */
    const bool by_cluster = fit->design->n_clusterings > 0;
    pg_row_groups groups = { 0 };
    pg_replicates r;
    if (by_cluster) PG_TRY(pg_row_groups_of(ctx, fit->design, fit, &groups));
    if (!by_cluster && fit->design->weight_kind == PGDP_FREQUENCY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance jackknife leaves rows out, and under frequency weights a row is many; repeat the "
                       "rows or name a cluster");
    if (!by_cluster && fit->estimator->panel)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance jackknife: method %s needs whole entities; name the entity: jackknife(firm)",
                       fit->estimator->name);
    const size_t n = by_cluster ? groups.n : fit->design->y.n;
    const double factor = ((double)n - 1) / (double)n;
    PG_TRY(leave_out(ctx, fit, by_cluster ? &groups : NULL, &r));
    if (by_cluster) pg_fit_add_factor(fit, "G", (double)n);
    pg_fit_add_factor(fit, by_cluster ? "(G-1)/G" : "(N-1)/N", factor);
    PG_TRY(pg_replicates_vcov(ctx, &r, factor, fit));
    if (by_cluster && !fit->estimator->likelihood) fit->vcov_df = (double)n - 1;
    return by_cluster ? note_influence(ctx, &r, fit) : PGDP_OK;
}

const pgdp_vcov pg_vcov_jackknife = {
    .name = "jackknife",
    .title = "Jackknife covariance, leaving out one row or one cluster",
    .source = "Efron & Tibshirani (1993), An Introduction to the Bootstrap, equation 11.5; MacKinnon, Nielsen & Webb "
              "(2023), J. Appl. Econometrics 38(5)",
    .clusters = true,
    .compute = compute,
};
