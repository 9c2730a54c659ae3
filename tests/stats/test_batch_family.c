/* test_batch_family.c  Models whose rows differ by missing values share a pass, and are those of the model alone.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/batch_family.h"
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

#define COUNT(list) (sizeof(list) / sizeof *(list))
enum { MOST = 16 };
static const char *const holed[] = { "x2", "x3", "x4", "x5", "x6", "dup", "z1", "z2", "p", "y2" };
static const char *const vcovs[] = { "iid", "HC1", "cluster(g)" };
static const char *const weights[] = { NULL, "aw:aw", "fw:fw", "pw:aw" };
static const char *const sets[] = { "",        "x2",           "x3 + x4", "x2 + x4",     "x5 + z1",
                                    "x6 + z2", "x2 + x3 + x4", "0 + z1",  "log(x2 ^ 2)", "x2:x4 + year" };

/* The table of batches, with more holes: a part of the rows of the first columns of `holed`. */
static pgdp_frame *frame_with_holes(size_t n, uint32_t seed, size_t n_columns, double part)
{
    pgdp_frame *frame = pgt_batch_frame(ctx, n, seed);
    pg_random r = pg_random_stream(seed, "holes", 0);
    for (size_t j = 0; j < n_columns; j++)
        for (size_t i = 0; i < n; i++)
            if (pg_random_uniform(&r) < part) {
                double *const cell = (double *)(uintptr_t)pgdp_frame_reals(frame, pgdp_frame_find(frame, holed[j]));
                cell[i] = (double)NAN;
            }
    return frame;
}

static pgdp_batch_request request_of(pgdp_batch_option (*items)[MOST], const char *weight)
{
    static const char *const ys[] = { "y", "y2" }, *const xs[] = { "x1", "x2 + x1" };
    static const char *const samples[] = { "year >= 2002", "" };
    pgdp_batch_request q = { .weights = weight };
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], ys, COUNT(ys));
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], xs, COUNT(xs));
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], sets, COUNT(sets));
    q.choices[PGDP_BATCH_SAMPLE] = pgt_batch_options(items[3], samples, COUNT(samples));
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[4], vcovs, COUNT(vcovs));
    return q;
}

static void assert_shared(const pgdp_frame *frame, const pgdp_batch_request *q)
{
    pgdp_batch *batch;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    assert_true(batch->family->pays);
    pgdp_batch_free(batch);
}

static void every_row_is_that_of_the_model_alone(void **state)
{
    (void)state;
    for (uint32_t w = 0; w < COUNT(weights); w++) {
        pgt_batch_counts c = { 0 };
        pgdp_batch_option items[5][MOST];
        pgdp_frame *frame = frame_with_holes(1500, 40 + w, 8, 0.03);
        const pgdp_batch_request q = request_of(items, weights[w]);
        assert_shared(frame, &q);
        pgt_batch_check(ctx, frame, &q, &c);
        assert_int_equal(c.models, 240);
        assert_true(c.moments + c.row_pass >= c.models * 2 / 3);
        pgdp_frame_free(frame);
    }
}

static void two_stage_models_are_those_of_the_model_alone(void **state)
{
    (void)state;
    static const char *const few[] = { "", "x2", "x2 + x3" }, *const ys[] = { "y" };
    const pgdp_batch_option focal[] = { { .text = "p", .instruments = "z1" },
                                        { .text = "p", .instruments = "z1 + z2" } };
    pgt_batch_counts c = { 0 };
    pgdp_batch_option items[3][MOST];
    pgdp_frame *frame = frame_with_holes(400, 50, COUNT(holed), 0.1);
    pgdp_batch_request q = { .report = "all" };
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], ys, 1);
    q.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ focal, COUNT(focal) };
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[1], few, COUNT(few));
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[2], vcovs, COUNT(vcovs));
    assert_shared(frame, &q);
    pgt_batch_check(ctx, frame, &q, &c);
    assert_true(c.moments > c.models);
    pgdp_frame_free(frame);
}

