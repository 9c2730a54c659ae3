/* test_golden_quantile.c  What R's quantreg 5.94 says of Engel's food data, coefficients to 1e-10 and the three kinds
 * of standard errors. Source: the shared golden numbers. SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/json.h"
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

/** One tau under one covariance; the file calls Powell's "ker". */
static void check(const golden *g, const char *tau, const char *vcov, const char *name)
{
    const pg_json_value *want = pg_json_member(g->results, pg_arena_printf(&g->ctx->scratch, "tau_%s", tau));
    const pg_json_value *coef = pg_json_member(want, "coef"), *se = pg_json_member(pg_json_member(want, "se"), name);
    const pgdp_setting settings[] = { { "tau", tau }, { NULL, NULL } };
    const pgdp_regression_spec spec = {
        .formula = "foodexp ~ income", .method = "quantile", .vcov = vcov, .settings = settings
    };
    pgdp_regression *r = NULL;
    assert_ok(g->ctx, pgdp_regress(g->ctx, pgdp_dataset_table(g->data, 0), &spec, &r));
    const pgdp_fit *fit = pgdp_regression_fit(r);
    for (size_t i = 0; i < pgdp_fit_n_terms(fit); i++) {
        const pgdp_tidy line = pgdp_fit_tidy(fit, i, 0.95);
        assert_close(line.estimate, number(coef, golden_name(line.term)), 1e-12, 0);
        /* quantreg takes sqrt(eps) from the distances of nid: 3e-10 here */
        assert_close(line.std_error, number(se, golden_name(line.term)), pg_streq(vcov, "nid") ? 1e-9 : 1e-12, 0);
    }
    assert_close(line_of(r, "objective"), number(want, "objective"), 1e-13, 0);
    assert_close(line_of(r, "koenker_machado_r1"), number(want, "koenker_machado_r1"), 1e-13, 0);
    assert_close(line_of(r, "zero_residuals"), number(want, "n_zero_residuals"), 0, 0);
    assert_close(line_of(r, "bandwidth"), number(want, "h_hall_sheather"), 1e-13, 0);
    assert_close(pgdp_fit_vcov_df(fit), 233, 0, 0);
    pgdp_regression_free(r);
}

static void quantiles_of_engel_agree_with_quantreg(void **state)
{
    (void)state;
    static const char *const taus[] = { "0.1", "0.25", "0.5", "0.75", "0.9" };
    golden g = open_golden("qreg_engel");
    for (size_t i = 0; i < sizeof taus / sizeof *taus; i++) {
        check(&g, taus[i], "iid", "iid");
        check(&g, taus[i], "nid", "nid");
        check(&g, taus[i], "kernel", "ker");
    }
    close_golden(&g);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(quantiles_of_engel_agree_with_quantreg),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
