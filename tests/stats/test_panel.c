/* test_panel.c  Lags on the calendar: against a slow search, with gaps, over all rows of the frame.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/random.h"
#include "stats/design.h"
#include "stats/eval.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>

enum { ENTITIES = 23, ROWS = 600 };

/** A panel in random order: id (text), t (whole numbers with gaps), q (quarters), x; some cells missing. */
static pgdp_frame *random_panel(pgdp_ctx *ctx)
{
    static const pgdp_column columns[] = { { .name = "id", .type = PGDP_TEXT },
                                           { .name = "t", .type = PGDP_REAL },
                                           { .name = "q", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY },
                                           { .name = "x", .type = PGDP_REAL } };
    bool seen[ENTITIES][60] = { { false } };
    pg_random random = pg_random_stream(2385, "panel", 0);
    pgdp_frame *frame;
    size_t index;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t i = 0; i < 4; i++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &columns[i], &index));
    for (size_t n = 0; n < ROWS;) {
        const size_t id = pg_random_index(&random, ENTITIES), t = pg_random_index(&random, 60);
        if (seen[id][t]) continue;
        seen[id][t] = true;
        const char name[2] = { (char)('a' + id), '\0' };
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        if (n % 37 != 5) assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 0, name, PGDP_NONE));
        if (n % 41 != 7) {
            pgdp_frame_set_real(frame, 1, (double)t - 30);
            pgdp_frame_set_period(frame, 2, (int32_t)t - 30);
        }
        if (n % 29 != 3) pgdp_frame_set_real(frame, 3, 2.385 + pg_random_normal(&random));
        n++;
    }
    return frame;
}

/** The row k periods before by looking at all of them. */
static size_t slow_lag(const pgdp_frame *f, bool entities, size_t row, int64_t k)
{
    const double *t = pgdp_frame_reals(f, 1);
    const uint32_t *id = pgdp_frame_codes(f, 0);
    if (isnan(t[row]) || (entities && id[row] == PGDP_NO_CODE)) return PGDP_NONE;
    for (size_t i = 0; i < pgdp_frame_n_rows(f); i++) {
        const bool other = isnan(t[i]) || (entities && id[i] != id[row]);
        if (!other && (int64_t)t[i] == (int64_t)t[row] - k) return i;
    }
    return PGDP_NONE;
}

