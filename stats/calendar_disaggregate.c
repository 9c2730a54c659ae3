/* calendar_disaggregate.c  Series to a higher frequency: pgdp_frame_disaggregate(). SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/period.h"
#include "stats/calendar.h"

#include <math.h>

const char *const *pgdp_disaggregator_names(void)
{
    static const char *const names[] = { "denton", "denton_additive", "chow_lin", "fernandez", NULL };
    return names;
}

typedef struct job {
    const pgdp_disaggregation *how;
    const pgdp_frame *low, *indicators; /* indicators may be NULL */
    const char *column;
    pg_calendar_rows low_rows, high_rows;
    pg_link link;
    double *values; /* [n_low] */
    int64_t first;  /* high period */
    double *x;      /* [n_high x k]: a constant for regressions, then the indicators */
    const char **names;
    size_t k;
} job;

/* The low periods that have a value. */
static pgdp_status find_low(pgdp_ctx *ctx, job *j)
{
    const double *values;
    size_t *first, n = 0;
    PG_TRY(pg_calendar_rows_of(ctx, j->low, "low series", &j->low_rows));
    PG_TRY(pg_calendar_column(ctx, j->low, "low series", j->column, &values));
    const pgdp_frequency from = j->low_rows.frequency, to = j->how->to;
    if (pg_frequency_months(to) == 0 || to <= from)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "disaggregation goes from years, half-years or quarters to shorter ones of these or to months; "
                       "found %s to %s",
                       pgdp_frequency_name(from), pgdp_frequency_name(to));
    j->link.parts = (size_t)(pg_frequency_months(from) / pg_frequency_months(to));
    j->link.how = j->how->how;
    PG_TRY_ALLOC(ctx, first, pg_arena_alloc(&ctx->scratch, j->low_rows.n, sizeof *first));
    PG_TRY_ALLOC(ctx, j->values, pg_arena_alloc(&ctx->scratch, j->low_rows.n, sizeof *j->values));
    for (size_t i = 0; i < j->low_rows.n; i++) {
        const double value = values[j->low_rows.row[i]];
        if (isnan(value)) continue;
        const int64_t at = pgdp_period_convert((pgdp_period){ from, j->low_rows.period[i] }, to).ordinal;
        if (n == 0) j->first = at;
        j->values[n] = value;
        first[n++] = (size_t)(at - j->first);
    }
    if (n < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "low series: found %zu values of %s; expected 2 or more", n, j->column);
    j->link.first = first;
    j->link.n_low = n;
    j->link.n_high = first[n - 1] + j->link.parts;
    return PGDP_OK;
}

/* High periods reach as far as every indicator does without a gap. */
static pgdp_status find_high(pgdp_ctx *ctx, job *j)
{
    const size_t needed = j->link.n_high;
    if (j->indicators == NULL) return PGDP_OK;
    PG_TRY(pg_calendar_rows_of(ctx, j->indicators, "indicators", &j->high_rows));
    if (j->high_rows.frequency != j->how->to)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "the indicators are %s; expected %s",
                       pgdp_frequency_name(j->high_rows.frequency), pgdp_frequency_name(j->how->to));
    const int64_t last = j->high_rows.period[j->high_rows.n - 1];
    size_t n = last < j->first ? 0 : (size_t)(last - j->first + 1);
    for (size_t c = 0; c < pgdp_frame_n_columns(j->indicators); c++) {
        const double *values = pgdp_frame_reals(j->indicators, c);
        if (values == NULL || c == j->high_rows.column) continue;
        for (size_t h = 0; h < n; h++)
            if (isnan(pg_calendar_value(&j->high_rows, values, j->first + (int64_t)h))) n = h;
        char text[16];
        pgdp_period_format((pgdp_period){ j->how->to, (int32_t)(j->first + (int64_t)n) }, text);
        if (n < needed)
            return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                           "indicators: found no value of %s in %s; expected one in every period of the low series",
                           pgdp_frame_column(j->indicators, c)->name, text);
    }
    j->link.n_high = n;
    return PGDP_OK;
}

