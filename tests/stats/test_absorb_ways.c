/* test_absorb_ways.c  Dense, sparse and conjugate gradients are one projection: against each other, against dummies, on
 * chains of firms that few movers join. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "stats/absorb_system.h"
#include "stats/fit.h"
#include "tests/stats/effects.h"
#include "tests/support/support.h"

static pgdp_ctx *ctx;
static const pg_absorb_way ways[] = { PG_ABSORB_DENSE, PG_ABSORB_SPARSE, PG_ABSORB_GRADIENTS };
static const char *const solvers[] = { "cholesky", "sparse_cholesky", "conjugate_gradient" };
enum { N_WAYS = 3 };

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

static pgdp_status absorber_by(pgdp_ctx *c, const pgt_effects *t, pg_absorb_way way, pg_absorber **out)
{
    PG_TRY(pg_absorber_new(c, t->effect, t->d.n_effects, t->d.y.n, t->d.weights.n > 0 ? t->w : NULL, out));
    PG_TRY(pg_absorber_choose(c, *out, way));
    return pg_absorber_factor(c, *out);
}

/* M column in one way, of a copy that the caller frees. */
static double *absorbed(const pgt_effects *t, const double *column, pg_absorb_way way, pg_absorption *how)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    double *left = calloc(t->d.y.n, sizeof *left);
    pg_absorber *absorber;
    memcpy(left, column, t->d.y.n * sizeof *left);
    assert_ok(ctx, absorber_by(ctx, t, way, &absorber));
    assert_ok(ctx, pg_absorb(ctx, absorber, &left, 1, 0, how));
    pg_arena_rewind(&ctx->scratch, mark);
    return left;
}

/* What is left of y by a regression on a column for every level. */
static double *left_by_dummies(const pgt_effects *t)
{
    const size_t n = t->d.y.n;
    double *memory, *left = calloc(n, sizeof *left);
    pgdp_design dummies = pgt_dummies(t, &memory);
    dummies.x = (pgdp_mat){ dummies.x.x + n * t->d.x.n_cols, n, dummies.x.n_cols - t->d.x.n_cols };
    pgdp_fit *fit = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, "ols", "HC0", &dummies, NULL, &fit));
    memcpy(left, t->y, n * sizeof *left);
    for (size_t j = 0; j < dummies.x.n_cols; j++)
        for (size_t i = 0; i < n; i++)
            left[i] -= pgdp_fit_estimate(fit).x[j] * dummies.x.x[i + j * n];
    pgdp_fit_free(fit);
    free(memory);
    return left;
}

static void check_ways(const pgt_effects *t, const char *what)
{
    double *dummies = left_by_dummies(t);
    for (size_t w = 0; w < N_WAYS; w++) {
        pg_absorption how;
        double *left = absorbed(t, t->y, ways[w], &how);
        print_message("%s: %s, %zu steps, left %.1e\n", what, how.solver, how.iterations, how.residual);
        assert_string_equal(how.solver, solvers[w]);
        assert_true(how.residual < 1e-13);
        for (size_t i = 0; i < t->d.y.n; i++)
            assert_close(left[i], dummies[i], 1e-10, 1e-10);
        free(left);
    }
    free(dummies);
}

static void every_way_is_that_of_dummies(void **state)
{
    (void)state;
    static const size_t levels[][5] = { { 40, 12, 0 }, { 30, 25, 6, 0 }, { 25, 9, 14, 5, 0 } };
    for (size_t i = 0; i < sizeof levels / sizeof *levels; i++) {
        pgt_effects *t = pgt_effects_new(600, 1, levels[i], (uint32_t)(140 + i));
        check_ways(t, "unweighted");
        pgt_effects_weigh(t, PGDP_ANALYTIC);
        check_ways(t, "weighted");
        for (size_t r = 580; r < 600; r++) /* two rows at least in each level, so that slopes exist */
            t->level[0][r] = t->level[0][r] % 3;
        pgt_add_slope(t, 0);
        check_ways(t, "with slopes");
        pgt_effects_free(t);
    }
}

