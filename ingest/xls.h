/* xls.h  Old binary workbooks (Excel 5 to 2003) as grids of cells. Source: [MS-XLS].
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_XLS_H
#define PG_XLS_H

#include "ingest/xlsx.h"

/** Whether the bytes are a workbook of either kind: the other readers of workbooks see no difference. */
bool pg_is_workbook(const pgdp_bytes *in);
/** Read the visible sheets of a workbook of either kind, as pg_workbook_read() has it. */
pgdp_status pg_any_workbook_read(pgdp_ctx *ctx, const pgdp_bytes *in, size_t max_rows, pg_workbook *out);
/** The same as pg_workbook_stream() has it; sheets of old workbooks come with all their rows, at most 65,536. */
pgdp_status pg_any_workbook_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_sheets_taker *taker);

#endif
