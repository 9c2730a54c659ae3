/* sheets.h  The sheets of a report in their order, one file each.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SHEETS_H
#define PG_SHEETS_H

#include "pgdp/reports.h"
#include "reports/frame_table.h"
#include "reports/page.h"

/** One sheet: a constant in reports/sheet_NAME.c. */
typedef struct pg_report_sheet {
    const char *name;  /**< of the tab, at most 31 bytes */
    const char *title; /**< A1; NULL: the study's */
    const char *about; /**< A2 and the list of contents: what it holds */
    int after;         /**< sheets fill in order of this, then of the list: those that refer to others come later */
    bool (*present)(const pgdp_results *results);
    pgdp_status (*fill)(pgdp_ctx *ctx, const pgdp_results *results, pg_page *page);
} pg_report_sheet;

#define PG_SHEETS(X)                                                                                                   \
    X(cover)                                                                                                           \
    X(contents)                                                                                                        \
    X(charts)                                                                                                          \
    X(key_figures)                                                                                                     \
    X(shares)                                                                                                          \
    X(tasks)                                                                                                           \
    X(activities)                                                                                                      \
    X(occupations)                                                                                                     \
    X(groups)                                                                                                          \
    X(monitor)                                                                                                         \
    X(grading)                                                                                                         \
    X(regressions)                                                                                                     \
    X(side_by_side)                                                                                                    \
    X(phantom_gdp)                                                                                                     \
    X(uncertainty)                                                                                                     \
    X(scenarios)                                                                                                       \
    X(cells)                                                                                                           \
    X(grid)                                                                                                            \
    X(top_down)                                                                                                        \
    X(series)                                                                                                          \
    X(series_list)                                                                                                     \
    X(published)                                                                                                       \
    X(checks)                                                                                                          \
    X(sources)                                                                                                         \
    X(notes)                                                                                                           \
    X(provenance)
#define PGDP_ENTRY(name) extern const pg_report_sheet pg_sheet_##name;
PG_SHEETS(PGDP_ENTRY)
#undef PGDP_ENTRY

/** All sheets that have results, filled, in memory of the book's arena. */
pgdp_status pg_book_fill(pgdp_ctx *ctx, const pgdp_results *results, pg_book *book);

#endif
