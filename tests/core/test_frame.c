/* test_frame.c  The table: what goes in comes out, names and texts are found, memory may fail at any point.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tests/support/frame_model.h"
#include "tests/support/support.h"

static void random_tables_give_back_what_was_put_in(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t table = 0; table < 30; table++) {
        size_t n_columns, n_rows;
        pgt_model_sizes(table, &n_columns, &n_rows);
        pgdp_frame *f = pgt_model_frame(ctx, table);
        pgt_model_check(f, table, n_columns, n_rows);
        pgdp_frame_free(f);
    }
    pgdp_ctx_free(ctx);
}

static void a_name_twice_is_refused_and_unknown_names_are_not_found(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    size_t index = 2385;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_int_equal(pgdp_frame_find(f, "wage"), PGDP_NONE);
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "wage" }, &index));
    assert_int_equal(index, 0);
    assert_status(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "wage" }, &index), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "\"wage\" is in the table already");
    assert_int_equal(pgdp_frame_n_columns(f), 1);
    const char *const others[] = { "wag", "wage_", "Wage", "", "wage " };
    for (size_t i = 0; i < 5; i++)
        assert_int_equal(pgdp_frame_find(f, others[i]), PGDP_NONE);
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = NULL }, &index));
    assert_int_equal(pgdp_frame_find(f, ""), 1);
    assert_null(pgdp_frame_column(f, 2));
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
}

static void a_late_column_and_unset_cells_read_as_missing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    for (size_t i = 0; i < 23; i++)
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    for (unsigned type = PGDP_REAL; type <= PGDP_PERIOD; type++) {
        const char *const names[] = { "real", "text", "period" };
        const pgdp_column about = { .name = names[type], .type = (pgdp_type)type };
        assert_ok(ctx, pgdp_frame_add_column(ctx, f, &about, NULL));
    }
    assert_ok(ctx, pg_frame_add_rows(ctx, f, 100));
    for (size_t i = 0; i < 123; i++) {
        assert_true(isnan(pgdp_frame_reals(f, 0)[i]));
        assert_null(pgdp_frame_text(f, 1, i));
        assert_int_equal(pgdp_frame_periods(f, 2)[i], PGDP_MISSING_PERIOD);
    }
    assert_null(pgdp_frame_text(f, 1, 123));
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
}

static void equal_texts_share_a_code_within_their_column(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    char long_text[5000];
    memset(long_text, 'x', sizeof long_text);
    const struct {
        const char *text;
        size_t length;
        uint32_t want;
    } rows[] = {
        { "11-1011", PGDP_NONE, 0 }, { "11-1021", PGDP_NONE, 1 }, { "11-1011.00", 7, 0 }, { NULL, 0, PGDP_NO_CODE },
        { "", PGDP_NONE, 2 },        { "11-1021", 0, 2 },         { "a\0b", 3, 3 },       { "a", PGDP_NONE, 3 },
        { long_text, 5000, 4 },      { long_text, 4999, 5 },      { long_text, 5000, 4 }, { "11-1021", 7, 1 },
    };
    const size_t n = sizeof rows / sizeof *rows;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "soc", .type = PGDP_TEXT }, NULL));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "other", .type = PGDP_TEXT }, NULL));
    for (size_t i = 0; i < n; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        assert_ok(ctx, pgdp_frame_set_text(ctx, f, 0, rows[i].text, rows[i].length));
        assert_true(pgdp_frame_codes(f, 0)[i] == rows[i].want);
    }
    assert_int_equal(pgdp_frame_n_levels(f, 0), 6);
    assert_int_equal(pgdp_frame_n_levels(f, 1), 0);
    assert_string_equal(pgdp_frame_level(f, 0, 0), "11-1011");
    assert_true(pg_frame_find_level(f, 0, "11-1022", PGDP_NONE) == PGDP_NO_CODE);
    assert_true(pg_frame_find_level(f, 1, "11-1011", PGDP_NONE) == PGDP_NO_CODE);
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
}

/* Views and descriptions handed out early stay right while the column grows a thousandfold. */
static void texts_and_descriptions_stay_in_place_while_the_table_grows(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    char text[24];
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "title", .type = PGDP_TEXT }, NULL));
    assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 0, "first", PGDP_NONE));
    const char *first = pgdp_frame_text(f, 0, 0);
    const pgdp_column *about = pgdp_frame_column(f, 0);
    for (int i = 0; i < 5000; i++) {
        (void)snprintf(text, sizeof text, "%d", i);
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        assert_ok(ctx, pgdp_frame_set_text(ctx, f, 0, text, PGDP_NONE));
        if (i % 10 == 0) assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = text }, NULL));
    }
    assert_ptr_equal(pgdp_frame_text(f, 0, 0), first);
    assert_string_equal(first, "first");
    assert_ptr_equal(pgdp_frame_column(f, 0), about);
    assert_int_equal(pgdp_frame_n_levels(f, 0), 5001);
    assert_int_equal(pgdp_frame_find(f, "4990"), 500);
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
}

