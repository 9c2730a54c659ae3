/* mean.c  The mean of a nonlinear model: start values read, names bound, arithmetic compiled: mean.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mean.h"

#include "stats/derivative.h"

#include <string.h>

enum { MOST_PARAMETERS = 200, MOST_COLUMNS = 1000 };
static const double pi = 3.14159265358979323846;

struct pg_mean {
    const char **parameters;
    double *start;
    bool *used;
    size_t n_parameters;
    const double **columns; /* of all rows */
    size_t n_columns;
    const pg_node *root;
};

/* What evaluate() is given. */
typedef struct bound {
    const pg_node *root;
    const double **columns; /* of the rows kept */
    size_t n_parameters;
} bound;

typedef struct compiling {
    pgdp_ctx *ctx;
    const pg_scope *scope;
    pg_mean *mean;
} compiling;

static size_t find_parameter(const pg_mean *m, const char *name)
{
    for (size_t j = 0; j < m->n_parameters; j++)
        if (pg_streq(name, m->parameters[j])) return j;
    return PGDP_NONE;
}

/* NAME = NUMBER, from the lexer. */
static pgdp_status read_start(pg_lexer *lexer, pg_mean *m)
{
    bool negative = false;
    const size_t j = m->n_parameters;
    if (lexer->token.kind != PG_TOKEN_NAME) return pg_lexer_fail(lexer, "a parameter's name: b1 = 500, b2 = 0.0001");
    if (find_parameter(m, lexer->token.text) != PGDP_NONE)
        return pg_lexer_fail(lexer, "each parameter once; leave one of its values out");
    if (j == MOST_PARAMETERS) return pg_lexer_fail(lexer, "at most 200 parameters");
    m->parameters[j] = lexer->token.text;
    PG_TRY(pg_lexer_next(lexer));
    if (lexer->token.op != PG_OP_ASSIGN) return pg_lexer_fail(lexer, "`=` and a number after the parameter's name");
    PG_TRY(pg_lexer_next(lexer));
    if (lexer->token.op == PG_OP_SUB || lexer->token.op == PG_OP_ADD) {
        negative = lexer->token.op == PG_OP_SUB;
        PG_TRY(pg_lexer_next(lexer));
    }
    if (lexer->token.kind != PG_TOKEN_NUMBER) return pg_lexer_fail(lexer, "a number to start from");
    m->start[j] = negative ? -lexer->token.number : lexer->token.number;
    m->n_parameters++;
    return pg_lexer_next(lexer);
}

static pgdp_status read_starts(pgdp_ctx *ctx, const char *text, pg_mean *m)
{
    pg_lexer lexer;
    if (text == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "found no start values, expected one for each parameter of the mean; write them: start: b1 = "
                       "500, b2 = 0.0001");
    PG_TRY(pg_lexer_init(&lexer, ctx, &ctx->scratch, "start", text));
    for (;;) {
        PG_TRY(read_start(&lexer, m));
        if (lexer.token.kind == PG_TOKEN_END) return PGDP_OK;
        if (lexer.token.op != PG_OP_COMMA) return pg_lexer_fail(&lexer, "a comma or the end after a start value");
        PG_TRY(pg_lexer_next(&lexer));
    }
}

static pgdp_status new_node(const compiling *c, pg_node_kind kind, pg_node **out)
{
    PG_TRY_ALLOC(c->ctx, *out, pg_arena_alloc(&c->ctx->scratch, 1, sizeof **out));
    (*out)->kind = kind;
    return PGDP_OK;
}

