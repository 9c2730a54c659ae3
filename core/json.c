/* json.c  Reading JSON (RFC 8259) by jansson into values of our own: members in order, each found in O(1).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/map.h"

#include <jansson.h>
#include <string.h>

typedef enum kind { KIND_NULL, KIND_BOOL, KIND_NUMBER, KIND_TEXT, KIND_ARRAY, KIND_OBJECT } kind;

enum { MAPPED_MEMBERS = 16 }; /* smaller objects are searched from the front */

struct pg_json_value {
    kind kind;
    bool truth;
    double number;
    const char *text;
    size_t n; /* of items */
    pg_json_value *items;
    const char **keys; /* [n] of an object */
    pg_map *map;       /* from key to item; NULL for small objects */
};

struct pg_json_document {
    pg_arena arena;
    pg_json_value root;
};

static pgdp_status copy_value(pgdp_ctx *ctx, pg_arena *arena, json_t *from, pg_json_value *to);

static pgdp_status copy_array(pgdp_ctx *ctx, pg_arena *arena, json_t *from, pg_json_value *to)
{
    to->n = json_array_size(from);
    PG_TRY_ALLOC(ctx, to->items, pg_arena_alloc(arena, to->n, sizeof *to->items));
    for (size_t i = 0; i < to->n; i++)
        PG_TRY(copy_value(ctx, arena, json_array_get(from, i), &to->items[i]));
    return PGDP_OK;
}

static pgdp_status copy_object(pgdp_ctx *ctx, pg_arena *arena, json_t *from, pg_json_value *to)
{
    to->n = json_object_size(from);
    PG_TRY_ALLOC(ctx, to->items, pg_arena_alloc(arena, to->n, sizeof *to->items));
    PG_TRY_ALLOC(ctx, to->keys, pg_arena_alloc(arena, to->n, sizeof *to->keys));
    if (to->n > MAPPED_MEMBERS) {
        PG_TRY_ALLOC(ctx, to->map, pg_arena_alloc(arena, 1, sizeof *to->map));
        pg_map_init(to->map, arena);
    }
    size_t i = 0;
    for (void *at = json_object_iter(from); at != NULL; at = json_object_iter_next(from, at), i++) {
        const char *key = json_object_iter_key(at);
        PG_TRY_ALLOC(ctx, to->keys[i], pg_arena_strdup(arena, key));
        if (to->map != NULL && !pg_map_put(to->map, to->keys[i], strlen(key), i)) return pg_no_memory(ctx);
        PG_TRY(copy_value(ctx, arena, json_object_iter_value(at), &to->items[i]));
    }
    return PGDP_OK;
}

/* As deep as the document, which find_too_deep() has bounded. */
static pgdp_status copy_value(pgdp_ctx *ctx, pg_arena *arena, json_t *from, pg_json_value *to)
{
    switch (json_typeof(from)) {
    case JSON_OBJECT:
        to->kind = KIND_OBJECT;
        return copy_object(ctx, arena, from, to);
    case JSON_ARRAY:
        to->kind = KIND_ARRAY;
        return copy_array(ctx, arena, from, to);
    case JSON_STRING:
        to->kind = KIND_TEXT;
        PG_TRY_ALLOC(ctx, to->text, pg_arena_strndup(arena, json_string_value(from), json_string_length(from)));
        return PGDP_OK;
    case JSON_INTEGER:
    case JSON_REAL:
        to->kind = KIND_NUMBER;
        to->number = json_number_value(from);
        return PGDP_OK;
    case JSON_TRUE:
    case JSON_FALSE:
        to->kind = KIND_BOOL;
        to->truth = json_is_true(from);
        return PGDP_OK;
    case JSON_NULL:
        to->kind = KIND_NULL;
        return PGDP_OK;
    }
    return pg_fail(ctx, PGDP_PARSE, "jansson gave a JSON value of a type that RFC 8259 does not have");
}

/* The first bracket that opens a level too many, or PGDP_NONE. Brackets within strings do not count. */
static size_t find_too_deep(const char *s, size_t n)
{
    size_t depth = 0;
    bool quoted = false;
    for (size_t i = 0; i < n; i++) {
        if (quoted) {
            if (s[i] == '\\')
                i++;
            else if (s[i] == '"')
                quoted = false;
            continue;
        }
        quoted = s[i] == '"';
        if ((s[i] == '[' || s[i] == '{') && ++depth > PG_JSON_DEPTH) return i;
        if ((s[i] == ']' || s[i] == '}') && depth > 0) depth--;
    }
    return PGDP_NONE;
}

static void place_of(const char *s, size_t at, size_t *line, size_t *column)
{
    *line = *column = 1;
    for (size_t i = 0; i < at; i++) {
        *column = s[i] == '\n' ? 1 : *column + 1;
        *line += s[i] == '\n';
    }
}

