/* measure_horizon.c  Time horizons: how long the tasks are that a model does half of the time, and how fast that
 * doubles. Source: METR (2025), "Measuring AI ability to complete long tasks"; delta method: Greene (2018),
 * theorem 4.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tasks/frames.h"
#include "tasks/measures.h"
#include "tasks/token_price_list.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

#define DAYS_A_YEAR 365.2425

typedef struct horizon_options {
    double probability, conf_level;
} horizon_options;
static const pgdp_option options[] = {
    { "probability", PGDP_OPTION_REAL, offsetof(horizon_options, probability), 0.5, 0.01, 0.99, NULL,
      "of success at the horizon" },
    { "conf_level", PGDP_OPTION_REAL, offsetof(horizon_options, conf_level), 0.95, 0.01, 0.9999, NULL,
      "of the intervals" },
    { .name = NULL },
};

/** The runs of all models. */
typedef struct runs {
    const char **model, **family; /* [n]; family NULL: not told */
    const double *minutes, *success, *weight;
    int32_t *day; /* [n] */
    size_t n, *index, n_models;
} runs;

static pgdp_status read_runs(pgdp_ctx *ctx, const pgdp_frame *frame, runs *r)
{
    static const double minutes[2] = { 1e-9, 1e9 }, unit[2] = { 0, 1 }, any[2] = { 1e-12, 1e12 };
    const pg_table table = { frame, "runs" };
    pg_map map;
    r->n = pgdp_frame_n_rows(frame);
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "model", NULL }, &r->model));
    PG_TRY(pg_numbers(ctx, table, "minutes", minutes, &r->minutes));
    PG_TRY(pg_numbers(ctx, table, "success", unit, &r->success));
    PG_TRY(pg_numbers_known(ctx, table, "weight", any, &r->weight));
    if (pgdp_frame_find(frame, "family") != PGDP_NONE)
        PG_TRY(pg_keys(ctx, table, (const char *const[]){ "family", NULL }, &r->family));
    PG_TRY(pg_read_days(ctx, "runs", frame, pgdp_frame_find(frame, "date"), &r->day));
    PG_TRY_ALLOC(ctx, r->index, pg_arena_alloc(&ctx->scratch, r->n, sizeof *r->index));
    PG_TRY(pg_index_keys(ctx, r->model, r->n, r->index, &map));
    r->n_models = map.n;
    for (size_t i = 0; i < r->n; i++)
        if (r->success[i] > 0 && r->success[i] < 1)
            return pg_fail(ctx, PGDP_PARSE, "runs: row %zu, column success: found a share, expected 0 or 1", i + 1);
    return PGDP_OK;
}

/** What one model's runs say. */
typedef struct fitted {
    const char *model, *note;
    int32_t day;
    double n, successes, intercept, slope;
    double log2_horizon, std_error; /* NaN: not known */
} fitted;

static pgdp_status fill_data(pgdp_ctx *ctx, const runs *r, size_t model, fitted *f, pgdp_frame *out)
{
    for (size_t i = 0; i < r->n; i++) {
        if (r->index[i] != model) continue;
        f->model = r->model[i];
        f->n += 1;
        f->successes += r->success[i];
        if (r->day[i] != PGDP_MISSING_PERIOD) f->day = r->day[i];
        PG_TRY(pgdp_frame_add_row(ctx, out));
        pgdp_frame_set_real(out, 0, r->success[i]);
        pgdp_frame_set_real(out, 1, log2(r->minutes[i]));
        pgdp_frame_set_real(out, 2, r->weight == NULL ? 1 : r->weight[i]);
        if (r->family != NULL) PG_TRY(pg_set_text(ctx, out, 3, r->family[i]));
    }
    return PGDP_OK;
}

/* h = 2^((logit p - b0) / b1); log2 h has gradient (-1 / b1, -log2 h / b1). */
static void set_horizon(const pgdp_fit *fit, double probability, fitted *f)
{
    const double *b = pgdp_fit_estimate(fit).x, *v = pgdp_fit_vcov(fit).x;
    f->intercept = b[0];
    f->slope = b[1];
    if (!(b[1] < 0)) {
        f->note = "success does not fall with length: no horizon";
        return;
    }
    f->log2_horizon = (log(probability / (1 - probability)) - b[0]) / b[1];
    const double g0 = -1 / b[1], g1 = -f->log2_horizon / b[1];
    f->std_error = sqrt(g0 * g0 * v[0] + 2 * g0 * g1 * v[1] + g1 * g1 * v[3]);
}

