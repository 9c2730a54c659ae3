/* show.c  What a file holds, as pgdp data show prints it. Source: design.md 3.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/dataset.h"

enum { FIRST_ROWS = 5, WIDEST = 28, SHOWN_COLUMNS = 8, PERIOD_TEXT = 16 };

static const char *const type_names[] = { [PGDP_REAL] = "real", [PGDP_TEXT] = "text", [PGDP_PERIOD] = "period" };

static bool is_missing(const pgdp_frame *frame, size_t column, size_t row)
{
    const double *reals = pgdp_frame_reals(frame, column);
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    if (reals != NULL) return isnan(reals[row]);
    if (codes != NULL) return codes[row] == PGDP_NO_CODE;
    return pgdp_frame_periods(frame, column)[row] == PGDP_MISSING_PERIOD;
}

static size_t n_missing(const pgdp_frame *frame, size_t column)
{
    size_t n = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        n += is_missing(frame, column, i);
    return n;
}

/* First and last period of the first period column; false when there is none, or all are missing. */
static bool periods_of(const pgdp_frame *frame, pgdp_period *first, pgdp_period *last)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const int32_t *ordinals = pgdp_frame_periods(frame, j);
        if (ordinals == NULL) continue;
        first->frequency = last->frequency = pgdp_frame_column(frame, j)->frequency;
        first->ordinal = last->ordinal = PGDP_MISSING_PERIOD;
        for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
            if (ordinals[i] == PGDP_MISSING_PERIOD) continue;
            if (first->ordinal == PGDP_MISSING_PERIOD || ordinals[i] < first->ordinal) first->ordinal = ordinals[i];
            if (ordinals[i] > last->ordinal) last->ordinal = ordinals[i];
        }
        return first->ordinal != PGDP_MISSING_PERIOD;
    }
    return false;
}

/* The first table whose rows have periods; else the first. */
static const pgdp_frame *dated_table(const pgdp_dataset *dataset)
{
    pgdp_period first, last;
    for (size_t i = 0; i < dataset->n_tables; i++)
        if (periods_of(dataset->tables[i].frame, &first, &last)) return dataset->tables[i].frame;
    return dataset->tables[0].frame;
}

static void json_columns(pg_json *json, const pgdp_frame *frame)
{
    pg_json_key(json, "columns");
    pg_json_array(json);
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const pgdp_column *about = pgdp_frame_column(frame, j);
        pg_json_object(json);
        pg_json_key_string(json, "name", about->name);
        pg_json_key_string(json, "type", type_names[about->type]);
        pg_json_key_string(json, "unit", about->unit);
        pg_json_key_integer(json, "missing", (int64_t)n_missing(frame, j));
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

static void json_periods(pg_json *json, const pgdp_frame *frame)
{
    pgdp_period first, last;
    char text[PERIOD_TEXT];
    pg_json_key(json, "periods");
    if (!periods_of(frame, &first, &last)) {
        pg_json_null(json);
        return;
    }
    pg_json_object(json);
    pgdp_period_format(first, text);
    pg_json_key_string(json, "first", text);
    pgdp_period_format(last, text);
    pg_json_key_string(json, "last", text);
    pg_json_key_string(json, "frequency", pgdp_frequency_name(first.frequency));
    pg_json_object_end(json);
}

static void json_cell(pg_json *json, const pgdp_frame *frame, size_t column, size_t row)
{
    const double *reals = pgdp_frame_reals(frame, column);
    char text[PERIOD_TEXT];
    if (is_missing(frame, column, row)) {
        pg_json_null(json);
    } else if (reals != NULL) {
        pg_json_real(json, reals[row]);
    } else if (pgdp_frame_codes(frame, column) != NULL) {
        pg_json_string(json, pgdp_frame_text(frame, column, row));
    } else {
        const pgdp_period period = { pgdp_frame_column(frame, column)->frequency,
                                     pgdp_frame_periods(frame, column)[row] };
        pgdp_period_format(period, text);
        pg_json_string(json, text);
    }
}

static void json_rows(pg_json *json, const pgdp_frame *frame)
{
    pg_json_key(json, "first_rows");
    pg_json_array(json);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame) && i < FIRST_ROWS; i++) {
        pg_json_object(json);
        for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
            pg_json_key(json, pgdp_frame_column(frame, j)->name);
            json_cell(json, frame, j, i);
        }
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

