/* csv_out.c  Writing CSV rows into text. Source: RFC 4180 with LF line ends.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/csv_out.h"
#include "core/number.h"

#include <math.h>
#include <string.h>

void pg_put_init(pg_csv_out *csv, pg_arena *arena)
{
    *csv = (pg_csv_out){ .n_columns = 0 };
    pg_text_init(&csv->text, arena);
}

static void next_cell(pg_csv_out *csv)
{
    if (csv->column++ > 0) pg_text_add_char(&csv->text, ',');
}

void pg_csv_put_text(pg_csv_out *csv, const char *utf8)
{
    next_cell(csv);
    if (utf8 == NULL) return;
    if (strpbrk(utf8, ",\"\r\n") == NULL) {
        pg_text_add(&csv->text, utf8);
        return;
    }
    pg_text_add_char(&csv->text, '"');
    for (const char *c = utf8; *c != '\0'; c++) {
        if (*c == '"') pg_text_add_char(&csv->text, '"');
        pg_text_add_char(&csv->text, *c);
    }
    pg_text_add_char(&csv->text, '"');
}

void pg_csv_put_number(pg_csv_out *csv, double value)
{
    next_cell(csv);
    if (isinf(value))
        pg_text_add(&csv->text, value > 0 ? "INF" : "-INF"); /* XML Schema's words, which other programs read too */
    else if (!isnan(value))
        pg_text_add_number(&csv->text, value);
}

void pg_put_cell(pg_csv_out *csv, const pgdp_frame *frame, size_t column, size_t row)
{
    if (column == PGDP_NONE || row == PGDP_NONE) {
        pg_csv_put_text(csv, NULL);
        return;
    }
    const pgdp_column *about = pgdp_frame_column(frame, column);
    if (about->type == PGDP_REAL) {
        pg_csv_put_number(csv, pgdp_frame_reals(frame, column)[row]);
    } else if (about->type == PGDP_TEXT) {
        pg_csv_put_text(csv, pgdp_frame_text(frame, column, row));
    } else {
        char buffer[16] = "";
        const pgdp_period period = { about->frequency, pgdp_frame_periods(frame, column)[row] };
        if (period.ordinal != PGDP_MISSING_PERIOD) pgdp_period_format(period, buffer);
        pg_csv_put_text(csv, buffer);
    }
}

void pg_put_number_cell(pg_csv_out *csv, const pgdp_frame *frame, size_t column, size_t row)
{
    const bool is_text = column != PGDP_NONE && row != PGDP_NONE && pgdp_frame_column(frame, column)->type == PGDP_TEXT;
    const char *text = is_text ? pgdp_frame_text(frame, column, row) : NULL;
    double value;
    if (text != NULL && pg_number_parse(text, strlen(text), &value))
        pg_csv_put_number(csv, value);
    else
        pg_put_cell(csv, frame, column, row);
}

void pg_put_row_end(pg_csv_out *csv)
{
    const bool blank = csv->text.n == 0 || csv->text.data[csv->text.n - 1] == '\n';
    if (blank && csv->column == 1) pg_text_add(&csv->text, "\"\""); /* a blank line would be no row */
    pg_text_add_char(&csv->text, '\n');
    if (csv->n_columns == 0)
        csv->n_columns = csv->column;
    else
        csv->n_rows++;
    csv->ragged = csv->ragged || csv->column != csv->n_columns;
    csv->column = 0;
}

void pg_put_row(pg_csv_out *csv, const char *const *cells)
{
    for (; *cells != NULL; cells++)
        pg_csv_put_text(csv, *cells);
    pg_put_row_end(csv);
}
