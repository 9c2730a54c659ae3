/* test_stream.c  Regressions over the blocks of a table are those of its rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/stream_frames.h"

#include "pgdp/table.h"

#include <string.h>

enum { N = 70001 }; /* two blocks, and rows by blocks are not chosen of themselves */

static pgdp_ctx *ctx;
static pgdp_frame *frame;
static pgdp_table *table;

static int open_all(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    if (ctx == NULL) return 1;
    pgdp_ctx_set_threads(ctx, 2);
    frame = pgt_stream_frame(ctx, N);
    return pgdp_table_of_frame(ctx, frame, &table) != PGDP_OK;
}

static int close_all(void **state)
{
    (void)state;
    pgdp_table_free(table);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
    return 0;
}

static void check_glance(const pgdp_fit *got, const pgdp_fit *want, double rel)
{
    const pgdp_glance a = pgdp_fit_glance(got), b = pgdp_fit_glance(want);
    const double pairs[][2] = { { a.r_squared, b.r_squared },
                                { a.adj_r_squared, b.adj_r_squared },
                                { a.sigma, b.sigma },
                                { a.df, b.df },
                                { a.df_residual, b.df_residual },
                                { a.log_lik, b.log_lik },
                                { a.aic, b.aic },
                                { a.bic, b.bic },
                                { a.deviance, b.deviance },
                                { a.nobs, b.nobs } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_close(pairs[i][0], pairs[i][1], 10 * rel, 0);
    assert_close(a.statistic, b.statistic, 1000 * rel, 0); /* takes the inverse of the covariance */
}

static void check_rest(const pgdp_regression *got, const pgdp_regression *want, double rel)
{
    const pgdp_dropped a = pgdp_regression_dropped(got), b = pgdp_regression_dropped(want);
    const char *term, *because, *of_rows, *why;
    assert_memory_equal(&a, &b, sizeof a);
    for (size_t i = 0; pgdp_regression_collinear(want, i, &of_rows, &why); i++) {
        assert_true(pgdp_regression_collinear(got, i, &term, &because));
        assert_string_equal(term, of_rows);
        assert_string_equal(because, why);
    }
    for (size_t i = 0;; i++) {
        const pgdp_diagnostic d = pgdp_regression_diagnostic(got, i), e = pgdp_regression_diagnostic(want, i);
        assert_true((d.name == NULL) == (e.name == NULL));
        if (e.name == NULL) break;
        assert_string_equal(d.name, e.name);
        assert_close(d.statistic, e.statistic, 100 * rel, 1e-9);
        assert_close(d.p_value, e.p_value, 1e-8, 1e-9);
    }
    for (size_t i = 0;; i++) {
        const pgdp_factor f = pgdp_fit_factor(pgdp_regression_fit(got), i);
        const pgdp_factor g = pgdp_fit_factor(pgdp_regression_fit(want), i);
        assert_true((f.name == NULL) == (g.name == NULL));
        if (g.name == NULL) break;
        assert_string_equal(f.name, g.name);
        assert_close(f.value, g.value, rel, 0);
    }
}

/** Both ways, to rel. */
static void compare(const pgdp_regression_spec *spec, double rel)
{
    pgdp_regression *by_block, *by_row;
    print_message("%s %s %s\n", spec->formula, spec->vcov, spec->weights == NULL ? "" : spec->weights);
    assert_ok(ctx, pgdp_regress_table(ctx, table, spec, &by_block));
    assert_ok(ctx, pgdp_regress(ctx, frame, spec, &by_row));
    const pgdp_fit *got = pgdp_regression_fit(by_block), *want = pgdp_regression_fit(by_row);
    assert_string_equal(pgdp_fit_certificate(got).solver, "moments");
    assert_string_not_equal(pgdp_fit_certificate(want).solver, "moments");
    pgt_check_lines(got, want, rel);
    check_glance(got, want, rel);
    check_rest(by_block, by_row, rel);
    pgdp_regression_free(by_block);
    pgdp_regression_free(by_row);
}

static void least_squares_by_block_are_those_by_row(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "HC2", "HC3", "cluster(g)", "cluster(g + f)" };
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++)
        compare(&(pgdp_regression_spec){ .formula = "y ~ x1 + x2 + x3", .vcov = vcovs[i] }, 1e-12);
    compare(&(pgdp_regression_spec){ .formula = "y ~ x2 + x3", .vcov = "cluster(g + f); ssc(g_df=each)" }, 1e-12);
    compare(&(pgdp_regression_spec){ .formula = "y ~ x1 + x2 + x3", .vcov = "cluster(g^year + h)" },
            1e-11); /* a difference of meats */
}

