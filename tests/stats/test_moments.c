/* test_moments.c  Models from moments are those of the rows: estimates, standard errors, summaries and draws.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "pgdp/moments.h"
#include "stats/fit.h"
#include "tests/stats/moments_data.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static const double close_by = 1e-12;

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
    pgdp_moments *plain, *weighted[3];
} fixture;

static const char formula[] = "y ~ x1 + x2 + i(f) + x1:x2 + z1 + z2 + d";
static const char *const weights[] = { "aw:w", "fw:n", "pw:w" };

static int open_fixture(void **state)
{
    static fixture f;
    pgdp_moments_spec spec = { .formula = formula, .cells = "state + year + state^year" };
    f.ctx = pgdp_ctx_new(NULL);
    f.frame = pgt_moments_frame(f.ctx, 3000, 0, 3000);
    assert_ok(f.ctx, pgt_moments_of_frame(f.ctx, f.frame, &spec, &f.plain));
    for (size_t i = 0; i < 3; i++) {
        spec.weights = weights[i];
        assert_ok(f.ctx, pgt_moments_of_frame(f.ctx, f.frame, &spec, &f.weighted[i]));
    }
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < 3; i++)
        pgdp_moments_free(f->weighted[i]);
    pgdp_moments_free(f->plain);
    pgdp_frame_free(f->frame);
    pgdp_ctx_free(f->ctx);
    return 0;
}

/* The same model from the moments and from their rows, which lack none of the columns that are in them. */
static void agree(const fixture *f, const pgdp_moments *moments, const pgdp_regression_spec *spec)
{
    pgdp_regression *rows = NULL, *sums = NULL;
    pgdp_regression_spec by_moments = *spec, by_rows = *spec;
    by_moments.weights = NULL;
    if (spec->subset == NULL) by_rows.subset = "x2 > -1000";
    assert_ok(f->ctx, pgdp_regress(f->ctx, f->frame, &by_rows, &rows));
    assert_ok(f->ctx, pgdp_moments_regress(f->ctx, moments, &by_moments, &sums));
    pgt_assert_same_regressions(sums, rows, close_by);
    const double digits = pgdp_fit_certificate(pgdp_regression_fit(sums)).digits;
    const char *term, *because;
    if (pgdp_regression_collinear(sums, 0, &term, &because))
        assert_true(digits < 8); /* the rows alone could tell for sure */
    else
        assert_true(digits >= 12);
    pgdp_regression_free(sums);
    pgdp_regression_free(rows);
}

static void every_covariance_of_least_squares_is_that_of_the_rows(void **state)
{
    static const char *const vcovs[] = { "iid",
                                         "cluster(state)",
                                         "cluster(year)",
                                         "cluster(state + year)",
                                         "cluster(state^year)",
                                         "cr2(state)",
                                         "cr3(state)",
                                         "jackknife(state)",
                                         "bootstrap(state, B=199, seed=7)",
                                         "bootstrap(year, B=99)",
                                         "bootstrap(state^year, B=99)",
                                         "bootstrap(state, B=99, interval=percentile, adjust=romano_wolf)",
                                         "wild(state, B=499, seed=3)",
                                         "cluster(state + year); ssc(g_df=each, k_adj=no)" };
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
        const pgdp_regression_spec spec = { .formula = "y ~ x1 + x2 + i(f) + x1:x2", .vcov = vcovs[i] };
        agree(f, f->plain, &spec);
    }
}

static void every_kind_of_weights_is_that_of_the_rows(void **state)
{
    static const char *const vcovs[] = { "cluster(state)", "cr2(state)", "jackknife(state)", "wild(state, B=199)",
                                         "iid" };
    const fixture *f = *state;
    for (size_t w = 0; w < 3; w++)
        for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
            const pgdp_regression_spec spec = { .formula = "y ~ x1 + d + x2", .vcov = vcovs[i], .weights = weights[w] };
            if (w < 2 || strcmp(vcovs[i], "iid") != 0) agree(f, f->weighted[w], &spec);
        }
}

static void instrumental_methods_are_those_of_the_rows(void **state)
{
    static const char *const methods[] = { "iv", "liml", "gmm" };
    static const char *const vcovs[] = { "iid", "cluster(state)", "cluster(state + year)", "jackknife(year)",
                                         "bootstrap(state, B=49)" };
    static const pgdp_setting by_cluster[] = { { "weight", "cluster" }, { NULL, NULL } };
    static const pgdp_setting fuller[] = { { "fuller", "1" }, { NULL, NULL } };
    const fixture *f = *state;
    for (size_t m = 0; m < 3; m++)
        for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
            const pgdp_regression_spec spec = { .formula = "y ~ x1 + i(f) | d ~ z1 + z2",
                                                .method = methods[m],
                                                .vcov = vcovs[i],
                                                .settings = m == 2   ? by_cluster
                                                            : m == 1 ? fuller
                                                                     : NULL };
            if (m < 2 || (i > 0 && i < 3)) agree(f, f->plain, &spec);
            const pgdp_regression_spec weighted = { .formula = "y ~ x2 | d ~ z1 + z2",
                                                    .method = methods[m],
                                                    .vcov = vcovs[i],
                                                    .weights = weights[0],
                                                    .settings = spec.settings };
            if (m < 2 && i < 2) agree(f, f->weighted[0], &weighted);
        }
}