static void setting_a_column_of_another_type_changes_nothing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "wage" }, NULL));
    pgdp_frame_set_real(f, 0, 2.385); /* no row yet */
    assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_true(isnan(pgdp_frame_reals(f, 0)[0]));
    pgdp_frame_set_real(f, 0, 2.385);
    pgdp_frame_set_period(f, 0, 61);
    pgdp_frame_set_real(f, 1, 7.1);
    assert_status(ctx, pgdp_frame_set_text(ctx, f, 0, "x", PGDP_NONE), PGDP_BAD_ARGUMENT);
    assert_close(pgdp_frame_reals(f, 0)[0], 2.385, 0, 0);
    const pgdp_column odd = { .name = "odd", .type = (pgdp_type)3 };
    assert_status(ctx, pgdp_frame_add_column(ctx, f, &odd, NULL), PGDP_BAD_ARGUMENT);
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
}

static void notes_are_found_replaced_and_listed_in_order(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    const char *value;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_null(pgdp_frame_note(f, "title"));
    assert_ok(ctx, pgdp_frame_set_note(ctx, f, "title", "Table 1.1.5"));
    assert_ok(ctx, pgdp_frame_set_note(ctx, f, "source", NULL));
    assert_ok(ctx, pgdp_frame_set_note(ctx, f, "title", "Table 1.1.6"));
    assert_string_equal(pgdp_frame_note(f, "title"), "Table 1.1.6");
    assert_string_equal(pgdp_frame_note(f, "source"), "");
    assert_string_equal(pg_frame_note_at(f, 0, &value), "title");
    assert_string_equal(value, "Table 1.1.6");
    assert_string_equal(pg_frame_note_at(f, 1, NULL), "source");
    assert_null(pg_frame_note_at(f, 2, &value));
    pgdp_frame_free(f);
    pgdp_frame_free(NULL);
    pgdp_ctx_free(ctx);
}

static pgdp_status build_and_stack(pgdp_ctx *ctx, pgdp_frame *f)
{
    PG_TRY(pgt_model_fill(ctx, f, 4, 9, 60));
    PG_TRY(pgdp_frame_set_note(ctx, f, "title", "Table 1.1.5"));
    PG_TRY(pg_frame_describe(ctx, f, 0, &(pgdp_column){ .unit = "heads" }));
    pgdp_frame *copy;
    PG_TRY(pg_frame_select(ctx, f, &(pg_selection){ 0 }, &copy));
    const pgdp_status status = pg_frame_append(ctx, copy, f);
    pgdp_frame_free(copy);
    return status;
}

static pgdp_status build(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pgdp_frame *f;
    PG_TRY(pgdp_frame_new(ctx, &f));
    const pgdp_status status = build_and_stack(ctx, f);
    pgdp_frame_free(f);
    return status;
}

static void every_allocation_fails_once_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(build, NULL) > 50);
}

/* After a failed growth the table is as before, and the same call then succeeds. */
static void a_table_that_ran_out_of_memory_is_still_whole(void **state)
{
    (void)state;
    pgt_memory memory = { 0 };
    const pgdp_allocator allocator = pgt_allocator(&memory);
    pgdp_ctx *ctx = pgdp_ctx_new(&allocator);
    pgdp_frame *f;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgt_model_fill(ctx, f, 4, 9, 60));
    for (size_t later = 1; later < 9; later++) {
        memory.fail_at = memory.n_calls + later;
        assert_status(ctx, pg_frame_reserve(ctx, f, 100000), PGDP_NO_MEMORY);
        pgt_model_check(f, 4, 9, 60);
    }
    memory.fail_at = 0;
    assert_ok(ctx, pg_frame_reserve(ctx, f, 100000));
    assert_ok(ctx, pgt_model_add_row(ctx, f, 4, 60));
    pgt_model_check(f, 4, 9, 61);
    assert_status(ctx, pg_frame_add_rows(ctx, f, SIZE_MAX), PGDP_NO_MEMORY);
    assert_status(ctx, pg_frame_reserve(ctx, f, SIZE_MAX / 2), PGDP_NO_MEMORY);
    pgt_model_check(f, 4, 9, 61);
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
    assert_int_equal(memory.n_live, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_tables_give_back_what_was_put_in),
        cmocka_unit_test(a_name_twice_is_refused_and_unknown_names_are_not_found),
        cmocka_unit_test(a_late_column_and_unset_cells_read_as_missing),
        cmocka_unit_test(equal_texts_share_a_code_within_their_column),
        cmocka_unit_test(texts_and_descriptions_stay_in_place_while_the_table_grows),
        cmocka_unit_test(setting_a_column_of_another_type_changes_nothing),
        cmocka_unit_test(notes_are_found_replaced_and_listed_in_order),
        cmocka_unit_test(every_allocation_fails_once_and_nothing_leaks),
        cmocka_unit_test(a_table_that_ran_out_of_memory_is_still_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