static void lags_are_those_of_a_slow_search(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = random_panel(ctx);
    for (size_t time = 1; time <= 2; time++) {
        pg_panel *panel;
        size_t n_found = 0;
        assert_ok(ctx, pg_panel_new(ctx, frame, 0, time, &panel));
        assert_ok(ctx, pg_panel_check(ctx, panel));
        for (int64_t k = -61; k <= 61; k++) {
            for (size_t row = 0; row < ROWS; row++) {
                const size_t got = pg_panel_lag(panel, row, k);
                assert_true(got == slow_lag(frame, true, row, k));
                n_found += got != PGDP_NONE;
            }
        }
        assert_true(n_found > 10000);
    }
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

/** Expressions with the same value in every row, missing where the other is. */
static const char *const equal[][2] = {
    { "l(l(x))", "l(x, 2)" },
    { "l(x)", "l(x, 1)" },
    { "f(x, 3)", "l(x, -3)" },
    { "d(x)", "I(x - l(x))" },
    { "d(x, 4)", "I(x - l(x, 4))" },
    { "s(x, 12)", "d(x, 12)" },
    { "d(d(x))", "I(x - 2*l(x) + l(x, 2))" },
    { "l(d(x), 2)", "I(l(x, 2) - l(x, 3))" },
    { "d(exp(x), 2)", "I(exp(x) - exp(l(x, 2)))" },
    { "l(x*t + 1, 3)", "I(l(x, 3)*l(t, 3) + 1)" },
    { "f(l(x, 2), 5)", "f(x, 3)" },
    { "l(x, 2)^2", "l(x^2, 2)" },
    { "l((id == \"c\")*x, 2)", "I((id == 'c')*l(x, 2))" },
    { "l((q >= \"1968Q1\")*x, 2)", "I((l(t, 2) >= -8)*l(x, 2))" },
};

static void nested_lags_mean_what_arithmetic_says(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = random_panel(ctx);
    pg_panel *panel;
    assert_ok(ctx, pg_panel_new(ctx, frame, 0, 1, &panel));
    const pg_scope scope = { .frame = frame, .panel = panel };
    for (size_t c = 0; c < sizeof equal / sizeof equal[0]; c++) {
        const double *values[2];
        size_t n_finite = 0;
        for (size_t side = 0; side < 2; side++) {
            const pg_expr *e;
            assert_ok(ctx, pg_expr_parse(ctx, &ctx->scratch, "formula", equal[c][side], &e));
            assert_ok(ctx, pg_eval_numbers(ctx, &scope, e, &values[side]));
        }
        for (size_t i = 0; i < ROWS; i++) {
            assert_close(values[0][i], values[1][i], 1e-14, 1e-14);
            n_finite += isfinite(values[0][i]);
        }
        assert_true(n_finite > 20 && n_finite < ROWS);
    }
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static const char table[] = "y x f:t id:t t\n"
                            "2.385 1.5 a u 1\n"
                            "3.125 2.5 a u 2\n"
                            "4.75 4 b u 4\n"
                            "-1.5 7 a v 1\n"
                            "6.5 8.25 b v 2\n"
                            "9.125 16 b v 3\n"
                            "7.75 32.5 a v 5\n"
                            "0.5 0.75 a w 2\n"
                            "1.5 0.25 b w .\n";
static const pgdp_estimator linear = { .name = "linear" };

static pgdp_status build(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec,
                         pg_design_result *out)
{
    pg_formula formula;
    pg_vcov_spec vcov;
    const pg_design_request request = { .spec = spec, .vcov = &vcov, .estimator = &linear };
    PG_TRY(pg_vcov_spec_parse(ctx, "iid", &vcov));
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, spec->formula, false, &formula));
    return pg_design_build(ctx, frame, &formula, &request, out);
}

