/* report.c  Grades, failures, shares and a summary from what the store has. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "grade/report.h"

#include <math.h>
#include <string.h>

enum {
    GRADES_TASK,
    GRADES_GRADER,
    GRADES_ITEM,
    GRADES_GRADE,
    GRADES_VALUE,
    GRADES_DATE,
    GRADES_MODEL,
    GRADES_BY,
    GRADES_RUBRIC
};
static const char *const grades_columns[] = { "task_id", "grader", "item",        "grade",  "#value",
                                              "date",    "model",  "answered_by", "rubric", NULL };
static const char *const failures_columns[] = { "task_id", "#pass", "#attempts", "outcome", "detail", NULL };
static const char *const shares_columns[] = { "item", "grade", "#n", "#share", NULL };
static const char *const summary_columns[] = { "measure", "#value", "meaning", NULL };

/** What is counted on the way. */
typedef struct counting {
    const pg_grade_plan *plan;
    pg_grade_report *out;
    double n_graded, n_failed, n_requests, outcome[PG_N_OUTCOMES];
    double tokens_in, tokens_out, tokens_cached, cost; /* sums of what was told */
    double n_costs, n_unpriced;                        /* answers with a cost, and without */
    double *n_label;                                   /* [n_items x PG_MOST_LABELS] */
} counting;

/** A frame of text columns, and numeric ones where the name begins with '#'. */
static pgdp_status new_frame(pgdp_ctx *ctx, const char *const *columns, pgdp_frame **out)
{
    PG_TRY(pgdp_frame_new(ctx, out));
    for (; *columns != NULL; columns++) {
        const bool real = (*columns)[0] == '#';
        const pgdp_column column = { .name = *columns + real, .type = real ? PGDP_REAL : PGDP_TEXT };
        PG_TRY(pgdp_frame_add_column(ctx, *out, &column, NULL));
    }
    return PGDP_OK;
}

static pgdp_status put_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, const char *text)
{
    return text == NULL ? PGDP_OK : pgdp_frame_set_text(ctx, frame, column, text, PGDP_NONE);
}

/** Rows of an accepted answer, which is read anew. */
static pgdp_status add_grades(pgdp_ctx *ctx, counting *c, const pg_graded_task *task, const pg_kept_request *kept)
{
    const pgdp_rubric *r = c->plan->rubric;
    const pgdp_bytes body = { "answer", kept->answer, kept->n_answer };
    pgdp_frame *f = c->out->grades;
    pg_verdict v = { .detail = NULL };
    char *grader;
    PG_TRY(pg_answer_judge(ctx, c->plan->format, r, task->id, &body, &ctx->scratch, &v));
    if (v.outcome != PG_OUTCOME_accepted)
        return pg_fail(ctx, PGDP_MISMATCH,
                       "%s: the accepted answer about task %.60s, pass %lld, does not pass the rubric as this "
                       "program reads it: %.200s",
                       pg_db_path(c->plan->db), task->id, (long long)kept->pass, v.detail);
    PG_TRY_ALLOC(ctx, grader, pg_arena_printf(&ctx->scratch, "%s#%lld", c->plan->q.model, (long long)kept->pass));
    for (size_t i = 0; i < r->n_items; i++) {
        const pg_rubric_level *level = &r->items[i].levels[v.grade[i]];
        c->n_label[i * PG_MOST_LABELS + v.grade[i]]++;
        PG_TRY(pgdp_frame_add_row(ctx, f));
        PG_TRY(put_text(ctx, f, GRADES_TASK, task->id));
        PG_TRY(put_text(ctx, f, GRADES_GRADER, grader));
        PG_TRY(put_text(ctx, f, GRADES_ITEM, r->items[i].name));
        PG_TRY(put_text(ctx, f, GRADES_GRADE, level->label));
        pgdp_frame_set_real(f, GRADES_VALUE, level->value);
        PG_TRY(put_text(ctx, f, GRADES_DATE, kept->day));
        PG_TRY(put_text(ctx, f, GRADES_MODEL, c->plan->q.model));
        PG_TRY(put_text(ctx, f, GRADES_BY, v.answered_by));
        PG_TRY(put_text(ctx, f, GRADES_RUBRIC, r->sha256));
    }
    return PGDP_OK;
}

static void count(counting *c, const pg_kept_request *kept)
{
    const pg_outcome outcome = pg_outcome_find(kept->outcome);
    c->n_requests++;
    if (outcome < PG_N_OUTCOMES) c->outcome[outcome]++;
    c->tokens_in += isnan(kept->tokens_in) ? 0 : kept->tokens_in;
    c->tokens_out += isnan(kept->tokens_out) ? 0 : kept->tokens_out;
    c->tokens_cached += isnan(kept->tokens_cached) ? 0 : kept->tokens_cached;
    c->cost += isnan(kept->cost) ? 0 : kept->cost;
    c->n_costs += !isnan(kept->cost);
    c->n_unpriced += isnan(kept->cost) && kept->status == 200;
}

