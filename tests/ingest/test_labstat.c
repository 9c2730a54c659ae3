/* test_labstat.c  LABSTAT observations with the lists of nine surveys, all numbers invented.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

#include "ingest/labstat.h"

#include <stdio.h>

enum { MOST_LISTS = 6 };
typedef struct file {
    const char *name, *text;
} file;

/* The observations with their lists joined; NULL when joining failed, which must leave a sentence with the part. */
static pgdp_dataset *joined(pgdp_ctx *ctx, const char *survey, const char *data, const file *files, const char *part)
{
    pgdp_dataset *read[MOST_LISTS], *d = pgt_ingest(ctx, "labstat", "data", data);
    pg_labstat_list lists[MOST_LISTS];
    size_t n = 0;
    for (; files[n].name != NULL; n++) {
        read[n] = pgt_ingest(ctx, "labstat", files[n].name, files[n].text);
        lists[n] = (pg_labstat_list){ files[n].name, pgdp_dataset_table(read[n], 0) };
    }
    const pg_labstat_survey with = { survey, lists, n };
    const pgdp_status status = pg_labstat_join(ctx, &with, d->tables[0].frame);
    if (part == NULL)
        assert_ok(ctx, status);
    else
        assert_contains(pgdp_ctx_error(ctx), part);
    for (size_t i = 0; i < n; i++)
        pgdp_dataset_free(read[i]);
    if (status == PGDP_OK) return d;
    pgdp_dataset_free(d);
    return NULL;
}

#define DATA "series_id\tyear\tperiod\tvalue\tfootnote_codes\n"

static void titles_units_names_and_footnotes_stand_beside_the_observations(void **state)
{
    static const file files[] = {
        { "ce.series",
          "series_id  \tsupersector_code\tindustry_code\tdata_type_code\tseasonal\tseries_title\tfootnote_codes\t"
          "begin_year\tbegin_period\tend_year\tend_period\n"
          "CES1 \t00\t00000000\t01\tS\tAll employees\t\t1939\tM01\t2031\tM01\n"
          "CEU2 \t05\t05000000\t16\tU\tHours\t\t1939\tM01\t2031\tM01\n" },
        { "ce.datatype.txt", "data_type_code\tdata_type_text\n01\tALL EMPLOYEES\n16\tINDEXES OF HOURS, 2007=100\n" },
        { "ce.industry", "industry_code\tnaics_code\tindustry_name\n00000000\t-\tTotal\n05000000\t-\tPrivate\n" },
        { "ce.footnote", "footnote_code\tfootnote_text\nP\tpreliminary\nR\trevised\n" },
        { "ce.period", "period\tmm\tmonth\nM01\tJAN\tJanuary \n" },
        { NULL, NULL },
    };
    pgdp_dataset *d = joined(
        *state, "ce", DATA "CES1\t2031\tM01\t11\tP,R\nCEU2\t2031\tM01\t22\tP,Z\nCES9\t2031\tM01\t33\t\n", files, NULL);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "series_title", 0), "All employees");
    assert_string_equal(pgt_cell(f, "unit", 0), "heads_thousand");
    assert_string_equal(pgt_cell(f, "unit", 1), "index_2007");
    assert_string_equal(pgt_cell(f, "adjustment", 0), "seasonally_adjusted");
    assert_string_equal(pgt_cell(f, "adjustment", 1), "not_seasonally_adjusted");
    assert_string_equal(pgt_cell(f, "industry_code", 1), "05000000");
    assert_string_equal(pgt_cell(f, "industry_name", 1), "Private");
    assert_string_equal(pgt_cell(f, "data_type_text", 0), "ALL EMPLOYEES");
    assert_string_equal(pgt_cell(f, "footnotes", 0), "preliminary; revised");
    assert_string_equal(pgt_cell(f, "footnotes", 1), "preliminary; Z");
    assert_string_equal(pgt_cell(f, "period_name", 1), "January");
    assert_string_equal(pgt_cell(f, "series_title", 2), ".");
    assert_string_equal(pgdp_frame_note(f, "unmatched:series_id"), "1 without a row in ce.series: CES9");
    assert_string_equal(pgdp_frame_note(f, "unmatched:footnote_codes"), "1 without a row in ce.footnote: Z");
    assert_contains(pgdp_frame_note(f, "unmatched:supersector_code"), "no list of these codes");
    assert_int_equal(pgdp_frame_find(f, "begin_year"), PGDP_NONE);
    pgdp_dataset_free(d);
}

