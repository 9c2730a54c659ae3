/* ranks.h  Processes that share the work (ranks, of MPI): how they meet, agree on failures and pass on bytes.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * All ranks run the same program on the same inputs and come to the same calls in the same order. At each they meet
 * first: every rank tells which call it came to and whether its own part failed. So a failure of one is a failure of
 * all, with the same sentence, and a rank that took another way is found out and never waited for. */
#ifndef PG_RANKS_H
#define PG_RANKS_H

#include "core/parallel.h"
#include "pgdp/ranks.h"

/** What a rank came to. */
typedef enum pg_call { PG_CALL_SPREAD, PG_CALL_DEAL, PG_CALL_ONCE, PG_CALL_PASS, PG_CALL_END } pg_call;
/** What a rank tells at a meeting; no padding, so that all its bytes are set. */
typedef struct pg_message {
    uint64_t call, n, size;
    int64_t failure; /**< a pgdp_status; at the end an exit code */
} pg_message;

/** How bytes travel: MPI, or threads in tests. Nothing here fails: a lost rank ends all processes. */
typedef struct pg_comm {
    size_t rank, n;
    size_t largest;       /**< bytes of one message at most */
    pg_message *messages; /**< [n] room for a meeting's */
    /** n items of `size` bytes, of which each rank has those of its pg_rank_range(): then each has all. */
    void (*gather)(struct pg_comm *ranks, unsigned char *bytes, size_t n, size_t size);
    void (*broadcast)(struct pg_comm *ranks, unsigned char *bytes, size_t n, size_t from);
    /** Leave and free it; abort_code other than 0: without the others, who are ended. */
    void (*leave)(pgdp_ctx *ctx, struct pg_comm *ranks, int abort_code);
} pg_comm;

/** This process among those that share the work: rank 0 of 1 without MPI. */
size_t pg_rank(const pgdp_ctx *ctx);
size_t pg_n_ranks(const pgdp_ctx *ctx);
/** The run of n items that is a rank's own: contiguous, in the order of ranks, their lengths differ by 1 at most. */
pg_range pg_rank_range(size_t n, size_t rank, size_t n_ranks);
/** May this context's thread meet other ranks: are there any, and is it not inside an item or block of a loop? */
bool pg_meets(const pgdp_ctx *ctx);
/** Meet at a call on n items of `size` bytes: the failure of the lowest failing rank on all of them, or OK. */
pgdp_status pg_meet(pgdp_ctx *ctx, pg_call call, size_t n, size_t size, pgdp_status status);

/** What rank 0 alone does (files); how it ended is how it ended on all. */
pgdp_status pg_once(pgdp_ctx *ctx, pgdp_status (*run)(pgdp_ctx *ctx, void *user), void *user);
/** What rank 0 read, to all: bytes [n] and the NUL after them, in memory of the context's allocator, which the caller
 * frees on failure too. status: of the reading. */
pgdp_status pg_pass(pgdp_ctx *ctx, pgdp_status status, unsigned char **bytes, size_t *n);

#endif
