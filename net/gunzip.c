/* gunzip.c  gzip by zlib, every member of it. Source: RFC 1952.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "net/gunzip.h"

#include <limits.h>
#define ZLIB_CONST /* what it reads stays const */
#include <zlib.h>

enum { GZIP = 15 + 16 /* inflateInit2(): the largest window, gzip's header and checksum */ };

static void *take_memory(void *user, unsigned n, unsigned size)
{
    return pg_arena_alloc(user, n, size);
}

static void leave_memory(void *user, void *p) /* the arena's owner frees it */
{
    (void)user, (void)p;
}

/* @return whether there is room for one more byte and the NUL */
static bool make_room(pg_arena *arena, unsigned char **out, size_t n_out, size_t *capacity)
{
    if (n_out + 1 < *capacity) return true;
    unsigned char *grown = pg_arena_grow(arena, *out, *capacity, 2 * *capacity, 1);
    if (grown == NULL) return false;
    *out = grown;
    *capacity *= 2;
    return true;
}

static unsigned part(size_t n)
{
    return n < UINT_MAX ? (unsigned)n : UINT_MAX;
}

pg_gunzipped pg_gunzip(pg_arena *arena, const unsigned char *packed, size_t n, size_t most, unsigned char **out,
                       size_t *n_out)
{
    size_t capacity = 4 * n + 64, taken = 0;
    z_stream z = { .zalloc = take_memory, .zfree = leave_memory, .opaque = arena };
    if (inflateInit2(&z, GZIP) != Z_OK) return PG_GUNZIP_NO_MEMORY;
    *out = pg_arena_alloc(arena, capacity, 1);
    *n_out = 0;
    if (*out == NULL) return PG_GUNZIP_NO_MEMORY;
    for (;;) {
        if (*n_out > most) return PG_GUNZIP_TOO_LARGE;
        if (!make_room(arena, out, *n_out, &capacity)) return PG_GUNZIP_NO_MEMORY;
        const unsigned had = part(n - taken), room = part(capacity - *n_out - 1);
        z.next_in = packed + taken;
        z.avail_in = had;
        z.next_out = *out + *n_out;
        z.avail_out = room;
        const int code = inflate(&z, Z_NO_FLUSH);
        taken += had - z.avail_in;
        *n_out += room - z.avail_out;
        if (code == Z_MEM_ERROR) return PG_GUNZIP_NO_MEMORY;
        if (code == Z_STREAM_END && taken == n) break;
        if (code == Z_STREAM_END ? inflateReset(&z) != Z_OK : code != Z_OK) return PG_GUNZIP_DAMAGED;
    }
    (*out)[*n_out] = '\0';
    return *n_out > most ? PG_GUNZIP_TOO_LARGE : PG_GUNZIP_WHOLE;
}
