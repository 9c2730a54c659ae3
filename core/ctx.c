/* ctx.c  The context, the list of statuses, and the sentences that failures leave.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#ifndef PGDP_VERSION
#define PGDP_VERSION "0.1.0"
#endif

enum { LONGEST_NAME = 64 }; /* bytes of a name that pgdp_nearest() looks at */

const char *pgdp_version(void)
{
    return PGDP_VERSION;
}

typedef struct status_row {
    int exit_code;
    const char *text;
} status_row;

static const status_row statuses[] = {
#define ENTRY(name, exit_code, text) { exit_code, text },
    PGDP_STATUS_LIST(ENTRY)
#undef ENTRY
};

static const status_row *status_of(pgdp_status status)
{
    static const status_row unknown = { PGDP_BAD_ARGUMENT, "unknown status" };
    const size_t i = (size_t)status;
    return i < sizeof statuses / sizeof *statuses ? &statuses[i] : &unknown;
}

int pgdp_status_exit_code(pgdp_status status)
{
    return status_of(status)->exit_code;
}

const char *pgdp_status_text(pgdp_status status)
{
    return status_of(status)->text;
}

static void *c_library_realloc(void *user, void *p, size_t size)
{
    (void)user;
    if (size != 0) return realloc(p, size);
    free(p);
    return NULL;
}

pgdp_ctx *pgdp_ctx_new(const pgdp_allocator *allocator)
{
    static const pgdp_allocator c_library = { c_library_realloc, NULL };
    if (allocator == NULL) allocator = &c_library;
    pgdp_ctx *ctx = allocator->realloc(allocator->user, NULL, sizeof *ctx);
    if (ctx == NULL) return NULL;
    *ctx = (pgdp_ctx){ .allocator = *allocator, .n_threads = 1 };
    pg_arena_init(&ctx->scratch, allocator);
    return ctx;
}

void pgdp_ctx_free(pgdp_ctx *ctx)
{
    if (ctx == NULL) return;
    pg_arena_free(&ctx->scratch);
    ctx->allocator.realloc(ctx->allocator.user, ctx, 0);
}

const char *pgdp_ctx_error(const pgdp_ctx *ctx)
{
    return ctx->error;
}

void pgdp_ctx_set_threads(pgdp_ctx *ctx, size_t n_threads)
{
    ctx->n_threads = n_threads == 0 ? 1 : n_threads;
}

size_t pgdp_ctx_threads(const pgdp_ctx *ctx)
{
    return ctx->n_threads;
}

void pgdp_ctx_set_progress(pgdp_ctx *ctx, pgdp_progress report, void *user)
{
    ctx->progress = report;
    ctx->progress_user = user;
}

void pgdp_ctx_set_stop(pgdp_ctx *ctx, pgdp_stop asked, void *user)
{
    ctx->stop = asked;
    ctx->stop_user = user;
}

pgdp_status pg_check_stop(pgdp_ctx *ctx)
{
    if (ctx->stop == NULL || !ctx->stop(ctx->stop_user)) return PGDP_OK;
    return pg_fail(ctx, PGDP_STOPPED, "stopped before the end, as asked; nothing unfinished is left");
}

void pg_progress(pgdp_ctx *ctx, const char *what, size_t done, size_t total)
{
    if (ctx->progress != NULL) ctx->progress(ctx->progress_user, what, done, total);
}

/* Sentences quote foreign bytes: none may move a terminal's cursor, start a second line or be half a character. */
static void make_printable(char *s)
{
    size_t valid = pg_utf8_valid(s, strlen(s));
    for (size_t i = 0; s[i] != '\0'; i++) {
        const unsigned char c = (unsigned char)s[i];
        if (i == valid) {
            s[i] = '?';
            valid = i + 1 + pg_utf8_valid(s + i + 1, strlen(s + i + 1));
        } else if (c == '\n' || c == '\t' || c == '\r') {
            s[i] = ' ';
        } else if (c < 0x20 || c == 0x7f) {
            s[i] = '?';
        }
    }
}

/* Store text of `length` bytes, of which `sentence` holds as many as fit. */
static void store(pgdp_ctx *ctx, const char *sentence, size_t length)
{
    const size_t size = sizeof ctx->error;
    size_t n = length < size ? length : size - sizeof "...";
    if (length >= size) { /* cut before a character, not within */
        while (n > 0 && ((unsigned char)sentence[n] & 0xc0) == 0x80)
            n--;
    }
    memcpy(ctx->error, sentence, n);
    ctx->error[n] = '\0';
    if (length >= size) memcpy(ctx->error + n, "...", sizeof "...");
    make_printable(ctx->error);
}

pgdp_status pg_fail(pgdp_ctx *ctx, pgdp_status status, const char *format, ...)
{
    char sentence[sizeof ctx->error]; /* not in place: an argument may be the last error itself */
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    if (length >= 0) store(ctx, sentence, (size_t)length);
    return status;
}

pgdp_status pg_fail_within(pgdp_ctx *ctx, pgdp_status status, const char *format, ...)
{
    char words[sizeof ctx->error / 2];
    va_list arguments;
    va_start(arguments, format);
    const int length = vsnprintf(words, sizeof words, format, arguments);
    va_end(arguments);
    if (length < 0) return status;
    const size_t n = strlen(words);
    const char *separator = n == 0 || words[n - 1] == ' ' ? "" : ": ";
    return pg_fail(ctx, status, "%s%s%s", words, separator, ctx->error);
}

pgdp_status pg_no_memory(pgdp_ctx *ctx)
{
    return pg_fail(ctx, PGDP_NO_MEMORY, "out of memory: free some, or give the program less at once");
}

static unsigned char fold(char c)
{
    return (unsigned char)(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
}

/* Edit distance with adjacent transposition (optimal string alignment), capitals and small letters alike. */
static size_t edit_distance(const char *a, size_t n_a, const char *b, size_t n_b)
{
    size_t row[3][LONGEST_NAME + 1] = { { 0 } }; /* rows i - 2, i - 1, i, in turn */
    for (size_t j = 0; j <= n_b; j++)
        row[0][j] = j;
    for (size_t i = 1; i <= n_a; i++) {
        size_t *now = row[i % 3];
        const size_t *before = row[(i + 2) % 3], *two_before = row[(i + 1) % 3];
        now[0] = i;
        for (size_t j = 1; j <= n_b; j++) {
            const bool same = fold(a[i - 1]) == fold(b[j - 1]);
            size_t best = before[j - 1] + (same ? 0 : 1);
            if (before[j] + 1 < best) best = before[j] + 1;
            if (now[j - 1] + 1 < best) best = now[j - 1] + 1;
            const bool swapped = i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) && fold(a[i - 2]) == fold(b[j - 1]);
            if (swapped && two_before[j - 2] + 1 < best) best = two_before[j - 2] + 1;
            now[j] = best;
        }
    }
    return row[n_a % 3][n_b];
}

const char *pgdp_nearest(const char *name, const char *const *names, size_t n)
{
    const size_t length = strlen(name);
    if (length > LONGEST_NAME) return NULL;
    size_t limit = length / 3 < 2 ? length / 3 : 2;
    const char *nearest = NULL;
    for (size_t i = 0; i < n; i++) {
        const size_t other = strlen(names[i]);
        if (other > LONGEST_NAME) continue;
        const size_t distance = edit_distance(name, length, names[i], other);
        if (distance > limit || (nearest != NULL && distance == limit)) continue;
        nearest = names[i];
        limit = distance;
    }
    return nearest;
}