static void weights_are_those_of_the_rows(void **state)
{
    (void)state;
    static const char *const words[][2] = { { "aw:w", "iid" }, { "aw:w", "HC1" }, { "pw:w", "HC3" },
                                            { "fw:k", "iid" }, { "fw:k", "HC2" }, { "aw:w", "cluster(g)" } };
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        compare(&(pgdp_regression_spec){ .formula = "y ~ x2 + x3", .weights = words[i][0], .vcov = words[i][1] },
                1e-12);
}

static void factors_functions_and_interactions_have_the_columns_of_the_rows(void **state)
{
    (void)state;
    static const char *const formulas[] = { "y ~ f + x2",
                                            "y ~ i(h, x3, ref=0) + exp(x3)",
                                            "y ~ f * x2 + I(x3^2) - 1",
                                            "log(h) ~ x2 + i(year, ref=c(2003, 2005))",
                                            "y ~ i(year, bin=3) + f:i(h)",
                                            "y ~ i(f, bin=c(\"l1\", \"l2\")) + x2 + x1" };
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++)
        compare(&(pgdp_regression_spec){ .formula = formulas[i], .vcov = "HC1", .subset = "year != 2004 | x3 > 2" },
                1e-11);
}

static void instruments_with_their_diagnostics_are_those_of_the_rows(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC1", "cluster(g)", "cluster(g + year)" };
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++)
        compare(&(pgdp_regression_spec){ .formula = "y ~ x2 + f | p ~ z1 + z2", .vcov = vcovs[i] }, 1e-11);
    compare(&(pgdp_regression_spec){ .formula = "y ~ x2 | p + x3 ~ z1 + z2 + x1", .vcov = "HC0", .weights = "aw:w" },
            1e-10);
    for (size_t i = 0; i < 2; i++)
        compare(&(pgdp_regression_spec){ .formula = "y ~ x2 | p ~ z1 + z2", .method = "liml", .vcov = vcovs[i] },
                1e-11);
}

static void ridge_is_that_of_the_rows(void **state)
{
    (void)state;
    const pgdp_setting settings[] = { { "lambda", "0.5" }, { NULL, NULL } };
    compare(&(pgdp_regression_spec){ .formula = "y ~ x2 + x3", .method = "ridge", .vcov = "HC1", .settings = settings },
            1e-11);
}

static void collinear_terms_are_left_out_with_the_same_words(void **state)
{
    (void)state;
    compare(&(pgdp_regression_spec){ .formula = "y ~ x2 + I(2 * x2) + x3 + I(x2 - x3)", .vcov = "HC1" }, 1e-11);
    compare(&(pgdp_regression_spec){ .formula = "y ~ x2 + I(x2 * 0) | p ~ z1 + z2 + I(z1 + z2)", .vcov = "iid" },
            1e-11);
}

/** Means a million times the spread, and terms of correlation 1 - 1e-10: digits of a QR of the rows. */
static void hard_columns_keep_their_digits(void **state)
{
    (void)state;
    compare(&(pgdp_regression_spec){ .formula = "y ~ I(x1 + 1000000) + I(x1 + 0.00001 * x3)", .vcov = "HC1" }, 1e-5);
    compare(&(pgdp_regression_spec){ .formula = "y ~ I(x1 + 1000000) + x3", .vcov = "HC1" }, 1e-9);
}

static void joint_hypotheses_are_those_of_the_rows(void **state)
{
    (void)state;
    compare(
        &(pgdp_regression_spec){ .formula = "y ~ x1 + x2 + x3", .vcov = "cluster(g)", .tests = "x2 = x3; x1 * x3 = 1" },
        1e-11);
}

