/* test_extended_products.c  Where cross-products are taken in place of reflections, a double sees no difference.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "stats/extended.h"
#include "tests/support/support.h"

#include <float.h>
#include <math.h>

enum { N = 203, MOST = 7, DESIGNS = 400 };

typedef struct problem {
    double x[N * MOST], low[N * MOST], y[N], w[N];
    pgdp_design d;
} problem;

/* Each column is near the one before; how near is chance's, and so are weights and what rounding took. */
static void make(pg_random *random, size_t k, problem *p)
{
    const double gap = exp2(-18 * pg_random_uniform(random));
    const bool weighted = pg_random_index(random, 2) == 0, rests = pg_random_index(random, 2) == 0;
    for (size_t i = 0; i < N; i++) {
        p->y[i] = pg_random_normal(random);
        p->w[i] = 0.5 + pg_random_uniform(random);
        for (size_t j = 0; j < k; j++) {
            p->x[i + j * N] = j == 0 ? 1 : p->x[i + (j - 1) * N] + gap * pg_random_normal(random);
            p->low[i + j * N] = p->x[i + j * N] * 1e-17 * pg_random_uniform(random);
            p->y[i] += p->x[i + j * N] * (double)(3 - 2 * (int)j);
        }
    }
    p->d = (pgdp_design){ .y = { p->y, N },
                          .x = { p->x, N, k },
                          .x_low = rests ? (pgdp_mat){ p->low, N, k } : (pgdp_mat){ 0 },
                          .weights = weighted ? (pgdp_vec){ p->w, N } : (pgdp_vec){ 0 },
                          .constant = 0 };
}

/* Of the columns at norm 1, from above. */
static double condition_of(const pg_extended *e, size_t k)
{
    double squares = 0;
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            squares += pow(e->root[i + j * k].hi * e->norm[i], 2);
    return sqrt((double)k * squares);
}

static double difference(pg_two a, pg_two b)
{
    return fabs((a.hi - b.hi) + (a.lo - b.lo));
}

/* Element (i, j) of R^-1 with columns whose diagonal is positive: their signs say nothing. */
static pg_two root_at(const pg_extended *e, size_t i, size_t j, size_t k)
{
    const pg_two x = e->root[i + j * k];
    return e->root[j + j * k].hi < 0 ? (pg_two){ -x.hi, -x.lo } : x;
}

static void compare(const pg_extended *got, const pg_extended *want, size_t k)
{
    double length = 0;
    for (size_t j = 0; j < k; j++)
        length = fmax(length, fabs(want->x[j].hi) * want->norm[j]);
    for (size_t j = 0; j < k; j++) {
        assert_close(got->norm[j], want->norm[j], DBL_EPSILON, 0);
        assert_true(difference(got->x[j], want->x[j]) * want->norm[j] < 0x1p-60 * length);
        for (size_t i = 0; i <= j; i++)
            assert_true(difference(root_at(got, i, j, k), root_at(want, i, j, k)) * want->norm[i] <
                        0x1p-60 * condition_of(want, k));
    }
    for (size_t i = 0; i < N; i++)
        assert_close(got->r[i], want->r[i], DBL_EPSILON, 0x1p-60);
}

static void cross_products_give_what_reflections_give(void **state)
{
    (void)state;
    static problem p;
    size_t n_by_products = 0;
    double most = 0;
    for (size_t trial = 0; trial < DESIGNS; trial++) {
        const size_t k = 1 + trial % MOST;
        pg_random random = pg_random_stream(17, "products", (uint32_t)trial);
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pg_scaled s;
        pg_extended want, got;
        make(&random, k, &p);
        assert_ok(ctx, pg_scaled_new(ctx, &p.d, false, &s));
        assert_ok(ctx, pg_extended_solve(ctx, &s, 0.25, (double)INFINITY, &want));
        assert_false(want.by_products);
        const double condition = condition_of(&want, k);
        assert_ok(ctx, pg_extended_solve(ctx, &s, 0.25, condition, &got));
        if (got.by_products) {
            n_by_products++;
            most = fmax(most, condition);
            compare(&got, &want, k);
        }
        pgdp_ctx_free(ctx);
    }
    print_message("%zu of %d by cross-products, condition up to %.2g\n", n_by_products, (int)DESIGNS, most);
    assert_true(n_by_products > DESIGNS / 2 && n_by_products < DESIGNS && most > 1e5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cross_products_give_what_reflections_give),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
