/* diag_pesaran_cd.c  Are the errors of entities correlated? Source: Pesaran (2004), "General diagnostic tests for cross
 * section dependence in panels", equation 29 (unbalanced). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * CD = sqrt(2 / (n (n - 1))) sum over pairs of sqrt(T_ij) r_ij, r_ij the correlation of the residuals over the T_ij
 * periods that both have; pairs with fewer than two such periods, or no variation in them, are not counted. */
#include "stats/diagnostics.h"
#include "stats/panel_groups.h"

#include <math.h>

static const char *refuses(const pgdp_fit *fit)
{
    if (fit->design->entity == NULL || fit->design->period == NULL) return "it needs a panel: --panel ID,TIME";
    if (fit->residual == NULL) return "the method leaves no residuals by row";
    return NULL;
}

/* One entity's residuals in the order of its periods. */
typedef struct series {
    const double *e;
    const int32_t *period;
    size_t n;
} series;

/* Over the common periods, about the two means: their number, sums and sums of products. */
typedef struct moments {
    double n, a, b, aa, bb, ab;
} moments;

static moments accumulate(const series *a, const series *b, double a_mean, double b_mean)
{
    moments m = { 0 };
    for (size_t i = 0, j = 0; i < a->n && j < b->n;) {
        if (a->period[i] == b->period[j]) {
            const double x = a->e[i++] - a_mean, y = b->e[j++] - b_mean;
            m.n++;
            m.a += x;
            m.b += y;
            m.aa += x * x;
            m.bb += y * y;
            m.ab += x * y;
        } else if (a->period[i] < b->period[j]) {
            i++;
        } else {
            j++;
        }
    }
    return m;
}

/* sqrt(T_ij) r_ij; false: not defined. */
static bool pair(const series *a, const series *b, double *out)
{
    const moments raw = accumulate(a, b, 0, 0);
    if (raw.n < 2) return false;
    const moments m = accumulate(a, b, raw.a / raw.n, raw.b / raw.n);
    if (!(m.aa > 0) || !(m.bb > 0)) return false;
    *out = sqrt(raw.n) * m.ab / sqrt(m.aa) / sqrt(m.bb);
    return true;
}

static series series_of(const pgdp_fit *fit, const pg_groups *groups, size_t g)
{
    const size_t first = groups->first[g];
    return (series){ fit->residual + first, fit->design->period + first, pg_group_size(groups, g) };
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    pg_groups groups;
    double sum = 0, n_pairs = 0, value;
    const double nan = (double)NAN;
    PG_TRY(pg_groups_new(ctx, fit->design, &groups));
    for (size_t g = 0; g < groups.n; g++) {
        const series a = series_of(fit, &groups, g);
        for (size_t h = g + 1; h < groups.n; h++) {
            const series b = series_of(fit, &groups, h);
            if (!pair(&a, &b, &value)) continue;
            sum += value;
            n_pairs++;
        }
    }
    const double z = n_pairs > 0 ? sum / sqrt(n_pairs) : nan;
    const pgdp_diagnostic line = { .name = "pesaran_cd",
                                   .title = "Pesaran's CD, standard normal; null: entities are not correlated",
                                   .statistic = z,
                                   .df = nan,
                                   .df2 = nan,
                                   .p_value = 2 * pgdp_normal_upper(fabs(z)) };
    pg_fit_add_diagnostic(fit, &line);
    return PGDP_OK;
}

const pg_diagnostic_kind pg_diag_pesaran_cd = {
    .name = "pesaran_cd",
    .title = "Pesaran's test of cross-sectional dependence",
    .source = "Pesaran (2004), General diagnostic tests for cross section dependence in panels, equation 29",
    .refuses = refuses,
    .compute = compute,
};
