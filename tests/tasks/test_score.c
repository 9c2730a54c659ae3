/* test_score.c  Measures of exposure rebuilt from the labels, against Eloundou, Manning, Mishkin & Rock (2024).
 * Printed figures: methodology sections 2.1 and 6.1; data: openai/GPTs-are-GPTs at commit 0471612.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "core/frame.h"
#include "pgdp/ingest.h"
#include "tasks/scores.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    pgt_shipped shipped;
    pgdp_task_list *list;
    pgdp_frame *by_occupation, *summary, *pairs;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    pgt_shipped_open(f.ctx, 2021, &f.shipped);
    assert_ok(f.ctx, pgdp_task_list_new(f.ctx, &f.shipped.inputs, PGDP_WEIGHT_CORE, &f.list));
    assert_ok(f.ctx, pgdp_scores_compute(f.ctx, f.list, &f.by_occupation, &f.summary, &f.pairs));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->by_occupation);
    pgdp_frame_free(f->summary);
    pgdp_frame_free(f->pairs);
    pgdp_task_list_free(f->list);
    pgt_shipped_close(&f->shipped);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static double summary_of(const fixture *f, const char *name, const char *level, const char *column)
{
    for (size_t i = 0; i < pgdp_frame_n_rows(f->summary); i++)
        if (strcmp(pgt_text_at(f->summary, "name", i), name) == 0 &&
            strcmp(pgt_text_at(f->summary, "level", i), level) == 0)
            return pgt_real_at(f->summary, column, i);
    fail_msg("no measure %s", name);
    return 0;
}

static double pair_of(const fixture *f, const char *a, const char *b, const char *level, const char *column)
{
    for (size_t i = 0; i < pgdp_frame_n_rows(f->pairs); i++)
        if (strcmp(pgt_text_at(f->pairs, "a", i), a) == 0 && strcmp(pgt_text_at(f->pairs, "b", i), b) == 0 &&
            strcmp(pgt_text_at(f->pairs, "level", i), level) == 0)
            return pgt_real_at(f->pairs, column, i);
    fail_msg("no pair %s, %s", a, b);
    return 0;
}

static void A01_task_means_of_gpt4(void **state)
{
    assert_close(summary_of(*state, "gpt4_alpha", "task", "mean"), 0.140254, 0, 5e-7);
    assert_close(summary_of(*state, "gpt4_beta", "task", "mean"), 0.347937, 0, 5e-7);
    assert_close(summary_of(*state, "gpt4_zeta", "task", "mean"), 0.555619, 0, 5e-7);
    assert_true(summary_of(*state, "gpt4_beta", "task", "n") == 19265);
}

static void A02_task_means_of_people(void **state)
{
    assert_close(summary_of(*state, "human_alpha", "task", "mean"), 0.1486, 0, 5e-5);
    assert_close(summary_of(*state, "human_beta", "task", "mean"), 0.3081, 0, 5e-5);
    assert_close(summary_of(*state, "human_zeta", "task", "mean"), 0.4676, 0, 5e-5);
}

static void A04_task_standard_deviations_of_people(void **state)
{
    assert_close(summary_of(*state, "human_alpha", "task", "sd"), 0.3557, 0, 5e-5);
    assert_close(summary_of(*state, "human_beta", "task", "sd"), 0.3653, 0, 5e-5);
    assert_close(summary_of(*state, "human_zeta", "task", "sd"), 0.4990, 0, 5e-5);
}

static void A05_agreement_and_correlation_of_gpt4_with_people(void **state)
{
    static const struct {
        const char *gpt4, *human;
        double agreement, pearson;
    } rows[] = { { "gpt4_alpha", "human_alpha", 0.8078, 0.2226 },
                 { "gpt4_beta", "human_beta", 0.6564, 0.5908 },
                 { "gpt4_zeta", "human_zeta", 0.8209, 0.6544 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        assert_close(pair_of(*state, rows[i].gpt4, rows[i].human, "task", "agreement"), rows[i].agreement, 0, 5e-5);
        assert_close(pair_of(*state, rows[i].gpt4, rows[i].human, "task", "pearson"), rows[i].pearson, 0, 5e-5);
    }
}

static void A08_occupation_scores_are_rebuilt(void **state)
{
    const fixture *f = *state;
    static const char *const measures[] = { "gpt4_alpha",  "gpt4_beta",  "gpt4_zeta",
                                            "human_alpha", "human_beta", "human_zeta" };
    pgdp_dataset *data;
    assert_ok(f->ctx, pgdp_ingest_file(f->ctx, NULL, "data/occupation_levels.csv", &data));
    const pgdp_frame *published = pgdp_dataset_table(data, 0);
    assert_int_equal(pgdp_frame_n_rows(published), 923);
    assert_int_equal(pgdp_frame_n_rows(f->by_occupation), 923);
    const size_t key = pgdp_frame_find(f->by_occupation, "onet_soc");
    for (size_t i = 0; i < 923; i++) {
        const char *onet_soc = pgt_text_at(published, "onet_soc", i);
        size_t row = pg_frame_find_level(f->by_occupation, key, onet_soc, PGDP_NONE); /* one row a code: its level */
        assert_string_equal(pgt_text_at(f->by_occupation, "onet_soc", row), onet_soc);
        for (size_t m = 0; m < 6; m++)
            assert_close(pgt_real_at(f->by_occupation, measures[m], row), pgt_real_at(published, measures[m], i), 0,
                         1e-9);
    }
    pgdp_dataset_free(data);
}