static const pgdp_column data_columns[] = { PG_REAL_COLUMN("success", ""), PG_REAL_COLUMN("log2_minutes", ""),
                                            PG_REAL_COLUMN("weight", ""), PG_TEXT_COLUMN("family") };

static pgdp_status fit_model(pgdp_ctx *ctx, const runs *r, const horizon_options *o, const pgdp_frame *data, fitted *f)
{
    const pgdp_regression_spec spec = { .formula = "success ~ log2_minutes",
                                        .method = "logit",
                                        .vcov = r->family != NULL   ? "cluster(family)"
                                                : r->weight != NULL ? "HC1"
                                                                    : "iid",
                                        .weights = r->weight != NULL ? "pw:weight" : NULL,
                                        .diagnostics = "none" };
    pgdp_regression *regression = NULL;
    f->intercept = f->slope = f->log2_horizon = f->std_error = (double)NAN;
    if (f->successes <= 0 || f->successes >= f->n) {
        f->note = f->successes <= 0 ? "no run succeeds: no horizon" : "every run succeeds: no horizon";
        return PGDP_OK;
    }
    const pgdp_status status = pgdp_regress(ctx, data, &spec, &regression);
    if (status == PGDP_NO_MEMORY || status == PGDP_STOPPED) return status;
    if (status != PGDP_OK)
        PG_TRY_ALLOC(ctx, f->note, pg_arena_strdup(&ctx->scratch, ctx->error));
    else if (pgdp_fit_n_terms(pgdp_regression_fit(regression)) != 2)
        f->note = "all tasks are of one length: no horizon";
    else
        set_horizon(pgdp_regression_fit(regression), o->probability, f);
    pgdp_regression_free(regression);
    return PGDP_OK;
}

static pgdp_status fit_all(pgdp_ctx *ctx, const runs *r, const horizon_options *o, fitted *models)
{
    for (size_t m = 0; m < r->n_models; m++) {
        pgdp_frame *data;
        PG_TRY(pg_frame_of(ctx, data_columns, 4, 0, &data));
        models[m].day = PGDP_MISSING_PERIOD;
        pgdp_status status = fill_data(ctx, r, m, &models[m], data);
        if (status == PGDP_OK) status = fit_model(ctx, r, o, data, &models[m]);
        pgdp_frame_free(data);
        PG_TRY(status);
    }
    return PGDP_OK;
}

static const pgdp_column score_columns[] = {
    PG_TEXT_COLUMN("model"),
    PG_TEXT_COLUMN("date"),
    PG_REAL_COLUMN("n", "runs"),
    PG_REAL_COLUMN("successes", "runs"),
    PG_REAL_COLUMN("intercept", ""),
    PG_REAL_COLUMN("slope", "log odds a doubling"),
    PG_REAL_COLUMN("horizon_minutes", "minutes"),
    PG_REAL_COLUMN("conf_low", "minutes"),
    PG_REAL_COLUMN("conf_high", "minutes"),
    PG_TEXT_COLUMN("note"),
};

static pgdp_status fill_scores(pgdp_ctx *ctx, const fitted *models, size_t n, double z, pgdp_frame *out)
{
    for (size_t m = 0; m < n; m++) {
        const fitted *f = &models[m];
        const double half = z * f->std_error;
        const double cells[] = { f->n,
                                 f->successes,
                                 f->intercept,
                                 f->slope,
                                 exp2(f->log2_horizon),
                                 exp2(f->log2_horizon - half),
                                 exp2(f->log2_horizon + half) };
        char day[16];
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, 0, f->model));
        if (f->day != PGDP_MISSING_PERIOD) {
            pg_format_day(f->day, day);
            PG_TRY(pg_set_text(ctx, out, 1, day));
        }
        for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
            pgdp_frame_set_real(out, 2 + k, cells[k]);
        if (f->note != NULL) PG_TRY(pg_set_text(ctx, out, 9, f->note));
    }
    return PGDP_OK;
}

