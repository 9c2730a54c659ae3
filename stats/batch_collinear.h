/* batch_collinear.h  Which terms of a model are collinear: found once on the rows, then known to every model of the
 * group. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_BATCH_COLLINEAR_H
#define PG_BATCH_COLLINEAR_H

#include "stats/batch_sample.h"

/** Columns of the moments: is the last one collinear with those before it, as pgdp_regress() decides? A column that
 * depends on some depends on more; of one that does not, nothing else is known. */
typedef struct pg_batch_finding {
    const uint32_t *columns; /**< [n_before + 1]; 0 first where there is a constant */
    size_t n_before;
    bool dependent;
} pg_batch_finding;
typedef struct pg_batch_findings {
    pg_batch_finding *items;
    size_t n;
} pg_batch_findings;

/** A model's columns whose cross-products do not tell whether they are collinear. */
typedef struct pg_batch_doubt {
    const pg_batch_findings *findings;
    pg_matrix gram;          /**< [k x k] of the columns, its diagonal 1 */
    const uint32_t *columns; /**< [k] in the order of the model */
    bool constant;           /**< the columns are centred by a constant before them */
    bool *falls;             /**< [k] out: known to depend on columns before it */
    uint32_t *question;      /**< [k + 1] out: a finding's columns that would settle the first doubt left */
    size_t n_question;       /**< out: 0: no doubt is left, or none that looking at the rows would settle */
} pg_batch_doubt;
/** Settle what is known. @return NO_MEMORY */
pgdp_status pg_batch_settle(pgdp_ctx *ctx, pg_batch_doubt *doubt);
/** Answer a question by looking at the rows, for good. Not for several threads at once. Cost: O(rows * n^2). */
pgdp_status pg_batch_look(pgdp_ctx *ctx, const pg_batch_sample *s, const uint32_t *question, size_t n);

#endif
