/* test_yaml.c  A study file becomes a tree with positions, and every refusal says where, what was found and expected.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/support.h"

#include "study/yaml.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct fixture {
    pgdp_ctx *ctx;
    pg_arena arena;
} fixture;

static int set_up(void **state)
{
    static fixture f;
    f.ctx = pgdp_ctx_new(NULL);
    pg_arena_init(&f.arena, &f.ctx->allocator);
    *state = &f;
    return 0;
}

static int tear_down(void **state)
{
    fixture *f = *state;
    pg_arena_free(&f->arena);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static const pg_yaml *parsed(fixture *f, const char *text)
{
    pg_yaml *root = NULL;
    assert_ok(f->ctx, pg_yaml_parse(f->ctx, "s.yaml", text, strlen(text), &f->arena, &root));
    return root;
}

static void refused(fixture *f, const char *text, const char *part)
{
    pg_yaml *root = NULL;
    assert_status(f->ctx, pg_yaml_parse(f->ctx, "s.yaml", text, strlen(text), &f->arena, &root), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), part);
    assert_null(root);
}

static void assert_node(const pg_yaml *node, pg_yaml_kind kind, size_t line, size_t column)
{
    assert_non_null(node);
    assert_int_equal(node->kind, kind);
    assert_int_equal(node->line, line);
    assert_int_equal(node->column, column);
}

static void tree_has_kinds_keys_texts_and_positions(void **state)
{
    const pg_yaml *root = parsed(*state, "# a comment\n"
                                         "study:\n"
                                         "  name: baseline\n"
                                         "  title: \"Phantom GDP: what AI does\"   # why\n"
                                         "gap:\n"
                                         "  parameters:\n"
                                         "    adoption: {value: 0.18, source: 'Census'}\n"
                                         "  fit: [2005Q1, 2022Q3]\n"
                                         "  new_tasks:\n"
                                         "    - name: letters\n"
                                         "    - name: audits\n");
    assert_node(root, PG_YAML_MAPPING, 2, 1);
    assert_int_equal(root->n_children, 2);
    const pg_yaml *study = pg_yaml_find(root, "study"), *gap = pg_yaml_find(root, "gap");
    assert_node(study, PG_YAML_MAPPING, 2, 1);
    assert_string_equal(study->path, "s.yaml");
    assert_node(pg_yaml_find(study, "name"), PG_YAML_SCALAR, 3, 3);
    assert_string_equal(pg_yaml_find(study, "name")->text, "baseline");
    assert_string_equal(pg_yaml_find(study, "title")->text, "Phantom GDP: what AI does");
    const pg_yaml *adoption = pg_yaml_find(pg_yaml_find(gap, "parameters"), "adoption");
    assert_node(adoption, PG_YAML_MAPPING, 7, 5);
    assert_node(pg_yaml_find(adoption, "source"), PG_YAML_SCALAR, 7, 29);
    const pg_yaml *fit = pg_yaml_find(gap, "fit");
    assert_node(fit, PG_YAML_SEQUENCE, 8, 3);
    assert_int_equal(fit->n_children, 2);
    assert_node(fit->children, PG_YAML_SCALAR, 8, 9);
    assert_node(fit->children->next, PG_YAML_SCALAR, 8, 17);
    assert_null(fit->children->key);
    assert_null(fit->children->next->next);
    assert_node(pg_yaml_find(gap, "new_tasks")->children->next, PG_YAML_MAPPING, 11, 7);
    assert_null(pg_yaml_find(gap, "nothing"));
    assert_null(pg_yaml_find(NULL, "nothing"));
}

static void words_that_look_like_logic_stay_words(void **state)
{
    const pg_yaml *root = parsed(*state, "country: NO\nempty:\nratio: 1:30\nname: on\n");
    assert_string_equal(pg_yaml_find(root, "country")->text, "NO");
    assert_string_equal(pg_yaml_find(root, "empty")->text, "");
    assert_string_equal(pg_yaml_find(root, "ratio")->text, "1:30");
    assert_string_equal(pg_yaml_find(root, "name")->text, "on");
}

static void text_over_lines_is_folded(void **state)
{
    const pg_yaml *root = parsed(*state, "purpose: >-\n  Which activities\n  AI can do.\n");
    assert_string_equal(pg_yaml_find(root, "purpose")->text, "Which activities AI can do.");
}

static void anchors_are_resolved(void **state)
{
    const pg_yaml *root = parsed(*state, "a: &shape {low: 0.02, high: 0.4}\nb: *shape\n");
    assert_string_equal(pg_yaml_find(pg_yaml_find(root, "b"), "high")->text, "0.4");
}

static void what_is_not_yaml_is_refused_with_its_place(void **state)
{
    refused(*state, "study: {name: x\n", "s.yaml:");
    refused(*state, "study:\n\tname: x\n", "s.yaml:2:");
    refused(*state, "study: [a, b\ngap: 1\n", "not valid YAML");
    refused(*state, "a: *nowhere\n", "s.yaml:1:");
    refused(*state, "a: 1\nb: 2\na: 3\n", "s.yaml:3:1");
    refused(*state, "? [a, b]\n: 1\n", "a key that is no plain text");
    refused(*state, "", "no YAML document");
    refused(*state, "# only a comment\n", "no YAML document");
}

static void depth_has_a_limit(void **state)
{
    char text[512];
    memset(text, '[', 100);
    strcpy(text + 100, "1");
    memset(text + 101, ']', 100);
    text[201] = '\0';
    refused(*state, text, "s.yaml:1:64: ");
}

static void few_lines_cannot_fill_the_memory(void **state)
{
    char text[2048] = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n";
    for (int i = 1; i < 9; i++) {
        size_t n = strlen(text);
        n += (size_t)snprintf(text + n, sizeof text - n, "a%d: &a%d [", i, i);
        for (int k = 0; k < 10; k++)
            n += (size_t)snprintf(text + n, sizeof text - n, "%s*a%d", k == 0 ? "" : ", ", i - 1);
        snprintf(text + n, sizeof text - n, "]\n");
    }
    refused(*state, text, "more than 100000 values");
    refused(*state, "a: &a [1, *a]\n", "s.yaml:1:");
}

static void unknown_key_is_refused_with_the_nearest(void **state)
{
    fixture *f = *state;
    static const char *const known[] = { "mode", "draws", "parameters", NULL };
    const pg_yaml *root = parsed(f, "gap:\n  mode: gross\n  parametres: 1\nother:\n  wholly_else: 2\nlist: [1]\n");
    assert_status(f->ctx, pg_yaml_keys(f->ctx, pg_yaml_find(root, "gap"), known), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx), "s.yaml:3:3: unknown key \"parametres\"; did you mean \"parameters\"?");
    assert_status(f->ctx, pg_yaml_keys(f->ctx, pg_yaml_find(root, "other"), known), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx),
                        "s.yaml:5:3: unknown key \"wholly_else\"; expected one of: mode, draws, parameters");
    assert_status(f->ctx, pg_yaml_keys(f->ctx, pg_yaml_find(root, "list"), known), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "s.yaml:6:1: list must be a mapping");
}

static void missing_key_is_named_with_its_mapping(void **state)
{
    fixture *f = *state;
    const pg_yaml *root = parsed(f, "a: 1\ngap:\n  mode: gross\n"), *out = NULL;
    assert_status(f->ctx, pg_yaml_need(f->ctx, pg_yaml_find(root, "gap"), "draws", &out), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx), "s.yaml:2:1: gap lacks the key \"draws\"; add it");
    assert_status(f->ctx, pg_yaml_need(f->ctx, root, "study", &out), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "the file lacks the key \"study\"");
    assert_ok(f->ctx, pg_yaml_need(f->ctx, root, "a", &out));
    assert_string_equal(out->text, "1");
}

static void numbers_are_read_whole_and_in_range(void **state)
{
    fixture *f = *state;
    const pg_yaml *root = parsed(f, "share: 0.385\nbig: 1e3\ncomma: 0,5\nword: half\nover: 1.5\nhex: 0x10\n"
                                    "list: [1]\nnothing:\nnot_a_number: .nan\n");
    double x = -1;
    assert_ok(f->ctx, pg_yaml_real(f->ctx, root, "absent", 0, 1, &x));
    assert_true(x == -1); /* a key that is not there leaves the default */
    assert_ok(f->ctx, pg_yaml_real(f->ctx, root, "share", 0, 1, &x));
    assert_true(x == 0.385);
    assert_ok(f->ctx, pg_yaml_real(f->ctx, root, "big", 0, 1000, &x));
    assert_true(x == 1000);
    assert_status(f->ctx, pg_yaml_real(f->ctx, root, "over", 0, 1, &x), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx), "s.yaml:5:1: \"over\" must lie in [0, 1], found 1.5");
    static const char *const wrong[] = { "comma", "word", "hex", "list", "nothing", "not_a_number" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(f->ctx, pg_yaml_real(f->ctx, root, wrong[i], -INFINITY, INFINITY, &x), PGDP_PARSE);
    assert_status(f->ctx, pg_yaml_real(f->ctx, root, "word", 0, 1, &x), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx), "s.yaml:4:1: \"word\" must be a number, found \"half\"");
    assert_true(x == 1000);
}

