/* cmd_tasks_monitor.c  pgdp tasks monitor: evidence of AI doing activities, and the pay behind them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

#include <string.h>

static int run(pgc_app *app, int argc, char **argv)
{
    const char *study[1], *evidence = NULL, *tier = "4";
    const pgc_flag flags[] = { { "--evidence", &evidence, NULL }, { "--tier", &tier, NULL }, { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, study, 1)) return 2;
    if (study[0] == NULL) return pgc_usage(app, "which study file?");
    if (evidence == NULL) return pgc_usage(app, "which table of evidence? --evidence FILE");
    if (strlen(tier) != 1 || tier[0] < '0' || tier[0] > '6')
        return pgc_usage(app, "--tier takes a number from 0 to 6, found \"%s\"", tier);
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_study_monitor(app->ctx, study[0], evidence, (size_t)(tier[0] - '0'), app->json, &sink));
}

const pgc_command pgc_tasks_monitor = {
    .name = "tasks monitor",
    .summary = "evidence of AI doing activities, and the pay behind them",
    .help =
        "pgdp tasks monitor data/studies/baseline.yaml --evidence evidence.csv\n"
        "pgdp tasks monitor data/studies/baseline.yaml --evidence evidence.csv --tier 3 --json\n\n"
        "EVIDENCE has a row a piece: dwa_id, tier (0 unverified, 1 AI self-assessment, 2 adversarial AI evaluation,\n"
        "3 professional endorsement, 4 production deployment, 5 adjudicated, 6 insured), class (augmentation, mixed,\n"
        "replacement), url, date; and, where known, runs (a year), tokens (a run), usd_per_million. The strongest\n"
        "piece counts. Prints the share of activities that AI can do now, and activities, occupations, full-time\n"
        "equivalents and wage bill by tier and class.\n"
        "  --evidence FILE  the table\n"
        "  --tier N         from which an activity counts as exposed, 4\n"
        "  --json           schema pgdp.tasks.monitor/1, activities and occupations among it\n",
    .run = run,
};
