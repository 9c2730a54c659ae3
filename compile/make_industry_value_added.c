/* make_industry_value_added.c  industry_value_added.csv: value added, its quantity and price indexes and gross output
 * by industry, annual. Source: BEA GDP by industry, tables TVA105, TVA103, TVA104 and TGO105. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "compile/products.h"

#include <string.h>

enum { LINE, DESCRIPTION, PERIOD, VALUE, N_COLUMNS };
static const char *const names[N_COLUMNS] = { "line", "description", "period", "value" };
static const char *const header[] = { "measure", "line", "industry", "period", "value", NULL };
static const struct {
    const char *measure, *source, *table;
} measures[] = {
    { "value_added_usd_mn", "bea_value_added", "TVA105-A" },
    { "quantity_index", "bea_value_added", "TVA103-A" },
    { "price_index", "bea_value_added", "TVA104-A" },
    { "gross_output_usd_mn", "bea_gross_output", "TGO105-A" },
};

/* BEA indents names and marks footnotes: "  Private goods-producing industries\1\". */
static pgdp_status clean_name(pgdp_ctx *ctx, const char *text, const char **out)
{
    size_t n = strlen(text);
    pg_trim(&text, &n);
    if (n > 3 && text[n - 1] == '\\' && text[n - 3] == '\\') n -= 3;
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, text, n));
    return PGDP_OK;
}

static pgdp_status write_measure(pgdp_ctx *ctx, pg_inputs *inputs, size_t i, pg_csv_out *out)
{
    const pgdp_frame *frame;
    size_t columns[N_COLUMNS];
    PG_TRY(pg_inputs_table(ctx, inputs, measures[i].source, measures[i].table, &frame));
    PG_TRY(pg_input_columns(ctx, measures[i].source, frame, names, N_COLUMNS, columns));
    for (size_t row = 0; row < pgdp_frame_n_rows(frame); row++) {
        const char *industry = pgdp_frame_text(frame, columns[DESCRIPTION], row);
        if (industry == NULL) continue;
        PG_TRY(clean_name(ctx, industry, &industry));
        pg_csv_put_text(out, measures[i].measure);
        pg_put_cell(out, frame, columns[LINE], row);
        pg_csv_put_text(out, industry);
        pg_put_cell(out, frame, columns[PERIOD], row);
        pg_put_cell(out, frame, columns[VALUE], row);
        pg_put_row_end(out);
    }
    return PGDP_OK;
}

static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    pg_put_row(out, header);
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        PG_TRY(write_measure(ctx, inputs, i, out));
    return PGDP_OK;
}

const pg_product pg_product_industry_value_added = { .file = "industry_value_added.csv", .make = make };
