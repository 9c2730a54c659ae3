/* check.c  Is a design one that can be fitted? Rules of stats.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/check.h"

#include "core/number.h"
#include "core/parallel.h"
#include "core/text.h"

#include <math.h>

enum { MAX_TERMS = 32768, MAX_CATEGORIES = 1000 };

static pgdp_status check_shape(pgdp_ctx *ctx, const pgdp_design *d, const pgdp_estimator *method)
{
    const size_t n = d->x.n_rows;
    if (d->y.n != n) return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "the outcome has %zu rows, the terms %zu", d->y.n, n);
    if (d->weights.n != 0 && d->weights.n != n)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "there are %zu weights for %zu rows", d->weights.n, n);
    if (d->count.n == 0 && (d->weights.n == 0) != (d->weight_kind == PGDP_UNWEIGHTED))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "weights and what they mean (aw, fw, pw) must be given together");
    if (d->offset.n > 0 && !method->likelihood)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method %s takes no offset; subtract it from the outcome", method->name);
    if (d->constant != PGDP_NONE && d->constant >= d->x.n_cols)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the constant is column %zu of %zu", d->constant, d->x.n_cols);
    if (d->x.n_cols == 0 && d->mean == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the model has no terms; add a regressor or the constant");
    if (d->x.n_cols > MAX_TERMS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the model has %zu terms; at most %d are possible", d->x.n_cols,
                       MAX_TERMS);
    return PGDP_OK;
}

static pgdp_status check_finite(pgdp_ctx *ctx, const char *name, const double *x, size_t n)
{
    if (isfinite(pg_sum(x, n))) return PGDP_OK; /* then all of them are, at an eighth of the cost */
    for (size_t i = 0; i < n; i++) {
        if (isfinite(x[i])) continue;
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s is %s in row %zu; leave rows without a finite value out", name,
                       isnan(x[i]) ? "missing" : "infinite", i + 1);
    }
    return PGDP_OK;
}

static pgdp_status check_weights(pgdp_ctx *ctx, const pgdp_design *d)
{
    for (size_t i = 0; i < d->weights.n; i++) {
        const double w = d->weights.x[i];
        const bool whole = d->weight_kind != PGDP_FREQUENCY || !(w > floor(w));
        if (isfinite(w) && w > 0 && whole) continue;
        char number[PG_NUMBER_SIZE];
        pg_number_format(w, number);
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the weight of row %zu is %s; expected %s above 0", i + 1, number,
                       whole ? "a finite number" : "a whole number (a frequency)");
    }
    return PGDP_OK;
}

/* Each of 0 ... n_cuts must occur. */
static pgdp_status check_categories(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    double last = 0;
    for (size_t i = 0; i < d->y.n; i++) {
        const double y = d->y.x[i];
        if (!(y >= 0 && y < MAX_CATEGORIES) || y > floor(y))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "row %zu of the outcome is no category; expected 0, 1, 2, ... below %d", i + 1,
                           MAX_CATEGORIES);
        last = fmax(last, y);
    }
    fit->n_cuts = (size_t)last;
    bool *seen;
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, fit->n_cuts + 1, sizeof *seen));
    for (size_t i = 0; i < d->y.n; i++)
        seen[(size_t)d->y.x[i]] = true;
    for (size_t j = 0; j <= fit->n_cuts; j++) {
        if (!seen[j])
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "category %zu of the outcome has no rows; number the categories without gaps", j);
    }
    if (fit->n_cuts == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "the outcome has one category only; an ordered model needs two");
    if (d->constant != PGDP_NONE)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "an ordered model has cut points in place of a constant; leave the constant out");
    return PGDP_OK;
}

static pgdp_status check_rows(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    const size_t n = d->x.n_rows, k = d->x.n_cols + fit->n_cuts;
    fit->nobs = pg_design_nobs(d);
    if (n < k || fit->nobs <= (double)k)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "%zu rows are too few for %zu terms; at least one more than terms is needed",
                       d->count.n > 0 ? (size_t)fit->nobs : n, k);
    return PGDP_OK;
}

/* Methods of panels read each entity as one run of rows that goes forward in time. */
static pgdp_status check_panel(pgdp_ctx *ctx, const pgdp_design *d)
{
    bool *seen;
    size_t most = 0;
    for (size_t i = 0; i < d->y.n; i++)
        most = d->entity[i] > most ? d->entity[i] : most;
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, most + 1, sizeof *seen));
    for (size_t i = 0; i < d->y.n; i++) {
        const bool follows = i > 0 && d->entity[i] == d->entity[i - 1];
        if (follows ? d->period[i] <= d->period[i - 1] : seen[d->entity[i]])
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "row %zu of the panel is out of order; sort the rows by entity, and by period within it, "
                           "each period once",
                           i + 1);
        seen[d->entity[i]] = true;
    }
    return PGDP_OK;
}

pgdp_status pg_design_check(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    const size_t n = d->x.n_rows;
    PG_TRY(check_shape(ctx, d, fit->estimator));
    if (d->mean != NULL && !fit->estimator->nonlinear)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "the design has a mean of parameters, which method %s does not use; choose nls",
                       fit->estimator->name);
    if (n <= d->x.n_cols) return check_rows(ctx, d, fit);
    PG_TRY(check_finite(ctx, "the outcome", d->y.x, n));
    for (size_t j = 0; j < d->x.n_cols; j++)
        PG_TRY(check_finite(ctx, d->terms[j], d->x.x + j * n, n));
    PG_TRY(check_weights(ctx, d));
    const bool runs = fit->estimator->panel && !pg_streq(fit->estimator->name, "within"); /* which takes any order */
    if (runs && d->entity != NULL && d->period != NULL) PG_TRY(check_panel(ctx, d));
    if (fit->estimator->outcome == PGDP_OUTCOME_ORDERED) PG_TRY(check_categories(ctx, d, fit));
    return check_rows(ctx, d, fit);
}
