/* test_absorb.c  Absorbed effects: against dummies, against themselves in other orders and units, and how hard ones
 * end. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/absorb.h"
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

static pgdp_fit *fit_of(const pgdp_design *d, const char *vcov)
{
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", vcov, d, NULL, &fit));
    return fit;
}

/* Estimates, residuals and what bread and scores give without small-sample factors are those with dummies. */
static void check_against_dummies(const pgt_effects *t, const char *what)
{
    double *memory;
    const pgdp_design dummies = pgt_dummies(t, &memory);
    pgdp_fit *a = fit_of(&t->d, "HC0"), *b = fit_of(&dummies, "HC0");
    const size_t k = t->d.x.n_cols;
    print_message("%s: %zu columns, solver %s, left %.1e\n", what, dummies.x.n_cols, pgdp_fit_diagnostic(a, 0).note,
                  pgdp_fit_diagnostic(a, 0).statistic);
    assert_close(a->ssr, b->ssr, 1e-11, 0);
    for (size_t j = 0; j < k; j++) {
        assert_close(pgdp_fit_estimate(a).x[j], pgdp_fit_estimate(b).x[j], 1e-10, 1e-12);
        assert_close(a->bread[j + j * k], b->bread[j + j * dummies.x.n_cols], 1e-10, 0);
        assert_close(a->vcov[j + j * k], b->vcov[j + j * dummies.x.n_cols], 1e-9, 0);
    }
    assert_int_equal(a->n_absorbed + k, dummies.x.n_cols);
    assert_true(pgdp_fit_diagnostic(a, 0).statistic < 1e-13);
    pgdp_fit_free(a);
    pgdp_fit_free(b);
    free(memory);
}

static void effects_are_dummies(void **state)
{
    (void)state;
    static const size_t levels[][5] = {
        { 31, 0 }, { 40, 12, 0 }, { 12, 40, 0 }, { 30, 25, 6, 0 }, { 25, 9, 14, 5, 0 }
    };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        pgt_effects *t = pgt_effects_new(700, 3, levels[i], (uint32_t)(40 + i));
        check_against_dummies(t, "unweighted");
        pgt_effects_weigh(t, PGDP_ANALYTIC);
        check_against_dummies(t, "weighted");
        pgt_effects_free(t);
    }
}

static void slopes_are_dummies_times_the_regressor(void **state)
{
    (void)state;
    static const size_t levels[][5] = { { 21, 0 }, { 30, 12, 0 }, { 12, 30, 7, 0 } };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        pgt_effects *t = pgt_effects_new(600, 2, levels[i], (uint32_t)(50 + i));
        for (size_t e = 0; e < 600; e++) /* two rows at least, so that both parameters exist */
            for (size_t f = 0; levels[i][f] > 0; f++)
                if (e >= 580) t->level[f][e] = t->level[f][e] % 3;
        pgt_add_slope(t, 0);
        pgt_effects_weigh(t, PGDP_ANALYTIC);
        check_against_dummies(t, "slopes beside their intercepts");
        t->effect[0] = t->effect[t->d.n_effects - 1]; /* the slopes alone */
        t->d.n_effects--;
        if (t->d.n_effects > 1) check_against_dummies(t, "slopes alone");
        pgt_effects_free(t);
    }
}

/* y, x and weights in other units; the order of effects; the order of rows. */
static void units_and_orders_do_not_matter(void **state)
{
    (void)state;
    static const size_t levels[] = { 60, 45, 8, 0 };
    enum { N = 1501 };
    pgt_effects *t = pgt_effects_new(N, 3, levels, 61), *u = pgt_effects_new(N, 3, levels, 61);
    pgt_effects_weigh(t, PGDP_ANALYTIC);
    pgt_effects_weigh(u, PGDP_ANALYTIC);
    pgdp_fit *before = fit_of(&t->d, "HC0");
    for (size_t i = 0; i < N; i++) {
        const size_t from = (7 * i + 3) % N;
        u->y[i] = 1e8 * t->y[from];
        u->w[i] = 1e-8 * t->w[from];
        u->x[i] = t->x[from];
        u->x[i + N] = 1e-8 * t->x[from + N];
        u->x[i + 2 * N] = 1e8 * t->x[from + 2 * N];
        for (size_t e = 0; e < 3; e++)
            u->level[e][i] = t->level[e][from];
    }
    const pgdp_effect swap = u->effect[0];
    u->effect[0] = u->effect[2];
    u->effect[2] = swap;
    static const double unit[] = { 1e8, 1e16, 1 };
    pgdp_fit *after = fit_of(&u->d, "HC0");
    for (size_t j = 0; j < 3; j++) {
        const pgdp_tidy a = pgdp_fit_tidy(before, j, 0.95), b = pgdp_fit_tidy(after, j, 0.95);
        assert_close(b.estimate, unit[j] * a.estimate, 1e-12, 0);
        assert_close(b.std_error, unit[j] * a.std_error, 1e-12, 0);
    }
    pgdp_fit_free(before);
    pgdp_fit_free(after);
    pgt_effects_free(t);
    pgt_effects_free(u);
}

