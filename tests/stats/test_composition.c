/* test_composition.c  Every construct of the grammar with every other: each model of a formula is its stand-alone run
 * bit for bit; order of rows, units of columns and order of effects change nothing. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/ctx.h"
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/context.h"

#include <math.h>
#include <string.h>

enum { FIRMS = 18, YEARS = 11, ROWS = FIRMS * YEARS - 9, N_REALS = 6, FIRM = N_REALS, YEAR, GROUP, MODELS = 5000 };

/** A panel with holes; place p of the panel stands in row order[p]; column c is scaled by scale[c]. */
static pgdp_frame *panel(const size_t *order, const double *scale)
{
    static const char *const names[] = { "y1", "y2", "x1", "x2", "x3", "x4", "firm", "year", "g" };
    static const char *const groups[] = { "a", "b c", "d" };
    pgdp_frame *frame = NULL;
    size_t column;
    assert_ok(ctx, pgdp_frame_new(ctx, &frame));
    for (size_t c = 0; c <= GROUP; c++) {
        const pgdp_column about = { .name = names[c], .type = c == GROUP ? PGDP_TEXT : PGDP_REAL };
        assert_ok(ctx, pgdp_frame_add_column(ctx, frame, &about, &column));
    }
    for (size_t i = 0; i < ROWS; i++) {
        const size_t place = order[i] + order[i] / 21; /* every 22nd is a hole */
        pg_random random = pg_random_stream(77, "composition", (uint32_t)place);
        double x[N_REALS];
        for (size_t c = 2; c < N_REALS; c++)
            x[c] = 1.5 * (double)c + pg_random_normal(&random) + 0.3 * (c > 2 ? x[c - 1] : 0);
        x[0] = 0.7 * x[2] - 0.4 * x[3] + 0.1 * (double)(place % FIRMS) + pg_random_normal(&random);
        x[1] = exp(0.2 * x[4] + 0.3 * pg_random_normal(&random));
        assert_ok(ctx, pgdp_frame_add_row(ctx, frame));
        for (size_t c = 0; c < N_REALS; c++)
            pgdp_frame_set_real(frame, c, place % 29 == c ? (double)NAN : x[c] * scale[c]);
        pgdp_frame_set_real(frame, FIRM, (double)(place % FIRMS));
        pgdp_frame_set_real(frame, YEAR, 2000 + (double)(place / FIRMS));
        assert_ok(ctx, pgdp_frame_set_text(ctx, frame, GROUP, groups[pg_random_index(&random, 3)], PGDP_NONE));
    }
    return frame;
}

static const double ones[N_REALS] = { 1, 1, 1, 1, 1, 1 };

static void in_order(size_t *order)
{
    for (size_t i = 0; i < ROWS; i++)
        order[i] = i;
}

static const char *pick(pg_random *random, const char *const *from, size_t n)
{
    return from[pg_random_index(random, n)];
}
#define PICK(random, from) pick(random, from, sizeof(from) / sizeof *(from))

/** A formula of random parts. */
static void write_formula(pg_random *random, pg_text *out)
{
    static const char *const outcomes[] = { "y1", "log(y2)", "c(y1, y2)", "d(y1)", "y1 - l(y1)" };
    static const char *const terms[] = { "x1",
                                         "x1:x2",
                                         "x1*x2",
                                         "I(x3^2)",
                                         "i(g)",
                                         "i(g, x2)",
                                         "l(x1)",
                                         "d(x2)",
                                         "poly(x3, 2)",
                                         "f(x2)",
                                         "x3^2",
                                         "sw(x2, x3)",
                                         "csw0(x4, x3)",
                                         "sw0(i(g), x3)",
                                         "csw(x2, l(x2, 1:2))",
                                         "g",
                                         "mvsw(x2, x4)",
                                         "log(abs(x4))",
                                         "x2",
                                         "i(g, ref = \"d\")" };
    static const char *const effects[] = {
        "", "", " | firm", " | firm + year", " | year", " | sw0(firm, firm + year)", " | g^year", " | firm + g[x4]"
    };
    static const char *const instruments[] = { "", "", "", " | x1 ~ x4 + l(x4)" };
    const char *endogenous = PICK(random, instruments);
    pg_text_clear(out);
    pg_text_add(out, PICK(random, outcomes));
    pg_text_add(out, endogenous[0] == '\0' ? " ~ x1" : " ~ x3");
    for (size_t n = pg_random_index(random, 3); n > 0; n--)
        pg_text_addf(out, " + %s", endogenous[0] == '\0' ? PICK(random, terms) : "i(g)");
    pg_text_add(out, PICK(random, effects));
    pg_text_add(out, endogenous);
}

