/* frameworks_list.c  Published frameworks with their published inputs, each computed again by its own arithmetic.
 * Sources: each entry's; methodology 2.3 to 2.9, 3.5. SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/frameworks.h"

#include <math.h>

/* An input: its place among the framework's numbers, published value, range, meaning. */
#define INPUT(i, name, value, lo, hi, text)                                                                            \
    {                                                                                                                  \
        name, PGDP_OPTION_REAL, (i) * sizeof(double), value, lo, hi, NULL, text                                        \
    }
#define SHARE(i, name, value, text)    INPUT(i, name, value, 0, 1, text)
#define POSITIVE(i, name, value, text) INPUT(i, name, value, 1e-12, 1e18, text)
#define END                                                                                                            \
    {                                                                                                                  \
        .name = NULL                                                                                                   \
    }

static const pgdp_option acemoglu_inputs[] = {
    SHARE(0, "exposed_share", 0.20, "GDP share of exposed tasks"),
    SHARE(1, "feasible_share", 0.23, "of these worth automating within ten years"),
    SHARE(2, "labour_saving", 0.27, "of labour cost in a task"),
    SHARE(3, "labour_share", 0.535, "AI-weighted, of cost"),
    INPUT(4, "capital_share", 0.43, 0, 0.99, "of income, that follows output"),
    END,
};
static void acemoglu(const double *x, double *out)
{
    out[0] = pg_hulten_gain(x[0], x[1]);
    out[1] = pg_hulten_gain(x[2], x[3]);
    out[2] = pg_hulten_gain(out[0], out[1]);
    out[3] = pg_gdp_gain(out[2], x[4]);
}

static const pgdp_option bad_task_inputs[] = {
    POSITIVE(0, "use_value", 53, "willingness to pay for use"),
    INPUT(1, "ban_value", 19, 0, 1e18, "willingness to pay to have it banned"),
    SHARE(2, "activity_share", 0.02, "of GDP that is such activity"),
    END,
};
static void bad_tasks(const double *x, double *out)
{
    out[0] = pg_bad_task_welfare(x[0], x[1], x[2]);
}

static const pgdp_option anthropic_inputs[] = {
    INPUT(0, "log_gain", 0.196, -10, 10, "wage-bill-weighted mean of ln(time without / time with)"),
    POSITIVE(1, "years", 10, "over which it is realised"),
    SHARE(2, "labour_share", 0.6, "of income"),
    END,
};
static void anthropic(const double *x, double *out)
{
    out[0] = pg_annual_rate(1 + x[0], x[1]);
    out[1] = pg_hulten_gain(x[2], out[0]);
}

static const pgdp_option occupation_inputs[] = {
    POSITIVE(0, "wage_bill", 239.18, "of the occupation, usd_bn a year: software developers"),
    POSITIVE(1, "all_wage_bills", 10460, "of the economy, usd_bn a year"),
    INPUT(2, "log_gain", 1.507, -10, 10, "ln(time without / time with)"),
    POSITIVE(3, "years", 10, "over which it is realised"),
    END,
};
static void occupation(const double *x, double *out)
{
    out[0] = pg_annual_rate(1 + pg_hulten_gain(x[0] / x[1], x[2]), x[3]);
}

static const pgdp_option bick_inputs[] = {
    SHARE(0, "saved_all", 0.014, "hours saved, of all hours"),
    INPUT(1, "saved_users", 0.054, 1e-12, 1, "hours saved by users, of their hours"),
    POSITIVE(2, "hour_gain", 0.33, "productivity gain of an hour with AI"),
    END,
};
static void bick(const double *x, double *out)
{
    out[0] = x[0] / x[1];
    out[1] = x[1] / x[2];
}

static const pgdp_option ces_inputs[] = {
    SHARE(0, "share", 0.05, "of cost in tasks that AI does"),
    POSITIVE(1, "cost_ratio", 0.02, "of AI to a person in them"),
    INPUT(2, "sigma", 0.5, 0, 100, "elasticity of substitution between tasks"),
    END,
};
static void ces(const double *x, double *out)
{
    out[0] = pg_ces_gain(x[0], x[1], x[2]);
    out[1] = exp(out[0]);
    out[2] = pg_hulten_gain(x[0], -log(x[1]));
}

static const pgdp_option surplus_inputs[] = {
    INPUT(0, "users", 98.78e6, 0, 1e11, "adults who use it"),
    INPUT(1, "monthly_value", 98.00, 0, 1e9, "mean willingness to accept a month without, usd"),
    END,
};
static void surplus(const double *x, double *out)
{
    out[0] = 12 * x[0] * x[1] / 1e9;
}

