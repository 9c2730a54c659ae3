/* write_xlsx.c  A book as a workbook: the only door to libxlsxwriter. Source: reliability.md 5, ecosystem.md 4.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <locale.h>
#include <math.h>
#include <string.h>
#include <xlsxwriter.h>

#include "core/text.h"
#include "reports/style.h"
#include "reports/writers.h"

enum { A4 = 9, DAYS_TO_1970 = 25569, DAY_SECONDS = 86400 };

typedef struct state {
    pgdp_ctx *ctx;
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *formats[PG_N_FORMATS][PG_N_LOOKS]; /* made when first asked for */
    lxw_error error;                               /* the first one */
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

static lxw_format *format_for(state *s, pg_look look, pg_format number)
{
    static const uint8_t aligns[] = { LXW_ALIGN_NONE, LXW_ALIGN_LEFT, LXW_ALIGN_CENTER, LXW_ALIGN_RIGHT };
    lxw_format **cached = &s->formats[number][look], *f = *cached;
    if (f != NULL) return f;
    f = *cached = need(s, workbook_add_format(s->workbook));
    if (f == NULL) return NULL;
    const pg_style style = pg_style_of(look, number);
    format_set_font_name(f, "Calibri");
    format_set_font_size(f, style.size);
    if (pg_format_code(number) != NULL) format_set_num_format(f, pg_format_code(number));
    format_set_align(f, style.middle ? LXW_ALIGN_VERTICAL_CENTER : LXW_ALIGN_VERTICAL_TOP);
    if (style.color != 0) format_set_font_color(f, (lxw_color_t)style.color);
    if (style.fill != 0) format_set_bg_color(f, (lxw_color_t)style.fill);
    if (style.align != PG_ALIGN_NONE) format_set_align(f, aligns[style.align]);
    if (style.bold) format_set_bold(f);
    if (style.underline) format_set_underline(f, LXW_UNDERLINE_SINGLE);
    if (style.wrap) format_set_text_wrap(f);
    if (style.indent) format_set_indent(f, 1);
    if (style.rule) format_set_bottom(f, LXW_BORDER_HAIR);
    if (style.box) format_set_border(f, LXW_BORDER_THIN);
    if (style.rule) format_set_bottom_color(f, PG_RULE);
    if (style.box) format_set_border_color(f, PG_RULE);
    return f;
}

/* ---- cells ---- */

static void write_value(state *s, const pg_table *table, size_t i, size_t j, double width)
{
    const pg_value *v = &table->values[i * table->n_columns + j];
    const lxw_row_t row = (lxw_row_t)(table->header_row + 1 + i);
    const lxw_col_t col = (lxw_col_t)j;
    const pg_look look = pg_look_of(table, i, j, width);
    lxw_format *f = format_for(s, look, pg_format_of(table, i, j));
    if (s->error != LXW_NO_ERROR || v->kind == PG_VALUE_EMPTY) return;
    if (look == PG_LOOK_MISSING) {
        keep(s, worksheet_write_string(s->sheet, row, col, PG_MISSING, f));
    } else if (v->kind == PG_VALUE_NUMBER || v->kind == PG_VALUE_DAY) {
        const double serial = v->number + (v->kind == PG_VALUE_DAY ? DAYS_TO_1970 : 0);
        keep(s, worksheet_write_number(s->sheet, row, col, serial, f));
    } else if (v->kind == PG_VALUE_BOOL) {
        keep(s, worksheet_write_boolean(s->sheet, row, col, v->number > 0, f));
    } else if (v->kind == PG_VALUE_FORMULA && v->text != NULL) {
        keep(s, worksheet_write_formula_str(s->sheet, row, col, v->extra, f, text_of(s, v->text)));
    } else if (v->kind == PG_VALUE_FORMULA) {
        keep(s, isfinite(v->number) ? worksheet_write_formula_num(s->sheet, row, col, v->extra, f, v->number)
                                    : LXW_ERROR_PARAMETER_VALIDATION);
    } else if (look == PG_LOOK_LINK) {
        keep(s, worksheet_write_url_opt(s->sheet, row, col, text_of(s, v->extra), f, text_of(s, v->text), NULL));
    } else {
        keep(s, worksheet_write_string(s->sheet, row, col, text_of(s, v->text), f));
    }
}

