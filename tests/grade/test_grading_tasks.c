/* test_grading_tasks.c  Tables of tasks and rubrics of several items, from the request to the table that agreement
 * reads. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/grade/server.h"

#include <math.h>

#include "pgdp/agreement.h"
#include "pgdp/ingest.h"
#include "tests/support/dataset.h"

/** A dry run of a table written down as CSV. */
static pgdp_status dry_run(bench *b, const char *csv)
{
    pgdp_dataset *data = pgt_ingest(b->ctx, "csv", "tasks.csv", csv);
    pgdp_grading_free(b->grading);
    b->grading = NULL;
    b->q.mode = PGDP_GRADING_DRY_RUN;
    const pgdp_status status = pgdp_grading_new(b->ctx, b->rubric, pgdp_dataset_table(data, 0), &b->q, &b->grading);
    pgdp_dataset_free(data);
    return status;
}

static void bad_tables_are_told_by_row_and_column(void **state)
{
    (void)state;
    static const struct {
        const char *csv, *part;
        pgdp_status status;
    } bad[] = {
        { "task_id,statement\na,x\nb,y\na,z\n", "row 3, column task_id: found \"a\" as in row 1", PGDP_PARSE },
        { "task_id,statement\na,x\n,y\n", "row 2, column task_id: found nothing", PGDP_PARSE },
        { "task_id,statement\na,x\nb,\n", "row 2, column statement: found nothing", PGDP_PARSE },
        { "number,statement\n1,x\n", "found no column of the identifier", PGDP_NOT_FOUND },
        { "task_id,words\na,x\n", "found no column of the text", PGDP_NOT_FOUND },
    };
    bench b;
    bench_open(&b, 1, PGT_PLAIN);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_status(b.ctx, dry_run(&b, bad[i].csv), bad[i].status);
        assert_contains(pgdp_ctx_error(b.ctx), bad[i].part);
    }
    b.q.occupation = "job";
    assert_status(b.ctx, dry_run(&b, "task_id,statement\na,x\n"), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(b.ctx), "found no column \"job\"");
    bench_close(&b);
}

static void columns_may_be_numbers_and_are_found_by_their_usual_names(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 1, PGT_PLAIN);
    assert_ok(b.ctx, dry_run(&b, "task_id,Task,Title\n8823,Direct work,Chief Executives\n"));
    assert_contains(pgdp_grading_prompt(b.grading),
                    "{\"task\":\"8823\",\"text\":\"Direct work\",\"occupation\":\"Chief Executives\"}");
    assert_ok(b.ctx, dry_run(&b, "dwa_id,dwa_title\n4.A.1,Review art\n"));
    assert_contains(pgdp_grading_prompt(b.grading), "{\"task\":\"4.A.1\",\"text\":\"Review art\"}");
    bench_close(&b);
}

static void prices_come_from_a_list_by_model_and_day(void **state)
{
    (void)state;
    bench b;
    bench_open(&b, 1, PGT_PLAIN);
    pgdp_dataset *list = pgt_ingest(b.ctx, "csv", "prices.csv",
                                    "model,input_usd_per_million,output_usd_per_million,from,to\nm,4,8,,2026-01-01\n"
                                    "m,2,8,2026-01-01,\n");
    b.q.prices = pgdp_dataset_table(list, 0);
    b.q.price_in = b.q.price_out = (double)NAN;
    static const char *const days[] = { "2025-06-01", "2026-06-01" };
    double cost[2];
    for (size_t i = 0; i < 2; i++) {
        b.q.date = days[i];
        assert_ok(b.ctx, dry_run(&b, "task_id,statement\na,x\n"));
        cost[i] = measure(&b, "cost_usd") - 8e-6 * measure(&b, "tokens_out");
    }
    assert_close(cost[0], 2 * cost[1], 1e-12, 0);
    b.q.date = "June";
    assert_status(b.ctx, dry_run(&b, "task_id,statement\na,x\n"), PGDP_BAD_ARGUMENT);
    b.q.date = NULL;
    b.q.model = "n";
    assert_status(b.ctx, dry_run(&b, "task_id,statement\na,x\n"), PGDP_NOT_FOUND);
    pgdp_dataset_free(list);
    bench_close(&b);
}

