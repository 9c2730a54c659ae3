/* load_convert.c  Delimited text of any length to a columnar file, piece by piece; a second time over when a type turns
 * out late.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <stdlib.h>
#include <string.h>

#include "core/columnar.h"
#include "ingest/bytes.h"
#include "ingest/fast_csv_cells.h"
#include "ingest/load.h"
#include "ingest/periods.h"
#include "ingest/unpack.h"

enum { PIECE = 1 << 24, MANY_DAYS = 1 << 16 };

/* The distinct days of a column: its frequency is told by them, whatever their order and number. */
typedef struct days {
    int32_t *list;
    size_t n, capacity;
    pgdp_frequency frequency; /* of the whole column */
} days;

typedef struct conversion {
    const pg_origin *origin;
    const pgdp_load *how;
    const char *to;
    pg_fast_csv fast;
    pg_rules rules;
    pg_fast_file file;
    pgdp_bytes piece;
    pg_unpacker *unpacker; /* NULL: the bytes are plain */
    unsigned char *buffer; /* [PIECE] unpacked */
    size_t offset;         /* of plain bytes: where the next piece begins */
    size_t kept;           /* bytes of the buffer after the piece */
    size_t line;
    bool ended, wrong;
    days *days; /* [columns of the file] */
    pgdp_table_writer *writer;
} conversion;

/* ---- pieces ---- */

/* Bytes up to the last row end; 0: no row ends here. */
static size_t whole_rows(const unsigned char *bytes, size_t n, char quote)
{
    bool inside = false;
    for (size_t i = 0; i < n && quote != '\0'; i++)
        inside = inside != (bytes[i] == (unsigned char)quote);
    for (; n > 0 && (bytes[n - 1] != '\n' || inside); n--)
        inside = inside != (quote != '\0' && bytes[n - 1] == (unsigned char)quote);
    return n;
}

/* The next piece; empty at the end, and odd when a row is longer than one. */
static pgdp_status next_piece(pgdp_ctx *ctx, conversion *c, bool *odd)
{
    const pgdp_bytes *in = &c->origin->in;
    size_t n = in->n - c->offset;
    if (c->unpacker == NULL) {
        c->piece.data = in->data + c->offset;
        c->ended = n <= PIECE;
        if (!c->ended) n = PIECE;
    } else {
        size_t got;
        memmove(c->buffer, c->buffer + c->piece.n, c->kept);
        PG_TRY(pg_unpacker_read(ctx, c->unpacker, c->buffer + c->kept, PIECE - c->kept, &got));
        pg_mapping_forget(&c->origin->mapping, in->data, pg_unpacker_taken(c->unpacker));
        c->piece.data = c->buffer;
        n = c->kept + got;
        c->ended = n < PIECE;
    }
    c->piece.n = c->ended ? n : whole_rows(c->piece.data, n, c->fast.dialect.quote);
    c->kept = n - c->piece.n;
    c->offset += c->piece.n;
    *odd = *odd || (n > 0 && c->piece.n == 0);
    return PGDP_OK;
}

static pgdp_status begin(pgdp_ctx *ctx, conversion *c)
{
    c->offset = c->kept = c->piece.n = 0;
    c->line = 1;
    pg_unpacker_free(c->unpacker);
    c->unpacker = NULL;
    if (!pg_is_packed(&c->origin->in)) return PGDP_OK;
    if (c->buffer == NULL) PG_TRY_ALLOC(ctx, c->buffer, pg_arena_alloc(&ctx->scratch, PIECE, 1));
    return pg_unpacker_new(ctx, &c->origin->in, &c->unpacker);
}

/* ---- rows ---- */

static int by_number(const void *a, const void *b)
{
    const int32_t x = *(const int32_t *)a, y = *(const int32_t *)b;
    return (x > y) - (x < y);
}

static size_t unique(int32_t *list, size_t n)
{
    size_t kept = 0;
    qsort(list, n, sizeof *list, by_number);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || list[kept - 1] != list[i]) list[kept++] = list[i];
    return kept;
}

static pgdp_status collect_days(pgdp_ctx *ctx, days *d, const int32_t *periods, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        if (periods[i] == PGDP_MISSING_PERIOD || (d->n > 0 && d->list[d->n - 1] == periods[i])) continue;
        if (d->n > 0 && d->n == d->capacity) d->n = unique(d->list, d->n);
        if (2 * d->n >= d->capacity) {
            const size_t capacity = 4 * d->n + MANY_DAYS;
            PG_TRY_ALLOC(ctx, d->list, pg_arena_grow(&ctx->scratch, d->list, d->capacity, capacity, sizeof *d->list));
            d->capacity = capacity;
        }
        d->list[d->n++] = periods[i];
    }
    return PGDP_OK;
}

