/* test_resample_ranks.c  Resampling covariances spread over ranks give the bits of one process, and its failures.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/fit.h"
#include "tests/support/designs.h"
#include "tests/support/ranks.h"
#include "tests/support/support.h"

#include <string.h>

enum { N = 150, K = 3 };

typedef struct task {
    const char *method, *vcov;
    const pgdp_design *design;
    const pgdp_fit *want; /* of one process; NULL: it fails */
    const char *sentence;
} task;

static void fit_on_rank(pgdp_ctx *ctx, void *user)
{
    const task *t = user;
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(ctx, t->method, t->vcov, t->design, NULL, &fit);
    if (t->want == NULL) {
        assert_true(status != PGDP_OK);
        assert_string_equal(pgdp_ctx_error(ctx), t->sentence);
        return;
    }
    assert_ok(ctx, status);
    assert_int_equal(fit->n_factors, t->want->n_factors);
    assert_memory_equal(fit->vcov, t->want->vcov, K * K * sizeof(double));
    const double *const got[] = { fit->p_value, fit->conf_low, fit->conf_high };
    const double *const want[] = { t->want->p_value, t->want->conf_low, t->want->conf_high };
    for (size_t i = 0; i < 3; i++) {
        assert_int_equal(got[i] == NULL, want[i] == NULL);
        if (got[i] != NULL) assert_memory_equal(got[i], want[i], K * sizeof(double));
    }
    pgdp_fit_free(fit);
}

static void any_number_of_ranks_gives_the_same_bits(void **state)
{
    (void)state;
    static const struct {
        const char *method, *vcov;
        size_t n_clusterings;
    } table[] = {
        { "ols", "bootstrap(B=199, interval=percentile)", 0 },
        { "ols", "bootstrap(B=99)", 1 },
        { "ols", "bootstrap(B=70, kind=residual)", 0 },
        { "ols", "bootstrap(B=29, kind=block)", 0 },
        { "logit", "bootstrap(B=29)", 0 },
        { "logit", "jackknife", 1 },
        { "ols", "wild(B=999)", 1 },
        { "ols", "ri(B=99)", 0 },
        { "logit", "ri(B=29, statistic=estimate)", 0 },
    };
    for (size_t i = 0; i < sizeof table / sizeof *table; i++) {
        pgt_design d = pgt_design_new(N, K, 41);
        const double *columns[] = { d.x + N };
        d.d.columns = columns;
        d.d.n_columns = 1;
        d.d.n_clusterings = table[i].n_clusterings;
        if (strcmp(table[i].method, "logit") == 0) pgt_make_categories(&d, 2);
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pgdp_fit *one = NULL;
        assert_ok(ctx, pgdp_fit_new(ctx, table[i].method, table[i].vcov, &d.d, NULL, &one));
        task t = { .method = table[i].method, .vcov = table[i].vcov, .design = &d.d, .want = one };
        for (size_t n_ranks = 2; n_ranks <= 4; n_ranks++)
            pgt_run_ranks(n_ranks, n_ranks == 3 ? 2 : 1, fit_on_rank, &t);
        pgdp_fit_free(one);
        pgdp_ctx_free(ctx);
        pgt_design_free(&d);
    }
}

/* The category of a logit that one cluster alone has: left out, the estimate is gone. */
static void a_refit_that_fails_on_one_rank_fails_on_all(void **state)
{
    (void)state;
    pgt_design d = pgt_design_new(N, K, 41);
    size_t *cluster = d.cluster;
    for (size_t i = 0; i < N; i++) {
        cluster[i] = i % 17;
        d.y[i] = cluster[i] == 16 && i % 2 == 0;
    }
    d.d.n_clusterings = 1;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_fit *none = NULL;
    assert_true(pgdp_fit_new(ctx, "logit", "jackknife", &d.d, NULL, &none) != PGDP_OK);
    assert_contains(pgdp_ctx_error(ctx), "without cluster 17");
    task t = { .method = "logit", .vcov = "jackknife", .design = &d.d, .sentence = pgdp_ctx_error(ctx) };
    for (size_t n_ranks = 2; n_ranks <= 4; n_ranks++)
        pgt_run_ranks(n_ranks, 1, fit_on_rank, &t);
    pgdp_ctx_free(ctx);
    pgt_design_free(&d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(any_number_of_ranks_gives_the_same_bits),
        cmocka_unit_test(a_refit_that_fails_on_one_rank_fails_on_all),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