/** A rubric of 23 items with shared levels, as the one for machine learning by Brynjolfsson, Mitchell & Rock has. */
static void use_many_items(bench *b)
{
    char text[4096];
    size_t n =
        (size_t)snprintf(text, sizeof text,
                         "name: sml\ntitle: Many\nsource: test\nlevels:\n  - {label: \"1\", meaning: no, value: 1}\n"
                         "  - {label: \"5\", meaning: yes, value: 5}\nitems:\n");
    for (size_t i = 0; i < 23; i++)
        n += (size_t)snprintf(text + n, sizeof text - n, "  - {name: q%zu, question: \"Is %zu so?\"}\n", i, i);
    pgt_write_file(pgt_path(b->folder, "many.yaml"), text, n);
    pgdp_rubric_free(b->rubric);
    b->rubric = NULL;
    assert_ok(b->ctx, pgdp_rubric_read(b->ctx, pgt_path(b->folder, "many.yaml"), &b->rubric));
}

static void many_items_become_rows_that_agreement_reads_one_by_one(void **state)
{
    (void)state;
    enum { N = 6 };
    bench b;
    char content[768], bodies[N][BODY_SIZE];
    pgt_answer answers[N];
    bench_open(&b, N, PGT_PLAIN);
    use_many_items(&b);
    for (size_t t = 0; t < N; t++) {
        size_t n = (size_t)snprintf(content, sizeof content, "{\\\"task\\\":\\\"t%zu\\\"", t);
        for (size_t i = 0; i < 23; i++)
            n += (size_t)snprintf(content + n, sizeof content - n, ",\\\"q%zu\\\":\\\"%d\\\"", i,
                                  (i + t) % 2 == 0 ? 1 : 5);
        (void)snprintf(content + n, sizeof content - n, "}");
        completion(bodies[t], content);
        answers[t] = (pgt_answer){ .body = bodies[t] };
    }
    b.model.each = answers;
    b.model.n_each = N;
    b.q.n_passes = 2;
    assert_ok(b.ctx, bench_run(&b));
    const pgdp_frame *g = pgdp_grading_grades(b.grading);
    assert_int_equal(pgdp_frame_n_rows(g), N * 2 * 23);
    assert_close(pgt_real_at(g, "value", 1), 5, 0, 0);
    assert_int_equal(pgdp_frame_n_rows(pgdp_grading_shares(b.grading)), 46);
    pgdp_agreement *agreement = NULL;
    pgdp_agreement_request q = { .task = "task_id", .grader = "grader", .grade = "grade", .item_column = "item" };
    assert_status(b.ctx, pgdp_agreement_new(b.ctx, g, &q, &agreement), PGDP_PARSE); /* a task twice: items mixed */
    q.item = "q7";
    q.levels = pgdp_rubric_labels(b.rubric, "q7");
    assert_ok(b.ctx, pgdp_agreement_new(b.ctx, g, &q, &agreement));
    assert_close(pgt_real_at(pgdp_agreement_measures(agreement), "estimate", 0), 1, 0, 0);
    assert_int_equal(pgdp_frame_n_rows(pgdp_agreement_labels(agreement)), N);
    pgdp_agreement_free(agreement);
    bench_close(&b);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(bad_tables_are_told_by_row_and_column),
        cmocka_unit_test(columns_may_be_numbers_and_are_found_by_their_usual_names),
        cmocka_unit_test(prices_come_from_a_list_by_model_and_day),
        cmocka_unit_test(many_items_become_rows_that_agreement_reads_one_by_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
