/* cmd_data_chain.c  pgdp data chain: chain-linked volumes. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/calendar_args.h"
#include "cli/option_flags.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1], *current = NULL, *previous = NULL, *reference = NULL, *out = NULL;
    pgdp_frame *in = NULL, *result = NULL;
    double year = 0;
    const pgc_flag flags[] = { { "--current", &current, NULL },
                               { "--previous", &previous, NULL },
                               { "--reference", &reference, NULL },
                               { "--out", &out, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL || current == NULL || previous == NULL || reference == NULL)
        return pgc_usage(app, "write FILE --current COLUMN --previous COLUMN --reference YEAR");
    if (!pgc_number(app, "--reference", reference, (const double[2]){ 1, 9999 }, &year)) return 2;
    pgdp_status status = pgc_series_load(app, path[0], &in);
    if (status == PGDP_OK) status = pgdp_frame_chain(app->ctx, in, current, previous, (int)year, &result);
    pgdp_frame_free(in);
    return pgc_end(app, pgc_series_end(app, status, result, out));
}

const pgc_command pgc_data_chain = {
    .name = "data chain",
    .summary = "chain-linked volumes by annual overlap, with their deflator",
    .help = "pgdp data chain accounts.csv --current current_prices --previous previous_year_prices --reference 2020\n\n"
            "From values at current prices and at the mean prices of the year before: annual to monthly, all "
            "at\n"
            "one rate. The volume's mean over the reference year is that of current prices.\n\n"
            "  --current NAME    column at current prices\n"
            "  --previous NAME   column at the previous year's mean prices\n"
            "  --reference YEAR  year in which volume and value are equal\n"
            "  --out FILE        .csv, .xlsx or columnar; else CSV to standard output\n",
    .run = run,
};
