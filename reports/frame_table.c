/* frame_table.c  A frame shown as a table: columns chosen, named, with unit and format.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reports/frame_table.h"

#include <math.h>

#include "core/text.h"

typedef struct plan {
    const pgdp_frame *frame;
    pg_table *table;
    size_t *columns;  /* of the frame, [n] */
    pg_shown *shown;  /* [n] */
    size_t n, unit;   /* unit: the frame's column of that name */
    bool rows_differ; /* some columns take their unit from it */
} plan;

double pg_largest(const double *x, size_t n)
{
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        if (isfinite(x[i]) && fabs(x[i]) > largest) largest = fabs(x[i]);
    return largest;
}

size_t pg_shown_column(const pg_table *table, const char *name)
{
    for (size_t j = 0; table != NULL && j < table->n_columns; j++)
        if (pg_streq(table->columns[j].name, name)) return j;
    return PGDP_NONE;
}

const char *pg_words(pg_book *book, const char *name)
{
    char *text = book->failed ? NULL : pg_arena_strdup(book->arena, name);
    if (text == NULL) {
        book->failed = true;
        return "";
    }
    for (char *c = text; *c != '\0'; c++)
        if (*c == '_') *c = ' ';
    return text;
}

const char *pg_spoken(pg_book *book, const char *name)
{
    char *text = pg_arena_strdup(book->arena, pg_words(book, name));
    if (text == NULL) {
        book->failed = true;
        return "";
    }
    if (text[0] >= 'a' && text[0] <= 'z') text[0] = (char)(text[0] - 'a' + 'A');
    return text;
}

static bool listed(const pg_shown *shown, const char *name)
{
    for (; shown != NULL && shown->column != NULL; shown++)
        if (pg_streq(shown->column, name)) return true;
    return false;
}

static void choose_others(const pg_shown *shown, plan *p)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(p->frame); j++) {
        const char *name = pgdp_frame_column(p->frame, j)->name;
        if (listed(shown, name)) continue;
        p->columns[p->n] = j;
        p->shown[p->n++] = (pg_shown){ .column = name, .name = pg_spoken(p->table->page->book, name) };
    }
}

static pgdp_status choose(pgdp_ctx *ctx, const pg_shown *shown, plan *p)
{
    const size_t n = pgdp_frame_n_columns(p->frame);
    PG_TRY_ALLOC(ctx, p->columns, pg_arena_alloc(&ctx->scratch, n, sizeof *p->columns));
    PG_TRY_ALLOC(ctx, p->shown, pg_arena_alloc(&ctx->scratch, n, sizeof *p->shown));
    for (const pg_shown *s = shown; s != NULL && s->column != NULL; s++) {
        const size_t column = pgdp_frame_find(p->frame, s->column);
        if (pg_streq(s->column, "*")) choose_others(shown, p);
        if (column == PGDP_NONE || s->name == NULL) continue;
        p->columns[p->n] = column;
        p->shown[p->n++] = *s;
    }
    if (!listed(shown, "*")) choose_others(shown, p);
    for (size_t j = 0; j < p->n; j++)
        p->shown[j].truth = p->shown[j].truth || p->shown[j].check;
    return PGDP_OK;
}

static void add_columns(plan *p)
{
    pg_book *book = p->table->page->book;
    for (size_t j = 0; j < p->n; j++) {
        const pgdp_column *about = pgdp_frame_column(p->frame, p->columns[j]);
        const pg_shown *s = &p->shown[j];
        const char *raw = s->unit != NULL ? s->unit : about->unit;
        pg_unit unit = { "", PG_FORMAT_text };
        if (about->type == PGDP_REAL && !s->by_row && !s->truth)
            unit = pg_unit_for(book, raw,
                               pg_largest(pgdp_frame_reals(p->frame, p->columns[j]), pgdp_frame_n_rows(p->frame)));
        if (s->by_row) unit.format = PG_FORMAT_number3;
        if (s->format != PG_FORMAT_automatic) unit.format = s->format;
        const size_t column = pg_table_column(p->table, s->name, unit.text, unit.format);
        if (book->failed) return;
        p->table->columns[column].raw_unit = raw;
        p->table->columns[column].checks = s->check;
    }
}

