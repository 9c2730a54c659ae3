/* page_text.c  What of a page is text: names of cells, headers, numbers as they are shown, and how wide all that is.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"
#include "reports/page.h"

enum { MIN_WIDTH = 9, LETTERS = 26, NUMBER_TEXT = 400, SAY = 8192 };
#define PADDING 2.0  /* the filter button and a little air */
#define LETTER  0.82 /* width of a letter of text in digits of the default font, by which columns are measured */

/* How many decimals a format shows and of what; above 1e299 the decimals are the whole width. */
static const struct {
    int decimals;
    double scale;
} shown[PG_N_FORMATS] = {
#define PGDP_ENTRY(name, code, decimals, scale) { decimals, scale },
    PG_FORMAT_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

const char *pg_say(pg_book *book, const char *format, ...)
{
    char text[SAY];
    va_list arguments;
    va_start(arguments, format);
    const int n = vsnprintf(text, sizeof text, format, arguments);
    va_end(arguments);
    const char *copy = n < 0 || book->failed ? NULL : pg_arena_strdup(book->arena, text);
    if (copy != NULL) return copy;
    book->failed = true;
    return "";
}

/* Thousands in groups of three. @param text  "-1234567.8" */
static void group(const char *text, char *out)
{
    const char *point = strchr(text, '.');
    const size_t n = point != NULL ? (size_t)(point - text) : strlen(text);
    for (size_t i = 0; text[i] != '\0'; i++) {
        const bool digit_before = i > 0 && text[i - 1] != '-';
        if (i < n && digit_before && (n - i) % 3 == 0) *out++ = ',';
        *out++ = text[i];
    }
    *out = '\0';
}

/* As a reader sees it; general numbers in six digits. */
static void show(double value, pg_format format, char out[2 * NUMBER_TEXT])
{
    char text[NUMBER_TEXT], small[PG_NUMBER_SIZE];
    if (!isfinite(value)) {
        memcpy(out, PG_MISSING, sizeof PG_MISSING);
    } else if (pg_format_code(format) == NULL || shown[format].scale > 1e299) {
        pg_number_significant(value, 6, small);
        memcpy(out, small, sizeof small);
    } else if (format == PG_FORMAT_year) {
        pg_number_fixed(value, 0, out);
    } else {
        pg_number_fixed(value / shown[format].scale, shown[format].decimals, text);
        group(text, out);
        if (format == PG_FORMAT_percent) memcpy(out + strlen(out), "%", 2);
    }
}

const char *pg_say_number(pg_book *book, double value, pg_format format)
{
    char text[2 * NUMBER_TEXT];
    show(value, format, text);
    return pg_say(book, "%s", text);
}

const char *pg_rule_text(const pg_table *table, const pg_rule *rule)
{
    char low[PG_NUMBER_SIZE], high[PG_NUMBER_SIZE];
    pg_number_significant(rule->lo, 6, low);
    pg_number_significant(rule->hi, 6, high);
    return pg_say(table->page->book, "%s from %s to %s", rule->whole ? "A whole number" : "A number", low, high);
}

/* ---- names of cells ---- */

static void column_letters(size_t column, char out[8])
{
    char reversed[8];
    size_t n = 0, k = 0;
    for (size_t rest = column + 1; rest > 0; rest = (rest - 1) / LETTERS)
        reversed[n++] = (char)('A' + (rest - 1) % LETTERS);
    while (n > 0)
        out[k++] = reversed[--n];
    out[k] = '\0';
}

/* A sheet's name needs quotes unless it is letters only. */
static const char *quoted(const pg_page *page)
{
    const size_t n = strlen(page->name);
    if (strspn(page->name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") == n) return page->name;
    return pg_say(page->book, "'%s'", page->name);
}

const char *pg_cell_name(const pg_table *table, size_t row, size_t column)
{
    char letters[8];
    if (table == NULL) return "";
    column_letters(column, letters);
    return pg_say(table->page->book, "%s%zu", letters, table->header_row + 2 + row);
}

const char *pg_cell_reference(const pg_table *table, size_t row, size_t column)
{
    char letters[8];
    if (table == NULL) return "";
    column_letters(column, letters);
    return pg_say(table->page->book, "%s!$%s$%zu", quoted(table->page), letters, table->header_row + 2 + row);
}

const char *pg_range_reference(const pg_table *table, size_t column)
{
    char letters[8];
    if (table == NULL) return "";
    column_letters(column, letters);
    return pg_say(table->page->book, "%s!$%s$%zu:$%s$%zu", quoted(table->page), letters, table->header_row + 2, letters,
                  table->header_row + 1 + table->n_rows);
}

const char *pg_page_link(const pg_page *page)
{
    return pg_say(page->book, "internal:'%s'!A1", page->name);
}

/* ---- widths ---- */

/* Headers of a table differ, cases folded: one that repeats gets a number. */
const char *pg_header_text(const pg_table *table, size_t column)
{
    const pg_page_column *c = &table->columns[column];
    size_t same = 1;
    for (size_t j = 0; j < column; j++)
        if (pg_streq_nocase(table->columns[j].name, c->name) && pg_streq_nocase(table->columns[j].unit, c->unit))
            same++;
    const char *text = c->unit[0] == '\0' ? c->name : pg_say(table->page->book, "%s (%s)", c->name, c->unit);
    return same == 1 ? text : pg_say(table->page->book, "%s %zu", text, same);
}

static size_t longest_word(const char *text)
{
    size_t longest = 0;
    while (*text != '\0') {
        const size_t n = strcspn(text, " ");
        if (n > longest) longest = n;
        text += n + strspn(text + n, " ");
    }
    return longest;
}

static double value_width(const pg_table *table, const pg_value *value, size_t column)
{
    char text[2 * NUMBER_TEXT];
    const pg_format own = (pg_format)value->format;
    const pg_format format = own != PG_FORMAT_automatic ? own : table->columns[column].format;
    const bool number = value->kind == PG_VALUE_NUMBER || (value->kind == PG_VALUE_FORMULA && value->text == NULL);
    if (value->kind == PG_VALUE_DAY) return 10;
    if (value->kind == PG_VALUE_BOOL) return 5;
    if (!number) return value->text != NULL ? LETTER * (double)pg_utf8_width(value->text) : 3;
    show(value->number, format, text);
    return (double)strlen(text) + (format == PG_FORMAT_scientific ? 3 : 0);
}

/* Values to the right are empty: the text may run over them, as in a form. */
static bool runs_over(const pg_table *table, size_t row, size_t column)
{
    const pg_value *cells = &table->values[row * table->n_columns];
    if (!table->form || column == 0) return false;
    for (size_t j = column + 1; j < table->n_columns; j++)
        if (cells[j].kind != PG_VALUE_EMPTY) return false;
    return cells[column].kind == PG_VALUE_TEXT || cells[column].kind == PG_VALUE_LINK;
}

bool pg_cell_wraps(const pg_table *table, size_t row, size_t column, double width)
{
    const pg_value *value = &table->values[row * table->n_columns + column];
    if (value->kind != PG_VALUE_TEXT && value->kind != PG_VALUE_LINK) return false;
    return value->text != NULL && LETTER * (double)pg_utf8_width(value->text) > width && !runs_over(table, row, column);
}

static double table_width(const pg_table *table, size_t column)
{
    double widest = 0;
    for (size_t i = 0; i < table->n_rows; i++) {
        if (runs_over(table, i, column)) continue;
        const double width = value_width(table, &table->values[i * table->n_columns + column], column);
        if (width > widest) widest = width;
    }
    if (table->form) return widest;
    const char *header = pg_header_text(table, column);
    const double word = (double)longest_word(header), half = (double)strlen(header) / 2;
    return fmax(widest, fmax(word, half));
}

size_t pg_page_n_columns(const pg_page *page)
{
    size_t n = 1;
    for (const pg_table *table = page->tables; table != NULL; table = table->next)
        if (table->n_columns > n) n = table->n_columns;
    return n;
}

double pg_page_column_width(const pg_page *page, size_t column)
{
    double widest = MIN_WIDTH;
    for (const pg_table *table = page->tables; table != NULL; table = table->next)
        if (column < table->n_columns) widest = fmax(widest, table_width(table, column));
    return fmin(widest, PG_COLUMN_WIDTH) + PADDING;
}

/* Words are put on lines as a spreadsheet program does it. */
static size_t lines_of(const char *text, double width)
{
    size_t lines = 1;
    double used = 0;
    while (*text != '\0') {
        size_t n = strcspn(text, " ");
        const size_t whole = n;
        if (used > 0 && used + 1 + (double)n > width) {
            lines++;
            used = 0;
        }
        for (; used <= 0 && n > width; n -= (size_t)width) /* a word longer than a line is cut */
            lines++;
        used += (double)n + (used > 0 ? 1 : 0);
        text += whole + strspn(text + whole, " ");
    }
    return lines;
}

size_t pg_header_lines(const pg_table *table, const double *widths)
{
    size_t most = 1;
    for (size_t j = 0; j < table->n_columns; j++) {
        const size_t n = lines_of(pg_header_text(table, j), widths[j] - PADDING);
        if (n > most) most = n;
    }
    return most;
}

size_t pg_row_lines(const pg_table *table, size_t row, const double *widths)
{
    size_t most = 1;
    for (size_t j = 0; j < table->n_columns; j++) {
        if (!pg_cell_wraps(table, row, j, widths[j] - PADDING)) continue;
        const size_t n = lines_of(table->values[row * table->n_columns + j].text, (widths[j] - PADDING) / LETTER);
        if (n > most) most = n;
    }
    return most < PG_ROW_LINES ? most : PG_ROW_LINES;
}
