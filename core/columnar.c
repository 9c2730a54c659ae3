/* columnar.c  Reading a columnar file: its footer, and the cells of a block. Layout: docs/columnar.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/columnar.h"
#include "core/period.h"

#include <string.h>

enum { PART_SIZE = 20 }; /* offset, checksum, size of a cell */

static uint64_t mix(uint64_t lane, uint64_t word)
{
    lane = (lane ^ word) * 0x9e3779b97f4a7c15u;
    return lane ^ lane >> 29;
}

/* Four lanes, so that the multiplications overlap: then it costs less than the reading does. */
uint64_t pg_columnar_checksum(const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    uint64_t lanes[4] = { 1, 2, 3, 4 }, words[4] = { 0 };
    size_t i = 0;
    for (; i + sizeof words <= n; i += sizeof words) {
        memcpy(words, p + i, sizeof words);
        for (size_t k = 0; k < 4; k++)
            lanes[k] = mix(lanes[k], words[k]);
    }
    memset(words, 0, sizeof words);
    if (i < n) memcpy(words, p + i, n - i);
    uint64_t sum = mix(0, n);
    for (size_t k = 0; k < 4; k++)
        sum = mix(sum, mix(lanes[k], words[k]));
    return mix(sum, sum >> 32);
}

pgdp_status pg_columnar_read_at(pgdp_ctx *ctx, const pg_columnar_source *source, uint64_t offset, void *bytes, size_t n)
{
    if (offset > source->n || n > source->n - offset)
        return pg_fail(ctx, PGDP_PARSE, "%s: this columnar file is damaged: it points past its own end; make it anew",
                       source->label);
    if (source->file != NULL) return pg_file_read_at(ctx, source->file, offset, bytes, n);
    if (n > 0) memcpy(bytes, source->data + offset, n);
    return PGDP_OK;
}

bool pg_is_columnar(const unsigned char *bytes, size_t n)
{
    return n >= 8 && memcmp(bytes, PG_COLUMNAR_MAGIC, 8) == 0;
}

/* What has not been read of the footer; `bad` once something did not fit. */
typedef struct cursor {
    const unsigned char *p;
    size_t left;
    bool bad;
} cursor;

static const unsigned char *take(cursor *c, size_t n)
{
    const unsigned char *p = c->p;
    c->bad = c->bad || n > c->left;
    if (c->bad) return NULL;
    c->p += n;
    c->left -= n;
    return p;
}

static uint64_t take_number(cursor *c, size_t size)
{
    uint64_t value = 0;
    const unsigned char *p = take(c, size);
    if (p != NULL) memcpy(&value, p, size);
    return value;
}

/* Length, then bytes without NUL. */
static const char *take_text(cursor *c, size_t *n)
{
    *n = (size_t)take_number(c, 4);
    const unsigned char *p = take(c, *n);
    if (p == NULL || memchr(p, '\0', *n) != NULL) c->bad = true;
    return c->bad ? NULL : (const char *)p;
}

static pgdp_status take_string(pgdp_ctx *ctx, cursor *c, const char **out)
{
    size_t n;
    const char *text = take_text(c, &n);
    *out = "";
    if (text != NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, text, n));
    return PGDP_OK;
}

static bool is_wanted(const char *name, const char *const *columns, size_t n)
{
    for (size_t i = 0; columns != NULL && i < n; i++)
        if (strcmp(columns[i], name) == 0) return true;
    return columns == NULL;
}

static pgdp_status take_levels(pgdp_ctx *ctx, cursor *c, pgdp_frame *head, size_t column)
{
    const size_t n_levels = (size_t)take_number(c, 4);
    for (size_t i = 0; i < n_levels && !c->bad; i++) {
        size_t n;
        uint32_t code = 0;
        const char *text = take_text(c, &n);
        if (text == NULL) break;
        if (column == PGDP_NONE) continue;
        PG_TRY(pg_frame_intern(ctx, head, column, text, n, &code));
        c->bad = code != i; /* twice the same level */
    }
    return PGDP_OK;
}

