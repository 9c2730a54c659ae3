/* test_directory.c  A directory is filled whole from a staging place; what seals it goes first and comes last.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#define _XOPEN_SOURCE 700 /* mkdir */
#include "core/ctx.h"
#include "pgdp/file.h"
#include "tests/support/support.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const files[] = { "report.xlsx", "results.json", "manifest.json", NULL };

/* The test's own rename stands before the C library's: it fails for one name, and for whole directories on order. */
static struct {
    const char *name;      /* a rename from a path that ends so fails; NULL: none */
    size_t n_directories;  /* renames of a directory so far */
    bool refuse_directory; /* as another file system would */
    bool sealed_between;   /* the seal was there while another file was put in place */
    const char *seal;
} faults;

static bool ends_with(const char *s, const char *end)
{
    const size_t n = strlen(s), m = strlen(end);
    return n >= m && strcmp(s + n - m, end) == 0;
}

int rename(const char *from, const char *to)
{
    if (faults.name != NULL && ends_with(from, faults.name)) return errno = EIO, -1;
    if (ends_with(from, ".partial")) {
        faults.n_directories++;
        if (faults.refuse_directory) return errno = EXDEV, -1;
    } else if (faults.seal != NULL && access(faults.seal, F_OK) == 0) {
        faults.sealed_between = true;
    }
    return renameat(AT_FDCWD, from, AT_FDCWD, to);
}

typedef struct fixture {
    pgdp_ctx *ctx;
    char *folder, out[4096], staging[4096];
} fixture;

static void write_in(const char *directory, const char *name, const char *text)
{
    char path[8448];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    pgt_write_file(path, text, strlen(text));
}

static void assert_holds(const char *directory, const char *name, const char *want)
{
    char path[8448];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    char *text = pgt_read_file(path, NULL);
    assert_string_equal(text, want);
    free(text);
}

static bool is_there(const char *directory, const char *name)
{
    char path[8448];
    snprintf(path, sizeof path, "%s/%s", directory, name);
    return access(path, F_OK) == 0;
}

static int set_up(void **state)
{
    static fixture f;
    memset(&faults, 0, sizeof faults);
    f = (fixture){ .ctx = pgdp_ctx_new(NULL), .folder = pgt_new_folder() };
    snprintf(f.out, sizeof f.out, "%s/baseline", f.folder);
    snprintf(f.staging, sizeof f.staging, "%s/baseline.partial", f.folder);
    if (f.ctx == NULL || mkdir(f.staging, 0755) != 0) return -1;
    for (size_t i = 0; files[i] != NULL; i++)
        write_in(f.staging, files[i], "new");
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    memset(&faults, 0, sizeof faults);
    pgt_remove_folder(f->folder);
    pgdp_ctx_free(f->ctx);
    return 0;
}

/* An older run stands in the directory, with a file of the user's own. */
static void make_old_run(const fixture *f)
{
    assert_int_equal(mkdir(f->out, 0755), 0);
    for (size_t i = 0; files[i] != NULL; i++)
        write_in(f->out, files[i], "old");
    write_in(f->out, "my notes.txt", "mine");
}

static void new_directory_appears_with_all_files_at_once(void **state)
{
    fixture *f = *state;
    assert_ok(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files));
    assert_int_equal(faults.n_directories, 1);
    assert_int_equal(pgt_count_entries(f->folder), 1);
    assert_int_equal(pgt_count_entries(f->out), 3);
    for (size_t i = 0; files[i] != NULL; i++)
        assert_holds(f->out, files[i], "new");
}

static void empty_directory_is_filled(void **state)
{
    fixture *f = *state;
    assert_int_equal(mkdir(f->out, 0755), 0);
    assert_ok(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files));
    assert_int_equal(pgt_count_entries(f->folder), 1);
    assert_int_equal(pgt_count_entries(f->out), 3);
}

static void old_run_is_replaced_and_other_files_stay(void **state)
{
    fixture *f = *state;
    make_old_run(f);
    assert_ok(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files));
    assert_int_equal(pgt_count_entries(f->folder), 1);
    assert_int_equal(pgt_count_entries(f->out), 4);
    for (size_t i = 0; files[i] != NULL; i++)
        assert_holds(f->out, files[i], "new");
    assert_holds(f->out, "my notes.txt", "mine");
}

