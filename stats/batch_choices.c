/* batch_choices.c  The options of a model by its number, and the formula that they make: batch.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch.h"

#include <string.h>

static const char *const names[] = {
#define PGDP_ENTRY(name, text) text,
    PGDP_BATCH_CHOICE_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

const char *pgdp_batch_choice_name(pgdp_batch_choice choice)
{
    return names[choice];
}

void pg_batch_decode(const pgdp_batch *b, size_t model, size_t option[PGDP_N_BATCH_CHOICES])
{
    for (size_t c = PGDP_N_BATCH_CHOICES; c-- > 0;) {
        option[c] = model % b->n_options[c];
        model /= b->n_options[c];
    }
}

static const pgdp_batch_option *option_at(const pgdp_batch *b, pgdp_batch_choice choice, size_t i)
{
    static const pgdp_batch_option nothing = { .name = "" };
    return b->request.choices[choice].n == 0 ? &nothing : &b->request.choices[choice].items[i];
}

const char *pgdp_batch_option_of(const pgdp_batch *batch, size_t model, pgdp_batch_choice choice)
{
    size_t option[PGDP_N_BATCH_CHOICES];
    pg_batch_decode(batch, model, option);
    const pgdp_batch_option *o = option_at(batch, choice, option[choice]);
    return o->name != NULL ? o->name : o->text != NULL ? o->text : "";
}

static bool is_there(const char *text)
{
    return text != NULL && text[strspn(text, " \t\n")] != '\0';
}

/* outcome ~ focal + always + controls | effects, or | effects | focal ~ instruments */
pgdp_status pg_batch_formula_text(pgdp_ctx *ctx, const pgdp_batch *b, const size_t *option, const char **out)
{
    const pgdp_batch_option *of[PGDP_N_BATCH_CHOICES];
    pg_text text;
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++)
        of[c] = option_at(b, (pgdp_batch_choice)c, option[c]);
    *out = of[PGDP_BATCH_FORMULA]->text;
    if (b->request.choices[PGDP_BATCH_FORMULA].n > 0) return PGDP_OK;
    const pgdp_batch_option *focal = of[PGDP_BATCH_FOCAL];
    const bool iv = is_there(focal->instruments);
    const char *const terms[] = { iv ? NULL : focal->text, b->request.always, of[PGDP_BATCH_CONTROLS]->text };
    size_t n = 0;
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "%s ~ ", of[PGDP_BATCH_OUTCOME]->text);
    for (size_t i = 0; i < sizeof terms / sizeof *terms; i++) {
        if (!is_there(terms[i])) continue;
        pg_text_addf(&text, "%s%s", n++ == 0 ? "" : " + ", terms[i]);
    }
    if (n == 0) pg_text_add(&text, "1");
    if (is_there(of[PGDP_BATCH_EFFECTS]->text)) pg_text_addf(&text, " | %s", of[PGDP_BATCH_EFFECTS]->text);
    if (iv) pg_text_addf(&text, " | %s ~ %s", focal->text, focal->instruments);
    *out = text.data;
    return text.failed ? pg_no_memory(ctx) : PGDP_OK;
}

pgdp_status pgdp_batch_spec_of(pgdp_ctx *ctx, const pgdp_batch *batch, size_t model, pgdp_regression_spec *out)
{
    size_t option[PGDP_N_BATCH_CHOICES];
    pg_batch_decode(batch, model, option);
    *out = (pgdp_regression_spec){
        .method = option_at(batch, PGDP_BATCH_METHOD, option[PGDP_BATCH_METHOD])->text,
        .vcov = option_at(batch, PGDP_BATCH_VCOV, option[PGDP_BATCH_VCOV])->text,
        .subset = option_at(batch, PGDP_BATCH_SAMPLE, option[PGDP_BATCH_SAMPLE])->text,
        .preset = batch->request.preset,
        .weights = batch->request.weights,
        .panel = batch->request.panel,
        .keep_singletons = batch->request.keep_singletons,
        .conf_level = batch->conf_level,
        .seed = batch->request.seed,
    };
    return pg_batch_formula_text(ctx, batch, option, &out->formula);
}

pgdp_status pg_batch_reported(pgdp_ctx *ctx, const pgdp_batch *b, size_t focal, const pg_terms **out)
{
    const char *report = b->request.report, *text;
    pg_formula formula;
    pg_terms *terms;
    *out = NULL;
    if (report != NULL && pg_streq(report, "all")) return PGDP_OK;
    if (report == NULL) report = option_at(b, PGDP_BATCH_FOCAL, focal)->text;
    if (report == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, text, pg_arena_printf(&ctx->scratch, "y ~ %s", report));
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, text, false, &formula));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, 1, sizeof *terms));
    *terms = formula.terms;
    *out = terms;
    return PGDP_OK;
}

pgdp_status pg_batch_term_name(pgdp_ctx *ctx, const pg_term *term, const char **out)
{
    pg_text name;
    *out = term->parts[0].name;
    if (term->n_parts == 1) return PGDP_OK;
    pg_text_init(&name, &ctx->scratch);
    for (size_t k = 0; k < term->n_parts; k++)
        pg_text_addf(&name, "%s%s", k == 0 ? "" : ":", term->parts[k].name);
    *out = name.data;
    return name.failed ? pg_no_memory(ctx) : PGDP_OK;
}

/* May the name be that of parts k, k+1, ...: each as written, then "::level" or a degree where it has columns? */
static bool matches(const pg_term *t, size_t k, const char *name)
{
    const size_t length = strlen(t->parts[k].name);
    if (strncmp(name, t->parts[k].name, length) != 0) return false;
    const char *rest = name + length;
    const bool basis = t->parts[k].kind == PG_PART_BASIS;
    while (basis && *rest >= '0' && *rest <= '9')
        rest++;
    const bool level = pg_starts_with(rest, "::");
    if (k + 1 == t->n_parts) return *rest == '\0' || level;
    for (; rest != NULL && *rest != '\0'; rest = level ? strchr(rest + 1, ':') : NULL)
        if (*rest == ':' && rest[1] != ':' && matches(t, k + 1, rest + 1)) return true;
    return false;
}

bool pg_batch_is_reported(const pg_terms *terms, const char *name)
{
    if (terms == NULL) return true;
    for (size_t i = 0; i < terms->n; i++)
        if (matches(&terms->items[i], 0, name)) return true;
    return false;
}
