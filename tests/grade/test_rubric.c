/* test_rubric.c  Rubrics: what ships is read, comments do not count, mistakes are told where they stand.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/ctx.h"
#include "grade/rubric.h"

#define HEAD "name: r\ntitle: A rubric\nsource: somewhere\n"
#define TWO  "levels:\n  - {label: a, meaning: the first, value: 0}\n  - {label: b, meaning: the second, value: 1}\n"
#define GOOD HEAD "question: Which?\n" TWO

static pgdp_status read_text(pgdp_ctx *ctx, const char *text, pgdp_rubric **out)
{
    char *folder = pgt_new_folder();
    pgt_write_file(pgt_path(folder, "r.yaml"), text, strlen(text));
    const pgdp_status status = pgdp_rubric_read(ctx, pgt_path(folder, "r.yaml"), out);
    pgt_remove_folder(folder);
    return status;
}

static void shipped_rubrics_are_read(void **state)
{
    (void)state;
    static const struct {
        const char *path, *labels;
    } shipped[] = { { "data/rubrics/exposure.yaml", "E0 E3 E2 E1 " },
                    { "data/rubrics/automation.yaml", "T0 T1 T2 T3 T4 " },
                    { "data/rubrics/end_to_end.yaml", "no partly yes_with_review yes " } };
    for (size_t i = 0; i < 3; i++) {
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        pgdp_rubric *rubric = NULL;
        char labels[128] = "";
        assert_ok(ctx, pgdp_rubric_read(ctx, shipped[i].path, &rubric));
        for (const char *const *at = pgdp_rubric_labels(rubric, NULL); *at != NULL; at++) {
            strcat(labels, *at);
            strcat(labels, " ");
        }
        assert_string_equal(labels, shipped[i].labels);
        assert_non_null(strstr(shipped[i].path, pgdp_rubric_item(rubric, 0)));
        assert_null(pgdp_rubric_item(rubric, 1));
        assert_int_equal(strlen(pgdp_rubric_sha256(rubric)), 64);
        pgdp_rubric_free(rubric);
        pgdp_ctx_free(ctx);
    }
}

static void comments_and_layout_do_not_change_the_hash_and_words_do(void **state)
{
    (void)state;
    static const char *const texts[] = { GOOD, "# a comment\n" GOOD,
                                         HEAD
                                         "question: \"Which?\"\nlevels: [{label: a, meaning: the first, value: 0}, "
                                         "{value: 1.0, label: b, meaning: the second}]\n",
                                         HEAD "question: Who?\n" TWO };
    char hash[4][PG_SHA256_HEX];
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < 4; i++) {
        pgdp_rubric *rubric = NULL;
        assert_ok(ctx, read_text(ctx, texts[i], &rubric));
        (void)snprintf(hash[i], sizeof hash[i], "%s", pgdp_rubric_sha256(rubric));
        pgdp_rubric_free(rubric);
    }
    assert_string_equal(hash[0], hash[1]);
    assert_string_equal(hash[0], hash[2]);
    assert_string_not_equal(hash[0], hash[3]);
    pgdp_ctx_free(ctx);
}

static void items_share_levels_or_have_their_own(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_rubric *rubric = NULL;
    assert_ok(ctx,
              read_text(ctx,
                        HEAD TWO "items:\n  - {name: x, question: X?}\n  - name: y\n    question: Y?\n    levels:\n"
                                 "      - {label: low, meaning: little}\n      - {label: high, meaning: much}\n",
                        &rubric));
    assert_string_equal(pgdp_rubric_labels(rubric, "x")[1], "b");
    assert_string_equal(pgdp_rubric_labels(rubric, "y")[1], "high");
    assert_null(pgdp_rubric_labels(rubric, "z"));
    assert_null(pgdp_rubric_labels(rubric, NULL)); /* several: which? */
    pgdp_rubric_free(rubric);
    pgdp_ctx_free(ctx);
}

static void mistakes_are_told_where_they_stand(void **state)
{
    (void)state;
    static const struct {
        const char *text, *part;
    } bad[] = {
        { "", "r.yaml" },
        { "title: x\n", "lacks the key \"name\"" },
        { HEAD "quesion: Which?\n" TWO, "r.yaml:4:1: unknown key \"quesion\"; did you mean \"question\"?" },
        { HEAD "question: Which?\n", "lacks the key \"levels\"" },
        { HEAD TWO, "lacks the key \"question\"" },
        { HEAD "question: Which?\nlevels: a\n", "\"levels\" must be a list" },
        { HEAD "question: Which?\nlevels:\n  - {label: a, meaning: x}\n", "found 1 levels, expected 2 to 64" },
        { HEAD "question: Which?\nlevels:\n  - {label: a, meaning: x}\n  - {label: a, meaning: y}\n", "found twice" },
        { HEAD "question: Which?\nlevels:\n  - {label: a, meaning: x}\n  - {label: \" b\", meaning: y}\n",
          "level 2: found \" b\", expected a label of one line" },
        { HEAD "question: Which?\nlevels:\n  - {label: a, meaning: x}\n  - {label: b, meaning: \"\"}\n",
          "item r, level b: found nothing" },
        { HEAD "question: Which?\nlevels:\n  - {label: a, meaning: x}\n  - {label: b, meaning: y, value: 1}\n",
          "expected values for all levels of an item or for none" },
        { HEAD "question: Which?\nlevels:\n  - {label: a, meaning: x, value: much}\n", "r.yaml:6:" },
        { HEAD "question: Which?\nitems: []\n" TWO, "either a question or items" },
        { HEAD "items: []\n" TWO, "found 0 items" },
        { HEAD "items:\n  - {name: task, question: X?}\n" TWO, "and not \"task\"" },
        { HEAD "items:\n  - {name: x y, question: X?}\n" TWO, "found the name \"x y\"" },
        { HEAD "items:\n  - {name: x, question: X?}\n  - {name: x, question: Y?}\n" TWO, "item x: found twice" },
        { HEAD "items:\n  - {name: x, question: X?}\n", "r.yaml:5:" },
        { "name: R 1\ntitle: A\nsource: B\nquestion: C?\n" TWO, "name: found \"R 1\", expected a-z, 0-9 and _" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
        pgdp_rubric *rubric = NULL;
        assert_status(ctx, read_text(ctx, bad[i].text, &rubric), PGDP_PARSE);
        assert_contains(pgdp_ctx_error(ctx), bad[i].part);
    }
    pgdp_ctx_free(ctx);
}

static pgdp_status read_shipped(pgdp_ctx *ctx, void *user)
{
    (void)user;
    pgdp_rubric *rubric = NULL;
    const pgdp_status status = pgdp_rubric_read(ctx, "data/rubrics/automation.yaml", &rubric);
    pgdp_rubric_free(rubric);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    assert_true(pgt_fail_every_allocation(read_shipped, NULL) > 3);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(shipped_rubrics_are_read),
        cmocka_unit_test(comments_and_layout_do_not_change_the_hash_and_words_do),
        cmocka_unit_test(items_share_levels_or_have_their_own),
        cmocka_unit_test(mistakes_are_told_where_they_stand),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
