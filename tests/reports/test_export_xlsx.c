/* test_export_xlsx.c  A table as a workbook and back: the same cells, the same bytes, one sentence for what does not
 * fit. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/ctx.h"
#include "core/random.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"

enum { N_ROWS = 2000 };

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/* Numbers of every size, words with marks that XML needs, quarters; some cells missing, never a whole row. */
static pgdp_status make_frame(pgdp_ctx *ctx, size_t n_rows, pgdp_frame **out)
{
    static const char *const words[] = { "plain", "a < b & \"c\"", "\xC3\xA9t\xC3\xA9", "_x0041_ kept", " spaced " };
    const pgdp_column columns[] = { { .name = "x", .type = PGDP_REAL },
                                    { .name = "word", .type = PGDP_TEXT },
                                    { .name = "quarter", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY } };
    pg_random random = pg_random_stream(1, "export", 0);
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t j = 0; j < 3; j++)
        PG_TRY(pgdp_frame_add_column(ctx, *out, &columns[j], NULL));
    for (size_t i = 0; i < n_rows; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, *out));
        if (i % 11 != 3 || i % 5 == 1) pgdp_frame_set_real(*out, 0, exp(30 * pg_random_normal(&random)));
        if (i % 7 != 2) PG_TRY(pgdp_frame_set_text(ctx, *out, 1, words[pg_random_index(&random, 5)], PGDP_NONE));
        if (i % 5 != 1) pgdp_frame_set_period(*out, 2, (int32_t)pg_random_index(&random, 200));
    }
    return PGDP_OK;
}

static void numbers_come_back_with_sixteen_digits_and_text_as_it_was(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096], quarter[16];
    pgdp_frame *f = NULL;
    pgdp_dataset *back = NULL;
    assert_ok(ctx, make_frame(ctx, N_ROWS, &f));
    (void)snprintf(path, sizeof path, "%s/table.xlsx", folder);
    assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
    assert_ok(ctx, pgdp_ingest_file(ctx, NULL, path, &back));
    const pgdp_frame *b = pgdp_dataset_table(back, 0);
    assert_int_equal(pgdp_frame_n_rows(b), N_ROWS);
    assert_int_equal(pgdp_frame_n_columns(b), 3);
    for (size_t i = 0; i < N_ROWS; i++) {
        const char *want = pgdp_frame_text(f, 1, i), *got = pgdp_frame_text(b, 1, i);
        assert_close(pgdp_frame_reals(b, 0)[i], pgdp_frame_reals(f, 0)[i], 1e-15, 0);
        assert_true((want == NULL) == (got == NULL));
        if (want != NULL && want[0] != ' ') assert_string_equal(got, want);
        const int32_t ordinal = pgdp_frame_periods(f, 2)[i];
        if (ordinal == PGDP_MISSING_PERIOD) continue;
        pgdp_period_format((pgdp_period){ PGDP_QUARTERLY, ordinal }, quarter);
        if (pgdp_frame_periods(b, 2) != NULL)
            assert_int_equal(pgdp_frame_periods(b, 2)[i], ordinal);
        else
            assert_string_equal(pgdp_frame_text(b, 2, i), quarter);
    }
    pgdp_dataset_free(back);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void same_table_gives_the_same_bytes(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[2][4096], *bytes[2];
    size_t n[2];
    pgdp_frame *f = NULL;
    assert_ok(ctx, make_frame(ctx, 300, &f));
    for (size_t k = 0; k < 2; k++) {
        (void)snprintf(path[k], sizeof path[k], "%s/%zu.xlsx", folder, k);
        assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path[k]));
        bytes[k] = pgt_read_file(path[k], &n[k]);
    }
    assert_int_equal(n[0], n[1]);
    assert_memory_equal(bytes[0], bytes[1], n[0]);
    free(bytes[0]);
    free(bytes[1]);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void empty_rows_and_columns_are_no_error(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096];
    pgdp_frame *f = NULL;
    (void)snprintf(path, sizeof path, "%s/table.xlsx", folder);
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "x", .type = PGDP_REAL }, NULL));
    for (size_t i = 0; i < 5; i++)
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    pgdp_frame_set_real(f, 0, 4);
    assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void what_does_not_fit_is_refused_and_leaves_no_file(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), path[4096];
    pgdp_frame *f = NULL;
    (void)snprintf(path, sizeof path, "%s/table.xlsx", folder);
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(ctx, f, &(pgdp_column){ .name = "word", .type = PGDP_TEXT }, NULL));
    assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 0, "bell \a", PGDP_NONE));
    assert_status(ctx, pgdp_frame_write_xlsx(ctx, f, path), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "column word holds \"bell");
    for (size_t i = 1; i < 1048576; i++)
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_status(ctx, pgdp_frame_write_xlsx(ctx, f, path), PGDP_SHAPE_MISMATCH);
    assert_contains(pgdp_ctx_error(ctx), "found 1048576 rows and 1 columns, expected at most 1048575");
    assert_int_not_equal(access(path, F_OK), 0);
    (void)snprintf(path, sizeof path, "%s/none/table.xlsx", folder);
    pgdp_frame_free(f);
    assert_ok(ctx, make_frame(ctx, 3, &f));
    assert_status(ctx, pgdp_frame_write_xlsx(ctx, f, path), PGDP_IO);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(numbers_come_back_with_sixteen_digits_and_text_as_it_was),
        TEST(same_table_gives_the_same_bytes),
        TEST(empty_rows_and_columns_are_no_error),
        TEST(what_does_not_fit_is_refused_and_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
