/* read_fred_graph.c  CSV saved from FRED's or ALFRED's graph page, all generations. Source: formats.md 1 and 3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fred.h"
#include "ingest/periods.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"

enum { PREAMBLE = 30 };

typedef struct graph {
    const char *label;
    const pg_grid *grid;
    size_t header;
    pgdp_frame *frame;
    size_t *columns;          /* of the frame, by column of the file; PGDP_NONE: unnamed */
    pgdp_frequency frequency; /* as the preamble states it; none: not stated */
} graph;

/* One of the first lines begins with the header cell of dates. */
static int sniff(const pgdp_bytes *head)
{
    static const char *const names[] = { "observation_date,", "DATE,", "\"observation_date\",", "\"DATE\"," };
    size_t start = 0;
    for (size_t line = 0; line < PREAMBLE && start < head->n; line++) {
        const pgdp_bytes rest = { head->label, head->data + start, head->n - start };
        for (size_t i = 0; i < sizeof names / sizeof *names; i++)
            if (pg_bytes_start(&rest, names[i])) return PG_SURE;
        while (start < head->n && head->data[start] != '\n' && head->data[start] != '\r')
            start++;
        while (start < head->n && (head->data[start] == '\n' || head->data[start] == '\r'))
            start++;
    }
    return PG_NOT_OURS;
}

static pgdp_frequency frequency_of(const char *text)
{
    for (pgdp_frequency f = PGDP_ANNUAL; f <= PGDP_DAILY; f++)
        if (pg_streq_nocase(text, pgdp_frequency_name(f))) return f;
    return pg_starts_with(text, "Weekly") ? PGDP_WEEKLY : PGDP_NO_FREQUENCY;
}

/* Cuts the last piece off text at ", "; answers it, or NULL when one piece is left. */
static const char *last_piece(char *text)
{
    char *found = NULL;
    for (char *c = strstr(text, ", "); c != NULL; c = strstr(c + 1, ", "))
        found = c;
    if (found == NULL) return NULL;
    *found = '\0';
    return found + 2;
}

static const char *adjustment_of(const char *text)
{
    if (pg_starts_with(text, "Not Seasonally Adjusted")) return "not_seasonally_adjusted";
    return pg_starts_with(text, "Seasonally Adjusted") ? "seasonally_adjusted" : "";
}

/* "Title, Units, Frequency, Seasonal adjustment"; units of a transformed series have two parts. */
static pgdp_status read_title(pgdp_ctx *ctx, graph *g, const char *title, pgdp_column *about)
{
    char *text;
    PG_TRY_ALLOC(ctx, text, pg_arena_strdup(&ctx->scratch, title));
    const char *adjustment = last_piece(text), *frequency = last_piece(text);
    if (adjustment == NULL || frequency == NULL) return PGDP_OK;
    about->adjustment = adjustment_of(adjustment);
    if (g->frequency == PGDP_NO_FREQUENCY) g->frequency = frequency_of(frequency);
    about->unit = last_piece(text);
    if (about->unit == NULL) return PGDP_OK;
    if (strstr(about->unit, "Chained") != NULL) about->price_basis = "chained_volume";
    if (pg_fred_transformation(about->name) == NULL) return PGDP_OK;
    const char *change = last_piece(text);
    if (change != NULL) PG_TRY_ALLOC(ctx, about->unit, pg_arena_printf(&ctx->scratch, "%s, %s", change, about->unit));
    return PGDP_OK;
}

/* What the lines above the header say of a series. */
static pgdp_status read_preamble(pgdp_ctx *ctx, graph *g, pgdp_column *about)
{
    for (size_t i = 0; i < g->header; i++) {
        const char *first = pg_grid_text(g->grid, i, 0), *second = pg_grid_text(g->grid, i, 1);
        if (pg_starts_with(first, "Frequency: ")) g->frequency = frequency_of(first + strlen("Frequency: "));
        if (pg_streq(first, about->name) && second[0] != '\0') PG_TRY(read_title(ctx, g, second, about));
    }
    return PGDP_OK;
}

