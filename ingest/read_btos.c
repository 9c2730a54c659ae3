/* read_btos.c  Workbooks of the Business Trends and Outlook Survey, long. Source: U.S. Census Bureau; formats.md 17.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

enum { STRATUM, QUESTION_ID, QUESTION, ANSWER_ID, ANSWER, CYCLE, VALUE, STD_ERROR, FLAG, N_COLUMNS, CYCLE_DIGITS = 6 };

/* Estimates and their standard errors stand on two sheets with the same rows. */
typedef struct pair {
    const char *estimates, *errors, *name; /* sheets, and the table here */
    const char *unit;
} pair;
static const pair pairs[] = {
    { "Response Estimates", "Response Standard Errors", "responses", "pct" },
    { "Index Estimates", "Index Standard Errors", "indexes", "index" },
};
enum { N_PAIRS = sizeof pairs / sizeof *pairs };

/* Columns of the file that have a place of their own here; all others before the cycles make up the stratum. */
static const struct {
    const char *name;
    size_t column;
} fields[] = {
    { "Question ID", QUESTION_ID }, { "Question", QUESTION },  { "Answer ID", ANSWER_ID },
    { "Answer", ANSWER },           { "Option Text", ANSWER },
};
enum { N_FIELDS = sizeof fields / sizeof *fields };

/* One sheet: its header, and how many columns stand before the cycles. */
typedef struct layout {
    const pg_grid *grid;
    size_t n_keys, width;
    size_t *to; /* [n_keys] columns here */
} layout;
typedef struct join {
    layout estimates, errors; /* errors.grid NULL: the workbook has none */
    size_t *error_column;     /* [estimates.width] */
    pg_map error_rows;
    pgdp_frame *frame;
    pg_text key;
} join;

static int sniff(const pgdp_bytes *head)
{
    if (!pg_bytes_start(head, PG_WORKBOOK)) return PG_NOT_OURS;
    return pg_bytes_hold(head, head->n, "#sheet Response Estimates\n") ? PG_SURE : PG_NOT_OURS;
}

static pg_sheet *find_sheet(const pg_workbook *workbook, const char *name)
{
    for (size_t i = 0; i < workbook->n_sheets; i++)
        if (pg_streq_nocase(workbook->sheets[i].name, name)) return &workbook->sheets[i];
    return NULL;
}

static bool is_cycle(const pg_cell *cell)
{
    return cell != NULL && cell->length == CYCLE_DIGITS && strspn(cell->text, "0123456789") == CYCLE_DIGITS;
}

static pgdp_status lay_out(pgdp_ctx *ctx, const pg_grid *grid, layout *out)
{
    const size_t width = grid->n_rows == 0 ? 0 : pg_row_width(&grid->rows[0]);
    size_t n_keys = 0, *to;
    bool known = false;
    while (n_keys < width && !is_cycle(pg_grid_at(grid, 0, n_keys)))
        n_keys++;
    if (n_keys == width)
        return pg_fail(ctx, PGDP_PARSE, "%s:1: the header has no cycle such as 203102; download the workbook again",
                       grid->label);
    PG_TRY_ALLOC(ctx, to, pg_arena_alloc(&ctx->scratch, n_keys, sizeof *to));
    for (size_t j = 0; j < n_keys; j++) {
        to[j] = STRATUM;
        for (size_t k = 0; k < N_FIELDS; k++)
            if (pg_cell_is(pg_grid_at(grid, 0, j), fields[k].name)) to[j] = fields[k].column;
        known = known || to[j] == ANSWER;
    }
    if (!known)
        return pg_fail_at(ctx, grid, 0, 0,
                          "the header begins \"%.40s\" and names no answers, expected Question and "
                          "Answer, or Option Text",
                          pg_grid_text(grid, 0, 0));
    *out = (layout){ .grid = grid, .n_keys = n_keys, .width = width, .to = to };
    return PGDP_OK;
}

/* The texts of a row's key columns; IDs are no part of it, since uploads renumber them. */
static void build_key(const layout *l, size_t row, pg_text *key)
{
    pg_text_clear(key);
    for (size_t j = 0; j < l->n_keys; j++) {
        if (l->to[j] == QUESTION_ID || l->to[j] == ANSWER_ID) continue;
        pg_text_add(key, pg_grid_text(l->grid, row, j));
        pg_text_add_char(key, '\n');
    }
}

/* Rows of an answer; the others are blank or state the source. */
static bool is_answer(const layout *l, size_t row)
{
    for (size_t j = 0; j < l->n_keys; j++)
        if (l->to[j] == ANSWER && pg_grid_at(l->grid, row, j) != NULL) return true;
    return false;
}

