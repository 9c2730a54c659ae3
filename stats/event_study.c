/* event_study.c  Event studies by two-way fixed effects: event_study.h. Source: Sun & Abraham (2021), J. Econometrics
 * 225(2), equation 3. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/event_study.h"

#include "core/frame.h"
#include "core/text.h"
#include "stats/linalg.h"
#include "stats/regression.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
/* One study while it is made; in ctx->scratch. */
typedef struct study {
    const pgdp_event_study_request *q;
    const pgdp_frame *data;
    const char *name; /* of the column of relative periods */
    double *relative; /* [n_rows] NaN: the row is not used */
    double earliest;  /* relative period of those used */
} study;

/* A column of periods or whole numbers. */
static pgdp_status find(pgdp_ctx *ctx, const pgdp_frame *data, const char *what, const char *name, size_t *out)
{
    if (name == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "event study: found no %s, expected the name of a column; give it",
                       what);
    *out = pgdp_frame_find(data, name);
    if (*out == PGDP_NONE)
        return pg_fail(ctx, PGDP_NOT_FOUND, "event study: there is no column \"%.60s\" for the %s; check its name",
                       name, what);
    return PGDP_OK;
}

/* Cells as ordinals, NaN where missing; years as numbers stand beside annual periods. */
static pgdp_status read_times(pgdp_ctx *ctx, const study *s, size_t column, bool as_years, double *out)
{
    const double *reals = pgdp_frame_reals(s->data, column);
    const int32_t *periods = pgdp_frame_periods(s->data, column);
    for (size_t i = 0; i < pgdp_frame_n_rows(s->data); i++) {
        if (periods != NULL)
            out[i] = periods[i] == PGDP_MISSING_PERIOD ? (double)NAN : (double)periods[i] + (as_years ? 1970 : 0);
        else
            out[i] = reals[i];
        if (out[i] > floor(out[i]))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "event study: row %zu of \"%.60s\" is not whole, expected periods or whole numbers", i + 1,
                           pgdp_frame_column(s->data, column)->name);
    }
    return PGDP_OK;
}

/* Both times must be of one kind: equal frequencies, or whole numbers, or annual periods beside numbers of years. */
static pgdp_status check_times(pgdp_ctx *ctx, const study *s, size_t time, size_t first, bool *as_years)
{
    const pgdp_column *a = pgdp_frame_column(s->data, time), *b = pgdp_frame_column(s->data, first);
    const pgdp_column *const columns[] = { a, b };
    for (size_t i = 0; i < 2; i++)
        if (columns[i]->type == PGDP_TEXT)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "event study: found \"%.60s\", a text column, expected periods or whole numbers as time",
                           columns[i]->name);
    *as_years = a->type != b->type;
    const pgdp_column *period = a->type == PGDP_PERIOD ? a : b;
    const bool same = a->type == b->type && (a->type == PGDP_REAL || a->frequency == b->frequency);
    if (same || (*as_years && period->frequency == PGDP_ANNUAL)) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "event study: found times of different kinds in \"%.60s\" and \"%.60s\", expected one frequency",
                   a->name, b->name);
}

/* Time less first treatment, within the window. */
static double relative_of(const pgdp_event_study_request *q, double time, double first)
{
    if (isnan(time)) return (double)NAN;
    if (isnan(first)) return q->reference;
    const double relative = time - first;
    if (q->first == 0 && q->last == 0) return relative;
    if (relative < q->first) return q->bin ? q->first : (double)NAN;
    if (relative > q->last) return q->bin ? q->last : (double)NAN;
    return relative;
}

static pgdp_status fill_relative(pgdp_ctx *ctx, study *s)
{
    const pgdp_event_study_request *q = s->q;
    const size_t n = pgdp_frame_n_rows(s->data);
    size_t entity, time, first;
    bool as_years = false;
    double *times, *firsts;
    PG_TRY(find(ctx, s->data, "entity", q->entity, &entity));
    PG_TRY(find(ctx, s->data, "time", q->time, &time));
    PG_TRY(find(ctx, s->data, "first treatment", q->first_treated, &first));
    PG_TRY(check_times(ctx, s, time, first, &as_years));
    PG_TRY_ALLOC(ctx, times, pg_arena_alloc(&ctx->scratch, n, sizeof *times));
    PG_TRY_ALLOC(ctx, firsts, pg_arena_alloc(&ctx->scratch, n, sizeof *firsts));
    PG_TRY_ALLOC(ctx, s->relative, pg_arena_alloc(&ctx->scratch, n, sizeof *s->relative));
    PG_TRY(read_times(ctx, s, time, as_years, times));
    PG_TRY(read_times(ctx, s, first, as_years, firsts));
    s->earliest = q->reference;
    for (size_t i = 0; i < n; i++) {
        s->relative[i] = relative_of(q, times[i], firsts[i]);
        if (s->relative[i] < s->earliest) s->earliest = s->relative[i];
    }
    return PGDP_OK;
}

static pgdp_status check_request(pgdp_ctx *ctx, const pgdp_event_study_request *q)
{
    if (q->outcome == NULL || q->vcov == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "event study: found no %s, expected one; give it",
                       q->outcome == NULL ? "outcome" : "covariance");
    if (q->first == 0 && q->last == 0) return PGDP_OK;
    if (q->first <= q->reference && q->reference <= q->last && q->first < q->last) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "event study: found the window from %" PRId32 " to %" PRId32
                   ", expected one that holds the reference "
                   "period %" PRId32,
                   q->first, q->last, q->reference);
}

