/* periods.h  Frequencies that dates imply.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PERIODS_H
#define PG_PERIODS_H

#include "core/frame.h"

/**
 * The frequency of first days of months, quarters, half-years or years, from their spacing; daily for all others and
 * for a lone date.
 * @param days    days since 1970-01-01, PGDP_MISSING_PERIOD among them
 * @param weekly  dates a multiple of seven days apart are weekly
 */
pgdp_frequency pg_infer_frequency(const int32_t *days, size_t n, bool weekly);
/** Turn a column of days into this frequency; the column's other facts are given anew. */
pgdp_status pg_set_frequency(pgdp_ctx *ctx, pgdp_frame *frame, size_t column, pgdp_frequency frequency);

/** What a date such as 2/3/2031 says of the order of its day and month; 2/2/2031 says nothing. */
typedef enum pg_slash { PG_NO_SLASH, PG_EITHER_ORDER, PG_MONTH_FIRST, PG_DAY_FIRST } pg_slash;
/** @param text  [n] need not end with NUL */
pg_slash pg_slash_order(const char *text, size_t n);
/** 28/2/2031, day first. */
bool pg_day_first(const char *text, size_t n, pgdp_period *out);

#endif
