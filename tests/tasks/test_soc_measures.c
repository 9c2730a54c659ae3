/* test_soc_measures.c  Measures by OEWS occupation, and the published cross-section that they rebuild.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "pgdp/ingest.h"
#include "pgdp/regression.h"
#include "tasks/soc_measures.h"
#include "tests/support/frame_text.h"

/* 15-1252 has two O*NET occupations, 23-1011 one; 27-2011 has an hourly wage only, 99-9999 no tasks. */
static const char wages_text[] = "year soc:t title:t level:t employment annual_mean hourly_mean\n"
                                 "2024 00-0000 All total 154187380 67920 32.66\n"
                                 "2024 27-2011 Actors detailed 46220 . 41.2\n"
                                 "2024 23-1011 Lawyers detailed 747750 182750 87.86\n"
                                 "2024 15-1252 Developers detailed 1654440 144570 69.5\n"
                                 "2024 99-9999 None detailed 10 20000 9.62\n"
                                 "2024 53-1000 Group broad 1000 50000 24\n"
                                 "2024 29-1000 Unpublished detailed . 90000 43\n"
                                 "2021 15-1252 Developers detailed 1364180 120990 58.17\n"
                                 "2021 23-1011 Lawyers detailed 681010 148030 71.17\n"
                                 "2019 15-1252 Developers detailed 1406870 111620 53.66\n"
                                 "2019 15-1200 Developers broad 7 7 7";
static const char measures_text[] = "onet_soc:t title:t gpt4_beta human_beta\n"
                                    "15-1252.00 Developers 0.625 0.4\n"
                                    "15-1252.01 Testers 0.35 0.3\n"
                                    "23-1011.00 Lawyers 0.3875 0.45\n"
                                    "27-2011.00 Actors 0.12 0.0625\n"
                                    "29-1000.00 Unpublished 0.1 0.1\n"
                                    "bad Short 9 9";

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *tasks, *links, *activities, *occupations, *wages, *combined, *measures, *out;
    pgdp_task_list *list;
} fixture;

static pgdp_task_inputs inputs_of(const fixture *f)
{
    return (pgdp_task_inputs){ .tasks = f->tasks,
                               .task_dwas = f->links,
                               .activities = f->activities,
                               .occupations = f->occupations,
                               .wages = f->wages,
                               .combined = f->combined };
}

static int set_up(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    f.out = NULL;
    f.list = NULL;
    f.tasks = pgt_frame(f.ctx, "onet_soc:t task_id task_type:t\n15-1252.00 1 Core\n23-1011.00 2 Core");
    f.links = pgt_frame(f.ctx, "onet_soc:t task_id dwa_id:t\n15-1252.00 1 D1\n23-1011.00 2 D1");
    f.activities = pgt_frame(f.ctx, "dwa_id:t dwa_title:t iwa_id:t iwa_title:t gwa_id:t gwa_title:t\n"
                                    "D1 Write I1 Write G1 Write");
    f.occupations = pgt_frame(f.ctx, "onet_soc:t title:t soc:t\n15-1252.00 Developers 15-1252\n"
                                     "23-1011.00 Lawyers 23-1011");
    f.wages = pgt_frame(f.ctx, wages_text);
    f.combined = pgt_frame(f.ctx, "combined:t member:t\n13-1020 13-1021");
    f.measures = pgt_frame(f.ctx, measures_text);
    const pgdp_task_inputs inputs = inputs_of(&f);
    assert_ok(f.ctx, pgdp_task_list_new(f.ctx, &inputs, PGDP_WEIGHT_CORE, &f.list));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_frame *const frames[] = { f->tasks, f->links,    f->activities, f->occupations,
                                   f->wages, f->combined, f->measures,   f->out };
    pgdp_task_list_free(f->list);
    for (size_t i = 0; i < sizeof frames / sizeof frames[0]; i++)
        pgdp_frame_free(frames[i]);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static double real_at(const pgdp_frame *frame, const char *column, size_t row)
{
    const size_t j = pgdp_frame_find(frame, column);
    assert_true(j != PGDP_NONE);
    return pgdp_frame_reals(frame, j)[row];
}

static const char *text_at(const pgdp_frame *frame, const char *column, size_t row)
{
    return pgdp_frame_text(frame, pgdp_frame_find(frame, column), row);
}

static void rows_are_occupations_with_jobs_and_measures(void **state)
{
    fixture *f = *state;
    static const char *const socs[] = { "15-1252", "23-1011", "27-2011" };
    assert_ok(f->ctx, pg_soc_measures(f->ctx, f->list, f->measures, &f->out));
    assert_int_equal(pgdp_frame_n_rows(f->out), 3); /* in order of the code, whatever the files' order */
    for (size_t i = 0; i < 3; i++)
        assert_string_equal(text_at(f->out, "soc", i), socs[i]);
    assert_string_equal(text_at(f->out, "title", 0), "Developers");
    assert_string_equal(text_at(f->out, "major_group", 1), "23");
    assert_true(real_at(f->out, "employment", 0) == 1654440);
    assert_true(real_at(f->out, "wage_bill_usd", 0) == 1654440.0 * 144570);
}

static void measure_is_the_plain_mean_over_onet_occupations(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pg_soc_measures(f->ctx, f->list, f->measures, &f->out));
    assert_true(real_at(f->out, "gpt4_beta", 0) == 0.4875);
    assert_close(real_at(f->out, "human_beta", 0), 0.35, 1e-15, 0);
    assert_true(real_at(f->out, "gpt4_beta", 1) == 0.3875);
    assert_true(real_at(f->out, "human_beta", 2) == 0.0625);
}

