/* read_ep.c  BLS Employment Projections: workbooks of the national employment matrix, and its CSV with cells such as
 * ="15-1252". Source: formats.md 9. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

#define MATRIX  "National Employment Matrix"
#define EN_DASH "\xe2\x80\x93"
static const char *const marks[] = { "\xe2\x80\x94", "\xe2\x80\x93", "-", NULL };

static int sniff(const pgdp_bytes *head)
{
    if (pg_bytes_start(head, PG_WORKBOOK))
        return pg_bytes_hold(head, head->n, MATRIX " title\t") ? PG_SURE : PG_NOT_OURS;
    const bool wrapped =
        pg_bytes_start(head, "=\"") || pg_bytes_hold(head, 4096, ",=\"") || pg_bytes_hold(head, 4096, "\n=\"");
    return wrapped && (head->n == 0 || head->data[0] != '<') ? PG_LIKELY : PG_NOT_OURS;
}

/* "Median annual wage, 2022(1)" without its footnote mark; "2024–34" with the hyphen of older editions. */
static pgdp_status clean_header(pgdp_ctx *ctx, pg_cell *cell)
{
    char *name, *dash, *open;
    PG_TRY_ALLOC(ctx, name, pg_clean_name(&ctx->scratch, cell->text));
    while ((dash = strstr(name, EN_DASH)) != NULL) {
        *dash = '-';
        memmove(dash + 1, dash + 3, strlen(dash + 3) + 1);
    }
    open = strrchr(name, '(');
    if (open != NULL && open > name && open[1 + strspn(open + 1, "0123456789")] == ')' && strlen(open) <= 4)
        *open = '\0';
    cell->text = name;
    cell->length = (uint32_t)strlen(name);
    return PGDP_OK;
}

static bool is_bound(const pg_cell *cell)
{
    return cell->kind == PG_CELL_TEXT && strncmp(cell->text, ">=", 2) == 0;
}

/* Wages at or above the top code are bounds, not numbers: they move to a column of their own, "NAME_flag". */
static pgdp_status move_bounds(pgdp_ctx *ctx, pg_grid *grid, size_t header, size_t column)
{
    pg_row *top = &grid->rows[header];
    const size_t flag = pg_row_width(top);
    bool any = false;
    for (size_t i = header + 1; i < grid->n_rows; i++) {
        const pg_cell *cell = pg_grid_at(grid, i, column);
        if (cell != NULL && is_bound(cell)) any = true;
    }
    if (!any || flag >= PG_GRID_COLUMNS) return PGDP_OK;
    pg_cell *cells;
    PG_TRY_ALLOC(ctx, cells, pg_arena_alloc(&ctx->scratch, top->n + 1, sizeof *cells));
    memcpy(cells, top->cells, top->n * sizeof *cells);
    PG_TRY_ALLOC(ctx, cells[top->n].text,
                 pg_arena_printf(&ctx->scratch, "%s_flag", pg_grid_text(grid, header, column)));
    cells[top->n].length = (uint32_t)strlen(cells[top->n].text);
    cells[top->n].column = (uint16_t)flag;
    top->cells = cells;
    top->n++;
    for (size_t i = header + 1; i < grid->n_rows; i++) {
        pg_row *row = &grid->rows[i];
        for (size_t k = 0; k < row->n; k++) {
            pg_cell moved = row->cells[k];
            if (moved.column != column || !is_bound(&moved)) continue;
            moved.column = (uint16_t)flag;
            memmove(row->cells + k, row->cells + k + 1, (row->n - k - 1) * sizeof *row->cells);
            row->cells[row->n - 1] = moved;
        }
    }
    return PGDP_OK;
}

static bool is_matrix(const pg_grid *grid, size_t header)
{
    for (size_t k = 0; grid->n_rows > 0 && k < grid->rows[header].n; k++)
        if (strstr(grid->rows[header].cells[k].text, MATRIX) != NULL) return true;
    return false;
}

/* Every table of projections names an occupation or industry, and most its employment; nothing else is read as one. */
static bool names_projections(const pg_grid *grid, size_t header)
{
    bool of_whom = false, of_work = false;
    for (size_t k = 0; grid->n_rows > 0 && k < grid->rows[header].n; k++) {
        const char *name = grid->rows[header].cells[k].text;
        of_whom = of_whom || strstr(name, "ccupation") != NULL || strstr(name, "ndustry") != NULL;
        of_work = of_work || strstr(name, "mployment") != NULL;
    }
    return (of_whom && of_work) || is_matrix(grid, header);
}

static pgdp_status tidy(pgdp_ctx *ctx, pg_grid *grid, size_t header)
{
    const size_t n = grid->rows[header].n;
    for (size_t k = 0; k < n; k++)
        PG_TRY(clean_header(ctx, &grid->rows[header].cells[k]));
    for (size_t k = 0; k < n; k++)
        PG_TRY(move_bounds(ctx, grid, header, grid->rows[header].cells[k].column));
    return PGDP_OK;
}

