/* make_oews_sector.c  oews_sector.csv: detailed occupations by sector, May 2024. Source: BLS OEWS, national by sector.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

enum { NAICS, CODE, EMPLOYMENT, A_MEAN, H_MEAN, GROUP, INDUSTRY_GROUP, N_COLUMNS };
static const char *const names[N_COLUMNS] = {
    "NAICS", "OCC_CODE", "TOT_EMP", "A_MEAN", "H_MEAN", "O_GROUP", "I_GROUP"
};
static const char *const header[] = { "naics", "soc", "employment", "annual_mean", "hourly_mean", NULL };

static bool cell_is(const pgdp_frame *frame, size_t column, size_t row, const char *text)
{
    const char *cell = pgdp_frame_text(frame, column, row);
    return cell != NULL && pg_streq(cell, text);
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    const pgdp_frame *frame;
    size_t columns[N_COLUMNS];
    PG_TRY(pg_inputs_table(ctx, inputs, "oews_sector_2024", NULL, &frame));
    PG_TRY(pg_input_columns(ctx, "oews_sector_2024", frame, names, N_COLUMNS, columns));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(frame); row++) {
        const bool wanted =
            cell_is(frame, columns[GROUP], row, "detailed") && cell_is(frame, columns[INDUSTRY_GROUP], row, "sector");
        if (!wanted) continue;
        for (size_t j = NAICS; j <= H_MEAN; j++)
            pg_put_cell(out, frame, columns[j], row);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}

const pg_product pg_product_oews_sector = { .file = "oews_sector.csv", .make = make };
