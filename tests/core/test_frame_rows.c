/* test_frame_rows.c  Selecting and stacking rows of tables keeps every cell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"

#include <math.h>

#include "core/random.h"
#include "tests/support/frame_model.h"
#include "tests/support/support.h"

static void selected_rows_and_columns_keep_their_cells(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t table = 1; table < 20; table += 3) {
        pgdp_frame *f = pgt_model_frame(ctx, table), *part;
        const size_t n_rows = pgdp_frame_n_rows(f), n_columns = pgdp_frame_n_columns(f);
        if (n_rows == 0 || n_columns == 0) fail_msg("table %u is empty", table);
        size_t rows[101], columns[PGT_MODEL_COLUMNS], n_kept = 0;
        pg_random r = pg_random_stream(table, "select", 0);
        for (size_t i = 0; i < 101; i++)
            rows[i] = i % 10 == 9 ? PGDP_NONE : pg_random_index(&r, n_rows);
        for (size_t j = n_columns; j-- > 0;)
            if (j % 2 == 0) columns[n_kept++] = j;
        assert_ok(ctx, pgdp_frame_set_note(ctx, f, "source", "an office"));
        const pg_selection some = { rows, 101, columns, n_kept };
        assert_ok(ctx, pg_frame_select(ctx, f, &some, &part));
        pgdp_frame_free(f); /* the part owns all that it shows */
        assert_int_equal(pgdp_frame_n_rows(part), 101);
        assert_int_equal(pgdp_frame_n_columns(part), n_kept);
        assert_string_equal(pgdp_frame_note(part, "source"), "an office");
        for (size_t j = 0; j < n_kept; j++) {
            for (size_t i = 0; i < 101; i++)
                if (rows[i] != PGDP_NONE) pgt_model_check_cell(part, j, i, (size_t[]){ rows[i], columns[j] }, table);
            if (pgdp_frame_codes(part, j) != NULL) pgt_check_levels(part, j);
            if (pgdp_frame_codes(part, j) != NULL) assert_null(pgdp_frame_text(part, j, 9));
            if (pgdp_frame_reals(part, j) != NULL) assert_true(isnan(pgdp_frame_reals(part, j)[9]));
            if (pgdp_frame_periods(part, j) != NULL)
                assert_int_equal(pgdp_frame_periods(part, j)[9], PGDP_MISSING_PERIOD);
        }
        pgdp_frame_free(part);
    }
    pgdp_ctx_free(ctx);
}

static void a_table_selected_whole_is_the_same_table(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t table = 0; table < 8; table++) {
        pgdp_frame *f = pgt_model_frame(ctx, table), *copy;
        const size_t n_rows = pgdp_frame_n_rows(f), n_columns = pgdp_frame_n_columns(f);
        assert_ok(ctx, pg_frame_select(ctx, f, &(pg_selection){ 0 }, &copy));
        pgdp_frame_free(f);
        pgt_model_check(copy, table, n_columns, n_rows);
        pgdp_frame_free(copy);
    }
    pgdp_ctx_free(ctx);
}

static void stacked_tables_keep_both_and_add_columns(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *top, *below;
    const uint32_t table = 4;
    assert_ok(ctx, pgdp_frame_new(ctx, &top));
    assert_ok(ctx, pgdp_frame_new(ctx, &below));
    assert_ok(ctx, pgt_model_fill(ctx, top, table, 7, 53));
    assert_ok(ctx, pgt_model_fill(ctx, below, table, 12, 31));
    assert_ok(ctx, pg_frame_append(ctx, top, below));
    pgdp_frame_free(below);
    assert_int_equal(pgdp_frame_n_rows(top), 84);
    assert_int_equal(pgdp_frame_n_columns(top), 12);
    for (size_t j = 0; j < 12; j++) {
        for (size_t i = 0; i < 84; i++)
            if (i >= 53 || j < 7) pgt_model_check_cell(top, j, i, (size_t[]){ i < 53 ? i : i - 53, j }, table);
        if (j >= 7 && pgt_model_type(table, j) == PGDP_TEXT) assert_null(pgdp_frame_text(top, j, 52));
        if (j >= 7 && pgt_model_type(table, j) == PGDP_REAL) assert_true(isnan(pgdp_frame_reals(top, j)[52]));
    }
    pgdp_frame_free(top);
    pgdp_ctx_free(ctx);
}

static void tables_that_disagree_are_not_stacked(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f[3];
    const pgdp_column about[] = { { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_MONTHLY },
                                  { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_ANNUAL },
                                  { .name = "period", .type = PGDP_TEXT } };
    for (size_t i = 0; i < 3; i++) {
        assert_ok(ctx, pgdp_frame_new(ctx, &f[i]));
        assert_ok(ctx, pgdp_frame_add_column(ctx, f[i], &about[i], NULL));
    }
    assert_status(ctx, pg_frame_append(ctx, f[0], f[1]), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "\"period\" is monthly in one table and annual in the other");
    assert_status(ctx, pg_frame_append(ctx, f[0], f[2]), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "\"period\" differs in type");
    for (size_t i = 0; i < 3; i++)
        pgdp_frame_free(f[i]);
    pgdp_ctx_free(ctx);
}

static void columns_of_reals_are_added_whole_and_described_anew(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *f;
    const double cells[] = { 2.385, -7.1, (double)NAN, 0.37, 12.5 };
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pg_frame_add_reals(ctx, f, &(pgdp_column){ .name = "gdp", .unit = "usd" }, cells, 5));
    assert_int_equal(pgdp_frame_n_rows(f), 5);
    for (size_t i = 0; i < 5; i++)
        assert_close(pgdp_frame_reals(f, 0)[i], cells[i], 0, 0);
    assert_status(ctx, pg_frame_add_reals(ctx, f, &(pgdp_column){ .name = "short" }, cells, 4), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "column \"short\" has 4 cells and the table 5 rows");
    const pgdp_column anew = { .name = "ignored", .type = PGDP_TEXT, .unit = "usd_bn", .vintage = "2031-02-28" };
    assert_ok(ctx, pg_frame_describe(ctx, f, 0, &anew));
    assert_string_equal(pgdp_frame_column(f, 0)->name, "gdp");
    assert_int_equal(pgdp_frame_column(f, 0)->type, PGDP_REAL);
    assert_string_equal(pgdp_frame_column(f, 0)->unit, "usd_bn");
    assert_int_equal(pgdp_frame_find(f, "gdp"), 0);
    pgdp_frame_free(f);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(selected_rows_and_columns_keep_their_cells),
        cmocka_unit_test(a_table_selected_whole_is_the_same_table),
        cmocka_unit_test(stacked_tables_keep_both_and_add_columns),
        cmocka_unit_test(tables_that_disagree_are_not_stacked),
        cmocka_unit_test(columns_of_reals_are_added_whole_and_described_anew),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
