/* test_models_split.c  A split's models are fitted from their own rows alone and are what their own formula and subset
 * give over all rows, to the last bit. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

enum { N_FEW = 600, N_MORE = 26000, N_WIDE = 70000, N_MANY = 200500, N_GROUPS = 6 };
static const char *const groups[] = { "north", "it's", "say \"so\"", "4", "lone", "dark" };
static const char *const levels[] = { "a", "b", "c", "d", "e", "only in it's" };

typedef enum column { Y, X1, X2, Z, W, COUNT, NEGATIVE, F, K, Q, G, ID, T, N_COLUMNS } column;

static double number_of(column c, size_t i, size_t group, pg_random *random)
{
    const double noise = 3 + pg_random_normal(random);
    if (c == W) return i % 11 == 0 ? 0 : 0.25 * (double)(1 + i % 7);
    if (c == COUNT) return (double)(i % 4);
    if (c == NEGATIVE) return group == 1 && i % 5 == 0 ? -1.5 : 1.5;
    if (c == K) return (double)(i % 3 + group % 2);
    if (c == ID) return (double)(i / 15);
    if (c == T) return (double)(i % 15);
    return c == Y ? noise + 0.3 * (double)group : (double)(int)(noise * 1e4) / 1e4;
}

static bool is_missing(column c, size_t i, size_t group)
{
    if (c == Y && group == 5) return true; /* all of the outcomes of a group */
    return (c == Y && i % 17 == 3) || (c == X1 && i % 23 == 5) || (c == W && i % 29 == 7) || (c == F && i % 31 == 9) ||
           (c == G && i % 13 == 4) || (c == Q && i % 19 == 2);
}

/** Groups in turn, two of them rare, so that a group's rows are never together. */
static size_t group_of(size_t i)
{
    if (i == 77) return 4;
    return i % 50 == 8 ? 5 : i % 4;
}

static pgdp_frame *make(pgdp_ctx *ctx, size_t n)
{
    static const pgdp_column about[] = {
        { .name = "y" },
        { .name = "x1" },
        { .name = "x2" },
        { .name = "z" },
        { .name = "w" },
        { .name = "count" },
        { .name = "negative" },
        { .name = "f", .type = PGDP_TEXT },
        { .name = "k" },
        { .name = "q", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY },
        { .name = "g h", .type = PGDP_TEXT },
        { .name = "id" },
        { .name = "t" },
    };
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(43, "split", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < N_COLUMNS; j++) {
        size_t index;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &about[j], &index));
    }
    for (size_t i = 0; i < n; i++) {
        const size_t group = group_of(i);
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (column j = Y; j < N_COLUMNS; j++) {
            const double value = number_of(j, i, group, &random);
            const char *text = j == G ? groups[group] : levels[group == 1 && i % 3 == 0 ? 5 : (i * 7 + group) % 5];
            if (is_missing(j, i, group)) continue;
            if (about[j].type == PGDP_TEXT)
                assert_ok(ctx, pgdp_frame_set_text(ctx, frame, j, text, PGDP_NONE));
            else if (about[j].type == PGDP_PERIOD)
                pgdp_frame_set_period(frame, j, 200 + (int32_t)(i % 3));
            else
                pgdp_frame_set_real(frame, j, value);
        }
    }
    return frame;
}

/** All that the JSON of a regression tells, and its fitted rows. */
static void text_of(pgdp_ctx *ctx, const pgdp_regression *r, pgt_buffer *out)
{
    const pgdp_sink sink = pgt_sink(out);
    assert_ok(ctx, pgdp_regressions_write(ctx, "json", &r, 1, NULL, &sink));
    if (pgdp_regression_rows(r) != NULL) assert_ok(ctx, pgdp_frame_write_csv(ctx, pgdp_regression_rows(r), &sink));
}

static void same_bits(pgdp_ctx *ctx, const pgdp_regression *got, const pgdp_regression *want)
{
    pgt_buffer a = { 0 }, b = { 0 };
    const pgdp_fit *x = pgdp_regression_fit(got), *y = pgdp_regression_fit(want);
    const size_t k = pgdp_fit_n_terms(y);
    const pgdp_dropped left_out = pgdp_regression_dropped(got), expected = pgdp_regression_dropped(want);
    assert_memory_equal(&left_out, &expected, sizeof expected);
    assert_int_equal(pgdp_fit_n_terms(x), k);
    assert_memory_equal(pgdp_fit_estimate(x).x, pgdp_fit_estimate(y).x, k * sizeof(double));
    assert_memory_equal(pgdp_fit_vcov(x).x, pgdp_fit_vcov(y).x, k * k * sizeof(double));
    text_of(ctx, got, &a);
    text_of(ctx, want, &b);
    assert_string_equal(a.data, b.data);
    pgt_buffer_free(&a);
    pgt_buffer_free(&b);
}

