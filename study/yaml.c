/* yaml.c  YAML 1.2 through libfyaml, the only file that knows it: its document becomes our tree in an arena.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/yaml.h"

#include <libfyaml.h>
#include <string.h>

enum { PG_YAML_DEPTH = 64, PG_YAML_NODES = 100000 };

/** Where a tree is being built. */
typedef struct builder {
    pgdp_ctx *ctx;
    pg_arena *arena;
    const char *label;
    size_t n_nodes; /**< so far; aliases count as what they stand for, so that a few lines cannot fill the memory */
} builder;

/** libfyaml's messages are collected as errors; what it would print as well is dropped. */
static void drop_output(struct fy_diag *diag, void *user, const char *text, size_t n)
{
    (void)diag;
    (void)user;
    (void)text;
    (void)n;
}

/** The first error that was collected, as ours. */
static pgdp_status report(pgdp_ctx *ctx, const char *label, struct fy_diag *diag)
{
    void *iterator = NULL;
    const struct fy_diag_error *e = fy_diag_errors_iterate(diag, &iterator);
    if (e == NULL)
        return pg_fail(ctx, PGDP_PARSE, "%s:1:1: found no YAML document, expected a mapping with the key study", label);
    return pg_fail(ctx, PGDP_PARSE, "%s:%d:%d: not valid YAML: %s", label, e->line, e->column, e->msg);
}

/** Position of a node: of its first token, counted from 1. */
static void position_of(struct fy_node *node, pg_yaml *out)
{
    while (node != NULL && !fy_node_is_scalar(node)) {
        void *iterator = NULL;
        if (fy_node_is_sequence(node)) {
            node = fy_node_sequence_iterate(node, &iterator);
        } else {
            struct fy_node_pair *pair = fy_node_mapping_iterate(node, &iterator);
            node = pair != NULL ? fy_node_pair_key(pair) : NULL;
        }
    }
    const struct fy_mark *mark = node != NULL ? fy_token_start_mark(fy_node_get_scalar_token(node)) : NULL;
    out->line = mark != NULL ? (size_t)mark->line + 1 : 1;
    out->column = mark != NULL ? (size_t)mark->column + 1 : 1;
}

static pgdp_status build(builder *b, struct fy_node *node, size_t depth, pg_yaml *out);

/** Add one child at the end of the list. */
static pgdp_status add_child(builder *b, struct fy_node *node, size_t depth, pg_yaml *out, pg_yaml **last,
                             pg_yaml **child)
{
    PG_TRY_ALLOC(b->ctx, *child, pg_arena_alloc(b->arena, 1, sizeof **child));
    if (*last == NULL)
        out->children = *child;
    else
        (*last)->next = *child;
    *last = *child;
    out->n_children++;
    return build(b, node, depth + 1, *child);
}

static pgdp_status build_mapping(builder *b, struct fy_node *node, size_t depth, pg_yaml *out)
{
    void *iterator = NULL;
    pg_yaml *last = NULL, *child = NULL;
    for (struct fy_node_pair *p = fy_node_mapping_iterate(node, &iterator); p != NULL;
         p = fy_node_mapping_iterate(node, &iterator)) {
        size_t n = 0;
        struct fy_node *key = fy_node_pair_key(p);
        const char *text = key != NULL ? fy_node_get_scalar(key, &n) : NULL;
        if (text == NULL)
            return pg_fail(b->ctx, PGDP_PARSE, "%s:%zu:%zu: found a key that is no plain text, expected a name",
                           b->label, out->line, out->column);
        PG_TRY(add_child(b, fy_node_pair_value(p), depth, out, &last, &child));
        PG_TRY_ALLOC(b->ctx, child->key, pg_arena_strndup(b->arena, text, n));
        position_of(key, child);
    }
    return PGDP_OK;
}

static pgdp_status build_sequence(builder *b, struct fy_node *node, size_t depth, pg_yaml *out)
{
    void *iterator = NULL;
    pg_yaml *last = NULL, *child = NULL;
    for (struct fy_node *item = fy_node_sequence_iterate(node, &iterator); item != NULL;
         item = fy_node_sequence_iterate(node, &iterator))
        PG_TRY(add_child(b, item, depth, out, &last, &child));
    return PGDP_OK;
}

static pgdp_status build(builder *b, struct fy_node *node, size_t depth, pg_yaml *out)
{
    out->path = b->label;
    out->text = "";
    position_of(node, out);
    if (depth > PG_YAML_DEPTH)
        return pg_fail(b->ctx, PGDP_PARSE, "%s:%zu:%zu: nested deeper than %d levels", b->label, out->line, out->column,
                       PG_YAML_DEPTH);
    if (++b->n_nodes > PG_YAML_NODES)
        return pg_fail(b->ctx, PGDP_PARSE, "%s:%zu:%zu: found more than %d values, anchors repeated as often as used",
                       b->label, out->line, out->column, PG_YAML_NODES);
    if (node != NULL && fy_node_is_alias(node)) {
        node = fy_node_resolve_alias(node);
        if (node == NULL)
            return pg_fail(b->ctx, PGDP_PARSE, "%s:%zu:%zu: found an alias that stands for nothing, or for itself",
                           b->label, out->line, out->column);
    }
    if (node == NULL) return PGDP_OK;
    if (fy_node_is_mapping(node)) {
        out->kind = PG_YAML_MAPPING;
        return build_mapping(b, node, depth, out);
    }
    if (fy_node_is_sequence(node)) {
        out->kind = PG_YAML_SEQUENCE;
        return build_sequence(b, node, depth, out);
    }
    size_t n = 0;
    const char *text = fy_node_get_scalar(node, &n);
    if (text != NULL) PG_TRY_ALLOC(b->ctx, out->text, pg_arena_strndup(b->arena, text, n));
    return PGDP_OK;
}

/** Parse with a diagnostic object that is ready; the caller frees both. */
static pgdp_status parse_with(builder *b, struct fy_diag *diag, const void *bytes, size_t n, pg_yaml **out)
{
    const struct fy_parse_cfg configuration = { .flags = 0, .diag = diag };
    struct fy_document *document = fy_document_build_from_string(&configuration, bytes, n);
    if (document == NULL) return report(b->ctx, b->label, diag);
    pg_yaml *root = pg_arena_alloc(b->arena, 1, sizeof *root);
    const pgdp_status status = root == NULL ? pg_no_memory(b->ctx) : build(b, fy_document_root(document), 0, root);
    fy_document_destroy(document);
    if (status == PGDP_OK) *out = root;
    return status;
}

pgdp_status pg_yaml_parse(pgdp_ctx *ctx, const char *label, const void *bytes, size_t n, pg_arena *arena, pg_yaml **out)
{
    builder b = { .ctx = ctx, .arena = arena, .label = label };
    struct fy_diag_cfg configuration;
    fy_diag_cfg_default(&configuration);
    configuration.fp = NULL;
    configuration.output_fn = drop_output;
    struct fy_diag *diag = fy_diag_create(&configuration);
    if (diag == NULL) return pg_no_memory(ctx);
    fy_diag_set_collect_errors(diag, true);
    const pgdp_status status = parse_with(&b, diag, bytes, n, out);
    fy_diag_destroy(diag);
    return status;
}
