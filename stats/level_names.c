/* level_names.c  Categories by their names: level_names.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/level_names.h"

#include "core/text.h"

/* before + digits + after to before + level + after, when it is so made. */
static pgdp_status rename_one(pgdp_ctx *ctx, pgdp_fit *fit, const char *before, const char *after,
                              const char *const *levels, size_t n, const char **term)
{
    const char *at = *term;
    size_t number = 0;
    if (!pg_starts_with(at, before)) return PGDP_OK;
    for (; *before != 0; before++)
        at++;
    const char *digits = at;
    for (; *at >= '0' && *at <= '9' && number < n; at++)
        number = 10 * number + (size_t)(*at - '0');
    if (at == digits || number >= n || !pg_starts_with(at, after)) return PGDP_OK;
    const char *const name = levels[number];
    PG_TRY_ALLOC(ctx, *term, pg_arena_printf(&fit->arena, "%.*s%s%s", (int)(digits - *term), *term, name, at));
    return PGDP_OK;
}

pgdp_status pg_fit_name_levels(pgdp_ctx *ctx, pgdp_fit *fit, const char *const *levels, size_t n)
{
    for (size_t i = 0; i < fit->n_terms && fit->estimator->outcome == PGDP_OUTCOME_CATEGORY; i++)
        PG_TRY(rename_one(ctx, fit, "", ":", levels, n, &fit->terms[i]));
    for (size_t i = 0; i < fit->n_margins; i++)
        PG_TRY(rename_one(ctx, fit, "P(", "):", levels, n, &fit->margins[i].term));
    return PGDP_OK;
}
