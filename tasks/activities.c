/* activities.c  What an activity's tasks say about it: amounts, labels, and whether AI does it end to end.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "tasks/scoring.h"

pgdp_status pg_group_links(pgdp_ctx *ctx, const pgdp_task_list *list, pg_by_activity *out)
{
    size_t *next;
    PG_TRY_ALLOC(ctx, out->first, pg_arena_alloc(&ctx->scratch, list->n_activities + 2, sizeof *out->first));
    PG_TRY_ALLOC(ctx, out->link, pg_arena_alloc(&ctx->scratch, list->n_links, sizeof *out->link));
    PG_TRY_ALLOC(ctx, out->task, pg_arena_alloc(&ctx->scratch, list->n_links, sizeof *out->task));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, list->n_activities + 1, sizeof *next));
    for (size_t l = 0; l < list->n_links; l++)
        out->first[list->activity[l] + 1]++;
    for (size_t a = 0; a <= list->n_activities; a++) {
        out->first[a + 1] += out->first[a];
        next[a] = out->first[a];
    }
    for (size_t i = 0; i < list->n_tasks; i++)
        for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++) {
            const size_t at = next[list->activity[l]]++;
            out->link[at] = l;
            out->task[at] = i;
        }
    return PGDP_OK;
}

void pg_time_weights(const pgdp_scoring *s, const pg_by_activity *links, double *weights)
{
    for (size_t a = 0; a <= s->list->n_activities; a++) {
        double heads = 0;
        for (size_t k = links->first[a]; k < links->first[a + 1]; k++)
            heads += s->grades[links->task[k]] < 0 ? 0 : s->list->link_employment[links->link[k]];
        for (size_t k = links->first[a]; k < links->first[a + 1]; k++) {
            const double own = heads > 0 ? s->list->link_employment[links->link[k]] : 1;
            weights[k] = s->grades[links->task[k]] < 0 ? 0 : own;
        }
    }
}

static void count_links(const pgdp_scoring *s, const pg_by_activity *links, size_t a, pg_activity_state *out)
{
    for (size_t k = links->first[a]; k < links->first[a + 1]; k++) {
        const int grade = s->grades[links->task[k]];
        out->n_tasks += 1;
        out->n_graded += grade >= 0 ? 1 : 0;
        out->n_below += grade >= 0 && (size_t)grade < s->threshold ? 1 : 0;
        out->employment += s->list->link_employment[links->link[k]];
        out->wage_bill += s->list->link_wage_bill[links->link[k]];
    }
    out->done_by_labels = out->n_graded > 0.5 && out->n_below < 0.5;
}

/* The residual, tasks without an activity, is no activity that could be done: it has amounts and no verdict. */
pgdp_status pg_judge_activities(pgdp_ctx *ctx, pgdp_scoring *s)
{
    const size_t n = s->list->n_activities;
    pg_by_activity links;
    pg_group group = { .n = 0 };
    double *weights;
    PG_TRY(pg_group_links(ctx, s->list, &links));
    PG_TRY_ALLOC(ctx, weights, pg_arena_alloc(&ctx->scratch, s->list->n_links, sizeof *weights));
    PG_TRY_ALLOC(ctx, group.tasks, pg_arena_alloc(&ctx->scratch, s->list->n_links, sizeof *group.tasks));
    PG_TRY_ALLOC(ctx, group.weights, pg_arena_alloc(&ctx->scratch, s->list->n_links, sizeof *group.weights));
    PG_TRY_ALLOC(ctx, s->activity, pg_arena_alloc(&s->arena, n + 1, sizeof *s->activity));
    pg_time_weights(s, &links, weights);
    for (size_t a = 0; a <= n; a++) {
        pg_activity_state *state = &s->activity[a];
        count_links(s, &links, a, state);
        state->probability = (pg_probability){ (double)NAN, (double)NAN };
        state->done_by_labels = state->done_by_labels && a < n;
        if (state->n_graded < 0.5 || a == n) continue;
        group.n = 0;
        for (size_t k = links.first[a]; k < links.first[a + 1]; k++) {
            if (s->grades[links.task[k]] < 0) continue;
            group.tasks[group.n] = links.task[k];
            group.weights[group.n++] = weights[k];
        }
        PG_TRY(pg_group_probability(ctx, s, &group, &state->probability));
        state->done = state->probability.mean >= s->request.majority;
    }
    return PGDP_OK;
}
