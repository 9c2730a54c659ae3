/* calendar.c  Which period holds which, and frames seen as series: calendar.h. Source: ISO 8601 (weeks).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/calendar.h"

#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <stdlib.h>

enum { TO_THURSDAY = 3, EPOCH = 1970 };

int64_t pg_calendar_holder(pgdp_period period, pgdp_frequency to, int shift)
{
    if (period.frequency == PGDP_WEEKLY)
        period = (pgdp_period){ PGDP_DAILY, pgdp_period_first_day(period) + TO_THURSDAY };
    if (to == PGDP_WEEKLY || shift == 0) return pgdp_period_convert(period, to).ordinal;
    const pgdp_period month = pgdp_period_convert(period, PGDP_MONTHLY);
    return pgdp_period_convert((pgdp_period){ PGDP_MONTHLY, month.ordinal + shift }, to).ordinal;
}

int64_t pg_calendar_begin(int64_t ordinal, pgdp_frequency to, int shift)
{
    const pgdp_period period = { to, (int32_t)ordinal };
    if (to == PGDP_WEEKLY || to == PGDP_DAILY) return pgdp_period_first_day(period);
    const pgdp_period month = pgdp_period_convert(period, PGDP_MONTHLY);
    return pgdp_period_first_day((pgdp_period){ PGDP_MONTHLY, month.ordinal - shift });
}

typedef struct dated {
    int32_t period;
    size_t row;
} dated;

static int by_period(const void *a, const void *b)
{
    const dated *x = a, *y = b;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Years in a CSV file are numbers: a column named so counts as periods when all of it are whole years. */
static bool is_of_years(const pgdp_frame *frame, size_t column)
{
    const pgdp_column *c = pgdp_frame_column(frame, column);
    const double *x = pgdp_frame_reals(frame, column);
    if (x == NULL || (!pg_streq_nocase(c->name, "year") && !pg_streq_nocase(c->name, "period"))) return false;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        if (!isnan(x[i]) && !(x[i] >= 1 && x[i] <= 9999 && floor(x[i]) >= x[i])) return false;
    return true;
}

/* The one period column, or one of years. */
static pgdp_status find_period(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, pg_calendar_rows *out)
{
    size_t years = PGDP_NONE;
    out->column = PGDP_NONE;
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const pgdp_column *c = pgdp_frame_column(frame, j);
        if (is_of_years(frame, j)) years = j;
        if (c->type != PGDP_PERIOD) continue;
        if (out->column != PGDP_NONE)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found two columns of periods, %s and %s; leave one", what,
                           pgdp_frame_column(frame, out->column)->name, c->name);
        out->column = j;
        out->frequency = c->frequency;
    }
    if (out->column != PGDP_NONE) return PGDP_OK;
    out->column = years;
    out->frequency = PGDP_ANNUAL;
    if (years != PGDP_NONE) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_NOT_FOUND,
        "%s: found no column of periods (2031Q1, 2031-02, 2031-02-28; years in a column named year); add one", what);
}

static int32_t period_at(const pgdp_frame *frame, size_t column, size_t row)
{
    const double *years = pgdp_frame_reals(frame, column);
    if (years == NULL) return pgdp_frame_periods(frame, column)[row];
    return isnan(years[row]) ? PGDP_MISSING_PERIOD : (int32_t)years[row] - EPOCH;
}

pgdp_status pg_calendar_rows_of(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, pg_calendar_rows *out)
{
    const size_t n_rows = pgdp_frame_n_rows(frame);
    dated *d;
    int32_t *period;
    size_t *row;
    *out = (pg_calendar_rows){ 0 };
    PG_TRY(find_period(ctx, frame, what, out));
    PG_TRY_ALLOC(ctx, d, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *d));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *period));
    PG_TRY_ALLOC(ctx, row, pg_arena_alloc(&ctx->scratch, n_rows, sizeof *row));
    for (size_t i = 0; i < n_rows; i++)
        if (period_at(frame, out->column, i) != PGDP_MISSING_PERIOD)
            d[out->n++] = (dated){ period_at(frame, out->column, i), i };
    if (out->n == 0) return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: found no row with a period", what);
    qsort(d, out->n, sizeof *d, by_period);
    for (size_t i = 0; i < out->n; i++) {
        char text[16];
        pgdp_period_format((pgdp_period){ out->frequency, d[i].period }, text);
        if (i > 0 && d[i].period == d[i - 1].period)
            return pg_fail(
                ctx, PGDP_SHAPE_MISMATCH,
                "%s:%zu: found the period %s a second time (first in row %zu); keep one row a period (a column "
                "a series: pgdp data series --wide)",
                what, d[i].row + 1, text, d[i - 1].row + 1);
        period[i] = d[i].period;
        row[i] = d[i].row;
    }
    out->period = period;
    out->row = row;
    return PGDP_OK;
}

pgdp_status pg_calendar_column(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, const char *name,
                               const double **out)
{
    const size_t at = pgdp_frame_find(frame, name);
    *out = at == PGDP_NONE ? NULL : pgdp_frame_reals(frame, at);
    if (*out != NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no number column \"%s\"", what, name);
}

pgdp_status pg_calendar_side_of(pgdp_ctx *ctx, const pgdp_frame *frame, const char *what, const char *column,
                                pg_calendar_side *out)
{
    PG_TRY(pg_calendar_rows_of(ctx, frame, what, &out->rows));
    return pg_calendar_column(ctx, frame, what, column, &out->values);
}

double pg_calendar_value(const pg_calendar_rows *rows, const double *values, int64_t period)
{
    size_t low = 0, high = rows->n;
    while (low < high) {
        const size_t middle = low + (high - low) / 2;
        if (rows->period[middle] < period)
            low = middle + 1;
        else
            high = middle;
    }
    return low < rows->n && rows->period[low] == period ? values[rows->row[low]] : (double)NAN;
}

static pgdp_status fill(pgdp_ctx *ctx, const pg_calendar_result *r, pgdp_frame *frame)
{
    size_t at;
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = r->frequency };
    PG_TRY(pgdp_frame_add_column(ctx, frame, &period, &at));
    for (size_t j = 0; j < r->n_columns; j++)
        PG_TRY(pgdp_frame_add_column(ctx, frame, &r->about[j], &at));
    for (size_t i = 0; i < r->n; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_period(frame, 0, (int32_t)(r->first + (int64_t)i));
        for (size_t j = 0; j < r->n_columns; j++)
            pgdp_frame_set_real(frame, j + 1, r->columns[j][i]);
    }
    return PGDP_OK;
}

pgdp_status pg_calendar_frame(pgdp_ctx *ctx, const pg_calendar_result *result, pgdp_frame **out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    const pgdp_status status = fill(ctx, result, frame);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

pgdp_status pg_calendar_note(pgdp_ctx *ctx, pgdp_frame *frame, const char *key, const char *name, double value)
{
    char text[PG_NUMBER_SIZE];
    pg_text whole;
    pg_text_init(&whole, &ctx->scratch);
    pg_text_add(&whole, key);
    if (name != NULL) pg_text_addf(&whole, ":%s", name);
    if (whole.failed) return pg_no_memory(ctx);
    pg_number_format(value, text);
    return pgdp_frame_set_note(ctx, frame, whole.data, text);
}

pgdp_status pg_calendar_run(pgdp_ctx *ctx, pg_calendar_fn run, const void *user, pgdp_frame **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_frame *frame = NULL;
    const pgdp_status status = run(ctx, user, &frame);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}
