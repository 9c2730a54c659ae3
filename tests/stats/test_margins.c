/* test_margins.c  Marginal effects against differences of predictions, and their errors against the delta method by
 * differences. Numbers from outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <string.h>

static pgdp_fit *fit_of(const pgdp_design *d, const char *method, const char *vcov, const char *margins)
{
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = method, .vcov = vcov, .design = d, .margins = margins };
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    return fit;
}

static double logistic(double x)
{
    return 1 / (1 + exp(-x));
}

static double normal(double x)
{
    return pgdp_normal_upper(-x);
}

/* A model as a book writes it: the mean, or P(y = o), at one row's x b + offset of each equation. */
typedef struct model {
    const char *method;
    double (*distribution)(double); /**< NULL: of categories */
    size_t n_categories;            /**< 1: the mean */
    size_t n_single;
} model;

static const model models[] = {
    { "logit", logistic, 1, 0 },  { "probit", normal, 1, 0 },  { "fraclogit", logistic, 1, 0 }, { "negbin", exp, 1, 1 },
    { "ologit", logistic, 3, 2 }, { "oprobit", normal, 3, 2 }, { "mlogit", NULL, 3, 0 },
};

/* Prediction of outcome o at a row. */
static double predict(const model *m, const pgdp_design *d, const double *b, size_t o, const double *x, double offset)
{
    const size_t k = d->x.n_cols;
    double eta = offset, other = offset;
    for (size_t j = 0; j < k; j++) {
        eta += x[j] * b[j];
        if (m->distribution == NULL) other += x[j] * b[k + j];
    }
    if (m->distribution == NULL) return (o == 0 ? 1 : exp(o == 1 ? eta : other)) / (1 + exp(eta) + exp(other));
    if (m->n_categories == 1) return m->distribution(eta);
    const double above = o < 2 ? m->distribution(b[k + o] - eta) : 1;
    return above - (o > 0 ? m->distribution(b[k + o - 1] - eta) : 0);
}

/* The effect of x_j at b: the weighted mean over the rows, or at the means, of a central difference by x_j. */
static double effect(const model *m, const pgdp_design *d, const double *b, size_t o, size_t j, bool at_mean)
{
    enum { MOST = 8 };
    const size_t n = d->y.n, k = d->x.n_cols;
    const double h = 1e-4;
    double total = 0, sum = 0, x[MOST], mean[MOST] = { 0 }, mean_offset = 0;
    for (size_t i = 0; i < n; i++) {
        const double w = d->weights.n > 0 ? d->weights.x[i] : 1, offset = d->offset.n > 0 ? d->offset.x[i] : 0;
        for (size_t l = 0; l < k; l++) {
            x[l] = d->x.x[i + l * n];
            mean[l] += w * x[l];
        }
        mean_offset += w * offset;
        total += w;
        x[j] += h;
        const double up = predict(m, d, b, o, x, offset);
        x[j] -= 2 * h;
        sum += w * (up - predict(m, d, b, o, x, offset)) / (2 * h);
    }
    if (!at_mean) return sum / total;
    for (size_t l = 0; l < k; l++)
        mean[l] /= total;
    mean[j] += h;
    const double up = predict(m, d, b, o, mean, mean_offset / total);
    mean[j] -= 2 * h;
    return (up - predict(m, d, b, o, mean, mean_offset / total)) / (2 * h);
}

static double error(const model *m, const pgdp_design *d, const pgdp_fit *fit, size_t o, size_t j, bool at_mean)
{
    enum { MOST = 12 };
    const size_t p = pgdp_fit_n_terms(fit);
    const pgdp_mat v = pgdp_fit_vcov(fit);
    double gradient[MOST], b[MOST], variance = 0;
    for (size_t l = 0; l < p; l++) {
        const double h = 1e-4 * fmax(fabs(pgdp_fit_estimate(fit).x[l]), 1e-2);
        memcpy(b, pgdp_fit_estimate(fit).x, p * sizeof *b);
        b[l] += h;
        gradient[l] = effect(m, d, b, o, j, at_mean);
        b[l] -= 2 * h;
        gradient[l] = (gradient[l] - effect(m, d, b, o, j, at_mean)) / (2 * h);
    }
    for (size_t r = 0; r < p; r++)
        for (size_t c = 0; c < p; c++)
            variance += gradient[r] * v.x[r + c * p] * gradient[c];
    return sqrt(variance);
}

static void make_outcome(const model *m, pgt_design *t)
{
    for (size_t i = 0; i < t->d.y.n && strcmp(m->method, "negbin") == 0; i++)
        t->y[i] = floor(exp(0.4 * t->y[i]));
    if (strcmp(m->method, "negbin") == 0) return;
    pgt_make_categories(t, m->n_categories > 1 ? 3 : 2);
    if (m->n_single == 2) pgt_drop_constant(t);
}

