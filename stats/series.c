/* series.c  Series from a long table to a wide one: newest vintage, means of complete periods.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/series.h"
#include "core/period.h"

#include "core/frame.h"
#include "core/text.h"

#include <math.h>
#include <string.h>

/** Columns of the two tables. */
typedef struct columns {
    size_t series, vintage, period;
    const double *value;
    size_t list_series, list_vintage, list_title, list_unit, list_price_basis, list_adjustment;
} columns;
/** One series in the result's frequency: sums and counts of the parts of each period. */
typedef struct wide {
    int32_t first, last;
    double *sum;
    uint32_t *count;
} wide;

/** A column of texts or of periods: days and quarters in a file are read as periods when all are of one frequency. */
static pgdp_status need_text(pgdp_ctx *ctx, const pgdp_frame *frame, const char *table, const char *name,
                             size_t *column)
{
    *column = pgdp_frame_find(frame, name);
    if (*column == PGDP_NONE || pgdp_frame_column(frame, *column)->type == PGDP_REAL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no text column \"%s\"; add it", table, name);
    return PGDP_OK;
}

static pgdp_status find_columns(pgdp_ctx *ctx, const pg_series_request *r, columns *c)
{
    const size_t value = pgdp_frame_find(r->series, "value");
    c->value = value == PGDP_NONE ? NULL : pgdp_frame_reals(r->series, value);
    if (c->value == NULL) return pg_fail(ctx, PGDP_NOT_FOUND, "series: found no number column \"value\"; add it");
    PG_TRY(need_text(ctx, r->series, "series", "series", &c->series));
    PG_TRY(need_text(ctx, r->series, "series", "vintage", &c->vintage));
    PG_TRY(need_text(ctx, r->series, "series", "period", &c->period));
    PG_TRY(need_text(ctx, r->list, "series list", "series", &c->list_series));
    PG_TRY(need_text(ctx, r->list, "series list", "vintage", &c->list_vintage));
    PG_TRY(need_text(ctx, r->list, "series list", "title", &c->list_title));
    PG_TRY(need_text(ctx, r->list, "series list", "unit", &c->list_unit));
    PG_TRY(need_text(ctx, r->list, "series list", "price_basis", &c->list_price_basis));
    return need_text(ctx, r->list, "series list", "adjustment", &c->list_adjustment);
}

enum { PERIOD_SIZE = 16 };
/** A cell in words, "" when missing; buffer: room for a period's, which sort by time. */
static const char *words_at(const pgdp_frame *frame, size_t column, size_t row, char buffer[PERIOD_SIZE])
{
    const pgdp_column *about = pgdp_frame_column(frame, column);
    const char *text = about->type == PGDP_TEXT ? pgdp_frame_text(frame, column, row) : NULL;
    buffer[0] = '\0';
    if (about->type == PGDP_PERIOD && pgdp_frame_periods(frame, column)[row] != PGDP_MISSING_PERIOD)
        pgdp_period_format((pgdp_period){ about->frequency, pgdp_frame_periods(frame, column)[row] }, buffer);
    return text != NULL ? text : buffer;
}

/** Text of a cell, "" when missing or a period. */
static const char *text_at(const pgdp_frame *frame, size_t column, size_t row)
{
    const char *text = pgdp_frame_text(frame, column, row);
    return text != NULL ? text : "";
}

/** The list's row of a series' newest vintage. */
static pgdp_status newest(pgdp_ctx *ctx, const pg_series_request *r, const columns *c, const char *id, size_t *row)
{
    *row = PGDP_NONE;
    for (size_t i = 0; i < pgdp_frame_n_rows(r->list); i++) {
        if (!pg_streq(text_at(r->list, c->list_series, i), id)) continue;
        char this[PERIOD_SIZE], best[PERIOD_SIZE];
        if (*row == PGDP_NONE ||
            strcmp(words_at(r->list, c->list_vintage, i, this), words_at(r->list, c->list_vintage, *row, best)) > 0)
            *row = i;
    }
    if (*row != PGDP_NONE) return PGDP_OK;
    const char **names;
    const size_t n = pgdp_frame_n_levels(r->list, c->list_series);
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    for (size_t i = 0; i < n; i++)
        names[i] = pgdp_frame_level(r->list, c->list_series, (uint32_t)i);
    const char *near = pgdp_nearest(id, names, n);
    return pg_fail(ctx, PGDP_NOT_FOUND, "series list: found no series \"%s\"%s%s%s", id,
                   near != NULL ? "; did you mean \"" : "", near != NULL ? near : "", near != NULL ? "\"?" : "");
}

/** Is row i of the long table an observation of this vintage of this series? */
static bool belongs(const pg_series_request *r, const columns *c, size_t i, const char *id, const char *vintage)
{
    char buffer[PERIOD_SIZE];
    return pg_streq(text_at(r->series, c->series, i), id) &&
           pg_streq(words_at(r->series, c->vintage, i, buffer), vintage);
}

