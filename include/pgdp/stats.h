/** @file stats.h  Arrays to estimates: formula, design, estimators, covariances, regressions, distributions, index
 * numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_STATS_H
#define PGDP_STATS_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What weights mean: they give the same estimates and different variances. */
typedef enum pgdp_weights { PGDP_UNWEIGHTED, PGDP_ANALYTIC, PGDP_FREQUENCY, PGDP_PROBABILITY } pgdp_weights;

/** What an estimator sees. Borrowed: the caller keeps every array alive during the call. */
typedef struct pgdp_design {
    pgdp_vec y;                   /**< outcome, [nobs]; for ordered outcomes 0, 1, 2, ... */
    pgdp_mat x;                   /**< regressors, [nobs x n_terms]; the constant is a column like any other */
    const char *const *terms;     /**< [n_terms] */
    size_t constant;              /**< index of the constant's column, or PGDP_NONE */
    pgdp_vec weights;             /**< > 0, [nobs]; n == 0: unweighted */
    pgdp_weights weight_kind;     /**< what they mean */
    const size_t *const *cluster; /**< [n_clusterings][nobs] cluster indices from 0; NULL: none */
    size_t n_clusterings;
    const int32_t *period; /**< [nobs] ordinals for nw(); NULL: rows are consecutive */
    const size_t *entity;  /**< [nobs] panel index; NULL: one entity */
} pgdp_design;

typedef struct pgdp_fit pgdp_fit; /**< a finished model: opaque, immutable, owned by the caller */

/** One estimator: a constant in stats/est_NAME.c, listed in stats/estimators.h. */
typedef struct pgdp_estimator {
    const char *name, *title;   /**< "ols", "Ordinary least squares" */
    const char *source;         /**< the paper that defines it, with equation */
    const pgdp_option *options; /**< ends with a NULL name */
    size_t options_size;        /**< sizeof its options struct */
    bool likelihood;            /**< maximum likelihood: normal inference, observed information */
    bool ordered;               /**< the outcome is categories 0, 1, 2, ...; no constant in x */
    /** The mathematics alone: fills out's estimate, bread and scores. Checks and memory are the runner's. */
    pgdp_status (*fit)(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *out);
} pgdp_estimator;

/** One covariance, from bread and scores: a constant in stats/vcov_NAME.c, listed in stats/vcovs.h. */
typedef struct pgdp_vcov {
    const char *name, *title, *source; /**< "HC1", ... */
    const pgdp_option *options;        /**< nw's lag; ends with a NULL name; NULL: none */
    size_t options_size;
    pgdp_status (*compute)(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *fit);
} pgdp_vcov;

PGDP_API const pgdp_estimator *pgdp_estimator_at(size_t i); /**< of the list; NULL: past its end */
PGDP_API const pgdp_vcov *pgdp_vcov_at(size_t i);           /**< of the list; NULL: past its end */

/**
 * Fit one model.
 *
 * @param ctx        where memory and errors go
 * @param estimator  a name of the list
 * @param vcov       a covariance in words: "iid", "HC1", "cluster", "nw(lag=4)"; there is no default
 * @param design     complete cases: rows with a missing value are the caller's to drop
 * @param settings   changes to the estimator's defaults, or NULL
 * @param[out] out   the fit, freed with pgdp_fit_free(); written only on PGDP_OK
 * @return NOT_FOUND, BAD_ARGUMENT (a setting), SHAPE_MISMATCH, TOO_FEW_OBS, RANK_DEFICIENT (the message names the
 *         term), NO_CONVERGENCE, NUMERICAL, NO_MEMORY
 * Cost: O(nobs * n_terms^2) time, O(nobs * n_terms) memory, for the linear ones.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_fit_new(pgdp_ctx *ctx, const char *estimator, const char *vcov,
                                                const pgdp_design *design, const pgdp_setting *settings,
                                                pgdp_fit **out);
PGDP_API void pgdp_fit_free(pgdp_fit *fit);                        /**< and all it handed out */
PGDP_API size_t pgdp_fit_n_terms(const pgdp_fit *fit);             /**< slopes, then cut points of ordered models */
PGDP_API const char *pgdp_fit_term(const pgdp_fit *fit, size_t i); /**< as in the design; "cut1", "cut2", ... */
PGDP_API pgdp_vec pgdp_fit_estimate(const pgdp_fit *fit);          /**< [n_terms], unit of y per unit of x */
PGDP_API pgdp_mat pgdp_fit_vcov(const pgdp_fit *fit);              /**< [n_terms x n_terms], its square */

/** A model's own summary; NaN: not defined for the method. */
typedef struct pgdp_glance {
    double r_squared, adj_r_squared, within_r_squared, sigma, statistic, p_value, df, df_residual;
    double log_lik, log_lik_null, aic, bic, deviance, nobs;
} pgdp_glance;
PGDP_API pgdp_glance pgdp_fit_glance(const pgdp_fit *fit);
/** One term's line, by the fit's covariance. */
typedef struct pgdp_tidy {
    const char *term;
    double estimate, std_error, statistic, p_value, conf_low, conf_high;
} pgdp_tidy;
PGDP_API pgdp_tidy pgdp_fit_tidy(const pgdp_fit *fit, size_t i, double conf_level);

