/* test_shared_data.c  The publishers' own files, where they are at hand: format, size, periods and sampled values.
 * Rows, columns and values were read from the files by other means. SPDX-License-Identifier: GPL-3.0-or-later */
#include "reading.h"

enum { LAST = -1 }; /* the last row */

/* One file, one of its tables, one cell: text says a text or a period, otherwise number. */
typedef struct sample {
    const char *file, *format, *table;
    size_t rows, columns; /* columns 0: not asked */
    const char *column;
    int row;
    double number;
    const char *text;
} sample;

#define ONET   "onet/db_29_1_text/"
#define ONET30 "onet/db_30_1_excel/"
#define GRAPH  "fred/fredgraph-csv/"
#define API    "fred/api-json/"
#define AEI    "ai-measures/anthropic-economic-index/release_2025_02_10/"

static const sample samples[] = {
    { "gpts-are-gpts/full_labelset.tsv", "gpts_labels", "", 19265, 16, "Task ID", 0, 8823, NULL },
    { "gpts-are-gpts/full_labelset.tsv", "gpts_labels", "", 19265, 16, "gpt4_exposure", LAST, 0, "E0" },
    { "gpts-are-gpts/automation_gpt4_human_labels.tsv", "gpts_labels", "", 19265, 7, "Task ID", LAST, 1497, NULL },
    { "gpts-are-gpts/automation_gpt4_human_labels.tsv", "gpts_labels", "", 19265, 7, "human_automation", LAST, 0, "." },
    { "gpts-are-gpts/occ_level.csv", "csv", "", 923, 8, "dv_rating_gamma", 0, 0.8200000000000001, NULL },
    { "gpts-are-gpts/occupations_onet_bls_matched.csv", "oews", "", 972, 0, "A_MEAN", LAST, 40190, NULL },
    { "bls/oews/national_M2024_dl.xlsx", "oews", "national_M2024_dl", 1403, 44, "TOT_EMP", 0, 154187380, NULL },
    { "bls/oews/national_M2024_dl.xlsx", "oews", "national_M2024_dl", 1403, 44, "OCC_CODE", LAST, 0, "53-7199" },
    { "bls/oews/national_M2022_dl.xlsx", "oews", "national_M2022_dl", 1402, 44, "TOT_EMP", 0, 147886000, NULL },
    { "bls/oews/oesm24nat.zip", "oews", "national_M2024_dl", 1403, 44, "A_MEAN", 0, 67920, NULL },
    { "bls/oews/natsector_M2024_dl.xlsx", "oews", "Natsector_M2024_dl", 16434, 0, "H_MEAN", LAST, 20.72, NULL },
    { "bls/oews/natsector_M2024_dl.xlsx", "oews", "Natsector_M2024_dl", 16434, 0, "NAICS", LAST, 0, "99" },
    { "bls/oews/national_May2021_dl.csv", "oews", "", 1403, 0, "TOT_EMP", 0, 140886310, NULL },
    { "bls/oews/oews_national_2015.csv", "oews", "", 1394, 0, "H_PCT90_flag", 1, 0, "#" },
    { "bls/oews/oews_national_2015.csv", "oews", "", 1394, 0, "O_GROUP", LAST, 0, "detailed" },
    { ONET "Task Statements.txt", "onet_text", "", 18796, 7, "Task ID", LAST, 12810, NULL },
    { ONET "Tasks to DWAs.txt", "onet_text", "", 23233, 5, "DWA ID", LAST, 0, "4.A.4.c.3.I07.D01" },
    { ONET "DWA Reference.txt", "onet_text", "", 2087, 4, "DWA Title", LAST, 0, "Monitor resources." },
    { ONET "IWA Reference.txt", "onet_text", "", 332, 3, "Element ID", 0, 0, "4.A.1.a.1" },
    { ONET "Work Styles.txt", "onet_text", "", 14064, 12, "Upper CI Bound", LAST, 3.8225, NULL },
    { ONET "Content Model Reference.txt", "onet_text", "", 627, 3, "Element ID", 0, 0, "1" },
    { ONET "Occupation Data.txt", "onet_text", "", 1016, 3, "O*NET-SOC Code", LAST, 0, "55-3019.00" },
    { ONET30 "Skills.xlsx", "xlsx", "Skills", 62580, 15, "Standard Error", LAST, 0.1637, NULL },
    { ONET30 "Task Statements.xlsx", "xlsx", "Task Statements", 18796, 8, "Task ID", LAST, 12810, NULL },
    { ONET30 "Tasks to DWAs.xlsx", "xlsx", "Tasks to DWAs", 23850, 8, "DWA ID", LAST, 0, "4.A.4.c.3.I07.D01" },
    { "onet/db_20_1_excel/Task Statements 20.1.xlsx", "xlsx", "Task Statements", 19530, 8, "Task ID", 0, 8823, NULL },
    { GRAPH "2025/DFF.csv", "fred_graph", "", 12785, 2, "DFF", LAST, 4.33, NULL },
    { GRAPH "2025/DFF.csv", "fred_graph", "", 12785, 2, "period", LAST, 0, "2025-01-01" },
    { GRAPH "2025/GDPC1.csv", "fred_graph", "", 141, 2, "GDPC1", LAST, 23548.21, NULL },
    { GRAPH "2025/GDPC1.csv", "fred_graph", "", 141, 2, "period", LAST, 0, "2025Q1" },
    { GRAPH "ophnfb-iso/OPHNFB.csv", "fred_graph", "", 290, 2, "OPHNFB", 0, 23.231, NULL },
    { GRAPH "2023-preamble/GDPC1.csv", "fred_graph", "", 305, 2, "period", 0, 0, "1947Q2" },
    { GRAPH "2023-preamble/GDPC1.csv", "fred_graph", "", 305, 2, "GDPC1", LAST, 22225.35, NULL },
    { GRAPH "2023-preamble/GDPDEF.csv", "fred_graph", "", 302, 2, "GDPDEF_PC1", LAST, 3.5, NULL },
    { GRAPH "2023-preamble/CPIAUCSL.csv", "fred_graph", "", 909, 2, "CPIAUCSL_CH1", LAST, 10.942, NULL },
    { GRAPH "2023-preamble/FRED_Recession_Bars.csv", "csv", "", 34, 2, "Trough_Date", 0, 0, "1858-12" },
    { API "2026-03-14/GDP.json", "fred_api_json", "", 104, 2, "GDP", LAST, 31442.483, NULL },
    { API "2026-03-14/GDP.json", "fred_api_json", "", 104, 2, "period", LAST, 0, "2025Q4" },
    { API "2026-08-12/CPIAUCSL.json", "fred_api_json", "", 319, 2, "CPIAUCSL", LAST, 332.813, NULL },
    { API "2026-08-18/INDPRO.json", "fred_api_json", "", 319, 2, "INDPRO", LAST, 102.9939, NULL },
    { "fred/fred-md/2023-06/current.csv", "fred_md", "", 773, 128, "RPI", LAST, 17915.688, NULL },
    { "fred/fred-md/2023-06/current.csv", "fred_md", "", 773, 128, "period", LAST, 0, "2023-05" },
    { "fred/fred-qd/2025-01/FRED-QD.csv", "fred_md", "", 264, 246, "S&P PE ratio", LAST, 29.4821, NULL },
    { "fred/fred-qd/2025-01/FRED-QD.csv", "fred_md", "", 264, 246, "period", LAST, 0, "2024Q4" },
    { "fed-board/FRB_H15.csv", "fed_ddp", "", 15971, 12, "RIFLGFCY10_N.B", LAST, 3.59, NULL },
    { "fed-board/FRB_H15.csv", "fed_ddp", "", 15971, 12, "period", LAST, 0, "2023-03-21" },
    { "bls/labstat/cu/cu.data.1.AllItems", "labstat", "", 58954, 6, "value", LAST, 232.679, NULL },
    { "bls/labstat/cu/cu.data.1.AllItems", "labstat", "", 58954, 6, "period", LAST, 0, "." }, /* S01 */
    { "bls/labstat/pr/2025-04/pr.data.1.AllData", "labstat", "", 75308, 6, "period", LAST, 0, "2024Q3" },
    { "bls/labstat/pr/2026-06/pr.data.0.Current", "labstat", "", 38232, 6, "value", LAST, 122.121, NULL },
    { "bls/labstat/ce/2025/ce.series", "labstat", "", 22049, 11, "data_type_code", LAST, 0, "10" },
    { "bls/labstat/2012/pc.industry", "labstat", "", 1079, 2, "industry_code", LAST, 0, "OMIN--" },
    { "bls/labstat/2012/bananas.csv", "csv", "", 33, 14, "Annual", 0, (double)NAN, NULL },
    { "bls/api-v2/bls_data.json", "bls_api_json", "", 295, 6, "period", 0, 0, "2020-01" },
    { "bls/laus/laucnty24.xlsx", "xlsx", "laucnty24", 3221, 9, "Unemployment Rate (%)", 0, 2.7, NULL },
    { "bls/laus/laucnty24.xlsx", "xlsx", "laucnty24", 3221, 9, "County Name/State Abbreviation", LAST, 0,
      "Yauco Municipio, PR" },
    { "bls/ep/occupation_2023_final.xlsx", "ep", "Table 1.7", 1113, 0, "Employment, 2022", 2, 3832.2, NULL },
    { "bls/cps/bls_occupation_demographics_2022.xlsx", "xlsx", "cpsaat11", 595, 7, "Women", LAST, 17.4, NULL },
    { "bls/crosswalks/nem-onet-to-soc-crosswalk.xlsx", "crosswalk", "ONET to SOC crosswalk", 997, 10, "NEM Code", LAST,
      0, "53-7199" },
    { "ai-measures/aioe/AIOE_DataAppendix.xlsx", "aioe", "Appendix A", 774, 3, "AIOE", LAST, -1.38776, NULL },
    { "ai-measures/llm-prices/openai.json", "llm_prices", "", 50, 8, "input", 1, 75, NULL },
    { "ai-measures/working-with-ai/soc_iwa_weights.csv", "working_with_ai", "", 785, 333, "4.A.1.a.1.I03", 0,
      8.939213233527807, NULL },
    { AEI "onet_task_mappings.csv", "aei_flat", "", 3514, 2, "pct", LAST, 1.1538611874763847, NULL },
    { AEI "wage_data.csv", "aei_flat", "", 1090, 11, "JobZone", 1, (double)NAN, NULL },
    { AEI "wage_data.csv", "aei_flat", "", 1090, 11, "MedianSalary_period", 2, 0, "hour" },
    { AEI "bls_employment_may_2023.csv", "aei_flat", "", 22, 2, "bls_distribution", 0, 10495770, NULL },
    { AEI "automation_vs_augmentation.csv", "aei_flat", "", 6, 2, "pct", 3, 2.9013020624347967, NULL },
    { AEI "SOC_Structure.csv", "aei_flat", "", 1596, 6, "Detailed O*NET-SOC", 4, 0, "11-1011.03" },
    { "bea/gdplev/gdplev.xls", "bea_gdplev", "annual", 88, 3, "gdp_chained", 0, 1056.6, NULL },
    { "bea/gdplev/gdplev.xls", "bea_gdplev", "annual", 88, 3, "period", LAST, 0, "2016" },
    { "bea/gdplev/gdplev.xls", "bea_gdplev", "quarterly", 283, 3, "gdp_current", LAST, 19495.5, NULL },
    { "bea/gdplev/gdplev.xls", "bea_gdplev", "quarterly", 283, 3, "period", LAST, 0, "2017Q3" },
    { "bea/bea-bls-integrated/BEA_BLS_industry_lp.csv", "csv", "", 63, 36, "2020", LAST, 108.824, NULL },
    { "panels/cps-2025/cps_state_occ_nat_emp_raw_non_collapsed.csv", "csv", "", 46511, 16, "occ2018", LAST, 0, "0440" },
    { "panels/r-packages/USMacroG.csv", "csv", "", 204, 13, "inflation", 0, (double)NAN, NULL },
    { "panels/r-packages/economics.csv", "csv", "", 574, 6, "date", LAST, 0, "2015-04" },
    { "panels/linearmodels/card.csv", "csv", "", 3010, 34, "fatheduc", LAST, (double)NAN, NULL },
    { "panels/statsmodels/randhie.csv", "csv", "", 20190, 10, "physlm", LAST, 0.1442925, NULL },
    { "panels/vega-datasets/us-employment.csv", "csv", "", 120, 24, "manufacturing", LAST, 12360, NULL },
    { "panels/vega-datasets/unemployment-across-industries.json", "json_records", "", 1708, 6, "rate", 0, 2.1, NULL },
    { "panels/nlswork/nlswork.dta", "dta", "", 28534, 22, "race_label", 0, 0, "black" },
    { "panels/nlswork/nlswork.dta", "dta", "", 28534, 22, "idcode", LAST, 5159, NULL },
    { "panels/statsmodels/macrodata.dta", "dta", "", 203, 14, "year", LAST, 2009, NULL },
    { "ai-measures/aioe/occ_salary_data_2021.dta", "dta", "", 831, 3, "occ_code", 0, 0, "11-1011" },
    { "ai-measures/aioe/occ_title_2020.dta", "dta", "", 841, 2, "occ_code", LAST, 0, "55-3019" },
    { "bls/data-tool-xlsx/BLS_LNS11000000_Civilian_Labor_Force_Level.xlsx", "bls_data_tool", "", 125, 6, "value", LAST,
      170510, NULL },
    { "nist-strd/linear/Longley.dat", "nist", "", 16, 7, "x6", LAST, 1962, NULL },
    { "nist-strd/univariate/Lew.txt", "nist", "", 200, 1, "y", 0, -213, NULL },
};
enum { N_SAMPLES = sizeof samples / sizeof *samples };

