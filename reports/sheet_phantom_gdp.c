/* sheet_phantom_gdp.c  The aggregates in both modes, the parts that add up to the headline, and the regimes. Source:
 * methodology 5.1-5.3. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "gap/model.h"
#include "gap/scenario.h"
#include "reports/sheets.h"

static bool present(const pgdp_results *results)
{
    return results->gap != NULL;
}

static const char *mode_words(pgdp_gap_mode mode)
{
    return mode == PGDP_GAP_GROSS ? "Gross view" : "National accounts";
}

static void add_aggregates(const pgdp_results *results, pg_page *page)
{
    const pgdp_gap_mode other = results->mode == PGDP_GAP_GROSS ? PGDP_GAP_ACCOUNTS : PGDP_GAP_GROSS;
    const bool both = results->gap_other != NULL;
    pg_table *table = pg_page_table(page, "aggregates", "Aggregates");
    pg_table_column(table, "Aggregate", "", PG_FORMAT_text);
    pg_table_column(table, "Symbol", "", PG_FORMAT_text);
    pg_table_column(table, mode_words(results->mode), "", PG_FORMAT_billions);
    if (both) pg_table_column(table, mode_words(other), "", PG_FORMAT_billions);
    const size_t unit = pg_table_column(table, "Unit", "", PG_FORMAT_text);
    for (size_t i = 0; pg_gap_items[i].name != NULL; i++) {
        const double values[] = { pg_gap_value(results->gap, i), both ? pg_gap_value(results->gap_other, i) : 0 };
        const double largest = fmax(fabs(values[0]), fabs(values[1]));
        const bool money = pg_gap_items[i].unit[0] == 'v';
        const pg_unit shown =
            money ? pg_unit_for(page->book, "value", fmax(largest, 1e10)) : (pg_unit){ "base = 1", PG_FORMAT_number4 };
        pg_table_row(table);
        pg_put_text(table, 0, pg_gap_items[i].text);
        pg_put_text(table, 1, pg_gap_items[i].name);
        for (size_t k = 0; k < (both ? 2 : 1); k++) {
            pg_put_number(table, 2 + k, values[k]);
            pg_put_format(table, 2 + k, shown.format);
        }
        pg_put_text(table, unit, shown.text);
        if (i == PG_GAP_phi_f) pg_put_strong(table);
    }
    pg_table_row(table);
    pg_put_text(table, 0, "State: phantom, quantity up and nominal down; strong, measured real down too");
    pg_put_text(table, 1, "state");
    pg_put_text(table, 2, pgdp_gap_state_name(results->gap->state));
    if (both) pg_put_text(table, 3, pgdp_gap_state_name(results->gap_other->state));
    pg_put_text(table, unit, "state");
}

/* Parts of the Laspeyres gap, whose sum less the index-number term is the headline. */
static const size_t parts[] = { PG_GAP_defl_h,  PG_GAP_defl_s,  PG_GAP_defl_e, PG_GAP_defl_n,
                                PG_GAP_bound_s, PG_GAP_bound_e, PG_GAP_bound_n };
enum { N_PARTS = sizeof parts / sizeof *parts, PART = 0, AMOUNT = 1, MEANING = 2 };

static const char *const meanings[N_PARTS] = {
    "official deflator of human work off its true price",
    "price fall of work that AI took over, not seen by the deflator",
    "the same for work that was added because it became cheap",
    "new work counted at its price instead of what it is worth",
    "work in house that no receipt records, taken over",
    "work in house that no receipt records, added",
    "outlay on new work that is not final spending",
};

static void add_chart(const pgdp_gap *gap, const pg_table *table, pg_page *page)
{
    size_t most = 0;
    for (size_t i = 1; i < N_PARTS; i++)
        if (fabs(pg_gap_value(gap, parts[i])) > fabs(pg_gap_value(gap, parts[most]))) most = i;
    const pg_chart about = {
        .kind = PG_CHART_COLUMN,
        .title = pg_say(page->book, "Largest part of the gap: %s, USD %s bn", pg_gap_items[parts[most]].text,
                        pg_say_number(page->book, pg_gap_value(gap, parts[most]), PG_FORMAT_billions)),
        .x_title = "Part of phantom GDP, Laspeyres",
        .y_title = "USD bn",
        .alt = "Columns: the parts of phantom GDP at the Laspeyres index, deflator mismeasurement and boundary, by "
               "channel",
        .table = table,
        .n_rows = N_PARTS,
        .y_format = PG_FORMAT_billions,
        .free_floor = true,
    };
    pg_chart_series(pg_page_chart(page, &about), "USD bn", PART, AMOUNT);
}

