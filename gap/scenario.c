/* scenario.c  The central run occupation by occupation: two cells a row, added up. Source: methodology 5.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/scenario.h"

#include <string.h>

#include "core/map.h"
#include "gap/model.h"

static void fill_row(const pgdp_workload *work, const double *values, pgdp_gap_mode mode, pg_scenario_row *row)
{
    pgdp_gap_cell cells[2];
    pg_outcome market, own;
    pgdp_gap_cells(work, 1, values, mode, cells);
    pg_cell_outcome(&cells[0], mode, &market);
    pg_cell_outcome(&cells[1], mode, &own);
    *row = (pg_scenario_row){
        .v0 = cells[0].v0 + cells[1].v0,
        .u = cells[0].u,
        .r = cells[0].r,
        .price = market.price,
        .own_v0 = cells[1].v0,
        .market_v0 = cells[0].v0,
        .market_q_s = market.q_s,
        .own_q_s = own.q_s,
        .market_q_e = market.q_e,
        .own_q_e = own.q_e,
        .q_h = market.q_h + own.q_h,
        .f = market.f + own.f,
        .n = market.n + own.n,
        .m = market.m + own.m,
        .defl_s = market.defl_s + own.defl_s,
        .defl_e = market.defl_e + own.defl_e,
        .bound_s = market.bound_s + own.bound_s,
        .bound_e = market.bound_e + own.bound_e,
    };
    /* both channels have the same new price level, f over quantity */
    const double q1 = row->q_h + (row->market_q_s + row->own_q_s) + (row->market_q_e + row->own_q_e);
    if (row->v0 > 0) row->p1q0 = row->f / q1 * row->v0;
}

void pg_scenario_rows(const pgdp_workload *work, size_t n, const double *values, pgdp_gap_mode mode,
                      pg_scenario_row *rows)
{
    for (size_t i = 0; i < n; i++)
        fill_row(&work[i], values, mode, &rows[i]);
}

/* The group of this name, made when new; PGDP_NONE when memory is out. */
static size_t group_of(pg_map *names, pg_contribution *groups, size_t *n, const char *name)
{
    const size_t length = strlen(name), found = pg_map_find(names, name, length);
    if (found != PGDP_NONE) return found;
    if (!pg_map_put(names, name, length, *n)) return PGDP_NONE;
    groups[*n].name = name;
    return (*n)++;
}

pgdp_status pg_scenario_groups(pgdp_ctx *ctx, const pgdp_workload *work, const pg_scenario_row *rows, size_t n,
                               pg_contribution **out, size_t *n_out)
{
    pg_map names;
    pg_contribution *groups;
    size_t n_groups = 0;
    pg_map_init(&names, &ctx->scratch);
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&ctx->scratch, n, sizeof *groups));
    for (size_t i = 0; i < n; i++) {
        const size_t g = group_of(&names, groups, &n_groups, work[i].group != NULL ? work[i].group : "");
        if (g == PGDP_NONE) return pg_no_memory(ctx);
        const double exposed = work[i].wage_bill * work[i].capability;
        groups[g].n++;
        groups[g].wage_bill += work[i].wage_bill;
        groups[g].exposed_wage_bill += exposed;
        groups[g].other_wage_bill += work[i].wage_bill - exposed;
        groups[g].v0 += rows[i].v0;
        groups[g].phi_l +=
            (rows[i].q_h + (rows[i].market_q_s + rows[i].own_q_s) + (rows[i].market_q_e + rows[i].own_q_e)) - rows[i].m;
    }
    *out = groups;
    *n_out = n_groups;
    return PGDP_OK;
}

/* A column of numbers that the detail frame must have. */
static pgdp_status reals_of(pgdp_ctx *ctx, const pgdp_frame *detail, const char *name, const double **out)
{
    const size_t column = pgdp_frame_find(detail, name);
    *out = column != PGDP_NONE ? pgdp_frame_reals(detail, column) : NULL;
    return *out != NULL || pgdp_frame_n_rows(detail) == 0
               ? PGDP_OK
               : pg_fail(ctx, PGDP_NOT_FOUND, "cells by regime: found no column of numbers %s in the detail", name);
}

pgdp_status pg_regime_contributions(pgdp_ctx *ctx, const pgdp_frame *detail, pg_contribution **out, size_t *n_out)
{
    const size_t n = pgdp_frame_n_rows(detail), regime = pgdp_frame_find(detail, "regime");
    const double *v0, *phi_l;
    pg_map names;
    pg_contribution *groups;
    size_t n_groups = 0;
    PG_TRY(reals_of(ctx, detail, "v0", &v0));
    PG_TRY(reals_of(ctx, detail, "phi_l", &phi_l));
    if (regime == PGDP_NONE) return pg_fail(ctx, PGDP_NOT_FOUND, "cells by regime: found no column regime");
    pg_map_init(&names, &ctx->scratch);
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&ctx->scratch, n, sizeof *groups));
    for (size_t i = 0; i < n; i++) {
        const char *name = pgdp_frame_text(detail, regime, i);
        const size_t g = group_of(&names, groups, &n_groups, name != NULL ? name : "");
        if (g == PGDP_NONE) return pg_no_memory(ctx);
        groups[g].n++;
        groups[g].v0 += v0[i];
        groups[g].phi_l += phi_l[i];
    }
    *out = groups;
    *n_out = n_groups;
    return PGDP_OK;
}
