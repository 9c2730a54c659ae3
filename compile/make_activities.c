/* make_activities.c  activities.csv: detailed, intermediate and generalized work activities. Source: O*NET 29.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

static const char *const dwa_names[] = { "DWA ID", "DWA Title", "IWA ID", "Element ID" };
static const char *const iwa_names[] = { "IWA ID", "IWA Title" };
static const char *const element_names[] = { "Element ID", "Element Name" };
static const char *const header[] = { "dwa_id", "dwa_title", "iwa_id", "iwa_title", "gwa_id", "gwa_title", NULL };

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    const pgdp_frame *dwas, *iwas, *elements;
    size_t d[4], i[2], e[2];
    pg_groups by_iwa, by_element;
    PG_TRY(pg_inputs_table(ctx, inputs, "onet_dwas_29_1", NULL, &dwas));
    PG_TRY(pg_inputs_table(ctx, inputs, "onet_iwas_29_1", NULL, &iwas));
    PG_TRY(pg_inputs_table(ctx, inputs, "onet_elements_29_1", NULL, &elements));
    PG_TRY(pg_input_columns(ctx, "onet_dwas_29_1", dwas, dwa_names, 4, d));
    PG_TRY(pg_input_columns(ctx, "onet_iwas_29_1", iwas, iwa_names, 2, i));
    PG_TRY(pg_input_columns(ctx, "onet_elements_29_1", elements, element_names, 2, e));
    PG_TRY(pg_groups_of(ctx, iwas, (const size_t[2]){ i[0], PGDP_NONE }, &by_iwa));
    PG_TRY(pg_groups_of(ctx, elements, (const size_t[2]){ e[0], PGDP_NONE }, &by_element));
    pg_put_row(out, header);
    for (size_t row = 0; row < pgdp_frame_n_rows(dwas); row++) {
        const size_t iwa = pg_groups_match(&by_iwa, dwas, (const size_t[2]){ d[2], PGDP_NONE }, row);
        const size_t gwa = pg_groups_match(&by_element, dwas, (const size_t[2]){ d[3], PGDP_NONE }, row);
        for (size_t j = 0; j < 3; j++)
            pg_put_cell(out, dwas, d[j], row);
        pg_put_cell(out, iwas, i[1], iwa);
        pg_put_cell(out, dwas, d[3], row);
        pg_put_cell(out, elements, e[1], gwa);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}

const pg_product pg_product_activities = { .file = "activities.csv", .make = make };
