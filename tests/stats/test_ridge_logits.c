/* test_ridge_logits.c  One ridge penalty in four logits: where two models are one, their penalised fits are.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>

#include "core/random.h"
#include "pgdp/stats.h"

enum { N = 300, K = 4 };
typedef struct fixture {
    double x[N * K], y[N], thirds[N];
} fixture;

static int set_up(void **state)
{
    static fixture f;
    pg_random r = pg_random_stream(23, "ridge logits", 0);
    for (size_t i = 0; i < N; i++) {
        double eta = 0.4;
        for (size_t j = 0; j < K; j++) {
            f.x[i + j * N] = j + 1 == K ? 1 : (1 + 2.5 * (double)j) * pg_random_normal(&r) + 3;
            eta += j + 1 == K ? 0 : 0.4 * (f.x[i + j * N] - 3) / (double)(j + 1);
        }
        f.y[i] = pg_random_uniform(&r) < 1 / (1 + exp(-eta)) ? 1 : 0;
        f.thirds[i] = (f.y[i] + 2 * floor(2 * pg_random_uniform(&r))) / 3;
    }
    *state = &f;
    return 0;
}

static pgdp_fit *fit(pgdp_ctx *ctx, const fixture *f, const double *y, const char *estimator, const char *lambda)
{
    static const char *const terms[] = { "a", "b", "c", "(Intercept)" };
    const pgdp_setting settings[] = { { "lambda", lambda }, { NULL, NULL } };
    const pgdp_design design = { .y = { y, N }, .x = { f->x, N, K }, .terms = terms, .constant = K - 1 };
    pgdp_fit *out = NULL;
    assert_ok(ctx, pgdp_fit_new(ctx, estimator, "HC0", &design, settings, &out));
    return out;
}

static void penalised_logits_of_a_binary_outcome_are_one(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    static const char *const others[] = { "fraclogit", "mlogit" }, *const lambdas[] = { "0.7", "45" };
    for (size_t l = 0; l < 2; l++) {
        pgdp_fit *logit = fit(ctx, f, f->y, "logit", lambdas[l]);
        for (size_t o = 0; o < 2; o++) {
            pgdp_fit *other = fit(ctx, f, f->y, others[o], lambdas[l]);
            for (size_t j = 0; j < K; j++) {
                assert_close(pgdp_fit_estimate(other).x[j], pgdp_fit_estimate(logit).x[j], 1e-9, 1e-12);
                assert_close(pgdp_fit_vcov(other).x[j * (K + 1)], pgdp_fit_vcov(logit).x[j * (K + 1)], 1e-8, 0);
            }
            pgdp_fit_free(other);
        }
        pgdp_fit_free(logit);
    }
    pgdp_ctx_free(ctx);
}

/* The score at the maximum is the penalty's: sum (y - F) x_j = lambda var(x_j) b_j, and nothing for the constant. */
static void fractional_score_is_that_of_the_penalty(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_fit *fractional = fit(ctx, f, f->thirds, "fraclogit", "12");
    const double *b = pgdp_fit_estimate(fractional).x;
    for (size_t j = 0; j < K; j++) {
        double score = 0, mean = 0, squares = 0;
        for (size_t i = 0; i < N; i++) {
            double eta = 0;
            for (size_t k = 0; k < K; k++)
                eta += b[k] * f->x[i + k * N];
            score += (f->thirds[i] - 1 / (1 + exp(-eta))) * f->x[i + j * N];
            mean += f->x[i + j * N] / N;
            squares += f->x[i + j * N] * f->x[i + j * N] / N;
        }
        assert_close(score, j + 1 == K ? 0 : 12 * (squares - mean * mean) * b[j], 1e-9, 1e-9);
    }
    pgdp_fit_free(fractional);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(penalised_logits_of_a_binary_outcome_are_one),
        cmocka_unit_test(fractional_score_is_that_of_the_penalty),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
