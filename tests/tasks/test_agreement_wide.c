/* test_agreement_wide.c  Grades in a column a grader: the same answers as in a row a grade, and refusals.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "pgdp/agreement.h"
#include "tests/support/frame_text.h"

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/* The same grades in both forms; then a wide table that is wrong. */
static void wide_tables_say_what_long_ones_say(void **state)
{
    static const char long_text[] = "task_id grader:t grade:t\n1 x a\n1 y a\n2 x b\n2 y a\n3 x b\n3 y b\n4 y a\n";
    static const char wide_text[] = "task_id x:t y:t\n1 a a\n2 b a\n3 b b\n4 . a\n";
    static const char *const graders[] = { "x", "y", NULL }, *const levels[] = { "a", "b", NULL };
    static const char *const wrong[][2] = {
        { "task_id x:t y:t\n1 a a\n2 b c\n", "row 2, column y: found \"c\", expected a level of the rubric" },
        { "task_id x:t y:t\n1 a a\n1 b a\n", "row 2, column x: found a second grade of x for task 1" },
        { "task_id x:t y:t\n1 a a\n. b a\n", "row 2, column task_id: found an empty cell" },
        { "task_id x:t z:t\n1 a a\n", "found no column y" },
    };
    pgdp_ctx *ctx = *state;
    pgdp_agreement_request q = { .task = "task_id", .grader = "grader", .grade = "grade", .levels = levels };
    pgt_buffer text[2] = { { 0 } };
    for (size_t form = 0; form < 2; form++) {
        pgdp_frame *f = pgt_frame(ctx, form == 0 ? long_text : wide_text);
        pgdp_agreement *a;
        const pgdp_sink sink = pgt_sink(&text[form]);
        q.graders = form == 0 ? NULL : graders;
        assert_ok(ctx, pgdp_agreement_new(ctx, f, &q, &a));
        assert_ok(ctx, pgdp_agreement_write(ctx, a, true, &sink));
        pgdp_agreement_free(a);
        pgdp_frame_free(f);
    }
    assert_string_equal(text[0].data, text[1].data);
    pgt_buffer_free(&text[0]);
    pgt_buffer_free(&text[1]);
    for (size_t k = 0; k < sizeof wrong / sizeof *wrong; k++) {
        pgdp_frame *f = pgt_frame(ctx, wrong[k][0]);
        pgdp_agreement *a = NULL;
        assert_true(pgdp_agreement_new(ctx, f, &q, &a) != PGDP_OK);
        assert_contains(pgdp_ctx_error(ctx), wrong[k][1]);
        assert_null(a);
        pgdp_frame_free(f);
    }
}

/* Labels that are words with values 0, 1 and 4 agree as far as the numbers 0, 1 and 4 do. */
static void values_of_labels_count_on_the_interval_scale(void **state)
{
    static const char words[] = "task_id x:t y:t\n1 no no\n2 some full\n3 full full\n4 no some\n5 some some\n";
    static const char numbers[] = "task_id x y\n1 0 0\n2 1 4\n3 4 4\n4 0 1\n5 1 1\n";
    static const char *const graders[] = { "x", "y", NULL }, *const levels[] = { "no", "some", "full", NULL };
    static const double values[] = { 0, 1, 4 };
    pgdp_ctx *ctx = *state;
    double alpha[2];
    for (size_t k = 0; k < 2; k++) {
        pgdp_frame *f = pgt_frame(ctx, k == 0 ? words : numbers);
        const pgdp_agreement_request q = { .task = "task_id",
                                           .graders = graders,
                                           .levels = k == 0 ? levels : NULL,
                                           .values = k == 0 ? values : NULL,
                                           .scale = PGDP_INTERVAL };
        pgdp_agreement *a;
        assert_ok(ctx, pgdp_agreement_new(ctx, f, &q, &a));
        alpha[k] = pgt_reals(pgdp_agreement_measures(a), "estimate")[2]; /* Krippendorff's */
        pgdp_agreement_free(a);
        pgdp_frame_free(f);
    }
    assert_close(alpha[0], alpha[1], 0, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(wide_tables_say_what_long_ones_say),
                                        cmocka_unit_test(values_of_labels_count_on_the_interval_scale) };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
