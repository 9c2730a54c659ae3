/* test_mixed.c  Generalised mixed models beside lme4, mgcv and closed forms. SPDX-License-Identifier: GPL-3.0-or-later
 */
#include "tests/support/support.h"

#include <math.h>

#include "core/random.h"
#include "stats/est_ologit.h"
#include "stats/logistic.h"
#include "stats/mixed.h"

static void logit_row(double y, double eta, const double *cuts, size_t n_cuts, pg_row *out)
{
    (void)cuts, (void)n_cuts;
    const double f = pg_logistic(eta);
    out->value = pg_log_logistic(y > 0 ? eta : -eta);
    out->eta = y - f;
    out->information = f * (1 - f);
}
static const pg_model logit = { logit_row, NULL };

/* cbpp of lme4: incidence of contagious bovine pleuropneumonia by herd and period (Lesnoff et al. 2004). */
static const unsigned char herd[] = { 1,  1,  1,  1,  2,  2,  2,  3,  3,  3,  3,  4,  4,  4,  4,  5,  5,  5,  5,
                                      6,  6,  6,  6,  7,  7,  7,  7,  8,  9,  9,  9,  9,  10, 10, 10, 10, 11, 11,
                                      11, 11, 12, 12, 12, 12, 13, 13, 13, 13, 14, 14, 14, 14, 15, 15, 15, 15 };
static const unsigned char sick[] = { 2, 3, 4, 0, 3, 1, 1, 8, 2,  0, 2,  2, 0, 2, 0, 5, 0, 0, 1,
                                      3, 0, 0, 1, 8, 1, 3, 0, 12, 2, 0,  0, 0, 1, 1, 0, 2, 0, 5,
                                      3, 1, 2, 1, 0, 0, 1, 2, 0,  0, 11, 0, 0, 0, 1, 1, 1, 0 };
static const unsigned char size[] = { 14, 12, 9,  5,  22, 18, 21, 22, 16, 16, 20, 10, 10, 9,  6,  18, 25, 24, 4,
                                      17, 17, 18, 20, 16, 10, 9,  5,  34, 9,  6,  8,  6,  22, 22, 18, 22, 25, 27,
                                      22, 22, 10, 8,  6,  5,  21, 24, 19, 23, 19, 2,  3,  2,  19, 15, 15, 15 };
static const unsigned char period[] = { 1, 2, 3, 4, 1, 2, 3, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4,
                                        1, 2, 3, 4, 1, 2, 3, 4, 1, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2,
                                        3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4, 1, 2, 3, 4 };
enum { N_CBPP = 842 };
typedef struct cbpp {
    double y[N_CBPP], x[N_CBPP * 4], weight[N_CBPP];
    size_t first[N_CBPP + 1], effect[N_CBPP], n_levels[1];
    pg_mixed_design design;
} cbpp;

static const cbpp *herds(void)
{
    static cbpp c;
    size_t n = 0;
    for (size_t r = 0; r < sizeof herd; r++)
        for (size_t k = 0; k < size[r]; k++, n++) {
            c.y[n] = k < sick[r] ? 1 : 0;
            for (size_t j = 0; j < 4; j++)
                c.x[n + j * N_CBPP] = j == 0 || period[r] == j + 1 ? 1 : 0;
            c.effect[n] = (size_t)herd[r] - 1;
            c.weight[n] = 1;
            c.first[n + 1] = n + 1;
        }
    assert_int_equal(n, N_CBPP);
    c.n_levels[0] = 15;
    c.design = (pg_mixed_design){ .model = &logit,
                                  .n = N_CBPP,
                                  .n_slopes = 4,
                                  .y = c.y,
                                  .x = c.x,
                                  .n_groups = 1,
                                  .n_levels = c.n_levels,
                                  .first = c.first,
                                  .effect = c.effect,
                                  .weight = c.weight };
    return &c;
}

/* lme4 1.1: glmer(y ~ period + (1 | herd), binomial, nAGQ = 0, control = glmerControl(tolPwrss = 1e-13)): its deviance
 * at theta 0.5 and 1, and at its optimum, with the estimates there. */