/* Employment and openings are thousands of jobs. */
static const char *unit_of(const char *name)
{
    static const struct {
        const char *part, *unit;
    } units[] = {
        { "ercent", "pct" },
        { " rate", "pct" },
        { "wage", "usd" },
        { "Employment", "heads_thousand" },
        { "openings", "heads_thousand" },
        { "exits", "heads_thousand" },
        { "transfers", "heads_thousand" },
        { "separations", "heads_thousand" },
    };
    for (size_t i = 0; i < sizeof units / sizeof *units; i++)
        if (strstr(name, units[i].part) != NULL) return units[i].unit;
    return "";
}

static pgdp_status set_units(pgdp_ctx *ctx, pgdp_frame *frame)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        pgdp_column about = *pgdp_frame_column(frame, j);
        about.unit = unit_of(about.name);
        if (about.type == PGDP_REAL) PG_TRY(pg_frame_describe(ctx, frame, j, &about));
    }
    return PGDP_OK;
}

static pgdp_status read_sheet(pgdp_ctx *ctx, pg_sheet *sheet, pgdp_dataset *out)
{
    const size_t header = sheet->grid.n_rows == 0 ? 0 : pg_sheet_header(&sheet->grid), before = out->n_tables;
    const bool matrix = is_matrix(&sheet->grid, header);
    if (matrix) PG_TRY(tidy(ctx, &sheet->grid, header));
    PG_TRY(pg_sheet_table(ctx, sheet, &pg_rules_workbook, out));
    return matrix && out->n_tables > before ? set_units(ctx, out->tables[before].frame) : PGDP_OK;
}

/* A cell written ="15-1252" keeps a spreadsheet from turning it into a date; the sign goes, the quotes stay. */
static pgdp_status unwrap(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_bytes *out)
{
    unsigned char *copy;
    size_t n = 0;
    bool inside = false, first = true;
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, in->n + 1, 1));
    for (size_t i = 0; i < in->n; i++) {
        const unsigned char c = in->data[i];
        const bool sign = first && !inside && c == '=' && i + 1 < in->n && in->data[i + 1] == '"';
        if (c == '"') inside = !inside;
        first = !inside && (c == ',' || c == '\n' || c == '\r');
        if (!sign) copy[n++] = c;
    }
    *out = (pgdp_bytes){ in->label, copy, n };
    return PGDP_OK;
}

static pgdp_status read_csv(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    pg_grid grid;
    pgdp_bytes plain;
    pgdp_frame *frame;
    PG_TRY(unwrap(ctx, in, &plain));
    PG_TRY(pg_csv_read(ctx, &plain, &dialect, &grid));
    if (grid.n_rows == 0 || grid.rows[0].n == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s:1: found no header row, expected the names of the columns", in->label);
    const size_t header = pg_sheet_header(&grid), end = pg_sheet_end(&grid, header + 1);
    if (plain.n == in->n && !names_projections(&grid, header)) {
        const char *found;
        PG_TRY_ALLOC(ctx, found, pg_row_names(&ctx->scratch, &grid.rows[header]));
        return pg_fail_at(ctx, &grid, header, 0,
                          "found \"%s\", expected the titles or codes of occupations or industries and their "
                          "employment; name another format",
                          found);
    }
    const pg_rules rules = { .missing = marks, .text_holds_numbers = true, .grouped = true, .loose = true };
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    PG_TRY(pg_note_rows(ctx, &grid, 0, header, frame, "title"));
    PG_TRY(pg_note_rows(ctx, &grid, end, grid.n_rows, frame, "footnotes"));
    PG_TRY(tidy(ctx, &grid, header));
    PG_TRY(pg_table_fill(ctx, &grid, (pg_span){ header, header + 1, end }, &rules, frame));
    return set_units(ctx, frame);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    if (!pg_is_workbook(in)) return read_csv(ctx, in, out);
    bool ours = false;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &book));
    for (size_t i = 0; i < book.n_sheets; i++) {
        const pg_grid *grid = &book.sheets[i].grid;
        ours = ours || names_projections(grid, grid->n_rows == 0 ? 0 : pg_sheet_header(grid));
    }
    if (!ours)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: found none in %zu sheets, expected a sheet with columns such as \"National Employment "
                       "Matrix title\" and \"Employment, 2034\"; name another format",
                       in->label, book.n_sheets);
    for (size_t i = 0; i < book.n_sheets; i++)
        PG_TRY(read_sheet(ctx, &book.sheets[i], out));
    return PGDP_OK;
}

const pgdp_reader pg_read_ep = {
    .name = "ep",
    .title = "BLS employment projections, national employment matrix",
    .spec = "https://www.bls.gov/emp/ind-occ-matrix/occupation.xlsx; nationalMatrix CSV",
    .sniff = sniff,
    .read = read,
};
