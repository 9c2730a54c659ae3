/* test_regression.c  Regressions in words: what is left out, what is written, what does not matter.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static const char table[] = "y x z f:t w\n"
                            "2.385 1.5 -3 b 1\n"
                            "3.125 2.5 0.25 a 2\n"
                            "4.75 4 7 c 0\n"
                            "-1.5 . 2 a 1.5\n"
                            "6.5 8.25 0 a 3\n"
                            "9.125 16 1 c 1\n"
                            "7.75 32.5 5 b 2\n"
                            "5.5 12 -1.75 c 2.25\n"
                            "4.125 9.5 3.5 b 0.5\n";

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
} fixture;

static int open_fixture(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    assert_non_null(f.ctx);
    f.frame = pgt_frame(f.ctx, table);
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

static pgdp_regression *regress(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec)
{
    pgdp_regression *r = NULL;
    assert_ok(ctx, pgdp_regress(ctx, frame, spec, &r));
    return r;
}

static void a_collinear_column_is_named_and_left_out(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x + z + I(2*x - 3*z) + log(w + 1)", .vcov = "iid" };
    const pgdp_regression_spec without = { .formula = "y ~ x + z + log(w + 1)", .vcov = "iid" };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec), *plain = regress(f->ctx, f->frame, &without);
    const char *name, *because;
    assert_true(pgdp_regression_collinear(r, 0, &name, &because));
    assert_string_equal(name, "I(2 * x - 3 * z)");
    assert_string_equal(because, "equals 2 * x - 3 * z");
    assert_false(pgdp_regression_collinear(r, 1, &name, &because));
    assert_int_equal(pgdp_fit_n_terms(pgdp_regression_fit(r)), 4);
    assert_memory_equal(pgdp_fit_estimate(pgdp_regression_fit(r)).x, pgdp_fit_estimate(pgdp_regression_fit(plain)).x,
                        4 * sizeof(double));
    pgdp_regression_free(r);
    pgdp_regression_free(plain);
}

static void a_factor_of_one_level_is_named_as_the_constant(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ f", .vcov = "HC1", .subset = "f == \"b\"" };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    const char *name, *because;
    assert_true(pgdp_regression_collinear(r, 0, &name, &because));
    assert_string_equal(name, "f::b");
    assert_string_equal(because, "equals (Intercept)");
    pgdp_regression_free(r);
}

/* In f alone, in a sum with it, and as a multiple of an earlier term once f is out. */
static void what_absorbed_effects_leave_nothing_of_is_named(void **state)
{
    const fixture *f = *state;
    static const char *const methods[] = { "ols", "poisson" };
    for (size_t i = 0; i < 2; i++) {
        const pgdp_regression_spec spec = {
            .formula = "I(y^2) ~ I(3*(f == \"a\") - 0.1) + x + I(2*x + (f == \"b\")) + I(x - x) | f",
            .method = methods[i],
            .vcov = "iid"
        };
        pgdp_regression *r = regress(f->ctx, f->frame, &spec);
        static const char *const reasons[] = { "is constant within the absorbed effects", "equals 2 * x",
                                               "is zero in every row" };
        const char *name, *because;
        for (size_t k = 0; k < 3; k++) {
            assert_true(pgdp_regression_collinear(r, k, &name, &because));
            assert_string_equal(because, reasons[k]);
        }
        assert_false(pgdp_regression_collinear(r, 3, &name, &because));
        assert_int_equal(pgdp_fit_n_terms(pgdp_regression_fit(r)), 1);
        assert_string_equal(pgdp_fit_term(pgdp_regression_fit(r), 0), "x");
        pgdp_regression_free(r);
    }
}

static void what_was_asked_is_kept_as_a_copy(void **state)
{
    const fixture *f = *state;
    char formula[] = "y ~ x", vcov[] = "HC1";
    const pgdp_regression_spec spec = { .id = "m1", .formula = formula, .vcov = vcov, .conf_level = 0.9 };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    memset(formula, '?', sizeof formula - 1);
    memset(vcov, '?', sizeof vcov - 1);
    assert_string_equal(pgdp_regression_spec_of(r)->formula, "y ~ x");
    assert_string_equal(pgdp_regression_spec_of(r)->vcov, "HC1");
    assert_string_equal(pgdp_regression_spec_of(r)->method, "ols");
    assert_null(pgdp_regression_spec_of(r)->subset);
    assert_close(pgdp_regression_conf_level(r), 0.9, 0, 0);
    assert_int_equal(pgdp_regression_dropped(r).missing, 1);
    pgdp_regression_free(r);
}

