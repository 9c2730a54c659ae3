/* unit_cost.h  The inside of unit costs: parameters of a task as numbers, and the arithmetic on them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_UNIT_COST_H
#define PG_UNIT_COST_H

#include "core/ctx.h"
#include "pgdp/unit_cost.h"
#include "tasks/token_price_list.h"

/* clang-format off */
/** name, default, lowest, highest, unit, meaning. NAN: no default. */
#define PG_COST_PARAMETERS(X)                                                                                          \
    X(minutes, NAN, 1e-6, 1e9, "minutes", "a person's time for the task without AI")                                   \
    X(wage_usd, NAN, 0, 1e6, "usd an hour", "the person's wage")                                                       \
    X(labour_load, 1, 1, 10, "ratio", "cost of an hour to the employer over the wage")                                 \
    X(tokens_in, NAN, 0, 1e15, "tokens an attempt", "tokens read")                                                     \
    X(tokens_out, NAN, 0, 1e15, "tokens an attempt", "tokens written, thinking included")                              \
    X(cached_share, 0, 0, 1, "share", "of the tokens read that come from a cache")                                     \
    X(input_usd_per_million, NAN, 0, 1e9, "usd per million tokens", "price of tokens read")                            \
    X(output_usd_per_million, NAN, 0, 1e9, "usd per million tokens", "price of tokens written")                        \
    X(cached_usd_per_million, NAN, 0, 1e9, "usd per million tokens", "price of cached tokens; none: as tokens read")   \
    X(attempt_usd, 0, 0, 1e9, "usd an attempt", "what else an attempt costs: tools, searches, machines")               \
    X(attempts, 1, 1, 1000, "attempts", "tried at most, before a person takes over")                                   \
    X(success, NAN, 0, 1, "share", "probability that an attempt does the task, each independent")                      \
    X(review_minutes, 0, 0, 1e9, "minutes an attempt", "a person's time to review what came out")                      \
    X(ai_minutes, 0, 0, 1e9, "minutes an attempt", "a person's other time with AI: asking, waiting")                   \
    X(fallback_share, 1, 0, 10, "ratio", "of `minutes` that a person needs after AI gave up")                          \
    X(runs_year, NAN, 0, 1e15, "tasks a year", "how often; none: hours_year over minutes")                             \
    X(hours_year, NAN, 0, 1e15, "hours a year", "people's time that goes into the task")                               \
    X(wage_bill_usd, NAN, 0, 1e15, "usd a year", "weight of the task; none: runs at labour's cost")                    \
    X(price_factor, 1, 1, 1e6, "ratio a year", "by which token prices fall: 10 makes them a tenth each year")          \
    X(fixed_usd, 0, 0, 1e15, "usd a deployment", "development and set-up, paid at once")                               \
    X(deployments, 1, 0, 1e9, "deployments", "that the tasks are spread over, each with its fixed and running cost")   \
    X(run_usd_year, 0, 0, 1e15, "usd a year and deployment", "running cost beside the attempts: upkeep, machines")     \
    X(run_decline, 0, 0, 1, "share a year", "by which run_usd_year falls")                                             \
    X(wage_growth, 0, -0.5, 1, "share a year", "of the wage")                                                          \
    X(horizon_years, 5, 1, 100, "years", "that a deployment lasts; whole years, payments at their ends")               \
    X(discount, 0.05, 0, 10, "share a year", "rate of present values")
/* clang-format on */

enum {
#define PG_ENTRY(name, initial, low, high, unit, meaning) PG_COST_##name,
    PG_COST_PARAMETERS(PG_ENTRY)
#undef PG_ENTRY
        PG_N_COST_PARAMETERS
};
/** The three forms of a parameter among the options: the value, its low, its high. */
enum { PG_COST_VALUE, PG_COST_LOW, PG_COST_HIGH, PG_N_COST_FORMS };

/** What follows from one set of parameters; usd a task. */
typedef struct pg_task_cost {
    double labour, tokens, person, fallback, cost; /**< person: minutes with AI; cost: the three parts that precede */
    double attempts, done, ratio, ratio_expected, ln_time_ratio;
    double multiple, usd_per_million, years; /**< of break-even; years: 0 now, INFINITY never, NaN not known */
    double wage_bill;                        /**< usd a year; NaN not known */
    double saved, fixed, run;                /**< present values; NaN without runs_year */
} pg_task_cost;
/** x: [PG_N_COST_PARAMETERS]. */
pg_task_cost pg_task_cost_of(const double *x);

/** Parameters of all tasks. */
typedef struct pg_cost_inputs {
    size_t n, key;
    const pgdp_frame *tasks;
    double *x[PG_N_COST_FORMS]; /**< [n x PG_N_COST_PARAMETERS], by task; low and high NaN: certain */
    double all[PG_N_COST_PARAMETERS * PG_N_COST_FORMS]; /**< by settings and defaults, as the options' fields */
    const char *given_by[PG_N_COST_PARAMETERS];
    const char **model; /**< [n]; NULL: none */
    pgdp_period day;    /**< of the request; PGDP_MISSING_PERIOD: none */
    bool uncertain;     /**< some parameter has a low and a high */
} pg_cost_inputs;
/** Read, look up and check them, in scratch memory. */
pgdp_status pg_cost_inputs_read(pgdp_ctx *ctx, const pgdp_frame *tasks, const pgdp_unit_cost_request *request,
                                pg_cost_inputs *out);
/** The task's name as text; a number in its shortest form. In scratch memory. */
pgdp_status pg_cost_key(pgdp_ctx *ctx, const pg_cost_inputs *in, size_t row, const char **out);

/** What of a task's cost has an interval. */
enum { PG_COST_OF_TASK, PG_COST_RATIO, PG_COST_RATIO_EXPECTED, PG_COST_LN_TIME, PG_COST_YEARS, PG_N_SPREADS };
/** What is summed over tasks with a wage bill w (usd a year). */
enum {
    PG_SUM_WAGE_BILL,
    PG_SUM_COST,     /**< w ratio_expected */
    PG_SUM_TOKENS,   /**< w tokens / labour */
    PG_SUM_RATIO,    /**< w ratio */
    PG_SUM_LN_TIME,  /**< w ln_time_ratio */
    PG_SUM_CHEAPER,  /**< w where cost is below labour */
    PG_SUM_KNOWN,    /**< w where feasibility is known */
    PG_SUM_FEASIBLE, /**< w where it is given */
    PG_SUM_SAVED,    /**< present value of saved less fixed less run, where feasible */
    PG_N_COST_SUMS
};
/** All tasks, and all draws of them. Scratch memory. */
typedef struct pg_cost_results {
    pg_task_cost *cost;     /**< [n] */
    double *low, *high;     /**< [n x PG_N_SPREADS], by task; NaN: certain */
    double *feasible_share; /**< [n] of the draws; NaN: certain or not known */
    double sums[PG_N_COST_SUMS];
    bool weighted;  /**< some task has a wage bill; else each counts as one */
    size_t n_draws; /**< 0: everything is certain */
    double *drawn;  /**< [n_draws x PG_N_COST_SUMS], by draw */
} pg_cost_results;
/** 1 feasible, 0 not, NaN not known. */
double pg_cost_feasible(const pg_task_cost *cost);
/** Compute every task at its values, and over the draws. Draw d takes one uniform a parameter, the same for all tasks:
 * what is not known is the parameter, not the task. */
pgdp_status pg_cost_results_of(pgdp_ctx *ctx, const pg_cost_inputs *in, const pgdp_unit_cost_request *request,
                               pg_cost_results *out);

#endif
