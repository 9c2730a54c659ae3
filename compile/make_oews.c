/* make_oews.c  oews.csv: employment and wages by occupation in May 2021, 2022 and 2024. Source: BLS OEWS national
 * files. SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

enum { CODE, TITLE, GROUP, EMPLOYMENT, H_MEAN, A_MEAN, H_MEDIAN, A_MEDIAN, N_COLUMNS };
static const char *const names[N_COLUMNS] = { "OCC_CODE", "OCC_TITLE", "O_GROUP",  "TOT_EMP",
                                              "H_MEAN",   "A_MEAN",    "H_MEDIAN", "A_MEDIAN" };
static const char *const header[] = { "year",
                                      "soc",
                                      "title",
                                      "level",
                                      "employment",
                                      "employment_flag",
                                      "hourly_mean",
                                      "hourly_mean_flag",
                                      "annual_mean",
                                      "annual_mean_flag",
                                      "hourly_median",
                                      "annual_median",
                                      NULL };
static const struct {
    const char *year, *source;
} years[] = { { "2021", "oews_2021" }, { "2022", "oews_2022" }, { "2024", "oews_2024" } };

static pgdp_status write_year(pgdp_ctx *ctx, pg_inputs *inputs, size_t i, pg_csv_out *out)
{
    const pgdp_frame *frame;
    size_t columns[N_COLUMNS];
    PG_TRY(pg_inputs_table(ctx, inputs, years[i].source, NULL, &frame));
    PG_TRY(pg_input_columns(ctx, years[i].source, frame, names, N_COLUMNS, columns));
    /* The reader adds a column of marks where a measure has any. */
    const size_t flags[] = { pgdp_frame_find(frame, "TOT_EMP_flag"), pgdp_frame_find(frame, "H_MEAN_flag"),
                             pgdp_frame_find(frame, "A_MEAN_flag") };
    for (size_t row = 0; row < pgdp_frame_n_rows(frame); row++) {
        pg_csv_put_text(out, years[i].year);
        for (size_t j = CODE; j <= GROUP; j++)
            pg_put_cell(out, frame, columns[j], row);
        for (size_t j = EMPLOYMENT; j <= A_MEAN; j++) {
            pg_put_cell(out, frame, columns[j], row);
            pg_put_cell(out, frame, flags[j - EMPLOYMENT], row);
        }
        for (size_t j = H_MEDIAN; j <= A_MEDIAN; j++)
            pg_put_cell(out, frame, columns[j], row);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    pg_put_row(out, header);
    for (size_t i = 0; i < sizeof years / sizeof *years; i++)
        PG_TRY(write_year(ctx, inputs, i, out));
    return PGDP_OK;
}

const pg_product pg_product_oews = { .file = "oews.csv", .make = make };
