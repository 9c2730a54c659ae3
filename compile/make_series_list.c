/* make_series_list.c  series_list.csv: what each macro series is, by vintage. Source: series_rows.c.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"
#include "compile/series_rows.h"

static const char *const header[] = { "series",    "title",   "unit",   "price_basis", "adjustment",
                                      "frequency", "vintage", "source", NULL };

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    (void)inputs;
    pg_put_row(out, header);
    for (size_t i = 0; pg_series_at(i) != NULL; i++) {
        const pg_series_row *row = pg_series_at(i);
        const size_t source = pg_source_find(row->source);
        if (source == PGDP_NONE)
            return pg_fail(ctx, PGDP_NOT_FOUND, "series %s: no source %s in the table of sources", row->series,
                           row->source);
        const char *const cells[] = { row->series,
                                      row->title,
                                      row->unit,
                                      row->price_basis,
                                      row->adjustment,
                                      row->frequency,
                                      pg_source_at(source)->vintage,
                                      row->source,
                                      NULL };
        pg_put_row(out, cells);
    }
    return PGDP_OK;
}

const pg_product pg_product_series_list = { .file = "series_list.csv", .make = make };
