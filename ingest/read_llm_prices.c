/* read_llm_prices.c  Token price histories, one file a vendor. Source: simonw/llm-prices; formats.md 19.3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/text.h"
#include "ingest/readers.h"

typedef struct history {
    const char *label;
    pgdp_frame *frame;
} history;
enum { VENDOR, MODEL, NAME, INPUT, OUTPUT, INPUT_CACHED, FROM, TO, N_COLUMNS };
static const struct {
    const char *name;
    pgdp_type type;
} columns[N_COLUMNS] = {
    { "vendor", PGDP_TEXT }, { "model", PGDP_TEXT },        { "name", PGDP_TEXT },        { "input", PGDP_REAL },
    { "output", PGDP_REAL }, { "input_cached", PGDP_REAL }, { "from_date", PGDP_PERIOD }, { "to_date", PGDP_PERIOD },
};

static int sniff(const pgdp_bytes *head)
{
    const bool ours = head->n > 0 && head->data[0] == '{' && pg_bytes_hold(head, 4096, "\"vendor\"") &&
                      pg_bytes_hold(head, 4096, "\"price_history\"");
    return ours ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status set_price(pgdp_ctx *ctx, const history *h, const char *model, const pg_json_value *price, size_t at)
{
    const pg_json_value *cell = pg_json_member(price, columns[at].name);
    double value;
    if (cell == NULL || pg_json_is_null(cell)) return PGDP_OK;
    if (!pg_json_number(cell, &value) || value < 0)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: model %.80s: %s is no price, expected US dollars per million tokens or null", h->label,
                       model, columns[at].name);
    pgdp_frame_set_real(h->frame, at, value);
    return PGDP_OK;
}

/* null is open-ended: from the launch on, or until today. */
static pgdp_status set_date(pgdp_ctx *ctx, const history *h, const char *model, const pg_json_value *price, size_t at)
{
    const pg_json_value *cell = pg_json_member(price, columns[at].name);
    const char *text = pg_json_text(cell);
    pgdp_period day;
    if (cell == NULL || pg_json_is_null(cell)) return PGDP_OK;
    if (text == NULL || !pgdp_period_parse(text, &day) || day.frequency != PGDP_DAILY)
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: model %.80s: found \"%.40s\" as %s, expected a day such as 2031-02-28 or null", h->label,
                       model, text == NULL ? "" : text, columns[at].name);
    pgdp_frame_set_period(h->frame, at, day.ordinal);
    return PGDP_OK;
}

static pgdp_status add_model(pgdp_ctx *ctx, const history *h, const char *vendor, const pg_json_value *model)
{
    const char *id = pg_json_text(pg_json_member(model, "id")), *name = pg_json_text(pg_json_member(model, "name"));
    const pg_json_value *prices = pg_json_member(model, "price_history");
    if (id == NULL || !pg_json_is_array(prices))
        return pg_fail(ctx, PGDP_PARSE, "%s: a model has no id or no price_history, expected both", h->label);
    for (size_t i = 0; i < pg_json_count(prices); i++) {
        const pg_json_value *price = pg_json_at(prices, i);
        PG_TRY(pgdp_frame_add_row(ctx, h->frame));
        PG_TRY(pgdp_frame_set_text(ctx, h->frame, VENDOR, vendor, PGDP_NONE));
        PG_TRY(pgdp_frame_set_text(ctx, h->frame, MODEL, id, PGDP_NONE));
        if (name != NULL) PG_TRY(pgdp_frame_set_text(ctx, h->frame, NAME, name, PGDP_NONE));
        for (size_t at = INPUT; at <= INPUT_CACHED; at++)
            PG_TRY(set_price(ctx, h, id, price, at));
        PG_TRY(set_date(ctx, h, id, price, FROM));
        PG_TRY(set_date(ctx, h, id, price, TO));
    }
    return PGDP_OK;
}

static pgdp_status fill(pgdp_ctx *ctx, const history *h, const pg_json_value *root)
{
    const char *vendor = pg_json_text(pg_json_member(root, "vendor"));
    const pg_json_value *models = pg_json_member(root, "models");
    if (vendor == NULL || !pg_json_is_array(models))
        return pg_fail(ctx, PGDP_PARSE, "%s: found no vendor or no list of models, expected both", h->label);
    for (size_t at = 0; at < N_COLUMNS; at++) {
        pgdp_column about = { .name = columns[at].name, .type = columns[at].type };
        if (about.type == PGDP_REAL) about.unit = "usd_per_million_tokens";
        if (about.type == PGDP_PERIOD) about.frequency = PGDP_DAILY;
        PG_TRY(pgdp_frame_add_column(ctx, h->frame, &about, NULL));
    }
    for (size_t i = 0; i < pg_json_count(models); i++)
        PG_TRY(add_model(ctx, h, vendor, pg_json_at(models, i)));
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    history h = { .label = in->label };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    pgdp_status status = pg_dataset_add(ctx, out, "", &h.frame);
    if (status == PGDP_OK) status = fill(ctx, &h, pg_json_root(document));
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_llm_prices = {
    .name = "llm_prices",
    .title = "Token price history of a vendor",
    .spec = "https://github.com/simonw/llm-prices, data/",
    .sniff = sniff,
    .read = read,
};
