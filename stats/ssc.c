/* ssc.c  Small-sample corrections: ssc.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/ssc.h"

#include "core/option.h"
#include "stats/fit.h"

pgdp_status pg_ssc_read(pgdp_ctx *ctx, const pgdp_setting *settings, pg_ssc *out)
{
    (void)ctx, (void)settings, (void)out;
    return PGDP_OK;
}

pgdp_status pg_preset_read(pgdp_ctx *ctx, const char *preset, bool likelihood, const char *vcov, pg_ssc *out)
{
    (void)preset, (void)likelihood, (void)vcov, (void)out;
    return pg_fail(ctx, PGDP_BAD_ARGUMENT, "not available");
}

double pg_ssc_k(const pgdp_fit *fit, const size_t *const *clusters, size_t n_clusters)
{
    (void)clusters, (void)n_clusters;
    return (double)(fit->n_terms + fit->n_absorbed);
}
