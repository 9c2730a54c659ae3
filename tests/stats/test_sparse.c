/* test_sparse.c  Sparse factors: against a dense inverse, on singular systems, several columns at once.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "stats/linalg.h"
#include "stats/sparse.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static pgdp_ctx *ctx;
enum { MOST = 400 };

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

/** A matrix in both forms. */
typedef struct both {
    double *dense; /* [n x n] */
    int start[MOST + 1], *row;
    double *value;
    pg_sparse s;
} both;

/* The Laplacian of a graph of n nodes in `parts` components, brought to a unit diagonal; ridge on it. */
static both *laplacian(size_t n, size_t parts, size_t n_edges, double ridge)
{
    pg_random random = pg_random_stream(31, "sparse", (uint32_t)(n + parts));
    both *b = calloc(1, sizeof *b);
    double *a = b->dense = calloc(n * n, sizeof *a);
    for (size_t e = 0; e < n_edges + n; e++) {
        const size_t i = e < n ? e : pg_random_index(&random, n);
        const size_t step = parts * (e < n ? 1 : 1 + pg_random_index(&random, n / parts)),
                     j = (i + step) % (n / parts * parts);
        if (i == j || i >= n / parts * parts || (e < n && j < i)) continue;
        const double w = 0.5 + pg_random_uniform(&random);
        a[i + j * n] -= w;
        a[j + i * n] -= w;
        a[i + i * n] += w;
        a[j + j * n] += w;
    }
    double *scale = calloc(n, sizeof *scale);
    for (size_t j = 0; j < n; j++)
        scale[j] = 1 / sqrt(a[j + j * n]);
    for (size_t j = 0; j < n; j++)
        for (size_t i = 0; i < n; i++)
            a[i + j * n] = i == j ? 1 + ridge : a[i + j * n] * scale[i] * scale[j];
    free(scale);
    b->row = calloc(n * n, sizeof *b->row);
    b->value = calloc(n * n, sizeof *b->value);
    for (size_t j = 0; j < n; j++) {
        b->start[j + 1] = b->start[j];
        for (size_t i = 0; i <= j; i++) {
            if (!(fabs(a[i + j * n]) > 0)) continue;
            b->row[b->start[j + 1]] = (int)i;
            b->value[b->start[j + 1]++] = a[i + j * n];
        }
    }
    b->s = (pg_sparse){ .n = n, .start = b->start, .row = b->row, .value = b->value };
    return b;
}

static void both_free(both *b)
{
    free(b->dense);
    free(b->row);
    free(b->value);
    free(b);
}

static size_t n_passed_over(const pg_sparse *s)
{
    size_t n = 0;
    for (size_t i = 0; i < s->n; i++)
        n += !(s->inverse[i] > 0);
    return n;
}

static void solves_are_those_of_the_dense_matrix(void **state)
{
    (void)state;
    for (int definite = 0; definite < 2; definite++) {
        for (size_t n = 1 + 3; n <= MOST; n = n * 3 + 8) {
            both *b = laplacian(n, 1, 2 * n, 0.25);
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            double *x = calloc(n, sizeof *x), *y = calloc(n, sizeof *y), *work = calloc(n, sizeof *work);
            assert_ok(ctx, pg_sparse_order(ctx, &b->s));
            assert_true(b->s.n_factor >= n && b->s.flops > 0);
            assert_ok(ctx, pg_sparse_reserve(ctx, &b->s));
            assert_ok(ctx, pg_sparse_factor(ctx, &b->s, 1e-10, definite == 1));
            assert_int_equal(n_passed_over(&b->s), 0);
            for (size_t i = 0; i < n; i++)
                x[i] = y[i] = sin((double)i);
            pg_sparse_solve(&b->s, x, 1, work);
            assert_true(pg_cholesky(pg_matrix_of(b->dense, n, n)));
            pg_cholesky_solve(pg_matrix_of(b->dense, n, n), y);
            for (size_t i = 0; i < n; i++)
                assert_close(x[i], y[i], 1e-12, 1e-13);
            pg_arena_rewind(&ctx->scratch, mark);
            free(x);
            free(y);
            free(work);
            both_free(b);
        }
    }
}

