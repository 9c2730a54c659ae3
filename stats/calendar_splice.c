/* calendar_splice.c  Two lives of one series made one: pgdp_frame_splice(). Source: Eurostat (2013), Handbook on
 * quarterly national accounts, chapter 6. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/calendar.h"

#include <math.h>

/* Means over the periods that both have, within what was asked for. */
static pgdp_status overlap(pgdp_ctx *ctx, const pg_calendar_side *older, const pg_calendar_side *newer,
                           const pgdp_splice *how, double mean[2])
{
    const bool bounded = how->first.frequency != PGDP_NO_FREQUENCY;
    size_t n = 0;
    mean[0] = mean[1] = 0;
    for (size_t i = 0; i < newer->rows.n; i++) {
        const int32_t period = newer->rows.period[i];
        const double a = pg_calendar_value(&older->rows, older->values, period), b = newer->values[newer->rows.row[i]];
        if (isnan(a) || isnan(b) || (bounded && (period < how->first.ordinal || period > how->last.ordinal))) continue;
        mean[0] += a;
        mean[1] += b;
        n++;
    }
    if (n == 0)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "splice: found no period in which both series have a value%s",
                       bounded ? " within the overlap named" : "");
    mean[0] /= (double)n;
    mean[1] /= (double)n;
    if (!how->difference && !(mean[1] / mean[0] > 0 && isfinite(mean[1] / mean[0])))
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "splice: the means over the overlap have no positive ratio; link by the difference");
    return PGDP_OK;
}

static pgdp_status splice(pgdp_ctx *ctx, const pg_calendar_side s[2], const pgdp_splice *how, const pgdp_column *about,
                          pgdp_frame **out)
{
    const pg_calendar_side *const older = &s[0], *const newer = &s[1];
    const size_t fixed = how->level == PGDP_SPLICE_NEWER ? 1 : 0; /* the side whose level stays */
    double mean[2], *values;
    PG_TRY(overlap(ctx, older, newer, how, mean));
    const double factor = how->difference ? 1 : mean[fixed] / mean[1 - fixed],
                 shift = how->difference ? mean[fixed] - mean[1 - fixed] : 0;
    const int64_t last_old = older->rows.period[older->rows.n - 1], last_new = newer->rows.period[newer->rows.n - 1];
    const int64_t first_old = older->rows.period[0], first_new = newer->rows.period[0];
    const int64_t first = first_old < first_new ? first_old : first_new,
                  last = last_old > last_new ? last_old : last_new;
    const size_t n = (size_t)(last - first + 1);
    int64_t joint = last_new; /* the newer's first value */
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, n, sizeof *values));
    for (size_t i = newer->rows.n; i-- > 0;)
        if (!isnan(newer->values[newer->rows.row[i]])) joint = newer->rows.period[i];
    for (size_t i = 0; i < n; i++) {
        const int64_t period = first + (int64_t)i;
        const size_t from = period >= joint;
        const double value = pg_calendar_value(&s[from].rows, s[from].values, period);
        values[i] = from == fixed ? value : value * factor + shift;
    }
    const double *const columns[] = { values };
    const pg_calendar_result result = {
        .frequency = newer->rows.frequency, .first = first, .n = n, .n_columns = 1, .about = about, .columns = columns
    };
    PG_TRY(pg_calendar_frame(ctx, &result, out));
    return pg_calendar_note(ctx, *out, how->difference ? "shift" : "factor", NULL, how->difference ? shift : factor);
}

typedef struct splicing {
    const pgdp_frame *older, *newer;
    const char *column;
    const pgdp_splice *how;
} splicing;

static pgdp_status run_splice(pgdp_ctx *ctx, const void *user, pgdp_frame **out)
{
    const splicing *job = user;
    const pgdp_frame *older = job->older, *newer = job->newer;
    const char *column = job->column;
    const pgdp_splice *how = job->how;
    pg_calendar_side s[2];
    PG_TRY(pg_calendar_side_of(ctx, older, "older series", column, &s[0]));
    PG_TRY(pg_calendar_side_of(ctx, newer, "newer series", column, &s[1]));
    if (s[0].rows.frequency != s[1].rows.frequency)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "splice: found %s and %s series; bring them to one frequency first",
                       pgdp_frequency_name(s[0].rows.frequency), pgdp_frequency_name(s[1].rows.frequency));
    if (how->first.frequency != PGDP_NO_FREQUENCY &&
        (how->first.frequency != s[0].rows.frequency || how->last.frequency != s[0].rows.frequency))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "splice: the overlap's ends are not %s periods as the series are",
                       pgdp_frequency_name(s[0].rows.frequency));
    const pgdp_frame *const fixed = how->level == PGDP_SPLICE_NEWER ? newer : older;
    return splice(ctx, s, how, pgdp_frame_column(fixed, pgdp_frame_find(fixed, column)), out);
}

pgdp_status pgdp_frame_splice(pgdp_ctx *ctx, const pgdp_frame *older, const pgdp_frame *newer, const char *column,
                              const pgdp_splice *how, pgdp_frame **out)
{
    const splicing job = { older, newer, column, how };
    return pg_calendar_run(ctx, run_splice, &job, out);
}
