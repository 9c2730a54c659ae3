/* build.c  Types of columns from their cells as rows come by. A column begins as one of numbers; where a cell makes it
 * another type after others were stored, the rows are asked for again rather than every spelling kept: memory is that
 * of the typed columns. Source: formats.md 0.2 to 0.4. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/build.h"

#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"

enum { FIRST_ROWS = 256 };

/* ---- columns ---- */

/* A name not taken yet: "Total (2)", "Total (3)". */
static pgdp_status number_name(pgdp_ctx *ctx, pg_build *b, pg_build_column *first, const char **name)
{
    const char *plain = *name;
    while (pg_map_find(&b->names, *name, strlen(*name)) != PGDP_NONE)
        PG_TRY_ALLOC(ctx, *name, pg_arena_printf(&ctx->scratch, "%s (%zu)", plain, ++first->n_copies + 1));
    return PGDP_OK;
}

static bool is_settled(const pg_build_column *c)
{
    return c->number || c->code || c->mixed || c->n_texts > 0;
}

/* Whether no cell has told anything yet: marks of the missing do not. */
static bool is_open(const pg_build_column *c)
{
    return c->n_numbers + c->n_periods == 0 && !is_settled(c);
}

static pgdp_type type_of(const pg_build_column *c)
{
    if (c->number) return PGDP_REAL;
    if (is_settled(c)) return PGDP_TEXT;
    if (c->n_periods > 0) return c->n_numbers > 0 ? PGDP_TEXT : PGDP_PERIOD;
    return c->n_numbers == 0 && c->n_marks > 0 ? PGDP_TEXT : PGDP_REAL; /* of "NA" alone nothing is known */
}

static void look_at_arrays(const pg_build *b, pg_build_column *c)
{
    c->reals = pg_frame_edit_reals(b->frame, c->index);
    c->periods = pg_frame_edit_periods(b->frame, c->index);
    c->codes = pg_frame_edit_codes(b->frame, c->index);
}

static pgdp_status put_into_frame(pgdp_ctx *ctx, const pg_build *b, pg_build_column *c)
{
    const pgdp_column about = { .name = c->name, .type = c->type };
    PG_TRY(pgdp_frame_add_column(ctx, b->frame, &about, &c->index));
    look_at_arrays(b, c);
    return PGDP_OK;
}

/* The next column, by its name in the header. */
static pgdp_status add_column(pgdp_ctx *ctx, pg_build *b, const pg_row *header, const char *text)
{
    const size_t j = b->n_columns;
    if (j == b->capacity) {
        const size_t capacity = 2 * b->capacity + 16;
        PG_TRY_ALLOC(ctx, b->columns,
                     pg_arena_grow(&ctx->scratch, b->columns, b->capacity, capacity, sizeof *b->columns));
        b->capacity = capacity;
    }
    pg_build_column *c = &b->columns[j];
    PG_TRY_ALLOC(ctx, c->name,
                 b->rules->schema == NULL ? pg_clean_name(&ctx->scratch, text) : pg_arena_strdup(&ctx->scratch, text));
    c->unnamed = c->name[0] == '\0';
    if (c->unnamed) PG_TRY_ALLOC(ctx, c->name, pg_arena_printf(&ctx->scratch, "column%zu", j + 1));
    const size_t before = pg_map_find(&b->names, c->name, strlen(c->name));
    if (before != PGDP_NONE && !b->rules->loose)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:%u:%zu: the header names \"%.80s\" twice (column %zu too); names must differ, so rename one",
                       b->label, header->line, j + 1, c->name, before + 1);
    if (before != PGDP_NONE) PG_TRY(number_name(ctx, b, &b->columns[before], &c->name));
    if (!pg_map_put(&b->names, c->name, strlen(c->name), j)) return pg_no_memory(ctx);
    c->code = pg_is_listed(c->name, b->rules->codes);
    c->number = pg_is_listed(c->name, b->rules->numbers);
    c->type = c->code ? PGDP_TEXT : PGDP_REAL;
    c->index = PGDP_NONE;
    b->n_columns++;
    return b->rules->loose && c->unnamed ? PGDP_OK : put_into_frame(ctx, b, c); /* a margin, until it has a cell */
}

