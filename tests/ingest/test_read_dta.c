/* test_read_dta.c  Stata files of every format, from two writers: cells, labels, missing codes, dates, broken files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#define FOLDER FIXTURES "statistics/"

static people stata(int version)
{
    return (people){ PG_STATA, version, READSTAT_COMPRESS_NONE, "%td", { 25990, 26021, (double)NAN, 26055 } };
}

static void every_format_has_the_same_cells(void **state)
{
    static const int versions[] = { 104, 105, 108, 110, 111, 113, 114, 115, 117, 118, 119 };
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const people as = stata(versions[i]);
        pgdp_dataset *dataset = read_people(*state, "dta", &as);
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_people(f);
        if (versions[i] > 104) assert_labelled(f); /* 104 holds labels of integers from 0 in eight bytes */
        assert_string_equal(pgt_cell(f, "day", 0), "2031-02-27");
        assert_string_equal(pgt_cell(f, "day", 2), ".");
        if (versions[i] > 104) assert_string_equal(pgdp_frame_note(f, "title"), "Invented people");
        pgdp_dataset_free(dataset);
    }
}

static void tagged_missing_values_are_missing_and_counted(void **state)
{
    const people as = stata(118);
    pgdp_dataset *dataset = read_people(*state, "dta", &as);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_true(isnan(pgt_real(f, "why", 1)) && isnan(pgt_real(f, "why", 2)));
    assert_close(pgt_real(f, "why", 3), -9, 0, 0);
    assert_string_equal(pgdp_frame_note(f, "missing:why"), "1 .a, 1 .b");
    assert_null(pgdp_frame_note(f, "missing:wage"));
    pgdp_dataset_free(dataset);
}

/* What a display format makes of the numbers 284, 285, none and 286. */
static void a_display_format_says_how_often(void **state)
{
    static const struct {
        const char *format;
        pgdp_frequency frequency;
        const char *first, *last;
    } kinds[] = {
        { "%tq", PGDP_QUARTERLY, "2031Q1", "2031Q3" },           { "%tm", PGDP_MONTHLY, "1983-09", "1983-11" },
        { "%th", PGDP_SEMIANNUAL, "2102H1", "2103H1" },          { "%ty", PGDP_ANNUAL, "0284", "0286" },
        { "%tw", PGDP_DAILY, "1965-06-18", "1965-07-02" },       { "%d", PGDP_DAILY, "1960-10-11", "1960-10-13" },
        { "%-tdD_m_Y", PGDP_DAILY, "1960-10-11", "1960-10-13" },
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        people as = { PG_STATA, 118, READSTAT_COMPRESS_NONE, kinds[i].format, { 284, 285, (double)NAN, 286 } };
        pgdp_dataset *dataset = read_people(*state, "dta", &as);
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_int_equal(pgt_about(f, "day")->frequency, kinds[i].frequency);
        assert_string_equal(pgt_cell(f, "day", 0), kinds[i].first);
        assert_string_equal(pgt_cell(f, "day", 2), ".");
        assert_string_equal(pgt_cell(f, "day", 3), kinds[i].last);
        pgdp_dataset_free(dataset);
    }
}

static void moments_at_midnight_are_days_and_others_numbers(void **state)
{
    people as = { PG_STATA, 118, READSTAT_COMPRESS_NONE, "%tc", { 864e5, 1728e5, (double)NAN, -864e5 } };
    pgdp_dataset *dataset = read_people(*state, "dta", &as);
    assert_string_equal(pgt_cell(pgdp_dataset_table(dataset, 0), "day", 0), "1960-01-02");
    pgdp_dataset_free(dataset);
    as.days[1] += 1;
    dataset = read_people(*state, "dta", &as);
    assert_close(pgt_real(pgdp_dataset_table(dataset, 0), "day", 1), 172800001, 0, 0);
    assert_string_equal(pgt_about(pgdp_dataset_table(dataset, 0), "day")->unit, "ms_since_1960-01-01");
    pgdp_dataset_free(dataset);
}

static void a_date_out_of_the_calendar_stays_a_number(void **state)
{
    static const double odd[] = { 0.5, 1e9, -1e300, 8e6 };
    for (size_t i = 0; i < sizeof odd / sizeof *odd; i++) {
        people as = stata(118);
        as.days[3] = odd[i];
        pgdp_dataset *dataset = read_people(*state, "dta", &as);
        assert_close(pgt_real(pgdp_dataset_table(dataset, 0), "day", 3), odd[i], 0, 0);
        assert_string_equal(pgt_about(pgdp_dataset_table(dataset, 0), "day")->unit, "days_since_1960-01-01");
        pgdp_dataset_free(dataset);
    }
}

