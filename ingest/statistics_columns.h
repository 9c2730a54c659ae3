/* statistics_columns.h  What the first pass over a statistics file finds, for the second to fill.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STATISTICS_COLUMNS_H
#define PG_STATISTICS_COLUMNS_H

#include "core/frame.h"
#include "core/map.h"
#include "core/text.h"
#include "ingest/dataset.h"
#include "ingest/statistics_dates.h"
#include "ingest/statistics_file.h"

/* A number with more values than PG_MOST_VALUES is a quantity, whatever labels a few of them have. */
enum { PG_MOST_VALUES = 1024 };

/* A value of a labelled number; the map borrows it as its key. */
typedef struct pg_level {
    double number;
    const char *label;
    uint32_t code; /* in the frame, once met there */
} pg_level;
/* A code that stands for missing. */
typedef struct pg_missing_code {
    const char *text;
    size_t n;
} pg_missing_code;

typedef struct pg_statistics_column {
    const char *name, *label, *format, *set; /* set "": no labels */
    const pg_clock *clock;                   /* NULL: no date */
    bool is_text, all_dates, skipped;
    pg_map by_value;   /* of a labelled number */
    pg_level **levels; /* at most PG_MOST_VALUES + 1: one too many says that it is a quantity */
    size_t n_levels, levels_capacity;
    pg_missing_code *codes;
    size_t n_codes, n_uncounted;
    size_t index, label_index; /* in the frame; label_index PGDP_NONE: none */
    double *reals;
    int32_t *periods;
    uint32_t *texts, *labels;
} pg_statistics_column;
typedef struct pg_label_set {
    const char *name;
    pg_text list; /* "1=White; 2=Black" */
} pg_label_set;

typedef struct pg_statistics_contents {
    pgdp_ctx *ctx;
    const pg_statistics_source *source;
    const pgdp_dataset *into; /* whose caller may want some columns alone */
    const char *name, *title, *weight;
    pg_text notes;
    pg_statistics_column *columns;
    size_t n_columns, columns_capacity, n_rows;
    pg_map sets_by_name, labels_by_value; /* of the latter: a set's name, a line end and the text of a value */
    pg_label_set *sets;
    size_t n_sets, sets_capacity;
    const char **labels;
    size_t n_labels, labels_capacity;
    double n_bytes; /* what the cells take, to refuse bombs */
    pgdp_frame *frame;
} pg_statistics_contents;

/** The first pass. @param bad_text  as pg_statistics_parse() says it */
pgdp_status pg_statistics_look(pgdp_ctx *ctx, const pg_statistics_source *source, const pgdp_dataset *into,
                               pg_statistics_contents *out, bool *bad_text);
/** Whether the caller asked for a column. */
bool pg_statistics_wants(const pg_statistics_contents *contents, const char *name);
/** Count what is kept in memory. @return PARSE when it is out of all proportion to the file */
pgdp_status pg_statistics_charge(pg_statistics_contents *contents, size_t n);
/** A set of labels by its name; NULL: none. */
const pg_label_set *pg_statistics_set(const pg_statistics_contents *contents, const char *name);
/** The label that a set gives to a value's text ("3", ".a"); NULL: none. */
pgdp_status pg_statistics_label(pg_statistics_contents *contents, const char *set, const char *value, const char **out);
/** The level of a number in a labelled column; NULL: not met. */
pg_level *pg_statistics_level(const pg_statistics_column *of, double number);

#endif
