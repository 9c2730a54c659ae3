/* moments_labels.h  The inside of public moments: products with the words that their cells and columns go by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MOMENTS_LABELS_H
#define PG_MOMENTS_LABELS_H

#include "pgdp/moments.h"
#include "stats/design.h"
#include "stats/moments_design.h"
#include "stats/stream_fit.h"

/** In which order resampling numbers the groups of a dimension: that of the row path. */
typedef enum pg_group_order { PG_BY_APPEARANCE, PG_BY_BYTES, PG_BY_SIZE } pg_group_order;
/** One dimension of the cells. */
typedef struct pg_dimension {
    const char *name;          /**< as in a covariance: "state", "state^year" */
    const char *const *labels; /**< [n_groups] values of its column, joined by ^ */
    pg_group_order order;
} pg_dimension;

/** What was absorbed before products were formed. */
typedef struct pg_moments_effects {
    size_t n;
    const char *const *names;     /**< [n] */
    const size_t *n_levels;       /**< [n] */
    const bool *slope;            /**< [n] */
    const bool *nested;           /**< [n][dimensions] every level within one group of the dimension */
    const uint64_t *const *level; /**< [n][n_levels] hashes of the levels' values, ascending */
    size_t rank;                  /**< of all of them, a constant among them */
    bool rank_is_bound;
    const char *solver;
    double residual;            /**< as in pg_absorption */
    const double *mean, *total; /**< [n_cols] of the columns as they were; total: of squares about the mean */
} pg_moments_effects;

struct pgdp_moments {
    pgdp_allocator allocator; /**< frees the struct itself */
    pg_arena arena;           /**< everything but the products */
    pg_moments *m;
    const char *weights;               /**< as asked for, "" without */
    const pg_dimension *dimensions;    /**< [m->cells.n_dims] */
    const pg_moments_effects *effects; /**< NULL: none */
    pgdp_dropped dropped;
};

/** An empty handle around products, which it takes: they are freed with it, or here on failure. */
pgdp_status pg_labelled_new(pgdp_ctx *ctx, pg_moments *m, const char *weights, pgdp_moments **out);
/** Copy dimensions into the handle; labels [n_groups of the handle's cells] each. */
pgdp_status pg_labelled_set(pgdp_ctx *ctx, const pg_dimension *dimensions, pgdp_moments *h);
/** Copy effects into the handle, after its dimensions. */
pgdp_status pg_labelled_absorb(pgdp_ctx *ctx, const pg_moments_effects *from, pgdp_moments *h);
/** Values of columns as texts, joined by ^: of n keys, [n][n_columns]; in ctx->scratch. */
pgdp_status pg_label_keys(pgdp_ctx *ctx, const pgdp_frame *head, const size_t *columns, size_t n_columns,
                          const double *keys, size_t n, const char **labels);
/** How resampling orders the groups of a dimension of so many columns, the first of this type. */
pg_group_order pg_order_of(pgdp_type type, size_t n_columns);

/** Moments of what effects leave of the columns: moments_absorb.c. dims: the columns of the cells. */
pgdp_status pg_moments_absorb(pgdp_ctx *ctx, const pgdp_table *table, const pgdp_moments_spec *spec,
                              const pg_formula *formula, const pg_design_request *request, pgdp_moments **out);

/** Effects of two sets of rows add up where no level is in both: moments_effects.c. @return SHAPE_MISMATCH */
pgdp_status pg_effects_add(pgdp_ctx *ctx, const pgdp_moments *a, const pgdp_moments *b, pgdp_moments *sum);
/** The effects as a fit has them, of a model whose formula must name them; *digits: what they leave of its columns.
 * @return BAD_ARGUMENT (other effects), NUMERICAL (they leave nothing but rounding of a column) */
pgdp_status pg_effects_of_model(pgdp_ctx *ctx, const pgdp_moments *h, const pg_moments_model *model,
                                const pg_behind_effects **out, double *digits);
/** Are they those of the formula? */
pgdp_status pg_effects_check(pgdp_ctx *ctx, const pgdp_moments *h, const pg_formula *formula);

#endif
