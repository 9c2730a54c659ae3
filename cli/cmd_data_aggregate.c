/* cmd_data_aggregate.c  pgdp data aggregate: series to a lower frequency. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/calendar_args.h"
#include "cli/option_flags.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1], *to = NULL, *how = NULL, *begins = NULL, *out = NULL;
    pgdp_aggregation a = { .to = PGDP_NO_FREQUENCY };
    pgdp_frame *in = NULL, *result = NULL;
    int aggregate = 0;
    double month = 1;
    const pgc_flag flags[] = { { "--to", &to, NULL },
                               { "--how", &how, NULL },
                               { "--year-begins", &begins, NULL },
                               { "--partial", NULL, &a.partial },
                               { "--out", &out, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which file of series?");
    if (to == NULL || how == NULL)
        return pgc_usage(app, "to what, and how? write --to quarterly --how mean (or sum, first, last)");
    if (!pgc_frequency(app, "--to", to, &a.to) || !pgc_choice(app, "--how", how, pgdp_aggregate_names(), &aggregate) ||
        !pgc_number(app, "--year-begins", begins, (const double[2]){ 1, 12 }, &month))
        return 2;
    a.how = (pgdp_aggregate)aggregate;
    a.year_begins = (int)month;
    pgdp_status status = pgc_series_load(app, path[0], &in);
    if (status == PGDP_OK) status = pgdp_frame_aggregate(app->ctx, in, &a, &result);
    pgdp_frame_free(in);
    return pgc_end(app, pgc_series_end(app, status, result, out));
}

const pgc_command pgc_data_aggregate = {
    .name = "data aggregate",
    .summary = "series to a lower frequency: sums, means, first or last values of whole periods",
    .help = "pgdp data aggregate PAYEMS.csv --to quarterly --how mean\n"
            "pgdp data aggregate outlays.csv --to annual --how sum --year-begins 10 --out fiscal.csv\n\n"
            "All number columns of a table with one column of periods. A period of which a part is missing stays\n"
            "missing. A week belongs to the period that holds its Thursday; days may miss weekends and holidays.\n\n"
            "  --to NAME          annual, semiannual, quarterly, monthly, weekly\n"
            "  --how NAME         sum, mean, first, last; a sum of annual rates is refused\n"
            "  --year-begins N    month in which years begin; a year is named by the one in which it ends\n"
            "  --partial          also periods of which a part is missing\n"
            "  --out FILE         .csv, .xlsx or columnar; else CSV to standard output\n",
    .run = run,
};
