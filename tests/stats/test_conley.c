/* test_conley.c  Spatial covariance against its definition over all pairs, near the date line and the poles too.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/stats/pairs.h"

#include "core/random.h"

static double lat[N], lon[N], cutoff;
static const double *const columns[] = { lat, lon };

/* Places at random over the whole sphere, many of them near the date line, the poles and one city. */
static pgt_design places(uint32_t seed)
{
    pgt_design t = pgt_design_new(N, K, seed);
    pg_random random = pg_random_stream(seed, "places", 0);
    for (size_t i = 0; i < N; i++) {
        const double u = pg_random_uniform(&random), v = pg_random_uniform(&random);
        lat[i] = i % 4 == 0 ? 180 * u - 90 : i % 4 == 1 ? 89.9 - 2 * u : i % 4 == 2 ? -17 + 3 * u : 48.2 + 0.3 * u;
        lon[i] = i % 4 == 0 ? 360 * v - 180 : i % 4 == 1 ? 360 * v : i % 4 == 2 ? 178 + 4 * v : 16.3 + 0.3 * v;
    }
    t.d.columns = columns;
    t.d.n_columns = 2;
    return t;
}

/* The great circle by the angle between unit vectors, another formula than the library's. */
static double distance(size_t i, size_t l)
{
    const double radian = 3.14159265358979323846 / 180;
    double x[2][3], cross = 0, dot = 0;
    for (size_t p = 0; p < 2; p++) {
        const size_t row = p == 0 ? i : l;
        x[p][0] = cos(lat[row] * radian) * cos(lon[row] * radian);
        x[p][1] = cos(lat[row] * radian) * sin(lon[row] * radian);
        x[p][2] = sin(lat[row] * radian);
    }
    for (size_t c = 0; c < 3; c++) {
        const double side = x[0][(c + 1) % 3] * x[1][(c + 2) % 3] - x[0][(c + 2) % 3] * x[1][(c + 1) % 3];
        cross += side * side;
        dot += x[0][c] * x[1][c];
    }
    return 6371.0088 * atan2(sqrt(cross), dot);
}

static double uniform(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t, (void)p;
    return i == l || distance(i, l) <= cutoff;
}

static double bartlett(const pgt_design *t, const parts *p, size_t i, size_t l)
{
    (void)t, (void)p;
    return i == l ? 1 : fmax(0, 1 - distance(i, l) / cutoff);
}

static void pairs_within_the_cutoff_count_wherever_they_are(void **state)
{
    (void)state;
    static const struct {
        double km;
        const char *uniform, *bartlett;
    } cases[] = {
        { 3, "conley(km=3); ssc(psd=no)", "conley(km=3, kernel=bartlett); ssc(psd=no)" },
        { 15, "conley(km=15); ssc(psd=no)", "conley(km=15, kernel=bartlett); ssc(psd=no)" },
        { 120, "conley(km=120); ssc(psd=no)", "conley(km=120, kernel=bartlett); ssc(psd=no)" },
        { 900, "conley(km=900); ssc(psd=no)", "conley(km=900, kernel=bartlett); ssc(psd=no)" },
        { 7000, "conley(km=7000); ssc(psd=no)", "conley(km=7000, kernel=bartlett); ssc(psd=no)" },
        { 15000, "conley(km=15000); ssc(psd=no)", "conley(km=15000, kernel=bartlett); ssc(psd=no)" },
    };
    for (uint32_t seed = 81; seed < 84; seed++) {
        pgt_design t = places(seed);
        for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
            cutoff = cases[i].km;
            if (cutoff < 5000) check(&t, cases[i].uniform, uniform, 1); /* a variance below 0 is no fit */
            check(&t, cases[i].bartlett, bartlett, 1);
        }
        pgt_design_free(&t);
    }
}

static void a_cutoff_of_0_is_HC0_and_of_the_whole_earth_nothing(void **state)
{
    (void)state;
    pgt_design t = places(84);
    pgdp_fit *fit = NULL, *other = NULL;
    check(&t, "conley(km=0)", hc0, 1);
    check(&t, "conley(km=0, kernel=bartlett)", hc0, 1);
    check(&t, "conley(km=0); ssc(k_adj=yes)", hc0, (double)N / (N - K));
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC0", &t.d, NULL, &other));
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "conley(km=20038); ssc(psd=no)", &t.d, NULL, &fit));
    for (size_t j = 0; j < K; j++) /* the scores sum to zero */
        assert_close(pgdp_fit_vcov(fit).x[j * (K + 1)], 0, 0, 1e-12 * pgdp_fit_vcov(other).x[j * (K + 1)]);
    pgdp_fit_free(fit);
    pgdp_fit_free(other);
    pgt_design_free(&t);
}

/* Rows of one place are together at any cutoff: a cluster without factors. */
static void equal_places_are_clusters(void **state)
{
    (void)state;
    pgt_design t = places(85);
    pgdp_fit *fit = NULL, *other = NULL;
    t.d.n_clusterings = 1;
    for (size_t i = 0; i < N; i++) {
        lat[i] = 40 + 0.5 * (double)t.cluster[i];
        lon[i] = i % 2 ? -100 : 260; /* the same meridian */
    }
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "conley(km=1)", &t.d, NULL, &fit));
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "cluster; ssc(k_adj=no, g_adj=no)", &t.d, NULL, &other));
    for (size_t j = 0; j < K; j++)
        assert_close(pgdp_fit_vcov(fit).x[j * (K + 1)], pgdp_fit_vcov(other).x[j * (K + 1)], 1e-12, 0);
    assert_string_equal(pgdp_fit_factor(fit, 0).name, "km");
    assert_string_equal(pgdp_fit_factor(fit, 1).name, "negative eigenvalues zeroed");
    pgdp_fit_free(fit);
    pgdp_fit_free(other);
    pgt_design_free(&t);
}

static void places_off_the_map_and_missing_columns_are_refused(void **state)
{
    (void)state;
    pgt_design t = places(86);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "conley", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "conley(km=100, lat=LAT, lon=LON)");
    lat[6] = 91.5;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "conley(km=5)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "the latitude of row 7 is 91.5");
    lat[6] = 9;
    lon[7] = 361;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "conley(km=5)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "the longitude of row 8 is 361");
    t.d.n_columns = 0;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "conley(km=5)", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pairs_within_the_cutoff_count_wherever_they_are),
        cmocka_unit_test(a_cutoff_of_0_is_HC0_and_of_the_whole_earth_nothing),
        cmocka_unit_test(equal_places_are_clusters),
        cmocka_unit_test(places_off_the_map_and_missing_columns_are_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
