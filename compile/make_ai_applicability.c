/* make_ai_applicability.c  ai_applicability.csv: AI applicability of occupations as published. Source:
 * microsoft/working-with-ai. SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    static const char *const names[] = { "SOC Code", "ai_applicability_score", NULL };
    static const char *const header[] = { "soc", "ai_applicability", NULL };
    return pg_copy_columns(ctx, inputs, "ai_applicability", names, header, out);
}
const pg_product pg_product_ai_applicability = { .file = "ai_applicability.csv", .make = make };
