/* test_text_words.c  Words of texts in any script, and their hashes. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "tasks/statements.h"

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

/* Words as code points, "61.62|63". */
static void assert_words(pgdp_ctx *ctx, const char *text, const char *want)
{
    char got[512] = "";
    pg_words words;
    assert_ok(ctx, pg_text_words(ctx, text, strlen(text), &words));
    for (size_t w = 0; w < words.n; w++)
        for (size_t i = words.first[w]; i < words.first[w + 1]; i++) {
            const char *before = i > words.first[w] ? "." : w > 0 ? "|" : "";
            (void)snprintf(got + strlen(got), sizeof got - strlen(got), "%s%x", before, (unsigned)words.codes[i]);
        }
    assert_string_equal(got, want);
}

static void case_and_punctuation_do_not_count(void **state)
{
    assert_words(*state, "Direct, or CO-ordinate (2)", "64.69.72.65.63.74|6f.72|63.6f|6f.72.64.69.6e.61.74.65|32");
    assert_words(*state, "", "");
    assert_words(*state, " -- ... ", "");
    assert_words(*state,
                 "Stra\xc3\x9f"
                 "e STRASSE",
                 "73.74.72.61.73.73.65|73.74.72.61.73.73.65");
}

static void composed_and_decomposed_letters_are_one(void **state)
{
    assert_words(*state, "\xc3\x89t\xc3\xa9", "e9.74.e9");        /* U+00C9 t U+00E9 */
    assert_words(*state, "E\xcc\x81te\xcc\x81", "e9.74.e9");      /* E, t and e with U+0301 */
    assert_words(*state, "\xef\xbc\xa1\xef\xac\x81", "61.66.69"); /* full-width A, ligature fi */
    assert_words(*state,
                 "a\xc2\xad\x62\xe2\x80\x8d"
                 "c",
                 "61.62.63");                                                    /* soft hyphen, zero width joiner */
    assert_words(*state, "\xe0\xa4\x95\xe0\xa5\x8d\xe0\xa4\xb7", "915.94d.937"); /* a mark is within its word */
}

static void signs_of_scripts_without_blanks_are_words(void **state)
{
    assert_words(*state, "\xe6\x9d\xb1\xe4\xba\xac", "6771|4eac");                           /* two Han signs */
    assert_words(*state, "AI\xe3\x81\xae", "61.69|306e");                                    /* Latin, then Hiragana */
    assert_words(*state, "\xed\x95\x9c\xea\xb5\xad \xec\x96\xb4", "d55c.ad6d|c5b4");         /* Korean sets blanks */
    assert_words(*state, "ok\xf0\x9f\x98\x80\xf0\x9f\x98\x80go", "6f.6b|1f600|1f600|67.6f"); /* two emoji */
    assert_words(*state, "5 \xe2\x82\xac + 3", "35|33");                                     /* currency, mathematics */
}

static void text_that_is_not_utf8_is_refused(void **state)
{
    static const char *const bad[] = { "caf\xe9", "\xc0\xaf", "\xed\xa0\x80", "\xf5\x80\x80\x80", "a\xe2\x82" };
    pg_words words;
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        assert_status(*state, pg_text_words(*state, bad[i], strlen(bad[i]), &words), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(*state), "expected UTF-8");
    }
}

/* 10,000 n-grams: signs are fair coins (4.9 standard errors), also when the n-gram differs in its last letter alone,
 * columns are spread evenly (chi-squared over 64 ranges), and products of signs of neighbours cancel. */
static void signs_and_columns_are_fair(void **state)
{
    enum { N = 10000, RANGES = 64 };
    double signs = 0, pairs = 0, before = 0, counts[RANGES] = { 0 }, chi_squared = 0;
    (void)state;
    for (int32_t i = 0; i < N; i++) {
        const int32_t codes[] = { 'a', 'b', i };
        const uint64_t hash = pg_ngram_hash(1, codes, 3);
        const double sign = pg_hash_sign(hash);
        assert_true(pg_hash_column(hash) < PG_HASHED);
        signs += sign;
        pairs += sign * before;
        before = sign;
        counts[pg_hash_column(hash) * RANGES / PG_HASHED] += 1;
    }
    assert_true(fabs(signs) < 4.9 * sqrt(N));
    assert_true(fabs(pairs) < 4.9 * sqrt(N));
    for (size_t r = 0; r < RANGES; r++)
        chi_squared += pow(counts[r] - (double)N / RANGES, 2) / ((double)N / RANGES);
    assert_true(fabs(chi_squared - (RANGES - 1)) < 4.9 * sqrt(2.0 * (RANGES - 1)));
}

/* "ab ab": the word twice, the pair once, " ab" and "ab " twice, " ab " twice: five n-grams, none in a column with
 * another. */
static void cells_are_signed_logarithms_of_counts(void **state)
{
    pgdp_ctx *ctx = *state;
    static const int32_t text[] = { ' ', 'a', 'b', ' ', 'a', 'b' };
    static const struct {
        uint32_t kind;
        size_t first, n, count;
    } ngrams[] = { { 1, 1, 2, 2 }, { 1, 1, 5, 1 }, { 2, 0, 3, 2 }, { 2, 1, 3, 2 }, { 2, 0, 4, 2 } };
    static const char *const texts[] = { NULL, "ab ab", "..." };
    pg_hashed cells;
    assert_ok(ctx, pg_hash_texts(ctx, &ctx->scratch, texts, 3, &cells));
    assert_int_equal(cells.first[1], 0);
    assert_int_equal(cells.first[2], 5);
    assert_int_equal(cells.first[3], 5);
    for (size_t g = 0; g < 5; g++) {
        const uint64_t hash = pg_ngram_hash(ngrams[g].kind, text + ngrams[g].first, ngrams[g].n);
        size_t k = 0;
        while (k < 5 && cells.column[k] != pg_hash_column(hash))
            k++;
        assert_true(k < 5);
        assert_close((double)cells.value[k], pg_hash_sign(hash) * (1 + log((double)ngrams[g].count)), 1e-7, 0);
    }
    for (size_t k = 1; k < 5; k++)
        assert_true(cells.column[k] > cells.column[k - 1]);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(case_and_punctuation_do_not_count),
        cmocka_unit_test(composed_and_decomposed_letters_are_one),
        cmocka_unit_test(signs_of_scripts_without_blanks_are_words),
        cmocka_unit_test(text_that_is_not_utf8_is_refused),
        cmocka_unit_test(signs_and_columns_are_fair),
        cmocka_unit_test(cells_are_signed_logarithms_of_counts),
    };
    return cmocka_run_group_tests(tests, set_up, tear_down);
}
