/* test_csv.c  The door to libcsv: what it would let pass in silence is refused, with the place.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv.h"

#include "reading.h"

static const pg_csv_dialect comma = { .delimiter = ',', .quote = '"' };
static const pg_csv_dialect plain_tab = { .delimiter = '\t', .quote = '\0' };

static pgdp_status parse(pgdp_ctx *ctx, const pg_csv_dialect *dialect, const char *text, size_t n, pg_grid *grid)
{
    return pg_csv_read(ctx, &(pgdp_bytes){ "t.csv", (const unsigned char *)text, n }, dialect, grid);
}

static void assert_parse_fails(pgdp_ctx *ctx, const pg_csv_dialect *dialect, const char *text, const char *part)
{
    pg_grid grid;
    assert_status(ctx, parse(ctx, dialect, text, strlen(text), &grid), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), part);
}

static void all_line_ends_part_rows_and_the_last_may_lack(void **state)
{
    static const char *const texts[] = { "a,b\n1,2\n3,4", "a,b\r\n1,2\r\n3,4\r\n", "a,b\r1,2\r3,4\r",
                                         "a,b\n\n1,2\r\n\r\n3,4\n" };
    for (size_t i = 0; i < 4; i++) {
        pg_grid grid;
        assert_ok(*state, parse(*state, &comma, texts[i], strlen(texts[i]), &grid));
        assert_int_equal(grid.n_rows, 3);
        assert_string_equal(pg_grid_text(&grid, 2, 1), "4");
    }
}

static void rows_know_their_lines_across_breaks_and_blank_lines(void **state)
{
    static const char text[] = "a,b\r\n\"two\r\nlines\",x\r\n\r\n\"\n\",y\nlast,z";
    pg_grid grid;
    assert_ok(*state, parse(*state, &comma, text, sizeof text - 1, &grid));
    assert_int_equal(grid.n_rows, 4);
    assert_int_equal(grid.rows[1].line, 2);
    assert_int_equal(grid.rows[2].line, 5);
    assert_int_equal(grid.rows[3].line, 7);
    assert_string_equal(pg_grid_text(&grid, 1, 0), "two\r\nlines");
}

static void empty_cells_are_no_cells_and_keep_their_neighbours_places(void **state)
{
    static const char text[] = "a,,\"\",d\n,,,\n,2";
    pg_grid grid;
    assert_ok(*state, parse(*state, &comma, text, sizeof text - 1, &grid));
    assert_int_equal(grid.rows[0].n, 2);
    assert_string_equal(pg_grid_text(&grid, 0, 3), "d");
    assert_int_equal(grid.rows[1].n, 0);
    assert_null(pg_grid_at(&grid, 2, 0));
    assert_string_equal(pg_grid_text(&grid, 2, 1), "2");
}

static void blanks_around_cells_go_or_stay_as_asked(void **state)
{
    const pg_csv_dialect kept = { .delimiter = ',', .quote = '"', .keep_blanks = true };
    pg_grid grid;
    assert_ok(*state, parse(*state, &comma, " a , b\n", 7, &grid));
    assert_string_equal(pg_grid_text(&grid, 0, 0), "a");
    assert_ok(*state, parse(*state, &kept, " a , b\n", 7, &grid));
    assert_string_equal(pg_grid_text(&grid, 0, 0), " a ");
    assert_string_equal(pg_grid_text(&grid, 0, 1), " b");
}

static void quotes_are_text_where_the_dialect_has_none(void **state)
{
    static const char text[] = "Task\tN\n5\" pipe \"x\ty\"\n\"open\t2\n";
    pg_grid grid;
    assert_ok(*state, parse(*state, &plain_tab, text, sizeof text - 1, &grid));
    assert_int_equal(grid.n_rows, 3);
    assert_string_equal(pg_grid_text(&grid, 1, 0), "5\" pipe \"x");
    assert_string_equal(pg_grid_text(&grid, 2, 0), "\"open");
}

static void stray_quote_names_its_line_and_that_of_the_opening_quote(void **state)
{
    assert_parse_fails(*state, &comma, "a,b\n1,\"x\"tail\n3,4\n", "t.csv:2:2: found a stray quote");
    assert_parse_fails(*state, &comma, "a,b\n1,5\" pipe\n3,4\n", "t.csv:2:2: found a stray quote");
    assert_parse_fails(*state, &comma, "a,b\n\"x\n1,2\n3,\"4\"\n", "quotes open on line 2");
}

static void quote_never_closed_names_the_line_where_it_opens(void **state)
{
    assert_parse_fails(*state, &comma, "a,b\n1,2\n3,\"4\n5,6\n7,8\n",
                       "t.csv:3: the quote that opens here is never closed");
}

static void nul_is_refused_before_the_library_sees_it(void **state)
{
    pg_grid grid;
    assert_status(*state, parse(*state, &plain_tab, "a\tb\n\0x\t1\n2\t3\n", 14, &grid), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "t.csv:2: found a NUL byte");
}

static void a_hundred_thousand_columns_are_refused(void **state)
{
    const size_t n = 200000;
    char *text = malloc(n);
    assert_non_null(text);
    for (size_t i = 0; i < n; i += 2) {
        text[i] = 'x';
        text[i + 1] = ',';
    }
    pg_grid grid;
    assert_status(*state, parse(*state, &comma, text, n, &grid), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "at most 4096 columns");
    free(text);
}

static void a_cell_above_a_mebibyte_is_refused(void **state)
{
    const size_t n = 6u << 20;
    char *text = malloc(n);
    assert_non_null(text);
    memset(text, 'x', n);
    text[0] = '"';
    pg_grid grid;
    assert_status(*state, parse(*state, &comma, text, n, &grid), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "a cell 1 MiB");
    free(text);
}

static void delimiter_is_the_one_seen_most_in_the_header(void **state)
{
    static const struct {
        const char *text;
        char delimiter;
    } cases[] = { { "a,b\tc\td\n1;2;3;4;5", '\t' },
                  { "\"x,y,z\";b;c\n", ';' },
                  { "a|b\n", '|' },
                  { "word\n1,2\n", '\0' },
                  { "", '\0' },
                  { "a,b", ',' } };
    (void)state;
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        const pgdp_bytes in = { "t", (const unsigned char *)cases[i].text, strlen(cases[i].text) };
        assert_int_equal(pg_csv_delimiter(&in), cases[i].delimiter);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(all_line_ends_part_rows_and_the_last_may_lack),
        TEST(rows_know_their_lines_across_breaks_and_blank_lines),
        TEST(empty_cells_are_no_cells_and_keep_their_neighbours_places),
        TEST(blanks_around_cells_go_or_stay_as_asked),
        TEST(quotes_are_text_where_the_dialect_has_none),
        TEST(stray_quote_names_its_line_and_that_of_the_opening_quote),
        TEST(quote_never_closed_names_the_line_where_it_opens),
        TEST(nul_is_refused_before_the_library_sees_it),
        TEST(a_hundred_thousand_columns_are_refused),
        TEST(a_cell_above_a_mebibyte_is_refused),
        TEST(delimiter_is_the_one_seen_most_in_the_header),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
