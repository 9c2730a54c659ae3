/* quantile_scale.c  Bandwidths, sparsity, densities at zero and the sandwich: quantile.h. Source: Koenker (2005),
 * Quantile Regression, sections 3.4 and 4.10; conventions of R's quantreg 5.94, summary.rq.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/random.h"
#include "stats/fit.h"
#include "stats/least_squares.h"
#include "stats/quantile.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double pi = 3.14159265358979323846;

static pgdp_status refuse(pgdp_ctx *ctx, double tau, const char *because)
{
    char number[PG_NUMBER_SIZE];
    pg_number_format(tau, number);
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "the density of the errors at quantile %s cannot be estimated: %s; choose bootstrap", number,
                   because);
}

static double normal_density(double x)
{
    return exp(-x * x / 2) / sqrt(2 * pi);
}

double pg_quantile_bandwidth(double tau, double nobs)
{
    const double x = pg_quantile_normal(tau), f = normal_density(x), z = pgdp_normal_upper_quantile(0.025);
    return cbrt(z * z / nobs * 1.5 * f * f / (2 * x * x + 1));
}

double pg_quantile_bandwidth_within(double tau, double nobs)
{
    double h = pg_quantile_bandwidth(tau, nobs);
    while (tau - h < 0 || tau + h > 1)
        h /= 2;
    return h;
}

/* A residual, how often it stands, and its place. */
typedef struct item {
    double value, count;
    size_t row;
} item;

static int by_value(const void *a, const void *b)
{
    const item *x = a, *y = b;
    if (x->value < y->value || x->value > y->value) return x->value < y->value ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

static int by_size(const void *a, const void *b)
{
    const item *x = a, *y = b;
    const double p = fabs(x->value), q = fabs(y->value);
    if (p < q || p > q) return p < q ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

/* Residuals by row; analytic weights are part of their unit. */
static pgdp_status list_residuals(pgdp_ctx *ctx, const pgdp_design *d, const double *residual, item **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof **out));
    for (size_t i = 0; i < d->y.n; i++) {
        const double w = pg_design_weight(d, i);
        (*out)[i] = (item){ .value = residual[i] * (d->weight_kind == PGDP_ANALYTIC ? w : 1),
                            .count = d->weight_kind == PGDP_FREQUENCY ? w : 1,
                            .row = i };
    }
    return PGDP_OK;
}

static double total(const item *items, size_t n)
{
    double sum = 0;
    for (size_t i = 0; i < n; i++)
        sum += items[i].count;
    return sum;
}

/* The slope of the sorted central residuals on i/(n - k), by median regression. It often has several optima: quantreg's
 * is where the simplex method ends. */
static pgdp_status slope_of(pgdp_ctx *ctx, const item *items, size_t n, double nobs, double first, double *out)
{
    static const char *const terms[] = { "constant", "share" };
    size_t m = 0, basis[2];
    double *y, *x;
    bool found;
    const size_t rows = (size_t)total(items, n);
    pg_quantile q;
    PG_TRY_ALLOC(ctx, y, pg_arena_alloc(&ctx->scratch, rows, sizeof *y));
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, 2 * rows, sizeof *x));
    for (size_t i = 0; i < n; i++)
        for (size_t c = 0; c < (size_t)items[i].count; c++, m++) {
            y[m] = items[i].value;
            x[m] = 1;
            x[m + rows] = (first + (double)m) / nobs;
        }
    const pg_vertex_problem p = { .n = rows, .k = 2, .q = x, .e = y, .tau = 0.5 };
    PG_TRY(pg_quantile_simplex(ctx, &p, basis, &found));
    *out = found ? (y[basis[1]] - y[basis[0]]) / (x[rows + basis[1]] - x[rows + basis[0]]) : 0;
    if (found) return PGDP_OK;
    const pgdp_design d = { .y = { y, rows }, .x = { x, rows, 2 }, .terms = terms, .constant = 0 };
    PG_TRY(pg_quantile_solve(ctx, &d, 0.5, &q));
    *out = q.estimate[1];
    return PGDP_OK;
}

pgdp_status pg_quantile_sparsity(pgdp_ctx *ctx, const pgdp_design *d, double tau, const double *residual, double *out)
{
    item *items;
    size_t n = d->y.n, first = 0, end;
    double zeros = 0, left;
    PG_TRY(list_residuals(ctx, d, residual, &items));
    const double nobs = total(items, n), k = (double)d->x.n_cols;
    const double h = fmax(k + 1, ceil(nobs * pg_quantile_bandwidth(tau, nobs)));
    qsort(items, n, sizeof *items, by_size);
    while (first < n && !(fabs(items[first].value) > 0))
        zeros += items[first++].count;
    for (end = first, left = h + 1; end < n && left > 0; end++) {
        items[end].count = fmin(items[end].count, left);
        left -= items[end].count;
    }
    qsort(items + first, end - first, sizeof *items, by_value);
    *out = 0;
    if (total(items + first, end - first) > 2)
        PG_TRY(slope_of(ctx, items + first, end - first, nobs - k, zeros + 1, out));
    if (*out > 0) return PGDP_OK;
    return refuse(ctx, tau, "the residuals nearest to 0 are equal");
}

