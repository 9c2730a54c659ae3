/* token_price_list.c  Lists of token prices of four programs as one. Source: formats.md 19.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/token_price_list.h"

#include "core/text.h"
#include "tasks/columns.h"

#include <math.h>

/** One program's list: its columns of the model and of the prices, and what makes them usd per million tokens. */
typedef struct layout {
    const char *model, *price[PG_N_PRICES];
    double scale;
} layout;
static const layout layouts[] = {
    { "model", { "input_usd_per_million", "output_usd_per_million", "cached_usd_per_million" }, 1 },
    { "model", { "input", "output", "input_cached" }, 1 },
    { "model", { "input_cost_per_token", "output_cost_per_token", "cache_read_input_token_cost" }, 1e6 },
    { "id", { "price_prompt", "price_completion", "price_input_cache_read" }, 1e6 },
};
enum { N_LAYOUTS = sizeof layouts / sizeof *layouts, MOST_NAMES = 4096 };
static const char *const from_names[] = { "from", "from_date", "created", NULL };
static const char *const to_names[] = { "to", "to_date", NULL };
static const char *const vendor_names[] = { "vendor", "provider", "litellm_provider", NULL };

size_t pg_find_column(const pgdp_frame *frame, const char *const *names)
{
    for (; *names != NULL; names++)
        if (pgdp_frame_find(frame, *names) != PGDP_NONE) return pgdp_frame_find(frame, *names);
    return PGDP_NONE;
}

void pg_format_day(int32_t day, char *buffer)
{
    pgdp_period_format((pgdp_period){ PGDP_DAILY, day }, buffer);
}

/** One cell as a day. */
static pgdp_status read_day(pgdp_ctx *ctx, const char *what, const pgdp_frame *frame, size_t at[2], int32_t *out)
{
    const pgdp_column *column = pgdp_frame_column(frame, at[1]);
    pgdp_period period = { column->frequency, PGDP_MISSING_PERIOD };
    *out = PGDP_MISSING_PERIOD;
    if (column->type == PGDP_PERIOD) period.ordinal = pgdp_frame_periods(frame, at[1])[at[0]];
    if (column->type == PGDP_REAL) {
        const double year = pgdp_frame_reals(frame, at[1])[at[0]];
        if (isnan(year)) return PGDP_OK;
        if (!(year >= 1900 && year <= 2200) || floor(year) < year)
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: row %zu, column %s: found a number, expected a date such as 2026-05-29", what,
                           at[0] + 1, column->name);
        period = (pgdp_period){ PGDP_ANNUAL, (int32_t)year - 1970 };
    }
    if (column->type == PGDP_TEXT) {
        const char *text = pgdp_frame_text(frame, at[1], at[0]);
        if (text == NULL) return PGDP_OK;
        if (!pgdp_period_parse(text, &period))
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: row %zu, column %s: found \"%.40s\", expected a date such as 2026-05-29", what,
                           at[0] + 1, column->name, text);
    }
    if (period.ordinal != PGDP_MISSING_PERIOD) *out = pgdp_period_first_day(period);
    return PGDP_OK;
}

pgdp_status pg_read_days(pgdp_ctx *ctx, const char *what, const pgdp_frame *frame, size_t column, int32_t **out)
{
    const size_t n = pgdp_frame_n_rows(frame);
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n, sizeof **out));
    for (size_t i = 0; i < n; i++) {
        (*out)[i] = PGDP_MISSING_PERIOD;
        if (column != PGDP_NONE) PG_TRY(read_day(ctx, what, frame, (size_t[2]){ i, column }, &(*out)[i]));
    }
    return PGDP_OK;
}

static pgdp_status check_prices(pgdp_ctx *ctx, const pg_price_list *list, const layout *as)
{
    for (size_t p = 0; p < PG_N_PRICES; p++)
        for (size_t i = 0; i < list->n && list->price[p] != NULL; i++)
            if (list->price[p][i] < 0)
                return pg_fail(ctx, PGDP_PARSE, "prices: row %zu, column %s: found a number below 0, expected a price",
                               i + 1, as->price[p]);
    return PGDP_OK;
}

