/* expr.h  Expressions as text and as a tree: the one grammar of formulas, subsets and cluster lists.
 * Source: precedence and meaning as in R 4 (R Language Definition, section 10.4.2).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_EXPR_H
#define PG_EXPR_H

#include "core/ctx.h"
#include "core/text.h"

enum {
    PG_EXPR_LENGTH = 65536, /**< bytes of one text */
    PG_EXPR_NESTING = 64,   /**< parentheses and signs within each other */
    PG_EXPR_HEIGHT = 2000,  /**< operators in a row */
};

/** Operators and punctuation; PG_OP_NONE: not an operator. */
typedef enum pg_op {
    PG_OP_NONE,
    PG_OP_TILDE,
    PG_OP_OR,
    PG_OP_AND,
    PG_OP_NOT,
    PG_OP_EQ,
    PG_OP_NE,
    PG_OP_LE,
    PG_OP_GE,
    PG_OP_LT,
    PG_OP_GT,
    PG_OP_ADD,
    PG_OP_SUB,
    PG_OP_MUL,
    PG_OP_DIV,
    PG_OP_IN,
    PG_OP_COLON,
    PG_OP_POW,
    PG_OP_OPEN,
    PG_OP_CLOSE,
    PG_OP_COMMA,
    PG_OP_ASSIGN,
    PG_OP_OPEN_BRACKET,
    PG_OP_CLOSE_BRACKET,
    PG_N_OPS
} pg_op;

typedef enum pg_token_kind { PG_TOKEN_END, PG_TOKEN_NAME, PG_TOKEN_NUMBER, PG_TOKEN_STRING, PG_TOKEN_OP } pg_token_kind;
/** One word of the text. */
typedef struct pg_token {
    pg_token_kind kind;
    pg_op op;
    const char *text;    /**< unquoted, in the arena; "the end" for the end */
    double number;       /**< of a number */
    size_t line, column; /**< from 1, in characters */
} pg_token;

/** Reads one text word by word. */
typedef struct pg_lexer {
    pgdp_ctx *ctx;
    pg_arena *arena;
    const char *what; /**< for messages: "formula", "subset" */
    const char *at;
    size_t line, column;
    pg_token token; /**< the word in view */
} pg_lexer;
/** Begin, with the first word in view. @return BAD_ARGUMENT: too long, not UTF-8, not a word */
pgdp_status pg_lexer_init(pg_lexer *lexer, pgdp_ctx *ctx, pg_arena *arena, const char *what, const char *text);
pgdp_status pg_lexer_next(pg_lexer *lexer);
/** Leave the sentence: what:line:column: found "token", expected `expected`. */
void pg_lexer_complain(const pg_lexer *lexer, const char *expected);
static inline pgdp_status pg_lexer_fail(const pg_lexer *lexer, const char *expected)
{
    pg_lexer_complain(lexer, expected);
    return PGDP_BAD_ARGUMENT;
}
const char *pg_op_text(pg_op op); /**< as written: "%in%" */
/** How tightly operators bind: these, and what pg_op_power() says of binary ones; 0: not binary. */
enum { PG_LOOSEST = 1, PG_NOT_POWER = 4, PG_SIGN_POWER = 10 };
unsigned pg_op_power(pg_op op);

typedef enum pg_expr_kind {
    PG_EXPR_NUMBER,
    PG_EXPR_STRING,
    PG_EXPR_NAME,
    PG_EXPR_UNARY,
    PG_EXPR_BINARY,
    PG_EXPR_CALL,
    PG_EXPR_INDEX /**< f[x, z], f[[x]]: arguments f, x, z; text "[" or "[[". In formulas alone */
} pg_expr_kind;
/** A node; immutable, in an arena. */
typedef struct pg_expr pg_expr;
struct pg_expr {
    pg_expr_kind kind;
    pg_op op;             /**< of unary and binary nodes */
    const char *text;     /**< name, string, number as written, function; the operator's text */
    double number;        /**< of a number */
    const char *what;     /**< the text it stands in, for messages */
    size_t line, column;  /**< of its token */
    size_t height;        /**< of the tree below */
    const pg_expr *left;  /**< operand; first argument of a call */
    const pg_expr *right; /**< second operand; NULL for unary */
    const pg_expr *next;  /**< next argument of the same call */
    const char *label;    /**< ref in ref=b; NULL: by position */
    bool quoted;          /**< a name in back-ticks: nothing but a column's */
};

/** Read one expression from the lexer up to what cannot belong to it. @param logical  `|` is "or", not the bar between
 * a formula's parts, and there are no brackets; else f[x] is a node, and so is [a ~ b]: binary, of PG_OP_TILDE */
pgdp_status pg_expr_read(pg_lexer *lexer, bool logical, const pg_expr **out);
/** Read a text that is one expression. @return BAD_ARGUMENT */
pgdp_status pg_expr_parse(pgdp_ctx *ctx, pg_arena *arena, const char *what, const char *text, const pg_expr **out);
/** Write in normal form, blanks as R's deparse: "log(x + 1)", "I(x^2)", "a/b". */
void pg_expr_write(pg_text *out, const pg_expr *expr);
/** The same as a string. @return NULL: memory is out. */
const char *pg_expr_text(pg_arena *arena, const pg_expr *expr);
/** The same tree, wherever it stands; both may be NULL. */
bool pg_expr_same(const pg_expr *a, const pg_expr *b);
/** what:line:column: found "token", and the rest of the sentence. */
pgdp_status pg_expr_fail(pgdp_ctx *ctx, pgdp_status status, const pg_expr *expr, const char *rest);

#endif
