/* cmd_data_series.c  pgdp data series: observations as they were known on a day.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

static pgdp_status ask(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out)
{
    return pgdp_store_observations(ctx, store, &args->query, out);
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 1, PGC_MAX_NAMES, "which series?" }, &args)) return 2;
    return pgc_store_answer(app, &args, "series", ask);
}

const pgc_command pgc_data_series = {
    .name = "data series",
    .summary = "observations of a store as they were known on a day",
    .help = "pgdp data series GDP --store facts.db\n"
            "pgdp data series PAYEMS UNRATE --store facts.db --as-of 2026-04-30 --wide\n\n"
            "A row an observation, with the day from which its value holds.\n\n"
            "  --store FILE      the store\n"
            "  --as-of DATE      values published later are not seen; else the newest\n"
            "  --source NAME     where several sources have a series of this name\n"
            "  --frequency NAME  where it has several: annual, semiannual, quarterly, monthly, ...\n"
            "  --wide            a column a series\n"
            "  --json            schema pgdp.data.series/1\n",
    .run = run,
};
