/* test_golden_effects.c  What R's fixest and statsmodels say of models with absorbed effects and of Poisson regression.
 * Source: the shared golden numbers, where each file names who computed and who agreed.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "stats/fit.h"
#include "tests/support/golden.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_EFFECTS = 4, MOST_TERMS = 8 };

/** A golden file, its data, and the design that its spec describes. */
typedef struct golden {
    pgt_golden file;
    pgdp_design d;
    pgdp_effect effects[MOST_EFFECTS];
    const char *terms[MOST_TERMS];
    const size_t *clusters[MOST_EFFECTS];
} golden;

static size_t column_of(const golden *g, const char *name)
{
    const size_t column = pgdp_frame_find(g->file.frame, name);
    if (column == PGDP_NONE) fail_msg("no column %s", name);
    return column;
}

/** Levels of a column by first appearance: numbers, periods or text. */
static pgdp_effect effect_of(const golden *g, const char *name)
{
    const size_t n = pgdp_frame_n_rows(g->file.frame), column = column_of(g, name);
    const double *reals = pgdp_frame_reals(g->file.frame, column);
    const uint32_t *codes = pgdp_frame_codes(g->file.frame, column);
    const int32_t *periods = pgdp_frame_periods(g->file.frame, column);
    size_t *level = calloc(n, sizeof *level), n_levels = 0, first[1000];
    for (size_t i = 0; i < n; i++) {
        size_t l = 0;
        for (; l < n_levels; l++) {
            const size_t f = first[l];
            if (reals != NULL   ? !(reals[f] < reals[i] || reals[f] > reals[i])
                : codes != NULL ? codes[f] == codes[i]
                                : periods[f] == periods[i])
                break;
        }
        if (l == n_levels) first[n_levels++] = i;
        level[i] = l;
    }
    return (pgdp_effect){ .name = name, .level = level, .n_levels = n_levels };
}

static void build(golden *g)
{
    const pg_json_value *x = pg_json_member(g->file.spec, "x"), *fe = pg_json_member(g->file.spec, "fe");
    const size_t n = pgdp_frame_n_rows(g->file.frame), k = pg_json_count(x);
    const bool constant = pg_json_count(fe) == 0;
    double *y = calloc(n, sizeof *y), *values = calloc(n * (k + 1), sizeof *values);
    memcpy(y, pgdp_frame_reals(g->file.frame, column_of(g, pg_json_text(pg_json_member(g->file.spec, "y")))),
           n * sizeof *y);
    size_t n_terms = 0;
    if (constant) {
        g->terms[n_terms++] = "const";
        for (size_t i = 0; i < n; i++)
            values[i] = 1;
    }
    for (size_t j = 0; j < k; j++, n_terms++) {
        g->terms[n_terms] = pg_json_text(pg_json_at(x, j));
        memcpy(values + n_terms * n, pgdp_frame_reals(g->file.frame, column_of(g, g->terms[n_terms])),
               n * sizeof *values);
    }
    for (size_t e = 0; e < pg_json_count(fe); e++) {
        g->effects[e] = effect_of(g, pg_json_text(pg_json_at(fe, e)));
        g->clusters[e] = g->effects[e].level;
    }
    g->d = (pgdp_design){ .y = { y, n },
                          .x = { values, n, n_terms },
                          .terms = g->terms,
                          .constant = constant ? 0 : PGDP_NONE,
                          .effects = g->effects,
                          .n_effects = pg_json_count(fe),
                          .cluster = g->clusters,
                          .n_clusterings = constant ? 0 : 1 };
}

static golden *open_golden(const char *name)
{
    const pgt_golden file = pgt_golden_open(name);
    golden *g = calloc(1, sizeof *g);
    g->file = file;
    build(g);
    return g;
}

/* the arrays of a design are views */
static void free_view(const void *p)
{
    const union {
        const void *from;
        void *to;
    } view = { p };
    free(view.to);
}

static void close_golden(golden *g)
{
    for (size_t e = 0; e < g->d.n_effects; e++)
        free_view(g->effects[e].level);
    free_view(g->d.y.x);
    free_view(g->d.x.x);
    pgt_golden_close(&g->file);
    free(g);
}

static pgdp_fit *fit_of(const golden *g, const char *method, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(g->file.ctx, pgdp_fit_new(g->file.ctx, method, vcov, &g->d, NULL, &fit));
    return fit;
}

static void check_estimates(const golden *g, const pgdp_fit *fit, double tolerance)
{
    const pg_json_value *want = pg_json_member(g->file.results, "coef");
    assert_int_equal(pgdp_fit_n_terms(fit), pg_json_count(want));
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        assert_close(pgdp_fit_estimate(fit).x[i], pgt_golden_number(want, pgdp_fit_term(fit, i)), tolerance, 0);
}