static void hourly_wage_stands_in_for_an_annual_one(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pg_soc_measures(f->ctx, f->list, f->measures, &f->out));
    assert_close(real_at(f->out, "annual_mean", 2), 41.2 * 2080, 1e-15, 0);
    assert_close(real_at(f->out, "wage_bill_usd", 2), 46220 * 41.2 * 2080, 1e-15, 1.0 / 512);
}

static void other_years_employment_stands_beside_it(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pg_soc_measures(f->ctx, f->list, f->measures, &f->out));
    const size_t first = pgdp_frame_find(f->out, "employment_2019");
    assert_int_equal(pgdp_frame_find(f->out, "employment_2021"), first + 1); /* oldest first */
    assert_int_equal(pgdp_frame_find(f->out, "employment_2024"), PGDP_NONE);
    assert_true(real_at(f->out, "employment_2019", 0) == 1406870);
    assert_true(real_at(f->out, "employment_2021", 0) == 1364180);
    assert_true(real_at(f->out, "employment_2021", 1) == 681010);
    assert_true(isnan(real_at(f->out, "employment_2019", 1)) && isnan(real_at(f->out, "employment_2021", 2)));
}

static pgdp_status make_measures(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    pgdp_frame *out = NULL;
    const pgdp_status status = pg_soc_measures(ctx, f->list, f->measures, &out);
    pgdp_frame_free(out);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    assert_true(pgt_fail_every_allocation(make_measures, *state) >= 4);
}

/* The shipped tables with the wages of May 2021, as the published cross-section has them. */
typedef struct shipped {
    pgdp_ctx *ctx;
    pgdp_dataset *data[6];
    pgdp_task_list *list;
    pgdp_frame *by_occupation, *summary, *pairs, *out;
} shipped;

static void load_shipped(shipped *s)
{
    static const char *const files[] = { "data/tasks.csv",       "data/task_dwas.csv", "data/activities.csv",
                                         "data/occupations.csv", "data/oews.csv",      "data/soc_combined.csv" };
    memset(s, 0, sizeof *s);
    s->ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < 6; i++)
        assert_ok(s->ctx, pgdp_ingest_file(s->ctx, NULL, files[i], &s->data[i]));
    const pgdp_task_inputs inputs = { .tasks = pgdp_dataset_table(s->data[0], 0),
                                      .task_dwas = pgdp_dataset_table(s->data[1], 0),
                                      .activities = pgdp_dataset_table(s->data[2], 0),
                                      .occupations = pgdp_dataset_table(s->data[3], 0),
                                      .wages = pgdp_dataset_table(s->data[4], 0),
                                      .combined = pgdp_dataset_table(s->data[5], 0),
                                      .wages_year = 2021 };
    assert_ok(s->ctx, pgdp_task_list_new(s->ctx, &inputs, PGDP_WEIGHT_CORE, &s->list));
    assert_ok(s->ctx, pgdp_scores_compute(s->ctx, s->list, &s->by_occupation, &s->summary, &s->pairs));
    assert_ok(s->ctx, pg_soc_measures(s->ctx, s->list, s->by_occupation, &s->out));
}

static void free_shipped(shipped *s)
{
    pgdp_frame *const frames[] = { s->by_occupation, s->summary, s->pairs, s->out };
    for (size_t i = 0; i < 4; i++)
        pgdp_frame_free(frames[i]);
    pgdp_task_list_free(s->list);
    for (size_t i = 0; i < 6; i++)
        pgdp_dataset_free(s->data[i]);
    pgdp_ctx_free(s->ctx);
}

static int load_once(void **state)
{
    static shipped s;
    load_shipped(&s);
    *state = &s;
    return 0;
}

static int unload(void **state)
{
    free_shipped(*state);
    return 0;
}

