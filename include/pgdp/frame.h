/** @file frame.h  The table that crosses module borders: columns with name, type, unit, price basis and vintage.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_FRAME_H
#define PGDP_FRAME_H

#include "pgdp/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How often a series is observed. */
typedef enum pgdp_frequency {
    PGDP_NO_FREQUENCY,
    PGDP_ANNUAL,
    PGDP_SEMIANNUAL,
    PGDP_QUARTERLY,
    PGDP_MONTHLY,
    PGDP_WEEKLY,
    PGDP_DAILY
} pgdp_frequency;
/** "annual", "semiannual", "quarterly", ... ; "" for none. */
PGDP_API const char *pgdp_frequency_name(pgdp_frequency frequency);

/** A calendar period: frequency and ordinal (years, half-years, quarters, months since 1970's first; ISO weeks and days
 * since 1970-01-01). */
typedef struct pgdp_period {
    pgdp_frequency frequency;
    int32_t ordinal;
} pgdp_period;
#define PGDP_MISSING_PERIOD INT32_MIN /**< the ordinal of no period */
/**
 * Read a period: 2031, 2031H1 (2031-S1), 2031Q1, 2031-Q1, 2031q1, 2031:1 no; 2031-02, 2031M02, 2031-02-28, 2/28/2031.
 * @param text  the whole cell, blanks trimmed by the caller
 * @return false when it is none of these
 */
PGDP_API bool pgdp_period_parse(const char *text, pgdp_period *out);
/** Write a period: 2031, 2031H1, 2031Q1, 2031-02, 2031-W07, 2031-02-28. @param buffer at least 16 bytes */
PGDP_API void pgdp_period_format(pgdp_period period, char *buffer);
/** The period of another frequency that holds this one's first day. */
PGDP_API pgdp_period pgdp_period_convert(pgdp_period period, pgdp_frequency to);
/** First day of the period as days since 1970-01-01. */
PGDP_API int32_t pgdp_period_first_day(pgdp_period period);

/** What a column holds. Missing: NaN, PGDP_NO_CODE, PGDP_MISSING_PERIOD. */
typedef enum pgdp_type { PGDP_REAL, PGDP_TEXT, PGDP_PERIOD } pgdp_type;
#define PGDP_NO_CODE UINT32_MAX /**< the code of a missing text */

/** What is known of a column; every string may be "" and never NULL on reading, NULL reads as "" on adding. */
typedef struct pgdp_column {
    const char *name;
    pgdp_type type;
    const char *unit;         /**< "usd", "usd_bn", "heads", "share", "index_2017", ... */
    const char *price_basis;  /**< "current_prices", "chained_volume", "" */
    const char *adjustment;   /**< "seasonally_adjusted", "not_seasonally_adjusted", "" */
    const char *vintage;      /**< publication date or release */
    pgdp_frequency frequency; /**< of a period column */
} pgdp_column;

/** A table; text is interned by column. Immutable once handed over. */
typedef struct pgdp_frame pgdp_frame;
/** An empty table without columns. @return NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_new(pgdp_ctx *ctx, pgdp_frame **out);
PGDP_API void pgdp_frame_free(pgdp_frame *frame); /**< and its columns */
/** Add an empty column (its cells so far read as missing). @return BAD_ARGUMENT for a name already there, NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_add_column(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *column,
                                                         size_t *index);
/** Begin a new row whose cells are all missing. @return NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_add_row(pgdp_ctx *ctx, pgdp_frame *frame);
/** Set cells of the last row (column must be of the type). */
PGDP_API void pgdp_frame_set_real(pgdp_frame *frame, size_t column, double value);
PGDP_API void pgdp_frame_set_period(pgdp_frame *frame, size_t column, int32_t ordinal);
/** @param length of text in bytes, or PGDP_NONE: it ends with NUL. @return NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_set_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t column,
                                                       const char *text, size_t length);
/** Note what the whole table is: source, title, footnote. @return NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_set_note(pgdp_ctx *ctx, pgdp_frame *frame, const char *key,
                                                       const char *value);
PGDP_API const char *pgdp_frame_note(const pgdp_frame *frame, const char *key); /**< NULL: none */

/** Size; what is known of a column, by its index from 0. */
PGDP_API size_t pgdp_frame_n_rows(const pgdp_frame *frame);
PGDP_API size_t pgdp_frame_n_columns(const pgdp_frame *frame);
PGDP_API const pgdp_column *pgdp_frame_column(const pgdp_frame *frame, size_t column);
/** Index of a column by its whole name; PGDP_NONE when there is none. O(1). */
PGDP_API size_t pgdp_frame_find(const pgdp_frame *frame, const char *name);
/** Views of one column, [n_rows]; NULL when it is of another type. */
PGDP_API const double *pgdp_frame_reals(const pgdp_frame *frame, size_t column);
PGDP_API const uint32_t *pgdp_frame_codes(const pgdp_frame *frame, size_t column);
PGDP_API const int32_t *pgdp_frame_periods(const pgdp_frame *frame, size_t column);
/** Levels of a text column in order of first appearance. */
PGDP_API size_t pgdp_frame_n_levels(const pgdp_frame *frame, size_t column);
PGDP_API const char *pgdp_frame_level(const pgdp_frame *frame, size_t column, uint32_t code);
/** One cell of a text column; NULL when missing. */
PGDP_API const char *pgdp_frame_text(const pgdp_frame *frame, size_t column, size_t row);
/** Write as CSV with a header: shortest exact numbers, missing cells empty. @return NO_MEMORY, the sink's */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_write_csv(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_sink *sink);
/** The same to a file, and beside it PATH-metadata.json (W3C CSVW), by which reading PATH gives this very frame: types,
 * periods, units, notes, blanks (docs/roundtrip.md). In a text column with empty texts missing cells hold NA.
 * @return BAD_ARGUMENT (a column without a name), IO, NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_save_csv(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path);

#ifdef __cplusplus
}
#endif
#endif
