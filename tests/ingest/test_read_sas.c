/* test_read_sas.c  SAS datasets and transport files: cells, special missing values, dates, members, broken files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

static people sas(pg_statistics_kind kind, int version, readstat_compress_t compression)
{
    return (people){ kind, version, compression, "DATE9", { 25990, 26021, (double)NAN, 26055 } };
}

static void assert_sas(const pgdp_frame *f)
{
    assert_people(f);
    assert_true(isnan(pgt_real(f, "why", 1)) && isnan(pgt_real(f, "why", 2)));
    assert_string_equal(pgdp_frame_note(f, "missing:why"), "1 .A, 1 .B");
    assert_string_equal(pgt_cell(f, "day", 0), "2031-02-27");
    assert_string_equal(pgt_cell(f, "day", 2), ".");
}

static void datasets_and_transport_files_have_the_same_cells(void **state)
{
    const people files[] = { sas(PG_SAS, 0, READSTAT_COMPRESS_NONE), sas(PG_SAS, 0, READSTAT_COMPRESS_ROWS),
                             sas(PG_SAS_TRANSPORT, 5, READSTAT_COMPRESS_NONE),
                             sas(PG_SAS_TRANSPORT, 8, READSTAT_COMPRESS_NONE) };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pgdp_dataset *dataset = read_people(*state, "sas", &files[i]);
        assert_sas(pgdp_dataset_table(dataset, 0));
        pgdp_dataset_free(dataset);
    }
}

static void display_formats_say_what_is_a_date(void **state)
{
    static const struct {
        const char *format;
        double scale;
        const char *first;
    } kinds[] = { { "MMDDYY10", 1, "2031-02-27" },
                  { "yymmddn8", 1, "2031-02-27" },
                  { "DATETIME20", 86400, "2031-02-27" },
                  { "WORDDATE", 1, "2031-02-27" } };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        people as = sas(PG_SAS, 0, READSTAT_COMPRESS_NONE);
        as.date_format = kinds[i].format;
        for (size_t k = 0; k < N_PEOPLE; k++)
            as.days[k] *= kinds[i].scale;
        pgdp_dataset *dataset = read_people(*state, "sas", &as);
        assert_string_equal(pgt_cell(pgdp_dataset_table(dataset, 0), "day", 0), kinds[i].first);
        pgdp_dataset_free(dataset);
    }
}

static void other_formats_are_noted_and_times_have_a_unit(void **state)
{
    people as = sas(PG_SAS, 0, READSTAT_COMPRESS_NONE);
    as.date_format = "DOLLAR8.2";
    pgdp_dataset *dataset = read_people(*state, "sas", &as);
    assert_close(pgt_real(pgdp_dataset_table(dataset, 0), "day", 0), 25990, 0, 0);
    assert_contains(pgdp_frame_note(pgdp_dataset_table(dataset, 0), "format:day"), "DOLLAR8");
    pgdp_dataset_free(dataset);
    as.date_format = "TIME8";
    dataset = read_people(*state, "sas", &as);
    assert_string_equal(pgt_about(pgdp_dataset_table(dataset, 0), "day")->unit, "s");
    pgdp_dataset_free(dataset);
}

/* A second member is what follows the library's three records. */
static void each_member_of_a_transport_file_is_a_table(void **state)
{
    enum { LIBRARY = 240 };
    const people as = sas(PG_SAS_TRANSPORT, 5, READSTAT_COMPRESS_NONE);
    pgt_buffer file = write_people(&as);
    const size_t n = file.n + file.n - LIBRARY;
    char *both = malloc(n);
    memcpy(both, file.data, file.n);
    memcpy(both + file.n, file.data + LIBRARY, file.n - LIBRARY);
    const pgdp_bytes in = { "two.xpt", (const unsigned char *)both, n };
    pgdp_dataset *dataset = NULL;
    assert_ok(*state, read_statistics(*state, &in, &dataset));
    assert_int_equal(pgdp_dataset_n_tables(dataset), 2);
    assert_string_equal(pgdp_dataset_table_name(dataset, 1), "PEOPLE");
    assert_sas(pgdp_dataset_table(dataset, 1));
    pgdp_dataset_free(dataset);
    free(both);
    pgt_buffer_free(&file);
}

/* Transport files do not say their encoding. */
static void texts_that_are_not_utf8_are_windows_1252(void **state)
{
    const people as = sas(PG_SAS_TRANSPORT, 5, READSTAT_COMPRESS_NONE);
    pgt_buffer file = write_people(&as);
    for (size_t i = 0; i + 3 < file.n; i++)
        if (memcmp(file.data + i, "Ann ", 4) == 0) file.data[i + 1] = (char)0xfc;
    const pgdp_bytes in = { "latin.xpt", (const unsigned char *)file.data, file.n };
    pgdp_dataset *dataset = NULL;
    assert_ok(*state, read_statistics(*state, &in, &dataset));
    assert_string_equal(pgt_cell(pgdp_dataset_table(dataset, 0), "name", 0), "A\xc3\xbcn");
    assert_contains(pgdp_frame_note(pgdp_dataset_table(dataset, 0), "encoding"), "Windows-1252");
    pgdp_dataset_free(dataset);
    pgt_buffer_free(&file);
}

static void a_file_that_is_cut_short_is_refused(void **state)
{
    const people transport = sas(PG_SAS_TRANSPORT, 5, READSTAT_COMPRESS_NONE);
    const people dataset = sas(PG_SAS, 0, READSTAT_COMPRESS_NONE);
    assert_half_is_refused(*state, &dataset, "half: this SAS file");
    pgt_buffer file = write_people(&transport);
    assert_refused(*state, "cut.xpt", file.data, file.n - 1, "cut short");
    assert_refused(*state, "cut.xpt", file.data, 240, "cut short");
    pgt_buffer_free(&file);
}

static void broken_files_never_crash(void **state)
{
    const people files[] = { sas(PG_SAS, 0, READSTAT_COMPRESS_NONE), sas(PG_SAS, 0, READSTAT_COMPRESS_ROWS),
                             sas(PG_SAS_TRANSPORT, 5, READSTAT_COMPRESS_NONE),
                             sas(PG_SAS_TRANSPORT, 8, READSTAT_COMPRESS_NONE) };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        break_people(&files[i]);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    const people as = sas(PG_SAS_TRANSPORT, 5, READSTAT_COMPRESS_NONE);
    (void)state;
    read_without_memory(&as);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(datasets_and_transport_files_have_the_same_cells),
        TEST(display_formats_say_what_is_a_date),
        TEST(other_formats_are_noted_and_times_have_a_unit),
        TEST(each_member_of_a_transport_file_is_a_table),
        TEST(texts_that_are_not_utf8_are_windows_1252),
        TEST(a_file_that_is_cut_short_is_refused),
        TEST(broken_files_never_crash),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
