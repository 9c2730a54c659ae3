/* test_bls.c  BLS: years in parts, series of several frequencies, and answers that lack something. Answers have the
 * shape of recorded ones, invented numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fetch/fetching.h"

#define BLS(message, series)                                                                                           \
    "{\"status\":\"REQUEST_SUCCEEDED\",\"responseTime\":99,\"message\":[" message "],\"Results\":{\"series\":[" series \
    "]}}"
#define OF(id, data) "{\"seriesID\":\"" id "\",\"data\":[" data "]}"
#define AT(year, period, value)                                                                                        \
    "{\"year\":\"" year "\",\"period\":\"" period "\",\"periodName\":\"-\",\"value\":\"" value "\",\"footnotes\":[{}]" \
    "}"
#define NONE(id, year) "\"No Data Available for Series " id " Year: " year "\""

static const pgdp_fetch_request since_2030 = { .first = "2030" }, in_2029 = { .first = "2029", .last = "2030" };

/* Every series has a value in January of each year that it is asked for, from 2005 on; before, none, which is told. */
static pgt_answer january(void *user, const pgt_received *asked)
{
    static char body[8192]; /* lives as long as the server */
    int first, last, n;
    char messages[4096] = "", data[4096] = "";
    const char *id = user;
    assert_int_equal(sscanf(strstr(asked->body, "startyear"), "startyear\":\"%d", &first), 1);
    assert_int_equal(sscanf(strstr(asked->body, "endyear"), "endyear\":\"%d", &last), 1);
    for (int y = last; y >= first; y--) {
        const size_t m = strlen(messages), d = strlen(data);
        if (y < 2005)
            (void)snprintf(messages + m, sizeof messages - m, "%s" NONE("%s", "%d"), m == 0 ? "" : ",", id, y);
        else
            (void)snprintf(data + d, sizeof data - d, "%s" AT("%d", "M01", "%d"), d == 0 ? "" : ",", y, y);
    }
    n = snprintf(body, sizeof body, BLS("%s", OF("%s", "%s")), messages, id, data);
    assert_true(n > 0 && (size_t)n < sizeof body);
    return (pgt_answer){ .body = body };
}

static size_t requests_for(const char *first, bool key)
{
    char id[] = "CES0000000001";
    world w = begin(&(pgt_script){ .respond = january, .user = id });
    w.request.first = first;
    w.request.vintages = NULL;
    if (!key) w.request.key_folder = w.folder;
    assert_ok(w.ctx, fetch(&w, "bls:CES0000000001"));
    const size_t n = pgt_server_n_requests(w.server);
    const pgt_received *asked = pgt_server_request(w.server, 0);
    assert_contains(asked->path, key ? "/publicAPI/v2/" : "/publicAPI/v1/");
    if (key) assert_contains(asked->body, "\"registrationkey\":\"" CANARY "\"");
    if (!key) assert_null(strstr(asked->body, "registrationkey"));
    end(&w);
    return n;
}

static void years_are_asked_for_by_twenty_with_a_key_and_by_ten_without(void **state)
{
    (void)state;
    assert_int_equal(requests_for("2022", true), 1);
    assert_int_equal(requests_for("2022", false), 1);
    assert_int_equal(requests_for("2012", true), 1);
    assert_int_equal(requests_for("2012", false), 2);
    assert_int_equal(requests_for("2011", true), 2);
}

static void years_before_a_series_begins_are_told_and_no_error(void **state)
{
    (void)state;
    assert_int_equal(requests_for("1990", true), 3); /* 2012-31, 1992-2011, 1990-91 */
    char id[] = "CES0000000001";
    world w = begin(&(pgt_script){ .respond = january, .user = id });
    w.request.first = "1990";
    assert_ok(w.ctx, fetch(&w, "bls:CES0000000001"));
    assert_int_equal(pgdp_frame_n_rows(w.report), 2); /* nothing is stored of 1990-91 */
    assert_string_equal(reported(&w, "remark", 0), "2012-2031");
    end(&w);
}

