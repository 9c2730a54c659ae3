/* kernels.c  Kernels over time and their automatic bandwidths: kernels.h. Source: Andrews (1991), Econometrica 59(3);
 * Newey & West (1994), Rev. Econ. Studies 61(4); Andrews & Monahan (1992), Econometrica 60(4).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/kernels.h"

#include "core/parallel.h"

#include <math.h>
#include <stdlib.h>

enum { ROWS = 512 };
static const double least_weight = 1e-7;

const char *const pg_kernel_names[] = { "bartlett", "parzen", "quadratic_spectral", NULL };

static double bartlett(double x)
{
    return x < 1 ? 1 - x : 0;
}

static double parzen(double x)
{
    if (x <= 0.5) return 1 - 6 * x * x * (1 - x);
    return x < 1 ? 2 * (1 - x) * (1 - x) * (1 - x) : 0;
}

static double quadratic_spectral(double x)
{
    const double y = 6 * 3.14159265358979323846 * x / 5;
    const double z = y * y;
    if (y < 0.05) return 1 - z / 10 + z * z / 280 - z * z * z / 15120; /* the next term is below 1e-16 */
    return 3 / z * (sin(y) / y - cos(y));
}

/* A kernel with the constants of its best bandwidth: c (alpha(q) n)^(1/(2q+1)), and the rate of Newey & West's lag. */
static const struct kernel {
    double (*weight)(double x);
    double c;
    unsigned q;
    double rate;
} kernels[PG_N_KERNELS] = {
    { bartlett, 1.1447, 1, 2.0 / 9 },
    { parzen, 2.6614, 2, 4.0 / 25 },
    { quadratic_spectral, 1.3221, 2, 2.0 / 25 },
};

double pg_kernel_weight(pg_kernel kernel, double x)
{
    return kernels[kernel].weight(fabs(x));
}

/* Slope and residual variance, up to a factor common to all columns, of x_t on a constant and x_(t-1). */
static void autoregress(const double *x, size_t n, double *rho, double *variance)
{
    double before = 0, after = 0, xx = 0, xy = 0, yy = 0;
    for (size_t t = 1; t < n; t++) {
        before += x[t - 1];
        after += x[t];
    }
    before /= (double)(n - 1);
    after /= (double)(n - 1);
    for (size_t t = 1; t < n; t++) {
        xx += (x[t - 1] - before) * (x[t - 1] - before);
        xy += (x[t - 1] - before) * (x[t] - after);
        yy += (x[t] - after) * (x[t] - after);
    }
    *rho = xx > 0 ? xy / xx : 0;
    *variance = yy - *rho * xy;
}

pgdp_status pg_bandwidth_andrews(pgdp_ctx *ctx, pg_kernel kernel, pg_matrix scores, const double *weights, double *out)
{
    const struct kernel *k = &kernels[kernel];
    double above = 0, below = 0;
    for (size_t j = 0; j < scores.n_cols; j++) {
        double rho, variance;
        autoregress(scores.x + j * scores.stride, scores.n_rows, &rho, &variance);
        const double level = weights[j] * variance * variance / pow(1 - rho, 4);
        below += level;
        above += level * 4 * rho * rho / (k->q == 1 ? pow(1 - rho * rho, 2) : pow(1 - rho, 4));
    }
    *out = k->c * pow((double)scores.n_rows * above / below, 1 / (2.0 * k->q + 1));
    if (isfinite(*out)) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_NUMERICAL,
        "covariance nw: the scores have no autoregression from which a bandwidth follows; state one: nw(lag=4)");
}

pgdp_status pg_bandwidth_newey_west(pgdp_ctx *ctx, pg_kernel kernel, pg_matrix scores, const double *weights,
                                    size_t whitened, double *out)
{
    const struct kernel *k = &kernels[kernel];
    const size_t n = scores.n_rows;
    const double all = (double)(n + whitened), most = floor((whitened > 0 ? 3 : 4) * pow(all / 100, k->rate));
    double *sum, s0, sq = 0;
    PG_TRY_ALLOC(ctx, sum, pg_arena_alloc(&ctx->scratch, n, sizeof *sum));
    for (size_t j = 0; j < scores.n_cols; j++)
        for (size_t t = 0; t < n; t++)
            sum[t] += weights[j] * scores.x[t + j * scores.stride];
    s0 = pg_dot(sum, sum, n);
    for (size_t lag = 1; (double)lag <= most && lag < n; lag++) {
        const double covariance = pg_dot(sum, sum + lag, n - lag);
        s0 += 2 * covariance;
        sq += 2 * pow((double)lag, k->q) * covariance;
    }
    *out = k->c * pow(sq / s0 * (sq / s0) * all, 1 / (2.0 * k->q + 1));
    if (isfinite(*out)) return PGDP_OK;
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "covariance nw: the scores have no variance from which a bandwidth follows; state one: nw(lag=4)");
}

