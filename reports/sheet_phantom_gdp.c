/* sheet_phantom_gdp.c  The aggregates in both modes, the parts that add up to the headline, and the regimes. Source:
 * methodology 5.1-5.3. SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>

#include "core/text.h"
#include "gap/model.h"
#include "gap/scenario.h"
#include "reports/sheets.h"

enum { NAME, SYMBOL, FIRST }; /* FIRST: of the amounts */

static bool present(const pgdp_results *results)
{
    return results->gap != NULL;
}

static const char *header_of(pgdp_gap_mode mode)
{
    return mode == PGDP_GAP_GROSS ? "Gross view" : "National accounts";
}

static const char *words_of(pgdp_gap_mode mode)
{
    return mode == PGDP_GAP_GROSS ? "gross view" : "national accounts";
}

/* The columns of both tables: the study's view first, the other one where it was computed. */
typedef struct views {
    const pgdp_gap *gaps[2];
    const char *names[2], *words[2]; /* in headers, in sentences */
    size_t n;
} views;

static views views_of(const pgdp_results *results)
{
    const pgdp_gap_mode other = results->mode == PGDP_GAP_GROSS ? PGDP_GAP_ACCOUNTS : PGDP_GAP_GROSS;
    return (views){ { results->gap, results->gap_other },
                    { header_of(results->mode), header_of(other) },
                    { words_of(results->mode), words_of(other) },
                    results->gap_other != NULL ? 2 : 1 };
}

static void add_columns(pg_table *table, const views *v, const char *unit)
{
    pg_table_column(table, "Symbol", "", PG_FORMAT_text);
    for (size_t k = 0; k < v->n; k++)
        pg_table_column(table, v->names[k], unit, PG_FORMAT_billions);
}

static void add_aggregates(const views *v, pg_page *page)
{
    pg_table *table = pg_page_table(page, "aggregates", "Aggregates");
    pg_table_column(table, "Aggregate", "", PG_FORMAT_text);
    add_columns(table, v, "");
    const size_t unit = pg_table_column(table, "Unit", "", PG_FORMAT_text);
    for (size_t i = 0; pg_gap_items[i].name != NULL; i++) {
        const bool money = pg_streq(pg_gap_items[i].unit, "value");
        pg_table_row(table);
        pg_put_text(table, NAME, pg_gap_items[i].text);
        pg_put_text(table, SYMBOL, pg_gap_items[i].name);
        for (size_t k = 0; k < v->n; k++) {
            pg_put_number(table, FIRST + k, pg_gap_value(v->gaps[k], i));
            pg_put_format(table, FIRST + k, money ? PG_FORMAT_billions : PG_FORMAT_number4);
        }
        pg_put_text(table, unit, money ? "USD bn" : "base = 1");
        if (i == PG_GAP_phi_f) pg_put_strong(table);
    }
}

/* Parts of the Laspeyres gap, whose sum less the index-number term is the headline. */
static const size_t parts[] = { PG_GAP_defl_h,  PG_GAP_defl_s,  PG_GAP_defl_e, PG_GAP_defl_n,
                                PG_GAP_bound_s, PG_GAP_bound_e, PG_GAP_bound_n };
enum { N_PARTS = sizeof parts / sizeof *parts };

static const char *const meanings[N_PARTS] = {
    "official deflator of human work off its true price",
    "price fall of work that AI took over, not seen by the deflator",
    "the same for work that was added because it became cheap",
    "new work counted at its price instead of what it is worth",
    "work in house that no receipt records, taken over",
    "work in house that no receipt records, added",
    "outlay on new work that is not final spending",
};

