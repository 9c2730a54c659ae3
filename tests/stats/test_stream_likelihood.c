/* test_stream_likelihood.c  Likelihoods over the blocks of a table are those of its rows.
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

/** Lines, summary, diagnostics, certificate, rows and terms left out: both ways, to rel. */
static void compare(const pgdp_regression_spec *spec, double rel)
{
    pgdp_regression *by_block, *by_row;
    print_message("%s %s %s\n", spec->method, spec->formula, spec->vcov);
    assert_ok(ctx, pgdp_regress_table(ctx, table, spec, &by_block));
    assert_ok(ctx, pgdp_regress(ctx, frame, spec, &by_row));
    const pgdp_fit *got = pgdp_regression_fit(by_block), *want = pgdp_regression_fit(by_row);
    const pgdp_dropped out = pgdp_regression_dropped(by_block), rows_out = pgdp_regression_dropped(by_row);
    assert_memory_equal(&out, &rows_out, sizeof out);
    assert_int_equal(pgdp_fit_n_terms(got), pgdp_fit_n_terms(want));
    for (size_t j = 0; j < pgdp_fit_n_terms(want); j++) {
        const pgdp_tidy a = pgdp_fit_tidy(got, j, 0.95), b = pgdp_fit_tidy(want, j, 0.95);
        assert_string_equal(a.term, b.term);
        assert_close(a.estimate, b.estimate, rel, rel * b.std_error);
        assert_close(a.std_error, b.std_error, rel, 0);
    }
    const pgdp_glance a = pgdp_fit_glance(got), b = pgdp_fit_glance(want);
    const double pairs[][2] = { { a.df, b.df },           { a.df_residual, b.df_residual },
                                { a.log_lik, b.log_lik }, { a.log_lik_null, b.log_lik_null },
                                { a.aic, b.aic },         { a.bic, b.bic },
                                { a.nobs, b.nobs },       { a.deviance, b.deviance } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_close(pairs[i][0], pairs[i][1], rel, 0);
    assert_close(a.statistic, b.statistic, 0, 10 * rel * fabs(b.log_lik)); /* a difference of likelihoods */
    for (size_t i = 0;; i++) {
        const pgdp_diagnostic d = pgdp_regression_diagnostic(by_block, i), e = pgdp_regression_diagnostic(by_row, i);
        assert_true((d.name == NULL) == (e.name == NULL));
        if (e.name == NULL) break;
        assert_string_equal(d.name, e.name);
        assert_close(d.statistic, e.statistic, 100 * rel, 1e-9);
    }
    const pgdp_certificate c = pgdp_fit_certificate(got), d = pgdp_fit_certificate(want);
    assert_string_equal(c.solver, d.solver);
    assert_int_equal(c.refinements, d.refinements);
    assert_true(c.digits > d.digits - 0.1);
    for (size_t i = 0;; i++) {
        const char *term = NULL, *because = NULL, *of_rows = NULL, *why = NULL;
        const bool more = pgdp_regression_collinear(by_row, i, &of_rows, &why);
        assert_true(pgdp_regression_collinear(by_block, i, &term, &because) == more);
        if (!more) break;
        assert_string_equal(term, of_rows);
        assert_string_equal(because, why);
    }
    pgdp_regression_free(by_block);
    pgdp_regression_free(by_row);
}

static const char *const binary = "I((year > 2004) + 0) ~ x2 + x3", *const share = "I(k / 4) ~ x2 + f";

static void likelihoods_by_block_are_those_by_row(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "cluster(g)", "cluster(g + f)" };
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
        compare(&(pgdp_regression_spec){ .formula = binary, .method = "logit", .vcov = vcovs[i] }, 1e-10);
        compare(&(pgdp_regression_spec){ .formula = binary, .method = "probit", .vcov = vcovs[i] }, 1e-10);
        compare(&(pgdp_regression_spec){ .formula = "k ~ x2 + x3 + i(h)", .method = "poisson", .vcov = vcovs[i] },
                1e-10);
        compare(&(pgdp_regression_spec){ .formula = share, .method = "fraclogit", .vcov = vcovs[i] }, 1e-10);
    }
    compare(&(pgdp_regression_spec){ .formula = binary, .method = "probit", .vcov = "iid(information=expected)" },
            1e-10);
    /* of x1 the mean is a thousand spreads, and products of scores are of the terms as they are: six digits go */
    compare(&(pgdp_regression_spec){ .formula = "k ~ x1 + x2 + x3", .method = "poisson", .vcov = "cluster(g)" }, 1e-8);
    compare(&(pgdp_regression_spec){ .formula = "k ~ x1 + x2 + x3", .method = "poisson", .vcov = "iid" }, 1e-10);
}

