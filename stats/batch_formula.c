/* batch_formula.c  Formulas and covariances of a batch as indices, and whether moments can do them: batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch.h"

/* Does a term that is not a number stand in the formula? Its columns depend on the rows used. */
static bool has_columns_by_rows(const pgdp_batch *b, const pg_batch_formula *f)
{
    for (size_t i = 0; i < f->n_exogenous + f->n_endogenous + f->n_instruments; i++)
        if (b->sources[f->terms[i]].kind == PG_BATCH_TERM) return true;
    return false;
}

/* Does the method take the formula, and can moments do it? */
static bool suits(const char *method, const pg_formula *formula)
{
    const bool iv = formula->endogenous.n > 0;
    return method == NULL || pg_streq(method, iv ? "iv" : "ols") || (iv && pg_streq(method, "liml"));
}

static pgdp_status add_terms(pgdp_ctx *ctx, pgdp_batch *b, const pg_terms *terms, uint32_t *out)
{
    for (size_t i = 0; i < terms->n; i++)
        PG_TRY(pg_batch_add_term(ctx, b, terms, i, &out[i]));
    return PGDP_OK;
}

static pgdp_status mark_reported(pgdp_ctx *ctx, const pg_formula *formula, const pg_terms *focal, bool *out)
{
    for (size_t i = 0; i < formula->terms.n + formula->endogenous.n; i++) {
        const bool exogenous = i < formula->terms.n;
        const pg_term *t = exogenous ? &formula->terms.items[i] : &formula->endogenous.items[i - formula->terms.n];
        const char *name, *other;
        PG_TRY(pg_batch_term_name(ctx, t, &name));
        out[i] = focal == NULL;
        for (size_t k = 0; focal != NULL && k < focal->n && !out[i]; k++) {
            PG_TRY(pg_batch_term_name(ctx, &focal->items[k], &other));
            out[i] = pg_streq(name, other);
        }
    }
    return PGDP_OK;
}

/* A column of ones as a term like any other. */
static pgdp_status add_ones(pgdp_ctx *ctx, pgdp_batch *b, uint32_t *out)
{
    const pg_expr one = { .kind = PG_EXPR_NUMBER, .number = 1, .text = "1", .what = "batch", .height = 1 };
    const pg_part part = { .kind = PG_PART_NUMBER, .expr = &one, .name = "(Intercept)" };
    const pg_term term = { &part, 1 };
    return pg_batch_add_term(ctx, b, &(pg_terms){ &term, 1 }, 0, out);
}

static pgdp_status fill(pgdp_ctx *ctx, pgdp_batch *b, const pg_formula *formula, size_t focal, pg_batch_formula *f)
{
    const pg_terms *reported, *const parts[] = { &formula->terms, &formula->endogenous, &formula->instruments };
    const size_t n = formula->terms.n + formula->endogenous.n + formula->instruments.n;
    const bool absorbed = pg_formula_absorbs_constant(formula), spanned = formula->constant || absorbed;
    /* column 0 of a group is ones throughout: where slopes alone are absorbed, they take their part of the constant */
    const bool bent = formula->constant && !absorbed && formula->n_effects > 0;
    uint32_t *terms;
    bool *marks;
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&b->arena, n + bent, sizeof *terms));
    PG_TRY_ALLOC(ctx, marks, pg_arena_alloc(&b->arena, n + bent, sizeof *marks));
    PG_TRY(pg_batch_add_numbers(ctx, b, formula->outcome, &f->outcome));
    if (bent) PG_TRY(add_ones(ctx, b, &terms[0]));
    for (size_t p = 0, first = bent; p < 3; first += parts[p++]->n)
        PG_TRY(add_terms(ctx, b, parts[p], terms + first));
    PG_TRY(pg_batch_reported(ctx, b, focal, &reported));
    PG_TRY(mark_reported(ctx, formula, reported, marks + bent));
    if (bent) marks[0] = reported == NULL;
    PG_TRY(pg_batch_add_effects(ctx, b, formula, &f->effects));
    f->n_exogenous = (uint32_t)formula->terms.n + bent;
    f->n_endogenous = (uint32_t)formula->endogenous.n;
    f->n_instruments = (uint32_t)formula->instruments.n;
    f->terms = terms;
    f->reported = marks;
    f->ones = bent;
    f->constant = formula->constant && !absorbed && !bent;
    f->by_row = (!spanned && has_columns_by_rows(b, f)) || (n == 0 && !f->constant && !bent);
    return PGDP_OK;
}

