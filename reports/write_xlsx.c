/* write_xlsx.c  A book as a workbook: the only door to libxlsxwriter. Source: reliability.md 5, ecosystem.md 4.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>
#include <xlsxwriter.h>

#include "core/text.h"
#include "reports/palette.h"
#include "reports/writers.h"

enum { LONGEST_ADDRESS = 2000, A4 = 9, DAYS_TO_1970 = 25569, DAY_SECONDS = 86400 };
/* How a cell looks beside its number format. */
typedef enum look { LOOK_PLAIN, LOOK_WRAP, LOOK_STRONG, LOOK_INPUT, LOOK_LINK, LOOK_MISSING, N_LOOKS } look_of_cell;
typedef struct state {
    pgdp_ctx *ctx;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *cells[PG_N_FORMATS][N_LOOKS];
    lxw_format *title, *about, *heading, *text, *note, *header, *link, *good, *bad;
    lxw_error error; /* the first one */
} state;

static void keep(state *s, lxw_error error)
{
    if (s->error == LXW_NO_ERROR) s->error = error;
}

static void *need(state *s, void *p)
{
    if (p == NULL) keep(s, LXW_ERROR_MEMORY_MALLOC_FAILED);
    return p;
}

/* Repaired and writable, as the library's structs want it. */
static char *text_of(state *s, const char *text)
{
    const char *repaired = pg_workbook_text(s->ctx, text != NULL ? text : "");
    return need(s, repaired != NULL ? pg_arena_strdup(&s->ctx->scratch, repaired) : NULL);
}

static lxw_format *font(state *s, double size, bool bold, lxw_color_t color)
{
    lxw_format *format = need(s, workbook_add_format(s->workbook));
    if (format == NULL) return NULL;
    format_set_font_name(format, "Calibri");
    format_set_font_size(format, size);
    if (bold) format_set_bold(format);
    if (color != 0) format_set_font_color(format, color);
    return format;
}

static void make_formats(state *s)
{
    s->title = font(s, 16, true, PG_ACCENT);
    s->about = font(s, 11, false, PG_GREY);
    s->heading = font(s, 12, true, PG_ACCENT);
    s->text = font(s, 11, false, 0);
    s->note = font(s, 9, false, PG_GREY);
    s->header = font(s, 10, true, LXW_COLOR_WHITE);
    s->link = font(s, 10, false, PG_ACCENT);
    s->good = font(s, 10, true, PG_GOOD_TEXT);
    s->bad = font(s, 10, true, PG_BAD_TEXT);
    if (s->error != LXW_NO_ERROR) return;
    format_set_bg_color(s->header, PG_ACCENT);
    format_set_text_wrap(s->header);
    format_set_align(s->header, LXW_ALIGN_VERTICAL_CENTER);
    format_set_underline(s->link, LXW_UNDERLINE_SINGLE);
    format_set_bg_color(s->good, PG_GOOD_FILL);
    format_set_bg_color(s->bad, PG_BAD_FILL);
}

static lxw_format *cell_format(state *s, pg_format format, look_of_cell look)
{
    lxw_format **cell = &s->cells[format][look];
    if (*cell != NULL) return *cell;
    *cell = font(s, 10, look == LOOK_STRONG, look == LOOK_LINK ? PG_ACCENT : look == LOOK_MISSING ? PG_GREY : 0);
    if (*cell == NULL) return NULL;
    format_set_num_format(*cell, pg_format_codes[format]);
    format_set_align(*cell, LXW_ALIGN_VERTICAL_TOP);
    format_set_bottom(*cell, LXW_BORDER_HAIR);
    format_set_bottom_color(*cell, PG_RULE);
    if (look == LOOK_WRAP) format_set_text_wrap(*cell);
    if (look == LOOK_MISSING) format_set_align(*cell, LXW_ALIGN_RIGHT);
    if (look == LOOK_LINK) format_set_underline(*cell, LXW_UNDERLINE_SINGLE);
    if (look == LOOK_STRONG) format_set_bg_color(*cell, PG_PALE);
    if (look == LOOK_INPUT) {
        format_set_bg_color(*cell, PG_INPUT_FILL);
        format_set_font_color(*cell, PG_INPUT_TEXT);
        format_set_border(*cell, LXW_BORDER_THIN);
        format_set_border_color(*cell, PG_RULE);
    }
    return *cell;
}

/* ---- cells ---- */

