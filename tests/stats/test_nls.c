/* test_nls.c  Nonlinear least squares: what must hold whatever the data. Certified numbers: tests/certified.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "pgdp/regression.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* y = c0 + c1 exp(c2 x) + noise, as a design; the constant's column is not looked at. */
typedef struct curve {
    pgt_design t;
    pgdp_mean mean;
    double start[3];
} curve;

static pgdp_status exponential(pgdp_ctx *own, const void *user, const double *c, size_t first, size_t n, double *value,
                               double *jacobian)
{
    (void)own;
    const double *x = user;
    for (size_t i = 0; i < n; i++) {
        const double e = exp(c[2] * x[first + i]);
        value[i] = c[0] + c[1] * e;
        if (jacobian == NULL) continue;
        jacobian[i] = 1;
        jacobian[i + n] = e;
        jacobian[i + 2 * n] = c[1] * e * x[first + i];
    }
    return PGDP_OK;
}

static void curve_new(curve *c, size_t n, double noise)
{
    pg_random random = pg_random_stream(5, "curve", 0);
    *c = (curve){ .t = pgt_design_new(n, 2, 31), .start = { 1, 1, -0.2 } };
    for (size_t i = 0; i < n; i++) {
        c->t.x[i + n] = 5 * pg_random_uniform(&random);
        c->t.y[i] = 2.5 + 4 * exp(-0.8 * c->t.x[i + n]) + noise * pg_random_normal(&random);
    }
}

/* To be called where the curve stays. */
static pgdp_design *design_of(curve *c)
{
    static const char *const names[] = { "c0", "c1", "c2" };
    c->mean = (pgdp_mean){
        .parameters = names, .start = c->start, .n_parameters = 3, .evaluate = exponential, .user = c->t.x + c->t.d.y.n
    };
    c->t.d.mean = &c->mean;
    c->t.d.x = (pgdp_mat){ NULL, c->t.d.y.n, 0 };
    c->t.d.constant = PGDP_NONE;
    return &c->t.d;
}

static pgdp_fit *fit_of(const pgdp_design *d, const char *method, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
}

static pgdp_status linear(pgdp_ctx *own, const void *user, const double *b, size_t first, size_t n, double *value,
                          double *jacobian)
{
    (void)own;
    const pgdp_mat *x = user;
    for (size_t i = 0; i < n; i++) {
        value[i] = 0;
        for (size_t j = 0; j < x->n_cols; j++) {
            const double element = x->x[first + i + j * x->n_rows];
            value[i] += element * b[j];
            if (jacobian != NULL) jacobian[i + j * n] = element;
        }
    }
    return PGDP_OK;
}

static void a_linear_mean_is_ordinary_least_squares(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "HC2", "HC3", "cluster", "nw" };
    static const double start[] = { 1, 1, 1, 1 };
    static const pgdp_weights kinds[] = { PGDP_UNWEIGHTED, PGDP_ANALYTIC, PGDP_FREQUENCY };
    for (size_t v = 0; v < 3 * sizeof vcovs / sizeof *vcovs; v++) {
        const char *vcov = vcovs[v / 3];
        if (kinds[v % 3] == PGDP_FREQUENCY && strcmp(vcov, "nw") == 0) continue;
        pgt_design t = pgt_design_new(200, 4, 32);
        if (kinds[v % 3] != PGDP_UNWEIGHTED) pgt_use_weights(&t, kinds[v % 3]);
        t.d.n_clusterings = 1;
        pgdp_fit *ols = fit_of(&t.d, "ols", vcov);
        const pgdp_mat x = t.d.x;
        const pgdp_mean mean = {
            .parameters = t.d.terms, .start = start, .n_parameters = 4, .evaluate = linear, .user = &x
        };
        t.d.mean = &mean;
        t.d.x = (pgdp_mat){ NULL, 200, 0 };
        t.d.constant = PGDP_NONE;
        pgdp_fit *nls = fit_of(&t.d, "nls", vcov);
        for (size_t j = 0; j < 4; j++) {
            assert_close(pgdp_fit_estimate(nls).x[j], pgdp_fit_estimate(ols).x[j], 1e-13, 0);
            assert_close(pgdp_fit_tidy(nls, j, 0.95).std_error, pgdp_fit_tidy(ols, j, 0.95).std_error, 1e-12, 0);
            assert_close(pgdp_fit_tidy(nls, j, 0.95).p_value, pgdp_fit_tidy(ols, j, 0.95).p_value, 1e-10, 0);
        }
        const pgdp_glance a = pgdp_fit_glance(nls), b = pgdp_fit_glance(ols);
        assert_close(a.log_lik, b.log_lik, 1e-14, 0);
        assert_close(a.aic, b.aic, 1e-14, 0);
        assert_close(a.bic, b.bic, 1e-14, 0);
        assert_close(a.sigma, b.sigma, 1e-14, 0);
        assert_true(isnan(a.r_squared));
        pgdp_fit_free(ols);
        pgdp_fit_free(nls);
        pgt_design_free(&t);
    }
}

