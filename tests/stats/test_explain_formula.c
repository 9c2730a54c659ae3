/* test_explain_formula.c  What `explain formula` says before a fit is what the fit says afterwards.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

enum { N = 80 };

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
} fixture;

static pgdp_frame *make(pgdp_ctx *ctx)
{
    static const char *const names[] = { "y", "x", "z", "w", "g", "t", "b" };
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(51, "explain formula", 0);
    size_t index;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < 7; j++)
        assert_ok(ctx,
                  pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = names[j], .type = PGDP_REAL }, &index));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "f", .type = PGDP_TEXT }, &index));
    for (size_t i = 0; i < N; i++) {
        const double x = pg_random_normal(&random), z = pg_random_normal(&random);
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_real(frame, 0, 1 + x - z + pg_random_normal(&random));
        if (i % 11 != 0) pgdp_frame_set_real(frame, 1, x + 0.3 * z);
        pgdp_frame_set_real(frame, 2, z);
        pgdp_frame_set_real(frame, 3, (double)(i % 4)); /* weights, 0 among them */
        pgdp_frame_set_real(frame, 4, (double)(i == 5 ? 99 : i / 10));
        pgdp_frame_set_real(frame, 5, (double)(i % 10));
        pgdp_frame_set_real(frame, 6, i / 10 == 2 || x > 0); /* 1 in all rows of g = 2: separated by its effect */
        static const char *const levels[] = { "low", "mid", "say \"high\"" };
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 7, levels[i % 3], PGDP_NONE));
    }
    return frame;
}

static int open_fixture(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    f.frame = make(f.ctx);
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->frame);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static pgt_buffer explained(const fixture *f, const pgdp_regression_spec *spec, bool as_json)
{
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(f->ctx, pgdp_explain_formula(f->ctx, f->frame, spec, as_json, &sink));
    return buffer;
}

static pg_json_document *parsed(const fixture *f, const pgdp_regression_spec *spec)
{
    pgt_buffer buffer = explained(f, spec, true);
    pg_json_document *document = NULL;
    assert_ok(f->ctx, pg_json_parse(f->ctx, "explained", buffer.data, buffer.n, &document));
    pgt_buffer_free(&buffer);
    assert_string_equal(pg_json_text(pg_json_member(pg_json_root(document), "schema")), "pgdp.formula/1");
    return document;
}

static double number(const pg_json_value *object, const char *key)
{
    double out = -1;
    assert_true(pg_json_number(pg_json_member(object, key), &out));
    return out;
}

/* Columns of the plan: the terms of the fit and those it left out for collinearity, in the plan's order. */
static void check_columns(const pg_json_value *plan, const pgdp_regression *r)
{
    const pg_json_value *columns = pg_json_member(plan, "columns");
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const char *term, *because;
    size_t n_left_out = 0, next = 0;
    while (pgdp_regression_collinear(r, n_left_out, &term, &because))
        n_left_out++;
    for (size_t i = 0, left = 0; i < pg_json_count(columns); i++) {
        const char *name = pg_json_text(pg_json_at(columns, i));
        if (left < n_left_out && pgdp_regression_collinear(r, left, &term, &because) && pg_streq(term, name))
            left++;
        else
            assert_string_equal(name, pgdp_fit_term(fit, next++));
    }
    assert_int_equal(pg_json_count(columns), next + n_left_out);
}

static void check_plan(const pg_json_value *plan, const pgdp_model *m)
{
    assert_string_equal(pg_json_text(pg_json_member(plan, "formula")), m->formula);
    if (m->subset != NULL) assert_string_equal(pg_json_text(pg_json_member(plan, "subset")), m->subset);
    if (m->regression == NULL) fail_msg("%s: %s", m->formula, m->error);
    const pgdp_regression_spec *spec = pgdp_regression_spec_of(m->regression);
    const pgdp_dropped dropped = pgdp_regression_dropped(m->regression);
    const pg_json_value *left = pg_json_member(plan, "dropped");
    assert_string_equal(pg_json_text(pg_json_member(plan, "method")), spec->method);
    assert_string_equal(pg_json_text(pg_json_member(plan, "vcov")), spec->vcov);
    assert_close(number(plan, "nobs"), pgdp_fit_glance(pgdp_regression_fit(m->regression)).nobs, 0, 0);
    assert_close(number(left, "missing"), (double)dropped.missing, 0, 0);
    assert_close(number(left, "zero_weight"), (double)dropped.zero_weight, 0, 0);
    assert_close(number(left, "singletons"), (double)dropped.singletons, 0, 0);
    assert_close(number(left, "separated"), (double)dropped.separated, 0, 0);
    assert_close(number(left, "subset"), (double)dropped.subset, 0, 0);
    check_columns(plan, m->regression);
}

