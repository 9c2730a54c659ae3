/* compare.c  The model and its baselines on the same out-of-fold tasks; how well its probabilities are calibrated.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>

#include "core/parallel.h"
#include "core/text.h"
#include "tasks/baselines.h"

enum { MODEL, TITLE, JUDGED, COUNT, LOG_LOSS, BRIER, RPS, AUC, ACCURACY, N_COMPARISON };
static const pgdp_column comparison_columns[N_COMPARISON] = {
    [MODEL] = PG_TEXT_COLUMN("model"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [JUDGED] = PG_TEXT_COLUMN("judged"),
    [COUNT] = PG_REAL_COLUMN("n", "tasks"),
    [LOG_LOSS] = PG_REAL_COLUMN("log_loss", "nats"),
    [BRIER] = PG_REAL_COLUMN("brier", "squared probability"),
    [RPS] = PG_REAL_COLUMN("rps", "squared probability"),
    [AUC] = PG_REAL_COLUMN("auc", "share"),
    [ACCURACY] = PG_REAL_COLUMN("accuracy", "share"),
};

static pgdp_status add_model(pgdp_ctx *ctx, pgdp_scoring *s, const char *name, const char *title, bool in_sample,
                             const double *shares)
{
    pg_metrics m;
    pgdp_frame *out = s->comparison;
    PG_TRY(pg_metrics_of(ctx, s, shares, &m));
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, MODEL, name));
    PG_TRY(pg_set_text(ctx, out, TITLE, title));
    PG_TRY(pg_set_text(ctx, out, JUDGED, in_sample ? "in sample" : "out of fold"));
    const double values[] = { m.n, m.log_loss, m.brier, m.rps, m.auc, m.accuracy };
    for (size_t j = COUNT; j < N_COMPARISON; j++)
        pgdp_frame_set_real(out, j, values[j - COUNT]);
    return PGDP_OK;
}

/* Shares by the fold's own cut points. */
static void fold_shares(const pgdp_scoring *s, double *shares)
{
    double share[PG_MAX_GRADES];
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const double *cuts = s->out_cuts + s->fold[s->list->occupation[i]] * s->n_cuts;
        pg_ordered_shares(s->out_index[i], cuts, s->n_cuts, share);
        for (size_t k = 0; k < s->n_levels; k++)
            shares[i + k * s->list->n_tasks] = share[k];
    }
}

/* A task's shares by a link. */
static void linked_shares(const pgdp_scoring *s, const pg_link *link, size_t task, double *share)
{
    double ordered[PG_MAX_GRADES], row[PG_LINK_TERMS];
    const double *activity = s->out_activity + task;
    const double *cuts = s->out_cuts + s->fold[s->list->occupation[task]] * s->n_cuts;
    pg_ordered_shares(s->out_index[task], cuts, s->n_cuts, ordered);
    pg_link_row(s, s->out_index[task], activity, row);
    pg_pooled_shares(s, pg_logistic(pg_link_logit(link, row)), ordered, activity, share);
}

typedef struct link_job {
    const pgdp_scoring *s;
    double *shares;
} link_job;

/* A fold's tasks through a link that has not seen them. */
static pgdp_status relink_fold(pgdp_ctx *ctx, void *user, size_t fold)
{
    const link_job *job = user;
    const pgdp_scoring *s = job->s;
    pg_link link;
    double share[PG_MAX_GRADES];
    PG_TRY(pg_calibrate(ctx, s, fold, &link));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->fold[s->list->occupation[i]] != fold) continue;
        linked_shares(s, &link, i, share);
        for (size_t k = 0; k < s->n_levels; k++)
            job->shares[i + k * s->list->n_tasks] = share[k];
    }
    return PGDP_OK;
}

