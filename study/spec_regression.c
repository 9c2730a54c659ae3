/* spec_regression.c  The part of a study file under `regressions`: read, and checked as far as that goes without data.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/option.h"
#include "core/text.h"
#include "stats/diagnostics.h"
#include "stats/models.h"
#include "stats/ssc.h"
#include "stats/vcov_spec.h"
#include "study/spec.h"
#include "study/yaml.h"

#include <string.h>

static const char *const tables[] = {
#define PGDP_ENTRY(name) #name,
    PG_TABLE_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
};

/** One regression while it is checked. */
typedef struct checking {
    pgdp_ctx *ctx;
    const pg_yaml *item;
    const pgdp_regression_spec *spec;
    const pgdp_estimator *method; /**< once found */
} checking;

/** What is wrong with the text under a key, with that key's place in the file. */
static pgdp_status at_node(const checking *c, pgdp_status status, const pg_yaml *at)
{
    if (status == PGDP_OK) return PGDP_OK;
    if (at == NULL) at = c->item;
    return pg_fail_within(c->ctx, status, "%s:%zu:%zu: regression %.60s", at->path, at->line, at->column, c->spec->id);
}
static pgdp_status at_key(const checking *c, pgdp_status status, const char *key)
{
    return at_node(c, status, pg_yaml_find(c->item, key));
}

/** [a, b] means what "a, b" does on the command line: a model for each. */
static pgdp_status read_setting(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pgdp_setting *out)
{
    pg_text text;
    *out = (pgdp_setting){ node->key, node->text };
    if (node->kind == PG_YAML_SCALAR) return PGDP_OK;
    if (node->kind != PG_YAML_SEQUENCE || node->n_children == 0)
        return pg_yaml_fail(ctx, node, "settings: \"%.60s\" must be a value, or a list of values: [a, b]", node->key);
    pg_text_init(&text, arena);
    for (const pg_yaml *item = node->children; item != NULL; item = item->next) {
        if (item->kind != PG_YAML_SCALAR)
            return pg_yaml_fail(ctx, item, "settings: \"%.60s\" must be a list of single values", node->key);
        pg_text_addf(&text, "%s%s", item == node->children ? "" : ", ", item->text);
    }
    if (text.failed) return pg_no_memory(ctx);
    out->value = text.data != NULL ? text.data : "";
    return PGDP_OK;
}

static pgdp_status read_settings(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pgdp_regression_spec *out)
{
    if (node == NULL) return PGDP_OK;
    if (node->kind != PG_YAML_MAPPING) return pg_yaml_fail(ctx, node, "settings must be a mapping of names to values");
    pgdp_setting *settings;
    size_t i = 0;
    PG_TRY_ALLOC(ctx, settings, pg_arena_alloc(arena, node->n_children + 1, sizeof *settings));
    for (const pg_yaml *child = node->children; child != NULL; child = child->next)
        PG_TRY(read_setting(ctx, child, arena, &settings[i++]));
    out->settings = settings;
    return PGDP_OK;
}

/** The defaults of a component, changed by some settings: are these of it? */
static pgdp_status try_options(pgdp_ctx *ctx, const char *what, const pgdp_option *options, size_t size,
                               const pgdp_setting *settings)
{
    static const pgdp_option none = { .name = NULL };
    void *fields;
    PG_TRY_ALLOC(ctx, fields, pg_arena_alloc(&ctx->scratch, 1, size + 1));
    return pg_options_read(ctx, what, options == NULL ? &none : options, settings, fields);
}

