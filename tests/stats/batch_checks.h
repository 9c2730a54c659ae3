/* batch_checks.h  Every row of a batch against pgdp_regress() of the model alone. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#ifndef PGT_BATCH_CHECKS_H
#define PGT_BATCH_CHECKS_H

#include "core/ctx.h"
#include "pgdp/regression.h"
#include "tests/stats/batch_frames.h"

#include <string.h>

/* How many rows came which way; by_row: models. rel: what is asked for, 0: 1e-12. */
typedef struct pgt_batch_counts {
    size_t models, moments, row_pass, by_row, failed, collinear;
    double rel;
} pgt_batch_counts;

static inline size_t pgt_batch_term_of(const pgdp_fit *fit, const char *name)
{
    size_t k = 0;
    while (k < pgdp_fit_n_terms(fit) && strcmp(pgdp_fit_term(fit, k), name) != 0)
        k++;
    assert_true(k < pgdp_fit_n_terms(fit));
    return k;
}

/* To `rel` of itself, or of the standard error where that is larger: an estimate of zero has no digits of its own. */
static inline void pgt_batch_check_row(const pgdp_batch_row *row, const pgdp_regression *r, double rel)
{
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pgdp_tidy t = pgdp_fit_tidy(fit, pgt_batch_term_of(fit, row->term), 0.95);
    const pgdp_glance g = pgdp_fit_glance(fit);
    const double unit = rel * t.std_error;
    assert_close(row->estimate, t.estimate, rel, unit);
    assert_close(row->std_error, t.std_error, rel, 0);
    assert_close(row->statistic, t.statistic, rel, 2 * rel);
    assert_close(row->p_value, t.p_value, rel * (2 + t.statistic * t.statistic), 0);
    assert_close(row->conf_low, t.conf_low, rel, 4 * unit);
    assert_close(row->conf_high, t.conf_high, rel, 4 * unit);
    assert_close(row->df, t.df, 0, 0);
    assert_close(row->nobs, g.nobs, 0, 0);
    assert_close(row->n_terms, (double)pgdp_fit_n_terms(fit), 0, 0);
    assert_close(row->r_squared, g.r_squared, rel, rel);
    assert_close(row->sigma, g.sigma, rel, 0);
}

static inline void pgt_batch_check_collinear(const pgdp_batch_row *row, const pgdp_regression *r)
{
    const char *term, *because;
    char joined[500] = "";
    size_t length = 0;
    for (size_t i = 0; pgdp_regression_collinear(r, i, &term, &because); i++)
        length += (size_t)snprintf(joined + length, sizeof joined - length, "%s%s", i == 0 ? "" : ", ", term);
    assert_string_equal(row->collinear, joined);
}

static inline void pgt_batch_check_model(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_batch *batch, size_t model,
                                         pgt_batch_counts *c)
{
    pgdp_regression_spec spec;
    pgdp_regression *r = NULL;
    size_t n;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pgdp_batch_row *rows = pgdp_batch_rows_of(batch, model, &n);
    assert_ok(ctx, pgdp_batch_spec_of(ctx, batch, model, &spec));
    const pgdp_status status = pgdp_regress(ctx, frame, &spec, &r);
    assert_non_null(rows);
    assert_true(n > 0);
    c->models++;
    if (status != PGDP_OK) {
        assert_int_equal(rows->status, status);
        assert_string_equal(rows->error, pgdp_ctx_error(ctx));
        c->failed++;
    } else if (rows->status == PGDP_OK) {
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(rows[i].model, model);
            pgt_batch_check_row(&rows[i], r, c->rel > 0 ? c->rel : 1e-12);
            pgt_batch_check_collinear(&rows[i], r);
            c->moments += strcmp(rows[i].solver, "moments") == 0;
            c->row_pass += strcmp(rows[i].solver, "row_pass") == 0;
        }
        c->by_row += strcmp(rows->solver, "moments") != 0 && strcmp(rows->solver, "row_pass") != 0;
        c->collinear += rows->collinear[0] != '\0';
    }
    pgdp_regression_free(r);
    pg_arena_rewind(&ctx->scratch, mark);
}

static inline void pgt_batch_check(pgdp_ctx *ctx, const pgdp_frame *frame, const pgdp_batch_request *request,
                                   pgt_batch_counts *c)
{
    pgdp_batch *batch;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, request, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    for (size_t i = 0; i < pgdp_batch_plan_of(batch).n_models; i++)
        pgt_batch_check_model(ctx, frame, batch, i, c);
    pgdp_batch_free(batch);
}

#endif
