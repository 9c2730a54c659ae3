/* spread.c  Items in contiguous runs over ranks, and over threads within a rank: spread.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/spread.h"

#include <string.h>

typedef struct sharing {
    pg_item_fn run;
    void *user;
    size_t first; /* of this rank's items */
    unsigned char *out;
    size_t size;
} sharing;

static pgdp_status run_item(pgdp_ctx *ctx, void *user, size_t block)
{
    const sharing *s = user;
    const size_t item = s->first + block;
    unsigned char *out = s->out + item * s->size;
    if (s->size > 0) memset(out, 0, s->size);
    return s->run(ctx, s->user, item, out);
}

pgdp_status pg_spread(pgdp_ctx *ctx, const char *what, size_t n, size_t size, pg_item_fn run, void *user, void *out)
{
    const bool meets = pg_meets(ctx);
    const pg_range own = meets ? pg_rank_range(n, pg_rank(ctx), pg_n_ranks(ctx)) : (pg_range){ 0, n };
    sharing s = { .run = run, .user = user, .first = own.first, .out = out, .size = size };
    const pgdp_status status = pg_parallel(ctx, what, own.end - own.first, run_item, &s);
    if (!meets) return status;
    PG_TRY(pg_meet(ctx, PG_CALL_SPREAD, n, size, status));
    ctx->ranks->gather(ctx->ranks, out, n, size);
    return PGDP_OK;
}
