/** @file ingest.h  Bytes to frames: the registry of source formats.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_INGEST_H
#define PGDP_INGEST_H

#include "pgdp/frame.h"

#ifdef __cplusplus
extern "C" {
#endif

/** A whole file in memory. Readers never open paths, so tests and fuzzers feed them memory. */
typedef struct pgdp_bytes {
    const char *label; /**< for messages: "gdp_q.csv" */
    const unsigned char *data;
    size_t n;
} pgdp_bytes;

/** The tables of one file. */
typedef struct pgdp_dataset pgdp_dataset;
PGDP_API void pgdp_dataset_free(pgdp_dataset *dataset);                /**< and its tables */
PGDP_API const char *pgdp_dataset_format(const pgdp_dataset *dataset); /**< name of the reader that read it */
PGDP_API size_t pgdp_dataset_n_tables(const pgdp_dataset *dataset);    /**< at least 1 */
PGDP_API const char *pgdp_dataset_table_name(const pgdp_dataset *dataset,
                                             size_t table); /**< a sheet, a series, or "" */
PGDP_API const pgdp_frame *pgdp_dataset_table(const pgdp_dataset *dataset, size_t table);

/** One format: a constant in ingest/read_NAME.c, listed in ingest/readers.h. */
typedef struct pgdp_reader {
    const char *name, *title, *spec; /**< spec: the document that defines the format */
    /** From its first bytes and label, is it ours? Higher is surer; 0: no. The label decides only between equals. */
    int (*sniff)(const pgdp_bytes *head);
    /** Add every table to out with pg_dataset_add(); on failure the runner drops it. */
    pgdp_status (*read)(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out);
} pgdp_reader;
PGDP_API const pgdp_reader *pgdp_reader_at(size_t i); /**< of the list; NULL: past its end */

/** Read one file; format NULL sniffs. @return NOT_FOUND (no such format), PARSE (label:row:column), NO_MEMORY */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ingest(pgdp_ctx *ctx, const char *format, const pgdp_bytes *in,
                                               pgdp_dataset **out);
/** The same from a path. @return also IO */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ingest_file(pgdp_ctx *ctx, const char *format, const char *path,
                                                    pgdp_dataset **out);
/** Which table of a file, and how much of it. */
typedef struct pgdp_load {
    const char *format;         /**< name of a reader; NULL: found by content */
    const char *sheet;          /**< name of the table; NULL: the only one */
    const char *const *columns; /**< [n_columns] names wanted; others may be left out; NULL: all */
    size_t n_columns;
    const char *cache;  /**< directory that keeps tables read before in columnar files; NULL: none */
    const char *survey; /**< BLS LABSTAT observations: join the titles, units, names and footnotes of the survey's
                             files in this folder ("": beside the file, by label); NULL: do not */
    bool described; /**< bytes in memory: look for the description that pgdp_frame_save_csv() wrote beside the file, by
                         label, as is done for a path */
} pgdp_load;
/** pgdp_ingest() with the format and the survey of `how`. @return also what files of the survey fail with */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ingest_as(pgdp_ctx *ctx, const pgdp_load *how, const pgdp_bytes *in,
                                                  pgdp_dataset **out);
/** The same from a path. @return also IO */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ingest_path(pgdp_ctx *ctx, const pgdp_load *how, const char *path,
                                                    pgdp_dataset **out);
/**
 * One table of a file as a frame, freed with pgdp_frame_free(). Large delimited text is parsed in parallel and only in
 * the columns wanted, whose cells, types and notes are those of the whole table.
 * @return as pgdp_ingest_file(); NOT_FOUND also when there is no such table, or several and none is named
 * Cost: one pass over the file, memory of the columns wanted; with a cache, from the second time on, that of reading
 * the columns.
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_load_table(pgdp_ctx *ctx, const char *path, const pgdp_load *how,
                                                   pgdp_frame **out);
/**
 * One table of a file to a columnar file (table.h). Delimited text, plain or compressed, streams: memory does not grow
 * with the rows. Text that only the careful reader knows, and other formats, are read whole first.
 * @param how  format, sheet and columns; NULL: found by content, the only table, all
 * @return as pgdp_load_table(), and IO of the file written
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_convert(pgdp_ctx *ctx, const char *from, const pgdp_load *how, const char *to);
/**
 * What a file holds, as design.md's `pgdp data show`: format, rows, columns, periods, first rows, tables.
 * @param as_json  one JSON object, or a table for people
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_dataset_show(pgdp_ctx *ctx, const pgdp_dataset *dataset, bool as_json,
                                                     const pgdp_sink *sink);

#ifdef __cplusplus
}
#endif
#endif
