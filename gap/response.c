/* response.c  One cell's response to AI, and the regime that its recorded spending shows. Source: methodology 3.5, 5.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/model.h"
#include "gap/rows.h"

double pgdp_consumer_surplus(double v0, double x, double elasticity)
{
    const double rest = 1 - elasticity;
    return v0 * pg_surplus(pg_log(x), rest, rest == 0 ? 0 : 1 / rest);
}

/* The regime theorem (methodology 5.2-9) read off the recorded ratios, so that it also holds under a cap and in house.
 */
static pgdp_regime regime_of(const pgdp_gap_cell *cell, double price, double nominal, double real)
{
    if (cell->rho <= 0 && cell->r < 1) return PGDP_REGIME_CAPTURED;
    if (price >= 1) return PGDP_REGIME_NONE;
    if (real < 1 - PG_GAP_SLACK) return PGDP_REGIME_MEASURED_SHRINKS;
    if (nominal < 1 - PG_GAP_SLACK) return PGDP_REGIME_NOMINAL_SHRINKS;
    return PGDP_REGIME_GROWTH;
}

void pg_cell_outcome(const pgdp_gap_cell *cell, pgdp_gap_mode mode, pg_outcome *out)
{
    pg_rows rows;
    pg_rows_put(&rows, 0, cell, mode);
    pg_rows_evaluate_first(&rows);
    *out = (pg_outcome){
        .price = rows.price[0],
        .q_h = rows.q_h[0],
        .q_s = rows.q_s[0],
        .q_e = rows.q_e[0],
        .f = rows.sum[PG_F1][0],
        .n = rows.sum[PG_N1][0],
        .m = rows.sum[PG_M1][0],
        .defl_s = rows.sum[PG_DEFL_S][0],
        .defl_e = rows.sum[PG_DEFL_E][0],
        .bound_s = rows.sum[PG_BOUND_S][0],
        .bound_e = rows.sum[PG_BOUND_E][0],
        .cs = rows.sum[PG_CS][0],
        .regime = PGDP_REGIME_NONE,
    };
    const double seen = rows.seen[0] * rows.quantity[0];
    if (out->q_s > 0) out->regime = regime_of(cell, out->price, seen * rows.asked[0], seen * rows.real[0]);
}
