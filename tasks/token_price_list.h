/* token_price_list.h  Lists of token prices, whatever program published them, and the price of a model on a day.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_TOKEN_PRICE_LIST_H
#define PG_TOKEN_PRICE_LIST_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** What a price is for. */
enum { PG_PRICE_INPUT, PG_PRICE_OUTPUT, PG_PRICE_CACHED, PG_N_PRICES };

/** A list as usd per million tokens; arrays in scratch memory or of the frame. */
typedef struct pg_price_list {
    const pgdp_frame *frame;
    size_t n, model, vendor;          /**< columns; vendor PGDP_NONE: not told */
    const double *price[PG_N_PRICES]; /**< [n], as published; NULL: the list has none */
    double scale;                     /**< to usd per million tokens */
    int32_t *from, *to;               /**< [n] days since 1970-01-01; PGDP_MISSING_PERIOD: open */
} pg_price_list;
/** Know the list by its columns. @return NOT_FOUND, PARSE (row and column of a price below 0 or a date that is none) */
pgdp_status pg_price_list_read(pgdp_ctx *ctx, const pgdp_frame *frame, pg_price_list *out);
/**
 * Prices of a model on a day (PGDP_MISSING_PERIOD: the newest): of rows that hold that day [from, to) the one that
 * began last. price: [PG_N_PRICES], NaN where the list has none.
 * @return NOT_FOUND: no such model (with the nearest name), or none on that day
 */
pgdp_status pg_price_list_find(pgdp_ctx *ctx, const pg_price_list *list, const char *model, int32_t day,
                               double price[PG_N_PRICES]);
/** The first of these columns that the frame has, NULL-ended; PGDP_NONE: none. */
size_t pg_find_column(const pgdp_frame *frame, const char *const *names);
/** A column of dates as days since 1970-01-01, in scratch memory; PGDP_NONE: all missing. `what`: the table, for
 * messages. @return PARSE (names row and column: text that is no date; column: years alone are dates of January 1st) */
pgdp_status pg_read_days(pgdp_ctx *ctx, const char *what, const pgdp_frame *frame, size_t column, int32_t **out);
/** 2026-05-29. buffer: at least 16 bytes. */
void pg_format_day(int32_t day, char *buffer);

#endif
