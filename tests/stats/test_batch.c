/* test_batch.c  Every row of a batch is what pgdp_regress() says of the model alone. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "tests/stats/batch_checks.h"

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

enum { MOST = 8 };
/* Up to `most` of the texts at random, at least one. */
static pgdp_batch_options draw(pg_random *r, const char *const *texts, size_t n, size_t most, pgdp_batch_option *items)
{
    const size_t k = 1 + pg_random_index(r, most), first = pg_random_index(r, n);
    const char *chosen[MOST];
    for (size_t i = 0; i < k; i++)
        chosen[i] = texts[(first + i) % n];
    return pgt_batch_options(items, chosen, k < n ? k : n);
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const outcomes[] = { "y", "y2", "log(y^2 + 1)" };
static const char *const focals[] = { "x1", "x2 + x3", "x1:x4", "log(x2^2 + 1)" };
static const char *const controls[] = { "",       "x2 + x4",   "x5 + x6",     "dup + x2 + x1", "i(f) + x4",
                                        "f:x2",   "x3 * x4",   "poly(x4, 2)", "i(year)",       "x6 + i(f, ref = east)",
                                        "0 + x2", "x5:x6 + x2" };
static const char *const samples[] = { "", "year > 2002", "x2 > 1 & f != \"north\"" };
static const char *const effects[] = { "", "firm", "firm + year", "f^year", "f[x4]", "f[[x4]]" };
static const char *const vcovs[] = { "iid",
                                     "HC0",
                                     "HC1",
                                     "cluster(g)",
                                     "cluster(g + h)",
                                     "cluster(many)",
                                     "cluster(firm)",
                                     "cluster(f^year)",
                                     "cluster(g); ssc(k_effects=none, t_df=normal)",
                                     "cluster(g + many)",
                                     "HC3",
                                     "HC1; ssc(k_adj=no)" };
static const char *const weights[] = { NULL, "aw:aw", "fw:fw", "pw:aw" };

static void random_batch(const pgdp_frame *frame, uint32_t seed, pgt_batch_counts *c)
{
    pg_random r = pg_random_stream(seed, "specs", 1);
    pgdp_batch_option items[6][MOST];
    pgdp_batch_request q = { .weights = weights[seed % COUNT(weights)] };
    q.choices[PGDP_BATCH_OUTCOME] = draw(&r, outcomes, COUNT(outcomes), 2, items[0]);
    q.choices[PGDP_BATCH_FOCAL] = draw(&r, focals, COUNT(focals), 2, items[1]);
    q.choices[PGDP_BATCH_CONTROLS] = draw(&r, controls, COUNT(controls), 4, items[2]);
    q.choices[PGDP_BATCH_SAMPLE] = draw(&r, samples, COUNT(samples), 2, items[3]);
    q.choices[PGDP_BATCH_EFFECTS] = draw(&r, effects, COUNT(effects), 2, items[4]);
    q.choices[PGDP_BATCH_VCOV] = draw(&r, vcovs, COUNT(vcovs), 3, items[5]);
    for (size_t i = 0; i < q.choices[PGDP_BATCH_SAMPLE].n; i++)
        if (items[3][i].text[0] == '\0') items[3][i] = (pgdp_batch_option){ .name = "all" };
    if (pg_random_index(&r, 4) == 0) q.report = "all";
    pgt_batch_check(ctx, frame, &q, c);
}

static void every_row_is_that_of_the_model_alone(void **state)
{
    (void)state;
    pgt_batch_counts c = { 0 };
    for (uint32_t seed = 0; seed < 24; seed++) {
        pgdp_frame *frame = pgt_batch_frame(ctx, 300, seed);
        random_batch(frame, seed, &c);
        pgdp_frame_free(frame);
    }
    print_message(
        "%zu models: %zu rows from moments, %zu with a pass over rows, %zu failed, %zu with collinear terms\n",
        c.models, c.moments, c.row_pass, c.failed, c.collinear);
    assert_true(c.models >= 300);
    assert_true(c.moments > c.models / 8);
    assert_true(c.row_pass > c.models / 8);
}

static const char *const iv_controls[] = { "", "x1 + x5", "i(f)" };
static const char *const iv_samples[] = { "year > 2001", "h < 8" };
static const char *const iv_effects[] = { "", "firm + year" };
static const char *const iv_vcovs[] = { "iid", "HC1", "cluster(g)", "cluster(g + h)", "cluster(many)" };

/* Models with instruments by a method, and without them for 2SLS. */
static void check_instruments(const char *by, pgt_batch_counts *c)
{
    const pgdp_batch_option method = { .text = by };
    const pgdp_batch_option focal[] = { { .name = "one", .text = "p", .instruments = "z1" },
                                        { .name = "two", .text = "p", .instruments = "z1 + z2" },
                                        { .name = "more", .text = "p + x2", .instruments = "z1 + z2 + x6" },
                                        { .name = "none", .text = "p" } };
    for (uint32_t w = 0; w < COUNT(weights); w++) {
        pgdp_frame *frame = pgt_batch_frame(ctx, 400, 100 + w);
        pgdp_batch_option items[6][MOST];
        pgdp_batch_request q = { .weights = weights[w], .report = w == 1 ? "all" : w == 2 ? "x1" : NULL };
        q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcomes, 1);
        q.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ focal, COUNT(focal) - (by != NULL) };
        q.choices[PGDP_BATCH_METHOD] = (pgdp_batch_options){ &method, by != NULL };
        q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], iv_controls, COUNT(iv_controls));
        q.choices[PGDP_BATCH_SAMPLE] = pgt_batch_options(items[3], iv_samples + w % 2, 1);
        q.choices[PGDP_BATCH_EFFECTS] = pgt_batch_options(items[4], iv_effects, COUNT(iv_effects));
        q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[5], iv_vcovs, COUNT(iv_vcovs));
        pgt_batch_check(ctx, frame, &q, c);
        pgdp_frame_free(frame);
    }
}

