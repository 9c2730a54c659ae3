/* absorb.c  Absorbed fixed effects as a projection: absorb.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/absorb.h"

#include "core/number.h"
#include "stats/absorb_system.h"

#include <string.h>

pgdp_status pg_absorber_reweight(pgdp_ctx *ctx, pg_absorber *a, const double *weights)
{
    PG_TRY(pg_absorber_weigh(ctx, a, weights));
    return pg_absorber_factor(ctx, a);
}

pgdp_status pg_absorber_of_levels(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows,
                                  const double *weights, const pg_level_source *levels, pg_absorber **out)
{
    pg_absorber *a;
    pgdp_effect *copy;
    if (n_effects == 0 || n_rows == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found %zu absorbed effects and %zu rows, expected at least one of each",
                       n_effects, n_rows);
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, 1, sizeof *a));
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, n_effects, sizeof *copy));
    memcpy(copy, effects, n_effects * sizeof *copy);
    *a = (pg_absorber){ .n_rows = n_rows, .n_effects = n_effects, .effects = copy, .levels = levels, .given = weights };
    PG_TRY(pg_absorber_shape(ctx, a, false));
    const bool simple = pg_absorber_rank_is_simple(a);
    PG_TRY(pg_absorber_weigh(ctx, a, simple ? weights : NULL)); /* rank does not depend on the weights */
    PG_TRY(pg_absorber_choose(ctx, a, PG_ABSORB_BY_COST));
    PG_TRY(pg_absorber_factor(ctx, a));
    PG_TRY(pg_absorber_find_rank(ctx, a));
    if (weights != NULL && !simple) PG_TRY(pg_absorber_reweight(ctx, a, weights));
    *out = a;
    return PGDP_OK;
}

pgdp_status pg_absorber_new(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows,
                            const double *weights, pg_absorber **out)
{
    return pg_absorber_of_levels(ctx, effects, n_effects, n_rows, weights, NULL, out);
}

pgdp_status pg_absorb_summarise(pgdp_ctx *ctx, const pg_absorbed *columns, size_t n, pg_absorption *out)
{
    pg_absorption worst = { .solver = "none" };
    for (size_t j = 0; j < n; j++) {
        char residual[PG_NUMBER_SIZE];
        pg_number_significant(columns[j].residual, 2, residual);
        if (!columns[j].converged)
            return pg_fail(ctx, PGDP_NO_CONVERGENCE,
                           "column %zu: absorbing the effects left %s of a level's sum after %zu steps, expected 1e-12 "
                           "or less; absorb fewer effects or look for values that are not comparable in size",
                           j, residual, columns[j].iterations);
        worst.fell_back = worst.fell_back || columns[j].fell_back;
        if (columns[j].iterations > worst.iterations) worst.iterations = columns[j].iterations;
        if (j == 0 || columns[j].residual > worst.residual) {
            worst.residual = columns[j].residual;
            worst.solver = columns[j].solver;
        }
    }
    if (out != NULL) *out = worst;
    return PGDP_OK;
}

/* from NULL: in place */
static pgdp_status absorb(pgdp_ctx *ctx, const pg_absorber *a, const double *const *from, double *const *columns,
                          size_t n, double tol, pg_absorption *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorbed *list;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, n, sizeof *list));
    for (size_t j = 0; j < n; j++) {
        list[j].column = columns[j];
        list[j].from = from == NULL ? columns[j] : from[j];
    }
    PG_TRY(pg_absorb_all(ctx, a, list, n, tol));
    PG_TRY(pg_absorb_summarise(ctx, list, n, out));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_absorb(pgdp_ctx *ctx, const pg_absorber *a, double *const *columns, size_t n, double tol,
                      pg_absorption *out)
{
    return absorb(ctx, a, NULL, columns, n, tol, out);
}

pgdp_status pg_absorb_into(pgdp_ctx *ctx, const pg_absorber *a, const double *const *from, double *const *columns,
                           size_t n, pg_absorption *out)
{
    return absorb(ctx, a, from, columns, n, 0, out);
}

/* Coefficients of orthonormal columns to those of the effects themselves: R beta = c in every level. */
static void read_group(const pg_effect_group *g, double *c, double *const *out)
{
    const size_t m = g->n_columns;
    for (size_t l = 0; l < g->n_levels; l++) {
        for (size_t k = m; k-- > 0;) {
            double *value = &out[g->members[k]][l];
            if (g->unit != NULL) {
                *value = c[l] * g->unit[l];
                continue;
            }
            const double *column = g->triangle + (l * m + k) * m;
            *value = column[k] > 0 ? c[l * m + k] / column[k] : 0;
            for (size_t j = 0; j < k; j++)
                c[l * m + j] -= column[j] * *value;
        }
    }
}

/* Each later intercept effect: 0 at the first level of a component with the first one, which takes the difference. */
static pgdp_status normalise(pgdp_ctx *ctx, const pg_absorber *a, double *const *out)
{
    size_t main = PGDP_NONE;
    for (size_t e = 0; e < a->n_effects; e++) {
        const pgdp_effect *effect = &a->effects[e];
        size_t *of_level, n_components, n_of_main = 0;
        double *shift;
        if (effect->slope != NULL) continue;
        if (main == PGDP_NONE) {
            main = e;
            continue;
        }
        PG_TRY_ALLOC(ctx, of_level, pg_arena_alloc(&ctx->scratch, effect->n_levels, sizeof *of_level));
        PG_TRY(pg_components(ctx, effect, &a->effects[main], a->n_rows, of_level, &n_components));
        PG_TRY_ALLOC(ctx, shift, pg_arena_alloc(&ctx->scratch, n_components, sizeof *shift));
        for (size_t l = 0; l < effect->n_levels; l++) { /* components are numbered by first level */
            if (of_level[l] == n_of_main) shift[n_of_main++] = out[e][l];
            out[e][l] -= shift[of_level[l]];
        }
        bool *done;
        PG_TRY_ALLOC(ctx, done, pg_arena_alloc(&ctx->scratch, a->effects[main].n_levels, sizeof *done));
        for (size_t i = 0; i < a->n_rows; i++) {
            const size_t l = a->effects[main].level[i];
            if (!done[l]) out[main][l] += shift[of_level[effect->level[i]]];
            done[l] = true;
        }
    }
    return PGDP_OK;
}

pgdp_status pg_absorber_coefficients(pgdp_ctx *ctx, const pg_absorber *a, const double *column, double *const *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorbed one = { .from = column };
    const size_t n_first = a->groups[0].n_levels * a->groups[0].n_columns;
    PG_TRY_ALLOC(ctx, one.column, pg_arena_alloc(&ctx->scratch, a->n_rows, sizeof *one.column));
    PG_TRY_ALLOC(ctx, one.first, pg_arena_alloc(&ctx->scratch, n_first, sizeof *one.first));
    PG_TRY_ALLOC(ctx, one.rest, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *one.rest));
    PG_TRY(pg_absorb_all(ctx, a, &one, 1, 0));
    PG_TRY(pg_absorb_summarise(ctx, &one, 1, NULL));
    read_group(&a->groups[0], one.first, out);
    for (size_t g = 1; g < a->n_groups; g++)
        read_group(&a->groups[g], one.rest + a->groups[g].first, out);
    PG_TRY(normalise(ctx, a, out));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
