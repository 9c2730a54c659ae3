/* test_file_read.c  Files and standard input are read whole, or the path and the reason are told.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "pgdp/file.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

/* The test's own system calls stand before the C library's: they count, fail on order and read in small parts. */
static struct {
    size_t n_calls, fail_at; /* from 1; 0: none */
    size_t largest;          /* bytes a read gives at once; 0: any */
    bool interrupt;          /* every other read is interrupted first */
    bool interrupted;
} faults;

static bool fault(void)
{
    if (faults.fail_at == 0 || ++faults.n_calls != faults.fail_at) return false;
    errno = EIO;
    return true;
}

static bool interrupted(void)
{
    faults.interrupted = faults.interrupt && !faults.interrupted;
    if (faults.interrupted) errno = EINTR;
    return faults.interrupted;
}

int open(const char *path, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(arguments, mode_t) : 0;
    va_end(arguments);
    return fault() ? -1 : openat(AT_FDCWD, path, flags, mode);
}

ssize_t read(int fd, void *bytes, size_t n)
{
    if (interrupted() || fault()) return -1;
    const struct iovec part = { bytes, faults.largest != 0 && n > faults.largest ? faults.largest : n };
    return readv(fd, &part, 1);
}

typedef struct fixture {
    pgdp_ctx *ctx;
    char *folder;
    const char *path; /* a file in it that holds "old contents" */
} fixture;

static int set_up(void **state)
{
    static fixture f;
    static char path[4096];
    memset(&faults, 0, sizeof faults);
    f = (fixture){ pgdp_ctx_new(NULL), pgt_new_folder(), path };
    snprintf(path, sizeof path, "%s/report.json", f.folder);
    pgt_write_file(path, "old contents", 12);
    *state = &f;
    return f.ctx == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    memset(&faults, 0, sizeof faults);
    pgt_remove_folder(f->folder);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static void file_is_read_whole(void **state)
{
    fixture *f = *state;
    unsigned char *bytes = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pgdp_file_read(f->ctx, f->path, &bytes, &n));
    assert_int_equal(n, 12);
    assert_memory_equal(bytes, "old contents", 13); /* and a NUL */
    pgdp_file_release(f->ctx, bytes);
    pgdp_file_release(f->ctx, NULL);
}

static void large_and_empty_files_are_read_in_interrupted_parts(void **state)
{
    fixture *f = *state;
    static unsigned char all[300007];
    for (size_t i = 0; i < sizeof all; i++)
        all[i] = (unsigned char)(i * 31 % 253);
    for (size_t size = 0; size <= sizeof all; size += sizeof all) {
        pgt_write_file(f->path, all, size);
        faults.interrupt = true;
        faults.largest = 40009;
        unsigned char *bytes = NULL;
        size_t n = 7;
        assert_ok(f->ctx, pgdp_file_read(f->ctx, f->path, &bytes, &n));
        assert_int_equal(n, size);
        assert_non_null(bytes);
        assert_memory_equal(bytes, all, size);
        pgdp_file_release(f->ctx, bytes);
    }
}

static void file_of_unknown_length_is_read_whole(void **state)
{
    fixture *f = *state;
    unsigned char *bytes = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pgdp_file_read(f->ctx, "/proc/self/status", &bytes, &n)); /* says it has 0 bytes */
    assert_true(n > 100);
    assert_int_equal(strlen((const char *)bytes), n);
    pgdp_file_release(f->ctx, bytes);
}

static void minus_reads_standard_input(void **state)
{
    fixture *f = *state;
    int ends[2];
    const int saved = dup(STDIN_FILENO);
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "year,gdp\n", 9), 9);
    close(ends[1]);
    dup2(ends[0], STDIN_FILENO);
    close(ends[0]);
    unsigned char *bytes = NULL;
    size_t n = 0;
    const pgdp_status status = pgdp_file_read(f->ctx, "-", &bytes, &n);
    if (saved >= 0) {
        dup2(saved, STDIN_FILENO);
        close(saved);
    }
    assert_ok(f->ctx, status);
    assert_int_equal(n, 9);
    assert_memory_equal(bytes, "year,gdp\n", 9);
    pgdp_file_release(f->ctx, bytes);
}

static void unreadable_path_is_named_with_the_reason(void **state)
{
    fixture *f = *state;
    unsigned char *bytes = NULL;
    size_t n = 0;
    const char *absent = pgt_path(f->folder, "absent.csv");
    assert_status(f->ctx, pgdp_file_read(f->ctx, absent, &bytes, &n), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), absent);
    assert_contains(pgdp_ctx_error(f->ctx), "No such file or directory");
    assert_status(f->ctx, pgdp_file_read(f->ctx, f->folder, &bytes, &n), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), f->folder);
    assert_contains(pgdp_ctx_error(f->ctx), "found a directory, expected a file");
    assert_null(bytes);
}

static void failing_read_is_told(void **state)
{
    fixture *f = *state;
    for (size_t k = 1; k <= 3; k++) {
        unsigned char *bytes = NULL;
        size_t n = 0;
        faults.n_calls = 0;
        faults.fail_at = k;
        assert_status(f->ctx, pgdp_file_read(f->ctx, f->path, &bytes, &n), PGDP_IO);
        assert_contains(pgdp_ctx_error(f->ctx), "report.json: ");
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(file_is_read_whole),
        TEST(large_and_empty_files_are_read_in_interrupted_parts),
        TEST(file_of_unknown_length_is_read_whole),
        TEST(minus_reads_standard_input),
        TEST(unreadable_path_is_named_with_the_reason),
        TEST(failing_read_is_told),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
