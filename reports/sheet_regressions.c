/* sheet_regressions.c  Every model: what was asked, its summary and certificate, its terms, tests and diagnostics,
 * marginal effects, the factors of its covariance.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "reports/regression_model.h"
#include "reports/sheets.h"

/* Lists of the columns of numbers: name, format, value of glance g, certificate c, model m. */
#define FIT_LIST(X)                                                                                                    \
    X("Observations", integer, g.nobs)                                                                                 \
    X("Dropped: missing", integer, (double)m->dropped.missing)                                                         \
    X("Dropped: zero weight", integer, (double)m->dropped.zero_weight)                                                 \
    X("Dropped: subset", integer, (double)m->dropped.subset)                                                           \
    X("Dropped: singletons", integer, (double)m->dropped.singletons)                                                   \
    X("Dropped: separated", integer, (double)m->dropped.separated)                                                     \
    X("R-squared", number4, g.r_squared)                                                                               \
    X("Within R-squared", number4, g.within_r_squared)                                                                 \
    X("Adj. R-squared", number4, g.adj_r_squared)                                                                      \
    X("Sigma", number4, g.sigma)
#define TEST_LIST(X)                                                                                                   \
    X("Statistic", number3, g.statistic)                                                                               \
    X("p-value", number4, g.p_value)                                                                                   \
    X("df", integer, g.df)                                                                                             \
    X("Residual df", integer, g.df_residual)                                                                           \
    X("Covariance df", number1, pgdp_fit_vcov_df(m->fit))                                                              \
    X("Log likelihood", number2, g.log_lik)                                                                            \
    X("Null log likelihood", number2, g.log_lik_null)                                                                  \
    X("Deviance", number2, g.deviance)                                                                                 \
    X("AIC", number2, g.aic)                                                                                           \
    X("BIC", number2, g.bic)                                                                                           \
    X("Condition number", scientific, c.condition_number)                                                              \
    X("Digits", number1, c.digits)                                                                                     \
    X("Refinements", integer, (double)c.refinements)
enum { ID, SECOND, FIRST_NUMBER };

static bool present(const pgdp_results *results)
{
    return results->n_regressions > 0 || results->scoring_fit != NULL;
}

/* "scientific" where four decimals would show nothing. */
static pg_format readable(pg_format format, double value)
{
    return format == PG_FORMAT_number4 && fabs(value) > 0 && fabs(value) < 1e-3 ? PG_FORMAT_scientific : format;
}

static void put(pg_table *table, size_t column, double value, pg_format format)
{
    pg_put_number(table, column, value);
    pg_put_format(table, column, readable(format, value));
}

static void add_summaries(pg_page *page, const pg_model *models, size_t n)
{
    pg_table *table = pg_page_table(page, "models", "Models");
    pg_table_column(table, "Model", "", PG_FORMAT_text);
    pg_table_column(table, "Formula", "", PG_FORMAT_text);
#define ENTRY(name, format, value) pg_table_column(table, name, "", PG_FORMAT_##format);
    FIT_LIST(ENTRY)
#undef ENTRY
    const size_t method = pg_table_column(table, "Method", "", PG_FORMAT_text),
                 collinear = pg_table_column(table, "Collinear terms left out", "", PG_FORMAT_text),
                 vcov = pg_table_column(table, "Covariance", "", PG_FORMAT_text);
    size_t words[PG_N_MODEL_WORDS];
    for (size_t k = 0; k < PG_N_MODEL_WORDS; k++)
        words[k] = !pg_models_have(models, n, k) ? PGDP_NONE
                                                 : pg_table_column(table, pg_model_word_title(k), "", PG_FORMAT_text);
    const size_t absorbed = words[PG_MODEL_effects] == PGDP_NONE
                                ? PGDP_NONE
                                : pg_table_column(table, "Absorbed parameters", "", PG_FORMAT_integer);
    for (const pg_model *m = models; m < models + n; m++) {
        const pgdp_glance g = pgdp_fit_glance(m->fit);
        size_t j = FIRST_NUMBER;
        pg_table_row(table);
        pg_put_text(table, ID, m->id);
        pg_put_text(table, SECOND, m->formula);
#define ENTRY(name, format, value) put(table, j++, value, PG_FORMAT_##format);
        FIT_LIST(ENTRY)
#undef ENTRY
        pg_put_text(table, method, m->method);
        pg_put_text(table, collinear, m->collinear);
        pg_put_text(table, vcov, m->vcov);
        for (size_t k = 0; k < PG_N_MODEL_WORDS; k++)
            if (words[k] != PGDP_NONE) pg_put_text(table, words[k], m->words[k] != NULL ? m->words[k] : "none");
        if (absorbed != PGDP_NONE) pg_put_number(table, absorbed, (double)m->n_absorbed);
    }
}

static void add_certificates(pg_page *page, const pg_model *models, size_t n)
{
    pg_table *table = pg_page_table(page, "certificates", "Tests, criteria and certificate");
    pg_table_column(table, "Model", "", PG_FORMAT_text);
    pg_table_column(table, "Solver", "", PG_FORMAT_text);
#define ENTRY(name, format, value) pg_table_column(table, name, "", PG_FORMAT_##format);
    TEST_LIST(ENTRY)
#undef ENTRY
    for (const pg_model *m = models; m < models + n; m++) {
        const pgdp_glance g = pgdp_fit_glance(m->fit);
        const pgdp_certificate c = pgdp_fit_certificate(m->fit);
        size_t j = FIRST_NUMBER;
        pg_table_row(table);
        pg_put_text(table, ID, m->id);
        pg_put_text(table, SECOND, c.solver);
#define ENTRY(name, format, value) put(table, j++, value, PG_FORMAT_##format);
        TEST_LIST(ENTRY)
#undef ENTRY
    }
}