/* An expression over columns alone becomes a column. */
static pgdp_status column_node(const compiling *c, const pg_expr *e, pg_node *node)
{
    const double *values;
    pg_mean *m = c->mean;
    PG_TRY(pg_eval_numbers(c->ctx, c->scope, e, &values));
    node->kind = PG_NODE_COLUMN;
    for (node->index = 0; node->index < m->n_columns; node->index++)
        if (m->columns[node->index] == values) return PGDP_OK;
    if (m->n_columns == MOST_COLUMNS)
        return pg_expr_fail(c->ctx, PGDP_BAD_ARGUMENT, e, "at most 1000 columns in a nonlinear mean");
    m->columns[m->n_columns++] = values;
    return PGDP_OK;
}

static pgdp_status name_node(const compiling *c, const pg_expr *e, pg_node *node)
{
    const size_t j = find_parameter(c->mean, e->text);
    if (j != PGDP_NONE) {
        node->kind = PG_NODE_PARAMETER;
        node->index = j;
        c->mean->used[j] = true;
        return PGDP_OK;
    }
    if (pgdp_frame_find(c->scope->frame, e->text) != PGDP_NONE) return column_node(c, e, node);
    if (pg_streq(e->text, "pi")) {
        node->number = pi;
        return PGDP_OK;
    }
    return pg_expr_fail(
        c->ctx, PGDP_NOT_FOUND, e,
        "expected a column of the data or a parameter; give a parameter its start value: start: b1 = 1");
}

static bool has_parameter(const pg_mean *m, const pg_expr *e)
{
    if (e == NULL) return false;
    if (e->kind == PG_EXPR_NAME) return find_parameter(m, e->text) != PGDP_NONE;
    if (e->kind == PG_EXPR_NUMBER || e->kind == PG_EXPR_STRING) return false;
    for (const pg_expr *a = e->left; a != NULL; a = a->next)
        if (has_parameter(m, a)) return true;
    return has_parameter(m, e->right);
}

static pg_node_kind arithmetic(const pg_expr *e)
{
    static const struct {
        pg_op op;
        pg_node_kind kind;
    } known[] = { { PG_OP_ADD, PG_NODE_ADD },
                  { PG_OP_SUB, PG_NODE_SUBTRACT },
                  { PG_OP_MUL, PG_NODE_MULTIPLY },
                  { PG_OP_DIV, PG_NODE_DIVIDE },
                  { PG_OP_POW, PG_NODE_POWER } };
    for (size_t i = 0; e->kind == PG_EXPR_BINARY && i < sizeof known / sizeof *known; i++)
        if (known[i].op == e->op) return known[i].kind;
    return PG_NODE_NUMBER;
}

static pgdp_status compile(const compiling *c, const pg_expr *e, const pg_node **out);

/* f(x) and I(x) with one argument. */
static pgdp_status call_node(const compiling *c, const pg_expr *e, pg_node *node, const pg_node **out)
{
    if (e->left == NULL || e->left->next != NULL || e->left->label != NULL)
        return pg_expr_fail(c->ctx, PGDP_BAD_ARGUMENT, e, "expected one argument");
    if (pg_streq(e->text, "I")) return compile(c, e->left, out);
    node->kind = PG_NODE_FUNCTION;
    node->function = pg_smooth_find(e->text);
    return compile(c, e->left, &node->left);
}

static pgdp_status compile(const compiling *c, const pg_expr *e, const pg_node **out)
{
    pg_node *node;
    const pg_node_kind kind = arithmetic(e);
    PG_TRY(new_node(c, kind, &node));
    *out = node;
    if (kind != PG_NODE_NUMBER) {
        PG_TRY(compile(c, e->left, &node->left));
        return compile(c, e->right, &node->right);
    }
    if (e->kind == PG_EXPR_NUMBER) node->number = e->number;
    if (e->kind == PG_EXPR_NUMBER) return PGDP_OK;
    if (e->kind == PG_EXPR_NAME) return name_node(c, e, node);
    if (e->kind == PG_EXPR_UNARY && e->op == PG_OP_ADD) return compile(c, e->left, out);
    if (e->kind == PG_EXPR_UNARY && e->op == PG_OP_SUB) {
        node->kind = PG_NODE_NEGATE;
        return compile(c, e->left, &node->left);
    }
    if (e->kind == PG_EXPR_CALL && (pg_streq(e->text, "I") || pg_smooth_find(e->text) != NULL))
        return call_node(c, e, node, out);
    if (!has_parameter(c->mean, e)) return column_node(c, e, node);
    return pg_expr_fail(
        c->ctx, PGDP_BAD_ARGUMENT, e,
        "expected what has a derivative by its parameters: + - * / ^, exp, expm1, log, log2, log10, log1p, "
        "sqrt, abs, sin, cos, tan, asin, acos, atan, sinh, cosh, tanh");
}

