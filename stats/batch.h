/* batch.h  The inside of a batch: sources of numbers, formulas as lists of them, models as indices, groups of models.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_H
#define PG_BATCH_H

#include "core/map.h"
#include "core/packed.h"
#include "pgdp/batch.h"
#include "stats/design_find.h"
#include "stats/ssc.h"
#include "stats/vcov_spec.h"

enum { PG_BATCH_CLUSTERINGS = 4, PG_BATCH_SETS = 16 };
#define PG_BATCH_NO_LEVEL UINT32_MAX

/** Found once over the whole frame by its text, however many models name it. */
typedef enum pg_batch_kind {
    PG_BATCH_NUMBERS, /**< a number a row */
    PG_BATCH_TERM,    /**< columns that depend on the rows used: levels, polynomials */
    PG_BATCH_LEVELS   /**< a group a row: of an effect or a clustering */
} pg_batch_kind;
typedef struct pg_batch_source {
    pg_batch_kind kind;
    const char *name;      /**< as the term is called */
    const double *values;  /**< of numbers, [rows of the frame]: the frame's own or computed */
    bool whole;            /**< nothing but whole numbers and missing cells */
    const uint32_t *level; /**< of levels, [rows of the frame]; PG_BATCH_NO_LEVEL: missing */
    uint32_t n_levels;
    pg_terms terms;      /**< of a term: what decides which level it leaves out, then itself */
    bool complete;       /**< no row lacks it */
    uint64_t pattern;    /**< hash of which rows lack it */
    uint32_t missing_as; /**< the first source that exactly the same rows lack: itself, or an earlier one */
} pg_batch_source;

/** Absorbed effects of a formula, as sources. */
typedef struct pg_batch_effect {
    const char *name;
    uint32_t level, slope; /**< slope UINT32_MAX: none */
} pg_batch_effect;
typedef struct pg_batch_effects {
    const char *key;
    const pg_batch_effect *items;
    size_t n;
} pg_batch_effects;

/** A formula as indices into the sources: exogenous terms, endogenous ones, instruments. */
typedef struct pg_batch_formula {
    bool by_row;   /**< it cannot be solved from moments, or cannot be read */
    bool constant; /**< it has a column of ones: column 0 of the group */
    bool ones;     /**< it has one of which absorbed slopes took their part: its first term */
    bool liml;     /**< by LIML in place of 2SLS */
    uint32_t outcome, effects;
    uint32_t n_exogenous, n_endogenous, n_instruments;
    const uint32_t *terms; /**< of all three */
    const bool *reported;  /**< [n_exogenous + n_endogenous] */
} pg_batch_formula;

typedef enum pg_batch_error {
    PG_BATCH_IID,
    PG_BATCH_HC,
    PG_BATCH_CLUSTER,
    PG_BATCH_OTHER /**< through pgdp_regress() */
} pg_batch_error;
/** A covariance in the words of the request. */
typedef struct pg_batch_vcov {
    pg_batch_error kind;
    bool hc1;
    pg_ssc ssc;
    size_t n_clusters;
    uint32_t cluster[PG_BATCH_CLUSTERINGS]; /**< sources */
} pg_batch_vcov;

/** A model is four indices. */
typedef struct pg_batch_model {
    uint32_t formula, sample, vcov, group;
} pg_batch_model;
/** Result rows of a model. */
typedef struct pg_batch_results {
    pgdp_batch_row *rows; /**< NULL: its group has not run */
    uint32_t n;
} pg_batch_results;
/** Models of the same rows, effects and weights. */
typedef struct pg_batch_group {
    bool by_row;
    uint32_t sample, effects;
    const uint32_t *needs; /**< [n_needs] sources that some row lacks */
    size_t n_needs;
    uint32_t *models; /**< [n_models] ascending */
    size_t n_models;
    size_t n_columns; /**< sources that its models name: of the plan */
    uint32_t family;  /**< the first of the consecutive groups that may share a pass with it: batch_family.h; itself */
    const uint32_t *fixed; /**< [n_fixed] of needs: those of clusterings, the same for the whole family */
    size_t n_fixed;
} pg_batch_group;

struct pgdp_batch {
    pgdp_allocator allocator;
    pg_arena arena;
    const pgdp_frame *frame;
    pgdp_batch_request request; /**< copied */
    double conf_level;
    size_t n_options[PGDP_N_BATCH_CHOICES]; /**< at least 1 */
    pg_scope scope;                         /**< of frame, with its panel */
    size_t time_column, entity_column;      /**< PGDP_NONE: none */
    const double *weights;                  /**< [rows of the frame]; NULL: none */
    pgdp_weights weight_kind;
    pg_batch_source *sources;
    size_t n_sources;
    pg_map source_index;
    pg_batch_effects *effects;
    size_t n_effects;
    pg_map effects_index;
    pg_batch_formula *formulas; /**< by outcome, focal, controls, effects, method (or formula, method) */
    size_t n_formulas;
    pg_batch_vcov *vcovs; /**< [options] */
    pg_batch_model *models;
    pg_batch_results *results; /**< [n_models] */
    size_t n_models;
    pg_batch_group *groups;
    size_t n_groups;
    pgdp_batch_plan plan;
    struct pg_batch_family *family; /**< the one that ran last */
};

