/* agreement_grades.c  Grades in long form to a table of tasks by graders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "tasks/agreement.h"
#include "tasks/columns.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/**
 * What names something: text as it stands, numbers in their shortest form. A wide table has n_wide cells a row, one a
 * grader, a long one has one: cell c stands in row c / n_wide.
 */
typedef struct names {
    const pgdp_frame *frame;
    const char *title;       /**< of the column; NULL: the columns of a wide table */
    const char *const *wide; /**< [n_wide] names of these columns; NULL: a long table */
    size_t n_wide, column;   /**< column: of a long table */
    bool titles;             /**< the wide columns' names, not their cells */
    pg_map map;
    const char **items;
    size_t n, most;
} names;

static size_t row_of(const names *c, size_t cell)
{
    return cell / c->n_wide;
}

static const char *title_of(const names *c, size_t cell)
{
    return c->title != NULL ? c->title : c->wide[cell % c->n_wide];
}

/** A cell as text in the arena; NULL: missing. */
static pgdp_status cell_of(pgdp_ctx *ctx, pg_arena *arena, const names *c, size_t cell, const char **out)
{
    char text[PG_NUMBER_SIZE];
    const size_t row = row_of(c, cell);
    const size_t column = c->title != NULL ? c->column : pgdp_frame_find(c->frame, title_of(c, cell));
    const double *x = pgdp_frame_reals(c->frame, column);
    *out = NULL;
    if (c->titles) {
        *out = title_of(c, cell);
        return PGDP_OK;
    }
    if (pgdp_frame_column(c->frame, column)->type == PGDP_TEXT) {
        *out = pgdp_frame_text(c->frame, column, row);
        return PGDP_OK;
    }
    if (x == NULL || isnan(x[row])) return PGDP_OK;
    pg_number_format(x[row], text);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(arena, text));
    return PGDP_OK;
}

static pgdp_status need_column(pgdp_ctx *ctx, const pgdp_frame *frame, const char *title, size_t *out)
{
    *out = title == NULL ? PGDP_NONE : pgdp_frame_find(frame, title);
    if (*out != PGDP_NONE) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "grades: found no column %.60s, expected it in the table of grades",
                   title == NULL ? "(none named)" : title);
}

/** @param title  of the column; NULL: the columns of the wide table, which the request has then */
static pgdp_status names_init(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *frame, const char *title,
                              const pgdp_agreement_request *q, names *out)
{
    *out = (names){ .frame = frame, .title = title, .wide = q->graders, .n_wide = 1, .column = PGDP_NONE };
    if (title != NULL || q->graders == NULL) PG_TRY(need_column(ctx, frame, title, &out->column));
    if (q->graders != NULL)
        for (out->n_wide = 0; q->graders[out->n_wide] != NULL; out->n_wide++) {
            size_t column;
            PG_TRY(need_column(ctx, frame, q->graders[out->n_wide], &column));
        }
    pg_map_init(&out->map, arena);
    out->most = out->n_wide * pgdp_frame_n_rows(frame);
    PG_TRY_ALLOC(ctx, out->items, pg_arena_alloc(arena, out->most, sizeof *out->items));
    return PGDP_OK;
}

/** Index of a name, made when new. */
static pgdp_status index_of(pgdp_ctx *ctx, names *c, const char *name, size_t *out)
{
    const size_t length = strlen(name);
    *out = pg_map_find(&c->map, name, length);
    if (*out != PGDP_NONE) return PGDP_OK;
    *out = c->n;
    c->items[c->n++] = name;
    return pg_map_put(&c->map, name, length, *out) ? PGDP_OK : pg_no_memory(ctx);
}

static int by_number(const void *a, const void *b)
{
    const char *const *s = a, *const *t = b;
    double x = 0, y = 0;
    (void)pg_number_parse(*s, strlen(*s), &x);
    (void)pg_number_parse(*t, strlen(*t), &y);
    return (x > y) - (x < y);
}

