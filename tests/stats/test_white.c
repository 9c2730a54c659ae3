/* test_white.c  White's test where squares and products are columns already, or more than rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "stats/fit.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { N = 60, MOST = 8 };
static const char *const terms[] = { "(Intercept)", "a", "b", "c" };

/* y on a constant and three columns, errors that grow and follow each other. */
typedef struct data {
    double y[N], x[N * 4];
    pgdp_design d;
} data;

static void make(data *o)
{
    pg_random random = pg_random_stream(21, "residual tests", 0);
    double e = 0;
    for (size_t i = 0; i < N; i++) {
        o->x[i] = 1;
        for (size_t j = 1; j < 4; j++)
            o->x[i + j * N] = 3 * (double)j + pg_random_normal(&random) + (j > 1 ? 0.5 * o->x[i + (j - 1) * N] : 0);
        e = 0.4 * e + pg_random_normal(&random) * (1 + 0.2 * fabs(o->x[i + N]));
        o->y[i] = 2 + 0.7 * o->x[i + N] - 0.3 * o->x[i + 2 * N] + 0.05 * o->x[i + 3 * N] * o->x[i + 3 * N] + e;
    }
    o->d = (pgdp_design){ .y = { o->y, N }, .x = { o->x, N, 4 }, .terms = terms, .constant = 0 };
}

static pgdp_fit *fit_with(pgdp_ctx *ctx, const pgdp_design *d, const char *diagnostics)
{
    const pg_fit_request q = { .estimator = "ols", .vcov = "iid", .design = d, .diagnostics = diagnostics };
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pg_fit_run(ctx, &q, &fit));
    return fit;
}

static pgdp_diagnostic find(const pgdp_fit *fit, const char *name)
{
    pgdp_diagnostic d;
    for (size_t i = 0; (d = pgdp_fit_diagnostic(fit, i)).name != NULL; i++)
        if (strcmp(d.name, name) == 0) return d;
    fail_msg("no diagnostic %s", name);
    return d;
}

/* Residuals of least squares by the public call. */
static double regress(pgdp_ctx *ctx, const double *y, const double *x, size_t n, size_t k, double *residual)
{
    const char *names[MOST];
    char words[MOST][24];
    for (size_t j = 0; j < k; j++) {
        (void)snprintf(words[j], sizeof words[j], "c%zu", j);
        names[j] = words[j];
    }
    const pgdp_design d = { .y = { y, n }, .x = { x, n, k }, .terms = names, .constant = PGDP_NONE };
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "iid", &d, NULL, &fit));
    double ssr = 0;
    for (size_t i = 0; i < n; i++) {
        double e = y[i];
        for (size_t j = 0; j < k; j++)
            e -= x[i + j * n] * pgdp_fit_estimate(fit).x[j];
        if (residual != NULL) residual[i] = e;
        ssr += e * e;
    }
    pgdp_fit_free(fit);
    return ssr;
}

static double about_mean(const double *y, size_t n)
{
    double mean = 0, sum = 0;
    for (size_t i = 0; i < n; i++)
        mean += y[i] / (double)n;
    for (size_t i = 0; i < n; i++)
        sum += (y[i] - mean) * (y[i] - mean);
    return sum;
}

/* Statistic, degrees of freedom and p of n R^2 and of F. */
static void check_pair(const pgdp_fit *fit, const char *name, const char *name_f, const double *want)
{
    const pgdp_diagnostic chi = find(fit, name), f = find(fit, name_f);
    assert_close(chi.statistic, want[0], 1e-9, 0);
    assert_close(chi.df, want[1], 0, 0);
    assert_close(chi.p_value, pgdp_chisq_upper(want[0], want[1]), 1e-8, 0);
    assert_close(f.statistic, want[2], 1e-9, 0);
    assert_close(f.df2, want[3], 0, 0);
    assert_close(f.p_value, pgdp_f_upper(want[2], want[1], want[3]), 1e-8, 0);
}

static void lm(double n, double ssr, double tss, double df, double *out)
{
    out[0] = n * (1 - ssr / tss);
    out[1] = df;
    out[3] = n - df - 1;
    out[2] = (tss - ssr) / df / (ssr / out[3]);
}

/* A dummy, its square and its products with another that excludes it; squares that are columns already. */
static void white_leaves_out_what_is_there_already(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    data o;
    double e[N], square[N], more[N * 8], want[4];
    make(&o);
    for (size_t i = 0; i < N; i++) {
        o.x[i + N] = i % 3 == 0;
        o.x[i + 3 * N] = o.x[i + 2 * N] * o.x[i + 2 * N]; /* c = b^2 */
    }
    pgdp_fit *fit = fit_with(ctx, &o.d, "white");
    (void)regress(ctx, o.y, o.x, N, 4, e);
    for (size_t i = 0; i < N; i++)
        square[i] = e[i] * e[i];
    memcpy(more, o.x, sizeof o.x); /* 1, d, b, b^2; b d, b^2 d, b^3, b^4 */
    for (size_t i = 0; i < N; i++) {
        const double b = o.x[i + 2 * N], d = o.x[i + N];
        more[i + 4 * N] = b * d;
        more[i + 5 * N] = b * b * d;
        more[i + 6 * N] = b * b * b;
        more[i + 7 * N] = b * b * b * b;
    }
    lm(N, regress(ctx, square, more, N, 8, NULL), about_mean(square, N), 7, want);
    check_pair(fit, "white", "white_f", want);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

static void white_has_no_more_columns_than_rows_where_dummies_repeat(void **state)
{
    (void)state;
    enum { LEVELS = 9, ROWS = 40 }; /* 45 squares and products for 40 rows, 36 of them zero and 8 there already */
    static const char *const names[] = { "(Intercept)", "d1", "d2", "d3", "d4", "d5", "d6", "d7", "d8" };
    double x[ROWS * LEVELS] = { 0 }, y[ROWS];
    pg_random random = pg_random_stream(22, "residual tests", 0);
    for (size_t i = 0; i < ROWS; i++) {
        x[i] = 1;
        if (i % LEVELS > 0) x[i + ROWS * (i % LEVELS)] = 1;
        y[i] = pg_random_normal(&random);
    }
    const pgdp_design d = { .y = { y, ROWS }, .x = { x, ROWS, LEVELS }, .terms = names, .constant = 0 };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_fit *fit = fit_with(ctx, &d, "white, breusch_pagan");
    assert_close(find(fit, "white").df, 8, 0, 0);
    assert_close(find(fit, "white").statistic, find(fit, "breusch_pagan").statistic, 1e-10, 0);
    pgdp_fit_free(fit);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(white_leaves_out_what_is_there_already),
        cmocka_unit_test(white_has_no_more_columns_than_rows_where_dummies_repeat),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
