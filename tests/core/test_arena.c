/* test_arena.c  Memory of an arena: aligned, zeroed, kept while it grows, freed together.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/arena.h"
#include "tests/support/support.h"

#include <string.h>

typedef struct fixture {
    pgt_memory memory;
    pg_arena arena;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .memory = { 0 } };
    const pgdp_allocator allocator = pgt_allocator(&f.memory);
    pg_arena_init(&f.arena, &allocator);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pg_arena_free(&f->arena);
    return f->memory.n_live == 0 ? 0 : -1;
}

static void memory_is_aligned_zeroed_and_disjoint(void **state)
{
    fixture *f = *state;
    unsigned char *pieces[300];
    for (size_t i = 0; i < 300; i++) {
        pieces[i] = pg_arena_alloc(&f->arena, i * 7 % 501, 3);
        assert_non_null(pieces[i]);
        assert_int_equal((uintptr_t)pieces[i] % _Alignof(max_align_t), 0);
        for (size_t j = 0; j < i * 7 % 501 * 3; j++)
            assert_int_equal(pieces[i][j], 0);
        memset(pieces[i], (int)(i % 251) + 1, i * 7 % 501 * 3);
    }
    for (size_t i = 0; i < 300; i++)
        for (size_t j = 0; j < i * 7 % 501 * 3; j++)
            assert_int_equal(pieces[i][j], i % 251 + 1);
}

static void reused_memory_is_zeroed_again(void **state)
{
    fixture *f = *state;
    assert_non_null(pg_arena_alloc(&f->arena, 5, 1));
    const pg_mark mark = pg_arena_mark(&f->arena);
    unsigned char *first = pg_arena_alloc(&f->arena, 100, 1);
    memset(first, 0xa5, 100);
    pg_arena_rewind(&f->arena, mark);
    const unsigned char *second = pg_arena_alloc(&f->arena, 100, 1);
    assert_ptr_equal(first, second);
    for (size_t i = 0; i < 100; i++)
        assert_int_equal(second[i], 0);
}

static void product_that_overflows_is_refused(void **state)
{
    fixture *f = *state;
    assert_null(pg_arena_alloc(&f->arena, SIZE_MAX / 8 + 2, 8));
    assert_null(pg_arena_alloc(&f->arena, SIZE_MAX, 1));
    assert_null(pg_arena_alloc(&f->arena, 3, SIZE_MAX / 2));
    void *p = pg_arena_alloc(&f->arena, 3, 8);
    assert_null(pg_arena_grow(&f->arena, p, 3, SIZE_MAX / 8 + 1, 8));
}

static void nothing_is_a_valid_pointer(void **state)
{
    fixture *f = *state;
    const void *a = pg_arena_alloc(&f->arena, 0, 8), *b = pg_arena_alloc(&f->arena, 8, 0);
    assert_non_null(a);
    assert_non_null(b);
    assert_ptr_not_equal(a, b);
}

static void newest_memory_grows_in_place(void **state)
{
    fixture *f = *state;
    double *x = pg_arena_alloc(&f->arena, 3, sizeof *x);
    x[0] = 2.385;
    x[2] = -7.25;
    double *grown = pg_arena_grow(&f->arena, x, 3, 50, sizeof *x);
    assert_ptr_equal(grown, x);
    assert_close(grown[0], 2.385, 0, 0);
    assert_close(grown[2], -7.25, 0, 0);
    for (size_t i = 3; i < 50; i++)
        assert_close(grown[i], 0, 0, 0);
}

static void older_memory_moves_and_keeps_its_contents(void **state)
{
    fixture *f = *state;
    double *x = pg_arena_alloc(&f->arena, 3, sizeof *x);
    x[1] = 2.385;
    double *y = pg_arena_alloc(&f->arena, 1, sizeof *y);
    *y = 11.5;
    double *grown = pg_arena_grow(&f->arena, x, 3, 20000, sizeof *x);
    assert_ptr_not_equal(grown, x);
    assert_close(grown[1], 2.385, 0, 0);
    assert_close(grown[19999], 0, 0, 0);
    assert_close(*y, 11.5, 0, 0);
    assert_ptr_equal(pg_arena_grow(&f->arena, grown, 20000, 10, sizeof *x), grown);
}

static void growing_nothing_allocates(void **state)
{
    fixture *f = *state;
    assert_non_null(pg_arena_grow(&f->arena, NULL, 0, 13, 8));
}

static void rewinding_frees_the_blocks_that_came_after(void **state)
{
    fixture *f = *state;
    char *kept = pg_arena_strdup(&f->arena, "kept");
    const size_t before = f->memory.n_live;
    const pg_mark mark = pg_arena_mark(&f->arena);
    for (size_t i = 0; i < 40; i++)
        assert_non_null(pg_arena_alloc(&f->arena, 10007, 1));
    assert_true(f->memory.n_live > before);
    pg_arena_rewind(&f->arena, mark);
    assert_int_equal(f->memory.n_live, before);
    assert_string_equal(kept, "kept");
}

static void rewinding_to_an_empty_arena_frees_all(void **state)
{
    fixture *f = *state;
    const pg_mark mark = pg_arena_mark(&f->arena);
    assert_non_null(pg_arena_alloc(&f->arena, 99999, 3));
    pg_arena_rewind(&f->arena, mark);
    assert_int_equal(f->memory.n_live, 0);
}

static void freed_arena_is_usable(void **state)
{
    fixture *f = *state;
    assert_non_null(pg_arena_alloc(&f->arena, 17, 1));
    pg_arena_free(&f->arena);
    assert_int_equal(f->memory.n_live, 0);
    assert_string_equal(pg_arena_strdup(&f->arena, "again"), "again");
}

static void uncleared_memory_is_memory_too(void **state)
{
    fixture *f = *state;
    unsigned char *a = pg_arena_uncleared(&f->arena, 1000, 3), *b = pg_arena_uncleared(&f->arena, 0, 8);
    assert_non_null(a);
    assert_non_null(b);
    memset(a, 7, 3000);
    assert_true(b < a || b >= a + 3000);
    assert_null(pg_arena_uncleared(&f->arena, SIZE_MAX / 2, 3));
}

static void small_requests_share_blocks(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; i < 100000; i++)
        assert_non_null(pg_arena_alloc(&f->arena, 3, 8));
    assert_true(f->memory.n_calls < 20);
}

static void text_is_copied_up_to_its_end(void **state)
{
    fixture *f = *state;
    assert_string_equal(pg_arena_strndup(&f->arena, "Beaverton", 6), "Beaver");
    assert_string_equal(pg_arena_strndup(&f->arena, "ox", 60), "ox");
    assert_string_equal(pg_arena_strndup(&f->arena, "", 0), "");
}

static void formatted_text_has_any_length(void **state)
{
    fixture *f = *state;
    const char *text = pg_arena_printf(&f->arena, "%s:%zu:%5000d", "gdp_q.csv", (size_t)214, 7);
    assert_int_equal(strlen(text), 5014);
    assert_memory_equal(text, "gdp_q.csv:214:", 14);
    assert_int_equal(text[5013], '7');
}

static void failing_memory_is_told_and_harmless(void **state)
{
    fixture *f = *state;
    char *kept = pg_arena_strdup(&f->arena, "kept");
    f->memory.fail_at = f->memory.n_calls + 1;
    f->memory.for_ever = true;
    assert_null(pg_arena_alloc(&f->arena, 1000000, 1));
    assert_null(pg_arena_grow(&f->arena, kept, 5, 1000000, 1));
    assert_null(pg_arena_printf(&f->arena, "%100000d", 3));
    assert_string_equal(kept, "kept");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(memory_is_aligned_zeroed_and_disjoint),
        TEST(reused_memory_is_zeroed_again),
        TEST(product_that_overflows_is_refused),
        TEST(nothing_is_a_valid_pointer),
        TEST(newest_memory_grows_in_place),
        TEST(older_memory_moves_and_keeps_its_contents),
        TEST(growing_nothing_allocates),
        TEST(rewinding_frees_the_blocks_that_came_after),
        TEST(rewinding_to_an_empty_arena_frees_all),
        TEST(freed_arena_is_usable),
        TEST(uncleared_memory_is_memory_too),
        TEST(small_requests_share_blocks),
        TEST(text_is_copied_up_to_its_end),
        TEST(formatted_text_has_any_length),
        TEST(failing_memory_is_told_and_harmless),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
