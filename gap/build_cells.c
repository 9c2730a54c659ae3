/* build_cells.c  Workloads at given parameter values to cells: for each a market and an in-house one. Source:
 * docs/model.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "gap/request.h"

#include <string.h>

static double multiplier_of(const pgdp_workload *row, pgdp_gap_mode mode)
{
    return mode == PGDP_GAP_GROSS ? 1 : row->multiplier;
}

static double base_value(const pgdp_workload *row, pgdp_gap_mode mode)
{
    return row->wage_bill * multiplier_of(row, mode) * (mode == PGDP_GAP_GROSS ? 1 : row->final_share);
}

/* Of tokens that do an hour of human work. */
static double usd_per_hour(const double *values)
{
    return values[PGDP_PARAMETER_tokens_per_hour] * values[PGDP_PARAMETER_token_price] / 1e6;
}

void pgdp_gap_cells(const pgdp_workload *work, size_t n, const double *values, pgdp_gap_mode mode, pgdp_gap_cell *cells)
{
    const double *v = values;
    for (size_t w = 0; w < n; w++) {
        const pgdp_workload *row = &work[w];
        const double v0 = base_value(row, mode);
        pgdp_gap_cell *market = &cells[2 * w], *own = market + 1;
        *market = (pgdp_gap_cell){
            .name = row->name,
            .u = row->capability * v[PGDP_PARAMETER_adoption],
            .r = pg_unit_cost(v[PGDP_PARAMETER_review_share], usd_per_hour(v), 1 / row->hourly_wage,
                              1 / multiplier_of(row, mode)),
            .k = v[PGDP_PARAMETER_quality] * v[PGDP_PARAMETER_survival],
            .e = v[PGDP_PARAMETER_elasticity],
            .rho = v[PGDP_PARAMETER_pass_through],
            .lam = v[PGDP_PARAMETER_capture_rate],
            .p_h = v[PGDP_PARAMETER_human_price],
            .d_h = v[PGDP_PARAMETER_human_deflator],
            .theta = v[PGDP_PARAMETER_final_outlay_share],
            .q_max = v[PGDP_PARAMETER_expansion_cap],
        };
        *own = *market;
        own->v0 = v0 * v[PGDP_PARAMETER_in_house_share];
        market->v0 = v0 - own->v0;
        market->priced = true;
    }
}

pgdp_status pg_crowd_new(pgdp_ctx *ctx, const pgdp_gap_request *request, pg_crowd *out)
{
    const size_t n_blocks = pg_n_blocks(request->n_work, PG_ROWS);
    pg_work_rows *blocks;
    PG_TRY_ALLOC(ctx, blocks, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *blocks)); /* zeros add nothing */
    for (size_t w = 0; w < request->n_work; w++) {
        const pgdp_workload *row = &request->work[w];
        pg_work_rows *block = &blocks[w / PG_ROWS];
        const size_t i = w % PG_ROWS;
        block->v0[i] = base_value(row, request->mode);
        block->inverse_wage[i] = 1 / row->hourly_wage;
        block->inverse_multiplier[i] = 1 / multiplier_of(row, request->mode);
        block->capability[i] = row->capability;
        block->capability_se[i] = row->capability_se;
        block->logit[i] = pg_log(row->capability / (1 - row->capability)); /* of infinity 710: as good */
    }
    *out = (pg_crowd){ request, blocks, n_blocks };
    return PGDP_OK;
}

/* What all rows share, from the cell of a workload whose own numbers do not matter. */
static void put_terms(const pgdp_gap_request *request, const double *values, double z, pg_rows *rows)
{
    const pgdp_workload any = { .hourly_wage = 1, .multiplier = 1 };
    pgdp_gap_cell cells[2];
    pgdp_gap_cells(&any, 1, values, request->mode, cells);
    for (size_t i = 0; i < PG_ROWS; i++) {
        pg_rows_put(rows, i, &cells[0], request->mode);
        rows->in_house[i] = values[PGDP_PARAMETER_in_house_share];
    }
    rows->draw = (pg_draw){ .review_share = values[PGDP_PARAMETER_review_share],
                            .usd_per_hour = usd_per_hour(values),
                            .adoption = values[PGDP_PARAMETER_adoption],
                            .z = z };
}

void pg_crowd_evaluate(const pg_crowd *crowd, const double *values, double z, pgdp_gap *out)
{
    const pgdp_gap_request *request = crowd->request;
    const pg_economy news = { .news = request->news, .n_news = request->n_news, .mode = request->mode };
    const pg_vector_unit unit = pg_vector_unit_here();
    pg_tally tally = { .n_blocks = 0 };
    pg_rows rows;
    memset(rows.sum, 0, sizeof rows.sum);
    put_terms(request, values, z, &rows);
    pg_rows_prepare(&rows, unit);
    for (size_t b = 0; b < crowd->n_blocks; b++) {
        rows.work = crowd->blocks[b];
        pg_rows_draw(&rows, unit);
        pg_rows_evaluate(&rows, unit);
        pg_tally_block(&tally, &rows);
    }
    pg_tally_end(&tally, &rows);
    pg_gap_of_sums(tally.total, &news, out);
}