/* The head of a table whose first columns are the model and what the row is. */
static pg_table *head(pg_page *page, const char *id, const char *heading, const char *second)
{
    pg_table *table = pg_page_table(page, id, heading);
    pg_table_column(table, "Model", "", PG_FORMAT_text);
    pg_table_column(table, second, "", PG_FORMAT_text);
    return table;
}

/* A row of an estimate with its inference. */
static void put_tidy(pg_table *table, const pg_model *m, const pgdp_tidy *t)
{
    const double numbers[] = { t->estimate, t->std_error, t->statistic, t->p_value, t->conf_low, t->conf_high };
    pg_table_row(table);
    pg_put_text(table, ID, m->id);
    pg_put_text(table, SECOND, t->term);
    for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++)
        pg_put_sized(table, k + FIRST_NUMBER, numbers[k]);
}

static void add_estimate_columns(pg_table *table)
{
    static const char *const names[] = { "Estimate", "Std. error", "Statistic", "p-value", "Low", "High" };
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        pg_table_column(table, names[k], "", PG_FORMAT_number4);
}

static void add_terms(pg_page *page, const pg_model *models, size_t n)
{
    pg_table *table = head(page, "terms", "Terms", "Term");
    add_estimate_columns(table);
    const size_t level = pg_table_column(table, "Level", "%", PG_FORMAT_percent);
    for (const pg_model *m = models; m < models + n; m++) {
        for (size_t i = 0; i < pgdp_fit_n_terms(m->fit); i++) {
            const pgdp_tidy t = pgdp_fit_tidy(m->fit, i, m->conf_level);
            put_tidy(table, m, &t);
            pg_put_number(table, level, m->conf_level);
        }
    }
}

/* Hypotheses, diagnostics and statistics beside the coefficients: no table when no model has any. */
static void add_diagnostics(pg_page *page, const pg_model *models, size_t n)
{
    static const char *const names[] = { "Statistic", "df", "Denominator df", "p-value" };
    enum { NAME = FIRST_NUMBER + sizeof names / sizeof *names, NOTE };
    pg_table *table = NULL;
    for (const pg_model *m = models; m < models + n; m++) {
        for (size_t i = 0; pgdp_fit_diagnostic(m->fit, i).name != NULL; i++) {
            const pgdp_diagnostic d = pgdp_fit_diagnostic(m->fit, i);
            const double numbers[] = { d.statistic, d.df, d.df2, d.p_value };
            if (table == NULL) {
                table = head(page, "diagnostics", "Tests and diagnostics", "Test or statistic");
                for (size_t k = 0; k < sizeof names / sizeof *names; k++)
                    pg_table_column(table, names[k], "", PG_FORMAT_number4);
                pg_table_column(table, "Name", "", PG_FORMAT_text);
                pg_table_column(table, "Note", "", PG_FORMAT_text);
            }
            pg_table_row(table);
            pg_put_text(table, ID, m->id);
            pg_put_text(table, SECOND, d.title);
            for (size_t k = 0; k < sizeof names / sizeof *names; k++)
                pg_put_sized(table, FIRST_NUMBER + k, numbers[k]);
            pg_put_text(table, NAME, d.name);
            pg_put_text(table, NOTE, d.note != NULL ? d.note : "none");
        }
    }
}

static void add_margins(pg_page *page, const pg_model *models, size_t n)
{
    pg_table *table = NULL;
    size_t level = 0, at = 0;
    for (const pg_model *m = models; m < models + n; m++) {
        pgdp_tidy t;
        for (size_t i = 0; m->regression != NULL && pgdp_regression_margin(m->regression, i, &t); i++) {
            if (table == NULL) {
                table = head(page, "margins", "Marginal effects", "Term");
                add_estimate_columns(table);
                level = pg_table_column(table, "Level", "%", PG_FORMAT_percent);
                at = pg_table_column(table, "Kind", "", PG_FORMAT_text);
            }
            put_tidy(table, m, &t);
            pg_put_number(table, level, m->conf_level);
            pg_put_text(table, at, m->margins);
        }
    }
}

static void add_factors(pg_page *page, const pg_model *models, size_t n)
{
    pg_table *table = NULL;
    for (const pg_model *m = models; m < models + n; m++) {
        for (size_t i = 0; pgdp_fit_factor(m->fit, i).name != NULL; i++) {
            const pgdp_factor factor = pgdp_fit_factor(m->fit, i);
            if (table == NULL) {
                table = head(page, "covariance_factors", "Factors of the covariance", "Factor");
                pg_table_column(table, "Value", "", PG_FORMAT_number4);
            }
            pg_table_row(table);
            pg_put_text(table, ID, m->id);
            pg_put_text(table, SECOND, factor.name);
            pg_put_sized(table, FIRST_NUMBER, factor.value);
        }
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    const pg_model *models = NULL;
    size_t n = 0;
    PG_TRY(pg_models_shown(ctx, results, &models, &n));
    add_summaries(page, models, n);
    add_certificates(page, models, n);
    add_terms(page, models, n);
    add_diagnostics(page, models, n);
    add_margins(page, models, n);
    add_factors(page, models, n);
    pg_page_note(page, "Digits: estimated correct decimal digits of the worst coefficient. Covariance df: of the t "
                       "distribution of terms; [x]: normal, or not defined for the method. Low and High: at Level.");
    pg_page_note(page,
                 "Every standard error is the square root of a diagonal element of bread times meat times bread, times "
                 "the factors listed for its model, unless its covariance comes from draws or a jackknife.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_regressions = {
    .name = "Regressions",
    .title = "Regressions",
    .about =
        "Tables: a row a model (what was asked, summary; certificate), a term, a test, a marginal effect, a factor",
    .present = present,
    .fill = fill,
};