pgdp_status pg_price_list_read(pgdp_ctx *ctx, const pgdp_frame *frame, pg_price_list *out)
{
    const pg_table table = { frame, "prices" };
    const layout *as = NULL;
    for (size_t l = 0; l < N_LAYOUTS && as == NULL; l++)
        if (pgdp_frame_find(frame, layouts[l].model) != PGDP_NONE &&
            pgdp_frame_find(frame, layouts[l].price[PG_PRICE_INPUT]) != PGDP_NONE)
            as = &layouts[l];
    if (as == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND,
                       "prices: found no columns model, input_usd_per_million and output_usd_per_million, nor those of "
                       "litellm, openrouter or llm-prices; name them so");
    *out = (pg_price_list){ .frame = frame, .n = pgdp_frame_n_rows(frame), .scale = as->scale };
    PG_TRY(pg_table_texts(ctx, table, as->model, &out->model));
    for (size_t p = 0; p < PG_N_PRICES; p++)
        if (p != PG_PRICE_CACHED || pgdp_frame_find(frame, as->price[p]) != PGDP_NONE)
            PG_TRY(pg_table_reals(ctx, table, as->price[p], &out->price[p]));
    out->vendor = pg_find_column(frame, vendor_names);
    PG_TRY(check_prices(ctx, out, as));
    PG_TRY(pg_read_days(ctx, "prices", frame, pg_find_column(frame, from_names), &out->from));
    return pg_read_days(ctx, "prices", frame, pg_find_column(frame, to_names), &out->to);
}

static pgdp_status no_such_model(pgdp_ctx *ctx, const pg_price_list *list, const char *model)
{
    const char **names;
    const size_t n_levels = pgdp_frame_n_levels(list->frame, list->model);
    const size_t n = n_levels < MOST_NAMES ? n_levels : MOST_NAMES;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t i = 0; i < n; i++)
        names[i] = pgdp_frame_level(list->frame, list->model, (uint32_t)i);
    const char *nearest = pgdp_nearest(model, names, n);
    if (nearest == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "prices: found no model \"%.80s\", expected one of the list's %zu", model,
                       n_levels);
    return pg_fail(ctx, PGDP_NOT_FOUND, "prices: found no model \"%.80s\"; did you mean \"%.80s\"?", model, nearest);
}

/** Does a row hold the day? The newest prices are those without an end. */
static bool holds(const pg_price_list *list, size_t row, int32_t day)
{
    const int32_t from = list->from[row], to = list->to[row];
    if (day == PGDP_MISSING_PERIOD) return to == PGDP_MISSING_PERIOD;
    return (from == PGDP_MISSING_PERIOD || from <= day) && (to == PGDP_MISSING_PERIOD || day < to);
}

pgdp_status pg_price_list_find(pgdp_ctx *ctx, const pg_price_list *list, const char *model, int32_t day,
                               double price[PG_N_PRICES])
{
    size_t best = PGDP_NONE;
    bool known = false;
    for (size_t i = 0; i < list->n; i++) {
        const char *name = pgdp_frame_text(list->frame, list->model, i);
        if (name == NULL || !pg_streq(name, model)) continue;
        known = true;
        /* a missing beginning is the smallest number: it began first */
        if (holds(list, i, day) && (best == PGDP_NONE || list->from[i] >= list->from[best])) best = i;
    }
    if (!known) return no_such_model(ctx, list, model);
    if (best == PGDP_NONE) {
        char text[16] = "today";
        if (day != PGDP_MISSING_PERIOD) pg_format_day(day, text);
        return pg_fail(ctx, PGDP_NOT_FOUND, "prices: found model \"%.80s\" but no price of it on %s; take another date",
                       model, text);
    }
    for (size_t p = 0; p < PG_N_PRICES; p++)
        price[p] = list->price[p] == NULL ? (double)NAN : list->price[p][best] * list->scale;
    return PGDP_OK;
}
