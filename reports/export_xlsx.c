/* export_xlsx.c  A table as a workbook of one sheet, row by row, in memory that does not grow with the rows. Source:
 * ECMA-376 part 1, 18.2 to 18.8 (workbook, sheet, shared strings, styles), 15.2.5 (custom XML, which no spreadsheet
 * shows) and part 2. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * A report's workbook is laid out, styled and read back; a table of a million rows is none of these, and its markup is
 * written here: libxlsxwriter would print sixteen digits, and pack slowly. */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/ranks.h"
#include "core/schema.h"
#include "reports/writers.h"
#include "reports/zip_out.h"

enum {
    MOST_ROWS = 1048576,
    MOST_COLUMNS = 16384,
    BLOCK_CELLS = 16384, /* about half a megabyte of markup */
    BLOCK_STRINGS = 1024,
    DAYS_TO_1970 = 25569,
    FIRST_DAY = 61,     /* 1 March 1900: the days before are numbered as if 1900 had been a leap year */
    LAST_DAY = 2958465, /* 31 December 9999 */
};

#define XML       "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
#define FORMATS   "http://schemas.openxmlformats.org/"
#define MAIN      "xmlns=\"" FORMATS "spreadsheetml/2006/main\""
#define DOCUMENT  FORMATS "officeDocument/2006/relationships"
#define RELATIONS "<Relationships xmlns=\"" FORMATS "package/2006/relationships\">"
#define RELATION(id, type, target)                                                                                     \
    "<Relationship Id=\"rId" id "\" Type=\"" DOCUMENT "/" type "\" Target=\"" target "\"/>"
#define TYPES                                                                                                          \
    "<Types xmlns=\"" FORMATS "package/2006/content-types\"><Default Extension=\"rels\" ContentType=\"application/"    \
    "vnd.openxmlformats-package.relationships+xml\"/><Default Extension=\"xml\" ContentType=\"application/xml\"/>"
#define CONTENT(part, type)                                                                                            \
    "<Override PartName=\"/xl/" part ".xml\" ContentType=\"application/vnd.openxmlformats-officedocument."             \
    "spreadsheetml." type "+xml\"/>"

/* The parts that are the same for every table. Style 1 is the header's, style 2 a day's. */
static const struct {
    const char *name, *text;
} constants[] = {
    { "[Content_Types].xml", XML TYPES CONTENT("workbook", "sheet.main") CONTENT("worksheets/sheet1", "worksheet")
                                 CONTENT("styles", "styles") CONTENT("sharedStrings", "sharedStrings") "</Types>" },
    { "_rels/.rels", XML RELATIONS RELATION("1", "officeDocument", "xl/workbook.xml") "</Relationships>" },
    { "xl/workbook.xml",
      XML "<workbook " MAIN " xmlns:r=\"" DOCUMENT "\"><bookViews><workbookView/></bookViews><sheets>"
          "<sheet name=\"" PG_SCHEMA_SHEET "\" sheetId=\"1\" r:id=\"rId1\"/></sheets></workbook>" },
    { "xl/_rels/workbook.xml.rels", XML RELATIONS RELATION("1", "worksheet", "worksheets/sheet1.xml") RELATION(
                                        "2", "styles", "styles.xml") RELATION("3", "sharedStrings", "sharedStrings.xml")
                                        RELATION("4", "customXml", "../customXml/item1.xml") "</Relationships>" },
    { "xl/styles.xml", XML
      "<styleSheet " MAIN "><numFmts count=\"1\"><numFmt numFmtId=\"164\" formatCode=\"yyyy\\-mm\\-dd\"/></numFmts>"
      "<fonts count=\"2\"><font><sz val=\"11\"/><name val=\"Calibri\"/></font><font><b/><sz val=\"11\"/>"
      "<name val=\"Calibri\"/></font></fonts><fills count=\"2\"><fill><patternFill patternType=\"none\"/></fill>"
      "<fill><patternFill patternType=\"gray125\"/></fill></fills><borders count=\"1\"><border><left/><right/><top/>"
      "<bottom/><diagonal/></border></borders><cellStyleXfs count=\"1\"><xf numFmtId=\"0\" fontId=\"0\" "
      "fillId=\"0\" borderId=\"0\"/></cellStyleXfs><cellXfs count=\"3\"><xf numFmtId=\"0\" fontId=\"0\" "
      "fillId=\"0\" borderId=\"0\" xfId=\"0\"/><xf numFmtId=\"0\" fontId=\"1\" fillId=\"0\" borderId=\"0\" "
      "xfId=\"0\" applyFont=\"1\"/><xf numFmtId=\"164\" fontId=\"0\" fillId=\"0\" borderId=\"0\" xfId=\"0\" "
      "applyNumberFormat=\"1\"/></cellXfs><cellStyles count=\"1\"><cellStyle name=\"Normal\" xfId=\"0\" "
      "builtinId=\"0\"/></cellStyles></styleSheet>" },
};

