/* ask.c  Questions sent and answers kept: slots for what is in flight, a queue of what is asked again, a budget.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/plan.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum {
    REFUSALS_IN_A_ROW = 10, /* of the server or the network, after which the run ends */
    LEAST_SECRET = 8,       /* shorter keys are no secret that could be told from other text */
    MOST_BODY = 1 << 20,    /* bytes of an answer with all around it */
    LONGEST_WAIT = 300,     /* seconds: a model that thinks sends nothing until it has done */
    DAY_SIZE = 32,
    DONE = 255 /* in `tries` */
};
static const char hidden[] = "(hidden)";

/** One request in flight. */
typedef struct slot {
    pg_arena arena; /* of body and headers */
    bool busy;
    size_t question;
    pg_text body;
    pg_http_field headers[PG_MOST_HEADERS];
    double reserved; /* usd that it may cost */
} slot;
typedef struct asking {
    pg_grade_plan *plan;
    slot *slots;            /* [concurrency] */
    size_t *again, n_again; /* [concurrency] questions to be asked again, the oldest first */
    unsigned char *tries;   /* [n_questions] of this run; DONE: nothing more to ask */
    size_t n_questions, fresh, n_done, n_heard, n_in_a_row;
    double spent;   /* usd, with earlier runs */
    char last[512]; /* why the last request without an answer had none */
} asking;

/** Bytes with the key in them made unreadable, ending with NUL: a server may tell back what it was sent. */
static pgdp_status hide(pgdp_ctx *ctx, const char *key, pg_arena *arena, pgdp_bytes *bytes)
{
    const size_t n_key = key == NULL ? 0 : strlen(key);
    pg_text text;
    size_t from = 0;
    pg_text_init(&text, arena);
    for (size_t i = 0; n_key >= LEAST_SECRET && i + n_key <= bytes->n; i++) {
        if (memcmp(bytes->data + i, key, n_key) != 0) continue;
        pg_text_add_bytes(&text, (const char *)bytes->data + from, i - from);
        pg_text_add(&text, hidden);
        from = i + n_key;
        i = from - 1;
    }
    pg_text_add_bytes(&text, (const char *)bytes->data + from, bytes->n - from);
    if (text.failed) return pg_no_memory(ctx);
    bytes->data = (const unsigned char *)text.data;
    bytes->n = text.n;
    return PGDP_OK;
}

static pgdp_status hide_text(pgdp_ctx *ctx, const char *key, pg_arena *arena, const char **text)
{
    if (*text == NULL) return PGDP_OK;
    pgdp_bytes bytes = { "", (const unsigned char *)*text, strlen(*text) };
    PG_TRY(hide(ctx, key, arena, &bytes));
    *text = (const char *)bytes.data;
    return PGDP_OK;
}

/** The day of a Date header (RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"), else the user's, else NULL. */
static const char *day_of(const pg_grade_plan *plan, const char *date, char buffer[DAY_SIZE])
{
    static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";
    enum { AT_DAY = 5, AT_MONTH = 8, AT_YEAR = 12, LEAST = 16 };
    pgdp_period period;
    char name[4];
    if (date == NULL || strlen(date) < LEAST) return plan->q.date;
    (void)snprintf(name, sizeof name, "%.3s", date + AT_MONTH);
    const char *at = strstr(months, name);
    const int month = at == NULL ? 0 : (int)(at - months) / 3 + 1;
    (void)snprintf(buffer, DAY_SIZE, "%.4s-%02d-%.2s", date + AT_YEAR, month, date + AT_DAY);
    return pgdp_period_parse(buffer, &period) ? buffer : plan->q.date;
}

/* ---- what is sent ---- */

/** The question that is due: one to be asked again, else the next one never asked; PGDP_NONE: none now. */
static size_t due(asking *a)
{
    if (a->n_again > 0) return a->again[0];
    while (a->fresh < a->n_questions && a->tries[a->fresh] == DONE)
        a->fresh++;
    return a->fresh < a->n_questions ? a->fresh : PGDP_NONE;
}

static void take(asking *a)
{
    if (a->n_again == 0) {
        a->fresh++;
        return;
    }
    a->n_again--;
    memmove(a->again, a->again + 1, a->n_again * sizeof *a->again);
}

/** Spent, and promised to what is in flight. */
static double committed(const asking *a)
{
    double usd = a->spent;
    for (size_t i = 0; i < a->plan->q.concurrency; i++)
        if (a->slots[i].busy) usd += a->slots[i].reserved;
    return usd;
}

static pgdp_status fill_slot(pgdp_ctx *ctx, const pg_grade_plan *plan, slot *s, pg_http_request *request)
{
    PG_TRY(pg_plan_body(ctx, plan, s->question % plan->n_tasks, &s->arena, &s->body));
    const size_t n_headers = plan->format->headers(&s->arena, plan->key, s->headers);
    for (size_t h = 0; h < n_headers; h++)
        if (s->headers[h].value == NULL) return pg_no_memory(ctx);
    *request = (pg_http_request){ .url = plan->q.endpoint,
                                  .headers = s->headers,
                                  .n_headers = n_headers,
                                  .body = s->body.data,
                                  .n_body = s->body.n,
                                  .content_type = "application/json" };
    return PGDP_OK;
}

