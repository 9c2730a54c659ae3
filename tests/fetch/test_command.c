/* test_command.c  The program itself against a server on this machine: what it prints, its exit codes, where a key may
 * not show. PGDP names the program. SPDX-License-Identifier: GPL-3.0-or-later */
#include <sys/wait.h>

#include "tests/fetch/fetching.h"

#define SERIES                                                                                                         \
    "{\"seriess\":[{\"id\":\"GDP\",\"title\":\"T\",\"observation_start\":\"2031-01-01\",\"observation_end\":"          \
    "\"2031-01-01\",\"frequency_short\":\"M\",\"units\":\"U\",\"seasonal_adjustment_short\":\"SA\"}]}"
#define VALUES                                                                                                         \
    "{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"count\":1,\"offset\":0,\"limit\":100000,"    \
    "\"observations\":[{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"date\":\"2031-01-01\","    \
    "\"value\":\"7.5\"}]}"

/* FRED knows GDP alone; all else is a file. */
static pgt_answer respond(void *user, const pgt_received *asked)
{
    (void)user;
    if (strstr(asked->path, "/fred/") == NULL) return (pgt_answer){ .body = "x,y\n1,2\n" };
    if (strstr(asked->query, "series_id=GDP") == NULL)
        return (pgt_answer){ .status = 400,
                             .body = "{\"error_code\":400,\"error_message\":\"no such series for " CANARY "\"}" };
    return (pgt_answer){ .body = strstr(asked->path, "observations") != NULL ? VALUES : SERIES };
}

/* pgdp data fetch, its words in out and err of the folder; the exit code. */
static int pgdp(const world *w, const char *arguments)
{
    const char *program = getenv("PGDP");
    char command[4096];
    (void)snprintf(command, sizeof command,
                   "%s data fetch --mirror %s --key-file %s --retrieved 2031-06-15 %s >%s/out 2>%s/err",
                   program == NULL ? "build/pgdp" : program, w->mirror, w->keys, arguments, w->folder, w->folder);
    const int status = system(command);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static void assert_says(const world *w, const char *file, const char *words)
{
    char *text = pgt_read_file(pgt_path(w->folder, file), NULL);
    assert_contains(text, words);
    assert_null(strstr(text, CANARY));
    free(text);
}

static void a_series_is_fetched_and_found_again(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .respond = respond });
    char arguments[512];
    (void)snprintf(arguments, sizeof arguments, "fred:GDP --store %s/t.db --json", w.folder);
    assert_int_equal(pgdp(&w, arguments), 0);
    assert_says(&w, "out", "\"schema\": \"pgdp.data.fetch/1\"");
    assert_says(&w, "out", "\"result\": \"imported\"");
    const size_t n = pgt_server_n_requests(w.server);
    (void)snprintf(arguments, sizeof arguments, "fred:GDP --store %s/t.db --offline", w.folder);
    assert_int_equal(pgdp(&w, arguments), 0);
    assert_says(&w, "out", "in the store");
    (void)snprintf(arguments, sizeof arguments, "fred:PAYEMS --store %s/t.db --offline", w.folder);
    assert_int_equal(pgdp(&w, arguments), 2);
    assert_says(&w, "err", "fred:PAYEMS: the store does not have it");
    assert_int_equal(pgt_server_n_requests(w.server), n);
    (void)snprintf(arguments, sizeof arguments, "fred:GDP,NOPE --store %s/t.db", w.folder);
    assert_int_equal(pgdp(&w, arguments), 6);
    assert_says(&w, "err",
                "fred:NOPE: asked for what the series NOPE is, found HTTP status 400 and the words \"no such series");
    assert_says(&w, "out", "already there"); /* what came before is told */
    end(&w);
}

static void files_go_into_a_folder(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .respond = respond });
    char arguments[512];
    static const char catalogue[] = "file,address,sha256\nd/x.csv,https://e.org/x.csv,\n";
    pgt_write_file(pgt_path(w.folder, "c.csv"), catalogue, sizeof catalogue - 1);
    (void)snprintf(arguments, sizeof arguments, "--baseline --into %s/down --catalogue %s/c.csv", w.folder, w.folder);
    assert_int_equal(pgdp(&w, arguments), 0);
    assert_says(&w, "out", "downloaded");
    assert_says(&w, "down/d/x.csv", "x,y\n1,2\n");
    assert_says(&w, "down/fetched.csv", "d/x.csv,");
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_is_fetched_and_found_again),
        cmocka_unit_test(files_go_into_a_folder),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
