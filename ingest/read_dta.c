/* read_dta.c  Stata datasets, formats 104 to 119. Source: Stata manual [P] File formats .dta.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "ingest/readers.h"
#include "ingest/statistics_table.h"

enum { HEADER_BYTES = 4096, STRLS = 10 }; /* where tags of the header are; the section's place in the map */

static int sniff(const pgdp_bytes *head)
{
    return pg_statistics_kind_of(head) == PG_STATA ? PG_SURE : PG_NOT_OURS;
}

/* Since format 117 a file says where it ends: ReadStat takes labels that are cut off for no labels. */
static pgdp_status check_end(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    static const char end[] = "</stata_dta>";
    const size_t n = sizeof end - 1;
    if (!pg_bytes_start(in, "<stata_dta>")) return PGDP_OK;
    for (size_t i = in->n; i >= n && in->n - i < 16; i--)
        if (memcmp(in->data + i - n, end, n) == 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE, "%s: this Stata file ends before its closing tag, at byte %zu; fetch it again",
                   in->label, in->n);
}

/* Format 119 splits its references to long texts otherwise than 118 does, which ReadStat 1.1.8 does not know: it would
 * answer with empty texts. */
static pgdp_status refuse_long_texts_of_119(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    static const char none[] = "<strls></strls>";
    if (!pg_bytes_start(in, "<stata_dta><header><release>119") || pg_bytes_hold(in, in->n, none)) return PGDP_OK;
    return pg_fail(ctx, PGDP_PARSE,
                   "%s: this Stata file of format 119 has long texts (strL), which are not read right; save it with "
                   "fewer than 32,768 variables (format 118), or turn the texts into str2045",
                   in->label);
}

static uint64_t number_at(const unsigned char *p, size_t n_bytes, bool big)
{
    uint64_t value = 0;
    for (size_t i = 0; i < n_bytes; i++)
        value = value << 8 | p[big ? i : n_bytes - 1 - i];
    return value;
}

static const unsigned char *find(const pgdp_bytes *in, const char *tag)
{
    const size_t n = strlen(tag), end = in->n < HEADER_BYTES ? in->n : HEADER_BYTES;
    for (size_t i = 0; i + n <= end; i++)
        if (memcmp(in->data + i, tag, n) == 0) return in->data + i + n;
    return NULL;
}

/* A long text ends with NUL, which ReadStat 1.1.8 relies on without looking. */
static pgdp_status check_long_texts(pgdp_ctx *ctx, const pgdp_bytes *in)
{
    static const char tag[] = "<strls>";
    const unsigned char *map = find(in, "<map>"), *order = find(in, "<byteorder>");
    const bool old = pg_bytes_start(in, "<stata_dta><header><release>117");
    const size_t reference = old ? 8 : 12, head = 3 + reference + 1 + 4;
    if (!pg_bytes_start(in, "<stata_dta>") || map == NULL || order == NULL) return PGDP_OK;
    if ((size_t)(in->data + in->n - map) < (size_t)8 * (STRLS + 1)) return PGDP_OK; /* ReadStat refuses it */
    const bool big = order[0] == 'M';
    const uint64_t offset = number_at(map + (size_t)8 * STRLS, 8, big);
    if (offset > in->n || in->n - offset < sizeof tag - 1) return PGDP_OK;
    for (size_t at = (size_t)offset + sizeof tag - 1; in->n - at >= head && memcmp(in->data + at, "GSO", 3) == 0;) {
        const uint64_t n = number_at(in->data + at + head - 4, 4, big);
        if (n > in->n - at - head) return PGDP_OK;
        if (n == 0 || in->data[at + head + n - 1] != '\0')
            return pg_fail(
                ctx, PGDP_PARSE,
                "%s: the long text (strL) at byte %zu is binary, or damaged: it does not end with NUL; drop the "
                "variable or save the file anew",
                in->label, at);
        at += head + (size_t)n;
    }
    return PGDP_OK;
}

static pgdp_status read(pgdp_ctx *ctx, const pgdp_bytes *in, pgdp_dataset *out)
{
    const pg_statistics_source source = { .kind = PG_STATA, .label = in->label, .head = *in };
    PG_TRY(check_end(ctx, in));
    PG_TRY(refuse_long_texts_of_119(ctx, in));
    PG_TRY(check_long_texts(ctx, in));
    return pg_statistics_table(ctx, &source, out);
}

const pgdp_reader pg_read_dta = {
    .name = "dta",
    .title = "Stata dataset",
    .spec = "Stata Data Management Reference Manual, File formats .dta (releases 104 to 119)",
    .sniff = sniff,
    .read = read,
};
