/* cmd_data_show.c  pgdp data show: what a file holds.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/ingest.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1];
    pgdp_load how = { .format = NULL };
    bool join = false;
    const pgc_flag flags[] = { { "--format", &how.format, NULL },
                               { "--join", NULL, &join },
                               { "--survey", &how.survey, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which file?");
    if (join && how.survey == NULL) how.survey = "";
    pgdp_dataset *dataset = NULL;
    pgdp_status status = pgdp_ingest_path(app->ctx, &how, path[0], &dataset);
    if (status == PGDP_OK) {
        const pgdp_sink sink = pgc_stdout();
        status = pgdp_dataset_show(app->ctx, dataset, app->json, &sink);
    }
    pgdp_dataset_free(dataset);
    return pgc_end(app, status);
}

const pgc_command pgc_data_show = {
    .name = "data show",
    .summary = "what a file holds: format, rows, columns, periods",
    .help =
        "pgdp data show national_M2024_dl.xlsx\n"
        "pgdp data show GDP.json --json\n"
        "pgdp data show --format csv panel.txt\n"
        "pgdp data show cu/cu.data.1.AllItems --join\n\n"
        "Reads any supported file (found by its content) and prints the format, the rows, the columns with type,\n"
        "unit and missing cells, the periods, the first rows and what was odd in reading them; \"-\" is standard\n"
        "input.\n\n"
        "  --format NAME  do not look, take this reader\n"
        "  --join         BLS LABSTAT: with the titles, units, names and footnotes of the survey's files beside it\n"
        "  --survey DIR   the same with files of another folder\n"
        "  --json         schema pgdp.data/1\n",
    .run = run,
};
