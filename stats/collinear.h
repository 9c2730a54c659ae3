/* collinear.h  Which columns depend on earlier ones, by the order of terms, and on which.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_COLLINEAR_H
#define PG_COLLINEAR_H

#include "pgdp/stats.h"
#include "stats/scaled.h"

/** A term left out: index in the design, and a clause for people: "equals 2 * x1 - x2", "is zero in every row". */
typedef struct pg_collinear {
    size_t term;
    const char *because;
} pg_collinear;

/** Several of them, by the order of terms. */
typedef struct pg_collinear_list {
    const pg_collinear *items;
    size_t n;
} pg_collinear_list;

/**
 * Every term that depends on terms before it. pgdp_fit_new() refuses such a design (RANK_DEFICIENT); a caller that
 * would rather leave the terms out asks here, drops them and fits again, so that a design of full rank pays nothing.
 *
 * @param arena          of the list and its words; not the scratch
 * @param with_constant  a constant stands before all columns although x has none (the cut points of ordered models)
 * Rule: with columns of norm 1, a column is dependent when relative changes of 1e-13 in the columns make it so.
 */
pgdp_status pg_collinear_terms(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *design, bool with_constant,
                               const pg_collinear **out, size_t *n_out);
/** The same of a method's design, whose absorbed effects count as terms before all others: fit_collinear.c. */
pgdp_status pg_fit_collinear(pgdp_ctx *ctx, pg_arena *arena, const pgdp_estimator *method, const pgdp_design *design,
                             pg_collinear_list *out);
/** RANK_DEFICIENT, naming the first dependent term, when there is one. */
pgdp_status pg_collinear_check(pgdp_ctx *ctx, const pgdp_design *design, bool with_constant);
/** The same from the triangle of the scaled columns. */
pgdp_status pg_collinear_refuse(pgdp_ctx *ctx, const pg_scaled *scaled, pg_matrix r);

#endif
