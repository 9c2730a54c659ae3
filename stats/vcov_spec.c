/* vcov_spec.c  The words of a covariance: vcov_spec.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/vcov_spec.h"

#include "core/text.h"

#include <string.h>

static pgdp_status copy_trimmed(pgdp_ctx *ctx, const char *s, size_t n, const char **out)
{
    pg_trim(&s, &n);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(&ctx->scratch, s, n));
    return PGDP_OK;
}

static size_t count_parts(const char *s, const char *end)
{
    size_t n = 1;
    for (; s < end; s++)
        n += *s == ',' || *s == ';';
    return n;
}

static pgdp_status parse_parts(pgdp_ctx *ctx, const char *s, const char *end, pgdp_setting *settings)
{
    for (size_t n = 0; s < end;) {
        const size_t length = strcspn(s, ",;)");
        const char *equals = memchr(s, '=', length);
        if (equals != NULL) {
            PG_TRY(copy_trimmed(ctx, s, (size_t)(equals - s), &settings[n].name));
            PG_TRY(copy_trimmed(ctx, equals + 1, length - (size_t)(equals + 1 - s), &settings[n].value));
            n++;
        }
        s += length + 1;
    }
    return PGDP_OK;
}

pgdp_status pg_vcov_spec_parse(pgdp_ctx *ctx, const char *text, pg_vcov_spec *out)
{
    const char *open = strchr(text, '('), *close = strchr(text, ')');
    size_t n = strlen(text);
    const char *trimmed = text;
    pg_trim(&trimmed, &n);
    const bool paired = open != NULL && close != NULL && open < close && close + 1 == trimmed + n;
    if (!paired && (open != NULL || close != NULL))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "covariance \"%s\": parentheses do not match; expected NAME or NAME(key=value, ...)", text);
    pgdp_setting *settings;
    PG_TRY_ALLOC(ctx, settings,
                 pg_arena_alloc(&ctx->scratch, paired ? count_parts(open, close) + 1 : 1, sizeof *settings));
    if (paired) PG_TRY(parse_parts(ctx, open + 1, close, settings));
    out->settings = settings;
    return copy_trimmed(ctx, trimmed, paired ? (size_t)(open - trimmed) : n, &out->name);
}