/* One column of the file; *place is where it goes in the head, or PGDP_NONE. */
static pgdp_status take_column(pgdp_ctx *ctx, cursor *c, pgdp_frame *head, const char *const *columns, size_t n_columns,
                               size_t *place)
{
    pgdp_column about = { .name = NULL };
    const char **const texts[] = { &about.name, &about.unit, &about.price_basis, &about.adjustment, &about.vintage };
    for (size_t i = 0; i < 5; i++)
        PG_TRY(take_string(ctx, c, texts[i]));
    const uint64_t type = take_number(c, 4), frequency = take_number(c, 4);
    *place = PGDP_NONE;
    c->bad = c->bad || type > PGDP_PERIOD ||
             (frequency != 0 && pg_frequency_of_code((int64_t)frequency) == PGDP_NO_FREQUENCY) ||
             pgdp_frame_find(head, about.name) != PGDP_NONE;
    if (c->bad) return PGDP_OK;
    about.type = (pgdp_type)type;
    about.frequency = pg_frequency_of_code((int64_t)frequency);
    if (is_wanted(about.name, columns, n_columns)) PG_TRY(pgdp_frame_add_column(ctx, head, &about, place));
    return type == PGDP_TEXT ? take_levels(ctx, c, head, *place) : PGDP_OK;
}

static bool fits(const pg_columnar_part *part, pgdp_type type, size_t rows, uint64_t end)
{
    const bool size_is_right = type == PGDP_REAL ? part->cell_size == 8
                               : type == PGDP_PERIOD
                                   ? part->cell_size == 4
                                   : part->cell_size == 1 || part->cell_size == 2 || part->cell_size == 4;
    return size_is_right && part->offset >= PG_COLUMNAR_HEADER && part->offset <= end &&
           rows * part->cell_size <= end - part->offset;
}

/* Where the cells of the wanted columns lie; places[j] of column j of the file. end: where cells must end. */
static void take_parts(cursor *c, pg_columnar *out, const size_t *places, size_t n_all, uint64_t end)
{
    for (size_t b = 0; b < out->n_blocks; b++) {
        const size_t rows = out->n_rows - b * PGDP_BLOCK_ROWS;
        for (size_t j = 0; j < n_all; j++) {
            pg_columnar_part part;
            part.offset = take_number(c, 8);
            part.checksum = take_number(c, 8);
            part.cell_size = (uint32_t)take_number(c, 4);
            if (places[j] == PGDP_NONE) continue;
            const pgdp_type type = pgdp_frame_column(out->head, places[j])->type;
            c->bad = c->bad || !fits(&part, type, rows < PGDP_BLOCK_ROWS ? rows : PGDP_BLOCK_ROWS, end);
            out->parts[b * out->n_columns + places[j]] = part;
        }
    }
}

/* The whole footer. */
static pgdp_status take_footer(pgdp_ctx *ctx, cursor *c, const char *const *columns, size_t n_columns, pg_arena *arena,
                               pg_columnar *out)
{
    const uint64_t end = (uint64_t)out->n_rows; /* where the footer begins: handed in there */
    const size_t n_rows = (size_t)take_number(c, 8), n_all = (size_t)take_number(c, 4);
    const size_t n_notes = (size_t)take_number(c, 4);
    if (c->bad || n_all > c->left / 28) { /* a column takes that at least */
        c->bad = true;
        return PGDP_OK;
    }
    size_t *places;
    PG_TRY_ALLOC(ctx, places, pg_arena_alloc(&ctx->scratch, n_all, sizeof *places));
    for (size_t j = 0; j < n_all && !c->bad; j++)
        PG_TRY(take_column(ctx, c, out->head, columns, n_columns, &places[j]));
    for (size_t i = 0; i < n_notes && !c->bad; i++) {
        const char *key, *value;
        PG_TRY(take_string(ctx, c, &key));
        PG_TRY(take_string(ctx, c, &value));
        if (!c->bad) PG_TRY(pgdp_frame_set_note(ctx, out->head, key, value));
    }
    out->n_rows = n_rows;
    out->n_blocks = n_rows / PGDP_BLOCK_ROWS + (n_rows % PGDP_BLOCK_ROWS != 0);
    out->n_columns = pgdp_frame_n_columns(out->head);
    const size_t left = c->left / PART_SIZE;
    c->bad = c->bad || n_all == 0 || out->n_blocks != left / n_all || left % n_all != 0 || c->left % PART_SIZE != 0;
    if (c->bad) return PGDP_OK;
    PG_TRY_ALLOC(ctx, out->parts, pg_arena_alloc(arena, out->n_blocks * out->n_columns, sizeof *out->parts));
    take_parts(c, out, places, n_all, end);
    return PGDP_OK;
}

static pgdp_status fail_cut(pgdp_ctx *ctx, const char *label)
{
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: this columnar file is cut short or damaged, expected it as it was written; make it anew",
                   label);
}

