/* test_diagnostics.c  What every diagnostic of the list must do with every estimator.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "stats/diagnostics.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

enum { N = 240 };

static void every_diagnostic_is_documented_and_named_once(void **state)
{
    (void)state;
    for (size_t i = 0; pg_diagnostic_kind_at(i) != NULL; i++) {
        const pg_diagnostic_kind *k = pg_diagnostic_kind_at(i);
        const char *year = strpbrk(k->source, "(");
        assert_true(strlen(k->name) > 2 && strlen(k->title) > 5 && k->compute != NULL && k->refuses != NULL);
        while (year != NULL && !(isdigit(year[1]) && isdigit(year[2]) && isdigit(year[3]) && isdigit(year[4])))
            year = strpbrk(year + 1, "(");
        if (year == NULL) fail_msg("%s: source without a year: %s", k->name, k->source);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(k->name, pg_diagnostic_kind_at(j)->name);
        for (const pgdp_option *o = k->options; o != NULL && o->name != NULL; o++) {
            assert_true(o->help != NULL && strlen(o->help) > 5 && o->offset < k->options_size);
            if (o->kind == PGDP_OPTION_REAL) assert_true(o->lo <= o->initial && o->initial <= o->hi && o->lo < o->hi);
        }
    }
}

/** A method, a covariance and diagnostics by name. */
typedef struct asked {
    const pgdp_estimator *estimator;
    const char *vcov, *diagnostics;
    const pgdp_design *design;
} asked;

static pgdp_status run(pgdp_ctx *own, const asked *a, pgdp_fit **out)
{
    const pg_fit_request q = { .estimator = a->estimator->name,
                               .vcov = a->vcov,
                               .design = a->design,
                               .settings = pgt_settings_for(a->estimator),
                               .diagnostics = a->diagnostics };
    return pg_fit_run(own, &q, out);
}

static const char *const vcovs[] = { "iid", "HC1", "cluster", "none" };

/* The method's design as the covariance wants it; "none" alone where estimates are not normal. */
static bool suits(const pgdp_estimator *e, const char *vcov, pgt_design *t)
{
    t->d.n_clusterings = pg_streq(vcov, "cluster");
    return pg_streq(vcov, "none") || !(pg_streq(e->name, "lasso") || pg_streq(e->name, "enet"));
}

static bool is_sound(const pgdp_diagnostic *d)
{
    const bool p = isnan(d->p_value) || (d->p_value >= 0 && d->p_value <= 1);
    return p && !isinf(d->statistic) && (isnan(d->df) || d->df > 0) && d->name != NULL && d->title != NULL;
}

static size_t check_named(const asked *a, const char *name)
{
    pgdp_fit *fit = NULL;
    size_t wrong = 0;
    const pgdp_status status = run(ctx, a, &fit);
    if (status != PGDP_OK && strstr(pgdp_ctx_error(ctx), name) == NULL) {
        print_error("%s, %s, %s: %s\n", a->estimator->name, a->vcov, name, pgdp_ctx_error(ctx));
        wrong++;
    }
    if (status == PGDP_OK && pgdp_fit_diagnostic(fit, 0).name == NULL) {
        print_error("%s, %s: %s leaves nothing\n", a->estimator->name, a->vcov, name);
        wrong++;
    }
    for (size_t i = 0; status == PGDP_OK && pgdp_fit_diagnostic(fit, i).name != NULL; i++) {
        const pgdp_diagnostic d = pgdp_fit_diagnostic(fit, i);
        if (is_sound(&d)) continue;
        print_error("%s, %s: %s is %g of df %g, p %g\n", a->estimator->name, a->vcov, d.name, d.statistic, d.df,
                    d.p_value);
        wrong++;
    }
    pgdp_fit_free(fit);
    return wrong;
}

static void every_diagnostic_applies_or_says_why_not(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (size_t v = 0; v < 8; v++) {
            pgt_design t = pgt_design_for(e, N);
            if (v > 3 && e->absorb != PGDP_ABSORB_NEVER) pgt_use_effect(&t);
            for (size_t k = 0; suits(e, vcovs[v % 4], &t) && pg_diagnostic_kind_at(k) != NULL; k++) {
                const asked a = { e, vcovs[v % 4], pg_diagnostic_kind_at(k)->name, &t.d };
                wrong += check_named(&a, a.diagnostics);
            }
            pgt_design_free(&t);
        }
    }
    assert_int_equal(wrong, 0);
}

static void every_option_refuses_what_is_outside_its_range(void **state)
{
    (void)state;
    for (size_t i = 0; pg_diagnostic_kind_at(i) != NULL; i++) {
        const pg_diagnostic_kind *k = pg_diagnostic_kind_at(i);
        for (const pgdp_option *o = k->options; o != NULL && o->name != NULL; o++) {
            const double outside[] = { o->lo - 1, 2 * o->hi + 1 };
            for (size_t v = 0; v < 2 && o->kind == PGDP_OPTION_REAL; v++) {
                bool applied = false;
                for (size_t m = 0; pgdp_estimator_at(m) != NULL && !applied; m++) {
                    pgt_design t = pgt_design_for(pgdp_estimator_at(m), N);
                    pgdp_fit *fit = NULL;
                    if (k->refuses == NULL) break;
                    const char *text = pg_arena_printf(&ctx->scratch, "%s(%s=%.17g)", k->name, o->name, outside[v]);
                    const asked a = { pgdp_estimator_at(m), "none", text, &t.d };
                    assert_status(ctx, run(ctx, &a, &fit), PGDP_BAD_ARGUMENT);
                    applied = strstr(pgdp_ctx_error(ctx), "does not apply") == NULL;
                    if (applied) assert_contains(pgdp_ctx_error(ctx), o->name);
                    pgt_design_free(&t);
                }
                assert_true(applied);
            }
        }
    }
}

