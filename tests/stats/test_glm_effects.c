/* test_glm_effects.c  Poisson and logit with absorbed effects: against a dummy column for every level.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/fit.h"
#include "tests/stats/effects.h"
#include "tests/support/support.h"

static pgdp_ctx *ctx;

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

static pgdp_fit *fit_of(const char *method, const pgdp_design *d, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, d, NULL, &fit));
    return fit;
}

/** Counts, or zeros and ones, from the design's y; every level has both kinds. */
static pgt_effects *outcomes(size_t n, const size_t *levels, uint32_t seed, bool binary)
{
    pgt_effects *t = pgt_effects_new(n, 2, levels, seed);
    for (size_t i = 0; i < n; i++)
        t->y[i] = binary ? t->y[i] > 1.5 : floor(exp(0.4 * t->y[i]));
    for (size_t e = 0; e < t->d.n_effects; e++) {
        for (size_t l = 0; l < t->effect[e].n_levels; l++) {
            double seen = 0;
            for (size_t i = 0; i < n; i++)
                if (t->level[e][i] == l && seen < 3) t->y[i] = seen++ < 2 ? 1 : 0;
        }
    }
    return t;
}

static void check_against_dummies(const char *method, const pgt_effects *t)
{
    static const char *const vcovs[] = { "iid", "HC0", "cluster" };
    double *memory;
    pgdp_design dummies = pgt_dummies(t, &memory), absorbed = t->d;
    const size_t k = t->d.x.n_cols, wide = dummies.x.n_cols;
    for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
        if (v == 0 && t->d.weight_kind == PGDP_PROBABILITY) continue; /* refused: iid does not hold under them */
        absorbed.n_clusterings = dummies.n_clusterings = v == 2;
        pgdp_fit *a = fit_of(method, &absorbed, vcovs[v]), *b = fit_of(method, &dummies, vcovs[v]);
        for (size_t j = 0; j < k; j++) {
            assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-9, 1e-11);
            if (v != 2) /* the factors of clusters are another matter */
                assert_close(pgdp_fit_vcov(a).x[j + j * k], pgdp_fit_vcov(b).x[j + j * wide], 1e-8, 0);
        }
        assert_close(pgdp_fit_glance(a).log_lik, pgdp_fit_glance(b).log_lik, 1e-12, 0);
        assert_close(pgdp_fit_glance(a).deviance, pgdp_fit_glance(b).deviance, 1e-11, 0);
        assert_true(pgdp_fit_certificate(a).digits > 9);
        if (v == 1)
            print_message("%s: %zu columns, %zu steps, %.1f digits\n", method, wide,
                          pgdp_fit_certificate(a).refinements, pgdp_fit_certificate(a).digits);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    free(memory);
}

static void effects_are_dummies(void **state)
{
    (void)state;
    static const size_t levels[][4] = { { 20, 0 }, { 25, 10, 0 }, { 14, 9, 5, 0 } };
    for (size_t i = 0; i < 6; i++) {
        pgt_effects *t = outcomes(900, levels[i / 2], (uint32_t)(30 + i), i % 2 == 1);
        const char *method = i % 2 == 1 ? "logit" : "poisson";
        check_against_dummies(method, t);
        t->d.offset = (pgdp_vec){ t->slope, 900 };
        check_against_dummies(method, t);
        pgt_effects_weigh(t, i < 3 ? PGDP_FREQUENCY : PGDP_PROBABILITY);
        check_against_dummies(method, t);
        pgt_effects_free(t);
    }
}

static void slopes_are_dummies_times_the_regressor(void **state)
{
    (void)state;
    static const size_t levels[] = { 9, 6, 0 };
    pgt_effects *t = outcomes(800, levels, 41, false);
    pgt_add_slope(t, 1);
    check_against_dummies("poisson", t);
    pgt_effects_free(t);
}

