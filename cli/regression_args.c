/* regression_args.c  A formula with its flags from the command line: regression_args.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/regression_args.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/** One flag for every setting of every method, in `names`; the same name of two methods is one flag. */
static size_t add_settings(pgc_flag *flags, size_t n, char names[][PGC_FLAG_SIZE], const char **values)
{
    const pgdp_estimator *method;
    for (size_t i = 0; (method = pgdp_estimator_at(i)) != NULL; i++) {
        for (const pgdp_option *o = method->options; o != NULL && o->name != NULL; o++) {
            bool there = strlen(o->name) + 3 > PGC_FLAG_SIZE || n == PGC_MOST_FLAGS;
            there = there || strcmp(o->name, "seed") == 0; /* a flag of all commands: spec.seed */
            for (size_t k = 0; k < n && !there; k++)
                there = strcmp(flags[k].name + 2, o->name) == 0;
            if (there) continue;
            (void)snprintf(names[n], PGC_FLAG_SIZE, "--%s", o->name);
            flags[n] = (pgc_flag){ names[n], &values[n], NULL };
            n++;
        }
    }
    return n;
}

/** The name as the list of methods keeps it; NULL: no setting's. */
static const char *setting_name(const char *flag)
{
    const pgdp_estimator *method;
    for (size_t k = 0; (method = pgdp_estimator_at(k)) != NULL; k++)
        for (const pgdp_option *o = method->options; o != NULL && o->name != NULL; o++)
            if (strcmp(o->name, flag + 2) == 0) return o->name;
    return NULL;
}

const char *pgc_default_vcov(const char *method)
{
    const pgdp_estimator *e;
    for (size_t i = 0; method != NULL && (e = pgdp_estimator_at(i)) != NULL; i++)
        if (strcmp(e->name, method) == 0 && e->vcov != NULL) return e->vcov;
    return "iid";
}

static size_t add_flags(pgc_flag *flags, size_t n, const pgc_flag *more)
{
    for (; more->name != NULL && n < PGC_MOST_FLAGS; more++)
        flags[n++] = *more;
    return n;
}

