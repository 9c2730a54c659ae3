/* test_stream_absorb.c  Absorbed effects by blocks are those of the design of the rows, and go there where they must.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/stream_fit.h"
#include "tests/stats/stream_frames.h"

#include <string.h>

enum { N = 70001 }; /* two blocks, and pgdp_regress() does not choose blocks of itself */

static pgdp_ctx *ctx;
static pgdp_frame *frame;

static int open_all(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 1;
    pgdp_ctx_set_threads(ctx, 2);
    frame = pgt_stream_frame(ctx, N);
    return 0;
}

static int close_all(void **state)
{
    (void)state;
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return 0;
}

static void check_lines(const pgdp_fit *got, const pgdp_fit *want)
{
    pgt_check_lines(got, want, 1e-12);
    for (size_t i = 0;; i++) {
        const pgdp_factor f = pgdp_fit_factor(got, i), g = pgdp_fit_factor(want, i);
        assert_true((f.name == NULL) == (g.name == NULL));
        if (g.name == NULL) break;
        assert_string_equal(f.name, g.name);
        assert_close(f.value, g.value, 1e-14, 0);
    }
}

static void check_glance(const pgdp_fit *got, const pgdp_fit *want)
{
    const pgdp_glance a = pgdp_fit_glance(got), b = pgdp_fit_glance(want);
    const double pairs[][2] = { { a.r_squared, b.r_squared },
                                { a.adj_r_squared, b.adj_r_squared },
                                { a.within_r_squared, b.within_r_squared },
                                { a.sigma, b.sigma },
                                { a.df, b.df },
                                { a.df_residual, b.df_residual },
                                { a.log_lik, b.log_lik },
                                { a.deviance, b.deviance },
                                { a.statistic, b.statistic },
                                { a.nobs, b.nobs } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_close(pairs[i][0], pairs[i][1], 1e-11, 0);
}

static void compare(const pgdp_regression_spec *spec)
{
    pgdp_regression *by_block, *by_row;
    bool done;
    print_message("%s %s %s\n", spec->formula, spec->vcov, spec->weights == NULL ? "" : spec->weights);
    assert_ok(ctx, pg_regress_by_blocks(ctx, frame, spec, &by_block, &done));
    assert_true(done);
    assert_ok(ctx, pgdp_regress(ctx, frame, spec, &by_row));
    const pgdp_fit *got = pgdp_regression_fit(by_block), *want = pgdp_regression_fit(by_row);
    const pgdp_dropped a = pgdp_regression_dropped(by_block), b = pgdp_regression_dropped(by_row);
    assert_string_equal(pgdp_fit_certificate(got).solver, "moments");
    assert_string_not_equal(pgdp_fit_certificate(want).solver, "moments");
    assert_memory_equal(&a, &b, sizeof a);
    assert_string_equal(pgdp_fit_diagnostic(got, 0).name, "absorption");
    assert_true(pgdp_fit_diagnostic(got, 0).statistic <= 1e-14);
    check_lines(got, want);
    check_glance(got, want);
    pgdp_regression_free(by_block);
    pgdp_regression_free(by_row);
}

static void effects_by_block_are_those_of_the_rows(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "y ~ x2 + x3 | g", .vcov = "iid" },
        { .formula = "y ~ x2 + log(x1) | g", .vcov = "cluster(g)" },
        { .formula = "y ~ x1 + x2 | g + year", .vcov = "cluster(g)" },
        { .formula = "y ~ x2 | year + g", .vcov = "cluster(g)" },
        { .formula = "y ~ x2 + x3 | f + g", .vcov = "cluster(year)", .keep_singletons = true },
        { .formula = "y ~ x2 + x3 | f", .vcov = "HC1", .subset = "x1 > 1000", .keep_singletons = true },
        { .formula = "y ~ x2 | g + f", .vcov = "HC0; ssc(k_effects=none)", .keep_singletons = true },
        { .formula = "log(x1) ~ x2 | g", .vcov = "iid" },
        { .formula = "y ~ x2 + x3 | g + f + year", .vcov = "cluster(g)", .keep_singletons = true },
        { .formula = "y ~ x3 | year + k + g + h", .vcov = "HC1" },
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        compare(&specs[i]);
}

static void weights_and_instruments_are_those_of_the_rows(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "y ~ x2 | g + year", .vcov = "cluster(g)", .weights = "aw:w" },
        { .formula = "y ~ x2 | year + k + g", .vcov = "cluster(g)", .weights = "aw:w" },
        { .formula = "y ~ x2 | g", .vcov = "HC1", .weights = "pw:w" },
        { .formula = "y ~ x2 | g + f", .vcov = "iid", .weights = "fw:k", .keep_singletons = true },
        { .formula = "y ~ x2 | g + year | p ~ z1 + z2", .vcov = "cluster(g)" },
        { .formula = "y ~ 1 | f | p ~ z1 + z2", .vcov = "iid", .method = "liml", .keep_singletons = true },
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        compare(&specs[i]);
}

