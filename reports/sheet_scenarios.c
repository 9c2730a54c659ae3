/* sheet_scenarios.c  Assumptions in cells to type in, and the gap recomputed from them by formulas. Source:
 * docs/model.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/scenario_values.h"

enum { UNIT = PG_ASSUMPTION_STUDY + 1, LOW, HIGH, SYMBOL, SPREAD, SOURCE };

/* "beta, mean 0.18, concentration 60" */
static const char *spread_of(pg_book *book, const pgdp_parameter *p)
{
    static const struct {
        const char *name, *a, *b, *c;
    } words[] = {
        [PGDP_FIXED] = { "fixed", NULL, NULL, NULL },
        [PGDP_BETA] = { "beta", "mean", "concentration", NULL },
        [PGDP_LOGNORMAL] = { "lognormal", "median", "log sd", NULL },
        [PGDP_TRIANGULAR] = { "triangular", "low", "mode", "high" },
        [PGDP_UNIFORM] = { "uniform", "low", "high", NULL },
    };
    const double numbers[] = { p->a, p->b, p->c };
    const char *const names[] = { words[p->distribution].a, words[p->distribution].b, words[p->distribution].c };
    pg_text text;
    pg_text_init(&text, book->arena);
    pg_text_add(&text, words[p->distribution].name);
    for (size_t i = 0; i < 3; i++) {
        if (names[i] == NULL) continue;
        pg_text_addf(&text, ", %s ", names[i]);
        pg_text_add_number(&text, numbers[i]);
    }
    if (text.failed) book->failed = true;
    return text.failed ? "" : text.data;
}

static pg_format bound_format(double bound)
{
    if (bound >= 1e6) return PG_FORMAT_scientific;
    return bound >= 1000 ? PG_FORMAT_integer : PG_FORMAT_number3;
}

static void add_assumptions(const pgdp_results *results, pg_page *page)
{
    pg_table *table = pg_page_table(page, "assumptions", "Assumptions: type into the shaded cells");
    pg_table_column(table, "Assumption", "", PG_FORMAT_text);
    pg_table_column(table, "Value", "", PG_FORMAT_number3);
    pg_table_column(table, "Study", "", PG_FORMAT_number3);
    pg_table_column(table, "Unit", "", PG_FORMAT_text);
    pg_table_column(table, "Lowest allowed", "", PG_FORMAT_number3);
    pg_table_column(table, "Highest allowed", "", PG_FORMAT_number3);
    pg_table_column(table, "Symbol", "", PG_FORMAT_text);
    pg_table_column(table, "Distribution in the simulation", "", PG_FORMAT_text);
    pg_table_column(table, "Source", "", PG_FORMAT_text);
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++) {
        const pgdp_parameter *p = &results->parameters[i];
        double low, high;
        const char *text = pgdp_parameter_text(i, &low, &high);
        const pg_format format = p->value >= 1000 ? PG_FORMAT_integer : PG_FORMAT_number3;
        pg_table_row(table);
        pg_put_text(table, PG_ASSUMPTION_NAME, text);
        pg_put_input(table, PG_ASSUMPTION_VALUE, p->value, low, high);
        pg_put_format(table, PG_ASSUMPTION_VALUE, format);
        pg_put_number(table, PG_ASSUMPTION_STUDY, p->value);
        pg_put_format(table, PG_ASSUMPTION_STUDY, format);
        pg_put_text(table, UNIT, pg_words(page->book, p->unit != NULL ? p->unit : ""));
        pg_put_number(table, LOW, low);
        pg_put_format(table, LOW, bound_format(low));
        pg_put_number(table, HIGH, high);
        pg_put_format(table, HIGH, bound_format(high));
        pg_put_text(table, SYMBOL, p->name);
        pg_put_text(table, SPREAD, spread_of(page->book, p));
        pg_put_text(table, SOURCE, p->source != NULL && p->source[0] != '\0' ? p->source : "default of the program");
    }
    const double gross = results->mode == PGDP_GAP_GROSS ? 1 : 0;
    pg_table_row(table);
    pg_put_text(table, PG_ASSUMPTION_NAME,
                "gross view: 1 counts all receipts at labour cost with blind deflators, 0 as the accounts");
    pg_put_input(table, PG_ASSUMPTION_VALUE, gross, 0, 1);
    pg_put_number(table, PG_ASSUMPTION_STUDY, gross);
    pg_put_text(table, UNIT, "0 or 1");
    pg_put_number(table, LOW, 0);
    pg_put_number(table, HIGH, 1);
    pg_put_text(table, SYMBOL, "gross");
    pg_put_text(table, SPREAD, "fixed");
    pg_put_text(table, SOURCE, "mode of the study");
    if (table != NULL && table->rules != NULL) table->rules->whole = true;
}

