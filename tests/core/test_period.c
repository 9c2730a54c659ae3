/* test_period.c  Periods: what is read and refused, calendar arithmetic, ISO weeks. Source: ISO 8601, proleptic
 * Gregorian. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/frame.h"

#include <stdio.h>
#include <string.h>

#include "core/period.h"
#include "tests/support/support.h"

typedef struct reading {
    const char *text;
    pgdp_frequency frequency;
    int32_t ordinal;
    const char *written;
} reading;

static const reading accepted[] = {
    { "1970", PGDP_ANNUAL, 0, "1970" },
    { "2031", PGDP_ANNUAL, 61, "2031" },
    { "0001", PGDP_ANNUAL, -1969, "0001" },
    { "2031Q1", PGDP_QUARTERLY, 244, "2031Q1" },
    { "2031q4", PGDP_QUARTERLY, 247, "2031Q4" },
    { "2031-Q3", PGDP_QUARTERLY, 246, "2031Q3" },
    { "2031 Q2", PGDP_QUARTERLY, 245, "2031Q2" },
    { "2031:Q2", PGDP_QUARTERLY, 245, "2031Q2" },
    { "1969Q4", PGDP_QUARTERLY, -1, "1969Q4" },
    { "2031H1", PGDP_SEMIANNUAL, 122, "2031H1" },
    { "2031h2", PGDP_SEMIANNUAL, 123, "2031H2" },
    { "2031-S2", PGDP_SEMIANNUAL, 123, "2031H2" },
    { "2031-H1", PGDP_SEMIANNUAL, 122, "2031H1" },
    { "1969H2", PGDP_SEMIANNUAL, -1, "1969H2" },
    { "2031-02", PGDP_MONTHLY, 733, "2031-02" },
    { "2031M02", PGDP_MONTHLY, 733, "2031-02" },
    { "2031M12", PGDP_MONTHLY, 743, "2031-12" },
    { "2031m2", PGDP_MONTHLY, 733, "2031-02" },
    { "1969-12", PGDP_MONTHLY, -1, "1969-12" },
    { "1970-01-01", PGDP_DAILY, 0, "1970-01-01" },
    { "2031-02-28", PGDP_DAILY, 22338, "2031-02-28" },
    { "2/28/2031", PGDP_DAILY, 22338, "2031-02-28" },
    { "02/28/2031", PGDP_DAILY, 22338, "2031-02-28" },
    { "12/1/2031", PGDP_DAILY, 22614, "2031-12-01" },
    { "2000-02-29", PGDP_DAILY, 11016, "2000-02-29" },
    { "2024-02-29", PGDP_DAILY, 19782, "2024-02-29" },
    { "1969-12-31", PGDP_DAILY, -1, "1969-12-31" },
    { "1970-W01", PGDP_WEEKLY, 0, "1970-W01" },
    { "2031-W07", PGDP_WEEKLY, 3189, "2031-W07" },
};

static void accepted_texts_give_their_period(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof accepted / sizeof *accepted; i++) {
        pgdp_period p = { PGDP_NO_FREQUENCY, 12345 };
        if (!pgdp_period_parse(accepted[i].text, &p)) fail_msg("\"%s\" is refused", accepted[i].text);
        if (p.frequency != accepted[i].frequency || p.ordinal != accepted[i].ordinal)
            fail_msg("\"%s\" reads as %s %d", accepted[i].text, pgdp_frequency_name(p.frequency), (int)p.ordinal);
        char buffer[16];
        pgdp_period_format(p, buffer);
        assert_string_equal(buffer, accepted[i].written);
    }
}

static const char *const refused[] = {
    "",
    "2",
    "203",
    "20311",
    "0000",
    "2031-",
    "2031Q",
    "2031Q0",
    "2031Q5",
    "2031Q11",
    "2031H",
    "2031H0",
    "2031H3",
    "2031S12",
    "2031s1",
    "2031--Q1",
    "2031 - Q1",
    "2031Q1 ",
    " 2031",
    "2031 ",
    "2031:1",
    "2031-13",
    "2031-00",
    "2031-1",
    "2031M13",
    "2031M00",
    "2031M",
    "2031M123",
    "2031 02",
    "2031:02",
    "2031M02-03",
    "2031-02-29",
    "2100-02-29",
    "1900-02-29",
    "2031-04-31",
    "2031-06-31",
    "2031-09-31",
    "2031-11-31",
    "2031-12-32",
    "2031-02-00",
    "2031-2-28",
    "2031-02-8",
    "2031-02-2x",
    "2/29/2031",
    "13/1/2031",
    "0/1/2031",
    "1/0/2031",
    "1/32/2031",
    "1/1/31",
    "1/1/20311",
    "1-1-2031",
    "001/1/2031",
    "/1/2031",
    "2031/02/28",
    "2031-W00",
    "2031-W53",
    "2031-W54",
    "2031-W7",
    "2031W07",
    "2031 W07",
    "2031-W07-1",
    "-2031",
    "+2031",
    "2,031",
    "2031.0",
    "nan",
    "1/1/0000",
    "0000-01-01",
    "2004-W54",
    "2005-W53",
    "2021-W53",
    "Q1 2031",
    "2031Q1Q1",
    "2031-q",
    "\xEF\xBB\xBF"
    "2031",
};

static void other_texts_are_refused_and_leave_the_result_alone(void **state)
{
    (void)state;
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
        pgdp_period p = { PGDP_WEEKLY, 2385 };
        if (pgdp_period_parse(refused[i], &p)) fail_msg("\"%s\" is accepted", refused[i]);
        assert_int_equal(p.frequency, PGDP_WEEKLY);
        assert_int_equal(p.ordinal, 2385);
    }
}

/* The calendar counted by hand, day after day, without the formulas under test. */
static void each_day_of_a_thousand_years_follows_the_day_before(void **state)
{
    (void)state;
    static const int lengths[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
    pgdp_period p;
    assert_true(pgdp_period_parse("1592-01-01", &p));
    int32_t day = p.ordinal;
    for (int year = 1592; year < 2592; year++) {
        const int leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        for (int month = 1; month <= 12; month++) {
            const int n_days = lengths[month - 1] + (month == 2 ? leap : 0);
            for (int d = 1; d <= n_days; d++, day++) {
                char text[48], back[16];
                (void)snprintf(text, sizeof text, "%04d-%02d-%02d", year, month, d);
                assert_true(pgdp_period_parse(text, &p));
                assert_int_equal(p.ordinal, day);
                pgdp_period_format(p, back);
                assert_string_equal(back, text);
                const pgdp_period in_month = pgdp_period_convert(p, PGDP_MONTHLY);
                assert_int_equal(in_month.ordinal, (year - 1970) * 12 + month - 1);
            }
        }
    }
}

static void every_frequency_reads_back_what_it_writes(void **state)
{
    (void)state;
    static const int32_t per_year[] = { 0, 1, 2, 4, 12, 52, 365 };
    for (int f = PGDP_ANNUAL; f <= PGDP_DAILY; f++) {
        for (int32_t n = -400 * per_year[f]; n <= 600 * per_year[f]; n++) {
            const pgdp_period p = { (pgdp_frequency)f, n };
            pgdp_period back;
            char text[16];
            pgdp_period_format(p, text);
            if (!pgdp_period_parse(text, &back)) fail_msg("\"%s\" is refused", text);
            assert_int_equal(back.frequency, f);
            assert_int_equal(back.ordinal, n);
        }
    }
}

/* Files written before half-years were known keep their meaning. */
static void the_numbers_in_files_do_not_move(void **state)
{
    (void)state;
    static const struct {
        pgdp_frequency frequency;
        int code;
    } table[] = { { PGDP_NO_FREQUENCY, 0 }, { PGDP_ANNUAL, 1 }, { PGDP_QUARTERLY, 2 }, { PGDP_MONTHLY, 3 },
                  { PGDP_WEEKLY, 4 },       { PGDP_DAILY, 5 },  { PGDP_SEMIANNUAL, 6 } };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        assert_int_equal(pg_frequency_code(table[i].frequency), table[i].code);
        assert_int_equal(pg_frequency_of_code(table[i].code), table[i].frequency);
    }
    assert_int_equal(pg_frequency_of_code(7), PGDP_NO_FREQUENCY);
}

