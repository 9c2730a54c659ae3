/* xls_records.c  Texts of a binary workbook: counts, widths, and texts that run on in the next record. Source: [MS-XLS]
 * 2.4.58, 2.4.265, 2.5.293, 2.5.294. SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/xls_records.h"

#include <string.h>

#include "ingest/bytes.h"
#include "ingest/ole.h"

enum { CONTINUE = 0x3C, WIDE = 1, PHONETIC = 4, RICH = 8 };

bool pg_record_at(const pgdp_bytes *stream, size_t at, pg_record *out)
{
    if (at > stream->n || stream->n - at < 4) return false;
    const size_t n = pg_u16(stream->data + at + 2);
    if (stream->n - at - 4 < n) return false;
    *out = (pg_record){ pg_u16(stream->data + at), stream->data + at + 4, n, at + 4 + n };
    return true;
}

static void add_point(pg_text *to, uint32_t point)
{
    if (point == 0) return; /* no text of ours holds NUL */
    if (point < 0x80) {
        pg_text_add_char(to, (char)point);
        return;
    }
    char bytes[4];
    size_t n = 0;
    if (point >= 0x10000) {
        bytes[n++] = (char)(0xF0 | point >> 18);
        bytes[n++] = (char)(0x80 | (point >> 12 & 0x3F));
        bytes[n++] = (char)(0x80 | (point >> 6 & 0x3F));
    } else if (point >= 0x800) {
        bytes[n++] = (char)(0xE0 | point >> 12);
        bytes[n++] = (char)(0x80 | (point >> 6 & 0x3F));
    } else {
        bytes[n++] = (char)(0xC0 | point >> 6);
    }
    bytes[n++] = (char)(0x80 | (point & 0x3F));
    pg_text_add_bytes(to, bytes, n);
}

/* UTF-16 comes in units, a pair for what is beyond 16 bits; *high keeps the first of a pair. */
static void add_unit(pg_text *to, unsigned unit, unsigned *high)
{
    const bool first = unit >= 0xD800 && unit < 0xDC00, second = unit >= 0xDC00 && unit < 0xE000;
    if (second && *high != 0)
        add_point(to, 0x10000 + ((*high - 0xD800) << 10) + (unit - 0xDC00));
    else if (second || (*high != 0 && !second))
        add_point(to, 0xFFFD); /* half a pair */
    if (!first && !second) add_point(to, unit);
    *high = first ? unit : 0;
}

bool pg_record_text(const unsigned char *p, size_t n, pg_text_form form, pg_text *to)
{
    const size_t head = form.wide_count ? 2 : 1;
    if (n < head + !form.old) return false;
    const size_t count = form.wide_count ? pg_u16(p) : p[0];
    const bool wide = !form.old && (p[head] & WIDE) != 0;
    unsigned high = 0;
    p += head + !form.old;
    n -= head + !form.old;
    if (count * (wide ? 2 : 1) > n) return false;
    for (size_t i = 0; i < count; i++)
        if (wide)
            add_unit(to, pg_u16(p + 2 * i), &high);
        else
            add_point(to, form.old ? pg_windows_1252(p[i]) : p[i]);
    return !to->failed;
}

/* Bytes of the table, record after record. */
typedef struct run {
    const pgdp_bytes *stream;
    pg_record record;
    size_t at;
    bool cut; /* asked for more than there is */
} run;

/* Bytes left in this record; at its end the next one, when it continues. */
static size_t left(run *r)
{
    pg_record next;
    while (r->at == r->record.n && !r->cut) {
        r->cut = !pg_record_at(r->stream, r->record.next, &next) || next.id != CONTINUE;
        if (!r->cut) r->record = next, r->at = 0;
    }
    return r->cut ? 0 : r->record.n - r->at;
}

static unsigned take_byte(run *r)
{
    return left(r) == 0 ? 0 : r->record.p[r->at++];
}

static unsigned take_u16(run *r)
{
    const unsigned low = take_byte(r);
    return low | take_byte(r) << 8;
}

static void skip(run *r, size_t n)
{
    while (n > 0 && left(r) > 0) {
        const size_t step = n < left(r) ? n : left(r);
        r->at += step;
        n -= step;
    }
}

/* Characters; where they run on in the next record, that begins with their width anew. */
static void take_characters(run *r, size_t count, bool wide, pg_text *to)
{
    unsigned high = 0;
    for (; count > 0 && !r->cut; count--) {
        if (r->at == r->record.n) wide = (take_byte(r) & WIDE) != 0;
        add_unit(to, wide ? take_u16(r) : take_byte(r), &high);
    }
}

static void take_text(run *r, pg_text *to)
{
    const size_t count = take_u16(r);
    const unsigned flags = take_byte(r);
    const size_t runs = (flags & RICH) == 0 ? 0 : take_u16(r);
    size_t extra = 0;
    if ((flags & PHONETIC) != 0) {
        extra = take_u16(r);
        extra |= (size_t)take_u16(r) << 16;
    }
    take_characters(r, count, (flags & WIDE) != 0, to);
    skip(r, 4 * runs);
    skip(r, extra);
}

pgdp_status pg_shared_texts(pgdp_ctx *ctx, const pgdp_bytes *stream, const pg_record *first, pg_shared_text **out,
                            size_t *n)
{
    run r = { .stream = stream, .record = *first };
    size_t capacity = 0;
    pg_text text;
    pg_text_init(&text, &ctx->scratch);
    skip(&r, 4);
    const size_t count = take_u16(&r) | (size_t)take_u16(&r) << 16;
    for (*n = 0; *n < count; ++*n) { /* the count is a claim: memory follows what is there */
        if (*n == capacity) {
            PG_TRY_ALLOC(ctx, *out, pg_arena_grow(&ctx->scratch, *out, capacity, 2 * capacity + 64, sizeof **out));
            capacity = 2 * capacity + 64;
        }
        pg_text_clear(&text);
        take_text(&r, &text);
        if (text.failed) return pg_no_memory(ctx);
        if (r.cut) return pg_fail(ctx, PGDP_PARSE, "its table of texts is cut short");
        PG_TRY_ALLOC(ctx, (*out)[*n].text, pg_arena_strndup(&ctx->scratch, text.n == 0 ? "" : text.data, text.n));
        (*out)[*n].length = text.n;
    }
    return PGDP_OK;
}
