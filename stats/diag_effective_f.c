/* diag_effective_f.c  Effective first-stage F. Source: Montiel Olea & Pflueger (2013), J. Bus. Econ. Stat. 31(3),
 * equations 8 to 10 and theorem 1. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * F_eff = p'p / tr(W), p the coefficients on the orthonormal instruments and W their covariance with the fit's
 * small-sample factors, so that it is the F statistic for iid errors or one instrument. Instruments are weak when the
 * bias may exceed the share tau of a worst case: with x = 1 / tau (the paper's simplified, conservative test) and
 * K_eff = tr(W)^2 (1 + 2x) / (tr(W'W) + 2x tr(W) maxeval(W)), the critical value is the upper 5 % point of a noncentral
 * chi-square with K_eff degrees of freedom and noncentrality x K_eff, over K_eff (Patnaik's approximation). */
#include "core/number.h"
#include "core/parallel.h"
#include "stats/diagnostics.h"
#include "stats/gamma.h"
#include "stats/instruments.h"

#include <math.h>

static const double level = 0.05;

typedef struct options {
    double tau;
} options;

static const pgdp_option rows[] = {
    { "tau", PGDP_OPTION_REAL, offsetof(options, tau), 0.1, 0.01, 1, NULL,
      "largest bias of 2SLS that is tolerated, as a share of a worst case" },
    { .name = NULL },
};

/* P(X > c) of a noncentral chi-square: a Poisson mixture of central ones. */
static double noncentral_upper(double c, double df, double noncentrality)
{
    const double half = noncentrality / 2;
    const size_t last = (size_t)(half + 12 * sqrt(half) + 60);
    double sum = 0;
    for (size_t i = 0; i <= last; i++) {
        const double j = (double)i;
        sum += exp(j * log(half) - half - pg_log_gamma(j + 1)) * pgdp_chisq_upper(c, df + 2 * j);
    }
    return sum;
}

static double critical_value(double k, double x)
{
    double low = 0, high = k * (1 + x);
    while (noncentral_upper(high, k, x * k) > level)
        high *= 2;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (noncentral_upper(middle, k, x * k) > level)
            low = middle;
        else
            high = middle;
    }
    return (low + high) / 2 / k;
}

static pgdp_status effective_degrees(pgdp_ctx *ctx, pg_matrix w, double x, double *out)
{
    const size_t l = w.n_cols;
    const double square = pg_dot(w.x, w.x, l * l);
    double trace = 0, *values;
    for (size_t j = 0; j < l; j++)
        trace += w.x[j + j * l];
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, l, sizeof *values));
    PG_TRY(pg_eigen(ctx, w, values));
    *out = trace * trace * (1 + 2 * x) / (square + 2 * x * trace * values[l - 1]);
    return PGDP_OK;
}

static const char *refuses(const pgdp_fit *fit)
{
    if (pg_iv_refuses(fit) != NULL) return pg_iv_refuses(fit);
    return fit->working->n_endogenous == 1 ? NULL : "it is defined for one endogenous term";
}

static pgdp_status compute(pgdp_ctx *ctx, const void *settings, pgdp_fit *fit)
{
    const options *o = settings;
    const pg_instruments *in = pg_instruments_of(fit);
    const size_t l = in->n_instruments;
    const pg_matrix w = pg_matrix_new(&ctx->scratch, l, l);
    const double *p = in->head.x + in->n_exogenous + in->head.stride;
    char value[PG_NUMBER_SIZE], tau[PG_NUMBER_SIZE], degrees[PG_NUMBER_SIZE], *note;
    double df, trace = 0, k_eff = 0;
    if (w.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_iv_first_vcov(ctx, fit, in, in->rest.x + in->n_rows, w, &df));
    for (size_t j = 0; j < l; j++)
        trace += w.x[j + j * l];
    const size_t at = fit->n_diagnostics;
    pg_iv_add(fit, "effective_f", "Effective first-stage F of Montiel Olea and Pflueger", pg_dot(p, p, l) / trace,
              (double)NAN, (double)NAN);
    if (!(trace > 0) || fit->n_diagnostics == at) return PGDP_OK;
    PG_TRY(effective_degrees(ctx, w, 1 / o->tau, &k_eff));
    pg_number_significant(critical_value(k_eff, 1 / o->tau), 5, value);
    pg_number_significant(100 * o->tau, 3, tau);
    pg_number_significant(k_eff, 5, degrees);
    PG_TRY_ALLOC(
        ctx, note,
        pg_arena_printf(&fit->arena,
                        "critical value %s at 5 %% for a bias of %s %% (simplified test, K_eff %s); covariance %s",
                        value, tau, degrees, pg_iv_weight_text(fit)));
    fit->diagnostics[at].note = note;
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_effective_f = {
    .name = "effective_f",
    .title = "Effective first-stage F, robust to the covariance, one endogenous term",
    .source =
        "Montiel Olea & Pflueger (2013), J. Bus. Econ. Stat. 31(3), equations 8 to 10; Patnaik (1949), Biometrika "
        "36, for the critical value",
    .options = rows,
    .options_size = sizeof(options),
    .own = true,
    .refuses = refuses,
    .compute = compute,
};
