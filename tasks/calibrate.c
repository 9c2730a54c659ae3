/* calibrate.c  From an index to calibrated probabilities: an ordered logit of the grade on the out-of-fold index alone.
 * Source: Platt (1999), Advances in Large Margin Classifiers, 61-74, carried to ordered grades.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "tasks/scoring.h"

typedef struct graded {
    double *grade, *index;
    size_t *occupation;
    size_t n;
} graded;

static pgdp_status collect(pgdp_ctx *ctx, const pgdp_scoring *s, const double *index, size_t but_fold, graded *out)
{
    *out = (graded){ .n = 0 };
    PG_TRY_ALLOC(ctx, out->grade, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *out->grade));
    PG_TRY_ALLOC(ctx, out->index, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *out->index));
    PG_TRY_ALLOC(ctx, out->occupation, pg_arena_alloc(&ctx->scratch, s->n_graded, sizeof *out->occupation));
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const size_t occupation = s->list->occupation[i];
        if (s->grades[i] < 0 || s->fold[occupation] == but_fold) continue;
        out->grade[out->n] = (double)s->grades[i];
        out->index[out->n] = index[i];
        out->occupation[out->n++] = occupation;
    }
    return PGDP_OK;
}

static pgdp_status fit_link(pgdp_ctx *ctx, const graded *g, pgdp_fit **out)
{
    static const char *const terms[] = { "index" };
    const size_t *const clusters[] = { g->occupation };
    const pgdp_design design = {
        .y = { g->grade, g->n },
        .x = { g->index, g->n, 1 },
        .terms = terms,
        .constant = PGDP_NONE,
        .cluster = clusters,
        .n_clusterings = 1,
    };
    const pgdp_status status = pgdp_fit_new(ctx, "ologit", "cluster", &design, NULL, out);
    return status == PGDP_OK ? status : pg_fail_within(ctx, status, "scoring: calibration: ");
}

static pgdp_status keep_link(pgdp_ctx *ctx, pg_arena *arena, const pgdp_fit *fit, size_t n_cuts, pg_link *out)
{
    const pgdp_vec estimate = pgdp_fit_estimate(fit);
    const pgdp_mat vcov = pgdp_fit_vcov(fit);
    if (estimate.n != n_cuts + 1)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "scoring: found a part of the folds without one of the grades; use fewer folds");
    out->n_cuts = n_cuts;
    PG_TRY_ALLOC(ctx, out->estimate, pg_arena_alloc(arena, estimate.n, sizeof(double)));
    PG_TRY_ALLOC(ctx, out->vcov, pg_arena_alloc(arena, estimate.n * estimate.n, sizeof(double)));
    memcpy(out->estimate, estimate.x, estimate.n * sizeof(double));
    memcpy(out->vcov, vcov.x, estimate.n * estimate.n * sizeof(double));
    return PGDP_OK;
}

pgdp_status pg_calibrate(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const double *index, size_t but_fold,
                         pg_link *out)
{
    graded g;
    pgdp_fit *fit;
    PG_TRY(collect(ctx, s, index, but_fold, &g));
    PG_TRY(fit_link(ctx, &g, &fit));
    const pgdp_status status = keep_link(ctx, arena, fit, s->n_cuts, out);
    pgdp_fit_free(fit);
    return status;
}