static void write_value(state *s, const pg_table *table, size_t i, size_t j, double width)
{
    const pg_value *v = &table->values[i * table->n_columns + j];
    const pg_format format = v->format != PG_FORMAT_automatic ? (pg_format)v->format : table->columns[j].format;
    const lxw_row_t row = (lxw_row_t)(table->header_row + 1 + i);
    const lxw_col_t col = (lxw_col_t)j;
    const bool wraps = pg_cell_wraps(table, i, j, width);
    const look_of_cell look = v->input ? LOOK_INPUT : v->strong ? LOOK_STRONG : wraps ? LOOK_WRAP : LOOK_PLAIN;
    lxw_format *f = cell_format(s, format, look);
    if (s->error != LXW_NO_ERROR || v->kind == PG_VALUE_EMPTY) return;
    const bool numeric = v->kind == PG_VALUE_NUMBER || v->kind == PG_VALUE_DAY;
    if (v->kind == PG_VALUE_MISSING || (numeric && !isfinite(v->number))) {
        keep(s, worksheet_write_string(s->sheet, row, col, PG_MISSING, cell_format(s, PG_FORMAT_text, LOOK_MISSING)));
    } else if (numeric) {
        keep(s,
             worksheet_write_number(s->sheet, row, col, v->number + (v->kind == PG_VALUE_DAY ? DAYS_TO_1970 : 0), f));
    } else if (v->kind == PG_VALUE_BOOL) {
        keep(s, worksheet_write_boolean(s->sheet, row, col, v->number > 0, f));
    } else if (v->kind == PG_VALUE_FORMULA && v->text != NULL) {
        keep(s, worksheet_write_formula_str(s->sheet, row, col, v->extra, f, text_of(s, v->text)));
    } else if (v->kind == PG_VALUE_FORMULA) {
        keep(s, isfinite(v->number) ? worksheet_write_formula_num(s->sheet, row, col, v->extra, f, v->number)
                                    : LXW_ERROR_PARAMETER_VALIDATION);
    } else if (v->kind == PG_VALUE_LINK && strlen(v->extra) < LONGEST_ADDRESS) {
        keep(s, worksheet_write_url_opt(s->sheet, row, col, text_of(s, v->extra), cell_format(s, format, LOOK_LINK),
                                        text_of(s, v->text), NULL));
    } else {
        keep(s, worksheet_write_string(s->sheet, row, col, text_of(s, v->text), f));
    }
}

static void write_rules(state *s, const pg_table *table)
{
    for (const pg_rule *rule = table->rules; rule != NULL; rule = rule->next) {
        char title[] = "Assumption", error[] = "Out of range", *message = text_of(s, pg_rule_text(table, rule));
        if (s->error != LXW_NO_ERROR) return;
        lxw_data_validation validation = {
            .validate = rule->whole ? LXW_VALIDATION_TYPE_INTEGER : LXW_VALIDATION_TYPE_DECIMAL,
            .criteria = LXW_VALIDATION_CRITERIA_BETWEEN,
            .minimum_number = rule->lo,
            .maximum_number = rule->hi,
            .ignore_blank = LXW_VALIDATION_OFF,
            .show_input = LXW_VALIDATION_ON,
            .show_error = LXW_VALIDATION_ON,
            .input_title = title,
            .input_message = message,
            .error_title = error,
            .error_message = message,
        };
        keep(s, worksheet_data_validation_cell(s->sheet, (lxw_row_t)(table->header_row + 1 + rule->row),
                                               (lxw_col_t)rule->column, &validation));
    }
}

/* The word is there beside the colour: TRUE and FALSE, as truth values or as the text of a formula. */
static void write_checks(state *s, const pg_table *table, size_t column)
{
    char words[4][8] = { "TRUE", "\"TRUE\"", "FALSE", "\"FALSE\"" };
    const lxw_row_t first = (lxw_row_t)table->header_row + 1;
    for (size_t i = 0; i < 4; i++) {
        lxw_conditional_format rule = {
            .type = LXW_CONDITIONAL_TYPE_CELL,
            .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
            .value_string = words[i],
            .format = i < 2 ? s->good : s->bad,
        };
        keep(s, worksheet_conditional_format_range(s->sheet, first, (lxw_col_t)column,
                                                   first + (lxw_row_t)table->n_rows - 1, (lxw_col_t)column, &rule));
    }
}