static void penalised_paths_are_those_of_the_rows(void **state)
{
    static const char *const lambdas[] = { "1.5", "0.3", "0.05", "0.004", "0" };
    static const char *const methods[] = { "ridge", "lasso", "enet" };
    const fixture *f = *state;
    for (size_t m = 0; m < 3; m++)
        for (size_t l = 0; l < sizeof lambdas / sizeof *lambdas; l++) {
            const pgdp_setting lambda[] = { { "lambda", lambdas[l] }, { NULL, NULL } };
            const pgdp_regression_spec spec = { .formula = "y ~ x1 + x2 + i(f) + z1 + z2",
                                                .method = methods[m],
                                                .vcov = m == 0 ? "iid" : "none",
                                                .settings = lambda };
            agree(f, f->plain, &spec);
            pgdp_regression_spec weighted = spec;
            weighted.weights = weights[0];
            agree(f, f->weighted[0], &weighted);
        }
}

static void samples_split_by_cells_are_those_of_the_rows(void **state)
{
    static const char *const subsets[] = { "year > 2003", "state == \"s3\" | state == \"s11\"",
                                           "!(state %in% c(\"s4\"))" };
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof subsets / sizeof *subsets; i++) {
        const pgdp_regression_spec spec = { .formula = "y ~ x1 + d + x2",
                                            .vcov = "cluster(year)",
                                            .subset = subsets[i] };
        agree(f, f->plain, &spec);
        pgdp_regression_spec weighted = spec;
        weighted.weights = weights[0];
        agree(f, f->weighted[0], &weighted);
    }
}

static void models_without_the_constant_are_those_of_the_rows(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x1 + d - 1", .vcov = "cluster(state)" };
    const pgdp_regression_spec iv = { .formula = "y ~ x1 - 1 | d ~ z1 + z2", .vcov = "iid" };
    const pgdp_regression_spec mean = { .formula = "y ~ 1", .vcov = "cluster(state)", .weights = weights[0] };
    agree(f, f->plain, &spec);
    agree(f, f->plain, &iv);
    agree(f, f->weighted[0], &mean);
}

static void a_collinear_term_is_left_out_by_name(void **state)
{
    const fixture *f = *state;
    const pgdp_moments_spec kept = { .formula = "y ~ x1 + x2 + I(x1 - 2 * x2) + d", .cells = "state" };
    pgdp_moments *m = NULL;
    assert_ok(f->ctx, pgt_moments_of_frame(f->ctx, f->frame, &kept, &m));
    const pgdp_regression_spec spec = { .formula = kept.formula, .vcov = "cluster(state)" };
    pgdp_regression *r = NULL;
    const char *term, *because;
    agree(f, m, &spec);
    assert_ok(f->ctx, pgdp_moments_regress(f->ctx, m, &spec, &r));
    assert_true(pgdp_regression_collinear(r, 0, &term, &because));
    assert_string_equal(term, "I(x1 - 2 * x2)");
    pgdp_regression_free(r);
    pgdp_moments_free(m);
}

static void what_needs_rows_is_refused_by_name(void **state)
{
    static const pgdp_setting lasso[] = { { "alpha", "1" }, { NULL, NULL } };
    static const struct {
        pgdp_regression_spec spec;
        const char *says;
    } cases[] = {
        { { .formula = "y ~ x1", .vcov = "HC1" }, "covariance HC1 needs the rows" },
        { { .formula = "y ~ x1", .vcov = "bootstrap" }, "covariance bootstrap needs the rows" },
        { { .formula = "y ~ x1", .vcov = "bootstrap(state, kind=residual)" }, "a bootstrap of residuals" },
        { { .formula = "y ~ x1", .vcov = "iid", .method = "logit" }, "method logit needs the rows" },
        { { .formula = "y ~ x1", .vcov = "iid", .rows = true }, "a table of rows needs the rows" },
        { { .formula = "y ~ x1", .vcov = "iid", .diagnostics = "reset" }, "a diagnostic of residuals" },
        { { .formula = "y ~ x1", .vcov = "none", .method = "lasso", .settings = lasso }, "cross-validation" },
        { { .formula = "y ~ x1 | d ~ z1 + z2", .vcov = "iid", .method = "gmm" }, "weight=robust" },
        { { .formula = "y ~ x1 | state", .vcov = "iid" },
          "found the effects state, but those that the moments were made with are none" },
        { { .formula = "y ~ x1 + i(f) - 1", .vcov = "iid" }, "less a reference" },
        { { .formula = "y ~ i(f, ref=\"b\")", .vcov = "iid" }, "those that the moments were made with" },
        { { .formula = "y ~ x9", .vcov = "iid" }, "found x9, expected a column of the moments" },
        { { .formula = "y ~ x1", .vcov = "cluster(stat)" }, "found stat, expected a column of the moments' cells" },
        { { .formula = "y ~ x1", .vcov = "iid", .subset = "x1 > 0" }, "a subset of moments" },
        { { .formula = "y ~ x1", .vcov = "iid", .weights = "aw:w" }, "found weights aw:w" },
    };
    const fixture *f = *state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_regression *r = NULL;
        assert_true(pgdp_moments_regress(f->ctx, f->plain, &cases[i].spec, &r) != PGDP_OK);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].says);
    }
    pgdp_regression *r = NULL;
    const pgdp_regression_spec iid = { .formula = "y ~ x1", .vcov = "iid" };
    assert_status(f->ctx, pgdp_moments_regress(f->ctx, f->weighted[2], &iid, &r), PGDP_BAD_ARGUMENT);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_covariance_of_least_squares_is_that_of_the_rows),
        cmocka_unit_test(every_kind_of_weights_is_that_of_the_rows),
        cmocka_unit_test(instrumental_methods_are_those_of_the_rows),
        cmocka_unit_test(penalised_paths_are_those_of_the_rows),
        cmocka_unit_test(samples_split_by_cells_are_those_of_the_rows),
        cmocka_unit_test(models_without_the_constant_are_those_of_the_rows),
        cmocka_unit_test(a_collinear_term_is_left_out_by_name),
        cmocka_unit_test(what_needs_rows_is_refused_by_name),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
