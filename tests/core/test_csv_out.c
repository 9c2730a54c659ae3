/* test_csv_out.c  The CSV of data/: quoting, missing cells, shortest numbers, ragged rows. Source: RFC 4180.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/csv_out.h"

#include <math.h>

#include "core/ctx.h"
#include "tests/support/support.h"

static void cells_are_quoted_only_where_they_must_be(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    pg_put_row(&csv, (const char *const[]){ "plain cell", "a,b", "say \"so\"", "two\nlines", "", NULL });
    assert_string_equal(csv.text.data, "plain cell,\"a,b\",\"say \"\"so\"\"\",\"two\nlines\",\n");
    assert_int_equal(csv.n_columns, 5);
    assert_int_equal(csv.n_rows, 0);
    pgdp_ctx_free(ctx);
}

static void numbers_are_shortest_and_missing_ones_are_empty(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    pg_put_row(&csv, (const char *const[]){ "a", "b", "c", "d", NULL });
    pg_csv_put_number(&csv, 14.40);
    pg_csv_put_number(&csv, (double)NAN);
    pg_csv_put_number(&csv, 154187380);
    pg_csv_put_text(&csv, NULL);
    pg_put_row_end(&csv);
    assert_string_equal(csv.text.data, "a,b,c,d\n14.4,,154187380,\n");
    assert_int_equal(csv.n_rows, 1);
    assert_false(csv.ragged);
    pg_csv_put_text(&csv, "short");
    pg_put_row_end(&csv);
    assert_true(csv.ragged);
    pgdp_ctx_free(ctx);
}

static void frame_cells_of_every_type_are_written_as_their_source_has_them(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame;
    size_t id, period, value;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "id", .type = PGDP_TEXT }, &id));
    const pgdp_column quarter = { .name = "period", .type = PGDP_PERIOD, .frequency = PGDP_QUARTERLY };
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &quarter, &period));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "value", .type = PGDP_REAL }, &value));
    assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
    assert_ok(ctx, pgdp_frame_set_text(ctx, frame, id, "8823.0", PGDP_NONE));
    pgdp_frame_set_period(frame, period, 244);
    pgdp_frame_set_real(frame, value, 2.385);
    pg_csv_out csv;
    pg_put_init(&csv, &ctx->scratch);
    pg_put_cell(&csv, frame, id, 0);
    pg_put_number_cell(&csv, frame, id, 0);
    pg_put_cell(&csv, frame, period, 0);
    pg_put_number_cell(&csv, frame, value, 0);
    pg_put_cell(&csv, frame, value, PGDP_NONE);
    assert_string_equal(csv.text.data, "8823.0,8823,2031Q1,2.385,");
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cells_are_quoted_only_where_they_must_be),
        cmocka_unit_test(numbers_are_shortest_and_missing_ones_are_empty),
        cmocka_unit_test(frame_cells_of_every_type_are_written_as_their_source_has_them),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
