/* soc_measures.h  Measures at the level of OEWS occupations, beside employment and wages: what regressions read.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SOC_MEASURES_H
#define PG_SOC_MEASURES_H

#include "core/ctx.h"
#include "pgdp/tasks.h"

/**
 * One row a detailed OEWS occupation of the list's year whose six-digit SOC code has measured O*NET occupations:
 * soc, title, major_group, employment (heads), annual_mean (usd; hourly x 2,080 where only that is published),
 * wage_bill_usd, employment_YEAR for every other year of the wages table, and a column a measure: the plain mean over
 * its O*NET-SOC codes. Source: methodology 2.1 and 4.2. @return NOT_FOUND (a column), NO_MEMORY
 */
pgdp_status pg_soc_measures(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_frame *by_occupation,
                            pgdp_frame **out);

#endif
