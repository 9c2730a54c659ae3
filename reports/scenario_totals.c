/* scenario_totals.c  The gap's totals as formulas over the cells, beside what the program computed. Source:
 * methodology 5.1. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "gap/model.h"
#include "reports/scenario_values.h"

enum { NAME, LIVE, PROGRAM, UNIT, DIFFERENCE, TOLERANCE, WITHIN, SYMBOL };
static const char *const keys[] = { "", "live", "program", "", "difference", "allowed", "", "" };

/* {column}: its range on Cells; <aggregate>: its live cell; [name]: an assumption; new tasks come in by $aggregate. */
static const struct {
    const char *aggregate, *formula;
} totals[] = {
    { "q0", "=SUM({v0})" },
    { "q1", "=SUM({q_h})+SUM({market_q_s})+SUM({own_q_s})+SUM({market_q_e})+SUM({own_q_e})$q1" },
    { "f1", "=SUM({f})$f1" },
    { "n1", "=SUM({n})$n1" },
    { "m1", "=SUM({m})$m1" },
    { "ql", "=<q1>/<q0>" },
    { "qp", "=<f1>/SUM({p1q0})" },
    { "qf", "=SQRT(<ql>*<qp>)" },
    { "phi_l", "=<q1>-<m1>" },
    { "phi_f", "=<q0>*<qf>-<m1>" },
    { "phi_p", "=<q0>*<qp>-<m1>" },
    { "defl_h", "=SUM({q_h})-[human_price]*SUM({q_h})/[human_deflator]" },
    { "defl_s", "=SUM({defl_s})" },
    { "defl_e", "=SUM({defl_e})" },
    { "defl_n", "=0$defl_n" },
    { "bound_s", "=SUM({bound_s})" },
    { "bound_e", "=SUM({bound_e})" },
    { "bound_n", "=0$bound_n" },
    { "index_number_term", "=<q0>*(<ql>-<qf>)" },
    { "shrinkage", "=<q0>-<n1>" },
    { "phi_substitution", "=<defl_h>+<defl_s>+<bound_s>+<defl_n>+<bound_n>" },
};
enum { N_TOTALS = sizeof totals / sizeof *totals };
/* What new tasks add, over the columns of their table: 1 reservation price, 2 price, 3 quantity, 4 theta, 5 deflator.
 */
static const struct {
    const char *aggregate, *formula;
} additions[] = {
    { "q1", "+SUMPRODUCT(#1,#3)" },
    { "f1", "+SUMPRODUCT(#2,#3)" },
    { "n1", "+SUMPRODUCT(#2,#3,IF([gross]=1,1,0)+(1-[gross])*#4)" },
    { "m1", "+SUMPRODUCT(#2*#3/#5,IF([gross]=1,1,0)+(1-[gross])*#4)" },
    { "defl_n", "+SUMPRODUCT(#1,#3)-SUMPRODUCT(#2*#3/#5)" },
    { "bound_n", "+SUMPRODUCT(#2*#3/#5,1-IF([gross]=1,1,0)-(1-[gross])*#4)" },
};

typedef struct scene {
    pg_table *table;
    const pg_table *cells, *news;
    const char *const *cell_keys; /* of the cells' columns */
} scene;

/* A run of letters, digits and "_" at p. */
static size_t word(const char *p)
{
    return strspn(p, "abcdefghijklmnopqrstuvwxyz_0123456789");
}

static bool is(const char *name, const char *p, size_t n)
{
    return strlen(name) == n && memcmp(name, p, n) == 0;
}

static void add_range(const scene *s, pg_text *out, const char *p, size_t n)
{
    for (size_t j = 0; j < s->cells->n_columns; j++)
        if (is(s->cell_keys[j], p, n)) pg_text_add(out, pg_range_reference(s->cells, j));
}

static void add_total(const scene *s, pg_text *out, const char *p, size_t n)
{
    for (size_t i = 0; i < N_TOTALS; i++)
        if (is(totals[i].aggregate, p, n)) pg_text_add(out, pg_cell_name(s->table, i, LIVE));
}

static void add_news(const scene *s, pg_text *out, const char *p, size_t n)
{
    for (size_t i = 0; s->news != NULL && i < sizeof additions / sizeof *additions; i++) {
        if (!is(additions[i].aggregate, p, n)) continue;
        for (const char *c = additions[i].formula; *c != '\0'; c++) {
            if (*c == '#') {
                c++;
                pg_text_add(out, pg_range_reference(s->news, (size_t)(*c - '0')));
            } else {
                pg_text_add_char(out, *c);
            }
        }
    }
}

