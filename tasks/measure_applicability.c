/* measure_applicability.c  AI applicability of occupations from activities seen in conversations. Source: Tomlinson et
 * al. (2025), "Working with AI", arXiv 2507.07935. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/frames.h"
#include "tasks/measures.h"

#include <math.h>
#include <stddef.h>
#include <string.h>

enum { USER, AI, N_SIDES };
typedef struct applicability_options {
    double coverage;
} applicability_options;
static const pgdp_option options[] = {
    { "coverage", PGDP_OPTION_REAL, offsetof(applicability_options, coverage), 0.0005, 0, 1, NULL,
      "share of conversations above which an activity is covered" },
    { .name = NULL },
};

/* coverage x completion x scope of each activity; 0 where it is not covered. */
static pgdp_status read_side(pgdp_ctx *ctx, pg_table table, size_t side, double coverage, double *out)
{
    static const char *const names[N_SIDES][3] = { { "share_user", "completion_user", "impact_scope_user" },
                                                   { "share_ai", "completion_ai", "impact_scope_ai" } };
    static const double unit[2] = { 0, 1 };
    const double *x[3];
    for (size_t k = 0; k < 3; k++) {
        PG_TRY(pg_numbers_known(ctx, table, names[side][k], unit, &x[k]));
        if (x[k] == NULL)
            return pg_fail(ctx, PGDP_NOT_FOUND, "%s: found no column \"%s\", expected one", table.name, names[side][k]);
    }
    for (size_t i = 0; i < pgdp_frame_n_rows(table.frame); i++) {
        if (!(x[0][i] > coverage)) continue;
        for (size_t k = 1; k < 3; k++)
            if (isnan(x[k][i]))
                return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %s: found nothing of an activity that is covered",
                               table.name, i + 1, names[side][k]);
        out[i] = x[1][i] * x[2][i];
    }
    return PGDP_OK;
}

static const pgdp_column score_columns[] = { PG_TEXT_COLUMN("soc"), PG_REAL_COLUMN("user", "share"),
                                             PG_REAL_COLUMN("ai", "share"), PG_REAL_COLUMN("applicability", "share") };

typedef struct work {
    double *value[N_SIDES]; /* [n_activities] */
    pg_map activities;
    const double **weight; /* [n_columns] by occupation */
    size_t *activity, n_columns;
} work;

static pgdp_status read_activities(pgdp_ctx *ctx, const pgdp_frame *frame, const applicability_options *o, work *w)
{
    const pg_table table = { frame, "activities" };
    const size_t n = pgdp_frame_n_rows(frame);
    const char **keys;
    size_t *index;
    PG_TRY(pg_keys(ctx, table, (const char *const[]){ "IWA", "iwa_id", NULL }, &keys));
    PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, n, sizeof *index));
    PG_TRY(pg_index_keys(ctx, keys, n, index, &w->activities));
    if (w->activities.n < n)
        return pg_fail(ctx, PGDP_PARSE, "activities: found %zu rows of %zu activities, expected each once", n,
                       w->activities.n);
    for (size_t s = 0; s < N_SIDES; s++) {
        PG_TRY_ALLOC(ctx, w->value[s], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
        PG_TRY(read_side(ctx, table, s, o->coverage, w->value[s]));
    }
    return PGDP_OK;
}

static pgdp_status read_weights(pgdp_ctx *ctx, const pgdp_frame *frame, work *w)
{
    static const double range[2] = { 0, 1e12 };
    size_t *columns;
    PG_TRY(pg_number_columns(ctx, frame, &columns, &w->n_columns));
    PG_TRY_ALLOC(ctx, w->weight, pg_arena_alloc(&ctx->scratch, w->n_columns, sizeof *w->weight));
    PG_TRY_ALLOC(ctx, w->activity, pg_arena_alloc(&ctx->scratch, w->n_columns, sizeof *w->activity));
    for (size_t k = 0; k < w->n_columns; k++) {
        const char *name = pgdp_frame_column(frame, columns[k])->name;
        PG_TRY(pg_numbers(ctx, (pg_table){ frame, "weights" }, name, range, &w->weight[k]));
        w->activity[k] = pg_map_find(&w->activities, name, strlen(name));
        if (w->activity[k] == PGDP_NONE)
            return pg_fail(ctx, PGDP_PARSE, "weights: column %.60s: found no such activity, expected one of activities",
                           name);
    }
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *settings, pgdp_measurement *out)
{
    work w = { .n_columns = 0 };
    const char **soc;
    pgdp_frame *scores;
    PG_TRY(read_activities(ctx, inputs[0], settings, &w));
    PG_TRY(read_weights(ctx, inputs[1], &w));
    PG_TRY(pg_keys(ctx, (pg_table){ inputs[1], "weights" }, (const char *const[]){ "SOC Code", "soc", NULL }, &soc));
    PG_TRY(pg_measurement_add(ctx, out, "scores", score_columns, 4, &scores));
    for (size_t i = 0; i < pgdp_frame_n_rows(inputs[1]); i++) {
        double sum = 0, side[N_SIDES] = { 0, 0 };
        for (size_t k = 0; k < w.n_columns; k++) {
            sum += w.weight[k][i];
            for (size_t s = 0; s < N_SIDES; s++)
                side[s] += w.weight[k][i] * w.value[s][w.activity[k]];
        }
        PG_TRY(pgdp_frame_add_row(ctx, scores));
        PG_TRY(pg_set_text(ctx, scores, 0, soc[i]));
        for (size_t s = 0; s < N_SIDES; s++)
            pgdp_frame_set_real(scores, 1 + s, side[s] / sum);
        pgdp_frame_set_real(scores, 3, (side[USER] / sum + side[AI] / sum) / 2);
    }
    return PGDP_OK;
}

const pgdp_measure pg_measure_applicability = {
    .name = "applicability",
    .title = "AI applicability",
    .source = "Tomlinson et al. (2025), Working with AI, arXiv 2507.07935",
    .inputs = { { "activities",
                  "IWA, and share, completion and impact_scope each with _user and _ai: Microsoft's iwa_metrics.csv",
                  false },
                { "weights", "SOC Code, and a column an IWA: Microsoft's soc_iwa_weights.csv", false },
                { NULL, NULL, false } },
    .options = options,
    .options_size = sizeof(applicability_options),
    .answer = "scores by occupation: user's goal, AI's action, their mean",
    .compute = compute,
};
