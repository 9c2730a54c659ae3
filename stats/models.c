/* models.c  Many models from one spec, each fitted as its own formula and subset would be: models.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/models.h"

#include "core/parallel.h"
#include "stats/design_find.h"
#include "stats/fit.h"

#include <string.h>

enum { MOST_MODELS = 100000 };

struct pgdp_models {
    pgdp_allocator allocator;
    pg_arena arena;
    pgdp_model *items; /**< [n] */
    pgdp_regression **regressions;
    size_t n;
};

/** Specs while they are listed. */
typedef struct list {
    pgdp_ctx *ctx;
    pg_arena *arena;
    pgdp_regression_spec *items;
    size_t n;
} list;

static pgdp_status add(list *l, const pgdp_regression_spec *spec)
{
    if (l->n >= MOST_MODELS)
        return pg_fail(l->ctx, PGDP_BAD_ARGUMENT, "found more than %d models, expected fewer; use a batch",
                       (int)MOST_MODELS);
    if ((l->n & (l->n - 1)) == 0) {
        const size_t room = l->n == 0 ? 1 : 2 * l->n;
        PG_TRY_ALLOC(l->ctx, l->items, pg_arena_grow(l->arena, l->items, l->n, room, sizeof *l->items));
    }
    l->items[l->n++] = *spec;
    return PGDP_OK;
}

/** A condition beside the subset that is there. */
static pgdp_status narrow(list *l, const pgdp_regression_spec *spec, const char *column, const char *level, bool text)
{
    pgdp_regression_spec one = *spec;
    const char *quote = text ? (strchr(level, '"') == NULL ? "\"" : "'") : "";
    const char *condition;
    if (text && quote[0] == '\'' && strchr(level, '\'') != NULL)
        return pg_fail(l->ctx, PGDP_BAD_ARGUMENT,
                       "split: found the level %.60s of %.60s, expected at most one kind of quotes in it, so that a "
                       "subset can name it; write the level in another way",
                       level, column);
    PG_TRY_ALLOC(l->ctx, condition, pg_arena_printf(l->arena, "`%s` == %s%s%s", column, quote, level, quote));
    if (spec->subset != NULL)
        PG_TRY_ALLOC(l->ctx, condition, pg_arena_printf(l->arena, "(%s) & %s", spec->subset, condition));
    one.subset = condition;
    one.split = NULL;
    return add(l, &one);
}

/** One spec for each level of the split's column among the rows of the subset. */
static pgdp_status split(list *l, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    if (spec->split == NULL) return add(l, spec);
    const pg_expr name = { .kind = PG_EXPR_NAME, .text = spec->split, .what = "split", .line = 1, .column = 1 };
    pg_found found = { .scope = { .frame = data } };
    size_t column;
    pg_rows rows;
    pg_levels levels;
    pgdp_dropped dropped;
    pgdp_regression_spec whole = *spec;
    PG_TRY(pg_eval_column(l->ctx, data, &name, &column));
    PG_TRY(pg_design_find_panel(l->ctx, spec->panel, &found)); /* the subset may have lags */
    PG_TRY(pg_rows_init(l->ctx, &found.scope, spec->subset, &rows));
    pg_rows_need_cells(&rows, data, column);
    PG_TRY(pg_rows_close(l->ctx, &rows, &dropped));
    PG_TRY(pg_levels_of_column(l->ctx, data, column, rows.kept, rows.n, &levels));
    whole.split = NULL;
    if (spec->split_full) PG_TRY(add(l, &whole));
    const bool quoted = pgdp_frame_column(data, column)->type != PGDP_REAL;
    for (size_t k = 0; k < levels.n; k++)
        PG_TRY(narrow(l, spec, spec->split, levels.names[k], quoted));
    return PGDP_OK;
}

