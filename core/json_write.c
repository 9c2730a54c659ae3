/* json_write.c  Writing JSON (RFC 8259): doubles round-trip exactly, text is always valid UTF-8.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/number.h"
#include "core/text.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* State of one level, as bits; level 0 is the document itself. */
enum {
    OBJECT = 1, /* an object; else an array, or the document */
    ITEMS = 2,  /* something was written in it */
    KEY = 4,    /* a key was written and waits for its value */
    BROKEN = 8, /* an array with an array or object in it: one item a line */
};

void pg_json_init(pg_json *json, const pgdp_sink *sink, bool indent)
{
    *json = (pg_json){ .sink = sink, .status = PGDP_OK, .indent = indent };
}

static void flush(pg_json *json)
{
    if (json->status == PGDP_OK && json->n_buffer > 0)
        json->status = json->sink->write(json->sink->user, json->buffer, json->n_buffer);
    json->n_buffer = 0;
}

static void put(pg_json *json, const char *s, size_t n)
{
    if (n > sizeof json->buffer - json->n_buffer) flush(json);
    if (n <= sizeof json->buffer) {
        memcpy(json->buffer + json->n_buffer, s, n);
        json->n_buffer += n;
    } else if (json->status == PGDP_OK) {
        json->status = json->sink->write(json->sink->user, s, n);
    }
}

static void put_text(pg_json *json, const char *s)
{
    put(json, s, strlen(s));
}

static void new_line(pg_json *json)
{
    put(json, "\n", 1);
    for (size_t i = 0; i < json->depth; i++)
        put(json, "  ", 2);
}

/* What stands before a value: nothing after a key, a comma between items. Answers whether a value may stand here. */
static bool begin_value(pg_json *json, bool container)
{
    unsigned char *state = &json->state[json->depth];
    const bool object = (*state & OBJECT) != 0;
    if (object ? (*state & KEY) == 0 : json->depth == 0 && (*state & ITEMS) != 0) json->bad = true;
    if (json->bad) return false;
    if (object) {
        *state &= (unsigned char)~KEY;
        return true;
    }
    const bool first = (*state & ITEMS) == 0;
    if (container) *state |= BROKEN;
    *state |= ITEMS;
    const bool line = json->indent && json->depth > 0 && (*state & BROKEN) != 0;
    if (!first) put_text(json, json->indent && !line ? ", " : ",");
    if (line) new_line(json);
    return true;
}

static void begin(pg_json *json, const char *bracket, unsigned char state)
{
    if (json->depth >= PG_JSON_DEPTH) json->bad = true;
    if (!begin_value(json, true)) return;
    put_text(json, bracket);
    json->state[++json->depth] = state;
}

static void end(pg_json *json, const char *bracket, unsigned char kind)
{
    const unsigned char state = json->state[json->depth];
    if (json->depth == 0 || (state & OBJECT) != kind || (state & KEY) != 0) json->bad = true;
    if (json->bad) return;
    json->depth--;
    const bool lines = (state & OBJECT) != 0 ? (state & ITEMS) != 0 : (state & BROKEN) != 0;
    if (json->indent && lines) new_line(json);
    put_text(json, bracket);
}

void pg_json_object(pg_json *json)
{
    begin(json, "{", OBJECT);
}

void pg_json_object_end(pg_json *json)
{
    end(json, "}", OBJECT);
}

void pg_json_array(pg_json *json)
{
    begin(json, "[", 0);
}

void pg_json_array_end(pg_json *json)
{
    end(json, "]", 0);
}

static void put_escaped(pg_json *json, unsigned char c)
{
    static const char names[] = "\b\f\n\r\t\"\\", letters[] = "bfnrt\"\\";
    const char *named = memchr(names, c, sizeof names - 1);
    char text[8] = { '\\' };
    if (named != NULL)
        text[1] = letters[named - names];
    else
        snprintf(text, sizeof text, "\\u%04x", (unsigned)c);
    put_text(json, text);
}

static bool must_escape(unsigned char c)
{
    return c < 0x20 || c == '"' || c == '\\' || c == 0x7f;
}

static void put_string(pg_json *json, const char *s)
{
    const size_t n = strlen(s);
    size_t valid = pg_utf8_valid(s, n), written = 0;
    put(json, "\"", 1);
    for (size_t i = 0; i < n; i++) {
        if (i < valid && !must_escape((unsigned char)s[i])) continue;
        put(json, s + written, i - written);
        written = i + 1;
        if (i < valid) {
            put_escaped(json, (unsigned char)s[i]);
            continue;
        }
        put_text(json, "\xef\xbf\xbd"); /* U+FFFD */
        valid = i + 1 + pg_utf8_valid(s + i + 1, n - i - 1);
    }
    put(json, s + written, n - written);
    put(json, "\"", 1);
}

void pg_json_key(pg_json *json, const char *key)
{
    unsigned char *state = &json->state[json->depth];
    if ((*state & OBJECT) == 0 || (*state & KEY) != 0) json->bad = true;
    if (json->bad) return;
    if ((*state & ITEMS) != 0) put(json, ",", 1);
    if (json->indent) new_line(json);
    put_string(json, key);
    put_text(json, json->indent ? ": " : ":");
    *state |= ITEMS | KEY;
}

static void put_scalar(pg_json *json, const char *text)
{
    if (begin_value(json, false)) put_text(json, text);
}

void pg_json_string(pg_json *json, const char *utf8)
{
    if (utf8 == NULL)
        put_scalar(json, "null");
    else if (begin_value(json, false))
        put_string(json, utf8);
}

void pg_json_real(pg_json *json, double value)
{
    char text[PG_NUMBER_SIZE] = "null";
    if (isfinite(value)) pg_number_format(value, text);
    put_scalar(json, text);
}

void pg_json_integer(pg_json *json, int64_t value)
{
    char text[PG_NUMBER_SIZE];
    snprintf(text, sizeof text, "%lld", (long long)value);
    put_scalar(json, text);
}

void pg_json_bool(pg_json *json, bool value)
{
    put_scalar(json, value ? "true" : "false");
}

void pg_json_null(pg_json *json)
{
    put_scalar(json, "null");
}

void pg_json_key_string(pg_json *json, const char *key, const char *utf8)
{
    pg_json_key(json, key);
    pg_json_string(json, utf8);
}

void pg_json_key_real(pg_json *json, const char *key, double value)
{
    pg_json_key(json, key);
    pg_json_real(json, value);
}

void pg_json_key_integer(pg_json *json, const char *key, int64_t value)
{
    pg_json_key(json, key);
    pg_json_integer(json, value);
}

void pg_json_key_bool(pg_json *json, const char *key, bool value)
{
    pg_json_key(json, key);
    pg_json_bool(json, value);
}

pgdp_status pg_json_end(pgdp_ctx *ctx, pg_json *json)
{
    if (json->depth != 0 || (json->state[0] & ITEMS) == 0) json->bad = true;
    if (json->bad)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "JSON writer: keys, values and ends were called out of order");
    put(json, "\n", 1);
    flush(json);
    if (json->status == PGDP_NO_MEMORY) return pg_no_memory(ctx);
    if (json->status != PGDP_OK && ctx->error[0] == '\0') /* a sink without a context cannot say why */
        return pg_fail(ctx, json->status,
                       "writing JSON failed: its destination takes no more bytes; is it full or closed?");
    return json->status;
}
