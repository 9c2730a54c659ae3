/* expr_parse.c  Words to a tree by operator precedence. Source: Pratt (1973), POPL; precedence of R's operators.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/expr.h"

#include <string.h>

/** How tightly operators bind, loosest first; a minus sign stands between `:` and `^`, as in R. */
static const unsigned char powers[PG_N_OPS] = {
    [PG_OP_OR] = 2,  [PG_OP_AND] = 3, [PG_OP_EQ] = 5, [PG_OP_NE] = 5,    [PG_OP_LE] = 5,
    [PG_OP_GE] = 5,  [PG_OP_LT] = 5,  [PG_OP_GT] = 5, [PG_OP_ADD] = 6,   [PG_OP_SUB] = 6,
    [PG_OP_MUL] = 7, [PG_OP_DIV] = 7, [PG_OP_IN] = 8, [PG_OP_COLON] = 9, [PG_OP_POW] = 11,
};

unsigned pg_op_power(pg_op op)
{
    return powers[op];
}

/** What one text is being read with. */
typedef struct parser {
    pg_lexer *lexer;
    unsigned lowest; /**< operators that bind looser than this end the expression */
    bool brackets;   /**< f[x] and [a ~ b] are allowed */
    bool after_mul;  /**< the word before was `*`: another one means a power in other languages */
    size_t nesting;
} parser;

static pgdp_status read_binary(parser *p, unsigned least, const pg_expr **out);

static pgdp_status new_node(parser *p, pg_expr_kind kind, const pg_token *token, pg_expr **out)
{
    pg_expr *e;
    PG_TRY_ALLOC(p->lexer->ctx, e, pg_arena_alloc(p->lexer->arena, 1, sizeof *e));
    *e = (pg_expr){ .kind = kind,
                    .op = token->op,
                    .text = token->text,
                    .number = token->number,
                    .what = p->lexer->what,
                    .line = token->line,
                    .column = token->column,
                    .height = 1 };
    *out = e;
    return PGDP_OK;
}

static bool at_op(const parser *p, pg_op op)
{
    return p->lexer->token.kind == PG_TOKEN_OP && p->lexer->token.op == op;
}

/** One argument, with its label if it has one: ref = "b". */
static pgdp_status read_argument(parser *p, const pg_expr **out)
{
    PG_TRY(read_binary(p, p->lowest, out));
    if (!at_op(p, PG_OP_ASSIGN)) return PGDP_OK;
    if ((*out)->kind != PG_EXPR_NAME)
        return pg_lexer_fail(p->lexer, "`=` only after an argument's name; write == to compare");
    const char *label = (*out)->text;
    PG_TRY(pg_lexer_next(p->lexer));
    PG_TRY(read_binary(p, p->lowest, out));
    pg_expr *labelled;
    PG_TRY_ALLOC(p->lexer->ctx, labelled, pg_arena_alloc(p->lexer->arena, 1, sizeof *labelled));
    *labelled = **out;
    labelled->label = label;
    *out = labelled;
    return PGDP_OK;
}

/** Arguments up to the closing parenthesis or bracket; the opening one is in view. They are chained in order, after the
 * first one, if there is one already. */
static pgdp_status read_arguments(parser *p, pg_op close, const pg_expr *first, pg_expr *call)
{
    const pg_expr *items[33] = { first };
    const size_t n_first = first != NULL;
    size_t n = n_first;
    const unsigned outside = p->lowest;
    p->lowest = PG_LOOSEST; /* the bar between a formula's parts stands outside all parentheses */
    do {
        PG_TRY(pg_lexer_next(p->lexer));
        if (n == 0 && at_op(p, close)) break;
        if (n == 32 + n_first) return pg_lexer_fail(p->lexer, "at most 32 arguments");
        PG_TRY(read_argument(p, &items[n]));
        n++;
    } while (at_op(p, PG_OP_COMMA));
    if (!at_op(p, close))
        return pg_lexer_fail(p->lexer, close == PG_OP_CLOSE ? "`,` or `)`; close the parenthesis"
                                                            : "`,` or `]`; close the bracket");
    p->lowest = outside;
    PG_TRY(pg_lexer_next(p->lexer));
    for (size_t i = n; i-- > 0;) {
        pg_expr *argument;
        PG_TRY_ALLOC(p->lexer->ctx, argument, pg_arena_alloc(p->lexer->arena, 1, sizeof *argument));
        *argument = *items[i];
        argument->next = call->left;
        call->left = argument;
        if (argument->height >= call->height) call->height = argument->height + 1;
    }
    return PGDP_OK;
}

