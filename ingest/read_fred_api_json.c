/* read_fred_api_json.c  Answers of the FRED API, series/observations, version 1. Source: formats.md 2.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/fred_observations.h"
#include "ingest/readers.h"

enum { MEMBERS = 4100 }; /* of one observation: as many as there may be vintages, and its dates */

static int sniff(const pgdp_bytes *head)
{
    if (head->n == 0 || head->data[0] != '{') return PG_NOT_OURS;
    if (pg_bytes_hold(head, 1024, "\"error_code\"") && pg_bytes_hold(head, 1024, "\"error_message\"")) return PG_SURE;
    const bool ours = pg_bytes_hold(head, 1024, "\"observations\"") && pg_bytes_hold(head, 1024, "\"realtime_start\"");
    return ours ? PG_SURE : PG_NOT_OURS;
}

/* Real-time periods that are not all the answer's own are part of a row's key. */
static bool varies(const pg_json_value *observations, const char *start)
{
    for (size_t i = 0; start != NULL && i < pg_json_count(observations); i++) {
        const char *own = pg_json_text(pg_json_member(pg_json_at(observations, i), "realtime_start"));
        if (own != NULL && !pg_streq(own, start)) return true;
    }
    return false;
}

/* Text of a member that is text, a number or null. */
static pgdp_status text_of(pgdp_ctx *ctx, const pg_json_value *value, const char **out)
{
    char buffer[PG_NUMBER_SIZE];
    double number;
    *out = pg_json_text(value);
    if (*out != NULL || !pg_json_number(value, &number)) return PGDP_OK;
    pg_number_format(number, buffer);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, buffer));
    return PGDP_OK;
}

static pgdp_status add_row(pgdp_ctx *ctx, pg_fred_observations *to, const pg_json_value *observation,
                           const char **pairs)
{
    const char *key;
    const pg_json_value *value;
    size_t n = 0;
    for (size_t i = 0; (key = pg_json_member_at(observation, i, &value)) != NULL; i++) {
        if (i == MEMBERS)
            return pg_fail(ctx, PGDP_PARSE, "%s: there are more than %d vintages", to->head.label, MEMBERS);
        if (pg_json_is_array(value) || pg_json_is_object(value))
            return pg_fail(ctx, PGDP_PARSE, "%s: found a list or object as %.80s, expected a number or \".\"",
                           to->head.label, key);
        pairs[n] = key;
        PG_TRY(text_of(ctx, value, &pairs[n + 1]));
        n += 2;
    }
    pairs[n] = NULL;
    return pg_fred_add(ctx, to, pairs);
}

static pgdp_status fill(pgdp_ctx *ctx, const char *label, const pg_json_value *root, pgdp_frame *frame)
{
    const pg_json_value *observations = pg_json_member(root, "observations");
    const char *error = pg_json_text(pg_json_member(root, "error_message")), **pairs;
    pg_fred_head head = { .label = label,
                          .realtime_start = pg_json_text(pg_json_member(root, "realtime_start")),
                          .units = pg_json_text(pg_json_member(root, "units")) };
    pg_fred_observations to;
    if (error != NULL) return pg_fail(ctx, PGDP_PARSE, "%s: FRED answered with an error: %.200s", label, error);
    if (!pg_json_is_array(observations))
        return pg_fail(ctx, PGDP_PARSE, "%s: found no list \"observations\", expected an answer of series/observations",
                       label);
    PG_TRY(text_of(ctx, pg_json_member(root, "count"), &head.count));
    PG_TRY(text_of(ctx, pg_json_member(root, "limit"), &head.limit));
    PG_TRY(text_of(ctx, pg_json_member(root, "offset"), &head.offset));
    PG_TRY_ALLOC(ctx, pairs, pg_arena_alloc(&ctx->scratch, 2 * MEMBERS + 1, sizeof *pairs));
    PG_TRY(pg_fred_begin(ctx, &head, varies(observations, head.realtime_start), frame, &to));
    for (size_t i = 0; i < pg_json_count(observations); i++)
        PG_TRY(add_row(ctx, &to, pg_json_at(observations, i), pairs));
    return pg_fred_end(ctx, &to);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    pgdp_frame *frame;
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    pgdp_status status = pg_dataset_add(ctx, out, "", &frame);
    if (status == PGDP_OK) status = fill(ctx, in->label, pg_json_root(document), frame);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_fred_api_json = {
    .name = "fred_api_json",
    .title = "FRED API, series/observations as JSON",
    .spec = "https://fred.stlouisfed.org/docs/api/fred/series_observations.html",
    .sniff = sniff,
    .read = read,
};
