/* batch_spec.c  Reading a batch file: batch_spec.h. Spec: docs/batch.md. SPDX-License-Identifier: GPL-3.0-or-later */
#include "study/batch_spec.h"

#include "core/text.h"
#include "stats/eval_check.h"
#include "stats/fit.h"
#include "stats/formula.h"
#include "stats/vcov_spec.h"

#include <string.h>

enum { MOST_OPTIONS = 1000000 };

/* Options of one choice while they are read. */
typedef struct list {
    pgdp_ctx *ctx;
    pg_arena *arena;
    const pgdp_frame *frame;
    pgdp_batch_option *items;
    size_t n;
} list;

typedef pgdp_status (*check_fn)(const list *l, const char *text);

/* What is wrong with a text, after where it stands. */
static pgdp_status at_node(pgdp_ctx *ctx, pgdp_status status, const pg_yaml *node, const char *key)
{
    if (status == PGDP_OK || status == PGDP_NO_MEMORY) return status;
    return pg_fail_within(ctx, status, "%s:%zu:%zu: %s", node->path, node->line, node->column, key);
}

static pgdp_status check_terms(const list *l, const pg_terms *terms)
{
    for (size_t i = 0; i < terms->n; i++)
        for (size_t k = 0; k < terms->items[i].n_parts; k++) {
            const pg_part *p = &terms->items[i].parts[k];
            size_t column;
            if (p->expr->kind == PG_EXPR_NAME)
                PG_TRY(pg_eval_column(l->ctx, l->frame, p->expr, &column));
            else
                PG_TRY(pg_eval_check(l->ctx, l->frame, p->expr));
        }
    return PGDP_OK;
}

/* A whole formula, its columns all there. */
static pgdp_status check_formula(const list *l, const char *text)
{
    pg_formula f;
    size_t column;
    PG_TRY(pg_formula_parse(l->ctx, &l->ctx->scratch, text, false, &f));
    PG_TRY(pg_eval_check(l->ctx, l->frame, f.outcome));
    PG_TRY(check_terms(l, &f.terms));
    PG_TRY(check_terms(l, &f.endogenous));
    PG_TRY(check_terms(l, &f.instruments));
    for (size_t e = 0; e < f.n_effects; e++)
        for (size_t c = 0; c < f.effects[e].n_columns; c++)
            PG_TRY(pg_eval_column(l->ctx, l->frame, f.effects[e].columns[c], &column));
    return PGDP_OK;
}

static pgdp_status check_within(const list *l, const char *before, const char *text, const char *after)
{
    const char *formula;
    if (text == NULL || text[strspn(text, " ")] == '\0') return PGDP_OK;
    PG_TRY_ALLOC(l->ctx, formula, pg_arena_printf(&l->ctx->scratch, "%s%s%s", before, text, after));
    return check_formula(l, formula);
}

static pgdp_status check_outcome(const list *l, const char *text)
{
    return check_within(l, "", text, " ~ 1");
}

static pgdp_status check_right(const list *l, const char *text)
{
    return check_within(l, "1 ~ ", text, "");
}

static pgdp_status check_effects(const list *l, const char *text)
{
    return check_within(l, "1 ~ 1 | ", text, "");
}

static pgdp_status check_subset(const list *l, const char *text)
{
    const pg_expr *expr;
    if (text == NULL || text[0] == '\0') return PGDP_OK;
    PG_TRY(pg_expr_parse(l->ctx, &l->ctx->scratch, "subset", text, &expr));
    return pg_eval_check(l->ctx, l->frame, expr);
}

static pgdp_status check_method(const list *l, const char *text)
{
    const pgdp_estimator *found;
    return pg_estimator_find(l->ctx, text, &found);
}

static pgdp_status check_vcov(const list *l, const char *text)
{
    pg_vcov_spec spec;
    return pg_vcov_spec_parse(l->ctx, text, &spec);
}

static pgdp_status add(list *l, const pg_yaml *node, const pgdp_batch_option *option)
{
    if (l->n >= MOST_OPTIONS)
        return pg_yaml_fail(l->ctx, node, "found more than %d options, expected fewer", (int)MOST_OPTIONS);
    for (size_t i = 0; option->name != NULL && i < l->n && l->n < 1000; i++)
        if (l->items[i].name != NULL && pg_streq(l->items[i].name, option->name))
            return pg_yaml_fail(l->ctx, node, "two options have the name \"%s\"; give each its own", option->name);
    if ((l->n & (l->n - 1)) == 0) {
        const size_t room = l->n == 0 ? 1 : 2 * l->n;
        PG_TRY_ALLOC(l->ctx, l->items, pg_arena_grow(l->arena, l->items, l->n, room, sizeof *l->items));
    }
    l->items[l->n++] = *option;
    return PGDP_OK;
}

