/* read_nist.c  StRD data sets: data and certified values. Source: NIST/ITL Statistical Reference Datasets, file format.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/readers.h"
#include "ingest/table.h"

/* Lines of the file; words of the data become cells. */
typedef struct lines {
    const char *text; /* ends with NUL */
    const char *data; /* the last line that begins "Data:", or after the last that begins "#" */
    size_t line;      /* its number, from 1 */
    bool commented;   /* the older layout: comments, then one number a line, without a header */
} lines;

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static int sniff(const pgdp_bytes *head)
{
    const bool ours = pg_bytes_start(head, "NIST/ITL StRD") ||
                      (pg_bytes_start(head, "File Name:") && pg_bytes_hold(head, 4096, "Certified Values")) ||
                      (pg_bytes_start(head, "###") && pg_bytes_hold(head, 1024, "# Stat Category:"));
    return ours ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status find_data(pgdp_ctx *ctx, const pgdp_bytes *in, lines *out)
{
    if (memchr(in->data, '\0', in->n) != NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s: found a NUL byte, expected text; the file is damaged", in->label);
    char *text;
    PG_TRY_ALLOC(ctx, text, pg_arena_strndup(&ctx->scratch, (const char *)in->data, in->n));
    out->text = text;
    for (size_t i = 0; i < in->n; i++) /* a lone CR ends a line too */
        if (text[i] == '\r' && text[i + 1] != '\n') text[i] = '\n';
    size_t number = 1;
    for (const char *line = out->text; line != NULL; number++) {
        const char *next = strchr(line, '\n');
        if (next != NULL) next++;
        if (pg_starts_with(line, "Data:") || line[0] == '#') {
            out->commented = line[0] == '#';
            out->data = out->commented ? next : line;
            out->line = number + out->commented;
        }
        line = next;
    }
    if (out->data != NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: found no line \"Data:\", expected the layout of the StRD data sets",
                   in->label);
}

/* The words of one line as a row; none for a blank or a ruled one. @return the next line, or NULL */
static pgdp_status add_line(pgdp_ctx *ctx, pg_grid *grid, const char **line, size_t number)
{
    const char *c = *line;
    size_t column = 0;
    while (is_blank(*c))
        c++;
    if (*c != '\n' && *c != '\0' && !pg_starts_with(c, "---") && !pg_grid_add_row(grid, number))
        return pg_no_memory(ctx);
    while (*c != '\n' && *c != '\0' && !pg_starts_with(c, "---")) {
        const size_t n = strcspn(c, " \t\r\n");
        if (column == PG_GRID_COLUMNS || n > PG_CELL_BYTES)
            return pg_fail(ctx, PGDP_PARSE, "%s:%zu: the line has too many or too long words", grid->label, number);
        const pg_cell cell = { c, (uint32_t)n, (uint16_t)column++, PG_CELL_TEXT };
        if (!pg_grid_copy_cell(grid, cell)) return pg_no_memory(ctx);
        for (c += n; is_blank(*c);)
            c++;
    }
    c = strchr(c, '\n');
    *line = c == NULL ? NULL : c + 1;
    return PGDP_OK;
}

/* Every cell of the data must be a number: what follows the header names. */
static pgdp_status check(pgdp_ctx *ctx, const pg_grid *grid)
{
    for (size_t i = 1; i < grid->n_rows; i++)
        for (size_t k = 0; k < grid->rows[i].n; k++) {
            double value;
            if (!pg_cell_number(&grid->rows[i].cells[k], false, &value))
                return pg_fail_at(ctx, grid, i, k, "found \"%.40s\", expected a number", grid->rows[i].cells[k].text);
        }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    static const char *const none[] = { NULL };
    const pg_rules rules = { .missing = none, .text_holds_numbers = true };
    lines l = { .data = NULL };
    pg_grid grid;
    pgdp_frame *frame;
    PG_TRY(find_data(ctx, in, &l));
    pg_grid_init(&grid, &ctx->scratch, in->label);
    const char *line = l.commented ? l.data : l.data + strlen("Data:"), *header, *name = "y";
    if (l.commented) PG_TRY(add_line(ctx, &grid, &name, l.line));
    for (size_t number = l.line; line != NULL; number++)
        PG_TRY(add_line(ctx, &grid, &line, number));
    if (grid.n_rows < 2)
        return pg_fail(ctx, PGDP_PARSE, "%s:%zu: found no data below \"Data:\", expected a row an observation",
                       in->label, l.line);
    PG_TRY(check(ctx, &grid));
    PG_TRY(pg_dataset_add(ctx, out, "", &frame));
    PG_TRY_ALLOC(ctx, header, pg_arena_strndup(&ctx->scratch, l.text, (size_t)(l.data - l.text)));
    PG_TRY(pgdp_frame_set_note(ctx, frame, "header", header)); /* with the certified values */
    return pg_table_fill(ctx, &grid, (pg_span){ 0, 1, grid.n_rows }, &rules, frame);
}

const pgdp_reader pg_read_nist = {
    .name = "nist",
    .title = "NIST statistical reference data set",
    .spec = "https://www.itl.nist.gov/div898/strd/, header of each file",
    .sniff = sniff,
    .read = read,
};
