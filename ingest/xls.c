/* xls.c  The sheets of a binary workbook, Excel 5 to 2003: records to cells. Source: [MS-XLS] 2.1.7, 2.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/xls.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/number.h"
#include "ingest/ole.h"
#include "ingest/serial.h"
#include "ingest/xls_records.h"

enum {
    BOF = 0x809,
    END = 0x0A,
    SHEET = 0x85,
    TEXTS = 0xFC,
    DATE_MODE = 0x22,
    STYLE = 0xE0,
    FORMAT = 0x41E,
    PASSWORD = 0x2F,
    NUMBER = 0x203,
    SHORT_NUMBER = 0x27E,
    SHORT_NUMBERS = 0xBD,
    SHARED = 0xFD,
    LABEL = 0x204,
    RICH_LABEL = 0xD6,
    TRUTH = 0x205,
    FORMULA = 0x06,
    RESULT = 0x207
};
enum { VERSION_8 = 0x600, VERSION_5 = 0x500, STYLES = 65536, WORKSHEET = 0, COLUMNS = 256 };

/* A cell as it comes; the order of records is not promised to be that of rows. */
typedef struct found {
    uint32_t at; /* row and column in one number */
    uint32_t order;
    pg_cell cell;
} found;

typedef struct book {
    pgdp_ctx *ctx;
    const char *label;
    pgdp_bytes stream;
    pg_text_form form;
    bool date1904;
    pg_shared_text *texts;
    size_t n_texts;
    bool *dates; /* [n_styles] cells of the style show a date */
    size_t n_styles;
    bool *date_formats;                /* [65536] */
    found *cells;                      /* of the sheet under way */
    size_t n_cells, capacity, pending; /* pending: the row and column of a formula whose text follows */
    bool has_pending;
    size_t n_read; /* bytes of sheets: they lie apart, so that all together are no longer than the stream */
    pg_text text;
} book;

static pgdp_status fail(const book *b, const char *what)
{
    return pg_fail(b->ctx, PGDP_PARSE, "%s: this workbook (.xls) cannot be read: %s; open it and save it as .xlsx",
                   b->label, what);
}

/* ---- what all sheets share ---- */

static pgdp_status read_format(book *b, const pg_record *r)
{
    const pg_text_form form = { .wide_count = !b->form.old, .old = b->form.old };
    pg_text_clear(&b->text);
    if (r->n < 2 || !pg_record_text(r->p + 2, r->n - 2, form, &b->text))
        return b->text.failed ? pg_no_memory(b->ctx) : PGDP_OK;
    b->date_formats[pg_u16(r->p)] = pg_format_shows_date(b->text.data);
    return PGDP_OK;
}

static void read_style(book *b, const pg_record *r)
{
    if (r->n < 4 || b->n_styles == STYLES) return;
    const unsigned id = pg_u16(r->p + 2);
    b->dates[b->n_styles++] = pg_format_is_date(id) || b->date_formats[id];
}

static pgdp_status read_shared(book *b, const pg_record *r)
{
    switch (r->id) {
    case PASSWORD:
        return fail(b, "it is protected by a password");
    case DATE_MODE:
        b->date1904 = r->n >= 2 && pg_u16(r->p) == 1;
        return PGDP_OK;
    case FORMAT:
        return read_format(b, r);
    case STYLE:
        read_style(b, r);
        return PGDP_OK;
    case TEXTS: {
        const pgdp_status status = pg_shared_texts(b->ctx, &b->stream, r, &b->texts, &b->n_texts);
        return status == PGDP_PARSE ? fail(b, b->ctx->error) : status;
    }
    default:
        return PGDP_OK;
    }
}

static pgdp_status begin(book *b)
{
    pg_record r;
    if (!pg_record_at(&b->stream, 0, &r) || r.id != BOF || r.n < 4) return fail(b, "its first record is unknown");
    const unsigned version = pg_u16(r.p);
    if (version != VERSION_8 && version != VERSION_5) return fail(b, "it is older than Excel 5");
    b->form = (pg_text_form){ .wide_count = true, .old = version == VERSION_5 };
    PG_TRY_ALLOC(b->ctx, b->dates, pg_arena_alloc(&b->ctx->scratch, STYLES, sizeof *b->dates));
    PG_TRY_ALLOC(b->ctx, b->date_formats, pg_arena_alloc(&b->ctx->scratch, STYLES, sizeof *b->date_formats));
    for (size_t at = r.next; pg_record_at(&b->stream, at, &r); at = r.next) {
        if (r.id == END) return PGDP_OK;
        PG_TRY(read_shared(b, &r));
    }
    return fail(b, "its list of sheets is cut short");
}

