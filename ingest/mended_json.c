/* mended_json.c  JSON as the BEA sends it: notes with raw line breaks, stray backslashes, other encodings.
 * Source: https://github.com/us-bea/bea.R, issue 5; formats.md 11. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/mended_json.h"

#include <string.h>

/* Is this backslash the beginning of an escape? */
static bool is_escape(const unsigned char *at, const unsigned char *end)
{
    if (at + 1 >= end) return false;
    if (at[1] != 'u') return strchr("\"\\/bfnrt", at[1]) != NULL && at[1] != '\0';
    for (size_t i = 2; i < 6; i++)
        if (at + i >= end || strchr("0123456789abcdefABCDEF", at[i]) == NULL || at[i] == '\0') return false;
    return true;
}

/* `out` has room for twice the text. */
static size_t mend(const pgdp_bytes *in, unsigned char *out, size_t *n_mended)
{
    const unsigned char *end = in->data + in->n;
    bool inside = false;
    size_t n = 0;
    for (const unsigned char *at = in->data; at < end; at++) {
        const bool control = inside && *at < ' ' && *at != '\0', stray = inside && *at == '\\' && !is_escape(at, end);
        const bool escape = inside && *at == '\\' && !stray;
        if (*at == '"') inside = !inside;
        *n_mended += control || stray;
        if (stray) out[n++] = '\\';
        out[n++] = control ? ' ' : *at;
        if (escape) out[n++] = *++at;
    }
    return n;
}

pgdp_status pg_mended_json(pgdp_ctx *ctx, const pgdp_bytes *in, pg_json_document **out, size_t *n_mended)
{
    pgdp_bytes text;
    const char *note = NULL;
    unsigned char *copy;
    char error[sizeof ctx->error];
    *n_mended = 0;
    PG_TRY(pg_bytes_as_text(ctx, in, NULL, &text, &note));
    const pgdp_status status = pg_json_parse(ctx, in->label, text.data, text.n, out);
    *n_mended = note == NULL ? 0 : 1;
    if (status != PGDP_PARSE) return status;
    memcpy(error, ctx->error, sizeof error);
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, 2 * text.n, 1));
    const size_t before = *n_mended, n = mend(&text, copy, n_mended);
    if (*n_mended > before && pg_json_parse(ctx, in->label, copy, n, out) == PGDP_OK) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s", error); /* where the text as it came went wrong */
}
