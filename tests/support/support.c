/* support.c  What tests share: comparing doubles, memory that fails, sinks in memory, files and folders.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* nftw */
#include "tests/support/support.h"

#include <dirent.h>
#include <ftw.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *status_name(pgdp_status status)
{
    static const char *const names[] = {
#define ENTRY(name, exit_code, text) #name,
        PGDP_STATUS_LIST(ENTRY)
#undef ENTRY
    };
    return (size_t)status < sizeof names / sizeof *names ? names[status] : "no status";
}

void pgt_assert_close(double got, double want, double rel, double abs, const char *what, const char *file, int line)
{
    if (isnan(got) && isnan(want)) return;
    if (isinf(want) && isinf(got) && (got > 0) == (want > 0)) return;
    const double error = fabs(got - want), allowed = fmax(abs, rel * fabs(want));
    if (error <= allowed && isfinite(error)) return;
    const double digits = want < 0 || want > 0 ? -log10(error / fabs(want)) : 0;
    print_error("%s = %.17g, expected %.17g: differs by %.3g, allowed %.3g; %.1f digits agree\n", what, got, want,
                error, allowed, fmax(0, digits));
    _fail(file, line);
}

void pgt_assert_status(const pgdp_ctx *ctx, pgdp_status got, pgdp_status want, const char *file, int line)
{
    if (got == want) return;
    print_error("status is %s, expected %s: %s\n", status_name(got), status_name(want),
                ctx == NULL ? "" : pgdp_ctx_error(ctx));
    _fail(file, line);
}

void pgt_assert_contains(const char *text, const char *part, const char *file, int line)
{
    if (text != NULL && strstr(text, part) != NULL) return;
    print_error("\"%s\" does not hold \"%s\"\n", text == NULL ? "(none)" : text, part);
    _fail(file, line);
}

static void *counted_realloc(void *user, void *p, size_t size)
{
    pgt_memory *memory = user;
    if (size == 0) {
        if (p != NULL) memory->n_live--;
        free(p);
        return NULL;
    }
    const size_t call = ++memory->n_calls;
    if (memory->fail_at != 0 && (call == memory->fail_at || (memory->for_ever && call > memory->fail_at))) return NULL;
    void *q = realloc(p, size);
    if (p == NULL && q != NULL) memory->n_live++;
    return q;
}

pgdp_allocator pgt_allocator(pgt_memory *memory)
{
    return (pgdp_allocator){ counted_realloc, memory };
}

/* Answers whether request k was reached, and so failed. */
static bool fail_allocation(pgt_action action, void *user, size_t k, bool for_ever, size_t *n_calls)
{
    pgt_memory memory = { .fail_at = k, .for_ever = for_ever };
    const pgdp_allocator allocator = pgt_allocator(&memory);
    pgdp_ctx *ctx = pgdp_ctx_new(&allocator);
    if (ctx != NULL) {
        const pgdp_status status = action(ctx, user);
        const bool reached = memory.n_calls >= k;
        if (status != (reached ? PGDP_NO_MEMORY : PGDP_OK)) {
            print_error("request %zu of %zu failing (%s): status %s: %s\n", k, (size_t)memory.n_calls,
                        for_ever ? "for ever" : "once", status_name(status), pgdp_ctx_error(ctx));
            fail();
        }
        if (reached) assert_contains(pgdp_ctx_error(ctx), "memory");
    }
    pgdp_ctx_free(ctx);
    if (memory.n_live != 0) {
        print_error("request %zu failing leaves %zu pieces of memory\n", k, (size_t)memory.n_live);
        fail();
    }
    *n_calls = memory.n_calls;
    return memory.n_calls >= k;
}

size_t pgt_fail_every_allocation(pgt_action action, void *user)
{
    size_t n_calls = 0;
    for (int for_ever = 0; for_ever <= 1; for_ever++)
        for (size_t k = 1; fail_allocation(action, user, k, for_ever != 0, &n_calls); k++)
            continue;
    return n_calls;
}

