/** @file gap.h  Scored tasks and accounts to phantom GDP. Source: docs/model.md, equations there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_GAP_H
#define PGDP_GAP_H

#include "pgdp/regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/** Gross: all receipts count, deflators blind (lam 0). Accounts: cells as the national accounts would record them. */
typedef enum pgdp_gap_mode { PGDP_GAP_ACCOUNTS, PGDP_GAP_GROSS } pgdp_gap_mode;

/** One cell: an occupation or a service class at base prices of 1, so that value is quantity. */
typedef struct pgdp_gap_cell {
    const char *name;
    double v0;    /**< base value, any currency, >= 0 */
    double u;     /**< adoption: share of the cell done by AI, [0, 1] */
    double r;     /**< unit cost of AI with review, relative to the base price, >= 0 */
    double k;     /**< constant-quality content of an AI unit times its survival, > 0 */
    double e;     /**< demand elasticity, >= 0 */
    double rho;   /**< pass-through of the saving to the buyer, [0, 1] */
    bool priced;  /**< sold at a visible price; else done in house */
    double lam;   /**< capture rate of the deflator; 0 blind, 1 perfect */
    double p_h;   /**< true price of the remaining human channel, > 0 */
    double d_h;   /**< its official deflator, > 0 */
    double theta; /**< in house: share of the token outlay that is final spending, [0, 1] */
    double q_max; /**< cap on q/q0 of expansion, >= 1; INFINITY: none */
} pgdp_gap_cell;
/** One kind of work that nobody paid for before. */
typedef struct pgdp_gap_new_task {
    const char *name;
    double p_star; /**< reservation price, > 0 */
    double p1;     /**< price = token cost, > 0 */
    double q;      /**< quantity, >= 0 */
    double theta;  /**< share of the outlay recorded as final, [0, 1] */
    double d;      /**< official deflator, > 0 */
} pgdp_gap_new_task;
/** What a cell does in nominal, measured and true terms when price falls. Source: methodology regime theorem. */
typedef enum pgdp_regime {
    PGDP_REGIME_NONE,             /**< no price fall or nothing adopted */
    PGDP_REGIME_GROWTH,           /**< nominal grows (e > 1) */
    PGDP_REGIME_NOMINAL_SHRINKS,  /**< e < 1 and e + lam >= 1: nominal falls, measured real does not */
    PGDP_REGIME_MEASURED_SHRINKS, /**< e + lam < 1: measured real falls while true output rises */
    PGDP_REGIME_CAPTURED          /**< rho = 0: the saving stays with the producer */
} pgdp_regime;
PGDP_API const char *pgdp_regime_name(pgdp_regime regime);
/** Nothing, phantom (Q_F > 1 and N1 < Q0), or strong (also M1 < Q0). */
typedef enum pgdp_gap_state { PGDP_STATE_NONE, PGDP_STATE_PHANTOM, PGDP_STATE_STRONG } pgdp_gap_state;
PGDP_API const char *pgdp_gap_state_name(pgdp_gap_state state); /**< "none", "phantom", "strong" */

/** One list of the aggregates: field, its unit ("value": that of v0), meaning. The JSON, the sheets and the bands
 * follow it. */
#define PGDP_GAP_LIST(X)                                                                                               \
    X(q0, "value", "base value")                                                                                       \
    X(q1, "value", "true quantity at base prices")                                                                     \
    X(f1, "value", "full spending")                                                                                    \
    X(n1, "value", "nominal measured")                                                                                 \
    X(m1, "value", "measured real")                                                                                    \
    X(ql, "index", "Laspeyres quantity index")                                                                         \
    X(qp, "index", "Paasche quantity index")                                                                           \
    X(qf, "index", "Fisher quantity index")                                                                            \
    X(phi_l, "value", "phantom GDP, Laspeyres: upper bound")                                                           \
    X(phi_f, "value", "phantom GDP, Fisher: the headline")                                                             \
    X(phi_p, "value", "phantom GDP, Paasche: lower bound")                                                             \
    X(defl_h, "value", "deflator mismeasurement, human channel")                                                       \
    X(defl_s, "value", "deflator mismeasurement, substituted work")                                                    \
    X(defl_e, "value", "deflator mismeasurement, expanded work")                                                       \
    X(defl_n, "value", "deflator mismeasurement, new tasks")                                                           \
    X(bound_s, "value", "boundary, substituted work")                                                                  \
    X(bound_e, "value", "boundary, expanded work")                                                                     \
    X(bound_n, "value", "boundary, new tasks")                                                                         \
    X(index_number_term, "value", "Laspeyres less Fisher")                                                             \
    X(shrinkage, "value", "nominal shrinkage")                                                                         \
    X(cs, "value", "consumer surplus, continuing work")                                                                \
    X(cs_new, "value", "consumer surplus, new tasks")                                                                  \
    X(phi_substitution, "value", "phantom GDP, Laspeyres, without expansion (e = 0)")
