/* batch_plan.c  Which models share rows, effects and weights, and what that comes to: batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch.h"

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

/* Are a term's columns the same numbers in every sample, by name? A polynomial's are not, but for plain powers. */
static bool is_of_rows(const pg_batch_source *s)
{
    if (s->kind == PG_BATCH_NUMBERS) return true;
    const pg_term *t = &s->terms.items[s->terms.n - 1];
    for (size_t k = 0; k < t->n_parts; k++)
        if (t->parts[k].kind == PG_PART_BASIS && !t->parts[k].raw) return false;
    return true;
}

/* Do all columns of the group's models depend on their own row alone? */
static bool is_group_of_rows(const pgdp_batch *b, const pg_batch_group *g)
{
    for (size_t m = 0; m < g->n_models; m++) {
        const pg_batch_formula *f = &b->formulas[b->models[g->models[m]].formula];
        for (size_t t = 0; t < f->n_exogenous + f->n_endogenous + f->n_instruments; t++)
            if (!is_of_rows(&b->sources[f->terms[t]])) return false;
    }
    return true;
}

/* What the clusterings of the group's models need, ascending, into the key. */
static void find_fixed(grouping *g, const pg_batch_group *of)
{
    g->n_needs = 0;
    for (size_t m = 0; m < of->n_models; m++) {
        const pg_batch_vcov *v = &g->b->vcovs[g->b->models[of->models[m]].vcov];
        for (size_t c = 0; c < v->n_clusters; c++)
            need(g, v->cluster[c]);
    }
    for (size_t i = 0; i < g->n_needs; i++)
        g->seen[g->key->needs[i]] = false;
    qsort(g->key->needs, g->n_needs, sizeof *g->key->needs, compare);
}

static int compare_groups(const void *a, const void *b)
{
    const pg_batch_group *x = a, *y = b;
    const uint32_t i = x->family == y->family ? x->models[0] : x->family;
    const uint32_t j = x->family == y->family ? y->models[0] : y->family;
    return (i > j) - (i < j);
}

/* After sorting: groups of models, and of each group the first of its family. */
static void renumber(pgdp_batch *b)
{
    uint32_t before = UINT32_MAX, first = 0;
    for (uint32_t i = 0; i < b->n_groups; i++) {
        pg_batch_group *g = &b->groups[i];
        if (g->family != before) first = i;
        before = g->family;
        g->family = first;
        for (size_t m = 0; m < g->n_models; m++)
            b->models[g->models[m]].group = i;
    }
}

/* Groups that differ by missing values alone come one after the other: they may share a pass. */
static pgdp_status find_families(pgdp_ctx *ctx, grouping *g)
{
    pgdp_batch *b = g->b;
    pg_map_init(&g->index, &ctx->scratch);
    for (uint32_t i = 0; i < b->n_groups; i++) {
        pg_batch_group *of = &b->groups[i];
        uint32_t *fixed;
        of->family = i;
        if (of->by_row || b->effects[of->effects].n > 0 || !is_group_of_rows(b, of)) continue;
        find_fixed(g, of);
        *g->key = (group_key){ .sample = of->sample };
        const size_t size = sizeof *g->key + g->n_needs * sizeof *fixed;
        const size_t at = pg_map_find(&g->index, (const char *)g->key, size);
        group_key *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_alloc(&b->arena, 1, size));
        memcpy(key, g->key, size);
        of->fixed = key->needs;
        of->n_fixed = g->n_needs;
        if (at != PGDP_NONE)
            of->family = (uint32_t)at;
        else if (!pg_map_put(&g->index, (const char *)key, size, i))
            return pg_no_memory(ctx);
    }
    qsort(b->groups, b->n_groups, sizeof *b->groups, compare_groups);
    renumber(b);
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
    PG_TRY(find_families(ctx, &g));
    count_columns(b, g.seen);
    return PGDP_OK;
}
