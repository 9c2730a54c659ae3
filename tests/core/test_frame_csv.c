/* test_frame_csv.c  A frame written as CSV reads back cell by cell. Source: RFC 4180.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "pgdp/ingest.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { N = 6 };
static const double reals[N] = { 0.1, -1e-300, 1.0 / 3, 154187380, (double)NAN, 2.385 };
static const char *const texts[N] = { "plain", "a,b", "say \"so\"", "two\nlines", NULL, "\xC3\xA9t\xC3\xA9" };
static const int32_t periods[N] = { 244, 0, PGDP_MISSING_PERIOD, -3, 17, 200 };

static pgdp_status make(pgdp_ctx *ctx, pgdp_frame **out)
{
    static const pgdp_column about[] = { { .name = "value, in \"usd\"", .type = PGDP_REAL },
                                         { .name = "name", .type = PGDP_TEXT },
                                         { .name = "quarter", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY } };
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t j = 0; j < 3; j++) {
        size_t index;
        PG_TRY(pgdp_frame_add_column(ctx, *out, &about[j], &index));
    }
    for (size_t i = 0; i < N; i++) {
        PG_TRY(pgdp_frame_add_row(ctx, *out));
        pgdp_frame_set_real(*out, 0, reals[i]);
        if (texts[i] != NULL) PG_TRY(pgdp_frame_set_text(ctx, *out, 1, texts[i], PGDP_NONE));
        pgdp_frame_set_period(*out, 2, periods[i]);
    }
    return PGDP_OK;
}

static void names_and_cells_are_quoted_where_they_must_be(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = NULL;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, make(ctx, &frame));
    assert_ok(ctx, pgdp_frame_write_csv(ctx, frame, &sink));
    assert_string_equal(buffer.data,
                        "\"value, in \"\"usd\"\"\",name,quarter\n"
                        "0.1,plain,2031Q1\n-1e-300,\"a,b\",1970Q1\n0.3333333333333333,\"say \"\"so\"\"\",\n"
                        "154187380,\"two\nlines\",1969Q2\n,,1974Q2\n2.385,\xC3\xA9t\xC3\xA9,2020Q1\n");
    pgt_buffer_free(&buffer);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void what_is_written_reads_back_the_same(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = NULL;
    pgdp_dataset *data = NULL;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    char *folder = pgt_new_folder();
    assert_ok(ctx, make(ctx, &frame));
    assert_ok(ctx, pgdp_frame_write_csv(ctx, frame, &sink));
    pgt_write_file(pgt_path(folder, "frame.csv"), buffer.data, buffer.n);
    assert_ok(ctx, pgdp_ingest_file(ctx, "csv", pgt_path(folder, "frame.csv"), &data));
    const pgdp_frame *back = pgdp_dataset_table(data, 0);
    assert_int_equal(pgdp_frame_n_rows(back), N);
    for (size_t i = 0; i < N; i++) {
        assert_close(pgdp_frame_reals(back, 0)[i], reals[i], 0, 0);
        const char *text = pgdp_frame_text(back, 1, i);
        assert_true((text == NULL) == (texts[i] == NULL));
        if (text != NULL) assert_string_equal(text, texts[i]);
        assert_int_equal(pgdp_frame_periods(back, 2)[i], periods[i]);
    }
    pgdp_dataset_free(data);
    pgt_remove_folder(folder);
    pgt_buffer_free(&buffer);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void a_full_sink_is_its_own_answer(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = NULL;
    pgt_buffer buffer = { NULL, 0, 10 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, make(ctx, &frame));
    assert_true(pgdp_frame_write_csv(ctx, frame, &sink) != PGDP_OK);
    pgt_buffer_free(&buffer);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static pgdp_status make_and_write(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pgdp_frame *frame = NULL;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_status status = make(ctx, &frame);
    if (status == PGDP_OK) status = pgdp_frame_write_csv(ctx, frame, &sink);
    pgt_buffer_free(&buffer);
    pgdp_frame_free(frame);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(make_and_write, NULL) > 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_and_cells_are_quoted_where_they_must_be),
        cmocka_unit_test(what_is_written_reads_back_the_same),
        cmocka_unit_test(a_full_sink_is_its_own_answer),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
