/* ole.c  A compound file: sectors, the table that chains them, a directory of streams. Source: [MS-CFB] 2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/ole.h"

#include <string.h>

#include "ingest/bytes.h"

enum { HEADER = 512, DIRECT = 109, ENTRY = 128, MINI = 64, CUTOFF = 4096, ROOT = 5, STREAM = 2 };
#define LAST 0xFFFFFFFAu /* sector numbers from here on end a chain, or are free */

typedef struct ole {
    const pgdp_bytes *in;
    size_t sector, n_sectors; /* bytes of one; how many the file has */
    const uint32_t *next;     /* [n_next] the sector after each */
    size_t n_next;
    pgdp_bytes mini;           /* sectors of small streams */
    const uint32_t *mini_next; /* [n_mini_next] */
    size_t n_mini_next;
} ole;

unsigned pg_u16(const unsigned char *p)
{
    return (unsigned)p[0] | (unsigned)p[1] << 8;
}

uint32_t pg_u32(const unsigned char *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

bool pg_is_ole(const pgdp_bytes *in)
{
    return pg_bytes_start(in, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1");
}

static pgdp_status fail(pgdp_ctx *ctx, const ole *o, const char *what)
{
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: this old binary Office file is damaged: %s; fetch it again, or save it as .xlsx", o->in->label,
                   what);
}

/* A sector's bytes, NULL when the file does not hold it whole. */
static const unsigned char *sector_at(const ole *o, uint32_t number)
{
    return number < o->n_sectors ? o->in->data + o->sector * ((size_t)number + 1) : NULL;
}

/* Numbers of the sectors that hold the table of chains: 109 in the header, the rest in a chain of their own. */
static pgdp_status read_table(pgdp_ctx *ctx, ole *o)
{
    const unsigned char *header = o->in->data;
    const size_t each = o->sector / 4, n_tables = pg_u32(header + 44);
    const unsigned char *list = header + 76;
    size_t in_list = DIRECT, k = 0;
    uint32_t more = pg_u32(header + 68), *next;
    if (n_tables > o->n_sectors) return fail(ctx, o, "its table of sectors is longer than the file");
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, n_tables * each, sizeof *next));
    for (size_t i = 0; i < n_tables; i++, k++) {
        if (k == in_list) { /* the last number of a sector of the list is that of the next one */
            list = sector_at(o, more);
            if (list == NULL) return fail(ctx, o, "its table of sectors is cut short");
            in_list = each - 1;
            more = pg_u32(list + 4 * in_list);
            k = 0;
        }
        const unsigned char *table = sector_at(o, pg_u32(list + 4 * k));
        if (table == NULL) return fail(ctx, o, "its table of sectors is cut short");
        for (size_t j = 0; j < each; j++)
            next[i * each + j] = pg_u32(table + 4 * j);
    }
    o->next = next;
    o->n_next = n_tables * each;
    return PGDP_OK;
}

/* All sectors of a chain, one after the other; a chain longer than the file is a ring. */
static pgdp_status read_chain(pgdp_ctx *ctx, const ole *o, uint32_t first, pgdp_bytes *out)
{
    size_t n = 0;
    unsigned char *bytes;
    for (uint32_t s = first; s < LAST; s = o->next[s])
        if (s >= o->n_next || sector_at(o, s) == NULL || ++n > o->n_sectors)
            return fail(ctx, o, "a chain of sectors leaves the file, or never ends");
    PG_TRY_ALLOC(ctx, bytes, pg_arena_alloc(&ctx->scratch, n, o->sector));
    *out = (pgdp_bytes){ o->in->label, bytes, n * o->sector };
    for (uint32_t s = first; s < LAST; s = o->next[s], bytes += o->sector)
        memcpy(bytes, sector_at(o, s), o->sector);
    return PGDP_OK;
}

