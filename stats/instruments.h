/* instruments.h  What instrumental estimators and their diagnostics share: first stages, projections, moments.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Everything weighted is multiplied by sqrt(w): A = sqrt(w) [exogenous terms, instruments] = Q R. The last columns of Q
 * are an orthonormal basis of what the exogenous terms leave of the instruments, so that every diagnostic has the
 * exogenous terms (and the absorbed effects, which the runner took out before) partialled out. */
#ifndef PG_INSTRUMENTS_H
#define PG_INSTRUMENTS_H

#include "stats/fit.h"
#include "stats/qr.h"

/** In the context's scratch, for as long as the fit's run. */
typedef struct pg_instruments {
    const pgdp_design *design; /**< as the estimator got it */
    pgdp_design first;         /**< x: exogenous terms, then the instruments kept */
    size_t n_rows, n_exogenous, n_endogenous, n_instruments, n_first; /**< n_first: exogenous and instruments */
    const double *root_weight;                                        /**< [n_rows]; NULL: unweighted */
    pg_qr qr;                                                         /**< of A, its columns scaled by powers of two */
    pg_matrix r, root; /**< in the units of first.x: R and R^-1, [n_first x n_first] */
    pg_matrix head;    /**< [n_first x (1 + n_endogenous)] Q' sqrt(w) [y, endogenous] */
    pg_matrix rest;    /**< [n_rows x (1 + n_endogenous)] sqrt(w) [y, endogenous] less its projection on Q */
    pg_matrix q;       /**< [n_rows x n_first]; x NULL until pg_instruments_basis() */
    double *residual;  /**< [n_rows] sqrt(w) (y - x b) of the estimator */
    double hansen_j;   /**< of an estimator that minimises it; NaN: another one */
} pg_instruments;

/** Check, leave collinear instruments out with a line among the fit's diagnostics, factor.
 * @return BAD_ARGUMENT (under-identified, no instruments), RANK_DEFICIENT (names a term), TOO_FEW_OBS, NO_MEMORY */
pgdp_status pg_instruments_new(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit, pg_instruments **out);
/** Those of a fit by an instrumental method, while it runs. */
pg_instruments *pg_instruments_of(const pgdp_fit *fit);
/** Fill q. */
pgdp_status pg_instruments_basis(pgdp_ctx *ctx, pg_instruments *in);
/** Name of endogenous term j. */
const char *pg_instruments_term(const pg_instruments *in, size_t j);
/** The triangle of a matrix with no fewer rows than columns; r [n_cols x n_cols]. */
pgdp_status pg_instruments_triangle(pgdp_ctx *ctx, pg_matrix a, pg_matrix *r);

/** iv_stage.c: two-stage least squares: estimate, root, bread, working design, residuals; all that a 2SLS fit has. */
pgdp_status pg_iv_two_stage(pgdp_ctx *ctx, pg_instruments *in, pgdp_fit *fit);
/** Residuals, score and sums of squares of fit->estimate. @param refine  also correct the estimate: b += (X^'X^)^-1
 * X^'(y - x b) with residuals in twice the precision, for a working design of projections and its root */
pgdp_status pg_iv_residuals(pgdp_ctx *ctx, pg_instruments *in, bool refine, pgdp_fit *fit);
/** A working design with room for other x: the design's, tied to the instruments. */
pgdp_status pg_iv_working_new(pgdp_ctx *ctx, pg_instruments *in, double **x, pgdp_fit *fit);

/** iv_moments.c: what the variance of moments is estimated by. */
typedef enum pg_iv_weight {
    PG_IV_IID,     /**< s^2 Q'Q */
    PG_IV_ROBUST,  /**< sum of squares, as HC0 */
    PG_IV_CLUSTER, /**< sums by cluster; several clusterings by inclusion and exclusion */
    PG_IV_OTHER    /**< the fit's own covariance: nw, dk, ... */
} pg_iv_weight;
/** What answers to the fit's covariance. */
pg_iv_weight pg_iv_weight_of(const pgdp_fit *fit);
const char *pg_iv_weight_text(const pgdp_fit *fit); /**< for titles: "iid errors", "HC1", "clusters" */
/** S = variance of sum_i rows_i e_i without small-sample factors, [m x m]; rows [n x m] and e [n] times sqrt(w). */
pgdp_status pg_iv_moments(pgdp_ctx *ctx, const pgdp_fit *fit, pg_iv_weight weight, pg_matrix rows, const double *e,
                          pg_matrix s);
/** Clusters of the smallest clustering. */
pgdp_status pg_iv_n_clusters(pgdp_ctx *ctx, const pgdp_fit *fit, double *out);

/** iv_inner.c: least squares beside the fit, with its covariance and small-sample factors. */
typedef struct pg_iv_inner {
    const pgdp_design *design; /**< y, x */
    const double *root;        /**< R^-1 of sqrt(w) x, [n_cols x n_cols] */
    const double *residual;    /**< [n_rows] times sqrt(w) */
} pg_iv_inner;
/** Covariance of the coefficients, [n_cols x n_cols], and the degrees of freedom of its t. */
pgdp_status pg_iv_inner_vcov(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_iv_inner *inner, double *vcov, double *df);
/** Covariance of Q2'v, the coefficients on the orthonormal instruments, for first-stage residuals v [n_rows];
 * [n_instruments x n_instruments]. */
pgdp_status pg_iv_first_vcov(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, const double *v,
                             pg_matrix out, double *df);
/** b'V^-1 b, V destroyed; NaN where V is singular. */
double pg_iv_wald(double *b, pg_matrix v);

/** iv_gmm.c: one step of the generalised method of moments in the basis Q: b minimises g'S^-1 g, g = Q'(y - x b). */
typedef struct pg_iv_gmm {
    double *estimate; /**< [n_terms] */
    double j;         /**< the minimum */
    pg_matrix bread;  /**< (H'S^-1 H)^-1, H = Q'x */
    pg_matrix gram;   /**< its inverse */
    pg_matrix side;   /**< S^-1 H, [n_first x n_terms] */
} pg_iv_gmm;
/** @param s  [n_first x n_first], destroyed. @return NUMERICAL: S is singular */
pgdp_status pg_iv_gmm_step(pgdp_ctx *ctx, const pg_instruments *in, pg_matrix s, pg_iv_gmm *out);

/** iv_set.c: all b with an Anderson-Rubin statistic at which b is not rejected, one endogenous term, in words:
 * "[0.1, 0.7]", "(-inf, -2] or [3, inf)", "the whole line", "empty". */
pgdp_status pg_iv_anderson_rubin_set(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_instruments *in, const char **out);

/** Note a line of a diagnostic; df2 NaN: chi-square; df NaN: no distribution. */
void pg_iv_add(pgdp_fit *fit, const char *name, const char *title, double statistic, double df, double df2);
/** The sentence why a method without instruments has none of these, or NULL. */
const char *pg_iv_refuses(const pgdp_fit *fit);

#endif
