/* read_crosswalk.c  Crosswalks of occupations as BLS, O*NET, the Census Bureau and NCES publish them, workbooks and CSV
 * with title rows above the header. Source: formats.md 18.3; BLS, SOC crosswalk files; O*NET-SOC taxonomy crosswalks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/text.h"
#include "ingest/classification.h"
#include "ingest/csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

enum { LOOK_AT = 30, NAME = 48, PEEK = 8192 };

/* A column of codes, or a title that goes with them. */
typedef struct column {
    const char *name;
    size_t class; /* PG_NO_CLASS: no code */
    int year;     /* in the name; 0: none */
} column;
typedef struct table {
    pg_grid *grid;
    size_t header, end, n_columns, n_left; /* n_left: rows that had no code */
    column *columns;
    int year;      /* edition of the first column of codes */
    bool any, two; /* columns of codes; of another edition too */
    bool whole;    /* rows that lack an edition go on with that of the row above */
} table;

/* What the cells of a line would be as names: of a header two at least are of codes. */
typedef struct tally {
    size_t n_codes, n_others;
    char first[NAME];
} tally;

static void count_name(tally *t, const char *text, size_t n)
{
    static const char *const about[] = { "title", "part", "comment", "sort", "note", NULL };
    char name[NAME] = "";
    pg_trim(&text, &n);
    if (n > 0 && *text == '"' && text[n - 1] == '"' && n > 1) {
        text++;
        n -= 2;
    }
    if (n >= NAME) {
        t->n_others++;
        return;
    }
    memcpy(name, text, n);
    if (pg_class_of(name) < PG_NO_CLASS) {
        t->n_codes += t->n_codes == 0 || !pg_streq_nocase(t->first, name);
        if (t->n_codes == 1) memcpy(t->first, name, NAME);
        return;
    }
    bool known = n == 0;
    for (size_t i = 0; about[i] != NULL; i++)
        known = known || pg_text_holds(name, about[i]);
    t->n_others += !known;
}

/* One line of text, or of a workbook as it is shown to readers. */
static tally tally_of_line(const char *line, size_t n, char delimiter)
{
    tally t = { .n_codes = 0 };
    bool inside = false;
    for (size_t i = 0, start = 0; i <= n; i++) {
        if (i < n && line[i] == '"' && delimiter != '\t') inside = !inside;
        if (i < n && (line[i] != delimiter || inside)) continue;
        count_name(&t, line + start, i - start);
        start = i + 1;
    }
    return t;
}

/* Text is ours when its header names nothing but codes and titles; a workbook may tell more beside them. */
static int sniff(const pgdp_bytes *head)
{
    const bool book = pg_bytes_start(head, PG_WORKBOOK);
    const char delimiter = book ? '\t' : pg_csv_delimiter(head);
    const size_t n = head->n < PEEK || book ? head->n : PEEK;
    const char *text = (const char *)head->data;
    if (delimiter == '\0') return PG_NOT_OURS;
    for (size_t at = 0, lines = 0; at < n && (book || lines < LOOK_AT); lines++) {
        size_t end = at;
        while (end < n && text[end] != '\n' && text[end] != '\r')
            end++;
        const tally t = tally_of_line(text + at, end - at, delimiter);
        if (t.n_codes > 1 && (book || t.n_others == 0)) return PG_LIKELY;
        at = end + 1;
    }
    return PG_NOT_OURS;
}

static bool is_header(const pg_row *row)
{
    tally t = { .n_codes = 0 };
    for (size_t k = 0; k < row->n; k++)
        if (row->cells[k].kind == PG_CELL_TEXT) count_name(&t, row->cells[k].text, row->cells[k].length);
    return t.n_codes > 1;
}

static bool find_header(pg_grid *grid, table *t)
{
    *t = (table){ .grid = grid };
    while (t->header < grid->n_rows && t->header < LOOK_AT && !is_header(&grid->rows[t->header]))
        t->header++;
    return t->header < grid->n_rows && t->header < LOOK_AT;
}

