/* spread.c  Items over ranks, and over threads within a rank: spread.h. Source of the turns: Knuth (1998), The Art of
 * Computer Programming 3, section 6.4, theorem S. SPDX-License-Identifier: GPL-3.0-or-later */
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

/* What one rank has of the items dealt: one of every n_ranks. */
typedef struct hand {
    const pg_dealing *how;
    void *user;
    size_t rank, n_ranks, n_items, n; /* n: of this rank */
} hand;

static hand hand_of(const pg_dealing *how, void *user, size_t n_items, size_t rank, size_t n_ranks)
{
    const pg_range range = pg_rank_range(n_items, rank, n_ranks);
    return (hand){ how, user, rank, n_ranks, n_items, range.end - range.first };
}

/* Where the first turn of a round goes: lists of models have periods (every second one has the costly covariance), and
 * in plain turns one rank would get all of a kind. The multiples of the golden ratio have no period. */
static size_t turn_of(size_t round, size_t n_ranks)
{
    const uint64_t golden = 0x9e3779b97f4a7c15u; /* of 2^64 */
    return (size_t)((round * golden >> 32) * n_ranks >> 32);
}

static size_t item_of(const hand *h, size_t round)
{
    const size_t first = round * h->n_ranks;
    if (h->n_items - first < h->n_ranks) return first + h->rank; /* the last round, not for all */
    return first + (h->rank + turn_of(round, h->n_ranks)) % h->n_ranks;
}

static pgdp_status run_dealt(pgdp_ctx *ctx, void *user, size_t block)
{
    const hand *h = user;
    return h->how->run(ctx, h->user, item_of(h, block));
}

/* Bytes of own items on their way to the others. */
typedef struct dealt {
    pg_text text;
    uint64_t *size;          /* [n] of every rank's items: rank by rank, as pg_rank_range() has them */
    unsigned char *of_other; /* room for those of the rank that has most */
} dealt;

static pgdp_status run_own(pgdp_ctx *ctx, hand *h, pg_text *to, uint64_t *size)
{
    const pg_dealing *how = h->how;
    PG_TRY((how->in_turn ? pg_in_turn : pg_parallel)(ctx, how->what, h->n, run_dealt, h));
    for (size_t i = 0; i < h->n; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        const size_t before = to == NULL ? 0 : to->n;
        PG_TRY(how->keep(ctx, h->user, item_of(h, i), to));
        if (to != NULL && to->failed) return pg_no_memory(ctx);
        if (to != NULL) size[i] = to->n - before;
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

static size_t add_sizes(const uint64_t *size, pg_range range)
{
    size_t sum = 0;
    for (size_t i = range.first; i < range.end; i++)
        sum += (size_t)size[i];
    return sum;
}

static pgdp_status make_room(pgdp_ctx *ctx, size_t n, dealt *d)
{
    size_t most = 0;
    for (size_t r = 0; r < ctx->ranks->n; r++) {
        const size_t size = add_sizes(d->size, pg_rank_range(n, r, ctx->ranks->n));
        if (r != ctx->ranks->rank && size > most) most = size;
    }
    PG_TRY_ALLOC(ctx, d->of_other, pg_arena_uncleared(d->text.arena, most, 1));
    return PGDP_OK;
}

static pgdp_status take_all(pgdp_ctx *ctx, const hand *h, const uint64_t *size, const unsigned char *bytes)
{
    for (size_t i = 0; i < h->n; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_packed from = { .at = bytes, .end = bytes + size[i] };
        PG_TRY(h->how->take(ctx, h->user, item_of(h, i), &from));
        if (from.bad || from.at != from.end)
            return pg_fail(ctx, PGDP_IO, "the results of item %zu came from rank %zu cut short", item_of(h, i),
                           h->rank);
        bytes += size[i];
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}

/* One rank's bytes after another's, so that no more than one's stand in memory beside the own. */
static pgdp_status exchange(pgdp_ctx *ctx, pgdp_status status, size_t n, const hand *own, dealt *d)
{
    pg_comm *ranks = ctx->ranks;
    PG_TRY(pg_meet(ctx, PG_CALL_DEAL, n, sizeof *d->size, status));
    ranks->gather(ranks, (unsigned char *)d->size, n, sizeof *d->size);
    PG_TRY(pg_meet(ctx, PG_CALL_DEAL, n, 0, make_room(ctx, n, d)));
    for (size_t r = 0; r < ranks->n; r++) {
        const pg_range range = pg_rank_range(n, r, ranks->n);
        const hand h = hand_of(own->how, own->user, n, r, ranks->n);
        const bool is_own = r == own->rank;
        unsigned char *bytes = is_own ? (unsigned char *)d->text.data : d->of_other;
        ranks->broadcast(ranks, bytes, add_sizes(d->size, range), r);
        if (!is_own && status == PGDP_OK) status = take_all(ctx, &h, d->size + range.first, bytes);
    }
    return pg_meet(ctx, PG_CALL_DEAL, n, 0, status);
}

static pgdp_status deal(pgdp_ctx *ctx, size_t n, hand *h, dealt *d)
{
    const size_t first = pg_rank_range(n, h->rank, h->n_ranks).first;
    PG_TRY_ALLOC(ctx, d->size, pg_arena_alloc(d->text.arena, n, sizeof *d->size));
    return exchange(ctx, run_own(ctx, h, &d->text, d->size + first), n, h, d);
}

pgdp_status pg_deal(pgdp_ctx *ctx, size_t n, const pg_dealing *how, void *user)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const bool meets = pg_meets(ctx);
    hand own = hand_of(how, user, n, meets ? pg_rank(ctx) : 0, meets ? pg_n_ranks(ctx) : 1);
    pg_arena arena; /* not the scratch, which keep and take rewind */
    dealt d = { .of_other = NULL };
    pg_arena_init(&arena, &ctx->allocator);
    if (meets) pg_text_init(&d.text, &arena);
    const pgdp_status status = meets ? deal(ctx, n, &own, &d) : run_own(ctx, &own, NULL, NULL);
    pg_arena_free(&arena);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
