/* diag_breusch_pagan.c  Heteroskedasticity in the regressors. Source: Breusch & Pagan (1979), Econometrica 47(5);
 * studentised by Koenker (1981), J. Econometrics 17(1). SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include <math.h>

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t n = fit->design->y.n, constant = fit->design->constant != PGDP_NONE;
    const double sigma2 = fit->ssr / (double)n;
    double *columns, *square;
    pg_auxiliary a;
    PG_TRY(pg_columns_and(ctx, fit, 1, &columns));
    PG_TRY_ALLOC(ctx, square, pg_arena_alloc(&ctx->scratch, n, sizeof *square));
    for (size_t i = 0; i < n; i++) {
        square[i] = fit->residual[i] * fit->residual[i] / sigma2;
        columns[i + fit->n_slopes * n] = 1; /* the auxiliary regression has a constant in any case */
    }
    const pg_lm_test koenker = { .name = "breusch_pagan",
                                 .name_f = "breusch_pagan_f",
                                 .title = "Breusch-Pagan test, studentised (Koenker): the variance is constant",
                                 .y = square,
                                 .columns = columns,
                                 .n = n,
                                 .n_cols = fit->n_slopes + 1 - constant,
                                 .n_kept = 1 };
    PG_TRY(pg_add_lm_test(ctx, &koenker, fit));
    PG_TRY(pg_auxiliary_fit(ctx, square, columns, n, koenker.n_cols, NULL, NULL, &a));
    pg_add_test(fit, "breusch_pagan_original", "Breusch-Pagan test for normal errors: the variance is constant",
                (a.tss - a.ssr) / 2, (double)(a.rank - 1), (double)NAN);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_breusch_pagan = {
    .name = "breusch_pagan",
    .title = "Breusch-Pagan test for heteroskedasticity",
    .source = "Breusch & Pagan (1979), Econometrica 47(5), equation 14; Koenker (1981), J. Econometrics 17(1)",
    .refuses = pg_needs_plain_ols,
    .compute = compute,
};
