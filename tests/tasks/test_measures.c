/* test_measures.c  Rival measures by hand and by simulation, and what each refuses. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/random.h"
#include "pgdp/measures.h"
#include "tests/support/frame_text.h"
#include "tests/support/world.h"

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frames[4];
    pgdp_measurement *m;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f = (fixture){ .ctx = pgdp_ctx_new(NULL) };
    *state = &f;
    return 0;
}

static void clear(fixture *f)
{
    pgdp_measurement_free(f->m);
    f->m = NULL;
    for (size_t i = 0; i < 4; i++) {
        pgdp_frame_free(f->frames[i]);
        f->frames[i] = NULL;
    }
}

static int tear_down(void **state)
{
    fixture *f = *state;
    clear(f);
    pgdp_ctx_free(f->ctx);
    return 0;
}

/* Tables in the order of the measure's inputs; NULL: not given. */
static pgdp_status measure(fixture *f, const char *name, const char *const texts[3], const pgdp_setting *settings)
{
    pgdp_measure_table tables[4] = { { NULL, NULL } };
    size_t n = 0, at = 0;
    clear(f);
    while (strcmp(pgdp_measure_at(at)->name, name) != 0)
        at++;
    for (size_t i = 0; i < 3 && pgdp_measure_at(at)->inputs[i].name != NULL; i++) {
        if (texts[i] == NULL) continue;
        f->frames[i] = pgt_frame(f->ctx, texts[i]);
        tables[n++] = (pgdp_measure_table){ pgdp_measure_at(at)->inputs[i].name, f->frames[i] };
    }
    return pgdp_measure_new(f->ctx, name, tables, settings, &f->m);
}

static double cell(const fixture *f, size_t frame, const char *column, size_t row)
{
    return pgt_real_at(pgdp_measurement_frame(f->m, frame, NULL), column, row);
}

#define MATRIX "ability:t a b\nx 0.2 0.4\ny 0.9 0.9\nz 0.1 0.2"

/* Row sums .6, 1.8, .3: mean .9, sd .7937; levels and importances of 15-1252 are means over two codes. */
static void aioe_weighs_abilities_by_level_and_importance(void **state)
{
    fixture *f = *state;
    const char *const texts[3] = { MATRIX,
                                   "onet_soc:t ability:t scale:t value\n"
                                   "15-1252.00 x LV 2\n15-1252.00 x IM 3\n15-1252.01 x LV 4\n15-1252.01 x IM 5\n"
                                   "15-1252.00 y LV 1\n15-1252.00 y IM 2\n23-1011.00 z LV 5\n23-1011.00 z IM 5\n"
                                   "23-1011.00 z RL 7",
                                   "soc:t group:t employment\n15-1252 A 30\n23-1011 A 10\n23-1011 B 5\n99-9999 B 15" };
    assert_ok(f->ctx, measure(f, "aioe", texts, NULL));
    const double sd = sqrt((0.09 + 0.81 + 0.36) / 2), x = -0.3 / sd, y = 0.9 / sd, z = -0.6 / sd;
    assert_close(cell(f, 2, "score", 1), y, 1e-14, 0);
    const double first = (12 * x + 2 * y) / 14;
    assert_close(cell(f, 0, "raw", 0), first, 1e-14, 0);
    assert_close(cell(f, 0, "raw", 1), z, 1e-14, 0);
    assert_close(cell(f, 0, "aioe", 0), sqrt(0.5), 1e-14, 0);
    assert_close(cell(f, 1, "raw", 0), (30 * sqrt(0.5) - 10 * sqrt(0.5)) / 40, 1e-14, 0);
    assert_close(cell(f, 1, "matched", 1), 0.25, 1e-15, 0);
}

