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
    uint32_t *level;  /**< [n_rows] sorted; NULL of group 0 where it is a lone intercept: start tells it */
    uint16_t *narrow; /**< the same of an absorber of levels, where they are few, and some room after them; level is
                         NULL then */
    double *unit;     /**< [n_levels] a lone intercept's column is unit[level]; NULL: basis */
    double *basis;    /**< [n_rows x n_columns] sorted */
    double *triangle; /**< [n_columns^2] a level: column k = sum_j basis_j triangle[j + k * n_columns] */
} pg_effect_group;

/** Pivots of S as shares of its diagonal. What solves S keeps all that are not rounding: weights over many powers of
 * ten make pivots far below 1 that an outcome needs, and one kept in vain does no harm. Rank is told by pivots that are
 * clear of rounding, which earlier small ones enlarge. */
#define PG_PIVOT_VANISHES 1e-13
#define PG_PIVOT_RANK     1e-10
#define PG_PIVOT_IS_CLEAR 1e-7

/** The dense S, factored. */
typedef struct pg_schur {
    size_t n;
    double *r;     /**< [n x n], upper triangle, of S with a unit diagonal */
    double *scale; /**< [n] */
    bool *skipped; /**< [n] dependent on those before */
} pg_schur;

/** The sparse S, its pattern and its factor: absorb_sparse.c. */
typedef struct pg_network pg_network;
/** How S is solved; tests ask for one way, all others leave it to what the ways cost. */
typedef enum pg_absorb_way { PG_ABSORB_BY_COST, PG_ABSORB_DENSE, PG_ABSORB_SPARSE, PG_ABSORB_GRADIENTS } pg_absorb_way;

/** x 2^exponent as two products, each within the range of double precision; ldexp() of 1e7 rows takes longer than a
 * walk. */
typedef struct pg_scaling {
    double first, second;
} pg_scaling;

struct pg_absorber {
    size_t n_rows, n_effects, n_groups;
    const pgdp_effect *effects;           /**< [n_effects] a copy; their arrays are the caller's */
    const struct pg_level_source *levels; /**< lone intercepts over levels that stand in no array; NULL: the effects' */
    pg_effect_group *groups;              /**< group 0 is the largest unless the order given is kept */
    const uint32_t *order;                /**< [n_rows] sorted row -> row */
    bool sorted;                          /**< weights and columns come in that order already */
    size_t *start;                        /**< [levels of group 0 + 1] first sorted row of each */
    size_t *runs, n_runs; /**< [n_runs + 1] levels of group 0 that begin a run, the part of one thread */
    double *weight;       /**< [n_rows] sorted, scaled by a power of two to at most 1; NULL: ones */
    double *room;         /**< [n_rows] for weights, once there were any */
    double mass;          /**< sum of them */
    const double *given;  /**< weights as they are, of an absorber of levels: of its rows */
    pg_scaling scale;     /**< powers of two that bring weights to at most 1: neither overflows */
    size_t n_rest;        /**< coefficients of all groups but 0 */
    double *diagonal;     /**< [n_rest] of S; 0: the coefficient is not needed */
    pg_absorb_way way;
    pg_schur *dense;    /**< of small systems; NULL: too large */
    pg_network *sparse; /**< of systems that fill in little; NULL: they do not, or are small */
    size_t *rank;       /**< [n_effects] added to that of the effects before */
    bool rank_is_bound;
};

/** Where the levels of an effect come from, n rows at a time. */
typedef struct pg_level_source {
    void (*read)(const void *user, size_t effect, size_t first, size_t n, uint32_t *out);
    const void *user;
    const uint32_t *rows; /**< [n_rows] where their columns and weights stand; NULL: in turn */
} pg_level_source;

/** absorb_groups.c: groups, sorted rows, and memory of an absorber whose effects are set.
 * @param keep_order  group 0 is the first effect's, whatever its size */
pgdp_status pg_absorber_shape(pgdp_ctx *ctx, pg_absorber *a, bool keep_order);
/** absorb.c: intercepts over levels that differ and stand in no array, as pg_absorber_new() has them: of effects only
 * name and n_levels are set; levels outlives the absorber. */
pgdp_status pg_absorber_of_levels(pgdp_ctx *ctx, const pgdp_effect *effects, size_t n_effects, size_t n_rows,
                                  const double *weights, const pg_level_source *levels, pg_absorber **out);
/** absorb_sort.c: order, start, runs and the groups' levels; n_rest is set. Two passes over the rows. */
pgdp_status pg_absorber_sort(pgdp_ctx *ctx, pg_absorber *a, const pg_level_source *levels);
/** absorb_weigh.c: columns, their scales and the diagonal of S under weights [n_rows], NULL: ones. */
pgdp_status pg_absorber_weigh(pgdp_ctx *ctx, pg_absorber *a, const double *weights);

