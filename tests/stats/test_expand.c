/* test_expand.c  One text to the formulas of all its models; any formula's normal form means what the formula means.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/random.h"
#include "tests/support/formula_text.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include "stats/formula_parts.h"

#include <string.h>

static void check(const char *const (*cases)[2], size_t n)
{
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    for (size_t i = 0; i < n; i++)
        assert_string_equal(pgt_expanded_text(ctx, NULL, cases[i][0]), cases[i][1]);
    pgdp_ctx_free(ctx);
}

static void lists_become_formulas_of_one_model_each(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x", "y ~ x" },
        { "log(y)~x|f", "log(y)~x|f" },
        { "y ~ sw(a, b)", "y ~ a; y ~ b" },
        { "y ~ x + sw(a, b)", "y ~ x + a; y ~ x + b" },
        { "y ~ sw0(a, b)", "y ~ 1; y ~ a; y ~ b" },
        { "y ~ x + sw0(a, b)", "y ~ x; y ~ x + a; y ~ x + b" },
        { "y ~ csw(a, b, c)", "y ~ a; y ~ a + b; y ~ a + b + c" },
        { "y ~ csw0(a, b)", "y ~ 1; y ~ a; y ~ a + b" },
        { "y ~ x + csw0(a, b) + z", "y ~ x + z; y ~ x + a + z; y ~ x + a + b + z" },
        { "y ~ mvsw(a, b)", "y ~ 1; y ~ a; y ~ b; y ~ a + b" },
        { "y ~ mvsw(a, b, c)", "y ~ 1; y ~ a; y ~ b; y ~ c; y ~ a + b; y ~ a + c; y ~ b + c; y ~ a + b + c" },
        { "y ~ x + mvsw(a, b)", "y ~ x; y ~ x + a; y ~ x + b; y ~ x + a + b" },
        { "y ~ sw(a + b, c*d)", "y ~ a + b; y ~ c * d" },
        { "y ~ sw(a, b) + sw(c, d)", "y ~ a + c; y ~ a + d; y ~ b + c; y ~ b + d" },
        { "y ~ sw(a, b):z", "y ~ a:z; y ~ b:z" },
        { "y ~ x*sw0(a, b)", "y ~ x; y ~ x * a; y ~ x * b" },
        { "y ~ sw0(a):sw0(b)", "y ~ 1; y ~ b; y ~ a; y ~ a:b" },
        { "y ~ (x + sw0(a)):z", "y ~ x:z; y ~ (x + a):z" },
        { "y ~ csw(a, b):z", "y ~ a:z; y ~ (a + b):z" },
        { "y ~ sw(a, b) - 1", "y ~ a - 1; y ~ b - 1" },
        { "y ~ sw0(a) - 1", "y ~ -1; y ~ a - 1" },
        { "y ~ -1 + sw0(a)", "y ~ -1; y ~ -1 + a" },
        { "y ~ sw(a, b)^2", "y ~ a^2; y ~ b^2" },
        { "y ~ log(sw(a, b))", "y ~ log(a); y ~ log(b)" },
        { "y ~ i(f, sw(x, z))", "y ~ i(f, x); y ~ i(f, z)" },
        { "y ~ i(f, x, ref = sw(\"a\", \"b\"))", "y ~ i(f, x, ref = \"a\"); y ~ i(f, x, ref = \"b\")" },
        { "y ~ poly(sw(x, z), 2)", "y ~ poly(x, 2); y ~ poly(z, 2)" },
        { "y ~ l(sw(x, z), 1:2)", "y ~ l(x, 1:2); y ~ l(z, 1:2)" },
        { "y ~ l(x, sw(1, 2))", "y ~ l(x, 1); y ~ l(x, 2)" },
        { "y ~ x | sw(f, g)", "y ~ x | f; y ~ x | g" },
    };
    check(cases, sizeof cases / sizeof cases[0]);
}

static void lists_stand_in_every_part(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ x | csw0(f, g)", "y ~ x; y ~ x | f; y ~ x | f + g" },
        { "y ~ x | f + csw0(g, h)", "y ~ x | f; y ~ x | f + g; y ~ x | f + g + h" },
        { "y ~ x | sw(f, g)[t]", "y ~ x | f[t]; y ~ x | g[t]" },
        { "y ~ x | f[sw(t, w)]", "y ~ x | f[t]; y ~ x | f[w]" },
        { "y ~ x | f^sw(g, h)", "y ~ x | f^g; y ~ x | f^h" },
        { "y ~ x | f^sw0(g)", "y ~ x | f; y ~ x | f^g" },
        { "y ~ x | mvsw(f, g)", "y ~ x; y ~ x | f; y ~ x | g; y ~ x | f + g" },
        { "y ~ x | sw(f, f^g) | p ~ z", "y ~ x | f | p ~ z; y ~ x | f^g | p ~ z" },
        { "y ~ x | sw0(f) | p ~ z", "y ~ x | p ~ z; y ~ x | f | p ~ z" },
        { "y ~ x | sw(p, q) ~ z", "y ~ x | p ~ z; y ~ x | q ~ z" },
        { "y ~ x | p ~ sw(z, w)", "y ~ x | p ~ z; y ~ x | p ~ w" },
        { "y ~ x | p ~ csw(z, w)", "y ~ x | p ~ z; y ~ x | p ~ z + w" },
        { "y ~ x + [sw(p, q) ~ z]", "y ~ x | p ~ z; y ~ x | q ~ z" },
        { "y ~ x + [p ~ z]", "y ~ x + [p ~ z]" },
        { "c(y1, y2) ~ x", "y1 ~ x; y2 ~ x" },
        { "c(y1) ~ x", "y1 ~ x" },
        { "c(log(y1), d(y2)) ~ x | f", "log(y1) ~ x | f; d(y2) ~ x | f" },
        { "sw(y1, y2) ~ x", "y1 ~ x; y2 ~ x" },
        { "log(sw(y1, y2)) ~ x", "log(y1) ~ x; log(y2) ~ x" },
        { "c(y1, y2) ~ sw(a, b) | csw0(f, g)",
          "y1 ~ a; y1 ~ a | f; y1 ~ a | f + g; y1 ~ b; y1 ~ b | f; y1 ~ b | f + g; y2 ~ a; y2 ~ a | f; y2 ~ a | f + g; "
          "y2 ~ b; y2 ~ b | f; y2 ~ b | f + g" },
        { "c(y1, y2) ~ x | f | sw(p, q) ~ sw(z, w)",
          "y1 ~ x | f | p ~ z; y1 ~ x | f | p ~ w; y1 ~ x | f | q ~ z; y1 ~ x | f | q ~ w; y2 ~ x | f | p ~ z; y2 ~ x "
          "| f | p ~ w; y2 ~ x | f | q ~ z; y2 ~ x | f | q ~ w" },
        { "csw(y1, y2) ~ x", "y1 ~ x; y1 + y2 ~ x" },
        { "`y 1` ~ sw(`a b`, `i.g`)", "`y 1` ~ `a b`; `y 1` ~ `i.g`" },
        { "y ~ sw(a, 1)", "y ~ a; y ~ 1" },
        { "y ~ sw(a, a)", "y ~ a; y ~ a" },
        { "y ~ sw(a)", "y ~ a" },
    };
    check(cases, sizeof cases / sizeof cases[0]);
}

static void a_list_without_a_meaning_is_refused(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ sw()", "formula:1:5: found \"sw\", expected alternatives in its parentheses: sw(a, b)" },
        { "y ~ sw0()", "formula:1:5: found \"sw0\", expected alternatives in its parentheses: sw(a, b)" },
        { "y ~ sw(a = b)", "formula:1:12: found \"b\", expected alternatives without labels: sw(a, b)" },
        { "y ~ sw(sw(a, b), c)",
          "formula:1:8: found \"sw\", expected none of sw, sw0, csw, csw0, mvsw within another of them" },
        { "y ~ csw(a, mvsw(b, c))", "formula:1:12: found \"mvsw\", expected sw() within another call or a power; the "
                                    "others stand among summands and factors" },
        { "y ~ log(sw0(x))", "formula:1:9: found \"sw0\", expected sw() within another call or a power; the others "
                             "stand among summands and factors" },
        { "y ~ log(csw(x, z))", "formula:1:9: found \"csw\", expected sw() within another call or a power; the others "
                                "stand among summands and factors" },
        { "y ~ i(f, mvsw(x, z))", "formula:1:10: found \"mvsw\", expected sw() within another call or a power; the "
                                  "others stand among summands and factors" },
        { "y ~ x^sw0(2)", "formula:1:7: found \"sw0\", expected sw() within another call or a power; the others stand "
                          "among summands and factors" },
        { "sw0(y1, y2) ~ x", "formula:1:1: found \"sw0\", which leaves a model without an outcome; use sw() or c()" },
        { "mvsw(y1, y2) ~ x", "formula:1:1: found \"mvsw\", which leaves a model without an outcome; use sw() or c()" },
        { "c(sw(y1, y2), y3) ~ x",
          "formula:1:3: found \"sw\", expected none of sw, sw0, csw, csw0, mvsw within another of them" },
        { "y ~ x | sw0(p) ~ z", "formula:1:9: found \"sw0\", which leaves a model without endogenous terms or "
                                "instruments; use sw() or csw()" },
        { "y ~ x | p ~ mvsw(z)", "formula:1:13: found \"mvsw\", which leaves a model without endogenous terms or "
                                 "instruments; use sw() or csw()" },
        { "y ~ mvsw(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q)",
          "formula:1:5: found mvsw() of 17 terms, which doubles the models with each, expected at most 100000 models; "
          "use fewer terms" },
        { "y ~ mvsw(a,b,c,d,e,f,g,h,i) + mvsw(j,k,l,m,n,o,p,q)",
          "formula: found more than 100000 models, expected fewer; shorten the lists of c(), sw(), csw(), mvsw(), "
          "which multiply" },
        { "y ~ mvsw(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q,r,s,t,u,v,w,x)",
          "formula:1:5: found mvsw() of 24 terms, which doubles the models with each, expected at most 100000 models; "
          "use fewer terms" },
        { "y ~ sw(a", "formula:1:9: found the end, expected `,` or `)`; close the parenthesis" },
        { "y sw(a, b)", "formula:1:3: found \"sw\", expected `~` between outcome and terms: y ~ x1 + x2" },
    };
    check(cases, sizeof cases / sizeof cases[0]);
}

static void all_other_columns_are_those_not_named_elsewhere(void **state)
{
    (void)state;
    static const char *const cases[][2] = {
        { "y ~ .", "y ~ x + z + f + g + a.b" },
        { "log(y) ~ . + x^2", "log(y) ~ x + z + f + g + a.b + x^2" },
        { "y ~ . | f", "y ~ x + z + g + a.b | f" },
        { "y ~ . | f[x] | z ~ g", "y ~ a.b | f[x] | z ~ g" },
        { "y ~ sw(., x)", "y ~ x + z + f + g + a.b; y ~ x" },
        { "c(y, x) ~ .", "y ~ z + f + g + a.b; x ~ z + f + g + a.b" },
        { "y ~ (.):x", "y ~ (x + z + f + g + a.b):x" },
        { "y ~ x", "y ~ x" },
        { "y ~ `.`", "y ~ `.`" },
        { "y ~ log(.)", "y ~ log(.)" },
        { "y + x + z + g + a.b ~ . | f",
          "formula:1:23: found \".\", where `.` stands for no column, expected columns of numbers or text beside those "
          "named" },
    };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, "y x z f:t g q:p a.b\n1.5 2.25 3 a 4 2020Q1 5\n");
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++)
        assert_string_equal(pgt_expanded_text(ctx, frame, cases[i][0]), cases[i][1]);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

/** Words to make formulas from: $ stands for a number, ? for a term, # for an effect. */
static const char *const numbers[] = { "x",
                                       "z",
                                       "`w w`",
                                       "log($)",
                                       "I($ + $)",
                                       "I($*$ - 2.385)",
                                       "I(-$)",
                                       "I(($ + $)^2)",
                                       "I($ > 0 & $ <= 3)",
                                       "I($/($ - $))",
                                       "l($)",
                                       "l($, 2)",
                                       "l($, -1:2)",
                                       "f($)",
                                       "d($)",
                                       "d($, 4)",
                                       "s($, 12)",
                                       "l($, c(1, 3))",
                                       "I(g == \"a b\")",
                                       "abs($)",
                                       "I(g %in% c('a', 'b'))",
                                       "I(!($ > 1e-5))",
                                       "I($ - ($ - $))",
                                       "exp(-$^2)" };