/** Option of each choice that model i takes. */
void pg_batch_decode(const pgdp_batch *b, size_t model, size_t option[PGDP_N_BATCH_CHOICES]);
/** The formula of these options, in ctx->scratch. */
pgdp_status pg_batch_formula_text(pgdp_ctx *ctx, const pgdp_batch *b, const size_t *option, const char **out);
/** Terms that get result rows: those of the focal option, or of the request; NULL: all. In ctx->scratch. */
pgdp_status pg_batch_reported(pgdp_ctx *ctx, const pgdp_batch *b, size_t focal, const pg_terms **out);
/** Is the column `name` of a fit one of the terms? terms NULL: yes. */
bool pg_batch_is_reported(const pg_terms *terms, const char *name);
/** "x:f" of a term. */
pgdp_status pg_batch_term_name(pgdp_ctx *ctx, const pg_term *term, const char **out);

/** Are these whole numbers (or missing), all of them? */
bool pg_batch_is_whole(const double *x, size_t n);
/** Sources by what they stand for; made when new. @return what evaluating them does */
pgdp_status pg_batch_add_numbers(pgdp_ctx *ctx, pgdp_batch *b, const pg_expr *expr, uint32_t *out);
pgdp_status pg_batch_add_term(pgdp_ctx *ctx, pgdp_batch *b, const pg_terms *all, size_t i, uint32_t *out);
pgdp_status pg_batch_add_levels(pgdp_ctx *ctx, pgdp_batch *b, const pg_expr *const *names, size_t n, uint32_t *out);
/** Are these the levels of one column of the frame? */
bool pg_batch_is_column(const pgdp_batch *b, uint32_t source, size_t column);
pgdp_status pg_batch_add_effects(pgdp_ctx *ctx, pgdp_batch *b, const pg_formula *formula, uint32_t *out);
/** Leave out rows that lack a source. */
pgdp_status pg_batch_need(pgdp_ctx *ctx, const pgdp_batch *b, uint32_t source, pg_rows *rows);

/** Read the formula of the options into f; one that cannot be read or solved from moments is by_row. */
pgdp_status pg_batch_read_formula(pgdp_ctx *ctx, pgdp_batch *b, const size_t *option, pg_batch_formula *f);
/** The request's covariances. */
pgdp_status pg_batch_read_vcovs(pgdp_ctx *ctx, pgdp_batch *b);
/** Multiplications that the robust variances of so many models take by fourth moments, each counted as long as one of
 * a pass over rows, which takes 2 n_rows n_columns for a model. */
double pg_batch_fourth_work(double n_rows, size_t n_columns, double n_models);
/** Fill models and groups, those of a family one after the other. */
pgdp_status pg_batch_make_groups(pgdp_ctx *ctx, pgdp_batch *b);

/** What the groups come to: sets the plan. Cost: O(models). */
void pg_batch_foresee(pgdp_batch *b);

/** Result rows of a model as bytes, and from bytes. */
void pg_batch_pack_model(const pgdp_batch *b, size_t model, pg_text *to);
pgdp_status pg_batch_unpack_model(pgdp_ctx *ctx, pgdp_batch *b, size_t model, pg_packed *from);
/** Models through pgdp_regress(), over ranks and threads; results of each model are set. */
pgdp_status pg_batch_run_by_row(pgdp_ctx *ctx, pgdp_batch *b, const uint32_t *models, size_t n);
/** The row of a model none of whose reported terms is left: all collinear. */
pgdp_status pg_batch_keep_nothing(pgdp_ctx *ctx, pgdp_batch *b, size_t model, const char *collinear);
/** Models of a group from moments; those that these cannot do go by row. */
pgdp_status pg_batch_run_moments(pgdp_ctx *ctx, pgdp_batch *b, size_t group);
/** The one clustering of every covariance, which joint inference draws: a column's. @return BAD_ARGUMENT, NOT_FOUND */
pgdp_status pg_batch_find_cluster(pgdp_ctx *ctx, const pgdp_batch *b, const char *name, uint32_t *out);
/** Views of all rows that have an estimate, by model; in ctx->scratch. */
pgdp_status pg_batch_list_rows(pgdp_ctx *ctx, const pgdp_batch *b, const pgdp_batch_row ***out, size_t *n);
/** Room for n result rows of a model, all numbers NaN and all texts "". */
pgdp_status pg_batch_make_rows(pgdp_ctx *ctx, pgdp_batch *b, size_t model, size_t n, pgdp_batch_row **out);

#endif