/** The aggregates of PGDP_GAP_LIST, and the state. */
typedef struct pgdp_gap {
#define PGDP_ENTRY(name, unit, text) double name;
    PGDP_GAP_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
    pgdp_gap_state state;
} pgdp_gap;

/**
 * Compute phantom GDP of cells and new tasks.
 * @param detail  NULL, or a frame with one row a cell: cell, v0, u, r, pt, q_h, q_s, q_e, f, n, m, phi_l, cs, regime
 * @return BAD_ARGUMENT (names the cell, the field, its range), NO_MEMORY
 * Cost O(n). Source: methodology section 5.1; identities of section 5.2 hold to rounding.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_gap_compute(pgdp_ctx *ctx, const pgdp_gap_cell *cells, size_t n_cells,
                                                    const pgdp_gap_new_task *news, size_t n_news, pgdp_gap_mode mode,
                                                    pgdp_gap *out, pgdp_frame **detail);
/** Read cells (and new tasks, or NULL) from frames with the columns of design.md 3.2 and compute; label: file for
 * messages. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_gap_from_frames(pgdp_ctx *ctx, const pgdp_frame *cells, const char *label,
                                                        const pgdp_frame *news, const char *news_label,
                                                        pgdp_gap_mode mode, pgdp_gap *out, pgdp_frame **detail);
/** Schema pgdp.gap/1, or a table for people. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_gap_write(pgdp_ctx *ctx, const pgdp_gap *gap, pgdp_gap_mode mode, bool as_json,
                                                  const pgdp_sink *sink);

/** How a parameter is uncertain. */
typedef enum pgdp_distribution {
    PGDP_FIXED,      /**< a */
    PGDP_BETA,       /**< mean a, concentration b: Beta(a b, (1 - a) b) */
    PGDP_LOGNORMAL,  /**< median a, log standard deviation b */
    PGDP_TRIANGULAR, /**< low a, mode b, high c */
    PGDP_UNIFORM     /**< low a, high b */
} pgdp_distribution;
/** A parameter of the study: value by default, distribution, source. */
typedef struct pgdp_parameter {
    const char *name;
    double value; /**< of the central run */
    pgdp_distribution distribution;
    double a, b, c;
    const char *unit, *source;
} pgdp_parameter;
/** One list of the parameters: name, default, low, high, unit, meaning. Their order is the order of `values` below. */
#define PGDP_PARAMETER_LIST(X)                                                                                         \
    X(adoption, 0.18, 0, 1, "share", "share of feasible work where AI is in use")                                      \
    X(review_share, 0.1, 0, 10, "share", "human review per unit, as a share of the labour it replaces")                \
    X(tokens_per_hour, 30000, 0, 1e12, "tokens", "tokens that do an hour of human work, in and out")                   \
    X(token_price, 5, 0, 1e6, "usd_per_million", "price of a million tokens")                                          \
    X(quality, 1, 0.001, 1000, "ratio", "constant-quality content of an AI unit")                                      \
    X(survival, 1, 0.001, 1, "share", "share of AI output that survives rework")                                       \
    X(elasticity, 0.6, 0, 10, "elasticity", "price elasticity of demand")                                              \
    X(expansion_cap, 10, 1, 1e9, "ratio", "cap on quantity over base quantity")                                        \
    X(pass_through, 1, 0, 1, "share", "pass-through of the cost saving to the buyer")                                  \
    X(in_house_share, 0.5, 0, 1, "share", "share of AI work done in house, without a price")                           \
    X(final_outlay_share, 0, 0, 1, "share", "share of in-house token outlay that is final spending")                   \
    X(capture_rate, 0, -1, 1, "share", "deflator capture rate: official log price change over true")                   \
    X(human_price, 1, 0.01, 100, "ratio", "true price of the remaining human work")                                    \
    X(human_deflator, 1, 0.01, 100, "ratio", "its official deflator")