/** f[x, z] or f[[x]]; the first bracket is in view. */
static pgdp_status read_index(parser *p, const pg_expr *base, const pg_expr **out)
{
    pg_token token = p->lexer->token;
    const pg_lexer start = *p->lexer;
    pg_expr *e;
    if (!p->brackets)
        return pg_lexer_fail(p->lexer, "an operator or the end; brackets stand only in a formula, after its bar: "
                                       "y ~ x | firm[year]");
    PG_TRY(pg_lexer_next(p->lexer));
    const bool twice = at_op(p, PG_OP_OPEN_BRACKET);
    if (twice) token.text = "[[";
    if (!twice) *p->lexer = start;
    PG_TRY(new_node(p, PG_EXPR_INDEX, &token, &e));
    PG_TRY(read_arguments(p, PG_OP_CLOSE_BRACKET, base, e));
    *out = e;
    if (!twice) return PGDP_OK;
    if (!at_op(p, PG_OP_CLOSE_BRACKET)) return pg_lexer_fail(p->lexer, "`]]`; close both brackets");
    return pg_lexer_next(p->lexer);
}

static pgdp_status read_name(parser *p, const pg_expr **out)
{
    const pg_token token = p->lexer->token;
    const bool quoted = p->lexer->at[-1] == '`';
    PG_TRY(pg_lexer_next(p->lexer));
    const bool call = !quoted && at_op(p, PG_OP_OPEN);
    pg_expr *e;
    PG_TRY(new_node(p, call ? PG_EXPR_CALL : PG_EXPR_NAME, &token, &e));
    e->quoted = quoted;
    if (call) PG_TRY(read_arguments(p, PG_OP_CLOSE, NULL, e));
    *out = e;
    return at_op(p, PG_OP_OPEN_BRACKET) ? read_index(p, e, out) : PGDP_OK;
}

/** [endogenous ~ instruments], as in linearmodels; the bracket is in view. */
static pgdp_status read_bracket(parser *p, const pg_expr **out)
{
    pg_expr *e;
    const unsigned outside = p->lowest;
    p->lowest = powers[PG_OP_AND];
    PG_TRY(pg_lexer_next(p->lexer));
    const pg_expr *left;
    PG_TRY(read_binary(p, p->lowest, &left));
    if (!at_op(p, PG_OP_TILDE)) return pg_lexer_fail(p->lexer, "`~` within the bracket: [endogenous ~ instruments]");
    PG_TRY(new_node(p, PG_EXPR_BINARY, &p->lexer->token, &e));
    PG_TRY(pg_lexer_next(p->lexer));
    e->left = left;
    PG_TRY(read_binary(p, p->lowest, &e->right));
    e->height = (left->height > e->right->height ? left->height : e->right->height) + 1;
    if (!at_op(p, PG_OP_CLOSE_BRACKET)) return pg_lexer_fail(p->lexer, "an operator or `]`; close the bracket");
    p->lowest = outside;
    *out = e;
    return pg_lexer_next(p->lexer);
}

static pgdp_status read_sign(parser *p, const pg_expr **out)
{
    const pg_token token = p->lexer->token;
    pg_expr *e;
    PG_TRY(new_node(p, PG_EXPR_UNARY, &token, &e));
    PG_TRY(pg_lexer_next(p->lexer));
    PG_TRY(read_binary(p, token.op == PG_OP_NOT ? PG_NOT_POWER : PG_SIGN_POWER, &e->left));
    e->height = e->left->height + 1;
    *out = e;
    return PGDP_OK;
}

