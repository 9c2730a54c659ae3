/* store_roles.c  What the columns of a table are to the store, by the names that providers give them. Source:
 * formats.md 1-12. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "ingest/store_points.h"

static const char *const series_names[] = { "series_id", "seriescode", "series_code", "series id", NULL };
static const char *const value_names[] = { "value", "datavalue", NULL };
static const char *const flag_names[] = { "flag", "flags", "footnote_codes", "footnotes", "status", NULL };
static const char *const vintage_names[] = { "vintage", "realtime_start", NULL };
static const char *const title_names[] = { "title", "series_title", "linedescription", NULL };
static const char *const unit_names[] = { "unit", "units", NULL };
static const char *const basis_names[] = { "price_basis", NULL };
static const char *const adjustment_names[] = { "adjustment", "seasonal_adjustment", "seasonal", NULL };
static const char *const year_names[] = { "year", NULL };

/* The first column of a type (NULL: any) that is called one of the names. */
static size_t called(const pgdp_frame *frame, const char *const *names, const pgdp_type *type)
{
    for (; *names != NULL; names++)
        for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
            const pgdp_column *about = pgdp_frame_column(frame, j);
            if ((type == NULL || about->type == *type) && pg_streq_nocase(about->name, *names)) return j;
        }
    return PGDP_NONE;
}

static bool is_realtime(const char *name)
{
    return pg_starts_with(name, "realtime_") || pg_streq_nocase(name, "vintage");
}

/* Bare years are numbers to the readers: a whole column of them, called year, is annual periods. */
static pgdp_status years(pgdp_ctx *ctx, const pgdp_frame *frame, pg_roles *out)
{
    const pgdp_type real = PGDP_REAL;
    const size_t n = pgdp_frame_n_rows(frame), year = called(frame, year_names, &real);
    if (year == PGDP_NONE) return PGDP_OK;
    const double *x = pgdp_frame_reals(frame, year);
    int32_t *periods;
    PG_TRY_ALLOC(ctx, periods, pg_arena_alloc(&ctx->scratch, n, sizeof *periods));
    for (size_t i = 0; i < n; i++) {
        if (!(x[i] >= 1000 && x[i] <= 9999) || floor(x[i]) < x[i]) return PGDP_OK;
        periods[i] = (int32_t)x[i] - 1970;
    }
    out->period = year;
    out->periods = periods;
    out->frequency = PGDP_ANNUAL;
    return PGDP_OK;
}

pgdp_status pg_roles_of(pgdp_ctx *ctx, const pgdp_frame *frame, pg_roles *out)
{
    const pgdp_type text = PGDP_TEXT, real = PGDP_REAL;
    *out = (pg_roles){
        .period = PGDP_NONE,
        .series = called(frame, series_names, &text),
        .value = called(frame, value_names, &real),
        .flag = called(frame, flag_names, &text),
        .vintage = called(frame, vintage_names, NULL),
        .title = called(frame, title_names, &text),
        .unit = called(frame, unit_names, &text),
        .price_basis = called(frame, basis_names, &text),
        .adjustment = called(frame, adjustment_names, &text),
    };
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const pgdp_column *about = pgdp_frame_column(frame, j);
        if (about->type != PGDP_PERIOD || is_realtime(about->name)) continue;
        out->period = j;
        out->periods = pgdp_frame_periods(frame, j);
        out->frequency = about->frequency;
        return PGDP_OK;
    }
    return pgdp_frame_n_rows(frame) > 0 ? years(ctx, frame, out) : PGDP_OK;
}

pgdp_status pg_flag_column(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_roles *roles, size_t value, size_t *out)
{
    const char *name;
    PG_TRY_ALLOC(ctx, name, pg_arena_printf(&ctx->scratch, "%s_flag", pgdp_frame_column(frame, value)->name));
    *out = pgdp_frame_find(frame, name);
    if (*out != PGDP_NONE && pgdp_frame_codes(frame, *out) == NULL) *out = PGDP_NONE;
    if (*out == PGDP_NONE && roles->value == value) *out = roles->flag;
    return PGDP_OK;
}

bool pg_store_day(const char *text, int32_t *day)
{
    pgdp_period period;
    if (text == NULL || !pgdp_period_parse(text, &period)) return false;
    period.ordinal++; /* the day before the next period begins */
    *day = pgdp_period_first_day(period) - 1;
    return true;
}

bool pg_same_value(double a, double b)
{
    const double p = a + 0.0, q = b + 0.0; /* -0 becomes 0 */
    uint64_t x, y;
    memcpy(&x, &p, sizeof x);
    memcpy(&y, &q, sizeof y);
    return x == y || (isnan(a) && isnan(b));
}

static int compare(const void *a, const void *b)
{
    const pg_point *x = a, *y = b;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return (x->vintage > y->vintage) - (x->vintage < y->vintage);
}

/* Stable: points of a series keep their order, which mostly is that of the periods. */
static pgdp_status by_series(pgdp_ctx *ctx, pg_point *points, size_t n, size_t *starts, size_t n_series)
{
    pg_point *copy;
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, n, sizeof *copy));
    if (n > 0) memcpy(copy, points, n * sizeof *copy);
    size_t *next = starts; /* after the loop each holds the end of its series */
    for (size_t i = 0; i < n; i++)
        points[next[copy[i].series]++] = copy[i];
    memmove(starts + 1, starts, n_series * sizeof *starts);
    starts[0] = 0;
    return PGDP_OK;
}

static pgdp_status sort(pgdp_ctx *ctx, pg_point *points, size_t n, size_t n_series)
{
    size_t *starts;
    bool parted = true;
    PG_TRY_ALLOC(ctx, starts, pg_arena_alloc(&ctx->scratch, n_series + 1, sizeof *starts));
    for (size_t i = 0; i < n; i++) {
        starts[points[i].series + 1]++;
        parted = parted && (i == 0 || points[i - 1].series <= points[i].series);
    }
    for (size_t k = 0; k < n_series; k++)
        starts[k + 1] += starts[k];
    if (!parted) PG_TRY(by_series(ctx, points, n, starts, n_series));
    for (size_t k = 0; k < n_series; k++) {
        bool sorted = true;
        for (size_t i = starts[k] + 1; i < starts[k + 1] && sorted; i++)
            sorted = compare(&points[i - 1], &points[i]) <= 0;
        if (!sorted) qsort(points + starts[k], starts[k + 1] - starts[k], sizeof *points, compare);
    }
    return PGDP_OK;
}

pgdp_status pg_points_sort(pgdp_ctx *ctx, pg_point *points, size_t n, size_t n_series)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = sort(ctx, points, n, n_series);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
