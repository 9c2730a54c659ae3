/* test_export_xlsx.c  A table as a workbook and back: the same cells, the same bytes, one sentence for what does not
 * fit. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/ingest/same_frame.h"

#include <stdio.h>
#include <unistd.h>

#include "core/ctx.h"
#include "core/random.h"
#include "ingest/xlsx.h"
#include "ingest/zip.h"
#include "pgdp/file.h"
#include "pgdp/ingest.h"
#include "pgdp/reports.h"

enum { N_ROWS = 2000 };

static const char *const words[] = { "plain",
                                     "a < b & \"c\" > d",
                                     "\xC3\xA9t\xC3\xA9 \xF0\x9D\x84\x9E",
                                     "_x0041_ kept",
                                     "  leads",
                                     "two\nlines",
                                     "ends\r\nbefore",
                                     "=1+1",
                                     "tab\tinside",
                                     "-12.50" };
enum { N_WORDS = sizeof words / sizeof *words };

static const double numbers[] = { 0.1 + 0.2, 5e-324, 1.7976931348623157e308, -0.0,   2.2250738585072014e-308,
                                  1e15,      1e22,   123456789012345678.0,   -1e-5,  9007199254740993.0,
                                  1.0 / 3,   -4.35,  0.57487730000000004,    1e-300, 0 };
enum { N_NUMBERS = sizeof numbers / sizeof *numbers };

static const pgdp_column columns[] = { { .name = "x", .type = PGDP_REAL },
                                       { .name = "word & <name>", .type = PGDP_TEXT },
                                       { .name = "quarter", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY },
                                       { .name = "month", .type = PGDP_PERIOD, .frequency = PGDP_MONTHLY },
                                       { .name = "week", .type = PGDP_PERIOD, .frequency = PGDP_WEEKLY },
                                       { .name = "day", .type = PGDP_PERIOD, .frequency = PGDP_DAILY },
                                       { .name = "_x0042_", .type = PGDP_TEXT } };
enum { N_COLUMNS = sizeof columns / sizeof *columns };

static double any_number(pg_random *random, size_t i)
{
    if (i < N_NUMBERS) return numbers[i];
    const double size = exp(i % 2 == 0 ? 300 * (pg_random_uniform(random) - 0.5) : pg_random_normal(random));
    return i % 3 == 0 ? -size : size;
}

/* Numbers, words and periods of every kind; some cells missing, never a whole row. */
static pgdp_status make_frame(pgdp_ctx *ctx, size_t n_rows, pgdp_frame **out)
{
    pg_random random = pg_random_stream(1, "export", 0);
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t j = 0; j < N_COLUMNS; j++)
        PG_TRY(pgdp_frame_add_column(ctx, *out, &columns[j], NULL));
    for (size_t i = 0; i < n_rows; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, *out));
        if (i % 11 != 3 || i < N_NUMBERS) pgdp_frame_set_real(*out, 0, any_number(&random, i));
        if (i % 7 != 2) PG_TRY(pgdp_frame_set_text(ctx, *out, 1, words[pg_random_index(&random, N_WORDS)], PGDP_NONE));
        for (size_t j = 2; j < 5; j++)
            if ((i + j) % 5 != 1) pgdp_frame_set_period(*out, j, (int32_t)pg_random_index(&random, 900) - 100);
        if (i % 5 != 1) pgdp_frame_set_period(*out, 5, (int32_t)pg_random_index(&random, 90000) - 40000);
        PG_TRY(pgdp_frame_set_text(ctx, *out, 6, words[i % N_WORDS], PGDP_NONE));
    }
    return PGDP_OK;
}

static void assert_comes_back(pgdp_ctx *ctx, const pgdp_frame *f)
{
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "table.xlsx");
    pgdp_dataset *back = NULL;
    assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
    assert_ok(ctx, pgdp_ingest_file(ctx, NULL, path, &back));
    const pgdp_frame *b = pgdp_dataset_table(back, 0);
    assert_int_equal(pgdp_frame_n_rows(b), pgdp_frame_n_rows(f));
    assert_int_equal(pgdp_frame_n_columns(b), pgdp_frame_n_columns(f));
    for (size_t j = 0; j < pgdp_frame_n_columns(f); j++)
        if (!same_column(f, b, j, j)) fail_msg("column %s differs", pgdp_frame_column(f, j)->name);
    pgdp_dataset_free(back);
    pgt_remove_folder(folder);
}

static void frame_to_workbook_to_frame_is_identical_to_the_bit(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *f = NULL;
    assert_ok(ctx, make_frame(ctx, N_ROWS, &f));
    assert_comes_back(ctx, f);
    pgdp_frame_free(f);
}

static void longest_text_comes_back_and_one_longer_is_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    enum { LONGEST = 32767 };
    char *text = calloc(1, LONGEST + 2);
    assert_non_null(text);
    memset(text, '&', LONGEST);
    pgdp_frame *f = NULL;
    assert_ok(ctx, make_frame(ctx, N_WORDS, &f));
    assert_ok(ctx, pgdp_frame_add_row(ctx, f));
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 6, text, PGDP_NONE));
    assert_comes_back(ctx, f);
    text[LONGEST] = 'x';
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 6, text, PGDP_NONE));
    assert_status(ctx, pgdp_frame_write_xlsx(ctx, f, "never.xlsx"), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "never.xlsx: column _x0042_ holds \"&&&");
    free(text);
    pgdp_frame_free(f);
}

