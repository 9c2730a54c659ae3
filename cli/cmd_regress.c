/* cmd_regress.c  pgdp regress: one regression from the shell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/ingest.h"
#include "pgdp/regression.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FLAGS = 64, FLAG_SIZE = 40 };

/** The command's arguments. */
typedef struct request {
    const char *data, *format, *sheet, *conf_level;
    bool table; /**< the default; --json overrides it */
    pgdp_regression_spec spec;
    pgdp_setting settings[MOST_FLAGS + 1];
} request;

/** One flag for every setting of every method, in `names`; the same name of two methods is one flag. */
static size_t add_settings(pgc_flag *flags, size_t n, char names[][FLAG_SIZE], const char **values)
{
    const pgdp_estimator *method;
    for (size_t i = 0; (method = pgdp_estimator_at(i)) != NULL; i++) {
        for (const pgdp_option *o = method->options; o != NULL && o->name != NULL; o++) {
            bool there = strlen(o->name) + 3 > FLAG_SIZE || n == MOST_FLAGS;
            for (size_t k = 0; k < n && !there; k++)
                there = strcmp(flags[k].name + 2, o->name) == 0;
            if (there) continue;
            (void)snprintf(names[n], FLAG_SIZE, "--%s", o->name);
            flags[n] = (pgc_flag){ names[n], &values[n], NULL };
            n++;
        }
    }
    return n;
}

static bool read_arguments(pgc_app *app, int argc, char **argv, request *q)
{
    char names[MOST_FLAGS][FLAG_SIZE];
    const char *values[MOST_FLAGS] = { NULL }, *formula[1];
    pgdp_regression_spec *s = &q->spec;
    pgc_flag flags[MOST_FLAGS + 1] = {
        { "--data", &q->data, NULL },     { "--format", &q->format, NULL }, { "--sheet", &q->sheet, NULL },
        { "--method", &s->method, NULL }, { "--vcov", &s->vcov, NULL },     { "--weights", &s->weights, NULL },
        { "--panel", &s->panel, NULL },   { "--subset", &s->subset, NULL }, { "--conf-level", &q->conf_level, NULL },
        { "--table", NULL, &q->table },
    };
    size_t fixed = 0, n_settings = 0;
    while (flags[fixed].name != NULL)
        fixed++;
    const size_t n = add_settings(flags, fixed, names, values);
    if (!pgc_parse(app, argc, argv, flags, formula, 1)) return false;
    for (size_t i = fixed; i < n; i++) {
        const pgdp_estimator *method = NULL;
        const char *name = NULL;
        for (size_t k = 0; name == NULL && (method = pgdp_estimator_at(k)) != NULL; k++)
            for (const pgdp_option *o = method->options; o != NULL && o->name != NULL; o++)
                if (strcmp(o->name, names[i] + 2) == 0) name = o->name;
        if (values[i] != NULL) q->settings[n_settings++] = (pgdp_setting){ name, values[i] };
    }
    s->formula = formula[0];
    s->settings = q->settings;
    if (s->vcov == NULL) s->vcov = "iid";
    return true;
}

/** A share such as 0.95. */
static bool read_level(const char *text, double *out)
{
    char *end = NULL;
    if (text == NULL) return true;
    *out = strtod(text, &end);
    return text[0] != '\0' && strspn(text, "0123456789.") == strlen(text) && *end == '\0' && *out > 0 && *out < 1;
}

/** The sheet asked for, or the only one. */
static const pgdp_frame *choose_table(const pgc_app *app, const pgdp_dataset *dataset, const char *sheet, int *code)
{
    const size_t n = pgdp_dataset_n_tables(dataset);
    for (size_t i = 0; i < n; i++)
        if (sheet != NULL ? strcmp(pgdp_dataset_table_name(dataset, i), sheet) == 0 : n == 1)
            return pgdp_dataset_table(dataset, i);
    if (sheet != NULL)
        *code = pgc_usage(app, "no table \"%s\" in the data; the first of %zu is \"%s\"", sheet, n,
                          pgdp_dataset_table_name(dataset, 0));
    else
        *code = pgc_usage(app, "the data have %zu tables; choose one with --sheet, the first is \"%s\"", n,
                          pgdp_dataset_table_name(dataset, 0));
    return NULL;
}

