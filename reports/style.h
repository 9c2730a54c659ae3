/* style.h  How texts and cells of a workbook look: one table of fonts, fills and alignments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_STYLE_H
#define PG_STYLE_H

#include "reports/page.h"
#include "reports/palette.h"

/** Beside its number format. The first seven are of cells. */
typedef enum pg_look {
    PG_LOOK_PLAIN,
    PG_LOOK_WRAP,
    PG_LOOK_STRONG,
    PG_LOOK_INPUT,
    PG_LOOK_LINK,
    PG_LOOK_MISSING,
    PG_LOOK_TRUTH,
    PG_LOOK_HEADER,
    PG_LOOK_NUMBER_HEADER,
    PG_LOOK_TITLE,
    PG_LOOK_ABOUT,
    PG_LOOK_BACK,
    PG_LOOK_TEXT,
    PG_LOOK_HEADING,
    PG_LOOK_NOTE,
    PG_LOOK_GOOD,
    PG_LOOK_BAD,
    PG_N_LOOKS
} pg_look;
typedef enum pg_align { PG_ALIGN_NONE, PG_ALIGN_LEFT, PG_ALIGN_CENTER, PG_ALIGN_RIGHT } pg_align;
typedef struct pg_style {
    double size;
    int color, fill; /**< 0: the default */
    pg_align align;
    bool bold, underline, wrap, indent, middle; /**< middle: of the height; else on top */
    bool rule, box;                             /**< a thin line below; around */
} pg_style;
pg_style pg_style_of(pg_look look, pg_format format);
/** Of a cell in a column of that width. */
pg_look pg_look_of(const pg_table *table, size_t row, size_t column, double width);
/** The format of a cell: its own or its column's; texts and truth values have none. */
pg_format pg_format_of(const pg_table *table, size_t row, size_t column);

#endif
