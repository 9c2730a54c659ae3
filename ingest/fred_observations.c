/* fred_observations.c  Observations of the FRED API, version 1, to a table. Source: formats.md 2.1 and 3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fred_observations.h"

#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/fred.h"
#include "ingest/periods.h"

enum { COLUMNS = 4096 };

static bool is_value_key(const char *key)
{
    return !pg_streq(key, "date") && !pg_streq(key, "realtime_start") && !pg_streq(key, "realtime_end");
}

static pgdp_status add_value_column(pgdp_ctx *ctx, pg_fred_observations *to, const char *key, size_t *index)
{
    pgdp_column about = { .name = key, .type = PGDP_REAL };
    const char *owned;
    if (pg_streq(key, "value")) PG_TRY(pg_fred_series_of_label(ctx, to->head.label, &about.name));
    PG_TRY(pg_fred_vintage(ctx, about.name, &about.vintage));
    if (about.vintage == NULL && !to->by_start) about.vintage = to->head.realtime_start;
    if (to->head.units != NULL && !pg_streq(to->head.units, "lin")) about.unit = to->head.units; /* chg, pch, ... */
    if (to->keys.n == COLUMNS)
        return pg_fail(ctx, PGDP_PARSE, "%s: there are more than %d vintages", to->head.label, COLUMNS);
    PG_TRY(pgdp_frame_add_column(ctx, to->frame, &about, index));
    PG_TRY_ALLOC(ctx, owned, pg_arena_strdup(&ctx->scratch, key));
    return pg_map_put(&to->keys, owned, strlen(owned), *index) ? PGDP_OK : pg_no_memory(ctx);
}

static pgdp_status set_value(pgdp_ctx *ctx, pg_fred_observations *to, const char *key, const char *text)
{
    size_t column = pg_map_find(&to->keys, key, strlen(key));
    double value;
    if (column == PGDP_NONE) PG_TRY(add_value_column(ctx, to, key, &column));
    if (text == NULL || text[0] == '\0' || pg_streq(text, ".")) return PGDP_OK;
    if (!pg_number_parse(text, strlen(text), &value))
        return pg_fail(ctx, PGDP_PARSE, "%s: observation %zu: found \"%.40s\" as %s, expected a number or \".\"",
                       to->head.label, pgdp_frame_n_rows(to->frame), text, key);
    pgdp_frame_set_real(to->frame, column, value);
    return PGDP_OK;
}

static pgdp_status set_day(pgdp_ctx *ctx, pg_fred_observations *to, const char *const *pairs, const char *key,
                           size_t column)
{
    const char *text = NULL;
    pgdp_period period;
    for (size_t i = 0; pairs[i] != NULL; i += 2)
        if (pg_streq(pairs[i], key)) text = pairs[i + 1];
    if (text == NULL || !pgdp_period_parse(text, &period) || period.frequency != PGDP_DAILY)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: found \"%.40s\" as %s of an observation, expected a day such as 2031-02-28", to->head.label,
                       text == NULL ? "" : text, key);
    pgdp_frame_set_period(to->frame, column, period.ordinal);
    return PGDP_OK;
}

pgdp_status pg_fred_begin(pgdp_ctx *ctx, const pg_fred_head *head, bool by_start, pgdp_frame *frame,
                          pg_fred_observations *out)
{
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_DAILY };
    pgdp_column realtime = { .name = "realtime_start", .type = PGDP_PERIOD, .frequency = PGDP_DAILY };
    *out = (pg_fred_observations){ .head = *head, .frame = frame, .by_start = by_start };
    pg_map_init(&out->keys, &ctx->scratch);
    PG_TRY(pgdp_frame_add_column(ctx, frame, &period, &out->period));
    if (!by_start) return PGDP_OK;
    PG_TRY(pgdp_frame_add_column(ctx, frame, &realtime, &out->start));
    realtime.name = "realtime_end";
    return pgdp_frame_add_column(ctx, frame, &realtime, &out->end);
}

pgdp_status pg_fred_add(pgdp_ctx *ctx, pg_fred_observations *to, const char *const *pairs)
{
    PG_TRY(pgdp_frame_add_row(ctx, to->frame));
    PG_TRY(set_day(ctx, to, pairs, "date", to->period));
    if (to->by_start) PG_TRY(set_day(ctx, to, pairs, "realtime_start", to->start));
    if (to->by_start) PG_TRY(set_day(ctx, to, pairs, "realtime_end", to->end));
    for (size_t i = 0; pairs[i] != NULL; i += 2)
        if (is_value_key(pairs[i])) PG_TRY(set_value(ctx, to, pairs[i], pairs[i + 1]));
    return PGDP_OK;
}

pgdp_status pg_fred_end(pgdp_ctx *ctx, pg_fred_observations *to)
{
    const size_t n_rows = pgdp_frame_n_rows(to->frame);
    const char *note, *text = to->head.count;
    double count;
    if (text != NULL && pg_number_parse(text, strlen(text), &count) && count > (double)n_rows) {
        PG_TRY_ALLOC(ctx, note,
                     pg_arena_printf(&ctx->scratch, "%zu of %s observations (limit %s, offset %s); ask for the rest",
                                     n_rows, text, to->head.limit == NULL ? "?" : to->head.limit,
                                     to->head.offset == NULL ? "?" : to->head.offset));
        PG_TRY(pgdp_frame_set_note(ctx, to->frame, "incomplete", note));
    }
    const int32_t *days = pgdp_frame_periods(to->frame, to->period);
    return pg_set_frequency(ctx, to->frame, to->period, pg_infer_frequency(days, n_rows, true));
}
