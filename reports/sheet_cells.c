/* sheet_cells.c  The live model, one row an occupation: both its channels, by formulas over the assumptions. Source:
 * methodology 5.1. SPDX-License-Identifier: GPL-3.0-or-later */
#include "gap/scenario.h"
#include "reports/scenario_values.h"

/* Official real value of an AI unit; of an in-house one only tokens and review are recorded. Price 0: the limits. */
#define REAL     "IF([price]>0,[price]^(1-[lam]),IF([lam]<1,0,1))"
#define OWN_REAL "IF([price]>0,[theta]*[r]/[k]/[price]^[lam],[theta]*IF([lam]<1,0,1))"
#define GROWTH   "(MIN(IF([price]>0,[price]^-[elasticity],IF([elasticity]>0,[expansion_cap],1)),[expansion_cap])-1)"
#define AI_COST  "([review_share]+[tokens_per_hour]*[token_price]/[million]/[hourly_wage])"

/* One list of the given columns: key, header, unit, format, value of workload w. */
#define GIVEN_LIST(X)                                                                                                  \
    X(wage_bill, "Wage bill", "USD bn", billions, w->wage_bill)                                                        \
    X(hourly_wage, "Hourly wage", "USD per hour", number2, w->hourly_wage)                                             \
    X(capability, "Capability", "%", percent, w->capability)                                                           \
    X(multiplier, "Value per dollar of labour", "ratio", number3, w->multiplier)                                       \
    X(final_share, "Final share", "%", percent, w->final_share)
/* One list of the computed columns: key, header, unit, format, formula. */
#define LIVE_LIST(X)                                                                                                   \
    X(v0, "Base value", "USD bn", billions, "=[wage_bill]*IF([gross]=1,1,[multiplier]*[final_share])")                 \
    X(u, "Done by AI", "%", percent, "=[capability]*[adoption]")                                                       \
    X(r, "Unit cost of AI", "ratio", number3, "=MAX(1-(1-" AI_COST ")/IF([gross]=1,1,[multiplier]),0)")                \
    X(price, "Buyer price of constant quality", "ratio", number3, "=((1-[pass_through])+[pass_through]*[r])/[k]")      \
    X(own_v0, "Base value in house", "USD bn", billions, "=[v0]*[in_house_share]")                                     \
    X(market_v0, "Base value in the market", "USD bn", billions, "=[v0]-[own_v0]")                                     \
    X(market_q_s, "Substituted in the market", "USD bn", billions, "=[u]*[market_v0]")                                 \
    X(own_q_s, "Substituted in house", "USD bn", billions, "=[u]*[own_v0]")                                            \
    X(market_q_e, "Expanded in the market", "USD bn", billions, "=[market_q_s]*" GROWTH)                               \
    X(own_q_e, "Expanded in house", "USD bn", billions, "=[own_q_s]*" GROWTH)                                          \
    X(q_h, "Human work that remains", "USD bn", billions, "=[v0]-[market_q_s]-[own_q_s]")                              \
    X(f, "Full spending", "USD bn", billions,                                                                          \
      "=[human_price]*[q_h]+[price]*([market_q_s]+[own_q_s]+[market_q_e]+[own_q_e])")                                  \
    X(n, "Nominal measured", "USD bn", billions,                                                                       \
      "=[human_price]*[q_h]+[price]*([market_q_s]+[market_q_e])+[theta]*[r]/[k]*([own_q_s]+[own_q_e])")                \
    X(m, "Measured real", "USD bn", billions,                                                                          \
      "=[human_price]*[q_h]/[human_deflator]+" REAL "*([market_q_s]+[market_q_e])+" OWN_REAL "*([own_q_s]+[own_q_e])") \
    X(p1q0, "Base quantity at new prices", "USD bn", billions,                                                         \
      "=IF([v0]>0,[f]/([q_h]+[market_q_s]+[own_q_s]+[market_q_e]+[own_q_e])*[v0],0)")                                  \
    X(defl_s, "Deflator mismeasurement, substituted", "USD bn", billions, "=([market_q_s]+[own_q_s])*(1-" REAL ")")    \
    X(defl_e, "Deflator mismeasurement, expanded", "USD bn", billions, "=([market_q_e]+[own_q_e])*(1-" REAL ")")       \
    X(bound_s, "Boundary, substituted", "USD bn", billions, "=[own_q_s]*(" REAL "-" OWN_REAL ")")                      \
    X(bound_e, "Boundary, expanded", "USD bn", billions, "=[own_q_e]*(" REAL "-" OWN_REAL ")")

static const char *const keys[] = { "name", "group",
#define ENTRY(key, header, unit, format, value) #key,
                                    GIVEN_LIST(ENTRY) LIVE_LIST(ENTRY)
#undef ENTRY
};
enum { NAME, GROUP, FIRST_GIVEN };

static void add_columns(pg_table *table)
{
    pg_table_column(table, "Occupation", "", PG_FORMAT_text);
    pg_table_column(table, "Major group", "", PG_FORMAT_text);
#define ENTRY(key, header, unit, format, value) pg_table_column(table, header, unit, PG_FORMAT_##format);
    GIVEN_LIST(ENTRY)
    LIVE_LIST(ENTRY)
#undef ENTRY
}

static void add_row(pg_table *table, const pgdp_workload *w, const char *group, const pg_scenario_row *row, size_t i)
{
    size_t j = FIRST_GIVEN;
    pg_table_row(table);
    pg_put_text(table, NAME, w->name);
    pg_put_text(table, GROUP, group);
#define ENTRY(key, header, unit, format, value) pg_put_number(table, j++, value);
    GIVEN_LIST(ENTRY)
#undef ENTRY
#define ENTRY(key, header, unit, format, formula)                                                                      \
    pg_put_formula(table, j++, pg_scenario_formula(table, keys, i, formula), row->key);
    LIVE_LIST(ENTRY)
#undef ENTRY
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    double values[PGDP_N_PARAMETERS];
    pg_scenario_row *rows;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, results->n_work, sizeof *rows));
    pg_central_of(results, values);
    pg_scenario_rows(results->work, results->n_work, values, results->mode, rows);
    pg_table *table = pg_page_table(page, "cells", NULL);
    add_columns(table);
    for (size_t i = 0; i < results->n_work; i++)
        add_row(table, &results->work[i], pg_group_title(results, results->work[i].group), &rows[i], i);
    page->frozen_columns = 1;
    pg_page_note(page,
                 "Base prices are 1, so base values are base quantities. Market: sold at a visible price; in house: no "
                 "price, only the outlay on tokens is recorded. Equations: docs/model.md. Sources as on Occupations; "
                 "value per dollar of labour and final share: BEA use table, weighted by sector wage bills.");
    pg_add_totals(results, table, keys);
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_cells = {
    .name = "Cells",
    .title = "Cells of the live scenario",
    .about = "One row an occupation: given values, then formulas over the assumptions of the sheet Scenarios",
    .after = 1,
    .present = pg_has_scenario,
    .fill = fill,
};