static void aioe_refuses_bad_tables(void **state)
{
    fixture *f = *state;
    assert_status(f->ctx, measure(f, "aioe", (const char *const[3]){ "ability:t a\nx 1.2\ny 1" }, NULL), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "matrix: row 1, column a: found 1.2, expected a number from 0 to 1");
    assert_status(f->ctx, measure(f, "aioe", (const char *const[3]){ "ability:t a\nx 1\nx 1" }, NULL), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "matrix: row 2, column ability: found ability \"x\" again");
    const char *const unknown[3] = { MATRIX, "onet_soc:t ability:t scale:t value\n15-1252.00 w LV 2" };
    assert_status(f->ctx, measure(f, "aioe", unknown, NULL), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "ratings: row 1: found ability \"w\"");
}

/* Success by a logistic of log2 minutes with half at 2^5 = 32 minutes. */
static void a_planted_horizon_is_within_its_interval(void **state)
{
    fixture *f = *state;
    enum { DRAWS = 40, RUNS = 150, LINE = 32 };
    static char text[RUNS * LINE + 64];
    size_t held = 0;
    double mean = 0;
    for (size_t d = 0; d < DRAWS; d++) {
        pg_random random = pg_random_stream(21, "horizon", (uint32_t)d);
        (void)snprintf(text, sizeof text, "model:t minutes success");
        for (size_t i = 0; i < RUNS; i++) {
            char line[LINE];
            const double g = 10 * pg_random_uniform(&random), p = 1 / (1 + exp(-(4 - 0.8 * g)));
            (void)snprintf(line, sizeof line, "\nm %.6f %d", exp2(g), pg_random_uniform(&random) < p);
            strcat(text, line);
        }
        assert_ok(f->ctx, measure(f, "horizon", (const char *const[3]){ text }, NULL));
        held += cell(f, 0, "conf_low", 0) <= 32 && 32 <= cell(f, 0, "conf_high", 0) ? 1 : 0;
        mean += log2(cell(f, 0, "horizon_minutes", 0)) / DRAWS;
    }
    assert_close(mean, 5, 0, 0.15);
    assert_true(held >= 35);
}

#define RUNS_OF(model, date)                                                                                           \
    "\n" model " " date " 1 1\n" model " " date " 2 1\n" model " " date " 4 0\n" model " " date " 8 1\n" model         \
    " " date " 16 0\n" model " " date " 32 0"

static void horizons_at_other_shares_and_units_follow(void **state)
{
    fixture *f = *state;
    const char *const texts[3] = { "model:t date:t minutes success" RUNS_OF("a", "2024-01-01") };
    assert_ok(f->ctx, measure(f, "horizon", texts, NULL));
    const double half = cell(f, 0, "horizon_minutes", 0), b0 = cell(f, 0, "intercept", 0), b1 = cell(f, 0, "slope", 0);
    assert_close(half, exp2(-b0 / b1), 1e-12, 0);
    assert_ok(f->ctx, measure(f, "horizon", texts, (const pgdp_setting[]){ { "probability", "0.8" }, { NULL, NULL } }));
    assert_close(cell(f, 0, "horizon_minutes", 0), exp2((log(4) - b0) / b1), 1e-12, 0);
}

/* The same runs at twice the length each year: a doubling in twelve months. */
static void horizons_that_double_each_year_double_in_twelve_months(void **state)
{
    fixture *f = *state;
    char text[4096] = "model:t date:t minutes success";
    for (size_t year = 0; year < 4; year++)
        for (size_t i = 0; i < 6; i++) {
            char line[64];
            (void)snprintf(line, sizeof line, "\nm%zu 202%zu-07-01 %.0f %d", year, year, exp2((double)(i + year)),
                           i < 2 || i == 3);
            strcat(text, line);
        }
    assert_ok(f->ctx, measure(f, "horizon", (const char *const[3]){ text }, NULL));
    assert_close(cell(f, 1, "doubling_months", 0), 12, 0, 0.02);
    assert_close(cell(f, 1, "n", 0), 4, 0, 0);
}

