/* test_checks.c  A check passes when its value is near enough to what it must equal, and never by accident.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/checks.h"
#include "tests/support/support.h"

#include <math.h>

static double cell(const pgdp_frame *checks, const char *column, size_t row)
{
    return pgdp_frame_reals(checks, pgdp_frame_find(checks, column))[row];
}

static void line_tells_value_expected_difference_and_tolerance(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *checks = NULL;
    assert_ok(ctx, pg_checks_new(ctx, &checks));
    assert_int_equal(pg_checks_failed(checks), 0);
    assert_ok(ctx, pg_checks_add(ctx, checks, "employment adds up", 130630770.5, 130630768.25, 4.5));
    assert_int_equal(pgdp_frame_n_rows(checks), 1);
    assert_string_equal(pgdp_frame_text(checks, pgdp_frame_find(checks, "check"), 0), "employment adds up");
    assert_true(cell(checks, "value", 0) == 130630770.5);
    assert_true(cell(checks, "expected", 0) == 130630768.25);
    assert_true(cell(checks, "difference", 0) == 2.25);
    assert_true(cell(checks, "tolerance", 0) == 4.5);
    assert_true(cell(checks, "passed", 0) == 1);
    pgdp_frame_free(checks);
    pgdp_ctx_free(ctx);
}

static void only_what_lies_within_the_tolerance_passes(void **state)
{
    (void)state;
    static const struct {
        double value, expected, tolerance;
        bool passed;
    } rows[] = {
        { 2.385, 2.385, 0, true },          { 2.5, 2.375, 0.125, true },       { 2.25, 2.375, 0.125, true },
        { 2.375, 2.5000001, 0.125, false }, { -2.385, 2.385, 1, false },       { NAN, 2.385, 10, false },
        { 2.385, NAN, INFINITY, false },    { NAN, NAN, INFINITY, false },     { 2.385, 2.385, NAN, false },
        { INFINITY, INFINITY, 1e9, false }, { INFINITY, 2.385, 1e300, false },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *checks = NULL;
    size_t n_failed = 0;
    assert_ok(ctx, pg_checks_new(ctx, &checks));
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_ok(ctx, pg_checks_add(ctx, checks, "x", rows[i].value, rows[i].expected, rows[i].tolerance));
        n_failed += rows[i].passed ? 0 : 1;
        assert_true(cell(checks, "passed", i) == (rows[i].passed ? 1 : 0));
        assert_int_equal(pg_checks_failed(checks), n_failed);
    }
    pgdp_frame_free(checks);
    pgdp_ctx_free(ctx);
}

static pgdp_status build(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pgdp_frame *checks = NULL;
    PG_TRY(pg_checks_new(ctx, &checks));
    pgdp_status status = PGDP_OK;
    for (size_t i = 0; i < 40 && status == PGDP_OK; i++)
        status = pg_checks_add(ctx, checks, "a check with a name that is stored", 2.385, 2.4, 0.1);
    pgdp_frame_free(checks);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(build, NULL) >= 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(line_tells_value_expected_difference_and_tolerance),
        cmocka_unit_test(only_what_lies_within_the_tolerance_passes),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
