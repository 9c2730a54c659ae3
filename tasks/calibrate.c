/* calibrate.c  From an index to calibrated probabilities: for each cut a logit on the out-of-fold index and on what the
 * task's activities show in other occupations.
 * Source: Platt (1999), Advances in Large Margin Classifiers, 61-74; Wolpert (1992), Neural Networks 5, 241-259.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "tasks/scoring.h"

/* Rows to fit links on. */
typedef struct graded {
    double *event; /* [n], filled for one cut at a time */
    double *x;     /* [n x PG_LINK_TERMS] */
    size_t *task, *occupation;
    size_t n;
} graded;

pgdp_status pg_activity_logits(pgdp_ctx *ctx, const pgdp_scoring *s, const bool *held_out, double *out)
{
    const size_t n = s->list->n_tasks;
    const pg_lesson lesson = { s->grades, s->n_levels, held_out };
    double *shares;
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, n * s->n_levels, sizeof *shares));
    PG_TRY(pg_encode_shares(ctx, s->list, &s->features.chains[0], &lesson, shares));
    for (size_t i = 0; i < n; i++) {
        double below = 0, above = 0;
        for (size_t k = 0; k < s->n_cuts; k++) {
            below = above = 0;
            for (size_t g = 0; g < s->n_levels; g++)
                *(g <= k ? &below : &above) += shares[i + g * n];
            out[i + k * n] = log(above / below);
        }
    }
    return PGDP_OK;
}

static pgdp_status collect(pgdp_ctx *ctx, const pgdp_scoring *s, size_t but_fold, graded *out)
{
    *out = (graded){ .n = 0 };
    PG_TRY_ALLOC(ctx, out->task, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *out->task));
    PG_TRY_ALLOC(ctx, out->occupation, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *out->occupation));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const size_t occupation = s->list->occupation[i];
        if (s->grades[i] < 0 || s->fold[occupation] == but_fold) continue;
        out->task[out->n] = i;
        out->occupation[out->n++] = occupation;
    }
    PG_TRY_ALLOC(ctx, out->event, pg_arena_alloc(&ctx->scratch, out->n, sizeof *out->event));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, out->n * PG_LINK_TERMS, sizeof *out->x));
    return PGDP_OK;
}

static void fill_cut(const pgdp_scoring *s, size_t k, const graded *g)
{
    for (size_t r = 0; r < g->n; r++) {
        const size_t task = g->task[r];
        g->event[r] = (size_t)s->grades[task] > k ? 1 : 0;
        g->x[r] = 1;
        g->x[r + g->n] = s->out_index[task];
        g->x[r + 2 * g->n] = s->out_activity[task + k * s->list->n_tasks];
    }
}

static pgdp_status fit_cut(pgdp_ctx *ctx, const graded *g, pg_link *out)
{
    static const char *const terms[PG_LINK_TERMS] = { "(Intercept)", "index", "activity" };
    const size_t *const clusters[] = { g->occupation };
    const pgdp_design design = {
        .y = { g->event, g->n },
        .x = { g->x, g->n, PG_LINK_TERMS },
        .terms = terms,
        .constant = 0,
        .cluster = clusters,
        .n_clusterings = 1,
    };
    pgdp_fit *fit;
    const pgdp_status status = pgdp_fit_new(ctx, "logit", "cluster", &design, NULL, &fit);
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "scoring: calibration: ");
    memcpy(out->estimate, pgdp_fit_estimate(fit).x, sizeof out->estimate);
    memcpy(out->vcov, pgdp_fit_vcov(fit).x, sizeof out->vcov);
    pgdp_fit_free(fit);
    return PGDP_OK;
}

pgdp_status pg_calibrate(pgdp_ctx *ctx, const pgdp_scoring *s, size_t but_fold, pg_link *links)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    graded g;
    PG_TRY(collect(ctx, s, but_fold, &g));
    for (size_t k = 0; k < s->n_cuts; k++) {
        fill_cut(s, k, &g);
        PG_TRY(fit_cut(ctx, &g, &links[k]));
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

void pg_link_shares(const pgdp_scoring *s, const pg_link *links, double index, const double *activity, double *shares)
{
    double above[PG_MAX_GRADES + 1] = { 1 };
    for (size_t k = 0; k < s->n_cuts; k++)
        above[k + 1] = pg_logistic(links[k].estimate[0] + links[k].estimate[1] * index +
                                   links[k].estimate[2] * activity[k * s->list->n_tasks]);
    for (size_t k = s->threshold; k-- > 1;)
        above[k] = fmax(above[k], above[k + 1]);
    for (size_t k = s->threshold + 1; k < s->n_levels; k++)
        above[k] = fmin(above[k], above[k - 1]);
    above[s->n_levels] = 0;
    for (size_t k = 0; k < s->n_levels; k++)
        shares[k] = above[k] - above[k + 1];
}
