/** @file batch.h  Thousands of specifications over one table: planned by shared rows, solved from cross-products.
 * Source: Simonsohn, Simmons & Nelson (2020), Nature Human Behaviour 4, for the curve and its inference; docs/batch.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_BATCH_H
#define PGDP_BATCH_H

#include "pgdp/regression.h"

#ifdef __cplusplus
extern "C" {
#endif

/** The choices that make a model, the slowest first; each is a column of the results. */
#define PGDP_BATCH_CHOICE_LIST(X)                                                                                      \
    X(FORMULA, "formula") /**< a whole formula, in place of outcome, focal, controls and effects */                    \
    X(OUTCOME, "outcome")                                                                                              \
    X(FOCAL, "focal") /**< terms of interest */                                                                        \
    X(CONTROLS, "controls")                                                                                            \
    X(SAMPLE, "sample") /**< a subset */                                                                               \
    X(EFFECTS, "effects")                                                                                              \
    X(METHOD, "method")                                                                                                \
    X(VCOV, "vcov")
typedef enum pgdp_batch_choice {
#define PGDP_ENTRY(name, text) PGDP_BATCH_##name,
    PGDP_BATCH_CHOICE_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PGDP_N_BATCH_CHOICES
} pgdp_batch_choice;
PGDP_API const char *pgdp_batch_choice_name(pgdp_batch_choice choice); /**< "outcome", ... */

/** One way to make a choice. */
typedef struct pgdp_batch_option {
    const char *name;        /**< in the results; NULL: the text */
    const char *text;        /**< as in a formula: "log(y)", "x + z", "firm + year", "year > 2000"; NULL: nothing */
    const char *instruments; /**< of endogenous focal terms: "z1 + z2"; NULL: none */
} pgdp_batch_option;
/** All ways; n == 0: there is nothing to choose. */
typedef struct pgdp_batch_options {
    const pgdp_batch_option *items;
    size_t n;
} pgdp_batch_options;
/** What to fit: every combination of the options. Members but the choices may be NULL, 0 or false. */
typedef struct pgdp_batch_request {
    pgdp_batch_options choices[PGDP_N_BATCH_CHOICES]; /**< outcome and focal, or formula; and vcov: needed */
    const char *always;                               /**< terms of every model */
    const char *report;                   /**< terms that get result rows: "x + z", "all"; NULL: the focal ones */
    const char *weights, *panel, *preset; /**< as in pgdp_regression_spec */
    bool keep_singletons;
    double conf_level; /**< 0: 0.95 */
    double seed;       /**< of everything random; 0: each its default */
} pgdp_batch_request;

/** A planned batch and its results. Borrows the frame. */
typedef struct pgdp_batch pgdp_batch;
/**
 * Plan: read every formula, find which models share rows, effects and weights.
 * @return BAD_ARGUMENT, NOT_FOUND: what no model could do without. A formula that cannot be read fails its models
 * alone. Cost: O(rows * columns named + models * terms).
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_new(pgdp_ctx *ctx, const pgdp_frame *frame,
                                                  const pgdp_batch_request *request, pgdp_batch **out);
PGDP_API void pgdp_batch_free(pgdp_batch *batch);
/** What the plan comes to. */
typedef struct pgdp_batch_plan {
    size_t n_models, n_groups; /**< a group: models solved together */
    size_t n_by_row;           /**< models that go through pgdp_regress() one by one */
    size_t n_columns;          /**< most columns of a group, the constant among them */
    double bytes;              /**< estimated memory beside the frame */
    double flops;              /**< estimated work, without models one by one */
    double seconds;            /**< of one core of about 2020, to one digit; models one by one as least squares */
} pgdp_batch_plan;
PGDP_API pgdp_batch_plan pgdp_batch_plan_of(const pgdp_batch *batch);
/** Name of the option that model i takes, "" where there is nothing to choose. */
PGDP_API const char *pgdp_batch_option_of(const pgdp_batch *batch, size_t model, pgdp_batch_choice choice);
/** The model on its own, as pgdp_regress() takes it; texts in memory of ctx's scratch or of the batch. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_spec_of(pgdp_ctx *ctx, const pgdp_batch *batch, size_t model,
                                                      pgdp_regression_spec *out);

/** One result: a term of a model. Numbers that are not there are NaN. */
typedef struct pgdp_batch_row {
    size_t model;
    const char *term;
    double estimate, std_error, statistic, p_value, conf_low, conf_high, df;
    double nobs, n_terms, r_squared, sigma, clusters, digits;
    const char *solver;    /**< "moments", "row_pass" (variances by a pass over rows), or that of pgdp_regress() */
    const char *collinear; /**< terms left out, joined by ", "; "" */
    const char *error;     /**< why the model has no estimate; "" */
    pgdp_status status;
} pgdp_batch_row;
/** Fit the models of one group; group 0, 1, ... in any order. Models that fail are rows with their error.
 * @return NO_MEMORY, and what no model of any group could do without */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_run_group(pgdp_ctx *ctx, pgdp_batch *batch, size_t group);
