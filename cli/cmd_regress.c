/* cmd_regress.c  pgdp regress: regressions from the shell, one model or all of a formula.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"
#include "cli/regression_args.h"

#include "pgdp/reports.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/** What is written, and where. */
typedef struct output {
    bool table, tex, md, csv, stars, stream;
    const char *xlsx, *rows;
} output;

static const char *format_of(const pgc_app *app, const output *o)
{
    return app->json ? "json" : o->tex ? "tex" : o->md ? "md" : o->csv ? "csv" : "table";
}

static pgdp_status write_workbook(pgc_app *app, const pgdp_regression *const *list, size_t n, const char *path)
{
    const pgdp_results results = { .title = "Regressions",
                                   .name = "regress",
                                   .purpose = pgdp_regression_spec_of(list[0])->formula,
                                   .regressions = list,
                                   .n_regressions = n };
    return pgdp_report_write(app->ctx, path, &results);
}

static pgdp_status write_all(pgc_app *app, const pgdp_regression *const *list, size_t n, const output *o)
{
    const pgdp_table_style style = { .stars = o->stars };
    const pgdp_sink sink = pgc_stdout();
    pgdp_status status = PGDP_OK;
    if (o->xlsx != NULL) status = write_workbook(app, list, n, o->xlsx);
    if (status == PGDP_OK) status = pgc_write_frame(app, pgdp_regression_rows(list[0]), o->rows);
    return status != PGDP_OK ? status : pgdp_regressions_write(app->ctx, format_of(app, o), list, n, &style, &sink);
}

/** Name every model that failed; the exit code of one that stands alone, 1 when others worked. */
static int report_failures(const pgc_app *app, const pgdp_models *models)
{
    const size_t n = pgdp_models_n(models);
    size_t n_failed = 0;
    int code = 0;
    for (size_t i = 0; i < n; i++) {
        const pgdp_model m = pgdp_models_at(models, i);
        if (m.regression != NULL) continue;
        n_failed++;
        code = pgdp_status_exit_code(m.status);
        if (n == 1)
            fprintf(stderr, "%s: %s\n", app->command, m.error);
        else
            fprintf(stderr, "%s: model %zu of %zu, %s%s%s: %s\n", app->command, i + 1, n, m.formula,
                    m.subset == NULL ? "" : ", ", m.subset == NULL ? "" : m.subset, m.error);
    }
    return n_failed > 0 && n > 1 ? 1 : code;
}

static int act(pgc_app *app, const pgdp_frame *frame, const pgdp_regression_spec *spec, void *user)
{
    const output *o = user;
    pgdp_models *models = NULL;
    pgdp_regression_spec asked = *spec;
    asked.rows = o->rows != NULL;
    if (spec->vcov == NULL) asked.vcov = pgc_default_vcov(spec->method);
    pgdp_status status = pgdp_models_new(app->ctx, frame, &asked, &models);
    if (status != PGDP_OK) return pgc_end(app, status);
    const size_t n = pgdp_models_n(models);
    if (n > 1 && spec->vcov == NULL) {
        pgdp_models_free(models);
        return pgc_usage(app, "%zu models and no covariance: state one for all of them, such as --vcov HC1", n);
    }
    const pgdp_regression **list = calloc(n + 1, sizeof(pgdp_regression *));
    size_t n_fitted = 0;
    for (size_t i = 0; list != NULL && i < n; i++)
        if (pgdp_models_at(models, i).regression != NULL) list[n_fitted++] = pgdp_models_at(models, i).regression;
    if (list == NULL) status = PGDP_NO_MEMORY;
    if (n_fitted > 0) status = write_all(app, list, n_fitted, o);
    int code = pgc_end(app, status);
    if (code == 0) code = report_failures(app, models);
    free((void *)list);
    pgdp_models_free(models);
    return code;
}

/** One model by blocks of a columnar file. */
static int act_by_blocks(pgc_app *app, const pgdp_table *table, const pgdp_regression_spec *spec, void *user)
{
    const output *o = user;
    pgdp_regression *regression;
    pgdp_regression_spec asked = *spec;
    asked.rows = o->rows != NULL;
    if (spec->vcov == NULL) asked.vcov = pgc_default_vcov(spec->method);
    if (spec->split != NULL)
        return pgc_usage(app, "--split fits several models, each with all rows at once; leave --stream out");
    pgdp_status status = pgdp_regress_table(app->ctx, table, &asked, &regression);
    if (status != PGDP_OK) return pgc_end(app, status);
    const pgdp_regression *const list[] = { regression };
    status = write_all(app, list, 1, o);
    pgdp_regression_free(regression);
    return pgc_end(app, status);
}

