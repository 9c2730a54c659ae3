/* cmd_tasks_compare.c  pgdp tasks compare: every measure and grader of a study, and every pair.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *study[1], *with = NULL;
    const pgc_flag flags[] = { { "--with", &with, NULL }, { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, study, 1)) return 2;
    if (study[0] == NULL) return pgc_usage(app, "which study file?");
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_study_compare(app->ctx, study[0], with, app->json, &sink));
}

const pgc_command pgc_tasks_compare = {
    .name = "tasks compare",
    .summary = "every measure of exposure and every pair of them",
    .help = "pgdp tasks compare data/studies/baseline.yaml\n"
            "pgdp tasks compare data/studies/baseline.yaml --with data/ai_applicability.csv --json\n\n"
            "Prints each measure and grader (level, n, mean, sd) and each pair (n, agreement, Pearson, Spearman, "
            "Kendall).\n"
            "  --with FILE   a table of measures by SOC or O*NET-SOC: each pair of one of them and one of the study\n"
            "  --json        schema pgdp.tasks.compare/1\n",
    .run = run,
};