static void first_days_of_months_are_months(void **state)
{
    people as = { PG_STATA, 118, READSTAT_COMPRESS_NONE, "%td", { 25933, 25964, (double)NAN, 25992 } };
    pgdp_dataset *dataset = read_people(*state, "dta", &as);
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_string_equal(pgt_cell(f, "day", 3), "2031-03");
    assert_contains(pgdp_frame_note(f, "frequency:day"), "spacing");
    pgdp_dataset_free(dataset);
}

static pgdp_dataset *read_fixture(pgdp_ctx *ctx, const char *path, pgdp_status want)
{
    size_t n;
    char *bytes = pgt_read_file(path, &n);
    const pgdp_bytes in = { path, (const unsigned char *)bytes, n };
    pgdp_dataset *dataset = NULL;
    assert_status(ctx, read_statistics(ctx, &in, &dataset), want);
    free(bytes);
    return dataset;
}

/* Written by pandas 1.5: no common code with ReadStat. */
static void files_of_another_writer_have_their_types(void **state)
{
    static const char *const files[] = { FOLDER "pandas_114.dta", FOLDER "pandas_117.dta", FOLDER "pandas_118.dta" };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pgdp_dataset *dataset = read_fixture(*state, files[i], PGDP_OK);
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        assert_int_equal(pgdp_frame_n_rows(f), 3);
        assert_close(pgt_real(f, "i8", 2), 3, 0, 0);
        assert_close(pgt_real(f, "i16", 1), -5, 0, 0);
        assert_close(pgt_real(f, "i32", 0), 70000, 0, 0);
        assert_close(pgt_real(f, "f", 0), (double)0.1F, 0, 0);
        assert_close(pgt_real(f, "d", 1), 7.31, 0, 0);
        assert_true(isnan(pgt_real(f, "f", 1)) && isnan(pgt_real(f, "d", 2)));
        assert_string_equal(pgt_cell(f, "s", 1), ".");
        assert_string_equal(pgt_cell(f, "s", 2), "Z\xc3\xbc");
        assert_string_equal(pgt_cell(f, "c_label", 1), "hi");
        assert_string_equal(pgdp_frame_note(f, "labels:c"), "0=lo; 1=mid; 2=hi");
        assert_string_equal(pgt_cell(f, "t", 2), "2031Q3");
        assert_string_equal(pgdp_frame_note(f, "title"), "Invented");
        if (i > 0) assert_int_equal(strlen(pgt_cell(f, "big", 0)), 50);
        pgdp_dataset_free(dataset);
    }
}

static void long_texts_of_format_119_are_refused(void **state)
{
    assert_null(read_fixture(*state, FOLDER "pandas_119_strl.dta", PGDP_PARSE));
    assert_contains(pgdp_ctx_error(*state), "strL");
}

static void only_the_columns_asked_for_are_read(void **state)
{
    static const char *const wanted[] = { "name", "race_label" };
    const people as = stata(118);
    pgt_buffer file = write_people(&as);
    const pgdp_bytes in = { "people", (const unsigned char *)file.data, file.n };
    pgdp_dataset *dataset = NULL;
    assert_ok(*state, pg_dataset_new(*state, "dta", &dataset));
    dataset->columns = wanted;
    dataset->n_columns = 2;
    assert_ok(*state, surest_reader(&in)->read(*state, &in, dataset));
    const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
    assert_shape(dataset, N_PEOPLE, 3); /* the numbers of race come along */
    assert_string_equal(pgt_cell(f, "race_label", 3), "Other");
    assert_string_equal(pgt_cell(f, "name", 3), "Eve, the third");
    assert_int_equal(pgdp_frame_find(f, "wage"), PGDP_NONE);
    pgdp_dataset_free(dataset);
    pgt_buffer_free(&file);
}