static pgdp_status read_small(pgdp_ctx *ctx, const ole *o, uint32_t first, pgdp_bytes *out)
{
    const size_t most = o->mini.n / MINI;
    size_t n = 0;
    unsigned char *bytes;
    for (uint32_t s = first; s < LAST; s = o->mini_next[s])
        if (s >= o->n_mini_next || s >= most || ++n > most)
            return fail(ctx, o, "a chain of small sectors leaves the file, or never ends");
    PG_TRY_ALLOC(ctx, bytes, pg_arena_alloc(&ctx->scratch, n, MINI));
    *out = (pgdp_bytes){ o->in->label, bytes, n * MINI };
    for (uint32_t s = first; s < LAST; s = o->mini_next[s], bytes += MINI)
        memcpy(bytes, o->mini.data + (size_t)s * MINI, MINI);
    return PGDP_OK;
}

static pgdp_status read_mini_table(pgdp_ctx *ctx, ole *o, uint32_t first)
{
    pgdp_bytes table;
    uint32_t *next;
    PG_TRY(read_chain(ctx, o, first, &table));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, table.n / 4, sizeof *next));
    for (size_t i = 0; i < table.n / 4; i++)
        next[i] = pg_u32(table.data + 4 * i);
    o->mini_next = next;
    o->n_mini_next = table.n / 4;
    return PGDP_OK;
}

/* Names are UTF-16. */
static bool is_called(const unsigned char *entry, const char *name)
{
    const size_t n = strlen(name);
    if (pg_u16(entry + 64) != 2 * (n + 1)) return false;
    for (size_t i = 0; i <= n; i++)
        if (pg_u16(entry + 2 * i) != (unsigned char)name[i]) return false;
    return true;
}

static const unsigned char *find_entry(const pgdp_bytes *directory, const char *name)
{
    for (size_t i = 0; i + ENTRY <= directory->n; i += ENTRY)
        if (directory->data[i + 66] == STREAM && is_called(directory->data + i, name)) return directory->data + i;
    return NULL;
}

static pgdp_status read_stream(pgdp_ctx *ctx, ole *o, const pgdp_bytes *directory, const unsigned char *entry,
                               pgdp_bytes *out)
{
    const uint32_t first = pg_u32(entry + 116), size = pg_u32(entry + 120);
    if (size >= CUTOFF) {
        PG_TRY(read_chain(ctx, o, first, out));
    } else {
        if (directory->n < ENTRY || directory->data[66] != ROOT) return fail(ctx, o, "its directory has no root");
        PG_TRY(read_chain(ctx, o, pg_u32(directory->data + 116), &o->mini));
        PG_TRY(read_mini_table(ctx, o, pg_u32(o->in->data + 60)));
        PG_TRY(read_small(ctx, o, first, out));
    }
    if (out->n < size) return fail(ctx, o, "it is cut short");
    out->n = size;
    return PGDP_OK;
}

pgdp_status pg_ole_stream(pgdp_ctx *ctx, const pgdp_bytes *in, const char *const *names, pgdp_bytes *out)
{
    ole o = { .in = in };
    pgdp_bytes directory;
    if (in->n < HEADER) return fail(ctx, &o, "it is cut short");
    const unsigned shift = pg_u16(in->data + 30);
    if ((shift != 9 && shift != 12) || pg_u16(in->data + 32) != 6)
        return fail(ctx, &o, "its sectors have no known size");
    o.sector = (size_t)1 << shift;
    o.n_sectors = in->n / o.sector; /* the header takes one; a last part of a sector is none */
    o.n_sectors -= o.n_sectors > 0;
    PG_TRY(read_table(ctx, &o));
    PG_TRY(read_chain(ctx, &o, pg_u32(in->data + 48), &directory));
    *out = (pgdp_bytes){ .label = in->label };
    for (size_t i = 0; names[i] != NULL; i++) {
        const unsigned char *entry = find_entry(&directory, names[i]);
        if (entry != NULL) return read_stream(ctx, &o, &directory, entry, out);
    }
    return PGDP_OK;
}
