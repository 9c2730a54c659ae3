/* list_read.c  Activities, tasks and their links from tables into canonical order.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "tasks/list.h"

static const char *const id_names[PG_N_LEVELS] = { "dwa_id", "iwa_id", "gwa_id" };
static const char *const title_names[PG_N_LEVELS] = { "dwa_title", "iwa_title", "gwa_title" };

static int by_dwa(const void *a, const void *b)
{
    const pg_activity *p = a, *q = b;
    return strcmp(p->id[PG_DWA], q->id[PG_DWA]);
}

/* Nodes of one level are numbered as they first appear in order of dwa_id. */
static pgdp_status number_nodes(pgdp_ctx *ctx, pgdp_task_list *list, size_t level)
{
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    for (size_t a = 0; a < list->n_activities; a++) {
        pg_activity *activity = &list->activities[a];
        const char *id = activity->id[level];
        size_t node = pg_map_find(&map, id, strlen(id));
        if (node == PGDP_NONE) {
            node = list->n_nodes[level]++;
            if (!pg_map_put(&map, id, strlen(id), node)) return pg_no_memory(ctx);
        }
        activity->node[level] = node;
    }
    return PGDP_OK;
}

pgdp_status pg_list_read_activities(pgdp_ctx *ctx, pgdp_task_list *list)
{
    const pg_table table = { list->inputs.activities, "activities" };
    PG_TRY(pg_table_given(ctx, table));
    size_t ids[PG_N_LEVELS], titles[PG_N_LEVELS];
    for (size_t level = 0; level < PG_N_LEVELS; level++) {
        PG_TRY(pg_table_texts(ctx, table, id_names[level], &ids[level]));
        PG_TRY(pg_table_texts(ctx, table, title_names[level], &titles[level]));
    }
    const size_t n = pgdp_frame_n_rows(table.frame);
    PG_TRY_ALLOC(ctx, list->activities, pg_arena_alloc(&list->arena, n + 1, sizeof *list->activities));
    for (size_t i = 0; i < n; i++)
        list->activities[i].row = i;
    for (size_t level = 0; level < PG_N_LEVELS; level++)
        for (size_t i = 0; i < n; i++) {
            PG_TRY(pg_table_key(ctx, table, ids[level], i, &list->activities[i].id[level]));
            PG_TRY(pg_table_key(ctx, table, titles[level], i, &list->activities[i].title[level]));
        }
    qsort(list->activities, n, sizeof *list->activities, by_dwa);
    for (size_t i = 1; i < n; i++)
        if (by_dwa(&list->activities[i - 1], &list->activities[i]) == 0)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "activities: data row %zu, column dwa_id: found \"%s\" twice, expected one row each",
                           pg_later(list->activities[i - 1].row, list->activities[i].row) + 1,
                           list->activities[i].id[PG_DWA]);
    list->n_activities = n;
    for (size_t level = 0; level < PG_N_LEVELS; level++)
        PG_TRY(number_nodes(ctx, list, level));
    for (size_t level = 0; level < PG_N_LEVELS; level++) {
        list->activities[n].title[level] = "Tasks without a detailed work activity";
        list->activities[n].node[level] = PGDP_NONE;
    }
    return PGDP_OK;
}

typedef struct task_key {
    const char *onet_soc;
    double task_id;
    size_t row;
} task_key;

static int by_key(const void *a, const void *b)
{
    const task_key *p = a, *q = b;
    const int order = strcmp(p->onet_soc, q->onet_soc);
    return order != 0 ? order : (p->task_id > q->task_id) - (p->task_id < q->task_id);
}

static pgdp_status sorted_keys(pgdp_ctx *ctx, pg_table table, task_key **out)
{
    const size_t n = pgdp_frame_n_rows(table.frame);
    task_key *keys;
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n, sizeof *keys));
    size_t onet_soc;
    const double *task_id;
    PG_TRY(pg_table_texts(ctx, table, "onet_soc", &onet_soc));
    PG_TRY(pg_table_reals(ctx, table, "task_id", &task_id));
    for (size_t i = 0; i < n; i++) {
        keys[i] = (task_key){ NULL, task_id[i], i };
        PG_TRY(pg_table_key(ctx, table, onet_soc, i, &keys[i].onet_soc));
        if (!isfinite(task_id[i]))
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: found an empty task_id in data row %zu, expected a number",
                           table.name, i + 1);
    }
    qsort(keys, n, sizeof *keys, by_key);
    *out = keys;
    return PGDP_OK;
}

