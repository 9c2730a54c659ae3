/* ctx.h  The context's inside: allocator, scratch arena, last error; how a function fails.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PG_CTX_H
#define PG_CTX_H

#include "core/arena.h"
#include "pgdp/base.h"

struct pgdp_ctx {
    pgdp_allocator allocator;
    pg_arena scratch; /**< a runner marks it, calls, rewinds it; see PG_SCRATCH */
    char error[1024]; /**< one sentence; cut with "..." when longer */
    size_t n_threads;
    pgdp_progress progress;
    void *progress_user;
    pgdp_stop stop;
    void *stop_user;
    struct pg_comm *ranks; /**< NULL: this process is alone; see core/ranks.h */
    bool parted;           /**< the ranks went different ways: they never meet again */
    bool within_loop;      /**< inside an item or block of a loop: the thread does not meet other ranks */
};

/** Leave one sentence (where, found, expected, what to do) and answer `status`. Doubles through pg_number_format(). */
pgdp_status pg_fail(pgdp_ctx *ctx, pgdp_status status, const char *format, ...) __attribute__((format(printf, 3, 4)));
/** Answer NO_MEMORY with its sentence. */
pgdp_status pg_no_memory(pgdp_ctx *ctx);
/** Put words before the last error's sentence: "gdp: " + sentence. */
pgdp_status pg_fail_within(pgdp_ctx *ctx, pgdp_status status, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/** Tell progress, if anybody listens. */
void pg_progress(pgdp_ctx *ctx, const char *what, size_t done, size_t total);

/** STOPPED with its sentence, once the work is to be given up. */
pgdp_status pg_check_stop(pgdp_ctx *ctx);

/** Return a failure at once; nothing leaks because memory is in arenas. */
#define PG_TRY(call)                                                                                                   \
    do {                                                                                                               \
        const pgdp_status pg_status_ = (call);                                                                         \
        if (pg_status_ != PGDP_OK) return pg_status_;                                                                  \
    } while (0)
/** Set a pointer from an allocation or return NO_MEMORY (named here, so that analysers know it is a failure). */
#define PG_TRY_ALLOC(ctx, pointer, call)                                                                               \
    do {                                                                                                               \
        (pointer) = (call);                                                                                            \
        if ((pointer) == NULL) {                                                                                       \
            (void)pg_no_memory(ctx);                                                                                   \
            return PGDP_NO_MEMORY;                                                                                     \
        }                                                                                                              \
    } while (0)

#endif
