/* from_store.c  Inputs of a study that stand in a series store, as known on its day.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/from_store.h"

#include <string.h>

#include "core/csv_out.h"

/* FRED's words for units in ours (docs/data.md); others stay as they are. */
static const char *unit_of(pgdp_ctx *ctx, const char *unit)
{
    static const char *const known[][2] = {
        { "Billions of ", "usd_bn" },
        { "Millions of ", "usd_mn" },
        { "Thousands of Persons", "thousand_heads" },
        { "Percent", "pct" },
    };
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        const bool dollars = !pg_ends_with(known[i][0], " of ") || pg_ends_with(unit, "Dollars");
        if (pg_starts_with(unit, known[i][0]) && dollars) return known[i][1];
    }
    if (!pg_starts_with(unit, "Index ") || !pg_ends_with(unit, "=100")) return unit;
    char *index = pg_arena_printf(&ctx->scratch, "index_%.*s", (int)(strlen(unit) - strlen("Index =100")), unit + 6);
    for (char *at = index; at != NULL && *at != '\0'; at++)
        if (*at == '-') *at = '_';
    return index;
}

static const char *cell(const pgdp_frame *frame, const char *column)
{
    const char *text = pgdp_frame_text(frame, pgdp_frame_find(frame, column), 0);
    return text == NULL ? "" : text;
}

/* series, vintage, period, value: all of the input's day, which is how far the values are known. */
static void put_values(pg_csv_out *csv, const pg_input *input, const char *name, const pgdp_frame *frame)
{
    const size_t period = pgdp_frame_find(frame, "period"), value = pgdp_frame_find(frame, "value");
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        pg_csv_put_text(csv, name);
        pg_csv_put_text(csv, input->as_of);
        pg_put_cell(csv, frame, period, i);
        pg_put_cell(csv, frame, value, i);
        pg_put_row_end(csv);
    }
}

static pgdp_status put_series(pgdp_ctx *ctx, pg_csv_out *csv, const pg_input *input, const char *name,
                              const pgdp_frame *frame)
{
    const pgdp_column *period = pgdp_frame_column(frame, pgdp_frame_find(frame, "period"));
    const char *unit, *title = cell(frame, "title");
    PG_TRY_ALLOC(ctx, unit, unit_of(ctx, cell(frame, "unit")));
    const char *const cells[] = { name,
                                  title[0] == '\0' ? name : title,
                                  unit,
                                  cell(frame, "price_basis"),
                                  cell(frame, "adjustment"),
                                  pgdp_frequency_name(period->frequency),
                                  input->as_of,
                                  NULL };
    for (size_t j = 0; j < sizeof cells / sizeof *cells; j++) /* the last is the source in the catalogue: none */
        pg_csv_put_text(csv, cells[j]);
    pg_put_row_end(csv);
    return PGDP_OK;
}

pgdp_status pg_item_query(pgdp_ctx *ctx, const pg_input *input, const char *item, const char **name,
                          pgdp_store_query *out)
{
    const char *colon = strchr(item, ':');
    *name = colon == NULL ? item : colon + 1;
    *out = (pgdp_store_query){ .series = name, .n_series = 1, .as_of = input->as_of };
    if (colon != NULL) PG_TRY_ALLOC(ctx, out->source, pg_arena_strndup(&ctx->scratch, item, (size_t)(colon - item)));
    return PGDP_OK;
}

static pgdp_status add_item(pgdp_ctx *ctx, pgdp_store *store, const pg_input *input, const char *item, pg_csv_out *csv)
{
    const char *name;
    pgdp_frame *frame = NULL;
    pgdp_store_query query;
    PG_TRY(pg_item_query(ctx, input, item, &name, &query));
    pgdp_status status = pgdp_store_observations(ctx, store, &query, &frame);
    if (status == PGDP_OK && pgdp_frame_n_rows(frame) == 0)
        status = pg_fail(ctx, PGDP_NOT_FOUND, "%s: the store knows nothing of it on %s", item,
                         input->as_of == NULL ? "any day" : input->as_of);
    if (status == PGDP_OK && pg_streq(input->name, "series_list"))
        status = put_series(ctx, csv, input, name, frame);
    else if (status == PGDP_OK)
        put_values(csv, input, name, frame);
    pgdp_frame_free(frame);
    return status;
}

static pgdp_status add_items(pgdp_ctx *ctx, pgdp_store *store, const pg_input *input, pg_text *out)
{
    static const char *const values[] = { "series", "vintage", "period", "value", NULL };
    static const char *const list[] = { "series",    "title",   "unit",   "price_basis", "adjustment",
                                        "frequency", "vintage", "source", NULL };
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    pg_put_row(&csv, pg_streq(input->name, "series_list") ? list : values);
    for (size_t i = 0; input->series[i] != NULL; i++)
        PG_TRY(add_item(ctx, store, input, input->series[i], &csv));
    *out = csv.text;
    return out->failed ? pg_no_memory(ctx) : PGDP_OK;
}

pgdp_status pg_input_from_store(pgdp_ctx *ctx, const char *file, const pg_input *input, pg_text *out)
{
    pgdp_store *store = NULL;
    pgdp_status status = pgdp_store_open(ctx, input->path, PGDP_STORE_READ, &store);
    if (status == PGDP_OK) status = add_items(ctx, store, input, out);
    pgdp_store_close(store);
    if (status == PGDP_OK || status == PGDP_NO_MEMORY) return status;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: input %s", file, input->line, input->column, input->name);
}
