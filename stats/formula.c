/* formula.c  A formula's text to outcome, terms, effects, endogenous terms and instruments: formula.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/formula.h"

#include "stats/formula_parts.h"

/** One outcome. */
static pgdp_status read_outcome(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, pg_formula *out)
{
    if (pg_is_call(e, "c"))
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "which stands for several outcomes, expected one model");
    PG_TRY(pg_lags_single(ctx, arena, e, &out->outcome));
    return pg_formula_check_calls(ctx, out->outcome);
}

/** The mean of a nonlinear model is an expression; the estimator tells parameters from columns. */
static pgdp_status read_mean(pgdp_ctx *ctx, const pg_formula_tree *t)
{
    const pg_expr *more = t->part[PG_PLACE_EFFECTS] != NULL ? t->part[PG_PLACE_EFFECTS] : t->part[PG_PLACE_ENDOGENOUS];
    if (more != NULL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, more,
                            "expected no effects or instruments behind a bar: a nonlinear model has neither");
    return pg_formula_check_calls(ctx, t->part[PG_PLACE_TERMS]);
}

/** Terms behind the bar: at least one, no constant among them. */
static pgdp_status read_terms(pgdp_ctx *ctx, pg_arena *arena, const pg_expr *e, pg_terms *out)
{
    pg_expansion x = { .ctx = ctx, .arena = arena };
    return e == NULL ? PGDP_OK : pg_terms_expand(&x, e, out);
}

pgdp_status pg_formula_parse(pgdp_ctx *ctx, pg_arena *arena, const char *text, bool nonlinear, pg_formula *out)
{
    pg_formula_tree t;
    pg_expansion x = { .ctx = ctx, .arena = arena, .constant = true, .constants = true };
    PG_TRY(pg_formula_read(ctx, arena, text, &t));
    *out = (pg_formula){ .right = t.part[PG_PLACE_TERMS], .constant = true };
    PG_TRY(read_outcome(ctx, arena, t.part[PG_PLACE_OUTCOME], out));
    if (nonlinear) return read_mean(ctx, &t);
    PG_TRY(pg_terms_expand(&x, t.part[PG_PLACE_TERMS], &out->terms));
    out->constant = x.constant;
    PG_TRY(pg_effects_read(ctx, arena, t.part[PG_PLACE_EFFECTS], &out->effects, &out->n_effects));
    PG_TRY(read_terms(ctx, arena, t.part[PG_PLACE_ENDOGENOUS], &out->endogenous));
    return read_terms(ctx, arena, t.part[PG_PLACE_INSTRUMENTS], &out->instruments);
}