static pgdp_status fail_too_deep(pgdp_ctx *ctx, const char *label, const char *s, size_t at)
{
    size_t line, column;
    place_of(s, at, &line, &column);
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu:%zu: found arrays and objects nested deeper than %d, expected at most that",
                   label, line, column, (int)PG_JSON_DEPTH);
}

/* jansson passes over NUL bytes between values. */
static pgdp_status fail_nul(pgdp_ctx *ctx, const char *label, const char *s, size_t at)
{
    size_t line, column;
    place_of(s, at, &line, &column);
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu:%zu: found a NUL byte, expected JSON; the file is damaged", label, line,
                   column);
}

static pgdp_status fail_syntax(pgdp_ctx *ctx, const char *label, const json_error_t *error)
{
    if (json_error_code(error) == json_error_out_of_memory) return pg_no_memory(ctx);
    const int line = error->line < 1 ? 1 : error->line, column = error->column < 1 ? 1 : error->column;
    return pg_fail(ctx, PGDP_PARSE, "%s:%d:%d: %s, expected JSON as RFC 8259 defines it, each key once", label, line,
                   column, error->text);
}

static pgdp_status copy_document(pgdp_ctx *ctx, json_t *root, pg_json_document **out)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pg_json_document *document = pg_arena_alloc(&arena, 1, sizeof *document);
    if (document == NULL) return pg_no_memory(ctx);
    const pgdp_status status = copy_value(ctx, &arena, root, &document->root);
    if (status != PGDP_OK) {
        pg_arena_free(&arena);
        return status;
    }
    document->arena = arena;
    *out = document;
    return PGDP_OK;
}

pgdp_status pg_json_parse(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, pg_json_document **out)
{
    const char *s = bytes;
    if (n >= 3 && memcmp(s, "\xef\xbb\xbf", 3) == 0) { /* byte order mark */
        s += 3;
        n -= 3;
    }
    const size_t too_deep = find_too_deep(s, n);
    if (too_deep != PGDP_NONE) return fail_too_deep(ctx, label, s, too_deep);
    const char *nul = n == 0 ? NULL : memchr(s, '\0', n);
    if (nul != NULL) return fail_nul(ctx, label, s, (size_t)(nul - s));
    json_error_t error;
    json_t *root =
        json_loadb(n == 0 ? "" : s, n, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY | JSON_DECODE_INT_AS_REAL, &error);
    if (root == NULL) return fail_syntax(ctx, label, &error);
    const pgdp_status status = copy_document(ctx, root, out);
    json_decref(root);
    return status;
}

void pg_json_document_free(pg_json_document *document)
{
    if (document == NULL) return;
    pg_arena arena = document->arena; /* it holds the document too */
    pg_arena_free(&arena);
}

static bool is(const pg_json_value *value, kind expected)
{
    return value != NULL && value->kind == expected;
}

const pg_json_value *pg_json_root(const pg_json_document *document)
{
    return document == NULL ? NULL : &document->root;
}

const pg_json_value *pg_json_member(const pg_json_value *object, const char *key)
{
    if (!is(object, KIND_OBJECT)) return NULL;
    if (object->map != NULL) {
        const size_t i = pg_map_find(object->map, key, strlen(key));
        return i == PGDP_NONE ? NULL : &object->items[i];
    }
    for (size_t i = 0; i < object->n; i++)
        if (strcmp(object->keys[i], key) == 0) return &object->items[i];
    return NULL;
}

size_t pg_json_count(const pg_json_value *array_or_object)
{
    return array_or_object == NULL ? 0 : array_or_object->n;
}

const pg_json_value *pg_json_at(const pg_json_value *array, size_t i)
{
    return is(array, KIND_ARRAY) && i < array->n ? &array->items[i] : NULL;
}

const char *pg_json_member_at(const pg_json_value *object, size_t i, const pg_json_value **value)
{
    if (!is(object, KIND_OBJECT) || i >= object->n) return NULL;
    if (value != NULL) *value = &object->items[i];
    return object->keys[i];
}

const char *pg_json_text(const pg_json_value *value)
{
    return is(value, KIND_TEXT) ? value->text : NULL;
}

bool pg_json_number(const pg_json_value *value, double *out)
{
    if (!is(value, KIND_NUMBER)) return false;
    *out = value->number;
    return true;
}

bool pg_json_is_null(const pg_json_value *value)
{
    return is(value, KIND_NULL);
}

bool pg_json_is_array(const pg_json_value *value)
{
    return is(value, KIND_ARRAY);
}

bool pg_json_is_object(const pg_json_value *value)
{
    return is(value, KIND_OBJECT);
}

bool pg_json_truth(const pg_json_value *value, bool *out)
{
    if (!is(value, KIND_BOOL)) return false;
    *out = value->truth;
    return true;
}
