/* make_industry_accounts.c  industry_accounts.csv: production and uses of 2021 by BEA summary industry, with the OEWS
 * sector that it belongs to. Source: BEA use table after redefinitions, producers' prices. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "compile/products.h"

#include <string.h>

enum { ROW_CODE, ROW_NAME, COLUMN_NAME, VALUE, N_COLUMNS };
static const char *const names[N_COLUMNS] = { "row_code", "row_name", "column_name", "value" };
static const char *const header[] = { "industry",
                                      "title",
                                      "naics",
                                      "gross_output_usd_mn",
                                      "value_added_usd_mn",
                                      "compensation_usd_mn",
                                      "commodity_output_usd_mn",
                                      "final_uses_usd_mn",
                                      "intermediate_uses_usd_mn",
                                      "taxes_less_subsidies_usd_mn",
                                      "gross_operating_surplus_usd_mn",
                                      "exports_usd_mn",
                                      "imports_usd_mn",
                                      NULL };
/* What stands below an industry's column or right of a commodity's row, in the header's order. */
static const struct {
    const char *name;
    bool below;
} accounts[] = {
    { "Total Industry Output", true },
    { "Total Value Added", true },
    { "Compensation of employees", true },
    { "Total Commodity Output", false },
    { "Total Final Uses (GDP)", false },
    { "Total Intermediate", false },
    { "Taxes on production and imports, less subsidies", true },
    { "Gross operating surplus", true },
    { "Exports of goods and services", false },
    { "Imports of goods and services", false },
};
/* Sectors of OEWS with their BEA industries, each between blanks. Government hospitals and schools are 99 in BEA's
 * accounts. */
static const struct {
    const char *naics, *industries;
} sectors[] = {
    { "11", " 111CA 113FF " },
    { "21", " 211 212 213 " },
    { "22", " 22 " },
    { "23", " 23 " },
    { "31-33", " 321 327 331 332 333 334 335 3361MV 3364OT 337 339 311FT 313TT 315AL 322 323 324 325 326 " },
    { "42", " 42 " },
    { "44-45", " 441 445 452 4A0 " },
    { "48-49", " 481 482 483 484 485 486 487OS 493 " },
    { "51", " 511 512 513 514 " },
    { "52", " 521CI 523 524 525 " },
    { "53", " HS ORE 532RL " },
    { "54", " 5411 5415 5412OP " },
    { "55", " 55 " },
    { "56", " 561 562 " },
    { "61", " 61 " },
    { "62", " 621 622 623 624 " },
    { "71", " 711AS 713 " },
    { "72", " 721 722 " },
    { "81", " 81 " },
    { "99", " GFGD GFGN GFE GSLG GSLE " },
};

/* NULL for the commodities that no industry makes: scrap and noncomparable imports. */
static pgdp_status sector_of(pgdp_ctx *ctx, const char *industry, const char **naics)
{
    const char *wanted;
    *naics = NULL;
    PG_TRY_ALLOC(ctx, wanted, pg_arena_printf(&ctx->scratch, " %s ", industry));
    for (size_t i = 0; i < sizeof sectors / sizeof *sectors; i++)
        if (strstr(sectors[i].industries, wanted) != NULL) *naics = sectors[i].naics;
    return PGDP_OK;
}

/* "Noncomparable imports [1]" without its footnote. */
static pgdp_status clean_title(pgdp_ctx *ctx, const char *name, const char **out)
{
    size_t n = strlen(name);
    pg_trim(&name, &n);
    if (n > 3 && name[n - 1] == ']' && name[n - 3] == '[') n -= 3;
    pg_trim(&name, &n);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, name, n));
    return PGDP_OK;
}

static pgdp_status write_row(pgdp_ctx *ctx, const pgdp_frame *frame, const size_t columns[N_COLUMNS], size_t row,
                             pg_groups *cells, pg_csv_out *out)
{
    const char *code = pgdp_frame_text(frame, columns[ROW_CODE], row);
    const char *name = pgdp_frame_text(frame, columns[ROW_NAME], row), *title, *naics;
    PG_TRY(clean_title(ctx, name, &title));
    PG_TRY(sector_of(ctx, code, &naics));
    pg_csv_put_text(out, code);
    pg_csv_put_text(out, title);
    pg_csv_put_text(out, naics);
    for (size_t i = 0; i < sizeof accounts / sizeof *accounts; i++) {
        const char *other = accounts[i].name;
        const size_t cell = accounts[i].below ? pg_groups_find(cells, other, name) : pg_groups_find(cells, name, other);
        pg_put_cell(out, frame, columns[VALUE], cell);
    }
    pg_put_row_end(out);
    return PGDP_OK;
}

/* Rows with a code are commodities, named as the industry that mainly makes them; V001 to V003 are value added. */
static pgdp_status make(pgdp_ctx *ctx, pg_inputs *inputs, pg_csv_out *out)
{
    const pgdp_frame *frame;
    size_t columns[N_COLUMNS];
    pg_groups cells, rows;
    PG_TRY(pg_inputs_table(ctx, inputs, "bea_use_2021", NULL, &frame));
    PG_TRY(pg_input_columns(ctx, "bea_use_2021", frame, names, N_COLUMNS, columns));
    PG_TRY(pg_groups_of(ctx, frame, (const size_t[2]){ columns[ROW_NAME], columns[COLUMN_NAME] }, &cells));
    PG_TRY(pg_groups_of(ctx, frame, (const size_t[2]){ columns[ROW_NAME], PGDP_NONE }, &rows));
    pg_put_row(out, header);
    for (uint32_t level = 0; level < pgdp_frame_n_levels(frame, columns[ROW_NAME]); level++) {
        const size_t row = pg_groups_find(&rows, pgdp_frame_level(frame, columns[ROW_NAME], level), NULL);
        const char *code = pgdp_frame_text(frame, columns[ROW_CODE], row);
        if (code == NULL || pg_starts_with(code, "V00")) continue;
        PG_TRY(write_row(ctx, frame, columns, row, &cells, out));
    }
    return PGDP_OK;
}

const pg_product pg_product_industry_accounts = { .file = "industry_accounts.csv", .make = make };
