/* read_bea_api_json.c  Answers of the BEA API: NIPA, fixed assets, GDP by industry, input-output, regional. Source:
 * BEA, Web Service API User Guide; formats.md 11. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/mended_json.h"
#include "ingest/readers.h"

enum { FIELDS = 64 };
#define VALUE "DataValue"
#define FLAG  "DataValue_flag"
static const char *const marks[] = { "(NA)", "(D)", "(L)", "---", ".....", "....", "n.s.", NULL };

/* Fields keep their names; the key in Request is never looked at. */
typedef struct answer {
    const char *label;
    const pg_json_value *rows;
    pgdp_frame *frame;
    pgdp_frequency frequency; /* the finest; rows of others have a missing period */
    const char *fields[FIELDS];
    size_t columns[FIELDS], n_fields, period, flag;
    bool flagged;
} answer;

static int sniff(const pgdp_bytes *head)
{
    const bool ours = head->n > 0 && head->data[0] == '{' && pg_bytes_hold(head, 256, "\"BEAAPI\"");
    return ours ? PG_SURE : PG_NOT_OURS;
}

/* Results is an object, or a list that holds one. */
static const pg_json_value *only(const pg_json_value *value)
{
    return pg_json_is_array(value) ? pg_json_at(value, 0) : value;
}

static pgdp_status refuse_error(pgdp_ctx *ctx, const answer *a, const pg_json_value *error)
{
    const char *text = pg_json_text(pg_json_member(only(error), "APIErrorDescription"));
    const char *detail = pg_json_text(pg_json_member(only(pg_json_member(only(error), "ErrorDetail")), "Description"));
    if (error == NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: BEA answered with an error: %.200s%s%.200s", a->label,
                   text == NULL ? "no description" : text, detail == NULL ? "" : " ", detail == NULL ? "" : detail);
}

static bool is_mark(const char *text)
{
    for (size_t i = 0; marks[i] != NULL; i++)
        if (pg_streq(marks[i], text)) return true;
    return false;
}

/* 1 to 4 of "I" to "IV", "1" to "4", "Q1" to "Q4"; 0: none, as in annual rows, which repeat the year. */
static int quarter_of(const char *text)
{
    static const char *const roman[] = { "I", "II", "III", "IV" };
    if (text == NULL) return 0;
    for (int q = 0; q < 4; q++)
        if (pg_streq(text, roman[q])) return q + 1;
    const char *digit = text[0] == 'Q' ? text + 1 : text;
    return digit[0] >= '1' && digit[0] <= '4' && digit[1] == '\0' ? digit[0] - '0' : 0;
}

static bool period_of(const pg_json_value *row, pgdp_period *out)
{
    const char *text = pg_json_text(pg_json_member(row, "TimePeriod"));
    if (text == NULL) text = pg_json_text(pg_json_member(row, "Year"));
    if (text == NULL || !pgdp_period_parse(text, out)) return false;
    const int quarter = quarter_of(pg_json_text(pg_json_member(row, "Quarter")));
    if (out->frequency != PGDP_ANNUAL || quarter == 0) return true;
    *out = (pgdp_period){ PGDP_QUARTERLY, 4 * out->ordinal + quarter - 1 };
    return true;
}

static size_t find_field(const answer *a, const char *key)
{
    for (size_t i = 0; i < a->n_fields; i++)
        if (pg_streq(a->fields[i], key)) return i;
    return PGDP_NONE;
}

