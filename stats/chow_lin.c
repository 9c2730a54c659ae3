/* chow_lin.c  Disaggregation by regression on indicators. Source: Chow & Lin (1971), Rev. Econ. Stat. 53(4), equations
 * (10) to (14); Bournay & Laroque (1979) (rho by maximum likelihood); Fernandez (1981), Rev. Econ. Stat. 63(3).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * high = X b + u, u_h = rho u_(h-1) + e_h, low = C high. With K the matrix that carries shocks on, V = C K (C K)':
 * b by generalised least squares of low on C X, high = X b + K (C K)' V^-1 (low - C X b). */
#include "stats/calendar.h"
#include "stats/linalg.h"

#include <math.h>
#include <string.h>

enum { GRID = 40, HALVINGS = 60 };

typedef struct fit {
    const pg_link *link;
    const double *low, *x;
    size_t k;
    double *sums;    /* [n_low x k] C X */
    pg_matrix carry; /* C K */
    pg_matrix v;     /* R of V = R'R */
    pg_matrix white; /* [n_low x (k + 1)] R'^-1 (C X, low), then its QR */
    double *tau;
    double ssr, log_likelihood; /* the latter up to a constant */
} fit;

/* The first shock stands for all before it: the process is stationary, or, a random walk, begins at zero. */
static double first_scale(double rho)
{
    return rho < 1 ? 1 / sqrt(1 - rho * rho) : 1;
}

static pgdp_status whiten(pgdp_ctx *ctx, double rho, fit *f)
{
    const size_t n = f->link->n_low, k = f->k;
    double *carry, log_det = 0;
    PG_TRY(pg_link_carry(ctx, f->link, NULL, rho, &carry));
    for (size_t i = 0; i < n; i++)
        carry[i] *= first_scale(rho);
    f->carry = pg_matrix_of(carry, n, f->link->n_high);
    pg_times_transposed(f->carry, f->carry, f->v);
    if (!pg_cholesky(f->v)) return pg_fail(ctx, PGDP_NUMERICAL, "chow_lin: no factor of the covariance at this rho");
    for (size_t i = 0; i < n; i++)
        log_det += log(f->v.x[i + i * n]);
    memcpy(f->white.x, f->sums, n * k * sizeof *f->sums);
    memcpy(f->white.x + n * k, f->low, n * sizeof *f->low);
    for (size_t j = 0; j <= k; j++)
        pg_solve_upper(f->v, true, f->white.x + j * n);
    PG_TRY(pg_householder(ctx, f->white, f->tau));
    f->ssr = f->white.x[k + k * n] * f->white.x[k + k * n];
    f->log_likelihood = -(double)n / 2 * log(f->ssr / (double)n) - log_det;
    return PGDP_OK;
}