static void write_header(state *s, const pg_table *table, const double *widths)
{
    lxw_table_column *columns = need(s, pg_arena_alloc(&s->ctx->scratch, table->n_columns, sizeof *columns));
    lxw_table_column **list = need(s, pg_arena_alloc(&s->ctx->scratch, table->n_columns + 1, sizeof *list));
    char *name = need(s, pg_arena_strdup(&s->ctx->scratch, table->id));
    if (s->error != LXW_NO_ERROR) return;
    const lxw_row_t row = (lxw_row_t)table->header_row;
    for (size_t j = 0; j < table->n_columns; j++) {
        columns[j] = (lxw_table_column){ .header = text_of(s, pg_header_text(table, j)), .header_format = s->header };
        list[j] = &columns[j];
        if (s->error == LXW_NO_ERROR && table->n_rows == 0)
            keep(s, worksheet_write_string(s->sheet, row, (lxw_col_t)j, columns[j].header, s->header));
    }
    keep(s, worksheet_set_row(s->sheet, row, (double)(PG_LINE_POINTS * pg_header_lines(table, widths) + 3), NULL));
    if (s->error != LXW_NO_ERROR || table->n_rows == 0) return;
    lxw_table_options options = { .name = name,
                                  .columns = list,
                                  .no_banded_rows = LXW_TRUE,
                                  .style_type = LXW_TABLE_STYLE_TYPE_LIGHT,
                                  .style_type_number = 0 };
    keep(s, worksheet_add_table(s->sheet, row, 0, row + (lxw_row_t)table->n_rows, (lxw_col_t)(table->n_columns - 1),
                                &options));
}

static void write_table(state *s, const pg_table *table, const double *widths)
{
    if (!table->form) write_header(s, table, widths);
    for (size_t i = 0; i < table->n_rows; i++)
        for (size_t j = 0; j < table->n_columns; j++)
            write_value(s, table, i, j, widths[j]);
    write_rules(s, table);
    for (size_t j = 0; j < table->n_columns; j++)
        if (table->columns[j].checks && table->n_rows > 0) write_checks(s, table, j);
}

/* ---- charts ---- */

static lxw_chart_line line_of(size_t i, bool pale, bool dashed)
{
    static const lxw_color_t shades[PG_N_SHADES] = PG_SHADES;
    return (lxw_chart_line){ .color = pale ? PG_PALE_LINE : shades[i % PG_N_SHADES],
                             .width = pale ? 1.25F : 2.0F,
                             .dash_type = dashed ? LXW_CHART_LINE_DASH_DASH : LXW_CHART_LINE_DASH_SOLID };
}

static void set_series(state *s, lxw_chart *chart, const pg_chart *about, size_t i)
{
    const pg_series_of_chart *from = &about->series[i];
    lxw_chart_series *series = need(s, chart_add_series(chart, NULL, NULL));
    char *sheet = text_of(s, about->table->page->name), *name = text_of(s, from->name);
    if (s->error != LXW_NO_ERROR) return;
    const lxw_row_t first = (lxw_row_t)(about->table->header_row + 1 + about->first_row);
    const lxw_row_t last = first + (lxw_row_t)about->n_rows - 1;
    chart_series_set_name(series, name);
    chart_series_set_categories(series, sheet, first, (lxw_col_t)from->x_column, last, (lxw_col_t)from->x_column);
    chart_series_set_values(series, sheet, first, (lxw_col_t)from->column, last, (lxw_col_t)from->column);
    lxw_chart_line line = line_of(i, from->pale, from->dashed);
    lxw_chart_fill fill = { .color = line.color };
    if (about->kind == PG_CHART_RANGE) {
        static const uint8_t markers[] = { LXW_CHART_MARKER_LONG_DASH, LXW_CHART_MARKER_DIAMOND,
                                           LXW_CHART_MARKER_LONG_DASH };
        line.none = LXW_TRUE;
        fill.color = PG_ACCENT;
        chart_series_set_marker_type(series, markers[i % 3]);
        chart_series_set_marker_size(series, i == 1 ? 9 : 8);
        chart_series_set_marker_fill(series, &fill);
        chart_series_set_line(series, &line);
    } else if (about->kind == PG_CHART_LINE || about->kind == PG_CHART_SCATTER) {
        chart_series_set_line(series, &line);
        chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
    } else {
        chart_series_set_fill(series, &fill);
    }
}

static void set_axis(state *s, lxw_chart_axis *axis, const char *title, pg_format format)
{
    lxw_chart_font small = { .size = 9, .color = PG_GREY },
                   plain = { .size = 9, .bold = LXW_EXPLICIT_FALSE, .color = PG_GREY };
    lxw_chart_line rule = { .color = PG_RULE, .width = 0.75F };
    char *name = text_of(s, title);
    if (s->error != LXW_NO_ERROR) return;
    chart_axis_set_name(axis, name);
    chart_axis_set_name_font(axis, &plain);
    chart_axis_set_num_font(axis, &small);
    chart_axis_set_line(axis, &rule);
    if (format > PG_FORMAT_text) chart_axis_set_num_format(axis, pg_format_codes[format]);
    chart_axis_set_label_position(axis, LXW_CHART_AXIS_LABEL_POSITION_LOW);
}

