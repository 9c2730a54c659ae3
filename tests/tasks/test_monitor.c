/* test_monitor.c  The evidence ladder: classes add up, dollars fall from tier to tier, bad evidence is refused.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/ctx.h"
#include "core/random.h"
#include "pgdp/monitor.h"
#include "tasks/list.h"
#include "tests/support/world.h"

enum { N_OCCUPATIONS = 13, N_TASKS = 19 };

typedef struct fixture {
    pgt_world world;
    pgdp_task_list *list;
    pgdp_frame *evidence;
    pgdp_monitor *monitor;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    memset(&f, 0, sizeof f);
    pgt_world_new(pgdp_ctx_new(NULL), N_OCCUPATIONS, N_TASKS, false, &f.world);
    *state = &f;
    return pgdp_task_list_new(f.world.ctx, &f.world.inputs, PGDP_WEIGHT_EQUAL, &f.list) != PGDP_OK;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    pgdp_monitor_free(f->monitor);
    pgdp_frame_free(f->evidence);
    pgdp_task_list_free(f->list);
    pgt_world_free(&f->world);
    pgdp_ctx_free(ctx);
    return 0;
}

static pgdp_status new_evidence(pgdp_ctx *ctx, pgdp_frame **out)
{
    static const char *const texts[] = { "dwa_id", "class", "url", "date" };
    static const char *const numbers[] = { "tier", "runs", "tokens", "usd_per_million" };
    PG_TRY(pgdp_frame_new(ctx, out));
    for (size_t i = 0; i < 4; i++)
        PG_TRY(pgdp_frame_add_column(ctx, *out, &(pgdp_column){ .name = texts[i], .type = PGDP_TEXT }, NULL));
    for (size_t i = 0; i < 4; i++)
        PG_TRY(pgdp_frame_add_column(ctx, *out, &(pgdp_column){ .name = numbers[i], .type = PGDP_REAL }, NULL));
    return PGDP_OK;
}

static pgdp_status add_piece(pgdp_ctx *ctx, pgdp_frame *f, const char *dwa, double tier, const char *const words[2])
{
    PG_TRY(pgdp_frame_add_row(ctx, f));
    PG_TRY(pgdp_frame_set_text(ctx, f, 0, dwa, PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, f, 1, words[0], PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, f, 2, "https://example.org/a", PGDP_NONE));
    PG_TRY(pgdp_frame_set_text(ctx, f, 3, words[1], PGDP_NONE));
    pgdp_frame_set_real(f, 4, tier);
    pgdp_frame_set_real(f, 5, 1000);
    pgdp_frame_set_real(f, 6, 2e4);
    pgdp_frame_set_real(f, 7, 2.5);
    return PGDP_OK;
}

/* Evidence of random tiers and classes for two thirds of the activities, some of them twice. */
static pgdp_status draw_evidence(pgdp_ctx *ctx, const pgdp_task_list *list, pgdp_frame *out)
{
    pg_random random = pg_random_stream(5, "evidence", 0);
    for (size_t a = 0; a < list->n_activities; a++)
        for (size_t piece = pg_random_index(&random, 3); piece > 0; piece--) {
            char date[64];
            (void)snprintf(date, sizeof date, "2026-0%zu-1%zu", 1 + pg_random_index(&random, 9), piece);
            const char *class = pgdp_class_names()[pg_random_index(&random, PGDP_N_CLASSES)];
            PG_TRY(add_piece(ctx, out, list->activities[a].id[PG_DWA], (double)pg_random_index(&random, PGDP_N_TIERS),
                             (const char *const[2]){ class, date }));
        }
    return PGDP_OK;
}

static void watch(fixture *f, size_t tier)
{
    pgdp_ctx *ctx = f->world.ctx;
    if (f->evidence == NULL) {
        assert_ok(ctx, new_evidence(ctx, &f->evidence));
        assert_ok(ctx, draw_evidence(ctx, f->list, f->evidence));
    }
    pgdp_monitor_free(f->monitor);
    f->monitor = NULL;
    assert_ok(ctx, pgdp_monitor_new(ctx, f->list, f->evidence, tier, &f->monitor));
}

