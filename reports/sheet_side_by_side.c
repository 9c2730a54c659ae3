/* sheet_side_by_side.c  The regressions as economists print them: terms in rows, models in columns, standard errors
 * below estimates. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/text.h"
#include "reports/regression_model.h"
#include "reports/sheets.h"
#include "stats/regression.h"

enum { LEAST_MODELS = 2, MOST_MODELS = 30, ROW = 0, FIGURE, FIRST_MODEL };

static bool present(const pgdp_results *results)
{
    const size_t n = pg_models_asked(results);
    return n >= LEAST_MODELS && n <= MOST_MODELS;
}

static void begin_row(pg_table *table, const char *name, const char *figure)
{
    pg_table_row(table);
    pg_put_text(table, ROW, name);
    if (figure != NULL) pg_put_text(table, FIGURE, figure);
}

/* Where the terms of each model stand: row of the list, PGDP_NONE where a model has not got it. */
typedef struct term_list {
    const char **names;
    size_t n;
    size_t *at; /* [models x room]: index of the term in its model */
    size_t room;
} term_list;

static pgdp_status list_terms(pgdp_ctx *ctx, const pg_model *models, size_t n, term_list *out)
{
    *out = (term_list){ .n = 0 };
    for (size_t m = 0; m < n; m++)
        out->room += pgdp_fit_n_terms(models[m].fit);
    PG_TRY_ALLOC(ctx, out->names, pg_arena_alloc(&ctx->scratch, out->room + 1, sizeof *out->names));
    PG_TRY_ALLOC(ctx, out->at, pg_arena_alloc(&ctx->scratch, n * out->room + 1, sizeof *out->at));
    for (size_t k = 0; k < n * out->room; k++)
        out->at[k] = PGDP_NONE;
    for (size_t m = 0; m < n; m++) {
        for (size_t i = 0; i < pgdp_fit_n_terms(models[m].fit); i++) {
            const char *name = pgdp_fit_term(models[m].fit, i);
            size_t k = 0;
            while (k < out->n && !pg_streq(out->names[k], name))
                k++;
            if (k == out->n) out->names[out->n++] = name;
            out->at[m * out->room + k] = i;
        }
    }
    return PGDP_OK;
}

static void add_term(pg_table *table, const pg_model *models, size_t n, const term_list *list, size_t k)
{
    static const char *const figures[] = { "estimate", "std. error" };
    for (size_t f = 0; f < 2; f++) {
        begin_row(table, list->names[k], figures[f]);
        for (size_t m = 0; m < n; m++) {
            const size_t i = list->at[m * list->room + k];
            if (i == PGDP_NONE) continue;
            const pgdp_tidy t = pgdp_fit_tidy(models[m].fit, i, models[m].conf_level);
            pg_put_sized(table, FIRST_MODEL + m, f == 0 ? t.estimate : t.std_error);
        }
    }
}

static bool absorbs(const pg_model *model, const char *effect)
{
    for (size_t e = 0; e < model->regression->n_effects; e++)
        if (pg_streq(model->regression->effects[e], effect)) return true;
    return false;
}

/* Which models absorb which effects: a line an effect, at the first model that has it. */
static void add_effects(pg_table *table, const pg_model *models, size_t n)
{
    for (size_t m = 0; m < n; m++) {
        for (size_t e = 0; e < models[m].regression->n_effects; e++) {
            const char *name = models[m].regression->effects[e];
            bool told = false;
            for (size_t k = 0; k < m && !told; k++)
                told = absorbs(&models[k], name);
            if (told) continue;
            begin_row(table, pg_say(table->page->book, "Absorbed: %s", name), NULL);
            for (size_t k = 0; k < n; k++)
                pg_put_text(table, FIRST_MODEL + k, absorbs(&models[k], name) ? "yes" : "no");
        }
    }
}