static void A09_occupation_means(void **state)
{
    static const struct {
        const char *name;
        double mean;
    } rows[] = { { "gpt4_alpha", 0.141813 },  { "gpt4_beta", 0.344732 },  { "gpt4_zeta", 0.547652 },
                 { "human_alpha", 0.144119 }, { "human_beta", 0.302671 }, { "human_zeta", 0.461223 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
        assert_close(summary_of(*state, rows[i].name, "occupation", "mean"), rows[i].mean, 0, 5e-7);
}

static void measure_that_few_tasks_have_counts_those_alone(void **state)
{
    assert_true(summary_of(*state, "human_automation", "task", "n") == 100);
    assert_true(pair_of(*state, "gpt4_automation", "human_automation", "task", "n") == 100);
}

static void every_measure_is_documented_and_rises_with_its_levels(void **state)
{
    (void)state;
    size_t n = 0;
    for (const pgdp_score *s; (s = pgdp_score_at(n)) != NULL; n++) {
        assert_true(strlen(s->name) > 0 && strlen(s->title) > 0 && strlen(s->source) > 0 && strlen(s->grade) > 0);
        assert_true(s->levels[0] != NULL && s->levels[1] != NULL);
        assert_true(s->values[0] == 0);
        for (size_t k = 1; s->levels[k] != NULL; k++)
            assert_true(s->values[k] >= s->values[k - 1] && s->values[k] <= 1);
        for (size_t other = 0; other < n; other++)
            assert_string_not_equal(pgdp_score_at(other)->name, s->name);
    }
    assert_int_equal(n, 13);
}

static void threads_change_no_bit(void **state)
{
    const fixture *f = *state;
    pgdp_frame *by_occupation, *summary, *pairs;
    pgdp_ctx_set_threads(f->ctx, 4);
    assert_ok(f->ctx, pgdp_scores_compute(f->ctx, f->list, &by_occupation, &summary, &pairs));
    pgdp_ctx_set_threads(f->ctx, 1);
    for (size_t j = 0; j < pgdp_frame_n_columns(pairs); j++) {
        const double *got = pgdp_frame_reals(pairs, j), *want = pgdp_frame_reals(f->pairs, j);
        if (got != NULL) assert_memory_equal(got, want, pgdp_frame_n_rows(pairs) * sizeof *got);
    }
    pgdp_frame_free(by_occupation);
    pgdp_frame_free(summary);
    pgdp_frame_free(pairs);
}

static void label_outside_the_rubric_is_named(void **state)
{
    const fixture *f = *state;
    const size_t column = pgdp_frame_find(f->shipped.inputs.tasks, "human_exposure");
    pgdp_frame *tasks, *frames[3];
    pgdp_task_list *list;
    assert_ok(f->ctx, pg_frame_select(f->ctx, f->shipped.inputs.tasks, &(pg_selection){ .columns = NULL }, &tasks));
    uint32_t code;
    assert_ok(f->ctx, pg_frame_intern(f->ctx, tasks, column, "E9", PGDP_NONE, &code));
    pg_frame_edit_codes(tasks, column)[17] = code;
    pgdp_task_inputs inputs = f->shipped.inputs;
    inputs.tasks = tasks;
    assert_ok(f->ctx, pgdp_task_list_new(f->ctx, &inputs, PGDP_WEIGHT_CORE, &list));
    assert_status(f->ctx, pgdp_scores_compute(f->ctx, list, &frames[0], &frames[1], &frames[2]), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "E9");
    assert_contains(pgdp_ctx_error(f->ctx), "human_exposure");
    pgdp_task_list_free(list);
    pgdp_frame_free(tasks);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(A01_task_means_of_gpt4),
        cmocka_unit_test(A02_task_means_of_people),
        cmocka_unit_test(A04_task_standard_deviations_of_people),
        cmocka_unit_test(A05_agreement_and_correlation_of_gpt4_with_people),
        cmocka_unit_test(A08_occupation_scores_are_rebuilt),
        cmocka_unit_test(A09_occupation_means),
        cmocka_unit_test(measure_that_few_tasks_have_counts_those_alone),
        cmocka_unit_test(every_measure_is_documented_and_rises_with_its_levels),
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(label_outside_the_rubric_is_named),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
