/* cmd_tasks_ledger.c  pgdp tasks ledger: a firm's tokens beside its payroll. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "cli/cli.h"

#include "pgdp/ingest.h"
#include "pgdp/unit_cost.h"

static int run(pgc_app *app, int argc, char **argv)
{
    const char *spend[1], *payroll = NULL;
    const pgc_flag flags[] = { { "--payroll", &payroll, NULL }, { NULL, NULL, NULL } };
    pgdp_dataset *spent = NULL, *paid = NULL;
    pgdp_ledger *ledger = NULL;
    const pgdp_sink sink = pgc_stdout();
    if (!pgc_parse(app, argc, argv, flags, spend, 1)) return 2;
    if (spend[0] == NULL) return pgc_usage(app, "which table of spending?");
    if (payroll == NULL) return pgc_usage(app, "which payroll? --payroll FILE");
    pgdp_status status = pgdp_ingest_file(app->ctx, NULL, spend[0], &spent);
    if (status == PGDP_OK) status = pgdp_ingest_file(app->ctx, NULL, payroll, &paid);
    if (status == PGDP_OK)
        status = pgdp_ledger_new(app->ctx, pgdp_dataset_table(spent, 0), pgdp_dataset_table(paid, 0), &ledger);
    if (status == PGDP_OK) status = pgdp_ledger_write(app->ctx, ledger, app->json, &sink);
    pgdp_ledger_free(ledger);
    pgdp_dataset_free(spent);
    pgdp_dataset_free(paid);
    return pgc_end(app, status);
}

const pgc_command pgc_tasks_ledger = {
    .name = "tasks ledger",
    .summary = "a firm's spending on AI beside its payroll",
    .help =
        "pgdp tasks ledger spend.csv --payroll payroll.csv\n"
        "pgdp tasks ledger spend.csv --payroll payroll.csv --json\n\n"
        "SPEND has rows of month, unit, usd, and where known tokens, hours_saved, saved_usd; rows of a month and unit\n"
        "add up. The payroll has a row a month and unit: month, unit, usd, and where known hours. Prints spending,\n"
        "share of payroll, run rate (last month x 12), monthly growth and saved labour over spending, by unit and\n"
        "month.\n"
        "  --payroll FILE   the payroll\n"
        "  --json           schema pgdp.tasks.ledger/1\n",
    .run = run,
};
