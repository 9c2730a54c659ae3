/* test_iv.c  Two-stage least squares, LIML and GMM: numbers of numpy 1.24 from the formulas of the papers on made data,
 * settings and refusals. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/iv_designs.h"
#include "tests/support/context.h"

static const char *const methods[] = { "iv", "liml", "gmm" };

typedef struct expected {
    const char *method, *vcov;
    size_t n_endogenous;
    bool weighted;
    double estimate[4], std_error[4];
} expected;

static void estimates_and_errors_agree_with_numpy(void **state)
{
    (void)state;
    static const expected cases[] = {
        { "iv",
          "HC1",
          1,
          false,
          { 0.968320066376463, 0.619472254876796, 0.631019295698407 },
          { 0.0192031392484434, 0.0785236289144627, 0.134206546948315 } },
        { "liml",
          "HC1",
          1,
          false,
          { 0.965481646283778, 0.645374017228914, 0.547384522170011 },
          { 0.0210154038564563, 0.0878240771735792, 0.164260371102305 } },
        { "gmm",
          "HC0",
          1,
          false,
          { 0.971781988925504, 0.633685210134122, 0.608976926238549 },
          { 0.0192746980070767, 0.077919475760149, 0.134493250840691 } },
        { "iv",
          "cluster",
          2,
          false,
          { 0.967988649588241, 0.519968495806711, 0.788052895038134, -0.295516999241446 },
          { 0.0369027690720744, 0.0941186740677576, 0.144547833418673, 0.150613281119305 } },
        { "iv",
          "cluster",
          2,
          true,
          { 0.962228724325004, 0.453356289483043, 0.81170123417139, -0.307742026409233 },
          { 0.0367534961655829, 0.0924880159202089, 0.173235730114572, 0.135050509638393 } },
        { "liml",
          "cluster",
          2,
          true,
          { 0.960516023360852, 0.462837096438791, 0.771287253467819, -0.314349247789429 },
          { 0.0381078739948838, 0.108314468426428, 0.207674251329948, 0.160415021169765 } },
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        iv_design t = iv_design_new(150, cases[c].n_endogenous, 12345, 1);
        pgdp_design *d = iv_tie(&t);
        if (cases[c].weighted) {
            d->weights = (pgdp_vec){ t.w, t.n };
            d->weight_kind = PGDP_ANALYTIC;
        }
        pgdp_fit *fit = iv_fit(ctx, cases[c].method, cases[c].vcov, d, NULL, NULL);
        for (size_t j = 0; j < 2 + cases[c].n_endogenous; j++) {
            assert_close(pgdp_fit_estimate(fit).x[j], cases[c].estimate[j], 1e-12, 0);
            assert_close(pgdp_fit_tidy(fit, j, 0.95).std_error, cases[c].std_error[j], 1e-11, 0);
        }
        pgdp_fit_free(fit);
        iv_design_free(&t);
    }
}

static void cluster_weights_of_gmm_agree_with_numpy(void **state)
{
    (void)state;
    static const double want[] = { 0.976613378251954, 0.503032712592283, 0.761772879764376, -0.29801501895687 };
    static const double errors[] = { 0.0352299924175799, 0.0812352089640401, 0.12907847901458, 0.139676791256408 };
    const pgdp_setting settings[] = { { "weight", "cluster" }, { NULL, NULL } };
    iv_design t = iv_design_new(150, 2, 12345, 1);
    pgdp_fit *fit = iv_fit(ctx, "gmm", "cluster", iv_tie(&t), NULL, settings);
    const double g = 19, factor = g / (g - 1) * 149 / 146;
    for (size_t j = 0; j < 4; j++) {
        assert_close(pgdp_fit_estimate(fit).x[j], want[j], 1e-12, 0);
        assert_close(pgdp_fit_tidy(fit, j, 0.95).std_error, errors[j] * sqrt(factor), 1e-11, 0);
    }
    pgdp_fit_free(fit);
    pgdp_fit *refused = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "gmm", "HC0", iv_tie(&t), settings, &refused), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "weight=cluster needs the clusters");
    iv_design_free(&t);
}

static void a_collinear_instrument_is_left_out_and_named(void **state)
{
    (void)state;
    iv_design t = iv_design_new(150, 2, 12, 1);
    pgdp_design *d = iv_tie(&t);
    pgdp_fit *before = iv_fit(ctx, "iv", "HC1", d, "none", NULL);
    for (size_t i = 0; i < t.n; i++)
        t.z[i + 4 * t.n] = 2 * t.z[i + t.n] - t.x[i + t.n];
    d->z.n_cols = 5;
    pgdp_fit *after = iv_fit(ctx, "iv", "HC1", d, "none", NULL);
    assert_contains(iv_line(after, "instrument_left_out:z5", 0).title, "instrument z5 equals -x1 + 2 * z2: left out");
    for (size_t j = 0; j < 4; j++)
        assert_close(pgdp_fit_estimate(after).x[j], pgdp_fit_estimate(before).x[j], 0, 0);
    pgdp_fit_free(before);
    pgdp_fit_free(after);
    iv_design_free(&t);
}

static void refuse(const char *method, const pgdp_design *d, const pgdp_setting *settings, pgdp_status status,
                   const char *part)
{
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, method, "iid", d, settings, &fit), status);
    assert_contains(pgdp_ctx_error(ctx), part);
}

static void models_that_cannot_be_estimated_say_why(void **state)
{
    (void)state;
    iv_design t = iv_design_new(150, 2, 13, 1);
    pgdp_design *d = iv_tie(&t);
    d->z.n_cols = 1;
    refuse("iv", d, NULL, PGDP_BAD_ARGUMENT, "under-identified: 1 instruments for 2 endogenous");
    d->z.n_cols = 2;
    memcpy(t.z + t.n, t.z, t.n * sizeof *t.z);
    refuse("liml", d, NULL, PGDP_BAD_ARGUMENT, "only 1 instruments that are not collinear");
    assert_contains(pgdp_ctx_error(ctx), "instrument z2 equals z1");
    d->n_endogenous = 0;
    refuse("gmm", d, NULL, PGDP_BAD_ARGUMENT, "needs endogenous terms and instruments");
    d->n_endogenous = 2;
    t.z[3] = (double)NAN;
    refuse("iv", d, NULL, PGDP_BAD_ARGUMENT, "instrument z1 is not finite in row 4");
    iv_design_free(&t);
    t = iv_design_new(150, 2, 13, 1);
    d = iv_tie(&t);
    for (size_t i = 0; i < t.n; i++)
        t.x[i + 3 * t.n] = 2 * t.x[i + 2 * t.n] + 1;
    refuse("iv", d, NULL, PGDP_RANK_DEFICIENT, "collinear");
    const pgdp_setting both[] = { { "fuller", "1" }, { "kclass", "1" }, { NULL, NULL } };
    const pgdp_setting middle[] = { { "kclass", "-0.5" }, { NULL, NULL } };
    refuse("liml", d, both, PGDP_RANK_DEFICIENT, "collinear");
    iv_design_free(&t);
    t = iv_design_new(150, 2, 13, 1);
    refuse("liml", iv_tie(&t), both, PGDP_BAD_ARGUMENT, "give one");
    refuse("liml", iv_tie(&t), middle, PGDP_BAD_ARGUMENT, "kclass must be 0 or above");
    const pgdp_setting large[] = { { "kclass", "50" }, { NULL, NULL } };
    refuse("liml", iv_tie(&t), large, PGDP_NUMERICAL, "smaller kclass");
    iv_design_free(&t);
}

static void the_k_class_holds_least_squares_and_two_stages(void **state)
{
    (void)state;
    const pgdp_setting zero[] = { { "kclass", "0" }, { NULL, NULL } }, one[] = { { "kclass", "1" }, { NULL, NULL } };
    const pgdp_setting fuller[] = { { "fuller", "4" }, { NULL, NULL } };
    iv_design t = iv_design_new(150, 2, 14, 1);
    pgdp_design *d = iv_tie(&t);
    pgdp_fit *ols = iv_fit(ctx, "ols", "HC1", d, "none", NULL), *iv = iv_fit(ctx, "iv", "HC1", d, "none", NULL);
    pgdp_fit *k0 = iv_fit(ctx, "liml", "HC1", d, "none", zero), *k1 = iv_fit(ctx, "liml", "HC1", d, "none", one);
    pgdp_fit *liml = iv_fit(ctx, "liml", "HC1", d, "none", NULL);
    pgdp_fit *less = iv_fit(ctx, "liml", "HC1", d, "none", fuller);
    for (size_t j = 0; j < 4; j++) {
        assert_close(pgdp_fit_estimate(k0).x[j], pgdp_fit_estimate(ols).x[j], 1e-12, 0);
        assert_close(pgdp_fit_tidy(k0, j, 0.95).std_error, pgdp_fit_tidy(ols, j, 0.95).std_error, 1e-12, 0);
        assert_close(pgdp_fit_estimate(k1).x[j], pgdp_fit_estimate(iv).x[j], 0, 0);
        assert_close(pgdp_fit_tidy(k1, j, 0.95).std_error, pgdp_fit_tidy(iv, j, 0.95).std_error, 0, 0);
    }
    assert_close(iv_line(less, "kappa", 0).statistic, iv_line(liml, "kappa", 0).statistic - 4.0 / (150 - 6), 1e-14, 0);
    pgdp_fit *const fits[] = { ols, iv, k0, k1, liml, less };
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++)
        pgdp_fit_free(fits[i]);
    iv_design_free(&t);
}

static void gmm_with_iid_weights_is_two_stages_and_iterates_to_a_fixed_point(void **state)
{
    (void)state;
    const pgdp_setting iid[] = { { "weight", "iid" }, { NULL, NULL } };
    const pgdp_setting loose[] = { { "steps", "iterated" }, { "tol", "1e-9" }, { NULL, NULL } };
    const pgdp_setting tight[] = { { "steps", "iterated" }, { "tol", "1e-13" }, { NULL, NULL } };
    const pgdp_setting few[] = { { "steps", "iterated" }, { "max_iter", "1" }, { NULL, NULL } };
    iv_design t = iv_design_new(150, 2, 15, 1);
    pgdp_design *d = iv_tie(&t);
    pgdp_fit *iv = iv_fit(ctx, "iv", "HC0", d, "none", NULL), *gmm = iv_fit(ctx, "gmm", "HC0", d, "none", iid);
    pgdp_fit *a = iv_fit(ctx, "gmm", "HC0", d, "none", loose), *b = iv_fit(ctx, "gmm", "HC0", d, "none", tight);
    pgdp_fit *c = iv_fit(ctx, "gmm", "iid", d, "none", tight);
    iv_assert_same(gmm, iv, 1e-12);
    iv_assert_same(a, b, 1e-7);
    iv_assert_same(b, c, 1e-10); /* at the fixed point the sandwich is the short form */
    refuse("gmm", d, few, PGDP_NO_CONVERGENCE, "has not converged in 1 steps");
    pgdp_fit *const fits[] = { iv, gmm, a, b, c };
    for (size_t i = 0; i < sizeof fits / sizeof *fits; i++)
        pgdp_fit_free(fits[i]);
    iv_design_free(&t);
}