/** Which of n cells count: all, or those of one item. */
static pgdp_status choose_rows(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *frame, const pgdp_agreement_request *q,
                               size_t n, bool **out)
{
    names item;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(arena, n, sizeof **out));
    if (q->item != NULL) PG_TRY(names_init(ctx, arena, frame, q->item_column, q, &item));
    for (size_t r = 0; r < n; r++) {
        const char *cell = NULL;
        if (q->item != NULL) PG_TRY(cell_of(ctx, arena, &item, r, &cell));
        (*out)[r] = q->item == NULL || (cell != NULL && pg_streq(cell, q->item));
    }
    return PGDP_OK;
}

/** The labels, and the number of each: what it says, or its place when any is a word. */
static pgdp_status set_levels(pgdp_ctx *ctx, pg_arena *arena, const pgdp_agreement_request *q, names *c,
                              const bool *chosen, pg_grades *g)
{
    double *value;
    bool numbers = true;
    PG_TRY_ALLOC(ctx, c->items, pg_arena_alloc(arena, PG_MOST_LEVELS + 1, sizeof *c->items));
    for (size_t i = 0; q->levels != NULL && q->levels[i] != NULL; i++) {
        size_t index;
        if (i == PG_MOST_LEVELS)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "rubric: found more than %d levels", PG_MOST_LEVELS);
        PG_TRY(index_of(ctx, c, q->levels[i], &index));
        if (index != i)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "rubric: found the level %.60s twice, expected each once",
                           q->levels[i]);
    }
    for (size_t r = 0; q->levels == NULL && r < c->most; r++) {
        const char *cell;
        size_t index;
        PG_TRY(cell_of(ctx, arena, c, r, &cell));
        if (chosen[r] && cell != NULL) PG_TRY(index_of(ctx, c, cell, &index));
        if (c->n > PG_MOST_LEVELS)
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "grades: found more than %d different values in column %.60s, expected the labels of a rubric",
                PG_MOST_LEVELS, title_of(c, r));
    }
    PG_TRY_ALLOC(ctx, value, pg_arena_alloc(arena, c->n, sizeof *value));
    for (size_t k = 0; k < c->n; k++)
        numbers = pg_number_parse(c->items[k], strlen(c->items[k]), &value[k]) && numbers;
    if (q->levels == NULL) qsort((void *)c->items, c->n, sizeof *c->items, numbers ? by_number : pg_compare_strings);
    for (size_t k = 0; k < c->n; k++)
        if (!numbers || !pg_number_parse(c->items[k], strlen(c->items[k]), &value[k])) value[k] = (double)k;
    for (size_t k = 0; q->levels != NULL && q->values != NULL && k < c->n; k++)
        value[k] = q->values[k];
    g->levels = c->items;
    g->n_levels = c->n;
    g->value = value;
    return PGDP_OK;
}

/** Closeness of two levels. Source: Gwet (2014), ch. 3: ordinal weights by pairs of ranks, quadratic ones by number. */
static pgdp_status set_weights(pgdp_ctx *ctx, pg_arena *arena, pg_grades *g)
{
    const size_t q = g->n_levels;
    double *w, range = 0;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(arena, q * q, sizeof *w));
    for (size_t k = 0; k < q; k++)
        range = fmax(range, fabs(g->value[k] - g->value[0]));
    for (size_t k = 0; k < q; k++)
        for (size_t l = 0; l < q; l++) {
            const double ranks = fabs((double)k - (double)l) + 1, all = (double)q;
            const double apart = (g->value[k] - g->value[l]) / (range > 0 ? range : 1);
            w[k + l * q] = k == l ? 1 : 0;
            if (g->scale == PGDP_ORDINAL) w[k + l * q] = 1 - ranks * (ranks - 1) / (all * (all - 1));
            if (g->scale == PGDP_INTERVAL) w[k + l * q] = 1 - apart * apart;
        }
    if (g->scale == PGDP_ORDINAL && q == 1) w[0] = 1;
    g->weight = w;
    return PGDP_OK;
}

/** The level of a cell among those of the rubric. */
static pgdp_status level_of(pgdp_ctx *ctx, const pg_grades *g, const names *c, const char *cell, size_t at, size_t *out)
{
    for (*out = 0; *out < g->n_levels; (*out)++)
        if (pg_streq(g->levels[*out], cell)) return PGDP_OK;
    const char *near = pgdp_nearest(cell, g->levels, g->n_levels);
    return pg_fail(ctx, PGDP_PARSE,
                   "grades: row %zu, column %.60s: found \"%.60s\", expected a level of the rubric%s%s%s",
                   row_of(c, at) + 1, title_of(c, at), cell, near == NULL ? "" : " such as \"",
                   near == NULL ? "" : near, near == NULL ? "" : "\"");
}

