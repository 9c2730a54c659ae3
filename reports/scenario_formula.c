/* scenario_formula.c  Formulas of the live scenario: names in brackets to cells.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "reports/scenario_values.h"

static const char *const parameter_names[] = {
#define PGDP_ENTRY(name, value, lo, hi, unit, text) #name,
    PGDP_PARAMETER_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};
static const char *const derived_names[PG_N_DERIVED] = {
#define PGDP_ENTRY(name, text) #name,
    PG_DERIVED_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

void pg_central_of(const pgdp_results *results, double *values)
{
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        values[i] = results->parameters[i].value;
}

const char *pg_group_title(const pgdp_results *results, const char *code)
{
    const pgdp_frame *from = results->occupations;
    const size_t group = from != NULL ? pgdp_frame_find(from, "major_group") : PGDP_NONE;
    const size_t title = from != NULL ? pgdp_frame_find(from, "major_title") : PGDP_NONE;
    if (code == NULL || group == PGDP_NONE || title == PGDP_NONE) return code;
    for (size_t i = 0; i < pgdp_frame_n_rows(from); i++) {
        const char *own = pgdp_frame_text(from, group, i), *words = pgdp_frame_text(from, title, i);
        if (own != NULL && words != NULL && pg_streq(own, code)) return words;
    }
    return code;
}

bool pg_has_scenario(const pgdp_results *results)
{
    return results->work != NULL && results->n_work > 0 && results->parameters != NULL && results->gap != NULL;
}

static size_t index_of(const char *const *names, size_t n, const char *name, size_t length)
{
    for (size_t i = 0; i < n; i++)
        if (names[i] != NULL && strlen(names[i]) == length && memcmp(names[i], name, length) == 0) return i;
    return PGDP_NONE;
}

/* The cell that a name stands for. */
static const char *cell_of(const pg_table *table, const char *const *keys, size_t row, const char *name, size_t length)
{
    const pg_book *book = table->page->book;
    const size_t column = keys != NULL ? index_of(keys, table->n_columns, name, length) : PGDP_NONE;
    if (column != PGDP_NONE) return pg_cell_name(table, row, column);
    const size_t derived = index_of(derived_names, PG_N_DERIVED, name, length);
    if (derived != PGDP_NONE) return pg_cell_reference(pg_book_table(book, "derived"), derived, PG_DERIVED_VALUE);
    size_t parameter = index_of(parameter_names, PGDP_N_PARAMETERS, name, length);
    if (length == strlen("gross") && memcmp(name, "gross", length) == 0) parameter = PGDP_N_PARAMETERS;
    return pg_cell_reference(pg_book_table(book, "assumptions"), parameter, PG_ASSUMPTION_VALUE);
}

const char *pg_scenario_formula(const pg_table *table, const char *const *keys, size_t row, const char *formula)
{
    pg_text text;
    if (table == NULL) return "";
    pg_text_init(&text, table->page->book->arena);
    while (*formula != '\0') {
        const size_t plain = strcspn(formula, "[");
        pg_text_add_bytes(&text, formula, plain);
        formula += plain;
        if (*formula == '\0') break;
        const size_t length = strcspn(++formula, "]");
        pg_text_add(&text, cell_of(table, keys, row, formula, length));
        formula += length + 1;
    }
    if (!text.failed) return text.data;
    table->page->book->failed = true;
    return "";
}
