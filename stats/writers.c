/* writers.c  Regressions to a sink in a form by name: writers.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/writers.h"

#include "core/ctx.h"
#include "core/text.h"

#define PG_ENTRY(name) &pg_regression_writer_##name,
static const pgdp_regression_writer *const writers[] = { PG_REGRESSION_WRITERS(PG_ENTRY) };
#undef PG_ENTRY
enum { N_WRITERS = sizeof writers / sizeof *writers };

const pgdp_regression_writer *pgdp_regression_writer_at(size_t i)
{
    return i < N_WRITERS ? writers[i] : NULL;
}

pgdp_status pgdp_regressions_write(pgdp_ctx *ctx, const char *format, const pgdp_regression *const *regressions,
                                   size_t n, const pgdp_table_style *style, const pgdp_sink *sink)
{
    static const pgdp_table_style plain = { .stars = false };
    const char *names[N_WRITERS];
    for (size_t i = 0; i < N_WRITERS; i++) {
        names[i] = writers[i]->name;
        if (!pg_streq(format, names[i])) continue;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const pgdp_status status = writers[i]->write(ctx, regressions, n, style == NULL ? &plain : style, sink);
        pg_arena_rewind(&ctx->scratch, mark);
        return status;
    }
    const char *nearest = pgdp_nearest(format, names, N_WRITERS);
    return pg_fail(ctx, PGDP_NOT_FOUND, "there is no form \"%s\" of regressions; did you mean \"%s\"?", format,
                   nearest == NULL ? names[0] : nearest);
}
