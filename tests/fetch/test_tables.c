/* test_tables.c  BEA, Census and O*NET: tables, and what may go wrong with them. Answers have the shape of recorded
 * ones, invented numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/fetch/fetching.h"

/* ---- BEA ---- */

#define BEA(results)                                                                                                   \
    "{\"BEAAPI\":{\"Request\":{\"RequestParam\":[{\"ParameterName\":\"USERID\",\"ParameterValue\":\"" KEY_IN_CAPITALS  \
    "\"}]},\"Results\":" results "}}"
#define KEY_IN_CAPITALS "0123456789ABCDEFCANARYCANARY0123"
#define NIPA(rows, note)                                                                                               \
    BEA("{\"Statistic\":\"NIPA Table\",\"Data\":[" rows "],\"Notes\":[{\"NoteRef\":\"T10105\",\"NoteText\":\"" note    \
        "\"}]}")
#define LINE(table, period, value)                                                                                     \
    "{\"TableName\":\"" table "\",\"SeriesCode\":\"A191RC\",\"LineNumber\":\"1\",\"LineDescription\":\"GDP\","         \
    "\"TimePeriod\":\"" period "\",\"METRIC_NAME\":\"Current Dollars\",\"CL_UNIT\":\"Level\",\"UNIT_MULT\":\"6\","     \
    "\"DataValue\":\"" value "\",\"NoteRef\":\"T10105\"}"
#define GOOD LINE("T10105", "2030Q4", "33,333") "," LINE("T10105", "2031Q1", "(NA)")

static const pgdp_fetch_request since_2029 = { .first = "2029" }, to_2032 = { .first = "2030", .last = "2032" };

static void a_table_of_bea_is_stored_and_its_key_is_not(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = NIPA(GOOD, "a note") } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    w.request.keep = PGDP_KEEP_BYTES;
    assert_ok(w.ctx, fetch(&w, "bea:NIPA/T10105"));
    const pgt_received *asked = pgt_server_request(w.server, 0);
    assert_contains(asked->query, "TableName=T10105");
    assert_contains(asked->query, "Frequency=Q");
    assert_contains(asked->query, "Year=ALL");
    assert_contains(asked->query, "UserID=" CANARY);
    w.request.offline = true;
    assert_ok(w.ctx, fetch(&w, "bea:NIPA/T10105"));
    assert_string_equal(reported(&w, "result", 0), "in the store");
    assert_status(w.ctx, fetch(&w, "bea:NIPA/T10106"), PGDP_NOT_FOUND);
    assert_status(w.ctx, fetch(&w, "bea:NIPA/T10105?Frequency=A"), PGDP_NOT_FOUND);
    size_t n;
    char *bytes = pgt_read_file(pgt_path(w.folder, "s.db"), &n);
    for (size_t i = 0; i + strlen(KEY_IN_CAPITALS) <= n; i++)
        assert_int_not_equal(memcmp(bytes + i, KEY_IN_CAPITALS, strlen(KEY_IN_CAPITALS)), 0);
    free(bytes);
    end(&w);
}

static void years_and_fields_are_asked_for_as_given(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = NIPA(LINE("T10105", "2030", "1") "," LINE("T10105", "2031", "2"), "") } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    w.request.first = "2030";
    w.request.last = "2031";
    assert_ok(w.ctx, fetch(&w, "bea:NIPA/T10105?Frequency=A"));
    assert_contains(pgt_server_request(w.server, 0)->query, "Year=2030%2C2031");
    assert_contains(pgt_server_request(w.server, 0)->query, "Frequency=A");
    assert_null(strstr(pgt_server_request(w.server, 0)->query, "Frequency=Q"));
    end(&w);
}

static void text_that_is_no_json_is_mended_and_said(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = NIPA(GOOD, "Table 1.1.5\n with \\a backslash,\tcaf\xE9") } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    assert_ok(w.ctx, fetch(&w, "bea:NIPA/T10105"));
    assert_string_equal(reported(&w, "remark", 0), "4 characters that are no JSON were mended");
    end(&w);
}

