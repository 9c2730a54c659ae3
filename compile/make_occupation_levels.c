/* make_occupation_levels.c  occupation_levels.csv: exposure of occupations as published, the check of our own. Source:
 * GPTs-are-GPTs occ_level.csv, whose gamma is the paper's zeta.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

enum { N_COLUMNS = 7 };
static const char *const names[N_COLUMNS] = { "O*NET-SOC Code",    "dv_rating_alpha",    "dv_rating_beta",
                                              "dv_rating_gamma",   "human_rating_alpha", "human_rating_beta",
                                              "human_rating_gamma" };
static const char *const header[] = { "onet_soc",    "gpt4_alpha", "gpt4_beta",  "gpt4_zeta",
                                      "human_alpha", "human_beta", "human_zeta", NULL };

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    const pgdp_frame *levels;
    size_t columns[N_COLUMNS];
    PG_TRY(pg_inputs_table(ctx, inputs, "gpts_levels", NULL, &levels));
    PG_TRY(pg_input_columns(ctx, "gpts_levels", levels, names, N_COLUMNS, columns));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(levels); row++) {
        for (size_t j = 0; j < N_COLUMNS; j++)
            pg_put_number_cell(out, levels, columns[j], row);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}

const pg_product pg_product_occupation_levels = { .file = "occupation_levels.csv", .make = make };