static void two_stage_models_are_those_of_the_model_alone(void **state)
{
    (void)state;
    pgt_batch_counts c = { 0 };
    check_instruments(NULL, &c);
    assert_true(c.moments > c.models / 4);
}

static void liml_models_come_from_moments_as_two_stage_ones_do(void **state)
{
    (void)state;
    pgt_batch_counts c = { 0 };
    check_instruments("liml", &c);
    print_message("%zu models: %zu rows from moments, %zu with a pass over rows, %zu models by row\n", c.models,
                  c.moments, c.row_pass, c.by_row);
    assert_true(c.moments > c.models / 4 && c.row_pass > 0);
    assert_true(c.by_row < c.models / 3); /* weak instruments: fewer than twelve digits */
}

/* A batch of several groups, by row too. */
static pgdp_batch *wide_batch(pgdp_ctx *with, const pgdp_frame *frame)
{
    static pgdp_batch_option items[6][COUNT(vcovs)];
    pgdp_batch_request q = { .weights = NULL };
    pgdp_batch *batch;
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcomes, 2);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], focals, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], controls, 6);
    q.choices[PGDP_BATCH_EFFECTS] = pgt_batch_options(items[4], effects, 2);
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[5], vcovs, COUNT(vcovs));
    assert_ok(with, pgdp_batch_new(with, frame, &q, &batch));
    return batch;
}

static void assert_same_rows(const pgdp_batch *a, const pgdp_batch *b)
{
    for (size_t m = 0; m < pgdp_batch_plan_of(a).n_models; m++) {
        size_t n, n_b;
        const pgdp_batch_row *x = pgdp_batch_rows_of(a, m, &n), *y = pgdp_batch_rows_of(b, m, &n_b);
        assert_int_equal(n, n_b);
        for (size_t i = 0; i < n; i++) {
            assert_memory_equal(&x[i].estimate, &y[i].estimate, 13 * sizeof(double));
            assert_string_equal(x[i].term, y[i].term);
            assert_string_equal(x[i].solver, y[i].solver);
            assert_string_equal(x[i].collinear, y[i].collinear);
            assert_string_equal(x[i].error, y[i].error);
        }
    }
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 2000, 5);
    pgdp_batch *one = wide_batch(ctx, frame);
    assert_ok(ctx, pgdp_batch_run(ctx, one));
    for (size_t threads = 2; threads <= 4; threads *= 2) {
        pgdp_batch *many = wide_batch(ctx, frame);
        pgdp_ctx_set_threads(ctx, threads);
        assert_ok(ctx, pgdp_batch_run(ctx, many));
        pgdp_ctx_set_threads(ctx, 1);
        assert_same_rows(one, many);
        pgdp_batch_free(many);
    }
    pgdp_batch_free(one);
    pgdp_frame_free(frame);
}

