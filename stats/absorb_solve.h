/* absorb_solve.h  A few columns side by side on their way through an absorber: what its parts share.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * One walk over the level codes serves all lanes, since memory, not arithmetic, sets the pace. Lanes never mix, and one
 * that is done is held still, so that each has the bits that it has alone. Arrays are [.. x lanes], lanes innermost.
 *
 * What is left of a column is never stored: it is the column less the coefficients found so far, made anew for a level
 * of group 0 at a time. Runs of these levels are walked by several threads. */
#ifndef PG_ABSORB_SOLVE_H
#define PG_ABSORB_SOLVE_H

#include "stats/absorb_sorted.h"

enum { PG_MOST_LANES = 4 };
/** Parts of a tally: the sum of w q x with its rounding, that of its size, that of its square. */
enum { PG_HIGH, PG_LOW, PG_SIZE, PG_SQUARE, PG_N_TALLIES };
#define PG_LEAST_SIZE 1e-3 /**< of a level's values, in root mean squares of the column */

struct pg_solving;
/** One run of levels of group 0, and what it adds up. */
typedef struct pg_walker {
    const struct pg_solving *s;
    size_t run;
    double *segment; /**< [most rows of a level of the run x lanes] what is left of the columns in a level */
    uint32_t *room;  /**< [as many] for their levels */
    double *tally;   /**< [n_rest x PG_N_TALLIES x lanes] of a walk; of S v: [n_rest x lanes] */
    double *size0;   /**< [n_rest x lanes] sum |w q x|, of the first walk */
    double square0[PG_MOST_LANES], square[PG_MOST_LANES], residual[PG_MOST_LANES]; /**< sum w x^2 at first, and now */
} pg_walker;

typedef struct pg_solving {
    const pg_absorber *a;
    const pg_solver *solver;
    size_t lanes;                      /**< 1 or PG_MOST_LANES */
    const double *from[PG_MOST_LANES]; /**< [n_rows] the columns, each to be scaled by a power of two to at most 1, or
                                          of an absorber of levels: not */
    pg_scaling by[PG_MOST_LANES], store_by[PG_MOST_LANES];
    double *store[PG_MOST_LANES]; /**< [n_rows] where what is left goes, times store_by; or NULL */
    pg_walker *walkers;           /**< [n_runs] */
    struct pg_row_part *parts;    /**< [n_parts] of the rows, in absorb_rows.c */
    size_t n_parts;
    double *size0;  /**< [n_rest x lanes] sum |w q x| at first */
    double *level0; /**< [coefficients of group 0 x lanes] sum |w q x| at first, a lone intercept's without its unit */
    double *mass;   /**< [most coefficients of a group] for the first walk */
    double *b, *c;  /**< [n_rest x lanes] Q_r'W x, and the solution */
    double *total;  /**< [n_rest x lanes] all solutions so far */
    double *wide;   /**< [n_rest x lanes] coefficients times what does not vary by row */
    double *r, *z, *p, *sp; /**< [n_rest x lanes] of conjugate gradients; z serves direct solves too */
    double *high, *low;     /**< of absorb_rows.c: the rest's coefficients, and what later rounds add to all groups' */
    double *first; /**< [coefficients of group 0 x lanes] of the last walk, an absorber of levels' with unit; or NULL */
    double active[PG_MOST_LANES];                                /**< 1, or 0: this lane is done */
    double norm[PG_MOST_LANES], root_mean_square[PG_MOST_LANES]; /**< at first */
    double square[PG_MOST_LANES];                                /**< sum w x^2 now */
    double residual[PG_MOST_LANES], noise[PG_MOST_LANES]; /**< largest of a level; of b, in the norm of the diagonal */
    double before[PG_MOST_LANES];                         /**< residual of the round before */
    double step[PG_MOST_LANES];                           /**< norm of the last correction */
    double last_step[PG_MOST_LANES];                      /**< of the one before */
    bool going[PG_MOST_LANES], converged[PG_MOST_LANES];
    double reached[PG_MOST_LANES]; /**< what the last solve left of b, relative, as far as it is known; else 1 */
    size_t steps[PG_MOST_LANES], most_steps;
    bool taking;     /**< of absorb_rows.c: this pass corrects group 0's coefficients */
    bool correcting; /**< there are coefficients to be taken away */
    bool at_first;   /**< this walk is the first: its sizes are what residuals are relative to */
    bool exact;      /**< sums of the last walk carry twice the precision */
    double tol;
} pg_solving;

/** absorb_walk.c: x = M_0 (columns - Q_r total), b = Q_r'W x, residual, noise and square; the first time, norms and
 * sizes too. */
pgdp_status pg_walk(pgdp_ctx *ctx, pg_solving *s, bool at_first, bool exact);
/** Write the last walk's x. */
pgdp_status pg_walk_store(pgdp_ctx *ctx, pg_solving *s);

/** absorb_rows.c: the same of an absorber of levels. */
pgdp_status pg_walk_rows(pgdp_ctx *ctx, pg_solving *s);

/** The coefficients of lane v. */
void pg_walk_rows_give(const pg_solving *s, size_t v, pg_absorbed *out);

/** absorb_tally.c: norms, and level0 and size0 where these are sums as yet. */
void pg_walk_set_sizes(pg_solving *s, const double *square);
/** What the runs tallied to b, residual, noise and square. */
void pg_walk_add_up(pg_solving *s);
/** wide = v times the units of lone intercepts. */
void pg_widen(const pg_solving *s, const double *v, double *wide);
/** absorb_gradients.c: c = S^+ b; going[lane] false: its steps ran out. */
pgdp_status pg_conjugate_gradients(pgdp_ctx *ctx, pg_solving *s);

/** Sums of x y of each lane, out [PG_MOST_LANES]. */
void pg_lane_dots(const double *x, const double *y, size_t n, size_t lanes, double *out);

#endif
