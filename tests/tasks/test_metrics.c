/* test_metrics.c  Scores of forecasts against hand-worked values, and the probabilities they come from.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>

#include "tasks/list.h"
#include "tasks/scoring.h"

enum { N = 4, LEVELS = 3 };

/* Four tasks, the last one not graded; three levels, the threshold at the second. */
static pgdp_scoring small_scoring(pgdp_task_list *list, int *grades)
{
    *list = (pgdp_task_list){ .n_tasks = N };
    return (pgdp_scoring){
        .list = list, .n_levels = LEVELS, .n_cuts = LEVELS - 1, .threshold = 1, .grades = grades, .n_graded = 3
    };
}

static void scores_are_those_worked_by_hand(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_task_list list;
    int grades[N] = { 2, 0, 1, -1 };
    const pgdp_scoring s = small_scoring(&list, grades);
    const double shares[N * LEVELS] = { 0.1, 0.7, 0.6, 0.2, 0.3, 0.1, 0.35, 0.2, 0.6, 0.2, 0.05, 0.6 };
    pg_metrics m;
    assert_ok(ctx, pg_metrics_of(ctx, &s, shares, &m));
    assert_true(m.n == 3);
    assert_close(m.log_loss, -(log(0.6) + log(0.7) + log(0.35)) / 3, 1e-14, 0);
    assert_close(m.brier, (0.1 * 0.1 + 0.3 * 0.3 + 0.6 * 0.6) / 3, 1e-13, 0);
    const double rps = (0.1 * 0.1 + 0.4 * 0.4 + 0.3 * 0.3 + 0.2 * 0.2 + 0.6 * 0.6 + 0.05 * 0.05) / 2;
    assert_close(m.rps, rps / 3, 1e-13, 0);
    assert_close(m.auc, 1, 1e-15, 0); /* events 0.9 and 0.4, no event 0.3 */
    assert_close(m.accuracy, 2.0 / 3, 1e-15, 0);
    assert_close(m.spearman, 0.5, 1e-14, 0);              /* expected grades 1.5, 0.5, 0.45 of 2, 0, 1 */
    assert_close(m.ece, (0.1 + 0.3 + 0.6) / 3, 1e-13, 0); /* three tasks, each alone in its tenth */
}

static void ties_count_one_half_in_the_area(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_task_list list;
    int grades[N] = { 2, 0, 0, 1 };
    pgdp_scoring s = small_scoring(&list, grades);
    s.n_graded = 4;
    const double shares[N * LEVELS] = { 0.6, 0.6, 0.2, 0.7, 0.2, 0.2, 0.3, 0.2, 0.2, 0.2, 0.5, 0.1 };
    pg_metrics m;
    assert_ok(ctx, pg_metrics_of(ctx, &s, shares, &m));
    assert_close(m.auc, 0.5 / 4, 1e-15, 0); /* events 0.4, 0.3; others 0.4, 0.8: one tie, no pair in order */
}

static void ordered_shares_are_those_of_the_cumulative_logit(void **state)
{
    (void)state;
    const double cuts[] = { -1.3, 0.4, 2.2 }, index = 0.37;
    double shares[4], sum = 0;
    pg_ordered_shares(index, cuts, 3, shares);
    for (size_t k = 0; k < 4; k++)
        sum += shares[k];
    assert_close(sum, 1, 1e-15, 0);
    assert_close(shares[0], 1 / (1 + exp(1.67)), 1e-14, 0);
    assert_close(shares[0] + shares[1] + shares[2], 1 / (1 + exp(-1.83)), 1e-14, 0);
    pg_ordered_shares(60, cuts, 3, shares); /* far out, a share keeps its digits */
    assert_close(shares[0], exp(-61.3), 1e-13, 0);
    assert_close(shares[1], exp(-59.6) - exp(-61.3), 1e-13, 0);
}

static void interval_lies_around_the_probability_and_within_bounds(void **state)
{
    (void)state;
    double low, high;
    pg_probability_interval((pg_probability){ 0.27, 0.4 }, 0.95, &low, &high);
    const double logit = log(0.27 / 0.73);
    assert_close(low, 1 / (1 + exp(-(logit - 1.9599639845400545 * 0.4))), 1e-13, 0);
    assert_close(high, 1 / (1 + exp(-(logit + 1.9599639845400545 * 0.4))), 1e-13, 0);
    pg_probability_interval((pg_probability){ 0.999, 30 }, 0.95, &low, &high);
    assert_true(low >= 0 && low < 0.999 && high > 0.999 && high <= 1);
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
        cmocka_unit_test(scores_are_those_worked_by_hand),
        cmocka_unit_test(ties_count_one_half_in_the_area),
        cmocka_unit_test(ordered_shares_are_those_of_the_cumulative_logit),
        cmocka_unit_test(interval_lies_around_the_probability_and_within_bounds),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
