/* test_design.c  Formulas over frames: values, levels, rows left out, order of panels.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/design.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

/** Designs look at the flags of a method alone. */
static const pgdp_estimator linear = { .name = "linear" },
                            binary = { .name = "binary", .likelihood = true, .outcome = PGDP_OUTCOME_BINARY },
                            ordered = { .name = "ordered", .likelihood = true, .outcome = PGDP_OUTCOME_ORDERED };

static const char table[] = "y x z f:t g q:p id:t w\n"
                            "2.385 1.5 -3 b 10 2019Q4 u 1\n"
                            "3.125 2.5 0.25 a 2 2020Q1 u 2\n"
                            "4.75 4 7 c 2 2020Q2 u 0\n"
                            "-1.5 . 2 a 10 2019Q4 v 1.5\n"
                            "6.5 8.25 0 a 2.5 2020Q1 v 3\n"
                            "9.125 16 1 c . 2020Q2 v 1\n"
                            "7.75 32.5 5 b 10 2020Q3 v 2\n";

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
    pg_design_result result;
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

static pgdp_status build(fixture *f, const pgdp_estimator *method, const pgdp_regression_spec *spec)
{
    pg_formula formula;
    pg_vcov_spec vcov;
    const pg_design_request request = { .spec = spec, .vcov = &vcov, .estimator = method };
    PG_TRY(pg_vcov_spec_parse(f->ctx, spec->vcov == NULL ? "iid" : spec->vcov, &vcov));
    PG_TRY(pg_formula_parse(f->ctx, &f->ctx->scratch, spec->formula, false, &formula));
    return pg_design_build(f->ctx, f->frame, &formula, &request, &f->result);
}

static const pgdp_design *built(fixture *f, const char *formula, const char *subset)
{
    const pgdp_regression_spec spec = { .formula = formula, .subset = subset };
    assert_ok(f->ctx, build(f, &linear, &spec));
    return &f->result.design;
}

/** Terms joined by blanks. */
static const char *terms(fixture *f, const char *formula)
{
    const pgdp_design *d = built(f, formula, NULL);
    pg_text text;
    pg_text_init(&text, &f->ctx->scratch);
    for (size_t i = 0; i < d->x.n_cols; i++)
        pg_text_addf(&text, i == 0 ? "%s" : " %s", d->terms[i]);
    return text.data;
}

static const char *error(fixture *f, const pgdp_regression_spec *spec, pgdp_status status)
{
    assert_status(f->ctx, build(f, &linear, spec), status);
    return pgdp_ctx_error(f->ctx);
}

static void assert_column(const pgdp_design *d, size_t column, const double *want, size_t n)
{
    assert_int_equal(d->x.n_rows, n);
    for (size_t i = 0; i < n; i++)
        assert_close(d->x.x[i + column * n], want[i], 0, 0);
}

static void numbers_are_computed_as_written(void **state)
{
    const double first[] = { -6.375, -0.125, 13 }, cube[] = { 3.375, 15.625, 64 }, minus[] = { -2.25, -6.25, -16 },
                 product[] = { -4.5, 0.625, 28 }, size[] = { 3, 0.25, 7 }, outcome[] = { 2.385, 3.125, 4.75 };
    const pgdp_design *d = built(*state, "y ~ I(2*z - x/4) + x^3", "x < 5");
    assert_column(d, 1, first, 3);
    assert_column(d, 2, cube, 3);
    for (size_t i = 0; i < 3; i++)
        assert_close(d->y.x[i], outcome[i], 0, 0);
    assert_int_equal(d->constant, 0);
    assert_string_equal(d->terms[0], "(Intercept)");
    d = built(*state, "y ~ x:z + I(-x^2) - 1", "x < 5");
    assert_column(d, 0, product, 3);
    assert_column(d, 1, minus, 3);
    assert_string_equal(d->terms[0], "x:z");
    assert_int_equal(d->constant, PGDP_NONE);
    d = built(*state, "y ~ sqrt(x) + abs(z)", "x < 5");
    assert_close(d->x.x[3 + 1], sqrt(2.5), 0, 0);
    assert_column(d, 2, size, 3);
}

static void power_of_ten_is_rounded_once(void **state)
{
    /* 8.25^10 = 33^10 / 4^10 is 1531578985264449 / 2^20 in full; 2.5^-2 = 0.16 rounded */
    const pgdp_design *d = built(*state, "y ~ x^10 + x^-2 + I(x^2.5)", NULL);
    assert_close(d->x.x[d->x.n_rows + 3], 1531578985264449.0 / 1048576.0, 0, 0);
    assert_close(d->x.x[2 * d->x.n_rows + 1], 0.16, 0, 0);
    assert_close(d->x.x[3 * d->x.n_rows + 2], 32, 1e-15, 0); /* 4^2.5 */
}