static void months_and_footnotes_go_into_the_store(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = BLS("", OF("A", AT("2031", "M02", "-") "," AT("2031", "M01", "5") "," AT(
                                                                 "2030", "M13", "4") "," AT("2030", "M12", "4"))) } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    pgdp_frame *frame = NULL;
    w.request.first = "2030";
    assert_ok(w.ctx, fetch(&w, "bls:A"));
    assert_stored(&w, "A", NULL, "2030-12 4, 2031-01 5, 2031-02 nan");
    assert_ok(w.ctx, pgdp_store_documents(w.ctx, w.store, NULL, &frame));
    const char *address = pgdp_frame_text(frame, pgdp_frame_find(frame, "address"), 0);
    assert_contains(address, "{\"seriesid\":[\"A\"],\"startyear\":\"2030\"");
    assert_null(strstr(address, CANARY));
    pgdp_frame_free(frame);
    end(&w);
}

static void series_of_several_frequencies_are_asked_for_apart(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = BLS("", OF("B", AT("2031", "Q01", "7") "," AT("2030", "Q04", "6")) "," OF(
                              "A", AT("2031", "M01", "5") "," AT("2030", "M12", "4"))) },
        { .body = BLS("", OF("B", AT("2031", "Q01", "7") "," AT("2030", "Q04", "6"))) },
        { .body = BLS("", OF("A", AT("2031", "M01", "5") "," AT("2030", "M12", "4"))) },
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 3 });
    w.request.first = "2030";
    assert_ok(w.ctx, fetch(&w, "bls:A,B"));
    assert_contains(pgt_server_request(w.server, 1)->body, "\"seriesid\":[\"B\"]");
    assert_stored(&w, "A", NULL, "2030-12 4, 2031-01 5");
    assert_stored(&w, "B", NULL, "2030Q4 6, 2031Q1 7");
    end(&w);
}

static void a_series_without_data_in_some_years_is_left_out_of_those(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = BLS(NONE("B", "2030") "," NONE("B", "2031"),
                      OF("A", AT("2031", "M01", "5") "," AT("2030", "M12", "4")) "," OF("B", "")) },
        { .body = BLS("", OF("A", AT("2031", "M01", "5") "," AT("2030", "M12", "4"))) },
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    w.request.first = "2030";
    assert_status(w.ctx, fetch(&w, "bls:A,B"), PGDP_NETWORK);
    assert_contains(pgdp_ctx_error(w.ctx), "asked for B, found no data in any year, as BLS says itself");
    assert_int_equal(n_documents(&w), 0);
    end(&w);
}

static void a_refusal_is_told_in_the_words_of_bls(void **state)
{
    (void)state;
    REFUSED(
        &since_2030, "bls:A", "the status REQUEST_NOT_PROCESSED: daily threshold reached",
        { .body = "{\"status\":\"REQUEST_NOT_PROCESSED\",\"message\":[\"daily threshold reached\"],\"Results\":{}}" });
    REFUSED(&since_2030, "bls:A", "the status REQUEST_FAILED_INVALID_PARAMETERS: no message",
            { .body = "{\"status\":\"REQUEST_FAILED_INVALID_PARAMETERS\",\"message\":[],\"Results\":null}" });
    REFUSED(&since_2030, "bls:A", "the status (none)", { .body = "{}" });
    REFUSED(&since_2030, "bls:A", "some servers answer only who names an address of mail: --contact",
            { .status = 403, .body = "<html>Access denied</html>" });
    REFUSED(&since_2030, "bls:A", "that A does not exist",
            { .body = BLS("\"Series does not exist for Series A\"," NONE("A", "2030"), OF("A", "")) });
}

