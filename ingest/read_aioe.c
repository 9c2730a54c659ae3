/* read_aioe.c  AIOE, AIIE and AIGE scores of Felten, Raj and Seamans: codes as text, scores as numbers. Source:
 * formats.md 15. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

static int sniff(const pgdp_bytes *head)
{
    const bool ours = pg_bytes_start(head, PG_WORKBOOK) &&
                      pg_bytes_hold(head, head->n, "SOC Code\tOccupation Title\t") &&
                      pg_bytes_hold(head, head->n, "AIOE\t\n");
    return ours ? PG_SURE : PG_NOT_OURS;
}

/* Codes that a spreadsheet took for numbers, with the zero that it lost: 1001 of a county is 01001. */
static pgdp_status as_code(pgdp_ctx *ctx, pg_cell *cell, int digits)
{
    double number;
    if (cell->kind != PG_CELL_NUMBER || !pg_cell_number(cell, false, &number)) return PGDP_OK;
    if (!(number >= 0 && number <= 999999) || floor(number) < number) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cell->text, pg_arena_printf(&ctx->scratch, "%0*d", digits, (int)number));
    cell->length = (uint32_t)strlen(cell->text);
    cell->kind = PG_CELL_TEXT;
    return PGDP_OK;
}

static bool is_score(const char *name)
{
    return pg_ends_with(name, "AIOE") || pg_ends_with(name, "AIIE") || pg_ends_with(name, "AIGE");
}

static pgdp_status tidy_column(pgdp_ctx *ctx, pg_grid *grid, size_t header, size_t column)
{
    const char *name = pg_grid_text(grid, header, column);
    const bool county = pg_streq(name, "FIPS Code"), industry = pg_streq(name, "NAICS"), score = is_score(name);
    double number;
    for (size_t i = header + 1; (county || industry || score) && i < grid->n_rows; i++)
        for (size_t k = 0; k < grid->rows[i].n; k++) {
            pg_cell *cell = &grid->rows[i].cells[k];
            if (cell->column != column) continue;
            if (score && pg_cell_number(cell, false, &number)) cell->kind = PG_CELL_NUMBER;
            if (!score) PG_TRY(as_code(ctx, cell, county ? 5 : 1));
        }
    return PGDP_OK;
}

static pgdp_status read_sheet(pgdp_ctx *ctx, pg_sheet *sheet, pgdp_dataset *out)
{
    const size_t header = sheet->grid.n_rows == 0 ? 0 : pg_sheet_header(&sheet->grid), before = out->n_tables;
    bool by_occupation = false;
    for (size_t j = 0; sheet->grid.n_rows > 0 && j < pg_row_width(&sheet->grid.rows[header]); j++) {
        by_occupation = by_occupation || pg_streq(pg_grid_text(&sheet->grid, header, j), "SOC Code");
        PG_TRY(tidy_column(ctx, &sheet->grid, header, j));
    }
    PG_TRY(pg_sheet_table(ctx, sheet, &pg_rules_workbook, out));
    if (!by_occupation || out->n_tables == before) return PGDP_OK;
    return pgdp_frame_set_note(ctx, out->tables[before].frame, "classification", "soc2010");
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &book));
    for (size_t i = 0; i < book.n_sheets; i++)
        PG_TRY(read_sheet(ctx, &book.sheets[i], out));
    return PGDP_OK;
}

const pgdp_reader pg_read_aioe = {
    .name = "aioe",
    .title = "AI occupational exposure and its relatives",
    .spec = "Felten, Raj & Seamans (2021), data appendix, repository AIOE-Data/AIOE",
    .sniff = sniff,
    .read = read,
};
