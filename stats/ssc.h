/* ssc.h  Small-sample corrections: every one a named switch, its value printed among the covariance's factors.
 * Source: golden conventions of R's fixest (ssc), Stata and linearmodels; docs/standard_errors.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SSC_H
#define PG_SSC_H

#include "core/ctx.h"

/** A switch left at DEFAULT is the covariance's own choice. */
typedef enum pg_switch { PG_SWITCH_DEFAULT, PG_SWITCH_NO, PG_SWITCH_YES } pg_switch;
/** Which absorbed effects count among the K terms. */
typedef enum pg_k_effects { PG_K_DEFAULT, PG_K_NONE, PG_K_NESTED, PG_K_FULL } pg_k_effects;
/** G of several clusterings: the smallest for all, or each part's own. */
typedef enum pg_g_df { PG_G_DEFAULT, PG_G_MIN, PG_G_EACH } pg_g_df;
/** Degrees of freedom of the t distribution. */
typedef enum pg_t_df { PG_T_DEFAULT, PG_T_RESIDUAL, PG_T_CLUSTERS, PG_T_NORMAL } pg_t_df;
/** The choices of a covariance, as read from "; ssc(...)" and from a preset. */
typedef struct pg_ssc {
    int k_adj;        /**< pg_switch: N/(N-K), or (N-1)/(N-K) of clusters */
    int k_effects; /**< pg_k_effects */
    int g_adj;        /**< pg_switch: G/(G-1); N/(N-1) of heteroskedasticity-consistent ones */
    int g_df;          /**< pg_g_df */
    int t_df;          /**< pg_t_df */
    int psd;            /**< pg_switch: negative eigenvalues of several clusterings are set to 0 */
} pg_ssc;
/** Change what settings name: "; ssc(k_adj=no, g_df=each)". @return NOT_FOUND, BAD_ARGUMENT */
pgdp_status pg_ssc_read(pgdp_ctx *ctx, const pgdp_setting *settings, pg_ssc *out);
/** Corrections and other conventions of a named tool for a method and a covariance.
 * @param likelihood  of the method @return NOT_FOUND (with the list) */
pgdp_status pg_preset_read(pgdp_ctx *ctx, const char *preset, bool likelihood, const char *vcov, pg_ssc *out);

struct pgdp_fit;
/** K that small-sample factors count, by the fit's ssc: terms, and absorbed effects as k_effects says.
 * @param clusters  [n_clusters] the groupings within which an effect may be nested; NULL: none */
double pg_ssc_k(const struct pgdp_fit *fit, const size_t *const *clusters, size_t n_clusters);

#endif
