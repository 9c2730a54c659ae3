/* explain_formula.c  The models that a spec stands for, each with columns, sample and covariance, before anything is
 * estimated. Source: docs/formula.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/text.h"
#include "stats/design.h"
#include "stats/fit.h"
#include "stats/models.h"

/** One model as it would be fitted; of the scratch. */
typedef struct plan {
    pgdp_regression_spec spec;
    pg_design_result built;
    pg_vcov_spec vcov;
    const char *error; /**< why it cannot be built, or NULL */
} plan;

static pgdp_status build(pgdp_ctx *ctx, const pgdp_frame *data, plan *p)
{
    pg_formula formula;
    pg_design_request request = { .spec = &p->spec, .vcov = &p->vcov };
    PG_TRY(pg_regression_read(ctx, &p->spec, &formula, &request.estimator));
    PG_TRY(pg_vcov_spec_parse(ctx, p->spec.vcov, &p->vcov));
    return pg_design_build(ctx, data, &formula, &request, &p->built);
}

static pgdp_status make_plan(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, plan *out)
{
    *out = (plan){ .spec = *spec };
    const pgdp_status status = build(ctx, data, out);
    if (status == PGDP_NO_MEMORY) return status;
    if (status != PGDP_OK) PG_TRY_ALLOC(ctx, out->error, pg_arena_strdup(&ctx->scratch, ctx->error));
    return PGDP_OK;
}

/** As the fit counts them: the sum of frequency weights, else rows. */
static double observations(const pgdp_design *d)
{
    double sum = 0;
    if (d->weight_kind != PGDP_FREQUENCY) return (double)d->y.n;
    for (size_t i = 0; i < d->weights.n; i++)
        sum += d->weights.x[i];
    return sum;
}

static void write_names(pg_json *j, const char *key, const char *const *names, size_t n)
{
    pg_json_key(j, key);
    pg_json_array(j);
    for (size_t i = 0; i < n; i++)
        pg_json_string(j, names[i]);
    pg_json_array_end(j);
}

static void write_dropped(pg_json *j, const pgdp_dropped *d)
{
    pg_json_key(j, "dropped");
    pg_json_object(j);
    pg_json_key_integer(j, "missing", (int64_t)d->missing);
    pg_json_key_integer(j, "zero_weight", (int64_t)d->zero_weight);
    pg_json_key_integer(j, "singletons", (int64_t)d->singletons);
    pg_json_key_integer(j, "separated", (int64_t)d->separated);
    pg_json_key_integer(j, "subset", (int64_t)d->subset);
    pg_json_object_end(j);
}

static void write_effects(pg_json *j, const pgdp_design *d)
{
    pg_json_key(j, "absorbed");
    pg_json_array(j);
    for (size_t i = 0; i < d->n_effects; i++) {
        pg_json_object(j);
        pg_json_key_string(j, "effect", d->effects[i].name);
        pg_json_key_integer(j, "levels", (int64_t)d->effects[i].n_levels);
        pg_json_object_end(j);
    }
    pg_json_array_end(j);
}

static void write_json_plan(pg_json *j, const plan *p)
{
    const pgdp_design *d = &p->built.design;
    pg_json_object(j);
    pg_json_key_string(j, "formula", p->spec.formula);
    if (p->spec.subset != NULL) pg_json_key_string(j, "subset", p->spec.subset);
    if (p->error != NULL) {
        pg_json_key_string(j, "error", p->error);
        pg_json_object_end(j);
        return;
    }
    pg_json_key_string(j, "method", p->spec.method);
    pg_json_key_string(j, "vcov", p->spec.vcov);
    pg_json_key_real(j, "nobs", observations(d));
    write_dropped(j, &p->built.dropped);
    write_names(j, "columns", d->mean != NULL ? d->mean->parameters : d->terms,
                d->mean != NULL ? d->mean->n_parameters : d->x.n_cols);
    write_effects(j, d);
    pg_json_key(j, "endogenous");
    pg_json_array(j);
    for (size_t i = 0; i < d->n_endogenous; i++)
        pg_json_string(j, d->terms[d->endogenous[i]]);
    pg_json_array_end(j);
    write_names(j, "instruments", d->instruments, d->z.n_cols);
    pg_json_object_end(j);
}

