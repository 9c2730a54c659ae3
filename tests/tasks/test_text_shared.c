/* test_text_shared.c  What O*NET's statements add to forecasts of the shipped grades.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "pgdp/ingest.h"
#include "tests/support/world.h"

typedef struct measured {
    double log_loss, auc;
} measured;

static measured measure(pgdp_ctx *ctx, const pgdp_task_list *list, const pgdp_scoring_request *request)
{
    pgdp_scoring *scoring;
    assert_ok(ctx, pgdp_scoring_new(ctx, list, request, &scoring));
    const pgdp_frame *c = pgdp_scoring_comparison(scoring);
    const size_t row = pgt_row_with(c, "model", "regression");
    const measured out = { pgt_real_at(c, "log_loss", row), pgt_real_at(c, "auc", row) };
    pgdp_scoring_free(scoring);
    return out;
}

/* O*NET's statements of the shipped tasks: they lower the out-of-fold log loss and rank better. */
static void statements_of_onet_make_forecasts_better(void **state)
{
    static const char *const levels[] = { "T0", "T1", "T2", "T3", "T4", NULL };
    static const char *const text[] = { "statement", NULL };
    static const double lambda = 30;
    const char *path = pgt_shared_path("data/onet/db_29_1_text/Task Statements.txt");
    (void)state;
    if (path == NULL) skip();
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *statements;
    pgt_shipped shipped;
    pgdp_task_list *list;
    pgdp_scoring_request request = *pgt_world_request();
    request.grade = "gpt4_automation";
    request.levels = levels;
    request.threshold = "T3";
    request.lambdas = &lambda;
    request.n_lambdas = 1;
    request.n_folds = 2;
    request.n_draws = 10;
    assert_ok(ctx, pgdp_ingest_file(ctx, NULL, path, &statements));
    pgt_shipped_open(ctx, 2024, &shipped);
    shipped.inputs.statements = pgdp_dataset_table(statements, 0);
    assert_ok(ctx, pgdp_task_list_new(ctx, &shipped.inputs, PGDP_WEIGHT_CORE, &list));
    pgdp_ctx_set_threads(ctx, 2);
    const measured without = measure(ctx, list, &request);
    request.text = text;
    const measured with = measure(ctx, list, &request);
    print_message("log loss %.4f without, %.4f with; AUC %.4f, %.4f\n", without.log_loss, with.log_loss, without.auc,
                  with.auc);
    assert_true(with.log_loss < without.log_loss);
    assert_true(with.auc > without.auc);
    pgdp_task_list_free(list);
    pgt_shipped_close(&shipped);
    pgdp_dataset_free(statements);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(statements_of_onet_make_forecasts_better) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
