/* read_bls_api_json.c  Answers of the BLS public data API, version 2. Source: formats.md 7.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/bls.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

typedef struct answer {
    const char *label;
    const pg_json_value *series; /* list */
    pgdp_frame *frame;
} answer;

static int sniff(const pgdp_bytes *head)
{
    if (head->n == 0 || head->data[0] != '{') return PG_NOT_OURS;
    return pg_bytes_hold(head, 4096, "\"seriesID\"") || pg_bytes_hold(head, 4096, "\"REQUEST_") ? PG_SURE : PG_NOT_OURS;
}

/* The answer itself, or the member "data" that holds it. */
static const pg_json_value *envelope(const pg_json_value *root)
{
    const pg_json_value *inner = pg_json_member(root, "data");
    return pg_json_member(root, "Results") == NULL && pg_json_is_object(inner) ? inner : root;
}

/* What the office says beside the data: series it does not know, years it has cut. */
static pgdp_status messages_of(pgdp_ctx *ctx, const pg_json_value *body, const char **out)
{
    const pg_json_value *list = pg_json_member(body, "message");
    *out = "";
    for (size_t i = 0; i < pg_json_count(list); i++) {
        const char *text = pg_json_text(pg_json_at(list, i));
        if (text == NULL) continue;
        PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%s%s%s", *out, **out == '\0' ? "" : "; ", text));
    }
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, answer *a, const pg_json_value *body)
{
    const char *status = pg_json_text(pg_json_member(body, "status")), *messages;
    PG_TRY(messages_of(ctx, body, &messages));
    const char *said = messages[0] == '\0' ? "no message" : messages;
    if (status == NULL || !pg_streq(status, "REQUEST_SUCCEEDED"))
        return pg_fail(ctx, PGDP_PARSE, "%s: BLS answered with status %.60s: %.400s", a->label,
                       status == NULL ? "(none)" : status, said);
    a->series = pg_json_member(pg_json_member(body, "Results"), "series");
    if (pg_json_count(a->series) == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: BLS answered without any series: %.400s", a->label, said);
    return messages[0] == '\0' ? PGDP_OK : pgdp_frame_set_note(ctx, a->frame, "messages", messages);
}

/* What the answer's catalog tells of a series, when it was asked for. */
static pgdp_status note_catalog(pgdp_ctx *ctx, const answer *a, const char *id, const pg_json_value *catalog)
{
    static const char *const facts[] = { "series_title", "seasonality", "survey_name", "measure_data_type", NULL };
    for (size_t i = 0; facts[i] != NULL; i++) {
        const char *text = pg_json_text(pg_json_member(catalog, facts[i]));
        if (text != NULL) PG_TRY(pg_note_of(ctx, a->frame, facts[i], id, text));
    }
    return PGDP_OK;
}

/* The finest frequency of all series. */
static pgdp_frequency finest(const answer *a)
{
    pgdp_frequency found = PGDP_ANNUAL;
    for (size_t s = 0; s < pg_json_count(a->series); s++) {
        const pg_json_value *data = pg_json_member(pg_json_at(a->series, s), "data");
        for (size_t i = 0; i < pg_json_count(data); i++) {
            const char *code = pg_json_text(pg_json_member(pg_json_at(data, i), "period"));
            pgdp_period period;
            if (code != NULL && pg_bls_period(code, 1970, &period) && period.frequency > found)
                found = period.frequency;
        }
    }
    return found;
}

/* Codes of the footnotes, a comma between; a list of one empty object says that there are none. */
static pgdp_status footnotes_of(pgdp_ctx *ctx, const pg_json_value *item, const char **out)
{
    const pg_json_value *list = pg_json_member(item, "footnotes");
    *out = NULL;
    for (size_t i = 0; i < pg_json_count(list); i++) {
        const char *code = pg_json_text(pg_json_member(pg_json_at(list, i), "code"));
        if (code == NULL) continue;
        PG_TRY_ALLOC(ctx, *out,
                     pg_arena_printf(&ctx->scratch, "%s%s%s", *out == NULL ? "" : *out, *out == NULL ? "" : ",", code));
    }
    return PGDP_OK;
}

static pgdp_status add_item(pgdp_ctx *ctx, const answer *a, const char *series, const pg_json_value *item,
                            pg_observations *to)
{
    const char *code = pg_json_text(pg_json_member(item, "period")), *year = pg_json_text(pg_json_member(item, "year"));
    const char *value = pg_json_text(pg_json_member(item, "value"));
    pg_observation row = { .series = series, .code = code, .value = (double)NAN };
    double number = 0;
    const bool dated = code != NULL && year != NULL && strlen(year) == 4 && pg_number_parse(year, 4, &number);
    if (!dated)
        return pg_fail(ctx, PGDP_PARSE, "%s: series %.40s has an observation without year or period, expected both",
                       a->label, series);
    row.year = (int)number;
    if (value == NULL || (!pg_streq(value, "-") && !pg_number_parse(value, strlen(value), &row.value)))
        return pg_fail(ctx, PGDP_PARSE, "%s: series %.40s, %s %s: found \"%.40s\", expected a number or \"-\"",
                       a->label, series, year, code, value == NULL ? "" : value);
    PG_TRY(footnotes_of(ctx, item, &row.footnotes));
    return pg_observations_add(ctx, to, &row);
}

/* Observations come newest first; the table has them in order of time. */
static pgdp_status fill(pgdp_ctx *ctx, answer *a, const pg_json_value *root)
{
    pg_observations to;
    PG_TRY(check(ctx, a, envelope(root)));
    PG_TRY(pg_observations_begin(ctx, a->frame, finest(a), &to));
    for (size_t s = 0; s < pg_json_count(a->series); s++) {
        const pg_json_value *one = pg_json_at(a->series, s), *data = pg_json_member(one, "data");
        const char *id = pg_json_text(pg_json_member(one, "seriesID"));
        if (id == NULL || pg_json_count(data) == 0)
            return pg_fail(ctx, PGDP_PARSE, "%s: series %.40s has no data; ask for it again, or leave it out", a->label,
                           id == NULL ? "(without ID)" : id);
        PG_TRY(note_catalog(ctx, a, id, pg_json_member(one, "catalog")));
        for (size_t i = pg_json_count(data); i > 0; i--)
            PG_TRY(add_item(ctx, a, id, pg_json_at(data, i - 1), &to));
    }
    return pg_bls_note_periods(ctx, a->frame);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    answer a = { .label = in->label };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    pgdp_status status = pg_dataset_add(ctx, out, "", &a.frame);
    if (status == PGDP_OK) status = fill(ctx, &a, pg_json_root(document));
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_bls_api_json = {
    .name = "bls_api_json",
    .title = "BLS public data API, version 2, as JSON",
    .spec = "https://www.bls.gov/developers/api_signature_v2.htm",
    .sniff = sniff,
    .read = read,
};
