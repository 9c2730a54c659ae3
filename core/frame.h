/* frame.h  Building frames in bulk: reserve, writable views, interning, selecting and stacking rows.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRAME_H
#define PG_FRAME_H

#include "core/ctx.h"
#include "pgdp/frame.h"

/** Make room for n_rows rows in all, so that adding them allocates only texts. */
pgdp_status pg_frame_reserve(pgdp_ctx *ctx, pgdp_frame *frame, size_t n_rows);
/** Add n rows at once, all cells missing. */
pgdp_status pg_frame_add_rows(pgdp_ctx *ctx, pgdp_frame *frame, size_t n);
/** Add n rows whose cells hold anything: the caller sets every one of them (spares a pass over fresh memory). */
pgdp_status pg_frame_add_bare_rows(pgdp_ctx *ctx, pgdp_frame *frame, size_t n);
/** Drop the rows from n_rows on, and give back the memory of what is not used. */
pgdp_status pg_frame_cut(pgdp_ctx *ctx, pgdp_frame *frame, size_t n_rows);
/** Give a column another type: its levels are dropped, its cells hold anything. */
pgdp_status pg_frame_retype(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, pgdp_type type);
/** Writable views, [n_rows], valid until rows are added; NULL when the column is of another type. */
double *pg_frame_edit_reals(pgdp_frame *frame, size_t index);
uint32_t *pg_frame_edit_codes(pgdp_frame *frame, size_t index);
int32_t *pg_frame_edit_periods(pgdp_frame *frame, size_t index);
/** The code of a text in a column, made when new; NULL text: PGDP_NO_CODE. length as in pgdp_frame_set_text(). */
pgdp_status pg_frame_intern(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, const char *text, size_t length,
                            uint32_t *code);
/** The code of a text that a column already has; PGDP_NO_CODE when it has none. O(1). */
uint32_t pg_frame_find_level(const pgdp_frame *frame, size_t index, const char *text, size_t length);
/** Add a column with its cells; they must be as many as the rows, or the frame must have no columns yet. */
pgdp_status pg_frame_add_reals(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *about, const double *cells,
                               size_t n);
/**
 * Keep the n columns of `order` (no index twice), in that order, and let the others go; the cells stay where they are.
 * @param names  [n], or NULL: as they are. @return BAD_ARGUMENT for equal names
 */
pgdp_status pg_frame_arrange(pgdp_ctx *ctx, pgdp_frame *frame, const size_t *order, const char *const *names, size_t n);
/** Say anew what is known of a column: all but its name and type. */
pgdp_status pg_frame_describe(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, const pgdp_column *as);
/** Notes in order of their first setting: the key, or NULL past the end. */
const char *pg_frame_note_at(const pgdp_frame *frame, size_t i, const char **value);
void pg_frame_drop_notes(pgdp_frame *frame); /**< all of them */
/** Whether a cell is missing. */
bool pg_frame_is_missing(const pgdp_frame *frame, size_t column, size_t row);

/** Rows [first, first + n) of a frame as a view: nothing is copied, it dies before the frame and cannot grow. */
pgdp_status pg_frame_slice(pgdp_ctx *ctx, const pgdp_frame *frame, size_t first, size_t n, pgdp_frame **out);
/** A frame with the columns, levels and notes of `head`, borrowed, and n rows of its own whose cells hold anything. */
pgdp_status pg_frame_like(pgdp_ctx *ctx, const pgdp_frame *head, size_t n, pgdp_frame **out);

/** Which rows and columns; rows NULL: all, columns NULL: all. */
typedef struct pg_selection {
    const size_t *rows; /**< [n_rows]; PGDP_NONE there makes a row of missing cells, as a left join needs */
    size_t n_rows;
    const size_t *columns; /**< [n_columns] */
    size_t n_columns;
} pg_selection;
/** A new frame with the selected cells and all notes; levels are coded anew in order of first appearance. */
pgdp_status pg_frame_select(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_selection *selection, pgdp_frame **out);
/**
 * Stack the rows of `more` below those of `frame`, columns by name; columns that frame lacks are added.
 * @return SHAPE_MISMATCH when a column's type or frequency differs (the message names it)
 */
pgdp_status pg_frame_append(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_frame *more);

#endif
