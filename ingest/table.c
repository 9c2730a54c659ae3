/* table.c  Types of columns from all their cells, then the cells. Source: formats.md 0.2 to 0.4.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/table.h"

#include <math.h>
#include <string.h>

#include "core/text.h"
#include "ingest/build.h"
#include "ingest/periods.h"

const char *const pg_missing_csv[] = { ".",    "..",  ":",   "NA",    "N/A",     "n/a",   "#N/A",    "(NA)", "NULL",
                                       "null", "NaN", "nan", "#NUM!", "#DIV/0!", "#REF!", "#VALUE!", NULL };
const char *const pg_missing_workbook[] = { "..",           ":",    "nan",  ".",     "NA",   "N/A",
                                            "n/a",          "#N/A", "NULL", "NaN",   "-",    "\xe2\x80\x94",
                                            "\xe2\x80\x93", "---",  "....", ".....", "(NA)", "(D)",
                                            "(L)",          NULL };

pg_rules pg_rules_described(const pg_schema *schema, bool workbook)
{
    return (pg_rules){ .codes = (const char *const *)schema->texts,
                       .text_holds_numbers = !workbook,
                       .text_holds_periods = true,
                       .days_stay = true,
                       .schema = schema,
                       .empty_rows = true };
}

bool pg_is_listed(const char *name, const char *const *list)
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

/* A bare year is a number. */
bool pg_cell_as_period(const pg_cell *cell, const pg_rules *rules, pgdp_period *out)
{
    if (cell->kind == PG_CELL_TEXT && !rules->text_holds_numbers && !rules->text_holds_periods) return false;
    return cell->kind != PG_CELL_NUMBER && pg_cell_period(cell, out) && out->frequency != PGDP_ANNUAL;
}

bool pg_cell_as_number(const pg_cell *cell, const pg_rules *rules, double *out)
{
    if (cell->kind == PG_CELL_TEXT && !rules->text_holds_numbers) return false;
    return cell->kind != PG_CELL_DATE && pg_cell_number(cell, rules->grouped, out);
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

bool pg_cell_as_day_first(const pg_cell *cell, const pg_rules *rules, pgdp_period *out)
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
    if (pg_cell_as_day_first(cell, rules, period)) return PG_MEANS_DAY_FIRST;
    return is_code(cell) ? PG_MEANS_CODE : PG_MEANS_TEXT;
}

/* The mark of a missing cell stands in the lower half of its NaN until the columns of flags are made: cells are parsed
 * in any order, on any thread, and need no second array meanwhile. */
static double nan_of_mark(uint32_t mark)
{
    uint64_t bits = UINT64_C(0x7ff8000000000000) | mark;
    double value;
    memcpy(&value, &bits, sizeof value);
    return value;
}

static uint32_t mark_of_nan(double value)
{
    uint64_t bits;
    memcpy(&bits, &value, sizeof bits);
    return (uint32_t)bits;
}

bool pg_cell_as_flagged(const pg_cell *cell, const pg_rules *rules, double *out)
{
    if (pg_cell_as_number(cell, rules, out)) return true;
    for (uint32_t i = 0; rules->flags != NULL && rules->flags[i] != NULL; i++)
        if (pg_is_mark(cell, (const char *const[]){ rules->flags[i], NULL })) {
            const char *text = cell->text;
            size_t n = cell->length;
            pg_trim(&text, &n);
            *out = nan_of_mark(n == 0 ? 0 : i + 1);
            return true;
        }
    *out = nan_of_mark(0);
    return pg_is_mark(cell, rules->missing);
}