/* Notes of a table in its own words, by key. */
static void json_notes(pg_json *json, const pgdp_frame *frame)
{
    const char *key, *value;
    pg_json_key(json, "notes");
    pg_json_object(json);
    for (size_t i = 0; (key = pg_frame_note_at(frame, i, &value)) != NULL; i++)
        pg_json_key_string(json, key, value);
    pg_json_object_end(json);
}

static void json_tables(pg_json *json, const pgdp_dataset *dataset)
{
    pg_json_key(json, "tables");
    pg_json_array(json);
    for (size_t i = 0; i < dataset->n_tables; i++) {
        const pgdp_frame *frame = dataset->tables[i].frame;
        pg_json_object(json);
        pg_json_key_string(json, "name", dataset->tables[i].name);
        pg_json_key_integer(json, "rows", (int64_t)pgdp_frame_n_rows(frame));
        json_columns(json, frame);
        json_periods(json, frame);
        json_notes(json, frame);
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
}

static size_t n_rows_in_all(const pgdp_dataset *dataset)
{
    size_t n = 0;
    for (size_t i = 0; i < dataset->n_tables; i++)
        n += pgdp_frame_n_rows(dataset->tables[i].frame);
    return n;
}

static pgdp_status show_json(pgdp_ctx *ctx, const pgdp_dataset *dataset, const pgdp_sink *sink)
{
    pg_json json;
    const pgdp_frame *first = dataset->tables[0].frame;
    pg_json_init(&json, sink, true);
    pg_json_object(&json);
    pg_json_key_string(&json, "schema", "pgdp.data/1");
    pg_json_key_string(&json, "format", dataset->format);
    pg_json_key_integer(&json, "rows", (int64_t)n_rows_in_all(dataset));
    json_columns(&json, first);
    json_periods(&json, dated_table(dataset));
    json_rows(&json, first);
    json_notes(&json, first);
    if (dataset->n_tables > 1) json_tables(&json, dataset);
    pg_json_object_end(&json);
    return pg_json_end(ctx, &json);
}

/* A cell for people: cut to WIDEST columns of the terminal, missing as a blank. */
static void add_cell(pg_text *text, const pgdp_frame *frame, size_t column, size_t row)
{
    char buffer[PG_NUMBER_SIZE] = "";
    if (is_missing(frame, column, row)) return;
    const double *reals = pgdp_frame_reals(frame, column);
    if (reals != NULL) {
        pg_number_format(reals[row], buffer);
    } else if (pgdp_frame_codes(frame, column) != NULL) {
        pg_text_add(text, pgdp_frame_text(frame, column, row));
        return;
    } else {
        const pgdp_period period = { pgdp_frame_column(frame, column)->frequency,
                                     pgdp_frame_periods(frame, column)[row] };
        pgdp_period_format(period, buffer);
    }
    pg_text_add(text, buffer);
}

/* Pad, or cut with "...", from where the cell began in the text. */
static void fit(pg_text *text, size_t from, size_t width, bool right)
{
    if (text->failed) return;
    for (size_t i = from; i < text->n; i++)
        if ((unsigned char)text->data[i] < ' ') text->data[i] = ' ';
    const size_t shown = pg_utf8_width(text->data + from);
    if (shown > width) {
        while (text->n > from && pg_utf8_width(text->data + from) > width - 3) {
            do
                text->n--;
            while (text->n > from && ((unsigned char)text->data[text->n] & 0xC0) == 0x80);
            text->data[text->n] = '\0';
        }
        pg_text_add(text, "...");
    }
    const size_t now = pg_utf8_width(text->data + from), pad = now < width ? width - now : 0;
    for (size_t i = 0; i < pad; i++)
        pg_text_add_char(text, ' ');
    if (right && pad > 0 && !text->failed) {
        memmove(text->data + from + pad, text->data + from, text->n - from - pad);
        memset(text->data + from, ' ', pad);
    }
}

/* Width that a column needs in the sample of rows. */
static size_t width_of(pg_text *scratch, const pgdp_frame *frame, size_t column)
{
    size_t width = pg_utf8_width(pgdp_frame_column(frame, column)->name);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame) && i < FIRST_ROWS; i++) {
        pg_text_clear(scratch);
        add_cell(scratch, frame, column, i);
        const size_t need = scratch->failed ? 0 : pg_utf8_width(scratch->data);
        if (need > width) width = need;
    }
    return width > WIDEST ? WIDEST : width;
}

