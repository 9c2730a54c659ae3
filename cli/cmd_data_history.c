/* cmd_data_history.c  pgdp data history: all values that one observation has had.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

static pgdp_status ask(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out)
{
    pgdp_store_query query = args->query;
    query.n_series = 1;
    return pgdp_store_history(ctx, store, &query, args->names[1], out);
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 2, 2, "which series and which period?" }, &args)) return 2;
    return pgc_store_answer(app, &args, "history", ask);
}

const pgc_command pgc_data_history = {
    .name = "data history",
    .summary = "all values that one observation has had, by vintage",
    .help = "pgdp data history GDP 2025Q4 --store facts.db\n\n"
            "A line a value: the day from which and until which it held, its flag, the document that told it.\n\n"
            "  --store FILE      the store\n"
            "  --source NAME     where several sources have a series of this name\n"
            "  --frequency NAME  where it has several\n"
            "  --json            schema pgdp.data.history/1\n",
    .run = run,
};
