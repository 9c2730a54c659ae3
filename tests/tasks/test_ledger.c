/* test_ledger.c  Spending beside payroll by hand, sums that add up, and bad rows refused. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>

#include "pgdp/unit_cost.h"
#include "tests/support/frame_text.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *spend, *payroll;
    pgdp_ledger *ledger;
} fixture;

#define PAYROLL                                                                                                        \
    "month:t unit:t usd hours\n2026-02 law 50000 1000\n2026-01 law 40000 800\n2026-01 sales 10000 .\n2026-02 sales "   \
    "10000 .\n2026-03 law 50000 1000"
#define SPEND                                                                                                          \
    "month:t unit:t usd tokens hours_saved saved_usd\n2026-01 law 100 1e7 10 .\n2026-02 law 150 1e7 . .\n"             \
    "2026-02-17 law 50 . 20 .\n2026-03 law 400 . . 4000\n2026-02 sales 30 . . ."

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    f.payroll = pgt_frame(f.ctx, PAYROLL);
    f.spend = pgt_frame(f.ctx, SPEND);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_ledger_free(f->ledger);
    pgdp_frame_free(f->spend);
    pgdp_frame_free(f->payroll);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static void units_and_months_are_as_by_hand(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pgdp_ledger_new(f->ctx, f->spend, f->payroll, &f->ledger));
    const pgdp_frame *units = pgdp_ledger_units(f->ledger), *months = pgdp_ledger_months(f->ledger);
    assert_string_equal(pgt_text_at(units, "unit", 0), "law");
    assert_close(pgt_real_at(units, "spend_usd", 0), 700, 1e-15, 0);
    assert_close(pgt_real_at(units, "share", 0), 700.0 / 140000, 1e-15, 0);
    assert_close(pgt_real_at(units, "run_rate_usd", 0), 4800, 1e-15, 0);
    assert_close(pgt_real_at(units, "run_rate_share", 0), 0.008, 1e-15, 0);
    assert_close(pgt_real_at(units, "growth", 0), 1, 1e-14, 0);
    assert_close(pgt_real_at(units, "saved_usd", 0), 500 + 1000 + 4000, 1e-15, 0);
    assert_close(pgt_real_at(units, "multiple", 0), 5500.0 / 700, 1e-15, 0);
    assert_true(isnan(pgt_real_at(units, "multiple", 1)) && isnan(pgt_real_at(units, "growth", 1)));
    assert_string_equal(pgt_text_at(units, "unit", 2), "all");
    assert_close(pgt_real_at(units, "spend_usd", 2), 730, 1e-15, 0);
    assert_close(pgt_real_at(units, "months", 2), 3, 0, 0);
    assert_int_equal(pgdp_frame_n_rows(months), 5 + 3);
    assert_string_equal(pgt_text_at(months, "month", 0), "2026-01");
    assert_close(pgt_real_at(months, "usd_per_million", 0), 10, 1e-15, 0);
    assert_close(pgt_real_at(months, "spend_usd", 3), 200, 1e-15, 0); /* two rows of law in February */
}

static void months_add_up_to_units(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pgdp_ledger_new(f->ctx, f->spend, f->payroll, &f->ledger));
    static const char *const columns[] = { "spend_usd", "payroll_usd", "saved_usd" };
    for (size_t c = 0; c < 3; c++) /* each counted twice: by unit and as "all" */
        assert_close(pgt_sum(pgdp_ledger_months(f->ledger), columns[c]),
                     pgt_sum(pgdp_ledger_units(f->ledger), columns[c]), 1e-14, 0);
}

static void bad_rows_are_refused(void **state)
{
    fixture *f = *state;
    static const struct {
        const char *spend, *payroll, *words;
        pgdp_status status;
    } cases[] = {
        { "month:t unit:t usd\n2026-04 law 1", PAYROLL, "spend: row 1, column unit: found \"law\"", PGDP_PARSE },
        { "month:t unit:t usd\n2026-01 law -1", PAYROLL, "spend: row 1, column usd: found -1", PGDP_PARSE },
        { "month:t unit:t usd\n2026-13 law 1", PAYROLL, "spend: row 1, column month: found \"2026-13\"", PGDP_PARSE },
        { "month:t unit:t usd hours_saved\n2026-01 sales 1 3", PAYROLL, "spend: row 1, column hours_saved",
          PGDP_PARSE },
        { SPEND, "month:t unit:t usd\n2026-01 law 1\n2026-01 law 2", "payroll: row 2, column unit", PGDP_PARSE },
        { SPEND, "month:t unit:t\n2026-01 law", "usd", PGDP_NOT_FOUND },
        { SPEND, "unit:t usd\nlaw 1", "payroll: found no column month", PGDP_NOT_FOUND },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        pgdp_frame *spend = pgt_frame(f->ctx, cases[i].spend), *payroll = pgt_frame(f->ctx, cases[i].payroll);
        assert_status(f->ctx, pgdp_ledger_new(f->ctx, spend, payroll, &f->ledger), cases[i].status);
        assert_contains(pgdp_ctx_error(f->ctx), cases[i].words);
        pgdp_frame_free(spend);
        pgdp_frame_free(payroll);
    }
}

static pgdp_status compute_and_write(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_ledger *ledger;
    const pgdp_status made = pgdp_ledger_new(ctx, f->spend, f->payroll, &ledger);
    if (made != PGDP_OK) return made;
    const pgdp_status status = pgdp_ledger_write(ctx, ledger, false, &sink);
    pgdp_ledger_free(ledger);
    pgt_buffer_free(&buffer);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    assert_true(pgt_fail_every_allocation(compute_and_write, *state) > 5);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(units_and_months_are_as_by_hand, set_up, tear_down),
        cmocka_unit_test_setup_teardown(months_add_up_to_units, set_up, tear_down),
        cmocka_unit_test_setup_teardown(bad_rows_are_refused, set_up, tear_down),
        cmocka_unit_test_setup_teardown(memory_may_run_out_anywhere, set_up, tear_down),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
