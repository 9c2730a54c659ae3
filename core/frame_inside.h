/* frame_inside.h  How a frame is laid out, for the files that build and borrow columns; nobody else looks inside.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_FRAME_INSIDE_H
#define PG_FRAME_INSIDE_H

#include "core/frame.h"
#include "core/map.h"

/* Texts stay where they were first copied, since the map borrows them. */
typedef struct pg_level {
    const char *text;
    size_t length;
} pg_level;

typedef struct pg_frame_column {
    pgdp_column about;
    union {
        void *any;
        double *reals;
        uint32_t *codes;
        int32_t *periods;
    } cells; /* [capacity of the frame]; those past n_rows are missing already */
    pg_map codes_by_text;
    pg_level *levels;
    size_t n_levels, levels_capacity;
    uint32_t last_code; /* neighbouring rows often repeat */
} pg_frame_column;

typedef struct pg_note {
    struct pg_note *next;
    const char *key, *value;
} pg_note;

struct pgdp_frame {
    pgdp_allocator allocator; /* arrays that grow live here, what stays in the arena */
    pg_arena arena;
    pg_frame_column **columns; /* by pointer, so that descriptions stay in place */
    size_t n_columns, columns_capacity;
    size_t n_rows, capacity;
    pg_map columns_by_name;
    pg_note *notes;
    bool borrows_levels; /* names, levels and notes are another frame's: nothing can be added to them */
    bool borrows_cells;  /* and the cells too */
};

/** Bytes of a cell. */
size_t pg_cell_size(pgdp_type type);
/** Resize an array of the frame's allocator; false when memory is out, then nothing has changed. */
bool pg_frame_resize(pgdp_frame *frame, void **array, size_t n, size_t size);
/** Give one back; NULL is fine. */
void pg_frame_release(pgdp_frame *frame, void *array);

#endif
