/* read_bls_data_tool.c  Workbooks of the BLS data tool, a year a row, as the long table of the API. Source: formats.md
 * 6, hand-saved relatives. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/bls.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/xls.h"

enum { WIDTH = 32 }; /* of a header: a year, at most twelve months, two halves, an average */

/* Each sheet tells of a series, line by line, then has its values under a header. */
typedef struct block {
    const pg_grid *grid;
    const char *series;
    const char *codes[WIDTH]; /* period of a column; NULL: none */
    bool headed;
} block;

static int sniff(const pgdp_bytes *head)
{
    const bool ours = pg_bytes_start(head, PG_WORKBOOK) && pg_bytes_hold(head, head->n, "\nSeries Id:\t");
    return ours ? PG_SURE : PG_NOT_OURS;
}

static const char *code_of(const char *name)
{
    static const struct {
        const char *name, *code;
    } periods[] = {
        { "Jan", "M01" },  { "Feb", "M02" },  { "Mar", "M03" },    { "Apr", "M04" },   { "May", "M05" },
        { "Jun", "M06" },  { "Jul", "M07" },  { "Aug", "M08" },    { "Sep", "M09" },   { "Oct", "M10" },
        { "Nov", "M11" },  { "Dec", "M12" },  { "Annual", "M13" }, { "HALF1", "S01" }, { "HALF2", "S02" },
        { "Qtr1", "Q01" }, { "Qtr2", "Q02" }, { "Qtr3", "Q03" },   { "Qtr4", "Q04" },
    };
    for (size_t i = 0; i < sizeof periods / sizeof *periods; i++)
        if (pg_streq_nocase(periods[i].name, name)) return periods[i].code;
    return NULL;
}

static pgdp_status read_header(pgdp_ctx *ctx, block *b, size_t row)
{
    const pg_row *r = &b->grid->rows[row];
    memset(b->codes, 0, sizeof b->codes);
    for (size_t k = 1; k < r->n; k++) {
        const char *name, *code;
        PG_TRY_ALLOC(ctx, name, pg_clean_name(&ctx->scratch, r->cells[k].text));
        code = code_of(name);
        if (code == NULL || r->cells[k].column >= WIDTH)
            return pg_fail_at(ctx, b->grid, row, r->cells[k].column,
                              "found the column \"%.40s\", expected a month, Qtr1, HALF1 or Annual beside Year",
                              r->cells[k].text);
        b->codes[r->cells[k].column] = code;
    }
    b->headed = true;
    return PGDP_OK;
}

/* The finest frequency that any header has. */
static pgdp_frequency finest(const pg_workbook *book)
{
    pgdp_frequency found = PGDP_ANNUAL;
    for (size_t s = 0; s < book->n_sheets; s++) {
        const pg_grid *grid = &book->sheets[s].grid;
        for (size_t i = 0; i < grid->n_rows; i++) {
            const char *code = code_of(pg_grid_text(grid, i, 1));
            pgdp_period period;
            if (!pg_cell_is(pg_grid_at(grid, i, 0), "Year") || code == NULL) continue;
            if (pg_bls_period(code, 1970, &period) && period.frequency > found) found = period.frequency;
        }
    }
    return found;
}

/* "170510", "170510(P)" with its footnote, "-". */
static pgdp_status add_cell(pgdp_ctx *ctx, const block *b, size_t row, const pg_cell *cell, pg_observations *to)
{
    double year = 0;
    (void)pg_cell_number(pg_grid_at(b->grid, row, 0), false, &year);
    pg_observation o = { .series = b->series, .year = (int)year, .value = (double)NAN };
    const char *text = cell->text, *open = memchr(text, '(', cell->length);
    size_t n = open == NULL ? cell->length : (size_t)(open - text);
    if (cell->column < WIDTH) o.code = b->codes[cell->column];
    pg_trim(&text, &n);
    if (n == 0) return PGDP_OK;
    if (o.code == NULL || (!(n == 1 && text[0] == '-') && !pg_number_parse_grouped(text, n, &o.value)))
        return pg_fail_at(ctx, b->grid, row, cell->column, "found \"%.40s\", expected a number or \"-\"%s", cell->text,
                          o.code == NULL ? " in a column with a name" : "");
    if (open != NULL) PG_TRY_ALLOC(ctx, o.footnotes, pg_arena_strndup(&ctx->scratch, open + 1, strcspn(open + 1, ")")));
    return pg_observations_add(ctx, to, &o);
}

/* "Series title:" and the like, each with its value beside it; "Seasonally Adjusted" stands alone. */
static pgdp_status note_line(pgdp_ctx *ctx, block *b, size_t row, pgdp_frame *frame)
{
    const char *key, *value = pg_grid_text(b->grid, row, 1);
    PG_TRY_ALLOC(ctx, key, pg_clean_name(&ctx->scratch, pg_grid_text(b->grid, row, 0)));
    if (pg_streq_nocase(key, "Series Id")) {
        b->series = value;
        b->headed = false;
    }
    if (b->series == NULL || key[0] == '\0') return PGDP_OK;
    if (strstr(key, "easonally Adjusted") != NULL) return pg_note_of(ctx, frame, "seasonality", b->series, key);
    if (pg_streq_nocase(key, "Series title")) return pg_note_of(ctx, frame, "series_title", b->series, value);
    return pg_streq_nocase(key, "Series Id") ? PGDP_OK : pg_note_of(ctx, frame, key, b->series, value);
}

static pgdp_status read_sheet(pgdp_ctx *ctx, const pg_grid *grid, pg_observations *to)
{
    block b = { .grid = grid };
    double year;
    for (size_t i = 0; i < grid->n_rows; i++) {
        const pg_row *row = &grid->rows[i];
        const bool values =
            b.headed && pg_cell_number(pg_grid_at(grid, i, 0), false, &year) && year > 1800 && year < 2200;
        if (pg_cell_is(pg_grid_at(grid, i, 0), "Year")) {
            if (b.series == NULL)
                return pg_fail_at(ctx, grid, i, 0, "found values without a \"Series Id:\" above them");
            PG_TRY(read_header(ctx, &b, i));
        } else if (!values) {
            PG_TRY(note_line(ctx, &b, i, to->frame));
        }
        for (size_t k = 1; values && k < row->n; k++)
            PG_TRY(add_cell(ctx, &b, i, &row->cells[k], to));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    pg_observations to;
    pgdp_frame *frame;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &book));
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    PG_TRY(pg_observations_begin(ctx, frame, finest(&book), &to));
    for (size_t s = 0; s < book.n_sheets; s++)
        PG_TRY(read_sheet(ctx, &book.sheets[s].grid, &to));
    if (pgdp_frame_n_rows(frame) > 0) return pg_bls_note_periods(ctx, frame);
    return pg_fail(ctx, PGDP_PARSE, "%s: found no values under a header that begins with Year", in->label);
}

const pgdp_reader pg_read_bls_data_tool = {
    .name = "bls_data_tool",
    .title = "BLS data tool, workbook of a series",
    .spec = "https://data.bls.gov/, download as .xlsx",
    .sniff = sniff,
    .read = read,
};
