/* cmd_verify.c  pgdp verify: run a study again and compare every output.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *directory[1];
    const pgc_flag flags[] = { { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, directory, 1)) return 2;
    if (directory[0] == NULL) return pgc_usage(app, "which run directory?");
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_study_verify(app->ctx, directory[0], app->json, &sink));
}

const pgc_command pgc_verify = {
    .name = "verify",
    .summary = "run a study again and compare every number with what its directory holds",
    .help =
        "pgdp verify out/baseline\n\n"
        "Reads manifest.json, checks the inputs' and outputs' sha256, runs the study again and compares. Exit code 0\n"
        "when all is the same, 7 with the first difference named, 3 when the directory has no whole manifest.\n",
    .run = run,
};
