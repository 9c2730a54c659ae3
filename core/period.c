/* period.c  Calendar periods as ordinals. Source: Hinnant, "chrono-Compatible Low-Level Date Algorithms"; ISO 8601
 * weeks. SPDX-License-Identifier: GPL-3.0-or-later */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "core/period.h"

/* Ordinals count from 1970; days and weeks may lie outside int32, so all sums are of int64. */
enum { EPOCH = 1970, PERIOD_SIZE = 16, MONDAY_1969_12_29 = -3 };

typedef struct civil {
    int64_t year;
    int month, day;
} civil;

static int64_t floor_div(int64_t a, int64_t b)
{
    return a / b - (a % b < 0);
}

/* Days since 1970-01-01 in the proleptic Gregorian calendar; a year begins on 1 March, so leap days come last. */
static int64_t days_from_civil(int64_t year, int month, int day)
{
    const int64_t y = year - (month <= 2);
    const int64_t era = floor_div(y, 400), year_of_era = y - era * 400;
    const int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    return era * 146097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static civil civil_from_days(int64_t days)
{
    const int64_t z = days + 719468, era = floor_div(z, 146097), day_of_era = z - era * 146097;
    const int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    const int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    const int mp = (int)((5 * day_of_year + 2) / 153);
    const int month = mp < 10 ? mp + 3 : mp - 9;
    return (civil){ year_of_era + era * 400 + (month <= 2), month, (int)(day_of_year - (153 * mp + 2) / 5) + 1 };
}

static int days_in_month(int64_t year, int month)
{
    return (int)(days_from_civil(month == 12 ? year + 1 : year, month == 12 ? 1 : month + 1, 1) -
                 days_from_civil(year, month, 1));
}

static int64_t week_of_day(int64_t day)
{
    return floor_div(day - MONDAY_1969_12_29, 7);
}

/* A week belongs to the year of its Thursday (ISO 8601). */
static civil iso_week(int64_t week)
{
    const int64_t thursday = 7 * week + MONDAY_1969_12_29 + 3, year = civil_from_days(thursday).year;
    return (civil){ year, 0, (int)((thursday - days_from_civil(year, 1, 1)) / 7) + 1 };
}

/* Reads digits at *s; false unless there are least to most of them. */
static bool digits(const char **s, int least, int most, int *out)
{
    int n = 0, value = 0;
    for (; n < most && **s >= '0' && **s <= '9'; n++)
        value = value * 10 + (*(*s)++ - '0');
    *out = value;
    return n >= least;
}

static bool accept(const char **s, char c)
{
    if (**s != c) return false;
    (*s)++;
    return true;
}

static bool set(pgdp_period *out, pgdp_frequency frequency, int64_t ordinal)
{
    *out = (pgdp_period){ frequency, (int32_t)ordinal };
    return true;
}

static bool set_day(pgdp_period *out, int year, int month, int day)
{
    if (year < 1 || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month)) return false;
    return set(out, PGDP_DAILY, days_from_civil(year, month, day));
}

/* M/D/YYYY */
static bool parse_us_date(const char *s, pgdp_period *out)
{
    int month, day, year;
    if (!digits(&s, 1, 2, &month) || !accept(&s, '/') || !digits(&s, 1, 2, &day) || !accept(&s, '/')) return false;
    return digits(&s, 4, 4, &year) && *s == '\0' && set_day(out, year, month, day);
}

/* Qn after the year and at most one separator. */
static bool parse_quarter(const char *s, int year, pgdp_period *out)
{
    int quarter;
    if (!digits(&s, 1, 1, &quarter) || *s != '\0' || quarter < 1 || quarter > 4) return false;
    return set(out, PGDP_QUARTERLY, (year - EPOCH) * 4 + quarter - 1);
}

/* Hn, or Sn as SDMX has it, in the same place. */
static bool parse_half(const char *s, int year, pgdp_period *out)
{
    int half;
    if (!digits(&s, 1, 1, &half) || *s != '\0' || half < 1 || half > 2) return false;
    return set(out, PGDP_SEMIANNUAL, (year - EPOCH) * 2 + half - 1);
}

static bool parse_week(const char *s, int year, pgdp_period *out)
{
    int number;
    if (!digits(&s, 2, 2, &number) || *s != '\0' || number < 1) return false;
    const int64_t week = week_of_day(days_from_civil(year, 1, 4)) + number - 1; /* 4 January is in week 1 */
    return iso_week(week).year == year && set(out, PGDP_WEEKLY, week);
}

/* mm or mm-dd after "year-"; m or mm after "yearM", where Stata writes 2031m2. */
static bool parse_month(const char *s, int year, bool with_day, pgdp_period *out)
{
    int month, day;
    if (!digits(&s, with_day ? 2 : 1, 2, &month) || month < 1 || month > 12) return false;
    if (*s == '\0') return set(out, PGDP_MONTHLY, (year - EPOCH) * 12 + month - 1);
    if (!with_day || !accept(&s, '-') || !digits(&s, 2, 2, &day) || *s != '\0') return false;
    return set_day(out, year, month, day);
}

bool pgdp_period_parse(const char *text, pgdp_period *out)
{
    const char *s = text;
    int year;
    if (!digits(&s, 4, 4, &year)) return parse_us_date(text, out);
    if (year < 1) return false;
    if (*s == '\0') return set(out, PGDP_ANNUAL, year - EPOCH);
    if (accept(&s, 'M') || accept(&s, 'm')) return parse_month(s, year, false, out);
    const bool dash = accept(&s, '-');
    if (!dash && !accept(&s, ' ')) (void)accept(&s, ':');
    if (accept(&s, 'Q') || accept(&s, 'q')) return parse_quarter(s, year, out);
    if (accept(&s, 'H') || accept(&s, 'h') || accept(&s, 'S')) return parse_half(s, year, out);
    if (!dash) return false;
    return accept(&s, 'W') ? parse_week(s, year, out) : parse_month(s, year, true, out);
}

