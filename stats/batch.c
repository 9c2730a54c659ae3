/* batch.c  A batch from a request to its results: pgdp/batch.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch_family.h"

#include <math.h>
#include <string.h>

enum { MOST_MODELS = 1000000 };

static pgdp_status copy_text(pgdp_ctx *ctx, pgdp_batch *b, const char **text)
{
    if (*text != NULL) PG_TRY_ALLOC(ctx, *text, pg_arena_strdup(&b->arena, *text));
    return PGDP_OK;
}

/* An empty text stands for nothing. */
static pgdp_status copy_option(pgdp_ctx *ctx, pgdp_batch *b, pgdp_batch_option *o)
{
    const char **texts[] = { &o->text, &o->instruments };
    PG_TRY(copy_text(ctx, b, &o->name));
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        if (*texts[i] != NULL && (*texts[i])[strspn(*texts[i], " \t")] == '\0') *texts[i] = NULL;
        PG_TRY(copy_text(ctx, b, texts[i]));
    }
    return PGDP_OK;
}

static pgdp_status copy_request(pgdp_ctx *ctx, const pgdp_batch_request *request, pgdp_batch *b)
{
    pgdp_batch_request *to = &b->request;
    *to = *request;
    const char **texts[] = { &to->always, &to->report, &to->weights, &to->panel, &to->preset };
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        PG_TRY(copy_text(ctx, b, texts[i]));
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++) {
        pgdp_batch_options *from = &to->choices[c];
        pgdp_batch_option *items;
        PG_TRY_ALLOC(ctx, items, pg_arena_alloc(&b->arena, from->n, sizeof *items));
        for (size_t i = 0; i < from->n; i++) {
            items[i] = from->items[i];
            PG_TRY(copy_option(ctx, b, &items[i]));
        }
        from->items = items;
    }
    return PGDP_OK;
}

static pgdp_status check_texts(pgdp_ctx *ctx, const pgdp_batch *b, pgdp_batch_choice choice)
{
    const pgdp_batch_options *o = &b->request.choices[choice];
    for (size_t i = 0; i < o->n; i++)
        if (o->items[i].text == NULL)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "batch: option %zu of %s has no text; write what it stands for",
                           i + 1, pgdp_batch_choice_name(choice));
    return PGDP_OK;
}

static pgdp_status check_request(pgdp_ctx *ctx, const pgdp_batch *b)
{
    const pgdp_batch_options *c = b->request.choices;
    const bool whole = c[PGDP_BATCH_FORMULA].n > 0;
    const bool parts = c[PGDP_BATCH_OUTCOME].n + c[PGDP_BATCH_FOCAL].n + c[PGDP_BATCH_CONTROLS].n > 0 ||
                       c[PGDP_BATCH_EFFECTS].n > 0 || b->request.always != NULL;
    if (whole && parts)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "batch: found formulas beside outcomes, terms or effects; give either whole formulas or their "
                       "parts");
    if (!whole && (c[PGDP_BATCH_OUTCOME].n == 0 || c[PGDP_BATCH_FOCAL].n == 0))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "batch: found no %s, expected outcomes and focal terms, or whole formulas; write them",
                       c[PGDP_BATCH_OUTCOME].n == 0 ? "outcome" : "focal term");
    if (c[PGDP_BATCH_VCOV].n == 0)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "batch: found no vcov, expected one such as iid, HC1 or cluster(a); state it, there is no "
                       "default");
    if (b->request.conf_level < 0 || b->request.conf_level >= 1 || isnan(b->request.conf_level))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "batch: found a confidence level outside (0, 1), expected one such as "
                       "0.95");
    PG_TRY(check_texts(ctx, b, PGDP_BATCH_FORMULA));
    PG_TRY(check_texts(ctx, b, PGDP_BATCH_OUTCOME));
    PG_TRY(check_texts(ctx, b, PGDP_BATCH_FOCAL));
    return check_texts(ctx, b, PGDP_BATCH_VCOV);
}

static pgdp_status count_models(pgdp_ctx *ctx, pgdp_batch *b)
{
    b->n_models = b->n_formulas = 1;
    for (size_t c = 0; c < PGDP_N_BATCH_CHOICES; c++) {
        b->n_options[c] = b->request.choices[c].n == 0 ? 1 : b->request.choices[c].n;
        if (b->n_options[c] > MOST_MODELS / b->n_models)
            return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                           "batch: found more than %d models, expected fewer; leave options out", (int)MOST_MODELS);
        b->n_models *= b->n_options[c];
        if (c != PGDP_BATCH_SAMPLE && c != PGDP_BATCH_VCOV) b->n_formulas *= b->n_options[c];
    }
    return PGDP_OK;
}

