/* fuzz_ingest.c  Any bytes to any reader, the first byte choosing which: a dataset that can be shown, or a sentence.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/ingest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static pgdp_status discard(void *user, const void *bytes, size_t n)
{
    (void)user;
    (void)bytes;
    (void)n;
    return PGDP_OK;
}

/** 0: found by content; else the reader of that number. */
static const char *format_of(uint8_t byte)
{
    size_t n = 0;
    while (pgdp_reader_at(n) != NULL)
        n++;
    const size_t i = byte % (n + 1);
    return i == 0 ? NULL : pgdp_reader_at(i - 1)->name;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    const pgdp_bytes in = { "fuzz.csv", data + 1, size - 1 };
    const pgdp_sink sink = { discard, NULL };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = NULL;
    if (ctx == NULL) return 0;
    if (pgdp_ingest(ctx, format_of(data[0]), &in, &dataset) == PGDP_OK) {
        if (pgdp_dataset_n_tables(dataset) == 0) abort();
        if (pgdp_dataset_show(ctx, dataset, true, &sink) != PGDP_OK) abort();
        if (pgdp_dataset_show(ctx, dataset, false, &sink) != PGDP_OK) abort();
    } else if (dataset != NULL || strlen(pgdp_ctx_error(ctx)) < 10) {
        abort();
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    return 0;
}
