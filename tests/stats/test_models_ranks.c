/* test_models_ranks.c  Models dealt over ranks are those of one process in every form of output, for every method, and
 * so are the sentences of those that fail. Ranks are threads. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/packed.h"
#include "core/random.h"
#include "stats/regression.h"
#include "tests/support/ranks.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { N_ENTITIES = 24, N_PERIODS = 10, N = N_ENTITIES * N_PERIODS };

/* y, x, z, p (moved by x and z), b: 0 and 1, k: counts, u: shares, o: 1 to 3, id, t, and the texts c and s. */
static pgdp_frame *make(pgdp_ctx *ctx)
{
    static const char *const names[] = { "y", "x", "z", "p", "b", "k", "u", "o", "id", "t" };
    static const char *const texts[] = { "c", "s" };
    pgdp_frame *frame = NULL;
    pg_random random = pg_random_stream(97, "models on ranks", 0);
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t j = 0; j < 12; j++) {
        const pgdp_column about = { .name = j < 10 ? names[j] : texts[j - 10], .type = j < 10 ? PGDP_REAL : PGDP_TEXT };
        size_t index;
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &about, &index));
    }
    double before = 0;
    for (size_t i = 0; i < N; i++) {
        const double x = pg_random_normal(&random), z = pg_random_normal(&random), e = pg_random_normal(&random);
        if (i % N_PERIODS == 0) before = 0;
        before = 1 + 0.5 * before + x + z + e;
        const double values[] = { before,
                                  x,
                                  i == 7 ? (double)NAN : z,
                                  z + x / 2 + e,
                                  x + e > 0,
                                  floor(exp(1 + x / 2 + e)),
                                  1 / (1 + exp(-x - e)),
                                  1 + (double)(x + e > 0) + (double)(x + e > 1),
                                  (double)(i / N_PERIODS),
                                  (double)(2000 + i % N_PERIODS) };
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t j = 0; j < 10; j++)
            pgdp_frame_set_real(frame, j, values[j]);
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 10, e > 0.5 ? "red" : e > -0.5 ? "green" : "blue", PGDP_NONE));
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, 11, i / N_PERIODS % 3 == 0 ? "north" : "south", PGDP_NONE));
    }
    return frame;
}

/* What all forms of output say of the models, and what is said of those that failed. */
static char *tell(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_regression_spec *spec, size_t *n_fitted)
{
    static const char *const forms[] = { "json", "csv", "table", "tex", "md" };
    const pgdp_regression *list[64];
    pgdp_models *models = NULL;
    pg_arena arena;
    pg_text text;
    pg_arena_init(&arena, &ctx->allocator);
    pg_text_init(&text, &arena);
    assert_ok(ctx, pgdp_models_new(ctx, frame, spec, &models));
    *n_fitted = 0;
    for (size_t i = 0; i < pgdp_models_n(models); i++) {
        const pgdp_model m = pgdp_models_at(models, i);
        pg_text_addf(&text, "%s, %s: %d %s\n", m.formula, m.subset == NULL ? "all" : m.subset, (int)m.status,
                     m.error == NULL ? "" : m.error);
        if (m.regression != NULL) list[(*n_fitted)++] = m.regression;
    }
    const pgdp_sink sink = pg_text_sink(&text);
    for (size_t f = 0; f<sizeof forms / sizeof *forms && * n_fitted> 0; f++)
        assert_ok(ctx, pgdp_regressions_write(ctx, forms[f], list, *n_fitted, NULL, &sink));
    char *all = strdup(text.data);
    pgdp_models_free(models);
    pg_arena_free(&arena);
    return all;
}

typedef struct task {
    const pgdp_frame *frame;
    const pgdp_regression_spec *spec;
    const char *want; /* of one process */
} task;

static void tell_on_rank(pgdp_ctx *ctx, void *user)
{
    const task *t = user;
    size_t n_fitted;
    char *got = tell(ctx, t->frame, t->spec, &n_fitted);
    assert_string_equal(got, t->want);
    free(got);
}

