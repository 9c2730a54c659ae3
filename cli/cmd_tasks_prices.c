/* cmd_tasks_prices.c  pgdp tasks prices: how token prices fall. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/ingest.h"
#include "pgdp/unit_cost.h"

#include <stdlib.h>

enum { MOST_LEVELS = 64 };

/** "42,83" to numbers; false: too many, or one that is none. */
static bool read_levels(const char *text, double *levels, size_t *n)
{
    for (*n = 0; text != NULL;) {
        char *end = NULL;
        if (*n == MOST_LEVELS) return false;
        levels[(*n)++] = strtod(text, &end);
        if (end == text || (*end != ',' && *end != '\0')) return false;
        text = *end == ',' ? end + 1 : NULL;
    }
    return true;
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1], *levels = NULL, *input_share = NULL, *conf_level = NULL;
    double level[MOST_LEVELS];
    pgdp_token_prices_request q = { .levels = level };
    pgdp_dataset *dataset = NULL;
    pgdp_token_prices *prices = NULL;
    const pgdp_sink sink = pgc_stdout();
    const pgc_flag flags[] = { { "--levels", &levels, NULL },
                               { "--vcov", &q.vcov, NULL },
                               { "--input-share", &input_share, NULL },
                               { "--conf-level", &conf_level, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which table of prices?");
    if (!read_levels(levels, level, &q.n_levels))
        return pgc_usage(app, "--levels takes up to %d scores such as 42,83, found \"%s\"", MOST_LEVELS, levels);
    if (!pgc_number(app, "--input-share", input_share, (const double[2]){ 0.0001, 1 }, &q.input_share) ||
        !pgc_number(app, "--conf-level", conf_level, (const double[2]){ 0.01, 0.9999 }, &q.conf_level))
        return 2;
    pgdp_status status = pgdp_ingest_file(app->ctx, NULL, path[0], &dataset);
    if (status == PGDP_OK) status = pgdp_token_prices_new(app->ctx, pgdp_dataset_table(dataset, 0), &q, &prices);
    if (status == PGDP_OK) status = pgdp_token_prices_write(app->ctx, prices, app->json, &sink);
    pgdp_token_prices_free(prices);
    pgdp_dataset_free(dataset);
    return pgc_end(app, status);
}

const pgc_command pgc_tasks_prices = {
    .name = "tasks prices",
    .summary = "how token prices fall: hedonic regression, cheapest price at a level of capability",
    .help =
        "pgdp tasks prices prices.csv\n"
        "pgdp tasks prices prices.csv --levels 42,83 --vcov 'cluster(provider)' --json\n\n"
        "PRICES has a row a model and date: model, date, price (usd per million tokens; or those of input and "
        "output),\n"
        "and where known provider and score. Prints ln price = a + b t + c score + provider with the yearly factor\n"
        "exp(-b) by which prices fall, and the same of the cheapest model at each level of the score.\n"
        "  --levels LIST    scores, such as 42,83\n"
        "  --vcov SPEC      of the regressions, HC1\n"
        "  --input-share P  of tokens, where a row has prices of input and output: 0.75\n"
        "  --conf-level P   of the intervals, 0.95\n"
        "  --json           schema pgdp.tasks.prices/1\n",
    .run = run,
};
