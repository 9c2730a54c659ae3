/* test_workload.c  Occupations become rows of work: value per dollar of labour and final share of where they work.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "gap/workload.h"
#include "tests/support/frame_text.h"

#include <math.h>

/* Sector 31 has two industries, 54 one; 99 has no pay, so nothing can be said per dollar of labour there. */
static const char accounts_text[] =
    "naics:t industry:t value_added_usd_mn compensation_usd_mn final_uses_usd_mn commodity_output_usd_mn\n"
    "31 331 300.5 120.25 90 400\n"
    "31 332 99.5 79.75 210 200\n" /* imports make final uses exceed output */
    "54 5411 650 500 55 880\n"
    "54 HS 9000 4 9000 9000\n" /* rents imputed to owners: nobody's work, so not counted */
    "99 GFE 10 . 1 20\n"
    ". . 1000 1000 1000 1000";
static const char jobs_text[] = "naics:t soc:t employment annual_mean\n"
                                "31 15-1252 1000 90000\n"
                                "54 15-1252 3000 120000\n"
                                "99 15-1252 777 55555\n"
                                "54 23-1011 500 160000\n"
                                "31 23-1011 40 .\n"
                                "31 51-2092 2500 44000";
static const char occupations_text[] =
    "soc:t title:t major_group:t hourly_wage wage_bill_usd capability done_share capability_se\n"
    "15-1252 Developers 15 54.25 450000000 0.62 0.375 0.21\n"
    "23-1011 Lawyers 23 76.5 80000000 0.31 0.0625 0.4\n"
    "39-9011 Unpaid 39 . 0 0.1 0.1 0.2\n"
    "27-2011 Actors 27 25.5 1500000 . . .\n"
    "51-2092 . . 21.15 110000000 0.02 0 0.9";

typedef struct fixture {
    pgdp_ctx *ctx;
    pg_arena arena;
    pgdp_frame *occupations, *accounts, *jobs;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    pg_arena_init(&f.arena, &f.ctx->allocator);
    f.occupations = pgt_frame(f.ctx, occupations_text);
    f.accounts = pgt_frame(f.ctx, accounts_text);
    f.jobs = pgt_frame(f.ctx, jobs_text);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->occupations);
    pgdp_frame_free(f->accounts);
    pgdp_frame_free(f->jobs);
    pg_arena_free(&f->arena);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static pg_workload_inputs inputs_of(const fixture *f)
{
    return (pg_workload_inputs){ .occupations = f->occupations, .accounts = f->accounts, .sector_jobs = f->jobs };
}

static void gross_mode_counts_labour_alone(void **state)
{
    fixture *f = *state;
    const pg_workload_inputs in = { .occupations = f->occupations };
    pgdp_workload *work = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_GROSS, &f->arena, &work, &n));
    assert_int_equal(n, 4); /* who earns nothing has no row */
    for (size_t i = 0; i < n; i++)
        assert_true(work[i].multiplier == 1 && work[i].final_share == 1);
    assert_string_equal(work[0].name, "Developers");
    assert_string_equal(work[0].group, "15");
    assert_true(work[0].wage_bill == 450000000 && work[0].hourly_wage == 54.25);
    assert_true(work[0].capability == 0.62 && work[0].capability_se == 0.21);
    assert_true(work[2].capability == 0 && work[2].capability_se == 0); /* not scored: nothing that AI can do */
    assert_string_equal(work[3].name, "");
    assert_string_equal(work[3].group, "");
}

static void a_word_among_numbers_is_told_with_its_place(void **state)
{
    fixture *f = *state;
    pgdp_frame *jobs = pgt_frame(f->ctx, "naics:t soc:t employment:t annual_mean\n31 15-1252 many 90000");
    pg_workload_inputs in = inputs_of(f);
    pgdp_workload *work = NULL;
    size_t n = 0;
    in.sector_jobs = jobs;
    assert_status(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "column \"employment\" must hold numbers");
    assert_ok(f->ctx, pgdp_frame_set_note(f->ctx, jobs, "not_number:employment", "jobs.csv:2:3: found \"many\""));
    assert_status(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx),
                        "jobs.csv:2:3: found \"many\"; correct the cell of column \"employment\"");
    pgdp_frame_free(jobs);
}

