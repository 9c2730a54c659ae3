/* test_ssc.c  Small-sample corrections: each switch, what it does to the covariance and what is told; presets.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>

enum { N = 90, K = 3 };

static int open_ctx(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static int close_ctx(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static pgdp_fit *fit_preset(pgdp_ctx *ctx, const char *estimator, const char *vcov, const pgdp_design *d,
                            const char *preset)
{
    pgdp_fit *fit = NULL;
    const pg_fit_request q = { .estimator = estimator, .vcov = vcov, .design = d, .preset = preset };
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    return fit;
}

/* The first variance of one covariance over that of another, and what is told of the first. */
static double ratio(pgdp_ctx *ctx, const pgdp_design *d, const char *vcov, const char *base, const char *told)
{
    pgdp_fit *a = fit_preset(ctx, "ols", vcov, d, NULL), *b = fit_preset(ctx, "ols", base, d, NULL);
    const double out = pgdp_fit_vcov(a).x[0] / pgdp_fit_vcov(b).x[0];
    bool found = told == NULL;
    for (size_t i = 0; told != NULL && pgdp_fit_factor(a, i).name != NULL; i++)
        found = found || pg_streq(pgdp_fit_factor(a, i).name, told);
    assert_true(found);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    return out;
}

static void switches_of_heteroskedastic_covariances(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 1);
    const double n = N, k = K;
    assert_close(ratio(ctx, &t.d, "HC1", "HC0", "N/(N-K)"), n / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "HC1; ssc(k_adj=no)", "HC0", NULL), 1, 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "HC1; ssc(k_adj=no, g_adj=yes)", "HC0", "N/(N-1)"), n / (n - 1), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "HC1; ssc(g_adj=yes)", "HC0", "(N-1)/(N-K)"), n / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "HC1; ssc(g_adj=no)", "HC0", "(N-1)/(N-K)"), (n - 1) / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "HC3; ssc(k_adj=yes)", "HC3", "N/(N-K)"), n / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "iid; ssc(k_adj=no)", "iid", "sigma^2 = ssr/N"), (n - k) / n, 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "nw(lag=2); ssc(k_adj=yes)", "nw(lag=2)", "N/(N-K)"), n / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "nw(lag=2); ssc(k_adj=yes, g_adj=yes)", "nw(lag=2)", "T/(T-1)"), n / (n - k), 1e-13,
                 0);
    pgt_design_free(&t);
}

static void switches_of_clusters(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 2);
    const double n = N, k = K;
    t.d.n_clusterings = 1;
    static const char *const bare = "cluster; ssc(k_adj=no, g_adj=no)";
    assert_close(ratio(ctx, &t.d, "cluster", bare, "G/(G-1)"), 17.0 / 16 * (n - 1) / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "cluster; ssc(k_adj=no)", bare, "G/(G-1)"), 17.0 / 16, 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "cluster; ssc(g_adj=no)", bare, "(N-1)/(N-K)"), (n - 1) / (n - k), 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "cluster; ssc(k_adj=default, g_adj=yes)", "cluster", NULL), 1, 1e-13, 0);
    assert_close(ratio(ctx, &t.d, "cr2; ssc(g_adj=yes)", "cr2", "G/(G-1)"), 17.0 / 16, 1e-13, 0);
    pgt_design_free(&t);
}

static void degrees_of_freedom_follow_their_switch(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 3);
    t.d.n_clusterings = 1;
    const struct {
        const char *vcov;
        double df;
    } cases[] = {
        { "iid", N - K },
        { "iid; ssc(t_df=normal)", HUGE_VAL },
        { "HC1; ssc(t_df=normal)", HUGE_VAL },
        { "HC1; ssc(k_adj=no)", N - K },
        { "cluster", 16 },
        { "cluster; ssc(t_df=residual)", N - K },
        { "cluster; ssc(t_df=normal)", HUGE_VAL },
        { "cr2", 16 },
        { "cr3; ssc(t_df=residual)", N - K },
        { "nw(lag=3)", N - K },
        { "nw(lag=3); ssc(t_df=clusters)", N - 1 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pgdp_fit *fit = fit_preset(ctx, "ols", cases[i].vcov, &t.d, NULL);
        assert_close(pgdp_fit_vcov_df(fit), cases[i].df, 0, 0);
        pgdp_fit_free(fit);
    }
    pgt_design_free(&t);
}

