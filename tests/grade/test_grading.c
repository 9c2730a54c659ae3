/* test_grading.c  Runs against a model on this machine: what is graded, resumed, replayed, paid for and kept.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/grade/server.h"

#include <fcntl.h>
#include <math.h>
#include <signal.h>
#include <spawn.h>
#include <sys/wait.h>
#include <time.h>

static void every_task_is_graded_as_the_model_says(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 20, PGT_PLAIN);
    b.q.n_passes = 2;
    assert_ok(b.ctx, bench_run(&b));
    const pgdp_frame *g = pgdp_grading_grades(b.grading);
    assert_int_equal(pgdp_frame_n_rows(g), 40);
    for (size_t i = 0; i < 40; i++) {
        char id[32];
        (void)snprintf(id, sizeof id, "t%zu", i / 2);
        assert_string_equal(pgt_text_at(g, "task_id", i), id);
        assert_string_equal(pgt_text_at(g, "grader", i), i % 2 == 0 ? "m#1" : "m#2");
        assert_string_equal(pgt_text_at(g, "grade", i), rule(i / 2));
        assert_string_equal(pgt_text_at(g, "answered_by", i), "m-2026");
        assert_string_equal(pgt_text_at(g, "rubric", i), pgdp_rubric_sha256(b.rubric));
    }
    assert_close(measure(&b, "accepted"), 40, 0, 0);
    assert_close(measure(&b, "tokens_in"), 40000, 0, 0);
    assert_close(measure(&b, "cost_usd"), 40 * (1000 * 2 + 20 * 10) / 1e6, 1e-12, 0);
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_failures(b.grading)), 0);
    bench_close(&b);
}

static void the_number_in_flight_changes_no_byte(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 16, PGT_PLAIN);
    const pgt_answer bad = { .body = "{\"choices\":[]}" };
    b.model.instead = &bad;
    b.model.n_instead = 1;
    char *json[2];
    for (size_t k = 0; k < 2; k++) {
        (void)snprintf(b.store, sizeof b.store, "%s", pgt_path(b.folder, k == 0 ? "one.db" : "eight.db"));
        memset(b.model.n_asked, 0, sizeof b.model.n_asked);
        b.q.concurrency = k == 0 ? 1 : 8;
        assert_ok(b.ctx, bench_run(&b));
        assert_close(measure(&b, "no_answer"), 16, 0, 0);
        json[k] = bench_json(&b);
    }
    assert_string_equal(json[0], json[1]);
    free(json[0]);
    free(json[1]);
    bench_close(&b);
}

static void a_replay_needs_no_network_and_equals_the_run(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 12, PGT_PLAIN);
    const pgt_answer bad = { .body = "nonsense" };
    b.model.instead = &bad;
    b.model.n_instead = 1;
    b.model.always = true;
    b.model.only = 5;
    assert_ok(b.ctx, bench_run(&b));
    char *first = bench_json(&b);
    pgt_server_free(b.server);
    b.server = NULL;
    b.q.mode = PGDP_GRADING_REPLAY;
    assert_ok(b.ctx, bench_run(&b));
    char *again = bench_json(&b);
    assert_string_equal(first, again);
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_grades(b.grading)), 11);
    assert_string_equal(pgt_text_at(pgdp_grading_failures(b.grading), "outcome", 0), "not_json");
    assert_close(pgt_real_at(pgdp_grading_failures(b.grading), "attempts", 0), 3, 0, 0);
    b.q.n_passes = 2;
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgdp_grading_left(b.grading), 12);
    free(first);
    free(again);
    bench_close(&b);
}

static void a_replay_of_a_store_without_grades_says_so(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 2, PGT_PLAIN);
    pgdp_store *store = NULL;
    assert_ok(b.ctx, pgdp_store_open(b.ctx, b.store, PGDP_STORE_WRITE, &store));
    pgdp_store_close(store);
    b.q.mode = PGDP_GRADING_REPLAY;
    assert_status(b.ctx, bench_run(&b), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(b.ctx), "found no grades in this store");
    bench_close(&b);
}

static bool after_five(void *user)
{
    return pgt_server_n_requests(user) >= 5;
}

static void what_was_answered_is_not_asked_again_after_a_stop(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 16, PGT_PLAIN);
    b.q.concurrency = 1;
    b.model.pause = 0.02;
    pgdp_ctx_set_stop(b.ctx, after_five, b.server);
    assert_status(b.ctx, bench_run(&b), PGDP_STOPPED);
    const size_t sent = pgt_server_n_requests(b.server);
    assert_in_range(sent, 5, 8);
    pgdp_ctx_set_stop(b.ctx, NULL, NULL);
    b.model.pause = 0;
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_grades(b.grading)), 16);
    assert_in_range(pgt_server_n_requests(b.server), 16, 17); /* one was in flight at most */
    const size_t all = pgt_server_n_requests(b.server);
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), all);
    bench_close(&b);
}

