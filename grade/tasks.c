/* tasks.c  The tasks of a run: read from a table, limited, drawn. SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/plan.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/map.h"
#include "core/number.h"
#include "core/random.h"

static const char *const id_names[] = { "task_id", "dwa_id", "Task ID", "id", NULL };
static const char *const text_names[] = { "statement", "task", "Task", "dwa_title", "text", NULL };
static const char *const occupation_names[] = { "occupation", "occupation_title", "Title", "title", NULL };
enum { LONGEST_CELL = 16384, MOST_TASKS = 10000000 };

/** A column by the name given, or by its usual ones; PGDP_NONE: none of them, and none was given. */
static pgdp_status find(pgdp_ctx *ctx, const pgdp_frame *frame, const char *given, const char *const *usual,
                        size_t *out)
{
    *out = given == NULL ? pg_find_column(frame, usual) : pgdp_frame_find(frame, given);
    if (given != NULL && *out == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "tasks: found no column \"%.60s\"", given);
    return PGDP_OK;
}

/** A cell as text, in the arena when it is a number; NULL: missing. */
static pgdp_status cell_of(pgdp_ctx *ctx, const pgdp_frame *frame, size_t at[2], pg_arena *arena, const char **out)
{
    const double *x = pgdp_frame_reals(frame, at[1]);
    char number[PG_NUMBER_SIZE];
    *out = NULL;
    if (pgdp_frame_column(frame, at[1])->type == PGDP_TEXT) *out = pgdp_frame_text(frame, at[1], at[0]);
    if (x == NULL || isnan(x[at[0]])) return PGDP_OK;
    pg_number_format(x[at[0]], number);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(arena, number));
    return PGDP_OK;
}

static pgdp_status need_cell(pgdp_ctx *ctx, const pgdp_frame *frame, size_t at[2], pg_arena *arena, const char **out)
{
    const char *name = pgdp_frame_column(frame, at[1])->name;
    PG_TRY(cell_of(ctx, frame, at, arena, out));
    if (*out == NULL || **out == '\0')
        return pg_fail(ctx, PGDP_PARSE, "tasks: row %zu, column %.60s: found nothing, expected a text", at[0] + 1,
                       name);
    if (strlen(*out) > LONGEST_CELL)
        return pg_fail(ctx, PGDP_PARSE, "tasks: row %zu, column %.60s: found a text of %zu bytes, expected at most %d",
                       at[0] + 1, name, strlen(*out), LONGEST_CELL);
    return PGDP_OK;
}

static pgdp_status read_tasks(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t column[3], pg_grade_plan *plan)
{
    pg_map seen;
    pg_map_init(&seen, &ctx->scratch);
    for (size_t i = 0; i < plan->n_tasks; i++) {
        pg_graded_task *task = &plan->tasks[i];
        PG_TRY(need_cell(ctx, frame, (size_t[2]){ i, column[0] }, plan->arena, &task->id));
        PG_TRY(need_cell(ctx, frame, (size_t[2]){ i, column[1] }, plan->arena, &task->text));
        if (column[2] != PGDP_NONE)
            PG_TRY(cell_of(ctx, frame, (size_t[2]){ i, column[2] }, plan->arena, &task->occupation));
        const size_t before = pg_map_find(&seen, task->id, strlen(task->id));
        if (before != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE,
                           "tasks: row %zu, column %.60s: found \"%.60s\" as in row %zu, expected each "
                           "task once",
                           i + 1, pgdp_frame_column(frame, column[0])->name, task->id, before + 1);
        if (!pg_map_put(&seen, task->id, strlen(task->id), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/** A task's place in the order of drawing. */
typedef struct drawn {
    double u;
    size_t task;
} drawn;

static int by_draw(const void *a, const void *b)
{
    const drawn *s = a, *t = b;
    if (s->u < t->u || s->u > t->u) return s->u < t->u ? -1 : 1;
    return (s->task > t->task) - (s->task < t->task);
}

static int by_task(const void *a, const void *b)
{
    const drawn *s = a, *t = b;
    return (s->task > t->task) - (s->task < t->task);
}

/** Keep the tasks with the smallest of one uniform number each, in the table's order. */
static pgdp_status draw(pgdp_ctx *ctx, pg_grade_plan *plan)
{
    drawn *order;
    pg_random random = pg_random_stream(plan->q.seed, "grading sample", 0);
    if (plan->q.sample == 0 || plan->q.sample >= plan->n_tasks) return PGDP_OK;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, plan->n_tasks, sizeof *order));
    for (size_t i = 0; i < plan->n_tasks; i++)
        order[i] = (drawn){ pg_random_uniform(&random), i };
    qsort(order, plan->n_tasks, sizeof *order, by_draw);
    plan->n_tasks = plan->q.sample;
    qsort(order, plan->n_tasks, sizeof *order, by_task);
    for (size_t i = 0; i < plan->n_tasks; i++)
        plan->tasks[i] = plan->tasks[order[i].task];
    return PGDP_OK;
}

pgdp_status pg_plan_tasks(pgdp_ctx *ctx, const pgdp_frame *frame, pg_grade_plan *plan)
{
    size_t column[3];
    PG_TRY(find(ctx, frame, plan->q.id, id_names, &column[0]));
    PG_TRY(find(ctx, frame, plan->q.text, text_names, &column[1]));
    PG_TRY(find(ctx, frame, plan->q.occupation, occupation_names, &column[2]));
    if (column[0] == PGDP_NONE || column[1] == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "tasks: found no column of the %s; name it",
                       column[0] == PGDP_NONE ? "identifier (task_id, dwa_id)" : "text (statement, task, dwa_title)");
    plan->n_tasks = pgdp_frame_n_rows(frame);
    if (plan->n_tasks == 0) return pg_fail(ctx, PGDP_PARSE, "tasks: found no row, expected a task a row");
    if (plan->n_tasks > MOST_TASKS)
        return pg_fail(ctx, PGDP_PARSE, "tasks: found %zu rows, expected at most %d", plan->n_tasks, MOST_TASKS);
    PG_TRY_ALLOC(ctx, plan->tasks, pg_arena_alloc(plan->arena, plan->n_tasks, sizeof *plan->tasks));
    PG_TRY(read_tasks(ctx, frame, column, plan));
    PG_TRY(draw(ctx, plan));
    if (plan->q.limit > 0 && plan->q.limit < plan->n_tasks) plan->n_tasks = plan->q.limit;
    return PGDP_OK;
}
