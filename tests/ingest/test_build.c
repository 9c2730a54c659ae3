/* test_build.c  A table built row by row is the one built of all its rows, whatever turns out late.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/build.h"

#include <stdio.h>

#include "core/random.h"
#include "ingest/csv.h"
#include "ingest/fast_csv.h"
#include "ingest/load.h"
#include "packing.h"
#include "tests/ingest/same_frame.h"

static const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };

static pgdp_status build_in_passes(pgdp_ctx *ctx, const pg_grid *grid, const pg_rules *rules, pgdp_frame *frame,
                                   size_t *n_passes)
{
    pg_build b;
    PG_TRY(pg_build_begin(ctx, grid->label, &grid->rows[0], rules, frame, &b));
    for (bool again = true; again; ++*n_passes) {
        for (size_t i = 1; i < grid->n_rows; i++)
            PG_TRY(pg_build_row(ctx, &b, &grid->rows[i]));
        PG_TRY(pg_build_settle(ctx, &b, &again));
    }
    return pg_build_end(ctx, &b);
}

static size_t random_table(pg_random *r, char *text, size_t size)
{
    static const char *const cells[] = { "1",         "2.50",   "1e3",     "NA",       "x",
                                         "0440",      "2031Q1", "2031-02", "2/3/2031", "28/2/2031",
                                         "2/28/2031", "",       "n/a",     "\"1,5\"",  "\"1,000\"" };
    static const size_t n_cells = sizeof cells / sizeof *cells;
    size_t n = strlen(strcpy(text, "a,b,c,,SOC\n")), usual[5];
    for (size_t j = 0; j < 5; j++)
        usual[j] = pg_random_index(r, n_cells);
    for (size_t i = 1 + pg_random_index(r, 40); i > 0 && n + 100 < size; i--)
        for (size_t j = 0; j < 5; j++) {
            const size_t k = pg_random_index(r, 12) == 0 ? pg_random_index(r, n_cells) : usual[j];
            n += (size_t)snprintf(text + n, size - n, "%s%c", cells[k], j == 4 ? '\n' : ',');
        }
    return n;
}

static void columns_whose_type_turns_out_late_are_filled_a_second_time(void **state)
{
    static const char *const codes[] = { "SOC", NULL }, *const no_text[] = { "n/a", NULL };
    pgdp_ctx *ctx = *state;
    char text[4096];
    size_t n_twice = 0;
    for (uint64_t i = 0; i < 2000; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_random r = pg_random_stream(i, "tables", 0);
        const pg_rules rules = { .missing = pg_missing_csv,
                                 .missing_text = i % 3 == 0 ? no_text : NULL,
                                 .codes = codes,
                                 .text_holds_numbers = true,
                                 .grouped = i % 2 == 0,
                                 .loose = i % 5 == 0 };
        const size_t n = random_table(&r, text, sizeof text);
        const pgdp_bytes in = { "t.csv", (const unsigned char *)text, n };
        pgdp_frame *at_once, *by_row;
        pg_grid grid;
        size_t n_passes = 0;
        assert_ok(ctx, pgdp_frame_new(ctx, &at_once));
        assert_ok(ctx, pgdp_frame_new(ctx, &by_row));
        assert_ok(ctx, pg_csv_read(ctx, &in, &dialect, &grid));
        assert_ok(ctx, pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, at_once));
        assert_ok(ctx, build_in_passes(ctx, &grid, &rules, by_row, &n_passes));
        const char *difference = frame_difference(at_once, by_row);
        if (difference != NULL) fail_msg("they differ in %s\n%.*s", difference, (int)n, text);
        n_twice += n_passes == 2;
        pgdp_frame_free(at_once);
        pgdp_frame_free(by_row);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    assert_true(n_twice > 500);
}

/* O*NET's text both ways, cut into chunks of several sizes. */
static bool is_taken_alike(pgdp_ctx *ctx, const char *text, size_t n)
{
    static const size_t chunks[] = { 1, 100, 0 };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_bytes in = { "t.txt", (const unsigned char *)text, n };
    pg_rules rules;
    pg_fast_csv how = { .in = &in, .rules = &rules };
    pgdp_frame *careful, *fast;
    pg_grid grid;
    bool taken = true;
    pg_onet_manner(&in, &how.dialect, &rules);
    assert_ok(ctx, pgdp_frame_new(ctx, &careful));
    assert_ok(ctx, pg_csv_read(ctx, &in, &how.dialect, &grid));
    assert_ok(ctx, pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, careful));
    for (size_t i = 0; i < sizeof chunks / sizeof *chunks; i++) {
        how.chunk = chunks[i];
        assert_ok(ctx, pg_fast_csv_read(ctx, &how, &fast));
        const char *difference = fast == NULL ? NULL : frame_difference(careful, fast);
        if (difference != NULL) fail_msg("they differ in %s\n%.*s", difference, (int)n, text);
        taken = taken && fast != NULL;
        pgdp_frame_free(fast);
    }
    pgdp_frame_free(careful);
    pg_arena_rewind(&ctx->scratch, mark);
    return taken;
}

