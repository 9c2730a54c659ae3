/* ssc.c  Small-sample corrections: ssc.h. Source: Berge (2018), fixest, ssc(); Stata [R] regress, methods and formulas;
 * Cameron & Miller (2015), J. Human Resources 50(2), section II.B. SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/ssc.h"

#include "core/option.h"
#include "core/text.h"
#include "stats/stream_fit.h"

#include <math.h>
#include <string.h>

static const char *const switches[] = { "default", "no", "yes", NULL };
static const char *const effects[] = { "default", "none", "nested", "full", NULL };
static const char *const groups[] = { "default", "min", "each", NULL };
static const char *const degrees[] = { "default", "residual", "clusters", "normal", NULL };

static const pgdp_option rows[] = {
    { "k_adj", PGDP_OPTION_CHOICE, offsetof(pg_ssc, k_adj), 0, 0, 2, switches,
      "N/(N-K), or (N-1)/(N-K) where clusters are counted too" },
    { "k_effects", PGDP_OPTION_CHOICE, offsetof(pg_ssc, k_effects), 0, 0, 3, effects,
      "absorbed effects that count in K: none, those not nested in a cluster, or all" },
    { "g_adj", PGDP_OPTION_CHOICE, offsetof(pg_ssc, g_adj), 0, 0, 2, switches,
      "G/(G-1) of clusters, T/(T-1) of periods, N/(N-1) of rows" },
    { "g_df", PGDP_OPTION_CHOICE, offsetof(pg_ssc, g_df), 0, 0, 2, groups,
      "several clusterings: the smallest G for all parts, or each part's own" },
    { "t_df", PGDP_OPTION_CHOICE, offsetof(pg_ssc, t_df), 0, 0, 3, degrees,
      "degrees of freedom of tests: N-K, G-1, or the normal distribution" },
    { "psd", PGDP_OPTION_CHOICE, offsetof(pg_ssc, psd), 0, 0, 2, switches,
      "set negative eigenvalues of the covariance to 0" },
    { .name = NULL },
};

/* Settings change what a preset chose; what they do not name stays. */
pgdp_status pg_ssc_read(pgdp_ctx *ctx, const pgdp_setting *settings, pg_ssc *out)
{
    pg_ssc asked = { 0 };
    PG_TRY(pg_options_read(ctx, "ssc", rows, settings, &asked));
    for (; settings != NULL && settings->name != NULL; settings++) {
        for (const pgdp_option *o = rows; o->name != NULL; o++)
            if (pg_streq(o->name, settings->name))
                memcpy((char *)out + o->offset, (const char *)&asked + o->offset, sizeof(int));
    }
    return PGDP_OK;
}

bool pg_switch_on(int asked, bool own)
{
    return asked == PG_SWITCH_DEFAULT ? own : asked == PG_SWITCH_YES;
}

/* K counts effects one way or the other by whether they are nested. */
static bool asks_for_nested(const pgdp_fit *fit)
{
    const bool same_rows = fit->n_rows == fit->design->y.n;
    return fit->n_absorbed > 0 && fit->ssc.k_effects != PG_K_NONE && fit->ssc.k_effects != PG_K_FULL && same_rows;
}

pgdp_status pg_ssc_nested(pgdp_ctx *ctx, const pgdp_fit *fit, const size_t *const *clusters, size_t n_clusters,
                          const bool **out)
{
    const pgdp_design *d = fit->design;
    bool *nested;
    *out = NULL;
    if (n_clusters == 0 || !asks_for_nested(fit)) return PGDP_OK;
    if (fit->absorbed != NULL) {
        *out = fit->absorbed->nested;
        return PGDP_OK;
    }
    PG_TRY_ALLOC(ctx, nested, pg_arena_alloc(&ctx->scratch, d->n_effects, sizeof *nested));
    for (size_t e = 0; e < d->n_effects; e++)
        for (size_t c = 0; c < n_clusters && !nested[e]; c++)
            PG_TRY(pg_effect_is_nested(ctx, &d->effects[e], clusters[c], d->y.n, &nested[e]));
    *out = nested;
    return PGDP_OK;
}

/* Parameters of the effects that no cluster holds; 1, the constant, when each is held. */
static double count_not_nested(const pgdp_fit *fit, const bool *nested)
{
    const pgdp_design *d = fit->design;
    const pg_behind_effects *behind = fit->absorbed;
    const pgdp_effect *list = behind == NULL ? d->effects : behind->effects;
    const size_t n = behind == NULL ? d->n_effects : behind->n;
    double count = (double)fit->n_absorbed;
    size_t n_others = 0, other = 0;
    for (size_t e = 0; e < n; e++) {
        if (nested[e]) {
            count -= (double)list[e].n_levels - (list[e].slope == NULL);
        } else {
            n_others++;
            other = e;
        }
    }
    if (n_others == 1 && list[other].slope == NULL) return (double)list[other].n_levels;
    return fmax(count, d->constant == PGDP_NONE);
}

double pg_ssc_k(const pgdp_fit *fit, const bool *nested)
{
    const double k = (double)fit->n_terms;
    if (fit->n_absorbed == 0 || fit->ssc.k_effects == PG_K_NONE) return k;
    return nested != NULL ? k + count_not_nested(fit, nested) : k + (double)fit->n_absorbed;
}

double pg_ssc_residual_df(const pgdp_fit *fit)
{
    return fit->nobs - pg_ssc_k(fit, NULL);
}

void pg_ssc_set_df(pgdp_fit *fit, const pg_ssc_rule *rule)
{
    const int df = fit->ssc.t_df == PG_T_DEFAULT ? (int)rule->t_df : fit->ssc.t_df;
    const double k = pg_ssc_k(fit, rule->nested);
    if (df == PG_T_RESIDUAL) fit->vcov_df = fit->nobs - k;
    if (df == PG_T_CLUSTERS && rule->g > 1) fit->vcov_df = rule->g - 1;
    if (df == PG_T_NORMAL) fit->vcov_df = HUGE_VAL;
}

double pg_ssc_apply(pgdp_fit *fit, const pg_ssc_rule *rule)
{
    const double n = fit->nobs, k = pg_ssc_k(fit, rule->nested);
    const bool k_adj = pg_switch_on(fit->ssc.k_adj, rule->k_adj), g_adj = pg_switch_on(fit->ssc.g_adj, rule->g_adj);
    const bool pair = rule->clustered || fit->ssc.g_adj != PG_SWITCH_DEFAULT; /* G/(G-1) beside (N-1)/(N-K) */
    double product = 1;
    if (g_adj && !rule->g_done && rule->g > 1) {
        pg_fit_add_factor(fit, rule->g_factor, rule->g / (rule->g - 1));
        product *= rule->g / (rule->g - 1);
    }
    if (k_adj) {
        const double factor = (pair ? n - 1 : n) / (n - k);
        if (fit->n_absorbed > 0) pg_fit_add_factor(fit, "K", k);
        pg_fit_add_factor(fit, pair ? "(N-1)/(N-K)" : "N/(N-K)", factor);
        product *= factor;
    }
    pg_ssc_set_df(fit, rule);
    return product;
}
