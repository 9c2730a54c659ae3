/* read_labstat.c  BLS LABSTAT files: observations, series lists, code lists. Source: formats.md 6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "ingest/bls.h"
#include "ingest/csv.h"
#include "ingest/readers.h"
#include "ingest/table.h"

enum { ID, YEAR, PERIOD, VALUE, FOOTNOTES, N_COLUMNS };
static const char *const names[N_COLUMNS] = { "series_id", "year", "period", "value", "footnote_codes" };

typedef struct data {
    const pg_grid *grid;
    size_t at[N_COLUMNS]; /* columns of the file; PGDP_NONE: not there */
    size_t n_extra;       /* other columns, such as aspect_type, that come after ours */
    size_t *extra, *to;   /* of the file, of the frame */
} data;

/* The first cell of a TAB-delimited header, blanks cut: its length, or 0. */
static size_t first_name(const pgdp_bytes *head)
{
    size_t n = 0;
    while (n < head->n && ((head->data[n] >= 'a' && head->data[n] <= 'z') || head->data[n] == '_'))
        n++;
    size_t end = n;
    while (end < head->n && head->data[end] == ' ')
        end++;
    return end < head->n && head->data[end] == '\t' ? n : 0;
}

static int sniff(const pgdp_bytes *head)
{
    const size_t n = first_name(head);
    const char *name = (const char *)head->data;
    if (n == 9 && memcmp(name, "series_id", 9) == 0) return PG_SURE;
    if (n > 5 && memcmp(name + n - 5, "_code", 5) == 0) return PG_LIKELY;
    return n == 6 && memcmp(name, "period", 6) == 0 && pg_bytes_hold(head, 0, "\tmm\t") ? PG_LIKELY : PG_NOT_OURS;
}

static pgdp_status find_columns(pgdp_ctx *ctx, data *d)
{
    for (size_t i = 0; i < N_COLUMNS; i++) {
        d->at[i] = PGDP_NONE;
        for (size_t k = 0; k < d->grid->rows[0].n; k++)
            if (pg_cell_is(&d->grid->rows[0].cells[k], names[i])) d->at[i] = d->grid->rows[0].cells[k].column;
        if (d->at[i] == PGDP_NONE && i != FOOTNOTES)
            return pg_fail_at(ctx, d->grid, 0, 0, "found no column %s, expected series_id, year, period and value",
                              names[i]);
    }
    return PGDP_OK;
}

/* Columns that only some surveys have are kept as text: they tell rows apart. */
static pgdp_status add_extra(pgdp_ctx *ctx, data *d, pgdp_frame *frame)
{
    const pg_row *header = &d->grid->rows[0];
    PG_TRY_ALLOC(ctx, d->extra, pg_arena_alloc(&ctx->scratch, header->n, sizeof *d->extra));
    PG_TRY_ALLOC(ctx, d->to, pg_arena_alloc(&ctx->scratch, header->n, sizeof *d->to));
    for (size_t k = 0; k < header->n; k++) {
        bool known = false;
        for (size_t i = 0; i < N_COLUMNS; i++)
            known = known || d->at[i] == header->cells[k].column;
        if (known) continue;
        pgdp_column about = { .type = PGDP_TEXT };
        PG_TRY_ALLOC(ctx, about.name, pg_clean_name(&ctx->scratch, header->cells[k].text));
        if (pgdp_frame_find(frame, about.name) != PGDP_NONE)
            return pg_fail_at(ctx, d->grid, 0, header->cells[k].column, "the header names \"%.80s\" twice", about.name);
        d->extra[d->n_extra] = header->cells[k].column;
        PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &d->to[d->n_extra++]));
    }
    return PGDP_OK;
}

static pgdp_status read_year(pgdp_ctx *ctx, const data *d, size_t row, int *year)
{
    double value;
    const pg_cell *cell = pg_grid_at(d->grid, row, d->at[YEAR]);
    if (!pg_cell_number(cell, false, &value) || !(value >= 1000 && value <= 9999) || value > floor(value))
        return pg_fail_at(ctx, d->grid, row, d->at[YEAR], "found \"%.40s\", expected a year; correct the cell",
                          cell == NULL ? "" : cell->text);
    *year = (int)value;
    return PGDP_OK;
}