/* Days become the periods that all of them together are, once that is known; until then they are collected. */
static pgdp_status settle_days(pgdp_ctx *ctx, conversion *c)
{
    const pg_fast_file *file = &c->file;
    for (size_t j = 0; j < file->n_columns; j++) {
        const pg_fast_column *column = &file->columns[j];
        days *d = &c->days[j];
        const bool open = column->index != PGDP_NONE && pg_facts_type(&column->facts) == column->type;
        if (!open || column->type != PGDP_PERIOD || column->facts.frequency != PGDP_DAILY) continue;
        if (d->frequency != PGDP_NO_FREQUENCY)
            PG_TRY(pg_set_frequency(ctx, file->frame, column->index, d->frequency));
        else
            PG_TRY(
                collect_days(ctx, d, pgdp_frame_periods(file->frame, column->index), pgdp_frame_n_rows(file->frame)));
    }
    return PGDP_OK;
}

static pgdp_status write_rows(pgdp_ctx *ctx, conversion *c)
{
    if (c->writer == NULL) PG_TRY(pgdp_table_writer_new(ctx, c->to, c->file.frame, &c->writer));
    return pgdp_table_writer_add(ctx, c->writer, c->file.frame);
}

/* A column that has turned out to be text cannot go on as numbers; the rest is read to learn what it is of all rows. */
static void compare_types(conversion *c)
{
    for (size_t j = 0; j < c->file.n_columns; j++) {
        const pg_fast_column *column = &c->file.columns[j];
        if (column->index == PGDP_NONE) continue;
        const bool settled = column->facts.settled != PG_OPEN || column->facts.periods || c->ended;
        c->wrong = c->wrong || (settled && pg_facts_type(&column->facts) != column->type);
    }
}

static pgdp_status take_rows(pgdp_ctx *ctx, conversion *c, size_t first, bool *odd)
{
    pg_fast_place at = { .offset = first, .line = c->line };
    c->file.n_chunks = 0;
    PG_TRY(pg_fast_add_columns(ctx, &c->file));
    PG_TRY(pg_fast_rows(ctx, &c->file, &at, odd));
    c->line = at.line;
    if (*odd) return PGDP_OK;
    compare_types(c);
    PG_TRY(pg_fast_describe(ctx, &c->file));
    PG_TRY(settle_days(ctx, c));
    return c->wrong ? PGDP_OK : write_rows(ctx, c);
}

/* The piece's rows in a frame of their own. */
static pgdp_status take_piece(pgdp_ctx *ctx, conversion *c, size_t first, bool *odd)
{
    PG_TRY(pgdp_frame_new(ctx, &c->file.frame));
    const pgdp_status status = take_rows(ctx, c, first, odd);
    pgdp_frame_free(c->file.frame);
    return status;
}

/* ---- passes ---- */

/* Header and types, from the first piece. */
static pgdp_status look_at_header(pgdp_ctx *ctx, conversion *c, size_t *end, bool *odd)
{
    pg_fast_file *file = &c->file;
    *end = 0;
    pg_manner *manner = pg_manner_of(c->how->format, &c->piece);
    *odd = manner == NULL;
    if (*odd) return PGDP_OK;
    manner(&c->piece, &c->fast.dialect, &c->rules);
    PG_TRY(pg_fast_header(ctx, file, end));
    *odd = *end == 0;
    if (*odd) return PGDP_OK;
    PG_TRY_ALLOC(ctx, c->days, pg_arena_alloc(&ctx->scratch, file->n_columns, sizeof *c->days));
    const pg_fast_place at = { .offset = *end, .line = 1 + pg_count_line_ends((const char *)c->piece.data, *end) };
    return *end < c->piece.n ? pg_fast_guess(ctx, file, at, odd) : PGDP_OK;
}

static pgdp_status pass(pgdp_ctx *ctx, conversion *c, bool *odd)
{
    const char *note;
    size_t first = 0, header = 0;
    PG_TRY(begin(ctx, c));
    for (bool begun = false; !begun || !c->ended; begun = true, first = 0) {
        PG_TRY(next_piece(ctx, c, odd));
        if (!begun) PG_TRY(pg_bytes_refuse(ctx, &c->piece));
        const size_t with_bom = c->piece.n;
        pgdp_bytes whole = c->piece;
        if (begun && pg_bytes_start(&c->piece, "\xef\xbb\xbf")) *odd = true; /* only a file begins with one */
        PG_TRY(pg_bytes_as_text(ctx, &whole, &c->origin->mapping, &c->piece, &note));
        *odd = *odd || note != NULL;
        if (!*odd && !begun && c->file.columns == NULL) PG_TRY(look_at_header(ctx, c, &header, odd));
        if (*odd) return PGDP_OK;
        if (!begun && header == 0) PG_TRY(pg_fast_header(ctx, &(pg_fast_file){ .how = &c->fast }, &header));
        if (!begun) first = header;
        if (!begun) c->line = 1 + pg_count_line_ends((const char *)c->piece.data, first);
        PG_TRY(take_piece(ctx, c, first, odd));
        if (*odd) return PGDP_OK;
        c->piece.data = whole.data;
        c->piece.n = with_bom;
    }
    return PGDP_OK;
}

