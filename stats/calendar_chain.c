/* calendar_chain.c  Volumes chained from year to year: pgdp_frame_chain(). Source: IMF (2017), Quarterly National
 * Accounts Manual, chapter 8, section D (annual overlap). SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/period.h"
#include "stats/calendar.h"

#include <math.h>

typedef struct chaining {
    pg_calendar_side current, previous;
    size_t parts;  /* of a year */
    int64_t first; /* year, counted from 1970 */
    size_t n_years;
    double *volume; /* [n_years * parts] */
} chaining;

/* Mean of a year's parts; NaN when one is missing. */
static double year_mean(const chaining *c, const pg_calendar_side *s, int64_t year)
{
    double sum = 0;
    for (size_t p = 0; p < c->parts; p++)
        sum += pg_calendar_value(&s->rows, s->values, year * (int64_t)c->parts + (int64_t)p);
    return sum / (double)c->parts;
}

static double volume_mean(const chaining *c, size_t year)
{
    double sum = 0;
    for (size_t p = 0; p < c->parts; p++)
        sum += c->volume[year * c->parts + p];
    return sum / (double)c->parts;
}

/* Of the first year only the mean is known, 1: its parts have no previous year's prices. */
static void chain(const chaining *c)
{
    double level = 1;
    for (size_t y = 0; y < c->n_years; y++) {
        const int64_t year = c->first + (int64_t)y;
        const double base = year_mean(c, &c->current, year - 1);
        for (size_t p = 0; p < c->parts; p++) {
            const double value =
                pg_calendar_value(&c->previous.rows, c->previous.values, year * (int64_t)c->parts + (int64_t)p);
            c->volume[y * c->parts + p] = y == 0 ? (c->parts == 1 ? 1 : (double)NAN) : value / base * level;
        }
        if (y > 0) level = volume_mean(c, y);
    }
}

typedef struct chain_request {
    const pgdp_frame *in;
    const char *current, *previous;
    int reference;
} chain_request;

static pgdp_status run_chain(pgdp_ctx *ctx, const void *user, pgdp_frame **out)
{
    const chain_request *r = user;
    const int reference = r->reference;
    chaining c = { 0 };
    double *deflator;
    PG_TRY(pg_calendar_side_of(ctx, r->in, "chain", r->current, &c.current));
    PG_TRY(pg_calendar_side_of(ctx, r->in, "chain", r->previous, &c.previous));
    const pgdp_frequency frequency = c.current.rows.frequency;
    if (frequency > PGDP_MONTHLY)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "chain: found %s series; expected annual, semiannual, quarterly or monthly",
                       pgdp_frequency_name(frequency));
    c.parts = (size_t)(12 / pg_frequency_months(frequency));
    const size_t n_rows = c.current.rows.n;
    c.first = pgdp_period_convert((pgdp_period){ frequency, c.current.rows.period[0] }, PGDP_ANNUAL).ordinal;
    while (isnan(year_mean(&c, &c.current, c.first)) && c.first * (int64_t)c.parts <= c.current.rows.period[n_rows - 1])
        c.first++;
    const int64_t last =
        pgdp_period_convert((pgdp_period){ frequency, c.current.rows.period[n_rows - 1] }, PGDP_ANNUAL).ordinal;
    c.n_years = last < c.first ? 0 : (size_t)(last - c.first + 1);
    const int64_t at = reference - 1970 - c.first;
    if (at < 0 || at >= (int64_t)c.n_years)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "chain: the reference year %d is not among the years with values",
                       reference);
    const size_t n = c.n_years * c.parts;
    PG_TRY_ALLOC(ctx, c.volume, pg_arena_alloc(&ctx->scratch, n, sizeof *c.volume));
    PG_TRY_ALLOC(ctx, deflator, pg_arena_alloc(&ctx->scratch, n, sizeof *deflator));
    chain(&c);
    const double mean = at == 0 ? 1 : volume_mean(&c, (size_t)at),
                 scale = year_mean(&c, &c.current, c.first + at) / mean;
    if (!isfinite(scale))
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                       "chain: a value is missing between %d and the reference year %d; every year needs all its parts",
                       (int)c.first + 1970, reference);
    for (size_t i = 0; i < n; i++) {
        c.volume[i] *= scale;
        deflator[i] =
            pg_calendar_value(&c.current.rows, c.current.values, c.first * (int64_t)c.parts + (int64_t)i) / c.volume[i];
    }
    const pgdp_column about[] = { { .name = "volume", .type = PGDP_REAL, .price_basis = "chained_volume" },
                                  { .name = "deflator", .type = PGDP_REAL } };
    const double *const columns[] = { c.volume, deflator };
    const pg_calendar_result result = { frequency, c.first * (int64_t)c.parts, n, 2, about, columns };
    return pg_calendar_frame(ctx, &result, out);
}

pgdp_status pgdp_frame_chain(pgdp_ctx *ctx, const pgdp_frame *in, const char *current, const char *previous,
                             int reference, pgdp_frame **out)
{
    const chain_request r = { in, current, previous, reference };
    return pg_calendar_run(ctx, run_chain, &r, out);
}