static void iso_weeks_belong_to_the_year_of_their_thursday(void **state)
{
    (void)state;
    /* Days and weeks from the examples of ISO 8601 and from its rule for years of 53 weeks. */
    static const char *const table[][2] = {
        { "2004-12-31", "2004-W53" }, { "2005-01-01", "2004-W53" }, { "2005-01-02", "2004-W53" },
        { "2005-01-03", "2005-W01" }, { "2005-12-31", "2005-W52" }, { "2006-01-01", "2005-W52" },
        { "2007-01-01", "2007-W01" }, { "2007-12-31", "2008-W01" }, { "2008-12-28", "2008-W52" },
        { "2008-12-29", "2009-W01" }, { "2009-12-31", "2009-W53" }, { "2010-01-03", "2009-W53" },
        { "2020-12-28", "2020-W53" }, { "2021-01-03", "2020-W53" }, { "2021-01-04", "2021-W01" },
        { "1969-12-29", "1970-W01" }, { "1969-12-28", "1969-W52" },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        pgdp_period day;
        char week[16];
        assert_true(pgdp_period_parse(table[i][0], &day));
        pgdp_period_format(pgdp_period_convert(day, PGDP_WEEKLY), week);
        assert_string_equal(week, table[i][1]);
    }
}

static void a_finer_frequency_starts_at_the_first_subperiod(void **state)
{
    (void)state;
    static const struct {
        const char *from, *to;
        pgdp_frequency frequency;
    } table[] = {
        { "2031", "2031Q1", PGDP_QUARTERLY },       { "2031", "2031-01", PGDP_MONTHLY },
        { "2031", "2031-01-01", PGDP_DAILY },       { "2031Q3", "2031-07", PGDP_MONTHLY },
        { "2031Q4", "2031-10-01", PGDP_DAILY },     { "1968Q2", "1968-04", PGDP_MONTHLY },
        { "2031-05", "2031Q2", PGDP_QUARTERLY },    { "2031-05", "2031", PGDP_ANNUAL },
        { "1968-11-30", "1968Q4", PGDP_QUARTERLY }, { "2031-02-28", "2031-02", PGDP_MONTHLY },
        { "2020-W53", "2020-12-28", PGDP_DAILY },   { "2009-W01", "2008-12", PGDP_MONTHLY },
        { "2031", "2031H1", PGDP_SEMIANNUAL },      { "2031H2", "2031Q3", PGDP_QUARTERLY },
        { "2031H2", "2031-07", PGDP_MONTHLY },      { "2031Q2", "2031H1", PGDP_SEMIANNUAL },
        { "1969H2", "1969-07-01", PGDP_DAILY },     { "1969-06-30", "1969H1", PGDP_SEMIANNUAL },
        { "2031H2", "2031", PGDP_ANNUAL },          { "2021", "2020-W53", PGDP_WEEKLY },
        { "2031-W07", "2031-W07", PGDP_WEEKLY },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        pgdp_period from;
        char text[16];
        assert_true(pgdp_period_parse(table[i].from, &from));
        const pgdp_period to = pgdp_period_convert(from, table[i].frequency);
        assert_int_equal(to.frequency, table[i].frequency);
        pgdp_period_format(to, text);
        assert_string_equal(text, table[i].to);
    }
}