/** How far the numbers of a fit can be trusted. */
typedef struct pgdp_certificate {
    double condition_number; /**< of the column-scaled regressors (or information), 2-norm estimate */
    double digits;           /**< estimated correct decimal digits of the worst coefficient */
    const char *solver;      /**< "householder_qr", "newton", ... */
    size_t refinements;      /**< steps taken (iterations of likelihood methods) */
    const char *kernel;      /**< OpenBLAS kernel in use */
    size_t threads;          /**< of a BLAS call: 1, so that no result depends on the number of cores */
} pgdp_certificate;
PGDP_API pgdp_certificate pgdp_fit_certificate(const pgdp_fit *fit);
/** One correction factor of the covariance: its name and value; a NULL name: past the end. */
typedef struct pgdp_factor {
    const char *name;
    double value;
} pgdp_factor;
PGDP_API pgdp_factor pgdp_fit_factor(const pgdp_fit *fit, size_t i);
PGDP_API double pgdp_fit_vcov_df(const pgdp_fit *fit); /**< of the t distribution; INFINITY: normal */

/** One regression in words, over the columns of a frame. */
typedef struct pgdp_regression_spec {
    const char *id;               /**< for reports; may be NULL */
    const char *formula;          /**< ecosystem grammar: "log(emp) ~ x + i(f, ref=a)" */
    const char *method;           /**< an estimator's name; NULL: "ols" */
    const char *vcov;             /**< "HC1", "cluster(soc)", "cluster(a + b)", "nw(lag=4)"; no default */
    const char *weights;          /**< "aw:COL", "fw:COL", "pw:COL", or NULL */
    const char *panel;            /**< "ID,TIME" or "TIME", or NULL */
    const char *subset;           /**< "year >= 2000", or NULL */
    double conf_level;            /**< 0: 0.95 */
    const pgdp_setting *settings; /**< of the method, or NULL */
} pgdp_regression_spec;
typedef struct pgdp_regression pgdp_regression; /**< a fit with its names, dropped rows and collinear terms */
/**
 * Parse, build the design, fit.
 * @return NOT_FOUND (a column, with a suggestion), BAD_ARGUMENT (formula text: column, token, remedy), and all of
 *         pgdp_fit_new()'s
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_regress(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec,
                                                pgdp_regression **out);
PGDP_API void pgdp_regression_free(pgdp_regression *regression);
PGDP_API const pgdp_fit *pgdp_regression_fit(const pgdp_regression *regression);
PGDP_API const pgdp_regression_spec *pgdp_regression_spec_of(
    const pgdp_regression *regression); /**< as given, copied */
PGDP_API double pgdp_regression_conf_level(const pgdp_regression *regression);
/** Rows left out, by reason. */
typedef struct pgdp_dropped {
    size_t missing, zero_weight, subset;
} pgdp_dropped;
PGDP_API pgdp_dropped pgdp_regression_dropped(const pgdp_regression *regression);
/** Collinear terms left out: *term and *because; false: past the end. */
PGDP_API bool pgdp_regression_collinear(const pgdp_regression *regression, size_t i, const char **term,
                                        const char **because);
/** Schema pgdp.regression/1: an array, one object a model. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_regression_write_json(pgdp_ctx *ctx, const pgdp_regression *const *regressions,
                                                              size_t n, const pgdp_sink *sink);
/** A table for people: aligned decimals, the covariance stated. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_regression_write_table(pgdp_ctx *ctx, const pgdp_regression *regression,
                                                               const pgdp_sink *sink);

/** Upper tails P(X > x), right to 1e-13 relative where representable. df in (0, inf]. */
PGDP_API double pgdp_normal_upper(double x);
PGDP_API double pgdp_t_upper(double x, double df);
PGDP_API double pgdp_chisq_upper(double x, double df);
PGDP_API double pgdp_f_upper(double x, double df1, double df2);
/** x with P(X > x) = p. */
PGDP_API double pgdp_normal_upper_quantile(double p);
PGDP_API double pgdp_t_upper_quantile(double p, double df);

/** Bilateral index numbers of n goods; source: ILO/IMF CPI manual (2004), ch. 15-16. */
typedef struct pgdp_index_numbers {
    double laspeyres, paasche, fisher, tornqvist, walsh;
} pgdp_index_numbers;
/** Price indexes of period 1 over period 0; swap prices and quantities for quantity indexes. All inputs > 0, [n]. */
PGDP_API pgdp_index_numbers pgdp_price_indexes(const double *p0, const double *p1, const double *q0, const double *q1,
                                               size_t n);

#ifdef __cplusplus
}
#endif
#endif
