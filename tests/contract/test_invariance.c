/* test_invariance.c  What changes no answer of any estimator, or changes it as the mathematics says: repeated rows and
 * their weight, units, the order of rows, a refit of all rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/option.h"
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 400, MOST = 3 * N, MOST_TERMS = 16 };

static bool is_named(const char *list, const char *name)
{
    const size_t n = strlen(name);
    for (const char *at = strstr(list, name); at != NULL; at = strstr(at + 1, name))
        if ((at == list || at[-1] == ' ') && (at[n] == ' ' || at[n] == '\0')) return true;
    return false;
}

/* Methods whose estimates are not normal have no other covariance. */
static const char *vcov_of(const pgdp_estimator *e, const char *wanted)
{
    return is_named("lasso enet", e->name) ? "none" : wanted;
}

static pgdp_fit *fit_of(const pgdp_estimator *e, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fit = NULL;
    return pgdp_fit_new(ctx, e->name, vcov_of(e, vcov), d, pgt_settings_for(e), &fit) == PGDP_OK ? fit : NULL;
}

static bool is_close(double got, double want, double rel, double abs)
{
    return (isnan(got) && isnan(want)) || fabs(got - want) <= fmax(abs, rel * fabs(want));
}

/** Factors by which an estimate may differ: of every term, and of those whose name holds a part. */
typedef struct units {
    double all, part_factor;
    const char *part;
} units;

/** Estimates, errors and statistics of b are those of a in the units. @return terms that differ, with a line each */
static size_t count_differences(const char *what, const pgdp_fit *a, const pgdp_fit *b, units u, double tol)
{
    size_t n = 0;
    if (a == NULL || b == NULL || a->n_terms != b->n_terms) {
        print_error("%s: one of the fits is not there or has other terms: %s\n", what, pgdp_ctx_error(ctx));
        return 1;
    }
    for (size_t j = 0; j < a->n_terms; j++) {
        const pgdp_tidy x = pgdp_fit_tidy(a, j, 0.95), y = pgdp_fit_tidy(b, j, 0.95);
        const double unit = u.all * (u.part != NULL && strstr(x.term, u.part) != NULL ? u.part_factor : 1);
        const double error = isnan(x.std_error) ? 0 : 0.1 * tol * x.std_error * fabs(unit);
        if (is_close(y.estimate, x.estimate * unit, tol, error) &&
            is_close(y.std_error, x.std_error * fabs(unit), tol, 0))
            continue;
        print_error("%s: %s (%s) is %.17g (%.17g), expected %.17g (%.17g)\n", what, a->estimator->name, x.term,
                    y.estimate, y.std_error, x.estimate * unit, x.std_error * fabs(unit));
        n++;
    }
    return n;
}

/** The same as two fits of a method on designs. */
static size_t compare(const char *what, const pgdp_estimator *e, const char *vcov, const pgdp_design *a,
                      const pgdp_design *b, units u)
{
    pgdp_fit *x = fit_of(e, vcov, a), *y = fit_of(e, vcov, b);
    const size_t n = count_differences(what, x, y, u, 1e-8);
    pgdp_fit_free(x);
    pgdp_fit_free(y);
    return n;
}

static const units same = { 1, 1, NULL };
static const char *const two_vcovs[] = { "iid", "HC1" };

/** Methods that refuse weights, and say so. */
static const char no_weights[] = "between random fd abond";