/* A text, or a mapping with name, text and (of focal terms) instruments. */
static pgdp_status read_option(list *l, const pg_yaml *node, const char *key, check_fn check)
{
    static const char *const plain[] = { "name", "text", NULL };
    static const char *const focal[] = { "name", "text", "instruments", NULL };
    pgdp_batch_option o = { .text = node->text };
    if (node->kind == PG_YAML_MAPPING) {
        PG_TRY(pg_yaml_keys(l->ctx, node, pg_streq(key, "focal") ? focal : plain));
        o.text = NULL;
        PG_TRY(pg_yaml_text(l->ctx, node, "name", &o.name));
        PG_TRY(pg_yaml_text(l->ctx, node, "text", &o.text));
        PG_TRY(pg_yaml_text(l->ctx, node, "instruments", &o.instruments));
        if (o.name == NULL) return pg_yaml_fail(l->ctx, node, "an option of %s needs a name", key);
    } else if (node->kind != PG_YAML_SCALAR) {
        return pg_yaml_fail(l->ctx, node, "an option of %s must be a text, or have a name and a text", key);
    }
    if (o.text != NULL && o.text[0] == '\0' && o.name == NULL) o.name = pg_streq(key, "samples") ? "all" : "none";
    const pg_mark mark = pg_arena_mark(&l->ctx->scratch);
    pgdp_status status = o.text == NULL ? PGDP_OK : check(l, o.text);
    if (status == PGDP_OK && o.instruments != NULL) status = check_right(l, o.instruments);
    PG_TRY(at_node(l->ctx, status, node, key));
    pg_arena_rewind(&l->ctx->scratch, mark);
    return add(l, node, &o);
}

static pgdp_status read_list(list *l, const pg_yaml *node, const char *key, check_fn check)
{
    if (node == NULL) return PGDP_OK;
    if (node->kind == PG_YAML_SCALAR) return read_option(l, node, key, check);
    if (node->kind != PG_YAML_SEQUENCE) return pg_yaml_fail(l->ctx, node, "\"%s\" must be a list", key);
    for (const pg_yaml *item = node->children; item != NULL; item = item->next)
        PG_TRY(read_option(l, item, key, check));
    return PGDP_OK;
}

/* All subsets of a list of terms, by size, those of one size in the order of the list. */
static pgdp_status add_subsets(list *l, const pg_yaml *node, const char *const *terms, const size_t size[2])
{
    size_t n = 0, chosen[64];
    while (terms[n] != NULL)
        n++;
    for (size_t k = size[0]; k <= size[1] && k <= n; k++) {
        for (size_t i = 0; i < k; i++)
            chosen[i] = i;
        for (;;) {
            pg_text text;
            pg_text_init(&text, l->arena);
            for (size_t i = 0; i < k; i++)
                pg_text_addf(&text, "%s%s", i == 0 ? "" : " + ", terms[chosen[i]]);
            if (text.failed) return pg_no_memory(l->ctx);
            PG_TRY(add(l, node, &(pgdp_batch_option){ .name = k == 0 ? "none" : text.data, .text = text.data }));
            size_t i = k;
            while (i > 0 && chosen[i - 1] == n - k + i - 1)
                i--;
            if (i == 0) break;
            for (size_t next = ++chosen[i - 1]; i < k; i++)
                chosen[i] = ++next;
        }
    }
    return PGDP_OK;
}

static pgdp_status read_subsets(list *l, const pg_yaml *node)
{
    static const char *const known[] = { "of", "min", "max", NULL };
    const pg_yaml *of;
    const char **terms = NULL;
    size_t size[2] = { 0, 64 };
    PG_TRY(pg_yaml_keys(l->ctx, node, known));
    PG_TRY(pg_yaml_need(l->ctx, node, "of", &of));
    PG_TRY(pg_yaml_texts(l->ctx, node, "of", l->arena, &terms));
    PG_TRY(pg_yaml_count(l->ctx, node, "min", 0, 64, &size[0]));
    PG_TRY(pg_yaml_count(l->ctx, node, "max", 0, 64, &size[1]));
    if (of->n_children > 64) return pg_yaml_fail(l->ctx, of, "subsets are made of at most 64 terms");
    for (const pg_yaml *item = of->children; item != NULL; item = item->next)
        PG_TRY(at_node(l->ctx, check_right(l, item->text), item, "controls"));
    return add_subsets(l, node, terms, size);
}

/* A list, or { sets: list, subsets: { of, min, max } }. */
static pgdp_status read_controls(list *l, const pg_yaml *node)
{
    static const char *const known[] = { "sets", "subsets", NULL };
    if (node == NULL || node->kind != PG_YAML_MAPPING) return read_list(l, node, "controls", check_right);
    PG_TRY(pg_yaml_keys(l->ctx, node, known));
    PG_TRY(read_list(l, pg_yaml_find(node, "sets"), "controls", check_right));
    const pg_yaml *subsets = pg_yaml_find(node, "subsets");
    return subsets == NULL ? PGDP_OK : read_subsets(l, subsets);
}

