/* file_parts.c  Reading at any place of a file, and mapping one (POSIX 2008; madvise of BSD and Linux).
 * SPDX-License-Identifier: GPL-3.0-or-later */
/* For madvise(): the POSIX call may do nothing, and glibc's does nothing. */
#define _DEFAULT_SOURCE /* NOLINT(bugprone-reserved-identifier): the C library reserves it for us */
#include "core/file.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

struct pg_file {
    pgdp_allocator allocator;
    int fd;
    uint64_t size;
    char path[];
};

static pgdp_status look_at(pgdp_ctx *ctx, const char *path, int fd, uint64_t *size)
{
    struct stat about;
    if (fd < 0) return pg_fail_io(ctx, path, "opening", errno);
    if (fstat(fd, &about) != 0) return pg_fail_io(ctx, path, "looking at it", errno);
    if (!S_ISREG(about.st_mode) || about.st_size < 0)
        return pg_fail(ctx, PGDP_IO, "%s: found a directory, pipe or device, expected a regular file", path);
    *size = (uint64_t)about.st_size;
    return PGDP_OK;
}

pgdp_status pg_file_open(pgdp_ctx *ctx, const char *path, pg_file **out)
{
    const size_t length = strlen(path) + 1;
    pg_file *file;
    PG_TRY_ALLOC(ctx, file, ctx->allocator.realloc(ctx->allocator.user, NULL, sizeof *file + length));
    *file = (pg_file){ .allocator = ctx->allocator, .fd = pg_open_to_read(path) };
    memcpy(file->path, path, length);
    const pgdp_status status = look_at(ctx, path, file->fd, &file->size);
    if (status == PGDP_OK)
        *out = file;
    else
        pg_file_close(file);
    return status;
}

void pg_file_close(pg_file *file)
{
    if (file == NULL) return;
    if (file->fd >= 0) close(file->fd);
    const pgdp_allocator allocator = file->allocator;
    (void)allocator.realloc(allocator.user, file, 0);
}

uint64_t pg_file_size(const pg_file *file)
{
    return file->size;
}

pgdp_status pg_file_read_at(pgdp_ctx *ctx, const pg_file *file, uint64_t offset, void *bytes, size_t n)
{
    unsigned char *p = bytes;
    while (n > 0) {
        const ssize_t got = pread(file->fd, p, n, (off_t)offset);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return pg_fail_io(ctx, file->path, "reading", errno);
        if (got == 0)
            return pg_fail(ctx, PGDP_IO, "%s: the file has become shorter while it was read; run again", file->path);
        p += got;
        offset += (uint64_t)got;
        n -= (size_t)got;
    }
    return PGDP_OK;
}

pgdp_status pg_file_map(pgdp_ctx *ctx, const char *path, size_t least, pg_mapping *out)
{
    struct stat about;
    *out = (pg_mapping){ .n = 0 };
    if (stat(path, &about) != 0 || !S_ISREG(about.st_mode)) return PGDP_OK; /* who reads it will say why */
    if (about.st_size < 1 || (uintmax_t)about.st_size < least || (uintmax_t)about.st_size > SIZE_MAX / 2)
        return PGDP_OK;
    const int fd = pg_open_to_read(path);
    if (fd < 0) return pg_fail_io(ctx, path, "opening", errno);
    void *data = mmap(NULL, (size_t)about.st_size, PROT_READ, MAP_PRIVATE, fd, 0);
    close(fd);
    if (data == MAP_FAILED) return PGDP_OK; /* a file system without mappings: it is read instead */
    *out = (pg_mapping){ .data = data, .n = (size_t)about.st_size, .base = data };
    return PGDP_OK;
}

void pg_mapping_close(pg_mapping *mapping)
{
    if (mapping->base != NULL) (void)munmap(mapping->base, mapping->n);
    *mapping = (pg_mapping){ .n = 0 };
}

void pg_mapping_forget(const pg_mapping *mapping, const unsigned char *from, size_t n)
{
    const uintptr_t first = (uintptr_t)mapping->data, start = (uintptr_t)from;
    if (mapping->base == NULL || start < first || start - first > mapping->n || n > mapping->n - (start - first))
        return;
    const size_t page = (size_t)sysconf(_SC_PAGESIZE), offset = start - first; /* a mapping begins with a page */
    const size_t a = (offset + page - 1) / page * page, b = (offset + n) / page * page;
    if (a < b) (void)madvise((unsigned char *)mapping->base + a, b - a, MADV_DONTNEED);
}

bool pg_file_is_there(const char *path)
{
    return access(path, F_OK) == 0;
}
