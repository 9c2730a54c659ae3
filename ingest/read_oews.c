/* read_oews.c  BLS occupational employment and wages, workbook or CSV, 2010 on. Source: formats.md 8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

enum { NOTE_ROWS = 200 }; /* of the sheets beside the data */

/* Estimates, under their names of 2020 and after; every other column is text. */
static const struct {
    const char *name, *unit;
} measures[] = {
    { "TOT_EMP", "heads" },        { "EMP_PRSE", "pct" },          { "JOBS_1000", "per_1000_jobs" },
    { "LOC_QUOTIENT", "ratio" },   { "PCT_TOTAL", "pct" },         { "PCT_RPT", "pct" },
    { "H_MEAN", "usd_per_hour" },  { "A_MEAN", "usd_per_year" },   { "MEAN_PRSE", "pct" },
    { "H_PCT10", "usd_per_hour" }, { "H_PCT25", "usd_per_hour" },  { "H_MEDIAN", "usd_per_hour" },
    { "H_PCT75", "usd_per_hour" }, { "H_PCT90", "usd_per_hour" },  { "A_PCT10", "usd_per_year" },
    { "A_PCT25", "usd_per_year" }, { "A_MEDIAN", "usd_per_year" }, { "A_PCT75", "usd_per_year" },
    { "A_PCT90", "usd_per_year" },
};
static const char *const texts[] = { "AREA",        "AREA_TITLE", "AREA_TYPE", "PRIM_STATE", "NAICS",
                                     "NAICS_TITLE", "I_GROUP",    "OWN_CODE",  "OCC_CODE",   "OCC_TITLE",
                                     "O_GROUP",     "ANNUAL",     "HOURLY" };
/* Older names. */
static const struct {
    const char *old, *now;
} aliases[] = {
    { "GROUP", "O_GROUP" },      { "OCC_GROUP", "O_GROUP" },    { "LOC QUOTIENT", "LOC_QUOTIENT" },
    { "LOC_Q", "LOC_QUOTIENT" }, { "AREA_NAME", "AREA_TITLE" }, { "OCC TITLE", "OCC_TITLE" },
    { "OCC CODE", "OCC_CODE" },
};
/* Wage or employment not released, wage at the top code or above, share below 0.5 %. */
static const char *const markers[] = { "*", "**", "#", "~", NULL };

/* A header as the file has it, and by the names of 2020 and after. */
typedef struct header {
    const char **names;            /* [n] */
    const char **texts, **numbers; /* of the file, ended by NULL */
    size_t n;
    const char *vintage;
} header;

static int sniff(const pgdp_bytes *head)
{
    const size_t look = pg_bytes_start(head, PG_WORKBOOK) ? head->n : 0;
    const bool code = pg_bytes_hold(head, look, "OCC_CODE") || pg_bytes_hold(head, look, "occ_code");
    const bool employment = pg_bytes_hold(head, look, "TOT_EMP") || pg_bytes_hold(head, look, "tot_emp");
    return code && employment ? PG_SURE : PG_NOT_OURS;
}

/* The name that a header cell stands for; unknown ones stay as they are. */
static pgdp_status canonical(pgdp_ctx *ctx, const char *own, const char **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_clean_name(&ctx->scratch, own));
    for (size_t i = 0; i < sizeof aliases / sizeof *aliases; i++)
        if (pg_streq_nocase(*out, aliases[i].old)) *out = aliases[i].now;
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (pg_streq_nocase(*out, measures[i].name)) *out = measures[i].name;
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (pg_streq_nocase(*out, texts[i])) *out = texts[i];
    return PGDP_OK;
}

static size_t find_measure(const char *name)
{
    for (size_t i = 0; i < sizeof measures / sizeof *measures; i++)
        if (pg_streq(measures[i].name, name)) return i;
    return PGDP_NONE;
}

/* "national_M2024_dl" -> "2024-05": the reference month is May. */
static pgdp_status find_vintage(pgdp_ctx *ctx, const char *label, const char **out)
{
    const char *name = strrchr(label, '/') == NULL ? label : strrchr(label, '/') + 1;
    for (const char *c = name; *c != '\0' && *out == NULL; c++) {
        const bool year = c[0] == '2' && c[1] == '0' && c[2] >= '0' && c[2] <= '9' && c[3] >= '0' && c[3] <= '9';
        if (year) PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%.4s-05", c));
    }
    return PGDP_OK;
}

static size_t find_name(const header *h, const char *name)
{
    for (size_t j = 0; j < h->n; j++)
        if (h->names[j] != NULL && pg_streq(h->names[j], name)) return j;
    return PGDP_NONE;
}

/* The columns that a row names. */
static pgdp_status read_header(pgdp_ctx *ctx, const pg_grid *grid, header *h)
{
    size_t n_texts = 0, n_numbers = 0;
    h->n = pg_row_width(&grid->rows[0]);
    PG_TRY_ALLOC(ctx, h->names, pg_arena_alloc(&ctx->scratch, h->n, sizeof *h->names));
    PG_TRY_ALLOC(ctx, h->texts, pg_arena_alloc(&ctx->scratch, h->n + 1, sizeof *h->texts));
    PG_TRY_ALLOC(ctx, h->numbers, pg_arena_alloc(&ctx->scratch, h->n + 1, sizeof *h->numbers));
    for (size_t j = 0; j < h->n; j++) {
        const char *own;
        PG_TRY_ALLOC(ctx, own, pg_clean_name(&ctx->scratch, pg_grid_text(grid, 0, j)));
        if (own[0] == '\0') PG_TRY_ALLOC(ctx, own, pg_arena_printf(&ctx->scratch, "column%zu", j + 1));
        PG_TRY(canonical(ctx, own, &h->names[j]));
        if (find_name(h, h->names[j]) < j)
            return pg_fail_at(ctx, grid, 0, j, "the header names \"%.80s\" twice; remove one of the columns",
                              h->names[j]);
        if (find_measure(h->names[j]) == PGDP_NONE)
            h->texts[n_texts++] = own;
        else
            h->numbers[n_numbers++] = own;
    }
    static const char *const needed[] = { "OCC_CODE", "TOT_EMP" };
    for (size_t k = 0; k < sizeof needed / sizeof *needed; k++)
        if (find_name(h, needed[k]) == PGDP_NONE)
            return pg_fail_at(ctx, grid, 0, 0, "found no column %s; expected one row a code with employment and wages",
                              needed[k]);
    const size_t state = find_name(h, "STATE"); /* of files by state before 2019 */
    if (state != PGDP_NONE && find_name(h, "AREA_TITLE") == PGDP_NONE) h->names[state] = "AREA_TITLE";
    return PGDP_OK;
}

