/* mean.c  The mean of a nonlinear model: mean.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mean.h"

struct pg_mean {
    size_t n;
};

pgdp_status pg_mean_find(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *right, const char *start, pg_mean **out)
{
    (void)scope, (void)right, (void)start, (void)out;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}

void pg_mean_need(const pg_mean *mean, pg_rows *rows)
{
    (void)mean, (void)rows;
}

pgdp_status pg_mean_fill(pgdp_ctx *ctx, const pg_mean *mean, const pg_rows *rows, const pgdp_mean **out)
{
    (void)mean, (void)rows, (void)out;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}
