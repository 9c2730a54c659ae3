/* plan.h  What a run asks: tasks by passes, each with the hash of its request, and what asking costs.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GRADE_PLAN_H
#define PG_GRADE_PLAN_H

#include "grade/answer.h"
#include "ingest/store_grades.h"
#include "tasks/token_price_list.h"

/** Everything is borrowed, or lies in the arena. A question is a task and a pass: number pass * n_tasks + task. */
typedef struct pg_grade_plan {
    pg_arena *arena;
    const pgdp_rubric *rubric;
    pgdp_grading_request q; /**< with defaults */
    const pg_grade_format *format;
    const pg_http_policy *policy; /**< of waits and tries */
    const char *key, *system;
    pg_graded_task *tasks; /**< [n_tasks] */
    size_t n_tasks;
    char (*request)[PG_SHA256_HEX]; /**< [n_tasks] */
    size_t *n_bytes;                /**< [n_tasks] of the body */
    double price[PG_N_PRICES];      /**< usd per million tokens; NaN: not known */
    pg_db *db;                      /**< NULL: a dry run without store */
} pg_grade_plan;

/** Check the request, choose tasks, make hashes; the key is read where something is to be sent. */
pgdp_status pg_plan_new(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_frame *tasks,
                        const pgdp_grading_request *request, pg_grade_plan *plan);
/** The body for a task, in the arena; its hash where wanted. */
pgdp_status pg_plan_body(pgdp_ctx *ctx, const pg_grade_plan *plan, size_t task, pg_arena *arena, pg_text *body);
/** Read and choose the tasks of a plan: grade/tasks.c. */
pgdp_status pg_plan_tasks(pgdp_ctx *ctx, const pgdp_frame *frame, pg_grade_plan *plan);
/** Tokens of the request for a task, estimated: a token for each three bytes. */
double pg_plan_tokens(const pg_grade_plan *plan, size_t task);
/** Usd of tokens in (cached ones among them; NaN: none) and out; NaN where tokens or prices are not known. */
double pg_plan_cost(const pg_grade_plan *plan, double in, double cached, double out);

/** pgdp_grading_new() with a policy of waits and tries. */
pgdp_status pg_grading_new(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_frame *tasks,
                           const pgdp_grading_request *request, const pg_http_policy *policy, pgdp_grading **out);
/** The policy of pgdp_grading_new(). */
pg_http_policy pg_grading_policy(void);

/** Ask all questions without an accepted answer, until the budget is reached. @return NETWORK, STOPPED, IO, NO_MEMORY
 */
pgdp_status pg_grade_ask(pgdp_ctx *ctx, pg_grade_plan *plan);

#endif
