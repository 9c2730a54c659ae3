/* test_cr.c  Leverage-adjusted cluster covariances: unbiasedness, the jackknife, degrees of freedom known in closed
 * form. Numbers of clubSandwich: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, K = 3 };

static int open_ctx(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static int close_ctx(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static pgdp_fit *fit_of(pgdp_ctx *ctx, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcov, d, NULL, &fit));
    return fit;
}

/* V is a quadratic form in y, so that its mean under independent errors of variance v_i is the sum of v_i V(y = unit
 * vector i): it must be (X'WX)^-1. */
static void check_unbiased(pgdp_ctx *ctx, pgt_design *t)
{
    const size_t k = t->d.x.n_cols;
    double *sum = calloc(k * k, sizeof *sum), *bread = calloc(k * k, sizeof *bread);
    for (size_t i = 0; i < N; i++) {
        memset(t->y, 0, N * sizeof *t->y);
        t->y[i] = 1;
        pgdp_fit *fit = fit_of(ctx, "cr2", &t->d);
        for (size_t j = 0; j < k * k; j++) {
            sum[j] += pgdp_fit_vcov(fit).x[j] / (t->d.weights.n > 0 ? t->w[i] : 1);
            bread[j] = fit->bread[j];
        }
        pgdp_fit_free(fit);
    }
    for (size_t j = 0; j < k * k; j++)
        assert_close(sum[j], bread[j], 0, 1e-12 * sqrt(bread[j % k * (k + 1)] * bread[j / k * (k + 1)]));
    free(sum);
    free(bread);
}

static void cr2_is_unbiased_under_its_working_model(void **state)
{
    pgt_design t = pgt_design_new(N, K, 11);
    t.d.n_clusterings = 1;
    check_unbiased(*state, &t);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    check_unbiased(*state, &t);
    pgt_design_free(&t);
}

/* Four levels of f in each of three clusters. */
static pgdp_effect nest(pgt_design *t, size_t *level)
{
    for (size_t i = 0; i < N; i++) {
        level[i] = (7 * i + i / 12) % 12;
        t->cluster[i] = level[i] / 4;
    }
    t->d.n_clusterings = 1;
    return (pgdp_effect){ .name = "f", .level = level, .n_levels = 12 };
}

static void cr2_is_unbiased_with_effects_absorbed_within_clusters(void **state)
{
    pgt_design t = pgt_design_new(N, K, 12);
    size_t level[N];
    const pgdp_effect effect = nest(&t, level);
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    check_unbiased(*state, &t);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    check_unbiased(*state, &t);
    pgt_design_free(&t);
}

/* With a dummy for each level in place of the absorbed effect the clusters decide the dummies alone. */
static void absorbed_effects_give_what_their_dummies_give(void **state)
{
    pgdp_ctx *ctx = *state;
    enum { COLUMNS = 12 + K - 1 };
    static const char *const names[COLUMNS] = { "d0", "d1", "d2", "d3",  "d4",  "d5", "d6",
                                                "d7", "d8", "d9", "d10", "d11", "x1", "x2" };
    static double x[N * COLUMNS];
    pgt_design t = pgt_design_new(N, K, 13), dummies = pgt_design_new(N, K, 13);
    size_t level[N];
    const pgdp_effect effect = nest(&t, level);
    (void)nest(&dummies, level);
    for (size_t i = 0; i < N * COLUMNS; i++)
        x[i] = i / N < 12 ? level[i % N] == i / N : t.x[i % N + (i / N - 11) * N];
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    dummies.d.x = (pgdp_mat){ x, N, COLUMNS };
    dummies.d.terms = names;
    dummies.d.constant = PGDP_NONE;
    pgdp_fit *absorbed = fit_of(ctx, "cr2", &t.d), *written = fit_of(ctx, "cr2", &dummies.d);
    for (size_t j = 0; j < K - 1; j++) {
        assert_close(pgdp_fit_vcov(absorbed).x[j * K], pgdp_fit_vcov(written).x[(12 + j) * (COLUMNS + 1)], 1e-10, 0);
        assert_close(absorbed->term_df[j], written->term_df[12 + j], 1e-9, 0);
    }
    pgdp_fit_free(absorbed);
    pgdp_fit_free(written);
    pgt_design_free(&t);
    pgt_design_free(&dummies);
}

