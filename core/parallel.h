/* parallel.h  A loop over blocks on several threads whose result does not depend on how many.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_PARALLEL_H
#define PG_PARALLEL_H

#include "core/ctx.h"

/**
 * Work on block `block`; write only to what belongs to that block.
 * @param ctx  the worker's own context: allocator shared with the caller's, its own scratch (rewound after every block)
 */
typedef pgdp_status (*pg_block_fn)(pgdp_ctx *ctx, void *user, size_t block);
/**
 * Run n_blocks blocks; workers take blocks in order. The failure reported is that of the lowest failing block,
 * whatever the schedule. Progress `what` is told from the calling thread; NULL: silent.
 * The caller's allocator must be thread-safe.
 */
pgdp_status pg_parallel(pgdp_ctx *ctx, const char *what, size_t n_blocks, pg_block_fn run, void *user);
/** The same on the calling thread alone, so that each block may have loops of its own on all threads. */
pgdp_status pg_in_turn(pgdp_ctx *ctx, const char *what, size_t n_blocks, pg_block_fn run, void *user);

/** A fixed partition of n items into blocks of `size`, whatever the threads: how many, and items [first, end) of one.
 */
size_t pg_n_blocks(size_t n, size_t size);
typedef struct pg_range {
    size_t first, end;
} pg_range;
pg_range pg_block_range(size_t n, size_t size, size_t block);

/** Sum by pairwise tree over blocks of 128: the same for every thread count, error O(log n) ulp. */
double pg_sum(const double *x, size_t n);
double pg_dot(const double *x, const double *y, size_t n);

#endif
