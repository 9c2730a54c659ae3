/* cmd_batch.c  pgdp batch: thousands of specifications over one table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/batch.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *spec[1];
    pgdp_batch_run_options o = { .plan = false };
    const pgc_flag flags[] = { { "--out", &o.out_dir, NULL }, { "--plan", NULL, &o.plan }, { NULL, NULL, NULL } };
    size_t n_failed = 0;
    if (!pgc_parse(app, argc, argv, flags, spec, 1)) return 2;
    if (spec[0] == NULL) return pgc_usage(app, "which batch file?");
    o.as_json = app->json;
    o.seed = app->has_seed ? &app->seed : NULL;
    const pgdp_sink sink = pgc_stdout();
    const int code = pgc_end(app, pgdp_batch_file_run(app->ctx, spec[0], &o, &sink, &n_failed));
    return code == 0 && n_failed > 0 ? 1 : code;
}

const pgc_command pgc_batch = {
    .name = "batch",
    .summary = "specification curves: every combination of outcomes, controls, samples, effects and covariances",
    .help = "pgdp batch returns.yaml --plan\n"
            "pgdp batch returns.yaml --out out/returns --threads 4\n\n"
            "Fits every model that the file's choices make, from one pass over the rows that they share, and sums the\n"
            "curve up. Schema of the file and the mathematics: docs/batch.md.\n\n"
            "  --out DIR     results.pgdp (a row for each model and focal term), curve.csv (sorted by estimate) and\n"
            "                summary.json; all appear whole or not at all. A run that was stopped goes on\n"
            "  --plan        models, memory, work and seconds; runs nothing\n"
            "  --seed N      instead of the file's\n"
            "  --threads N   the same results for every N\n"
            "  --json        schema pgdp.batch/1, or pgdp.batch.plan/1\n\n"
            "Exit code 1: some models have no estimate; each is named with its reason.\n",
    .run = run,
};
