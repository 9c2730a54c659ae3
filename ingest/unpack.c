/* unpack.c  gzip (RFC 1952) by zlib and zstd (RFC 8878) by libzstd; several members after another are one text.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/unpack.h"

#include <limits.h>
#include <string.h>
#define ZLIB_CONST /* what it reads stays const */
#include <zlib.h>
#include <zstd.h>

#include "core/text.h"
#include "pgdp/file.h"

enum {
    MOST_RATIO = 200,      /* reliability: a file that unpacks to more is a bomb ... */
    SURELY_FINE = 1 << 24, /* ... unless what comes out is small */
};
#define MOST_BYTES ((size_t)1 << 32)

struct pg_unpacker {
    pgdp_allocator allocator;
    const pgdp_bytes *in;
    size_t taken, given;
    bool in_member; /* a member has begun and not ended */
    bool is_zstd;
    z_stream gzip;
    ZSTD_DStream *zstd;
};

static bool is_zstd(const unsigned char *p, size_t n)
{
    return n >= 4 && memcmp(p, "\x28\xb5\x2f\xfd", 4) == 0;
}

static bool is_gzip(const unsigned char *p, size_t n)
{
    return n >= 2 && p[0] == 0x1f && p[1] == 0x8b;
}

bool pg_is_packed(const pgdp_bytes *in)
{
    return is_gzip(in->data, in->n) || is_zstd(in->data, in->n);
}

const char *pg_unpacked_label(pg_arena *arena, const char *label)
{
    const size_t n = strlen(label);
    return pg_arena_strndup(arena, label, n - (pg_ends_with(label, ".gz") ? 3 : pg_ends_with(label, ".zst") ? 4 : 0));
}

static void *take_memory(void *user, unsigned n, unsigned size)
{
    const pgdp_allocator *a = user;
    return a->realloc(a->user, NULL, (size_t)n * size);
}

static void give_memory(void *user, void *p)
{
    const pgdp_allocator *a = user;
    (void)a->realloc(a->user, p, 0);
}

pgdp_status pg_unpacker_new(pgdp_ctx *ctx, const pgdp_bytes *in, pg_unpacker **out)
{
    pg_unpacker *u;
    PG_TRY_ALLOC(ctx, u, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *u));
    *u = (pg_unpacker){ .allocator = ctx->allocator, .in = in, .is_zstd = is_zstd(in->data, in->n) };
    u->gzip.zalloc = take_memory;
    u->gzip.zfree = give_memory;
    u->gzip.opaque = &u->allocator;
    if (u->is_zstd) u->zstd = ZSTD_createDStream();
    const bool ready = u->is_zstd ? u->zstd != NULL : inflateInit2(&u->gzip, 15 + 16) == Z_OK;
    if (!ready) {
        pg_unpacker_free(u);
        return pg_no_memory(ctx);
    }
    *out = u;
    return PGDP_OK;
}

void pg_unpacker_free(pg_unpacker *u)
{
    if (u == NULL) return;
    if (u->is_zstd)
        (void)ZSTD_freeDStream(u->zstd);
    else
        (void)inflateEnd(&u->gzip);
    const pgdp_allocator allocator = u->allocator;
    (void)allocator.realloc(allocator.user, u, 0);
}

size_t pg_unpacker_taken(const pg_unpacker *u)
{
    return u->taken;
}

static pgdp_status fail_damaged(pgdp_ctx *ctx, const pg_unpacker *u)
{
    return pg_fail(ctx, PGDP_PARSE, "%s: the compressed data are damaged near byte %zu; fetch the file again",
                   u->in->label, u->taken);
}

/* Some more bytes of the member under way. */
static pgdp_status step_gzip(pgdp_ctx *ctx, pg_unpacker *u, unsigned char *bytes, size_t n, size_t *got)
{
    z_stream *z = &u->gzip;
    const size_t left = u->in->n - u->taken;
    z->next_in = u->in->data + u->taken;
    z->avail_in = left < UINT_MAX ? (unsigned)left : UINT_MAX;
    z->next_out = bytes;
    z->avail_out = n < UINT_MAX ? (unsigned)n : UINT_MAX;
    const unsigned had = z->avail_in, room = z->avail_out;
    const int code = inflate(z, Z_NO_FLUSH);
    u->taken += had - z->avail_in;
    *got = room - z->avail_out;
    u->in_member = code != Z_STREAM_END;
    if (code == Z_MEM_ERROR) return pg_no_memory(ctx);
    if (code == Z_STREAM_END) return inflateReset(z) == Z_OK ? PGDP_OK : fail_damaged(ctx, u);
    return code == Z_OK || code == Z_BUF_ERROR ? PGDP_OK : fail_damaged(ctx, u);
}

