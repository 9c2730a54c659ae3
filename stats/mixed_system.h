/* mixed_system.h  The system of a generalised mixed model's Newton steps: sparse in the effects, with a dense border.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MIXED_SYSTEM_H
#define PG_MIXED_SYSTEM_H

#include "stats/mixed.h"

/* A parameter of the whole system stands at: effects first (in units of their sd), then slopes, then cuts. */
typedef struct pg_mixed_system {
    const pg_mixed_design *d;
    size_t q, p, m, border, n_terms;
    size_t *group; /* [q] of an effect */
    size_t *place; /* of every pair of effects of a row in the sparse matrix */
    double *rows;  /* [n x p] x row by row */
    double *sd;    /* [n_groups] */
    double *theta, *trial, *gradient, *step;
    double *b, *t;     /* [q x border] the border's cross derivatives, and the sparse inverse times them */
    pg_matrix c, root; /* [border x border] */
    pg_sparse a;
    double *work;
    double value;
} pg_mixed_system;

/** Memory in the scratch, the pattern and its order; theta at no effects, no slopes and the starting cuts. */
pgdp_status pg_mixed_begin(pgdp_ctx *ctx, const pg_mixed_design *d, const double *variance, pg_mixed_system *s);
/** The penalised log likelihood; -infinity where cuts cross. log_lik without the penalties, or NULL. */
double pg_mixed_value(const pg_mixed_system *s, const double *theta, double *log_lik);
/** Gradient and system at theta. information [n] and scaled [n x p]: room. */
void pg_mixed_assemble(pg_mixed_system *s, double *information, double *scaled);
/** Factor it: a, then the border's Schur complement c - b a^-1 b', whose inverse root stays in `root`. */
pgdp_status pg_mixed_factor(pgdp_ctx *ctx, pg_mixed_system *s);
/** x = system^-1 x. work: [n_terms]. */
void pg_mixed_solve(const pg_sparse *a, const double *t, pg_matrix root, double *x, double *work);

#endif