static const pgdp_column trend_columns[] = {
    PG_REAL_COLUMN("n", "models"),
    PG_REAL_COLUMN("slope", "doublings a year"),
    PG_REAL_COLUMN("std_error", "doublings a year"),
    PG_REAL_COLUMN("doubling_months", "months"),
    PG_REAL_COLUMN("conf_low", "months"),
    PG_REAL_COLUMN("conf_high", "months"),
};
static const pgdp_column point_columns[] = { PG_REAL_COLUMN("log2_horizon", ""), PG_REAL_COLUMN("years", "") };

/** The line through dated horizons; an interval's end at or below 0 doublings a year never doubles: missing. */
static pgdp_status fit_trend(pgdp_ctx *ctx, const pgdp_frame *points, double conf_level, pgdp_frame *out)
{
    const pgdp_regression_spec spec = {
        .formula = "log2_horizon ~ years", .vcov = "HC1", .diagnostics = "none", .conf_level = conf_level
    };
    pgdp_regression *r;
    PG_TRY(pgdp_regress(ctx, points, &spec, &r));
    const bool sloped = pgdp_fit_n_terms(pgdp_regression_fit(r)) == 2;
    const pgdp_tidy t = pgdp_fit_tidy(pgdp_regression_fit(r), sloped ? 1 : 0, conf_level);
    const double nobs = pgdp_fit_glance(pgdp_regression_fit(r)).nobs;
    pgdp_regression_free(r);
    if (!sloped) return PGDP_OK;
    PG_TRY(pgdp_frame_add_row(ctx, out));
    pgdp_frame_set_real(out, 0, nobs);
    pgdp_frame_set_real(out, 1, t.estimate);
    pgdp_frame_set_real(out, 2, t.std_error);
    if (t.estimate > 0) pgdp_frame_set_real(out, 3, 12 / t.estimate);
    if (t.conf_high > 0) pgdp_frame_set_real(out, 4, 12 / t.conf_high);
    if (t.conf_low > 0) pgdp_frame_set_real(out, 5, 12 / t.conf_low);
    return PGDP_OK;
}

static pgdp_status fill_trend(pgdp_ctx *ctx, const fitted *models, size_t n, double conf_level, pgdp_measurement *m)
{
    pgdp_frame *points, *out;
    pgdp_status status = PGDP_OK;
    PG_TRY(pg_frame_of(ctx, point_columns, 2, n, &points));
    for (size_t i = 0; i < n && status == PGDP_OK; i++) {
        if (models[i].day == PGDP_MISSING_PERIOD || isnan(models[i].log2_horizon)) continue;
        status = pgdp_frame_add_row(ctx, points);
        if (status != PGDP_OK) break;
        pgdp_frame_set_real(points, 0, models[i].log2_horizon);
        pgdp_frame_set_real(points, 1, models[i].day / DAYS_A_YEAR);
    }
    if (status == PGDP_OK && pgdp_frame_n_rows(points) > 2) {
        status = pg_measurement_add(ctx, m, "trend", trend_columns, 6, &out);
        if (status == PGDP_OK) status = fit_trend(ctx, points, conf_level, out);
    }
    pgdp_frame_free(points);
    return status;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *settings, pgdp_measurement *out)
{
    const horizon_options *o = settings;
    runs r = { .n = 0 };
    fitted *models;
    pgdp_frame *scores;
    PG_TRY(read_runs(ctx, inputs[0], &r));
    PG_TRY_ALLOC(ctx, models, pg_arena_alloc(&ctx->scratch, r.n_models, sizeof *models));
    PG_TRY(fit_all(ctx, &r, o, models));
    PG_TRY(pg_measurement_add(ctx, out, "scores", score_columns, 10, &scores));
    PG_TRY(fill_scores(ctx, models, r.n_models, pgdp_normal_upper_quantile((1 - o->conf_level) / 2), scores));
    return fill_trend(ctx, models, r.n_models, o->conf_level, out);
}

const pgdp_measure pg_measure_horizon = {
    .name = "horizon",
    .title = "Time horizon of models",
    .source = "METR (2025), Measuring AI ability to complete long tasks",
    .inputs = { { "runs",
                  "model, minutes (of a person), success (0, 1); where known date (of release), family (of "
                  "tasks: standard errors by it), weight",
                  false },
                { NULL, NULL, false } },
    .options = options,
    .options_size = sizeof(horizon_options),
    .answer = "scores by model, trend where three models have dates",
    .compute = compute,
};
