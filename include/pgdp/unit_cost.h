/** @file unit_cost.h  What AI costs a task: unit cost beside labour, break-even, feasibility; how token prices fall; a
 * firm's spending on tokens beside its payroll. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_UNIT_COST_H
#define PGDP_UNIT_COST_H

#include "pgdp/tasks.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Parameters of a task's cost, each with its _low and _high: default, range, unit and meaning (docs/unit_cost.md).
 * NaN: no default, the task's row, a setting or the price list must give it. Ends with a NULL name.
 */
PGDP_API const pgdp_option *pgdp_unit_cost_options(void);

/** What to compute. Everything is borrowed; every member may be NULL or 0. */
typedef struct pgdp_unit_cost_request {
    const pgdp_setting *settings; /**< parameters of all tasks; a task's own cell goes first */
    const pgdp_frame *prices;     /**< list of token prices: data/token_prices.csv or what the readers litellm,
                                       openrouter and llm_prices give */
    const char *model;            /**< of that list; NULL: the tasks' column "model" */
    const char *date;             /**< "2026-05-29": day of the prices and start of break-even; NULL: newest prices */
    size_t n_draws;               /**< over parameters with _low and _high; 0: 1000 */
    double conf_level;            /**< 0: 0.95 */
    uint64_t seed;
} pgdp_unit_cost_request;
typedef struct pgdp_unit_cost pgdp_unit_cost; /**< costs of a list of tasks; frames owned by it */
/**
 * Cost of each task by AI with a person behind it, beside the person alone.
 * @param tasks  a row a task: task_id (or the first text column), columns named as parameters, `model` where the
 *               request has none; other columns are passed over
 * @return NOT_FOUND (a setting, a column), PARSE (names row and column: outside its range, not between its low and
 *         high, required and missing, a model or date not in the list, a task there twice), BAD_ARGUMENT, NO_MEMORY
 * Source: methodology 2.5 (expected-cost form), 5.1 (ratio r); Svanberg et al. (2024), "Beyond AI Exposure"
 * (feasibility). Cost: O(n_draws * tasks * (horizon + log n_draws)).
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_unit_cost_new(pgdp_ctx *ctx, const pgdp_frame *tasks,
                                                      const pgdp_unit_cost_request *request, pgdp_unit_cost **out);
PGDP_API void pgdp_unit_cost_free(pgdp_unit_cost *cost);
/** A row a task: task_id, model, labour_usd, cost_usd, ratio (AI's cost of a task it gets done over labour's),
 * ratio_expected (cost_usd over labour_usd), ln_time_ratio and break_even_years each with _low and _high; token_usd,
 * person_usd, fallback_usd (parts of cost_usd), attempts, done (probability that AI does it), break_even_multiple (of
 * token prices), break_even_usd_per_million, break_even (now, later, never), break_even_date, wage_bill_usd,
 * saved_usd, fixed_usd, run_usd (present values), feasible (1, 0), feasible_share (of the draws). */
PGDP_API const pgdp_frame *pgdp_unit_cost_tasks(const pgdp_unit_cost *cost);
/** Over all tasks: measure, value, conf_low, conf_high, unit, words. Shares and means are by
 * wage bill; where no task has one, each counts alike and amounts are missing. */
PGDP_API const pgdp_frame *pgdp_unit_cost_summary(const pgdp_unit_cost *cost);
/** Every parameter: name, unit, value (of all tasks by settings and defaults), low, high, given_by (tasks, setting,
 * prices, default, nothing), meaning. */
PGDP_API const pgdp_frame *pgdp_unit_cost_parameters(const pgdp_unit_cost *cost);
/** All of it: schema pgdp.tasks.cost/1, or tables. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_unit_cost_write(pgdp_ctx *ctx, const pgdp_unit_cost *cost, bool as_json,
                                                        const pgdp_sink *sink);
/**
 * Tasks of a list as such a table: task_id, onet_soc, wage_usd, hours_year, wage_bill_usd; tasks without pay are left
 * out. Freed by the caller.
 * @param more  NULL, or parameters of some tasks: its column task_id and those named as parameters or "model"
 * @return NOT_FOUND (more has no task_id), PARSE (names row and column: a task that is not in the list or there twice),
 *         NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_unit_cost_of_list(pgdp_ctx *ctx, const pgdp_task_list *list,
                                                          const pgdp_frame *more, pgdp_frame **out);
/** Costs of a study's task list. @param more_path  NULL, or the file of `more`. @return also the study's */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_study_unit_cost(pgdp_ctx *ctx, const char *study_path, const char *more_path,
                                                        const pgdp_unit_cost_request *request, pgdp_unit_cost **out);