/** Every value of every setting, each at its own place. */
static pgdp_status check_settings(const checking *c)
{
    const pg_yaml *mapping = pg_yaml_find(c->item, "settings");
    const pgdp_setting *s = c->spec->settings;
    pgdp_ctx *ctx = c->ctx;
    const char *what;
    if (mapping == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "method %s", c->method->name));
    for (const pg_yaml *node = mapping->children; node != NULL; node = node->next, s++) {
        for (const char *at = s->value; at != NULL;) {
            const char *comma = strchr(at, ','), *value = at;
            size_t n = comma == NULL ? strlen(at) : (size_t)(comma - at);
            pgdp_setting one[2] = { { .name = s->name }, { .name = NULL } };
            pg_trim(&value, &n);
            PG_TRY_ALLOC(ctx, one[0].value, pg_arena_strndup(&ctx->scratch, value, n));
            PG_TRY(at_node(c, try_options(ctx, what, c->method->options, c->method->options_size, one), node));
            at = comma == NULL ? NULL : comma + 1;
        }
    }
    return PGDP_OK;
}

static pgdp_status check_vcov(const checking *c)
{
    pgdp_ctx *ctx = c->ctx;
    pg_vcov_spec vcov;
    pg_ssc ssc = { 0 };
    const char *what;
    PG_TRY(at_key(c, pg_vcov_spec_parse(ctx, c->spec->vcov, &vcov), "vcov"));
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "covariance %s", vcov.vcov->name));
    PG_TRY(at_key(c, try_options(ctx, what, vcov.vcov->options, vcov.vcov->options_size, vcov.settings), "vcov"));
    PG_TRY(at_key(c, pg_ssc_read(ctx, vcov.ssc, &ssc), "vcov"));
    if (c->spec->preset == NULL) return PGDP_OK;
    return at_key(c, pg_preset_read(ctx, c->spec->preset, c->method->likelihood, vcov.vcov->name, &ssc), "preset");
}

/** Every model of the formula and the settings; which columns there are shows when it is fitted. */
static pgdp_status list_models(checking *c, pg_arena *arena, const pgdp_frame *any, pg_study_regression *out)
{
    pgdp_regression_spec whole = *c->spec;
    const pgdp_regression_spec *specs;
    whole.split = NULL;
    PG_TRY(pg_models_list(c->ctx, arena, any, &whole, &specs, &out->n_models));
    for (size_t i = 0; i < out->n_models; i++) {
        const pg_mark mark = pg_arena_mark(&c->ctx->scratch);
        pgdp_regression_spec one = specs[i];
        pg_formula formula;
        PG_TRY(pg_regression_read(c->ctx, &one, &formula, &c->method));
        if (i == 0) out->method = one.method;
        pg_arena_rewind(&c->ctx->scratch, mark);
    }
    return PGDP_OK;
}

/** The formula, over a table in which one column stands for all that `.` may mean. */
static pgdp_status check_formula(checking *c, pg_study_regression *out)
{
    static const pgdp_column other = { .name = "every other column", .type = PGDP_REAL };
    pg_arena arena;
    pgdp_frame *any = NULL;
    size_t column;
    PG_TRY(pgdp_frame_new(c->ctx, &any));
    pg_arena_init(&arena, &c->ctx->allocator);
    pgdp_status status = pgdp_frame_add_column(c->ctx, any, &other, &column);
    if (status == PGDP_OK) status = at_key(c, list_models(c, &arena, any, out), "formula");
    pg_arena_free(&arena);
    pgdp_frame_free(any);
    return status;
}

/** Names of diagnostics with their settings, or all, or none. */
static pgdp_status check_diagnostics(pgdp_ctx *ctx, const char *text)
{
    pg_lexer lexer;
    const pg_expr *e;
    const char *names[64];
    if (text == NULL || pg_streq(text, "all") || pg_streq(text, "none")) return PGDP_OK;
    PG_TRY(pg_lexer_init(&lexer, ctx, &ctx->scratch, "diagnostics", text));
    for (;;) {
        size_t n = 0;
        const pg_diagnostic_kind *kind;
        PG_TRY(pg_expr_read(&lexer, true, &e));
        while ((kind = pg_diagnostic_kind_at(n)) != NULL && n < 64 && !pg_streq(kind->name, e->text))
            names[n++] = kind->name;
        if (kind == NULL || (e->kind != PG_EXPR_NAME && e->kind != PG_EXPR_CALL)) {
            const char *near = kind == NULL ? pgdp_nearest(e->text, names, n) : NULL;
            return pg_fail(ctx, PGDP_NOT_FOUND,
                           "diagnostics:%zu:%zu: found \"%.60s\", expected all, none or diagnostics by name%s%s%s",
                           e->line, e->column, e->text, near == NULL ? "" : "; did you mean \"",
                           near == NULL ? "" : near, near == NULL ? "" : "\"?");
        }
        if (lexer.token.kind == PG_TOKEN_END) return PGDP_OK;
        if (lexer.token.op != PG_OP_COMMA) return pg_lexer_fail(&lexer, "`,` between diagnostics");
        PG_TRY(pg_lexer_next(&lexer));
    }
}

