/** @file stats.h  Arrays to estimates: formula, design, estimators, covariances, distributions, index numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_STATS_H
#define PGDP_STATS_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What weights mean: they give the same estimates and different variances. */
typedef enum pgdp_weights { PGDP_UNWEIGHTED, PGDP_ANALYTIC, PGDP_FREQUENCY, PGDP_PROBABILITY } pgdp_weights;

/** One absorbed effect: a parameter a level, or a slope a level. f[x] is two of them: f, and the slopes of x by f. */
typedef struct pgdp_effect {
    const char *name;    /**< "firm", "firm^year", "firm[[x]]" (the slopes alone) */
    const size_t *level; /**< [nobs] below n_levels, each of them in use */
    size_t n_levels;
    const double *slope; /**< [nobs]; NULL: an intercept a level */
} pgdp_effect;

/** The mean of a nonlinear model: its parameters stand for x, which has no columns. */
typedef struct pgdp_mean {
    const char *const *parameters; /**< [n_parameters] */
    const double *start;           /**< [n_parameters] */
    size_t n_parameters;
    /** Rows [first, first + n): value [n], and jacobian [n x n_parameters] of leading dimension n unless it is NULL.
     * Not finite where the mean does not exist. */
    pgdp_status (*evaluate)(pgdp_ctx *ctx, const void *user, const double *parameters, size_t first, size_t n,
                            double *value, double *jacobian);
    const void *user;
} pgdp_mean;

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

    pgdp_vec y_low;           /**< the same of y, [nobs]; n == 0: none */
    pgdp_mat x_low;           /**< what rounding took from x, same shape: x + x_low is right to 1e-30; n_cols 0: none */
    const size_t *endogenous; /**< [n_endogenous] columns of x, ascending */
    size_t n_endogenous;
    pgdp_mat z;                     /**< excluded instruments, [nobs x n]; n_cols 0: none */
    const char *const *instruments; /**< their names */
    const pgdp_effect *effects;     /**< absorbed, [n_effects]; then x has no constant */
    size_t n_effects;
    pgdp_vec offset;              /**< added to x b, [nobs]; n == 0: none */
    const pgdp_mean *mean;        /**< of a nonlinear model; NULL: x b */
    const double *const *columns; /**< what the covariance names: latitude and longitude of conley() */
    size_t n_columns;
    const char *outcome;       /**< what the outcome is called, for terms that are its lags; NULL: "y" */
    const double *y_all;       /**< [n_all] outcome of every row of the data whose entity and period are known, NaN
                                    where it is missing; lags of it may lie in rows left out. NULL: y alone */
    const size_t *entity_all;  /**< [n_all] as entity; PGDP_NONE: an entity of which no row is used */
    const int32_t *period_all; /**< [n_all] */
    size_t n_all;
    pgdp_frequency frequency; /**< of the periods' ordinals, to name them */

    /* Rows made of cross-products, which keep these alone of the data (docs/moments.md): weights are in them, and the
     * constant's column is no column of ones. */
    pgdp_vec count;         /**< [nobs] observations that a row stands for; n == 0: rows are rows */
    double sum_log_weights; /**< of the data */
    pgdp_vec
        norm; /**< [n_terms + 1] lengths of x's columns and of y as their products were summed, less a shift each */
} pgdp_design;

typedef struct pgdp_fit pgdp_fit; /**< a finished model: opaque, immutable, owned by the caller */

/** What values an outcome takes. */
typedef enum pgdp_outcome {
    PGDP_OUTCOME_NUMBER,
    PGDP_OUTCOME_BINARY,  /**< 0 and 1 */
    PGDP_OUTCOME_ORDERED, /**< 0, 1, 2, ... with cut points in place of the constant */
    PGDP_OUTCOME_CATEGORY /**< 0, 1, 2, ... without order */
} pgdp_outcome;
/** What happens to absorbed effects. */
typedef enum pgdp_absorb {
    PGDP_ABSORB_NEVER,       /**< the method has none */
    PGDP_ABSORB_PARTIAL_OUT, /**< the runner takes them from y, x and z before the method sees these */
    PGDP_ABSORB_ITSELF       /**< the method does, within its iterations */
} pgdp_absorb;

/** One estimator: a constant in stats/est_NAME.c, listed in stats/estimators.h. */
typedef struct pgdp_estimator {
    const char *name, *title;   /**< "ols", "Ordinary least squares" */
    const char *source;         /**< the paper that defines it, with equation */
    const pgdp_option *options; /**< ends with a NULL name */
    size_t options_size;        /**< sizeof its options struct */
    bool likelihood;            /**< maximum likelihood: normal inference, observed information */
    bool extended;              /**< makes use of x_low and y_low */
    const char *vcov;           /**< what the command line takes when none is stated; NULL: "iid" */
    pgdp_outcome outcome;
    pgdp_absorb absorb;
    bool instrumental; /**< needs endogenous terms and instruments */
    bool nonlinear;    /**< needs design->mean */
    bool panel;        /**< needs entity and period */
    /** The mathematics alone: fills out's estimate, bread and scores. Checks and memory are the runner's. */
    pgdp_status (*fit)(pgdp_ctx *ctx, const pgdp_design *design, const void *options, pgdp_fit *out);
    /** Rows whose outcome a combination of terms and effects predicts perfectly, so that their part of the likelihood
     * has no finite maximum: drop[i] = true. Found before the fit, left out and counted. NULL: none can be. */
    pgdp_status (*separated)(pgdp_ctx *ctx, const pgdp_design *design, bool *drop);
} pgdp_estimator;

/** One covariance, from bread and scores: a constant in stats/vcov_NAME.c, listed in stats/vcovs.h. */
typedef struct pgdp_vcov {
    const char *name, *title, *source; /**< "HC1", ... */
    const pgdp_option *options;        /**< nw's lag; ends with a NULL name; NULL: none */
    size_t options_size;
    bool clusters;              /**< takes names of columns: cluster(a + b) */
    const char *const *columns; /**< settings that name columns, in the order of design->columns: "lat"; NULL: none */
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
    const char *test; /**< what statistic is: "F", "likelihood_ratio", "wald_chi2"; NULL: there is none */
} pgdp_glance;
PGDP_API pgdp_glance pgdp_fit_glance(const pgdp_fit *fit);
/** One term's line, by the fit's covariance. */
typedef struct pgdp_tidy {
    const char *term;
    double estimate, std_error, statistic, p_value, conf_low, conf_high;
    double df; /**< of the term's t distribution; INFINITY: normal */
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
/** A test or a statistic beside the coefficients; NaN: does not apply. */
typedef struct pgdp_diagnostic {
    const char *name;  /**< "hansen_j", "theta" */
    const char *title; /**< for people, with the null hypothesis of a test */
    double statistic;
    double df, df2; /**< of chi-square (df2 NaN) or F */
    double p_value;
    const char *note; /**< NULL: none */
} pgdp_diagnostic;
/** Those that the estimator left, in its order; a NULL name: past the end. */
PGDP_API pgdp_diagnostic pgdp_fit_diagnostic(const pgdp_fit *fit, size_t i);

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
