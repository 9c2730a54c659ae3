/* vcov_cluster.c  Cluster-robust covariance, one-way and multi-way. Source: Liang & Zeger (1986), Biometrika 73;
 * Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), equations 2.11 and 2.13. SPDX-License-Identifier:
 * GPL-3.0-or-later
 *
 * Linear models: factor G/(G-1) (N-1)/(N-K) and t(G-1); maximum likelihood: G/(G-1) and normal. Effects absorbed within
 * a cluster do not count in K. Several clusterings: their meats add, those of pairs of them are taken away, and so on;
 * all take the smallest G, or each its own (g_df=each); negative eigenvalues of the result are set to zero and counted
 * among the factors. */
#include "stats/cluster.h"
#include "stats/linalg.h"
#include "stats/stream_fit.h"
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

/* G/(G-1) of one part of several, named by its clusterings: "G/(G-1) of 1", "G/(G-1) of 1^2". */
static pgdp_status own_factor(pgdp_ctx *ctx, pgdp_fit *fit, unsigned set, size_t n_groups, double *out)
{
    const char *name = "G/(G-1) of";
    for (unsigned c = 0, n = 0; c < MAX_CLUSTERINGS; c++)
        if ((set >> c & 1u) != 0)
            PG_TRY_ALLOC(ctx, name, pg_arena_printf(&fit->arena, "%s%s%u", name, n++ == 0 ? " " : "^", c + 1));
    *out = (double)n_groups / (double)(n_groups - 1);
    pg_fit_add_factor(fit, name, *out);
    return PGDP_OK;
}

/* Inclusion and exclusion over the rows of a fit, or of a copy whose rows are sums by cell. */
static pgdp_status add_meats(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_fit *rows, bool each, pg_matrix meat,
                             pgdp_fit *fit)
{
    const size_t k = fit->n_terms;
    const pg_matrix part = pg_matrix_new(&ctx->scratch, k, k);
    if (part.x == NULL) return pg_no_memory(ctx);
    for (unsigned set = 1; set < 1u << d->n_clusterings; set++) {
        pg_grouping grouping;
        double factor = 1;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(group_by(ctx, d, set, &grouping));
        for (size_t i = 0; i < k * k; i++)
            part.x[i] = 0;
        PG_TRY(pg_cluster_meat(ctx, rows, &grouping, part.x));
        if (each) PG_TRY(own_factor(ctx, fit, set, grouping.n_groups, &factor));
        pg_arena_rewind(&ctx->scratch, mark);
        for (size_t i = 0; i < k * k; i++)
            meat.x[i] += size_of(set) % 2 == 1 ? factor * part.x[i] : -factor * part.x[i];
    }
    pg_copy_upper(meat);
    return PGDP_OK;
}

/* The smallest number of clusters of one clustering. */
static pgdp_status count_fewest(pgdp_ctx *ctx, const pgdp_design *d, size_t *fewest)
{
    *fewest = SIZE_MAX;
    for (unsigned c = 0; c < d->n_clusterings; c++) {
        pg_grouping grouping;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(group_by(ctx, d, 1u << c, &grouping));
        pg_arena_rewind(&ctx->scratch, mark);
        if (grouping.n_groups < *fewest) *fewest = grouping.n_groups;
    }
    if (*fewest >= 2) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS, "covariance cluster needs at least two clusters; the sample has %zu",
                   *fewest);
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
    const bool linear = !fit->estimator->likelihood;
    size_t fewest = 0;
    pgdp_fit by_cell;
    const pgdp_fit *rows = fit;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, k, k);
    if (meat.x == NULL) return pg_no_memory(ctx);
    if (fit->behind != NULL) { /* rows in a table: their sums by cell */
        PG_TRY(pg_behind_clusters(ctx, fit, &by_cell));
        design = by_cell.working;
        rows = &by_cell;
    }
    PG_TRY(check(ctx, design));
    PG_TRY(count_fewest(ctx, design, &fewest));
    const bool each = design->n_clusterings > 1 && fit->ssc.g_df == PG_G_EACH && pg_switch_on(fit->ssc.g_adj, true);
    pg_fit_add_factor(fit, "G", (double)fewest);
    PG_TRY(add_meats(ctx, design, rows, each, meat, fit));
    pg_ssc_rule rule = { .k_adj = linear,
                         .g_adj = true,
                         .clustered = true,
                         .g_done = each,
                         .t_df = linear ? PG_T_CLUSTERS : PG_T_NORMAL,
                         .g = (double)fewest,
                         .g_factor = "G/(G-1)" };
    PG_TRY(pg_ssc_nested(ctx, fit, design->cluster, design->n_clusterings, &rule.nested));
    PG_TRY(pg_fit_sandwich(ctx, fit, meat.x, pg_ssc_apply(fit, &rule)));
    return design->n_clusterings > 1 ? pg_fit_make_psd(ctx, fit) : PGDP_OK;
}

const pgdp_vcov pg_vcov_cluster = {
    .name = "cluster",
    .title = "Cluster-robust covariance",
    .source = "Liang & Zeger (1986), Biometrika 73; Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), 2.11",
    .clusters = true,
    .compute = compute,
};
