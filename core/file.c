/* file.c  The one file that opens and renames: files are read whole and written whole or not at all (POSIX 2008).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* for realpath(); NOLINT(bugprone-reserved-identifier): POSIX reserves it for us */
#include "pgdp/file.h"
#include "core/file.h"
#include "core/ranks.h"
#include "core/text.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum {
    READ_STEP = 1 << 16,
    WRITE_BUFFER = 1 << 16,
    TEMPORARY_NAMES = 10000, /* tried before giving up */
};

static const char nowhere[] = "/dev/null";

struct pgdp_output {
    pg_arena arena; /* holds this too */
    pgdp_ctx *ctx;
    const char *path, *target, *directory, *temporary; /* target: path with a symbolic link followed */
    int fd;
    pgdp_status status; /* the first failed write */
    size_t n;
    unsigned char buffer[WRITE_BUFFER];
};

pgdp_status pg_fail_io(pgdp_ctx *ctx, const char *path, const char *doing, int error)
{
    char reason[128] = "unknown error";
    if (error == ENOMEM) return pg_no_memory(ctx);
    if (strerror_r(error, reason, sizeof reason) != 0) memcpy(reason, "unknown error", sizeof "unknown error");
    return pg_fail(ctx, PGDP_IO, "%s: %s failed: %s", path, doing, reason);
}

static int open_again(const char *path, int flags, mode_t mode)
{
    int fd;
    do {
        fd = open(path, flags | O_CLOEXEC | O_NOCTTY, mode);
    } while (fd < 0 && errno == EINTR);
    return fd;
}

int pg_open_to_read(const char *path)
{
    return open_again(path, O_RDONLY, 0);
}

/* ---- reading ---- */

typedef struct contents {
    unsigned char *bytes;
    size_t n, capacity;
} contents;

/* One more byte than n is always there: callers may rely on a NUL at the end. */
static pgdp_status make_room(pgdp_ctx *ctx, contents *c)
{
    if (c->capacity - c->n > 1) return PGDP_OK;
    if (c->capacity > PTRDIFF_MAX / 2) return pg_no_memory(ctx);
    const size_t capacity = c->capacity == 0 ? READ_STEP : 2 * c->capacity;
    unsigned char *bytes = ctx->allocator.realloc(ctx->allocator.user, c->bytes, capacity);
    if (bytes == NULL) return pg_no_memory(ctx);
    c->bytes = bytes;
    c->capacity = capacity;
    return PGDP_OK;
}

static pgdp_status read_all(pgdp_ctx *ctx, const char *path, int fd, contents *c)
{
    struct stat about;
    if (fstat(fd, &about) != 0) return pg_fail_io(ctx, path, "looking at it", errno);
    if (S_ISDIR(about.st_mode))
        return pg_fail(ctx, PGDP_IO, "%s: found a directory, expected a file; name a file in it", path);
    if (S_ISREG(about.st_mode) && about.st_size > 0 && about.st_size < PTRDIFF_MAX / 2) {
        c->capacity = (size_t)about.st_size + 2; /* so that the read that finds the end needs no more room */
        c->bytes = ctx->allocator.realloc(ctx->allocator.user, NULL, c->capacity);
        if (c->bytes == NULL) return pg_no_memory(ctx);
    }
    for (;;) {
        PG_TRY(make_room(ctx, c));
        const ssize_t got = read(fd, c->bytes + c->n, c->capacity - c->n - 1);
        if (got < 0 && errno != EINTR) return pg_fail_io(ctx, path, "reading", errno);
        if (got == 0) break;
        if (got > 0) c->n += (size_t)got;
    }
    c->bytes[c->n] = '\0';
    return PGDP_OK;
}

pgdp_status pgdp_file_read(pgdp_ctx *ctx, const char *path, unsigned char **bytes, size_t *n)
{
    const bool standard_input = pg_streq(path, "-");
    const int fd = standard_input ? STDIN_FILENO : pg_open_to_read(path);
    if (fd < 0) return pg_fail_io(ctx, path, "opening", errno);
    contents c = { .bytes = NULL };
    pgdp_status status = PGDP_OK;
    if (!standard_input || pg_rank(ctx) == 0) /* of several processes the first alone has standard input */
        status = read_all(ctx, standard_input ? "standard input" : path, fd, &c);
    if (standard_input) status = pg_pass(ctx, status, &c.bytes, &c.n);
    if (!standard_input) close(fd); /* nothing was written: closing has nothing to report */
    if (status != PGDP_OK) {
        pgdp_file_release(ctx, c.bytes);
        return status;
    }
    *bytes = c.bytes;
    *n = c.n;
    return PGDP_OK;
}

