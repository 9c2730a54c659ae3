/* sheet_cover.c  Title, purpose, headline figures and the overall check on one page.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "reports/sheets.h"

enum { MOST_FIGURES = 12 };
static const char attribution[] =
    "This workbook includes information from the O*NET Database by the U.S. Department of Labor, Employment and "
    "Training "
    "Administration (USDOL/ETA), used under the CC BY 4.0 licence. O*NET is a trademark of USDOL/ETA. The authors of "
    "this "
    "workbook have modified all or some of this information. USDOL/ETA has not approved, endorsed, or tested these "
    "modifications.";
static const char all_sources[] = "All sources, with licences, stand on the sheet Sources.";

static bool present(const pgdp_results *results)
{
    (void)results;
    return true;
}

static void add_fact(pg_table *form, const char *label, const char *text)
{
    if (text == NULL || text[0] == '\0') return;
    pg_table_row(form);
    pg_put_text(form, 0, label);
    pg_put_text(form, 1, text);
}

static bool all_passed(const pg_table *checks, size_t passed)
{
    for (size_t i = 0; i < checks->n_rows; i++)
        if (!(checks->values[i * checks->n_columns + passed].number > 0)) return false;
    return true;
}

/* TRUE when every check passed and the live formulas agree with the program. */
static void add_overall(pg_table *form)
{
    const pg_book *book = form->page->book;
    const pg_table *checks = pg_book_table(book, "checks"), *live = pg_book_table(book, "live_checks");
    const size_t passed = checks != NULL ? pg_shown_column(checks, "Passed") : PGDP_NONE;
    if (passed == PGDP_NONE || checks->n_rows == 0) return;
    const char *and_live = live != NULL ? pg_say(form->page->book, ",%s=0", pg_cell_reference(live, 0, 3)) : "";
    const char *formula = pg_say(form->page->book, "=IF(AND(AND(%s)%s),\"TRUE\",\"FALSE\")",
                                 pg_range_reference(checks, passed), and_live);
    pg_table_row(form);
    pg_put_text(form, 0, "All checks passed");
    pg_put_formula_text(form, 1, formula, all_passed(checks, passed) ? "TRUE" : "FALSE");
    form->columns[1].checks = true;
}

/* The figures are links, so that a number has one place. */
static void add_figures(pg_page *page)
{
    static const char *const columns[] = { "Value", "Low", "High" };
    const pg_table *from = pg_book_table(page->book, "key_figures");
    const size_t figure = from != NULL ? pg_shown_column(from, "Figure") : PGDP_NONE;
    const size_t unit = from != NULL ? pg_shown_column(from, "Unit") : PGDP_NONE;
    if (figure == PGDP_NONE || unit == PGDP_NONE || from->n_rows == 0) return;
    pg_table *table = pg_page_table(page, "headline", "Headline figures");
    pg_table_column(table, "Headline figure", "", PG_FORMAT_text);
    for (size_t k = 0; k < 3; k++)
        pg_table_column(table, columns[k], "", PG_FORMAT_number3);
    pg_table_column(table, "Unit", "", PG_FORMAT_text);
    for (size_t i = 0; i < from->n_rows && i < MOST_FIGURES; i++) {
        const pg_value *row = &from->values[i * from->n_columns];
        pg_table_row(table);
        pg_put_text(table, 0, row[figure].text);
        pg_put_text(table, 4, row[unit].text);
        for (size_t k = 0; k < 3; k++) {
            const size_t j = pg_shown_column(from, columns[k]);
            if (j == PGDP_NONE || row[j].kind != PG_VALUE_NUMBER) {
                pg_put_text(table, k + 1, NULL);
                continue;
            }
            pg_put_formula(table, k + 1, pg_say(page->book, "=%s", pg_cell_reference(from, i, j)), row[j].number);
            pg_put_format(table, k + 1, (pg_format)row[j].format);
        }
        if (i == 0) pg_put_strong(table);
    }
}

/* What is said of O*NET and of other sheets holds only of a workbook that has them. */
static void add_notes(pg_page *page, const pgdp_results *results)
{
    const bool onet = results->tasks != NULL || results->activities != NULL || results->occupations != NULL;
    if (pg_book_table(page->book, "headline") != NULL)
        pg_page_note(page, "Low and High: ends of the interval named on the sheet Key figures. [x]: none.");
    if (onet && results->sources != NULL)
        pg_page_note(page, pg_say(page->book, "%s %s", attribution, all_sources));
    else if (onet || results->sources != NULL)
        pg_page_note(page, onet ? attribution : all_sources);
}

static pgdp_status fill(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page)
{
    (void)ctx;
    page->plain = true;
    pg_page_text(page, results->purpose);
    pg_table *form = pg_page_form(page, "about", NULL);
    pg_table_column(form, "Item", "", PG_FORMAT_text);
    pg_table_column(form, "Text", "", PG_FORMAT_text);
    add_fact(form, "Author", results->author);
    add_fact(form, "Data as of", results->as_of);
    add_fact(form, "Study", results->name);
    add_fact(form, "Program", pg_say(page->book, "pgdp %s", pgdp_version()));
    pg_table_row(form);
    pg_put_text(form, 0, "Contents");
    pg_put_link(form, 1, "internal:'Contents'!A1", "all sheets");
    if (form != NULL) add_overall(form);
    add_figures(page);
    add_notes(page, results);
    return PGDP_OK;
}

const pg_report_sheet pg_sheet_cover = {
    .name = "Cover",
    .title = NULL,
    .about = "What this workbook is for, what it finds, and whether its checks pass",
    .after = 3,
    .present = present,
    .fill = fill,
};