/** Workers with 6 rows each at their firm; one in `every` moves once to the next firm: a long chain. */
static pgt_effects *movers(size_t n_workers, size_t n_firms, size_t every)
{
    const size_t levels[] = { 2, 2, 0 }, n = 6 * n_workers;
    pgt_effects *t = pgt_effects_new(n, 1, levels, 71);
    for (size_t i = 0; i < n; i++) {
        const size_t worker = i / 6, home = worker * n_firms / n_workers;
        const bool moved = worker % every == 0 && i % 6 >= 4;
        t->level[0][i] = worker;
        t->level[1][i] = moved ? (home + 1) % n_firms : home;
        t->x[i] += cos(0.01 * (double)t->level[1][i]) + sin((double)worker);
    }
    t->effect[0].n_levels = n_workers;
    t->effect[1].n_levels = n_firms;
    return t;
}

/* |D'W M x| by level from plain sums in long double. */
static double left_over(const pgt_effects *t, const double *before, const double *after)
{
    double largest = 0;
    for (size_t e = 0; e < t->d.n_effects; e++) {
        long double *sum = calloc(t->effect[e].n_levels, sizeof *sum),
                    *size = calloc(t->effect[e].n_levels, sizeof *size);
        for (size_t i = 0; i < t->d.y.n; i++) {
            const double w = (t->d.weights.n > 0 ? t->w[i] : 1) * (t->effect[e].slope == NULL ? 1 : t->slope[i]);
            sum[t->effect[e].level[i]] += (long double)w * (long double)after[i];
            size[t->effect[e].level[i]] += fabsl((long double)w * (long double)before[i]);
        }
        for (size_t l = 0; l < t->effect[e].n_levels; l++)
            if (size[l] > 0) largest = fmax(largest, (double)(fabsl(sum[l]) / size[l]));
        free(sum);
        free(size);
    }
    return largest;
}

static void few_movers_converge_or_fall_back(void **state)
{
    (void)state;
    static const struct {
        size_t workers, firms, every;
    } cases[] = { { 3000, 300, 10 }, { 3000, 1000, 3 }, { 12500, 2500, 5 } };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgt_effects *t = movers(cases[i].workers, cases[i].firms, cases[i].every);
        const size_t n = t->d.y.n;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        double *before = calloc(n, sizeof *before);
        memcpy(before, t->x, n * sizeof *before);
        pg_absorber *absorber;
        pg_absorption how;
        bool bound;
        assert_ok(ctx, pg_absorber_new(ctx, t->effect, 2, n, NULL, &absorber));
        assert_ok(ctx, pg_absorb(ctx, absorber, (double *const[]){ t->x }, 1, 0, &how));
        print_message("%zu workers, %zu firms: %s, %zu steps, left %.1e, rank %zu\n", cases[i].workers, cases[i].firms,
                      how.solver, how.iterations, how.residual, pg_absorber_rank(absorber, &bound));
        assert_false(bound);
        assert_true(how.residual < 1e-13);
        assert_close(left_over(t, before, t->x), how.residual, 0, 1e-14);
        /* a second projection changes nothing: M M = M, also along directions that few movers decide */
        memcpy(before, t->x, n * sizeof *before);
        assert_ok(ctx, pg_absorb(ctx, absorber, (double *const[]){ t->x }, 1, 0, &how));
        for (size_t r = 0; r < n; r++)
            assert_close(t->x[r], before[r], 0, 1e-11);
        pg_arena_rewind(&ctx->scratch, mark);
        free(before);
        pgt_effects_free(t);
    }
}

