/* test_models.c  Many models from one spec: each is what its own formula, subset and settings give alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

enum { N = 90, N_LEVELS = 6 };
static const char *const levels[N_LEVELS] = { "a b", "it's", "say \"so\"", "3", "b\\n`c", NULL };

/* y, y2, x, z: numbers; f: text with odd levels; k: numbers as levels; `p q`: years; id and t: a panel. */
static pgdp_frame *make(pgdp_ctx *ctx)
{
    static const pgdp_column about[] = {
        { .name = "y", .type = PGDP_REAL },
        { .name = "y2", .type = PGDP_REAL },
        { .name = "x", .type = PGDP_REAL },
        { .name = "z", .type = PGDP_REAL },
        { .name = "f", .type = PGDP_TEXT },
        { .name = "k", .type = PGDP_REAL },
        { .name = "p q", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY },
        { .name = "id", .type = PGDP_REAL },
        { .name = "t", .type = PGDP_REAL },
    };
    static const double numbers[] = { -1.5, 0.1, 1e300, 1.0 / 3 };
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(41, "models", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < sizeof about / sizeof *about; j++) {
        size_t index;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &about[j], &index));
    }
    for (size_t i = 0; i < N; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < 4; j++)
            if (i != 10 + j) pgdp_frame_set_real(frame, j, 3 + pg_random_normal(&random));
        if (levels[i % N_LEVELS] != NULL)
            assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 4, levels[i % N_LEVELS], PGDP_NONE));
        if (i % 5 < 4) pgdp_frame_set_real(frame, 5, numbers[i % 5]);
        if (i % 4 < 3) pgdp_frame_set_period(frame, 6, 200 + (int32_t)(i % 4));
        pgdp_frame_set_real(frame, 7, (double)(i / 15));
        pgdp_frame_set_real(frame, 8, (double)(i % 15));
    }
    return frame;
}

static int open_fixture(void **state)
{
    static struct {
        pgdp_ctx *ctx;
        pgdp_frame *frame;
    } f;
    f.ctx = pgdp_ctx_new(NULL);
    f.frame = make(f.ctx);
    *state = &f;
    return 0;
}

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
} fixture;

static int close_fixture(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->frame);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static pgdp_models *models_of(const fixture *f, const pgdp_regression_spec *spec)
{
    pgdp_models *m = NULL;
    assert_ok(f->ctx, pgdp_models_new(f->ctx, f->frame, spec, &m));
    return m;
}

static void same_fit(const pgdp_fit *got, const pgdp_fit *want)
{
    const size_t k = pgdp_fit_n_terms(want);
    assert_int_equal(pgdp_fit_n_terms(got), k);
    assert_memory_equal(pgdp_fit_estimate(got).x, pgdp_fit_estimate(want).x, k * sizeof(double));
    assert_memory_equal(pgdp_fit_vcov(got).x, pgdp_fit_vcov(want).x, k * k * sizeof(double));
    for (size_t j = 0; j < k; j++)
        assert_string_equal(pgdp_fit_term(got, j), pgdp_fit_term(want, j));
}

/* Fitting the model's own spec alone gives it again. */
static void stands_alone(const fixture *f, const pgdp_model *m)
{
    assert_non_null(m->regression);
    pgdp_regression *alone = NULL;
    const pgdp_regression_spec *own = pgdp_regression_spec_of(m->regression);
    assert_string_equal(own->formula, m->formula);
    assert_null(own->split);
    assert_ok(f->ctx, pgdp_regress(f->ctx, f->frame, own, &alone));
    same_fit(pgdp_regression_fit(m->regression), pgdp_regression_fit(alone));
    pgdp_regression_free(alone);
}

static double nobs(const pgdp_model *m)
{
    return pgdp_fit_glance(pgdp_regression_fit(m->regression)).nobs;
}

