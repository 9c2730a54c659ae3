/** @file calendar.h  Series between frequencies: aggregated, disaggregated, spliced, chain-linked; always by period,
 * never by row. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_CALENDAR_H
#define PGDP_CALENDAR_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** How the values of several periods make the value of the one that holds them. */
typedef enum pgdp_aggregate {
    PGDP_AGGREGATE_SUM,
    PGDP_AGGREGATE_MEAN,
    PGDP_AGGREGATE_FIRST,
    PGDP_AGGREGATE_LAST
} pgdp_aggregate;
PGDP_API const char *const *pgdp_aggregate_names(void); /**< "sum", "mean", "first", "last", NULL */

/** Series brought to a lower frequency. */
typedef struct pgdp_aggregation {
    pgdp_frequency to;
    pgdp_aggregate how;
    int year_begins; /**< month 1-12 in which years (and their quarters) begin; a year is named by the one in which it
                        ends (US government: 10); 0: January */
    bool partial;    /**< periods of which a part is missing too */
} pgdp_aggregation;
/**
 * All number columns of a frame with one period column, a row a period in any order, to a lower frequency. A period of
 * which a part is missing is missing, unless `partial`. A week belongs to the period that holds its Thursday (ISO
 * 8601). Days need not all be there (weekends, holidays): within a period no seven days on end may be without a value
 * (a week: four). Texts are left out; the note "year_begins" tells fiscal years.
 * @return NOT_FOUND (no period column), BAD_ARGUMENT (not a lower frequency; sum of a column at annual rates; years
 *         that do not begin with a quarter of the frame's), SHAPE_MISMATCH (a period twice), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_aggregate(pgdp_ctx *ctx, const pgdp_frame *in,
                                                        const pgdp_aggregation *how, pgdp_frame **out);

/** How a series of a low frequency is spread over a higher one. */
typedef enum pgdp_disaggregator {
    PGDP_DENTON, /**< proportional first differences: least sum of squared changes of x/z (Denton 1971, Cholette
                    1984: no start is given) */
    PGDP_DENTON_ADDITIVE, /**< of x - z */
    PGDP_CHOW_LIN,        /**< regression on the indicators, errors AR(1) (Chow & Lin 1971); rho in [0, 1) by maximum
                             likelihood unless given */
    PGDP_FERNANDEZ        /**< the same, errors a random walk (Fernandez 1981) */
} pgdp_disaggregator;
PGDP_API const char *const *pgdp_disaggregator_names(void); /**< "denton", "denton_additive", "chow_lin", "fernandez" */
typedef struct pgdp_disaggregation {
    pgdp_frequency to; /**< semiannual, quarterly or monthly */
    pgdp_aggregate how;
    pgdp_disaggregator method;
    double rho; /**< of chow_lin, in [0, 1); NaN: estimated */
} pgdp_disaggregation;
/**
 * One column of a low frequency (annual, semiannual, quarterly) to a higher one whose values add up to it by
 * `how`, exactly to rounding. Low periods that are missing bind nothing; high periods after the last of them are
 * extrapolated as far as the indicators reach.
 * @param low         period column, and the column named
 * @param indicators  period column of the higher frequency without gaps over the low periods, and number columns, all
 * of which are used (denton: one); NULL: a constant alone
 * @param out         period, the column, and with chow_lin and fernandez its std_error; notes "rho", "coef:NAME",
 *                    "std_error:NAME"
 * @return NOT_FOUND, BAD_ARGUMENT, SHAPE_MISMATCH (gaps; too short), TOO_FEW_OBS, RANK_DEFICIENT, NUMERICAL, NO_MEMORY
 * Cost: O(L^2 H) for L low and H high periods.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_disaggregate(pgdp_ctx *ctx, const pgdp_frame *low, const char *column,
                                                           const pgdp_frame *indicators, const pgdp_disaggregation *how,
                                                           pgdp_frame **out);

/** Where a spliced series takes its level from. */
typedef enum pgdp_splice_level { PGDP_SPLICE_NEWER, PGDP_SPLICE_OLDER } pgdp_splice_level;
typedef struct pgdp_splice {
    pgdp_splice_level level;
    bool difference; /**< the other is shifted by the mean difference over the overlap; else scaled by the ratio of
                        the means */
    pgdp_period first, last; /**< overlap that links them; no frequency: all periods that both have */
} pgdp_splice;
/**
 * Two columns of one name and frequency made one: the newer where it has values, before it the older, brought to one
 * level. @return as above; SHAPE_MISMATCH when no period has both; NUMERICAL for a ratio of means that is not positive
 * @param out  period, the column; note "factor" or "shift" that was applied
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_splice(pgdp_ctx *ctx, const pgdp_frame *older, const pgdp_frame *newer,
                                                     const char *column, const pgdp_splice *how, pgdp_frame **out);

/**
 * Chain-linked volume by annual overlap (IMF, Quarterly National Accounts Manual 2017, chapter 8, section D): in each
 * year the ratio of values at the previous year's mean prices to that year's mean of current values carries the chain.
 * @param current   column at current prices: annual, quarterly or monthly, at one rate throughout
 * @param previous  column at the mean prices of the previous year
 * @param reference year in which the mean of the volume equals that of current values
 * @param out       period, volume, deflator (current / volume, 1 in the reference year)
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_chain(pgdp_ctx *ctx, const pgdp_frame *in, const char *current,
                                                    const char *previous, int reference, pgdp_frame **out);

#ifdef __cplusplus
}
#endif
#endif
