/* series_rows.h  The macro series of data/: which source holds them and what their publishers say they are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SERIES_ROWS_H
#define PG_SERIES_ROWS_H

#include <stddef.h>

/** One series in one vintage; the vintage is the source's. */
typedef struct pg_series_row {
    const char *source; /**< id of pg_source */
    const char *series; /**< the publisher's name for it, in the file too */
    const char *title, *unit, *price_basis, *adjustment, *frequency;
} pg_series_row;

const pg_series_row *pg_series_at(size_t i); /**< NULL: past the end */

#endif
