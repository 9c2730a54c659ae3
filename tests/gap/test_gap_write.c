/* test_gap_write.c  Phantom GDP as JSON and as a table.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <string.h>

#include "core/json.h"
#include "gap/model.h"
#include "tests/gap/economy.h"

static pgdp_gap golden_gap(pgdp_ctx *ctx)
{
    const pgt_economy g = pgt_golden();
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, g.cells, 5, g.news, 1, PGDP_GAP_ACCOUNTS, &gap, NULL));
    return gap;
}

static void json_has_every_aggregate_to_the_last_bit(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_gap gap = golden_gap(ctx);
    pgt_buffer buffer = { .data = NULL };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, pgdp_gap_write(ctx, &gap, PGDP_GAP_ACCOUNTS, true, &sink));
    pg_json_document *document;
    assert_ok(ctx, pg_json_parse(ctx, "out", buffer.data, buffer.n, &document));
    const pg_json_value *root = pg_json_root(document);
    assert_int_equal(pg_json_count(root), 3 + PG_N_GAP_ITEMS);
    assert_string_equal(pg_json_text(pg_json_member(root, "schema")), "pgdp.gap/1");
    assert_string_equal(pg_json_text(pg_json_member(root, "mode")), "accounts");
    assert_string_equal(pg_json_text(pg_json_member(root, "state")), "strong");
    for (size_t i = 0; i < PG_N_GAP_ITEMS; i++) {
        double x = -1;
        assert_true(pg_json_number(pg_json_member(root, pg_gap_items[i].name), &x));
        assert_true(x == pg_gap_value(&gap, i));
    }
    pg_json_document_free(document);
    pgt_buffer_free(&buffer);
    pgdp_ctx_free(ctx);
}

static void json_has_null_where_an_index_is_not_defined(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_gap gap;
    assert_ok(ctx, pgdp_gap_compute(ctx, NULL, 0, NULL, 0, PGDP_GAP_GROSS, &gap, NULL));
    pgt_buffer buffer = { .data = NULL };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, pgdp_gap_write(ctx, &gap, PGDP_GAP_GROSS, true, &sink));
    assert_contains(buffer.data, "\"qf\": null");
    assert_contains(buffer.data, "\"mode\": \"gross\"");
    pgt_buffer_free(&buffer);
    pgdp_ctx_free(ctx);
}

static void table_aligns_values_and_says_what_they_are(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_gap gap = golden_gap(ctx);
    pgt_buffer buffer = { .data = NULL };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(ctx, pgdp_gap_write(ctx, &gap, PGDP_GAP_ACCOUNTS, false, &sink));
    assert_contains(buffer.data, "phi_f              255.546493  value  phantom GDP, Fisher: the headline\n");
    assert_contains(buffer.data, "qf                   1.384933  index  Fisher quantity index\n");
    assert_contains(buffer.data, "state                  strong");
    pgt_buffer_free(&buffer);
    pgdp_ctx_free(ctx);
}

static void failing_sink_is_reported(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const pgdp_gap gap = golden_gap(ctx);
    for (int as_json = 0; as_json < 2; as_json++) {
        pgt_buffer buffer = { .fail_after = 20 };
        const pgdp_sink sink = pgt_sink(&buffer);
        assert_status(ctx, pgdp_gap_write(ctx, &gap, PGDP_GAP_ACCOUNTS, as_json == 1, &sink), PGDP_IO);
        pgt_buffer_free(&buffer);
    }
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(json_has_every_aggregate_to_the_last_bit),
        cmocka_unit_test(json_has_null_where_an_index_is_not_defined),
        cmocka_unit_test(table_aligns_values_and_says_what_they_are),
        cmocka_unit_test(failing_sink_is_reported),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
