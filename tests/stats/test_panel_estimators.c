/* test_panel_estimators.c  Within, between, random, first differences: identities that hold whatever the data. Numbers
 * from outside: tests/golden. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/context.h"
#include "tests/support/panels.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { MOST = PGT_PANEL_ROWS };
typedef pgt_panel panel;

static pgdp_fit *fit_of(const panel *p, const char *method, const char *vcov, const char *setting, const char *value)
{
    pgdp_fit *fit = NULL;
    const pgdp_setting settings[] = { { setting, value }, { NULL, NULL } };
    assert_ok(ctx, pgdp_fit_new(ctx, method, vcov, &p->d, setting == NULL ? NULL : settings, &fit));
    return fit;
}

/** Column `to` of x is the entity's mean of column `from`, for every row of the entity. */
static void add_means(panel *p, size_t from, size_t to)
{
    for (size_t first = 0, end; first < p->n; first = end) {
        double sum = 0;
        for (end = first; end < p->n && p->entity[end] == p->entity[first]; end++)
            sum += p->x[end + from * MOST];
        for (size_t i = first; i < end; i++)
            p->x[i + to * MOST] = sum / (double)(end - first);
    }
}

/** With the entities' means among the regressors random effects have the within slopes, and the means' coefficients are
 * those of between less within. Source: Mundlak (1978), Econometrica 46(1), equation 2.16. Balanced: the between part
 * needs one theta. */
static void mundlak_means_turn_random_into_within(void **state)
{
    (void)state;
    for (size_t balanced = 0; balanced < 2; balanced++) {
        panel *plain = pgt_panel_new(40, 6, balanced ? 2 : 0.8, 3), *with = pgt_panel_new(40, 6, balanced ? 2 : 0.8, 3);
        add_means(with, 1, 3);
        add_means(with, 2, 4);
        pgt_panel_close(plain, 3, true);
        pgt_panel_close(with, 5, true);
        pgdp_fit *within = fit_of(plain, "within", "iid", NULL, NULL);
        pgdp_fit *between = fit_of(plain, "between", "iid", NULL, NULL);
        pgdp_fit *random = fit_of(with, "random", "iid", NULL, NULL);
        const double *w = pgdp_fit_estimate(within).x, *b = pgdp_fit_estimate(between).x;
        for (size_t j = 0; j < 2; j++) {
            assert_close(pgdp_fit_estimate(random).x[1 + j], w[j], 1e-11, 0);
            if (balanced) assert_close(pgdp_fit_estimate(random).x[3 + j], b[1 + j] - w[j], 1e-10, 0);
        }
        pgdp_fit_free(within);
        pgdp_fit_free(between);
        pgdp_fit_free(random);
        free(plain);
        free(with);
    }
}

/** Pooled moments are the sum of within and between ones: (W + B) b = W b_within + B b_between, balanced. */
static void pooled_slopes_are_weighted_within_and_between(void **state)
{
    (void)state;
    panel *p = pgt_panel_new(30, 5, 2, 4);
    pgt_panel_close(p, 3, true);
    pgdp_fit *within = fit_of(p, "within", "iid", NULL, NULL), *between = fit_of(p, "between", "iid", NULL, NULL);
    pgdp_fit *pooled = fit_of(p, "ols", "iid", NULL, NULL);
    double moments[2][4] = { { 0 } }, right[2] = { 0 }, left[2] = { 0 }, mean[2] = { 0 };
    for (size_t i = 0; i < p->n; i++)
        for (size_t j = 0; j < 2; j++)
            mean[j] += p->x[i + (1 + j) * p->n] / (double)p->n;
    for (size_t first = 0; first < p->n; first += 5) {
        double own[2] = { 0 };
        for (size_t i = first; i < first + 5; i++)
            for (size_t j = 0; j < 2; j++)
                own[j] += p->x[i + (1 + j) * p->n] / 5;
        for (size_t i = first; i < first + 5; i++)
            for (size_t a = 0; a < 4; a++) {
                const double xj = p->x[i + (1 + a % 2) * p->n], xk = p->x[i + (1 + a / 2) * p->n];
                moments[0][a] += (xj - own[a % 2]) * (xk - own[a / 2]);
                moments[1][a] += (own[a % 2] - mean[a % 2]) * (own[a / 2] - mean[a / 2]);
            }
    }
    for (size_t j = 0; j < 2; j++) {
        for (size_t k = 0; k < 2; k++) {
            right[j] += moments[0][j + 2 * k] * pgdp_fit_estimate(within).x[k] +
                        moments[1][j + 2 * k] * pgdp_fit_estimate(between).x[1 + k];
            left[j] += (moments[0][j + 2 * k] + moments[1][j + 2 * k]) * pgdp_fit_estimate(pooled).x[1 + k];
        }
        assert_close(left[j], right[j], 1e-11, 0);
    }
    pgdp_fit_free(within);
    pgdp_fit_free(between);
    pgdp_fit_free(pooled);
    free(p);
}

