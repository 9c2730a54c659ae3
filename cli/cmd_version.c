/* cmd_version.c  pgdp version: the program and what it stands on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include <stdio.h>

static int run(pgc_app *app, int argc, char **argv)
{
    const pgc_flag flags[] = { { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, NULL, 0)) return 2;
    const char *info = pgdp_build_info(app->ctx);
    if (info == NULL) return pgc_end(app, PGDP_NO_MEMORY);
    if (app->json)
        printf("{\"schema\":\"pgdp.version/1\",\"version\":\"%s\",\"build\":\"%s\"}\n", pgdp_version(), info);
    else
        printf("pgdp %s\n%s\n", pgdp_version(), info);
    return 0;
}

const pgc_command pgc_version = {
    .name = "version",
    .summary = "the program and the libraries it stands on",
    .help = "pgdp version          for people\n"
            "pgdp version --json   schema pgdp.version/1\n\n"
            "Prints the program's version, the compiler, the libraries and the BLAS kernel in use.\n",
    .run = run,
};
