/* regression.c  A regression in words: formula, design, fit; collinear terms are left out by name and the rest fitted.
 * Source: collinear columns as in R's lm and fixest, the earlier term of a dependence stays.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/regression.h"

#include "stats/level_names.h"
#include "stats/models.h"
#include "stats/stream_fit.h"

#include <math.h>
#include <string.h>

static pgdp_status copy_text(pgdp_ctx *ctx, pg_arena *arena, const char *text, const char **out)
{
    *out = NULL;
    if (text != NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(arena, text));
    return PGDP_OK;
}

pgdp_status pg_regression_copy_spec(pgdp_ctx *ctx, const pgdp_regression_spec *spec, pgdp_regression *r)
{
    pgdp_regression_spec *to = &r->spec;
    *to = *spec;
    const char **fields[] = { &to->id,      &to->formula, &to->method,      &to->vcov,   &to->preset,
                              &to->weights, &to->panel,   &to->subset,      &to->split,  &to->offset,
                              &to->start,   &to->tests,   &to->diagnostics, &to->margins };
    for (size_t i = 0; i < sizeof fields / sizeof fields[0]; i++)
        PG_TRY(copy_text(ctx, &r->arena, *fields[i], fields[i]));
    if (to->conf_level > 0) r->conf_level = to->conf_level;
    if (spec->settings == NULL) return PGDP_OK;
    size_t n = 0;
    while (spec->settings[n].name != NULL)
        n++;
    pgdp_setting *settings;
    PG_TRY_ALLOC(ctx, settings, pg_arena_alloc(&r->arena, n + 1, sizeof *settings));
    for (size_t i = 0; i < n; i++) {
        PG_TRY(copy_text(ctx, &r->arena, spec->settings[i].name, &settings[i].name));
        PG_TRY(copy_text(ctx, &r->arena, spec->settings[i].value, &settings[i].value));
    }
    to->settings = settings;
    return PGDP_OK;
}

static pgdp_status check_spec(pgdp_ctx *ctx, const pgdp_regression_spec *spec)
{
    if (spec->formula == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found no formula, expected one such as y ~ x1 + x2; write it");
    if (spec->vcov == NULL)
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "found no vcov, expected one such as iid, HC1, cluster(a) or nw(lag=4); state it, there is no default");
    if (spec->conf_level < 0 || spec->conf_level >= 1 || isnan(spec->conf_level))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found a confidence level outside (0, 1), expected one such as 0.95");
    return PGDP_OK;
}

/** A matrix without the columns of the list. */
static pgdp_status take_columns(pgdp_ctx *ctx, const pgdp_mat *from, const pg_collinear *list, size_t n_list,
                                pgdp_mat *out)
{
    const size_t n = from->n_rows;
    double *x;
    if (from->n_cols == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * (from->n_cols - n_list), sizeof *x));
    for (size_t j = 0, next = 0, to = 0; j < from->n_cols; j++) {
        if (next < n_list && list[next].term == j)
            next++;
        else
            memcpy(x + to++ * n, from->x + j * n, n * sizeof *x);
    }
    *out = (pgdp_mat){ x, n, from->n_cols - n_list };
    return PGDP_OK;
}

/** The design without the columns of the list; the constant stands first and is never among them. */
static pgdp_status leave_out(pgdp_ctx *ctx, const pg_collinear *list, size_t n_list, pgdp_design *d, pgdp_regression *r)
{
    pg_left_out *left_out;
    const char **terms;
    size_t *endogenous, n_endogenous = 0, kept = 0;
    PG_TRY_ALLOC(ctx, left_out, pg_arena_alloc(&r->arena, n_list, sizeof *left_out));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, d->x.n_cols, sizeof *terms));
    PG_TRY_ALLOC(ctx, endogenous, pg_arena_alloc(&ctx->scratch, d->n_endogenous, sizeof *endogenous));
    for (size_t j = 0, next = 0, e = 0; j < d->x.n_cols; j++) {
        const bool is_endogenous = e < d->n_endogenous && d->endogenous[e] == j;
        e += is_endogenous;
        if (next < n_list && list[next].term == j) {
            PG_TRY(copy_text(ctx, &r->arena, d->terms[j], &left_out[next].term));
            left_out[next].because = list[next].because;
            next++;
            continue;
        }
        if (is_endogenous) endogenous[n_endogenous++] = kept;
        terms[kept++] = d->terms[j];
    }
    r->left_out = left_out;
    r->n_left_out = n_list;
    const pgdp_mat norm = { d->norm.x, 1, d->norm.n };
    pgdp_mat kept_norm = { 0 };
    PG_TRY(take_columns(ctx, &norm, list, n_list, &kept_norm));
    d->norm = (pgdp_vec){ kept_norm.x, kept_norm.n_cols };
    PG_TRY(take_columns(ctx, &d->x, list, n_list, &d->x));
    PG_TRY(take_columns(ctx, &d->x_low, list, n_list, &d->x_low));
    d->terms = terms;
    d->endogenous = endogenous;
    d->n_endogenous = n_endogenous;
    return PGDP_OK;
}

