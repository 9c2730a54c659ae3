/* test_wild.c  The wild cluster bootstrap from sums against draws fitted one by one. Numbers from outside:
 * tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, K = 3, G = 6 };

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcov, d, NULL, &fit));
    return fit;
}

/* Uneven clusters, numbered with a gap. */
static pgt_design design_of(size_t n, size_t n_clusters)
{
    pgt_design t = pgt_design_new(n, K, 83);
    for (size_t i = 0; i < n; i++)
        t.cluster[i] = 7 * ((i * i) % 31 % n_clusters);
    t.d.n_clusterings = 1;
    return t;
}

/* t of term j against 0, by the CR1 covariance. */
static double t_of(const pgdp_design *d, size_t j)
{
    pgdp_fit *fit = fit_of(d, "cluster");
    const double t = fit->estimate[j] / sqrt(fit->vcov[j + j * fit->n_terms]);
    pgdp_fit_free(fit);
    return t;
}

/* Restricted fit and residuals: the model without term j. */
static void restrict_to(const pgt_design *t, size_t j, double *fitted, double *residual)
{
    double *x = calloc(N * K, sizeof *x);
    const char *terms[K];
    size_t n_cols = 0;
    for (size_t c = 0; c < K; c++) {
        if (c == j) continue;
        memcpy(x + n_cols * N, t->x + c * N, N * sizeof *x);
        terms[n_cols++] = t->d.terms[c];
    }
    pgdp_design d = t->d;
    d.x = (pgdp_mat){ x, N, n_cols };
    d.terms = terms;
    d.constant = PGDP_NONE;
    pgdp_fit *fit = fit_of(&d, "iid");
    for (size_t i = 0; i < N; i++) {
        fitted[i] = 0;
        for (size_t c = 0; c < n_cols; c++)
            fitted[i] += x[i + c * N] * fit->estimate[c];
        residual[i] = t->y[i] - fitted[i];
    }
    pgdp_fit_free(fit);
    free(x);
}

/* All 2^G draws fitted one by one: the share with |t*| > |t| of term j, the sample itself and its mirror left aside
 * unless ties count. */
static double brute_p(const pgt_design *t, size_t j, bool ties)
{
    double fitted[N], residual[N], y[N];
    pgdp_design d = t->d;
    size_t beyond = 0;
    restrict_to(t, j, fitted, residual);
    const double sample = fabs(t_of(&t->d, j));
    d.y.x = y;
    for (size_t draw = 0; draw < 1 << G; draw++) {
        for (size_t i = 0; i < N; i++)
            y[i] = fitted[i] + (draw >> t->cluster[i] / 7 & 1 ? -1 : 1) * residual[i];
        const bool trivial = draw == 0 || draw == (1 << G) - 1;
        beyond += trivial ? ties : fabs(t_of(&d, j)) > sample;
    }
    return (double)beyond / (1 << G);
}

static void enumerated_p_values_are_those_of_draws_fitted_one_by_one(void **state)
{
    (void)state;
    pgt_design t = design_of(N, G);
    for (size_t weighted = 0; weighted < 2; weighted++) {
        if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
        pgdp_fit *strict = fit_of(&t.d, "wild"), *ties = fit_of(&t.d, "wild(ties=yes)");
        for (size_t j = 0; j < K; j++) {
            assert_close(strict->p_value[j], brute_p(&t, j, false), 0, 1e-15);
            assert_close(ties->p_value[j], brute_p(&t, j, true), 0, 1e-15);
        }
        pgdp_fit_free(strict);
        pgdp_fit_free(ties);
    }
    pgt_design_free(&t);
}

/* y - b x_j has the estimate b_j - b: its p-value is that of the hypothesis b_j = b. */
static double p_at(const pgt_design *t, const char *vcov, size_t j, double b)
{
    double *y = calloc(t->d.y.n, sizeof *y);
    pgdp_design d = t->d;
    for (size_t i = 0; i < d.y.n; i++)
        y[i] = t->y[i] - b * t->x[i + j * d.y.n];
    d.y.x = y;
    pgdp_fit *fit = fit_of(&d, vcov);
    const double p = fit->p_value[j];
    pgdp_fit_free(fit);
    free(y);
    return p;
}

