/* table.c  Types of columns from all their cells, then the cells. Source: formats.md 0.2 to 0.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/table.h"

#include <string.h>

#include "core/map.h"
#include "core/text.h"
#include "ingest/periods.h"

const char *const pg_missing_csv[] = { ".",    "..",  ":",   "NA",    "N/A",     "n/a",   "#N/A",    "(NA)", "NULL",
                                       "null", "NaN", "nan", "#NUM!", "#DIV/0!", "#REF!", "#VALUE!", NULL };
const char *const pg_missing_workbook[] = { "..",           ":",    "nan",  ".",     "NA",   "N/A",
                                            "n/a",          "#N/A", "NULL", "NaN",   "-",    "\xe2\x80\x94",
                                            "\xe2\x80\x93", "---",  "....", ".....", "(NA)", "(D)",
                                            "(L)",          NULL };

/* What a column's cells have been so far. */
typedef struct column {
    const char *name;
    size_t n_copies; /* later columns of the same name */
    size_t n_numbers, n_periods, n_texts, n_marks;
    size_t first_text; /* its row in the grid */
    pgdp_frequency frequency;
    bool mixed, code, unnamed;
    bool day_first, month_first, either_order; /* orders that its dates with slashes have, or may have */
    pgdp_type type;
    size_t index; /* in the frame */
    double *reals;
    int32_t *periods;
    uint32_t *codes;
} column;

typedef struct build {
    const pg_grid *grid;
    pg_span span;
    const pg_rules *rules;
    pgdp_frame *frame;
    column *columns;
    size_t n_columns, n_rows;
} build;

static bool is_listed(const char *name, const char *const *list)
{
    for (size_t i = 0; list != NULL && list[i] != NULL; i++)
        if (strcmp(list[i], name) == 0) return true;
    return false;
}

bool pg_is_mark(const pg_cell *cell, const char *const *marks)
{
    if (marks == NULL || cell->kind != PG_CELL_TEXT || cell->length > 8) return false;
    const char *text = cell->text;
    size_t n = cell->length;
    pg_trim(&text, &n);
    if (n == 0) return true;
    for (size_t i = 0; marks[i] != NULL; i++)
        if (strlen(marks[i]) == n && memcmp(marks[i], text, n) == 0) return true;
    return false;
}

/* A name not taken yet: "Total (2)", "Total (3)". */
static pgdp_status number_name(pgdp_ctx *ctx, const pg_map *seen, column *first, const char **name)
{
    const char *plain = *name;
    while (pg_map_find(seen, *name, strlen(*name)) != PGDP_NONE)
        PG_TRY_ALLOC(ctx, *name, pg_arena_printf(&ctx->scratch, "%s (%zu)", plain, ++first->n_copies + 1));
    return PGDP_OK;
}

static pgdp_status name_columns(pgdp_ctx *ctx, build *b)
{
    pg_map seen;
    pg_map_init(&seen, &ctx->scratch);
    for (size_t j = 0; j < b->n_columns; j++) {
        const char *name;
        PG_TRY_ALLOC(ctx, name, pg_clean_name(&ctx->scratch, pg_grid_text(b->grid, b->span.header, j)));
        b->columns[j].unnamed = name[0] == '\0';
        if (name[0] == '\0') PG_TRY_ALLOC(ctx, name, pg_arena_printf(&ctx->scratch, "column%zu", j + 1));
        const size_t before = pg_map_find(&seen, name, strlen(name));
        if (before != PGDP_NONE && !b->rules->loose)
            return pg_fail_at(ctx, b->grid, b->span.header, j,
                              "the header names \"%.80s\" twice (column %zu too); names must differ, so rename one",
                              name, before + 1);
        if (before != PGDP_NONE) PG_TRY(number_name(ctx, &seen, &b->columns[before], &name));
        if (!pg_map_put(&seen, name, strlen(name), j)) return pg_no_memory(ctx);
        b->columns[j].name = name;
        b->columns[j].code = is_listed(name, b->rules->codes);
    }
    return PGDP_OK;
}

/* A bare year is a number. */
bool pg_cell_as_period(const pg_cell *cell, const pg_rules *rules, pgdp_period *out)
{
    if (cell->kind == PG_CELL_TEXT && !rules->text_holds_numbers && !rules->text_holds_periods) return false;
    return cell->kind != PG_CELL_NUMBER && pg_cell_period(cell, out) && out->frequency != PGDP_ANNUAL;
}