/* As in O*NET's files: a quote is a character like others, some columns are codes, some words are missing texts. */
static void texts_without_quotes_give_the_same_frame(void **state)
{
    static const char *const cells[] = { "a \"word\"", "\"",         "n/a", "0440",  "12",   "3.5",
                                         "",           "NULL",       "x y", " n/a ", "\"\"", "2031Q1",
                                         "-",          "11-1011.00", "NA",  "'",     "1,000" };
    static const size_t n_cells = sizeof cells / sizeof *cells;
    char text[8192];
    size_t n_taken = 0;
    for (uint64_t i = 0; i < 600; i++) {
        pg_random r = pg_random_stream(i, "quotes", 0);
        size_t n = strlen(strcpy(text, "O*NET-SOC Code\tElement ID\tData Value\tTask\n")), usual[4];
        for (size_t j = 0; j < 4; j++)
            usual[j] = pg_random_index(&r, n_cells);
        for (size_t k = 0; k < 160; k++) {
            const size_t cell = pg_random_index(&r, 9) == 0 ? pg_random_index(&r, n_cells) : usual[k % 4];
            n += (size_t)snprintf(text + n, sizeof text - n, "%s%c", cells[cell], k % 4 == 3 ? '\n' : '\t');
        }
        n_taken += is_taken_alike(*state, text, n);
    }
    assert_true(n_taken > 550);
}

/* Numbers as they were written, after thousands of rows that were taken for numbers. */
static void a_text_in_the_last_row_gives_every_spelling_back(void **state)
{
    enum { ROWS = 30000 };
    pgdp_ctx *ctx = *state;
    static char text[ROWS * 24];
    size_t n = strlen(strcpy(text, "x,y\n\"\",\n")); /* for the careful reader */
    for (size_t i = 0; i < ROWS; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "%zu.50,%zu\n", i, i);
    n += strlen(strcpy(text + n, "late,1\n"));
    const pgdp_bytes in = { "t.csv", (const unsigned char *)text, n };
    const pg_rules rules = { .missing = pg_missing_csv, .text_holds_numbers = true };
    const pg_fast_csv how = { .in = &in, .dialect = dialect, .rules = &rules };
    pgdp_frame *frame;
    assert_ok(ctx, pg_delimited_read(ctx, &how, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), ROWS + 1);
    assert_string_equal(pgdp_frame_text(frame, 0, 0), "0.50");
    assert_string_equal(pgdp_frame_text(frame, 0, ROWS - 1), "29999.50");
    assert_string_equal(pgdp_frame_text(frame, 0, ROWS), "late");
    assert_close(pgdp_frame_reals(frame, 1)[ROWS - 1], ROWS - 1, 0, 0);
    assert_contains(pgdp_frame_note(frame, "not_number:x"), "t.csv:30003:1: found \"late\"");
    pgdp_frame_free(frame);
}

/* ---- sheets ---- */

enum { SHEET_ROWS = 5000, SHEET_BYTES = SHEET_ROWS * 80 };
static char sheet[SHEET_BYTES + 2000];

static pgdp_dataset *read_sheet(pgdp_ctx *ctx)
{
    pack p = { .method = 8 };
    pgdp_dataset *d = NULL;
    pack_workbook(&p, sheet, NULL, NULL);
    pack_end(&p);
    const pgdp_bytes in = { "t.xlsx", p.data, p.n };
    assert_ok(ctx, pgdp_ingest(ctx, NULL, &in, &d));
    pack_free(&p);
    return d;
}

/* x, y and many rows of 1.50 and of a text; then `last`. */
static void make_sheet(const char *last)
{
    size_t n = strlen(strcpy(sheet, "<worksheet xmlns=\"" MAIN_SPACE
                                    "\"><sheetData><row><c t=\"str\"><v>x</v></c><c t=\"str\"><v>y</v></c></row>"));
    for (size_t i = 0; i < SHEET_ROWS; i++)
        n += (size_t)snprintf(sheet + n, sizeof sheet - n, "<row><c><v>1.50</v></c><c t=\"str\"><v>t%zu</v></c></row>",
                              i % 7);
    snprintf(sheet + n, sizeof sheet - n, "%s</sheetData></worksheet>", last);
}

