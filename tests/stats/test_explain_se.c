/* test_explain_se.c  Standard errors as arithmetic: the numbers written, multiplied again here, give them back.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/random.h"
#include "core/text.h"
#include "pgdp/regression.h"
#include "tests/support/frame_text.h"
#include "tests/support/support.h"

#include <math.h>
#include <string.h>

enum { ROWS = 84, FIRMS = 12 };

typedef struct fixture {
    pgdp_ctx *ctx;
    pgdp_frame *frame;
} fixture;

static void add(pg_text *text, double value)
{
    pg_text_add_number(text, value);
    pg_text_add(text, " ");
}

/* A panel of 12 firms and 7 years: outcomes of every kind, x2 nearly x1, places, weights. */
static int open_fixture(void **state)
{
    static fixture f;
    pg_random random = pg_random_stream(5, "explain", 0);
    pg_text text;
    f.ctx = pgdp_ctx_new(NULL);
    assert_non_null(f.ctx);
    pg_text_init(&text, &f.ctx->scratch);
    pg_text_add(&text, "y yes n x z near lat lon w fw firm:t year\n");
    for (size_t i = 0; i < ROWS; i++) {
        const double x = 2.385 + pg_random_normal(&random), z = 10 + 4 * pg_random_normal(&random);
        const double e = (1 + 0.5 * fabs(x)) * pg_random_normal(&random), y = 1 + 0.75 * x - 0.2 * z + e;
        add(&text, y);
        add(&text, y > 0.9);
        add(&text, floor(fabs(y)));
        add(&text, x);
        add(&text, z);
        add(&text, x + 1e-7 * pg_random_normal(&random));
        add(&text, 45 + 4 * pg_random_uniform(&random));
        add(&text, 5 + 9 * pg_random_uniform(&random));
        add(&text, 0.5 + pg_random_uniform(&random));
        add(&text, ceil(3 * pg_random_uniform(&random)));
        pg_text_addf(&text, "f%zu %zu\n", i % FIRMS, 2000 + i / FIRMS);
    }
    f.frame = pgt_frame(f.ctx, text.data);
    *state = &f;
    return 0;
}

static int close_fixture(void **state)
{
    fixture *f = *state;
    pgdp_frame_free(f->frame);
    pgdp_ctx_free(f->ctx);
    return 0;
}

static double number(const pg_json_value *object, const char *key)
{
    double value = (double)NAN;
    if (!pg_json_number(pg_json_member(object, key), &value)) fail_msg("no number \"%s\"", key);
    return value;
}

static double at(const pg_json_value *array, size_t i)
{
    double value = (double)NAN;
    assert_true(pg_json_number(pg_json_at(array, i), &value));
    return value;
}

/* sqrt(factor b M b'), or sqrt(factor b_j), from nothing but what was written. */
static double again(const pg_json_value *root, size_t j)
{
    const pg_json_value *meat = pg_json_member(root, "meat");
    const pg_json_value *row = pg_json_member(pg_json_at(pg_json_member(root, "terms"), j), "bread_row");
    const double factor = number(root, "factor");
    const size_t k = pg_json_count(row);
    double sum = 0;
    if (pg_json_is_null(meat)) return sqrt(factor * at(row, j));
    assert_int_equal(pg_json_count(meat), k);
    for (size_t a = 0; a < k; a++)
        for (size_t b = 0; b < k; b++)
            sum += at(row, a) * at(pg_json_at(meat, a), b) * at(row, b);
    return sqrt(factor * sum);
}

static pg_json_document *explain(const fixture *f, const pgdp_regression_spec *spec)
{
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    pg_json_document *document = NULL;
    assert_ok(f->ctx, pgdp_explain_se(f->ctx, f->frame, spec, true, &sink));
    assert_ok(f->ctx, pg_json_parse(f->ctx, "explain", buffer.data, buffer.n, &document));
    pgt_buffer_free(&buffer);
    return document;
}