static bool as_number(const build *b, const pg_cell *cell, double *out)
{
    if (cell->kind == PG_CELL_TEXT && !b->rules->text_holds_numbers) return false;
    return cell->kind != PG_CELL_DATE && pg_cell_number(cell, b->rules->grouped, out);
}

static bool is_number(const pg_rules *rules, const pg_cell *cell)
{
    if (cell->kind == PG_CELL_TEXT && !rules->text_holds_numbers) return false;
    return cell->kind != PG_CELL_DATE && pg_cell_is_number(cell, rules->grouped);
}

/* 0440 among 5400: a column of codes. */
static bool is_code(const pg_cell *cell)
{
    size_t n = 0;
    while (n < cell->length && cell->text[n] >= '0' && cell->text[n] <= '9')
        n++;
    return n == cell->length && cell->text[0] == '0';
}

pg_slash pg_cell_slash(const pg_cell *cell)
{
    const char *text = cell->text;
    size_t n = cell->length;
    if (cell->kind != PG_CELL_TEXT) return PG_NO_SLASH;
    pg_trim(&text, &n);
    return pg_slash_order(text, n);
}

static bool as_day_first(const pg_cell *cell, const pg_rules *rules, pgdp_period *out)
{
    const char *text = cell->text;
    size_t n = cell->length;
    if (cell->kind != PG_CELL_TEXT || !rules->text_holds_numbers) return false;
    pg_trim(&text, &n);
    return pg_slash_order(text, n) != PG_NO_SLASH && pg_day_first(text, n, out);
}

pg_meaning pg_cell_meaning(const pg_cell *cell, const pg_rules *rules, pgdp_period *period)
{
    if (is_number(rules, cell)) return PG_MEANS_NUMBER;
    if (pg_is_mark(cell, rules->missing)) return PG_MEANS_MISSING;
    if (pg_cell_as_period(cell, rules, period)) return PG_MEANS_PERIOD;
    if (as_day_first(cell, rules, period)) return PG_MEANS_DAY_FIRST;
    return is_code(cell) ? PG_MEANS_CODE : PG_MEANS_TEXT;
}

/* The first text or code settles the type of the column. */
static void look_at(const build *b, size_t row, const pg_cell *cell)
{
    column *c = &b->columns[cell->column];
    pgdp_period period;
    if (c->code || c->mixed || c->n_texts > 0) return;
    const pg_meaning meaning = pg_cell_meaning(cell, b->rules, &period);
    c->n_numbers += meaning == PG_MEANS_NUMBER;
    c->n_marks += meaning == PG_MEANS_MISSING;
    c->code = meaning == PG_MEANS_CODE;
    if (meaning == PG_MEANS_PERIOD || meaning == PG_MEANS_DAY_FIRST) {
        const pg_slash order = pg_cell_slash(cell);
        c->day_first = c->day_first || order == PG_DAY_FIRST;
        c->month_first = c->month_first || order == PG_MONTH_FIRST;
        c->either_order = c->either_order || order == PG_EITHER_ORDER;
        c->mixed = (c->n_periods > 0 && period.frequency != c->frequency) || (c->day_first && c->month_first);
        c->frequency = period.frequency;
        c->n_periods++;
    } else if (meaning == PG_MEANS_TEXT) {
        c->n_texts++;
        c->first_text = row;
    }
}

static pgdp_status look_at_row(pgdp_ctx *ctx, build *b, size_t row)
{
    const pg_row *r = &b->grid->rows[row];
    b->n_rows += r->n > 0;
    for (size_t k = 0; k < r->n; k++) {
        if (r->cells[k].column < b->n_columns) {
            look_at(b, row, &r->cells[k]);
        } else if (!pg_is_mark(&r->cells[k], (const char *const[]){ NULL })) {
            return pg_fail_at(ctx, b->grid, row, r->cells[k].column,
                              "found \"%.40s\" beyond the header's %zu columns; quote cells that hold the delimiter",
                              r->cells[k].text, b->n_columns);
        }
    }
    return PGDP_OK;
}

static bool is_empty(const column *c)
{
    return !c->code && c->n_numbers + c->n_periods + c->n_texts + c->n_marks == 0;
}