/* ---- cells ---- */

static pgdp_status add(book *b, unsigned row, unsigned column, pg_cell cell)
{
    if (cell.length == 0 || column >= COLUMNS) return PGDP_OK;
    if (b->n_cells == b->capacity) {
        const size_t more = 2 * b->capacity + 256;
        PG_TRY_ALLOC(b->ctx, b->cells, pg_arena_grow(&b->ctx->scratch, b->cells, b->capacity, more, sizeof *b->cells));
        b->capacity = more;
    }
    cell.column = (uint16_t)column;
    b->cells[b->n_cells] = (found){ (uint32_t)row * COLUMNS + column, (uint32_t)b->n_cells, cell };
    b->n_cells++;
    return PGDP_OK;
}

static pgdp_status add_text(book *b, unsigned row, unsigned column, const char *text, size_t n, pg_cell_kind kind)
{
    pg_cell cell = { .kind = (uint16_t)kind };
    while (n > 0 && (text[n - 1] == ' ' || text[n - 1] == '\n' || text[n - 1] == '\r' || text[n - 1] == '\t'))
        n--;
    PG_TRY_ALLOC(b->ctx, cell.text, pg_arena_strndup(&b->ctx->scratch, text, n));
    cell.length = (uint32_t)n;
    return add(b, row, column, cell);
}

static pgdp_status add_number(book *b, unsigned row, unsigned column, unsigned style, double value)
{
    char text[PG_NUMBER_SIZE];
    if (!isfinite(value)) return PGDP_OK; /* no number */
    const bool date = style < b->n_styles && b->dates[style] && pg_serial_date(value, b->date1904, text);
    if (!date) pg_number_format(value, text);
    return add_text(b, row, column, text, strlen(text), date ? PG_CELL_DATE : PG_CELL_NUMBER);
}