static void check_model(const model *m, const char *kind)
{
    enum { N = 300 };
    static double offset[N];
    pgt_design t = pgt_design_new(N, 3, 171);
    const bool at_mean = strcmp(kind, "mean") == 0;
    make_outcome(m, &t);
    pgt_use_weights(&t, PGDP_PROBABILITY);
    for (size_t i = 0; i < N; i++)
        offset[i] = 0.4 * sin((double)i);
    t.d.offset = (pgdp_vec){ offset, N };
    pgdp_fit *fit = fit_of(&t.d, m->method, "HC1", kind);
    assert_int_equal(fit->n_margins, 2 * m->n_categories);
    for (size_t i = 0; i < fit->n_margins; i++) {
        const size_t o = i / 2, j = i % 2 + (t.d.constant == 0);
        const pgdp_tidy *line = &fit->margins[i];
        const char name[] = { 'P', '(', (char)('0' + o), ')', ':', 'x', (char)('1' + i % 2), 0 };
        assert_string_equal(line->term, m->n_categories > 1 ? name : name + 5);
        assert_close(line->estimate, effect(m, &t.d, pgdp_fit_estimate(fit).x, o, j, at_mean), 1e-6, 1e-9);
        assert_close(line->std_error, error(m, &t.d, fit, o, j, at_mean), 1e-5, 1e-9);
        assert_close(line->statistic, line->estimate / line->std_error, 1e-15, 0);
        assert_close(line->p_value, 2 * pgdp_normal_upper(fabs(line->statistic)), 1e-12, 0);
        assert_close(line->conf_high - line->conf_low, 2 * 1.959963984540054 * line->std_error, 1e-12, 0);
    }
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void effects_are_slopes_of_predictions_with_errors_by_the_delta_method(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        check_model(&models[i], "average");
        check_model(&models[i], "mean");
    }
}

/* Probabilities add to one, so effects add to zero. */
static void effects_on_probabilities_add_to_zero(void **state)
{
    (void)state;
    static const char *const methods[] = { "ologit", "oprobit", "mlogit" };
    for (size_t m = 0; m < 3; m++) {
        pgt_design t = pgt_design_new(400, 4, 172);
        pgt_make_categories(&t, 4);
        if (m < 2) pgt_drop_constant(&t);
        pgdp_fit *fit = fit_of(&t.d, methods[m], "iid", "average");
        for (size_t j = 0; j < 3; j++) {
            double sum = 0;
            for (size_t o = 0; o < 4; o++)
                sum += fit->margins[j + 3 * o].estimate;
            assert_close(sum, 0, 0, 1e-15);
        }
        pgdp_fit_free(fit);
        pgt_design_free(&t);
    }
}

static void the_base_does_not_matter(void **state)
{
    (void)state;
    static const pgdp_setting other[] = { { "base", "1" }, { NULL, NULL } };
    pgt_design t = pgt_design_new(400, 3, 173);
    pgdp_fit *a = NULL, *b = NULL;
    pgt_make_categories(&t, 3);
    pg_fit_request q = { .estimator = "mlogit", .vcov = "iid", .design = &t.d, .margins = "average" };
    assert_ok(ctx, pg_fit_run(ctx, &q, &a));
    q.settings = other;
    assert_ok(ctx, pg_fit_run(ctx, &q, &b));
    for (size_t i = 0; i < 6; i++) {
        assert_string_equal(a->margins[i].term, b->margins[i].term);
        assert_close(a->margins[i].estimate, b->margins[i].estimate, 1e-9, 1e-13);
        assert_close(a->margins[i].std_error, b->margins[i].std_error, 1e-9, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_design_free(&t);
}

static void linear_effects_are_coefficients(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(100, 4, 174);
    pgdp_fit *fit = fit_of(&t.d, "ols", "HC1", "average");
    assert_int_equal(fit->n_margins, 3);
    for (size_t j = 0; j < 3; j++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, j + 1, 0.95);
        assert_string_equal(fit->margins[j].term, line.term);
        assert_close(fit->margins[j].estimate, line.estimate, 0, 0);
        assert_close(fit->margins[j].conf_low, line.conf_low, 0, 0);
    }
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void another_word_is_refused(void **state)
{
    (void)state;
    pgt_design t = pgt_design_new(100, 3, 175);
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = "ols", .vcov = "iid", .design = &t.d, .margins = "median" };
    assert_status(ctx, pg_fit_run(ctx, &q, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "median");
    assert_contains(pgdp_ctx_error(ctx), "average or mean");
    pgt_design_free(&t);
}

/* A fit with its effects, for failing memory. */
typedef struct request {
    const pgt_design *t;
    const char *method;
} request;

static pgdp_status run_once(pgdp_ctx *own, void *user)
{
    const request *r = user;
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = r->method, .vcov = "HC1", .design = &r->t->d, .margins = "average" };
    const pgdp_status status = pg_fit_run(own, &q, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void no_memory_is_reported_and_nothing_leaks(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof models / sizeof *models; i++) {
        pgt_design t = pgt_design_new(60, 3, 176);
        make_outcome(&models[i], &t);
        assert_true(pgt_fail_every_allocation(run_once, &(request){ &t, models[i].method }) > 1);
        pgt_design_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_slopes_of_predictions_with_errors_by_the_delta_method),
        cmocka_unit_test(effects_on_probabilities_add_to_zero),
        cmocka_unit_test(the_base_does_not_matter),
        cmocka_unit_test(linear_effects_are_coefficients),
        cmocka_unit_test(another_word_is_refused),
        cmocka_unit_test(no_memory_is_reported_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