static void refusals_of_bea(void **state)
{
    (void)state;
    REFUSED(NULL, "bea:NIPA/T10105", "the error 201 \"No such table\"; tables are renamed at times",
            { .body = BEA("{\"Error\":{\"APIErrorCode\":\"201\",\"APIErrorDescription\":\"No such table\"}}") });
    REFUSED(NULL, "bea:NIPA/T10105", "the error 4 \"Bad key\"",
            { .body = "{\"BEAAPI\":{\"Error\":{\"APIErrorCode\":\"4\",\"APIErrorDescription\":\"Bad key\"}}}" });
    REFUSED(NULL, "bea:NIPA/T10105", "an answer without Data", { .body = BEA("{\"Data\":[]}") });
    REFUSED(NULL, "bea:NIPA/T10105", "an answer without Data", { .body = BEA("null") });
    REFUSED(NULL, "bea:NIPA/T10105", "rows of the table T10199; tables are renamed",
            { .body = NIPA(LINE("T10199", "2031Q1", "1"), "") });
    REFUSED(NULL, "bea:NIPA/T10105", "no row of the frequency Q", { .body = NIPA(LINE("T10105", "2031", "1"), "") });
    REFUSED(NULL, "bea:NIPA/T10105", "row 1 without a TimePeriod", { .body = NIPA(LINE("T10105", "", "1"), "") });
    REFUSED(&since_2029, "bea:NIPA/T10105", "years from 2030 on, expected them from 2029; ask --from 2030",
            { .body = NIPA(GOOD, "") });
    REFUSED(&to_2032, "bea:NIPA/T10105", "no row of 2032", { .body = NIPA(GOOD, "") });
    REFUSED(NULL, "bea:NIPA/T10105", "JSON that ends or breaks", { .body = "{\"BEAAPI\":{\"Results\":{\"Data\":[" });
    REFUSED(NULL, "bea:NIPA/T10105", "a web page", { .body = "<html><head><title>Request Rejected</title>" });
}

static void a_dataset_of_bea_is_known_by_its_name(void **state)
{
    (void)state;
    world w = begin(&(pgt_script){ .answers = &(pgt_answer){ .body = "{}" }, .n = 1 });
    assert_status(w.ctx, fetch(&w, "bea:NIPPA/T10105"), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(w.ctx), "did you mean NIPA");
    assert_status(w.ctx, fetch(&w, "bea:NIPA"), PGDP_BAD_ARGUMENT);
    assert_status(w.ctx,
                  fetch(&w, "bea:NIPA/T10105?UserID="
                            "x"),
                  PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "a key does not belong here");
    assert_int_equal(pgt_server_n_requests(w.server), 0);
    end(&w);
}

/* ---- Census ---- */

#define ACS  "census:2030/acs/acs1?get=NAME,B01001_001E&for=state:*"
#define EITS "census:timeseries/eits/marts?get=cell_value&for=us:*"

static const pgdp_fetch_request from_2029 = { .first = "2029", .last = "2030" };

static void rows_of_census_are_a_table_with_codes_as_text(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body =
                                         "[[\"NAME\",\"B01001_001E\",\"state\"],\n[\"Alabama\",\"5028092\",\"01\"],\n"
                                         "[\"Alaska\",\"-666666666\",\"02\"]]" } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    pgdp_frame *frame = NULL, *documents = NULL;
    assert_ok(w.ctx, fetch(&w, ACS));
    assert_contains(pgt_server_request(w.server, 0)->path, "/api.census.gov/data/2030/acs/acs1");
    assert_contains(pgt_server_request(w.server, 0)->query, "get=NAME%2CB01001_001E");
    assert_ok(w.ctx, pgdp_store_documents(w.ctx, w.store, NULL, &documents));
    assert_ok(w.ctx, pgdp_store_table(w.ctx, w.store, pgdp_frame_text(documents, 0, 0), NULL, &frame));
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "state"), 0), "01");
    assert_close(pgdp_frame_reals(frame, pgdp_frame_find(frame, "B01001_001E"))[0], 5028092, 0, 0);
    assert_string_equal(pgdp_frame_text(frame, pgdp_frame_find(frame, "B01001_001E_flag"), 1), "-");
    pgdp_frame_free(frame);
    pgdp_frame_free(documents);
    end(&w);
}

