/** @file measures.h  Rival measures of what AI can do, each computed from its inputs, and how far they agree.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_MEASURES_H
#define PGDP_MEASURES_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

enum { PGDP_MOST_INPUTS = 4 };
/** One table that a measure is computed from. */
typedef struct pgdp_measure_input {
    const char *name;    /**< "matrix"; NULL: past the end */
    const char *columns; /**< what it holds, for people */
    bool optional;
} pgdp_measure_input;
/** A frame under the name of an input. */
typedef struct pgdp_measure_table {
    const char *name; /**< NULL: past the end */
    const pgdp_frame *frame;
} pgdp_measure_table;

typedef struct pgdp_measurement pgdp_measurement; /**< what a measure answers; frames owned by it */
/** One measure: a constant in tasks/measure_NAME.c, listed in tasks/measures.h. */
typedef struct pgdp_measure {
    const char *name, *title, *source;
    pgdp_measure_input inputs[PGDP_MOST_INPUTS + 1];
    const pgdp_option *options; /**< ends with a NULL name; NULL: none */
    size_t options_size;
    const char *answer; /**< the frames it answers, for people */
    /** inputs: a frame each, in their order; NULL where an optional one is not given. */
    pgdp_status (*compute)(pgdp_ctx *ctx, const pgdp_frame *const *inputs, const void *options, pgdp_measurement *out);
} pgdp_measure;
PGDP_API const pgdp_measure *pgdp_measure_at(size_t i); /**< of the list; NULL: past its end */

/**
 * Compute one measure (docs/measures.md says how each).
 * @param tables    its inputs by name, ended by a NULL name; borrowed
 * @param settings  changes to its options, or NULL
 * @return NOT_FOUND (measure, table, option or column), PARSE (names table, row and column), TOO_FEW_OBS, NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_measure_new(pgdp_ctx *ctx, const char *name, const pgdp_measure_table *tables,
                                                    const pgdp_setting *settings, pgdp_measurement **out);
PGDP_API void pgdp_measurement_free(pgdp_measurement *measurement);
/** Its frames in their order, the scores first; *name may be NULL. NULL: past the end. */
PGDP_API const pgdp_frame *pgdp_measurement_frame(const pgdp_measurement *measurement, size_t i, const char **name);
/** All of it: schema pgdp.tasks.measure/1, or tables (of long ones the first rows). */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_measurement_write(pgdp_ctx *ctx, const pgdp_measurement *measurement,
                                                          bool as_json, const pgdp_sink *sink);

/**
 * Compare measures by occupation.
 * @param tables  named tables, ended by a NULL name: the first text column holds SOC or O*NET-SOC codes, every column
 *                of numbers is a measure; occupations are matched by the first seven characters, several rows of one
 *                averaged
 * @param top     rank gaps told for each pair
 * @param out     frames measures (measure, n, mean, sd), pairs (a, b, n, agreement, pearson, spearman, kendall), gaps
 *                (a, b, place, soc, title, rank_a, rank_b, gap: ranks from 0, lowest, to 1 among the n of both)
 * @return NOT_FOUND (no text or no numbers), TOO_FEW_OBS (fewer than two measures), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_measures_compare(pgdp_ctx *ctx, const pgdp_measure_table *tables, size_t top,
                                                         pgdp_measurement **out);

/** How a table moves from one classification to another; texts NULL: as told. All borrowed. */
typedef struct pgdp_crosswalk {
    const char *from, *to;        /**< the crosswalk's columns of codes; NULL: its first two that say "code" */
    const char *shares;           /**< its column of weights >= 0 that a code is split by */
    const pgdp_frame *employment; /**< or: first text column codes of `to`, column employment; of rows with a level the
                                       detailed, with a year the newest. NULL both: equal parts */
    const char *code;             /**< the table's column of codes; NULL: its first of text */
    const char *const *amounts;   /**< its columns to be split and added up, >= 0, NULL-ended; NULL: none */
    const char *weight;           /**< its column >= 0 that means are weighted by when codes merge; NULL: equally */
} pgdp_crosswalk;
/**
 * Move an occupation-level table along a crosswalk. Amounts are split by largest remainders and added up, exactly;
 * every other column of numbers is a measure: a code's parts keep it, merged codes take the weighted mean.
 * @param out  frames scores (code, title, n_from, and the table's columns of numbers; in order of code), amounts
 *             (column, before, after, unmatched: before = after + unmatched to the last bit), unmatched (side, code,
 *             weight, share of all weight)
 * @return NOT_FOUND (a column; no code matches), PARSE (names table, row and column: an empty or repeated code or pair,
 *         a negative number, a table of both classifications), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_crosswalk_apply(pgdp_ctx *ctx, const pgdp_frame *table, const pgdp_frame *by,
                                                        const pgdp_crosswalk *how, pgdp_measurement **out);

#ifdef __cplusplus
}
#endif
#endif
