/* test_mlogit.c  Multinomial logit: its likelihood's derivatives, base, weights, offsets, separation. Numbers from
 * outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/level_names.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <string.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov, const char *base)
{
    pgdp_fit *fit = NULL;
    const pgdp_setting settings[] = { { base == NULL ? NULL : "base", base }, { NULL, NULL } };
    assert_ok(ctx, pgdp_fit_new(ctx, "mlogit", vcov, d, settings, &fit));
    return fit;
}

/* Categories without order: 2 stands between the others. */
static pgt_design category_design(size_t n, size_t n_terms, size_t n_categories, uint32_t seed)
{
    pgt_design t = pgt_design_new(n, n_terms, seed);
    pgt_make_categories(&t, n_categories);
    for (size_t i = 0; i < n; i++)
        t.y[i] = t.y[i] > 1 ? t.y[i] - 1 : t.y[i] > 0 ? (double)n_categories - 1 : 0;
    return t;
}

/* The log likelihood of base 0 at b, naively. */
static double log_lik(const pgdp_design *d, const double *b, size_t m)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double total = 0;
    for (size_t i = 0; i < n; i++) {
        double sum = 1, own = 0;
        for (size_t e = 0; e < m; e++) {
            double eta = d->offset.n > 0 ? d->offset.x[i] : 0;
            for (size_t j = 0; j < k; j++)
                eta += d->x.x[i + j * n] * b[j + e * k];
            sum += exp(eta);
            if ((size_t)d->y.x[i] == e + 1) own = eta;
        }
        total += (d->weights.n > 0 ? d->weights.x[i] : 1) * (own - log(sum));
    }
    return total;
}

static double moved(const pgdp_design *d, const double *b, size_t i, double by_i, size_t j, double by_j)
{
    double at[16];
    memcpy(at, b, 12 * sizeof *at);
    at[i] += by_i;
    at[j] += by_j;
    return log_lik(d, at, 3);
}

/* Zero gradient, and a Hessian whose product with the covariance is -I, both by differences. */
static void derivatives_at_the_maximum_are_those_of_the_likelihood(void **state)
{
    (void)state;
    enum { N = 500, P = 12 };
    static double offset[N];
    pgt_design t = category_design(N, 4, 4, 141);
    pgt_use_weights(&t, PGDP_FREQUENCY);
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.4 * sin((double)i);
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *fit = fit_of(&t.d, "iid", NULL);
    const double *b = pgdp_fit_estimate(fit).x, *v = pgdp_fit_vcov(fit).x;
    assert_int_equal(pgdp_fit_n_terms(fit), P);
    assert_close(pgdp_fit_glance(fit).log_lik, log_lik(&t.d, b, 3), 1e-13, 0);
    double step[P], hessian[P * P];
    for (size_t i = 0; i < P; i++) {
        step[i] = 2e-3 * sqrt(v[i + i * P]);
        const double h = step[i] / 20, rise = moved(&t.d, b, i, h, i, 0) - moved(&t.d, b, i, -h, i, 0);
        assert_close(rise / (2 * h) * sqrt(v[i + i * P]), 0, 0, 1e-7);
    }
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            const double up = moved(&t.d, b, i, step[i], j, step[j]) - moved(&t.d, b, i, step[i], j, -step[j]);
            const double down = moved(&t.d, b, i, -step[i], j, step[j]) - moved(&t.d, b, i, -step[i], j, -step[j]);
            hessian[i + j * P] = (up - down) / (4 * step[i] * step[j]);
        }
    for (size_t i = 0; i < P; i++)
        for (size_t j = 0; j < P; j++) {
            double product = 0;
            for (size_t l = 0; l < P; l++)
                product -= hessian[i + l * P] * v[l + j * P];
            assert_close(product * sqrt(v[i + i * P] / v[j + j * P]), i == j, 0, 2e-3);
        }
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void two_categories_are_a_logit(void **state)
{
    (void)state;
    pgt_design t = category_design(500, 4, 2, 142);
    static const char *const vcovs[] = { "iid", "HC1" };
    for (size_t c = 0; c < 2; c++) {
        pgdp_fit *binary = NULL, *many = fit_of(&t.d, vcovs[c], NULL);
        assert_ok(ctx, pgdp_fit_new(ctx, "logit", vcovs[c], &t.d, NULL, &binary));
        for (size_t j = 0; j < 4; j++) {
            const pgdp_tidy a = pgdp_fit_tidy(binary, j, 0.95), b = pgdp_fit_tidy(many, j, 0.95);
            assert_close(b.estimate, a.estimate, 1e-12, 0);
            assert_close(b.std_error, a.std_error, 1e-11, 0);
        }
        assert_string_equal(pgdp_fit_term(many, 2), "1:x2");
        assert_close(pgdp_fit_glance(many).log_lik, pgdp_fit_glance(binary).log_lik, 1e-14, 0);
        assert_close(pgdp_fit_glance(many).log_lik_null, pgdp_fit_glance(binary).log_lik_null, 1e-14, 0);
        assert_close(pgdp_fit_glance(many).aic, pgdp_fit_glance(binary).aic, 1e-14, 0);
        pgdp_fit_free(binary);
        pgdp_fit_free(many);
    }
    pgt_design_free(&t);
}

