/* batch_clusters.c  Cells of the moments, and how each clustered covariance sums over them: batch_sample.h. Source:
 * Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), equation 2.13. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "stats/batch_sample.h"
#include "stats/cluster.h"
#include "stats/fit.h"

#include <string.h>

enum { CELLS_BYTES = 192 << 20, FEW_CELLS = 256, MOST_SUMS = 1 << 23 };

/* Is there room for moments of so many cells (three times the columns themselves, or little), and are these fewer than
 * the rows by far? Two clusterings of 50 and 1,000 groups over 1e6 rows: 50 ms a model, against 340 by the rows. */
static bool fits(const pg_batch_sample *s, size_t n_cells)
{
    const size_t columns = s->rows.n * s->n_columns * sizeof(double), least = CELLS_BYTES;
    return (n_cells <= FEW_CELLS || n_cells <= s->rows.n / 4) &&
           pg_moments_size(s->n_columns, n_cells) <= (3 * columns > least ? 3 * columns : least);
}

/* The rows by cluster of a source, numbered by first appearance: made when they are looked at, and not kept. */
static pgdp_status group_rows(pgdp_ctx *ctx, const pg_batch_sample *s, uint32_t source, const size_t **out)
{
    size_t n;
    return pg_batch_levels(ctx, s, source, out, &n);
}

/* The clusterings in use, coarse ones first. */
static pgdp_status list_clusterings(pgdp_ctx *ctx, pg_batch_sample *s, uint32_t **out, size_t *n)
{
    const pgdp_batch *b = s->batch;
    PG_TRY_ALLOC(ctx, s->n_groupings, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *s->n_groupings));
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof **out));
    *n = 0;
    for (size_t m = 0; m < s->group->n_models; m++) {
        const pg_batch_vcov *v = &b->vcovs[b->models[s->group->models[m]].vcov];
        for (size_t c = 0; c < v->n_clusters; c++) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            const size_t *group;
            if (s->n_groupings[v->cluster[c]] > 0) continue;
            PG_TRY(pg_batch_levels(ctx, s, v->cluster[c], &group, &s->n_groupings[v->cluster[c]]));
            pg_arena_rewind(&ctx->scratch, mark);
            size_t at = (*n)++;
            for (; at > 0 && s->n_groupings[(*out)[at - 1]] > s->n_groupings[v->cluster[c]]; at--)
                (*out)[at] = (*out)[at - 1];
            (*out)[at] = v->cluster[c];
        }
    }
    return PGDP_OK;
}

/* Combines the clusterings, as long as there are few combinations: the cell of each row; dims[d] is which they are. */
static pgdp_status combine(pgdp_ctx *ctx, pg_batch_sample *s, const uint32_t *clusterings, size_t n, uint32_t *dims)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_grouping all = { NULL, 1 };
    s->cells = (pg_cells){ .n_cells = 1 };
    for (size_t d = 0; d < n; d++) {
        const size_t *group;
        pg_grouping next;
        if (!fits(s, s->n_groupings[clusterings[d]])) break;
        PG_TRY(group_rows(ctx, s, clusterings[d], &group));
        PG_TRY(pg_grouping_new(ctx, group, all.group, s->rows.n, &next));
        if (!fits(s, next.n_groups)) continue;
        all = next;
        dims[s->cells.n_dims++] = clusterings[d];
    }
    s->cells.n_cells = all.n_groups;
    for (size_t i = 0; i < s->rows.n && s->cells.n_dims > 0; i++)
        s->cell[i] = (uint32_t)all.group[i];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status make_cells(pgdp_ctx *ctx, pg_batch_sample *s, const uint32_t *clusterings, size_t n)
{
    uint32_t *dims, **group;
    size_t *n_groups;
    PG_TRY_ALLOC(ctx, dims, pg_arena_alloc(&ctx->scratch, n, sizeof *dims));
    PG_TRY_ALLOC(ctx, s->cell, pg_arena_alloc(&ctx->scratch, n > 0 ? s->rows.n : 0, sizeof *s->cell));
    PG_TRY(combine(ctx, s, clusterings, n, dims));
    s->dims = dims;
    s->cells_do = s->cells.n_dims == n;
    if (s->cells.n_dims == 0) {
        s->cell = NULL;
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, s->cells.n_dims, sizeof *group));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&ctx->scratch, s->cells.n_dims, sizeof *n_groups));
    for (size_t d = 0; d < s->cells.n_dims; d++) {
        const size_t *of;
        n_groups[d] = s->n_groupings[dims[d]];
        PG_TRY_ALLOC(ctx, group[d], pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof **group));
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(group_rows(ctx, s, dims[d], &of));
        for (size_t i = 0; i < s->rows.n; i++)
            group[d][s->cell[i]] = (uint32_t)of[i];
        pg_arena_rewind(&ctx->scratch, mark);
    }
    s->cells.group = (const uint32_t *const *)group;
    s->cells.n_groups = n_groups;
    return PGDP_OK;
}

/* Units are combinations of the covariance's own clusterings; of[c]: group of each unit. */
static pgdp_status make_units(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_vcov *v, size_t **of,
                              pg_batch_clusters *out)
{
    pg_grouping all = { NULL, 1 };
    uint32_t *unit;
    const size_t *group[PG_BATCH_CLUSTERINGS];
    for (size_t c = 0; c < v->n_clusters; c++) {
        PG_TRY(group_rows(ctx, s, v->cluster[c], &group[c]));
        PG_TRY(pg_grouping_new(ctx, group[c], all.group, s->rows.n, &all));
    }
    PG_TRY_ALLOC(ctx, unit, pg_arena_alloc(&ctx->scratch, s->rows.n, sizeof *unit));
    for (size_t c = 0; c < v->n_clusters; c++) {
        PG_TRY_ALLOC(ctx, of[c], pg_arena_alloc(&ctx->scratch, all.n_groups, sizeof **of));
        for (size_t i = 0; i < s->rows.n; i++)
            of[c][all.group[i]] = group[c][i];
    }
    for (size_t i = 0; i < s->rows.n; i++)
        unit[i] = (uint32_t)all.group[i];
    out->unit = unit;
    out->n_units = all.n_groups;
    return PGDP_OK;
}

