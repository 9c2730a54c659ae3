/* grid.c  Sparse rows of cells in pages of an arena, and what one cell says.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/grid.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"

enum { PAGE_CELLS = 16384, PAGE_TEXT = 1 << 18, SHORT_TEXT = 64, SHOWN_NAMES = 200 };

void pg_grid_init(pg_grid *grid, pg_arena *arena, const char *label)
{
    *grid = (pg_grid){ .label = label, .arena = arena };
}

void pg_grid_init_window(pg_grid *grid, pg_arena *arena, const char *label, const pg_taker *taker)
{
    *grid = (pg_grid){ .label = label, .taker = taker, .arena = arena, .start = pg_arena_mark(arena) };
}

void pg_grid_clear(pg_grid *grid)
{
    pg_arena_rewind(grid->arena, grid->start);
    pg_grid_init_window(grid, grid->arena, grid->label, grid->taker);
}

pgdp_status pg_grid_flush(pgdp_ctx *ctx, pg_grid *grid)
{
    if (grid->taker == NULL || grid->n_rows == 0) return PGDP_OK;
    PG_TRY(grid->taker->take(ctx, grid->taker->user, grid));
    pg_grid_clear(grid);
    return PGDP_OK;
}

pgdp_status pg_grid_end_row(pgdp_ctx *ctx, pg_grid *grid)
{
    return grid->n_cells + grid->n_rows < PAGE_CELLS ? PGDP_OK : pg_grid_flush(ctx, grid);
}

bool pg_grid_add_row(pg_grid *grid, size_t line)
{
    if (grid->n_rows == grid->rows_capacity) {
        const size_t capacity = grid->rows_capacity == 0 ? 64 : 2 * grid->rows_capacity;
        pg_row *rows = pg_arena_grow(grid->arena, grid->rows, grid->rows_capacity, capacity, sizeof *rows);
        if (rows == NULL) return false;
        grid->rows = rows;
        grid->rows_capacity = capacity;
    }
    grid->rows[grid->n_rows++] = (pg_row){ grid->page, 0, (uint32_t)line };
    return true;
}

/* A fresh page; the cells of the row under way move along. */
static bool turn_page(pg_grid *grid, pg_row *row)
{
    const size_t size = row->n + (size_t)PAGE_CELLS;
    pg_cell *page = pg_arena_uncleared(grid->arena, size, sizeof *page);
    if (page == NULL) return false;
    if (row->n > 0) memcpy(page, row->cells, row->n * sizeof *page);
    row->cells = page;
    grid->page = page + row->n;
    grid->page_left = size - row->n;
    return true;
}

bool pg_grid_add_cell(pg_grid *grid, pg_cell cell)
{
    pg_row *row = &grid->rows[grid->n_rows - 1];
    if (grid->page_left == 0 && !turn_page(grid, row)) return false;
    *grid->page++ = cell;
    grid->page_left--;
    grid->n_cells++;
    row->n++;
    return true;
}

bool pg_grid_copy_cell(pg_grid *grid, pg_cell cell)
{
    const size_t need = (size_t)cell.length + 1;
    if (need > grid->text_left) {
        const size_t size = need > PAGE_TEXT ? need : PAGE_TEXT;
        grid->text = pg_arena_uncleared(grid->arena, size, 1);
        grid->text_left = grid->text == NULL ? 0 : size;
        if (grid->text == NULL) return false;
    }
    memcpy(grid->text, cell.text, cell.length);
    grid->text[cell.length] = '\0';
    cell.text = grid->text;
    grid->text += need;
    grid->text_left -= need;
    return pg_grid_add_cell(grid, cell);
}

bool pg_grid_copy_row(pg_grid *grid, const pg_row *row)
{
    bool copied = pg_grid_add_row(grid, row->line);
    for (size_t k = 0; copied && k < row->n; k++)
        copied = pg_grid_copy_cell(grid, row->cells[k]);
    return copied;
}

const pg_cell *pg_grid_at(const pg_grid *grid, size_t row, size_t column)
{
    if (row >= grid->n_rows) return NULL;
    const pg_cell *cells = grid->rows[row].cells;
    size_t lo = 0, hi = grid->rows[row].n;
    if (column < hi && cells[column].column == column) return &cells[column]; /* no empty cell before it */
    while (lo < hi) {
        const size_t middle = lo + (hi - lo) / 2;
        if (cells[middle].column < column)
            lo = middle + 1;
        else
            hi = middle;
    }
    return lo < grid->rows[row].n && cells[lo].column == column ? &cells[lo] : NULL;
}

const char *pg_grid_text(const pg_grid *grid, size_t row, size_t column)
{
    const pg_cell *cell = pg_grid_at(grid, row, column);
    return cell == NULL ? "" : cell->text;
}