static void text_rows(pg_text *text, pg_text *scratch, const pgdp_frame *frame)
{
    const size_t n = pgdp_frame_n_columns(frame), shown = n < SHOWN_COLUMNS ? n : SHOWN_COLUMNS;
    size_t widths[SHOWN_COLUMNS];
    for (size_t j = 0; j < shown; j++)
        widths[j] = width_of(scratch, frame, j);
    for (size_t i = 0; i <= pgdp_frame_n_rows(frame) && i <= FIRST_ROWS; i++) { /* 0: the header */
        for (size_t j = 0; j < shown; j++) {
            pg_text_add(text, "  ");
            const size_t from = text->n;
            if (i == 0)
                pg_text_add(text, pgdp_frame_column(frame, j)->name);
            else
                add_cell(text, frame, j, i - 1);
            fit(text, from, widths[j], pgdp_frame_reals(frame, j) != NULL);
        }
        pg_text_add(text, n > shown ? "  ...\n" : "\n");
    }
}

static void text_columns(pg_text *text, const pgdp_frame *frame)
{
    size_t widest = 6;
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const size_t width = pg_utf8_width(pgdp_frame_column(frame, j)->name);
        if (width > widest) widest = width < WIDEST ? width : WIDEST;
    }
    for (size_t j = 0; j < pgdp_frame_n_columns(frame); j++) {
        const pgdp_column *about = pgdp_frame_column(frame, j);
        pg_text_add(text, "  ");
        const size_t from = text->n;
        pg_text_add(text, about->name);
        fit(text, from, widest, false);
        pg_text_addf(text, "  %-6s  %8zu missing%s%s\n", type_names[about->type], n_missing(frame, j),
                     about->unit[0] == '\0' ? "" : "  ", about->unit);
    }
}

/* What a reader must know of how the cells were read. */
static void text_notes(pg_text *text, const pgdp_frame *frame)
{
    static const char *const odd[] = { "encoding",    "incomplete", "formulas", "dates:",
                                       "not_number:", "unmatched:", "no_period" };
    const char *key, *value;
    bool first = true;
    for (size_t i = 0; (key = pg_frame_note_at(frame, i, &value)) != NULL; i++)
        for (size_t k = 0; k < sizeof odd / sizeof *odd; k++) {
            if (!pg_starts_with(key, odd[k])) continue;
            pg_text_addf(text, "%snote %s  %s\n", first ? "\n" : "", key, value);
            first = false;
        }
}

static void text_table(pg_text *text, pg_text *scratch, const pg_table *table)
{
    pgdp_period first, last;
    char from[PERIOD_TEXT], to[PERIOD_TEXT];
    if (table->name[0] != '\0') pg_text_addf(text, "\ntable %s", table->name);
    pg_text_addf(text, "\n%zu rows, %zu columns", pgdp_frame_n_rows(table->frame), pgdp_frame_n_columns(table->frame));
    if (periods_of(table->frame, &first, &last)) {
        pgdp_period_format(first, from);
        pgdp_period_format(last, to);
        pg_text_addf(text, ", %s to %s, %s", from, to, pgdp_frequency_name(first.frequency));
    }
    pg_text_add(text, "\n\n");
    text_columns(text, table->frame);
    pg_text_add(text, "\n");
    text_rows(text, scratch, table->frame);
    text_notes(text, table->frame);
}

static pgdp_status show_text(pgdp_ctx *ctx, const pgdp_dataset *dataset, const pgdp_sink *sink)
{
    pg_text text, scratch;
    pg_text_init(&text, &ctx->scratch);
    pg_text_init(&scratch, &ctx->scratch);
    pg_text_addf(&text, "format %s", dataset->format);
    if (dataset->n_tables > 1)
        pg_text_addf(&text, ", %zu tables, %zu rows in all", dataset->n_tables, n_rows_in_all(dataset));
    for (size_t i = 0; i < dataset->n_tables; i++)
        text_table(&text, &scratch, &dataset->tables[i]);
    return text.failed || scratch.failed ? pg_no_memory(ctx) : sink->write(sink->user, text.data, text.n);
}

pgdp_status pgdp_dataset_show(pgdp_ctx *ctx, const pgdp_dataset *dataset, bool as_json, const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = as_json ? show_json(ctx, dataset, sink) : show_text(ctx, dataset, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