static void values_not_finite_are_missing_and_counted(void **state)
{
    fixture *f = *state;
    built(f, "log(y) ~ x + log(z)", "y > -1"); /* y: one outside; x: none more; z: log(-3), log(0) */
    assert_int_equal(f->result.dropped.subset, 1);
    assert_int_equal(f->result.dropped.missing, 2);
    assert_int_equal(f->result.design.y.n, 4);
}

static void every_row_left_out_is_counted_under_one_reason(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x + g", .subset = "y < 9", .weights = "aw:w" };
    assert_ok(f->ctx, build(f, &linear, &spec));
    assert_int_equal(f->result.dropped.subset, 1);
    assert_int_equal(f->result.dropped.missing, 1);
    assert_int_equal(f->result.dropped.zero_weight, 1);
    assert_int_equal(f->result.design.y.n, 4);
    assert_int_equal(f->result.design.weight_kind, PGDP_ANALYTIC);
    assert_close(f->result.design.weights.x[2], 3, 0, 0);
}

static void levels_sort_by_size_or_bytes_and_the_first_is_left_out(void **state)
{
    fixture *f = *state;
    assert_string_equal(terms(f, "y ~ i(g)"), "(Intercept) g::2.5 g::10");
    assert_string_equal(terms(f, "y ~ f"), "(Intercept) f::b f::c");
    assert_string_equal(terms(f, "y ~ i(q)"), "(Intercept) q::2020Q1 q::2020Q2 q::2020Q3");
    assert_string_equal(terms(f, "y ~ i(f, ref=c)"), "(Intercept) f::a f::b");
    assert_string_equal(terms(f, "y ~ i(g, ref=10)"), "(Intercept) g::2 g::2.5");
    assert_string_equal(terms(f, "y ~ i(q, ref=\"2020Q2\")"), "(Intercept) q::2019Q4 q::2020Q1 q::2020Q3");
    const double is_c[] = { 0, 0, 1, 0, 0, 1, 0 };
    assert_column(built(f, "y ~ f", NULL), 2, is_c, 7);
}

static void a_level_is_redundant_when_its_margin_is_in_the_model(void **state)
{
    fixture *f = *state;
    assert_string_equal(terms(f, "y ~ f - 1"), "f::a f::b f::c");
    assert_string_equal(terms(f, "y ~ i(f) + i(id) - 1"), "f::a f::b f::c id::v");
    assert_string_equal(terms(f, "y ~ i(f, z)"), "(Intercept) f::a:z f::b:z f::c:z");
    assert_string_equal(terms(f, "y ~ z + i(f, z)"), "(Intercept) z f::b:z f::c:z");
    assert_string_equal(terms(f, "y ~ i(f, z, ref=b)"), "(Intercept) f::a:z f::c:z");
    assert_string_equal(terms(f, "y ~ id*z"), "(Intercept) id::v z id::v:z");
    assert_string_equal(terms(f, "y ~ f*id"), "(Intercept) f::b f::c id::v f::b:id::v f::c:id::v");
    const double slope[] = { -3, 0, 0, 0, 0, 0, 5 };
    assert_column(built(f, "y ~ i(f, z)", NULL), 2, slope, 7);
}

static void only_levels_of_the_rows_used_count(void **state)
{
    fixture *f = *state;
    const pgdp_design *d = built(f, "y ~ f", "f != \"a\"");
    assert_int_equal(d->x.n_cols, 2);
    assert_string_equal(d->terms[1], "f::c");
    d = built(f, "y ~ f", "f == \"a\""); /* a single level stays, for the fit to name it as collinear */
    assert_int_equal(d->x.n_cols, 2);
    assert_string_equal(d->terms[1], "f::a");
}

static size_t rows_of(fixture *f, const char *subset)
{
    return built(f, "y ~ 1", subset)->y.n;
}

static void subsets_compare_numbers_text_and_periods(void **state)
{
    fixture *f = *state;
    assert_int_equal(rows_of(f, "y >= 3.125 & y < 7.75"), 3);
    assert_int_equal(rows_of(f, "f == \"a\" | x > 30"), 4);
    assert_int_equal(rows_of(f, "!(f == 'a')"), 4);
    assert_int_equal(rows_of(f, "f %in% c(\"a\", \"b\")"), 5);
    assert_int_equal(rows_of(f, "g %in% c(2, 10)"), 5); /* the row without g is neither in nor out */
    assert_int_equal(rows_of(f, "q >= \"2020Q1\""), 5);
    assert_int_equal(rows_of(f, "q == \"2020\""), 5);
    assert_int_equal(rows_of(f, "q < 2020.25"), 4);
    assert_int_equal(rows_of(f, "\"2020Q2\" > q"), 4);
    assert_int_equal(rows_of(f, "x > 2 | y < 0"), 6); /* missing or true is true */
    assert_int_equal(rows_of(f, "w"), 6);
    assert_int_equal(rows_of(f, "f != id"), 7);
}

