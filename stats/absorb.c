/* absorb.c  Absorbed fixed effects as a projection: absorb.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb.h"

struct pg_absorber {
    size_t n;
};

pgdp_status pg_absorber_new(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows,
                            const double *weights, pg_absorber **out)
{
    (void)effects, (void)n_effects, (void)n_rows, (void)weights, (void)out;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}

pgdp_status pg_absorb(pgdp_ctx *ctx, const pg_absorber *absorber, double *const *columns, size_t n, double tol,
                      pg_absorption *out)
{
    (void)absorber, (void)columns, (void)n, (void)tol, (void)out;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}

size_t pg_absorber_rank(const pg_absorber *absorber, bool *is_bound)
{
    (void)absorber;
    *is_bound = false;
    return 0;
}

pgdp_status pg_singletons(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows, bool *drop,
                          size_t *n_dropped)
{
    (void)effects, (void)n_effects, (void)n_rows, (void)drop, (void)n_dropped;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}
