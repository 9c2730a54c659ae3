/* iv_covariance.c  The fit's covariance for regressions beside the fit: iv_covariance.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/iv_covariance.h"

#include "core/option.h"
#include "core/text.h"
#include "stats/vcovs.h"

bool pg_iv_covariance_is_own(const pgdp_fit *fit)
{
    if (fit->p_value != NULL || fit->covariance->columns != NULL) return false; /* of one term, or of places */
    return pg_streq(fit->covariance->name, "iid") || fit->meat != NULL;
}

const pgdp_vcov *pg_iv_covariance(const pgdp_fit *fit)
{
    if (pg_iv_covariance_is_own(fit)) return fit->covariance;
    return fit->working->n_clusterings > 0 ? &pg_vcov_cluster : &pg_vcov_hc1;
}

/* The fit's own settings, or the defaults of a covariance that stands in. */
static pgdp_status read_options(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_vcov *vcov, const void **out)
{
    static const pgdp_option none = { .name = NULL };
    void *fields;
    *out = fit->vcov_options;
    if (vcov == fit->covariance) return PGDP_OK;
    PG_TRY_ALLOC(ctx, fields, pg_arena_alloc(&ctx->scratch, 1, vcov->options_size));
    *out = fields;
    return pg_options_read(ctx, "covariance", vcov->options == NULL ? &none : vcov->options, NULL, fields);
}

pgdp_status pg_iv_covariance_compute(pgdp_ctx *ctx, const pgdp_fit *fit, const pgdp_design *design, pgdp_fit *inner)
{
    const pgdp_vcov *vcov = pg_iv_covariance(fit);
    const void *options;
    inner->covariance = vcov;
    inner->vcov_df = inner->nobs - (double)(inner->n_terms + inner->n_absorbed);
    PG_TRY_ALLOC(ctx, inner->vcov, pg_arena_alloc(&ctx->scratch, inner->n_terms * inner->n_terms, sizeof(double)));
    PG_TRY(read_options(ctx, fit, vcov, &options));
    pg_arena_init(&inner->arena, &ctx->allocator);
    const pgdp_status status = vcov->compute(ctx, design, options, inner);
    pg_arena_free(&inner->arena);
    return status;
}