static void likelihood_at_given_variances_is_that_of_lme4(void **state)
{
    pgdp_ctx *ctx = *state;
    static const double theta[] = { 0.5, 1, 0.64181509650823 };
    static const double deviance[] = { 555.808555801817, 557.674464482023, 555.059910313953 };
    pg_arena arena;
    pg_mixed m = { 0 };
    pg_arena_init(&arena, &ctx->allocator);
    for (size_t i = 0; i < 3; i++) {
        assert_ok(ctx, pg_mixed_fit(ctx, &arena, &herds()->design, &(double){ theta[i] * theta[i] }, 0, &m));
        assert_close(-2 * m.laplace, deviance[i], 0, 1e-6);
    }
    static const double slopes[] = { -1.360471759796561, -0.976177466214277, -1.111076888723686, -1.559680510244225 };
    static const double effects[] = { 0.556918863756542, -0.329484056844970, 0.368973590158803 };
    for (size_t j = 0; j < 4; j++)
        assert_close(m.slopes[j], slopes[j], 0, 1e-8);
    for (size_t j = 0; j < 3; j++)
        assert_close(m.effects[j], effects[j], 0, 1e-8);
    pg_arena_free(&arena);
}

/* mgcv 1.8: bam(y ~ period + s(herd, bs = "re"), binomial, method = "fREML", control = gam.control(epsilon = 1e-14)).
 */
static void variance_by_reml_is_that_of_mgcv(void **state)
{
    pgdp_ctx *ctx = *state;
    static const double slopes[] = { -1.363396492582402, -0.973089262552161, -1.108080896802909, -1.556156556356316 };
    pg_arena arena;
    pg_mixed m = { 0 };
    pg_arena_init(&arena, &ctx->allocator);
    assert_ok(ctx, pg_mixed_fit(ctx, &arena, &herds()->design, NULL, 200, &m));
    assert_true(m.converged);
    assert_close(sqrt(m.variance[0]), 0.659369316975065, 1e-5, 0);
    for (size_t j = 0; j < 4; j++)
        assert_close(m.slopes[j], slopes[j], 0, 1e-5);
    pg_arena_free(&arena);
}

/* An ordered logit with two crossed groups and one that nests in the second; a row stands in one to three levels of the
 * first, with weights. */
enum { ROWS = 12000, A = 200, B = 150, C = 30, CUTS = 2 };
typedef struct crossed {
    double y[ROWS], x[ROWS], weight[5 * ROWS], effect_of[A + B + C];
    size_t first[ROWS + 1], effect[5 * ROWS];
} crossed;
static const double sd_of[] = { 1.1, 0.5, 0.8 };
static const double true_cuts[] = { -0.7, 1.3 };

static void draw_crossed(uint32_t replicate, crossed *c)
{
    pg_random r = pg_random_stream(17, "crossed", replicate);
    for (size_t j = 0; j < A + B + C; j++)
        c->effect_of[j] = sd_of[j < A ? 0 : j < A + B ? 1 : 2] * pg_random_normal(&r);
    size_t at = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const size_t n_a = 1 + pg_random_index(&r, 3), b = pg_random_index(&r, B);
        for (size_t k = 0; k < n_a; k++, at++) {
            c->effect[at] = (i + k * 37 + pg_random_index(&r, 3)) % A;
            c->weight[at] = 1 / (double)n_a;
        }
        c->effect[at] = A + b;
        c->weight[at++] = 1;
        c->effect[at] = A + B + b % C;
        c->weight[at++] = 1;
        c->first[i + 1] = at;
        c->x[i] = pg_random_normal(&r);
        double eta = 0.6 * c->x[i];
        for (size_t e = c->first[i]; e < at; e++)
            eta += c->weight[e] * c->effect_of[c->effect[e]];
        const double u = pg_random_uniform(&r);
        c->y[i] = (u > pg_logistic(true_cuts[0] - eta) ? 1 : 0) + (u > pg_logistic(true_cuts[1] - eta) ? 1 : 0);
    }
}

static pg_mixed_design design_of(const crossed *c)
{
    static const size_t n_levels[] = { A, B, C };
    return (pg_mixed_design){ .model = &pg_ologit_model,
                              .n_cuts = CUTS,
                              .start_cuts = true_cuts,
                              .n = ROWS,
                              .n_slopes = 1,
                              .y = c->y,
                              .x = c->x,
                              .n_groups = 3,
                              .n_levels = n_levels,
                              .first = c->first,
                              .effect = c->effect,
                              .weight = c->weight };
}

