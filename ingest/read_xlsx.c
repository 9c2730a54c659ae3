/* read_xlsx.c  Any workbook: every visible sheet a table. Source: ECMA-376 part 1; formats.md 21.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

static int sniff(const pgdp_bytes *head)
{
    return pg_bytes_start(head, PG_WORKBOOK) ? PG_PERHAPS : PG_NOT_OURS;
}

static pgdp_status take_sheet(pgdp_ctx *ctx, void *user, pg_sheet *sheet)
{
    return pg_sheet_table(ctx, sheet, &pg_rules_workbook, user);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    return pg_any_workbook_stream(ctx, in, &(pg_sheets_taker){ take_sheet, out });
}

const pgdp_reader pg_read_xlsx = {
    .name = "xlsx",
    .title = "Office Open XML workbook",
    .spec = "ECMA-376 part 1",
    .sniff = sniff,
    .read = read,
};
