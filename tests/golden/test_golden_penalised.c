/* test_golden_penalised.c  Ridge, lasso and elastic net on Longley's data against an exact solver and, in its own
 * convention, glmnet 4.1. Source: the shared golden numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
#include "core/number.h"
#include "core/text.h"
#include "pgdp/ingest.h"
#include "pgdp/regression.h"
#include "tests/support/support.h"

#include <math.h>
#include <stdlib.h>

/** A golden file with its data. */
typedef struct golden {
    pgdp_ctx *ctx;
    pg_json_document *document;
    const pg_json_value *results;
    pgdp_dataset *data;
} golden;

static const char *path_of(const golden *g, const char *name)
{
    return pgt_shared_path(pg_arena_printf(&g->ctx->scratch, "golden/%s", name));
}

/** Skips the test when the sources are absent. */
static golden open_golden(const char *name)
{
    golden g = { .ctx = pgdp_ctx_new(NULL) };
    assert_non_null(g.ctx);
    const char *path = path_of(&g, pg_arena_printf(&g.ctx->scratch, "%s.json", name));
    if (path == NULL) {
        pgdp_ctx_free(g.ctx);
        skip();
    }
    size_t n = 0;
    char *bytes = pgt_read_file(path, &n);
    assert_ok(g.ctx, pg_json_parse(g.ctx, name, bytes, n, &g.document));
    free(bytes);
    const pg_json_value *root = pg_json_root(g.document);
    g.results = pg_json_member(root, "results");
    assert_ok(g.ctx, pgdp_ingest_file(g.ctx, "csv", path_of(&g, pg_json_text(pg_json_member(root, "data"))), &g.data));
    return g;
}

static void close_golden(golden *g)
{
    pgdp_dataset_free(g->data);
    pg_json_document_free(g->document);
    pgdp_ctx_free(g->ctx);
}

static double number(const pg_json_value *object, const char *key)
{
    double value = 0;
    if (!pg_json_number(pg_json_member(object, key), &value)) fail_msg("no number \"%s\" in the golden file", key);
    return value;
}

static const char *golden_name(const char *term)
{
    return pg_streq(term, "(Intercept)") ? "const" : term;
}

static double line_of(const pgdp_regression *r, const char *name)
{
    pgdp_diagnostic line;
    for (size_t i = 0; (line = pgdp_regression_diagnostic(r, i)).name != NULL; i++)
        if (pg_streq(line.name, name)) return line.statistic;
    fail_msg("no line \"%s\"", name);
    return 0;
}

static void check_point(const golden *g, const pg_json_value *point, const char *method, bool enet, bool glmnet)
{
    char lambda[PG_NUMBER_SIZE];
    double df = 0;
    pg_number_format(number(point, "lambda"), lambda);
    const pgdp_setting settings[] = { { "lambda", lambda },
                                      { "convention", glmnet ? "glmnet" : "pgdp" },
                                      { enet ? "alpha" : NULL, "0.5" },
                                      { NULL, NULL } };
    const pgdp_regression_spec spec = { .formula = "TOTEMP ~ GNPDEFL + GNP + UNEMP + ARMED + POP + YEAR",
                                        .method = method,
                                        .vcov = "none",
                                        .settings = settings };
    pgdp_regression *r = NULL;
    assert_ok(g->ctx, pgdp_regress(g->ctx, pgdp_dataset_table(g->data, 0), &spec, &r));
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++)
        assert_close(pgdp_fit_estimate(fit).x[i],
                     number(pg_json_member(point, "coef"), golden_name(pgdp_fit_term(fit, i))), 1e-11, 0);
    assert_close(pgdp_fit_glance(fit).r_squared, number(point, "dev_ratio"), 1e-12, 0);
    if (pg_json_number(pg_json_member(point, "df"), &df)) assert_close(line_of(r, "df"), df, 0, 0);
    pgdp_regression_free(r);
}

static void check(const char *name, const char *method, bool enet, bool glmnet)
{
    golden g = open_golden("penalised_longley");
    const pg_json_value *path = pg_json_member(g.results, name), *points = pg_json_member(path, "points");
    assert_true(pg_json_count(points) > 0);
    for (size_t i = 0; i < pg_json_count(points); i++)
        check_point(&g, pg_json_at(points, i), method, enet, glmnet);
    close_golden(&g);
}

static void lasso_of_longley_is_exact(void **state)
{
    (void)state;
    check("lasso", "lasso", false, false);
}

static void elastic_net_of_longley_is_exact(void **state)
{
    (void)state;
    check("enet05", "enet", true, false);
}

static void ridge_of_longley_is_exact(void **state)
{
    (void)state;
    check("ridge", "ridge", false, false);
}

static void the_convention_of_glmnet_gives_its_numbers(void **state)
{
    (void)state;
    check("enet05_glmnet", "enet", true, true);
    check("ridge_glmnet", "ridge", false, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lasso_of_longley_is_exact),
        cmocka_unit_test(elastic_net_of_longley_is_exact),
        cmocka_unit_test(ridge_of_longley_is_exact),
        cmocka_unit_test(the_convention_of_glmnet_gives_its_numbers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
