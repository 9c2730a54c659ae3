/* plan.c  A run's request checked, its bodies, hashes and prices. SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/plan.h"

#include <math.h>

enum { BYTES_A_TOKEN = 3 };
static const double MILLION = 1e6;

pgdp_grading_request pgdp_grading_defaults(void)
{
    const double nan = (double)NAN;
    return (pgdp_grading_request){ .price_in = nan, .price_out = nan, .temperature = nan };
}

static void fill_defaults(pgdp_grading_request *q)
{
    if (q->n_passes == 0) q->n_passes = 1;
    if (q->max_tokens == 0) q->max_tokens = 1024;
    if (q->max_attempts == 0) q->max_attempts = 3;
    if (q->concurrency == 0) q->concurrency = 4;
}

static pgdp_status read_prices(pgdp_ctx *ctx, pg_grade_plan *plan)
{
    const pgdp_grading_request *q = &plan->q;
    pgdp_period day = { PGDP_DAILY, PGDP_MISSING_PERIOD };
    for (size_t p = 0; p < PG_N_PRICES; p++)
        plan->price[p] = (double)NAN;
    if (q->date != NULL && (!pgdp_period_parse(q->date, &day) || day.frequency != PGDP_DAILY))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "date: found \"%.40s\", expected a day such as 2026-05-29", q->date);
    if (q->prices != NULL && (isnan(q->price_in) || isnan(q->price_out))) {
        pg_price_list list;
        PG_TRY(pg_price_list_read(ctx, q->prices, &list));
        PG_TRY(pg_price_list_find(ctx, &list, q->model, day.ordinal, plan->price));
    }
    if (!isnan(q->price_in)) plan->price[PG_PRICE_INPUT] = plan->price[PG_PRICE_CACHED] = q->price_in;
    if (!isnan(q->price_out)) plan->price[PG_PRICE_OUTPUT] = q->price_out;
    if (isnan(plan->price[PG_PRICE_CACHED])) plan->price[PG_PRICE_CACHED] = plan->price[PG_PRICE_INPUT];
    if (!(q->budget_usd >= 0) || plan->price[PG_PRICE_INPUT] < 0 || plan->price[PG_PRICE_OUTPUT] < 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found a budget or a price below 0, expected usd");
    if (q->budget_usd > 0 && isnan(plan->price[PG_PRICE_INPUT] + plan->price[PG_PRICE_OUTPUT]))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "a budget needs prices of input and output; give a list of prices, or both per million tokens");
    return PGDP_OK;
}

/** Keys go where their owner sends them: a provider's usual variable counts at its own address alone. */
static pgdp_status read_key(pgdp_ctx *ctx, pg_grade_plan *plan)
{
    const pgdp_grading_request *q = &plan->q;
    const char *variable = q->key_variable;
    if (q->mode != PGDP_GRADING_ASK) return PGDP_OK;
    const bool own = pg_grade_format_owns(plan->format, q->endpoint);
    if (variable == NULL && own) variable = plan->format->variable;
    if (q->key_file == NULL && variable == NULL) return PGDP_OK;
    PG_TRY(pg_http_key(ctx, q->key_file, variable, plan->arena, &plan->key));
    if (plan->key == NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "found no key in the environment variable %.60s; set it, or name a file",
                       variable);
    return PGDP_OK;
}

pgdp_status pg_plan_body(pgdp_ctx *ctx, const pg_grade_plan *plan, size_t task, pg_arena *arena, pg_text *body)
{
    pg_text user;
    pg_text_init(&user, arena);
    pg_text_init(body, arena);
    PG_TRY(pg_prompt_task(ctx, &user, &plan->tasks[task]));
    const pg_ask ask = { .rubric = plan->rubric,
                         .model = plan->q.model,
                         .system = plan->system,
                         .user = user.data,
                         .temperature = plan->q.temperature,
                         .max_tokens = plan->q.max_tokens };
    return pg_grade_body(ctx, plan->format, &ask, body);
}

/** What was asked of whom: address and body, without the key. */
static pgdp_status hash_requests(pgdp_ctx *ctx, pg_grade_plan *plan)
{
    PG_TRY_ALLOC(ctx, plan->request, pg_arena_alloc(plan->arena, plan->n_tasks, sizeof *plan->request));
    PG_TRY_ALLOC(ctx, plan->n_bytes, pg_arena_alloc(plan->arena, plan->n_tasks, sizeof *plan->n_bytes));
    for (size_t i = 0; i < plan->n_tasks; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_text body, whole;
        PG_TRY(pg_plan_body(ctx, plan, i, &ctx->scratch, &body));
        pg_text_init(&whole, &ctx->scratch);
        pg_text_addf(&whole, "POST %s\n", plan->q.endpoint);
        pg_text_add_bytes(&whole, body.data, body.n);
        if (whole.failed) return pg_no_memory(ctx);
        plan->n_bytes[i] = body.n;
        PG_TRY(pg_sha256(ctx, whole.data, whole.n, plan->request[i]));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

static pgdp_status need(pgdp_ctx *ctx, const char *what, const char *text)
{
    if (text != NULL && text[0] != '\0') return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "which %s? name it", what);
}

pgdp_status pg_plan_new(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_frame *tasks,
                        const pgdp_grading_request *request, pg_grade_plan *plan)
{
    pg_text system;
    plan->rubric = rubric;
    plan->q = *request;
    fill_defaults(&plan->q);
    PG_TRY(need(ctx, "model", plan->q.model));
    PG_TRY(need(ctx, "endpoint", plan->q.endpoint));
    if (plan->q.mode != PGDP_GRADING_DRY_RUN) PG_TRY(need(ctx, "store", plan->q.store));
    PG_TRY(pg_grade_format_find(ctx, plan->q.format, plan->q.endpoint, &plan->format));
    PG_TRY(read_prices(ctx, plan));
    PG_TRY(pg_plan_tasks(ctx, tasks, plan));
    pg_text_init(&system, plan->arena);
    pg_prompt_system(&system, rubric);
    if (system.failed) return pg_no_memory(ctx);
    plan->system = system.data;
    PG_TRY(hash_requests(ctx, plan));
    return read_key(ctx, plan);
}

double pg_plan_tokens(const pg_grade_plan *plan, size_t task)
{
    return ceil((double)plan->n_bytes[task] / BYTES_A_TOKEN);
}

double pg_plan_cost(const pg_grade_plan *plan, double in, double cached, double out)
{
    const double again = isnan(cached) ? 0 : fmin(cached, in);
    return ((in - again) * plan->price[PG_PRICE_INPUT] + again * plan->price[PG_PRICE_CACHED] +
            out * plan->price[PG_PRICE_OUTPUT]) /
           MILLION;
}
