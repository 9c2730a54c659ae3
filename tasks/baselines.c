/* baselines.c  Base rate, the activity's mean, the occupation's mean, and another grader's label.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/baselines.h"

#include <math.h>

static bool is_test(const pg_test *test, size_t task)
{
    return test->v->fold[task] == test->fold;
}

/* Grades of the training tasks. */
static pg_tally training_tally(const pg_test *test)
{
    const pgdp_scoring *s = test->v->s;
    pg_tally tally = { .n = 0 };
    for (size_t i = 0; i < s->list->n_tasks; i++)
        if (s->grades[i] >= 0 && !test->held_out[i]) pg_tally_add(&tally, s->grades[i], 1);
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

static pgdp_status base_rate(pgdp_ctx *ctx, const pg_baseline *baseline, const pg_test *test, double *shares)
{
    (void)ctx;
    (void)baseline;
    double share[PG_MAX_GRADES];
    const pg_tally tally = training_tally(test);
    tally_shares(test->v->s, &tally, share);
    for (size_t i = 0; i < test->v->s->list->n_tasks; i++)
        if (is_test(test, i)) set_shares(test->v->s, i, share, shares);
    return PGDP_OK;
}

/* The mean of the hierarchy whose units are known, learnt outside the fold: the validation has it. */
static pgdp_status known_mean(pgdp_ctx *ctx, const pg_baseline *baseline, const pg_test *test, double *shares)
{
    (void)ctx;
    (void)baseline;
    const pgdp_scoring *s = test->v->s;
    for (size_t k = 0; k < s->n_levels; k++)
        for (size_t i = 0; i < s->list->n_tasks; i++)
            if (is_test(test, i)) shares[i + k * s->list->n_tasks] = test->v->known[i + k * s->list->n_tasks];
    return PGDP_OK;
}

/* Shares of a task's occupation without the task, pooled towards all: k by the variances of occupations' means. */
static pgdp_status occupation_mean(pgdp_ctx *ctx, const pg_baseline *baseline, const pg_test *test, double *shares)
{
    (void)baseline;
    const pgdp_scoring *s = test->v->s;
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
        if (!is_test(test, i) || s->grades[i] < 0) continue;
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
static pgdp_status other_grader(pgdp_ctx *ctx, const pg_baseline *baseline, const pg_test *test, double *shares)
{
    const pgdp_scoring *s = test->v->s;
    const pg_table table = pg_list_tasks(s->list);
    size_t column;
    PG_TRY(pg_table_texts(ctx, table, baseline->column, &column));
    const uint32_t *codes = pgdp_frame_codes(table.frame, column);
    const size_t n_labels = pgdp_frame_n_levels(table.frame, column);
    pg_tally *by_label;
    PG_TRY_ALLOC(ctx, by_label, pg_arena_alloc(&ctx->scratch, n_labels + 1, sizeof *by_label));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const uint32_t code = codes[s->list->row[i]];
        if (s->grades[i] < 0 || test->held_out[i]) continue;
        pg_tally_add(&by_label[n_labels], s->grades[i], 1);
        if (code != PGDP_NO_CODE) pg_tally_add(&by_label[code], s->grades[i], 1);
    }
    double share[PG_MAX_GRADES];
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const uint32_t code = codes[s->list->row[i]];
        if (!is_test(test, i)) continue;
        tally_shares(s, &by_label[code == PGDP_NO_CODE ? n_labels : code], share);
        set_shares(s, i, share, shares);
    }
    return PGDP_OK;
}

enum { BOTH = 1 << PG_NEW_OCCUPATION | 1 << PG_NEW_ACTIVITY };
static const pg_baseline baselines[] = {
    { "base_rate", "Base rate: the same shares of grades for every task", NULL, false, BOTH, base_rate },
    { "activity_mean", "Mean of the task's activities in other occupations, pooled up the hierarchy", NULL, false,
      1 << PG_NEW_OCCUPATION, known_mean },
    { "occupation_mean", "Mean of the occupation's tasks of other activities, pooled up the hierarchy", NULL, false,
      1 << PG_NEW_ACTIVITY, known_mean },
    { "gpt4_exposure_label", "GPT-4's exposure label of the task (E0, E1, E2), mapped to shares of grades",
      "gpt4_exposure", false, BOTH, other_grader },
    { "human_exposure_label", "People's exposure label of the task (E0, E1, E2), mapped to shares of grades",
      "human_exposure", false, BOTH, other_grader },
    { "gpt4_rerun_label", "GPT-4's automation grade in another run, mapped to shares of grades",
      "gpt4_automation_rerun", false, BOTH, other_grader },
    { "occupation_mean", "Mean of the occupation's other tasks (in sample: a new occupation has none)", NULL, true,
      1 << PG_NEW_OCCUPATION, occupation_mean },
};

const pg_baseline *pg_baseline_at(size_t i)
{
    return i < sizeof baselines / sizeof *baselines ? &baselines[i] : NULL;
}

pgdp_status pg_baseline_shares(pgdp_ctx *ctx, const pg_validation *v, const pg_baseline *baseline, double *shares)
{
    bool *held, *held_out;
    PG_TRY_ALLOC(ctx, held, pg_arena_alloc(&ctx->scratch, v->n_folds, sizeof *held));
    PG_TRY_ALLOC(ctx, held_out, pg_arena_alloc(&ctx->scratch, v->s->list->n_tasks, sizeof *held_out));
    for (size_t f = 0; f < v->n_folds; f++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        for (size_t g = 0; g < v->n_folds; g++)
            held[g] = g == f;
        pg_held_out(v, held, held_out);
        PG_TRY(baseline->forecast(ctx, baseline, &(pg_test){ v, held_out, f }, shares));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}