static void the_first_day_lies_in_its_period_and_the_day_before_does_not(void **state)
{
    (void)state;
    for (int f = PGDP_ANNUAL; f <= PGDP_DAILY; f++) {
        for (int32_t n = -2385; n <= 2385; n += 7) {
            const pgdp_period p = { (pgdp_frequency)f, n };
            const int32_t day = pgdp_period_first_day(p);
            const pgdp_period own = { PGDP_DAILY, day }, before = { PGDP_DAILY, day - 1 };
            assert_int_equal(pgdp_period_convert(own, p.frequency).ordinal, n);
            assert_int_equal(pgdp_period_convert(before, p.frequency).ordinal, n - 1);
        }
    }
}

static void missing_and_unrepresentable_periods_stay_missing(void **state)
{
    (void)state;
    char text[16] = "unchanged";
    const pgdp_period missing = { PGDP_MONTHLY, PGDP_MISSING_PERIOD }, none = { PGDP_NO_FREQUENCY, 2385 };
    pgdp_period_format(missing, text);
    assert_string_equal(text, "");
    pgdp_period_format(none, text);
    assert_string_equal(text, "");
    assert_int_equal(pgdp_period_convert(missing, PGDP_ANNUAL).ordinal, PGDP_MISSING_PERIOD);
    assert_int_equal(pgdp_period_convert(none, PGDP_ANNUAL).ordinal, PGDP_MISSING_PERIOD);
    assert_int_equal(pgdp_period_first_day(missing), PGDP_MISSING_PERIOD);
    const pgdp_period far = { PGDP_ANNUAL, INT32_MAX };
    assert_int_equal(pgdp_period_first_day(far), PGDP_MISSING_PERIOD);
    assert_int_equal(pgdp_period_convert(far, PGDP_DAILY).ordinal, PGDP_MISSING_PERIOD);
}

static void the_longest_texts_fit_in_16_bytes(void **state)
{
    (void)state;
    static const char *const texts[][2] = { { "", "" },
                                            { "-2147481677", "2147485617" },
                                            { "-1073739854H2", "1073743793H2" },
                                            { "-536868942Q2", "536872881Q4" },
                                            { "-178955001-06", "178958940-08" },
                                            { "-41155304-W18", "41159243-W36" },
                                            { "-5877641-06-24", "5881580-07-11" } };
    for (int f = PGDP_ANNUAL; f <= PGDP_DAILY; f++) {
        char text[17];
        memset(text, 'x', sizeof text);
        for (int side = 0; side < 2; side++) {
            const pgdp_period p = { (pgdp_frequency)f, side == 0 ? -INT32_MAX : INT32_MAX };
            pgdp_period_format(p, text);
            assert_int_equal(text[16], 'x');
            assert_string_equal(text, texts[f][side]);
        }
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accepted_texts_give_their_period),
        cmocka_unit_test(other_texts_are_refused_and_leave_the_result_alone),
        cmocka_unit_test(each_day_of_a_thousand_years_follows_the_day_before),
        cmocka_unit_test(every_frequency_reads_back_what_it_writes),
        cmocka_unit_test(the_numbers_in_files_do_not_move),
        cmocka_unit_test(iso_weeks_belong_to_the_year_of_their_thursday),
        cmocka_unit_test(a_finer_frequency_starts_at_the_first_subperiod),
        cmocka_unit_test(the_first_day_lies_in_its_period_and_the_day_before_does_not),
        cmocka_unit_test(missing_and_unrepresentable_periods_stay_missing),
        cmocka_unit_test(the_longest_texts_fit_in_16_bytes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
