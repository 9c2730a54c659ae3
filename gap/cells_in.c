/* cells_in.c  Cells and new tasks from the columns of frames. Spec: design.md 3.2, `pgdp gap run`.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "gap/model.h"

#include <math.h>
#include <string.h>

enum { MAX_COLUMNS = 16 };
/* One file's table: what its rows are and which columns they have. */
typedef struct table {
    const pgdp_frame *frame;
    const char *label;      /* of the file */
    const char *what;       /* a row: "cell", "new task" */
    const char *name;       /* the optional column with the row's name */
    const pg_field *fields; /* the numbers of a row */
    const char *extra;      /* a required column that is no number, or NULL */
    const char *known[MAX_COLUMNS];
    size_t n_known;
} table;

static void list_known(table *t)
{
    t->known[t->n_known++] = t->name;
    if (t->extra != NULL) t->known[t->n_known++] = t->extra;
    for (const pg_field *f = t->fields; f->name != NULL; f++)
        t->known[t->n_known++] = f->name;
}

static pgdp_status fail_unknown(pgdp_ctx *ctx, const table *t, size_t column)
{
    const char *found = pgdp_frame_column(t->frame, column)->name;
    const char *near = pgdp_nearest(found, t->known, t->n_known);
    pg_text all;
    pg_text_init(&all, &ctx->scratch);
    for (size_t i = 0; i < t->n_known; i++)
        pg_text_addf(&all, "%s%s", i == 0 ? "" : ", ", t->known[i]);
    if (all.failed) return pg_no_memory(ctx);
    return pg_fail(ctx, PGDP_PARSE, "%s:1:%zu: found column \"%s\", expected one of %s%s%s%s", t->label, column + 1,
                   found, all.data, near != NULL ? "; did you mean " : "", near != NULL ? near : "",
                   near != NULL ? "?" : "");
}

static pgdp_status fail_absent(pgdp_ctx *ctx, const table *t, const char *name)
{
    return pg_fail(ctx, PGDP_PARSE, "%s:1: found no column %s, which every %s needs; add it", t->label, name, t->what);
}

static pgdp_status check_columns(pgdp_ctx *ctx, const table *t)
{
    for (size_t j = 0; j < pgdp_frame_n_columns(t->frame); j++) {
        size_t i = 0;
        while (i < t->n_known && !pg_streq(t->known[i], pgdp_frame_column(t->frame, j)->name))
            i++;
        if (i == t->n_known) return fail_unknown(ctx, t, j);
    }
    if (t->extra != NULL && pgdp_frame_find(t->frame, t->extra) == PGDP_NONE) return fail_absent(ctx, t, t->extra);
    for (const pg_field *f = t->fields; f->name != NULL; f++)
        if (!f->optional && pgdp_frame_find(t->frame, f->name) == PGDP_NONE) return fail_absent(ctx, t, f->name);
    if (pgdp_frame_n_rows(t->frame) == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: found no rows, expected one a %s", t->label, t->what);
    return PGDP_OK;
}

/* A cell of any column as the text that its file has, or would have; NULL: missing. */
static const char *text_of(const table *t, size_t column, size_t row, char buffer[PG_NUMBER_SIZE])
{
    const pgdp_column *about = pgdp_frame_column(t->frame, column);
    if (about->type == PGDP_TEXT) return pgdp_frame_text(t->frame, column, row);
    if (about->type == PGDP_REAL) {
        const double x = pgdp_frame_reals(t->frame, column)[row];
        if (isnan(x)) return NULL;
        pg_number_format(x, buffer);
        return buffer;
    }
    const pgdp_period period = { about->frequency, pgdp_frame_periods(t->frame, column)[row] };
    if (period.ordinal == PGDP_MISSING_PERIOD) return NULL;
    pgdp_period_format(period, buffer);
    return buffer;
}

/* Line 1 is the header, so row 0 stands on line 2. */
static pgdp_status fail_cell(pgdp_ctx *ctx, const table *t, size_t row, size_t column, const char *expected)
{
    char buffer[PG_NUMBER_SIZE];
    const char *found = text_of(t, column, row, buffer);
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu:%zu: found %s%s%s in column %s, expected %s", t->label, row + 2, column + 1,
                   found != NULL ? "\"" : "", found != NULL ? found : "nothing", found != NULL ? "\"" : "",
                   pgdp_frame_column(t->frame, column)->name, expected);
}

static pgdp_status read_number(pgdp_ctx *ctx, const table *t, size_t row, const pg_field *field, double *out)
{
    const size_t column = pgdp_frame_find(t->frame, field->name);
    *out = field->hi; /* of an optional field that is absent or blank */
    if (column == PGDP_NONE) return PGDP_OK;
    if (pgdp_frame_column(t->frame, column)->type == PGDP_REAL) {
        const double x = pgdp_frame_reals(t->frame, column)[row];
        if (!isnan(x)) *out = x;
        return !isnan(x) || field->optional ? PGDP_OK : fail_cell(ctx, t, row, column, "a number");
    }
    char buffer[PG_NUMBER_SIZE];
    const char *text = text_of(t, column, row, buffer);
    size_t n = text != NULL ? strlen(text) : 0;
    if (n > 0) pg_trim(&text, &n);
    if (field->optional && (n == 0 || (n == 3 && memcmp(text, "inf", 3) == 0))) return PGDP_OK;
    if (n > 0 && pg_number_parse(text, n, out)) return PGDP_OK;
    return fail_cell(ctx, t, row, column, "a number with a decimal point");
}

