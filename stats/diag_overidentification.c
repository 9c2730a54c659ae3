/* diag_overidentification.c  Are the instruments uncorrelated with the errors, given that as many as there are
 * endogenous terms are? Source: Sargan (1958), Econometrica 26(3); Basmann (1960), J. Am. Stat. Assoc. 55; Hansen
 * (1982), Econometrica 50(4); Wooldridge (1995), in Advances in Econometrics and Quantitative Economics.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Sargan: N e'Pe / e'e; Basmann: (N - exogenous terms - instruments) e'Pe / (e'e - e'Pe). Hansen's J is the minimum
 * over b of g(b)'S^-1 g(b) with S, uncentred, at the method's residuals and robust as the fit's covariance is; method
 * gmm has it at its own weights. Wooldridge's score, from the residuals of 2SLS, is J with S of independent moments. */
#include "core/parallel.h"
#include "stats/diagnostics.h"
#include "stats/instruments.h"

#include <math.h>

static const char *refuses(const pgdp_fit *fit)
{
    if (pg_iv_refuses(fit) != NULL) return pg_iv_refuses(fit);
    const pg_instruments *in = pg_instruments_of(fit);
    return in->n_instruments > in->n_endogenous ? NULL
                                                : "the model is exactly identified: nothing is left to be tested";
}

static pgdp_status hansen(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, pg_iv_weight weight,
                          double *out)
{
    const pg_matrix s = pg_matrix_new(&ctx->scratch, in->n_first, in->n_first);
    pg_iv_gmm step;
    if (s.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_iv_moments(ctx, fit, weight, in->q, in->residual, s));
    const pgdp_status status = pg_iv_gmm_step(ctx, in, s, &step);
    *out = status == PGDP_OK ? step.j : (double)NAN;
    return status == PGDP_NUMERICAL ? PGDP_OK : status; /* a singular S: not defined */
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    pg_instruments *in = pg_instruments_of(fit);
    const double df = (double)(in->n_instruments - in->n_endogenous), nan = (double)NAN;
    const double rows = fit->nobs - (double)(in->n_first + fit->n_absorbed);
    const bool has_rows = fit->design->count.n == 0 || fit->behind != NULL; /* moments have no squares of scores */
    const bool by_row = isnan(in->hansen_j) && has_rows;
    double *g, j = in->hansen_j, score = nan;
    PG_TRY(pg_instruments_basis(ctx, in));
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, in->n_first, sizeof *g));
    pg_add_cross_vector(in->q, in->residual, g);
    const double explained = pg_dot(g, g, in->n_first), all = fit->ssr;
    if (isnan(in->hansen_j)) {
        pg_iv_add(fit, "sargan", "Sargan, iid errors, H0: the instruments are valid", fit->nobs * explained / all, df,
                  nan);
        pg_iv_add(fit, "basmann", "Basmann, iid errors, H0: the instruments are valid",
                  rows * explained / (all - explained), df, nan);
        if (pg_iv_weight_of(fit) != PG_IV_IID) PG_TRY(hansen(ctx, fit, in, pg_iv_weight_of(fit), &j));
    }
    if (!isnan(in->hansen_j) || pg_iv_weight_of(fit) != PG_IV_IID)
        pg_iv_add(fit, "hansen_j", "Hansen's J, H0: the instruments are valid", j, df, nan);
    if (by_row && pg_iv_weight_of(fit) == PG_IV_ROBUST)
        score = j; /* the same */
    else if (by_row)
        PG_TRY(hansen(ctx, fit, in, PG_IV_ROBUST, &score));
    if (by_row)
        pg_iv_add(fit, "wooldridge_score", "Wooldridge's robust score, H0: the instruments are valid", score, df, nan);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_overidentification = {
    .name = "overidentification",
    .title = "Validity of the instruments: Sargan, Basmann, Hansen's J, Wooldridge's score",
    .source = "Sargan (1958), Econometrica 26(3); Basmann (1960), J. Am. Stat. Assoc. 55; Hansen (1982), Econometrica "
              "50(4), lemma 4.2; Wooldridge (1995)",
    .own = true,
    .refuses = refuses,
    .compute = compute,
};
