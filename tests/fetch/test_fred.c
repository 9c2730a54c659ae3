/* test_fred.c  FRED: pages, vintages and what may go wrong with them. Answers have the shape of recorded ones, invented
 * numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdio.h>
#include <sys/stat.h>

#include "pgdp/file.h"
#include "tests/fetch/fetching.h"

#define SERIES(frequency, first, last)                                                                                 \
    "{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"seriess\":[{\"id\":\"GDP\",\"title\":"       \
    "\"Gross Domestic Product\",\"observation_start\":\"" first "\",\"observation_end\":\"" last                       \
    "\",\"frequency_short\":\"" frequency "\",\"units\":\"Billions of Chained Dollars\",\"units_short\":\"Bil.\","     \
    "\"seasonal_adjustment_short\":\"SAAR\",\"last_updated\":\"2031-05-28 07:50:02-05\"}]}"
#define HEAD(count, offset, limit)                                                                                     \
    "{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"observation_start\":\"1600-01-01\","         \
    "\"observation_end\":\"9999-12-31\",\"units\":\"lin\",\"output_type\":1,\"file_type\":\"json\",\"order_by\":"      \
    "\"observation_date\",\"sort_order\":\"asc\",\"count\":" count ",\"offset\":" offset ",\"limit\":" limit           \
    ",\"observations\":["
#define ROW(date, value)                                                                                               \
    "{\"realtime_start\":\"2031-06-15\",\"realtime_end\":\"2031-06-15\",\"date\":\"" date "\",\"value\":\"" value "\"" \
    "}"
#define REAL(start, end, date, value)                                                                                  \
    "{\"realtime_start\":\"" start "\",\"realtime_end\":\"" end "\",\"date\":\"" date "\",\"value\":\"" value "\"}"
#define TWO  SERIES("Q", "2030-10-01", "2031-01-01")
#define GOOD HEAD("2", "0", "100000") ROW("2030-10-01", "11.5") "," ROW("2031-01-01", ".") "]}"

static const pgdp_fetch_request from_2030 = { .first = "2030" };
static const pgdp_fetch_request all_vintages = { .vintages = "all" };

static void a_series_is_stored_with_what_fred_says_of_it(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = TWO }, { .body = GOOD } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    pgdp_frame *frame = NULL;
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_stored(&w, "GDP", NULL, "2030Q4 11.5, 2031Q1 nan");
    assert_string_equal(reported(&w, "result", 0), "imported");
    assert_ok(w.ctx, pgdp_store_series(w.ctx, w.store, NULL, &frame));
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "title"), 0), "Gross Domestic Product");
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "unit"), 0), "Billions of Chained Dollars");
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "price_basis"), 0), "chained_volume");
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "adjustment"), 0), "seasonally_adjusted");
    pgdp_frame_free(frame);
    const pgt_received *asked = pgt_server_request(w.server, 1);
    assert_contains(asked->path, "/api.stlouisfed.org/fred/series/observations");
    assert_contains(asked->query, "series_id=GDP");
    assert_contains(asked->query, "api_key=" CANARY);
    assert_ok(w.ctx, pgdp_store_documents(w.ctx, w.store, NULL, &frame));
    assert_contains(pgdp_frame_text(frame, pgdp_frame_find(frame, "address"), 0), "series_id=GDP");
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "retrieved"), 0), "2031-06-15");
    pgdp_frame_free(frame);
    end(&w);
}

static void one_observation_of_a_month_is_monthly(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = SERIES("M", "2031-01-01", "2031-01-01") },
                                   { .body = HEAD("1", "0", "100000") ROW("2031-01-01", "3") "]}" } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_stored(&w, "GDP", NULL, "2031-01 3");
    end(&w);
}

static void what_was_stored_is_found_offline_without_a_request(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = TWO }, { .body = GOOD } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    w.request.offline = true;
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_string_equal(reported(&w, "result", 0), "in the store");
    assert_string_equal(reported(&w, "remark", 0), "the store has 2030Q4 to 2031Q1");
    assert_status(w.ctx, fetch(&w, "fred:CPIAUCSL"), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(w.ctx), "fred:CPIAUCSL: the store does not have it; fetch it without --offline");
    w.request.first = "2000";
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(w.ctx), "the store has 2030Q4 to 2031Q1");
    w.request.first = NULL;
    w.request.vintages = "2031-01-01";
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_NOT_FOUND);
    assert_int_equal(pgt_server_n_requests(w.server), 2);
    end(&w);
}

static void fetched_twice_on_a_day_changes_nothing(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = TWO }, { .body = GOOD }, { .body = TWO }, { .body = GOOD } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 4 });
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_string_equal(reported(&w, "result", 0), "already there");
    assert_int_equal(n_documents(&w), 1);
    end(&w);
}

static void pages_are_asked_for_until_all_observations_are_there(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = SERIES("M", "2031-01-01", "2031-03-01") },
        { .body = HEAD("3", "0", "2") ROW("2031-01-01", "1") "," ROW("2031-02-01", "2") "]}" },
        { .body = HEAD("3", "2", "2") ROW("2031-03-01", "3") "]}" },
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 3 });
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_contains(pgt_server_request(w.server, 2)->query, "offset=2");
    assert_stored(&w, "GDP", NULL, "2031-01 1, 2031-02 2, 2031-03 3");
    assert_int_equal(pgdp_frame_n_rows(w.report), 2);
    end(&w);
}

static void all_vintages_are_stored_by_the_day_of_each(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = SERIES("M", "2031-01-01", "2031-02-01") },
        { .body = "{\"count\":2,\"offset\":0,\"limit\":10000,\"vintage_dates\":[\"2031-02-28\",\"2031-03-28\"]}" },
        { .body = HEAD("3", "0", "100000") REAL("2031-02-28", "2031-03-27", "2031-01-01", "1") "," REAL(
              "2031-03-28", "9999-12-31", "2031-01-01", "1.5") "," REAL("2031-03-28", "9999-12-31", "2031-02-01",
                                                                        "2") "]}" },
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 3 });
    w.request.vintages = "all";
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_stored(&w, "GDP", "2031-03-01", "2031-01 1");
    assert_stored(&w, "GDP", NULL, "2031-01 1.5, 2031-02 2");
    assert_contains(pgt_server_request(w.server, 2)->query, "realtime_start=2031-02-28");
    assert_contains(pgt_server_request(w.server, 2)->query, "realtime_end=9999-12-31");
    end(&w);
}

/* One observation, revised on each of many days. */
typedef struct revised {
    size_t n;
} revised;

