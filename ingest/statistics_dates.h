/* statistics_dates.h  Numbers of Stata, SAS and SPSS that a display format says are dates.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STATISTICS_DATES_H
#define PG_STATISTICS_DATES_H

#include "ingest/statistics_file.h"
#include "pgdp/frame.h"

/** How a number counts time. */
typedef struct pg_clock {
    const char *unit;         /**< "days_since_1960-01-01", ...; "s": a time of day or a span, no date */
    pgdp_frequency frequency; /**< of its periods; PGDP_NO_FREQUENCY: none */
    double per_period;        /**< ticks a period: 86400 for seconds to days */
    double epoch;             /**< ordinal of the period that holds tick 0 */
    bool stata_weeks;         /**< 52 a year, the first from January 1 on: told as their first days */
} pg_clock;

/** The clock of a display format ("%tq", "DATE9", "ADATE10"), or NULL: plain numbers. */
const pg_clock *pg_clock_of(pg_statistics_kind kind, const char *format);
/** The ordinal; false when the number falls between two periods or outside the years 1 to 9999. */
bool pg_clock_period(const pg_clock *clock, double ticks, int32_t *ordinal);

#endif
