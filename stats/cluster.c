/* cluster.c  Sums of scores by cluster: cluster.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cluster.h"

#include "core/map.h"
#include "stats/linalg.h"

#include <string.h>

enum { ROWS = 1024 };

pgdp_status pg_grouping_new(pgdp_ctx *ctx, const size_t *a, const size_t *b, size_t n_rows, pg_grouping *out)
{
    size_t(*keys)[2];
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    *out = (pg_grouping){ 0 };
    PG_TRY_ALLOC(ctx, out->group, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *out->group));
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *keys));
    for (size_t i = 0; i < n_rows; i++) {
        keys[i][0] = a[i];
        keys[i][1] = b == NULL ? 0 : b[i];
        out->group[i] = pg_map_find(&map, (const char *)keys[i], sizeof keys[i]);
        if (out->group[i] != PGDP_NONE) continue;
        out->group[i] = out->n_groups++;
        if (!pg_map_put(&map, (const char *)keys[i], sizeof keys[i], out->group[i])) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

pgdp_status pg_cluster_meat(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_grouping *grouping, double *meat)
{
    const size_t k = fit->n_terms;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_matrix sums = pg_matrix_new(&ctx->scratch, grouping->n_groups, k);
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_matrix_new(&ctx->scratch, ROWS, k).x);
    if (sums.x == NULL) return pg_no_memory(ctx);
    for (size_t first = 0; first < fit->n_rows; first += ROWS) {
        const size_t n = fit->n_rows - first < ROWS ? fit->n_rows - first : ROWS;
        pg_fit_score_rows(fit, first, n, work);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < n; i++)
                sums.x[grouping->group[first + i] + j * sums.stride] += work[i + j * n];
    }
    pg_add_gram(sums, pg_matrix_of(meat, k, k));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