static void groups_come_back_from_their_bytes_in_any_order(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 500, 6);
    pgdp_batch *a = wide_batch(ctx, frame), *b = wide_batch(ctx, frame);
    const size_t n = pgdp_batch_plan_of(a).n_groups;
    assert_ok(ctx, pgdp_batch_run(ctx, a));
    assert_true(n > 3);
    for (size_t g = n; g-- > 0;) {
        pgt_buffer buffer = { 0 };
        const pgdp_sink sink = pgt_sink(&buffer);
        assert_ok(ctx, pgdp_batch_save_group(ctx, a, g, &sink));
        assert_status(ctx, pgdp_batch_load_group(ctx, b, g, buffer.data, buffer.n - 1), PGDP_PARSE);
        assert_status(ctx, pgdp_batch_load_group(ctx, b, g, buffer.data, 7), PGDP_PARSE);
        assert_ok(ctx, pgdp_batch_load_group(ctx, b, g, buffer.data, buffer.n));
        pgt_buffer_free(&buffer);
    }
    assert_same_rows(a, b);
    pgdp_batch_free(a);
    pgdp_batch_free(b);
    pgdp_frame_free(frame);
}

/* Units of the columns change nothing but the units of the estimates. */
static void far_from_zero_columns_lose_no_digits(void **state)
{
    (void)state;
    static const char *const far[] = { "I(year + x1 / 1000)" }, *const few[] = { "", "i(f)", "x2 + x5" };
    pgt_batch_counts c = { 0 };
    pgdp_frame *frame = pgt_batch_frame(ctx, 600, 9);
    pgdp_batch_option items[4][COUNT(vcovs)];
    pgdp_batch_request q = { .report = "all" };
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], (const char *const[]){ "I(y + 10000)" }, 1);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], far, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], few, COUNT(few));
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], vcovs, 5);
    pgt_batch_check(ctx, frame, &q, &c);
    pgdp_frame_free(frame);
}

/* Enough models of few columns that one pass for fourth moments is the cheaper. */
static void robust_variances_of_many_models_need_no_pass_for_each(void **state)
{
    (void)state;
    static const char *const ys[] = { "y", "z1", "p" }, *const xs[] = { "x1", "x2", "x1 + x4" };
    static const char *const sets[] = { "", "x2", "x3", "x4", "x2 + x3", "x3 + x4", "0 + x3", "dup + x2" };
    for (uint32_t w = 0; w < COUNT(weights); w++) {
        pgt_batch_counts c = { 0 };
        pgdp_frame *frame = pgt_batch_frame(ctx, 1500, 300 + w);
        pgdp_batch_option items[5][COUNT(sets)];
        pgdp_batch_request q = { .weights = weights[w], .report = w == 1 ? "all" : NULL };
        q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], ys, COUNT(ys));
        q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], xs, COUNT(xs));
        q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], sets, COUNT(sets));
        q.choices[PGDP_BATCH_EFFECTS] = pgt_batch_options(items[3], effects + (w == 2 ? 3 : 0), 1);
        q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[4], vcovs + 2, 1);
        pgt_batch_check(ctx, frame, &q, &c);
        assert_int_equal(c.failed, 0);
        assert_int_equal(c.row_pass, 0);
        assert_true(c.moments >= c.models);
        pgdp_frame_free(frame);
    }
}

/* The constant is then a column of which slopes took their part. */
static void absorbed_slopes_beside_a_constant_need_no_model_alone(void **state)
{
    (void)state;
    static const char *const slopes[] = { "g[[x2]]", "g[[x3]] + h[[x4]]", "firm[[x2]]" };
    static const char *const terms[] = { "", "x2 + x4", "i(f)", "0 + x4", "x5 + dup" };
    for (uint32_t w = 0; w < COUNT(weights); w++) {
        pgt_batch_counts c = { 0 };
        pgdp_frame *frame = pgt_batch_frame(ctx, 500, 400 + w);
        pgdp_batch_option items[5][COUNT(vcovs)];
        pgdp_batch_request q = { .weights = weights[w], .report = w == 1 ? "all" : NULL };
        q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcomes, 1);
        q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], focals, 1);
        q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], terms, COUNT(terms));
        q.choices[PGDP_BATCH_EFFECTS] = pgt_batch_options(items[3], slopes, COUNT(slopes));
        q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[4], vcovs, 5);
        pgt_batch_check(ctx, frame, &q, &c);
        assert_true(c.moments + c.row_pass >= c.models * 3 / 4);
        pgdp_frame_free(frame);
    }
}

static double foresee(const pgdp_frame *frame, size_t n_controls, size_t n_vcovs)
{
    pgdp_batch_option items[4][COUNT(vcovs)];
    pgdp_batch_request q = { .report = NULL };
    pgdp_batch *batch;
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcomes, 1);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], focals, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], controls, n_controls);
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], vcovs, n_vcovs);
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    const double seconds = pgdp_batch_plan_of(batch).seconds;
    pgdp_batch_free(batch);
    return seconds;
}

