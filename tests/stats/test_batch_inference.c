/* test_batch_inference.c  Joint inference on a curve against a loop over draws, its size, and when it is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/regression.h"
#include "stats/batch_inference.h"
#include "tests/stats/batch_frames.h"

static pgdp_ctx *ctx;

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

/* The frame of a draw: clusters as often as they were drawn, each time as a cluster of its own. */
static pgdp_frame *redraw(const pgdp_frame *frame, uint32_t draw, double seed, const double *level, size_t n_levels)
{
    pgdp_frame *out;
    size_t at, times[64] = { 0 };
    const char *const names[] = { "y", "x1", "x2", "g" };
    pg_random r = pg_random_stream((uint64_t)seed, "specification curve", draw);
    assert_ok(ctx, pgdp_frame_new(ctx, &out));
    for (size_t j = 0; j < 4; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, out, &(pgdp_column){ .name = names[j], .type = PGDP_REAL }, &at));
    for (size_t i = 0; i < n_levels; i++)
        times[pg_random_index(&r, n_levels)]++;
    for (size_t i = 0; i < pgdp_frame_n_rows(frame); i++)
        for (size_t k = 0; k < times[(size_t)level[i]]; k++) {
            assert_ok(ctx, pgdp_frame_add_row(ctx, out));
            for (size_t j = 0; j < 3; j++)
                pgdp_frame_set_real(out, j, pgdp_frame_reals(frame, pgdp_frame_find(frame, names[j]))[i]);
            pgdp_frame_set_real(out, 3, level[i] + 100 * (double)k);
        }
    return out;
}

/* y less its effect, regressed anew on the rows drawn. */
static pgdp_tidy null_fit(const pgdp_frame *frame, double estimate, const char *terms, const char *vcov,
                          const char *weights)
{
    char text[200];
    pgdp_regression *r;
    (void)snprintf(text, sizeof text, "I(y - %.17g * x1) ~ %s", estimate, terms);
    assert_ok(ctx, pgdp_regress(ctx, frame,
                                &(pgdp_regression_spec){ .formula = text, .vcov = vcov, .weights = weights }, &r));
    const pgdp_tidy t = pgdp_fit_tidy(pgdp_regression_fit(r), 1, 0.95);
    pgdp_regression_free(r);
    return t;
}

static double z_of(pgdp_tidy t)
{
    return copysign(pgdp_normal_upper_quantile(t.p_value / 2), t.estimate);
}

enum { DRAWS = 9 };
static void joint_inference_is_what_a_loop_over_draws_gives(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 250, 21);
    const pgdp_batch_option y = { .text = "y" }, x = { .text = "x1" }, v = { .text = "cluster(g)" },
                            z[] = { { .name = "none" }, { .text = "x2 + dup" } }; /* dup = x1 + x2 */
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_OUTCOME] = { &y, 1 },
                                                [PGDP_BATCH_FOCAL] = { &x, 1 },
                                                [PGDP_BATCH_CONTROLS] = { z, 2 },
                                                [PGDP_BATCH_VCOV] = { &v, 1 } },
                                   .seed = 77 };
    const double *g = pgdp_frame_reals(frame, pgdp_frame_find(frame, "g"));
    double level[250], value[64], estimate[2], of_data[2], extreme = 0, extreme_z = 0;
    size_t n_levels = 0, n;
    pgdp_batch *batch;
    pgdp_batch_inference got;
    for (size_t i = 0; i < 250; i++) { /* clusters by first appearance */
        size_t k = 0;
        while (k < n_levels && fabs(value[k] - g[i]) > 0.5)
            k++;
        if (k == n_levels) value[n_levels++] = g[i];
        level[i] = (double)k;
    }
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    assert_ok(ctx, pgdp_batch_infer(ctx, batch, "g", DRAWS, 0.05, &got));
    for (size_t m = 0; m < 2; m++) {
        const pgdp_batch_row *row = pgdp_batch_rows_of(batch, m, &n);
        estimate[m] = row->estimate;
        of_data[m] = copysign(pgdp_normal_upper_quantile(row->p_value / 2), row->estimate);
    }
    for (uint32_t draw = 0; draw < DRAWS; draw++) {
        pgdp_frame *drawn = redraw(frame, draw, 77, level, n_levels);
        const pgdp_tidy a = null_fit(drawn, estimate[0], "x1", "cluster(g)", NULL);
        const pgdp_tidy b = null_fit(drawn, estimate[1], "x1 + x2", "cluster(g)", NULL);
        extreme += fabs(a.estimate + b.estimate) >= fabs(estimate[0] + estimate[1]);
        extreme_z += fabs(z_of(a) + z_of(b)) >= fabs(of_data[0] + of_data[1]);
        pgdp_frame_free(drawn);
    }
    assert_int_equal(got.n_rows, 2);
    assert_close(got.median, (estimate[0] + estimate[1]) / 2, 1e-12, 0);
    assert_close(got.stouffer, (of_data[0] + of_data[1]) / sqrt(2), 1e-9, 0);
    assert_close(got.p_median, (1 + extreme) / (1 + DRAWS), 1e-12, 0);
    assert_close(got.p_stouffer, (1 + extreme_z) / (1 + DRAWS), 1e-12, 0);
    pgdp_batch_free(batch);
    pgdp_frame_free(frame);
}

