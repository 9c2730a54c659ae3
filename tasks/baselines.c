/* baselines.c  Base rate, the activity's mean, the occupation's mean, and another grader's label.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/baselines.h"

#include <math.h>

static bool is_test(const pgdp_scoring *s, size_t task, size_t fold)
{
    return s->fold[s->list->occupation[task]] == fold;
}

/* Grades of the training tasks. */
static pg_tally training_tally(const pgdp_scoring *s, size_t fold)
{
    pg_tally tally = { .n = 0 };
    for (size_t i = 0; i < s->list->n_tasks; i++)
        if (s->grades[i] >= 0 && !is_test(s, i, fold)) pg_tally_add(&tally, s->grades[i], 1);
    return tally;
}

/* One half of an observation a grade (Jeffreys' prior). */
static void tally_shares(const pgdp_scoring *s, const pg_tally *tally, double *share)
{
    for (size_t k = 0; k < s->n_levels; k++)
        share[k] = (tally->count[k] + 0.5) / (tally->n + 0.5 * (double)s->n_levels);
}

static void set_shares(const pgdp_scoring *s, size_t task, const double *share, double *shares)
{
    for (size_t k = 0; k < s->n_levels; k++)
        shares[task + k * s->list->n_tasks] = share[k];
}

static pgdp_status base_rate(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_baseline *baseline, size_t fold,
                             double *shares)
{
    (void)ctx;
    (void)baseline;
    double share[PG_MAX_GRADES];
    const pg_tally tally = training_tally(s, fold);
    tally_shares(s, &tally, share);
    for (size_t i = 0; i < s->list->n_tasks; i++)
        if (is_test(s, i, fold)) set_shares(s, i, share, shares);
    return PGDP_OK;
}

static pgdp_status activity_mean(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_baseline *baseline, size_t fold,
                                 double *shares)
{
    (void)baseline;
    const size_t n = s->list->n_tasks;
    double *all, share[PG_MAX_GRADES];
    bool *held_out;
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, n * s->n_levels, sizeof *all));
    PG_TRY_ALLOC(ctx, held_out, pg_arena_alloc(&ctx->scratch, s->list->n_occupations, sizeof *held_out));
    for (size_t o = 0; o < s->list->n_occupations; o++)
        held_out[o] = s->fold[o] == fold;
    const pg_lesson lesson = { s->grades, s->n_levels, held_out };
    PG_TRY(pg_encode_shares(ctx, s->list, &s->features.chains[0], &lesson, all));
    for (size_t i = 0; i < n; i++) {
        if (!is_test(s, i, fold)) continue;
        for (size_t k = 0; k < s->n_levels; k++)
            share[k] = all[i + k * n];
        set_shares(s, i, share, shares);
    }
    return PGDP_OK;
}

/* Shares of a task's occupation without the task, pooled towards all: k by the variances of occupations' means. */
static pgdp_status occupation_mean(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_baseline *baseline, size_t fold,
                                   double *shares)
{
    (void)baseline;
    pg_tally *nodes, all = { .n = 0 };
    double overall[PG_MAX_GRADES], share[PG_MAX_GRADES], within, between;
    PG_TRY_ALLOC(ctx, nodes, pg_arena_alloc(&ctx->scratch, s->list->n_occupations, sizeof *nodes));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (s->grades[i] < 0) continue;
        pg_tally_add(&nodes[s->list->occupation[i]], s->grades[i], 1);
        pg_tally_add(&all, s->grades[i], 1);
    }
    pg_tally_variances(nodes, s->list->n_occupations, &all, &within, &between);
    const double k = pg_pooling(within, between);
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        if (!is_test(s, i, fold) || s->grades[i] < 0) continue;
        pg_tally rest = all, own = nodes[s->list->occupation[i]];
        pg_tally_add(&rest, s->grades[i], -1);
        pg_tally_add(&own, s->grades[i], -1);
        tally_shares(s, &rest, overall);
        for (size_t g = 0; g < s->n_levels; g++)
            share[g] = (own.count[g] + k * overall[g]) / (own.n + k);
        set_shares(s, i, share, shares);
    }
    return PGDP_OK;
}

/* Shares of grades among training tasks with the same label of another grader; without a label: all. */
static pgdp_status other_grader(pgdp_ctx *ctx, const pgdp_scoring *s, const pg_baseline *baseline, size_t fold,
                                double *shares)
{
    const pg_table table = pg_list_tasks(s->list);
    size_t column;
    PG_TRY(pg_table_texts(ctx, table, baseline->column, &column));
    const uint32_t *codes = pgdp_frame_codes(table.frame, column);
    const size_t n_labels = pgdp_frame_n_levels(table.frame, column);
    pg_tally *by_label;
    PG_TRY_ALLOC(ctx, by_label, pg_arena_alloc(&ctx->scratch, n_labels + 1, sizeof *by_label));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const uint32_t code = codes[s->list->row[i]];
        if (s->grades[i] < 0 || is_test(s, i, fold)) continue;
        pg_tally_add(&by_label[n_labels], s->grades[i], 1);
        if (code != PGDP_NO_CODE) pg_tally_add(&by_label[code], s->grades[i], 1);
    }
    double share[PG_MAX_GRADES];
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const uint32_t code = codes[s->list->row[i]];
        if (!is_test(s, i, fold)) continue;
        tally_shares(s, &by_label[code == PGDP_NO_CODE ? n_labels : code], share);
        set_shares(s, i, share, shares);
    }
    return PGDP_OK;
}

static const pg_baseline baselines[] = {
    { "base_rate", "Base rate: the same shares of grades for every task", NULL, false, base_rate },
    { "activity_mean", "Mean of the task's activities in other occupations, pooled up the hierarchy", NULL, false,
      activity_mean },
    { "gpt4_exposure_label", "GPT-4's exposure label of the task (E0, E1, E2), mapped to shares of grades",
      "gpt4_exposure", false, other_grader },
    { "human_exposure_label", "People's exposure label of the task (E0, E1, E2), mapped to shares of grades",
      "human_exposure", false, other_grader },
    { "occupation_mean", "Mean of the occupation's other tasks (in sample: a new occupation has none)", NULL, true,
      occupation_mean },
};

const pg_baseline *pg_baseline_at(size_t i)
{
    return i < sizeof baselines / sizeof *baselines ? &baselines[i] : NULL;
}