static void of_two_periods_differences_are_within(void **state)
{
    (void)state;
    panel *p = pgt_panel_new(60, 2, 2, 5);
    pgt_panel_close(p, 3, true);
    pgdp_fit *fd = fit_of(p, "fd", "iid", "constant", "no"), *within = fit_of(p, "within", "iid", NULL, NULL);
    pgdp_fit *trend = fit_of(p, "fd", "iid", NULL, NULL), *both = fit_of(p, "within", "iid", "effect", "twoways");
    for (size_t j = 0; j < 2; j++) {
        const pgdp_tidy a = pgdp_fit_tidy(fd, j, 0.95), b = pgdp_fit_tidy(within, j, 0.95);
        assert_close(a.estimate, b.estimate, 1e-12, 0);
        assert_close(a.std_error, b.std_error, 1e-11, 0);
        assert_close(a.p_value, b.p_value, 1e-9, 0);
        assert_close(pgdp_fit_tidy(trend, 1 + j, 0.95).std_error, pgdp_fit_tidy(both, j, 0.95).std_error, 1e-11, 0);
    }
    pgdp_fit_free(fd);
    pgdp_fit_free(within);
    pgdp_fit_free(trend);
    pgdp_fit_free(both);
    free(p);
}

/** Balanced: x_it - x_i - x_t + x, then least squares, N - n - T + 1 - K degrees of freedom. */
static void balanced_twoways_is_the_double_difference_of_means(void **state)
{
    (void)state;
    enum { N = 25, T = 6 };
    panel *p = pgt_panel_new(N, T, 2, 6), *q = pgt_panel_new(N, T, 2, 6);
    for (size_t j = 0; j < 3; j++) {
        double *column = j == 0 ? q->y : q->x + j * MOST, rows[N] = { 0 }, columns[T] = { 0 }, all = 0;
        for (size_t i = 0; i < q->n; i++) {
            rows[i / T] += column[i] / T;
            columns[i % T] += column[i] / N;
            all += column[i] / (N * T);
        }
        for (size_t i = 0; i < q->n; i++)
            column[i] += all - rows[i / T] - columns[i % T];
    }
    pgt_panel_close(p, 3, true);
    pgt_panel_close(q, 2, false);
    pgdp_fit *fit = fit_of(p, "within", "iid", "effect", "twoways"), *by_hand = fit_of(q, "ols", "iid", NULL, NULL);
    const double lost = (N * T - 2.0) / (N * T - N - T + 1 - 2.0);
    for (size_t j = 0; j < 2; j++) {
        const pgdp_tidy a = pgdp_fit_tidy(fit, j, 0.95), b = pgdp_fit_tidy(by_hand, j, 0.95);
        assert_close(a.estimate, b.estimate, 1e-12, 0);
        assert_close(a.std_error, b.std_error * sqrt(lost), 1e-11, 0);
    }
    assert_close(pgdp_fit_vcov_df(fit), N * T - N - T + 1 - 2, 0, 0);
    pgdp_fit_free(fit);
    pgdp_fit_free(by_hand);
    free(p);
    free(q);
}

