/* test_read_aei.c  The long layouts of the Anthropic Economic Index with invented numbers.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#define HEAD "geo_id,geography,date_start,date_end,platform_and_product,facet,level,variable,cluster_name,value\n"
#define WEEK "2031-08-04,2031-08-11,Claude AI (Free and Pro),"
#define NODES                                                                                                          \
    "date_start,date_end,geo_id,geo_level,category_name,hierarchy_level,metric_id,value,node_name,node_external_id\n"

static void na_is_namibia_and_task_texts_keep_their_commas(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "aei", "aei_raw.csv",
                                 HEAD "NA,country," WEEK "country,0,usage_count,,222\nGLOBAL,global," WEEK
                                      "onet_task::collaboration,0,onet_task_collaboration_pct,\"write, test and invent "
                                      "examples.::feedback loop\",11.1\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_shape(d, 2, 10);
    assert_string_equal(pgt_cell(f, "geo_id", 0), "NA");
    assert_string_equal(pgt_cell(f, "cluster_name", 0), ".");
    assert_string_equal(pgt_cell(f, "cluster_name", 1), "write, test and invent examples.::feedback loop");
    assert_close(pgt_real(f, "value", 1), 11.1, 0, 0);
    assert_string_equal(pgt_cell(f, "date_end", 0), "2031-08-11");
    pgdp_dataset_free(d);
}

static void an_enriched_file_has_more_columns(void **state)
{
    pgdp_dataset *d = pgt_ingest(
        *state, "aei", "aei_enriched.csv",
        "geo_id,geography,date_start,date_end,platform_and_product,facet,level,variable,cluster_name,value,geo_name\n"
        "NAM,country," WEEK "country,0,usage_count,,222,Namibia\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "geo_name", 0), "Namibia");
    pgdp_dataset_free(d);
}

static void the_layout_of_nodes_says_that_its_end_is_exclusive(void **state)
{
    pgdp_dataset *d = pgt_ingest(*state, "aei", "aei_claude_ai.csv",
                                 NODES "2031-04-01,2031-05-01,US-CA,subregion,request,1,usage_pct,2.38,Invent,u-1\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_close(pgt_real(f, "hierarchy_level", 0), 1, 0, 0);
    assert_string_equal(pgt_cell(f, "node_external_id", 0), "u-1");
    assert_contains(pgdp_frame_note(f, "date_end"), "exclusive");
    pgdp_dataset_free(d);
}

static void what_does_not_fit_names_its_place(void **state)
{
    pgt_refuse(*state, NULL, HEAD "NA,country," WEEK "country,0,usage_count,,many\n", "invented:2:10: found \"many\"");
    pgt_refuse(*state, NULL, HEAD "NA,country,August,2031-08-11,x,country,0,usage_count,,1\n", "found \"August\"");
    pgt_refuse(*state, NULL, HEAD "NA,country," WEEK "country,0,usage_count,a,1,b\n", "beyond the header");
    pgt_refuse(*state, "aei", "task_name,pct\na,1\n", "of format aei_flat");
}

static void flat_tables_have_units_and_what_one_must_know(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "aei_flat", "task_pct_v2.csv", "task_name,pct\n\"write, invent\",99.5\nnone,0.5\n");
    assert_string_equal(pgt_about(pgdp_dataset_table(d, 0), "pct")->unit, "pct");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "task_name", 1), "none");
    assert_contains(pgdp_frame_note(pgdp_dataset_table(d, 0), "about"), "placeholder");
    pgdp_dataset_free(d);
    d = pgt_ingest(
        *state, "aei_flat", "by_task.csv",
        "task_name,feedback_loop,directive,task_iteration,validation,learning,filtered\na,0.1,0.2,0.3,0.4,0,\n");
    assert_string_equal(pgt_about(pgdp_dataset_table(d, 0), "directive")->unit, "share");
    assert_true(isnan(pgt_real(pgdp_dataset_table(d, 0), "filtered", 0)));
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "aei_flat", "cluster_level_dataset.tsv",
                   "cluster_name_0\tcluster_description_0\tpercent_records\nA, b\tC\t2.5\n");
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "cluster_name_0", 0), "A, b");
    pgdp_dataset_free(d);
    d = pgt_ingest(*state, "aei_flat", "job_exposure.csv",
                   "occ_code,title,observed_exposure\n15-1252,Developers,0.7\n");
    assert_string_equal(pgt_about(pgdp_dataset_table(d, 0), "observed_exposure")->unit, "share");
    pgdp_dataset_free(d);
}

static void wages_of_minus_one_are_missing_and_hours_told_from_years(void **state)
{
    pgdp_dataset *d =
        pgt_ingest(*state, "aei_flat", "wage_data.csv",
                   "SOCcode,JobName,JobFamily,isBright,isGreen,JobZone,MedianSalary,JobForecast,ChanceAuto\n"
                   "11-1011.00,A,F,True,False,-1,70500,1,-1\n27-2011.00,B,F,False,False,2,17.54,2,37\n"
                   "27-2012.00,C,F,False,False,2,-1,2,37\n");
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_true(isnan(pgt_real(f, "JobZone", 0)) && isnan(pgt_real(f, "ChanceAuto", 0)));
    assert_true(isnan(pgt_real(f, "MedianSalary", 2)));
    assert_string_equal(pgt_cell(f, "MedianSalary_period", 0), "year");
    assert_string_equal(pgt_cell(f, "MedianSalary_period", 1), "hour");
    assert_string_equal(pgt_cell(f, "MedianSalary_period", 2), ".");
    pgdp_dataset_free(d);
    pgt_refuse(*state, "aei_flat", "a,b\n1,2\n", "the header is none of the index's flat tables");
}

static void no_memory_leaves_nothing_behind(void **state)
{
    static const char text[] = HEAD "NA,country," WEEK "country,0,usage_count,,222\n";
    (void)state;
    pgt_ingest_without_memory("aei_raw.csv", text, sizeof text - 1);
    pgt_ingest_without_memory("task_pct.csv", "task_name,pct\na,1\n", 18);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(na_is_namibia_and_task_texts_keep_their_commas),
        TEST(an_enriched_file_has_more_columns),
        TEST(the_layout_of_nodes_says_that_its_end_is_exclusive),
        TEST(what_does_not_fit_names_its_place),
        TEST(flat_tables_have_units_and_what_one_must_know),
        TEST(wages_of_minus_one_are_missing_and_hours_told_from_years),
        TEST(no_memory_leaves_nothing_behind),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