static pgdp_status bad_task(pgdp_ctx *ctx, const char *table, const task_key *key, const char *trouble)
{
    char id[PG_NUMBER_SIZE];
    pg_number_format(key->task_id, id);
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: data row %zu, columns onet_soc and task_id: task %s of %s %s", table,
                   key->row + 1, id, key->onet_soc, trouble);
}

/* The text of a cell of the occupations table that must be there. */
static pgdp_status occupation_text(pgdp_ctx *ctx, pg_table table, const char *column, size_t row, const char **out)
{
    size_t j;
    PG_TRY(pg_table_texts(ctx, table, column, &j));
    return pg_table_key(ctx, table, j, row, out);
}

static pgdp_status map_occupations(pgdp_ctx *ctx, pg_table table, pg_map *rows)
{
    size_t onet_soc;
    PG_TRY(pg_table_given(ctx, table));
    PG_TRY(pg_table_texts(ctx, table, "onet_soc", &onet_soc));
    pg_map_init(rows, &ctx->scratch);
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        const char *code;
        PG_TRY(pg_table_key(ctx, table, onet_soc, i, &code));
        if (pg_map_find(rows, code, strlen(code)) != PGDP_NONE)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "occupations: data row %zu, column onet_soc: found \"%s\" twice, expected one row each",
                           i + 1, code);
        if (!pg_map_put(rows, code, strlen(code), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static pgdp_status add_occupation(pgdp_ctx *ctx, pgdp_task_list *list, const pg_map *rows, const task_key *key,
                                  size_t first)
{
    const pg_table table = pg_list_occupations(list);
    pg_occupation *o = &list->occupations[list->n_occupations];
    *o = (pg_occupation){ .onet_soc = key->onet_soc, .first = first, .end = first, .wage = PGDP_NONE };
    o->row = pg_map_find(rows, key->onet_soc, strlen(key->onet_soc));
    if (o->row == PGDP_NONE)
        return bad_task(ctx, "tasks", key,
                        "has an onet_soc that is not in table occupations; are both of one O*NET release?");
    PG_TRY(occupation_text(ctx, table, "title", o->row, &o->title));
    PG_TRY(occupation_text(ctx, table, "soc", o->row, &o->soc));
    list->n_occupations++;
    return PGDP_OK;
}

static pgdp_status fill_tasks(pgdp_ctx *ctx, pgdp_task_list *list, const task_key *keys)
{
    pg_map rows;
    PG_TRY(map_occupations(ctx, pg_list_occupations(list), &rows));
    size_t type;
    PG_TRY(pg_table_texts(ctx, pg_list_tasks(list), "task_type", &type));
    for (size_t i = 0; i < list->n_tasks; i++) {
        if (i > 0 && by_key(&keys[i - 1], &keys[i]) == 0)
            return bad_task(ctx, "tasks", &keys[i], "is there twice, expected one row each");
        if (i == 0 || strcmp(keys[i - 1].onet_soc, keys[i].onet_soc) != 0)
            PG_TRY(add_occupation(ctx, list, &rows, &keys[i], i));
        const char *text = pgdp_frame_text(list->inputs.tasks, type, keys[i].row);
        list->occupations[list->n_occupations - 1].end = i + 1;
        list->row[i] = keys[i].row;
        list->task_id[i] = keys[i].task_id;
        list->occupation[i] = list->n_occupations - 1;
        list->core[i] = text != NULL && pg_streq(text, "Core");
        list->untyped[i] = text == NULL;
    }
    return PGDP_OK;
}

pgdp_status pg_list_read_tasks(pgdp_ctx *ctx, pgdp_task_list *list)
{
    const pg_table table = pg_list_tasks(list);
    PG_TRY(pg_table_given(ctx, table));
    task_key *keys;
    PG_TRY(sorted_keys(ctx, table, &keys));
    const size_t n = pgdp_frame_n_rows(table.frame);
    if (n == 0) return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "tasks: found no rows, expected one task or more");
    list->n_tasks = n;
    PG_TRY_ALLOC(ctx, list->row, pg_arena_alloc(&list->arena, n, sizeof *list->row));
    PG_TRY_ALLOC(ctx, list->occupation, pg_arena_alloc(&list->arena, n, sizeof *list->occupation));
    PG_TRY_ALLOC(ctx, list->task_id, pg_arena_alloc(&list->arena, n, sizeof *list->task_id));
    PG_TRY_ALLOC(ctx, list->core, pg_arena_alloc(&list->arena, n, sizeof *list->core));
    PG_TRY_ALLOC(ctx, list->untyped, pg_arena_alloc(&list->arena, n, sizeof *list->untyped));
    PG_TRY_ALLOC(ctx, list->occupations, pg_arena_alloc(&list->arena, n, sizeof *list->occupations));
    return fill_tasks(ctx, list, keys);
}

/* Links in order of task, then activity. */
typedef struct link_key {
    size_t task, activity;
} link_key;

static int by_link(const void *a, const void *b)
{
    const link_key *p = a, *q = b;
    if (p->task != q->task) return p->task < q->task ? -1 : 1;
    return (p->activity > q->activity) - (p->activity < q->activity);
}

static pgdp_status find_activity(pgdp_ctx *ctx, const pgdp_task_list *list, const char *dwa, size_t row, size_t *out)
{
    const pg_activity wanted = { .id = { dwa } };
    const pg_activity *found = bsearch(&wanted, list->activities, list->n_activities, sizeof wanted, by_dwa);
    if (found == NULL)
        return pg_fail(
            ctx, PGDP_SHAPE_MISMATCH,
            "task_dwas: data row %zu, column dwa_id: found \"%s\", which is not in table activities; are both "
            "of one O*NET release?",
            row + 1, dwa);
    *out = (size_t)(found - list->activities);
    return PGDP_OK;
}

/* Both tables are sorted by occupation and task: one pass finds every link's task. */
static pgdp_status resolve_links(pgdp_ctx *ctx, const pgdp_task_list *list, pg_table table, link_key *links)
{
    task_key *keys = NULL;
    size_t dwa = 0;
    PG_TRY(sorted_keys(ctx, table, &keys));
    PG_TRY(pg_table_texts(ctx, table, "dwa_id", &dwa));
    size_t task = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        task_key at;
        do
            at = (task_key){ list->occupations[list->occupation[task]].onet_soc, list->task_id[task], 0 };
        while (by_key(&at, &keys[i]) < 0 && ++task < list->n_tasks);
        if (task == list->n_tasks || by_key(&at, &keys[i]) != 0)
            return bad_task(ctx, "task_dwas", &keys[i], "is not in table tasks; are both of one O*NET release?");
        const char *id = NULL;
        PG_TRY(pg_table_key(ctx, table, dwa, keys[i].row, &id));
        links[i].task = task;
        PG_TRY(find_activity(ctx, list, id, keys[i].row, &links[i].activity));
    }
    return PGDP_OK;
}

