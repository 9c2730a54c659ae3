/* total_squares.c  The total sum of squares: least_squares.h. Source: Greene (2018), Econometric Analysis, 8th ed.,
 * section 3.5. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The mean is the coefficient of y on the constant's column, which is one of ones or, in rows made of cross-products,
 * of roots of weights and zeros. */
#include "core/parallel.h"
#include "stats/fit.h"
#include "stats/least_squares.h"
#include "stats/two_algebra.h"

/* The same where y carries what rounding took from it: in double-double. */
static double in_extended(const pgdp_design *d, const double *constant)
{
    pg_two sum = { 0, 0 }, weights = { 0, 0 }, mean = { 0, 0 }, squares = { 0, 0 };
    for (size_t i = 0; i < d->y.n && constant != NULL; i++) {
        const pg_two w = { pg_design_weight(d, i), 0 }, wc = pg_two_times(w, (pg_two){ constant[i], 0 });
        weights = pg_two_plus(weights, pg_two_times(wc, (pg_two){ constant[i], 0 }));
        sum = pg_two_plus(sum, pg_two_times(wc, (pg_two){ d->y.x[i], d->y_low.x[i] }));
    }
    if (constant != NULL) mean = pg_two_over(sum, weights);
    for (size_t i = 0; i < d->y.n; i++) {
        const pg_two w = { pg_design_weight(d, i), 0 }, y = { d->y.x[i], d->y_low.x[i] };
        const pg_two c = { constant == NULL ? 0 : constant[i], 0 }, e = pg_two_minus(y, pg_two_times(mean, c));
        squares = pg_two_plus(squares, pg_two_times(w, pg_two_times(e, e)));
    }
    return squares.hi;
}

static pgdp_status total(pgdp_ctx *ctx, const pgdp_design *d, pg_total *out)
{
    const size_t n = d->y.n;
    const double *constant = d->constant == PGDP_NONE ? NULL : d->x.x + d->constant * n;
    double *a, *b, mean = 0;
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, n, sizeof *a));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, n, sizeof *b));
    for (size_t i = 0; i < n; i++)
        a[i] = pg_design_weight(d, i) * d->y.x[i];
    out->about_zero = pg_dot(a, d->y.x, n);
    for (size_t i = 0; i < n && constant != NULL; i++) {
        a[i] *= constant[i];
        b[i] = pg_design_weight(d, i) * constant[i] * constant[i];
    }
    if (constant != NULL) mean = pg_sum(a, n) / pg_sum(b, n);
    for (size_t i = 0; i < n; i++) {
        b[i] = d->y.x[i] - (constant == NULL ? 0 : mean * constant[i]);
        a[i] = pg_design_weight(d, i) * b[i];
    }
    out->squares = d->y_low.n > 0 ? in_extended(d, constant) : pg_dot(a, b, n);
    return PGDP_OK;
}

pgdp_status pg_total_squares(pgdp_ctx *ctx, const pgdp_design *d, pg_total *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = total(ctx, d, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
