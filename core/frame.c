/* frame.c  A columnar table: cells in growing arrays, text interned by column, names found by hash.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame_inside.h"

#include <math.h>
#include <string.h>

size_t pg_cell_size(pgdp_type type)
{
    return type == PGDP_REAL ? sizeof(double) : sizeof(uint32_t);
}

/* Growth by half: at most half of an array is unused. */
static size_t grown(size_t capacity)
{
    return capacity + capacity / 2 + 4;
}

bool pg_frame_resize(pgdp_frame *frame, void **array, size_t n, size_t size)
{
    if (n > SIZE_MAX / size) return false;
    void *p = frame->allocator.realloc(frame->allocator.user, *array, n * size);
    if (p == NULL) return false;
    *array = p;
    return true;
}

void pg_frame_release(pgdp_frame *frame, void *array)
{
    if (array != NULL) (void)frame->allocator.realloc(frame->allocator.user, array, 0);
}

static void fill_missing(pg_frame_column *c, size_t from, size_t to)
{
    for (size_t i = from; c->about.type == PGDP_REAL && i < to; i++)
        c->cells.reals[i] = (double)NAN;
    for (size_t i = from; c->about.type == PGDP_TEXT && i < to; i++)
        c->cells.codes[i] = PGDP_NO_CODE;
    for (size_t i = from; c->about.type == PGDP_PERIOD && i < to; i++)
        c->cells.periods[i] = PGDP_MISSING_PERIOD;
}

pgdp_status pgdp_frame_new(pgdp_ctx *ctx, pgdp_frame **out)
{
    pgdp_frame *frame;
    PG_TRY_ALLOC(ctx, frame, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *frame));
    *frame = (pgdp_frame){ .allocator = ctx->allocator };
    pg_arena_init(&frame->arena, &frame->allocator);
    pg_map_init(&frame->columns_by_name, &frame->arena);
    *out = frame;
    return PGDP_OK;
}

void pgdp_frame_free(pgdp_frame *frame)
{
    if (frame == NULL) return;
    for (size_t j = 0; j < frame->n_columns; j++) {
        if (!frame->borrows_cells) pg_frame_release(frame, frame->columns[j]->cells.any);
        if (!frame->borrows_levels) pg_frame_release(frame, frame->columns[j]->levels);
    }
    pg_frame_release(frame, frame->columns);
    pg_arena_free(&frame->arena);
    const pgdp_allocator allocator = frame->allocator;
    (void)allocator.realloc(allocator.user, frame, 0);
}

/* What borrows from another frame cannot grow: it would write into that frame. */
static pgdp_status refuse_view(pgdp_ctx *ctx, const pgdp_frame *frame)
{
    if (!frame->borrows_levels) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "this table is a view of another one; select its rows into a new table first");
}

/* Own copies of a description's strings; NULL reads as "". */
static pgdp_status describe(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *from, pgdp_column *to)
{
    const char *const texts[] = { from->name, from->unit, from->price_basis, from->adjustment, from->vintage };
    const char *copies[5] = { "", "", "", "", "" };
    for (size_t i = 0; i < 5; i++) {
        if (texts[i] == NULL || texts[i][0] == '\0') continue;
        PG_TRY_ALLOC(ctx, copies[i], pg_arena_strdup(&frame->arena, texts[i]));
    }
    *to = (pgdp_column){ .name = copies[0],
                         .type = from->type,
                         .unit = copies[1],
                         .price_basis = copies[2],
                         .adjustment = copies[3],
                         .vintage = copies[4],
                         .frequency = from->frequency };
    return PGDP_OK;
}

pgdp_status pgdp_frame_add_column(pgdp_ctx *ctx, pgdp_frame *frame, const pgdp_column *about, size_t *index)
{
    const char *name = about->name == NULL ? "" : about->name;
    if ((unsigned)about->type > PGDP_PERIOD)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "column \"%s\" has no known type; use real, text or period", name);
    if (pgdp_frame_find(frame, name) != PGDP_NONE)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "column \"%s\" is in the table already; names must differ, so rename one of the two", name);
    PG_TRY(refuse_view(ctx, frame));
    pg_frame_column *c;
    PG_TRY_ALLOC(ctx, c, pg_arena_alloc(&frame->arena, 1, sizeof *c));
    PG_TRY(describe(ctx, frame, about, &c->about));
    pg_map_init(&c->codes_by_text, &frame->arena);
    if (frame->n_columns == frame->columns_capacity) {
        void *columns = frame->columns;
        const size_t capacity = grown(frame->columns_capacity);
        if (!pg_frame_resize(frame, &columns, capacity, sizeof(void *))) return pg_no_memory(ctx);
        frame->columns = columns;
        frame->columns_capacity = capacity;
    }
    /* One cell at least, so that a view is never NULL for its own type. */
    const size_t n_cells = frame->capacity > 0 ? frame->capacity : 1;
    if (!pg_frame_resize(frame, &c->cells.any, n_cells, pg_cell_size(about->type))) return pg_no_memory(ctx);
    if (!pg_map_put(&frame->columns_by_name, c->about.name, strlen(c->about.name), frame->n_columns)) {
        pg_frame_release(frame, c->cells.any);
        return pg_no_memory(ctx);
    }
    fill_missing(c, 0, n_cells);
    frame->columns[frame->n_columns] = c;
    if (index != NULL) *index = frame->n_columns;
    frame->n_columns++;
    return PGDP_OK;
}