static pgdp_status name_columns(pgdp_ctx *ctx, table *t)
{
    t->n_columns = pg_row_width(&t->grid->rows[t->header]);
    PG_TRY_ALLOC(ctx, t->columns, pg_arena_alloc(&ctx->scratch, t->n_columns, sizeof *t->columns));
    for (size_t j = 0; j < t->n_columns; j++) {
        column *c = &t->columns[j];
        PG_TRY_ALLOC(ctx, c->name, pg_clean_name(&ctx->scratch, pg_grid_text(t->grid, t->header, j)));
        c->class = pg_class_of(c->name);
        c->year = pg_class_year(c->name);
        if (c->class == PG_NO_CLASS) continue;
        t->two = t->two || (t->any && c->year != t->year);
        if (!t->any) t->year = c->year;
        t->any = true;
    }
    return PGDP_OK;
}

/* ---- cells ---- */

/* Nov-11 is what a spreadsheet makes of 11-1011. */
static bool is_date(const pg_cell *cell)
{
    const char *c = cell->text;
    const bool word = c[0] >= 'A' && c[0] <= 'Z' && c[1] >= 'a' && c[1] <= 'z' && c[2] >= 'a' && c[2] <= 'z';
    return cell->kind == PG_CELL_DATE || (word && c[3] == '-' && c[4] >= '0' && c[4] <= '9');
}

/* A code as text, without blanks and the marks of footnotes around it, with the zeros that a number has lost. */
static pgdp_status tidy_code(pgdp_ctx *ctx, const table *t, size_t row, pg_cell *cell)
{
    const column *c = &t->columns[cell->column];
    double number;
    if (is_date(cell))
        return pg_fail_at(ctx, t->grid, row, cell->column,
                          "found the date %.20s under \"%.40s\", expected a code: a spreadsheet has taken codes for "
                          "dates; get the file anew and do not save it there",
                          cell->text, c->name);
    if (cell->kind == PG_CELL_NUMBER && pg_cell_number(cell, false, &number) && number >= 0 && number < 1e9 &&
        !(floor(number) < number)) {
        PG_TRY_ALLOC(ctx, cell->text, pg_arena_printf(&ctx->scratch, "%0*d", pg_class_digits(c->class), (int)number));
        cell->length = (uint32_t)strlen(cell->text);
    }
    size_t n = cell->length;
    pg_trim(&cell->text, &n);
    while (n > 1 && (cell->text[n - 1] == '*' || cell->text[n - 1] == ' '))
        n--;
    PG_TRY_ALLOC(ctx, cell->text, pg_arena_strndup(&ctx->scratch, cell->text, n));
    cell->length = (uint32_t)n;
    cell->kind = PG_CELL_TEXT;
    return PGDP_OK;
}

/* Of which edition a row has codes: that of the first column of codes, the other one. */
typedef struct sides {
    bool old, new;
} sides;

static sides sides_of(const table *t, const pg_row *row)
{
    sides s = { false, false };
    for (size_t k = 0; k < row->n && row->cells[k].column < t->n_columns; k++) {
        const column *c = &t->columns[row->cells[k].column];
        if (c->class == PG_NO_CLASS) continue;
        s.old = s.old || c->year == t->year;
        s.new = s.new || c->year != t->year;
    }
    return s;
}

/* A list of successors, or of codes that merge, is its first row whole and then one side alone. Where a row of the one
 * side follows a row of the other, only place and lines tell people what goes with what: then nothing is filled in. */
static bool goes_on(const table *t)
{
    sides last = { true, true };
    for (size_t i = t->header + 1; i < t->end; i++) {
        const sides s = sides_of(t, &t->grid->rows[i]);
        if (!s.old && !s.new) continue;
        if (s.old != s.new &&last.old != last.new &&s.old != last.old) return false;
        last = s;
    }
    return true;
}

