/* key.c  Keys of providers, from a file or the environment. No message ever holds one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/file.h"
#include "core/text.h"
#include "net/http.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LONGEST = 4096 };

/* A key is one word of visible ASCII. @param where  for the message: the file, or the variable */
static pgdp_status take_key(pgdp_ctx *ctx, const char *where, const char *text, size_t n, pg_arena *arena,
                            const char **out)
{
    pg_trim(&text, &n);
    if (n == 0) return pg_fail(ctx, PGDP_PARSE, "%s: found nothing, expected a key", where);
    for (size_t i = 0; i < n; i++)
        if (text[i] <= ' ' || text[i] > '~')
            return pg_fail(ctx, PGDP_PARSE, "%s: expected a key alone, one line of letters, digits and signs", where);
    PG_TRY_ALLOC(ctx, *out, pg_arena_strndup(arena, text, n));
    return PGDP_OK;
}

static pgdp_status read_key(pgdp_ctx *ctx, const char *file, int fd, pg_arena *arena, const char **out)
{
    char text[LONGEST + 1];
    size_t n = 0;
    struct stat about;
    if (fstat(fd, &about) != 0) return pg_fail_io(ctx, file, "looking at it", errno);
    if (S_ISREG(about.st_mode) && (about.st_mode & (S_IROTH | S_IWOTH)) != 0)
        return pg_fail(ctx, PGDP_PARSE, "%s: found a key that every user of this machine can read; chmod 600 it", file);
    while (n < sizeof text) {
        const ssize_t got = read(fd, text + n, sizeof text - n);
        if (got == 0) break;
        if (got < 0 && errno != EINTR) return pg_fail_io(ctx, file, "reading", errno);
        if (got > 0) n += (size_t)got;
    }
    if (n > LONGEST)
        return pg_fail(ctx, PGDP_PARSE, "%s: found more than %d bytes, expected a key alone", file, LONGEST);
    return take_key(ctx, file, text, n, arena, out);
}

pgdp_status pg_http_key(pgdp_ctx *ctx, const char *file, const char *variable, pg_arena *arena, const char **out)
{
    *out = NULL;
    if (file == NULL) {
        const char *value = variable == NULL ? NULL : getenv(variable);
        if (value == NULL || value[0] == '\0') return PGDP_OK;
        return take_key(ctx, variable, value, strlen(value), arena, out);
    }
    const int fd = pg_open_to_read(file);
    if (fd < 0) return pg_fail_io(ctx, file, "opening", errno);
    const pgdp_status status = read_key(ctx, file, fd, arena, out);
    (void)close(fd);
    return status;
}
