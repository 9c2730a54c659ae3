/* test_simulate.c  Monte Carlo of the gap: bits for every thread count, bands, shares; the scenario grid.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "core/random.h"
#include "gap/model.h"
#include "gap/request.h"
#include "gap/summary.h"

enum { N_WORK = 7 };
typedef struct study {
    pgdp_workload work[N_WORK];
    pgdp_parameter parameters[PGDP_N_PARAMETERS];
    pgdp_gap_new_task news;
    pgdp_gap_request request;
} study;

static void set_up(study *s)
{
    *s = (study){ .news = { .name = "brief", .p_star = 2000, .p1 = 2, .q = .0137, .theta = 0, .d = 1 } };
    memcpy(s->parameters, pgdp_parameters_default(), sizeof s->parameters);
    for (size_t w = 0; w < N_WORK; w++) {
        const double x = (double)w;
        s->work[w] = (pgdp_workload){ .name = "occupation",
                                      .wage_bill = 131.7 + 47.3 * x,
                                      .hourly_wage = 18.4 + 5.7 * x,
                                      .capability = .03 + .11 * x,
                                      .capability_se = .25,
                                      .multiplier = 1.3 + .17 * x,
                                      .final_share = .9 - .08 * x };
    }
    pgdp_parameter *p = s->parameters;
    p[PGDP_PARAMETER_adoption].distribution = PGDP_BETA;
    p[PGDP_PARAMETER_adoption].a = .18;
    p[PGDP_PARAMETER_adoption].b = 40;
    p[PGDP_PARAMETER_review_share].distribution = PGDP_LOGNORMAL;
    p[PGDP_PARAMETER_review_share].b = .4;
    p[PGDP_PARAMETER_elasticity] =
        (pgdp_parameter){ .value = .6, .distribution = PGDP_TRIANGULAR, .a = .29, .b = .6, .c = 1.1 };
    p[PGDP_PARAMETER_capture_rate].distribution = PGDP_UNIFORM;
    p[PGDP_PARAMETER_capture_rate].a = 0;
    p[PGDP_PARAMETER_capture_rate].b = .5;
    s->request = (pgdp_gap_request){ .work = s->work,
                                     .n_work = N_WORK,
                                     .news = &s->news,
                                     .n_news = 1,
                                     .parameters = s->parameters,
                                     .n_draws = 1003,
                                     .seed = 20260423 };
}

static const double *reals(const pgdp_frame *frame, const char *name)
{
    return pgdp_frame_reals(frame, pgdp_frame_find(frame, name));
}

static void assert_same_frames(const pgdp_frame *a, const pgdp_frame *b)
{
    assert_int_equal(pgdp_frame_n_columns(a), pgdp_frame_n_columns(b));
    for (size_t j = 0; j < pgdp_frame_n_columns(a); j++) {
        const double *x = pgdp_frame_reals(a, j), *y = pgdp_frame_reals(b, j);
        if (x != NULL) assert_memory_equal(x, y, pgdp_frame_n_rows(a) * sizeof *x);
    }
}

static void threads_change_no_bit(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    pgdp_frame *bands[4], *shares[4];
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t t = 0; t < 4; t++) {
        pgdp_ctx_set_threads(ctx, t + 1);
        assert_ok(ctx, pgdp_gap_simulate(ctx, &s.request, &bands[t], &shares[t]));
        assert_same_frames(bands[0], bands[t]);
        assert_same_frames(shares[0], shares[t]);
    }
    for (size_t t = 0; t < 4; t++) {
        pgdp_frame_free(bands[t]);
        pgdp_frame_free(shares[t]);
    }
    pgdp_ctx_free(ctx);
}

/* The promise of the header, kept by hand: any single draw can be had alone. */
static double draw_values(const study *s, uint32_t draw, double *values)
{
    pg_random random = pg_random_stream(s->request.seed, "gap", draw);
    for (size_t j = 0; j < PGDP_N_PARAMETERS; j++)
        values[j] = pg_parameter_draw(&s->parameters[j], j, pg_random_uniform(&random));
    return pg_random_normal(&random);
}

