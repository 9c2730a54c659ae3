/** @file regression.h  Regressions in words over the columns of a frame: one model or many from one formula, with what
 * was left out and why, tests, predictions, and tables of them. Source of the grammar: docs/formula.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_REGRESSION_H
#define PGDP_REGRESSION_H

#include "pgdp/stats.h"
#include "pgdp/table.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What to fit. Every member but formula and vcov may be NULL, 0 or false. */
typedef struct pgdp_regression_spec {
    const char *id;               /**< for reports */
    const char *formula;          /**< "log(emp) ~ x + i(f, ref=a) | firm + year | p ~ z1 + z2" */
    const char *method;           /**< an estimator's name; NULL: "ols", "iv" when the formula has instruments */
    const char *vcov;             /**< "HC1", "cluster(a + b)", "nw(lag=4)", "cluster(a); ssc(k_effects=none)" */
    const char *preset;           /**< whose small-sample corrections: "stata", "fixest-0.13"; NULL: pgdp's */
    const char *weights;          /**< "aw:COL", "fw:COL", "pw:COL" */
    const char *panel;            /**< "ID,TIME" or "TIME" */
    const char *subset;           /**< "year >= 2000" */
    const char *split;            /**< a column: one model for each of its levels */
    bool split_full;              /**< and one for the whole sample, first */
    const char *offset;           /**< an expression added to x b */
    const char *start;            /**< of a nonlinear model, which names its parameters: "b1 = 500, b2 = 0.0001" */
    const char *tests;            /**< "x1 = x2; x1 = 0, x3 = 0; x1 * x3 = 1": joint hypotheses, by Wald */
    const char *diagnostics;      /**< "breusch_pagan, reset(powers=2)"; "all"; "none"; NULL: the method's own */
    const char *margins;          /**< "average" or "mean": marginal effects */
    bool rows;                    /**< keep fitted values, residuals and leverages by row */
    bool keep_singletons;         /**< keep rows alone in a level of an absorbed effect */
    double conf_level;            /**< 0: 0.95 */
    double seed;                  /**< of everything random that does not state its own; 0: each its default */
    const pgdp_setting *settings; /**< of the method */
} pgdp_regression_spec;
typedef struct pgdp_regression pgdp_regression; /**< a fit with its names, dropped rows and collinear terms */
/**
 * Parse, build the design, fit one model. From 200,000 rows on without copies of the columns, by blocks, where the
 * model can be fitted so (docs/streaming.md).
 * @return NOT_FOUND (a column, with a suggestion), BAD_ARGUMENT (formula text: column, token, remedy; more than one
 *         model), and all of pgdp_fit_new()'s
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_regress(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec,
                                                pgdp_regression **out);
/**
 * The same over a table by blocks, which may be larger than memory: ols, iv, liml and ridge with iid, HC0 to HC3 and
 * cluster covariances, from cross-products (docs/streaming.md). What needs all rows at once is refused.
 * @return also IO and PARSE of the table. Cost: two or three passes over it; memory does not grow with the rows.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_regress_table(pgdp_ctx *ctx, const pgdp_table *table,
                                                      const pgdp_regression_spec *spec, pgdp_regression **out);
PGDP_API void pgdp_regression_free(pgdp_regression *regression);
PGDP_API const pgdp_fit *pgdp_regression_fit(const pgdp_regression *regression);
/** As given, copied; of one of several models the formula and subset that give it alone. */
PGDP_API const pgdp_regression_spec *pgdp_regression_spec_of(const pgdp_regression *regression);
PGDP_API double pgdp_regression_conf_level(const pgdp_regression *regression);
/** Rows left out, by the first reason that applied. */
typedef struct pgdp_dropped {
    size_t missing, zero_weight, subset, singletons, separated;
} pgdp_dropped;
PGDP_API pgdp_dropped pgdp_regression_dropped(const pgdp_regression *regression);
/** Collinear terms left out: *term and *because; false: past the end. */
PGDP_API bool pgdp_regression_collinear(const pgdp_regression *regression, size_t i, const char **term,
                                        const char **because);

/** The models of c(), sw(), csw(), mvsw(), split: each is what pgdp_regress() gives for its own formula and subset. */
typedef struct pgdp_models pgdp_models;
/** One of them; regression NULL: it failed, and `error` says why. */
typedef struct pgdp_model {
    const pgdp_regression *regression;
    const char *formula, *subset, *error;
    pgdp_status status;
} pgdp_model;
/** Fit them all; one that fails does not stop the others. @return what keeps all of them from being listed */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_models_new(pgdp_ctx *ctx, const pgdp_frame *data,
                                                   const pgdp_regression_spec *spec, pgdp_models **out);
PGDP_API void pgdp_models_free(pgdp_models *models);
PGDP_API size_t pgdp_models_n(const pgdp_models *models);
PGDP_API pgdp_model pgdp_models_at(const pgdp_models *models, size_t i);

/** Tests and statistics beside the coefficients: the method's, then those asked for; a NULL name: past the end. */
PGDP_API pgdp_diagnostic pgdp_regression_diagnostic(const pgdp_regression *regression, size_t i);
/** Marginal effects as asked for; false: past the end. Source: Greene (2018), section 17.3.2. */
PGDP_API bool pgdp_regression_margin(const pgdp_regression *regression, size_t i, pgdp_tidy *out);
/** A row a row used: row (of the data, from 1), fitted, std_error, conf_low, conf_high, residual, leverage, cooks_d;
 * NULL: not asked for. */
PGDP_API const pgdp_frame *pgdp_regression_rows(const pgdp_regression *regression);

/** How tables look. */
typedef struct pgdp_table_style {
    bool stars; /**< on request alone, with their legend */
} pgdp_table_style;
/** A form of output: a constant in stats/write_NAME.c, listed in stats/writers.h. */
typedef struct pgdp_regression_writer {
    const char *name, *title; /**< "table", "json", "tex", "md", "csv" */
    pgdp_status (*write)(pgdp_ctx *ctx, const pgdp_regression *const *regressions, size_t n,
                         const pgdp_table_style *style, const pgdp_sink *sink);
} pgdp_regression_writer;
PGDP_API const pgdp_regression_writer *pgdp_regression_writer_at(size_t i); /**< of the list; NULL: past its end */
/** Write n regressions, side by side where the form is a table. style NULL: without stars.
 * @return NOT_FOUND (format, with a suggestion), NO_MEMORY, the sink's */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_regressions_write(pgdp_ctx *ctx, const char *format,
                                                          const pgdp_regression *const *regressions, size_t n,
                                                          const pgdp_table_style *style, const pgdp_sink *sink);

/** The models that a spec stands for, each with its columns, sample and covariance; nothing is estimated. Schema
 * pgdp.formula/1, or a table. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_explain_formula(pgdp_ctx *ctx, const pgdp_frame *data,
                                                        const pgdp_regression_spec *spec, bool as_json,
                                                        const pgdp_sink *sink);
/** Every standard error of a model as arithmetic: numbers from which it follows by hand. Schema pgdp.se/1, or text. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_explain_se(pgdp_ctx *ctx, const pgdp_frame *data,
                                                   const pgdp_regression_spec *spec, bool as_json,
                                                   const pgdp_sink *sink);

/** p-values adjusted for several tests at once: Holm (1979), Benjamini & Hochberg (1995). [n], NaN stay NaN. */
PGDP_API void pgdp_adjust_holm(const double *p, size_t n, double *out);
PGDP_API void pgdp_adjust_bh(const double *p, size_t n, double *out);

#ifdef __cplusplus
}
#endif
#endif