static pgdp_status add_failure(pgdp_ctx *ctx, counting *c, const pg_graded_task *task, const pg_kept_request *last)
{
    pgdp_frame *f = c->out->failures;
    PG_TRY(pgdp_frame_add_row(ctx, f));
    PG_TRY(put_text(ctx, f, 0, task->id));
    pgdp_frame_set_real(f, 1, (double)last->pass);
    pgdp_frame_set_real(f, 2, (double)last->attempt);
    PG_TRY(put_text(ctx, f, 3, last->outcome));
    return put_text(ctx, f, 4, last->detail);
}

/** All attempts at one question, up to the first that was accepted. */
static pgdp_status add_question(pgdp_ctx *ctx, counting *c, size_t task, size_t pass)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_kept_request kept, last = { .outcome = NULL };
    bool row, accepted = false;
    PG_TRY(pg_grades_begin(ctx, c->plan->db, c->plan->request[task], pass));
    for (;;) {
        PG_TRY(pg_grades_next(ctx, c->plan->db, &row, &kept));
        if (!row) break;
        count(c, &kept);
        if (!accepted && pg_streq(kept.outcome, pg_outcome_name(PG_OUTCOME_accepted))) {
            PG_TRY(add_grades(ctx, c, &c->plan->tasks[task], &kept));
            accepted = true;
        }
        last = kept; /* its texts go with the row */
        PG_TRY_ALLOC(ctx, last.outcome, pg_arena_strdup(&ctx->scratch, kept.outcome));
        if (kept.detail != NULL) PG_TRY_ALLOC(ctx, last.detail, pg_arena_strdup(&ctx->scratch, kept.detail));
    }
    c->n_graded += accepted;
    c->n_failed += !accepted && last.outcome != NULL;
    if (!accepted && last.outcome != NULL) PG_TRY(add_failure(ctx, c, &c->plan->tasks[task], &last));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status add_line(pgdp_ctx *ctx, pgdp_frame *f, const char *measure, double value, const char *meaning)
{
    PG_TRY(pgdp_frame_add_row(ctx, f));
    PG_TRY(put_text(ctx, f, 0, measure));
    pgdp_frame_set_real(f, 1, value);
    return put_text(ctx, f, 2, meaning);
}

static pgdp_status add_measure(pgdp_ctx *ctx, counting *c, const char *measure, double value, const char *meaning)
{
    return add_line(ctx, c->out->summary, measure, value, meaning);
}

static pgdp_status summarise_run(pgdp_ctx *ctx, counting *c)
{
    PG_TRY(add_measure(ctx, c, "failed", c->n_failed, "asked without an answer that passes the rubric"));
    PG_TRY(add_measure(ctx, c, "left", (double)c->out->n_left, "never asked"));
    PG_TRY(add_measure(ctx, c, "requests", c->n_requests, "sent, all attempts"));
    for (size_t o = 0; o < PG_N_OUTCOMES; o++)
        if (c->outcome[o] > 0)
            PG_TRY(
                add_measure(ctx, c, pg_outcome_name((pg_outcome)o), c->outcome[o], pg_outcome_meaning((pg_outcome)o)));
    PG_TRY(add_measure(ctx, c, "tokens_in", c->tokens_in, "tokens read, as the provider counts them"));
    PG_TRY(add_measure(ctx, c, "tokens_cached", c->tokens_cached, "of these from the provider's cache"));
    PG_TRY(add_measure(ctx, c, "tokens_out", c->tokens_out, "tokens written"));
    if (c->n_unpriced > 0)
        PG_TRY(add_measure(ctx, c, "unpriced", c->n_unpriced, "answers without tokens or prices, not in the cost"));
    return add_line(ctx, c->out->cost, "cost_usd", c->n_costs > 0 ? c->cost : (double)NAN,
                    "by the prices given when they were sent");
}

/** Bytes of an answer with the longest labels. */
static double answer_bytes(const pgdp_rubric *r, const pg_graded_task *task)
{
    static const double around = 14, around_item = 8; /* braces, quotes, "task" */
    double n = around + (double)strlen(task->id);
    for (size_t i = 0; i < r->n_items; i++) {
        size_t longest = 0;
        for (size_t k = 0; k < r->items[i].n_levels; k++)
            longest = strlen(r->items[i].levels[k].label) > longest ? strlen(r->items[i].levels[k].label) : longest;
        n += around_item + (double)(strlen(r->items[i].name) + longest);
    }
    return n;
}

