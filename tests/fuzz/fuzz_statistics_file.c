/* fuzz_statistics_file.c  Any bytes as a file of Stata, SAS or SPSS, the first byte choosing which: a table, or a
 * sentence. SPDX-License-Identifier: GPL-3.0-or-later */
#include "pgdp/ingest.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* ReadStat 1.1.8 leaks a variable of a transport file that it refuses half-way. */
const char *__lsan_default_suppressions(void);
const char *__lsan_default_suppressions(void)
{
    return "leak:libreadstat";
}

/* What each kind must begin with to get past the door; the bytes follow. */
static const struct {
    const char *format, *begin;
    size_t n;
} kinds[] = {
    { "dta", "", 0 },
    { "dta", "<stata_dta><header><release>118</release><byteorder>LSF</byteorder>", 67 },
    { "spss", "$FL2", 4 },
    { "spss", "$FL3", 4 },
    { "sas", "HEADER RECORD*******LIBRARY HEADER RECORD!!!!!!!", 48 },
    { "sas", "\0\0\0\0\0\0\0\0\0\0\0\0\xc2\xea\x81\x60\xb3\x14\x11\xcf\xbd\x92\x08\0\x09\xc7\x31\x8c\x18\x1f\x10\x11",
      32 },
    { NULL, "", 0 },
};

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0) return 0;
    const size_t kind = data[0] % (sizeof kinds / sizeof *kinds), n = kinds[kind].n + size - 1;
    unsigned char *bytes = malloc(n + 1);
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_dataset *dataset = NULL;
    if (ctx == NULL || bytes == NULL) abort();
    memcpy(bytes, kinds[kind].begin, kinds[kind].n);
    if (size > 1) memcpy(bytes + kinds[kind].n, data + 1, size - 1);
    const pgdp_bytes in = { "fuzz", bytes, n };
    const pgdp_status status = pgdp_ingest(ctx, kinds[kind].format, &in, &dataset);
    if ((status == PGDP_OK) != (dataset != NULL)) abort();
    if (status != PGDP_OK && strlen(pgdp_ctx_error(ctx)) < 10) abort();
    pgdp_dataset_free(dataset);
    pgdp_ctx_free(ctx);
    free(bytes);
    return 0;
}
