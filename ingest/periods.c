/* periods.c  A date column does not say how often its series is observed: its spacing does. Source: formats.md 0.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/periods.h"

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
