/* spread.h  Independent items over ranks (processes, of MPI) and threads; every rank ends with every result.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SPREAD_H
#define PG_SPREAD_H

#include "core/packed.h"
#include "core/ranks.h"

/** Work on one item; out [size] bytes, zeroed before. ctx as in pg_block_fn. */
typedef pgdp_status (*pg_item_fn)(pgdp_ctx *ctx, void *user, size_t item, void *out);
/**
 * Results of items 0 .. n-1 at out + item * size, the same bytes for every number of threads and ranks. With one rank
 * it is pg_parallel(). Every rank must make the same call in the same order.
 * @param what  of progress; NULL: silent
 * @return the failure of the lowest failing item, on every rank
 */
pgdp_status pg_spread(pgdp_ctx *ctx, const char *what, size_t n, size_t size, pg_item_fn run, void *user, void *out);

/** Items whose results are of any kind and length. */
typedef struct pg_dealing {
    const char *what; /**< of progress; NULL: silent */
    bool in_turn;     /**< one item after another, each on all threads of its rank; else an item a thread */
    pg_block_fn run;  /**< work on an item; a status other than OK ends all */
    /** Keep the result of an item that was worked on here: on the calling thread, in the order of items.
     * @param to  its bytes, for the other ranks; NULL: there are none */
    pgdp_status (*keep)(pgdp_ctx *ctx, void *user, size_t item, pg_text *to);
    /** Keep the result of another rank's item. */
    pgdp_status (*take)(pgdp_ctx *ctx, void *user, size_t item, pg_packed *from);
} pg_dealing;
/**
 * Work on items 0 .. n-1, each rank on one of every n_ranks neighbours; all ranks end with all results. Every rank must
 * make the same call in the same order.
 * @return the failure of the lowest rank that failed, on every rank
 */
pgdp_status pg_deal(pgdp_ctx *ctx, size_t n, const pg_dealing *how, void *user);

#endif
