/* regression_packed.c  A finished regression as bytes and back, for ranks that did not fit it: regression.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Structs go as they stand, so that no number is forgotten; every pointer in them is followed by one walk, which packs
 * what it points to or unpacks it. What is "of the call" in fit.h is NULL by then. */
#include "stats/regression.h"

/** Packs where there is a text to add to, else unpacks. */
typedef struct walk {
    pgdp_ctx *ctx;
    pg_text *to;
    pg_packed *from;
    pg_arena *arena; /**< of what is unpacked */
} walk;

static pgdp_status check(const walk *w)
{
    if (w->to != NULL) return w->to->failed ? pg_no_memory(w->ctx) : PGDP_OK;
    return w->from->bad ? pg_fail(w->ctx, PGDP_IO, "a regression came from another rank cut short") : PGDP_OK;
}

static pgdp_status plain(const walk *w, void *at, size_t n)
{
    if (w->to != NULL)
        pg_pack_bytes(w->to, at, n);
    else
        pg_unpack_bytes(w->from, at, n);
    return check(w);
}

static pgdp_status text(const walk *w, const char **at)
{
    if (w->to != NULL)
        pg_pack_text(w->to, *at);
    else
        PG_TRY(pg_unpack_text(w->ctx, w->from, w->arena, at));
    return check(w);
}

/** n texts; *own: those unpacked. */
static pgdp_status texts(const walk *w, const char *const *at, size_t n, const char ***own)
{
    if (w->to == NULL) PG_TRY_ALLOC(w->ctx, *own, pg_arena_alloc(w->arena, n, sizeof **own));
    for (size_t i = 0; i < n; i++) {
        const char *one = w->to != NULL ? at[i] : NULL;
        PG_TRY(text(w, &one));
        if (w->to == NULL) (*own)[i] = one;
    }
    return PGDP_OK;
}

static pgdp_status reals(const walk *w, double **at, size_t n)
{
    if (w->to != NULL)
        pg_pack_reals(w->to, *at, n);
    else
        PG_TRY(pg_unpack_reals(w->ctx, w->from, w->arena, n, at));
    return check(w);
}

static pgdp_status const_reals(const walk *w, const double **at, size_t n)
{
    double *own = NULL;
    if (w->to == NULL) {
        PG_TRY(reals(w, &own, n));
        *at = own;
        return PGDP_OK;
    }
    pg_pack_reals(w->to, *at, n);
    return check(w);
}

/** Estimator and covariance by name: their constants stand elsewhere in another process. */
static pgdp_status kinds(const walk *w, pgdp_fit *fit)
{
    const char *estimator = w->to == NULL ? NULL : fit->estimator->name;
    const char *covariance = w->to == NULL ? NULL : fit->covariance->name;
    PG_TRY(text(w, &estimator));
    PG_TRY(text(w, &covariance));
    PG_TRY(pg_estimator_find(w->ctx, estimator, &fit->estimator));
    return pg_vcov_find(w->ctx, covariance, &fit->covariance);
}

static pgdp_status walk_lines(const walk *w, pgdp_fit *fit)
{
    for (size_t i = 0; i < fit->n_diagnostics; i++) {
        PG_TRY(text(w, &fit->diagnostics[i].name));
        PG_TRY(text(w, &fit->diagnostics[i].title));
        PG_TRY(text(w, &fit->diagnostics[i].note));
    }
    for (size_t i = 0; i < fit->n_factors; i++)
        PG_TRY(text(w, &fit->factors[i].name));
    if (w->to == NULL)
        PG_TRY_ALLOC(w->ctx, fit->margins, pg_arena_alloc(w->arena, fit->n_margins, sizeof *fit->margins));
    PG_TRY(plain(w, fit->margins, fit->n_margins * sizeof *fit->margins));
    for (size_t i = 0; i < fit->n_margins; i++)
        PG_TRY(text(w, &fit->margins[i].term));
    return PGDP_OK;
}

