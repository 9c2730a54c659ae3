/* series.h  Series from a long table (series, vintage, period, value) to one wide table of a common frequency.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SERIES_H
#define PG_SERIES_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** What is asked for. */
typedef struct pg_series_request {
    const pgdp_frame *series; /**< series, vintage, period; value */
    const pgdp_frame *list;   /**< series, title, unit, price_basis, adjustment, vintage */
    const char *const *ids;   /**< NULL-ended */
    const char *const *names; /**< of the columns, as many as ids; NULL: the ids */
    pgdp_frequency frequency; /**< of the result; higher frequencies become means of complete periods */
} pg_series_request;

/**
 * The newest vintage of each series side by side, over the union of their periods without gaps.
 * @return NOT_FOUND (a column or series, with a suggestion), PARSE (a period), BAD_ARGUMENT (a series of lower
 * frequency)
 */
pgdp_status pg_series_wide(pgdp_ctx *ctx, const pg_series_request *request, pgdp_frame **out);

#endif
