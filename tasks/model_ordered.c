/* model_ordered.c  Ordered logit of the grade with a ridge penalty. Source: McCullagh (1980), J. R. Stat. Soc. B 42(2);
 * le Cessie & van Houwelingen (1992), Applied Statistics 41. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/ologit.h"
#include "tasks/model_linear.h"

static pgdp_status learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_model_rows *rows,
                         double penalty, const void *start, const void **learnt)
{
    (void)s;
    const pgdp_design design = {
        .y = { rows->grades, rows->n },
        .x = { rows->x, rows->n, rows->p },
        .terms = rows->terms,
        .constant = PGDP_NONE,
    };
    pg_ologit *fit;
    PG_TRY_ALLOC(ctx, fit, pg_arena_alloc(arena, 1, sizeof *fit));
    PG_TRY(pg_ologit_fit(ctx, arena, &design, penalty, start, fit));
    *learnt = fit;
    return PGDP_OK;
}

static pgdp_status forecast(pgdp_ctx *ctx, const pgdp_scoring *s, const void *learnt, const pg_model_rows *rows,
                            double *index, double *shares)
{
    (void)ctx;
    const pg_ologit *fit = learnt;
    pg_times_vector(pg_matrix_view(rows->x, rows->n, rows->p, rows->n), fit->slopes, index);
    if (shares != NULL) pg_shares_of_indices(s, fit->cuts, index, rows->n, shares);
    return PGDP_OK;
}

static pgdp_status finish(pgdp_ctx *ctx, pgdp_scoring *s, const pg_model_rows *graded, const pg_model_rows *all)
{
    static const pg_linear how = { .estimator = "ologit", .vcov = "cluster" };
    PG_TRY(pg_linear_fit(ctx, s, &how, graded));
    pg_times_vector(pg_matrix_view(all->x, all->n, all->p, all->n), pgdp_fit_estimate(s->fit).x, s->index);
    pg_shares_of_indices(s, pgdp_fit_estimate(s->fit).x + s->n_used, s->index, all->n, s->shares);
    return PGDP_OK;
}

const pg_task_model pg_model_ordered = {
    .name = "ordered",
    .title = "Ordered logit with a ridge penalty",
    .source = "McCullagh (1980), J. R. Stat. Soc. B 42(2); le Cessie & van Houwelingen (1992), Applied Statistics 41",
    .learn = learn,
    .forecast = forecast,
    .finish = finish,
    PG_LINEAR_POSTERIOR,
};
