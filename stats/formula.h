/* formula.h  Formula text to terms. Source: Wilkinson & Rogers (1973), Applied Statistics 22(3); i() as in fixest 0.12.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FORMULA_H
#define PG_FORMULA_H

#include "pgdp/frame.h"
#include "stats/expr.h"

enum { PG_FORMULA_TERMS = 2000, PG_FORMULA_MODELS = 100000 };

/** What a part gives for a row. */
typedef enum pg_part_kind {
    PG_PART_NUMBER, /**< one number */
    PG_PART_LEVELS, /**< a column a level of i(), less the reference; a text column becomes levels at the frame */
    PG_PART_BASIS   /**< poly(x, n): n columns made from all rows used */
} pg_part_kind;
/** One factor of a term. */
typedef struct pg_part {
    const char *name;    /**< "log(x)", "f", "poly(x, 2)" */
    const pg_expr *expr; /**< a numeric expression; of levels the column's name */
    pg_part_kind kind;
    const pg_expr *ref;  /**< reference level of i(), or c() of several; NULL: the default */
    const pg_expr *keep; /**< levels that i() keeps, one or c(); NULL: all */
    const pg_expr *bin; /**< i()'s groups: c("a", "b") becomes the level "a"; a number w: bins of width w; NULL: none */
    size_t degree;      /**< of a basis */
    bool raw;           /**< a basis of plain powers */
} pg_part;
/** A product of parts; the empty product is never a term. */
typedef struct pg_term {
    const pg_part *parts;
    size_t n_parts;
} pg_term;
/** Terms, each once, in the order written. */
typedef struct pg_terms {
    const pg_term *items;
    size_t n;
} pg_terms;
/** One absorbed effect: f, f^g (the pairs), f[x] as two of these, f[[x]] as the slope alone. */
typedef struct pg_formula_effect {
    const char *name;
    const pg_expr *const *columns; /**< [n_columns] names whose combinations are the levels */
    size_t n_columns;
    const pg_expr *slope; /**< a numeric expression; NULL: an intercept a level */
} pg_formula_effect;
/** outcome ~ terms | effects | endogenous ~ instruments: one model. */
typedef struct pg_formula {
    const pg_expr *outcome;
    const pg_expr *right; /**< between ~ and the first bar, as written: the mean of a nonlinear model */
    pg_terms terms;       /**< exogenous ones; empty for a nonlinear model */
    bool constant;        /**< the intercept, implied unless -1 or +0; effects take its place at the design */
    const pg_formula_effect *effects;
    size_t n_effects;
    pg_terms endogenous, instruments;
} pg_formula;

/** Parse one model. @param nonlinear  the right side is one numeric expression with parameters, not terms
 * @return BAD_ARGUMENT: formula:line:column, token, remedy; several models (c(), sw(), ...) too */
pgdp_status pg_formula_parse(pgdp_ctx *ctx, pg_arena *arena, const char *text, bool nonlinear, pg_formula *out);
/** The stand-alone formulas of a text with c(y1, y2) ~, sw(), sw0(), csw(), csw0(), mvsw() in any part: outcomes run
 * slowest, then the terms, the effects, the endogenous terms, the instruments; within a part what stands first.
 * A text of one model gives itself, unchanged.
 * @return BAD_ARGUMENT: more than PG_FORMULA_MODELS */
pgdp_status pg_formula_expand(pgdp_ctx *ctx, pg_arena *arena, const char *text, const char *const **out, size_t *n);
/** The same over a frame (NULL: none): `.` among the terms becomes all columns of numbers or text that are named
 * neither in the outcome nor behind the bar. @return BAD_ARGUMENT: `.` stands for nothing */
pgdp_status pg_formula_expand_over(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *frame, const char *text,
                                   const char *const **out, size_t *n);
/** Is a constant among the absorbed effects? Slopes alone, f[[x]], have none. */
bool pg_formula_absorbs_constant(const pg_formula *formula);
/** Is `margin` the term without its part k? */
bool pg_term_is_margin(const pg_term *margin, const pg_term *term, size_t k);
/** A numeric function of one argument by name: log, sin, ... NULL: none of these. */
double (*pg_formula_function(const char *name))(double);
/** Nodes that a numeric expression may hold; checks calls, not columns. Beside functions and I() these are l(), f(),
 * d(), s() with one number of periods. @return BAD_ARGUMENT */
pgdp_status pg_formula_check_calls(pgdp_ctx *ctx, const pg_expr *expr);
/** Is the node l(), f(), d() or s()? Its first argument is what is lagged. */
bool pg_formula_is_lag(const pg_expr *expr);
/** Periods back that a checked one of these stands for: l(x) 1, f(x, 2) -2, d(x, 4) 4. */
int64_t pg_formula_periods(const pg_expr *expr);

#endif
