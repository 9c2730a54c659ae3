/* test_batch.c  Every row of a batch is what pgdp_regress() says of the model alone. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/ctx.h"
#include "pgdp/regression.h"
#include "tests/stats/batch_frames.h"

#include <stdlib.h>
#include <string.h>

static pgdp_ctx *ctx;

static int open_ctx(void **state)
{
    (void)state;
    ctx = pgdp_ctx_new(NULL);
    return ctx == NULL;
}

static int close_ctx(void **state)
{
    (void)state;
    pgdp_ctx_free(ctx);
    return 0;
}

/* How many rows came which way. */
typedef struct counts {
    size_t models, moments, row_pass, failed, collinear;
} counts;

static size_t term_of(const pgdp_fit *fit, const char *name)
{
    size_t k = 0;
    while (k < pgdp_fit_n_terms(fit) && strcmp(pgdp_fit_term(fit, k), name) != 0)
        k++;
    assert_true(k < pgdp_fit_n_terms(fit));
    return k;
}

/* To 1e-12 of itself, or of the standard error where that is larger: an estimate of zero has no digits of its own. */
static void check_row(const pgdp_batch_row *row, const pgdp_regression *r)
{
    const pgdp_fit *fit = pgdp_regression_fit(r);
    const pgdp_tidy t = pgdp_fit_tidy(fit, term_of(fit, row->term), 0.95);
    const pgdp_glance g = pgdp_fit_glance(fit);
    const double unit = 1e-12 * t.std_error;
    assert_close(row->estimate, t.estimate, 1e-12, unit);
    assert_close(row->std_error, t.std_error, 1e-12, 0);
    assert_close(row->statistic, t.statistic, 1e-12, 2e-12);
    assert_close(row->p_value, t.p_value, 1e-12 * (2 + t.statistic * t.statistic), 0);
    assert_close(row->conf_low, t.conf_low, 1e-12, 4 * unit);
    assert_close(row->conf_high, t.conf_high, 1e-12, 4 * unit);
    assert_close(row->df, t.df, 0, 0);
    assert_close(row->nobs, g.nobs, 0, 0);
    assert_close(row->n_terms, (double)pgdp_fit_n_terms(fit), 0, 0);
    assert_close(row->r_squared, g.r_squared, 1e-12, 1e-12);
    assert_close(row->sigma, g.sigma, 1e-12, 0);
}

static void check_collinear(const pgdp_batch_row *row, const pgdp_regression *r)
{
    const char *term, *because;
    size_t length = 0;
    for (size_t i = 0; pgdp_regression_collinear(r, i, &term, &because); i++) {
        assert_non_null(strstr(row->collinear, term));
        length += strlen(term) + (i > 0 ? 2 : 0);
    }
    assert_int_equal(strlen(row->collinear), length);
}

static void check_model(const pgdp_frame *frame, const pgdp_batch *batch, size_t model, counts *c)
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
    if (getenv("HB") != NULL) printf("%s | %s | %s | %s -> %s %s\n", spec.formula, spec.vcov, spec.subset, spec.weights, rows->solver, rows->term), fflush(stdout);
    if (status != PGDP_OK) {
        assert_int_equal(rows->status, status);
        assert_string_equal(rows->error, pgdp_ctx_error(ctx));
        c->failed++;
    } else if (rows->status == PGDP_OK) {
        for (size_t i = 0; i < n; i++) {
            assert_int_equal(rows[i].model, model);
            check_row(&rows[i], r);
            check_collinear(&rows[i], r);
            c->moments += strcmp(rows[i].solver, "moments") == 0;
            c->row_pass += strcmp(rows[i].solver, "row_pass") == 0;
        }
        c->collinear += rows->collinear[0] != '\0';
    }
    pgdp_regression_free(r);
    pg_arena_rewind(&ctx->scratch, mark);
}

static void check_batch(const pgdp_frame *frame, const pgdp_batch_request *request, counts *c)
{
    pgdp_batch *batch;
    assert_ok(ctx, pgdp_batch_new(ctx, frame, request, &batch));
    assert_ok(ctx, pgdp_batch_run(ctx, batch));
    for (size_t i = 0; i < pgdp_batch_plan_of(batch).n_models; i++)
        check_model(frame, batch, i, c);
    pgdp_batch_free(batch);
}