static void assert_same_bits(const pgdp_regression *a, const pgdp_regression *b)
{
    const pgdp_fit *x = pgdp_regression_fit(a), *y = pgdp_regression_fit(b);
    const size_t k = pgdp_fit_n_terms(x);
    assert_int_equal(k, pgdp_fit_n_terms(y));
    assert_memory_equal(pgdp_fit_estimate(x).x, pgdp_fit_estimate(y).x, k * sizeof(double));
    assert_memory_equal(pgdp_fit_vcov(x).x, pgdp_fit_vcov(y).x, k * k * sizeof(double));
    for (size_t j = 0; j < k; j++)
        assert_string_equal(pgdp_fit_term(x, j), pgdp_fit_term(y, j));
}

/** The models of one formula, each beside its stand-alone run. */
static size_t check_models(const pgdp_frame *frame, const pgdp_regression_spec *spec, size_t *n_fitted)
{
    pgdp_models *models = NULL;
    assert_ok(ctx, pgdp_models_new(ctx, frame, spec, &models));
    const size_t n = pgdp_models_n(models);
    for (size_t i = 0; i < n; i++) {
        const pgdp_model m = pgdp_models_at(models, i);
        pgdp_regression_spec alone = *spec;
        pgdp_regression *r = NULL;
        alone.formula = m.formula;
        alone.subset = m.subset;
        alone.split = NULL;
        assert_status(ctx, pgdp_regress(ctx, frame, &alone, &r), m.status);
        if (r != NULL) assert_same_bits(m.regression, r);
        *n_fitted += r != NULL;
        if (r == NULL) assert_string_equal(m.error, pgdp_ctx_error(ctx));
        pgdp_regression_free(r);
    }
    pgdp_models_free(models);
    return n;
}

static const char *const vcovs[] = { "iid", "HC1", "cluster(firm)", "cluster(firm + year)", "cluster(firm^g)" };

static void random_formulas_compose(void **state)
{
    (void)state;
    size_t order[ROWS], n = 0, n_fitted = 0;
    in_order(order);
    pgdp_frame *frame = panel(order, ones);
    pg_random random = pg_random_stream(3, "formulas", 0);
    pg_arena arena;
    pg_text text;
    pg_arena_init(&arena, &ctx->allocator);
    pg_text_init(&text, &arena);
    while (n < MODELS) {
        write_formula(&random, &text);
        const pgdp_regression_spec spec = { .formula = text.data,
                                            .vcov = PICK(&random, vcovs),
                                            .panel = "firm,year",
                                            .split = pg_random_index(&random, 5) == 0 ? "g" : NULL,
                                            .diagnostics = "none" };
        n += check_models(frame, &spec, &n_fitted);
    }
    assert_true(n_fitted > MODELS * 9 / 10); /* the rest has collinear or too few of something, and says so */
    pg_arena_free(&arena);
    pgdp_frame_free(frame);
}

/** Estimates and errors of b equal those of a times factor[j] by column name, within tol of the error. */
static void assert_like(const pgdp_regression *a, const pgdp_regression *b, double tol)
{
    const pgdp_fit *x = pgdp_regression_fit(a), *y = pgdp_regression_fit(b);
    assert_int_equal(pgdp_fit_n_terms(x), pgdp_fit_n_terms(y));
    for (size_t j = 0; j < pgdp_fit_n_terms(x); j++) {
        const pgdp_tidy t = pgdp_fit_tidy(x, j, 0.95);
        size_t k = 0;
        while (k < pgdp_fit_n_terms(y) && !pg_streq(t.term, pgdp_fit_term(y, k)))
            k++;
        assert_true(k < pgdp_fit_n_terms(y));
        const pgdp_tidy u = pgdp_fit_tidy(y, k, 0.95);
        assert_close(u.statistic, t.statistic, tol, tol);
        assert_close(u.p_value, t.p_value, 1e-6, 1e-12);
    }
}

/** Formulas without a construct that a unit or an order may change by definition (levels' references, logarithms). */
static const char *const steady[] = {
    "y1 ~ x1 + x2 + x3",        "y1 ~ x1 + x1:x2 + I(x3^2)", "y1 ~ x1 + l(x2) + i(g, x3)",
    "d(y1) ~ x1 + poly(x3, 2)", "y1 ~ x1 + x2 | firm",       "y1 ~ x1 + x2 | firm + year",
    "y1 ~ x1 | firm + g[x4]",   "y1 ~ x2 | x1 ~ x4 + l(x4)", "y1 ~ x2 | firm + year | x1 ~ x4 + x3",
};
enum { N_STEADY = sizeof steady / sizeof *steady };

