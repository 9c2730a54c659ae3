/* used_rows.c  Which rows a model with absorbed effects uses: used_rows.h. Source: Correia (2015), "Singletons,
 * cluster-robust standard errors and fixed effects: a bad mix", for the rows alone in a level.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/used_rows.h"

#include <string.h>

enum { TILE = 1024, MOST_ROUNDS = 20 };

/* A list of the rows used, unless they are all. */
static pgdp_status choose(pgdp_ctx *ctx, const pg_found *found, const char *subset, pg_used_rows *r,
                          pgdp_dropped *dropped)
{
    pg_rows rows;
    uint32_t *list;
    size_t counts[PG_N_ROW_STATES] = { 0 }, n = 0;
    pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_rows_init(ctx, &found->scope, subset, &rows));
    PG_TRY(pg_design_need(ctx, found, &rows));
    for (size_t i = 0; i < rows.n_all; i++)
        r->n += rows.state[i] == PG_ROW_KEPT;
    if (r->n < rows.n_all) {
        for (size_t i = 0; i < rows.n_all; i++)
            counts[rows.state[i]]++;
        *dropped = (pgdp_dropped){ .missing = counts[PG_ROW_MISSING],
                                   .zero_weight = counts[PG_ROW_ZERO_WEIGHT],
                                   .subset = counts[PG_ROW_SUBSET] };
        PG_TRY_ALLOC(ctx, list, pg_arena_uncleared(&ctx->scratch, r->n, sizeof *list));
        for (size_t i = 0; i < rows.n_all; i++)
            if (rows.state[i] == PG_ROW_KEPT) list[n++] = (uint32_t)i;
        r->rows = list;
        mark = pg_arena_mark(&ctx->scratch);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* The columns of effects and clusters. @return false: combinations of columns, or one twice */
static bool list_columns(const pg_found *f, size_t *columns, size_t *n, pg_used_rows *r)
{
    bool good = f->n_effects <= PG_MOST_STREAM_EFFECTS;
    for (*n = 0; *n < f->n_effects && good; ++*n) {
        columns[*n] = f->effects[*n].columns[0];
        good = f->effects[*n].n_columns == 1 && f->effects[*n].slope == NULL;
        for (size_t d = 0; d < *n; d++)
            good = good && columns[d] != columns[*n];
    }
    r->n_effects = f->n_effects;
    r->cluster = PGDP_NONE;
    if (f->n_clusters == 0 || !good) return good;
    columns[*n] = f->clusters[0].columns[0];
    for (r->cluster = 0; columns[r->cluster] != columns[*n]; r->cluster++) {
    }
    *n += r->cluster == *n;
    return f->n_clusters == 1 && f->clusters[0].n_columns == 1;
}

static bool any_is_alone(const pg_used_rows *r)
{
    for (size_t e = 0; e < r->n_effects; e++)
        if (r->codes[e].alone) return true;
    return false;
}

/* The rows that share every level with another, in to [n], which may be r->rows. */
static pgdp_status drop_alone(pgdp_ctx *ctx, pg_used_rows *r, uint32_t *to)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    unsigned char *seen[PG_MOST_STREAM_EFFECTS]; /* rows of a level, at most 2 */
    uint32_t level[TILE];
    size_t n = 0;
    for (size_t e = 0; e < r->n_effects; e++) {
        PG_TRY_ALLOC(ctx, seen[e], pg_arena_alloc(&ctx->scratch, r->codes[e].n_levels, 1));
        for (size_t first = 0; first < r->n; first += TILE) {
            const size_t n_tile = r->n - first < TILE ? r->n - first : TILE;
            pg_level_codes_read(&r->codes[e], first, n_tile, level);
            for (size_t i = 0; i < n_tile; i++)
                if (seen[e][level[i]] < 2) seen[e][level[i]]++;
        }
    }
    for (size_t first = 0; first < r->n; first += TILE) {
        const size_t n_tile = r->n - first < TILE ? r->n - first : TILE;
        bool alone[TILE] = { false };
        for (size_t e = 0; e < r->n_effects; e++) {
            pg_level_codes_read(&r->codes[e], first, n_tile, level);
            for (size_t i = 0; i < n_tile; i++)
                alone[i] = alone[i] || seen[e][level[i]] < 2;
        }
        for (size_t i = 0; i < n_tile; i++)
            if (!alone[i]) to[n++] = r->rows == NULL ? (uint32_t)(first + i) : r->rows[first + i];
    }
    r->n = n;
    r->rows = to;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Levels of the rows chosen, less rows alone in one. */
static pgdp_status settle(pgdp_ctx *ctx, const pg_found *found, bool keep_singletons, pg_used_rows *r,
                          pgdp_dropped *dropped, bool *good)
{
    size_t columns[PG_MOST_STREAM_EFFECTS + 1], n;
    const size_t n_before = r->n;
    (void)list_columns(found, columns, &n, r);
    uint32_t *list = r->rows;
    bool alone = true;
    for (size_t round = 0; alone && *good; round++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(pg_level_codes_new(ctx, found->scope.frame, columns, n, r->rows, r->n, r->codes));
        for (size_t e = 0; e < n; e++)
            *good = *good && r->codes[e].narrow && round < MOST_ROUNDS;
        alone = *good && !keep_singletons && any_is_alone(r);
        if (alone && list != NULL) PG_TRY(drop_alone(ctx, r, list));
        if (alone) pg_arena_rewind(&ctx->scratch, mark); /* the levels are others after it */
        if (alone && list == NULL) PG_TRY_ALLOC(ctx, list, pg_arena_uncleared(&ctx->scratch, r->n, sizeof *list));
    }
    dropped->singletons += n_before - r->n;
    *good = *good && r->n > 0;
    return PGDP_OK;
}

pgdp_status pg_used_rows_find(pgdp_ctx *ctx, const pg_found *found, const pgdp_regression_spec *spec, pg_used_rows *r,
                              pgdp_dropped *dropped, bool *good)
{
    size_t columns[PG_MOST_STREAM_EFFECTS + 1], n;
    *r = (pg_used_rows){ .n = 0 };
    *good = list_columns(found, columns, &n, r);
    if (!*good) return PGDP_OK;
    PG_TRY(choose(ctx, found, spec->subset, r, dropped));
    return settle(ctx, found, spec->keep_singletons, r, dropped, good);
}

pgdp_status pg_used_rows_drop(pgdp_ctx *ctx, const pg_found *found, const pgdp_regression_spec *spec, const bool *drop,
                              pg_used_rows *r, pgdp_dropped *dropped, bool *good)
{
    uint32_t *list = r->rows;
    size_t n = 0;
    if (list == NULL) PG_TRY_ALLOC(ctx, list, pg_arena_uncleared(&ctx->scratch, r->n, sizeof *list));
    for (size_t i = 0; i < r->n; i++)
        if (!drop[i]) list[n++] = r->rows == NULL ? (uint32_t)i : r->rows[i];
    r->rows = list;
    r->n = n;
    *good = n > 0;
    return *good ? settle(ctx, found, spec->keep_singletons, r, dropped, good) : PGDP_OK;
}

void pg_used_rows_gather(const pg_used_rows *r, const double *values, size_t first, size_t n, double *out)
{
    if (r->rows == NULL)
        memcpy(out, values + first, n * sizeof *out);
    else
        for (size_t i = 0; i < n; i++)
            out[i] = values[r->rows[first + i]];
}
