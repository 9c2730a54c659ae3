/* absorb_solve.h  A few columns side by side on their way through an absorber: what its parts share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One walk over the level codes serves all lanes, since memory, not arithmetic, sets the pace. Lanes never mix, and one
 * that is done is held still, so that each has the bits that it has alone. Arrays are [.. x lanes], lanes innermost. */
#ifndef PG_ABSORB_SOLVE_H
#define PG_ABSORB_SOLVE_H

#include "stats/absorb_system.h"

enum { PG_MOST_LANES = 4 };

typedef struct pg_solving {
    const pg_absorber *a;
    const pg_solver *solver;
    size_t lanes;   /**< 1, 2 or 4 */
    double *x;      /**< [n_rows x lanes] sorted, each scaled by a power of two to at most 1 */
    double *size0;  /**< [n_rest x lanes] sum |w q x| at first */
    double *level0; /**< [coefficients of group 0 x lanes] sum |w q x| at first, a lone intercept's without its unit */
    double *tally;  /**< [n_rest x 4 x lanes] of a walk: sum of w q x with its rounding, of its size, of its square */
    double *b, *c;  /**< [n_rest x lanes] Q_r'W x, and the solution */
    double *wide;   /**< [n_rest x lanes] coefficients times what does not vary by row */
    double *r, *z, *p, *sp;       /**< [n_rest x lanes] of conjugate gradients; z serves direct solves too */
    double *segment;              /**< [longest x lanes] */
    double *first, *rest;         /**< coefficients found, of one lane, or NULL */
    double active[PG_MOST_LANES]; /**< 1, or 0: this lane is done */
    double norm[PG_MOST_LANES], root_mean_square[PG_MOST_LANES]; /**< at first */
    double square[PG_MOST_LANES];                                /**< sum w x^2 now */
    double residual[PG_MOST_LANES], noise[PG_MOST_LANES]; /**< largest of a level; of b, in the norm of the diagonal */
    double before[PG_MOST_LANES], step[PG_MOST_LANES]; /**< residual of the round before; norm of the last correction */
    bool going[PG_MOST_LANES], converged[PG_MOST_LANES];
    size_t steps[PG_MOST_LANES], most_steps;
    bool correcting; /**< a walk takes a correction away first */
    double tol;
} pg_solving;

/** absorb_walk.c: norms and sizes of x as given, which residuals are relative to. */
void pg_walk_first(pg_solving *s);
/** x <- M_0 (x - Q_r c) (c NULL: x), then b = Q_r'W x, residual, noise and square.
 * @param exact  sums carry twice the precision */
void pg_walk(pg_solving *s, const double *c, bool exact);
/** out = S v */
void pg_walk_apply(pg_solving *s, const double *v, double *out);

/** absorb_gradients.c: c = S^+ b; going[lane] false: its steps ran out. */
void pg_conjugate_gradients(pg_solving *s);

/** Sums of x y of each lane, out [PG_MOST_LANES]. */
void pg_lane_dots(const double *x, const double *y, size_t n, size_t lanes, double *out);

#endif
