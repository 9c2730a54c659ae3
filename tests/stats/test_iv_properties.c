/* test_iv_properties.c  Two-stage least squares, LIML and GMM: what must hold whatever the data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/iv_designs.h"
#include "tests/support/context.h"

static const char *const methods[] = { "iv", "liml", "gmm" };
static const char *const vcovs[] = { "iid", "HC0", "HC1", "cluster" };

static void instruments_that_are_the_terms_give_least_squares(void **state)
{
    (void)state;
    static const char *const all[] = { "iid", "HC0", "HC1", "HC2", "HC3", "HC4", "cluster" };
    iv_design t = iv_design_new(200, 2, 7, 1);
    pgdp_design *d = iv_tie(&t);
    memcpy(t.z, t.x + 2 * t.n, 2 * t.n * sizeof *t.z);
    d->z.n_cols = 2;
    for (size_t v = 0; v < sizeof all / sizeof *all; v++) {
        pgdp_fit *iv = iv_fit(ctx, "iv", all[v], d, "none", NULL), *ols = iv_fit(ctx, "ols", all[v], d, "none", NULL);
        iv_assert_same(iv, ols, 1e-12);
        pgdp_fit_free(iv);
        pgdp_fit_free(ols);
    }
    iv_design_free(&t);
}

static void exactly_identified_methods_agree(void **state)
{
    (void)state;
    iv_design t = iv_design_new(200, 2, 8, 1);
    pgdp_design *d = iv_tie(&t);
    memcpy(t.z + t.n, t.z + 2 * t.n, t.n * sizeof *t.z); /* z1, z3 */
    d->z.n_cols = 2;
    for (size_t v = 1; v < 4; v++) {
        pgdp_fit *iv = iv_fit(ctx, "iv", vcovs[v], d, "none", NULL);
        pgdp_fit *liml = iv_fit(ctx, "liml", vcovs[v], d, "none", NULL);
        pgdp_fit *gmm = iv_fit(ctx, "gmm", vcovs[v], d, "none", NULL);
        for (size_t j = 0; j < 4; j++) {
            const pgdp_tidy a = pgdp_fit_tidy(iv, j, 0.95), b = pgdp_fit_tidy(gmm, j, 0.95);
            assert_close(pgdp_fit_estimate(liml).x[j], a.estimate, 0, 0);
            assert_close(b.estimate, a.estimate, 1e-11, 0);
            assert_close(b.std_error, a.std_error, 1e-11, 0);
        }
        assert_close(iv_line(liml, "kappa", 0).statistic, 1, 0, 0);
        pgdp_fit_free(iv);
        pgdp_fit_free(liml);
        pgdp_fit_free(gmm);
    }
    iv_design_free(&t);
}

/* A change of the instruments that leaves what they span: nothing may move. */
static void check_span(void (*change)(iv_design *t), double tolerance)
{
    for (size_t m = 0; m < 3; m++) {
        for (size_t v = 0; v < 4; v++) {
            iv_design t = iv_design_new(150, 1 + v % 2, 9, 1);
            pgdp_design *d = iv_tie(&t);
            pgdp_fit *before = iv_fit(ctx, methods[m], vcovs[v], d, NULL, NULL);
            change(&t);
            pgdp_fit *after = iv_fit(ctx, methods[m], vcovs[v], d, NULL, NULL);
            iv_assert_same(after, before, tolerance);
            pgdp_fit_free(before);
            pgdp_fit_free(after);
            iv_design_free(&t);
        }
    }
}

static void scale(iv_design *t)
{
    for (size_t i = 0; i < t->n; i++) {
        t->z[i] *= 1e8;
        t->z[i + 2 * t->n] *= 1e-8;
    }
}

static void reverse(iv_design *t)
{
    for (size_t i = 0; i < 2 * t->n; i++) {
        const size_t row = i % t->n, j = i / t->n;
        const double kept = t->z[i];
        t->z[i] = t->z[row + (3 - j) * t->n];
        t->z[row + (3 - j) * t->n] = kept;
    }
}

static void mix(iv_design *t)
{
    for (size_t i = 0; i < t->n; i++) {
        t->z[i] += 3 - 2 * t->x[i + t->n];
        t->z[i + t->n] -= 0.7 * t->z[i];
        t->z[i + 3 * t->n] += 0.25 * t->z[i + 2 * t->n] + 5;
    }
}

static void units_of_instruments_do_not_matter(void **state)
{
    (void)state;
    check_span(scale, 1e-11);
}

