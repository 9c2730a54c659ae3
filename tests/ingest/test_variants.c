/* test_variants.c  Years, vintages and editions of known files that are not among the shared sources, in the layouts
 * that their publishers describe, with invented numbers: read, or refused with what differs. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "books.h"

/* One file, one of its cells: text says a text or a period, NULL: number; a workbook's text begins with #sheet. */
typedef struct variant {
    const char *label, *text, *format, *table;
    size_t rows;
    const char *column;
    size_t row;
    double number;
    const char *cell;
} variant;

static const variant variants[] = {
    /* OEWS: 2010, 2012 to 2018 by state, 2019 in lower case, the all-data workbook since 2020, copies. */
    { "national_M2010_dl.xls",
      "#sheet "
      "national_dl\nOCC_CODE\tOCC_TITLE\tGROUP\tTOT_EMP\tEMP_PRSE\tH_MEAN\tA_MEAN\tMEAN_PRSE\tH_PCT10\tANNUAL\tHOURLY\n"
      "00-0000\tAll\ttotal\t127097160\t0.1\t21.35\t44410\t0.1\t8.51\t\t\n11-1011\tChiefs\t\t273500\t0.7\t83."
      "43\t173350\t0.5\t#"
      "\t\t\n",
      "oews", "national_dl", 2, "H_PCT10_flag", 1, 0, "#" },
    { "state_M2013_dl.xlsx",
      "#sheet State_M2013_dl\nAREA\tST\tSTATE\tOCC_CODE\tOCC_TITLE\tOCC_GROUP\tTOT_EMP\tEMP_PRSE\tJOBS_1000\tLOC "
      "QUOTIENT\tH_MEAN\tA_MEAN\n'01\tAL\tAlabama\t11-1011\tChiefs\tdetailed\t**\t**\t**\t**\t67.05\t139460\n",
      "oews", "State_M2013_dl", 1, "AREA_TITLE", 0, 0, "Alabama" },
    { "MSA_M2016_dl.xlsx",
      "#sheet MSA_dl\nPRIM_STATE\tAREA\tAREA_NAME\tOCC_CODE\tOCC_TITLE\tOCC_GROUP\tJOBS_1000\tLOC "
      "QUOTIENT\tTOT_EMP\nTX\t'10180\tAbilene\t11-1011\tChiefs\tdetailed\t0.1\t1.25\t30\n",
      "oews", "MSA_dl", 1, "LOC_QUOTIENT", 0, 1.25, NULL },
    { "national_M2019_dl.xlsx",
      "#sheet "
      "national_M2019_dl\narea\tarea_title\tarea_type\tnaics\tnaics_title\ti_group\town_code\tocc_code\tocc_title\t"
      "o_group\ttot_emp\temp_prse\tjobs_1000\tloc_quotient\tpct_total\th_mean\ta_mean\n'99\tU.S.\t'1\t'"
      "000000\tx\tcross-"
      "industry\t'1235\t29-1228\tPhysicians\tdetailed\t433180\t0.7\t\t\t\t100.32\t208660\n",
      "oews", "national_M2019_dl", 1, "TOT_EMP", 0, 433180, NULL },
    { "all_data_M_2025.xlsx",
      "#sheet All May 2025 "
      "data\nAREA\tAREA_TITLE\tAREA_TYPE\tPRIM_STATE\tNAICS\tNAICS_TITLE\tI_GROUP\tOWN_CODE\tOCC_CODE\tO"
      "CC_TITLE\tO_GROUP\tTOT_EMP\tPCT_RPT\n'99\tU.S.\t'1\tUS\t3250A1\tx\t4-"
      "digit\t'5\t13-1020\tBuyers\tbroad\t10\t~\n'99\tU.S.\t'1\tUS\t3250A1\tx\t4-digit\t'5\t13-"
      "1020\tBuyers\tdetailed\t10\t"
      "0.5\n#sheet Field Descriptions\nx\ty\n",
      "oews", "All May 2025 data", 2, "PCT_RPT_flag", 0, 0, "~" },
    { "oews_2015.csv",
      ",OCC_CODE,OCC_TITLE,OCC_GROUP,TOT_EMP,H_MEAN\n0,00-0000,\"All, total\",total,\"137,896,660\",23.23\n", "oews",
      "", 1, "TOT_EMP", 0, 137896660, NULL },
    /* FRED-MD and FRED-QD: names of archives, dates with zeros, special rows without a colon, in any order. */
    { "fred-md_2025m04.csv", "sasdate,RPI,S&P 500\nTransform,5,5\n01/01/2031,15000.1,4000\n02/01/2031,,4100\n,,\n",
      "fred_md", "", 2, "S&P 500", 1, 4100, NULL },
    { "2018-05-qd.csv", "sasdate,GDPC1\ntransform,5\nfactors,0\n3/1/1959,3123.9\n6/1/1959,3194.4\n", "fred_md", "", 2,
      "period", 1, 0, "1959Q2" },
    { "2015-01-md.csv", "sasdate,CMRMTSPLx\r\nTransform:,5\r\n1/1/1959,276676.8\r\n", "fred_md", "", 1, "period", 0, 0,
      "1959-01" },
    /* Economic Index: September 2025, January and June 2026. */
    { "aei_raw_claude_ai_2025-11-13_to_2025-11-20.csv",
      "geo_id,geography,date_start,date_end,platform_and_product,facet,level,variable,cluster_name,value\n"
      "NA,country,2031-11-13,2031-11-20,Claude AI (Free and "
      "Pro),country,0,usage_count,,222\nUS-CA,country-state,2031-11-13,"
      "2031-11-20,Claude AI (Free and Pro),human_only_time,0,human_only_time_mean,,1.5\n",
      "aei", "", 2, "geo_id", 0, 0, "NA" },
    { "aei_claude_ai_2026-06-26.csv",
      "date_start,date_end,geo_id,geo_level,category_name,hierarchy_level,metric_id,value,node_name,node_external_id\n"
      "2031-04-01,2031-06-01,NAM,country,onet_task,0,usage_pct,1.25,\"write, test\",x-1\n",
      "aei", "", 1, "value", 0, 1.25, NULL },
    { "cluster_level_dataset.tsv", "cluster_name_0\tcluster_description_0\tpercent_records\tonet_task\nA\tb\t1.5\tc\n",
      "aei_flat", "", 1, "percent_records", 0, 1.5, NULL },
    { "job_exposure.csv", "occ_code,title,observed_exposure\n11-1011,Chiefs,0.25\n", "aei_flat", "", 1, "occ_code", 0,
      0, "11-1011" },
    /* BTOS: national, by size and sector, the index sheets; 2026 dates are serials. */
    { "National.xlsx",
      "#sheet Response Estimates\nQuestion ID\tQuestion\tAnswer ID\tAnswer\t202602\t202601\n7\tIn "
      "any?\t1\tYes\t33.3%\t32.2%\n"
      "7\tIn any?\t2\tNo\tS\t.\n\nSource: Business Trends and Outlook Survey\n#sheet Response Standard "
      "Errors\nQuestion "
      "ID\tQuestion\tAnswer ID\tAnswer\t202602\t202601\n7\tIn any?\t1\tYes\t0.30%\t0.20%\n7\tIn any?\t2\tNo\tS\t.\n"
      "#sheet Collection and Reference Dates\nSmpdt\tCol Start\tCol End\tRef Start\tRef "
      "End\n202601\t46030\t46043\t46016\t46029\n202602\t46044\t46057\t46030\t46043\n",
      "btos", NULL, 4, "value", 0, 33.3, NULL },
    { "Sector by Employment Size Class.xlsx",
      "#sheet Response Estimates\nEmpsize\tSector\tQuestion ID\tQuestion\tAnswer ID\tAnswer\t202602\nA\t31\t7\tIn "
      "any?\t1\tYes\t12.5%\nB\tXX\t7\tIn any?\t1\tYes\tS\n#sheet Response Standard Errors\nEmpsize\tSector\tQuestion "
      "ID\tQuestion\tAnswer ID\tAnswer\t202602\nA\t31\t7\tIn any?\t1\tYes\t0.5%\nB\tXX\t7\tIn any?\t1\tYes\tS\n",
      "btos", NULL, 2, "stratum", 1, 0, "B / XX" },
    /* Employment Projections: 2024-34 with dashes, years in the names; the matrix of one industry. */
    { "occupation.xlsx",
      "#sheet Index\nEmployment Projections tables\n#sheet Table 1.2\nTable 1.2 Invented\n2024 National Employment "
      "Matrix "
      "title\t2024 National Employment Matrix code\tOccupation type\tEmployment, 2024\tEmployment, 2034\tEmployment "
      "change, "
      "percent, 2024\xe2\x80\x93"
      "34\tMedian annual wage, 2024(1)\nTotal, all occupations\t00-0000\tSummary\t170000.1\t175000.2\t2.9\t49500\n  "
      "Chiefs\t11-1011\tLine item\t280.1\t270.2\t-3.5\t>=$239,200\nFootnotes:\n(1) Invented.\n",
      "ep", "Table 1.2", 2, "Median annual wage, 2024_flag", 1, 0, ">=$239,200" },
    /* BEA: GDP by industry in billions of chained dollars, a section of the accounts with series codes. */
    { "ValueAdded.xlsx",
      "#sheet TVA106-Q\nReal Value Added by Industry\n[Billions of 2017 chain dollars] Seasonally adjusted at annual "
      "rates\nNational data\nBureau of Economic Analysis\nData published June 27, 2031\nFile created "
      "2031-06-26\n\nLine\t\t\t"
      "2030Q4\t2031Q1\n1\tGross domestic product\t\t22,000.5\t.....\n",
      "bea_table", "TVA106-Q", 2, "value", 0, 22000.5, NULL },
    { "Section1All_xls.xlsx",
      "#sheet T10105-A\nTable 1.1.5. Gross Domestic Product\n[Billions of dollars]\nAnnual data\nBureau of Economic "
      "Analysis\nData published June 27, 2031\n\nLine\t\t\t2029\t2030\n1\tGross domestic "
      "product\tA191RC\t100.5\t101.5\n",
      "bea_table", "T10105-A", 2, "series_code", 0, 0, "A191RC" },
    /* O*NET 30.3: new names of files and columns; its CSV. */
    { "GWAs to IWAs to DWAs.txt",
      "GWA Element ID\tGWA Element Name\tIWA Element ID\tDWA Element ID\n4.A.1.a.1\tx\t4.A.1.a.1.a\t4.A.1.a.1.a.1\n",
      "onet_text", "", 1, "DWA Element ID", 0, 0, "4.A.1.a.1.a.1" },
    { "Job Titles.txt", "O*NET-SOC Code\tJob Title\tShort Title\tSource(s)\n11-1011.00\tCEO\tn/a\t08\n", "onet_text",
      "", 1, "Short Title", 0, 0, "." },
    { "occupation_data.csv", "O*NET-SOC Code,Title,Description\n11-1011.00,Chiefs,\"a, b\"\n", "csv", "", 1,
      "O*NET-SOC Code", 0, 0, "11-1011.00" },
    /* LABSTAT: a BOM, tabs at the ends of rows, surveys with aspects. */
    { "sm.series",
      "\xef\xbb\xbfseries_id\tstate_code\tarea_code\tsupersector_code\tindustry_code\tdata_type_"
      "code\tseasonal\tbenchmark_"
      "year\nSMS01000000000000001\t01\t00000\t00\t00000000\t01\tS\t2031\n",
      "labstat", "", 1, "state_code", 0, 0, "01" },
    { "ep.aspect", "series_id\tyear\tperiod\taspect_type\tvalue\tfootnote_codes\nEPU1\t2031\tA01\tPR\t     12.5\t\n",
      "labstat", "", 1, "value", 0, 12.5, NULL },
    /* OECD's SDMX CSV and the Penn World Table are tables as they stand. */
    { "oecd.csv",
      "STRUCTURE,REF_AREA,Reference area,TIME_PERIOD,OBS_VALUE,OBS_STATUS\nDATAFLOW,USA,United States,2031-Q1,1.5,A\n"
      "DATAFLOW,NA,Namibia,2031-Q2,,\n",
      "csv", "", 2, "TIME_PERIOD", 1, 0, "2031Q2" },
    { "eurostat.csv", "geo,TIME_PERIOD,OBS_VALUE\nDE,2031-S1,1.5\nDE,2031-S2,2.5\n", "csv", "", 2, "TIME_PERIOD", 1, 0,
      "2031H2" },
};