/* Constants make it, so that nothing but the plan decides. */
static void a_plan_foresees_seconds_to_one_digit(void **state)
{
    (void)state;
    pgdp_frame *few = pgt_batch_frame(ctx, 100, 1), *many = pgt_batch_frame(ctx, 5000, 1);
    const double one = foresee(few, 1, 1), more = foresee(few, 6, 4), long_one = foresee(many, 6, 4);
    assert_true(one > 0 && more > one && long_one > 5 * more);
    assert_close(more, foresee(few, 6, 4), 0, 0);
    const double digit = long_one / pow(10, floor(log10(long_one)));
    assert_close(digit, round(digit), 1e-12, 0);
    pgdp_frame_free(few);
    pgdp_frame_free(many);
}

/* As the batch file has it: an empty text stands for nothing. */
static void empty_texts_stand_for_nothing(void **state)
{
    (void)state;
    pgt_batch_counts c = { 0 };
    pgdp_frame *frame = pgt_batch_frame(ctx, 100, 32);
    const pgdp_batch_option y = { .text = "y" }, x = { .text = "x1" }, v = { .text = "iid" }, none = { .text = " " };
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_OUTCOME] = { &y, 1 },
                                                [PGDP_BATCH_FOCAL] = { &x, 1 },
                                                [PGDP_BATCH_CONTROLS] = { &none, 1 },
                                                [PGDP_BATCH_SAMPLE] = { &none, 1 },
                                                [PGDP_BATCH_EFFECTS] = { &none, 1 },
                                                [PGDP_BATCH_METHOD] = { &none, 1 },
                                                [PGDP_BATCH_VCOV] = { &v, 1 } } };
    pgt_batch_check(ctx, frame, &q, &c);
    assert_int_equal(c.moments, 1);
    pgdp_frame_free(frame);
}

static void a_batch_says_what_it_lacks(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 50, 1);
    const pgdp_batch_option y = { .text = "y" }, x = { .text = "x1" }, v = { .text = "HC7" }, good = { .text = "HC1" };
    pgdp_batch_request q = { .report = NULL };
    pgdp_batch *batch;
    assert_status(ctx, pgdp_batch_new(ctx, frame, &q, &batch), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "outcome");
    q.choices[PGDP_BATCH_OUTCOME] = (pgdp_batch_options){ &y, 1 };
    assert_status(ctx, pgdp_batch_new(ctx, frame, &q, &batch), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "focal");
    q.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ &x, 1 };
    assert_status(ctx, pgdp_batch_new(ctx, frame, &q, &batch), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "vcov");
    q.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &v, 1 };
    assert_status(ctx, pgdp_batch_new(ctx, frame, &q, &batch), PGDP_NOT_FOUND);
    q.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &good, 1 };
    q.weights = "x1";
    assert_status(ctx, pgdp_batch_new(ctx, frame, &q, &batch), PGDP_BAD_ARGUMENT);
    q.weights = NULL;
    q.choices[PGDP_BATCH_FORMULA] = (pgdp_batch_options){ &y, 1 };
    assert_status(ctx, pgdp_batch_new(ctx, frame, &q, &batch), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "whole formulas");
    pgdp_frame_free(frame);
}

static pgdp_status run_small(pgdp_ctx *with, void *user)
{
    static pgdp_batch_option items[4][2];
    pgdp_batch_request q = { .report = NULL };
    pgdp_batch *batch;
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcomes, 1);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], focals, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], controls + 4, 1);
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], vcovs + 2, 2);
    PG_TRY(pgdp_batch_new(with, user, &q, &batch));
    const pgdp_status status = pgdp_batch_run(with, batch);
    pgdp_batch_free(batch);
    return status;
}

static void memory_that_fails_is_told_and_none_leaks(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 40, 3);
    assert_true(pgt_fail_every_allocation(run_small, frame) > 5);
    pgdp_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_that_of_the_model_alone),
        cmocka_unit_test(two_stage_models_are_those_of_the_model_alone),
        cmocka_unit_test(liml_models_come_from_moments_as_two_stage_ones_do),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(groups_come_back_from_their_bytes_in_any_order),
        cmocka_unit_test(far_from_zero_columns_lose_no_digits),
        cmocka_unit_test(robust_variances_of_many_models_need_no_pass_for_each),
        cmocka_unit_test(absorbed_slopes_beside_a_constant_need_no_model_alone),
        cmocka_unit_test(a_plan_foresees_seconds_to_one_digit),
        cmocka_unit_test(empty_texts_stand_for_nothing),
        cmocka_unit_test(a_batch_says_what_it_lacks),
        cmocka_unit_test(memory_that_fails_is_told_and_none_leaks),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