/* What is written gives back what the regression itself says, term by term. */
static void check(const fixture *f, const pgdp_regression_spec *spec, const char *basis)
{
    pg_json_document *document = explain(f, spec);
    const pg_json_value *root = pg_json_root(document), *terms = pg_json_member(root, "terms");
    pgdp_regression *r = NULL;
    assert_ok(f->ctx, pgdp_regress(f->ctx, f->frame, spec, &r));
    const pgdp_fit *fit = pgdp_regression_fit(r);
    assert_string_equal(pg_json_text(pg_json_member(root, "schema")), "pgdp.se/1");
    assert_string_equal(pg_json_text(pg_json_member(root, "basis")), basis);
    assert_int_equal(pg_json_count(terms), pgdp_fit_n_terms(fit));
    for (size_t j = 0; j < pgdp_fit_n_terms(fit); j++) {
        const pg_json_value *term = pg_json_at(terms, j);
        const pgdp_tidy line = pgdp_fit_tidy(fit, j, 0.95);
        assert_string_equal(pg_json_text(pg_json_member(term, "term")), line.term);
        assert_close(number(term, "std_error"), line.std_error, 0, 0);
        assert_close(again(root, j), line.std_error, 1e-12, 0);
        assert_close(number(term, "variance"), line.std_error * line.std_error, 1e-12, 0);
    }
    const pg_json_value *factors = pg_json_member(root, "factors");
    for (size_t i = 0; pgdp_fit_factor(fit, i).name != NULL; i++) {
        assert_string_equal(pg_json_text(pg_json_member(pg_json_at(factors, i), "name")), pgdp_fit_factor(fit, i).name);
        assert_close(number(pg_json_at(factors, i), "value"), pgdp_fit_factor(fit, i).value, 0, 0);
    }
    pgdp_regression_free(r);
    pg_json_document_free(document);
}

static void every_standard_error_is_given_back_by_its_numbers(void **state)
{
    static const pgdp_regression_spec specs[] = {
        { .formula = "y ~ x + z", .vcov = "iid" },
        { .formula = "y ~ x + z", .vcov = "iid; ssc(k_adj=no)" },
        { .formula = "y ~ x + z", .vcov = "HC0" },
        { .formula = "y ~ x + z", .vcov = "HC1" },
        { .formula = "y ~ x + z", .vcov = "HC2" },
        { .formula = "y ~ x + z", .vcov = "HC3", .weights = "aw:w" },
        { .formula = "y ~ x + z", .vcov = "HC4" },
        { .formula = "y ~ x + z", .vcov = "HC1", .weights = "fw:fw" },
        { .formula = "y ~ x + z", .vcov = "HC1", .weights = "pw:w" },
        { .formula = "y ~ x * z", .vcov = "cluster(firm)" },
        { .formula = "y ~ x + z", .vcov = "cluster(firm); ssc(g_adj=no)" },
        { .formula = "y ~ x + z", .vcov = "cluster(firm + year); ssc(psd=no)" },
        { .formula = "y ~ x + z", .vcov = "cluster(firm + year); ssc(psd=no, g_df=each)" },
        { .formula = "y ~ x + z", .vcov = "cluster(firm)", .preset = "r-sandwich" },
        { .formula = "y ~ x + z", .vcov = "cr2(firm)" },
        { .formula = "y ~ x + z", .vcov = "cr3(firm)" },
        { .formula = "y ~ x + z", .vcov = "nw(lag=2)", .panel = "firm,year" },
        { .formula = "y ~ x + z", .vcov = "nw(lag=2, kernel=parzen); ssc(k_adj=yes)", .panel = "firm,year" },
        { .formula = "y ~ x + z", .vcov = "dk(lag=2)", .panel = "firm,year" },
        { .formula = "y ~ x + z", .vcov = "conley(km=80, lat=lat, lon=lon, kernel=bartlett); ssc(psd=no)" },
        { .formula = "y ~ x + z | firm", .vcov = "cluster(firm)" },
        { .formula = "y ~ x + z | firm + year", .vcov = "HC1" },
        { .formula = "y ~ x + z | firm", .vcov = "cr2(firm)" },
        { .formula = "y ~ 0 + x + z + i(firm)", .vcov = "HC1" },
        { .formula = "yes ~ x + z", .method = "logit", .vcov = "iid" },
        { .formula = "yes ~ x + z", .method = "logit", .vcov = "opg" },
        { .formula = "yes ~ x + z", .method = "logit", .vcov = "HC1", .preset = "stata" },
        { .formula = "yes ~ x + z", .method = "logit", .vcov = "cluster(firm)" },
        { .formula = "n ~ x + z", .method = "ologit", .vcov = "HC0" },
    };
    for (size_t i = 0; i < sizeof specs / sizeof specs[0]; i++)
        check(*state, &specs[i], "terms");
}

