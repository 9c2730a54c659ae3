/* est_within.c  Fixed effects of entities, periods or both. Source: Mundlak (1961), J. Farm Econ. 43(1); Wallace &
 * Hussain (1969), Econometrica 37(1), equation 2.4, for both. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Least squares with the panel's effects absorbed: the numbers of y ~ x | entity + period under method ols. */
#include "core/parallel.h"
#include "stats/cluster.h"
#include "stats/estimators.h"
#include "stats/fit_absorb.h"
#include "stats/panel_groups.h"

#include <math.h>
#include <string.h>

static const double no_variation = 1e-13; /* of a column, relative to its size: what rounding leaves of a constant */

enum { INDIVIDUAL, TIME, TWOWAYS };
typedef struct options {
    int effect;
} options;

static const char *const effects[] = { "individual", "time", "twoways", NULL };
static const pgdp_option rows[] = {
    { "effect", PGDP_OPTION_CHOICE, offsetof(options, effect), INDIVIDUAL, 0, 0, effects,
      "whose effects are taken out: of entities, of periods, of both" },
    { .name = NULL },
};

static pgdp_status add_effect(pgdp_ctx *ctx, const char *name, const size_t *index, size_t n, pgdp_effect *out)
{
    pg_grouping levels;
    PG_TRY(pg_grouping_new(ctx, index, NULL, n, &levels));
    *out = (pgdp_effect){ .name = name, .level = levels.group, .n_levels = levels.n_groups };
    return PGDP_OK;
}

/* The design as given, with the panel's effects in place of its constant. */
static pgdp_status with_effects(pgdp_ctx *ctx, const pgdp_design *d, int effect, pgdp_design *out)
{
    const size_t n = d->y.n;
    pgdp_effect *list;
    size_t *period;
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(&ctx->scratch, 2, sizeof *list));
    PG_TRY_ALLOC(ctx, period, pg_arena_alloc(&ctx->scratch, n, sizeof *period));
    for (size_t i = 0; i < n; i++)
        period[i] = (size_t)((int64_t)d->period[i] - INT32_MIN);
    out->n_effects = 0;
    if (effect != TIME) PG_TRY(add_effect(ctx, "entity", d->entity, n, &list[out->n_effects++]));
    if (effect != INDIVIDUAL) PG_TRY(add_effect(ctx, "period", period, n, &list[out->n_effects++]));
    out->effects = list;
    return PGDP_OK;
}

/* A column that the effects explain but for rounding cannot be told from them. */
static pgdp_status refuse_explained(pgdp_ctx *ctx, const pgdp_design *before, const pg_working *w, int effect)
{
    static const char *const where[] = { "within any entity", "within any period",
                                         "beyond the effects of entities and periods" };
    const size_t n = before->y.n;
    for (size_t j = 0; j < w->design.x.n_cols; j++) {
        const double *x = before->x.x + w->column[j] * n, *left = w->x + j * n;
        double size = 0, remains = 0;
        for (size_t i = 0; i < n; i++) {
            size = fmax(size, fabs(x[i]));
            remains = fmax(remains, fabs(left[i]));
        }
        if (remains > no_variation * size) continue;
        return pg_fail(
            ctx, PGDP_RANK_DEFICIENT,
            "the term %s does not vary %s, so method within cannot tell it from the effects; leave it out or "
            "choose method random",
            w->design.terms[j], where[effect]);
    }
    return PGDP_OK;
}

static pgdp_status take_out(pgdp_ctx *ctx, const pgdp_design *given, pg_working *w, pgdp_fit *out)
{
    const size_t n = given->y.n, k = w->design.x.n_cols;
    pg_absorber *absorber;
    pg_absorption absorption;
    double **columns;
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *columns));
    PG_TRY(pg_absorber_new(ctx, given->effects, given->n_effects, n, given->weights.n == 0 ? NULL : given->weights.x,
                           &absorber));
    out->absorber = absorber;
    out->n_absorbed = pg_absorber_rank(absorber, &out->absorbed_is_bound);
    memcpy(w->y, given->y.x, n * sizeof *w->y);
    columns[k] = w->y;
    for (size_t j = 0; j < k; j++) {
        columns[j] = w->x + j * n;
        memcpy(columns[j], given->x.x + w->column[j] * n, n * sizeof *w->x);
    }
    PG_TRY(pg_absorb(ctx, absorber, columns, k + 1, 0, &absorption));
    pg_fit_add_absorption(out, &absorption);
    return PGDP_OK;
}

/* Sum of w (y - mean)^2 of the outcome given: what the overall R^2 is of. */
static pgdp_status total(pgdp_ctx *ctx, const pgdp_design *d, double *out)
{
    const size_t n = d->y.n;
    double *w, *deviation;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(&ctx->scratch, n, sizeof *w));
    PG_TRY_ALLOC(ctx, deviation, pg_arena_alloc(&ctx->scratch, n, sizeof *deviation));
    for (size_t i = 0; i < n; i++)
        w[i] = pg_design_weight(d, i);
    const double mean = pg_dot(w, d->y.x, n) / pg_sum(w, n);
    for (size_t i = 0; i < n; i++) {
        deviation[i] = d->y.x[i] - mean;
        w[i] *= deviation[i];
    }
    *out = pg_dot(w, deviation, n);
    return PGDP_OK;
}

static pgdp_status fit_within(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_working w;
    pgdp_design *given;
    PG_TRY(pg_panel_need(ctx, d, "within", true));
    PG_TRY_ALLOC(ctx, given, pg_arena_alloc(&ctx->scratch, 1, sizeof *given));
    *given = *d;
    PG_TRY(with_effects(ctx, d, o->effect, given));
    out->design = given; /* corrections that count effects find them here, as those of y ~ x | entity */
    PG_TRY(pg_working_new(ctx, d, d->y.n, false, &w));
    PG_TRY(take_out(ctx, given, &w, out));
    PG_TRY(refuse_explained(ctx, d, &w, o->effect));
    PG_TRY(pg_working_fit(ctx, &w, out));
    out->tss_within = out->tss;
    return total(ctx, d, &out->tss);
}

const pgdp_estimator pg_est_within = {
    .name = "within",
    .title = "Fixed effects: the within estimator",
    .source = "Mundlak (1961), J. Farm Econ. 43(1); Wallace & Hussain (1969), Econometrica 37(1), equation 2.4",
    .options = rows,
    .options_size = sizeof(options),
    .panel = true,
    .fit = fit_within,
};