static void weights_offsets_and_rows_left_out_are_those_of_the_rows(void **state)
{
    (void)state;
    static const char *const methods[] = { "logit", "probit", "poisson", "fraclogit" };
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++) {
        const char *formula = i < 2 ? binary : i == 2 ? "k ~ x2 + i(year, x3) - 1" : share;
        compare(&(pgdp_regression_spec){ .formula = formula, .method = methods[i], .vcov = "HC1", .weights = "pw:w" },
                1e-10);
        compare(&(pgdp_regression_spec){ .formula = formula,
                                         .method = methods[i],
                                         .vcov = "cluster(g)",
                                         .weights = "fw:k",
                                         .offset = "z1",
                                         .subset = "year != 2004 | x3 > 2" },
                1e-10);
    }
}

static void a_ridge_is_that_of_the_rows(void **state)
{
    (void)state;
    const pgdp_setting settings[] = { { "lambda", "2.5" }, { NULL, NULL } };
    compare(&(pgdp_regression_spec){ .formula = share, .method = "fraclogit", .vcov = "HC1", .settings = settings },
            1e-10);
}

static void collinear_terms_are_left_out_with_the_same_words(void **state)
{
    (void)state;
    compare(&(pgdp_regression_spec){ .formula = "k ~ x2 + I(2 * x2) + x3 + I(x2 - x3)",
                                     .method = "poisson",
                                     .vcov = "HC1" },
            1e-10);
}

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
    const pgdp_regression_spec spec = { .formula = "k ~ x2 + f", .method = "poisson", .vcov = "cluster(g)" };
    double one[128], more[128];
    fingerprint(1, &spec, one, 128);
    fingerprint(3, &spec, more, 128);
    assert_memory_equal(one, more, sizeof one);
}

static void what_is_wrong_is_said_in_the_words_of_the_rows(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "k ~ x2", .method = "logit", .vcov = "iid" },
        { .formula = "x2 ~ x3", .method = "poisson", .vcov = "iid" },
        { .formula = "I(k + x2) ~ x3", .method = "fraclogit", .vcov = "iid" },
        { .formula = "I(0 * k) ~ x3", .method = "poisson", .vcov = "iid" },
        { .formula = "I((x2 > 0) + 0) ~ x2 + x3", .method = "logit", .vcov = "iid" },
        { .formula = "k ~ x3", .method = "poisson", .vcov = "iid", .weights = "aw:w" },
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        pgdp_regression *r;
        char words[1024];
        const pgdp_status status = pgdp_regress(ctx, frame, &specs[i], &r);
        assert_int_not_equal(status, PGDP_OK);
        (void)snprintf(words, sizeof words, "%s", pgdp_ctx_error(ctx));
        assert_int_equal(pgdp_regress_table(ctx, table, &specs[i], &r), status);
        assert_string_equal(pgdp_ctx_error(ctx), words);
    }
}

static pgdp_status regress_once(pgdp_ctx *own, void *user)
{
    const pgdp_regression_spec spec = { .formula = "k ~ x2 + f", .method = "poisson", .vcov = "cluster(g)" };
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
        cmocka_unit_test(likelihoods_by_block_are_those_by_row),
        cmocka_unit_test(weights_offsets_and_rows_left_out_are_those_of_the_rows),
        cmocka_unit_test(a_ridge_is_that_of_the_rows),
        cmocka_unit_test(collinear_terms_are_left_out_with_the_same_words),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(what_is_wrong_is_said_in_the_words_of_the_rows),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