/* All marks but [name], which pg_scenario_formula() knows. */
static const char *formula_of(const scene *s, const char *from)
{
    static const struct {
        char mark;
        size_t close;
        void (*add)(const scene *s, pg_text *out, const char *p, size_t n);
    } marks[] = { { '{', 1, add_range }, { '<', 1, add_total }, { '$', 0, add_news } };
    pg_text text;
    pg_text_init(&text, s->table->page->book->arena);
    while (*from != '\0') {
        size_t m = 0;
        while (m < 3 && marks[m].mark != *from)
            m++;
        if (m == 3) {
            pg_text_add_char(&text, *from++);
            continue;
        }
        const size_t n = word(++from);
        marks[m].add(s, &text, from, n);
        from += n + marks[m].close;
    }
    if (text.failed) s->table->page->book->failed = true;
    return text.failed ? "" : pg_scenario_formula(s->table, NULL, 0, text.data);
}

static size_t item_of(const char *aggregate)
{
    size_t i = 0;
    while (pg_gap_items[i].name != NULL && !pg_streq(pg_gap_items[i].name, aggregate))
        i++;
    return i;
}

static void add_row(const scene *s, const pgdp_results *results, size_t i)
{
    const size_t item = item_of(totals[i].aggregate);
    const double value = pg_gap_value(results->gap, item);
    const bool money = pg_streq(pg_gap_items[item].unit, "value");
    const pg_format format = money ? PG_FORMAT_billions : PG_FORMAT_number4;
    pg_table *table = s->table;
    pg_table_row(table);
    pg_put_text(table, NAME, pg_gap_items[item].text);
    pg_put_text(table, SYMBOL, totals[i].aggregate);
    pg_put_formula(table, LIVE, formula_of(s, totals[i].formula), value);
    pg_put_number(table, PROGRAM, value);
    pg_put_formula(table, DIFFERENCE, pg_scenario_formula(table, keys, i, "=[live]-[program]"), 0);
    const char *tolerance = pg_scenario_formula(table, NULL, i, "=[tolerance]");
    if (money) tolerance = pg_say(table->page->book, "%s*%s", tolerance, pg_cell_name(table, 0, PROGRAM));
    pg_put_formula(table, TOLERANCE, tolerance, money ? PG_TOLERANCE * results->gap->q0 : PG_TOLERANCE);
    pg_put_formula(table, WITHIN,
                   pg_scenario_formula(table, keys, i, "=IF([changed]>0,1,IF(ABS([difference])<=[allowed],1,0))"), 1);
    pg_put_text(table, UNIT, money ? "USD bn" : "ratio");
    pg_put_format(table, LIVE, format);
    pg_put_format(table, PROGRAM, format);
    pg_put_format(table, DIFFERENCE, PG_FORMAT_scientific);
    pg_put_format(table, TOLERANCE, PG_FORMAT_scientific);
    if (pg_streq(totals[i].aggregate, "phi_f")) pg_put_strong(table);
}

void pg_add_totals(const pgdp_results *results, const pg_table *cells, const char *const *cell_keys)
{
    const pg_table *assumptions = cells != NULL ? pg_book_table(cells->page->book, "assumptions") : NULL;
    if (assumptions == NULL) return;
    pg_page *page = assumptions->page;
    const scene s = { .table = pg_page_table(page, "live_totals", "Phantom GDP from the assumptions above, recomputed"),
                      .cells = cells,
                      .news = pg_book_table(page->book, "new_tasks"),
                      .cell_keys = cell_keys };
    if (s.table == NULL) return;
    pg_table_column(s.table, "Aggregate", "", PG_FORMAT_text);
    pg_table_column(s.table, "Formula", "", PG_FORMAT_number4);
    pg_table_column(s.table, "Program", "", PG_FORMAT_number4);
    pg_table_column(s.table, "Unit", "", PG_FORMAT_text);
    pg_table_column(s.table, "Formula less program", "", PG_FORMAT_scientific);
    pg_table_column(s.table, "Tolerance", "", PG_FORMAT_scientific);
    pg_table_column(s.table, "Within, 1 or 0", "", PG_FORMAT_integer);
    pg_table_column(s.table, "Symbol", "", PG_FORMAT_text);
    for (size_t i = 0; i < N_TOTALS; i++)
        add_row(&s, results, i);
    pg_page_note(page,
                 "USD bn: cells hold USD and show billions. Within: 1 as long as formula and program agree to the "
                 "tolerance, and while assumptions are changed. Consumer surplus stands on the sheet Phantom GDP.");
}