pgdp_status pg_list_read_links(pgdp_ctx *ctx, pgdp_task_list *list)
{
    const pg_table table = { list->inputs.task_dwas, "task_dwas" };
    PG_TRY(pg_table_given(ctx, table));
    const size_t n = pgdp_frame_n_rows(table.frame);
    link_key *links;
    PG_TRY_ALLOC(ctx, links, pg_arena_alloc(&ctx->scratch, n, sizeof *links));
    PG_TRY(resolve_links(ctx, list, table, links));
    qsort(links, n, sizeof *links, by_link);
    PG_TRY_ALLOC(ctx, list->first_link, pg_arena_alloc(&list->arena, list->n_tasks + 1, sizeof *list->first_link));
    PG_TRY_ALLOC(ctx, list->activity, pg_arena_alloc(&list->arena, n + list->n_tasks, sizeof *list->activity));
    size_t at = 0;
    for (size_t i = 0; i < list->n_tasks; i++) {
        list->first_link[i] = list->n_links;
        for (; at < n && links[at].task == i; at++) {
            if (at > 0 && by_link(&links[at - 1], &links[at]) == 0) continue; /* a link given twice is one */
            list->activity[list->n_links++] = links[at].activity;
        }
        if (list->n_links == list->first_link[i]) list->activity[list->n_links++] = list->n_activities;
    }
    list->first_link[list->n_tasks] = list->n_links;
    return PGDP_OK;
}