static const char *day_of(size_t i, char text[16])
{
    pgdp_period_format((pgdp_period){ PGDP_DAILY, (int32_t)(10000 + i) }, text);
    return text;
}

static pgt_answer revise(void *user, const pgt_received *asked)
{
    const revised *r = user;
    static char body[400000]; /* lives as long as the server */
    char day[16], first[16];
    int n = 0;
    size_t from = 0, to = r->n;
    if (strstr(asked->path, "vintagedates") != NULL) {
        n += sprintf(body, "{\"count\":%zu,\"offset\":0,\"limit\":10000,\"vintage_dates\":[", r->n);
        for (size_t i = 0; i < r->n; i++)
            n += sprintf(body + n, "%s\"%s\"", i == 0 ? "" : ",", day_of(i, day));
        return sprintf(body + n, "]}"), (pgt_answer){ .body = body };
    }
    if (strstr(asked->path, "observations") == NULL)
        return (pgt_answer){ .body = SERIES("A", "1990-01-01", "1990-01-01") };
    const char *start = strstr(asked->query, "realtime_start="), *last = strstr(asked->query, "realtime_end=");
    for (size_t i = 0; i < r->n; i++) {
        if (memcmp(day_of(i, day), start + 15, 10) < 0) from = i + 1;
        if (memcmp(day, last + 13, 10) > 0 && to == r->n) to = i;
    }
    n += sprintf(body, HEAD("%zu", "0", "100000"), to - from);
    (void)first;
    for (size_t i = from; i < to; i++)
        n += sprintf(body + n, "%s" REAL("%s", "9999-12-31", "1990-01-01", "%zu"), i == from ? "" : ",", day_of(i, day),
                     i);
    return sprintf(body + n, "]}"), (pgt_answer){ .body = body };
}