pgdp_status pg_mean_find(pgdp_ctx *ctx, const pg_scope *scope, const pg_expr *right, const char *start, pg_mean **out)
{
    pg_mean *m;
    PG_TRY_ALLOC(ctx, m, pg_arena_alloc(&ctx->scratch, 1, sizeof *m));
    PG_TRY_ALLOC(ctx, m->parameters, pg_arena_alloc(&ctx->scratch, MOST_PARAMETERS, sizeof *m->parameters));
    PG_TRY_ALLOC(ctx, m->start, pg_arena_alloc(&ctx->scratch, MOST_PARAMETERS, sizeof *m->start));
    PG_TRY_ALLOC(ctx, m->used, pg_arena_alloc(&ctx->scratch, MOST_PARAMETERS, sizeof *m->used));
    PG_TRY_ALLOC(ctx, m->columns, pg_arena_alloc(&ctx->scratch, MOST_COLUMNS, sizeof *m->columns));
    PG_TRY(read_starts(ctx, start, m));
    const compiling c = { ctx, scope, m };
    PG_TRY(compile(&c, right, &m->root));
    for (size_t j = 0; j < m->n_parameters; j++)
        if (!m->used[j])
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "start: found %.60s, which the formula does not name; expected its parameters alone; leave "
                           "it out",
                           m->parameters[j]);
    *out = m;
    return PGDP_OK;
}

void pg_mean_need(const pg_mean *mean, pg_rows *rows)
{
    for (size_t c = 0; c < mean->n_columns; c++)
        pg_rows_need_numbers(rows, mean->columns[c]);
}

static pgdp_status evaluate(pgdp_ctx *ctx, const void *user, const double *parameters, size_t first, size_t n,
                            double *value, double *jacobian)
{
    const bound *b = user;
    const pg_binding binding = { b->columns, parameters, b->n_parameters };
    return pg_derivative_evaluate(ctx, b->root, &binding, first, n, value, jacobian);
}

pgdp_status pg_mean_fill(pgdp_ctx *ctx, const pg_mean *mean, const pg_rows *rows, const pgdp_mean **out)
{
    pgdp_mean *filled;
    bound *b;
    PG_TRY_ALLOC(ctx, filled, pg_arena_alloc(&ctx->scratch, 1, sizeof *filled));
    PG_TRY_ALLOC(ctx, b, pg_arena_alloc(&ctx->scratch, 1, sizeof *b));
    PG_TRY_ALLOC(ctx, b->columns, pg_arena_alloc(&ctx->scratch, mean->n_columns, sizeof *b->columns));
    for (size_t c = 0; c < mean->n_columns; c++) {
        double *column;
        PG_TRY_ALLOC(ctx, column, pg_arena_alloc(&ctx->scratch, rows->n, sizeof *column));
        for (size_t i = 0; i < rows->n; i++)
            column[i] = mean->columns[c][rows->kept[i]];
        b->columns[c] = column;
    }
    b->root = mean->root;
    b->n_parameters = mean->n_parameters;
    *filled = (pgdp_mean){ .parameters = mean->parameters,
                           .start = mean->start,
                           .n_parameters = mean->n_parameters,
                           .evaluate = evaluate,
                           .user = b };
    *out = filled;
    return PGDP_OK;
}
