/* test_fourth.c  Sums of squared scores from fourth moments are those of a pass over the rows, to the digits they
 * claim. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "stats/fourth.h"
#include "stats/row_pass.h"
#include "tests/support/context.h"

#include <math.h>
#include <string.h>

enum { ROWS = 70000, COLS = 7, MODELS = 9, SLOTS = 2 };
static const char *const names[COLS] = { "(Intercept)", "a", "b", "c", "near", "same", "far" };

/* Columns of several sizes, one nearly made up by others, one that is another, one far from 0; weights. */
static void fill(double *x, double *weight)
{
    pg_random r = pg_random_stream(11, "fourth", 0);
    for (size_t i = 0; i < ROWS; i++) {
        double v[COLS] = { 1 };
        for (size_t j = 1; j < COLS; j++)
            v[j] = pg_random_normal(&r) * (1 + 100 * (double)(j == 2));
        v[4] = v[1] + v[3] + v[4] / 1000;
        v[5] = v[1];
        v[6] = 2385 + v[6] * v[6];
        weight[i] = 0.5 + (double)pg_random_index(&r, 4);
        for (size_t j = 0; j < COLS; j++)
            x[i + j * ROWS] = v[j];
    }
}

typedef struct sums {
    double fourth[MODELS * SLOTS], digits[MODELS * SLOTS], rows[MODELS * SLOTS];
} sums;

static void compare(const pg_blocks *blocks, sums *out)
{
    double residual[COLS * MODELS], influence[COLS * MODELS * SLOTS];
    pg_moments *moments;
    pg_fourth fourth;
    pg_random r = pg_random_stream(12, "fourth", 1);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    for (size_t i = 0; i < COLS * MODELS; i++)
        residual[i] = pg_random_normal(&r) / (i % COLS == 2 ? 100 : 1);
    for (size_t i = 0; i < COLS * MODELS * SLOTS; i++)
        influence[i] = pg_random_normal(&r) / (i % COLS == 2 ? 100 : 1);
    memset(out, 0, sizeof *out);
    assert_ok(ctx, pg_moments_pass(ctx, blocks, NULL, &moments));
    assert_ok(ctx, pg_fourth_pass(ctx, blocks, moments, &fourth));
    assert_ok(ctx, pg_fourth_sums(ctx, &fourth, &(pg_fourth_models){ MODELS, SLOTS, residual, influence }, out->fourth,
                                  out->digits));
    const pg_row_pass pass = { .blocks = blocks,
                               .shift = moments->shift,
                               .n_models = MODELS,
                               .n_slots = SLOTS,
                               .residual = residual,
                               .influence = influence };
    assert_ok(ctx, pg_row_pass_run(ctx, &pass, out->rows));
    pg_moments_free(moments);
    pg_arena_rewind(&ctx->scratch, mark);
}

static void check(const pg_blocks *blocks)
{
    sums one, many;
    compare(blocks, &one);
    for (size_t i = 0; i < MODELS * SLOTS; i++) {
        assert_close(one.fourth[i], one.rows[i], pow(10, -one.digits[i]), 0);
        assert_true(one.digits[i] > 11);
    }
    for (size_t threads = 2; threads <= 4; threads *= 2) {
        pgdp_ctx_set_threads(ctx, threads);
        compare(blocks, &many);
        pgdp_ctx_set_threads(ctx, 1);
        assert_memory_equal(&one, &many, sizeof one);
    }
}

static void sums_are_those_of_the_rows_for_any_weights_and_threads(void **state)
{
    (void)state;
    static const pgdp_weights kinds[] = { PGDP_ANALYTIC, PGDP_FREQUENCY };
    double *x = test_malloc(ROWS * COLS * sizeof *x), *weight = test_malloc(ROWS * sizeof *weight);
    fill(x, weight);
    for (size_t w = 0; w < 3; w++) {
        const pg_matrix_blocks of = { .x = pg_matrix_of(x, ROWS, COLS), .weight = w == 0 ? NULL : weight };
        const pg_blocks blocks = pg_blocks_of_matrix(&of, names, kinds[w / 2], NULL);
        check(&blocks);
    }
    test_free(weight);
    test_free(x);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(sums_are_those_of_the_rows_for_any_weights_and_threads) };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