static double real_at(const unsigned char *p)
{
    const uint64_t bits = pg_u32(p) | (uint64_t)pg_u32(p + 4) << 32;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

/* 30 bits of a number: an integer, or the upper bits of a double; and whether it is to be divided by 100. */
static double short_number(uint32_t bits)
{
    double value;
    if ((bits & 2) != 0) {
        value = (double)((int32_t)bits >> 2);
    } else {
        const uint64_t wide = (uint64_t)(bits & 0xFFFFFFFCu) << 32;
        memcpy(&value, &wide, sizeof value);
    }
    return (bits & 1) != 0 ? value / 100 : value;
}

static pgdp_status add_label(book *b, const pg_record *r)
{
    pg_text_clear(&b->text);
    if (r->n < 6 || !pg_record_text(r->p + 6, r->n - 6, b->form, &b->text))
        return b->text.failed ? pg_no_memory(b->ctx) : fail(b, "a text leaves its record");
    return add_text(b, pg_u16(r->p), pg_u16(r->p + 2), b->text.data, b->text.n, PG_CELL_TEXT);
}

static pgdp_status add_truth(book *b, const unsigned char *p, bool truth, bool error)
{
    if (error) return PGDP_OK; /* #N/A and the like: missing */
    return add_text(b, pg_u16(p), pg_u16(p + 2), truth ? "TRUE" : "FALSE", truth ? 4 : 5, PG_CELL_TEXT);
}

/* The value that was saved: a number, or two bytes FF with the kind in the first one. */
static pgdp_status add_result(book *b, const pg_record *r)
{
    enum { TEXT_FOLLOWS = 0, IS_TRUTH = 1, IS_ERROR = 2 };
    const unsigned char *p = r->p;
    if (r->n < 14) return fail(b, "a formula is cut short");
    if (p[12] != 0xFF || p[13] != 0xFF) return add_number(b, pg_u16(p), pg_u16(p + 2), pg_u16(p + 4), real_at(p + 6));
    b->has_pending = p[6] == TEXT_FOLLOWS;
    b->pending = (size_t)pg_u16(p) << 16 | pg_u16(p + 2);
    return p[6] == IS_TRUTH || p[6] == IS_ERROR ? add_truth(b, p, p[8] != 0, p[6] == IS_ERROR) : PGDP_OK;
}

static pgdp_status add_result_text(book *b, const pg_record *r)
{
    if (!b->has_pending) return PGDP_OK;
    b->has_pending = false;
    pg_text_clear(&b->text);
    if (!pg_record_text(r->p, r->n, b->form, &b->text))
        return b->text.failed ? pg_no_memory(b->ctx) : PGDP_OK; /* longer than a record: the cell stays missing */
    return add_text(b, (unsigned)(b->pending >> 16), (unsigned)(b->pending & 0xFFFF), b->text.data, b->text.n,
                    PG_CELL_TEXT);
}

static pgdp_status add_short_numbers(book *b, const pg_record *r)
{
    const unsigned row = pg_u16(r->p), first = pg_u16(r->p + 2);
    for (size_t i = 0; 4 + 6 * (i + 1) + 2 <= r->n; i++) {
        const unsigned char *p = r->p + 4 + 6 * i;
        PG_TRY(add_number(b, row, first + (unsigned)i, pg_u16(p), short_number(pg_u32(p + 2))));
    }
    return PGDP_OK;
}

static pgdp_status add_shared(book *b, const pg_record *r)
{
    if (r->n < 10 || pg_u32(r->p + 6) >= b->n_texts) return fail(b, "a cell refers to a text that is not there");
    const pg_shared_text *text = &b->texts[pg_u32(r->p + 6)];
    return add_text(b, pg_u16(r->p), pg_u16(r->p + 2), text->text, text->length, PG_CELL_TEXT);
}

static pgdp_status read_cell(book *b, const pg_record *r)
{
    if (r->id == RESULT) return add_result_text(b, r);
    if (r->id == FORMULA) return add_result(b, r);
    if (r->id == SHARED) return add_shared(b, r);
    if (r->id == LABEL || r->id == RICH_LABEL) return add_label(b, r);
    if (r->id == SHORT_NUMBERS && r->n >= 6) return add_short_numbers(b, r);
    const unsigned char *p = r->p;
    if (r->id == NUMBER && r->n >= 14) return add_number(b, pg_u16(p), pg_u16(p + 2), pg_u16(p + 4), real_at(p + 6));
    if (r->id == SHORT_NUMBER && r->n >= 10)
        return add_number(b, pg_u16(p), pg_u16(p + 2), pg_u16(p + 4), short_number(pg_u32(p + 6)));
    if (r->id == TRUTH && r->n >= 8) return add_truth(b, p, p[6] != 0, p[7] != 0);
    return PGDP_OK;
}

static int compare(const void *a, const void *b)
{
    const found *x = a, *y = b;
    if (x->at != y->at) return x->at < y->at ? -1 : 1;
    return (x->order > y->order) - (x->order < y->order);
}

/* Of cells at one place the last counts. */
static pgdp_status fill_grid(book *b, size_t max_rows, pg_grid *grid)
{
    size_t n_rows = 0;
    if (b->n_cells > 0) qsort(b->cells, b->n_cells, sizeof *b->cells, compare);
    for (size_t i = 0; i < b->n_cells; i++) {
        const uint32_t row = b->cells[i].at / COLUMNS;
        if (i + 1 < b->n_cells && b->cells[i + 1].at == b->cells[i].at) continue;
        const bool begins = grid->n_rows == 0 || grid->rows[grid->n_rows - 1].line != row + 1;
        if (begins && max_rows > 0 && n_rows++ == max_rows) return PGDP_OK;
        if (begins && !pg_grid_add_row(grid, (size_t)row + 1)) return pg_no_memory(b->ctx);
        if (!pg_grid_add_cell(grid, b->cells[i].cell)) return pg_no_memory(b->ctx);
    }
    return PGDP_OK;
}

/* From its BOF to the END that belongs to it: charts inside have their own. */
static pgdp_status read_sheet(book *b, size_t at, size_t max_rows, pg_grid *grid)
{
    pg_record r;
    size_t depth = 0;
    b->n_cells = 0;
    b->has_pending = false;
    if (!pg_record_at(&b->stream, at, &r) || r.id != BOF) return fail(b, "a sheet is not where the list says");
    for (; pg_record_at(&b->stream, at, &r); at = r.next) {
        depth += r.id == BOF;
        depth -= r.id == END;
        b->n_read += r.next - at;
        if (depth == 0) return fill_grid(b, max_rows, grid);
        if (b->n_read > b->stream.n) return fail(b, "its sheets lie over one another");
        if (depth == 1) PG_TRY(read_cell(b, &r));
    }
    return fail(b, "a sheet is cut short");
}

/* ---- sheets ---- */

static pgdp_status add_sheet(book *b, const pg_record *r, size_t max_rows, pg_workbook *out)
{
    const pg_text_form form = { .wide_count = false, .old = b->form.old };
    if (r->n < 8 || r->p[4] != 0 || r->p[5] != WORKSHEET) return PGDP_OK; /* hidden, or a chart */
    pg_text_clear(&b->text);
    if (!pg_record_text(r->p + 6, r->n - 6, form, &b->text))
        return b->text.failed ? pg_no_memory(b->ctx) : fail(b, "a sheet's name leaves its record");
    pg_sheet *sheet;
    PG_TRY_ALLOC(b->ctx, out->sheets,
                 pg_arena_grow(&b->ctx->scratch, out->sheets, out->n_sheets, out->n_sheets + 1, sizeof *sheet));
    sheet = &out->sheets[out->n_sheets++];
    const char *label;
    const char *name = b->text.data;
    size_t n = b->text.n;
    pg_trim(&name, &n);
    PG_TRY_ALLOC(b->ctx, sheet->name, pg_arena_strndup(&b->ctx->scratch, name, n));
    PG_TRY_ALLOC(b->ctx, label, pg_arena_printf(&b->ctx->scratch, "%s[%s]", b->label, sheet->name));
    pg_grid_init(&sheet->grid, &b->ctx->scratch, label);
    return read_sheet(b, pg_u32(r->p), max_rows, &sheet->grid);
}

static pgdp_status read_book(pgdp_ctx *ctx, const pgdp_bytes *in, size_t max_rows, pg_workbook *out)
{
    static const char *const names[] = { "Workbook", "Book", NULL };
    enum { MOST_SHEETS = 1024 };
    book b = { .ctx = ctx, .label = in->label };
    pg_record r;
    PG_TRY(pg_ole_stream(ctx, in, names, &b.stream));
    if (b.stream.data == NULL)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: this old binary Office file holds no workbook, expected .xls, .xlsx or CSV; save the table "
                       "as .xlsx",
                       in->label);
    pg_text_init(&b.text, &ctx->scratch);
    if (b.text.failed) return pg_no_memory(ctx);
    PG_TRY(begin(&b));
    for (size_t at = 0; pg_record_at(&b.stream, at, &r) && r.id != END; at = r.next) {
        if (r.id == SHEET && out->n_sheets == MOST_SHEETS) return fail(&b, "it has more than 1,024 sheets");
        if (r.id == SHEET) PG_TRY(add_sheet(&b, &r, max_rows, out));
    }
    return PGDP_OK;
}

bool pg_is_workbook(const pgdp_bytes *in)
{
    return pg_is_zip(in) || pg_is_ole(in);
}

pgdp_status pg_any_workbook_read(pgdp_ctx *ctx, const pgdp_bytes *in, size_t max_rows, pg_workbook *out)
{
    if (!pg_is_ole(in)) return pg_workbook_read(ctx, in, max_rows, out);
    *out = (pg_workbook){ .n_sheets = 0 };
    return read_book(ctx, in, max_rows, out);
}

pgdp_status pg_any_workbook_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_sheets_taker *taker)
{
    pg_workbook workbook;
    if (!pg_is_ole(in)) return pg_workbook_stream(ctx, in, taker);
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &workbook));
    for (size_t i = 0; i < workbook.n_sheets; i++)
        PG_TRY(taker->take(ctx, taker->user, &workbook.sheets[i]));
    return PGDP_OK;
}
