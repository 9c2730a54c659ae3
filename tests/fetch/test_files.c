/* test_files.c  Files of a catalogue into a folder: asked for when they lack or changed, whole or not at all; and what
 * is wrong with a request before any is sent. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fetch/fetching.h"

#include "core/hash.h"

#define HEADER "id,file,address,sha256\n"
static const char labels[] = "task,label\n1,E0\n";

typedef struct site {
    const char *body, *etag;
    size_t n_304;
    int status;
} site;

/* A server that knows conditions. */
static pgt_answer respond(void *user, const pgt_received *asked)
{
    static char header[128]; /* lives as long as the server */
    site *s = user;
    const char *known = pgt_received_header(asked, "If-None-Match");
    (void)snprintf(header, sizeof header, "ETag: %s\nLast-Modified: Tue, 01 Apr 2031 12:00:00 GMT", s->etag);
    if (known != NULL && strcmp(known, s->etag) == 0)
        return s->n_304++, (pgt_answer){ .status = 304, .headers = header };
    return (pgt_answer){ .status = s->status, .headers = header, .body = s->body };
}

static pgdp_status fetch_files(world *w, const char *catalogue)
{
    static char path[512], into[512];
    (void)snprintf(path, sizeof path, "%s/catalogue.csv", w->folder);
    (void)snprintf(into, sizeof into, "%s/down", w->folder);
    pgt_write_file(path, catalogue, strlen(catalogue));
    pgdp_frame_free(w->report);
    w->report = NULL;
    w->request.today = "2031-06-15";
    w->request.mirror = w->mirror;
    w->request.key_folder = w->keys;
    return pgdp_fetch_files(w->ctx, path, into, &w->request, &w->report);
}

static void catalogue_of(pgdp_ctx *ctx, const char *text, char *out, size_t n)
{
    char hex[PG_SHA256_HEX];
    assert_ok(ctx, pg_sha256(ctx, text, strlen(text), hex));
    (void)snprintf(out, n,
                   HEADER "a,gpts/labels.csv,https://example.org/data/labels.csv,%s\nb,,https://example.org/,\n", hex);
}

static void a_file_comes_once_and_is_left_alone_when_it_is_right(void **state)
{
    (void)state;
    site s = { labels, "\"one\"", 0, 0 };
    world w = begin(&(pgt_script){ .respond = respond, .user = &s });
    char catalogue[512];
    catalogue_of(w.ctx, labels, catalogue, sizeof catalogue);
    assert_ok(w.ctx, fetch_files(&w, catalogue));
    assert_int_equal(pgdp_frame_n_rows(w.report), 1);
    assert_string_equal(reported(&w, "result", 0), "downloaded");
    assert_string_equal(pgt_server_request(w.server, 0)->path, "/example.org/data/labels.csv");
    char *text = pgt_read_file(pgt_path(w.folder, "down/gpts/labels.csv"), NULL);
    assert_string_equal(text, labels);
    free(text);
    assert_ok(w.ctx, fetch_files(&w, catalogue));
    assert_string_equal(reported(&w, "result", 0), "there already");
    assert_int_equal(pgt_server_n_requests(w.server), 1);
    end(&w);
}

static void a_file_that_changed_is_told_and_asked_for_under_a_condition(void **state)
{
    (void)state;
    site s = { "task,label\n1,E1\n", "\"two\"", 0, 0 };
    world w = begin(&(pgt_script){ .respond = respond, .user = &s });
    char catalogue[512];
    catalogue_of(w.ctx, labels, catalogue, sizeof catalogue);
    assert_status(w.ctx, fetch_files(&w, catalogue), PGDP_MISMATCH);
    assert_contains(pgdp_ctx_error(w.ctx), "1 files differ from the catalogue");
    assert_contains(reported(&w, "remark", 0), "another sha256 than the catalogue's");
    assert_status(w.ctx, fetch_files(&w, catalogue), PGDP_MISMATCH);
    assert_string_equal(reported(&w, "result", 0), "unchanged");
    assert_int_equal(s.n_304, 1);
    s.etag = "\"three\"", s.body = labels;
    assert_ok(w.ctx, fetch_files(&w, catalogue));
    assert_string_equal(reported(&w, "result", 0), "downloaded");
    end(&w);
}