static const char *const terms[] = { "$",
                                     "$",
                                     "$",
                                     "x^2",
                                     "z^-0.5",
                                     "?:?",
                                     "?*?",
                                     "(? + ?)",
                                     "?/?",
                                     "(? + ?):?",
                                     "i(g)",
                                     "i(g, $)",
                                     "i(g, ref = \"a\")",
                                     "i(g, i.h, ref2 = 3)",
                                     "i(g, h, keep2 = c(1, 2))",
                                     "i(h, bin = 5)",
                                     "i(g, bin = c(\"a\", \"b\"), keep = 'a')",
                                     "poly($, 2)",
                                     "poly($, 3, raw = TRUE)",
                                     "i(g, $, ref = c('a', `b c`))" };
static const char *const effects[] = { "g", "h", "g^h", "`k k`", "g[$]", "h[[$]]", "g^h[$, $]", "# + #" };
static const char *const formulas[] = { "$ ~ ?",         "$ ~ ? + ?",           "$ ~ ? + ? - 1",
                                        "$ ~ -1 + ?",    "$ ~ ? | #",           "$ ~ ? | # | ? ~ ?",
                                        "$ ~ ? | ? ~ ?", "$ ~ ? + [? ~ ? + ?]", "$ ~ ? | 0 | ? ~ ?" };