static void residuals_are_orthogonal_to_the_jacobian(void **state)
{
    (void)state;
    curve c;
    curve_new(&c, 300, 0.25);
    const pgdp_design *d = design_of(&c);
    pgdp_fit *fit = fit_of(d, "nls", "iid");
    double value[300], jacobian[900];
    assert_ok(ctx, exponential(ctx, c.mean.user, pgdp_fit_estimate(fit).x, 0, 300, value, jacobian));
    for (size_t j = 0; j < 3; j++) {
        double dot = 0, size = 0;
        for (size_t i = 0; i < 300; i++) {
            dot += (c.t.y[i] - value[i]) * jacobian[i + j * 300];
            size += fabs((c.t.y[i] - value[i]) * jacobian[i + j * 300]);
        }
        assert_close(dot, 0, 0, 1e-13 * size);
    }
    pgdp_fit_free(fit);
    pgt_design_free(&c.t);
}

static void an_exact_curve_is_found_exactly(void **state)
{
    (void)state;
    curve c;
    curve_new(&c, 100, 0);
    pgdp_fit *fit = fit_of(design_of(&c), "nls", "iid");
    assert_close(pgdp_fit_estimate(fit).x[0], 2.5, 1e-14, 0);
    assert_close(pgdp_fit_estimate(fit).x[1], 4, 1e-14, 0);
    assert_close(pgdp_fit_estimate(fit).x[2], -0.8, 1e-14, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&c.t);
}

/* y -> a y: c0 and c1 scale, c2 stays; so do their errors. */
static void units_scale_the_lines_and_nothing_else(void **state)
{
    (void)state;
    static const double scales[] = { 1e8, 1e-8 };
    for (size_t s = 0; s < 2; s++) {
        curve c;
        curve_new(&c, 150, 0.25);
        pgdp_fit *before = fit_of(design_of(&c), "nls", "HC1");
        for (size_t i = 0; i < 150; i++)
            c.t.y[i] *= scales[s];
        c.start[0] *= scales[s];
        c.start[1] *= scales[s];
        pgdp_fit *after = fit_of(design_of(&c), "nls", "HC1");
        for (size_t j = 0; j < 3; j++) {
            const double scale = j == 2 ? 1 : scales[s];
            assert_close(pgdp_fit_estimate(after).x[j], scale * pgdp_fit_estimate(before).x[j], 1e-12, 0);
            assert_close(pgdp_fit_tidy(after, j, 0.95).std_error, scale * pgdp_fit_tidy(before, j, 0.95).std_error,
                         1e-11, 0);
        }
        pgdp_fit_free(before);
        pgdp_fit_free(after);
        pgt_design_free(&c.t);
    }
}

