/* test_faults.c  Fetching when memory runs out, and when the store contradicts what came.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fetch/fetching.h"

#define SERIES                                                                                                         \
    "{\"seriess\":[{\"id\":\"GDP\",\"title\":\"T\",\"observation_start\":\"2031-01-01\",\"observation_end\":"          \
    "\"2031-01-01\",\"frequency_short\":\"M\",\"units\":\"U\",\"seasonal_adjustment_short\":\"SA\"}]}"
#define VALUE(value)                                                                                                   \
    "{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"count\":1,\"offset\":0,\"limit\":100000,"    \
    "\"observations\":[{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"date\":\"2031-01-01\","    \
    "\"value\":\"" value "\"}]}"

static pgt_answer by_path(void *user, const pgt_received *asked)
{
    (void)user;
    return (pgt_answer){ .body = strstr(asked->path, "observations") != NULL ? VALUE("1") : SERIES };
}

static pgdp_status fetch_into(pgdp_ctx *ctx, void *user)
{
    const world *w = user;
    pgdp_store *store = NULL;
    pgdp_frame *report = NULL;
    const char *const items[] = { "fred:GDP" };
    const pgdp_fetch_request request = {
        .items = items, .n_items = 1, .today = "2031-06-15", .key_folder = w->keys, .mirror = w->mirror
    };
    pgdp_status status = pgdp_store_open(ctx, pgt_path(w->folder, "other.db"), PGDP_STORE_WRITE, &store);
    if (status == PGDP_OK) status = pgdp_fetch(ctx, store, &request, &report);
    pgdp_frame_free(report);
    pgdp_store_close(store);
    return status;
}

static void memory_that_runs_out_leaks_nothing(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .respond = by_path });
    assert_true(pgt_fail_every_allocation(fetch_into, &w) > 10);
    end(&w);
}

static pgdp_status files_into(pgdp_ctx *ctx, void *user)
{
    const world *w = user;
    pgdp_frame *report = NULL;
    char catalogue[512], into[512];
    const pgdp_fetch_request request = { .today = "2031-06-15", .mirror = w->mirror };
    (void)snprintf(catalogue, sizeof catalogue, "%s/c.csv", w->folder);
    (void)snprintf(into, sizeof into, "%s/down", w->folder);
    const pgdp_status status = pgdp_fetch_files(ctx, catalogue, into, &request, &report);
    pgdp_frame_free(report);
    return status;
}

static void files_neither(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .respond = by_path });
    static const char catalogue[] = "file,address,sha256\na.json,https://e.org/a.json,\n";
    pgt_write_file(pgt_path(w.folder, "c.csv"), catalogue, sizeof catalogue - 1);
    assert_true(pgt_fail_every_allocation(files_into, &w) > 10);
    end(&w);
}

static void what_contradicts_the_store_is_refused(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = SERIES }, { .body = VALUE("1") }, { .body = SERIES }, { .body = VALUE("2") }
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 4 });
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_MISMATCH);
    assert_contains(pgdp_ctx_error(w.ctx), "the store has another value in the vintage of 2031-06-15");
    assert_stored(&w, "GDP", NULL, "2031-01 1");
    end(&w);
}

static bool at_once(void *user)
{
    (void)user;
    return true;
}

static void work_that_is_stopped_leaves_nothing(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .respond = by_path });
    pgdp_ctx_set_stop(w.ctx, at_once, NULL);
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_STOPPED);
    pgdp_ctx_set_stop(w.ctx, NULL, NULL);
    assert_int_equal(n_documents(&w), 0);
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_that_runs_out_leaks_nothing),
        cmocka_unit_test(files_neither),
        cmocka_unit_test(what_contradicts_the_store_is_refused),
        cmocka_unit_test(work_that_is_stopped_leaves_nothing),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
