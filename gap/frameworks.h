/* frameworks.h  The arithmetic of published frameworks, to set beside ours.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_FRAMEWORKS_H
#define PG_GAP_FRAMEWORKS_H

#include "pgdp/frameworks.h"

/** Rate a year that makes `ratio` in so many years, (ratio)^(1/years) - 1. */
double pg_annual_rate(double ratio, double years);
/** Log TFP gain: GDP share of the tasks times their cost saving. Source: Hulten (1978); Acemoglu (2024), eq. 14. */
double pg_hulten_gain(double gdp_share, double cost_saving);
/** Log GDP gain from a log TFP gain at a constant capital-output ratio. Source: Acemoglu (2024), eq. 13. */
double pg_gdp_gain(double tfp_gain, double capital_share);
/** Welfare change from new bad tasks, as a share of GDP: willingness to pay 53 for use, 19 to have it banned, on a
 * share of activity, loses 19/53 of that share. Source: Acemoglu (2024), on new bad tasks. */
double pg_bad_task_welfare(double use_value, double ban_value, double activity_share);
/** Wage-bill-weighted mean of occupations' log gains, [n]. Source: Anthropic (2025), "Estimating AI productivity
 * gains". */
double pg_weighted_log_gain(const double *wage_bill, const double *log_gain, size_t n);
/** Log fall of unit cost when the share s of cost becomes r times as dear, the rest stays, and tasks substitute with
 * elasticity sigma; -ln [s r^(1 - sigma) + 1 - s]^(1 / (1 - sigma)), at sigma 1 -s ln r. Source: methodology 3.5. */
double pg_ces_gain(double share, double cost_ratio, double sigma);
/** What a price index of common goods is multiplied by for goods that came and went: ratio^(1 / (sigma - 1)), ratio the
 * new over the old spending share of common goods. Source: Feenstra (1994), proposition 1. */
double pg_variety_factor(double ratio, double sigma);

enum { PG_MOST_FRAMEWORK_INPUTS = 8 };

#endif
