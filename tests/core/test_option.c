/* test_option.c  Options: defaults, settings, and what is said of wrong ones.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/option.h"
#include "tests/support/support.h"

#include <math.h>

typedef struct fields {
    int solver;
    double lambda, tol;
} fields;
static const char *const solvers[] = { "cholesky", "qr", "svd", NULL };
static const pgdp_option rows[] = {
    { "lambda", PGDP_OPTION_REAL, offsetof(fields, lambda), 1.25, 0, 1e12, NULL, "penalty" },
    { "solver", PGDP_OPTION_CHOICE, offsetof(fields, solver), 1, 0, 0, solvers, "factorisation" },
    { "tol", PGDP_OPTION_REAL, offsetof(fields, tol), 1e-9, 1e-15, INFINITY, NULL, "tolerance" },
    { .name = NULL },
};

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static void no_settings_give_the_defaults(void **state)
{
    fields f = { 77, 77, 77 };
    assert_ok(*state, pg_options_read(*state, "estimator ridge", rows, NULL, &f));
    assert_int_equal(f.solver, 1);
    assert_close(f.lambda, 1.25, 0, 0);
    assert_close(f.tol, 1e-9, 0, 0);
}

static void settings_change_the_named_fields_alone(void **state)
{
    const pgdp_setting settings[] = { { "solver", "svd" }, { "lambda", "0.385" }, { NULL, NULL } };
    fields f;
    assert_ok(*state, pg_options_read(*state, "estimator ridge", rows, settings, &f));
    assert_int_equal(f.solver, 2);
    assert_close(f.lambda, 0.385, 0, 0);
    assert_close(f.tol, 1e-9, 0, 0);
}

static void ends_of_the_range_are_allowed(void **state)
{
    const pgdp_setting settings[] = { { "lambda", "1e12" }, { "tol", "1e-15" }, { "lambda", "0" }, { NULL, NULL } };
    fields f;
    assert_ok(*state, pg_options_read(*state, "estimator ridge", rows, settings, &f));
    assert_close(f.lambda, 0, 0, 0); /* the last one counts */
    assert_close(f.tol, 1e-15, 0, 0);
}

static void check_refused(pgdp_ctx *ctx, pgdp_setting setting, pgdp_status status, const char *sentence)
{
    const pgdp_setting settings[] = { setting, { NULL, NULL } };
    fields f;
    assert_status(ctx, pg_options_read(ctx, "estimator ridge", rows, settings, &f), status);
    assert_string_equal(pgdp_ctx_error(ctx), sentence);
}

static void unknown_name_is_told_with_a_suggestion(void **state)
{
    check_refused(*state, (pgdp_setting){ "lamda", "1" }, PGDP_NOT_FOUND,
                  "estimator ridge has no option \"lamda\"; did you mean \"lambda\"?");
    check_refused(*state, (pgdp_setting){ "alpha", "1" }, PGDP_NOT_FOUND,
                  "estimator ridge has no option \"alpha\"; expected one of lambda, solver, tol");
}

static void value_out_of_range_or_not_a_number_is_refused(void **state)
{
    check_refused(*state, (pgdp_setting){ "lambda", "-0.5" }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option lambda is \"-0.5\", expected a number from 0 to 1000000000000");
    check_refused(*state, (pgdp_setting){ "lambda", "0,5" }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option lambda is \"0,5\", expected a number from 0 to 1000000000000");
    check_refused(*state, (pgdp_setting){ "tol", "nan" }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option tol is \"nan\", expected a number of at least 1e-15");
    check_refused(*state, (pgdp_setting){ "tol", "1e999" }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option tol is \"1e999\", expected a number of at least 1e-15");
    check_refused(*state, (pgdp_setting){ "tol", NULL }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option tol has no value; give one");
}

static void value_that_is_no_choice_is_refused(void **state)
{
    check_refused(*state, (pgdp_setting){ "solver", "choleski" }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option solver is \"choleski\", which is no choice of it; did you mean "
                  "\"cholesky\"?");
    check_refused(*state, (pgdp_setting){ "solver", "2" }, PGDP_BAD_ARGUMENT,
                  "estimator ridge: option solver is \"2\", which is no choice of it; expected one of cholesky, qr, "
                  "svd");
}

static void component_without_options_has_none(void **state)
{
    const pgdp_setting settings[] = { { "lambda", "1" }, { NULL, NULL } };
    assert_ok(*state, pg_options_read(*state, "vcov HC1", NULL, NULL, NULL));
    assert_status(*state, pg_options_read(*state, "vcov HC1", NULL, settings, NULL), PGDP_NOT_FOUND);
    assert_string_equal(pgdp_ctx_error(*state), "vcov HC1 has no option \"lambda\"; it has none");
}

/* A wrong setting whose sentence needs memory; once there is enough, the failure is the one expected. */
static pgdp_status read_wrong(pgdp_ctx *ctx, void *user)
{
    (void)user;
    const pgdp_setting settings[] = { { "alpha", "1" }, { NULL, NULL } };
    fields f;
    const pgdp_status status = pg_options_read(ctx, "estimator ridge", rows, settings, &f);
    return status == PGDP_NOT_FOUND ? PGDP_OK : status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(read_wrong, NULL) >= 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(no_settings_give_the_defaults),
        TEST(settings_change_the_named_fields_alone),
        TEST(ends_of_the_range_are_allowed),
        TEST(unknown_name_is_told_with_a_suggestion),
        TEST(value_out_of_range_or_not_a_number_is_refused),
        TEST(value_that_is_no_choice_is_refused),
        TEST(component_without_options_has_none),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
