/* test_white.c  White's test where squares and products are columns already, or more than rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/stats/residual_checks.h"

#include <string.h>

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
    assert_close(pgt_fit_line(fit, "white").df, 8, 0, 0);
    assert_close(pgt_fit_line(fit, "white").statistic, pgt_fit_line(fit, "breusch_pagan").statistic, 1e-10, 0);
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
