/** @file reports.h  Finished results to files: the workbook and its exact twin.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_REPORTS_H
#define PGDP_REPORTS_H

#include "pgdp/gap.h"
#include "pgdp/tasks.h"

#ifdef __cplusplus
extern "C" {
#endif

/** What sheets look at. Borrowed; a member may be NULL, then its sheet is left out. Frames' columns as their headers
 * say. */
typedef struct pgdp_results {
    const char *title, *name, *author, *as_of, *purpose;
    const pgdp_frame *key_figures; /**< figure, value, conf_low, conf_high, unit, definition, source */
    const pgdp_frame *tasks, *activities, *occupations, *headline, *comparison, *calibration, *path, *differences,
        *conformal, *importance;                                     /**< of pgdp_scoring */
    const pgdp_frame *evidence_headline, *evidence_tiers, *evidence; /**< of pgdp_monitor */
    const pgdp_frame *measures, *measure_pairs;                      /**< summary and pairs of pgdp_scores_compute() */
    const pgdp_regression *const *regressions;
    size_t n_regressions;
    const pgdp_gap *gap, *gap_other; /**< in the study's mode, and in the other one */
    pgdp_gap_mode mode;
    const pgdp_frame *gap_detail, *bands, *shares, *grid; /**< of gap.h */
    const pgdp_workload *work;                            /**< rows of the live Scenarios */
    size_t n_work;
    const pgdp_parameter *parameters; /**< [PGDP_N_PARAMETERS] */
    const pgdp_frame *top_down;
    const pgdp_frame *series;      /**< wide: period, then a column a series */
    const pgdp_frame *series_list; /**< series, title, unit, ..., vintage, source */
    const pgdp_frame *published;   /**< figures of others beside ours */
    const pgdp_frame *checks;      /**< check, value, expected, difference, tolerance, passed */
    const pgdp_frame *sources;     /**< the data catalogue */
    const pgdp_frame *notes;       /**< note, text */
    const pgdp_frame *provenance;  /**< key, value: program, libraries, study sha256, seed */
    const pgdp_fit *scoring_fit;   /**< the scoring model; its terms stand beside the regressions */
    const pgdp_gap_new_task *news; /**< of the gap; the live Scenarios need them */
    size_t n_news;
} pgdp_results;

/**
 * Write all sheets that have results; the path's ending (.xlsx, .json) names the writer.
 * The file appears whole or not at all, is read back and compared cell by cell before it is put in place.
 * @return NOT_FOUND (no such ending), IO (also a workbook that does not read back), NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_report_write(pgdp_ctx *ctx, const char *path, const pgdp_results *results);
/** A table as a workbook of one sheet with a header row, whole or not at all, which is read back as the very same frame
 * (docs/roundtrip.md). Missing cells are empty, days are dates, years numbers, other periods text. Besides the table
 * only its distinct texts take memory, and any number of threads writes the same bytes.
 * @return SHAPE_MISMATCH (more rows or columns than a sheet holds), PARSE (text that a workbook cannot hold), IO */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_frame_write_xlsx(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path);

#ifdef __cplusplus
}
#endif
#endif
