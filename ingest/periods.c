/* periods.c  A date column does not say how often its series is observed: its spacing does. Source: formats.md 0.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/periods.h"

#include <stdio.h>

enum { FEWEST_WEEKS = 3 };

static uint32_t gcd(uint32_t a, uint32_t b)
{
    while (b != 0) {
        const uint32_t rest = a % b;
        a = b;
        b = rest;
    }
    return a;
}

static uint32_t distance(int32_t a, int32_t b)
{
    return a > b ? (uint32_t)a - (uint32_t)b : (uint32_t)b - (uint32_t)a;
}

static pgdp_frequency infer_weekly(const int32_t *days, size_t n, int32_t first)
{
    uint32_t gap = 0, longest = 0;
    for (size_t i = 0; i < n; i++) {
        if (days[i] == PGDP_MISSING_PERIOD) continue;
        const uint32_t d = distance(days[i], first);
        gap = gcd(gap, d);
        if (d > longest) longest = d;
    }
    return gap != 0 && gap % 7 == 0 && longest / gap + 1 >= FEWEST_WEEKS ? PGDP_WEEKLY : PGDP_DAILY;
}

pgdp_frequency pg_infer_frequency(const int32_t *days, size_t n, bool weekly)
{
    int32_t first_day = PGDP_MISSING_PERIOD, first_month = 0;
    uint32_t gap = 0; /* greatest common divisor of the distances in months */
    for (size_t i = 0; i < n; i++) {
        if (days[i] == PGDP_MISSING_PERIOD) continue;
        const pgdp_period month = pgdp_period_convert((pgdp_period){ PGDP_DAILY, days[i] }, PGDP_MONTHLY);
        if (first_day == PGDP_MISSING_PERIOD) {
            first_day = days[i];
            first_month = month.ordinal;
        }
        if (pgdp_period_first_day(month) != days[i]) return weekly ? infer_weekly(days, n, first_day) : PGDP_DAILY;
        gap = gcd(gap, distance(month.ordinal, first_month));
    }
    if (gap == 0) return PGDP_DAILY;
    if (gap % 12 == 0 && first_month % 12 == 0) return PGDP_ANNUAL;
    if (gap % 6 == 0 && first_month % 6 == 0) return PGDP_SEMIANNUAL;
    return gap % 3 == 0 && first_month % 3 == 0 ? PGDP_QUARTERLY : PGDP_MONTHLY;
}

pgdp_status pg_set_frequency(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, pgdp_frequency frequency)
{
    pgdp_column about = *pgdp_frame_column(frame, column);
    int32_t *ordinals = pg_frame_edit_periods(frame, column);
    if (about.frequency == frequency) return PGDP_OK;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        ordinals[i] = pgdp_period_convert((pgdp_period){ about.frequency, ordinals[i] }, frequency).ordinal;
    about.frequency = frequency;
    return pg_frame_describe(ctx, frame, column, &about);
}

/* Digits up to a slash or the end: how many, at most two of them; 0: other characters, or more. */
static size_t two_digits(const char *text, size_t n, int *value)
{
    size_t i = 0;
    for (*value = 0; i < n && i < 2 && text[i] >= '0' && text[i] <= '9'; i++)
        *value = 10 * *value + (text[i] - '0');
    return i < n && text[i] == '/' ? i : 0;
}

pg_slash pg_slash_order(const char *text, size_t n)
{
    int first, second;
    const size_t a = two_digits(text, n, &first), b = a == 0 ? 0 : two_digits(text + a + 1, n - a - 1, &second);
    if (b == 0 || n != a + b + 6 || first == second || (first > 12 && second > 12)) return PG_NO_SLASH;
    if (first <= 12 && second <= 12) return PG_EITHER_ORDER;
    return first > 12 ? PG_DAY_FIRST : PG_MONTH_FIRST;
}

bool pg_day_first(const char *text, size_t n, pgdp_period *out)
{
    int day, month;
    char turned[16];
    const size_t a = two_digits(text, n, &day), b = a == 0 ? 0 : two_digits(text + a + 1, n - a - 1, &month);
    if (b == 0 || n != a + b + 6) return false;
    (void)snprintf(turned, sizeof turned, "%d/%d/%.4s", month, day, text + n - 4);
    return pgdp_period_parse(turned, out);
}