/* The data with the column of relative periods; the caller frees it. */
static pgdp_status extend(pgdp_ctx *ctx, study *s, pgdp_frame **out)
{
    const pg_selection all = { .rows = NULL, .columns = NULL };
    s->name = "relative_period";
    while (pgdp_frame_find(s->data, s->name) != PGDP_NONE)
        PG_TRY_ALLOC(ctx, s->name, pg_arena_printf(&ctx->scratch, "%s_", s->name));
    PG_TRY(pg_frame_select(ctx, s->data, &all, out));
    const pgdp_column about = { .name = s->name, .type = PGDP_REAL };
    const pgdp_status status = pg_frame_add_reals(ctx, *out, &about, s->relative, pgdp_frame_n_rows(s->data));
    if (status != PGDP_OK) {
        pgdp_frame_free(*out);
        *out = NULL;
    }
    return status;
}

static pgdp_status regress(pgdp_ctx *ctx, const study *s, const pgdp_frame *frame, double second, pgdp_regression **out)
{
    const pgdp_event_study_request *q = s->q;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "%s ~ i(%s, ref = c(%" PRId32, q->outcome, s->name, q->reference);
    if (second < q->reference) pg_text_addf(&text, ", %.0f", second);
    pg_text_add(&text, "))");
    if (q->controls != NULL) pg_text_addf(&text, " + %s", q->controls);
    pg_text_addf(&text, " | `%s` + `%s`", q->entity, q->time);
    if (text.failed) return pg_no_memory(ctx);
    const pgdp_regression_spec spec = {
        .id = "event_study", .formula = text.data, .vcov = q->vcov, .weights = q->weights
    };
    return pgdp_regress(ctx, frame, &spec, out);
}

/* A term's relative period; false: it is a control. */
static bool relative_period(const study *s, const char *term, double *out)
{
    const size_t n = strlen(s->name);
    char *end;
    if (!pg_starts_with(term, s->name) || !pg_starts_with(term + n, "::")) return false;
    *out = (double)strtol(term + n + 2, &end, 10);
    return *end == '\0';
}

/* Was a relative period left out, because with nobody untreated it is a line in entity and time? */
static bool has_line(const study *s, const pgdp_regression *r)
{
    const char *term, *because;
    double period;
    for (size_t i = 0; pgdp_regression_collinear(r, i, &term, &because); i++)
        if (relative_period(s, term, &period)) return true;
    return false;
}

/* b' V^-1 b / q of the terms listed. NaN where V is singular. */
static pgdp_status wald(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *terms, size_t q, double *out)
{
    const pgdp_mat v = pgdp_fit_vcov(fit);
    const pg_matrix part = pg_matrix_new(&ctx->scratch, q, q);
    double *b;
    if (part.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, q, sizeof *b));
    for (size_t j = 0; j < q; j++) {
        b[j] = pgdp_fit_estimate(fit).x[terms[j]];
        for (size_t i = 0; i <= j; i++)
            part.x[i + j * q] = v.x[terms[i] + terms[j] * v.n_rows];
    }
    *out = pg_inverse_form(part, b) / (double)q;
    return PGDP_OK;
}

static pgdp_status test_leads(pgdp_ctx *ctx, const study *s, pgdp_event_study_result *out)
{
    const pgdp_fit *fit = pgdp_regression_fit(out->regression);
    const size_t k = pgdp_fit_n_terms(fit);
    size_t *leads;
    double period;
    PG_TRY_ALLOC(ctx, leads, pg_arena_alloc(&ctx->scratch, k, sizeof *leads));
    for (size_t j = 0; j < k; j++)
        if (relative_period(s, pgdp_fit_term(fit, j), &period) && period < s->q->reference) leads[out->n_leads++] = j;
    out->statistic = out->p_value = (double)NAN;
    out->df = (double)out->n_leads;
    out->df2 = pgdp_fit_vcov_df(fit);
    if (out->n_leads == 0) return PGDP_OK;
    PG_TRY(wald(ctx, fit, leads, out->n_leads, &out->statistic));
    out->p_value = pgdp_f_upper(out->statistic, out->df, out->df2);
    const pgdp_diagnostic line = { .name = "pre_trend",
                                   .title = "all effects before the reference are 0",
                                   .statistic = out->statistic,
                                   .df = out->df,
                                   .df2 = out->df2,
                                   .p_value = out->p_value };
    pg_fit_add_diagnostic(out->regression->fit, &line);
    return PGDP_OK;
}

/* The fit, again with a second reference where the first left a line. */
static pgdp_status estimate(pgdp_ctx *ctx, const study *s, const pgdp_frame *frame, pgdp_event_study_result *out)
{
    out->second_reference = s->q->reference;
    PG_TRY(regress(ctx, s, frame, s->q->reference, &out->regression));
    if (has_line(s, out->regression) && s->earliest < s->q->reference) {
        pgdp_regression_free(out->regression);
        out->regression = NULL;
        PG_TRY(regress(ctx, s, frame, s->earliest, &out->regression));
        out->second_reference = (int32_t)s->earliest;
    }
    return test_leads(ctx, s, out);
}

static pgdp_status run(pgdp_ctx *ctx, study *s, pgdp_event_study_result *out)
{
    pgdp_frame *frame = NULL;
    PG_TRY(check_request(ctx, s->q));
    PG_TRY(fill_relative(ctx, s));
    PG_TRY(extend(ctx, s, &frame));
    const pgdp_status status = estimate(ctx, s, frame, out);
    pgdp_frame_free(frame);
    return status;
}

pgdp_status pgdp_event_study(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_event_study_request *request,
                             pgdp_event_study_result *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    study s = { .q = request, .data = data };
    pgdp_event_study_result result = { .regression = NULL };
    const pgdp_status status = run(ctx, &s, &result);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = result;
    else
        pgdp_regression_free(result.regression);
    return status;
}