/* The estimate without cluster g, by a fit of the other rows. */
static void refit_without(pgdp_ctx *ctx, const pgt_design *t, size_t g, double *out)
{
    static double y[N], x[N * K], w[N];
    size_t n = 0, rows[N];
    for (size_t i = 0; i < N; i++)
        if (t->cluster[i] != g) rows[n++] = i;
    for (size_t i = 0; i < n; i++) {
        y[i] = t->y[rows[i]];
        w[i] = t->w[rows[i]];
        for (size_t j = 0; j < K; j++)
            x[i + j * n] = t->x[rows[i] + j * N];
    }
    pgdp_design d = t->d;
    d.y = (pgdp_vec){ y, n };
    d.x = (pgdp_mat){ x, n, K };
    if (d.weights.n > 0) d.weights = (pgdp_vec){ w, n };
    pgdp_fit *fit = fit_of(ctx, "iid", &d);
    memcpy(out, pgdp_fit_estimate(fit).x, K * sizeof *out);
    pgdp_fit_free(fit);
}

static void cr3_is_the_jackknife_of_refits(void **state)
{
    pgdp_ctx *ctx = *state;
    for (int weighted = 0; weighted < 2; weighted++) {
        pgt_design t = pgt_design_new(N, K, 14);
        double sum[K * K] = { 0 }, b[K];
        t.d.n_clusterings = 1;
        if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
        pgdp_fit *fit = fit_of(ctx, "cr3", &t.d);
        for (size_t g = 0; g < 17; g++) {
            refit_without(ctx, &t, g, b);
            for (size_t ij = 0; ij < K * K; ij++)
                sum[ij] +=
                    (b[ij % K] - pgdp_fit_estimate(fit).x[ij % K]) * (b[ij / K] - pgdp_fit_estimate(fit).x[ij / K]);
        }
        for (size_t ij = 0; ij < K * K; ij++)
            assert_close(pgdp_fit_vcov(fit).x[ij], sum[ij], 0,
                         1e-10 * sqrt(sum[ij % K * (K + 1)] * sum[ij / K * (K + 1)]));
        pgdp_fit_free(fit);
        pgt_design_free(&t);
    }
}