/* What all rows together say; a second pass is needed when that is something else. */
static void learn(conversion *c)
{
    for (size_t j = 0; j < c->file.n_columns; j++) {
        pg_fast_column *column = &c->file.columns[j];
        days *d = &c->days[j];
        column->type = column->index == PGDP_NONE ? column->type : pg_facts_type(&column->facts);
        column->watch = false;
        if (d->n == 0 || column->type != PGDP_PERIOD || d->frequency != PGDP_NO_FREQUENCY) continue;
        d->frequency = pg_infer_frequency(d->list, d->n, false);
        c->wrong = c->wrong || d->frequency != PGDP_DAILY;
    }
}

static pgdp_status set_notes(pgdp_ctx *ctx, conversion *c)
{
    pgdp_frame *head = pg_table_writer_head(c->writer);
    PG_TRY(pg_fast_note_strays(ctx, &c->file, c->piece.label, head));
    PG_TRY(pg_fast_note_orders(ctx, &c->file, head));
    for (size_t j = 0; j < c->file.n_columns; j++)
        if (c->days[j].frequency != PGDP_NO_FREQUENCY && c->days[j].frequency != PGDP_DAILY)
            PG_TRY(pg_table_note_frequency(ctx, head, c->file.columns[j].name));
    return PGDP_OK;
}

static pgdp_status stream(pgdp_ctx *ctx, conversion *c, bool *odd)
{
    do {
        pgdp_table_writer_discard(ctx, c->writer);
        c->writer = NULL;
        c->wrong = false;
        PG_TRY(pass(ctx, c, odd));
        if (*odd) return PGDP_OK;
        learn(c);
    } while (c->wrong);
    if (c->writer == NULL) return PGDP_OK;
    PG_TRY(set_notes(ctx, c));
    pgdp_table_writer *writer = c->writer;
    c->writer = NULL;
    return pgdp_table_writer_commit(ctx, writer);
}

static pgdp_status convert_whole(pgdp_ctx *ctx, const conversion *c)
{
    pgdp_frame *frame;
    pgdp_table_writer *writer;
    PG_TRY(pg_load(ctx, c->origin->in.label, c->origin, c->how, &frame));
    pgdp_status status = pgdp_table_writer_new(ctx, c->to, frame, &writer);
    if (status == PGDP_OK) {
        status = pgdp_table_writer_add(ctx, writer, frame);
        if (status == PGDP_OK)
            status = pgdp_table_writer_commit(ctx, writer);
        else
            pgdp_table_writer_discard(ctx, writer);
    }
    pgdp_frame_free(frame);
    return status;
}

static pgdp_status convert(pgdp_ctx *ctx, conversion *c)
{
    bool odd = false;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    if (c->origin->description.n > 0) return convert_whole(ctx, c);
    PG_TRY_ALLOC(ctx, c->piece.label, pg_unpacked_label(&ctx->scratch, c->origin->in.label));
    /* Until the manner is known quotes count: a line end that no quotes hold ends a row with and without them. */
    c->fast = (pg_fast_csv){ .in = &c->piece,
                             .dialect = { .quote = '"' },
                             .rules = &c->rules,
                             .columns = c->how->columns,
                             .n_columns = c->how->n_columns,
                             .mapping = c->origin->mapping.data == NULL ? NULL : &c->origin->mapping };
    c->file.how = &c->fast;
    const pgdp_status status = stream(ctx, c, &odd);
    pg_unpacker_free(c->unpacker);
    pgdp_table_writer_discard(ctx, c->writer);
    pg_arena_rewind(&ctx->scratch, mark);
    return status == PGDP_OK && odd ? convert_whole(ctx, c) : status;
}

pgdp_status pgdp_convert(pgdp_ctx *ctx, const char *from, const pgdp_load *how, const char *to)
{
    const pgdp_load plain = { .format = NULL };
    pg_origin origin;
    PG_TRY(pg_origin_open(ctx, from, &origin));
    conversion c = { .origin = &origin, .how = how == NULL ? &plain : how, .to = to };
    const pgdp_status status = convert(ctx, &c);
    pg_origin_close(ctx, &origin);
    return status;
}