static void every_start_that_leads_there_gives_the_same_digits(void **state)
{
    (void)state;
    static const double starts[][3] = { { 1, 1, -0.2 }, { 10, -5, -3 }, { 0, 100, -1 }, { 2.5, 4, -0.8 } };
    curve c;
    curve_new(&c, 150, 0.25);
    pgdp_fit *first = fit_of(design_of(&c), "nls", "iid");
    for (size_t s = 1; s < sizeof starts / sizeof *starts; s++) {
        memcpy(c.start, starts[s], sizeof c.start);
        pgdp_fit *other = fit_of(design_of(&c), "nls", "iid");
        for (size_t j = 0; j < 3; j++)
            assert_close(pgdp_fit_estimate(other).x[j], pgdp_fit_estimate(first).x[j], 1e-12, 0);
        pgdp_fit_free(other);
    }
    pgdp_fit_free(first);
    pgt_design_free(&c.t);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    curve c;
    curve_new(&c, 10000, 0.25);
    pgdp_fit *one = fit_of(design_of(&c), "nls", "HC1");
    pgdp_ctx_set_threads(ctx, 4);
    pgdp_fit *four = fit_of(design_of(&c), "nls", "HC1");
    pgdp_ctx_set_threads(ctx, 1);
    assert_memory_equal(pgdp_fit_estimate(one).x, pgdp_fit_estimate(four).x, 3 * sizeof(double));
    assert_memory_equal(pgdp_fit_vcov(one).x, pgdp_fit_vcov(four).x, 9 * sizeof(double));
    pgdp_fit_free(one);
    pgdp_fit_free(four);
    pgt_design_free(&c.t);
}

static void failures_say_what_to_do(void **state)
{
    (void)state;
    curve c;
    curve_new(&c, 50, 0.25);
    pgdp_design *d = design_of(&c);
    pgdp_fit *fit = NULL;
    c.start[2] = 1e3; /* exp() overflows */
    assert_status(ctx, pgdp_fit_new(ctx, "nls", "iid", d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "choose other start values");
    c.start[2] = 2;
    const pgdp_setting few[] = { { "max_iter", "1" }, { NULL, NULL } };
    assert_status(ctx, pgdp_fit_new(ctx, "nls", "iid", d, few, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "relative offset");
    pgdp_design small = *d;
    small.y.n = small.x.n_rows = 3;
    assert_status(ctx, pgdp_fit_new(ctx, "nls", "iid", &small, NULL, &fit), PGDP_TOO_FEW_OBS);
    d->mean = NULL;
    d->x = (pgdp_mat){ c.t.x, 50, 2 };
    assert_status(ctx, pgdp_fit_new(ctx, "nls", "iid", d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&c.t);
}

/* The sum of two parameters alone is told by the data. */
static pgdp_status doubled(pgdp_ctx *own, const void *user, const double *c, size_t first, size_t n, double *value,
                           double *jacobian)
{
    (void)own;
    const double *x = user;
    for (size_t i = 0; i < n; i++) {
        value[i] = c[0] * x[first + i] + (c[1] + c[2]);
        if (jacobian == NULL) continue;
        jacobian[i] = x[first + i];
        jacobian[i + n] = jacobian[i + 2 * n] = 1;
    }
    return PGDP_OK;
}

static void a_parameter_that_the_data_do_not_tell_is_named(void **state)
{
    (void)state;
    curve c;
    curve_new(&c, 50, 0.25);
    pgdp_design *d = design_of(&c);
    pgdp_fit *fit = NULL;
    c.mean.evaluate = doubled;
    assert_status(ctx, pgdp_fit_new(ctx, "nls", "iid", d, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "c2 equals c1");
    pgt_design_free(&c.t);
}

static pgdp_status fit_once(pgdp_ctx *own, void *user)
{
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, "nls", "HC1", user, NULL, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void memory_that_fails_leaks_nothing(void **state)
{
    (void)state;
    curve c;
    curve_new(&c, 30, 0.25);
    (void)pgt_fail_every_allocation(fit_once, design_of(&c));
    pgt_design_free(&c.t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_linear_mean_is_ordinary_least_squares),
        cmocka_unit_test(residuals_are_orthogonal_to_the_jacobian),
        cmocka_unit_test(an_exact_curve_is_found_exactly),
        cmocka_unit_test(units_scale_the_lines_and_nothing_else),
        cmocka_unit_test(every_start_that_leads_there_gives_the_same_digits),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(failures_say_what_to_do),
        cmocka_unit_test(a_parameter_that_the_data_do_not_tell_is_named),
        cmocka_unit_test(memory_that_fails_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