static pgdp_status read_formulas(list *l, const pg_yaml *node)
{
    const char **texts = NULL;
    if (node == NULL) return PGDP_OK;
    if (node->kind != PG_YAML_SEQUENCE) return pg_yaml_fail(l->ctx, node, "\"formulas\" must be a list");
    PG_TRY_ALLOC(l->ctx, texts, pg_arena_alloc(l->arena, node->n_children, sizeof *texts));
    for (const pg_yaml *item = node->children; item != NULL; item = item->next) {
        const char *const *formulas;
        size_t n;
        PG_TRY(at_node(l->ctx, pg_formula_expand_over(l->ctx, l->arena, l->frame, item->text, &formulas, &n), item,
                       "formulas"));
        for (size_t i = 0; i < n; i++) {
            const pg_mark mark = pg_arena_mark(&l->ctx->scratch);
            PG_TRY(at_node(l->ctx, check_formula(l, formulas[i]), item, "formulas"));
            pg_arena_rewind(&l->ctx->scratch, mark);
            PG_TRY(add(l, item, &(pgdp_batch_option){ .text = formulas[i] }));
        }
    }
    return PGDP_OK;
}

/* Each sample by each level of a column: for numbers as they are, for text in quotes. */
static pgdp_status split_samples(list *l, const pg_yaml *root)
{
    const pg_yaml *node = pg_yaml_find(root, "split");
    list parts = { .ctx = l->ctx, .arena = l->arena, .frame = l->frame };
    pg_levels levels;
    size_t *rows, n = 0;
    if (node == NULL) return PGDP_OK;
    const pg_expr name = { .kind = PG_EXPR_NAME, .text = node->text, .what = "split", .line = 1, .column = 1 };
    size_t column;
    PG_TRY(at_node(l->ctx, pg_eval_column(l->ctx, l->frame, &name, &column), node, "split"));
    const size_t n_rows = pgdp_frame_n_rows(l->frame);
    const double *reals = pgdp_frame_reals(l->frame, column);
    PG_TRY_ALLOC(l->ctx, rows, pg_arena_alloc(&l->ctx->scratch, n_rows, sizeof *rows));
    for (size_t i = 0; i < n_rows; i++)
        if (reals == NULL ? pgdp_frame_text(l->frame, column, i) != NULL : reals[i] - reals[i] == 0) rows[n++] = i;
    PG_TRY(pg_levels_of_column(l->ctx, l->frame, column, rows, n, &levels));
    if (l->n == 0) PG_TRY(add(l, node, &(pgdp_batch_option){ .name = "all" }));
    for (size_t s = 0; s < l->n; s++)
        for (size_t k = 0; k < levels.n; k++) {
            const pgdp_batch_option *from = &l->items[s];
            const char *quote = reals == NULL ? "\"" : "", *part, *text;
            PG_TRY_ALLOC(l->ctx, part,
                         pg_arena_printf(l->arena, "`%s` == %s%s%s", node->text, quote, levels.names[k], quote));
            PG_TRY_ALLOC(l->ctx, text,
                         from->text == NULL ? pg_arena_strdup(l->arena, part)
                                            : pg_arena_printf(l->arena, "(%s) & %s", from->text, part));
            const char *base = from->name != NULL ? from->name : from->text;
            PG_TRY_ALLOC(l->ctx, part, pg_arena_printf(l->arena, "%s, %s %s", base, node->text, levels.names[k]));
            PG_TRY(add(&parts, node, &(pgdp_batch_option){ .name = part, .text = text }));
        }
    *l = parts;
    return PGDP_OK;
}

pgdp_status pg_batch_file_choose(pgdp_ctx *ctx, const pgdp_frame *frame, pg_arena *arena, pg_batch_file *file)
{
    static const struct {
        const char *key;
        pgdp_batch_choice choice;
        check_fn check;
    } lists[] = { { "outcomes", PGDP_BATCH_OUTCOME, check_outcome }, { "focal", PGDP_BATCH_FOCAL, check_right },
                  { "samples", PGDP_BATCH_SAMPLE, check_subset },    { "effects", PGDP_BATCH_EFFECTS, check_effects },
                  { "methods", PGDP_BATCH_METHOD, check_method },    { "vcov", PGDP_BATCH_VCOV, check_vcov } };
    pgdp_batch_options *choices = file->request.choices;
    list l = { .ctx = ctx, .arena = arena, .frame = frame };
    const list empty = l;
    for (size_t i = 0; i < sizeof lists / sizeof *lists; i++) {
        l = empty;
        PG_TRY(read_list(&l, pg_yaml_find(file->root, lists[i].key), lists[i].key, lists[i].check));
        if (lists[i].choice == PGDP_BATCH_SAMPLE) PG_TRY(split_samples(&l, file->root));
        choices[lists[i].choice] = (pgdp_batch_options){ l.items, l.n };
    }
    l = empty;
    PG_TRY(read_controls(&l, pg_yaml_find(file->root, "controls")));
    choices[PGDP_BATCH_CONTROLS] = (pgdp_batch_options){ l.items, l.n };
    l = empty;
    PG_TRY(read_formulas(&l, pg_yaml_find(file->root, "formulas")));
    choices[PGDP_BATCH_FORMULA] = (pgdp_batch_options){ l.items, l.n };
    const pg_yaml *always = pg_yaml_find(file->root, "always");
    return always == NULL ? PGDP_OK : at_node(ctx, check_right(&l, always->text), always, "always");
}

