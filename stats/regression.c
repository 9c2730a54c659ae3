/* regression.c  A regression in words: formula, design, fit; collinear terms are left out by name and the rest fitted.
 * Source: collinear columns as in R's lm and fixest, the earlier term of a dependence stays.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/regression.h"

#include "stats/design.h"

#include <math.h>
#include <string.h>

enum { MOST_CLUSTERINGS = 8 };

/** A covariance in words taken apart. */
typedef struct vcov_words {
    const char *text;                          /**< for pgdp_fit_new(): without the cluster variables */
    const pg_expr *clusters[MOST_CLUSTERINGS]; /**< names */
    size_t n_clusters;
} vcov_words;

/** a + b: each a column. */
static pgdp_status gather_clusters(pgdp_ctx *ctx, const pg_expr *e, vcov_words *out)
{
    if (e->kind == PG_EXPR_BINARY && e->op == PG_OP_ADD) {
        PG_TRY(gather_clusters(ctx, e->left, out));
        return gather_clusters(ctx, e->right, out);
    }
    if (e->kind == PG_EXPR_BINARY && e->op == PG_OP_POW)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "not available in this version: combined clusters; make a column of the "
                            "combination and name it");
    if (e->kind != PG_EXPR_NAME)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected the columns to cluster on: cluster(a) or cluster(a + b)");
    if (out->n_clusters == MOST_CLUSTERINGS)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e, "expected at most 8 columns to cluster on");
    out->clusters[out->n_clusters++] = e;
    return PGDP_OK;
}

/** iid, nw(lag = 4), cluster(a + b): the variables go to the design, the rest to the fit. */
static pgdp_status read_vcov(pgdp_ctx *ctx, const char *text, vcov_words *out)
{
    const pg_expr *e;
    const pgdp_vcov *found;
    pg_text rest;
    *out = (vcov_words){ .text = text };
    PG_TRY(pg_expr_parse(ctx, &ctx->scratch, "vcov", text, &e));
    if (e->kind != PG_EXPR_NAME && e->kind != PG_EXPR_CALL)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected a covariance such as iid, HC1, cluster(a) or nw(lag=4)");
    PG_TRY(pg_vcov_find(ctx, e->text, &found));
    pg_text_init(&rest, &ctx->scratch);
    pg_text_addf(&rest, "%s(", e->text);
    const bool clusters = pg_streq(found->name, "cluster");
    for (const pg_expr *a = e->left; a != NULL; a = a->next) {
        if (a->label == NULL) {
            if (!clusters)
                return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, a,
                                    "expected settings by name such as lag=4; to cluster write cluster(a)");
            PG_TRY(gather_clusters(ctx, a, out));
            continue;
        }
        if (!pg_ends_with(rest.data == NULL ? "" : rest.data, "(")) pg_text_add(&rest, ", ");
        pg_text_addf(&rest, "%s=", a->label);
        pg_expr_write(&rest, a);
    }
    pg_text_add_char(&rest, ')');
    if (rest.failed) return pg_no_memory(ctx);
    out->text = rest.data;
    if (clusters && out->n_clusters == 0)
        return pg_expr_fail(ctx, PGDP_BAD_ARGUMENT, e,
                            "expected the columns to cluster on: cluster(a) or cluster(a + b)");
    return PGDP_OK;
}

static pgdp_status copy_text(pgdp_ctx *ctx, pg_arena *arena, const char *text, const char **out)
{
    *out = NULL;
    if (text != NULL) PG_TRY_ALLOC(ctx, *out, pg_arena_strdup(arena, text));
    return PGDP_OK;
}

