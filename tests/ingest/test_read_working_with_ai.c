/* test_read_working_with_ai.c  The five tables of "Working with AI", with invented numbers and as published.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#define FOLDER "data/ai-measures/working-with-ai/"

static void codes_are_text_and_scores_have_units(void **state)
{
    static const char *const files[] = {
        "SOC Code,title,ai_applicability_score\n11-1011,\"a, b\",0.5\n",
        "SOC Code,title,coverage_user,coverage_ai,completion_user\n11-1011,x,0.5,.25,1\n",
        "SOC Code,4.A.1.a.1.I01,4.A.1.a.1.I02\n11-1011,0.5,0\n",
        "SOC Code,IWA\n11-1011,4.A.1.a.1.I01\n",
    };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pgdp_dataset *d = pgt_ingest(*state, "working_with_ai", "t.csv", files[i]);
        const pgdp_frame *f = pgdp_dataset_table(d, 0);
        assert_int_equal(pgt_about(f, "SOC Code")->type, PGDP_TEXT);
        assert_string_equal(pgdp_frame_note(f, "classification"), "soc2018");
        assert_non_null(pgdp_frame_note(f, "about"));
        pgdp_dataset_free(d);
    }
    pgdp_dataset *d = pgt_ingest(*state, "working_with_ai", "t.csv", "IWA,title,share_user,share_ai\n4.A.1,x,0.5,\n");
    assert_string_equal(pgt_about(pgdp_dataset_table(d, 0), "share_user")->unit, "share");
    assert_true(isnan(pgt_real(pgdp_dataset_table(d, 0), "share_ai", 0)));
    pgdp_dataset_free(d);
}

static void the_published_tables_have_their_rows(void **state)
{
    static const struct {
        const char *file;
        size_t rows, columns;
    } files[] = { { FOLDER "soc_ai_applicability_scores.csv", 785, 3 },
                  { FOLDER "soc_metrics.csv", 785, 12 },
                  { FOLDER "iwa_metrics.csv", 332, 12 },
                  { FOLDER "soc_to_iwas.csv", 13698, 2 },
                  { FOLDER "soc_iwa_weights.csv", 785, 333 } };
    for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
        pgdp_dataset *d = pgt_ingest_shared(*state, "working_with_ai", files[i].file);
        if (d == NULL) skip();
        assert_shape(d, files[i].rows, files[i].columns);
        pgdp_dataset_free(d);
    }
}

static void other_headers_are_told(void **state)
{
    pgt_refuse(*state, "working_with_ai", "SOC Code,title,score\n11-1011,x,1\n", "none of the study's tables");
}

static void no_memory_leaves_nothing_behind(void **state)
{
    static const char text[] = "SOC Code,title,coverage_user,coverage_ai\n11-1011,x,0.5,0.25\n";
    (void)state;
    pgt_ingest_without_memory("t.csv", text, sizeof text - 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(codes_are_text_and_scores_have_units),
        TEST(the_published_tables_have_their_rows),
        TEST(other_headers_are_told),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
