/* test_nist_linear.c  Linear least squares against certified values.
 * Source: NIST Statistical Reference Datasets, linear least squares regression (public domain); NIST prints 15 digits.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

enum { MAX_TERMS = 11 };
static const char *const terms[MAX_TERMS] = { "b0", "b1", "b2", "b3", "b4", "b5", "b6", "b7", "b8", "b9", "b10" };

/* What NIST certifies; digits of the estimates, and of standard errors and summary, that we must reach. */
typedef struct certified {
    double estimate[MAX_TERMS], std_error[MAX_TERMS];
    double sigma, r_squared, f;
    double digits, error_digits;
} certified;

static void check(const double *y, const double *x, size_t n, size_t n_terms, bool constant, const certified *c)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_design d = {
        .y = { y, n }, .x = { x, n, n_terms }, .terms = terms, .constant = constant ? 0 : PGDP_NONE
    };
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &d, NULL, &fit));
    const double exact = pow(10, -c->digits), error = pow(10, -c->error_digits);
    for (size_t j = 0; j < n_terms; j++) {
        const pgdp_tidy t = pgdp_fit_tidy(fit, j, 0.95);
        assert_close(t.estimate, c->estimate[j], exact, 0);
        assert_close(t.std_error, c->std_error[j], error, 0);
    }
    const pgdp_glance g = pgdp_fit_glance(fit);
    assert_close(g.sigma, c->sigma, error, 0);
    assert_close(g.r_squared, c->r_squared, error, 0);
    assert_close(g.statistic, c->f, error, 0);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static double *powers(const double *x, size_t n, size_t degree)
{
    double *out = calloc(n * (degree + 1), sizeof *out);
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= degree; j++)
            out[i + j * n] = pow(x[i], (double)j);
    return out;
}

static void E05_longley_is_certified_to_13_digits(void **state)
{
    (void)state;
    static const double y[] = { 60323, 61122, 60171, 61187, 63221, 63639, 64989, 63761,
                                66019, 67857, 68169, 66513, 68655, 69564, 69331, 70551 };
    static const double x[] = {
        1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,      1,
        1,      1,      83.0,   88.5,   88.2,   89.5,   96.2,   98.1,   99.0,   100.0,  101.2,  104.6,  108.4,  110.8,
        112.6,  114.2,  115.7,  116.9,  234289, 259426, 258054, 284599, 328975, 346999, 365385, 363112, 397469, 419180,
        442769, 444546, 482704, 502601, 518173, 554894, 2356,   2325,   3682,   3351,   2099,   1932,   1870,   3578,
        2904,   2822,   2936,   4681,   3813,   3931,   4806,   4007,   1590,   1456,   1616,   1650,   3099,   3594,
        3547,   3350,   3048,   2857,   2798,   2637,   2552,   2514,   2572,   2827,   107608, 108632, 109773, 110929,
        112075, 113270, 115094, 116219, 117388, 118734, 120445, 121950, 123366, 125368, 127852, 130081, 1947,   1948,
        1949,   1950,   1951,   1952,   1953,   1954,   1955,   1956,   1957,   1958,   1959,   1960,   1961,   1962,
    };
    static const certified c = {
        .estimate = { -3482258.63459582, 15.0618722713733, -0.358191792925910E-01, -2.02022980381683, -1.03322686717359,
                      -0.511041056535807E-01, 1829.15146461355 },
        .std_error = { 890420.383607373, 84.9149257747669, 0.334910077722432E-01, 0.488399681651699, 0.214274163161675,
                       0.226073200069370, 455.478499142212 },
        .sigma = 304.854073561965,
        .r_squared = 0.995479004577296,
        .f = 330.285339234588,
        .digits = 13,
        .error_digits = 12.5, /* the bread is the plain QR's: condition 4e4 */
    };
    check(y, x, 16, 7, true, &c);
}

static void noint1_and_noint2_without_constant_are_certified(void **state)
{
    (void)state;
    static const double y1[] = { 130, 131, 132, 133, 134, 135, 136, 137, 138, 139, 140 };
    static const double x1[] = { 60, 61, 62, 63, 64, 65, 66, 67, 68, 69, 70 };
    static const double y2[] = { 3, 4, 4 }, x2[] = { 4, 5, 6 };
    static const certified c1 = {
        { 2.07438016528926 }, { 0.165289256198347E-01 }, 3.56753034006338, 0.999365492298663, 15750.25, 14, 14
    };
    static const certified c2 = { { 0.727272727272727 },
                                  { 0.420827318078432E-01 },
                                  0.369274472937998,
                                  0.993348115299335,
                                  298.6666666666667,
                                  14,
                                  14 };
    check(y1, x1, 11, 1, false, &c1);
    check(y2, x2, 3, 1, false, &c2);
}

