/* bytes.c  Kinds of files told by their first bytes, and Windows-1252 to UTF-8. Source: formats.md 0.1 and 0.2.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/bytes.h"

#include <string.h>

#include "core/parallel.h"
#include "core/text.h"

enum { CHECKED = 1 << 22 }; /* bytes of a block of the check for UTF-8 */

bool pg_bytes_start(const pgdp_bytes *in, const char *text)
{
    const size_t n = strlen(text);
    return in->n >= n && memcmp(in->data, text, n) == 0;
}

static size_t first_line(const pgdp_bytes *in)
{
    const unsigned char *end = in->n == 0 ? NULL : memchr(in->data, '\n', in->n);
    return end == NULL ? in->n : (size_t)(end - in->data);
}

bool pg_bytes_hold(const pgdp_bytes *in, size_t n, const char *text)
{
    const size_t length = strlen(text), end = n == 0 ? first_line(in) : n < in->n ? n : in->n;
    for (size_t i = 0; i + length <= end; i++)
        if (in->data[i] == (unsigned char)text[0] && memcmp(in->data + i, text, length) == 0) return true;
    return false;
}

const char *pg_base_name(const char *label)
{
    const char *slash = strrchr(label, '/');
    return slash == NULL ? label : slash + 1;
}

static bool is_empty(const pgdp_bytes *in)
{
    return in->n == 0;
}

static bool is_lfs_pointer(const pgdp_bytes *in)
{
    return pg_bytes_start(in, "version https://git-lfs");
}

static bool is_encrypted(const pgdp_bytes *in)
{
    static const char name[] = "E\0n\0c\0r\0y\0p\0t\0e\0d\0P\0a\0c\0k\0a\0g\0e";
    if (!pg_bytes_start(in, "\xd0\xcf\x11\xe0")) return false;
    for (size_t i = 0; i + sizeof name <= in->n; i++)
        if (in->data[i] == 'E' && memcmp(in->data + i, name, sizeof name - 1) == 0) return true;
    return false;
}

static bool is_utf16(const pgdp_bytes *in)
{
    return pg_bytes_start(in, "\xff\xfe") || pg_bytes_start(in, "\xfe\xff");
}

static bool is_gzip(const pgdp_bytes *in)
{
    return pg_bytes_start(in, "\x1f\x8b");
}

static bool is_pdf(const pgdp_bytes *in)
{
    return pg_bytes_start(in, "%PDF-");
}

/* Markup that does not declare itself XML; Stata files since format 117 only look like it. */
static bool is_html(const pgdp_bytes *in)
{
    size_t i = pg_bytes_start(in, "\xef\xbb\xbf") ? 3 : 0;
    while (i < in->n && (in->data[i] == ' ' || in->data[i] == '\t' || in->data[i] == '\r' || in->data[i] == '\n'))
        i++;
    if (i == in->n || in->data[i] != '<') return false;
    const pgdp_bytes rest = { in->label, in->data + i, in->n - i };
    if (pg_bytes_start(&rest, "<stata_dta>")) return false;
    return !pg_bytes_start(&rest, "<?xml") || pg_bytes_hold(&rest, 1024, "<html");
}

static const struct {
    bool (*is)(const pgdp_bytes *in);
    const char *sentence;
} kinds[] = {
    { is_empty, "the file is empty (0 bytes): a refused or broken download; fetch it again" },
    { is_lfs_pointer, "this is a Git LFS pointer, not the file it stands for; fetch the file itself (git lfs pull)" },
    { is_encrypted, "this workbook is encrypted; open it with its password and save it without" },
    { is_utf16, "this text is UTF-16, expected UTF-8; save it as UTF-8" },
    { is_gzip, "this file is compressed twice; unpack it first (gunzip)" },
    { is_pdf, "this is a PDF, not data; fetch the table as CSV or .xlsx" },
    { is_html, "the site answered with a web page, not data; look at the file in a browser and fetch the data again" },
};

pgdp_status pg_bytes_refuse(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].is(in)) return pg_fail(ctx, PGDP_PARSE, "%s: %s", in->label, kinds[i].sentence);
    return PGDP_OK;
}