static int regress(pgc_app *app, const request *q, const pgdp_frame *frame)
{
    pgdp_regression *regression = NULL;
    const pgdp_sink sink = pgc_stdout();
    pgdp_status status = pgdp_regress(app->ctx, frame, &q->spec, &regression);
    if (status == PGDP_OK) {
        const pgdp_regression *const list[] = { regression };
        status = pgdp_regressions_write(app->ctx, app->json ? "json" : "table", list, 1, &sink);
    }
    pgdp_regression_free(regression);
    return pgc_end(app, status);
}

static int run(pgc_app *app, int argc, char **argv)
{
    request q = { .data = NULL };
    if (!read_arguments(app, argc, argv, &q)) return 2;
    if (q.spec.formula == NULL) return pgc_usage(app, "which formula? write 'y ~ x1 + x2'");
    if (q.data == NULL) return pgc_usage(app, "which data? write --data FILE");
    if (!read_level(q.conf_level, &q.spec.conf_level))
        return pgc_usage(app, "--conf-level takes a share between 0 and 1 such as 0.95, found \"%s\"", q.conf_level);
    pgdp_dataset *dataset = NULL;
    const pgdp_status status = pgdp_ingest_file(app->ctx, q.format, q.data, &dataset);
    if (status != PGDP_OK) return pgc_end(app, status);
    int code = 0;
    const pgdp_frame *frame = choose_table(app, dataset, q.sheet, &code);
    if (frame != NULL) code = regress(app, &q, frame);
    pgdp_dataset_free(dataset);
    return code;
}

const pgc_command pgc_regress = {
    .name = "regress",
    .summary = "one regression over the columns of a file",
    .help =
        "pgdp regress 'log(emp) ~ exposure + i(year, ref=2022)' --data panel.csv --vcov 'cluster(soc)'\n"
        "pgdp regress 'gdp ~ hours' --data q.csv --vcov 'nw(lag=4)' --panel quarter --json\n"
        "pgdp regress 'grade ~ skill' --data tasks.csv --method ologit --subset 'year >= 2020 & core == \"yes\"'\n\n"
        "FORMULA: outcome ~ terms. The constant is implied, -1 takes it away. a:b is a product, a*b is a + b + a:b,\n"
        "x^2 a power, log() log1p() exp() expm1() sqrt() abs() functions, I( ) arithmetic and comparisons,\n"
        "i(f), i(f, ref=b), i(f, x) the levels of a column; a text column stands for its levels. Names are whole and\n"
        "case-sensitive, in back-ticks when they hold blanks. Rows with a missing value (the logarithm of 0 is one)\n"
        "are left out and counted; collinear terms are left out and named.\n\n"
        "  --data FILE       any file that 'pgdp data show' reads; \"-\" is standard input\n"
        "  --format NAME     of the file, instead of looking\n"
        "  --sheet NAME      which table of a file that holds several\n"
        "  --method NAME     ols (default), logit, ologit; their settings by name: --lambda 0.1\n"
        "  --vcov SPEC       iid (default), HC0 to HC4, cluster(a), cluster(a + b), nw(lag=4)\n"
        "  --weights K:COL   aw: analytic, fw: frequency, pw: probability\n"
        "  --panel ID,TIME   or TIME: order of the rows\n"
        "  --subset EXPR     rows to use: year >= 2000 & state %in% c(\"CA\", \"NY\")\n"
        "  --conf-level P    of the intervals, 0.95\n"
        "  --table, --json   a table (default), or schema pgdp.regression/1\n",
    .run = run,
};
