/* read_fred_api_json.c  Answers of the FRED API, series/observations, version 1. Source: formats.md 2.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/fred.h"
#include "ingest/periods.h"
#include "ingest/readers.h"

enum { COLUMNS = 4096 };

/* One answer: a column for "value", or one a vintage (output_type 2 and 3: keys GDPC1_20310501). */
typedef struct answer {
    const char *label;
    const pg_json_value *root;
    pgdp_frame *frame;
    pg_map keys; /* key -> column */
    size_t period, start, end;
    bool by_start; /* a date comes once a real-time period */
} answer;

static int sniff(const pgdp_bytes *head)
{
    const bool ours = head->n > 0 && head->data[0] == '{' && pg_bytes_hold(head, 1024, "\"observations\"") &&
                      pg_bytes_hold(head, 1024, "\"realtime_start\"");
    return ours ? PG_SURE : PG_NOT_OURS;
}

static bool is_value_key(const char *key)
{
    return !pg_streq(key, "date") && !pg_streq(key, "realtime_start") && !pg_streq(key, "realtime_end");
}

/* Real-time periods that are not all the answer's own are part of a row's key. */
static bool varies(const pg_json_value *observations, const pg_json_value *root)
{
    const char *start = pg_json_text(pg_json_member(root, "realtime_start"));
    for (size_t i = 0; start != NULL && i < pg_json_count(observations); i++) {
        const char *own = pg_json_text(pg_json_member(pg_json_at(observations, i), "realtime_start"));
        if (own != NULL && !pg_streq(own, start)) return true;
    }
    return false;
}

static pgdp_status add_value_column(pgdp_ctx *ctx, answer *a, const char *key, size_t *index)
{
    pgdp_column about = { .name = key, .type = PGDP_REAL };
    if (pg_streq(key, "value")) PG_TRY(pg_fred_series_of_label(ctx, a->label, &about.name));
    PG_TRY(pg_fred_vintage(ctx, about.name, &about.vintage));
    if (about.vintage == NULL && !a->by_start) about.vintage = pg_json_text(pg_json_member(a->root, "realtime_start"));
    const char *units = pg_json_text(pg_json_member(a->root, "units"));
    if (units != NULL && !pg_streq(units, "lin")) about.unit = units; /* a transformation: chg, pch, ... */
    if (a->keys.n == COLUMNS) return pg_fail(ctx, PGDP_PARSE, "%s: there are more than %d vintages", a->label, COLUMNS);
    PG_TRY(pgdp_frame_add_column(ctx, a->frame, &about, index));
    return pg_map_put(&a->keys, key, strlen(key), *index) ? PGDP_OK : pg_no_memory(ctx);
}

static pgdp_status set_value(pgdp_ctx *ctx, answer *a, const char *key, const pg_json_value *cell, size_t row)
{
    size_t column = pg_map_find(&a->keys, key, strlen(key));
    if (column == PGDP_NONE) PG_TRY(add_value_column(ctx, a, key, &column));
    const char *text = pg_json_text(cell);
    double value;
    if (pg_json_is_null(cell) || (text != NULL && (text[0] == '\0' || pg_streq(text, ".")))) return PGDP_OK;
    if (text != NULL ? !pg_number_parse(text, strlen(text), &value) : !pg_json_number(cell, &value))
        return pg_fail(ctx, PGDP_PARSE, "%s: observation %zu: found \"%.40s\" as %s, expected a number or \".\"",
                       a->label, row + 1, text == NULL ? "" : text, key);
    pgdp_frame_set_real(a->frame, column, value);
    return PGDP_OK;
}

static pgdp_status day_of(pgdp_ctx *ctx, const answer *a, const pg_json_value *observation, const char *key,
                          int32_t *day)
{
    const char *text = pg_json_text(pg_json_member(observation, key));
    pgdp_period period;
    if (text == NULL || !pgdp_period_parse(text, &period) || period.frequency != PGDP_DAILY)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: found \"%.40s\" as %s of an observation, expected a day such as 2031-02-28", a->label,
                       text == NULL ? "" : text, key);
    *day = period.ordinal;
    return PGDP_OK;
}

static pgdp_status add_row(pgdp_ctx *ctx, answer *a, const pg_json_value *observation, size_t row)
{
    int32_t day = PGDP_MISSING_PERIOD;
    PG_TRY(pgdp_frame_add_row(ctx, a->frame));
    PG_TRY(day_of(ctx, a, observation, "date", &day));
    pgdp_frame_set_period(a->frame, a->period, day);
    if (a->by_start) {
        PG_TRY(day_of(ctx, a, observation, "realtime_start", &day));
        pgdp_frame_set_period(a->frame, a->start, day);
        PG_TRY(day_of(ctx, a, observation, "realtime_end", &day));
        pgdp_frame_set_period(a->frame, a->end, day);
    }
    const char *key;
    const pg_json_value *value;
    for (size_t i = 0; (key = pg_json_member_at(observation, i, &value)) != NULL; i++)
        if (is_value_key(key)) PG_TRY(set_value(ctx, a, key, value, row));
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, answer *a)
{
    const pg_json_value *observations = pg_json_member(a->root, "observations");
    const char *error = pg_json_text(pg_json_member(a->root, "error_message"));
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_DAILY };
    pgdp_column realtime = { .name = "realtime_start", .type = PGDP_PERIOD, .frequency = PGDP_DAILY };
    size_t value;
    if (error != NULL) return pg_fail(ctx, PGDP_PARSE, "%s: FRED answered with an error: %.200s", a->label, error);
    if (!pg_json_is_array(observations))
        return pg_fail(ctx, PGDP_PARSE, "%s: found no list \"observations\", expected an answer of series/observations",
                       a->label);
    a->by_start = varies(observations, a->root);
    PG_TRY(pgdp_frame_add_column(ctx, a->frame, &period, &a->period));
    if (a->by_start) {
        PG_TRY(pgdp_frame_add_column(ctx, a->frame, &realtime, &a->start));
        realtime.name = "realtime_end";
        PG_TRY(pgdp_frame_add_column(ctx, a->frame, &realtime, &a->end));
    }
    if (pg_json_member(pg_json_at(observations, 0), "value") != NULL) PG_TRY(add_value_column(ctx, a, "value", &value));
    for (size_t i = 0; i < pg_json_count(observations); i++)
        PG_TRY(add_row(ctx, a, pg_json_at(observations, i), i));
    const int32_t *days = pgdp_frame_periods(a->frame, a->period);
    return pg_set_frequency(ctx, a->frame, a->period, pg_infer_frequency(days, pgdp_frame_n_rows(a->frame), true));
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    answer a = { .label = in->label };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    a.root = pg_json_root(document);
    pg_map_init(&a.keys, &ctx->scratch);
    pgdp_status status = pg_dataset_add(ctx, out, "", &a.frame);
    if (status == PGDP_OK) status = fill(ctx, &a);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_fred_api_json = {
    .name = "fred_api_json",
    .title = "FRED API, series/observations as JSON",
    .spec = "https://fred.stlouisfed.org/docs/api/fred/series_observations.html",
    .sniff = sniff,
    .read = read,
};