static const pgdp_setting taus[] = { { "tau", "0.25,0.75" }, { NULL, NULL } };
static const pgdp_regression_spec specs[] = {
    { .formula = "y ~ x + i(f) + I(2*x)", .vcov = "HC1" },
    { .formula = "y ~ csw(x, z) | sw0(g, g + f)", .vcov = "iid" },
    { .formula = "y ~ z | x ~ w + t", .vcov = "HC1", .diagnostics = "none" },
    { .formula = "y ~ x", .vcov = "iid", .weights = "fw:w", .split = "f", .split_full = true },
    { .formula = "y ~ x", .vcov = "iid", .weights = "aw:w", .subset = "t > 2" },
    { .formula = "b ~ z | g", .method = "logit", .vcov = "iid" },
    { .formula = "y ~ l(x, 1:2)", .vcov = "nw(lag=2)", .panel = "g,t" },
    { .formula = "y ~ x", .method = "quantile", .vcov = "iid", .settings = taus },
    { .formula = "y ~ a + c*z", .method = "nls", .vcov = "iid", .start = "a = 1, c = 0" },
};

static void counts_and_columns_are_those_of_the_fits_afterwards(void **state)
{
    const fixture *f = *state;
    static const size_t n[] = { 1, 6, 1, 4, 1, 1, 1, 2, 1 };
    size_t n_singletons = 0, n_separated = 0;
    for (size_t s = 0; s < sizeof specs / sizeof *specs; s++) {
        pg_json_document *document = parsed(f, &specs[s]);
        const pg_json_value *plans = pg_json_member(pg_json_root(document), "models");
        pgdp_models *models = NULL;
        assert_ok(f->ctx, pgdp_models_new(f->ctx, f->frame, &specs[s], &models));
        assert_int_equal(pgdp_models_n(models), n[s]);
        assert_int_equal(pg_json_count(plans), n[s]);
        for (size_t i = 0; i < n[s]; i++) {
            const pgdp_model m = pgdp_models_at(models, i);
            check_plan(pg_json_at(plans, i), &m);
            n_singletons += pgdp_regression_dropped(m.regression).singletons;
            n_separated += pgdp_regression_dropped(m.regression).separated;
        }
        pgdp_models_free(models);
        pg_json_document_free(document);
    }
    assert_true(n_singletons > 0 && n_separated > 0); /* what was compared was there */
}

static void effects_instruments_and_endogenous_terms_are_named(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ z | g | x ~ w + t", .vcov = "cluster(g)" };
    pg_json_document *document = parsed(f, &spec);
    const pg_json_value *plan = pg_json_at(pg_json_member(pg_json_root(document), "models"), 0);
    assert_string_equal(pg_json_text(pg_json_member(plan, "method")), "iv");
    const pg_json_value *effect = pg_json_at(pg_json_member(plan, "absorbed"), 0);
    assert_string_equal(pg_json_text(pg_json_member(effect, "effect")), "g");
    assert_close(number(effect, "levels"), 8, 0, 0); /* the ninth has one row */
    assert_string_equal(pg_json_text(pg_json_at(pg_json_member(plan, "endogenous"), 0)), "x");
    assert_int_equal(pg_json_count(pg_json_member(plan, "endogenous")), 1);
    assert_string_equal(pg_json_text(pg_json_at(pg_json_member(plan, "instruments"), 0)), "w");
    assert_string_equal(pg_json_text(pg_json_at(pg_json_member(plan, "instruments"), 1)), "t");
    pg_json_document_free(document);
}

