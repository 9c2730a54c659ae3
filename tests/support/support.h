/* support.h  What tests share: comparing doubles, memory that fails, sinks in memory, files and folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_SUPPORT_H
#define PGT_SUPPORT_H

/* cmocka.h needs these before it */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pgdp/base.h"

/** |got - want| <= max(abs, rel * |want|); NaN equals NaN. Prints 17 digits of both and the digits that agree. */
#define assert_close(got, want, rel, abs) pgt_assert_close((got), (want), (rel), (abs), #got, __FILE__, __LINE__)
void pgt_assert_close(double got, double want, double rel, double abs, const char *what, const char *file, int line);
/** Status is PGDP_OK; else the test fails with the context's sentence. */
#define assert_ok(ctx, status)               pgt_assert_status((ctx), (status), PGDP_OK, __FILE__, __LINE__)
/** Status is the one expected, by name: assert_status(ctx, call, PGDP_PARSE). */
#define assert_status(ctx, status, expected) pgt_assert_status((ctx), (status), (expected), __FILE__, __LINE__)
void pgt_assert_status(const pgdp_ctx *ctx, pgdp_status got, pgdp_status want, const char *file, int line);
/** The text holds the part; else both are printed. */
#define assert_contains(text, part) pgt_assert_contains((text), (part), __FILE__, __LINE__)
void pgt_assert_contains(const char *text, const char *part, const char *file, int line);

/** Memory that counts itself and fails on order; safe for several threads. Start with { 0 }. */
typedef struct pgt_memory {
    _Atomic size_t n_calls; /**< requests for memory so far */
    _Atomic size_t n_live;  /**< pieces not yet freed */
    size_t fail_at;         /**< number of the request that fails, from 1; 0: none */
    bool for_ever;          /**< all requests after it fail as well */
} pgt_memory;
pgdp_allocator pgt_allocator(pgt_memory *memory);

/** Does something with ctx and frees all that it made before it returns, whatever the outcome. */
typedef pgdp_status (*pgt_action)(pgdp_ctx *ctx, void *user);
/**
 * Run the action with request 1 failing, then request 2, ... until it succeeds, once with one failure and once with all
 * later requests failing too. Asserts NO_MEMORY with a sentence and that nothing leaks each time.
 * @return requests that a success takes, the context's own included
 */
size_t pgt_fail_every_allocation(pgt_action action, void *user);

/** Bytes in memory; a sink writes to it and fails once more than fail_after bytes would be in (0: never). */
typedef struct pgt_buffer {
    char *data; /**< ends with NUL; NULL while empty */
    size_t n, fail_after;
} pgt_buffer;
pgdp_sink pgt_sink(pgt_buffer *buffer);
void pgt_buffer_free(pgt_buffer *buffer);

/** Path of a file among the shared sources ($PGDP_SHARED, else ../shared); NULL and a printed line when it is absent.
 * Valid until the next call. */
const char *pgt_shared_path(const char *name);
/** A whole file, ending with NUL, to be freed with free(); the test fails when it cannot be read. n may be NULL. */
char *pgt_read_file(const char *path, size_t *n);
void pgt_write_file(const char *path, const void *bytes, size_t n);
/** A new empty folder, to be given to pgt_remove_folder(), which removes all in it. */
char *pgt_new_folder(void);
void pgt_remove_folder(char *folder);
/** folder/name; valid until the fourth call from here. */
const char *pgt_path(const char *folder, const char *name);
/** Entries of a folder, "." and ".." not counted. */
size_t pgt_count_entries(const char *folder);

/** Switch the process to a locale whose decimal mark is a comma, made by localedef in folder when none is installed.
 * @return false with a printed line when that cannot be; setlocale(LC_ALL, "C") undoes it */
bool pgt_set_comma_locale(const char *folder);

#endif