static void the_order_of_instruments_does_not_matter(void **state)
{
    (void)state;
    check_span(reverse, 1e-11);
}

static void exogenous_parts_of_instruments_do_not_matter(void **state)
{
    (void)state;
    check_span(mix, 1e-11);
}

/* y + a x1 + b e1: the coefficients move by a and b alone. */
static void adding_terms_to_the_outcome_moves_their_coefficients(void **state)
{
    (void)state;
    for (size_t m = 0; m < 3; m++) {
        iv_design t = iv_design_new(150, 2, 10, 1);
        pgdp_fit *before = iv_fit(ctx, methods[m], "HC1", iv_tie(&t), NULL, NULL);
        for (size_t i = 0; i < t.n; i++)
            t.y[i] += 2.5 * t.x[i + t.n] - 1.5 * t.x[i + 2 * t.n];
        pgdp_fit *after = iv_fit(ctx, methods[m], "HC1", iv_tie(&t), NULL, NULL);
        const double moved[] = { 0, 2.5, -1.5, 0 };
        for (size_t j = 0; j < 4; j++) {
            const double error = pgdp_fit_tidy(before, j, 0.95).std_error;
            assert_close(pgdp_fit_estimate(after).x[j], pgdp_fit_estimate(before).x[j] + moved[j], 0, 1e-11 * error);
            assert_close(pgdp_fit_tidy(after, j, 0.95).std_error, error, 1e-10, 0);
        }
        pgdp_fit_free(before);
        pgdp_fit_free(after);
        iv_design_free(&t);
    }
}

/* Endogenous terms may stand anywhere among the terms. */
static void the_order_of_terms_does_not_matter(void **state)
{
    (void)state;
    static const size_t to[] = { 1, 3, 0, 2 }; /* e1, constant, e2, x1 */
    static const char *const terms[] = { "e1", "(Intercept)", "e2", "x1" };
    const size_t first[] = { 0, 2 };
    for (size_t m = 0; m < 3; m++) {
        iv_design t = iv_design_new(150, 2, 18, 1), moved = iv_design_new(150, 2, 18, 1);
        for (size_t j = 0; j < 4; j++)
            memcpy(moved.x + to[j] * t.n, t.x + j * t.n, t.n * sizeof *t.x);
        pgdp_fit *before = iv_fit(ctx, methods[m], "cluster", iv_tie(&t), NULL, NULL);
        pgdp_design *d = iv_tie(&moved);
        d->endogenous = first;
        d->constant = 1;
        d->terms = terms;
        pgdp_fit *after = iv_fit(ctx, methods[m], "cluster", d, NULL, NULL);
        for (size_t j = 0; j < 4; j++) {
            const pgdp_tidy a = pgdp_fit_tidy(before, j, 0.95), b = pgdp_fit_tidy(after, to[j], 0.95);
            assert_close(b.estimate, a.estimate, 1e-11, 0);
            assert_close(b.std_error, a.std_error, 1e-11, 0);
        }
        for (size_t i = 0; i < before->n_diagnostics; i++)
            assert_close(pgdp_fit_diagnostic(after, i).statistic, pgdp_fit_diagnostic(before, i).statistic, 1e-10, 0);
        assert_close(pgdp_fit_glance(after).statistic, pgdp_fit_glance(before).statistic, 1e-9, 0);
        pgdp_fit_free(before);
        pgdp_fit_free(after);
        iv_design_free(&t);
        iv_design_free(&moved);
    }
}

/* Row i as often as its weight, 1 to 3, says. */
static iv_design repeated(const iv_design *from, size_t n_endogenous)
{
    size_t n = 0, at = 0;
    for (size_t i = 0; i < from->n; i++)
        n += (size_t)from->w[i];
    iv_design t = iv_design_new(n, n_endogenous, 1, 1);
    for (size_t i = 0; i < from->n; i++) {
        for (size_t r = 0; r < (size_t)from->w[i]; r++, at++) {
            t.y[at] = from->y[i];
            t.group[at] = from->group[i];
            for (size_t j = 0; j < 4; j++) {
                t.x[at + j * n] = from->x[i + j * from->n];
                t.z[at + j * n] = from->z[i + j * from->n];
            }
        }
    }
    return t;
}