static void a_code_that_repeats_in_other_groups_takes_its_group_along(void **state)
{
    static const file files[] = {
        { "pc.series", "series_id\tindustry_code\tproduct_code\tseasonal\tbase_date\n"
                       "PCU1\t1133--\t1133--\tU\t198112\nPCU2\t2111--\t1\tU\t198506\nPCU3\t1133--\t1\tU\t-\n" },
        { "pc.product",
          "industry_code\tproduct_code\tproduct_name\n1133--\t1133--\tLogging\n1133--\t1\tLogs\n2111--\t1\t"
          "Oil\n" },
        { "pc.industry", "industry_code\tindustry_name\n1133--\tLogging industry\t\n" },
        { NULL, NULL },
    };
    pgdp_dataset *d =
        joined(*state, "pc", DATA "PCU1\t2031\tM01\t1\t\nPCU2\t2031\tM01\t2\t\nPCU3\t2031\tM01\t3\t\n", files, NULL);
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "product_name", 1), "Oil");
    assert_string_equal(pgt_cell(f, "product_name", 2), "Logs");
    assert_string_equal(pgt_cell(f, "unit", 0), "index_1981_12");
    assert_string_equal(pgt_cell(f, "unit", 2), "index");                             /* no base is stated */
    assert_string_equal(pgt_cell(f, "series_title", 0), "Logging industry, Logging"); /* the list has none */
    assert_string_equal(pgdp_frame_note(f, "unmatched:industry_code"), "1 without a row in pc.industry: 2111--");
    pgdp_dataset_free(d);
}

/* One series and one list of seven more surveys: a name and a unit each. */
static const struct {
    const char *survey;
    file series, list;
    const char *column, *name, *unit;
} surveys[] = {
    { "cu",
      { "cu.series", "series_id\tarea_code\titem_code\tseasonal\tperiodicity_code\tbase_code\tbase_period\t"
                     "series_title\nX\t0000\tSA0\tS\tR\tS\t1982-84=100\tAll items\n" },
      { "cu.item", "item_code\titem_name\tdisplay_level\nSA0\tAll items\t0\n" },
      "item_name",
      "All items",
      "index_1982_84" },
    { "la",
      { "la.series", "series_id\tarea_type_code\tarea_code\tmeasure_code\tseasonal\tsrd_code\tseries_title\n"
                     "X\tA\tST0100000000000\t03\tU\t01\tRate: Alabama\n" },
      { "la.area", "area_type_code\tarea_code\tarea_text\tdisplay_level\nA\tST0100000000000\tAlabama\t0\n" },
      "area_text",
      "Alabama",
      "pct" },
    { "ln",
      { "ln.series", "series_id\tlfst_code\tperiodicity_code\tseries_title\ttdat_code\tseasonal\n"
                     "X\t40\tM\t(Seas) Rate\t01\tS\n" },
      { "ln.tdat", "tdat_code\ttdat_text\n01\tPercent or rate\n" },
      "tdat_text",
      "Percent or rate",
      "pct" },
    { "sm",
      { "sm.series", "series_id\tstate_code\tarea_code\tsupersector_code\tindustry_code\tdata_type_code\t"
                     "seasonal\tbenchmark_year\nX\t01\t00000\t00\t00000000\t01\tS\t2030\n" },
      { "sm.state", "state_code\tstate_name\n01\tAlabama\n" },
      "state_name",
      "Alabama",
      "heads_thousand" },
    { "oe",
      { "oe.series", "series_id\tseasonal\tareatype_code\tindustry_code\toccupation_code\tdatatype_code\t"
                     "state_code\tarea_code\tsector_code\tseries_title\n"
                     "X\tU\tN\t000000\t151252\t04\t00\t0000000\t000000\tAnnual mean\n" },
      { "oe.occupation.txt", "occupation_code\toccupation_name\n151252\tSoftware Developers\n" },
      "occupation_name",
      "Software Developers",
      "usd" },
    { "pr",
      { "pr.series", "series_id\tsector_code\tclass_code\tmeasure_code\tduration_code\tseasonal\tbase_year\n"
                     "X\t8500\t6\t09\t0\tS\t2017\n" },
      { "pr.measure", "measure_code\tmeasure_text\n09\tLabor productivity\n" },
      "measure_text",
      "Labor productivity",
      "index_2017" },
    { "ep",
      { "ep.series", "series_id\tind_code\tocc_code\nX\tTE1000\t15-1252\n" },
      { "ep.occupation", "occ_code\tocc_text\n15-1252\tDevelopers\n" },
      "occ_text",
      "Developers",
      "pct" },
};