/** Each model of a split against its own spec over all rows. @return how many were fitted */
static size_t check(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec)
{
    pgdp_models *models = NULL;
    size_t n_fitted = 0;
    if (pgdp_models_new(ctx, frame, spec, &models) != PGDP_OK) return 0; /* the subset or the split is at fault */
    for (size_t i = 0; i < pgdp_models_n(models); i++) {
        const pgdp_model m = pgdp_models_at(models, i);
        pgdp_regression_spec own = *spec;
        pgdp_regression *alone = NULL;
        own.split = NULL;
        own.formula = m.formula;
        own.subset = m.subset;
        assert_int_equal(pgdp_regress(ctx, frame, &own, &alone), m.status);
        if (m.regression != NULL)
            same_bits(ctx, m.regression, alone);
        else
            assert_string_equal(m.error, pgdp_ctx_error(ctx));
        n_fitted += m.regression != NULL;
        pgdp_regression_free(alone);
    }
    pgdp_models_free(models);
    return n_fitted;
}

static const struct {
    const char *formula, *method;
} cases[] = {
    { "y ~ x1 + x2", NULL },
    { "y ~ x1*x2 + i(f)", NULL },
    { "y ~ i(f, x1) + poly(x2, 2)", NULL },
    { "y ~ x1 + x2 | f", NULL },
    { "y ~ x1 | id + f[x2]", NULL },
    { "log(y) ~ I(x1 / 3) + i(k) + z:x2", NULL },
    { "y ~ x1 | x2 ~ z + I(z^2)", NULL },
    { "y ~ l(x1) + x2", NULL },
    { "y ~ sw(x1, poly(z, 3, raw=TRUE))", NULL },
    { "y ~ x1 + x2", "quantile" },
    { "I(y > 3.3) ~ x1 + i(f)", "logit" },
    { "I(y > 3) ~ x1 | f", "poisson" },
    { "f ~ x1", "mlogit" },
    { "y ~ b0 + b1 * x1", "nls" },
    { "y ~ x1 + i(f, ref=\"only in it's\")", NULL },
    { "y ~ x1", "random" },
    { "y ~ x1", "abond" },
    { "y ~ xx", NULL },
};
static const char *const weights[] = { NULL, NULL, NULL, "aw:w", "fw:count", "pw:w", "aw:negative", "aw:l(w)" };
static const char *const vcovs[] = {
    "iid", "HC1", "HC3", "cluster(f)", "cluster(k^f)", "cluster(id + k)", "nw(lag=2)"
};
static const char *const subsets[] = { NULL, NULL, "x1 > 2.2", "f != \"a\"", "l(x2) > 2.5", "y > 2 | t < 9" };
static const char *const panels[] = { NULL, "id,t", "id,t" };
static const char *const splits[] = { "g h", "k", "q", "f" };

#define PICK(list) (list)[pg_random_index(&random, sizeof(list) / sizeof *(list))]

static size_t check_draws(pgdp_ctx *ctx, const pgdp_frame *frame, uint64_t seed, uint32_t n)
{
    size_t n_fitted = 0;
    for (uint32_t i = 0; i < n; i++) {
        pg_random random = pg_random_stream(seed, "specs", i);
        const size_t c = pg_random_index(&random, sizeof cases / sizeof *cases);
        const pgdp_regression_spec spec = { .formula = cases[c].formula,
                                            .method = cases[c].method,
                                            .start = "b0 = 1, b1 = 0.5",
                                            .weights = PICK(weights),
                                            .vcov = PICK(vcovs),
                                            .subset = PICK(subsets),
                                            .panel = PICK(panels),
                                            .split = PICK(splits),
                                            .rows = pg_random_index(&random, 2) == 0,
                                            .keep_singletons = pg_random_index(&random, 3) == 0 };
        n_fitted += check(ctx, frame, &spec);
    }
    return n_fitted;
}

static void random_specs_are_those_of_all_rows_taken_for_decimals(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *frame = make(ctx, N_FEW);
    assert_true(check_draws(ctx, frame, 5, 50) > 60);
    pgdp_frame_free(frame);
}

/* 26,000 rows are too many for decimals though a group has few */
static void random_specs_are_those_of_all_rows_taken_for_doubles(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *frame = make(ctx, N_MORE);
    assert_true(check_draws(ctx, frame, 6, 8) > 8);
    pgdp_frame_free(frame);
}

