/* sheet_groups.c  Major groups of occupations: their work, the part that AI can do, their part of phantom GDP.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/scenario.h"
#include "reports/scenario_values.h"
#include "reports/sheets.h"

enum { NAME, ROWS, EXPOSED, OTHER, TOTAL, V0, PHI };

static void put_groups(pg_table *table, const pg_contribution *groups, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        pg_table_row(table);
        pg_put_text(table, NAME, groups[i].name);
        pg_put_number(table, ROWS, (double)groups[i].n);
        pg_put_number(table, EXPOSED, groups[i].exposed_wage_bill);
        pg_put_number(table, OTHER, groups[i].other_wage_bill);
        pg_put_formula(
            table, TOTAL,
            pg_say(table->page->book, "=%s+%s", pg_cell_name(table, i, EXPOSED), pg_cell_name(table, i, OTHER)),
            groups[i].wage_bill);
        pg_put_number(table, V0, groups[i].v0);
        pg_put_number(table, PHI, groups[i].phi_l);
    }
}

static void add_chart(const pg_table *table, const pg_contribution *groups, size_t n, pg_page *page)
{
    size_t most = 0;
    for (size_t i = 0; i < n; i++)
        if (groups[i].exposed_wage_bill > groups[most].exposed_wage_bill) most = i;
    const pg_chart wages = {
        .kind = PG_CHART_STACKED_BAR,
        .title = pg_say(page->book, "AI could do most in %s: USD %s bn of wages", groups[most].name,
                        pg_say_number(page->book, groups[most].exposed_wage_bill, PG_FORMAT_billions)),
        .x_title = "Major group of occupations",
        .y_title = "Wage bill, USD bn a year",
        .alt = "Stacked bars: wage bill of each major group of occupations, the part that AI could do and the rest",
        .table = table,
        .n_rows = table->n_rows,
        .y_format = PG_FORMAT_billions,
    };
    pg_chart *chart = pg_page_chart(page, &wages);
    pg_chart_series(chart, "AI could do", NAME, EXPOSED);
    pg_chart_series(chart, "The rest", NAME, OTHER);
    if (chart != NULL) chart->series[1].pale = true;
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    double values[PGDP_N_PARAMETERS];
    pg_scenario_row *rows;
    pg_contribution *groups;
    size_t n;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, results->n_work, sizeof *rows));
    pg_central_of(results, values);
    pg_scenario_rows(results->work, results->n_work, values, results->mode, rows);
    PG_TRY(pg_scenario_groups(ctx, results->work, rows, results->n_work, &groups, &n));
    for (size_t i = 0; i < n; i++)
        groups[i].name = pg_group_title(results, groups[i].name);
    pg_table *table = pg_page_table(page, "groups", NULL);
    pg_table_column(table, "Major group", "", PG_FORMAT_text);
    pg_table_column(table, "Occupations", "", PG_FORMAT_integer);
    pg_table_column(table, "Wage bill AI could do", "USD bn", PG_FORMAT_billions);
    pg_table_column(table, "Rest of the wage bill", "USD bn", PG_FORMAT_billions);
    pg_table_column(table, "Wage bill", "USD bn", PG_FORMAT_billions);
    pg_table_column(table, "Base value in the gap", "USD bn", PG_FORMAT_billions);
    pg_table_column(table, "Phantom GDP, Laspeyres", "USD bn", PG_FORMAT_billions);
    put_groups(table, groups, n);
    if (n > 0) add_chart(table, groups, n, page);
    pg_page_note(page,
                 "Wage bill AI could do: wage bill times capability. Base value: of the study's mode (final demand at "
                 "value added per dollar of labour, or labour dollars). Current prices.");
    pg_page_note(
        page, "Laspeyres parts add up exactly to the upper bound of phantom GDP without new tasks; Fisher's do not.");
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_groups = {
    .name = "Major groups",
    .title = "Major groups of occupations",
    .about = "One row a major group: wage bill, the part that AI could do, and its part of phantom GDP",
    .present = pg_has_scenario,
    .fill = fill,
};