static pgdp_status read_variant(pgdp_ctx *ctx, const variant *v, pgdp_dataset **out)
{
    pack p = { .method = 0 };
    pgdp_bytes in = { v->label, (const unsigned char *)v->text, strlen(v->text) };
    if (strncmp(v->text, "#sheet", 6) == 0) in = book_pack(&p, v->label, v->text);
    const pgdp_status status = pgdp_ingest(ctx, NULL, &in, out);
    pack_free(&p);
    return status;
}

static void other_years_and_editions_are_read(void **state)
{
    for (size_t i = 0; i < sizeof variants / sizeof *variants; i++) {
        const variant *v = &variants[i];
        pgdp_dataset *d = NULL;
        if (read_variant(*state, v, &d) != PGDP_OK) fail_msg("%s: %s", v->label, pgdp_ctx_error(*state));
        if (strcmp(pgdp_dataset_format(d), v->format) != 0)
            fail_msg("%s: read as %s, expected %s", v->label, pgdp_dataset_format(d), v->format);
        const pgdp_frame *f = v->table == NULL ? pgdp_dataset_table(d, 0) : pgt_table(d, v->table);
        if (pgdp_frame_n_rows(f) != v->rows) fail_msg("%s: %zu rows", v->label, pgdp_frame_n_rows(f));
        if (pgdp_frame_find(f, v->column) == PGDP_NONE) fail_msg("%s: no column %s", v->label, v->column);
        if (v->cell == NULL)
            assert_close(pgt_real(f, v->column, v->row), v->number, 0, 0);
        else if (strcmp(pgt_cell(f, v->column, v->row), v->cell) != 0)
            fail_msg("%s: %s is \"%s\"", v->label, v->column, pgt_cell(f, v->column, v->row));
        pgdp_dataset_free(d);
    }
}