/* The names must be those that the description was written for. */
static pgdp_status check_names(pgdp_ctx *ctx, const char *label, const pg_row *header, const pg_schema *schema)
{
    for (size_t j = 0; schema != NULL && j < schema->n_columns; j++) {
        const char *wanted = schema->columns[j].about.name;
        const char *found = j < header->n ? header->cells[j].text : "";
        if (strcmp(wanted, found) != 0 || header->n != schema->n_columns)
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: found %u columns, the %zu. of them \"%.40s\", expected %zu and \"%.40s\", as its "
                           "description says",
                           label, header->n, j + 1, found, schema->n_columns, wanted);
    }
    return PGDP_OK;
}

pgdp_status pg_build_begin(pgdp_ctx *ctx, const char *label, const pg_row *header, const pg_rules *rules,
                           pgdp_frame *frame, pg_build *out)
{
    PG_TRY(check_names(ctx, label, header, rules->schema));
    *out = (pg_build){ .label = label, .rules = rules, .frame = frame };
    pg_map_init(&out->names, &ctx->scratch);
    const size_t width = pg_row_width(header);
    for (size_t j = 0, k = 0; j < width; j++) {
        const bool named = header->cells[k].column == j;
        PG_TRY(add_column(ctx, out, header, named ? header->cells[k].text : ""));
        k += named;
    }
    return PGDP_OK;
}

/* ---- cells ---- */

/* The first text or code settles the type of the column. */
static void look_at(const pg_build *b, pg_build_column *c, size_t line, const pg_cell *cell)
{
    pgdp_period period;
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
        c->line = line;
        memcpy(c->text, cell->text, cell->length < PG_STRAY_TEXT ? cell->length : PG_STRAY_TEXT - 1);
    }
}

static void forget_cells(const pg_build *b, const pg_build_column *c)
{
    for (size_t i = 0; i < b->room; i++) {
        if (c->type == PGDP_REAL) c->reals[i] = (double)NAN;
        if (c->type == PGDP_PERIOD) c->periods[i] = PGDP_MISSING_PERIOD;
        if (c->type == PGDP_TEXT) c->codes[i] = PGDP_NO_CODE;
    }
}

static pgdp_status retype(pgdp_ctx *ctx, const pg_build *b, pg_build_column *c, pgdp_type type)
{
    PG_TRY(pg_frame_retype(ctx, b->frame, c->index, type));
    c->type = type;
    look_at_arrays(b, c);
    forget_cells(b, c);
    return PGDP_OK;
}

/* What the cell makes of the column. A mark stored as missing is so in numbers and periods, but a text in texts. */
static pgdp_status judge(pgdp_ctx *ctx, const pg_build *b, pg_build_column *c, size_t line, const pg_cell *cell)
{
    const size_t n_stored = c->n_numbers + c->n_periods + c->n_marks;
    const bool day_first = c->day_first, only_marks = n_stored == c->n_marks;
    look_at(b, c, line, cell);
    const pgdp_type type = type_of(c);
    c->again = c->again || (c->day_first != day_first && c->n_periods > 1);
    if (is_open(c) || c->again || type == c->type) return PGDP_OK;
    c->again = type == PGDP_TEXT ? n_stored > 0 : !only_marks;
    return c->again ? PGDP_OK : retype(ctx, b, c, type);
}

static pgdp_status set_cell(pgdp_ctx *ctx, const pg_build *b, pg_build_column *c, const pg_cell *cell)
{
    const size_t row = b->n_rows;
    pgdp_period period;
    if (c->type == PGDP_REAL) {
        (void)pg_cell_as_number(cell, b->rules, &c->reals[row]);
        return PGDP_OK;
    }
    if (c->type == PGDP_PERIOD) {
        const bool day_first = c->day_first && pg_cell_as_day_first(cell, b->rules, &period);
        if (day_first || pg_cell_as_period(cell, b->rules, &period)) c->periods[row] = period.ordinal;
        return PGDP_OK;
    }
    if (pg_is_mark(cell, b->rules->missing_text)) return PGDP_OK;
    const char *text = cell->text;
    size_t n = cell->length;
    const bool tight = n > 0 && text[0] > ' ' && text[n - 1] > ' ';
    const bool exact = b->rules->schema != NULL;
    if (!b->rules->loose && !exact && !tight) pg_trim(&text, &n);
    return n == 0 && !exact ? PGDP_OK : pg_frame_intern(ctx, b->frame, c->index, text, n, &c->codes[row]);
}

