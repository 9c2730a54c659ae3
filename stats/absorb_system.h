/* absorb_system.h  The inside of an absorber: groups of effects with orthonormal columns, rows sorted by the largest.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Effects over the same levels (an intercept and slopes) form a group and are solved together. Each level's columns are
 * made orthonormal in the weights, so D becomes Q with Q_g'W Q_g = I for every group g. The largest group, 0, is
 * eliminated: M = M_0 - M_0 Q_r S^+ Q_r'W M_0 with S = Q_r'W M_0 Q_r over the coefficients of the rest. */
#ifndef PG_ABSORB_SYSTEM_H
#define PG_ABSORB_SYSTEM_H

#include "stats/absorb.h"
#include "stats/linalg.h"

/** Effects that share their levels. Coefficient of level l and column k: first + l * n_columns + k. */
typedef struct pg_effect_group {
    const size_t *members; /**< [n_columns] effects, an intercept first */
    size_t n_columns, n_levels;
    size_t first;     /**< of its coefficients among those of the rest; group 0 counts for itself */
    uint32_t *level;  /**< [n_rows] sorted */
    double *unit;     /**< [n_levels] a lone intercept's column is unit[level]; NULL: basis */
    double *basis;    /**< [n_rows x n_columns] sorted */
    double *triangle; /**< [n_columns^2] a level: column k = sum_j basis_j triangle[j + k * n_columns] */
} pg_effect_group;

/** The dense S, factored. */
typedef struct pg_schur {
    size_t n;
    double *r;     /**< [n x n], upper triangle, of S with a unit diagonal */
    double *scale; /**< [n] */
    bool *skipped; /**< [n] dependent on those before */
} pg_schur;

struct pg_absorber {
    size_t n_rows, n_effects, n_groups;
    const pgdp_effect *effects; /**< [n_effects] a copy; their arrays are the caller's */
    pg_effect_group *groups;    /**< group 0 is the largest unless the order given is kept */
    uint32_t *order;            /**< [n_rows] sorted row -> row */
    size_t *start;              /**< [levels of group 0 + 1] first sorted row of each */
    size_t longest;             /**< most rows of a level of group 0 */
    double *weight;             /**< [n_rows] sorted, scaled by a power of two to at most 1 */
    size_t n_rest;              /**< coefficients of all groups but 0 */
    double *diagonal;           /**< [n_rest] of S; 0: the coefficient is not needed */
    pg_schur *direct;           /**< of small systems; NULL: too large */
    size_t *rank;               /**< [n_effects] added to that of the effects before */
    bool rank_is_bound;
};

/** absorb_groups.c: groups, sorted rows, and memory of an absorber whose effects are set.
 * @param keep_order  group 0 is the first effect's, whatever its size */
pgdp_status pg_absorber_shape(pgdp_ctx *ctx, pg_absorber *a, bool keep_order);
/** Columns, their scales and the diagonal of S under weights [n_rows], NULL: ones. */
pgdp_status pg_absorber_weigh(pgdp_ctx *ctx, pg_absorber *a, const double *weights);

/** absorb_schur.c: room for S of n coefficients. */
pgdp_status pg_schur_new(pgdp_ctx *ctx, size_t n, pg_schur **out);
/** Fill and factor S. */
pgdp_status pg_schur_factor(pgdp_ctx *ctx, const pg_absorber *a, pg_schur *s);
/** x = S^+ x, with zeros for the coefficients passed over. */
void pg_schur_solve(const pg_schur *s, double *x);
/** Is the dense S cheap beside a pass over the columns? */
bool pg_schur_is_cheap(const pg_absorber *a, size_t most);
/** Upper triangle of A (unit diagonal) to its Cholesky factor, passing over rows whose pivot is not above tol. */
void pg_cholesky_skipping(double *a, size_t n, double tol, bool *skipped);

/** Another with the same effects and weights of its own to come, by pg_absorber_reweight(). */
pgdp_status pg_absorber_copy(pgdp_ctx *ctx, const pg_absorber *from, pg_absorber **out);

/** absorb_rank.c: fills rank and rank_is_bound. */
pgdp_status pg_absorber_find_rank(pgdp_ctx *ctx, pg_absorber *a);

/** One column on its way through an absorber. */
typedef struct pg_absorbed {
    double *column;       /**< [n_rows] in, and M column out; NULL out: keep it */
    double *first, *rest; /**< coefficients found, or NULL */
    size_t iterations;
    double residual;
    const char *solver;
    bool converged;
} pg_absorbed;
/** absorb_solve.c: directly where S is given, else by conjugate gradients. */
pgdp_status pg_absorb_column(pgdp_ctx *ctx, const pg_absorber *a, const pg_schur *direct, double tol,
                             pg_absorbed *column);

/** components.c: connected components of the levels of two effects joined by rows.
 * @param of_a  [n_a] component of each level of a, numbered by first level, or NULL */
pgdp_status pg_components(pgdp_ctx *ctx, const pgdp_effect *a, const pgdp_effect *b, size_t n_rows, size_t *of_a,
                          size_t *n_components);

#endif