/* One column of the table on its way into the sheet. */
typedef struct column {
    const pgdp_column *about;
    const double *reals;
    const int32_t *periods;
    const uint32_t *codes;
    size_t *strings;     /* [n_levels] of text: number of the shared string */
    size_t first_string; /* of text: number of the first one */
    char open[16];       /* <c r="AB */
} column;

/* The shared strings are the header's names, then of each column the levels that stand in a row. */
typedef struct sheet {
    const pgdp_frame *frame;
    const char *path;
    column *columns;
    size_t n_columns, n_rows, block_rows;
    const char **strings;
    size_t n_strings, strings_capacity;
    pg_text description; /* JSON */
} sheet;

static pgdp_status check_size(pgdp_ctx *ctx, const sheet *s)
{
    if (s->n_rows < MOST_ROWS && s->n_columns <= MOST_COLUMNS) return PGDP_OK;
    return pg_fail(
        ctx, PGDP_SHAPE_MISMATCH,
        "%s: found %zu rows and %zu columns, expected at most %d and %d, which is what a sheet holds; write .csv "
        "or .pgdp",
        s->path, s->n_rows, s->n_columns, MOST_ROWS - 1, MOST_COLUMNS);
}

static pgdp_status add_string(pgdp_ctx *ctx, sheet *s, const char *string)
{
    if (s->n_strings == s->strings_capacity) {
        const size_t capacity = 2 * s->strings_capacity + BLOCK_STRINGS;
        PG_TRY_ALLOC(ctx, s->strings,
                     pg_arena_grow(&ctx->scratch, s->strings, s->strings_capacity, capacity, sizeof *s->strings));
        s->strings_capacity = capacity;
    }
    s->strings[s->n_strings++] = string;
    return PGDP_OK;
}

/* Levels in the order of the rows: what no row holds is not written. */
static pgdp_status number_levels(pgdp_ctx *ctx, sheet *s, size_t j)
{
    column *c = &s->columns[j];
    c->first_string = s->n_strings;
    PG_TRY_ALLOC(ctx, c->strings, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_levels(s->frame, j), sizeof *c->strings));
    for (size_t i = 0; i < s->n_rows; i++) {
        const uint32_t code = c->codes[i];
        if (code == PGDP_NO_CODE || c->strings[code] != 0) continue;
        c->strings[code] = s->n_strings; /* 0 is the first column's name */
        PG_TRY(add_string(ctx, s, pgdp_frame_level(s->frame, j, code)));
    }
    return PGDP_OK;
}

/* 0 -> <c r="A, 27 -> <c r="AB */
static void open_column(size_t j, char open[16])
{
    char letters[8];
    size_t n = 0;
    for (size_t rest = j + 1; rest > 0; rest = (rest - 1) / 26)
        letters[n++] = (char)('A' + (rest - 1) % 26);
    (void)memcpy(open, "<c r=\"", 6);
    for (size_t i = 0; i < n; i++)
        open[6 + i] = letters[n - 1 - i];
    open[6 + n] = '\0';
}

static pgdp_status describe(pgdp_ctx *ctx, sheet *s)
{
    pg_schema schema;
    PG_TRY(pg_schema_of(ctx, s->frame, "#" PG_SCHEMA_SHEET, false, &schema));
    pg_text_init(&s->description, &ctx->scratch);
    const pgdp_sink sink = pg_text_sink(&s->description);
    PG_TRY(pg_schema_print(ctx, &schema, &sink));
    return s->description.failed ? pg_no_memory(ctx) : PGDP_OK;
}

static pgdp_status prepare(pgdp_ctx *ctx, sheet *s)
{
    PG_TRY(describe(ctx, s));
    PG_TRY_ALLOC(ctx, s->columns, pg_arena_alloc(&ctx->scratch, s->n_columns, sizeof *s->columns));
    for (size_t j = 0; j < s->n_columns; j++) {
        column *c = &s->columns[j];
        *c = (column){ .about = pgdp_frame_column(s->frame, j),
                       .reals = pgdp_frame_reals(s->frame, j),
                       .periods = pgdp_frame_periods(s->frame, j),
                       .codes = pgdp_frame_codes(s->frame, j) };
        open_column(j, c->open);
        PG_TRY(add_string(ctx, s, c->about->name));
    }
    for (size_t j = 0; j < s->n_columns; j++)
        if (s->columns[j].about->type == PGDP_TEXT) PG_TRY(number_levels(ctx, s, j));
    return PGDP_OK;
}

