/* xlsx_parts.h  The parts of a workbook that its sheets refer to.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_XLSX_PARTS_H
#define PG_XLSX_PARTS_H

#include "core/text.h"
#include "ingest/xlsx.h"
#include "ingest/xml.h"
#include "ingest/zip.h"

typedef struct pg_string {
    const char *text;
    size_t length;
} pg_string;
/** Shared strings in their order, and which cell styles show a date. */
typedef struct pg_lookups {
    pg_string *strings;
    size_t n_strings, strings_capacity;
    bool *date_styles;
    size_t n_styles;
    bool date1904;
    bool exact; /**< of pg_sheets_taker */
} pg_lookups;

/** Stream a part through a parser. */
pgdp_status pg_part_parse(pgdp_ctx *ctx, pg_zip *zip, size_t part, const pg_xml_handlers *handlers, void *user);
pgdp_status pg_strings_read(pgdp_ctx *ctx, pg_zip *zip, size_t part, pg_lookups *out);
pgdp_status pg_styles_read(pgdp_ctx *ctx, pg_zip *zip, size_t part, pg_lookups *out);
pgdp_status pg_sheet_read(pgdp_ctx *ctx, pg_zip *zip, size_t part, const pg_lookups *lookups, size_t max_rows,
                          pg_sheet *out);

/** A workbook's text to ours, in place: _x000D_ escapes decoded, blanks at the end dropped unless the reading is exact.
 * @return the new length */
size_t pg_xlsx_text(const pg_lookups *lookups, char *text, size_t n);

#endif