#define ONE_OF(list) (list)[pg_random_index(random, sizeof(list) / sizeof *(list))]

/** Write a pattern, its signs replaced at random; deep inside by plain names. */
static void fill(pg_text *out, const char *pattern, pg_random *random, size_t depth)
{
    for (const char *c = pattern; *c != '\0'; c++) {
        if (strchr("$?#", *c) == NULL)
            pg_text_add_char(out, *c);
        else if (depth == 0)
            pg_text_add(out, *c == '#' ? "g" : "x");
        else
            fill(out, *c == '$' ? ONE_OF(numbers) : *c == '?' ? ONE_OF(terms) : ONE_OF(effects), random, depth - 1);
    }
}

static void normal_form_means_the_same(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    size_t n_good = 0;
    for (uint32_t i = 0; i < 20000 && n_good < 5000; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_random random = pg_random_stream(2385, "formulas", i);
        pg_formula_tree tree;
        pg_text text, normal, again;
        pg_text_init(&text, &ctx->scratch);
        pg_text_init(&normal, &ctx->scratch);
        pg_text_init(&again, &ctx->scratch);
        fill(&text, formulas[pg_random_index(&random, sizeof formulas / sizeof *formulas)], &random, 3);
        assert_ok(ctx, pg_formula_read(ctx, &ctx->scratch, text.data, &tree));
        pg_formula_write(&normal, &tree);
        assert_ok(ctx, pg_formula_read(ctx, &ctx->scratch, normal.data, &tree));
        pg_formula_write(&again, &tree);
        assert_string_equal(again.data, normal.data);
        const char *first = pgt_formula_text(ctx, text.data);
        if (strncmp(first, "formula:", 8) ==
            0) { /* too many parts or differences, and lags of the outcome over a range */
            assert_int_equal(strncmp(pgt_formula_text(ctx, normal.data), "formula:", 8), 0);
        } else {
            assert_string_equal(pgt_formula_text(ctx, normal.data), first);
            n_good++;
        }
        pg_arena_rewind(&ctx->scratch, mark);
    }
    assert_int_equal(n_good, 5000);
    pgdp_ctx_free(ctx);
}