static const pgdp_setting taus[] = { { "tau", "0.2, 0.5, 0.7" }, { NULL, NULL } };
static const struct {
    pgdp_regression_spec spec;
    size_t n_fitted;
} cases[] = {
    { { .formula = "c(y, p) ~ x + z + I(2 * z) + sw0(t, i(s))", .vcov = "HC2", .tests = "x = z; z = 0" }, 6 },
    { { .formula = "y ~ x + csw(z, t, t:x) | id", .vcov = "cluster(id + t)", .diagnostics = "all" }, 3 },
    { { .formula = "y ~ x + sw(nope, z, log(x), id + t)", .method = "ols", .vcov = "HC1" }, 3 },
    { { .formula = "y ~ x | p ~ z", .vcov = "HC1", .split = "s", .split_full = true }, 3 },
    { { .formula = "y ~ x | p ~ z", .method = "liml", .vcov = "cluster(id)", .split = "s" }, 2 },
    { { .formula = "y ~ x | p ~ z", .method = "gmm", .vcov = "HC0", .split = "s" }, 2 },
    { { .formula = "b ~ x + z", .method = "logit", .vcov = "HC1", .split = "s", .margins = "average" }, 2 },
    { { .formula = "b ~ x + z", .method = "probit", .vcov = "iid", .split = "s", .margins = "mean" }, 2 },
    { { .formula = "o ~ x + z", .method = "ologit", .vcov = "HC0", .split = "s", .margins = "average" }, 2 },
    { { .formula = "o ~ x + z", .method = "oprobit", .vcov = "iid", .split = "s" }, 2 },
    { { .formula = "c ~ x + z", .method = "mlogit", .vcov = "cluster(id)", .split = "s" }, 2 },
    { { .formula = "k ~ x + sw(z, z + t)", .method = "poisson", .vcov = "HC1", .offset = "z" }, 2 },
    { { .formula = "k ~ x + z", .method = "negbin", .vcov = "iid", .split = "s" }, 2 },
    { { .formula = "u ~ x + sw(z, t)", .method = "fraclogit", .vcov = "HC1" }, 2 },
    { { .formula = "u ~ a0 + a1 / (1 + exp(-x))",
        .method = "nls",
        .start = "a0 = 0, a1 = 1",
        .vcov = "iid",
        .split = "s" },
      2 },
    { { .formula = "y ~ x + z", .method = "quantile", .vcov = "HC1", .settings = taus }, 3 },
    { { .formula = "y ~ x + sw(z, t)", .method = "ridge", .vcov = "HC1" }, 2 },
    { { .formula = "y ~ x + sw(z, t)", .method = "lasso", .vcov = "none" }, 2 },
    { { .formula = "y ~ x + sw(z, t)", .method = "enet", .vcov = "none" }, 2 },
    { { .formula = "y ~ x + z", .method = "within", .vcov = "cluster(id)", .panel = "id,t", .split = "s" }, 2 },
    { { .formula = "y ~ x + z", .method = "between", .vcov = "iid", .panel = "id,t", .split = "s" }, 2 },
    { { .formula = "y ~ x + z", .method = "random", .vcov = "iid", .panel = "id,t", .split = "s" }, 2 },
    { { .formula = "y ~ x + sw(z, l(x))", .method = "fd", .vcov = "arellano", .panel = "id,t" }, 2 },
    { { .formula = "y ~ sw(x, x + z)", .method = "abond", .vcov = "iid", .panel = "id,t" }, 2 },
    { { .formula = "y ~ x + sw(z, t, b)", .vcov = "cr2(id)" }, 3 },
    { { .formula = "y ~ x + sw(z, t, b, k, u)", .vcov = "bootstrap(B=29, interval=percentile)", .seed = 5 }, 5 },
    { { .formula = "y ~ x + sw(z, t, b)", .vcov = "wild(id, B=99)", .preset = "fixest-0.13" }, 3 },
};
enum { N_CASES = sizeof cases / sizeof *cases };

static void models_are_the_same_for_any_number_of_ranks(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = make(ctx);
    for (size_t i = 0; i < N_CASES; i++) {
        size_t n_fitted;
        char *want = tell(ctx, frame, &cases[i].spec, &n_fitted);
        if (n_fitted != cases[i].n_fitted) fail_msg("case %zu fitted %zu models:\n%s", i, n_fitted, want);
        task t = { frame, &cases[i].spec, want };
        for (size_t n_ranks = 2; n_ranks <= 4; n_ranks++)
            pgt_run_ranks(n_ranks, 1 + n_ranks % 2, tell_on_rank, &t);
        free(want);
    }
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

static void every_method_is_among_the_models(void **state)
{
    (void)state;
    for (size_t e = 0; pgdp_estimator_at(e) != NULL; e++) {
        const char *name = pgdp_estimator_at(e)->name;
        bool there = strcmp(name, "iv") == 0; /* left to the formula */
        for (size_t i = 0; i < N_CASES && !there; i++)
            there = strcmp(cases[i].spec.method == NULL ? "ols" : cases[i].spec.method, name) == 0;
        if (!there) fail_msg("no case has the method %s: it may keep something that is not packed", name);
    }
}

/* A regression there and back, in memory that may fail. */
static pgdp_status there_and_back(pgdp_ctx *ctx, void *user)
{
    const pgdp_regression *regression = user;
    pgdp_regression *again = NULL;
    pg_arena arena;
    pg_text text;
    pg_arena_init(&arena, &ctx->allocator);
    pg_text_init(&text, &arena);
    pgdp_status status = pg_regression_pack(ctx, regression, &text);
    if (status == PGDP_OK && text.failed) status = pg_no_memory(ctx);
    if (status == PGDP_OK) {
        pg_packed from = { .at = (const unsigned char *)text.data, .end = (const unsigned char *)text.data + text.n };
        status = pg_regression_unpack(ctx, &from, pgdp_regression_spec_of(regression), &again);
        assert_true(status != PGDP_OK || from.at == from.end);
    }
    pg_arena_free(&arena);
    pgdp_regression_free(again);
    return status;
}

static void a_regression_survives_every_failed_allocation_and_every_cut(void **state)
{
    (void)state;
    pgdp_ctx *ctx = pgdp_ctx_new(NULL);
    pgdp_frame *frame = make(ctx);
    const pgdp_regression_spec spec = {
        .formula = "o ~ x + z", .method = "ologit", .vcov = "HC1", .margins = "average", .id = "m"
    };
    pgdp_regression *r = NULL, *cut = NULL;
    assert_ok(ctx, pgdp_regress(ctx, frame, &spec, &r));
    assert_true(pgt_fail_every_allocation(there_and_back, r) > 0);
    pg_arena arena;
    pg_text text;
    pg_arena_init(&arena, &ctx->allocator);
    pg_text_init(&text, &arena);
    assert_ok(ctx, pg_regression_pack(ctx, r, &text));
    for (size_t n = 0; n < text.n; n++) {
        pg_packed from = { .at = (const unsigned char *)text.data, .end = (const unsigned char *)text.data + n };
        assert_status(ctx, pg_regression_unpack(ctx, &from, &spec, &cut), PGDP_IO);
    }
    pg_arena_free(&arena);
    pgdp_regression_free(r);
    pgdp_frame_free(frame);
    pgdp_ctx_free(ctx);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_are_the_same_for_any_number_of_ranks),
        cmocka_unit_test(every_method_is_among_the_models),
        cmocka_unit_test(a_regression_survives_every_failed_allocation_and_every_cut),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
