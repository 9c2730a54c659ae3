/* test_pairs.c  Units, order of rows, repeated rows and the scale of weights, for every estimator with every
 * covariance. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define LIKELIHOODS "logit probit ologit oprobit mlogit poisson negbin fraclogit "
enum { N = 240, MOST = 3 * N };

static bool is_close(double got, double want, double rel)
{
    return (isnan(got) && isnan(want)) || fabs(got - want) <= rel * fabs(want) || !(got < want || got > want);
}

/** Two designs, one prepared, the other altered after that; what may differ between their fits. */
typedef struct change {
    const char *name;
    void (*prepare)(pgt_design *design); /**< NULL: nothing */
    void (*alter)(const pgdp_estimator *e, pgt_design *design);
    double unit, all;       /**< of the estimates of x3, and of all; 0: 1 */
    bool slopes;            /**< compare the slopes alone */
    const char *except;     /**< methods and covariances to which it does not apply */
    const char *may_refuse; /**< methods and covariances that may refuse the prepared design for its weights */
} change;

static bool is_named(const char *list, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

/* Terms that differ between the fits, the first with a line. Standard errors of draws are sums of many roundings. */
static size_t compare(const pgdp_fit *a, const pgdp_fit *b, const change *c, const char *vcov)
{
    for (size_t j = 0; j < a->n_terms; j++) {
        const pgdp_tidy x = pgdp_fit_tidy(a, j, 0.95), y = pgdp_fit_tidy(b, j, 0.95);
        const bool of_x3 = strstr(x.term, "x3") != NULL || pg_streq(x.term, "b3");
        const double unit = (of_x3 && c->unit > 0 ? c->unit : 1) * (c->all > 0 ? c->all : 1);
        if (c->slopes && strpbrk(x.term, "xb") == NULL) continue;
        if (c->slopes && (pg_streq(x.term, "b0") || strstr(x.term, "alpha") != NULL)) continue;
        const bool close = fabs(y.estimate - x.estimate * unit) <=
                               1e-8 * fmax(fabs(x.estimate * unit), isnan(x.std_error) ? 0 : x.std_error * unit) &&
                           is_close(y.std_error, x.std_error * unit, 1e-7) && is_close(y.p_value, x.p_value, 1e-5);
        if (close) continue;
        print_error("%s: %s, %s: %s is %.12g (%.12g, p %.9g), expected %.12g (%.12g, p %.9g)\n", c->name,
                    a->estimator->name, vcov, x.term, y.estimate, y.std_error, y.p_value, x.estimate * unit,
                    x.std_error * unit, x.p_value);
        return 1;
    }
    return 0;
}

static size_t check_pair(const pgdp_estimator *e, const pgdp_vcov *v, const change *c, bool absorbed)
{
    pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
    pgdp_fit *x = NULL, *y = NULL;
    size_t wrong = 0;
    if (c->prepare != NULL) c->prepare(&a);
    if (c->prepare != NULL) c->prepare(&b);
    c->alter(e, &b);
    if (absorbed) pgt_use_effect(&a);
    if (absorbed) pgt_use_effect(&b);
    const char *words = pgt_use_vcov(&a, v);
    pgt_use_vcov(&b, v);
    const pgdp_status s = pgdp_fit_new(ctx, e->name, words, &a.d, pgt_settings_for(e), &x);
    const pgdp_status r = pgdp_fit_new(ctx, e->name, words, &b.d, pgt_settings_for(e), &y);
    if (s == PGDP_OK && r == PGDP_OK) wrong = compare(x, y, c, v->name);
    const bool refused =
        s == PGDP_BAD_ARGUMENT && (is_named(c->may_refuse, e->name) || is_named(c->may_refuse, v->name));
    if (s != r && !refused) {
        wrong = 1;
        print_error("%s: %s, %s%s: %s, then %s: %s\n", c->name, e->name, v->name, absorbed ? " absorbed" : "",
                    pgdp_status_text(s), pgdp_status_text(r), pgdp_ctx_error(ctx));
    }
    pgdp_fit_free(x);
    pgdp_fit_free(y);
    pgt_design_free(&a);
    pgt_design_free(&b);
    return wrong;
}

static void check_all(const change *c)
{
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++)
            for (int absorbed = 0; absorbed <= (pgdp_estimator_at(i)->absorb != PGDP_ABSORB_NEVER); absorbed++)
                if (!is_named(c->except, pgdp_vcov_at(j)->name) && !is_named(c->except, pgdp_estimator_at(i)->name))
                    wrong += check_pair(pgdp_estimator_at(i), pgdp_vcov_at(j), c, absorbed);
    assert_int_equal(wrong, 0);
}

