/* test_dist.c  Tails and quantiles against 40-digit arithmetic (mpmath 1.3.0: erfc; incomplete gamma and beta functions
 * by series and continued fraction, checked against its own). Arguments are exact in binary unless written otherwise.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/stats.h"
#include "tests/support/support.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof *(array))
static const double precision = 1e-13; /* what stats.h promises */

static void normal_tails_have_13_digits(void **state)
{
    (void)state;
    static const double cases[][2] = {
        { -8.25, 0.9999999999999999208 },      { -1.96, 0.97500210485177956379 },
        { 0.3, 0.38208857781104736693 },       { 1.96, 0.024997895148220436213 },
        { 5.5, 1.8989562465887719384e-8 },     { 12.125, 3.8930100807404207899e-34 },
        { 30.25, 2.6086402857412604963e-201 }, { 37.375, 4.978212009315380528e-306 },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_close(pgdp_normal_upper(cases[i][0]), cases[i][1], precision, 0);
}

/* GSL 2.7.1 keeps 10 digits of the one at 999292.5. */
static void chi_square_tails_have_13_digits(void **state)
{
    (void)state;
    static const double cases[][3] = {
        { 0.0625, 1, 0.80258734863415255152 },       { 3.84375, 1, 0.049931727563749465101 },
        { 9.5, 0.0625, 0.000051703512640140426809 }, { 2.385, 2, 0.30346166080623955864 },
        { 40.5, 10, 0.000013831518863558102646 },    { 1400, 57, 3.1103918036449882427e-255 },
        { 10000, 10000, 0.49811936596618264465 },    { 1e6, 1e6, 0.49981193680339449952 },
        { 999292.5, 1e6, 0.6914359313501096162 },    { 1042426.5, 1e6, 1.1155512901320843488e-192 },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_close(pgdp_chisq_upper(cases[i][0], cases[i][1]), cases[i][2], precision, 0);
}

/* GSL keeps 8 digits of the one at 20 with 100 degrees of freedom. */
static void t_tails_have_13_digits(void **state)
{
    (void)state;
    static const double cases[][3] = {
        { -2.25, 3, 0.94503095180169873767 },     { 0.0078125, 7, 0.4969922892571973619 },
        { 1.96, 1, 0.15017144588801657468 },      { 2.385, 4.5, 0.03421903107816423425 },
        { 20, 100, 4.9971339306684779667e-37 },   { 37, 12345, 1.3750326916423468705e-284 },
        { 7.75, 1e6, 4.5989100136224415119e-15 }, { 36.5, 1e9, 5.5471902702008216686e-292 },
        { 1e100, 1, 3.1830988618379066648e-101 }, { 1e20, 10, 1.23046875e-196 },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_close(pgdp_t_upper(cases[i][0], cases[i][1]), cases[i][2], precision, 0);
}

/* GSL gives exactly 0 at 20 with (7, 1e6). */
static void f_tails_have_13_digits(void **state)
{
    (void)state;
    static const double cases[][4] = {
        { 0.00390625, 2, 5, 0.99610440617206778749 },
        { 0.75, 7, 20, 0.63388970974963608456 },
        { 1, 3, 1e6, 0.3916256388114231016 },
        { 2.385, 3, 17, 0.1050829972315773515 },
        { 8, 7, 1e6, 9.4500642469323901739e-10 },
        { 12, 7, 1e6, 2.1030463128867207386e-15 },
        { 20, 7, 1e6, 5.1061998474293796104e-27 },
        { 1.03125, 1e6, 1e6, 1.0235943024877371972e-53 },
        { 1e8, 1, 100, 7.9585297039154991239e-302 },
        { 4.5, 100, 2, 0.198868241869692957 },
        { 1.0625, 1e5, 1e5, 4.6302060287242488254e-22 },
    };
    for (size_t i = 0; i < COUNT(cases); i++)
        assert_close(pgdp_f_upper(cases[i][0], cases[i][1], cases[i][2]), cases[i][3], precision, 0);
}

static void distributions_agree_where_they_meet(void **state)
{
    (void)state;
    static const double at[] = { 0.0625, 0.7, 1, 1.37, 2.385, 5.125, 17.5 };
    for (size_t i = 0; i < COUNT(at); i++) {
        const double x = at[i];
        assert_close(pgdp_f_upper(x * x, 1, 7.5), 2 * pgdp_t_upper(x, 7.5), 1e-15, 0);
        assert_close(pgdp_f_upper(x, 3, (double)INFINITY), pgdp_chisq_upper(3 * x, 3), 1e-15, 0);
        assert_close(pgdp_f_upper(x, (double)INFINITY, 5), 1 - pgdp_chisq_upper(5 / x, 5), 1e-14, 1e-16);
        assert_close(pgdp_f_upper(x, 3, 8), 1 - pgdp_f_upper(1 / x, 8, 3), 1e-12, 1e-16);
        assert_close(pgdp_t_upper(x, (double)INFINITY), pgdp_normal_upper(x), 0, 0);
        assert_close(pgdp_chisq_upper(x, 2), exp(-x / 2), 1e-15, 0);
        assert_close(pgdp_t_upper(-x, 3), 1 - pgdp_t_upper(x, 3), 1e-15, 0);
    }
}

static void edges_are_the_limits(void **state)
{
    (void)state;
    assert_close(pgdp_t_upper(0, 3.5), 0.5, 0, 0);
    assert_close(pgdp_t_upper((double)INFINITY, 3), 0, 0, 0);
    assert_close(pgdp_t_upper(-(double)INFINITY, 3), 1, 0, 0);
    assert_close(pgdp_chisq_upper(-1, 3), 1, 0, 0);
    assert_close(pgdp_chisq_upper((double)INFINITY, 3), 0, 0, 0);
    assert_close(pgdp_f_upper(0, 3, 4), 1, 0, 0);
    assert_close(pgdp_f_upper((double)INFINITY, 3, 4), 0, 0, 0);
    assert_true(isnan(pgdp_t_upper((double)NAN, 3)) && isnan(pgdp_t_upper(1, 0)) && isnan(pgdp_t_upper(1, -2)));
    assert_true(isnan(pgdp_f_upper(1, 0, 3)) && isnan(pgdp_chisq_upper(1, -1)) &&
                isnan(pgdp_f_upper(1, 2, (double)NAN)));
    assert_true(isnan(pgdp_normal_upper_quantile(1.5)) && isnan(pgdp_t_upper_quantile(-0.1, 3)));
    assert_true(isinf(pgdp_normal_upper_quantile(0)) && isinf(pgdp_t_upper_quantile(1, 3)));
}

static void normal_quantile_undoes_the_tail(void **state)
{
    (void)state;
    static const double p[] = { 1e-300, 1e-40, 3e-5, 0.025, 0.3, 0.5, 0.71, 0.975 };
    for (size_t i = 0; i < COUNT(p); i++) {
        const double x = pgdp_normal_upper_quantile(p[i]);
        /* half a unit in the last place of x moves the tail by x^2 u */
        assert_close(pgdp_normal_upper(x), p[i], 1e-15 + 3e-16 * x * x, 0);
    }
    assert_close(pgdp_normal_upper_quantile(0.025), 1.9599639845400542355, 1e-15, 0);
}

static void t_quantile_undoes_the_tail_from_1e_300_on(void **state)
{
    (void)state;
    static const double p[] = { 1e-300, 1e-50, 1e-10, 3e-5, 0.025, 0.2, 0.3, 0.4375, 0.499999, 0.71, 0.975 };
    static const double df[] = { 1, 2, 4.5, 9, 67, 1e4, 1e9 };
    for (size_t i = 0; i < COUNT(p); i++) {
        for (size_t j = 0; j < COUNT(df); j++) {
            const double t = pgdp_t_upper_quantile(p[i], df[j]), z = fmin(t * t, df[j]);
            assert_close(pgdp_t_upper(t, df[j]), p[i], 1e-15 + 3e-16 * z, 0);
        }
    }
    assert_close(pgdp_t_upper_quantile(0.025, 1), 12.706204736174704697, 1e-15, 0); /* cot(pi p) */
    assert_close(pgdp_t_upper_quantile(1e-300, 1), 3.1830988618379066e299, 1e-15, 0);
    assert_close(pgdp_t_upper_quantile(0.025, 2), 4.3026527297494639, 1e-15, 0);
    assert_close(pgdp_t_upper_quantile(0.025, (double)INFINITY), pgdp_normal_upper_quantile(0.025), 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(normal_tails_have_13_digits),
        cmocka_unit_test(chi_square_tails_have_13_digits),
        cmocka_unit_test(t_tails_have_13_digits),
        cmocka_unit_test(f_tails_have_13_digits),
        cmocka_unit_test(distributions_agree_where_they_meet),
        cmocka_unit_test(edges_are_the_limits),
        cmocka_unit_test(normal_quantile_undoes_the_tail),
        cmocka_unit_test(t_quantile_undoes_the_tail_from_1e_300_on),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
