/* expr_text.c  A tree back to text in normal form, and messages that point into it. Source: R's deparse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/expr.h"

#include <string.h>

/** Back-ticks around names that would not read back as one word, or not as a column's name: `.`, `i.g`. */
static void write_name(pg_text *out, const char *name, bool quoted)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._";
    bool plain = strchr(letters, name[0]) != NULL || (unsigned char)name[0] >= 0x80;
    for (const char *c = name; *c != '\0'; c++)
        plain = plain && (strchr(letters, *c) != NULL || (*c >= '0' && *c <= '9') || (unsigned char)*c >= 0x80);
    plain = plain && !(name[0] == '.' && name[1] >= '0' && name[1] <= '9');
    plain = plain && !(quoted && (pg_streq(name, ".") || pg_starts_with(name, "i.")));
    plain = plain && strstr(name, "\xC2\xA0") == NULL;
    pg_text_addf(out, plain ? "%s" : "`%s`", name);
}

static void write_operand(pg_text *out, const pg_expr *e, unsigned least)
{
    const bool bracket = e->kind == PG_EXPR_BINARY && e->op == PG_OP_TILDE;
    const unsigned power = bracket                     ? PG_SIGN_POWER + 2
                           : e->kind == PG_EXPR_BINARY ? pg_op_power(e->op)
                           : e->kind == PG_EXPR_UNARY  ? (e->op == PG_OP_NOT ? PG_NOT_POWER : PG_SIGN_POWER)
                                                       : PG_SIGN_POWER + 2;
    if (power < least) pg_text_add_char(out, '(');
    pg_expr_write(out, e);
    if (power < least) pg_text_add_char(out, ')');
}

static void write_arguments(pg_text *out, const pg_expr *first)
{
    for (const pg_expr *a = first; a != NULL; a = a->next) {
        if (a->label != NULL) {
            write_name(out, a->label, false);
            pg_text_add(out, " = ");
        }
        pg_expr_write(out, a);
        if (a->next != NULL) pg_text_add(out, ", ");
    }
}

static void write_call(pg_text *out, const pg_expr *e)
{
    pg_text_addf(out, "%s(", e->text);
    write_arguments(out, e->left);
    pg_text_add_char(out, ')');
}

static void write_index(pg_text *out, const pg_expr *e)
{
    write_operand(out, e->left, PG_SIGN_POWER + 2);
    pg_text_add(out, e->text);
    write_arguments(out, e->left->next);
    pg_text_add(out, pg_streq(e->text, "[[") ? "]]" : "]");
}

/** [endogenous ~ instruments] */
static void write_bracket(pg_text *out, const pg_expr *e)
{
    pg_text_add_char(out, '[');
    pg_expr_write(out, e->left);
    pg_text_add(out, " ~ ");
    pg_expr_write(out, e->right);
    pg_text_add_char(out, ']');
}

static void write_binary(pg_text *out, const pg_expr *e)
{
    if (e->op == PG_OP_TILDE) {
        write_bracket(out, e);
        return;
    }
    const bool tight = e->op == PG_OP_POW || e->op == PG_OP_COLON || e->op == PG_OP_DIV;
    const bool right = e->op == PG_OP_POW;
    write_operand(out, e->left, pg_op_power(e->op) + (right ? 1u : 0u));
    pg_text_addf(out, tight ? "%s" : " %s ", pg_op_text(e->op));
    write_operand(out, e->right, right ? PG_SIGN_POWER : pg_op_power(e->op) + 1u);
}

void pg_expr_write(pg_text *out, const pg_expr *e)
{
    switch (e->kind) {
    case PG_EXPR_NUMBER:
        pg_text_add_number(out, e->number);
        return;
    case PG_EXPR_STRING: /* a text holds only one of the two kinds of quotes */
        pg_text_addf(out, strchr(e->text, '"') == NULL ? "\"%s\"" : "'%s'", e->text);
        return;
    case PG_EXPR_NAME:
        write_name(out, e->text, e->quoted);
        return;
    case PG_EXPR_UNARY:
        pg_text_add(out, pg_op_text(e->op));
        write_operand(out, e->left, e->op == PG_OP_NOT ? PG_NOT_POWER : PG_SIGN_POWER);
        return;
    case PG_EXPR_BINARY:
        write_binary(out, e);
        return;
    case PG_EXPR_CALL:
        write_call(out, e);
        return;
    case PG_EXPR_INDEX:
        write_index(out, e);
        return;
    }
}

const char *pg_expr_text(pg_arena *arena, const pg_expr *expr)
{
    pg_text text;
    pg_text_init(&text, arena);
    pg_expr_write(&text, expr);
    return text.failed ? NULL : text.data;
}

bool pg_expr_same(const pg_expr *a, const pg_expr *b)
{
    if (a == b) return true;
    if (a == NULL || b == NULL || a->kind != b->kind || a->op != b->op) return false;
    if (a->kind == PG_EXPR_NUMBER) return !(a->number < b->number) && !(a->number > b->number);
    if (!pg_streq(a->text, b->text) || !pg_expr_same(a->left, b->left) || !pg_expr_same(a->right, b->right))
        return false;
    if (a->kind != PG_EXPR_CALL && a->kind != PG_EXPR_INDEX) return true;
    const pg_expr *x = a->left, *y = b->left;
    for (; x != NULL && y != NULL; x = x->next, y = y->next)
        if (!pg_expr_same(x, y) || (x->label == NULL) != (y->label == NULL) ||
            (x->label != NULL && !pg_streq(x->label, y->label)))
            return false;
    return x == NULL && y == NULL;
}

pgdp_status pg_expr_fail(pgdp_ctx *ctx, pgdp_status status, const pg_expr *expr, const char *rest)
{
    return pg_fail(ctx, status, "%s:%zu:%zu: found \"%.60s\", %s", expr->what, expr->line, expr->column, expr->text,
                   rest);
}