/* Two ways, G 17 and 11 and up to 90 pairs: V = sum of parts, each with its own factor. */
static void several_clusterings_take_one_G_or_their_own(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 4);
    static size_t pair[N];
    static const size_t *const alone[] = { pair };
    size_t n_pairs = 0;
    for (size_t i = 0; i < N; i++) {
        pair[i] = t.cluster[i] * 11 + t.other[i];
        bool seen = false;
        for (size_t l = 0; l < i; l++)
            seen = seen || pair[l] == pair[i];
        n_pairs += !seen;
    }
    static const char *const bare = "cluster; ssc(k_adj=no, g_adj=no, psd=no)";
    double part[3];
    const size_t *const *const ways[] = { t.clusters, t.clusters + 1, alone };
    pgdp_design d = t.d;
    d.n_clusterings = 1;
    for (size_t w = 0; w < 3; w++) {
        d.cluster = ways[w];
        pgdp_fit *fit = fit_preset(ctx, "ols", bare, &d, NULL);
        part[w] = pgdp_fit_vcov(fit).x[0];
        pgdp_fit_free(fit);
    }
    const double g[] = { 17, 11, (double)n_pairs };
    d.cluster = t.clusters;
    d.n_clusterings = 2;
    pgdp_fit *one = fit_preset(ctx, "ols", "cluster; ssc(k_adj=no, psd=no)", &d, NULL);
    pgdp_fit *each = fit_preset(ctx, "ols", "cluster; ssc(k_adj=no, psd=no, g_df=each)", &d, NULL);
    assert_close(pgdp_fit_vcov(one).x[0], 1.1 * (part[0] + part[1] - part[2]), 1e-11, 0);
    assert_close(pgdp_fit_vcov(each).x[0],
                 g[0] / (g[0] - 1) * part[0] + g[1] / (g[1] - 1) * part[1] - g[2] / (g[2] - 1) * part[2], 1e-11, 0);
    assert_string_equal(pgdp_fit_factor(each, 1).name, "G/(G-1) of 1");
    assert_string_equal(pgdp_fit_factor(each, 2).name, "G/(G-1) of 2");
    assert_string_equal(pgdp_fit_factor(each, 3).name, "G/(G-1) of 1^2");
    assert_close(pgdp_fit_factor(each, 3).value, g[2] / (g[2] - 1), 1e-15, 0);
    assert_null(pgdp_fit_factor(each, 4).name); /* psd=no: nothing was zeroed */
    pgdp_fit_free(one);
    pgdp_fit_free(each);
    pgt_design_free(&t);
}

/* Effects f (6 levels) nested in the cluster, h (4 levels) across: K = 2 + 4 nested, 2 + 9 full, 2 none. */
static void effects_within_clusters_count_as_asked(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 5);
    static size_t f[N], h[N], cluster[N];
    static const size_t *const clusters[] = { cluster };
    for (size_t i = 0; i < N; i++) {
        f[i] = i % 6;
        h[i] = i / 7 % 4;
        cluster[i] = f[i] / 2;
    }
    const pgdp_effect effects[] = { { "f", f, 6, NULL }, { "h", h, 4, NULL } };
    pgt_drop_constant(&t);
    t.d.effects = effects;
    t.d.n_effects = 2;
    t.d.cluster = clusters;
    t.d.n_clusterings = 1;
    const struct {
        const char *vcov;
        double k;
    } cases[] = {
        { "cluster", 2 + 4 },
        { "cluster; ssc(k_effects=nested)", 2 + 4 },
        { "cluster; ssc(k_effects=full)", 2 + 9 },
        { "cluster; ssc(k_effects=none)", 2 },
        { "HC1", 2 + 9 },
        { "HC1; ssc(k_effects=none)", 2 },
        { "iid", 2 + 9 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pgdp_fit *fit = fit_preset(ctx, "ols", cases[i].vcov, &t.d, NULL);
        double k = (double)NAN;
        for (size_t p = 0; pgdp_fit_factor(fit, p).name != NULL; p++)
            if (pg_streq(pgdp_fit_factor(fit, p).name, "K")) k = pgdp_fit_factor(fit, p).value;
        assert_close(k, cases[i].k, 0, 0);
        pgdp_fit_free(fit);
    }
    t.d.n_effects = 1; /* f alone: nested, so the constant counts in its place */
    pgdp_fit *fit = fit_preset(ctx, "ols", "cluster", &t.d, NULL);
    assert_string_equal(pgdp_fit_factor(fit, 2).name, "K");
    assert_close(pgdp_fit_factor(fit, 2).value, 3, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void misspelt_switches_and_presets_get_a_suggestion(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 6);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "HC1; ssc(kadj=no)", &t.d, NULL, &fit), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "did you mean \"k_adj\"");
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "HC1; ssc(k_adj=off)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "k_adj");
    const pg_fit_request near = { .estimator = "ols", .vcov = "HC1", .design = &t.d, .preset = "fixest-0.14" };
    assert_status(ctx, pg_fit_run(ctx, &near, &fit), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "did you mean \"fixest-0.1");
    const pg_fit_request far = { .estimator = "ols", .vcov = "HC1", .design = &t.d, .preset = "spreadsheet" };
    assert_status(ctx, pg_fit_run(ctx, &far, &fit), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "stata, reghdfe, fixest-0.12, fixest-0.13, r-sandwich, statsmodels, "
                                         "linearmodels, gretl");
    pgt_design_free(&t);
}