pgdp_status pg_frame_describe(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, const pgdp_column *as)
{
    pg_frame_column *c = frame->columns[index];
    pgdp_column about = *as, copy;
    about.name = ""; /* the old name stays where the map looks at it */
    PG_TRY(describe(ctx, frame, &about, &copy));
    copy.name = c->about.name;
    copy.type = c->about.type;
    c->about = copy;
    return PGDP_OK;
}

pgdp_status pg_frame_reserve(pgdp_ctx *ctx, pgdp_frame *frame, size_t n_rows)
{
    if (n_rows <= frame->capacity) return PGDP_OK;
    PG_TRY(refuse_view(ctx, frame));
    for (size_t j = 0; j < frame->n_columns; j++) {
        pg_frame_column *c = frame->columns[j];
        if (!pg_frame_resize(frame, &c->cells.any, n_rows, pg_cell_size(c->about.type))) return pg_no_memory(ctx);
        fill_missing(c, frame->capacity, n_rows);
    }
    frame->capacity = n_rows;
    return PGDP_OK;
}

pgdp_status pg_frame_add_rows(pgdp_ctx *ctx, pgdp_frame *frame, size_t n)
{
    if (n > SIZE_MAX / 4 - frame->n_rows) return pg_no_memory(ctx);
    const size_t need = frame->n_rows + n, wish = grown(frame->capacity);
    if (need > frame->capacity) PG_TRY(pg_frame_reserve(ctx, frame, need > wish ? need : wish));
    frame->n_rows = need;
    return PGDP_OK;
}

pgdp_status pgdp_frame_add_row(pgdp_ctx *ctx, pgdp_frame *frame)
{
    if (frame->n_rows == frame->capacity) return pg_frame_add_rows(ctx, frame, 1);
    frame->n_rows++;
    return PGDP_OK;
}

/* The column when it is of the type, else NULL. */
static pg_frame_column *typed(const pgdp_frame *frame, size_t index, pgdp_type type)
{
    if (index >= frame->n_columns || frame->columns[index]->about.type != type) return NULL;
    return frame->columns[index];
}

void pgdp_frame_set_real(pgdp_frame *frame, size_t index, double value)
{
    const pg_frame_column *c = typed(frame, index, PGDP_REAL);
    if (c != NULL && frame->n_rows > 0) c->cells.reals[frame->n_rows - 1] = value;
}

void pgdp_frame_set_period(pgdp_frame *frame, size_t index, int32_t ordinal)
{
    const pg_frame_column *c = typed(frame, index, PGDP_PERIOD);
    if (c != NULL && frame->n_rows > 0) c->cells.periods[frame->n_rows - 1] = ordinal;
}

static bool is_level(const pg_frame_column *c, uint32_t code, const char *text, size_t length)
{
    return code < c->n_levels && c->levels[code].length == length && memcmp(c->levels[code].text, text, length) == 0;
}

/* A level that the column does not have yet. */
static pgdp_status add_level(pgdp_ctx *ctx, pgdp_frame *frame, pg_frame_column *c, const char *text, size_t length)
{
    PG_TRY(refuse_view(ctx, frame));
    if (c->n_levels == PGDP_NO_CODE)
        return pg_fail(ctx, PGDP_NO_MEMORY, "column \"%s\" has more distinct texts than codes; split the table",
                       c->about.name);
    if (c->n_levels == c->levels_capacity) {
        void *levels = c->levels;
        const size_t capacity = grown(c->levels_capacity);
        if (!pg_frame_resize(frame, &levels, capacity, sizeof *c->levels)) return pg_no_memory(ctx);
        c->levels = levels;
        c->levels_capacity = capacity;
    }
    const char *copy;
    PG_TRY_ALLOC(ctx, copy, pg_arena_strndup(&frame->arena, text, length));
    if (!pg_map_put(&c->codes_by_text, copy, length, c->n_levels)) return pg_no_memory(ctx);
    c->levels[c->n_levels++] = (pg_level){ copy, length };
    return PGDP_OK;
}

