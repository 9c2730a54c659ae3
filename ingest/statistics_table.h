/* statistics_table.h  A file of Stata, SAS or SPSS to a frame.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STATISTICS_TABLE_H
#define PG_STATISTICS_TABLE_H

#include "ingest/dataset.h"
#include "ingest/statistics_file.h"

/**
 * Add one table. Numbers stay numbers; a column whose every value has a label is followed by NAME_label, a text; dates
 * become periods; coded missing values become missing and are counted in the note "missing:NAME".
 * @return PARSE; also for files that unpack to more than 200 times their size
 */
pgdp_status pg_statistics_table(pgdp_ctx *ctx, const pg_statistics_source *source, pgdp_dataset *out);

#endif
