/* test_estimators.c  What every estimator of the list must do: its words, what it refuses, options, memory, threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/number.h"
#include "core/text.h"
#include "tests/support/context.h"
#include "tests/support/designs.h"

#include <ctype.h>
#include <math.h>
#include <string.h>

/* Four digits of a year after 1700 in parentheses. */
static bool has_year(const char *source)
{
    for (const char *at = strchr(source, '('); at != NULL; at = strchr(at + 1, '('))
        if ((at[1] == '1' || at[1] == '2') && isdigit(at[2]) && isdigit(at[3]) && isdigit(at[4]) &&
            (at[5] == ')' || at[5] == ',' || at[5] == ';'))
            return true;
    return false;
}

static void check_words(const char *name, const char *title, const char *source)
{
    assert_non_null(name);
    assert_non_null(title);
    assert_non_null(source);
    assert_true(strlen(name) > 1 && strlen(title) > 4);
    if (!has_year(source)) fail_msg("%s: source without a year: %s", name, source);
}

/** Settings that must be stated: their default is outside their range. */
static bool is_required(const char *name, const char *option)
{
    return pg_streq(name, "conley") && pg_streq(option, "km");
}

static void check_options(const char *name, const pgdp_option *options, size_t size)
{
    for (const pgdp_option *o = options; o != NULL && o->name != NULL; o++) {
        size_t n_choices = 0;
        if (o->help == NULL || strlen(o->help) < 6) fail_msg("%s: option %s has no help", name, o->name);
        assert_true(o->offset < size);
        for (const pgdp_option *p = options; p < o; p++)
            assert_string_not_equal(o->name, p->name);
        for (; o->kind == PGDP_OPTION_CHOICE && o->choices[n_choices] != NULL; n_choices++)
            assert_true(strlen(o->choices[n_choices]) > 0);
        if (o->kind == PGDP_OPTION_CHOICE)
            assert_true(n_choices > 1 && o->initial >= 0 && o->initial < (double)n_choices);
        else
            assert_true(o->lo < o->hi &&
                        (is_required(name, o->name) ? o->initial < o->lo : o->lo <= o->initial && o->initial <= o->hi));
    }
}

static void every_entry_is_documented_and_named_once(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        check_words(e->name, e->title, e->source);
        check_options(e->name, e->options, e->options_size);
        assert_non_null(e->options);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(e->name, pgdp_estimator_at(j)->name);
    }
    for (size_t i = 0; pgdp_vcov_at(i) != NULL; i++) {
        const pgdp_vcov *v = pgdp_vcov_at(i);
        check_words(v->name, v->title, v->source);
        check_options(v->name, v->options, v->options_size);
        for (size_t j = 0; j < i; j++)
            assert_string_not_equal(v->name, pgdp_vcov_at(j)->name);
    }
}

/* Methods whose estimates are not normal have no other covariance. */
static const char *vcov_of(const pgdp_estimator *e)
{
    return pg_streq(e->name, "lasso") || pg_streq(e->name, "enet") ? "none" : "iid";
}

static pgdp_status try_fit(const pgdp_estimator *e, const pgdp_design *d, const pgdp_setting *settings)
{
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(ctx, e->name, vcov_of(e), d, settings, &fit);
    pgdp_fit_free(fit);
    return status;
}

/* One case that the method must refuse so, in a sentence that holds the part. @return 1 and a line when it does not */
static size_t refuses(const pgdp_estimator *e, const pgdp_design *d, pgdp_status want, const char *part)
{
    const pgdp_status got = try_fit(e, d, NULL);
    const char *said = got == PGDP_OK ? "works" : pgdp_ctx_error(ctx);
    if (got == want && strstr(said, part) != NULL) return 0;
    print_error("%s: expected \"%s\" with \"%s\", found \"%s\": %s\n", e->name, pgdp_status_text(want), part,
                pgdp_status_text(got), said);
    return 1;
}

