/* test_crosswalk.c  Tables moved between classifications: identities, order of rows, refusals, published crosswalks.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "pgdp/ingest.h"
#include "pgdp/measures.h"
#include "tests/support/dataset.h"
#include "tests/support/frame_text.h"
#include "tests/support/world.h"

/* b splits in two, c and d merge, e splits and one part merges with d; x is in neither */
static const char crosswalk[] = "old_code:t new_code:t new_title:t share\n"
                                "a A Alpha 1\nb B1 Beta-one 3\nb B2 Beta-two 1\nc D Delta 2\nd D Delta 1\n"
                                "e D Delta 1\ne E Epsilon 1\nf F Phi 1\n";
static const char table[] = "soc:t heads score\na 10 0.1\nb 7 0.385\nc 30 0.2\nd 10 0.6\ne 5 0.9\nx 3 0.5\n";
static const char *const heads[] = { "heads", NULL };

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static const pgdp_frame *part(const pgdp_measurement *m, const char *wanted)
{
    const char *name;
    for (size_t i = 0; pgdp_measurement_frame(m, i, &name) != NULL; i++)
        if (strcmp(name, wanted) == 0) return pgdp_measurement_frame(m, i, NULL);
    fail();
    return NULL;
}

static pgdp_measurement *moved(pgdp_ctx *ctx, const char *rows, const char *by, const pgdp_crosswalk *how)
{
    pgdp_frame *t = pgt_frame(ctx, rows), *b = pgt_frame(ctx, by);
    pgdp_measurement *m;
    assert_ok(ctx, pgdp_crosswalk_apply(ctx, t, b, how, &m));
    pgdp_frame_free(b);
    pgdp_frame_free(t);
    return m;
}

static double at(const pgdp_measurement *m, const char *code, const char *column)
{
    const pgdp_frame *scores = part(m, "scores");
    return pgt_real_at(scores, column, pgt_row_with(scores, "code", code));
}

static void amounts_are_split_and_measures_kept(void **state)
{
    pgdp_measurement *m = moved(*state, table, crosswalk, &(pgdp_crosswalk){ .amounts = heads, .weight = "heads" });
    assert_close(at(m, "B1", "heads"), 3.5, 0, 0);
    assert_close(at(m, "B2", "heads"), 3.5, 0, 0);
    assert_close(at(m, "B1", "score"), 0.385, 0, 0);
    assert_close(at(m, "D", "heads"), 42.5, 0, 0);
    assert_close(at(m, "D", "score"), (30 * 0.2 + 10 * 0.6 + 2.5 * 0.9) / 42.5, 1e-15, 0);
    assert_close(at(m, "D", "n_from"), 3, 0, 0);
    assert_string_equal(pgt_text_at(part(m, "scores"), "title", pgt_row_with(part(m, "scores"), "code", "E")),
                        "Epsilon");
    pgdp_measurement_free(m);
}

static void a_column_of_shares_splits_in_its_proportion(void **state)
{
    const pgdp_crosswalk how = { .amounts = heads, .shares = "share" };
    pgdp_measurement *m = moved(*state, table, crosswalk, &how);
    assert_close(at(m, "B1", "heads"), 5.25, 0, 0);
    assert_close(at(m, "B2", "heads"), 1.75, 0, 0);
    assert_close(at(m, "D", "score"), (0.2 + 0.6 + 0.5 * 0.9) / 2.5, 1e-15, 0);
    pgdp_measurement_free(m);
}