static void more_than_two_thousand_vintages_are_asked_for_in_parts(void **state)
{
    (void)state;
    revised r = { 2500 };
    world w = begin(&(pgt_script){ .respond = revise, .user = &r });
    char day[16];
    w.request.vintages = "all";
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_int_equal(pgt_server_n_requests(w.server), 4);
    assert_stored(&w, "GDP", day_of(0, day), "1990 0");
    assert_stored(&w, "GDP", day_of(1999, day), "1990 1999");
    assert_stored(&w, "GDP", day_of(2000, day), "1990 2000");
    assert_stored(&w, "GDP", NULL, "1990 2499");
    end(&w);
}

static void a_refusal_is_told_in_freds_words(void **state)
{
    (void)state;
    REFUSED(NULL, "fred:NOPE", "found HTTP status 400 and the words \"Bad Request. The series does not exist.\"",
            { .status = 400,
              .body = "{\"error_code\":400,\"error_message\":\"Bad Request.  The series does not exist.\"}" });
    REFUSED(NULL, "fred:GDP", "FRED says so when it is busy too",
            { .status = 400,
              .body = "{\"error_code\":400,\"error_message\":\"Bad Request. The value for variable api_key is not "
                      "registered. " CANARY "\"}" });
    REFUSED(NULL, "fred:GDP", "HTTP status 423 and the words \"locked\"",
            { .status = 423, .body = "{\"error_code\":423,\"error_message\":\"locked\"}" });
}

static void what_is_no_data_is_never_stored(void **state)
{
    (void)state;
    REFUSED(NULL, "fred:GDP", "a web page, not data", { .body = "<!DOCTYPE html><html>Sorry</html>" });
    REFUSED(NULL, "fred:GDP", "a web page, not data", { .body = "\xEF\xBB\xBF  <html></html>" });
    REFUSED(NULL, "fred:GDP", "no bytes at all", { .body = "" });
    REFUSED(NULL, "fred:GDP", "\"busy, come back\", expected JSON", { .body = "busy,\n come back" });
    REFUSED(NULL, "fred:GDP", "HTTP status 404 and the words \"a web page\"", { .status = 404, .body = "<html>" });
    REFUSED(NULL, "fred:GDP", "\"GDP\" alone", { .body = "{\"error_code\":400,\"error_message\":\"Bad\"}" });
    REFUSED(NULL, "fred:GDP", "0 series", { .body = "{\"seriess\":[]}" });
    REFUSED(NULL, "fred:CPI", "1 series, the first of them \"GDP\", expected \"CPI\" alone", { .body = TWO });
    REFUSED(NULL, "fred:GDP", "the frequency \"5Y\"", { .body = SERIES("5Y", "2030-10-01", "2031-01-01") });
}

static void an_answer_that_was_cut_is_refused(void **state)
{
    (void)state;
    REFUSED(NULL, "fred:GDP", "1 observations after the first 0 of 2, expected 2", { .body = TWO },
            { .body = HEAD("2", "0", "100000") ROW("2030-10-01", "11.5") "]}" });
    REFUSED(NULL, "fred:GDP", "a page at offset 0, expected one at 1", { .body = TWO },
            { .body = HEAD("2", "0", "1") ROW("2030-10-01", "11.5") "]}" });
    REFUSED(NULL, "fred:GDP", "is a page repeated?", { .body = TWO },
            { .body = HEAD("2", "0", "1") ROW("2031-01-01", "11.5") "]}" },
            { .body = HEAD("2", "1", "1") ROW("2030-10-01", "11.5") "]}" });
    REFUSED(NULL, "fred:GDP", "2 observations in all on one page and 3 on another", { .body = TWO },
            { .body = HEAD("2", "0", "1") ROW("2030-10-01", "11.5") "]}" },
            { .body = HEAD("3", "1", "1") ROW("2031-01-01", "11.5") "]}" });
    REFUSED(NULL, "fred:GDP", "no observation in that time", { .body = TWO },
            { .body = HEAD("0", "0", "100000") "]}" });
    REFUSED(NULL, "fred:GDP", "no count, offset and limit", { .body = TWO }, { .body = "{\"observations\":[]}" });
    REFUSED(NULL, "fred:GDP", "those from 2031-01-01 to 2031-01-01, though the series goes from 2030-10-01",
            { .body = TWO }, { .body = HEAD("1", "0", "100000") ROW("2031-01-01", "11.5") "]}" });
    REFUSED(&from_2030, "fred:GDP", "to 2030-10-01, though the series goes from 1947-01-01 to 2031-01-01",
            { .body = SERIES("Q", "1947-01-01", "2031-01-01") },
            { .body = HEAD("2", "0", "100000") ROW("2030-01-01", "1") "," ROW("2030-10-01", "11.5") "]}" });
    REFUSED(&from_2030, "fred:GDP", "outside of the time asked for",
            { .body = SERIES("Q", "1947-01-01", "2031-01-01") },
            { .body = HEAD("1", "0", "100000") ROW("1947-01-01", "1") "]}" });
}