/* The row with the cells of the row above in the columns of the edition that it lacks. */
static pgdp_status carry(pgdp_ctx *ctx, const table *t, const pg_row *above, bool old, pg_row *row)
{
    pg_cell *cells;
    size_t n = 0, k = 0;
    PG_TRY_ALLOC(ctx, cells, pg_arena_alloc(&ctx->scratch, (size_t)above->n + row->n, sizeof *cells));
    for (size_t i = 0; i < above->n && above->cells[i].column < t->n_columns; i++) {
        const column *c = &t->columns[above->cells[i].column];
        if (c->year == 0 || (c->year == t->year) != old) continue;
        while (k < row->n && row->cells[k].column < above->cells[i].column)
            cells[n++] = row->cells[k++];
        k += k < row->n && row->cells[k].column == above->cells[i].column;
        cells[n++] = above->cells[i];
    }
    while (k < row->n)
        cells[n++] = row->cells[k++];
    row->cells = cells;
    row->n = (uint32_t)n;
    return PGDP_OK;
}

/* Rows with codes move up, completed; those that tell titles alone go. */
static pgdp_status tidy_rows(pgdp_ctx *ctx, table *t)
{
    pg_row *rows = t->grid->rows, above = { .n = 0 };
    size_t kept = t->header + 1;
    t->whole = goes_on(t);
    for (size_t i = t->header + 1; i < t->end; i++) {
        pg_row row = rows[i];
        for (size_t k = 0; k < row.n && row.cells[k].column < t->n_columns; k++)
            if (t->columns[row.cells[k].column].class != PG_NO_CLASS) PG_TRY(tidy_code(ctx, t, i, &row.cells[k]));
        const sides s = sides_of(t, &row);
        t->n_left += row.n > 0 && !s.old && !s.new;
        if (!s.old && !s.new) continue;
        if (t->two && t->whole && s.old != s.new) PG_TRY(carry(ctx, t, &above, s.new, &row));
        above = row;
        rows[kept++] = row;
    }
    t->end = kept;
    return PGDP_OK;
}

static const char by_place[] =
    "codes of one edition stand alone in rows that only their place ties to codes of the other; nothing was filled in";

static pgdp_status fill(pgdp_ctx *ctx, table *t, const pg_rules *like, pgdp_frame *frame)
{
    const char **codes, *note;
    size_t n = 0;
    pg_rules rules = *like;
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, t->n_columns + 1, sizeof *codes));
    for (size_t j = 0; j < t->n_columns; j++) {
        const column *c = &t->columns[j];
        if (c->class == PG_NO_CLASS) continue;
        codes[n++] = c->name;
        PG_TRY_ALLOC(ctx, note,
                     c->year == 0 ? pg_class_name(c->class)
                                  : pg_arena_printf(&ctx->scratch, "%s%d", pg_class_name(c->class), c->year));
        PG_TRY(pg_note_of(ctx, frame, "classification", c->name, note));
    }
    rules.codes = codes;
    PG_TRY(pg_note_rows(ctx, t->grid, 0, t->header, frame, "title"));
    PG_TRY(pg_table_fill(ctx, t->grid, (pg_span){ t->header, t->header + 1, t->end }, &rules, frame));
    if (t->two && !t->whole) PG_TRY(pgdp_frame_set_note(ctx, frame, "incomplete_rows", by_place));
    if (t->n_left == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "%zu rows have titles but no code and are left out", t->n_left));
    return pgdp_frame_set_note(ctx, frame, "left_out", note);
}

static pgdp_status read_grid(pgdp_ctx *ctx, table *t, const pg_rules *rules, pgdp_frame *frame)
{
    const size_t n = t->grid->n_rows;
    t->end = pg_sheet_end(t->grid, t->header + 1);
    PG_TRY(name_columns(ctx, t));
    PG_TRY(pg_note_rows(ctx, t->grid, t->end, n, frame, "footnotes"));
    PG_TRY(tidy_rows(ctx, t));
    return fill(ctx, t, rules, frame);
}

/* ---- files ---- */

static pgdp_status fail_no_header(pgdp_ctx *ctx, const char *label)
{
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: found no row that names columns of codes of two classifications, expected a header such as "
                   "\"2010 SOC Code\", \"2018 SOC Code\" in the first %d rows",
                   label, LOOK_AT);
}

