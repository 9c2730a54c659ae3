/* designs.h  Designs for tests of estimators: uneven random regressors, outcomes of every kind, clusters and periods.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_DESIGNS_H
#define PGT_DESIGNS_H

#include "pgdp/stats.h"

enum { PGT_MAX_TERMS = 12 };
/** What only some methods and covariances look at; stands still, so that a design may point into it. */
typedef struct pgt_roles {
    double *z, *places; /**< [n x 3] instruments, [n x 2] latitude and longitude */
    size_t *entity;     /**< of 5 to 7 rows each */
    int32_t *period;
    const double *columns[2], *x; /**< x of the mean */
    size_t endogenous[2], n;
    pgdp_effect effect;
    pgdp_mean mean;
} pgt_roles;
/** A design and the arrays it looks at; freed by pgt_design_free(). */
typedef struct pgt_design {
    pgdp_design d;
    double *y, *x, *w;
    size_t n_columns;        /**< of x, the constant among them even when it is not used */
    size_t *cluster, *other; /**< 17 and 11 groups at random */
    const size_t **clusters; /**< both; d.n_clusterings says how many are used, 0 at first */
    pgt_roles *roles;        /**< of pgt_design_for(); else NULL */
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

/**
 * A design that suits the method: the constant (a method with cut points has none), x1, x2, x3, and of n rows an
 * outcome of the method's kind: binary, three categories, counts that vary more than their mean, shares. Instrumental
 * methods find x2 and x3 endogenous with three instruments, panel methods entities with gaps in their periods,
 * nonlinear methods a mean that is linear in b0, ..., b3.
 */
pgt_design pgt_design_for(const pgdp_estimator *estimator, size_t n);
/** Absorb the 11 groups of `other` in place of the constant. Of a design made by pgt_design_for(). */
void pgt_use_effect(pgt_design *design);
/** Clusters, columns and periods that the covariance asks for. @return its words, with few draws */
const char *pgt_use_vcov(pgt_design *design, const pgdp_vcov *vcov);
/** The design of other rows: rows[i] becomes row i; repeated and left out at will. */
void pgt_take_rows(pgt_design *design, const size_t *rows, size_t n);
/** Rows in another order; of a panel its entities in reverse, each in its order of time. n not a multiple of 7. */
void pgt_reorder(pgt_design *design);
/** Settings under which the method's answer depends on the rows as a set: a stated lambda. */
const pgdp_setting *pgt_settings_for(const pgdp_estimator *estimator);

#endif
