/* workbook_text.c  Text as a workbook may hold it. Source: ECMA-376 part 1, 22.9.2.19 (ST_Xstring); reliability.md 5.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/text.h"
#include "reports/writers.h"

enum { LONGEST = 32767 };
#define REPLACEMENT "\xEF\xBF\xBD" /* U+FFFD */

static bool is_hex(char c)
{
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'F') || (c >= 'a' && c <= 'f');
}

/* "_x0041_" at p would be read back as "A". */
static bool is_escape(const char *p)
{
    return p[0] == '_' && p[1] == 'x' && is_hex(p[2]) && is_hex(p[3]) && is_hex(p[4]) && is_hex(p[5]) && p[6] == '_';
}

static bool is_control(unsigned char c)
{
    return (c < 0x20 && c != '\t' && c != '\n') || c == 0x7F;
}

/* U+FFFE and U+FFFF are valid UTF-8 and not XML. */
static bool is_no_character(const char *p)
{
    return (unsigned char)p[0] == 0xEF && (unsigned char)p[1] == 0xBF && ((unsigned char)p[2] & 0xFE) == 0xBE;
}

static size_t bytes_of(unsigned char lead)
{
    if (lead < 0x80) return 1;
    if (lead < 0xE0) return 2;
    return lead < 0xF0 ? 3 : 4;
}

const char *pg_workbook_text(pgdp_ctx *ctx, const char *text)
{
    pg_text out;
    size_t n = strlen(text), units = 0; /* UTF-16 units, which is what is limited */
    pg_text_init(&out, &ctx->scratch);
    while (n > 0 && units < LONGEST - 8) {
        const size_t valid = pg_utf8_valid(text, n < 4 ? n : 4), size = bytes_of((unsigned char)*text);
        if (valid == 0 || valid < size) {
            pg_text_add(&out, REPLACEMENT);
            text++, n--, units++;
            continue;
        }
        if (is_control((unsigned char)*text) || (size == 3 && is_no_character(text))) {
            pg_text_add(&out, *text == '\r' ? "" : REPLACEMENT);
        } else if (is_escape(text)) {
            pg_text_add(&out, "_x005F_"); /* reads as "_"; "x0041_" follows as it is */
            units += 6;
        } else {
            pg_text_add_bytes(&out, text, size);
        }
        if (out.failed) return NULL;
        units += size == 4 ? 2 : 1;
        text += size;
        n -= size;
    }
    if (n > 0) pg_text_add(&out, "...");
    return out.failed ? NULL : out.data;
}

static void add_markup(pg_text *out, const char *text, size_t size)
{
    if (*text == '&')
        pg_text_add(out, "&amp;");
    else if (*text == '<')
        pg_text_add(out, "&lt;");
    else if (*text == '>')
        pg_text_add(out, "&gt;");
    else if (*text == '\r')
        pg_text_add(out, "_x000D_"); /* XML would make a line feed of it */
    else
        pg_text_add_bytes(out, text, size);
}

bool pg_workbook_markup(pg_text *out, const char *text)
{
    const size_t n = strlen(text);
    size_t units = 0;
    if (pg_utf8_valid(text, n) < n) return false;
    for (const char *end = text + n; text < end;) {
        const size_t size = bytes_of((unsigned char)*text);
        if ((*text != '\r' && is_control((unsigned char)*text)) || (size == 3 && is_no_character(text))) return false;
        if (is_escape(text)) pg_text_add(out, "_x005F");
        add_markup(out, text, size);
        units += size == 4 ? 2 : 1;
        text += size;
    }
    return units <= LONGEST;
}

void pg_workbook_json(pg_text *out, const char *json)
{
    for (const char *end = json + strlen(json); json < end;) {
        const size_t size = bytes_of((unsigned char)*json);
        if (size == 3 && is_no_character(json))
            pg_text_addf(out, "\\u%s", (unsigned char)json[2] == 0xBE ? "FFFE" : "FFFF"); /* it stands in a string */
        else
            add_markup(out, json, size);
        json += size;
    }
}
