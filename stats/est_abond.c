/* est_abond.c  Dynamic panels by generalised method of moments in first differences. Source: Arellano & Bond (1991),
 * Rev. Econ. Stud. 58(2); Windmeijer (2005), J. Econometrics 126(1). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * y_it = a_1 y_it-1 + ... + x_it b + f_i (+ time effects) + e_it in differences; instruments are levels of y from
 * gmm_min to gmm_max periods before, a column a period and lag, and the differences of x. Terms of x are taken as
 * exogenous. iid: one step, the classical covariance; two steps, the efficient one without correction. arellano: one
 * step, robust; two steps, with Windmeijer's correction. Inference is normal. */
#include "stats/collinear.h"
#include "stats/estimators.h"
#include "stats/panel_gmm.h"
#include "stats/panel_groups.h"

#include <math.h>
#include <string.h>

enum { NO, YES };
typedef struct options {
    double lags, gmm_min, gmm_max, steps;
    int time_dummies, collapse;
} options;

static const char *const answers[] = { "no", "yes", NULL };
static const pgdp_option rows[] = {
    { "lags", PGDP_OPTION_REAL, offsetof(options, lags), 1, 1, 20, NULL, "lags of the outcome among the regressors" },
    { "gmm_min", PGDP_OPTION_REAL, offsetof(options, gmm_min), 2, 1, 99, NULL,
      "nearest lag of the outcome's level that is an instrument; 2 where errors are not autocorrelated" },
    { "gmm_max", PGDP_OPTION_REAL, offsetof(options, gmm_max), 99, 1, 99, NULL, "farthest such lag" },
    { "steps", PGDP_OPTION_REAL, offsetof(options, steps), 1, 1, 2, NULL,
      "1: weights of independent errors of one variance; 2: then those of the first step's residuals" },
    { "time_dummies", PGDP_OPTION_CHOICE, offsetof(options, time_dummies), NO, 0, 0, answers,
      "a term for each period of the differenced equation" },
    { "collapse", PGDP_OPTION_CHOICE, offsetof(options, collapse), NO, 0, 0, answers,
      "one instrument a lag for all periods together" },
    { .name = NULL },
};

static pgdp_status check(pgdp_ctx *ctx, const options *o)
{
    const double whole[] = { o->lags, o->gmm_min, o->gmm_max, o->steps };
    for (size_t i = 0; i < sizeof whole / sizeof *whole; i++)
        if (whole[i] > floor(whole[i]))
            return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method abond: found a fraction as %s, expected a whole number",
                           rows[i].name);
    if (o->gmm_max < o->gmm_min)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "method abond: gmm_max is below gmm_min, so there are no instruments");
    return PGDP_OK;
}

static void add(pgdp_fit *fit, const char *name, const char *title, const double line[3])
{
    const pgdp_diagnostic d = {
        .name = name, .title = title, .statistic = line[0], .df = line[1], .df2 = (double)NAN, .p_value = line[2]
    };
    pg_fit_add_diagnostic(fit, &d);
}

static void add_normal(pgdp_fit *fit, const char *name, const char *title, double z)
{
    add(fit, name, title, (const double[]){ z, (double)NAN, 2 * pgdp_normal_upper(fabs(z)) });
}

static void add_chisq(pgdp_fit *fit, const char *name, const char *title, double statistic, double df)
{
    add(fit, name, title, (const double[]){ statistic, df, df > 0 ? pgdp_chisq_upper(statistic, df) : (double)NAN });
}

/* The equations as the design from which scores are computed. */
static pgdp_status make_working(pgdp_ctx *ctx, const pgdp_design *d, const pg_gmm *m, pgdp_fit *fit)
{
    pg_working w = { .design = *d };
    w.design.y = (pgdp_vec){ m->y, m->n };
    w.design.x = (pgdp_mat){ m->x.x, m->n, m->k };
    w.design.x_low = (pgdp_mat){ NULL, 0, 0 };
    w.design.terms = m->terms;
    w.design.constant = PGDP_NONE;
    PG_TRY(pg_working_take(ctx, d, m->row, &w));
    PG_TRY(pg_working_shape(ctx, &w.design, fit));
    return pg_collinear_check(ctx, fit->working, false);
}

/* Estimates, bread, scores and sums of the last step. */
static pgdp_status leave(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix robust, pgdp_fit *fit)
{
    const size_t k = m->k;
    double *scores;
    PG_TRY_ALLOC(ctx, scores, pg_arena_alloc(&ctx->scratch, m->n * k, sizeof *scores));
    for (size_t j = 0; j < k; j++)
        for (size_t e = 0; e < m->n; e++)
            scores[e + j * m->n] = step->q.x[e + j * m->n] * step->e[e];
    memcpy(fit->estimate, step->b, k * sizeof *step->b);
    memcpy(fit->bread, step->bread.x, k * k * sizeof *fit->bread);
    memcpy(fit->score, step->e, m->n * sizeof *fit->score);
    fit->scores = scores;
    fit->robust = robust.x;
    fit->normal = true;
    fit->ssr = 0;
    for (size_t e = 0; e < m->n; e++)
        fit->ssr += step->e[e] * step->e[e];
    fit->tss = 0; /* no share of it is explained by construction */
    fit->certificate = (pgdp_certificate){ .condition_number = (double)NAN, .digits = (double)NAN, .solver = "gmm_qr" };
    return PGDP_OK;
}

