/* rubric.c  A rubric's YAML file. SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/rubric.h"

#include "pgdp/file.h"
#include "study/yaml.h"

#include <math.h>

static const char *const rubric_keys[] = { "name",     "title",  "source", "instructions",
                                           "question", "levels", "items",  NULL };
static const char *const item_keys[] = { "name", "question", "levels", NULL };
static const char *const level_keys[] = { "label", "meaning", "value", NULL };
static const double MOST_VALUE = 1e15;

static pgdp_status need_sequence(pgdp_ctx *ctx, const pg_yaml *node)
{
    return node->kind == PG_YAML_SEQUENCE ? PGDP_OK : pg_yaml_fail(ctx, node, "\"%s\" must be a list", node->key);
}

/** A text that must be there, in the rubric's arena. */
static pgdp_status need_text(pgdp_ctx *ctx, const pg_yaml *mapping, const char *key, pgdp_rubric *r, const char **out)
{
    const pg_yaml *node;
    const char *text = NULL;
    PG_TRY(pg_yaml_need(ctx, mapping, key, &node));
    PG_TRY(pg_yaml_text(ctx, mapping, key, &text));
    PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(&r->arena, text));
    return PGDP_OK;
}

static pgdp_status read_levels(pgdp_ctx *ctx, const pg_yaml *list, pgdp_rubric *r, pg_rubric_item *item)
{
    pg_rubric_level *levels;
    size_t n = 0;
    PG_TRY(need_sequence(ctx, list));
    PG_TRY_ALLOC(ctx, levels, pg_arena_alloc(&r->arena, list->n_children, sizeof *levels));
    for (const pg_yaml *node = list->children; node != NULL; node = node->next, n++) {
        levels[n].value = (double)NAN;
        PG_TRY(pg_yaml_keys(ctx, node, level_keys));
        PG_TRY(need_text(ctx, node, "label", r, &levels[n].label));
        PG_TRY(need_text(ctx, node, "meaning", r, &levels[n].meaning));
        PG_TRY(pg_yaml_real(ctx, node, "value", -MOST_VALUE, MOST_VALUE, &levels[n].value));
    }
    item->levels = levels;
    item->n_levels = n;
    return PGDP_OK;
}

/** Several items; those without levels of their own take the rubric's. */
static pgdp_status read_items(pgdp_ctx *ctx, const pg_yaml *list, const pg_rubric_item *common, pgdp_rubric *r)
{
    PG_TRY(need_sequence(ctx, list));
    PG_TRY_ALLOC(ctx, r->items, pg_arena_alloc(&r->arena, list->n_children, sizeof *r->items));
    for (const pg_yaml *node = list->children; node != NULL; node = node->next) {
        pg_rubric_item *item = &r->items[r->n_items++];
        const pg_yaml *levels;
        PG_TRY(pg_yaml_keys(ctx, node, item_keys));
        PG_TRY(need_text(ctx, node, "name", r, &item->name));
        PG_TRY(need_text(ctx, node, "question", r, &item->question));
        levels = pg_yaml_find(node, "levels");
        item->levels = common->levels;
        item->n_levels = common->n_levels;
        if (levels != NULL) PG_TRY(read_levels(ctx, levels, r, item));
        if (item->levels == NULL)
            return pg_yaml_fail(ctx, node, "item \"%.60s\" has no levels; give it some, or the rubric", item->name);
    }
    return PGDP_OK;
}

static pgdp_status read_rubric(pgdp_ctx *ctx, const pg_yaml *root, pgdp_rubric *r)
{
    pg_rubric_item common = { .n_levels = 0 };
    PG_TRY(pg_yaml_keys(ctx, root, rubric_keys));
    PG_TRY(need_text(ctx, root, "name", r, &r->name));
    PG_TRY(need_text(ctx, root, "title", r, &r->title));
    PG_TRY(need_text(ctx, root, "source", r, &r->source));
    if (pg_yaml_find(root, "instructions") != NULL) PG_TRY(need_text(ctx, root, "instructions", r, &r->instructions));
    const pg_yaml *items = pg_yaml_find(root, "items"), *question = pg_yaml_find(root, "question");
    const pg_yaml *levels = pg_yaml_find(root, "levels");
    if (levels != NULL) PG_TRY(read_levels(ctx, levels, r, &common));
    if (items != NULL && question != NULL)
        return pg_yaml_fail(ctx, question, "a rubric has either a question or items, found both");
    if (items != NULL) return read_items(ctx, items, &common, r);
    PG_TRY(pg_yaml_need(ctx, root, "levels", &levels));
    PG_TRY_ALLOC(ctx, r->items, pg_arena_alloc(&r->arena, 1, sizeof *r->items));
    r->n_items = 1;
    r->items[0] = common;
    r->items[0].name = r->name;
    return need_text(ctx, root, "question", r, &r->items[0].question);
}

pgdp_status pgdp_rubric_read(pgdp_ctx *ctx, const char *path, pgdp_rubric **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_rubric *rubric = NULL;
    unsigned char *bytes = NULL;
    size_t n;
    pg_yaml *root = NULL;
    pgdp_status status = pgdp_file_read(ctx, path, &bytes, &n);
    if (status == PGDP_OK) status = pg_rubric_new(ctx, path, &rubric);
    if (status == PGDP_OK) status = pg_yaml_parse(ctx, rubric->path, bytes, n, &ctx->scratch, &root);
    if (status == PGDP_OK) status = read_rubric(ctx, root, rubric);
    if (status == PGDP_OK) status = pg_rubric_seal(ctx, rubric);
    pgdp_file_release(ctx, bytes);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = rubric;
    else
        pgdp_rubric_free(rubric);
    return status;
}