/* Names that LABSTAT uses too, in tables that are none of its. */
static void foreign_tables_of_like_names_are_read_as_they_stand(void **state)
{
    static const struct {
        const char *label, *text;
    } foreign[] = {
        { "panel.tsv", "country\tyear\tperiod\tvalue\nFR\t2031\tM01\t1\n" },
        { "my.data.tsv", "id\tyear\nFR\t2031\n" },
        { "my.data.2.csv", "id,year\nFR,2031\n" },
        { "export.csv", "series_id,year,amount\nFR,2031,1\n" },
    };
    for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++) {
        pgdp_dataset *d = pgt_ingest(*state, "csv", foreign[i].label, foreign[i].text);
        assert_int_equal(pgdp_frame_n_rows(pgdp_dataset_table(d, 0)), 1);
        pgdp_dataset_free(d);
    }
}

/* What a layout has lost or changed is named. */
static void layouts_that_differ_are_refused_with_the_difference(void **state)
{
    static const struct {
        const char *format, *label, *text, *part;
    } others[] = {
        { "oews", "national_M2032_dl.csv", "OCC_CODE,OCC_TITLE,EMPLOYMENT\n11-1011,x,5\n", "found no column TOT_EMP" },
        { "oews", "national_M2032_dl.csv", "OCC_CODE,TOT_EMP\n11-1011,not released\n",
          "found \"not released\" under TOT_EMP, expected a number or one of * ** # ~" },
        { "nipa_flat", "NipaDataQ.txt", "%SeriesCode,Value,Period\nA,1,2031Q1\n", "expected the header" },
        { "fred_md", "md.csv", "date,RPI\n1/1/2031,5\n", "sasdate" },
        { "btos", "National.xlsx", "#sheet Response Estimates\nItem\tReply\t202602\nx\ty\t5\n",
          "the header begins \"Item\" and names no answers" },
        { "bea_table", "ValueAdded.xlsx", "#sheet T\nBureau of Economic Analysis\nRow\t\t\t2031\n1\tx\t\t5\n",
          "table" },
        { "crosswalk", "walk.csv", "From,To\n11-1011,11-1011\n", "found no row that names columns of codes" },
        { NULL, "ce.data.0.AllCESSeries", "series_id  \tyear\tperiod\t  amount\tfootnote_codes\nCES1\t2031\tM01\t1\t\n",
          "found no column value among \"series_id, year, period, amount, footnote_codes\", expected series_id, year" },
        { NULL, "saved", "series_id\tperiod\tvalue\nCES1\tM01\t1\n", "found no column year among" },
        { NULL, "saved", "series_id\tyear\tdata\nCES1\t2031\t1\n", "found no column period among" },
        { NULL, "gz/ce.data.12a.Food", "id\tyear\tperiod\tvalue\nCES1\t2031\tM01\t1\n",
          "found no column series_id among" },
        { NULL, "ce.data.0.All", "series_id\tyr\tper\tval\nCES1\t2031\tM01\t1\n", "found no column year among" },
        { "labstat", "ce.txt", "series_id,year,period,value\nCES1,2031,M01,1\n",
          "found one column, \"series_id,year,period,value\", expected columns parted by TAB" },
        { "ep", "trade.csv", "country,exports\nFrance,5\n",
          "found \"country, exports\", expected the titles or codes of occupations or industries" },
        { "ep", "trade.xlsx", "#sheet Trade\ncountry\texports\nFrance\t5\n", "expected a sheet with columns such as" },
    };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        pack p = { .method = 0 };
        pgdp_dataset *d = NULL;
        pgdp_bytes in = { others[i].label, (const unsigned char *)others[i].text, strlen(others[i].text) };
        if (strncmp(others[i].text, "#sheet", 6) == 0) in = book_pack(&p, others[i].label, others[i].text);
        if (pgdp_ingest(*state, others[i].format, &in, &d) != PGDP_PARSE)
            fail_msg("%s was read: %s", others[i].label, others[i].text);
        if (strstr(pgdp_ctx_error(*state), others[i].part) == NULL)
            fail_msg("%s: %s", others[i].label, pgdp_ctx_error(*state));
        pack_free(&p);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(other_years_and_editions_are_read),
        TEST(foreign_tables_of_like_names_are_read_as_they_stand),
        TEST(layouts_that_differ_are_refused_with_the_difference),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