static pg_rules rules_of(const header *h)
{
    return (pg_rules){ .missing = pg_missing_csv,
                       .codes = h->texts,
                       .numbers = h->numbers,
                       .flags = markers,
                       .text_holds_numbers = true,
                       .grouped = true };
}

/* The names of today, units, and columns of markers after all others. */
static pgdp_status finish(pgdp_ctx *ctx, const header *h, pgdp_frame *frame)
{
    const pg_rules rules = rules_of(h);
    size_t *order;
    if (pgdp_frame_n_columns(frame) != h->n)
        return pg_fail(ctx, PGDP_PARSE, "found %zu columns below a first row that names %zu; expected the OEWS layout",
                       pgdp_frame_n_columns(frame), h->n);
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, h->n, sizeof *order));
    for (size_t j = 0; j < h->n; j++)
        order[j] = j;
    PG_TRY(pg_frame_arrange(ctx, frame, order, h->names, h->n));
    for (size_t j = 0; j < h->n; j++) {
        const size_t measure = find_measure(h->names[j]);
        const char *unit = measure == PGDP_NONE ? "" : measures[measure].unit;
        PG_TRY(pg_frame_describe(ctx, frame, j, &(pgdp_column){ .unit = unit, .vintage = h->vintage }));
    }
    return pg_table_add_flags(ctx, frame, &rules);
}

static bool is_data(const pg_grid *grid)
{
    for (size_t k = 0; grid->n_rows > 0 && k < grid->rows[0].n; k++)
        if (pg_cell_is(&grid->rows[0].cells[k], "OCC_CODE") || pg_cell_is(&grid->rows[0].cells[k], "OCC CODE"))
            return true;
    return false;
}

/* The sheet of a workbook that is the table, while sheets come by. */
typedef struct choice {
    size_t data, next;
    const header *header;
    pgdp_dataset *out;
} choice;

static pgdp_status take_sheet(pgdp_ctx *ctx, void *user, pg_sheet *sheet)
{
    choice *c = user;
    if (c->next++ != c->data) return PGDP_OK;
    const pg_rules rules = rules_of(c->header);
    PG_TRY(pg_sheet_table(ctx, sheet, &rules, c->out));
    return finish(ctx, c->header, c->out->tables[0].frame);
}

/* The first sheet with occupation codes is the table; the sheets of notes become its note "notes". */
static pgdp_status read_workbook(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook book;
    header h = { .n = 0 };
    choice c = { .header = &h, .out = out };
    PG_TRY(pg_any_workbook_read(ctx, in, NOTE_ROWS, &book));
    while (c.data < book.n_sheets && !is_data(&book.sheets[c.data].grid))
        c.data++;
    if (c.data == book.n_sheets)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: no sheet begins with a header that names OCC_CODE; expected the OEWS layout", in->label);
    PG_TRY(find_vintage(ctx, book.sheets[c.data].name, &h.vintage));
    if (h.vintage == NULL) PG_TRY(find_vintage(ctx, in->label, &h.vintage));
    PG_TRY(read_header(ctx, &book.sheets[c.data].grid, &h));
    PG_TRY(pg_any_workbook_stream(ctx, in, &(pg_sheets_taker){ take_sheet, &c, false }));
    for (size_t i = 0; i < book.n_sheets; i++) {
        const pg_grid *notes = &book.sheets[i].grid;
        if (i != c.data) PG_TRY(pg_note_rows(ctx, notes, 0, notes->n_rows, out->tables[0].frame, "notes"));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    if (pg_is_workbook(in)) return read_workbook(ctx, in, out);
    const char delimiter = pg_csv_delimiter(in);
    const pg_csv_dialect dialect = { .delimiter = delimiter == '\0' ? ',' : delimiter, .quote = '"' };
    header h = { .n = 0 };
    pg_grid first;
    pgdp_frame *frame;
    PG_TRY(pg_delimited_header(ctx, in, &dialect, &first));
    PG_TRY(find_vintage(ctx, in->label, &h.vintage));
    PG_TRY(read_header(ctx, &first, &h));
    const pg_rules rules = rules_of(&h);
    const pg_fast_csv how = { .in = in, .dialect = dialect, .rules = &rules, .mapping = out->mapping };
    PG_TRY(pg_delimited_read(ctx, &how, &frame));
    PG_TRY(pg_dataset_put(ctx, out, frame));
    return finish(ctx, &h, frame);
}

const pgdp_reader pg_read_oews = {
    .name = "oews",
    .title = "BLS occupational employment and wage statistics",
    .spec = "Field Descriptions sheet of the OEWS workbooks, 2010 to 2024",
    .sniff = sniff,
    .read = read,
};