/* ---- the sheet ---- */

/* <c r="AB12" t="s"><v>345</v></c>; how: what stands between the reference and the value. */
static void add_cell(pg_text *out, const column *c, const char *row, const char *how, const char *value)
{
    pg_text_add(out, c->open);
    pg_text_add(out, row);
    pg_text_add(out, how);
    pg_text_add(out, value);
    pg_text_add(out, "</v></c>");
}

static void add_shared(pg_text *out, const column *c, const char *row, const char *how, size_t string)
{
    char number[PG_NUMBER_SIZE];
    pg_number_format((double)string, number);
    add_cell(out, c, row, how, number);
}

/* A day is a date to spreadsheets and a year a number; the other periods are text. */
static void add_period(pg_text *out, const column *c, const char *row, int32_t ordinal)
{
    char text[PG_NUMBER_SIZE];
    const int64_t serial = (int64_t)ordinal + DAYS_TO_1970;
    if (c->about->frequency == PGDP_DAILY && serial >= FIRST_DAY && serial <= LAST_DAY) {
        pg_number_format((double)serial, text);
        add_cell(out, c, row, "\" s=\"2\"><v>", text);
        return;
    }
    pgdp_period_format((pgdp_period){ c->about->frequency, ordinal }, text);
    add_cell(out, c, row, c->about->frequency == PGDP_ANNUAL ? "\"><v>" : "\" t=\"str\"><v>", text);
}

static void add_row(const sheet *s, size_t i, pg_text *out)
{
    char row[PG_NUMBER_SIZE], number[PG_NUMBER_SIZE];
    pg_number_format((double)(i + 2), row);
    pg_text_add(out, "<row r=\"");
    pg_text_add(out, row);
    pg_text_add(out, "\">");
    for (size_t j = 0; j < s->n_columns; j++) {
        const column *c = &s->columns[j];
        if (c->about->type == PGDP_REAL && isinf(c->reals[i])) {
            add_cell(out, c, row, "\" t=\"str\"><v>", c->reals[i] > 0 ? "INF" : "-INF");
        } else if (c->about->type == PGDP_REAL && !isnan(c->reals[i])) {
            pg_number_format(c->reals[i], number);
            add_cell(out, c, row, "\"><v>", number);
        } else if (c->about->type == PGDP_TEXT && c->codes[i] != PGDP_NO_CODE) {
            add_shared(out, c, row, "\" t=\"s\"><v>", c->strings[c->codes[i]]);
        } else if (c->about->type == PGDP_PERIOD && c->periods[i] != PGDP_MISSING_PERIOD) {
            add_period(out, c, row, c->periods[i]);
        }
    }
    pg_text_add(out, "</row>");
}

static void add_head(const sheet *s, pg_text *out)
{
    pg_text_add(out, XML "<worksheet " MAIN "><sheetViews><sheetView tabSelected=\"1\" workbookViewId=\"0\"><pane "
                         "ySplit=\"1\" topLeftCell=\"A2\" activePane=\"bottomLeft\" state=\"frozen\"/></sheetView>"
                         "</sheetViews><sheetFormatPr defaultRowHeight=\"15\"/>");
    if (s->n_columns > 0)
        pg_text_addf(out, "<cols><col min=\"1\" max=\"%zu\" width=\"14.7109375\" customWidth=\"1\"/></cols>",
                     s->n_columns);
    pg_text_add(out, "<sheetData><row r=\"1\">");
    for (size_t j = 0; j < s->n_columns; j++)
        add_shared(out, &s->columns[j], "1", "\" s=\"1\" t=\"s\"><v>", j);
    pg_text_add(out, "</row>");
}

/* Block 0 is the head, the last one the end. */
static pgdp_status print_sheet(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out)
{
    (void)ctx;
    const sheet *s = user;
    const size_t n_blocks = pg_n_blocks(s->n_rows, s->block_rows);
    if (block == 0) add_head(s, out);
    if (block > n_blocks) pg_text_add(out, "</sheetData></worksheet>");
    if (block == 0 || block > n_blocks) return PGDP_OK;
    const pg_range own = pg_block_range(s->n_rows, s->block_rows, block - 1);
    for (size_t i = own.first; i < own.end; i++)
        add_row(s, i, out);
    return PGDP_OK;
}

