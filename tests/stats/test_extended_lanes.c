/* test_extended_lanes.c  Columns that are reflected side by side have the bits that they have one by one, whatever
 * zeros and tiny numbers are among them. Source: Golub & Van Loan (2013), algorithm 5.2.1, written down once more.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "stats/extended.h"
#include "stats/two_algebra.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { N = 37, MOST = 14 };

static pg_two dot(const pg_two *x, const pg_two *y, size_t n)
{
    pg_two sum = { 0, 0 };
    for (size_t i = 0; i < n; i++)
        sum = pg_two_plus(sum, pg_two_times(x[i], y[i]));
    return sum;
}

/* a [N x (k + 1)] to R, whose diagonal goes to tau; norm: the columns' lengths. */
static void triangulate(pg_two *a, size_t k, pg_two *tau, double *norm)
{
    for (size_t j = 0; j < k; j++)
        norm[j] = pg_two_root(dot(a + j * N, a + j * N, N)).hi;
    for (size_t j = 0; j < k; j++) {
        pg_two *v = a + j + j * N;
        const pg_two size = pg_two_root(dot(v, v, N - j));
        const pg_two length = v[0].hi < 0 ? (pg_two){ -size.hi, -size.lo } : size;
        v[0] = pg_two_plus(v[0], length);
        tau[j] = (pg_two){ -length.hi, -length.lo };
        const pg_two half = pg_two_times(length, v[0]);
        for (size_t l = j + 1; l <= k; l++) {
            pg_two *x = a + j + l * N;
            const pg_two factor = pg_two_over(dot(v, x, N - j), half);
            for (size_t i = 0; i < N - j; i++)
                x[i] = pg_two_minus(x[i], pg_two_times(factor, v[i]));
        }
    }
}

/* The coefficients of the triangle. */
static void solve(const pg_two *a, size_t k, const pg_two *tau, pg_two *x)
{
    for (size_t j = k; j-- > 0;) {
        pg_two sum = a[j + k * N];
        for (size_t l = j + 1; l < k; l++)
            sum = pg_two_minus(sum, pg_two_times(a[j + l * N], x[l]));
        x[j] = pg_two_over(sum, tau[j]);
    }
}

/* A constant, dummies, decimals with rests, columns of a few entries, tiny numbers. */
static double element(pg_random *random, size_t i, size_t j)
{
    const double value = pg_random_normal(random);
    if (j == 0) return 1;
    if (j % 5 == 1) return i % 3 == 0 ? 1 : 0;
    if (j % 5 == 2) return i % 9 == 2 ? value : 0;
    if (j % 5 == 3) return i % 4 == 1 ? value * 1e-260 : value;
    return value * 1e3;
}

static void columns_side_by_side_have_the_bits_of_one_by_one(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t k = 1; k <= MOST; k++) {
        static double x[N * MOST], low[N * MOST], y[N], w[N];
        static pg_two a[N * (MOST + 1)];
        pg_two tau[MOST], want[MOST];
        double norm[MOST];
        const bool weighted = k % 2 == 0, rests = k % 3 == 0;
        pg_random random = pg_random_stream(7, "lanes", (uint32_t)k);
        for (size_t i = 0; i < N; i++) {
            for (size_t j = 0; j < k; j++) {
                x[i + j * N] = element(&random, i, j + (k > 9 ? 1 : 0)); /* some without a constant */
                low[i + j * N] = x[i + j * N] * 1e-18;
            }
            y[i] = pg_random_normal(&random);
            w[i] = 0.5 + pg_random_uniform(&random);
        }
        const pgdp_design d = { .y = { y, N },
                                .x = { x, N, k },
                                .x_low = rests ? (pgdp_mat){ low, N, k } : (pgdp_mat){ 0 },
                                .weights = weighted ? (pgdp_vec){ w, N } : (pgdp_vec){ 0 },
                                .constant = PGDP_NONE };
        pg_scaled s;
        pg_extended got;
        assert_ok(ctx, pg_scaled_new(ctx, &d, false, &s));
        assert_ok(ctx, pg_extended_solve(ctx, &s, 0.25, (double)INFINITY, &got));
        for (size_t i = 0; i < N; i++) {
            const pg_two root = weighted ? pg_two_root((pg_two){ w[i], 0 }) : (pg_two){ 1, 0 };
            for (size_t j = 0; j <= k; j++) {
                const double scale = j == k ? 0.25 : s.scale[j];
                pg_two cell = { (j == k ? y[i] : x[i + j * N]) * scale, 0 };
                if (j < k && rests) cell = pg_two_plus(cell, (pg_two){ low[i + j * N] * scale, 0 });
                a[i + j * N] = weighted ? pg_two_times(root, cell) : cell;
            }
        }
        triangulate(a, k, tau, norm);
        solve(a, k, tau, want);
        assert_memory_equal(got.norm, norm, k * sizeof *norm);
        assert_memory_equal(got.x, want, k * sizeof *want);
    }
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(columns_side_by_side_have_the_bits_of_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
