/* scored_tasks.c  The scored tasks and activities as frames.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tasks/scoring.h"

enum {
    TASK_ID,
    ONET_SOC,
    TITLE,
    DWA_ID,
    ACTIVITY,
    TASK_TYPE,
    GRADE,
    PROBABILITY,
    LOW,
    HIGH,
    PREDICTED,
    SHARE,
    EMPLOYMENT,
    HOURS,
    WAGE_BILL,
    SET_LOW,
    SET_HIGH,
    N_TASK_COLUMNS
};
static const pgdp_column task_columns[N_TASK_COLUMNS] = {
    [TASK_ID] = PG_REAL_COLUMN("task_id", ""),
    [ONET_SOC] = PG_TEXT_COLUMN("onet_soc"),
    [TITLE] = PG_TEXT_COLUMN("title"),
    [DWA_ID] = PG_TEXT_COLUMN("dwa_id"),
    [ACTIVITY] = PG_TEXT_COLUMN("activity"),
    [TASK_TYPE] = PG_TEXT_COLUMN("task_type"),
    [GRADE] = PG_TEXT_COLUMN("grade"),
    [PROBABILITY] = PG_REAL_COLUMN("probability", "share"),
    [LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [PREDICTED] = PG_TEXT_COLUMN("predicted"),
    [SHARE] = PG_REAL_COLUMN("share", "share"),
    [EMPLOYMENT] = PG_REAL_COLUMN("employment", "heads"),
    [HOURS] = PG_REAL_COLUMN("hours", "hours"),
    [WAGE_BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd"),
    [SET_LOW] = PG_TEXT_COLUMN("set_low"),
    [SET_HIGH] = PG_TEXT_COLUMN("set_high"),
};

/* The grade of highest probability. */
static size_t predicted_grade(const double *share, size_t n_levels)
{
    size_t mode = 0;
    for (size_t k = 1; k < n_levels; k++)
        if (share[k] > share[mode]) mode = k;
    return mode;
}

/* The calibrated distribution of one task's grade. */
static void task_shares(const pgdp_scoring *s, size_t task, double *share)
{
    double model[PG_MAX_GRADES];
    for (size_t k = 0; k < s->n_levels; k++)
        model[k] = s->shares[task + k * s->list->n_tasks];
    pg_pooled_shares(s, pg_task_probability(s, task).mean, model, s->known + task, share);
}

static pgdp_status add_task_texts(pgdp_ctx *ctx, const pgdp_scoring *s, size_t i, pgdp_frame *out)
{
    double share[PG_MAX_GRADES];
    size_t low, high;
    const pgdp_task_list *list = s->list;
    const pg_occupation *o = &list->occupations[list->occupation[i]];
    const pg_activity *activity = &list->activities[list->activity[list->first_link[i]]];
    const char *type =
        pgdp_frame_text(list->inputs.tasks, pgdp_frame_find(list->inputs.tasks, "task_type"), list->row[i]);
    PG_TRY(pg_set_text(ctx, out, ONET_SOC, o->onet_soc));
    PG_TRY(pg_set_text(ctx, out, TITLE, o->title));
    PG_TRY(pg_set_text(ctx, out, DWA_ID, activity->id[PG_DWA]));
    PG_TRY(pg_set_text(ctx, out, ACTIVITY, activity->title[PG_DWA]));
    PG_TRY(pg_set_text(ctx, out, TASK_TYPE, type));
    if (s->grades[i] >= 0) PG_TRY(pg_set_text(ctx, out, GRADE, s->request.levels[s->grades[i]]));
    task_shares(s, i, share);
    pg_conformal_set(share, s->n_levels, s->set_mass, &low, &high);
    PG_TRY(pg_set_text(ctx, out, SET_LOW, s->request.levels[low]));
    PG_TRY(pg_set_text(ctx, out, SET_HIGH, s->request.levels[high]));
    return pg_set_text(ctx, out, PREDICTED, s->request.levels[predicted_grade(share, s->n_levels)]);
}

static pgdp_status write_tasks(pgdp_ctx *ctx, const pgdp_scoring *s, pgdp_frame *out)
{
    const pgdp_task_list *list = s->list;
    for (size_t i = 0; i < list->n_tasks; i++) {
        const pg_probability p = pg_task_probability(s, i);
        double low, high;
        pg_probability_interval(p, s->request.conf_level, &low, &high);
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(add_task_texts(ctx, s, i, out));
        pgdp_frame_set_real(out, TASK_ID, list->task_id[i]);
        pgdp_frame_set_real(out, PROBABILITY, p.mean);
        pgdp_frame_set_real(out, LOW, low);
        pgdp_frame_set_real(out, HIGH, high);
        pgdp_frame_set_real(out, SHARE, list->share[i]);
        if (list->occupations[list->occupation[i]].wage == PGDP_NONE) continue;
        pgdp_frame_set_real(out, EMPLOYMENT, list->employment[i]);
        pgdp_frame_set_real(out, HOURS, list->hours[i]);
        pgdp_frame_set_real(out, WAGE_BILL, list->wage_bill[i]);
    }
    return PGDP_OK;
}

