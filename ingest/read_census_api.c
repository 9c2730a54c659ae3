/* read_census_api.c  Answers of api.census.gov: a list of rows, the first of them names. Source:
 * https://www.census.gov/data/developers/guidance/api-user-guide.html; its estimates' annotations:
 * https://www.census.gov/data/developers/data-sets/acs-1year/notes-on-acs-estimate-and-annotation-values.html
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

enum { COLUMNS = 512 };

/* Values that stand for none, with what the bureau prints instead. */
static const struct {
    const char *value, *mark;
} jams[] = {
    { "-666666666", "-" },  { "-999999999", "N" },   { "-888888888", "(X)" },
    { "-222222222", "**" }, { "-333333333", "***" }, { "-555555555", "*****" },
};

typedef struct answer {
    const char *label;
    const pg_json_value *rows;
    pgdp_frame *frame;
    size_t n, columns[COLUMNS], flags[COLUMNS];
    pgdp_type types[COLUMNS];
    bool flagged[COLUMNS];
    pgdp_frequency frequency; /* of the column time */
} answer;

static int sniff(const pgdp_bytes *head)
{
    size_t i = 1;
    if (head->n == 0 || head->data[0] != '[') return PG_NOT_OURS;
    while (i < head->n && head->data[i] <= ' ')
        i++;
    if (i == head->n || head->data[i] != '[') return PG_NOT_OURS;
    for (i++; i < head->n && head->data[i] <= ' ';)
        i++;
    return i < head->n && head->data[i] == '"' ? PG_LIKELY : PG_NOT_OURS;
}

static const char *mark_of(const char *text)
{
    for (size_t i = 0; text != NULL && i < sizeof jams / sizeof *jams; i++) {
        const size_t n = strlen(jams[i].value);
        if (pg_starts_with(text, jams[i].value) && (text[n] == '\0' || pg_streq(text + n, ".0"))) return jams[i].mark;
    }
    return NULL;
}

/* Text of a cell; numbers without quotes are as good. */
static pgdp_status cell_of(pgdp_ctx *ctx, const answer *a, size_t row, size_t column, const char **out)
{
    const pg_json_value *cell = pg_json_at(pg_json_at(a->rows, row), column);
    double number;
    char buffer[PG_NUMBER_SIZE];
    *out = pg_json_text(cell);
    if (*out != NULL || cell == NULL || pg_json_is_null(cell)) return PGDP_OK;
    if (!pg_json_number(cell, &number))
        return pg_fail(ctx, PGDP_PARSE, "%s: row %zu, column %zu: found a list or object, expected a text", a->label,
                       row, column + 1);
    pg_number_format(number, buffer);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, buffer));
    return PGDP_OK;
}

/* Codes keep their zeros: a column with one number such as "01", or with other texts, is text. */
static bool is_number(const char *text)
{
    double value;
    const char *digits = text[0] == '-' ? text + 1 : text;
    const bool padded = digits[0] == '0' && digits[1] >= '0' && digits[1] <= '9';
    return !padded && pg_number_parse(text, strlen(text), &value);
}

/* Columns that are codes by name, though their texts may look like numbers. */
static bool is_code(const char *name)
{
    static const char *const names[] = { "us",          "region", "division", "state",     "county",    "tract",
                                         "block group", "place",  "GEO_ID",   "NAICS2017", "NAICS2022", "YEAR" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pg_streq_nocase(names[i], name)) return true;
    return pg_starts_with(name, "NAICS") || pg_ends_with(name, "_code") || pg_ends_with(name, "_id");
}

static pgdp_status look_at(pgdp_ctx *ctx, answer *a, size_t column, const char *name)
{
    bool time = pg_streq_nocase(name, "time"), number = !is_code(name), any = false;
    for (size_t i = 1; i < pg_json_count(a->rows); i++) {
        const char *text;
        pgdp_period period;
        PG_TRY(cell_of(ctx, a, i, column, &text));
        if (text == NULL || text[0] == '\0') continue;
        any = true;
        a->flagged[column] = a->flagged[column] || mark_of(text) != NULL;
        number = number && is_number(text);
        time = time && pgdp_period_parse(text, &period);
        if (time && period.frequency > a->frequency) a->frequency = period.frequency;
    }
    a->types[column] = time && any ? PGDP_PERIOD : number && any ? PGDP_REAL : PGDP_TEXT;
    return PGDP_OK;
}