static void counts_are_whole(void **state)
{
    fixture *f = *state;
    const pg_yaml *root = parsed(f, "folds: 10\npart: 2.5\nfew: 1\nminus: -3\n");
    size_t n = 7;
    assert_ok(f->ctx, pg_yaml_count(f->ctx, root, "absent", 2, 100, &n));
    assert_int_equal(n, 7);
    assert_ok(f->ctx, pg_yaml_count(f->ctx, root, "folds", 2, 100, &n));
    assert_int_equal(n, 10);
    assert_status(f->ctx, pg_yaml_count(f->ctx, root, "part", 2, 100, &n), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "s.yaml:2:1: \"part\" must be a whole number, found \"2.5\"");
    assert_status(f->ctx, pg_yaml_count(f->ctx, root, "few", 2, 100, &n), PGDP_PARSE);
    assert_status(f->ctx, pg_yaml_count(f->ctx, root, "minus", 2, 100, &n), PGDP_PARSE);
    assert_int_equal(n, 10);
}

static void choices_are_listed_when_none_fits(void **state)
{
    fixture *f = *state;
    static const char *const modes[] = { "accounts", "gross", NULL };
    const pg_yaml *root = parsed(f, "mode: gross\nother: net\n");
    size_t i = 9;
    assert_ok(f->ctx, pg_yaml_choice(f->ctx, root, "mode", modes, &i));
    assert_int_equal(i, 1);
    assert_status(f->ctx, pg_yaml_choice(f->ctx, root, "other", modes, &i), PGDP_PARSE);
    assert_string_equal(pgdp_ctx_error(f->ctx), "s.yaml:2:1: \"other\" must be one of: accounts, gross; found \"net\"");
}