static void panels_are_sorted_by_entity_and_time(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ z",
                                        .panel = "f,q",
                                        .subset = "y < 9 & id == 'u' | q == \"2020Q3\"" };
    assert_ok(f->ctx, build(f, &linear, &spec));
    const pgdp_design *d = &f->result.design;
    const double outcome[] = { 3.125, 2.385, 7.75, 4.75 };
    const int period[] = { 200, 199, 202, 201 };
    const size_t entity[] = { 0, 1, 1, 2 };
    assert_int_equal(d->y.n, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_close(d->y.x[i], outcome[i], 0, 0);
        assert_int_equal(d->period[i], period[i]);
        assert_int_equal(d->entity[i], entity[i]);
    }
}

static void a_period_that_stands_twice_is_refused(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec twice = { .formula = "y ~ 1", .panel = "f,q", .subset = "f == \"c\"" };
    assert_contains(error(f, &twice, PGDP_BAD_ARGUMENT),
                    "panel: rows 3 and 6 of the data: found the same entity and period");
    const pgdp_regression_spec time = { .formula = "y ~ 1", .panel = "q" };
    assert_contains(error(f, &time, PGDP_BAD_ARGUMENT), "name the entity too: ID,TIME");
    const pgdp_regression_spec half = { .formula = "y ~ 1", .panel = "g" };
    assert_contains(error(f, &half, PGDP_BAD_ARGUMENT),
                    "row 5 of the data: found 2.5 in \"g\", expected a whole number");
    const pgdp_regression_spec text = { .formula = "y ~ 1", .panel = "q,f" };
    assert_contains(error(f, &text, PGDP_BAD_ARGUMENT), "a text column");
    const pgdp_regression_spec comma = { .formula = "y ~ 1", .panel = "f,q,g" };
    assert_contains(error(f, &comma, PGDP_BAD_ARGUMENT), "panel:1:5: found \"g\", expected ID,TIME or TIME");
}