static pgdp_status add_columns(pgdp_ctx *ctx, answer *a)
{
    const pg_json_value *header = pg_json_at(a->rows, 0);
    a->n = pg_json_count(header);
    if (a->n == 0 || a->n > COLUMNS)
        return pg_fail(ctx, PGDP_PARSE, "%s: found a first row of %zu names, expected 1 to %d", a->label, a->n,
                       COLUMNS);
    for (size_t i = 1; i < pg_json_count(a->rows); i++)
        if (pg_json_count(pg_json_at(a->rows, i)) != a->n)
            return pg_fail(ctx, PGDP_PARSE, "%s: row %zu has %zu cells, expected %zu as the first", a->label, i,
                           pg_json_count(pg_json_at(a->rows, i)), a->n);
    for (size_t j = 0; j < a->n; j++) {
        pgdp_column about = { .name = pg_json_text(pg_json_at(header, j)) };
        if (about.name == NULL)
            return pg_fail(ctx, PGDP_PARSE, "%s: name %zu of the first row is no text", a->label, j + 1);
        PG_TRY(look_at(ctx, a, j, about.name));
        about.type = a->types[j];
        about.frequency = about.type == PGDP_PERIOD ? a->frequency : PGDP_NO_FREQUENCY;
        PG_TRY(pgdp_frame_add_column(ctx, a->frame, &about, &a->columns[j]));
        if (!a->flagged[j] || about.type != PGDP_REAL) continue;
        about = (pgdp_column){ .type = PGDP_TEXT };
        PG_TRY_ALLOC(ctx, about.name, pg_arena_printf(&ctx->scratch, "%s_flag", pg_json_text(pg_json_at(header, j))));
        PG_TRY(pgdp_frame_add_column(ctx, a->frame, &about, &a->flags[j]));
    }
    return PGDP_OK;
}

static pgdp_status set_cell(pgdp_ctx *ctx, const answer *a, size_t row, size_t j)
{
    const char *text;
    pgdp_period period;
    double value;
    PG_TRY(cell_of(ctx, a, row, j, &text));
    if (text == NULL || text[0] == '\0') return PGDP_OK;
    if (a->types[j] == PGDP_TEXT) return pgdp_frame_set_text(ctx, a->frame, a->columns[j], text, PGDP_NONE);
    if (a->types[j] == PGDP_PERIOD) {
        if (pgdp_period_parse(text, &period) && period.frequency == a->frequency)
            pgdp_frame_set_period(a->frame, a->columns[j], period.ordinal);
        return PGDP_OK;
    }
    if (mark_of(text) != NULL) return pgdp_frame_set_text(ctx, a->frame, a->flags[j], mark_of(text), PGDP_NONE);
    if (pg_number_parse(text, strlen(text), &value)) pgdp_frame_set_real(a->frame, a->columns[j], value);
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, answer *a)
{
    const size_t n = pg_json_count(a->rows);
    if (!pg_json_is_array(a->rows) || !pg_json_is_array(pg_json_at(a->rows, 0)))
        return pg_fail(ctx, PGDP_PARSE, "%s: expected a list of rows, the first of them names", a->label);
    PG_TRY(add_columns(ctx, a));
    for (size_t i = 1; i < n; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, a->frame));
        for (size_t j = 0; j < a->n; j++)
            PG_TRY(set_cell(ctx, a, i, j));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    answer *a;
    PG_TRY_ALLOC(ctx, a, pg_arena_alloc(&ctx->scratch, 1, sizeof *a));
    a->label = in->label;
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    pgdp_status status = pg_dataset_add(ctx, out, "", &a->frame);
    a->rows = pg_json_root(document);
    if (status == PGDP_OK) status = fill(ctx, a);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_census_api = {
    .name = "census_api",
    .title = "Census Bureau API, rows as JSON",
    .spec = "https://www.census.gov/data/developers/guidance/api-user-guide.html",
    .sniff = sniff,
    .read = read,
};