static void every_survey_has_its_names_and_units(void **state)
{
    for (size_t i = 0; i < sizeof surveys / sizeof *surveys; i++) {
        const file files[] = { surveys[i].series, surveys[i].list, { NULL, NULL } };
        const char *data = i == 6
                               ? "series_id\tyear\tperiod\taspect_type\tvalue\tfootnote_codes\nX\t2031\tA01\tA2\t1\t\n"
                               : DATA "X\t2031\tA01\t1\t\n";
        pgdp_dataset *d = joined(*state, surveys[i].survey, data, files, NULL);
        const pgdp_frame *f = pgdp_dataset_table(d, 0);
        assert_string_equal(pgt_cell(f, surveys[i].column, 0), surveys[i].name);
        assert_string_equal(pgt_cell(f, "unit", 0), surveys[i].unit);
        assert_string_not_equal(pgt_cell(f, "series_title", 0), ".");
        pgdp_dataset_free(d);
    }
}

static void without_the_list_of_series_nothing_joins(void **state)
{
    static const file files[] = { { "ce.industry", "industry_code\tindustry_name\n1\tOne\n" }, { NULL, NULL } };
    assert_null(joined(*state, "ce", DATA "X\t2031\tM01\t1\t\n", files, "found no ce.series"));
}

/* ---- a folder ---- */

static void put(const char *folder, const char *name, const char *text)
{
    pgt_write_file(pgt_path(folder, name), text, strlen(text));
}

static void a_folder_is_searched_by_the_survey_s_letters(void **state)
{
    static const char *const names[] = { "zz.data.1", "zz.series", "zz.txt", "zz.data.2", "zy.series" };
    char *folder = pgt_new_folder(), path[256];
    put(folder, names[0], DATA "X\t2031\tM01\t1\t\n");
    put(folder, names[1], "series_id\tsector_code\tseries_title\nX\t11\tTitle of X\n");
    put(folder, names[2], "Any words at all, \"quoted\n");
    put(folder, names[3], "no table");
    put(folder, names[4], "no table");
    (void)snprintf(path, sizeof path, "%s", pgt_path(folder, names[0]));
    pgdp_load how = { .survey = "" };
    pgdp_dataset *d = NULL;
    assert_ok(*state, pgdp_ingest_path(*state, &how, path, &d));
    assert_string_equal(pgt_cell(pgdp_dataset_table(d, 0), "series_title", 0), "Title of X");
    pgdp_dataset_free(d);
    d = NULL;
    how.survey = "/nowhere";
    assert_status(*state, pgdp_ingest_path(*state, &how, path, &d), PGDP_IO);
    assert_contains(pgdp_ctx_error(*state), "/nowhere: cannot look for the files of survey zz");
    put(folder, names[4], "series_id\ttitle\nX\tY\n");
    how.survey = "";
    assert_status(*state, pgdp_ingest_path(*state, &how, pgt_path(folder, names[4]), &d), PGDP_BAD_ARGUMENT);
    assert_contains(pgdp_ctx_error(*state), "only LABSTAT observations");
    assert_null(d);
    put(folder, names[1], "series_id\tsector_code\nX\t1\t2\n"); /* a broken list is an error, not a list left out */
    assert_status(*state, pgdp_ingest_path(*state, &how, path, &d), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(*state), "zz.series:2:3");
    pgt_remove_folder(folder);
}

static void the_survey_of_the_publisher_joins_whole(void **state)
{
    const char *folder = pgt_shared_path("data/bls/labstat/ce/2025");
    const pgdp_bytes in = { "ce.data.1", (const unsigned char *)DATA "CES0000000025\t2031\tM03\t5\t\n", 65 };
    const pgdp_load how = { .survey = folder };
    pgdp_dataset *d = NULL;
    if (folder == NULL) skip();
    assert_ok(*state, pgdp_ingest_as(*state, &how, &in, &d));
    const pgdp_frame *f = pgdp_dataset_table(d, 0);
    assert_string_equal(pgt_cell(f, "series_title", 0),
                        "All employees, quarterly averages, thousands, total nonfarm, seasonally adjusted");
    assert_string_equal(pgt_cell(f, "industry_name", 0), "Total nonfarm");
    assert_string_equal(pgt_cell(f, "data_type_text", 0), "ALL EMPLOYEES, QUARTERLY AVERAGES, THOUSANDS");
    pgdp_dataset_free(d);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(titles_units_names_and_footnotes_stand_beside_the_observations),
        TEST(a_code_that_repeats_in_other_groups_takes_its_group_along),
        TEST(every_survey_has_its_names_and_units),
        TEST(without_the_list_of_series_nothing_joins),
        TEST(a_folder_is_searched_by_the_survey_s_letters),
        TEST(the_survey_of_the_publisher_joins_whole),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
