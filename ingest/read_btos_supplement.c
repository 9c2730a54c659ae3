/* read_btos_supplement.c  Workbooks of the AI supplement to the Business Trends and Outlook Survey. Source: U.S. Census
 * Bureau; formats.md 17. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

/* A sheet of estimates or of standard errors, as it stands: per cents as numbers, what is no number beside them. */
typedef struct table {
    const pg_grid *grid;
    pgdp_frame *frame;
    size_t header, n_columns;
    size_t *columns, *flags; /* [n_columns] of the frame; PGDP_NONE: none */
} table;

static int sniff(const pgdp_bytes *head)
{
    const bool ours = pg_bytes_start(head, PG_WORKBOOK) && pg_bytes_hold(head, head->n, "Scope\tQuestion ID\t") &&
                      pg_bytes_hold(head, head->n, "\tEstimate");
    return ours ? PG_SURE : PG_NOT_OURS;
}

static bool is_measure(const char *name)
{
    return pg_starts_with(name, "Estimate") || strstr(name, "Standard Error") != NULL || pg_starts_with(name, "SE");
}

static bool per_cent(const pg_cell *cell, double *out)
{
    const char *text = cell->text;
    size_t n = cell->length;
    pg_trim(&text, &n);
    const bool share = n > 0 && text[n - 1] == '%';
    if (cell->kind == PG_CELL_NUMBER) return false; /* a fraction or a per cent: nothing says which */
    return share && pg_number_parse(text, n - 1, out);
}

static bool is_mark(const pg_cell *cell)
{
    static const char *const marks[] = { ".", "S", "N/A", NULL };
    return pg_is_mark(cell, marks) || cell->text[0] == '<';
}

static size_t find_header(const pg_grid *grid)
{
    for (size_t i = 0; i < grid->n_rows; i++)
        for (size_t k = 0; k < grid->rows[i].n; k++)
            if (pg_cell_is(&grid->rows[i].cells[k], "Question ID")) return i;
    return PGDP_NONE;
}

static pgdp_status add_columns(pgdp_ctx *ctx, table *t)
{
    for (size_t j = 0; j < t->n_columns; j++) {
        pgdp_column about = { .type = PGDP_TEXT }, flag = { .type = PGDP_TEXT };
        t->columns[j] = t->flags[j] = PGDP_NONE;
        PG_TRY_ALLOC(ctx, about.name, pg_clean_name(&ctx->scratch, pg_grid_text(t->grid, t->header, j)));
        if (about.name[0] == '\0') continue;
        if (pgdp_frame_find(t->frame, about.name) != PGDP_NONE)
            return pg_fail_at(ctx, t->grid, t->header, j, "the header names \"%.80s\" twice; rename one", about.name);
        const bool measure = is_measure(about.name);
        if (measure) about.type = PGDP_REAL;
        if (measure) about.unit = "pct";
        PG_TRY(pgdp_frame_add_column(ctx, t->frame, &about, &t->columns[j]));
        if (!measure) continue;
        PG_TRY_ALLOC(ctx, flag.name, pg_arena_printf(&ctx->scratch, "%s_flag", about.name));
        PG_TRY(pgdp_frame_add_column(ctx, t->frame, &flag, &t->flags[j]));
    }
    return PGDP_OK;
}

static pgdp_status set_cell(pgdp_ctx *ctx, const table *t, size_t row, const pg_cell *cell)
{
    const size_t j = cell->column;
    double value;
    if (j >= t->n_columns || t->columns[j] == PGDP_NONE)
        return pg_fail_at(ctx, t->grid, row, j, "found \"%.40s\" in a column without a name", cell->text);
    if (t->flags[j] == PGDP_NONE) return pgdp_frame_set_text(ctx, t->frame, t->columns[j], cell->text, cell->length);
    if (is_mark(cell)) return pgdp_frame_set_text(ctx, t->frame, t->flags[j], cell->text, cell->length);
    if (!per_cent(cell, &value))
        return pg_fail_at(ctx, t->grid, row, j, "found \"%.40s\", expected a share such as 12.5%%, S or \".\"",
                          cell->text);
    pgdp_frame_set_real(t->frame, t->columns[j], value);
    return PGDP_OK;
}

static pgdp_status read_sheet(pgdp_ctx *ctx, const pg_sheet *sheet, pgdp_dataset *out)
{
    table t = { .grid = &sheet->grid, .header = find_header(&sheet->grid) };
    if (t.header == PGDP_NONE) return PGDP_OK; /* a sheet of notes */
    t.n_columns = pg_row_width(&t.grid->rows[t.header]);
    PG_TRY_ALLOC(ctx, t.columns, pg_arena_alloc(&ctx->scratch, t.n_columns, sizeof *t.columns));
    PG_TRY_ALLOC(ctx, t.flags, pg_arena_alloc(&ctx->scratch, t.n_columns, sizeof *t.flags));
    const size_t end = pg_sheet_end(t.grid, t.header + 1);
    PG_TRY(pg_dataset_add(ctx, out, sheet->name, &t.frame));
    PG_TRY(pg_note_rows(ctx, t.grid, 0, t.header, t.frame, "title"));
    PG_TRY(pg_note_rows(ctx, t.grid, end, t.grid->n_rows, t.frame, "footnotes"));
    PG_TRY(add_columns(ctx, &t));
    for (size_t i = t.header + 1; i < end; i++) {
        if (t.grid->rows[i].n == 0) continue;
        PG_TRY(pgdp_frame_add_row(ctx, t.frame));
        for (size_t k = 0; k < t.grid->rows[i].n; k++)
            PG_TRY(set_cell(ctx, &t, i, &t.grid->rows[i].cells[k]));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &book));
    for (size_t i = 0; i < book.n_sheets; i++)
        PG_TRY(read_sheet(ctx, &book.sheets[i], out));
    return PGDP_OK;
}

const pgdp_reader pg_read_btos_supplement = {
    .name = "btos_supplement",
    .title = "Census BTOS, AI supplement",
    .spec = "https://www.census.gov/hfp/btos/downloads/AI_Supplement_Table.xlsx",
    .sniff = sniff,
    .read = read,
};
