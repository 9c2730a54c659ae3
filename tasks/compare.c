/* compare.c  The model, its rivals and the baselines on the same out-of-fold tasks, and intervals of their differences.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/random.h"
#include "core/text.h"
#include "tasks/baselines.h"
#include "tasks/percentile.h"

enum { MODEL, TITLE, JUDGED, COUNT, LOG_LOSS, BRIER, RPS, AUC, ACCURACY, SPEARMAN, ECE, N_COMPARISON };
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
    [SPEARMAN] = PG_REAL_COLUMN("spearman", ""),
    [ECE] = PG_REAL_COLUMN("ece", "share"),
};
enum { D_MODEL, D_JUDGED, D_MEASURE, D_DIFFERENCE, D_LOW, D_HIGH, D_CLUSTERS, N_DIFFERENCES };
static const pgdp_column difference_columns[N_DIFFERENCES] = {
    [D_MODEL] = PG_TEXT_COLUMN("model"),
    [D_JUDGED] = PG_TEXT_COLUMN("judged"),
    [D_MEASURE] = PG_TEXT_COLUMN("measure"),
    [D_DIFFERENCE] = PG_REAL_COLUMN("difference", ""),
    [D_LOW] = PG_REAL_COLUMN("conf_low", ""),
    [D_HIGH] = PG_REAL_COLUMN("conf_high", ""),
    [D_CLUSTERS] = PG_REAL_COLUMN("n_clusters", ""),
};
static const char *const judged[PG_N_REGIMES] = { "out of fold", "out of fold, new activities" };
static const char *const measures[PG_N_LOSSES] = { "log_loss", "brier", "rps" };

enum { MOST_RIVALS = 16 };
/* A race in one regime: sums by cluster of what each rival loses less than the model. */
typedef struct race {
    pgdp_scoring *s;
    const pg_validation *v;
    size_t n_clusters, n_rivals;
    double *n;   /* [n_clusters] graded tasks */
    double *sum; /* [MOST_RIVALS * PG_N_LOSSES x n_clusters] model's loss less the rival's */
    const char *name[MOST_RIVALS], *how[MOST_RIVALS];
} race;

/* The unit that a task's fold holds whole. */
static size_t cluster_of(const race *r, size_t task)
{
    const pgdp_task_list *list = r->s->list;
    return r->v->regime == PG_NEW_ACTIVITY ? list->activity[list->first_link[task]] : list->occupation[task];
}

static pgdp_status add_row(pgdp_ctx *ctx, pgdp_frame *out, const char *name, const char *title, const char *how,
                           const pg_metrics *m)
{
    PG_TRY(pgdp_frame_add_row(ctx, out));
    PG_TRY(pg_set_text(ctx, out, MODEL, name));
    PG_TRY(pg_set_text(ctx, out, TITLE, title));
    PG_TRY(pg_set_text(ctx, out, JUDGED, how));
    const double values[] = { m->n, m->log_loss, m->brier, m->rps, m->auc, m->accuracy, m->spearman, m->ece };
    for (size_t j = COUNT; j < N_COMPARISON; j++)
        pgdp_frame_set_real(out, j, values[j - COUNT]);
    return PGDP_OK;
}

static void add_losses(race *r, const double *shares, const char *name, const char *how)
{
    const pgdp_scoring *s = r->s;
    double own[PG_N_LOSSES], other[PG_N_LOSSES];
    if (r->n_rivals == MOST_RIVALS) return;
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        double *sum = r->sum + (cluster_of(r, i) * MOST_RIVALS + r->n_rivals) * PG_N_LOSSES;
        pg_losses_of(s, r->v->shares, i, own);
        pg_losses_of(s, shares, i, other);
        for (size_t l = 0; l < PG_N_LOSSES; l++)
            sum[l] += own[l] - other[l];
    }
    r->how[r->n_rivals] = how;
    r->name[r->n_rivals++] = name;
}

static pgdp_status enter(pgdp_ctx *ctx, race *r, const char *name, const char *title, bool in_sample,
                         const double *shares)
{
    pg_metrics m;
    PG_TRY(pg_metrics_of(ctx, r->s, shares, &m));
    const char *how = in_sample ? "in sample" : judged[r->v->regime];
    if (shares != r->v->shares) add_losses(r, shares, name, how);
    return add_row(ctx, r->s->comparison, name, title, how, &m);
}