static void write_rules(state *s, const pg_table *table)
{
    char title[] = "Assumption", error[] = "Out of range";
    for (const pg_rule *rule = table->rules; rule != NULL && s->error == LXW_NO_ERROR; rule = rule->next) {
        char *message = text_of(s, pg_rule_text(table, rule));
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
static void write_checks(state *s, const pg_table *table, lxw_col_t column)
{
    char words[4][8] = { "TRUE", "\"TRUE\"", "FALSE", "\"FALSE\"" };
    const lxw_row_t first = (lxw_row_t)table->header_row + 1, last = first + (lxw_row_t)table->n_rows - 1;
    for (size_t i = 0; i < 4; i++) {
        lxw_conditional_format rule = { .type = LXW_CONDITIONAL_TYPE_CELL,
                                        .criteria = LXW_CONDITIONAL_CRITERIA_EQUAL_TO,
                                        .value_string = words[i],
                                        .format = format_for(s, i < 2 ? PG_LOOK_GOOD : PG_LOOK_BAD, PG_FORMAT_text) };
        keep(s, worksheet_conditional_format_range(s->sheet, first, column, last, column, &rule));
    }
}

static void write_header(state *s, const pg_table *table, const double *widths)
{
    lxw_table_column *columns = need(s, pg_arena_alloc(&s->ctx->scratch, table->n_columns, sizeof *columns));
    lxw_table_column **list = need(s, pg_arena_alloc(&s->ctx->scratch, table->n_columns + 1, sizeof *list));
    char *name = need(s, pg_arena_strdup(&s->ctx->scratch, table->id));
    if (s->error != LXW_NO_ERROR) return;
    const lxw_row_t row = (lxw_row_t)table->header_row, last = row + (lxw_row_t)table->n_rows;
    for (size_t j = 0; j < table->n_columns; j++) {
        const bool text = table->columns[j].format == PG_FORMAT_text;
        lxw_format *f = format_for(s, text ? PG_LOOK_HEADER : PG_LOOK_NUMBER_HEADER, PG_FORMAT_text);
        columns[j] = (lxw_table_column){ .header = text_of(s, pg_header_text(table, j)), .header_format = f };
        list[j] = &columns[j];
        if (s->error == LXW_NO_ERROR && table->n_rows == 0)
            keep(s, worksheet_write_string(s->sheet, row, (lxw_col_t)j, columns[j].header, f));
    }
    keep(s, worksheet_set_row(s->sheet, row, (double)(PG_LINE_POINTS * pg_header_lines(table, widths) + 3), NULL));
    lxw_table_options options = { .name = name,
                                  .columns = list,
                                  .no_banded_rows = LXW_TRUE,
                                  .style_type = LXW_TABLE_STYLE_TYPE_LIGHT,
                                  .style_type_number = 0 };
    if (s->error != LXW_NO_ERROR || table->n_rows == 0) return;
    keep(s, worksheet_add_table(s->sheet, row, 0, last, (lxw_col_t)(table->n_columns - 1), &options));
}

static void write_table(state *s, const pg_table *table, const double *widths)
{
    if (!table->form) write_header(s, table, widths);
    for (size_t i = 0; i < table->n_rows; i++) {
        const size_t lines = pg_row_lines(table, i, widths);
        if (lines > 1)
            keep(s,
                 worksheet_set_row(s->sheet, (lxw_row_t)(table->header_row + 1 + i), 13.5 * (double)lines + 2, NULL));
        for (size_t j = 0; j < table->n_columns; j++)
            write_value(s, table, i, j, widths[j]);
    }
    write_rules(s, table);
    for (size_t j = 0; j < table->n_columns; j++)
        if (table->columns[j].checks && table->n_rows > 0) write_checks(s, table, (lxw_col_t)j);
}

/* ---- charts ---- */

static void set_series(state *s, lxw_chart *chart, const pg_chart *about, size_t i)
{
    static const lxw_color_t shades[PG_N_SHADES] = PG_SHADES;
    const pg_series_of_chart *from = &about->series[i];
    lxw_chart_series *series = need(s, chart_add_series(chart, NULL, NULL));
    char *sheet = text_of(s, about->table->page->name), *name = text_of(s, from->name);
    if (s->error != LXW_NO_ERROR) return;
    const lxw_row_t first = (lxw_row_t)(about->table->header_row + 1 + about->first_row);
    const lxw_row_t last = first + (lxw_row_t)about->n_rows - 1;
    chart_series_set_name(series, name);
    chart_series_set_categories(series, sheet, first, (lxw_col_t)from->x_column, last, (lxw_col_t)from->x_column);
    chart_series_set_values(series, sheet, first, (lxw_col_t)from->column, last, (lxw_col_t)from->column);
    lxw_chart_fill fill = { .color = from->pale ? PG_PALE_LINE : shades[i % PG_N_SHADES] };
    lxw_chart_line line = { .color = fill.color,
                            .width = from->pale ? 1.25F : 2.0F,
                            .none = about->kind == PG_CHART_RANGE,
                            .dash_type = from->dashed ? LXW_CHART_LINE_DASH_DASH : LXW_CHART_LINE_DASH_SOLID };
    if (about->kind != PG_CHART_RANGE && about->kind != PG_CHART_LINE && about->kind != PG_CHART_SCATTER) {
        chart_series_set_fill(series, &fill);
        return;
    }
    chart_series_set_line(series, &line);
    if (about->kind == PG_CHART_RANGE) { /* low, middle, high */
        lxw_chart_fill marker = { .color = i == 1 ? PG_ACCENT : PG_PALE_LINE };
        chart_series_set_marker_type(series, i == 1 ? LXW_CHART_MARKER_DIAMOND : LXW_CHART_MARKER_LONG_DASH);
        chart_series_set_marker_size(series, i == 1 ? 9 : 6);
        chart_series_set_marker_fill(series, &marker);
    } else {
        chart_series_set_marker_type(series, LXW_CHART_MARKER_NONE);
    }
}

static void set_axis(state *s, lxw_chart_axis *axis, const char *title, pg_format format)
{
    lxw_chart_font plain = { .size = 8, .bold = LXW_EXPLICIT_FALSE, .color = PG_GREY };
    lxw_chart_line rule = { .color = PG_RULE, .width = 0.75F };
    char *name = text_of(s, title);
    if (s->error != LXW_NO_ERROR) return;
    chart_axis_set_name(axis, name);
    chart_axis_set_name_font(axis, &plain);
    chart_axis_set_num_font(axis, &plain);
    chart_axis_set_line(axis, &rule);
    if (pg_format_code(format) != NULL) chart_axis_set_num_format(axis, pg_format_code(format));
}

static void insert_chart(state *s, const pg_chart *about, size_t top, size_t number)
{
    static const uint8_t kinds[] = { LXW_CHART_LINE,        LXW_CHART_COLUMN,           LXW_CHART_BAR,
                                     LXW_CHART_BAR_STACKED, LXW_CHART_SCATTER_STRAIGHT, LXW_CHART_LINE };
    lxw_chart *chart = need(s, workbook_add_chart(s->workbook, kinds[about->kind]));
    char *title = text_of(s, about->title), *alt = text_of(s, about->alt);
    if (s->error != LXW_NO_ERROR) return;
    const bool bars = about->kind == PG_CHART_BAR || about->kind == PG_CHART_STACKED_BAR;
    lxw_chart_axis *x = bars ? chart->y_axis : chart->x_axis, *y = bars ? chart->x_axis : chart->y_axis;
    for (size_t i = 0; i < about->n_series; i++)
        set_series(s, chart, about, i);
    set_axis(s, x, about->x_title, about->x_format);
    set_axis(s, y, about->y_title, about->y_format);
    lxw_chart_font title_font = { .size = 11, .bold = LXW_TRUE, .color = PG_ACCENT };
    lxw_chart_font small = { .size = 9 };
    lxw_chart_line rule = { .color = PG_RULE, .width = 0.5F }, high_low = { .color = PG_GREY, .width = 1.5F };
    chart_axis_set_label_position(x, LXW_CHART_AXIS_LABEL_POSITION_LOW); /* clear of negative values */
    chart_title_set_name(chart, title);
    chart_title_set_name_font(chart, &title_font);
    chart_axis_major_gridlines_set_visible(x, LXW_FALSE);
    chart_axis_major_gridlines_set_visible(y, LXW_TRUE);
    chart_axis_major_gridlines_set_line(y, &rule);
    if (!about->free_floor) chart_axis_set_min(y, 0);
    if (bars) {
        chart_axis_set_reverse(x);      /* the first row on top */
        chart_axis_set_crossing_max(x); /* and the numbers at the bottom */
        chart_axis_set_interval_unit(x, 1);
        chart_set_series_gap(chart, 40);
    }
    if (about->n_rows > PG_MOST_LABELS) chart_axis_set_interval_unit(x, (uint16_t)(about->n_rows / PG_FEW_LABELS));
    if (about->kind == PG_CHART_RANGE) chart_set_high_low_lines(chart, &high_low);
    chart_legend_set_font(chart, &small);
    chart_legend_set_position(chart, about->n_series > 1 ? LXW_CHART_LEGEND_BOTTOM : LXW_CHART_LEGEND_NONE);
    lxw_chart_options options = {
        .x_offset = (int32_t)(number % PG_CHARTS_A_ROW * (PG_CHART_WIDTH + PG_CHART_GAP)),
        .y_offset = PG_CHART_GAP / 4,      /* clear of the page break */
        .x_scale = PG_CHART_WIDTH / 480.0, /* of the library's own size */
        .y_scale = PG_CHART_HEIGHT / 288.0,
        .description = alt,
    };
    const lxw_row_t row = (lxw_row_t)(top + number / PG_CHARTS_A_ROW * PG_CHART_ROWS);
    keep(s, worksheet_insert_chart_opt(s->sheet, row, 0, chart, &options));
}

/* Two rows of charts a printed page. */
static void write_gallery(state *s, const pg_book *book, size_t top)
{
    lxw_row_t breaks[PG_MAX_BREAKS + 1] = { 0 };
    size_t n = 0, n_breaks = 0;
    for (const pg_page *page = book->pages; page != NULL; page = page->next)
        for (const pg_chart *chart = page->charts; chart != NULL && s->error == LXW_NO_ERROR; chart = chart->next) {
            if (n % PG_CHARTS_A_PAGE == 0 && n_breaks < PG_MAX_BREAKS)
                breaks[n_breaks++] = (lxw_row_t)(top + n / PG_CHARTS_A_ROW * PG_CHART_ROWS);
            insert_chart(s, chart, top, n++);
        }
    worksheet_set_print_scale(s->sheet, PG_GALLERY_PERCENT);
    if (n_breaks > 0) keep(s, worksheet_set_h_pagebreaks(s->sheet, breaks));
}

/* ---- pages ---- */

static void set_paper(state *s, const pg_page *page, double width)
{
    const pg_table *first = page->tables;
    worksheet_set_landscape(s->sheet);
    worksheet_set_paper(s->sheet, A4);
    if (!page->gallery) worksheet_fit_to_pages(s->sheet, (uint16_t)(1 + width / PG_PAGE_CHARACTERS), 0);
    worksheet_set_margins(s->sheet, 0.5, 0.5, 0.6, 0.6);
    keep(s, worksheet_set_footer(s->sheet, "&L&8&F&C&8&A&R&8Page &P of &N"));
    worksheet_gridlines(s->sheet, page->plain || page->gallery ? LXW_HIDE_ALL_GRIDLINES : LXW_SHOW_SCREEN_GRIDLINES);
    if (first == NULL || first->form || first->next != NULL || page->gallery) return;
    const lxw_row_t header = (lxw_row_t)first->header_row;
    const lxw_col_t columns = (lxw_col_t)page->frozen_columns;
    keep(s, worksheet_repeat_rows(s->sheet, header, header));
    if (columns > 0) keep(s, worksheet_repeat_columns(s->sheet, 0, columns - 1));
    worksheet_freeze_panes(s->sheet, header + 1, columns);
}

static void write_line(state *s, const pg_line *line, pg_look look)
{
    lxw_format *f = format_for(s, look, PG_FORMAT_text);
    if (s->error != LXW_NO_ERROR) return;
    keep(s, worksheet_write_string(s->sheet, (lxw_row_t)line->row, 0, text_of(s, line->text), f));
}

static void write_lines(state *s, const pg_page *page)
{
    static const pg_look looks[] = { PG_LOOK_TEXT, PG_LOOK_HEADING, PG_LOOK_NOTE };
    char back[] = "internal:'Contents'!A1", label[] = "Contents";
    const pg_line title = { .row = PG_TITLE_ROW, .text = page->title },
                  about = { .row = PG_ABOUT_ROW, .text = page->about };
    write_line(s, &title, PG_LOOK_TITLE);
    write_line(s, &about, PG_LOOK_ABOUT);
    keep(s, worksheet_set_row(s->sheet, PG_TITLE_ROW, 24, NULL));
    lxw_format *f = format_for(s, PG_LOOK_BACK, PG_FORMAT_text);
    if (!page->plain) keep(s, worksheet_write_url_opt(s->sheet, PG_BACK_ROW, 0, back, f, label, NULL));
    for (const pg_line *line = page->lines; line != NULL && s->error == LXW_NO_ERROR; line = line->next)
        write_line(s, line, looks[line->style]);
}

static void write_page(state *s, const pg_book *book, const pg_page *page)
{
    const size_t n = pg_page_n_columns(page);
    double *widths = need(s, pg_arena_alloc(&s->ctx->scratch, n, sizeof *widths)), sum = 0;
    s->sheet = need(s, workbook_add_worksheet(s->workbook, page->name));
    if (s->error != LXW_NO_ERROR) return;
    for (size_t j = 0; j < n; j++) {
        widths[j] = pg_page_column_width(page, j);
        sum += widths[j];
        keep(s, worksheet_set_column(s->sheet, (lxw_col_t)j, (lxw_col_t)j, widths[j], NULL));
    }
    set_paper(s, page, sum);
    write_lines(s, page);
    for (const pg_table *t = page->tables; t != NULL && s->error == LXW_NO_ERROR; t = t->next)
        write_table(s, t, widths);
    if (page->gallery) write_gallery(s, book, pg_page_end(page) + 1);
}

/* The date of creation is that of the data, so that the same results give the same bytes. */
static void set_properties(state *s, const pgdp_results *results)
{
    pgdp_period as_of = { PGDP_DAILY, 0 };
    if (results->as_of != NULL && !pgdp_period_parse(results->as_of, &as_of)) as_of = (pgdp_period){ PGDP_DAILY, 0 };
    lxw_doc_properties properties = {
        .title = text_of(s, results->title),
        .subject = text_of(s, results->purpose),
        .author = text_of(s, results->author),
        .company = text_of(s, results->author),
        .keywords = text_of(s, "phantom GDP, artificial intelligence, tasks, national accounts"),
        .comments = text_of(s, pg_arena_printf(&s->ctx->scratch, "pgdp %s", pgdp_version())),
        .created = (time_t)pgdp_period_first_day(as_of) * DAY_SECONDS + 1, /* 0 would be the clock's */
    };
    if (s->error == LXW_NO_ERROR) keep(s, workbook_set_properties(s->workbook, &properties));
}

static pgdp_status write_book(state *s, const pgdp_results *results, const pg_book *book, const char *path)
{
    set_properties(s, results);
    for (const pg_page *page = book->pages; page != NULL && s->error == LXW_NO_ERROR; page = page->next)
        write_page(s, book, page);
    if (s->error == LXW_NO_ERROR) {
        s->error = workbook_close(s->workbook);
    } else {
        lxw_workbook_free(s->workbook);
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
    const size_t folder = slash != NULL ? (size_t)(slash - path) + 1 : 0;
    PG_TRY_ALLOC(ctx, options.tmpdir,
                 pg_arena_strndup(&ctx->scratch, folder > 0 ? path : ".", folder > 0 ? folder : 1));
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
