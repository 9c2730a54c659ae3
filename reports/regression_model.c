/* regression_model.c  What a regression was asked and left out, as texts for its sheets: regression_model.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/regression_model.h"

#include <math.h>

#include "core/text.h"
#include "stats/regression.h"

const char *pg_model_word_title(size_t word)
{
    static const char *const titles[PG_N_MODEL_WORDS] = {
#define PGDP_ENTRY(name, title) title,
        PG_MODEL_WORDS(PGDP_ENTRY)
#undef PGDP_ENTRY
    };
    return titles[word];
}

/* The text, or what stands for an empty one. */
static pgdp_status finish(pgdp_ctx *ctx, const pg_text *text, const char *empty, const char **out)
{
    if (text->failed) return pg_no_memory(ctx);
    *out = text->n > 0 ? text->data : empty;
    return PGDP_OK;
}

/* Terms left out, with the reason, in one line. */
static pgdp_status collinear_of(pgdp_ctx *ctx, const pgdp_regression *regression, const char **out)
{
    const char *term, *because;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; pgdp_regression_collinear(regression, i, &term, &because); i++)
        pg_text_addf(&text, "%s%s (%s)", i > 0 ? "; " : "", term, because);
    return finish(ctx, &text, "none", out);
}

/* "tau = 0.1; keep_singletons" */
static pgdp_status settings_of(pgdp_ctx *ctx, const pgdp_regression_spec *spec, const char **out)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (const pgdp_setting *s = spec->settings; s != NULL && s->name != NULL; s++)
        pg_text_addf(&text, "%s%s = %s", s == spec->settings ? "" : "; ", s->name, s->value);
    if (spec->keep_singletons) pg_text_addf(&text, "%skeep_singletons", text.n > 0 ? "; " : "");
    return finish(ctx, &text, NULL, out);
}

static pgdp_status effects_of(pgdp_ctx *ctx, const pgdp_regression *r, const char **out)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; i < r->n_effects; i++)
        pg_text_addf(&text, "%s%s", i > 0 ? " + " : "", r->effects[i]);
    return finish(ctx, &text, NULL, out);
}

static pgdp_status describe(pgdp_ctx *ctx, const pgdp_regression *r, size_t number, pg_model *m)
{
    const pgdp_regression_spec *spec = pgdp_regression_spec_of(r);
    *m = (pg_model){ .id = spec->id,
                     .formula = spec->formula,
                     .method = spec->method,
                     .vcov = spec->vcov,
                     .words = { [PG_MODEL_subset] = spec->subset,
                                [PG_MODEL_weights] = spec->weights,
                                [PG_MODEL_panel] = spec->panel,
                                [PG_MODEL_preset] = spec->preset,
                                [PG_MODEL_offset] = spec->offset,
                                [PG_MODEL_start] = spec->start },
                     .margins = spec->margins,
                     .regression = r,
                     .fit = r->fit,
                     .n_absorbed = r->fit->n_absorbed,
                     .dropped = r->dropped,
                     .conf_level = r->conf_level };
    if (m->id == NULL) PG_TRY_ALLOC(ctx, m->id, pg_arena_printf(&ctx->scratch, "model %zu", number));
    PG_TRY(settings_of(ctx, spec, &m->words[PG_MODEL_settings]));
    PG_TRY(effects_of(ctx, r, &m->words[PG_MODEL_effects]));
    return collinear_of(ctx, r, &m->collinear);
}

pgdp_status pg_models_shown(pgdp_ctx *ctx, const pgdp_results *results, const pg_model **out, size_t *n)
{
    pg_model *models;
    PG_TRY_ALLOC(ctx, models, pg_arena_alloc(&ctx->scratch, results->n_regressions + 1, sizeof *models));
    *n = 0;
    if (results->scoring_fit != NULL)
        models[(*n)++] = (pg_model){ .id = "scoring",
                                     .formula = "grade of a task on its features (sheet Grading)",
                                     .method = "ordered logit, penalized",
                                     .vcov = "clustered by occupation",
                                     .collinear = "none",
                                     .fit = results->scoring_fit,
                                     .conf_level = 0.95 };
    for (size_t i = 0; i < results->n_regressions; i++)
        PG_TRY(describe(ctx, results->regressions[i], i + 1, &models[(*n)++]));
    *out = models;
    return PGDP_OK;
}

size_t pg_models_asked(const pgdp_results *results)
{
    const size_t n = results->n_regressions;
    if (n == 0 || results->top_down == NULL) return n;
    const char *last = pgdp_regression_spec_of(results->regressions[n - 1])->id;
    return last != NULL && pg_streq(last, "productivity_trend") ? n - 1 : n;
}

bool pg_models_have(const pg_model *models, size_t n, size_t word)
{
    for (size_t i = 0; i < n; i++)
        if (models[i].words[word] != NULL) return true;
    return false;
}

void pg_put_sized(pg_table *table, size_t column, double value)
{
    const double size = fabs(value);
    pg_format format = size >= 100 ? PG_FORMAT_number2 : PG_FORMAT_number4;
    if (size >= 1e6 || (size > 0 && size < 1e-3)) format = PG_FORMAT_scientific;
    pg_put_number(table, column, value);
    pg_put_format(table, column, format);
}
