/* models.c  Many models from one spec, each fitted as its own formula and subset would be: models.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/models.h"

#include "core/spread.h"
#include "stats/models_split.h"
#include "stats/regression.h"
#include "stats/stream_fit.h"

#include <string.h>

enum { MOST_MODELS = 100000 };

/** A model that was fitted, or why it was not. Each has memory of its own: they are fitted side by side. */
typedef struct result {
    pgdp_regression *regression;
    pg_arena words;
} result;

struct pgdp_models {
    pgdp_allocator allocator;
    pg_arena arena;
    pgdp_model *items; /**< [n] */
    result *results;   /**< [n] */
    size_t n;
};

/** Specs while they are listed. */
typedef struct list {
    pgdp_ctx *ctx;
    pg_arena *arena;
    pgdp_regression_spec *items;
    size_t *group; /**< [n] of the split that an item is; PGDP_NONE: all rows */
    size_t n;
    pg_split groups; /**< once a split is met */
} list;

static pgdp_status add(list *l, const pgdp_regression_spec *spec, size_t group)
{
    if (l->n >= MOST_MODELS)
        return pg_fail(l->ctx, PGDP_BAD_ARGUMENT, "found more than %d models, expected fewer; use a batch",
                       (int)MOST_MODELS);
    if ((l->n & (l->n - 1)) == 0) {
        const size_t room = l->n == 0 ? 1 : 2 * l->n;
        PG_TRY_ALLOC(l->ctx, l->items, pg_arena_grow(l->arena, l->items, l->n, room, sizeof *l->items));
        PG_TRY_ALLOC(l->ctx, l->group, pg_arena_grow(l->arena, l->group, l->n, room, sizeof *l->group));
    }
    l->items[l->n] = *spec;
    l->items[l->n].split = NULL;
    l->group[l->n++] = group;
    return PGDP_OK;
}

