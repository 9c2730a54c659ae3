/* test_table.c  Tables by blocks: a frame and a columnar file of it hold the same cells, and damage is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/columnar.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/parallel.h"
#include "core/random.h"
#include "tests/support/frame_model.h"
#include "tests/support/support.h"

enum { MANY = 2 * PGDP_BLOCK_ROWS + 777 };

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/* A number, a text of few levels, one of many and a period. */
static pgdp_frame *long_frame(pgdp_ctx *ctx, size_t n_rows)
{
    static const pgdp_column columns[] = {
        { .name = "x", .type = PGDP_REAL, .unit = "usd" },
        { .name = "state", .type = PGDP_TEXT },
        { .name = "id", .type = PGDP_TEXT, .vintage = "2031-01" },
        { .name = "month", .type = PGDP_PERIOD, .frequency = PGDP_MONTHLY },
    };
    pgdp_frame *f;
    char text[32];
    pg_random r = pg_random_stream(7, "table", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &f));
    for (size_t j = 0; j < 4; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, f, &columns[j], NULL));
    for (size_t i = 0; i < n_rows; i++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, f));
        if (pg_random_index(&r, 9) == 0) continue;
        pgdp_frame_set_real(f, 0, pg_random_uniform(&r) - 0.37);
        snprintf(text, sizeof text, "s%zu", pg_random_index(&r, 51));
        assert_ok(ctx, pgdp_frame_set_text(ctx, f, 1, text, PGDP_NONE));
        snprintf(text, sizeof text, "id %zu", pg_random_index(&r, 90000));
        assert_ok(ctx, pgdp_frame_set_text(ctx, f, 2, text, PGDP_NONE));
        pgdp_frame_set_period(f, 3, (int32_t)pg_random_index(&r, 700));
    }
    assert_ok(ctx, pgdp_frame_set_note(ctx, f, "source", "an office"));
    assert_ok(ctx, pgdp_frame_set_note(ctx, f, "title", ""));
    return f;
}

/* Rows of b are those of a from `first` on, by bits and by text. */
static void assert_same_rows(const pgdp_frame *a, size_t first, const pgdp_frame *b)
{
    const size_t n = pgdp_frame_n_rows(b), n_columns = pgdp_frame_n_columns(b);
    for (size_t j = 0; j < n_columns; j++) {
        const pgdp_column *about = pgdp_frame_column(b, j);
        const size_t from = pgdp_frame_find(a, about->name);
        assert_int_not_equal(from, PGDP_NONE);
        const pgdp_column *own = pgdp_frame_column(a, from);
        assert_true(own->type == about->type && own->frequency == about->frequency);
        assert_string_equal(own->unit, about->unit);
        assert_string_equal(own->vintage, about->vintage);
        if (about->type == PGDP_REAL)
            assert_memory_equal(pgdp_frame_reals(a, from) + first, pgdp_frame_reals(b, j), n * sizeof(double));
        if (about->type == PGDP_PERIOD)
            assert_memory_equal(pgdp_frame_periods(a, from) + first, pgdp_frame_periods(b, j), n * sizeof(int32_t));
        for (size_t i = 0; about->type == PGDP_TEXT && i < n; i++) {
            const char *x = pgdp_frame_text(a, from, first + i), *y = pgdp_frame_text(b, j, i);
            if (x == NULL || y == NULL)
                assert_true(x == y);
            else
                assert_string_equal(x, y);
        }
    }
}

static void write_table(pgdp_ctx *ctx, const char *path, const pgdp_frame *f)
{
    pgdp_table_writer *writer;
    assert_ok(ctx, pgdp_table_writer_new(ctx, path, f, &writer));
    assert_ok(ctx, pgdp_table_writer_add(ctx, writer, f));
    assert_ok(ctx, pgdp_table_writer_commit(ctx, writer));
}