/** Workers with 6 rows each at their firm; one in `every` moves once to the next firm, and periods beside. */
static pgt_effects *chain(size_t n_workers, size_t n_firms, size_t every, size_t n_effects)
{
    const size_t levels[] = { 2, 2, 2, 0 }, n = 6 * n_workers;
    pgt_effects *t = pgt_effects_new(n, 1, levels, 171);
    for (size_t i = 0; i < n; i++) {
        const size_t worker = i / 6, home = worker * n_firms / n_workers;
        const bool moved = worker % every == 0 && i % 6 >= 4;
        t->level[0][i] = worker;
        t->level[1][i] = moved ? (home + 1) % n_firms : home;
        t->level[2][i] = i % 6;
        t->y[i] += cos(0.01 * (double)t->level[1][i]) + sin((double)worker) + 0.1 * (double)(i % 6);
    }
    t->effect[0].n_levels = n_workers;
    t->effect[1].n_levels = n_firms;
    t->effect[2].n_levels = 6;
    t->d.n_effects = n_effects;
    return t;
}

static void a_short_chain_is_that_of_dummies(void **state)
{
    (void)state;
    for (size_t n_effects = 2; n_effects <= 3; n_effects++) {
        pgt_effects *t = chain(120, 30, 2, n_effects);
        check_ways(t, "chain of 30 firms");
        pgt_effects_free(t);
    }
}

/* The normal equations of a column in long double: |D'W M x| of each level beside what stood there. */
static double left_over(const pgt_effects *t, const double *before, const double *after)
{
    double largest = 0;
    for (size_t e = 0; e < t->d.n_effects; e++) {
        const size_t n_levels = t->effect[e].n_levels;
        long double *sum = calloc(n_levels, sizeof *sum), *size = calloc(n_levels, sizeof *size);
        for (size_t i = 0; i < t->d.y.n; i++) {
            const double w = t->d.weights.n > 0 ? t->w[i] : 1;
            sum[t->effect[e].level[i]] += (long double)w * (long double)after[i];
            size[t->effect[e].level[i]] += fabsl((long double)w * (long double)before[i]);
        }
        for (size_t l = 0; l < n_levels; l++)
            if (size[l] > 0) largest = fmax(largest, (double)(fabsl(sum[l]) / size[l]));
        free(sum);
        free(size);
    }
    return largest;
}

static void long_chains_meet_their_normal_equations(void **state)
{
    (void)state;
    static const struct {
        size_t workers, firms, every, effects;
    } cases[] = { { 9000, 3000, 3, 2 }, { 9000, 3000, 3, 3 }, { 12000, 900, 6, 2 } };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        pgt_effects *t = chain(cases[c].workers, cases[c].firms, cases[c].every, cases[c].effects);
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_absorber *absorber;
        pg_absorption how;
        bool bound;
        if (c == 2) pgt_effects_weigh(t, PGDP_ANALYTIC);
        double *left = calloc(t->d.y.n, sizeof *left);
        memcpy(left, t->y, t->d.y.n * sizeof *left);
        assert_ok(ctx, pg_absorber_new(ctx, t->effect, t->d.n_effects, t->d.y.n, c == 2 ? t->w : NULL, &absorber));
        assert_ok(ctx, pg_absorb(ctx, absorber, &left, 1, 0, &how));
        print_message("%zu firms: %s, left %.1e\n", cases[c].firms, how.solver, how.residual);
        assert_string_equal(how.solver, "sparse_cholesky");
        assert_true(how.iterations <= 6);
        assert_true(left_over(t, t->y, left) < 1e-12);
        assert_int_equal(pg_absorber_rank(absorber, &bound),
                         cases[c].workers + cases[c].firms - 1 + (cases[c].effects == 3 ? 5 : 0));
        assert_false(bound);
        pg_arena_rewind(&ctx->scratch, mark);
        free(left);
        pgt_effects_free(t);
    }
}

/* Firms stand in one region each: regions add nothing, which no two effects alone tell of regions and years. */
static void a_factor_tells_the_rank_of_three_effects(void **state)
{
    (void)state;
    pgt_effects *t = chain(6000, 2000, 3, 3);
    for (size_t i = 0; i < t->d.y.n; i++)
        t->level[2][i] = t->level[1][i] % 7;
    t->effect[2].n_levels = 7;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_absorber *absorber;
    bool bound;
    assert_ok(ctx, pg_absorber_new(ctx, t->effect, 3, t->d.y.n, NULL, &absorber));
    assert_int_equal(pg_absorber_rank(absorber, &bound), 6000 + 2000 - 1);
    assert_int_equal(pg_absorber_rank_of(absorber, 2), 0);
    assert_false(bound);
    pg_arena_rewind(&ctx->scratch, mark);
    pgt_effects_free(t);
}

