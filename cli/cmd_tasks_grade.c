/* cmd_tasks_grade.c  pgdp tasks grade: language models asked to grade tasks by a rubric.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "cli/option_flags.h"

#include "pgdp/grading.h"
#include "pgdp/ingest.h"

#include <stdio.h>

/** Where rubric, tasks and prices are, and where the grades go. */
typedef struct places {
    const char *rubric, *tasks, *prices, *csv;
} places;

/** Numbers as given. */
typedef struct numbers {
    const char *passes, *max_tokens, *attempts, *concurrency, *limit, *sample;
    const char *rate, *budget, *temperature, *price_in, *price_out;
} numbers;

static bool read_count(const pgc_app *app, const char *flag, const char *text, double most, size_t *out)
{
    double value = 0;
    if (!pgc_number(app, flag, text, (const double[2]){ 1, most }, &value)) return false;
    if (text != NULL && value > (double)(size_t)value)
        return pgc_usage(app, "%s takes a whole number, found \"%s\"", flag, text), false;
    *out = (size_t)value;
    return true;
}

static bool read_numbers(const pgc_app *app, const numbers *n, pgdp_grading_request *q)
{
    static const double rate[2] = { 1e-3, 1e4 }, usd[2] = { 0, 1e9 }, budget[2] = { 1e-6, 1e9 },
                        temperature[2] = { 0, 2 };
    return read_count(app, "--passes", n->passes, 1000, &q->n_passes) &&
           read_count(app, "--max-tokens", n->max_tokens, 1e6, &q->max_tokens) &&
           read_count(app, "--attempts", n->attempts, 100, &q->max_attempts) &&
           read_count(app, "--concurrency", n->concurrency, 1024, &q->concurrency) &&
           read_count(app, "--limit", n->limit, 1e7, &q->limit) &&
           read_count(app, "--sample", n->sample, 1e7, &q->sample) &&
           pgc_number(app, "--rate", n->rate, rate, &q->requests_per_second) &&
           pgc_number(app, "--budget", n->budget, budget, &q->budget_usd) &&
           pgc_number(app, "--temperature", n->temperature, temperature, &q->temperature) &&
           pgc_number(app, "--price-in", n->price_in, usd, &q->price_in) &&
           pgc_number(app, "--price-out", n->price_out, usd, &q->price_out);
}

/** Some questions may have no grade: exit code 1, as a batch some of whose jobs failed. */
static int tell(const pgc_app *app, const pgdp_grading *grading, const pgdp_grading_request *q)
{
    const size_t n_failed = pgdp_frame_n_rows(pgdp_grading_failures(grading)), n_left = pgdp_grading_left(grading);
    if (q->mode == PGDP_GRADING_DRY_RUN || n_failed + n_left == 0) return 0;
    if (n_failed > 0)
        (void)fprintf(stderr, "%s: %zu questions have no answer that passes the rubric; the same command asks again\n",
                      app->command, n_failed);
    if (n_left > 0)
        (void)fprintf(stderr, "%s: %zu questions were not asked: %s\n", app->command, n_left,
                      q->mode == PGDP_GRADING_REPLAY ? "the store has no answers to them"
                                                     : "the budget does not allow it");
    return 1;
}

static int grade(pgc_app *app, const places *at, pgdp_grading_request *q)
{
    const pgdp_sink sink = pgc_stdout();
    pgdp_rubric *rubric = NULL;
    pgdp_dataset *tasks = NULL, *prices = NULL;
    pgdp_grading *grading = NULL;
    int code = 0;
    pgdp_status status = pgdp_rubric_read(app->ctx, at->rubric, &rubric);
    if (status == PGDP_OK) status = pgdp_ingest_file(app->ctx, NULL, at->tasks, &tasks);
    if (status == PGDP_OK && at->prices != NULL) status = pgdp_ingest_file(app->ctx, NULL, at->prices, &prices);
    if (prices != NULL) q->prices = pgdp_dataset_table(prices, 0);
    if (status == PGDP_OK) status = pgdp_grading_new(app->ctx, rubric, pgdp_dataset_table(tasks, 0), q, &grading);
    if (status == PGDP_OK) status = pgc_write_frame(app, pgdp_grading_grades(grading), at->csv);
    if (status == PGDP_OK) status = pgdp_grading_write(app->ctx, grading, app->json, &sink);
    if (status == PGDP_OK) code = tell(app, grading, q);
    pgdp_grading_free(grading);
    pgdp_dataset_free(prices);
    pgdp_dataset_free(tasks);
    pgdp_rubric_free(rubric);
    return status == PGDP_OK ? code : pgc_end(app, status);
}

