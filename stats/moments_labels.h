/* moments_labels.h  The inside of public moments: products with the words that their cells and columns go by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MOMENTS_LABELS_H
#define PG_MOMENTS_LABELS_H

#include "pgdp/moments.h"
#include "stats/moments.h"

/** In which order resampling numbers the groups of a dimension: that of the row path. */
typedef enum pg_group_order { PG_BY_APPEARANCE, PG_BY_BYTES, PG_BY_SIZE } pg_group_order;
/** One dimension of the cells. */
typedef struct pg_dimension {
    const char *name;          /**< as in a covariance: "state", "state^year" */
    const char *const *labels; /**< [n_groups] values of its column, joined by ^ */
    pg_group_order order;
} pg_dimension;

struct pgdp_moments {
    pgdp_allocator allocator; /**< frees the struct itself */
    pg_arena arena;           /**< everything but the products */
    pg_moments *m;
    const char *weights;            /**< as asked for, "" without */
    const pg_dimension *dimensions; /**< [m->cells.n_dims] */
    pgdp_dropped dropped;
};

/** An empty handle around products, which it takes: they are freed with it, or here on failure. */
pgdp_status pg_labelled_new(pgdp_ctx *ctx, pg_moments *m, const char *weights, pgdp_moments **out);
/** Copy dimensions into the handle; labels [n_groups of the handle's cells] each. */
pgdp_status pg_labelled_set(pgdp_ctx *ctx, const pg_dimension *dimensions, pgdp_moments *h);

#endif
