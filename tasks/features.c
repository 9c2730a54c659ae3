/* features.c  The plain columns: O*NET descriptors, task ratings, shares of activities, and where numbers are missing.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/features.h"

#include <math.h>
#include <string.h>

#include "core/map.h"

/* Columns under construction; there are never more than `room` of them. */
typedef struct builder {
    pg_arena *arena;
    const pgdp_task_list *list;
    size_t n, room;
    const char **names;
    unsigned char *group, now; /* of the columns that are added */
    double *x;
} builder;

static double *add_column(builder *b, const char *name)
{
    b->names[b->n] = name;
    b->group[b->n] = b->now;
    return b->x + b->n++ * b->list->n_tasks;
}

/* Every number that the occupations table has: job zone, skills, styles, contexts. */
static void add_descriptors(builder *b)
{
    const pgdp_frame *table = b->list->inputs.occupations;
    for (size_t j = 0; j < pgdp_frame_n_columns(table); j++) {
        const double *cells = pgdp_frame_reals(table, j);
        if (cells == NULL) continue;
        double *x = add_column(b, pgdp_frame_column(table, j)->name);
        for (size_t i = 0; i < b->list->n_tasks; i++)
            x[i] = cells[b->list->occupations[b->list->occupation[i]].row];
    }
}

/* Frequency is times a day over four orders of magnitude: its logarithm. */
static pgdp_status add_ratings(pgdp_ctx *ctx, builder *b)
{
    static const char *const ratings[] = { "importance", "relevance", "frequency" };
    static const char *const names[] = { "task_importance", "task_relevance", "task_frequency_log" };
    for (size_t r = 0; r < sizeof ratings / sizeof *ratings; r++) {
        const double *cells;
        PG_TRY(pg_table_reals(ctx, pg_list_tasks(b->list), ratings[r], &cells));
        double *x = add_column(b, names[r]);
        for (size_t i = 0; i < b->list->n_tasks; i++) {
            const double cell = cells[b->list->row[i]];
            x[i] = r < 2 ? cell : cell > 0 ? log(cell) : (double)NAN;
        }
    }
    double *core = add_column(b, "task_core"), *untyped = add_column(b, "task_type_missing");
    for (size_t i = 0; i < b->list->n_tasks; i++) {
        core[i] = b->list->core[i] ? 1 : 0;
        untyped[i] = b->list->untyped[i] ? 1 : 0;
    }
    return PGDP_OK;
}

/* Number of activities, and the share of them in each generalized one; a task without any has zeros throughout. */
static void add_activities(builder *b)
{
    const pgdp_task_list *list = b->list;
    double *count = add_column(b, "task_n_dwas"), *share = b->x + b->n * list->n_tasks;
    memset(b->group + b->n, PG_GROUP_GWA, list->n_nodes[PG_GWA]);
    for (size_t a = 0; a < list->n_activities; a++) {
        const pg_activity *activity = &list->activities[a];
        if (b->names[b->n + activity->node[PG_GWA]] == NULL)
            b->names[b->n + activity->node[PG_GWA]] = activity->id[PG_GWA];
    }
    for (size_t i = 0; i < list->n_tasks; i++) {
        const size_t first = list->first_link[i], end = list->first_link[i + 1];
        if (list->activity[first] == list->n_activities) continue;
        count[i] = (double)(end - first);
        for (size_t l = first; l < end; l++)
            share[list->activities[list->activity[l]].node[PG_GWA] * list->n_tasks + i] += 1 / count[i];
    }
    b->n += list->n_nodes[PG_GWA];
}

static bool same_pattern(const double *missing, const double *indicator, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(missing[i]) != (indicator[i] > 0.5)) return false;
    return true;
}

static bool any_missing(const double *x, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (isnan(x[i])) return true;
    return false;
}

/* One indicator for each distinct pattern of missing cells: columns that go missing together share it. */
static pgdp_status add_missing(pgdp_ctx *ctx, builder *b)
{
    const size_t n = b->list->n_tasks, n_before = b->n;
    for (size_t j = 0; j < n_before; j++) {
        const double *x = b->x + j * n;
        if (!any_missing(x, n)) continue;
        size_t k = n_before;
        while (k < b->n && !same_pattern(x, b->x + k * n, n))
            k++;
        if (k < b->n) continue;
        const char *name;
        PG_TRY_ALLOC(ctx, name, pg_arena_printf(b->arena, "missing_%s", b->names[j]));
        b->now = b->group[j];
        double *indicator = add_column(b, name);
        for (size_t i = 0; i < n; i++)
            indicator[i] = isnan(x[i]) ? 1 : 0;
    }
    return PGDP_OK;
}