static const pgdp_option compute_inputs[] = {
    POSITIVE(0, "first", 37, "nominal AI compute at first, usd_bn"),
    POSITIVE(1, "last", 219, "at last"),
    POSITIVE(2, "years", 2, "between"),
    POSITIVE(3, "nominal_factor", 2.45, "nominal output, a year over the year before"),
    POSITIVE(4, "real_factor", 23.8, "quality-adjusted output, the same"),
    END,
};
static void compute(const double *x, double *out)
{
    out[0] = pg_annual_rate(x[1] / x[0], x[2]);
    out[1] = pg_annual_rate(x[3] / x[4], 1);
}

static const pgdp_option price_inputs[] = {
    POSITIVE(0, "first", 60, "price of a level of capability at first, usd per million tokens"),
    POSITIVE(1, "last", 0.06, "at last"),
    POSITIVE(2, "years", 3, "between"),
    END,
};
static void price_fall(const double *x, double *out)
{
    out[0] = 1 + pg_annual_rate(x[0] / x[1], x[2]);
}

static const pgdp_option survivor_inputs[] = {
    INPUT(0, "survivors", 0.98, 1e-12, 1e12, "market share of surviving plants, this period over the one before"),
    INPUT(1, "sigma", 4, 1.000001, 1000, "elasticity of substitution"),
    END,
};
static void missing_growth(const double *x, double *out)
{
    out[0] = -log(pg_variety_factor(x[0], x[1]));
}

static const pgdp_option variety_inputs[] = {
    INPUT(0, "common", 0.9, 1e-12, 1e12, "spending share of goods of both periods, in the new over in the old"),
    INPUT(1, "sigma", 4, 1.000001, 1000, "elasticity of substitution"),
    END,
};
static void new_varieties(const double *x, double *out)
{
    out[0] = pg_variety_factor(x[0], x[1]);
}

static const pgdp_framework frameworks[] = {
    { "acemoglu",
      "Acemoglu (2024), The Simple Macroeconomics of AI, NBER 32487, eqs. 13 and 14",
      acemoglu_inputs,
      { { "affected_share", "share" }, { "cost_saving", "share" }, { "tfp", "log" }, { "gdp", "log" } },
      acemoglu },
    { "bad_tasks",
      "Acemoglu (2024), NBER 32487, new tasks of negative social value",
      bad_task_inputs,
      { { "welfare", "share of gdp" } },
      bad_tasks },
    { "anthropic",
      "Anthropic (2025), Estimating AI productivity gains from Claude conversations",
      anthropic_inputs,
      { { "labour_productivity", "a year" }, { "tfp", "a year" } },
      anthropic },
    { "occupation",
      "Anthropic (2025), Estimating AI productivity gains: an occupation's part in labour productivity",
      occupation_inputs,
      { { "labour_productivity", "a year" } },
      occupation },
    { "bick",
      "Bick, Blandin and Deming (2024), St. Louis Fed WP 2024-027",
      bick_inputs,
      { { "users_hours", "share" }, { "ai_time", "share of users' hours" } },
      bick },
    { "ces",
      "Baqaee and Farhi (2019), Econometrica 87; Hulten (1978), Review of Economic Studies 45",
      ces_inputs,
      { { "gain", "log" }, { "productivity", "factor" }, { "hulten_gain", "log" } },
      ces },
    { "surplus",
      "Brynjolfsson, Collis, Eggers et al., consumer surplus of generative AI, July 2025",
      surplus_inputs,
      { { "consumer_surplus", "usd_bn a year" } },
      surplus },
    { "compute",
      "Korinek and McKelvey (2026), PIIE WP 26-9",
      compute_inputs,
      { { "nominal_growth", "a year" }, { "price_growth", "a year" } },
      compute },
    { "price_fall",
      "Andreessen Horowitz (2024), LLMflation",
      price_inputs,
      { { "fall", "factor a year" } },
      price_fall },
    { "missing_growth",
      "Aghion, Bergeaud, Boppart, Klenow and Li (2019), American Economic Review 109",
      survivor_inputs,
      { { "missing_growth", "log" } },
      missing_growth },
    { "new_varieties",
      "Feenstra (1994), American Economic Review 84",
      variety_inputs,
      { { "price_factor", "factor" } },
      new_varieties },
};

const pgdp_framework *pgdp_framework_at(size_t i)
{
    return i < sizeof frameworks / sizeof *frameworks ? &frameworks[i] : NULL;
}