static double of_term(const pgdp_fit *fit, const char *term)
{
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        if (strcmp(pgdp_fit_term(fit, i), term) == 0) return pgdp_fit_estimate(fit).x[i];
    fail_msg("no term %s", term);
    return 0;
}

static void another_base_takes_differences(void **state)
{
    (void)state;
    pgt_design t = category_design(600, 3, 4, 143);
    pgdp_fit *a = fit_of(&t.d, "iid", NULL), *b = fit_of(&t.d, "iid", "2");
    assert_close(of_term(b, "0:x1"), -of_term(a, "2:x1"), 1e-11, 0);
    assert_close(of_term(b, "1:x2"), of_term(a, "1:x2") - of_term(a, "2:x2"), 1e-10, 0);
    assert_close(of_term(b, "3:(Intercept)"), of_term(a, "3:(Intercept)") - of_term(a, "2:(Intercept)"), 1e-10, 0);
    assert_close(pgdp_fit_glance(a).log_lik, pgdp_fit_glance(b).log_lik, 1e-13, 0);
    assert_close(pgdp_fit_glance(a).log_lik_null, pgdp_fit_glance(b).log_lik_null, 1e-13, 0);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void frequencies_are_repeated_rows(void **state)
{
    (void)state;
    pgt_design t = category_design(200, 3, 3, 144), long_one = pgt_design_new(600, 3, 144);
    size_t n = 0;
    pgt_use_weights(&t, PGDP_FREQUENCY);
    for (size_t i = 0; i < 200; i++)
        n += (size_t)t.w[i];
    long_one.d.y.n = long_one.d.x.n_rows = n;
    for (size_t i = 0, to = 0; i < 200; i++)
        for (size_t c = 0; c < (size_t)t.w[i]; c++, to++) {
            long_one.y[to] = t.y[i];
            for (size_t j = 0; j < 3; j++)
                long_one.x[to + j * n] = t.x[i + j * 200];
        }
    static const char *const vcovs[] = { "iid", "HC1" };
    for (size_t v = 0; v < 2; v++) {
        pgdp_fit *a = fit_of(&t.d, vcovs[v], NULL), *b = fit_of(&long_one.d, vcovs[v], NULL);
        for (size_t j = 0; j < 6; j++) {
            assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-10, 0);
            assert_close(pgdp_fit_tidy(a, j, 0.95).std_error, pgdp_fit_tidy(b, j, 0.95).std_error, 1e-10, 0);
        }
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_design_free(&t);
    pgt_design_free(&long_one);
}

static void units_and_the_order_of_rows_change_nothing(void **state)
{
    (void)state;
    pgt_design t = category_design(2400, 4, 3, 145);
    pgdp_fit *a = fit_of(&t.d, "HC0", NULL);
    pgt_permute(&t);
    for (size_t i = 0; i < 2400; i++) {
        t.x[i + 2400] *= 1e8;
        t.x[i + 4800] *= 1e-8;
    }
    pgdp_fit *b = fit_of(&t.d, "HC0", NULL);
    static const double unit[] = { 1, 1e-8, 1e8, 1 };
    for (size_t j = 0; j < 8; j++) {
        assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j] * unit[j % 4], 1e-9, 0);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error * unit[j % 4], 1e-9, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void an_offset_moves_every_equation(void **state)
{
    (void)state;
    enum { N = 400 };
    static double offset[N];
    pgt_design t = category_design(N, 3, 3, 146);
    pgdp_fit *a = fit_of(&t.d, "iid", NULL);
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.7 + 0.3 * t.x[i + N];
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *b = fit_of(&t.d, "iid", NULL);
    static const double part[] = { 0.7, 0.3, 0 };
    for (size_t j = 0; j < 6; j++)
        assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j] - part[j % 3], 1e-10, 1e-12);
    assert_close(pgdp_fit_glance(b).log_lik, pgdp_fit_glance(a).log_lik, 1e-13, 0);
    t.d.x.n_cols = 1;
    pgdp_fit *null_model = fit_of(&t.d, "HC0", NULL);
    assert_close(pgdp_fit_glance(b).log_lik_null, pgdp_fit_glance(null_model).log_lik, 1e-13, 0);
    pgdp_fit_free(null_model);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void without_a_constant_the_null_model_is_a_fair_die(void **state)
{
    (void)state;
    pgt_design t = category_design(300, 3, 3, 147);
    pgt_drop_constant(&t);
    pgdp_fit *fit = fit_of(&t.d, "iid", NULL);
    assert_close(pgdp_fit_glance(fit).log_lik_null, -300 * log(3), 1e-14, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void separation_of_one_category_is_refused_by_name(void **state)
{
    (void)state;
    pgt_design t = category_design(300, 4, 3, 148);
    pgdp_fit *fit = NULL;
    for (size_t i = 0; i < 300; i++) {
        t.x[i + 600] = i % 9 == 0; /* a dummy whose rows are all of category 2 */
        if (i % 9 == 0) t.y[i] = 2;
    }
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "separate");
    assert_contains(pgdp_ctx_error(ctx), "x2");
    pgt_design_free(&t);
}

static void what_is_no_category_is_refused(void **state)
{
    (void)state;
    pgt_design t = category_design(60, 3, 3, 149);
    pgdp_fit *fit = NULL;
    const pgdp_setting base[] = { { "base", "3" }, { NULL, NULL } }, half[] = { { "base", "0.5" }, { NULL, NULL } };
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, base, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "base is 3");
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, half, &fit), PGDP_BAD_ARGUMENT);
    for (size_t i = 0; i < 60; i++)
        t.y[i] = t.y[i] > 0 ? t.y[i] + 1 : 0;
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "category 1 of the outcome has no rows");
    t.y[4] = -1;
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "row 5");
    for (size_t i = 0; i < 60; i++)
        t.y[i] = (double)(i % 30);
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, NULL, &fit), PGDP_TOO_FEW_OBS);
    pgt_use_weights(&t, PGDP_ANALYTIC);
    assert_status(ctx, pgdp_fit_new(ctx, "mlogit", "iid", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

static void categories_get_their_names_in_terms_and_effects(void **state)
{
    (void)state;
    static const char *const levels[] = { "bus", "12", "car" };
    pgt_design t = category_design(300, 3, 3, 1410);
    pgdp_fit *fit = NULL;
    pg_fit_request q = { .estimator = "mlogit", .vcov = "iid", .design = &t.d, .margins = "average" };
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    assert_ok(ctx, pg_fit_name_levels(ctx, fit, levels, 3));
    assert_string_equal(pgdp_fit_term(fit, 1), "12:x1");
    assert_string_equal(pgdp_fit_term(fit, 3), "car:(Intercept)");
    assert_string_equal(fit->margins[0].term, "P(bus):x1");
    assert_string_equal(fit->margins[5].term, "P(car):x2");
    pgdp_fit_free(fit);
    q.estimator = "ols"; /* has nothing to name */
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    assert_ok(ctx, pg_fit_name_levels(ctx, fit, levels, 3));
    assert_string_equal(pgdp_fit_term(fit, 1), "x1");
    assert_string_equal(fit->margins[0].term, "x1");
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void the_number_of_threads_changes_no_bit(void **state)
{
    (void)state;
    static const char *const methods[] = { "mlogit", "ologit", "oprobit", "probit", "fraclogit", "negbin" };
    for (size_t m = 0; m < sizeof methods / sizeof *methods; m++) {
        pgt_design t = pgt_design_new(6001, 4, 1411);
        pgdp_fit *one = NULL, *four = NULL;
        pgt_make_categories(&t, m < 3 ? 4 : 2);
        for (size_t i = 0; i < 6001 && m == 5; i++)
            t.y[i] = t.y[i] > 0 ? (double)(i % 11 * (i % 7)) : 0;
        if (m == 1 || m == 2) pgt_drop_constant(&t);
        assert_ok(ctx, pgdp_fit_new(ctx, methods[m], "iid", &t.d, NULL, &one));
        pgdp_ctx_set_threads(ctx, 4);
        assert_ok(ctx, pgdp_fit_new(ctx, methods[m], "iid", &t.d, NULL, &four));
        pgdp_ctx_set_threads(ctx, 1);
        const size_t p = pgdp_fit_n_terms(one);
        assert_memory_equal(pgdp_fit_estimate(one).x, pgdp_fit_estimate(four).x, p * sizeof(double));
        assert_memory_equal(pgdp_fit_vcov(one).x, pgdp_fit_vcov(four).x, p * p * sizeof(double));
        pgdp_fit_free(one);
        pgdp_fit_free(four);
        pgt_design_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(derivatives_at_the_maximum_are_those_of_the_likelihood),
        cmocka_unit_test(two_categories_are_a_logit),
        cmocka_unit_test(another_base_takes_differences),
        cmocka_unit_test(frequencies_are_repeated_rows),
        cmocka_unit_test(units_and_the_order_of_rows_change_nothing),
        cmocka_unit_test(an_offset_moves_every_equation),
        cmocka_unit_test(without_a_constant_the_null_model_is_a_fair_die),
        cmocka_unit_test(separation_of_one_category_is_refused_by_name),
        cmocka_unit_test(what_is_no_category_is_refused),
        cmocka_unit_test(the_number_of_threads_changes_no_bit),
        cmocka_unit_test(categories_get_their_names_in_terms_and_effects),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
