/* presets.c  Whose small-sample corrections: one table. Source: golden conventions of the named tools' versions,
 * docs/standard_errors.md, where what a preset cannot change is told too. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/fit.h"

enum { LINEAR = 1, LIKELIHOOD = 2, BOTH = 3 };

/* A row holds for the covariances named, of linear models, of likelihoods or of both; without a row all stays default.
 * Of several rows of a preset for the same covariance and model the first counts. */
typedef struct preset {
    const char *name, *vcovs;
    int models;
    pg_ssc ssc;
} preset;

enum { NO = PG_SWITCH_NO, YES = PG_SWITCH_YES };

static const preset presets[] = {
    { "stata", " HC1 ", LIKELIHOOD, { .k_adj = NO, .g_adj = YES } }, /* vce(robust): N/(N-1) */
    { "stata", " nw ", BOTH, { .k_adj = YES } },                     /* newey: N/(N-K) */

    { "reghdfe", " cluster ", LINEAR, { .k_effects = PG_K_NESTED, .g_df = PG_G_MIN } },

    { "fixest-0.12", " iid HC1 ", LIKELIHOOD, { .k_adj = YES, .t_df = PG_T_NORMAL } },
    { "fixest-0.12", " iid ", LINEAR, { .k_adj = YES } },
    { "fixest-0.12", " cluster ", LINEAR, { .k_effects = PG_K_NESTED, .g_df = PG_G_MIN } },
    { "fixest-0.12", " cluster ", LIKELIHOOD, { .k_adj = YES, .k_effects = PG_K_NESTED, .g_df = PG_G_MIN } },
    { "fixest-0.12", " nw dk ", LINEAR, { .k_adj = YES, .g_adj = YES, .t_df = PG_T_CLUSTERS } },
    { "fixest-0.12", " nw dk ", LIKELIHOOD, { .k_adj = YES, .g_adj = YES, .t_df = PG_T_NORMAL } },
    { "fixest-0.12", " conley ", BOTH, { .k_adj = YES, .g_adj = NO } },

    { "fixest-0.13", " iid HC1 ", LIKELIHOOD, { .k_adj = YES, .t_df = PG_T_NORMAL } },
    { "fixest-0.13", " iid ", LINEAR, { .k_adj = YES } },
    { "fixest-0.13", " cluster ", LINEAR, { .k_effects = PG_K_NESTED, .g_df = PG_G_MIN } },
    { "fixest-0.13", " cluster ", LIKELIHOOD, { .k_adj = YES, .k_effects = PG_K_NESTED, .g_df = PG_G_MIN } },
    { "fixest-0.13", " nw dk ", LINEAR, { .k_adj = YES, .g_adj = YES, .t_df = PG_T_CLUSTERS } },
    { "fixest-0.13", " nw dk ", LIKELIHOOD, { .k_adj = YES, .g_adj = YES, .t_df = PG_T_NORMAL } },
    { "fixest-0.13", " conley ", BOTH, { .k_adj = YES, .g_adj = NO } },

    { "r-sandwich",
      " cluster ",
      LINEAR,
      { .k_effects = PG_K_FULL, .g_df = PG_G_EACH, .t_df = PG_T_RESIDUAL, .psd = NO } },
    { "r-sandwich", " cluster ", LIKELIHOOD, { .g_df = PG_G_EACH, .t_df = PG_T_NORMAL, .psd = NO } },

    { "statsmodels", " HC1 ", LIKELIHOOD, { .k_adj = NO, .t_df = PG_T_NORMAL } },
    { "statsmodels", " HC0 HC1 HC2 HC3 HC4 nw ", BOTH, { .t_df = PG_T_NORMAL } },
    { "statsmodels", " dk ", BOTH, { .k_adj = YES, .g_adj = YES, .t_df = PG_T_NORMAL } },
    { "statsmodels",
      " cluster ",
      BOTH,
      { .k_adj = YES, .k_effects = PG_K_FULL, .g_df = PG_G_EACH, .t_df = PG_T_NORMAL, .psd = NO } },

    { "linearmodels",
      " cluster ",
      LINEAR,
      { .k_adj = YES, .k_effects = PG_K_NONE, .g_adj = YES, .g_df = PG_G_EACH, .t_df = PG_T_RESIDUAL, .psd = NO } },
    { "linearmodels", " nw dk ", LINEAR, { .k_adj = YES, .t_df = PG_T_RESIDUAL } },

    { "gretl", " HC1 ", LIKELIHOOD, { .k_adj = NO } },
};
enum { N_PRESETS = sizeof presets / sizeof presets[0] };

static pgdp_status fail_unknown(pgdp_ctx *ctx, const char *name)
{
    const char *names[N_PRESETS];
    size_t n = 0;
    pg_text list;
    pg_text_init(&list, &ctx->scratch);
    for (size_t i = 0; i < N_PRESETS; i++) {
        if (n > 0 && pg_streq(names[n - 1], presets[i].name)) continue;
        pg_text_add(&list, n > 0 ? ", " : "");
        pg_text_add(&list, presets[i].name);
        names[n++] = presets[i].name;
    }
    if (list.failed) return pg_no_memory(ctx);
    const char *nearest = pgdp_nearest(name, names, n);
    if (nearest != NULL)
        return pg_fail(ctx, PGDP_NOT_FOUND, "there is no preset \"%.60s\"; did you mean \"%s\"?", name, nearest);
    return pg_fail(ctx, PGDP_NOT_FOUND, "there is no preset \"%.60s\"; expected one of %s", name, list.data);
}

/* Is the word among those of a list " HC0 HC1 "? */
static bool holds(const char *list, const char *word)
{
    for (; *list != '\0'; list++) {
        size_t n = 0;
        if (*list != ' ') continue;
        while (word[n] != '\0' && list[1 + n] == word[n])
            n++;
        if (word[n] == '\0' && list[1 + n] == ' ') return true;
    }
    return false;
}

pgdp_status pg_preset_read(pgdp_ctx *ctx, const char *name, bool likelihood, const char *vcov, pg_ssc *out)
{
    const int model = likelihood ? LIKELIHOOD : LINEAR;
    bool known = false;
    for (size_t i = 0; i < N_PRESETS; i++) {
        if (!pg_streq(presets[i].name, name)) continue;
        known = true;
        if ((presets[i].models & model) == 0 || !holds(presets[i].vcovs, vcov)) continue;
        *out = presets[i].ssc;
        return PGDP_OK;
    }
    return known ? PGDP_OK : fail_unknown(ctx, name);
}