/* Sum of the weight, or of its product with a measure, over the rows that have both. */
static double sum_of(const pgdp_frame *frame, const char *weight, const char *measure)
{
    double sum = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++) {
        const double w = real_at(frame, weight, i), m = measure != NULL ? real_at(frame, measure, i) : 1;
        sum += isnan(w) || isnan(m) ? 0 : w * m;
    }
    return sum;
}

static void A11_merge_has_772_occupations_with_their_jobs_and_wages(void **state)
{
    const shipped *s = *state;
    assert_int_equal(pgdp_frame_n_rows(s->out), 772);
    assert_true(sum_of(s->out, "employment", NULL) == 130630770);
    assert_close(sum_of(s->out, "wage_bill_usd", NULL) / 1e9, 7774.018, 0, 0.001);
}

static void A13a_exposed_wage_bill_is_reproduced(void **state)
{
    const shipped *s = *state;
    assert_close(sum_of(s->out, "wage_bill_usd", "gpt4_alpha") / 1e9, 1153.282, 0, 0.01);
    assert_close(sum_of(s->out, "wage_bill_usd", "gpt4_beta") / 1e9, 3148.366, 0, 0.01);
    assert_close(sum_of(s->out, "wage_bill_usd", "gpt4_zeta") / 1e9, 5143.449, 0, 0.01);
}

static void A14_four_fifths_of_jobs_have_a_tenth_of_tasks_exposed(void **state)
{
    const shipped *s = *state;
    const double tenth = 0.1 - 1e-12; /* four occupations lie at exactly a tenth, and a binary mean just below it */
    double exposed = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(s->out); i++)
        exposed += real_at(s->out, "gpt4_beta", i) >= tenth ? real_at(s->out, "employment", i) : 0;
    assert_close(exposed / sum_of(s->out, "employment", NULL), 0.8184, 0, 5e-5);
}

static void A15a_exposure_rises_with_the_wage(void **state)
{
    const shipped *s = *state;
    static const struct {
        const char *vcov;
        double std_error;
    } rows[] = { { "HC1", 0.01566852 }, { "HC3", 0.01578589 }, { "cluster(major_group)", 0.07127526 } };
    for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
        const pgdp_regression_spec spec = { .formula = "gpt4_beta ~ log(annual_mean)", .vcov = rows[i].vcov };
        pgdp_regression *regression = NULL;
        assert_ok(s->ctx, pgdp_regress(s->ctx, s->out, &spec, &regression));
        const pgdp_fit *fit = pgdp_regression_fit(regression);
        const pgdp_tidy slope = pgdp_fit_tidy(fit, 1, 0.95);
        assert_true(pgdp_fit_glance(fit).nobs == 771); /* one has no mean wage */
        assert_close(slope.estimate, 0.19339942, 0, 1e-7);
        assert_close(slope.std_error, rows[i].std_error, 0, 1e-7);
        assert_close(pgdp_fit_glance(fit).r_squared, 0.17583289, 0, 1e-7);
        pgdp_regression_free(regression);
    }
}

static void A18_major_groups_differ_as_published(void **state)
{
    const shipped *s = *state;
    static const struct {
        const char *group;
        double beta;
    } rows[] = { { "15", 0.7509 }, { "43", 0.6001 }, { "47", 0.1184 }, { "37", 0.0317 } };
    for (size_t k = 0; k < sizeof rows / sizeof rows[0]; k++) {
        double jobs = 0, exposed = 0;
        for (size_t i = 0; i < pgdp_frame_n_rows(s->out); i++) {
            if (strcmp(text_at(s->out, "major_group", i), rows[k].group) != 0) continue;
            jobs += real_at(s->out, "employment", i);
            exposed += real_at(s->out, "employment", i) * real_at(s->out, "gpt4_beta", i);
        }
        assert_close(exposed / jobs, rows[k].beta, 0, 5e-5);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(rows_are_occupations_with_jobs_and_measures),
        TEST(measure_is_the_plain_mean_over_onet_occupations),
        TEST(hourly_wage_stands_in_for_an_annual_one),
        TEST(other_years_employment_stands_beside_it),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    const struct CMUnitTest published[] = {
        cmocka_unit_test(A11_merge_has_772_occupations_with_their_jobs_and_wages),
        cmocka_unit_test(A13a_exposed_wage_bill_is_reproduced),
        cmocka_unit_test(A14_four_fifths_of_jobs_have_a_tenth_of_tasks_exposed),
        cmocka_unit_test(A15a_exposure_rises_with_the_wage),
        cmocka_unit_test(A18_major_groups_differ_as_published),
    };
    const int failed = cmocka_run_group_tests(tests, NULL, NULL);
    return failed + cmocka_run_group_tests(published, load_once, unload);
}
