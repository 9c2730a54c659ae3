/* unit_cost_of.c  Unit cost, break-even and present values of one task from its parameters. Source: methodology 2.5 and
 * 5.1; Svanberg et al. (2024), "Beyond AI Exposure". SPDX-License-Identifier: GPL-3.0-or-later */
#include "tasks/unit_cost.h"

#include <math.h>

#define P(name) (x[PG_COST_##name])

/* Attempts end with the first success, or after the n-th failure: sum of (1 - p)^k over k < n. */
static double expected_attempts(double p, double n)
{
    return p > 0 ? -expm1(n * log1p(-p)) / p : n;
}

/* Prices at which cost equals labour; the rest of the cost does not move with them. */
static void break_even(const double *x, double usd_per_token, pg_task_cost *c)
{
    c->multiple = (c->labour - c->person - c->fallback) / c->tokens;
    c->usd_per_million = c->multiple * usd_per_token * 1e6;
    c->years = (double)INFINITY;
    if (isnan(c->multiple)) c->years = (double)NAN;
    if (c->multiple >= 1) c->years = 0;
    if (c->multiple > 0 && c->multiple < 1 && P(price_factor) > 1) c->years = -log(c->multiple) / log(P(price_factor));
}

/* Year t = 1, 2, ...: what labour would have cost, and what AI with people behind it does. */
static void present_values(const double *x, double runs, pg_task_cost *c)
{
    const double delta = 1 / (1 + P(discount));
    const size_t n = isnan(runs) ? 0 : (size_t)P(horizon_years);
    double weight = 1, wage = 1, price = 1, run = P(deployments) * P(run_usd_year);
    c->fixed = P(deployments) * P(fixed_usd);
    c->saved = c->run = isnan(runs) ? (double)NAN : 0;
    const double other = P(attempt_usd) * c->attempts;
    for (size_t t = 0; t < n; t++) {
        weight *= delta;
        c->saved += weight * runs * wage * c->labour;
        c->run += weight * (runs * (price * c->tokens + other + wage * (c->person - other + c->fallback)) + run);
        wage *= 1 + P(wage_growth);
        price /= P(price_factor);
        run *= 1 - P(run_decline);
    }
}

pg_task_cost pg_task_cost_of(const double *x)
{
    pg_task_cost c = { 0 };
    const double usd_a_minute = P(wage_usd) * P(labour_load) / 60, read = P(tokens_in), written = P(tokens_out);
    const double cached = isnan(P(cached_usd_per_million)) ? P(input_usd_per_million) : P(cached_usd_per_million);
    const double fresh = 1 - P(cached_share);
    const double tokens =
        (read * (fresh * P(input_usd_per_million) + P(cached_share) * cached) + written * P(output_usd_per_million)) /
        1e6;
    const double minutes = P(review_minutes) + P(ai_minutes);
    c.attempts = expected_attempts(P(success), P(attempts));
    c.done = -expm1(P(attempts) * log1p(-P(success)));
    c.labour = P(minutes) * usd_a_minute;
    c.tokens = c.attempts * tokens;
    c.person = c.attempts * (minutes * usd_a_minute + P(attempt_usd));
    c.fallback = (1 - c.done) * P(fallback_share) * c.labour;
    c.cost = c.tokens + c.person + c.fallback;
    c.ratio = (c.tokens + c.person) / c.done / c.labour;
    c.ratio_expected = c.cost / c.labour;
    c.ln_time_ratio = -log((c.attempts * minutes + (1 - c.done) * P(fallback_share) * P(minutes)) / P(minutes));
    break_even(x, tokens / (read + written), &c);
    const double runs = isnan(P(runs_year)) ? P(hours_year) * 60 / P(minutes) : P(runs_year);
    c.wage_bill = isnan(P(wage_bill_usd)) ? runs * c.labour : P(wage_bill_usd);
    present_values(x, runs, &c);
    return c;
}
