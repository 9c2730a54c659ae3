/* panel.c  The rows of a frame by entity and time: panel.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/panel.h"

#include "core/ctx.h"

struct pg_panel {
    size_t n;
};

pgdp_status pg_panel_new(pgdp_ctx *ctx, const pgdp_frame *frame, size_t entity, size_t time, pg_panel **out)
{
    (void)frame, (void)entity, (void)time;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1, sizeof **out));
    return PGDP_OK;
}

size_t pg_panel_lag(const pg_panel *panel, size_t row, int64_t k)
{
    (void)panel, (void)row, (void)k;
    return PGDP_NONE;
}
