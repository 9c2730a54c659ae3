/* ranks.h  Threads that play the ranks of MPI, for tests of what ranks share.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_RANKS_H
#define PGT_RANKS_H

#include "core/ranks.h"

/** Run body on n_ranks threads at once, each with a context of its own that is a rank, and with so many threads of its
 * own. An assertion that fails in it ends the program. */
void pgt_run_ranks(size_t n_ranks, size_t n_threads, void (*body)(pgdp_ctx *ctx, void *user), void *user);

#endif