/* The finest frequency of all rows. */
static pgdp_frequency finest(const data *d)
{
    pgdp_frequency found = PGDP_ANNUAL;
    for (size_t i = 1; i < d->grid->n_rows; i++) {
        pgdp_period period;
        if (!pg_bls_period(pg_grid_text(d->grid, i, d->at[PERIOD]), 1970, &period)) continue;
        if (period.frequency > found) found = period.frequency;
        if (found == PGDP_MONTHLY) break;
    }
    return found;
}

static pgdp_status add_row(pgdp_ctx *ctx, const data *d, size_t i, pg_observations *to)
{
    const pg_cell *value = pg_grid_at(d->grid, i, d->at[VALUE]);
    pg_observation row = { .series = pg_grid_text(d->grid, i, d->at[ID]),
                           .code = pg_grid_text(d->grid, i, d->at[PERIOD]),
                           .value = (double)NAN };
    if (d->at[FOOTNOTES] != PGDP_NONE) row.footnotes = pg_grid_text(d->grid, i, d->at[FOOTNOTES]);
    PG_TRY(read_year(ctx, d, i, &row.year));
    if (row.series[0] == '\0' || row.code[0] == '\0')
        return pg_fail_at(ctx, d->grid, i, 0, "found no series_id or no period, expected both in every row");
    const bool missing = value == NULL || pg_cell_is(value, "-");
    if (!missing && !pg_cell_number(value, false, &row.value))
        return pg_fail_at(ctx, d->grid, i, d->at[VALUE],
                          "found \"%.40s\", expected a number or \"-\"; correct the cell", value->text);
    PG_TRY(pg_observations_add(ctx, to, &row));
    for (size_t k = 0; k < d->n_extra; k++) {
        const pg_cell *cell = pg_grid_at(d->grid, i, d->extra[k]);
        if (cell != NULL) PG_TRY(pgdp_frame_set_text(ctx, to->frame, d->to[k], cell->text, cell->length));
    }
    return PGDP_OK;
}

static pgdp_status read_data(pgdp_ctx *ctx, const pg_grid *grid, pgdp_frame *frame)
{
    data d = { .grid = grid };
    pg_observations to;
    PG_TRY(find_columns(ctx, &d));
    PG_TRY(pg_observations_begin(ctx, frame, finest(&d), &to));
    PG_TRY(add_extra(ctx, &d, frame));
    PG_TRY(pg_frame_reserve(ctx, frame, grid->n_rows - 1));
    for (size_t i = 1; i < grid->n_rows; i++)
        if (grid->rows[i].n > 0) PG_TRY(add_row(ctx, &d, i, &to));
    return PGDP_OK;
}

/* Lists: all codes are strings, only counts, levels and years are numbers. */
static pgdp_status read_list(pgdp_ctx *ctx, const pg_grid *grid, pgdp_frame *frame)
{
    static const char *const numbers[] = { "display_level", "sort_sequence", "begin_year", "end_year" };
    static const char *const none[] = { NULL };
    const size_t n = pg_row_width(&grid->rows[0]);
    const char **codes;
    size_t n_codes = 0;
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *codes));
    for (size_t j = 0; j < n; j++) {
        bool number = false;
        PG_TRY_ALLOC(ctx, codes[n_codes], pg_clean_name(&ctx->scratch, pg_grid_text(grid, 0, j)));
        for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
            number = number || pg_streq(codes[n_codes], numbers[i]);
        n_codes += !number;
    }
    codes[n_codes] = NULL;
    const pg_rules rules = { .missing = none, .codes = codes, .text_holds_numbers = true };
    return pg_table_fill(ctx, grid, (pg_span){ 0, 1, grid->n_rows }, &rules, frame);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_csv_dialect dialect = { .delimiter = '\t', .quote = '\0' };
    pg_grid grid;
    pgdp_frame *frame;
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0) return pg_fail(ctx, PGDP_PARSE, "%s:1: found no header row, expected series_id", in->label);
    bool value = false, year = false;
    for (size_t k = 0; k < grid.rows[0].n; k++) {
        value = value || pg_cell_is(&grid.rows[0].cells[k], "value");
        year = year || pg_cell_is(&grid.rows[0].cells[k], "year");
    }
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    return value && year ? read_data(ctx, &grid, frame) : read_list(ctx, &grid, frame);
}

const pgdp_reader pg_read_labstat = {
    .name = "labstat",
    .title = "BLS LABSTAT flat files",
    .spec = "https://download.bls.gov/pub/time.series/, pp.txt of each survey",
    .sniff = sniff,
    .read = read,
};