/** All groups. The same rows for every number of threads. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_run(pgdp_ctx *ctx, pgdp_batch *batch);
/** Result rows of a model whose group has run, by term; NULL: it has not. */
PGDP_API const pgdp_batch_row *pgdp_batch_rows_of(const pgdp_batch *batch, size_t model, size_t *n);
/** Results of a group that has run as bytes, for a later run of the same plan; and back.
 * @return the sink's; PARSE: not such bytes */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_save_group(pgdp_ctx *ctx, const pgdp_batch *batch, size_t group,
                                                         const pgdp_sink *sink);
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_load_group(pgdp_ctx *ctx, pgdp_batch *batch, size_t group,
                                                         const void *bytes, size_t n);

/** Rows of models [first, first + n) as a table: model, its options, and the members of pgdp_batch_row. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_results(pgdp_ctx *ctx, const pgdp_batch *batch, size_t first, size_t n,
                                                      pgdp_frame **out);
/** The rows that have an estimate, the smallest first. */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_curve(pgdp_ctx *ctx, const pgdp_batch *batch, pgdp_frame **out);
/** The curve in numbers: a row for all, one for each choice (its share of the estimates' variance, after the choices
 * before it), one for each option. @param level  of significance, such as 0.05 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_summary(pgdp_ctx *ctx, const pgdp_batch *batch, double level,
                                                      pgdp_frame **out);

/** Joint inference on the curve. Source: Simonsohn, Simmons & Nelson (2020), "inferential specification curve". */
typedef struct pgdp_batch_inference {
    size_t n_draws, n_rows;               /**< draws made; result rows that are part of it */
    double median, share, stouffer;       /**< of the data: see docs/batch.md */
    double p_median, p_share, p_stouffer; /**< (1 + draws as extreme) / (1 + draws) */
} pgdp_batch_inference;
/**
 * Bootstrap of clusters or of rows under the null that no focal term has an effect.
 * @param cluster  the column that tells what is drawn together; NULL: rows, where every covariance is iid, HC0 or HC1
 * @param level    of significance, such as 0.05
 * @return BAD_ARGUMENT: a covariance, effects or weights for which this is not offered; NOT_FOUND, NO_MEMORY
 * Cost: draws * cells * columns^2 * models; of rows: draws * rows * columns * (columns, and models with HC0 or HC1).
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_infer(pgdp_ctx *ctx, const pgdp_batch *batch, const char *cluster,
                                                    size_t n_draws, double level, pgdp_batch_inference *out);

/** A batch file as asked for. */
typedef struct pgdp_batch_run_options {
    const char *out_dir;  /**< NULL: no files, the summary alone */
    bool plan;            /**< print the plan, run nothing */
    bool as_json;         /**< schema pgdp.batch/1 */
    const uint64_t *seed; /**< in place of the file's; NULL: its own */
} pgdp_batch_run_options;
/**
 * Run a batch file (docs/batch.md): results.pgdp, curve.csv and, last, summary.json come to out_dir, all or none. A run
 * that is stopped goes on from the groups that it had finished.
 * @param n_failed  models without an estimate, each with its error in the results
 * @return PARSE (file:line:column), IO, and what pgdp_batch_new() and pgdp_batch_infer() do
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_batch_file_run(pgdp_ctx *ctx, const char *path,
                                                       const pgdp_batch_run_options *options, const pgdp_sink *sink,
                                                       size_t *n_failed);

#ifdef __cplusplus
}
#endif
#endif