static double phi_f_of_draw(pgdp_ctx *ctx, const study *s, uint32_t draw)
{
    double values[PGDP_N_PARAMETERS];
    pg_crowd crowd;
    pgdp_gap gap;
    assert_ok(ctx, pg_crowd_new(ctx, &s->request, &crowd));
    const double z = draw_values(s, draw, values);
    pg_crowd_evaluate(&crowd, values, z, &gap);
    return gap.phi_f;
}

/* Two cells a workload, capabilities by the C library's exp and log. */
static void draws_are_those_of_cells_one_by_one(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    s.parameters[PGDP_PARAMETER_final_outlay_share].value = .35;
    s.parameters[PGDP_PARAMETER_final_outlay_share].a = .35;
    s.work[0].capability = 0;
    s.work[1].capability = 1;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_crowd crowd;
    assert_ok(ctx, pg_crowd_new(ctx, &s.request, &crowd));
    for (uint32_t draw = 0; draw < 200; draw++) {
        double values[PGDP_N_PARAMETERS];
        const double z = draw_values(&s, draw, values);
        pgdp_workload work[N_WORK];
        for (size_t w = 0; w < N_WORK; w++) {
            work[w] = s.work[w];
            const double c = work[w].capability;
            work[w].capability = 1 / (1 + exp(-(log(c / (1 - c)) + work[w].capability_se * z)));
        }
        pgdp_gap_cell cells[2 * N_WORK];
        pgdp_gap got, want;
        pgdp_gap_cells(work, N_WORK, values, PGDP_GAP_ACCOUNTS, cells);
        assert_ok(ctx, pgdp_gap_compute(ctx, cells, 2 * N_WORK, &s.news, 1, PGDP_GAP_ACCOUNTS, &want, NULL));
        pg_crowd_evaluate(&crowd, values, z, &got);
        for (size_t i = 0; i < PG_N_GAP_ITEMS; i++)
            assert_close(pg_gap_value(&got, i), pg_gap_value(&want, i), 1e-13, 1e-13 * want.q0);
        assert_close(got.qf, want.qf, 1e-14, 0);
        assert_int_equal(got.state, want.state);
    }
    pgdp_ctx_free(ctx);
}

static void bands_are_type_7_quantiles_of_the_addressed_draws(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    s.request.n_draws = 41;
    double draws[41];
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (uint32_t i = 0; i < 41; i++)
        draws[i] = phi_f_of_draw(ctx, &s, i);
    pgdp_frame *bands, *shares;
    assert_ok(ctx, pgdp_gap_simulate(ctx, &s.request, &bands, &shares));
    assert_string_equal(pgdp_frame_text(bands, 0, PG_GAP_phi_f), "phi_f");
    assert_string_equal(pgdp_frame_text(bands, 1, PG_GAP_phi_f), "value");
    double mean = 0;
    for (size_t i = 0; i < 41; i++)
        mean += draws[i] / 41;
    assert_close(reals(bands, "mean")[PG_GAP_phi_f], mean, 1e-14, 0);
    pg_sort(draws, 41); /* 40 gaps: the quantiles fall on draws */
    assert_true(reals(bands, "p05")[PG_GAP_phi_f] == draws[2]);
    assert_true(reals(bands, "p25")[PG_GAP_phi_f] == draws[10]);
    assert_true(reals(bands, "p50")[PG_GAP_phi_f] == draws[20]);
    assert_true(reals(bands, "p95")[PG_GAP_phi_f] == draws[38]);
    pgdp_frame_free(bands);
    pgdp_frame_free(shares);
    pgdp_ctx_free(ctx);
}

