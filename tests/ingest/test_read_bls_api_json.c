/* test_read_bls_api_json.c  Answers of the BLS API with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "tests/support/dataset.h"

#define ANSWER                                                                                                         \
    "{\"status\":\"REQUEST_SUCCEEDED\",\"responseTime\":99,\"message\":[],\"Results\":{\"series\":["                   \
    "{\"seriesID\":\"CES0000000001\",\"data\":["                                                                       \
    "{\"year\":\"2031\",\"period\":\"M13\",\"periodName\":\"Annual\",\"value\":\"111150.5\",\"footnotes\":[{}]},"      \
    "{\"year\":\"2031\",\"period\":\"M02\",\"periodName\":\"February\",\"latest\":\"true\",\"value\":\"111222\","      \
    "\"footnotes\":[{\"code\":\"P\",\"text\":\"preliminary\"},{\"code\":\"R\",\"text\":\"revised\"}]},"                \
    "{\"year\":\"2031\",\"period\":\"M01\",\"periodName\":\"January\",\"value\":\"-\",\"footnotes\":[{}]}]}]}}"

/* Row of a series with this period code. */
static size_t row_of(const pgdp_frame *f, const char *code)
{
    size_t row = 0;
    while (strcmp(pgt_cell(f, "period_code", row), code) != 0)
        row++;
    return row;
}

static void check_answer(pgdp_dataset *dataset)
{
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_int_equal(pgdp_frame_n_rows(f), 3);
    assert_int_equal(pgt_about(f, "period")->frequency, PGDP_MONTHLY);
    assert_string_equal(pgt_cell(f, "series_id", 2), "CES0000000001");
    assert_string_equal(pgt_cell(f, "period", row_of(f, "M02")), "2031-02");
    assert_close(pgt_real(f, "value", row_of(f, "M02")), 111222, 0, 0);
    assert_string_equal(pgt_cell(f, "footnote_codes", row_of(f, "M02")), "P,R");
    assert_true(isnan(pgt_real(f, "value", row_of(f, "M01"))));
    assert_string_equal(pgt_cell(f, "footnote_codes", row_of(f, "M01")), ".");
    pgdp_dataset_free(dataset);
}

static void values_are_numbers_and_a_dash_is_missing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    check_answer(pgt_ingest(ctx, "bls_api_json", "answer.json", ANSWER));
    pgdp_ctx_free(ctx);
}

static void an_answer_kept_inside_another_object_is_found(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    check_answer(pgt_ingest(ctx, "bls_api_json", "kept.json", "{\"last_updated\":\"2031-03-09\",\"data\":" ANSWER "}"));
    pgdp_ctx_free(ctx);
}

static void an_annual_average_has_no_period(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest(ctx, "bls_api_json", "answer.json", ANSWER);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    const size_t row = row_of(f, "M13");
    assert_string_equal(pgt_cell(f, "period", row), ".");
    assert_close(pgt_real(f, "year", row), 2031, 0, 0);
    assert_close(pgt_real(f, "value", row), 111150.5, 0, 0);
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void a_refusal_is_told_in_the_words_of_the_office(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    static const char *const results[] = { "{}", "[]", "null" }; /* all three are seen */
    for (size_t i = 0; i < 3; i++) {
        char text[200] = "{\"status\":\"REQUEST_NOT_PROCESSED\",\"responseTime\":7,\"message\":[\"the threshold of "
                         "requests\",\"come back\"],\"Results\":";
        strcat(strcat(text, results[i]), "}");
        pgt_refuse(ctx, NULL, text, "REQUEST_NOT_PROCESSED: the threshold of requests; come back");
    }
    pgdp_ctx_free(ctx);
}

static void messages_and_the_catalog_are_kept_as_notes(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest(
        ctx, "bls_api_json", "answer.json",
        "{\"status\":\"REQUEST_SUCCEEDED\",\"message\":[\"Series X does not exist\"],\"Results\":{\"series\":[{"
        "\"seriesID\":\"CES1\",\"catalog\":{\"series_title\":\"All employees, invented\",\"seasonality\":"
        "\"Seasonally Adjusted\"},\"data\":[{\"year\":\"2031\",\"period\":\"M02\",\"value\":\"2.385\"}]}]}}");
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_string_equal(pgdp_frame_note(f, "messages"), "Series X does not exist");
    assert_string_equal(pgdp_frame_note(f, "series_title:CES1"), "All employees, invented");
    assert_string_equal(pgdp_frame_note(f, "seasonality:CES1"), "Seasonally Adjusted");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void an_answer_without_observations_is_no_success(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_refuse(ctx, NULL,
               "{\"status\":\"REQUEST_SUCCEEDED\",\"message\":[\"Series does not exist\"],\"Results\":{\"series\":["
               "{\"seriesID\":\"CES9\",\"data\":[]}]}}",
               "CES9");
    pgt_refuse(
        ctx, "bls_api_json",
        "{\"status\":\"REQUEST_SUCCEEDED\",\"message\":[],\"Results\":{\"series\":[{\"seriesID\":\"CES9\",\"data\":["
        "{\"year\":\"2031\",\"period\":\"M02\",\"value\":\"many\"}]}]}}",
        "many");
    pgdp_ctx_free(ctx);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    pgt_ingest_without_memory("answer.json", ANSWER, strlen(ANSWER));
}

static void the_kept_answers_have_59_months_of_5_series(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_shared(ctx, "bls_api_json", "data/bls/api-v2/bls_data.json");
    if (dataset != NULL) {
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_int_equal(pgdp_frame_n_rows(f), 5 * 59);
        assert_int_equal(pgdp_frame_n_levels(f, pgdp_frame_find(f, "series_id")), 5);
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    if (dataset == NULL) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_numbers_and_a_dash_is_missing),
        cmocka_unit_test(an_answer_kept_inside_another_object_is_found),
        cmocka_unit_test(an_annual_average_has_no_period),
        cmocka_unit_test(a_refusal_is_told_in_the_words_of_the_office),
        cmocka_unit_test(messages_and_the_catalog_are_kept_as_notes),
        cmocka_unit_test(an_answer_without_observations_is_no_success),
        cmocka_unit_test(no_memory_leaves_nothing_behind),
        cmocka_unit_test(the_kept_answers_have_59_months_of_5_series),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