/* The frame of a draw of rows. */
static pgdp_frame *redraw_rows(const pgdp_frame *frame, uint32_t draw, double seed)
{
    static const char *const names[] = { "y", "x1", "x2", "x5", "aw" };
    pgdp_frame *out;
    const size_t n = pgdp_frame_n_rows(frame), text = pgdp_frame_find(frame, "f");
    size_t at, f, times[200] = { 0 };
    pg_random r = pg_random_stream((uint64_t)seed, "specification curve", draw);
    assert_ok(ctx, pgdp_frame_new(ctx, &out));
    for (size_t j = 0; j < 5; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, out, &(pgdp_column){ .name = names[j], .type = PGDP_REAL }, &at));
    assert_ok(ctx, pgdp_frame_add_column(ctx, out, &(pgdp_column){ .name = "f", .type = PGDP_TEXT }, &f));
    assert_true(n <= 200);
    for (size_t i = 0; i < n; i++)
        times[pg_random_index(&r, n)]++;
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < times[i]; k++) {
            assert_ok(ctx, pgdp_frame_add_row(ctx, out));
            for (size_t j = 0; j < 5; j++)
                pgdp_frame_set_real(out, j, pgdp_frame_reals(frame, pgdp_frame_find(frame, names[j]))[i]);
            assert_ok(ctx, pgdp_frame_set_text(ctx, out, f, pgdp_frame_text(frame, text, i), PGDP_NONE));
        }
    return out;
}

/* The draws of one model: estimate, z, estimate, ... */
static void draw_model(const pgdp_batch *batch, uint32_t model, double *draws)
{
    pg_batch_sample s;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    assert_ok(ctx, pg_batch_sample_new(ctx, batch, batch->models[model].group, &s));
    pg_batch_drawing d = { .s = &s, .of_rows = true, .models = &model, .n_models = 1, .n_rows = 1, .draws = draws };
    assert_ok(ctx, pg_batch_draw_rows(ctx, &d, DRAWS));
    pg_moments_free(s.moments);
    pg_arena_rewind(&ctx->scratch, mark);
}

/* Models of different rows (x5 has holes), columns that depend on the rows, weights; estimates and z of every draw. */
static void draws_of_rows_are_those_of_a_loop_over_draws(void **state)
{
    (void)state;
    static const char *const terms[] = { "x1", "x1 + x2 + x5", "x1 + i(f)" }, *const weight[] = { NULL, "aw:aw" };
    static const char *const vcovs[] = { "iid", "HC0", "HC1" };
    for (uint32_t w = 0; w < 6; w++) {
        pgdp_frame *frame = pgt_batch_frame(ctx, 200, 70 + w);
        const pgdp_batch_option y = { .text = "y" }, x = { .text = "x1" }, v = { .text = vcovs[w % 3] },
                                z[] = { { .name = "none" }, { .text = "x2 + x5" }, { .text = "i(f)" } };
        const pgdp_batch_request q = { .choices = { [PGDP_BATCH_OUTCOME] = { &y, 1 },
                                                    [PGDP_BATCH_FOCAL] = { &x, 1 },
                                                    [PGDP_BATCH_CONTROLS] = { z, 3 },
                                                    [PGDP_BATCH_VCOV] = { &v, 1 } },
                                       .weights = weight[w / 3],
                                       .seed = 5 };
        double draws[3][2 * DRAWS], sum = 0, extreme = 0;
        pgdp_batch *batch;
        pgdp_batch_inference got;
        assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
        assert_ok(ctx, pgdp_batch_run(ctx, batch));
        assert_ok(ctx, pgdp_batch_infer(ctx, batch, NULL, DRAWS, 0.05, &got));
        for (uint32_t m = 0; m < 3; m++) {
            size_t n;
            const pgdp_batch_row *row = pgdp_batch_rows_of(batch, m, &n);
            sum += copysign(pgdp_normal_upper_quantile(row->p_value / 2), row->estimate);
            draw_model(batch, m, draws[m]);
        }
        for (uint32_t draw = 0; draw < DRAWS; draw++) {
            pgdp_frame *drawn = redraw_rows(frame, draw, 5);
            double z_sum = 0;
            for (size_t m = 0; m < 3; m++) {
                size_t n;
                const double b = pgdp_batch_rows_of(batch, m, &n)->estimate;
                const pgdp_tidy t = null_fit(drawn, b, terms[m], vcovs[w % 3], weight[w / 3]);
                assert_close(draws[m][2 * draw], t.estimate, 1e-12, 1e-12 * t.std_error);
                assert_close(draws[m][2 * draw + 1], z_of(t), 1e-10, 1e-11);
                z_sum += z_of(t);
            }
            extreme += fabs(z_sum) >= fabs(sum);
            pgdp_frame_free(drawn);
        }
        assert_int_equal(got.n_rows, 3);
        assert_close(got.stouffer, sum / sqrt(3), 1e-9, 0);
        assert_close(got.p_stouffer, (1 + extreme) / (1 + DRAWS), 1e-12, 0);
        pgdp_batch_free(batch);
        pgdp_frame_free(frame);
    }
}

