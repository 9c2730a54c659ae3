/* read_labstat.c  BLS LABSTAT files: observations, series lists, code lists. Source: formats.md 6.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/text.h"
#include "ingest/bls.h"
#include "ingest/fast_csv.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

enum { ID, YEAR, PERIOD, VALUE, FOOTNOTES, N_COLUMNS };
static const char *const names[N_COLUMNS] = { "series_id", "year", "period", "value", "footnote_codes" };
static const pg_csv_dialect dialect = { .delimiter = '\t', .quote = '\0' };
static const char *const no_value[] = { "-", NULL };

/* The first cell of a TAB-delimited header, blanks cut: its length, or 0. */
static size_t first_name(const pgdp_bytes *head)
{
    size_t n = 0;
    while (n < head->n && ((head->data[n] >= 'a' && head->data[n] <= 'z') || head->data[n] == '_'))
        n++;
    size_t end = n;
    while (end < head->n && head->data[end] == ' ')
        end++;
    return end < head->n && head->data[end] == '\t' ? n : 0;
}

/* Observations by the name that all surveys give them: ce.data.0.AllCESSeries. */
static bool is_named_data(const char *label)
{
    const char *topic = strchr(pg_base_name(label), '.');
    return topic != NULL && topic == pg_base_name(label) + 2 && pg_starts_with(topic, ".data.") && topic[6] >= '0' &&
           topic[6] <= '9';
}

static int sniff(const pgdp_bytes *head)
{
    const size_t n = first_name(head);
    const char *name = (const char *)head->data;
    if (n == 9 && memcmp(name, "series_id", 9) == 0) return PG_SURE;
    if (n > 5 && memcmp(name + n - 5, "_code", 5) == 0) return PG_LIKELY;
    if (n == 6 && memcmp(name, "period", 6) == 0 && pg_bytes_hold(head, 0, "\tmm\t")) return PG_LIKELY;
    return n > 0 && is_named_data(head->label) ? PG_PERHAPS + PG_BY_LABEL : PG_NOT_OURS;
}

/* Where in the header a column stands; PGDP_NONE: not there. */
static size_t find_column(const pg_grid *grid, const char *name)
{
    for (size_t k = 0; k < grid->rows[0].n; k++)
        if (pg_cell_is(&grid->rows[0].cells[k], name)) return grid->rows[0].cells[k].column;
    return PGDP_NONE;
}

/* Observations, whole or not, by name or two of their columns: no list has more than one of these. */
static bool holds_data(const pg_grid *grid)
{
    size_t n = 0;
    for (size_t i = 0; i < FOOTNOTES; i++)
        n += find_column(grid, names[i]) != PGDP_NONE;
    return n >= 2 || is_named_data(grid->label);
}

static pgdp_status find_columns(pgdp_ctx *ctx, const pg_grid *grid, size_t at[N_COLUMNS])
{
    for (size_t i = 0; i < N_COLUMNS; i++) {
        at[i] = find_column(grid, names[i]);
        if (at[i] != PGDP_NONE || i == FOOTNOTES) continue;
        const char *found;
        PG_TRY_ALLOC(ctx, found, pg_row_names(&ctx->scratch, &grid->rows[0]));
        return pg_fail_at(ctx, grid, 0, 0,
                          "found no column %s among \"%s\", expected series_id, year, period and value; correct the "
                          "header, or name another format",
                          names[i], found);
    }
    return PGDP_OK;
}

/* ---- what is wrong, and where: asked only when something is ---- */

static bool is_year(double value)
{
    return value >= 1000 && value <= 9999 && value <= floor(value);
}

static pgdp_status check_row(pgdp_ctx *ctx, const pg_grid *grid, size_t i, const size_t at[N_COLUMNS])
{
    double number;
    const pg_cell *year = pg_grid_at(grid, i, at[YEAR]), *value = pg_grid_at(grid, i, at[VALUE]);
    if (!pg_cell_number(year, false, &number) || !is_year(number))
        return pg_fail_at(ctx, grid, i, at[YEAR], "found \"%.40s\", expected a year; correct the cell",
                          pg_grid_text(grid, i, at[YEAR]));
    if (pg_grid_at(grid, i, at[ID]) == NULL || pg_grid_at(grid, i, at[PERIOD]) == NULL)
        return pg_fail_at(ctx, grid, i, 0, "found no series_id or no period, expected both in every row");
    if (value == NULL || pg_is_mark(value, no_value) || pg_cell_number(value, false, &number)) return PGDP_OK;
    return pg_fail_at(ctx, grid, i, at[VALUE], "found \"%.40s\", expected a number or \"-\"; correct the cell",
                      value->text);
}

