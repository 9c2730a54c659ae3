/* read_dta.c  Stata datasets, formats 104 to 119. Source: Stata manual [P] File formats .dta.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/readers.h"
#include "ingest/statistics_table.h"

static int sniff(const pgdp_bytes *head)
{
    return pg_statistics_kind_of(head) == PG_STATA ? PG_SURE : PG_NOT_OURS;
}

/* Since format 117 a file says where it ends: ReadStat takes labels that are cut off for no labels. */
static pgdp_status check_end(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    static const char end[] = "</stata_dta>";
    const size_t n = sizeof end - 1;
    if (!pg_bytes_start(in, "<stata_dta>")) return PGDP_OK;
    for (size_t i = in->n; i >= n && in->n - i < 16; i--)
        if (memcmp(in->data + i - n, end, n) == 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: this Stata file ends before its closing tag, at byte %zu; fetch it again",
                   in->label, in->n);
}

/* Format 119 splits its references to long texts otherwise than 118 does, which ReadStat 1.1.8 does not know: it would
 * answer with empty texts. */
static pgdp_status refuse_long_texts_of_119(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    static const char none[] = "<strls></strls>";
    if (!pg_bytes_start(in, "<stata_dta><header><release>119") || pg_bytes_hold(in, in->n, none)) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: this Stata file of format 119 has long texts (strL), which are not read right; save it with "
                   "fewer than 32,768 variables (format 118), or turn the texts into str2045",
                   in->label);
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_statistics_source source = { .kind = PG_STATA, .label = in->label, .head = *in };
    PG_TRY(check_end(ctx, in));
    PG_TRY(refuse_long_texts_of_119(ctx, in));
    return pg_statistics_table(ctx, &source, out);
}

const pgdp_reader pg_read_dta = {
    .name = "dta",
    .title = "Stata dataset",
    .spec = "Stata Data Management Reference Manual, File formats .dta (releases 104 to 119)",
    .sniff = sniff,
    .read = read,
};