static pgdp_status buffer_write(void *user, const void *bytes, size_t n)
{
    pgt_buffer *buffer = user;
    if (buffer->fail_after != 0 && buffer->n + n > buffer->fail_after) return PGDP_IO;
    char *data = realloc(buffer->data, buffer->n + n + 1);
    if (data == NULL) return PGDP_NO_MEMORY;
    memcpy(data + buffer->n, bytes, n);
    buffer->data = data;
    buffer->n += n;
    data[buffer->n] = '\0';
    return PGDP_OK;
}

pgdp_sink pgt_sink(pgt_buffer *buffer)
{
    return (pgdp_sink){ buffer_write, buffer };
}

void pgt_buffer_free(pgt_buffer *buffer)
{
    free(buffer->data);
    *buffer = (pgt_buffer){ 0 };
}

const char *pgt_shared_path(const char *name)
{
    static char path[4096];
    const char *folder = getenv("PGDP_SHARED");
    snprintf(path, sizeof path, "%s/%s", folder == NULL || folder[0] == '\0' ? "../shared" : folder, name);
    if (access(path, R_OK) == 0) return path;
    print_message("skipped: %s is absent; PGDP_SHARED names the folder of the sources\n", path);
    return NULL;
}

char *pgt_read_file(const char *path, size_t *n)
{
    FILE *file = fopen(path, "rb");
    pgt_buffer buffer = { 0 };
    char part[4096];
    if (file == NULL) {
        print_error("cannot open %s\n", path);
        fail();
        return NULL;
    }
    for (size_t got = 1; got > 0;) {
        got = fread(part, 1, sizeof part, file);
        assert_true(buffer_write(&buffer, part, got) == PGDP_OK);
    }
    fclose(file);
    if (n != NULL) *n = buffer.n;
    return buffer.data;
}

void pgt_write_file(const char *path, const void *bytes, size_t n)
{
    FILE *file = fopen(path, "wb");
    if (file == NULL) {
        print_error("cannot create %s\n", path);
        fail();
        return;
    }
    assert_true(fwrite(bytes, 1, n, file) == n);
    assert_true(fclose(file) == 0);
}

char *pgt_new_folder(void)
{
    const char *parent = getenv("TMPDIR");
    if (parent == NULL || parent[0] == '\0') parent = "/tmp";
    const size_t size = strlen(parent) + sizeof "/pgdp-test-XXXXXX";
    char *folder = malloc(size);
    assert_non_null(folder);
    snprintf(folder, size, "%s/pgdp-test-XXXXXX", parent);
    assert_non_null(mkdtemp(folder));
    return folder;
}

static int remove_entry(const char *path, const struct stat *about, int kind, struct FTW *place)
{
    (void)about, (void)kind, (void)place;
    return remove(path);
}

void pgt_remove_folder(char *folder)
{
    if (folder == NULL) return;
    assert_int_equal(nftw(folder, remove_entry, 16, FTW_DEPTH | FTW_PHYS), 0);
    free(folder);
}

const char *pgt_path(const char *folder, const char *name)
{
    static char paths[4][4096];
    static size_t next;
    char *path = paths[next++ % 4];
    snprintf(path, sizeof paths[0], "%s/%s", folder, name);
    return path;
}

size_t pgt_count_entries(const char *folder)
{
    DIR *directory = opendir(folder);
    assert_non_null(directory);
    size_t n = 0;
    for (const struct dirent *entry = readdir(directory); entry != NULL; entry = readdir(directory))
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0) n++;
    closedir(directory);
    return n;
}

bool pgt_set_comma_locale(const char *folder)
{
    static const char *const names[] = { "de_DE.UTF-8", "de_DE.utf8", "fr_FR.UTF-8", "de_DE" };
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (setlocale(LC_ALL, names[i]) != NULL && strcmp(localeconv()->decimal_point, ",") == 0) return true;
    char command[5000];
    snprintf(command, sizeof command, "localedef -i de_DE -f UTF-8 '%s/de_DE.UTF-8' >'%s/localedef.log' 2>&1", folder,
             folder);
    if (system(command) >= 0 && setenv("LOCPATH", folder, 1) == 0 && setlocale(LC_ALL, "de_DE.UTF-8") != NULL &&
        strcmp(localeconv()->decimal_point, ",") == 0)
        return true;
    setlocale(LC_ALL, "C");
    print_message("skipped: no locale with a decimal comma, and localedef cannot make one\n");
    return false;
}
