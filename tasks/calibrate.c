/* calibrate.c  From an index to calibrated probabilities: a logit on the out-of-fold index and on what the task's
 * activities show in other occupations.
 * Source: Platt (1999), Advances in Large Margin Classifiers, 61-74; Wolpert (1992), Neural Networks 5, 241-259.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "tasks/scoring.h"

/* Rows to fit the link on. */
typedef struct graded {
    double *event, *x; /* [n], [n x PG_LINK_TERMS] */
    size_t *occupation, n;
} graded;

void pg_link_row(const pgdp_scoring *s, double index, const double *shares, double *row)
{
    double below = 0, above = 0;
    for (size_t g = 0; g < s->n_levels; g++)
        *(g < s->threshold ? &below : &above) += shares[g * s->list->n_tasks];
    row[0] = 1;
    row[1] = index;
    row[2] = log(above / below);
}

double pg_link_logit(const pg_link *link, const double *row)
{
    return link->estimate[0] * row[0] + link->estimate[1] * row[1] + link->estimate[2] * row[2];
}

static pgdp_status collect(pgdp_ctx *ctx, const pgdp_scoring *s, size_t but_fold, graded *out)
{
    size_t n = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++)
        n += s->grades[i] >= 0 && s->fold[s->list->occupation[i]] != but_fold;
    *out = (graded){ .n = n };
    PG_TRY_ALLOC(ctx, out->event, pg_arena_alloc(&ctx->scratch, n, sizeof *out->event));
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, n * PG_LINK_TERMS, sizeof *out->x));
    PG_TRY_ALLOC(ctx, out->occupation, pg_arena_alloc(&ctx->scratch, n, sizeof *out->occupation));
    size_t at = 0;
    for (size_t i = 0; i < s->list->n_tasks; i++) {
        const size_t occupation = s->list->occupation[i];
        double row[PG_LINK_TERMS];
        if (s->grades[i] < 0 || s->fold[occupation] == but_fold) continue;
        pg_link_row(s, s->out_index[i], s->out_activity + i, row);
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            out->x[at + j * n] = row[j];
        out->event[at] = (size_t)s->grades[i] >= s->threshold ? 1 : 0;
        out->occupation[at++] = occupation;
    }
    return PGDP_OK;
}

pgdp_status pg_calibrate(pgdp_ctx *ctx, const pgdp_scoring *s, size_t but_fold, pg_link *out)
{
    static const char *const terms[PG_LINK_TERMS] = { "(Intercept)", "index", "activity" };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    graded g;
    PG_TRY(collect(ctx, s, but_fold, &g));
    const size_t *const clusters[] = { g.occupation };
    const pgdp_design design = {
        .y = { g.event, g.n },
        .x = { g.x, g.n, PG_LINK_TERMS },
        .terms = terms,
        .constant = 0,
        .cluster = clusters,
        .n_clusterings = 1,
    };
    pgdp_fit *fit;
    const pgdp_status status = pgdp_fit_new(ctx, "logit", "cluster", &design, NULL, &fit);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status != PGDP_OK) return pg_fail_within(ctx, status, "scoring: calibration: ");
    memcpy(out->estimate, pgdp_fit_estimate(fit).x, sizeof out->estimate);
    memcpy(out->vcov, pgdp_fit_vcov(fit).x, sizeof out->vcov);
    pgdp_fit_free(fit);
    return PGDP_OK;
}

void pg_pooled_shares(const pgdp_scoring *s, double probability, const double *ordered, const double *activity,
                      double *shares)
{
    double side[2] = { 0, 0 };
    for (size_t k = 0; k < s->n_levels; k++) {
        shares[k] = sqrt(fmax(ordered[k], 1e-300) * activity[k * s->list->n_tasks]);
        side[k >= s->threshold] += shares[k];
    }
    for (size_t k = 0; k < s->n_levels; k++)
        shares[k] *= k >= s->threshold ? probability / side[1] : (1 - probability) / side[0];
}
