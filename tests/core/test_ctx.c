/* test_ctx.c  The context: statuses, sentences, suggestions, progress, memory.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/text.h"
#include "tests/support/support.h"

#include <string.h>

static int set_up(void **state)
{
    *state = pgdp_ctx_new(NULL);
    return *state == NULL ? -1 : 0;
}

static int tear_down(void **state)
{
    pgdp_ctx_free(*state);
    return 0;
}

static void new_context_has_one_thread_and_no_error(void **state)
{
    assert_string_equal(pgdp_ctx_error(*state), "");
    assert_int_equal(pgdp_ctx_threads(*state), 1);
    pgdp_ctx_set_threads(*state, 6);
    assert_int_equal(pgdp_ctx_threads(*state), 6);
    pgdp_ctx_set_threads(*state, 0);
    assert_int_equal(pgdp_ctx_threads(*state), 1);
    pgdp_ctx_free(NULL);
}

static void statuses_have_their_documented_exit_codes(void **state)
{
    (void)state;
    assert_int_equal(pgdp_status_exit_code(PGDP_OK), 0);
    assert_int_equal(pgdp_status_exit_code(PGDP_BAD_ARGUMENT), 2);
    assert_int_equal(pgdp_status_exit_code(PGDP_NOT_FOUND), 2);
    assert_int_equal(pgdp_status_exit_code(PGDP_PARSE), 3);
    assert_int_equal(pgdp_status_exit_code(PGDP_SHAPE_MISMATCH), 3);
    assert_int_equal(pgdp_status_exit_code(PGDP_RANK_DEFICIENT), 4);
    assert_int_equal(pgdp_status_exit_code(PGDP_IO), 5);
    assert_int_equal(pgdp_status_exit_code(PGDP_MISMATCH), 7);
    assert_string_equal(pgdp_status_text(PGDP_RANK_DEFICIENT), "terms are collinear");
    assert_int_equal(pgdp_status_exit_code(PGDP_STOPPED), 130);
    const int beyond = PGDP_STOPPED + 1;
    assert_string_equal(pgdp_status_text((pgdp_status)beyond), "unknown status");
}

static void version_has_three_parts(void **state)
{
    (void)state;
    const char *version = pgdp_version();
    assert_int_equal(strspn(version, "0123456789."), strlen(version));
    const char *dot = strchr(version, '.');
    assert_non_null(dot);
    assert_non_null(strchr(dot + 1, '.'));
}

static void failing_leaves_its_sentence_and_answers_its_status(void **state)
{
    assert_int_equal(pg_fail(*state, PGDP_PARSE, "%s:%d: found \"%s\"", "gdp_q.csv", 214, "12,4"), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(*state), "gdp_q.csv:214: found \"12,4\"");
    assert_int_equal(pg_no_memory(*state), PGDP_NO_MEMORY);
    assert_contains(pgdp_ctx_error(*state), "out of memory");
}

static void last_error_may_be_an_argument_of_the_next(void **state)
{
    pg_fail(*state, PGDP_PARSE, "found 7");
    pg_fail(*state, PGDP_PARSE, "row 3: %s, expected 8", pgdp_ctx_error(*state));
    assert_string_equal(pgdp_ctx_error(*state), "row 3: found 7, expected 8");
}

static void words_go_before_the_last_sentence(void **state)
{
    pg_fail(*state, PGDP_PARSE, "found 7");
    assert_int_equal(pg_fail_within(*state, PGDP_IO, "input %s", "gdp"), PGDP_IO);
    assert_string_equal(pgdp_ctx_error(*state), "input gdp: found 7");
    pg_fail_within(*state, PGDP_IO, "study: ");
    assert_string_equal(pgdp_ctx_error(*state), "study: input gdp: found 7");
}

static void long_sentence_is_cut_before_a_character(void **state)
{
    for (size_t shift = 0; shift < 4; shift++) {
        char text[3000] = "xyz";
        size_t n = shift;
        while (n + 3 < sizeof text) {
            memcpy(text + n, "\xe2\x82\xac", 3); /* euro sign */
            n += 3;
        }
        text[n] = '\0';
        pg_fail(*state, PGDP_PARSE, "%s", text);
        const char *error = pgdp_ctx_error(*state);
        assert_true(strlen(error) < 1024 && strlen(error) > 1015);
        assert_true(pg_ends_with(error, "\xe2\x82\xac..."));
        assert_int_equal(pg_utf8_valid(error, strlen(error)), strlen(error));
        assert_null(strchr(error, '?'));
    }
}

