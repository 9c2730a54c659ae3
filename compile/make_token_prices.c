/* make_token_prices.c  token_prices.csv: list prices of models by vendor, in USD per million tokens. Source:
 * llm-prices. SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/products.h"

enum { N_COLUMNS = 8 };
static const char *const names[N_COLUMNS] = { "vendor", "model",        "name",      "input",
                                              "output", "input_cached", "from_date", "to_date" };
static const char *const header[] = {
    "vendor", "model", "name", "input_usd_per_million", "output_usd_per_million", "cached_usd_per_million",
    "from",   "to",    NULL
};

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    pg_put_row(out, header);
    for (size_t i = 0; pg_source_at(i) != NULL; i++) {
        const pg_source *source = pg_source_at(i);
        const pgdp_frame *frame;
        size_t columns[N_COLUMNS];
        if (!pg_streq(source->used_for, "token_prices.csv")) continue;
        PG_TRY(pg_inputs_table(ctx, inputs, source->id, NULL, &frame));
        PG_TRY(pg_input_columns(ctx, source->id, frame, names, N_COLUMNS, columns));
        for (size_t row = 0; row < pgdp_frame_n_rows(frame); row++) {
            for (size_t j = 0; j < N_COLUMNS; j++)
                pg_put_cell(out, frame, columns[j], row);
            pg_put_row_end(out);
        }
    }
    return PGDP_OK;
}

const pg_product pg_product_token_prices = { .file = "token_prices.csv", .make = make };
