/* test_unit_cost_list.c  A task list as the table of unit costs; percentiles of draws. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pgdp/unit_cost.h"
#include "tasks/percentile.h"
#include "tests/support/frame_text.h"
#include "tests/support/world.h"

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

static void a_task_list_gives_wages_hours_and_pay(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *tasks;
    pgt_world world;
    pgdp_task_list *list;
    pgt_world_new(ctx, 9, 7, false, &world);
    assert_ok(ctx, pgdp_task_list_new(ctx, &world.inputs, PGDP_WEIGHT_EQUAL, &list));
    assert_ok(ctx, pgdp_unit_cost_of_list(ctx, list, NULL, &tasks));
    const size_t n = pgdp_frame_n_rows(tasks);
    double bill = 0;
    for (size_t i = 0; i < pgdp_task_list_n_tasks(list); i++)
        bill += pgdp_task_list_wage_bill(list)[i];
    assert_close(pgt_sum(tasks, "wage_bill_usd"), bill, 1e-14, 0);
    for (size_t i = 0; i < n; i++)
        assert_close(pgt_real_at(tasks, "wage_usd", i) * pgt_real_at(tasks, "hours_year", i),
                     pgt_real_at(tasks, "wage_bill_usd", i), 1e-14, 0);
    const char *id = pgt_text_at(tasks, "task_id", 3);
    char text[128];
    (void)snprintf(text, sizeof text, "task_id:t minutes model:t other\n%s 17 two 4", id);
    pgdp_frame *more = pgt_frame(ctx, text), *joined, *unknown = pgt_frame(ctx, "task_id minutes\n-5 3");
    assert_ok(ctx, pgdp_unit_cost_of_list(ctx, list, more, &joined));
    assert_int_equal(pgdp_frame_n_rows(joined), n);
    assert_true(pgdp_frame_find(joined, "other") == PGDP_NONE);
    assert_close(pgt_real_at(joined, "minutes", 3), 17, 0, 0);
    assert_string_equal(pgt_text_at(joined, "model", 3), "two");
    assert_true(isnan(pgt_real_at(joined, "minutes", 2)));
    pgdp_frame_free(joined);
    assert_status(ctx, pgdp_unit_cost_of_list(ctx, list, unknown, &joined), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "row 1, column task_id: found \"-5\"");
    pgdp_frame_free(tasks);
    pgdp_frame_free(more);
    pgdp_frame_free(unknown);
    pgdp_task_list_free(list);
    pgt_world_free(&world);
}

/* Type 7 of whole sorts, ties and infinities among the draws. */
static void percentiles_are_those_of_a_sort(void **state)
{
    (void)state;
    static const double whole[] = { 5, 1, INFINITY, 1, 3, NAN, 2, -INFINITY, 1 };
    static const double p[] = { 0, 0.25, 0.4, 0.5, 0.8, 0.9, 1 };
    /* sorted: -inf 1 1 1 2 3 5 inf; places p 7 = 0 1.75 2.8 3.5 5.6 6.3 7 */
    static const double want[] = { -INFINITY, 1, 1, 1.5, 4.2, INFINITY, INFINITY };
    double x[9];
    for (size_t k = 0; k < 7; k++) {
        memcpy(x, whole, sizeof x);
        const size_t n = pg_known_first(x, 9);
        assert_int_equal(n, 8);
        const double got = pg_percentile(x, n, p[k]);
        assert_true(isinf(want[k]) ? got == want[k] : fabs(got - want[k]) < 1e-14);
    }
    assert_true(isnan(pg_percentile(x, 0, 0.5)));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_task_list_gives_wages_hours_and_pay, set_up, tear_down),
        cmocka_unit_test(percentiles_are_those_of_a_sort),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