static size_t check_frequencies(const pgdp_estimator *e, bool absorbed)
{
    static size_t rows[MOST];
    size_t n = 0, wrong = 0;
    pgt_design weighted = pgt_design_for(e, N), repeated = pgt_design_for(e, N);
    pgt_use_weights(&weighted, PGDP_FREQUENCY);
    for (size_t i = 0; i < N; i++)
        for (double w = weighted.w[i]; w > 0.5; w--)
            rows[n++] = i;
    pgt_take_rows(&repeated, rows, n);
    if (absorbed) pgt_use_effect(&weighted);
    if (absorbed) pgt_use_effect(&repeated);
    if (is_named(no_weights, e->name)) {
        pgdp_fit *fit = NULL;
        assert_status(ctx, pgdp_fit_new(ctx, e->name, "iid", &weighted.d, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "weights");
    } else {
        for (size_t v = 0; v < 2; v++)
            wrong += compare("frequencies", e, two_vcovs[v], &repeated.d, &weighted.d, same);
    }
    pgt_design_free(&weighted);
    pgt_design_free(&repeated);
    return wrong;
}

static void a_frequency_is_so_many_rows(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        for (int absorbed = 0; absorbed <= (pgdp_estimator_at(i)->absorb != PGDP_ABSORB_NEVER); absorbed++)
            wrong += check_frequencies(pgdp_estimator_at(i), absorbed);
    assert_int_equal(wrong, 0);
}

static size_t check_order(const pgdp_estimator *e, bool absorbed)
{
    static const char *const vcovs[] = { "iid", "HC1", "cluster" };
    size_t wrong = 0;
    pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
    pgt_reorder(&b);
    if (absorbed) pgt_use_effect(&a);
    if (absorbed) pgt_use_effect(&b);
    a.d.n_clusterings = b.d.n_clusterings = 1;
    for (size_t v = 0; v < 3; v++)
        wrong += compare("order of rows", e, vcovs[v], &a.d, &b.d, same);
    pgt_design_free(&a);
    pgt_design_free(&b);
    return wrong;
}

static void order_of_rows_changes_nothing(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        for (int absorbed = 0; absorbed <= (pgdp_estimator_at(i)->absorb != PGDP_ABSORB_NEVER); absorbed++)
            wrong += check_order(pgdp_estimator_at(i), absorbed);
    assert_int_equal(wrong, 0);
}

/* Entities mixed, and time backwards within entities. */
static void a_panel_in_disorder_gives_the_same_answer_or_a_sentence(void **state)
{
    (void)state;
    size_t rows[2][N], wrong = 0;
    for (size_t i = 0; i < N; i++) {
        rows[0][i] = (7 * i + 3) % N;
        rows[1][i] = N - 1 - i;
    }
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (size_t order = 0; order < 2 && e->panel; order++) {
            pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
            pgt_take_rows(&b, rows[order], N);
            pgdp_fit *x = fit_of(e, "HC1", &a.d), *y = NULL;
            const pgdp_status status = pgdp_fit_new(ctx, e->name, "HC1", &b.d, NULL, &y);
            if (status == PGDP_OK)
                wrong += count_differences(order == 0 ? "entities mixed" : "time backwards", x, y, same, 1e-8) > 0;
            else
                wrong += status != PGDP_BAD_ARGUMENT || strstr(pgdp_ctx_error(ctx), "order") == NULL;
            if (status != PGDP_OK) print_error("%s: %s\n", e->name, pgdp_ctx_error(ctx));
            pgdp_fit_free(x);
            pgdp_fit_free(y);
            pgt_design_free(&a);
            pgt_design_free(&b);
        }
    }
    assert_int_equal(wrong, 0);
}

/* x3 times a factor: terms of it over the factor, all else as it was. */
static size_t check_unit(const pgdp_estimator *e, bool absorbed, double factor)
{
    size_t wrong = 0;
    pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
    for (size_t i = 0; i < N; i++)
        b.x[i + 3 * N] *= factor;
    if (absorbed) pgt_use_effect(&a);
    if (absorbed) pgt_use_effect(&b);
    const units u = { 1, 1 / factor, e->nonlinear ? "b3" : "x3" };
    for (size_t v = 0; v < 2; v++)
        wrong += compare(factor > 1 ? "x3 in small units" : "x3 in large units", e, two_vcovs[v], &a.d, &b.d, u);
    pgt_design_free(&a);
    pgt_design_free(&b);
    return wrong;
}

static void the_unit_of_a_regressor_changes_its_estimate_alone(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        for (int absorbed = 0; absorbed <= (pgdp_estimator_at(i)->absorb != PGDP_ABSORB_NEVER); absorbed++) {
            wrong += check_unit(pgdp_estimator_at(i), absorbed, 1e8);
            wrong += check_unit(pgdp_estimator_at(i), absorbed, 1e-8);
        }
    assert_int_equal(wrong, 0);
}

/** Methods that are not linear in the outcome under stated settings: a lambda in the unit of the outcome. */
static const char not_linear[] = "lasso enet";

static size_t check_outcome(const pgdp_estimator *e, bool absorbed, double factor)
{
    size_t wrong = 0;
    pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
    for (size_t i = 0; i < N; i++)
        b.y[i] *= factor;
    if (absorbed) pgt_use_effect(&a);
    if (absorbed) pgt_use_effect(&b);
    const units u = { factor, pg_streq(e->name, "abond") ? 1 / factor : 1, "y" }; /* lags of the outcome: no unit */
    for (size_t v = 0; v < 2; v++)
        wrong += compare("outcome in other units", e, two_vcovs[v], &a.d, &b.d, u);
    pgt_design_free(&a);
    pgt_design_free(&b);
    return wrong;
}

static void the_unit_of_the_outcome_scales_linear_methods(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        if (e->likelihood || is_named(not_linear, e->name)) continue;
        for (int absorbed = 0; absorbed <= (e->absorb != PGDP_ABSORB_NEVER); absorbed++) {
            wrong += check_outcome(e, absorbed, 1e8);
            wrong += check_outcome(e, absorbed, -1e-8);
        }
    }
    assert_int_equal(wrong, 0);
}

/* What pg_fit_refit() reads of a fit, whose rows are gone once it is handed over. */
static pgdp_fit reopened(const pgdp_fit *fit, const pgdp_design *d)
{
    pgdp_fit open = *fit;
    void *options = pg_arena_alloc(&ctx->scratch, 1, fit->estimator->options_size + 1);
    assert_ok(ctx, pg_options_read(ctx, "refit", fit->estimator->options, pgt_settings_for(fit->estimator), options));
    open.design = open.working = d;
    open.options = options;
    return open;
}

