/* linalg.c  The door to BLAS and LAPACK. Interface: netlib BLAS and LAPACK 3.11, Fortran calling convention.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The routines are declared here because OpenBLAS's headers and GSL's do not compile in one program unit. Lengths of
 * character arguments are passed at the end as gfortran expects. */
#include "stats/linalg.h"

#include "core/parallel.h"

#include <math.h>

typedef const int *integer; /* of the reference interface, 32 bits */
typedef const double *real;
typedef const char *letter;

void dgemm_(letter ta, letter tb, integer m, integer n, integer k, real alpha, real a, integer lda, real b, integer ldb,
            real beta, double *c, integer ldc, size_t la, size_t lb);
void dsyrk_(letter uplo, letter trans, integer n, integer k, real alpha, real a, integer lda, real beta, double *c,
            integer ldc, size_t lu, size_t lt);
void dgemv_(letter trans, integer m, integer n, real alpha, real a, integer lda, real x, integer incx, real beta,
            double *y, integer incy, size_t lt);
void dtrmm_(letter side, letter uplo, letter trans, letter diag, integer m, integer n, const double *alpha,
            const double *a, integer lda, double *b, integer ldb, size_t ls, size_t lu, size_t lt, size_t ld);
void dtrsv_(letter uplo, letter trans, letter diag, integer n, real a, integer lda, double *x, integer incx, size_t lu,
            size_t lt, size_t ld);
void dtrtri_(letter uplo, letter diag, integer n, double *a, integer lda, int *info, size_t lu, size_t ld);
void dpotrf_(letter uplo, integer n, double *a, integer lda, int *info, size_t lu);
void dgeqrf_(integer m, integer n, double *a, integer lda, double *tau, double *work, integer lwork, int *info);
void dormqr_(letter side, letter trans, integer m, integer n, integer k, real a, integer lda, real tau, double *c,
             integer ldc, double *work, integer lwork, int *info, size_t ls, size_t lt);
void dsyev_(letter jobz, letter uplo, integer n, double *a, integer lda, double *w, double *work, integer lwork,
            int *info, size_t lj, size_t lu);
void openblas_set_num_threads(int n);
int openblas_get_num_threads(void);
char *openblas_get_corename(void);
char *openblas_get_config(void);

enum { BLOCK = 64, ORMQR_TABLE = 65 * 64 }; /* LAPACK's largest block, and dormqr's own table in its workspace */
static const int one = 1;
static const double unit = 1, zero = 0;

pg_matrix pg_matrix_new(pg_arena *arena, size_t n_rows, size_t n_cols)
{
    double *x = NULL;
    if (n_cols == 0 || n_rows <= SIZE_MAX / n_cols) x = pg_arena_alloc(arena, n_rows * n_cols, sizeof *x);
    return pg_matrix_of(x, n_rows, n_cols);
}

void pg_blas_single_thread(void)
{
    if (openblas_get_num_threads() != 1) openblas_set_num_threads(1);
}

const char *pg_blas_kernel(void)
{
    return openblas_get_corename();
}

const char *pg_blas_config(void)
{
    return openblas_get_config();
}

static int int_of(size_t n)
{
    return (int)n;
}

/* LAPACK wants a leading dimension of at least 1 even for empty matrices. */
static int stride_of(pg_matrix a)
{
    return a.stride == 0 ? 1 : (int)a.stride;
}

/* C = beta C + op(A) op(B), op by the letters of `how`. */
static void multiply(const char *how, pg_matrix a, pg_matrix b, double beta, pg_matrix c)
{
    const int m = int_of(c.n_rows), n = int_of(c.n_cols), k = int_of(how[0] == 'N' ? a.n_cols : a.n_rows);
    const int lda = stride_of(a), ldb = stride_of(b), ldc = stride_of(c);
    dgemm_(&how[0], &how[1], &m, &n, &k, &unit, a.x, &lda, b.x, &ldb, &beta, c.x, &ldc, 1, 1);
}

