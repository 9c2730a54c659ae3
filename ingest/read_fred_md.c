/* read_fred_md.c  FRED-MD and FRED-QD vintages. Source: McCracken & Ng (2016), JBES 34(4), appendix; formats.md 4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/csv.h"
#include "ingest/fred_md.h"
#include "ingest/periods.h"
#include "ingest/readers.h"
#include "ingest/table.h"

typedef struct panel {
    const pg_grid *grid;
    pgdp_frame *frame;
    size_t n_columns;
    size_t *columns; /* of the frame; PGDP_NONE: unnamed */
} panel;

static int sniff(const pgdp_bytes *head)
{
    return pg_bytes_start(head, "sasdate,") || pg_bytes_start(head, "\"sasdate\",") ? PG_SURE : PG_NOT_OURS;
}

/* "2023-06-md.csv", "fred-md_2025m04.csv" -> "2023-06"; NULL when the name tells none. */
static pgdp_status vintage_of(pgdp_ctx *ctx, const char *label, const char **out)
{
    const char *name = pg_base_name(label);
    for (; *name != '\0'; name++) {
        if (strspn(name, "0123456789") != 4 || (name[4] != '-' && name[4] != 'm')) continue;
        const size_t digits = strspn(name + 5, "0123456789");
        if (digits != 2 && (digits != 1 || name[4] != 'm')) continue;
        PG_TRY_ALLOC(
            ctx, *out,
            pg_arena_printf(&ctx->scratch, "%.4s-%s%.*s", name, digits == 1 ? "0" : "", (int)digits, name + 5));
        return PGDP_OK;
    }
    return PGDP_OK;
}

static pgdp_status add_columns(pgdp_ctx *ctx, panel *p, const char *vintage)
{
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_DAILY };
    p->n_columns = pg_row_width(&p->grid->rows[0]);
    PG_TRY_ALLOC(ctx, p->columns, pg_arena_alloc(&ctx->scratch, p->n_columns, sizeof *p->columns));
    PG_TRY(pgdp_frame_add_column(ctx, p->frame, &period, &p->columns[0]));
    for (size_t j = 1; j < p->n_columns; j++) {
        pgdp_column about = { .type = PGDP_REAL, .vintage = vintage };
        p->columns[j] = PGDP_NONE;
        PG_TRY_ALLOC(ctx, about.name, pg_clean_name(&ctx->scratch, pg_grid_text(p->grid, 0, j)));
        if (about.name[0] == '\0') continue;
        if (pgdp_frame_find(p->frame, about.name) != PGDP_NONE)
            return pg_fail_at(ctx, p->grid, 0, j, "the header names the series %.80s twice; remove one column",
                              about.name);
        PG_TRY(pgdp_frame_add_column(ctx, p->frame, &about, &p->columns[j]));
    }
    return PGDP_OK;
}

/* A row of codes, "transform" or "factors", becomes notes: "transform:INDPRO" = "5". */
static pgdp_status note_codes(pgdp_ctx *ctx, panel *p, size_t row, const char *what)
{
    for (size_t j = 1; j < p->n_columns; j++) {
        if (p->columns[j] == PGDP_NONE || pg_grid_at(p->grid, row, j) == NULL) continue;
        const char *key;
        PG_TRY_ALLOC(ctx, key,
                     pg_arena_printf(&ctx->scratch, "%s:%s", what, pgdp_frame_column(p->frame, p->columns[j])->name));
        PG_TRY(pgdp_frame_set_note(ctx, p->frame, key, pg_grid_text(p->grid, row, j)));
    }
    return PGDP_OK;
}

static pgdp_status add_row(pgdp_ctx *ctx, panel *p, size_t i)
{
    const pg_row *row = &p->grid->rows[i];
    pgdp_period day;
    double value;
    if (!pg_cell_period(&row->cells[0], &day) || day.frequency != PGDP_DAILY)
        return pg_fail_at(ctx, p->grid, i, 0, "found \"%.40s\", expected a date such as 3/1/2031; correct the cell",
                          row->cells[0].text);
    PG_TRY(pgdp_frame_add_row(ctx, p->frame));
    pgdp_frame_set_period(p->frame, 0, day.ordinal);
    for (size_t k = 1; k < row->n; k++) {
        const pg_cell *cell = &row->cells[k];
        if (pg_is_mark(cell, pg_missing_csv)) continue;
        const bool known = cell->column < p->n_columns && p->columns[cell->column] != PGDP_NONE;
        if (!known || !pg_cell_number(cell, false, &value))
            return pg_fail_at(ctx, p->grid, i, cell->column, "found \"%.40s\", expected %s; correct the cell",
                              cell->text, known ? "a number or nothing" : "nothing, as the header has no name here");
        pgdp_frame_set_real(p->frame, p->columns[cell->column], value);
    }
    return PGDP_OK;
}

/* Dates of one month in three are quarters, whichever month of the quarter they name. */
static pgdp_status set_frequency(pgdp_ctx *ctx, panel *p)
{
    const size_t n = pgdp_frame_n_rows(p->frame);
    PG_TRY(pg_set_frequency(ctx, p->frame, 0, PGDP_MONTHLY));
    const int32_t *months = pgdp_frame_periods(p->frame, 0);
    bool quarterly = n > 1;
    for (size_t i = 1; i < n; i++)
        quarterly = quarterly && (months[i] - months[0]) % 3 == 0;
    return quarterly ? pg_set_frequency(ctx, p->frame, 0, PGDP_QUARTERLY) : PGDP_OK;
}

pgdp_status pg_fred_md_read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_csv_dialect dialect = { .delimiter = ',', .quote = '"' };
    const char *vintage = NULL;
    pg_grid grid;
    panel p = { .grid = &grid };
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (grid.n_rows == 0 || !pg_cell_is(pg_grid_at(&grid, 0, 0), "sasdate"))
        return pg_fail(ctx, PGDP_PARSE, "%s:1:1: found no header sasdate, expected the FRED-MD layout", in->label);
    PG_TRY(pg_dataset_add(ctx, out, "", &p.frame));
    PG_TRY(vintage_of(ctx, in->label, &vintage));
    PG_TRY(add_columns(ctx, &p, vintage));
    PG_TRY(pg_frame_reserve(ctx, p.frame, grid.n_rows));
    for (size_t i = 1; i < grid.n_rows; i++) {
        const pg_cell *first = pg_grid_at(&grid, i, 0);
        if (first == NULL) continue; /* rows of commas at the end */
        if (pg_cell_is(first, "transform"))
            PG_TRY(note_codes(ctx, &p, i, "transform"));
        else if (pg_cell_is(first, "factors"))
            PG_TRY(note_codes(ctx, &p, i, "factors"));
        else
            PG_TRY(add_row(ctx, &p, i));
    }
    return set_frequency(ctx, &p);
}

const pgdp_reader pg_read_fred_md = {
    .name = "fred_md",
    .title = "FRED-MD and FRED-QD",
    .spec = "McCracken & Ng (2016), FRED-MD: A Monthly Database for Macroeconomic Research, appendix",
    .sniff = sniff,
    .read = pg_fred_md_read,
};