static pgdp_status check_rows(pgdp_ctx *ctx, const pgdp_bytes *in, const size_t at[N_COLUMNS])
{
    pg_grid grid;
    PG_TRY(pg_csv_read(ctx, in, &dialect, &grid));
    for (size_t i = 1; i < grid.n_rows; i++)
        if (grid.rows[i].n > 0) PG_TRY(check_row(ctx, &grid, i, at));
    return PGDP_OK;
}

static bool has_missing_codes(const pgdp_frame *frame, size_t column)
{
    const uint32_t *codes = pgdp_frame_codes(frame, column);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        if (codes[i] == PGDP_NO_CODE) return true;
    return false;
}

static bool has_strange_years(const pgdp_frame *frame, size_t column)
{
    const double *years = pgdp_frame_reals(frame, column);
    for (size_t i = 0; years != NULL && i < pgdp_frame_n_rows(frame); i++)
        if (!is_year(years[i])) return true;
    return years == NULL;
}

/* Every row must have a series, a year, a period, and a number where it has a value. */
static pgdp_status check(pgdp_ctx *ctx, const pgdp_bytes *in, const size_t at[N_COLUMNS], pgdp_frame *frame)
{
    const bool numbers = pgdp_frame_reals(frame, at[VALUE]) != NULL;
    if (numbers && !has_missing_codes(frame, at[ID]) && !has_missing_codes(frame, at[PERIOD]) &&
        !has_strange_years(frame, at[YEAR]))
        return PGDP_OK;
    PG_TRY(check_rows(ctx, in, at));
    if (numbers) return PGDP_OK;
    PG_TRY(pg_frame_retype(ctx, frame, at[VALUE], PGDP_REAL)); /* every value is "-" */
    double *values = pg_frame_edit_reals(frame, at[VALUE]);
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        values[i] = (double)NAN;
    return PGDP_OK;
}

/* ---- observations ---- */

/* The finest frequency of all rows. */
static pgdp_frequency finest(const pgdp_frame *frame, size_t code)
{
    pgdp_frequency found = PGDP_ANNUAL;
    for (uint32_t k = 0; k < pgdp_frame_n_levels(frame, code); k++) {
        pgdp_period period;
        if (!pg_bls_period(pgdp_frame_level(frame, code, k), 1970, &period)) continue;
        if (period.frequency > found) found = period.frequency;
    }
    return found;
}

static void set_periods(pgdp_frame *frame, size_t code, size_t year, size_t to)
{
    const double *years = pgdp_frame_reals(frame, year);
    const pgdp_frequency frequency = pgdp_frame_column(frame, to)->frequency;
    int32_t *periods = pg_frame_edit_periods(frame, to);
    const size_t n = pgdp_frame_n_rows(frame);
    for (size_t i = 0; i < n; i++) {
        pgdp_period period;
        const bool is_period = pg_bls_period(pgdp_frame_text(frame, code, i), (int)years[i], &period);
        if (is_period && period.frequency == frequency) periods[i] = period.ordinal;
    }
}

