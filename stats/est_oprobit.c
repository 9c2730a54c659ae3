/* est_oprobit.c  Ordered probit. Source: McKelvey & Zavoina (1975), J. Math. Sociology 4(1), section 3.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * P(y <= j) = Phi(cut_j - eta). With u = cut above - eta, v = cut below - eta, p = Phi(u) - Phi(v), a = phi(u) / p,
 * b = phi(v) / p and d = a - b: dl/du = a, dl/dv = -b, -d2l/(du d eta) = a (u + d), -d2l/(dv d eta) = -b (v + d). */
#include "stats/est_oprobit.h"

#include "stats/estimators.h"
#include "stats/normal_density.h"

static void first(double u, pg_row *out)
{
    const pg_normal_left at = pg_normal_left_of(u);
    out->value = at.log_cdf;
    out->eta = -at.ratio;
    out->information = at.ratio * at.excess;
    out->above = at.ratio;
    out->above2 = -out->information;
    out->eta_above = out->information;
}

static void last(double v, pg_row *out)
{
    const pg_normal_left at = pg_normal_left_of(-v);
    out->value = at.log_cdf;
    out->eta = at.ratio;
    out->information = at.ratio * at.excess;
    out->below = -at.ratio;
    out->below2 = -out->information;
    out->eta_below = out->information;
}

/* log p, a, b and d = a - b of a category between two cuts. */
typedef struct between {
    double log_p, a, b, d;
} between;

/* Cuts near each other: p = phi(m) times the integral of e^(-m t - t^2/2) over [-h, h], by Gauss & Legendre with ten
 * points; no difference of nearly equal numbers is taken. */
static between narrow(double m, double h)
{
    static const double at[] = { 0.148874338981631211, 0.433395394129247191, 0.679409568299024406, 0.865063366688984511,
                                 0.973906528517171720 };
    static const double weight[] = { 0.295524224714752870, 0.269266719309996355, 0.219086362515982044,
                                     0.149451349150580593, 0.066671344308688138 };
    double integral = 0;
    for (size_t i = 0; i < sizeof at / sizeof *at; i++) {
        const double t = h * at[i];
        integral += 2 * h * weight[i] * cosh(m * t) * exp(-t * t / 2);
    }
    const double edge = exp(-h * h / 2) / integral;
    return (between){ .log_p = pg_normal_log_density(m) + log(integral),
                      .a = edge * exp(-m * h),
                      .b = edge * exp(m * h),
                      .d = -2 * edge * sinh(m * h) };
}

static between wide(double u, double v)
{
    between out = { .log_p = pg_normal_log_between(v, u) };
    out.a = exp(pg_normal_log_density(u) - out.log_p);
    out.b = exp(pg_normal_log_density(v) - out.log_p);
    out.d = out.a - out.b;
    return out;
}

static void row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    const size_t j = (size_t)y;
    if (j == 0) {
        first(cuts[0] - eta, out);
        return;
    }
    if (j == n_cuts) {
        last(cuts[j - 1] - eta, out);
        return;
    }
    const double u = cuts[j] - eta, v = cuts[j - 1] - eta, h = (cuts[j] - cuts[j - 1]) / 2, m = v + h;
    const between at = h <= 0.25 && fabs(m) * h <= 2 ? narrow(m, h) : wide(u, v);
    out->value = at.log_p;
    out->eta = -at.d;
    out->above = at.a;
    out->below = -at.b;
    out->eta_above = at.a * (u + at.d);
    out->eta_below = -at.b * (v + at.d);
    out->above2 = -at.a * (u + at.a);
    out->below2 = at.b * (v - at.b);
    out->above_below = at.a * at.b;
    out->information = fmax(m * at.d + h * (at.a + at.b) + at.d * at.d, 0);
}

static bool recedes(double y, double step_eta, const double *step_cuts, double tol, size_t n_cuts)
{
    const size_t j = (size_t)y;
    const bool above = j == n_cuts || step_cuts[j] - step_eta >= -tol;
    return above && (j == 0 || step_cuts[j - 1] - step_eta <= tol);
}

const pg_model pg_oprobit_model = { row, recedes };

static const pgdp_option options[] = {
    { .name = NULL },
};

static pgdp_status fit_oprobit(pgdp_ctx *ctx, const pgdp_design *d, const void *settings, pgdp_fit *out)
{
    (void)settings;
    pg_maximum maximum;
    double *shares, *cuts, below = 0;
    PG_TRY(pg_likelihood_refuse_aw(ctx, d, "oprobit"));
    PG_TRY_ALLOC(ctx, shares, pg_arena_alloc(&ctx->scratch, out->n_cuts + 1, sizeof *shares));
    PG_TRY_ALLOC(ctx, cuts, pg_arena_alloc(&ctx->scratch, out->n_cuts, sizeof *cuts));
    out->glance.log_lik_null = pg_likelihood_of_shares(d, out->n_cuts + 1, shares);
    for (size_t j = 0; j < out->n_cuts; j++) {
        below += shares[j];
        cuts[j] = -pgdp_normal_upper_quantile(below);
    }
    const pg_likelihood problem = {
        .model = &pg_oprobit_model, .design = d, .n_cuts = out->n_cuts, .start_cuts = cuts, .no_penalty = true
    };
    if (d->offset.n > 0) PG_TRY(pg_likelihood_null(ctx, &problem, &out->glance.log_lik_null));
    PG_TRY(pg_likelihood_maximise(ctx, &problem, &maximum));
    PG_TRY(pg_likelihood_fill(ctx, &problem, &maximum, out));
    return pg_likelihood_expected(ctx, &problem, out->n_cuts + 1, out);
}

const pgdp_estimator pg_est_oprobit = {
    .name = "oprobit",
    .title = "Ordered probit",
    .source = "McKelvey & Zavoina (1975), J. Math. Sociology 4(1), section 3",
    .options = options,
    .likelihood = true,
    .outcome = PGDP_OUTCOME_ORDERED,
    .fit = fit_oprobit,
};
