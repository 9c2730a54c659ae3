/* derivative.c  Forward-mode derivatives by blocks of rows: derivative.h. Source: Griewank & Walther (2008), Evaluating
 * Derivatives, 2nd ed., table 2.3. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/derivative.h"

#include "core/text.h"

#include <math.h>
#include <string.h>

enum { BLOCK_ROWS = 256 };

static double slope_log(double x, double y)
{
    (void)y;
    return 1 / x;
}
static double slope_log2(double x, double y)
{
    (void)y;
    return 1.44269504088896340736 / x;
}
static double slope_log10(double x, double y)
{
    (void)y;
    return 0.434294481903251827651 / x;
}
static double slope_log1p(double x, double y)
{
    (void)y;
    return 1 / (1 + x);
}
static double slope_exp(double x, double y)
{
    (void)x;
    return y;
}
static double slope_expm1(double x, double y)
{
    (void)x;
    return y + 1;
}
static double slope_sqrt(double x, double y)
{
    (void)x;
    return 0.5 / y;
}
static double slope_abs(double x, double y)
{
    (void)y;
    return x > 0 ? 1 : x < 0 ? -1 : 0;
}
static double slope_sin(double x, double y)
{
    (void)y;
    return cos(x);
}
static double slope_cos(double x, double y)
{
    (void)y;
    return -sin(x);
}
static double slope_tan(double x, double y)
{
    (void)x;
    return 1 + y * y;
}
static double slope_asin(double x, double y)
{
    (void)y;
    return 1 / sqrt((1 - x) * (1 + x));
}
static double slope_acos(double x, double y)
{
    return -slope_asin(x, y);
}
static double slope_atan(double x, double y)
{
    (void)y;
    return 1 / (1 + x * x);
}
static double slope_sinh(double x, double y)
{
    (void)y;
    return cosh(x);
}
static double slope_cosh(double x, double y)
{
    (void)y;
    return sinh(x);
}
static double slope_tanh(double x, double y)
{
    (void)x;
    return (1 - y) * (1 + y);
}

static const pg_smooth smooth[] = {
    { "log2", log2, slope_log2 },    { "log10", log10, slope_log10 }, { "log", log, slope_log },
    { "log1p", log1p, slope_log1p }, { "exp", exp, slope_exp },       { "expm1", expm1, slope_expm1 },
    { "sqrt", sqrt, slope_sqrt },    { "abs", fabs, slope_abs },      { "sin", sin, slope_sin },
    { "cos", cos, slope_cos },       { "tan", tan, slope_tan },       { "asin", asin, slope_asin },
    { "acos", acos, slope_acos },    { "atan", atan, slope_atan },    { "sinh", sinh, slope_sinh },
    { "cosh", cosh, slope_cosh },    { "tanh", tanh, slope_tanh },
};

const pg_smooth *pg_smooth_find(const char *name)
{
    for (size_t i = 0; i < sizeof smooth / sizeof *smooth; i++)
        if (pg_streq(name, smooth[i].name)) return &smooth[i];
    return NULL;
}

/* A node's numbers for a block of rows; slope NULL: it does not depend on a parameter. */
typedef struct dual {
    double *value; /* [n] */
    double *slope; /* [n x n_parameters] */
} dual;

typedef struct block {
    pgdp_ctx *ctx;
    const pg_binding *binding;
    size_t first, n;
    bool slopes;
} block;

static pgdp_status eval(const block *b, const pg_node *node, dual *out);

static pgdp_status new_slope(const block *b, dual *d)
{
    PG_TRY_ALLOC(b->ctx, d->slope, pg_arena_alloc(&b->ctx->scratch, b->n * b->binding->n_parameters, sizeof *d->slope));
    return PGDP_OK;
}

static pgdp_status leaf(const block *b, const pg_node *node, dual *out)
{
    *out = (dual){ NULL, NULL };
    PG_TRY_ALLOC(b->ctx, out->value, pg_arena_alloc(&b->ctx->scratch, b->n, sizeof *out->value));
    const double number = node->kind == PG_NODE_PARAMETER ? b->binding->parameters[node->index] : node->number;
    for (size_t i = 0; i < b->n; i++)
        out->value[i] = node->kind == PG_NODE_COLUMN ? b->binding->columns[node->index][b->first + i] : number;
    if (node->kind != PG_NODE_PARAMETER || !b->slopes) return PGDP_OK;
    PG_TRY(new_slope(b, out));
    for (size_t i = 0; i < b->n; i++)
        out->slope[i + node->index * b->n] = 1;
    return PGDP_OK;
}