static void blocks_of_a_frame_are_its_rows(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *f = long_frame(ctx, MANY), *block;
    pgdp_table *table;
    assert_ok(ctx, pgdp_table_of_frame(ctx, f, &table));
    assert_int_equal(pgdp_table_n_rows(table), MANY);
    assert_int_equal(pgdp_table_n_blocks(table), 3);
    assert_int_equal(pgdp_frame_n_rows(pgdp_table_head(table)), 0);
    for (size_t b = 0; b < 3; b++) {
        assert_ok(ctx, pgdp_table_block(ctx, table, b, &block));
        assert_int_equal(pgdp_frame_n_rows(block), b < 2 ? PGDP_BLOCK_ROWS : 777);
        assert_same_rows(f, b * PGDP_BLOCK_ROWS, block);
        assert_string_equal(pgdp_frame_note(block, "source"), "an office");
        pgdp_frame_free(block);
    }
    assert_status(ctx, pgdp_table_block(ctx, table, 3, &block), PGDP_BAD_ARGUMENT);
    pgdp_table_free(table);
    pgdp_frame_free(f);
}

static void a_view_does_not_grow(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *f = long_frame(ctx, 50), *view;
    assert_ok(ctx, pg_frame_slice(ctx, f, 10, 20, &view));
    assert_status(ctx, pgdp_frame_add_row(ctx, view), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pgdp_frame_add_column(ctx, view, &(pgdp_column){ .name = "new" }, NULL), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pgdp_frame_set_note(ctx, view, "a", "b"), PGDP_BAD_ARGUMENT);
    assert_status(ctx, pgdp_frame_set_text(ctx, view, 1, "a new level", PGDP_NONE), PGDP_BAD_ARGUMENT);
    pgdp_frame_free(view);
    pgdp_frame_free(f);
}

static void a_columnar_file_holds_the_table(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "t.pgdp");
    pgdp_frame *f = long_frame(ctx, MANY), *whole;
    write_table(ctx, path, f);
    for (size_t threads = 1; threads <= 4; threads *= 2) {
        pgdp_table *table;
        pgdp_ctx_set_threads(ctx, threads);
        assert_ok(ctx, pgdp_table_open(ctx, path, NULL, 0, &table));
        assert_int_equal(pgdp_table_n_rows(table), MANY);
        assert_int_equal(pgdp_frame_n_columns(pgdp_table_head(table)), 4);
        assert_ok(ctx, pgdp_table_frame(ctx, table, &whole));
        assert_same_rows(f, 0, whole);
        for (size_t j = 1; j < 3; j++) /* order of first appearance: the codes too are the same */
            assert_memory_equal(pgdp_frame_codes(f, j), pgdp_frame_codes(whole, j), MANY * sizeof(uint32_t));
        pgdp_frame_free(whole);
        assert_ok(ctx, pg_table_into_frame(ctx, table, &whole));
        assert_same_rows(f, 0, whole);
        assert_string_equal(pgdp_frame_note(whole, "title"), "");
        pgdp_frame_free(whole);
    }
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void only_the_columns_wanted_are_read(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "t.pgdp");
    const char *const wanted[] = { "month", "nowhere", "id" };
    pgdp_frame *f = long_frame(ctx, PGDP_BLOCK_ROWS + 3), *block;
    pgdp_table *table;
    write_table(ctx, path, f);
    assert_ok(ctx, pgdp_table_open(ctx, path, wanted, 3, &table));
    assert_int_equal(pgdp_frame_n_columns(pgdp_table_head(table)), 2);
    assert_ok(ctx, pgdp_table_block(ctx, table, 1, &block));
    assert_int_equal(pgdp_frame_n_rows(block), 3);
    assert_same_rows(f, PGDP_BLOCK_ROWS, block);
    pgdp_frame_free(block);
    pgdp_table_free(table);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