/* The quantile of sorted items that R calls type 7. */
static double type7(const item *items, size_t n, double nobs, double p)
{
    const double place = (nobs - 1) * p, low = floor(place);
    const double last = items[n - 1].value;
    double below = 0, at_low = last, at_next = last;
    bool found = false;
    for (size_t i = 0; i < n; i++) {
        below += items[i].count;
        if (!found && below > low) {
            at_low = items[i].value;
            found = true;
        }
        if (below > low + 1) {
            at_next = items[i].value;
            break;
        }
    }
    return at_low + (place - low) * (at_next - at_low);
}

static double standard_deviation(const item *items, size_t n, double nobs)
{
    double mean = 0, square = 0;
    for (size_t i = 0; i < n; i++)
        mean += items[i].count * items[i].value / nobs;
    for (size_t i = 0; i < n; i++)
        square += items[i].count * (items[i].value - mean) * (items[i].value - mean);
    return sqrt(square / (nobs - 1));
}

pgdp_status pg_quantile_kernel_density(pgdp_ctx *ctx, const pgdp_design *d, double tau, const double *residual,
                                       double *density, double *bandwidth)
{
    item *items;
    const size_t n = d->y.n;
    PG_TRY(list_residuals(ctx, d, residual, &items));
    qsort(items, n, sizeof *items, by_value);
    const double nobs = total(items, n), h = pg_quantile_bandwidth_within(tau, nobs);
    const double range = type7(items, n, nobs, 0.75) - type7(items, n, nobs, 0.25);
    const double spread = fmin(standard_deviation(items, n, nobs), range / 1.34);
    *bandwidth = (pg_quantile_normal(tau + h) - pg_quantile_normal(tau - h)) * spread;
    if (!(*bandwidth > 0)) return refuse(ctx, tau, "half of the residuals are equal");
    for (size_t i = 0; i < n; i++) {
        const double unit = d->weight_kind == PGDP_ANALYTIC ? pg_design_weight(d, i) : 1;
        density[i] = normal_density(residual[i] * unit / *bandwidth) / *bandwidth;
        if (d->weight_kind == PGDP_PROBABILITY) density[i] /= pg_design_weight(d, i);
    }
    return PGDP_OK;
}

/* Frequencies count rows; other weights enter the scores, and so twice. */
static double square_weight(const pgdp_design *d, size_t row)
{
    const double w = pg_design_weight(d, row);
    return d->weight_kind == PGDP_FREQUENCY ? w : w * w;
}

pgdp_status pg_quantile_bread(pgdp_ctx *ctx, const pgdp_design *d, const double *density, double *bread)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    double *weights;
    pg_least_squares ls;
    pgdp_design scaled = *d;
    PG_TRY_ALLOC(ctx, weights, pg_arena_alloc(&ctx->scratch, n, sizeof *weights));
    for (size_t i = 0; i < n; i++)
        weights[i] = density[i] * square_weight(d, i);
    scaled.weights = (pgdp_vec){ weights, n };
    scaled.weight_kind = PGDP_ANALYTIC;
    const pgdp_status status = pg_least_squares_solve(ctx, &scaled, &ls);
    if (status == PGDP_RANK_DEFICIENT)
        return pg_fail(ctx, PGDP_NUMERICAL,
                       "too few residuals are near 0 for the densities that the covariance needs; choose bootstrap");
    PG_TRY(status);
    pg_times_transposed(ls.root, ls.root, pg_matrix_of(bread, k, k));
    pg_copy_upper(pg_matrix_of(bread, k, k));
    return PGDP_OK;
}

pgdp_status pg_quantile_sandwich(pgdp_ctx *ctx, const pgdp_design *d, double tau, const double *bread, double *vcov)
{
    const size_t n = d->y.n, k = d->x.n_cols;
    const pg_matrix rows = pg_matrix_new(&ctx->scratch, n, k), half = pg_matrix_new(&ctx->scratch, n, k);
    const pg_matrix out = pg_matrix_of(vcov, k, k);
    if (rows.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    for (size_t i = 0; i < n; i++) {
        const double root = sqrt(tau * (1 - tau) * square_weight(d, i));
        for (size_t j = 0; j < k; j++)
            rows.x[i + j * n] = root * d->x.x[i + j * n];
    }
    pg_times(rows, pg_matrix_view(bread, k, k, k), half);
    memset(vcov, 0, k * k * sizeof *vcov);
    pg_add_gram(half, out);
    pg_copy_upper(out);
    return PGDP_OK;
}
