/* sheet_series_list.c  What the published series of the report are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/sheets.h"

static const pg_shown about_series[] = {
    { .column = "series", .name = "Series" },
    { .column = "title", .name = "Title" },
    { .column = "unit", .name = "Unit" },
    { .column = "price_basis", .name = "Price basis" },
    { .column = "adjustment", .name = "Adjustment" },
    { .column = "frequency", .name = "Frequency" },
    { .column = "vintage", .name = "Vintage" },
    { .column = "source", .name = "Source" },
    { .column = NULL },
};

static bool present(const pgdp_results *results)
{
    return results->series != NULL && results->series_list != NULL &&
           pgdp_frame_find(results->series_list, "series") != PGDP_NONE;
}

/* Rows of the list that are shown: those of a column's name and, where the column says one, its vintage. */
static bool is_shown(const pgdp_frame *series, const char *id, const char *vintage)
{
    const size_t column = id != NULL ? pgdp_frame_find(series, id) : PGDP_NONE;
    if (column == PGDP_NONE) return false;
    const char *own = pgdp_frame_column(series, column)->vintage;
    return own[0] == '\0' || vintage == NULL || pg_streq(own, vintage);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    const pgdp_frame *list = results->series_list;
    size_t *rows, n = 0;
    const size_t id = list != NULL ? pgdp_frame_find(list, "series") : PGDP_NONE;
    if (id == PGDP_NONE) return PGDP_OK;
    const size_t vintage = pgdp_frame_find(list, "vintage");
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, pgdp_frame_n_rows(list), sizeof *rows));
    for (size_t i = 0; i < pgdp_frame_n_rows(list); i++) {
        const bool dated = vintage != PGDP_NONE && pgdp_frame_column(list, vintage)->type == PGDP_TEXT;
        const char *date = dated ? pgdp_frame_text(list, vintage, i) : NULL;
        if (is_shown(results->series, pgdp_frame_text(list, id, i), date)) rows[n++] = i;
    }
    page->frozen_columns = 1;
    PG_TRY(pg_view_table(ctx, page, "series_list", &(pg_view){ list, rows, n }, about_series, NULL));
    pg_page_note(page, "Price basis and adjustment as the publisher states them; [x]: does not apply. Source: id on "
                       "the sheet Sources.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_series_list = {
    .name = "Series list",
    .title = "What the series are",
    .about = "One row a published series: title, unit, price basis, adjustment, vintage, source",
    .present = present,
    .fill = fill,
};