static void a_split_has_a_model_a_level_of_every_kind_of_column(void **state)
{
    const fixture *f = *state;
    static const struct {
        const char *column, *conditions[5];
    } cases[] = {
        { "f", { "`f` == \"3\"", "`f` == \"a b\"", "`f` == \"b\\n`c\"", "`f` == \"it's\"", "`f` == 'say \"so\"'" } },
        { "k", { "`k` == -1.5", "`k` == 0.1", "`k` == 0.3333333333333333", "`k` == 1e+300", NULL } },
        { "p q", { "`p q` == \"2020Q1\"", "`p q` == \"2020Q2\"", "`p q` == \"2020Q3\"", NULL, NULL } },
    };
    for (size_t c = 0; c < sizeof cases / sizeof *cases; c++) {
        for (int full = 0; full <= 1; full++) {
            const pgdp_regression_spec spec = {
                .id = "m", .formula = "y ~ x", .vcov = "HC1", .split = cases[c].column, .split_full = full
            };
            pgdp_models *m = models_of(f, &spec);
            double sum = 0;
            size_t n = 0;
            for (; n < 5 && cases[c].conditions[n] != NULL; n++) {
                const pgdp_model one = pgdp_models_at(m, n + (size_t)full);
                assert_string_equal(one.subset, cases[c].conditions[n]);
                assert_true(one.error == NULL && one.status == PGDP_OK);
                stands_alone(f, &one);
                sum += nobs(&one);
            }
            assert_int_equal(pgdp_models_n(m), n + (size_t)full);
            if (full) {
                const pgdp_model whole = pgdp_models_at(m, 0);
                assert_null(whole.subset);
                assert_true(nobs(&whole) > sum); /* rows whose level is missing are of none */
                assert_string_equal(pgdp_regression_spec_of(whole.regression)->id, "m (1)");
            }
            pgdp_models_free(m);
        }
    }
}

static void a_split_narrows_the_subset_and_sees_its_rows_alone(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = {
        .formula = "y ~ x", .vcov = "iid", .split = "f", .subset = "f == \"3\" | f == \"it's\"", .split_full = true
    };
    pgdp_models *m = models_of(f, &spec);
    assert_int_equal(pgdp_models_n(m), 3);
    assert_string_equal(pgdp_models_at(m, 0).subset, spec.subset);
    assert_string_equal(pgdp_models_at(m, 1).subset, "(f == \"3\" | f == \"it's\") & `f` == \"3\"");
    for (size_t i = 0; i < 3; i++) {
        const pgdp_model one = pgdp_models_at(m, i);
        stands_alone(f, &one);
        assert_close(nobs(&one), i == 0 ? 28 : i == 1 ? 15 : 13, 0, 2);
    }
    pgdp_models_free(m);
}

static void a_subset_with_lags_may_be_split(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = {
        .formula = "y ~ l(x)", .vcov = "iid", .split = "id", .subset = "l(z) > 2.5", .panel = "id,t"
    };
    pgdp_models *m = models_of(f, &spec);
    assert_int_equal(pgdp_models_n(m), 6);
    for (size_t i = 0; i < 6; i++) {
        const pgdp_model one = pgdp_models_at(m, i);
        stands_alone(f, &one);
    }
    pgdp_models_free(m);
    const pgdp_regression_spec bare = { .formula = "y ~ x", .vcov = "iid", .split = "id", .subset = "l(z) > 2.5" };
    m = NULL;
    assert_status(f->ctx, pgdp_models_new(f->ctx, f->frame, &bare, &m), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(f->ctx), "--panel");
    assert_null(m);
}

static void formulas_run_slowest_then_settings_then_the_split(void **state)
{
    const fixture *f = *state;
    const pgdp_setting settings[] = { { "tau", "0.25, 0.5 ,0.75" }, { NULL, NULL } };
    const pgdp_regression_spec spec = { .id = "q",
                                        .formula = "c(y, y2) ~ csw0(x, z)",
                                        .method = "quantile",
                                        .vcov = "iid",
                                        .split = "p q",
                                        .settings = settings };
    pgdp_models *m = models_of(f, &spec);
    assert_int_equal(pgdp_models_n(m), 2 * 3 * 3 * 3);
    static const char *const formulas[] = { "y ~ 1", "y ~ x", "y ~ x + z", "y2 ~ 1", "y2 ~ x", "y2 ~ x + z" };
    static const char *const taus[] = { "0.25", "0.5", "0.75" };
    for (size_t i = 0; i < 54; i++) {
        const pgdp_model one = pgdp_models_at(m, i);
        char id[20];
        assert_non_null(one.regression);
        const pgdp_regression_spec *own = pgdp_regression_spec_of(one.regression);
        assert_string_equal(one.formula, formulas[i / 9]);
        assert_string_equal(own->settings[0].name, "tau");
        assert_string_equal(own->settings[0].value, taus[i / 3 % 3]);
        assert_int_equal(one.subset[strlen(one.subset) - 2] - '1', i % 3);
        (void)snprintf(id, sizeof id, "q (%zu)", i + 1);
        assert_string_equal(own->id, id);
        stands_alone(f, &one);
    }
    pgdp_models_free(m);
    const pgdp_regression_spec single = { .id = "q", .formula = "y ~ x", .vcov = "iid" };
    m = models_of(f, &single);
    assert_int_equal(pgdp_models_n(m), 1);
    assert_string_equal(pgdp_regression_spec_of(pgdp_models_at(m, 0).regression)->id, "q"); /* alone: no number */
    pgdp_models_free(m);
}

