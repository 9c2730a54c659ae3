/* model_elastic_net.c  Elastic net of the grade's place between the lowest (0) and the highest (1), by least squares.
 * Source: Zou & Hastie (2005), J. R. Stat. Soc. B 67(2). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Half the penalty is on |b|. Its slopes have no covariance: intervals then carry the link's error alone. */
#include "tasks/model_linear.h"

static const pg_linear how = { .estimator = "enet", .vcov = "none", .constant = true, .value = true, .mean = true };

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

const pg_task_model pg_model_elastic_net = {
    .name = "elastic_net",
    .title = "Elastic net of the grade's value",
    .source = "Zou & Hastie (2005), J. R. Stat. Soc. B 67(2), equation 3",
    .learn = learn,
    .forecast = pg_ranked_forecast,
    .finish = finish,
    PG_LINEAR_POSTERIOR,
};
