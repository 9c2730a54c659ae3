/* period.h  What frequencies have in common, and the numbers that files know them by.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PERIOD_H
#define PG_PERIOD_H

#include "pgdp/frame.h"

/** Months of a period: 12, 6, 3, 1; 0 for weeks, days and none. */
int pg_frequency_months(pgdp_frequency frequency);
/** The number of a frequency in stores and columnar files, which stays whatever the order of the enumeration becomes.
 */
int pg_frequency_code(pgdp_frequency frequency);
/** The frequency of such a number; PGDP_NO_FREQUENCY for any other. */
pgdp_frequency pg_frequency_of_code(int64_t code);

#endif