static void a_long_sheet_with_a_late_text_keeps_numbers_as_they_were_written(void **state)
{
    make_sheet("<row><c t=\"str\"><v>late</v></c></row><row r=\"5010\"><c t=\"str\"><v>1) a note</v></c></row>"
               "<row><c t=\"str\"><v>its second line</v></c></row>");
    pgdp_dataset *d = read_sheet(*state);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, SHEET_ROWS + 1, 2);
    assert_string_equal(pgdp_frame_text(f, 0, 0), "1.50");
    assert_string_equal(pgdp_frame_text(f, 0, SHEET_ROWS), "late");
    assert_string_equal(pgdp_frame_text(f, 1, 8), "t1");
    assert_string_equal(pgdp_frame_note(f, "footnotes"), "1) a note\nits second line");
    pgdp_dataset_free(d);
}

static void what_looks_like_a_footnote_is_data_when_data_follow(void **state)
{
    make_sheet("<row r=\"5010\"><c t=\"str\"><v>Source: here</v></c></row><row><c t=\"str\"><v>more</v></c></row>"
               "<row><c><v>2</v></c><c t=\"str\"><v>z</v></c></row>");
    pgdp_dataset *d = read_sheet(*state);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, SHEET_ROWS + 3, 2);
    assert_string_equal(pgdp_frame_text(f, 0, SHEET_ROWS), "Source: here");
    assert_string_equal(pgdp_frame_text(f, 0, SHEET_ROWS + 2), "2");
    assert_null(pgdp_frame_note(f, "footnotes"));
    pgdp_dataset_free(d);
}

static void a_cell_far_out_takes_no_columns_between(void **state)
{
    make_sheet("<row><c r=\"A5002\"><v>3</v></c><c r=\"XFD5002\"><v>4</v></c></row>");
    pgdp_dataset *d = read_sheet(*state);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, SHEET_ROWS + 1, 3);
    assert_close(pgt_real(f, "column16384", SHEET_ROWS), 4, 0, 0);
    assert_true(isnan(pgt_real(f, "column16384", 0)));
    pgdp_dataset_free(d);
}

/* Columns whose type turns out late, margins, dates of both orders, marks, notes: every allocation of all the steps. */
static pgdp_status read_and_build(pgdp_ctx *ctx, void *user)
{
    static const char text[] = "a,b,c,,d,d\n1,2/3/2031,NA,,x,1\n2.5,13/3/2031,,5,x,2\nlate,1/1/2031,0440,,y,3\n"
                               "12,1/2/2031,7,,\"z\",\n";
    const pgdp_bytes in = { "t.csv", (const unsigned char *)text, sizeof text - 1 };
    const pg_rules *rules = user;
    pgdp_frame *frame = NULL;
    pg_grid grid;
    size_t n_passes = 0;
    pgdp_status status = pg_csv_read(ctx, &in, &dialect, &grid);
    if (status == PGDP_OK) status = pgdp_frame_new(ctx, &frame);
    if (status == PGDP_OK) status = build_in_passes(ctx, &grid, rules, frame, &n_passes);
    pgdp_frame_free(frame);
    return status;
}

static pgdp_status fill_table(pgdp_ctx *ctx, void *user)
{
    enum { ROWS = 2000 }; /* the frame grows several times, between passes too */
    const pg_rules *rules = user;
    pgdp_frame *frame = NULL;
    pg_grid grid;
    pg_grid_init(&grid, &ctx->scratch, "t.csv");
    bool added = true;
    for (size_t i = 0; i <= ROWS && added; i++) {
        const char *cell = i == 0 ? "name" : i == ROWS ? "text" : "12.50";
        added =
            pg_grid_add_row(&grid, i + 1) && pg_grid_copy_cell(&grid, (pg_cell){ cell, (uint32_t)strlen(cell), 0, 0 });
    }
    if (!added) return pg_no_memory(ctx);
    pgdp_status status = pgdp_frame_new(ctx, &frame);
    if (status == PGDP_OK) status = pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, rules, frame);
    pgdp_frame_free(frame);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    static const char *const codes[] = { "c", NULL };
    (void)state;
    pg_rules rules = { .missing = pg_missing_csv, .codes = codes, .text_holds_numbers = true, .loose = true };
    assert_true(pgt_fail_every_allocation(read_and_build, &rules) > 5);
    rules.codes = NULL;
    assert_true(pgt_fail_every_allocation(read_and_build, &rules) > 5);
    assert_true(pgt_fail_every_allocation(fill_table, &rules) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(columns_whose_type_turns_out_late_are_filled_a_second_time),
        TEST(texts_without_quotes_give_the_same_frame),
        TEST(a_text_in_the_last_row_gives_every_spelling_back),
        TEST(a_long_sheet_with_a_late_text_keeps_numbers_as_they_were_written),
        TEST(what_looks_like_a_footnote_is_data_when_data_follow),
        TEST(a_cell_far_out_takes_no_columns_between),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