static double at(const pgdp_frame *tiers, const char *column, size_t tier, size_t class)
{
    return pgt_real_at(tiers, column, tier * (PGDP_N_CLASSES + 1) + class);
}

static void classes_add_up_to_all_exactly(void **state)
{
    fixture *f = *state;
    static const char *const columns[] = { "activities", "fte", "hours", "wage_bill_usd" };
    watch(f, 4);
    const pgdp_frame *tiers = pgdp_monitor_tiers(f->monitor);
    assert_int_equal(pgdp_frame_n_rows(tiers), PGDP_N_TIERS * (PGDP_N_CLASSES + 1));
    for (size_t t = 0; t < PGDP_N_TIERS; t++)
        for (size_t c = 0; c < 4; c++) {
            const double sum = at(tiers, columns[c], t, 0) + at(tiers, columns[c], t, 1) + at(tiers, columns[c], t, 2);
            assert_true(sum == at(tiers, columns[c], t, PGDP_N_CLASSES));
        }
    assert_true(at(tiers, "wage_bill_usd", 0, 3) > 0);
}

static void nothing_rises_with_the_tier(void **state)
{
    fixture *f = *state;
    static const char *const columns[] = { "activities", "occupations", "fte", "wage_bill_usd", "share" };
    watch(f, 4);
    const pgdp_frame *tiers = pgdp_monitor_tiers(f->monitor);
    for (size_t t = 1; t < PGDP_N_TIERS; t++)
        for (size_t class = 0; class <= PGDP_N_CLASSES; class ++)
            for (size_t c = 0; c < 5; c++)
                assert_true(at(tiers, columns[c], t, class) <= at(tiers, columns[c], t - 1, class));
    assert_true(at(tiers, "wage_bill_usd", 6, 3) < at(tiers, "wage_bill_usd", 0, 3));
}

static void activities_and_occupations_say_what_the_tiers_say(void **state)
{
    fixture *f = *state;
    watch(f, 3);
    const pgdp_frame *tiers = pgdp_monitor_tiers(f->monitor), *activities = pgdp_monitor_activities(f->monitor);
    double bill = 0, n = 0, fte = 0;
    for (size_t i = 0; i < pgdp_frame_n_rows(activities); i++) {
        if (pgt_real_at(activities, "tier", i) < 3) continue;
        n += 1;
        bill += pgt_real_at(activities, "wage_bill_usd", i);
        fte += pgt_real_at(activities, "fte", i);
    }
    assert_true(n == at(tiers, "activities", 3, 3) && fte == at(tiers, "fte", 3, 3));
    assert_true(bill == at(tiers, "wage_bill_usd", 3, 3));
    assert_true(pgt_sum(pgdp_monitor_occupations(f->monitor), "exposed_usd") == bill);
    const pgdp_frame *headline = pgdp_monitor_headline(f->monitor);
    assert_true(pgt_real_at(headline, "n", 0) == n);
    assert_true(pgt_real_at(headline, "n", 1) == n - at(tiers, "activities", 3, 0));
    assert_true(pgt_real_at(headline, "conf_low", 0) < pgt_real_at(headline, "share", 0));
    assert_contains(pgt_text_at(headline, "definition", 0), "tier 3 (professional endorsement) or above");
}

/* 1,000 runs of 20,000 tokens at 2.50 usd a million: 50 usd. */
static void token_cost_is_runs_by_tokens_by_price(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const char *dwa = f->list->activities[2].id[PG_DWA];
    assert_ok(ctx, new_evidence(ctx, &f->evidence));
    assert_ok(ctx, add_piece(ctx, f->evidence, dwa, 4, (const char *const[2]){ "mixed", "2026-05" }));
    watch(f, 4);
    assert_close(pgt_real_at(pgdp_monitor_activities(f->monitor), "token_cost_usd", 0), 50, 1e-14, 0);
    const pgdp_frame *tiers = pgdp_monitor_tiers(f->monitor);
    assert_close(at(tiers, "saving_usd", 4, 3), at(tiers, "wage_bill_usd", 4, 3) - 50, 1e-14, 0);
}