/* However the rows are cut into frames with codes of their own, the file has the same bytes. */
static void rows_may_come_in_any_portions(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const size_t n = PGDP_BLOCK_ROWS + 4321;
    pgdp_frame *f = long_frame(ctx, n), *view, *part;
    pgdp_table_writer *writer;
    write_table(ctx, pgt_path(folder, "once.pgdp"), f);
    assert_ok(ctx, pgdp_table_writer_new(ctx, pgt_path(folder, "parts.pgdp"), f, &writer));
    for (size_t first = 0, size = 1; first < n; first += size, size = size * 3 + 1) {
        if (size > n - first) size = n - first;
        assert_ok(ctx, pg_frame_slice(ctx, f, first, size, &view));
        assert_ok(ctx, pg_frame_select(ctx, view, &(pg_selection){ 0 }, &part));
        assert_ok(ctx, pgdp_table_writer_add(ctx, writer, part));
        pgdp_frame_free(part);
        pgdp_frame_free(view);
    }
    assert_ok(ctx, pgdp_table_writer_commit(ctx, writer));
    size_t n_once, n_parts;
    char *once = pgt_read_file(pgt_path(folder, "once.pgdp"), &n_once);
    char *parts = pgt_read_file(pgt_path(folder, "parts.pgdp"), &n_parts);
    assert_int_equal(n_once, n_parts);
    assert_memory_equal(once, parts, n_once);
    free(once);
    free(parts);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static void model_tables_survive_the_file(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    const char *path = pgt_path(folder, "t.pgdp");
    for (uint32_t table = 0; table < 20; table++) {
        pgdp_frame *f = pgt_model_frame(ctx, table), *back;
        const size_t n_rows = pgdp_frame_n_rows(f), n_columns = pgdp_frame_n_columns(f);
        pgdp_table_writer *writer = NULL;
        if (n_columns == 0) {
            assert_status(ctx, pgdp_table_writer_new(ctx, path, f, &writer), PGDP_SHAPE_MISMATCH);
        } else {
            size_t n;
            write_table(ctx, path, f);
            char *bytes = pgt_read_file(path, &n);
            assert_ok(ctx, pg_columnar_of_bytes(ctx, path, (unsigned char *)bytes, n, &back));
            pgt_model_check(back, table, n_columns, n_rows);
            pgdp_frame_free(back);
            free(bytes);
        }
        pgdp_frame_free(f);
    }
    pgt_remove_folder(folder);
}

static void rows_of_other_columns_are_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = long_frame(ctx, 5), *other = pgt_model_frame(ctx, 3);
    pgdp_table_writer *writer;
    assert_ok(ctx, pgdp_table_writer_new(ctx, pgt_path(folder, "t.pgdp"), f, &writer));
    assert_status(ctx, pgdp_table_writer_add(ctx, writer, other), PGDP_SHAPE_MISMATCH);
    pgdp_table_writer_discard(ctx, writer);
    assert_int_equal(pgt_count_entries(folder), 0);
    pgdp_frame_free(f);
    pgdp_frame_free(other);
    pgt_remove_folder(folder);
}

/* PARSE with a sentence, or the same cells when what was damaged is not looked at. */
static void try_damaged(pgdp_ctx *ctx, const unsigned char *bytes, size_t n, const pgdp_frame *f)
{
    pgdp_frame *back = NULL;
    const pgdp_status status = pg_columnar_of_bytes(ctx, "t.pgdp", bytes, n, &back);
    if (status == PGDP_OK) {
        assert_int_equal(pgdp_frame_n_rows(back), pgdp_frame_n_rows(f));
        assert_same_rows(f, 0, back);
        pgdp_frame_free(back);
        return;
    }
    assert_int_equal(status, PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "t.pgdp: ");
}

static void damage_is_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = long_frame(ctx, 40);
    size_t n;
    write_table(ctx, pgt_path(folder, "t.pgdp"), f);
    unsigned char *bytes = (unsigned char *)pgt_read_file(pgt_path(folder, "t.pgdp"), &n);
    for (size_t cut = 0; cut < n; cut++)
        try_damaged(ctx, bytes, cut, f);
    for (size_t i = 0; i < n; i++) {
        for (unsigned bit = 0; bit < 8; bit++) {
            bytes[i] ^= (unsigned char)(1u << bit);
            try_damaged(ctx, bytes, n, f);
            bytes[i] ^= (unsigned char)(1u << bit);
        }
    }
    free(bytes);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

