/* cmd_data_list.c  pgdp data list: the series, or the documents, of a store. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/store_args.h"

static pgdp_status ask(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out)
{
    return args->documents ? pgdp_store_documents(ctx, store, NULL, out) : pgdp_store_series(ctx, store, NULL, out);
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 0, 0, "" }, &args)) return 2;
    return pgc_store_answer(app, &args, args.documents ? "documents" : "list", ask);
}

const pgc_command pgc_data_list = {
    .name = "data list",
    .summary = "the series of a store, or its documents",
    .help = "pgdp data list --store facts.db\n"
            "pgdp data list --store facts.db --documents --json\n\n"
            "A line a series: source, name, frequency, first and last period, vintages, unit, title.\n\n"
            "  --store FILE  the store\n"
            "  --documents   the documents instead: sha256, name, source, licence, vintage, what is kept\n"
            "  --json        schema pgdp.data.list/1, pgdp.data.documents/1\n",
    .run = run,
};
