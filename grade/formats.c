/* formats.c  The list of formats: by name, by address. SPDX-License-Identifier: GPL-3.0-or-later */
#include "grade/formats.h"

#include <math.h>
#include <string.h>

#define ENTRY(name) &pg_format_##name,
static const pg_grade_format *const formats[] = { PG_GRADE_FORMATS(ENTRY) };
#undef ENTRY
#define ENTRY(name) #name,
static const char *const names[] = { PG_GRADE_FORMATS(ENTRY) NULL };
#undef ENTRY
enum { N_FORMATS = sizeof formats / sizeof *formats };
static const double MOST_TOKENS = 1e12;

const char *const *pgdp_grading_formats(void)
{
    return names;
}

bool pg_grade_format_owns(const pg_grade_format *format, const char *address)
{
    static const char scheme[] = "https://";
    if (format->host == NULL || !pg_starts_with(address, scheme)) return false;
    const char *host = address + strlen(scheme);
    const size_t n = strcspn(host, "/?#");
    return n == strlen(format->host) && strncmp(host, format->host, n) == 0;
}

pgdp_status pg_grade_format_find(pgdp_ctx *ctx, const char *name, const char *address, const pg_grade_format **out)
{
    for (size_t i = 0; i < N_FORMATS; i++) {
        const pg_grade_format *f = formats[i];
        if (name != NULL ? !pg_streq(f->name, name) : !pg_ends_with(address, f->ending)) continue;
        if (name == NULL && f->own_host_only && !pg_grade_format_owns(f, address)) continue;
        *out = f;
        return PGDP_OK;
    }
    if (name == NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "endpoint: found an address that ends neither in /chat/completions nor in /messages; name its "
                       "format (openai, compatible, anthropic)");
    const char *near = pgdp_nearest(name, names, N_FORMATS);
    return pg_fail(ctx, PGDP_NOT_FOUND, "found no format \"%.40s\"%s%s%s", name,
                   near == NULL ? "" : "; did you mean \"",
                   near == NULL ? "; expected openai, compatible or anthropic" : near, near == NULL ? "" : "\"?");
}

pgdp_status pg_grade_body(pgdp_ctx *ctx, const pg_grade_format *format, const pg_ask *ask, pg_text *out)
{
    pg_json json;
    const pgdp_sink sink = pg_text_sink(out);
    pg_json_init(&json, &sink, false);
    format->body(&json, ask);
    const pgdp_status status = pg_json_end(ctx, &json);
    return out->failed ? pg_no_memory(ctx) : status;
}

double pg_told_tokens(const pg_json_value *usage, const char *key)
{
    double n;
    if (!pg_json_number(pg_json_member(usage, key), &n)) return (double)NAN;
    return n >= 0 && n <= MOST_TOKENS && !(floor(n) < n) ? n : (double)NAN;
}