static pgdp_status open_with_head(pgdp_ctx *ctx, const pg_columnar_source *source, const char *const *columns,
                                  size_t n_columns, pg_arena *arena, pg_columnar *out)
{
    unsigned char header[PG_COLUMNAR_HEADER], trailer[PG_COLUMNAR_TRAILER];
    if (source->n < sizeof header + sizeof trailer) return fail_cut(ctx, source->label);
    PG_TRY(pg_columnar_read_at(ctx, source, 0, header, sizeof header));
    PG_TRY(pg_columnar_read_at(ctx, source, source->n - sizeof trailer, trailer, sizeof trailer));
    cursor h = { header + 8, sizeof header - 8, false }, t = { trailer, sizeof trailer, false };
    if (!pg_is_columnar(header, sizeof header))
        return pg_fail(ctx, PGDP_PARSE, "%s: this is no columnar file; make one with 'pgdp data convert'",
                       source->label);
    const uint64_t version = take_number(&h, 4), rows = take_number(&h, 4);
    if (version != PG_COLUMNAR_VERSION || rows != PGDP_BLOCK_ROWS)
        return pg_fail(ctx, PGDP_PARSE, "%s: found version %u of the columnar format, expected %d; make the file anew",
                       source->label, (unsigned)version, PG_COLUMNAR_VERSION);
    const uint64_t offset = take_number(&t, 8), size = take_number(&t, 8), checksum = take_number(&t, 8);
    if (!pg_is_columnar(t.p, t.left) || offset < sizeof header || offset > source->n - sizeof trailer ||
        size != source->n - sizeof trailer - offset)
        return fail_cut(ctx, source->label);
    unsigned char *footer;
    PG_TRY_ALLOC(ctx, footer, pg_arena_alloc(&ctx->scratch, (size_t)size, 1));
    PG_TRY(pg_columnar_read_at(ctx, source, offset, footer, (size_t)size));
    cursor c = { footer, (size_t)size, pg_columnar_checksum(footer, (size_t)size) != checksum };
    out->n_rows = (size_t)offset;
    if (!c.bad) PG_TRY(take_footer(ctx, &c, columns, n_columns, arena, out));
    return c.bad ? fail_cut(ctx, source->label) : PGDP_OK;
}

pgdp_status pg_columnar_open(pgdp_ctx *ctx, const pg_columnar_source *source, const char *const *columns,
                             size_t n_columns, pg_arena *arena, pg_columnar *out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    *out = (pg_columnar){ .n_rows = 0 };
    PG_TRY(pgdp_frame_new(ctx, &out->head));
    const pgdp_status status = open_with_head(ctx, source, columns, n_columns, arena, out);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK) return PGDP_OK;
    pgdp_frame_free(out->head);
    out->head = NULL;
    return status;
}

/* Codes of one byte or two to codes of four; all bits set is the missing one. @return false: no such level */
static bool widen(const unsigned char *from, size_t size, size_t n, size_t n_levels, uint32_t *to)
{
    const uint32_t missing = size == 4 ? PGDP_NO_CODE : ((uint32_t)1 << 8 * size) - 1;
    bool good = true;
    for (size_t i = 0; i < n; i++) {
        uint32_t code = 0;
        memcpy(&code, from + i * size, size);
        to[i] = code == missing ? PGDP_NO_CODE : code;
        good = good && (code == missing || code < n_levels);
    }
    return good;
}

static void *cells_of(pgdp_frame *frame, size_t column, size_t first)
{
    double *reals = pg_frame_edit_reals(frame, column);
    int32_t *periods = pg_frame_edit_periods(frame, column);
    if (reals != NULL) return reals + first;
    if (periods != NULL) return periods + first;
    return pg_frame_edit_codes(frame, column) + first;
}

pgdp_status pg_columnar_cells(pgdp_ctx *ctx, const pg_columnar_source *source, const pg_columnar *about, size_t block,
                              pgdp_frame *frame, size_t first)
{
    const size_t left = about->n_rows - block * PGDP_BLOCK_ROWS;
    const size_t n = left < PGDP_BLOCK_ROWS ? left : PGDP_BLOCK_ROWS;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    unsigned char *codes;
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, n, sizeof(uint32_t)));
    bool good = true;
    for (size_t j = 0; j < about->n_columns && good; j++) {
        const pg_columnar_part *part = &about->parts[block * about->n_columns + j];
        const bool is_text = pgdp_frame_column(frame, j)->type == PGDP_TEXT;
        void *cells = cells_of(frame, j, first), *to = is_text ? codes : cells;
        PG_TRY(pg_columnar_read_at(ctx, source, part->offset, to, n * part->cell_size));
        good = pg_columnar_checksum(to, n * part->cell_size) == part->checksum;
        if (is_text) good = good && widen(codes, part->cell_size, n, pgdp_frame_n_levels(frame, j), cells);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return good ? PGDP_OK : fail_cut(ctx, source->label);
}
