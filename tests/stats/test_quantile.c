/* test_quantile.c  Quantile regression: optimality, equivariance, weights, covariances. Numbers from outside:
 * tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "stats/linalg.h"
#include "stats/quantile.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static pgdp_ctx *ctx;
static const double taus[] = { 0.03, 0.25, 0.5, 0.8, 0.97 };
enum { N_TAUS = 5 };

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

static pgdp_status try_fit(const pgdp_design *d, const char *vcov, double tau, pgdp_fit **out)
{
    char text[PG_NUMBER_SIZE];
    pg_number_format(tau, text);
    const pgdp_setting settings[] = { { "tau", text }, { NULL, NULL } };
    return pgdp_fit_new(ctx, "quantile", vcov, d, settings, out);
}

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov, double tau)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, try_fit(d, vcov, tau, &fit));
    return fit;
}

/* The same estimates and standard errors; both fits are freed. */
static void check_same(pgdp_fit *a, pgdp_fit *b, double tol)
{
    for (size_t j = 0; j < pgdp_fit_n_terms(a); j++) {
        assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-12, 0);
        assert_close(pgdp_fit_tidy(a, j, 0.95).std_error, pgdp_fit_tidy(b, j, 0.95).std_error, tol, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
}

/* sum psi_i w_i x_i = 0 with psi = tau - 1(e < 0), and some psi in [tau - 1, tau] for each of the k rows fitted. */
static void check_subgradient(const pgdp_design *d, const double *b, double tau)
{
    enum { K = 5 };
    const size_t n = d->y.n, k = d->x.n_cols;
    double rows[K * K], reflectors[K], rest[K] = { 0 };
    size_t m = 0;
    assert_int_equal(k, K);
    for (size_t i = 0; i < n; i++) {
        double e = d->y.x[i], size = fabs(e);
        const double w = d->weights.n > 0 ? d->weights.x[i] : 1;
        for (size_t j = 0; j < k; j++) {
            e -= d->x.x[i + j * n] * b[j];
            size += fabs(d->x.x[i + j * n] * b[j]);
        }
        if (fabs(e) <= 1e-14 * size) {
            assert_true(m < k);
            for (size_t j = 0; j < k; j++)
                rows[j + m * k] = w * d->x.x[i + j * n];
            m++;
            continue;
        }
        for (size_t j = 0; j < k; j++)
            rest[j] -= (e < 0 ? tau - 1 : tau) * w * d->x.x[i + j * n];
    }
    assert_int_equal(m, k);
    const pg_matrix a = pg_matrix_of(rows, k, k);
    assert_ok(ctx, pg_householder(ctx, a, reflectors));
    assert_ok(ctx, pg_householder_apply(ctx, a, reflectors, true, rest));
    pg_solve_upper(a, false, rest);
    for (size_t j = 0; j < k; j++)
        assert_true(rest[j] >= tau - 1 - 1e-9 && rest[j] <= tau + 1e-9);
}

static void the_subgradient_holds_0_at_every_tau(void **state)
{
    (void)state;
    for (int weighted = 0; weighted <= 1; weighted++) {
        pgt_design t = pgt_design_new(1500, 5, 11);
        if (weighted) pgt_use_weights(&t, PGDP_ANALYTIC);
        for (size_t i = 0; i < N_TAUS; i++) {
            pgdp_fit *fit = fit_of(&t.d, "none", taus[i]);
            check_subgradient(&t.d, pgdp_fit_estimate(fit).x, taus[i]);
            assert_close(pgt_fit_line(fit, "zero_residuals").statistic, 5, 0, 0);
            pgdp_fit_free(fit);
        }
        pgt_design_free(&t);
    }
}

static double objective(const double *y, const double *x, size_t n, double a, double b, double tau)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++) {
        const double e = y[i] - a - b * x[i];
        sum += e * (e < 0 ? tau - 1 : tau);
    }
    return sum;
}