/** All that lives as long as the fit, but its rows. */
static pgdp_status walk_fit(const walk *w, pgdp_fit *fit)
{
    double **const vectors[] = { &fit->estimate, &fit->term_df, &fit->p_value, &fit->conf_low, &fit->conf_high };
    double **const squares[] = { &fit->bread, &fit->vcov };
    const size_t k = fit->n_terms;
    PG_TRY(kinds(w, fit));
    PG_TRY(texts(w, fit->terms, k, &fit->terms));
    PG_TRY(text(w, &fit->glance.test));
    PG_TRY(text(w, &fit->certificate.solver));
    PG_TRY(text(w, &fit->certificate.kernel));
    for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++)
        PG_TRY(reals(w, vectors[i], k));
    for (size_t i = 0; i < sizeof squares / sizeof *squares; i++)
        PG_TRY(reals(w, squares[i], k * k));
    PG_TRY(const_reals(w, &fit->ssc.sandwich.side, k * k));
    PG_TRY(const_reals(w, &fit->ssc.sandwich.meat, k * k));
    return walk_lines(w, fit);
}

/** All that lives as long as the regression, but spec and fit. */
static pgdp_status walk_words(const walk *w, pgdp_regression *r)
{
    const char **effects = NULL, **levels = NULL;
    pg_left_out *left_out = NULL;
    PG_TRY(text(w, &r->outcome));
    PG_TRY(texts(w, r->effects, r->n_effects, &effects));
    PG_TRY(texts(w, r->outcome_levels, r->n_outcome_levels, &levels));
    if (w->to == NULL) PG_TRY_ALLOC(w->ctx, left_out, pg_arena_alloc(w->arena, r->n_left_out, sizeof *left_out));
    for (size_t i = 0; i < r->n_left_out; i++) {
        pg_left_out one = { NULL, NULL };
        if (w->to != NULL) one = r->left_out[i];
        PG_TRY(text(w, &one.term));
        PG_TRY(text(w, &one.because));
        if (w->to == NULL) left_out[i] = one;
    }
    if (w->to != NULL) return PGDP_OK;
    r->effects = effects;
    r->outcome_levels = r->n_outcome_levels > 0 ? levels : NULL;
    r->left_out = left_out;
    return PGDP_OK;
}

pgdp_status pg_regression_pack(pgdp_ctx *ctx, const pgdp_regression *regression, pg_text *to)
{
    const walk w = { .ctx = ctx, .to = to };
    pgdp_regression r = *regression;
    pgdp_fit fit = *regression->fit;
    PG_TRY(plain(&w, &r, sizeof r));
    PG_TRY(walk_words(&w, &r));
    PG_TRY(plain(&w, &fit, sizeof fit));
    return walk_fit(&w, &fit);
}

static pgdp_status unpack_fit(pgdp_ctx *ctx, pg_packed *from, pgdp_fit **out)
{
    pgdp_fit *fit;
    PG_TRY_ALLOC(ctx, fit, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *fit));
    *out = fit;
    walk w = { .ctx = ctx, .from = from };
    const pgdp_status whole = plain(&w, fit, sizeof *fit);
    fit->allocator = ctx->allocator;
    pg_arena_init(&fit->arena, &ctx->allocator);
    fit->rows = NULL;
    w.arena = &fit->arena;
    return whole != PGDP_OK ? whole : walk_fit(&w, fit);
}

static pgdp_status unpack(pgdp_ctx *ctx, pg_packed *from, const pgdp_regression_spec *spec, pgdp_regression *r)
{
    walk w = { .ctx = ctx, .from = from };
    const pgdp_status whole = plain(&w, r, sizeof *r);
    r->allocator = ctx->allocator;
    pg_arena_init(&r->arena, &ctx->allocator);
    r->fit = NULL;
    w.arena = &r->arena;
    PG_TRY(whole);
    PG_TRY(pg_regression_copy_spec(ctx, spec, r));
    PG_TRY(walk_words(&w, r));
    PG_TRY(unpack_fit(ctx, from, &r->fit));
    r->spec.method = r->fit->estimator->name;
    return PGDP_OK;
}

pgdp_status pg_regression_unpack(pgdp_ctx *ctx, pg_packed *from, const pgdp_regression_spec *spec,
                                 pgdp_regression **out)
{
    pgdp_regression *r;
    PG_TRY_ALLOC(ctx, r, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *r));
    const pgdp_status status = unpack(ctx, from, spec, r);
    if (status == PGDP_OK)
        *out = r;
    else
        pgdp_regression_free(r);
    return status;
}
