/* test_event_study.c  Event studies: what is known of made-up panels, whatever the noise.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "pgdp/event_study.h"
#include "tests/support/context.h"

#include <math.h>
#include <string.h>

/** How a panel of 40 entities and 12 years is made. */
typedef struct recipe {
    bool never;          /**< every fourth entity is never treated */
    double anticipation; /**< effect two and three years before */
    double noise;        /**< standard deviation of errors */
    bool periods;        /**< time as annual periods */
} recipe;

/** Effects: 1.5 + 0.25 times the years since treatment, from the year on. */
static double effect_of(const recipe *how, int32_t relative)
{
    if (relative == -2 || relative == -3) return how->anticipation;
    return relative < 0 ? 0 : 1.5 + 0.25 * relative;
}

static pgdp_frame *made(pgdp_ctx *own, const recipe *how)
{
    static const char *const names[] = { "county", "y", "x", "start", "year" };
    pg_random r = pg_random_stream(7, "event_study", 0);
    pgdp_frame *f = NULL;
    assert_ok(own, pgdp_frame_new(own, &f));
    for (size_t c = 0; c < 5; c++) {
        const pgdp_column about = { .name = names[c],
                                    .type = c == 4 && how->periods ? PGDP_PERIOD : PGDP_REAL,
                                    .frequency = c == 4 && how->periods ? PGDP_ANNUAL : PGDP_NO_FREQUENCY };
        size_t index;
        assert_ok(own, pgdp_frame_add_column(own, f, &about, &index));
    }
    for (int32_t i = 0; i < 40; i++) {
        const bool never = how->never && i % 4 == 0;
        const int32_t start = i % 3 == 2 ? 2007 : 2004 + i % 3;
        const double level = 3 * pg_random_normal(&r);
        for (int32_t year = 2000; year < 2012; year++) {
            const double x = pg_random_normal(&r), e = pg_random_normal(&r);
            assert_ok(own, pgdp_frame_add_row(own, f));
            pgdp_frame_set_real(f, 0, i);
            pgdp_frame_set_real(f, 1,
                                level + 0.3 * (year - 2000) * (year - 2001) + 0.75 * x + how->noise * e +
                                    (never ? 0 : effect_of(how, year - start)));
            pgdp_frame_set_real(f, 2, x);
            pgdp_frame_set_real(f, 3, never ? (double)NAN : start);
            if (how->periods)
                pgdp_frame_set_period(f, 4, year - 1970);
            else
                pgdp_frame_set_real(f, 4, year);
        }
    }
    return f;
}

static const pgdp_event_study_request plain = { .outcome = "y",
                                                .entity = "county",
                                                .time = "year",
                                                .first_treated = "start",
                                                .controls = "x",
                                                .reference = -1,
                                                .vcov = "cluster(county)" };

static pgdp_event_study_result study_of(const recipe *how, const pgdp_event_study_request *q)
{
    pgdp_event_study_result out = { .regression = NULL };
    pgdp_frame *f = made(ctx, how);
    assert_ok(ctx, pgdp_event_study(ctx, f, q, &out));
    pgdp_frame_free(f);
    return out;
}

/** Estimate of a relative period; NaN: it is not among the terms. */
static double effect(const pgdp_event_study_result *s, const char *relative)
{
    const pgdp_fit *fit = pgdp_regression_fit(s->regression);
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++) {
        const char *name = pgdp_fit_term(fit, j), *colons = strstr(name, "::");
        if (pg_streq(colons == NULL ? name : colons + 2, relative)) return pgdp_fit_estimate(fit).x[j];
    }
    return (double)NAN;
}

static void effects_without_noise_are_found_exactly(void **state)
{
    (void)state;
    const recipe how = { .never = true };
    pgdp_event_study_request q = plain;
    q.vcov = "iid";
    const pgdp_event_study_result s = study_of(&how, &q);
    assert_close(effect(&s, "0"), 1.5, 1e-11, 0);
    assert_close(effect(&s, "3"), 2.25, 1e-11, 0);
    assert_close(effect(&s, "-4"), 0, 0, 1e-11);
    assert_close(effect(&s, "x"), 0.75, 1e-11, 0);
    assert_true(isnan(effect(&s, "-1")));
    assert_int_equal(s.n_leads, 6); /* -7 ... -2 */
    assert_int_equal(s.second_reference, -1);
    pgdp_regression_free(s.regression);
}

static void leads_are_rejected_where_they_are_and_not_elsewhere(void **state)
{
    (void)state;
    const recipe calm = { .never = true, .noise = 0.5 }, ahead = { .never = true, .noise = 0.5, .anticipation = 1 };
    const pgdp_event_study_result a = study_of(&calm, &plain), b = study_of(&ahead, &plain);
    assert_true(a.p_value > 0.01 && b.p_value < 1e-6);
    assert_close(a.df, 6, 0, 0);
    assert_close(a.df2, 39, 0, 0);
    assert_close(a.p_value, pgdp_f_upper(a.statistic, 6, 39), 1e-15, 0);
    pgdp_regression_free(a.regression);
    pgdp_regression_free(b.regression);
}