static pgdp_status activity_chain(pgdp_ctx *ctx, pg_arena *arena, const pgdp_task_list *list, pg_chain *out)
{
    size_t *first, *node[PG_CHAIN_LEVELS];
    PG_TRY_ALLOC(ctx, first, pg_arena_alloc(arena, list->n_tasks + 1, sizeof *first));
    for (size_t level = 0; level < PG_CHAIN_LEVELS; level++) {
        PG_TRY_ALLOC(ctx, node[level], pg_arena_alloc(arena, list->n_links, sizeof(size_t)));
        out->node[level] = node[level];
        out->n_nodes[level] = list->n_nodes[PG_N_LEVELS - 1 - level];
    }
    size_t n = 0;
    for (size_t i = 0; i < list->n_tasks; i++) {
        first[i] = n;
        for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++) {
            const pg_activity *activity = &list->activities[list->activity[l]];
            if (activity->node[PG_DWA] == PGDP_NONE) continue;
            for (size_t level = 0; level < PG_CHAIN_LEVELS; level++)
                node[level][n] = activity->node[PG_N_LEVELS - 1 - level];
            n++;
        }
    }
    first[list->n_tasks] = n;
    out->first = first;
    return PGDP_OK;
}

/* "15-1252.00": major group 15, minor group 15-12, broad occupation 15-125, and all of the code. prefix: lengths. */
static pgdp_status occupation_chain(pgdp_ctx *ctx, pg_arena *arena, const pgdp_task_list *list, const size_t *prefix,
                                    pg_chain *out)
{
    size_t *first, *node;
    PG_TRY_ALLOC(ctx, first, pg_arena_alloc(arena, list->n_tasks + 1, sizeof *first));
    for (size_t i = 0; i <= list->n_tasks; i++)
        first[i] = i;
    out->first = first;
    for (size_t level = 0; level < PG_CHAIN_LEVELS; level++) {
        PG_TRY_ALLOC(ctx, node, pg_arena_alloc(arena, list->n_tasks, sizeof *node));
        pg_map map;
        pg_map_init(&map, &ctx->scratch);
        out->n_nodes[level] = 0;
        for (size_t o = 0; o < list->n_occupations; o++) {
            const pg_occupation *p = &list->occupations[o];
            const size_t length = strnlen(p->onet_soc, prefix[level]);
            size_t found = pg_map_find(&map, p->onet_soc, length);
            if (found == PGDP_NONE) {
                found = out->n_nodes[level]++;
                if (!pg_map_put(&map, p->onet_soc, length, found)) return pg_no_memory(ctx);
            }
            for (size_t i = p->first; i < p->end; i++)
                node[i] = found;
        }
        out->node[level] = node;
    }
    return PGDP_OK;
}

pgdp_status pg_features_new(pgdp_ctx *ctx, pg_arena *arena, const pgdp_task_list *list, pg_features *out)
{
    static const char *const encoded[PG_N_ENCODED] = { "gwa_mean_grade",       "iwa_mean_grade",
                                                       "dwa_mean_grade",       "soc_major_mean_grade",
                                                       "soc_minor_mean_grade", "soc_broad_mean_grade" };
    const size_t n_numbers = pgdp_frame_n_columns(list->inputs.occupations) + 3;
    builder b = { .arena = arena, .list = list, .room = 2 * n_numbers + list->n_nodes[PG_GWA] + 3 };
    PG_TRY_ALLOC(ctx, b.names, pg_arena_alloc(arena, b.room + PG_N_ENCODED, sizeof *b.names));
    PG_TRY_ALLOC(ctx, b.x, pg_arena_alloc(arena, b.room * list->n_tasks, sizeof *b.x));
    PG_TRY_ALLOC(ctx, b.group, pg_arena_alloc(arena, b.room + PG_N_ENCODED, sizeof *b.group));
    add_descriptors(&b);
    b.now = PG_GROUP_RATINGS;
    PG_TRY(add_ratings(ctx, &b));
    add_activities(&b);
    PG_TRY(add_missing(ctx, &b));
    for (size_t e = 0; e < PG_N_ENCODED; e++) {
        b.names[b.n + e] = encoded[e];
        b.group[b.n + e] = e < PG_CHAIN_LEVELS ? PG_GROUP_ACTIVITIES : PG_GROUP_OCCUPATIONS;
    }
    *out = (pg_features){ .n_tasks = list->n_tasks,
                          .n_plain = b.n,
                          .n_columns = b.n + PG_N_ENCODED,
                          .names = b.names,
                          .group = b.group,
                          .plain = b.x };
    static const size_t groups[] = { 2, 5, 6 }, occupations[] = { 5, 6, 10 };
    PG_TRY(activity_chain(ctx, arena, list, &out->chains[PG_CHAIN_ACTIVITIES]));
    PG_TRY(occupation_chain(ctx, arena, list, groups, &out->chains[PG_CHAIN_GROUPS]));
    return occupation_chain(ctx, arena, list, occupations, &out->chains[PG_CHAIN_OCCUPATIONS]);
}