static void add_names(pg_text *out, const char *what, const char *const *names, size_t n)
{
    for (size_t i = 0; i < n; i++)
        pg_text_addf(out, "%s%s", i == 0 ? what : ", ", names[i]);
    if (n > 0) pg_text_add_char(out, '\n');
}

static void add_text_plan(pg_text *out, const plan *p, size_t number, size_t n)
{
    const pgdp_design *d = &p->built.design;
    const pgdp_dropped *left = &p->built.dropped;
    pg_text_addf(out, "%smodel %zu of %zu: %s\n", number == 1 ? "" : "\n", number, n, p->spec.formula);
    if (p->spec.subset != NULL) pg_text_addf(out, "  subset       %s\n", p->spec.subset);
    if (p->error != NULL) {
        pg_text_addf(out, "  cannot be fitted: %s\n", p->error);
        return;
    }
    pg_text_addf(out, "  method       %s\n  covariance   %s\n  observations ", p->spec.method, p->spec.vcov);
    pg_text_add_number(out, observations(d));
    pg_text_addf(out,
                 " (left out: %zu missing, %zu of weight 0, %zu singletons, %zu separated, %zu outside the subset)\n",
                 left->missing, left->zero_weight, left->singletons, left->separated, left->subset);
    if (d->mean != NULL)
        add_names(out, "  parameters   ", d->mean->parameters, d->mean->n_parameters);
    else
        add_names(out, "  columns      ", d->terms, d->x.n_cols);
    for (size_t i = 0; i < d->n_effects; i++)
        pg_text_addf(out, "%s%s (%zu levels)%s", i == 0 ? "  absorbed     " : ", ", d->effects[i].name,
                     d->effects[i].n_levels, i + 1 == d->n_effects ? "\n" : "");
    for (size_t i = 0; i < d->n_endogenous; i++)
        pg_text_addf(out, "%s%s%s", i == 0 ? "  endogenous   " : ", ", d->terms[d->endogenous[i]],
                     i + 1 == d->n_endogenous ? "\n" : "");
    add_names(out, "  instruments  ", d->instruments, d->z.n_cols);
}

/* The scratch is given back after every model, so that many need no more memory than one. */
static pgdp_status explain(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, bool as_json,
                           const pgdp_sink *sink)
{
    const pgdp_regression_spec *specs;
    size_t n;
    pg_json j;
    PG_TRY(pg_models_list(ctx, &ctx->scratch, data, spec, &specs, &n));
    if (as_json) {
        pg_json_init(&j, sink, true);
        pg_json_object(&j);
        pg_json_key_string(&j, "schema", "pgdp.formula/1");
        pg_json_key(&j, "models");
        pg_json_array(&j);
    }
    for (size_t i = 0; i < n; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        plan p;
        pg_text text;
        PG_TRY(make_plan(ctx, data, &specs[i], &p));
        pg_text_init(&text, &ctx->scratch);
        if (as_json)
            write_json_plan(&j, &p);
        else
            add_text_plan(&text, &p, i + 1, n);
        if (text.failed) return pg_no_memory(ctx);
        if (!as_json) PG_TRY(sink->write(sink->user, text.data, text.n));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    if (!as_json) return PGDP_OK;
    pg_json_array_end(&j);
    pg_json_object_end(&j);
    return pg_json_end(ctx, &j);
}

pgdp_status pgdp_explain_formula(pgdp_ctx *ctx, const pgdp_frame *data, const pgdp_regression_spec *spec, bool as_json,
                                 const pgdp_sink *sink)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = explain(ctx, data, spec, as_json, sink);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
