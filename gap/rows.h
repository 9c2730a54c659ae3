/* rows.h  Rows of work as arrays, a fixed number at a time: the model itself, for one cell as for a million.
 * Source: methodology 3.5, 5.1. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_ROWS_H
#define PG_GAP_ROWS_H

#include "core/vector_math.h"
#include "pgdp/gap.h"

/** All arrays of a block stay in the first cache; a short one is filled up with rows that add nothing. */
enum { PG_ROWS = 64 };
typedef double pg_lane[PG_ROWS];

/** What is added up over rows; P1Q0 is base quantity at the new price level of its own row. */
typedef enum pg_row_sum {
    PG_Q0,
    PG_Q1,
    PG_F1,
    PG_N1,
    PG_M1,
    PG_P1Q0,
    PG_DEFL_H,
    PG_DEFL_S,
    PG_DEFL_E,
    PG_BOUND_S,
    PG_BOUND_E,
    PG_CS,
    PG_N_SUMS
} pg_row_sum;

/** A workload's own numbers, the same in every draw; inverses, since divisions are the slowest operations here. */
typedef struct pg_work_rows {
    pg_lane v0, inverse_wage, inverse_multiplier, capability, capability_se;
    pg_lane logit; /**< of capability */
} pg_work_rows;
/** What all workloads of a draw share. */
typedef struct pg_draw {
    double review_share, usd_per_hour; /**< of tokens */
    double adoption, z;                /**< z: standard errors by which every capability is off */
} pg_draw;

/** A block of rows. A row is a cell, or a workload whose two cells differ in nothing but `in_house`. */
typedef struct pg_rows {
    pg_work_rows work; /**< of pg_rows_draw() */
    pg_draw draw;
    pg_lane v0, u, r, in_house; /**< in_house: share of v0 that has no visible price; 0 or 1 for a cell */
    pg_lane k, e, rho, lam, p_h, d_h, theta, q_max;
    pg_lane inverse_k, real_h, rest, inverse_rest, log_binding, binding; /**< of pg_rows_prepare() */
    pg_lane price, asked, log_price; /**< of pg_rows_evaluate(), as all below; asked: price, 1 where AI does nothing */
    pg_lane seen, unseen;            /**< shares of the spending on AI work */
    pg_lane quantity, real, surplus; /**< per unit of base value that AI took over */
    pg_lane q_h, q_s, q_e;
    pg_lane sum[PG_N_SUMS]; /**< it adds to these */
} pg_rows;

/** Cost of AI in units of the base price: per dollar of labour that it replaces, of which a unit of base value holds
 * 1 / multiplier; the rest of its value (capital, taxes) is not saved. */
PG_INLINE double pg_unit_cost(double review_share, double usd_per_hour, double inverse_wage, double inverse_multiplier)
{
    const double per_labour = review_share + usd_per_hour * inverse_wage;
    return pg_larger(1 - (1 - per_labour) * inverse_multiplier, 0);
}

/** Consumer surplus of a price fall from 1 to x, the integral of p^-e: log_x of x, rest 1 - e, inverse_rest its inverse
 * or 0. By expm1, so that e = 1 and prices near 1 lose no digits. */
PG_INLINE double pg_surplus(double log_x, double rest, double inverse_rest)
{
    return pg_pick(rest == 0, -log_x, -pg_expm1(rest * log_x) * inverse_rest);
}

/** A cell at place i. Gross: deflators are blind, and receipts count whatever theta. */
void pg_rows_put(pg_rows *rows, size_t i, const pgdp_gap_cell *cell, pgdp_gap_mode mode);
/** A place that adds nothing. */
void pg_rows_put_nothing(pg_rows *rows, size_t i);
/** v0, u and r from work and draw. */
void pg_rows_draw(pg_rows *rows, pg_vector_unit unit);
/** What follows from the terms alone (k, e, lam, p_h, d_h, q_max). */
void pg_rows_prepare(pg_rows *rows, pg_vector_unit unit);
/** Outcomes of prepared rows; adds to their sums. */
void pg_rows_evaluate(pg_rows *rows, pg_vector_unit unit);
/** Both for row 0 alone, the same bits; its sums start from nothing. */
void pg_rows_evaluate_first(pg_rows *rows);

/** Sums of many blocks, always in the same order: at most 64 rows plain in each of the block's places, these by a tree,
 * and the trees by Neumaier's (1974) compensated addition. Starts as zeros. */
typedef struct pg_tally {
    size_t n_blocks;
    double total[PG_N_SUMS], lost[PG_N_SUMS];
} pg_tally;
/** Call after each block that was evaluated; the first of all needs sums of zero. */
void pg_tally_block(pg_tally *tally, pg_rows *rows);
void pg_tally_end(pg_tally *tally, pg_rows *rows); /**< now total holds the sums */

#endif
