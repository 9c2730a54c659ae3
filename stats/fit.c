/* fit.c  The runner of estimators and covariances: checks, settings, memory, and the lists.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"

#include "core/number.h"
#include "core/option.h"
#include "core/text.h"
#include "stats/check.h"
#include "stats/estimators.h"
#include "stats/extras.h"
#include "stats/fit_absorb.h"
#include "stats/glance.h"
#include "stats/linalg.h"
#include "stats/stream_fit.h"
#include "stats/vcov_spec.h"
#include "stats/vcovs.h"

#include <float.h>
#include <math.h>

#define PG_ENTRY(name) &pg_est_##name,
static const pgdp_estimator *const estimators[] = { PG_ESTIMATORS(PG_ENTRY) };
#undef PG_ENTRY
#define PG_ENTRY(name) &pg_vcov_##name,
static const pgdp_vcov *const vcovs[] = { PG_VCOVS(PG_ENTRY) };
#undef PG_ENTRY
#define PG_ENTRY(name) ENTRY_##name,
enum { PG_ESTIMATORS(PG_ENTRY) N_ESTIMATORS };
enum { PG_VCOVS(PG_ENTRY) N_VCOVS };
#undef PG_ENTRY

const pgdp_estimator *pgdp_estimator_at(size_t i)
{
    return i < N_ESTIMATORS ? estimators[i] : NULL;
}

const pgdp_vcov *pgdp_vcov_at(size_t i)
{
    return i < N_VCOVS ? vcovs[i] : NULL;
}

/* `name` is not of the list: say which one may have been meant, or all. */
static pgdp_status fail_unknown(pgdp_ctx *ctx, const char *what, const char *name, const char *const *names, size_t n)
{
    const char *nearest = pgdp_nearest(name, names, n);
    if (nearest != NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "there is no %s \"%s\"; did you mean \"%s\"?", what, name, nearest);
    pg_text list;
    pg_text_init(&list, &ctx->scratch);
    for (size_t i = 0; i < n; i++) {
        if (i > 0) pg_text_add(&list, ", ");
        pg_text_add(&list, names[i]);
    }
    if (list.failed) return pg_no_memory(ctx);
    return pg_fail(ctx, PGDP_NOT_FOUND, "there is no %s \"%s\"; expected one of %s", what, name, list.data);
}

pgdp_status pg_estimator_find(pgdp_ctx *ctx, const char *name, const pgdp_estimator **out)
{
    const char *names[N_ESTIMATORS];
    for (size_t i = 0; i < N_ESTIMATORS; i++) {
        names[i] = estimators[i]->name;
        if (pg_streq(name, names[i])) {
            *out = estimators[i];
            return PGDP_OK;
        }
    }
    return fail_unknown(ctx, "method", name, names, N_ESTIMATORS);
}

pgdp_status pg_vcov_find(pgdp_ctx *ctx, const char *name, const pgdp_vcov **out)
{
    const char *names[N_VCOVS];
    for (size_t i = 0; i < N_VCOVS; i++) {
        names[i] = vcovs[i]->name;
        if (pg_streq(name, names[i])) {
            *out = vcovs[i];
            return PGDP_OK;
        }
    }
    return fail_unknown(ctx, "covariance", name, names, N_VCOVS);
}

static pgdp_status read_options(pgdp_ctx *ctx, const char *kind, const char *name, const pgdp_option *options,
                                const pgdp_setting *settings, void *fields)
{
    static const pgdp_option none = { .name = NULL };
    const char *what;
    PG_TRY_ALLOC(ctx, what, pg_arena_printf(&ctx->scratch, "%s %s", kind, name));
    return pg_options_read(ctx, what, options == NULL ? &none : options, settings, fields);
}

pgdp_status pg_fit_reshape(pgdp_ctx *ctx, pgdp_fit *fit, const char *const *names, size_t k)
{
    fit->n_terms = k;
    PG_TRY_ALLOC(ctx, fit->terms, pg_arena_alloc(&fit->arena, k, sizeof *fit->terms));
    for (size_t j = 0; j < k; j++)
        PG_TRY_ALLOC(ctx, fit->terms[j], pg_arena_strdup(&fit->arena, names[j]));
    PG_TRY_ALLOC(ctx, fit->estimate, pg_arena_alloc(&fit->arena, k, sizeof *fit->estimate));
    PG_TRY_ALLOC(ctx, fit->bread, pg_matrix_new(&fit->arena, k, k).x);
    PG_TRY_ALLOC(ctx, fit->vcov, pg_matrix_new(&fit->arena, k, k).x);
    return PGDP_OK;
}