static const double not_numbers[] = { (double)NAN, (double)INFINITY, -(double)INFINITY };

static size_t refuses_what_is_not_finite(const pgdp_estimator *e, pgt_design *t)
{
    const size_t n = t->d.y.n;
    size_t wrong = 0;
    for (size_t i = 0; i < 3; i++) {
        double *const cells[] = { t->y + 8, t->x + 3 * n + 8, t->roles->z + n + 8 };
        static const char *const parts[] = { "outcome", "x3", "z2" };
        const bool applies[] = { true, !e->nonlinear, e->instrumental };
        for (size_t c = 0; c < 3; c++) {
            const double kept = *cells[c];
            *cells[c] = not_numbers[i];
            if (applies[c]) wrong += refuses(e, &t->d, PGDP_BAD_ARGUMENT, parts[c]);
            *cells[c] = kept;
        }
    }
    return wrong;
}

/* A method without weights says so. */
static size_t refuses_bad_weights(const pgdp_estimator *e, pgt_design *t)
{
    static const double bad[] = { (double)NAN, (double)INFINITY, 0, -2.5, 1.5 };
    const double kept = t->w[8];
    size_t wrong = 0;
    pgdp_design d = t->d;
    d.weights = (pgdp_vec){ t->w, d.y.n };
    for (size_t i = 0; i < 5; i++) {
        d.weight_kind = i == 4 ? PGDP_FREQUENCY : PGDP_ANALYTIC; /* 1.5 rows are none */
        t->w[8] = bad[i];
        wrong += refuses(e, &d, PGDP_BAD_ARGUMENT, "weight");
    }
    t->w[8] = kept;
    d.weights.n--;
    wrong += refuses(e, &d, PGDP_SHAPE_MISMATCH, "weights");
    d = t->d;
    d.y.n--;
    return wrong + refuses(e, &d, PGDP_SHAPE_MISMATCH, "rows");
}

static size_t refuses_too_few_rows(const pgdp_estimator *e, const pgt_design *t)
{
    size_t wrong = 0;
    for (size_t n = 0; n < 4; n++) {
        pgdp_design d = t->d;
        d.y.n = d.x.n_rows = n;
        d.z.n_rows = d.z.n_cols > 0 ? n : 0;
        wrong += refuses(e, &d, PGDP_TOO_FEW_OBS, "too few");
    }
    return wrong;
}

/* x3 = 3 x2, here among columns that are of the same kind. */
static size_t refuses_collinear_terms(const pgdp_estimator *e, pgt_design *t)
{
    const size_t n = t->d.y.n;
    const bool penalised = pgt_settings_for(e) != NULL;
    if (penalised) return 0; /* a penalty tells them apart */
    for (size_t i = 0; i < n; i++)
        t->x[i + 3 * n] = 3 * t->x[i + 2 * n];
    return refuses(e, &t->d, PGDP_RANK_DEFICIENT, e->nonlinear ? "b3" : "x3");
}

static void every_estimator_refuses_bad_designs_with_the_documented_status(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = pgt_design_for(e, 200);
        assert_ok(ctx, try_fit(e, &t.d, NULL));
        wrong += refuses_what_is_not_finite(e, &t);
        wrong += refuses_bad_weights(e, &t);
        wrong += refuses_too_few_rows(e, &t);
        wrong += refuses_collinear_terms(e, &t);
        pgt_design_free(&t);
        t = pgt_design_for(e, 200);
        pgt_use_effect(&t);
        if (e->absorb == PGDP_ABSORB_NEVER) wrong += refuses(e, &t.d, PGDP_BAD_ARGUMENT, e->name);
        pgt_design_free(&t);
    }
    assert_int_equal(wrong, 0);
}