enum { MOST = 8 };
/* Up to `most` of the texts at random, at least one. */
static pgdp_batch_options draw(pg_random *r, const char *const *texts, size_t n, size_t most, pgdp_batch_option *items)
{
    const size_t k = 1 + pg_random_index(r, most), first = pg_random_index(r, n);
    const char *chosen[MOST];
    for (size_t i = 0; i < k; i++)
        chosen[i] = texts[(first + i) % n];
    return pgt_batch_options(items, chosen, k < n ? k : n);
}

#define COUNT(list) (sizeof(list) / sizeof *(list))

static const char *const outcomes[] = { "y", "y2", "log(y^2 + 1)" };
static const char *const focals[] = { "x1", "x2 + x3", "x1:x4", "log(x2^2 + 1)" };
static const char *const controls[] = { "",        "x2 + x4",  "x5 + x6",       "dup + x2 + x1", "i(f) + x4",
                                        "f:x2",    "x3 * x4",  "poly(x4, 2)",   "i(year)",       "x6 + i(f, ref = east)",
                                        "0 + x2",  "x5:x6 + x2" };
static const char *const samples[] = { "", "year > 2002", "x2 > 1 & f != \"north\"" };
static const char *const effects[] = { "", "firm", "firm + year", "f^year", "f[x4]" };
static const char *const vcovs[] = { "iid",           "HC0",          "HC1",
                                     "cluster(g)",    "cluster(g + h)", "cluster(many)",
                                     "cluster(firm)", "cluster(f^year)", "cluster(g); ssc(k_effects=none, t_df=normal)",
                                     "cluster(g + many)", "HC3", "HC1; ssc(k_adj=no)" };
static const char *const weights[] = { NULL, "aw:aw", "fw:fw", "pw:aw" };

static void random_batch(const pgdp_frame *frame, uint32_t seed, counts *c)
{
    pg_random r = pg_random_stream(seed, "specs", 1);
    pgdp_batch_option items[6][MOST];
    pgdp_batch_request q = { .weights = weights[seed % COUNT(weights)] };
    q.choices[PGDP_BATCH_OUTCOME] = draw(&r, outcomes, COUNT(outcomes), 2, items[0]);
    q.choices[PGDP_BATCH_FOCAL] = draw(&r, focals, COUNT(focals), 2, items[1]);
    q.choices[PGDP_BATCH_CONTROLS] = draw(&r, controls, COUNT(controls), 4, items[2]);
    q.choices[PGDP_BATCH_SAMPLE] = draw(&r, samples, COUNT(samples), 2, items[3]);
    q.choices[PGDP_BATCH_EFFECTS] = draw(&r, effects, COUNT(effects), 2, items[4]);
    q.choices[PGDP_BATCH_VCOV] = draw(&r, vcovs, COUNT(vcovs), 3, items[5]);
    for (size_t i = 0; i < q.choices[PGDP_BATCH_SAMPLE].n; i++)
        if (items[3][i].text[0] == '\0') items[3][i] = (pgdp_batch_option){ .name = "all" };
    if (pg_random_index(&r, 4) == 0) q.report = "all";
    check_batch(frame, &q, c);
}

static void every_row_is_that_of_the_model_alone(void **state)
{
    (void)state;
    counts c = { 0 };
    for (uint32_t seed = 0; seed < 40; seed++) {
        pgdp_frame *frame = pgt_batch_frame(ctx, 300, seed);
        random_batch(frame, seed, &c);
        pgdp_frame_free(frame);
    }
    print_message("%zu models: %zu rows from moments, %zu with a pass over rows, %zu failed, %zu with collinear terms\n",
                  c.models, c.moments, c.row_pass, c.failed, c.collinear);
    assert_true(c.models >= 300);
    assert_true(c.moments > c.models / 8);
    assert_true(c.row_pass > c.models / 8);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_row_is_that_of_the_model_alone),
    };
    return cmocka_run_group_tests(tests, open_ctx, close_ctx);
}
