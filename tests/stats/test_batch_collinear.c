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

enum { MOST = 8, MOST_FORMULAS = 12 };
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

/* "y ~ x | d ~ z" by a method without effects and with two lists of them, three covariances each. */
typedef struct beside {
    const char *method, *weights;
} beside;
static void check_with_effects(const pgdp_frame *frame, beside by, const char *const *formulas, size_t n,
                               pgt_batch_counts *c)
{
    static const char *const effects[] = { "", "| firm ", "| firm + f " };
    char texts[MOST_FORMULAS * COUNT(effects)][100];
    pgdp_batch_option f[MOST_FORMULAS * COUNT(effects)], v[3];
    for (size_t i = 0; i < n * COUNT(effects); i++) {
        const char *const bar = strchr(formulas[i % n], '|');
        snprintf(texts[i], sizeof texts[i], "%.*s%s%s", (int)(bar - formulas[i % n]), formulas[i % n], effects[i / n],
                 bar);
        f[i] = (pgdp_batch_option){ .text = texts[i] };
    }
    const pgdp_batch_option method = { .text = by.method };
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_FORMULA] = { f, n * COUNT(effects) },
                                                [PGDP_BATCH_METHOD] = { &method, 1 },
                                                [PGDP_BATCH_VCOV] = pgt_batch_options(v, vcovs + 2, 3) },
                                   .weights = by.weights,
                                   .report = "all" };
    pgt_batch_check(ctx, frame, &q, c);
}

/* Exogenous and endogenous terms by name, instruments without a word, errors in the same words. */
static void collinear_terms_beside_instruments_are_those_of_the_models_alone(void **state)
{
    (void)state;
    static const char *const solved[] = { "y ~ x1 + x2 + dup | p ~ z1 + z2",
                                          "y ~ dup + x4 + x1 + x2 | p ~ z1",
                                          "y ~ x1 + x2 | p ~ z1 + z2 + dup",
                                          "y ~ x1 + x2 + dup | p ~ dup + z2 + I(z2 - x1)",
                                          "y ~ x1 | p + I(p - x1) ~ z1 + z2 + x3",
                                          "y ~ x1 + I(1 * (f == \"east\")) + i(f) | p ~ z1 + I(z1 * 2) + z2",
                                          "y ~ x1 | p + I(p + dup - x2) ~ z1 + z2",
                                          "y ~ x1 + dup | p ~ z1 + z2 + x2 + I(dup - x1)",
                                          "y ~ 0 + x1 + x2 + dup | p ~ z1 + z2 + I(z1 + z2)",
                                          "y ~ x1 + x2 | p + dup ~ z1 + z2",
                                          "y ~ x1 | p ~ z1 + I(0 * z2 + 3)",
                                          "y ~ x1 + I(0 * x2 + 3) | p ~ z1 + z2" },
                             *const refused[] = { "y ~ x1 + x2 | p ~ dup", "y ~ x1 + x2 | dup ~ z1",
                                                  "y ~ x1 | p + I(2 * p) ~ z1 + I(2 * z1)",
                                                  "y ~ x1 | p + I(2 * p) ~ z1", "y ~ x1 | p + x2 ~ z1 + I(z1 + x1)" };
    static const beside ways[] = { { "iv", NULL },      { "iv", "aw:aw" },   { "iv", "fw:fw" },  { "liml", NULL },
                                   { "liml", "aw:aw" }, { "liml", "fw:fw" }, { "liml", "pw:aw" } };
    for (uint32_t w = 0; w < COUNT(ways); w++) {
        pgdp_frame *frame = pgt_batch_frame(ctx, 400, 500 + w % 3);
        pgt_batch_counts c = { 0 }, none = { 0 };
        check_with_effects(frame, ways[w], solved, COUNT(solved), &c);
        assert_int_equal(c.failed + c.by_row, 0);
        assert_int_equal(c.collinear, c.models * 3 / 4);
        check_with_effects(frame, ways[w], refused, COUNT(refused), &none);
        assert_int_equal(none.failed, none.models);
        pgdp_frame_free(frame);
    }
}

typedef struct words {
    const char *vcov, *subset, *report;
} words;

/* Formulas with one covariance each. */
static void check_formulas(uint32_t seed, const pgdp_batch_option *f, size_t n, const words *w, pgt_batch_counts *c)
{
    pgdp_frame *frame = pgt_batch_frame(ctx, 260, seed);
    const pgdp_batch_option v = { .text = w->vcov }, sample = { .text = w->subset };
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_FORMULA] = { f, n },
                                                [PGDP_BATCH_VCOV] = { &v, 1 },
                                                [PGDP_BATCH_SAMPLE] = { &sample, w->subset == NULL ? 0 : 1 } },
                                   .report = w->report };
    pgt_batch_check(ctx, frame, &q, c);
    pgdp_frame_free(frame);
}