static void a_day_is_answered_as_of_that_day(void **state)
{
    (void)state;
    static const pgdp_fetch_request may = { .vintages = "2031-05-31" }, june = { .vintages = "2031-06-15" };
    REFUSED(&may, "fred:GDP", "what was known on 2031-06-15, expected on 2031-05-31", { .body = TWO },
            { .body = GOOD });
    const pgt_answer answers[] = { { .body = TWO }, { .body = GOOD } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    w.request = june;
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_contains(pgt_server_request(w.server, 1)->query, "realtime_start=2031-06-15&realtime_end=2031-06-15");
    end(&w);
}

static void a_busy_server_is_asked_again_and_its_reason_told(void **state)
{
    (void)state;
    const pgt_answer busy = { .status = 503, .body = "busy" };
    const pgt_answer answers[] = { busy, { .body = TWO }, busy, busy, { .body = GOOD } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 5 });
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_int_equal(pgt_server_n_requests(w.server), 5);
    end(&w);
    REFUSED(NULL, "fred:GDP", "(\"busy\")", busy);
    REFUSED(NULL, "fred:GDP", "(\"Too many requests\"; wait, and ask for less at once)",
            { .status = 429,
              .headers = "Retry-After: 3600",
              .body = "{\"error_code\":429,\"error_message\":\"Too many requests\"}" });
}

static void a_frequency_that_the_dates_contradict_is_refused(void **state)
{
    (void)state;
    REFUSED(NULL, "fred:GDP", "two observations of one period, though the series is called quarterly",
            { .body = SERIES("Q", "2031-01-01", "2031-02-01") },
            { .body = HEAD("2", "0", "100000") ROW("2031-01-01", "1") "," ROW("2031-02-01", "2") "]}" });
}

static void json_that_breaks_off_is_no_data(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = TWO }, { .body = HEAD("2", "0", "100000") ROW("2030-10-01", "11.5") } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(w.ctx), "JSON that ends or breaks");
    assert_int_equal(n_documents(&w), 0);
    end(&w);
}

static void a_connection_that_is_cut_is_no_data(void **state)
{
    (void)state;
    const pgt_answer cut = { .body = GOOD, .how = PGT_CUT, .after = 100 };
    const pgt_answer answers[] = { { .body = TWO }, cut };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_status(w.ctx, fetch(&w, "fred:GDP"), PGDP_NETWORK);
    assert_int_equal(n_documents(&w), 0);
    end(&w);
}

#define VINTAGES(count, days) "{\"count\":" count ",\"offset\":0,\"limit\":10000,\"vintage_dates\":[" days "]}"

static void vintages_must_be_those_that_fred_lists(void **state)
{
    (void)state;
    const char *one = SERIES("M", "2031-01-01", "2031-01-01");
    REFUSED(&all_vintages, "fred:GDP", "an observation of 2031-03-01, which is none of the vintages", { .body = one },
            { .body = VINTAGES("1", "\"2031-02-28\"") },
            { .body = HEAD("1", "0", "100000") REAL("2031-03-01", "9999-12-31", "2031-01-01", "1") "]}" });
    REFUSED(&all_vintages, "fred:GDP", "nothing of the vintage 2031-03-28, which FRED lists", { .body = one },
            { .body = VINTAGES("2", "\"2031-02-28\",\"2031-03-28\"") },
            { .body = HEAD("1", "0", "100000") REAL("2031-02-28", "9999-12-31", "2031-01-01", "1") "]}" });
    REFUSED(&all_vintages, "fred:GDP", "1 of 2 dates, and a page that is not full", { .body = one },
            { .body = VINTAGES("2", "\"2031-02-28\"") });
    REFUSED(&all_vintages, "fred:GDP", "expected a later day than the one before", { .body = one },
            { .body = VINTAGES("2", "\"2031-02-28\",\"2031-02-28\"") });
}

