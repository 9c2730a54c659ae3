/* statistics_dates.c  Epochs and display formats of dates. Source: Stata manual [D] Datetime display formats; SAS
 * Formats and Informats: Reference; IBM SPSS Statistics Command Syntax Reference, Date and time formats.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/statistics_dates.h"

#include <math.h>
#include <string.h>

#include "core/text.h"

/* Days, seconds and the rest from an epoch's midnight to that of 1970-01-01. */
enum {
    DAYS_1960 = -3653,
    DAYS_1582 = -141428,
    MONTHS_1960 = -120,
    QUARTERS_1960 = -40,
    HALVES_1960 = -20,
    YEARS_0 = -1970
};
enum { DAY_FIRST = -719162, DAY_LAST = 2932896, STATA_WEEKS = 52 }; /* 0001-01-01 and 9999-12-31 */
#define SECONDS_A_DAY 86400.0
#define MS_A_DAY      86400000.0

static const pg_clock days = { "days_since_1960-01-01", PGDP_DAILY, 1, DAYS_1960, false };
static const pg_clock seconds = { "s_since_1960-01-01", PGDP_DAILY, SECONDS_A_DAY, DAYS_1960, false };
static const pg_clock spss = { "s_since_1582-10-14", PGDP_DAILY, SECONDS_A_DAY, DAYS_1582, false };
static const pg_clock span = { "s", PGDP_NO_FREQUENCY, 1, 0, false };

static const pg_clock ms = { "ms_since_1960-01-01", PGDP_DAILY, MS_A_DAY, DAYS_1960, false };
static const pg_clock weeks = { "weeks_since_1960w1", PGDP_DAILY, 1, 0, true };
static const pg_clock months = { "months_since_1960-01", PGDP_MONTHLY, 1, MONTHS_1960, false };
static const pg_clock quarters = { "quarters_since_1960Q1", PGDP_QUARTERLY, 1, QUARTERS_1960, false };
static const pg_clock halves = { "half-years_since_1960h1", PGDP_SEMIANNUAL, 1, HALVES_1960, false };
static const pg_clock years = { "years", PGDP_ANNUAL, 1, YEARS_0, false };

/* Stata's formats go on as they like after these letters, those of SAS and SPSS with a width and decimals alone. */
typedef struct entry {
    const char *begin;
    const pg_clock *clock;
} entry;
static const entry stata_formats[] = {
    { "%tc", &ms },     { "%tC", &ms },       { "%td", &days },   { "%d", &days },   { "%tw", &weeks },
    { "%tm", &months }, { "%tq", &quarters }, { "%th", &halves }, { "%ty", &years }, { NULL, NULL },
};
static const entry sas_formats[] = {
    { "DATE", &days },        { "DAY", &days },        { "DDMMYY", &days },     { "DDMMYYB", &days },
    { "DDMMYYC", &days },     { "DDMMYYD", &days },    { "DDMMYYN", &days },    { "DDMMYYP", &days },
    { "DDMMYYS", &days },     { "MMDDYY", &days },     { "MMDDYYB", &days },    { "MMDDYYC", &days },
    { "MMDDYYD", &days },     { "MMDDYYN", &days },    { "MMDDYYP", &days },    { "MMDDYYS", &days },
    { "YYMMDD", &days },      { "YYMMDDB", &days },    { "YYMMDDC", &days },    { "YYMMDDD", &days },
    { "YYMMDDN", &days },     { "YYMMDDP", &days },    { "YYMMDDS", &days },    { "E8601DA", &days },
    { "B8601DA", &days },     { "IS8601DA", &days },   { "JULIAN", &days },     { "MMYY", &days },
    { "MONYY", &days },       { "MONNAME", &days },    { "MONTH", &days },      { "QTR", &days },
    { "QTRR", &days },        { "WEEKDATE", &days },   { "WEEKDATX", &days },   { "WORDDATE", &days },
    { "WORDDATX", &days },    { "YEAR", &days },       { "YYMM", &days },       { "YYMON", &days },
    { "YYQ", &days },         { "YYQR", &days },       { "NENGO", &days },      { "DATETIME", &seconds },
    { "DATEAMPM", &seconds }, { "DTDATE", &seconds },  { "DTMONYY", &seconds }, { "DTYEAR", &seconds },
    { "E8601DT", &seconds },  { "B8601DT", &seconds }, { "MDYAMPM", &seconds }, { "TIME", &span },
    { "TIMEAMPM", &span },    { "TOD", &span },        { "HHMM", &span },       { "HOUR", &span },
    { "MMSS", &span },        { "E8601TM", &span },    { NULL, NULL },
};
static const entry spss_formats[] = {
    { "DATE", &spss }, { "ADATE", &spss }, { "EDATE", &spss }, { "JDATE", &spss },    { "SDATE", &spss },
    { "QYR", &spss },  { "MOYR", &spss },  { "WKYR", &spss },  { "DATETIME", &spss }, { "YMDHMS", &spss },
    { "TIME", &span }, { "DTIME", &span }, { "MTIME", &span }, { NULL, NULL },
};

/* The part of a format before width and decimals is a name of the list. */
static const pg_clock *by_name(const entry *list, const char *format)
{
    size_t n = strlen(format);
    while (n > 0 && strchr("0123456789.", format[n - 1]) != NULL)
        n--;
    char name[16];
    if (n == 0 || n >= sizeof name) return NULL;
    memcpy(name, format, n);
    name[n] = '\0';
    for (size_t i = 0; list[i].begin != NULL; i++)
        if (pg_streq_nocase(list[i].begin, name)) return list[i].clock;
    return NULL;
}

/* What follows %td says how to print it; "%-td" is printed to the left. */
static const pg_clock *by_beginning(const char *format)
{
    char plain[4] = "%";
    const char *rest = format + 1 + (format[0] == '%' && format[1] == '-');
    if (format[0] != '%') return NULL;
    (void)strncat(plain, rest, 2);
    for (size_t i = 0; stata_formats[i].begin != NULL; i++)
        if (pg_starts_with(plain, stata_formats[i].begin)) return stata_formats[i].clock;
    return NULL;
}

const pg_clock *pg_clock_of(pg_statistics_kind kind, const char *format)
{
    if (kind == PG_STATA) return by_beginning(format);
    return by_name(kind == PG_SAS || kind == PG_SAS_TRANSPORT ? sas_formats : spss_formats, format);
}

static double first_day_of_week(double week)
{
    const double year = floor(week / STATA_WEEKS);
    if (!(fabs(year) < 10000)) return (double)NAN;
    const pgdp_period first = { PGDP_ANNUAL, (int32_t)(year + 1960 + YEARS_0) };
    return pgdp_period_first_day(first) + 7 * (week - STATA_WEEKS * year);
}

bool pg_clock_period(const pg_clock *clock, double ticks, int32_t *ordinal)
{
    const double at = clock->stata_weeks ? first_day_of_week(ticks) : ticks / clock->per_period + clock->epoch;
    if (clock->frequency == PGDP_NO_FREQUENCY || !(fabs(at) <= DAY_LAST) || floor(at) < at) return false;
    const pgdp_period period = { clock->frequency, (int32_t)at };
    const int32_t day = pgdp_period_first_day(period);
    if (day < DAY_FIRST || day > DAY_LAST) return false;
    *ordinal = period.ordinal;
    return true;
}
