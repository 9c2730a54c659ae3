/* test_stream_memory.c  A table in a file is fitted in memory that does not grow with its rows, absorbed effects of one
 * in memory in a fifth of its columns. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/frame.h"
#include "core/random.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

enum { N_COLUMNS = 8, PIECE = 50000, HEAD = 16 }; /* HEAD bytes before every piece of memory hold its size */

/** Bytes in use, and the most there ever were. */
typedef struct counted {
    _Atomic size_t now, most;
} counted;

static void *count(void *user, void *p, size_t size)
{
    counted *c = user;
    char *from = p == NULL ? NULL : (char *)p - HEAD;
    size_t before = 0;
    if (from != NULL) memcpy(&before, from, sizeof before);
    if (size == 0) {
        atomic_fetch_sub(&c->now, before);
        free(from);
        return NULL;
    }
    char *to = realloc(from, size + HEAD);
    if (to == NULL) return NULL;
    memcpy(to, &size, sizeof size);
    const size_t now = atomic_fetch_add(&c->now, size - before) + size - before;
    size_t most = atomic_load(&c->most);
    while (now > most && !atomic_compare_exchange_weak(&c->most, &most, now)) {
    }
    return to + HEAD;
}

/** Rows of normal numbers, the last column a cluster of 500. */
static void write_table(const char *path, size_t n)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_random random = pg_random_stream(5, "stream", 0);
    pgdp_table_writer *writer;
    pgdp_frame *piece;
    char name[] = "c0";
    assert_ok(ctx, pgdp_frame_new(ctx, &piece));
    for (size_t j = 0, index; j < N_COLUMNS; j++, name[1]++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, piece, &(pgdp_column){ .name = name }, &index));
    assert_ok(ctx, pg_frame_add_rows(ctx, piece, PIECE));
    assert_ok(ctx, pgdp_table_writer_new(ctx, path, piece, &writer));
    for (size_t done = 0; done < n; done += PIECE) {
        for (size_t j = 0; j < N_COLUMNS; j++)
            for (size_t i = 0; i < PIECE; i++)
                pg_frame_edit_reals(piece, j)[i] = j + 1 == N_COLUMNS
                                                       ? (double)(size_t)(500 * pg_random_uniform(&random))
                                                       : pg_random_uniform(&random);
        assert_ok(ctx, pgdp_table_writer_add(ctx, writer, piece));
    }
    assert_ok(ctx, pgdp_table_writer_commit(ctx, writer));
    pgdp_frame_free(piece);
    pgdp_ctx_free(ctx);
}

/** The most memory that a regression over the file takes with two threads. */
static size_t memory_for(const char *path, const char *method, const char *vcov)
{
    counted memory = { 0 };
    const pgdp_allocator allocator = { count, &memory };
    const pgdp_regression_spec spec = { .formula = "c0 ~ c1 + c2 + c3 + c4 + c5 + c6", .method = method, .vcov = vcov };
    pgdp_ctx *ctx = pgdp_ctx_new(&allocator);
    pgdp_table *table;
    pgdp_regression *r;
    pgdp_ctx_set_threads(ctx, 2);
    assert_ok(ctx, pgdp_table_open(ctx, path, NULL, 0, &table));
    assert_ok(ctx, pgdp_regress_table(ctx, table, &spec, &r));
    assert_close(pgdp_fit_glance(pgdp_regression_fit(r)).nobs, (double)pgdp_table_n_rows(table), 0, 0);
    pgdp_regression_free(r);
    pgdp_table_free(table);
    pgdp_ctx_free(ctx);
    assert_int_equal(memory.now, 0);
    return memory.most;
}

static void memory_does_not_grow_with_the_rows(void **state)
{
    (void)state;
    static const char *const methods[] = { "ols", "ols", "fraclogit" }, *const vcovs[] = { "HC1", "cluster(c7)",
                                                                                           "HC1" };
    char *folder = pgt_new_folder();
    write_table(pgt_path(folder, "some"), 300000);
    write_table(pgt_path(folder, "more"), 1200000);
    for (size_t i = 0; i < sizeof vcovs / sizeof *vcovs; i++) {
        const size_t some = memory_for(pgt_path(folder, "some"), methods[i], vcovs[i]);
        const size_t more = memory_for(pgt_path(folder, "more"), methods[i], vcovs[i]);
        print_message("%s %s: %zu KiB for 300,000 rows, %zu KiB for 1,200,000\n", methods[i], vcovs[i], some >> 10,
                      more >> 10);
        assert_true(more < some + (8u << 20)); /* sums of more leaves, up to 32 of them */
        assert_true(more < 64u << 20);
    }
    pgt_remove_folder(folder);
}

/** Rows of y, x, two kinds of levels (n / 100, and 1,000) and a few rows alone in a level. */
static pgdp_frame *frame_of_levels(pgdp_ctx *ctx, size_t n, bool alone)
{
    enum { Y, X, Z, G, H, N };
    static const char *const names[N] = { "y", "x", "z", "g", "h" };
    pg_random random = pg_random_stream(6, "levels", 0);
    pgdp_frame *frame;
    double *c[N];
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0, index; j < N; j++)
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &(pgdp_column){ .name = names[j] }, &index));
    assert_ok(ctx, pg_frame_add_rows(ctx, frame, n));
    for (size_t j = 0; j < N; j++)
        c[j] = pg_frame_edit_reals(frame, j);
    for (size_t i = 0; i < n; i++) {
        c[G][i] = alone && i % 65536 == 0 ? (double)(n / 100 + i) : floor(pg_random_uniform(&random) * (double)n / 100);
        c[H][i] = floor(1000 * pg_random_uniform(&random));
        c[X][i] = pg_random_uniform(&random) + sin(c[G][i]);
        c[Z][i] = pg_random_uniform(&random) + cos(c[H][i]);
        c[Y][i] = pg_random_uniform(&random) + c[X][i] + c[Z][i];
    }
    return frame;
}

static void absorbed_effects_take_a_fifth_of_the_columns(void **state)
{
    (void)state;
    enum { MANY = 2500000 };
    for (size_t alone = 0; alone < 2; alone++) {
        counted memory = { 0 };
        const pgdp_allocator allocator = { count, &memory };
        const pgdp_regression_spec spec = { .formula = "y ~ x + z | g + h",
                                            .vcov = "cluster(g)",
                                            .diagnostics = "none" };
        pgdp_ctx *ctx = pgdp_ctx_new(&allocator);
        pgdp_regression *r;
        pgdp_ctx_set_threads(ctx, 2);
        pgdp_frame *frame = frame_of_levels(ctx, MANY, alone > 0);
        const size_t columns = memory.now;
        memory.most = columns;
        assert_ok(ctx, pgdp_regress(ctx, frame, &spec, &r));
        print_message("%zu KiB of columns, %zu KiB beside them\n", columns >> 10, (memory.most - columns) >> 10);
        assert_string_equal(pgdp_fit_certificate(pgdp_regression_fit(r)).solver, "moments");
        assert_int_equal(pgdp_regression_dropped(r).singletons, alone * 39);
        /* a list of rows is another 4 bytes of 40 */
        assert_true(memory.most - columns < (alone > 0 ? columns / 3 : columns / 5));
        pgdp_regression_free(r);
        pgdp_frame_free(frame);
        pgdp_ctx_free(ctx);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_does_not_grow_with_the_rows),
        cmocka_unit_test(absorbed_effects_take_a_fifth_of_the_columns),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
