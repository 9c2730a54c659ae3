/* formula_text.c  What a formula means as one line of text: formula_text.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/formula_text.h"

#include "tests/support/support.h"

static void add_setting(pg_text *out, const char *sign, const pg_expr *e)
{
    if (e == NULL) return;
    pg_text_add(out, sign);
    pg_expr_write(out, e);
}

static void add_terms(pg_text *out, const pg_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++) {
        for (size_t k = 0; k < terms->items[i].n_parts; k++) {
            const pg_part *p = &terms->items[i].parts[k];
            pg_text_addf(out, k == 0 ? " + %s%s" : ":%s%s", p->name, p->kind == PG_PART_LEVELS ? "::" : "");
            if (p->kind == PG_PART_BASIS) pg_text_addf(out, p->raw ? "{raw %zu}" : "{%zu}", p->degree);
            add_setting(out, "!", p->ref);
            add_setting(out, "&", p->keep);
            add_setting(out, "%", p->bin);
        }
    }
}

const char *pgt_formula_text(pgdp_ctx *ctx, const char *text)
{
    pg_formula f;
    pg_text out;
    if (pg_formula_parse(ctx, &ctx->scratch, text, false, &f) != PGDP_OK) return pgdp_ctx_error(ctx);
    pg_text_init(&out, &ctx->scratch);
    pg_expr_write(&out, f.outcome);
    pg_text_addf(&out, " ~ %d", f.constant);
    add_terms(&out, &f.terms);
    for (size_t i = 0; i < f.n_effects; i++)
        pg_text_addf(&out, i == 0 ? " | %s" : " + %s", f.effects[i].name);
    if (f.endogenous.n == 0 && f.instruments.n == 0) return out.data;
    pg_text_add(&out, " |");
    add_terms(&out, &f.endogenous);
    pg_text_add(&out, " ~");
    add_terms(&out, &f.instruments);
    return out.data;
}

void pgt_check_formulas(const char *const (*cases)[2], size_t n)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(pgt_formula_text(ctx, cases[i][0]), cases[i][1]);
    pgdp_ctx_free(ctx);
}

const char *pgt_expanded_text(pgdp_ctx *ctx, const pgdp_frame *frame, const char *text)
{
    const char *const *models;
    size_t n;
    pg_text out;
    if (pg_formula_expand_over(ctx, &ctx->scratch, frame, text, &models, &n) != PGDP_OK) return pgdp_ctx_error(ctx);
    pg_text_init(&out, &ctx->scratch);
    for (size_t i = 0; i < n; i++)
        pg_text_addf(&out, i == 0 ? "%s" : "; %s", models[i]);
    return out.data;
}