static void put_total(pg_table *table, const char *name, const char *formula, double value, const char *meaning)
{
    pg_table_row(table);
    pg_put_text(table, PART, name);
    pg_put_formula(table, AMOUNT, formula, value);
    pg_put_text(table, MEANING, meaning);
    pg_put_strong(table);
}

static void add_decomposition(const pgdp_gap *gap, pg_page *page)
{
    pg_book *book = page->book;
    pg_table *table = pg_page_table(page, "decomposition", "What the headline is made of");
    pg_table_column(table, "Part", "", PG_FORMAT_text);
    pg_table_column(table, "Amount", "USD bn", PG_FORMAT_billions);
    pg_table_column(table, "Meaning", "", PG_FORMAT_text);
    for (size_t i = 0; i < N_PARTS; i++) {
        pg_table_row(table);
        pg_put_text(table, PART, pg_gap_items[parts[i]].text);
        pg_put_number(table, AMOUNT, pg_gap_value(gap, parts[i]));
        pg_put_text(table, MEANING, meanings[i]);
    }
    put_total(table, "phantom GDP, Laspeyres: upper bound",
              pg_say(book, "=SUM(%s:%s)", pg_cell_name(table, 0, AMOUNT), pg_cell_name(table, N_PARTS - 1, AMOUNT)),
              gap->phi_l, "sum of the parts above");
    pg_table_row(table);
    pg_put_text(table, PART, "Laspeyres less Fisher: index-number term");
    pg_put_number(table, AMOUNT, gap->index_number_term);
    pg_put_text(table, MEANING, "base prices overstate the quantity of what became cheap");
    put_total(table, "phantom GDP, Fisher: the headline",
              pg_say(book, "=%s-%s", pg_cell_name(table, N_PARTS, AMOUNT), pg_cell_name(table, N_PARTS + 1, AMOUNT)),
              gap->phi_f, "upper bound less the index-number term");
    if (table != NULL) add_chart(gap, table, page);
}

static pgdp_status add_regimes(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    pg_contribution *regimes;
    size_t n;
    if (results->gap_detail == NULL) return PGDP_OK;
    PG_TRY(pg_regime_contributions(ctx, results->gap_detail, &regimes, &n));
    pg_table *table = pg_page_table(page, "regimes", "Regimes: what cells do when their price falls");
    pg_table_column(table, "Regime", "", PG_FORMAT_text);
    pg_table_column(table, "Cells", "count", PG_FORMAT_integer);
    pg_table_column(table, "Base value", "USD bn", PG_FORMAT_billions);
    pg_table_column(table, "Phantom GDP, Laspeyres", "USD bn", PG_FORMAT_billions);
    for (size_t i = 0; i < n; i++) {
        pg_table_row(table);
        pg_put_text(table, 0, regimes[i].name);
        pg_put_number(table, 1, (double)regimes[i].n);
        pg_put_number(table, 2, regimes[i].v0);
        pg_put_number(table, 3, regimes[i].phi_l);
    }
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    add_aggregates(results, page);
    add_decomposition(results->gap, page);
    PG_TRY(add_regimes(ctx, results, page));
    pg_page_note(
        page, "USD bn: cells hold USD and show billions, at prices of the base year. Gross view: all receipts count, "
              "value is labour cost, deflators are blind. National accounts: final demand only, in-house work only "
              "where its outlay is final.");
    pg_page_note(page,
                 "Regimes: growth, nominal grows; nominal_shrinks, nominal falls and measured real does not; "
                 "measured_shrinks, measured real falls while true output rises; captured, the saving stays with the "
                 "producer; none, no price fall or nothing adopted.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_phantom_gdp = {
    .name = "Phantom GDP",
    .title = "Phantom GDP",
    .about = "Three tables: aggregates in both views, the parts of the headline, the regimes of cells",
    .present = present,
    .fill = fill,
};