static void what_is_no_file_is_told_and_the_next_one_comes(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = "<html>not here</html>" }, { .status = 404, .body = "gone" }, { .body = "" },
        { .body = "no workbook" },           { .body = "no archive" },          { .body = labels }
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 6 });
    assert_status(w.ctx,
                  fetch_files(&w, HEADER "a,page.csv,https://e.org/page,\nb,gone.csv,https://e.org/gone,\n"
                                         "c,empty.csv,https://e.org/empty,\nd,book.xlsx,https://e.org/book.xlsx,\n"
                                         "e,member.csv,https://e.org/all.zip,\nf,good.csv,https://e.org/good.csv,0a\n"),
                  PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(w.ctx),
                    "5 files could not be had; the first: a web page, not the file; by hand: https://e.org/page");
    static const char *const words[] = { "a web page", "HTTP status 404 and the words \"gone\"", "no bytes at all",
                                         "no workbook", "zip" };
    for (size_t i = 0; i < 5; i++) {
        assert_string_equal(reported(&w, "result", i), "not had");
        assert_contains(reported(&w, "remark", i), words[i]);
    }
    assert_string_equal(reported(&w, "result", 5), "downloaded");
    assert_int_equal(pgt_count_entries(pgt_path(w.folder, "down")), 2); /* the good one, and fetched.csv */
    end(&w);
}

static void a_file_without_an_end_is_taken_by_its_sha256_alone(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = labels, .how = PGT_UNTIL_CLOSE } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    char catalogue[512];
    assert_status(w.ctx, fetch_files(&w, HEADER "a,x.csv,https://e.org/x.csv,\n"), PGDP_NETWORK);
    assert_contains(reported(&w, "remark", 0), "did not tell where the file ends");
    catalogue_of(w.ctx, labels, catalogue, sizeof catalogue);
    assert_ok(w.ctx, fetch_files(&w, catalogue));
    end(&w);
}

static void offline_looks_at_the_folder_alone(void **state)
{
    (void)state;
    site s = { labels, "\"one\"", 0, 0 };
    world w = begin(&(pgt_script){ .respond = respond, .user = &s });
    char catalogue[512];
    catalogue_of(w.ctx, labels, catalogue, sizeof catalogue);
    w.request.offline = true;
    assert_status(w.ctx, fetch_files(&w, catalogue), PGDP_NOT_FOUND);
    w.request.offline = false;
    assert_ok(w.ctx, fetch_files(&w, catalogue));
    w.request.offline = true;
    assert_ok(w.ctx, fetch_files(&w, catalogue));
    assert_int_equal(pgt_server_n_requests(w.server), 1);
    end(&w);
}

static void a_key_goes_to_its_host_alone(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = "{}" }, { .body = "x,y\n1,2\n" } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_ok(w.ctx,
              fetch_files(&w, HEADER "a,GDP.json,https://api.stlouisfed.org/fred/series?series_id=GDP&file_type=json,\n"
                                     "b,x.csv,https://e.org/x.csv?id=1,\n"));
    assert_string_equal(pgt_server_request(w.server, 0)->query, "series_id=GDP&file_type=json&api_key=" CANARY);
    assert_string_equal(pgt_server_request(w.server, 1)->query, "id=1");
    end(&w);
}

static void a_catalogue_cannot_write_outside_of_its_folder(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .answers = &(pgt_answer){ .body = labels }, .n = 1 });
    assert_status(w.ctx, fetch_files(&w, HEADER "a,../x.csv,https://e.org/x,\n"), PGDP_PARSE);
    assert_status(w.ctx, fetch_files(&w, HEADER "a,/tmp/x.csv,https://e.org/x,\n"), PGDP_PARSE);
    assert_status(w.ctx, fetch_files(&w, HEADER "a,b/../../x.csv,https://e.org/x,\n"), PGDP_PARSE);
    assert_status(w.ctx, fetch_files(&w, "id,file\na,b\n"), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(w.ctx), "there is no column \"address\"");
    assert_int_equal(pgt_server_n_requests(w.server), 0);
    end(&w);
}