static pgdp_status read_name(pgdp_ctx *ctx, const table *t, size_t row, const char **out)
{
    const size_t column = pgdp_frame_find(t->frame, t->name);
    char buffer[PG_NUMBER_SIZE];
    const char *text = column != PGDP_NONE ? text_of(t, column, row, buffer) : NULL;
    if (text != NULL) {
        PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, text));
    } else {
        PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%zu", row + 1));
    }
    return PGDP_OK;
}

static pgdp_status read_row(pgdp_ctx *ctx, const table *t, size_t row, void *object, const char **name)
{
    PG_TRY(read_name(ctx, t, row, name));
    for (const pg_field *f = t->fields; f->name != NULL; f++) {
        double x;
        PG_TRY(read_number(ctx, t, row, f, &x));
        if (pg_check_number(ctx, f, x) != PGDP_OK)
            return pg_fail_within(ctx, PGDP_PARSE, "%s:%zu:%zu: %s %s: ", t->label, row + 2,
                                  pgdp_frame_find(t->frame, f->name) + 1, t->what, *name);
        *(double *)(void *)((char *)object + f->offset) = x;
    }
    return PGDP_OK;
}

static pgdp_status read_priced(pgdp_ctx *ctx, const table *t, size_t row, bool *out)
{
    const size_t column = pgdp_frame_find(t->frame, t->extra);
    char buffer[PG_NUMBER_SIZE];
    const char *text = text_of(t, column, row, buffer);
    if (text != NULL && (pg_streq(text, "1") || pg_streq_nocase(text, "true"))) {
        *out = true;
    } else if (text != NULL && (pg_streq(text, "0") || pg_streq_nocase(text, "false"))) {
        *out = false;
    } else {
        return fail_cell(ctx, t, row, column, "1, 0, true or false");
    }
    return PGDP_OK;
}

static pgdp_status fail_row(pgdp_ctx *ctx, const table *t, size_t row, const char *name)
{
    return pg_fail_within(ctx, PGDP_PARSE, "%s:%zu: %s %s: ", t->label, row + 2, t->what, name);
}

static pgdp_status read_cells(pgdp_ctx *ctx, const pgdp_frame *frame, const char *label, pg_economy *out)
{
    table t = {
        .frame = frame, .label = label, .what = "cell", .name = "cell", .fields = pg_cell_fields, .extra = "priced"
    };
    list_known(&t);
    PG_TRY(check_columns(ctx, &t));
    pgdp_gap_cell *cells;
    out->n_cells = pgdp_frame_n_rows(frame);
    PG_TRY_ALLOC(ctx, cells, pg_arena_alloc(&ctx->scratch, out->n_cells, sizeof *cells));
    for (size_t i = 0; i < out->n_cells; i++) {
        PG_TRY(read_row(ctx, &t, i, &cells[i], &cells[i].name));
        PG_TRY(read_priced(ctx, &t, i, &cells[i].priced));
        if (pg_check_cell(ctx, &cells[i]) != PGDP_OK) return fail_row(ctx, &t, i, cells[i].name);
    }
    out->cells = cells;
    return PGDP_OK;
}

static pgdp_status read_news(pgdp_ctx *ctx, const pgdp_frame *frame, const char *label, pg_economy *out)
{
    table t = { .frame = frame, .label = label, .what = "new task", .name = "name", .fields = pg_new_fields };
    list_known(&t);
    PG_TRY(check_columns(ctx, &t));
    pgdp_gap_new_task *news;
    out->n_news = pgdp_frame_n_rows(frame);
    PG_TRY_ALLOC(ctx, news, pg_arena_alloc(&ctx->scratch, out->n_news, sizeof *news));
    for (size_t j = 0; j < out->n_news; j++) {
        PG_TRY(read_row(ctx, &t, j, &news[j], &news[j].name));
        if (pg_check_new(ctx, &news[j]) != PGDP_OK) return fail_row(ctx, &t, j, news[j].name);
    }
    out->news = news;
    return PGDP_OK;
}

pgdp_status pgdp_gap_from_frames(pgdp_ctx *ctx, const pgdp_frame *cells, const char *label, const pgdp_frame *news,
                                 const char *news_label, pgdp_gap_mode mode, pgdp_gap *out, pgdp_frame **detail)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_economy economy = { .mode = mode };
    pgdp_status status = read_cells(ctx, cells, label, &economy);
    if (status == PGDP_OK && news != NULL) status = read_news(ctx, news, news_label, &economy);
    if (status == PGDP_OK)
        status = pgdp_gap_compute(ctx, economy.cells, economy.n_cells, economy.news, economy.n_news, mode, out, detail);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