/* Weights over twenty powers of ten, as means of a Poisson model may be. */
static void weights_of_all_sizes_converge(void **state)
{
    (void)state;
    static const size_t levels[] = { 900, 800, 0 };
    enum { N = 6000 };
    pgt_effects *t = pgt_effects_new(N, 1, levels, 73);
    double *before = calloc(N, sizeof *before);
    pg_random random = pg_random_stream(73, "weights", 0);
    for (size_t i = 0; i < N; i++)
        t->w[i] = exp(6 * pg_random_normal(&random));
    t->d.weights = (pgdp_vec){ t->w, N };
    memcpy(before, t->x, N * sizeof *before);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber *absorber;
    pg_absorption how;
    assert_ok(ctx, pg_absorber_new(ctx, t->effect, 2, N, t->w, &absorber));
    assert_ok(ctx, pg_absorb(ctx, absorber, (double *const[]){ t->x }, 1, 0, &how));
    print_message("weights from 1e-10 to 1e10: %s, %zu steps, left %.1e\n", how.solver, how.iterations, how.residual);
    assert_true(how.residual < 1e-13);
    assert_true(left_over(t, before, t->x) < 1e-13);
    pg_arena_rewind(&ctx->scratch, mark);
    free(before);
    pgt_effects_free(t);
}

static void threads_and_other_columns_change_no_bit(void **state)
{
    (void)state;
    static const size_t levels[] = { 900, 700, 6, 0 };
    enum { N = 6000, K = 5 };
    double *columns[K], *alone = calloc(N, sizeof *alone), *first = calloc(N * K, sizeof *first);
    for (size_t threads = 1; threads <= 4; threads *= 2) {
        pgt_effects *t = pgt_effects_new(N, K, levels, 81);
        pg_absorber *absorber;
        pgdp_ctx_set_threads(ctx, threads);
        memcpy(alone, t->x + 2 * N, N * sizeof *alone);
        for (size_t j = 0; j < K; j++)
            columns[j] = t->x + j * N;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        assert_ok(ctx, pg_absorber_new(ctx, t->effect, 3, N, t->w, &absorber));
        assert_ok(ctx, pg_absorb(ctx, absorber, columns, K, 0, NULL));
        assert_ok(ctx, pg_absorb(ctx, absorber, &alone, 1, 0, NULL));
        assert_memory_equal(alone, t->x + 2 * N, N * sizeof *alone);
        if (threads == 1) memcpy(first, t->x, N * K * sizeof *first);
        assert_memory_equal(first, t->x, N * K * sizeof *first);
        pg_arena_rewind(&ctx->scratch, mark);
        pgt_effects_free(t);
    }
    pgdp_ctx_set_threads(ctx, 1);
    free(alone);
    free(first);
}

/* A column that the effects explain comes out as zeros, whatever its unit and the order of the effects. */
static void explained_columns_vanish(void **state)
{
    (void)state;
    static const size_t levels[] = { 50, 30, 12, 0 };
    enum { N = 2000 };
    pgt_effects *t = pgt_effects_new(N, 1, levels, 91);
    double *column = calloc(N, sizeof *column);
    for (int order = 0; order < 3; order++) {
        for (int power = -8; power <= 8; power += 8) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            pg_absorber *absorber;
            for (size_t i = 0; i < N; i++)
                column[i] = pow(10, power) * (sqrt(2 + (double)t->level[0][i]) - exp(0.1 * (double)t->level[1][i]) +
                                              1000 * sin((double)t->level[2][i]));
            assert_ok(ctx, pg_absorber_new(ctx, t->effect, 3, N, t->w, &absorber));
            assert_ok(ctx, pg_absorb(ctx, absorber, &column, 1, 0, NULL));
            for (size_t i = 0; i < N; i++)
                assert_close(column[i], 0, 0, 0);
            pg_arena_rewind(&ctx->scratch, mark);
        }
        const pgdp_effect last = t->effect[2];
        t->effect[2] = t->effect[1];
        t->effect[1] = t->effect[0];
        t->effect[0] = last;
    }
    free(column);
    pgt_effects_free(t);
}

static void explained_terms_are_refused_by_name(void **state)
{
    (void)state;
    static const size_t levels[] = { 30, 20, 0 };
    enum { N = 500 };
    pgt_effects *t = pgt_effects_new(N, 3, levels, 95);
    pgdp_fit *fit = NULL;
    for (size_t i = 0; i < N; i++)
        t->x[i + N] = 1e6 * sqrt((double)t->level[0][i]) + (double)t->level[1][i];
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "HC0", &t->d, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x2");
    for (size_t i = 0; i < N; i++) /* beside the first term and effects that are far larger than what they leave */
        t->x[i + N] = 2 * t->x[i] + 1e5 * sqrt((double)t->level[0][i]);
    assert_status(ctx, pgdp_fit_new(ctx, "ols", "HC0", &t->d, NULL, &fit), PGDP_RANK_DEFICIENT);
    assert_contains(pgdp_ctx_error(ctx), "x2 equals 2 * x1");
    pgt_effects_free(t);
}