static bool read_arguments(pgc_app *app, int argc, char **argv, const pgc_flag *extra, pgc_regression_args *q)
{
    char names[PGC_MOST_FLAGS][PGC_FLAG_SIZE];
    const char *values[PGC_MOST_FLAGS] = { NULL }, *formula[1];
    pgdp_regression_spec *s = &q->spec;
    const pgc_flag own[] = {
        { "--data", &q->data, NULL },
        { "--format", &q->format, NULL },
        { "--sheet", &q->sheet, NULL },
        { "--cache", &q->cache, NULL },
        { "--method", &s->method, NULL },
        { "--vcov", &s->vcov, NULL },
        { "--preset", &s->preset, NULL },
        { "--weights", &s->weights, NULL },
        { "--panel", &s->panel, NULL },
        { "--subset", &s->subset, NULL },
        { "--split", &s->split, NULL },
        { "--fsplit", &q->fsplit, NULL },
        { "--offset", &s->offset, NULL },
        { "--start", &s->start, NULL },
        { "--tests", &s->tests, NULL },
        { "--diagnostics", &s->diagnostics, NULL },
        { "--margins", &s->margins, NULL },
        { "--keep-singletons", NULL, &s->keep_singletons },
        { "--conf-level", &q->conf_level, NULL },
        { NULL, NULL, NULL },
    };
    pgc_flag flags[PGC_MOST_FLAGS + 1] = { { NULL, NULL, NULL } };
    const size_t fixed = add_flags(flags, add_flags(flags, 0, own), extra);
    const size_t n = add_settings(flags, fixed, names, values);
    size_t n_settings = 0;
    if (!pgc_parse(app, argc, argv, flags, formula, 1)) return false;
    for (size_t i = fixed; i < n; i++) {
        const char *name = values[i] == NULL ? NULL : setting_name(names[i]);
        if (name != NULL) q->settings[n_settings++] = (pgdp_setting){ name, values[i] };
    }
    s->formula = formula[0];
    s->seed = app->has_seed ? (double)app->seed : 0;
    s->settings = q->settings;
    if (q->fsplit != NULL) {
        s->split = q->fsplit;
        s->split_full = true;
    }
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

/** The columns that the regression names, of the table asked for; all of them where a name is not there. */
static pgdp_status load(pgc_app *app, const pgc_regression_args *q, const pgc_flag *extra, pgdp_frame **frame)
{
    pgc_columns columns;
    const char *cache = q->cache != NULL ? q->cache : getenv("PGDP_CACHE");
    pgdp_load how = { .format = q->format, .sheet = q->sheet };
    if (cache != NULL && cache[0] != '\0') how.cache = cache;
    pgc_columns_of(&q->spec, extra, &columns);
    const pgdp_load all = how;
    if (columns.all || strcmp(q->data, "-") == 0) return pgdp_load_table(app->ctx, q->data, &all, frame);
    how.columns = columns.names;
    how.n_columns = columns.n;
    const pgdp_status status = pgdp_load_table(app->ctx, q->data, &how, frame);
    if (status != PGDP_OK || !pgc_columns_lack(&q->spec, extra, *frame)) return status;
    pgdp_frame_free(*frame);
    return pgdp_load_table(app->ctx, q->data, &all, frame);
}

/** The file's table by blocks, of the columns that the regression names. */
static pgdp_status open_blocks(pgc_app *app, const pgc_regression_args *q, const pgc_flag *extra, pgdp_table **table)
{
    pgc_columns columns;
    pgc_columns_of(&q->spec, extra, &columns);
    if (columns.all) return pgdp_table_open(app->ctx, q->data, NULL, 0, table);
    const pgdp_status status = pgdp_table_open(app->ctx, q->data, columns.names, columns.n, table);
    if (status != PGDP_OK || !pgc_columns_lack(&q->spec, extra, pgdp_table_head(*table))) return status;
    pgdp_table_free(*table);
    return pgdp_table_open(app->ctx, q->data, NULL, 0, table);
}

/** Is it a columnar file whose columns take more than half of the memory? */
static bool outgrows_memory(pgc_app *app, const pgc_regression_args *q, const pgc_flag *extra)
{
    pgdp_table *table;
    const long pages = sysconf(_SC_PHYS_PAGES), size = sysconf(_SC_PAGESIZE);
    if (q->format != NULL || pages <= 0 || size <= 0 || strcmp(q->data, "-") == 0) return false;
    if (open_blocks(app, q, extra, &table) != PGDP_OK) return false;
    const double cells = (double)pgdp_table_n_rows(table) * (double)pgdp_frame_n_columns(pgdp_table_head(table));
    pgdp_table_free(table);
    return cells * sizeof(double) > (double)pages * (double)size / 2;
}

static int act_by_blocks(pgc_app *app, const pgc_regression_args *q, const pgc_flag *extra, const pgc_acts *acts,
                         void *user)
{
    pgdp_table *table;
    const pgdp_status status = open_blocks(app, q, extra, &table);
    if (status != PGDP_OK) return pgc_end(app, status);
    const int code = acts->blocks(app, table, &q->spec, user);
    pgdp_table_free(table);
    return code;
}

int pgc_regression(pgc_app *app, int argc, char **argv, const pgc_flag *extra, pgc_with_table act, void *user)
{
    const pgc_acts acts = { .rows = act };
    return pgc_regression_by_blocks(app, argc, argv, extra, &acts, user);
}

int pgc_regression_by_blocks(pgc_app *app, int argc, char **argv, const pgc_flag *extra, const pgc_acts *acts,
                             void *user)
{
    pgc_regression_args q = { .data = NULL };
    if (!read_arguments(app, argc, argv, extra, &q)) return 2;
    if (q.spec.formula == NULL) return pgc_usage(app, "which formula? write 'y ~ x1 + x2'");
    if (q.data == NULL) return pgc_usage(app, "which data? write --data FILE");
    if (!read_level(q.conf_level, &q.spec.conf_level))
        return pgc_usage(app, "--conf-level takes a share between 0 and 1 such as 0.95, found \"%s\"", q.conf_level);
    if (acts->blocks != NULL && (*acts->stream || outgrows_memory(app, &q, extra)))
        return act_by_blocks(app, &q, extra, acts, user);
    pgdp_frame *frame = NULL;
    const pgdp_status status = load(app, &q, extra, &frame);
    if (status != PGDP_OK) return pgc_end(app, status);
    const int code = acts->rows(app, frame, &q.spec, user);
    pgdp_frame_free(frame);
    return code;
}
