/** @file ranks.h  Several processes share the work: the ranks of MPI, started by mpirun or srun.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_RANKS_H
#define PGDP_RANKS_H

#include "pgdp/base.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * Join the processes that were started together; bootstraps, simulations, passes over rows and batches are then shared
 * among them, with the same bits as by one. Every process must make the same calls on the same inputs. Files are
 * written by rank 0 alone: those of others go nowhere. Call it from the main thread, once a process.
 * @return BAD_ARGUMENT when the library was built without MPI (make MPI=1), IO when MPI has too few threads, NO_MEMORY
 */
PGDP_API PGDP_MUST_USE pgdp_status pgdp_ranks_begin(pgdp_ctx *ctx);
/** This process among those that joined: 0 of 1 before pgdp_ranks_begin(). */
PGDP_API size_t pgdp_rank(const pgdp_ctx *ctx);
PGDP_API size_t pgdp_n_ranks(const pgdp_ctx *ctx); /**< at least 1 */
/**
 * Part, when all is done: waits for all ranks.
 * @param code  how this process would exit
 * @return how all of them exit: the code of the lowest rank whose code is not 0; its sentence is then the context's
 */
PGDP_API int pgdp_ranks_end(pgdp_ctx *ctx, int code);

#ifdef __cplusplus
}
#endif
#endif
