/* golden.c  The shared golden numbers: golden.h. SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/support/golden.h"

#include "core/ctx.h"
#include "core/text.h"
#include "tests/support/fits.h"
#include "tests/support/support.h"

#include <stdlib.h>

static const char *path_of(const pgt_golden *g, const char *name)
{
    return pgt_shared_path(pg_arena_printf(&g->ctx->scratch, "golden/%s", name));
}

pgt_golden pgt_golden_open(const char *name)
{
    pgt_golden g = { .ctx = pgdp_ctx_new(NULL) };
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
    g.spec = pg_json_member(root, "spec");
    g.results = pg_json_member(root, "results");
    assert_true(pg_json_number(pg_json_member(root, "rtol"), &g.tolerance));
    assert_ok(g.ctx, pgdp_ingest_file(g.ctx, "csv", path_of(&g, pg_json_text(pg_json_member(root, "data"))), &g.data));
    g.frame = pgdp_dataset_table(g.data, 0);
    return g;
}

void pgt_golden_close(pgt_golden *golden)
{
    pgdp_dataset_free(golden->data);
    pg_json_document_free(golden->document);
    pgdp_ctx_free(golden->ctx);
}

double pgt_golden_number(const pg_json_value *object, const char *key)
{
    double value = 0;
    if (!pg_json_number(pg_json_member(object, key), &value)) fail_msg("no number \"%s\" in the golden file", key);
    return value;
}

const char *pgt_golden_term(const char *term)
{
    return pg_streq(term, "(Intercept)") ? "const" : term;
}

pgdp_regression *pgt_golden_regress(const pgt_golden *golden, const pgdp_regression_spec *spec)
{
    pgdp_regression *r = NULL;
    assert_ok(golden->ctx, pgdp_regress(golden->ctx, golden->frame, spec, &r));
    return r;
}

pgdp_diagnostic pgt_line(const pgdp_regression *regression, const char *name)
{
    return pgt_fit_line(pgdp_regression_fit(regression), name);
}