/* Our columns in our order, then those that only some surveys have: they tell rows apart. */
static pgdp_status arrange(pgdp_ctx *ctx, const pg_grid *header, const size_t at[N_COLUMNS], pgdp_frame *frame)
{
    const pgdp_column no_notes = { .name = "\1", .type = PGDP_TEXT }; /* names that no header has, until below */
    const pgdp_column when = { .name = "\2", .type = PGDP_PERIOD, .frequency = finest(frame, at[PERIOD]) };
    size_t period, footnotes = at[FOOTNOTES], n = 6;
    if (footnotes == PGDP_NONE) PG_TRY(pgdp_frame_add_column(ctx, frame, &no_notes, &footnotes));
    PG_TRY(pgdp_frame_add_column(ctx, frame, &when, &period));
    set_periods(frame, at[PERIOD], at[YEAR], period);
    const size_t n_cells = header->rows[0].n, first[] = { at[ID], period, at[PERIOD], at[YEAR], at[VALUE], footnotes };
    static const char *const called[] = { "series_id", "period", "period_code", "year", "value", "footnote_codes" };
    const char **as;
    size_t *order;
    PG_TRY_ALLOC(ctx, as, pg_arena_alloc(&ctx->scratch, n + n_cells, sizeof *as));
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, n + n_cells, sizeof *order));
    memcpy(order, first, sizeof first);
    memcpy(as, called, sizeof called);
    for (size_t k = 0; k < n_cells; k++) {
        const size_t column = header->rows[0].cells[k].column;
        bool ours = false;
        for (size_t i = 0; i < N_COLUMNS; i++)
            ours = ours || at[i] == column;
        if (ours) continue;
        as[n] = pgdp_frame_column(frame, column)->name;
        order[n++] = column;
    }
    return pg_frame_arrange(ctx, frame, order, as, n);
}

/* Names of the header's columns that hold texts, whatever these look like: all but `numbers`; NULL-ended. */
static pgdp_status code_columns(pgdp_ctx *ctx, const pg_grid *header, const char *const *numbers,
                                const char *const **out)
{
    const pg_row *row = &header->rows[0];
    const char **codes;
    size_t n = 0;
    PG_TRY_ALLOC(ctx, codes, pg_arena_alloc(&ctx->scratch, (size_t)row->n + 1, sizeof *codes));
    for (size_t k = 0; k < row->n; k++) {
        PG_TRY_ALLOC(ctx, codes[n], pg_clean_name(&ctx->scratch, row->cells[k].text));
        bool number = false;
        for (size_t i = 0; numbers[i] != NULL; i++)
            number = number || pg_cell_is(&row->cells[k], numbers[i]);
        if (!number) n++;
    }
    codes[n] = NULL;
    *out = codes;
    return PGDP_OK;
}

static pgdp_status finish_data(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_grid *header, const size_t at[N_COLUMNS],
                               pgdp_frame *frame)
{
    PG_TRY(check(ctx, in, at, frame));
    PG_TRY(arrange(ctx, header, at, frame));
    return pg_bls_note_periods(ctx, frame);
}

static pgdp_status read_table(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_grid *header, const pgdp_dataset *about,
                              pgdp_frame **out)
{
    static const char *const numbers[] = { "year", "value", NULL }, *const none[] = { NULL };
    static const char *const in_lists[] = { "display_level", "sort_sequence", "begin_year", "end_year", NULL };
    const bool is_data = holds_data(header);
    size_t at[N_COLUMNS] = { 0 };
    if (is_data) PG_TRY(find_columns(ctx, header, at));
    pg_rules rules = { .missing = is_data ? no_value : none, .text_holds_numbers = true };
    const pg_fast_csv how = { .in = in, .dialect = dialect, .rules = &rules, .mapping = about->mapping };
    PG_TRY(code_columns(ctx, header, is_data ? numbers : in_lists, &rules.codes));
    PG_TRY(pg_delimited_read(ctx, &how, out));
    return is_data ? finish_data(ctx, in, header, at, *out) : PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const size_t length = pg_csv_header_length(in, &dialect);
    const pgdp_bytes head = { in->label, in->data, length == 0 ? in->n : length };
    pg_grid header;
    pgdp_frame *frame = NULL;
    PG_TRY(pg_csv_read(ctx, &head, &dialect, &header));
    if (header.n_rows == 0) return pg_fail(ctx, PGDP_PARSE, "%s:1: found no header row, expected series_id", in->label);
    if (header.rows[0].n == 1)
        return pg_fail_at(ctx, &header, 0, 0, "found one column, \"%.80s\", expected columns parted by TAB",
                          header.rows[0].cells[0].text);
    const pgdp_status status = read_table(ctx, in, &header, out, &frame);
    if (status == PGDP_OK) return pg_dataset_put(ctx, out, frame);
    pgdp_frame_free(frame);
    return status;
}

const pgdp_reader pg_read_labstat = {
    .name = "labstat",
    .title = "BLS LABSTAT flat files",
    .spec = "https://download.bls.gov/pub/time.series/, pp.txt of each survey",
    .sniff = sniff,
    .read = read,
};