/* Codes without employment share equally; a part without takes nothing of an amount and still has the measure. */
static void employment_of_the_successors_splits(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_frame *jobs = pgt_frame(ctx, "year level:t soc:t employment\n2021 detailed B1 900\n2024 detailed B1 0\n"
                                      "2024 broad B2 5\n2024 detailed B2 4\n");
    const pgdp_crosswalk how = { .amounts = heads, .employment = jobs };
    pgdp_frame *t = pgt_frame(ctx, "soc:t heads score\nb 7 0.385\ne 5 0.9\n"), *b = pgt_frame(ctx, crosswalk);
    pgdp_measurement *m;
    assert_status(ctx, pgdp_crosswalk_apply(ctx, t, b, &how, &m), PGDP_NOT_FOUND);
    assert_contains(pgdp_ctx_error(ctx), "employment: column level: found no code of the crosswalk's \"new_code\"");
    pgdp_frame_free(jobs);
    jobs = pgt_frame(ctx, "year soc:t level:t employment\n2021 B1 detailed 900\n2024 B1 detailed 0\n2024 B2 broad 5\n"
                          "2024 B2 detailed 4\n");
    const pgdp_crosswalk right = { .amounts = heads, .employment = jobs };
    assert_ok(ctx, pgdp_crosswalk_apply(ctx, t, b, &right, &m));
    assert_close(at(m, "B1", "heads"), 0, 0, 0);
    assert_close(at(m, "B2", "heads"), 7, 0, 0);
    assert_close(at(m, "B1", "score"), 0.385, 0, 0);
    assert_close(at(m, "E", "heads"), 2.5, 0, 0);
    pgdp_measurement_free(m);
    pgdp_frame_free(b);
    pgdp_frame_free(t);
    pgdp_frame_free(jobs);
}

static void what_finds_no_partner_is_listed_with_its_weight(void **state)
{
    pgdp_measurement *m = moved(*state, table, crosswalk, &(pgdp_crosswalk){ .amounts = heads, .weight = "heads" });
    const pgdp_frame *lost = part(m, "unmatched");
    assert_int_equal(pgdp_frame_n_rows(lost), 2);
    assert_string_equal(pgt_text_at(lost, "side", 0), "table without crosswalk");
    assert_string_equal(pgt_text_at(lost, "code", 0), "x");
    assert_close(pgt_real_at(lost, "weight", 0), 3, 0, 0);
    assert_close(pgt_real_at(lost, "share", 0), 3.0 / 65, 1e-15, 0);
    assert_string_equal(pgt_text_at(lost, "side", 1), "crosswalk without table");
    assert_string_equal(pgt_text_at(lost, "code", 1), "f");
    assert_true(isnan(pgt_real_at(lost, "weight", 1)));
    pgdp_measurement_free(m);
}

static void order_of_rows_changes_nothing(void **state)
{
    static const char other_table[] = "soc:t heads score\nx 3 0.5\ne 5 0.9\nd 10 0.6\na 10 0.1\nc 30 0.2\nb 7 0.385\n";
    static const char other_walk[] = "old_code:t new_code:t new_title:t share\nf F Phi 1\ne E Epsilon 1\nd D Delta 1\n"
                                     "b B2 Beta-two 1\nc D Delta 2\ne D Delta 1\nb B1 Beta-one 3\na A Alpha 1\n";
    const pgdp_crosswalk how = { .amounts = heads, .weight = "heads", .shares = "share" };
    const char *const tables[] = { table, other_table }, *const walks[] = { crosswalk, other_walk };
    pgt_buffer text[2] = { { 0 } };
    for (size_t k = 0; k < 2; k++) {
        pgdp_measurement *m = moved(*state, tables[k], walks[k], &how);
        const pgdp_sink sink = pgt_sink(&text[k]);
        assert_ok(*state, pgdp_measurement_write(*state, m, true, &sink));
        pgdp_measurement_free(m);
    }
    assert_string_equal(text[0].data, text[1].data);
    pgt_buffer_free(&text[0]);
    pgt_buffer_free(&text[1]);
}

