/* test_features.c  What the scoring model sees of a task: columns, missing numbers, grades of other occupations.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "tasks/scoring.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgt_world world;
    pgdp_task_list *list;
    pg_arena arena;
    pg_features features;
    int *grades;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_world_new(ctx, 13, 19, false, &f.world);
    assert_ok(ctx, pgdp_task_list_new(ctx, &f.world.inputs, PGDP_WEIGHT_EQUAL, &f.list));
    pg_arena_init(&f.arena, &ctx->allocator);
    assert_ok(ctx, pg_features_new(ctx, &f.arena, f.list, &f.features));
    f.grades = pg_arena_alloc(&f.arena, f.list->n_tasks, sizeof *f.grades);
    assert_ok(ctx, pg_list_grades(ctx, f.list, "grade", pgt_world_request()->levels, f.grades));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    pg_arena_free(&f->arena);
    pgdp_task_list_free(f->list);
    pgt_world_free(&f->world);
    pgdp_ctx_free(ctx);
    return 0;
}

static const double *column(const fixture *f, const char *name)
{
    for (size_t j = 0; j < f->features.n_plain; j++)
        if (strcmp(f->features.names[j], name) == 0) return f->features.plain + j * f->list->n_tasks;
    fail_msg("no column %s", name);
    return NULL;
}

static void every_number_of_the_occupations_is_a_column(void **state)
{
    const fixture *f = *state;
    const double *zone = column(f, "job_zone");
    for (size_t i = 0; i < f->list->n_tasks; i++) {
        const pg_occupation *o = &f->list->occupations[f->list->occupation[i]];
        assert_true(zone[i] == pgt_real_at(f->world.occupations, "job_zone", o->row));
    }
    (void)column(f, "skill_writing_level");
    (void)column(f, "style_innovation_importance");
}

static void columns_that_go_missing_together_share_an_indicator(void **state)
{
    const fixture *f = *state;
    size_t n_indicators = 0;
    for (size_t j = 0; j < f->features.n_plain; j++)
        n_indicators += strncmp(f->features.names[j], "missing_", 8) == 0 ? 1 : 0;
    assert_int_equal(n_indicators, 2); /* the three ratings of a task; the style */
    const double *rated = column(f, "task_relevance"), *indicator = column(f, "missing_task_importance");
    for (size_t i = 0; i < f->list->n_tasks; i++)
        assert_true(indicator[i] == (isnan(rated[i]) ? 1 : 0));
}

static void shares_of_generalized_activities_sum_to_one_or_none(void **state)
{
    const fixture *f = *state;
    const double *count = column(f, "task_n_dwas"), *first = column(f, "G00"), *second = column(f, "G01");
    for (size_t i = 0; i < f->list->n_tasks; i++)
        assert_close(first[i] + second[i], count[i] > 0 ? 1 : 0, 1e-15, 0);
}

static double *encode(const fixture *f, const int *grades, const bool *held_out)
{
    pgdp_ctx *ctx = f->world.ctx;
    double *out = pg_arena_alloc(&ctx->scratch, f->list->n_tasks * PG_N_ENCODED, sizeof *out);
    assert_non_null(out);
    assert_ok(ctx, pg_encode(ctx, f->list, &f->features, &(pg_lesson){ grades, 4, held_out, PG_NEW_OCCUPATION }, out));
    return out;
}

static void task_does_not_see_grades_of_its_own_occupation(void **state)
{
    const fixture *f = *state;
    const size_t n = f->list->n_tasks, own = 4;
    const double *before = encode(f, f->grades, NULL);
    int *grades = pg_arena_alloc(&f->world.ctx->scratch, n, sizeof *grades);
    memcpy(grades, f->grades, n * sizeof *grades);
    for (size_t i = f->list->occupations[own].first; i < f->list->occupations[own].end; i++)
        if (grades[i] >= 0) grades[i] = 3 - grades[i];
    bool *held_out = pg_arena_alloc(&f->world.ctx->scratch, n, sizeof *held_out);
    for (size_t i = f->list->occupations[own].first; i < f->list->occupations[own].end; i++)
        held_out[i] = true;
    const double *without = encode(f, f->grades, held_out), *flipped = encode(f, grades, held_out);
    size_t n_moved = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t e = 0; e < PG_N_ENCODED; e++) {
            /* held out, its grades move nothing anywhere; learnt from, they move others alone, but for the pooling */
            assert_true(without[i + e * n] == flipped[i + e * n]);
            n_moved += fabs(before[i + e * n] - without[i + e * n]) > 1e-9 ? 1 : 0;
        }
    assert_true(n_moved > 0);
}

