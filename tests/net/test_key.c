/* test_key.c  Keys from files and the environment; no message shows one.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "net/http.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* A file with this text and mode gives this key, or a sentence that holds the part and not the key. */
static void check_file(const char *text, mode_t mode, const char *key, const char *part)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    char *folder = pgt_new_folder();
    const char *file = pgt_path(folder, "key"), *got = NULL;
    pgt_write_file(file, text, strlen(text));
    assert_int_equal(chmod(file, mode), 0);
    assert_status(ctx, pg_http_key(ctx, file, "PGDP_TEST_KEY", &ctx->scratch, &got),
                  part == NULL ? PGDP_OK : PGDP_PARSE);
    if (part == NULL)
        assert_string_equal(got, key);
    else
        assert_null(got);
    if (part != NULL) {
        assert_contains(pgdp_ctx_error(ctx), part);
        assert_null(strstr(pgdp_ctx_error(ctx), "s3cret"));
    }
    pgt_remove_folder(folder);
    pgdp_ctx_free(ctx);
}

static void key_is_the_files_only_line(void **state)
{
    (void)state;
    check_file("s3cret", 0600, "s3cret", NULL);
    check_file(" s3cret \r\n\n", 0640, "s3cret", NULL);
    check_file("s3cret", 0400, "s3cret", NULL);
}

static void file_that_holds_no_key_is_told(void **state)
{
    (void)state;
    char *large = malloc(5001);
    memset(large, 'a', 5000);
    large[5000] = '\0';
    check_file("", 0600, NULL, "key: found nothing, expected a key");
    check_file(" \n", 0600, NULL, "key: found nothing, expected a key");
    check_file("s3cret\nother\n", 0600, NULL, "expected a key alone");
    check_file("FRED = s3cret", 0600, NULL, "expected a key alone");
    check_file("s3cr\xc3\xa9t", 0600, NULL, "expected a key alone");
    check_file(large, 0600, NULL, "found more than 4096 bytes");
    free(large);
}

static void file_that_all_can_read_is_refused(void **state)
{
    (void)state;
    check_file("s3cret", 0644, NULL, "every user of this machine can read; chmod 600 it");
    check_file("s3cret", 0602, NULL, "chmod 600 it");
}

static void absent_file_is_an_error_and_no_fallback(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const char *got = NULL;
    assert_int_equal(setenv("PGDP_TEST_KEY", "s3cret", 1), 0);
    assert_status(ctx, pg_http_key(ctx, "/nowhere/key", "PGDP_TEST_KEY", &ctx->scratch, &got), PGDP_IO);
    assert_contains(pgdp_ctx_error(ctx), "/nowhere/key: opening failed");
    assert_status(ctx, pg_http_key(ctx, "/tmp", NULL, &ctx->scratch, &got), PGDP_IO);
    assert_null(got);
    unsetenv("PGDP_TEST_KEY");
    pgdp_ctx_free(ctx);
}

static void environment_has_it_or_not(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const char *got = "";
    unsetenv("PGDP_TEST_KEY");
    assert_ok(ctx, pg_http_key(ctx, NULL, "PGDP_TEST_KEY", &ctx->scratch, &got));
    assert_null(got);
    assert_ok(ctx, pg_http_key(ctx, NULL, NULL, &ctx->scratch, &got));
    assert_null(got);
    assert_int_equal(setenv("PGDP_TEST_KEY", "", 1), 0);
    assert_ok(ctx, pg_http_key(ctx, NULL, "PGDP_TEST_KEY", &ctx->scratch, &got));
    assert_null(got);
    assert_int_equal(setenv("PGDP_TEST_KEY", "s3cret\n", 1), 0);
    assert_ok(ctx, pg_http_key(ctx, NULL, "PGDP_TEST_KEY", &ctx->scratch, &got));
    assert_string_equal(got, "s3cret");
    assert_int_equal(setenv("PGDP_TEST_KEY", "s3cret and more", 1), 0);
    assert_status(ctx, pg_http_key(ctx, NULL, "PGDP_TEST_KEY", &ctx->scratch, &got), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(ctx), "PGDP_TEST_KEY: expected a key alone");
    assert_null(strstr(pgdp_ctx_error(ctx), "s3cret"));
    unsetenv("PGDP_TEST_KEY");
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(key_is_the_files_only_line),        cmocka_unit_test(file_that_holds_no_key_is_told),
        cmocka_unit_test(file_that_all_can_read_is_refused), cmocka_unit_test(absent_file_is_an_error_and_no_fallback),
        cmocka_unit_test(environment_has_it_or_not),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