static void frequency_weights_are_repeated_rows(void **state)
{
    (void)state;
    iv_design t = iv_design_new(80, 2, 11, 1);
    for (size_t i = 0; i < t.n; i++)
        t.w[i] = 1 + (double)(i % 3);
    iv_design all = repeated(&t, 2);
    pgdp_design *d = iv_tie(&t);
    d->weights = (pgdp_vec){ t.w, t.n };
    d->weight_kind = PGDP_FREQUENCY;
    for (size_t m = 0; m < 3; m++) {
        for (size_t v = 0; v < 4; v++) {
            pgdp_fit *weighted = iv_fit(ctx, methods[m], vcovs[v], d, NULL, NULL);
            pgdp_fit *rows = iv_fit(ctx, methods[m], vcovs[v], iv_tie(&all), NULL, NULL);
            iv_assert_same(weighted, rows, 1e-11);
            pgdp_fit_free(weighted);
            pgdp_fit_free(rows);
        }
    }
    iv_design_free(&t);
    iv_design_free(&all);
}

/* Effects taken out by the runner, or as dummies among the exogenous terms: one answer, diagnostics too. Of GMM only
 * the estimate: its second residuals are not orthogonal to dummies that it estimates, but to effects taken out. */
static void absorbed_effects_are_dummies(void **state)
{
    (void)state;
    enum { N = 150, LEVELS = 5 };
    static const char *const terms[] = { "(Intercept)", "x1", "f2", "f3", "f4", "f5", "e1", "e2" };
    static const char *const left[] = { "x1", "e1", "e2" };
    size_t level[N], late[] = { 6, 7 }, early[] = { 1, 2 };
    iv_design t = iv_design_new(N, 2, 16, 1);
    double *x = calloc(8 * N, sizeof *x);
    for (size_t i = 0; i < N; i++) {
        level[i] = (i * i) % LEVELS == 0 ? i % 3 : i % LEVELS;
        for (size_t j = 0; j < 2; j++)
            x[i + j * N] = t.x[i + j * N];
        for (size_t j = 1; j < LEVELS; j++)
            x[i + (1 + j) * N] = level[i] == j;
        for (size_t j = 0; j < 2; j++)
            x[i + (6 + j) * N] = t.x[i + (2 + j) * N];
    }
    const pgdp_effect effect = { .name = "f", .level = level, .n_levels = LEVELS };
    pgdp_design dummies = *iv_tie(&t), absorbed = dummies;
    dummies.x = (pgdp_mat){ x, N, 8 };
    dummies.terms = terms;
    dummies.endogenous = late;
    absorbed.x = (pgdp_mat){ t.x + N, N, 3 };
    absorbed.terms = left;
    absorbed.constant = PGDP_NONE;
    absorbed.endogenous = early;
    absorbed.effects = &effect;
    absorbed.n_effects = 1;
    for (size_t m = 0; m < 3; m++) {
        pgdp_fit *a = iv_fit(ctx, methods[m], "HC1", &absorbed, NULL, NULL);
        pgdp_fit *b = iv_fit(ctx, methods[m], "HC1", &dummies, NULL, NULL);
        const size_t of_a[] = { 0, 1, 2 }, of_b[] = { 1, 6, 7 };
        for (size_t j = 0; j < 3; j++) {
            const pgdp_tidy p = pgdp_fit_tidy(a, of_a[j], 0.95), q = pgdp_fit_tidy(b, of_b[j], 0.95);
            assert_close(p.estimate, q.estimate, 1e-10, 0);
            assert_close(p.std_error, q.std_error, m == 2 ? 0.01 : 1e-10, 0);
        }
        for (size_t i = 0; i < b->n_diagnostics; i++) {
            const pgdp_diagnostic q = pgdp_fit_diagnostic(b, i);
            size_t nth = 0;
            for (size_t before = 0; before < i; before++)
                nth += pg_streq(pgdp_fit_diagnostic(b, before).name, q.name);
            assert_close(iv_line(a, q.name, nth).statistic, q.statistic, 1e-9, 0);
            assert_close(iv_line(a, q.name, nth).df2, q.df2, 0, 0);
        }
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    free(x);
    iv_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(instruments_that_are_the_terms_give_least_squares),
        cmocka_unit_test(exactly_identified_methods_agree),
        cmocka_unit_test(units_of_instruments_do_not_matter),
        cmocka_unit_test(the_order_of_instruments_does_not_matter),
        cmocka_unit_test(exogenous_parts_of_instruments_do_not_matter),
        cmocka_unit_test(adding_terms_to_the_outcome_moves_their_coefficients),
        cmocka_unit_test(the_order_of_terms_does_not_matter),
        cmocka_unit_test(frequency_weights_are_repeated_rows),
        cmocka_unit_test(absorbed_effects_are_dummies),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
