/* test_batch_ranks.c  A batch on several ranks gives the bytes of one process: models by moments and by rows, failures
 * among them, and joint inference by draws of clusters and of rows. Ranks are threads.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "tests/stats/batch_frames.h"
#include "tests/support/ranks.h"

#include <stdlib.h>
#include <string.h>

typedef struct task {
    const pgdp_frame *frame;
    const char *const *vcovs; /* [n_vcovs] */
    size_t n_vcovs, n_draws, n_failed;
    const char *cluster;
    pgt_buffer want; /* rows of all groups, then the inference; of one process */
} task;

static pgdp_batch *new_batch(pgdp_ctx *ctx, const task *t)
{
    static const char *const controls[] = { "", "x2", "dup + x2", "x5", "i(f)" };
    static const char *const outcomes[] = { "y", "y2" };
    pgdp_batch_option items[3][8];
    const pgdp_batch_option focal = { .text = "x1" };
    pgdp_batch *batch = NULL;
    const pgdp_batch_request q = { .choices = { [PGDP_BATCH_OUTCOME] = pgt_batch_options(items[0], outcomes, 2),
                                                [PGDP_BATCH_FOCAL] = { &focal, 1 },
                                                [PGDP_BATCH_CONTROLS] = pgt_batch_options(items[1], controls, 5),
                                                [PGDP_BATCH_VCOV] = pgt_batch_options(items[2], t->vcovs, t->n_vcovs) },
                                   .seed = 77 };
    assert_ok(ctx, pgdp_batch_new(ctx, t->frame, &q, &batch));
    return batch;
}

static pgt_buffer tell(pgdp_ctx *ctx, const task *t)
{
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_batch *batch = new_batch(ctx, t);
    const pgdp_batch_plan plan = pgdp_batch_plan_of(batch);
    pgdp_batch_inference inference;
    size_t n_failed = 0;
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    for (size_t m = 0; m < plan.n_models; m++) {
        size_t n;
        n_failed += pgdp_batch_rows_of(batch, m, &n)->error[0] != '\0';
    }
    assert_int_equal(n_failed, t->n_failed);
    for (size_t g = 0; g < plan.n_groups; g++)
        assert_ok(ctx, pgdp_batch_save_group(ctx, batch, g, &sink));
    if (t->n_draws > 0) {
        assert_ok(ctx, pgdp_batch_infer(ctx, batch, t->cluster, t->n_draws, 0.05, &inference));
        assert_ok(ctx, sink.write(sink.user, (const char *)&inference, sizeof inference));
    }
    pgdp_batch_free(batch);
    return buffer;
}

static void tell_on_rank(pgdp_ctx *ctx, void *user)
{
    const task *t = user;
    pgt_buffer got = tell(ctx, t);
    assert_int_equal(got.n, t->want.n);
    assert_memory_equal(got.data, t->want.data, got.n);
    pgt_buffer_free(&got);
}

static void any_number_of_ranks_and_threads_gives_the_same_bytes(void **state)
{
    (void)state;
    static const char *const by_row[] = { "HC2", "bootstrap(B=9)", "HC1" };
    static const char *const failing[] = { "iid", "arellano", "cr2(firm^year)", "HC3" };
    static const char *const robust[] = { "HC1", "iid" };
    static const char *const clustered[] = { "cluster(g)" };
    static const struct {
        const char *const *vcovs;
        size_t n_vcovs, n_draws, n_failed;
        const char *cluster;
    } cases[] = {
        { by_row, 3, 0, 0, NULL }, { failing, 4, 0, 10, NULL },  { robust, 2, 13, 0, NULL },
        { robust, 2, 1, 0, NULL }, { clustered, 1, 13, 0, "g" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = pgt_batch_frame(ctx, 300, 11);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        task t = { .frame = frame,
                   .vcovs = cases[i].vcovs,
                   .n_vcovs = cases[i].n_vcovs,
                   .n_draws = cases[i].n_draws,
                   .n_failed = cases[i].n_failed,
                   .cluster = cases[i].cluster };
        t.want = tell(ctx, &t);
        for (size_t n_ranks = 2; n_ranks <= 4; n_ranks++)
            pgt_run_ranks(n_ranks, 1 + n_ranks % 2, tell_on_rank, &t);
        pgt_buffer_free(&t.want);
    }
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = { cmocka_unit_test(any_number_of_ranks_and_threads_gives_the_same_bytes) };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
