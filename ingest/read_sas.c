/* read_sas.c  SAS datasets (.sas7bdat) and transport files (.xpt), one table a member. Source: SAS TS-140 and its
 * successor for version 8; ReadStat for .sas7bdat. SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/readers.h"
#include "ingest/statistics_table.h"

enum { RECORD = 80, LIBRARY = 3 * RECORD }; /* bytes of a transport file's line, and of the library's header */

static int sniff(const pgdp_bytes *head)
{
    const pg_statistics_kind kind = pg_statistics_kind_of(head);
    return kind == PG_SAS || kind == PG_SAS_TRANSPORT ? PG_SURE : PG_NOT_OURS;
}

static bool begins_member(const unsigned char *record)
{
    return memcmp(record, "HEADER RECORD*******MEMBER  HEADER RECORD!!!!!!!", 48) == 0 ||
           memcmp(record, "HEADER RECORD*******MEMBV8  HEADER RECORD!!!!!!!", 48) == 0;
}

/* Where the member after the one at `start` begins; the end when there is none. */
static size_t next_member(const pgdp_bytes *in, size_t start)
{
    size_t at = start + RECORD;
    while (at + RECORD <= in->n && !begins_member(in->data + at))
        at += RECORD;
    return at + RECORD <= in->n ? at : in->n;
}

/* ReadStat reads one member a file: each is shown to it behind the library's header. */
static pgdp_status read_transport(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    if (in->n < LIBRARY + RECORD || in->n % RECORD != 0 || !begins_member(in->data + LIBRARY))
        return pg_fail(ctx, PGDP_PARSE,
                       "%s: this SAS transport file of %zu bytes is cut short, expected records of %d bytes and a "
                       "member after the library; fetch it again in binary mode",
                       in->label, in->n, RECORD);
    for (size_t start = LIBRARY, end; start < in->n; start = end) {
        end = next_member(in, start);
        const pg_statistics_source source = { .kind = PG_SAS_TRANSPORT,
                                              .label = in->label,
                                              .head = { in->label, in->data, LIBRARY },
                                              .body = { in->label, in->data + start, end - start } };
        PG_TRY(pg_statistics_table(ctx, &source, out));
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_statistics_source source = { .kind = PG_SAS, .label = in->label, .head = *in };
    if (pg_statistics_kind_of(in) == PG_SAS_TRANSPORT) return read_transport(ctx, in, out);
    return pg_statistics_table(ctx, &source, out);
}

const pgdp_reader pg_read_sas = {
    .name = "sas",
    .title = "SAS dataset or transport file",
    .spec = "SAS TS-140, Record Layout of a SAS Data Set in SAS Transport Format; ReadStat 1.1 for .sas7bdat",
    .sniff = sniff,
    .read = read,
};