static pgdp_regression *regress(const pgdp_frame *frame, const char *formula, const char *vcov)
{
    const pgdp_regression_spec spec = { .formula = formula, .vcov = vcov, .panel = "firm,year", .diagnostics = "none" };
    pgdp_regression *r = NULL;
    assert_ok(ctx, pgdp_regress(ctx, frame, &spec, &r));
    return r;
}

static void check_same_answer(const pgdp_frame *a, const pgdp_frame *b, double tol)
{
    for (size_t i = 0; i < N_STEADY; i++) {
        for (size_t v = 0; v < sizeof vcovs / sizeof *vcovs; v++) {
            pgdp_regression *x = regress(a, steady[i], vcovs[v]), *y = regress(b, steady[i], vcovs[v]);
            assert_like(x, y, tol);
            pgdp_regression_free(x);
            pgdp_regression_free(y);
        }
    }
}

static void order_of_rows_changes_nothing(void **state)
{
    (void)state;
    size_t order[ROWS], other[ROWS];
    in_order(order);
    for (size_t i = 0; i < ROWS; i++)
        other[i] = (i * 40 + 17) % ROWS; /* 189 = 27 * 7 rows: 40 is prime to them */
    pgdp_frame *a = panel(order, ones), *b = panel(other, ones);
    check_same_answer(a, b, 1e-9);
    pgdp_frame_free(a);
    pgdp_frame_free(b);
}

static void units_of_columns_change_nothing(void **state)
{
    (void)state;
    static const double units[N_REALS] = { 1e8, 1, 1e-8, 1e8, 1e8, 1e-8 };
    size_t order[ROWS];
    in_order(order);
    pgdp_frame *a = panel(order, ones), *b = panel(order, units);
    check_same_answer(a, b, 1e-8);
    pgdp_frame_free(a);
    pgdp_frame_free(b);
}

static void order_of_terms_and_effects_changes_nothing(void **state)
{
    (void)state;
    static const char *const pairs[][2] = {
        { "y1 ~ x1 + x2 + x3", "y1 ~ x3 + x1 + x2" },
        { "y1 ~ x1 + x2 | firm + year + g", "y1 ~ x2 + x1 | g + year + firm" },
        { "y1 ~ x2 | firm + year | x1 ~ x4 + x3", "y1 ~ x2 | year + firm | x1 ~ x3 + x4" },
    };
    size_t order[ROWS];
    in_order(order);
    pgdp_frame *frame = panel(order, ones);
    for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
        pgdp_regression *x = regress(frame, pairs[i][0], "cluster(firm)");
        pgdp_regression *y = regress(frame, pairs[i][1], "cluster(firm)");
        assert_like(x, y, 1e-9);
        pgdp_regression_free(x);
        pgdp_regression_free(y);
    }
    pgdp_frame_free(frame);
}

static void what_effects_absorb_is_left_out_whatever_its_unit_and_their_order(void **state)
{
    (void)state;
    static const char *const formulas[] = { "y1 ~ x1 + I(1e8 * year) | firm + year",
                                            "y1 ~ x1 + I(1e-8 * year) | year + firm",
                                            "y1 ~ I(firm / 7) + x1 | year + firm" };
    size_t order[ROWS];
    in_order(order);
    pgdp_frame *frame = panel(order, ones);
    for (size_t i = 0; i < sizeof formulas / sizeof *formulas; i++) {
        const char *term = NULL, *because = NULL;
        pgdp_regression *r = regress(frame, formulas[i], "iid");
        assert_true(pgdp_regression_collinear(r, 0, &term, &because));
        assert_contains(because, "absorbed effects");
        assert_false(pgdp_regression_collinear(r, 1, &term, &because));
        pgdp_regression_free(r);
    }
    pgdp_frame_free(frame);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(random_formulas_compose),
        cmocka_unit_test(order_of_rows_changes_nothing),
        cmocka_unit_test(units_of_columns_change_nothing),
        cmocka_unit_test(order_of_terms_and_effects_changes_nothing),
        cmocka_unit_test(what_effects_absorb_is_left_out_whatever_its_unit_and_their_order),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