static void a_model_that_fails_leaves_the_others(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ sw(x, xs, z, log(0 - x^2))", .vcov = "iid" };
    pgdp_models *m = models_of(f, &spec);
    static const pgdp_status want[] = { PGDP_OK, PGDP_NOT_FOUND, PGDP_OK, PGDP_TOO_FEW_OBS };
    static const char *const words[] = { NULL, "found \"xs\"", NULL, "no row" };
    assert_int_equal(pgdp_models_n(m), 4);
    for (size_t i = 0; i < 4; i++) {
        const pgdp_model one = pgdp_models_at(m, i);
        assert_int_equal(one.status, want[i]);
        assert_true((one.error == NULL) == (want[i] == PGDP_OK));
        if (words[i] != NULL) {
            assert_null(one.regression);
            assert_contains(one.error, words[i]);
        } else {
            stands_alone(f, &one);
        }
    }
    pgdp_models_free(m);
    const pgdp_setting settings[] = { { "tau", "0.5,,7" }, { NULL, NULL } };
    const pgdp_regression_spec taus = { .formula = "y ~ x", .method = "quantile", .vcov = "iid", .settings = settings };
    m = models_of(f, &taus);
    assert_int_equal(pgdp_models_n(m), 3);
    assert_non_null(pgdp_models_at(m, 0).regression);
    for (size_t i = 1; i < 3; i++) {
        assert_null(pgdp_models_at(m, i).regression);
        assert_contains(pgdp_models_at(m, i).error, "tau");
    }
    pgdp_models_free(m);
}

static void what_keeps_all_from_being_listed_is_the_calls_answer(void **state)
{
    const fixture *f = *state;
    static const struct {
        pgdp_regression_spec spec;
        pgdp_status status;
        const char *part;
    } cases[] = {
        { { .vcov = "iid" }, PGDP_BAD_ARGUMENT, "found no formula" },
        { { .formula = "y ~ x", .vcov = "iid", .split = "ff" }, PGDP_NOT_FOUND, "split:1:1: found \"ff\"" },
        { { .formula = "y ~ x", .vcov = "iid", .split = "f", .subset = "x > 1e6" }, PGDP_TOO_FEW_OBS, "no row" },
        { { .formula = "y ~ x", .vcov = "iid", .split = "f", .subset = "x >" }, PGDP_BAD_ARGUMENT, "subset:1:4" },
        { { .formula = "y ~ sw(x", .vcov = "iid" }, PGDP_BAD_ARGUMENT, "formula:1:9" },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_models *m = NULL;
        assert_status(f->ctx, pgdp_models_new(f->ctx, f->frame, &cases[i].spec, &m), cases[i].status);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].part);
        assert_null(m);
    }
    assert_ok(f->ctx, pgdp_frame_add_row(f->ctx, f->frame));
    assert_ok(f->ctx, pgdp_frame_set_text(f->ctx, f->frame, 4, "it's \"so\"", PGDP_NONE));
    const pgdp_regression_spec quotes = { .formula = "y ~ x", .vcov = "iid", .split = "f" };
    pgdp_models *m = NULL;
    assert_status(f->ctx, pgdp_models_new(f->ctx, f->frame, &quotes, &m), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(f->ctx),
                    "split: found the level it's \"so\" of f, expected at most one kind of quotes");
}

static pgdp_status fit_many(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression_spec spec = {
        .id = "m", .formula = "y ~ sw(x, xs)", .vcov = "iid", .split = "p q", .subset = "l(z) > 2.5", .panel = "id,t"
    };
    pgdp_models *m = NULL;
    const pgdp_status status = pgdp_models_new(ctx, user, &spec, &m);
    pgdp_models_free(m);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    const fixture *f = *state;
    assert_true(pgt_fail_every_allocation(fit_many, f->frame) > 5);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_fixture, close_fixture)
    const struct CMUnitTest tests[] = {
        TEST(a_split_has_a_model_a_level_of_every_kind_of_column),
        TEST(a_split_narrows_the_subset_and_sees_its_rows_alone),
        TEST(a_subset_with_lags_may_be_split),
        TEST(formulas_run_slowest_then_settings_then_the_split),
        TEST(a_model_that_fails_leaves_the_others),
        TEST(what_keeps_all_from_being_listed_is_the_calls_answer),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
