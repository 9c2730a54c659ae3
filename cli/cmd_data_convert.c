/* cmd_data_convert.c  pgdp data convert: any readable table to a columnar file, CSV or a workbook.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/file.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"

#include <string.h>

static bool ends_with(const char *path, const char *ending)
{
    const size_t n = strlen(path), m = strlen(ending);
    return n > m && strcmp(path + n - m, ending) == 0;
}

static pgdp_status write_csv(pgc_app *app, const pgdp_frame *frame, const char *path)
{
    pgdp_output *file;
    pgdp_sink sink;
    pgdp_status status = pgdp_output_new(app->ctx, path, &file, &sink);
    if (status != PGDP_OK) return status;
    status = pgdp_frame_write_csv(app->ctx, frame, &sink);
    if (status == PGDP_OK) return pgdp_output_commit(app->ctx, file);
    pgdp_output_discard(app->ctx, file);
    return status;
}

/** The ending of the name says what is written; a columnar file streams, the others are read whole. */
static pgdp_status convert(pgc_app *app, const char *from, const pgdp_load *how, const char *to)
{
    pgdp_frame *frame = NULL;
    const bool csv = ends_with(to, ".csv"), xlsx = ends_with(to, ".xlsx");
    if (!csv && !xlsx) return pgdp_convert(app->ctx, from, how, to);
    pgdp_status status = pgdp_load_table(app->ctx, from, how, &frame);
    if (status == PGDP_OK) status = csv ? write_csv(app, frame, to) : pgdp_frame_write_xlsx(app->ctx, frame, to);
    pgdp_frame_free(frame);
    return status;
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[2];
    pgdp_load how = { .format = NULL };
    const pgc_flag flags[] = { { "--format", &how.format, NULL },
                               { "--sheet", &how.sheet, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 2)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which file?");
    if (path[1] == NULL)
        return pgc_usage(app, "to which file? write 'pgdp data convert FROM TO', TO ending in .pgdp, .csv or .xlsx");
    return pgc_end(app, convert(app, path[0], &how, path[1]));
}

const pgc_command pgc_data_convert = {
    .name = "data convert",
    .summary = "a table to a columnar file, CSV or a workbook",
    .help = "pgdp data convert panel.csv.gz panel.pgdp\n"
            "pgdp data convert survey.dta survey.pgdp --threads 2\n"
            "pgdp data convert book.xlsx panel.csv --sheet Panel\n"
            "pgdp data convert panel.pgdp panel.xlsx\n\n"
            "Writes one table of any readable file in the form that the name's ending tells: .csv, .xlsx, or else a\n"
            "columnar file, which every --data takes, is read at once and may be larger than memory. Delimited text, "
            "plain\n"
            "or packed by gzip or zstd, streams into a columnar file: memory does not grow with the rows.\n\n"
            "  --format NAME  do not look, take this reader\n"
            "  --sheet NAME   which table of a file that holds several\n",
    .run = run,
};
