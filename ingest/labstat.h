/* labstat.h  LABSTAT observations joined with the titles, units, names and footnotes of their survey.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_LABSTAT_H
#define PG_LABSTAT_H

#include "core/frame.h"
#include "ingest/dataset.h"

/** A series or code list of the survey, as the reader labstat gives it. */
typedef struct pg_labstat_list {
    const char *name; /**< of the file, without its folder: "ce.industry" */
    const pgdp_frame *frame;
} pg_labstat_list;
typedef struct pg_labstat_survey {
    const char *code;             /**< "ce" */
    const pg_labstat_list *lists; /**< [n_lists] */
    size_t n_lists;
} pg_labstat_survey;

/**
 * Add to observations: footnotes, period_name, series_title, unit, adjustment, and of each dimension of the series its
 * code and name. Codes without a row in their list are counted and named in the notes "unmatched:COLUMN".
 * @return NOT_FOUND when no list is one of series
 */
pgdp_status pg_labstat_join(pgdp_ctx *ctx, const pg_labstat_survey *survey, pgdp_frame *observations);
/**
 * The same with the files of a folder that begin as the label does ("ce." for ce.data.0.AllCESSeries).
 * @param path  of the folder; "": that of the label
 * @return BAD_ARGUMENT when these are no LABSTAT observations, NOT_FOUND, PARSE, IO
 */
pgdp_status pg_labstat_join_folder(pgdp_ctx *ctx, const char *path, const char *label, pgdp_dataset *dataset);

/**
 * A dimension of the series: a column of the list of series with the names of its codes. Arrays are by level of the
 * observations' series_id; NULL there: not known.
 */
typedef struct pg_labstat_dimension {
    const char *code_name, *text_name; /**< of the columns; text_name NULL: no list holds these codes */
    const char **codes, **texts;
} pg_labstat_dimension;
/**
 * Unit of the series at a level, or NULL where the survey's lists do not state one. Source: formats.md 6.
 * @param survey  "ce"
 */
pgdp_status pg_labstat_unit(pgdp_ctx *ctx, const char *survey, const pg_labstat_dimension *dimensions, size_t n,
                            size_t level, const char **unit);
/** Unit of one aspect of an employment projection, NULL for an unknown one. */
const char *pg_labstat_aspect_unit(const char *aspect);

#endif
