/* margins.c  Marginal effects: extras.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extras.h"

pgdp_status pg_margins_compute(pgdp_ctx *ctx, const char *kind, pgdp_fit *fit)
{
    (void)kind, (void)fit;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}