/* A mean over G equal clusters: V = G/(G-1) sum of squares of cluster totals / N^2, and df = G - 1. */
static void the_mean_of_equal_clusters_has_G_less_one_degrees(void **state)
{
    pgt_design t = pgt_design_new(N, 1, 15);
    t.d.n_clusterings = 1;
    double mean = 0, total[6] = { 0 }, squares = 0;
    for (size_t i = 0; i < N; i++) {
        t.cluster[i] = (7 * i) % 6;
        mean += t.y[i] / N;
    }
    for (size_t i = 0; i < N; i++)
        total[t.cluster[i]] += t.y[i] - mean;
    for (size_t g = 0; g < 6; g++)
        squares += total[g] * total[g];
    pgdp_fit *fit = fit_of(*state, "cr2", &t.d);
    assert_close(fit->term_df[0], 5, 1e-12, 0);
    assert_close(pgdp_fit_vcov(fit).x[0], 6.0 / 5 * squares / N / N, 1e-12, 0);
    assert_string_equal(pgdp_fit_factor(fit, 0).name, "G");
    assert_close(pgdp_fit_factor(fit, 0).value, 6, 0, 0);
    pgdp_fit_free(fit);
    fit = fit_of(*state, "cr2; ssc(t_df=clusters)", &t.d);
    assert_null(fit->term_df);
    assert_close(pgdp_fit_vcov_df(fit), 5, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void every_row_its_own_cluster_is_HC2_and_HC3(void **state)
{
    static const char *const pairs[][2] = { { "cr2", "HC2" }, { "cr3", "HC3" } };
    pgt_design t = pgt_design_new(N, K, 16);
    t.d.n_clusterings = 1;
    for (size_t i = 0; i < N; i++)
        t.cluster[i] = 3 * i + 1;
    for (size_t p = 0; p < 2; p++) {
        pgdp_fit *cr = fit_of(*state, pairs[p][0], &t.d), *hc = fit_of(*state, pairs[p][1], &t.d);
        for (size_t j = 0; j < K; j++)
            assert_close(pgdp_fit_vcov(cr).x[j * (K + 1)], pgdp_fit_vcov(hc).x[j * (K + 1)], 1e-12, 0);
        pgdp_fit_free(cr);
        pgdp_fit_free(hc);
    }
    pgt_design_free(&t);
}

static void units_scale_and_order_changes_nothing(void **state)
{
    pgdp_ctx *ctx = *state;
    static const char *const vcovs[] = { "cr2", "cr3", "cluster" };
    for (size_t v = 0; v < 3; v++) {
        pgt_design t = pgt_design_new(N, K, 17), other = pgt_design_new(N, K, 17);
        t.d.n_clusterings = other.d.n_clusterings = 1;
        for (size_t i = 0; i < N; i++) {
            other.x[i + N] *= 1e8;
            other.x[i + 2 * N] *= 1e-8;
        }
        pgt_permute(&other);
        for (size_t i = 0; i < N; i++)
            other.cluster[i] = 40 - t.cluster[(7 * i + 3) % N];
        pgdp_fit *a = fit_of(ctx, vcovs[v], &t.d), *b = fit_of(ctx, vcovs[v], &other.d);
        const double scale[K] = { 1, 1e8, 1e-8 };
        for (size_t j = 0; j < K; j++) {
            assert_close(pgdp_fit_vcov(b).x[j * (K + 1)] * scale[j] * scale[j], pgdp_fit_vcov(a).x[j * (K + 1)], 1e-11,
                         0);
            if (a->term_df != NULL) assert_close(b->term_df[j], a->term_df[j], 1e-10, 0);
        }
        pgdp_fit_free(a);
        pgdp_fit_free(b);
        pgt_design_free(&t);
        pgt_design_free(&other);
    }
}

static void frequencies_are_equal_rows(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 18), all = pgt_design_new(5 * N, K, 18);
    t.d.n_clusterings = all.d.n_clusterings = 1;
    pgt_use_weights(&t, PGDP_FREQUENCY);
    size_t n = 0;
    for (size_t i = 0; i < N; i++)
        for (double copy = 0; copy < t.w[i]; copy++, n++) {
            all.y[n] = t.y[i];
            all.cluster[n] = t.cluster[i];
            for (size_t j = 0; j < K; j++)
                all.x[n + j * 5 * N] = t.x[i + j * N];
        }
    for (size_t j = 1; j < K; j++)
        memmove(all.x + j * n, all.x + j * 5 * N, n * sizeof *all.x);
    all.d.x.n_rows = all.d.y.n = n;
    static const char *const vcovs[] = { "cr2", "cr3", "cluster" };
    for (size_t v = 0; v < 3; v++) {
        pgdp_fit *a = fit_of(ctx, vcovs[v], &t.d), *b = fit_of(ctx, vcovs[v], &all.d);
        for (size_t j = 0; j < K; j++)
            assert_close(pgdp_fit_vcov(a).x[j * (K + 1)], pgdp_fit_vcov(b).x[j * (K + 1)], 1e-11, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_design_free(&t);
    pgt_design_free(&all);
}

static void what_has_no_adjustment_is_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 19);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "cr2", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "0 variables, expected one: cr2(firm)");
    t.d.n_clusterings = 2;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "cr3", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "2 variables");
    t.d.n_clusterings = 1;
    for (size_t i = 0; i < N; i++)
        t.x[i + N] = t.cluster[i] == 3 ? 2.385 * (double)(i + 1) : 0; /* no other cluster knows of x1 */
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "cr3", &t.d, NULL, &fit), PGDP_NUMERICAL);
    assert_contains(pgdp_ctx_error(ctx), "leaves out each cluster");
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "cr2", &t.d, NULL, &fit));
    pgdp_fit_free(fit);
    size_t level[N];
    for (size_t i = 0; i < N; i++)
        level[i] = i % 6;
    const pgdp_effect effect = { .name = "year", .level = level, .n_levels = 6 };
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "cr2", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "found year across clusters");
    t.d.n_effects = 0;
    pgt_make_categories(&t, 2);
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "cr2", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cr2_is_unbiased_under_its_working_model),
        cmocka_unit_test(cr2_is_unbiased_with_effects_absorbed_within_clusters),
        cmocka_unit_test(absorbed_effects_give_what_their_dummies_give),
        cmocka_unit_test(cr3_is_the_jackknife_of_refits),
        cmocka_unit_test(the_mean_of_equal_clusters_has_G_less_one_degrees),
        cmocka_unit_test(every_row_its_own_cluster_is_HC2_and_HC3),
        cmocka_unit_test(units_scale_and_order_changes_nothing),
        cmocka_unit_test(frequencies_are_equal_rows),
        cmocka_unit_test(what_has_no_adjustment_is_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
