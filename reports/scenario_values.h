/* scenario_values.h  What the sheets of the live scenario share: the assumptions' cells, central values, the totals.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SCENARIO_VALUES_H
#define PG_SCENARIO_VALUES_H

#include "reports/sheets.h"

/** What formulas call the rows of the table "derived": name, meaning. */
#define PG_DERIVED_LIST(X)                                                                                             \
    X(million, "Tokens in a million")                                                                                  \
    X(tolerance, "Tolerance of formulas against the program, relative")                                                \
    X(lam, "Capture rate in use (0 in the gross view)")                                                                \
    X(theta, "Final outlay share in use (1 in the gross view)")                                                        \
    X(k, "Quality times survival")                                                                                     \
    X(changed, "Assumptions that differ from the study's")
typedef enum pg_derived {
#define PGDP_ENTRY(name, text) PG_DERIVED_##name,
    PG_DERIVED_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
        PG_N_DERIVED
} pg_derived;
enum { PG_ASSUMPTION_NAME, PG_ASSUMPTION_VALUE, PG_ASSUMPTION_STUDY, PG_DERIVED_VALUE = 1 };
#define PG_TOLERANCE 1e-9 /* of a sum of some thousand rounded terms, generously */

/** The parameters' central values in the order of their list, [PGDP_N_PARAMETERS]. */
void pg_central_of(const pgdp_results *results, double *values);
/** Title of a major group: that of the occupations' table, or the code itself. */
const char *pg_group_title(const pgdp_results *results, const char *code);
/** Whether the live sheets can be made. */
bool pg_has_scenario(const pgdp_results *results);
/** A formula with its [names] replaced: parameters and derived values by their cells on Scenarios, other names by the
 * cell of the table's column of that key in this row. keys: [n_columns of table], or NULL. */
const char *pg_scenario_formula(const pg_table *table, const char *const *keys, size_t row, const char *formula);
/** The table of totals on the Scenarios page, once the cells are there. */
void pg_add_totals(const pgdp_results *results, const pg_table *cells, const char *const *keys);

#endif