static pgdp_type type_of(const column *c)
{
    if (c->code || c->mixed || c->n_texts > 0) return PGDP_TEXT;
    if (c->n_periods > 0) return c->n_numbers > 0 ? PGDP_TEXT : PGDP_PERIOD;
    return c->n_numbers == 0 && c->n_marks > 0 ? PGDP_TEXT : PGDP_REAL; /* of "NA" alone nothing is known */
}

bool pg_is_decimal_comma(const char *text)
{
    enum { MOST = 40 }; /* what a note shows of a text is all that both readers of CSV have of it */
    const size_t n = strlen(text), point = strspn(text, "+-.0123456789"),
                 digits = strspn(text + point + (text[point] == ','), "0123456789");
    return n < MOST && digits > 0 && text[point] == ',' && point + 1 + digits == n;
}

pgdp_status pg_table_note_stray(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, const pg_stray *stray)
{
    const char *key, *note;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "not_number:%s", name));
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%s:%zu:%zu: found \"%.40s\", expected a number %s", stray->label,
                                 stray->line, stray->column + 1, stray->text,
                                 pg_is_decimal_comma(stray->text) ? "with a decimal point" : "as in the rows before"));
    return pgdp_frame_set_note(ctx, frame, key, note);
}

/* Where the first text stands in a column that began as one of numbers, be it with decimal commas. */
static pgdp_status note_stray(pgdp_ctx *ctx, const build *b, size_t j)
{
    const column *c = &b->columns[j];
    if (c->type != PGDP_TEXT || c->n_texts == 0) return PGDP_OK;
    const pg_stray stray = { b->grid->label, b->grid->rows[c->first_text].line, j,
                             pg_grid_text(b->grid, c->first_text, j) };
    if (c->n_numbers == 0 && !pg_is_decimal_comma(stray.text)) return PGDP_OK;
    return pg_table_note_stray(ctx, b->frame, c->name, &stray);
}

const char pg_order_assumed[] = "read as month/day/year, since no day is above 12; write days as 2031-02-28 to be sure";
const char pg_order_mixed[] = "kept as text, since some days come first and some months; write days as 2031-02-28";

pgdp_status pg_table_note_order(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, const char *what)
{
    const char *key;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "dates:%s", name));
    return pgdp_frame_set_note(ctx, frame, key, what);
}

static pgdp_status note_order(pgdp_ctx *ctx, const build *b, size_t j)
{
    const column *c = &b->columns[j];
    if (c->day_first && c->month_first) return pg_table_note_order(ctx, b->frame, c->name, pg_order_mixed);
    if (c->type != PGDP_PERIOD || c->day_first || c->month_first || !c->either_order) return PGDP_OK;
    return pg_table_note_order(ctx, b->frame, c->name, pg_order_assumed);
}

static pgdp_status add_columns(pgdp_ctx *ctx, build *b)
{
    for (size_t j = 0; j < b->n_columns; j++) {
        column *c = &b->columns[j];
        c->type = type_of(c);
        c->index = PGDP_NONE;
        if (b->rules->loose && c->unnamed && is_empty(c)) continue; /* a margin of the sheet */
        pgdp_column about = { .name = c->name, .type = c->type };
        if (c->type == PGDP_PERIOD) about.frequency = c->frequency;
        PG_TRY(pgdp_frame_add_column(ctx, b->frame, &about, &c->index));
        PG_TRY(note_stray(ctx, b, j));
        PG_TRY(note_order(ctx, b, j));
    }
    PG_TRY(pg_frame_reserve(ctx, b->frame, b->n_rows));
    PG_TRY(pg_frame_add_rows(ctx, b->frame, b->n_rows));
    for (size_t j = 0; j < b->n_columns; j++) {
        column *c = &b->columns[j];
        c->reals = pg_frame_edit_reals(b->frame, c->index);
        c->periods = pg_frame_edit_periods(b->frame, c->index);
        c->codes = pg_frame_edit_codes(b->frame, c->index);
    }
    return PGDP_OK;
}

