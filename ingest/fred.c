/* fred.c  Series IDs with what FRED hangs on them. Source: formats.md 1 and 3.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "ingest/fred.h"

#include <string.h>

#include "core/text.h"
#include "ingest/bytes.h"

pgdp_status pg_fred_series_of_label(pgdp_ctx *ctx, const char *label, const char **out)
{
    const char *base = pg_base_name(label), *dot = strchr(base, '.');
    const size_t n = dot == NULL ? strlen(base) : (size_t)(dot - base);
    PG_TRY_ALLOC(ctx, *out,
                 n == 0 ? pg_arena_strdup(&ctx->scratch, "value") : pg_arena_strndup(&ctx->scratch, base, n));
    return PGDP_OK;
}

/* IDs can hold underscores: the last one counts, and eight digits must follow. */
pgdp_status pg_fred_vintage(pgdp_ctx *ctx, const char *name, const char **out)
{
    const char *bar = strrchr(name, '_');
    *out = NULL;
    if (bar == NULL || strlen(bar) != 9 || strspn(bar + 1, "0123456789") != 8) return PGDP_OK;
    PG_TRY_ALLOC(ctx, *out, pg_arena_printf(&ctx->scratch, "%.4s-%.2s-%.2s", bar + 1, bar + 5, bar + 7));
    return PGDP_OK;
}

const char *pg_fred_transformation(const char *name)
{
    static const char *const codes[] = { "CHG", "CH1", "PCH", "PC1", "PCA", "CCH", "CCA", "LOG" };
    const char *bar = strrchr(name, '_');
    for (size_t i = 0; bar != NULL && i < sizeof codes / sizeof *codes; i++)
        if (strcmp(bar + 1, codes[i]) == 0) return bar + 1;
    return NULL;
}