static pgdp_status index_errors(pgdp_ctx *ctx, join *b)
{
    const layout *e = &b->errors;
    PG_TRY_ALLOC(ctx, b->error_column, pg_arena_alloc(&ctx->scratch, b->estimates.width, sizeof *b->error_column));
    for (size_t j = 0; j < b->estimates.width; j++) {
        b->error_column[j] = PGDP_NONE;
        for (size_t k = e->n_keys; k < e->width && j >= b->estimates.n_keys; k++)
            if (pg_streq(pg_grid_text(e->grid, 0, k), pg_grid_text(b->estimates.grid, 0, j))) b->error_column[j] = k;
    }
    for (size_t i = 1; i < e->grid->n_rows; i++) {
        const char *key;
        if (!is_answer(e, i)) continue;
        build_key(e, i, &b->key);
        if (b->key.failed) return pg_no_memory(ctx);
        PG_TRY_ALLOC(ctx, key, pg_arena_strndup(&ctx->scratch, b->key.data, b->key.n));
        if (pg_map_find(&b->error_rows, key, b->key.n) != PGDP_NONE)
            return pg_fail_at(ctx, e->grid, i, 0, "found this stratum, question and answer twice, expected it once");
        if (!pg_map_put(&b->error_rows, key, b->key.n, i)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/* "12.5%" -> 12.5, "52.7" -> 52.7; a mark such as S or . gives NaN and true. */
static bool read_value(const pg_cell *cell, double *out)
{
    static const char *const marks[] = { ".", "S", "N/A", NULL };
    *out = (double)NAN;
    if (cell == NULL || pg_is_mark(cell, marks)) return true;
    const char *text = cell->text;
    size_t n = cell->length;
    pg_trim(&text, &n);
    if (n > 0 && text[n - 1] == '%') n--;
    return pg_number_parse(text, n, out);
}

/* A share must carry its percent sign: a bare number could be a fraction. */
static pgdp_status get_value(pgdp_ctx *ctx, const layout *l, size_t row, size_t column, double *out)
{
    const pg_cell *cell = pg_grid_at(l->grid, row, column);
    bool share = false;
    for (size_t j = 0; j < l->n_keys; j++)
        share = share || l->to[j] == QUESTION;
    if (!read_value(cell, out) || (share && !isnan(*out) && strchr(cell->text, '%') == NULL))
        return pg_fail_at(ctx, l->grid, row, column, "found \"%.40s\", expected %s, \"S\" or \".\"", cell->text,
                          share ? "a share such as 12.5%" : "a number");
    return PGDP_OK;
}

static pgdp_status set_keys(pgdp_ctx *ctx, join *b, size_t row)
{
    const layout *l = &b->estimates;
    pg_text_clear(&b->key); /* the stratum; two columns are joined */
    for (size_t j = 0; j < l->n_keys; j++) {
        const pg_cell *cell = pg_grid_at(l->grid, row, j);
        if (cell == NULL) continue;
        if (l->to[j] != STRATUM) {
            PG_TRY(pgdp_frame_set_text(ctx, b->frame, l->to[j], cell->text, cell->length));
            continue;
        }
        if (b->key.n > 0) pg_text_add(&b->key, " / ");
        pg_text_add(&b->key, cell->text);
    }
    if (b->key.failed) return pg_no_memory(ctx);
    return b->key.n == 0 ? PGDP_OK : pgdp_frame_set_text(ctx, b->frame, STRATUM, b->key.data, b->key.n);
}

static pgdp_status add_row(pgdp_ctx *ctx, join *b, size_t row)
{
    const layout *l = &b->estimates;
    build_key(l, row, &b->key);
    if (b->key.failed) return pg_no_memory(ctx);
    const size_t error_row = b->errors.grid == NULL ? PGDP_NONE : pg_map_find(&b->error_rows, b->key.data, b->key.n);
    for (size_t j = l->n_keys; j < l->width; j++) {
        const pg_cell *cycle = pg_grid_at(l->grid, 0, j), *cell = pg_grid_at(l->grid, row, j);
        double value, error = (double)NAN;
        if (!is_cycle(cycle))
            return pg_fail_at(ctx, l->grid, 0, j, "found \"%.40s\" among the cycles, expected such as 203102",
                              pg_grid_text(l->grid, 0, j));
        PG_TRY(get_value(ctx, l, row, j, &value));
        if (error_row != PGDP_NONE && b->error_column[j] != PGDP_NONE)
            PG_TRY(get_value(ctx, &b->errors, error_row, b->error_column[j], &error));
        PG_TRY(pgdp_frame_add_row(ctx, b->frame));
        PG_TRY(set_keys(ctx, b, row));
        PG_TRY(pgdp_frame_set_text(ctx, b->frame, CYCLE, cycle->text, cycle->length));
        pgdp_frame_set_real(b->frame, VALUE, value);
        pgdp_frame_set_real(b->frame, STD_ERROR, error);
        if (cell != NULL && isnan(value)) PG_TRY(pgdp_frame_set_text(ctx, b->frame, FLAG, cell->text, cell->length));
    }
    return PGDP_OK;
}

/* Names of the stratum's columns, "State" or "Empsize / Sector", as a note. */
static pgdp_status note_stratum(pgdp_ctx *ctx, join *b)
{
    pg_text_clear(&b->key);
    for (size_t j = 0; j < b->estimates.n_keys; j++) {
        if (b->estimates.to[j] != STRATUM) continue;
        if (b->key.n > 0) pg_text_add(&b->key, " / ");
        pg_text_add(&b->key, pg_grid_text(b->estimates.grid, 0, j));
    }
    if (b->key.failed) return pg_no_memory(ctx);
    return b->key.n == 0 ? PGDP_OK : pgdp_frame_set_note(ctx, b->frame, "stratum", b->key.data);
}

static pgdp_status add_table(pgdp_ctx *ctx, const pg_workbook *workbook, const pair *p, pgdp_dataset *out)
{
    const pgdp_column columns[N_COLUMNS] = {
        { .name = "stratum", .type = PGDP_TEXT },
        { .name = "question_id", .type = PGDP_TEXT },
        { .name = "question", .type = PGDP_TEXT },
        { .name = "answer_id", .type = PGDP_TEXT },
        { .name = "answer", .type = PGDP_TEXT },
        { .name = "cycle", .type = PGDP_TEXT },
        { .name = "value", .type = PGDP_REAL, .unit = p->unit },
        { .name = "std_error", .type = PGDP_REAL, .unit = p->unit },
        { .name = "flag", .type = PGDP_TEXT },
    };
    const pg_sheet *estimates = find_sheet(workbook, p->estimates), *errors = find_sheet(workbook, p->errors);
    join b = { 0 };
    if (estimates == NULL || estimates->grid.n_rows == 0) return PGDP_OK;
    pg_text_init(&b.key, &ctx->scratch);
    pg_map_init(&b.error_rows, &ctx->scratch);
    PG_TRY(lay_out(ctx, &estimates->grid, &b.estimates));
    if (errors != NULL) {
        PG_TRY(lay_out(ctx, &errors->grid, &b.errors));
        PG_TRY(index_errors(ctx, &b));
    }
    PG_TRY(pg_dataset_add(ctx, out, p->name, &b.frame));
    PG_TRY(pg_add_columns(ctx, b.frame, columns, N_COLUMNS));
    PG_TRY(note_stratum(ctx, &b));
    for (size_t i = 1; i < estimates->grid.n_rows; i++) {
        if (is_answer(&b.estimates, i))
            PG_TRY(add_row(ctx, &b, i));
        else if (estimates->grid.rows[i].n > 0)
            PG_TRY(pg_note_rows(ctx, &estimates->grid, i, i + 1, b.frame, "source"));
    }
    return PGDP_OK;
}

static bool is_paired(const char *sheet)
{
    for (size_t i = 0; i < N_PAIRS; i++)
        if (pg_streq_nocase(sheet, pairs[i].estimates) || pg_streq_nocase(sheet, pairs[i].errors)) return true;
    return false;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    /* The sheet of collection dates holds them as text, 02/28/2031, and cycles as numbers. */
    static const char *const codes[] = { "Smpdt", NULL };
    static const pg_rules rules = {
        .missing = pg_missing_workbook, .codes = codes, .text_holds_numbers = true, .loose = true
    };
    pg_workbook workbook;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &workbook));
    for (size_t i = 0; i < N_PAIRS; i++)
        PG_TRY(add_table(ctx, &workbook, &pairs[i], out));
    for (size_t i = 0; i < workbook.n_sheets; i++)
        if (!is_paired(workbook.sheets[i].name)) PG_TRY(pg_sheet_table(ctx, &workbook.sheets[i], &rules, out));
    return PGDP_OK;
}

const pgdp_reader pg_read_btos = {
    .name = "btos",
    .title = "Census Business Trends and Outlook Survey workbook",
    .spec = "https://www.census.gov/hfp/btos/downloads/",
    .sniff = sniff,
    .read = read,
};
