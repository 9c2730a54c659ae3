/* sheet_notes.c  What a reader must know to read the numbers: marks, units, definitions.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/sheets.h"

static bool always(const pgdp_results *results)
{
    (void)results;
    return true;
}

/* A run writes results.json too, and its provenance into both. */
static bool has_twin(const pgdp_results *results)
{
    return results->provenance != NULL;
}

static bool has_no_twin(const pgdp_results *results)
{
    return !has_twin(results);
}

static bool has_amounts(const pgdp_results *results)
{
    return results->tasks != NULL || results->occupations != NULL || results->gap != NULL || results->series != NULL;
}

static bool has_inputs(const pgdp_results *results)
{
    return results->parameters != NULL;
}

/* Sentences of every workbook that has what they speak of. */
static const struct {
    const char *text;
    bool (*applies)(const pgdp_results *results);
} own[] = {
    { PG_MISSING " marks a number or text that does not exist, was not published or is not defined for the row.",
      always },
    { "Headers state units. Where a header says mn or bn the cell holds the whole amount and the number format shows "
      "millions or billions; percentages are held as shares.",
      has_amounts },
    { "Cells hold 16 significant digits; results.json beside this workbook holds every number exactly.", has_twin },
    { "Cells hold 16 significant digits.", has_no_twin },
    { "Shaded cells with blue numbers are assumptions to type in; all other numbers are results or formulas over them.",
      has_inputs },
};

static bool present(const pgdp_results *results)
{
    (void)results;
    return true;
}

static void add(pg_table *table, const char *text)
{
    pg_table_row(table);
    if (table != NULL) pg_put_number(table, 0, (double)table->n_rows);
    pg_put_text(table, 1, text);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    (void)ctx;
    pg_table *table = pg_page_table(page, "notes", NULL);
    pg_table_column(table, "Note", "", PG_FORMAT_integer);
    pg_table_column(table, "Text", "", PG_FORMAT_text);
    for (size_t i = 0; i < sizeof own / sizeof *own; i++)
        if (own[i].applies(results)) add(table, own[i].text);
    const size_t text = results->notes != NULL ? pgdp_frame_find(results->notes, "text") : PGDP_NONE;
    const size_t value = results->notes != NULL ? pgdp_frame_find(results->notes, "value") : PGDP_NONE;
    const size_t column = text != PGDP_NONE ? text : value;
    for (size_t i = 0; column != PGDP_NONE && i < pgdp_frame_n_rows(results->notes); i++)
        add(table, pgdp_frame_text(results->notes, column, i));
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_notes = {
    .name = "Notes",
    .title = "Notes",
    .about = "One row a note: marks, units, definitions and limits",
    .present = present,
    .fill = fill,
};