/* The terms that x (or the mean's parameters) and the cut points stand for, before the mathematics. */
static pgdp_status shape(pgdp_ctx *ctx, const pgdp_design *d, pgdp_fit *fit)
{
    const char **names;
    fit->n_rows = d->y.n;
    fit->n_slopes = d->mean != NULL ? d->mean->n_parameters : d->x.n_cols;
    const size_t k = fit->n_slopes + fit->n_cuts;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, k, sizeof *names));
    for (size_t j = 0; j < k; j++) {
        if (j < fit->n_slopes)
            names[j] = d->mean != NULL ? d->mean->parameters[j] : d->terms[j];
        else
            PG_TRY_ALLOC(ctx, names[j], pg_arena_printf(&ctx->scratch, "cut%zu", j - fit->n_slopes + 1));
    }
    PG_TRY_ALLOC(ctx, fit->score, pg_arena_alloc(&ctx->scratch, fit->n_rows, sizeof *fit->score));
    return pg_fit_reshape(ctx, fit, names, k);
}

/* Of a column of 1e-200 or 1e200 the inverse of the sum of squares is no double, and its standard error no number. */
static pgdp_status check_range(pgdp_ctx *ctx, const pgdp_fit *fit)
{
    for (size_t j = 0; j < fit->n_terms; j++) {
        if (isnan(fit->bread[j + j * fit->n_terms])) continue; /* the method has no variance: covariance none */
        const double bread = fit->bread[j + j * fit->n_terms], variance = fit->vcov[j + j * fit->n_terms];
        if (bread < DBL_MIN || !isfinite(bread) || !isfinite(variance))
            return pg_fail(ctx, PGDP_NUMERICAL,
                           "the variance of %s is beyond the range of double precision; change the unit of the column "
                           "or of the outcome",
                           fit->terms[j]);
    }
    return PGDP_OK;
}

/* The settings with the seed, where the component has one that they do not state. */
static pgdp_status add_seed(pgdp_ctx *ctx, const pgdp_option *options, double seed, const pgdp_setting **settings)
{
    bool has = false;
    size_t n = 0;
    char text[PG_NUMBER_SIZE];
    pgdp_setting *all;
    for (; options != NULL && options->name != NULL; options++)
        has = has || pg_streq(options->name, "seed");
    for (; *settings != NULL && (*settings)[n].name != NULL; n++)
        has = has && !pg_streq((*settings)[n].name, "seed");
    if (!has || !(seed > 0)) return PGDP_OK;
    PG_TRY_ALLOC(ctx, all, pg_arena_alloc(&ctx->scratch, n + 2, sizeof *all));
    for (size_t i = 0; i < n; i++)
        all[i] = (*settings)[i];
    pg_number_format(seed, text);
    all[n].name = "seed";
    PG_TRY_ALLOC(ctx, all[n].value, pg_arena_strdup(&ctx->scratch, text));
    *settings = all;
    return PGDP_OK;
}

/* Methods, covariance and settings in words to what they stand for. */
static pgdp_status read_words(pgdp_ctx *ctx, const pg_fit_request *q, pgdp_fit *fit)
{
    pg_vcov_spec spec;
    void *own, *of_vcov;
    PG_TRY(pg_estimator_find(ctx, q->estimator, &fit->estimator));
    PG_TRY(pg_vcov_spec_parse(ctx, q->vcov, &spec));
    fit->covariance = spec.vcov;
    fit->conf_level = q->conf_level > 0 ? q->conf_level : 0.95;
    if (q->preset != NULL)
        PG_TRY(pg_preset_read(ctx, q->preset, fit->estimator->likelihood, spec.vcov->name, &fit->ssc));
    PG_TRY(pg_ssc_read(ctx, spec.ssc, &fit->ssc));
    PG_TRY_ALLOC(ctx, own, pg_arena_alloc(&ctx->scratch, 1, fit->estimator->options_size));
    PG_TRY_ALLOC(ctx, of_vcov, pg_arena_alloc(&ctx->scratch, 1, fit->covariance->options_size));
    const pgdp_setting *settings = q->settings;
    PG_TRY(add_seed(ctx, fit->estimator->options, q->seed, &settings));
    PG_TRY(add_seed(ctx, spec.vcov->options, q->seed, &spec.settings));
    PG_TRY(read_options(ctx, "method", fit->estimator->name, fit->estimator->options, settings, own));
    PG_TRY(read_options(ctx, "covariance", spec.vcov->name, spec.vcov->options, spec.settings, of_vcov));
    fit->options = own;
    fit->vcov_options = of_vcov;
    return PGDP_OK;
}