/* Every minimum is at a line through two points: with whole numbers most points are on several lines. */
static void ties_are_solved_as_well_as_all_lines_through_two_points(void **state)
{
    (void)state;
    enum { N = 24 };
    for (uint32_t seed = 0; seed < 40; seed++) {
        pgt_design t = pgt_design_new(N, 2, 100 + seed);
        for (size_t i = 0; i < N; i++) {
            t.x[i + N] = floor(t.x[i + N]);
            t.y[i] = floor(t.y[i] / (1 + seed % 3));
        }
        const double tau = taus[seed % N_TAUS], *x = t.x + N;
        double best = HUGE_VAL;
        for (size_t i = 0; i < N; i++)
            for (size_t j = 0; j < i; j++) {
                if (!(fabs(x[i] - x[j]) > 0)) continue;
                const double b = (t.y[i] - t.y[j]) / (x[i] - x[j]);
                best = fmin(best, objective(t.y, x, N, t.y[i] - b * x[i], b, tau));
            }
        pgdp_fit *fit = fit_of(&t.d, "none", tau);
        assert_close(pgt_fit_line(fit, "objective").statistic, best, 1e-13, 1e-13);
        const pg_vertex_problem p = { .n = N, .k = 2, .q = t.x, .e = t.y, .tau = tau };
        size_t on[2];
        bool found = false;
        assert_ok(ctx, pg_quantile_simplex(ctx, &p, on, &found));
        assert_true(found);
        const double b = (t.y[on[1]] - t.y[on[0]]) / (x[on[1]] - x[on[0]]);
        assert_close(objective(t.y, x, N, t.y[on[0]] - b * x[on[0]], b, tau), best, 1e-13, 1e-13);
        pgdp_fit_free(fit);
        pgt_design_free(&t);
    }
}

static void check_estimates(const pgdp_design *d, double tau, const double *want, double tol)
{
    pgdp_fit *fit = fit_of(d, "none", tau);
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++)
        assert_close(pgdp_fit_estimate(fit).x[j], want[j], tol, tol / 10);
    pgdp_fit_free(fit);
}

/* Koenker & Bassett (1978), theorem 3.2: (i, ii) scale and the other sign, (iii) shift, (iv) other coordinates. */
static void estimates_are_equivariant(void **state)
{
    (void)state;
    enum { N = 400 };
    pgt_design t = pgt_design_new(N, 3, 12), u = pgt_design_new(N, 3, 12);
    for (size_t i = 0; i < N_TAUS; i++) {
        pgdp_fit *plain = fit_of(&t.d, "none", taus[i]);
        const double *b = pgdp_fit_estimate(plain).x;
        for (size_t r = 0; r < N; r++)
            u.y[r] = -1e8 * t.y[r];
        check_estimates(&u.d, 1 - taus[i], (const double[]){ -1e8 * b[0], -1e8 * b[1], -1e8 * b[2] }, 1e-12);
        for (size_t r = 0; r < N; r++)
            u.y[r] = t.y[r] + 3 - 2 * t.x[r + N] + 0.5 * t.x[r + 2 * N];
        check_estimates(&u.d, taus[i], (const double[]){ b[0] + 3, b[1] - 2, b[2] + 0.5 }, 1e-11);
        for (size_t r = 0; r < N; r++) {
            u.y[r] = t.y[r];
            u.x[r + 2 * N] = 1e-6 * t.x[r + 2 * N] + t.x[r + N];
        }
        check_estimates(&u.d, taus[i], (const double[]){ b[0], b[1] - 1e6 * b[2], 1e6 * b[2] }, 1e-8);
        memcpy(u.x, t.x, 3 * N * sizeof *u.x);
        pgdp_fit_free(plain);
    }
    pgt_design_free(&t);
    pgt_design_free(&u);
}

static void the_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "nid", "kernel", "HC1" };
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_design t = pgt_design_new(500, 4, 13);
        pgdp_fit *before = fit_of(&t.d, vcovs[v], 0.3);
        pgt_permute(&t);
        check_same(fit_of(&t.d, vcovs[v], 0.3), before, 1e-10);
        pgt_design_free(&t);
    }
}