/* Pairs of nine columns with holes: more patterns than are stored. */
static size_t write_subsets(char (*text)[24])
{
    size_t n = 0;
    for (size_t a = 0; a < 9; a++)
        for (size_t b = a + 1; b < 9; b++)
            (void)snprintf(text[n++], sizeof *text, "%s + %s", holed[a], holed[b]);
    return n;
}

static pgdp_batch *wide_batch(const pgdp_frame *frame, bool alone)
{
    static char texts[36][24];
    static pgdp_batch_option controls[36];
    static const pgdp_batch_option y = { .text = "y" }, x = { .text = "x1" }, v = { .text = "cluster(g)" };
    pgdp_batch *batch;
    const size_t n = write_subsets(texts);
    for (size_t i = 0; i < n; i++)
        controls[i] = (pgdp_batch_option){ .text = texts[i] };
    pgdp_batch_request q = { .report = NULL };
    q.choices[PGDP_BATCH_OUTCOME] = (pgdp_batch_options){ &y, 1 };
    q.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ &x, 1 };
    q.choices[PGDP_BATCH_CONTROLS] = (pgdp_batch_options){ controls, n };
    q.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &v, 1 };
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    for (uint32_t g = 0; g < batch->n_groups && alone; g++)
        batch->groups[g].family = g;
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    return batch;
}

static void patterns_that_are_not_stored_are_read_again(void **state)
{
    (void)state;
    pgdp_frame *frame = frame_with_holes(6000, 60, 9, 0.15);
    pgdp_batch *shared = wide_batch(frame, false), *alone = wide_batch(frame, true);
    const pg_batch_family *f = shared->family;
    size_t n_stored = 0;
    assert_int_equal(shared->n_groups, 36);
    assert_true(f->pays);
    for (size_t q = 0; q < f->n_patterns; q++)
        n_stored += f->stored[q];
    assert_in_range(n_stored, 40, f->n_patterns - 10);
    for (size_t m = 0; m < 36; m++) {
        size_t n;
        const pgdp_batch_row *a = pgdp_batch_rows_of(shared, m, &n), *b = pgdp_batch_rows_of(alone, m, &n);
        assert_string_equal(a->solver, "moments");
        assert_close(a->estimate, b->estimate, 1e-13, 1e-13 * b->std_error);
        assert_close(a->std_error, b->std_error, 1e-13, 0);
        assert_close(a->nobs, b->nobs, 0, 0);
        assert_close(a->clusters, b->clusters, 0, 0);
    }
    pgdp_batch_free(shared);
    pgdp_batch_free(alone);
    pgdp_frame_free(frame);
}

static void any_number_of_threads_gives_the_same_bits(void **state)
{
    (void)state;
    pgdp_frame *frame = frame_with_holes(6000, 61, 9, 0.15);
    pgdp_batch *one = wide_batch(frame, false);
    pgdp_ctx_set_threads(ctx, 3);
    pgdp_batch *many = wide_batch(frame, false);
    pgdp_ctx_set_threads(ctx, 1);
    for (size_t m = 0; m < 36; m++) {
        size_t n;
        const pgdp_batch_row *a = pgdp_batch_rows_of(one, m, &n), *b = pgdp_batch_rows_of(many, m, &n);
        assert_memory_equal(&a->estimate, &b->estimate, 13 * sizeof(double));
    }
    pgdp_batch_free(one);
    pgdp_batch_free(many);
    pgdp_frame_free(frame);
}