/* Two terms equal to seven digits: the meat of the terms themselves would give back nothing. */
static void nearly_collinear_terms_are_explained_on_an_orthonormal_basis(void **state)
{
    const pgdp_regression_spec spec = { .formula = "y ~ x + near + z", .vcov = "HC1" };
    check(*state, &spec, "orthonormal");
}

static void zeroed_eigenvalues_are_explained_by_the_others(void **state)
{
    const pgdp_regression_spec spec = { .formula = "y ~ x * z + lat * lon + w", .vcov = "cluster(firm + year)" };
    const fixture *f = *state;
    pg_json_document *document = explain(f, &spec);
    const char *basis = pg_json_text(pg_json_member(pg_json_root(document), "basis"));
    assert_string_equal(basis, "eigenvectors");
    pg_json_document_free(document);
    check(f, &spec, "eigenvectors");
}

static void people_read_the_same_numbers(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x", .vcov = "cluster(firm)" };
    const pgdp_regression_spec none = { .formula = "y ~ x", .vcov = "none" };
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    assert_ok(f->ctx, pgdp_explain_se(f->ctx, f->frame, &spec, false, &sink));
    assert_contains(buffer.data, "y ~ x\nmethod ols, covariance cluster(firm)\n");
    assert_contains(buffer.data, "  G = 12\n  G/(G-1) = 1.090909091\n  (N-1)/(N-K) = 1.012195122\n");
    assert_contains(buffer.data, "meat M\n  (");
    assert_contains(buffer.data, "x: estimate ");
    assert_contains(buffer.data, " by t with 11 degrees of freedom\n");
    pgt_buffer_free(&buffer);
    const pgdp_sink other = pgt_sink(&buffer);
    assert_ok(f->ctx, pgdp_explain_se(f->ctx, f->frame, &none, false, &other));
    assert_contains(buffer.data, "no product of bread and meat");
    pgt_buffer_free(&buffer);
}

static void a_sink_that_fails_and_a_formula_that_is_wrong_are_told(void **state)
{
    const fixture *f = *state;
    const pgdp_regression_spec spec = { .formula = "y ~ x", .vcov = "HC1" };
    const pgdp_regression_spec wrong = { .formula = "y ~ xx", .vcov = "HC1" };
    for (int as_json = 0; as_json < 2; as_json++) {
        pgt_buffer buffer = { .fail_after = 30 };
        const pgdp_sink sink = pgt_sink(&buffer);
        assert_true(pgdp_explain_se(f->ctx, f->frame, &spec, as_json, &sink) != PGDP_OK);
        assert_status(f->ctx, pgdp_explain_se(f->ctx, f->frame, &wrong, as_json, &sink), PGDP_NOT_FOUND);
        pgt_buffer_free(&buffer);
    }
}

typedef struct attempt {
    const fixture *f;
    const char *vcov;
    bool as_json;
} attempt;

static pgdp_status try_explain(pgdp_ctx *own, void *user)
{
    const attempt *a = user;
    pgt_buffer buffer = { 0 };
    const pgdp_sink sink = pgt_sink(&buffer);
    const pgdp_regression_spec spec = { .formula = "y ~ x + z", .vcov = a->vcov };
    const pgdp_status status = pgdp_explain_se(own, a->f->frame, &spec, a->as_json, &sink);
    pgt_buffer_free(&buffer);
    return status;
}

static void every_allocation_may_fail(void **state)
{
    for (int as_json = 0; as_json < 2; as_json++) {
        attempt a = { *state, as_json ? "HC1" : "cluster(firm + year)", as_json };
        assert_true(pgt_fail_every_allocation(try_explain, &a) > 3);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_standard_error_is_given_back_by_its_numbers),
        cmocka_unit_test(nearly_collinear_terms_are_explained_on_an_orthonormal_basis),
        cmocka_unit_test(zeroed_eigenvalues_are_explained_by_the_others),
        cmocka_unit_test(people_read_the_same_numbers),
        cmocka_unit_test(every_allocation_may_fail),
        cmocka_unit_test(a_sink_that_fails_and_a_formula_that_is_wrong_are_told),
    };
    return cmocka_run_group_tests(tests, open_fixture, close_fixture);
}
