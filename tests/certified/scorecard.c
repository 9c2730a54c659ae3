/* scorecard.c  Digits of pgdp on NIST's Statistical Reference Datasets beside the best that other programs reach:
 * printed by `make scorecard`. Exit code 1 when a cell of ours is below its peer. Source: certified values,
 * www.itl.nist.gov/div898/strd. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/nist.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** A linear set: formula and columns; digits of estimates and errors that the best peer reaches in its default way, and
 * at its best (multiple precision, 80-bit). Measured with R 4.2.2, statsmodels 0.13.5, gretl 2022c, GSL 2.7.1. */
typedef struct linear_set {
    const char *name, *formula, *columns;
    double peer[2], best[2];
} linear_set;
static const linear_set linear[] = {
    { "Norris", "y ~ x", "y x", { 13.0, 14.2 }, { 14.0, 14.0 } },
    { "Pontius", "y ~ x + x^2", "y x", { 12.8, 13.7 }, { 13.5, 13.8 } },
    { "NoInt1", "y ~ -1 + x", "y x", { 15, 15 }, { 15, 15 } },
    { "NoInt2", "y ~ -1 + x", "y x", { 15, 15 }, { 15, 15 } },
    { "Filip", "y ~ poly(x, 10, raw = TRUE)", "y x", { 8.2, 8.7 }, { 11.0, 10.7 } },
    { "Longley", "y ~ x1 + x2 + x3 + x4 + x5 + x6", "y x1 x2 x3 x4 x5 x6", { 13.0, 14.1 }, { 15, 15 } },
    { "Wampler1", "y ~ poly(x, 5, raw = TRUE)", "y x", { 9.7, 10.0 }, { 12.8, 15 } },
    { "Wampler2", "y ~ poly(x, 5, raw = TRUE)", "y x", { 13.3, 14.9 }, { 13.2, 15 } },
    { "Wampler3", "y ~ poly(x, 5, raw = TRUE)", "y x", { 9.6, 13.5 }, { 13.1, 15 } },
    { "Wampler4", "y ~ poly(x, 5, raw = TRUE)", "y x", { 7.9, 13.7 }, { 11.6, 15 } },
    { "Wampler5", "y ~ poly(x, 5, raw = TRUE)", "y x", { 6.5, 13.7 }, { 9.5, 15 } },
};
static const char *const anova[] = { "AtmWtAg", "SiRstv", "SmLs01", "SmLs02", "SmLs03", "SmLs04",
                                     "SmLs05",  "SmLs06", "SmLs07", "SmLs08", "SmLs09" };
static const char *const univariate[] = { "Lew",     "Lottery", "Mavro",   "Michelso", "NumAcc1",
                                          "NumAcc2", "NumAcc3", "NumAcc4", "PiDigits" };

/** What is printed, and whether a cell is below its peer. */
typedef struct card {
    pgdp_ctx *ctx;
    size_t n_below, n_sets;
} card;

static pgdp_regression *regress(const card *c, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    pgdp_regression *r = NULL;
    if (pgdp_regress(c->ctx, data, spec, &r) != PGDP_OK) printf("  refused: %s\n", pgdp_ctx_error(c->ctx));
    return r;
}

/** The worst digits of estimates and of standard errors; a certified error of 0 leaves digits of the difference. */
static void worst_digits(const pgdp_regression *r, const pgt_nist *set, int most, double *out)
{
    out[0] = out[1] = r == NULL ? 0 : most;
    for (size_t j = 0; r != NULL && j < set->n_terms; j++) {
        const pgdp_tidy t = pgdp_fit_tidy(pgdp_regression_fit(r), j, 0.95);
        out[0] = fmin(out[0], pgt_digits(t.estimate, set->estimate[j], most));
        out[1] = fmin(out[1], pgt_digits(t.std_error, set->std_error[j], most));
    }
}

static const char *mark(card *c, double got, double peer)
{
    const bool below = got < peer - 0.05;
    c->n_below += below;
    return below ? "!" : " ";
}

static void print_linear(card *c, const linear_set *s)
{
    char name[80];
    pgt_nist set;
    (void)snprintf(name, sizeof name, "linear/%s.dat", s->name);
    if (!pgt_nist_read(c->ctx, name, s->columns, &set)) return;
    const pgdp_setting extended[] = { { "precision", "extended" }, { NULL, NULL } };
    const pgdp_setting *const settings[] = { NULL, extended };
    printf("%-10s", s->name);
    for (size_t i = 0; i < 2; i++) {
        const pgdp_regression_spec spec = { .formula = s->formula, .vcov = "iid", .settings = settings[i] };
        const double *peer = i == 0 ? s->peer : s->best;
        pgdp_regression *r = regress(c, set.data, &spec);
        double digits[2];
        worst_digits(r, &set, 15, digits);
        printf("  %5.1f%s/%5.1f%s  %5.1f/%5.1f", digits[0], mark(c, digits[0], peer[0]), digits[1],
               mark(c, digits[1], peer[1]), peer[0], peer[1]);
        if (i == 1 && r != NULL) printf("  %6.1f", pgdp_fit_certificate(pgdp_regression_fit(r)).digits);
        pgdp_regression_free(r);
    }
    printf("\n");
    c->n_sets++;
    pgdp_frame_free(set.data);
}

