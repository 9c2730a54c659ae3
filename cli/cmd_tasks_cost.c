/* cmd_tasks_cost.c  pgdp tasks cost: what AI costs a task beside a person. SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/ingest.h"
#include "pgdp/unit_cost.h"

#include <stddef.h>

/** Where tasks, prices and the answer's tasks are. */
typedef struct places {
    const char *tasks, *study, *prices, *csv;
} places;

static pgdp_status cost_of_file(pgc_app *app, const char *path, const pgdp_unit_cost_request *q, pgdp_unit_cost **out)
{
    pgdp_dataset *tasks = NULL;
    pgdp_status status = pgdp_ingest_file(app->ctx, NULL, path, &tasks);
    if (status == PGDP_OK) status = pgdp_unit_cost_new(app->ctx, pgdp_dataset_table(tasks, 0), q, out);
    pgdp_dataset_free(tasks);
    return status;
}

static int compute(pgc_app *app, const places *at, pgdp_unit_cost_request *q)
{
    pgdp_dataset *prices = NULL;
    pgdp_unit_cost *cost = NULL;
    const pgdp_sink sink = pgc_stdout();
    pgdp_status status = at->prices == NULL ? PGDP_OK : pgdp_ingest_file(app->ctx, NULL, at->prices, &prices);
    if (prices != NULL) q->prices = pgdp_dataset_table(prices, 0);
    if (status == PGDP_OK)
        status = at->study == NULL ? cost_of_file(app, at->tasks, q, &cost)
                                   : pgdp_study_unit_cost(app->ctx, at->study, at->tasks, q, &cost);
    if (status == PGDP_OK) status = pgc_write_frame(app, pgdp_unit_cost_tasks(cost), at->csv);
    if (status == PGDP_OK) status = pgdp_unit_cost_write(app->ctx, cost, app->json, &sink);
    pgdp_unit_cost_free(cost);
    pgdp_dataset_free(prices);
    return pgc_end(app, status);
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *tasks[1], *draws = NULL, *conf_level = NULL;
    places at = { NULL, NULL, NULL, NULL };
    pgdp_unit_cost_request q = { .n_draws = 0 };
    double n_draws = 1000;
    const pgc_flag own[] = { { "--study", &at.study, NULL },   { "--prices", &at.prices, NULL },
                             { "--model", &q.model, NULL },    { "--date", &q.date, NULL },
                             { "--draws", &draws, NULL },      { "--conf-level", &conf_level, NULL },
                             { "--tasks-csv", &at.csv, NULL }, { NULL, NULL, NULL } };
    pgc_option_flags f;
    pgc_option_flags_init(&f, own, pgdp_unit_cost_options());
    if (!pgc_parse(app, argc, argv, f.flags, tasks, 1)) return 2;
    if (tasks[0] == NULL && at.study == NULL)
        return pgc_usage(app, "which table of tasks, or which study? --study FILE");
    if (!pgc_number(app, "--draws", draws, (const double[2]){ 1, 1e6 }, &n_draws) ||
        !pgc_number(app, "--conf-level", conf_level, (const double[2]){ 0.01, 0.9999 }, &q.conf_level))
        return 2;
    pgc_option_settings(&f);
    at.tasks = tasks[0];
    q.settings = f.settings;
    q.n_draws = (size_t)n_draws;
    q.seed = app->has_seed ? app->seed : 1;
    return compute(app, &at, &q);
}

const pgc_command pgc_tasks_cost = {
    .name = "tasks cost",
    .summary = "what AI costs a task beside a person, break-even, feasibility",
    .help =
        "pgdp tasks cost tasks.csv --prices data/token_prices.csv --model gpt-4o --success 0.67 --tokens_in 20000 \\\n"
        "    --tokens_out 4000 --review_minutes 5\n"
        "pgdp tasks cost --study data/studies/baseline.yaml --prices data/token_prices.csv --model gpt-4o \\\n"
        "    --minutes 60 --success 0.67 --tokens_in 20000 --tokens_out 4000 --price_factor 10 --date 2026-07-30\n"
        "pgdp tasks cost tasks.csv --success 0.67 --success_low 0.5 --success_high 0.8 --draws 5000 --json\n\n"
        "TASKS has a row a task: task_id and any of the parameters as columns; a flag gives a parameter to all tasks.\n"
        "Each may have a _low and a _high: then triangular draws make intervals. Prints the cost of a task with "
        "people\n"
        "reviewing and taking over, its ratio to labour's, the token price and date of break-even, and the share of\n"
        "pay where a deployment saves more than it costs. docs/unit_cost.md has every parameter with its unit:\n"
        "  --minutes --wage_usd --labour_load --tokens_in --tokens_out --cached_share --input_usd_per_million\n"
        "  --output_usd_per_million --cached_usd_per_million --attempt_usd --attempts --success --review_minutes\n"
        "  --ai_minutes --fallback_share --runs_year --hours_year --wage_bill_usd --price_factor --fixed_usd\n"
        "  --deployments --run_usd_year --run_decline --wage_growth --horizon_years --discount\n"
        "  --study FILE      its tasks with wages, hours and pay; TASKS then adds parameters by task_id\n"
        "  --prices FILE     list of token prices: data/token_prices.csv, or of LiteLLM, OpenRouter, llm-prices\n"
        "  --model NAME      of the list; default: the column model\n"
        "  --date DAY        of the prices, and from which break-even counts; default: the newest prices\n"
        "  --draws N         1000\n"
        "  --conf-level P    of the intervals, 0.95\n"
        "  --tasks-csv FILE  a CSV with a row a task as well\n"
        "  --json            schema pgdp.tasks.cost/1, the tasks among it\n",
    .run = run,
};
