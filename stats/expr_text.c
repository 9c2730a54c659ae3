/* expr_text.c  A tree back to text in normal form, and messages that point into it. Source: R's deparse.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/expr.h"

#include <string.h>

/** Back-ticks around names that would not read back as one word. */
static void write_name(pg_text *out, const char *name)
{
    static const char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._";
    bool plain = strchr(letters, name[0]) != NULL || (unsigned char)name[0] >= 0x80;
    for (const char *c = name; *c != '\0'; c++)
        plain = plain && (strchr(letters, *c) != NULL || (*c >= '0' && *c <= '9') || (unsigned char)*c >= 0x80);
    plain = plain && !(name[0] == '.' && name[1] >= '0' && name[1] <= '9');
    pg_text_addf(out, plain ? "%s" : "`%s`", name);
}

static void write_operand(pg_text *out, const pg_expr *e, unsigned least)
{
    const unsigned power = e->kind == PG_EXPR_BINARY  ? pg_op_power(e->op)
                           : e->kind == PG_EXPR_UNARY ? (e->op == PG_OP_NOT ? PG_NOT_POWER : PG_SIGN_POWER)
                                                      : PG_SIGN_POWER + 2;
    if (power < least) pg_text_add_char(out, '(');
    pg_expr_write(out, e);
    if (power < least) pg_text_add_char(out, ')');
}

static void write_call(pg_text *out, const pg_expr *e)
{
    pg_text_addf(out, "%s(", e->text);
    for (const pg_expr *a = e->left; a != NULL; a = a->next) {
        if (a->label != NULL) pg_text_addf(out, "%s = ", a->label);
        pg_expr_write(out, a);
        if (a->next != NULL) pg_text_add(out, ", ");
    }
    pg_text_add_char(out, ')');
}

static void write_binary(pg_text *out, const pg_expr *e)
{
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
    case PG_EXPR_STRING:
        pg_text_addf(out, "\"%s\"", e->text);
        return;
    case PG_EXPR_NAME:
        write_name(out, e->text);
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
    }
}

const char *pg_expr_text(pg_arena *arena, const pg_expr *expr)
{
    pg_text text;
    pg_text_init(&text, arena);
    pg_expr_write(&text, expr);
    return text.failed ? NULL : text.data;
}

pgdp_status pg_expr_fail(pgdp_ctx *ctx, pgdp_status status, const pg_expr *expr, const char *rest)
{
    return pg_fail(ctx, status, "%s:%zu:%zu: found \"%.60s\", %s", expr->what, expr->line, expr->column, expr->text,
                   rest);
}
