/* read_xlsx.c  Any workbook: every visible sheet a table. Source: ECMA-376 part 1; formats.md 21.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/readers.h"
#include "ingest/sheet.h"
#include "ingest/xls.h"

static int sniff(const pgdp_bytes *head)
{
    return pg_bytes_start(head, PG_WORKBOOK) ? PG_PERHAPS : PG_NOT_OURS;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pg_workbook workbook;
    PG_TRY(pg_any_workbook_read(ctx, in, 0, &workbook));
    for (size_t i = 0; i < workbook.n_sheets; i++)
        PG_TRY(pg_sheet_table(ctx, &workbook.sheets[i], &pg_rules_workbook, out));
    return PGDP_OK;
}

const pgdp_reader pg_read_xlsx = {
    .name = "xlsx",
    .title = "Office Open XML workbook",
    .spec = "ECMA-376 part 1",
    .sniff = sniff,
    .read = read,
};