static pgdp_status add_columns(pgdp_ctx *ctx, graph *g)
{
    const size_t n = pg_row_width(&g->grid->rows[g->header]);
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_DAILY };
    PG_TRY_ALLOC(ctx, g->columns, pg_arena_alloc(&ctx->scratch, n, sizeof *g->columns));
    PG_TRY(pgdp_frame_add_column(ctx, g->frame, &period, &g->columns[0]));
    for (size_t j = 1; j < n; j++) {
        pgdp_column about = { .type = PGDP_REAL };
        g->columns[j] = PGDP_NONE;
        PG_TRY_ALLOC(ctx, about.name, pg_clean_name(&ctx->scratch, pg_grid_text(g->grid, g->header, j)));
        if (about.name[0] == '\0') continue;
        if (pg_streq(about.name, "VALUE")) PG_TRY(pg_fred_series_of_label(ctx, g->label, &about.name));
        PG_TRY(pg_fred_vintage(ctx, about.name, &about.vintage));
        PG_TRY(read_preamble(ctx, g, &about));
        if (pgdp_frame_find(g->frame, about.name) != PGDP_NONE)
            return pg_fail_at(ctx, g->grid, g->header, j, "the header names the series %.80s twice; remove one column",
                              about.name);
        PG_TRY(pgdp_frame_add_column(ctx, g->frame, &about, &g->columns[j]));
        if (pg_fred_transformation(about.name) == NULL) continue;
        const char *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "transformation:%s", about.name));
        PG_TRY(pgdp_frame_set_note(ctx, g->frame, key, pg_fred_transformation(about.name)));
    }
    return PGDP_OK;
}

static pgdp_status set_cell(pgdp_ctx *ctx, graph *g, size_t row, const pg_cell *cell)
{
    const size_t width = pg_row_width(&g->grid->rows[g->header]);
    double value;
    const bool known = cell->column < width && g->columns[cell->column] != PGDP_NONE;
    if (pg_is_mark(cell, pg_missing_csv)) return PGDP_OK;
    if (!known || !pg_cell_number(cell, false, &value))
        return pg_fail_at(ctx, g->grid, row, cell->column, "found \"%.40s\", expected %s; correct the cell", cell->text,
                          known ? "a number, \".\" or nothing" : "nothing, as the header has no name here");
    pgdp_frame_set_real(g->frame, g->columns[cell->column], value);
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, graph *g)
{
    PG_TRY(add_columns(ctx, g));
    PG_TRY(pg_note_rows(ctx, g->grid, 0, g->header, g->frame, "preamble"));
    PG_TRY(pg_frame_reserve(ctx, g->frame, g->grid->n_rows - g->header - 1));
    for (size_t i = g->header + 1; i < g->grid->n_rows; i++) {
        const pg_row *row = &g->grid->rows[i];
        pgdp_period day;
        if (row->n == 0) continue;
        if (!pg_cell_period(pg_grid_at(g->grid, i, 0), &day) || day.frequency != PGDP_DAILY)
            return pg_fail_at(ctx, g->grid, i, 0,
                              "found \"%.40s\", expected a day such as 2031-02-28; correct the cell",
                              pg_grid_text(g->grid, i, 0));
        PG_TRY(pgdp_frame_add_row(ctx, g->frame));
        pgdp_frame_set_period(g->frame, 0, day.ordinal);
        for (size_t k = 1; k < row->n; k++)
            PG_TRY(set_cell(ctx, g, i, &row->cells[k]));
    }
    const bool stated = g->frequency != PGDP_NO_FREQUENCY;
    const int32_t *days = pgdp_frame_periods(g->frame, 0);
    if (!stated)
        PG_TRY(pgdp_frame_set_note(ctx, g->frame, "frequency:period", "inferred from the spacing of the dates"));
    return pg_set_frequency(ctx, g->frame, 0,
                            stated ? g->frequency : pg_infer_frequency(days, pgdp_frame_n_rows(g->frame), true));
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    pg_grid grid;
    graph g = { .label = in->label, .grid = &grid };
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    for (; g.header < grid.n_rows && g.header < PREAMBLE; g.header++) {
        const pg_cell *first = pg_grid_at(&grid, g.header, 0);
        if (pg_cell_is(first, "observation_date") || pg_cell_is(first, "DATE")) break;
    }
    if (g.header == grid.n_rows || g.header == PREAMBLE)
        return pg_fail(ctx, PGDP_PARSE, "%s: found no header observation_date or DATE in the first %d lines", in->label,
                       PREAMBLE);
    PG_TRY(pg_dataset_add(ctx, out, "", &g.frame));
    return fill(ctx, &g);
}

const pgdp_reader pg_read_fred_graph = {
    .name = "fred_graph",
    .title = "FRED and ALFRED graph CSV",
    .spec = "https://fred.stlouisfed.org/graph/fredgraph.csv, headers of 2012 to 2026",
    .sniff = sniff,
    .read = read,
};