static void the_rest_is_left_to_the_rows(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "y ~ x2 | g^year", .vcov = "iid" },
        { .formula = "y ~ x2 | g[x3]", .vcov = "iid" },
        { .formula = "y ~ x2 | x1", .vcov = "iid" },
        { .formula = "y ~ x2:x3 | g", .vcov = "iid" },
        { .formula = "y ~ x2 | g", .vcov = "HC3" },
        { .formula = "y ~ x2 | g", .vcov = "cluster(g + f)" },
        { .formula = "y ~ x2 | g", .vcov = "iid", .rows = true },
        { .formula = "y ~ x2 + year | year", .vcov = "iid" },
        { .formula = "y ~ x2 | g", .vcov = "cr2(g)" },
        { .formula = "y ~ x2 | f", .vcov = "iid", .subset = "x1 > 1e9" },
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        pgdp_regression *r;
        bool done;
        print_message("%s %s\n", specs[i].formula, specs[i].vcov);
        assert_ok(ctx, pg_regress_by_blocks(ctx, frame, &specs[i], &r, &done));
        assert_false(done);
    }
}

/* Workers and firms of a few rows each, many of one: those that are left out leave others alone. */
static void rows_alone_in_a_level_are_left_out_again_and_again(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "y ~ x3 | h", .vcov = "iid" },
        { .formula = "y ~ x3 | h + year", .vcov = "cluster(year)" },
        { .formula = "y ~ x2 | year + h", .vcov = "cluster(h)", .weights = "aw:w" },
        { .formula = "y ~ x2 | f", .vcov = "HC1", .keep_singletons = true },
        { .formula = "y ~ x2 | f + h", .vcov = "HC1", .subset = "year < 20000" },
    };
    pgdp_frame *before = frame;
    pg_random random = pg_random_stream(11, "levels", 0);
    frame = pgt_stream_frame(ctx, N);
    for (size_t i = 0; i < N; i++) {
        pg_frame_edit_reals(frame, 7)[i] = floor(25000 * pg_random_uniform(&random));
        pg_frame_edit_reals(frame, 8)[i] = floor(30000 * pg_random_uniform(&random));
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        compare(&specs[i]);
    pgdp_frame_free(frame);
    frame = before;
}

/* More levels beside the largest effect than 16 bits number, and as many columns as need several walks. */
static void many_levels_and_many_columns_are_those_of_the_rows(void **state)
{
    (void)state;
    enum { MANY = PG_MANY_ROWS - 1 };
    static const pgdp_regression_spec specs[] = {
        { .formula = "y ~ x3 | h + year", .vcov = "cluster(h)" },
        { .formula = "y ~ x1 + x2 + x3 + z1 + z2 + p + k + w | year", .vcov = "HC1" },
    };
    pgdp_frame *before = frame;
    frame = pgt_stream_frame(ctx, MANY);
    for (size_t i = 0; i < MANY; i++) {
        pg_frame_edit_reals(frame, 7)[i] = (double)(i % 80000);
        pg_frame_edit_reals(frame, 8)[i] = (double)(i * 7919 % 66001);
    }
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++)
        compare(&specs[i]);
    pgdp_frame_free(frame);
    frame = before;
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    const pgdp_regression_spec spec = { .formula = "y ~ x1 + x2 | g + year", .vcov = "cluster(g)", .weights = "aw:w" };
    double first[6];
    for (size_t n_threads = 1; n_threads <= 4; n_threads++) {
        pgdp_ctx *own = pgdp_ctx_new(NULL);
        pgdp_regression *r;
        bool done;
        double bits[6];
        pgdp_ctx_set_threads(own, n_threads);
        assert_ok(own, pg_regress_by_blocks(own, frame, &spec, &r, &done));
        assert_true(done);
        memcpy(bits, pgdp_fit_estimate(pgdp_regression_fit(r)).x, 2 * sizeof *bits);
        memcpy(bits + 2, pgdp_fit_vcov(pgdp_regression_fit(r)).x, 4 * sizeof *bits);
        if (n_threads == 1) memcpy(first, bits, sizeof bits);
        assert_memory_equal(bits, first, sizeof bits);
        pgdp_regression_free(r);
        pgdp_ctx_free(own);
    }
}

static pgdp_status regress_once(pgdp_ctx *own, void *user)
{
    const pgdp_regression_spec spec = { .formula = "y ~ x2 | g + year | p ~ z1 + z2",
                                        .vcov = "cluster(g)",
                                        .keep_singletons = true };
    pgdp_regression *r;
    bool done;
    PG_TRY(pg_regress_by_blocks(own, user, &spec, &r, &done));
    if (done) pgdp_regression_free(r);
    return done ? PGDP_OK : PGDP_NUMERICAL;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_frame *small = pgt_stream_frame(ctx, 300);
    assert_true(pgt_fail_every_allocation(regress_once, small) > 20);
    pgdp_frame_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_by_block_are_those_of_the_rows),
        cmocka_unit_test(weights_and_instruments_are_those_of_the_rows),
        cmocka_unit_test(the_rest_is_left_to_the_rows),
        cmocka_unit_test(rows_alone_in_a_level_are_left_out_again_and_again),
        cmocka_unit_test(many_levels_and_many_columns_are_those_of_the_rows),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