/** Rows to (task, grader, level); index [n_rows x 3] with PGDP_NONE for a row without a grade, or not chosen. */
static pgdp_status read_rows(pgdp_ctx *ctx, pg_arena *arena, names column[3], const bool *chosen, const pg_grades *g,
                             size_t *index)
{
    for (size_t r = 0; r < column[0].most; r++) {
        const char *cell[3];
        for (size_t c = 0; c < 3; c++)
            PG_TRY(cell_of(ctx, arena, &column[c], r, &cell[c]));
        index[3 * r] = PGDP_NONE;
        if (!chosen[r] || cell[2] == NULL) continue;
        for (size_t c = 0; c < 2; c++) {
            if (cell[c] == NULL)
                return pg_fail(ctx, PGDP_PARSE, "grades: row %zu, column %.60s: found an empty cell, expected a name",
                               row_of(&column[c], r) + 1, title_of(&column[c], r));
            PG_TRY(index_of(ctx, &column[c], cell[c], &index[3 * r + c]));
        }
        PG_TRY(level_of(ctx, g, &column[2], cell[2], r, &index[3 * r + 2]));
    }
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, pg_arena *arena, const names column[3], const size_t *index, pg_grades *g)
{
    size_t n_multiple = 0;
    PG_TRY_ALLOC(ctx, g->grade, pg_arena_alloc(arena, g->n_tasks * g->n_graders, 1));
    memset(g->grade, PG_UNGRADED, g->n_tasks * g->n_graders);
    for (size_t r = 0; r < column[0].most; r++) {
        const size_t *at = &index[3 * r];
        if (at[0] == PGDP_NONE) continue;
        unsigned char *cell = &g->grade[at[0] * g->n_graders + at[1]];
        if (*cell != PG_UNGRADED)
            return pg_fail(ctx, PGDP_PARSE,
                           "grades: row %zu, column %.60s: found a second grade of %.60s for task %.60s, expected one",
                           row_of(&column[2], r) + 1, title_of(&column[2], r), g->graders[at[1]], g->tasks[at[0]]);
        *cell = (unsigned char)at[2];
    }
    for (size_t i = 0; i < g->n_tasks; i++) {
        size_t n = 0;
        for (size_t j = 0; j < g->n_graders; j++)
            n += g->grade[i * g->n_graders + j] != PG_UNGRADED;
        n_multiple += n > 1;
    }
    if (n_multiple > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS, "grades: found no task with grades of two graders, expected some to compare");
}

pgdp_status pg_grades_read(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *frame, const pgdp_agreement_request *q,
                           pg_grades *g)
{
    names column[3];
    size_t *index;
    bool *chosen;
    *g = (pg_grades){ .scale = q->scale };
    PG_TRY(names_init(ctx, arena, frame, q->task, q, &column[0]));
    PG_TRY(names_init(ctx, arena, frame, q->graders == NULL ? q->grader : NULL, q, &column[1]));
    PG_TRY(names_init(ctx, arena, frame, q->graders == NULL ? q->grade : NULL, q, &column[2]));
    column[1].titles = q->graders != NULL;
    const size_t n = column[0].most;
    PG_TRY(choose_rows(ctx, arena, frame, q, n, &chosen));
    PG_TRY(set_levels(ctx, arena, q, &column[2], chosen, g));
    PG_TRY(set_weights(ctx, arena, g));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(arena, 3 * n, sizeof *index));
    PG_TRY(read_rows(ctx, arena, column, chosen, g, index));
    g->tasks = column[0].items;
    g->n_tasks = column[0].n;
    g->graders = column[1].items;
    g->n_graders = column[1].n;
    if (g->n_graders > PG_MOST_GRADERS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "grades: found %zu graders, expected at most %d", g->n_graders,
                       PG_MOST_GRADERS);
    return fill(ctx, arena, column, index, g);
}
