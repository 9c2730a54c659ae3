/* formula.h  Formula text to terms. Source: Wilkinson & Rogers (1973), Applied Statistics 22(3); i() as in fixest 0.12.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FORMULA_H
#define PG_FORMULA_H

#include "stats/expr.h"

enum { PG_FORMULA_TERMS = 2000 };

/** One factor of a term: a number by row, or levels of a column. */
typedef struct pg_part {
    const char *name;    /**< "log(x)", "f" */
    const pg_expr *expr; /**< a numeric expression; of i(): the column's name */
    bool levels;         /**< by i(); a text column becomes levels at the frame */
    const pg_expr *ref;  /**< i()'s reference level; NULL: the default */
} pg_part;
/** A product of parts; the empty product is never a term. */
typedef struct pg_term {
    const pg_part *parts;
    size_t n_parts;
} pg_term;
/** outcome ~ terms */
typedef struct pg_formula {
    const pg_expr *outcome;
    const pg_term *terms; /**< each once, in the order written */
    size_t n_terms;
    bool constant; /**< the intercept, implied unless -1 or +0 */
} pg_formula;

/** Parse. @return BAD_ARGUMENT: formula:line:column, token, remedy */
pgdp_status pg_formula_parse(pgdp_ctx *ctx, pg_arena *arena, const char *text, pg_formula *out);
/** Is `margin` the term without its part k? */
bool pg_term_is_margin(const pg_term *margin, const pg_term *term, size_t k);
/** A numeric function by name: log, log1p, exp, expm1, sqrt, abs. NULL: none of these. */
double (*pg_formula_function(const char *name))(double);
/** Nodes that a numeric expression may hold; checks calls, not columns. @return BAD_ARGUMENT */
pgdp_status pg_formula_check_calls(pgdp_ctx *ctx, const pg_expr *expr);

#endif