enum {
    A_DWA_ID,
    A_TITLE,
    A_IWA,
    A_GWA,
    A_N_TASKS,
    A_GRADED,
    A_PROBABILITY,
    A_LOW,
    A_HIGH,
    A_DONE,
    A_LABELS,
    A_EMPLOYMENT,
    A_HOURS,
    A_WAGE_BILL,
    N_ACTIVITY_COLUMNS
};
static const pgdp_column activity_columns[N_ACTIVITY_COLUMNS] = {
    [A_DWA_ID] = PG_TEXT_COLUMN("dwa_id"),
    [A_TITLE] = PG_TEXT_COLUMN("title"),
    [A_IWA] = PG_TEXT_COLUMN("iwa"),
    [A_GWA] = PG_TEXT_COLUMN("gwa"),
    [A_N_TASKS] = PG_REAL_COLUMN("n_tasks", "tasks"),
    [A_GRADED] = PG_REAL_COLUMN("graded_share", "share"),
    [A_PROBABILITY] = PG_REAL_COLUMN("probability", "share"),
    [A_LOW] = PG_REAL_COLUMN("conf_low", "share"),
    [A_HIGH] = PG_REAL_COLUMN("conf_high", "share"),
    [A_DONE] = PG_REAL_COLUMN("done", "0 or 1"),
    [A_LABELS] = PG_REAL_COLUMN("done_by_labels", "0 or 1"),
    [A_EMPLOYMENT] = PG_REAL_COLUMN("employment", "heads"),
    [A_HOURS] = PG_REAL_COLUMN("hours", "hours"),
    [A_WAGE_BILL] = PG_REAL_COLUMN("wage_bill_usd", "usd"),
};

static void set_verdict(const pgdp_scoring *s, const pg_activity_state *state, pgdp_frame *out)
{
    double low, high;
    if (isnan(state->probability.mean)) return;
    pg_probability_interval(state->probability, s->request.conf_level, &low, &high);
    pgdp_frame_set_real(out, A_PROBABILITY, state->probability.mean);
    pgdp_frame_set_real(out, A_LOW, low);
    pgdp_frame_set_real(out, A_HIGH, high);
    pgdp_frame_set_real(out, A_DONE, state->done ? 1 : 0);
    pgdp_frame_set_real(out, A_LABELS, state->done_by_labels ? 1 : 0);
}

static pgdp_status write_activities(pgdp_ctx *ctx, const pgdp_scoring *s, pgdp_frame *out)
{
    for (size_t a = 0; a <= s->list->n_activities; a++) {
        const pg_activity_state *state = &s->activity[a];
        const pg_activity *activity = &s->list->activities[a];
        PG_TRY(pgdp_frame_add_row(ctx, out));
        PG_TRY(pg_set_text(ctx, out, A_DWA_ID, activity->id[PG_DWA]));
        PG_TRY(pg_set_text(ctx, out, A_TITLE, activity->title[PG_DWA]));
        PG_TRY(pg_set_text(ctx, out, A_IWA, activity->title[PG_IWA]));
        PG_TRY(pg_set_text(ctx, out, A_GWA, activity->title[PG_GWA]));
        pgdp_frame_set_real(out, A_N_TASKS, state->n_tasks);
        pgdp_frame_set_real(out, A_GRADED, state->n_tasks > 0 ? state->n_graded / state->n_tasks : (double)NAN);
        pgdp_frame_set_real(out, A_EMPLOYMENT, state->employment);
        pgdp_frame_set_real(out, A_HOURS, state->employment * PG_HOURS_A_YEAR);
        pgdp_frame_set_real(out, A_WAGE_BILL, state->wage_bill);
        set_verdict(s, state, out);
    }
    return PGDP_OK;
}

pgdp_status pg_write_scores(pgdp_ctx *ctx, pgdp_scoring *s)
{
    PG_TRY(pg_frame_of(ctx, task_columns, N_TASK_COLUMNS, s->list->n_tasks, &s->tasks));
    PG_TRY(pg_frame_of(ctx, activity_columns, N_ACTIVITY_COLUMNS, s->list->n_activities + 1, &s->activities));
    PG_TRY(write_tasks(ctx, s, s->tasks));
    return write_activities(ctx, s, s->activities);
}