static void switches_stated_beat_the_preset_and_leave_its_others(void **state)
{
    pgdp_ctx *ctx = *state;
    pg_ssc ssc = { 0 };
    assert_ok(ctx, pg_preset_read(ctx, "r-sandwich", false, "cluster", &ssc));
    assert_int_equal(ssc.g_df, PG_G_EACH);
    const pgdp_setting settings[] = { { "g_df", "min" }, { "k_adj", "no" }, { NULL, NULL } };
    assert_ok(ctx, pg_ssc_read(ctx, settings, &ssc));
    assert_int_equal(ssc.g_df, PG_G_MIN);
    assert_int_equal(ssc.k_adj, PG_SWITCH_NO);
    assert_int_equal(ssc.t_df, PG_T_RESIDUAL); /* the preset's */
    assert_int_equal(ssc.psd, PG_SWITCH_NO);
}

/* Robust maximum likelihood: Stata N/(N-1), fixest N/(N-K), statsmodels and gretl nothing. */
static void presets_of_likelihoods(void **state)
{
    pgdp_ctx *ctx = *state;
    pgt_design t = pgt_design_new(N, K, 7);
    pgt_make_categories(&t, 2);
    t.d.n_clusterings = 1;
    const double n = N, k = K, g = 17;
    const struct {
        const char *preset, *vcov, *bare;
        double ratio;
    } cases[] = {
        { NULL, "HC1", "HC0", n / (n - k) },
        { "stata", "HC1", "HC0", n / (n - 1) },
        { "fixest-0.12", "HC1", "HC0", n / (n - k) },
        { "fixest-0.13", "iid", "iid", (n - 1) / (n - k) },
        { "statsmodels", "HC1", "HC0", 1 },
        { "gretl", "HC1", "HC0", 1 },
        { NULL, "cluster", "cluster; ssc(g_adj=no)", g / (g - 1) },
        { "stata", "cluster", "cluster; ssc(g_adj=no)", g / (g - 1) },
        { "fixest-0.12", "cluster", "cluster; ssc(g_adj=no)", g / (g - 1) * (n - 1) / (n - k) },
    };
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        pgdp_fit *fit = fit_preset(ctx, "logit", cases[i].vcov, &t.d, cases[i].preset);
        pgdp_fit *bare = fit_preset(ctx, "logit", cases[i].bare, &t.d, NULL);
        assert_close(pgdp_fit_vcov(fit).x[4] / pgdp_fit_vcov(bare).x[4], cases[i].ratio, 1e-12, 0);
        assert_true(isinf(pgdp_fit_vcov_df(fit)));
        pgdp_fit_free(fit);
        pgdp_fit_free(bare);
    }
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(switches_of_heteroskedastic_covariances),
        cmocka_unit_test(switches_of_clusters),
        cmocka_unit_test(degrees_of_freedom_follow_their_switch),
        cmocka_unit_test(several_clusterings_take_one_G_or_their_own),
        cmocka_unit_test(effects_within_clusters_count_as_asked),
        cmocka_unit_test(misspelt_switches_and_presets_get_a_suggestion),
        cmocka_unit_test(switches_stated_beat_the_preset_and_leave_its_others),
        cmocka_unit_test(presets_of_likelihoods),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
