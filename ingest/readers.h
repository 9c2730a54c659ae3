/* readers.h  The list of source formats, and what their readers share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_READERS_H
#define PG_READERS_H

#include "ingest/bytes.h"
#include "ingest/dataset.h"

/** Each name has a constant pg_read_NAME in ingest/read_NAME.c. */
#define PG_READERS(X)                                                                                                  \
    X(csv)                                                                                                             \
    X(xlsx)                                                                                                            \
    X(fred_graph)                                                                                                      \
    X(fred_api_json)                                                                                                   \
    X(fred_api_xml)                                                                                                    \
    X(fred_release)                                                                                                    \
    X(fred_lists)                                                                                                      \
    X(fred_md)                                                                                                         \
    X(fred_md_stationary)                                                                                              \
    X(fred_md_no_outliers)                                                                                             \
    X(fed_ddp)                                                                                                         \
    X(labstat)                                                                                                         \
    X(bls_api_json)                                                                                                    \
    X(bls_data_tool)                                                                                                   \
    X(bls_productivity)                                                                                                \
    X(ep)                                                                                                              \
    X(oews)                                                                                                            \
    X(onet_text)                                                                                                       \
    X(crosswalk)                                                                                                       \
    X(gpts_labels)                                                                                                     \
    X(aioe)                                                                                                            \
    X(aei)                                                                                                             \
    X(aei_flat)                                                                                                        \
    X(working_with_ai)                                                                                                 \
    X(btos)                                                                                                            \
    X(btos_supplement)                                                                                                 \
    X(bea_table)                                                                                                       \
    X(bea_gdplev)                                                                                                      \
    X(bea_api_json)                                                                                                    \
    X(census_api)                                                                                                      \
    X(nipa_flat)                                                                                                       \
    X(llm_prices)                                                                                                      \
    X(litellm)                                                                                                         \
    X(openrouter)                                                                                                      \
    X(json_records)                                                                                                    \
    X(columnar)                                                                                                        \
    X(nist)                                                                                                            \
    X(dta)                                                                                                             \
    X(sas)                                                                                                             \
    X(spss)

#define PG_DECLARE(name) extern const pgdp_reader pg_read_##name;
PG_READERS(PG_DECLARE)
#undef PG_DECLARE

/**
 * How sure a reader is. The label adds at most PG_BY_LABEL, so it decides only between equals.
 * A workbook is shown to sniff as text: PG_WORKBOOK, then for each visible sheet "#sheet NAME" and its first rows,
 * cells parted by TAB.
 */
enum { PG_NOT_OURS = 0, PG_BY_LABEL = 9, PG_PERHAPS = 10, PG_LIKELY = 50, PG_SURE = 90 };
#define PG_WORKBOOK "#workbook\n"

#endif
