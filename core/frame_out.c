/* frame_out.c  A small frame as JSON or as a table for people: frame_out.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame_out.h"

#include "core/number.h"

#include <math.h>
#include <string.h>

void pg_frame_put_json(pg_json *json, const char *key, const pgdp_frame *frame)
{
    pg_json_key(json, key);
    pg_json_array(json);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        pg_json_object(json);
        for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
            const pgdp_column *column = pgdp_frame_column(frame, j);
            pg_json_key(json, column->name);
            if (column->type == PGDP_TEXT)
                pg_json_string(json, pgdp_frame_text(frame, j, i));
            else
                pg_json_real(json, pgdp_frame_reals(frame, j)[i]);
        }
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

/** Whole numbers throughout, and not shares that happen to be 1. */
static bool is_count(const pgdp_frame *frame, size_t column)
{
    const double *x = pgdp_frame_reals(frame, column);
    double most = 0;
    for (size_t i = 0; x != NULL && i < pgdp_frame_n_rows(frame); i++) {
        if (isnan(x[i])) continue;
        if (floor(x[i]) < x[i]) return false;
        most = fmax(most, fabs(x[i]));
    }
    return most > 1 || !(most > 0);
}

enum { NUMBER_WIDTH = 11, MOST_WIDTH = 100 };

static size_t width_of(const pgdp_frame *frame, size_t column)
{
    size_t width = strlen(pgdp_frame_column(frame, column)->name);
    if (pgdp_frame_column(frame, column)->type != PGDP_TEXT) return width > NUMBER_WIDTH ? width : NUMBER_WIDTH;
    for (uint32_t l = 0; l < pgdp_frame_n_levels(frame, column); l++) {
        const size_t w = pg_utf8_width(pgdp_frame_level(frame, column, l));
        width = w > width ? w : width;
    }
    return width < MOST_WIDTH ? width : MOST_WIDTH;
}

/** A cell to its width; one that is longer is cut, which "..." tells. */
static void put_padded(pg_text *text, const char *cell, size_t width)
{
    static const char more[] = "...";
    const size_t w = pg_utf8_width(cell);
    pg_text_add(text, "  ");
    if (w <= width) {
        pg_text_addf(text, "%s%*s", cell, (int)(width - w), "");
        return;
    }
    const char *end = cell;
    for (size_t columns = 0; columns < width - strlen(more) && *end != '\0'; columns++)
        do
            end++;
        while (((unsigned char)*end & 0xC0) == 0x80); /* within a character */
    pg_text_add_bytes(text, cell, (size_t)(end - cell));
    pg_text_add(text, more);
}

/** End a line without blanks at its end. */
static void end_line(pg_text *text)
{
    while (!text->failed && text->n > 0 && text->data[text->n - 1] == ' ')
        text->data[--text->n] = '\0';
    pg_text_add(text, "\n");
}

/** Width of a column, decimals of its numbers. */
typedef struct form {
    size_t width;
    int decimals;
} form;

static void put_cell(pg_text *text, const pgdp_frame *frame, size_t column, size_t row, const form *as)
{
    char number[400];
    if (pgdp_frame_column(frame, column)->type == PGDP_TEXT) {
        const char *cell = pgdp_frame_text(frame, column, row);
        put_padded(text, cell != NULL ? cell : "", as->width);
        return;
    }
    pg_number_fixed(pgdp_frame_reals(frame, column)[row], as->decimals, number);
    pg_text_addf(text, "  %*s", (int)as->width, isnan(pgdp_frame_reals(frame, column)[row]) ? "" : number);
}

void pg_frame_put_text(pg_text *text, const pgdp_frame *frame)
{
    const size_t n_columns = pgdp_frame_n_columns(frame);
    form *forms = pg_arena_alloc(text->arena, n_columns, sizeof *forms);
    text->failed = text->failed || forms == NULL;
    for (size_t j = 0; j < n_columns && !text->failed; j++) {
        const pgdp_column *column = pgdp_frame_column(frame, j);
        forms[j] = (form){ width_of(frame, j), is_count(frame, j) ? 0 : 4 };
        if (column->type == PGDP_TEXT)
            put_padded(text, column->name, forms[j].width);
        else
            pg_text_addf(text, "  %*s", (int)forms[j].width, column->name);
    }
    end_line(text);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame) && !text->failed; i++) {
        for (size_t j = 0; j < n_columns; j++)
            put_cell(text, frame, j, i, &forms[j]);
        end_line(text);
    }
}