static void known_variances_are_recovered_and_intervals_of_effects_cover(void **state)
{
    pgdp_ctx *ctx = *state;
    static crossed c;
    pg_arena arena;
    pg_mixed m = { 0 };
    pg_arena_init(&arena, &ctx->allocator);
    draw_crossed(1, &c);
    const pg_mixed_design d = design_of(&c);
    assert_ok(ctx, pg_mixed_fit(ctx, &arena, &d, NULL, 100, &m));
    assert_true(m.converged);
    const double n[] = { A, B, C };
    double covered = 0, g[A + B + C + 1 + CUTS], work[2 * (A + B + C + 1 + CUTS)];
    for (size_t k = 0; k < 3;
         k++) /* four standard errors of a standard deviation that is seen without noise, and more */
        assert_close(sqrt(m.variance[k]), sd_of[k], 0, sd_of[k] * (4 / sqrt(2 * n[k]) + 0.02));
    assert_close(m.slopes[0], 0.6, 0, 0.08);
    for (size_t j = 0; j < A; j++) {
        for (size_t k = 0; k < A + B + C + 1 + CUTS; k++)
            g[k] = k == j ? 1 : 0;
        covered += fabs(m.effects[j] - c.effect_of[j]) < 1.959964 * sqrt(pg_mixed_variance(&m, g, work)) ? 1 : 0;
    }
    assert_close(covered / A, 0.95, 0, 4 * sqrt(0.95 * 0.05 / A));
    pg_arena_free(&arena);
}

static void draws_have_the_covariance_that_is_told(void **state)
{
    pgdp_ctx *ctx = *state;
    enum { DRAWS = 4000, TERMS = 15 + 4 };
    pg_arena arena;
    pg_mixed m = { 0 };
    pg_arena_init(&arena, &ctx->allocator);
    assert_ok(ctx, pg_mixed_fit(ctx, &arena, &herds()->design, NULL, 50, &m));
    double g[TERMS], told[TERMS], z[TERMS], work[2 * TERMS], sum = 0, squares = 0, mean = 0;
    for (size_t j = 0; j < TERMS; j++) {
        told[j] = g[j] = cos((double)j);
        mean += g[j] * (j < 15 ? m.effects[j] : m.slopes[j - 15]);
    }
    const double variance = pg_mixed_variance(&m, g, work);
    for (uint32_t d = 0; d < DRAWS; d++) {
        pg_random r = pg_random_stream(5, "draws", d);
        double value = 0;
        for (size_t j = 0; j < TERMS; j++)
            z[j] = pg_random_normal(&r);
        pg_mixed_draw(&m, z, work);
        for (size_t j = 0; j < TERMS; j++)
            value += told[j] * z[j];
        sum += value - mean;
        squares += (value - mean) * (value - mean);
    }
    assert_close(sum / DRAWS, 0, 0, 4 * sqrt(variance / DRAWS));
    assert_close(squares / DRAWS, variance, 4 * sqrt(2.0 / DRAWS), 0);
    pg_arena_free(&arena);
}

/* The sparse inverse against unit vectors. */
static void selected_inverse_is_the_diagonal_of_the_inverse(void **state)
{
    pgdp_ctx *ctx = *state;
    static crossed c;
    pg_arena arena;
    pg_mixed m = { 0 };
    pg_arena_init(&arena, &ctx->allocator);
    draw_crossed(2, &c);
    pg_mixed_design d = design_of(&c);
    d.n = 900;
    assert_ok(ctx, pg_mixed_fit(ctx, &arena, &d, (const double[]){ 1, 0.3, 0.5 }, 0, &m));
    double diagonal[A + B + C], unit[A + B + C], work[A + B + C];
    assert_ok(ctx, pg_sparse_inverse_diagonal(ctx, &m.system, diagonal));
    for (size_t j = 0; j < A + B + C; j++) {
        for (size_t i = 0; i < A + B + C; i++)
            unit[i] = i == j ? 1 : 0;
        pg_sparse_solve(&m.system, unit, 1, work);
        assert_close(diagonal[j], unit[j], 1e-11, 0);
    }
    pg_arena_free(&arena);
}

static pgdp_status fit_herds(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pg_arena arena;
    pg_mixed m = { 0 };
    pg_arena_init(&arena, &ctx->allocator);
    const pgdp_status status = pg_mixed_fit(ctx, &arena, &herds()->design, NULL, 3, &m);
    pg_arena_free(&arena);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(fit_herds, NULL) >= 3);
}

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(likelihood_at_given_variances_is_that_of_lme4),
        cmocka_unit_test(variance_by_reml_is_that_of_mgcv),
        cmocka_unit_test(known_variances_are_recovered_and_intervals_of_effects_cover),
        cmocka_unit_test(draws_have_the_covariance_that_is_told),
        cmocka_unit_test(selected_inverse_is_the_diagonal_of_the_inverse),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
