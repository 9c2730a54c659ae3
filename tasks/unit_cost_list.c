/* unit_cost_list.c  Tasks of a list as the table of unit costs: wage, hours and pay from the list, parameters of some
 * tasks from another table. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "tasks/frames.h"
#include "tasks/list.h"
#include "tasks/unit_cost.h"

#include <math.h>
#include <string.h>

enum { TASK_ID, ONET_SOC, WAGE, HOURS, WAGE_BILL, N_COLUMNS };
static const pgdp_column columns[N_COLUMNS] = {
    [TASK_ID] = PG_TEXT_COLUMN("task_id"),
    [ONET_SOC] = PG_TEXT_COLUMN("onet_soc"),
    [WAGE] = PG_REAL_COLUMN("wage_usd", "usd an hour"),
    [HOURS] = PG_REAL_COLUMN("hours_year", "hours a year"),
    [WAGE_BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd a year"),
};

static pgdp_status add_tasks(pgdp_ctx *ctx, const pgdp_task_list *list, pg_map *rows, pgdp_frame *out)
{
    pg_map_init(rows, &ctx->scratch);
    for (size_t i = 0; i < list->n_tasks; i++) {
        char text[PG_NUMBER_SIZE];
        const char *id;
        if (!(list->hours[i] > 0) || !(list->wage_bill[i] > 0)) continue;
        pg_number_format(list->task_id[i], text);
        PG_TRY_ALLOC(ctx, id, pg_arena_strdup(&ctx->scratch, text));
        if (!pg_map_put(rows, id, strlen(id), pgdp_frame_n_rows(out))) return pg_no_memory(ctx);
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, TASK_ID, id));
        PG_TRY(pg_set_text(ctx, out, ONET_SOC, list->occupations[list->occupation[i]].onet_soc));
        pgdp_frame_set_real(out, WAGE, list->wage_bill[i] / list->hours[i]);
        pgdp_frame_set_real(out, HOURS, list->hours[i]);
        pgdp_frame_set_real(out, WAGE_BILL, list->wage_bill[i]);
    }
    return PGDP_OK;
}

static bool is_parameter(const char *name)
{
    for (const pgdp_option *o = pgdp_unit_cost_options(); o->name != NULL; o++)
        if (pg_streq(o->name, name)) return true;
    return pg_streq(name, "model");
}

/** Rows of `more` in the list: at[i] is row i's place, each place once. */
static pgdp_status place_rows(pgdp_ctx *ctx, const pgdp_frame *more, const pg_map *rows, size_t *at)
{
    pg_cost_inputs in = { .tasks = more, .n = pgdp_frame_n_rows(more), .key = pgdp_frame_find(more, "task_id") };
    pg_map seen;
    pg_map_init(&seen, &ctx->scratch);
    if (in.key == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "tasks: found no column task_id, expected one to join them with the study");
    for (size_t i = 0; i < in.n; i++) {
        const char *id;
        PG_TRY(pg_cost_key(ctx, &in, i, &id));
        at[i] = pg_map_find(rows, id, strlen(id));
        if (at[i] == PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE,
                           "tasks: row %zu, column task_id: found \"%.60s\", expected a task of the study that has pay",
                           i + 1, id);
        if (pg_map_find(&seen, id, strlen(id)) != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "tasks: row %zu, column task_id: found task \"%.60s\" again", i + 1, id);
        if (!pg_map_put(&seen, id, strlen(id), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/** One column of `more`: its cells go before those of the list. */
static pgdp_status add_parameter(pgdp_ctx *ctx, const pgdp_frame *more, size_t column, const size_t *at,
                                 pgdp_frame *out)
{
    const pgdp_column *about = pgdp_frame_column(more, column);
    size_t to = pgdp_frame_find(out, about->name);
    if (about->type == PGDP_PERIOD || (about->type == PGDP_TEXT) != pg_streq(about->name, "model"))
        return pg_fail(ctx, PGDP_PARSE, "tasks: row 1, column %s: found cells of another type, expected %s",
                       about->name, pg_streq(about->name, "model") ? "names of models" : "numbers");
    if (to == PGDP_NONE) PG_TRY(pgdp_frame_add_column(ctx, out, about, &to));
    for (size_t i = 0; i < pgdp_frame_n_rows(more); i++) {
        if (about->type == PGDP_REAL) {
            const double cell = pgdp_frame_reals(more, column)[i];
            if (!isnan(cell)) pg_frame_edit_reals(out, to)[at[i]] = cell;
            continue;
        }
        uint32_t code;
        PG_TRY(pg_frame_intern(ctx, out, to, pgdp_frame_text(more, column, i), PGDP_NONE, &code));
        pg_frame_edit_codes(out, to)[at[i]] = code;
    }
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *more, pgdp_frame *out)
{
    pg_map rows;
    size_t *at;
    PG_TRY(add_tasks(ctx, list, &rows, out));
    if (more == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, at, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(more), sizeof *at));
    PG_TRY(place_rows(ctx, more, &rows, at));
    for (size_t j = 0; j < pgdp_frame_n_columns(more); j++)
        if (is_parameter(pgdp_frame_column(more, j)->name)) PG_TRY(add_parameter(ctx, more, j, at, out));
    return PGDP_OK;
}

pgdp_status pgdp_unit_cost_of_list(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *more, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_frame *frame;
    PG_TRY(pg_frame_of(ctx, columns, N_COLUMNS, list->n_tasks, &frame));
    const pgdp_status status = build(ctx, list, more, frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}
