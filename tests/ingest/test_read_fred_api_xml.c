/* test_read_fred_api_xml.c  Observations as XML are those of the JSON answer.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "direct.h"

#define HEAD(count)                                                                                                    \
    "<?xml version=\"1.0\" encoding=\"utf-8\" ?>\n<observations realtime_start=\"2031-05-01\" "                        \
    "realtime_end=\"2031-05-01\" units=\"lin\" output_type=\"1\" file_type=\"xml\" count=\"" count                     \
    "\" offset=\"0\" limit=\"100000\">"
#define ROW(start, date, value)                                                                                        \
    "<observation realtime_start=\"" start "\" realtime_end=\"2031-05-01\" date=\"" date "\" value=\"" value "\"/>"
#define NOW "2031-05-01"

static pgdp_status read_xml(pgdp_ctx *ctx, const char *text, pgdp_dataset **out)
{
    return read_direct(ctx, "fred_api_xml", "INVRATE.xml", text, strlen(text), out);
}

static void attributes_become_periods_and_values(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state, read_xml(*state,
                               HEAD("3") ROW(NOW, "2031-01-01", "4.1") ROW(NOW, "2031-02-01", ".")
                                   ROW(NOW, "2031-03-01", "4.30") "</observations>",
                               &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 3, 2);
    assert_string_equal(pgt_cell(f, "period", 2), "2031-03");
    assert_close(pgt_real(f, "INVRATE", 0), 4.1, 0, 0);
    assert_true(isnan(pgt_real(f, "INVRATE", 1)));
    assert_string_equal(pgt_about(f, "INVRATE")->vintage, NOW);
    assert_null(pgdp_frame_note(f, "incomplete"));
    pgdp_dataset_free(d);
}

static void real_time_periods_that_differ_are_columns(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state,
              read_xml(*state,
                       HEAD("2") ROW("2031-04-01", "2031-01-01", "4.1") ROW(NOW, "2031-01-01", "4.2") "</"
                                                                                                      "observatio"
                                                                                                      "ns>",
                       &d));
    assert_shape(d, 2, 4);
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "realtime_start", 1), NOW);
    pgdp_dataset_free(d);
}

static void an_answer_cut_by_its_limit_says_so(void **state)
{
    pgdp_dataset *d = NULL;
    assert_ok(*state, read_xml(*state, HEAD("23") ROW(NOW, "2031-01-01", "4.1") "</observations>", &d));
    assert_contains(pgdp_frame_note(pgdp_dataset_table(d, 0), "incomplete"), "1 of 23");
    pgdp_dataset_free(d);
}

static void errors_and_other_documents_are_refused(void **state)
{
    static const struct {
        const char *text, *part;
    } bad[] = {
        { "<error code=\"400\" message=\"Bad Request. Invented.\"/>", "Bad Request. Invented." },
        { "<seriess><series id=\"X\"/></seriess>", "found <seriess>, expected <observations>" },
        { HEAD("1") ROW(NOW, "2031-01-01", "many") "</observations>", "found \"many\" as value" },
        { HEAD("1") ROW(NOW, "Jan 2031", "1") "</observations>", "found \"Jan 2031\" as date" },
        { HEAD("1") "<observation date=\"2031-01-01\"", "not well-formed" },
        { HEAD("1") "<observations /></observations>", "twice" },
        { "<!DOCTYPE a><observations />", "DOCTYPE" },
    };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pgdp_dataset *d = NULL;
        assert_status(*state, read_xml(*state, bad[i].text, &d), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(*state), bad[i].part);
        assert_null(d);
    }
}

static void content_tells_the_format(void **state)
{
    static const char text[] = HEAD("0") "</observations>";
    const pgdp_bytes in = { "x", (const unsigned char *)text, sizeof text - 1 };
    (void)state;
    assert_string_equal(surest_reader(&in)->name, "fred_api_xml");
}

static pgdp_status read_and_free(pgdp_ctx *ctx, void *user)
{
    pgdp_dataset *d = NULL;
    const pgdp_status status = read_xml(ctx, user, &d);
    pgdp_dataset_free(d);
    return status;
}

static void no_memory_leaves_nothing_behind(void **state)
{
    char text[] = HEAD("2") ROW("2031-04-01", "2031-01-01", "4.1") ROW(NOW, "2031-01-01", "4.2") "</observations>";
    (void)state;
    assert_true(pgt_fail_every_allocation(read_and_free, text) > 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(attributes_become_periods_and_values),
        TEST(real_time_periods_that_differ_are_columns),
        TEST(an_answer_cut_by_its_limit_says_so),
        TEST(errors_and_other_documents_are_refused),
        TEST(content_tells_the_format),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
