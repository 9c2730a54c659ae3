/* grading.c  A grading from its request to its report. SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/report.h"

#include "tasks/answer.h"

enum { MOST_SHOWN = 20, MOST_PASSES = 1000, MOST_ATTEMPTS = 100, MOST_CONCURRENCY = 1024, MOST_TOKENS = 1000000 };

struct pgdp_grading {
    pg_arena arena; /* holds this too */
    pg_grade_report report;
    pgdp_frame *prompt; /* role, text */
    const char *shown;  /* the same as one text */
    bool dry;
};

static pgdp_status check_counts(pgdp_ctx *ctx, const pgdp_grading_request *q)
{
    const struct {
        const char *name;
        size_t value, most;
    } counts[] = { { "passes", q->n_passes, MOST_PASSES },
                   { "attempts", q->max_attempts, MOST_ATTEMPTS },
                   { "concurrency", q->concurrency, MOST_CONCURRENCY },
                   { "tokens", q->max_tokens, MOST_TOKENS } };
    for (size_t i = 0; i < sizeof counts / sizeof *counts; i++)
        if (counts[i].value > counts[i].most)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "%s: found %zu, expected at most %zu", counts[i].name,
                           counts[i].value, counts[i].most);
    return PGDP_OK;
}

/** The store, where there is to be one; a dry run looks into it if it is there. */
static pgdp_status open_store(pgdp_ctx *ctx, pg_grade_plan *plan)
{
    const pgdp_grading_mode mode = plan->q.mode;
    if (plan->q.store == NULL) return PGDP_OK;
    const pgdp_status status = pg_grades_open(ctx, plan->q.store, mode == PGDP_GRADING_ASK, &plan->db);
    return mode == PGDP_GRADING_DRY_RUN && (status == PGDP_IO || status == PGDP_NOT_FOUND) ? PGDP_OK : status;
}

static pgdp_status add_message(pgdp_ctx *ctx, pgdp_frame *frame, const char *role, const char *text)
{
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    PG_TRY(pgdp_frame_set_text(ctx, frame, 0, role, PGDP_NONE));
    return pgdp_frame_set_text(ctx, frame, 1, text, PGDP_NONE);
}

/** What the first task is asked with. */
static pgdp_status make_prompt(pgdp_ctx *ctx, const pg_grade_plan *plan, pgdp_grading *g)
{
    pg_text user;
    pg_text_init(&user, &g->arena);
    PG_TRY(pg_prompt_task(ctx, &user, &plan->tasks[0]));
    PG_TRY(pgdp_frame_new(ctx, &g->prompt));
    PG_TRY(pgdp_frame_add_column(ctx, g->prompt, &(pgdp_column){ .name = "role", .type = PGDP_TEXT }, NULL));
    PG_TRY(pgdp_frame_add_column(ctx, g->prompt, &(pgdp_column){ .name = "text", .type = PGDP_TEXT }, NULL));
    PG_TRY(add_message(ctx, g->prompt, "system", plan->system));
    PG_TRY(add_message(ctx, g->prompt, "user", user.data));
    PG_TRY_ALLOC(ctx, g->shown, pg_arena_printf(&g->arena, "%s\n\n%s", plan->system, user.data));
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, pg_grade_plan *plan, pgdp_grading *g)
{
    PG_TRY(open_store(ctx, plan));
    if (plan->q.mode == PGDP_GRADING_ASK) PG_TRY(pg_grade_ask(ctx, plan));
    PG_TRY(pg_grade_report_make(ctx, plan, &g->report));
    return make_prompt(ctx, plan, g);
}

pgdp_status pg_grading_new(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_frame *tasks,
                           const pgdp_grading_request *request, const pg_http_policy *policy, pgdp_grading **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_grading *g = pg_arena_alloc(&arena, 1, sizeof *g);
    if (g == NULL) return pg_no_memory(ctx);
    g->arena = arena;
    g->dry = request->mode == PGDP_GRADING_DRY_RUN;
    pg_grade_plan plan = { .arena = &g->arena, .policy = policy };
    pgdp_status status = check_counts(ctx, request);
    if (status == PGDP_OK) status = pg_plan_new(ctx, rubric, tasks, request, &plan);
    if (status == PGDP_OK) status = run(ctx, &plan, g);
    pg_db_close(plan.db);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = g;
    else
        pgdp_grading_free(g);
    return status;
}

pgdp_status pgdp_grading_new(pgdp_ctx *ctx, const pgdp_rubric *rubric, const pgdp_frame *tasks,
                             const pgdp_grading_request *request, pgdp_grading **out)
{
    const pg_http_policy policy = pg_grading_policy();
    return pg_grading_new(ctx, rubric, tasks, request, &policy, out);
}

void pgdp_grading_free(pgdp_grading *g)
{
    if (g == NULL) return;
    pgdp_frame_free(g->report.grades);
    pgdp_frame_free(g->report.summary);
    pgdp_frame_free(g->report.cost);
    pgdp_frame_free(g->report.shares);
    pgdp_frame_free(g->report.failures);
    pgdp_frame_free(g->prompt);
    pg_arena arena = g->arena;
    pg_arena_free(&arena);
}

const pgdp_frame *pgdp_grading_grades(const pgdp_grading *g)
{
    return g->report.grades;
}

const pgdp_frame *pgdp_grading_summary(const pgdp_grading *g)
{
    return g->report.summary;
}

const pgdp_frame *pgdp_grading_cost(const pgdp_grading *g)
{
    return g->report.cost;
}

const pgdp_frame *pgdp_grading_shares(const pgdp_grading *g)
{
    return g->report.shares;
}

const pgdp_frame *pgdp_grading_failures(const pgdp_grading *g)
{
    return g->report.failures;
}

size_t pgdp_grading_left(const pgdp_grading *g)
{
    return g->report.n_left;
}

const char *pgdp_grading_prompt(const pgdp_grading *g)
{
    return g->shown;
}

pgdp_status pgdp_grading_write(pgdp_ctx *ctx, const pgdp_grading *g, bool as_json, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const bool few = pgdp_frame_n_rows(g->report.failures) <= MOST_SHOWN;
    const pg_answer answer = { .schema = "pgdp.tasks.grade/1",
                               .part = { { "summary", g->report.summary, true },
                                         { "cost", g->report.cost, true },
                                         { "shares", g->report.shares, true },
                                         { "failures", g->report.failures, few },
                                         { "prompt", g->prompt, false },
                                         { "grades", g->report.grades, false } } };
    pg_text text;
    PG_TRY(pg_answer_write(ctx, &answer, as_json, sink));
    if (as_json || !g->dry) return PGDP_OK;
    pg_text_init(&text, &ctx->scratch);
    pg_text_addf(&text, "\nThe first request says\n\n%s\n", g->shown);
    const pgdp_status status = text.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
