/* fast_csv_cells.c  Rows of one chunk into typed columns. The plain number and the plain text take short ways; any
 * other cell is judged by the functions that the careful reader uses, so that both agree. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "ingest/fast_csv_cells.h"

#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"

enum { MOST_DIGITS = 19 }; /* that 64 bits hold */

/* Where the parse of a chunk stands. A chunk ends with a line end, so that looking for one needs no other limit. */
typedef struct scan {
    const pg_fast_file *file;
    pg_fast_chunk *chunk;
    const char *p, *end, *row_text; /* next byte, end of the chunk, first byte of the row */
    size_t row;                     /* of the frame */
    char delimiter, quote;          /* without quotes NUL, which no chunk holds */
    bool keep_blanks;
    bool odd, no_memory;
} scan;

static bool is_blank(const scan *s, char c)
{
    return (c == ' ' || c == '\t') && c != s->delimiter && !s->keep_blanks;
}

static bool ends_cell(const scan *s, char c)
{
    return c == s->delimiter || c == '\n' || c == '\r';
}

/* A cell in quotes from *p == quote; doubled quotes are undone in the chunk's arena. */
static bool take_quoted(scan *s, pg_cell *cell)
{
    const char *first = s->p + 1, *q = first;
    size_t n_doubled = 0;
    for (;; q += 2, n_doubled++) {
        q = memchr(q, s->quote, (size_t)(s->end - q));
        if (q == NULL) return false;
        if (q + 1 >= s->end || q[1] != s->quote) break;
    }
    cell->text = first;
    cell->length = (uint32_t)(q - first);
    if (q - first > PG_CELL_BYTES) return false;
    for (s->p = q + 1; is_blank(s, *s->p);)
        s->p++;
    if (!ends_cell(s, *s->p)) return false;
    if (n_doubled == 0) return true;
    char *plain = pg_arena_alloc(&s->chunk->arena, cell->length, 1);
    if (plain == NULL) {
        s->no_memory = true;
        return false;
    }
    size_t n = 0;
    for (const char *c = first; c < q; c++) {
        plain[n++] = *c;
        if (*c == s->quote) c++;
    }
    cell->text = plain;
    cell->length = (uint32_t)n;
    return true;
}

/* The next cell as the careful reader has it: blanks around it dropped, quotes undone. */
static bool take_cell(scan *s, pg_cell *cell)
{
    *cell = (pg_cell){ .kind = PG_CELL_TEXT };
    while (is_blank(s, *s->p))
        s->p++;
    if (*s->p == s->quote) return take_quoted(s, cell);
    const char *first = s->p, *q = first;
    while (!ends_cell(s, *q)) {
        if (*q == s->quote) return false;
        q++;
    }
    s->p = q;
    while (q > first && is_blank(s, q[-1]))
        q--;
    cell->text = first;
    cell->length = (uint32_t)(q - first);
    return q - first <= PG_CELL_BYTES;
}

/* A cell that is not looked at. */
static bool skip_cell(scan *s)
{
    pg_cell cell;
    if (*s->p == s->quote || is_blank(s, *s->p)) return take_cell(s, &cell);
    const char *p = s->p;
    while (!ends_cell(s, *p)) {
        if (*p == s->quote) return false;
        p++;
    }
    const bool fits = p - s->p <= PG_CELL_BYTES;
    s->p = p;
    return fits;
}

/* [-]digits[.digits][e[+-]digits] that 64 bits hold, followed by the end of the cell; NULL when it is anything else, or
 * a code such as 007. */
