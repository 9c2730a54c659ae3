/* sources.c  The table of official files: what `--from` must hold and what catalogue.csv says of it.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/sources.h"
#include "core/text.h"

#define ONET_ATTRIBUTION(release)                                                                                      \
    "This product includes information from the O*NET " release                                                        \
    " Database by the U.S. Department of Labor, Employment and Training Administration (USDOL/ETA). Used under the "   \
    "CC BY 4.0 license. O*NET is a trademark of USDOL/ETA. The authors of pgdp have selected, joined and re-laid "     \
    "this information. USDOL/ETA has not approved, endorsed, or tested these modifications."
#define ONET          "U.S. Department of Labor, Employment and Training Administration (O*NET)"
#define PUBLIC_DOMAIN "public domain (work of the U.S. government)"

static const pg_owner openai = {
    "OpenAI", "MIT",
    "Copyright (c) 2024 OpenAI, MIT licence (its text stands in docs/data.md). Source: Eloundou, "
    "Manning, Mishkin and Rock, GPTs are GPTs, Science (2024). Tasks and descriptors: O*NET, CC BY "
    "4.0, USDOL/ETA."
};
static const pg_owner onet_29_1 = { ONET, "CC BY 4.0", ONET_ATTRIBUTION("29.1") };
static const pg_owner onet_29_3 = { "theodorewright11/aei_data_analysis (means of O*NET 29.3 task ratings)",
                                    "CC BY 4.0", ONET_ATTRIBUTION("29.3") };
static const pg_owner onet_30_1 = { ONET, "CC BY 4.0", ONET_ATTRIBUTION("30.1") };
static const pg_owner onet_2019 = { ONET, "CC BY 4.0", ONET_ATTRIBUTION("taxonomy 2019") };
static const pg_owner bls = { "U.S. Bureau of Labor Statistics", PUBLIC_DOMAIN, "U.S. Bureau of Labor Statistics" };
static const pg_owner bea = { "U.S. Bureau of Economic Analysis", PUBLIC_DOMAIN, "U.S. Bureau of Economic Analysis" };
static const pg_owner census = { "U.S. Census Bureau", PUBLIC_DOMAIN,
                                 "U.S. Census Bureau, Business Trends and Outlook Survey" };
static const pg_owner fred_bea = {
    "Federal Reserve Bank of St. Louis (FRED)", "public domain series; cite FRED",
    "U.S. Bureau of Economic Analysis, retrieved from FRED, Federal Reserve Bank of St. Louis"
};
static const pg_owner fred_bls = {
    "Federal Reserve Bank of St. Louis (FRED)", "public domain series; cite FRED",
    "U.S. Bureau of Labor Statistics, retrieved from FRED, Federal Reserve Bank of St. Louis"
};
static const pg_owner fred_board = {
    "Federal Reserve Bank of St. Louis (FRED)", "public domain series; cite FRED",
    "Board of Governors of the Federal Reserve System (US), retrieved from FRED, Federal Reserve Bank of St. Louis"
};
static const pg_owner fred_census = { "Federal Reserve Bank of St. Louis (FRED)", "public domain series; cite FRED",
                                      "U.S. Census Bureau, retrieved from FRED, Federal Reserve Bank of St. Louis" };
static const pg_owner fred_qd = { "Federal Reserve Bank of St. Louis (FRED-QD)", "public domain series; cite FRED-QD",
                                  "McCracken and Ng, FRED-QD, Federal Reserve Bank of St. Louis" };
static const pg_owner microsoft = {
    "Microsoft Research", "CC BY 4.0",
    "Tomlinson, Jaffe, Wang, Counts and Suri (2025), Working with AI: Measuring the Occupational Implications of "
    "Generative AI, arXiv 2507.07935; microsoft/working-with-ai, CC BY 4.0. Computed with information from the O*NET "
    "29.0 Database, CC BY 4.0, USDOL/ETA, and a crosswalk of BLS. Titles are left out."
};
static const pg_owner llm_prices = { "Simon Willison, llm-prices",
                                     "no licence file in the copy used; list prices published by the vendors",
                                     "simonw/llm-prices" };

#define GPTS(id, file, format, title, used)                                                                            \
    {                                                                                                                  \
        id, "gpts-are-gpts/" file, format, &openai, title,                                                             \
            "https://github.com/openai/GPTs-are-GPTs/raw/main/data/" file, "2024",                                     \
            "openai/GPTs-are-GPTs @ 0471612fef3c", "label", used                                                       \
    }
#define ONET_TEXT(id, file, web, title, unit, used)                                                                    \
    {                                                                                                                  \
        id, "onet/db_29_1_text/" file ".txt", "onet_text", &onet_29_1, title,                                          \
            "https://www.onetcenter.org/dl_files/database/db_29_1_text/" web ".txt", "29.1",                           \
            "IlanStrauss/anthropic-onet-crosswalk @ 2d06ed3635f7", unit, used                                          \
    }
#define ONET_EXCEL(id, file, web, title, unit, used)                                                                   \
    {                                                                                                                  \
        id, "onet/db_30_1_excel/" file ".xlsx", "xlsx", &onet_30_1, title,                                             \
            "https://www.onetcenter.org/dl_files/database/db_30_1_excel/" web ".xlsx", "30.1",                         \
            "IlanStrauss/anthropic-onet-crosswalk @ 2d06ed3635f7", unit, used                                          \
    }
#define OEWS(id, file, zip, title, vintage, copy, used)                                                                \
    {                                                                                                                  \
        id, "bls/oews/" file, "oews", &bls, title, "https://www.bls.gov/oes/special-requests/" zip, vintage, copy,     \
            "heads; usd", used                                                                                         \
    }
#define FRED_API(id, series, owner, vintage, commit, title, unit)                                                      \
    {                                                                                                                  \
        "fred_" id "_" vintage, "fred/api-json/" vintage "/" series ".json", "fred_api_json", owner, title,            \
            "https://api.stlouisfed.org/fred/series/observations?series_id=" series                                    \
            "&observation_start=2000-01-01&realtime_start=" vintage "&realtime_end=" vintage "&file_type=json",        \
            vintage, "pansack/us-dashboardv2 @ " commit, unit, "series.csv series_list.csv"                            \
    }
#define GROWTH(vintage, commit)                                                                                        \
    FRED_API("a191rl1q225sbea", "A191RL1Q225SBEA", &fred_bea, vintage, commit, "Real GDP growth, annual rate", "pct")
#define PAYROLLS(vintage, commit)                                                                                      \
    FRED_API("payems", "PAYEMS", &fred_bls, vintage, commit, "All employees, total nonfarm", "thousand_heads")
#define UNEMPLOYMENT(vintage, commit)                                                                                  \
    FRED_API("unrate", "UNRATE", &fred_bls, vintage, commit, "Unemployment rate", "pct")
#define CPI(vintage, commit)                                                                                           \
    FRED_API("cpiaucsl", "CPIAUCSL", &fred_bls, vintage, commit, "Consumer price index, all items", "index_1982_1984")
#define PRODUCTION(vintage, commit)                                                                                    \
    FRED_API("indpro", "INDPRO", &fred_board, vintage, commit, "Industrial production, total index", "index_2017")
#define RETAIL(vintage, commit)                                                                                        \
    FRED_API("rsafs", "RSAFS", &fred_census, vintage, commit, "Advance retail sales, retail and food services",        \
             "usd_mn")
#define FUNDS(vintage, commit)                                                                                         \
    FRED_API("fedfunds", "FEDFUNDS", &fred_board, vintage, commit, "Federal funds effective rate", "pct")
#define FRED_GRAPH(id, folder, vintage, copy)                                                                          \
    {                                                                                                                  \
        id, "fred/fredgraph-csv/" folder "/GDPC1.csv", "fred_graph", &fred_bea,                                        \
            "Real gross domestic product (no date in the file; the vintage is told by its values)",                    \
            "https://fred.stlouisfed.org/graph/fredgraph.csv?id=GDPC1", vintage, copy, "usd_bn",                       \
            "series.csv series_list.csv"                                                                               \
    }
#define LABSTAT(vintage, file, copy)                                                                                   \
    {                                                                                                                  \
        "labstat_pr_" vintage, "bls/labstat/pr/" vintage "/" file, "labstat", &bls,                                    \
            "Major sector productivity and costs", "https://download.bls.gov/pub/time.series/pr/" file, vintage, copy, \
            "index_2017", "series.csv series_list.csv"                                                                 \
    }
#define BEA(id, file, title, address, vintage, unit, used)                                                             \
    {                                                                                                                  \
        id, "bea/" file, "bea_table", &bea, title, address, vintage, "dnlwu/system-shocks @ f34e02e399c8", unit, used  \
    }
#define PRICES(vendor)                                                                                                 \
    {                                                                                                                  \
        "llm_prices_" vendor, "ai-measures/llm-prices/" vendor ".json", "llm_prices", &llm_prices,                     \
            "Token prices by model: " vendor,                                                                          \
            "https://raw.githubusercontent.com/simonw/llm-prices/main/data/" vendor ".json", "2026-08",                \
            "simonw/llm-prices @ 723ef0bd3a62", "usd_per_million_tokens", "token_prices.csv"                           \
    }

static const pg_source sources[] = {
    GPTS("gpts_labels", "full_labelset.tsv", "gpts_labels",
         "Exposure and automation labels of O*NET tasks by people and GPT-4",
         "tasks.csv task_dwas.csv occupations.csv"),
    GPTS("gpts_automation", "automation_gpt4_human_labels.tsv", "gpts_labels",
         "Automation labels: another GPT-4 run, and people for 100 tasks", "tasks.csv"),
    GPTS("gpts_levels", "occ_level.csv", "csv", "Exposure of occupations as published",
         "occupation_levels.csv occupations.csv"),
    GPTS("gpts_contexts", "occupations_onet_work_contexts.csv", "csv", "Four O*NET work contexts by occupation title",
         "occupations.csv"),
    { "onet_ratings_29_3", "onet/derived_task_ratings/task_level_with_freq_importance_relevance.csv", "csv", &onet_29_3,
      "Task importance, relevance and mean frequency, derived from O*NET 29.3 Task Ratings",
      "https://github.com/theodorewright11/aei_data_analysis", "29.3",
      "theodorewright11/aei_data_analysis @ 028ed65b46e3", "importance 1-5; relevance 0-100; times a day",
      "tasks.csv" },
    ONET_TEXT("onet_task_dwas_29_1", "Tasks to DWAs", "Tasks%20to%20DWAs", "Tasks to detailed work activities", "link",
              "task_dwas.csv"),
    ONET_TEXT("onet_dwas_29_1", "DWA Reference", "DWA%20Reference", "Detailed work activities", "name",
              "activities.csv task_dwas.csv"),
    ONET_TEXT("onet_iwas_29_1", "IWA Reference", "IWA%20Reference", "Intermediate work activities", "name",
              "activities.csv"),
    ONET_TEXT("onet_elements_29_1", "Content Model Reference", "Content%20Model%20Reference", "Content model elements",
              "name", "activities.csv"),
    ONET_TEXT("onet_styles_29_1", "Work Styles", "Work%20Styles", "Work styles, importance", "importance 1-5",
              "occupations.csv"),
    ONET_TEXT("onet_zones_29_1", "Job Zones", "Job%20Zones", "Job zones", "zone 1-5", "occupations.csv"),
    ONET_EXCEL("onet_task_dwas_30_1", "Tasks to DWAs", "Tasks%20to%20DWAs", "Tasks to detailed work activities", "link",
               "task_dwas.csv"),
    ONET_EXCEL("onet_skills_30_1", "Skills", "Skills", "Skills, importance and level", "importance 1-5; level 0-7",
               "occupations.csv"),
    OEWS("oews_2021", "national_May2021_dl.csv", "oesm21nat.zip", "OEWS national estimates, saved as CSV", "2021-05",
         "openai/GPTs-are-GPTs @ 0471612fef3c", "oews.csv"),
    OEWS("oews_2022", "national_M2022_dl.xlsx", "oesm22nat.zip", "OEWS national estimates", "2022-05",
         "IlanStrauss/anthropic-onet-crosswalk @ 2d06ed3635f7", "oews.csv"),
    OEWS("oews_2024", "national_M2024_dl.xlsx", "oesm24nat.zip", "OEWS national estimates", "2024-05",
         "IlanStrauss/anthropic-onet-crosswalk @ 2d06ed3635f7", "oews.csv"),
    OEWS("oews_sector_2024", "natsector_M2024_dl.xlsx", "oesm24in4.zip", "OEWS national estimates by sector", "2024-05",
         "victorsrosas/HireSight--Labor-Market-Dashboard @ 4b6172d0798b", "oews_sector.csv"),
    { "oews_combined", "", "", &bls, "OEWS codes that stand for several SOC 2018 codes since May 2021",
      "https://www.bls.gov/oes/", "2021-05", "", "code", "soc_combined.csv" },
    { "soc_2010_2018", "bls/crosswalks/crosswalk_soc2010_to_soc2018.csv", "crosswalk", &bls,
      "SOC 2010 to SOC 2018, saved as CSV", "https://www.bls.gov/soc/2018/soc_2010_to_2018_crosswalk.xlsx", "2018",
      "ignaciourbina/labor-force @ 3c0845084669", "code", "soc_2010_2018.csv" },
    { "onet_soc_2010_2019", "onet/taxonomy/2010_to_2019_soc_crosswalk.csv", "crosswalk", &onet_2019,
      "O*NET-SOC 2010 to O*NET-SOC 2019",
      "https://www.onetcenter.org/taxonomy/2019/walk/2010_to_2019_Crosswalk.csv?fmt=csv", "2019",
      "theodorewright11/aei_data_analysis @ acc374671673", "code", "onet_soc_2010_2019.csv" },
    { "ai_applicability", "ai-measures/working-with-ai/soc_ai_applicability_scores.csv", "csv", &microsoft,
      "AI applicability of occupations", "https://github.com/microsoft/working-with-ai", "2025-10",
      "microsoft/working-with-ai @ 84c4ebacaa39", "share", "ai_applicability.csv" },
    FRED_API("gdp", "GDP", &fred_bea, "2026-03-14", "be57b24f9d45", "Gross domestic product, annual rate", "usd_bn"),
    GROWTH("2026-04-04", "a75d3c8cdd31"),
    GROWTH("2026-04-30", "baba28f24955"),
    GROWTH("2026-06-25", "87ae56e21d33"),
    GROWTH("2026-07-31", "53834463c9c2"),
    PAYROLLS("2026-04-04", "be57b24f9d45"),
    PAYROLLS("2026-06-06", "a9e06ba12aec"),
    PAYROLLS("2026-08-07", "d8fa39afee1b"),
    UNEMPLOYMENT("2026-04-04", "be57b24f9d45"),
    UNEMPLOYMENT("2026-06-06", "a9e06ba12aec"),
    UNEMPLOYMENT("2026-08-07", "d8fa39afee1b"),
    CPI("2026-03-11", "be57b24f9d45"),
    CPI("2026-05-12", "9a13ab890d63"),
    CPI("2026-07-14", "05bb30697c91"),
    CPI("2026-08-12", "23601842a439"),
    PRODUCTION("2026-03-21", "be57b24f9d45"),
    PRODUCTION("2026-05-15", "321d6755a7c3"),
    PRODUCTION("2026-07-17", "748b3fdcfe10"),
    PRODUCTION("2026-08-18", "45a278ad589a"),
    RETAIL("2026-04-04", "be57b24f9d45"),
    RETAIL("2026-05-14", "5d254cc4ec6e"),
    RETAIL("2026-07-17", "9f2e15d0cc6d"),
    RETAIL("2026-08-14", "984751c8175e"),
    FUNDS("2026-04-02", "be57b24f9d45"),
    FUNDS("2026-06-01", "f343e81e6804"),
    FUNDS("2026-08-04", "5f29e3ba4dbb"),
    FRED_GRAPH("fredgraph_gdpc1_2023-09", "2023-preamble", "2023-09", "dsimband/DATA698_FINAL @ e17407fa716f"),
    { "fred_qd_2025-01", "fred/fred-qd/2025-01/FRED-QD.csv", "fred_md", &fred_qd, "FRED-QD quarterly database",
      "https://www.stlouisfed.org/-/media/project/frbstl/stlouisfed/research/fred-md/quarterly/2025-01-qd.csv",
      "2025-01", "cai0920/DataBusters-2025 @ 9294f880907e", "see series_list.csv", "series.csv series_list.csv" },
    FRED_GRAPH("fredgraph_gdpc1_2025-09", "2025", "2025-09", "GongJr0/Econometrics2025-Project @ 853855733f5d"),
    LABSTAT("2025-04", "pr.data.1.AllData", "vipulaga89/Rearc_main @ 36efc8e6286f"),
    LABSTAT("2026-06", "pr.data.0.Current", "kumarvik0401/rearc_data_quest @ 30fa28403340"),
    BEA("bea_value_added", "gdp-by-industry-2022/ValueAdded.xlsx", "GDP by industry: value added",
        "https://apps.bea.gov/industry/Release/XLS/GDPxInd/ValueAdded.xlsx", "2022-12-22", "usd_mn; index_2012",
        "industry_value_added.csv"),
    BEA("bea_gross_output", "gdp-by-industry-2022/GrossOutput.xlsx", "GDP by industry: gross output",
        "https://apps.bea.gov/industry/Release/XLS/GDPxInd/GrossOutput.xlsx", "2022-12-22", "usd_mn",
        "industry_value_added.csv"),
    BEA("bea_use_2021", "input-output-2022/UseMatrices.xlsx",
        "Use of commodities by industries, after redefinitions, producers' prices, summary level, 2021",
        "https://www.bea.gov/itable/input-output", "2022", "usd_mn", "industry_accounts.csv"),
    { "btos_state", "census/btos/State.xlsx", "xlsx", &census, "BTOS estimates by state with standard errors",
      "https://www.census.gov/hfp/btos/downloads/State.xlsx", "2025-06", "ncamic/NC_Capstone @ b115843a8f92",
      "pct of firms; pp", "ai_use_rate.csv" },
    PRICES("amazon"),
    PRICES("deepseek"),
    PRICES("google"),
    PRICES("meta-ai"),
    PRICES("moonshot-ai"),
    PRICES("openai"),
    PRICES("xai"),
};

const pg_source *pg_source_at(size_t i)
{
    return i < sizeof sources / sizeof *sources ? &sources[i] : NULL;
}

size_t pg_source_find(const char *id)
{
    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++)
        if (pg_streq(sources[i].id, id)) return i;
    return PGDP_NONE;
}

const char *pg_source_as_published(const char *id)
{
    static const char *const names[][2] = {
        { "oews_2021", "bls/oews/national_M2021_dl.xlsx" },
        { "soc_2010_2018", "bls/crosswalks/soc_2010_to_2018_crosswalk.xlsx" },
        { "onet_soc_2010_2019", "onet/taxonomy/2010_to_2019_Crosswalk.xlsx" },
    };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (pg_streq(names[i][0], id)) return names[i][1];
    return NULL;
}