enum { WAMPLER = 21 };
/* y = 1 + x + ... + x^5 + size * delta, x = 0 ... 20 */
static void check_wampler(double size, const certified *c)
{
    static const double delta[WAMPLER] = { 759,   -2048, 2048,  -2048, 2523,  -2048, 2048,  -2048, 1838,  -2048, 2048,
                                           -2048, 1838,  -2048, 2048,  -2048, 2523,  -2048, 2048,  -2048, 759 };
    double x[WAMPLER], y[WAMPLER];
    for (size_t i = 0; i < WAMPLER; i++) {
        x[i] = (double)i;
        y[i] = size * delta[i];
        for (size_t j = 0; j <= 5; j++)
            y[i] += pow(x[i], (double)j);
    }
    double *columns = powers(x, WAMPLER, 5);
    check(y, columns, WAMPLER, 6, true, c);
    free(columns);
}

static const double s3[] = { 2152.32624678170, 2363.55173469681, 779.343524331583,
                             101.475507550350, 5.64566512170752, 0.112324854679312 };

static void wampler3_4_and_5_are_certified_though_errors_grow(void **state)
{
    (void)state;
    static const double r_squared[] = { 0.999995559025820, 0.957478440825662, 0.224668921574940e-02 };
    static const double f[] = { 675524.458240122, 67.5524458240122, 6.75524458240122e-03 };
    for (size_t i = 0; i < 3; i++) {
        const double size = pow(100, (double)i);
        certified c = { .sigma = 2360.14502379268 * size, .r_squared = r_squared[i], .f = f[i] };
        for (size_t j = 0; j < 6; j++) {
            c.estimate[j] = 1;
            c.std_error[j] = s3[j] * size;
        }
        c.digits = 14; /* integers: nothing is rounded before us; R keeps 9.5, 7.6 and 5.6 digits */
        c.error_digits = 13;
        check_wampler(size, &c);
    }
}

/* Exact polynomials: the certified standard errors are 0, so sizes are compared, not digits. */
static void wampler1_and_2_fit_exactly(void **state)
{
    (void)state;
    for (int tenths = 0; tenths <= 1; tenths++) {
        double x[WAMPLER], y[WAMPLER];
        for (size_t i = 0; i < WAMPLER; i++) {
            x[i] = (double)i;
            y[i] = 0;
            for (size_t j = 0; j <= 5; j++)
                y[i] += pow(x[i], (double)j) / (tenths ? pow(10, (double)j) : 1);
        }
        double *columns = powers(x, WAMPLER, 5);
        const pgdp_design d = { .y = { y, WAMPLER }, .x = { columns, WAMPLER, 6 }, .terms = terms, .constant = 0 };
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pgdp_fit *fit = NULL;
        assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &d, NULL, &fit));
        for (size_t j = 0; j < 6; j++) {
            const double want = tenths ? pow(10, -(double)j) : 1;
            assert_close(pgdp_fit_tidy(fit, j, 0.95).estimate, want, tenths ? 1e-13 : 1e-15, 0);
            assert_true(pgdp_fit_tidy(fit, j, 0.95).std_error < 1e-13 * want);
        }
        assert_close(pgdp_fit_glance(fit).r_squared, 1, 1e-15, 0);
        pgdp_fit_free(fit);
        free(columns);
        pgdp_ctx_free(ctx);
    }
}