static void add_chart(const views *v, const pg_table *table, pg_page *page)
{
    size_t most = 0;
    for (size_t i = 1; i < N_PARTS; i++)
        if (fabs(pg_gap_value(v->gaps[0], parts[i])) > fabs(pg_gap_value(v->gaps[0], parts[most]))) most = i;
    const pg_chart about = {
        .kind = PG_CHART_BAR,
        .title = pg_say(page->book, "Largest part of the gap: %s, USD %s bn", pg_gap_items[parts[most]].text,
                        pg_say_number(page->book, pg_gap_value(v->gaps[0], parts[most]), PG_FORMAT_billions)),
        .x_title = "Part of phantom GDP, Laspeyres",
        .y_title = "USD bn",
        .alt =
            "Bars: the parts of phantom GDP at the Laspeyres index, deflator mismeasurement and boundary, by channel",
        .table = table,
        .n_rows = N_PARTS,
        .y_format = PG_FORMAT_billions,
        .free_floor = true,
    };
    pg_chart *chart = pg_page_chart(page, &about);
    for (size_t k = 0; k < v->n; k++)
        pg_chart_series(chart, v->names[k], NAME, FIRST + k);
}

/* A row of the parts' table; the formula of column k comes from make(), or the number is a result. */
typedef const char *(*formula_maker)(const pg_table *table, size_t column);

static const char *sum_of_parts(const pg_table *table, size_t column)
{
    return pg_say(table->page->book, "=SUM(%s:%s)", pg_cell_name(table, 0, column),
                  pg_cell_name(table, N_PARTS - 1, column));
}

static const char *total_less_term(const pg_table *table, size_t column)
{
    return pg_say(table->page->book, "=%s-%s", pg_cell_name(table, N_PARTS, column),
                  pg_cell_name(table, N_PARTS + 1, column));
}

static void put_part(pg_table *table, const views *v, size_t item, const char *meaning, formula_maker make)
{
    pg_table_row(table);
    pg_put_text(table, NAME, pg_gap_items[item].text);
    pg_put_text(table, SYMBOL, pg_gap_items[item].name);
    for (size_t k = 0; k < v->n; k++) {
        const double value = pg_gap_value(v->gaps[k], item);
        if (make != NULL) {
            pg_put_formula(table, FIRST + k, make(table, FIRST + k), value);
        } else {
            pg_put_number(table, FIRST + k, value);
        }
    }
    pg_put_text(table, FIRST + v->n, meaning);
    if (make != NULL) pg_put_strong(table);
}

static void add_decomposition(const views *v, pg_page *page)
{
    pg_table *table = pg_page_table(page, "decomposition", "What the headline is made of");
    pg_table_column(table, "Part", "", PG_FORMAT_text);
    add_columns(table, v, "USD bn");
    pg_table_column(table, "Meaning", "", PG_FORMAT_text);
    if (table == NULL) return;
    for (size_t i = 0; i < N_PARTS; i++)
        put_part(table, v, parts[i], meanings[i], NULL);
    put_part(table, v, PG_GAP_phi_l, "sum of the parts above", sum_of_parts);
    put_part(table, v, PG_GAP_index_number_term, "base prices overstate the quantity of what became cheap", NULL);
    put_part(table, v, PG_GAP_phi_f, "upper bound less the index-number term", total_less_term);
    add_chart(v, table, page);
}

static pgdp_status add_regimes(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    pg_contribution *regimes;
    size_t n;
    if (results->gap_detail == NULL) return PGDP_OK;
    PG_TRY(pg_regime_contributions(ctx, results->gap_detail, &regimes, &n));
    pg_table *table = pg_page_table(page, "regimes", "Regimes: what cells do when their price falls");
    pg_table_column(table, "Regime", "", PG_FORMAT_text);
    pg_table_column(table, "Cells", "", PG_FORMAT_integer);
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
    const views v = views_of(results);
    pg_page_text(page, v.n > 1 ? pg_say(page->book, "State: %s in the %s, %s in the %s.",
                                        pgdp_gap_state_name(v.gaps[0]->state), v.words[0],
                                        pgdp_gap_state_name(v.gaps[1]->state), v.words[1])
                               : pg_say(page->book, "State: %s.", pgdp_gap_state_name(v.gaps[0]->state)));
    add_aggregates(&v, page);
    add_decomposition(&v, page);
    PG_TRY(add_regimes(ctx, results, page));
    pg_page_note(
        page, "USD bn: cells hold USD and show billions, at prices of the base year. Gross view: all receipts count, "
              "value is labour cost, deflators are blind. National accounts: final demand only, in-house work only "
              "where its outlay is final.");
    pg_page_note(
        page, "State: phantom, true quantity up while nominal falls; strong, measured real falls too; none, neither.");
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
