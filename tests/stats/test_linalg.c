/* test_linalg.c  The door to BLAS and LAPACK, and the blocked QR on it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#define _GNU_SOURCE /* dladdr() */
#include "core/random.h"
#include "stats/qr.h"
#include "tests/support/support.h"

#include <dlfcn.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static pgdp_ctx *new_ctx(size_t n_threads)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_ctx_set_threads(ctx, n_threads);
    pg_blas_single_thread();
    return ctx;
}

/* Products of integers below 2^53 are exact whatever the kernel: a wrong kernel shows at once. */
static void integer_products_are_exact(void **state)
{
    (void)state;
    enum { M = 61, K = 37, N = 23 };
    double a[M * K], b[K * N], c[M * N], gram[K * K] = { 0 };
    for (size_t i = 0; i < M * K; i++)
        a[i] = (double)((i * 7919) % 1013) - 506;
    for (size_t i = 0; i < K * N; i++)
        b[i] = (double)((i * 104729) % 2029) - 1014;
    pg_times(pg_matrix_of(a, M, K), pg_matrix_of(b, K, N), pg_matrix_of(c, M, N));
    pg_add_gram(pg_matrix_of(a, M, K), pg_matrix_of(gram, K, K));
    for (size_t i = 0; i < M; i++) {
        for (size_t j = 0; j < N; j++) {
            double want = 0;
            for (size_t k = 0; k < K; k++)
                want += a[i + k * M] * b[k + j * K];
            assert_close(c[i + j * M], want, 0, 0);
        }
    }
    for (size_t i = 0; i < K; i++) {
        for (size_t j = i; j < K; j++) {
            double want = 0;
            for (size_t k = 0; k < M; k++)
                want += a[k + i * M] * a[k + j * M];
            assert_close(gram[i + j * K], want, 0, 0);
        }
    }
}

static void cholesky_solves_and_refuses_an_indefinite_matrix(void **state)
{
    (void)state;
    double a[] = { 4, 0, 0, 2, 10, 0, -2, 5, 6.25 + 3 }, x[] = { 4, 17, 12.25 }; /* = A (1, 1, 1)' */
    assert_true(pg_cholesky(pg_matrix_of(a, 3, 3)));
    x[2] = -2 + 5 + 9.25;
    pg_cholesky_solve(pg_matrix_of(a, 3, 3), x);
    for (size_t i = 0; i < 3; i++)
        assert_close(x[i], 1, 1e-15, 0);
    double bad[] = { 1, 0, 2.385, 1 };
    assert_false(pg_cholesky(pg_matrix_of(bad, 2, 2)));
}

static void eigenvalues_of_a_known_matrix_come_in_order(void **state)
{
    (void)state;
    pgdp_ctx *ctx = new_ctx(1);
    double a[] = { 2, 0, -1, 5.5 }, values[2]; /* upper triangle of [2 -1; -1 5.5] */
    assert_ok(ctx, pg_eigen(ctx, pg_matrix_of(a, 2, 2), values));
    assert_close(values[0], (7.5 - sqrt(16.25)) / 2, 1e-15, 0);
    assert_close(values[1], (7.5 + sqrt(16.25)) / 2, 1e-15, 0);
    pgdp_ctx_free(ctx);
}

static void condition_of_a_diagonal_is_the_ratio(void **state)
{
    (void)state;
    pgdp_ctx *ctx = new_ctx(1);
    double r[] = { 2.5, 0, 0, 0, 1e-6, 0, 0, 0, 37 }, inverse[9], condition;
    memcpy(inverse, r, sizeof r);
    assert_true(pg_invert_upper(pg_matrix_of(inverse, 3, 3)));
    assert_ok(ctx, pg_condition(ctx, pg_matrix_of(r, 3, 3), pg_matrix_of(inverse, 3, 3), &condition));
    assert_close(condition, 37e6, 1e-2, 0);
    pgdp_ctx_free(ctx);
}

typedef struct matrix {
    const double *x;
    size_t n_rows;
} matrix;

static void fill(void *user, size_t first, pg_matrix a)
{
    const matrix *m = user;
    for (size_t j = 0; j < a.n_cols; j++)
        memcpy(a.x + j * a.stride, m->x + first + j * m->n_rows, a.n_rows * sizeof *a.x);
}

