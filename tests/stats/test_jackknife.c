/* test_jackknife.c  The jackknife in closed form against fits without each row or cluster.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 60, K = 3, MOST = 60 };

static pgdp_fit *fit_of(const char *method, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
}

/* The design without the rows that `leave` says, into `to` of the same size. */
static void without(const pgt_design *t, const size_t *group, size_t left_out, pgt_design *to)
{
    const size_t n = t->d.y.n, k = t->d.x.n_cols, first = (size_t)(t->d.x.x - t->x) / n;
    size_t m = 0;
    for (size_t i = 0; i < n; i++)
        m += group[i] != left_out;
    size_t at = 0;
    for (size_t i = 0; i < n; i++) {
        if (group[i] == left_out) continue;
        to->y[at] = t->y[i];
        to->w[at] = t->w[i];
        for (size_t j = 0; j < k; j++)
            to->x[at + j * m] = t->x[i + (j + first) * n];
        at++;
    }
    to->d = t->d;
    to->d.n_clusterings = 0;
    to->d.y = (pgdp_vec){ to->y, m };
    to->d.x = (pgdp_mat){ to->x, m, k };
    if (t->d.weights.n > 0) to->d.weights = (pgdp_vec){ to->w, m };
}

/* (n - 1) / n sum of squared deviations, from fits one by one; the smallest and largest estimates. */
static void brute(const pgt_design *t, const char *method, const size_t *group, size_t n_groups, double *v,
                  double ends[2][K])
{
    double b[MOST][K], mean[K] = { 0 };
    pgt_design part = pgt_design_new(N, K, 1);
    for (size_t g = 0; g < n_groups; g++) {
        without(t, group, g, &part);
        pgdp_fit *fit = fit_of(method, "HC1", &part.d);
        for (size_t j = 0; j < K; j++) {
            b[g][j] = fit->estimate[j];
            mean[j] += b[g][j] / (double)n_groups;
            if (g == 0 || b[g][j] < ends[0][j]) ends[0][j] = b[g][j];
            if (g == 0 || b[g][j] > ends[1][j]) ends[1][j] = b[g][j];
        }
        pgdp_fit_free(fit);
    }
    for (size_t a = 0; a < K; a++)
        for (size_t c = 0; c < K; c++) {
            v[a + c * K] = 0;
            for (size_t g = 0; g < n_groups; g++)
                v[a + c * K] += (b[g][a] - mean[a]) * (b[g][c] - mean[c]);
            v[a + c * K] *= ((double)n_groups - 1) / (double)n_groups;
        }
    pgt_design_free(&part);
}

static void assert_vcov(const pgdp_fit *fit, const double *want, double tolerance)
{
    for (size_t a = 0; a < K; a++)
        for (size_t c = 0; c < K; c++)
            assert_close(fit->vcov[a + c * K], want[a + c * K], 0,
                         tolerance * sqrt(want[a * (K + 1)] * want[c * (K + 1)]));
}

static void check_rows(const pgt_design *t, const char *method, double tolerance)
{
    size_t row[N];
    double v[K * K], ends[2][K];
    for (size_t i = 0; i < N; i++)
        row[i] = i;
    brute(t, method, row, N, v, ends);
    pgdp_fit *fit = fit_of(method, "jackknife", &t->d);
    assert_vcov(fit, v, tolerance);
    pgdp_fit_free(fit);
}

static void leaving_one_row_out_is_the_fits_without_it(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 67);
    check_rows(&t, "ols", 1e-10);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    check_rows(&t, "ols", 1e-10);
    pgt_design_free(&t);
    t = pgt_design_new(N, K, 67);
    for (size_t i = 0; i < N; i++)
        t.y[i] = 0.2 * t.y[i] + 6 * (t.w[i] - 1.5);
    pgt_make_categories(&t, 2);
    check_rows(&t, "logit", 1e-10);
    pgt_design_free(&t);
}

