/* fit_collinear.c  The collinear terms of a design whose effects are absorbed, in words: collinear.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/collinear.h"
#include "stats/fit.h"
#include "stats/fit_absorb.h"

#include <math.h>
#include <string.h>

static bool is_zero(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (fabs(x[i]) > 0) return false;
    return true;
}

pgdp_status pg_fit_collinear(pgdp_ctx *ctx, pg_arena *arena, const pgdp_estimator *method, const pgdp_design *design,
                             pg_collinear_list *out)
{
    const bool cuts = method->outcome == PGDP_OUTCOME_ORDERED;
    pg_collinear *list;
    if (design->n_effects == 0) return pg_collinear_terms(ctx, arena, design, cuts, &out->items, &out->n);
    pgdp_estimator linear = *method; /* what the effects leave of x is the same whoever takes them out */
    linear.absorb = PGDP_ABSORB_PARTIAL_OUT;
    pgdp_fit probe = { .estimator = &linear, .nobs = (double)design->y.n, .n_rows = design->y.n };
    PG_TRY(pg_fit_absorb(ctx, design, &probe));
    PG_TRY(pg_collinear_terms(ctx, arena, probe.working, cuts, &out->items, &out->n));
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(arena, out->n, sizeof *list));
    for (size_t i = 0; i < out->n; i++) {
        const size_t n = design->y.n, term = out->items[i].term;
        list[i] = out->items[i];
        if (is_zero(probe.working->x.x + term * n, n) && !is_zero(design->x.x + term * n, n))
            list[i].because = "is constant within the absorbed effects";
    }
    out->items = list;
    return PGDP_OK;
}
