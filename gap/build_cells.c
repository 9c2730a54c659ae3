/* build_cells.c  Workloads at given parameter values to cells: for each a market and an in-house one. Source:
 * docs/model.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/request.h"

#include <math.h>

void pgdp_gap_cells(const pgdp_workload *work, size_t n, const double *values, pgdp_gap_mode mode, pgdp_gap_cell *cells)
{
    const double *v = values;
    const double in_house = v[PGDP_PARAMETER_in_house_share];
    const double usd_per_hour = v[PGDP_PARAMETER_tokens_per_hour] * v[PGDP_PARAMETER_token_price] / 1e6;
    for (size_t w = 0; w < n; w++) {
        const pgdp_workload *row = &work[w];
        const double multiplier = mode == PGDP_GAP_GROSS ? 1 : row->multiplier;
        const double final_share = mode == PGDP_GAP_GROSS ? 1 : row->final_share;
        const double v0 = row->wage_bill * multiplier * final_share;
        /* cost of AI per dollar of labour it replaces; a unit of base value holds 1 / multiplier of such a dollar, and
         * the rest of its value (capital, taxes) is not saved */
        const double per_labour = v[PGDP_PARAMETER_review_share] + usd_per_hour / row->hourly_wage;
        pgdp_gap_cell *market = &cells[2 * w], *own = market + 1;
        *market = (pgdp_gap_cell){
            .name = row->name,
            .u = row->capability * v[PGDP_PARAMETER_adoption],
            .r = fmax(1 - (1 - per_labour) / multiplier, 0),
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
        own->v0 = v0 * in_house;
        market->v0 = v0 - own->v0;
        market->priced = true;
    }
}

void pg_request_evaluate(const pgdp_gap_request *request, const pgdp_workload *work, const double *values,
                         pgdp_gap_cell *cells, pgdp_gap *out)
{
    pgdp_gap_cells(work, request->n_work, values, request->mode, cells);
    const pg_economy economy = { cells, 2 * request->n_work, request->news, request->n_news, request->mode };
    pg_gap_evaluate(&economy, out, NULL);
}