static pgdp_status next(pgdp_ctx *ctx, void *user, pg_http_request *request, size_t *id, bool *more)
{
    asking *a = user;
    const pg_grade_plan *plan = a->plan;
    const size_t question = due(a);
    *more = false;
    if (question == PGDP_NONE) return PGDP_OK;
    const double in = pg_plan_tokens(plan, question % plan->n_tasks);
    const double cost = pg_plan_cost(plan, in, (double)NAN, (double)plan->q.max_tokens);
    if (plan->q.budget_usd > 0 && committed(a) + cost > plan->q.budget_usd) return PGDP_OK;
    size_t i = 0;
    while (a->slots[i].busy)
        i++; /* there is one: no more are in flight than there are slots */
    slot *s = &a->slots[i];
    take(a);
    s->busy = true;
    s->question = question;
    s->reserved = isnan(cost) ? 0 : cost;
    *id = i;
    *more = true;
    return fill_slot(ctx, plan, s, request);
}

/* ---- what comes back ---- */

/** Keep a request with its verdict. */
static pgdp_status keep(pgdp_ctx *ctx, asking *a, const slot *s, const pg_http_reply *reply, const pgdp_bytes *body,
                        const pg_verdict *v)
{
    const pg_grade_plan *plan = a->plan;
    const size_t task = s->question % plan->n_tasks;
    char day[DAY_SIZE];
    const double cost = pg_plan_cost(plan, v->tokens_in, v->tokens_cached, v->tokens_out);
    const pg_kept_request kept = { .request = plan->request[task],
                                   .rubric = plan->rubric->sha256,
                                   .model = plan->q.model,
                                   .task = plan->tasks[task].id,
                                   .format = plan->format->name,
                                   .address = plan->q.endpoint,
                                   .pass = (int64_t)(s->question / plan->n_tasks) + 1,
                                   .status = reply == NULL ? 0 : reply->status,
                                   .outcome = pg_outcome_name(v->outcome),
                                   .detail = v->detail,
                                   .day = day_of(plan, reply == NULL ? NULL : reply->date, day),
                                   .answered_by = v->answered_by,
                                   .tokens_in = v->tokens_in,
                                   .tokens_out = v->tokens_out,
                                   .tokens_cached = v->tokens_cached,
                                   .cost = cost,
                                   .body = s->body.data,
                                   .answer = body->data,
                                   .n_answer = body->n };
    /* an answer that does not tell its tokens counts with all that it may have cost; no answer costs nothing */
    if (!isnan(cost))
        a->spent += cost;
    else if (v->outcome != PG_OUTCOME_network && v->outcome != PG_OUTCOME_rejected)
        a->spent += s->reserved;
    return pg_grades_add(ctx, plan->db, &kept);
}

/** What the request came to; the body is then without the key. */
static pgdp_status judge(pgdp_ctx *ctx, const asking *a, slot *s, const pg_http_reply *reply, pgdp_bytes *body,
                         pg_verdict *out)
{
    const pg_grade_plan *plan = a->plan;
    const double nan = (double)NAN;
    if (reply == NULL) {
        *out = (pg_verdict){ .outcome = PG_OUTCOME_network, .tokens_in = nan, .tokens_out = nan, .tokens_cached = nan };
        PG_TRY_ALLOC(ctx, out->detail, pg_one_line(&s->arena, pgdp_ctx_error(ctx), sizeof ctx->error));
    } else {
        *body = (pgdp_bytes){ "answer", reply->body, reply->n_body };
        PG_TRY(hide(ctx, plan->key, &s->arena, body));
        if (reply->status == 200)
            PG_TRY(pg_answer_judge(ctx, plan->format, plan->rubric, plan->tasks[s->question % plan->n_tasks].id, body,
                                   &s->arena, out));
        else
            PG_TRY(pg_answer_rejected(ctx, reply->status, body, &s->arena, out));
    }
    PG_TRY(hide_text(ctx, plan->key, &s->arena, &out->answered_by));
    return hide_text(ctx, plan->key, &s->arena, &out->detail);
}

static pgdp_status give_up(pgdp_ctx *ctx, const asking *a, const char *detail)
{
    return pg_fail(ctx, PGDP_NETWORK,
                   "%.600s; %zu of %zu questions are done, and kept; the same command goes on from there", detail,
                   a->n_done, a->n_questions);
}