/* Under the null a p-value is below 1/4 in about a quarter of the samples: 40 of them, 3 standard errors. */
static void joint_tests_keep_their_size(void **state)
{
    (void)state;
    size_t rejected = 0;
    const pgdp_batch_option y = { .text = "z1" }, x = { .text = "x1" }, v = { .text = "cluster(many)" },
                            z[] = { { .name = "none" }, { .text = "x2" }, { .text = "x4" } };
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_OUTCOME] = { &y, 1 },
                                                [PGDP_BATCH_FOCAL] = { &x, 1 },
                                                [PGDP_BATCH_CONTROLS] = { z, 3 },
                                                [PGDP_BATCH_VCOV] = { &v, 1 } } };
    for (uint32_t seed = 0; seed < 40; seed++) {
        pgdp_frame *frame = pgt_batch_frame(ctx, 120, 500 + seed);
        pgdp_batch *batch;
        pgdp_batch_inference got;
        assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
        assert_ok(ctx, pgdp_batch_run(ctx, batch));
        assert_ok(ctx, pgdp_batch_infer(ctx, batch, "many", 59, 0.05, &got));
        rejected += got.p_median < 0.25;
        pgdp_batch_free(batch);
        pgdp_frame_free(frame);
    }
    assert_in_range(rejected, 2, 18);
}

static void inference_that_has_no_meaning_is_refused(void **state)
{
    (void)state;
    pgdp_frame *frame = pgt_batch_frame(ctx, 200, 2);
    const pgdp_batch_option y = { .text = "y" }, x = { .text = "x1" }, e = { .text = "year" },
                            v[] = { { .text = "cluster(g)" }, { .text = "HC1" } };
    pgdp_batch_request q = { .choices = { [PGDP_BATCH_OUTCOME] = { &y, 1 },
                                          [PGDP_BATCH_FOCAL] = { &x, 1 },
                                          [PGDP_BATCH_EFFECTS] = { &e, 1 },
                                          [PGDP_BATCH_VCOV] = { v, 1 } } };
    pgdp_batch *batch;
    pgdp_batch_inference got;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    assert_status(ctx, pgdp_batch_infer(ctx, batch, "g", 9, 0.05, &got), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "i(year)");
    assert_status(ctx, pgdp_batch_infer(ctx, batch, "gg", 9, 0.05, &got), PGDP_NOT_FOUND);
    assert_status(ctx, pgdp_batch_infer(ctx, batch, "h", 9, 0.05, &got), PGDP_BAD_ARGUMENT);
    pgdp_batch_free(batch);
    q.choices[PGDP_BATCH_EFFECTS].n = 0;
    q.choices[PGDP_BATCH_VCOV].n = 2;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    assert_status(ctx, pgdp_batch_infer(ctx, batch, "g", 9, 0.05, &got), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "HC1");
    assert_status(ctx, pgdp_batch_infer(ctx, batch, NULL, 9, 0.05, &got), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "cluster(g)");
    pgdp_batch_free(batch);
    q.choices[PGDP_BATCH_EFFECTS].n = 1;
    q.choices[PGDP_BATCH_VCOV] = (pgdp_batch_options){ &v[1], 1 };
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    assert_status(ctx, pgdp_batch_infer(ctx, batch, NULL, 9, 0.05, &got), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "i(year)");
    pgdp_batch_free(batch);
    q.choices[PGDP_BATCH_EFFECTS].n = 0;
    q.weights = "fw:fw";
    assert_ok(ctx, pgdp_batch_new(ctx, frame, &q, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    assert_status(ctx, pgdp_batch_infer(ctx, batch, NULL, 9, 0.05, &got), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(ctx), "frequency weights");
    pgdp_batch_free(batch);
    pgdp_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(joint_inference_is_what_a_loop_over_draws_gives),
        cmocka_unit_test(draws_of_rows_are_those_of_a_loop_over_draws),
        cmocka_unit_test(joint_tests_keep_their_size),
        cmocka_unit_test(inference_that_has_no_meaning_is_refused),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