static void an_answer_that_lacks_something_is_refused(void **state)
{
    (void)state;
    REFUSED(&since_2030, "bls:A,B", "no word of B", { .body = BLS("", OF("A", AT("2030", "M01", "5"))) });
    REFUSED(&since_2030, "bls:A", "no word of A", { .body = BLS("", "") });
    REFUSED(&since_2030, "bls:A", "nothing of A for 2030, and no message that says why",
            { .body = BLS("", OF("A", AT("2031", "M01", "5"))) });
    REFUSED(&in_2029, "bls:A", "nothing of A for 2029, and no message that says why (Year range has been reduced)",
            { .body = BLS("\"Year range has been reduced\"", OF("A", AT("2030", "M01", "5"))) });
    REFUSED(&since_2030, "bls:A", "nothing of A for 2030", { .body = BLS(NONE("A2", "2030"), OF("A", "")) });
    REFUSED(&since_2030, "bls:A", "the series C, which nobody asked for",
            { .body = BLS("", OF("C", AT("2030", "M01", "5"))) });
    REFUSED(&since_2030, "bls:A", "an observation of A in 1999, which nobody asked for",
            { .body = BLS("", OF("A", AT("1999", "M01", "5"))) });
    REFUSED(&since_2030, "bls:A", "annual averages alone of A", { .body = BLS("", OF("A", AT("2030", "S03", "5"))) });
    REFUSED(&since_2030, "bls:A", "JSON that ends or breaks", { .body = "{\"status\":\"REQUEST_SUCC" });
}

static void bls_wants_a_first_year_and_names_of_series(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = "{}" } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    assert_status(w.ctx, fetch(&w, "bls:A"), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "bls:A: from which year?");
    w.request.first = "2030";
    assert_status(w.ctx, fetch(&w, "bls:A,A"), PGDP_BAD_ARGUMENT);
    assert_status(w.ctx, fetch(&w, "bls:A\"B"), PGDP_BAD_ARGUMENT);
    w.request.vintages = "all";
    assert_status(w.ctx, fetch(&w, "bls:A"), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "keeps no vintages");
    assert_int_equal(pgt_server_n_requests(w.server), 0);
    end(&w);
}

/* What was recorded inside another object, alone. */
static void an_answer_recorded_from_bls_passes(void **state)
{
    (void)state;
    const char *path = pgt_shared_path("data/bls/api-v2/bls_data.json");
    if (path == NULL) skip();
    char *text = pgt_read_file(path, NULL), *body = strstr(text, "\"data\": ") + 8, items[2048] = "bls:";
    body[strlen(body) - 1] = '\0'; /* the outer brace */
    for (char *at = strstr(body, "\"seriesID\": \""); at != NULL; at = strstr(at + 1, "\"seriesID\": \"")) {
        const size_t n = strlen(items);
        (void)snprintf(items + n, sizeof items - n, "%s%.*s", n > 4 ? "," : "", (int)strcspn(at + 13, "\""), at + 13);
    }
    const pgt_answer answers[] = { { .body = body } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    w.request.first = "2020";
    w.request.last = "2024";
    assert_ok(w.ctx, fetch(&w, items));
    assert_true(pgdp_frame_reals(w.report, pgdp_frame_find(w.report, "observations"))[0] > 100);
    end(&w);
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(years_are_asked_for_by_twenty_with_a_key_and_by_ten_without),
        cmocka_unit_test(years_before_a_series_begins_are_told_and_no_error),
        cmocka_unit_test(months_and_footnotes_go_into_the_store),
        cmocka_unit_test(series_of_several_frequencies_are_asked_for_apart),
        cmocka_unit_test(a_series_without_data_in_some_years_is_left_out_of_those),
        cmocka_unit_test(a_refusal_is_told_in_the_words_of_bls),
        cmocka_unit_test(an_answer_that_lacks_something_is_refused),
        cmocka_unit_test(bls_wants_a_first_year_and_names_of_series),
        cmocka_unit_test(an_answer_recorded_from_bls_passes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