/** Index of each parameter in `values`. */
typedef enum pgdp_parameter_index {
#define PGDP_ENTRY(name, value, lo, hi, unit, text) PGDP_PARAMETER_##name,
    PGDP_PARAMETER_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PGDP_N_PARAMETERS
} pgdp_parameter_index;
/** The list as an array of PGDP_N_PARAMETERS, all fixed at their defaults, source "". */
PGDP_API const pgdp_parameter *pgdp_parameters_default(void);
/** The text, low and high of parameter i. */
PGDP_API const char *pgdp_parameter_text(size_t i, double *lo, double *hi);

/** What a workload row is: the value of an occupation's (or activity's) work and how much of it AI can do. */
typedef struct pgdp_workload {
    const char *name, *group;
    double wage_bill;     /**< usd a year */
    double hourly_wage;   /**< usd, > 0 */
    double capability;    /**< share of the work that AI can do, [0, 1] */
    double capability_se; /**< of the logit of capability, >= 0 */
    double multiplier;    /**< value per dollar of labour; 1 in gross mode */
    double final_share;   /**< share of the value that is final demand, [0, 1]; 1 in gross mode */
} pgdp_workload;
/** Two cells a row (market, in house), at the parameters' `values` [PGDP_N_PARAMETERS]; cells: [2 n], borrowed names.
 */
PGDP_API void pgdp_gap_cells(const pgdp_workload *work, size_t n, const double *values, pgdp_gap_mode mode,
                             pgdp_gap_cell *cells);

/** Study's bottom-up request. */
typedef struct pgdp_gap_request {
    const pgdp_workload *work;
    size_t n_work;
    const pgdp_gap_new_task *news;
    size_t n_news;
    const pgdp_parameter *parameters; /**< [PGDP_N_PARAMETERS] */
    pgdp_gap_mode mode;
    size_t n_draws;
    uint64_t seed;
} pgdp_gap_request;
/**
 * Monte Carlo of the aggregates under the parameters' distributions; draw i is Philox stream (seed, "gap", i).
 * @param bands   a row an aggregate: name, unit, central, mean, sd, p05, p25, p50, p75, p95
 * @param shares  a row a parameter: name, rank correlation squared with phi_f, share of variance
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_gap_simulate(pgdp_ctx *ctx, const pgdp_gap_request *request, pgdp_frame **bands,
                                                     pgdp_frame **shares);
/** One axis of the grid: a parameter and its values. */
typedef struct pgdp_axis {
    size_t parameter;
    const double *values;
    size_t n;
} pgdp_axis;
/** Every combination: one row with the axes' parameters and phi_f, phi_l, phi_p, shrinkage, n1, m1, qf, state. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_gap_grid(pgdp_ctx *ctx, const pgdp_gap_request *request, const pgdp_axis *axes,
                                                 size_t n_axes, pgdp_frame **out);

/** Top-down: output implied by hours and the productivity relation before a break. */
typedef struct pgdp_top_down_request {
    const pgdp_frame *series; /**< columns period, real_output (index), hours (index), and gdp (usd_bn, annual rate) for
                                 the size; gdi optional */
    pgdp_period fit_first, fit_last; /**< estimation sample */
    double conf_level;
    size_t lags; /**< Newey-West lags of the trend's standard errors */
} pgdp_top_down_request;
/**
 * ln(output/hours) = a + b t + e over the estimation sample; after it, output implied = hours x predicted productivity.
 * @param out  a row a period after fit_last: period, actual, implied, conf_low, conf_high, gap_pct, gap_usd_bn,
 * gap_low_usd_bn, gap_high_usd_bn, gdp_less_gdi_usd_bn
 * @param trend  the regression itself
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_gap_top_down(pgdp_ctx *ctx, const pgdp_top_down_request *request,
                                                     pgdp_frame **out, pgdp_regression **trend);

/** Netting of an intermediate good's price fall: value added by industry, nominal and real. Source: methodology 3.4. */
typedef struct pgdp_netting {
    double nominal_gdp, real_va_buyer, real_va_supplier, real_gdp;
} pgdp_netting;
PGDP_API pgdp_netting pgdp_net_intermediate(double final_sales, double purchases, double price1, double deflator,
                                            double pass_through);
/** Consumer surplus of a price fall from 1 to x on isoelastic demand of base value v0. Source: methodology 3.5. */
PGDP_API double pgdp_consumer_surplus(double v0, double x, double elasticity);
/** Within and composition parts of a change in the mean wage (Bennet). [n] each. Source: methodology 4.3. */
PGDP_API void pgdp_bennet(const double *w0, const double *s0, const double *w1, const double *s1, size_t n,
                          double *within, double *composition);

#ifdef __cplusplus
}
#endif
#endif