void pgdp_period_format(pgdp_period p, char *buffer)
{
    const int64_t n = p.ordinal, quarter = n - floor_div(n, 4) * 4, month = n - floor_div(n, 12) * 12;
    const civil day = civil_from_days(n), week = iso_week(n);
    char text[64] = { 0 }; /* no year of an int32 ordinal needs more than PERIOD_SIZE of it */
    const bool known = p.ordinal != PGDP_MISSING_PERIOD;
    if (known && p.frequency == PGDP_ANNUAL) (void)snprintf(text, sizeof text, "%04" PRId64, (n + EPOCH));
    if (known && p.frequency == PGDP_SEMIANNUAL)
        (void)snprintf(text, sizeof text, "%04" PRId64 "H%d", (floor_div(n, 2) + EPOCH), n % 2 == 0 ? 1 : 2);
    if (known && p.frequency == PGDP_QUARTERLY)
        (void)snprintf(text, sizeof text, "%04" PRId64 "Q%d", (floor_div(n, 4) + EPOCH), (int)quarter + 1);
    if (known && p.frequency == PGDP_MONTHLY)
        (void)snprintf(text, sizeof text, "%04" PRId64 "-%02d", (floor_div(n, 12) + EPOCH), (int)month + 1);
    if (known && p.frequency == PGDP_WEEKLY)
        (void)snprintf(text, sizeof text, "%04" PRId64 "-W%02d", week.year, week.day);
    if (known && p.frequency == PGDP_DAILY)
        (void)snprintf(text, sizeof text, "%04" PRId64 "-%02d-%02d", day.year, day.month, day.day);
    memcpy(buffer, text, PERIOD_SIZE);
}

static int64_t first_day(pgdp_period p)
{
    const int64_t n = p.ordinal, quarter = n - floor_div(n, 4) * 4, month = n - floor_div(n, 12) * 12;
    if (p.frequency == PGDP_ANNUAL) return days_from_civil(n + EPOCH, 1, 1);
    if (p.frequency == PGDP_SEMIANNUAL) return days_from_civil(floor_div(n, 2) + EPOCH, n % 2 == 0 ? 1 : 7, 1);
    if (p.frequency == PGDP_QUARTERLY) return days_from_civil(floor_div(n, 4) + EPOCH, 3 * (int)quarter + 1, 1);
    if (p.frequency == PGDP_MONTHLY) return days_from_civil(floor_div(n, 12) + EPOCH, (int)month + 1, 1);
    return p.frequency == PGDP_WEEKLY ? 7 * n + MONDAY_1969_12_29 : n;
}

/* An ordinal, or none where it does not fit. */
static int32_t narrow(int64_t n)
{
    return n > INT32_MAX || n <= INT32_MIN ? PGDP_MISSING_PERIOD : (int32_t)n;
}

int32_t pgdp_period_first_day(pgdp_period period)
{
    if (period.ordinal == PGDP_MISSING_PERIOD || period.frequency == PGDP_NO_FREQUENCY) return PGDP_MISSING_PERIOD;
    return narrow(first_day(period));
}

pgdp_period pgdp_period_convert(pgdp_period period, pgdp_frequency to)
{
    pgdp_period out = { to, PGDP_MISSING_PERIOD };
    if (period.ordinal == PGDP_MISSING_PERIOD || period.frequency == PGDP_NO_FREQUENCY) return out;
    const int64_t day = first_day(period);
    const civil c = civil_from_days(day);
    const int64_t year = c.year - EPOCH;
    if (to == PGDP_ANNUAL) out.ordinal = narrow(year);
    if (to == PGDP_SEMIANNUAL) out.ordinal = narrow(year * 2 + (c.month > 6));
    if (to == PGDP_QUARTERLY) out.ordinal = narrow(year * 4 + (c.month - 1) / 3);
    if (to == PGDP_MONTHLY) out.ordinal = narrow(year * 12 + c.month - 1);
    if (to == PGDP_WEEKLY) out.ordinal = narrow(week_of_day(day));
    if (to == PGDP_DAILY) out.ordinal = narrow(day);
    return out;
}

static const struct {
    const char *name;
    int months, code;
} frequencies[] = {
    [PGDP_NO_FREQUENCY] = { "", 0, 0 },         [PGDP_ANNUAL] = { "annual", 12, 1 },
    [PGDP_SEMIANNUAL] = { "semiannual", 6, 6 }, [PGDP_QUARTERLY] = { "quarterly", 3, 2 },
    [PGDP_MONTHLY] = { "monthly", 1, 3 },       [PGDP_WEEKLY] = { "weekly", 0, 4 },
    [PGDP_DAILY] = { "daily", 0, 5 },
};

const char *pgdp_frequency_name(pgdp_frequency frequency)
{
    return (unsigned)frequency <= PGDP_DAILY ? frequencies[frequency].name : "";
}

int pg_frequency_months(pgdp_frequency frequency)
{
    return (unsigned)frequency <= PGDP_DAILY ? frequencies[frequency].months : 0;
}

int pg_frequency_code(pgdp_frequency frequency)
{
    return (unsigned)frequency <= PGDP_DAILY ? frequencies[frequency].code : 0;
}

pgdp_frequency pg_frequency_of_code(int64_t code)
{
    pgdp_frequency f = PGDP_DAILY;
    while (f > PGDP_NO_FREQUENCY && frequencies[f].code != code)
        f--;
    return f;
}
