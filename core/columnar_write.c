/* columnar_write.c  Writing a columnar file block by block. Layout: docs/columnar.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/columnar.h"
#include "core/period.h"

#include <string.h>

#include "core/text.h"
#include "pgdp/file.h"

enum { NARROW = UINT8_MAX, WIDE = UINT16_MAX }; /* levels that codes of one and two bytes can tell from missing */

struct pgdp_table_writer {
    pg_arena arena; /* holds this too */
    pgdp_output *output;
    pgdp_sink sink;
    uint64_t offset; /* bytes written */
    size_t n_columns, n_rows, n_pending;
    pgdp_frame *head;        /* the columns, with the levels so far */
    void **pending;          /* [n_columns] cells of the block under way */
    uint32_t *narrowed;      /* [PGDP_BLOCK_ROWS] */
    pg_columnar_part *parts; /* [blocks written * n_columns] */
    size_t n_parts, parts_capacity;
};

static pgdp_status put(pgdp_table_writer *w, const void *bytes, size_t n)
{
    w->offset += n;
    return w->sink.write(w->sink.user, bytes, n);
}

static pgdp_status add_columns(pgdp_ctx *ctx, pgdp_table_writer *w, const pgdp_frame *columns)
{
    const char *key, *value = NULL;
    PG_TRY_ALLOC(ctx, w->pending, pg_arena_alloc(&w->arena, w->n_columns, sizeof *w->pending));
    PG_TRY_ALLOC(ctx, w->narrowed, pg_arena_alloc(&w->arena, PGDP_BLOCK_ROWS, sizeof *w->narrowed));
    for (size_t j = 0; j < w->n_columns; j++) {
        PG_TRY(pgdp_frame_add_column(ctx, w->head, pgdp_frame_column(columns, j), NULL));
        PG_TRY_ALLOC(ctx, w->pending[j], pg_arena_alloc(&w->arena, PGDP_BLOCK_ROWS, sizeof(double)));
    }
    for (size_t i = 0; (key = pg_frame_note_at(columns, i, &value)) != NULL; i++)
        PG_TRY(pgdp_frame_set_note(ctx, w->head, key, value));
    return PGDP_OK;
}

static pgdp_status begin(pgdp_ctx *ctx, pgdp_table_writer *w, const char *path, const pgdp_frame *columns)
{
    const uint32_t numbers[2] = { PG_COLUMNAR_VERSION, PGDP_BLOCK_ROWS };
    w->n_columns = pgdp_frame_n_columns(columns);
    if (w->n_columns == 0)
        return pg_fail(ctx, PGDP_SHAPE_MISMATCH, "%s: found a table without columns, expected one at least", path);
    PG_TRY(pgdp_frame_new(ctx, &w->head));
    PG_TRY(add_columns(ctx, w, columns));
    PG_TRY(pgdp_output_new(ctx, path, &w->output, &w->sink));
    PG_TRY(put(w, PG_COLUMNAR_MAGIC, 8));
    return put(w, numbers, sizeof numbers);
}

pgdp_status pgdp_table_writer_new(pgdp_ctx *ctx, const char *path, const pgdp_frame *columns, pgdp_table_writer **out)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_table_writer *w;
    PG_TRY_ALLOC(ctx, w, pg_arena_alloc(&arena, 1, sizeof *w));
    w->arena = arena;
    const pgdp_status status = begin(ctx, w, path, columns);
    if (status == PGDP_OK)
        *out = w;
    else
        pgdp_table_writer_discard(ctx, w);
    return status;
}

pgdp_frame *pg_table_writer_head(pgdp_table_writer *w)
{
    return w->head;
}

void pgdp_table_writer_discard(pgdp_ctx *ctx, pgdp_table_writer *w)
{
    if (w == NULL) return;
    pgdp_output_discard(ctx, w->output);
    pgdp_frame_free(w->head);
    pg_arena arena = w->arena;
    pg_arena_free(&arena);
}

/* Codes in as few bytes as the levels so far need; the lowest bytes come first, so that memory may be cut. */
static const void *narrow(pgdp_table_writer *w, const uint32_t *codes, size_t n_levels, uint32_t *size)
{
    unsigned char *bytes = (unsigned char *)w->narrowed;
    *size = n_levels < NARROW ? 1 : n_levels < WIDE ? 2 : 4;
    if (*size == 4) return codes;
    for (size_t i = 0; i < w->n_pending; i++)
        memcpy(bytes + i * *size, &codes[i], *size); /* PGDP_NO_CODE is all ones in any size */
    return bytes;
}