/** The text is one expression. */
static pgdp_status check_expression(pgdp_ctx *ctx, const char *what, const char *text)
{
    const pg_expr *e;
    return text == NULL ? PGDP_OK : pg_expr_parse(ctx, &ctx->scratch, what, text, &e);
}

static pgdp_status check_weights(pgdp_ctx *ctx, const char *text)
{
    static const char *const kinds[] = { "aw:", "fw:", "pw:" };
    for (size_t i = 0; text != NULL && i < sizeof kinds / sizeof *kinds; i++)
        if (pg_starts_with(text, kinds[i])) return check_expression(ctx, "weights", text);
    if (text == NULL) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                   "weights: found \"%.60s\", expected aw:COLUMN (analytic), fw:COLUMN (frequency) or pw:COLUMN "
                   "(probability); say which",
                   text);
}

static pgdp_status check_margins(pgdp_ctx *ctx, const char *text)
{
    if (text == NULL || pg_streq(text, "average") || pg_streq(text, "mean")) return PGDP_OK;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found margins \"%.60s\"; expected average or mean", text);
}

/** Everything that can be wrong whatever the data are. */
static pgdp_status check(checking *c, pg_study_regression *r)
{
    pgdp_ctx *ctx = c->ctx;
    const pgdp_regression_spec *s = c->spec;
    PG_TRY(at_key(c, pg_estimator_find(ctx, s->method == NULL ? "ols" : s->method, &c->method), "method"));
    PG_TRY(check_formula(c, r));
    PG_TRY(check_settings(c));
    PG_TRY(check_vcov(c));
    if (c->method->nonlinear && s->start == NULL)
        return at_key(c,
                      pg_fail(ctx, PGDP_BAD_ARGUMENT,
                              "found no start values, expected one for each parameter of the mean; write them: start: "
                              "\"b1 = 500, b2 = 0.0001\""),
                      "method");
    PG_TRY(at_key(c, check_expression(ctx, "subset", s->subset), "subset"));
    PG_TRY(at_key(c, check_expression(ctx, "offset", s->offset), "offset"));
    PG_TRY(at_key(c, check_weights(ctx, s->weights), "weights"));
    PG_TRY(at_key(c, check_margins(ctx, s->margins), "margins"));
    return at_key(c, check_diagnostics(ctx, s->diagnostics), "diagnostics");
}

/** The table's index among those there are. */
static pgdp_status read_table(pgdp_ctx *ctx, const pg_yaml *item, pg_study_regression *out)
{
    const pg_yaml *node = pg_yaml_find(item, "table");
    size_t i = 0;
    while (i < PG_N_TABLES && !pg_streq(tables[i], out->table_name))
        i++;
    out->table = (pg_table_index)i;
    out->table_place = (pg_place){ node->line, node->column };
    if (i < PG_N_TABLES) return PGDP_OK;
    const char *near = pgdp_nearest(out->table_name, tables, PG_N_TABLES);
    return pg_yaml_fail(ctx, node,
                        "found no table \"%.60s\", expected soc_measures, occupations, tasks, activities or "
                        "series%s%s%s",
                        out->table_name, near != NULL ? "; did you mean \"" : "", near != NULL ? near : "",
                        near != NULL ? "\"?" : "");
}