static void end_to_end_counts_the_share_that_is_done(void **state)
{
    fixture *f = *state;
    pg_workload_inputs in = inputs_of(f);
    pgdp_workload *work = NULL;
    size_t n = 0;
    in.end_to_end = true;
    assert_ok(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_GROSS, &f->arena, &work, &n));
    assert_int_equal(n, 4);
    assert_true(work[0].capability == 0.375 && work[1].capability == 0.0625);
    assert_true(work[2].capability == 0 && work[3].capability == 0);
}

static void ratios_are_means_over_sectors_weighted_by_pay(void **state)
{
    fixture *f = *state;
    const pg_workload_inputs in = inputs_of(f);
    pgdp_workload *work = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n));
    assert_int_equal(n, 4);
    /* sector 31: value added 400 over pay 200; final uses 300 over output 600. 54: 650 over 500; 55 over 880 */
    const double m31 = 2, m54 = 1.3, s31 = 0.5, s54 = 0.0625;
    const double pay31 = 1000 * 90000.0, pay54 = 3000 * 120000.0;
    assert_close(work[0].multiplier, (pay31 * m31 + pay54 * m54) / (pay31 + pay54), 1e-15, 0);
    assert_close(work[0].final_share, (pay31 * s31 + pay54 * s54) / (pay31 + pay54), 1e-15, 0);
    assert_close(work[1].multiplier, m54, 1e-15, 0); /* whose pay in 31 is not published */
    assert_close(work[1].final_share, s54, 1e-15, 0);
    assert_close(work[3].multiplier, m31, 1e-15, 0);
}

static void occupation_in_no_sector_gets_the_economys_ratios(void **state)
{
    fixture *f = *state;
    const pg_workload_inputs in = inputs_of(f);
    pgdp_workload *work = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n));
    const double pay31 = 1000 * 90000.0 + 2500 * 44000.0, pay54 = 3000 * 120000.0 + 500 * 160000.0;
    assert_string_equal(work[2].name, "Actors");
    assert_close(work[2].multiplier, (pay31 * 2 + pay54 * 1.3) / (pay31 + pay54), 1e-15, 0);
    assert_close(work[2].final_share, (pay31 * 0.5 + pay54 * 0.0625) / (pay31 + pay54), 1e-15, 0);
}

static void final_share_stays_within_nothing_and_all(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->accounts);
    f->accounts =
        pgt_frame(f->ctx, "naics:t value_added_usd_mn compensation_usd_mn final_uses_usd_mn commodity_output_usd_mn\n"
                          "31 300 150 -35.5 400\n" /* inventories run down */
                          "54 650 500 901.5 880");
    const pg_workload_inputs in = inputs_of(f);
    pgdp_workload *work = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n));
    assert_true(work[1].final_share == 1);
    assert_true(work[3].final_share == 0);
}

static void missing_column_is_named_with_its_table(void **state)
{
    fixture *f = *state;
    pg_workload_inputs in = inputs_of(f);
    pgdp_workload *work = NULL;
    size_t n = 0;
    in.accounts = f->jobs;
    assert_status(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n), PGDP_NOT_FOUND);
    assert_string_equal(pgdp_ctx_error(f->ctx), "industry accounts: found no column \"value_added_usd_mn\"; add it");
    pgdp_frame *texts = pgt_frame(f->ctx, "naics:t soc:t employment:t annual_mean\n31 15-1252 many 90000");
    in = inputs_of(f);
    in.sector_jobs = texts;
    assert_status(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_ACCOUNTS, &f->arena, &work, &n), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "sector employment: column \"employment\" must hold numbers");
    pgdp_frame_free(texts);
    in = inputs_of(f);
    in.occupations = f->accounts;
    assert_status(f->ctx, pg_workload(f->ctx, &in, PGDP_GAP_GROSS, &f->arena, &work, &n), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "scored occupations: found no column \"soc\"");
}

static pgdp_status make_workload(pgdp_ctx *ctx, void *user)
{
    const pg_workload_inputs in = inputs_of(user);
    pgdp_workload *work;
    size_t n;
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    const pgdp_status status = pg_workload(ctx, &in, PGDP_GAP_ACCOUNTS, &arena, &work, &n);
    pg_arena_free(&arena);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    assert_true(pgt_fail_every_allocation(make_workload, *state) >= 2);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(gross_mode_counts_labour_alone),
        TEST(a_word_among_numbers_is_told_with_its_place),
        TEST(end_to_end_counts_the_share_that_is_done),
        TEST(ratios_are_means_over_sectors_weighted_by_pay),
        TEST(occupation_in_no_sector_gets_the_economys_ratios),
        TEST(final_share_stays_within_nothing_and_all),
        TEST(missing_column_is_named_with_its_table),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