static double line(const pgdp_fit *fit, const char *name)
{
    for (size_t i = 0; pgdp_fit_diagnostic(fit, i).name != NULL; i++)
        if (pg_streq(pgdp_fit_diagnostic(fit, i).name, name)) return pgdp_fit_diagnostic(fit, i).statistic;
    return (double)NAN;
}

/** y times 1e8 and x2 by 1e-8: the lines scale, the variances by 1e16, theta stays. */
static void units_scale_the_lines_and_nothing_else(void **state)
{
    (void)state;
    static const char *const methods[] = { "within", "between", "random", "fd" };
    for (size_t m = 0; m < 4; m++) {
        panel *p = pgt_panel_new(30, 6, 0.8, 7), *q = pgt_panel_new(30, 6, 0.8, 7);
        for (size_t i = 0; i < q->n; i++) {
            q->y[i] *= 1e8;
            q->x[i + 2 * MOST] *= 1e-8;
        }
        pgt_panel_close(p, 3, true);
        pgt_panel_close(q, 3, true);
        pgdp_fit *a = fit_of(p, methods[m], "arellano", NULL, NULL), *b = fit_of(q, methods[m], "arellano", NULL, NULL);
        const size_t k = pgdp_fit_n_terms(a);
        for (size_t j = 0; j < k; j++) {
            const double scale = j + 1 == k ? 1e16 : 1e8;
            assert_close(pgdp_fit_tidy(b, j, 0.95).estimate, scale * pgdp_fit_tidy(a, j, 0.95).estimate, 1e-11, 0);
            assert_close(pgdp_fit_tidy(b, j, 0.95).p_value, pgdp_fit_tidy(a, j, 0.95).p_value, 1e-8, 1e-300);
        }
        if (m == 2) assert_close(line(b, "theta_mean"), line(a, "theta_mean"), 1e-12, 0);
        if (m == 2) assert_close(line(b, "sigma2_individual"), 1e16 * line(a, "sigma2_individual"), 1e-11, 0);
        pgdp_fit_free(a);
        pgdp_fit_free(b);
        free(p);
        free(q);
    }
}

/** Row i of the frame is row (7 i + 3) mod n of the panel. */
static pgdp_frame *frame_of(const panel *p, bool permuted)
{
    static const char *const names[] = { "y", "x1", "x2", "id", "t" };
    pgdp_frame *f = NULL;
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    for (size_t c = 0; c < 5; c++) {
        size_t index;
        const pgdp_column about = { .name = names[c], .type = PGDP_REAL };
        assert_ok(ctx, pgdp_frame_add_column(ctx, f, &about, &index));
    }
    for (size_t r = 0; r < p->n; r++) {
        const size_t i = permuted ? (7 * r + 3) % p->n : r;
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        pgdp_frame_set_real(f, 0, p->y[i]);
        pgdp_frame_set_real(f, 1, p->x[i + MOST]);
        pgdp_frame_set_real(f, 2, p->x[i + 2 * MOST]);
        pgdp_frame_set_real(f, 3, (double)p->entity[i]);
        pgdp_frame_set_real(f, 4, p->period[i]);
    }
    return f;
}