static pgdp_status put_block(pgdp_ctx *ctx, pgdp_table_writer *w)
{
    if (w->n_parts + w->n_columns > w->parts_capacity) {
        const size_t capacity = 2 * w->parts_capacity + 16 * w->n_columns;
        PG_TRY_ALLOC(ctx, w->parts, pg_arena_grow(&w->arena, w->parts, w->parts_capacity, capacity, sizeof *w->parts));
        w->parts_capacity = capacity;
    }
    for (size_t j = 0; j < w->n_columns; j++) {
        const pgdp_type type = pgdp_frame_column(w->head, j)->type;
        pg_columnar_part part = { .offset = w->offset, .cell_size = type == PGDP_REAL ? 8 : 4 };
        const void *cells = w->pending[j];
        if (type == PGDP_TEXT) cells = narrow(w, cells, pgdp_frame_n_levels(w->head, j), &part.cell_size);
        const size_t size = w->n_pending * part.cell_size;
        part.checksum = pg_columnar_checksum(cells, size);
        PG_TRY(put(w, cells, size));
        w->parts[w->n_parts++] = part;
    }
    w->n_pending = 0;
    return PGDP_OK;
}

static pgdp_status check_columns(pgdp_ctx *ctx, const pgdp_table_writer *w, const pgdp_frame *rows)
{
    bool same = pgdp_frame_n_columns(rows) == w->n_columns;
    for (size_t j = 0; same && j < w->n_columns; j++) {
        const pgdp_column *a = pgdp_frame_column(w->head, j), *b = pgdp_frame_column(rows, j);
        same = strcmp(a->name, b->name) == 0 && a->type == b->type && a->frequency == b->frequency;
    }
    if (same) return PGDP_OK;
    return pg_fail(ctx, PGDP_SHAPE_MISMATCH,
                   "found rows of other columns than the columnar file was begun with, "
                   "expected the same names, types and frequencies in the same order");
}

/* Rows of a frame on their way into the block; n of them from `first`. */
typedef struct portion {
    const pgdp_frame *rows;
    size_t first, n;
    uint32_t **translations; /* by column of text: own codes to those of the file, PGDP_NO_CODE until met */
} portion;

static pgdp_status take_codes(pgdp_ctx *ctx, pgdp_table_writer *w, const portion *p, size_t j)
{
    const uint32_t *from = pgdp_frame_codes(p->rows, j) + p->first;
    uint32_t *to = (uint32_t *)w->pending[j] + w->n_pending, *translation = p->translations[j];
    for (size_t i = 0; i < p->n; i++) {
        to[i] = PGDP_NO_CODE;
        if (from[i] == PGDP_NO_CODE) continue;
        uint32_t *code = &translation[from[i]];
        if (*code == PGDP_NO_CODE)
            PG_TRY(pg_frame_intern(ctx, w->head, j, pgdp_frame_level(p->rows, j, from[i]), PGDP_NONE, code));
        to[i] = *code;
    }
    return PGDP_OK;
}

static pgdp_status take_rows(pgdp_ctx *ctx, pgdp_table_writer *w, const portion *p)
{
    for (size_t j = 0; j < w->n_columns; j++) {
        const double *reals = pgdp_frame_reals(p->rows, j);
        const int32_t *periods = pgdp_frame_periods(p->rows, j);
        if (reals != NULL)
            memcpy((double *)w->pending[j] + w->n_pending, reals + p->first, p->n * sizeof *reals);
        else if (periods != NULL)
            memcpy((int32_t *)w->pending[j] + w->n_pending, periods + p->first, p->n * sizeof *periods);
        else
            PG_TRY(take_codes(ctx, w, p, j));
    }
    w->n_pending += p->n;
    w->n_rows += p->n;
    return w->n_pending == PGDP_BLOCK_ROWS ? put_block(ctx, w) : PGDP_OK;
}