static const char *scan_number(const scan *s, double *out)
{
    static const double sign[] = { 1, -1 };
    const char *p = s->p;
    const bool negative = *p == '-';
    p += negative;
    const char *first = p;
    uint64_t digits = 0;
    for (unsigned d; (d = (unsigned)(*p - '0')) < 10; p++)
        digits = 10 * digits + d;
    const char *point = p;
    int64_t exponent = 0;
    if (*p == '.') {
        for (unsigned d; (d = (unsigned)(*++p - '0')) < 10;)
            digits = 10 * digits + d;
        exponent = -(p - point - 1);
    }
    const char *zeros = first;
    while (p - zeros > MOST_DIGITS && (*zeros == '0' || *zeros == '.'))
        zeros++;
    const bool is_code = (*first == '0') & (point - first > 1); /* no branch on what is as good as random */
    if (p - first - (p > point) < 1 || p - zeros - (zeros <= point && p > point) > MOST_DIGITS || is_code) return NULL;
    if (*p == 'e' || *p == 'E') {
        const bool down = *++p == '-';
        int64_t power = 0;
        p += down || *p == '+';
        const char *start = p;
        for (unsigned d; (d = (unsigned)(*p - '0')) < 10 && p - start < 4; p++)
            power = 10 * power + d;
        if (p == start) return NULL;
        exponent += down ? -power : power;
    }
    if (!ends_cell(s, *p)) return NULL;
    double value = 0;
    if (digits != 0 && !pg_number_exact(digits, exponent, &value)) return NULL;
    *out = value * sign[negative];
    return p;
}

/* A cell that is no plain number, or whose column is not known yet to be of a type. */
static pg_meaning judge(scan *s, size_t j, const pg_cell *cell, pgdp_period *period)
{
    pg_facts *facts = &s->chunk->facts[j];
    const pg_meaning meaning = pg_cell_meaning(cell, s->file->how->rules, period);
    facts->numbers = facts->numbers || meaning == PG_MEANS_NUMBER;
    facts->marks = facts->marks || meaning == PG_MEANS_MISSING;
    if (meaning == PG_MEANS_PERIOD) {
        if (facts->periods && facts->frequency != period->frequency) facts->settled = PG_BY_MIXED;
        const pg_slash order = pg_cell_slash(cell);
        facts->periods = true;
        facts->frequency = period->frequency;
        facts->month_first = facts->month_first || order == PG_MONTH_FIRST;
        facts->either_order = facts->either_order || order == PG_EITHER_ORDER;
    }
    s->odd = s->odd || meaning == PG_MEANS_DAY_FIRST; /* dates above may have been taken for others */
    if (meaning == PG_MEANS_CODE) facts->settled = PG_BY_CODE;
    if (meaning != PG_MEANS_TEXT) return meaning;
    facts->settled = PG_BY_TEXT;
    facts->line = s->chunk->line + pg_count_line_ends(s->chunk->text, (size_t)(s->row_text - s->chunk->text));
    memcpy(facts->text, cell->text, cell->length < PG_STRAY_TEXT ? cell->length : PG_STRAY_TEXT - 1);
    return meaning;
}

/* ---- a column of each type: the next cell, answering false for what is odd ---- */

/* Apart, so that the plain number pays for no more registers than it needs. */
__attribute__((noinline)) static bool take_rare_real(scan *s, size_t j)
{
    const pg_fast_column *column = &s->file->columns[j];
    double *to = &column->reals[s->row];
    pg_cell cell;
    pgdp_period period;
    *to = (double)NAN;
    if (!take_cell(s, &cell)) return false;
    if (cell.length == 0) return true;
    if (column->number) return pg_cell_as_flagged(&cell, s->file->how->rules, to);
    if (judge(s, j, &cell, &period) == PG_MEANS_NUMBER) (void)pg_cell_number(&cell, s->file->how->rules->grouped, to);
    return true;
}

static bool take_real(scan *s, size_t j)
{
    const pg_fast_column *column = &s->file->columns[j];
    if (s->chunk->facts[j].settled != PG_OPEN) return skip_cell(s); /* it will be read again as text */
    const char *end = scan_number(s, &column->reals[s->row]);
    if (end == NULL) return take_rare_real(s, j);
    s->chunk->facts[j].numbers = true;
    s->p = end;
    return true;
}

