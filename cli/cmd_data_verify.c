/* cmd_data_verify.c  pgdp data verify: is the store whole? SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

static pgdp_status ask(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out)
{
    (void)args;
    return pgdp_store_verify(ctx, store, out);
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 0, 0, "" }, &args)) return 2;
    return pgc_store_answer(app, &args, "verify", ask);
}

const pgc_command pgc_data_verify = {
    .name = "data verify",
    .summary = "look a whole store over: file, hashes, intervals",
    .help = "pgdp data verify --store facts.db\n\n"
            "Checks the file, what refers to what, the sha256 of all that is kept, that intervals follow each other,\n"
            "and that every value comes from a document. Exit code 7 when there is a fault.\n\n"
            "  --store FILE  the store\n"
            "  --json        schema pgdp.data.verify/1\n",
    .run = run,
};