static void sleep_a_little(void)
{
    (void)nanosleep(&(struct timespec){ .tv_nsec = 5000000 }, NULL);
}

/** The program itself, at work on the bench's tasks, one request at a time; false: there is none ($PGDP). */
static bool start_program(bench *b, pid_t *child)
{
    const char *program = getenv("PGDP");
    char *const no_environment[] = { NULL };
    char tasks[256];
    pgt_buffer csv = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&csv);
    posix_spawn_file_actions_t quiet;
    if (program == NULL) return false;
    (void)snprintf(tasks, sizeof tasks, "%s", pgt_path(b->folder, "tasks.csv"));
    assert_ok(b->ctx, pgdp_frame_write_csv(b->ctx, b->tasks, &sink));
    pgt_write_file(tasks, csv.data, csv.n);
    pgt_buffer_free(&csv);
    const char *const words[] = { program,   "tasks",      "grade",         "--rubric",   "data/rubrics/exposure.yaml",
                                  "--tasks", tasks,        "--model",       "m",          "--endpoint",
                                  b->url,    "--store",    b->store,        "--price-in", "2",
                                  "--date",  "2026-05-29", "--concurrency", "1",          "--price-out",
                                  "10",      NULL };
    assert_int_equal(posix_spawn_file_actions_init(&quiet), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0), 0);
    assert_int_equal(posix_spawn_file_actions_addopen(&quiet, 2, "/dev/null", O_WRONLY, 0), 0);
    assert_int_equal(posix_spawn(child, program, &quiet, NULL, (char *const *)(uintptr_t)words, no_environment), 0);
    assert_int_equal(posix_spawn_file_actions_destroy(&quiet), 0);
    return true;
}

static void a_killed_run_loses_what_was_in_flight_at_most(void **state)
{
    (void)state;
    bench b;
    pid_t child;
    int ended;
    bench_open(&b, 16, PGT_PLAIN);
    b.model.pause = 0.05;
    if (!start_program(&b, &child)) {
        bench_close(&b);
        skip();
    }
    while (pgt_server_n_requests(b.server) < 6)
        sleep_a_little();
    assert_int_equal(kill(child, SIGKILL), 0);
    assert_int_equal(waitpid(child, &ended, 0), child);
    b.q.mode = PGDP_GRADING_REPLAY;
    assert_ok(b.ctx, bench_run(&b));
    const size_t n = pgdp_frame_n_rows(pgdp_grading_grades(b.grading));
    assert_true(n + 2 >= pgt_server_n_requests(b.server)); /* one in flight, one answered while it died */
    b.q.mode = PGDP_GRADING_ASK;
    b.model.pause = 0;
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_grades(b.grading)), 16);
    bench_close(&b);
}

static void the_program_ends_with_1_when_some_failed_and_6_when_refused(void **state)
{
    (void)state;
    static const pgt_answer bad[] = { { .status = 400 }, { .status = 401 } };
    for (size_t i = 0; i < 2; i++) {
        bench b;
        pid_t child;
        int ended;
        bench_open(&b, 2, PGT_PLAIN);
        b.model.instead = &bad[i];
        b.model.n_instead = 1;
        b.model.only = 1;
        if (!start_program(&b, &child)) {
            bench_close(&b);
            skip();
        }
        assert_int_equal(waitpid(child, &ended, 0), child);
        assert_true(WIFEXITED(ended));
        assert_int_equal(WEXITSTATUS(ended), i == 0 ? 1 : 6);
        pgdp_store *store = NULL;
        pgdp_frame *found = NULL;
        assert_ok(b.ctx, pgdp_store_open(b.ctx, b.store, PGDP_STORE_READ, &store));
        assert_ok(b.ctx, pgdp_store_verify(b.ctx, store, &found));
        pgdp_frame_free(found);
        pgdp_store_close(store);
        bench_close(&b);
    }
}

static void another_text_temperature_or_rubric_is_another_question(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 3, PGT_PLAIN);
    assert_ok(b.ctx, bench_run(&b));
    b.q.temperature = 0.5;
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), 6);
    assert_contains(pgt_server_request(b.server, 5)->body, "\"temperature\":0.5");
    b.q.text = "task_id";
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), 9);
    bench_close(&b);
}

static void the_budget_is_never_passed_and_counts_earlier_runs(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 30, PGT_PLAIN);
    b.q.max_tokens = 20; /* the estimate of the answer is exact then */
    b.q.budget_usd = 0.02;
    b.q.concurrency = 1;
    assert_ok(b.ctx, bench_run(&b));
    const double cost = measure(&b, "cost_usd");
    const size_t n = pgt_server_n_requests(b.server);
    assert_true(cost <= 0.02 && cost > 0.01);
    assert_int_equal(pgdp_grading_left(b.grading), 30 - n);
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), n);
    b.q.budget_usd = 1;
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), 30);
    b.q.price_in = b.q.price_out = (double)NAN;
    assert_status(b.ctx, bench_run(&b), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(b.ctx), "a budget needs prices");
    b.q.budget_usd = -1;
    assert_status(b.ctx, bench_run(&b), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(b.ctx), "below 0");
    bench_close(&b);
}

