/* test_stream_glm.c  Likelihoods with absorbed effects by blocks are those of the rows, and go there where they must.
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

static void check_lines(const pgdp_fit *got, const pgdp_fit *want, double rel)
{
    assert_int_equal(pgdp_fit_n_terms(got), pgdp_fit_n_terms(want));
    for (size_t j = 0; j < pgdp_fit_n_terms(want); j++) {
        const pgdp_tidy a = pgdp_fit_tidy(got, j, 0.95), b = pgdp_fit_tidy(want, j, 0.95);
        assert_string_equal(a.term, b.term);
        assert_close(a.estimate, b.estimate, rel, rel * b.std_error);
        assert_close(a.std_error, b.std_error, rel, 0);
    }
    for (size_t i = 0;; i++) {
        const pgdp_factor f = pgdp_fit_factor(got, i), g = pgdp_fit_factor(want, i);
        assert_true((f.name == NULL) == (g.name == NULL));
        if (g.name == NULL) break;
        assert_string_equal(f.name, g.name);
        assert_close(f.value, g.value, 1e-14, 0);
    }
    for (size_t i = 0;; i++) {
        const pgdp_diagnostic d = pgdp_fit_diagnostic(got, i), e = pgdp_fit_diagnostic(want, i);
        assert_true((d.name == NULL) == (e.name == NULL));
        if (e.name == NULL) break;
        assert_string_equal(d.name, e.name);
        if (strcmp(d.name, "absorption") != 0) assert_close(d.statistic, e.statistic, 1e-9, 1e-12);
    }
}

static void compare(const pgdp_regression_spec *spec, double rel)
{
    pgdp_regression *by_block, *by_row;
    bool done;
    print_message("%s %s %s %s\n", spec->method, spec->formula, spec->vcov, spec->weights == NULL ? "" : spec->weights);
    assert_ok(ctx, pg_regress_by_blocks(ctx, frame, spec, &by_block, &done));
    assert_true(done);
    assert_ok(ctx, pgdp_regress(ctx, frame, spec, &by_row));
    const pgdp_fit *got = pgdp_regression_fit(by_block), *want = pgdp_regression_fit(by_row);
    const pgdp_dropped out = pgdp_regression_dropped(by_block), rows_out = pgdp_regression_dropped(by_row);
    assert_memory_equal(&out, &rows_out, sizeof out);
    check_lines(got, want, rel);
    const pgdp_glance a = pgdp_fit_glance(got), b = pgdp_fit_glance(want);
    const double pairs[][2] = { { a.df, b.df },
                                { a.df_residual, b.df_residual },
                                { a.log_lik, b.log_lik },
                                { a.log_lik_null, b.log_lik_null },
                                { a.aic, b.aic },
                                { a.bic, b.bic },
                                { a.nobs, b.nobs },
                                { a.deviance, b.deviance },
                                { a.statistic, b.statistic } };
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
        assert_close(pairs[i][0], pairs[i][1], 10 * rel, 0);
    assert_string_equal(pgdp_fit_certificate(got).solver, "irls");
    assert_true(pgdp_fit_certificate(got).digits > 12);
    assert_string_equal(pgdp_fit_diagnostic(got, 0).name, "absorption");
    assert_true(pgdp_fit_diagnostic(got, 0).statistic <= 1e-14);
    pgdp_regression_free(by_block);
    pgdp_regression_free(by_row);
}

static const char *const binary = "I((year > 2004) + 0) ~ x2 + x3 | g + h";

static void counts_and_choices_are_those_of_the_rows(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "iid", "HC0", "HC1", "cluster(g)", "cluster(year)", "cluster(h)" };
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
        compare(&(pgdp_regression_spec){ .formula = "I(k - 1) ~ x2 + x3 | year + g",
                                         .method = "poisson",
                                         .vcov = vcovs[i] },
                1e-10);
        compare(&(pgdp_regression_spec){ .formula = binary, .method = "logit", .vcov = vcovs[i] }, 1e-10);
    }
}

static void one_effect_many_terms_and_text_are_those_of_the_rows(void **state)
{
    (void)state;
    compare(&(pgdp_regression_spec){ .formula = "I(k - 1) ~ x2 | g", .method = "poisson", .vcov = "cluster(g)" },
            1e-10);
    compare(&(pgdp_regression_spec){ .formula = "I(k - 1) ~ x2 + x3 + z1 + z2 + p + exp(x3) | year + h",
                                     .method = "poisson",
                                     .vcov = "HC1",
                                     .tests = "x2 = z1" },
            1e-10);
    compare(&(pgdp_regression_spec){ .formula = "I(k - 1) ~ x2 + x3 | f + g",
                                     .method = "poisson",
                                     .vcov = "cluster(g)",
                                     .keep_singletons = true },
            1e-10);
}

static void weights_offsets_and_rows_left_out_are_those_of_the_rows(void **state)
{
    (void)state;
    compare(&(pgdp_regression_spec){ .formula = "I(k - 1) ~ x2 + x3 | year + g",
                                     .method = "poisson",
                                     .vcov = "HC0",
                                     .weights = "pw:w",
                                     .offset = "z1",
                                     .subset = "year != 2004 | x3 > 2" },
            1e-10);
    compare(&(pgdp_regression_spec){ .formula = "I((k - 1) * (g > 20)) ~ x2 + x3 | year + g",
                                     .method = "poisson",
                                     .vcov = "cluster(g)" },
            1e-10);
    compare(&(pgdp_regression_spec){ .formula = "I((k > 1) * (g > 20)) ~ x2 + x3 | g + h",
                                     .method = "logit",
                                     .vcov = "cluster(g)",
                                     .subset = "x3 < 4" },
            1e-10);
}

static void what_the_rows_alone_can_do_is_left_to_them(void **state)
{
    (void)state;
    static const pgdp_regression_spec specs[] = {
        { .formula = "I(k - 1) ~ x2 + I(2 * g) | year + g", .method = "poisson", .vcov = "iid" },
        { .formula = "I(k - 1) ~ x2 + I(2 * x2) | g", .method = "poisson", .vcov = "iid" },
        { .formula = "I(k - 1) ~ x2 | g", .method = "poisson", .vcov = "iid", .weights = "fw:k" },
        { .formula = "I(k - 1) ~ x2 | year + g^h", .method = "poisson", .vcov = "iid" },
        { .formula = "I(k - 1) ~ x2 + i(h) | g", .method = "poisson", .vcov = "iid" },
        { .formula = "x2 ~ x3 | g", .method = "poisson", .vcov = "iid" },
        { .formula = "k ~ x3 | g", .method = "logit", .vcov = "iid" },
        { .formula = "I((x2 > 0) + 0) ~ x2 + x3 | g", .method = "logit", .vcov = "iid" },
        { .formula = "f ~ x2 | g", .method = "logit", .vcov = "iid" },
        { .formula = "I((k > 1) + 0) ~ x2 | g", .method = "logit", .vcov = "iid", .offset = "z1" },
    };
    for (size_t i = 0; i < sizeof specs / sizeof *specs; i++) {
        pgdp_regression *r;
        bool done;
        assert_ok(ctx, pg_regress_by_blocks(ctx, frame, &specs[i], &r, &done));
        if (done) print_message("%s\n", specs[i].formula);
        assert_false(done);
    }
}

static void fingerprint(size_t n_threads, double *out, size_t n)
{
    const pgdp_regression_spec spec = { .formula = "I(k - 1) ~ x2 + x3 | year + g",
                                        .method = "poisson",
                                        .vcov = "cluster(g)" };
    pgdp_ctx *own = pgdp_ctx_new(NULL);
    pgdp_regression *r;
    bool done;
    pgdp_ctx_set_threads(own, n_threads);
    assert_ok(own, pg_regress_by_blocks(own, frame, &spec, &r, &done));
    assert_true(done);
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
    double one[16], more[16];
    fingerprint(1, one, 16);
    for (size_t threads = 2; threads <= 4; threads++) {
        fingerprint(threads, more, 16);
        assert_memory_equal(one, more, sizeof one);
    }
}

static pgdp_status regress_once(pgdp_ctx *own, void *user)
{
    const pgdp_regression_spec spec = { .formula = "I(k - 1) ~ x2 + x3 | year + g",
                                        .method = "poisson",
                                        .vcov = "cluster(g)" };
    pgdp_regression *r;
    bool done = false;
    PG_TRY(pg_regress_by_blocks(own, user, &spec, &r, &done));
    if (done) pgdp_regression_free(r);
    return PGDP_OK;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_frame *small = pgt_stream_frame(ctx, 2000);
    assert_true(pgt_fail_every_allocation(regress_once, small) > 10);
    pgdp_frame_free(small);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(counts_and_choices_are_those_of_the_rows),
        cmocka_unit_test(one_effect_many_terms_and_text_are_those_of_the_rows),
        cmocka_unit_test(weights_offsets_and_rows_left_out_are_those_of_the_rows),
        cmocka_unit_test(what_the_rows_alone_can_do_is_left_to_them),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_all, close_all);
}