void pgdp_file_release(pgdp_ctx *ctx, unsigned char *bytes)
{
    if (bytes != NULL) ctx->allocator.realloc(ctx->allocator.user, bytes, 0);
}

/* ---- writing ---- */

/* 0, or errno. */
static int write_all(int fd, const void *bytes, size_t n)
{
    const unsigned char *p = bytes;
    while (n > 0) {
        const ssize_t written = write(fd, p, n);
        if (written < 0 && errno != EINTR) return errno;
        if (written == 0) return EIO;
        if (written < 0) continue;
        p += written;
        n -= (size_t)written;
    }
    return 0;
}

static pgdp_status flush(pgdp_output *output)
{
    if (output->status == PGDP_OK) output->status = pg_check_stop(output->ctx);
    if (output->status == PGDP_OK) {
        const int error = write_all(output->fd, output->buffer, output->n);
        if (error != 0) output->status = pg_fail_io(output->ctx, output->path, "writing", error);
    }
    output->n = 0;
    return output->status;
}

static pgdp_status output_write(void *user, const void *bytes, size_t n)
{
    pgdp_output *output = user;
    const unsigned char *p = bytes;
    while (n > 0 && output->status == PGDP_OK) {
        const size_t room = WRITE_BUFFER - output->n, part = n < room ? n : room;
        memcpy(output->buffer + output->n, p, part);
        output->n += part;
        p += part;
        n -= part;
        if (output->n == WRITE_BUFFER && flush(output) != PGDP_OK) break;
    }
    return output->status;
}

/* Follow a symbolic link, so that what it points to is replaced and not the link. */
static pgdp_status resolve(pgdp_ctx *ctx, pgdp_output *output)
{
    struct stat about;
    output->target = output->path;
    if (lstat(output->path, &about) != 0 || !S_ISLNK(about.st_mode)) return PGDP_OK;
    char *real = realpath(output->path, NULL);
    if (real == NULL) return pg_fail_io(ctx, output->path, "following the symbolic link", errno);
    output->target = pg_arena_strdup(&output->arena, real);
    free(real);
    return output->target == NULL ? pg_no_memory(ctx) : PGDP_OK;
}

/* The directory part of target, with its last slash, "" when there is none. */
static const char *directory_of(pg_arena *arena, const char *target)
{
    const char *slash = strrchr(target, '/');
    return pg_arena_strndup(arena, target, slash == NULL ? 0 : (size_t)(slash - target) + 1);
}

/* A new file beside the target: a short name of its own, so that no target's name is too long for it. */
static pgdp_status open_temporary(pgdp_ctx *ctx, pgdp_output *output)
{
    const size_t size = strlen(output->directory) + 64;
    char *name;
    PG_TRY_ALLOC(ctx, name, pg_arena_alloc(&output->arena, size, 1));
    for (int i = 0; i < TEMPORARY_NAMES; i++) {
        snprintf(name, size, "%s.pgdp-%lld-%d.tmp", output->directory, (long long)getpid(), i);
        output->fd = open_again(name, O_WRONLY | O_CREAT | O_EXCL, 0666);
        if (output->fd >= 0) {
            output->temporary = name;
            return PGDP_OK;
        }
        if (errno != EEXIST) break;
    }
    const int error = errno;
    const char *doing;
    PG_TRY_ALLOC(ctx, doing,
                 pg_arena_printf(&output->arena, "creating a file in directory \"%s\"",
                                 output->directory[0] == '\0' ? "." : output->directory));
    return pg_fail_io(ctx, output->path, doing, error);
}

/* Files are written by rank 0; what the others write goes nowhere. */
static pgdp_status open_nowhere(pgdp_ctx *ctx, pgdp_output *output)
{
    output->fd = open_again(nowhere, O_WRONLY, 0);
    return output->fd >= 0 ? PGDP_OK : pg_fail_io(ctx, nowhere, "opening", errno);
}

static pgdp_status prepare(pgdp_ctx *ctx, const char *path, pgdp_output *output)
{
    struct stat about;
    PG_TRY_ALLOC(ctx, output->path, pg_arena_strdup(&output->arena, path));
    if (pg_rank(ctx) > 0) return open_nowhere(ctx, output);
    PG_TRY(resolve(ctx, output));
    const bool there = stat(output->target, &about) == 0;
    const char *const what = there && S_ISDIR(about.st_mode) ? "directory" : "device, pipe or socket";
    if (there && !S_ISREG(about.st_mode))
        return pg_fail(ctx, PGDP_IO, "%s: found a %s, expected a file or a free name; choose another path", path, what);
    PG_TRY_ALLOC(ctx, output->directory, directory_of(&output->arena, output->target));
    PG_TRY(open_temporary(ctx, output));
    if (there && fchmod(output->fd, about.st_mode & 0777) != 0)
        return pg_fail_io(ctx, path, "keeping the file's permissions", errno);
    return PGDP_OK;
}

