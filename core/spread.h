/* spread.h  Independent items over ranks (processes, of MPI) and threads; every rank ends with every result.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_SPREAD_H
#define PG_SPREAD_H

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

#endif