/** The bits of all numbers of a fit. */
static void fingerprint(size_t n_threads, const pgdp_regression_spec *spec, double *out, size_t n)
{
    pgdp_ctx *own = pgdp_ctx_new(NULL);
    pgdp_regression *r;
    pgdp_ctx_set_threads(own, n_threads);
    assert_ok(own, pgdp_regress_table(own, table, spec, &r));
    const pgdp_fit *fit = pgdp_regression_fit(r);
    memset(out, 0, n * sizeof *out);
    memcpy(out, pgdp_fit_estimate(fit).x, pgdp_fit_n_terms(fit) * sizeof *out);
    memcpy(out + n / 2, pgdp_fit_vcov(fit).x, pgdp_fit_n_terms(fit) * pgdp_fit_n_terms(fit) * sizeof *out);
    pgdp_regression_free(r);
    pgdp_ctx_free(own);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    const pgdp_regression_spec specs[] = { { .formula = "y ~ x2 + f", .vcov = "HC1" },
                                           { .formula = "y ~ x2 | p ~ z1 + z2", .vcov = "cluster(g)" } };
    for (size_t i = 0; i < 2; i++) {
        double one[128], more[128];
        fingerprint(1, &specs[i], one, 128);
        for (size_t threads = 2; threads <= 4; threads += 2) {
            fingerprint(threads, &specs[i], more, 128);
            assert_memory_equal(one, more, sizeof one);
        }
    }
}

static void what_needs_all_rows_is_refused_in_a_sentence(void **state)
{
    (void)state;
    static const struct {
        pgdp_regression_spec spec;
        const char *part;
    } cases[] = {
        { { .formula = "y ~ poly(x2, 2)", .vcov = "iid" }, "found poly(), which needs all rows at once" },
        { { .formula = "y ~ x2 | f", .vcov = "iid" }, "found absorbed effects" },
        { { .formula = "y ~ x2", .vcov = "nw(lag=2)", .panel = "year" }, "found a covariance other than iid" },
        { { .formula = "y ~ l(x2)", .vcov = "iid", .panel = "g,year" }, "found a panel" },
        { { .formula = "y ~ x2", .vcov = "iid", .rows = true }, "found fitted values by row" },
        { { .formula = "k ~ x2", .vcov = "iid", .method = "negbin" }, "found a method other than ols" },
        { { .formula = "f ~ x2", .vcov = "iid", .method = "logit" }, "found an outcome of text" },
        { { .formula = "y ~ nothing", .vcov = "iid" }, "expected a column of the data" },
        { { .formula = "y ~ f + x2", .vcov = "iid", .subset = "x1 > 1e9" }, "found no row to fit among 70001" },
        { { .formula = "y ~ i(f, ref=zz)", .vcov = "iid" }, "found \"zz\", expected a level of f" },
        { { .formula = "y ~ x2", .vcov = "iid", .weights = "fw:x1" }, "weights: row 1 of the data" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_regression *r;
        assert_int_not_equal(pgdp_regress_table(ctx, table, &cases[i].spec, &r), PGDP_OK);
        assert_contains(pgdp_ctx_error(ctx), cases[i].part);
    }
}

static pgdp_status regress_once(pgdp_ctx *own, void *user)
{
    const pgdp_regression_spec spec = { .formula = "y ~ x2 + f | p ~ z1 + z2", .vcov = "cluster(g)" };
    pgdp_regression *r;
    pgdp_table *small;
    PG_TRY(pgdp_table_of_frame(own, user, &small));
    const pgdp_status status = pgdp_regress_table(own, small, &spec, &r);
    pgdp_table_free(small);
    if (status == PGDP_OK) pgdp_regression_free(r);
    return status;
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
        cmocka_unit_test(least_squares_by_block_are_those_by_row),
        cmocka_unit_test(weights_are_those_of_the_rows),
        cmocka_unit_test(factors_functions_and_interactions_have_the_columns_of_the_rows),
        cmocka_unit_test(instruments_with_their_diagnostics_are_those_of_the_rows),
        cmocka_unit_test(ridge_is_that_of_the_rows),
        cmocka_unit_test(collinear_terms_are_left_out_with_the_same_words),
        cmocka_unit_test(hard_columns_keep_their_digits),
        cmocka_unit_test(joint_hypotheses_are_those_of_the_rows),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(what_needs_all_rows_is_refused_in_a_sentence),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