static void the_order_of_rows_does_not_matter(void **state)
{
    (void)state;
    static const char *const methods[] = { "within", "between", "random", "fd" };
    panel *p = pgt_panel_new(37, 6, 0.8, 8);
    p->n -= p->n % 7 == 0;
    pgdp_frame *before = frame_of(p, false), *after = frame_of(p, true);
    for (size_t m = 0; m < 4; m++) {
        const pgdp_regression_spec spec = {
            .formula = "y ~ x1 + x2", .method = methods[m], .vcov = "HC1", .panel = "id,t", .diagnostics = "none"
        };
        pgdp_regression *a = NULL, *b = NULL;
        assert_ok(ctx, pgdp_regress(ctx, before, &spec, &a));
        assert_ok(ctx, pgdp_regress(ctx, after, &spec, &b));
        for (size_t j = 0; j < pgdp_fit_n_terms(pgdp_regression_fit(a)); j++) {
            assert_close(pgdp_fit_estimate(pgdp_regression_fit(b)).x[j], pgdp_fit_estimate(pgdp_regression_fit(a)).x[j],
                         0, 0);
            assert_close(pgdp_fit_tidy(pgdp_regression_fit(b), j, 0.95).std_error,
                         pgdp_fit_tidy(pgdp_regression_fit(a), j, 0.95).std_error, 0, 0);
        }
        pgdp_regression_free(a);
        pgdp_regression_free(b);
    }
    pgdp_frame_free(before);
    pgdp_frame_free(after);
    free(p);
}

/** The method and the formula's effects are one model. */
static void within_is_least_squares_with_absorbed_effects(void **state)
{
    (void)state;
    static const char *const formulas[] = { "y ~ x1 + x2 | id", "y ~ x1 + x2 | t", "y ~ x1 + x2 | id + t" };
    static const char *const effects[] = { "individual", "time", "twoways" };
    static const char *const vcovs[] = { "iid", "HC1", "cluster(id)" };
    panel *p = pgt_panel_new(40, 6, 0.8, 9);
    pgdp_frame *f = frame_of(p, false);
    for (size_t e = 0; e < 9; e++) {
        const pgdp_setting settings[] = { { "effect", effects[e % 3] }, { NULL, NULL } };
        const pgdp_regression_spec one = { .formula = "y ~ x1 + x2",
                                           .method = "within",
                                           .vcov = vcovs[e / 3],
                                           .panel = "id,t",
                                           .settings = settings,
                                           .diagnostics = "none" };
        const pgdp_regression_spec two = { .formula = formulas[e % 3],
                                           .vcov = vcovs[e / 3],
                                           .panel = "id,t",
                                           .keep_singletons = true,
                                           .diagnostics = "none" };
        pgdp_regression *a = NULL, *b = NULL;
        assert_ok(ctx, pgdp_regress(ctx, f, &one, &a));
        assert_ok(ctx, pgdp_regress(ctx, f, &two, &b));
        const pgdp_glance s = pgdp_fit_glance(pgdp_regression_fit(a)), t = pgdp_fit_glance(pgdp_regression_fit(b));
        for (size_t j = 0; j < 2; j++) {
            const pgdp_tidy x = pgdp_fit_tidy(pgdp_regression_fit(a), j, 0.95);
            const pgdp_tidy y = pgdp_fit_tidy(pgdp_regression_fit(b), j, 0.95);
            assert_string_equal(x.term, y.term);
            assert_close(x.estimate, y.estimate, 1e-13, 0);
            assert_close(x.std_error, y.std_error, 1e-12, 0);
            assert_close(x.p_value, y.p_value, 1e-10, 0);
        }
        assert_close(s.r_squared, t.r_squared, 1e-12, 0);
        assert_close(s.within_r_squared, t.within_r_squared, 1e-12, 0);
        assert_close(s.statistic, t.statistic, 1e-11, 0);
        pgdp_regression_free(a);
        pgdp_regression_free(b);
    }
    pgdp_frame_free(f);
    free(p);
}

/** Gaps in the calendar give no difference; the rows on both sides of them are not neighbours. */
static void gaps_give_no_difference(void **state)
{
    (void)state;
    panel *p = pgt_panel_new(30, 6, 0.7, 12);
    pgt_panel_close(p, 3, true);
    size_t n_pairs = 0;
    for (size_t i = 1; i < p->n; i++)
        n_pairs += p->entity[i] == p->entity[i - 1] && p->period[i] == p->period[i - 1] + 1;
    pgdp_fit *fit = fit_of(p, "fd", "iid", NULL, NULL);
    assert_close(pgdp_fit_glance(fit).nobs, (double)n_pairs, 0, 0);
    pgdp_fit_free(fit);
    for (size_t i = 0; i < p->n; i++)
        p->period[i] *= 5;
    pgdp_fit *none = NULL;
    assert_status(ctx, pgdp_fit_new(ctx, "fd", "iid", &p->d, NULL, &none), PGDP_TOO_FEW_OBS);
    assert_contains(pgdp_ctx_error(ctx), "one period apart");
    free(p);
}