static pgdp_status read_operand(parser *p, const pg_expr **out)
{
    const pg_token token = p->lexer->token;
    if (token.kind != PG_TOKEN_OP) p->after_mul = false;
    if (token.kind == PG_TOKEN_NAME) return read_name(p, out);
    if (token.kind == PG_TOKEN_NUMBER || token.kind == PG_TOKEN_STRING) {
        pg_expr *e;
        PG_TRY(new_node(p, token.kind == PG_TOKEN_NUMBER ? PG_EXPR_NUMBER : PG_EXPR_STRING, &token, &e));
        *out = e;
        return pg_lexer_next(p->lexer);
    }
    if (at_op(p, PG_OP_SUB) || at_op(p, PG_OP_ADD) || at_op(p, PG_OP_NOT)) return read_sign(p, out);
    if (p->brackets && at_op(p, PG_OP_OPEN_BRACKET)) return read_bracket(p, out);
    if (at_op(p, PG_OP_MUL) && p->after_mul)
        return pg_lexer_fail(p->lexer, "a name, a number or `(`; a power is written x^2");
    if (!at_op(p, PG_OP_OPEN)) return pg_lexer_fail(p->lexer, "a name, a number or `(`; complete the expression");
    const unsigned outside = p->lowest;
    p->lowest = PG_LOOSEST;
    PG_TRY(pg_lexer_next(p->lexer));
    PG_TRY(read_binary(p, p->lowest, out));
    if (!at_op(p, PG_OP_CLOSE)) return pg_lexer_fail(p->lexer, "an operator or `)`; close the parenthesis");
    p->lowest = outside;
    return pg_lexer_next(p->lexer);
}

/** Operand, then operators that bind at least as tightly as `least`; `^` groups to the right, the rest to the left. */
static pgdp_status read_operators(parser *p, unsigned least, const pg_expr **out)
{
    PG_TRY(read_operand(p, out));
    for (;;) {
        const pg_token token = p->lexer->token;
        const unsigned power = token.kind == PG_TOKEN_OP ? powers[token.op] : 0;
        if (power < least) return PGDP_OK;
        pg_expr *e;
        PG_TRY(new_node(p, PG_EXPR_BINARY, &token, &e));
        PG_TRY(pg_lexer_next(p->lexer));
        p->after_mul = token.op == PG_OP_MUL;
        e->left = *out;
        PG_TRY(read_binary(p, token.op == PG_OP_POW ? PG_SIGN_POWER : power + 1, &e->right));
        e->height = (e->left->height > e->right->height ? e->left->height : e->right->height) + 1;
        if (e->height > PG_EXPR_HEIGHT)
            return pg_lexer_fail(p->lexer, "at most 2000 operators in a row; use fewer terms");
        *out = e;
    }
}

static pgdp_status read_binary(parser *p, unsigned least, const pg_expr **out)
{
    if (++p->nesting > PG_EXPR_NESTING) return pg_lexer_fail(p->lexer, "at most 64 levels of nesting; simplify");
    PG_TRY(read_operators(p, least, out));
    p->nesting--;
    return PGDP_OK;
}

pgdp_status pg_expr_read(pg_lexer *lexer, bool logical, const pg_expr **out)
{
    parser p = { .lexer = lexer, .lowest = logical ? PG_LOOSEST : powers[PG_OP_AND], .brackets = !logical };
    return read_binary(&p, p.lowest, out);
}

pgdp_status pg_expr_parse(pgdp_ctx *ctx, pg_arena *arena, const char *what, const char *text, const pg_expr **out)
{
    pg_lexer lexer;
    PG_TRY(pg_lexer_init(&lexer, ctx, arena, what, text));
    PG_TRY(pg_expr_read(&lexer, true, out));
    if (lexer.token.op == PG_OP_ASSIGN) return pg_lexer_fail(&lexer, "an operator or the end; write == to compare");
    if (lexer.token.kind != PG_TOKEN_END) return pg_lexer_fail(&lexer, "an operator or the end");
    return PGDP_OK;
}