static void every_estimator_says_what_its_design_lacks(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = pgt_design_for(e, 200);
        pgdp_design d = t.d;
        d.entity = NULL;
        d.period = NULL;
        if (e->panel) wrong += refuses(e, &d, PGDP_BAD_ARGUMENT, "panel");
        const int32_t kept = t.roles->period[2];
        t.roles->period[2] = t.roles->period[1]; /* a period twice in an entity, which is all the same to within */
        if (e->panel && !pg_streq(e->name, "within")) wrong += refuses(e, &t.d, PGDP_BAD_ARGUMENT, "period");
        t.roles->period[2] = kept;
        d = t.d;
        d.n_endogenous = 0;
        d.z.n_cols = 0;
        if (e->instrumental) wrong += refuses(e, &d, PGDP_BAD_ARGUMENT, "instrument");
        d = t.d;
        d.z.n_cols = 1; /* for two endogenous terms */
        if (e->instrumental) wrong += refuses(e, &d, PGDP_BAD_ARGUMENT, "under-identified");
        d = t.d;
        d.mean = NULL;
        if (e->nonlinear) wrong += refuses(e, &d, PGDP_BAD_ARGUMENT, "");
        for (size_t row = 0; row < 200; row++)
            t.y[row] = -1.25;
        if (e->likelihood) wrong += refuses(e, &t.d, PGDP_BAD_ARGUMENT, "outcome");
        pgt_design_free(&t);
    }
    assert_int_equal(wrong, 0);
}

static size_t refuses_value(const pgdp_estimator *e, const pgdp_design *d, const char *option, const char *value)
{
    const pgdp_setting settings[] = { { option, value }, { NULL, NULL } };
    const pgdp_status status = try_fit(e, d, settings);
    if (status == PGDP_BAD_ARGUMENT && strstr(pgdp_ctx_error(ctx), option) != NULL) return 0;
    print_error("%s takes %s = %s: %s\n", e->name, option, value, pgdp_status_text(status));
    return 1;
}

static void every_option_refuses_what_is_outside_its_range(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = pgt_design_for(e, 200);
        for (const pgdp_option *o = e->options; o->name != NULL; o++) {
            const double outside[] = { o->lo - 1, 2 * o->hi + 1, (double)NAN, (double)INFINITY };
            for (size_t v = 0; v < 4 && o->kind == PGDP_OPTION_REAL; v++) {
                char text[PG_NUMBER_SIZE];
                pg_number_format(outside[v], text);
                wrong += refuses_value(e, &t.d, o->name, text);
            }
            wrong += refuses_value(e, &t.d, o->name, "nonsense");
            wrong += refuses_value(e, &t.d, o->name, "");
        }
        const pgdp_setting unknown[] = { { "no_such_option", "1" }, { NULL, NULL } };
        assert_status(ctx, try_fit(e, &t.d, unknown), PGDP_NOT_FOUND);
        pgt_design_free(&t);
    }
    assert_int_equal(wrong, 0);
}

/* The ends of a range and every choice give an answer or a sentence, never numbers that are none. */
static size_t check_value(const pgdp_estimator *e, const pgdp_design *d, const char *option, const char *value)
{
    const pgdp_setting settings[] = { { option, value }, { NULL, NULL } };
    pgdp_fit *fit = NULL;
    bool finite = true;
    const pgdp_status status = pgdp_fit_new(ctx, e->name, vcov_of(e), d, settings, &fit);
    for (size_t j = 0; fit != NULL && j < pgdp_fit_n_terms(fit); j++)
        finite = finite && isfinite(pgdp_fit_estimate(fit).x[j]);
    pgdp_fit_free(fit);
    const bool said = status == PGDP_OK || (status != PGDP_NO_MEMORY && strlen(pgdp_ctx_error(ctx)) > 10);
    if (said && finite) return 0;
    print_error("%s with %s = %s gives %s\n", e->name, option, value, finite ? "no sentence" : "no numbers");
    return 1;
}

