/* calendar_aggregate.c  Series to a lower frequency: pgdp_frame_aggregate(). Source: IMF (2017), Quarterly National
 * Accounts Manual, chapter 2 (flows add up, stocks are taken at the end). SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/period.h"
#include "core/text.h"
#include "stats/calendar.h"

#include <math.h>

enum { MONTHS = 12, WEEK = 7, OF_A_WEEK = 4 };

const char *const *pgdp_aggregate_names(void)
{
    static const char *const names[] = { "sum", "mean", "first", "last", NULL };
    return names;
}

/* What one column's values within one period come to. */
typedef struct part {
    size_t n;
    double sum, first, last;
    int64_t gap;      /* most days from one value to the next, the day before the period counting as one */
    int64_t last_day; /* of the last value */
} part;

typedef struct job {
    const pgdp_aggregation *how;
    pg_calendar_rows rows;
    int shift;
    int64_t first; /* holder of the first row */
    size_t n;      /* holders */
} job;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* How many periods of the frame's frequency a holder has; days are not counted. 1970-01-01 was a Thursday. */
static size_t count_parts(const job *j, int64_t holder)
{
    const int64_t begin = pg_calendar_begin(holder, j->how->to, j->shift),
                  end = pg_calendar_begin(holder + 1, j->how->to, j->shift);
    if (j->rows.frequency == PGDP_WEEKLY) return (size_t)(floor_div(end - 1, WEEK) - floor_div(begin - 1, WEEK));
    return (size_t)(pg_frequency_months(j->how->to) / pg_frequency_months(j->rows.frequency));
}

static bool is_whole(const job *j, int64_t holder, const part *p)
{
    if (p->n == 0) return false;
    if (j->how->partial) return true;
    if (j->rows.frequency != PGDP_DAILY) return p->n == count_parts(j, holder);
    const int64_t end = pg_calendar_begin(holder + 1, j->how->to, j->shift),
                  most = j->how->to == PGDP_WEEKLY ? OF_A_WEEK : WEEK;
    return p->gap <= most && end - p->last_day <= most;
}

static void add_value(const job *j, int64_t holder, size_t i, double value, part *p)
{
    const pgdp_period period = { j->rows.frequency, j->rows.period[i] };
    const int64_t day = pgdp_period_first_day(period);
    const int64_t before = p->n > 0 ? p->last_day : pg_calendar_begin(holder, j->how->to, j->shift) - 1;
    if (day - before > p->gap) p->gap = day - before;
    if (p->n++ == 0) p->first = value;
    p->sum += value;
    p->last = value;
    p->last_day = day;
}

static double value_of(pgdp_aggregate how, const part *p)
{
    switch (how) {
    case PGDP_AGGREGATE_SUM:
        return p->sum;
    case PGDP_AGGREGATE_MEAN:
        return p->sum / (double)p->n;
    case PGDP_AGGREGATE_FIRST:
        return p->first;
    default:
        return p->last;
    }
}

static pgdp_status aggregate_column(pgdp_ctx *ctx, const job *j, const double *values, double *out)
{
    part *parts;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, parts, pg_arena_alloc(&ctx->scratch, j->n, sizeof *parts));
    for (size_t i = 0; i < j->rows.n; i++) {
        const double value = values[j->rows.row[i]];
        const int64_t holder =
            pg_calendar_holder((pgdp_period){ j->rows.frequency, j->rows.period[i] }, j->how->to, j->shift);
        if (!isnan(value)) add_value(j, holder, i, value, &parts[holder - j->first]);
    }
    for (size_t h = 0; h < j->n; h++)
        out[h] = is_whole(j, j->first + (int64_t)h, &parts[h]) ? value_of(j->how->how, &parts[h]) : (double)NAN;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* "Billions of Dollars, Seasonally Adjusted Annual Rate", "saar", "annual_rate". */