static void mistakes_of_a_request_are_told_before_any_is_sent(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .answers = &(pgt_answer){ .body = "{}" }, .n = 1 });
    static const struct {
        const char *item, *words;
    } cases[] = {
        { "GDP", "expected a provider and what is asked of it" },
        { "frd:GDP", "did you mean fred" },
        { "fred:", "what of it? expected fred:SERIES" },
        { "fred:GDP,,PAYEMS", "what of it?" },
        { "fred:GDP;DROP", "expected a series of FRED" },
        { "fred:release=x", "expected the number of a release" },
        { "census:2030/acs/acs1", "which variables?" },
        { "census:2030/acs/acs1?get", "expected NAME=VALUE" },
        { "census:2030/acs/acs1?get=A&key=x", "a key does not belong here" },
        { "onet:Task Ratings", "expected a release and a file" },
        { "onet:30.1/../x", "expected a release and a file" },
        { "onet:rows/A-B", "expected a table" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_not_equal(fetch(&w, cases[i].item), PGDP_OK);
        assert_contains(pgdp_ctx_error(w.ctx), cases[i].words);
    }
    w.request.first = "soon";
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_BAD_ARGUMENT);
    w.request.first = "2030", w.request.last = "2029";
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "--from 2030 is later than --to 2029");
    w.request.last = NULL, w.request.vintages = "some";
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_BAD_ARGUMENT);
    w.request.vintages = NULL;
    assert_status(w.ctx, fetch(&w, "onet:30.1/Task Ratings"), PGDP_BAD_ARGUMENT);
    assert_int_equal(pgt_server_n_requests(w.server), 0);
    end(&w);
}

static void without_a_key_nothing_is_asked(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .answers = &(pgt_answer){ .body = "{}" }, .n = 1 });
    (void)unsetenv("FRED_API_KEY");
    w.request.key_file = "/nowhere/key";
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_IO);
    w.request.items = (const char *const[]){ "fred:GDP" };
    w.request.key_file = NULL, w.request.key_folder = NULL;
    assert_status(w.ctx, pgdp_fetch(w.ctx, w.store, &w.request, &w.report), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "FRED and ALFRED answers nobody without a key");
    w.request.items = (const char *const[]){ "fred:GDP", "bea:NIPA/T10105" };
    w.request.n_items = 2;
    w.request.key_file = pgt_path(w.keys, "FRED_API_KEY");
    assert_status(w.ctx, pgdp_fetch(w.ctx, w.store, &w.request, &w.report), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "one file has one key, and 2 providers are asked");
    assert_int_equal(pgt_server_n_requests(w.server), 0);
    end(&w);
}

static void who_asks_is_told_to_the_server(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .answers = &(pgt_answer){ .body = "{}" }, .n = 1 });
    w.request.contact = "me@example.org";
    (void)fetch(&w, "fred:GDP");
    assert_contains(pgt_received_header(pgt_server_request(w.server, 0), "User-Agent"), "(me@example.org)");
    end(&w);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_file_comes_once_and_is_left_alone_when_it_is_right),
        cmocka_unit_test(a_file_that_changed_is_told_and_asked_for_under_a_condition),
        cmocka_unit_test(what_is_no_file_is_told_and_the_next_one_comes),
        cmocka_unit_test(a_file_without_an_end_is_taken_by_its_sha256_alone),
        cmocka_unit_test(offline_looks_at_the_folder_alone),
        cmocka_unit_test(a_key_goes_to_its_host_alone),
        cmocka_unit_test(a_catalogue_cannot_write_outside_of_its_folder),
        cmocka_unit_test(mistakes_of_a_request_are_told_before_any_is_sent),
        cmocka_unit_test(without_a_key_nothing_is_asked),
        cmocka_unit_test(who_asks_is_told_to_the_server),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