static pgdp_status likelihood(pgdp_ctx *ctx, double rho, fit *f, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(whiten(ctx, rho, f));
    *out = f->log_likelihood;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* The best of a grid in [0, 1), then golden section around it. */
static pgdp_status find_rho(pgdp_ctx *ctx, fit *f, double *out)
{
    const double step = 1.0 / GRID, ratio = (sqrt(5) - 1) / 2;
    double best = -HUGE_VAL, at = 0, value;
    for (int i = 0; i < GRID; i++) {
        PG_TRY(likelihood(ctx, i * step, f, &value));
        if (value > best) {
            best = value;
            at = i * step;
        }
    }
    double low = fmax(at - step, 0), high = fmin(at + step, 1 - 1e-9);
    for (int i = 0; i < HALVINGS; i++) {
        const double a = high - ratio * (high - low), b = low + ratio * (high - low);
        double at_a, at_b;
        PG_TRY(likelihood(ctx, a, f, &at_a));
        PG_TRY(likelihood(ctx, b, f, &at_b));
        if (at_a < at_b)
            low = a;
        else
            high = b;
    }
    *out = (low + high) / 2;
    PG_TRY(likelihood(ctx, *out, f, &value));
    if (best >= value) *out = at; /* at the edge 0 the search stays just beside it */
    return PGDP_OK;
}

/* b and its standard errors; root: the inverse of the triangle. */
static pgdp_status find_coefficients(pgdp_ctx *ctx, const fit *f, pg_matrix root, pg_chow_lin *out)
{
    const size_t n = f->link->n_low, k = f->k;
    const double sigma2 = f->ssr / (double)(n - k);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            root.x[i + j * k] = f->white.x[i + j * n];
    if (!pg_invert_upper(root)) return pg_fail(ctx, PGDP_RANK_DEFICIENT, "chow_lin: the indicators are collinear");
    for (size_t i = 0; i < k; i++) {
        double variance = 0;
        for (size_t j = i; j < k; j++) {
            out->coef[i] += root.x[i + j * k] * f->white.x[j + k * n];
            variance += root.x[i + j * k] * root.x[i + j * k];
        }
        out->std_error[i] = sqrt(sigma2 * variance);
    }
    return PGDP_OK;
}

/* Variance of u_h, and its covariance with low: K K'_hh, C K K'_h. */
static double covariances(const fit *f, double rho, size_t h, double *with)
{
    const size_t n = f->link->n_low;
    const double start = first_scale(rho);
    double power = 1, variance = 0;
    memset(with, 0, n * sizeof *with);
    for (size_t t = h + 1; t-- > 0;) {
        const double k = t == 0 ? power * start : power;
        for (size_t i = 0; i < n; i++)
            with[i] += f->carry.x[i + t * n] * k;
        variance += k * k;
        power *= rho;
    }
    return variance;
}

/* Value and standard error of every high period. */
static pgdp_status predict(pgdp_ctx *ctx, const fit *f, pg_matrix root, pg_chow_lin *out)
{
    const size_t n = f->link->n_low, m = f->link->n_high, k = f->k;
    const double sigma2 = f->ssr / (double)(n - k);
    double *with, *left, *lever;
    PG_TRY_ALLOC(ctx, with, pg_arena_alloc(&ctx->scratch, n, sizeof *with));
    PG_TRY_ALLOC(ctx, left, pg_arena_alloc(&ctx->scratch, n, sizeof *left));
    PG_TRY_ALLOC(ctx, lever, pg_arena_alloc(&ctx->scratch, k, sizeof *lever));
    for (size_t i = 0; i < n; i++) {
        left[i] = f->low[i];
        for (size_t j = 0; j < k; j++)
            left[i] -= f->sums[i + j * n] * out->coef[j];
    }
    pg_cholesky_solve(f->v, left); /* V^-1 (low - C X b) */
    for (size_t h = 0; h < m; h++) {
        double variance = covariances(f, out->rho, h, with), value = 0;
        for (size_t i = 0; i < n; i++)
            value += with[i] * left[i];
        pg_solve_upper(f->v, true, with);
        for (size_t i = 0; i < n; i++)
            variance -= with[i] * with[i];
        pg_solve_upper(f->v, false, with); /* V^-1 C cov: what the fit of b moves with it */
        for (size_t j = 0; j < k; j++) {
            lever[j] = f->x[h + j * m];
            value += f->x[h + j * m] * out->coef[j];
            for (size_t i = 0; i < n; i++)
                lever[j] -= with[i] * f->sums[i + j * n];
        }
        for (size_t j = 0; j < k; j++) {
            double moved = 0;
            for (size_t i = 0; i <= j; i++)
                moved += root.x[i + j * k] * lever[i];
            variance += moved * moved;
        }
        out->value[h] = value;
        out->error[h] = sqrt(fmax(sigma2 * variance, 0));
    }
    return PGDP_OK;
}

pgdp_status pg_chow_lin_fit(pgdp_ctx *ctx, const pg_link *link, const double *low, const double *x, size_t k,
                            pg_chow_lin *out)
{
    const size_t n = link->n_low, m = link->n_high;
    fit f = { .link = link, .low = low, .x = x, .k = k };
    if (n <= k)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "chow_lin: found %zu low periods for %zu coefficients; expected more, or denton", n, k);
    const pg_matrix root = pg_matrix_new(&ctx->scratch, k, k);
    f.v = pg_matrix_new(&ctx->scratch, n, n);
    f.white = pg_matrix_new(&ctx->scratch, n, k + 1);
    if (root.x == NULL || f.v.x == NULL || f.white.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, f.sums, pg_arena_alloc(&ctx->scratch, n * k, sizeof *f.sums));
    PG_TRY_ALLOC(ctx, f.tau, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *f.tau));
    PG_TRY_ALLOC(ctx, out->coef, pg_arena_alloc(&ctx->scratch, k, sizeof *out->coef));
    PG_TRY_ALLOC(ctx, out->std_error, pg_arena_alloc(&ctx->scratch, k, sizeof *out->std_error));
    PG_TRY_ALLOC(ctx, out->value, pg_arena_alloc(&ctx->scratch, m, sizeof *out->value));
    PG_TRY_ALLOC(ctx, out->error, pg_arena_alloc(&ctx->scratch, m, sizeof *out->error));
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i < n; i++)
            f.sums[i + j * n] = pg_link_sum(link, i, x + j * m);
    pg_blas_single_thread();
    if (isnan(out->rho)) PG_TRY(find_rho(ctx, &f, &out->rho));
    PG_TRY(whiten(ctx, out->rho, &f));
    PG_TRY(find_coefficients(ctx, &f, root, out));
    return predict(ctx, &f, root, out);
}