static int run(pgc_app *app, int argc, char **argv)
{
    const char *none[1];
    places at = { NULL, NULL, NULL, NULL };
    numbers n = { .passes = NULL };
    bool dry_run = false, replay = false;
    pgdp_grading_request q = pgdp_grading_defaults();
    const pgc_flag flags[] = { { "--rubric", &at.rubric, NULL },
                               { "--tasks", &at.tasks, NULL },
                               { "--model", &q.model, NULL },
                               { "--endpoint", &q.endpoint, NULL },
                               { "--format", &q.format, NULL },
                               { "--store", &q.store, NULL },
                               { "--key-file", &q.key_file, NULL },
                               { "--key-variable", &q.key_variable, NULL },
                               { "--authority", &q.authority, NULL },
                               { "--id", &q.id, NULL },
                               { "--text", &q.text, NULL },
                               { "--occupation", &q.occupation, NULL },
                               { "--date", &q.date, NULL },
                               { "--prices", &at.prices, NULL },
                               { "--price-in", &n.price_in, NULL },
                               { "--price-out", &n.price_out, NULL },
                               { "--budget", &n.budget, NULL },
                               { "--passes", &n.passes, NULL },
                               { "--temperature", &n.temperature, NULL },
                               { "--max-tokens", &n.max_tokens, NULL },
                               { "--attempts", &n.attempts, NULL },
                               { "--concurrency", &n.concurrency, NULL },
                               { "--rate", &n.rate, NULL },
                               { "--limit", &n.limit, NULL },
                               { "--sample", &n.sample, NULL },
                               { "--dry-run", NULL, &dry_run },
                               { "--replay", NULL, &replay },
                               { "--csv", &at.csv, NULL },
                               { NULL, NULL, NULL } };
    if (!pgc_parse(app, argc, argv, flags, none, 0) || !read_numbers(app, &n, &q)) return 2;
    if (dry_run && replay) return pgc_usage(app, "--dry-run or --replay, not both");
    if (at.rubric == NULL) return pgc_usage(app, "which rubric? --rubric FILE");
    if (at.tasks == NULL) return pgc_usage(app, "which tasks? --tasks FILE");
    if (q.model == NULL) return pgc_usage(app, "which model? --model NAME");
    if (q.endpoint == NULL) return pgc_usage(app, "where? --endpoint URL");
    if (q.store == NULL && !dry_run) return pgc_usage(app, "which store keeps the answers? --store FILE");
    q.mode = dry_run ? PGDP_GRADING_DRY_RUN : replay ? PGDP_GRADING_REPLAY : PGDP_GRADING_ASK;
    q.seed = app->has_seed ? app->seed : 1;
    return grade(app, &at, &q);
}

const pgc_command pgc_tasks_grade = {
    .name = "tasks grade",
    .summary = "language models asked to grade tasks, every answer kept",
    .help =
        "pgdp tasks grade --rubric data/rubrics/exposure.yaml --tasks data/activities.csv --model gpt-4o \\\n"
        "    --endpoint https://api.openai.com/v1/chat/completions --prices data/token_prices.csv --dry-run\n"
        "pgdp tasks grade --rubric data/rubrics/exposure.yaml --tasks data/activities.csv --model gpt-4o \\\n"
        "    --endpoint https://api.openai.com/v1/chat/completions --prices data/token_prices.csv --budget 5 \\\n"
        "    --store grades.db --passes 3 --csv grades.csv\n"
        "pgdp tasks agree grades.csv --rubric data/rubrics/exposure.yaml\n\n"
        "Asks a model to grade each task by the rubric, holds every answer to it, and keeps every request and answer\n"
        "in the store. What is answered is not asked again: after a stop the same command goes on. docs/grading.md\n"
        "tells the rubric's form, what is sent, and what counts as an answer.\n"
        "  --rubric FILE         YAML: question or items, labels, meanings; data/rubrics/ has some\n"
        "  --tasks FILE          a row a task\n"
        "  --id, --text, --occupation COL   its columns: task_id or dwa_id; statement, task, dwa_title; occupation\n"
        "  --limit N             the first N tasks\n"
        "  --sample N            N tasks drawn by --seed\n"
        "  --model NAME          as the provider spells it\n"
        "  --endpoint URL        the whole address, https, or http to this machine\n"
        "  --format NAME         openai, compatible, anthropic; default: by the address\n"
        "  --key-file FILE       holds the key alone; default: OPENAI_API_KEY or ANTHROPIC_API_KEY, sent to that\n"
        "                        provider only\n"
        "  --key-variable NAME   another environment variable\n"
        "  --authority FILE      PEM certificates trusted instead of the system's\n"
        "  --store FILE          where requests and answers are kept\n"
        "  --passes N            grades a task, 1: graders model#1, model#2, ...\n"
        "  --temperature T       0 to 2; default: the provider's\n"
        "  --max-tokens N        of an answer, 1024; models that think need more\n"
        "  --attempts N          for an answer that passes the rubric, 3\n"
        "  --concurrency N       requests in flight, 4\n"
        "  --rate N              requests a second at most\n"
        "  --prices FILE         list of token prices, as pgdp tasks cost\n"
        "  --price-in, --price-out USD   per million tokens, instead\n"
        "  --date DAY            of the prices, and of answers without a date\n"
        "  --budget USD          stop before a request that could pass it; earlier runs in the store count\n"
        "  --dry-run             send nothing: number of requests, tokens, cost, the first prompt\n"
        "  --replay              send nothing: the grades that the store has\n"
        "  --csv FILE            a row a task, pass and item: task_id, grader, item, grade, value, date, model ...\n"
        "  --json                schema pgdp.tasks.grade/1, the grades among it\n",
    .run = run,
};
