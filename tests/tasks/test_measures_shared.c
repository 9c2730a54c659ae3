/* test_measures_shared.c  Rival measures against what their authors published, where the files are there.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "pgdp/ingest.h"
#include "pgdp/measures.h"
#include "tests/support/dataset.h"
#include "tests/support/world.h"

#define AI "data/ai-measures/"

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

/* A file of the shared sources; skips the test without. */
static pgdp_dataset *open_shared(pgdp_ctx *ctx, const char *name)
{
    pgdp_dataset *d = NULL;
    const char *path = pgt_shared_path(name);
    if (path == NULL) skip();
    assert_ok(ctx, pgdp_ingest_file(ctx, NULL, path, &d));
    return d;
}

/* The released ability scores are z-scores of the released matrix's row sums, to their rounding. */
static void A16a_ability_scores_are_standardised_row_sums(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_dataset *d = open_shared(ctx, AI "aioe/AIOE_DataAppendix.xlsx");
    const pgdp_measure_table tables[] = { { "matrix", pgt_table(d, "Appendix D") }, { NULL, NULL } };
    const pgdp_frame *published = pgt_table(d, "Appendix E");
    pgdp_measurement *m;
    assert_ok(ctx, pgdp_measure_new(ctx, "aioe", tables, NULL, &m));
    const pgdp_frame *abilities = pgdp_measurement_frame(m, 0, NULL);
    double most = 0, xy = 0, xx = 0, yy = 0;
    assert_int_equal(pgdp_frame_n_rows(abilities), 52);
    for (size_t i = 0; i < 52; i++) {
        const double x = pgt_real(abilities, "score", i), y = pgt_real(published, "Ability-Level AI Exposure", i);
        assert_string_equal(pgt_cell(abilities, "ability", i), pgt_cell(published, "O*NET Abilities", i));
        most = fmax(most, fabs(x - y));
        xy += x * y;
        xx += x * x;
        yy += y * y;
    }
    assert_true(most <= 0.0116);
    assert_true(xy / sqrt(xx * yy) >= 0.99998);
    pgdp_measurement_free(m);
    pgdp_dataset_free(d);
}

/* Microsoft's scores of all 785 occupations, to rounding. */
static void applicability_is_as_released(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_dataset *activities = open_shared(ctx, AI "working-with-ai/iwa_metrics.csv");
    pgdp_dataset *weights = open_shared(ctx, AI "working-with-ai/soc_iwa_weights.csv");
    pgdp_dataset *released = open_shared(ctx, AI "working-with-ai/soc_ai_applicability_scores.csv");
    const pgdp_measure_table tables[] = { { "activities", pgdp_dataset_table(activities, 0) },
                                          { "weights", pgdp_dataset_table(weights, 0) },
                                          { NULL, NULL } };
    const pgdp_frame *want = pgdp_dataset_table(released, 0);
    pgdp_measurement *m;
    assert_ok(ctx, pgdp_measure_new(ctx, "applicability", tables, NULL, &m));
    const pgdp_frame *scores = pgdp_measurement_frame(m, 0, NULL);
    assert_int_equal(pgdp_frame_n_rows(scores), 785);
    for (size_t i = 0; i < 785; i++) {
        const size_t row = pgt_row_with(want, "SOC Code", pgt_text_at(scores, "soc", i));
        assert_close(pgt_real_at(scores, "applicability", i), pgt_real_at(want, "ai_applicability_score", row), 0,
                     1e-15);
    }
    pgdp_measurement_free(m);
    pgdp_dataset_free(activities);
    pgdp_dataset_free(weights);
    pgdp_dataset_free(released);
}