/* One group alone, as after a run that was stopped, is what it is among all. */
static void a_group_is_the_same_whichever_ran_before(void **state)
{
    (void)state;
    pgdp_batch_option items[5][MOST];
    pgdp_frame *frame = frame_with_holes(300, 62, 8, 0.1);
    const pgdp_batch_request q = request_of(items, NULL);
    pgdp_batch *all, *back;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &all));
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &back));
    assert_ok(ctx, pgdp_batch_run(ctx, all));
    for (size_t g = back->n_groups; g-- > 0;)
        assert_ok(ctx, pgdp_batch_run_group(ctx, back, g));
    for (size_t m = 0; m < all->n_models; m++) {
        size_t n;
        const pgdp_batch_row *a = pgdp_batch_rows_of(all, m, &n), *b = pgdp_batch_rows_of(back, m, &n);
        assert_memory_equal(&a->estimate, &b->estimate, 13 * sizeof(double));
        assert_string_equal(a->solver, b->solver);
    }
    pgdp_batch_free(all);
    pgdp_batch_free(back);
    pgdp_frame_free(frame);
}

/* A cluster that is missing, a column that is nowhere, one far from zero that begins late. */
static void odd_columns_are_those_of_the_model_alone(void **state)
{
    (void)state;
    static const char *const odd[] = { "x2", "x3 + late", "late + x2", "never", "late", "x3", "log(x3)" };
    static const char *const by[] = { "cluster(holes)", "HC1", "cluster(g)" };
    const size_t n = 400;
    pgt_batch_counts c = { 0 };
    pgdp_batch_option items[4][MOST];
    pgdp_frame *frame = frame_with_holes(n, 63, 3, 0.2);
    size_t at[3];
    static const char *const names[] = { "late", "never", "holes" };
    for (size_t j = 0; j < 3; j++)
        assert_ok(ctx,
                  pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = names[j], .type = PGDP_REAL }, &at[j]));
    double *const late = (double *)(uintptr_t)pgdp_frame_reals(frame, at[0]);
    double *const never = (double *)(uintptr_t)pgdp_frame_reals(frame, at[1]);
    double *const holes = (double *)(uintptr_t)pgdp_frame_reals(frame, at[2]);
    for (size_t i = 0; i < n; i++) {
        late[i] = i < 200 ? (double)NAN : 1e6 + floor(100 * sin((double)i));
        never[i] = (double)NAN;
        holes[i] = i % 7 == 0 ? (double)NAN : (double)(i % 13);
    }
    pgdp_batch_request q = { .report = "x1" };
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], (const char *const[]){ "y" }, 1);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], (const char *const[]){ "x1" }, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], odd, COUNT(odd));
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], by, COUNT(by));
    pgt_batch_check(ctx, frame, &q, &c);
    assert_int_equal(c.failed, 3);
    assert_int_equal(c.moments + c.row_pass, 18);
    pgdp_frame_free(frame);
}

/* noeast: nothing where f is "east", its first level. */
static pgdp_frame *frame_without_east(uint32_t seed)
{
    pgdp_frame *frame = frame_with_holes(1000, seed, 4, 0.03);
    size_t at;
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "noeast", .type = PGDP_REAL }, &at));
    double *const noeast = (double *)(uintptr_t)pgdp_frame_reals(frame, at);
    const size_t f = pgdp_frame_find(frame, "f");
    for (size_t i = 0; i < 1000; i++) {
        const char *level = pgdp_frame_level(frame, f, pgdp_frame_codes(frame, f)[i]);
        noeast[i] = strcmp(level, "east") == 0 ? (double)NAN : cos((double)i);
    }
    return frame;
}

/* The first level in none of some groups' rows, a rare one in few; the reference is each group's own. */
static void factors_share_a_pass_and_keep_the_levels_of_their_rows(void **state)
{
    (void)state;
    static const char *const always[] = { "f*s", "i(year, x1) + poly(x1, 2, raw = TRUE) + s:x1", "i(f, ref = \"east\")",
                                          "i(year, bin = 2) + i(f, s)" };
    static const char *const lacking[] = { "",        "x2",     "x3",      "noeast",  "x2 + x3",     "noeast + x2",
                                           "x3 + x4", "x4 + f", "dup + s", "x3 + x2", "noeast + x4", "x5" };
    for (uint32_t a = 0; a < COUNT(always); a++) {
        pgt_batch_counts c = { 0 };
        pgdp_batch_option items[4][MOST];
        pgdp_frame *frame = frame_without_east(80 + a);
        pgdp_batch_request q = { .weights = weights[a], .report = "all", .always = always[a] };
        q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], (const char *const[]){ "y", "y2" }, 2);
        q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], (const char *const[]){ "x1" }, 1);
        q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], lacking, COUNT(lacking));
        q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], vcovs, COUNT(vcovs));
        assert_shared(frame, &q);
        pgt_batch_check(ctx, frame, &q, &c);
        assert_true(c.by_row <= c.models / 20);
        pgdp_frame_free(frame);
    }
}

