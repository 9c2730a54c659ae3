/* fitted_rows.c  Fitted values by row: extras.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extras.h"

pgdp_status pg_fitted_rows_compute(pgdp_ctx *ctx, const size_t *row_numbers, pgdp_fit *fit)
{
    (void)row_numbers, (void)fit;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}
