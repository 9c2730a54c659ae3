/* style.c  How texts and cells of a workbook look: one table of fonts, fills and alignments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/style.h"

#include <math.h>
#include <string.h>

enum { LONGEST_ADDRESS = 2000 }; /* a spreadsheet program takes 2,079 characters */

static const pg_style styles[PG_N_LOOKS] = {
    [PG_LOOK_PLAIN] = { .size = 10, .rule = true },
    [PG_LOOK_WRAP] = { .size = 10, .rule = true, .wrap = true },
    [PG_LOOK_STRONG] = { .size = 10, .rule = true, .bold = true, .fill = PG_PALE },
    [PG_LOOK_INPUT] = { .size = 10, .box = true, .color = PG_INPUT_TEXT, .fill = PG_INPUT_FILL },
    [PG_LOOK_LINK] = { .size = 10, .rule = true, .color = PG_ACCENT, .underline = true, .wrap = true },
    [PG_LOOK_MISSING] = { .size = 10, .rule = true, .color = PG_GREY, .align = PG_ALIGN_RIGHT },
    [PG_LOOK_TRUTH] = { .size = 10, .rule = true, .align = PG_ALIGN_CENTER },
    [PG_LOOK_HEADER] = { 10, PG_WHITE, PG_ACCENT, PG_ALIGN_LEFT, .bold = true, .wrap = true, .indent = true,
                         .middle = true },
    [PG_LOOK_NUMBER_HEADER] = { 10, PG_WHITE, PG_ACCENT, PG_ALIGN_RIGHT, .bold = true, .wrap = true, .middle = true },
    [PG_LOOK_TITLE] = { .size = 16, .bold = true, .color = PG_ACCENT },
    [PG_LOOK_ABOUT] = { .size = 11, .color = PG_GREY },
    [PG_LOOK_BACK] = { .size = 10, .color = PG_ACCENT, .underline = true },
    [PG_LOOK_TEXT] = { .size = 11 },
    [PG_LOOK_HEADING] = { .size = 12, .bold = true, .color = PG_ACCENT },
    [PG_LOOK_NOTE] = { .size = 9, .color = PG_GREY },
    [PG_LOOK_GOOD] = { .size = 10, .bold = true, .color = PG_GOOD_TEXT, .fill = PG_GOOD_FILL },
    [PG_LOOK_BAD] = { .size = 10, .bold = true, .color = PG_BAD_TEXT, .fill = PG_BAD_FILL },
};

pg_style pg_style_of(pg_look look, pg_format format)
{
    pg_style style = styles[look];
    if (look <= PG_LOOK_MISSING && format == PG_FORMAT_text) {
        style.align = PG_ALIGN_LEFT;
        style.indent = true;
    }
    return style;
}

pg_look pg_look_of(const pg_table *table, size_t row, size_t column, double width)
{
    const pg_value *v = &table->values[row * table->n_columns + column];
    const bool number = v->kind == PG_VALUE_NUMBER || v->kind == PG_VALUE_DAY;
    if (v->kind == PG_VALUE_MISSING || (number && !isfinite(v->number))) return PG_LOOK_MISSING;
    if (v->kind == PG_VALUE_BOOL) return PG_LOOK_TRUTH;
    if (v->kind == PG_VALUE_LINK && strlen(v->extra) < LONGEST_ADDRESS) return PG_LOOK_LINK;
    if (v->input || v->strong) return v->input ? PG_LOOK_INPUT : PG_LOOK_STRONG;
    return pg_cell_wraps(table, row, column, width) ? PG_LOOK_WRAP : PG_LOOK_PLAIN;
}

pg_format pg_format_of(const pg_table *table, size_t row, size_t column)
{
    const pg_value *v = &table->values[row * table->n_columns + column];
    if (v->kind == PG_VALUE_TEXT || v->kind == PG_VALUE_LINK || v->kind == PG_VALUE_BOOL) return PG_FORMAT_text;
    return v->format != PG_FORMAT_automatic ? (pg_format)v->format : table->columns[column].format;
}
