/* rubric.c  A rubric checked, in canonical form, with its hash. SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/rubric.h"

#include "core/json.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LONGEST_TEXT = 16384 };

pgdp_status pg_rubric_new(pgdp_ctx *ctx, const char *path, pgdp_rubric **out)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_rubric *rubric = pg_arena_alloc(&arena, 1, sizeof *rubric);
    if (rubric == NULL) return pg_no_memory(ctx);
    rubric->arena = arena;
    rubric->path = pg_arena_strdup(&rubric->arena, path);
    if (rubric->path == NULL) {
        pgdp_rubric_free(rubric);
        return pg_no_memory(ctx);
    }
    *out = rubric;
    return PGDP_OK;
}

void pgdp_rubric_free(pgdp_rubric *rubric)
{
    if (rubric == NULL) return;
    pg_arena arena = rubric->arena;
    pg_arena_free(&arena);
}

const char *pgdp_rubric_item(const pgdp_rubric *rubric, size_t i)
{
    return i < rubric->n_items ? rubric->items[i].name : NULL;
}

/** An item by name; NULL: the only one. NULL when there is no such item. */
static const pg_rubric_item *find_item(const pgdp_rubric *rubric, const char *name)
{
    if (name == NULL) return rubric->n_items == 1 ? &rubric->items[0] : NULL;
    for (size_t i = 0; i < rubric->n_items; i++)
        if (pg_streq(rubric->items[i].name, name)) return &rubric->items[i];
    return NULL;
}

const char *const *pgdp_rubric_labels(const pgdp_rubric *rubric, const char *item)
{
    const pg_rubric_item *found = find_item(rubric, item);
    return found == NULL ? NULL : found->labels;
}

const double *pgdp_rubric_values(const pgdp_rubric *rubric, const char *item)
{
    const pg_rubric_item *found = find_item(rubric, item);
    for (size_t k = 0; found != NULL && k < found->n_levels; k++)
        if (isnan(found->levels[k].value)) return NULL;
    return found == NULL ? NULL : found->values;
}

const char *pgdp_rubric_sha256(const pgdp_rubric *rubric)
{
    return rubric->sha256;
}

bool pg_rubric_shares_levels(const pgdp_rubric *rubric)
{
    for (size_t i = 1; i < rubric->n_items; i++)
        if (rubric->items[i].levels != rubric->items[0].levels) return false;
    return true;
}

/** A name of an item: it becomes a key of JSON and a cell of tables. */
static bool is_name(const char *s)
{
    const size_t n = strspn(s, "abcdefghijklmnopqrstuvwxyz0123456789_");
    return n > 0 && n <= PG_MOST_NAME && s[n] == '\0';
}

/** A label: one line without blanks around it, so that an answer can repeat it to the letter. */
static bool is_label(const char *s)
{
    const size_t n = strlen(s);
    if (n == 0 || n > PG_MOST_NAME || s[0] == ' ' || s[n - 1] == ' ') return false;
    for (size_t i = 0; i < n; i++)
        if ((unsigned char)s[i] < ' ' || s[i] == 0x7f) return false;
    return true;
}

static pgdp_status need_text(pgdp_ctx *ctx, const pgdp_rubric *r, const char *what, const char *text)
{
    if (text == NULL || text[0] == '\0')
        return pg_fail(ctx, PGDP_PARSE, "%s: %s: found nothing, expected a text", r->path, what);
    if (strlen(text) > LONGEST_TEXT)
        return pg_fail(ctx, PGDP_PARSE, "%s: %s: found a text of %zu bytes, expected at most %d", r->path, what,
                       strlen(text), LONGEST_TEXT);
    return PGDP_OK;
}

static pgdp_status check_levels(pgdp_ctx *ctx, const pgdp_rubric *r, const pg_rubric_item *item)
{
    if (item->n_levels < 2 || item->n_levels > PG_MOST_LABELS)
        return pg_fail(ctx, PGDP_PARSE, "%s: item %s: found %zu levels, expected 2 to %d", r->path, item->name,
                       item->n_levels, PG_MOST_LABELS);
    for (size_t k = 0; k < item->n_levels; k++) {
        const pg_rubric_level *level = &item->levels[k];
        char what[160];
        if (!is_label(level->label))
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: item %s, level %zu: found \"%.60s\", expected a label of one line, 1 to %d bytes",
                           r->path, item->name, k + 1, level->label, PG_MOST_NAME);
        (void)snprintf(what, sizeof what, "item %s, level %s", item->name, level->label);
        PG_TRY(need_text(ctx, r, what, level->meaning));
        for (size_t l = 0; l < k; l++)
            if (pg_streq(level->label, item->levels[l].label))
                return pg_fail(ctx, PGDP_PARSE, "%s: %s: found twice, expected each label once", r->path, what);
        if (isnan(level->value) != isnan(item->levels[0].value))
            return pg_fail(ctx, PGDP_PARSE, "%s: %s: found %s, expected values for all levels of an item or for none",
                           r->path, what, isnan(level->value) ? "no value" : "a value");
    }
    return PGDP_OK;
}

