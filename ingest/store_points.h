/* store_points.h  The series of a document: which columns of its tables are series, and every value as a point.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STORE_POINTS_H
#define PG_STORE_POINTS_H

#include "core/frame.h"
#include "core/map.h"
#include "pgdp/ingest.h"

/** One series of a document. */
typedef struct pg_series {
    const char *name;
    pgdp_frequency frequency;
    const char *title, *unit, *price_basis, *adjustment; /**< never NULL */
} pg_series;
/** One value of a document. */
typedef struct pg_point {
    uint32_t series, flag; /**< of the list below; flag 0: none */
    int32_t period, vintage;
    double value; /**< NaN: the document says that it is missing */
} pg_point;
/** All of a document, in ctx->scratch: points by series, period, vintage; no two alike. */
typedef struct pg_points {
    const char *label;
    pg_series *series;
    const char **flags; /**< [n_flags], flags[0] is "" */
    pg_point *points;
    size_t n_series, n_flags, n;
    size_t n_no_period; /**< rows without a period */
    size_t n_plain;     /**< tables without series */
    size_t series_capacity, flags_capacity, capacity;
    pg_map series_by_name, flags_by_text;
} pg_points;

/** A day from a date or the last day of a longer period; false: text is neither. */
bool pg_store_day(const char *text, int32_t *day);
/** The same bits; all missing values are the same, and both zeros. */
bool pg_same_value(double a, double b);
/** @param vintage  day, for columns that tell no own
 * @return PARSE when a series has two values of one period and vintage, NO_MEMORY */
pgdp_status pg_points_of(pgdp_ctx *ctx, const char *label, const pgdp_dataset *dataset, int32_t vintage,
                         pg_points *out);

/** What the columns of one table are; PGDP_NONE: it has none such. */
typedef struct pg_roles {
    size_t period, series, value, flag, vintage, title, unit, price_basis, adjustment;
    const int32_t *periods; /**< [n_rows]; NULL: the table has no periods */
    pgdp_frequency frequency;
} pg_roles;
/** @param out->periods  in ctx->scratch where they are made from a column of years */
pgdp_status pg_roles_of(pgdp_ctx *ctx, const pgdp_frame *frame, pg_roles *out);
/** The column that holds the marks of column `value`: NAME_flag, or the table's; PGDP_NONE: none. */
pgdp_status pg_flag_column(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_roles *roles, size_t value, size_t *out);
/** Sort points by series, period, vintage. */
pgdp_status pg_points_sort(pgdp_ctx *ctx, pg_point *points, size_t n, size_t n_series);

#endif
