/* test_scoring.c  The scoring model end to end, on a made-up world.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "core/frame.h"
#include "tasks/headline.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgt_world world;
    pgdp_task_list *list;
    pgdp_scoring *scoring;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgt_world_new(ctx, 20, 23, false, &f.world);
    assert_ok(ctx, pgdp_task_list_new(ctx, &f.world.inputs, PGDP_WEIGHT_CORE, &f.list));
    assert_ok(ctx, pgdp_scoring_new(ctx, f.list, pgt_world_request(), &f.scoring));
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    pgdp_scoring_free(f->scoring);
    pgdp_task_list_free(f->list);
    pgt_world_free(&f->world);
    pgdp_ctx_free(ctx);
    return 0;
}

static void threads_change_no_bit(void **state)
{
    const fixture *f = *state;
    for (size_t threads = 2; threads <= 4; threads += 2) {
        pgdp_scoring *other;
        pgdp_ctx_set_threads(f->world.ctx, threads);
        assert_ok(f->world.ctx, pgdp_scoring_new(f->world.ctx, f->list, pgt_world_request(), &other));
        pgt_assert_same_scoring(other, f->scoring);
        pgdp_scoring_free(other);
    }
    pgdp_ctx_set_threads(f->world.ctx, 1);
}

static void order_of_rows_changes_no_bit(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    pgt_world reversed;
    pgdp_task_list *list;
    pgdp_scoring *other;
    pgt_world_new(ctx, 20, 23, true, &reversed);
    assert_ok(ctx, pgdp_task_list_new(ctx, &reversed.inputs, PGDP_WEIGHT_CORE, &list));
    assert_ok(ctx, pgdp_scoring_new(ctx, list, pgt_world_request(), &other));
    pgt_assert_same_scoring(other, f->scoring);
    pgdp_scoring_free(other);
    pgdp_task_list_free(list);
    pgt_world_free(&reversed);
}

static void every_task_has_a_probability_within_its_interval(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *tasks = pgdp_scoring_tasks(f->scoring);
    assert_int_equal(pgdp_frame_n_rows(tasks), pgdp_task_list_n_tasks(f->list));
    for (size_t i = 0; i < pgdp_frame_n_rows(tasks); i++) {
        const double p = pgt_real_at(tasks, "probability", i);
        assert_true(p > 0 && p < 1);
        assert_true(pgt_real_at(tasks, "conf_low", i) < p && pgt_real_at(tasks, "conf_high", i) > p);
        assert_non_null(pgt_text_at(tasks, "predicted", i));
    }
}

/* The model's sums are the list's, which are OEWS's. */
static void amounts_of_tasks_activities_and_occupations_are_one(void **state)
{
    const fixture *f = *state;
    double usd = 0;
    for (size_t i = 0; i < pgdp_task_list_n_tasks(f->list); i++)
        usd += pgdp_task_list_wage_bill(f->list)[i];
    assert_true(pgt_sum(pgdp_scoring_tasks(f->scoring), "wage_bill_usd") == usd);
    assert_true(pgt_sum(pgdp_scoring_activities(f->scoring), "wage_bill_usd") == usd);
    assert_true(pgt_sum(pgdp_scoring_occupations(f->scoring), "wage_bill_usd") == usd);
    assert_true(pgt_sum(pgdp_scoring_tasks(f->scoring), "hours") ==
                pgt_sum(pgdp_scoring_activities(f->scoring), "hours"));
}

/* The calibrated mean is the observed one: a logit with a constant reproduces the rate it was fitted on. */
static void calibration_reproduces_the_observed_rate(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *bins = pgdp_scoring_calibration(f->scoring);
    double predicted = 0, observed = 0, n = 0;
    for (size_t b = 0; b < pgdp_frame_n_rows(bins); b++) {
        const double n_bin = pgt_real_at(bins, "n", b);
        predicted += n_bin * pgt_real_at(bins, "predicted", b);
        observed += n_bin * pgt_real_at(bins, "observed", b);
        n += n_bin;
    }
    assert_close(predicted / n, observed / n, 0, 0.03); /* the links are fitted on the other folds */
}

static void model_beats_the_base_rate_out_of_fold(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *c = pgdp_scoring_comparison(f->scoring);
    const size_t model = pgt_row_with(c, "model", "regression"), base = pgt_row_with(c, "model", "base_rate");
    assert_true(pgt_real_at(c, "log_loss", model) < pgt_real_at(c, "log_loss", base) - 0.1);
    assert_true(pgt_real_at(c, "brier", model) < pgt_real_at(c, "brier", base));
    assert_true(pgt_real_at(c, "auc", model) > 0.7);
    assert_string_equal(pgt_text_at(c, "judged", pgt_row_with(c, "model", "occupation_mean")), "in sample");
    assert_string_equal(pgt_text_at(c, "judged", model), "out of fold");
}