/* u = f(u), du = f' du. */
static void apply(const block *b, const pg_smooth *f, dual *u)
{
    for (size_t i = 0; i < b->n; i++) {
        const double x = u->value[i], y = f->value(x);
        u->value[i] = y;
        if (u->slope == NULL) continue;
        const double factor = f->slope(x, y);
        for (size_t j = 0; j < b->binding->n_parameters; j++)
            u->slope[i + j * b->n] *= factor;
    }
}

/* f(u, v) with its partial derivatives. */
static double combine(pg_node_kind kind, double u, double v, double *by_u, double *by_v)
{
    double f;
    *by_u = *by_v = 1;
    switch (kind) {
    case PG_NODE_ADD:
        return u + v;
    case PG_NODE_SUBTRACT:
        *by_v = -1;
        return u - v;
    case PG_NODE_MULTIPLY:
        *by_u = v;
        *by_v = u;
        return u * v;
    case PG_NODE_DIVIDE:
        f = u / v;
        *by_u = 1 / v;
        *by_v = -f / v;
        return f;
    default:
        f = pow(u, v);
        *by_u = fabs(v) > 0 ? v * pow(u, v - 1) : 0;
        *by_v = fabs(f) > 0 ? f * log(u) : 0; /* 0^v is flat in v > 0 */
        return f;
    }
}

/* u = f(u, v) in u's place. A slope of 0 stays 0 where the partial derivative does not exist: (-2)^2 by 2. */
static pgdp_status join(const block *b, pg_node_kind kind, dual *u, const dual *v)
{
    const size_t n = b->n, p = b->binding->n_parameters;
    const bool of_u = u->slope != NULL, of_v = v->slope != NULL;
    if (of_v && !of_u) PG_TRY(new_slope(b, u));
    for (size_t i = 0; i < n; i++) {
        double by_u, by_v;
        u->value[i] = combine(kind, u->value[i], v->value[i], &by_u, &by_v);
        for (size_t j = 0; (of_u || of_v) && j < p; j++) {
            double slope = 0;
            if (of_u) slope = by_u * u->slope[i + j * n];
            if (of_v && fabs(v->slope[i + j * n]) > 0) slope += by_v * v->slope[i + j * n];
            u->slope[i + j * n] = slope;
        }
    }
    return PGDP_OK;
}

static pgdp_status eval(const block *b, const pg_node *node, dual *out)
{
    dual other;
    if (node->kind == PG_NODE_NUMBER || node->kind == PG_NODE_COLUMN || node->kind == PG_NODE_PARAMETER)
        return leaf(b, node, out);
    PG_TRY(eval(b, node->left, out));
    if (node->kind == PG_NODE_FUNCTION) {
        apply(b, node->function, out);
        return PGDP_OK;
    }
    if (node->kind == PG_NODE_NEGATE) {
        for (size_t i = 0; i < b->n; i++)
            out->value[i] = -out->value[i];
        for (size_t i = 0; out->slope != NULL && i < b->n * b->binding->n_parameters; i++)
            out->slope[i] = -out->slope[i];
        return PGDP_OK;
    }
    PG_TRY(eval(b, node->right, &other));
    return join(b, node->kind, out, &other);
}

pgdp_status pg_derivative_evaluate(pgdp_ctx *ctx, const pg_node *root, const pg_binding *binding, size_t first,
                                   size_t n, double *value, double *jacobian)
{
    for (size_t start = 0; start < n; start += BLOCK_ROWS) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const block b = { .ctx = ctx,
                          .binding = binding,
                          .first = first + start,
                          .n = n - start < BLOCK_ROWS ? n - start : BLOCK_ROWS,
                          .slopes = jacobian != NULL };
        dual all;
        PG_TRY(eval(&b, root, &all));
        memcpy(value + start, all.value, b.n * sizeof *value);
        for (size_t j = 0; jacobian != NULL && j < binding->n_parameters; j++)
            for (size_t i = 0; i < b.n; i++)
                jacobian[start + i + j * n] = all.slope == NULL ? 0 : all.slope[i + j * b.n];
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}
