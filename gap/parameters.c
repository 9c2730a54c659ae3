/* parameters.c  The parameters of a study: defaults, ranges, distributions drawn by inversion.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/random.h"
#include "core/text.h"
#include "gap/request.h"

#include <math.h>

static const pgdp_parameter defaults[] = {
#define PGDP_ENTRY(its_name, its_value, lo, hi, its_unit, text)                                                        \
    { .name = #its_name, .value = (its_value), .a = (its_value), .unit = (its_unit), .source = "" },
    PGDP_PARAMETER_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

typedef struct range {
    double lo, hi;
    const char *text;
} range;

static const range ranges[] = {
#define PGDP_ENTRY(name, value, lo, hi, unit, text) { lo, hi, text },
    PGDP_PARAMETER_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

const pgdp_parameter *pgdp_parameters_default(void)
{
    return defaults;
}

const char *pgdp_parameter_text(size_t i, double *lo, double *hi)
{
    if (i >= PGDP_N_PARAMETERS) return NULL;
    if (lo != NULL) *lo = ranges[i].lo;
    if (hi != NULL) *hi = ranges[i].hi;
    return ranges[i].text;
}

static bool fixed_fits(const pgdp_parameter *p, const range *r)
{
    return p->value >= r->lo && p->value <= r->hi;
}

static double fixed_at(const pgdp_parameter *p, double u)
{
    (void)u;
    return p->value;
}

static bool beta_fits(const pgdp_parameter *p, const range *r)
{
    (void)r;
    return p->a > 0 && p->a < 1 && p->b > 0 && isfinite(p->b);
}

static double beta_at(const pgdp_parameter *p, double u)
{
    return pg_quantile_beta(u, p->a * p->b, (1 - p->a) * p->b);
}

static bool lognormal_fits(const pgdp_parameter *p, const range *r)
{
    return p->a > 0 && p->a >= r->lo && p->a <= r->hi && p->b >= 0 && isfinite(p->b);
}

static double lognormal_at(const pgdp_parameter *p, double u)
{
    return p->a * exp(p->b * pg_quantile_normal(u));
}

static bool triangular_fits(const pgdp_parameter *p, const range *r)
{
    return p->a >= r->lo && p->a <= p->b && p->b <= p->c && p->c <= r->hi && p->a < p->c;
}

static double triangular_at(const pgdp_parameter *p, double u)
{
    return pg_quantile_triangular(u, p->a, p->b, p->c);
}

static bool uniform_fits(const pgdp_parameter *p, const range *r)
{
    return p->a >= r->lo && p->a <= p->b && p->b <= r->hi;
}

static double uniform_at(const pgdp_parameter *p, double u)
{
    return p->a + u * (p->b - p->a);
}

/* One row a distribution, in the order of pgdp_distribution. */
static const struct {
    const char *name, *expected;
    bool (*fits)(const pgdp_parameter *p, const range *r);
    double (*at)(const pgdp_parameter *p, double u);
} distributions[] = {
    { "fixed", "a value", fixed_fits, fixed_at },
    { "beta", "a mean between 0 and 1 and a concentration above 0", beta_fits, beta_at },
    { "lognormal", "a median above 0 and a log standard deviation of at least 0", lognormal_fits, lognormal_at },
    { "triangular", "low <= mode <= high, low < high", triangular_fits, triangular_at },
    { "uniform", "low <= high", uniform_fits, uniform_at },
};
enum { N_DISTRIBUTIONS = sizeof distributions / sizeof *distributions };

double pg_parameter_draw(const pgdp_parameter *parameter, size_t i, double u)
{
    const double x = distributions[parameter->distribution].at(parameter, u);
    return x < ranges[i].lo ? ranges[i].lo : x > ranges[i].hi ? ranges[i].hi : x;
}

pgdp_status pg_check_parameter_value(pgdp_ctx *ctx, size_t i, double value)
{
    if (value >= ranges[i].lo && value <= ranges[i].hi) return PGDP_OK;
    char found[PG_NUMBER_SIZE], lo[PG_NUMBER_SIZE], hi[PG_NUMBER_SIZE];
    pg_number_format(value, found);
    pg_number_format(ranges[i].lo, lo);
    pg_number_format(ranges[i].hi, hi);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "parameter %s: found %s, expected a number from %s to %s", defaults[i].name,
                   found, lo, hi);
}

static pgdp_status check_parameter(pgdp_ctx *ctx, size_t i, const pgdp_parameter *p)
{
    if (p->name != NULL && !pg_streq(p->name, defaults[i].name))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "parameter %zu: found \"%s\", expected %s; keep the order of the list",
                       i + 1, p->name, defaults[i].name);
    PG_TRY(pg_check_parameter_value(ctx, i, p->value));
    if ((size_t)p->distribution >= N_DISTRIBUTIONS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "parameter %s: found no such distribution", defaults[i].name);
    if (distributions[p->distribution].fits(p, &ranges[i])) return PGDP_OK;
    char a[PG_NUMBER_SIZE], b[PG_NUMBER_SIZE], c[PG_NUMBER_SIZE], lo[PG_NUMBER_SIZE], hi[PG_NUMBER_SIZE];
    pg_number_format(p->a, a);
    pg_number_format(p->b, b);
    pg_number_format(p->c, c);
    pg_number_format(ranges[i].lo, lo);
    pg_number_format(ranges[i].hi, hi);
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "parameter %s: found %s(%s, %s, %s), expected %s, within %s to %s",
                   defaults[i].name, distributions[p->distribution].name, a, b, c,
                   distributions[p->distribution].expected, lo, hi);
}

pgdp_status pg_check_request(pgdp_ctx *ctx, const pgdp_gap_request *request)
{
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        PG_TRY(check_parameter(ctx, i, &request->parameters[i]));
    for (size_t w = 0; w < request->n_work; w++) {
        const pgdp_status status = pg_check_fields(ctx, pg_workload_fields, &request->work[w]);
        if (status != PGDP_OK) return pg_gap_fail_at(ctx, status, "workload", w, request->work[w].name);
    }
    const pg_economy news = { .news = request->news, .n_news = request->n_news };
    return pg_check_economy(ctx, &news);
}

void pg_central_values(const pgdp_gap_request *request, double *values)
{
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        values[i] = request->parameters[i].value;
}