static bool take_period(scan *s, size_t j)
{
    pg_cell cell;
    pgdp_period period;
    int32_t *to = &s->file->columns[j].periods[s->row];
    if (s->chunk->facts[j].settled != PG_OPEN) return skip_cell(s);
    *to = PGDP_MISSING_PERIOD;
    if (!take_cell(s, &cell)) return false;
    if (cell.length == 0) return true;
    if (judge(s, j, &cell, &period) == PG_MEANS_PERIOD) *to = period.ordinal;
    return true;
}

static bool add_level(scan *s, pg_fast_levels *levels, const char *text, size_t n)
{
    pg_arena *arena = &s->chunk->arena;
    if (levels->n == levels->capacity) {
        const size_t old = levels->capacity, capacity = 2 * old + 16;
        levels->texts = pg_arena_grow(arena, levels->texts, old, capacity, sizeof *levels->texts);
        levels->lengths = pg_arena_grow(arena, levels->lengths, old, capacity, sizeof *levels->lengths);
        if (levels->texts == NULL || levels->lengths == NULL) return false;
        levels->capacity = capacity;
    }
    char *copy = pg_arena_alloc(arena, n + 1, 1);
    if (copy == NULL || !pg_map_put(&levels->map, memcpy(copy, text, n), n, levels->n)) return false;
    levels->texts[levels->n] = copy;
    levels->lengths[levels->n] = (uint32_t)n;
    levels->last = levels->n++;
    return true;
}

static bool take_text(scan *s, size_t j)
{
    const pg_fast_column *column = &s->file->columns[j];
    pg_fast_levels *levels = &s->chunk->levels[j];
    uint32_t *to = &column->codes[s->row];
    pg_cell cell;
    pgdp_period period;
    *to = PGDP_NO_CODE;
    if (!take_cell(s, &cell)) return false;
    if (cell.length == 0) return true;
    if (column->watch && s->chunk->facts[j].settled == PG_OPEN) (void)judge(s, j, &cell, &period);
    const char *text = cell.text;
    size_t n = cell.length;
    if (!s->keep_blanks && (text[0] <= ' ' || text[n - 1] <= ' '))
        pg_trim(&text, &n); /* what is not ASCII is below too */
    if (n == 0) return true;
    const bool same =
        levels->n > 0 && levels->lengths[levels->last] == n && memcmp(levels->texts[levels->last], text, n) == 0;
    if (!same) {
        const size_t found = pg_map_find(&levels->map, text, n);
        if (found != PGDP_NONE)
            levels->last = found;
        else if (pg_is_mark(&cell, s->file->how->rules->missing_text))
            return true;
        else if (!add_level(s, levels, text, n))
            s->no_memory = true;
    }
    *to = (uint32_t)levels->last;
    return !s->no_memory;
}

/* ---- rows ---- */

/* Every cell beyond the header's must be empty. */
static bool skip_beyond(scan *s)
{
    pg_cell cell;
    while (*s->p == s->delimiter) {
        s->p++;
        if (!take_cell(s, &cell) || cell.length > 0) return false;
    }
    return true;
}

static void fill_missing(const scan *s, size_t from)
{
    for (size_t j = from; j < s->file->n_columns; j++) {
        const pg_fast_column *c = &s->file->columns[j];
        if (!c->parse) continue;
        if (c->type == PGDP_REAL) c->reals[s->row] = (double)NAN;
        if (c->type == PGDP_TEXT) c->codes[s->row] = PGDP_NO_CODE;
        if (c->type == PGDP_PERIOD) c->periods[s->row] = PGDP_MISSING_PERIOD;
    }
}

static bool take_row(scan *s)
{
    static bool (*const takers[])(
        scan *, size_t) = { [PGDP_REAL] = take_real, [PGDP_TEXT] = take_text, [PGDP_PERIOD] = take_period };
    const size_t n_columns = s->file->n_columns;
    for (size_t j = 0; j < n_columns; j++) {
        const pg_fast_column *c = &s->file->columns[j];
        if (!(c->parse ? takers[c->type](s, j) : skip_cell(s))) return false;
        if (*s->p == s->delimiter && j + 1 < n_columns) {
            s->p++;
            continue;
        }
        fill_missing(s, j + 1);
        break;
    }
    if (!skip_beyond(s)) return false;
    if (*s->p == '\r') s->p++;
    return *s->p++ == '\n';
}

