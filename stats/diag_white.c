/* diag_white.c  Heteroskedasticity in regressors, squares and products. Source: White (1980), Econometrica 48(4),
 * theorem 2 and corollary 1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/residual_tests.h"

#include <math.h>
#include <string.h>

enum { MOST_COLUMNS = 2000 };

/* Is column `next` zero, or one that stands already? Products of dummies are, and need no search for rank. */
static bool is_there(const double *columns, size_t n, size_t next)
{
    const double *last = columns + next * n;
    size_t i = 0;
    while (i < n && !(fabs(last[i]) > 0))
        i++;
    if (i == n) return true;
    for (size_t j = 0; j < next; j++)
        if (memcmp(columns + j * n, last, n * sizeof *last) == 0) return true;
    return false;
}

static pgdp_status compute(pgdp_ctx *ctx, const void *options, pgdp_fit *fit)
{
    (void)options;
    const size_t n = fit->design->y.n, k = fit->n_slopes, constant = fit->design->constant;
    const size_t n_pairs = k * (k + 1) / 2;
    double *columns, *square;
    if (n_pairs > MOST_COLUMNS)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "squares and products would be %zu columns; use breusch_pagan", n_pairs);
    PG_TRY(pg_columns_and(ctx, fit, n_pairs + 1, &columns));
    PG_TRY_ALLOC(ctx, square, pg_arena_alloc(&ctx->scratch, n, sizeof *square));
    for (size_t j = 0; j < k; j++)
        pg_scale_to_one(columns + j * n, n);
    size_t next = k;
    for (size_t a = 0; a < k; a++) {
        for (size_t b = 0; b <= a; b++) {
            if (a == constant || b == constant) continue;
            for (size_t i = 0; i < n; i++)
                columns[i + next * n] = columns[i + a * n] * columns[i + b * n];
            next += !is_there(columns, n, next);
        }
    }
    for (size_t i = 0; i < n; i++) {
        square[i] = fit->residual[i] * fit->residual[i];
        if (constant == PGDP_NONE) columns[i + next * n] = 1;
    }
    pg_scale_to_one(square, n);
    const pg_lm_test test = { .name = "white",
                              .name_f = "white_f",
                              .title = "White test, squares and products: the variance is constant",
                              .y = square,
                              .columns = columns,
                              .n = n,
                              .n_cols = next + (constant == PGDP_NONE),
                              .n_kept = 1 };
    return pg_add_lm_test(ctx, &test, fit);
}

const pg_diagnostic_kind pg_diag_white = {
    .name = "white",
    .title = "White test for heteroskedasticity",
    .source = "White (1980), Econometrica 48(4), corollary 1",
    .refuses = pg_needs_plain_ols,
    .compute = compute,
};
