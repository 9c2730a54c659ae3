/* same_frame.h  Two frames that must not differ in what is known of a column, a note, a level or the bits of a cell.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_SAME_FRAME_H
#define PGT_SAME_FRAME_H

#include "core/frame.h"
#include "tests/ingest/reading.h"

static inline bool same_column(const pgdp_frame *a, const pgdp_frame *b, size_t ja, size_t jb)
{
    const pgdp_column *x = pgdp_frame_column(a, ja), *y = pgdp_frame_column(b, jb);
    const size_t n = pgdp_frame_n_rows(a), n_levels = pgdp_frame_n_levels(a, ja);
    if (strcmp(x->name, y->name) != 0 || x->type != y->type || x->frequency != y->frequency) return false;
    if (n_levels != pgdp_frame_n_levels(b, jb)) return false;
    for (uint32_t k = 0; k < n_levels; k++)
        if (strcmp(pgdp_frame_level(a, ja, k), pgdp_frame_level(b, jb, k)) != 0) return false;
    if (n == 0) return true;
    if (x->type == PGDP_TEXT)
        return memcmp(pgdp_frame_codes(a, ja), pgdp_frame_codes(b, jb), n * sizeof(uint32_t)) == 0;
    if (x->type == PGDP_PERIOD)
        return memcmp(pgdp_frame_periods(a, ja), pgdp_frame_periods(b, jb), n * sizeof(int32_t)) == 0;
    const double *p = pgdp_frame_reals(a, ja), *q = pgdp_frame_reals(b, jb);
    for (size_t i = 0; i < n; i++)
        if (isnan(p[i]) != isnan(q[i]) || (!isnan(p[i]) && memcmp(&p[i], &q[i], sizeof *p) != 0)) return false;
    return true;
}

static inline bool same_attributes(const pgdp_column *x, const pgdp_column *y)
{
    return strcmp(x->unit, y->unit) == 0 && strcmp(x->price_basis, y->price_basis) == 0 &&
           strcmp(x->adjustment, y->adjustment) == 0 && strcmp(x->vintage, y->vintage) == 0;
}

/* Why two frames differ; NULL: they do not. */
static inline const char *frame_difference(const pgdp_frame *a, const pgdp_frame *b)
{
    const size_t n_columns = pgdp_frame_n_columns(a);
    const char *key, *value = NULL, *other = NULL;
    if (pgdp_frame_n_rows(a) != pgdp_frame_n_rows(b)) return "rows";
    if (n_columns != pgdp_frame_n_columns(b)) return "columns";
    for (size_t j = 0; j < n_columns; j++)
        if (!same_column(a, b, j, j) || !same_attributes(pgdp_frame_column(a, j), pgdp_frame_column(b, j)))
            return pgdp_frame_column(a, j)->name;
    for (size_t i = 0;; i++) {
        key = pg_frame_note_at(a, i, &value);
        const char *same = pg_frame_note_at(b, i, &other);
        if (key == NULL || same == NULL) return key == same ? NULL : "notes";
        if (strcmp(same, key) != 0 || strcmp(value, other) != 0) return key;
    }
}

#endif
