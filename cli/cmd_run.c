/* cmd_run.c  pgdp run: one study file in, one run directory out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

#include <stdio.h>
#include <string.h>

/** out/NAME for a study at path/NAME.yaml. */
static void default_directory(const char *study, char *out, size_t size)
{
    const char *name = strrchr(study, '/');
    name = name != NULL ? name + 1 : study;
    const char *dot = strrchr(name, '.');
    const size_t n = dot != NULL && dot != name ? (size_t)(dot - name) : strlen(name);
    snprintf(out, size, "out/%.*s", (int)(n > 200 ? 200 : n), name);
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *out = NULL, *study[1];
    bool dry_run = false;
    char directory[256];
    const pgc_flag flags[] = { { "--out", &out, NULL }, { "--dry-run", NULL, &dry_run }, { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, study, 1)) return 2;
    if (study[0] == NULL) return pgc_usage(app, "which study file?");
    default_directory(study[0], directory, sizeof directory);
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_study_run(app->ctx, study[0], out != NULL ? out : directory,
                                       app->has_seed ? &app->seed : NULL, dry_run, app->json, &sink));
}

const pgc_command pgc_run = {
    .name = "run",
    .summary = "run a study: one YAML file in, one Excel workbook and its twin out",
    .help =
        "pgdp run data/studies/baseline.yaml\n"
        "pgdp run my_study.yaml --out results/2026-11\n"
        "pgdp run my_study.yaml --dry-run\n\n"
        "Writes report.xlsx, results.json (every number of the workbook), log.txt and, last, manifest.json into the\n"
        "run directory (default out/NAME). All appear whole or not at all.\n\n"
        "  --out DIR   the run directory\n"
        "  --dry-run   print the plan, compute and write nothing\n"
        "  --seed N    instead of the study's seed\n"
        "  --json      key figures as JSON, schema pgdp.run/1\n",
    .run = run,
};
