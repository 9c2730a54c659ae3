/* test_hash.c  SHA-256 against the known answers of FIPS 180-4's examples (NIST, "SHA256.pdf", and CAVP long message).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/hash.h"
#include "tests/support/support.h"

#include <stdlib.h>
#include <string.h>

static void check(const void *bytes, size_t n, const char *want)
{
    char hex[PG_SHA256_HEX] = "";
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_ok(ctx, pg_sha256(ctx, bytes, n, hex));
    assert_string_equal(hex, want);
    pgdp_ctx_free(ctx);
}

static void FIPS180_known_answers(void **state)
{
    (void)state;
    check("abc", 3, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    check("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", 56,
          "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
    check("", 0, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
}

static void FIPS180_million_letters(void **state)
{
    (void)state;
    char *letters = malloc(1000000);
    assert_non_null(letters);
    memset(letters, 'a', 1000000);
    check(letters, 1000000, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
    free(letters);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(FIPS180_known_answers),
        cmocka_unit_test(FIPS180_million_letters),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