/** One spec for each level of the split's column among the rows of the subset. */
static pgdp_status split(list *l, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    pgdp_regression_spec one = *spec;
    if (spec->split == NULL || spec->split_full) PG_TRY(add(l, spec, PGDP_NONE));
    if (spec->split == NULL) return PGDP_OK;
    if (l->groups.n == 0) PG_TRY(pg_split_new(l->ctx, l->arena, data, spec, &l->groups));
    for (size_t g = 0; g < l->groups.n; g++) {
        one.subset = l->groups.conditions[g];
        PG_TRY(add(l, &one, g));
    }
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

static pgdp_status list_all(list *l, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    const char *const *formulas;
    size_t n_formulas;
    if (spec->formula == NULL)
        return pg_fail(l->ctx, PGDP_BAD_ARGUMENT, "found no formula, expected one such as y ~ x1 + x2; write it");
    PG_TRY(pg_formula_expand_over(l->ctx, l->arena, data, spec->formula, &formulas, &n_formulas));
    for (size_t i = 0; i < n_formulas; i++) {
        pgdp_regression_spec one = *spec;
        one.formula = formulas[i];
        PG_TRY(spread(l, data, &one, 0));
    }
    return PGDP_OK;
}

pgdp_status pg_models_list(pgdp_ctx *ctx, pg_arena *arena, const pgdp_frame *data, const pgdp_regression_spec *spec,
                           const pgdp_regression_spec **out, size_t *n)
{
    list l = { .ctx = ctx, .arena = arena };
    PG_TRY(list_all(&l, data, spec));
    *out = l.items;
    *n = l.n;
    return PGDP_OK;
}

enum { SIDE_BY_SIDE = 16384 }; /* rows of a model that has little for several threads to share */

/** What the workers share. */
typedef struct job {
    const pgdp_frame *data;
    const list *list;
    pgdp_models *models;
    const size_t *items; /**< the models that are worked on now */
} job;

/** Rows of a model's group; all of the data's where it has none. */
static size_t n_rows_of(const job *j, size_t i)
{
    const size_t *first = j->list->groups.first, group = j->list->group[i];
    return group == PGDP_NONE ? pgdp_frame_n_rows(j->data) : first[group + 1] - first[group];
}

static pgdp_status fit(pgdp_ctx *ctx, const job *j, size_t i, pgdp_regression **out)
{
    const pgdp_regression_spec *spec = &j->list->items[i];
    const pg_split *groups = &j->list->groups;
    const size_t n = n_rows_of(j, i), group = j->list->group[i];
    if (group == PGDP_NONE || n >= PG_MANY_ROWS || !pg_stands_alone(ctx, spec))
        return pgdp_regress(ctx, j->data, spec, out);
    return pg_regress_rows(ctx, j->data, groups->rows + groups->first[group], n, spec, out);
}

static pgdp_status run_model(pgdp_ctx *ctx, void *user, size_t item)
{
    const job *j = user;
    const size_t i = j->items[item];
    pgdp_model *model = &j->models->items[i];
    result *r = &j->models->results[i];
    model->status = fit(ctx, j, i, &r->regression);
    model->regression = r->regression;
    if (model->status == PGDP_NO_MEMORY || model->status == PGDP_STOPPED) return model->status;
    if (model->status != PGDP_OK) PG_TRY_ALLOC(ctx, model->error, pg_arena_strdup(&r->words, ctx->error));
    return PGDP_OK;
}

static pgdp_status keep_model(pgdp_ctx *ctx, void *user, size_t item, pg_text *to)
{
    const job *j = user;
    const pgdp_model *model = &j->models->items[j->items[item]];
    if (to == NULL) return PGDP_OK;
    pg_pack_size(to, (size_t)model->status);
    if (model->status == PGDP_OK) return pg_regression_pack(ctx, model->regression, to);
    pg_pack_text(to, model->error);
    return PGDP_OK;
}

static pgdp_status take_model(pgdp_ctx *ctx, void *user, size_t item, pg_packed *from)
{
    const job *j = user;
    const size_t i = j->items[item];
    pgdp_model *model = &j->models->items[i];
    result *r = &j->models->results[i];
    model->status = (pgdp_status)pg_unpack_size(from);
    if (model->status != PGDP_OK) return pg_unpack_text(ctx, from, &r->words, &model->error);
    PG_TRY(pg_regression_unpack(ctx, from, &j->list->items[i], &r->regression));
    model->regression = r->regression;
    return PGDP_OK;
}

/** Models items[0 .. n-1]: as many as all ranks have the same number of are dealt out; what is inside the rest is
 * shared. Fitted values by row stay where they were made, so that who asks for them has all models shared so. */
static pgdp_status run_items(pgdp_ctx *ctx, job *j, const size_t *items, size_t n, bool in_turn)
{
    const pg_dealing how = {
        .what = in_turn ? NULL : "models", .in_turn = in_turn, .run = run_model, .keep = keep_model, .take = take_model
    };
    const size_t n_ranks = pg_meets(ctx) ? pg_n_ranks(ctx) : 1;
    const size_t dealt = n_ranks > 1 && j->list->items->rows ? 0 : n - n % n_ranks;
    j->items = items;
    PG_TRY(pg_deal(ctx, dealt, &how, j));
    for (size_t i = dealt; i < n; i++)
        PG_TRY(run_model(ctx, j, i));
    return PGDP_OK;
}

/** Models of few rows on a thread each, the others one after another on all. */
static pgdp_status run_models(pgdp_ctx *ctx, job *j)
{
    const size_t n = j->models->n;
    size_t *small, *large, n_small = 0, n_large = 0;
    PG_TRY(pg_meet(ctx, PG_CALL_DEAL, n, 0, PGDP_OK)); /* as many on every rank, those that are not dealt among them */
    PG_TRY_ALLOC(ctx, small, pg_arena_alloc(&ctx->scratch, 2 * n, sizeof *small));
    large = small + n;
    for (size_t i = 0; i < n; i++)
        *(n_rows_of(j, i) <= SIDE_BY_SIDE ? &small[n_small++] : &large[n_large++]) = i;
    PG_TRY(run_items(ctx, j, small, n_small, false));
    return run_items(ctx, j, large, n_large, true);
}

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, pgdp_models *m)
{
    list l = { .ctx = ctx, .arena = &m->arena };
    job j = { .data = data, .list = &l, .models = m };
    PG_TRY(list_all(&l, data, spec));
    PG_TRY_ALLOC(ctx, m->items, pg_arena_alloc(&m->arena, l.n, sizeof *m->items));
    PG_TRY_ALLOC(ctx, m->results, pg_arena_alloc(&m->arena, l.n, sizeof *m->results));
    for (size_t i = 0; i < l.n; i++) {
        pgdp_regression_spec *one = &l.items[i];
        if (one->id != NULL && l.n > 1) /* each has a name of its own */
            PG_TRY_ALLOC(ctx, one->id, pg_arena_printf(&m->arena, "%s (%zu)", one->id, i + 1));
        m->items[i] = (pgdp_model){ .formula = one->formula, .subset = one->subset };
        pg_arena_init(&m->results[m->n++].words, &ctx->allocator);
    }
    return run_models(ctx, &j);
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
    for (size_t i = 0; i < models->n; i++) {
        pgdp_regression_free(models->results[i].regression);
        pg_arena_free(&models->results[i].words);
    }
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