static pgdp_status summarise_dry(pgdp_ctx *ctx, counting *c, const bool *accepted)
{
    const pg_grade_plan *plan = c->plan;
    const size_t n = plan->n_tasks * plan->q.n_passes;
    double requests = 0, in = 0, out = 0;
    for (size_t i = 0; i < n; i++) {
        if (accepted[i]) continue;
        requests++;
        in += pg_plan_tokens(plan, i % plan->n_tasks);
        out += ceil(answer_bytes(plan->rubric, &plan->tasks[i % plan->n_tasks]) / 3);
    }
    const double most = requests * (double)plan->q.max_tokens;
    PG_TRY(add_measure(ctx, c, "requests", requests, "to be sent, if each answer passes at once"));
    PG_TRY(add_measure(ctx, c, "tokens_in", in, "estimated: a token for each 3 bytes"));
    PG_TRY(add_measure(ctx, c, "tokens_out", out, "estimated, without what a model thinks before it answers"));
    PG_TRY(add_measure(ctx, c, "tokens_out_most", most, "if each answer takes all tokens allowed"));
    PG_TRY(add_line(ctx, c->out->cost, "cost_usd", pg_plan_cost(plan, in, (double)NAN, out), "estimated"));
    return add_line(ctx, c->out->cost, "cost_usd_most", pg_plan_cost(plan, in, (double)NAN, most),
                    "if each answer takes all tokens allowed");
}

static pgdp_status add_shares(pgdp_ctx *ctx, const counting *c)
{
    const pgdp_rubric *r = c->plan->rubric;
    pgdp_frame *f = c->out->shares;
    for (size_t i = 0; i < r->n_items && c->n_graded > 0; i++)
        for (size_t k = 0; k < r->items[i].n_levels; k++) {
            const double n = c->n_label[i * PG_MOST_LABELS + k];
            PG_TRY(pgdp_frame_add_row(ctx, f));
            PG_TRY(put_text(ctx, f, 0, r->items[i].name));
            PG_TRY(put_text(ctx, f, 1, r->items[i].levels[k].label));
            pgdp_frame_set_real(f, 2, n);
            pgdp_frame_set_real(f, 3, n / c->n_graded);
        }
    return PGDP_OK;
}

static pgdp_status walk(pgdp_ctx *ctx, counting *c)
{
    const pg_grade_plan *plan = c->plan;
    const size_t n = plan->n_tasks * plan->q.n_passes;
    const bool dry = plan->q.mode == PGDP_GRADING_DRY_RUN;
    bool *accepted;
    PG_TRY_ALLOC(ctx, accepted, pg_arena_alloc(&ctx->scratch, n, sizeof *accepted));
    for (size_t i = 0; i < n && dry && plan->db != NULL; i++) {
        PG_TRY(
            pg_grades_accepted(ctx, plan->db, plan->request[i % plan->n_tasks], i / plan->n_tasks + 1, &accepted[i]));
        c->n_graded += accepted[i];
    }
    for (size_t i = 0; i < plan->n_tasks && !dry; i++)
        for (size_t pass = 1; pass <= plan->q.n_passes; pass++)
            PG_TRY(add_question(ctx, c, i, pass));
    c->out->n_left = n - (size_t)c->n_graded - (size_t)c->n_failed;
    PG_TRY(add_measure(ctx, c, "tasks", (double)plan->n_tasks, "chosen from the table"));
    PG_TRY(add_measure(ctx, c, "passes", (double)plan->q.n_passes, "grades a task"));
    PG_TRY(add_measure(ctx, c, "questions", (double)n, "tasks times passes"));
    PG_TRY(add_measure(ctx, c, "graded", c->n_graded, "with an answer that passes the rubric"));
    return dry ? summarise_dry(ctx, c, accepted) : summarise_run(ctx, c);
}

pgdp_status pg_grade_report_make(pgdp_ctx *ctx, const pg_grade_plan *plan, pg_grade_report *out)
{
    counting c = { .plan = plan, .out = out };
    PG_TRY_ALLOC(ctx, c.n_label,
                 pg_arena_alloc(&ctx->scratch, plan->rubric->n_items * PG_MOST_LABELS, sizeof *c.n_label));
    PG_TRY(new_frame(ctx, grades_columns, &out->grades));
    PG_TRY(new_frame(ctx, failures_columns, &out->failures));
    PG_TRY(new_frame(ctx, shares_columns, &out->shares));
    PG_TRY(new_frame(ctx, summary_columns, &out->summary));
    PG_TRY(new_frame(ctx, summary_columns, &out->cost));
    PG_TRY(walk(ctx, &c));
    return add_shares(ctx, &c);
}
