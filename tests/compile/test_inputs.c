/* test_inputs.c  Keys join rows whatever their file writes; groups keep the frame's order; names become columns.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/inputs.h"

#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* Occupation and task number, the latter as text. */
static pgdp_frame *tasks_as_text(pgdp_ctx *ctx, size_t columns[2])
{
    static const char *const cells[][2] = {
        { "13-2011.00", "21527.0" }, { "11-1011.00", "8823" }, { "13-2011.00", "21527" }, { "13-2011.00", "8823.0" }
    };
    pgdp_frame *frame;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "soc", .type = PGDP_TEXT }, &columns[0]));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "task", .type = PGDP_TEXT }, &columns[1]));
    for (size_t row = 0; row < sizeof cells / sizeof *cells; row++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < 2; j++)
            assert_ok(ctx, pgdp_frame_set_text(ctx, frame, columns[j], cells[row][j], PGDP_NONE));
    }
    return frame;
}

static void task_numbers_join_whether_written_as_8823_or_8823_0(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    size_t columns[2], others[2];
    pg_groups groups;
    pgdp_frame *frame = tasks_as_text(ctx, columns), *other;
    assert_ok(ctx, pg_groups_of(ctx, frame, columns, &groups));
    assert_int_equal(pg_groups_find(&groups, "11-1011.00", "8823.0"), 1);
    assert_int_equal(pg_groups_find(&groups, "13-2011.00", "8823"), 3);
    assert_int_equal(pg_groups_find(&groups, "13-2011.00", "8824"), PGDP_NONE);
    assert_ok(ctx, pgdp_frame_new(ctx, &other));
    assert_ok(ctx, pgdp_frame_add_column(ctx, other, &(pgdp_column){ .name = "id", .type = PGDP_REAL }, &others[1]));
    assert_ok(ctx, pgdp_frame_add_column(ctx, other, &(pgdp_column){ .name = "soc", .type = PGDP_TEXT }, &others[0]));
    assert_ok(ctx, pgdp_frame_add_row(ctx, other));
    pgdp_frame_set_real(other, others[1], 8823);
    assert_ok(ctx, pgdp_frame_set_text(ctx, other, others[0], "11-1011.00", PGDP_NONE));
    assert_int_equal(pg_groups_match(&groups, other, others, 0), 1);
    pgdp_frame_free(other);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void rows_of_one_key_follow_in_the_order_of_the_file(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    size_t columns[2];
    pg_groups groups;
    pgdp_frame *frame = tasks_as_text(ctx, columns);
    assert_ok(ctx, pg_groups_of(ctx, frame, columns, &groups));
    assert_int_equal(pg_groups_find(&groups, "13-2011.00", "21527"), 0);
    assert_int_equal(groups.next[0], 2);
    assert_int_equal(groups.next[2], PGDP_NONE);
    const size_t by_soc[2] = { columns[0], PGDP_NONE };
    assert_ok(ctx, pg_groups_of(ctx, frame, by_soc, &groups));
    assert_int_equal(pg_groups_find(&groups, "13-2011.00", NULL), 0);
    assert_int_equal(groups.next[0], 2);
    assert_int_equal(groups.next[2], 3);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

/* Group rows, which takes memory in several ways; task numbers are 7, 10, 13, ... */
static pgdp_status group(pgdp_ctx *ctx, void *frame)
{
    pg_groups groups;
    PG_TRY(pg_groups_of(ctx, frame, (const size_t[2]){ 0, PGDP_NONE }, &groups));
    assert_int_equal(pg_groups_find(&groups, "3004", NULL), 999);
    assert_int_equal(pg_groups_find(&groups, "3005", NULL), PGDP_NONE);
    return PGDP_OK;
}

static void grouping_survives_every_failing_allocation(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    size_t column;
    pgdp_frame *frame;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = "task", .type = PGDP_REAL }, &column));
    for (size_t row = 0; row < 1500; row++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        pgdp_frame_set_real(frame, column, 7 + 3 * (double)row);
    }
    assert_true(pgt_fail_every_allocation(group, frame) > 4);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void element_names_become_column_names(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_string_equal(pg_slug(ctx, "Active Listening"), "active_listening");
    assert_string_equal(pg_slug(ctx, "Achievement/Effort"), "achievement_effort");
    assert_string_equal(pg_slug(ctx, " (Self-Control) & 2nd "), "self_control_2nd");
    assert_string_equal(pg_slug(ctx, "--"), "");
    pgdp_ctx_free(ctx);
}

static void a_missing_column_is_named_with_its_file(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    size_t columns[2], found;
    pgdp_frame *frame = tasks_as_text(ctx, columns);
    const char *const wanted = "human_exposure_agg";
    assert_status(ctx, pg_input_columns(ctx, "gpts_labels", frame, &wanted, 1, &found), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "gpts-are-gpts/full_labelset.tsv");
    assert_contains(pgdp_ctx_error(ctx), "human_exposure_agg");
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

/* A folder with the workbook as downloaded in place of the CSV that the catalogue names. */
static void a_file_as_published_is_read_where_the_other_is_not_there(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char folder[] = "/tmp/pgdp_inputs_XXXXXX", path[128];
    static const char text[] = "Invented,,,\n2010 SOC Code,2010 SOC Title,2018 SOC Code,2018 SOC Title\n"
                               "11-1011,a,11-1011,b\n";
    const pgdp_frame *frame;
    pg_inputs inputs;
    pg_arena arena;
    assert_non_null(mkdtemp(folder));
    pg_arena_init(&arena, &ctx->allocator);
    assert_ok(ctx, pg_inputs_open(ctx, folder, &arena, &inputs));
    assert_status(ctx, pg_inputs_table(ctx, &inputs, "soc_2010_2018", NULL, &frame), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "crosswalk_soc2010_to_soc2018.csv: cannot be read");
    (void)snprintf(path, sizeof path, "%s/bls", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/bls/crosswalks", folder);
    assert_int_equal(mkdir(path, 0700), 0);
    (void)snprintf(path, sizeof path, "%s/bls/crosswalks/soc_2010_to_2018_crosswalk.xlsx", folder);
    FILE *file = fopen(path, "wb");
    assert_non_null(file);
    assert_int_equal(fwrite(text, 1, sizeof text - 1, file), sizeof text - 1);
    assert_int_equal(fclose(file), 0);
    assert_ok(ctx, pg_inputs_table(ctx, &inputs, "soc_2010_2018", NULL, &frame));
    assert_int_equal(pgdp_frame_n_rows(frame), 1);
    assert_string_equal(inputs.inputs[pg_source_find("soc_2010_2018")].file,
                        "bls/crosswalks/soc_2010_to_2018_crosswalk.xlsx");
    pg_inputs_close(&inputs);
    pg_arena_free(&arena);
    pgdp_ctx_free(ctx);
    assert_int_equal(remove(path), 0);
    (void)snprintf(path, sizeof path, "%s/bls/crosswalks", folder);
    assert_int_equal(rmdir(path), 0);
    (void)snprintf(path, sizeof path, "%s/bls", folder);
    assert_int_equal(rmdir(path), 0);
    assert_int_equal(rmdir(folder), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(task_numbers_join_whether_written_as_8823_or_8823_0),
        cmocka_unit_test(rows_of_one_key_follow_in_the_order_of_the_file),
        cmocka_unit_test(grouping_survives_every_failing_allocation),
        cmocka_unit_test(element_names_become_column_names),
        cmocka_unit_test(a_missing_column_is_named_with_its_file),
        cmocka_unit_test(a_file_as_published_is_read_where_the_other_is_not_there),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