static void a_dry_run_sends_nothing_and_knows_what_is_done(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 10, PGT_PLAIN);
    b.q.limit = 4;
    assert_ok(b.ctx, bench_run(&b));
    b.q.limit = 0;
    b.q.mode = PGDP_GRADING_DRY_RUN;
    assert_ok(b.ctx, bench_run(&b));
    assert_close(measure(&b, "requests"), 6, 0, 0);
    assert_close(measure(&b, "tokens_out_most"), 6 * 1024, 0, 0);
    assert_true(measure(&b, "cost_usd") > 0 && measure(&b, "cost_usd") < measure(&b, "cost_usd_most"));
    assert_contains(pgdp_grading_prompt(b.grading), "{\"task\":\"t0\",\"text\":\"Sort letters of kind 0\"");
    b.q.store = NULL;
    assert_ok(b.ctx, bench_run(&b));
    assert_close(measure(&b, "requests"), 10, 0, 0);
    b.q.store = pgt_path(b.folder, "not_there.db");
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), 4);
    bench_close(&b);
}

static void larger_samples_hold_smaller_ones(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 60, PGT_PLAIN);
    b.q.seed = 5;
    b.q.sample = 10;
    assert_ok(b.ctx, bench_run(&b));
    b.q.sample = 25;
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgt_server_n_requests(b.server), 25);
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_grades(b.grading)), 25);
    bench_close(&b);
}

/* ---- memory ---- */

static pgdp_status replay_without_memory(pgdp_ctx *ctx, void *user)
{
    bench *b = user;
    pgdp_rubric *rubric = NULL;
    pgdp_grading *grading = NULL;
    pgdp_status status = pgdp_rubric_read(ctx, "data/rubrics/exposure.yaml", &rubric);
    if (status == PGDP_OK) status = pgdp_grading_new(ctx, rubric, b->tasks, &b->q, &grading);
    pgdp_grading_free(grading);
    pgdp_rubric_free(rubric);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 3, PGT_PLAIN);
    assert_ok(b.ctx, bench_run(&b));
    b.q.mode = PGDP_GRADING_REPLAY;
    assert_true(pgt_fail_every_allocation(replay_without_memory, &b) > 10);
    b.q.mode = PGDP_GRADING_DRY_RUN;
    assert_true(pgt_fail_every_allocation(replay_without_memory, &b) > 10);
    bench_close(&b);
}

/* Memory that fails while a question is asked: nothing leaks, and the run can be gone on with. */
static void a_run_out_of_memory_leaks_nothing(void **state)
{
    (void)state;
    enum { MOST = 10000 };
    bench b;
    bench_open(&b, 1, PGT_PLAIN);
    pgdp_status status = PGDP_NO_MEMORY;
    size_t n_failed = 0;
    for (size_t at = 1; status != PGDP_OK && at < MOST; at++) {
        pgt_memory memory = { .fail_at = at, .for_ever = true };
        const pgdp_allocator allocator = pgt_allocator(&memory);
        pgdp_ctx *ctx = pgdp_ctx_new(&allocator);
        pgdp_grading *grading = NULL;
        if (ctx == NULL) continue;
        status = pg_grading_new(ctx, b.rubric, b.tasks, &b.q, &b.policy, &grading);
        assert_true(status == PGDP_OK || status == PGDP_NO_MEMORY);
        n_failed += status != PGDP_OK;
        pgdp_grading_free(grading);
        pgdp_ctx_free(ctx);
        assert_int_equal(memory.n_live, 0);
    }
    assert_int_equal(status, PGDP_OK);
    assert_true(n_failed > 5);
    assert_ok(b.ctx, bench_run(&b));
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_grades(b.grading)), 1);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_task_is_graded_as_the_model_says),
        cmocka_unit_test(the_number_in_flight_changes_no_byte),
        cmocka_unit_test(a_replay_needs_no_network_and_equals_the_run),
        cmocka_unit_test(a_replay_of_a_store_without_grades_says_so),
        cmocka_unit_test(what_was_answered_is_not_asked_again_after_a_stop),
        cmocka_unit_test(a_killed_run_loses_what_was_in_flight_at_most),
        cmocka_unit_test(the_program_ends_with_1_when_some_failed_and_6_when_refused),
        cmocka_unit_test(another_text_temperature_or_rubric_is_another_question),
        cmocka_unit_test(the_budget_is_never_passed_and_counts_earlier_runs),
        cmocka_unit_test(a_dry_run_sends_nothing_and_knows_what_is_done),
        cmocka_unit_test(larger_samples_hold_smaller_ones),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_run_out_of_memory_leaks_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