static pgdp_status enter_baselines(pgdp_ctx *ctx, race *r)
{
    const pgdp_scoring *s = r->s;
    double *shares;
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, s->list->n_tasks * s->n_levels, sizeof *shares));
    for (size_t b = 0; pg_baseline_at(b) != NULL; b++) {
        const pg_baseline *baseline = pg_baseline_at(b);
        if ((baseline->regimes & 1u << r->v->regime) == 0) continue;
        if (baseline->column != NULL && (pg_streq(baseline->column, s->request.grade) ||
                                         pgdp_frame_find(s->list->inputs.tasks, baseline->column) == PGDP_NONE))
            continue;
        PG_TRY(pg_baseline_shares(ctx, r->v, baseline, shares));
        PG_TRY(enter(ctx, r, baseline->name, baseline->title, baseline->in_sample, shares));
    }
    return PGDP_OK;
}

/* Rivals choose their penalty and link by the folds that judge them: their small advantage. */
static pgdp_status enter_rivals(pgdp_ctx *ctx, race *r)
{
    const char *const *names = r->s->request.rivals;
    for (size_t i = 0; names != NULL && names[i] != NULL; i++) {
        pg_validation v = { .s = r->s, .regime = r->v->regime, .n_folds = r->v->n_folds };
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(pg_task_model_find(ctx, names[i], &v.model));
        if (v.model == r->s->model) continue;
        PG_TRY(pg_validate(ctx, &ctx->scratch, &v));
        PG_TRY(enter(ctx, r, v.model->name, v.model->title, false, v.shares));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* Draws of clusters with replacement: mean differences of every rival, [n_draws] each. */
static void draw_differences(const race *r, size_t n_draws, double *out)
{
    const size_t m = MOST_RIVALS * PG_N_LOSSES;
    for (size_t d = 0; d < n_draws; d++) {
        pg_random stream = pg_random_stream(r->s->request.seed, "differences", (uint32_t)d);
        double sum[MOST_RIVALS * PG_N_LOSSES] = { 0 }, n = 0;
        for (size_t c = 0; c < r->n_clusters; c++) {
            const size_t drawn = pg_random_index(&stream, r->n_clusters);
            n += r->n[drawn];
            for (size_t j = 0; j < r->n_rivals * PG_N_LOSSES; j++)
                sum[j] += r->sum[drawn * m + j];
        }
        for (size_t j = 0; j < r->n_rivals * PG_N_LOSSES; j++)
            out[d + j * n_draws] = n > 0 ? sum[j] / n : 0;
    }
}

/* Clusters without graded tasks are none. */
static void pack_clusters(race *r)
{
    const size_t m = MOST_RIVALS * PG_N_LOSSES;
    size_t n = 0;
    for (size_t c = 0; c < r->n_clusters; c++) {
        if (r->n[c] < 0.5) continue;
        r->n[n] = r->n[c];
        for (size_t j = 0; j < m; j++)
            r->sum[n * m + j] = r->sum[c * m + j];
        n++;
    }
    r->n_clusters = n;
}

static pgdp_status write_differences(pgdp_ctx *ctx, race *r)
{
    const size_t n_draws = r->s->request.n_draws, m = MOST_RIVALS * PG_N_LOSSES;
    pgdp_frame *out = r->s->differences;
    double *draws;
    pack_clusters(r);
    PG_TRY_ALLOC(ctx, draws, pg_arena_alloc(&ctx->scratch, n_draws * m, sizeof *draws));
    draw_differences(r, n_draws, draws);
    for (size_t j = 0; j < r->n_rivals * PG_N_LOSSES; j++) {
        double sum = 0, n = 0;
        for (size_t c = 0; c < r->n_clusters; c++) {
            sum += r->sum[c * m + j];
            n += r->n[c];
        }
        const double low = pg_percentile(draws + j * n_draws, n_draws, (1 - r->s->request.conf_level) / 2);
        const double high = pg_percentile(draws + j * n_draws, n_draws, (1 + r->s->request.conf_level) / 2);
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, D_MODEL, r->name[j / PG_N_LOSSES]));
        PG_TRY(pg_set_text(ctx, out, D_JUDGED, r->how[j / PG_N_LOSSES]));
        PG_TRY(pg_set_text(ctx, out, D_MEASURE, measures[j % PG_N_LOSSES]));
        const double values[] = { sum / n, low, high, (double)r->n_clusters };
        for (size_t k = D_DIFFERENCE; k < N_DIFFERENCES; k++)
            pgdp_frame_set_real(out, k, values[k - D_DIFFERENCE]);
    }
    return PGDP_OK;
}