/* When activities are new: flipping the grades of all tasks that share an activity with a task moves nothing for it. */
static void task_does_not_see_grades_of_its_own_activities(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const size_t n = f->list->n_tasks, own = 37;
    const pg_chain *chain = &f->features.chains[PG_CHAIN_ACTIVITIES];
    int *grades = pg_arena_alloc(&ctx->scratch, n, sizeof *grades);
    double *before = pg_arena_alloc(&ctx->scratch, n * PG_N_ENCODED, sizeof *before);
    double *after = pg_arena_alloc(&ctx->scratch, n * PG_N_ENCODED, sizeof *after);
    bool *fellow = pg_arena_alloc(&ctx->scratch, n, sizeof *fellow);
    memcpy(grades, f->grades, n * sizeof *grades);
    for (size_t i = 0; i < n; i++)
        for (size_t l = chain->first[i]; l < chain->first[i + 1]; l++)
            for (size_t m = chain->first[own]; m < chain->first[own + 1]; m++)
                fellow[i] = fellow[i] || chain->node[2][l] == chain->node[2][m];
    for (size_t i = 0; i < n; i++)
        if (fellow[i] && grades[i] >= 0) grades[i] = 3 - grades[i];
    assert_true(fellow[own]);
    pg_lesson lesson = { f->grades, 4, fellow, PG_NEW_ACTIVITY };
    assert_ok(ctx, pg_encode(ctx, f->list, &f->features, &lesson, before));
    lesson.grades = grades;
    assert_ok(ctx, pg_encode(ctx, f->list, &f->features, &lesson, after));
    for (size_t e = 0; e < PG_N_ENCODED; e++)
        assert_true(before[own + e * n] == after[own + e * n]);
    lesson = (pg_lesson){ f->grades, 4, NULL, PG_NEW_ACTIVITY };
    assert_ok(ctx, pg_encode(ctx, f->list, &f->features, &lesson, after));
    for (size_t e = 0; e < PG_N_ENCODED;
         e++) /* learnt from, they are left out all the same: the pooling alone differs */
        assert_close(after[own + e * n], before[own + e * n], 0, 0.25);
}

static void encoded_means_lie_within_the_rubric(void **state)
{
    const fixture *f = *state;
    const double *encoded = encode(f, f->grades, NULL);
    for (size_t i = 0; i < f->list->n_tasks * PG_N_ENCODED; i++)
        assert_true(encoded[i] > 0 && encoded[i] < 3);
}

/* One-way random effects by hand: nodes {0, 0, 3}, {3, 3}, all 5 grades with mean 1.8. */
static void variances_are_those_of_one_way_random_effects(void **state)
{
    (void)state;
    pg_tally nodes[3] = { { 0 } }, all = { 0 };
    static const int grades[] = { 0, 0, 3, 3, 3 };
    for (size_t i = 0; i < 5; i++) {
        pg_tally_add(&nodes[i < 3 ? 0U : 1U], grades[i], 1);
        pg_tally_add(&all, grades[i], 1);
    }
    double within, between;
    pg_tally_variances(nodes, 3, &all, &within, &between);
    const double squares_between = 3 * 0.8 * 0.8 + 2 * 1.2 * 1.2, n0 = 5 - (9.0 + 4) / 5;
    assert_close(within, 6.0 / 3, 1e-14, 0);
    assert_close(between, (squares_between - 2) / n0, 1e-13, 0);
    assert_close(pg_pooling(within, between), within / between, 1e-14, 0);
    assert_close(pg_pooling(2, 0), 1e6, 0, 0);
}

static void activity_shares_are_shares(void **state)
{
    const fixture *f = *state;
    const size_t n = f->list->n_tasks;
    double *shares = pg_arena_alloc(&f->world.ctx->scratch, n * 4, sizeof *shares);
    const pg_lesson lesson = { f->grades, 4, NULL, PG_NEW_OCCUPATION };
    assert_ok(f->world.ctx, pg_encode_shares(f->world.ctx, f->list, &f->features, &lesson, shares));
    for (size_t i = 0; i < n; i++) {
        double sum = 0;
        for (size_t k = 0; k < 4; k++) {
            assert_true(shares[i + k * n] > 0);
            sum += shares[i + k * n];
        }
        assert_close(sum, 1, 1e-13, 0);
    }
}

static void standardised_columns_have_mean_zero_and_variance_one(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const size_t n = f->list->n_tasks, p = f->features.n_columns;
    size_t *rows = pg_arena_alloc(&ctx->scratch, n, sizeof *rows);
    double *x = pg_arena_alloc(&ctx->scratch, n * p, sizeof *x);
    for (size_t i = 0; i < n; i++)
        rows[i] = i;
    const double *encoded = encode(f, f->grades, NULL);
    const double **at = pg_arena_alloc(&ctx->scratch, p, sizeof *at);
    for (size_t j = 0; j < p; j++)
        at[j] = j < f->features.n_plain ? f->features.plain + j * n : encoded + (j - f->features.n_plain) * n;
    const pg_columns columns = { .n = p, .n_tasks = n, .x = at };
    const pg_rows all = { &columns, rows, n };
    pg_scale scale;
    assert_ok(ctx, pg_scale_of(ctx, &all, &scale));
    pg_standardise(&all, &scale, x);
    for (size_t j = 0; j < p; j++) {
        double sum = 0, squares = 0, n_there = 0;
        for (size_t i = 0; i < n; i++) {
            assert_true(isfinite(x[i + j * n]) != 0);
            const bool there = j >= f->features.n_plain || !isnan(f->features.plain[i + j * n]);
            sum += x[i + j * n];
            squares += there ? x[i + j * n] * x[i + j * n] : 0;
            n_there += there ? 1 : 0;
        }
        assert_close(sum, 0, 0, 1e-10 * (double)n);
        if (scale.inverse[j] > 0) assert_close(squares / n_there, 1, 1e-10, 0);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(every_number_of_the_occupations_is_a_column),
        TEST(columns_that_go_missing_together_share_an_indicator),
        TEST(shares_of_generalized_activities_sum_to_one_or_none),
        TEST(task_does_not_see_grades_of_its_own_occupation),
        TEST(task_does_not_see_grades_of_its_own_activities),
        TEST(encoded_means_lie_within_the_rubric),
        TEST(variances_are_those_of_one_way_random_effects),
        TEST(activity_shares_are_shares),
        TEST(standardised_columns_have_mean_zero_and_variance_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
