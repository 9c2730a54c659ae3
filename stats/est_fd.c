/* est_fd.c  Least squares on first differences. Source: Wooldridge (2010), Econometric Analysis of Cross Section and
 * Panel Data, section 10.6. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Differences on the calendar: two rows of an entity that are one period apart give one, a gap gives none. The
 * constant, when it is kept, is a common trend. */
#include "stats/estimators.h"
#include "stats/panel_groups.h"

enum { NO, YES };
typedef struct options {
    int constant;
} options;

static const char *const answers[] = { "no", "yes", NULL };
static const pgdp_option rows[] = {
    { "constant", PGDP_OPTION_CHOICE, offsetof(options, constant), YES, 0, 0, answers,
      "keep the formula's constant in the equation of differences, as plm does; no: as linearmodels" },
    { .name = NULL },
};

/* Later rows of the pairs that are one period apart. */
static pgdp_status find_pairs(pgdp_ctx *ctx, const pgdp_design *d, size_t **later, size_t *n_pairs)
{
    *n_pairs = 0;
    PG_TRY_ALLOC(ctx, *later, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof **later));
    for (size_t i = 1; i < d->y.n; i++)
        if (d->entity[i] == d->entity[i - 1] && (int64_t)d->period[i] - d->period[i - 1] == 1)
            (*later)[(*n_pairs)++] = i;
    if (*n_pairs > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "method fd found no two rows of an entity that are one period apart, expected some; number the "
                   "periods 1, 2, 3, ... in a column of its own when the calendar has gaps by design");
}

static pgdp_status fit_fd(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_working w;
    size_t *later, n_pairs;
    PG_TRY(pg_panel_need(ctx, d, "fd", false));
    PG_TRY(find_pairs(ctx, d, &later, &n_pairs));
    PG_TRY(pg_working_new(ctx, d, n_pairs, o->constant == YES, &w));
    PG_TRY(pg_working_take(ctx, d, later, &w));
    for (size_t i = 0; i < n_pairs; i++) {
        const size_t row = later[i];
        w.y[i] = d->y.x[row] - d->y.x[row - 1];
        for (size_t j = 0; j < w.design.x.n_cols; j++) {
            const double *x = d->x.x + w.column[j] * d->y.n;
            w.x[i + j * n_pairs] = j == w.design.constant ? 1 : x[row] - x[row - 1];
        }
    }
    return pg_working_fit(ctx, &w, out);
}

const pgdp_estimator pg_est_fd = {
    .name = "fd",
    .title = "First differences",
    .source = "Wooldridge (2010), Econometric Analysis of Cross Section and Panel Data, section 10.6",
    .options = rows,
    .options_size = sizeof(options),
    .panel = true,
    .fit = fit_fd,
};