pgdp_status pg_frame_intern(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, const char *text, size_t length,
                            uint32_t *code)
{
    pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    if (c == NULL) return pg_fail(ctx, PGDP_BAD_ARGUMENT, "column %zu is no text column; set it by its type", index);
    if (text == NULL) {
        *code = PGDP_NO_CODE;
        return PGDP_OK;
    }
    length = strnlen(text, length); /* a text ends at its first NUL, so that levels differ as strings */
    if (!is_level(c, c->last_code, text, length)) {
        size_t found = pg_map_find(&c->codes_by_text, text, length);
        if (found == PGDP_NONE) {
            found = c->n_levels;
            PG_TRY(add_level(ctx, frame, c, text, length));
        }
        c->last_code = (uint32_t)found;
    }
    *code = c->last_code;
    return PGDP_OK;
}

uint32_t pg_frame_find_level(const pgdp_frame *frame, size_t index, const char *text, size_t length)
{
    const pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    if (c == NULL || text == NULL) return PGDP_NO_CODE;
    const size_t found = pg_map_find(&c->codes_by_text, text, strnlen(text, length));
    return found == PGDP_NONE ? PGDP_NO_CODE : (uint32_t)found;
}

pgdp_status pgdp_frame_set_text(pgdp_ctx *ctx, pgdp_frame *frame, size_t index, const char *text, size_t length)
{
    uint32_t code = PGDP_NO_CODE;
    PG_TRY(pg_frame_intern(ctx, frame, index, text, length, &code));
    if (frame->n_rows > 0) frame->columns[index]->cells.codes[frame->n_rows - 1] = code;
    return PGDP_OK;
}

pgdp_status pgdp_frame_set_note(pgdp_ctx *ctx, pgdp_frame *frame, const char *key, const char *value)
{
    const char *copy;
    PG_TRY(refuse_view(ctx, frame));
    PG_TRY_ALLOC(ctx, copy, pg_arena_strdup(&frame->arena, value == NULL ? "" : value));
    pg_note **end = &frame->notes;
    while (*end != NULL && strcmp((*end)->key, key) != 0)
        end = &(*end)->next;
    if (*end == NULL) {
        pg_note *fresh;
        PG_TRY_ALLOC(ctx, fresh, pg_arena_alloc(&frame->arena, 1, sizeof *fresh));
        PG_TRY_ALLOC(ctx, fresh->key, pg_arena_strdup(&frame->arena, key));
        *end = fresh;
    }
    (*end)->value = copy;
    return PGDP_OK;
}

const char *pgdp_frame_note(const pgdp_frame *frame, const char *key)
{
    for (const pg_note *n = frame->notes; n != NULL; n = n->next)
        if (strcmp(n->key, key) == 0) return n->value;
    return NULL;
}

const char *pg_frame_note_at(const pgdp_frame *frame, size_t i, const char **value)
{
    const pg_note *n = frame->notes;
    while (n != NULL && i-- > 0)
        n = n->next;
    if (n != NULL && value != NULL) *value = n->value;
    return n == NULL ? NULL : n->key;
}

size_t pgdp_frame_n_rows(const pgdp_frame *frame)
{
    return frame->n_rows;
}

size_t pgdp_frame_n_columns(const pgdp_frame *frame)
{
    return frame->n_columns;
}

const pgdp_column *pgdp_frame_column(const pgdp_frame *frame, size_t index)
{
    return index < frame->n_columns ? &frame->columns[index]->about : NULL;
}

size_t pgdp_frame_find(const pgdp_frame *frame, const char *name)
{
    return pg_map_find(&frame->columns_by_name, name, strlen(name));
}

double *pg_frame_edit_reals(pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_REAL);
    return c == NULL ? NULL : c->cells.reals;
}

uint32_t *pg_frame_edit_codes(pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    return c == NULL ? NULL : c->cells.codes;
}

int32_t *pg_frame_edit_periods(pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_PERIOD);
    return c == NULL ? NULL : c->cells.periods;
}

const double *pgdp_frame_reals(const pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_REAL);
    return c == NULL ? NULL : c->cells.reals;
}

const uint32_t *pgdp_frame_codes(const pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    return c == NULL ? NULL : c->cells.codes;
}

const int32_t *pgdp_frame_periods(const pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_PERIOD);
    return c == NULL ? NULL : c->cells.periods;
}

size_t pgdp_frame_n_levels(const pgdp_frame *frame, size_t index)
{
    const pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    return c == NULL ? 0 : c->n_levels;
}

const char *pgdp_frame_level(const pgdp_frame *frame, size_t index, uint32_t code)
{
    const pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    return c == NULL || code >= c->n_levels ? NULL : c->levels[code].text;
}

const char *pgdp_frame_text(const pgdp_frame *frame, size_t index, size_t row)
{
    const pg_frame_column *c = typed(frame, index, PGDP_TEXT);
    return c == NULL || row >= frame->n_rows ? NULL : pgdp_frame_level(frame, index, c->cells.codes[row]);
}
