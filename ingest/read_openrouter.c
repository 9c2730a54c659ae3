/* read_openrouter.c  OpenRouter's list of models, US dollars per token as text. Source: formats.md 19.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <math.h>
#include <string.h>

#include "core/json.h"
#include "core/map.h"
#include "core/number.h"
#include "core/text.h"
#include "ingest/readers.h"

enum { COLUMNS = 256, SECONDS_A_DAY = 86400 };
enum { ID, NAME, CREATED, CONTEXT, FLAG, N_FIXED };

typedef struct list {
    const char *label;
    const pg_json_value *models;
    pgdp_frame *frame;
    pg_map by_key; /* of a price */
} list;

static int sniff(const pgdp_bytes *head)
{
    const bool ours = head->n > 0 && head->data[0] == '{' && pg_bytes_hold(head, 64, "\"data\"") &&
                      pg_bytes_hold(head, 16384, "\"pricing\"") && pg_bytes_hold(head, 16384, "\"id\"");
    return ours ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status find_prices(pgdp_ctx *ctx, list *l, const pg_json_value *pricing)
{
    const char *key;
    const pg_json_value *value;
    for (size_t i = 0; (key = pg_json_member_at(pricing, i, &value)) != NULL; i++) {
        if (pg_json_is_array(value) || pg_json_is_object(value)) continue;
        if (pg_map_find(&l->by_key, key, strlen(key)) != PGDP_NONE) continue;
        const bool call = pg_streq(key, "request") || pg_streq(key, "image") || pg_streq(key, "web_search");
        pgdp_column about = { .type = PGDP_REAL, .unit = call ? "usd_per_call" : "usd_per_token" };
        size_t index;
        if (l->by_key.n == COLUMNS)
            return pg_fail(ctx, PGDP_PARSE, "%s: models have more than %d kinds of prices", l->label, COLUMNS);
        PG_TRY_ALLOC(ctx, about.name, pg_arena_printf(&ctx->scratch, "price_%s", key));
        PG_TRY(pgdp_frame_add_column(ctx, l->frame, &about, &index));
        if (!pg_map_put(&l->by_key, key, strlen(key), index)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static bool price_of(const pg_json_value *value, double *out)
{
    const char *text = pg_json_text(value);
    return text == NULL ? pg_json_number(value, out) : pg_number_parse(text, strlen(text), out);
}

/* -1 is no price: the model routes to others. */
static pgdp_status set_prices(pgdp_ctx *ctx, const list *l, const char *id, const pg_json_value *pricing)
{
    const char *key;
    const pg_json_value *value;
    double price;
    for (size_t i = 0; (key = pg_json_member_at(pricing, i, &value)) != NULL; i++) {
        if (pg_json_is_array(value) && pg_json_count(value) > 0)
            PG_TRY(pgdp_frame_set_text(ctx, l->frame, FLAG, key, PGDP_NONE)); /* overrides: other rates besides */
        if (pg_json_is_array(value) || pg_json_is_object(value) || pg_json_is_null(value)) continue;
        if (!price_of(value, &price) || (price < 0 && price > -1))
            return pg_fail(ctx, PGDP_PARSE, "%s: model %.80s: %.40s is no price, expected US dollars a token", l->label,
                           id, key);
        if (price < 0)
            PG_TRY(pgdp_frame_set_text(ctx, l->frame, FLAG, "variable", PGDP_NONE));
        else
            pgdp_frame_set_real(l->frame, pg_map_find(&l->by_key, key, strlen(key)), price);
    }
    return PGDP_OK;
}

static pgdp_status add_model(pgdp_ctx *ctx, const list *l, const pg_json_value *model)
{
    const char *id = pg_json_text(pg_json_member(model, "id")), *name = pg_json_text(pg_json_member(model, "name"));
    double number;
    if (id == NULL) return pg_fail(ctx, PGDP_PARSE, "%s: a model has no id, expected one each", l->label);
    PG_TRY(pgdp_frame_add_row(ctx, l->frame));
    PG_TRY(pgdp_frame_set_text(ctx, l->frame, ID, id, PGDP_NONE));
    if (name != NULL) PG_TRY(pgdp_frame_set_text(ctx, l->frame, NAME, name, PGDP_NONE));
    if (pg_json_number(pg_json_member(model, "created"), &number) && fabs(number) < 1e11)
        pgdp_frame_set_period(l->frame, CREATED, (int32_t)floor(number / SECONDS_A_DAY));
    if (pg_json_number(pg_json_member(model, "context_length"), &number))
        pgdp_frame_set_real(l->frame, CONTEXT, number);
    return set_prices(ctx, l, id, pg_json_member(model, "pricing"));
}

static pgdp_status fill(pgdp_ctx *ctx, list *l)
{
    static const pgdp_column fixed[N_FIXED] = {
        [ID] = { .name = "id", .type = PGDP_TEXT },
        [NAME] = { .name = "name", .type = PGDP_TEXT },
        [CREATED] = { .name = "created", .type = PGDP_PERIOD, .frequency = PGDP_DAILY },
        [CONTEXT] = { .name = "context_length", .type = PGDP_REAL, .unit = "tokens" },
        [FLAG] = { .name = "price_flag", .type = PGDP_TEXT },
    };
    if (!pg_json_is_array(l->models) || pg_json_count(l->models) == 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: found no list \"data\" of models", l->label);
    for (size_t i = 0; i < N_FIXED; i++)
        PG_TRY(pgdp_frame_add_column(ctx, l->frame, &fixed[i], NULL));
    for (size_t i = 0; i < pg_json_count(l->models); i++)
        PG_TRY(find_prices(ctx, l, pg_json_member(pg_json_at(l->models, i), "pricing")));
    for (size_t i = 0; i < pg_json_count(l->models); i++)
        PG_TRY(add_model(ctx, l, pg_json_at(l->models, i)));
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    list l = { .label = in->label };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    l.models = pg_json_member(pg_json_root(document), "data");
    pg_map_init(&l.by_key, &ctx->scratch);
    pgdp_status status = pg_dataset_add(ctx, out, "", &l.frame);
    if (status == PGDP_OK) status = fill(ctx, &l);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_openrouter = {
    .name = "openrouter",
    .title = "OpenRouter, models with prices",
    .spec = "https://openrouter.ai/docs/api-reference/list-available-models",
    .sniff = sniff,
    .read = read,
};