static pgdp_status set_cell(pgdp_ctx *ctx, const build *b, const pg_cell *cell, size_t row)
{
    column *c = &b->columns[cell->column];
    pgdp_period period;
    if (c->type == PGDP_REAL && !as_number(b, cell, &c->reals[row])) return PGDP_OK;
    const bool day_first = c->type == PGDP_PERIOD && c->day_first && as_day_first(cell, b->rules, &period);
    if (day_first || (c->type == PGDP_PERIOD && pg_cell_as_period(cell, b->rules, &period)))
        c->periods[row] = period.ordinal;
    if (c->type != PGDP_TEXT || pg_is_mark(cell, b->rules->missing_text)) return PGDP_OK;
    const char *text = cell->text;
    size_t n = cell->length;
    const bool tight = n > 0 && text[0] > ' ' && text[n - 1] > ' ';
    if (!b->rules->loose && !tight) pg_trim(&text, &n);
    return n == 0 ? PGDP_OK : pg_frame_intern(ctx, b->frame, c->index, text, n, &c->codes[row]);
}

static pgdp_status set_cells(pgdp_ctx *ctx, const build *b)
{
    size_t row = 0;
    for (size_t i = b->span.first; i < b->span.end; i++) {
        const pg_row *r = &b->grid->rows[i];
        if (r->n == 0) continue;
        for (size_t k = 0; k < r->n && r->cells[k].column < b->n_columns; k++)
            PG_TRY(set_cell(ctx, b, &r->cells[k], row));
        row++;
    }
    return PGDP_OK;
}

pgdp_status pg_table_note_frequency(pgdp_ctx *ctx, pgdp_frame *frame, const char *name)
{
    const char *key;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "frequency:%s", name));
    return pgdp_frame_set_note(ctx, frame, key, "inferred from the spacing of the dates");
}

pgdp_status pg_table_infer_frequency(pgdp_ctx *ctx, pgdp_frame *frame, size_t index)
{
    const pgdp_column *about = pgdp_frame_column(frame, index);
    if (about->type != PGDP_PERIOD || about->frequency != PGDP_DAILY) return PGDP_OK;
    const pgdp_frequency frequency =
        pg_infer_frequency(pgdp_frame_periods(frame, index), pgdp_frame_n_rows(frame), false);
    if (frequency == PGDP_DAILY) return PGDP_OK;
    PG_TRY(pg_table_note_frequency(ctx, frame, about->name));
    return pg_set_frequency(ctx, frame, index, frequency);
}

static size_t width(const pg_grid *grid, pg_span span, bool loose)
{
    size_t n = pg_row_width(&grid->rows[span.header]);
    for (size_t i = span.first; loose && i < span.end; i++)
        if (pg_row_width(&grid->rows[i]) > n) n = pg_row_width(&grid->rows[i]);
    return n;
}

pgdp_status pg_table_fill(pgdp_ctx *ctx, const pg_grid *grid, pg_span span, const pg_rules *rules, pgdp_frame *frame)
{
    build b = { .grid = grid, .span = span, .rules = rules, .frame = frame };
    b.n_columns = width(grid, span, rules->loose);
    PG_TRY_ALLOC(ctx, b.columns, pg_arena_alloc(&ctx->scratch, b.n_columns, sizeof *b.columns));
    PG_TRY(name_columns(ctx, &b));
    for (size_t i = span.first; i < span.end; i++)
        PG_TRY(look_at_row(ctx, &b, i));
    PG_TRY(add_columns(ctx, &b));
    PG_TRY(set_cells(ctx, &b));
    const size_t n_columns = rules->days_stay ? 0 : pgdp_frame_n_columns(frame);
    for (size_t j = 0; j < n_columns; j++)
        PG_TRY(pg_table_infer_frequency(ctx, frame, j));
    return PGDP_OK;
}

pgdp_status pg_table_names(pgdp_ctx *ctx, const pg_grid *grid, const pg_rules *rules, const char ***names, size_t *n)
{
    build b = { .grid = grid, .span = { 0, 1, 1 }, .rules = rules };
    *n = b.n_columns = width(grid, b.span, rules->loose);
    PG_TRY_ALLOC(ctx, b.columns, pg_arena_alloc(&ctx->scratch, b.n_columns, sizeof *b.columns));
    PG_TRY_ALLOC(ctx, *names, pg_arena_alloc(&ctx->scratch, b.n_columns, sizeof **names));
    PG_TRY(name_columns(ctx, &b));
    for (size_t j = 0; j < b.n_columns; j++)
        (*names)[j] = b.columns[j].name;
    return PGDP_OK;
}
