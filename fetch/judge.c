/* judge.c  What providers' answers have in common: words of refusals, secrets, years that lack.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "fetch/judge.h"

#include <math.h>
#include <string.h>

#include "core/number.h"
#include "core/text.h"

enum { WORDS = 200 };

static unsigned char lower(unsigned char c)
{
    return c >= 'A' && c <= 'Z' ? (unsigned char)(c + 'a' - 'A') : c;
}

void pg_strike_out(unsigned char *bytes, size_t n, const char *secret)
{
    const size_t length = secret == NULL ? 0 : strlen(secret);
    if (length == 0 || length > n) return;
    for (size_t i = 0; i + length <= n; i++) {
        size_t k = 0;
        while (k < length && lower(bytes[i + k]) == lower((unsigned char)secret[k]))
            k++;
        if (k == length) memset(bytes + i, '*', length);
    }
}

bool pg_is_page(const unsigned char *bytes, size_t n)
{
    size_t i = n >= 3 && memcmp(bytes, "\xEF\xBB\xBF", 3) == 0 ? 3 : 0;
    while (i < n && bytes[i] <= ' ')
        i++;
    return i < n && bytes[i] == '<';
}

/* The words of an error object, wherever the provider puts them. */
static const char *words_in(const pg_json_value *value, size_t depth)
{
    static const char *const keys[] = {
        "error_message", "message",     "error",  "errors", "APIErrorDescription", "error_description", "ErrorDetail",
        "Error",         "Description", "BEAAPI", "Results"
    };
    if (pg_json_text(value) != NULL) return pg_json_text(value);
    if (pg_json_is_array(value)) return words_in(pg_json_at(value, 0), depth);
    for (size_t i = 0; depth < 6 && i < sizeof keys / sizeof *keys; i++) {
        const pg_json_value *member = pg_json_member(value, keys[i]);
        const char *found = member == NULL ? NULL : words_in(member, depth + 1);
        if (found != NULL) return found;
    }
    return NULL;
}

/* Up to WORDS printable characters on one line. */
static const char *one_line(pgdp_ctx *ctx, const char *text, size_t n)
{
    char line[WORDS + 1];
    size_t k = 0;
    for (size_t i = 0; i < n && k < WORDS; i++) {
        const unsigned char c = (unsigned char)text[i];
        const bool blank = c <= ' ';
        if (blank && (k == 0 || line[k - 1] == ' ')) continue;
        line[k++] = blank ? ' ' : text[i];
    }
    while (k > 0 && line[k - 1] == ' ')
        k--;
    const char *copy = pg_arena_strndup(&ctx->scratch, line, pg_utf8_valid(line, k));
    return copy == NULL ? "" : copy;
}

const char *pg_words_of(pgdp_ctx *ctx, const unsigned char *bytes, size_t n)
{
    pg_json_document *document;
    const char *words = NULL;
    if (n == 0) return "no words";
    if (pg_is_page(bytes, n)) return "a web page";
    if (pg_json_parse(ctx, "answer", bytes, n, &document) == PGDP_OK) {
        words = words_in(pg_json_root(document), 0);
        if (words != NULL) words = one_line(ctx, words, strlen(words));
        pg_json_document_free(document);
    }
    return words != NULL ? words : one_line(ctx, (const char *)bytes, n);
}

pgdp_status pg_years_new(pgdp_ctx *ctx, int first, int last, pg_years *out)
{
    *out = (pg_years){ .first = first, .last = last, .lowest = 1, .highest = 0 };
    const size_t n = last < first ? 0 : (size_t)(last - first) + 1;
    PG_TRY_ALLOC(ctx, out->met, pg_arena_alloc(&ctx->scratch, n, sizeof *out->met));
    return PGDP_OK;
}

void pg_years_add(pg_years *years, int year)
{
    const bool none = years->lowest > years->highest;
    if (none || year < years->lowest) years->lowest = year;
    if (none || year > years->highest) years->highest = year;
    if (year >= years->first && year <= years->last) years->met[year - years->first] = true;
}

const char *pg_years_lacking(pgdp_ctx *ctx, const pg_years *years)
{
    pg_text text;
    bool any = false;
    pg_text_init(&text, &ctx->scratch);
    for (int y = years->first, end; y <= years->last; y = end + 1) {
        end = y;
        if (years->met[y - years->first]) continue;
        while (end < years->last && !years->met[end + 1 - years->first])
            end++;
        pg_text_addf(&text, end > y ? "%s%d-%d" : "%s%d", any ? ", " : "", y, end);
        any = true;
    }
    if (text.failed) return "some years";
    return any ? text.data : NULL;
}

int pg_year_of(int32_t day)
{
    return 1970 + pgdp_period_convert((pgdp_period){ PGDP_DAILY, day }, PGDP_ANNUAL).ordinal;
}

int pg_year_of_text(const char *text)
{
    double year;
    return text != NULL && strlen(text) >= 4 && pg_number_parse(text, 4, &year) ? (int)year : 0;
}

const char *pg_member_text(pgdp_ctx *ctx, const pg_json_value *object, const char *key)
{
    const pg_json_value *value = pg_json_member(object, key);
    double number;
    char buffer[PG_NUMBER_SIZE];
    if (pg_json_text(value) != NULL || !pg_json_number(value, &number)) return pg_json_text(value);
    pg_number_format(number, buffer);
    return pg_arena_strdup(&ctx->scratch, buffer);
}

bool pg_member_count(const pg_json_value *object, const char *key, double *out)
{
    const pg_json_value *value = pg_json_member(object, key);
    const char *text = pg_json_text(value);
    const bool number = text != NULL ? pg_number_parse(text, strlen(text), out) : pg_json_number(value, out);
    return number && *out >= 0 && *out <= floor(*out);
}