static void mistakes_have_a_sentence_and_a_status(void **state)
{
    static const struct {
        pgdp_regression_spec spec;
        pgdp_status status;
        const char *part;
    } cases[] = {
        { { .vcov = "iid" }, PGDP_BAD_ARGUMENT, "found no formula" },
        { { .formula = "y ~ x" }, PGDP_BAD_ARGUMENT, "found no vcov, expected one such as iid, HC1, cluster(a)" },
        { { .formula = "y ~ x", .vcov = "HC7" }, PGDP_NOT_FOUND, "\"HC7\"" },
        { { .formula = "y ~ x", .vcov = "cluster" },
          PGDP_BAD_ARGUMENT,
          "covariance cluster needs a variable: cluster(firm)" },
        { { .formula = "y ~ x", .vcov = "cluster(g)" }, PGDP_NOT_FOUND, "vcov:1:9: found \"g\", expected a column" },
        { { .formula = "y ~ x", .vcov = "cluster(f * w)" }, PGDP_BAD_ARGUMENT, "expected the columns to cluster on" },
        { { .formula = "y ~ x", .vcov = "cluster(f" },
          PGDP_BAD_ARGUMENT,
          "vcov:1:10: found the end, expected `,` or `)`" },
        { { .formula = "y ~ x", .vcov = "HC1(f)" },
          PGDP_BAD_ARGUMENT,
          "vcov:1:5: found \"f\", expected settings by name" },
        { { .formula = "y ~ x", .vcov = "nw(lags=4)" }, PGDP_NOT_FOUND, "lag" },
        { { .formula = "y ~ x", .vcov = "nw(4)" },
          PGDP_BAD_ARGUMENT,
          "vcov:1:4: found \"4\", expected settings by name such as lag=4" },
        { { .formula = "y ~ x", .vcov = "iid", .subset = "w = 2" },
          PGDP_BAD_ARGUMENT,
          "subset:1:3: found \"=\", expected an operator or the end; write == to compare" },
        { { .formula = "y ~ x", .vcov = "iid", .method = "olss" }, PGDP_NOT_FOUND, "\"ols\"" },
        { { .formula = "y ~ x", .vcov = "iid", .conf_level = 95 }, PGDP_BAD_ARGUMENT, "confidence level" },
        { { .formula = "y ~ x + f*z + i(f, x)", .vcov = "iid" },
          PGDP_TOO_FEW_OBS,
          "found 8 rows for at least 9 terms" },
    };
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pgdp_regression *r = NULL;
        assert_status(f->ctx, pgdp_regress(f->ctx, f->frame, &cases[i].spec, &r), cases[i].status);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].part);
        assert_null(r);
    }
}

static pg_json_document *written(const fixture *f, const pgdp_regression *const *list, size_t n)
{
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pg_json_document *document = NULL;
    assert_ok(f->ctx, pgdp_regressions_write(f->ctx, "json", list, n, NULL, &sink));
    assert_ok(f->ctx, pg_json_parse(f->ctx, "written", buffer.data, buffer.n, &document));
    pgt_buffer_free(&buffer);
    return document;
}

/** Member names joined by blanks. */
static const char *names_of(const fixture *f, const pg_json_value *object)
{
    pg_text text;
    const char *key;
    pg_text_init(&text, &f->ctx->scratch);
    for (size_t i = 0; (key = pg_json_member_at(object, i, NULL)) != NULL; i++)
        pg_text_addf(&text, i == 0 ? "%s" : " %s", key);
    return text.data;
}

static void json_has_every_name_of_the_schema(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x + z + I(x*2)", .vcov = "cluster(f)", .weights = "aw:w" };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    const pgdp_regression *const list[] = { r, r };
    pg_json_document *document = written(f, list, 2);
    assert_int_equal(pg_json_count(pg_json_root(document)), 2);
    const pg_json_value *one = pg_json_at(pg_json_root(document), 1), *model = pg_json_member(one, "model");
    assert_string_equal(names_of(f, one), "schema model tidy glance diagnostics certificate");
    assert_string_equal(pg_json_text(pg_json_member(one, "schema")), "pgdp.regression/1");
    assert_string_equal(names_of(f, model), "formula method weights vcov conf_level nobs dropped collinear");
    assert_string_equal(names_of(f, pg_json_member(model, "vcov")), "type spec factors df");
    assert_string_equal(pg_json_text(pg_json_member(pg_json_member(model, "vcov"), "type")), "cluster");
    assert_string_equal(names_of(f, pg_json_member(model, "dropped")),
                        "missing zero_weight singletons separated subset");
    assert_string_equal(names_of(f, pg_json_at(pg_json_member(model, "collinear"), 0)), "term because");
    assert_string_equal(names_of(f, pg_json_at(pg_json_member(one, "tidy"), 2)),
                        "term estimate std_error statistic p_value conf_low conf_high df");
    assert_string_equal(names_of(f, pg_json_member(one, "glance")),
                        "r_squared adj_r_squared within_r_squared sigma statistic p_value df df_residual log_lik "
                        "log_lik_null aic bic deviance nobs test");
    assert_string_equal(names_of(f, pg_json_member(one, "certificate")),
                        "condition_number digits solver refinements kernel threads");
    assert_true(pg_json_is_null(pg_json_member(pg_json_member(one, "glance"), "within_r_squared")));
    pg_json_document_free(document);
    pgdp_regression_free(r);
}

