/* model_fractional.c  Fractional logit of the grade's place between the lowest (0) and the highest (1), with a ridge
 * penalty. Source: Papke & Wooldridge (1996), J. Applied Econometrics 11(6). SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tasks/model_linear.h"

static const pg_linear how = { .estimator = "fraclogit", .vcov = "cluster", .constant = true, .value = true };

static pgdp_status learn(pgdp_ctx *ctx, pg_arena *arena, const pgdp_scoring *s, const pg_model_rows *rows,
                         double penalty, const void *start, const void **learnt)
{
    (void)start;
    return pg_ranked_learn(ctx, arena, s, &how, rows, penalty, learnt);
}

static pgdp_status finish(pgdp_ctx *ctx, pgdp_scoring *s, const pg_model_rows *graded, const pg_model_rows *all)
{
    return pg_ranked_finish(ctx, s, &how, graded, all);
}

const pg_task_model pg_model_fractional = {
    .name = "fractional",
    .title = "Fractional logit of the grade's value with a ridge penalty",
    .source = "Papke & Wooldridge (1996), J. Applied Econometrics 11(6), equations 4 to 6",
    .learn = learn,
    .forecast = pg_ranked_forecast,
    .finish = finish,
    PG_LINEAR_POSTERIOR,
};