static void a_subset_takes_no_lag_away(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, table);
    pg_design_result r;
    const pgdp_regression_spec spec = { .formula = "y ~ 0 + l(x)", .panel = "id,t", .subset = "t != 1 & t != 4" };
    const double want[] = { 1.5, 7, 8.25 };
    assert_ok(ctx, build(ctx, frame, &spec, &r));
    assert_int_equal(r.design.y.n, 3);
    for (size_t i = 0; i < 3; i++)
        assert_close(r.design.x.x[i], want[i], 0, 0);
    assert_string_equal(r.design.terms[0], "l(x, 1)");
    assert_int_equal(r.dropped.missing, 2); /* v at 5 after a gap, w at 2; w without a time is outside the subset */
    const pgdp_regression_spec left = { .formula = "d(y) ~ i(f, l(x)) - 1", .panel = "id,t" };
    const double slopes[] = { 1.5, 0, 0, 0, 7, 8.25 }, differences[] = { 3.125 - 2.385, 8, 2.625 };
    assert_ok(ctx, build(ctx, frame, &left, &r));
    assert_int_equal(r.design.y.n, 3);
    for (size_t i = 0; i < 6; i++)
        assert_close(r.design.x.x[i], slopes[i], 0, 0);
    for (size_t i = 0; i < 3; i++)
        assert_close(r.design.y.x[i], differences[i], 0, 0);
    assert_string_equal(r.design.terms[1], "f::b:l(x, 1)");
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void one_entity_in_any_order_has_lags_too(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, "y x t\n1 2.5 7\n3 4.5 2\n5 8 9\n2 1 3\n6 7 8\n");
    const size_t want[] = { PGDP_NONE, PGDP_NONE, 4, 1, 0 };
    pg_panel *panel;
    assert_ok(ctx, pg_panel_new(ctx, frame, PGDP_NONE, 2, &panel));
    for (size_t row = 0; row < 5; row++)
        assert_true(pg_panel_lag(panel, row, 1) == want[row]);
    assert_true(pg_panel_lag(panel, 0, 5) == 1 && pg_panel_lag(panel, 1, -7) == 2);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void without_a_panel_lags_are_refused(void **state)
{
    (void)state;
    static const struct {
        pgdp_regression_spec spec;
        const char *part;
    } cases[] = {
        { { .formula = "y ~ x + l(x)" },
          "formula:1:9: found \"l\", which looks at other periods, expected a panel; name its columns: --panel "
          "ID,TIME" },
        { { .formula = "d(y) ~ x" }, "formula:1:1: found \"d\", which looks at other periods" },
        { { .formula = "y ~ x", .subset = "l(x) > 2" }, "subset:1:1: found \"l\"" },
        { { .formula = "y ~ x", .subset = "l(x, 1:2) > 2", .panel = "id,t" },
          "subset:1:7: found \":\", expected one whole" },
        { { .formula = "y ~ l(f)", .panel = "id,t" }, "formula:1:7: found \"f\", a text column, expected numbers" },
        { { .formula = "y ~ l(xx)", .panel = "id,t" }, "formula:1:7: found \"xx\", expected a column of the data" },
        { { .formula = "y ~ l(x)", .panel = "f,t" },
          "panel: rows 1 and 4 of the data: found the same entity and period" },
        { { .formula = "y ~ l(x)", .panel = "t" }, "panel: rows 1 and 4 of the data: found the same period twice" },
        { { .formula = "y ~ l(x)", .panel = "id,y" }, "found 2.385 in \"y\", expected a whole number" },
        { { .formula = "y ~ l(x)", .panel = "t,id" },
          "found \"id\", a text column, expected periods or whole numbers" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, table);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pg_design_result r;
        assert_true(build(ctx, frame, &cases[i].spec, &r) != PGDP_OK);
        assert_contains(pgdp_ctx_error(ctx), cases[i].part);
    }
    const pgdp_regression_spec other = { .formula = "y ~ x", .panel = "f,t", .subset = "id == 'v'" };
    pg_design_result r;
    assert_ok(ctx, build(ctx, frame, &other, &r)); /* rows that stand twice matter to lags alone */
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void threads_do_not_change_a_lag(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = random_panel(ctx);
    const pgdp_regression_spec spec = { .formula = "d(x) ~ l(d(x), 1:2)", .panel = "id,q" };
    pg_design_result one, four;
    assert_ok(ctx, build(ctx, frame, &spec, &one));
    pgdp_ctx_set_threads(ctx, 4);
    assert_ok(ctx, build(ctx, frame, &spec, &four));
    assert_true(one.design.x.n_rows > 20);
    assert_memory_equal(one.design.x.x, four.design.x.x, one.design.x.n_rows * 3 * sizeof(double));
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static pgdp_status build_all(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression_spec spec = { .formula = "d(y) ~ l(x) + I(l(x, 0:1)*x)", .panel = "id,t" };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_design_result r;
    const pgdp_status status = build(ctx, user, &spec, &r);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = random_panel(ctx);
    pgdp_frame *small = pgt_frame(ctx, "y x id:t t\n1 2 a 1\n2 5 a 2\n4 3 a 3\n7 1 a 4\n6.5 9 a 5\n");
    assert_true(pgt_fail_every_allocation(build_all, small) > 1);
    pgdp_frame_free(small);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lags_are_those_of_a_slow_search),  cmocka_unit_test(nested_lags_mean_what_arithmetic_says),
        cmocka_unit_test(a_subset_takes_no_lag_away),       cmocka_unit_test(one_entity_in_any_order_has_lags_too),
        cmocka_unit_test(without_a_panel_lags_are_refused), cmocka_unit_test(threads_do_not_change_a_lag),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