static void add_derived(const pgdp_results *results, pg_page *page)
{
    static const char *const texts[PG_N_DERIVED] = {
#define PGDP_ENTRY(name, text) text,
        PG_DERIVED_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
    };
    static const char *const formulas[PG_N_DERIVED] = {
        [PG_DERIVED_lam] = "=IF([gross]=1,0,[capture_rate])",
        [PG_DERIVED_theta] = "=IF([gross]=1,1,[final_outlay_share])",
        [PG_DERIVED_k] = "=[quality]*[survival]",
    };
    const pgdp_parameter *p = results->parameters;
    const bool gross = results->mode == PGDP_GAP_GROSS;
    const double values[PG_N_DERIVED] = {
        [PG_DERIVED_million] = 1e6,
        [PG_DERIVED_tolerance] = PG_TOLERANCE,
        [PG_DERIVED_lam] = gross ? 0 : p[PGDP_PARAMETER_capture_rate].value,
        [PG_DERIVED_theta] = gross ? 1 : p[PGDP_PARAMETER_final_outlay_share].value,
        [PG_DERIVED_k] = p[PGDP_PARAMETER_quality].value * p[PGDP_PARAMETER_survival].value,
    };
    const pg_table *assumptions = pg_book_table(page->book, "assumptions");
    pg_table *table = pg_page_table(page, "derived", "Constants and derived values that the formulas use");
    pg_table_column(table, "Item", "", PG_FORMAT_text);
    pg_table_column(table, "Number", "", PG_FORMAT_number3);
    for (size_t i = 0; i < PG_N_DERIVED; i++) {
        pg_table_row(table);
        pg_put_text(table, 0, texts[i]);
        if (formulas[i] != NULL) {
            pg_put_formula(table, 1, pg_scenario_formula(table, NULL, i, formulas[i]), values[i]);
        } else if (i == PG_DERIVED_changed) {
            pg_put_formula(table, 1,
                           pg_say(page->book, "=SUMPRODUCT((%s<>%s)*1)",
                                  pg_range_reference(assumptions, PG_ASSUMPTION_VALUE),
                                  pg_range_reference(assumptions, PG_ASSUMPTION_STUDY)),
                           values[i]);
            pg_put_format(table, 1, PG_FORMAT_integer);
        } else {
            pg_put_number(table, 1, values[i]);
            pg_put_format(table, 1, values[i] < 1 ? PG_FORMAT_scientific : PG_FORMAT_integer);
        }
    }
}

static void add_news(const pgdp_results *results, pg_page *page)
{
    static const char *const names[] = { "Reservation price", "Price", "Quantity", "Final share", "Official deflator" };
    if (results->n_news == 0) return;
    pg_table *table = pg_page_table(page, "new_tasks", "New tasks: work that nobody paid for before");
    pg_table_column(table, "New task", "", PG_FORMAT_text);
    for (size_t k = 0; k < sizeof names / sizeof *names; k++)
        pg_table_column(table, names[k], "", PG_FORMAT_number3);
    for (size_t i = 0; i < results->n_news; i++) {
        const pgdp_gap_new_task *t = &results->news[i];
        const double values[] = { t->p_star, t->p1, t->q, t->theta, t->d };
        pg_table_row(table);
        pg_put_text(table, 0, t->name);
        for (size_t k = 0; k < sizeof values / sizeof *values; k++)
            pg_put_number(table, k + 1, values[k]);
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    (void)ctx;
    pg_page_text(page,
                 "Change an assumption and the sheet Cells and the totals below follow. The column Program keeps what "
                 "the program computed at the study's assumptions, so formula less program is 0 until something is "
                 "changed. Bands and the scenario grid are the program's and do not follow.");
    add_assumptions(results, page);
    add_derived(results, page);
    add_news(results, page);
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_scenarios = {
    .name = "Scenarios",
    .title = "Scenarios: assumptions and live results",
    .about = "Assumptions to type in, constants, and phantom GDP recomputed from them by formulas",
    .present = pg_has_scenario,
    .fill = fill,
};
