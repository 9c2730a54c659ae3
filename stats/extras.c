/* extras.c  What a fit is asked for beside coefficients: extras.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extras.h"

pgdp_status pg_extras_compute(pgdp_ctx *ctx, const pg_fit_request *q, pgdp_fit *fit)
{
    PG_TRY(pg_diagnostics_compute(ctx, q->diagnostics, fit));
    if (q->tests != NULL) PG_TRY(pg_hypotheses_compute(ctx, q->tests, fit));
    if (q->margins != NULL) PG_TRY(pg_margins_compute(ctx, q->margins, fit));
    return q->rows ? pg_fitted_rows_compute(ctx, q->row_numbers, fit) : PGDP_OK;
}