/* Most numbers; 007 may be a code. */
static bool is_plain(const pg_cell *cell, const pg_rules *rules, double *out)
{
    const bool known = cell->kind == PG_CELL_TEXT ? rules->text_holds_numbers : cell->kind == PG_CELL_NUMBER;
    const bool zeros = cell->text[0] == '0' && cell->length > 1 && cell->text[1] != '.';
    return known && !zeros && pg_number_plain(cell->text, cell->length, out);
}

static pgdp_status take_cell(pgdp_ctx *ctx, const pg_build *b, size_t line, const pg_cell *cell)
{
    pg_build_column *c = &b->columns[cell->column];
    if (c->index == PGDP_NONE) PG_TRY(put_into_frame(ctx, b, c));
    if (b->second) return c->again ? set_cell(ctx, b, c, cell) : PGDP_OK;
    if (c->number && !is_plain(cell, b->rules, &c->reals[b->n_rows]) &&
        !pg_cell_as_flagged(cell, b->rules, &c->reals[b->n_rows]))
        return pg_fail_number(ctx, b->label, line, cell, b->rules, c->name);
    if (c->number) return PGDP_OK;
    /* One more number tells nothing new, and most cells are one: a fifth of the time of the careful way. */
    const bool counted = c->type == PGDP_REAL && c->n_numbers > 0 && !c->again;
    if (counted && is_plain(cell, b->rules, &c->reals[b->n_rows])) return PGDP_OK;
    if (counted && pg_cell_as_number(cell, b->rules, &c->reals[b->n_rows])) return PGDP_OK;
    if (!is_settled(c)) PG_TRY(judge(ctx, b, c, line, cell));
    return c->again ? PGDP_OK : set_cell(ctx, b, c, cell);
}

/* Columns beyond the header: a workbook's have no names, a text's may only be empty. */
static pgdp_status widen(pgdp_ctx *ctx, pg_build *b, const pg_row *row)
{
    const size_t width = pg_row_width(row);
    while (b->rules->loose && b->n_columns < width)
        PG_TRY(add_column(ctx, b, row, ""));
    for (size_t k = 0; k < row->n && b->n_columns < width; k++) {
        const pg_cell *cell = &row->cells[k];
        if (cell->column < b->n_columns || pg_is_mark(cell, (const char *const[]){ NULL })) continue;
        return pg_fail(
            ctx, PGDP_PARSE,
            "%s:%u:%zu: found \"%.40s\" beyond the header's %zu columns; quote cells that hold the delimiter", b->label,
            row->line, (size_t)cell->column + 1, cell->text, b->n_columns);
    }
    return PGDP_OK;
}

pgdp_status pg_build_look(pgdp_ctx *ctx, pg_build *b, const pg_grid *rows, size_t first, size_t end)
{
    for (size_t i = first; i < end; i++) {
        const pg_row *row = &rows->rows[i];
        if (pg_row_width(row) > b->n_columns) PG_TRY(widen(ctx, b, row));
        for (size_t k = 0; k < row->n && row->cells[k].column < b->n_columns; k++) {
            pg_build_column *c = &b->columns[row->cells[k].column];
            if (!is_settled(c)) look_at(b, c, row->line, &row->cells[k]);
        }
    }
    for (size_t j = 0; j < b->n_columns; j++) {
        pg_build_column *c = &b->columns[j];
        if (is_open(c) || type_of(c) == c->type) continue;
        if (c->index == PGDP_NONE) PG_TRY(put_into_frame(ctx, b, c));
        PG_TRY(retype(ctx, b, c, type_of(c)));
    }
    return PGDP_OK;
}

static pgdp_status make_room(pgdp_ctx *ctx, pg_build *b)
{
    PG_TRY(pg_frame_add_rows(ctx, b->frame, b->room / 2 + FIRST_ROWS));
    b->room = pgdp_frame_n_rows(b->frame);
    for (size_t j = 0; j < b->n_columns; j++)
        look_at_arrays(b, &b->columns[j]);
    return PGDP_OK;
}

