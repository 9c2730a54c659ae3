/* make_occupation_levels.c  occupation_levels.csv: exposure of occupations as published, the check of our own. Source:
 * GPTs-are-GPTs occ_level.csv, whose gamma is the paper's zeta.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    static const char *const names[] = { "O*NET-SOC Code",     "dv_rating_alpha",
                                         "dv_rating_beta",     "dv_rating_gamma",
                                         "human_rating_alpha", "human_rating_beta",
                                         "human_rating_gamma", NULL };
    static const char *const header[] = { "onet_soc",    "gpt4_alpha", "gpt4_beta",  "gpt4_zeta",
                                          "human_alpha", "human_beta", "human_zeta", NULL };
    return pg_copy_columns(ctx, inputs, "gpts_levels", names, header, out);
}

const pg_product pg_product_occupation_levels = { .file = "occupation_levels.csv", .make = make };