/** A worker an edge of a grid of firms, two rows at each end; then a third effect at random, which fills S. */
static pgt_effects *grid(size_t side, size_t n_third)
{
    const size_t levels[] = { 2, 2, 2, 0 }, n_workers = 2 * side * (side - 1), n = 4 * n_workers;
    pgt_effects *t = pgt_effects_new(n, 1, levels, 191);
    pg_random random = pg_random_stream(191, "grid", 0);
    for (size_t i = 0; i < n; i++) {
        const size_t worker = i / 4, edge = worker / 2, at = edge / (side - 1), along = edge % (side - 1);
        const size_t to = along + (i % 4) / 2;
        t->level[0][i] = worker;
        t->level[1][i] = worker % 2 == 0 ? at * side + to : to * side + at;
        t->level[2][i] = i < n_third ? i : pg_random_index(&random, n_third);
        t->y[i] += cos(0.01 * (double)t->level[1][i]) + sin((double)worker);
    }
    t->effect[0].n_levels = n_workers;
    t->effect[1].n_levels = side * side;
    t->effect[2].n_levels = n_third;
    t->d.n_effects = n_third > 1 ? 3 : 2;
    return t;
}

/* Fronts of a factor large enough for BLAS, of systems with an inverse and without. */
static void large_fronts_give_the_same_projection(void **state)
{
    (void)state;
    static const size_t sides[] = { 90, 30 }, thirds[] = { 1, 900 };
    for (size_t c = 0; c < 2; c++) {
        pgt_effects *t = grid(sides[c], thirds[c]);
        pg_absorption how;
        double *right = absorbed(t, t->y, PG_ABSORB_GRADIENTS, &how), *left = absorbed(t, t->y, PG_ABSORB_SPARSE, &how);
        print_message("grid of %zu firms: %s, %zu steps, left %.1e\n", sides[c] * sides[c], how.solver, how.iterations,
                      how.residual);
        assert_string_equal(how.solver, "sparse_cholesky");
        assert_true(how.iterations <= 4);
        for (size_t i = 0; i < t->d.y.n; i++)
            assert_close(left[i], right[i], 1e-10, 1e-10);
        free(left);
        free(right);
        pgt_effects_free(t);
    }
}

/* A chain that conjugate gradients do not finish in their steps is factored after all. */
static void what_does_not_converge_is_factored(void **state)
{
    (void)state;
    for (int small = 0; small < 2; small++) {
        pgt_effects *t = chain(9000, small ? 1500 : 3000, 3, 2);
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_absorption how;
        pg_absorber *absorber;
        double *left = calloc(t->d.y.n, sizeof *left), *right = absorbed(t, t->y, PG_ABSORB_SPARSE, &how);
        assert_false(how.fell_back);
        memcpy(left, t->y, t->d.y.n * sizeof *left);
        assert_ok(ctx, pg_absorber_new(ctx, t->effect, 2, t->d.y.n, NULL, &absorber));
        absorber->sparse = NULL; /* as if its fill could not be known before */
        assert_ok(ctx, pg_absorb(ctx, absorber, &left, 1, 0, &how));
        assert_string_equal(how.solver, small ? "cholesky" : "sparse_cholesky");
        assert_int_equal(how.fell_back, !small);
        for (size_t i = 0; i < t->d.y.n; i++)
            assert_close(left[i], right[i], 1e-10, 1e-10);
        pg_arena_rewind(&ctx->scratch, mark);
        free(left);
        free(right);
        pgt_effects_free(t);
    }
}

/* Lanes, threads and neighbours change no bit, in any way, with slopes and weights. */
static void columns_side_by_side_have_the_bits_they_have_alone(void **state)
{
    (void)state;
    static const size_t levels[] = { 90, 70, 6, 0 };
    enum { N = 900, K = 7 };
    pgt_effects *t = pgt_effects_new(N, K, levels, 181);
    pgt_effects_weigh(t, PGDP_ANALYTIC);
    pgt_add_slope(t, 0);
    double *columns[K], *together = calloc(N * K, sizeof *together);
    for (size_t w = 0; w < N_WAYS; w++) {
        for (size_t threads = 1; threads <= 4; threads *= 2) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            pg_absorber *absorber;
            pgdp_ctx_set_threads(ctx, threads);
            memcpy(together, t->x, N * K * sizeof *together);
            for (size_t j = 0; j < K; j++)
                columns[j] = together + j * N;
            assert_ok(ctx, absorber_by(ctx, t, ways[w], &absorber));
            assert_ok(ctx, pg_absorb(ctx, absorber, columns, K, 0, NULL));
            pg_arena_rewind(&ctx->scratch, mark);
            for (size_t j = 0; j < K; j++) {
                double *alone = absorbed(t, t->x + j * N, ways[w], NULL);
                assert_memory_equal(alone, columns[j], N * sizeof *alone);
                free(alone);
            }
        }
    }
    pgdp_ctx_set_threads(ctx, 1);
    free(together);
    pgt_effects_free(t);
}