/** Diagnostics of rows in time. */
static const char *const of_time[] = { "durbin_watson", "breusch_godfrey", "ljung_box", "arch",
                                       "box_pierce",    "autocorrelation", NULL };

static bool is_of_time(const char *name)
{
    for (size_t i = 0; of_time[i] != NULL; i++)
        if (pg_starts_with(name, of_time[i])) return true;
    return false;
}

static void reorder(const pgdp_estimator *e, pgt_design *t)
{
    (void)e;
    pgt_reorder(t);
}

static void change_unit(const pgdp_estimator *e, pgt_design *t)
{
    (void)e;
    for (size_t i = 0; i < N; i++)
        t->x[i + 3 * N] *= 1e5;
}

/* Statistics of all diagnostics before and after. */
static size_t check_unchanged(const pgdp_estimator *e, const char *vcov, const char *what,
                              void (*alter)(const pgdp_estimator *e, pgt_design *t))
{
    pgt_design s = pgt_design_for(e, N), t = pgt_design_for(e, N);
    pgdp_fit *x = NULL, *y = NULL;
    size_t wrong = 0;
    const bool any = suits(e, vcov, &s) && suits(e, vcov, &t);
    alter(e, &t);
    const asked a = { e, vcov, "all", &s.d }, b = { e, vcov, "all", &t.d };
    if (any) assert_ok(ctx, run(ctx, &a, &x));
    if (any) assert_ok(ctx, run(ctx, &b, &y));
    for (size_t i = 0; any && pgdp_fit_diagnostic(x, i).name != NULL; i++) {
        const pgdp_diagnostic d = pgdp_fit_diagnostic(x, i), f = pgdp_fit_diagnostic(y, i);
        if (f.name == NULL || !pg_streq(d.name, f.name)) fail_msg("%s: %s is gone after %s", e->name, d.name, what);
        if (is_of_time(d.name) || (isnan(d.statistic) && isnan(f.statistic))) continue;
        if (fabs(d.statistic - f.statistic) <= 1e-7 * fabs(d.statistic) + 1e-9) continue;
        print_error("%s, %s after %s: %s is %.12g, was %.12g\n", e->name, vcov, what, d.name, f.statistic, d.statistic);
        wrong++;
    }
    pgdp_fit_free(x);
    pgdp_fit_free(y);
    pgt_design_free(&s);
    pgt_design_free(&t);
    return wrong;
}

static void units_and_order_of_rows_change_no_diagnostic(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++)
        for (size_t v = 0; v < 4; v++) {
            wrong += check_unchanged(pgdp_estimator_at(i), vcovs[v], "another order", reorder);
            wrong += check_unchanged(pgdp_estimator_at(i), vcovs[v], "another unit", change_unit);
        }
    assert_int_equal(wrong, 0);
}

static pgdp_status run_alone(pgdp_ctx *own, void *user)
{
    pgdp_fit *fit = NULL;
    const pgdp_status status = run(own, user, &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_allocation_of_all_diagnostics_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = pgt_design_for(e, N);
        asked a = { e, suits(e, "iid", &t) ? "iid" : "none", "all", &t.d };
        assert_true(pgt_fail_every_allocation(run_alone, &a) > 3);
        pgt_design_free(&t);
    }
}

static void all_diagnostics_have_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = pgt_design_for(e, 3000);
        const asked a = { e, suits(e, "iid", &t) ? "iid" : "none", "all", &t.d };
        pgdp_fit *fits[3] = { NULL, NULL, NULL };
        for (size_t m = 0; m < 3; m++) {
            pgdp_ctx_set_threads(ctx, (size_t)1 << m);
            assert_ok(ctx, run(ctx, &a, &fits[m]));
            for (size_t k = 0; pgdp_fit_diagnostic(fits[0], k).name != NULL; k++) {
                const pgdp_diagnostic x = pgdp_fit_diagnostic(fits[0], k), y = pgdp_fit_diagnostic(fits[m], k);
                assert_memory_equal(&x.statistic, &y.statistic, sizeof(double));
                assert_memory_equal(&x.p_value, &y.p_value, sizeof(double));
            }
        }
        for (size_t m = 0; m < 3; m++)
            pgdp_fit_free(fits[m]);
        pgt_design_free(&t);
    }
    pgdp_ctx_set_threads(ctx, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_diagnostic_is_documented_and_named_once),
        cmocka_unit_test(every_diagnostic_applies_or_says_why_not),
        cmocka_unit_test(every_option_refuses_what_is_outside_its_range),
        cmocka_unit_test(units_and_order_of_rows_change_no_diagnostic),
        cmocka_unit_test(every_allocation_of_all_diagnostics_may_fail),
        cmocka_unit_test(all_diagnostics_have_the_same_bits_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
