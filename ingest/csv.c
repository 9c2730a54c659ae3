/* csv.c  libcsv, wrapped strictly: what it lets pass in silence is refused here. Source: RFC 4180, formats.md 0.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/csv.h"

#include <csv.h>
#include <string.h>

#include "core/text.h"

enum { BLOCK = 1 << 18, COLUMNS = 4096, HEADER = 1 << 20 };

/* One parse. libcsv cannot be stopped from a callback, so after a failure they do nothing. */
typedef struct parse {
    pgdp_ctx *ctx;
    pg_grid *grid;
    const pg_mapping *mapping; /* whose pages are let go; NULL: none */
    pgdp_status status;        /* of who takes the rows */
    size_t line, column;       /* of the row under way, from 1; of its next cell, from 0 */
    size_t breaks;             /* line ends inside its quoted cells */
    bool in_row, after_cr;
    bool has_quotes; /* only then can a cell hold a line end */
    bool one_by_one; /* the first rows are taken, and cells go straight to their taker */
    bool failed, wide;
} parse;

static size_t count_breaks(const char *text, size_t n)
{
    size_t breaks = 0;
    for (size_t i = 0; i < n; i++)
        breaks += text[i] == '\n' || (text[i] == '\r' && (i + 1 == n || text[i + 1] != '\n'));
    return breaks;
}

static void take_cell(void *text, size_t n, void *user)
{
    parse *p = user;
    const size_t column = p->column++;
    p->after_cr = false;
    if (p->failed) return;
    if (!p->in_row) {
        p->in_row = true;
        p->failed = !p->one_by_one && !pg_grid_add_row(p->grid, p->line);
    }
    if (n == 0 || p->failed) return;
    if (column >= COLUMNS || n > PG_CELL_BYTES) {
        p->failed = p->wide = true;
        return;
    }
    if (p->has_quotes) p->breaks += count_breaks(text, n);
    const pg_cell cell = { .text = text, .length = (uint32_t)n, .column = (uint16_t)column, .kind = PG_CELL_TEXT };
    if (!p->one_by_one) {
        p->failed = !pg_grid_copy_cell(p->grid, cell);
        return;
    }
    const pg_taker *taker = p->grid->taker;
    p->status = taker->cell(p->ctx, taker->user, p->line, &cell);
    p->failed = p->status != PGDP_OK;
}

static void finish_row(parse *p)
{
    const pg_taker *taker = p->grid->taker;
    if (p->one_by_one) {
        p->status = taker->end_row(p->ctx, taker->user);
        return;
    }
    p->status = pg_grid_end_row(p->ctx, p->grid);
    p->one_by_one = taker != NULL && taker->cell != NULL && p->grid->n_rows == 0; /* they have just been taken */
}

static void end_row(int terminator, void *user)
{
    parse *p = user;
    const bool second_half = terminator == '\n' && p->after_cr && !p->in_row;
    if (!second_half) p->line += 1 + p->breaks;
    p->after_cr = terminator == '\r';
    if (p->in_row && !p->failed) finish_row(p);
    p->failed = p->failed || p->status != PGDP_OK;
    p->in_row = false;
    p->column = p->breaks = 0;
}

static int never(unsigned char c)
{
    (void)c;
    return 0;
}

/* Line of the byte at `offset`, from 1. */
static size_t line_at(const pgdp_bytes *in, size_t offset)
{
    return 1 + count_breaks((const char *)in->data, offset < in->n ? offset : in->n);
}

/* Where the quotes that hold byte `end` open: an odd number of quotes stands before it. */
static size_t opening_quote(const pgdp_bytes *in, size_t end, char quote)
{
    size_t open = 0;
    bool inside = false;
    for (size_t i = 0; i < end && i < in->n; i++) {
        if (in->data[i] != (unsigned char)quote) continue;
        if (!inside) open = i;
        inside = !inside;
    }
    return open;
}

static pgdp_status fail_quote(pgdp_ctx *ctx, const pgdp_bytes *in, const parse *p, size_t offset, char quote)
{
    const bool at_end = offset >= in->n;
    const size_t open = opening_quote(in, offset, quote);
    if (at_end)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s:%zu: the quote that opens here is never closed; close it, or double a quote "
                       "that is text",
                       in->label, line_at(in, open));
    return pg_fail(ctx, PGDP_PARSE,
                   "%s:%zu:%zu: found a stray quote (quotes open on line %zu), expected it doubled inside "
                   "a quoted cell; correct the cell",
                   in->label, line_at(in, offset), p->column + 1, line_at(in, open));
}

static pgdp_status fail_nul(pgdp_ctx *ctx, const pgdp_bytes *in, size_t offset)
{
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu: found a NUL byte, expected text; the file is binary or damaged", in->label,
                   line_at(in, offset));
}