#define RELEASE(more, cursor, id)                                                                                      \
    "{\"has_more\":" more ",\"next_cursor\":\"" cursor                                                                 \
    "\",\"release\":{\"release_id\":53},\"series\":[{\"series_id\":\"" id                                              \
    "\",\"title\":\"T\",\"frequency\":\"Monthly\",\"units\":\"Index\",\"seasonal_adjustment\":\"NSA\","                \
    "\"last_updated\":\"2031-01-01T00:00:00Z\",\"observations\":[{\"date\":\"2031-01-01\",\"value\":\"1\"}]}]}"

static void a_release_is_read_page_by_page_with_its_key_in_a_header(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = RELEASE("true", "B,2031-01-01", "A") },
                                   { .body = RELEASE("false", "", "B") } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_ok(w.ctx, fetch(&w, "fred:release=53"));
    assert_stored(&w, "A", NULL, "2031-01 1");
    assert_stored(&w, "B", NULL, "2031-01 1");
    const pgt_received *asked = pgt_server_request(w.server, 1);
    assert_contains(asked->query, "next_cursor=B%2C2031-01-01");
    assert_null(strstr(asked->query, CANARY));
    assert_string_equal(pgt_received_header(asked, "Authorization"), "Bearer " CANARY);
    w.request.offline = true;
    assert_ok(w.ctx, fetch(&w, "fred:release=53"));
    assert_status(w.ctx, fetch(&w, "fred:release=54"), PGDP_NOT_FOUND);
    end(&w);
    REFUSED(NULL, "fred:release=53", "no new next_cursor", { .body = RELEASE("true", "B", "A") },
            { .body = RELEASE("true", "B", "A") });
    REFUSED(NULL, "fred:release=53", "no has_more", { .body = "{\"series\":[]}" });
    REFUSED(NULL, "fred:release=9", "HTTP status 400 and the words \"no such release\"",
            { .status = 400, .body = "{\"code\":400,\"message\":\"no such release\"}" });
}

static void answers_recorded_from_fred_pass(void **state)
{
    (void)state;
    const char *path = pgt_shared_path("data/fred/api-json/2026-03-14/GDP.json");
    if (path == NULL) skip();
    char *body = pgt_read_file(path, NULL);
    const pgt_answer answers[] = { { .body = SERIES("Q", "1947-01-01", "2025-10-01") }, { .body = body } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    w.request.first = "2000";
    assert_ok(w.ctx, fetch(&w, "fred:GDP"));
    assert_close(pgdp_frame_reals(w.report, pgdp_frame_find(w.report, "observations"))[0], 104, 0, 0);
    end(&w);
    free(body);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_series_is_stored_with_what_fred_says_of_it),
        cmocka_unit_test(one_observation_of_a_month_is_monthly),
        cmocka_unit_test(what_was_stored_is_found_offline_without_a_request),
        cmocka_unit_test(fetched_twice_on_a_day_changes_nothing),
        cmocka_unit_test(pages_are_asked_for_until_all_observations_are_there),
        cmocka_unit_test(all_vintages_are_stored_by_the_day_of_each),
        cmocka_unit_test(more_than_two_thousand_vintages_are_asked_for_in_parts),
        cmocka_unit_test(a_refusal_is_told_in_freds_words),
        cmocka_unit_test(what_is_no_data_is_never_stored),
        cmocka_unit_test(an_answer_that_was_cut_is_refused),
        cmocka_unit_test(a_day_is_answered_as_of_that_day),
        cmocka_unit_test(a_busy_server_is_asked_again_and_its_reason_told),
        cmocka_unit_test(a_frequency_that_the_dates_contradict_is_refused),
        cmocka_unit_test(json_that_breaks_off_is_no_data),
        cmocka_unit_test(a_connection_that_is_cut_is_no_data),
        cmocka_unit_test(vintages_must_be_those_that_fred_lists),
        cmocka_unit_test(a_release_is_read_page_by_page_with_its_key_in_a_header),
        cmocka_unit_test(answers_recorded_from_fred_pass),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