static void json_numbers_read_back_to_the_bit(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x + z", .vcov = "HC3", .conf_level = 0.99 };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    const pgdp_regression *const list[] = { r };
    pg_json_document *document = written(f, list, 1);
    const pg_json_value *tidy = pg_json_member(pg_json_at(pg_json_root(document), 0), "tidy");
    for (size_t i = 0; i < 3; i++) {
        const pgdp_tidy want = pgdp_fit_tidy(pgdp_regression_fit(r), i, 0.99);
        const double wants[] = { want.estimate, want.std_error, want.statistic,
                                 want.p_value,  want.conf_low,  want.conf_high };
        static const char *const keys[] = { "estimate", "std_error", "statistic", "p_value", "conf_low", "conf_high" };
        for (size_t k = 0; k < 6; k++) {
            double got = 0;
            assert_true(pg_json_number(pg_json_member(pg_json_at(tidy, i), keys[k]), &got));
            assert_memory_equal(&got, &wants[k], sizeof got);
        }
    }
    pg_json_document_free(document);
    pgdp_regression_free(r);
}

static void the_table_tells_model_rows_covariance_and_terms(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = {
        .formula = "y ~ x + z + I(z/4)", .vcov = "cluster(f)", .weights = "aw:w", .subset = "x < 20 | x > 30"
    };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(f->ctx, pgdp_regressions_write(f->ctx, "table", (const pgdp_regression *const[]){ r }, 1, NULL, &sink));
    assert_contains(buffer.data,
                    "y ~ x + z + I(z/4)\nols (Ordinary least squares), 7 observations of 9 rows; left out: "
                    "1 of weight 0, 1 outside the subset\n");
    assert_contains(buffer.data,
                    "subset: x < 20 | x > 30\nweights: aw:w\ncovariance: cluster(f), t(2), G 3, G/(G-1) 1.5");
    assert_contains(buffer.data, "left out: I(z/4) equals 0.25 * z");
    assert_contains(buffer.data, "\nterm         ");
    assert_contains(buffer.data, "\n(Intercept)  ");
    assert_contains(buffer.data, "r_squared ");
    assert_null(strstr(buffer.data, "certificate"));
    pgt_buffer_free(&buffer);
    pgdp_regression_free(r);
}

static void table_columns_align_at_the_decimal_point(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x + I(z*1000) + I(x*z/10)", .vcov = "iid" };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(f->ctx, pgdp_regressions_write(f->ctx, "table", (const pgdp_regression *const[]){ r }, 1, NULL, &sink));
    const char *row = strstr(buffer.data, "\n(Intercept)");
    size_t point = 0;
    for (size_t i = 0; i < 4; i++, row = strchr(row + 1, '\n')) {
        const char *end = strchr(row + 1, '\n'), *first = strchr(row, '.');
        assert_true(first != NULL && first < end);
        if (i > 0) assert_int_equal(first - row, point);
        point = (size_t)(first - row);
    }
    pgt_buffer_free(&buffer);
    pgdp_regression_free(r);
}

static void a_sink_that_fails_is_reported(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x", .vcov = "iid" };
    pgdp_regression *r = regress(f->ctx, f->frame, &spec);
    const pgdp_regression *const list[] = { r };
    pgt_buffer buffer = { NULL, 0, 100 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_int_not_equal(pgdp_regressions_write(f->ctx, "json", list, 1, NULL, &sink), PGDP_OK);
    assert_int_not_equal(pgdp_regressions_write(f->ctx, "table", (const pgdp_regression *const[]){ r }, 1, NULL, &sink),
                         PGDP_OK);
    pgt_buffer_free(&buffer);
    pgdp_regression_free(r);
}

static pgdp_status regress_and_write(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression_spec spec = {
        .id = "m", .formula = "y ~ x + z + I(x + z)", .vcov = "cluster(f)", .weights = "aw:w"
    };
    pgdp_regression *r = NULL;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_status status = pgdp_regress(ctx, user, &spec, &r);
    const pgdp_regression *const list[] = { r };
    if (status == PGDP_OK) status = pgdp_regressions_write(ctx, "json", list, 1, NULL, &sink);
    if (status == PGDP_OK)
        status = pgdp_regressions_write(ctx, "table", (const pgdp_regression *const[]){ r }, 1, NULL, &sink);
    pgdp_regression_free(r);
    pgt_buffer_free(&buffer);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    const fixture *f = *state;
    assert_true(pgt_fail_every_allocation(regress_and_write, f->frame) > 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(a_collinear_column_is_named_and_left_out),
        TEST(a_factor_of_one_level_is_named_as_the_constant),
        TEST(what_absorbed_effects_leave_nothing_of_is_named),
        TEST(what_was_asked_is_kept_as_a_copy),
        TEST(mistakes_have_a_sentence_and_a_status),
        TEST(json_has_every_name_of_the_schema),
        TEST(json_numbers_read_back_to_the_bit),
        TEST(the_table_tells_model_rows_covariance_and_terms),
        TEST(table_columns_align_at_the_decimal_point),
        TEST(a_sink_that_fails_is_reported),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
