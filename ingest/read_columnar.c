/* read_columnar.c  A columnar file of our own. Source: docs/columnar.md.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/columnar.h"
#include "ingest/fill.h"
#include "ingest/readers.h"

static int sniff(const pgdp_bytes *head)
{
    return pg_is_columnar(head->data, head->n) ? PG_SURE + PG_BY_LABEL : PG_NOT_OURS;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    pgdp_frame *frame;
    PG_TRY(pg_columnar_of_bytes(ctx, in->label, in->data, in->n, &frame));
    return pg_dataset_put(ctx, out, frame);
}

const pgdp_reader pg_read_columnar = {
    .name = "columnar",
    .title = "Columnar file of pgdp (.pgdp)",
    .spec = "docs/columnar.md",
    .sniff = sniff,
    .read = read,
};