/* Weights and panel, as every model has them: by a design that names nothing else. */
static pgdp_status find_common(pgdp_ctx *ctx, pgdp_batch *b)
{
    const size_t n = pgdp_frame_n_rows(b->frame);
    const pgdp_regression_spec spec = { .weights = b->request.weights, .panel = b->request.panel };
    const pg_vcov_spec vcov = { .n_clusters = 0 };
    const pg_design_request request = { .spec = &spec, .vcov = &vcov, .estimator = pgdp_estimator_at(0) };
    const pg_expr one = { .kind = PG_EXPR_NUMBER, .number = 1, .text = "1", .what = "batch", .height = 1 };
    const pg_formula formula = { .outcome = &one, .constant = true };
    pg_found found;
    b->scope.frame = b->frame;
    PG_TRY(pg_design_find(ctx, b->frame, &formula, &request, &found));
    b->scope.panel = found.scope.panel;
    b->entity_column = found.entity;
    b->time_column = found.time;
    b->weight_kind = found.weight_kind;
    if (found.weights != NULL) {
        double *copy;
        PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&b->arena, n, sizeof *copy));
        if (n > 0) memcpy(copy, found.weights, n * sizeof *copy);
        b->weights = copy;
    }
    return PGDP_OK;
}

static pgdp_status read_formulas(pgdp_ctx *ctx, pgdp_batch *b)
{
    PG_TRY_ALLOC(ctx, b->formulas, pg_arena_alloc(&b->arena, b->n_formulas, sizeof *b->formulas));
    for (size_t i = 0; i < b->n_formulas; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        size_t option[PGDP_N_BATCH_CHOICES] = { 0 }, rest = i;
        for (size_t c = PGDP_N_BATCH_CHOICES; c-- > 0;) {
            if (c == PGDP_BATCH_SAMPLE || c == PGDP_BATCH_VCOV) continue;
            option[c] = rest % b->n_options[c];
            rest /= b->n_options[c];
        }
        PG_TRY(pg_batch_read_formula(ctx, b, option, &b->formulas[i]));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

static pgdp_status plan(pgdp_ctx *ctx, const pgdp_batch_request *request, pgdp_batch *b)
{
    uint32_t none;
    const pg_formula no_effects = { .n_effects = 0 };
    PG_TRY_ALLOC(ctx, b->family, pg_arena_alloc(&b->arena, 1, sizeof *b->family));
    pg_batch_family_init(b->family, &b->allocator);
    PG_TRY(copy_request(ctx, request, b));
    PG_TRY(check_request(ctx, b));
    PG_TRY(count_models(ctx, b));
    b->conf_level = request->conf_level > 0 ? request->conf_level : 0.95;
    PG_TRY(find_common(ctx, b));
    PG_TRY(pg_batch_add_effects(ctx, b, &no_effects, &none));
    PG_TRY(pg_batch_read_vcovs(ctx, b));
    PG_TRY(read_formulas(ctx, b));
    PG_TRY(pg_batch_make_groups(ctx, b));
    pg_batch_foresee(b);
    return PGDP_OK;
}

pgdp_status pgdp_batch_new(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_batch_request *request, pgdp_batch **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_batch *b;
    PG_TRY_ALLOC(ctx, b, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *b));
    *b = (pgdp_batch){ .allocator = ctx->allocator, .frame = frame };
    pg_arena_init(&b->arena, &ctx->allocator);
    pg_map_init(&b->source_index, &b->arena);
    pg_map_init(&b->effects_index, &b->arena);
    const pgdp_status status = plan(ctx, request, b);
    b->scope.panel = NULL; /* of the scratch: lags are numbers of the whole frame by now */
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = b;
    else
        pgdp_batch_free(b);
    return status;
}

void pgdp_batch_free(pgdp_batch *batch)
{
    if (batch == NULL) return;
    const pgdp_allocator allocator = batch->allocator;
    if (batch->family != NULL) pg_batch_family_clear(batch->family);
    pg_arena_free(&batch->arena);
    allocator.realloc(allocator.user, batch, 0);
}

pgdp_status pg_batch_make_rows(pgdp_ctx *ctx, pgdp_batch *b, size_t model, size_t n, pgdp_batch_row **out)
{
    const double nan = (double)NAN;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&b->arena, n, sizeof **out));
    for (size_t i = 0; i < n; i++)
        (*out)[i] = (pgdp_batch_row){ .model = model,
                                      .term = "",
                                      .estimate = nan,
                                      .std_error = nan,
                                      .statistic = nan,
                                      .p_value = nan,
                                      .conf_low = nan,
                                      .conf_high = nan,
                                      .df = nan,
                                      .nobs = nan,
                                      .n_terms = nan,
                                      .r_squared = nan,
                                      .sigma = nan,
                                      .clusters = nan,
                                      .digits = nan,
                                      .solver = "",
                                      .collinear = "",
                                      .error = "" };
    b->results[model] = (pg_batch_results){ *out, (uint32_t)n };
    return PGDP_OK;
}

pgdp_status pgdp_batch_run_group(pgdp_ctx *ctx, pgdp_batch *batch, size_t group)
{
    const pg_batch_group *g = &batch->groups[group];
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status =
        g->by_row ? pg_batch_run_by_row(ctx, batch, g->models, g->n_models) : pg_batch_run_moments(ctx, batch, group);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pgdp_batch_run(pgdp_ctx *ctx, pgdp_batch *batch)
{
    for (size_t i = 0; i < batch->n_groups; i++)
        PG_TRY(pgdp_batch_run_group(ctx, batch, i));
    return PGDP_OK;
}

const pgdp_batch_row *pgdp_batch_rows_of(const pgdp_batch *batch, size_t model, size_t *n)
{
    *n = batch->results[model].n;
    return batch->results[model].rows;
}
