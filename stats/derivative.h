/* derivative.h  Arithmetic compiled from an expression: values and exact derivatives by its parameters, row by row.
 * Source: Griewank & Walther (2008), Evaluating Derivatives, 2nd ed., sections 3.1 and 3.2 (forward mode).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_DERIVATIVE_H
#define PG_DERIVATIVE_H

#include "core/ctx.h"

/** A function of one number: its value, and its derivative from argument x and value y. */
typedef struct pg_smooth {
    const char *name;
    double (*value)(double x);
    double (*slope)(double x, double y);
} pg_smooth;
/** log, log2, log10, log1p, exp, expm1, sqrt, abs, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh; NULL: none of
 * these. */
const pg_smooth *pg_smooth_find(const char *name);

typedef enum pg_node_kind {
    PG_NODE_NUMBER,
    PG_NODE_COLUMN,
    PG_NODE_PARAMETER,
    PG_NODE_NEGATE,
    PG_NODE_ADD,
    PG_NODE_SUBTRACT,
    PG_NODE_MULTIPLY,
    PG_NODE_DIVIDE,
    PG_NODE_POWER,
    PG_NODE_FUNCTION
} pg_node_kind;
/** A node of the compiled expression; in the context's scratch. */
typedef struct pg_node pg_node;
struct pg_node {
    pg_node_kind kind;
    double number;             /**< of a number */
    size_t index;              /**< of a column or parameter */
    const pg_smooth *function; /**< of a function */
    const pg_node *left, *right;
};

/** What the nodes mean. */
typedef struct pg_binding {
    const double *const *columns; /**< [n_columns] */
    const double *parameters;     /**< [n_parameters] */
    size_t n_parameters;
} pg_binding;
/** Rows [first, first + n): value [n] and, unless it is NULL, jacobian [n x n_parameters] of leading dimension n.
 * abs has slope 0 at 0; what has no value is not finite. Cost: O(nodes * n * n_parameters). */
pgdp_status pg_derivative_evaluate(pgdp_ctx *ctx, const pg_node *root, const pg_binding *binding, size_t first,
                                   size_t n, double *value, double *jacobian);

#endif