/* Where all clusterings are dimensions of the cells, these are the units. */
static pgdp_status take_cells(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_vcov *v, size_t **of, bool *taken)
{
    *taken = true;
    for (size_t c = 0; c < v->n_clusters; c++) {
        size_t d = 0;
        while (d < s->cells.n_dims && s->dims[d] != v->cluster[c])
            d++;
        *taken = *taken && d < s->cells.n_dims;
        if (!*taken) return PGDP_OK;
        PG_TRY_ALLOC(ctx, of[c], pg_arena_alloc(&ctx->scratch, s->cells.n_cells, sizeof **of));
        for (size_t i = 0; i < s->cells.n_cells; i++)
            of[c][i] = s->cells.group[d][i];
    }
    return PGDP_OK;
}

/* A grouping of the units for each set of clusterings, its sign by inclusion and exclusion. */
static pgdp_status make_sets(pgdp_ctx *ctx, const pg_batch_vcov *v, size_t *const *of, pg_batch_clusters *out)
{
    for (unsigned set = 1; set < 1u << v->n_clusters; set++) {
        pg_grouping grouping = { 0 };
        size_t size = 0;
        for (size_t c = 0; c < v->n_clusters; c++) {
            if ((set >> c & 1u) == 0) continue;
            PG_TRY(pg_grouping_new(ctx, of[c], grouping.group, out->n_units, &grouping));
            size++;
        }
        out->set[out->n_sets] = grouping.group;
        out->n_groups[out->n_sets] = grouping.n_groups;
        out->sign[out->n_sets++] = size % 2 == 1 ? 1 : -1;
        if (size == 1 && grouping.n_groups < out->fewest) out->fewest = grouping.n_groups;
    }
    return PGDP_OK;
}

/* Parameters of the effects that count in K beside the terms: those of a fit without terms. */
static pgdp_status count_effects(pgdp_ctx *ctx, const pg_batch_sample *s, const pg_batch_vcov *v, bool ones,
                                 double *out)
{
    pgdp_fit *fit;
    pgdp_design design = s->design;
    const size_t *clusters[PG_BATCH_CLUSTERINGS];
    const bool *nested;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, fit, pg_arena_alloc(&ctx->scratch, 1, sizeof *fit));
    if (ones) design.constant = 0; /* it is a term, and no parameter of the effects */
    fit->design = &design;
    fit->n_rows = s->rows.n;
    fit->n_absorbed = s->n_absorbed;
    fit->ssc = v->ssc;
    for (size_t c = 0; c < v->n_clusters && s->design.n_effects > 0; c++)
        PG_TRY(group_rows(ctx, s, v->cluster[c], &clusters[c]));
    PG_TRY(pg_ssc_nested(ctx, fit, clusters, v->n_clusters, &nested));
    *out = pg_ssc_k(fit, nested);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_batch_find_cells(pgdp_ctx *ctx, pg_batch_sample *s)
{
    uint32_t *clusterings;
    size_t n;
    PG_TRY(list_clusterings(ctx, s, &clusterings, &n));
    return make_cells(ctx, s, clusterings, n);
}

pgdp_status pg_batch_find_clusters(pgdp_ctx *ctx, pg_batch_sample *s)
{
    const pgdp_batch *b = s->batch;
    const size_t n_vcovs = b->request.choices[PGDP_BATCH_VCOV].n;
    bool *used;
    PG_TRY_ALLOC(ctx, used, pg_arena_alloc(&ctx->scratch, n_vcovs, sizeof *used));
    PG_TRY_ALLOC(ctx, s->clusters, pg_arena_alloc(&ctx->scratch, n_vcovs, sizeof *s->clusters));
    PG_TRY_ALLOC(ctx, s->counted, pg_arena_alloc(&ctx->scratch, 2 * n_vcovs, sizeof *s->counted));
    for (size_t m = 0; m < s->group->n_models; m++)
        used[b->models[s->group->models[m]].vcov] = true;
    for (size_t i = 0; i < n_vcovs; i++) {
        const pg_batch_vcov *v = &b->vcovs[i];
        pg_batch_clusters *c = &s->clusters[i];
        size_t *of[PG_BATCH_CLUSTERINGS];
        bool taken;
        if (!used[i]) continue;
        PG_TRY(count_effects(ctx, s, v, false, &s->counted[i]));
        PG_TRY(count_effects(ctx, s, v, true, &s->counted[i + n_vcovs]));
        if (v->kind != PG_BATCH_CLUSTER) continue;
        *c = (pg_batch_clusters){ .n_units = s->cells.n_cells, .fewest = SIZE_MAX };
        PG_TRY(take_cells(ctx, s, v, of, &taken));
        if (!taken) PG_TRY(make_units(ctx, s, v, of, c));
        const size_t slots = v->n_clusters == 1 ? 1 : s->n_columns;
        c->by_row = c->n_units > MOST_SUMS / slots;
        if (!c->by_row) PG_TRY(make_sets(ctx, v, of, c));
    }
    return PGDP_OK;
}
