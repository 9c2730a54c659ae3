/* sheet.c  Finds title, header, data and footnotes in a sheet. Source: the workbooks of formats.md 6 to 18.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/sheet.h"

#include <string.h>

#include "core/text.h"

enum { LOOK_AT = 60, GROUP_ROWS = 3 };

const pg_rules pg_rules_workbook = { .missing = pg_missing_workbook, .text_holds_periods = true, .loose = true };

size_t pg_sheet_header(const pg_grid *grid)
{
    size_t fullest = 0;
    const size_t n = grid->n_rows < LOOK_AT ? grid->n_rows : LOOK_AT;
    for (size_t i = 0; i < n; i++)
        if (grid->rows[i].n > fullest) fullest = grid->rows[i].n;
    for (size_t i = 0; i < n; i++)
        if (5 * (size_t)grid->rows[i].n >= 3 * fullest) return i;
    return 0;
}

static bool begins_like_note(const char *text)
{
    static const char *const words[] = { "note", "source", "footnote", "*", NULL };
    for (size_t i = 0; words[i] != NULL; i++) {
        const size_t n = strlen(words[i]);
        size_t k = 0;
        while (k < n && (text[k] == words[i][k] || text[k] == words[i][k] - 'a' + 'A'))
            k++;
        if (k == n) return true;
    }
    if (text[0] == '(') text++;
    return text[0] >= '1' && text[0] <= '9' && (text[1] == '.' || text[1] == ')');
}

size_t pg_sheet_end(const pg_grid *grid, size_t first)
{
    size_t run = grid->n_rows; /* rows of one text in the first column, up to the end */
    while (run > first && grid->rows[run - 1].n == 1 && grid->rows[run - 1].cells[0].column == 0 &&
           grid->rows[run - 1].cells[0].kind == PG_CELL_TEXT)
        run--;
    for (size_t i = run; i < grid->n_rows; i++) {
        const bool after_blank = i > 0 && grid->rows[i].line > grid->rows[i - 1].line + 1;
        if (after_blank || begins_like_note(grid->rows[i].cells[0].text)) return i;
    }
    return grid->n_rows;
}

pgdp_status pg_note_rows(pgdp_ctx *ctx, const pg_grid *grid, size_t first, size_t end, pgdp_frame *frame,
                         const char *key)
{
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = first; i < end; i++)
        for (size_t k = 0; k < grid->rows[i].n; k++) {
            if (text.n > 0) pg_text_add(&text, k == 0 ? "\n" : " ");
            pg_text_add(&text, grid->rows[i].cells[k].text);
        }
    if (text.failed) return pg_no_memory(ctx);
    return text.n == 0 ? PGDP_OK : pgdp_frame_set_note(ctx, frame, key, text.data);
}

/* Merged header rows: a column without a name takes the nearest one above, from rows that are no titles. */
static pgdp_status merge_header(pgdp_ctx *ctx, pg_grid *grid, size_t header)
{
    const pg_row own = grid->rows[header];
    pg_row merged = { .line = own.line };
    const size_t lowest = header < GROUP_ROWS ? 0 : header - GROUP_ROWS;
    size_t width = pg_row_width(&own);
    PG_TRY_ALLOC(ctx, merged.cells, pg_arena_alloc(&ctx->scratch, width, sizeof *merged.cells));
    for (size_t j = 0; j < width; j++) {
        const pg_cell *cell = pg_grid_at(grid, header, j);
        for (size_t i = header; cell == NULL && i > lowest && grid->rows[i - 1].n > 1; i--)
            cell = pg_grid_at(grid, i - 1, j);
        if (cell != NULL) merged.cells[merged.n++] = *cell;
    }
    grid->rows[header] = merged;
    return PGDP_OK;
}

pgdp_status pg_sheet_table(pgdp_ctx *ctx, pg_sheet *sheet, const pg_rules *rules, pgdp_dataset *out)
{
    pgdp_frame *frame;
    pg_grid *grid = &sheet->grid;
    if (grid->n_rows == 0) return PGDP_OK;
    const size_t header = pg_sheet_header(grid);
    const size_t end = grid->rows[header].n > 1 ? pg_sheet_end(grid, header + 1) : grid->n_rows;
    PG_TRY(pg_dataset_add(ctx, out, sheet->name, &frame));
    PG_TRY(pg_note_rows(ctx, grid, 0, header, frame, "title"));
    PG_TRY(pg_note_rows(ctx, grid, end, grid->n_rows, frame, "footnotes"));
    PG_TRY(merge_header(ctx, grid, header));
    PG_TRY(pg_table_fill(ctx, grid, (pg_span){ header, header + 1, end }, rules, frame));
    if (sheet->n_uncached == 0) return PGDP_OK;
    const char *note;
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%zu cells hold formulas without saved values and are missing",
                                 sheet->n_uncached));
    return pgdp_frame_set_note(ctx, frame, "formulas", note);
}
