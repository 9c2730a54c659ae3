/* measure_sml.c  Suitability for machine learning: 23 items an activity, activities to tasks to occupations. Source:
 * Brynjolfsson, Mitchell & Rock (2018), AEA Papers and Proceedings 108, 43-47. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/text.h"
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

typedef struct sml_options {
    double n_items;
} sml_options;
static const pgdp_option options[] = {
    { "n_items", PGDP_OPTION_REAL, offsetof(sml_options, n_items), 23, 1, 1000, NULL, "columns of numbers of `items`" },
    { .name = NULL },
};

/** A task of an occupation, and the activities it has. */
typedef struct task {
    const char *code;
    double score, n_scored, importance;
} task;
typedef struct work {
    const char **dwa;
    double *score; /* [n_activities] mean of the items */
    pg_map activities;
    task *tasks;
    size_t n_tasks;
    pg_map by_task; /* code TAB task */
} work;

static pgdp_status read_items(pgdp_ctx *ctx, const pgdp_frame *frame, const sml_options *o, work *w)
{
    static const double range[2] = { 0, 10 };
    const pg_table table = { frame, "items" };
    const size_t n = pgdp_frame_n_rows(frame);
    size_t *columns, n_columns, *index;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "dwa_id", "DWA ID", NULL }, &w->dwa));
    PG_TRY(pg_number_columns(ctx, frame, &columns, &n_columns));
    if (fabs((double)n_columns - o->n_items) > 0.5)
        return pg_fail(ctx, PGDP_PARSE, "items: found %zu columns of numbers, expected the rubric's %zu", n_columns,
                       (size_t)o->n_items);
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, w->dwa, n, index, &w->activities));
    for (size_t i = 0; i < n; i++)
        if (index[i] != i)
            return pg_fail(ctx, PGDP_PARSE, "items: row %zu, column dwa_id: found \"%.60s\" again", i + 1, w->dwa[i]);
    PG_TRY_ALLOC(ctx, w->score, pg_arena_alloc(&ctx->scratch, n, sizeof *w->score));
    for (size_t k = 0; k < n_columns; k++) {
        const double *x;
        PG_TRY(pg_numbers(ctx, table, pgdp_frame_column(frame, columns[k])->name, range, &x));
        for (size_t i = 0; i < n; i++)
            w->score[i] += x[i] / (double)n_columns;
    }
    return PGDP_OK;
}

static pgdp_status task_key(pgdp_ctx *ctx, const char *code, const char *id, const char **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%s\t%s", code, id));
    return PGDP_OK;
}

static const char *const code_names[] = { "onet_soc", "O*NET-SOC Code", "soc", NULL };
static const char *const task_names[] = { "task_id", "Task ID", NULL };

/* A task's score: the mean of its activities' that are scored. */
static pgdp_status read_links(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    const pg_table table = { frame, "links" };
    const size_t n = pgdp_frame_n_rows(frame);
    const char **code, **id, **dwa, *key;
    PG_TRY(pg_keys(ctx, table, code_names, &code));
    PG_TRY(pg_keys(ctx, table, task_names, &id));
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "dwa_id", "DWA ID", NULL }, &dwa));
    PG_TRY_ALLOC(ctx, w->tasks, pg_arena_alloc(&ctx->scratch, n, sizeof *w->tasks));
    pg_map_init(&w->by_task, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        PG_TRY(task_key(ctx, code[i], id[i], &key));
        size_t t = pg_map_find(&w->by_task, key, strlen(key));
        if (t == PGDP_NONE) {
            t = w->n_tasks++;
            w->tasks[t] = (task){ .code = code[i], .importance = 1 };
            if (!pg_map_put(&w->by_task, key, strlen(key), t)) return pg_no_memory(ctx);
        }
        const size_t a = pg_map_find(&w->activities, dwa[i], strlen(dwa[i]));
        if (a == PGDP_NONE) continue;
        w->tasks[t].score += w->score[a];
        w->tasks[t].n_scored += 1;
    }
    return PGDP_OK;
}