static void models_without_a_horizon_say_why(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, measure(f, "horizon",
                              (const char *const[3]){ "model:t minutes success\na 1 1\na 4 1\nb 1 0\nb 4 0\n"
                                                      "c 1 0\nc 1 1\nc 2 1\nc 2 0\nc 4 1\nc 4 1\nd 1 1\nd 2 1\nd 4 0" },
                              NULL));
    const pgdp_frame *scores = pgdp_measurement_frame(f->m, 0, NULL);
    assert_contains(pgt_text_at(scores, "note", 0), "every run succeeds");
    assert_contains(pgt_text_at(scores, "note", 1), "no run succeeds");
    assert_contains(pgt_text_at(scores, "note", 2), "does not fall");
    assert_non_null(pgt_text_at(scores, "note", 3)); /* separated */
    assert_true(isnan(cell(f, 0, "horizon_minutes", 2)));
    assert_status(f->ctx, measure(f, "horizon", (const char *const[3]){ "model:t minutes success\na 1 0.5" }, NULL),
                  PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "runs: row 1, column success");
}

/* Remote Labor Index: 6, 5, 4, 3, 2 of 240 projects. */
static void B12_automation_rates_are_as_published(void **state)
{
    fixture *f = *state;
    static const double printed[] = { 2.50, 2.08, 1.67, 1.25, 0.83 };
    enum { N = 240, LINE = 32 };
    static char text[5 * N * LINE + 64];
    (void)snprintf(text, sizeof text, "agent:t project success human_usd");
    size_t at = strlen(text);
    for (size_t agent = 0; agent < 5; agent++)
        for (size_t i = 0; i < N; i++)
            at += (size_t)snprintf(text + at, sizeof text - at, "\na%zu %zu %d 600", agent, i, i < 6 - agent);
    assert_ok(f->ctx, measure(f, "remote_labor", (const char *const[3]){ text }, NULL));
    for (size_t agent = 0; agent < 5; agent++) {
        assert_close(100 * cell(f, 0, "automation_rate", agent), printed[agent], 0, 0.005);
        assert_true(cell(f, 0, "conf_low", agent) < cell(f, 0, "automation_rate", agent));
        assert_true(cell(f, 0, "conf_high", agent) > cell(f, 0, "automation_rate", agent));
    }
    assert_true(isnan(cell(f, 0, "autoflation", 0)));
}

/* 1000 usd of work: done for 10 of 200, failed on 300, done at 700 of 500: a person is cheaper. */
static void autoflation_takes_the_cheaper_of_the_two(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx,
              measure(f, "remote_labor",
                      (const char *const[3]){ "agent:t project:t success human_usd ai_usd\nx p 1 200 10\nx q 0 300 5\n"
                                              "x r 1 500 700" },
                      NULL));
    assert_close(cell(f, 0, "autoflation", 0), 0.19, 1e-14, 0);
    assert_close(cell(f, 0, "earned_usd", 0), 700, 0, 0);
    assert_status(f->ctx,
                  measure(f, "remote_labor",
                          (const char *const[3]){ "agent:t project:t success human_usd\nx p 1 200\nx p 0 300" }, NULL),
                  PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "row 2, column project: found \"p\" again, as in row 1");
}

#define USED "task_name:t pct automated\nWrite 60 0.9\ndraw 30 0.1\nnone 10 ."

static void usage_counts_tasks_seen(void **state)
{
    fixture *f = *state;
    const char *const texts[3] = { USED, "onet_soc:t task:t beta\n1 write 1\n1 lift 0\n2 WRITE 1\n2 Draw 0" };
    assert_ok(f->ctx, measure(f, "usage", texts, NULL));
    assert_close(cell(f, 0, "seen_share", 0), 0.5, 0, 0);
    assert_close(cell(f, 0, "seen_share", 1), 0.5, 0, 0); /* draw is not feasible */
    assert_close(cell(f, 0, "amount", 0), 30, 1e-15, 0);
    assert_close(cell(f, 0, "amount_share", 1), 0.6, 1e-15, 0);
    assert_string_equal(pgt_text_at(pgdp_measurement_frame(f->m, 2, NULL), "task", 0), "none");
    const char *const any[3] = { USED, "onet_soc:t task:t\n1 write\n1 lift\n2 WRITE\n2 Draw" };
    assert_ok(f->ctx, measure(f, "usage", any, (const pgdp_setting[]){ { "min_automated", "0.5" }, { NULL, NULL } }));
    assert_close(cell(f, 0, "seen", 1), 1, 0, 0);
}