static void lists_hold_single_values(void **state)
{
    fixture *f = *state;
    const pg_yaml *root = parsed(f, "penalties: [1, 10.5, 100]\nlevels: [T0, T1]\nempty: []\nnested: [1, [2]]\n"
                                    "word: [1, two]\nscalar: 3\n");
    double *reals = NULL;
    const char **texts = NULL;
    size_t n = 0;
    assert_ok(f->ctx, pg_yaml_reals(f->ctx, root, "penalties", &f->arena, &reals, &n));
    assert_int_equal(n, 3);
    assert_true(reals[0] == 1 && reals[1] == 10.5 && reals[2] == 100);
    assert_ok(f->ctx, pg_yaml_texts(f->ctx, root, "levels", &f->arena, &texts));
    assert_string_equal(texts[1], "T1");
    assert_null(texts[2]);
    static const char *const wrong[] = { "empty", "nested", "word", "scalar" };
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++)
        assert_status(f->ctx, pg_yaml_reals(f->ctx, root, wrong[i], &f->arena, &reals, &n), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "\"scalar\" must be a list: [a, b, ...]");
    assert_status(f->ctx, pg_yaml_reals(f->ctx, root, "word", &f->arena, &reals, &n), PGDP_PARSE);
    assert_contains(pgdp_ctx_error(f->ctx), "s.yaml:5:11: ");
    assert_int_equal(n, 3);
}

static pgdp_status parse_and_read(pgdp_ctx *ctx, void *user)
{
    const char *text = user;
    pg_arena arena;
    pg_yaml *root = NULL;
    double *values = NULL;
    const char **texts = NULL;
    size_t n;
    pg_arena_init(&arena, &ctx->allocator);
    pgdp_status status = pg_yaml_parse(ctx, "s.yaml", text, strlen(text), &arena, &root);
    if (status == PGDP_OK) status = pg_yaml_reals(ctx, root, "penalties", &arena, &values, &n);
    if (status == PGDP_OK) status = pg_yaml_texts(ctx, root, "levels", &arena, &texts);
    pg_arena_free(&arena);
    return status;
}

/* Our memory; libfyaml's own comes from malloc. */
static void every_failing_allocation_is_told_and_nothing_leaks(void **state)
{
    (void)state;
    char text[20000] = "penalties: [1, 10]\nlevels: [T0, T1]\nlong: \"";
    const size_t n = strlen(text);
    memset(text + n, 'x', 18000);
    strcpy(text + n + 18000, "\"\n");
    assert_true(pgt_fail_every_allocation(parse_and_read, text) >= 3);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
    const struct CMUnitTest tests[] = {
        TEST(tree_has_kinds_keys_texts_and_positions),
        TEST(words_that_look_like_logic_stay_words),
        TEST(text_over_lines_is_folded),
        TEST(anchors_are_resolved),
        TEST(what_is_not_yaml_is_refused_with_its_place),
        TEST(depth_has_a_limit),
        TEST(few_lines_cannot_fill_the_memory),
        TEST(unknown_key_is_refused_with_the_nearest),
        TEST(missing_key_is_named_with_its_mapping),
        TEST(numbers_are_read_whole_and_in_range),
        TEST(counts_are_whole),
        TEST(choices_are_listed_when_none_fits),
        TEST(lists_hold_single_values),
        TEST(every_failing_allocation_is_told_and_nothing_leaks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