static pgdp_status look_at(pgdp_ctx *ctx, answer *a, size_t row)
{
    const pg_json_value *fields = pg_json_at(a->rows, row);
    const char *key, *value = pg_json_text(pg_json_member(fields, VALUE));
    pgdp_period period;
    if (value == NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s: row %zu has no " VALUE ", expected one a row", a->label, row + 1);
    if (!period_of(fields, &period))
        return pg_fail(ctx, PGDP_PARSE, "%s: row %zu has no TimePeriod or Year such as 2031Q1", a->label, row + 1);
    if (period.frequency > a->frequency) a->frequency = period.frequency;
    a->flagged = a->flagged || is_mark(value);
    for (size_t i = 0; (key = pg_json_member_at(fields, i, NULL)) != NULL; i++) {
        if (find_field(a, key) != PGDP_NONE) continue;
        if (a->n_fields == FIELDS)
            return pg_fail(ctx, PGDP_PARSE, "%s: rows have more than %d fields", a->label, FIELDS);
        a->fields[a->n_fields++] = key;
    }
    return PGDP_OK;
}

static bool is_number_field(const char *name)
{
    return pg_streq(name, VALUE) || pg_streq(name, "UNIT_MULT") || pg_streq(name, "LineNumber");
}

static pgdp_status add_columns(pgdp_ctx *ctx, answer *a)
{
    const pgdp_column period = { .name = "period", .type = PGDP_PERIOD, .frequency = a->frequency };
    const pgdp_column flag = { .name = FLAG, .type = PGDP_TEXT };
    PG_TRY(pgdp_frame_add_column(ctx, a->frame, &period, &a->period));
    for (size_t i = 0; i < a->n_fields; i++) {
        const pgdp_column about = { .name = a->fields[i],
                                    .type = is_number_field(a->fields[i]) ? PGDP_REAL : PGDP_TEXT };
        if (pgdp_frame_find(a->frame, about.name) != PGDP_NONE || pg_streq(about.name, FLAG))
            return pg_fail(ctx, PGDP_PARSE, "%s: a field is called %s, which stands for something else here", a->label,
                           about.name);
        PG_TRY(pgdp_frame_add_column(ctx, a->frame, &about, &a->columns[i]));
    }
    return a->flagged ? pgdp_frame_add_column(ctx, a->frame, &flag, &a->flag) : PGDP_OK;
}

static pgdp_status set_field(pgdp_ctx *ctx, const answer *a, size_t field, const pg_json_value *cell)
{
    const char *name = a->fields[field], *text = pg_json_text(cell);
    double number;
    if (text == NULL && !pg_json_is_null(cell) && !pg_json_number(cell, &number))
        return pg_fail(ctx, PGDP_PARSE, "%s: row %zu: %.60s is a list or object, expected a text", a->label,
                       pgdp_frame_n_rows(a->frame), name);
    if (text == NULL && pg_json_is_null(cell)) return PGDP_OK;
    if (!is_number_field(name))
        return text == NULL || text[0] == '\0' ? PGDP_OK
                                               : pgdp_frame_set_text(ctx, a->frame, a->columns[field], text, PGDP_NONE);
    if (text != NULL && text[0] == '\0') return PGDP_OK;
    if (text != NULL && is_mark(text))
        return pg_streq(name, VALUE) ? pgdp_frame_set_text(ctx, a->frame, a->flag, text, PGDP_NONE) : PGDP_OK;
    if (text != NULL && !pg_number_parse_grouped(text, strlen(text), &number))
        return pg_fail(ctx, PGDP_PARSE, "%s: row %zu: found \"%.40s\" as %s, expected a number or a mark such as (NA)",
                       a->label, pgdp_frame_n_rows(a->frame), text, name);
    pgdp_frame_set_real(a->frame, a->columns[field], number);
    return PGDP_OK;
}

static pgdp_status add_row(pgdp_ctx *ctx, const answer *a, const pg_json_value *row)
{
    pgdp_period period;
    const char *key;
    const pg_json_value *value;
    PG_TRY(pgdp_frame_add_row(ctx, a->frame));
    if (period_of(row, &period) && period.frequency == a->frequency)
        pgdp_frame_set_period(a->frame, a->period, period.ordinal);
    for (size_t i = 0; (key = pg_json_member_at(row, i, &value)) != NULL; i++)
        PG_TRY(set_field(ctx, a, find_field(a, key), value));
    return PGDP_OK;
}

/* Titles, units and the date of revision stand in the notes. */
static pgdp_status set_notes(pgdp_ctx *ctx, const answer *a, const pg_json_value *results)
{
    static const char *const facts[] = { "Statistic", "PublicTable", "UnitOfMeasure", "UTCProductionTime", NULL };
    const pg_json_value *list = pg_json_member(results, "Notes");
    for (size_t i = 0; facts[i] != NULL; i++) {
        const char *text = pg_json_text(pg_json_member(results, facts[i]));
        if (text != NULL && text[0] != '\0') PG_TRY(pgdp_frame_set_note(ctx, a->frame, facts[i], text));
    }
    for (size_t i = 0; i < pg_json_count(list); i++) {
        const char *ref = pg_json_text(pg_json_member(pg_json_at(list, i), "NoteRef"));
        const char *text = pg_json_text(pg_json_member(pg_json_at(list, i), "NoteText"));
        if (ref != NULL && text != NULL) PG_TRY(pg_note_of(ctx, a->frame, "note", ref, text));
    }
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, answer *a, const pg_json_value *root)
{
    const pg_json_value *api = pg_json_member(root, "BEAAPI"), *results = only(pg_json_member(api, "Results"));
    PG_TRY(refuse_error(ctx, a, pg_json_member(api, "Error")));
    PG_TRY(refuse_error(ctx, a, pg_json_member(results, "Error")));
    a->rows = pg_json_member(results, "Data");
    if (pg_json_count(a->rows) == 0 || !pg_json_is_array(a->rows))
        return pg_fail(ctx, PGDP_PARSE, "%s: BEA answered without Data; ask for GetData of one table", a->label);
    for (size_t i = 0; i < pg_json_count(a->rows); i++)
        PG_TRY(look_at(ctx, a, i));
    PG_TRY(add_columns(ctx, a));
    PG_TRY(pg_frame_reserve(ctx, a->frame, pg_json_count(a->rows)));
    for (size_t i = 0; i < pg_json_count(a->rows); i++)
        PG_TRY(add_row(ctx, a, pg_json_at(a->rows, i)));
    return set_notes(ctx, a, results);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    answer a = { .label = in->label, .frequency = PGDP_ANNUAL };
    size_t n_mended;
    const char *note;
    PG_TRY(pg_mended_json(ctx, in, &document, &n_mended));
    pgdp_status status = pg_dataset_add(ctx, out, "", &a.frame);
    if (status == PGDP_OK) status = fill(ctx, &a, pg_json_root(document));
    pg_json_document_free(document);
    PG_TRY(status);
    if (n_mended == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, note, pg_arena_printf(&ctx->scratch, "%zu characters that are no JSON", n_mended));
    return pgdp_frame_set_note(ctx, a.frame, "mended", note);
}

const pgdp_reader pg_read_bea_api_json = {
    .name = "bea_api_json",
    .title = "BEA API, GetData as JSON",
    .spec = "https://apps.bea.gov/api/_pdf/bea_web_service_api_user_guide.pdf",
    .sniff = sniff,
    .read = read,
};