/** With nobody untreated a line in relative time is entity plus period: the earliest lead is a second reference. */
static void without_untreated_entities_the_earliest_lead_is_zero_too(void **state)
{
    (void)state;
    const recipe how = { .never = false };
    pgdp_event_study_request q = plain;
    q.vcov = "iid";
    const pgdp_event_study_result s = study_of(&how, &q);
    assert_int_equal(s.second_reference, -7);
    assert_close(effect(&s, "0"), 1.5, 1e-10, 0);
    assert_close(effect(&s, "-5"), 0, 0, 1e-10);
    assert_int_equal(s.n_leads, 5);
    pgdp_regression_free(s.regression);
}

static void windows_bin_or_leave_out(void **state)
{
    (void)state;
    const recipe how = { .never = true, .noise = 0.5 };
    pgdp_event_study_request q = plain;
    q.first = -3;
    q.last = 4;
    const pgdp_event_study_result open = study_of(&how, &q);
    q.bin = true;
    const pgdp_event_study_result binned = study_of(&how, &q);
    assert_int_equal(binned.n_leads, 2);
    assert_int_equal(open.n_leads, 2);
    assert_close(pgdp_fit_glance(pgdp_regression_fit(binned.regression)).nobs, 480, 0, 0);
    assert_true(pgdp_fit_glance(pgdp_regression_fit(open.regression)).nobs < 480);
    assert_true(isnan(effect(&binned, "5")) && !isnan(effect(&binned, "4")));
    pgdp_regression_free(open.regression);
    pgdp_regression_free(binned.regression);
}

/** Annual periods beside years as numbers, and the same by hand: y ~ i(rel, ref = -1) + x | county + year. */
static void periods_and_numbers_give_one_answer(void **state)
{
    (void)state;
    const recipe numbers = { .never = true, .noise = 0.5 }, periods = { .never = true, .noise = 0.5, .periods = true };
    const pgdp_event_study_result a = study_of(&numbers, &plain), b = study_of(&periods, &plain);
    const pgdp_fit *fa = pgdp_regression_fit(a.regression), *fb = pgdp_regression_fit(b.regression);
    assert_int_equal(pgdp_fit_n_terms(fa), pgdp_fit_n_terms(fb));
    for (size_t j = 0; j < pgdp_fit_n_terms(fa); j++) {
        assert_string_equal(pgdp_fit_term(fa, j), pgdp_fit_term(fb, j));
        assert_close(pgdp_fit_estimate(fa).x[j], pgdp_fit_estimate(fb).x[j], 0, 0);
    }
    assert_close(a.statistic, b.statistic, 0, 0);
    pgdp_regression_free(a.regression);
    pgdp_regression_free(b.regression);
}

static void check_refusal(const pgdp_event_study_request *q, pgdp_status status, const char *part)
{
    const recipe how = { .never = true, .noise = 0.5 };
    pgdp_event_study_result out;
    pgdp_frame *f = made(ctx, &how);
    assert_status(ctx, pgdp_event_study(ctx, f, q, &out), status);
    assert_contains(pgdp_ctx_error(ctx), part);
    pgdp_frame_free(f);
}

static void what_cannot_be_is_refused_by_name(void **state)
{
    (void)state;
    pgdp_event_study_request q = plain;
    q.first_treated = "begin";
    check_refusal(&q, PGDP_NOT_FOUND, "begin");
    q = plain;
    q.first = 1;
    q.last = 4;
    check_refusal(&q, PGDP_BAD_ARGUMENT, "window from 1 to 4");
    q = plain;
    q.first_treated = "x";
    check_refusal(&q, PGDP_BAD_ARGUMENT, "not whole");
    q = plain;
    q.outcome = NULL;
    check_refusal(&q, PGDP_BAD_ARGUMENT, "outcome");
}

static pgdp_status run_study(pgdp_ctx *own, void *user)
{
    pgdp_event_study_result out = { .regression = NULL };
    const pgdp_status status = pgdp_event_study(own, user, &plain, &out);
    pgdp_regression_free(out.regression);
    return status;
}

static void no_allocation_is_unchecked(void **state)
{
    (void)state;
    const recipe how = { .never = false, .noise = 0.5 };
    pgdp_frame *f = made(ctx, &how);
    assert_true(pgt_fail_every_allocation(run_study, f) > 3);
    pgdp_frame_free(f);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(effects_without_noise_are_found_exactly),
        cmocka_unit_test(leads_are_rejected_where_they_are_and_not_elsewhere),
        cmocka_unit_test(without_untreated_entities_the_earliest_lead_is_zero_too),
        cmocka_unit_test(windows_bin_or_leave_out),
        cmocka_unit_test(periods_and_numbers_give_one_answer),
        cmocka_unit_test(what_cannot_be_is_refused_by_name),
        cmocka_unit_test(no_allocation_is_unchecked),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