static void mistakes_over_the_columns_have_a_sentence(void **state)
{
    static const struct {
        pgdp_regression_spec spec;
        pgdp_status status;
        const char *part;
    } cases[] = {
        { { .formula = "y ~ employment" },
          PGDP_NOT_FOUND,
          "formula:1:5: found \"employment\", expected a column of the data; it "
          "has y, x, z, f, g, q, id, w" },
        { { .formula = "y ~ X" },
          PGDP_NOT_FOUND,
          "formula:1:5: found \"X\", expected a column of the data; did you mean" },
        { { .formula = "y ~ log(f)" }, PGDP_BAD_ARGUMENT, "formula:1:9: found \"f\", a text column, expected numbers" },
        { { .formula = "f ~ x" },
          PGDP_BAD_ARGUMENT,
          "formula:1:1: found \"f\", a text column, expected a number as the outcome" },
        { { .formula = "y ~ i(f, ref=d)" },
          PGDP_NOT_FOUND,
          "formula:1:14: found \"d\", expected a level of f in the rows used" },
        { { .formula = "y ~ f:id:i(g)" }, PGDP_TOO_FEW_OBS, "found 6 rows for at least" },
        { { .formula = "y ~ x", .subset = "yy > 2" }, PGDP_NOT_FOUND, "subset:1:1: found \"yy\"" },
        { { .formula = "y ~ x", .subset = "f == a" }, PGDP_NOT_FOUND, "subset:1:6: found \"a\"" },
        { { .formula = "y ~ x", .subset = "y == \"2\"" },
          PGDP_BAD_ARGUMENT,
          "subset:1:6: found \"2\", expected a number" },
        { { .formula = "y ~ x", .subset = "f == 2" }, PGDP_BAD_ARGUMENT, "subset:1:1: found \"f\", a text column" },
        { { .formula = "y ~ x", .subset = "f < \"b\"" }, PGDP_BAD_ARGUMENT, "has no order, expected == or !=" },
        { { .formula = "y ~ x", .subset = "q > \"soon\"" },
          PGDP_BAD_ARGUMENT,
          "subset:1:5: found \"soon\", expected a period" },
        { { .formula = "y ~ x", .subset = "f %in% \"a\"" }, PGDP_BAD_ARGUMENT, "expected a list of values after it" },
        { { .formula = "y ~ x", .subset = "x > 1 y" },
          PGDP_BAD_ARGUMENT,
          "subset:1:7: found \"y\", expected an operator or" },
        { { .formula = "y ~ x", .subset = "x > 1e9" },
          PGDP_TOO_FEW_OBS,
          "found no row to fit among 7: 7 outside the subset" },
        { { .formula = "y ~ x", .weights = "w" }, PGDP_BAD_ARGUMENT, "weights:1:1: found \"w\", expected aw:COLUMN" },
        { { .formula = "y ~ x", .weights = "iw:w" },
          PGDP_BAD_ARGUMENT,
          "weights:1:1: found \"iw\", expected aw:COLUMN" },
        { { .formula = "y ~ x", .weights = "aw:z" },
          PGDP_BAD_ARGUMENT,
          "weights: row 1 of the data: found -3, expected a weight" },
        { { .formula = "y ~ x", .weights = "fw:I(w/8)" },
          PGDP_BAD_ARGUMENT,
          "weights: row 1 of the data: found 0.125, expected a "
          "whole number" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_contains(error(*state, &cases[i].spec, cases[i].status), cases[i].part);
}

static void ordered_outcomes_become_their_ranks(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec number = { .formula = "g ~ z" }, text = { .formula = "f ~ z + id" };
    const double ranks[] = { 2, 0, 0, 2, 1, 2 }, letters[] = { 1, 0, 2, 0, 0, 2, 1 };
    assert_ok(f->ctx, build(f, &ordered, &number));
    assert_int_equal(f->result.design.constant, PGDP_NONE);
    assert_int_equal(f->result.design.x.n_cols, 1);
    assert_string_equal(f->result.outcome_levels[1], "2.5");
    for (size_t i = 0; i < 6; i++)
        assert_close(f->result.design.y.x[i], ranks[i], 0, 0);
    assert_ok(f->ctx, build(f, &ordered, &text));
    assert_int_equal(f->result.n_outcome_levels, 3);
    for (size_t i = 0; i < 7; i++)
        assert_close(f->result.design.y.x[i], letters[i], 0, 0);
    assert_int_equal(f->result.design.x.n_cols, 2); /* z and id::v: the cut points are its constant */
}

static void a_text_outcome_of_logit_has_two_levels(void **state)
{
    fixture *f = *state;
    const pgdp_regression_spec two = { .formula = "id ~ z" }, three = { .formula = "f ~ z" };
    assert_ok(f->ctx, build(f, &binary, &two));
    assert_string_equal(f->result.outcome_levels[1], "v");
    assert_close(f->result.design.y.x[3], 1, 0, 0);
    assert_status(f->ctx, build(f, &binary, &three), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(f->ctx), "an outcome of 3 categories in the 7 rows used, expected exactly 2");
}

static void threads_do_not_change_a_value(void **state)
{
    fixture *f = *state;
    const char *formula = "y ~ I(x^3.5 + log1p(z^2)) + x^7";
    const pgdp_design *one = built(f, formula, NULL);
    pgdp_ctx_set_threads(f->ctx, 4);
    const double *x = one->x.x;
    const pgdp_design *four = built(f, formula, NULL);
    assert_memory_equal(four->x.x, x, four->x.n_rows * four->x.n_cols * sizeof *x);
}

static pgdp_status build_all(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression_spec spec = {
        .formula = "log(y + 2) ~ i(id, z) + q", .weights = "aw:w", .panel = "id,q", .subset = "f %in% c('a', 'b', 'c')"
    };
    fixture f = { .ctx = ctx, .frame = user };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = build(&f, &linear, &spec);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    fixture *f = *state;
    assert_true(pgt_fail_every_allocation(build_all, f->frame) > 1);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(numbers_are_computed_as_written),
        TEST(power_of_ten_is_rounded_once),
        TEST(values_not_finite_are_missing_and_counted),
        TEST(every_row_left_out_is_counted_under_one_reason),
        TEST(levels_sort_by_size_or_bytes_and_the_first_is_left_out),
        TEST(a_level_is_redundant_when_its_margin_is_in_the_model),
        TEST(only_levels_of_the_rows_used_count),
        TEST(subsets_compare_numbers_text_and_periods),
        TEST(panels_are_sorted_by_entity_and_time),
        TEST(a_period_that_stands_twice_is_refused),
        TEST(mistakes_over_the_columns_have_a_sentence),
        TEST(ordered_outcomes_become_their_ranks),
        TEST(a_text_outcome_of_logit_has_two_levels),
        TEST(threads_do_not_change_a_value),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
