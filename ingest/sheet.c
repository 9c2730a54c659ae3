/* sheet.c  Finds title, header, data and footnotes in a sheet. Source: the workbooks of formats.md 6 to 18.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/sheet.h"

#include <string.h>

#include "core/text.h"
#include "ingest/build.h"

enum {
    LOOK_AT = 60,
    GROUP_ROWS = 3,
    FIRST_ROWS = 1000, /* that types are guessed from: a wrong guess costs a second pass over the sheet */
};

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
static pgdp_status merge_header(pgdp_ctx *ctx, const pg_grid *grid, size_t header, pg_row *merged)
{
    const pg_row *own = &grid->rows[header];
    *merged = (pg_row){ .line = own->line };
    const size_t lowest = header < GROUP_ROWS ? 0 : header - GROUP_ROWS, width = pg_row_width(own);
    PG_TRY_ALLOC(ctx, merged->cells, pg_arena_alloc(&ctx->scratch, width, sizeof *merged->cells));
    for (size_t j = 0; j < width; j++) {
        const pg_cell *cell = pg_grid_at(grid, header, j);
        for (size_t i = header; cell == NULL && i > lowest && grid->rows[i - 1].n > 1; i--)
            cell = pg_grid_at(grid, i - 1, j);
        if (cell != NULL) merged->cells[merged->n++] = *cell;
    }
    return PGDP_OK;
}

/* ---- a sheet row by row ---- */

/* A table while its rows come by: only the first of them, and the last that may be footnotes, are kept. */
typedef struct sheet_filling {
    pg_sheet *sheet;
    const pg_rules *rules;
    pgdp_dataset *out;
    pgdp_frame *frame; /* NULL: no table yet */
    pg_build build;
    pg_arena arenas[2];
    pg_grid first, held;
    size_t header, n_rows, n_data; /* rows of this pass, of the table */
    uint32_t line;
    bool has_notes;
} sheet_filling;

static pgdp_status build_row(pgdp_ctx *ctx, sheet_filling *f, const pg_row *row)
{
    f->n_data++;
    return pg_build_row(ctx, &f->build, row);
}

/* Rows of one text each may be footnotes, from the first that looks like one: they wait until data come or the end. */
static pgdp_status data_row(pgdp_ctx *ctx, sheet_filling *f, const pg_row *row)
{
    const bool lone = row->n == 1 && row->cells[0].column == 0 && row->cells[0].kind == PG_CELL_TEXT;
    const bool after_blank = row->line > f->line + 1;
    f->line = row->line;
    if (f->has_notes && lone && (f->held.n_rows > 0 || after_blank || begins_like_note(row->cells[0].text))) {
        if (!pg_grid_copy_row(&f->held, row)) return pg_no_memory(ctx);
        return PGDP_OK;
    }
    for (size_t i = 0; i < f->held.n_rows; i++)
        PG_TRY(build_row(ctx, f, &f->held.rows[i]));
    if (f->held.n_rows > 0) pg_grid_clear(&f->held);
    return build_row(ctx, f, row);
}

/* The first rows are there: find the header. */
static pgdp_status begin_table(pgdp_ctx *ctx, sheet_filling *f)
{
    const pg_grid *first = &f->first;
    const size_t header = f->header = pg_sheet_header(first);
    pg_row names;
    f->has_notes = first->rows[header].n > 1;
    f->line = first->rows[header].line;
    PG_TRY(pg_dataset_add(ctx, f->out, f->sheet->name, &f->frame));
    PG_TRY(pg_note_rows(ctx, first, 0, header, f->frame, "title"));
    PG_TRY(merge_header(ctx, first, header, &names));
    PG_TRY(pg_build_begin(ctx, f->sheet->grid.label, &names, f->rules, f->frame, &f->build));
    const size_t end = f->has_notes ? pg_sheet_end(first, header + 1) : first->n_rows;
    PG_TRY(pg_build_look(ctx, &f->build, first, header + 1, end));
    for (size_t i = header + 1; i < first->n_rows; i++)
        PG_TRY(data_row(ctx, f, &first->rows[i]));
    return PGDP_OK;
}

static pgdp_status take_row(pgdp_ctx *ctx, sheet_filling *f, const pg_row *row)
{
    const size_t i = f->n_rows++;
    if (f->build.second)
        return i > f->header && i <= f->header + f->n_data ? pg_build_row(ctx, &f->build, row) : PGDP_OK;
    if (f->frame != NULL) return data_row(ctx, f, row);
    if (!pg_grid_copy_row(&f->first, row)) return pg_no_memory(ctx);
    return f->first.n_rows < FIRST_ROWS ? PGDP_OK : begin_table(ctx, f);
}

static pgdp_status take_rows(pgdp_ctx *ctx, void *user, const pg_grid *rows)
{
    for (size_t i = 0; i < rows->n_rows; i++)
        PG_TRY(take_row(ctx, user, &rows->rows[i]));
    return PGDP_OK;
}

static pgdp_status note_formulas(pgdp_ctx *ctx, const sheet_filling *f)
{
    const char *note;
    if (f->sheet->n_uncached == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%zu cells hold formulas without saved values and are missing",
                                 f->sheet->n_uncached));
    return pgdp_frame_set_note(ctx, f->frame, "formulas", note);
}

/* After the last row of a pass. */
static pgdp_status settle(pgdp_ctx *ctx, sheet_filling *f, bool *again)
{
    *again = false;
    if (f->frame == NULL && f->first.n_rows > 0) PG_TRY(begin_table(ctx, f));
    if (f->frame == NULL) return PGDP_OK;
    if (!f->build.second) PG_TRY(pg_note_rows(ctx, &f->held, 0, f->held.n_rows, f->frame, "footnotes"));
    PG_TRY(pg_build_settle(ctx, &f->build, again));
    f->n_rows = 0;
    if (*again) return PGDP_OK;
    PG_TRY(pg_build_end(ctx, &f->build));
    return note_formulas(ctx, f);
}

static pgdp_status fill_table(pgdp_ctx *ctx, sheet_filling *f)
{
    const pg_taker taker = { .take = take_rows, .user = f };
    pg_sheet *sheet = f->sheet;
    for (bool again = true; again;) {
        PG_TRY(sheet->pass == NULL ? take_rows(ctx, f, &sheet->grid) : sheet->pass(ctx, sheet, &taker));
        PG_TRY(settle(ctx, f, &again));
    }
    return PGDP_OK;
}

pgdp_status pg_sheet_table(pgdp_ctx *ctx, pg_sheet *sheet, const pg_rules *rules, pgdp_dataset *out)
{
    sheet_filling f = { .sheet = sheet, .rules = rules, .out = out };
    pg_arena_init(&f.arenas[0], &ctx->allocator);
    pg_arena_init(&f.arenas[1], &ctx->allocator);
    pg_grid_init_window(&f.first, &f.arenas[0], sheet->grid.label, NULL);
    pg_grid_init_window(&f.held, &f.arenas[1], sheet->grid.label, NULL);
    const pgdp_status status = fill_table(ctx, &f);
    pg_arena_free(&f.arenas[0]);
    pg_arena_free(&f.arenas[1]);
    return status;
}