void pg_times(pg_matrix a, pg_matrix b, pg_matrix c)
{
    multiply("NN", a, b, 0, c);
}

void pg_times_transposed(pg_matrix a, pg_matrix b, pg_matrix c)
{
    multiply("NT", a, b, 0, c);
}

void pg_times_upper(pg_matrix a, pg_matrix r)
{
    const int m = int_of(a.n_rows), n = int_of(a.n_cols), lda = stride_of(a), ldr = stride_of(r);
    dtrmm_("R", "U", "N", "N", &m, &n, &unit, r.x, &ldr, a.x, &lda, 1, 1, 1, 1);
}

void pg_add_cross(pg_matrix a, pg_matrix b, pg_matrix c)
{
    multiply("TN", a, b, 1, c);
}

static void gram(pg_matrix a, double beta, pg_matrix c)
{
    const int n = int_of(c.n_cols), k = int_of(a.n_rows), lda = stride_of(a), ldc = stride_of(c);
    dsyrk_("U", "T", &n, &k, &unit, a.x, &lda, &beta, c.x, &ldc, 1, 1);
}

void pg_add_gram(pg_matrix a, pg_matrix c)
{
    gram(a, 1, c);
}

void pg_gram(pg_matrix a, pg_matrix c)
{
    gram(a, 0, c);
}

void pg_times_vector(pg_matrix a, const double *x, double *y)
{
    const int m = int_of(a.n_rows), n = int_of(a.n_cols), lda = stride_of(a);
    dgemv_("N", &m, &n, &unit, a.x, &lda, x, &one, &zero, y, &one, 1);
}

void pg_add_cross_vector(pg_matrix a, const double *x, double *y)
{
    const int m = int_of(a.n_rows), n = int_of(a.n_cols), lda = stride_of(a);
    dgemv_("T", &m, &n, &unit, a.x, &lda, x, &one, &unit, y, &one, 1);
}

void pg_copy_upper(pg_matrix a)
{
    for (size_t j = 0; j < a.n_cols; j++) {
        for (size_t i = 0; i < j; i++)
            a.x[j + i * a.stride] = a.x[i + j * a.stride];
    }
}

bool pg_cholesky(pg_matrix a)
{
    const int n = int_of(a.n_cols), lda = stride_of(a);
    int info = 0;
    dpotrf_("U", &n, a.x, &lda, &info, 1);
    return info == 0;
}

void pg_cholesky_solve(pg_matrix r, double *x)
{
    pg_solve_upper(r, true, x);
    pg_solve_upper(r, false, x);
}

bool pg_invert_upper(pg_matrix r)
{
    const int n = int_of(r.n_cols), ldr = stride_of(r);
    int info = 0;
    dtrtri_("U", "N", &n, r.x, &ldr, &info, 1, 1);
    return info == 0;
}

void pg_solve_upper(pg_matrix r, bool transposed, double *x)
{
    const int n = int_of(r.n_cols), ldr = stride_of(r);
    dtrsv_("U", transposed ? "T" : "N", "N", &n, r.x, &ldr, x, &one, 1, 1, 1);
}

pgdp_status pg_householder(pgdp_ctx *ctx, pg_matrix a, double *tau)
{
    const int m = int_of(a.n_rows), n = int_of(a.n_cols), lda = stride_of(a);
    const size_t n_work = a.n_cols * BLOCK + 1;
    const int lwork = int_of(n_work);
    int info = 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, n_work, sizeof *work));
    dgeqrf_(&m, &n, a.x, &lda, tau, work, &lwork, &info);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_householder_apply(pgdp_ctx *ctx, pg_matrix a, const double *tau, bool transposed, double *v)
{
    const int m = int_of(a.n_rows), k = int_of(a.n_cols), lda = stride_of(a), lwork = BLOCK + ORMQR_TABLE;
    int info = 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, (size_t)lwork, sizeof *work));
    dormqr_("L", transposed ? "T" : "N", &m, &one, &k, a.x, &lda, tau, v, &m, work, &lwork, &info, 1, 1);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_eigen(pgdp_ctx *ctx, pg_matrix a, double *values)
{
    const int n = int_of(a.n_cols), lda = stride_of(a);
    const size_t n_work = a.n_cols * (BLOCK + 2) + 1;
    const int lwork = int_of(n_work);
    int info = 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, n_work, sizeof *work));
    dsyev_("V", "U", &n, a.x, &lda, values, work, &lwork, &info, 1, 1);
    pg_arena_rewind(&ctx->scratch, mark);
    if (info != 0) return pg_fail(ctx, PGDP_NO_CONVERGENCE, "eigenvalues of a covariance did not converge");
    return PGDP_OK;
}

