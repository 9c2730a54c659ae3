/* frameworks.c  The arithmetic of published frameworks. Sources: frameworks.h, methodology 2.3, 2.5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/frameworks.h"
#include "core/parallel.h"

#include <math.h>

double pg_annual_rate(double ratio, double years)
{
    return expm1(log(ratio) / years);
}

double pg_hulten_gain(double gdp_share, double cost_saving)
{
    return gdp_share * cost_saving;
}

double pg_gdp_gain(double tfp_gain, double capital_share)
{
    return tfp_gain / (1 - capital_share);
}

double pg_bad_task_welfare(double use_value, double ban_value, double activity_share)
{
    return -ban_value / use_value * activity_share;
}

double pg_weighted_log_gain(const double *wage_bill, const double *log_gain, size_t n)
{
    return pg_dot(wage_bill, log_gain, n) / pg_sum(wage_bill, n);
}
