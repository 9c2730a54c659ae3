/* formula_parts.h  The steps from a formula's text to its terms, each usable alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FORMULA_PARTS_H
#define PG_FORMULA_PARTS_H

#include "stats/formula.h"

enum { PG_MOST_DEGREE = 40, PG_MOST_EFFECTS = 100, PG_MOST_DIFFERENCES = 8 };

/** The parts of a formula as trees, before they mean anything. */
typedef enum pg_formula_place {
    PG_PLACE_OUTCOME,
    PG_PLACE_TERMS,
    PG_PLACE_EFFECTS, /**< NULL: none */
    PG_PLACE_ENDOGENOUS,
    PG_PLACE_INSTRUMENTS, /**< both of these or none */
    PG_N_PLACES
} pg_formula_place;
typedef struct pg_formula_tree {
    const pg_expr *part[PG_N_PLACES];
} pg_formula_tree;

/** Read the parts; [endogenous ~ instruments] among the terms moves to where it belongs. */
pgdp_status pg_formula_read(pgdp_ctx *ctx, pg_arena *arena, const char *text, pg_formula_tree *out);
/** Write them in normal form: y ~ x | f | p ~ z. */
void pg_formula_write(pg_text *out, const pg_formula_tree *tree);

/** What one expansion of terms works with; `work` counts comparisons of terms so that no formula takes long. */
typedef struct pg_expansion {
    pgdp_ctx *ctx;
    pg_arena *arena;
    size_t work;
    bool constant;  /**< what 1, 0 and -1 among the terms say */
    bool constants; /**< whether these may stand there */
} pg_expansion;
/** The terms of a sum of terms, each once. @return BAD_ARGUMENT */
pgdp_status pg_terms_expand(pg_expansion *x, const pg_expr *sum, pg_terms *out);
/** One numeric expression, its calls checked, as a part. */
pgdp_status pg_numeric_part(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, pg_part *out);
/** The parts of i(f), i(f, x), i(f, i.g) with their settings. */
pgdp_status pg_levels_term(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *call, pg_term *out);
/** The part of poly(x, n). */
pgdp_status pg_basis_part(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *call, pg_part *out);
/** The effects of a sum such as f + f^g + f[x]; intercepts that stand twice count once. */
pgdp_status pg_effects_read(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *sum, const pg_formula_effect **out,
                            size_t *n);

/** The expressions that a tree with l(x, 1:3) stands for; lags are written in one way: l(l(x)) is l(x, 2), l(x, 0) is
 * x, l(x, -1) is f(x, 1). A tree without lags gives itself. @return BAD_ARGUMENT: not a number of periods */
pgdp_status pg_lags_expand(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, const pg_expr *const **out, size_t *n);
/** The same where one expression is due. */
pgdp_status pg_lags_single(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, const pg_expr **out);

/** Is the node a call of this name? */
bool pg_is_call(const pg_expr *e, const char *name);
/** Is the node a binary operator? */
bool pg_is_binary(const pg_expr *e, pg_op op);
/** A whole number, signed or not, of at most 1e6 in size; false: something else. */
bool pg_whole_number(const pg_expr *e, int64_t *out);
/** Is the node a number of this value? */
bool pg_is_number(const pg_expr *e, double value);
/** Do several models stand behind the call: sw, sw0, csw, csw0, mvsw? */
bool pg_is_stepwise(const pg_expr *e);
/** A copy of a node in the arena with other operands; place and label stay. NULL: no memory */
pg_expr *pg_expr_copy(pg_arena *arena, const pg_expr *e);

#endif
