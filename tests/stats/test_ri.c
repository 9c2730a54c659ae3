/* test_ri.c  Randomisation inference against every assignment tried, and what an assignment may not change.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"
#include "tests/support/fits.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N = 10, TREATED = 4, K = 3 };

static pgdp_fit *fit_of(const char *method, const char *vcov, const pgdp_design *d)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
}

/* A constant, a treatment of TREATED rows, a covariate. */
static pgt_design design_of(size_t n, size_t seed, const double *columns[1])
{
    pgt_design t = pgt_design_new(n, K, (uint32_t)seed);
    for (size_t i = 0; i < n; i++)
        t.x[i + n] = (3 * i) % n < n * TREATED / N;
    columns[0] = t.x + n;
    t.d.columns = columns;
    t.d.n_columns = 1;
    return t;
}

static double statistic_of(const pgdp_design *d, bool estimate)
{
    pgdp_fit *fit = fit_of("ols", "HC1", d);
    const double b = fabs(fit->estimate[1]), t = b / sqrt(fit->vcov[K + 1]);
    pgdp_fit_free(fit);
    return estimate ? b : t;
}

static unsigned size_of(unsigned set)
{
    return set == 0 ? 0 : (set & 1u) + size_of(set >> 1);
}

/* The share of all 210 assignments whose statistic is at least the sample's. */
static double exact_p(pgt_design *t, bool estimate)
{
    double kept[N];
    size_t n = 0, beyond = 0;
    const double sample = statistic_of(&t->d, estimate);
    memcpy(kept, t->x + N, sizeof kept);
    for (unsigned set = 0; set < 1u << N; set++) {
        if (size_of(set) != TREATED) continue;
        for (size_t i = 0; i < N; i++)
            t->x[i + N] = set >> i & 1;
        n++;
        beyond += statistic_of(&t->d, estimate) >= sample * (1 - 1e-9);
    }
    memcpy(t->x + N, kept, sizeof kept);
    assert_int_equal(n, 210);
    return (double)beyond / (double)n;
}

/* The same of 4 of 12 clusters of a design, 2 of each half of them where there are strata. */
static double exact_p_of_clusters(pgt_design *t, bool strata)
{
    const size_t n = t->d.y.n;
    double sample = 0, *treated = t->x + n, n_sets = 0, beyond = 0;
    for (unsigned draw = 0; draw <= 1u << 12; draw++) {
        const unsigned set = draw == 0 ? 1u << 0 | 1u << 3 | 1u << 6 | 1u << 9 : draw - 1;
        if (size_of(set) != 4 || (strata && size_of(set & 63u) != 2)) continue;
        for (size_t i = 0; i < n; i++)
            treated[i] = set >> t->cluster[i] & 1;
        pgdp_fit *fit = fit_of("ols", "cluster", &t->d);
        const double now = fabs(fit->estimate[1]) / sqrt(fit->vcov[K + 1]);
        pgdp_fit_free(fit);
        if (draw == 0) sample = now;
        n_sets += draw > 0;
        beyond += draw > 0 && now >= sample * (1 - 1e-9);
    }
    for (size_t i = 0; i < n; i++)
        treated[i] = t->cluster[i] % 3 == 0;
    assert_close(n_sets, strata ? 225 : 495, 0, 0);
    return beyond / n_sets;
}

static void p_is_the_share_of_all_assignments_but_for_its_monte_carlo_error(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "ri(B=19999)", "ri(B=19999, statistic=estimate)" };
    for (size_t seed = 1; seed < 4; seed++) {
        const double *columns[1];
        pgt_design t = design_of(N, seed, columns);
        for (size_t v = 0; v < 2; v++) {
            pgdp_fit *fit = fit_of("ols", vcovs[v], &t.d), *hc1 = fit_of("ols", "HC1", &t.d);
            const double error = pgt_fit_factor(fit, "Monte Carlo std_error of p");
            assert_close(fit->p_value[1], exact_p(&t, v == 1), 0, 4 * error + 1e-4);
            assert_close(error, sqrt(fit->p_value[1] * (1 - fit->p_value[1]) / 19999), 1e-12, 0);
            assert_memory_equal(fit->vcov, hc1->vcov, K * K * sizeof(double));
            const pgdp_tidy line = pgdp_fit_tidy(hc1, 2, 0.95);
            assert_close(fit->p_value[2], line.p_value, 1e-12, 0);
            pgdp_fit_free(fit);
            pgdp_fit_free(hc1);
        }
        pgt_design_free(&t);
    }
}

/* The same assignments with the effect partialled out of each of them, and with its dummies among the terms. */
static void absorbed_effects_are_dummies(void **state)
{
    (void)state;
    enum { M = 80 };
    const double *columns[1], *more[1];
    size_t level[M];
    pgt_design t = design_of(M, 5, columns), dummies = pgt_design_new(M, K - 1 + 4, 5);
    memcpy(dummies.y, t.y, sizeof(double) * M);
    memcpy(dummies.x, t.x + M, sizeof(double) * M * (K - 1));
    for (size_t i = 0; i < M; i++) {
        level[i] = i * i % 13 % 4;
        for (size_t l = 0; l < 4; l++)
            dummies.x[i + (K - 1 + l) * M] = level[i] == l;
    }
    const pgdp_effect effect = { .name = "g", .level = level, .n_levels = 4 };
    more[0] = dummies.x;
    dummies.d.columns = more;
    dummies.d.n_columns = 1;
    dummies.d.constant = PGDP_NONE;
    pgt_drop_constant(&t);
    t.d.effects = &effect;
    t.d.n_effects = 1;
    pgdp_fit *absorbed = fit_of("ols", "ri(B=999)", &t.d), *full = fit_of("ols", "ri(B=999)", &dummies.d);
    assert_close(absorbed->p_value[0], full->p_value[0], 0, 1e-15);
    pgdp_fit_free(absorbed);
    pgdp_fit_free(full);
    pgt_design_free(&t);
    pgt_design_free(&dummies);
}