static void the_ends_of_the_interval_are_where_the_p_value_steps_over_the_level(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "wild(B=2048)", "wild(B=999, seed=5)", "wild(B=999, weights=webb)",
                                         "wild(B=999, p=equal_tail)", "wild(B=999, null=unrestricted)" };
    pgt_design t = design_of(101, 11);
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgdp_fit *fit = fit_of(&t.d, vcovs[v]);
        for (size_t j = 0; j < K; j++) {
            const double low = fit->conf_low[j], high = fit->conf_high[j], step = 1e-9 * (high - low);
            assert_true(isfinite(low) && isfinite(high) && low < fit->estimate[j] && fit->estimate[j] < high);
            assert_true(p_at(&t, vcovs[v], j, low - step) <= 0.05 && p_at(&t, vcovs[v], j, low + step) > 0.05);
            assert_true(p_at(&t, vcovs[v], j, high + step) <= 0.05 && p_at(&t, vcovs[v], j, high - step) > 0.05);
        }
        pgdp_fit_free(fit);
    }
    pgt_design_free(&t);
}

static void standard_errors_are_those_of_the_cluster_covariance(void **state)
{
    (void)state;
    pgt_design t = design_of(N, G);
    pgdp_fit *wild = fit_of(&t.d, "wild"), *cluster = fit_of(&t.d, "cluster");
    assert_memory_equal(wild->vcov, cluster->vcov, K * K * sizeof(double));
    assert_close(wild->vcov_df, cluster->vcov_df, 0, 0);
    pgdp_fit_free(wild);
    pgdp_fit_free(cluster);
    pgt_design_free(&t);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    static const size_t threads[] = { 2, 4 };
    pgt_design t = pgt_design_new(500, 4, 19);
    t.d.n_clusterings = 1; /* 17 clusters: drawn at random */
    pgdp_fit *one = fit_of(&t.d, "wild(B=2999)");
    for (size_t i = 0; i < 2; i++) {
        pgdp_ctx_set_threads(ctx, threads[i]);
        pgdp_fit *many = fit_of(&t.d, "wild(B=2999)");
        assert_memory_equal(one->p_value, many->p_value, 4 * sizeof(double));
        assert_memory_equal(one->conf_low, many->conf_low, 4 * sizeof(double));
        assert_memory_equal(one->conf_high, many->conf_high, 4 * sizeof(double));
        pgdp_fit_free(many);
    }
    pgdp_ctx_set_threads(ctx, 1);
    pgdp_fit *other_seed = fit_of(&t.d, "wild(B=2999, seed=2)");
    assert_true(fabs(other_seed->conf_low[1] - one->conf_low[1]) > 0);
    pgdp_fit_free(other_seed);
    pgdp_fit_free(one);
    pgt_design_free(&t);
}

static void check_same(const pgt_design *before, pgdp_fit *was, const char *vcov, double scale)
{
    pgdp_fit *now = fit_of(&before->d, vcov);
    for (size_t j = 0; j < K; j++) {
        const double width = was->conf_high[j] - was->conf_low[j];
        assert_close(now->p_value[j], was->p_value[j], 0, 1e-15);
        assert_close(now->conf_low[j] / scale, was->conf_low[j], 0, 1e-9 * width);
        assert_close(now->conf_high[j] / scale, was->conf_high[j], 0, 1e-9 * width);
    }
    pgdp_fit_free(now);
}

static void neither_order_of_rows_nor_unit_matters(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "wild(B=2048)", "wild(B=499)" };
    for (size_t v = 0; v < 2; v++) {
        pgt_design t = design_of(101, 11);
        pgdp_fit *was = fit_of(&t.d, vcovs[v]);
        size_t copy[101];
        memcpy(copy, t.cluster, sizeof copy);
        pgt_permute(&t);
        for (size_t i = 0; i < 101; i++)
            t.cluster[i] = copy[(7 * i + 3) % 101];
        check_same(&t, was, vcovs[v], 1);
        for (size_t i = 0; i < 101; i++)
            t.y[i] *= 1e8;
        check_same(&t, was, vcovs[v], 1e8);
        for (size_t i = 0; i < 101; i++)
            t.y[i] *= 1e-16;
        check_same(&t, was, vcovs[v], 1e-8);
        pgdp_fit_free(was);
        pgt_design_free(&t);
    }
}