/** One spec for each value of the settings from `i` on that list several. */
static pgdp_status spread(list *l, const pgdp_frame *data, const pgdp_regression_spec *spec, size_t i)
{
    while (spec->settings != NULL && spec->settings[i].name != NULL && strchr(spec->settings[i].value, ',') == NULL)
        i++;
    if (spec->settings == NULL || spec->settings[i].name == NULL) return split(l, data, spec);
    size_t n = 0;
    while (spec->settings[n].name != NULL)
        n++;
    for (const char *at = spec->settings[i].value; at != NULL;) {
        const char *comma = strchr(at, ',');
        size_t length = comma == NULL ? strlen(at) : (size_t)(comma - at);
        const char *value = at;
        pgdp_regression_spec one = *spec;
        pgdp_setting *settings;
        PG_TRY_ALLOC(l->ctx, settings, pg_arena_alloc(l->arena, n + 1, sizeof *settings));
        memcpy(settings, spec->settings, (n + 1) * sizeof *settings);
        pg_trim(&value, &length);
        PG_TRY_ALLOC(l->ctx, settings[i].value, pg_arena_strndup(l->arena, value, length));
        one.settings = settings;
        PG_TRY(spread(l, data, &one, i + 1));
        at = comma == NULL ? NULL : comma + 1;
    }
    return PGDP_OK;
}

pgdp_status pg_models_list(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *data, const pgdp_regression_spec *spec,
                           const pgdp_regression_spec **out, size_t *n)
{
    const char *const *formulas;
    size_t n_formulas;
    list l = { .ctx = ctx, .arena = arena };
    if (spec->formula == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found no formula, expected one such as y ~ x1 + x2; write it");
    PG_TRY(pg_formula_expand_over(ctx, arena, data, spec->formula, &formulas, &n_formulas));
    for (size_t i = 0; i < n_formulas; i++) {
        pgdp_regression_spec one = *spec;
        one.formula = formulas[i];
        PG_TRY(spread(&l, data, &one, 0));
    }
    *out = l.items;
    *n = l.n;
    return PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, pgdp_models *m)
{
    const pgdp_regression_spec *specs;
    size_t n;
    PG_TRY(pg_models_list(ctx, &m->arena, data, spec, &specs, &n));
    PG_TRY_ALLOC(ctx, m->items, pg_arena_alloc(&m->arena, n, sizeof *m->items));
    PG_TRY_ALLOC(ctx, m->regressions, pg_arena_alloc(&m->arena, n, sizeof(pgdp_regression *)));
    for (size_t i = 0; i < n; i++) {
        pgdp_regression_spec one = specs[i];
        if (one.id != NULL && n > 1) /* each has a name of its own */
            PG_TRY_ALLOC(ctx, one.id, pg_arena_printf(&m->arena, "%s (%zu)", one.id, i + 1));
        pgdp_model *model = &m->items[m->n++];
        *model = (pgdp_model){ .formula = specs[i].formula, .subset = specs[i].subset };
        model->status = pgdp_regress(ctx, data, &one, &m->regressions[i]);
        model->regression = m->regressions[i];
        if (model->status == PGDP_NO_MEMORY) return model->status;
        if (model->status != PGDP_OK) PG_TRY_ALLOC(ctx, model->error, pg_arena_strdup(&m->arena, ctx->error));
    }
    return PGDP_OK;
}

pgdp_status pgdp_models_new(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, pgdp_models **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_models *m;
    PG_TRY_ALLOC(ctx, m, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *m));
    *m = (pgdp_models){ .allocator = ctx->allocator };
    pg_arena_init(&m->arena, &ctx->allocator);
    const pgdp_status status = run(ctx, data, spec, m);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = m;
    else
        pgdp_models_free(m);
    return status;
}

void pgdp_models_free(pgdp_models *models)
{
    if (models == NULL) return;
    const pgdp_allocator allocator = models->allocator;
    for (size_t i = 0; i < models->n; i++)
        pgdp_regression_free(models->regressions[i]);
    pg_arena_free(&models->arena);
    allocator.realloc(allocator.user, models, 0);
}

size_t pgdp_models_n(const pgdp_models *models)
{
    return models->n;
}

pgdp_model pgdp_models_at(const pgdp_models *models, size_t i)
{
    return models->items[i];
}