static void scale_x3(const pgdp_estimator *e, pgt_design *t)
{
    (void)e;
    for (size_t i = 0; i < N; i++)
        t->x[i + 3 * N] *= 1e6;
}

static void the_unit_of_a_regressor_changes_no_covariance_but_by_itself(void **state)
{
    (void)state;
    check_all(&(change){ "unit of x3", .alter = scale_x3, .unit = 1e-6, .except = "", .may_refuse = "" });
}

static void reorder(const pgdp_estimator *e, pgt_design *t)
{
    (void)e;
    pgt_reorder(t);
}

static void order_of_rows_changes_no_covariance(void **state)
{
    (void)state;
    check_all(&(change){ "order of rows", .alter = reorder, .except = "nw ri",
                         .may_refuse = "" }); /* time is the order of rows; draws are of rows */
}

static void use_aw(pgt_design *t)
{
    pgt_use_weights(t, PGDP_ANALYTIC);
}

static void use_pw(pgt_design *t)
{
    pgt_use_weights(t, PGDP_PROBABILITY);
}

static void use_fw(pgt_design *t)
{
    pgt_use_weights(t, PGDP_FREQUENCY);
}

static void scale_weights(const pgdp_estimator *e, pgt_design *t)
{
    (void)e;
    for (size_t i = 0; i < N; i++)
        t->w[i] *= 1234.5;
}

static void the_scale_of_analytic_weights_changes_nothing(void **state)
{
    (void)state;
    check_all(&(change){ "scale of aw", use_aw, scale_weights, .except = "", .may_refuse = "" });
}

static void the_scale_of_probability_weights_changes_nothing(void **state)
{
    (void)state;
    check_all(&(change){ "scale of pw", use_pw, scale_weights, .except = "", .may_refuse = "" });
}

static void repeat(const pgdp_estimator *e, pgt_design *t)
{
    size_t rows[MOST], n = 0;
    (void)e;
    for (size_t i = 0; i < N; i++)
        for (double w = t->w[i]; w > 0.5; w--)
            rows[n++] = i;
    pgt_take_rows(t, rows, n);
    t->d.weights.n = 0;
    t->d.weight_kind = PGDP_UNWEIGHTED;
}

static void a_frequency_is_so_many_rows_for_every_covariance(void **state)
{
    (void)state;
    check_all(&(change){ "frequencies", use_fw, repeat, .except = "", .may_refuse = "nw ri between random fd abond" });
}

static void shift_x3(const pgdp_estimator *e, pgt_design *t)
{
    (void)e;
    for (size_t i = 0; i < N; i++)
        t->x[i + 3 * N] += 250;
}

static void the_origin_of_a_regressor_changes_no_slope(void **state)
{
    (void)state;
    /* conley sets negative eigenvalues to 0, which is of the axes */
    check_all(&(change){ "origin of x3", .alter = shift_x3, .slopes = true, .except = "conley", .may_refuse = "" });
}

static void scale_y(const pgdp_estimator *e, pgt_design *t)
{
    for (size_t i = 0; i < N && !e->likelihood; i++)
        t->y[i] *= 1e6;
}

static void the_unit_of_the_outcome_changes_no_statistic(void **state)
{
    (void)state;
    check_all(&(change){ "unit of y", .alter = scale_y, .all = 1e6, .except = LIKELIHOODS "abond lasso enet",
                         .may_refuse = "" });
}