static void insert_chart(state *s, const pg_chart *about, lxw_row_t top, size_t number)
{
    static const uint8_t kinds[] = { LXW_CHART_LINE,        LXW_CHART_COLUMN,           LXW_CHART_BAR,
                                     LXW_CHART_BAR_STACKED, LXW_CHART_SCATTER_STRAIGHT, LXW_CHART_LINE };
    lxw_chart *chart = need(s, workbook_add_chart(s->workbook, kinds[about->kind]));
    if (chart == NULL) return;
    const bool bars = about->kind == PG_CHART_BAR || about->kind == PG_CHART_STACKED_BAR;
    for (size_t i = 0; i < about->n_series; i++)
        set_series(s, chart, about, i);
    set_axis(s, chart->x_axis, about->x_title, about->x_format);
    set_axis(s, chart->y_axis, about->y_title, about->y_format);
    char *title = text_of(s, about->title), *alt = text_of(s, about->alt);
    if (s->error != LXW_NO_ERROR) return;
    lxw_chart_font bold = { .size = 11, .bold = LXW_TRUE, .color = PG_ACCENT }, small = { .size = 9 };
    lxw_chart_line rule = { .color = PG_RULE, .width = 0.5F }, high_low = { .color = PG_GREY, .width = 1.5F };
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &bold);
    chart_axis_major_gridlines_set_line(chart->y_axis, &rule);
    if (!about->free_floor) chart_axis_set_min(chart->y_axis, 0);
    if (bars) {
        chart_axis_set_reverse(chart->x_axis); /* the first row on top */
        chart_axis_set_interval_unit(chart->x_axis, 1);
        chart_set_series_gap(chart, 40);
    }
    if (about->kind == PG_CHART_RANGE) chart_set_high_low_lines(chart, &high_low);
    if (about->n_series == 1) {
        chart_legend_set_position(chart, LXW_CHART_LEGEND_NONE);
    } else {
        chart_legend_set_position(chart, LXW_CHART_LEGEND_BOTTOM);
        chart_legend_set_font(chart, &small);
    }
    lxw_chart_options options = { .x_offset = (int32_t)(number % PG_CHARTS_A_ROW * (PG_CHART_WIDTH + PG_CHART_GAP)),
                                  .x_scale = PG_CHART_WIDTH / 480.0,
                                  .y_scale = PG_CHART_HEIGHT / 288.0,
                                  .description = alt };
    const lxw_row_t row = top + (lxw_row_t)(number / PG_CHARTS_A_ROW * PG_CHART_ROWS);
    keep(s, worksheet_insert_chart_opt(s->sheet, row, 0, chart, &options));
}

static void write_gallery(state *s, const pg_book *book, size_t top)
{
    size_t n = 0;
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        for (const pg_chart *chart = page->charts; chart != NULL && s->error == LXW_NO_ERROR; chart = chart->next)
            insert_chart(s, chart, (lxw_row_t)top, n++);
}

/* ---- pages ---- */

static void set_paper(state *s, const pg_page *page)
{
    worksheet_set_landscape(s->sheet);
    worksheet_set_paper(s->sheet, A4);
    worksheet_fit_to_pages(s->sheet, 1, 0);
    worksheet_set_margins(s->sheet, 0.5, 0.5, 0.6, 0.6);
    keep(s, worksheet_set_footer(s->sheet, "&L&8&F&C&8&A&R&8Page &P of &N"));
    worksheet_gridlines(s->sheet, page->plain || page->gallery ? LXW_HIDE_ALL_GRIDLINES : LXW_SHOW_SCREEN_GRIDLINES);
    const pg_table *first = page->tables;
    if (first == NULL || first->form || first->next != NULL) return;
    const lxw_row_t header = (lxw_row_t)first->header_row;
    keep(s, worksheet_repeat_rows(s->sheet, header, header));
    worksheet_freeze_panes(s->sheet, header + 1, (lxw_col_t)page->frozen_columns);
}