static pgdp_status copy_spec(pgdp_ctx *ctx, const pgdp_regression_spec *spec, pgdp_regression *r)
{
    pgdp_regression_spec *to = &r->spec;
    const char *const from[] = { spec->id,      spec->formula, spec->method, spec->vcov,
                                 spec->weights, spec->panel,   spec->subset };
    const char **fields[] = { &to->id, &to->formula, &to->method, &to->vcov, &to->weights, &to->panel, &to->subset };
    for (size_t i = 0; i < sizeof from / sizeof from[0]; i++)
        PG_TRY(copy_text(ctx, &r->arena, from[i], fields[i]));
    if (to->method == NULL) to->method = "ols";
    to->conf_level = spec->conf_level;
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

/** The design without the columns of the list; the constant stands first and is never among them. */
static pgdp_status leave_out(pgdp_ctx *ctx, const pg_collinear *list, size_t n_list, pgdp_design *d, pgdp_regression *r)
{
    const size_t n = d->x.n_rows, k = d->x.n_cols - n_list;
    pg_left_out *left_out;
    const char **terms;
    double *x;
    PG_TRY_ALLOC(ctx, left_out, pg_arena_alloc(&r->arena, n_list, sizeof *left_out));
    PG_TRY_ALLOC(ctx, terms, pg_arena_alloc(&ctx->scratch, k, sizeof *terms));
    PG_TRY_ALLOC(ctx, x, pg_arena_alloc(&ctx->scratch, n * k, sizeof *x));
    for (size_t j = 0, next = 0, out = 0; j < d->x.n_cols; j++) {
        if (next < n_list && list[next].term == j) {
            PG_TRY(copy_text(ctx, &r->arena, d->terms[j], &left_out[next].term));
            left_out[next].because = list[next].because;
            next++;
            continue;
        }
        memcpy(x + out * n, d->x.x + j * n, n * sizeof *x);
        terms[out++] = d->terms[j];
    }
    r->left_out = left_out;
    r->n_left_out = n_list;
    d->x = (pgdp_mat){ x, n, k };
    d->terms = terms;
    return PGDP_OK;
}

/** Fit; when terms are collinear, leave them out by name and fit the rest. */
static pgdp_status fit_full_rank(pgdp_ctx *ctx, const pgdp_estimator *method, const char *vcov, pgdp_design *design,
                                 pgdp_regression *r)
{
    const pgdp_setting *settings = r->spec.settings;
    const pgdp_status first = pgdp_fit_new(ctx, method->name, vcov, design, settings, &r->fit);
    if (first != PGDP_RANK_DEFICIENT) return first;
    const pg_collinear *list;
    size_t n_list;
    PG_TRY(pg_collinear_terms(ctx, &r->arena, design, method->ordered, &list, &n_list));
    if (n_list == 0 || n_list >= design->x.n_cols) return first;
    PG_TRY(leave_out(ctx, list, n_list, design, r));
    return pgdp_fit_new(ctx, method->name, vcov, design, settings, &r->fit);
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

static pgdp_status run(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, pgdp_regression *r)
{
    vcov_words vcov;
    pg_formula formula;
    pg_design_result built;
    pg_design_request request = { .spec = spec };
    PG_TRY(check_spec(ctx, spec));
    PG_TRY(copy_spec(ctx, spec, r));
    PG_TRY(pg_estimator_find(ctx, r->spec.method, &request.estimator));
    PG_TRY(read_vcov(ctx, spec->vcov, &vcov));
    PG_TRY(pg_formula_parse(ctx, &ctx->scratch, spec->formula, &formula));
    request.clusters = vcov.clusters;
    request.n_clusters = vcov.n_clusters;
    PG_TRY(pg_design_build(ctx, data, &formula, &request, &built));
    PG_TRY(copy_levels(ctx, &built, r));
    r->dropped = built.dropped;
    r->n_rows = pgdp_frame_n_rows(data);
    r->conf_level = spec->conf_level > 0 ? spec->conf_level : 0.95;
    return fit_full_rank(ctx, request.estimator, vcov.text, &built.design, r);
}

pgdp_status pgdp_regress(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, pgdp_regression **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_regression *r;
    PG_TRY_ALLOC(ctx, r, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *r));
    *r = (pgdp_regression){ .allocator = ctx->allocator };
    pg_arena_init(&r->arena, &ctx->allocator);
    const pgdp_status status = run(ctx, data, spec, r);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = r;
    else
        pgdp_regression_free(r);
    return status;
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

bool pgdp_regression_collinear(const pgdp_regression *regression, size_t i, const char **term, const char **because)
{
    if (i >= regression->n_left_out) return false;
    *term = regression->left_out[i].term;
    *because = regression->left_out[i].because;
    return true;
}
