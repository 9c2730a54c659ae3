/* test_random.c  Philox streams and quantiles. Sources: Random123's kat_vectors, AS 241, mpmath 1.x at 40 digits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"

#include <math.h>
#include <stdlib.h>

#include "tests/support/support.h"

enum { N_DRAWS = 200000 };

/* Salmon et al. (2011), Random123's file kat_vectors, lines "philox4x32 10". */
static void philox_gives_the_known_answers_of_random123(void **state)
{
    (void)state;
    static const struct {
        uint32_t counter[4], key[2], want[4];
    } table[] = {
        { { 0, 0, 0, 0 }, { 0, 0 }, { 0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8 } },
        { { 0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff },
          { 0xffffffff, 0xffffffff },
          { 0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd } },
        { { 0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344 },
          { 0xa4093822, 0x299f31d0 },
          { 0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1 } },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        uint32_t got[4];
        pg_philox4x32_10(table[i].counter, table[i].key, got);
        for (size_t j = 0; j < 4; j++)
            assert_int_equal(got[j], table[i].want[j]);
    }
}

static void words_are_those_of_blocks_one_by_one(void **state)
{
    (void)state;
    pg_random r = pg_random_stream(2385, "words", 7);
    r.next = 0xfffffffdu; /* over the border of 32 bits */
    for (size_t part = 0; part < 3; part++) {
        uint32_t got[PG_WORDS], want[4];
        const uint64_t first = r.next;
        pg_random_words(&r, got);
        assert_int_equal(r.next, first + PG_WORDS / 4);
        for (size_t i = 0; i < PG_WORDS; i++) {
            const uint64_t block = first + i / 4;
            const uint32_t counter[4] = { (uint32_t)block, (uint32_t)(block >> 32) ^ r.job[0], 7, r.job[1] };
            pg_philox4x32_10(counter, r.key, want);
            assert_int_equal(got[i], want[i % 4]);
        }
    }
}

/* Wanted values: an independent program of 20 lines in Python's integers. They may never change: seeds are published.
 */
