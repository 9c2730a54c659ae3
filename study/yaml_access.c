/* yaml_access.c  Checked access to a YAML tree: every refusal names file, line, column, what was found and expected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/yaml.h"

#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { MAX_KNOWN = 64 };

pgdp_status pg_yaml_fail(pgdp_ctx *ctx, const pg_yaml *node, const char *format, ...)
{
    char text[768];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    return pg_fail(ctx, PGDP_PARSE, "%s:%zu:%zu: %s", node->path, node->line, node->column, text);
}

/** "a, b, c" of a NULL-ended list, cut at the buffer's end. */
static void join(const char *const *names, char *buffer, size_t size)
{
    size_t used = 0;
    buffer[0] = '\0';
    for (size_t i = 0; names[i] != NULL && used < size; i++) {
        const int n = snprintf(buffer + used, size - used, "%s%s", i == 0 ? "" : ", ", names[i]);
        used += n < 0 ? size : (size_t)n;
    }
}

/** Number of names before the NULL. */
static size_t count_names(const char *const *names)
{
    size_t n = 0;
    while (names[n] != NULL)
        n++;
    return n;
}

pgdp_status pg_yaml_keys(pgdp_ctx *ctx, const pg_yaml *node, const char *const *known)
{
    if (node->kind != PG_YAML_MAPPING)
        return pg_yaml_fail(ctx, node, "%s must be a mapping of names to values",
                            node->key != NULL ? node->key : "the file");
    for (const pg_yaml *child = node->children; child != NULL; child = child->next) {
        size_t i = 0;
        while (known[i] != NULL && !pg_streq(known[i], child->key))
            i++;
        if (known[i] != NULL) continue;
        char list[512];
        join(known, list, sizeof list);
        const char *near = pgdp_nearest(child->key, known, count_names(known));
        if (near != NULL) return pg_yaml_fail(ctx, child, "unknown key \"%s\"; did you mean \"%s\"?", child->key, near);
        return pg_yaml_fail(ctx, child, "unknown key \"%s\"; expected one of: %s", child->key, list);
    }
    return PGDP_OK;
}

const pg_yaml *pg_yaml_find(const pg_yaml *mapping, const char *key)
{
    if (mapping == NULL || mapping->kind != PG_YAML_MAPPING) return NULL;
    const pg_yaml *child = mapping->children;
    while (child != NULL && !pg_streq(child->key, key))
        child = child->next;
    return child;
}

pgdp_status pg_yaml_need(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const pg_yaml **out)
{
    *out = pg_yaml_find(mapping, key);
    if (*out == NULL)
        return pg_yaml_fail(ctx, mapping, "%s lacks the key \"%s\"; add it",
                            mapping->key != NULL ? mapping->key
                            : mapping->line > 1  ? "this item"
                                                 : "the file",
                            key);
    return PGDP_OK;
}

/** The scalar under a key; NULL when the key is not there. */
static pgdp_status scalar_at(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const pg_yaml **out)
{
    *out = pg_yaml_find(mapping, key);
    if (*out != NULL && (*out)->kind != PG_YAML_SCALAR)
        return pg_yaml_fail(ctx, *out, "\"%s\" must be a single value", key);
    return PGDP_OK;
}

pgdp_status pg_yaml_text(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const char **out)
{
    const pg_yaml *node;
    PG_TRY(scalar_at(ctx, mapping, key, &node));
    if (node != NULL) *out = node->text;
    return PGDP_OK;
}

pgdp_status pg_yaml_number(pgdp_ctx *ctx, const pg_yaml *scalar, double lo, double hi, double *out)
{
    double value;
    char low[PG_NUMBER_SIZE], high[PG_NUMBER_SIZE];
    char name[96] = "an item of the list";
    if (scalar->key != NULL) snprintf(name, sizeof name, "\"%.90s\"", scalar->key);
    if (scalar->kind != PG_YAML_SCALAR)
        return pg_yaml_fail(ctx, scalar, "%s must be a number, found a list or mapping", name);
    if (!pg_number_parse(scalar->text, strlen(scalar->text), &value))
        return pg_yaml_fail(ctx, scalar, "%s must be a number, found \"%s\"", name, scalar->text);
    if (!(value >= lo && value <= hi)) {
        pg_number_format(lo, low);
        pg_number_format(hi, high);
        return pg_yaml_fail(ctx, scalar, "%s must lie in [%s, %s], found %s", name, low, high, scalar->text);
    }
    *out = value;
    return PGDP_OK;
}