/** Fit; when terms are collinear, leave them out by name and fit the rest. */
static pgdp_status fit_full_rank(pgdp_ctx *ctx, const pgdp_estimator *method, pg_fit_request *q, pgdp_design *design,
                                 pgdp_regression *r)
{
    const pgdp_status first = pg_fit_run(ctx, q, &r->fit);
    if (first != PGDP_RANK_DEFICIENT || design->mean != NULL) return first;
    pg_collinear_list list;
    PG_TRY(pg_fit_collinear(ctx, &r->arena, method, design, &list));
    if (list.n == 0 || list.n >= design->x.n_cols) return first;
    PG_TRY(leave_out(ctx, list.items, list.n, design, r));
    return pg_fit_run(ctx, q, &r->fit);
}

static pgdp_status copy_levels(pgdp_ctx *ctx, const pg_design_result *from, pgdp_regression *r)
{
    const char **levels;
    if (from->outcome_levels == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, levels, pg_arena_alloc(&r->arena, from->n_outcome_levels, sizeof *levels));
    for (size_t i = 0; i < from->n_outcome_levels; i++)
        PG_TRY(copy_text(ctx, &r->arena, from->outcome_levels[i], &levels[i]));
    r->outcome_levels = levels;
    r->n_outcome_levels = from->n_outcome_levels;
    return PGDP_OK;
}

/** The words of a formula that tables show. */
static pgdp_status copy_names(pgdp_ctx *ctx, const pg_formula *formula, pgdp_regression *r)
{
    const char **effects;
    PG_TRY_ALLOC(ctx, r->outcome, pg_expr_text(&r->arena, formula->outcome));
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&r->arena, formula->n_effects, sizeof *effects));
    for (size_t i = 0; i < formula->n_effects; i++)
        PG_TRY(copy_text(ctx, &r->arena, formula->effects[i].name, &effects[i]));
    r->effects = effects;
    r->n_effects = formula->n_effects;
    return PGDP_OK;
}

/** A variable's effect is its term's only when it stands in no other term. */
static pgdp_status check_margins(pgdp_ctx *ctx, const pg_formula *formula, const char *margins)
{
    if (margins == NULL) return PGDP_OK;
    for (size_t i = 0; i < formula->terms.n; i++) {
        const pg_term *t = &formula->terms.items[i];
        bool alone = t->n_parts == 1 && t->parts[0].kind != PG_PART_BASIS;
        if (alone && t->parts[0].kind == PG_PART_NUMBER) alone = t->parts[0].expr->kind == PG_EXPR_NAME;
        if (alone) continue;
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "margins: found the term %s, expected columns alone: the effect of a variable is not that of one "
            "of the terms it stands in; compute the column beforehand or leave margins out",
            t->parts[0].name);
    }
    return PGDP_OK;
}

static pgdp_status build_and_fit(pgdp_ctx *ctx, const pg_regression_source *source, const pg_formula *formula,
                                 const pg_design_request *request, pg_design_result *built, pgdp_regression *r)
{
    const pgdp_regression_spec *spec = &r->spec;
    PG_TRY(source->build(ctx, source->user, formula, request, built));
    PG_TRY(copy_levels(ctx, built, r));
    r->dropped = built->dropped;
    r->n_rows = source->n_rows;
    pg_fit_request q = { .estimator = request->estimator->name,
                         .vcov = spec->vcov,
                         .design = &built->design,
                         .settings = spec->settings,
                         .preset = spec->preset,
                         .tests = spec->tests,
                         .diagnostics = spec->diagnostics,
                         .margins = spec->margins,
                         .row_numbers = built->row_numbers,
                         .behind = built->behind,
                         .absorbed = built->absorbed,
                         .rows = spec->rows,
                         .conf_level = r->conf_level,
                         .seed = spec->seed };
    return fit_full_rank(ctx, request->estimator, &q, &built->design, r);
}

static pgdp_status run(pgdp_ctx *ctx, const pg_regression_source *source, const pgdp_regression_spec *spec,
                       pgdp_regression *r)
{
    pg_vcov_spec vcov;
    pg_formula formula;
    pg_design_result built = { .unsure = false };
    pg_design_request request = { .spec = &r->spec, .vcov = &vcov };
    PG_TRY(check_spec(ctx, spec));
    r->conf_level = 0.95;
    PG_TRY(pg_regression_copy_spec(ctx, spec, r));
    PG_TRY(pg_regression_read(ctx, &r->spec, &formula, &request.estimator));
    PG_TRY(copy_names(ctx, &formula, r));
    PG_TRY(check_margins(ctx, &formula, spec->margins));
    PG_TRY(pg_vcov_spec_parse(ctx, spec->vcov, &vcov));
    request.quick = true;
    pgdp_status status = build_and_fit(ctx, source, &formula, &request, &built, r);
    if (built.unsure && status != PGDP_OK && status != PGDP_NO_MEMORY && status != PGDP_STOPPED) {
        request.quick = false;
        r->n_left_out = 0;
        status = build_and_fit(ctx, source, &formula, &request, &built, r);
    }
    PG_TRY(status);
    if (built.behind != NULL && !request.estimator->likelihood) pg_behind_certify(&r->fit->certificate);
    if (r->outcome_levels == NULL) return PGDP_OK;
    return pg_fit_name_levels(ctx, r->fit, r->outcome_levels, r->n_outcome_levels);
}