static void streams_are_pinned_for_ever(void **state)
{
    (void)state;
    static const struct {
        uint64_t seed;
        const char *job;
        uint32_t replicate;
        uint64_t draw;
        double want;
        size_t index_of_1000;
    } table[] = {
        { 2026, "gap", 0, 0, 0x1.925f5cb8ba23dp-1, 785 },
        { 2026, "gap", 0, 1, 0x1.a49828b58e8b8p-4, 102 },
        { 2026, "gap", 0, 19265, 0x1.91b09285a0a5dp-1, 784 },
        { 2026, "gap", 7, 0, 0x1.1b871791f4a84p-3, 138 },
        { 9223372036854775813u, "bootstrap: wage ~ exposure", 4294967295u, 8589934595u, 0x1.77a761d655125p-1, 733 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        pg_random r = pg_random_stream(table[i].seed, table[i].job, table[i].replicate);
        r.next = table[i].draw;
        assert_close(pg_random_uniform(&r), table[i].want, 0, 0);
        assert_true(r.next == table[i].draw + 1);
        r.next = table[i].draw;
        assert_int_equal(pg_random_index(&r, 1000), table[i].index_of_1000);
    }
}

static void draw_k_alone_equals_draw_k_in_sequence(void **state)
{
    (void)state;
    enum { N = 513 };
    pg_random sequence = pg_random_stream(2385, "order", 3);
    double all[N];
    for (size_t k = 0; k < N; k++)
        all[k] = pg_random_uniform(&sequence);
    for (size_t k = N; k-- > 0;) {
        pg_random alone = pg_random_stream(2385, "order", 3);
        alone.next = k;
        assert_close(pg_random_uniform(&alone), all[k], 0, 0);
    }
}

static void many_uniforms_at_once_are_the_same_uniforms(void **state)
{
    (void)state;
    for (size_t n = 0; n < 9; n++) {
        for (uint64_t first = 0; first < 3; first++) {
            pg_random one = pg_random_stream(77, "bulk", 1), bulk = one;
            double out[9] = { 0 };
            one.next = bulk.next = first;
            pg_random_uniforms(&bulk, out, n);
            for (size_t i = 0; i < n; i++)
                assert_close(out[i], pg_random_uniform(&one), 0, 0);
            assert_true(bulk.next == first + n);
        }
    }
}

static void seed_job_and_replicate_each_change_the_stream(void **state)
{
    (void)state;
    const pg_random streams[] = { pg_random_stream(1, "a", 0), pg_random_stream(2, "a", 0),
                                  pg_random_stream(1, "b", 0), pg_random_stream(1, "a", 1),
                                  pg_random_stream(1, "", 0),  pg_random_stream(1 + (1ull << 32), "a", 0) };
    const size_t n = sizeof streams / sizeof *streams;
    for (size_t i = 0; i < n; i++) {
        for (size_t j = 0; j < i; j++) {
            pg_random a = streams[i], b = streams[j];
            assert_true(fabs(pg_random_uniform(&a) - pg_random_uniform(&b)) > 0);
        }
    }
}

typedef double (*draw_fn)(pg_random *random);

static double draw_beta(pg_random *r)
{
    return pg_quantile_beta(pg_random_uniform(r), 2.385, 7.1);
}

static double draw_triangular(pg_random *r)
{
    return pg_quantile_triangular(pg_random_uniform(r), -1.25, 0.5, 3.75);
}

/* Mean and variance of n draws lie within 5 standard errors; m4 is the fourth central moment. */
static void check_moments(draw_fn draw, const char *job, size_t n, const double want[3])
{
    pg_random r = pg_random_stream(20310228, job, 0);
    const double mean = want[0], variance = want[1], m4 = want[2], size = (double)n;
    double sum = 0, squares = 0;
    for (size_t i = 0; i < n; i++) {
        const double d = draw(&r) - mean;
        sum += d;
        squares += d * d;
    }
    assert_close(sum / size, 0, 0, 5 * sqrt(variance / size));
    assert_close(squares / size, variance, 0, 5 * sqrt((m4 - variance * variance) / size));
}

static void moments_lie_within_five_standard_errors(void **state)
{
    (void)state;
    check_moments(pg_random_uniform, "uniform", N_DRAWS, (double[]){ 0.5, 1. / 12, 1. / 80 });
    check_moments(pg_random_normal, "normal", N_DRAWS, (double[]){ 0, 1, 3 });
    const double a = 2.385, b = 7.1, n = a + b, variance = a * b / (n * n * (n + 1));
    const double excess = 6 * ((a - b) * (a - b) * (n + 1) - a * b * (n + 2)) / (a * b * (n + 2) * (n + 3));
    check_moments(draw_beta, "beta", N_DRAWS / 10, (double[]){ a / n, variance, (excess + 3) * variance * variance });
    const double lo = -1.25, c = 0.5, hi = 3.75;
    const double v = (lo * lo + c * c + hi * hi - lo * hi - lo * c - c * hi) / 18;
    check_moments(draw_triangular, "triangular", N_DRAWS, (double[]){ (lo + c + hi) / 3, v, 2.4 * v * v });
}

static void neighbouring_draws_and_replicates_are_uncorrelated(void **state)
{
    (void)state;
    pg_random r = pg_random_stream(5, "correlation", 0), other = pg_random_stream(5, "correlation", 1);
    double serial = 0, across = 0, previous = pg_random_uniform(&r) - 0.5;
    for (size_t i = 0; i < N_DRAWS; i++) {
        const double u = pg_random_uniform(&r) - 0.5;
        serial += u * previous;
        across += u * (pg_random_uniform(&other) - 0.5);
        previous = u;
    }
    /* The product of two independent uniforms has variance 1/144. */
    assert_close(serial / N_DRAWS, 0, 0, 5 / 12. / sqrt(N_DRAWS));
    assert_close(across / N_DRAWS, 0, 0, 5 / 12. / sqrt(N_DRAWS));
}

static void indices_fall_evenly_and_below_n(void **state)
{
    (void)state;
    enum { N = 37 };
    size_t counts[N] = { 0 };
    pg_random r = pg_random_stream(11, "index", 0);
    for (size_t i = 0; i < N_DRAWS; i++) {
        const size_t k = pg_random_index(&r, N);
        assert_true(k < N);
        counts[k]++;
    }
    double chi2 = 0;
    const double expected = (double)N_DRAWS / N;
    for (size_t k = 0; k < N; k++)
        chi2 += ((double)counts[k] - expected) * ((double)counts[k] - expected) / expected;
    assert_close(chi2, N - 1, 0, 5 * sqrt(2. * (N - 1))); /* mean 36, variance 72 */
    assert_int_equal(pg_random_index(&r, 1), 0);
    const uint64_t large = 3ull << 61;
    for (int i = 0; i < 100; i++)
        assert_true(pg_random_index(&r, (size_t)large) < large);
}

static void uniforms_are_never_0_or_1_nor_are_their_mirrors(void **state)
{
    (void)state;
    pg_random r = pg_random_stream(1, "ends", 0);
    for (size_t i = 0; i < N_DRAWS; i++) {
        const double u = pg_random_uniform(&r);
        assert_true(u >= 0x1p-53 && u <= 1 - 0x1p-53);
        assert_close(1 - (1 - u), u, 0, 0);
    }
}

/* The first three are those of Wichura (1988), p. 483; the others mpmath's. */
static void normal_quantiles_have_sixteen_digits(void **state)
{
    (void)state;
    static const double table[][2] = {
        { 0.25, -0.6744897501960817432 },    { 0.001, -3.0902323061678135354 },  { 1e-20, -9.2623400897984075796 },
        { 0.2385, -0.71113594090137733744 }, { 0.0725, -1.4574217385976512896 }, { 0.93, 1.475791028179171099 },
        { 0.975, 1.9599639845400538556 },    { 0.9999, 3.7190164854557083867 },  { 1e-9, -5.9978070150076868614 },
        { 0x1p-53, -8.2095361516013868556 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_close(pg_quantile_normal(table[i][0]), table[i][1], 1e-15, 0);
    assert_close(pg_quantile_normal(0.5), 0, 0, 0);
}

static void normal_quantiles_go_back_to_their_probability(void **state)
{
    (void)state;
    for (int i = 1; i < 2048; i++) {
        const double u = i / 2048., z = pg_quantile_normal(u);
        /* A relative error of z moves the probability by z^2 as much at most. */
        assert_close(erfc(-z / sqrt(2)) / 2, u, 1e-15 * (1 + z * z), 0);
        assert_close(pg_quantile_normal(1 - u), -z, 0, 0);
    }
}

static void beta_quantiles_agree_with_mpmath(void **state)
{
    (void)state;
    static const double table[][4] = {
        { 0.2385, 2.385, 7.1, 0.14474498818272251495 },    { 0.9725, 2.385, 7.1, 0.54657585120731674839 },
        { 0.05, 0.37, 0.81, 0.00040402030763895482788 },   { 0.5, 12.5, 3.25, 0.8062624445947507699 },
        { 0.00025, 45.5, 120.25, 0.16566082490846782848 }, { 0.999, 0.6, 31.75, 0.16661118290954163843 },
        { 0.75, 0.6, 31.75, 0.025458616781532190575 },     { 0.3, 250.5, 19.75, 0.91943530824214525424 },
        { 0.025, 1.5, 1.25, 0.071040487778682598211 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++)
        assert_close(pg_quantile_beta(table[i][0], table[i][1], table[i][2]), table[i][3], 1e-12, 0);
}

static void beta_quantiles_meet_their_closed_forms(void **state)
{
    (void)state;
    static const double shapes[] = { 0.05, 0.5, 0.93, 1, 2.385, 17.25, 1234.5 };
    const double pi = acos(-1);
    for (int i = 1; i < 200; i++) {
        const double u = i / 200.;
        for (size_t j = 0; j < sizeof shapes / sizeof *shapes; j++) {
            const double s = shapes[j];
            assert_close(pg_quantile_beta(u, s, 1), pow(u, 1 / s), 1e-12, 0);
            assert_close(pg_quantile_beta(u, 1, s), -expm1(log1p(-u) / s), 1e-12, 0);
            const double x = pg_quantile_beta(u, s, 3.75), mirrored = pg_quantile_beta(1 - u, 3.75, s);
            assert_close(x, 1 - mirrored, 0, 1e-12);
        }
        assert_close(pg_quantile_beta(u, 1, 1), u, 1e-14, 0);
        assert_close(pg_quantile_beta(u, 0.5, 0.5), sin(pi * u / 2) * sin(pi * u / 2), 1e-12, 0);
        const double x = pg_quantile_beta(u, 2, 2); /* I_x(2, 2) = x^2 (3 - 2 x) */
        assert_close(x * x * (3 - 2 * x), u, 1e-12, 0);
    }
}

/* For whole a and b the incomplete beta is a binomial tail: an evaluation that shares nothing with the one under test.
 */
static double binomial_tail(int a, int b, double x)
{
    const int n = a + b - 1;
    double term = pow(1 - x, n), tail = 0;
    for (int k = 0; k <= n; k++) {
        if (k >= a) tail += term;
        term *= (double)(n - k) / (k + 1) * x / (1 - x);
    }
    return tail;
}

static void beta_quantiles_go_back_to_their_probability(void **state)
{
    (void)state;
    for (int a = 1; a <= 9; a++)
        for (int b = 1; b <= 9; b++)
            for (int i = 1; i < 40; i++)
                assert_close(binomial_tail(a, b, pg_quantile_beta(i / 40., a, b)), i / 40., 1e-12, 0);
}

static void beta_quantiles_rise_with_u_for_any_shape(void **state)
{
    (void)state;
    static const double shapes[] = { 1e-3, 0.02, 0.7, 1, 33.3, 1e4, 1e6 };
    const size_t n = sizeof shapes / sizeof *shapes;
    for (size_t j = 0; j < n * n; j++) {
        double last = 0;
        for (int i = 1; i < 50; i++) {
            const double x = pg_quantile_beta(i / 50., shapes[j / n], shapes[j % n]);
            assert_true(x >= last && x <= 1);
            last = x;
        }
    }
    assert_close(pg_quantile_beta(0.5, 1e6, 1e6), 0.5, 1e-15, 0);
}

static void triangular_quantiles_invert_the_distribution(void **state)
{
    (void)state;
    const double lo = -1.25, mode = 0.5, hi = 3.75;
    for (int i = 1; i < 400; i++) {
        const double u = i / 400., x = pg_quantile_triangular(u, lo, mode, hi);
        const double left = (x - lo) * (x - lo) / ((hi - lo) * (mode - lo));
        const double right = 1 - (hi - x) * (hi - x) / ((hi - lo) * (hi - mode));
        assert_close(x <= mode ? left : right, u, 0, 1e-14);
    }
    assert_close(pg_quantile_triangular(0.25, 0, 0, 2.385), 2.385 * (1 - sqrt(0.75)), 1e-15, 0);
    assert_close(pg_quantile_triangular(0.25, 0, 2.385, 2.385), 2.385 * 0.5, 1e-15, 0);
    assert_close(pg_quantile_triangular(0.7, 2.385, 2.385, 2.385), 2.385, 0, 0);
}

static void arguments_outside_their_set_give_nan(void **state)
{
    (void)state;
    const double nan = (double)NAN;
    assert_true(isnan(pg_quantile_normal(-0.1)) && isnan(pg_quantile_normal(1.1)) && isnan(pg_quantile_normal(nan)));
    assert_true(isnan(pg_quantile_beta(0.3, 0, 1)) && isnan(pg_quantile_beta(0.3, 1, -2.5)));
    assert_true(isnan(pg_quantile_beta(nan, 1, 1)) && isnan(pg_quantile_beta(0.3, nan, 1)));
    assert_true(isnan(pg_quantile_beta(0.3, (double)INFINITY, 1)));
    assert_true(isnan(pg_quantile_triangular(0.3, 2, 1, 3)) && isnan(pg_quantile_triangular(0.3, 1, 4, 3)));
    assert_true(isinf(pg_quantile_normal(0)) && isinf(pg_quantile_normal(1)));
    assert_close(pg_quantile_beta(0, 2.385, 0.4), 0, 0, 0);
    assert_close(pg_quantile_beta(1, 2.385, 0.4), 1, 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(philox_gives_the_known_answers_of_random123),
        cmocka_unit_test(words_are_those_of_blocks_one_by_one),
        cmocka_unit_test(streams_are_pinned_for_ever),
        cmocka_unit_test(draw_k_alone_equals_draw_k_in_sequence),
        cmocka_unit_test(many_uniforms_at_once_are_the_same_uniforms),
        cmocka_unit_test(seed_job_and_replicate_each_change_the_stream),
        cmocka_unit_test(moments_lie_within_five_standard_errors),
        cmocka_unit_test(neighbouring_draws_and_replicates_are_uncorrelated),
        cmocka_unit_test(indices_fall_evenly_and_below_n),
        cmocka_unit_test(uniforms_are_never_0_or_1_nor_are_their_mirrors),
        cmocka_unit_test(normal_quantiles_have_sixteen_digits),
        cmocka_unit_test(normal_quantiles_go_back_to_their_probability),
        cmocka_unit_test(beta_quantiles_agree_with_mpmath),
        cmocka_unit_test(beta_quantiles_meet_their_closed_forms),
        cmocka_unit_test(beta_quantiles_go_back_to_their_probability),
        cmocka_unit_test(beta_quantiles_rise_with_u_for_any_shape),
        cmocka_unit_test(triangular_quantiles_invert_the_distribution),
        cmocka_unit_test(arguments_outside_their_set_give_nan),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