static void units_scale_the_lines_and_nothing_else(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "nid", "kernel", "HC0", "cluster" };
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_design t = pgt_design_new(300, 3, 14);
        t.d.n_clusterings = 1;
        pgdp_fit *before = fit_of(&t.d, vcovs[v], 0.6);
        for (size_t i = 0; i < 300; i++) {
            t.y[i] *= 1e8;
            t.x[i + 300] *= 1e-8;
        }
        pgdp_fit *after = fit_of(&t.d, vcovs[v], 0.6);
        for (size_t j = 0; j < 3; j++) {
            const double scale = j == 1 ? 1e16 : 1e8;
            const pgdp_tidy a = pgdp_fit_tidy(before, j, 0.95), b = pgdp_fit_tidy(after, j, 0.95);
            assert_close(b.estimate, scale * a.estimate, 1e-12, 0);
            assert_close(b.std_error, scale * a.std_error, 1e-10, 0);
        }
        pgdp_fit_free(before);
        pgdp_fit_free(after);
        pgt_design_free(&t);
    }
}

/* Frequencies 1, 2, 3 against the rows written out. */
static void frequency_weights_are_repeated_rows(void **state)
{
    (void)state;
    enum { N = 120, K = 3, MANY = 3 * N };
    static const char *const vcovs[] = { "iid", "nid", "kernel", "HC0", "HC1" };
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_design t = pgt_design_new(N, K, 15), all = pgt_design_new(MANY, K, 15);
        size_t m = 0;
        pgt_use_weights(&t, PGDP_FREQUENCY);
        for (size_t i = 0; i < N; i++)
            m += (size_t)t.w[i];
        assert_true(m <= MANY);
        for (size_t i = 0, to = 0; i < N; i++)
            for (double c = 0; c < t.w[i]; c++, to++) {
                all.y[to] = t.y[i];
                for (size_t j = 0; j < K; j++)
                    all.x[to + j * m] = t.x[i + j * N];
            }
        all.d.y.n = all.d.x.n_rows = m;
        pgdp_fit *a = fit_of(&t.d, vcovs[v], 0.42), *b = fit_of(&all.d, vcovs[v], 0.42);
        assert_close(pgt_fit_line(a, "objective").statistic, pgt_fit_line(b, "objective").statistic, 1e-13, 0);
        check_same(a, b, 1e-9);
        pgt_design_free(&t);
        pgt_design_free(&all);
    }
}

/* w rho(u) = rho(w u). */
static void analytic_weights_are_rows_times_them(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "nid", "kernel", "HC0" };
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_design t = pgt_design_new(250, 3, 16), plain = pgt_design_new(250, 3, 16);
        pgt_use_weights(&t, PGDP_ANALYTIC);
        for (size_t i = 0; i < 250; i++) {
            plain.y[i] *= t.w[i];
            for (size_t j = 0; j < 3; j++)
                plain.x[i + j * 250] *= t.w[i];
        }
        plain.d.constant = PGDP_NONE;
        check_same(fit_of(&t.d, vcovs[v], 0.7), fit_of(&plain.d, vcovs[v], 0.7), 1e-9);
        pgt_design_free(&t);
        pgt_design_free(&plain);
    }
}

/* At the median psi^2 = tau (1 - tau) in every row: White's meat is Powell's. */
static void at_the_median_HC0_is_powells_covariance(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(400, 4, 17);
    check_same(fit_of(&t.d, "HC0", 0.5), fit_of(&t.d, "kernel", 0.5), 1e-11);
    pgt_design_free(&t);
}

/* A constant alone: the sample quantile and, for tau n not whole, its objective; r1 is 0. */
static void a_constant_alone_is_the_sample_quantile(void **state)
{
    (void)state;
    static const double y[] = { 7.5, 2.385, -3, 11, 4.25, 6 }, x[] = { 1, 1, 1, 1, 1, 1 };
    static const char *const terms[] = { "(Intercept)" };
    const pgdp_design d = { .y = { y, 6 }, .x = { x, 6, 1 }, .terms = terms, .constant = 0 };
    static const double want[][2] = { { 0.1, -3 }, { 0.4, 4.25 }, { 0.6, 6 }, { 0.75, 7.5 }, { 0.9, 11 } };
    for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
        pgdp_fit *fit = fit_of(&d, "none", want[i][0]);
        assert_close(pgdp_fit_estimate(fit).x[0], want[i][1], 1e-15, 0);
        assert_close(pgt_fit_line(fit, "koenker_machado_r1").statistic, 0, 0, 1e-14);
        pgdp_fit_free(fit);
    }
}

