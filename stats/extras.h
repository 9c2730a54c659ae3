/* extras.h  What a fit is asked for beside coefficients, while its arrays are still there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EXTRAS_H
#define PG_EXTRAS_H

#include "stats/fit.h"

/** The diagnostics named, the method's own when none are named, the hypotheses, marginal effects and rows asked for. */
pgdp_status pg_extras_compute(pgdp_ctx *ctx, const pg_fit_request *q, pgdp_fit *fit);

/** hypotheses.c: "x1 = x2; x1 = 0, x3 = 0; x1 * x3 = 1" to a diagnostic each, named by its text: Wald, F for linear
 * models, delta method for products. @return BAD_ARGUMENT (tests:line:column), NOT_FOUND (a term, with a suggestion) */
pgdp_status pg_hypotheses_compute(pgdp_ctx *ctx, const char *text, pgdp_fit *fit);
/** margins.c: "average" or "mean" to fit->margins. @return BAD_ARGUMENT: the method has none */
pgdp_status pg_margins_compute(pgdp_ctx *ctx, const char *kind, pgdp_fit *fit);
/** fitted_rows.c: fit->rows. row_numbers [nobs] from 0, or NULL */
pgdp_status pg_fitted_rows_compute(pgdp_ctx *ctx, const size_t *row_numbers, pgdp_fit *fit);
/** diagnostics.c: names with settings, "all", "none", or NULL for those that are the method's own. */
pgdp_status pg_diagnostics_compute(pgdp_ctx *ctx, const char *names, pgdp_fit *fit);

#endif