enum { BIN, BIN_COUNT, PREDICTED, OBSERVED, LOW, HIGH, N_CALIBRATION, N_BINS = 10 };
static const pgdp_column calibration_columns[N_CALIBRATION] = {
    [BIN] = PG_REAL_COLUMN("bin", "tenth"),
    [BIN_COUNT] = PG_REAL_COLUMN("n", "tasks"),
    [PREDICTED] = PG_REAL_COLUMN("predicted", "share"),
    [OBSERVED] = PG_REAL_COLUMN("observed", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
};

typedef struct forecast {
    double p;
    size_t task;
} forecast;

static int by_probability(const void *a, const void *b)
{
    const forecast *p = a, *q = b;
    if (p->p < q->p || p->p > q->p) return p->p < q->p ? -1 : 1;
    return (p->task > q->task) - (p->task < q->task);
}

/* Standard error of a share of events, tasks of one occupation counting as one draw. sums: [n_occupations]. */
static double clustered_error(const pgdp_scoring *s, const forecast *f, size_t n, double observed, double *sums)
{
    double meat = 0, n_clusters = 0;
    for (size_t o = 0; o < s->list->n_occupations; o++)
        sums[o] = (double)NAN;
    for (size_t i = 0; i < n; i++) {
        double *sum = &sums[s->list->occupation[f[i].task]];
        const double event = (size_t)s->grades[f[i].task] >= s->threshold ? 1 : 0;
        *sum = (isnan(*sum) ? 0 : *sum) + event - observed;
    }
    for (size_t o = 0; o < s->list->n_occupations; o++) {
        if (isnan(sums[o])) continue;
        meat += sums[o] * sums[o];
        n_clusters += 1;
    }
    return n_clusters > 1 ? sqrt(meat * n_clusters / (n_clusters - 1)) / (double)n : (double)NAN;
}

static pgdp_status add_bin(pgdp_ctx *ctx, pgdp_scoring *s, size_t bin, const forecast *f, size_t n, double *sums)
{
    pgdp_frame *out = s->calibration;
    double predicted = 0, observed = 0;
    for (size_t i = 0; i < n; i++) {
        predicted += f[i].p / (double)n;
        observed += (size_t)s->grades[f[i].task] >= s->threshold ? 1 / (double)n : 0;
    }
    const double z = pgdp_normal_upper_quantile((1 - s->request.conf_level) / 2);
    const double error = clustered_error(s, f, n, observed, sums);
    PG_TRY(pgdp_frame_add_row(ctx, out));
    pgdp_frame_set_real(out, BIN, (double)(bin + 1));
    pgdp_frame_set_real(out, BIN_COUNT, (double)n);
    pgdp_frame_set_real(out, PREDICTED, predicted);
    pgdp_frame_set_real(out, OBSERVED, observed);
    pgdp_frame_set_real(out, LOW, fmax(observed - z * error, 0));
    pgdp_frame_set_real(out, HIGH, fmin(observed + z * error, 1));
    return PGDP_OK;
}

static pgdp_status write_calibration(pgdp_ctx *ctx, pgdp_scoring *s, const double *shares)
{
    forecast *f;
    double *sums;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, f, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *f));
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, s->list->n_occupations, sizeof *sums));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        f[n] = (forecast){ 0, i };
        for (size_t k = s->threshold; k < s->n_levels; k++)
            f[n].p += shares[i + k * s->list->n_tasks];
        n++;
    }
    qsort(f, n, sizeof *f, by_probability);
    PG_TRY(pg_frame_of(ctx, calibration_columns, N_CALIBRATION, N_BINS, &s->calibration));
    for (size_t b = 0; b < N_BINS; b++) {
        const size_t first = b * n / N_BINS, end = (b + 1) * n / N_BINS;
        if (end > first) PG_TRY(add_bin(ctx, s, b, f + first, end - first, sums));
    }
    return PGDP_OK;
}

static pgdp_status compare_baselines(pgdp_ctx *ctx, pgdp_scoring *s, double *shares)
{
    for (size_t b = 0; pg_baseline_at(b) != NULL; b++) {
        const pg_baseline *baseline = pg_baseline_at(b);
        if (baseline->column != NULL && pg_streq(baseline->column, s->request.grade)) continue;
        for (size_t f = 0; f < s->request.n_folds; f++) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            PG_TRY(baseline->forecast(ctx, s, baseline, f, shares));
            pg_arena_rewind(&ctx->scratch, mark);
        }
        PG_TRY(add_model(ctx, s, baseline->name, baseline->title, baseline->in_sample, shares));
    }
    return PGDP_OK;
}

pgdp_status pg_compare_models(pgdp_ctx *ctx, pgdp_scoring *s)
{
    double *shares;
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, s->list->n_tasks * s->n_levels, sizeof *shares));
    PG_TRY(pg_frame_of(ctx, comparison_columns, N_COMPARISON, 8, &s->comparison));
    link_job job = { s, shares };
    PG_TRY(pg_parallel(ctx, NULL, s->request.n_folds, relink_fold, &job));
    PG_TRY(add_model(ctx, s, "regression",
                     "Penalised ordered logit, calibrated with the activity mean on the other folds", false, shares));
    PG_TRY(write_calibration(ctx, s, shares));
    fold_shares(s, shares);
    PG_TRY(add_model(ctx, s, "ordered_logit", "Penalised ordered logit alone, as fitted", false, shares));
    return compare_baselines(ctx, s, shares);
}
