/* grades.c  A study's own grades as a column of its tasks: one grader's, or what all of them say together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/number.h"
#include "core/text.h"
#include "pgdp/agreement.h"
#include "pgdp/grading.h"
#include "study/run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/** A task's row among the tasks, by its number. */
typedef struct place {
    double task;
    size_t row;
} place;
/** Grades on their way to the tasks. */
typedef struct import {
    const pg_grades_spec *spec;
    const char *const *levels;
    const pgdp_frame *grades; /**< a row a task, once `grader` is chosen */
    const char *task, *grade; /**< its columns */
    const char *grader;       /**< whose rows; NULL: all */
    place *places;            /**< [n] in order of task */
    size_t n, column;         /**< of the tasks, and their new column */
    size_t *from;             /**< [n] row of the grades; PGDP_NONE: none yet */
} import;

static int by_task(const void *a, const void *b)
{
    const place *p = a, *q = b;
    if (p->task < q->task || p->task > q->task) return p->task < q->task ? -1 : 1;
    return (p->row > q->row) - (p->row < q->row);
}

static pgdp_status read_places(pgdp_ctx *ctx, const pgdp_frame *tasks, import *im)
{
    const size_t column = pgdp_frame_find(tasks, "task_id");
    const double *id = column == PGDP_NONE ? NULL : pgdp_frame_reals(tasks, column);
    im->n = pgdp_frame_n_rows(tasks);
    if (id == NULL) return pg_fail(ctx, PGDP_NOT_FOUND, "tasks: found no numbers in a column task_id, expected some");
    PG_TRY_ALLOC(ctx, im->places, pg_arena_alloc(&ctx->scratch, im->n, sizeof *im->places));
    PG_TRY_ALLOC(ctx, im->from, pg_arena_alloc(&ctx->scratch, im->n, sizeof *im->from));
    for (size_t i = 0; i < im->n; i++) {
        im->places[i] = (place){ id[i], i };
        im->from[i] = PGDP_NONE;
    }
    qsort(im->places, im->n, sizeof *im->places, by_task);
    return PGDP_OK;
}

/** A cell as text; NULL: missing. */
static pgdp_status cell_of(pgdp_ctx *ctx, const pgdp_frame *f, size_t column, size_t row, const char **out)
{
    char text[PG_NUMBER_SIZE];
    const double *x = pgdp_frame_reals(f, column);
    *out = x == NULL ? pgdp_frame_text(f, column, row) : NULL;
    if (x == NULL || isnan(x[row])) return PGDP_OK;
    pg_number_format(x[row], text);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    return PGDP_OK;
}

static pgdp_status find_column(pgdp_ctx *ctx, const pgdp_frame *f, const char *name, size_t *out)
{
    *out = pgdp_frame_find(f, name);
    if (*out != PGDP_NONE && pgdp_frame_column(f, *out)->type != PGDP_PERIOD) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "found no column \"%.60s\", expected the table to have it", name);
}

static pgdp_status check_level(pgdp_ctx *ctx, const import *im, const char *label, size_t row)
{
    size_t n = 0;
    for (; im->levels[n] != NULL; n++)
        if (pg_streq(im->levels[n], label)) return PGDP_OK;
    const char *near = pgdp_nearest(label, im->levels, n);
    return pg_fail(ctx, PGDP_PARSE, "row %zu, column %.60s: found \"%.60s\", expected a level such as \"%s\"", row + 1,
                   im->grade, label, near == NULL ? im->levels[0] : near);
}

/** The first place of the task that a row names. */
static pgdp_status find_task(pgdp_ctx *ctx, const import *im, size_t column, size_t row, size_t *first)
{
    const char *text;
    double id;
    size_t lo = 0, hi = im->n;
    PG_TRY(cell_of(ctx, im->grades, column, row, &text));
    const bool is_number = text != NULL && pg_number_parse(text, strlen(text), &id);
    while (is_number && lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (im->places[middle].task < id)
            lo = middle + 1;
        else
            hi = middle;
    }
    *first = lo;
    if (is_number && lo < im->n && !(im->places[lo].task > id)) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "row %zu, column %.60s: found \"%.60s\", expected a task_id of the tasks table",
                   row + 1, im->task, text == NULL ? "" : text);
}

/** One row of grades to every row of its task. */
static pgdp_status take_row(pgdp_ctx *ctx, import *im, const size_t columns[2], size_t row)
{
    const char *label;
    size_t k;
    PG_TRY(cell_of(ctx, im->grades, columns[1], row, &label));
    if (label == NULL) return PGDP_OK;
    PG_TRY(check_level(ctx, im, label, row));
    PG_TRY(find_task(ctx, im, columns[0], row, &k));
    for (const double task = im->places[k].task; k < im->n && !(im->places[k].task > task); k++) {
        size_t *from = &im->from[im->places[k].row];
        if (*from != PGDP_NONE)
            return pg_fail(
                ctx, PGDP_PARSE,
                "row %zu, column %.60s: found a second grade of the task, the first in row %zu, expected one; "
                "name a grader, or " PG_ADJUDICATED,
                row + 1, im->task, *from + 1);
        *from = row;
    }
    return PGDP_OK;
}

