/* fuzz_readers.c  Any bytes to one reader: a dataset that can be shown, or a sentence. The program's name chooses:
 * fuzz_reader_NAME, or fuzz_reader_any for the one found by content. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/ingest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *format; /* NULL: by content */

int LLVMFuzzerInitialize(int *argc, char ***argv)
{
    static const char before[] = "fuzz_reader_";
    const char *name = strstr((*argv)[0], before);
    (void)argc;
    if (name == NULL) abort();
    name += sizeof before - 1;
    if (strcmp(name, "any") == 0) return 0;
    for (size_t i = 0; pgdp_reader_at(i) != NULL; i++)
        if (strcmp(pgdp_reader_at(i)->name, name) == 0) format = name;
    if (format == NULL) abort(); /* no such reader */
    return 0;
}

static pgdp_status discard(void *user, const void *bytes, size_t n)
{
    (void)user;
    (void)bytes;
    (void)n;
    return PGDP_OK;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const pgdp_bytes in = { "fuzz.csv", data, size };
    const pgdp_sink sink = { discard, NULL };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = NULL;
    if (ctx == NULL) return 0;
    if (pgdp_ingest(ctx, format, &in, &dataset) == PGDP_OK) {
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