/* A' = (P'P)^-1 P'N of the past P and the present N; R'R = P'P. */
static pgdp_status regress_on_past(pgdp_ctx *ctx, pg_matrix past, pg_matrix now, pg_matrix slopes)
{
    const size_t k = past.n_cols;
    const pg_matrix r = pg_matrix_new(&ctx->scratch, k, k);
    if (r.x == NULL) return pg_no_memory(ctx);
    pg_add_gram(past, r);
    pg_add_cross(past, now, slopes);
    bool regular = pg_cholesky(r);
    for (size_t j = 0; j < k; j++) {
        regular = regular && r.x[j + j * k] > 0;
        if (regular) pg_cholesky_solve(r, slopes.x + j * k);
    }
    if (regular) return PGDP_OK;
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "covariance nw: the scores are collinear over time, so they cannot be prewhitened; leave "
                   "prewhite=yes out");
}

/* B = B^-1 by elimination with the largest pivot; B is small. */
static bool invert(pg_matrix b, pg_matrix inverse)
{
    const size_t k = b.n_rows;
    for (size_t j = 0; j < k; j++)
        inverse.x[j + j * k] = 1;
    for (size_t j = 0; j < k; j++) {
        size_t pivot = j;
        for (size_t i = j + 1; i < k; i++)
            if (fabs(b.x[i + j * k]) > fabs(b.x[pivot + j * k])) pivot = i;
        if (fabs(b.x[pivot + j * k]) < 1e-12) return false;
        for (size_t m = 0; m < k; m++) {
            const double t = b.x[j + m * k], u = inverse.x[j + m * k];
            b.x[j + m * k] = b.x[pivot + m * k];
            b.x[pivot + m * k] = t;
            inverse.x[j + m * k] = inverse.x[pivot + m * k];
            inverse.x[pivot + m * k] = u;
        }
        const double scale = b.x[j + j * k];
        for (size_t m = 0; m < k; m++) {
            b.x[j + m * k] /= scale;
            inverse.x[j + m * k] /= scale;
        }
        for (size_t i = 0; i < k; i++) {
            const double times = i == j ? 0 : b.x[i + j * k];
            for (size_t m = 0; m < k; m++) {
                b.x[i + m * k] -= times * b.x[j + m * k];
                inverse.x[i + m * k] -= times * inverse.x[j + m * k];
            }
        }
    }
    return true;
}

pgdp_status pg_whiten(pgdp_ctx *ctx, pg_matrix scores, pg_whitened *out)
{
    const size_t n = scores.n_rows - 1, k = scores.n_cols;
    const pg_matrix past = { scores.x, n, k, scores.stride }, now = { scores.x + 1, n, k, scores.stride };
    const pg_matrix slopes = pg_matrix_new(&ctx->scratch, k, k), left = pg_matrix_new(&ctx->scratch, k, k);
    *out = (pg_whitened){ pg_matrix_new(&ctx->scratch, n, k), pg_matrix_new(&ctx->scratch, k, k) };
    if (slopes.x == NULL || left.x == NULL || out->residual.x == NULL || out->recolour.x == NULL)
        return pg_no_memory(ctx);
    if (n < k)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "covariance nw: %zu rows are too few to prewhiten the scores of %zu terms", n + 1, k);
    PG_TRY(regress_on_past(ctx, past, now, slopes));
    pg_times(past, slopes, out->residual);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            out->residual.x[i + j * n] = now.x[i + j * now.stride] - out->residual.x[i + j * n];
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            left.x[i + j * k] = (i == j) - slopes.x[i + j * k];
    if (invert(left, out->recolour)) return PGDP_OK;
    return pg_fail(ctx, PGDP_NUMERICAL,
                   "covariance nw: the scores have a unit root, so they cannot be prewhitened; leave prewhite=yes out");
}

static int compare_moments(const void *a, const void *b)
{
    const pg_moment *x = a, *y = b;
    if (x->entity != y->entity) return x->entity < y->entity ? -1 : 1;
    if (x->period != y->period) return x->period < y->period ? -1 : 1;
    return x->row < y->row ? -1 : x->row > y->row;
}

pgdp_status pg_moments_of_design(pgdp_ctx *ctx, const pgdp_design *d, const char *vcov, pg_moment **out)
{
    const size_t n = d->y.n;
    pg_moment *m;
    PG_TRY_ALLOC(ctx, m, pg_arena_alloc(&ctx->scratch, n, sizeof *m));
    for (size_t i = 0; i < n; i++)
        m[i] = (pg_moment){ d->entity == NULL ? 0 : d->entity[i], i, d->period == NULL ? (int64_t)i : d->period[i] };
    qsort(m, n, sizeof *m, compare_moments);
    for (size_t i = 0; i < n; i++) {
        if (d->period == NULL) {
            m[i].period = i > 0 && m[i].entity == m[i - 1].entity ? m[i - 1].period + 1 : 0;
        } else if (m[i].period == PGDP_MISSING_PERIOD) {
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "covariance %s: the period of row %zu is missing", vcov,
                           m[i].row + 1);
        } else if (i > 0 && m[i].entity == m[i - 1].entity && m[i].period == m[i - 1].period) {
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "covariance %s: rows %zu and %zu are of the same period; name the panel's entity and period",
                           vcov, m[i - 1].row + 1, m[i].row + 1);
        }
    }
    *out = m;
    return PGDP_OK;
}