static void every_model_of_a_list_parses_alone(void **state)
{
    (void)state;
    static const char *const lists[] = { "sw(?, ?)", "sw0(?, ?, ?)", "csw(?, ?)", "csw0(?, ?)", "mvsw(?, ?, ?)" };
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    for (uint32_t i = 0; i < 500; i++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        pg_random random = pg_random_stream(2385, "lists", i);
        const char *const *models;
        size_t n;
        pg_text text;
        pg_text_init(&text, &ctx->scratch);
        pg_text_add(&text, "c(y, log(w)) ~ ");
        fill(&text, "? + ", &random, 2);
        fill(&text, lists[i % 5], &random, 1);
        pg_text_add(&text, i % 2 == 0 ? "" : " | g + sw0(h, k)");
        assert_ok(ctx, pg_formula_expand(ctx, &ctx->scratch, text.data, &models, &n));
        assert_int_equal(n, (i % 2 == 0 ? 2 : 6) * ((const size_t[]){ 2, 4, 2, 3, 8 })[i % 5]);
        for (size_t m = 0; m < n; m++) {
            const char *const *alone;
            size_t n_alone;
            pg_formula f;
            assert_ok(ctx, pg_formula_parse(ctx, &ctx->scratch, models[m], false, &f));
            assert_ok(ctx, pg_formula_expand(ctx, &ctx->scratch, models[m], &alone, &n_alone));
            assert_int_equal(n_alone, 1);
            assert_string_equal(alone[0], models[m]);
        }
        pg_arena_rewind(&ctx->scratch, mark);
    }
    pgdp_ctx_free(ctx);
}