static void without_uncertainty_every_draw_is_the_central_run(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    memcpy(s.parameters, pgdp_parameters_default(), sizeof s.parameters);
    for (size_t w = 0; w < N_WORK; w++)
        s.work[w].capability_se = 0;
    s.request.n_draws = 33;
    double values[PGDP_N_PARAMETERS];
    pg_central_values(&s.request, values);
    pgdp_gap_cell cells[2 * N_WORK];
    pgdp_gap_cells(s.work, N_WORK, values, PGDP_GAP_ACCOUNTS, cells);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, cells, 2 * N_WORK, &s.news, 1, PGDP_GAP_ACCOUNTS, &gap, NULL));
    pgdp_frame *bands, *shares;
    assert_ok(ctx, pgdp_gap_simulate(ctx, &s.request, &bands, &shares));
    for (size_t i = 0; i < PG_N_GAP_ITEMS; i++) {
        const double central = reals(bands, "central")[i];
        assert_close(central, pg_gap_value(&gap, i), 1e-14, 1e-14 * gap.q0); /* two cells a workload, added up apart */
        assert_true(reals(bands, "p05")[i] == central && reals(bands, "p95")[i] == central);
        assert_close(reals(bands, "sd")[i], 0, 0, 1e-14 * fabs(pg_gap_value(&gap, i)));
    }
    assert_true(isnan(reals(shares, "rank_correlation_squared")[0]) && isnan(reals(shares, "variance_share")[0]));
    assert_string_equal(pgdp_frame_note(bands, "phantom or strong"),
                        gap.state != PGDP_STATE_NONE ? "33 of 33" : "0 of 33");
    pgdp_frame_free(bands);
    pgdp_frame_free(shares);
    pgdp_ctx_free(ctx);
}

static void variance_shares_add_up_and_rank_what_matters(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    s.request.n_draws = 2003;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *bands, *shares;
    assert_ok(ctx, pgdp_gap_simulate(ctx, &s.request, &bands, &shares));
    assert_int_equal(pgdp_frame_n_rows(shares), PGDP_N_PARAMETERS + 1);
    assert_string_equal(pgdp_frame_text(shares, 0, PGDP_N_PARAMETERS), "capability");
    double sum = 0;
    for (size_t i = 0; i <= PGDP_N_PARAMETERS; i++)
        sum += reals(shares, "variance_share")[i];
    assert_close(sum, 1, 1e-14, 0);
    assert_true(reals(shares, "variance_share")[PGDP_PARAMETER_adoption] > .2);
    assert_true(reals(shares, "variance_share")[PGDP_PARAMETER_token_price] == 0);
    assert_true(isnan(reals(shares, "rank_correlation_squared")[PGDP_PARAMETER_token_price]));
    pgdp_frame_free(bands);
    pgdp_frame_free(shares);
    pgdp_ctx_free(ctx);
}

static void no_draws_leave_the_central_run(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    s.request.n_draws = 0;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *bands, *shares;
    assert_ok(ctx, pgdp_gap_simulate(ctx, &s.request, &bands, &shares));
    assert_true(reals(bands, "central")[PG_GAP_q0] > 0 && isnan(reals(bands, "mean")[PG_GAP_q0]));
    pgdp_frame_free(bands);
    pgdp_frame_free(shares);
    pgdp_ctx_free(ctx);
}

static void mid_ranks_share_ties(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const double x[] = { 2.5, -1, 2.5, 7, 2.5, -1 }, want[] = { 4, 1.5, 4, 6, 4, 1.5 };
    double ranks[6];
    assert_ok(ctx, pg_ranks(ctx, x, 6, ranks));
    for (size_t i = 0; i < 6; i++)
        assert_true(ranks[i] == want[i]);
    assert_close(pg_rank_correlation(ranks, ranks, 6), 1, 1e-15, 0);
    const double sorted[] = { 1, 2.5, 4, 9 };
    assert_close(pg_quantile_sorted(sorted, 4, .4), 2.5 + .2 * 1.5, 1e-15, 0);
    assert_true(pg_quantile_sorted(sorted, 4, 1) == 9 && pg_quantile_sorted(sorted, 1, .95) == 1);
    pgdp_ctx_free(ctx);
}

