/* scenario.h  The central run occupation by occupation, as the workbook's live formulas recompute it, and its parts.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_SCENARIO_H
#define PG_GAP_SCENARIO_H

#include "core/ctx.h"
#include "pgdp/gap.h"

/** One list of what an occupation's two cells (market, own: in house) come to: field, unit. */
#define PG_SCENARIO_LIST(X)                                                                                            \
    X(v0, "usd")                                                                                                       \
    X(u, "share")                                                                                                      \
    X(r, "ratio")                                                                                                      \
    X(price, "ratio")                                                                                                  \
    X(own_v0, "usd")                                                                                                   \
    X(market_v0, "usd")                                                                                                \
    X(market_q_s, "usd")                                                                                               \
    X(own_q_s, "usd")                                                                                                  \
    X(market_q_e, "usd")                                                                                               \
    X(own_q_e, "usd")                                                                                                  \
    X(q_h, "usd")                                                                                                      \
    X(f, "usd")                                                                                                        \
    X(n, "usd")                                                                                                        \
    X(m, "usd")                                                                                                        \
    X(p1q0, "usd")                                                                                                     \
    X(defl_s, "usd")                                                                                                   \
    X(defl_e, "usd")                                                                                                   \
    X(bound_s, "usd")                                                                                                  \
    X(bound_e, "usd")
/** The values of PG_SCENARIO_LIST; the letters are those of gap.h. */
typedef struct pg_scenario_row {
#define PGDP_ENTRY(name, unit) double name;
    PG_SCENARIO_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
} pg_scenario_row;
/** Rows [n] at the parameters' values [PGDP_N_PARAMETERS]; work is taken as checked. O(n). */
void pg_scenario_rows(const pgdp_workload *work, size_t n, const double *values, pgdp_gap_mode mode,
                      pg_scenario_row *rows);

/** What a group of rows adds to the whole. */
typedef struct pg_contribution {
    const char *name;
    size_t n;                 /**< rows */
    double wage_bill;         /**< usd a year */
    double exposed_wage_bill; /**< wage bill times capability */
    double other_wage_bill;   /**< the rest of it */
    double v0;                /**< base value */
    double phi_l;             /**< Laspeyres phantom GDP, which adds up exactly */
} pg_contribution;
/** By the workloads' group, in order of first appearance, names borrowed; out in ctx->scratch. */
pgdp_status pg_scenario_groups(pgdp_ctx *ctx, const pgdp_workload *work, const pg_scenario_row *rows, size_t n,
                               pg_contribution **out, size_t *n_out);
/** By regime, of the detail frame of pgdp_gap_compute(): n, v0 and phi_l only. */
pgdp_status pg_regime_contributions(pgdp_ctx *ctx, const pgdp_frame *detail, pg_contribution **out, size_t *n_out);

#endif