static bool is_true(const char *text)
{
    return text != NULL && (pg_streq_nocase(text, "true") || pg_streq(text, "1") || pg_streq_nocase(text, "yes"));
}

static bool is_address(const char *text)
{
    return text != NULL && (pg_starts_with(text, "https://") || pg_starts_with(text, "http://"));
}

/* The unit of a row whose numbers share one: its scale is that of the largest number of all rows in that unit. */
static pg_unit row_unit(const plan *p, size_t row)
{
    const char *unit = p->unit != PGDP_NONE ? pgdp_frame_text(p->frame, p->unit, row) : NULL;
    double largest = 0;
    for (size_t k = 0; k < p->n; k++) {
        const double *x = p->shown[k].by_row ? pgdp_frame_reals(p->frame, p->columns[k]) : NULL;
        for (size_t i = 0; x != NULL && i < pgdp_frame_n_rows(p->frame); i++) {
            const char *other = p->unit != PGDP_NONE ? pgdp_frame_text(p->frame, p->unit, i) : NULL;
            const bool same = unit != NULL ? other != NULL && pg_streq(unit, other) : i == row;
            if (same && isfinite(x[i])) largest = fmax(largest, fabs(x[i]));
        }
    }
    return pg_unit_for(p->table->page->book, unit, largest);
}

static void put_real(const plan *p, size_t row, size_t j, double value)
{
    pg_put_number(p->table, j, value);
    if (p->shown[j].by_row) pg_put_format(p->table, j, row_unit(p, row).format);
}

static void put_cell(const plan *p, size_t row, size_t j)
{
    const size_t column = p->columns[j];
    const pgdp_column *about = pgdp_frame_column(p->frame, column);
    if (about->type == PGDP_PERIOD) {
        pg_put_period(p->table, j, (pgdp_period){ about->frequency, pgdp_frame_periods(p->frame, column)[row] });
        return;
    }
    if (about->type == PGDP_REAL) {
        const double value = pgdp_frame_reals(p->frame, column)[row];
        if (p->shown[j].truth && !isnan(value)) {
            pg_put_bool(p->table, j, fabs(value) > 0);
        } else {
            put_real(p, row, j, value);
        }
        return;
    }
    const char *text = pgdp_frame_text(p->frame, column, row);
    if (p->shown[j].truth && text != NULL) {
        pg_put_bool(p->table, j, is_true(text));
    } else if (p->shown[j].link && is_address(text)) {
        pg_put_link(p->table, j, text, text);
    } else {
        const bool has_unit = column == p->unit && text != NULL && p->rows_differ;
        pg_put_text(p->table, j, has_unit ? row_unit(p, row).text : text);
    }
}

pgdp_status pg_view_table(pgdp_ctx *ctx, pg_page *page, const char *id, const pg_view *view, const pg_shown *shown,
                          pg_table **out)
{
    const pgdp_frame *frame = view->frame;
    plan p = { .frame = frame, .table = pg_page_table(page, id, NULL), .unit = pgdp_frame_find(frame, "unit") };
    if (p.table == NULL) return pg_no_memory(ctx);
    PG_TRY(choose(ctx, shown, &p));
    for (size_t j = 0; j < p.n; j++)
        p.rows_differ = p.rows_differ || p.shown[j].by_row;
    add_columns(&p);
    const size_t n = view->rows != NULL ? view->n_rows : pgdp_frame_n_rows(frame);
    for (size_t i = 0; i < n; i++) {
        pg_table_row(p.table);
        for (size_t j = 0; j < p.n; j++)
            put_cell(&p, view->rows != NULL ? view->rows[i] : i, j);
    }
    if (page->book->failed) return pg_no_memory(ctx);
    if (out != NULL) *out = p.table;
    return PGDP_OK;
}

pgdp_status pg_frame_table(pgdp_ctx *ctx, pg_page *page, const char *id, const pgdp_frame *frame, const pg_shown *shown,
                           pg_table **out)
{
    return pg_view_table(ctx, page, id, &(pg_view){ .frame = frame }, shown, out);
}