/* A path relative to the batch file's folder. */
static const char *beside(pg_arena *arena, const char *path, const char *file)
{
    const char *slash = strrchr(path, '/');
    if (slash == NULL || file[0] == '/') return pg_arena_strdup(arena, file);
    return pg_arena_printf(arena, "%.*s/%s", (int)(slash - path), path, file);
}

static pgdp_status read_inference(pgdp_ctx *ctx, const pg_yaml *node, pg_batch_file *out)
{
    static const char *const known[] = { "draws", "cluster", NULL };
    const pg_yaml *need;
    if (node == NULL) return PGDP_OK;
    PG_TRY(pg_yaml_keys(ctx, node, known));
    PG_TRY(pg_yaml_need(ctx, node, "draws", &need));
    PG_TRY(pg_yaml_count(ctx, node, "draws", 1, 1000000, &out->n_draws));
    return pg_yaml_text(ctx, node, "cluster", &out->cluster);
}

pgdp_status pg_batch_file_read(pgdp_ctx *ctx, const char *path, const void *bytes, size_t n, pg_arena *arena,
                               pg_batch_file *out)
{
    static const char *const known[] = { "name",    "title",     "data",       "formulas",        "outcomes",
                                         "focal",   "always",    "controls",   "samples",         "split",
                                         "effects", "methods",   "vcov",       "weights",         "panel",
                                         "preset",  "report",    "conf_level", "keep_singletons", "significance",
                                         "seed",    "inference", NULL };
    static const char *const of_data[] = { "file", "format", "sheet", "cache", NULL };
    static const char *const switches[] = { "false", "true", NULL };
    const pg_yaml *data, *need;
    pg_yaml *root;
    size_t keep = 0;
    const char *file = NULL, *cache = NULL;
    *out = (pg_batch_file){ .path = path, .level = 0.05, .seed = 1 };
    PG_TRY(pg_yaml_parse(ctx, path, bytes, n, arena, &root));
    PG_TRY(pg_yaml_keys(ctx, root, known));
    PG_TRY(pg_yaml_need(ctx, root, "data", &data));
    PG_TRY(pg_yaml_need(ctx, root, "vcov", &need));
    PG_TRY(pg_yaml_keys(ctx, data, of_data));
    PG_TRY(pg_yaml_need(ctx, data, "file", &need));
    PG_TRY(pg_yaml_text(ctx, data, "file", &file));
    PG_TRY(pg_yaml_text(ctx, data, "format", &out->format));
    PG_TRY(pg_yaml_text(ctx, data, "sheet", &out->sheet));
    PG_TRY(pg_yaml_text(ctx, data, "cache", &cache));
    PG_TRY_ALLOC(ctx, out->data, beside(arena, path, file));
    if (cache != NULL) PG_TRY_ALLOC(ctx, out->cache, beside(arena, path, cache));
    pgdp_batch_request *q = &out->request;
    const struct {
        const char *key, **field;
    } texts[] = { { "name", &out->name },     { "title", &out->title }, { "always", &q->always },
                  { "weights", &q->weights }, { "panel", &q->panel },   { "preset", &q->preset },
                  { "report", &q->report } };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        PG_TRY(pg_yaml_text(ctx, root, texts[i].key, texts[i].field));
    if (q->report != NULL && pg_streq(q->report, "focal")) q->report = NULL;
    PG_TRY(pg_yaml_choice(ctx, root, "keep_singletons", switches, &keep));
    q->keep_singletons = keep == 1;
    PG_TRY(pg_yaml_real(ctx, root, "conf_level", 0.01, 0.9999, &q->conf_level));
    PG_TRY(pg_yaml_real(ctx, root, "significance", 0.0001, 0.5, &out->level));
    PG_TRY(pg_yaml_whole(ctx, root, "seed", 0, 9007199254740992.0, &out->seed));
    out->root = root;
    return read_inference(ctx, pg_yaml_find(root, "inference"), out);
}
