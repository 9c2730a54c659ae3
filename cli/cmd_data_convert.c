/* cmd_data_convert.c  pgdp data convert: any readable table to a columnar file, CSV or a workbook.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/ingest.h"
#include "pgdp/reports.h"

/** The ending of the name says what is written; a columnar file streams, the others are read whole. */
static pgdp_status convert(pgc_app *app, const char *from, const pgdp_load *how, const char *to)
{
    pgdp_frame *frame = NULL;
    const bool csv = pgc_ends_with(to, ".csv"), xlsx = pgc_ends_with(to, ".xlsx");
    if (!csv && !xlsx) return pgdp_convert(app->ctx, from, how, to);
    pgdp_status status = pgdp_load_table(app->ctx, from, how, &frame);
    if (status == PGDP_OK)
        status = csv ? pgdp_frame_save_csv(app->ctx, frame, to) : pgdp_frame_write_xlsx(app->ctx, frame, to);
    pgdp_frame_free(frame);
    return status;
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[2];
    pgdp_load how = { .format = NULL };
    bool join = false;
    const pgc_flag flags[] = { { "--format", &how.format, NULL },
                               { "--sheet", &how.sheet, NULL },
                               { "--join", NULL, &join },
                               { "--survey", &how.survey, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 2)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which file?");
    if (path[1] == NULL)
        return pgc_usage(app, "to which file? write 'pgdp data convert FROM TO', TO ending in .pgdp, .csv or .xlsx");
    if (join && how.survey == NULL) how.survey = "";
    return pgc_end(app, convert(app, path[0], &how, path[1]));
}

const pgc_command pgc_data_convert = {
    .name = "data convert",
    .summary = "a table to a columnar file, CSV or a workbook",
    .help =
        "pgdp data convert panel.csv.gz panel.pgdp\n"
        "pgdp data convert survey.dta survey.pgdp --threads 2\n"
        "pgdp data convert book.xlsx panel.csv --sheet Panel\n"
        "pgdp data convert panel.pgdp panel.xlsx\n"
        "pgdp data convert ce/ce.data.0.AllCESSeries ces.pgdp --join\n\n"
        "Writes one table of any readable file in the form that the name's ending tells: .csv, .xlsx, or else a\n"
        "columnar file, which every --data takes, is read at once and may be larger than memory. Delimited text, "
        "plain\n"
        "or packed by gzip or zstd, streams into a columnar file: memory does not grow with the rows. All three are "
        "the\n"
        "same table when they are read again: beside a .csv stands .csv-metadata.json (W3C CSVW) with types, units "
        "and\n"
        "notes, and a workbook holds the same, unseen.\n\n"
        "  --format NAME  do not look, take this reader\n"
        "  --sheet NAME   which table of a file that holds several\n"
        "  --join         BLS LABSTAT: add titles, units, adjustment, names of codes and footnotes from the survey's\n"
        "                 files beside it (ce.series, ce.industry, ...); codes without a row are counted in notes\n"
        "  --survey DIR   the same with files of another folder\n",
    .run = run,
};
