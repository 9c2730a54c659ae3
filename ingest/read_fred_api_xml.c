/* read_fred_api_xml.c  Answers of the FRED API, series/observations, as XML, its default. Source: formats.md 2.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "ingest/fred_observations.h"
#include "ingest/readers.h"
#include "ingest/xml.h"

/* Two passes: whether real-time periods differ, then the rows. */
typedef struct answer {
    pgdp_ctx *ctx;
    pg_fred_head head;
    pgdp_frame *frame;
    pg_fred_observations to;
    bool filling, found, begun, varies;
} answer;

static int sniff(const pgdp_bytes *head)
{
    size_t i = 0;
    while (i < head->n && head->data[i] <= ' ')
        i++;
    if (i == head->n || head->data[i] != '<') return PG_NOT_OURS;
    const bool observations = pg_bytes_hold(head, 1024, "<observations ");
    return observations || pg_bytes_hold(head, 1024, "<error code=") ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status keep(pgdp_ctx *ctx, const char **attributes, const char *name, const char **out)
{
    const char *value = pg_xml_attribute(attributes, name);
    *out = NULL;
    if (value != NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&ctx->scratch, value));
    return PGDP_OK;
}

static pgdp_status on_observations(answer *a, const char **attributes)
{
    if (a->filling ? a->begun : a->found)
        return pg_fail(a->ctx, PGDP_PARSE, "%s: found <observations> twice, expected one answer a file", a->head.label);
    a->found = true;
    a->begun = a->filling;
    if (a->filling) return pg_fred_begin(a->ctx, &a->head, a->varies, a->frame, &a->to);
    PG_TRY(keep(a->ctx, attributes, "realtime_start", &a->head.realtime_start));
    PG_TRY(keep(a->ctx, attributes, "units", &a->head.units));
    PG_TRY(keep(a->ctx, attributes, "count", &a->head.count));
    PG_TRY(keep(a->ctx, attributes, "limit", &a->head.limit));
    return keep(a->ctx, attributes, "offset", &a->head.offset);
}

static pgdp_status on_observation(answer *a, const char **attributes)
{
    const char *start = pg_xml_attribute(attributes, "realtime_start");
    if (a->filling) return pg_fred_add(a->ctx, &a->to, (const char *const *)attributes);
    if (start != NULL && a->head.realtime_start != NULL && !pg_streq(start, a->head.realtime_start)) a->varies = true;
    return PGDP_OK;
}

static pgdp_status on_element(answer *a, const char *name, const char **attributes)
{
    if (pg_streq(name, "observations")) return on_observations(a, attributes);
    if (pg_streq(name, "observation") && a->found) return on_observation(a, attributes);
    if (pg_streq(name, "error")) {
        const char *message = pg_xml_attribute(attributes, "message");
        return pg_fail(a->ctx, PGDP_PARSE, "%s: FRED answered with an error: %.200s", a->head.label,
                       message == NULL ? "no message" : message);
    }
    return pg_fail(a->ctx, PGDP_PARSE, "%s: found <%.40s>, expected <observations> of series/observations",
                   a->head.label, name);
}

static void on_start(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    const pgdp_status status = on_element(user, name, attributes);
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

static void on_end(pg_xml *xml, void *user, const char *name)
{
    (void)xml, (void)user, (void)name;
}

static pgdp_status pass(answer *a, const pgdp_bytes *in)
{
    static const pg_xml_handlers handlers = { .start = on_start, .end = on_end };
    pg_xml *xml;
    bool enough;
    PG_TRY(pg_xml_new(a->ctx, in->label, &handlers, a, &xml));
    pg_xml_set_plain(xml);
    const pgdp_status status = pg_xml_feed(a->ctx, xml, in->data, in->n, true, &enough);
    pg_xml_free(xml);
    return status;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    answer a = { .ctx = ctx, .head = { .label = in->label } };
    PG_TRY(pass(&a, in));
    PG_TRY(pg_dataset_add(ctx, out, "", &a.frame));
    a.filling = true;
    PG_TRY(pass(&a, in));
    return pg_fred_end(ctx, &a.to);
}

const pgdp_reader pg_read_fred_api_xml = {
    .name = "fred_api_xml",
    .title = "FRED API, series/observations as XML",
    .spec = "https://fred.stlouisfed.org/docs/api/fred/series_observations.html, file_type=xml",
    .sniff = sniff,
    .read = read,
};