/* Effects within clusters keep draws as they are; those across clusters are partialled out of every draw. */
static void check_absorbed(bool across, bool weighted)
{
    pgt_design t = design_of(N, G), dummies = pgt_design_new(N, K - 1 + G, 83);
    size_t level[N];
    memcpy(dummies.y, t.y, sizeof(double) * N);
    for (size_t i = 0; i < N; i++) {
        dummies.cluster[i] = t.cluster[i];
        level[i] = across ? i * i % 29 % G : t.cluster[i] / 7;
        for (size_t j = 0; j + 1 < K; j++)
            dummies.x[i + j * N] = t.x[i + (j + 1) * N];
        for (size_t l = 0; l < G; l++)
            dummies.x[i + (K - 1 + l) * N] = level[i] == l;
    }
    const pgdp_effect effect = { .name = "g", .level = level, .n_levels = G };
    dummies.d.n_clusterings = 1;
    dummies.d.constant = PGDP_NONE;
    memcpy(dummies.w, t.w, sizeof(double) * N);
    if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
    if (weighted) pgt_use_weights(&dummies, PGDP_ANALYTIC);
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    pgdp_fit *absorbed = fit_of(&t.d, "wild"), *full = fit_of(&dummies.d, "wild");
    for (size_t j = 0; j + 1 < K; j++) {
        assert_close(absorbed->p_value[j], full->p_value[j], 0, 1e-15);
        assert_close(absorbed->conf_low[j], full->conf_low[j], 1e-8, 0);
    }
    pgdp_fit_free(absorbed);
    pgdp_fit_free(full);
    pgt_design_free(&t);
    pgt_design_free(&dummies);
}

static void absorbed_effects_are_dummies(void **state)
{
    (void)state;
    check_absorbed(false, false);
    check_absorbed(true, false);
    check_absorbed(true, true);
}

static void what_it_cannot_do_is_said(void **state)
{
    (void)state;
    pgt_design t = design_of(N, G);
    pgdp_fit *fit = NULL;
    t.d.n_clusterings = 2;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "wild", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "expected one: wild(firm)");
    t.d.n_clusterings = 1;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "wild(B=10.5)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "whole numbers");
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "wild(weights=mammen)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    memset(t.cluster, 0, N * sizeof *t.cluster);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "wild", &t.d, NULL, &fit), PGDP_TOO_FEW_OBS);
    pgt_make_categories(&t, 2);
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "wild", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "found method logit");
    pgt_design_free(&t);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "wild(B=99)", "wild(B=19, weights=webb)" };
    pgt_design t = design_of(N, G);
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_fit_request q = { "ols", vcovs[v], &t.d };
        assert_true(pgt_fail_every_allocation(pgt_fit_once, &q) > 3);
    }
    size_t level[N];
    for (size_t i = 0; i < N; i++)
        level[i] = i % 4;
    const pgdp_effect across = { .name = "g", .level = level, .n_levels = 4 };
    pgt_drop_constant(&t);
    t.d.effects = &across;
    t.d.n_effects = 1;
    pgt_fit_request q = { "ols", "wild(B=19)", &t.d };
    assert_true(pgt_fail_every_allocation(pgt_fit_once, &q) > 3);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(enumerated_p_values_are_those_of_draws_fitted_one_by_one),
        cmocka_unit_test(the_ends_of_the_interval_are_where_the_p_value_steps_over_the_level),
        cmocka_unit_test(standard_errors_are_those_of_the_cluster_covariance),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(neither_order_of_rows_nor_unit_matters),
        cmocka_unit_test(absorbed_effects_are_dummies),
        cmocka_unit_test(what_it_cannot_do_is_said),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
