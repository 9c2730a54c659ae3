/* test_file.c  Files appear whole or not at all, under every failing system call.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* symlink, mkfifo */
#include "core/ctx.h"
#include "pgdp/file.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

/* The test's own system calls stand before the C library's: they count, fail on order and write in small parts. */
static struct {
    size_t n_calls, fail_at; /* from 1; 0: none */
    size_t largest;          /* bytes a write takes at once; 0: any */
    bool interrupt;          /* every other write is interrupted first */
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

ssize_t write(int fd, const void *bytes, size_t n)
{
    if (interrupted() || fault()) return -1;
    char copy[1 << 16];
    if (faults.largest != 0 && n > faults.largest) n = faults.largest;
    if (n > sizeof copy) n = sizeof copy;
    memcpy(copy, bytes, n);
    const struct iovec part = { copy, n };
    return writev(fd, &part, 1);
}

int fsync(int fd)
{
    return fault() ? -1 : fdatasync(fd);
}

int rename(const char *from, const char *to)
{
    return fault() ? -1 : renameat(AT_FDCWD, from, AT_FDCWD, to);
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

static void assert_holds(const char *path, const char *want)
{
    char *text = pgt_read_file(path, NULL);
    assert_string_equal(text, want);
    free(text);
}

static void discarded_output_leaves_the_target_and_no_temporary(void **state)
{
    fixture *f = *state;
    pgdp_output *output = NULL;
    pgdp_sink sink;
    assert_ok(f->ctx, pgdp_output_new(f->ctx, f->path, &output, &sink));
    assert_ok(f->ctx, sink.write(sink.user, "new", 3));
    assert_int_equal(pgt_count_entries(f->folder), 2);
    assert_int_equal(access(pgdp_output_temporary(output), F_OK), 0);
    assert_memory_equal(pgdp_output_temporary(output), f->folder, strlen(f->folder));
    pgdp_output_discard(f->ctx, output);
    pgdp_output_discard(f->ctx, NULL);
    assert_int_equal(pgt_count_entries(f->folder), 1);
    assert_holds(f->path, "old contents");
}

static void target_changes_on_commit_and_not_before(void **state)
{
    fixture *f = *state;
    pgdp_output *output = NULL;
    pgdp_sink sink;
    assert_int_equal(chmod(f->path, 0640), 0);
    assert_ok(f->ctx, pgdp_output_new(f->ctx, f->path, &output, &sink));
    faults.interrupt = true;
    faults.largest = 1013;
    for (int i = 0; i < 20000; i++)
        assert_ok(f->ctx, sink.write(sink.user, "2.385,\n", 7));
    assert_holds(f->path, "old contents");
    assert_ok(f->ctx, pgdp_output_commit(f->ctx, output));
    assert_int_equal(pgt_count_entries(f->folder), 1);
    size_t n = 0;
    char *text = pgt_read_file(f->path, &n);
    assert_int_equal(n, 140000);
    for (size_t i = 0; i < n; i += 7)
        assert_memory_equal(text + i, "2.385,\n", 7);
    free(text);
    struct stat about;
    assert_int_equal(stat(f->path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640); /* the permissions that it had */
}

static void new_file_obeys_the_mask_of_the_process(void **state)
{
    fixture *f = *state;
    const char *path = pgt_path(f->folder, "new.csv");
    const mode_t mask = umask(027);
    assert_ok(f->ctx, pgdp_file_write(f->ctx, path, "", 0));
    umask(mask);
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_int_equal(about.st_mode & 0777, 0640);
    assert_int_equal(about.st_size, 0);
}

static void two_outputs_of_one_path_do_not_mix(void **state)
{
    fixture *f = *state;
    pgdp_output *first = NULL, *second = NULL;
    pgdp_sink a, b;
    assert_ok(f->ctx, pgdp_output_new(f->ctx, f->path, &first, &a));
    assert_ok(f->ctx, pgdp_output_new(f->ctx, f->path, &second, &b));
    assert_ok(f->ctx, a.write(a.user, "first", 5));
    assert_ok(f->ctx, b.write(b.user, "second", 6));
    assert_ok(f->ctx, pgdp_output_commit(f->ctx, first));
    assert_holds(f->path, "first");
    assert_ok(f->ctx, pgdp_output_commit(f->ctx, second));
    assert_holds(f->path, "second");
    assert_int_equal(pgt_count_entries(f->folder), 1);
}

static void symbolic_link_stays_and_its_file_is_replaced(void **state)
{
    fixture *f = *state;
    const char *link = pgt_path(f->folder, "latest.json"), *dangling = pgt_path(f->folder, "dangling");
    assert_int_equal(symlink("report.json", link), 0);
    assert_ok(f->ctx, pgdp_file_write(f->ctx, link, "new", 3));
    assert_holds(f->path, "new");
    struct stat about;
    assert_int_equal(lstat(link, &about), 0);
    assert_true(S_ISLNK(about.st_mode));
    assert_int_equal(symlink("nowhere", dangling), 0);
    assert_status(f->ctx, pgdp_file_write(f->ctx, dangling, "new", 3), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), "dangling");
    assert_int_equal(pgt_count_entries(f->folder), 3);
}

static void what_is_no_file_is_not_replaced(void **state)
{
    fixture *f = *state;
    const char *pipe_path = pgt_path(f->folder, "pipe");
    assert_int_equal(mkfifo(pipe_path, 0600), 0);
    assert_status(f->ctx, pgdp_file_write(f->ctx, pipe_path, "new", 3), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), "expected a file or a free name");
    assert_status(f->ctx, pgdp_file_write(f->ctx, f->folder, "new", 3), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), "found a directory");
    assert_status(f->ctx, pgdp_file_write(f->ctx, "/dev/null", "new", 3), PGDP_IO);
    assert_int_equal(pgt_count_entries(f->folder), 2);
}