/** Standard errors of the file's covariance `name` from variances times `factor`. */
static void check_errors(const golden *g, const double *variance, size_t k, const char *name, double factor,
                         double tolerance)
{
    const pg_json_value *want = pg_json_member(pg_json_member(g->file.results, "se"), name);
    for (size_t i = 0; i < k; i++)
        assert_close(sqrt(factor * variance[i + i * k]), pgt_golden_number(want, g->terms[i]), tolerance, 0);
}

static void check_linear(const char *name)
{
    golden *g = open_golden(name);
    pgdp_fit *fit = fit_of(g, "ols", "HC0");
    const double n = (double)g->d.y.n, k_total = pgt_golden_number(g->file.results, "k_total");
    const size_t k = g->d.x.n_cols;
    check_estimates(g, fit, 1e-10);
    assert_close((double)(fit->n_absorbed + k), k_total, 0, 0);
    assert_close(fit->ssr, pgt_golden_number(g->file.results, "ssr"), 1e-11, 0);
    assert_close(1 - fit->ssr / fit->tss, pgt_golden_number(g->file.results, "r2"), 1e-11, 0);
    assert_close(1 - fit->ssr / fit->tss_within, pgt_golden_number(g->file.results, "r2_within"), 1e-11, 0);
    assert_close(sqrt(fit->ssr / (n - k_total)), pgt_golden_number(g->file.results, "sigma"), 1e-11, 0);
    assert_close(pgdp_fit_glance(fit).log_lik, pgt_golden_number(g->file.results, "loglik"), 1e-11, 0);
    check_errors(g, fit->bread, k, "iid", fit->ssr / (n - k_total), 1e-8);
    check_errors(g, fit->vcov, k, "HC1", n / (n - k_total), 1e-8);
    pgdp_fit_free(fit);
    close_golden(g);
}

static void hdfe_empluk_agrees_with_fixest(void **state)
{
    (void)state;
    check_linear("hdfe_empluk");
}

static void hdfe_trade0708_agrees_with_fixest(void **state)
{
    (void)state;
    check_linear("hdfe_trade0708");
}

static void ppml_trade0708_agrees_with_fixest(void **state)
{
    (void)state;
    golden *g = open_golden("ppml_trade0708");
    pgdp_fit *fit = fit_of(g, "poisson", "HC0");
    const double n = (double)g->d.y.n, k_total = pgt_golden_number(g->file.results, "k_total");
    const pgdp_glance s = pgdp_fit_glance(fit);
    check_estimates(g, fit, 1e-9);
    assert_close((double)(fit->n_absorbed + 1), k_total, 0, 0);
    assert_close(s.log_lik, pgt_golden_number(g->file.results, "loglik"), 1e-12, 0);
    assert_close(s.log_lik_null, pgt_golden_number(g->file.results, "loglik_null"), 1e-12, 0);
    assert_close(s.deviance, pgt_golden_number(g->file.results, "deviance"), 1e-12, 0);
    assert_close(1 - s.log_lik / s.log_lik_null, pgt_golden_number(g->file.results, "pseudo_r2"), 1e-10, 0);
    check_errors(g, fit->bread, 1, "iid_noadj", 1, 1e-8);
    check_errors(g, fit->vcov, 1, "HC1", n / (n - k_total), 1e-7); /* the file's rtol */
    pgdp_fit_free(fit);
    close_golden(g);
}

static void poisson_recreation_agrees_with_R_and_statsmodels(void **state)
{
    (void)state;
    static const struct {
        const char *vcov, *name;
    } pairs[] = { { "iid", "observed" }, { "HC0", "robust_HC0" }, { "HC1", "robust_HC1" } };
    golden *g = open_golden("poisson_recreation");
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        pgdp_fit *fit = fit_of(g, "poisson", pairs[i].vcov);
        const pgdp_glance s = pgdp_fit_glance(fit);
        check_estimates(g, fit, 1e-10);
        check_errors(g, pgdp_fit_vcov(fit).x, g->d.x.n_cols, pairs[i].name, 1, 1e-8);
        assert_close(s.log_lik, pgt_golden_number(g->file.results, "loglik"), 1e-12, 0);
        assert_close(s.log_lik_null, pgt_golden_number(g->file.results, "loglik_null"), 1e-12, 0);
        assert_close(s.deviance, pgt_golden_number(g->file.results, "deviance"), 1e-11, 0);
        assert_close(s.statistic, pgt_golden_number(g->file.results, "lr_chi2"), 1e-11, 0);
        assert_close(s.aic, pgt_golden_number(g->file.results, "aic"), 1e-12, 0);
        assert_close(s.bic, pgt_golden_number(g->file.results, "bic"), 1e-12, 0);
        pgdp_fit_free(fit);
    }
    close_golden(g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(hdfe_empluk_agrees_with_fixest),
        cmocka_unit_test(hdfe_trade0708_agrees_with_fixest),
        cmocka_unit_test(ppml_trade0708_agrees_with_fixest),
        cmocka_unit_test(poisson_recreation_agrees_with_R_and_statsmodels),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