static void print_anova(card *c, const char *set_name)
{
    char name[80];
    pgt_nist set;
    (void)snprintf(name, sizeof name, "anova/%s.dat", set_name);
    if (!pgt_nist_read(c->ctx, name, "group y", &set)) return;
    const pgdp_regression_spec spec = { .formula = "y ~ i(group)", .vcov = "iid" };
    pgdp_regression *r = regress(c, set.data, &spec);
    if (r != NULL) {
        const pgdp_glance g = pgdp_fit_glance(pgdp_regression_fit(r));
        printf("%-10s  %5.1f  %5.1f  %5.1f\n", set_name, pgt_digits(g.statistic, set.f, 15),
               pgt_digits(g.r_squared, set.r_squared, 15), pgt_digits(g.sigma, set.sigma, 15));
    }
    c->n_sets++;
    pgdp_regression_free(r);
    pgdp_frame_free(set.data);
}

static bool read_univariate(const card *c, const char *set_name, pgt_nist *set)
{
    char name[80];
    (void)snprintf(name, sizeof name, "univariate/%s.txt", set_name);
    if (pgt_nist_read(c->ctx, name, "y", set)) return true;
    (void)snprintf(name, sizeof name, "univariate/%s.dat", set_name);
    return pgt_nist_read(c->ctx, name, "y", set);
}

static void print_univariate(card *c, const char *set_name)
{
    pgt_nist set;
    if (!read_univariate(c, set_name, &set)) return;
    const size_t n = pgdp_frame_n_rows(set.data);
    const pgdp_regression_spec spec = { .formula = "y ~ 1",
                                        .vcov = "iid",
                                        .diagnostics = n > 2 ? "ljung_box(lags=1)" : "none" };
    pgdp_regression *r = regress(c, set.data, &spec);
    if (r != NULL) {
        pgdp_diagnostic d;
        size_t i = 0;
        while ((d = pgdp_regression_diagnostic(r, i)).name != NULL && !pg_streq(d.name, "autocorrelation"))
            i++;
        printf("%-10s  %5.1f  %5.1f  %5.1f\n", set_name,
               pgt_digits(pgdp_fit_estimate(pgdp_regression_fit(r)).x[0], set.mean, 15),
               pgt_digits(pgdp_fit_glance(pgdp_regression_fit(r)).sigma, set.deviation, 15),
               d.name == NULL ? 0 : pgt_digits(d.statistic, set.autocorrelation, 15));
    }
    c->n_sets++;
    pgdp_regression_free(r);
    pgdp_frame_free(set.data);
}

static void print_nonlinear(card *c, const pgt_nist_model *model)
{
    char name[80];
    pgt_nist set;
    (void)snprintf(name, sizeof name, "nonlinear/%s.dat", model->name);
    if (!pgt_nist_read(c->ctx, name, model->columns, &set)) return;
    printf("%-10s", model->name);
    for (size_t s = 0; s < PGT_NIST_STARTS; s++) {
        const pgdp_regression_spec spec = {
            .formula = model->formula, .method = "nls", .vcov = "iid", .start = set.starts[s]
        };
        pgdp_regression *r = regress(c, set.data, &spec);
        double digits[2];
        worst_digits(r, &set, 11, digits);
        printf("  %5.1f/%5.1f", digits[0], digits[1]);
        pgdp_regression_free(r);
    }
    printf("\n");
    c->n_sets++;
    pgdp_frame_free(set.data);
}

int main(void)
{
    card c = { .ctx = pgdp_ctx_new(NULL) };
    printf("Digits that agree with the certified values, the worst estimate / the worst standard error.\n\n"
           "linear      by default    best peer     extended      best at its  digits by the\n"
           "                          by default                  own best     certificate\n");
    for (size_t i = 0; i < sizeof linear / sizeof *linear; i++)
        print_linear(&c, &linear[i]);
    printf("\nanova          F    R^2  sigma   (of 15)\n");
    for (size_t i = 0; i < sizeof anova / sizeof *anova; i++)
        print_anova(&c, anova[i]);
    printf("\nunivariate  mean     sd  autocorrelation   (of 15)\n");
    for (size_t i = 0; i < sizeof univariate / sizeof *univariate; i++)
        print_univariate(&c, univariate[i]);
    printf("\nnonlinear   start 1      start 2      (11 digits are certified)\n");
    for (const pgt_nist_model *m = pgt_nist_nonlinear; m->name != NULL; m++)
        print_nonlinear(&c, m);
    pgdp_ctx_free(c.ctx);
    if (c.n_sets == 0)
        printf("skipped: the sets are not there; PGDP_SHARED names the folder that has data/nist-strd\n");
    printf("\n%zu sets, %zu cells below the best peer\n", c.n_sets, c.n_below);
    return c.n_below > 0;
}