static pgdp_status step_zstd(pgdp_ctx *ctx, pg_unpacker *u, unsigned char *bytes, size_t n, size_t *got)
{
    ZSTD_inBuffer in = { u->in->data, u->in->n, u->taken };
    ZSTD_outBuffer out = { bytes, n, 0 };
    const size_t code = ZSTD_decompressStream(u->zstd, &out, &in);
    u->taken = in.pos;
    *got = out.pos;
    u->in_member = code != 0;
    return ZSTD_isError(code) ? fail_damaged(ctx, u) : PGDP_OK;
}

static pgdp_status check_ratio(pgdp_ctx *ctx, const pg_unpacker *u)
{
    if (u->given <= SURELY_FINE || u->given / MOST_RATIO <= u->taken) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: the compressed data unpack to over %d times their size, as no real table does; unpack the file "
                   "yourself if you trust it",
                   u->in->label, MOST_RATIO);
}

/* Between members: the next one, or nothing but zeros, with which tapes pad. */
static pgdp_status begin_member(pgdp_ctx *ctx, pg_unpacker *u, bool *ended)
{
    const unsigned char *p = u->in->data + u->taken;
    const size_t left = u->in->n - u->taken;
    size_t zeros = 0;
    *ended = false;
    if (u->is_zstd ? left >= 4 && (is_zstd(p, left) || (p[0] & 0xf0) == 0x50) : is_gzip(p, left)) return PGDP_OK;
    while (zeros < left && p[zeros] == 0)
        zeros++;
    *ended = zeros == left && u->taken > 0;
    return *ended ? PGDP_OK
                  : pg_fail(ctx, PGDP_PARSE,
                            "%s: found bytes after the compressed data, from byte %zu; fetch the file again",
                            u->in->label, u->taken);
}

pgdp_status pg_unpacker_read(pgdp_ctx *ctx, pg_unpacker *u, unsigned char *bytes, size_t n, size_t *got)
{
    *got = 0;
    while (*got < n) {
        size_t part = 0;
        bool ended;
        if (!u->in_member) {
            PG_TRY(begin_member(ctx, u, &ended));
            if (ended) return PGDP_OK;
        }
        const size_t before = u->taken;
        PG_TRY((u->is_zstd ? step_zstd : step_gzip)(ctx, u, bytes + *got, n - *got, &part));
        *got += part;
        u->given += part;
        PG_TRY(check_ratio(ctx, u));
        if (u->in_member && part == 0 && u->taken == before)
            return pg_fail(ctx, PGDP_PARSE, "%s: the compressed data end too early, at byte %zu; fetch the file again",
                           u->in->label, u->in->n);
    }
    return PGDP_OK;
}

static pgdp_status unpack_all(pgdp_ctx *ctx, pg_unpacker *u, unsigned char **bytes, size_t *n)
{
    size_t capacity = 0, got = 0;
    for (*n = 0; *n == capacity; *n += got) {
        capacity = capacity == 0 ? 4 * u->in->n + 4096 : 2 * capacity;
        unsigned char *more = ctx->allocator.realloc(ctx->allocator.user, *bytes, capacity);
        if (more == NULL) return pg_no_memory(ctx);
        *bytes = more;
        if (*n > MOST_BYTES)
            return pg_fail(ctx, PGDP_PARSE, "%s: more than 4 GiB of unpacked text; use 'pgdp data convert' on it first",
                           u->in->label);
        PG_TRY(pg_unpacker_read(ctx, u, *bytes + *n, capacity - *n, &got));
    }
    return PGDP_OK;
}

pgdp_status pg_unpack(pgdp_ctx *ctx, const pgdp_bytes *in, unsigned char **bytes, size_t *n)
{
    pg_unpacker *u;
    PG_TRY(pg_unpacker_new(ctx, in, &u));
    *bytes = NULL;
    const pgdp_status status = unpack_all(ctx, u, bytes, n);
    pg_unpacker_free(u);
    if (status == PGDP_OK) return PGDP_OK;
    pgdp_file_release(ctx, *bytes);
    *bytes = NULL;
    return status;
}