/* Every model's JSON, one after another. */
static void all_text(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec, pgt_buffer *out)
{
    pgdp_models *models = NULL;
    assert_ok(ctx, pgdp_models_new(ctx, frame, spec, &models));
    for (size_t i = 0; i < pgdp_models_n(models); i++) {
        const pgdp_model m = pgdp_models_at(models, i);
        const pgdp_sink sink = pgt_sink(out);
        if (m.regression != NULL)
            text_of(ctx, m.regression, out);
        else
            assert_ok(ctx, sink.write(sink.user, m.error, strlen(m.error)));
    }
    pgdp_models_free(models);
}

static void threads_change_no_byte_of_models_large_and_small(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *frame = make(ctx, N_WIDE);
    for (size_t s = 0; s < 2; s++) {
        const pgdp_regression_spec spec = { .id = "m",
                                            .formula = "y ~ sw(x1, x2 | f, xx)",
                                            .vcov = "cluster(f)",
                                            .split = "g h",
                                            .split_full = true,
                                            .subset = s == 0 ? NULL : "`g h` != \"north\"" };
        pgt_buffer want = { 0 };
        for (size_t threads = 1; threads <= 4; threads *= 2) {
            pgt_buffer got = { 0 };
            pgdp_ctx_set_threads(ctx, threads);
            all_text(ctx, frame, &spec, threads == 1 ? &want : &got);
            if (threads > 1) assert_string_equal(got.data, want.data);
            pgt_buffer_free(&got);
        }
        pgt_buffer_free(&want);
    }
    pgdp_frame_free(frame);
}

/* The whole is fitted by blocks from cross-products there, a group from its rows: digits, not bits. */
static void groups_of_many_rows_agree_with_blocks_to_12_digits(void **state)
{
    pgdp_ctx *ctx = *state;
    static const pgdp_column about[] = { { .name = "y" }, { .name = "x" }, { .name = "g" } };
    pgdp_frame *frame = NULL;
    pgdp_models *models = NULL;
    pg_random random = pg_random_stream(44, "split", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < 3; j++) {
        size_t index;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &about[j], &index));
    }
    for (size_t i = 0; i < N_MANY; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_real(frame, 0, pg_random_normal(&random));
        pgdp_frame_set_real(frame, 1, 2 + pg_random_normal(&random));
        pgdp_frame_set_real(frame, 2, (double)(i % 97));
    }
    const pgdp_regression_spec spec = { .formula = "y ~ x", .vcov = "HC1", .split = "g" };
    assert_ok(ctx, pgdp_models_new(ctx, frame, &spec, &models));
    assert_int_equal(pgdp_models_n(models), 97);
    for (size_t i = 0; i < 97; i += 48) {
        pgdp_regression *alone = NULL;
        const pgdp_regression *r = pgdp_models_at(models, i).regression;
        assert_ok(ctx, pgdp_regress(ctx, frame, pgdp_regression_spec_of(r), &alone));
        assert_int_equal(pgdp_regression_dropped(r).subset, pgdp_regression_dropped(alone).subset);
        for (size_t j = 0; j < 2; j++) {
            const pgdp_tidy a = pgdp_fit_tidy(pgdp_regression_fit(r), j, 0.95);
            const pgdp_tidy b = pgdp_fit_tidy(pgdp_regression_fit(alone), j, 0.95);
            assert_close(a.estimate, b.estimate, 0, 1e-12 * b.std_error);
            assert_close(a.std_error, b.std_error, 1e-12, 0);
        }
        pgdp_regression_free(alone);
    }
    pgdp_models_free(models);
    pgdp_frame_free(frame);
}

static pgdp_status fit_split(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression_spec spec = { .id = "m",
                                        .formula = "y ~ sw(x1 | f, xx)",
                                        .vcov = "cluster(k)",
                                        .weights = "aw:w",
                                        .split = "g h",
                                        .rows = true };
    pgdp_models *models = NULL;
    const pgdp_status status = pgdp_models_new(ctx, user, &spec, &models);
    pgdp_models_free(models);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *frame = make(ctx, 90);
    assert_true(pgt_fail_every_allocation(fit_split, frame) > 5);
    pgdp_frame_free(frame);
}

static int open_ctx(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int close_ctx(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, open_ctx, close_ctx)
    const struct CMUnitTest tests[] = {
        TEST(random_specs_are_those_of_all_rows_taken_for_decimals),
        TEST(random_specs_are_those_of_all_rows_taken_for_doubles),
        TEST(threads_change_no_byte_of_models_large_and_small),
        TEST(groups_of_many_rows_agree_with_blocks_to_12_digits),
        TEST(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
