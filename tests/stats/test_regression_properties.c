/* test_regression_properties.c  What must not change an estimate: order of rows and terms, units, repeated rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

static int open_context(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static int close_context(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static pgdp_regression *regress(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec)
{
    pgdp_regression *r = NULL;
    assert_ok(ctx, pgdp_regress(ctx, frame, spec, &r));
    return r;
}

/** Index of a term; the test fails when there is none. */
static size_t term(const pgdp_regression *r, const char *name)
{
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        if (pg_streq(pgdp_fit_term(fit, i), name)) return i;
    fail_msg("no term %s", name);
    return 0;
}

static pgdp_tidy line(const pgdp_regression *r, const char *name)
{
    return pgdp_fit_tidy(pgdp_regression_fit(r), term(r, name), 0.95);
}

enum { ROWS = 237, ENTITIES = 23 };

/** A random panel whose rows stand in the order given: row i is made from its place order[i] alone. */
static pgdp_frame *random_frame(pgdp_ctx *ctx, const size_t *order, double scale)
{
    static const char *const names[] = { "y", "a", "b", "g" };
    pgdp_frame *frame = NULL;
    size_t column;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t k = 0; k < 4; k++) {
        const pgdp_column about = { .name = names[k], .type = PGDP_REAL };
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &about, &column));
    }
    for (size_t i = 0; i < ROWS; i++) {
        pg_random random = pg_random_stream(20310217, "panel", (uint32_t)order[i]);
        const double a = pg_random_normal(&random), b = 3 + pg_random_normal(&random) * a;
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_real(frame, 0, 0.7 + 1.3 * a - 0.4 * b + pg_random_normal(&random));
        pgdp_frame_set_real(frame, 1, a * scale);
        pgdp_frame_set_real(frame, 2, b);
        pgdp_frame_set_real(frame, 3, (double)(order[i] % ENTITIES));
    }
    return frame;
}

static void identity(size_t *order)
{
    for (size_t i = 0; i < ROWS; i++)
        order[i] = i;
}

static void shuffled(size_t *order)
{
    pg_random random = pg_random_stream(7, "shuffle", 0);
    identity(order);
    for (size_t i = ROWS - 1; i > 0; i--) {
        const size_t k = pg_random_index(&random, i + 1), swap = order[i];
        order[i] = order[k];
        order[k] = swap;
    }
}

static void check_same(const pgdp_regression *got, const pgdp_regression *want, const char *name, double scale)
{
    const pgdp_tidy g = line(got, name), w = line(want, name);
    assert_close(g.estimate * scale, w.estimate, 1e-11, 0);
    assert_close(g.std_error * scale, w.std_error, 1e-11, 0);
    assert_close(g.statistic, w.statistic, 1e-11, 0);
    assert_close(g.p_value, w.p_value, 1e-9, 0);
}

static const char *const vcovs[] = { "iid", "HC1", "HC3", "cluster(g)" };

static void the_order_of_rows_changes_nothing(void **state)
{
    pgdp_ctx *ctx = *state;
    size_t order[ROWS], other[ROWS];
    identity(order);
    shuffled(other);
    pgdp_frame *one = random_frame(ctx, order, 1), *two = random_frame(ctx, other, 1);
    for (size_t i = 0; i < sizeof vcovs / sizeof vcovs[0]; i++) {
        const pgdp_regression_spec spec = { .formula = "y ~ a + b + a:b + i(g)", .vcov = vcovs[i] };
        pgdp_regression *r = regress(ctx, one, &spec), *s = regress(ctx, two, &spec);
        check_same(s, r, "a", 1);
        check_same(s, r, "a:b", 1);
        if (i < 3)
            check_same(s, r, "g::7", 1); /* with its own cluster's effect in the model its variance is rounding */
        pgdp_regression_free(r);
        pgdp_regression_free(s);
    }
    pgdp_frame_free(one);
    pgdp_frame_free(two);
}