static const char *const forms[] = { "--table", "--json", "--tex", "--md", "--csv" };

static int run(pgc_app *app, int argc, char **argv)
{
    output o = { .table = false };
    size_t n_forms = 0;
    const pgc_flag extra[] = { { "--table", NULL, &o.table }, { "--tex", NULL, &o.tex },
                               { "--md", NULL, &o.md },       { "--csv", NULL, &o.csv },
                               { "--xlsx", &o.xlsx, NULL },   { "--stars", NULL, &o.stars },
                               { "--rows", &o.rows, NULL },   { "--stream", NULL, &o.stream },
                               { NULL, NULL, NULL } };
    const pgc_acts acts = { .rows = act, .blocks = act_by_blocks, .stream = &o.stream };
    for (int i = 0; i < argc; i++)
        for (size_t k = 0; k < sizeof forms / sizeof *forms; k++)
            n_forms += strcmp(argv[i], forms[k]) == 0;
    if (n_forms > 1) return pgc_usage(app, "one form at a time: --table, --json, --tex, --md or --csv");
    return pgc_regression_by_blocks(app, argc, argv, extra, &acts, &o);
}

const pgc_command pgc_regress = {
    .name = "regress",
    .summary = "regressions over the columns of a file",
    .help =
        "pgdp regress 'log(emp) ~ i(year, exposure, ref=2022) | soc + year' --data panel.csv --vcov 'cluster(soc)'\n"
        "pgdp regress 'gdp ~ hours + l(gdp)' --data q.csv --vcov 'nw(lag=4)' --panel quarter --json\n"
        "pgdp regress 'packs ~ income | price ~ tax + tdiff' --data cig.csv --vcov HC1\n"
        "pgdp regress 'c(y1, y2) ~ x + csw0(a, b) | sw0(firm, firm + year)' --data d.csv --vcov 'cluster(firm)' --tex\n"
        "pgdp regress 'grade ~ skill' --data tasks.csv --method ologit --subset 'year >= 2020 & core == \"yes\"'\n\n"
        "FORMULA: outcome ~ terms | absorbed effects | endogenous ~ instruments. The constant is implied, -1 takes it\n"
        "away. a:b is a product, a*b is a + b + a:b, x^2 a power, log() exp() sqrt() ... functions, I( ) arithmetic "
        "and\n"
        "comparisons, i(f), i(f, ref=b), i(f, x) the levels of a column, poly(x, 3), l(x, 1:2) f(x) d(x) s(x, 4) lags "
        "on\n"
        "the calendar, f1^f2 and f[x] effects of pairs and slopes; c() sw() sw0() csw() csw0() mvsw() stand for "
        "several\n"
        "models. 'pgdp explain formula' lists them; docs/formula.md has the grammar. Rows with a missing value (the\n"
        "logarithm of 0 is one) are left out and counted; collinear terms are left out and "
        "named.\n\n" PGC_REGRESSION_HELP
        "  --table, --json, --tex, --md, --csv   what is written to standard output: a table (default), schema\n"
        "                      pgdp.regression/1, LaTeX, Markdown, CSV\n"
        "  --stars             * p < 0.1, ** p < 0.05, *** p < 0.01 in tables\n"
        "  --xlsx FILE         a workbook of the regressions as well\n"
        "  --rows FILE         a CSV of fitted values, residuals and leverages of the first model as well\n"
        "  --stream            read a columnar file by blocks, in memory that does not grow with its rows: one model\n"
        "                      by ols, iv, liml, ridge, logit, probit, poisson or fraclogit; of itself where the\n"
        "                      columns outgrow half of the memory\n\n"
        "Methods, covariances and what each may be given: 'pgdp explain methods'. Several values of a setting\n"
        "(--tau 0.1,0.5,0.9) are several models. When some of several models fail, the exit code is 1.\n",
    .run = run,
};