/* Whether the row has no cell that holds something; such are no rows. Empty quotes in one are odd. */
static bool is_empty_row(scan *s)
{
    const char *p = s->p;
    bool quotes = false;
    for (; *p != '\n' && *p != '\r'; p++) {
        if (*p != s->delimiter && *p != s->quote && !is_blank(s, *p)) return false;
        quotes = quotes || *p == s->quote;
    }
    s->odd = s->odd || quotes || (*p == '\r' && p[1] != '\n');
    s->p = p + (*p == '\r') + 1;
    return true;
}

static void take_rows(scan *s)
{
    while (s->p < s->end && !s->odd) {
        const char c = *s->p;
        s->row_text = s->p;
        const bool blank_line = c == '\n' || c == '\r', cells_count = s->file->how->rules->empty_rows;
        const bool perhaps_empty = blank_line || (!cells_count && (ends_cell(s, c) || c == s->quote || is_blank(s, c)));
        if (perhaps_empty && is_empty_row(s)) continue;
        if (s->row - s->chunk->first_row == s->chunk->max_rows || !take_row(s)) s->odd = true;
        s->row++;
    }
}

pgdp_status pg_fast_chunk_parse(pgdp_ctx *ctx, const pg_fast_file *file, pg_fast_chunk *chunk)
{
    scan s = { .file = file,
               .chunk = chunk,
               .p = chunk->text,
               .end = chunk->text + chunk->n,
               .row = chunk->first_row,
               .delimiter = file->how->dialect.delimiter,
               .quote = file->how->dialect.quote,
               .keep_blanks = file->how->dialect.keep_blanks };
    PG_TRY_ALLOC(ctx, chunk->facts, pg_arena_alloc(&chunk->arena, file->n_columns, sizeof *chunk->facts));
    PG_TRY_ALLOC(ctx, chunk->levels, pg_arena_alloc(&chunk->arena, file->n_columns, sizeof *chunk->levels));
    for (size_t j = 0; j < file->n_columns; j++)
        pg_map_init(&chunk->levels[j].map, &chunk->arena);
    take_rows(&s);
    chunk->n_rows = s.row - chunk->first_row;
    chunk->odd = chunk->odd || s.odd;
    return s.no_memory ? pg_no_memory(ctx) : PGDP_OK;
}

size_t pg_count_line_ends(const char *text, size_t n)
{
    size_t count = 0;
    for (size_t i = 0; i < n; i++)
        count += text[i] == '\n' || (text[i] == '\r' && (i + 1 == n || text[i + 1] != '\n'));
    return count;
}

pgdp_type pg_facts_type(const pg_facts *facts)
{
    if (facts->settled != PG_OPEN) return PGDP_TEXT;
    if (facts->periods) return facts->numbers ? PGDP_TEXT : PGDP_PERIOD;
    return !facts->numbers && facts->marks ? PGDP_TEXT : PGDP_REAL; /* of "NA" alone nothing is known */
}

void pg_facts_add(pg_facts *facts, const pg_facts *next)
{
    if (facts->settled != PG_OPEN) return;
    if (next->periods && facts->periods && facts->frequency != next->frequency) {
        facts->settled = PG_BY_MIXED;
        return;
    }
    const pg_facts before = *facts;
    *facts = *next;
    facts->numbers = before.numbers || next->numbers;
    facts->marks = before.marks || next->marks;
    facts->periods = before.periods || next->periods;
    facts->month_first = before.month_first || next->month_first;
    facts->either_order = before.either_order || next->either_order;
    if (!next->periods) facts->frequency = before.frequency;
}