pgdp_status pg_yaml_real(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, double lo, double hi, double *out)
{
    const pg_yaml *node;
    PG_TRY(scalar_at(ctx, mapping, key, &node));
    return node != NULL ? pg_yaml_number(ctx, node, lo, hi, out) : PGDP_OK;
}

pgdp_status pg_yaml_whole(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, double lo, double hi, double *out)
{
    const pg_yaml *node;
    double value = 0;
    PG_TRY(scalar_at(ctx, mapping, key, &node));
    if (node == NULL) return PGDP_OK;
    PG_TRY(pg_yaml_number(ctx, node, lo, hi, &value));
    if (value != floor(value))
        return pg_yaml_fail(ctx, node, "\"%s\" must be a whole number, found \"%s\"", key, node->text);
    *out = value;
    return PGDP_OK;
}

pgdp_status pg_yaml_count(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, size_t lo, size_t hi, size_t *out)
{
    double value = (double)*out;
    if (pg_yaml_find(mapping, key) == NULL) return PGDP_OK;
    PG_TRY(pg_yaml_whole(ctx, mapping, key, (double)lo, (double)hi, &value));
    *out = (size_t)value;
    return PGDP_OK;
}

pgdp_status pg_yaml_choice(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const char *const *choices,
                           size_t *out)
{
    const pg_yaml *node;
    char list[512];
    PG_TRY(scalar_at(ctx, mapping, key, &node));
    if (node == NULL) return PGDP_OK;
    for (size_t i = 0; choices[i] != NULL; i++)
        if (pg_streq(choices[i], node->text)) return *out = i, PGDP_OK;
    join(choices, list, sizeof list);
    return pg_yaml_fail(ctx, node, "\"%s\" must be one of: %s; found \"%s\"", key, list, node->text);
}

/** The sequence under a key; NULL when the key is not there. */
static pgdp_status sequence_at(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, const pg_yaml **out)
{
    *out = pg_yaml_find(mapping, key);
    if (*out == NULL) return PGDP_OK;
    if ((*out)->kind != PG_YAML_SEQUENCE || (*out)->n_children == 0)
        return pg_yaml_fail(ctx, *out, "\"%s\" must be a list: [a, b, ...]", key);
    for (const pg_yaml *item = (*out)->children; item != NULL; item = item->next)
        if (item->kind != PG_YAML_SCALAR) return pg_yaml_fail(ctx, item, "\"%s\" must be a list of single values", key);
    return PGDP_OK;
}

pgdp_status pg_yaml_reals(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, pg_arena *arena, double **out,
                          size_t *n)
{
    const pg_yaml *node;
    PG_TRY(sequence_at(ctx, mapping, key, &node));
    if (node == NULL) return PGDP_OK;
    double *values;
    size_t i = 0;
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(arena, node->n_children, sizeof *values));
    for (const pg_yaml *item = node->children; item != NULL; item = item->next)
        PG_TRY(pg_yaml_number(ctx, item, -INFINITY, INFINITY, &values[i++]));
    *out = values;
    *n = node->n_children;
    return PGDP_OK;
}

pgdp_status pg_yaml_texts(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, pg_arena *arena, const char ***out)
{
    const pg_yaml *node;
    PG_TRY(sequence_at(ctx, mapping, key, &node));
    if (node == NULL) return PGDP_OK;
    const char **texts;
    size_t i = 0;
    PG_TRY_ALLOC(ctx, texts, pg_arena_alloc(arena, node->n_children + 1, sizeof *texts));
    for (const pg_yaml *item = node->children; item != NULL; item = item->next)
        texts[i++] = item->text;
    *out = texts;
    return PGDP_OK;
}