static void free_output(pgdp_output *output)
{
    pg_arena arena = output->arena;
    pg_arena_free(&arena);
}

pgdp_status pgdp_output_new(pgdp_ctx *ctx, const char *path, pgdp_output **out, pgdp_sink *sink)
{
    pg_arena arena;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_output *output = pg_arena_alloc(&arena, 1, sizeof *output);
    if (output == NULL) return pg_no_memory(ctx);
    output->arena = arena;
    output->ctx = ctx;
    output->fd = -1;
    const pgdp_status status = prepare(ctx, path, output);
    if (status != PGDP_OK) {
        pgdp_output_discard(ctx, output);
        return status;
    }
    *out = output;
    *sink = (pgdp_sink){ output_write, output };
    return PGDP_OK;
}

const char *pgdp_output_temporary(const pgdp_output *output)
{
    return output->temporary != NULL ? output->temporary : nowhere;
}

void pgdp_output_discard(pgdp_ctx *ctx, pgdp_output *output)
{
    (void)ctx;
    if (output == NULL) return;
    if (output->fd >= 0) close(output->fd); /* what it holds is thrown away */
    if (output->temporary != NULL) unlink(output->temporary);
    free_output(output);
}

/* A rename lasts only once its directory is on the disk. File systems that cannot sync a directory say EINVAL. */
static pgdp_status sync_directory(pgdp_ctx *ctx, const pgdp_output *output)
{
    const char *directory = output->directory[0] == '\0' ? "." : output->directory;
    const int fd = open_again(directory, O_RDONLY | O_DIRECTORY, 0);
    if (fd < 0) return errno == EACCES ? PGDP_OK : pg_fail_io(ctx, directory, "opening the directory", errno);
    const int error = fsync(fd) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : errno;
    close(fd);
    return error == 0 ? PGDP_OK : pg_fail_io(ctx, directory, "syncing the directory", error);
}

static pgdp_status commit(pgdp_ctx *ctx, pgdp_output *output)
{
    PG_TRY(flush(output));
    if (output->temporary == NULL) return PGDP_OK; /* nowhere */
    if (fsync(output->fd) != 0) return pg_fail_io(ctx, output->path, "syncing", errno);
    const int closed = close(output->fd);
    output->fd = -1;
    if (closed != 0) return pg_fail_io(ctx, output->path, "closing", errno);
    if (rename(output->temporary, output->target) != 0)
        return pg_fail_io(ctx, output->path, "renaming into place", errno);
    output->temporary = NULL;
    return sync_directory(ctx, output);
}

pgdp_status pgdp_output_commit(pgdp_ctx *ctx, pgdp_output *output)
{
    const pgdp_status status = commit(ctx, output);
    pgdp_output_discard(ctx, output); /* nothing but memory is left of it after success */
    return status;
}

pgdp_status pgdp_file_write(pgdp_ctx *ctx, const char *path, const void *bytes, size_t n)
{
    pgdp_output *output = NULL;
    pgdp_sink sink;
    const pgdp_status status = pgdp_output_new(ctx, path, &output, &sink);
    if (status != PGDP_OK || output == NULL) return status;
    output_write(output, bytes, n); /* a failure of it is the commit's too */
    return pgdp_output_commit(ctx, output);
}

static pgdp_status make_one_directory(pgdp_ctx *ctx, const char *path)
{
    struct stat about;
    if (mkdir(path, 0777) == 0) return PGDP_OK;
    const int error = errno;
    if (stat(path, &about) == 0 && S_ISDIR(about.st_mode)) return PGDP_OK;
    return pg_fail_io(ctx, path, "making the directory", error);
}

static pgdp_status make_directories(pgdp_ctx *ctx, const char *path)
{
    char *prefix;
    PG_TRY_ALLOC(ctx, prefix, pg_arena_strdup(&ctx->scratch, path));
    for (char *slash = strchr(prefix + 1, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        PG_TRY(make_one_directory(ctx, prefix));
        *slash = '/';
    }
    return make_one_directory(ctx, prefix);
}

pgdp_status pgdp_directory_make(pgdp_ctx *ctx, const char *path)
{
    if (path[0] == '\0') return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found an empty path, expected a directory's name");
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status = make_directories(ctx, path);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static pgdp_status standard_output_write(void *user, const void *bytes, size_t n)
{
    (void)user;
    return write_all(STDOUT_FILENO, bytes, n) == 0 ? PGDP_OK : PGDP_IO;
}

pgdp_sink pgdp_standard_output(void)
{
    return (pgdp_sink){ standard_output_write, NULL };
}
