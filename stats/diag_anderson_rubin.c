/* diag_anderson_rubin.c  Test that all endogenous coefficients are 0, right however weak the instruments are, and the
 * confidence set of one coefficient. Source: Anderson & Rubin (1949), Ann. Math. Stat. 20(1), section 4; robust:
 * Chernozhukov & Hansen (2008), Econ. Letters 100(1). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The F (Wald) test of the instruments in the regression of the outcome on exogenous terms and instruments, by the
 * fit's covariance. */
#include "core/number.h"
#include "stats/diagnostics.h"
#include "stats/instruments.h"

#include <math.h>
#include <string.h>

static pgdp_status add_set(pgdp_ctx *ctx, const pg_instruments *in, pgdp_fit *fit, size_t at)
{
    const char *set;
    char level[PG_NUMBER_SIZE], *note;
    PG_TRY(pg_iv_anderson_rubin_set(ctx, fit, in, &set));
    if (set == NULL) return PGDP_OK;
    pg_number_significant(100 * fit->conf_level, 6, level);
    PG_TRY_ALLOC(
        ctx, note,
        pg_arena_printf(&fit->arena, "%s %% confidence set of %s: %s", level, pg_instruments_term(in, 0), set));
    if (fit->n_diagnostics > at) fit->diagnostics[at].note = note;
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    const pg_instruments *in = pg_instruments_of(fit);
    const size_t l = in->n_instruments, at = fit->n_diagnostics;
    const pg_matrix w = pg_matrix_new(&ctx->scratch, l, l);
    double *g, df;
    char *title;
    if (w.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, l, sizeof *g));
    memcpy(g, in->head.x + in->n_exogenous, l * sizeof *g);
    PG_TRY(pg_iv_first_vcov(ctx, fit, in, in->rest.x, w, &df));
    PG_TRY_ALLOC(ctx, title,
                 pg_arena_printf(&fit->arena,
                                 "Anderson-Rubin F, covariance %s, H0: all endogenous coefficients are 0 and the "
                                 "instruments are valid",
                                 pg_iv_weight_text(fit)));
    pg_iv_add(fit, "anderson_rubin", title, pg_iv_wald(g, w) / (double)l, (double)l, df);
    return in->n_endogenous == 1 ? add_set(ctx, in, fit, at) : PGDP_OK;
}

const pg_diagnostic_kind pg_diag_anderson_rubin = {
    .name = "anderson_rubin",
    .title = "Anderson-Rubin test and confidence set, right with weak instruments",
    .source = "Anderson & Rubin (1949), Ann. Math. Stat. 20(1), section 4; Chernozhukov & Hansen (2008), Econ. Letters "
              "100(1)",
    .own = true,
    .refuses = pg_iv_refuses,
    .compute = compute,
};