static void the_text_says_the_same(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ sw(x, z) | g", .vcov = "HC1", .subset = "t > 1" };
    pgt_buffer text = explained(f, &spec, false);
    pgdp_models *models = NULL;
    assert_ok(f->ctx, pgdp_models_new(f->ctx, f->frame, &spec, &models));
    for (size_t i = 0; i < 2; i++) {
        const pgdp_model m = pgdp_models_at(models, i);
        const pgdp_dropped d = pgdp_regression_dropped(m.regression);
        char want[400];
        (void)snprintf(
            want, sizeof want,
            "%smodel %zu of 2: %s\n  subset       t > 1\n  method       ols\n  covariance   HC1\n"
            "  observations %g (left out: %zu missing, 0 of weight 0, %zu singletons, 0 separated, %zu outside "
            "the subset)\n  columns      %s\n  absorbed     g (8 levels)\n",
            i == 0 ? "" : "\n", i + 1, m.formula, pgdp_fit_glance(pgdp_regression_fit(m.regression)).nobs, d.missing,
            d.singletons, d.subset, i == 0 ? "x" : "z");
        assert_contains(text.data, want);
    }
    pgdp_models_free(models);
    pgt_buffer_free(&text);
}

static void a_model_that_cannot_be_built_is_told_among_the_others(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ sw(x, xs, z)", .vcov = "iid" };
    pg_json_document *document = parsed(f, &spec);
    const pg_json_value *plans = pg_json_member(pg_json_root(document), "models");
    assert_int_equal(pg_json_count(plans), 3);
    const char *error = pg_json_text(pg_json_member(pg_json_at(plans, 1), "error"));
    assert_contains(error, "found \"xs\"");
    assert_null(pg_json_member(pg_json_at(plans, 1), "nobs"));
    assert_null(pg_json_member(pg_json_at(plans, 0), "error"));
    assert_null(pg_json_member(pg_json_at(plans, 2), "error"));
    pg_json_document_free(document);
    pgt_buffer text = explained(f, &spec, false);
    assert_contains(text.data, "model 2 of 3: y ~ xs\n  cannot be fitted: formula:1:5: found \"xs\"");
    assert_contains(text.data, "\nmodel 3 of 3: y ~ z\n  method");
    pgt_buffer_free(&text);
}

/* A mean that no least squares solves, a logit without a maximum, more columns than rows: only a fit would find out. */
static void nothing_is_estimated(void **state)
{
    const fixture *f = *state;
    static const pgdp_regression_spec cases[] = {
        { .formula = "y ~ a*exp(c*z) + d*exp(c*z)", .method = "nls", .vcov = "iid", .start = "a = 1, c = 700, d = 1" },
        { .formula = "I(y > x) ~ I(y - x)", .method = "logit", .vcov = "none" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_regression *r = NULL;
        assert_true(pgdp_regress(f->ctx, f->frame, &cases[i], &r) != PGDP_OK);
        pg_json_document *document = parsed(f, &cases[i]);
        assert_null(pg_json_member(pg_json_at(pg_json_member(pg_json_root(document), "models"), 0), "error"));
        pg_json_document_free(document);
    }
}

static void a_full_sink_and_a_bad_list_are_answers(void **state)
{
    const fixture *f = *state;
    for (int as_json = 0; as_json <= 1; as_json++) {
        pgt_buffer buffer = { NULL, 0, 40 };
        const pgdp_sink sink = pgt_sink(&buffer);
        assert_true(pgdp_explain_formula(f->ctx, f->frame, &specs[0], as_json, &sink) != PGDP_OK);
        const pgdp_regression_spec none = { .vcov = "iid" };
        assert_status(f->ctx, pgdp_explain_formula(f->ctx, f->frame, &none, as_json, &sink), PGDP_BAD_ARGUMENT);
        pgt_buffer_free(&buffer);
    }
}

static pgdp_status explain_all(pgdp_ctx *ctx, void *user)
{
    pgdp_status status = PGDP_OK;
    for (size_t i = 0; i < 4 && status == PGDP_OK; i++) {
        pgt_buffer buffer = { NULL, 0, 0 };
        const pgdp_sink sink = pgt_sink(&buffer);
        status = pgdp_explain_formula(ctx, user, &specs[i], i % 2 == 0, &sink);
        pgt_buffer_free(&buffer);
    }
    return status;
}

static void every_allocation_may_fail(void **state)
{
    const fixture *f = *state;
    assert_true(pgt_fail_every_allocation(explain_all, f->frame) >= 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(counts_and_columns_are_those_of_the_fits_afterwards),
        TEST(effects_instruments_and_endogenous_terms_are_named),
        TEST(the_text_says_the_same),
        TEST(a_model_that_cannot_be_built_is_told_among_the_others),
        TEST(nothing_is_estimated),
        TEST(a_full_sink_and_a_bad_list_are_answers),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