/** Go on, ask again, or end the run: a key, an address or a model that is refused once is refused always. */
static pgdp_status settle(pgdp_ctx *ctx, asking *a, size_t question, long status, const pg_verdict *v)
{
    const bool unheard = v->outcome == PG_OUTCOME_network || v->outcome == PG_OUTCOME_rejected;
    a->tries[question]++;
    a->n_heard += !unheard;
    a->n_in_a_row = unheard ? a->n_in_a_row + 1 : 0;
    if (unheard) (void)snprintf(a->last, sizeof a->last, "%s", v->detail);
    if (v->outcome == PG_OUTCOME_accepted || unheard || a->tries[question] >= a->plan->q.max_attempts) {
        a->n_done += v->outcome == PG_OUTCOME_accepted;
        a->tries[question] = DONE;
    } else
        a->again[a->n_again++] = question;
    pg_progress(ctx, "grading", a->n_done, a->n_questions);
    if (status == 401 || status == 403 || status == 404 || status == 405 || a->n_in_a_row >= REFUSALS_IN_A_ROW)
        return give_up(ctx, a, v->detail);
    return PGDP_OK;
}

static pgdp_status answer(pgdp_ctx *ctx, void *user, size_t id, pgdp_status status, const pg_http_reply *reply)
{
    asking *a = user;
    slot *s = &a->slots[id];
    pgdp_bytes body = { "answer", NULL, 0 };
    pg_verdict verdict;
    if (status != PGDP_OK && status != PGDP_NETWORK) return status;
    if (status == PGDP_NETWORK) reply = NULL;
    PG_TRY(judge(ctx, a, s, reply, &body, &verdict));
    PG_TRY(keep(ctx, a, s, reply, &body, &verdict));
    s->busy = false;
    PG_TRY(settle(ctx, a, s->question, reply == NULL ? 0 : reply->status, &verdict));
    pg_arena_free(&s->arena);
    return PGDP_OK;
}

/* ---- a run ---- */

/** Which questions have their answer already. */
static pgdp_status look_up(pgdp_ctx *ctx, asking *a)
{
    const pg_grade_plan *plan = a->plan;
    for (size_t i = 0; i < a->n_questions; i++) {
        bool accepted;
        PG_TRY(pg_grades_accepted(ctx, plan->db, plan->request[i % plan->n_tasks], i / plan->n_tasks + 1, &accepted));
        a->tries[i] = accepted ? DONE : 0;
        a->n_done += accepted;
    }
    return pg_grades_spent(ctx, plan->db, plan->rubric->sha256, plan->q.model, &a->spent);
}

pg_http_policy pg_grading_policy(void)
{
    pg_http_policy policy = pg_http_policy_default();
    policy.stall_timeout = policy.total_timeout = LONGEST_WAIT;
    return policy;
}

static pgdp_status open_session(pgdp_ctx *ctx, const pg_grade_plan *plan, pg_http **out)
{
    pg_http_policy policy = *plan->policy;
    PG_TRY_ALLOC(ctx, policy.user_agent, pg_arena_printf(plan->arena, "pgdp/%s", pgdp_version()));
    policy.requests_per_second = plan->q.requests_per_second;
    policy.max_in_flight = plan->q.concurrency;
    policy.max_bytes = MOST_BODY;
    policy.authority = plan->q.authority;
    policy.plain_loopback = true; /* model servers of one's own machine */
    policy.seed = plan->q.seed;
    return pg_http_new(ctx, &policy, out);
}

static pgdp_status send_all(pgdp_ctx *ctx, asking *a)
{
    pg_http *http = NULL;
    const pg_http_batch batch = { .user = a, .next = next, .answer = answer };
    if (a->n_done == a->n_questions) return PGDP_OK; /* no network is needed */
    PG_TRY(open_session(ctx, a->plan, &http));
    pgdp_status status = pg_http_send_all(ctx, http, &batch);
    pg_http_free(http);
    return status == PGDP_OK && a->n_heard == 0 && a->n_in_a_row > 0 ? give_up(ctx, a, a->last) : status;
}

pgdp_status pg_grade_ask(pgdp_ctx *ctx, pg_grade_plan *plan)
{
    asking a = { .plan = plan, .n_questions = plan->n_tasks * plan->q.n_passes };
    const size_t n = plan->q.concurrency;
    PG_TRY_ALLOC(ctx, a.tries, pg_arena_alloc(&ctx->scratch, a.n_questions, 1));
    PG_TRY_ALLOC(ctx, a.again, pg_arena_alloc(&ctx->scratch, n, sizeof *a.again));
    PG_TRY_ALLOC(ctx, a.slots, pg_arena_alloc(&ctx->scratch, n, sizeof *a.slots));
    for (size_t i = 0; i < n; i++)
        pg_arena_init(&a.slots[i].arena, &ctx->allocator);
    pgdp_status status = pg_grades_add_rubric(ctx, plan->db, plan->rubric->sha256, plan->rubric->text);
    if (status == PGDP_OK) status = look_up(ctx, &a);
    if (status == PGDP_OK) status = send_all(ctx, &a);
    for (size_t i = 0; i < n; i++)
        pg_arena_free(&a.slots[i].arena);
    return status;
}
