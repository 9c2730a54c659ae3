/* test_read_spss.c  SPSS system and portable files: cells, labels, declared missing values, dates, broken files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "statistics.h"

#define DAY(n) (((n) + 141428.0 - 3653.0) * 86400.0) /* days since 1960 as seconds since 1582-10-14 */

static people spss(pg_statistics_kind kind, readstat_compress_t compression)
{
    return (people){ kind, 0, compression, "DATE11", { DAY(25990), DAY(26021), (double)NAN, DAY(26055) } };
}

static void system_and_portable_files_have_the_same_cells(void **state)
{
    const people files[] = { spss(PG_SPSS, READSTAT_COMPRESS_NONE), spss(PG_SPSS, READSTAT_COMPRESS_ROWS),
                             spss(PG_SPSS, READSTAT_COMPRESS_BINARY), spss(PG_SPSS_PORTABLE, READSTAT_COMPRESS_NONE) };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pgdp_dataset *dataset = read_people(*state, "spss", &files[i]);
        const pgdp_frame *f = pgdp_dataset_table(dataset, 0);
        if (files[i].kind == PG_SPSS) {
            assert_people(f);
            assert_labelled(f);
            assert_true(isnan(pgt_real(f, "why", 3)));
            assert_string_equal(pgdp_frame_note(f, "missing:why"), "1 -9");
            assert_string_equal(pgt_cell(f, "day", 0), "2031-02-27");
        } else {
            assert_close(pgt_real(f, "WAGE", 3), -0.5, 0, 0);
            assert_string_equal(pgt_cell(f, "RACE_label", 3), "Other");
            assert_string_equal(pgt_cell(f, "NAME", 3), "Eve, the third");
            assert_string_equal(pgdp_frame_note(f, "missing:WHY"), "1 -9");
            assert_string_equal(pgt_cell(f, "DAY", 0), "2031-02-27");
        }
        pgdp_dataset_free(dataset);
    }
}

static void dates_with_a_time_of_day_stay_numbers(void **state)
{
    people as = spss(PG_SPSS, READSTAT_COMPRESS_NONE);
    as.date_format = "DATETIME20";
    as.days[1] += 1;
    pgdp_dataset *dataset = read_people(*state, "spss", &as);
    assert_close(pgt_real(pgdp_dataset_table(dataset, 0), "day", 1), DAY(26021) + 1, 0, 0);
    assert_string_equal(pgt_about(pgdp_dataset_table(dataset, 0), "day")->unit, "s_since_1582-10-14");
    pgdp_dataset_free(dataset);
}

static void a_file_that_is_cut_short_is_refused(void **state)
{
    const people files[] = { spss(PG_SPSS, READSTAT_COMPRESS_NONE), spss(PG_SPSS, READSTAT_COMPRESS_BINARY),
                             spss(PG_SPSS_PORTABLE, READSTAT_COMPRESS_NONE) };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        assert_half_is_refused(*state, &files[i], "half: this SPSS");
}

static void broken_files_never_crash(void **state)
{
    const people files[] = { spss(PG_SPSS, READSTAT_COMPRESS_NONE), spss(PG_SPSS, READSTAT_COMPRESS_ROWS),
                             spss(PG_SPSS, READSTAT_COMPRESS_BINARY), spss(PG_SPSS_PORTABLE, READSTAT_COMPRESS_NONE) };
    (void)state;
    for (size_t i = 0; i < sizeof files / sizeof *files; i++)
        break_people(&files[i]);
}

static void no_memory_leaves_nothing_behind(void **state)
{
    const people as = spss(PG_SPSS, READSTAT_COMPRESS_NONE);
    (void)state;
    read_without_memory(&as);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(system_and_portable_files_have_the_same_cells),
        TEST(dates_with_a_time_of_day_stay_numbers),
        TEST(a_file_that_is_cut_short_is_refused),
        TEST(broken_files_never_crash),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
