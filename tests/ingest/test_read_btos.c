/* test_read_btos.c  Two small workbooks: by state, all strings inline; by size and sector, strings shared, no errors.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "tests/support/dataset.h"

#define BY_STATE "tests/fixtures/ingest/btos_state.xlsx"
#define BY_SIZE  "tests/fixtures/ingest/btos_empsize_sector.xlsx"

/* Row of a stratum, the wording, the answer and the cycle; the test fails when there is none. */
static size_t row_of(const pgdp_frame *f, const char *stratum, const char *words, const char *answer, const char *cycle)
{
    for (size_t row = 0; row < pgdp_frame_n_rows(f); row++)
        if (strcmp(pgt_cell(f, "stratum", row), stratum) == 0 && strcmp(pgt_cell(f, "answer", row), answer) == 0 &&
            strcmp(pgt_cell(f, "cycle", row), cycle) == 0 && strstr(pgt_cell(f, "question", row), words) != NULL)
            return row;
    fail_msg("no row of %s, %s, %s, %s", stratum, words, answer, cycle);
    return 0;
}

static void shares_are_percent_and_errors_are_found_by_wording(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "btos", BY_STATE);
    const pgdp_frame *f = pgt_table(dataset, "responses");
    assert_int_equal(pgdp_frame_n_rows(f), 4 * 3);
    /* the sheet of errors has another order of rows and of cycles, and both wordings carry ID 7 */
    const size_t fresh = row_of(f, "CA", "business functions", "Yes", "203102");
    assert_close(pgt_real(f, "value", fresh), 33.7, 0, 0);
    assert_close(pgt_real(f, "std_error", fresh), 0.87, 0, 0);
    const size_t old = row_of(f, "CA", "goods or services", "Yes", "203026");
    assert_close(pgt_real(f, "value", old), 8.3, 0, 0);
    assert_close(pgt_real(f, "std_error", old), 0.44, 0, 0);
    assert_string_equal(pgt_cell(f, "question_id", fresh), "7");
    assert_string_equal(pgt_cell(f, "answer_id", fresh), "1");
    assert_string_equal(pgt_about(f, "value")->unit, "pct");
    assert_string_equal(pgdp_frame_note(f, "stratum"), "State");
    assert_contains(pgdp_frame_note(f, "source"), "invented for tests");
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void marks_are_flags_and_never_zero(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "btos", BY_STATE);
    const pgdp_frame *f = pgt_table(dataset, "responses");
    const size_t suppressed = row_of(f, "CA", "business functions", "No", "203101");
    assert_true(isnan(pgt_real(f, "value", suppressed)));
    assert_true(isnan(pgt_real(f, "std_error", suppressed)));
    assert_string_equal(pgt_cell(f, "flag", suppressed), "S");
    const size_t not_asked = row_of(f, "XX", "business functions", "Yes", "203026");
    assert_true(isnan(pgt_real(f, "value", not_asked)));
    assert_string_equal(pgt_cell(f, "flag", not_asked), ".");
    const size_t known = row_of(f, "XX", "business functions", "Yes", "203102");
    assert_close(pgt_real(f, "value", known), 41.6, 0, 0);
    assert_null(pgdp_frame_text(f, pgdp_frame_find(f, "flag"), known));
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void indexes_and_dates_are_tables_too(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "btos", BY_STATE);
    const pgdp_frame *indexes = pgt_table(dataset, "indexes");
    assert_int_equal(pgdp_frame_n_rows(indexes), 4);
    assert_string_equal(pgt_cell(indexes, "answer", 0), "Revenues");
    assert_close(pgt_real(indexes, "value", 0), 52.7, 0, 0);
    assert_close(pgt_real(indexes, "std_error", 1), 0.69, 0, 0);
    assert_string_equal(pgt_cell(indexes, "flag", 3), "S");
    const pgdp_frame *dates = pgt_table(dataset, "Collection and Reference Dates");
    assert_int_equal(pgdp_frame_n_rows(dates), 2);
    assert_string_equal(pgt_cell(dates, "Smpdt", 1), "203102");
    assert_string_equal(pgt_cell(dates, "Ref Start", 0), "2030-12-23");
    assert_int_equal(pgdp_frame_n_rows(pgt_table(dataset, "Data Dictionary")), 2);
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void two_columns_of_strata_are_joined(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_file(ctx, "btos", BY_SIZE);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_string_equal(pgdp_frame_note(f, "stratum"), "Empsize / Sector");
    assert_close(pgt_real(f, "value", row_of(f, "A / 54", "functions", "Yes", "203101")), 31.9, 0, 0);
    const size_t row = row_of(f, "A / XX", "functions", "Yes", "203102");
    assert_close(pgt_real(f, "value", row), 41.6, 0, 0);
    assert_true(isnan(pgt_real(f, "std_error", row))); /* the workbook has none */
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    (void)state;
    size_t n;
    char *bytes = pgt_read_file(BY_STATE, &n);
    pgt_ingest_without_memory("btos.xlsx", bytes, n);
    free(bytes);
}

static void the_state_workbook_has_5035_answers_in_46_cycles(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = pgt_ingest_shared(ctx, "btos", "data/census/btos/State.xlsx");
    if (dataset != NULL) {
        const pgdp_frame *f = pgt_table(dataset, "responses");
        assert_int_equal(pgdp_frame_n_rows(f), 5035 * 46);
        assert_int_equal(pgdp_frame_n_levels(f, pgdp_frame_find(f, "cycle")), 46);
        assert_string_equal(pgt_cell(f, "cycle", 46 + 1), "202511");
        assert_close(pgt_real(f, "value", 46 + 1), 16.5, 0, 0);
        assert_close(pgt_real(f, "std_error", 46 + 1), 7.42, 0, 0);
        assert_int_equal(pgdp_frame_n_rows(pgt_table(dataset, "indexes")), 795 * 46);
        assert_int_equal(pgdp_frame_n_rows(pgt_table(dataset, "Collection and Reference Dates")), 48);
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    if (dataset == NULL) skip();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shares_are_percent_and_errors_are_found_by_wording),
        cmocka_unit_test(marks_are_flags_and_never_zero),
        cmocka_unit_test(indexes_and_dates_are_tables_too),
        cmocka_unit_test(two_columns_of_strata_are_joined),
        cmocka_unit_test(no_memory_leaves_nothing_behind),
        cmocka_unit_test(the_state_workbook_has_5035_answers_in_46_cycles),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