static void grid_has_every_combination_in_order(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    const double lam[] = { 0, .5, 1 }, e[] = { .29, .6 }, survival[] = { .2, .67, 1, .5 };
    const pgdp_axis axes[] = { { PGDP_PARAMETER_capture_rate, lam, 3 },
                               { PGDP_PARAMETER_elasticity, e, 2 },
                               { PGDP_PARAMETER_survival, survival, 4 } };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_ctx_set_threads(ctx, 2);
    pg_crowd crowd;
    pgdp_frame *grid;
    assert_ok(ctx, pg_crowd_new(ctx, &s.request, &crowd));
    assert_ok(ctx, pgdp_gap_grid(ctx, &s.request, axes, 3, &grid));
    assert_int_equal(pgdp_frame_n_rows(grid), 24);
    for (size_t i = 0; i < 24; i++) {
        assert_true(reals(grid, "capture_rate")[i] == lam[i / 8] && reals(grid, "elasticity")[i] == e[i / 4 % 2]);
        assert_true(reals(grid, "survival")[i] == survival[i % 4]);
        double values[PGDP_N_PARAMETERS];
        pg_central_values(&s.request, values);
        values[PGDP_PARAMETER_capture_rate] = lam[i / 8];
        values[PGDP_PARAMETER_elasticity] = e[i / 4 % 2];
        values[PGDP_PARAMETER_survival] = survival[i % 4];
        pgdp_gap gap;
        pg_crowd_evaluate(&crowd, values, 0, &gap);
        assert_true(reals(grid, "phi_f")[i] == gap.phi_f && reals(grid, "m1")[i] == gap.m1);
        assert_true(reals(grid, "shrinkage")[i] == gap.shrinkage && reals(grid, "qf")[i] == gap.qf);
        assert_string_equal(pgdp_frame_text(grid, pgdp_frame_find(grid, "state"), i), pgdp_gap_state_name(gap.state));
    }
    pgdp_frame_free(grid);
    assert_ok(ctx, pgdp_gap_grid(ctx, &s.request, NULL, 0, &grid));
    assert_int_equal(pgdp_frame_n_rows(grid), 1);
    pgdp_frame_free(grid);
    pgdp_ctx_free(ctx);
}

static void impossible_grids_are_refused(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    const double e[] = { .29, 11 };
    const struct {
        pgdp_axis axes[2];
        const char *says;
    } rows[] = {
        { { { PGDP_PARAMETER_elasticity, e, 2 }, { PGDP_PARAMETER_adoption, e, 1 } },
          "parameter elasticity: found 11, expected a number from 0 to 10" },
        { { { PGDP_PARAMETER_elasticity, e, 1 }, { PGDP_PARAMETER_elasticity, e, 1 } },
          "axis elasticity: found twice" },
        { { { PGDP_PARAMETER_elasticity, e, 0 }, { PGDP_PARAMETER_adoption, e, 1 } }, "found no values" },
        { { { 99, e, 1 }, { PGDP_PARAMETER_adoption, e, 1 } }, "axis 1: found parameter 99, expected one below 14" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < 4; i++) {
        pgdp_frame *grid;
        assert_status(ctx, pgdp_gap_grid(ctx, &s.request, rows[i].axes, 2, &grid), PGDP_BAD_ARGUMENT);
        assert_contains(pgdp_ctx_error(ctx), rows[i].says);
    }
    pgdp_ctx_free(ctx);
}

static pgdp_status simulate_once(pgdp_ctx *ctx, void *user)
{
    const study *s = user;
    pgdp_frame *bands, *shares;
    const pgdp_status status = pgdp_gap_simulate(ctx, &s->request, &bands, &shares);
    if (status == PGDP_OK) {
        pgdp_frame_free(bands);
        pgdp_frame_free(shares);
    }
    return status;
}

static pgdp_status grid_once(pgdp_ctx *ctx, void *user)
{
    const study *s = user;
    static const double e[] = { .3, .5 };
    const pgdp_axis axis = { PGDP_PARAMETER_elasticity, e, 2 };
    pgdp_frame *grid;
    const pgdp_status status = pgdp_gap_grid(ctx, &s->request, &axis, 1, &grid);
    if (status == PGDP_OK) pgdp_frame_free(grid);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    study s;
    set_up(&s);
    s.request.n_draws = 40;
    assert_true(pgt_fail_every_allocation(simulate_once, &s) > 5);
    assert_true(pgt_fail_every_allocation(grid_once, &s) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(threads_change_no_bit),
        cmocka_unit_test(draws_are_those_of_cells_one_by_one),
        cmocka_unit_test(bands_are_type_7_quantiles_of_the_addressed_draws),
        cmocka_unit_test(without_uncertainty_every_draw_is_the_central_run),
        cmocka_unit_test(variance_shares_add_up_and_rank_what_matters),
        cmocka_unit_test(no_draws_leave_the_central_run),
        cmocka_unit_test(mid_ranks_share_ties),
        cmocka_unit_test(grid_has_every_combination_in_order),
        cmocka_unit_test(impossible_grids_are_refused),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
