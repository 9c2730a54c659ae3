/* read_fred_release.c  FRED API version 2: all series of a release in one answer. Source: formats.md 2.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

enum { SERIES, PERIOD, VALUE };

/* A long table for each frequency, made when its first series comes, and one that lists the series. */
typedef struct release {
    const char *label;
    pgdp_dataset *out;
    pgdp_frame *list, *by_frequency[PGDP_DAILY + 1];
} release;

static const char *const facts[] = { "series_id",           "title",        "frequency",    "units",
                                     "seasonal_adjustment", "last_updated", "copyright_id", "notes" };
enum { N_FACTS = sizeof facts / sizeof *facts };

static int sniff(const pgdp_bytes *head)
{
    if (head->n == 0 || head->data[0] != '{') return PG_NOT_OURS;
    if (pg_bytes_hold(head, 512, "\"code\"") && pg_bytes_hold(head, 512, "\"message\"") && head->n < 4096)
        return PG_LIKELY;
    const bool page = pg_bytes_hold(head, 512, "\"has_more\"") || pg_bytes_hold(head, 4096, "\"series\"");
    return page && pg_bytes_hold(head, 8192, "\"series_id\"") && pg_bytes_hold(head, head->n, "\"observations\"")
               ? PG_SURE
               : PG_NOT_OURS;
}

/* Others, such as "Biweekly" and "Semiannual", are told by days. */
static pgdp_frequency frequency_of(const char *text)
{
    static const struct {
        const char *word, *letter;
        pgdp_frequency frequency;
    } known[] = {
        { "Weekly", "W", PGDP_WEEKLY },          { "Monthly", "M", PGDP_MONTHLY }, { "Quarterly", "Q", PGDP_QUARTERLY },
        { "Semiannual", "SA", PGDP_SEMIANNUAL }, { "Annual", "A", PGDP_ANNUAL },
    };
    for (size_t i = 0; text != NULL && i < sizeof known / sizeof *known; i++)
        if (pg_starts_with(text, known[i].word) || pg_streq(text, known[i].letter)) return known[i].frequency;
    return PGDP_DAILY;
}

static pgdp_status table_of(pgdp_ctx *ctx, release *r, pgdp_frequency frequency, pgdp_frame **out)
{
    const pgdp_column columns[] = {
        [SERIES] = { .name = "series_id", .type = PGDP_TEXT },
        [PERIOD] = { .name = "period", .type = PGDP_PERIOD, .frequency = frequency },
        [VALUE] = { .name = "value", .type = PGDP_REAL },
    };
    *out = r->by_frequency[frequency];
    if (*out != NULL) return PGDP_OK;
    PG_TRY(pg_dataset_add(ctx, r->out, pgdp_frequency_name(frequency), out));
    r->by_frequency[frequency] = *out;
    return pg_add_columns(ctx, *out, columns, sizeof columns / sizeof *columns);
}

static pgdp_status add_observation(pgdp_ctx *ctx, const release *r, const char *id, const pg_json_value *observation,
                                   pgdp_frame *frame)
{
    const char *date = pg_json_text(pg_json_member(observation, "date"));
    const char *text = pg_json_text(pg_json_member(observation, "value"));
    pgdp_period day;
    double value;
    if (date == NULL || !pgdp_period_parse(date, &day) || day.frequency != PGDP_DAILY)
        return pg_fail(ctx, PGDP_PARSE, "%s: series %.60s: found \"%.40s\" as date, expected a day such as 2031-02-28",
                       r->label, id, date == NULL ? "" : date);
    PG_TRY(pgdp_frame_add_row(ctx, frame));
    PG_TRY(pgdp_frame_set_text(ctx, frame, SERIES, id, PGDP_NONE));
    pgdp_frame_set_period(frame, PERIOD, pgdp_period_convert(day, pgdp_frame_column(frame, PERIOD)->frequency).ordinal);
    if (text != NULL && (text[0] == '\0' || pg_streq(text, "."))) return PGDP_OK;
    if (text == NULL || !pg_number_parse(text, strlen(text), &value))
        return pg_fail(ctx, PGDP_PARSE, "%s: series %.60s, %s: found \"%.40s\", expected a number or \".\"", r->label,
                       id, date, text == NULL ? "" : text);
    pgdp_frame_set_real(frame, VALUE, value);
    return PGDP_OK;
}

static pgdp_status add_series(pgdp_ctx *ctx, release *r, const pg_json_value *series)
{
    const char *id = pg_json_text(pg_json_member(series, "series_id"));
    const pg_json_value *observations = pg_json_member(series, "observations");
    pgdp_frame *frame;
    if (id == NULL || !pg_json_is_array(observations))
        return pg_fail(ctx, PGDP_PARSE, "%s: a series has no series_id or no observations, expected both", r->label);
    PG_TRY(table_of(ctx, r, frequency_of(pg_json_text(pg_json_member(series, "frequency"))), &frame));
    for (size_t i = 0; i < pg_json_count(observations); i++)
        PG_TRY(add_observation(ctx, r, id, pg_json_at(observations, i), frame));
    PG_TRY(pgdp_frame_add_row(ctx, r->list));
    for (size_t k = 0; k < N_FACTS; k++) {
        const char *text = pg_json_text(pg_json_member(series, facts[k]));
        if (text != NULL && text[0] != '\0') PG_TRY(pgdp_frame_set_text(ctx, r->list, k, text, PGDP_NONE));
    }
    return PGDP_OK;
}

/* A page that is not the last one says so. */
static pgdp_status note_more(pgdp_ctx *ctx, const release *r, const pg_json_value *root)
{
    const char *cursor = pg_json_text(pg_json_member(root, "next_cursor")), *note;
    bool more = false;
    if (!pg_json_truth(pg_json_member(root, "has_more"), &more) || !more) return PGDP_OK;
    PG_TRY_ALLOC(ctx, note,
                 pg_arena_printf(&ctx->scratch, "one page of several; the next begins at %s",
                                 cursor == NULL ? "(no cursor)" : cursor));
    for (size_t i = 0; i < r->out->n_tables; i++)
        PG_TRY(pgdp_frame_set_note(ctx, r->out->tables[i].frame, "incomplete", note));
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, release *r, const pg_json_value *root)
{
    const pg_json_value *series = pg_json_member(root, "series");
    const char *message = pg_json_text(pg_json_member(root, "message"));
    if (series == NULL && message != NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s: the server answered with an error: %.200s", r->label, message);
    if (!pg_json_is_array(series) || pg_json_count(series) == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: found no list \"series\", expected the observations of a release",
                       r->label);
    PG_TRY(pg_dataset_add(ctx, r->out, "series", &r->list));
    for (size_t k = 0; k < N_FACTS; k++)
        PG_TRY(pgdp_frame_add_column(ctx, r->list, &(pgdp_column){ .name = facts[k], .type = PGDP_TEXT }, NULL));
    for (size_t i = 0; i < pg_json_count(series); i++)
        PG_TRY(add_series(ctx, r, pg_json_at(series, i)));
    return note_more(ctx, r, root);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    release r = { .label = in->label, .out = out };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    const pgdp_status status = fill(ctx, &r, pg_json_root(document));
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_fred_release = {
    .name = "fred_release",
    .title = "FRED API version 2, the observations of a release",
    .spec = "https://fred.stlouisfed.org/docs/api/fred/v2/release_observations.html",
    .sniff = sniff,
    .read = read,
};
