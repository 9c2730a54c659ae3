/* xlsx_lookups.c  Shared strings and cell styles of a workbook. Source: ECMA-376 part 1, sections 18.4 and 18.8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include <string.h>

#include "core/number.h"
#include "ingest/serial.h"
#include "ingest/xlsx_parts.h"

enum { STRINGS = 16 * 1024 * 1024, STRING_BYTES = 4 * 32767 + 1024, STYLES = 65536 };

typedef struct strings_state {
    pgdp_ctx *ctx;
    pg_lookups *out;
    pg_text text;    /* of the item under way */
    bool wanted;     /* inside t */
    size_t phonetic; /* inside rPh, whose t is a reading aid */
} strings_state;

static int hex_digit(char c)
{
    if (c >= '0' && c <= '9') return c - '0';
    if (c >= 'a' && c <= 'f') return c - 'a' + 10;
    return c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

/* The unit of "_xHHHH_" at s, or -1. */
static int escaped_unit(const char *s, size_t n)
{
    if (n < 7 || s[0] != '_' || s[1] != 'x' || s[6] != '_') return -1;
    int unit = 0;
    for (size_t i = 2; i < 6; i++) {
        if (hex_digit(s[i]) < 0) return -1;
        unit = 16 * unit + hex_digit(s[i]);
    }
    return unit;
}

size_t pg_xlsx_text(const pg_lookups *lookups, char *text, size_t n)
{
    size_t length = 0;
    for (size_t i = 0; i < n; i++) {
        const int unit = text[i] == '_' ? escaped_unit(text + i, n - i) : -1;
        if (unit <= 0 || unit >= 0x80) { /* escapes stand for control characters; others stay as they are */
            text[length++] = text[i];
        } else {
            text[length++] = (char)unit;
            i += 6;
        }
    }
    while (
        !lookups->exact && length > 0 &&
        (text[length - 1] == ' ' || text[length - 1] == '\n' || text[length - 1] == '\r' || text[length - 1] == '\t'))
        length--;
    text[length] = '\0';
    return length;
}

static void string_start(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    (void)xml, (void)attributes;
    strings_state *s = user;
    if (pg_streq(name, "si")) pg_text_clear(&s->text);
    if (pg_streq(name, "rPh")) s->phonetic++;
    s->wanted = pg_streq(name, "t") && s->phonetic == 0;
}

static void string_text(pg_xml *xml, void *user, const char *text, size_t n)
{
    strings_state *s = user;
    if (!s->wanted) return;
    pg_text_add_bytes(&s->text, text, n);
    if (s->text.failed) pg_xml_stop(xml, pg_no_memory(s->ctx));
    if (s->text.n > STRING_BYTES)
        pg_xml_stop(xml, pg_fail(s->ctx, PGDP_PARSE, "a shared string is longer than a cell can hold"));
}

static pgdp_status add_string(strings_state *s)
{
    pg_lookups *out = s->out;
    if (out->n_strings == STRINGS) return pg_fail(s->ctx, PGDP_PARSE, "there are more than 16 million shared strings");
    if (out->n_strings == out->strings_capacity) {
        const size_t capacity = 2 * out->strings_capacity + 256;
        PG_TRY_ALLOC(s->ctx, out->strings,
                     pg_arena_grow(&s->ctx->scratch, out->strings, out->strings_capacity, capacity, sizeof(pg_string)));
        out->strings_capacity = capacity;
    }
    const size_t n = pg_xlsx_text(out, s->text.data, s->text.n);
    pg_string *to = &out->strings[out->n_strings++];
    to->length = n;
    PG_TRY_ALLOC(s->ctx, to->text, pg_arena_strndup(&s->ctx->scratch, s->text.data, n));
    return PGDP_OK;
}

static void string_end(pg_xml *xml, void *user, const char *name)
{
    strings_state *s = user;
    s->wanted = false;
    if (pg_streq(name, "rPh") && s->phonetic > 0) s->phonetic--;
    if (!pg_streq(name, "si")) return;
    const pgdp_status status = add_string(s);
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

pgdp_status pg_strings_read(pgdp_ctx *ctx, pg_zip *zip, size_t part, pg_lookups *out)
{
    static const pg_xml_handlers handlers = { string_start, string_end, string_text };
    strings_state s = { .ctx = ctx, .out = out };
    pg_text_init(&s.text, &ctx->scratch);
    return pg_part_parse(ctx, zip, part, &handlers, &s);
}

/* Number formats that a workbook defines itself; the built-in ones are below 164. */
typedef struct styles_state {
    pgdp_ctx *ctx;
    pg_lookups *out;
    unsigned *date_formats;
    size_t n_date_formats;
    bool in_cells; /* inside cellXfs */
} styles_state;

static bool is_date_format(const styles_state *s, unsigned id)
{
    if (pg_format_is_date(id)) return true;
    for (size_t i = 0; i < s->n_date_formats; i++)
        if (s->date_formats[i] == id) return true;
    return false;
}

static unsigned format_id(const char *text)
{
    double value = 0;
    if (text == NULL || !pg_number_parse(text, strlen(text), &value) || !(value >= 0 && value < STYLES)) return 0;
    return (unsigned)value;
}

static pgdp_status add_format(styles_state *s, const char **attributes)
{
    const char *code = pg_xml_attribute(attributes, "formatCode");
    if (code == NULL || !pg_format_shows_date(code) || s->n_date_formats == STYLES) return PGDP_OK;
    PG_TRY_ALLOC(s->ctx, s->date_formats,
                 pg_arena_grow(&s->ctx->scratch, s->date_formats, s->n_date_formats, s->n_date_formats + 1,
                               sizeof *s->date_formats));
    s->date_formats[s->n_date_formats++] = format_id(pg_xml_attribute(attributes, "numFmtId"));
    return PGDP_OK;
}

static pgdp_status add_style(styles_state *s, const char **attributes)
{
    pg_lookups *out = s->out;
    if (out->n_styles == STYLES) return pg_fail(s->ctx, PGDP_PARSE, "there are more than %d cell styles", STYLES);
    if (out->date_styles == NULL)
        PG_TRY_ALLOC(s->ctx, out->date_styles, pg_arena_alloc(&s->ctx->scratch, STYLES, sizeof *out->date_styles));
    out->date_styles[out->n_styles++] = is_date_format(s, format_id(pg_xml_attribute(attributes, "numFmtId")));
    return PGDP_OK;
}

static void style_start(pg_xml *xml, void *user, const char *name, const char **attributes)
{
    styles_state *s = user;
    pgdp_status status = PGDP_OK;
    if (pg_streq(name, "cellXfs")) s->in_cells = true;
    if (pg_streq(name, "numFmt")) status = add_format(s, attributes);
    if (pg_streq(name, "xf") && s->in_cells) status = add_style(s, attributes);
    if (status != PGDP_OK) pg_xml_stop(xml, status);
}

static void style_end(pg_xml *xml, void *user, const char *name)
{
    (void)xml;
    styles_state *s = user;
    if (pg_streq(name, "cellXfs")) s->in_cells = false;
}

pgdp_status pg_styles_read(pgdp_ctx *ctx, pg_zip *zip, size_t part, pg_lookups *out)
{
    static const pg_xml_handlers handlers = { style_start, style_end, NULL };
    styles_state s = { .ctx = ctx, .out = out };
    return pg_part_parse(ctx, zip, part, &handlers, &s);
}
