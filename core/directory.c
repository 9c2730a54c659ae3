/* directory.c  Directories filled whole from a staging place, or removed with their files.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "pgdp/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

/** directory/name in scratch memory; the caller rewinds. */
static const char *inside(pgdp_ctx *ctx, const char *directory, const char *name)
{
    return pg_arena_printf(&ctx->scratch, "%s/%s", directory, name);
}

/** Make the directory's entries durable. */
static pgdp_status sync_directory(pgdp_ctx *ctx, const char *path)
{
    const int fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    const bool synced = fd >= 0 && fsync(fd) == 0;
    const int reason = errno;
    if (fd >= 0) close(fd);
    return synced ? PGDP_OK : pg_fail(ctx, PGDP_IO, "%s: cannot sync the directory: %s", path, strerror(reason));
}

void pgdp_directory_remove(pgdp_ctx *ctx, const char *directory)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    DIR *entries = opendir(directory);
    const struct dirent *entry = NULL;
    while (entries != NULL && (entry = readdir(entries)) != NULL) {
        const char *path = inside(ctx, directory, entry->d_name);
        if (path != NULL) (void)unlink(path); /* of . and .. it fails, as of directories */
    }
    if (entries != NULL) (void)closedir(entries);
    (void)rmdir(directory);
    pg_arena_rewind(&ctx->scratch, mark);
}

/** Move one file out of the staging place. */
static pgdp_status move_file(pgdp_ctx *ctx, const char *staging, const char *directory, const char *name)
{
    const char *from, *to;
    PG_TRY_ALLOC(ctx, from, inside(ctx, staging, name));
    PG_TRY_ALLOC(ctx, to, inside(ctx, directory, name));
    if (rename(from, to) == 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_IO, "%s: cannot be put in place: %s", to, strerror(errno));
}

/** The last file says that the others are whole: the old one goes first, the new one comes last. */
static pgdp_status replace_files(pgdp_ctx *ctx, const char *staging, const char *directory, const char *const *files)
{
    size_t n = 0;
    while (files[n] != NULL)
        n++;
    const char *seal;
    PG_TRY_ALLOC(ctx, seal, inside(ctx, directory, files[n - 1]));
    if (unlink(seal) != 0 && errno != ENOENT)
        return pg_fail(ctx, PGDP_IO, "%s: cannot be replaced: %s", seal, strerror(errno));
    for (size_t i = 0; i < n; i++)
        PG_TRY(move_file(ctx, staging, directory, files[i]));
    return sync_directory(ctx, directory);
}

pgdp_status pgdp_directory_publish(pgdp_ctx *ctx, const char *staging, const char *directory, const char *const *files)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = PGDP_OK;
    if (rename(staging, directory) != 0) { /* it works where there is no directory yet, or an empty one */
        status = pgdp_directory_make(ctx, directory);
        if (status == PGDP_OK) status = replace_files(ctx, staging, directory, files);
        if (status == PGDP_OK) (void)rmdir(staging);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}