static const double filip_y[] = {
    0.8116, 0.9072, 0.9052, 0.9039, 0.8053, 0.8377, 0.8667, 0.8809, 0.7975, 0.8162, 0.8515, 0.8766, 0.8885, 0.8859,
    0.8959, 0.8913, 0.8959, 0.8971, 0.9021, 0.909,  0.9139, 0.9199, 0.8692, 0.8872, 0.89,   0.891,  0.8977, 0.9035,
    0.9078, 0.7675, 0.7705, 0.7713, 0.7736, 0.7775, 0.7841, 0.7971, 0.8329, 0.8641, 0.8804, 0.7668, 0.7633, 0.7678,
    0.7697, 0.77,   0.7749, 0.7796, 0.7897, 0.8131, 0.8498, 0.8741, 0.8061, 0.846,  0.8751, 0.8856, 0.8919, 0.8934,
    0.894,  0.8957, 0.9047, 0.9129, 0.9209, 0.9219, 0.7739, 0.7681, 0.7665, 0.7703, 0.7702, 0.7761, 0.7809, 0.7961,
    0.8253, 0.8602, 0.8809, 0.8301, 0.8664, 0.8834, 0.8898, 0.8964, 0.8963, 0.9074, 0.9119, 0.9228,
};
static const double filip_x[] = {
    -6.860120914, -4.324130045, -4.358625055, -4.358426747, -6.955852379, -6.661145254, -6.355462942, -6.118102026,
    -7.115148017, -6.815308569, -6.519993057, -6.204119983, -5.853871964, -6.109523091, -5.79832982,  -5.482672118,
    -5.171791386, -4.851705903, -4.517126416, -4.143573228, -3.709075441, -3.499489089, -6.300769497, -5.953504836,
    -5.642065153, -5.031376979, -4.680685696, -4.329846955, -3.928486195, -8.56735134,  -8.363211311, -8.107682739,
    -7.823908741, -7.522878745, -7.218819279, -6.920818754, -6.628932138, -6.323946875, -5.991399828, -8.781464495,
    -8.663140179, -8.473531488, -8.247337057, -7.971428747, -7.676129393, -7.352812702, -7.072065318, -6.774174009,
    -6.478861916, -6.159517513, -6.835647144, -6.53165267,  -6.224098421, -5.910094889, -5.598599459, -5.290645224,
    -4.974284616, -4.64454848,  -4.290560426, -3.885055584, -3.408378962, -3.13200249,  -8.726767166, -8.66695597,
    -8.511026475, -8.165388579, -7.886056648, -7.588043762, -7.283412422, -6.995678626, -6.691862621, -6.392544977,
    -6.067374056, -6.684029655, -6.378719832, -6.065855188, -5.752272167, -5.132414673, -4.811352704, -4.098269308,
    -3.66174277,  -3.2644011,
};

/* Powers rounded to doubles carry 7.6 digits of the estimates, and no solver finds more in them; the certificate says
 * so. R's and statsmodels' defaults have none. */
static void filip_is_solved_and_its_certificate_tells_the_digits(void **state)
{
    (void)state;
    static const certified c = {
        .estimate = { -1467.48961422980, -2772.17959193342, -2316.37108160893, -1127.97394098372, -354.478233703349,
                      -75.1242017393757, -10.8753180355343, -1.06221498588947, -0.670191154593408E-01,
                      -0.246781078275479E-02, -0.402962525080404E-04 },
        .std_error = { 298.084530995537, 559.779865474950, 466.477572127796, 227.204274477751, 71.6478660875927,
                       15.2897178747400, 2.23691159816033, 0.221624321934227, 0.142363763154724E-01,
                       0.535617408889821E-03, 0.896632837373868E-05 },
        .sigma = 0.334801051324544E-02,
        .r_squared = 0.996727416185620,
        .f = 2162.43954511489,
        .digits = 7.5,
        .error_digits = 7,
    };
    enum { N = sizeof filip_y / sizeof *filip_y };
    double *columns = powers(filip_x, N, 10);
    check(filip_y, columns, N, 11, true, &c);
    const pgdp_design d = { .y = { filip_y, N }, .x = { columns, N, 11 }, .terms = terms, .constant = 0 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC1", &d, NULL, &fit));
    const double digits = pgdp_fit_certificate(fit).digits;
    assert_true(digits > 7 && digits < 8);
    assert_true(pgdp_fit_certificate(fit).condition_number > 1e9);
    pgdp_fit_free(fit);
    free(columns);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(E05_longley_is_certified_to_13_digits),
        cmocka_unit_test(noint1_and_noint2_without_constant_are_certified),
        cmocka_unit_test(wampler3_4_and_5_are_certified_though_errors_grow),
        cmocka_unit_test(wampler1_and_2_fit_exactly),
        cmocka_unit_test(filip_is_solved_and_its_certificate_tells_the_digits),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
