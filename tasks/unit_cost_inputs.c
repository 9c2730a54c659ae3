/* unit_cost_inputs.c  Parameters of unit costs: from a task's row, a setting, the price list or the default, in this
 * order. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/unit_cost.h"

#include "core/map.h"
#include "core/number.h"
#include "core/option.h"
#include "core/text.h"
#include "tasks/columns.h"

#include <math.h>
#include <string.h>

#define OFFSET(name, form) ((PG_COST_##name * (size_t)PG_N_COST_FORMS + (form)) * sizeof(double))
/* clang-format off */
#define OPTION_ROWS(name_, initial_, low_, high_, unit_, meaning_)                                                     \
    { #name_, PGDP_OPTION_REAL, OFFSET(name_, PG_COST_VALUE), (double)(initial_), (low_), (high_), NULL,               \
      meaning_ "; " unit_ },                                                                                           \
    { #name_ "_low", PGDP_OPTION_REAL, OFFSET(name_, PG_COST_LOW), (double)NAN, (low_), (high_), NULL,                 \
      "least value of " #name_ },                                                                                      \
    { #name_ "_high", PGDP_OPTION_REAL, OFFSET(name_, PG_COST_HIGH), (double)NAN, (low_), (high_), NULL,               \
      "greatest value of " #name_ },
static const pgdp_option options[] = {
    PG_COST_PARAMETERS(OPTION_ROWS)
    { .name = NULL },
};
/* clang-format on */

const pgdp_option *pgdp_unit_cost_options(void)
{
    return options;
}

static const pgdp_option *option_of(size_t parameter, size_t form)
{
    return &options[parameter * PG_N_COST_FORMS + form];
}

pgdp_status pg_cost_key(pgdp_ctx *ctx, const pg_cost_inputs *in, size_t row, const char **out)
{
    if (pgdp_frame_column(in->tasks, in->key)->type == PGDP_TEXT)
        return pg_table_key(ctx, (pg_table){ in->tasks, "tasks" }, in->key, row, out);
    const double id = pgdp_frame_reals(in->tasks, in->key)[row];
    char text[PG_NUMBER_SIZE];
    if (isnan(id))
        return pg_fail(ctx, PGDP_PARSE, "tasks: row %zu, column %s: found nothing, expected the task's name", row + 1,
                       pgdp_frame_column(in->tasks, in->key)->name);
    pg_number_format(id, text);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    return PGDP_OK;
}

/** The column that names the tasks: task_id, or the first text; each task once. */
static pgdp_status find_tasks(pgdp_ctx *ctx, pg_cost_inputs *in)
{
    pg_map seen;
    pg_map_init(&seen, &ctx->scratch);
    in->key = pgdp_frame_find(in->tasks, "task_id");
    for (size_t j = 0; j < pgdp_frame_n_columns(in->tasks) && in->key == PGDP_NONE; j++)
        if (pgdp_frame_column(in->tasks, j)->type == PGDP_TEXT) in->key = j;
    if (in->key == PGDP_NONE || pgdp_frame_column(in->tasks, in->key)->type == PGDP_PERIOD)
        return pg_fail(ctx, PGDP_NOT_FOUND, "tasks: found no column task_id and none of text, expected one; add it");
    if (in->n == 0) return pg_fail(ctx, PGDP_PARSE, "tasks: found no row, expected a task each");
    for (size_t i = 0; i < in->n; i++) {
        const char *key;
        PG_TRY(pg_cost_key(ctx, in, i, &key));
        const size_t before = pg_map_find(&seen, key, strlen(key));
        if (before != PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "tasks: row %zu, column %s: found task \"%.60s\" again, it is in row %zu",
                           i + 1, pgdp_frame_column(in->tasks, in->key)->name, key, before + 1);
        if (!pg_map_put(&seen, key, strlen(key), i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/** One parameter's column in one form, where the table has it: into x, which holds what is for all tasks. */
static pgdp_status read_column(pgdp_ctx *ctx, pg_cost_inputs *in, size_t parameter, size_t form)
{
    const pgdp_option *option = option_of(parameter, form);
    const double *cells;
    if (pgdp_frame_find(in->tasks, option->name) == PGDP_NONE) return PGDP_OK;
    PG_TRY(pg_table_reals(ctx, (pg_table){ in->tasks, "tasks" }, option->name, &cells));
    for (size_t i = 0; i < in->n; i++) {
        char low[PG_NUMBER_SIZE], high[PG_NUMBER_SIZE], found[PG_NUMBER_SIZE];
        if (isnan(cells[i])) continue;
        in->x[form][i * PG_N_COST_PARAMETERS + parameter] = cells[i];
        in->given_by[parameter] = "tasks";
        if (cells[i] >= option->lo && cells[i] <= option->hi) continue;
        pg_number_format(cells[i], found);
        pg_number_format(option->lo, low);
        pg_number_format(option->hi, high);
        return pg_fail(ctx, PGDP_PARSE, "tasks: row %zu, column %s: found %s, expected a number from %s to %s", i + 1,
                       option->name, found, low, high);
    }
    return PGDP_OK;
}

static bool is_set(const pgdp_setting *settings, const char *name)
{
    for (; settings != NULL && settings->name != NULL; settings++)
        if (pg_streq(settings->name, name)) return true;
    return false;
}

static pgdp_status read_parameters(pgdp_ctx *ctx, const pgdp_unit_cost_request *q, pg_cost_inputs *in)
{
    PG_TRY(pg_options_read(ctx, "unit cost", options, q->settings, in->all));
    for (size_t form = 0; form < PG_N_COST_FORMS; form++)
        PG_TRY_ALLOC(ctx, in->x[form],
                     pg_arena_alloc(&ctx->scratch, in->n, PG_N_COST_PARAMETERS * sizeof *in->x[form]));
    for (size_t p = 0; p < PG_N_COST_PARAMETERS; p++) {
        in->given_by[p] = isnan(option_of(p, PG_COST_VALUE)->initial) ? "nothing" : "default";
        if (is_set(q->settings, option_of(p, PG_COST_VALUE)->name)) in->given_by[p] = "setting";
        for (size_t form = 0; form < PG_N_COST_FORMS; form++) {
            for (size_t i = 0; i < in->n; i++)
                in->x[form][i * PG_N_COST_PARAMETERS + p] = in->all[p * PG_N_COST_FORMS + form];
            PG_TRY(read_column(ctx, in, p, form));
        }
    }
    return PGDP_OK;
}

static pgdp_status read_day(pgdp_ctx *ctx, const char *date, pgdp_period *out)
{
    pgdp_period period;
    *out = (pgdp_period){ PGDP_DAILY, PGDP_MISSING_PERIOD };
    if (date == NULL) return PGDP_OK;
    if (!pgdp_period_parse(date, &period))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found \"%.40s\", expected a date such as 2026-05-29", date);
    out->ordinal = pgdp_period_first_day(period);
    return PGDP_OK;
}

/** The model of each task: of the request, else of its row. */
static pgdp_status find_models(pgdp_ctx *ctx, const pgdp_unit_cost_request *q, pg_cost_inputs *in)
{
    size_t column = pgdp_frame_find(in->tasks, "model");
    if (column != PGDP_NONE && pgdp_frame_column(in->tasks, column)->type != PGDP_TEXT) column = PGDP_NONE;
    PG_TRY_ALLOC(ctx, in->model, pg_arena_alloc(&ctx->scratch, in->n, sizeof *in->model));
    for (size_t i = 0; i < in->n; i++)
        in->model[i] = q->model != NULL ? q->model : column == PGDP_NONE ? NULL : pgdp_frame_text(in->tasks, column, i);
    return PGDP_OK;
}

/** Fill in prices that neither the row nor a setting gave. */
static pgdp_status look_up_prices(pgdp_ctx *ctx, const pgdp_unit_cost_request *q, pg_cost_inputs *in)
{
    static const size_t parameter[PG_N_PRICES] = { PG_COST_input_usd_per_million, PG_COST_output_usd_per_million,
                                                   PG_COST_cached_usd_per_million };
    pg_price_list list;
    if (q->prices == NULL) return PGDP_OK;
    PG_TRY(pg_price_list_read(ctx, q->prices, &list));
    const char *last = NULL;
    double price[PG_N_PRICES] = { 0 };
    for (size_t i = 0; i < in->n; i++) {
        double *x = in->x[PG_COST_VALUE] + i * PG_N_COST_PARAMETERS;
        if (in->model[i] == NULL) continue;
        const pgdp_status status = last != NULL && pg_streq(last, in->model[i])
                                       ? PGDP_OK
                                       : pg_price_list_find(ctx, &list, in->model[i], in->day.ordinal, price);
        if (status != PGDP_OK && q->model == NULL)
            return pg_fail_within(ctx, PGDP_PARSE, "tasks: row %zu, column model: ", i + 1);
        PG_TRY(status);
        last = in->model[i];
        for (size_t k = 0; k < PG_N_PRICES; k++) {
            if (!isnan(x[parameter[k]]) || isnan(price[k])) continue;
            x[parameter[k]] = price[k];
            in->given_by[parameter[k]] = "prices";
        }
    }
    return PGDP_OK;
}

/** Every required parameter is there, and lies between its low and its high where it has them. */
static pgdp_status check_row(pgdp_ctx *ctx, pg_cost_inputs *in, size_t row)
{
    static const size_t required[] = { PG_COST_minutes,
                                       PG_COST_wage_usd,
                                       PG_COST_tokens_in,
                                       PG_COST_tokens_out,
                                       PG_COST_success,
                                       PG_COST_input_usd_per_million,
                                       PG_COST_output_usd_per_million };
    const size_t first = row * PG_N_COST_PARAMETERS;
    for (size_t k = 0; k < sizeof required / sizeof *required; k++)
        if (isnan(in->x[PG_COST_VALUE][first + required[k]]))
            return pg_fail(ctx, PGDP_PARSE,
                           "tasks: row %zu, column %s: found nothing, expected a number; give it in the table, as a "
                           "setting or, for prices, by a price list and a model",
                           row + 1, option_of(required[k], PG_COST_VALUE)->name);
    for (size_t p = 0; p < PG_N_COST_PARAMETERS; p++) {
        const double value = in->x[PG_COST_VALUE][first + p];
        const double low = in->x[PG_COST_LOW][first + p], high = in->x[PG_COST_HIGH][first + p];
        if (isnan(low) && isnan(high)) continue;
        if (!(low <= value && value <= high))
            return pg_fail(ctx, PGDP_PARSE,
                           "tasks: row %zu, column %s: found a value, low and high that are not all there and in this "
                           "order: low, value, high",
                           row + 1, option_of(p, PG_COST_VALUE)->name);
        in->uncertain = in->uncertain || low < high;
    }
    return PGDP_OK;
}

pgdp_status pg_cost_inputs_read(pgdp_ctx *ctx, const pgdp_frame *tasks, const pgdp_unit_cost_request *request,
                                pg_cost_inputs *out)
{
    *out = (pg_cost_inputs){ .tasks = tasks, .n = pgdp_frame_n_rows(tasks) };
    PG_TRY(find_tasks(ctx, out));
    PG_TRY(read_parameters(ctx, request, out));
    PG_TRY(read_day(ctx, request->date, &out->day));
    PG_TRY(find_models(ctx, request, out));
    PG_TRY(look_up_prices(ctx, request, out));
    for (size_t i = 0; i < out->n; i++)
        PG_TRY(check_row(ctx, out, i));
    return PGDP_OK;
}
