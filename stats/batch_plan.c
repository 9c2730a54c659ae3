/* batch_plan.c  Which models share rows, effects and weights, and what that comes to: batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch.h"
#include "stats/fourth.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { BY_ROW_MODELS = 64 }; /* of a group: what a killed run loses */

/* What makes models share their rows. */
typedef struct group_key {
    uint32_t by_row, sample, effects;
    uint32_t needs[]; /* ascending */
} group_key;

/* Groups while models are sorted into them. */
typedef struct grouping {
    pgdp_batch *b;
    pg_map index;
    group_key *key; /* room for the largest */
    size_t n_needs, n_by_row;
    bool *seen; /* [n_sources] */
} grouping;

static int compare(const void *a, const void *b)
{
    const uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
    return (x > y) - (x < y);
}

static void need(grouping *g, uint32_t source)
{
    if (g->b->sources[source].complete) return;
    source = g->b->sources[source].missing_as;
    if (g->seen[source]) return;
    g->seen[source] = true;
    g->key->needs[g->n_needs++] = source;
}

static void find_needs(grouping *g, const pg_batch_model *m)
{
    const pgdp_batch *b = g->b;
    const pg_batch_formula *f = &b->formulas[m->formula];
    const pg_batch_effects *e = &b->effects[f->effects];
    const pg_batch_vcov *v = &b->vcovs[m->vcov];
    g->n_needs = 0;
    need(g, f->outcome);
    for (size_t i = 0; i < f->n_exogenous + f->n_endogenous + f->n_instruments; i++)
        need(g, f->terms[i]);
    for (size_t i = 0; i < e->n; i++) {
        need(g, e->items[i].level);
        if (e->items[i].slope != UINT32_MAX) need(g, e->items[i].slope);
    }
    for (size_t i = 0; i < v->n_clusters; i++)
        need(g, v->cluster[i]);
    for (size_t i = 0; i < g->n_needs; i++)
        g->seen[g->key->needs[i]] = false;
    qsort(g->key->needs, g->n_needs, sizeof *g->key->needs, compare);
}

static pgdp_status add_group(pgdp_ctx *ctx, grouping *g, size_t size, uint32_t *out)
{
    pgdp_batch *b = g->b;
    group_key *key;
    if ((b->n_groups & (b->n_groups - 1)) == 0) {
        const size_t room = b->n_groups == 0 ? 1 : 2 * b->n_groups;
        PG_TRY_ALLOC(ctx, b->groups, pg_arena_grow(&b->arena, b->groups, b->n_groups, room, sizeof *b->groups));
    }
    PG_TRY_ALLOC(ctx, key, pg_arena_alloc(&b->arena, 1, size));
    memcpy(key, g->key, size);
    *out = (uint32_t)b->n_groups;
    b->groups[b->n_groups++] = (pg_batch_group){ .by_row = key->by_row != 0,
                                                 .sample = key->sample,
                                                 .effects = key->effects,
                                                 .needs = key->needs,
                                                 .n_needs = g->n_needs };
    return pg_map_put(&g->index, (const char *)key, size, *out) ? PGDP_OK : pg_no_memory(ctx);
}

static pgdp_status place(pgdp_ctx *ctx, grouping *g, pg_batch_model *m)
{
    const pgdp_batch *b = g->b;
    const pg_batch_formula *f = &b->formulas[m->formula];
    *g->key = (group_key){ .sample = m->sample, .effects = f->effects };
    g->n_needs = 0;
    if (f->by_row || b->vcovs[m->vcov].kind == PG_BATCH_OTHER)
        *g->key = (group_key){ .by_row = (uint32_t)(1 + g->n_by_row++ / BY_ROW_MODELS) };
    else
        find_needs(g, m);
    const size_t size = sizeof *g->key + g->n_needs * sizeof *g->key->needs;
    const size_t at = pg_map_find(&g->index, (const char *)g->key, size);
    m->group = (uint32_t)at;
    if (at == PGDP_NONE) PG_TRY(add_group(ctx, g, size, &m->group));
    g->b->groups[m->group].n_models++;
    return PGDP_OK;
}

static pgdp_status list_models(pgdp_ctx *ctx, pgdp_batch *b)
{
    for (size_t i = 0; i < b->n_groups; i++) {
        pg_batch_group *g = &b->groups[i];
        PG_TRY_ALLOC(ctx, g->models, pg_arena_alloc(&b->arena, g->n_models, sizeof *g->models));
        g->n_models = 0;
    }
    for (size_t i = 0; i < b->n_models; i++) {
        pg_batch_group *g = &b->groups[b->models[i].group];
        g->models[g->n_models++] = (uint32_t)i;
    }
    return PGDP_OK;
}

