/* model.h  The model's inside: one cell's response to AI, its channels, the aggregates, and checks of what is given.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_GAP_MODEL_H
#define PG_GAP_MODEL_H

#include "core/ctx.h"
#include "pgdp/gap.h"

/** Differences of this relative size are rounding: no state and no regime is called on them. */
#define PG_GAP_SLACK 1e-12

/** One cell after AI; quantities at base prices, money in the currency of v0. */
typedef struct pg_outcome {
    double price;         /**< buyer price of constant quality, pt */
    double q_h, q_s, q_e; /**< human, substituted, expanded work */
    double f, n, m;       /**< full spending, recorded nominal, recorded real */
    double defl_s, defl_e, bound_s, bound_e;
    double cs; /**< consumer surplus of work that continues */
    pgdp_regime regime;
} pg_outcome;
/** Methodology 5.1 for one checked cell: the same bits as in the aggregates. */
void pg_cell_outcome(const pgdp_gap_cell *cell, pgdp_gap_mode mode, pg_outcome *out);

/** Laspeyres, Paasche and Fisher quantity indexes. */
typedef struct pg_quantity_index {
    double laspeyres, paasche, fisher;
} pg_quantity_index;
/** From values at prices of one period and quantities of another: p0q1 is sum of p0 q1. New goods stand in p0q1 at
 * their reservation price (Hicks). Base values of 0 give NaN. */
pg_quantity_index pg_quantity_indexes(double p0q0, double p0q1, double p1q0, double p1q1);

/** Cells and new tasks of one run; all checked. */
typedef struct pg_economy {
    const pgdp_gap_cell *cells;
    size_t n_cells;
    const pgdp_gap_new_task *news;
    size_t n_news;
    pgdp_gap_mode mode;
} pg_economy;
/** The aggregates; cannot fail. O(n). */
void pg_gap_evaluate(const pg_economy *economy, pgdp_gap *out);
/** Sums over cells [PG_N_SUMS of rows.h] and the economy's new tasks to the aggregates; its cells are not read. */
void pg_gap_of_sums(const double *sums, const pg_economy *economy, pgdp_gap *out);

/** A number that a cell, new task or workload has: its name, place and allowed range. */
typedef struct pg_field {
    const char *name;
    size_t offset;
    double lo, hi;
    bool open;     /**< lo itself is not allowed */
    bool optional; /**< blank or absent in a file: `hi` */
} pg_field;
extern const pg_field pg_cell_fields[], pg_new_fields[], pg_workload_fields[]; /**< each ends with a NULL name */
/** Is one number in its field's range? */
pgdp_status pg_check_number(pgdp_ctx *ctx, const pg_field *field, double x);
/** Each field of a struct in its range? The caller says where with pg_fail_within(). */
pgdp_status pg_check_fields(pgdp_ctx *ctx, const pg_field *fields, const void *object);
/** What no single field shows: demand without bound; buying above the reservation price. */
pgdp_status pg_check_cell(pgdp_ctx *ctx, const pgdp_gap_cell *cell);
pgdp_status pg_check_new(pgdp_ctx *ctx, const pgdp_gap_new_task *task);
/** Put "cell 3 (legal): " before the last error's sentence; i counts from 0, name may be NULL. */
pgdp_status pg_gap_fail_at(pgdp_ctx *ctx, pgdp_status status, const char *what, size_t i, const char *name);
/** Cells and new tasks of a caller. */
pgdp_status pg_check_economy(pgdp_ctx *ctx, const pg_economy *economy);

/** The detail frame of pgdp_gap_compute(). */
pgdp_status pg_gap_detail(pgdp_ctx *ctx, const pg_economy *economy, const pg_outcome *outcomes, pgdp_frame **out);

/** One row of PGDP_GAP_LIST. */
typedef struct pg_gap_item {
    const char *name, *unit, *text;
    size_t offset; /**< in pgdp_gap */
} pg_gap_item;
extern const pg_gap_item pg_gap_items[]; /**< ends with a NULL name */
enum {
#define PGDP_ENTRY(name, unit, text) PG_GAP_##name,
    PGDP_GAP_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PG_N_GAP_ITEMS
};
double pg_gap_value(const pgdp_gap *gap, size_t i);

#endif
