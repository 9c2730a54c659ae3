/* input_checks.h  What a study or a file of rules says of its tables, row by row: a list of kinds, one file each.
 * Spec: docs/checks.md. SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_INPUT_CHECKS_H
#define PG_INPUT_CHECKS_H

#include "core/map.h"
#include "study/yaml.h"

#include "pgdp/frame.h"

/** A table under its name. */
typedef struct pg_named_table {
    const char *name, *path;
    bool lines; /**< of a CSV file: rows are told as lines of it */
    const pgdp_frame *frame;
} pg_named_table;
typedef struct pg_named_tables {
    const pg_named_table *items;
    size_t n;
} pg_named_tables;

/** One check while it runs. */
typedef struct pg_check_job {
    const pg_yaml *node;
    const pg_named_table *table;
    const pg_named_tables *all;
    size_t n_checked, n_failed; /**< rows, groups or periods */
    char first[512];            /**< the first failure: where, found, expected */
} pg_check_job;

/** One kind: a constant in study/check_NAME.c, listed below; NAME is the key that tells it. */
typedef struct pg_check_kind {
    const char *name;
    const char *const *keys; /**< of its mapping, NULL-ended */
    /** Look the table over; failures through pg_check_found(). @return PARSE for what the rules themselves have wrong
     */
    pgdp_status (*run)(pgdp_ctx *ctx, pg_check_job *job);
} pg_check_kind;
#define PG_CHECK_KINDS(X) X(rule) X(unique) X(complete) X(one_of) X(known) X(no_gaps) X(adds_up) X(agrees)
#define PGDP_ENTRY(name)  extern const pg_check_kind pg_check_##name;
PG_CHECK_KINDS(PGDP_ENTRY)
#undef PGDP_ENTRY

/** The checks of an input, a sequence of mappings: each has one kind and no unknown key. */
pgdp_status pg_input_checks_read(pgdp_ctx *ctx, const pg_yaml *node);
/** Told of each check that was run: its name, as it was written, and what it found. */
typedef pgdp_status (*pg_check_report)(pgdp_ctx *ctx, void *user, const char *name, const pg_check_job *job);
/** Run the checks of one of the tables. @return PARSE (rules that name what is not there), the report's */
pgdp_status pg_input_checks_run(pgdp_ctx *ctx, const pg_yaml *node, const pg_named_tables *all, size_t table,
                                pg_check_report report, void *user);

/** A failure in a row (PGDP_NONE: of no row); the first one's words are kept. */
void pg_check_found(pg_check_job *job, size_t row, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** Columns named by a key, a scalar or a sequence; a missing key is none of them. @return PARSE */
pgdp_status pg_check_columns_of(pgdp_ctx *ctx, const pg_check_job *job, const char *key, size_t **out, size_t *n);
/** A column of another table, written INPUT.COLUMN. @return PARSE */
pgdp_status pg_check_other(pgdp_ctx *ctx, const pg_check_job *job, const char *key, const pg_named_table **table,
                           size_t *column);
/** A number column under a key. @return PARSE */
pgdp_status pg_check_reals(pgdp_ctx *ctx, const pg_check_job *job, const char *key, const double **out);
/** Which rows an expression under a key selects, [n_rows]; a missing key: all. @param negate  those for which it is
 * false
 */
pgdp_status pg_check_rows(pgdp_ctx *ctx, const pg_check_job *job, const char *key, bool negate, bool **out);
/** The cells of columns in words, "2024, 11-1011"; *out "" when one of them is missing. */
pgdp_status pg_check_key(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t *columns, size_t n, size_t row,
                         const char **out);

#endif