static void sentence_that_just_fits_is_whole(void **state)
{
    char text[1024];
    memset(text, 'a', 1023);
    text[1023] = '\0';
    pg_fail(*state, PGDP_PARSE, "%s", text);
    assert_string_equal(pgdp_ctx_error(*state), text);
}

static void foreign_bytes_cannot_move_the_terminal(void **state)
{
    pg_fail(*state, PGDP_PARSE, "found \"%s\"", "\x1b[31m\nred\x7f\xff\xc3\xa9\xe2\x82");
    assert_string_equal(pgdp_ctx_error(*state), "found \"?[31m red??\xc3\xa9??\"");
}

static void nearest_name_is_suggested(void **state)
{
    (void)state;
    static const char *const names[] = { "ols", "ridge", "lasso", "logit", "probit", "HC1", "quantile", "oqs" };
    const size_t n = sizeof names / sizeof *names;
    assert_string_equal(pgdp_nearest("rigde", names, n), "ridge");
    assert_string_equal(pgdp_nearest("lasssoo", names, n), "lasso");
    assert_string_equal(pgdp_nearest("quantil", names, n), "quantile");
    assert_string_equal(pgdp_nearest("hc1", names, n), "HC1");
    assert_string_equal(pgdp_nearest("HC2", names, n), "HC1");
    assert_string_equal(pgdp_nearest("ovs", names, n), "ols"); /* of two as near, the first */
}

static void far_name_has_no_suggestion(void **state)
{
    (void)state;
    static const char *const names[] = { "ols", "ridge", "lasso" };
    assert_null(pgdp_nearest("elasticnet", names, 3));
    assert_null(pgdp_nearest("", names, 3));
    assert_null(pgdp_nearest("ox", names, 3));
    assert_null(pgdp_nearest("riggdee", names, 1));
    char longest[300] = { 0 };
    memset(longest, 'a', sizeof longest - 1);
    assert_null(pgdp_nearest(longest, names, 3));
    assert_null(pgdp_nearest("ridge", NULL, 0));
}

typedef struct heard {
    const char *what;
    size_t done, total, times;
} heard;

static void hear(void *user, const char *what, size_t done, size_t total)
{
    heard *h = user;
    *h = (heard){ what, done, total, h->times + 1 };
}

static void progress_reaches_who_listens(void **state)
{
    heard h = { .times = 0 };
    pg_progress(*state, "models", 1, 7);
    pgdp_ctx_set_progress(*state, hear, &h);
    pg_progress(*state, "models", 3, 7);
    assert_string_equal(h.what, "models");
    assert_int_equal(h.done, 3);
    assert_int_equal(h.total, 7);
    pgdp_ctx_set_progress(*state, NULL, NULL);
    pg_progress(*state, "models", 4, 7);
    assert_int_equal(h.times, 1);
}

static pgdp_status use_scratch(pgdp_ctx *ctx, void *user)
{
    (void)user;
    const char *text;
    for (int i = 0; i < 5; i++)
        PG_TRY_ALLOC(ctx, text, pg_arena_printf(&ctx->scratch, "%9000d", i));
    return PGDP_OK;
}

static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(use_scratch, NULL) >= 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(new_context_has_one_thread_and_no_error),
        TEST(statuses_have_their_documented_exit_codes),
        TEST(version_has_three_parts),
        TEST(failing_leaves_its_sentence_and_answers_its_status),
        TEST(last_error_may_be_an_argument_of_the_next),
        TEST(words_go_before_the_last_sentence),
        TEST(long_sentence_is_cut_before_a_character),
        TEST(sentence_that_just_fits_is_whole),
        TEST(foreign_bytes_cannot_move_the_terminal),
        TEST(nearest_name_is_suggested),
        TEST(far_name_has_no_suggestion),
        TEST(progress_reaches_who_listens),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
