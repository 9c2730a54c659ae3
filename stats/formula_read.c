/* formula_read.c  A formula's text to the trees of its parts. Source: the grammar of docs/formula.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula_parts.h"

/** One part, up to a bar, `~` or the end. */
static pgdp_status read_part(pg_lexer *lexer, const pg_expr **out)
{
    return pg_expr_read(lexer, false, out);
}

/** Behind the first bar: effects; effects | endogenous ~ instruments; endogenous ~ instruments. */
static pgdp_status read_bars(pg_lexer *lexer, pg_formula_tree *out)
{
    const pg_expr *part;
    PG_TRY(pg_lexer_next(lexer));
    PG_TRY(read_part(lexer, &part));
    if (lexer->token.op == PG_OP_OR) {
        out->part[PG_PLACE_EFFECTS] = part;
        PG_TRY(pg_lexer_next(lexer));
        PG_TRY(read_part(lexer, &part));
        if (lexer->token.op != PG_OP_TILDE)
            return pg_lexer_fail(lexer, "`~` between endogenous terms and instruments: y ~ x | firm | p ~ z");
    }
    if (lexer->token.op != PG_OP_TILDE) {
        out->part[PG_PLACE_EFFECTS] = part;
        return PGDP_OK;
    }
    out->part[PG_PLACE_ENDOGENOUS] = part;
    PG_TRY(pg_lexer_next(lexer));
    return read_part(lexer, &out->part[PG_PLACE_INSTRUMENTS]);
}

/** Take [endogenous ~ instruments] from a sum; NULL: nothing is left of it. */
static pgdp_status take_bracket(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, const pg_expr **bracket,
                                const pg_expr **out)
{
    *out = e;
    if (pg_is_binary(e, PG_OP_TILDE)) {
        if (*bracket != NULL)
            return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                                "expected one bracket of instruments; write all endogenous terms before its ~");
        *bracket = e;
        *out = NULL;
        return PGDP_OK;
    }
    const bool minus = pg_is_binary(e, PG_OP_SUB);
    if (!minus && !pg_is_binary(e, PG_OP_ADD)) return PGDP_OK;
    const pg_expr *left, *right = e->right;
    pg_expr *sum;
    PG_TRY(take_bracket(ctx, arena, e->left, bracket, &left));
    if (!minus) PG_TRY(take_bracket(ctx, arena, e->right, bracket, &right));
    *out = left == NULL ? right : left;
    if ((left == NULL && !minus) || right == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, sum, pg_expr_copy(arena, e));
    sum->left = left == NULL ? right : left;
    sum->right = left == NULL ? NULL : right;
    if (left == NULL) sum->kind = PG_EXPR_UNARY; /* what is left of [p ~ z] - 1 */
    *out = sum;
    return PGDP_OK;
}

static pgdp_status move_bracket(pgdp_ctx *ctx, pg_arena *arena, pg_formula_tree *t)
{
    const pg_expr *bracket = NULL, *rest;
    PG_TRY(take_bracket(ctx, arena, t->part[PG_PLACE_TERMS], &bracket, &rest));
    if (bracket == NULL) return PGDP_OK;
    if (t->part[PG_PLACE_ENDOGENOUS] != NULL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, bracket,
                            "expected instruments once; write them in brackets or behind the last bar");
    t->part[PG_PLACE_ENDOGENOUS] = bracket->left;
    t->part[PG_PLACE_INSTRUMENTS] = bracket->right;
    t->part[PG_PLACE_TERMS] = rest;
    if (rest != NULL) return PGDP_OK;
    pg_expr *one;
    PG_TRY_ALLOC(ctx, one, pg_expr_copy(arena, bracket));
    one->kind = PG_EXPR_NUMBER;
    one->op = PG_OP_NONE;
    one->text = "1";
    one->number = 1;
    t->part[PG_PLACE_TERMS] = one;
    return PGDP_OK;
}

pgdp_status pg_formula_read(pgdp_ctx *ctx, pg_arena *arena, const char *text, pg_formula_tree *out)
{
    pg_lexer lexer;
    *out = (pg_formula_tree){ .part = { NULL } };
    PG_TRY(pg_lexer_init(&lexer, ctx, arena, "formula", text));
    PG_TRY(read_part(&lexer, &out->part[PG_PLACE_OUTCOME]));
    if (lexer.token.op != PG_OP_TILDE) return pg_lexer_fail(&lexer, "`~` between outcome and terms: y ~ x1 + x2");
    PG_TRY(pg_lexer_next(&lexer));
    PG_TRY(read_part(&lexer, &out->part[PG_PLACE_TERMS]));
    const bool bars = lexer.token.op == PG_OP_OR;
    if (bars) PG_TRY(read_bars(&lexer, out));
    if (lexer.token.op == PG_OP_TILDE && !bars)
        return pg_lexer_fail(&lexer, "an operator such as + or the end; instruments stand behind a bar: y ~ x | p ~ z");
    if (lexer.token.kind != PG_TOKEN_END) return pg_lexer_fail(&lexer, "an operator such as + or the end");
    return move_bracket(ctx, arena, out);
}

void pg_formula_write(pg_text *out, const pg_formula_tree *t)
{
    pg_expr_write(out, t->part[PG_PLACE_OUTCOME]);
    pg_text_add(out, " ~ ");
    pg_expr_write(out, t->part[PG_PLACE_TERMS]);
    if (t->part[PG_PLACE_EFFECTS] != NULL) {
        pg_text_add(out, " | ");
        pg_expr_write(out, t->part[PG_PLACE_EFFECTS]);
    }
    if (t->part[PG_PLACE_ENDOGENOUS] == NULL) return;
    pg_text_add(out, " | ");
    pg_expr_write(out, t->part[PG_PLACE_ENDOGENOUS]);
    pg_text_add(out, " ~ ");
    pg_expr_write(out, t->part[PG_PLACE_INSTRUMENTS]);
}