/* 60 variables, and two states. */
static void fifty_variables_are_asked_for_at_once(void **state)
{
    (void)state;
    char item[1024] = "census:2030/acs/acs1?get=", bodies[2][4096];
    for (size_t part = 0, v = 0; part < 2; part++) {
        char header[1024] = "[[", row[1024] = "[";
        for (size_t k = 0; k < (part == 0 ? 50U : 10U); k++, v++) {
            (void)snprintf(item + strlen(item), sizeof item - strlen(item), "%sV%02zu", v == 0 ? "" : ",", v);
            (void)snprintf(header + strlen(header), sizeof header - strlen(header), "\"V%02zu\",", v);
            (void)snprintf(row + strlen(row), sizeof row - strlen(row), "\"%zu\",", v);
        }
        (void)snprintf(bodies[part], sizeof bodies[part], "%s\"state\"],%s\"01\"]]", header, row);
    }
    (void)snprintf(item + strlen(item), sizeof item - strlen(item), "&for=state:01");
    const pgt_answer answers[] = { { .body = bodies[0] }, { .body = bodies[1] } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_ok(w.ctx, fetch(&w, item));
    assert_int_equal(pgt_server_n_requests(w.server), 2);
    assert_contains(pgt_server_request(w.server, 0)->query, "%2CV49&");
    assert_contains(pgt_server_request(w.server, 1)->query, "get=V50%2CV51");
    assert_int_equal(n_documents(&w), 2);
    w.request.offline = true;
    assert_ok(w.ctx, fetch(&w, item));
    assert_int_equal(pgdp_frame_n_rows(w.report), 2);
    end(&w);
}

static void refusals_of_census(void **state)
{
    (void)state;
    REFUSED(NULL, ACS, "HTTP status 400 and the words \"error: unknown variable 'B01001_001E'\"",
            { .status = 400, .body = "error: unknown variable 'B01001_001E'" });
    REFUSED(NULL, ACS, "that there is nothing (no content)", { .status = 204 });
    REFUSED(NULL, ACS, "a web page, not data", { .body = "<html><head><title>Invalid Key</title></head></html>" });
    REFUSED(NULL, ACS, "1 rows, expected names and values", { .body = "[[\"NAME\",\"B01001_001E\",\"state\"]]" });
    REFUSED(NULL, ACS, "no column B01001_001E", { .body = "[[\"NAME\",\"state\"],[\"Alabama\",\"01\"]]" });
    REFUSED(NULL, ACS, "a row 1 of 1 cells, expected 2", { .body = "[[\"NAME\",\"state\"],[\"Alabama\"]]" });
    REFUSED(NULL, ACS, "JSON that ends or breaks", { .body = "[[\"NAME\",\"B01001_001E\",\"state\"],[\"Ala" });
    REFUSED(&from_2029, EITS, "no row of 2029",
            { .body = "[[\"cell_value\",\"time\",\"us\"],[\"5\",\"2030-01\",\"1\"]]" });
    REFUSED(&from_2029, EITS, "no column time", { .body = "[[\"cell_value\",\"us\"],[\"5\",\"1\"]]" });
}

static void a_timeseries_is_asked_for_from_one_year_to_another(void **state)
{
    (void)state;
    const pgt_answer answers[] = {
        { .body = "[[\"cell_value\",\"time\",\"us\"],[\"5\",\"2029-01\",\"1\"],[\"6\",\"2030-01\",\"1\"]]" }
    };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    w.request.first = "2029";
    w.request.last = "2030";
    assert_ok(w.ctx, fetch(&w, EITS));
    assert_contains(pgt_server_request(w.server, 0)->query, "time=from%202029%20to%202030");
    assert_status(w.ctx, fetch(&w, ACS), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(w.ctx), "has its year in its name");
    end(&w);
}

/* ---- O*NET ---- */

#define TASKS                                                                                                          \
    "O*NET-SOC Code\tTask ID\tScale ID\tCategory\tData Value\tN\tStandard Error\tLower CI Bound\tUpper CI "            \
    "Bound\tRecommend Suppress\tDate\tDomain Source\n"
#define TASK "11-1011.00\t8823\tIM\tn/a\t4.5\t80\t0.1\t4.3\t4.7\tN\t08/2030\tIncumbent\n"

static void a_file_of_a_release_is_stored_as_a_table(void **state)
{
    (void)state;
    const pgt_answer answers[] = { { .body = TASKS TASK } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 1 });
    assert_ok(w.ctx, fetch(&w, "onet:30.1/Task Ratings"));
    assert_contains(pgt_server_request(w.server, 0)->path,
                    "/www.onetcenter.org/dl_files/database/db_30_1_text/Task%20Ratings.txt");
    w.request.offline = true;
    assert_ok(w.ctx, fetch(&w, "onet:30.1/Task Ratings"));
    assert_status(w.ctx, fetch(&w, "onet:30.0/Task Ratings"), PGDP_NOT_FOUND);
    end(&w);
    REFUSED(NULL, "onet:30.1/Task Ratings", "the file was cut", { .body = TASKS "11-1011.00\t88" });
    REFUSED(NULL, "onet:30.1/Task Ratings", "whose end the server did not tell",
            { .body = TASKS TASK, .how = PGT_UNTIL_CLOSE });
    REFUSED(NULL, "onet:30.1/Task Ratings", "a web page", { .body = "<!doctype html><title>Not found</title>" });
    REFUSED(NULL, "onet:30.1/Task Ratings", "HTTP status 404", { .status = 404, .body = "none" });
}