static pgdp_status add_flag_column(pgdp_ctx *ctx, pgdp_frame *frame, size_t number, const pg_rules *rules)
{
    const size_t n = pgdp_frame_n_rows(frame);
    double *x = pg_frame_edit_reals(frame, number);
    pgdp_column about = { .type = PGDP_TEXT };
    uint32_t *codes = NULL;
    size_t flag = 0;
    for (size_t i = 0; i < n; i++) {
        if (!isnan(x[i]) || mark_of_nan(x[i]) == 0) continue;
        if (codes == NULL) {
            PG_TRY_ALLOC(ctx, about.name,
                         pg_arena_printf(&ctx->scratch, "%s_flag", pgdp_frame_column(frame, number)->name));
            PG_TRY(pgdp_frame_add_column(ctx, frame, &about, &flag));
            codes = pg_frame_edit_codes(frame, flag);
            x = pg_frame_edit_reals(frame, number);
        }
        PG_TRY(pg_frame_intern(ctx, frame, flag, rules->flags[mark_of_nan(x[i]) - 1], PGDP_NONE, &codes[i]));
        x[i] = (double)NAN;
    }
    return PGDP_OK;
}

pgdp_status pg_table_add_flags(pgdp_ctx *ctx, pgdp_frame *frame, const pg_rules *rules)
{
    const size_t n = pgdp_frame_n_columns(frame);
    for (size_t j = 0; rules->flags != NULL && j < n; j++)
        if (pgdp_frame_column(frame, j)->type == PGDP_REAL) PG_TRY(add_flag_column(ctx, frame, j, rules));
    return PGDP_OK;
}

pgdp_status pg_fail_number(pgdp_ctx *ctx, const char *label, size_t line, const pg_cell *cell, const pg_rules *rules,
                           const char *name)
{
    pg_text marks;
    pg_text_init(&marks, &ctx->scratch);
    for (size_t i = 0; rules->flags != NULL && rules->flags[i] != NULL; i++)
        pg_text_addf(&marks, "%s%s", i == 0 ? " or one of " : " ", rules->flags[i]);
    if (marks.failed) return pg_no_memory(ctx);
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu:%zu: found \"%.40s\" under %.80s, expected a number%s; correct the cell",
                   label, line, (size_t)cell->column + 1, cell->text, name, marks.data);
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

const char pg_order_assumed[] = "read as month/day/year, since no day is above 12; write days as 2031-02-28 to be sure";
const char pg_order_mixed[] = "kept as text, since some days come first and some months; write days as 2031-02-28";

pgdp_status pg_table_note_order(pgdp_ctx *ctx, pgdp_frame *frame, const char *name, const char *what)
{
    const char *key;
    PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "dates:%s", name));
    return pgdp_frame_set_note(ctx, frame, key, what);
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

pgdp_status pg_table_fill(pgdp_ctx *ctx, const pg_grid *grid, pg_span span, const pg_rules *rules, pgdp_frame *frame)
{
    pg_build b;
    PG_TRY(pg_build_begin(ctx, grid->label, &grid->rows[span.header], rules, frame, &b));
    PG_TRY(pg_build_look(ctx, &b, grid, span.first, span.end));
    for (bool again = true; again;) {
        for (size_t i = span.first; i < span.end; i++)
            PG_TRY(pg_build_row(ctx, &b, &grid->rows[i]));
        PG_TRY(pg_build_settle(ctx, &b, &again));
    }
    return pg_build_end(ctx, &b);
}

pgdp_status pg_table_names(pgdp_ctx *ctx, const pg_grid *grid, const pg_rules *rules, const char ***names, size_t *n)
{
    pg_build b;
    pgdp_frame *frame;
    PG_TRY(pgdp_frame_new(ctx, &frame));
    pgdp_status status = pg_build_begin(ctx, grid->label, &grid->rows[0], rules, frame, &b);
    pgdp_frame_free(frame);
    PG_TRY(status);
    *n = b.n_columns;
    PG_TRY_ALLOC(ctx, *names, pg_arena_alloc(&ctx->scratch, b.n_columns, sizeof **names));
    for (size_t j = 0; j < b.n_columns; j++)
        (*names)[j] = b.columns[j].name;
    return PGDP_OK;
}