static void shift_y(const pgdp_estimator *e, pgt_design *t)
{
    for (size_t i = 0; i < N && !e->likelihood; i++)
        t->y[i] += 250;
}

static void the_origin_of_the_outcome_changes_no_slope(void **state)
{
    (void)state;
    /* levels are instruments of abond */
    check_all(&(change){ "origin of y", .alter = shift_y, .slopes = true, .except = LIKELIHOODS "abond conley",
                         .may_refuse = "" });
}

/** The effect's levels but the first as columns after the others. */
static void add_dummies(pgt_design *t)
{
    static const char *const terms[] = { "(Intercept)", "x1", "x2", "x3", "l1", "l2", "l3",
                                         "l4",          "l5", "l6", "l7", "l8", "l9", "l10" };
    double *x = calloc(14 * N, sizeof *x);
    memcpy(x, t->x, 4 * N * sizeof *x);
    for (size_t i = 0; i < N; i++)
        if (t->other[i] > 0) x[i + (3 + t->other[i]) * N] = 1;
    free(t->x);
    t->x = x;
    t->n_columns = 14;
    t->d.terms = terms;
    t->d.x = (pgdp_mat){ x, N, 14 };
}

static size_t check_dummies(const pgdp_estimator *e, const pgdp_vcov *v)
{
    pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
    pgdp_fit *x = NULL, *y = NULL;
    size_t wrong = 0;
    add_dummies(&a);
    pgt_use_effect(&b);
    pgt_use_vcov(&a, v);
    const char *words = pg_arena_printf(&ctx->scratch, "%s; ssc(k_effects=full, psd=no)", pgt_use_vcov(&b, v));
    const pgdp_status s = pgdp_fit_new(ctx, e->name, words, &a.d, NULL, &x);
    const pgdp_status r = pgdp_fit_new(ctx, e->name, words, &b.d, NULL, &y);
    for (size_t j = 1; s == PGDP_OK && r == PGDP_OK && j < 4; j++) {
        const pgdp_tidy p = pgdp_fit_tidy(x, j, 0.95), q = pgdp_fit_tidy(y, j - 1, 0.95);
        if (is_close(q.estimate, p.estimate, 1e-8) && is_close(q.std_error, p.std_error, 1e-7) &&
            is_close(q.p_value, p.p_value, 1e-5))
            continue;
        print_error("%s, %s absorbed: %s is %.12g (%.12g, p %.9g), with columns %.12g (%.12g, p %.9g)\n", e->name,
                    v->name, p.term, q.estimate, q.std_error, q.p_value, p.estimate, p.std_error, p.p_value);
        wrong++;
    }
    if (s != r && r == PGDP_OK) print_error("%s, %s: %s\n", e->name, v->name, pgdp_ctx_error(ctx));
    pgdp_fit_free(x);
    pgdp_fit_free(y);
    pgt_design_free(&a);
    pgt_design_free(&b);
    return wrong;
}

static void an_absorbed_effect_is_its_levels_as_columns(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        if (e->absorb == PGDP_ABSORB_NEVER || pgt_settings_for(e) != NULL) continue; /* columns would be penalised */
        if (pg_streq(e->name, "gmm")) continue; /* residuals of its last step need not sum to 0 over a level */
        for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++)
            wrong += check_dummies(e, pgdp_vcov_at(j));
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_unit_of_a_regressor_changes_no_covariance_but_by_itself),
        cmocka_unit_test(order_of_rows_changes_no_covariance),
        cmocka_unit_test(the_scale_of_analytic_weights_changes_nothing),
        cmocka_unit_test(the_scale_of_probability_weights_changes_nothing),
        cmocka_unit_test(the_origin_of_a_regressor_changes_no_slope),
        cmocka_unit_test(the_unit_of_the_outcome_changes_no_statistic),
        cmocka_unit_test(the_origin_of_the_outcome_changes_no_slope),
        cmocka_unit_test(an_absorbed_effect_is_its_levels_as_columns),
        cmocka_unit_test(a_frequency_is_so_many_rows_for_every_covariance),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
