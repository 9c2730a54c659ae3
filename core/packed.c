/* packed.c  Numbers and texts as bytes and back: packed.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/packed.h"

#include <string.h>

void pg_pack_bytes(pg_text *to, const void *bytes, size_t n)
{
    pg_text_add_bytes(to, bytes, n);
}

void pg_pack_size(pg_text *to, size_t n)
{
    const uint64_t wide = n;
    pg_pack_bytes(to, &wide, sizeof wide);
}

/* Its length and 1, so that 0 is none. */
void pg_pack_text(pg_text *to, const char *text)
{
    const size_t n = text == NULL ? 0 : strlen(text) + 1;
    pg_pack_size(to, n);
    if (n > 1) pg_pack_bytes(to, text, n - 1);
}

void pg_pack_reals(pg_text *to, const double *x, size_t n)
{
    pg_pack_size(to, x != NULL);
    if (x != NULL) pg_pack_bytes(to, x, n * sizeof *x);
}

static bool lacks(pg_packed *from, size_t n)
{
    from->bad = from->bad || (size_t)(from->end - from->at) < n;
    return from->bad;
}

void pg_unpack_bytes(pg_packed *from, void *to, size_t n)
{
    if (lacks(from, n))
        memset(to, 0, n);
    else
        memcpy(to, from->at, n);
    if (!from->bad) from->at += n;
}

size_t pg_unpack_size(pg_packed *from)
{
    uint64_t n;
    pg_unpack_bytes(from, &n, sizeof n);
    from->bad = from->bad || n > SIZE_MAX / 2;
    return from->bad ? 0 : (size_t)n;
}

pgdp_status pg_unpack_text(pgdp_ctx *ctx, pg_packed *from, pg_arena *arena, const char **out)
{
    const size_t n = pg_unpack_size(from);
    *out = NULL;
    if (n == 0 || lacks(from, n - 1)) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(arena, (const char *)from->at, n - 1));
    from->at += n - 1;
    return PGDP_OK;
}

pgdp_status pg_unpack_reals(pgdp_ctx *ctx, pg_packed *from, pg_arena *arena, size_t n, double **out)
{
    *out = NULL;
    if (pg_unpack_size(from) == 0) return PGDP_OK;
    from->bad = from->bad || n > SIZE_MAX / sizeof **out;
    if (from->bad || lacks(from, n * sizeof **out)) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(arena, n, sizeof **out));
    pg_unpack_bytes(from, *out, n * sizeof **out);
    return PGDP_OK;
}
