/** @file base.h  Statuses, the context, views and options: what every other header stands on.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGDP_BASE_H
#define PGDP_BASE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define PGDP_API      __attribute__((visibility("default"))) /**< the rest is hidden */
#define PGDP_MUST_USE __attribute__((warn_unused_result))    /**< a status is never dropped */
#define PGDP_NONE     SIZE_MAX                               /**< an index that is not there */

/** The only list of statuses: name, exit code of the program, message. */
#define PGDP_STATUS_LIST(X)                                                                                            \
    X(OK, 0, "success")                                                                                                \
    X(BAD_ARGUMENT, 2, "argument outside its documented set")                                                          \
    X(NOT_FOUND, 2, "no such name")                                                                                    \
    X(PARSE, 3, "input is not what its format requires")                                                               \
    X(SHAPE_MISMATCH, 3, "lengths or columns disagree")                                                                \
    X(TOO_FEW_OBS, 4, "fewer observations than terms")                                                                 \
    X(RANK_DEFICIENT, 4, "terms are collinear")                                                                        \
    X(NO_CONVERGENCE, 4, "iteration did not converge")                                                                 \
    X(NUMERICAL, 4, "result has no trustworthy digits")                                                                \
    X(IO, 5, "reading or writing failed")                                                                              \
    X(NO_MEMORY, 5, "out of memory")                                                                                   \
    X(NETWORK, 6, "the network or the provider failed")                                                                \
    X(MISMATCH, 7, "verification found a difference")                                                                  \
    X(STOPPED, 130, "stopped before its end")

/** What every function that can fail returns; each value is told by its message in the list. */
typedef enum pgdp_status {
#define PGDP_ENTRY(name, exit_code, text) PGDP_##name,
    PGDP_STATUS_LIST(PGDP_ENTRY)
#undef PGDP_ENTRY
} pgdp_status;

/** Exit code of the program for a status. */
PGDP_API int pgdp_status_exit_code(pgdp_status status);
/** The status in words, from the list. */
PGDP_API const char *pgdp_status_text(pgdp_status status);

/** Caller's memory, realloc-like (size 0 frees); tests pass one that fails. */
typedef struct pgdp_allocator {
    void *(*realloc)(void *user, void *p, size_t size);
    void *user;
} pgdp_allocator;

/** Told of progress, always from the thread that made the call: done of total steps of `what`. */
typedef void (*pgdp_progress)(void *user, const char *what, size_t done, size_t total);

/** Allocator, scratch memory, last error, thread count. One per thread; handles made with it die before it. */
typedef struct pgdp_ctx pgdp_ctx;
PGDP_API pgdp_ctx *pgdp_ctx_new(const pgdp_allocator *allocator); /**< NULL: the C library's memory */
PGDP_API void pgdp_ctx_free(pgdp_ctx *ctx);                       /**< NULL is fine, as for every _free */
PGDP_API const char *pgdp_ctx_error(const pgdp_ctx *ctx);         /**< the last failure in one sentence */
/** Threads that parallel loops may use, at least 1; results do not depend on it. */
PGDP_API void pgdp_ctx_set_threads(pgdp_ctx *ctx, size_t n_threads);
PGDP_API size_t pgdp_ctx_threads(const pgdp_ctx *ctx); /**< as set; 1 at first */
/** Who hears of progress; NULL: nobody. */
PGDP_API void pgdp_ctx_set_progress(pgdp_ctx *ctx, pgdp_progress report, void *user);
/** Is the work to be given up? Asked often, from any thread; long calls then end with STOPPED and leave nothing. */
typedef bool (*pgdp_stop)(void *user);
PGDP_API void pgdp_ctx_set_stop(pgdp_ctx *ctx, pgdp_stop asked, void *user); /**< NULL: never */

/** A view: it owns nothing and lives no longer than what it looks at. */
typedef struct pgdp_vec {
    const double *x;
    size_t n;
} pgdp_vec;
/** A view, column-major: element (i, j) at x[i + j * n_rows]. */
typedef struct pgdp_mat {
    const double *x;
    size_t n_rows, n_cols;
} pgdp_mat;

/** One option by name, as on the command line: { "lambda", "0.5" }. Arrays end with a NULL name. */
typedef struct pgdp_setting {
    const char *name, *value;
} pgdp_setting;
/** A double, or an int that counts into choices. */
typedef enum pgdp_option_kind { PGDP_OPTION_REAL, PGDP_OPTION_CHOICE } pgdp_option_kind;
/** One row is an option's default, check, flag, configuration key and manual entry. */
typedef struct pgdp_option {
    const char *name;
    pgdp_option_kind kind;
    size_t offset;              /**< of the field in the component's own struct */
    double initial, lo, hi;     /**< default, and the closed range allowed */
    const char *const *choices; /**< NULL-ended */
    const char *help;
} pgdp_option;

/** Where bytes go: standard output, a file, memory. */
typedef struct pgdp_sink {
    pgdp_status (*write)(void *user, const void *bytes, size_t n);
    void *user;
} pgdp_sink;

/** The nearest of n names to a misspelt one by edit distance, or NULL when none is near. */
PGDP_API const char *pgdp_nearest(const char *name, const char *const *names, size_t n);
/** Version of the library, "0.1.0". */
PGDP_API const char *pgdp_version(void);
/** The libraries that the program stands on, with versions and the BLAS kernel, as one line of text owned by ctx. */
PGDP_API const char *pgdp_build_info(pgdp_ctx *ctx);

#ifdef __cplusplus
}
#endif
#endif