/** Does a row of a long table count: its grader and its item? */
static pgdp_status is_wanted(pgdp_ctx *ctx, const import *im, size_t row, bool *out)
{
    const char *const wanted[2] = { im->grader, im->spec->item };
    static const char *const names[2] = { "grader", "item" };
    *out = true;
    for (size_t k = 0; k < 2 && *out; k++) {
        size_t column;
        const char *text;
        if (wanted[k] == NULL || (k == 1 && im->spec->grader != NULL && im->grader == NULL)) continue;
        PG_TRY(find_column(ctx, im->grades, names[k], &column));
        PG_TRY(cell_of(ctx, im->grades, column, row, &text));
        *out = text != NULL && pg_streq(text, wanted[k]);
    }
    return PGDP_OK;
}

static pgdp_status take_rows(pgdp_ctx *ctx, import *im)
{
    size_t columns[2], n_taken = 0;
    PG_TRY(find_column(ctx, im->grades, im->task, &columns[0]));
    PG_TRY(find_column(ctx, im->grades, im->grade, &columns[1]));
    for (size_t r = 0; r < pgdp_frame_n_rows(im->grades); r++) {
        bool wanted;
        PG_TRY(is_wanted(ctx, im, r, &wanted));
        if (!wanted) continue;
        PG_TRY(take_row(ctx, im, columns, r));
        n_taken++;
    }
    if (n_taken > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "column grader: found no row of \"%.60s\", expected grades of this grader",
                   im->grader == NULL ? "anybody" : im->grader);
}

/** The grades as the last column of a copy of the tasks. */
static pgdp_status add_column(pgdp_ctx *ctx, import *im, pgdp_frame *out)
{
    const pgdp_column about = { .name = im->spec->column, .type = PGDP_TEXT };
    size_t grade;
    PG_TRY(find_column(ctx, im->grades, im->grade, &grade));
    PG_TRY(pgdp_frame_add_column(ctx, out, &about, &im->column));
    for (size_t i = 0; i < im->n; i++) {
        const char *label;
        uint32_t code;
        if (im->from[i] == PGDP_NONE) continue;
        PG_TRY(cell_of(ctx, im->grades, grade, im->from[i], &label));
        PG_TRY(pg_frame_intern(ctx, out, im->column, label, PGDP_NONE, &code));
        pg_frame_edit_codes(out, im->column)[i] = code;
    }
    return PGDP_OK;
}

/** The labels that all graders give together, by Dawid and Skene. */
static pgdp_status adjudicate(pgdp_ctx *ctx, import *im, pgdp_agreement **out)
{
    const pgdp_agreement_request request = { .task = im->task,
                                             .grader = "grader",
                                             .grade = im->grade,
                                             .levels = im->levels,
                                             .item_column = "item",
                                             .item = im->spec->item };
    PG_TRY(pgdp_agreement_new(ctx, im->grades, &request, out));
    im->grades = pgdp_agreement_labels(*out);
    im->task = "task";
    im->grade = "label";
    im->grader = NULL;
    return PGDP_OK;
}

/** @param agreement  made when graders are put together; freed by the caller */
static pgdp_status import_grades(pgdp_ctx *ctx, pg_run *run, import *im, pgdp_agreement **agreement)
{
    const pgdp_frame *tasks = pg_loaded_table(&run->loaded, PG_INPUT_tasks);
    if (im->levels == NULL)
        return pg_fail(ctx, PGDP_PARSE, "found no item \"%.60s\" of the rubric, or several and none is named",
                       im->spec->item == NULL ? "" : im->spec->item);
    if (im->grader != NULL && pg_streq(im->grader, PG_ADJUDICATED)) PG_TRY(adjudicate(ctx, im, agreement));
    PG_TRY(read_places(ctx, tasks, im));
    PG_TRY(take_rows(ctx, im));
    PG_TRY(pg_frame_select(ctx, tasks, &(pg_selection){ .rows = NULL }, &run->tasks));
    return add_column(ctx, im, run->tasks);
}

pgdp_status pg_run_grades(pgdp_ctx *ctx, pg_run *run)
{
    const pg_study *study = &run->study;
    const pg_grades_spec *spec = &study->grades;
    pgdp_rubric *rubric = NULL;
    pgdp_agreement *agreement = NULL;
import im = {.spec = spec, .levels = study->scoring.levels, .task = spec->task, .grade = spec->grade, .grader = spec->grader };
    if (study->inputs[PG_INPUT_grades].given == NULL) return PGDP_OK;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    im.grades = pg_loaded_table(&run->loaded, PG_INPUT_grades);
    pgdp_status status = spec->rubric == NULL ? PGDP_OK : pgdp_rubric_read(ctx, spec->rubric, &rubric);
    if (rubric != NULL) {
        im.levels = pgdp_rubric_labels(rubric, spec->item);
        memcpy(run->rubric_sha256, pgdp_rubric_sha256(rubric), sizeof run->rubric_sha256);
    }
    if (status == PGDP_OK) status = import_grades(ctx, run, &im, &agreement);
    pg_arena_rewind(&ctx->scratch, mark);
    pgdp_agreement_free(agreement);
    pgdp_rubric_free(rubric);
    if (status == PGDP_OK) return PGDP_OK;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: grades (%s)", study->path, spec->place.line, spec->place.column,
                          study->inputs[PG_INPUT_grades].path);
}
