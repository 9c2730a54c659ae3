/* test_refit.c  The estimator on other rows and outcomes, against fits of designs made of those rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/option.h"
#include "stats/estimators.h"
#include "stats/fit.h"
#include "stats/refit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 90, K = 4 };
/* What pg_fit_refit() reads of a fit; freed with ctx. */
static pgdp_fit open_fit(const pgdp_estimator *e, const pgdp_design *d, double *estimate)
{
    static const pgdp_vcov covariance = { .name = "test" };
    const char **terms = pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *terms);
    for (size_t j = 0; j < d->x.n_cols; j++)
        terms[j] = d->terms[j];
    void *options = pg_arena_alloc(&ctx->scratch, 1, e->options_size);
    assert_ok(ctx, pg_options_read(ctx, e->name, e->options, NULL, options));
    return (pgdp_fit){ .estimator = e,
                       .covariance = &covariance,
                       .options = options,
                       .terms = terms,
                       .n_rows = d->y.n,
                       .n_slopes = d->x.n_cols,
                       .n_terms = d->x.n_cols,
                       .nobs = (double)d->y.n,
                       .estimate = estimate,
                       .design = d,
                       .working = d };
}

static void estimate_of(const char *method, const pgdp_design *d, double *out)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, "HC1", d, NULL, &fit));
    memcpy(out, fit->estimate, fit->n_terms * sizeof *out);
    pgdp_fit_free(fit);
}

static const size_t *all_rows(void)
{
    static size_t rows[N];
    for (size_t i = 0; i < N; i++)
        rows[i] = i;
    return rows;
}

static void all_rows_in_their_order_give_the_estimate_to_the_bit(void **state)
{
    (void)state;
    double want[K], got[K], estimate[K];
    size_t level[N], other[N];
    pgt_design t = pgt_design_new(N, K, 3);
    for (size_t i = 0; i < N; i++) {
        level[i] = (5 * i + 3) % 7; /* not in the order of first appearance */
        other[i] = (i * i + 4) % 11 % 5;
    }
    const pgdp_effect effects[] = { { .name = "a", .level = level, .n_levels = 7 },
                                    { .name = "b", .level = other, .n_levels = 5 } };
    for (size_t n_effects = 0; n_effects < 3; n_effects++) {
        if (n_effects == 1) pgt_drop_constant(&t);
        t.d.effects = effects;
        t.d.n_effects = n_effects;
        estimate_of("ols", &t.d, want);
        const pgdp_fit fit = open_fit(&pg_est_ols, &t.d, estimate);
        assert_ok(ctx, pg_fit_refit(ctx, &fit, all_rows(), N, got));
        assert_memory_equal(got, want, t.d.x.n_cols * sizeof *got);
        assert_ok(ctx, pg_fit_refit_outcome(ctx, &fit, t.y, got));
        assert_memory_equal(got, want, t.d.x.n_cols * sizeof *got);
    }
    pgt_design_free(&t);
    t = pgt_design_new(N, K, 3);
    pgt_make_categories(&t, 2);
    estimate_of("logit", &t.d, want);
    const pgdp_fit fit = open_fit(&pg_est_logit, &t.d, estimate);
    assert_ok(ctx, pg_fit_refit(ctx, &fit, all_rows(), N, got));
    assert_memory_equal(got, want, sizeof got);
    pgt_design_free(&t);
}

/* Rows 3, 10, 17, ... twice each and a weight: the same as a design of these rows. */
static void rows_drawn_are_a_design_of_these_rows(void **state)
{
    (void)state;
    enum { M = 2 * 60 };
    double want[K], got[K], estimate[K];
    size_t rows[M];
    pgt_design t = pgt_design_new(N, K, 5), drawn = pgt_design_new(M, K, 5);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    pgt_use_weights(&drawn, PGDP_ANALYTIC);
    for (size_t i = 0; i < M; i++) {
        rows[i] = (7 * (i / 2) + 3) % N;
        drawn.y[i] = t.y[rows[i]];
        drawn.w[i] = t.w[rows[i]];
        for (size_t j = 0; j < K; j++)
            drawn.x[i + j * M] = t.x[rows[i] + j * N];
    }
    const pgdp_fit fit = open_fit(&pg_est_ols, &t.d, estimate);
    estimate_of("ols", &drawn.d, want);
    assert_ok(ctx, pg_fit_refit(ctx, &fit, rows, M, got));
    assert_memory_equal(got, want, sizeof got);
    pgt_design_free(&t);
    pgt_design_free(&drawn);
}

static void an_outcome_twice_as_large_doubles_the_estimate(void **state)
{
    (void)state;
    double want[K], got[K], y[N], estimate[K];
    pgt_design t = pgt_design_new(N, K, 6);
    for (size_t i = 0; i < N; i++)
        y[i] = 2 * t.y[i];
    const pgdp_fit fit = open_fit(&pg_est_ols, &t.d, estimate);
    estimate_of("ols", &t.d, want);
    assert_ok(ctx, pg_fit_refit_outcome(ctx, &fit, y, got));
    for (size_t j = 0; j < K; j++)
        assert_close(got[j], 2 * want[j], 0, 0);
    pgt_design_free(&t);
}

static void a_term_that_vanishes_with_its_rows_is_said(void **state)
{
    (void)state;
    double got[K], estimate[K];
    pgt_design t = pgt_design_new(N, K, 7);
    for (size_t i = 0; i < N; i++)
        t.x[i + 3 * N] = i < 3;
    const pgdp_fit fit = open_fit(&pg_est_ols, &t.d, estimate);
    assert_status(ctx, pg_fit_refit(ctx, &fit, all_rows() + 3, N - 3, got), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x3");
    assert_status(ctx, pg_fit_refit(ctx, &fit, all_rows(), K, got), PGDP_TOO_FEW_OBS);
    assert_true(pg_refit_is_of_data(PGDP_RANK_DEFICIENT) && !pg_refit_is_of_data(PGDP_NO_MEMORY));
    for (size_t i = 0; i < N; i++)
        t.y[i] = i < 5;
    const pgdp_fit logit = open_fit(&pg_est_logit, &t.d, estimate);
    assert_status(ctx, pg_fit_refit(ctx, &logit, all_rows() + 5, N - 5, got), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "category 1");
    pgt_design_free(&t);
}

typedef struct action {
    const pgdp_fit *fit;
} action;

static pgdp_status refit_once(pgdp_ctx *own, void *user)
{
    double got[K];
    return pg_fit_refit(own, ((action *)user)->fit, all_rows(), N - 7, got);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    double estimate[K];
    pgt_design t = pgt_design_new(N, K, 8);
    const pgdp_effect effect = { .name = "g", .level = t.cluster, .n_levels = 17 };
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    t.d.entity = t.other;
    const pgdp_fit fit = open_fit(&pg_est_ols, &t.d, estimate);
    action a = { &fit };
    assert_true(pgt_fail_every_allocation(refit_once, &a) > 3);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_rows_in_their_order_give_the_estimate_to_the_bit),
        cmocka_unit_test(rows_drawn_are_a_design_of_these_rows),
        cmocka_unit_test(an_outcome_twice_as_large_doubles_the_estimate),
        cmocka_unit_test(a_term_that_vanishes_with_its_rows_is_said),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
