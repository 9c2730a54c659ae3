/* make_soc_combined.c  soc_combined.csv: OEWS codes that stand for several SOC 2018 codes. Source: BLS, OEWS technical
 * notes since May 2021.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

enum { MOST_MEMBERS = 4 };
static const struct {
    const char *combined, *members[MOST_MEMBERS + 1];
} codes[] = {
    { "13-1020", { "13-1021", "13-1022", "13-1023" } },
    { "13-2020", { "13-2022", "13-2023" } },
    { "21-1018", { "21-1011", "21-1014" } },
    { "25-2052", { "25-2055", "25-2056" } },
    { "25-9045", { "25-9042", "25-9043", "25-9049" } },
    { "29-2010", { "29-2011", "29-2012" } },
    { "31-1120", { "31-1121", "31-1122" } },
    { "39-7010", { "39-7011", "39-7012" } },
    { "47-4090", { "47-4091", "47-4099" } },
    { "51-2028", { "51-2022", "51-2023" } },
    { "51-2090", { "51-2092", "51-2099" } },
    { "53-1047", { "53-1042", "53-1043", "53-1044", "53-1049" } },
};
static const char *const header[] = { "combined", "member", NULL };

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    (void)ctx, (void)inputs;
    pg_put_row(out, header);
    for (size_t i = 0; i < sizeof codes / sizeof *codes; i++)
        for (const char *const *member = codes[i].members; *member != NULL; member++)
            pg_put_row(out, (const char *const[]){ codes[i].combined, *member, NULL });
    return PGDP_OK;
}

const pg_product pg_product_soc_combined = { .file = "soc_combined.csv", .make = make };
