/* residual_tests.h  What tests of a linear model's residuals share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_RESIDUAL_TESTS_H
#define PG_RESIDUAL_TESTS_H

#include "stats/diagnostics.h"

/** For pg_diagnostic_kind.refuses: only ordinary least squares without weights and absorbed effects has these
 * residuals.
 */
const char *pg_needs_plain_ols(const pgdp_fit *fit);
/** The same of tests that follow the rows in time: they are those of one entity. */
const char *pg_needs_one_series(const pgdp_fit *fit);
/** Note a test: chi-square of df when df2 is NaN, else F. Names are literals. */
void pg_add_test(pgdp_fit *fit, const char *name, const char *title, double statistic, double df, double df2);
/** Note a number without distribution. */
void pg_add_statistic(pgdp_fit *fit, const char *name, const char *title, double statistic);
/**
 * An auxiliary regression of the squared or plain residuals as two tests: n R^2 as chi-square, and its F.
 * @param columns  [n x n_cols] with a constant among them @param n_tested  df: rank less the terms that stay
 */
typedef struct pg_lm_test {
    const char *name, *name_f, *title;
    const double *y, *columns;
    size_t n, n_cols, n_kept; /**< columns that the null model has too, a constant among them */
} pg_lm_test;
pgdp_status pg_add_lm_test(pgdp_ctx *ctx, const pg_lm_test *test, pgdp_fit *fit);
/** The model's columns [n x k], and after them room for `more`; in the scratch. */
pgdp_status pg_columns_and(pgdp_ctx *ctx, const pgdp_fit *fit, size_t more, double **out);
/** Columns scaled to a largest element of 1, so that powers and products keep their digits. */
void pg_scale_to_one(double *column, size_t n);

#endif