static void the_order_of_terms_changes_nothing(void **state)
{
    pgdp_ctx *ctx = *state;
    size_t order[ROWS];
    identity(order);
    pgdp_frame *frame = random_frame(ctx, order, 1);
    for (size_t i = 0; i < sizeof vcovs / sizeof vcovs[0]; i++) {
        const pgdp_regression_spec spec = { .formula = "y ~ a + b + a^2", .vcov = vcovs[i] };
        const pgdp_regression_spec turned = { .formula = "y ~ a^2 + b + a", .vcov = vcovs[i] };
        pgdp_regression *r = regress(ctx, frame, &spec), *s = regress(ctx, frame, &turned);
        check_same(s, r, "a", 1);
        check_same(s, r, "a^2", 1);
        check_same(s, r, "(Intercept)", 1);
        pgdp_regression_free(r);
        pgdp_regression_free(s);
    }
    pgdp_frame_free(frame);
}

static void the_unit_of_a_regressor_only_scales_its_line(void **state)
{
    pgdp_ctx *ctx = *state;
    size_t order[ROWS];
    identity(order);
    static const double scales[] = { 1e8, 1e-8 };
    pgdp_frame *plain = random_frame(ctx, order, 1);
    for (size_t i = 0; i < 2 * sizeof vcovs / sizeof vcovs[0]; i++) {
        const double scale = scales[i % 2];
        pgdp_frame *scaled = random_frame(ctx, order, scale);
        const pgdp_regression_spec spec = { .formula = "y ~ a + b + a:b", .vcov = vcovs[i / 2] };
        pgdp_regression *r = regress(ctx, plain, &spec), *s = regress(ctx, scaled, &spec);
        check_same(s, r, "a", scale);
        check_same(s, r, "a:b", scale);
        check_same(s, r, "b", 1);
        pgdp_regression_free(r);
        pgdp_regression_free(s);
        pgdp_frame_free(scaled);
    }
    pgdp_frame_free(plain);
}

static void frequency_weights_count_rows_that_are_repeated(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *once = pgt_frame(ctx, "y x n\n2.5 1 2\n3.75 2.25 1\n1.5 3.5 3\n6 4 1\n");
    pgdp_frame *each = pgt_frame(ctx, "y x\n2.5 1\n2.5 1\n3.75 2.25\n1.5 3.5\n1.5 3.5\n1.5 3.5\n6 4\n");
    const pgdp_regression_spec weighted = { .formula = "y ~ x", .vcov = "iid", .weights = "fw:n" };
    const pgdp_regression_spec plain = { .formula = "y ~ x", .vcov = "iid" };
    pgdp_regression *r = regress(ctx, once, &weighted), *s = regress(ctx, each, &plain);
    check_same(r, s, "x", 1);
    assert_close(pgdp_fit_glance(pgdp_regression_fit(r)).nobs, 7, 0, 0);
    pgdp_regression_free(r);
    pgdp_regression_free(s);
    pgdp_frame_free(once);
    pgdp_frame_free(each);
}

/* Slopes span no constant: the model keeps its own, and is that of the products of levels and column. */
static void slopes_alone_leave_the_constant(void **state)
{
    pgdp_ctx *ctx = *state;
    size_t order[ROWS];
    for (size_t i = 0; i < ROWS; i++)
        order[i] = i;
    pgdp_frame *frame = random_frame(ctx, order, 1);
    static const char *const kinds[] = { "iid", "HC1" };
    for (size_t v = 0; v < 2; v++) {
        const pgdp_regression_spec absorbed = { .formula = "y ~ b | g[[a]]",
                                                .vcov = kinds[v],
                                                .keep_singletons = true };
        const pgdp_regression_spec plain = { .formula = "y ~ b + i(g, a)", .vcov = kinds[v] };
        pgdp_regression *r = regress(ctx, frame, &absorbed), *s = regress(ctx, frame, &plain);
        assert_int_equal(pgdp_fit_n_terms(pgdp_regression_fit(r)), 2);
        check_same(r, s, "b", 1);
        check_same(r, s, "(Intercept)", 1);
        pgdp_regression_free(r);
        pgdp_regression_free(s);
    }
    pgdp_frame_free(frame);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_context, close_context)
    const struct CMUnitTest tests[] = {
        TEST(the_order_of_rows_changes_nothing),
        TEST(the_order_of_terms_changes_nothing),
        TEST(the_unit_of_a_regressor_only_scales_its_line),
        TEST(frequency_weights_count_rows_that_are_repeated),
        TEST(slopes_alone_leave_the_constant),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