pgdp_status pg_regression_read(pgdp_ctx *ctx, pgdp_regression_spec *spec, pg_formula *formula,
                               const pgdp_estimator **method)
{
    const char *name = spec->method;
    const pgdp_estimator *found;
    PG_TRY(pg_estimator_find(ctx, name == NULL ? "ols" : name, &found));
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, spec->formula, found->nonlinear, formula));
    if (name == NULL && formula->endogenous.n > 0) PG_TRY(pg_estimator_find(ctx, "iv", &found));
    spec->method = found->name;
    *method = found;
    return PGDP_OK;
}

pgdp_status pg_regression_run(pgdp_ctx *ctx, const pg_regression_source *source, const pgdp_regression_spec *spec,
                              pgdp_regression **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_regression *r;
    PG_TRY_ALLOC(ctx, r, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *r));
    *r = (pgdp_regression){ .allocator = ctx->allocator };
    pg_arena_init(&r->arena, &ctx->allocator);
    const pgdp_status status = run(ctx, source, spec, r);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = r;
    else
        pgdp_regression_free(r);
    return status;
}

static pgdp_status build_of_frame(pgdp_ctx *ctx, const void *frame, const pg_formula *formula,
                                  const pg_design_request *request, pg_design_result *out)
{
    return pg_design_build(ctx, frame, formula, request, out);
}

/** Rows that the subset leaves, as far as they decide the way taken: a model over few rows of many data goes the way
 * that it would go over these rows alone. What is wrong with the subset is told when the model is fitted. */
static size_t rows_left(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_scope scope = { .frame = data };
    const size_t n = pgdp_frame_n_rows(data);
    pg_rows rows;
    pgdp_dropped dropped;
    if (n < PG_MANY_ROWS || spec->subset == NULL || spec->panel != NULL) return n;
    const bool told =
        pg_rows_init(ctx, &scope, spec->subset, &rows) == PGDP_OK && pg_rows_close(ctx, &rows, &dropped) == PGDP_OK;
    pg_arena_rewind(&ctx->scratch, mark);
    return told ? rows.n : n;
}

pgdp_status pgdp_regress(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, pgdp_regression **out)
{
    const pg_regression_source source = { .build = build_of_frame, .user = data, .n_rows = pgdp_frame_n_rows(data) };
    bool done = false;
    if (rows_left(ctx, data, spec) >= PG_MANY_ROWS) PG_TRY(pg_regress_by_blocks(ctx, data, spec, out, &done));
    return done ? PGDP_OK : pg_regression_run(ctx, &source, spec, out);
}

void pgdp_regression_free(pgdp_regression *regression)
{
    if (regression == NULL) return;
    const pgdp_allocator allocator = regression->allocator;
    pgdp_fit_free(regression->fit);
    pg_arena_free(&regression->arena);
    allocator.realloc(allocator.user, regression, 0);
}

const pgdp_fit *pgdp_regression_fit(const pgdp_regression *regression)
{
    return regression->fit;
}

const pgdp_regression_spec *pgdp_regression_spec_of(const pgdp_regression *regression)
{
    return &regression->spec;
}

double pgdp_regression_conf_level(const pgdp_regression *regression)
{
    return regression->conf_level;
}

pgdp_dropped pgdp_regression_dropped(const pgdp_regression *regression)
{
    return regression->dropped;
}

pgdp_diagnostic pgdp_regression_diagnostic(const pgdp_regression *regression, size_t i)
{
    return pgdp_fit_diagnostic(regression->fit, i);
}

bool pgdp_regression_margin(const pgdp_regression *regression, size_t i, pgdp_tidy *out)
{
    if (i >= regression->fit->n_margins) return false;
    *out = regression->fit->margins[i];
    return true;
}

const pgdp_frame *pgdp_regression_rows(const pgdp_regression *regression)
{
    return regression->fit->rows;
}

bool pgdp_regression_collinear(const pgdp_regression *regression, size_t i, const char **term, const char **because)
{
    if (i >= regression->n_left_out) return false;
    *term = regression->left_out[i].term;
    *because = regression->left_out[i].because;
    return true;
}