/* An outcome that its terms give exactly; clusters that are levels of a dummy; what is not a number to twelve digits.
 */
static void results_that_are_rounding_alone_are_not_promised(void **state)
{
    (void)state;
    const pgdp_batch_option exact[] = { { .text = "I(x1 + 2) ~ x1" },
                                        { .text = "I(x1 + 2) ~ x1 + i(h)" },
                                        { .text = "I(x1 + 2) ~ x1 + i(h) | f[[x3]]" },
                                        { .text = "I(x1 + 2) ~ x2 + I(x1 + 1000 * firm) + firm" } },
                            levels[] = { { .text = "y ~ i(f)" } }, far[] = { { .text = "y ~ I(x1 + 1000000) + x2" } };
    pgt_batch_counts c = { 0 };
    check_formulas(134, exact, COUNT(exact), &(words){ "HC1", NULL, "all" }, &c);
    check_formulas(134, exact, COUNT(exact), &(words){ "iid", NULL, "all" }, &c);
    check_formulas(134, levels, COUNT(levels), &(words){ "cluster(f)", NULL, "all" }, &c);
    check_formulas(134, far, COUNT(far), &(words){ "iid", NULL, "all" }, &c);
    assert_int_equal(c.by_row, c.models);
}

/* Before, rounding left of the first term made all later ones collinear. */
static void a_collinear_term_takes_no_other_with_it(void **state)
{
    (void)state;
    const pgdp_batch_option f[] = { { .text = "x4 ~ I(2 * x1) + poly(x1, 2) + year + x1 + log(abs(x5)) | s" } };
    pgdp_frame *frame = pgt_batch_frame(ctx, 260, 134);
    const pgdp_regression_spec spec = { .formula = f[0].text, .vcov = "HC1", .weights = "pw:aw" };
    const char *term, *because;
    pgdp_regression *r;
    pgt_batch_counts c = { 0 };
    assert_ok(ctx, pgdp_regress(ctx, frame, &spec, &r));
    assert_true(pgdp_regression_collinear(r, 0, &term, &because));
    assert_string_equal(term, "poly(x1, 2)1");
    assert_true(pgdp_regression_collinear(r, 1, &term, &because));
    assert_string_equal(term, "x1");
    assert_false(pgdp_regression_collinear(r, 2, &term, &because));
    pgdp_regression_free(r);
    pgdp_frame_free(frame);
    check_formulas(134, f, 1, &(words){ "cluster(g)", NULL, "all" }, &c);
}

/* A column that is what two nearly collinear ones leave of each other. */
static void a_dependence_behind_nearly_collinear_terms_is_seen(void **state)
{
    (void)state;
    const pgdp_batch_option f[] = { { .text = "y2 ~ x4 + I(firm * 2) + I(firm / 3) + f:x1 + i(year) + "
                                              "I(x1 + 1000 * firm) + x1 | g" } };
    pgt_batch_counts c = { .rel = 1e-9 };
    for (uint32_t seed = 4360; seed < 4370; seed++)
        check_formulas(seed, f, COUNT(f), &(words){ "cluster(g)", NULL, "x4" }, &c);
    assert_int_equal(c.collinear, c.models);
}

static void too_few_rows_for_all_terms_are_too_few(void **state)
{
    (void)state;
    const pgdp_batch_option f[] = { { .text = "y ~ few + I(0 * x2) + i(year) + I(2 * few) | f" },
                                    { .text = "y ~ few + I(0 * x2) + x1 | f | p ~ z1 + z2 + I(z1 + z2)" } };
    pgt_batch_counts c = { 0 };
    for (size_t i = 0; i < 12; i++) {
        char subset[20];
        snprintf(subset, sizeof subset, "many < %zu", 2 + i);
        check_formulas(134, f, COUNT(f), &(words){ "HC1", subset, "all" }, &c);
    }
    assert_in_range(c.failed, 1, c.models - 1);
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
        cmocka_unit_test(collinear_terms_beside_instruments_are_those_of_the_models_alone),
        cmocka_unit_test(results_that_are_rounding_alone_are_not_promised),
        cmocka_unit_test(a_collinear_term_takes_no_other_with_it),
        cmocka_unit_test(a_dependence_behind_nearly_collinear_terms_is_seen),
        cmocka_unit_test(too_few_rows_for_all_terms_are_too_few),
        cmocka_unit_test(a_reported_term_that_is_collinear_is_told),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
