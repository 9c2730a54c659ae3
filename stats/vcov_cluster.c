/* vcov_cluster.c  Cluster-robust covariance, one-way and multi-way. Source: Liang & Zeger (1986), Biometrika 73;
 * Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), equations 2.11 and 2.13. SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * Linear models: factor G/(G-1) (N-1)/(N-K) and t(G-1); maximum likelihood: G/(G-1) and normal. Several clusterings:
 * their meats add, those of pairs of them are taken away, and so on; all take the smallest G; negative eigenvalues of
 * the result are set to zero and counted among the factors. */
#include "stats/cluster.h"
#include "stats/linalg.h"
#include "stats/vcovs.h"

#include <math.h>

enum { MAX_CLUSTERINGS = 4 };

/* The grouping by all clusterings of a set, given as bits. */
static pgdp_status group_by(pgdp_ctx *ctx, const pgdp_design *d, unsigned set, pg_grouping *out)
{
    *out = (pg_grouping){ 0 };
    for (size_t c = 0; c < d->n_clusterings; c++) {
        if ((set >> c & 1u) == 0) continue;
        PG_TRY(pg_grouping_new(ctx, d->cluster[c], out->group, d->y.n, out));
    }
    return PGDP_OK;
}

static unsigned size_of(unsigned set)
{
    return set == 0 ? 0 : (set & 1u) + size_of(set >> 1);
}

/* Inclusion and exclusion; *fewest: the smallest number of clusters of one clustering. */
static pgdp_status add_meats(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *fit, pg_matrix meat, size_t *fewest)
{
    const size_t k = fit->n_terms;
    const pg_matrix part = pg_matrix_new(&ctx->scratch, k, k);
    if (part.x == NULL) return pg_no_memory(ctx);
    *fewest = SIZE_MAX;
    for (unsigned set = 1; set < 1u << d->n_clusterings; set++) {
        pg_grouping grouping;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(group_by(ctx, d, set, &grouping));
        for (size_t i = 0; i < k * k; i++)
            part.x[i] = 0;
        PG_TRY(pg_cluster_meat(ctx, fit, &grouping, part.x));
        pg_arena_rewind(&ctx->scratch, mark);
        for (size_t i = 0; i < k * k; i++)
            meat.x[i] += size_of(set) % 2 == 1 ? part.x[i] : -part.x[i];
        if (size_of(set) == 1 && grouping.n_groups < *fewest) *fewest = grouping.n_groups;
    }
    pg_copy_upper(meat);
    return PGDP_OK;
}

/* V = U max(L, 0) U' in the units of the terms, as the paper and fixest do. */
static pgdp_status remove_negative(pgdp_ctx *ctx, pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const pg_matrix u = pg_matrix_new(&ctx->scratch, k, k), half = pg_matrix_new(&ctx->scratch, k, k);
    double *values, n_negative = 0;
    if (u.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, k, sizeof *values));
    for (size_t i = 0; i < k * k; i++)
        u.x[i] = fit->vcov[i];
    PG_TRY(pg_eigen(ctx, u, values));
    for (size_t j = 0; j < k; j++)
        n_negative += values[j] < -1e-14 * values[k - 1];
    pg_fit_add_factor(fit, "negative eigenvalues zeroed", n_negative);
    if (!(n_negative > 0)) return PGDP_OK;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            half.x[i + j * k] = u.x[i + j * k] * fmax(values[j], 0);
    pg_times_transposed(half, u, pg_matrix_of(fit->vcov, k, k));
    pg_copy_upper(pg_matrix_of(fit->vcov, k, k));
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, const pgdp_design *d)
{
    if (d->cluster == NULL || d->n_clusterings == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance cluster needs a variable: cluster(firm)");
    if (d->n_clusterings > MAX_CLUSTERINGS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance cluster was given %zu variables; at most %d are possible",
                       d->n_clusterings, MAX_CLUSTERINGS);
    return PGDP_OK;
}

static pgdp_status compute(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t k = fit->n_terms;
    size_t fewest = 0;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    if (meat.x == NULL) return pg_no_memory(ctx);
    PG_TRY(check(ctx, design));
    PG_TRY(add_meats(ctx, design, fit, meat, &fewest));
    if (fewest < 2)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "covariance cluster needs at least two clusters; the sample has %zu",
                       fewest);
    const double g = (double)fewest, groups = g / (g - 1);
    const double rows = fit->estimator->likelihood ? 1 : (fit->nobs - 1) / (fit->nobs - (double)k);
    pg_fit_add_factor(fit, "G", g);
    pg_fit_add_factor(fit, "G/(G-1)", groups);
    if (!fit->estimator->likelihood) {
        pg_fit_add_factor(fit, "(N-1)/(N-K)", rows);
        fit->vcov_df = g - 1;
    }
    PG_TRY(pg_fit_sandwich(ctx, fit, meat.x, groups * rows));
    return design->n_clusterings > 1 ? remove_negative(ctx, fit) : PGDP_OK;
}

const pgdp_vcov pg_vcov_cluster = {
    .name = "cluster",
    .title = "Cluster-robust covariance",
    .source = "Liang & Zeger (1986), Biometrika 73; Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), 2.11",
    .clusters = true,
    .compute = compute,
};
