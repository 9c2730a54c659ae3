/* test_packed.c  What is packed comes out again, and bytes that end early are found out.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/packed.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

static const double numbers[] = { 2.385, -0.0, 5e-324, INFINITY };

static void pack_all(pg_text *to)
{
    pg_pack_size(to, SIZE_MAX / 2);
    pg_pack_text(to, "a\tb");
    pg_pack_text(to, "");
    pg_pack_text(to, NULL);
    pg_pack_reals(to, numbers, 4);
    pg_pack_reals(to, NULL, 4);
    pg_pack_bytes(to, "xyz", 3);
}

static pgdp_status unpack_all(pgdp_ctx *ctx, pg_packed *from)
{
    const char *text, *empty, *none;
    double *reals, *no_reals;
    char bytes[3];
    const size_t size = pg_unpack_size(from);
    PG_TRY(pg_unpack_text(ctx, from, &ctx->scratch, &text));
    PG_TRY(pg_unpack_text(ctx, from, &ctx->scratch, &empty));
    PG_TRY(pg_unpack_text(ctx, from, &ctx->scratch, &none));
    PG_TRY(pg_unpack_reals(ctx, from, &ctx->scratch, 4, &reals));
    PG_TRY(pg_unpack_reals(ctx, from, &ctx->scratch, 4, &no_reals));
    pg_unpack_bytes(from, bytes, 3);
    if (from->bad) return PGDP_OK;
    assert_true(size == SIZE_MAX / 2 && none == NULL && no_reals == NULL);
    assert_string_equal(text, "a\tb");
    assert_string_equal(empty, "");
    assert_memory_equal(reals, numbers, sizeof numbers);
    assert_memory_equal(bytes, "xyz", 3);
    return PGDP_OK;
}

static pgdp_status there_and_back(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pack_all(&text);
    if (text.failed) return pg_no_memory(ctx);
    pg_packed from = { .at = (const unsigned char *)text.data, .end = (const unsigned char *)text.data + text.n };
    PG_TRY(unpack_all(ctx, &from));
    assert_true(!from.bad && from.at == from.end);
    return PGDP_OK;
}

static void what_is_packed_comes_out_again(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(there_and_back, NULL) > 0);
}

static void bytes_cut_anywhere_are_bad_and_answer_nothing(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    pack_all(&text);
    for (size_t n = 0; n < text.n; n++) {
        pg_packed from = { .at = (const unsigned char *)text.data, .end = (const unsigned char *)text.data + n };
        assert_ok(ctx, unpack_all(ctx, &from));
        assert_true(from.bad);
        assert_int_equal(pg_unpack_size(&from), 0);
    }
    pgdp_ctx_free(ctx);
}

static void a_length_beyond_the_bytes_is_bad(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const uint64_t lengths[] = { 10, UINT64_MAX, SIZE_MAX / 2 };
    for (size_t i = 0; i < 3; i++) {
        const char *out = "";
        double *reals;
        pg_packed from = { .at = (const unsigned char *)&lengths[i], .end = (const unsigned char *)(&lengths[i] + 1) };
        pg_packed again = from;
        assert_ok(ctx, pg_unpack_text(ctx, &from, &ctx->scratch, &out));
        assert_true(from.bad && out == NULL);
        assert_ok(ctx, pg_unpack_reals(ctx, &again, &ctx->scratch, SIZE_MAX, &reals));
        assert_true(again.bad && reals == NULL);
    }
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_is_packed_comes_out_again),
        cmocka_unit_test(bytes_cut_anywhere_are_bad_and_answer_nothing),
        cmocka_unit_test(a_length_beyond_the_bytes_is_bad),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
