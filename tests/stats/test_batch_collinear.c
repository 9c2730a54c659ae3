/* test_batch_collinear.c  Collinear terms of a batch are those of the models alone, and keep no model from the moments.
 * SPDX-License-Identifier: GPL-3.0-or-later */
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
#define COUNT(list) (sizeof(list) / sizeof *(list))
static const char *const outcome[] = { "y" }, *const focal[] = { "x1" };
static const char *const weights[] = { NULL, "aw:aw", "fw:fw", "pw:aw" };
static const char *const vcovs[] = { "iid", "HC0", "HC1", "cluster(g)", "cluster(g + h)" };

/* 1e-12 is promised of the moments; where they cannot keep it, the rows are looked at. */
static void nearly_collinear_terms_go_by_row_and_collinear_ones_do_not(void **state)
{
    (void)state;
    pgt_batch_counts c = { 0 };
    pgdp_frame *frame = pgt_batch_frame(ctx, 300, 12);
    static const char *const near[] = { "x2", "I(x1 + x2 / 100000)", "I(x1 + x2 / 1000000000)", "I(2 * x1)" };
    pgdp_batch_option items[4][8];
    pgdp_batch_request q = { .report = NULL };
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcome, 1);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], focal, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], near, COUNT(near));
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], vcovs, 5);
    pgt_batch_check(ctx, frame, &q, &c);
    assert_int_equal(c.moments + c.row_pass, 10);
    assert_int_equal(c.collinear, 5);
    pgdp_frame_free(frame);
}

/* The rows are looked at once for each dependence, and the models stay algebra. */
static void collinear_terms_are_left_out_without_fitting_models_alone(void **state)
{
    (void)state;
    static const char *const sets[] = { "x2 + dup",
                                        "dup + x2 + x3",
                                        "x4 + dup + x2 + I(dup - x3) + x3",
                                        "x2 + x3 + dup",
                                        "i(f) + I(1 * (f == \"east\"))",
                                        "dup + I(2 * dup) + x4",
                                        "0 + x2 + dup" };
    static const char *const few_effects[] = { "", "firm", "firm + f" };
    for (uint32_t w = 0; w < COUNT(weights); w++) {
        pgt_batch_counts c = { 0 };
        pgdp_frame *frame = pgt_batch_frame(ctx, 400, 200 + w);
        pgdp_batch_option items[5][MOST];
        pgdp_batch_request q = { .weights = weights[w], .report = w == 1 ? "all" : NULL };
        q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcome, 1);
        q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], focal, 1);
        q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], sets, COUNT(sets));
        q.choices[PGDP_BATCH_EFFECTS] = pgt_batch_options(items[3], few_effects, COUNT(few_effects));
        q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[4], vcovs + 2, 2);
        pgt_batch_check(ctx, frame, &q, &c);
        assert_int_equal(c.failed, 0);
        assert_true(c.collinear >= c.models * 3 / 4);
        assert_true(c.moments + c.row_pass >= c.models * 4 / 5);
        pgdp_frame_free(frame);
    }
}

static void a_reported_term_that_is_collinear_is_told(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 200, 31);
    const pgdp_batch_option f[] = { { .text = "y ~ x1 + x2 + dup" }, { .text = "y ~ dup + x2" } },
                            v[] = { { .text = "HC1" }, { .text = "HC3" }, { .text = "cluster(g)" } };
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_FORMULA] = { f, 2 }, [PGDP_BATCH_VCOV] = { v, 3 } },
                                   .report = "dup" };
    pgdp_batch *batch;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    for (size_t m = 0; m < 6; m++) {
        size_t n;
        const pgdp_batch_row *row = pgdp_batch_rows_of(batch, m, &n);
        assert_int_equal(n, 1);
        assert_int_equal(row->status, m < 3 ? PGDP_RANK_DEFICIENT : PGDP_OK);
        assert_string_equal(row->error, m < 3 ? "no reported term is left in the model" : "");
        assert_string_equal(row->collinear, m < 3 ? "dup" : "");
    }
    pgdp_batch_free(batch);
    pgdp_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(nearly_collinear_terms_go_by_row_and_collinear_ones_do_not),
        cmocka_unit_test(collinear_terms_are_left_out_without_fitting_models_alone),
        cmocka_unit_test(a_reported_term_that_is_collinear_is_told),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