size_t pg_periods_of_design(const pgdp_design *d, pg_moment *out, size_t *group)
{
    const size_t n = d->y.n;
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        out[i] = (pg_moment){ 0, i, d->period[i] };
    qsort(out, n, sizeof *out, compare_moments);
    for (size_t i = 0; i < n; i++) {
        const pg_moment now = out[i];
        if (count == 0 || now.period != out[count - 1].period) {
            out[count] = (pg_moment){ 0, count, now.period };
            count++;
        }
        if (group != NULL) group[now.row] = count - 1;
    }
    return count;
}

pgdp_status pg_all_scores(pgdp_ctx *ctx, const pgdp_fit *fit, bool of_terms, pg_matrix *out)
{
    const size_t n = fit->n_rows, k = fit->n_terms;
    double *work;
    *out = pg_matrix_new(&ctx->scratch, n, k);
    PG_TRY_ALLOC(ctx, work, pg_matrix_new(&ctx->scratch, ROWS, k).x);
    if (out->x == NULL) return pg_no_memory(ctx);
    if (of_terms && fit->root != NULL && fit->scores == NULL) {
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < n; i++)
                out->x[i + j * n] = fit->working->x.x[i + j * n] * fit->score[i];
        return PGDP_OK;
    }
    for (size_t first = 0; first < n; first += ROWS) {
        const size_t n_part = n - first < ROWS ? n - first : ROWS;
        pg_fit_score_rows(fit, first, n_part, work);
        for (size_t j = 0; j < k; j++)
            for (size_t i = 0; i < n_part; i++)
                out->x[first + i + j * n] = work[i + j * n_part];
    }
    return PGDP_OK;
}

pgdp_status pg_lag_weights_new(pgdp_ctx *ctx, pg_kernel kernel, double bandwidth, const pg_moment *moments, size_t n,
                               pg_lag_weights *out)
{
    int64_t longest = 0;
    for (size_t i = 0, first = 0; i < n; i++) {
        if (moments[i].entity != moments[first].entity) first = i;
        if (moments[i].period - moments[first].period > longest) longest = moments[i].period - moments[first].period;
    }
    if (kernel != PG_KERNEL_QUADRATIC_SPECTRAL && (double)longest > bandwidth) longest = (int64_t)ceil(bandwidth);
    *out = (pg_lag_weights){ .most = 0 };
    PG_TRY_ALLOC(ctx, out->x, pg_arena_alloc(&ctx->scratch, (size_t)longest + 1, sizeof *out->x));
    out->x[0] = 1;
    for (size_t l = 1; l <= (size_t)longest && bandwidth > 0; l++) {
        out->x[l] = pg_kernel_weight(kernel, (double)l / bandwidth);
        if (fabs(out->x[l]) > least_weight) out->most = l;
    }
    return PGDP_OK;
}

/* Row i of s: scores at moment first + i; of v: half of them plus the weighted scores of its past. */
static void fill(pg_matrix scores, const pg_moment *m, size_t first, pg_matrix s, pg_matrix v,
                 const pg_lag_weights *weights)
{
    for (size_t i = 0; i < s.n_rows; i++) {
        const pg_moment *now = &m[first + i];
        for (size_t j = 0; j < s.n_cols; j++) {
            s.x[i + j * s.stride] = scores.x[now->row + j * scores.stride];
            v.x[i + j * v.stride] = s.x[i + j * s.stride] / 2;
        }
        for (size_t p = first + i; p > 0; p--) {
            const pg_moment *past = &m[p - 1];
            const int64_t distance = now->period - past->period;
            if (past->entity != now->entity || distance > (int64_t)weights->most) break;
            for (size_t j = 0; j < v.n_cols; j++)
                v.x[i + j * v.stride] += weights->x[distance] * scores.x[past->row + j * scores.stride];
        }
    }
}

pgdp_status pg_lag_meat(pgdp_ctx *ctx, pg_matrix scores, const pg_moment *m, const pg_lag_weights *weights,
                        pg_matrix meat)
{
    const size_t n = scores.n_rows, k = scores.n_cols;
    const pg_matrix s = pg_matrix_new(&ctx->scratch, ROWS, k), v = pg_matrix_new(&ctx->scratch, ROWS, k);
    const pg_matrix half = pg_matrix_new(&ctx->scratch, k, k);
    if (s.x == NULL || v.x == NULL || half.x == NULL) return pg_no_memory(ctx);
    for (size_t first = 0; first < n; first += ROWS) {
        const size_t n_part = n - first < ROWS ? n - first : ROWS;
        const pg_matrix sp = { s.x, n_part, k, ROWS }, vp = { v.x, n_part, k, ROWS };
        fill(scores, m, first, sp, vp, weights);
        pg_add_cross(sp, vp, half);
    }
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < k; i++)
            meat.x[i + j * meat.stride] = half.x[i + j * k] + half.x[j + i * k];
    return PGDP_OK;
}