/* v = S v, then its length before it is made 1 again: power iteration for the largest eigenvalue of a symmetric matrix.
 */
static double power_step(pg_matrix s, double *v, double *next)
{
    const size_t n = s.n_cols;
    double square = 0;
    for (size_t i = 0; i < n; i++)
        next[i] = s.x[i] * v[0];
    for (size_t j = 1; j < n; j++)
        for (size_t i = 0; i < n; i++)
            next[i] += s.x[i + j * n] * v[j];
    for (size_t i = 0; i < n; i++)
        square += next[i] * next[i];
    const double norm = sqrt(square);
    for (size_t i = 0; i < n; i++)
        v[i] = next[i] / norm;
    return norm;
}

/* By loops: of the few columns of most models, calls of BLAS cost several times the sums. */
static pgdp_status largest_singular_value(pgdp_ctx *ctx, pg_matrix upper, double *out)
{
    enum { STEPS = 100 };
    const size_t n = upper.n_cols;
    const pg_matrix s = pg_matrix_new(&ctx->scratch, n, n);
    double *v, *next, square = 0;
    if (s.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, v, pg_arena_alloc(&ctx->scratch, n, sizeof *v));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, n, sizeof *next));
    for (size_t j = 0; j < n; j++) {
        v[j] = 1 + 0.37 * (double)(j % 7); /* uneven, so that no symmetry makes it orthogonal to the answer */
        for (size_t i = 0; i <= j; i++)
            s.x[i + j * n] = pg_dot(upper.x + i * upper.stride, upper.x + j * upper.stride, i + 1);
    }
    pg_copy_upper(s);
    for (int step = 0; step < STEPS && n > 0; step++) {
        const double last = square;
        square = power_step(s, v, next);
        if (fabs(square - last) <= 1e-4 * square) break;
    }
    *out = sqrt(square);
    return PGDP_OK;
}

double pg_inverse_form(pg_matrix v, double *b)
{
    const size_t q = v.n_cols;
    double sum = 0;
    for (size_t j = q; j-- > 0;) {
        const double variance = v.x[j + j * v.stride], scale = sqrt(variance);
        if (!(variance > 0) || !isfinite(variance)) return (double)NAN;
        b[j] /= scale;
        for (size_t i = 0; i < j; i++)
            v.x[i + j * v.stride] /= scale * sqrt(v.x[i + i * v.stride]);
        v.x[j + j * v.stride] = 1;
    }
    if (!pg_cholesky(v)) return (double)NAN;
    for (size_t j = 0; j < q; j++) /* the square is the share of variance not explained by the others */
        if (!(v.x[j + j * v.stride] > 1e-7)) return (double)NAN;
    pg_solve_upper(v, true, b);
    for (size_t j = 0; j < q; j++)
        sum += b[j] * b[j];
    return sum;
}

pgdp_status pg_condition(pgdp_ctx *ctx, pg_matrix r, pg_matrix inverse, double *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double largest, smallest_inverse;
    PG_TRY(largest_singular_value(ctx, r, &largest));
    PG_TRY(largest_singular_value(ctx, inverse, &smallest_inverse));
    *out = fmax(1, largest * smallest_inverse);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