static pgdp_status read_importance(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double range[2] = { 0, 1e6 };
    const pg_table table = { frame, "importance" };
    const char **code, **id, *key;
    const double *x;
    PG_TRY(pg_keys(ctx, table, code_names, &code));
    PG_TRY(pg_keys(ctx, table, task_names, &id));
    PG_TRY(pg_numbers_known(ctx, table, "importance", range, &x));
    if (x == NULL) return pg_fail(ctx, PGDP_NOT_FOUND, "importance: found no column \"importance\", expected one");
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        PG_TRY(task_key(ctx, code[i], id[i], &key));
        const size_t t = pg_map_find(&w->by_task, key, strlen(key));
        if (t != PGDP_NONE && !isnan(x[i])) w->tasks[t].importance = x[i];
    }
    return PGDP_OK;
}

static const pgdp_column score_columns[] = { PG_TEXT_COLUMN("onet_soc"), PG_REAL_COLUMN("tasks", "tasks"),
                                             PG_REAL_COLUMN("scored", "tasks"), PG_REAL_COLUMN("sml", "points"),
                                             PG_REAL_COLUMN("sd", "points") };
static const pgdp_column activity_columns[] = { PG_TEXT_COLUMN("dwa_id"), PG_REAL_COLUMN("sml", "points") };
/** Sums over an occupation's tasks: weights, weighted scores and squares. */
typedef struct sums {
    const char *code;
    double n, scored, w, wx, wxx;
} sums;

static pgdp_status fill_scores(pgdp_ctx *ctx, const work *w, pgdp_frame *out)
{
    const char **code;
    size_t *index;
    pg_map map;
    sums *s;
    PG_TRY_ALLOC(ctx, code, pg_arena_alloc(&ctx->scratch, w->n_tasks, sizeof *code));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, w->n_tasks, sizeof *index));
    for (size_t t = 0; t < w->n_tasks; t++)
        code[t] = w->tasks[t].code;
    PG_TRY(pg_index_keys(ctx, code, w->n_tasks, index, &map));
    PG_TRY_ALLOC(ctx, s, pg_arena_alloc(&ctx->scratch, map.n, sizeof *s));
    for (size_t t = 0; t < w->n_tasks; t++) {
        const task *k = &w->tasks[t];
        sums *of = &s[index[t]];
        of->code = k->code;
        of->n += 1;
        if (!(k->n_scored > 0)) continue;
        const double x = k->score / k->n_scored;
        of->scored += 1;
        of->w += k->importance;
        of->wx += k->importance * x;
        of->wxx += k->importance * x * x;
    }
    for (size_t o = 0; o < map.n; o++) {
        const double mean = s[o].wx / s[o].w;
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, 0, s[o].code));
        pgdp_frame_set_real(out, 1, s[o].n);
        pgdp_frame_set_real(out, 2, s[o].scored);
        pgdp_frame_set_real(out, 3, mean);
        pgdp_frame_set_real(out, 4, sqrt(fmax(s[o].wxx / s[o].w - mean * mean, 0)));
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *settings, pgdp_measurement *out)
{
    work w = { .n_tasks = 0 };
    pgdp_frame *scores, *activities;
    PG_TRY(read_items(ctx, inputs[0], settings, &w));
    PG_TRY(read_links(ctx, inputs[1], &w));
    if (inputs[2] != NULL) PG_TRY(read_importance(ctx, inputs[2], &w));
    PG_TRY(pg_measurement_add(ctx, out, "scores", score_columns, 5, &scores));
    PG_TRY(pg_measurement_add(ctx, out, "activities", activity_columns, 2, &activities));
    PG_TRY(fill_scores(ctx, &w, scores));
    for (size_t a = 0; a < w.activities.n; a++) {
        PG_TRY(pgdp_frame_add_row(ctx, activities));
        PG_TRY(pg_set_text(ctx, activities, 0, w.dwa[a]));
        pgdp_frame_set_real(activities, 1, w.score[a]);
    }
    return PGDP_OK;
}

const pgdp_measure pg_measure_sml = {
    .name = "sml",
    .title = "Suitability for machine learning",
    .source = "Brynjolfsson, Mitchell & Rock (2018), AEA Papers and Proceedings 108, 43-47",
    .inputs = { { "items", "dwa_id, and a column of numbers an item: 23", false },
                { "links", "onet_soc, task_id, dwa_id: O*NET's Tasks to DWAs", false },
                { "importance", "onet_soc, task_id, importance: weights of tasks; 1 without", true },
                { NULL, NULL, false } },
    .options = options,
    .options_size = sizeof(sml_options),
    .answer = "scores by occupation with their spread over tasks, activities",
    .compute = compute,
};
