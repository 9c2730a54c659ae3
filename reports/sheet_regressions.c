/* sheet_regressions.c  Every model: its summary and certificate, its terms, the factors of its covariance.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/text.h"
#include "reports/sheets.h"

/* One model as the three tables need it; the scoring model has no formula of its own. */
typedef struct model {
    const char *id, *formula, *method, *vcov, *collinear;
    const pgdp_fit *fit;
    pgdp_dropped dropped;
    double conf_level;
} model;

/* Lists of the columns of numbers: name, format, value of glance g, certificate c, model m. */
#define FIT_LIST(X)                                                                                                    \
    X("Observations", integer, g.nobs)                                                                                 \
    X("Dropped: missing", integer, (double)m->dropped.missing)                                                         \
    X("Dropped: zero weight", integer, (double)m->dropped.zero_weight)                                                 \
    X("Dropped: subset", integer, (double)m->dropped.subset)                                                           \
    X("R-squared", number4, g.r_squared)                                                                               \
    X("Adj. R-squared", number4, g.adj_r_squared)                                                                      \
    X("Sigma", number4, g.sigma)
#define TEST_LIST(X)                                                                                                   \
    X("Statistic", number3, g.statistic)                                                                               \
    X("p-value", number4, g.p_value)                                                                                   \
    X("df", integer, g.df)                                                                                             \
    X("Residual df", integer, g.df_residual)                                                                           \
    X("Covariance df", number1, pgdp_fit_vcov_df(m->fit))                                                              \
    X("Log likelihood", number2, g.log_lik)                                                                            \
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

static const char *or_else(const char *text, const char *otherwise)
{
    return text != NULL ? text : otherwise;
}

/* Terms left out, with the reason, in one line. */
static pgdp_status collinear_of(pgdp_ctx *ctx, const pgdp_regression *regression, const char **out)
{
    const char *term, *because;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; pgdp_regression_collinear(regression, i, &term, &because); i++)
        pg_text_addf(&text, "%s%s (%s)", i > 0 ? "; " : "", term, because);
    if (text.failed) return pg_no_memory(ctx);
    *out = text.n > 0 ? text.data : "none";
    return PGDP_OK;
}

static pgdp_status models_of(pgdp_ctx *ctx, const pgdp_results *results, model **out, size_t *n)
{
    model *models;
    PG_TRY_ALLOC(ctx, models, pg_arena_alloc(&ctx->scratch, results->n_regressions + 1, sizeof *models));
    *n = 0;
    if (results->scoring_fit != NULL)
        models[(*n)++] = (model){ .id = "scoring",
                                  .formula = "grade of a task on its features (sheet Grading)",
                                  .method = "ordered logit, penalized",
                                  .vcov = "clustered by occupation",
                                  .collinear = "none",
                                  .fit = results->scoring_fit,
                                  .conf_level = 0.95 };
    for (size_t i = 0; i < results->n_regressions; i++) {
        const pgdp_regression *r = results->regressions[i];
        const pgdp_regression_spec *spec = pgdp_regression_spec_of(r);
        model *m = &models[(*n)++];
        *m = (model){ .id = or_else(spec->id, pg_arena_printf(&ctx->scratch, "model %zu", i + 1)),
                      .formula = spec->formula,
                      .method = or_else(spec->method, "ols"),
                      .vcov = or_else(spec->vcov, ""),
                      .fit = pgdp_regression_fit(r),
                      .dropped = pgdp_regression_dropped(r),
                      .conf_level = pgdp_regression_conf_level(r) };
        if (m->id == NULL) return pg_no_memory(ctx);
        PG_TRY(collinear_of(ctx, r, &m->collinear));
    }
    *out = models;
    return PGDP_OK;
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

static void add_summaries(pg_page *page, const model *models, size_t n)
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
    for (const model *m = models; m < models + n; m++) {
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
    }
}

