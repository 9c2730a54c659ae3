/* test_batch_random.c  Models drawn at random (collinear sets, factors, polynomials, samples, effects, instruments,
 * weights, covariances) are in a batch what they are alone. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * test_batch_random FIRST N draws other batches. */
#include "core/text.h"
#include "tests/stats/batch_checks.h"

#include <stdlib.h>

enum { ROWS = 260, MOST = 4, LENGTH = 400, SEEDS = 40 };
#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const outcomes[] = { "y", "y2", "log(abs(y) + 1)", "I(y > 2)", "x4", "I(x1 + 2)" };
static const char *const plain[] = { "x1", "x2", "x3", "x4", "x5", "x6", "z1", "p" };
static const char *const terms[] = { "x1",
                                     "x2",
                                     "x3",
                                     "x4",
                                     "x5",
                                     "x6",
                                     "dup",
                                     "i(f)",
                                     "f",
                                     "s",
                                     "i(s)",
                                     "i(year)",
                                     "poly(x1, 2)",
                                     "poly(x5, 3)",
                                     "poly(x1, 2, raw = TRUE)",
                                     "I(x1^2)",
                                     "x1:x2",
                                     "x1:x5",
                                     "f:x1",
                                     "s:x2",
                                     "i(f, x5)",
                                     "i(year, x1)",
                                     "i(f, s)",
                                     "i(year, ref = 2003)",
                                     "I(2 * x1)",
                                     "I(x2 - x1)",
                                     "I(firm / 3)",
                                     "I(firm / 7 + year / 3)",
                                     "I(x1 + 1000 * firm)",
                                     "I(0 * x1 + 3)",
                                     "I(x5 - x6)",
                                     "I(1 * (f == \"east\"))",
                                     "I(1 * (year > 2003))",
                                     "I(firm * 2)",
                                     "I(g + firm)",
                                     "I(x1 + x2 / 1000000)",
                                     "log(abs(x5))",
                                     "I(0 * x2)",
                                     "i(h)",
                                     "few",
                                     "I(few * x1)",
                                     "I(year - 2000)",
                                     "year",
                                     "I(x1 + 1000000)" };
static const char *const samples[] = {
    "",           "",          "year > 2003", "f != \"east\"", "x5 > 9", "x1 > 0.5 & year < 2005",
    "s == \"a\"", "many < 12", "year > 3000", "x6 > 10"
};
static const char *const effects[] = { "",         "",        "firm",   "f", "firm + year",     "g",
                                       "firm[x2]", "f[[x3]]", "f^year", "s", "firm[x2] + year", "h + g",
                                       "firm + s" };
static const char *const vcovs[] = { "iid",           "HC0",
                                     "HC1",           "HC3",
                                     "cluster(g)",    "cluster(g + h)",
                                     "cluster(firm)", "cluster(f)",
                                     "cluster(s)",    "cluster(g^year)" };
static const char *const weights[] = { NULL, NULL, "aw:aw", "fw:fw", "pw:aw" };
static const char *const instruments[] = {
    "z1",          "z1 + z2",      "z1 + z2 + x6",     "z1 + dup",
    "z1 + i(f)",   "poly(z1, 2)",  "z1 + I(2 * z1)",   "z1 + z2 + I(firm * 2)",
    "z1 + s",      "z1 + x2",      "z1 + I(firm / 3)", "z1 + I(firm / 7 + year / 3) + z2",
    "I(firm / 3)", "z1 + i(firm)", "I(z1 + 100000)",   "dup + x5"
};

static uint32_t first_seed = 1, n_seeds = SEEDS;

static const char *pick(pg_random *r, const char *const *list, size_t n)
{
    return list[pg_random_index(r, n)];
}

/* Up to `most` of the list, joined. */
static const char *join(pgdp_ctx *ctx, pg_random *r, const char *const *list, size_t n, size_t most)
{
    pg_text text;
    const size_t k = pg_random_index(r, most + 1);
    pg_text_init(&text, &ctx->scratch);
    for (size_t i = 0; i < k; i++)
        pg_text_addf(&text, "%s%s", i == 0 ? "" : " + ", pick(r, list, n));
    assert_false(text.failed);
    return k == 0 ? "" : text.data;
}

static pgdp_batch_options draw(pg_random *r, pgdp_batch_option *items, const char *const *list, size_t n)
{
    const size_t k = 1 + pg_random_index(r, 2);
    for (size_t i = 0; i < k; i++)
        items[i] = (pgdp_batch_option){ .text = pick(r, list, n) };
    return (pgdp_batch_options){ items, k };
}

