/* test_map.c  The hash map: finds what was put, and only that.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/map.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <string.h>

enum { MANY = 20011 };

static pgdp_status put_many(pgdp_ctx *ctx, pg_map *map)
{
    pg_map_init(map, &ctx->scratch);
    for (size_t i = 0; i < MANY; i++) {
        char *key;
        PG_TRY_ALLOC(ctx, key, pg_arena_printf(&ctx->scratch, "%zu-%zu", i * 7919 % MANY, i % 13));
        if (!pg_map_put(map, key, strlen(key), 3 * i + 1)) return pg_no_memory(ctx);
    }
    return PGDP_OK;
}

static void all_that_was_put_is_found(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_map map;
    assert_ok(ctx, put_many(ctx, &map));
    assert_int_equal(map.n, MANY);
    for (size_t i = 0; i < MANY; i++) {
        char key[64];
        snprintf(key, sizeof key, "%zu-%zu", i * 7919 % MANY, i % 13);
        assert_int_equal(pg_map_find(&map, key, strlen(key)), 3 * i + 1);
        snprintf(key, sizeof key, "%zu-%zu", i, (size_t)13);
        assert_true(pg_map_find(&map, key, strlen(key)) == PGDP_NONE);
    }
    pgdp_ctx_free(ctx);
}

static void empty_map_finds_nothing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    assert_true(pg_map_find(&map, "gdp", 3) == PGDP_NONE);
    pgdp_ctx_free(ctx);
}

static void key_put_again_is_replaced(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    assert_true(pg_map_put(&map, "wage_bill", 9, 4));
    assert_true(pg_map_put(&map, "wage_bill", 9, 11));
    assert_int_equal(pg_map_find(&map, "wage_bill", 9), 11);
    assert_int_equal(map.n, 1);
    pgdp_ctx_free(ctx);
}

static void keys_are_bytes_with_a_length(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    assert_true(pg_map_put(&map, "11-1011", 7, 5));
    assert_true(pg_map_put(&map, "11-1011", 2, 6)); /* the major group: the same bytes, fewer of them */
    assert_true(pg_map_put(&map, "a\0b", 3, 7));
    assert_true(pg_map_put(&map, NULL, 0, 8));
    assert_int_equal(pg_map_find(&map, "11-1011", 7), 5);
    assert_int_equal(pg_map_find(&map, "11", 2), 6);
    assert_int_equal(pg_map_find(&map, "a\0b", 3), 7);
    assert_true(pg_map_find(&map, "a\0c", 3) == PGDP_NONE);
    assert_true(pg_map_find(&map, "a", 1) == PGDP_NONE);
    assert_int_equal(pg_map_find(&map, "", 0), 8);
    pgdp_ctx_free(ctx);
}

static pgdp_status put_many_action(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pg_map map;
    return put_many(ctx, &map);
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(put_many_action, NULL) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(all_that_was_put_is_found),
        cmocka_unit_test(empty_map_finds_nothing),
        cmocka_unit_test(key_put_again_is_replaced),
        cmocka_unit_test(keys_are_bytes_with_a_length),
        cmocka_unit_test(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
