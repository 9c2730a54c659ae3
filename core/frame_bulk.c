/* frame_bulk.c  Frames that borrow from another, and rows that are added without being filled first.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame_inside.h"

#include <math.h>
#include <string.h>

/* A frame with the columns of `from`: descriptions, levels and notes are borrowed, cells are none. */
static pgdp_status borrow(pgdp_ctx *ctx, const pgdp_frame *from, pgdp_frame *to)
{
    const size_t n = from->n_columns;
    void *list = NULL;
    pg_frame_column *columns;
    if (n > 0 && !pg_frame_resize(to, &list, n, sizeof(void *))) return pg_no_memory(ctx);
    to->columns = list;
    to->columns_capacity = n;
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&to->arena, n, sizeof *columns));
    to->borrows_levels = true;
    to->columns_by_name = from->columns_by_name;
    to->notes = from->notes;
    for (size_t j = 0; j < n; j++) {
        columns[j] = *from->columns[j];
        columns[j].cells.any = NULL;
        to->columns[j] = &columns[j];
    }
    to->n_columns = n;
    return PGDP_OK;
}

static pgdp_status own_cells(pgdp_ctx *ctx, pgdp_frame *frame, size_t n)
{
    for (size_t j = 0; j < frame->n_columns; j++) {
        pg_frame_column *c = frame->columns[j];
        if (!pg_frame_resize(frame, &c->cells.any, n > 0 ? n : 1, pg_cell_size(c->about.type)))
            return pg_no_memory(ctx);
    }
    frame->n_rows = frame->capacity = n;
    return PGDP_OK;
}

pgdp_status pg_frame_like(pgdp_ctx *ctx, const pgdp_frame *head, size_t n, pgdp_frame **out)
{
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    pgdp_status status = borrow(ctx, head, frame);
    if (status == PGDP_OK) status = own_cells(ctx, frame, n);
    if (status == PGDP_OK)
        *out = frame;
    else
        pgdp_frame_free(frame);
    return status;
}

pgdp_status pg_frame_slice(pgdp_ctx *ctx, const pgdp_frame *frame, size_t first, size_t n, pgdp_frame **out)
{
    pgdp_frame *slice;
    PG_TRY(pgdp_frame_new(ctx, &slice));
    const pgdp_status status = borrow(ctx, frame, slice);
    if (status != PGDP_OK) {
        pgdp_frame_free(slice);
        return status;
    }
    slice->borrows_cells = true;
    for (size_t j = 0; j < slice->n_columns; j++) {
        pg_frame_column *c = slice->columns[j];
        c->cells.any = (char *)frame->columns[j]->cells.any + first * pg_cell_size(c->about.type);
    }
    slice->n_rows = slice->capacity = n;
    *out = slice;
    return PGDP_OK;
}

pgdp_status pg_frame_add_bare_rows(pgdp_ctx *ctx, pgdp_frame *frame, size_t n)
{
    if (n > SIZE_MAX / 16 - frame->n_rows) return pg_no_memory(ctx);
    const size_t need = frame->n_rows + n;
    for (size_t j = 0; need > frame->capacity && j < frame->n_columns; j++) {
        pg_frame_column *c = frame->columns[j];
        if (!pg_frame_resize(frame, &c->cells.any, need, pg_cell_size(c->about.type))) return pg_no_memory(ctx);
    }
    if (need > frame->capacity) frame->capacity = need;
    frame->n_rows = need;
    return PGDP_OK;
}

pgdp_status pg_frame_cut(pgdp_ctx *ctx, pgdp_frame *frame, size_t n_rows)
{
    for (size_t j = 0; n_rows < frame->capacity && j < frame->n_columns; j++) {
        pg_frame_column *c = frame->columns[j];
        if (!pg_frame_resize(frame, &c->cells.any, n_rows > 0 ? n_rows : 1, pg_cell_size(c->about.type)))
            return pg_no_memory(ctx);
    }
    frame->n_rows = frame->capacity = n_rows;
    return PGDP_OK;
}

pgdp_status pg_frame_retype(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, pgdp_type type)
{
    pg_frame_column *c = frame->columns[index];
    const size_t n = frame->capacity > 0 ? frame->capacity : 1;
    if (!pg_frame_resize(frame, &c->cells.any, n, pg_cell_size(type))) return pg_no_memory(ctx);
    c->about.type = type;
    c->about.frequency = PGDP_NO_FREQUENCY;
    c->n_levels = 0;
    c->last_code = 0;
    pg_map_init(&c->codes_by_text, &frame->arena);
    return PGDP_OK;
}

pgdp_status pg_frame_arrange(pgdp_ctx *ctx, pgdp_frame *frame, const size_t *order, const char *const *names, size_t n)
{
    pg_frame_column **kept;
    pg_map by_name;
    pg_map_init(&by_name, &frame->arena);
    PG_TRY_ALLOC(ctx, kept, pg_arena_alloc(&ctx->scratch, n, sizeof(void *)));
    for (size_t k = 0; k < n; k++) {
        const char *name = names == NULL ? frame->columns[order[k]]->about.name : names[k];
        PG_TRY_ALLOC(ctx, name, pg_arena_strdup(&frame->arena, name));
        if (pg_map_find(&by_name, name, strlen(name)) != PGDP_NONE)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "two columns are called \"%.80s\"; names must differ", name);
        if (!pg_map_put(&by_name, name, strlen(name), k)) return pg_no_memory(ctx);
        kept[k] = frame->columns[order[k]];
        kept[k]->about.name = name;
    }
    for (size_t k = 0; k < n; k++)
        frame->columns[order[k]] = NULL;
    for (size_t j = 0; j < frame->n_columns; j++) {
        if (frame->columns[j] == NULL) continue;
        pg_frame_release(frame, frame->columns[j]->cells.any);
        pg_frame_release(frame, frame->columns[j]->levels);
    }
    memcpy(frame->columns, kept, n * sizeof(void *));
    frame->n_columns = n;
    frame->columns_by_name = by_name;
    return PGDP_OK;
}

void pg_frame_drop_notes(pgdp_frame *frame)
{
    frame->notes = NULL;
}

bool pg_frame_is_missing(const pgdp_frame *frame, size_t column, size_t row)
{
    const pg_frame_column *c = frame->columns[column];
    if (c->about.type == PGDP_REAL) return isnan(c->cells.reals[row]);
    if (c->about.type == PGDP_PERIOD) return c->cells.periods[row] == PGDP_MISSING_PERIOD;
    return c->cells.codes[row] == PGDP_NO_CODE;
}