static void leaving_one_cluster_out_is_the_fits_without_it(void **state)
{
    (void)state;
    enum { G = 7 };
    size_t group[N];
    double v[K * K], ends[2][K];
    pgt_design t = pgt_design_new(N, K, 71);
    for (size_t i = 0; i < N; i++)
        t.cluster[i] = 10 + (group[i] = i * i % 23 % G);
    brute(&t, "ols", group, G, v, ends);
    t.d.n_clusterings = 1;
    pgdp_fit *fit = fit_of("ols", "jackknife", &t.d);
    assert_vcov(fit, v, 1e-10);
    assert_close(fit->vcov_df, G - 1, 0, 0);
    assert_int_equal(fit->n_diagnostics, 2 * K);
    for (size_t j = 0; j < K; j++) {
        assert_contains(fit->diagnostics[2 * j].name, "drop_one_min:");
        assert_contains(fit->diagnostics[2 * j + 1].name, fit->terms[j]);
        assert_close(fit->diagnostics[2 * j].statistic, ends[0][j], 1e-11, 1e-12);
        assert_close(fit->diagnostics[2 * j + 1].statistic, ends[1][j], 1e-11, 1e-12);
    }
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* Effects absorbed and as dummies: one effect has its closed form, two are refitted, dummies are rows like any. */
static void absorbed_effects_are_dummies(void **state)
{
    (void)state;
    size_t a[N], b[N];
    for (size_t i = 0; i < N; i++) {
        a[i] = i % 4;
        b[i] = i * i % 11 % 3;
    }
    const pgdp_effect effects[] = { { .name = "a", .level = a, .n_levels = 4 },
                                    { .name = "b", .level = b, .n_levels = 3 } };
    for (size_t n_effects = 1; n_effects < 3; n_effects++) {
        const size_t k = K - 1 + 4 + (n_effects - 1) * 2;
        pgt_design t = pgt_design_new(N, K, 73), dummies = pgt_design_new(N, k, 73);
        memcpy(dummies.y, t.y, sizeof(double) * N);
        memcpy(dummies.x, t.x + N, sizeof(double) * N * (K - 1));
        for (size_t i = 0; i < N; i++) {
            for (size_t l = 0; l < 4; l++)
                dummies.x[i + (K - 1 + l) * N] = a[i] == l;
            for (size_t l = 1; l < 3 && n_effects > 1; l++)
                dummies.x[i + (K + 2 + l) * N] = b[i] == l;
        }
        dummies.d.constant = PGDP_NONE;
        pgt_drop_constant(&t);
        t.d.effects = effects;
        t.d.n_effects = n_effects;
        pgdp_fit *absorbed = fit_of("ols", "jackknife", &t.d), *full = fit_of("ols", "jackknife", &dummies.d);
        for (size_t j = 0; j + 1 < K; j++)
            assert_close(absorbed->vcov[j * K], full->vcov[j * (k + 1)], 1e-9, 0);
        pgdp_fit_free(absorbed);
        pgdp_fit_free(full);
        pgt_design_free(&t);
        pgt_design_free(&dummies);
    }
}

static void units_scale_the_variance_and_nothing_else(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(N, K, 79);
    pgdp_fit *was = fit_of("ols", "jackknife", &t.d);
    for (size_t i = 0; i < N; i++) {
        t.y[i] *= 1e-8;
        t.x[i + N] *= 1e8;
    }
    pgdp_fit *now = fit_of("ols", "jackknife", &t.d);
    assert_close(now->vcov[0] * 1e16, was->vcov[0], 1e-10, 0);
    assert_close(now->vcov[K + 1] * 1e32, was->vcov[K + 1], 1e-10, 0);
    pgdp_fit_free(was);
    pgdp_fit_free(now);
    pgt_design_free(&t);
}

static void what_decides_a_term_alone_is_named(void **state)
{
    (void)state;
    pgdp_fit *fit = NULL;
    pgt_design t = pgt_design_new(N, K, 83);
    for (size_t i = 0; i < N; i++)
        t.x[i + 2 * N] = i == 8;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "jackknife", &t.d, NULL, &fit), PGDP_NUMERICAL);
    assert_contains(pgdp_ctx_error(ctx), "without row 9 a term has no estimate");
    for (size_t i = 0; i < N; i++) {
        t.cluster[i] = i % 5;
        t.x[i + 2 * N] = i % 5 == 1 ? (double)i : 0;
    }
    t.d.n_clusterings = 1;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "jackknife", &t.d, NULL, &fit), PGDP_NUMERICAL);
    assert_contains(pgdp_ctx_error(ctx), "without cluster 2");
    t.d.n_clusterings = 0;
    pgt_use_weights(&t, PGDP_FREQUENCY);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "jackknife", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "jackknife" };
    pgt_design t = pgt_design_new(N, K, 89);
    const pgdp_effect effect = { .name = "g", .level = t.cluster, .n_levels = 17 };
    pgt_fit_request closed = { "ols", "jackknife", &t.d };
    assert_true(pgt_fail_every_allocation(pgt_fit_once, &closed) > 3);
    t.d.n_clusterings = 1;
    t.clusters[0] = t.other; /* the effect lies across these clusters: refits */
    assert_true(pgt_fail_every_allocation(pgt_fit_once, &closed) > 3);
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_fit_request q = { "ols", vcovs[v], &t.d };
        assert_true(pgt_fail_every_allocation(pgt_fit_once, &q) > 3);
    }
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaving_one_row_out_is_the_fits_without_it),
        cmocka_unit_test(leaving_one_cluster_out_is_the_fits_without_it),
        cmocka_unit_test(absorbed_effects_are_dummies),
        cmocka_unit_test(units_scale_the_variance_and_nothing_else),
        cmocka_unit_test(what_decides_a_term_alone_is_named),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