static void subsets_of_sixteen_terms_are_all_there(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    const char *const *models;
    size_t n;
    assert_non_null(ctx);
    assert_ok(ctx, pg_formula_expand(ctx, &ctx->scratch, "y ~ mvsw(a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p)", &models, &n));
    assert_int_equal(n, 65536);
    assert_string_equal(models[17], "y ~ a + b");
    assert_string_equal(models[65535], "y ~ a + b + c + d + e + f + g + h + i + j + k + l + m + n + o + p");
    pgdp_ctx_free(ctx);
}

static pgdp_status expand_all(pgdp_ctx *ctx, void *user)
{
    const char *const *models;
    size_t n;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_status status =
        pg_formula_expand_over(ctx, &ctx->scratch, user,
                               "c(y, x) ~ . + csw0(l(x, 1:2), z) | sw(f, g) | mvsw(a, b) + p ~ sw(z, w)", &models, &n);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    assert_non_null(ctx);
    pgdp_frame *frame = pgt_frame(ctx, "y x z f:t u v:t\n1.5 2.25 3 a 4 b\n");
    assert_true(pgt_fail_every_allocation(expand_all, frame) > 1);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lists_become_formulas_of_one_model_each),
        cmocka_unit_test(lists_stand_in_every_part),
        cmocka_unit_test(a_list_without_a_meaning_is_refused),
        cmocka_unit_test(all_other_columns_are_those_not_named_elsewhere),
        cmocka_unit_test(normal_form_means_the_same),
        cmocka_unit_test(every_model_of_a_list_parses_alone),
        cmocka_unit_test(subsets_of_sixteen_terms_are_all_there),
        cmocka_unit_test(every_allocation_may_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