/** The keys that are not texts. */
static pgdp_status read_others(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study_regression *out)
{
    static const char *const truths[] = { "false", "true", NULL };
    pgdp_regression_spec *s = &out->spec;
    const pg_yaml *fsplit = pg_yaml_find(node, "fsplit");
    size_t keep = 0;
    if (fsplit != NULL && pg_yaml_find(node, "split") != NULL)
        return pg_yaml_fail(ctx, fsplit,
                            "found split and fsplit, which is split with the whole sample as well; keep "
                            "one of them");
    PG_TRY(pg_yaml_text(ctx, node, "fsplit", &s->split));
    s->split_full = fsplit != NULL;
    PG_TRY(pg_yaml_choice(ctx, node, "keep_singletons", truths, &keep));
    s->keep_singletons = keep > 0;
    PG_TRY(pg_yaml_real(ctx, node, "conf_level", 0.5, 0.999, &s->conf_level));
    return read_settings(ctx, pg_yaml_find(node, "settings"), arena, s);
}

static pgdp_status read_regression(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study_regression *out)
{
    pgdp_regression_spec *s = &out->spec;
    const struct {
        const char *key;
        const char **field;
    } texts[] = {
        { "id", &s->id },           { "table", &out->table_name },
        { "formula", &s->formula }, { "vcov", &s->vcov },
        { "title", &out->title },   { "method", &s->method },
        { "weights", &s->weights }, { "subset", &s->subset },
        { "panel", &s->panel },     { "preset", &s->preset },
        { "split", &s->split },     { "offset", &s->offset },
        { "start", &s->start },     { "tests", &s->tests },
        { "margins", &s->margins }, { "diagnostics", &s->diagnostics },
    };
    enum { N_NEEDED = 4, N_TEXTS = sizeof texts / sizeof *texts };
    const char *known[N_TEXTS + 5] = { NULL };
    const pg_yaml *need;
    for (size_t i = 0; i < N_TEXTS; i++)
        known[i] = texts[i].key;
    known[N_TEXTS] = "fsplit";
    known[N_TEXTS + 1] = "conf_level";
    known[N_TEXTS + 2] = "keep_singletons";
    known[N_TEXTS + 3] = "settings";
    PG_TRY(pg_yaml_keys(ctx, node, known));
    for (size_t i = 0; i < N_NEEDED; i++)
        PG_TRY(pg_yaml_need(ctx, node, texts[i].key, &need));
    out->place = (pg_place){ node->line, node->column };
    for (size_t i = 0; i < N_TEXTS; i++)
        PG_TRY(pg_yaml_text(ctx, node, texts[i].key, texts[i].field));
    PG_TRY(read_others(ctx, node, arena, out));
    PG_TRY(read_table(ctx, node, out));
    checking c = { .ctx = ctx, .item = node, .spec = s };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = check(&c, out);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pg_study_read_regressions(pgdp_ctx *ctx, const pg_yaml *node, pg_arena *arena, pg_study *out)
{
    if (node == NULL) return PGDP_OK;
    if (node->kind != PG_YAML_SEQUENCE) return pg_yaml_fail(ctx, node, "regressions must be a list");
    PG_TRY_ALLOC(ctx, out->regressions, pg_arena_alloc(arena, node->n_children, sizeof *out->regressions));
    for (const pg_yaml *item = node->children; item != NULL; item = item->next) {
        const size_t n = out->n_regressions;
        PG_TRY(read_regression(ctx, item, arena, &out->regressions[n]));
        for (size_t i = 0; i < n; i++)
            if (pg_streq(out->regressions[i].spec.id, out->regressions[n].spec.id))
                return pg_yaml_fail(ctx, pg_yaml_find(item, "id"),
                                    "two regressions have the id \"%s\"; give each its own",
                                    out->regressions[n].spec.id);
        out->n_regressions++;
    }
    return PGDP_OK;
}