static void add_tests(pg_page *page, const model *models, size_t n)
{
    pg_table *table = pg_page_table(page, "certificates", "Tests, criteria and certificate");
    pg_table_column(table, "Model", "", PG_FORMAT_text);
    pg_table_column(table, "Solver", "", PG_FORMAT_text);
#define ENTRY(name, format, value) pg_table_column(table, name, "", PG_FORMAT_##format);
    TEST_LIST(ENTRY)
#undef ENTRY
    for (const model *m = models; m < models + n; m++) {
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

/* Six significant digits whatever the size; the whole number stays in the cell. */
static pg_format format_for(double value)
{
    const double size = fabs(value);
    if (!(size > 0)) return PG_FORMAT_number4;
    if (size >= 1e6 || size < 1e-3) return PG_FORMAT_scientific;
    return size >= 100 ? PG_FORMAT_number2 : PG_FORMAT_number4;
}

static void add_terms(pg_page *page, const model *models, size_t n)
{
    static const char *const names[] = { "Estimate", "Std. error", "Statistic", "p-value", "Low", "High" };
    pg_table *table = pg_page_table(page, "terms", "Terms");
    pg_table_column(table, "Model", "", PG_FORMAT_text);
    pg_table_column(table, "Term", "", PG_FORMAT_text);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        pg_table_column(table, names[k], "", PG_FORMAT_number4);
    const size_t level = pg_table_column(table, "Level", "%", PG_FORMAT_percent);
    for (const model *m = models; m < models + n; m++) {
        for (size_t i = 0; i < pgdp_fit_n_terms(m->fit); i++) {
            const pgdp_tidy t = pgdp_fit_tidy(m->fit, i, m->conf_level);
            const double numbers[] = { t.estimate, t.std_error, t.statistic, t.p_value, t.conf_low, t.conf_high };
            pg_table_row(table);
            pg_put_text(table, 0, m->id);
            pg_put_text(table, 1, t.term);
            for (size_t k = 0; k < sizeof numbers / sizeof *numbers; k++) {
                pg_put_number(table, k + 2, numbers[k]);
                pg_put_format(table, k + 2, format_for(numbers[k]));
            }
            pg_put_number(table, level, m->conf_level);
        }
    }
}

static void add_factors(pg_page *page, const model *models, size_t n)
{
    pg_table *table = pg_page_table(page, "covariance_factors", "Factors of the covariance");
    pg_table_column(table, "Model", "", PG_FORMAT_text);
    pg_table_column(table, "Factor", "", PG_FORMAT_text);
    pg_table_column(table, "Value", "", PG_FORMAT_number4);
    for (const model *m = models; m < models + n; m++) {
        for (size_t i = 0; pgdp_fit_factor(m->fit, i).name != NULL; i++) {
            const pgdp_factor factor = pgdp_fit_factor(m->fit, i);
            pg_table_row(table);
            pg_put_text(table, 0, m->id);
            pg_put_text(table, 1, factor.name);
            pg_put_number(table, 2, factor.value);
            pg_put_format(table, 2, format_for(factor.value));
        }
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    model *models = NULL;
    size_t n = 0;
    PG_TRY(models_of(ctx, results, &models, &n));
    add_summaries(page, models, n);
    add_tests(page, models, n);
    add_terms(page, models, n);
    add_factors(page, models, n);
    pg_page_note(page, "Digits: estimated correct decimal digits of the worst coefficient. Covariance df: of the t "
                       "distribution of terms; [x]: normal, or not defined for the method. Low and High: at Level.");
    pg_page_note(page,
                 "Every standard error is the square root of a diagonal element of bread times meat times bread, times "
                 "the factors listed for its model.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_regressions = {
    .name = "Regressions",
    .title = "Regressions",
    .about =
        "Four tables: a row a model (summary; tests and certificate), a row a term, a row a factor of the covariance",
    .present = present,
    .fill = fill,
};
