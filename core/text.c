/* text.c  Growing text in an arena; string helpers for bytes and UTF-8 (RFC 3629), whatever the locale.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/text.h"
#include "core/number.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

enum { FIRST_CAPACITY = 64 };

void pg_text_init(pg_text *text, pg_arena *arena)
{
    *text = (pg_text){ .arena = arena, .capacity = FIRST_CAPACITY };
    text->data = pg_arena_alloc(arena, text->capacity, 1);
    text->failed = text->data == NULL;
}

/* Room for n more bytes and the NUL. */
static bool reserve(pg_text *text, size_t n)
{
    if (text->failed) return false;
    if (text->capacity - text->n > n) return true;
    const size_t needed = text->n + n + 1;
    const size_t capacity = needed < 2 * text->capacity ? 2 * text->capacity : needed;
    char *data =
        n > PTRDIFF_MAX - text->n - 1 ? NULL : pg_arena_grow(text->arena, text->data, text->capacity, capacity, 1);
    if (data == NULL) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void pg_text_add_bytes(pg_text *text, const char *s, size_t n)
{
    if (n == 0 || !reserve(text, n)) return;
    memmove(text->data + text->n, s, n);
    text->n += n;
    text->data[text->n] = '\0';
}

void pg_text_add(pg_text *text, const char *s)
{
    pg_text_add_bytes(text, s, strlen(s));
}

void pg_text_add_char(pg_text *text, char c)
{
    pg_text_add_bytes(text, &c, 1);
}

void pg_text_addf(pg_text *text, const char *format, ...)
{
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(NULL, 0, format, arguments);
    va_end(arguments);
    if (length < 0) text->failed = true;
    if (length < 0 || !reserve(text, (size_t)length)) return;
    va_start(arguments, format);
    vsnprintf(text->data + text->n, (size_t)length + 1, format, arguments);
    va_end(arguments);
    text->n += (size_t)length;
}

void pg_text_add_number(pg_text *text, double value)
{
    char buffer[PG_NUMBER_SIZE];
    pg_number_format(value, buffer);
    pg_text_add(text, buffer);
}

void pg_text_clear(pg_text *text)
{
    text->n = 0;
    if (text->data != NULL) text->data[0] = '\0';
}

static pgdp_status text_write(void *user, const void *bytes, size_t n)
{
    pg_text *text = user;
    pg_text_add_bytes(text, bytes, n);
    return text->failed ? PGDP_NO_MEMORY : PGDP_OK;
}

pgdp_sink pg_text_sink(pg_text *text)
{
    return (pgdp_sink){ text_write, text };
}

bool pg_streq(const char *a, const char *b)
{
    return strcmp(a, b) == 0;
}

bool pg_starts_with(const char *s, const char *prefix)
{
    return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool pg_ends_with(const char *s, const char *suffix)
{
    const size_t n = strlen(s), m = strlen(suffix);
    return n >= m && memcmp(s + n - m, suffix, m) == 0;
}

static char fold(char c)
{
    return (char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

bool pg_streq_nocase(const char *a, const char *b)
{
    while (*a != '\0' && fold(*a) == fold(*b)) {
        a++;
        b++;
    }
    return fold(*a) == fold(*b);
}

bool pg_text_holds(const char *s, const char *part)
{
    for (; *s != '\0'; s++) {
        size_t n = 0;
        while (part[n] != '\0' && fold(s[n]) == fold(part[n]))
            n++;
        if (part[n] == '\0') return true;
    }
    return *part == '\0';
}

/* Bytes of the character at s, 0 when it is not one: RFC 3629, section 4. *code is its number. */
static size_t read_character(const unsigned char *s, size_t n, uint32_t *code)
{
    static const uint32_t smallest[] = { 0, 0, 0x80, 0x800, 0x10000 };
    if (n == 0) return 0;
    const size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;
    if (length > n) return 0;
    *code = length == 1 ? s[0] : s[0] & (0xffu >> (length + 1));
    for (size_t i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80) return 0;
        *code = *code << 6 | (s[i] & 0x3fu);
    }
    const bool surrogate = *code >= 0xd800 && *code <= 0xdfff;
    return *code < smallest[length] || surrogate || *code > 0x10ffff ? 0 : length;
}

size_t pg_utf8_valid(const char *s, size_t n)
{
    const unsigned char *bytes = (const unsigned char *)s;
    size_t i = 0;
    while (i < n) {
        uint32_t code = 0;
        const size_t length = read_character(bytes + i, n - i, &code);
        if (length == 0) return i;
        i += length;
    }
    return n;
}

static bool takes_no_column(uint32_t code)
{
    static const uint32_t ranges[][2] = {
        { 0x0300, 0x036f }, { 0x0483, 0x0489 }, { 0x0591, 0x05bd }, { 0x064b, 0x065f }, { 0x1ab0, 0x1aff },
        { 0x1dc0, 0x1dff }, { 0x200b, 0x200f }, { 0x20d0, 0x20ff }, { 0xfe00, 0xfe0f }, { 0xfe20, 0xfe2f },
    };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        if (code >= ranges[i][0] && code <= ranges[i][1]) return true;
    return false;
}

size_t pg_utf8_width(const char *s)
{
    const unsigned char *bytes = (const unsigned char *)s;
    const size_t n = strlen(s);
    size_t width = 0;
    for (size_t i = 0; i < n;) {
        uint32_t code = 0;
        const size_t length = read_character(bytes + i, n - i, &code);
        width += length != 0 && takes_no_column(code) ? 0 : 1;
        i += length == 0 ? 1 : length;
    }
    return width;
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static const char no_break_space[] = "\xc2\xa0";

void pg_trim(const char **s, size_t *n)
{
    const char *first = *s, *end = *s + *n;
    for (;;) {
        if (first < end && is_blank(*first)) {
            first++;
        } else if (end - first >= 2 && memcmp(first, no_break_space, 2) == 0) {
            first += 2;
        } else {
            break;
        }
    }
    for (;;) {
        if (first < end && is_blank(end[-1])) {
            end--;
        } else if (end - first >= 2 && memcmp(end - 2, no_break_space, 2) == 0) {
            end -= 2;
        } else {
            break;
        }
    }
    *s = first;
    *n = (size_t)(end - first);
}

int pg_compare_strings(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}