static void units_and_orders_do_not_matter(void **state)
{
    (void)state;
    static const size_t levels[] = { 30, 22, 6, 0 };
    enum { N = 1200 };
    pgt_effects *t = outcomes(N, levels, 42, false), *u = outcomes(N, levels, 42, false);
    for (size_t i = 0; i < N; i++) {
        const size_t from = (7 * i + 3) % N;
        u->y[i] = 1e8 * t->y[from];
        u->x[i] = t->x[from];
        u->x[i + N] = 1e-8 * t->x[from + N];
        for (size_t e = 0; e < 3; e++)
            u->level[e][i] = t->level[e][from];
    }
    const pgdp_effect swap = u->effect[0];
    u->effect[0] = u->effect[2];
    u->effect[2] = swap;
    pgdp_fit *a = fit_of("poisson", &t->d, "HC0"), *b = fit_of("poisson", &u->d, "HC0");
    for (size_t j = 0; j < 2; j++) {
        const double unit = j == 0 ? 1 : 1e8;
        assert_close(pgdp_fit_estimate(b).x[j], unit * pgdp_fit_estimate(a).x[j], 1e-11, 0);
        assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, unit * pgdp_fit_tidy(a, j, 0.95).std_error, 1e-10, 0);
    }
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    pgt_effects_free(t);
    pgt_effects_free(u);
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    static const size_t levels[] = { 300, 150, 0 };
    double first[2] = { 0 };
    pgt_effects *t = outcomes(4000, levels, 43, false);
    for (size_t threads = 1; threads <= 4; threads *= 2) {
        pgdp_ctx_set_threads(ctx, threads);
        pgdp_fit *fit = fit_of("poisson", &t->d, "HC0");
        if (threads == 1) memcpy(first, pgdp_fit_estimate(fit).x, sizeof first);
        assert_memory_equal(first, pgdp_fit_estimate(fit).x, sizeof first);
        pgdp_fit_free(fit);
    }
    pgdp_ctx_set_threads(ctx, 1);
    pgt_effects_free(t);
}