/* One text of a MiB that each of 300 rows refers to. */
static void a_file_that_unpacks_to_200_times_its_size_is_refused(void **state)
{
    enum { LENGTH = 1 << 20, ROWS = 300 };
    pgt_buffer out = { 0 };
    char *text = malloc(LENGTH + 1);
    memset(text, 'x', LENGTH);
    text[LENGTH] = '\0';
    readstat_writer_t *writer = readstat_writer_init();
    (void)readstat_set_data_writer(writer, put_bytes);
    readstat_variable_t *v = readstat_add_variable(writer, "words", READSTAT_TYPE_STRING_REF, 0);
    readstat_string_ref_t *ref = readstat_add_string_ref(writer, text);
    assert_int_equal(readstat_begin_writing_dta(writer, &out, ROWS), READSTAT_OK);
    for (int i = 0; i < ROWS; i++) {
        assert_int_equal(readstat_begin_row(writer), READSTAT_OK);
        (void)readstat_insert_string_ref(writer, v, ref);
        (void)readstat_end_row(writer);
    }
    assert_int_equal(readstat_end_writing(writer), READSTAT_OK);
    readstat_writer_free(writer);
    const pgdp_bytes in = { "bomb.dta", (const unsigned char *)out.data, out.n };
    pgdp_dataset *dataset = NULL;
    assert_status(*state, read_statistics(*state, &in, &dataset), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "200 times its size");
    pgt_buffer_free(&out);
    free(text);
}

static void a_file_that_is_cut_short_is_refused(void **state)
{
    const people old = stata(115), new = stata(118);
    pgt_buffer file = write_people(&old);
    const pgdp_bytes in = { "half", (const unsigned char *)file.data, 1100 };
    pgdp_dataset *dataset = NULL;
    assert_half_is_refused(*state, &new, "closing tag");
    assert_status(*state, read_statistics(*state, &in, &dataset), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "half: this Stata file");
    pgt_buffer_free(&file);
}

static void broken_files_never_crash(void **state)
{
    static const int versions[] = { 104, 108, 114, 117, 118, 119 };
    (void)state;
    for (size_t i = 0; i < sizeof versions / sizeof *versions; i++) {
        const people as = stata(versions[i]);
        break_people(&as);
    }
}

static void no_memory_leaves_nothing_behind(void **state)
{
    const people as = stata(118);
    (void)state;
    read_without_memory(&as);
}

/* Rows, columns and cells as other programs read them; race of nlswork has labels. */
static void the_published_files_are_read(void **state)
{
    static const struct {
        const char *file;
        size_t rows, columns;
        const char *column;
        double last;
    } files[] = { { "data/panels/nlswork/nlswork.dta", 28534, 22, "tenure", (double)3.4166667F },
                  { "data/panels/statsmodels/macrodata.dta", 203, 14, "realgdp", (double)12990.341F },
                  { "data/ai-measures/aioe/occ_salary_data_2021.dta", 831, 3, "mean_salary_2021", 40.19 } };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        const char *path = pgt_shared_path(files[i].file);
        if (path == NULL) skip();
        pgdp_dataset *dataset = read_fixture(*state, path, PGDP_OK);
        assert_shape(dataset, files[i].rows, files[i].columns);
        assert_close(pgt_real(pgdp_dataset_table(dataset, 0), files[i].column, files[i].rows - 1), files[i].last, 0, 0);
        pgdp_dataset_free(dataset);
    }
}

/* ReadStat reads on past the end of such a text. */
static void a_long_text_without_its_end_is_refused(void **state)
{
    size_t n;
    char *bytes = pgt_read_file(FIXTURES "statistics/pandas_118.dta", &n);
    size_t at = 0;
    while (at + 20 < n && memcmp(bytes + at, "GSO", 3) != 0)
        at++;
    assert_true(at + 20 < n);
    bytes[at + 20 + (unsigned char)bytes[at + 16] - 1] = 'x'; /* 3 + 4 + 8 + 1 bytes, then the length */
    assert_refused(*state, "long.dta", bytes, n, "does not end with NUL");
    free(bytes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(every_format_has_the_same_cells),           TEST(tagged_missing_values_are_missing_and_counted),
        TEST(a_display_format_says_how_often),           TEST(moments_at_midnight_are_days_and_others_numbers),
        TEST(a_date_out_of_the_calendar_stays_a_number), TEST(first_days_of_months_are_months),
        TEST(files_of_another_writer_have_their_types),  TEST(long_texts_of_format_119_are_refused),
        TEST(only_the_columns_asked_for_are_read),       TEST(a_file_that_unpacks_to_200_times_its_size_is_refused),
        TEST(a_file_that_is_cut_short_is_refused),       TEST(broken_files_never_crash),
        TEST(no_memory_leaves_nothing_behind),           TEST(the_published_files_are_read),
        TEST(a_long_text_without_its_end_is_refused),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