static pgdp_status run_race(pgdp_ctx *ctx, pgdp_scoring *s, const pg_validation *v)
{
    race r = { .s = s, .v = v };
    r.n_clusters = v->regime == PG_NEW_ACTIVITY ? s->list->n_activities + 1 : s->list->n_occupations;
    PG_TRY_ALLOC(ctx, r.n, pg_arena_alloc(&ctx->scratch, r.n_clusters, sizeof *r.n));
    PG_TRY_ALLOC(ctx, r.sum, pg_arena_alloc(&ctx->scratch, r.n_clusters * MOST_RIVALS * PG_N_LOSSES, sizeof *r.sum));
    for (size_t i = 0; i < s->list->n_tasks; i++)
        r.n[cluster_of(&r, i)] += s->grades[i] >= 0 ? 1 : 0;
    char *title;
    PG_TRY_ALLOC(ctx, title,
                 pg_arena_printf(&ctx->scratch, "%s, calibrated with the known hierarchy's mean", s->model->title));
    PG_TRY(enter(ctx, &r, "regression", title, false, v->shares));
    PG_TRY_ALLOC(ctx, title, pg_arena_printf(&ctx->scratch, "%s, alone, as fitted", s->model->title));
    PG_TRY(enter(ctx, &r, "model_alone", title, false, v->alone));
    PG_TRY(enter_rivals(ctx, &r));
    PG_TRY(enter_baselines(ctx, &r));
    return write_differences(ctx, &r);
}

/* What an exposure label says of a task's share, as beta does: E1 1, E2 one half. */
static double exposure(const char *label)
{
    return label == NULL ? (double)NAN : pg_streq(label, "E1") ? 1 : pg_streq(label, "E2") ? 0.5 : 0;
}

/* How far people and GPT-4 agree on three classes: what an accuracy may be held against. */
static pgdp_status add_graders(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const pgdp_frame *tasks = s->list->inputs.tasks;
    const size_t people = pgdp_frame_find(tasks, "human_exposure"), model = pgdp_frame_find(tasks, "gpt4_exposure");
    const double none = (double)NAN;
    double *a, *b, same = 0;
    size_t n = 0;
    if (people == PGDP_NONE || model == PGDP_NONE) return PGDP_OK;
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *a));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, s->list->n_tasks, sizeof *b));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        a[n] = exposure(pgdp_frame_text(tasks, people, s->list->row[i]));
        b[n] = exposure(pgdp_frame_text(tasks, model, s->list->row[i]));
        if (isnan(a[n]) || isnan(b[n])) continue;
        same += fabs(a[n] - b[n]) < 0.25 ? 1 : 0;
        n++;
    }
    if (n == 0) return PGDP_OK;
    pg_metrics m = { (double)n, none, none, none, none, same / (double)n, none, none };
    PG_TRY(pg_spearman(ctx, a, b, n, &m.spearman));
    return add_row(
        ctx, s->comparison, "people_and_gpt4",
        "Not of this grade: share of tasks to which people and GPT-4 give the same exposure label (E0, E1, E2)",
        "two graders", &m);
}

pgdp_status pg_compare_models(pgdp_ctx *ctx, pgdp_scoring *s)
{
    PG_TRY(pg_frame_of(ctx, comparison_columns, N_COMPARISON, 16, &s->comparison));
    PG_TRY(pg_frame_of(ctx, difference_columns, N_DIFFERENCES, 64, &s->differences));
    for (size_t r = 0; r < PG_N_REGIMES; r++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(run_race(ctx, s, &s->validation[r]));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return add_graders(ctx, s);
}