static pgdp_status fit_all(pgdp_ctx *context, void *user)
{
    const pgdp_design *d = user;
    for (size_t m = 0; m < 3; m++) {
        pgdp_fit *fit = NULL;
        const pg_fit_request q = { .estimator = methods[m], .vcov = "HC1", .design = d };
        const pgdp_status status = pg_fit_run(context, &q, &fit);
        pgdp_fit_free(fit);
        if (status != PGDP_OK) return status;
    }
    return PGDP_OK;
}

static void nothing_leaks_when_memory_is_out(void **state)
{
    (void)state;
    iv_design t = iv_design_new(40, 1, 17, 1);
    assert_true(pgt_fail_every_allocation(fit_all, iv_tie(&t)) > 5);
    iv_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(estimates_and_errors_agree_with_numpy),
        cmocka_unit_test(cluster_weights_of_gmm_agree_with_numpy),
        cmocka_unit_test(a_collinear_instrument_is_left_out_and_named),
        cmocka_unit_test(models_that_cannot_be_estimated_say_why),
        cmocka_unit_test(the_k_class_holds_least_squares_and_two_stages),
        cmocka_unit_test(gmm_with_iid_weights_is_two_stages_and_iterates_to_a_fixed_point),
        cmocka_unit_test(nothing_leaks_when_memory_is_out),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
