/* means.c  The list of means: means.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/means.h"

#include "core/text.h"
#include "stats/logistic.h"
#include "stats/normal_density.h"

#include <math.h>

pg_curve pg_curve_linear(double eta)
{
    return (pg_curve){ eta, 1, 0 };
}

pg_curve pg_curve_logistic(double eta)
{
    const double f = pg_logistic(eta), g = pg_logistic(-eta);
    return (pg_curve){ f, f * g, f * g * (g - f) };
}

pg_curve pg_curve_normal(double eta)
{
    const double density = pg_normal_density(eta);
    return (pg_curve){ pgdp_normal_upper(-eta), density, -eta * density };
}

pg_curve pg_curve_exponential(double eta)
{
    const double e = exp(eta);
    return (pg_curve){ e, e, e };
}

static double of_logit(double eta)
{
    return pg_logistic(eta) * pg_logistic(-eta);
}

static double of_probit(double eta)
{
    return pgdp_normal_upper(eta) * pgdp_normal_upper(-eta);
}

static const pg_mean_kind kinds[] = {
    { "logit", PG_MEAN_OF_OUTCOME, pg_curve_logistic, of_logit, true },
    { "probit", PG_MEAN_OF_OUTCOME, pg_curve_normal, of_probit, false },
    { "fraclogit", PG_MEAN_OF_OUTCOME, pg_curve_logistic, of_logit, true },
    { "poisson", PG_MEAN_OF_OUTCOME, pg_curve_exponential, exp, true },
    { "negbin", PG_MEAN_OF_OUTCOME, pg_curve_exponential, NULL, false },
    { "ologit", PG_MEAN_OF_ORDERED, pg_curve_logistic, NULL, false },
    { "oprobit", PG_MEAN_OF_ORDERED, pg_curve_normal, NULL, false },
    { "mlogit", PG_MEAN_OF_CATEGORIES, NULL, NULL, true },
};

const pg_mean_kind *pg_mean_kind_of(const char *method)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (pg_streq(kinds[i].method, method)) return &kinds[i];
    return NULL;
}
