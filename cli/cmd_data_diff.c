/* cmd_data_diff.c  pgdp data diff: what was revised and what was added between two days.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/store_args.h"

#include <string.h>

static pgdp_status ask(pgdp_ctx *ctx, pgdp_store *store, const pgc_store_args *args, pgdp_frame **out)
{
    return pgdp_store_diff(ctx, store, &args->query, args->until, out);
}

/* The second --as-of is the day until which: it is renamed before the flags are read. */
static void rename_second(int argc, char **argv)
{
    static const char flag[] = "--as-of";
    size_t n = 0;
    for (int i = 0; i < argc; i++) {
        const bool is_flag = strncmp(argv[i], flag, sizeof flag - 1) == 0;
        if (!is_flag || (argv[i][sizeof flag - 1] != '\0' && argv[i][sizeof flag - 1] != '=')) continue;
        if (++n == 2) memcpy(argv[i], "--as-to", sizeof flag - 1);
    }
}

static int run(pgc_app *app, int argc, char **argv)
{
    pgc_store_args args = { .store = NULL };
    rename_second(argc, argv);
    if (!pgc_store_parse(app, argc, argv, (pgc_names){ 0, PGC_MAX_NAMES, "" }, &args)) return 2;
    if (args.query.as_of == NULL) return pgc_usage(app, "from which day? write --as-of DATE, twice for two days");
    return pgc_store_answer(app, &args, "diff", ask);
}

const pgc_command pgc_data_diff = {
    .name = "data diff",
    .summary = "what changed in a store between two days",
    .help = "pgdp data diff --store facts.db --as-of 2026-04-30 --as-of 2026-05-31\n"
            "pgdp data diff PAYEMS --store facts.db --as-of 2026-04-30\n\n"
            "Every observation whose value differs: before, after, change; one that was not known before has no "
            "before.\n\n"
            "  --store FILE      the store\n"
            "  --as-of DATE      the first day, and the second; without a second the newest values are compared\n"
            "  --source NAME     only series of this source\n"
            "  --frequency NAME  only of this frequency\n"
            "  --json            schema pgdp.data.diff/1\n",
    .run = run,
};