size_t pg_row_width(const pg_row *row)
{
    return row->n == 0 ? 0 : (size_t)row->cells[row->n - 1].column + 1;
}

/* The trimmed text of a cell; most have nothing to trim. */
static size_t trimmed(const pg_cell *cell, const char **text)
{
    size_t n = cell->length;
    *text = cell->text;
    if (n > 0 && cell->text[0] > ' ' && cell->text[n - 1] > ' ') return n;
    pg_trim(text, &n);
    return n;
}

bool pg_cell_is(const pg_cell *cell, const char *wanted)
{
    if (cell == NULL) return false;
    const char *text;
    size_t n = trimmed(cell, &text);
    if (n > 0 && text[n - 1] == ':') n--;
    char copy[SHORT_TEXT];
    if (n >= sizeof copy) return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return pg_streq_nocase(copy, wanted);
}

/* 007 or 01001: digits alone with a leading zero name something; as a number the zero would be lost. */
static bool is_code(const char *text, size_t n)
{
    if (n < 2 || text[0] != '0') return false;
    for (size_t i = 0; i < n; i++)
        if (text[i] < '0' || text[i] > '9') return false;
    return true;
}

bool pg_cell_is_number(const pg_cell *cell, bool grouped)
{
    const char *text;
    const size_t n = trimmed(cell, &text);
    size_t i = n > 1 && text[0] == '-', points = 0, digits = 0;
    for (; i < n && ((text[i] >= '0' && text[i] <= '9') || (text[i] == '.' && points == 0)); i++) {
        points += text[i] == '.';
        digits += text[i] != '.';
    }
    double value;
    if (i < n || digits == 0) return pg_cell_number(cell, grouped, &value); /* unusual, or no number at all */
    return cell->kind != PG_CELL_TEXT || !is_code(text, n);
}

bool pg_cell_number(const pg_cell *cell, bool grouped, double *out)
{
    if (cell == NULL) return false;
    const char *text = cell->text;
    const bool zero = cell->length > 1 && text[0] == '0' && text[1] != '.'; /* a code, or an unusual number */
    if (!zero && pg_number_plain(text, cell->length, out)) return true;     /* as nearly every cell of numbers is */
    const size_t n = trimmed(cell, &text);
    if (n == 0 || text[0] > '9') return false; /* what most texts begin with */
    if (cell->kind == PG_CELL_TEXT && is_code(text, n)) return false;
    return grouped ? pg_number_parse_grouped(text, n, out) : pg_number_parse(text, n, out);
}

bool pg_cell_period(const pg_cell *cell, pgdp_period *out)
{
    if (cell == NULL) return false;
    const char *text;
    const size_t n = trimmed(cell, &text);
    char copy[16];
    if (n < 4 || n >= sizeof copy || text[0] < '0' || text[0] > '9') return false;
    memcpy(copy, text, n);
    copy[n] = '\0';
    return pgdp_period_parse(copy, out);
}

char *pg_clean_name(pg_arena *arena, const char *text)
{
    size_t n = strlen(text), length = 0;
    pg_trim(&text, &n);
    char *name = pg_arena_strndup(arena, text, n);
    if (name == NULL) return NULL;
    for (size_t i = 0; i < n; i++) {
        const bool blank = name[i] == ' ' || name[i] == '\t' || name[i] == '\r' || name[i] == '\n';
        if (!blank)
            name[length++] = name[i];
        else if (name[length - 1] != ' ')
            name[length++] = ' '; /* the first character is no blank */
    }
    if (length > 0 && name[length - 1] == ':') length--;
    while (length > 0 && name[length - 1] == ' ')
        length--;
    name[length] = '\0';
    return name;
}

const char *pg_row_names(pg_arena *arena, const pg_row *row)
{
    pg_text text;
    pg_text_init(&text, arena);
    pg_text_add(&text, "");
    for (size_t k = 0; k < row->n && text.n < SHOWN_NAMES; k++) {
        const char *name = pg_clean_name(arena, row->cells[k].text);
        if (name == NULL) return NULL;
        pg_text_addf(&text, "%s%.40s", k == 0 ? "" : ", ", name);
    }
    return text.failed ? NULL : text.data;
}

pgdp_status pg_fail_at(pgdp_ctx *ctx, const pg_grid *grid, size_t row, size_t column, const char *format, ...)
{
    char sentence[768];
    va_list arguments;
    va_start(arguments, format);
    (void)vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    const unsigned line = row < grid->n_rows ? grid->rows[row].line : 0;
    return pg_fail(ctx, PGDP_PARSE, "%s:%u:%zu: %s", grid->label, line, column + 1, sentence);
}