/* With the constant alone as null, and without effects' slopes: the log likelihood of the mean of y. */
static void null_log_likelihood_is_that_of_the_constant(void **state)
{
    (void)state;
    static const size_t levels[] = { 15, 8, 0 };
    pgt_effects *t = outcomes(500, levels, 44, true);
    double ones[500], n_ones = 0;
    for (size_t i = 0; i < 500; i++) {
        n_ones += t->y[i];
        ones[i] = 1;
    }
    pgdp_fit *fit = fit_of("logit", &t->d, "iid");
    assert_close(pgdp_fit_glance(fit).log_lik_null, n_ones * log(n_ones / 500) + (500 - n_ones) * log(1 - n_ones / 500),
                 1e-13, 0);
    pgdp_fit_free(fit);
    t->d.offset = (pgdp_vec){ t->slope, 500 };
    pgdp_design constant = t->d;
    constant.x = (pgdp_mat){ ones, 500, 1 };
    constant.constant = 0;
    constant.n_effects = 0;
    for (int poisson = 0; poisson < 2; poisson++) {
        pgdp_fit *a = fit_of(poisson ? "poisson" : "logit", &t->d, "iid");
        pgdp_fit *b = fit_of(poisson ? "poisson" : "logit", &constant, "iid");
        assert_close(pgdp_fit_glance(a).log_lik_null, pgdp_fit_glance(b).log_lik, 1e-12, 0);
        assert_close(pgdp_fit_glance(b).log_lik_null, pgdp_fit_glance(b).log_lik, 1e-12, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
    }
    pgt_effects_free(t);
}

static void explained_and_separated_terms_are_named(void **state)
{
    (void)state;
    static const size_t levels[] = { 12, 7, 0 };
    enum { N = 400 };
    pgt_effects *t = outcomes(N, levels, 45, false);
    pgdp_fit *fit = NULL;
    for (size_t i = 0; i < N; i++)
        t->x[i + N] = 3 * (double)t->level[0][i] - sqrt((double)t->level[1][i]);
    assert_status(ctx, pgdp_fit_new(ctx, "poisson", "iid", &t->d, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x2");
    for (size_t i = 0; i < N; i++) /* positive where y = 0 in part, 0 elsewhere */
        t->x[i + N] = t->y[i] <= 0 && i % 2 == 0 ? 1 + (double)(i % 5) : 0;
    assert_status(ctx, pgdp_fit_new(ctx, "poisson", "iid", &t->d, NULL, &fit), PGDP_NO_CONVERGENCE);
    assert_contains(pgdp_ctx_error(ctx), "x2");
    pgt_effects_free(t);
}

static void a_penalty_beside_effects_is_refused(void **state)
{
    (void)state;
    static const size_t levels[] = { 8, 0 };
    const pgdp_setting settings[] = { { "lambda", "1" }, { NULL, NULL } };
    pgt_effects *t = outcomes(200, levels, 46, true);
    pgdp_fit *fit = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "logit", "iid", &t->d, settings, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "lambda");
    pgt_effects_free(t);
}

/* Workers at firms that few movers join, factored sparsely in every step. An effect of one level beside adds nothing
 * but a pivot to pass over, for which the factor is another. */
static void few_movers_are_factored_in_every_step(void **state)
{
    (void)state;
    static const size_t levels[] = { 2, 2, 2, 0 };
    enum { WORKERS = 1800, FIRMS = 600, N = 6 * WORKERS };
    pgt_effects *t = pgt_effects_new(N, 2, levels, 48);
    for (size_t i = 0; i < N; i++) {
        const size_t worker = i / 6, home = worker * FIRMS / WORKERS;
        t->level[0][i] = worker;
        t->level[1][i] = worker % 3 == 0 && i % 6 >= 3 ? (home + 1) % FIRMS : home;
        t->level[2][i] = 0;
        t->y[i] = i % 3 == 0 ? 1 + (double)(worker % 2) : floor(exp(0.3 * t->y[i]));
    }
    t->effect[0].n_levels = WORKERS;
    t->effect[1].n_levels = FIRMS;
    t->effect[2].n_levels = 1;
    for (int weighted = 0; weighted < 2; weighted++) {
        t->d.n_effects = 2;
        pgdp_fit *a = fit_of("poisson", &t->d, "HC0");
        t->d.n_effects = 3;
        pgdp_fit *b = fit_of("poisson", &t->d, "HC0");
        assert_string_equal(pgdp_fit_diagnostic(a, 0).note, "sparse_cholesky");
        assert_string_equal(pgdp_fit_diagnostic(b, 0).note, "sparse_cholesky");
        assert_int_equal(a->n_absorbed, WORKERS + FIRMS - 1);
        assert_int_equal(b->n_absorbed, a->n_absorbed);
        for (size_t j = 0; j < 2; j++) {
            assert_close(pgdp_fit_estimate(b).x[j], pgdp_fit_estimate(a).x[j], 1e-10, 1e-12);
            assert_close(pgdp_fit_tidy(b, j, 0.95).std_error, pgdp_fit_tidy(a, j, 0.95).std_error, 1e-9, 0);
        }
        assert_close(pgdp_fit_glance(b).deviance, pgdp_fit_glance(a).deviance, 1e-12, 0);
        assert_true(pgdp_fit_certificate(a).digits > 9);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
        pgt_effects_weigh(t, PGDP_FREQUENCY);
    }
    pgt_effects_free(t);
}

static pgdp_status fit_and_free(pgdp_ctx *c, void *user)
{
    pgdp_fit *fit;
    const pgdp_status status = pgdp_fit_new(c, "poisson", "HC0", user, NULL, &fit);
    if (status == PGDP_OK) pgdp_fit_free(fit);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const size_t levels[] = { 6, 4, 0 };
    pgt_effects *t = outcomes(90, levels, 47, false);
    assert_true(pgt_fail_every_allocation(fit_and_free, &t->d) > 2);
    pgt_effects_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_dummies),
        cmocka_unit_test(slopes_are_dummies_times_the_regressor),
        cmocka_unit_test(units_and_orders_do_not_matter),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(null_log_likelihood_is_that_of_the_constant),
        cmocka_unit_test(explained_and_separated_terms_are_named),
        cmocka_unit_test(a_penalty_beside_effects_is_refused),
        cmocka_unit_test(few_movers_are_factored_in_every_step),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