static void refusals_name_table_row_and_column(void **state)
{
    static const struct {
        const char *table, *crosswalk, *message;
    } cases[] = {
        { "soc:t heads\na 1\na 2\n", crosswalk, "table: row 2, column soc: found a a second time" },
        { "soc:t heads\na 1\nb -2\n", crosswalk, "table: row 2, column heads: found -2" },
        { "soc:t heads\na 1\n. 2\n", crosswalk, "table: found an empty cell in data row 2, column \"soc\"" },
        { "soc:t heads\na 1\nB1 2\n", crosswalk, "table: row 2, column soc: found B1, a code of \"new_code\" among" },
        { "soc:t heads\nq 1\n", crosswalk, "found no code of the crosswalk's \"old_code\" (\"q\" here, \"a\" there)" },
        { "soc:t jobs\na 1\n", crosswalk, "found no column \"heads\"" },
        { "heads\n1\n", crosswalk, "table: found no column of text" },
        { table, "old_code:t new_code:t\na A\nb B\na A\n", "crosswalk: row 3, column new_code: found a to A a second" },
        { table, "old_code:t new:t\na A\n", "found no two columns of text with \"code\"" },
        { table, "old_code:t new_code:t\na .\n", "crosswalk: found an empty cell in data row 1, column \"new_code\"" },
    };
    pgdp_ctx *ctx = *state;
    const pgdp_crosswalk how = { .amounts = heads };
    for (size_t k = 0; k < sizeof cases / sizeof *cases; k++) {
        pgdp_frame *t = pgt_frame(ctx, cases[k].table), *b = pgt_frame(ctx, cases[k].crosswalk);
        pgdp_measurement *m = NULL;
        assert_true(pgdp_crosswalk_apply(ctx, t, b, &how, &m) != PGDP_OK);
        assert_contains(pgdp_ctx_error(ctx), cases[k].message);
        assert_null(m);
        pgdp_frame_free(b);
        pgdp_frame_free(t);
    }
    pgdp_frame *t = pgt_frame(ctx, table), *b = pgt_frame(ctx, "old_code:t new_code:t share\na A 1\nb B -0.5\n");
    pgdp_measurement *m = NULL;
    const pgdp_crosswalk shares = { .shares = "share" };
    assert_status(ctx, pgdp_crosswalk_apply(ctx, t, b, &shares, &m), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "crosswalk: row 2, column share: found -0.5");
    pgdp_frame_free(b);
    pgdp_frame_free(t);
}

static pgdp_status apply(pgdp_ctx *ctx, void *user)
{
    const pgdp_frame *const *frames = user;
    const pgdp_crosswalk how = { .amounts = heads, .weight = "heads" };
    pgdp_measurement *m = NULL;
    const pgdp_status status = pgdp_crosswalk_apply(ctx, frames[0], frames[1], &how, &m);
    pgdp_measurement_free(m);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    pgdp_frame *frames[2] = { pgt_frame(*state, table), pgt_frame(*state, crosswalk) };
    (void)pgt_fail_every_allocation(apply, frames);
    pgdp_frame_free(frames[0]);
    pgdp_frame_free(frames[1]);
}

/* Employment of May 2015, in SOC 2010, to SOC 2018 and what is left back again: no head is lost. */
static void published_employment_adds_up_both_ways(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_dataset *jobs = pgt_ingest_shared(ctx, "oews", "data/bls/oews/oews_national_2015.csv");
    pgdp_dataset *walk = pgt_ingest_shared(ctx, "crosswalk", "data/bls/crosswalks/crosswalk_soc2010_to_soc2018.csv");
    if (jobs == NULL || walk == NULL) skip();
    const pgdp_frame *all = pgdp_dataset_table(jobs, 0);
    pgdp_frame *detailed;
    size_t code = pgdp_frame_find(all, "OCC_CODE"), group = pgdp_frame_find(all, "O_GROUP");
    const double *x = pgt_reals(all, "TOT_EMP");
    double sum = 0;
    assert_ok(ctx, pgdp_frame_new(ctx, &detailed));
    assert_ok(ctx, pgdp_frame_add_column(ctx, detailed, &(pgdp_column){ .name = "soc", .type = PGDP_TEXT }, NULL));
    assert_ok(ctx, pgdp_frame_add_column(ctx, detailed, &(pgdp_column){ .name = "heads", .type = PGDP_REAL }, NULL));
    for (size_t i = 0; i < pgdp_frame_n_rows(all); i++) {
        if (strcmp(pgdp_frame_text(all, group, i), "detailed") != 0 || isnan(x[i])) continue;
        assert_ok(ctx, pgdp_frame_add_row(ctx, detailed));
        assert_ok(ctx, pgdp_frame_set_text(ctx, detailed, 0, pgdp_frame_text(all, code, i), PGDP_NONE));
        pgdp_frame_set_real(detailed, 1, x[i]);
        sum += x[i];
    }
    pgdp_measurement *there, *back;
    const pgdp_crosswalk forward = { .amounts = heads, .weight = "heads" };
    const pgdp_crosswalk reverse = { .from = "2018 SOC Code", .amounts = heads };
    assert_ok(ctx, pgdp_crosswalk_apply(ctx, detailed, pgdp_dataset_table(walk, 0), &forward, &there));
    const double after = pgt_real_at(part(there, "amounts"), "after", 0);
    assert_close(pgt_real_at(part(there, "amounts"), "before", 0), sum, 0, 0);
    assert_close(after + pgt_real_at(part(there, "amounts"), "unmatched", 0), sum, 0, 0);
    assert_close(pgt_sum(part(there, "scores"), "heads"), after, 0, 0);
    assert_true(after > 0.98 * sum);
    assert_ok(ctx, pgdp_crosswalk_apply(ctx, part(there, "scores"), pgdp_dataset_table(walk, 0), &reverse, &back));
    assert_close(pgt_real_at(part(back, "amounts"), "after", 0), after, 0, 0);
    pgdp_measurement_free(back);
    pgdp_measurement_free(there);
    pgdp_frame_free(detailed);
    pgdp_dataset_free(walk);
    pgdp_dataset_free(jobs);
}