static void texts_that_no_row_holds_are_not_written(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "table.xlsx");
    pgdp_frame *f = NULL;
    unsigned char *bytes;
    pgdp_bytes in = { .label = path }, strings;
    pg_zip *zip = NULL;
    assert_ok(ctx, make_frame(ctx, 1, &f));
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 6, "secret", PGDP_NONE));
    assert_ok(ctx, pgdp_frame_set_text(ctx, f, 6, "public", PGDP_NONE));
    assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
    assert_ok(ctx, pgdp_file_read(ctx, path, &bytes, &in.n));
    in.data = bytes;
    assert_ok(ctx, pg_zip_open(ctx, &in, &zip));
    assert_ok(ctx, pg_zip_read(ctx, zip, pg_zip_find(zip, "xl/sharedStrings.xml"), &strings));
    char *text = pg_arena_strndup(&ctx->scratch, (const char *)strings.data, strings.n);
    assert_contains(text, "public");
    assert_null(strstr(text, "secret"));
    pg_zip_close(zip);
    pgdp_file_release(ctx, bytes);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void days_are_dates_and_years_numbers(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "table.xlsx");
    pgdp_frame *f = NULL;
    unsigned char *bytes;
    pg_workbook book;
    pgdp_bytes in = { .label = "table.xlsx" };
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    assert_ok(ctx, pgdp_frame_add_column(
                       ctx, f, &(pgdp_column){ .name = "d", .type = PGDP_PERIOD, .frequency = PGDP_DAILY }, NULL));
    assert_ok(ctx, pgdp_frame_add_column(
                       ctx, f, &(pgdp_column){ .name = "y", .type = PGDP_PERIOD, .frequency = PGDP_ANNUAL }, NULL));
    for (int32_t i = 0; i < 2; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        pgdp_frame_set_period(f, 0, i - 25509); /* 28 February and 1 March 1900 */
        pgdp_frame_set_period(f, 1, 54 + i);
    }
    assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
    assert_ok(ctx, pgdp_file_read(ctx, path, &bytes, &in.n));
    in.data = bytes;
    assert_ok(ctx, pg_workbook_read(ctx, &in, 0, &book));
    const pg_grid *grid = &book.sheets[0].grid;
    assert_int_equal(pg_grid_at(grid, 1, 0)->kind, PG_CELL_TEXT); /* spreadsheets know a 29 February 1900 */
    assert_string_equal(pg_grid_text(grid, 1, 0), "1900-02-28");
    assert_int_equal(pg_grid_at(grid, 2, 0)->kind, PG_CELL_DATE);
    assert_string_equal(pg_grid_text(grid, 2, 0), "1900-03-01");
    assert_int_equal(pg_grid_at(grid, 2, 1)->kind, PG_CELL_NUMBER);
    assert_string_equal(pg_grid_text(grid, 2, 1), "2025");
    pgdp_file_release(ctx, bytes);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void any_number_of_threads_gives_the_same_bytes(void **state)
{
    enum { MANY_ROWS = 40000 }; /* more blocks than are in memory at once */
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder(), *bytes[3];
    size_t n[3];
    pgdp_frame *f = NULL;
    assert_ok(ctx, make_frame(ctx, MANY_ROWS, &f));
    for (size_t k = 0; k < 3; k++) {
        const char *path = pgt_path(folder, "table.xlsx");
        pgdp_ctx_set_threads(ctx, k + 1);
        assert_ok(ctx, pgdp_frame_write_xlsx(ctx, f, path));
        bytes[k] = pgt_read_file(path, &n[k]);
        assert_int_equal(n[k], n[0]);
        assert_memory_equal(bytes[k], bytes[0], n[0]);
    }
    for (size_t k = 0; k < 3; k++)
        free(bytes[k]);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static pgdp_status make_and_write(pgdp_ctx *ctx, void *user)
{
    pgdp_frame *f = NULL;
    pgdp_status status = make_frame(ctx, N_WORDS, &f);
    if (status == PGDP_OK) status = pgdp_frame_write_xlsx(ctx, f, user);
    pgdp_frame_free(f);
    return status;
}

static void every_failing_allocation_is_told_and_leaves_no_file(void **state)
{
    (void)state;
    char *folder = pgt_new_folder(), path[4096];
    (void)snprintf(path, sizeof path, "%s/table.xlsx", folder);
    (void)pgt_fail_every_allocation(make_and_write, path);
    assert_int_equal(pgt_count_entries(folder), 1);
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
    const struct CMUnitTest tests[] = {
        TEST(frame_to_workbook_to_frame_is_identical_to_the_bit),
        TEST(longest_text_comes_back_and_one_longer_is_refused),
        TEST(texts_that_no_row_holds_are_not_written),
        TEST(days_are_dates_and_years_numbers),
        TEST(any_number_of_threads_gives_the_same_bytes),
        TEST(every_failing_allocation_is_told_and_leaves_no_file),
        TEST(empty_rows_and_columns_are_no_error),
        TEST(what_does_not_fit_is_refused_and_leaves_no_file),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