static void clusters_are_treated_as_one_and_strata_among_themselves(void **state)
{
    (void)state;
    enum { M = 60 };
    const double *columns[1];
    pgt_design t = design_of(M, 7, columns);
    pgdp_fit *fit = NULL;
    for (size_t i = 0; i < M; i++) {
        t.cluster[i] = i % 12;
        t.other[i] = i % 12 / 6;
        t.x[i + M] = i % 12 % 3 == 0;
    }
    t.d.n_clusterings = 1;
    fit = fit_of("ols", "ri(B=19999)", &t.d);
    assert_close(pgt_fit_factor(fit, "units assigned"), 12, 0, 0);
    assert_close(fit->p_value[1], exact_p_of_clusters(&t, false), 0, 0.015);
    pgdp_fit *cluster = fit_of("ols", "cluster", &t.d);
    assert_memory_equal(fit->vcov, cluster->vcov, K * K * sizeof(double));
    pgdp_fit_free(cluster);
    pgdp_fit_free(fit);
    const double exact = exact_p_of_clusters(&t, true);
    t.d.n_clusterings = 2;
    fit = fit_of("ols", "ri(B=19999)", &t.d);
    assert_close(fit->p_value[1], exact, 0, 0.015);
    pgdp_fit_free(fit);
    t.x[M + 3] = 1 - t.x[M + 3];
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "ri", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "has another treatment than the first row of its cluster");
    t.d.n_clusterings = 1;
    t.clusters[0] = t.other;
    fit = fit_of("ols", "ri(B=499, groups=strata)", &t.d);
    assert_close(pgt_fit_factor(fit, "units assigned"), M, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

/* Every stratum is treated whole: no assignment is another one. */
static void strata_treated_whole_leave_nothing_to_assign(void **state)
{
    (void)state;
    enum { M = 40 };
    const double *columns[1];
    pgt_design t = design_of(M, 11, columns);
    for (size_t i = 0; i < M; i++) {
        t.cluster[i] = i % 4;
        t.x[i + M] = i % 4 < 2;
    }
    t.d.n_clusterings = 1;
    pgdp_fit *fit = fit_of("ols", "ri(B=99, groups=strata)", &t.d);
    assert_close(fit->p_value[1], 1, 0, 0);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void any_number_of_threads_and_unit_gives_the_same(void **state)
{
    (void)state;
    enum { M = 120 };
    const double *columns[1];
    pgt_design t = design_of(M, 13, columns);
    pgdp_fit *one = fit_of("ols", "ri(B=999)", &t.d);
    pgdp_ctx_set_threads(ctx, 4);
    pgdp_fit *many = fit_of("ols", "ri(B=999)", &t.d);
    pgdp_ctx_set_threads(ctx, 1);
    for (size_t i = 0; i < M; i++)
        t.y[i] *= 1e8;
    pgdp_fit *scaled = fit_of("ols", "ri(B=999)", &t.d);
    assert_memory_equal(one->p_value, many->p_value, K * sizeof(double));
    assert_close(scaled->p_value[1], one->p_value[1], 0, 1e-15);
    pgdp_fit_free(one);
    pgdp_fit_free(many);
    pgdp_fit_free(scaled);
    pgt_design_free(&t);
}

static void a_likelihood_has_the_estimate_as_its_statistic(void **state)
{
    (void)state;
    enum { M = 150 };
    const double *columns[1];
    pgdp_fit *fit = NULL;
    pgt_design t = design_of(M, 17, columns);
    for (size_t i = 0; i < M; i++)
        t.y[i] = 0.2 * t.y[i] + 6 * (t.w[i] - 1.5);
    pgt_make_categories(&t, 2);
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "ri", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "statistic=estimate");
    fit = fit_of("logit", "ri(B=199, statistic=estimate)", &t.d);
    pgdp_fit *hc1 = fit_of("logit", "HC1", &t.d);
    assert_close(fit->p_value[1], pgdp_fit_tidy(hc1, 1, 0.95).p_value, 0, 0.12);
    pgdp_fit_free(hc1);
    pgdp_fit_free(fit);
    pgt_design_free(&t);
}

static void a_treatment_that_is_no_term_is_said(void **state)
{
    (void)state;
    const double *columns[1];
    pgdp_fit *fit = NULL;
    pgt_design t = design_of(N, 19, columns);
    columns[0] = t.w;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "ri", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "none of the terms");
    t.d.n_columns = 0;
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "ri", &t.d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "ri(treatment=treated)");
    pgt_design_free(&t);
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const char *const vcovs[] = { "ri(B=19)" };
    const double *columns[1];
    pgt_design t = design_of(40, 3, columns);
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        pgt_fit_request q = { "ols", vcovs[v], &t.d };
        assert_true(pgt_fail_every_allocation(pgt_fit_once, &q) > 3);
    }
    pgt_design_free(&t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(p_is_the_share_of_all_assignments_but_for_its_monte_carlo_error),
        cmocka_unit_test(absorbed_effects_are_dummies),
        cmocka_unit_test(clusters_are_treated_as_one_and_strata_among_themselves),
        cmocka_unit_test(strata_treated_whole_leave_nothing_to_assign),
        cmocka_unit_test(any_number_of_threads_and_unit_gives_the_same),
        cmocka_unit_test(a_likelihood_has_the_estimate_as_its_statistic),
        cmocka_unit_test(a_treatment_that_is_no_term_is_said),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