/* Columns of 1e300 and 1e-300 come out as those of 1 do, but for their unit. */
static void units_of_a_column_change_no_digit(void **state)
{
    (void)state;
    pgt_effects *t = chain(900, 300, 3, 2);
    double *one = absorbed(t, t->y, PG_ABSORB_BY_COST, NULL), *scaled = calloc(t->d.y.n, sizeof *scaled);
    for (int exponent = -1000; exponent <= 1000; exponent += 500) {
        for (size_t i = 0; i < t->d.y.n; i++)
            scaled[i] = ldexp(t->y[i], exponent);
        double *left = absorbed(t, scaled, PG_ABSORB_BY_COST, NULL);
        for (size_t i = 0; i < t->d.y.n; i++)
            assert_close(ldexp(left[i], -exponent), one[i], 1e-15, 1e-15);
        free(left);
    }
    free(one);
    free(scaled);
    pgt_effects_free(t);
}

static pgdp_status absorb_sparsely(pgdp_ctx *c, void *user)
{
    const pgt_effects *t = user;
    pg_absorber *absorber, *copy;
    double *column = calloc(t->d.y.n, sizeof *column);
    memcpy(column, t->y, t->d.y.n * sizeof *column);
    const pg_mark mark = pg_arena_mark(&c->scratch);
    pgdp_status status = absorber_by(c, t, PG_ABSORB_SPARSE, &absorber);
    if (status == PGDP_OK) status = pg_absorber_copy(c, absorber, &copy);
    if (status == PGDP_OK) status = pg_absorber_reweight(c, copy, t->w);
    if (status == PGDP_OK) status = pg_absorb(c, copy, &column, 1, 0, NULL);
    pg_arena_rewind(&c->scratch, mark);
    free(column);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgt_effects *t = chain(300, 100, 3, 3);
    assert_true(pgt_fail_every_allocation(absorb_sparsely, t) > 2);
    pgt_effects_free(t);
}

/* Pairs of many levels, which nothing is eliminated for: the rank is theirs, and each effect counts what it adds. */
static void rank_of_nested_effects_is_exact(void **state)
{
    (void)state;
    static const size_t levels[] = { 900, 700, 2, 0 };
    static const size_t orders[][3] = { { 0, 1, 2 }, { 2, 1, 0 }, { 1, 2, 0 } };
    enum { N = 3000 };
    pgt_effects *t = pgt_effects_new(N, 1, levels, 98);
    for (size_t i = 0; i < N; i++) { /* disconnected: the first two effects of one parity each */
        t->level[1][i] = t->level[1][i] / 2 * 2 + t->level[0][i] % 2;
        t->level[2][i] = t->level[0][i] * 701 + t->level[1][i];
    }
    t->effect[1].n_levels = pgt_relabel(t->level[1], N, 701);
    t->effect[2].n_levels = pgt_relabel(t->level[2], N, 900 * 701 + 701);
    for (size_t o = 0; o < 3; o++) {
        pgdp_effect effects[3];
        for (size_t e = 0; e < 3; e++)
            effects[e] = t->effect[orders[o][e]];
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_absorber *absorber;
        bool bound;
        assert_ok(ctx, pg_absorber_new(ctx, effects, 3, N, NULL, &absorber));
        assert_int_equal(pg_absorber_rank(absorber, &bound), t->effect[2].n_levels);
        assert_int_equal(pg_absorber_rank_of(absorber, 0), effects[0].n_levels);
        assert_false(bound);
        pg_arena_rewind(&ctx->scratch, mark);
    }
    pgt_effects_free(t);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_way_is_that_of_dummies),
        cmocka_unit_test(a_short_chain_is_that_of_dummies),
        cmocka_unit_test(long_chains_meet_their_normal_equations),
        cmocka_unit_test(a_factor_tells_the_rank_of_three_effects),
        cmocka_unit_test(large_fronts_give_the_same_projection),
        cmocka_unit_test(what_does_not_converge_is_factored),
        cmocka_unit_test(columns_side_by_side_have_the_bits_they_have_alone),
        cmocka_unit_test(units_of_a_column_change_no_digit),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(rank_of_nested_effects_is_exact),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
