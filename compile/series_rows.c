/* series_rows.c  The list of macro series. Source of titles, units and adjustment: FRED series pages, the FRED-QD
 * appendix, BLS productivity handbook (series PRS85006mmd: nonfarm business, all persons, measure mm, d = 3 the index).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "compile/series_rows.h"

#define SA     "seasonally_adjusted"
#define NSA    "not_seasonally_adjusted"
#define Q      "quarterly"
#define M      "monthly"
#define CP     "current_prices"
#define CV     "chained_volume"

#define GDP_CP "Gross domestic product, annual rate", "usd_bn", CP, SA, Q
#define GDP_CV "Real gross domestic product, chained 2017 dollars, annual rate", "usd_bn", CV, SA, Q
#define GROWTH(vintage)                                                                                                \
    {                                                                                                                  \
        "fred_a191rl1q225sbea_" vintage, "A191RL1Q225SBEA",                                                            \
            "Real gross domestic product, percent change from preceding quarter, annual rate", "pct", CV, SA, Q        \
    }
#define PAYROLLS(vintage)                                                                                              \
    {                                                                                                                  \
        "fred_payems_" vintage, "PAYEMS", "All employees, total nonfarm", "thousand_heads", "", SA, M                  \
    }
#define UNEMPLOYMENT(vintage)                                                                                          \
    {                                                                                                                  \
        "fred_unrate_" vintage, "UNRATE", "Unemployment rate", "pct", "", SA, M                                        \
    }
#define CPI(vintage)                                                                                                   \
    {                                                                                                                  \
        "fred_cpiaucsl_" vintage, "CPIAUCSL",                                                                          \
            "Consumer price index for all urban consumers, all items, U.S. city average", "index_1982_1984", "", SA, M \
    }
#define PRODUCTION(vintage)                                                                                            \
    {                                                                                                                  \
        "fred_indpro_" vintage, "INDPRO", "Industrial production, total index", "index_2017", "", SA, M                \
    }
#define RETAIL(vintage)                                                                                                \
    {                                                                                                                  \
        "fred_rsafs_" vintage, "RSAFS", "Advance retail sales: retail trade and food services", "usd_mn", CP, SA, M    \
    }
#define FUNDS(vintage)                                                                                                 \
    {                                                                                                                  \
        "fred_fedfunds_" vintage, "FEDFUNDS", "Federal funds effective rate, monthly average", "pct", "", NSA, M       \
    }
#define QD(series, title, unit, basis)                                                                                 \
    {                                                                                                                  \
        "fred_qd_2025-01", series, title, unit, basis, SA, Q                                                           \
    }
#define NONFARM(vintage, measure, title, basis)                                                                        \
    {                                                                                                                  \
        "labstat_pr_" vintage, "PRS85006" measure "3", "Nonfarm business sector: " title, "index_2017", basis, SA, Q   \
    }
#define PRODUCTIVITY_AND_COSTS(vintage)                                                                                \
    NONFARM(vintage, "01", "employment", ""), NONFARM(vintage, "03", "hours worked", ""),                              \
        NONFARM(vintage, "04", "real value-added output", CV),                                                         \
        NONFARM(vintage, "05", "value-added output in current dollars", CP),                                           \
        NONFARM(vintage, "06", "labor compensation", CP),                                                              \
        NONFARM(vintage, "09", "labor productivity (output per hour)", CV),                                            \
        NONFARM(vintage, "10", "hourly compensation", CP), NONFARM(vintage, "11", "unit labor costs", CP),             \
        NONFARM(vintage, "13", "unit nonlabor payments", CP),                                                          \
        NONFARM(vintage, "14", "value-added output price deflator", ""),                                               \
        NONFARM(vintage, "15", "real hourly compensation", ""), NONFARM(vintage, "17", "labor share", "")

static const pg_series_row rows[] = {
    { "fred_gdp_2026-03-14", "GDP", GDP_CP },
    GROWTH("2026-04-04"),
    GROWTH("2026-04-30"),
    GROWTH("2026-06-25"),
    GROWTH("2026-07-31"),
    PAYROLLS("2026-04-04"),
    PAYROLLS("2026-06-06"),
    PAYROLLS("2026-08-07"),
    UNEMPLOYMENT("2026-04-04"),
    UNEMPLOYMENT("2026-06-06"),
    UNEMPLOYMENT("2026-08-07"),
    CPI("2026-03-11"),
    CPI("2026-05-12"),
    CPI("2026-07-14"),
    CPI("2026-08-12"),
    PRODUCTION("2026-03-21"),
    PRODUCTION("2026-05-15"),
    PRODUCTION("2026-07-17"),
    PRODUCTION("2026-08-18"),
    RETAIL("2026-04-04"),
    RETAIL("2026-05-14"),
    RETAIL("2026-07-17"),
    RETAIL("2026-08-14"),
    FUNDS("2026-04-02"),
    FUNDS("2026-06-01"),
    FUNDS("2026-08-04"),
    { "fredgraph_gdpc1_2023-09", "GDPC1", GDP_CV },
    { "fred_qd_2025-01", "GDPC1", GDP_CV },
    QD("GDPCTPI", "Gross domestic product: chain-type price index", "index_2017", ""),
    QD("PCECTPI", "Personal consumption expenditures: chain-type price index", "index_2017", ""),
    QD("DSERRG3Q086SBEA", "Personal consumption expenditures, services: chain-type price index", "index_2017", ""),
    QD("PCECC96", "Real personal consumption expenditures, chained 2017 dollars, annual rate", "usd_bn", CV),
    QD("PNFIx", "Private fixed investment, nonresidential, deflated with PCECTPI by FRED-QD, annual rate", "usd_bn",
       CV),
    QD("Y033RC1Q027SBEAx",
       "Private fixed investment, nonresidential equipment (not software), deflated with PCECTPI by FRED-QD, annual "
       "rate",
       "usd_bn", CV),
    QD("OUTNFB", "Nonfarm business sector: real value-added output", "index_2017", CV),
    QD("HOANBS", "Nonfarm business sector: hours worked", "index_2017", ""),
    QD("OPHNFB", "Nonfarm business sector: labor productivity (output per hour)", "index_2017", CV),
    QD("COMPRNFB", "Nonfarm business sector: real hourly compensation", "index_2017", ""),
    QD("ULCNFB", "Nonfarm business sector: unit labor costs", "index_2017", CP),
    QD("UNLPNBS", "Nonfarm business sector: unit nonlabor payments", "index_2017", CP),
    QD("PAYEMS", "All employees, total nonfarm, quarterly average", "thousand_heads", ""),
    QD("UNRATE", "Unemployment rate, quarterly average", "pct", ""),
    { "fredgraph_gdpc1_2025-09", "GDPC1", GDP_CV },
    PRODUCTIVITY_AND_COSTS("2025-04"),
    PRODUCTIVITY_AND_COSTS("2026-06"),
};

const pg_series_row *pg_series_at(size_t i)
{
    return i < sizeof rows / sizeof *rows ? &rows[i] : NULL;
}