static bool is_denton(const job *j)
{
    return j->how->method == PGDP_DENTON || j->how->method == PGDP_DENTON_ADDITIVE;
}

static pgdp_status fill_x(pgdp_ctx *ctx, job *j)
{
    const size_t n = j->link.n_high, most = 1 + (j->indicators == NULL ? 0 : pgdp_frame_n_columns(j->indicators));
    PG_TRY_ALLOC(ctx, j->x, pg_arena_alloc(&ctx->scratch, most * n, sizeof *j->x));
    PG_TRY_ALLOC(ctx, j->names, pg_arena_alloc(&ctx->scratch, most, sizeof *j->names));
    if (!is_denton(j) || most == 1) {
        j->names[j->k++] = "(Intercept)";
        for (size_t h = 0; h < n; h++)
            j->x[h] = 1;
    }
    for (size_t c = 0; c + 1 < most; c++) {
        const double *values = pgdp_frame_reals(j->indicators, c);
        if (values == NULL || c == j->high_rows.column) continue;
        if (is_denton(j) && j->k > 0)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "denton takes one indicator, found %s and %s; leave one, or take "
                           "chow_lin",
                           j->names[0], pgdp_frame_column(j->indicators, c)->name);
        j->names[j->k] = pgdp_frame_column(j->indicators, c)->name;
        for (size_t h = 0; h < n; h++)
            j->x[j->k * n + h] = pg_calendar_value(&j->high_rows, values, j->first + (int64_t)h);
        j->k++;
    }
    if (j->k == 0) return pg_fail(ctx, PGDP_NOT_FOUND, "indicators: found no number column");
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const void *user, pgdp_frame **out)
{
    job whole = *(const job *)user, *const j = &whole;
    PG_TRY(find_low(ctx, j));
    PG_TRY(find_high(ctx, j));
    PG_TRY(fill_x(ctx, j));
    const bool denton = is_denton(j);
    pg_chow_lin fit = { .rho = j->how->method == PGDP_FERNANDEZ ? 1 : j->how->rho };
    if (!isnan(fit.rho) && (fit.rho < 0 || fit.rho > 1 || (fit.rho >= 1 && j->how->method != PGDP_FERNANDEZ)))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "rho is outside [0, 1)");
    if (denton) {
        PG_TRY_ALLOC(ctx, fit.value, pg_arena_alloc(&ctx->scratch, j->link.n_high, sizeof *fit.value));
        PG_TRY(pg_denton(ctx, &j->link, j->values, j->x, j->how->method == PGDP_DENTON, fit.value));
    } else {
        PG_TRY(pg_chow_lin_fit(ctx, &j->link, j->values, j->x, j->k, &fit));
    }
    const double *const columns[] = { fit.value, fit.error };
    pgdp_column about[2] = { *pgdp_frame_column(j->low, pgdp_frame_find(j->low, j->column)) };
    about[1] = about[0];
    about[1].name = "std_error";
    PG_TRY(pg_calendar_frame(ctx,
                             &(pg_calendar_result){ .frequency = j->how->to,
                                                    .first = j->first,
                                                    .n = j->link.n_high,
                                                    .n_columns = denton ? 1 : 2,
                                                    .about = about,
                                                    .columns = columns },
                             out));
    if (denton) return PGDP_OK;
    PG_TRY(pg_calendar_note(ctx, *out, "rho", NULL, fit.rho));
    for (size_t c = 0; c < j->k; c++) {
        PG_TRY(pg_calendar_note(ctx, *out, "coef", j->names[c], fit.coef[c]));
        PG_TRY(pg_calendar_note(ctx, *out, "std_error", j->names[c], fit.std_error[c]));
    }
    return PGDP_OK;
}

pgdp_status pgdp_frame_disaggregate(pgdp_ctx *ctx, const pgdp_frame *low, const char *column,
                                    const pgdp_frame *indicators, const pgdp_disaggregation *how, pgdp_frame **out)
{
    const job j = { .how = how, .low = low, .indicators = indicators, .column = column };
    return pg_calendar_run(ctx, run, &j, out);
}