/* The codes of each row as one text, in the order of the columns of `like`, sorted; NULL: it lacks one of them. */
static pgdp_status keys_of(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_frame *like, const char ***out)
{
    const size_t n = pgdp_frame_n_rows(frame);
    const char **keys;
    *out = NULL;
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n, sizeof *keys));
    for (size_t i = 0; i < n; i++) {
        pg_text key;
        pg_text_init(&key, &ctx->scratch);
        for (size_t j = 0; j < pgdp_frame_n_columns(like); j++) {
            const char *name = pgdp_frame_column(like, j)->name;
            const size_t its = pgdp_frame_find(frame, name);
            if (pg_class_of(name) == PG_NO_CLASS) continue;
            if (its == PGDP_NONE) return PGDP_OK;
            const char *code = pgdp_frame_text(frame, its, i);
            pg_text_addf(&key, "%s\t", code == NULL ? "" : code);
        }
        if (key.failed) return pg_no_memory(ctx);
        keys[i] = key.data;
    }
    qsort((void *)keys, n, sizeof *keys, pg_compare_strings);
    *out = keys;
    return PGDP_OK;
}

static pgdp_status has_same_pairs(pgdp_ctx *ctx, const pgdp_frame *a, const pgdp_frame *b, bool *same)
{
    const char **p, **q;
    const size_t n = pgdp_frame_n_rows(a);
    *same = false;
    if (pgdp_frame_n_rows(b) != n || pgdp_frame_n_columns(a) != pgdp_frame_n_columns(b)) return PGDP_OK;
    PG_TRY(keys_of(ctx, a, a, &p));
    PG_TRY(keys_of(ctx, b, a, &q));
    for (size_t i = 0; q != NULL && i < n; i++)
        if (strcmp(p[i], q[i]) != 0) return PGDP_OK;
    *same = q != NULL;
    return PGDP_OK;
}

/* A sheet that has the pairs of an earlier one in another order adds nothing. */
static pgdp_status drop_if_same(pgdp_ctx *ctx, pgdp_dataset *out)
{
    const size_t last = out->n_tables - 1;
    for (size_t i = 0; i < last; i++) {
        bool same;
        PG_TRY(has_same_pairs(ctx, out->tables[i].frame, out->tables[last].frame, &same));
        if (!same) continue;
        PG_TRY(
            pg_note_of(ctx, out->tables[i].frame, "sheet", out->tables[last].name, "the same pairs, sorted otherwise"));
        pgdp_frame_free(out->tables[last].frame);
        out->n_tables--;
        return PGDP_OK;
    }
    return PGDP_OK;
}

static pgdp_status read_workbook(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &book));
    for (size_t i = 0; i < book.n_sheets; i++) {
        table t;
        pgdp_frame *frame;
        if (!find_header(&book.sheets[i].grid, &t)) continue;
        PG_TRY(pg_dataset_add(ctx, out, book.sheets[i].name, &frame));
        PG_TRY(read_grid(ctx, &t, &pg_rules_workbook, frame));
        PG_TRY(drop_if_same(ctx, out));
    }
    if (out->n_tables == 0) return fail_no_header(ctx, in->label);
    for (size_t i = 0; i < book.n_sheets; i++) {
        table t;
        const pg_grid *notes = &book.sheets[i].grid;
        if (!find_header(&book.sheets[i].grid, &t))
            PG_TRY(pg_note_rows(ctx, notes, 0, notes->n_rows, out->tables[0].frame, "notes"));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    if (pg_is_workbook(in)) return read_workbook(ctx, in, out);
    const char delimiter = pg_csv_delimiter(in);
    const pg_csv_dialect dialect = { .delimiter = delimiter == '\0' ? ',' : delimiter, .quote = '"' };
    const pg_rules rules = { .missing = pg_missing_csv, .text_holds_numbers = true, .grouped = true };
    pg_grid grid;
    table t;
    pgdp_frame *frame;
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    if (!find_header(&grid, &t)) return fail_no_header(ctx, in->label);
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    return read_grid(ctx, &t, &rules, frame);
}

const pgdp_reader pg_read_crosswalk = {
    .name = "crosswalk",
    .title = "Crosswalks of occupations",
    .spec = "BLS, SOC crosswalks; O*NET-SOC taxonomy crosswalks; Census Bureau, occupation code list and crosswalk",
    .sniff = sniff,
    .read = read,
};
