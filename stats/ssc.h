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
/** The bases in which a sandwich may stand. */
typedef enum pg_basis {
    PG_BASIS_NONE,        /**< the covariance is no such product: draws of a bootstrap */
    PG_BASIS_TERMS,       /**< side is the bread */
    PG_BASIS_ORTHONORMAL, /**< side side' is the bread: X side has orthonormal columns */
    PG_BASIS_EIGENVECTORS /**< side's columns are V's, meat their eigenvalues, the negative ones at 0 */
} pg_basis;
/** What a covariance was made of, kept in the fit for pgdp_explain_se(): V = factor side meat side'. */
typedef struct pg_sandwich {
    pg_basis basis;
    const double *side; /**< [n_terms x n_terms] */
    const double *meat; /**< [n_terms x n_terms], before the factor; NULL: V = factor side */
    double factor;
} pg_sandwich;
/** The choices of a covariance, as read from "; ssc(...)" and from a preset, and what they were applied to. */
typedef struct pg_ssc {
    int k_adj;     /**< pg_switch: N/(N-K), or (N-1)/(N-K) of clusters and wherever g_adj is stated too */
    int k_effects; /**< pg_k_effects */
    int g_adj;     /**< pg_switch: G/(G-1); N/(N-1) of heteroskedasticity-consistent ones, T/(T-1) of those in time */
    int g_df;      /**< pg_g_df */
    int t_df;      /**< pg_t_df */
    int psd;       /**< pg_switch: negative eigenvalues of several clusterings are set to 0 */
    pg_sandwich sandwich;
} pg_ssc;
/** Change what settings name: "; ssc(k_adj=no, g_df=each)". @return NOT_FOUND, BAD_ARGUMENT */
pgdp_status pg_ssc_read(pgdp_ctx *ctx, const pgdp_setting *settings, pg_ssc *out);
/** Corrections and other conventions of a named tool for a method and a covariance.
 * @param likelihood  of the method @return NOT_FOUND (with the list) */
pgdp_status pg_preset_read(pgdp_ctx *ctx, const char *name, bool likelihood, const char *vcov, pg_ssc *out);

struct pgdp_fit;
/** Which absorbed effects each lie within the groups of one of the clusterings [n_clusters][rows of the design], where
 * the fit's ssc asks for that: [n_effects], or NULL. */
pgdp_status pg_ssc_nested(pgdp_ctx *ctx, const struct pgdp_fit *fit, const size_t *const *clusters, size_t n_clusters,
                          const bool **out);
/** K that small-sample factors count, by the fit's ssc: terms, and absorbed effects as k_effects says.
 * @param nested  [n_effects] those within clusters; NULL: none is looked for */
double pg_ssc_k(const struct pgdp_fit *fit, const bool *nested);

/** A covariance's own choices for switches left at default, and what it counts. */
typedef struct pg_ssc_rule {
    bool k_adj, g_adj;
    bool clustered;       /**< k_adj is (N-1)/(N-K) whether g_adj is stated or not */
    bool g_done;          /**< the parts have taken their own G/(G-1) */
    pg_t_df t_df;         /**< PG_T_DEFAULT: what the runner set */
    double g;             /**< clusters, periods or rows */
    const char *g_factor; /**< "G/(G-1)" */
    const bool *nested;   /**< for pg_ssc_k() */
} pg_ssc_rule;
/** The product of the factors, each noted among the fit's factors; sets fit->vcov_df. */
double pg_ssc_apply(struct pgdp_fit *fit, const pg_ssc_rule *rule);
/** The degrees of freedom alone. */
void pg_ssc_set_df(struct pgdp_fit *fit, const pg_ssc_rule *rule);
/** Is a switch on, when `own` is the covariance's choice? */
bool pg_switch_on(int asked, bool own);
/** N less K as iid and residual degrees of freedom count it. */
double pg_ssc_residual_df(const struct pgdp_fit *fit);
/** Copy what V is made of into the fit; side is the fit's bread, its root, or a matrix of the call. */
pgdp_status pg_sandwich_keep(pgdp_ctx *ctx, struct pgdp_fit *fit, const pg_sandwich *of);
/** V = U max(L, 0) U' in the units of the terms, unless psd=no; the number of negative eigenvalues is a factor. */
pgdp_status pg_fit_make_psd(pgdp_ctx *ctx, struct pgdp_fit *fit);

#endif