/* A formula that cannot be read is left to pgdp_regress(), whose message is each model's error. */
static pgdp_status give_up(pgdp_status status, pg_batch_formula *f)
{
    *f = (pg_batch_formula){ .by_row = true };
    return status == PGDP_NO_MEMORY ? status : PGDP_OK;
}

pgdp_status pg_batch_read_formula(pgdp_ctx *ctx, pgdp_batch *b, const size_t *option, pg_batch_formula *f)
{
    const pgdp_batch_options *methods = &b->request.choices[PGDP_BATCH_METHOD];
    const char *text, *method = methods->n == 0 ? NULL : methods->items[option[PGDP_BATCH_METHOD]].text;
    pg_formula formula;
    *f = (pg_batch_formula){ .by_row = true };
    PG_TRY(pg_batch_formula_text(ctx, b, option, &text));
    pgdp_status status = pg_formula_parse(ctx, &ctx->scratch, text, false, &formula);
    if (status != PGDP_OK) return give_up(status, f);
    if (!suits(method, &formula)) return PGDP_OK;
    status = fill(ctx, b, &formula, option[PGDP_BATCH_FOCAL], f);
    f->liml = method != NULL && pg_streq(method, "liml");
    return status == PGDP_OK ? PGDP_OK : give_up(status, f);
}

static pgdp_status read_clusters(pgdp_ctx *ctx, pgdp_batch *b, const pg_vcov_spec *spec, pg_batch_vcov *out)
{
    for (size_t c = 0; c < spec->n_clusters; c++) {
        const pg_expr *columns[PG_EXPR_NESTING];
        size_t n = 0;
        const pg_expr *at = spec->clusters[c];
        for (; at->kind == PG_EXPR_BINARY && n + 1 < PG_EXPR_NESTING; at = at->right) /* powers group to the right */
            columns[n++] = at->left;
        columns[n++] = at;
        PG_TRY(pg_batch_add_levels(ctx, b, columns, n, &out->cluster[c]));
    }
    out->n_clusters = spec->n_clusters;
    return PGDP_OK;
}

static pgdp_status read_vcov(pgdp_ctx *ctx, pgdp_batch *b, const char *text, pg_batch_vcov *out)
{
    pg_vcov_spec spec;
    *out = (pg_batch_vcov){ .kind = PG_BATCH_OTHER };
    PG_TRY(pg_vcov_spec_parse(ctx, text, &spec));
    const char *name = spec.vcov->name;
    if (spec.settings != NULL && spec.settings->name != NULL) return PGDP_OK;
    if (b->request.preset != NULL) PG_TRY(pg_preset_read(ctx, b->request.preset, false, name, &out->ssc));
    PG_TRY(pg_ssc_read(ctx, spec.ssc, &out->ssc));
    if (pg_streq(name, "iid")) out->kind = PG_BATCH_IID;
    if (pg_streq(name, "HC0") || pg_streq(name, "HC1")) out->kind = PG_BATCH_HC;
    out->hc1 = pg_streq(name, "HC1");
    const bool each = spec.n_clusters > 1 && out->ssc.g_df == PG_G_EACH;
    if (!pg_streq(name, "cluster") || each || spec.n_clusters < 1 || spec.n_clusters > PG_BATCH_CLUSTERINGS)
        return PGDP_OK;
    out->kind = PG_BATCH_CLUSTER;
    return read_clusters(ctx, b, &spec, out);
}

pgdp_status pg_batch_read_vcovs(pgdp_ctx *ctx, pgdp_batch *b)
{
    const pgdp_batch_options *options = &b->request.choices[PGDP_BATCH_VCOV];
    PG_TRY_ALLOC(ctx, b->vcovs, pg_arena_alloc(&b->arena, options->n, sizeof *b->vcovs));
    for (size_t i = 0; i < options->n; i++)
        PG_TRY(read_vcov(ctx, b, options->items[i].text, &b->vcovs[i]));
    return PGDP_OK;
}
