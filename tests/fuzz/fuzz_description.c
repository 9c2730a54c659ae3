/* fuzz_description.c  Any description beside any CSV file, parted by the first NUL: a table that can be shown, or a
 * sentence. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/load.h"

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

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const unsigned char *end = size == 0 ? NULL : memchr(data, '\0', size);
    if (end == NULL) return 0;
    const pgdp_load how = { .format = NULL };
    const pgdp_sink sink = { discard, NULL };
    const size_t n = (size_t)(end - data);
    const pg_origin origin = { .in = { "fuzz.csv", end + 1, size - n - 1 }, .description = { "fuzz.csv", data, n } };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = NULL;
    if (ctx == NULL) return 0;
    if (pg_ingest(ctx, &how, &origin, &dataset) == PGDP_OK) {
        if (pgdp_dataset_show(ctx, dataset, true, &sink) != PGDP_OK) abort();
    } else if (dataset != NULL || strlen(pgdp_ctx_error(ctx)) < 10) {
        abort();
    }
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    return 0;
}