/* Code points of the bytes 80-9F; those that Windows-1252 leaves open stand for themselves. */
static const uint16_t windows_1252[32] = {
    0x20AC, 0x0081, 0x201A, 0x0192, 0x201E, 0x2026, 0x2020, 0x2021, 0x02C6, 0x2030, 0x0160,
    0x2039, 0x0152, 0x008D, 0x017D, 0x008F, 0x0090, 0x2018, 0x2019, 0x201C, 0x201D, 0x2022,
    0x2013, 0x2014, 0x02DC, 0x2122, 0x0161, 0x203A, 0x0153, 0x009D, 0x017E, 0x0178,
};

unsigned pg_windows_1252(unsigned char byte)
{
    return byte >= 0x80 && byte < 0xA0 ? windows_1252[byte - 0x80] : byte;
}

/* At most three bytes of UTF-8. */
static size_t put_utf8(unsigned char *out, unsigned point)
{
    if (point < 0x80) {
        out[0] = (unsigned char)point;
        return 1;
    }
    if (point < 0x800) {
        out[0] = (unsigned char)(0xC0 | point >> 6);
        out[1] = (unsigned char)(0x80 | (point & 0x3F));
        return 2;
    }
    out[0] = (unsigned char)(0xE0 | point >> 12);
    out[1] = (unsigned char)(0x80 | (point >> 6 & 0x3F));
    out[2] = (unsigned char)(0x80 | (point & 0x3F));
    return 3;
}

/* Bytes up to the first that is not ASCII, in steps of eight. */
static size_t ascii_prefix(const unsigned char *bytes, size_t n)
{
    size_t i = 0;
    for (uint64_t word; i + sizeof word <= n; i += sizeof word) {
        memcpy(&word, bytes + i, sizeof word);
        if ((word & 0x8080808080808080u) != 0) break;
    }
    return i;
}

/* Blocks of text that are looked at one by one; a character that a block's border cuts belongs to the one before. */
typedef struct checking {
    const pgdp_bytes *in;
    const pg_mapping *mapping;
    bool *invalid; /* by block */
} checking;

static size_t character_start(const pgdp_bytes *in, size_t i)
{
    for (size_t k = 0; k < 3 && i < in->n && (in->data[i] & 0xC0) == 0x80; k++)
        i++;
    return i;
}

static pgdp_status check_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const checking *c = user;
    const pg_range range = pg_block_range(c->in->n, CHECKED, block);
    const size_t first = block == 0 ? 0 : character_start(c->in, range.first), end = character_start(c->in, range.end);
    (void)ctx;
    if (first >= end) return PGDP_OK;
    const size_t ascii = ascii_prefix(c->in->data + first, end - first), rest = end - first - ascii;
    c->invalid[block] = pg_utf8_valid((const char *)c->in->data + first + ascii, rest) != rest;
    if (c->mapping != NULL) pg_mapping_forget(c->mapping, c->in->data + range.first, range.end - range.first);
    return PGDP_OK;
}

static pgdp_status is_utf8(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_mapping *mapping, bool *valid)
{
    const size_t n_blocks = pg_n_blocks(in->n, CHECKED);
    checking c = { .in = in, .mapping = mapping };
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, c.invalid, pg_arena_alloc(&ctx->scratch, n_blocks, sizeof *c.invalid));
    PG_TRY(pg_parallel(ctx, NULL, n_blocks, check_block, &c));
    *valid = true;
    for (size_t i = 0; i < n_blocks; i++)
        *valid = *valid && !c.invalid[i];
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_bytes_as_text(pgdp_ctx *ctx, const pgdp_bytes *in, const pg_mapping *mapping, pgdp_bytes *out,
                             const char **note)
{
    bool valid = true;
    *out = *in;
    *note = NULL;
    if (pg_bytes_start(in, "\xef\xbb\xbf")) {
        out->data += 3;
        out->n -= 3;
    }
    PG_TRY(is_utf8(ctx, out, mapping, &valid));
    if (valid) return PGDP_OK;
    unsigned char *copy;
    PG_TRY_ALLOC(ctx, copy, pg_arena_alloc(&ctx->scratch, out->n, 3));
    size_t n = 0;
    for (size_t i = 0; i < out->n; i++)
        n += put_utf8(copy + n, pg_windows_1252(out->data[i]));
    out->data = copy;
    out->n = n;
    *note = "read as Windows-1252, since it is not valid UTF-8";
    return PGDP_OK;
}
