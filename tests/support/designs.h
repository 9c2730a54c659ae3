/* designs.h  Designs for tests of estimators: uneven random regressors, outcomes of every kind, clusters and periods.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_DESIGNS_H
#define PGT_DESIGNS_H

#include "pgdp/stats.h"

enum { PGT_MAX_TERMS = 12 };
/** A design and the arrays it looks at; freed by pgt_design_free(). */
typedef struct pgt_design {
    pgdp_design d;
    double *y, *x, *w;
    size_t *cluster, *other; /**< 17 and 11 groups at random */
    const size_t **clusters; /**< both; d.n_clusterings says how many are used, 0 at first */
} pgt_design;

/**
 * n rows: column 0 is the constant, the others normal with mean 2.385 j and sd 1 + j / 3; y continuous, linear in x
 * with errors that grow with the first regressor; weights between 0.5 and 2.5, not used until pgt_use_weights().
 */
pgt_design pgt_design_new(size_t n, size_t n_terms, uint32_t seed);
void pgt_design_free(pgt_design *design);
/** y in 0 ... n_categories - 1 by the latent y's order. */
void pgt_make_categories(pgt_design *design, size_t n_categories);
void pgt_drop_constant(pgt_design *design);
void pgt_use_weights(pgt_design *design, pgdp_weights kind); /**< frequencies are rounded up to whole numbers */
/** Rows in another order: row i comes from row (7 i + 3) mod n, n not a multiple of 7. */
void pgt_permute(pgt_design *design);

#endif