static void the_ends_of_every_range_and_every_choice_give_numbers_or_a_sentence(void **state)
{
    (void)state;
    size_t wrong = 0;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        pgt_design t = pgt_design_for(e, 200);
        for (const pgdp_option *o = e->options; o->name != NULL; o++) {
            for (size_t c = 0; o->kind == PGDP_OPTION_CHOICE && o->choices[c] != NULL; c++)
                wrong += check_value(e, &t.d, o->name, o->choices[c]);
            const double ends[] = { o->lo, o->hi, (o->lo + o->initial) / 2 };
            for (size_t v = 0; v < 3 && o->kind == PGDP_OPTION_REAL; v++) {
                char text[PG_NUMBER_SIZE];
                pg_number_format(ends[v], text);
                wrong += check_value(e, &t.d, o->name, text);
            }
        }
        pgt_design_free(&t);
    }
    assert_int_equal(wrong, 0);
}

static pgdp_status fit_alone(pgdp_ctx *own, void *user)
{
    const pgdp_estimator *e = ((const void *const *)user)[0];
    const pgdp_design *d = ((const void *const *)user)[1];
    pgdp_fit *fit = NULL;
    const pgdp_status status = pgdp_fit_new(own, e->name, vcov_of(e), d, pgt_settings_for(e), &fit);
    pgdp_fit_free(fit);
    return status;
}

static void every_allocation_of_every_estimator_may_fail(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (int absorbed = 0; absorbed <= (e->absorb != PGDP_ABSORB_NEVER); absorbed++) {
            pgt_design t = pgt_design_for(e, 1500);
            if (absorbed) pgt_use_effect(&t);
            const void *user[] = { e, &t.d };
            assert_true(pgt_fail_every_allocation(fit_alone, user) > 3);
            pgt_design_free(&t);
        }
    }
}

static void every_estimator_has_the_same_bits_for_any_number_of_threads(void **state)
{
    (void)state;
    for (size_t i = 0; pgdp_estimator_at(i) != NULL; i++) {
        const pgdp_estimator *e = pgdp_estimator_at(i);
        for (int absorbed = 0; absorbed <= (e->absorb != PGDP_ABSORB_NEVER); absorbed++) {
            pgt_design t = pgt_design_for(e, 5000);
            pgdp_fit *fits[3];
            if (absorbed) pgt_use_effect(&t);
            for (size_t m = 0; m < 3; m++) {
                pgdp_ctx_set_threads(ctx, (size_t)1 << m);
                assert_ok(ctx, pgdp_fit_new(ctx, e->name, vcov_of(e), &t.d, NULL, &fits[m]));
                const size_t k = pgdp_fit_n_terms(fits[0]);
                assert_memory_equal(pgdp_fit_estimate(fits[m]).x, pgdp_fit_estimate(fits[0]).x, k * sizeof(double));
                assert_memory_equal(pgdp_fit_vcov(fits[m]).x, pgdp_fit_vcov(fits[0]).x, k * k * sizeof(double));
                const pgdp_glance a = pgdp_fit_glance(fits[0]), b = pgdp_fit_glance(fits[m]);
                assert_memory_equal(&a, &b, sizeof a);
            }
            for (size_t m = 0; m < 3; m++)
                pgdp_fit_free(fits[m]);
            pgt_design_free(&t);
        }
    }
    pgdp_ctx_set_threads(ctx, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_entry_is_documented_and_named_once),
        cmocka_unit_test(every_estimator_refuses_bad_designs_with_the_documented_status),
        cmocka_unit_test(every_estimator_says_what_its_design_lacks),
        cmocka_unit_test(every_option_refuses_what_is_outside_its_range),
        cmocka_unit_test(the_ends_of_every_range_and_every_choice_give_numbers_or_a_sentence),
        cmocka_unit_test(every_allocation_of_every_estimator_may_fail),
        cmocka_unit_test(every_estimator_has_the_same_bits_for_any_number_of_threads),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