static void strongest_then_newest_piece_counts(void **state)
{
    fixture *f = *state;
    pgdp_ctx *ctx = f->world.ctx;
    const char *dwa = f->list->activities[0].id[PG_DWA];
    assert_ok(ctx, new_evidence(ctx, &f->evidence));
    assert_ok(ctx, add_piece(ctx, f->evidence, dwa, 2, (const char *const[2]){ "replacement", "2026-06-01" }));
    assert_ok(ctx, add_piece(ctx, f->evidence, dwa, 4, (const char *const[2]){ "mixed", "2026-02-01" }));
    assert_ok(ctx, add_piece(ctx, f->evidence, dwa, 4, (const char *const[2]){ "augmentation", "2026-01-01" }));
    watch(f, 4);
    const pgdp_frame *activities = pgdp_monitor_activities(f->monitor);
    assert_int_equal(pgdp_frame_n_rows(activities), 1);
    assert_string_equal(pgt_text_at(activities, "class", 0), "mixed");
    assert_string_equal(pgt_text_at(activities, "date", 0), "2026-02-01");
    assert_true(pgt_real_at(activities, "pieces", 0) == 3 && pgt_real_at(activities, "tier", 0) == 4);
}

static void refuse(fixture *f, const char *dwa, double tier, const char *const words[2], const char *part)
{
    pgdp_ctx *ctx = f->world.ctx;
    assert_ok(ctx, new_evidence(ctx, &f->evidence));
    assert_ok(ctx, add_piece(ctx, f->evidence, f->list->activities[1].id[PG_DWA], 3,
                             (const char *const[2]){ "mixed", "2026-01" }));
    assert_ok(ctx, add_piece(ctx, f->evidence, dwa, tier, words));
    assert_status(ctx, pgdp_monitor_new(ctx, f->list, f->evidence, 4, &f->monitor), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), part);
    assert_null(f->monitor);
    pgdp_frame_free(f->evidence);
    f->evidence = NULL;
}

static void bad_evidence_is_refused_by_row_and_column(void **state)
{
    fixture *f = *state;
    const char *dwa = f->list->activities[1].id[PG_DWA];
    const char *const good[2] = { "mixed", "2026-02" };
    refuse(f, "9.Z", 4, good, "row 2, column dwa_id: found \"9.Z\"");
    refuse(f, dwa, 7, good, "row 2, column tier: found no whole number from 0 to 6");
    refuse(f, dwa, 3.5, good, "row 2, column tier");
    refuse(f, dwa, (double)NAN, good, "row 2, column tier");
    refuse(f, dwa, 4, (const char *const[2]){ "partial", "2026-02" }, "expected augmentation, mixed or replacement");
    refuse(f, dwa, 3, (const char *const[2]){ "replacement", "2026-01" }, "rows 1 and 2: found two pieces of tier 3");
    assert_ok(f->world.ctx, new_evidence(f->world.ctx, &f->evidence));
    assert_status(f->world.ctx, pgdp_monitor_new(f->world.ctx, f->list, f->evidence, 7, &f->monitor),
                  PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(f->world.ctx), "found tier 7");
}

typedef struct attempt {
    const pgdp_task_list *list;
    const pgdp_frame *evidence;
} attempt;

static pgdp_status without_memory(pgdp_ctx *ctx, void *user)
{
    const attempt *a = user;
    pgdp_monitor *monitor = NULL;
    const pgdp_status status = pgdp_monitor_new(ctx, a->list, a->evidence, 4, &monitor);
    pgdp_monitor_free(monitor);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    fixture *f = *state;
    watch(f, 4);
    attempt a = { f->list, f->evidence };
    (void)pgt_fail_every_allocation(without_memory, &a);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(classes_add_up_to_all_exactly),
        TEST(nothing_rises_with_the_tier),
        TEST(activities_and_occupations_say_what_the_tiers_say),
        TEST(token_cost_is_runs_by_tokens_by_price),
        TEST(strongest_then_newest_piece_counts),
        TEST(bad_evidence_is_refused_by_row_and_column),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