static bool at_annual_rate(const pgdp_column *c)
{
    static const char *const words[] = { "annual rate", "annual_rate", "saar" };
    for (size_t w = 0; w < sizeof words / sizeof *words; w++)
        if (pg_text_holds(c->unit, words[w]) || pg_text_holds(c->adjustment, words[w])) return true;
    return false;
}

static pgdp_status check(pgdp_ctx *ctx, const pgdp_frame *in, const job *j)
{
    const pgdp_frequency from = j->rows.frequency, to = j->how->to;
    if (to == PGDP_NO_FREQUENCY || to >= from)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the series are %s and are to become %s, which is no lower frequency%s",
                       pgdp_frequency_name(from), pgdp_frequency_name(to), to > from ? "; disaggregate them" : "");
    if (j->how->year_begins < 0 || j->how->year_begins > MONTHS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "years begin in month %d; expected 1 to 12", j->how->year_begins);
    const int months = pg_frequency_months(from);
    if (months > 1 && j->shift % months != 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "years that begin in month %d do not consist of whole %s; expected 1%s, or monthly series",
                       j->how->year_begins, from == PGDP_QUARTERLY ? "quarters" : "half-years",
                       from == PGDP_QUARTERLY ? ", 4, 7 or 10" : " or 7");
    for (size_t c = 0; c < pgdp_frame_n_columns(in) && j->how->how == PGDP_AGGREGATE_SUM; c++)
        if (at_annual_rate(pgdp_frame_column(in, c)))
            return pg_fail(
                ctx, PGDP_BAD_ARGUMENT,
                "%s is at annual rates (%s): the sum over a year would be several years' worth; take the mean",
                pgdp_frame_column(in, c)->name, pgdp_frame_column(in, c)->unit);
    return PGDP_OK;
}

typedef struct request {
    const pgdp_frame *in;
    const pgdp_aggregation *how;
} request;

static pgdp_status run(pgdp_ctx *ctx, const void *user, pgdp_frame **out)
{
    const request *r = user;
    const pgdp_frame *in = r->in;
    const pgdp_aggregation *how = r->how;
    job j = { .how = how, .shift = how->year_begins > 1 ? MONTHS + 1 - how->year_begins : 0 };
    pg_calendar_result result = { .frequency = how->to };
    pgdp_column *about;
    double **columns;
    const size_t n_columns = pgdp_frame_n_columns(in);
    PG_TRY(pg_calendar_rows_of(ctx, in, "series", &j.rows));
    PG_TRY(check(ctx, in, &j));
    j.first = pg_calendar_holder((pgdp_period){ j.rows.frequency, j.rows.period[0] }, how->to, j.shift);
    j.n =
        (size_t)(pg_calendar_holder((pgdp_period){ j.rows.frequency, j.rows.period[j.rows.n - 1] }, how->to, j.shift) -
                 j.first + 1);
    PG_TRY_ALLOC(ctx, about, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *about));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n_columns, sizeof *columns));
    for (size_t c = 0; c < n_columns; c++) {
        const double *values = pgdp_frame_reals(in, c);
        if (values == NULL || c == j.rows.column) continue;
        about[result.n_columns] = *pgdp_frame_column(in, c);
        PG_TRY_ALLOC(ctx, columns[result.n_columns], pg_arena_alloc(&ctx->scratch, j.n, sizeof **columns));
        PG_TRY(aggregate_column(ctx, &j, values, columns[result.n_columns++]));
    }
    result.first = j.first;
    result.n = j.n;
    result.about = about;
    result.columns = (const double *const *)columns;
    PG_TRY(pg_calendar_frame(ctx, &result, out));
    return j.shift == 0 ? PGDP_OK : pg_calendar_note(ctx, *out, "year_begins", NULL, how->year_begins);
}

pgdp_status pgdp_frame_aggregate(pgdp_ctx *ctx, const pgdp_frame *in, const pgdp_aggregation *how, pgdp_frame **out)
{
    const request r = { in, how };
    return pg_calendar_run(ctx, run, &r, out);
}
