/* cmd_data_convert.c  pgdp data convert: any readable table to a columnar file.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/ingest.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[2];
    pgdp_load how = { .format = NULL };
    const pgc_flag flags[] = { { "--format", &how.format, NULL },
                               { "--sheet", &how.sheet, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 2)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which file?");
    if (path[1] == NULL) return pgc_usage(app, "to which file? write 'pgdp data convert FROM TO.pgdp'");
    return pgc_end(app, pgdp_convert(app->ctx, path[0], &how, path[1]));
}

const pgc_command pgc_data_convert = {
    .name = "data convert",
    .summary = "a table to a columnar file, which is read at once and may be larger than memory",
    .help =
        "pgdp data convert panel.csv.gz panel.pgdp\n"
        "pgdp data convert survey.dta survey.pgdp --threads 2\n"
        "pgdp data convert book.xlsx panel.pgdp --sheet Panel\n\n"
        "Writes one table of any readable file as a columnar file, which every --data takes. Delimited text, plain\n"
        "or packed by gzip or zstd, streams: memory does not grow with the rows.\n\n"
        "  --format NAME  do not look, take this reader\n"
        "  --sheet NAME   which table of a file that holds several\n",
    .run = run,
};