static void sml_goes_from_items_to_occupations(void **state)
{
    fixture *f = *state;
    const pgdp_setting items[] = { { "n_items", "2" }, { NULL, NULL } };
    const char *const texts[3] = { "dwa_id:t i1 i2\nD1 1 3\nD2 4 5",
                                   "onet_soc:t task_id dwa_id:t\no 1 D1\no 1 D2\no 2 D2\no 3 D9",
                                   "onet_soc:t task_id importance\no 1 1\no 2 3" };
    assert_ok(f->ctx, measure(f, "sml", texts, items));
    assert_close(cell(f, 1, "sml", 1), 4.5, 1e-15, 0);
    assert_close(cell(f, 0, "sml", 0), (3.25 + 3 * 4.5) / 4, 1e-15, 0);
    assert_close(cell(f, 0, "sd", 0), sqrt(0.25 * 0.75) * 1.25, 1e-14, 0);
    assert_close(cell(f, 0, "scored", 0), 2, 0, 0);
    assert_status(f->ctx, measure(f, "sml", texts, NULL), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "found 2 columns of numbers, expected the rubric's 23");
}

static void webb_is_the_mean_share_of_patents_pairs(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, measure(f, "webb",
                              (const char *const[3]){ "verb:t noun:t count\nread image 30\nplan route 70",
                                                      "soc:t verb:t noun:t weight\na read image 1\na cut hair 3\n"
                                                      "b plan route 2\nc cut hair 1",
                                                      "soc:t employment\na 10\nb 70\nc 20" },
                              NULL));
    assert_close(cell(f, 0, "exposure", 0), 0.075, 1e-15, 0);
    assert_close(cell(f, 0, "exposure", 1), 0.7, 1e-15, 0);
    assert_close(cell(f, 0, "percentile", 0), 25, 1e-14, 0);
    assert_close(cell(f, 0, "percentile", 1), 65, 1e-14, 0);
    assert_close(cell(f, 0, "percentile", 2), 10, 1e-14, 0);
}

static void applicability_counts_covered_activities(void **state)
{
    fixture *f = *state;
    const char *const texts[3] = { "IWA:t share_user completion_user impact_scope_user share_ai completion_ai "
                                   "impact_scope_ai\nA 0.01 0.8 0.5 0.0001 . .\nB 0.0001 . . 0.02 0.5 0.5",
                                   "soc:t A B\nx 1 3\ny 2 0" };
    assert_ok(f->ctx, measure(f, "applicability", texts, NULL));
    assert_close(cell(f, 0, "user", 0), 0.1, 1e-15, 0);
    assert_close(cell(f, 0, "ai", 0), 0.1875, 1e-15, 0);
    assert_close(cell(f, 0, "applicability", 1), 0.2, 1e-15, 0);
    assert_status(f->ctx, measure(f, "applicability", (const char *const[3]){ texts[0], "soc:t C\nx 1" }, NULL),
                  PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "weights: column C: found no such activity");
}