#define ROWS(start, total, rows) "{\"start\":" start ",\"end\":2000,\"total\":" total ",\"row\":[" rows "]}"

static void rows_of_the_web_services_come_in_pages(void **state)
{
    (void)state;
    char *body = malloc(200000);
    int n = sprintf(body, "{\"start\":1,\"end\":2000,\"total\":2001,\"row\":[");
    for (int i = 0; i < 2000; i++)
        n += sprintf(body + n, "%s{\"task_id\":%d,\"data_value\":4.5}", i == 0 ? "" : ",", i);
    (void)sprintf(body + n, "]}");
    const pgt_answer answers[] = { { .body = body },
                                   { .body = ROWS("2001", "2001", "{\"task_id\":9,\"data_value\":1}") } };
    world w = begin(&(pgt_script){ .answers = answers, .n = 2 });
    assert_ok(w.ctx, fetch(&w, "onet:rows/task_ratings"));
    assert_int_equal(pgdp_frame_n_rows(w.report), 2);
    assert_contains(pgt_server_request(w.server, 1)->query, "start=2001");
    assert_string_equal(pgt_received_header(pgt_server_request(w.server, 1), "X-API-Key"), CANARY);
    w.request.offline = true;
    assert_ok(w.ctx, fetch(&w, "onet:rows/task_ratings"));
    end(&w);
    free(body);
    REFUSED(NULL, "onet:rows/x", "1 rows from 1 of 3, expected 3", { .body = ROWS("1", "3", "{\"a\":1}") });
    REFUSED(NULL, "onet:rows/x", "rows from 5 of 3", { .body = ROWS("5", "3", "{\"a\":1}") });
    REFUSED(NULL, "onet:rows/x", "no start, total and row", { .body = "{\"error\":\"no\"}" });
    REFUSED(NULL, "onet:rows/x", "HTTP status 422 and the words \"no such table\"",
            { .status = 422, .body = "{\"error\":\"no such table\"}" });
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_of_bea_is_stored_and_its_key_is_not),
        cmocka_unit_test(years_and_fields_are_asked_for_as_given),
        cmocka_unit_test(text_that_is_no_json_is_mended_and_said),
        cmocka_unit_test(refusals_of_bea),
        cmocka_unit_test(a_dataset_of_bea_is_known_by_its_name),
        cmocka_unit_test(rows_of_census_are_a_table_with_codes_as_text),
        cmocka_unit_test(fifty_variables_are_asked_for_at_once),
        cmocka_unit_test(refusals_of_census),
        cmocka_unit_test(a_timeseries_is_asked_for_from_one_year_to_another),
        cmocka_unit_test(a_file_of_a_release_is_stored_as_a_table),
        cmocka_unit_test(rows_of_the_web_services_come_in_pages),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