static void write_lines(state *s, const pg_page *page)
{
    lxw_format *const formats[] = { s->text, s->heading, s->note };
    char back[] = "internal:'Contents'!A1", label[] = "Contents";
    keep(s, worksheet_write_string(s->sheet, PG_TITLE_ROW, 0, text_of(s, page->title), s->title));
    keep(s, worksheet_set_row(s->sheet, PG_TITLE_ROW, 24, NULL));
    keep(s, worksheet_write_string(s->sheet, PG_ABOUT_ROW, 0, text_of(s, page->about), s->about));
    if (!page->plain) keep(s, worksheet_write_url_opt(s->sheet, PG_BACK_ROW, 0, back, s->link, label, NULL));
    for (const pg_line *line = page->lines; line != NULL && s->error == LXW_NO_ERROR; line = line->next)
        keep(s,
             worksheet_write_string(s->sheet, (lxw_row_t)line->row, 0, text_of(s, line->text), formats[line->style]));
}

static void write_page(state *s, const pg_book *book, const pg_page *page)
{
    const size_t n = pg_page_n_columns(page);
    double *widths = need(s, pg_arena_alloc(&s->ctx->scratch, n, sizeof *widths));
    s->sheet = need(s, workbook_add_worksheet(s->workbook, page->name));
    if (s->error != LXW_NO_ERROR) return;
    for (size_t j = 0; j < n; j++) {
        widths[j] = pg_page_column_width(page, j);
        keep(s, worksheet_set_column(s->sheet, (lxw_col_t)j, (lxw_col_t)j, widths[j], NULL));
    }
    set_paper(s, page);
    write_lines(s, page);
    size_t end = page->next_row;
    for (const pg_table *t = page->tables; t != NULL && s->error == LXW_NO_ERROR; t = t->next) {
        write_table(s, t, widths);
        if (t->header_row + t->n_rows + 2 > end) end = t->header_row + t->n_rows + 2;
    }
    if (page->gallery) write_gallery(s, book, end + 1);
}

/* The date of creation is that of the data, so that the same results give the same bytes. */
static void set_properties(state *s, const pgdp_results *results)
{
    pgdp_period as_of;
    lxw_doc_properties properties = {
        .title = text_of(s, results->title),
        .subject = text_of(s, results->purpose),
        .author = text_of(s, results->author),
        .company = text_of(s, results->author),
        .keywords = text_of(s, "phantom GDP, artificial intelligence, tasks, national accounts"),
        .comments = text_of(s, pg_arena_printf(&s->ctx->scratch, "pgdp %s", pgdp_version())),
        .created = 1,
    };
    if (results->as_of != NULL && pgdp_period_parse(results->as_of, &as_of))
        properties.created = (time_t)pgdp_period_first_day(as_of) * DAY_SECONDS;
    keep(s, workbook_set_properties(s->workbook, &properties));
}

static pgdp_status write_book(state *s, const pgdp_results *results, const pg_book *book, const char *path)
{
    set_properties(s, results);
    make_formats(s);
    for (const pg_page *page = book->pages; page != NULL && s->error == LXW_NO_ERROR; page = page->next)
        write_page(s, book, page);
    lxw_workbook *workbook = s->workbook;
    s->workbook = NULL;
    if (s->error == LXW_NO_ERROR) {
        s->error = workbook_close(workbook);
    } else {
        lxw_workbook_free(workbook);
    }
    if (s->error == LXW_NO_ERROR) return PGDP_OK;
    if (s->error == LXW_ERROR_MEMORY_MALLOC_FAILED) return pg_no_memory(s->ctx);
    return pg_fail(s->ctx, PGDP_IO, "%s: writing the workbook failed: %s", path, lxw_strerror(s->error));
}

/* The library prints numbers in the locale of the thread, so that is C for the time of the call. */
static pgdp_status write_xlsx(pgdp_ctx *ctx, const pgdp_results *results, const pg_book *book, const char *path,
                              const pgdp_sink *sink)
{
    (void)sink; /* the library writes to the path itself */
    state s = { .ctx = ctx };
    lxw_workbook_options options = { .constant_memory = LXW_FALSE };
    const char *slash = strrchr(path, '/');
    PG_TRY_ALLOC(ctx, options.tmpdir,
                 slash != NULL ? pg_arena_strndup(&ctx->scratch, path, (size_t)(slash - path) + 1)
                               : pg_arena_strdup(&ctx->scratch, "."));
    const locale_t plain = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    if (plain == (locale_t)0) return pg_no_memory(ctx);
    const locale_t before = uselocale(plain);
    s.workbook = workbook_new_opt(path, &options);
    const pgdp_status status = s.workbook != NULL ? write_book(&s, results, book, path) : pg_no_memory(ctx);
    uselocale(before);
    freelocale(plain);
    return status;
}

const pg_writer pg_writer_xlsx = {
    .name = "xlsx", .title = "Workbook (Office Open XML)", .write = write_xlsx, .check = pg_read_back
};
