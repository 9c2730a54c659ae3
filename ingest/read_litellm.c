/* read_litellm.c  LiteLLM's list of model prices, US dollars per single token. Source: formats.md 19.1.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/json.h"
#include "core/map.h"
#include "core/text.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

enum { COLUMNS = 1024, MODEL = 0 };

/* A column for each price, limit and text that any model has; "sample_spec" is documentation. */
typedef struct list {
    const char *label;
    const pg_json_value *root;
    pgdp_frame *frame;
    pg_map by_key;
} list;

static int sniff(const pgdp_bytes *head)
{
    const bool ours = head->n > 0 && head->data[0] == '{' && pg_bytes_hold(head, 8192, "\"litellm_provider\"") &&
                      pg_bytes_hold(head, 8192, "_cost_per_token\"");
    return ours ? PG_SURE : PG_NOT_OURS;
}

static bool is_text_key(const char *key)
{
    static const char *const keys[] = { "litellm_provider", "mode", "deprecation_date", "source", NULL };
    for (size_t i = 0; keys[i] != NULL; i++)
        if (pg_streq(keys[i], key)) return true;
    return false;
}

/* input_cost_per_token, output_cost_per_token_batches, cache_read_input_token_cost, ... */
static bool is_price_key(const char *key)
{
    return strstr(key, "_cost") != NULL;
}

static bool is_number_key(const char *key)
{
    return is_price_key(key) || (pg_starts_with(key, "max_") && strstr(key, "tokens") != NULL);
}

static bool is_model(const list *l, size_t i, const char **model, const pg_json_value **facts)
{
    *model = pg_json_member_at(l->root, i, facts);
    return !pg_streq(*model, "sample_spec");
}

static pgdp_status find_columns(pgdp_ctx *ctx, list *l, const pg_json_value *facts)
{
    const char *key;
    for (size_t i = 0; (key = pg_json_member_at(facts, i, NULL)) != NULL; i++) {
        if ((!is_text_key(key) && !is_number_key(key)) || pg_map_find(&l->by_key, key, strlen(key)) != PGDP_NONE)
            continue;
        pgdp_column about = { .name = key, .type = is_text_key(key) ? PGDP_TEXT : PGDP_REAL };
        if (is_price_key(key)) about.unit = strstr(key, "token") != NULL ? "usd_per_token" : "usd";
        if (about.type == PGDP_REAL && !is_price_key(key)) about.unit = "tokens";
        size_t index;
        if (l->by_key.n == COLUMNS)
            return pg_fail(ctx, PGDP_PARSE, "%s: models have more than %d kinds of prices", l->label, COLUMNS);
        PG_TRY(pgdp_frame_add_column(ctx, l->frame, &about, &index));
        if (!pg_map_put(&l->by_key, key, strlen(key), index)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

/* A sentence where a number is due is kept as a note; a price below zero is none. */
static pgdp_status set_fact(pgdp_ctx *ctx, const list *l, const char *model, const char *key,
                            const pg_json_value *value)
{
    const size_t column = pg_map_find(&l->by_key, key, strlen(key));
    const char *text = pg_json_text(value), *what;
    double number;
    if (column == PGDP_NONE || pg_json_is_null(value)) return PGDP_OK;
    if (is_text_key(key)) return text == NULL ? PGDP_OK : pgdp_frame_set_text(ctx, l->frame, column, text, PGDP_NONE);
    if (pg_json_number(value, &number) && number < 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: model %.80s: %s is below zero, expected US dollars per token", l->label,
                       model, key);
    if (pg_json_number(value, &number)) {
        pgdp_frame_set_real(l->frame, column, number);
        return PGDP_OK;
    }
    if (text == NULL || text[0] == '\0') return PGDP_OK;
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "%s: %s", model, text));
    return pg_note_of(ctx, l->frame, "not_number", key, what);
}

static pgdp_status fill(pgdp_ctx *ctx, list *l)
{
    const pgdp_column model = { .name = "model", .type = PGDP_TEXT };
    const pg_json_value *facts;
    const char *name, *key;
    const pg_json_value *value;
    PG_TRY(pgdp_frame_add_column(ctx, l->frame, &model, NULL));
    for (size_t i = 0; i < pg_json_count(l->root); i++) {
        if (!is_model(l, i, &name, &facts)) continue;
        if (!pg_json_is_object(facts))
            return pg_fail(ctx, PGDP_PARSE, "%s: model %.80s is no object, expected its prices by name", l->label,
                           name);
        PG_TRY(find_columns(ctx, l, facts));
    }
    for (size_t i = 0; i < pg_json_count(l->root); i++) {
        if (!is_model(l, i, &name, &facts)) continue;
        PG_TRY(pgdp_frame_add_row(ctx, l->frame));
        PG_TRY(pgdp_frame_set_text(ctx, l->frame, MODEL, name, PGDP_NONE));
        for (size_t k = 0; (key = pg_json_member_at(facts, k, &value)) != NULL; k++)
            PG_TRY(set_fact(ctx, l, name, key, value));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_json_document *document;
    list l = { .label = in->label };
    PG_TRY(pg_json_parse(ctx, in->label, in->data, in->n, &document));
    l.root = pg_json_root(document);
    pg_map_init(&l.by_key, &ctx->scratch);
    pgdp_status status = pg_json_is_object(l.root)
                             ? pg_dataset_add(ctx, out, "", &l.frame)
                             : pg_fail(ctx, PGDP_PARSE, "%s: expected one object, a member a model", in->label);
    if (status == PGDP_OK) status = fill(ctx, &l);
    pg_json_document_free(document);
    return status;
}

const pgdp_reader pg_read_litellm = {
    .name = "litellm",
    .title = "LiteLLM, model prices and context windows",
    .spec = "https://github.com/BerriAI/litellm, model_prices_and_context_window.json",
    .sniff = sniff,
    .read = read,
};