/* First report (Feb 2025): 36 % of occupations use AI for a quarter of their tasks, 4 % for three quarters. */
static void usage_shares_are_as_published(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_dataset *used = open_shared(ctx, AI "anthropic-economic-index/release_2025_02_10/onet_task_mappings.csv");
    pgdp_dataset *tasks = open_shared(ctx, "data/onet/db_20_1_excel/Task Statements 20.1.xlsx");
    const pgdp_measure_table tables[] = { { "usage", pgdp_dataset_table(used, 0) },
                                          { "tasks", pgdp_dataset_table(tasks, 0) },
                                          { NULL, NULL } };
    pgdp_measurement *m;
    assert_ok(ctx, pgdp_measure_new(ctx, "usage", tables, NULL, &m));
    const pgdp_frame *scores = pgdp_measurement_frame(m, 0, NULL), *shares = pgdp_measurement_frame(m, 1, NULL);
    const pgdp_frame *unmatched = pgdp_measurement_frame(m, 2, NULL);
    assert_int_equal(pgdp_frame_n_rows(scores), 974);
    assert_close(pgt_real(shares, "share", 1), 0.36, 0, 0.005);
    assert_close(pgt_real(shares, "share", 3), 0.04, 0, 0.005);
    assert_int_equal(pgdp_frame_n_rows(unmatched), 1);
    assert_close(pgt_sum(scores, "amount") + pgt_real(unmatched, "amount", 0), 100, 1e-12, 0);
    pgdp_measurement_free(m);
    pgdp_dataset_free(used);
    pgdp_dataset_free(tasks);
}

/* Methodology 2.2: AIOE with GPT-4 zeta .889, alpha .400, human beta .855 (683 matched); Microsoft with human beta .738
 * (773). */
static void correlations_across_measures_are_as_found(void **state)
{
    pgdp_ctx *ctx = *state;
    static const struct {
        const char *a, *b;
        double n, pearson;
    } want[] = { { "aioe.AIOE", "gpts.dv_rating_gamma", 683, 0.889 },
                 { "aioe.AIOE", "gpts.dv_rating_alpha", 683, 0.400 },
                 { "aioe.AIOE", "gpts.human_rating_beta", 683, 0.855 },
                 { "microsoft.ai_applicability_score", "gpts.human_rating_beta", 773, 0.738 } };
    pgdp_dataset *aioe = open_shared(ctx, AI "aioe/AIOE_DataAppendix.xlsx");
    pgdp_dataset *microsoft = open_shared(ctx, AI "working-with-ai/soc_ai_applicability_scores.csv");
    pgdp_dataset *gpts = open_shared(ctx, "data/gpts-are-gpts/occ_level.csv");
    const pgdp_measure_table tables[] = { { "aioe", pgt_table(aioe, "Appendix A") },
                                          { "microsoft", pgdp_dataset_table(microsoft, 0) },
                                          { "gpts", pgdp_dataset_table(gpts, 0) },
                                          { NULL, NULL } };
    pgdp_measurement *m;
    assert_ok(ctx, pgdp_measures_compare(ctx, tables, 5, &m));
    const pgdp_frame *pairs = pgdp_measurement_frame(m, 1, NULL);
    for (size_t k = 0; k < sizeof want / sizeof *want; k++) {
        size_t row = 0;
        while (strcmp(pgt_text_at(pairs, "a", row), want[k].a) != 0 ||
               strcmp(pgt_text_at(pairs, "b", row), want[k].b) != 0)
            row++;
        assert_close(pgt_real_at(pairs, "n", row), want[k].n, 0, 0);
        assert_close(pgt_real_at(pairs, "pearson", row), want[k].pearson, 0, 5e-4);
    }
    pgdp_measurement_free(m);
    pgdp_dataset_free(aioe);
    pgdp_dataset_free(microsoft);
    pgdp_dataset_free(gpts);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(A16a_ability_scores_are_standardised_row_sums, set_up, tear_down),
        cmocka_unit_test_setup_teardown(applicability_is_as_released, set_up, tear_down),
        cmocka_unit_test_setup_teardown(usage_shares_are_as_published, set_up, tear_down),
        cmocka_unit_test_setup_teardown(correlations_across_measures_are_as_found, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