/** How token prices fall. Everything is borrowed; every member may be NULL or 0. */
typedef struct pgdp_token_prices_request {
    const char *vcov;     /**< of both regressions; NULL: "HC1" */
    const double *levels; /**< [n_levels] of the score, for the cheapest model at each; none: the hedonic part alone */
    size_t n_levels;
    double input_share; /**< of tokens, where a row has prices of input and output; 0: 0.75 */
    double conf_level;  /**< 0: 0.95 */
} pgdp_token_prices_request;
typedef struct pgdp_token_prices pgdp_token_prices; /**< frames owned by it */
/**
 * ln price = a + b t + c score + provider, and ln of the cheapest price at each level of the score on t; t in years.
 * @param prices  a row a model and date: model, date (or from, from_date, created), price, or those of input and
 *                output (usd per million tokens, as the price lists), provider (or vendor), score where known
 * @return NOT_FOUND, PARSE (names row and column: a price below 0, text that is no date), TOO_FEW_OBS and the
 * regression's Source: methodology 4.4; Epoch AI (2025) for the cheapest model by level. A yearly factor of 10: prices
 * fall to a tenth each year; its interval is by the delta method, and by the ends of b's.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_token_prices_new(pgdp_ctx *ctx, const pgdp_frame *prices,
                                                         const pgdp_token_prices_request *request,
                                                         pgdp_token_prices **out);
PGDP_API void pgdp_token_prices_free(pgdp_token_prices *prices);
/** A row the hedonic regression, and a row a level: series (hedonic, level), level, n, left_out (no price
 * above 0, date or score), first_date, last_date, first_price, last_price, slope, std_error (of ln price a year),
 * yearly_factor, conf_low, conf_high (delta method), exp_low, exp_high, yearly_change; without interval where two
 * points make the line, missing where there is one. */
PGDP_API const pgdp_frame *pgdp_token_prices_trends(const pgdp_token_prices *prices);
/** The hedonic regression: term, estimate, std_error, statistic, p_value, conf_low, conf_high. */
PGDP_API const pgdp_frame *pgdp_token_prices_terms(const pgdp_token_prices *prices);
/** The cheapest price by level, a row each time it falls: level, date, model, price. */
PGDP_API const pgdp_frame *pgdp_token_prices_frontier(const pgdp_token_prices *prices);
/** All of it: schema pgdp.tasks.prices/1, or tables. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_token_prices_write(pgdp_ctx *ctx, const pgdp_token_prices *prices, bool as_json,
                                                           const pgdp_sink *sink);
/** (first / last)^(1 / years): by how much prices fall a year. All > 0. */
PGDP_API double pgdp_yearly_factor(double first, double last, double years);

typedef struct pgdp_ledger pgdp_ledger; /**< a firm's tokens beside its payroll; frames owned by it */
/**
 * Join a firm's spending on AI with its payroll.
 * @param spend    rows of month, unit, usd; where known tokens, hours_saved, saved_usd. Rows of a month and unit add up
 * @param payroll  a row a month and unit: month, unit, usd; where known hours, for the value of an hour saved
 * @return NOT_FOUND (a column), PARSE (names row and column: no month, below 0, a month and unit twice or not in the
 *         payroll), NO_MEMORY
 * Saved labour is saved_usd, else hours_saved at the unit's payroll an hour of that month.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ledger_new(pgdp_ctx *ctx, const pgdp_frame *spend, const pgdp_frame *payroll,
                                                   pgdp_ledger **out);
PGDP_API void pgdp_ledger_free(pgdp_ledger *ledger);
/** A row a month and unit, and "all" last of each month: month, unit, spend_usd, payroll_usd, share, tokens,
 * usd_per_million, saved_usd, multiple (saved over spent). */
PGDP_API const pgdp_frame *pgdp_ledger_months(const pgdp_ledger *ledger);
/** A row a unit, and "all" last: unit, months, spend_usd, payroll_usd, share, run_rate_usd (last month x 12),
 * run_rate_share (of that month's payroll), growth (a month, from first to last month), saved_usd, multiple. */
PGDP_API const pgdp_frame *pgdp_ledger_units(const pgdp_ledger *ledger);
/** All of it: schema pgdp.tasks.ledger/1, or tables. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ledger_write(pgdp_ctx *ctx, const pgdp_ledger *ledger, bool as_json,
                                                     const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