static void missing_directory_is_named(void **state)
{
    fixture *f = *state;
    const char *path = pgt_path(f->folder, "out/baseline/report.json");
    assert_status(f->ctx, pgdp_file_write(f->ctx, path, "new", 3), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), path);
    assert_contains(pgdp_ctx_error(f->ctx), "out/baseline/\" failed: No such file or directory");
}

static void every_failing_system_call_leaves_old_or_new_whole(void **state)
{
    fixture *f = *state;
    static char contents[200000];
    memset(contents, 'n', sizeof contents - 1);
    size_t k = 1, n_old = 0;
    for (;; k++) {
        pgt_write_file(f->path, "old contents", 12);
        faults.n_calls = 0;
        faults.fail_at = k;
        const pgdp_status status = pgdp_file_write(f->ctx, f->path, contents, sizeof contents - 1);
        faults.fail_at = 0;
        assert_int_equal(pgt_count_entries(f->folder), 1);
        char *text = pgt_read_file(f->path, NULL);
        const bool old = strcmp(text, "old contents") == 0;
        assert_true(old || strcmp(text, contents) == 0);
        free(text);
        n_old += old ? 1 : 0;
        if (faults.n_calls < k) {
            assert_ok(f->ctx, status);
            assert_false(old);
            break;
        }
        assert_status(f->ctx, status, PGDP_IO);
        assert_contains(pgdp_ctx_error(f->ctx), "Input/output error");
    }
    /* open, 4 writes, fsync, rename; then the directory's open and fsync, when the new contents are in place */
    assert_int_equal(n_old, 7);
    assert_int_equal(k, 10);
}

static void directories_are_made_with_their_parents(void **state)
{
    fixture *f = *state;
    const char *path = pgt_path(f->folder, "out/us/baseline//2024/");
    assert_ok(f->ctx, pgdp_directory_make(f->ctx, path));
    assert_ok(f->ctx, pgdp_directory_make(f->ctx, path));
    struct stat about;
    assert_int_equal(stat(path, &about), 0);
    assert_true(S_ISDIR(about.st_mode));
    assert_ok(f->ctx, pgdp_directory_make(f->ctx, "/"));
    assert_ok(f->ctx, pgdp_directory_make(f->ctx, "."));
    assert_status(f->ctx, pgdp_directory_make(f->ctx, pgt_path(f->path, "below")), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), "report.json");
    assert_status(f->ctx, pgdp_directory_make(f->ctx, ""), PGDP_BAD_ARGUMENT);
}

static void standard_output_takes_all_or_tells(void **state)
{
    fixture *f = *state;
    const pgdp_sink sink = pgdp_standard_output();
    int ends[2];
    assert_int_equal(pipe(ends), 0);
    fflush(stdout);
    const int saved = dup(STDOUT_FILENO);
    dup2(ends[1], STDOUT_FILENO);
    close(ends[1]);
    faults.largest = 5;
    const pgdp_status status = sink.write(sink.user, "real gdp, 2.385", 15);
    faults.largest = 0;
    faults.n_calls = 0;
    faults.fail_at = 1;
    const pgdp_status failed = sink.write(sink.user, "x", 1);
    faults.fail_at = 0;
    dup2(saved, STDOUT_FILENO);
    close(saved);
    char text[32] = "";
    assert_int_equal(read(ends[0], text, sizeof text - 1), 15);
    close(ends[0]);
    assert_string_equal(text, "real gdp, 2.385");
    assert_ok(f->ctx, status);
    assert_int_equal(failed, PGDP_IO);
}

static pgdp_status read_and_write(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    unsigned char *bytes = NULL;
    size_t n = 0;
    PG_TRY(pgdp_file_read(ctx, f->path, &bytes, &n));
    pgdp_status status = pgdp_file_write(ctx, f->path, bytes, n);
    pgdp_file_release(ctx, bytes);
    if (status == PGDP_OK) status = pgdp_directory_make(ctx, f->folder);
    return status;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    fixture *f = *state;
    assert_true(pgt_fail_every_allocation(read_and_write, f) >= 4);
    assert_int_equal(pgt_count_entries(f->folder), 1);
    assert_holds(f->path, "old contents");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(discarded_output_leaves_the_target_and_no_temporary),
        TEST(target_changes_on_commit_and_not_before),
        TEST(new_file_obeys_the_mask_of_the_process),
        TEST(two_outputs_of_one_path_do_not_mix),
        TEST(symbolic_link_stays_and_its_file_is_replaced),
        TEST(what_is_no_file_is_not_replaced),
        TEST(missing_directory_is_named),
        TEST(every_failing_system_call_leaves_old_or_new_whole),
        TEST(directories_are_made_with_their_parents),
        TEST(standard_output_takes_all_or_tells),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