/* The method on the design, or on what the absorbed effects leave of it. */
static pgdp_status estimate(pgdp_ctx *ctx, const pgdp_design *design, pgdp_fit *fit)
{
    fit->design = fit->working = design;
    fit->tss_within = (double)NAN;
    if (design->n_effects > 0) PG_TRY(pg_fit_absorb(ctx, design, fit));
    if (fit->absorbed != NULL) PG_TRY(pg_behind_count(ctx, fit));
    PG_TRY(fit->estimator->fit(ctx, fit->working, fit->options, fit));
    if (fit->absorbed != NULL) pg_behind_set_total(fit);
    return design->n_effects > 0 ? pg_fit_count_absorbed(ctx, design, fit) : PGDP_OK;
}

static pgdp_status run(pgdp_ctx *ctx, const pg_fit_request *q, pgdp_fit *fit)
{
    PG_TRY(read_words(ctx, q, fit));
    PG_TRY(pg_design_check(ctx, q->design, fit));
    PG_TRY(shape(ctx, q->design, fit));
    pg_blas_single_thread();
    pg_glance_clear(&fit->glance);
    fit->behind = q->behind;
    fit->absorbed = q->absorbed;
    PG_TRY(estimate(ctx, q->design, fit));
    fit->certificate.kernel = pg_blas_kernel();
    fit->certificate.threads = 1; /* of every BLAS call; the number that the caller allows changes no digit */
    fit->vcov_df = fit->estimator->likelihood || fit->normal
                       ? HUGE_VAL
                       : fit->nobs - (double)fit->n_terms - (double)fit->n_absorbed;
    PG_TRY(fit->covariance->compute(ctx, fit->working, fit->vcov_options, fit));
    PG_TRY(check_range(ctx, fit));
    PG_TRY(pg_glance_complete(ctx, fit->working, fit));
    return pg_extras_compute(ctx, q, fit);
}

pgdp_status pg_fit_run(pgdp_ctx *ctx, const pg_fit_request *request, pgdp_fit **out)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_fit *fit;
    PG_TRY_ALLOC(ctx, fit, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *fit));
    *fit = (pgdp_fit){ .allocator = ctx->allocator };
    pg_arena_init(&fit->arena, &ctx->allocator);
    const pgdp_status status = run(ctx, request, fit);
    pg_arena_rewind(&ctx->scratch, mark);
    fit->score = NULL;
    fit->cut_score = fit->scores = fit->robust = fit->root = fit->meat = fit->residual = fit->expected = NULL;
    fit->design = fit->working = NULL;
    fit->behind = NULL;
    fit->absorbed = NULL;
    fit->row_model = NULL;
    fit->absorber = NULL;
    fit->options = fit->vcov_options = NULL;
    if (status == PGDP_OK)
        *out = fit;
    else
        pgdp_fit_free(fit);
    return status;
}

pgdp_status pgdp_fit_new(pgdp_ctx *ctx, const char *estimator, const char *vcov, const pgdp_design *design,
                         const pgdp_setting *settings, pgdp_fit **out)
{
    const pg_fit_request q = { .estimator = estimator, .vcov = vcov, .design = design, .settings = settings };
    return pg_fit_run(ctx, &q, out);
}

void pgdp_fit_free(pgdp_fit *fit)
{
    if (fit == NULL) return;
    const pgdp_allocator allocator = fit->allocator;
    pgdp_frame_free(fit->rows);
    pg_arena_free(&fit->arena);
    allocator.realloc(allocator.user, fit, 0);
}

size_t pgdp_fit_n_terms(const pgdp_fit *fit)
{
    return fit->n_terms;
}

const char *pgdp_fit_term(const pgdp_fit *fit, size_t i)
{
    return fit->terms[i];
}

pgdp_vec pgdp_fit_estimate(const pgdp_fit *fit)
{
    return (pgdp_vec){ fit->estimate, fit->n_terms };
}

pgdp_mat pgdp_fit_vcov(const pgdp_fit *fit)
{
    return (pgdp_mat){ fit->vcov, fit->n_terms, fit->n_terms };
}

pgdp_certificate pgdp_fit_certificate(const pgdp_fit *fit)
{
    return fit->certificate;
}

pgdp_factor pgdp_fit_factor(const pgdp_fit *fit, size_t i)
{
    return i < fit->n_factors ? fit->factors[i] : (pgdp_factor){ NULL, 0 };
}

pgdp_diagnostic pgdp_fit_diagnostic(const pgdp_fit *fit, size_t i)
{
    return i < fit->n_diagnostics ? fit->diagnostics[i] : (pgdp_diagnostic){ .name = NULL };
}

double pgdp_fit_vcov_df(const pgdp_fit *fit)
{
    return fit->vcov_df;
}