pgdp_status pg_build_cell(pgdp_ctx *ctx, pg_build *b, size_t line, const pg_cell *cell)
{
    if (!b->open && b->n_rows == b->room) PG_TRY(make_room(ctx, b));
    b->open = true;
    if (cell->column < b->n_columns) return take_cell(ctx, b, line, cell);
    pg_cell beyond = *cell;
    PG_TRY(widen(ctx, b, &(pg_row){ &beyond, 1, (uint32_t)line }));
    return cell->column < b->n_columns ? take_cell(ctx, b, line, cell) : PGDP_OK;
}

pgdp_status pg_build_end_row(pgdp_ctx *ctx, pg_build *b)
{
    if (!b->open && !b->rules->empty_rows) return PGDP_OK;
    if (!b->open && b->n_rows == b->room) PG_TRY(make_room(ctx, b));
    b->n_rows++;
    b->open = false;
    return PGDP_OK;
}

pgdp_status pg_build_row(pgdp_ctx *ctx, pg_build *b, const pg_row *row)
{
    for (size_t k = 0; k < row->n; k++)
        PG_TRY(pg_build_cell(ctx, b, row->line, &row->cells[k]));
    return pg_build_end_row(ctx, b);
}

/* ---- the end ---- */

pgdp_status pg_build_settle(pgdp_ctx *ctx, pg_build *b, bool *again)
{
    *again = false;
    if (b->second) return PGDP_OK;
    PG_TRY(pg_frame_cut(ctx, b->frame, b->n_rows));
    b->room = b->n_rows;
    for (size_t j = 0; j < b->n_columns; j++) {
        pg_build_column *c = &b->columns[j];
        const pgdp_type type = type_of(c);
        look_at_arrays(b, c);
        c->again = c->again || type != c->type;
        if (!c->again) continue;
        PG_TRY(retype(ctx, b, c, type));
        *again = true;
    }
    b->second = *again;
    if (*again) b->n_rows = 0;
    return PGDP_OK;
}

/* Where the first text stands in a column that began as one of numbers, be it with decimal commas. */
static pgdp_status note_stray(pgdp_ctx *ctx, const pg_build *b, size_t j)
{
    const pg_build_column *c = &b->columns[j];
    const pg_stray stray = { b->label, c->line, j, c->text };
    if (c->type != PGDP_TEXT || c->n_texts == 0) return PGDP_OK;
    if (c->n_numbers == 0 && !pg_is_decimal_comma(stray.text)) return PGDP_OK;
    return pg_table_note_stray(ctx, b->frame, c->name, &stray);
}

static pgdp_status note_order(pgdp_ctx *ctx, const pg_build *b, const pg_build_column *c)
{
    if (c->day_first && c->month_first) return pg_table_note_order(ctx, b->frame, c->name, pg_order_mixed);
    if (c->type != PGDP_PERIOD || c->day_first || c->month_first || !c->either_order) return PGDP_OK;
    return pg_table_note_order(ctx, b->frame, c->name, pg_order_assumed);
}

pgdp_status pg_build_end(pgdp_ctx *ctx, pg_build *b)
{
    size_t *kept, n = 0;
    PG_TRY_ALLOC(ctx, kept, pg_arena_alloc(&ctx->scratch, b->n_columns, sizeof *kept));
    for (size_t j = 0; j < b->n_columns; j++) {
        const pg_build_column *c = &b->columns[j];
        if (c->index == PGDP_NONE) continue;
        kept[n++] = c->index;
        const pgdp_column about = { .name = c->name, .frequency = c->frequency };
        if (c->type == PGDP_PERIOD) PG_TRY(pg_frame_describe(ctx, b->frame, c->index, &about));
        PG_TRY(note_stray(ctx, b, j));
        PG_TRY(note_order(ctx, b, c));
    }
    PG_TRY(pg_frame_arrange(ctx, b->frame, kept, NULL, n));
    for (size_t j = 0; j < n && !b->rules->days_stay; j++)
        PG_TRY(pg_table_infer_frequency(ctx, b->frame, j));
    return PGDP_OK;
}