/* A forger mends the checksum of the footer: still a sentence and never a crash. */
static void forged_footers_are_refused(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = long_frame(ctx, 40);
    size_t n;
    write_table(ctx, pgt_path(folder, "t.pgdp"), f);
    unsigned char *bytes = (unsigned char *)pgt_read_file(pgt_path(folder, "t.pgdp"), &n);
    uint64_t where[2], sum;
    memcpy(where, bytes + n - PG_COLUMNAR_TRAILER, sizeof where);
    for (uint64_t i = 0; i < where[1]; i++) {
        for (unsigned change = 1; change < 256; change += 42) {
            pgdp_frame *back = NULL;
            bytes[where[0] + i] ^= (unsigned char)change;
            sum = pg_columnar_checksum(bytes + where[0], (size_t)where[1]);
            memcpy(bytes + n - 16, &sum, sizeof sum);
            if (pg_columnar_of_bytes(ctx, "t.pgdp", bytes, n, &back) == PGDP_OK)
                pgdp_frame_free(back);
            else
                assert_contains(pgdp_ctx_error(ctx), "t.pgdp: ");
            bytes[where[0] + i] ^= (unsigned char)change;
        }
    }
    free(bytes);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

static pgdp_status check_block(pgdp_ctx *ctx, void *user, size_t i)
{
    const pgdp_table *table = user;
    pgdp_frame *block;
    PG_TRY(pgdp_table_block(ctx, table, i % pgdp_table_n_blocks(table), &block));
    const bool right = pgdp_frame_n_levels(block, 1) == 51;
    pgdp_frame_free(block);
    return right ? PGDP_OK : pg_fail(ctx, PGDP_NUMERICAL, "block %zu", i);
}

static void several_threads_read_blocks_at_once(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = long_frame(ctx, PGDP_BLOCK_ROWS + 5000);
    pgdp_table *table;
    write_table(ctx, pgt_path(folder, "t.pgdp"), f);
    assert_ok(ctx, pgdp_table_open(ctx, pgt_path(folder, "t.pgdp"), NULL, 0, &table));
    pgdp_ctx_set_threads(ctx, 4);
    assert_ok(ctx, pg_parallel(ctx, NULL, 16, check_block, table));
    pgdp_table_free(table);
    pgdp_frame_free(f);
    pgt_remove_folder(folder);
}

typedef struct copying {
    const char *from, *to;
} copying;

static pgdp_status copy(pgdp_ctx *ctx, pgdp_table *table, pgdp_table_writer *writer)
{
    pgdp_frame *block;
    PG_TRY(pgdp_table_block(ctx, table, 0, &block));
    const pgdp_status status = pgdp_table_writer_add(ctx, writer, block);
    pgdp_frame_free(block);
    return status;
}

static pgdp_status copy_file(pgdp_ctx *ctx, void *user)
{
    const copying *c = user;
    pgdp_table *table;
    pgdp_table_writer *writer = NULL;
    PG_TRY(pgdp_table_open(ctx, c->from, NULL, 0, &table));
    pgdp_status status = pgdp_table_writer_new(ctx, c->to, pgdp_table_head(table), &writer);
    if (status == PGDP_OK) status = copy(ctx, table, writer);
    if (status == PGDP_OK)
        status = pgdp_table_writer_commit(ctx, writer);
    else
        pgdp_table_writer_discard(ctx, writer);
    pgdp_table_free(table);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    pgdp_ctx *ctx = *state;
    char *folder = pgt_new_folder();
    pgdp_frame *f = long_frame(ctx, 30);
    copying c = { pgt_path(folder, "a.pgdp"), pgt_path(folder, "b.pgdp") };
    write_table(ctx, c.from, f);
    pgdp_frame_free(f);
    assert_true(pgt_fail_every_allocation(copy_file, &c) > 10);
    pgt_remove_folder(folder);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(blocks_of_a_frame_are_its_rows),    TEST(a_view_does_not_grow),
        TEST(a_columnar_file_holds_the_table),   TEST(only_the_columns_wanted_are_read),
        TEST(rows_may_come_in_any_portions),     TEST(model_tables_survive_the_file),
        TEST(rows_of_other_columns_are_refused), TEST(damage_is_refused),
        TEST(forged_footers_are_refused),        TEST(several_threads_read_blocks_at_once),
        TEST(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
