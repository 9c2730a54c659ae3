/* romano_wolf.c  Step-down p-values: romano_wolf.h. Source: Romano & Wolf (2005), Econometrica 73(4); (2016), Stat.
 * Probab. Lett. 113. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/romano_wolf.h"

#include <math.h>
#include <stdlib.h>

typedef struct ranked {
    double size;
    size_t index;
} ranked;

static int compare_ranked(const void *a, const void *b)
{
    const ranked *x = a, *y = b;
    if (x->size > y->size || y->size > x->size) return x->size > y->size ? -1 : 1;
    return x->index < y->index ? -1 : x->index > y->index;
}

pgdp_status pg_romano_wolf(pgdp_ctx *ctx, const double *t, size_t k, const double *draws, size_t n_draws, double *p)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    ranked *order;
    double *largest, least = 0;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, k, sizeof *order));
    PG_TRY_ALLOC(ctx, largest, pg_arena_alloc(&ctx->scratch, n_draws, sizeof *largest));
    for (size_t j = 0; j < k; j++) {
        if (!isfinite(t[j]))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "statistic %zu of the hypotheses is not finite; leave it out",
                           j + 1);
        order[j] = (ranked){ fabs(t[j]), j };
    }
    qsort(order, k, sizeof *order, compare_ranked);
    for (size_t s = k; s-- > 0;) { /* from the smallest: the maximum over s, s + 1, ... grows by one column a step */
        const double *column = draws + order[s].index * n_draws;
        size_t beyond = 0;
        for (size_t b = 0; b < n_draws; b++) {
            largest[b] = fmax(largest[b], fabs(column[b]));
            beyond += largest[b] >= order[s].size;
        }
        p[order[s].index] = (1 + (double)beyond) / (1 + (double)n_draws);
    }
    for (size_t s = 0; s < k; s++)
        least = p[order[s].index] = fmax(least, p[order[s].index]);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