/** Period of row i in the result's frequency; *parts of it make one. */
static pgdp_status period_of(pgdp_ctx *ctx, const pg_series_request *r, const columns *c, size_t i, int32_t *out,
                             uint32_t *parts)
{
    pgdp_period p;
    char buffer[PERIOD_SIZE];
    const char *text = words_at(r->series, c->period, i, buffer);
    if (!pgdp_period_parse(text, &p))
        return pg_fail(ctx, PGDP_PARSE, "series: row %zu: found \"%s\", expected a period like 2031Q1", i + 2, text);
    const int months = pg_frequency_months(p.frequency), wanted = pg_frequency_months(r->frequency);
    if (months == 0 || wanted == 0 || wanted < months)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "series %s is %s, expected %s or a finer one that divides it",
                       text_at(r->series, c->series, i), pgdp_frequency_name(p.frequency),
                       pgdp_frequency_name(r->frequency));
    *out = pgdp_period_convert(p, r->frequency).ordinal;
    *parts = (uint32_t)(wanted / months);
    return PGDP_OK;
}

/** Sum one series into its periods; a period with fewer than its parts is missing. */
static pgdp_status gather(pgdp_ctx *ctx, const pg_series_request *r, const columns *c, const char *id, wide *out)
{
    size_t row;
    int32_t at = 0;
    uint32_t parts = 1;
    char buffer[PERIOD_SIZE];
    PG_TRY(newest(ctx, r, c, id, &row));
    const char *vintage = words_at(r->list, c->list_vintage, row, buffer);
    const size_t n = pgdp_frame_n_rows(r->series);
    out->first = INT32_MAX;
    out->last = INT32_MIN;
    for (size_t i = 0; i < n; i++) {
        if (!belongs(r, c, i, id, vintage)) continue;
        PG_TRY(period_of(ctx, r, c, i, &at, &parts));
        out->first = at < out->first ? at : out->first;
        out->last = at > out->last ? at : out->last;
    }
    if (out->first > out->last)
        return pg_fail(ctx, PGDP_NOT_FOUND, "series: found no observation of %s of vintage %s", id, vintage);
    const size_t span = (size_t)(out->last - out->first) + 1;
    PG_TRY_ALLOC(ctx, out->sum, pg_arena_alloc(&ctx->scratch, span, sizeof *out->sum));
    PG_TRY_ALLOC(ctx, out->count, pg_arena_alloc(&ctx->scratch, span, sizeof *out->count));
    for (size_t i = 0; i < n; i++) {
        if (!belongs(r, c, i, id, vintage) || isnan(c->value[i])) continue;
        PG_TRY(period_of(ctx, r, c, i, &at, &parts));
        out->sum[at - out->first] += c->value[i];
        out->count[at - out->first]++;
    }
    for (size_t i = 0; i < span; i++)
        out->sum[i] = out->count[i] == parts ? out->sum[i] / parts : (double)NAN;
    return PGDP_OK;
}

/** One column a series, described as the list says. */
static pgdp_status add_column(pgdp_ctx *ctx, const pg_series_request *r, const columns *c, size_t i, pgdp_frame *out)
{
    size_t row, index;
    char buffer[PERIOD_SIZE];
    PG_TRY(newest(ctx, r, c, r->ids[i], &row));
    const pgdp_column column = { .name = r->names != NULL ? r->names[i] : r->ids[i],
                                 .type = PGDP_REAL,
                                 .unit = text_at(r->list, c->list_unit, row),
                                 .price_basis = text_at(r->list, c->list_price_basis, row),
                                 .adjustment = text_at(r->list, c->list_adjustment, row),
                                 .vintage = words_at(r->list, c->list_vintage, row, buffer) };
    PG_TRY(pgdp_frame_add_column(ctx, out, &column, &index));
    return pgdp_frame_set_note(ctx, out, column.name, text_at(r->list, c->list_title, row));
}

/** Rows over the union of periods. */
static pgdp_status fill(pgdp_ctx *ctx, const wide *columns_of, size_t n, pgdp_frame *out)
{
    int32_t first = INT32_MAX, last = INT32_MIN;
    for (size_t j = 0; j < n; j++) {
        first = columns_of[j].first < first ? columns_of[j].first : first;
        last = columns_of[j].last > last ? columns_of[j].last : last;
    }
    for (int32_t t = first; t <= last; t++) {
        PG_TRY(pgdp_frame_add_row(ctx, out));
        pgdp_frame_set_period(out, 0, t);
        for (size_t j = 0; j < n; j++)
            if (t >= columns_of[j].first && t <= columns_of[j].last)
                pgdp_frame_set_real(out, j + 1, columns_of[j].sum[t - columns_of[j].first]);
    }
    return PGDP_OK;
}

static pgdp_status build(pgdp_ctx *ctx, const pg_series_request *r, pgdp_frame *out)
{
    columns c;
    wide *series;
    size_t n = 0, index;
    PG_TRY(find_columns(ctx, r, &c));
    while (r->ids[n] != NULL)
        n++;
    PG_TRY_ALLOC(ctx, series, pg_arena_alloc(&ctx->scratch, n, sizeof *series));
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = r->frequency };
    PG_TRY(pgdp_frame_add_column(ctx, out, &period, &index));
    for (size_t j = 0; j < n; j++) {
        PG_TRY(add_column(ctx, r, &c, j, out));
        PG_TRY(gather(ctx, r, &c, r->ids[j], &series[j]));
    }
    return fill(ctx, series, n, out);
}

pgdp_status pg_series_wide(pgdp_ctx *ctx, const pg_series_request *request, pgdp_frame **out)
{
    pgdp_frame *frame = NULL;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pgdp_status status = build(ctx, request, frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status != PGDP_OK) {
        pgdp_frame_free(frame);
        return status;
    }
    *out = frame;
    return PGDP_OK;
}
