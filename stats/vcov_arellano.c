/* vcov_arellano.c  Clusters are the panel's entities, without a small-sample factor. Source: Arellano (1987), Oxford
 * Bull. Econ. Stat. 49(4); of two-step GMM with the correction of Windmeijer (2005), J. Econometrics 126(1).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/cluster.h"
#include "stats/linalg.h"
#include "stats/vcovs.h"

#include <string.h>

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t k = fit->n_terms;
    pg_grouping entities;
    if (design->entity == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance arellano found no panel, expected an entity; name its columns: --panel ID,TIME");
    PG_TRY(pg_grouping_new(ctx, design->entity, NULL, fit->n_rows, &entities));
    if (entities.n_groups < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "covariance arellano needs at least two entities; the sample has %zu",
                       entities.n_groups);
    pg_fit_add_factor(fit, "G", (double)entities.n_groups);
    if (!fit->estimator->likelihood && !fit->normal) fit->vcov_df = (double)entities.n_groups - 1;
    if (fit->robust != NULL) {
        memcpy(fit->vcov, fit->robust, k * k * sizeof *fit->vcov);
        return PGDP_OK;
    }
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    if (meat.x == NULL) return pg_no_memory(ctx);
    PG_TRY(pg_cluster_meat(ctx, fit, &entities, meat.x));
    pg_copy_upper(meat);
    return pg_fit_sandwich(ctx, fit, meat.x, 1);
}

const pgdp_vcov pg_vcov_arellano = {
    .name = "arellano",
    .title = "Clustered by the panel's entity, no small-sample factor; Windmeijer's correction of two-step GMM",
    .source =
        "Arellano (1987), Oxford Bull. Econ. Stat. 49(4); Windmeijer (2005), J. Econometrics 126(1), equation 3.3",
    .compute = compute,
};
