/* bootstrap.c  Bootstrap replicates by refits: bootstrap.h. Source: Efron (1979), Ann. Stat. 7(1) (pairs); Cameron,
 * Gelbach & Miller (2008), Rev. Econ. Stat. 90(3), section III.A (clusters); Kuensch (1989), Ann. Stat. 17(3), section
 * 2.3 (moving blocks). SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/bootstrap.h"

#include "stats/refit.h"

typedef struct refitting {
    const pgdp_fit *fit;
    const pg_bootstrap_plan *plan;
} refitting;

/* Rows with their draws, in the order of groups (or rows), so that a replicate is one of its counts alone. */
pgdp_status pg_bootstrap_refit_counts(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups,
                                      const int32_t *counts, double *estimate)
{
    const size_t n_things = groups != NULL ? groups->n : fit->design->y.n;
    size_t *rows, *copy, n = 0, at = 0;
    for (size_t g = 0; g < n_things; g++)
        n += (size_t)counts[g] * (groups != NULL ? groups->start[g + 1] - groups->start[g] : 1);
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n, sizeof *rows));
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, n, sizeof *copy));
    for (size_t g = 0; g < n_things; g++) {
        const size_t first = groups != NULL ? groups->start[g] : g, end = groups != NULL ? groups->start[g + 1] : g + 1;
        for (size_t c = 0; c < (size_t)counts[g]; c++)
            for (size_t i = first; i < end; i++, at++) {
                rows[at] = groups != NULL ? groups->rows[i] : i;
                copy[at] = c;
            }
    }
    return pg_refit_drawn(ctx, fit, rows, groups != NULL ? copy : NULL, n, estimate);
}

static pgdp_status refit_counts(pgdp_ctx *ctx, const refitting *s, pg_random *random, double *estimate)
{
    const pg_row_groups *groups = s->plan->groups;
    const size_t n = groups != NULL ? groups->n : s->fit->design->y.n;
    int32_t *counts;
    PG_TRY_ALLOC(ctx, counts, pg_arena_alloc(&ctx->scratch, n, sizeof *counts));
    pg_draw_counts(random, n, counts);
    return pg_bootstrap_refit_counts(ctx, s->fit, groups, counts, estimate);
}

/* Every entity keeps its number of rows: whole blocks, the last one cut. */
static pgdp_status refit_blocks(pgdp_ctx *ctx, const refitting *s, pg_random *random, double *estimate)
{
    const pg_row_groups *groups = s->plan->groups;
    const size_t n = s->fit->design->y.n;
    size_t *rows, at = 0;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, n, sizeof *rows));
    for (size_t g = 0; g < groups->n; g++) {
        const size_t first = groups->start[g], n_own = groups->start[g + 1] - first;
        const size_t length = s->plan->length < n_own ? s->plan->length : n_own;
        while (at < groups->start[g + 1]) {
            const size_t start = first + pg_random_index(random, n_own - length + 1);
            for (size_t i = 0; i < length && at < groups->start[g + 1]; i++)
                rows[at++] = groups->rows[start + i];
        }
    }
    return pg_fit_refit(ctx, s->fit, rows, n, estimate);
}

static pgdp_status refit_one(pgdp_ctx *ctx, void *user, const pg_replicate_block *block)
{
    const refitting *s = user;
    double *estimate;
    pg_random random = pg_random_stream(s->plan->seed, "bootstrap", (uint32_t)block->range.first);
    PG_TRY_ALLOC(ctx, estimate, pg_arena_alloc(&ctx->scratch, s->fit->n_terms, sizeof *estimate));
    const pgdp_status status = s->plan->kind == PG_BOOTSTRAP_BLOCK ? refit_blocks(ctx, s, &random, estimate)
                                                                   : refit_counts(ctx, s, &random, estimate);
    return pg_replicates_keep(s->fit, status, estimate, 0, block);
}

pgdp_status pg_bootstrap_refit(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_bootstrap_plan *plan, pg_replicates *out)
{
    refitting s = { fit, plan };
    const pg_replicate_plan replicates = { "bootstrap", plan->n_replicates, 1, refit_one, &s };
    return pg_replicates_spread(ctx, fit, &replicates, out);
}