static pgdp_status add_rows(pgdp_ctx *ctx, pgdp_table_writer *w, const pgdp_frame *rows)
{
    portion p = { .rows = rows };
    PG_TRY(check_columns(ctx, w, rows));
    PG_TRY_ALLOC(ctx, p.translations, pg_arena_alloc(&ctx->scratch, w->n_columns, sizeof *p.translations));
    for (size_t j = 0; j < w->n_columns; j++) {
        const size_t n_levels = pgdp_frame_n_levels(rows, j);
        PG_TRY_ALLOC(ctx, p.translations[j], pg_arena_alloc(&ctx->scratch, n_levels, sizeof(uint32_t)));
        memset(p.translations[j], 0xff, n_levels * sizeof(uint32_t));
    }
    for (const size_t n_rows = pgdp_frame_n_rows(rows); p.first < n_rows; p.first += p.n) {
        const size_t room = PGDP_BLOCK_ROWS - w->n_pending, left = n_rows - p.first;
        p.n = left < room ? left : room;
        PG_TRY(take_rows(ctx, w, &p));
    }
    return PGDP_OK;
}

pgdp_status pgdp_table_writer_add(pgdp_ctx *ctx, pgdp_table_writer *w, const pgdp_frame *rows)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = add_rows(ctx, w, rows);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static void put_number(pg_text *text, uint64_t value, size_t size)
{
    char bytes[8];
    memcpy(bytes, &value, sizeof bytes);
    pg_text_add_bytes(text, bytes, size);
}

static void put_text(pg_text *text, const char *s)
{
    const size_t n = strlen(s);
    put_number(text, n, 4);
    pg_text_add_bytes(text, s, n);
}

static void put_column(pg_text *text, const pgdp_frame *head, size_t j)
{
    const pgdp_column *about = pgdp_frame_column(head, j);
    const char *const texts[] = { about->name, about->unit, about->price_basis, about->adjustment, about->vintage };
    for (size_t i = 0; i < 5; i++)
        put_text(text, texts[i]);
    put_number(text, about->type, 4);
    put_number(text, (uint64_t)pg_frequency_code(about->frequency), 4);
    if (about->type != PGDP_TEXT) return;
    const size_t n_levels = pgdp_frame_n_levels(head, j);
    put_number(text, n_levels, 4);
    for (size_t i = 0; i < n_levels; i++)
        put_text(text, pgdp_frame_level(head, j, (uint32_t)i));
}

static void put_footer(pg_text *text, const pgdp_table_writer *w)
{
    const char *key, *value = NULL;
    size_t n_notes = 0;
    while (pg_frame_note_at(w->head, n_notes, NULL) != NULL)
        n_notes++;
    put_number(text, w->n_rows, 8);
    put_number(text, w->n_columns, 4);
    put_number(text, n_notes, 4);
    for (size_t j = 0; j < w->n_columns; j++)
        put_column(text, w->head, j);
    for (size_t i = 0; (key = pg_frame_note_at(w->head, i, &value)) != NULL; i++) {
        put_text(text, key);
        put_text(text, value);
    }
    for (size_t i = 0; i < w->n_parts; i++) {
        put_number(text, w->parts[i].offset, 8);
        put_number(text, w->parts[i].checksum, 8);
        put_number(text, w->parts[i].cell_size, 4);
    }
}

static pgdp_status finish(pgdp_ctx *ctx, pgdp_table_writer *w)
{
    pg_text footer;
    if (w->n_pending > 0) PG_TRY(put_block(ctx, w));
    pg_text_init(&footer, &w->arena);
    put_footer(&footer, w);
    if (footer.failed) return pg_no_memory(ctx);
    const uint64_t numbers[3] = { w->offset, footer.n, pg_columnar_checksum(footer.data, footer.n) };
    PG_TRY(put(w, footer.data, footer.n));
    PG_TRY(put(w, numbers, sizeof numbers));
    PG_TRY(put(w, PG_COLUMNAR_MAGIC, 8));
    pgdp_output *output = w->output;
    w->output = NULL;
    return pgdp_output_commit(ctx, output);
}

pgdp_status pgdp_table_writer_commit(pgdp_ctx *ctx, pgdp_table_writer *w)
{
    const pgdp_status status = finish(ctx, w);
    pgdp_table_writer_discard(ctx, w);
    return status;
}
