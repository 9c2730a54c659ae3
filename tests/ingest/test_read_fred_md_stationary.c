/* test_read_fred_md_stationary.c  Each transformation code on invented levels, and the published vintage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

static pgdp_dataset *read_stationary(pgdp_ctx *ctx, const char *text)
{
    const pgdp_bytes in = { "2031-05-md.csv", (const unsigned char *)text, strlen(text) };
    pgdp_dataset *d = NULL;
    assert_ok(ctx, pgdp_ingest(ctx, "fred_md_stationary", &in, &d));
    return d;
}

static void each_code_is_its_formula_and_loses_its_first_values(void **state)
{
    static const double x[] = { 2.385, 7.31, 0.417, 5.25 };
    static const char *const units[] = { "level", "difference",  "second_difference",   "log",
                                         "dlog",  "second_dlog", "difference_of_growth" };
    static const size_t lost[] = { 0, 1, 2, 0, 1, 2, 2 };
    const double wanted[] = { x[3],
                              x[3] - x[2],
                              (x[3] - x[2]) - (x[2] - x[1]),
                              log(x[3]),
                              log(x[3]) - log(x[2]),
                              (log(x[3]) - log(x[2])) - (log(x[2]) - log(x[1])),
                              (x[3] / x[2] - 1) - (x[2] / x[1] - 1) };
    pgdp_dataset *d = read_stationary(*state, "sasdate,a,b,c,d,e,f,g\nTransform:,1,2,3,4,5,6,7\n"
                                              "1/1/2031,2.385,2.385,2.385,2.385,2.385,2.385,2.385\n"
                                              "2/1/2031,7.31,7.31,7.31,7.31,7.31,7.31,7.31\n"
                                              "3/1/2031,0.417,0.417,0.417,0.417,0.417,0.417,0.417\n"
                                              "4/1/2031,5.25,5.25,5.25,5.25,5.25,5.25,5.25\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    for (size_t j = 0; j < 7; j++) {
        const char name[] = { (char)('a' + j), '\0' };
        assert_close(pgt_real(f, name, 3), wanted[j], 1e-15, 0);
        assert_string_equal(pgt_about(f, name)->unit, units[j]);
        for (size_t i = 0; i < 3; i++)
            assert_int_equal(isnan(pgt_real(f, name, i)) != 0, i < lost[j]);
    }
    pgdp_dataset_free(d);
}

static void a_month_that_is_not_there_breaks_the_difference(void **state)
{
    pgdp_dataset *d = read_stationary(*state, "sasdate,a,b\nTransform:,2,5\n1/1/2031,1,1\n2/1/2031,3,-2\n4/1/2031,7,4\n"
                                              "5/1/2031,7.5,8\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_close(pgt_real(f, "a", 1), 2, 0, 0);
    assert_true(isnan(pgt_real(f, "a", 2)));
    assert_close(pgt_real(f, "a", 3), 0.5, 0, 0);
    assert_contains(pgdp_frame_note(f, "lost:b"), "1 values");
    pgdp_dataset_free(d);
}

static void a_series_without_a_code_is_named(void **state)
{
    pgt_refuse(*state, "fred_md_stationary", "sasdate,RPI\n1/1/2031,1\n", "series RPI has the transformation \"\"");
    pgt_refuse(*state, "fred_md_stationary", "sasdate,RPI\nTransform:,9\n1/1/2031,1\n", "\"9\"");
}

/* ln 17915.688 - ln of the month before, from the levels. */
static void the_published_vintage_is_transformed(void **state)
{
    const char *path = pgt_shared_path("data/fred/fred-md/2023-06/current.csv");
    pgdp_dataset *d = NULL;
    if (path == NULL) skip();
    pgdp_dataset *levels = pgt_ingest_file(*state, "fred_md", path);
    assert_ok(*state, pgdp_ingest_file(*state, "fred_md_stationary", path, &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0), *l = pgdp_dataset_table(levels, 0);
    assert_shape(d, 773, 128);
    assert_true(isnan(pgt_real(f, "RPI", 0)));
    assert_close(pgt_real(f, "RPI", 772), log(pgt_real(l, "RPI", 772)) - log(pgt_real(l, "RPI", 771)), 1e-15, 0);
    pgdp_dataset_free(levels);
    pgdp_dataset_free(d);
}

static pgdp_status read_and_free(pgdp_ctx *ctx, void *user)
{
    pgdp_dataset *d = NULL;
    const pgdp_status status = pgdp_ingest(ctx, "fred_md_stationary", user, &d);
    pgdp_dataset_free(d);
    return status;
}

static void no_memory_leaves_nothing_behind(void **state)
{
    static const char text[] = "sasdate,a\nTransform:,5\n1/1/2031,-1\n2/1/2031,3\n";
    pgdp_bytes in = { "2031-05-md.csv", (const unsigned char *)text, sizeof text - 1 };
    (void)state;
    assert_true(pgt_fail_every_allocation(read_and_free, &in) > 1);
}

/* Median 4.5, quartiles 2 and 7: what is more than 50 away goes. */
static void outliers_are_ten_interquartile_ranges_from_the_median(void **state)
{
    static const char text[] = "sasdate,a\nTransform:,1\n1/1/2031,1\n2/1/2031,2\n3/1/2031,3\n4/1/2031,4\n5/1/2031,5\n"
                               "6/1/2031,6\n7/1/2031,7\n8/1/2031,8\n9/1/2031,55.4\n10/1/2031,-44.6\n";
    const pgdp_bytes in = { "2031-05-md.csv", (const unsigned char *)text, sizeof text - 1 };
    pgdp_dataset *d = NULL;
    assert_ok(*state, pgdp_ingest(*state, "fred_md_no_outliers", &in, &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_close(pgt_real(f, "a", 7), 8, 0, 0);
    assert_true(isnan(pgt_real(f, "a", 8))); /* 55.4 - 4.5 > 50 */
    assert_close(pgt_real(f, "a", 9), -44.6, 0, 0);
    assert_contains(pgdp_frame_note(f, "outliers:a"), "1 values");
    pgdp_dataset_free(d);
}

/* As many as numpy finds with its quantiles of method "hazen". */
static void the_published_vintage_loses_its_outliers(void **state)
{
    const char *path = pgt_shared_path("data/fred/fred-md/2023-06/current.csv");
    pgdp_dataset *d = NULL;
    size_t n_missing = 0;
    if (path == NULL) skip();
    assert_ok(*state, pgdp_ingest_file(*state, "fred_md_no_outliers", path, &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    for (size_t j = 1; j < pgdp_frame_n_columns(f); j++)
        for (size_t i = 0; i < pgdp_frame_n_rows(f); i++)
            n_missing += isnan(pgdp_frame_reals(f, j)[i]) != 0;
    assert_int_equal(n_missing, 1314); /* 154 more than before */
    pgdp_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(each_code_is_its_formula_and_loses_its_first_values),
        TEST(a_month_that_is_not_there_breaks_the_difference),
        TEST(a_series_without_a_code_is_named),
        TEST(the_published_vintage_is_transformed),
        TEST(no_memory_leaves_nothing_behind),
        TEST(outliers_are_ten_interquartile_ranges_from_the_median),
        TEST(the_published_vintage_loses_its_outliers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
