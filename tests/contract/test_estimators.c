/* test_estimators.c  What every entry of the lists of estimators and covariances must do.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "tests/support/designs.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

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

static void check_words(const char *name, const char *title, const char *source)
{
    assert_non_null(name);
    assert_non_null(title);
    assert_non_null(source);
    assert_true(strlen(name) > 0 && strlen(title) > 5);
    assert_non_null(strchr(source, '(')); /* a year in parentheses */
}

static void check_options(const pgdp_option *options, size_t size)
{
    for (const pgdp_option *o = options; o != NULL && o->name != NULL; o++) {
        assert_true(o->help != NULL && strlen(o->help) > 5);
        assert_true(o->offset < size);
        if (o->kind != PGDP_OPTION_REAL) continue;
        assert_true(o->lo <= o->initial && o->initial <= o->hi && o->lo < o->hi);
    }
}

static void every_entry_is_documented_and_named_once(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        check_words(e->name, e->title, e->source);
        check_options(e->options, e->options_size);
        assert_non_null(e->options);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(e->name, pgdp_estimator_at(j)->name);
    }
    for (size_t i = 0; pgdp_vcov_at(i) != NULL; i++) {
        const pgdp_vcov *v = pgdp_vcov_at(i);
        check_words(v->name, v->title, v->source);
        check_options(v->options, v->options_size);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(v->name, pgdp_vcov_at(j)->name);
    }
}

/* A design that suits the estimator. */
static pgt_design design_for(const pgdp_estimator *e, size_t n)
{
    pgt_design t = pgt_design_new(n, 4, 71);
    if (e->likelihood) pgt_make_categories(&t, e->ordered && n > 3 ? 3 : 2);
    if (e->ordered) pgt_drop_constant(&t);
    t.d.n_clusterings = 1;
    return t;
}

static pgdp_status try_fit(const pgdp_estimator *e, const char *vcov, const pgdp_design *d,
                           const pgdp_setting *settings)
{
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(ctx, e->name, vcov, d, settings, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_estimator_refuses_bad_designs_with_the_documented_status(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = design_for(e, 200);
        double *const last = t.x + 3 * 200, *const before = t.x + 2 * 200;
        assert_ok(ctx, try_fit(e, "iid", &t.d, NULL));
        const double kept = last[8];
        last[8] = (double)NAN;
        assert_status(ctx, try_fit(e, "iid", &t.d, NULL), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), "x3");
        last[8] = kept;
        pgdp_design d = t.d;
        d.y.n = d.x.n_rows = 0;
        assert_status(ctx, try_fit(e, "iid", &d, NULL), PGDP_TOO_FEW_OBS);
        d.y.n = d.x.n_rows = 1;
        assert_status(ctx, try_fit(e, "iid", &d, NULL), PGDP_TOO_FEW_OBS);
        for (size_t row = 0; row < 200; row++)
            last[row] = 3 * before[row];
        assert_status(ctx, try_fit(e, "iid", &t.d, NULL), PGDP_RANK_DEFICIENT);
        assert_contains(pgdp_ctx_error(ctx), "x3 equals 3 * x2");
        pgt_design_free(&t);
    }
}

static void every_option_refuses_what_is_outside_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = design_for(e, 200);
        for (const pgdp_option *o = e->options; o->name != NULL; o++) {
            const double outside[] = { o->lo - 1, 2 * o->hi, (double)NAN, (double)INFINITY };
            for (size_t v = 0; v < 4; v++) {
                char text[PG_NUMBER_SIZE];
                pg_number_format(outside[v], text);
                const pgdp_setting settings[] = { { o->name, text }, { NULL, NULL } };
                assert_status(ctx, try_fit(e, "iid", &t.d, settings), PGDP_BAD_ARGUMENT);
                assert_contains(pgdp_ctx_error(ctx), o->name);
            }
        }
        pgt_design_free(&t);
    }
}

/* Every pair gives finite, symmetric covariances with variances above 0, or a sentence why it cannot. */
static void every_pair_works_or_says_why_not(void **state)
{
    (void)state;
    size_t n_refused = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = design_for(e, 200);
        for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++) {
            pgdp_fit *fit = NULL;
            const pgdp_status status = pgdp_fit_new(ctx, e->name, pgdp_vcov_at(j)->name, &t.d, NULL, &fit);
            if (status != PGDP_OK) {
                assert_status(ctx, status, PGDP_BAD_ARGUMENT);
                assert_contains(pgdp_ctx_error(ctx), pgdp_vcov_at(j)->name);
                n_refused++;
                continue;
            }
            const pgdp_mat v = pgdp_fit_vcov(fit);
            for (size_t a = 0; a < v.n_cols; a++) {
                assert_true(isfinite(v.x[a + a * v.n_rows]) && v.x[a + a * v.n_rows] > 0);
                for (size_t b = 0; b < a; b++)
                    assert_close(v.x[a + b * v.n_rows], v.x[b + a * v.n_rows], 0, 0);
            }
            assert_true(pgdp_fit_certificate(fit).digits > 4 && pgdp_fit_certificate(fit).solver != NULL);
            assert_true(pgdp_fit_vcov_df(fit) > 0);
            pgdp_fit_free(fit);
        }
        pgt_design_free(&t);
    }
    assert_int_equal(n_refused, 3 * 2); /* HC2 to HC4 of the two likelihoods */
}

typedef struct pair {
    const char *estimator, *vcov;
    const pgdp_design *design;
} pair;

static pgdp_status fit_pair(pgdp_ctx *own, void *user)
{
    const pair *p = user;
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, p->estimator, p->vcov, p->design, NULL, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_allocation_of_every_entry_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = design_for(e, 3000);
        for (size_t j = 0; pgdp_vcov_at(j) != NULL; j++) {
            const bool by_leverage = pg_starts_with(pgdp_vcov_at(j)->name, "HC") && pgdp_vcov_at(j)->name[2] > '1';
            if (e->likelihood && by_leverage) continue;
            pair p = { e->name, pgdp_vcov_at(j)->name, &t.d };
            assert_true(pgt_fail_every_allocation(fit_pair, &p) > 3);
        }
        pgt_design_free(&t);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_documented_and_named_once),
        cmocka_unit_test(every_estimator_refuses_bad_designs_with_the_documented_status),
        cmocka_unit_test(every_option_refuses_what_is_outside_its_range),
        cmocka_unit_test(every_pair_works_or_says_why_not),
        cmocka_unit_test(every_allocation_of_every_entry_may_fail),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
