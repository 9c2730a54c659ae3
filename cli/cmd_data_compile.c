/* cmd_data_compile.c  pgdp data compile: the shipped data/ from the official files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *from = NULL, *into = NULL;
    const pgc_flag flags[] = { { "--from", &from, NULL }, { "--into", &into, NULL }, { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, NULL, 0)) return 2;
    if (from == NULL || into == NULL) return pgc_usage(app, "--from DIR and --into DIR are needed");
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_data_compile(app->ctx, from, into, &sink));
}

const pgc_command pgc_data_compile = {
    .name = "data compile",
    .summary = "compile data/ from the official files",
    .help = "pgdp data compile --from downloads --into data\n\n"
            "Reads the agencies' files below --from (docs/data.md lists their places and addresses) and writes the\n"
            "tables of data/ and its catalogue. The same files give the same bytes. A missing file is named with the\n"
            "address it comes from, and nothing is written.\n",
    .run = run,
};