static void coefficients_rebuild_the_column(void **state)
{
    (void)state;
    static const size_t levels[] = { 40, 25, 0 };
    enum { N = 900 };
    pgt_effects *t = pgt_effects_new(N, 1, levels, 97);
    for (size_t i = 0; i < N; i++) /* two components: even levels of one go with even levels of the other */
        t->level[1][i] = t->level[1][i] / 2 * 2 + t->level[0][i] % 2;
    t->effect[1].n_levels = pgt_relabel(t->level[1], N, 30);
    pgt_add_slope(t, 0);
    double *part[3], *left = calloc(N, sizeof *left);
    for (size_t e = 0; e < 3; e++)
        part[e] = calloc(t->effect[e].n_levels, sizeof **part);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber *absorber;
    bool bound;
    assert_ok(ctx, pg_absorber_new(ctx, t->effect, 3, N, t->w, &absorber));
    assert_ok(ctx, pg_absorber_coefficients(ctx, absorber, t->y, part));
    memcpy(left, t->y, N * sizeof *left);
    assert_ok(ctx, pg_absorb(ctx, absorber, &left, 1, 0, NULL));
    for (size_t i = 0; i < N; i++)
        assert_close(part[0][t->level[0][i]] + part[1][t->level[1][i]] + t->slope[i] * part[2][t->level[0][i]] +
                         left[i],
                     t->y[i], 1e-12, 1e-11);
    assert_close(part[1][0], 0, 0, 0);
    assert_close(part[1][1], 0, 0, 0);
    assert_int_equal(pg_absorber_rank(absorber, &bound), 2 * t->effect[0].n_levels + t->effect[1].n_levels - 2);
    assert_int_equal(pg_absorber_rank_of(absorber, 1), t->effect[1].n_levels - 2);
    assert_false(bound);
    pg_arena_rewind(&ctx->scratch, mark);
    for (size_t e = 0; e < 3; e++)
        free(part[e]);
    free(left);
    pgt_effects_free(t);
}

/* state, year and state^year: the pairs hold all of it, which no two effects alone tell. */
static void rank_of_three_effects_is_exact_when_small(void **state)
{
    (void)state;
    static const size_t levels[] = { 9, 7, 2, 0 };
    enum { N = 800 };
    pgt_effects *t = pgt_effects_new(N, 1, levels, 99);
    for (size_t i = 0; i < N; i++)
        t->level[2][i] = t->level[0][i] * 7 + t->level[1][i];
    t->effect[2].n_levels = pgt_relabel(t->level[2], N, 63);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber *absorber;
    bool bound, nested;
    assert_ok(ctx, pg_absorber_new(ctx, t->effect, 3, N, NULL, &absorber));
    assert_int_equal(pg_absorber_rank(absorber, &bound), t->effect[2].n_levels);
    assert_false(bound);
    assert_ok(ctx, pg_effect_is_nested(ctx, &t->effect[2], t->level[0], N, &nested));
    assert_true(nested);
    assert_ok(ctx, pg_effect_is_nested(ctx, &t->effect[0], t->level[2], N, &nested));
    assert_false(nested);
    pg_arena_rewind(&ctx->scratch, mark);
    pgt_effects_free(t);
}

static void wrong_levels_are_refused(void **state)
{
    (void)state;
    static const size_t level[] = { 0, 1, 5 };
    const pgdp_effect effect = { .name = "firm", .level = level, .n_levels = 2 };
    pg_absorber *absorber;
    assert_status(ctx, pg_absorber_new(ctx, &effect, 1, 3, NULL, &absorber), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "firm");
}

static pgdp_status fit_and_free(pgdp_ctx *c, void *user)
{
    pgdp_fit *fit;
    const pgdp_status status = pgdp_fit_new(c, "ols", "HC0", user, NULL, &fit);
    if (status == PGDP_OK) pgdp_fit_free(fit);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    static const size_t levels[] = { 12, 9, 4, 0 };
    pgt_effects *t = pgt_effects_new(150, 2, levels, 101);
    assert_true(pgt_fail_every_allocation(fit_and_free, &t->d) > 2);
    pgt_effects_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_are_dummies),
        cmocka_unit_test(slopes_are_dummies_times_the_regressor),
        cmocka_unit_test(units_and_orders_do_not_matter),
        cmocka_unit_test(few_movers_converge_or_fall_back),
        cmocka_unit_test(weights_of_all_sizes_converge),
        cmocka_unit_test(threads_and_other_columns_change_no_bit),
        cmocka_unit_test(explained_columns_vanish),
        cmocka_unit_test(explained_terms_are_refused_by_name),
        cmocka_unit_test(coefficients_rebuild_the_column),
        cmocka_unit_test(rank_of_three_effects_is_exact_when_small),
        cmocka_unit_test(wrong_levels_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
