/* cmd_data_check.c  pgdp data check: tables looked over by declared rules. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/cli.h"

#include "pgdp/study.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *path[1];
    const pgc_flag flags[] = { { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, path, 1)) return 2;
    if (path[0] == NULL) return pgc_usage(app, "which file of rules, or study?");
    const pgdp_sink sink = pgc_stdout();
    return pgc_end(app, pgdp_data_check(app->ctx, path[0], app->json, &sink));
}

const pgc_command pgc_data_check = {
    .name = "data check",
    .summary = "look tables over by declared rules",
    .help = "pgdp data check rules.yaml\n"
            "pgdp data check data/studies/baseline.yaml --json\n\n"
            "RULES names files and what must hold of them:\n\n"
            "  data:\n"
            "    wages:\n"
            "      file: oews.csv\n"
            "      rows: 4208\n"
            "      checks:\n"
            "        - {unique: [year, soc, level]}\n"
            "        - {rule: employment >= 0, where: level == \"detailed\"}\n"
            "        - {adds_up: employment, parts: level == \"major\", total: level == \"total\", by: year, "
            "tolerance: 0.01}\n\n"
            "Kinds: rule, unique, complete, one_of, known, no_gaps, adds_up, agrees (docs/checks.md). Each tells how "
            "much it\n"
            "looked at, how many faults, and the first with its line. Exit code 3 when there are faults.\n\n"
            "  --json  schema pgdp.data.check/1\n",
    .run = run,
};