static void an_exact_line_has_no_residuals_and_says_that_no_density_can_be_had(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(60, 2, 18);
    for (size_t i = 0; i < 60; i++) {
        t.x[i + 60] = floor(16 * t.x[i + 60]);
        t.y[i] = 2.5 - 0.75 * t.x[i + 60];
    }
    pgdp_fit *fit = fit_of(&t.d, "none", 0.3);
    assert_close(pgdp_fit_estimate(fit).x[0], 2.5, 1e-14, 0);
    assert_close(pgdp_fit_estimate(fit).x[1], -0.75, 1e-14, 0);
    assert_close(pgt_fit_line(fit, "zero_residuals").statistic, 60, 0, 0);
    pgdp_fit_free(fit);
    static const char *const vcovs[] = { "iid", "nid", "kernel", "HC1" };
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        assert_status(ctx, try_fit(&t.d, vcovs[v], 0.3, &fit), PGDP_NUMERICAL);
        assert_contains(pgdp_ctx_error(ctx), "choose bootstrap");
    }
    pgt_design_free(&t);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(20000, 6, 19);
    pgdp_fit *one = fit_of(&t.d, "nid", 0.9);
    pgdp_ctx_set_threads(ctx, 4);
    pgdp_fit *four = fit_of(&t.d, "nid", 0.9);
    pgdp_ctx_set_threads(ctx, 1);
    assert_memory_equal(pgdp_fit_estimate(one).x, pgdp_fit_estimate(four).x, 6 * sizeof(double));
    assert_memory_equal(pgdp_fit_vcov(one).x, pgdp_fit_vcov(four).x, 36 * sizeof(double));
    pgdp_fit_free(one);
    pgdp_fit_free(four);
    pgt_design_free(&t);
}

static void what_does_not_fit_together_is_refused_with_a_remedy(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(100, 3, 20);
    pgdp_fit *fit = NULL;
    static const char *const own[] = { "nid", "kernel" };
    for (size_t v = 0; v < 2; v++) {
        assert_status(ctx, pgdp_fit_new(ctx, "ols", own[v], &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "is for method quantile");
    }
    assert_status(ctx, try_fit(&t.d, "iid", 1, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "tau");
    assert_status(ctx, try_fit(&t.d, "HC3", 0.5, &fit), PGDP_BAD_ARGUMENT);
    for (size_t i = 0; i < 100; i++)
        t.x[i + 200] = 3 * t.x[i + 100];
    assert_status(ctx, try_fit(&t.d, "iid", 0.5, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x2 equals 3 * x1");
    pgt_design_free(&t);
}

static pgdp_status fit_once(pgdp_ctx *own, void *user)
{
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, "quantile", "nid", user, NULL, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void memory_that_fails_leaks_nothing(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(40, 3, 21);
    (void)pgt_fail_every_allocation(fit_once, &t.d);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_subgradient_holds_0_at_every_tau),
        cmocka_unit_test(ties_are_solved_as_well_as_all_lines_through_two_points),
        cmocka_unit_test(estimates_are_equivariant),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(units_scale_the_lines_and_nothing_else),
        cmocka_unit_test(frequency_weights_are_repeated_rows),
        cmocka_unit_test(analytic_weights_are_rows_times_them),
        cmocka_unit_test(at_the_median_HC0_is_powells_covariance),
        cmocka_unit_test(a_constant_alone_is_the_sample_quantile),
        cmocka_unit_test(an_exact_line_has_no_residuals_and_says_that_no_density_can_be_had),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(what_does_not_fit_together_is_refused_with_a_remedy),
        cmocka_unit_test(memory_that_fails_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