static void chosen_penalty_has_the_least_loss(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *path = pgdp_scoring_path(f->scoring);
    double least = INFINITY, chosen = 0;
    for (size_t l = 0; l < pgdp_frame_n_rows(path); l++) {
        least = fmin(least, pgt_real_at(path, "log_loss", l));
        if (pgt_real_at(path, "chosen", l) > 0.5) chosen = pgt_real_at(path, "log_loss", l);
    }
    assert_true(chosen == least);
}

static size_t headline_row(const pgdp_scoring *s, const char *definition, const char *weighting)
{
    const pgdp_frame *h = pgdp_scoring_headline(s);
    for (size_t i = 0; i < pgdp_frame_n_rows(h); i++)
        if (strcmp(pgt_text_at(h, "definition", i), definition) == 0 &&
            strcmp(pgt_text_at(h, "weighting", i), weighting) == 0)
            return i;
    fail_msg("no headline %s by %s", definition, weighting);
    return 0;
}

static void headline_counts_the_activities_marked_done(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *h = pgdp_scoring_headline(f->scoring), *a = pgdp_scoring_activities(f->scoring);
    static const char *const definitions[] = { "model", "labels" }, *const marks[] = { "done", "done_by_labels" };
    for (size_t d = 0; d < 2; d++) {
        double n = 0, usd = 0;
        for (size_t i = 0; i < pgdp_frame_n_rows(a); i++) {
            if (!(pgt_real_at(a, marks[d], i) > 0.5)) continue;
            n += 1;
            usd += pgt_real_at(a, "wage_bill_usd", i);
        }
        assert_true(n > 0);
        assert_true(pgt_real_at(h, "n", headline_row(f->scoring, definitions[d], "count")) == n);
        const size_t row = headline_row(f->scoring, definitions[d], "wage_bill");
        assert_true(pgt_real_at(h, "n", row) == usd);
        assert_close(pgt_real_at(h, "share", row), usd / pgt_sum(a, "wage_bill_usd"), 1e-14, 0);
    }
}

static void higher_bar_lets_no_more_activities_through(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *h = pgdp_scoring_headline(f->scoring);
    static const char *const definitions[] = { "model_at_0.5", "model", "model_at_0.75", "model_at_0.9" };
    for (size_t d = 1; d < 4; d++)
        assert_true(pgt_real_at(h, "n", headline_row(f->scoring, definitions[d], "count")) <=
                    pgt_real_at(h, "n", headline_row(f->scoring, definitions[d - 1], "count")));
    assert_contains(pgt_text_at(h, "words", headline_row(f->scoring, "model", "hours")), "0.6 or more");
}

static void interval_of_a_share_lies_within_bounds(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *h = pgdp_scoring_headline(f->scoring);
    for (size_t i = 0; i < pgdp_frame_n_rows(h); i++) {
        const double low = pgt_real_at(h, "conf_low", i), high = pgt_real_at(h, "conf_high", i);
        assert_true(low >= 0 && low <= high && high <= 1);
    }
}

/* Leaving an occupation out by hand: build the list without it and count again. */
static void jackknife_leaves_out_whole_occupations(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const size_t n = pgdp_task_list_n_occupations(f->list);
    double shares[32], mean = 0, squares = 0;
    for (size_t o = 0; o < n; o++) {
        size_t n_graded[16] = { 0 }, n_below[16] = { 0 }, n_done = 0, n_judged = 0;
        for (size_t i = 0; i < f->list->n_tasks; i++)
            for (size_t l = f->list->first_link[i]; l < f->list->first_link[i + 1]; l++) {
                const int grade = f->scoring->grades[i];
                if (grade < 0 || f->list->occupation[i] == o) continue;
                n_graded[f->list->activity[l]]++;
                n_below[f->list->activity[l]] += grade < 2 ? 1 : 0;
            }
        for (size_t a = 0; a < f->list->n_activities; a++) {
            n_judged += n_graded[a] > 0 ? 1 : 0;
            n_done += n_graded[a] > 0 && n_below[a] == 0 ? 1 : 0;
        }
        shares[o] = (double)n_done / (double)n_judged;
        mean += shares[o] / (double)n;
    }
    for (size_t o = 0; o < n; o++)
        squares += (shares[o] - mean) * (shares[o] - mean);
    double low[PG_N_WEIGHTINGS], high[PG_N_WEIGHTINGS];
    assert_ok(ctx, pg_headline_jackknife(ctx, f->scoring, low, high));
    const double error = sqrt(squares * (double)(n - 1) / (double)n);
    const double share =
        pgt_real_at(pgdp_scoring_headline(f->scoring), "share", headline_row(f->scoring, "labels", "count"));
    assert_close(high[PG_BY_COUNT], fmin(share + 1.6448536269514722 * error, 1), 1e-12, 0);
}

