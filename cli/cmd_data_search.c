/* cmd_data_search.c  pgdp data search: series by words. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include <stdio.h>
#include <string.h>

static pgdp_status ask(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out)
{
    char words[1024] = "";
    size_t n = 0;
    for (size_t i = 0; i < args->n_names && n < sizeof words; i++)
        n += (size_t)snprintf(words + n, sizeof words - n, "%s%s", i > 0 ? " " : "", args->names[i]);
    return pgdp_store_series(ctx, store, words, out);
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 1, PGC_MAX_NAMES, "which words?" }, &args)) return 2;
    return pgc_store_answer(app, &args, "search", ask);
}

const pgc_command pgc_data_search = {
    .name = "data search",
    .summary = "series of a store by words of their name or title",
    .help = "pgdp data search unemployment rate --store facts.db\n\n"
            "Series whose name or title holds all words, or words that begin so, the best first.\n\n"
            "  --store FILE  the store\n"
            "  --json        schema pgdp.data.search/1\n",
    .run = run,
};
