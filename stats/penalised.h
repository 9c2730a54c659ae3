/* penalised.h  Least squares with a penalty: ridge, lasso and elastic net. Source: Hoerl & Kennard (1970),
 * Technometrics 12(1); Tibshirani (1996), J. R. Stat. Soc. B 58(1); Zou & Hastie (2005), J. R. Stat. Soc. B 67(2).
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * min SSR/(2W) + lambda (alpha |b|_1 + (1 - alpha)/2 |b|_2^2), W the sum of weights (n without), b of columns scaled by
 * their standard deviation (1/W), the constant free. */
#ifndef PG_PENALISED_H
#define PG_PENALISED_H

#include "pgdp/stats.h"
#include "stats/fit.h"
#include "stats/linalg.h"

/** The rows centred and scaled; in the context's scratch. */
typedef struct pg_prepared {
    const pgdp_design *design;
    size_t n, k;                 /**< rows; columns that are penalised */
    size_t *column;              /**< [k] of the design */
    double *mean, *sd;           /**< [k]; sd 0: the column does not vary and is left out */
    double y_mean, y_sd, weight; /**< weight: sum over rows */
    pg_matrix z;                 /**< [n x k] sqrt(w/W) (x - mean)/sd */
    double *y;                   /**< [n] sqrt(w/W) (y - mean) */
    pg_matrix gram;              /**< z'z */
    double *cross;               /**< z'y */
} pg_prepared;
/** @param rows  [n] of the design, or NULL for all; @param scale  divide by sd */
pgdp_status pg_penalised_prepare(pgdp_ctx *ctx, const pgdp_design *design, const size_t *rows, size_t n, bool scale,
                                 pg_prepared *out);

/** Weights of |b|_1 and |b|_2^2 / 2. */
typedef struct pg_penalty {
    double l1, l2;
} pg_penalty;
/** b [k], standardised, from a start in b: coordinate descent, then the exact solution of its active set, which grows
 * and shrinks until the conditions of Karush, Kuhn and Tucker hold to 1e-12.
 * @param exact  refine with residuals of the data; else to working precision, for paths
 * @param condition  of the active rows, 2-norm, when exact; may be NULL
 * @return NUMERICAL when active columns are collinear */
pgdp_status pg_penalised_solve(pgdp_ctx *ctx, const pg_prepared *standard, pg_penalty penalty, bool exact, double *b,
                               double *condition);
/** Standardised b to coefficients [columns of the design] in its units, the constant's among them. */
void pg_penalised_undo(const pg_prepared *standard, const double *b, double *estimate);

enum { PG_CONVENTION_PGDP, PG_CONVENTION_GLMNET };
enum { PG_RULE_MIN, PG_RULE_1SE };
enum { PG_STANDARDIZE_YES, PG_STANDARDIZE_NO };
/** Options of the three methods. */
typedef struct pg_penalised_options {
    double lambda, alpha, folds, seed, path;
    int standardize, convention, rule;
} pg_penalised_options;
#define PG_PENALISED_ROWS                                                                                              \
    { "lambda",                                                                                                        \
      PGDP_OPTION_REAL,                                                                                                \
      offsetof(pg_penalised_options, lambda),                                                                          \
      -1,                                                                                                              \
      -1,                                                                                                              \
      1e300,                                                                                                           \
      NULL,                                                                                                            \
      "weight of the penalty; -1: by cross-validation" },                                                              \
        { "folds",                                                                                                     \
          PGDP_OPTION_REAL,                                                                                            \
          offsetof(pg_penalised_options, folds),                                                                       \
          10,                                                                                                          \
          2,                                                                                                           \
          1e6,                                                                                                         \
          NULL,                                                                                                        \
          "parts of the cross-validation" },                                                                           \
        { "seed",                                                                                                      \
          PGDP_OPTION_REAL,                                                                                            \
          offsetof(pg_penalised_options, seed),                                                                        \
          1,                                                                                                           \
          0,                                                                                                           \
          4294967295.0,                                                                                                \
          NULL,                                                                                                        \
          "of the assignment of rows to folds" },                                                                      \
        { "path",                                                                                                      \
          PGDP_OPTION_REAL,                                                                                            \
          offsetof(pg_penalised_options, path),                                                                        \
          100,                                                                                                         \
          2,                                                                                                           \
          10000,                                                                                                       \
          NULL,                                                                                                        \
          "values of lambda that the cross-validation tries" },                                                        \
        { "rule",                                                                                                      \
          PGDP_OPTION_CHOICE,                                                                                          \
          offsetof(pg_penalised_options, rule),                                                                        \
          PG_RULE_MIN,                                                                                                 \
          0,                                                                                                           \
          1,                                                                                                           \
          pg_penalised_rules,                                                                                          \
          "lambda of the least error, or the largest one within a standard error of it" },                             \
        { "standardize",                                                                                               \
          PGDP_OPTION_CHOICE,                                                                                          \
          offsetof(pg_penalised_options, standardize),                                                                 \
          PG_STANDARDIZE_YES,                                                                                          \
          0,                                                                                                           \
          1,                                                                                                           \
          pg_penalised_standardize,                                                                                    \
          "scale columns by their standard deviation (1/n) before the penalty" },                                      \
    {                                                                                                                  \
        "convention", PGDP_OPTION_CHOICE, offsetof(pg_penalised_options, convention), PG_CONVENTION_PGDP, 0, 1,        \
            pg_penalised_conventions, "glmnet: the part of |b|^2 divided by the outcome's standard deviation"          \
    }
extern const char *const pg_penalised_rules[], *const pg_penalised_standardize[], *const pg_penalised_conventions[];

/** l1 and l2 of a lambda. */
pg_penalty pg_penalty_of(const pg_prepared *standard, const pg_penalised_options *options, double lambda);
/** The smallest lambda without a coefficient; for alpha below 0.001 that of 0.001, as glmnet. */
double pg_penalised_lambda_max(const pg_prepared *standard, double alpha);

/** Errors of a path; in the context's scratch. */
typedef struct pg_validation {
    size_t n;
    double *lambda, *error, *std_error; /**< [n], lambda falling */
    size_t best, best_1se;              /**< least error; largest lambda within one standard error of it */
} pg_validation;
/** Cross-validation, folds by a shuffle of Philox. Source: Hastie, Tibshirani & Friedman (2009), section 7.10. The same
 * bits for every number of threads. @return BAD_ARGUMENT (more folds than rows) */
pgdp_status pg_penalised_validate(pgdp_ctx *ctx, const pgdp_design *design, const pg_penalised_options *options,
                                  double lambda_max, pg_validation *out);
/** All of a method; ridge: covariances are defined, see penalised_fit.c. */
pgdp_status pg_penalised_fit(pgdp_ctx *ctx, const pgdp_design *design, const pg_penalised_options *options, bool ridge,
                             pgdp_fit *out);

#endif
