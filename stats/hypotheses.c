/* hypotheses.c  Hypotheses: extras.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/extras.h"

pgdp_status pg_hypotheses_compute(pgdp_ctx *ctx, const char *text, pgdp_fit *fit)
{
    (void)text, (void)fit;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}
