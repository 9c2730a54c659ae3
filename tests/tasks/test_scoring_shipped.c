/* test_scoring_shipped.c  The scoring model on the shipped labels, beside what it must beat and what others published.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <string.h>

#include "pgdp/tasks.h"
#include "tests/support/world.h"

/* Every loss of the model's is lower, and the interval of the difference says so. */
static void beats_with_paired_intervals(const pgdp_frame *differences, const char *other, const char *judged)
{
    size_t n = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(differences); i++) {
        if (strcmp(pgt_text_at(differences, "model", i), other) != 0) continue;
        if (strcmp(pgt_text_at(differences, "judged", i), judged) != 0) continue;
        assert_true(pgt_real_at(differences, "conf_high", i) < 0);
        n++;
    }
    assert_int_equal(n, 3);
}

/* The shipped labels, with few folds and one penalty so that sanitizers stay quick. */
static void shipped_labels_are_forecast_better_than_by_every_baseline(void **state)
{
    static const char *const levels[] = { "T0", "T1", "T2", "T3", "T4", NULL };
    static const char *const baselines[] = { "base_rate", "activity_mean", "gpt4_exposure_label",
                                             "human_exposure_label" };
    static const double lambda = 30;
    pgdp_scoring_request request = *pgt_world_request();
    pgdp_ctx *ctx = *state;
    pgt_shipped shipped;
    pgdp_task_list *list;
    pgdp_scoring *scoring;
    request.grade = "gpt4_automation";
    request.levels = levels;
    request.threshold = "T3";
    request.lambdas = &lambda;
    request.n_lambdas = 1;
    pgt_shipped_open(ctx, 2024, &shipped);
    assert_ok(ctx, pgdp_task_list_new(ctx, &shipped.inputs, PGDP_WEIGHT_CORE, &list));
    pgdp_ctx_set_threads(ctx, 2);
    assert_ok(ctx, pgdp_scoring_new(ctx, list, &request, &scoring));
    const pgdp_frame *c = pgdp_scoring_comparison(scoring), *h = pgdp_scoring_headline(scoring);
    const size_t model = pgt_row_with(c, "model", "regression");
    for (size_t b = 0; b < sizeof baselines / sizeof baselines[0]; b++) {
        const size_t row = pgt_row_with(c, "model", baselines[b]);
        assert_true(pgt_real_at(c, "log_loss", model) < pgt_real_at(c, "log_loss", row));
        assert_true(pgt_real_at(c, "brier", model) < pgt_real_at(c, "brier", row));
        assert_true(pgt_real_at(c, "rps", model) < pgt_real_at(c, "rps", row));
        assert_true(pgt_real_at(c, "auc", model) > pgt_real_at(c, "auc", row));
    }
    assert_true(pgt_real_at(c, "ece", model) <= 0.03);
    beats_with_paired_intervals(pgdp_scoring_differences(scoring), "activity_mean", "out of fold");
    beats_with_paired_intervals(pgdp_scoring_differences(scoring), "occupation_mean", "in sample");
    beats_with_paired_intervals(pgdp_scoring_differences(scoring), "occupation_mean", "out of fold, new activities");
    const size_t graders = pgt_row_with(c, "model", "people_and_gpt4");
    assert_close(pgt_real_at(c, "accuracy", graders), 0.6564, 0, 5e-5); /* Eloundou et al. (2024), beta: row A05 */
    assert_true(pgt_real_at(c, "accuracy", model) > pgt_real_at(c, "accuracy", graders));
    for (size_t i = 0; i < pgdp_frame_n_rows(pgdp_scoring_conformal(scoring)); i++)
        assert_true(pgt_real_at(pgdp_scoring_conformal(scoring), "coverage", i) >
                    pgt_real_at(pgdp_scoring_conformal(scoring), "level", i) - 0.01);
    assert_close(pgt_real_at(h, "share", pgt_row_with(h, "definition", "podcast_tasks_share")), 0.03, 1e-15, 0);
    assert_true(pgt_real_at(h, "n", pgt_row_with(h, "definition", "dark_output_dwas_t4")) == 192);
    assert_close(pgt_real_at(h, "share", pgt_row_with(h, "definition", "rli_manus")), 0.025, 1e-15, 0);
    pgdp_scoring_free(scoring);
    pgdp_task_list_free(list);
    pgt_shipped_close(&shipped);
}

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_labels_are_forecast_better_than_by_every_baseline),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