static pgdp_status fail_limit(pgdp_ctx *ctx, const pgdp_bytes *in, const parse *p)
{
    if (p->status != PGDP_OK) return p->status;
    if (!p->wide) return pg_no_memory(ctx);
    return pg_fail(ctx, PGDP_PARSE,
                   "%s:%zu:%zu: a row has at most %d columns and a cell 1 MiB; check delimiter and quotes", in->label,
                   p->line, p->column, COLUMNS);
}

/* Feed the parser block by block, so that a runaway cell is seen before it has taken the memory. */
static pgdp_status feed(pgdp_ctx *ctx, struct csv_parser *parser, const pgdp_bytes *in, parse *p, char quote)
{
    for (size_t done = 0; done < in->n;) {
        const size_t n = in->n - done < BLOCK ? in->n - done : BLOCK;
        const unsigned char *block = in->data + done, *nul = memchr(block, '\0', n);
        if (nul != NULL) return fail_nul(ctx, in, (size_t)(nul - in->data));
        p->has_quotes = parser->quoted || (quote != '\0' && memchr(block, quote, n) != NULL);
        const size_t taken = csv_parse(parser, block, n, take_cell, end_row, p);
        if (p->failed) return fail_limit(ctx, in, p);
        if (taken < n && csv_error(parser) != CSV_EPARSE) return pg_no_memory(ctx);
        if (taken < n) return fail_quote(ctx, in, p, done + taken, quote);
        if (csv_get_buffer_size(parser) > 4 * (size_t)PG_CELL_BYTES) {
            p->wide = true;
            return fail_limit(ctx, in, p);
        }
        if (p->mapping != NULL) pg_mapping_forget(p->mapping, block, n);
        done += n;
    }
    if (csv_fini(parser, take_cell, end_row, p) != 0) {
        if (csv_error(parser) == CSV_EPARSE) return fail_quote(ctx, in, p, in->n, quote);
        return pg_no_memory(ctx);
    }
    return p->failed ? fail_limit(ctx, in, p) : PGDP_OK;
}

static pgdp_status read_rows(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect,
                             const pg_mapping *mapping, pg_grid *out)
{
    struct csv_parser parser;
    const unsigned char options = CSV_STRICT | CSV_STRICT_FINI | CSV_EMPTY_IS_NULL | CSV_APPEND_NULL | CSV_REPALL_NL;
    if (csv_init(&parser, options) != 0) return pg_no_memory(ctx);
    csv_set_delim(&parser, (unsigned char)dialect->delimiter);
    csv_set_quote(&parser, (unsigned char)dialect->quote);
    csv_set_blk_size(&parser, (size_t)1 << 16);
    if (dialect->keep_blanks) csv_set_space_func(&parser, never);
    parse p = { .ctx = ctx, .grid = out, .mapping = mapping, .line = 1 };
    const pgdp_status status = feed(ctx, &parser, in, &p, dialect->quote);
    csv_free(&parser);
    return status;
}

pgdp_status pg_csv_read(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, pg_grid *out)
{
    pg_grid_init(out, &ctx->scratch, in->label);
    return read_rows(ctx, in, dialect, NULL, out);
}

pgdp_status pg_csv_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_csv_dialect *dialect, const pg_mapping *mapping,
                          const pg_taker *taker)
{
    pg_arena arena;
    pg_grid window;
    pg_arena_init(&arena, &ctx->allocator);
    pg_grid_init_window(&window, &arena, in->label, taker);
    pgdp_status status = read_rows(ctx, in, dialect, mapping, &window);
    if (status == PGDP_OK) status = pg_grid_flush(ctx, &window);
    pg_arena_free(&arena);
    return status;
}

char pg_csv_delimiter(const pgdp_bytes *in)
{
    static const char candidates[] = { '\t', ',', ';', '|' };
    size_t counts[sizeof candidates] = { 0 };
    bool inside = false;
    for (size_t i = 0; i < in->n && (inside || (in->data[i] != '\n' && in->data[i] != '\r')); i++) {
        if (in->data[i] == '"') inside = !inside;
        for (size_t k = 0; k < sizeof candidates && !inside; k++)
            counts[k] += in->data[i] == (unsigned char)candidates[k];
    }
    size_t best = 0;
    for (size_t k = 1; k < sizeof candidates; k++)
        if (counts[k] > counts[best]) best = k;
    return counts[best] == 0 ? '\0' : candidates[best];
}

static bool is_blank_line(const unsigned char *text, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text[i] != ' ' && text[i] != '\t' && text[i] != '\r' && text[i] != '\n') return false;
    return true;
}

size_t pg_csv_header_length(const pgdp_bytes *in, const pg_csv_dialect *dialect)
{
    size_t line = 0;
    bool inside = false;
    for (size_t i = 0; i < in->n && i < HEADER; i++) {
        inside = inside != (dialect->quote != '\0' && in->data[i] == (unsigned char)dialect->quote);
        if (in->data[i] != '\n' || inside) continue;
        if (!is_blank_line(in->data + line, i - line)) return i + 1;
        line = i + 1;
    }
    return 0;
}
