/* cmd_doctor.c  pgdp doctor: is this machine fit to compute?
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const pgc_flag flags[] = { { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, NULL, 0)) return 2;
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_doctor(app->ctx, app->json, &sink));
}

const pgc_command pgc_doctor = {
    .name = "doctor",
    .summary = "test BLAS, distributions, random numbers and writers on this machine",
    .help =
        "pgdp doctor\n"
        "pgdp doctor --json\n\n"
        "Runs exact and certified problems through the libraries in use and prints a line each. Exit code 4 when one\n"
        "fails: do not trust results of this machine then.\n",
    .run = run,
};