static void seal_is_away_while_other_files_change(void **state)
{
    fixture *f = *state;
    char seal[8192];
    make_old_run(f);
    snprintf(seal, sizeof seal, "%s/manifest.json", f->out);
    faults.seal = seal;
    assert_ok(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files));
    assert_false(faults.sealed_between);
    assert_holds(f->out, "manifest.json", "new");
}

static void failing_move_names_the_file_and_leaves_no_seal(void **state)
{
    fixture *f = *state;
    for (size_t i = 0; files[i] != NULL; i++) {
        char name[64];
        snprintf(name, sizeof name, "partial/%s", files[i]);
        make_old_run(f);
        faults.name = name;
        assert_status(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files), PGDP_IO);
        faults.name = NULL;
        assert_contains(pgdp_ctx_error(f->ctx), files[i]);
        assert_contains(pgdp_ctx_error(f->ctx), "Input/output error");
        assert_false(is_there(f->out, "manifest.json")); /* a half-replaced directory does not pass for a run */
        assert_true(is_there(f->staging, files[i]));     /* the staging place is the caller's to remove */
        pgdp_directory_remove(f->ctx, f->out);
        for (size_t k = 0; files[k] != NULL; k++)
            write_in(f->staging, files[k], "new");
    }
}

static void what_cannot_be_renamed_whole_is_moved_file_by_file(void **state)
{
    fixture *f = *state;
    faults.refuse_directory = true;
    assert_ok(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files));
    assert_int_equal(pgt_count_entries(f->folder), 1);
    for (size_t i = 0; files[i] != NULL; i++)
        assert_holds(f->out, files[i], "new");
}

static void target_that_is_a_file_is_refused(void **state)
{
    fixture *f = *state;
    write_in(f->folder, "baseline", "a file");
    assert_status(f->ctx, pgdp_directory_publish(f->ctx, f->staging, f->out, files), PGDP_IO);
    assert_contains(pgdp_ctx_error(f->ctx), "baseline");
    assert_holds(f->folder, "baseline", "a file");
    assert_int_equal(pgt_count_entries(f->staging), 3);
}

static void removal_takes_files_and_directory_and_nothing_below(void **state)
{
    fixture *f = *state;
    pgdp_directory_remove(f->ctx, f->staging);
    assert_int_equal(pgt_count_entries(f->folder), 0);
    pgdp_directory_remove(f->ctx, f->staging); /* not there: fine */
    make_old_run(f);
    char below[8192];
    snprintf(below, sizeof below, "%s/archive", f->out);
    assert_int_equal(mkdir(below, 0755), 0);
    write_in(below, "report.xlsx", "older");
    pgdp_directory_remove(f->ctx, f->out);
    assert_int_equal(pgt_count_entries(f->out), 1);
    assert_holds(below, "report.xlsx", "older");
}

static pgdp_status publish_over_old_run(pgdp_ctx *ctx, void *user)
{
    const fixture *f = user;
    if (!is_there(f->out, "my notes.txt")) make_old_run(f);
    (void)mkdir(f->staging, 0755);
    for (size_t i = 0; files[i] != NULL; i++)
        write_in(f->staging, files[i], "new");
    return pgdp_directory_publish(ctx, f->staging, f->out, files);
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    fixture *f = *state;
    assert_true(pgt_fail_every_allocation(publish_over_old_run, f) >= 2);
    for (size_t i = 0; files[i] != NULL; i++)
        assert_holds(f->out, files[i], "new");
    assert_holds(f->out, "my notes.txt", "mine");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(new_directory_appears_with_all_files_at_once),
        TEST(empty_directory_is_filled),
        TEST(old_run_is_replaced_and_other_files_stay),
        TEST(seal_is_away_while_other_files_change),
        TEST(failing_move_names_the_file_and_leaves_no_seal),
        TEST(what_cannot_be_renamed_whole_is_moved_file_by_file),
        TEST(target_that_is_a_file_is_refused),
        TEST(removal_takes_files_and_directory_and_nothing_below),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