/* A pivot a component vanishes; what is solved satisfies the system all the same. */
static void one_pivot_a_component_is_passed_over(void **state)
{
    (void)state;
    for (size_t parts = 1; parts <= 4; parts++) {
        for (int definite = 0; definite < 2; definite++) { /* a promise that does not hold costs a second try */
            const size_t n = 240;
            both *b = laplacian(n, parts, 100, 0);
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            double *x = calloc(n, sizeof *x), *right = calloc(n, sizeof *right), *work = calloc(n, sizeof *work);
            assert_ok(ctx, pg_sparse_order(ctx, &b->s));
            assert_ok(ctx, pg_sparse_reserve(ctx, &b->s));
            assert_ok(ctx, pg_sparse_factor(ctx, &b->s, 1e-10, definite == 1));
            assert_int_equal(n_passed_over(&b->s), parts);
            for (size_t j = 0; j < n; j++) /* in the range: A times something */
                for (size_t i = 0; i < n; i++)
                    right[i] += b->dense[i + j * n] * cos(3 * (double)j);
            memcpy(x, right, n * sizeof *x);
            pg_sparse_solve(&b->s, x, 1, work);
            for (size_t i = 0; i < n; i++) {
                double sum = 0;
                for (size_t j = 0; j < n; j++)
                    sum += b->dense[i + j * n] * x[j];
                assert_close(sum, right[i], 0, 1e-11);
            }
            pg_arena_rewind(&ctx->scratch, mark);
            free(x);
            free(right);
            free(work);
            both_free(b);
        }
    }
}

static void columns_side_by_side_have_the_bits_they_have_alone(void **state)
{
    (void)state;
    enum { N = 300, LANES = 4 };
    both *b = laplacian(N, 1, 500, 0.01);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *x = calloc(N * LANES, sizeof *x), *alone = calloc(N, sizeof *alone),
           *work = calloc(N * LANES, sizeof *work);
    assert_ok(ctx, pg_sparse_order(ctx, &b->s));
    assert_ok(ctx, pg_sparse_reserve(ctx, &b->s));
    assert_ok(ctx, pg_sparse_factor(ctx, &b->s, 1e-10, true));
    for (size_t i = 0; i < N * LANES; i++)
        x[i] = sin(0.7 * (double)i);
    pg_sparse_solve(&b->s, x, LANES, work);
    for (size_t v = 0; v < LANES; v++) {
        for (size_t i = 0; i < N; i++)
            alone[i] = sin(0.7 * (double)(i * LANES + v));
        pg_sparse_solve(&b->s, alone, 1, work);
        for (size_t i = 0; i < N; i++)
            assert_memory_equal(&alone[i], &x[i * LANES + v], sizeof *x);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    free(x);
    free(alone);
    free(work);
    both_free(b);
}

/* Other values in the same places keep the order and give the same answer as a factor of their own. */
static void an_order_serves_other_values(void **state)
{
    (void)state;
    enum { N = 200 };
    both *b = laplacian(N, 1, 300, 0.5);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double x[N], y[N], work[N];
    assert_ok(ctx, pg_sparse_order(ctx, &b->s));
    assert_ok(ctx, pg_sparse_reserve(ctx, &b->s));
    assert_ok(ctx, pg_sparse_factor(ctx, &b->s, 1e-10, true));
    for (int t = 0; t < b->start[N]; t++) /* A + I */
        for (size_t j = 0; j < N; j++)
            if (t == b->start[j + 1] - 1) b->value[t] += 1;
    assert_ok(ctx, pg_sparse_factor(ctx, &b->s, 1e-10, true));
    for (size_t i = 0; i < N; i++) {
        x[i] = y[i] = cos((double)i);
        b->dense[i + i * N] += 1;
    }
    pg_sparse_solve(&b->s, x, 1, work);
    assert_true(pg_cholesky(pg_matrix_of(b->dense, N, N)));
    pg_cholesky_solve(pg_matrix_of(b->dense, N, N), y);
    for (size_t i = 0; i < N; i++)
        assert_close(x[i], y[i], 1e-13, 1e-14);
    pg_arena_rewind(&ctx->scratch, mark);
    both_free(b);
}

static pgdp_status order_and_factor(pgdp_ctx *c, void *user)
{
    both *b = user;
    const pg_mark mark = pg_arena_mark(&c->scratch);
    pgdp_status status = pg_sparse_order(c, &b->s);
    if (status == PGDP_OK) status = pg_sparse_reserve(c, &b->s);
    if (status == PGDP_OK) status = pg_sparse_factor(c, &b->s, 1e-10, false);
    pg_arena_rewind(&c->scratch, mark);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    both *b = laplacian(MOST, 1, 2000, 0.5);
    assert_true(pgt_fail_every_allocation(order_and_factor, b) > 1);
    both_free(b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(solves_are_those_of_the_dense_matrix),
        cmocka_unit_test(one_pivot_a_component_is_passed_over),
        cmocka_unit_test(columns_side_by_side_have_the_bits_they_have_alone),
        cmocka_unit_test(an_order_serves_other_values),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
