/* test_vector_math.c  exp, expm1 and log: close to long double, the same bits on every vector unit, limits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/vector_math.h"

#include "core/random.h"
#include "tests/support/support.h"

enum { N = 64, N_BLOCKS = 6000 };
typedef struct points {
    double x[N], positive[N], exp[N], expm1[N], log[N];
} points;

PG_INLINE void evaluate(points *p, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        p->exp[i] = pg_exp(p->x[i]);
        p->expm1[i] = pg_expm1(p->x[i]);
        p->log[i] = pg_log(p->positive[i]);
    }
}
PG_VECTOR_VERSIONS(evaluate, points, N)

/* Distance in units of the last place of the nearer double. */
static double ulps(double got, long double want)
{
    const double nearest = (double)want, place = fabs(nearest) - nextafter(fabs(nearest), 0);
    return (double)(fabsl((long double)got - want) / (long double)place);
}

/* Evenly in [-708, 708.9], in [-1, 1], and on a logarithmic scale near 0; positive numbers of every size and near 1. */
static void draw(pg_random *random, size_t block, points *p)
{
    for (size_t i = 0; i < N; i++) {
        const double u = 2 * pg_random_uniform(random) - 1;
        p->x[i] = block % 3 == 0 ? .5 + 708.4 * u : block % 3 == 1 ? u : copysign(exp(20 * fabs(u) - 20), u);
        p->positive[i] = block % 3 == 0 ? exp(708 * u) : block % 3 == 1 ? 1 + .5 * u : exp(10 * u);
    }
}

static void functions_are_within_two_ulps_of_long_double(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(4051, "vector math", 0);
    double worst[3] = { 0, 0, 0 };
    for (size_t block = 0; block < N_BLOCKS; block++) {
        points p;
        draw(&random, block, &p);
        evaluate_on(pg_vector_unit_here(), &p);
        for (size_t i = 0; i < N; i++) {
            worst[0] = fmax(worst[0], ulps(p.exp[i], expl(p.x[i])));
            worst[1] = fmax(worst[1], ulps(p.expm1[i], expm1l(p.x[i])));
            worst[2] = fmax(worst[2], ulps(p.log[i], logl(p.positive[i])));
        }
    }
    print_message("ulps: exp %.3f, expm1 %.3f, log %.3f\n", worst[0], worst[1], worst[2]);
    assert_true(worst[0] < 1 && worst[1] < 2 && worst[2] < 1);
}

static void every_vector_unit_and_one_alone_give_the_same_bits(void **state)
{
    (void)state;
    pg_random random = pg_random_stream(4052, "vector math", 0);
    for (size_t block = 0; block < N_BLOCKS / 10; block++) {
        points first, p;
        draw(&random, block, &first);
        p = first;
        evaluate_on(PG_UNIT_PLAIN, &first);
        for (int unit = PG_UNIT_AVX2; unit <= (int)pg_vector_unit_here(); unit++) {
            evaluate_on((pg_vector_unit)unit, &p);
            assert_memory_equal(&first, &p, sizeof p);
        }
        evaluate(&p, 1);
        assert_memory_equal(&first, &p, sizeof p);
    }
}

static void limits_are_those_of_the_functions(void **state)
{
    (void)state;
    const double inf = (double)INFINITY;
    assert_true(pg_exp(0) == 1 && pg_exp(-inf) == 0 && pg_exp(-800) == 0 && pg_exp(inf) == inf && pg_exp(710) == inf);
    assert_close(pg_exp(709.7), exp(709.7), 4e-16, 0);
    assert_close(pg_exp(-708), exp(-708), 4e-16, 0);
    assert_true(pg_exp(-709) == 0 && pg_exp(0x1.62e42fefa39efp+9) < inf && pg_exp(0x1.62e42fefa39fp+9) == inf);
    assert_true(pg_expm1(0) == 0 && pg_expm1(-inf) == -1 && pg_expm1(-50) == -1 && pg_expm1(inf) == inf);
    assert_true(pg_expm1(-1e-300) == -1e-300 && pg_expm1(1e-17) == 1e-17);
    assert_true(pg_log(1) == 0 && pg_log(0) == -inf && pg_log(1e-310) == -inf);
    assert_close(pg_log(inf), 1024 * log(2), 2e-16, 0);
    assert_close(pg_log(DBL_MIN), log(DBL_MIN), 2e-16, 0);
    assert_close(pg_log(DBL_MAX), log(DBL_MAX), 2e-16, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(functions_are_within_two_ulps_of_long_double),
        cmocka_unit_test(every_vector_unit_and_one_alone_give_the_same_bits),
        cmocka_unit_test(limits_are_those_of_the_functions),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