/* A line of a number of each model's summary, left away when no model has it. */
static void add_summary(pg_table *table, const pg_model *models, size_t n)
{
    static const struct {
        const char *name;
        size_t offset;
        pg_format format;
    } lines[] = { { "Observations", offsetof(pgdp_glance, nobs), PG_FORMAT_integer },
                  { "R-squared", offsetof(pgdp_glance, r_squared), PG_FORMAT_number4 },
                  { "Within R-squared", offsetof(pgdp_glance, within_r_squared), PG_FORMAT_number4 },
                  { "Adj. R-squared", offsetof(pgdp_glance, adj_r_squared), PG_FORMAT_number4 },
                  { "Log likelihood", offsetof(pgdp_glance, log_lik), PG_FORMAT_number2 } };
    for (size_t l = 0; l < sizeof lines / sizeof *lines; l++) {
        bool begun = false;
        for (size_t m = 0; m < n; m++) {
            const pgdp_glance glance = pgdp_fit_glance(models[m].fit);
            const double value = *(const double *)(const void *)((const char *)&glance + lines[l].offset);
            if (!isfinite(value)) continue;
            if (!begun) begin_row(table, lines[l].name, NULL);
            begun = true;
            pg_put_number(table, FIRST_MODEL + m, value);
            pg_put_format(table, FIRST_MODEL + m, lines[l].format);
        }
    }
}

static void add_words(pg_table *table, const pg_model *models, size_t n, size_t word)
{
    if (!pg_models_have(models, n, word)) return;
    begin_row(table, pg_model_word_title(word), NULL);
    for (size_t m = 0; m < n; m++)
        pg_put_text(table, FIRST_MODEL + m, models[m].words[word] != NULL ? models[m].words[word] : "none");
}

static void add_columns(pg_table *table, const pgdp_results *results, size_t n)
{
    pg_table_column(table, "Row", "", PG_FORMAT_text);
    pg_table_column(table, "Figure", "", PG_FORMAT_text);
    for (size_t m = 0; m < n && table != NULL; m++) {
        const char *id = pgdp_regression_spec_of(results->regressions[m])->id;
        pg_table_column(table, pg_say(table->page->book, id != NULL ? "(%zu) %s" : "(%zu)", m + 1, id), "",
                        PG_FORMAT_text);
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    const pg_model *models = NULL;
    pg_table *table = pg_page_table(page, "side_by_side", NULL);
    size_t n_shown = 0, n = pg_models_asked(results);
    term_list list;
    PG_TRY(pg_models_shown(ctx, results, &models, &n_shown));
    models += results->scoring_fit != NULL;
    PG_TRY(list_terms(ctx, models, n, &list));
    page->frozen_columns = FIRST_MODEL;
    add_columns(table, results, n);
    if (table == NULL) return pg_no_memory(ctx);
    begin_row(table, "Outcome", NULL);
    for (size_t m = 0; m < n; m++)
        pg_put_text(table, FIRST_MODEL + m, models[m].regression->outcome);
    begin_row(table, "Method", NULL);
    for (size_t m = 0; m < n; m++)
        pg_put_text(table, FIRST_MODEL + m, models[m].method);
    add_words(table, models, n, PG_MODEL_subset);
    add_words(table, models, n, PG_MODEL_settings);
    for (size_t k = 0; k < list.n; k++)
        add_term(table, models, n, &list, k);
    add_effects(table, models, n);
    add_summary(table, models, n);
    begin_row(table, "Covariance", NULL);
    for (size_t m = 0; m < n; m++)
        pg_put_text(table, FIRST_MODEL + m, models[m].vcov);
    pg_page_note(page, "A standard error stands below its estimate, by the covariance in the last row. An empty cell: "
                       "the model has no such term. The sheet Regressions has the rest of every model.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_side_by_side = {
    .name = "Models",
    .title = "Models side by side",
    .about = "A column a model, two rows a term: the estimate and its standard error; then effects and summary",
    .present = present,
    .fill = fill,
};