static void check(const pgdp_dataset *dataset, const sample *s)
{
    const pgdp_frame *frame = pgt_table(dataset, s->table);
    const size_t n = pgdp_frame_n_rows(frame), row = s->row == LAST ? n - 1 : (size_t)s->row;
    assert_int_equal(n, s->rows);
    if (s->columns > 0) assert_int_equal(pgdp_frame_n_columns(frame), s->columns);
    if (s->text != NULL)
        assert_string_equal(pgt_cell(frame, s->column, row), s->text);
    else
        assert_close(pgt_real(frame, s->column, row), s->number, 0, 0);
}

static void files_of_the_publishers_are_read_to_their_last_row(void **state)
{
    size_t n_read = 0;
    for (size_t i = 0; i < N_SAMPLES; i++) {
        char name[160] = "data/";
        pgdp_dataset *dataset = pgt_ingest_shared(*state, samples[i].format, strcat(name, samples[i].file));
        if (dataset == NULL) break; /* the folder is absent: said once */
        check(dataset, &samples[i]);
        pgdp_dataset_free(dataset);
        n_read++;
    }
    if (n_read == 0) skip();
    assert_int_equal(n_read, N_SAMPLES);
}

/* Kinds that no reader reads yet are told by name. */
static void files_of_other_kinds_are_refused_in_a_sentence(void **state)
{
    static const struct {
        const char *file, *part;
    } others[] = { { "data/gpts-are-gpts/LICENSE", "no reader knows" },
                   { "data/bea/io-2002/IOMakeDetail.txt", "no reader knows" } };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
        const char *path = pgt_shared_path(others[i].file);
        pgdp_dataset *dataset = NULL;
        if (path == NULL) skip();
        assert_status(*state, pgdp_ingest_file(*state, NULL, path, &dataset), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(*state), others[i].part);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(files_of_the_publishers_are_read_to_their_last_row),
        TEST(files_of_other_kinds_are_refused_in_a_sentence),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
