/* glm.h  Generalised linear models with absorbed effects, by iterated weighted least squares.
 * Source: McCullagh & Nelder (1989), Generalized Linear Models, section 2.5; with effects: Correia, Guimaraes & Zylkin
 * (2020), Stata J. 20(1), section 3. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GLM_H
#define PG_GLM_H

#include "stats/fit.h"

/** A distribution with its link; eta = x b + effects + offset. */
typedef struct pg_glm_family {
    /** Of n rows: mean, its derivative by eta, variance of the outcome over its dispersion. */
    void (*at)(const double *eta, size_t n, double *mean, double *derivative, double *variance);
    double (*start)(double y, double average); /**< an eta near y */
    /** Of n rows -2 log likelihood, without what y alone decides. */
    void (*loss)(const double *y, const double *eta, const double *mean, size_t n, double *out);
    bool (*allowed)(double y);
    double low, high; /**< a level whose outcomes are all so has no effect */
} pg_glm_family;
extern const pg_glm_family pg_poisson_family, pg_logit_family;

/** The estimator's part of a fit whose design (or the rows behind it) has effects: estimate, bread (inverse of the
 * expected information), scores, working design, certificate, and the loss as its deviance. The rest of likelihoods is
 * the estimator's.
 * @return RANK_DEFICIENT, NO_CONVERGENCE (separation too, naming a term), NUMERICAL, NO_MEMORY */
pgdp_status pg_glm_fit(pgdp_ctx *ctx, const pg_glm_family *family, const pgdp_design *design, pgdp_fit *fit);

#endif
