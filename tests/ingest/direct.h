/* direct.h  Readers called by themselves: their own words, whatever the runner refuses before them.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_DIRECT_H
#define PGT_DIRECT_H

#include "reading.h"

#include "ingest/dataset.h"

/* The reader that is surest of the bytes. */
static inline const pgdp_reader *surest_reader(const pgdp_bytes *in)
{
    const pgdp_reader *best = NULL, *reader;
    int most = 0;
    for (size_t i = 0; (reader = pgdp_reader_at(i)) != NULL; i++) {
        const int sure = reader->sniff(in);
        if (sure <= most) continue;
        most = sure;
        best = reader;
    }
    return best;
}

/* As the runner does it, once it has let the bytes through. format NULL: by content. */
static inline pgdp_status read_direct(pgdp_ctx *ctx, const char *format, const char *label, const void *bytes, size_t n,
                                      pgdp_dataset **out)
{
    const pgdp_bytes in = { label, bytes, n };
    const pgdp_reader *reader = NULL;
    pgdp_dataset *dataset = NULL;
    if (format == NULL) reader = surest_reader(&in);
    for (size_t i = 0; format != NULL && (reader = pgdp_reader_at(i)) != NULL && strcmp(reader->name, format) != 0; i++)
        ;
    if (reader == NULL) return pg_fail(ctx, PGDP_PARSE, "%s: no reader knows it", label);
    pgdp_status status = pg_dataset_new(ctx, reader->name, &dataset);
    if (status != PGDP_OK) return status;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    status = reader->read(ctx, &in, dataset);
    pg_arena_rewind(&ctx->scratch, mark);
    if (status == PGDP_OK)
        *out = dataset;
    else
        pgdp_dataset_free(dataset);
    return status;
}

#endif
