/* test_validation.c  Cross-validation, calibration, sets and importance of the scoring models, on a made-up world.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "tasks/validation.h"
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

static void folds_hold_whole_occupations_or_activities(void **state)
{
    const fixture *f = *state;
    const pgdp_task_list *list = f->list;
    const pg_validation *v = f->scoring->validation;
    size_t used[3] = { 0 };
    for (size_t o = 0; o < list->n_occupations; o++)
        for (size_t i = list->occupations[o].first; i < list->occupations[o].end; i++) {
            assert_true(v[PG_NEW_OCCUPATION].fold[i] == v[PG_NEW_OCCUPATION].fold[list->occupations[o].first]);
            used[v[PG_NEW_OCCUPATION].fold[i]]++;
        }
    assert_true(used[0] > 0 && used[1] > 0 && used[2] > 0);
    /* held out: every task of an activity of the fold, whichever fold it is forecast in */
    bool held[3] = { false, true, false }, *out = pg_arena_alloc(&f->world.ctx->scratch, list->n_tasks, sizeof *out);
    pg_held_out(&v[PG_NEW_ACTIVITY], held, out);
    bool learnt[64] = { false }, fresh[64] = { false };
    for (size_t i = 0; i < list->n_tasks; i++)
        for (size_t l = list->first_link[i]; l < list->first_link[i + 1]; l++) {
            if (list->activity[l] == list->n_activities) continue;
            learnt[list->activity[l]] |= !out[i];
            fresh[list->activity[l]] |= v[PG_NEW_ACTIVITY].link_fold[l] == 1;
        }
    for (size_t a = 0; a < list->n_activities; a++)
        assert_false(learnt[a] && fresh[a]);
}

/* What a fold's forecasts are made of has not seen the fold's grades: penalty, model, link and its form. */
static void forecast_of_a_fold_does_not_hang_on_its_grades(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const size_t n = f->list->n_tasks;
    for (size_t r = 0; r < PG_N_REGIMES; r++) {
        const pg_validation *was = &f->scoring->validation[r];
        pgdp_scoring flipped = *f->scoring;
        pg_validation now = {
            .s = &flipped, .model = was->model, .regime = (pg_regime)r, .nested = true, .n_folds = 3
        };
        pg_arena arena;
        pg_arena_init(&arena, &ctx->allocator);
        flipped.grades = pg_arena_alloc(&arena, n, sizeof *flipped.grades);
        for (size_t i = 0; i < n; i++) {
            const int grade = f->scoring->grades[i];
            flipped.grades[i] = grade >= 0 && was->fold[i] == 1 ? 3 - grade : grade;
        }
        assert_ok(ctx, pg_validate(ctx, &arena, &now));
        for (size_t i = 0; i < n; i++)
            for (size_t k = 0; k < 4 && was->fold[i] == 1 && flipped.grades[i] >= 0; k++)
                assert_true(was->shares[i + k * n] == now.shares[i + k * n]);
        pg_arena_free(&arena);
    }
}

static void conformal_sets_cover_at_their_level(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *c = pgdp_scoring_conformal(f->scoring);
    assert_int_equal(pgdp_frame_n_rows(c), 2 * 3); /* 0.5, 0.8, 0.9, the last being the request's */
    for (size_t i = 0; i < pgdp_frame_n_rows(c); i++) {
        const double level = pgt_real_at(c, "level", i), coverage = pgt_real_at(c, "coverage", i);
        assert_true(coverage > level - 0.08); /* some 20 units: four standard errors */
        assert_true(pgt_real_at(c, "conf_low", i) <= coverage && coverage <= pgt_real_at(c, "conf_high", i));
        assert_true(pgt_real_at(c, "mean_size", i) >= 1 && pgt_real_at(c, "mean_size", i) <= 4);
    }
}

static void differences_are_those_of_the_comparison(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *d = pgdp_scoring_differences(f->scoring), *c = pgdp_scoring_comparison(f->scoring);
    const double own = pgt_real_at(c, "log_loss", pgt_row_with(c, "model", "regression"));
    const double base = pgt_real_at(c, "log_loss", pgt_row_with(c, "model", "base_rate"));
    const size_t row = pgt_row_with(d, "model", "base_rate");
    assert_string_equal(pgt_text_at(d, "measure", row), "log_loss");
    assert_close(pgt_real_at(d, "difference", row), own - base, 1e-12, 0);
    assert_true(pgt_real_at(d, "conf_low", row) < own - base && pgt_real_at(d, "conf_high", row) > own - base);
    assert_true(pgt_real_at(d, "conf_high", row) < 0);
}

static void shuffling_what_grades_hang_on_costs_most(void **state)
{
    const fixture *f = *state;
    const pgdp_frame *m = pgdp_scoring_importance(f->scoring);
    const double activities = pgt_real_at(m, "log_loss_added", pgt_row_with(m, "group", "activity_grades"));
    assert_true(activities > 0.05);
    assert_true(activities > pgt_real_at(m, "log_loss_added", pgt_row_with(m, "group", "task_ratings")));
}

/* Every model of the list runs end to end, beats the base rate, and answers the same for any number of threads. */
static void every_model_beats_the_base_rate(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    for (size_t m = 0; pgdp_scoring_models()[m] != NULL; m++) {
        pgdp_scoring_request request = *pgt_world_request();
        pgdp_scoring *one, *two;
        request.model = pgdp_scoring_models()[m];
        assert_ok(ctx, pgdp_scoring_new(ctx, f->list, &request, &one));
        pgdp_ctx_set_threads(ctx, 2);
        assert_ok(ctx, pgdp_scoring_new(ctx, f->list, &request, &two));
        pgdp_ctx_set_threads(ctx, 1);
        pgt_assert_same_scoring(two, one);
        const pgdp_frame *c = pgdp_scoring_comparison(one);
        assert_true(pgt_real_at(c, "log_loss", pgt_row_with(c, "model", "regression")) <
                    pgt_real_at(c, "log_loss", pgt_row_with(c, "model", "base_rate")) - 0.1);
        pgdp_scoring_free(one);
        pgdp_scoring_free(two);
    }
}

static void rival_stands_beside_the_model_and_isotonic_rises(void **state)
{
    const fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    static const char *const rivals[] = { "fractional", NULL };
    pgdp_scoring_request request = *pgt_world_request();
    pgdp_scoring *s;
    request.rivals = rivals;
    request.calibration = PGDP_CALIBRATION_ISOTONIC;
    assert_ok(ctx, pgdp_scoring_new(ctx, f->list, &request, &s));
    (void)pgt_row_with(pgdp_scoring_differences(s), "model", "fractional");
    assert_true(s->link.n_knots > 1);
    for (size_t k = 1; k < s->link.n_knots; k++)
        assert_true(s->link.knot[k] > s->link.knot[k - 1] && s->link.value[k] >= s->link.value[k - 1]);
    pgdp_scoring_free(s);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(folds_hold_whole_occupations_or_activities),
        cmocka_unit_test(forecast_of_a_fold_does_not_hang_on_its_grades),
        cmocka_unit_test(conformal_sets_cover_at_their_level),
        cmocka_unit_test(differences_are_those_of_the_comparison),
        cmocka_unit_test(shuffling_what_grades_hang_on_costs_most),
        cmocka_unit_test(every_model_beats_the_base_rate),
        cmocka_unit_test(rival_stands_beside_the_model_and_isotonic_rises),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