/* O*NET-SOC 2010 to 2019: 1,110 codes become 1,012; a table of all of them has nothing unmatched. */
static void the_onet_crosswalk_has_all_its_codes(void **state)
{
    pgdp_ctx *ctx = *state;
    pgdp_dataset *walk = pgt_ingest_shared(ctx, "crosswalk", "data/onet/taxonomy/2010_to_2019_soc_crosswalk.csv");
    if (walk == NULL) skip();
    const pgdp_frame *by = pgdp_dataset_table(walk, 0);
    pgdp_frame *codes;
    assert_ok(ctx, pgdp_frame_new(ctx, &codes));
    assert_ok(ctx, pgdp_frame_add_column(ctx, codes, &(pgdp_column){ .name = "onet_soc", .type = PGDP_TEXT }, NULL));
    assert_ok(ctx, pgdp_frame_add_column(ctx, codes, &(pgdp_column){ .name = "heads", .type = PGDP_REAL }, NULL));
    for (uint32_t l = 0; l < pgdp_frame_n_levels(by, 0); l++) {
        assert_ok(ctx, pgdp_frame_add_row(ctx, codes));
        assert_ok(ctx, pgdp_frame_set_text(ctx, codes, 0, pgdp_frame_level(by, 0, l), PGDP_NONE));
        pgdp_frame_set_real(codes, 1, 2.385 + l);
    }
    pgdp_measurement *m;
    const pgdp_crosswalk how = { .amounts = heads };
    assert_int_equal(pgdp_frame_n_rows(codes), 1110);
    assert_ok(ctx, pgdp_crosswalk_apply(ctx, codes, by, &how, &m));
    assert_int_equal(pgdp_frame_n_rows(part(m, "scores")), 1012);
    assert_int_equal(pgdp_frame_n_rows(part(m, "unmatched")), 0);
    assert_close(pgt_real_at(part(m, "amounts"), "after", 0), pgt_real_at(part(m, "amounts"), "before", 0), 0, 0);
    pgdp_measurement_free(m);
    pgdp_frame_free(codes);
    pgdp_dataset_free(walk);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(amounts_are_split_and_measures_kept),
        cmocka_unit_test(a_column_of_shares_splits_in_its_proportion),
        cmocka_unit_test(employment_of_the_successors_splits),
        cmocka_unit_test(what_finds_no_partner_is_listed_with_its_weight),
        cmocka_unit_test(order_of_rows_changes_nothing),
        cmocka_unit_test(refusals_name_table_row_and_column),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(published_employment_adds_up_both_ways),
        cmocka_unit_test(the_onet_crosswalk_has_all_its_codes),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