/* The numerical gradient of an occupation's mean probability gives the standard error of the delta method. */
static void standard_error_of_a_mean_is_that_of_the_delta_method(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const pgdp_scoring *s = f->scoring;
    size_t tasks[] = { 3, 31, 77, 150 };
    double weights[] = { 2.5, 0.3, 1.1, 4.7 }, gradient[64], variance = 0;
    pg_probability mean;
    const pg_group group = { tasks, weights, 4 };
    assert_ok(ctx, pg_group_probability(ctx, s, &group, &mean));
    assert_true(s->n_used < 64);
    for (size_t j = 0; j < s->n_used; j++) {
        double ends[2] = { 0, 0 };
        for (int side = 0; side < 2; side++)
            for (size_t k = 0; k < 4; k++) {
                double row[PG_LINK_TERMS];
                const double step = (side == 0 ? 1e-6 : -1e-6) * s->x[tasks[k] + j * s->list->n_tasks];
                pg_link_row(s, s->index[tasks[k]] + step, s->known + tasks[k], row);
                ends[side] += weights[k] / 8.6 * pg_logistic(pg_link_logit(&s->link, row, NULL));
            }
        gradient[j] = (ends[0] - ends[1]) / 2e-6;
    }
    const pgdp_mat v = pgdp_fit_vcov(s->fit);
    for (size_t i = 0; i < s->n_used; i++)
        for (size_t j = 0; j < s->n_used; j++)
            variance += gradient[i] * v.x[i + j * v.n_rows] * gradient[j];
    double in_link[PG_LINK_TERMS] = { 0 };
    for (size_t k = 0; k < 4; k++) {
        double row[PG_LINK_TERMS];
        pg_link_row(s, s->index[tasks[k]], s->known + tasks[k], row);
        const double p = pg_logistic(pg_link_logit(&s->link, row, NULL));
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            in_link[j] += weights[k] / 8.6 * p * (1 - p) * row[j];
    }
    for (size_t i = 0; i < PG_LINK_TERMS; i++)
        for (size_t j = 0; j < PG_LINK_TERMS; j++)
            variance += in_link[i] * s->link.vcov[i + j * PG_LINK_TERMS] * in_link[j];
    assert_close(mean.logit_se * mean.mean * (1 - mean.mean), sqrt(variance), 1e-6, 0);
}

static pgdp_status refuse(const fixture *f, pgdp_scoring_request request)
{
    pgdp_scoring *scoring = NULL;
    const pgdp_status status = pgdp_scoring_new(f->world.ctx, f->list, &request, &scoring);
    assert_null(scoring);
    return status;
}

static void impossible_request_is_refused(void **state)
{
    const fixture *f = *state;
    static const double bad_lambdas[] = { 1.5, 0 };
    pgdp_scoring_request r = *pgt_world_request();
    r.threshold = "a";
    assert_status(f->world.ctx, refuse(f, r), PGDP_NOT_FOUND);
    r = *pgt_world_request();
    r.grade = "grades";
    assert_status(f->world.ctx, refuse(f, r), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->world.ctx), "\"grade\"");
    r = *pgt_world_request();
    r.majority = 1.5;
    assert_status(f->world.ctx, refuse(f, r), PGDP_BAD_ARGUMENT);
    r = *pgt_world_request();
    r.n_folds = 1;
    assert_status(f->world.ctx, refuse(f, r), PGDP_BAD_ARGUMENT);
    r = *pgt_world_request();
    r.lambdas = bad_lambdas;
    assert_status(f->world.ctx, refuse(f, r), PGDP_BAD_ARGUMENT);
    r = *pgt_world_request();
    r.conf_level = 1;
    assert_status(f->world.ctx, refuse(f, r), PGDP_BAD_ARGUMENT);
    r = *pgt_world_request();
    r.model = "heirarchical";
    assert_status(f->world.ctx, refuse(f, r), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->world.ctx), "did you mean \"hierarchical\"?");
}

static pgdp_status score(pgdp_ctx *ctx, void *user)
{
    const pgdp_task_list *list = user;
    pgdp_scoring_request request = *pgt_world_request();
    pgdp_scoring *scoring = NULL;
    request.n_draws = 3;
    request.n_folds = 2;
    request.n_lambdas = 1;
    const pgdp_status status = pgdp_scoring_new(ctx, list, &request, &scoring);
    pgdp_scoring_free(scoring);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    const fixture *f = *state;
    assert_true(pgt_fail_every_allocation(score, f->list) >= 50);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(order_of_rows_changes_no_bit),
        cmocka_unit_test(every_task_has_a_probability_within_its_interval),
        cmocka_unit_test(amounts_of_tasks_activities_and_occupations_are_one),
        cmocka_unit_test(calibration_reproduces_the_observed_rate),
        cmocka_unit_test(model_beats_the_base_rate_out_of_fold),
        cmocka_unit_test(chosen_penalty_has_the_least_loss),
        cmocka_unit_test(headline_counts_the_activities_marked_done),
        cmocka_unit_test(higher_bar_lets_no_more_activities_through),
        cmocka_unit_test(interval_of_a_share_lies_within_bounds),
        cmocka_unit_test(jackknife_leaves_out_whole_occupations),
        cmocka_unit_test(standard_error_of_a_mean_is_that_of_the_delta_method),
        cmocka_unit_test(impossible_request_is_refused),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
