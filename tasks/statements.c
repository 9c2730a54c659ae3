/* statements.c  The texts of tasks from the tables of a task list, hashed, and blocks of tasks to forecast by each
 * other. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/statements.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"

/* A row of the statements under its task. */
typedef struct statement {
    double task_id;
    size_t row;
} statement;

static int by_task(const void *a, const void *b)
{
    const statement *p = a, *q = b;
    return (p->task_id > q->task_id) - (p->task_id < q->task_id);
}

static pgdp_status index_statements(pgdp_ctx *ctx, pg_table table, statement **out)
{
    const size_t n = pgdp_frame_n_rows(table.frame);
    const bool onet =
        pgdp_frame_find(table.frame, "task_id") == PGDP_NONE && pgdp_frame_find(table.frame, "Task ID") != PGDP_NONE;
    const double *ids;
    PG_TRY(pg_table_reals(ctx, table, onet ? "Task ID" : "task_id", &ids));
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    for (size_t i = 0; i < n; i++) {
        if (isnan(ids[i]))
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "statements: found no task_id in data row %zu, expected a number; correct the row", i + 1);
        (*out)[i] = (statement){ ids[i], i };
    }
    qsort(*out, n, sizeof **out, by_task);
    for (size_t i = 1; i < n; i++) {
        char id[PG_NUMBER_SIZE];
        if (by_task(&(*out)[i - 1], &(*out)[i]) != 0) continue;
        pg_number_format((*out)[i].task_id, id);
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "statements: found task %s twice, expected one row each", id);
    }
    return PGDP_OK;
}

/* The column of this name, or O*NET's own for a statement. */
static size_t find_column(const pgdp_frame *frame, const char *name)
{
    static const char *const same[] = { "task", "Task" };
    size_t j = pgdp_frame_find(frame, name);
    for (size_t k = 0; k < 2 && j == PGDP_NONE && pg_streq(name, "statement"); k++)
        j = pgdp_frame_find(frame, same[k]);
    return j;
}

/* Texts of a column of the tasks in the list's order; NULL: none. */
static pgdp_status read_own(pgdp_ctx *ctx, const pgdp_task_list *list, const char *name, const char **out)
{
    size_t column;
    PG_TRY(pg_table_texts(ctx, pg_list_tasks(list), name, &column));
    for (size_t i = 0; i < list->n_tasks; i++)
        out[i] = pgdp_frame_text(list->inputs.tasks, column, list->row[i]);
    return PGDP_OK;
}

static pgdp_status read_given(pgdp_ctx *ctx, const pgdp_task_list *list, const char *name, const char **out)
{
    const pg_table table = { list->inputs.statements, "statements" };
    const size_t n = pgdp_frame_n_rows(table.frame);
    statement *statements;
    size_t column;
    PG_TRY(index_statements(ctx, table, &statements));
    PG_TRY(pg_table_texts(ctx, table, name, &column));
    for (size_t i = 0; i < list->n_tasks; i++) {
        const statement wanted = { list->task_id[i], 0 };
        const statement *found = bsearch(&wanted, statements, n, sizeof wanted, by_task);
        out[i] = found == NULL ? NULL : pgdp_frame_text(table.frame, column, found->row);
    }
    return PGDP_OK;
}

static pgdp_status read_column(pgdp_ctx *ctx, const pgdp_task_list *list, const char *name, const char **out)
{
    const pgdp_frame *tasks = list->inputs.tasks, *given = list->inputs.statements;
    size_t j = find_column(tasks, name);
    if (j != PGDP_NONE) return read_own(ctx, list, pgdp_frame_column(tasks, j)->name, out);
    if (given == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "tasks: found no column \"%s\" and no table of statements; give one of them, or no text", name);
    j = find_column(given, name);
    return read_given(ctx, list, j == PGDP_NONE ? name : pgdp_frame_column(given, j)->name, out);
}

/* Files are read as UTF-8; a frame of a caller's own may hold anything. */
static pgdp_status check_text(pgdp_ctx *ctx, const pgdp_task_list *list, size_t task, const char *text)
{
    char id[PG_NUMBER_SIZE];
    if (text == NULL || text[pg_utf8_valid(text, strlen(text))] == '\0') return PGDP_OK;
    pg_number_format(list->task_id[task], id);
    return pg_fail(ctx, PGDP_PARSE, "statements: task %s of %s has a text that is not UTF-8; give it as UTF-8", id,
                   list->occupations[list->occupation[task]].onet_soc);
}

/* All columns of a task in one text. */
static pgdp_status read_texts(pgdp_ctx *ctx, const pgdp_scoring *s, const char **out)
{
    const size_t n = s->list->n_tasks;
    const char **more;
    size_t n_found = 0;
    PG_TRY_ALLOC(ctx, more, pg_arena_alloc(&ctx->scratch, n, sizeof *more));
    PG_TRY(read_column(ctx, s->list, s->request.text[0], out));
    for (size_t c = 1; s->request.text[c] != NULL; c++) {
        PG_TRY(read_column(ctx, s->list, s->request.text[c], more));
        for (size_t i = 0; i < n; i++) {
            if (more[i] != NULL && out[i] != NULL)
                PG_TRY_ALLOC(ctx, out[i], pg_arena_printf(&ctx->scratch, "%s\n%s", out[i], more[i]));
            out[i] = out[i] == NULL ? more[i] : out[i];
        }
    }
    for (size_t i = 0; i < n; i++) {
        PG_TRY(check_text(ctx, s->list, i, out[i]));
        n_found += out[i] != NULL ? 1 : 0;
    }
    if (n_found > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND,
                   "statements: found a text for none of the %zu tasks; are the task_ids those of the tasks table?", n);
}

pgdp_status pg_statements_read(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const char **texts;
    if (s->request.text[0] == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, texts, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *texts));
    PG_TRY(read_texts(ctx, s, texts));
    PG_TRY_ALLOC(ctx, s->statements, pg_arena_alloc(&s->arena, 1, sizeof *s->statements));
    PG_TRY(pg_hash_texts(ctx, &s->arena, texts, s->list->n_tasks, &s->statements->cells));
    for (size_t r = 0; r < PG_N_REGIMES; r++) {
        pg_validation *v = &s->statements->blocks[r];
        *v = (pg_validation){ .s = s, .regime = (pg_regime)r, .n_folds = PG_TEXT_BLOCKS };
        PG_TRY(pg_folds_assign(ctx, &s->arena, ~s->request.seed, v));
    }
    return PGDP_OK;
}