enum { TALL = 20011, COLS = 5 }; /* five blocks, the last ones uneven */

static double *tall_matrix(size_t n_cols)
{
    pg_random random = pg_random_stream(31, "tall", 0);
    double *x = calloc(TALL * n_cols, sizeof *x);
    for (size_t i = 0; i < TALL * n_cols; i++)
        x[i] = 2.385 + pg_random_normal(&random);
    return x;
}

static void blocked_qr_reproduces_the_gram_matrix_and_inverts_itself(void **state)
{
    (void)state;
    pgdp_ctx *ctx = new_ctx(2);
    double *x = tall_matrix(COLS), *v = tall_matrix(1), head[COLS], gram[COLS * COLS] = { 0 }, rr[COLS * COLS] = { 0 };
    double *const back = calloc(TALL, sizeof *back), before = 0, after = 0;
    matrix m = { x, TALL };
    pg_qr qr;
    assert_ok(ctx, pg_qr_factor(ctx, TALL, COLS, fill, &m, &qr));
    assert_int_equal(qr.n_blocks, 4);
    pg_add_gram(pg_matrix_of(x, TALL, COLS), pg_matrix_of(gram, COLS, COLS));
    pg_add_gram(qr.r, pg_matrix_of(rr, COLS, COLS));
    for (size_t j = 0; j < COLS; j++)
        for (size_t i = 0; i <= j; i++)
            assert_close(rr[i + j * COLS], gram[i + j * COLS], 1e-13, 0);
    memcpy(back, v, TALL * sizeof *v);
    assert_ok(ctx, pg_qr_apply_transposed(ctx, &qr, back, head));
    for (size_t i = 0; i < TALL; i++) {
        before += v[i] * v[i];
        after += back[i] * back[i];
    }
    assert_close(after, before, 1e-13, 0);
    assert_ok(ctx, pg_qr_apply(ctx, &qr, head, back));
    for (size_t i = 0; i < TALL; i++)
        assert_close(back[i], v[i], 0, 1e-15 * sqrt(before)); /* orthogonal steps: errors of some u |v| */
    free(x);
    free(v);
    free(back);
    pgdp_ctx_free(ctx);
}

static void blocked_qr_has_the_same_bits_on_1_2_and_4_threads(void **state)
{
    (void)state;
    double *x = tall_matrix(COLS), r[3][COLS * COLS];
    for (size_t t = 0; t < 3; t++) {
        pgdp_ctx *ctx = new_ctx((size_t)1 << t);
        matrix m = { x, TALL };
        pg_qr qr;
        assert_ok(ctx, pg_qr_factor(ctx, TALL, COLS, fill, &m, &qr));
        memcpy(r[t], qr.r.x, sizeof r[t]);
        pgdp_ctx_free(ctx);
    }
    assert_memory_equal(r[0], r[1], sizeof r[0]);
    assert_memory_equal(r[0], r[2], sizeof r[0]);
    free(x);
}

/* GSL's slow reference CBLAS wins when it stands first on the linker's line. */
static void blas_is_openblas(void **state)
{
    (void)state;
    Dl_info info;
    void *symbol = dlsym(RTLD_DEFAULT, "cblas_dgemm");
    assert_non_null(symbol);
    assert_int_not_equal(dladdr(symbol, &info), 0);
    assert_non_null(strstr(info.dli_fname, "openblas"));
    assert_non_null(strstr(pg_blas_config(), "OpenBLAS"));
    assert_true(strlen(pg_blas_kernel()) > 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(integer_products_are_exact),
        cmocka_unit_test(cholesky_solves_and_refuses_an_indefinite_matrix),
        cmocka_unit_test(eigenvalues_of_a_known_matrix_come_in_order),
        cmocka_unit_test(condition_of_a_diagonal_is_the_ratio),
        cmocka_unit_test(blocked_qr_reproduces_the_gram_matrix_and_inverts_itself),
        cmocka_unit_test(blocked_qr_has_the_same_bits_on_1_2_and_4_threads),
        cmocka_unit_test(blas_is_openblas),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