/* liml: the models with instruments alone, by LIML; without the last of the terms, far from zero: robust errors of
 * `liml` alone multiply scores by the inverse of X'(I - kM)X, not by its root, and lose digits to it. */
static void run_seed(pgdp_ctx *ctx, uint32_t seed, bool liml, pgt_batch_counts *c)
{
    const pgdp_batch_option method = { .text = "liml" };
    pg_random r = pg_random_stream(seed, "batch_random", 0);
    pgdp_frame *frame = pgt_batch_frame(ctx, ROWS, seed);
    pgdp_batch_option items[PGDP_N_BATCH_CHOICES][MOST];
    pgdp_batch_request q = { .weights = pick(&r, weights, COUNT(weights)),
                             .report = pg_random_index(&r, 2) == 0 ? "all" : NULL,
                             .keep_singletons = pg_random_index(&r, 4) == 0 };
    pgdp_batch_option *focal = items[PGDP_BATCH_FOCAL], *controls = items[PGDP_BATCH_CONTROLS];
    q.choices[PGDP_BATCH_OUTCOME] = draw(&r, items[PGDP_BATCH_OUTCOME], outcomes, COUNT(outcomes));
    q.choices[PGDP_BATCH_SAMPLE] = draw(&r, items[PGDP_BATCH_SAMPLE], samples, COUNT(samples));
    q.choices[PGDP_BATCH_EFFECTS] = draw(&r, items[PGDP_BATCH_EFFECTS], effects, COUNT(effects));
    q.choices[PGDP_BATCH_VCOV] = draw(&r, items[PGDP_BATCH_VCOV], vcovs, COUNT(vcovs));
    focal[0] = (pgdp_batch_option){ .text = pick(&r, plain, COUNT(plain)) };
    focal[1] = (pgdp_batch_option){ .text = pick(&r, terms, COUNT(terms)) };
    focal[2] = (pgdp_batch_option){ .text = pick(&r, plain, COUNT(plain)),
                                    .instruments = pick(&r, instruments, COUNT(instruments)) };
    q.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ focal, 1 + pg_random_index(&r, 3) };
    for (size_t i = 0; i < 3; i++)
        controls[i] = (pgdp_batch_option){ .text = join(ctx, &r, terms, COUNT(terms) - liml, 6) };
    q.choices[PGDP_BATCH_CONTROLS] = (pgdp_batch_options){ controls, 3 };
    if (liml) {
        q.choices[PGDP_BATCH_FOCAL] = (pgdp_batch_options){ focal + 2, 1 };
        q.choices[PGDP_BATCH_METHOD] = (pgdp_batch_options){ &method, 1 };
    }
    pgt_batch_check(ctx, frame, &q, c);
    pgdp_frame_free(frame);
}

/* The batches of all seeds. */
static pgt_batch_counts run_seeds(bool liml)
{
    pgt_batch_counts c = { .rel = 1e-9 };
    for (uint32_t seed = first_seed; seed < first_seed + n_seeds; seed++) {
        pgdp_ctx *ctx = pgdp_ctx_new(NULL);
        assert_non_null(ctx);
        run_seed(ctx, seed, liml, &c);
        pgdp_ctx_free(ctx);
    }
    print_message("%zu models: %zu rows from moments, %zu with a pass over rows, %zu models by row, %zu failed\n",
                  c.models, c.moments, c.row_pass, c.by_row, c.failed);
    return c;
}

static void models_drawn_at_random_are_what_they_are_alone(void **state)
{
    (void)state;
    (void)run_seeds(false);
}

static void liml_models_drawn_at_random_come_from_moments_and_are_what_they_are_alone(void **state)
{
    (void)state;
    const pgt_batch_counts c = run_seeds(true);
    if (n_seeds >= SEEDS) assert_true(c.moments > c.by_row && c.row_pass > 0);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_drawn_at_random_are_what_they_are_alone),
        cmocka_unit_test(liml_models_drawn_at_random_come_from_moments_and_are_what_they_are_alone),
    };
    if (argc > 1) first_seed = (uint32_t)strtoul(argv[1], NULL, 10);
    if (argc > 2) n_seeds = (uint32_t)strtoul(argv[2], NULL, 10);
    return cmocka_run_group_tests(tests, NULL, NULL);
}
