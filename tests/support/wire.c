/* wire.c  Answers as bytes. Source: RFC 9112 (HTTP/1.1), RFC 1952 (gzip, by zlib).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/wire.h"
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <zlib.h>

enum { CHUNK = 7 };

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (double)t.tv_sec + 1e-9 * (double)t.tv_nsec;
}

/* Sleep unless the server ends before. */
static void wait_for(const pgt_wire *w, double seconds)
{
    const double until = now() + seconds;
    while (!*w->stop && now() < until)
        nanosleep(&(struct timespec){ .tv_nsec = seconds < 0.005 ? (long)(1e9 * seconds) : 5000000 }, NULL);
}

static bool put(pgt_wire *w, const void *bytes, size_t n)
{
    for (const char *at = bytes; n > 0;) {
        const long sent = w->ssl != NULL ? SSL_write(w->ssl, at, (int)n) : send(w->fd, at, n, MSG_NOSIGNAL);
        if (sent <= 0) return false;
        at += sent;
        n -= (size_t)sent;
    }
    return true;
}

long pgt_wire_get(pgt_wire *w, void *bytes, size_t n)
{
    return w->ssl != NULL ? SSL_read(w->ssl, bytes, (int)n) : recv(w->fd, bytes, n, 0);
}

/* Gzip of n bytes, or of n zeros; to be freed. */
static unsigned char *pack(const char *bytes, size_t n, size_t *n_packed)
{
    z_stream stream = { 0 };
    enum { GZIP = 15 + 16 };
    assert_int_equal(deflateInit2(&stream, 9, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY), Z_OK);
    const size_t size = deflateBound(&stream, n);
    unsigned char *zeros = bytes == NULL ? calloc(n, 1) : NULL, *packed = malloc(size);
    stream.next_in = zeros != NULL ? zeros : (unsigned char *)(uintptr_t)bytes;
    stream.avail_in = (unsigned)n;
    stream.next_out = packed;
    stream.avail_out = (unsigned)size;
    assert_int_equal(deflate(&stream, Z_FINISH), Z_STREAM_END);
    *n_packed = stream.total_out;
    deflateEnd(&stream);
    free(zeros);
    return packed;
}

static bool put_head(pgt_wire *w, const pgt_answer *answer, const char *more)
{
    char line[128];
    snprintf(line, sizeof line, "HTTP/1.1 %d Scripted\r\n", answer->status == 0 ? 200 : answer->status);
    bool sent = put(w, line, strlen(line));
    for (const char *at = answer->headers; at != NULL && *at != '\0'; at += strcspn(at, "\n")) {
        at += strspn(at, "\n");
        sent = sent && put(w, at, strcspn(at, "\n")) && put(w, "\r\n", 2);
    }
    return sent && put(w, more, strlen(more)) && put(w, "\r\n", 2);
}

static bool put_sized(pgt_wire *w, const pgt_answer *answer, const char *body, size_t n, const char *more)
{
    char lines[128];
    snprintf(lines, sizeof lines, "%sContent-Length: %zu\r\n", more, n);
    const bool cut = answer->how == PGT_CUT, bodyless = answer->status == 304 || answer->status == 204;
    if (!put_head(w, answer, bodyless ? "" : lines)) return false;
    if (answer->how != PGT_DRIP) return put(w, body, cut ? answer->after : n) && !cut;
    for (size_t i = 0; i < n; i++) {
        wait_for(w, answer->pause);
        if (*w->stop || !put(w, body + i, 1)) return false;
    }
    return true;
}

static bool put_packed(pgt_wire *w, const pgt_answer *answer, const char *body, size_t n)
{
    static const char gzip[] = "Content-Encoding: gzip\r\n";
    size_t n_packed;
    const bool bomb = answer->how == PGT_BOMB;
    unsigned char *packed = pack(bomb ? NULL : body, bomb ? answer->after : n, &n_packed);
    if (answer->how == PGT_GZIP_CUT) n_packed = answer->after;
    const bool sent = put_sized(w, answer, (const char *)packed, n_packed, gzip);
    free(packed);
    return sent;
}

static bool put_chunks(pgt_wire *w, const pgt_answer *answer, const char *body, size_t n)
{
    const bool cut = answer->how == PGT_CHUNKED_CUT;
    const size_t most = cut ? answer->after : n;
    if (!put_head(w, answer, "Transfer-Encoding: chunked\r\n")) return false;
    for (size_t i = 0; i < most; i += CHUNK) {
        char size[8];
        const size_t part = most - i < CHUNK ? most - i : CHUNK;
        snprintf(size, sizeof size, "%zx\r\n", part);
        if (!put(w, size, strlen(size)) || !put(w, body + i, part) || !put(w, "\r\n", 2)) return false;
    }
    return !cut && put(w, "0\r\n\r\n", 5);
}

bool pgt_wire_answer(pgt_wire *w, const pgt_answer *answer)
{
    const char *body = answer->body == NULL ? "" : answer->body;
    const size_t n = strlen(body);
    if (answer->how != PGT_DRIP) wait_for(w, answer->pause);
    switch (answer->how) {
    case PGT_WHOLE:
    case PGT_DRIP:
    case PGT_CUT:
        return put_sized(w, answer, body, n, "");
    case PGT_CHUNKED:
    case PGT_CHUNKED_CUT:
        return put_chunks(w, answer, body, n);
    case PGT_UNTIL_CLOSE:
        return put_head(w, answer, "Connection: close\r\n") && put(w, body, n) && false;
    case PGT_NEVER:
        wait_for(w, 60);
        return false;
    case PGT_CLOSE:
        return false;
    case PGT_GZIP:
    case PGT_GZIP_CUT:
    case PGT_BOMB:
        return put_packed(w, answer, body, n);
    case PGT_RAW:
        return put(w, body, n) && false;
    }
    return false;
}
