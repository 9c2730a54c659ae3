/* read_spss.c  SPSS system files (.sav, .zsav) and portable files (.por). Source: PSPP manual, System File Format and
 * Portable File Format. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/readers.h"
#include "ingest/statistics_table.h"

static int sniff(const pgdp_bytes *head)
{
    const pg_statistics_kind kind = pg_statistics_kind_of(head);
    return kind == PG_SPSS || kind == PG_SPSS_PORTABLE ? PG_SURE : PG_NOT_OURS;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const bool portable = pg_statistics_kind_of(in) == PG_SPSS_PORTABLE;
    const pg_statistics_source source = { .kind = portable ? PG_SPSS_PORTABLE : PG_SPSS,
                                          .label = in->label,
                                          .head = *in };
    return pg_statistics_table(ctx, &source, out);
}

const pgdp_reader pg_read_spss = {
    .name = "spss",
    .title = "SPSS data, system or portable file",
    .spec = "PSPP developers' guide, System File Format; Portable File Format",
    .sniff = sniff,
    .read = read,
};