static size_t check_refit(const pgdp_estimator *e, bool absorbed, pgdp_weights kind)
{
    size_t rows[N], wrong = 0;
    double again[MOST_TERMS], outcome[MOST_TERMS];
    pgt_design t = pgt_design_for(e, N);
    if (absorbed) pgt_use_effect(&t);
    if (kind != PGDP_UNWEIGHTED) pgt_use_weights(&t, kind);
    pgdp_fit *fit = fit_of(e, "HC1", &t.d);
    for (size_t i = 0; i < N; i++)
        rows[i] = i;
    if (fit == NULL) { /* likelihoods have no analytic weights */
        assert_true(kind == PGDP_ANALYTIC && e->likelihood);
        assert_contains(pgdp_ctx_error(ctx), "analytic weights");
        pgt_design_free(&t);
        return 0;
    }
    const pgdp_fit open = reopened(fit, &t.d);
    const pgdp_status status = pg_fit_refit(ctx, &open, rows, N, again);
    if (status != PGDP_OK) print_error("refit of %s: %s\n", e->name, pgdp_ctx_error(ctx));
    wrong += status != PGDP_OK || pg_fit_refit_outcome(ctx, &open, t.y, outcome) != PGDP_OK;
    for (size_t j = 0; j < fit->n_terms && status == PGDP_OK; j++) {
        if (is_close(again[j], fit->estimate[j], 1e-10, 0) && is_close(outcome[j], fit->estimate[j], 1e-10, 0))
            continue;
        print_error("refit of %s: %s is %.17g and %.17g, expected %.17g\n", e->name, fit->terms[j], again[j],
                    outcome[j], fit->estimate[j]);
        wrong++;
    }
    pgdp_fit_free(fit);
    pgt_design_free(&t);
    return wrong;
}

static void a_refit_of_all_rows_is_the_estimate(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (int absorbed = 0; absorbed <= (e->absorb != PGDP_ABSORB_NEVER); absorbed++)
            for (int kind = PGDP_UNWEIGHTED; kind <= (is_named(no_weights, e->name) ? 0 : PGDP_FREQUENCY); kind++)
                wrong += check_refit(e, absorbed, (pgdp_weights)kind);
    }
    assert_int_equal(wrong, 0);
}

/** Something beside y and x, and what it is called. */
typedef struct part {
    const char *name;
    void (*add)(pgt_design *t);
} part;

static void add_offset(pgt_design *t)
{
    t->d.offset = (pgdp_vec){ t->w, N };
}

static void add_aw(pgt_design *t)
{
    pgt_use_weights(t, PGDP_ANALYTIC);
}

static void add_pw(pgt_design *t)
{
    pgt_use_weights(t, PGDP_PROBABILITY);
}

static void add_mean(pgt_design *t)
{
    if (t->d.x.n_cols == 4)
        t->d.mean = &t->roles->mean; /* of as many parameters as terms */
    else
        add_offset(t);
}

static bool differ(const pgdp_fit *a, const pgdp_fit *b)
{
    for (size_t j = 0; j < a->n_terms; j++)
        if (!is_close(a->estimate[j], b->estimate[j], 1e-9, 0)) return true;
    return false;
}

/* Instruments are there for methods that use them and left alone by others, as by ols beside iv. */
static void what_a_design_holds_is_used_or_refused(void **state)
{
    (void)state;
    static const part parts[] = {
        { "offset", add_offset }, { "weights", add_aw }, { "weights", add_pw }, { "mean", add_mean }
    };
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (size_t p = 0; p < 4 - (size_t)e->nonlinear; p++) {
            pgt_design a = pgt_design_for(e, N), b = pgt_design_for(e, N);
            parts[p].add(&b);
            pgdp_fit *x = fit_of(e, "HC1", &a.d), *y = fit_of(e, "HC1", &b.d);
            const bool silent = y != NULL && !differ(x, y);
            if (silent) print_error("%s takes no notice of %s\n", e->name, parts[p].name);
            if (y == NULL) assert_contains(pgdp_ctx_error(ctx), parts[p].name);
            wrong += silent;
            pgdp_fit_free(x);
            pgdp_fit_free(y);
            pgt_design_free(&a);
            pgt_design_free(&b);
        }
    }
    assert_int_equal(wrong, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frequency_is_so_many_rows),
        cmocka_unit_test(order_of_rows_changes_nothing),
        cmocka_unit_test(a_panel_in_disorder_gives_the_same_answer_or_a_sentence),
        cmocka_unit_test(the_unit_of_a_regressor_changes_its_estimate_alone),
        cmocka_unit_test(the_unit_of_the_outcome_scales_linear_methods),
        cmocka_unit_test(what_a_design_holds_is_used_or_refused),
        cmocka_unit_test(a_refit_of_all_rows_is_the_estimate),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
