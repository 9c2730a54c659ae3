/* server.h  A model on this machine for tests of grading: it grades by a rule, or misbehaves as told; and a bench with
 * a store, tasks and a rubric. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_GRADE_SERVER_H
#define PGT_GRADE_SERVER_H

#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ctx.h"
#include "grade/plan.h"
#include "pgdp/grading.h"
#include "pgdp/store.h"
#include "tests/support/loopback.h"
#include "tests/support/world.h"

enum { MOST_GRADED = 64, BODY_SIZE = 1024 };
#define SECRET "sk-test-0123456789abcdef"

/** How a request about a task is answered: by the usual body, or by `instead` while it lasts. */
typedef struct model {
    char body[MOST_GRADED][BODY_SIZE]; /**< the usual answer about task t0, t1, ... */
    size_t n_asked[MOST_GRADED];
    const pgt_answer *instead; /**< answers to the first requests about each task, or all when `always` */
    size_t n_instead;
    bool always;
    size_t only;            /**< task that `instead` is for; PGDP_NONE: every one */
    const pgt_answer *each; /**< [n_each] the answer about task i, whenever asked */
    size_t n_each;
    double pause;
} model;

/** Number of the task that a request asks about: the user's message begins {"task":"t7", escaped. */
static inline size_t asked_about(const pgt_received *request)
{
    static const char before[] = "{\\\"task\\\":\\\"t";
    const char *at = strstr(request->body, before);
    return at == NULL ? 0 : (size_t)strtoul(at + strlen(before), NULL, 10) % MOST_GRADED;
}

static inline pgt_answer model_answer(void *user, const pgt_received *request)
{
    model *m = user;
    const size_t task = asked_about(request), n = m->n_asked[task]++;
    if (task < m->n_each) return m->each[task];
    const bool now = m->only == PGDP_NONE || m->only == task;
    if (now && m->instead != NULL && (m->always || n < m->n_instead)) return m->instead[n % m->n_instead];
    return (pgt_answer){ .body = m->body[task], .pause = m->pause };
}

/** Label of a task by the rule. */
static inline const char *rule(size_t task)
{
    static const char *const labels[] = { "E0", "E3", "E2", "E1" };
    return labels[(task * 7 + task / 3) % 4];
}

#define USAGE "\"usage\":{\"prompt_tokens\":1000,\"completion_tokens\":20}"

/** A body of chat completions around a content that is already escaped. */
static inline void completion(char *out, const char *content)
{
    (void)snprintf(out, BODY_SIZE,
                   "{\"id\":\"c\",\"model\":\"m-2026\",\"choices\":[{\"index\":0,\"message\":{\"role\":\"assistant\","
                   "\"content\":\"%s\",\"refusal\":null},\"finish_reason\":\"stop\"}]," USAGE "}",
                   content);
}

static inline void model_init(model *m)
{
    *m = (model){ .only = PGDP_NONE };
    for (size_t i = 0; i < MOST_GRADED; i++) {
        char content[128];
        (void)snprintf(content, sizeof content, "{\\\"task\\\":\\\"t%zu\\\",\\\"exposure\\\":\\\"%s\\\"}", i, rule(i));
        completion(m->body[i], content);
    }
}

/** All that a run needs. */
typedef struct bench {
    pgdp_ctx *ctx;
    model model;
    pgt_server *server;
    char *folder, url[128], store[256];
    pgdp_rubric *rubric;
    pgdp_frame *tasks;
    pgdp_grading *grading;
    pgdp_grading_request q;
    pg_http_policy policy;
} bench;

static inline pgdp_frame *bench_tasks(pgdp_ctx *ctx, size_t n)
{
    static const char *const names[] = { "task_id", "statement", "occupation" };
    pgdp_frame *f = NULL;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    for (size_t c = 0; c < 3; c++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = names[c], .type = PGDP_TEXT }, NULL));
    for (size_t i = 0; i < n; i++) {
        char id[32], text[64];
        (void)snprintf(id, sizeof id, "t%zu", i);
        (void)snprintf(text, sizeof text, "Sort letters of kind %zu", i);
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        assert_ok(ctx, pgdp_frame_set_text(ctx, f, 0, id, PGDP_NONE));
        assert_ok(ctx, pgdp_frame_set_text(ctx, f, 1, text, PGDP_NONE));
        if (i % 2 == 0) assert_ok(ctx, pgdp_frame_set_text(ctx, f, 2, "Clerks", PGDP_NONE));
    }
    return f;
}

/** A server, n tasks and an empty store; waits are short. */
static inline void bench_open(bench *b, size_t n_tasks, pgt_tls tls)
{
    *b = (bench){ .ctx = pgdp_ctx_new(NULL), .folder = pgt_new_folder() };
    model_init(&b->model);
    b->server = pgt_server_new(&(pgt_script){ .respond = model_answer, .user = &b->model, .tls = tls });
    (void)snprintf(b->url, sizeof b->url, "%s", pgt_server_url(b->server, "/v1/chat/completions"));
    (void)snprintf(b->store, sizeof b->store, "%s", pgt_path(b->folder, "grades.db"));
    assert_ok(b->ctx, pgdp_rubric_read(b->ctx, "data/rubrics/exposure.yaml", &b->rubric));
    b->tasks = bench_tasks(b->ctx, n_tasks);
    b->policy = pg_grading_policy();
    b->policy.max_tries = 3;
    b->policy.first_wait = 0.01;
    b->policy.max_wait = 0.02;
    b->policy.connect_timeout = b->policy.stall_timeout = b->policy.total_timeout = 20;
    b->q = pgdp_grading_defaults();
    b->q.model = "m";
    b->q.endpoint = b->url;
    b->q.store = b->store;
    b->q.date = "2026-05-29";
    b->q.price_in = 2;
    b->q.price_out = 10;
}

static inline void bench_close(bench *b)
{
    pgdp_grading_free(b->grading);
    pgdp_frame_free(b->tasks);
    pgdp_rubric_free(b->rubric);
    pgt_server_free(b->server);
    pgdp_ctx_free(b->ctx);
    pgt_remove_folder(b->folder);
}

static inline pgdp_status bench_run(bench *b)
{
    pgdp_grading_free(b->grading);
    b->grading = NULL;
    return pg_grading_new(b->ctx, b->rubric, b->tasks, &b->q, &b->policy, &b->grading);
}

/** The whole answer as JSON, to be freed. */
static inline char *bench_json(bench *b)
{
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(b->ctx, pgdp_grading_write(b->ctx, b->grading, true, &sink));
    return buffer.data;
}

/** A measure of the summary, or of the cost; 0: it is not there. */
static inline double measure(const bench *b, const char *name)
{
    const pgdp_frame *frames[] = { pgdp_grading_summary(b->grading), pgdp_grading_cost(b->grading) };
    for (size_t f = 0; f < 2; f++)
        for (size_t i = 0; i < pgdp_frame_n_rows(frames[f]); i++)
            if (strcmp(pgdp_frame_text(frames[f], 0, i), name) == 0) return pgdp_frame_reals(frames[f], 1)[i];
    return 0;
}

#endif