/* Two first-order autocorrelations in differences are expected: e_t - e_t-1 and e_t-1 - e_t-2 share e_t-1. */
static pgdp_status add_autocorrelations(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix vcov,
                                        pgdp_fit *fit)
{
    static const char *const names[] = { "ar1", "ar2" };
    static const char *const titles[] = {
        "Arellano-Bond test, standard normal; null: no autocorrelation of order 1 in differences (it is expected)",
        "Arellano-Bond test, standard normal; null: no autocorrelation of order 2 in differences"
    };
    for (int32_t lag = 1; lag <= 2; lag++) {
        double value;
        PG_TRY(pg_gmm_autocorrelation(ctx, m, step, vcov, lag, &value));
        add_normal(fit, names[lag - 1], titles[lag - 1], value);
    }
    return PGDP_OK;
}

/* Is over-identification rejected? One step's residuals under the second's weights are what plm calls Sargan's test of
 * one step: chi-square only with the efficient estimate. */
static pgdp_status add_sargan(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *first, const pg_gmm_step *second,
                              pgdp_fit *fit)
{
    const double df = (double)first->root.n_cols - (double)m->k;
    double squares = 0, mixed;
    for (size_t e = 0; e < m->n; e++)
        squares += first->e[e] * first->e[e];
    const double variance = squares / ((double)(m->n - m->k) * 2); /* a difference has twice the variance of a level */
    PG_TRY(pg_gmm_j(ctx, m, second->root, first->e, &mixed));
    fit->dispersion = variance;
    add_chisq(fit, "sargan", "Sargan test of the first step; null: the instruments are valid, errors of one variance",
              first->j / variance, df);
    add_chisq(fit, "hansen_j", "Hansen test of the second step; null: the instruments are valid", second->j, df);
    add_chisq(fit, "hansen_j_first", "the same of the first step's residuals, as plm has it", mixed, df);
    add(fit, "instruments", "number of instruments that are not redundant",
        (const double[]){ (double)first->root.n_cols, (double)NAN, (double)NAN });
    return PGDP_OK;
}

/* Both steps; the second is computed for Hansen's test even if one is asked for. */
static pgdp_status estimate(pgdp_ctx *ctx, const pg_gmm *m, bool two_steps, pgdp_fit *fit)
{
    pg_matrix a, omega, first_root, second_root, robust, corrected;
    pg_gmm_step first, second;
    PG_TRY(pg_gmm_homoskedastic(ctx, m, &a));
    PG_TRY(pg_gmm_weights(ctx, a, &first_root));
    PG_TRY(pg_gmm_solve(ctx, m, first_root, &first));
    PG_TRY(pg_gmm_clustered(ctx, m, &first, &omega));
    PG_TRY(pg_gmm_weights(ctx, omega, &second_root));
    PG_TRY(pg_gmm_robust(ctx, m, &first, &robust));
    PG_TRY(pg_gmm_solve(ctx, m, second_root, &second));
    PG_TRY(pg_gmm_windmeijer(ctx, m, &first, &second, robust, &corrected));
    const pg_gmm_step *last = two_steps ? &second : &first;
    const pg_matrix vcov = two_steps ? corrected : robust;
    PG_TRY(leave(ctx, m, last, vcov, fit));
    PG_TRY(add_sargan(ctx, m, &first, &second, fit));
    if (two_steps) fit->dispersion = 1;
    return add_autocorrelations(ctx, m, last, vcov, fit);
}

static pgdp_status fit_abond(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    const options *o = settings;
    pg_gmm m;
    PG_TRY(pg_panel_need(ctx, d, "abond", false));
    PG_TRY(check(ctx, o));
    const pg_gmm_request q = { .lags = (size_t)o->lags,
                               .gmm_min = (size_t)o->gmm_min,
                               .gmm_max = (size_t)o->gmm_max,
                               .time_dummies = o->time_dummies == YES,
                               .collapse = o->collapse == YES };
    PG_TRY(pg_gmm_new(ctx, d, &q, &m));
    PG_TRY(make_working(ctx, d, &m, out));
    return estimate(ctx, &m, o->steps > 1, out);
}

const pgdp_estimator pg_est_abond = {
    .name = "abond",
    .title = "Arellano-Bond: dynamic panel by GMM in first differences",
    .source = "Arellano & Bond (1991), Rev. Econ. Stud. 58(2); Windmeijer (2005), J. Econometrics 126(1)",
    .options = rows,
    .options_size = sizeof(options),
    .panel = true,
    .fit = fit_abond,
};