static void what_cannot_be_is_refused_by_name(void **state)
{
    (void)state;
    static const char *const methods[] = { "within", "between", "random", "fd" };
    pgdp_fit *fit = NULL;
    for (size_t m = 0; m < 4; m++) {
        panel *p = pgt_panel_new(30, 6, 0.8, 10);
        add_means(p, 1, 3);
        pgt_panel_close(p, 4, true);
        pgdp_design d = p->d;
        d.period = NULL;
        assert_status(ctx, pgdp_fit_new(ctx, methods[m], "iid", &d, NULL, &fit), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "--panel ID,TIME");
        if (m == 0) {
            assert_status(ctx, pgdp_fit_new(ctx, methods[m], "iid", &p->d, NULL, &fit), PGDP_RANK_DEFICIENT);
            assert_contains(pgdp_ctx_error(ctx), "x3 does not vary within any entity");
        }
        free(p);
    }
    panel *p = pgt_panel_new(30, 6, 0.8, 11);
    pgt_panel_close(p, 3, true);
    pgdp_design d = p->d;
    d.weights = (pgdp_vec){ p->x, p->n };
    d.weight_kind = PGDP_ANALYTIC;
    assert_status(ctx, pgdp_fit_new(ctx, "random", "iid", &d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "weights");
    const size_t *const clusters[] = { p->entity };
    size_t *halves = calloc(p->n, sizeof *halves);
    for (size_t i = 0; i < p->n; i++)
        halves[i] = i % 2;
    const size_t *const divided[] = { halves };
    d = p->d;
    d.n_clusterings = 1;
    d.cluster = divided;
    assert_status(ctx, pgdp_fit_new(ctx, "between", "cluster", &d, NULL, &fit), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "divides an entity");
    d.cluster = clusters;
    assert_ok(ctx, pgdp_fit_new(ctx, "between", "cluster", &d, NULL, &fit));
    pgdp_fit_free(fit);
    free(halves);
    free(p);
}

static pgdp_status fit_all(pgdp_ctx *own, void *user)
{
    static const char *const methods[] = { "within", "between", "random", "fd" };
    for (size_t m = 0; m < 4; m++) {
        pgdp_fit *fit = NULL;
        const pgdp_status status = pgdp_fit_new(own, methods[m], "arellano", user, NULL, &fit);
        pgdp_fit_free(fit);
        if (status != PGDP_OK) return status;
    }
    return PGDP_OK;
}

static void no_allocation_is_unchecked(void **state)
{
    (void)state;
    panel *p = pgt_panel_new(30, 6, 0.8, 13);
    pgt_panel_close(p, 3, true);
    assert_true(pgt_fail_every_allocation(fit_all, &p->d) > 3);
    free(p);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(mundlak_means_turn_random_into_within),
        cmocka_unit_test(pooled_slopes_are_weighted_within_and_between),
        cmocka_unit_test(of_two_periods_differences_are_within),
        cmocka_unit_test(balanced_twoways_is_the_double_difference_of_means),
        cmocka_unit_test(units_scale_the_lines_and_nothing_else),
        cmocka_unit_test(the_order_of_rows_does_not_matter),
        cmocka_unit_test(within_is_least_squares_with_absorbed_effects),
        cmocka_unit_test(gaps_give_no_difference),
        cmocka_unit_test(what_cannot_be_is_refused_by_name),
        cmocka_unit_test(no_allocation_is_unchecked),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