static void draws_are_those_of_groups_apart(void **state)
{
    (void)state;
    pgdp_batch_option items[5][MOST];
    pgdp_frame *frame = frame_with_holes(1500, 64, 8, 0.05);
    pgdp_batch_request q = request_of(items, NULL);
    pgdp_batch_inference got[2];
    const pgdp_batch_option by_cluster = { .text = "cluster(g)" };
    q.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &by_cluster, 1 };
    for (int alone = 0; alone < 2; alone++) {
        pgdp_batch *batch;
        assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
        for (uint32_t g = 0; g < batch->n_groups && alone == 1; g++)
            batch->groups[g].family = g;
        assert_ok(ctx, pgdp_batch_run(ctx, batch));
        assert_true(batch->family->pays == (alone == 0));
        assert_ok(ctx, pgdp_batch_infer(ctx, batch, "g", 99, 0.05, &got[alone]));
        pgdp_batch_free(batch);
    }
    assert_int_equal(got[0].n_rows, got[1].n_rows);
    assert_close(got[0].median, got[1].median, 1e-11, 0);
    assert_close(got[0].p_median, got[1].p_median, 0, 0);
    assert_close(got[0].p_share, got[1].p_share, 0, 0);
    assert_close(got[0].p_stouffer, got[1].p_stouffer, 0, 0);
    pgdp_frame_free(frame);
}

static pgdp_status run_few(pgdp_ctx *with, void *user)
{
    static const char *const few[] = { "x2", "x3", "x4" };
    pgdp_batch_option items[4][MOST];
    pgdp_batch_request q = { .weights = "aw:aw" };
    pgdp_batch *batch;
    q.choices[PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], (const char *const[]){ "y" }, 1);
    q.choices[PGDP_BATCH_FOCAL] = pgt_batch_options(items[1], (const char *const[]){ "x1" }, 1);
    q.choices[PGDP_BATCH_CONTROLS] = pgt_batch_options(items[2], few, COUNT(few));
    q.choices[PGDP_BATCH_VCOV] = pgt_batch_options(items[3], vcovs + 2, 1);
    PG_TRY(pgdp_batch_new(with, user, &q, &batch));
    const pgdp_status status = pgdp_batch_run(with, batch);
    pgdp_batch_free(batch);
    return status;
}

static void memory_that_fails_is_told_and_none_leaks(void **state)
{
    (void)state;
    pgdp_frame *frame = frame_with_holes(80, 65, 3, 0.1);
    assert_true(pgt_fail_every_allocation(run_few, frame) > 5);
    pgdp_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_that_of_the_model_alone),
        cmocka_unit_test(two_stage_models_are_those_of_the_model_alone),
        cmocka_unit_test(patterns_that_are_not_stored_are_read_again),
        cmocka_unit_test(any_number_of_threads_gives_the_same_bits),
        cmocka_unit_test(a_group_is_the_same_whichever_ran_before),
        cmocka_unit_test(odd_columns_are_those_of_the_model_alone),
        cmocka_unit_test(factors_share_a_pass_and_keep_the_levels_of_their_rows),
        cmocka_unit_test(draws_are_those_of_groups_apart),
        cmocka_unit_test(memory_that_fails_is_told_and_none_leaks),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
