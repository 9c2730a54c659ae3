/* cmd_tasks_measures.c  pgdp tasks measures: rival measures from their inputs, and a comparison of any.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/ingest.h"
#include "pgdp/measures.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MOST_FILES = 16 };

/** Files with their names, and what they hold. */
typedef struct files {
    char name[MOST_FILES][64];
    pgdp_frame *frame[MOST_FILES];
    pgdp_measure_table table[MOST_FILES + 1];
    size_t n;
} files;

/** "NAME=PATH" or "NAME=PATH#SHEET"; a bare path is named by its file, without folder and ending. */
static pgdp_status open_file(pgc_app *app, const char *text, files *f)
{
    const char *equals = strchr(text, '='), *path = equals == NULL ? text : equals + 1, *sheet = strrchr(path, '#');
    const char *slash = strrchr(path, '/'), *stem = slash == NULL ? path : slash + 1;
    const size_t length = equals != NULL ? (size_t)(equals - text) : strcspn(stem, ".#");
    char plain[4096];
    (void)snprintf(f->name[f->n], sizeof f->name[f->n], "%.*s", (int)length, equals != NULL ? text : stem);
    (void)snprintf(plain, sizeof plain, "%.*s", (int)(sheet == NULL ? strlen(path) : (size_t)(sheet - path)), path);
    const pgdp_load how = { .sheet = sheet == NULL ? NULL : sheet + 1 };
    const pgdp_status status = pgdp_load_table(app->ctx, plain, &how, &f->frame[f->n]);
    if (status != PGDP_OK) return status;
    f->table[f->n] = (pgdp_measure_table){ f->name[f->n], f->frame[f->n] };
    f->n++;
    return PGDP_OK;
}

static const pgdp_measure *find_measure(const char *name)
{
    const pgdp_measure *m;
    for (size_t i = 0; (m = pgdp_measure_at(i)) != NULL; i++)
        if (strcmp(m->name, name) == 0) return m;
    return NULL;
}

static int answer(pgc_app *app, const char *measure, const char *const *paths, const pgdp_setting *settings,
                  const char *csv, size_t top)
{
    files f = { .n = 0 };
    pgdp_measurement *m = NULL;
    const pgdp_sink sink = pgc_stdout();
    pgdp_status status = PGDP_OK;
    /* a misspelt measure is told before any file is looked for */
    const bool known = measure == NULL || find_measure(measure) != NULL;
    for (size_t i = 0; known && i < MOST_FILES && paths[i] != NULL && status == PGDP_OK; i++)
        status = open_file(app, paths[i], &f);
    if (status == PGDP_OK)
        status = measure == NULL ? pgdp_measures_compare(app->ctx, f.table, top, &m)
                                 : pgdp_measure_new(app->ctx, measure, f.table, settings, &m);
    if (status == PGDP_OK) status = pgc_write_frame(app, pgdp_measurement_frame(m, 0, NULL), csv);
    if (status == PGDP_OK) status = pgdp_measurement_write(app->ctx, m, app->json, &sink);
    pgdp_measurement_free(m);
    for (size_t i = 0; i < f.n; i++)
        pgdp_frame_free(f.frame[i]);
    return pgc_end(app, status);
}

/** Every measure with its inputs. */
static int list(pgc_app *app)
{
    const pgdp_sink sink = pgc_stdout();
    const pgdp_measure *m;
    char line[512];
    pgdp_status status = PGDP_OK;
    for (size_t i = 0; (m = pgdp_measure_at(i)) != NULL && status == PGDP_OK; i++) {
        (void)snprintf(line, sizeof line, "%s  %s: %s\n    source: %s\n", m->name, m->title, m->answer, m->source);
        status = sink.write(sink.user, line, strlen(line));
        for (size_t k = 0; m->inputs[k].name != NULL && status == PGDP_OK; k++) {
            (void)snprintf(line, sizeof line, "    %s%s: %s\n", m->inputs[k].name,
                           m->inputs[k].optional ? " (if known)" : "", m->inputs[k].columns);
            status = sink.write(sink.user, line, strlen(line));
        }
        for (const pgdp_option *o = m->options; o != NULL && o->name != NULL && status == PGDP_OK; o++) {
            (void)snprintf(line, sizeof line, "    --%s (%g): %s\n", o->name, o->initial, o->help);
            status = sink.write(sink.user, line, strlen(line));
        }
    }
    return pgc_end(app, status);
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *words[MOST_FILES + 2] = { NULL }, *csv = NULL, *top = NULL;
    double n_top = 10;
    const pgc_flag own[] = { { "--csv", &csv, NULL }, { "--top", &top, NULL }, { NULL, NULL, NULL } };
    const pgdp_measure *measure = NULL;
    pgc_option_flags f;
    for (int i = 0; i < argc && measure == NULL; i++)
        measure = find_measure(argv[i]);
    pgc_option_flags_init(&f, own, measure == NULL ? NULL : measure->options);
    if (!pgc_parse(app, argc, argv, f.flags, words, MOST_FILES + 1)) return 2;
    if (words[0] == NULL) return list(app);
    const bool compare = strcmp(words[0], "compare") == 0;
    for (size_t i = 1; words[i] != NULL && !compare; i++)
        if (strchr(words[i], '=') == NULL)
            return pgc_usage(app, "one argument too many: \"%s\"; tables are given as NAME=FILE", words[i]);
    if (words[1] == NULL && (compare || measure != NULL))
        return pgc_usage(app, "which tables? give them as NAME=FILE; 'pgdp tasks measures' lists what each needs");
    if (!pgc_number(app, "--top", top, (const double[2]){ 0, 1e6 }, &n_top)) return 2;
    pgc_option_settings(&f);
    return answer(app, compare ? NULL : words[0], words + 1, f.settings, csv, (size_t)n_top);
}

const pgc_command pgc_tasks_measures = {
    .name = "tasks measures",
    .summary = "rival exposure measures from their inputs; how far measures agree, occupation by occupation",
    .help =
        "pgdp tasks measures\n"
        "pgdp tasks measures horizon runs=runs.csv --probability 0.8\n"
        "pgdp tasks measures applicability activities=iwa_metrics.csv weights=soc_iwa_weights.csv --csv scores.csv\n"
        "pgdp tasks measures aioe 'matrix=AIOE_DataAppendix.xlsx#Appendix D' ratings=Abilities.txt\n"
        "pgdp tasks measures compare 'aioe=AIOE_DataAppendix.xlsx#Appendix A' gpts=occ_level.csv --top 5\n\n"
        "Without arguments: every measure, its inputs, options and source. With a name: that measure from its tables,\n"
        "NAME=FILE or NAME=FILE#SHEET. 'compare' takes tables whose first text column holds SOC or O*NET-SOC codes "
        "and\n"
        "prints every pair of their columns of numbers, and the occupations whose ranks differ most.\n"
        "  --csv FILE  the scores as a CSV as well\n"
        "  --top N     occupations told for each pair, 10\n"
        "  --json      schema pgdp.tasks.measure/1\n",
    .run = run,
};