/* ---- the texts ---- */

static pgdp_status refuse(pgdp_ctx *ctx, const sheet *s, size_t string)
{
    size_t owner = string;
    for (size_t j = 0; j < s->n_columns && string >= s->n_columns; j++)
        if (s->columns[j].strings != NULL && s->columns[j].first_string <= string) owner = j;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: column %.60s holds \"%.40s\", which a workbook cannot: a control character, bytes that are no "
                   "UTF-8, or more than 32,767 characters; write .csv",
                   s->path, s->columns[owner].about->name, s->strings[string]);
}

static pgdp_status print_strings(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out)
{
    const sheet *s = user;
    const size_t n_blocks = pg_n_blocks(s->n_strings, BLOCK_STRINGS);
    if (block == 0) pg_text_add(out, XML "<sst " MAIN ">");
    if (block == n_blocks) pg_text_add(out, "</sst>");
    if (block == n_blocks) return PGDP_OK;
    const pg_range own = pg_block_range(s->n_strings, BLOCK_STRINGS, block);
    for (size_t i = own.first; i < own.end; i++) {
        pg_text_add(out, "<si><t xml:space=\"preserve\">");
        if (!pg_workbook_markup(out, s->strings[i])) return refuse(ctx, s, i);
        pg_text_add(out, "</t></si>");
    }
    return PGDP_OK;
}

static pgdp_status print_description(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out)
{
    const sheet *s = user;
    (void)ctx, (void)block;
    pg_text_add(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<csvw>");
    pg_workbook_json(out, s->description.data);
    pg_text_add(out, "</csvw>");
    return PGDP_OK;
}

/* ---- the file ---- */

static pgdp_status print_constant(pgdp_ctx *ctx, const void *user, size_t block, pg_text *out)
{
    (void)ctx, (void)block;
    pg_text_add(out, user);
    return PGDP_OK;
}

static pgdp_status write_parts(pgdp_ctx *ctx, const sheet *s, const pgdp_sink *sink)
{
    pg_zip_out zip = { .label = s->path, .sink = *sink };
    for (size_t i = 0; i < sizeof constants / sizeof *constants; i++)
        PG_TRY(pg_zip_out_part(
            ctx, &zip,
            &(pg_zip_part){
                .name = constants[i].name, .n_blocks = 1, .print = print_constant, .user = constants[i].text }));
    PG_TRY(pg_zip_out_part(
        ctx, &zip,
        &(pg_zip_part){ .name = "customXml/item1.xml", .n_blocks = 1, .print = print_description, .user = s }));
    PG_TRY(pg_zip_out_part(ctx, &zip,
                           &(pg_zip_part){ .name = "xl/sharedStrings.xml",
                                           .n_blocks = pg_n_blocks(s->n_strings, BLOCK_STRINGS) + 1,
                                           .print = print_strings,
                                           .user = s }));
    PG_TRY(pg_zip_out_part(ctx, &zip,
                           &(pg_zip_part){ .name = "xl/worksheets/sheet1.xml",
                                           .n_blocks = pg_n_blocks(s->n_rows, s->block_rows) + 2,
                                           .print = print_sheet,
                                           .user = s,
                                           .what = "blocks of the workbook" }));
    return pg_zip_out_end(ctx, &zip);
}

static pgdp_status export(pgdp_ctx *ctx, void *user)
{
    sheet *s = user;
    pgdp_output *output;
    pgdp_sink sink;
    PG_TRY(check_size(ctx, s));
    PG_TRY(prepare(ctx, s));
    PG_TRY(pgdp_output_new(ctx, s->path, &output, &sink));
    const pgdp_status status = write_parts(ctx, s, &sink);
    if (status == PGDP_OK) return pgdp_output_commit(ctx, output);
    pgdp_output_discard(ctx, output);
    return status;
}

pgdp_status pgdp_frame_write_xlsx(pgdp_ctx *ctx, const pgdp_frame *frame, const char *path)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    sheet s = {
        .frame = frame, .path = path, .n_rows = pgdp_frame_n_rows(frame), .n_columns = pgdp_frame_n_columns(frame)
    };
    s.block_rows = s.n_columns < BLOCK_CELLS ? BLOCK_CELLS / (s.n_columns + 1) + 1 : 1;
    const pgdp_status status = pg_once(ctx, export, &s); /* one process alone writes the file */
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