/* How many sources the models of each group name. */
static void count_columns(const pgdp_batch *b, bool *seen)
{
    for (size_t i = 0; i < b->n_groups; i++) {
        pg_batch_group *g = &b->groups[i];
        memset(seen, 0, b->n_sources * sizeof *seen);
        for (size_t m = 0; m < g->n_models && !g->by_row; m++) {
            const pg_batch_formula *f = &b->formulas[b->models[g->models[m]].formula];
            seen[f->outcome] = true;
            for (size_t t = 0; t < f->n_exogenous + f->n_endogenous + f->n_instruments; t++)
                seen[f->terms[t]] = true;
        }
        for (size_t s = 0; s < b->n_sources; s++)
            g->n_columns += seen[s];
    }
}

/* The number of a model's formula: that of its options without sample and covariance. */
static size_t formula_of(const pgdp_batch *b, const size_t *option)
{
    size_t at = 0;
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++)
        if (c != PGDP_BATCH_SAMPLE && c != PGDP_BATCH_VCOV) at = at * b->n_options[c] + option[c];
    return at;
}

pgdp_status pg_batch_make_groups(pgdp_ctx *ctx, pgdp_batch *b)
{
    grouping g = { .b = b };
    size_t option[PGDP_N_BATCH_CHOICES];
    pg_map_init(&g.index, &ctx->scratch);
    PG_TRY_ALLOC(ctx, b->models, pg_arena_alloc(&b->arena, b->n_models, sizeof *b->models));
    PG_TRY_ALLOC(ctx, b->results, pg_arena_alloc(&b->arena, b->n_models, sizeof *b->results));
    PG_TRY_ALLOC(ctx, g.key, pg_arena_alloc(&ctx->scratch, 1, sizeof *g.key + b->n_sources * sizeof *g.key->needs));
    PG_TRY_ALLOC(ctx, g.seen, pg_arena_alloc(&ctx->scratch, b->n_sources, sizeof *g.seen));
    for (size_t i = 0; i < b->n_models; i++) {
        pg_batch_decode(b, i, option);
        b->models[i] = (pg_batch_model){ .formula = (uint32_t)formula_of(b, option),
                                         .sample = (uint32_t)option[PGDP_BATCH_SAMPLE],
                                         .vcov = (uint32_t)option[PGDP_BATCH_VCOV] };
        PG_TRY(place(ctx, &g, &b->models[i]));
    }
    PG_TRY(list_models(ctx, b));
    count_columns(b, g.seen);
    return PGDP_OK;
}

pgdp_batch_plan pgdp_batch_plan_of(const pgdp_batch *batch)
{
    const double n = (double)pgdp_frame_n_rows(batch->frame);
    pgdp_batch_plan plan = { .n_models = batch->n_models, .n_groups = batch->n_groups };
    for (size_t i = 0; i < batch->n_groups; i++) {
        const pg_batch_group *g = &batch->groups[i];
        const double p = (double)g->n_columns + 1, models = (double)g->n_models;
        if (g->by_row) plan.n_by_row += g->n_models;
        if (!g->by_row && g->n_columns + 1 > plan.n_columns) plan.n_columns = g->n_columns + 1;
        plan.flops += g->by_row ? 0 : n * p * p;
        double cells = 1, by_rows = 0;
        for (size_t m = 0; m < g->n_models && !g->by_row; m++) {
            const pg_batch_vcov *v = &batch->vcovs[batch->models[g->models[m]].vcov];
            if (v->kind == PG_BATCH_HC) by_rows++;
            for (size_t c = 0; c < v->n_clusters; c++)
                if ((double)batch->sources[v->cluster[c]].n_levels > cells)
                    cells = (double)batch->sources[v->cluster[c]].n_levels;
        }
        const double fourth =
            2 * n * pg_fourth_work(g->n_columns + 1) + 2 * by_rows * pg_fourth_model_work(g->n_columns + 1);
        plan.flops += fmin(by_rows * 4 * n * p, fourth) + (models - by_rows) * (2 * cells * p * p + p * p * p);
        const double absorbed = batch->effects != NULL && batch->effects[g->effects].n > 0 && !g->by_row ? p : 0;
        const double bytes = 8 * (n * (2 + absorbed) + 2 * cells * p * p + 65536 * p);
        if (bytes > plan.bytes) plan.bytes = bytes;
    }
    plan.bytes += (double)batch->n_models * (double)(sizeof(pgdp_batch_row) + sizeof(pg_batch_model));
    return plan;
}
