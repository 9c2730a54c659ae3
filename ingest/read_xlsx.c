/* read_xlsx.c  Any workbook: every visible sheet a table. Source: ECMA-376 part 1; formats.md 21.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "ingest/build.h"
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

/* ---- a workbook of ours ---- */

typedef struct described {
    pgdp_dataset *out;
    size_t n_others;
    bool found;
} described;

static bool is_described(const described *d, const pg_sheet *sheet)
{
    const char *url = d->out->schema->url;
    return url[0] == '#' && pg_streq(url + 1, sheet->name);
}

static pgdp_status pass(pgdp_ctx *ctx, void *user, const pg_taker *rows)
{
    pg_sheet *sheet = user;
    return sheet->pass(ctx, sheet, rows);
}

static pgdp_status take_described(pgdp_ctx *ctx, void *user, pg_sheet *sheet)
{
    described *d = user;
    pgdp_frame *frame;
    if (!is_described(d, sheet)) {
        d->n_others++;
        return PGDP_OK;
    }
    const pg_rules rules = pg_rules_described(d->out->schema, true);
    const char *label = sheet->grid.label;
    const pg_row_source rows = { label, pass, sheet };
    d->found = true;
    PG_TRY(pg_dataset_add(ctx, d->out, sheet->name, &frame));
    PG_TRY(pg_build_rows(ctx, &rows, &rules, frame));
    return pg_schema_apply(ctx, label, d->out->schema, frame);
}

static pgdp_status take_other(pgdp_ctx *ctx, void *user, pg_sheet *sheet)
{
    const described *d = user;
    return is_described(d, sheet) ? PGDP_OK : take_sheet(ctx, d->out, sheet);
}

/* The sheet that pgdp wrote, then those that people have added. */
static pgdp_status read_described(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    described d = { .out = out };
    PG_TRY(pg_workbook_stream(ctx, in, &(pg_sheets_taker){ take_described, &d, true }));
    if (!d.found) return pg_fail(ctx, PGDP_PARSE, "%s: found no sheet that the description names", in->label);
    return d.n_others == 0 ? PGDP_OK : pg_workbook_stream(ctx, in, &(pg_sheets_taker){ take_other, &d, false });
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    if (out->schema != NULL) return read_described(ctx, in, out);
    return pg_any_workbook_stream(ctx, in, &(pg_sheets_taker){ take_sheet, out, false });
}

const pgdp_reader pg_read_xlsx = {
    .name = "xlsx",
    .title = "Office Open XML workbook",
    .spec = "ECMA-376 part 1",
    .sniff = sniff,
    .read = read,
};
