/* fuzz_http.c  Any bytes as a packed body, and as a text that may hold a key (first line: the key).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/gunzip.h"
#include "net/request.h"

#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { MOST = 1 << 20 };

static void hide(pgdp_ctx *ctx, char *text)
{
    char *end = strchr(text, '\n');
    if (end == NULL) return;
    *end = '\0';
    const pg_http_field key = { "key", text, true };
    const pg_http_request request = { .url = "https://example.org/", .query = &key, .n_query = 1 };
    const char *shown = pg_request_hide(&ctx->scratch, &request, end + 1);
    if (shown == NULL) return;
    if (strcmp(shown, end + 1) != 0 && !pg_request_betrays(&request, end + 1)) abort();
    /* an address of ours shows its key in neither form */
    const char *address = pg_request_address(&ctx->scratch, &request, false);
    if (text[0] != '\0' && address != NULL && !pg_request_betrays(&request, address)) abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char *text = malloc(size + 1);
    if (ctx != NULL && text != NULL) {
        unsigned char *out;
        size_t n;
        if (pg_gunzip(&ctx->scratch, data, size, MOST, &out, &n) == PG_GUNZIP_WHOLE && (n > MOST || out[n] != '\0'))
            abort();
        if (size > 0) memcpy(text, data, size);
        text[size] = '\0';
        hide(ctx, text);
    }
    free(text);
    pgdp_ctx_free(ctx);
    return 0;
}