static pgdp_status check(pgdp_ctx *ctx, const pgdp_rubric *r)
{
    PG_TRY(need_text(ctx, r, "name", r->name));
    PG_TRY(need_text(ctx, r, "title", r->title));
    PG_TRY(need_text(ctx, r, "source", r->source));
    if (r->instructions != NULL) PG_TRY(need_text(ctx, r, "instructions", r->instructions));
    if (!is_name(r->name))
        return pg_fail(ctx, PGDP_PARSE, "%s: name: found \"%.60s\", expected a-z, 0-9 and _", r->path, r->name);
    if (r->n_items == 0 || r->n_items > PG_MOST_ITEMS)
        return pg_fail(ctx, PGDP_PARSE, "%s: found %zu items, expected 1 to %d", r->path, r->n_items, PG_MOST_ITEMS);
    for (size_t i = 0; i < r->n_items; i++) {
        const pg_rubric_item *item = &r->items[i];
        if (!is_name(item->name) || pg_streq(item->name, "task"))
            return pg_fail(ctx, PGDP_PARSE,
                           "%s: item %zu: found the name \"%.60s\", expected a-z, 0-9 and _, and not \"task\"", r->path,
                           i + 1, item->name);
        for (size_t j = 0; j < i; j++)
            if (pg_streq(item->name, r->items[j].name))
                return pg_fail(ctx, PGDP_PARSE, "%s: item %s: found twice, expected each name once", r->path,
                               item->name);
        PG_TRY(need_text(ctx, r, item->name, item->question));
        PG_TRY(check_levels(ctx, r, item));
    }
    return PGDP_OK;
}

static pgdp_status make_labels(pgdp_ctx *ctx, pgdp_rubric *r)
{
    for (size_t i = 0; i < r->n_items; i++) {
        pg_rubric_item *item = &r->items[i];
        const char **labels;
        double *values;
        PG_TRY_ALLOC(ctx, labels, (const char **)pg_arena_alloc(&r->arena, item->n_levels + 1, sizeof *labels));
        PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&r->arena, item->n_levels, sizeof *values));
        for (size_t k = 0; k < item->n_levels; k++) {
            labels[k] = item->levels[k].label;
            values[k] = item->levels[k].value;
        }
        item->labels = labels;
        item->values = values;
    }
    return PGDP_OK;
}

/** All that changes what is asked or what an answer is worth. */
static void put_canonical(pg_json *json, const pgdp_rubric *r)
{
    pg_json_object(json);
    pg_json_key_string(json, "name", r->name);
    pg_json_key_string(json, "title", r->title);
    pg_json_key_string(json, "source", r->source);
    pg_json_key_string(json, "instructions", r->instructions);
    pg_json_key(json, "items");
    pg_json_array(json);
    for (size_t i = 0; i < r->n_items; i++) {
        pg_json_object(json);
        pg_json_key_string(json, "name", r->items[i].name);
        pg_json_key_string(json, "question", r->items[i].question);
        pg_json_key(json, "levels");
        pg_json_array(json);
        for (size_t k = 0; k < r->items[i].n_levels; k++) {
            const pg_rubric_level *level = &r->items[i].levels[k];
            pg_json_object(json);
            pg_json_key_string(json, "label", level->label);
            pg_json_key_string(json, "meaning", level->meaning);
            pg_json_key_real(json, "value", level->value);
            pg_json_object_end(json);
        }
        pg_json_array_end(json);
        pg_json_object_end(json);
    }
    pg_json_array_end(json);
    pg_json_object_end(json);
}

pgdp_status pg_rubric_seal(pgdp_ctx *ctx, pgdp_rubric *r)
{
    pg_text text;
    pg_json json;
    PG_TRY(check(ctx, r));
    PG_TRY(make_labels(ctx, r));
    pg_text_init(&text, &r->arena);
    const pgdp_sink sink = pg_text_sink(&text);
    pg_json_init(&json, &sink, false);
    put_canonical(&json, r);
    const pgdp_status status = pg_json_end(ctx, &json);
    if (text.failed) return pg_no_memory(ctx);
    PG_TRY(status);
    r->text = text.data;
    return pg_sha256(ctx, text.data, text.n, r->sha256);
}
