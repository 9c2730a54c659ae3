/* measures.h  The list of rival measures: one line each, its constant in measure_NAME.c; what they share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_MEASURES_H
#define PG_MEASURES_H

#include "core/map.h"
#include "pgdp/measures.h"
#include "tasks/columns.h"

#define PG_MEASURES(X)                                                                                                 \
    X(aioe)                                                                                                            \
    X(sml)                                                                                                             \
    X(webb)                                                                                                            \
    X(applicability)                                                                                                   \
    X(usage)                                                                                                           \
    X(horizon)                                                                                                         \
    X(remote_labor)
#define PG_ENTRY(name) extern const pgdp_measure pg_measure_##name;
PG_MEASURES(PG_ENTRY)
#undef PG_ENTRY

/** The comparison of pgdp_measures_compare(). */
pgdp_status pg_measures_compare(pgdp_ctx *ctx, const pgdp_measure_table *tables, size_t top, pgdp_measurement *out);
/** That of pgdp_crosswalk_apply(). */
pgdp_status pg_crosswalk_apply(pgdp_ctx *ctx, const pgdp_frame *table, const pgdp_frame *by, const pgdp_crosswalk *how,
                               pgdp_measurement *out);

/** Add a frame of these columns to the answer. `name`: static. */
pgdp_status pg_measurement_add(pgdp_ctx *ctx, pgdp_measurement *m, const char *name, const pgdp_column *columns,
                               size_t n_columns, pgdp_frame **out);

/** Numbers that must all be there, within [low, high]. @return PARSE names table, row and column */
pgdp_status pg_numbers(pgdp_ctx *ctx, pg_table table, const char *column, const double range[2], const double **out);
/** The same where missing cells are allowed (NaN), or the column itself (*out NULL). */
pgdp_status pg_numbers_known(pgdp_ctx *ctx, pg_table table, const char *column, const double range[2],
                             const double **out);
/** A column's cells as keys: text, or numbers in their shortest form. The first of the NULL-ended names that is there.
 */
pgdp_status pg_keys(pgdp_ctx *ctx, pg_table table, const char *const *names, const char ***out);
/** Distinct keys in order of appearance: index[i] of row i. The map's keys are those of `keys`. */
pgdp_status pg_index_keys(pgdp_ctx *ctx, const char *const *keys, size_t n, size_t *index, pg_map *map);
/** Columns of numbers of a table: [*n] indices. */
pgdp_status pg_number_columns(pgdp_ctx *ctx, const pgdp_frame *frame, size_t **columns, size_t *n);
/** z-scores of x [n] with divisor n - 1; NaN where they do not vary. */
void pg_z_scores(const double *x, size_t n, double *z);
/** The six-digit part of an O*NET-SOC code: "15-1252" of "15-1252.00". */
pgdp_status pg_soc_of(pgdp_ctx *ctx, const char *code, const char **out);
/** From 0 (lowest) to 1 (highest), ties in the middle; of those that are not NaN. */
pgdp_status pg_rank_shares(pgdp_ctx *ctx, const double *x, size_t n, double *rank);

#endif
