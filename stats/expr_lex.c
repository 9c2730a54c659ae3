/* expr_lex.c  Text to words: names, numbers, strings, operators. Source: R Language Definition, section 10.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "stats/expr.h"

#include <math.h>
#include <string.h>

static const char *const op_texts[PG_N_OPS] = {
    [PG_OP_NONE] = "",   [PG_OP_TILDE] = "~",  [PG_OP_OR] = "|",           [PG_OP_AND] = "&",
    [PG_OP_NOT] = "!",   [PG_OP_EQ] = "==",    [PG_OP_NE] = "!=",          [PG_OP_LE] = "<=",
    [PG_OP_GE] = ">=",   [PG_OP_LT] = "<",     [PG_OP_GT] = ">",           [PG_OP_ADD] = "+",
    [PG_OP_SUB] = "-",   [PG_OP_MUL] = "*",    [PG_OP_DIV] = "/",          [PG_OP_IN] = "%in%",
    [PG_OP_COLON] = ":", [PG_OP_POW] = "^",    [PG_OP_OPEN] = "(",         [PG_OP_CLOSE] = ")",
    [PG_OP_COMMA] = ",", [PG_OP_ASSIGN] = "=", [PG_OP_OPEN_BRACKET] = "[", [PG_OP_CLOSE_BRACKET] = "]",
};

const char *pg_op_text(pg_op op)
{
    return op_texts[op];
}

static bool is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static bool is_name_start(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || c == '.' || (unsigned char)c >= 0x80;
}

static bool is_name_part(char c)
{
    return is_name_start(c) || is_digit(c);
}

/** Columns count characters: the bytes of UTF-8 that continue one are not counted. */
static void advance(pg_lexer *lexer, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const unsigned char c = (unsigned char)lexer->at[i];
        if (c == '\n') {
            lexer->line++;
            lexer->column = 1;
        } else if ((c & 0xC0) != 0x80) {
            lexer->column++;
        }
    }
    lexer->at += n;
}

static void skip_blanks(pg_lexer *lexer)
{
    for (;;) {
        if (*lexer->at != '\0' && strchr(" \t\r\n", *lexer->at) != NULL)
            advance(lexer, 1);
        else if (strncmp(lexer->at, "\xC2\xA0", 2) == 0) /* a no-break space, as pasted from documents */
            advance(lexer, 2);
        else
            return;
    }
}

void pg_lexer_complain(const pg_lexer *lexer, const char *expected)
{
    const pg_token *t = &lexer->token;
    const char *mark = t->kind == PG_TOKEN_END ? "" : "\"";
    (void)pg_fail(lexer->ctx, PGDP_BAD_ARGUMENT, "%s:%zu:%zu: found %s%.60s%s, expected %s", lexer->what, t->line,
                  t->column, mark, t->text, mark, expected);
}

/** Take n bytes as the token's text and step past `skip` bytes. */
static pgdp_status take(pg_lexer *lexer, const char *start, size_t n, size_t skip)
{
    PG_TRY_ALLOC(lexer->ctx, lexer->token.text, pg_arena_strndup(lexer->arena, start, n));
    advance(lexer, skip);
    return PGDP_OK;
}

/** Between quotes or back-ticks all bytes stand for themselves. */
static pgdp_status take_quoted(pg_lexer *lexer, char quote)
{
    const char *start = lexer->at + 1;
    const char *end = strchr(start, quote);
    lexer->token.kind = quote == '`' ? PG_TOKEN_NAME : PG_TOKEN_STRING;
    if (end == NULL) {
        PG_TRY(take(lexer, lexer->at, strlen(lexer->at), 0));
        return pg_lexer_fail(lexer, quote == '`' ? "a closing back-tick; put one after the name"
                                                 : "a closing quote; put one after the text");
    }
    if (end == start) {
        lexer->token.text = quote == '`' ? "``" : "";
        if (quote == '`') return pg_lexer_fail(lexer, "a name between the back-ticks");
    }
    return take(lexer, start, (size_t)(end - start), (size_t)(end - lexer->at) + 1);
}

static pgdp_status take_number(pg_lexer *lexer)
{
    const char *s = lexer->at;
    size_t n = 0;
    while (is_digit(s[n]) || s[n] == '.')
        n++;
    if ((s[n] == 'e' || s[n] == 'E') &&
        (is_digit(s[n + 1]) || ((s[n + 1] == '+' || s[n + 1] == '-') && is_digit(s[n + 2]))))
        for (n += 2; is_digit(s[n]);)
            n++;
    while (is_name_part(s[n]))
        n++;
    lexer->token.kind = PG_TOKEN_NUMBER;
    PG_TRY(take(lexer, s, n, 0));
    if (!pg_number_parse(s, n, &lexer->token.number))
        return pg_lexer_fail(lexer, "a number or a name; put a name that begins with a digit in back-ticks and a value "
                                    "like this in quotes");
    if (!isfinite(lexer->token.number))
        return pg_lexer_fail(lexer, "a number below 1.8e308 in size; put a text like this in quotes");
    advance(lexer, n);
    return PGDP_OK;
}

static pgdp_status take_op(pg_lexer *lexer)
{
    pg_op best = PG_OP_NONE;
    for (int op = PG_OP_NONE + 1; op < PG_N_OPS; op++)
        if (pg_starts_with(lexer->at, op_texts[op]) && strlen(op_texts[op]) > strlen(op_texts[best])) best = (pg_op)op;
    lexer->token.kind = PG_TOKEN_OP;
    lexer->token.op = best;
    if (best == PG_OP_NONE) {
        PG_TRY(take(lexer, lexer->at, 1, 0));
        return pg_lexer_fail(lexer, "a name, a number or an operator; put names with other characters in back-ticks");
    }
    lexer->token.text = op_texts[best];
    advance(lexer, strlen(op_texts[best]));
    return PGDP_OK;
}

pgdp_status pg_lexer_next(pg_lexer *lexer)
{
    skip_blanks(lexer);
    const char c = *lexer->at;
    lexer->token = (pg_token){ .kind = PG_TOKEN_END, .text = "the end", .line = lexer->line, .column = lexer->column };
    if (c == '\0') return PGDP_OK;
    if (c == '`' || c == '"' || c == '\'') return take_quoted(lexer, c);
    if (is_digit(c) || (c == '.' && is_digit(lexer->at[1]))) return take_number(lexer);
    if (!is_name_start(c)) return take_op(lexer);
    size_t n = 1;
    while (is_name_part(lexer->at[n]) && strncmp(lexer->at + n, "\xC2\xA0", 2) != 0)
        n++;
    lexer->token.kind = PG_TOKEN_NAME;
    return take(lexer, lexer->at, n, n);
}

pgdp_status pg_lexer_init(pg_lexer *lexer, pgdp_ctx *ctx, pg_arena *arena, const char *what, const char *text)
{
    *lexer = (pg_lexer){ .ctx = ctx, .arena = arena, .what = what, .at = text, .line = 1, .column = 1 };
    const size_t n = strlen(text);
    if (n > PG_EXPR_LENGTH)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found %zu bytes, expected at most %d; shorten it", what, n,
                       (int)PG_EXPR_LENGTH);
    const size_t valid = pg_utf8_valid(text, n);
    if (valid < n)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "%s:1: found a byte that is not UTF-8 at byte %zu, expected UTF-8; save the text as UTF-8", what,
                       valid + 1);
    return pg_lexer_next(lexer);
}
