/* make_crosswalks.c  soc_2010_2018.csv and onet_soc_2010_2019.csv: pairs of codes as published. Source: BLS, O*NET.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

static pgdp_status soc_2010_2018_make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    static const char *const names[] = { "2010 SOC Code", "2010 SOC Title", "2018 SOC Code", "2018 SOC Title", NULL };
    static const char *const header[] = { "soc_2010_code", "soc_2010_title", "soc_2018_code", "soc_2018_title", NULL };
    return pg_copy_columns(ctx, inputs, "soc_2010_2018", names, header, out);
}
const pg_product pg_product_soc_2010_2018 = { .file = "soc_2010_2018.csv", .make = soc_2010_2018_make };

static pgdp_status onet_soc_2010_2019_make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    static const char *const names[] = { "O*NET-SOC 2010 Code", "O*NET-SOC 2010 Title", "O*NET-SOC 2019 Code",
                                         "O*NET-SOC 2019 Title", NULL };
    static const char *const header[] = { "onet_soc_2010_code", "onet_soc_2010_title", "onet_soc_2019_code",
                                          "onet_soc_2019_title", NULL };
    return pg_copy_columns(ctx, inputs, "onet_soc_2010_2019", names, header, out);
}
const pg_product pg_product_onet_soc_2010_2019 = { .file = "onet_soc_2010_2019.csv", .make = onet_soc_2010_2019_make };