/** absorb_schur.c: room for S of n coefficients. */
pgdp_status pg_schur_new(pgdp_ctx *ctx, size_t n, pg_schur **out);
/** Fill and factor S. A pivot not above tol, as a share of its diagonal, is passed over. */
pgdp_status pg_schur_factor(pgdp_ctx *ctx, const pg_absorber *a, double tol, pg_schur *s);
/** x = S^+ x, with zeros for the coefficients passed over. */
void pg_schur_solve(const pg_schur *s, double *x);
/** Is a dense S of n_rest coefficients cheap beside a pass over the columns? */
bool pg_schur_is_cheap(const pg_absorber *a, size_t n_rest, size_t most);
/** Upper triangle of A (unit diagonal) to its Cholesky factor, passing over rows whose pivot is not above tol. */
void pg_cholesky_skipping(double *a, size_t n, double tol, bool *skipped);
/** Coefficients i != j that a row or a level of group 0 joins, and what it adds to S there. @return go on? */
typedef bool (*pg_meeting)(void *user, size_t i, size_t j, double value);
/** Every meeting, in an order that levels alone decide. */
pgdp_status pg_schur_visit(pgdp_ctx *ctx, const pg_absorber *a, pg_meeting meet, void *user);

/** What a sparse S may cost: meetings visited, pairs that differ among them (and coefficients), elements of the factor,
 * operations. */
typedef struct pg_network_limits {
    size_t meetings, pairs, elements;
    double flops;
    bool thin; /**< rows of few elements only, so that finding an order costs little */
} pg_network_limits;
/** absorb_sparse.c: pattern, order of elimination and room for the factor, in ctx->scratch.
 * @param out  NULL: it costs more than the limits */
pgdp_status pg_network_plan(pgdp_ctx *ctx, const pg_absorber *a, const pg_network_limits *limits, pg_network **out);
/** The same pattern and order with values of its own to come. */
pgdp_status pg_network_copy(pgdp_ctx *ctx, const pg_network *from, pg_network **out);
/** Fill and factor S under the weights of a. */
pgdp_status pg_network_factor(pgdp_ctx *ctx, const pg_absorber *a, pg_network *s);
/** x = S^+ x of lanes side by side, [n_rest x lanes]; work the same size. */
void pg_network_solve(const pg_network *s, double *x, size_t lanes, double *work);
/** Coefficients that are not passed over. @return false: a pivot stands too near to the limit to tell rank by it */
bool pg_network_rank(const pg_network *s, size_t *rank);

/** absorb_choice.c: choose the way in which S is solved and make room for it; factors stay to be filled. */
pgdp_status pg_absorber_choose(pgdp_ctx *ctx, pg_absorber *a, pg_absorb_way way);
/** Factor what was chosen under the weights of a. */
pgdp_status pg_absorber_factor(pgdp_ctx *ctx, pg_absorber *a);

/** Another with the same effects and weights of its own to come, by pg_absorber_reweight(). */
pgdp_status pg_absorber_copy(pgdp_ctx *ctx, const pg_absorber *from, pg_absorber **out);

/** absorb_rank.c: do connected components tell the rank? Else the sparse factor under equal weights may. */
bool pg_absorber_rank_is_simple(const pg_absorber *a);
/** Fills rank and rank_is_bound. */
pgdp_status pg_absorber_find_rank(pgdp_ctx *ctx, pg_absorber *a);

/** One column on its way through an absorber. */
typedef struct pg_absorbed {
    const double *from; /**< [n_rows] */
    double *column;     /**< [n_rows] M from, where it converged; may be the same; NULL: not wanted */
    double *low; /**< [levels of all groups] of an absorber of levels, whose coefficients are with unit: to be added */
    double *first, *rest; /**< coefficients found; NULL, as those of all columns of a call: not wanted */
    size_t iterations;
    double residual;
    const char *solver;
    bool converged, fell_back;
} pg_absorbed;
/** absorb.c: the worst of columns. @return NO_CONVERGENCE: one did not converge */
pgdp_status pg_absorb_summarise(pgdp_ctx *ctx, const pg_absorbed *columns, size_t n, pg_absorption *out);
/** What solves S: one factor, or none for conjugate gradients. */
typedef struct pg_solver {
    const pg_schur *dense;
    const pg_network *sparse;
    size_t most_steps;
} pg_solver;
/** absorb_solve.c: 1 to 4 columns side by side. */
pgdp_status pg_absorb_columns(pgdp_ctx *ctx, const pg_absorber *a, const pg_solver *solver, double tol,
                              pg_absorbed *const *columns, size_t n);

/** Replace columns by M column, in the way chosen, and those that it does not finish in the next best. */
pgdp_status pg_absorb_all(pgdp_ctx *ctx, const pg_absorber *a, pg_absorbed *columns, size_t n, double tol);

/** components.c: connected components of the levels of two effects joined by rows.
 * @param of_a  [n_a] component of each level of a, numbered by first level, or NULL */
pgdp_status pg_components(pgdp_ctx *ctx, const pgdp_effect *a, const pgdp_effect *b, size_t n_rows, size_t *of_a,
                          size_t *n_components);
/** The same of two groups of an absorber, of_g [levels of g], from its sorted rows. */
pgdp_status pg_absorber_components(pgdp_ctx *ctx, const pg_absorber *a, size_t g, size_t h, size_t *of_g,
                                   size_t *n_components);
/** The same of two effects whose levels stand in no array: their number alone. */
pgdp_status pg_components_of_levels(pgdp_ctx *ctx, const pg_level_source *levels, const pgdp_effect *effects,
                                    size_t n_rows, size_t *n_components);

#endif