static void the_occupations_that_disagree_most_are_named(void **state)
{
    fixture *f = *state;
    f->frames[0] = pgt_frame(f->ctx, "soc:t title:t x\n11-0001.00 P 1\n11-0001.01 P 3\n11-0002 Q 4\n11-0003 R 9\n"
                                     "11-0004 S 7");
    f->frames[1] = pgt_frame(f->ctx, "code:t y\n11-0001 5\n11-0002 1\n11-0003 2\n11-0009 0");
    const pgdp_measure_table tables[] = { { "one", f->frames[0] }, { "two", f->frames[1] }, { NULL, NULL } };
    assert_ok(f->ctx, pgdp_measures_compare(f->ctx, tables, 2, &f->m));
    assert_close(cell(f, 0, "mean", 0), 5.5, 1e-15, 0);
    assert_close(cell(f, 1, "n", 0), 3, 0, 0);
    assert_close(cell(f, 1, "spearman", 0), -0.5, 1e-14, 0);
    const pgdp_frame *gaps = pgdp_measurement_frame(f->m, 2, NULL);
    assert_int_equal(pgdp_frame_n_rows(gaps), 2);
    assert_string_equal(pgt_text_at(gaps, "soc", 0), "11-0001");
    assert_string_equal(pgt_text_at(gaps, "title", 0), "P");
    assert_close(pgt_real_at(gaps, "gap", 0), -1, 0, 0);
    assert_string_equal(pgt_text_at(gaps, "soc", 1), "11-0002");
    assert_status(f->ctx, pgdp_measures_compare(f->ctx, &tables[2], 2, &f->m), PGDP_TOO_FEW_OBS);
}

static void names_are_checked(void **state)
{
    fixture *f = *state;
    const pgdp_measure_table none[] = { { NULL, NULL } };
    assert_status(f->ctx, pgdp_measure_new(f->ctx, "aoie", none, NULL, &f->m), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "did you mean \"aioe\"?");
    assert_status(f->ctx, pgdp_measure_new(f->ctx, "aioe", none, NULL, &f->m), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "aioe: found no table \"matrix\"");
    f->frames[0] = pgt_frame(f->ctx, MATRIX);
    const pgdp_measure_table wrong[] = { { "matrx", f->frames[0] }, { NULL, NULL } };
    assert_status(f->ctx, pgdp_measure_new(f->ctx, "aioe", wrong, NULL, &f->m), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(f->ctx), "did you mean \"matrix\"?");
}

static pgdp_status compute_and_write(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    const pgdp_measure_table tables[] = { { "runs", f->frames[0] }, { NULL, NULL } };
    pgt_buffer buffer = { NULL, 0, 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pgdp_measurement *m;
    const pgdp_status made = pgdp_measure_new(ctx, "horizon", tables, NULL, &m);
    if (made != PGDP_OK) return made;
    pgdp_status status = pgdp_measurement_write(ctx, m, true, &sink);
    if (status == PGDP_OK) status = pgdp_measurement_write(ctx, m, false, &sink);
    pgdp_measurement_free(m);
    pgt_buffer_free(&buffer);
    return status;
}

static void memory_may_run_out_anywhere(void **state)
{
    fixture *f = *state;
    f->frames[0] = pgt_frame(f->ctx, "model:t date:t minutes success" RUNS_OF("a", "2022-01-01")
                                         RUNS_OF("b", "2023-01-01") RUNS_OF("c", "2024-01-01"));
    assert_true(pgt_fail_every_allocation(compute_and_write, f) > 10);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(aioe_weighs_abilities_by_level_and_importance),
        TEST(aioe_refuses_bad_tables),
        TEST(a_planted_horizon_is_within_its_interval),
        TEST(horizons_at_other_shares_and_units_follow),
        TEST(horizons_that_double_each_year_double_in_twelve_months),
        TEST(models_without_a_horizon_say_why),
        TEST(B12_automation_rates_are_as_published),
        TEST(autoflation_takes_the_cheaper_of_the_two),
        TEST(usage_counts_tasks_seen),
        TEST(sml_goes_from_items_to_occupations),
        TEST(webb_is_the_mean_share_of_patents_pairs),
        TEST(applicability_counts_covered_activities),
        TEST(the_occupations_that_disagree_most_are_named),
        TEST(names_are_checked),
        TEST(memory_may_run_out_anywhere),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
