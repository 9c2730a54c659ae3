/* sample.h  Invented results of a small study: uneven numbers, missing values, texts that would like to be formulas.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef PGT_SAMPLE_H
#define PGT_SAMPLE_H

#include "tests/support/support.h"

#include <math.h>
#include <string.h>

#include "core/frame.h"
#include "pgdp/reports.h"
#include "tests/support/frame_text.h"

enum { PGT_WORK = 5, PGT_FRAMES = 24 };
typedef struct pgt_sample {
    pgdp_ctx *ctx;
    pgdp_frame *frames[PGT_FRAMES];
    size_t n_frames;
    pgdp_regression *regression;
    pgdp_workload work[PGT_WORK];
    pgdp_parameter parameters[PGDP_N_PARAMETERS];
    pgdp_gap_new_task news;
    pgdp_gap gap, gap_other;
    pgdp_results results;
} pgt_sample;

/** Texts from data that a spreadsheet program could take for something else, and text that is not UTF-8. */
static const char *const pgt_hostile[] = { "=cmd|' /C calc'!A0",
                                           "+1",
                                           "-1+2",
                                           "@SUM(A1)",
                                           "\tx",
                                           "=HYPERLINK(\"http://a.example\",\"b\")",
                                           "{=1}",
                                           "bad \xFF\xFE\x80 bytes",
                                           "_x0041_ is no A",
                                           "control \x01 mark",
                                           "<v>NAN</v> & \"quoted\"",
                                           "0012",
                                           "2031-02-28",
                                           "http://not.a.link" };
enum { PGT_HOSTILE = sizeof pgt_hostile / sizeof *pgt_hostile };

static inline const pgdp_frame *pgt_keep(pgt_sample *s, pgdp_frame *frame)
{
    assert_true(s->n_frames < PGT_FRAMES);
    return s->frames[s->n_frames++] = frame;
}

static inline const pgdp_frame *pgt_table(pgt_sample *s, const char *text)
{
    return pgt_keep(s, pgt_frame(s->ctx, text));
}

/** Give a column its unit. */
static inline void pgt_unit(pgt_sample *s, const pgdp_frame *frame, const char *column, const char *unit)
{
    pgdp_frame *own = s->frames[s->n_frames - 1];
    assert_ptr_equal(own, frame);
    const size_t j = pgdp_frame_find(own, column);
    pgdp_column as = *pgdp_frame_column(own, j);
    as.unit = unit;
    assert_ok(s->ctx, pg_frame_describe(s->ctx, own, j, &as));
}

/** A table of one text a row below a key. */
static inline const pgdp_frame *pgt_texts(pgt_sample *s, const char *key, const char *value, const char *const *texts,
                                          size_t n)
{
    pgdp_frame *frame;
    size_t j;
    const pgdp_column columns[] = { { .name = key, .type = PGDP_TEXT }, { .name = value, .type = PGDP_TEXT } };
    assert_ok(s->ctx, pgdp_frame_new(s->ctx, &frame));
    for (size_t k = 0; k < 2; k++)
        assert_ok(s->ctx, pgdp_frame_add_column(s->ctx, frame, &columns[k], &j));
    for (size_t i = 0; i < n; i++) {
        assert_ok(s->ctx, pgdp_frame_add_row(s->ctx, frame));
        assert_ok(s->ctx, pgdp_frame_set_text(s->ctx, frame, 0, "key", PGDP_NONE));
        assert_ok(s->ctx, pgdp_frame_set_text(s->ctx, frame, 1, texts[i], PGDP_NONE));
    }
    return pgt_keep(s, frame);
}

static inline void pgt_sample_tasks(pgt_sample *s)
{
    pgdp_results *r = &s->results;
    r->tasks =
        pgt_table(s, "task_id onet_soc:t title:t activity:t grade:t probability conf_low conf_high wage_bill_usd\n"
                     "8823 11-1011.00 Chiefs Direct. T2 0.4361 0.396 0.476 1089123456.78125\n"
                     "8824 11-1011.00 Chiefs . T1 0.0651 0.0543 0.0805 1234567.5\n"
                     "15367 23-1011.00 Lawyers Draft. T3 . . . 0\n");
    pgt_unit(s, r->tasks, "probability", "share");
    pgt_unit(s, r->tasks, "wage_bill_usd", "usd");
    r->activities = pgt_table(s, "dwa_id:t title:t probability done\n4.A.1 Draft. 0.7385 1\n4.A.2 Lift. 0.0312 0\n");
    r->occupations = pgt_table(s, "soc:t title:t major_group:t major_title:t employment\n"
                                  "11-1011 Chiefs 11 Managers 209387.25\n23-1011 Lawyers 23 Legal 681009.5\n");
    r->headline = pgt_table(s, "definition:t weighting:t share conf_low conf_high n of unit:t source:t\n"
                               "model count 0.0238 0.0211 0.0271 49 2083 activities ours\n"
                               "model wage_bill 0.0416 0.0362 0.0492 430812345678.5 10343992380680 usd ours\n"
                               "podcast published 0.03 . . . . . others\n");
    pgt_unit(s, r->headline, "share", "share");
    r->comparison =
        pgt_table(s, "model:t n log_loss auc\nregression 19265 0.6977 0.9287\nbase_rate 19265 1.3831 0.4583\n");
    r->calibration = pgt_table(s, "bin n predicted observed conf_low conf_high\n1 1926 0.0131 0.0183 0.0124 0.0243\n"
                                  "2 1927 0.3287 0.3284 0.3021 0.3541\n3 1927 0.8651 0.8807 0.8643 0.8981\n");
    r->path = pgt_table(s, "lambda log_loss chosen\n1 0.7722 0\n10.5 0.772 1\n");
    r->measures = pgt_table(s, "name:t level:t n mean sd\ngpt4_beta task 19265 0.3481 0.3513\n");
    r->measure_pairs = pgt_table(s, "a:t b:t n pearson\ngpt4_beta human_beta 19265 0.6123\n");
}

static inline void pgt_sample_tables(pgt_sample *s)
{
    pgdp_results *r = &s->results;
    r->key_figures = pgt_table(s, "figure:t value conf_low conf_high unit:t definition:t source:t\n"
                                  "gap 125.7321 -5.1238 253.6127 usd_bn words ours\n"
                                  "share 0.02385 0.0211 . share words ours\n");
    r->top_down =
        pgt_table(s, "period:p actual implied conf_low conf_high gap_pct\n2025Q4 126.012 122.531 117.487 127.791 2.84\n"
                     "2026Q1 126.387 123.192 118.111 128.493 2.593\n");
    r->series = pgt_table(
        s, "period:p GDP A B\n2025Q3 30842.125 . 4.31\n2025Q4 31098.027 101.37 4.45\n2026Q1 31490.07 102.88 .\n");
    pgt_unit(s, r->series, "GDP", "usd_bn");
    r->series_list =
        pgt_table(s, "series:t title:t unit:t vintage:t\nGDP Output usd_bn 2026-03-14\nZ Other pct 2026-01-01\n");
    r->published = pgt_table(
        s, "id:t figure:t value low high unit:t date:t source:t seen:t\na wills 150.5 . . usd 2026 paper primary\n");
    r->checks = pgt_table(s, "check:t value expected difference tolerance passed\nsums 3.0625 3.0625 0 1e-9 1\n"
                             "parts 0.7321 0.7322 -0.0001 0.001 1\n");
    r->sources =
        pgt_table(s, "id:t publisher:t title:t address:t licence:t\no BLS wages https://www.bls.gov/oes/ public\n"
                     "p us grades javascript:alert(1) MIT\n");
    r->notes = pgt_texts(s, "note", "text", pgt_hostile, PGT_HOSTILE);
    r->provenance = pgt_texts(s, "key", "value", pgt_hostile, PGT_HOSTILE);
}

static inline void pgt_sample_gap(pgt_sample *s)
{
    static const pgdp_workload work[PGT_WORK] = {
        { "Chiefs", "11", 55.723e9, 126.41, .2053, .21, 1.909, .508 },
        { "Lawyers", "23", 119.38e9, 84.84, .4127, .18, 1.742, .396 },
        { "Clerks", "43", 73.117e9, 21.37, .7219, .11, 1.655, .611 },
        { "Movers", "53", 88.021e9, 18.92, .0317, .35, 2.377, .287 },
        { "Idle", "53", 0, 15.25, 0, .5, 1.5, .25 },
    };
    memcpy(s->work, work, sizeof work);
    memcpy(s->parameters, pgdp_parameters_default(), sizeof s->parameters);
    s->parameters[PGDP_PARAMETER_capture_rate].value = .25;
    s->parameters[PGDP_PARAMETER_pass_through].value = .7;
    s->parameters[PGDP_PARAMETER_survival].value = .85;
    s->parameters[PGDP_PARAMETER_final_outlay_share].value = .35;
    s->parameters[PGDP_PARAMETER_human_price].value = 1.031;
    s->parameters[PGDP_PARAMETER_human_deflator].value = 1.047;
    s->parameters[PGDP_PARAMETER_survival].distribution = PGDP_TRIANGULAR;
    s->parameters[PGDP_PARAMETER_survival].a = .67;
    s->parameters[PGDP_PARAMETER_survival].b = .85;
    s->parameters[PGDP_PARAMETER_survival].c = 1;
    s->parameters[PGDP_PARAMETER_survival].source = "=EVIL()";
    s->news = (pgdp_gap_new_task){ .name = "@new", .p_star = .4, .p1 = .002, .q = 3.1e10, .theta = .6, .d = .97 };
    s->results.work = s->work;
    s->results.n_work = PGT_WORK;
    s->results.parameters = s->parameters;
    s->results.news = &s->news;
    s->results.n_news = 1;
}

/** The gap at these values of the parameters, in one mode. */
static inline pgdp_gap pgt_gap_at(const pgt_sample *s, const double *values, pgdp_gap_mode mode, pgdp_frame **detail)
{
    pgdp_gap_cell cells[2 * PGT_WORK];
    pgdp_gap gap;
    pgdp_gap_cells(s->work, PGT_WORK, values, mode, cells);
    assert_ok(s->ctx,
              pgdp_gap_compute(s->ctx, cells, 2 * PGT_WORK, s->results.news, s->results.n_news, mode, &gap, detail));
    return gap;
}

static inline void pgt_central(const pgt_sample *s, double *values)
{
    for (size_t i = 0; i < PGDP_N_PARAMETERS; i++)
        values[i] = s->parameters[i].value;
}

static inline void pgt_sample_estimates(pgt_sample *s)
{
    double values[PGDP_N_PARAMETERS];
    pgdp_frame *detail, *bands, *shares, *grid;
    pgdp_results *r = &s->results;
    const double axis[] = { .3, 1.1 };
    const pgdp_axis axes[] = { { PGDP_PARAMETER_elasticity, axis, 2 } };
    const pgdp_gap_request request = { .work = s->work,
                                       .n_work = PGT_WORK,
                                       .news = r->news,
                                       .n_news = r->n_news,
                                       .parameters = s->parameters,
                                       .mode = PGDP_GAP_ACCOUNTS,
                                       .n_draws = 40,
                                       .seed = 11 };
    pgt_central(s, values);
    s->gap = pgt_gap_at(s, values, PGDP_GAP_ACCOUNTS, &detail);
    s->gap_other = pgt_gap_at(s, values, PGDP_GAP_GROSS, NULL);
    assert_ok(s->ctx, pgdp_gap_simulate(s->ctx, &request, &bands, &shares));
    assert_ok(s->ctx, pgdp_gap_grid(s->ctx, &request, axes, 1, &grid));
    r->gap = &s->gap;
    r->gap_other = &s->gap_other;
    r->gap_detail = pgt_keep(s, detail);
    r->bands = pgt_keep(s, bands);
    r->shares = pgt_keep(s, shares);
    r->grid = pgt_keep(s, grid);
}

static inline void pgt_sample_regression(pgt_sample *s)
{
    const pgdp_frame *data =
        pgt_table(s, "y x g:t\n1.31 2.385 a\n2.07 3.19 a\n2.93 4.44 b\n3.35 5.71 b\n4.81 6.02 c\n5.27 7.93 c\n");
    const pgdp_regression_spec spec = { .id = "slope", .formula = "y ~ x", .vcov = "cluster(g)" };
    assert_ok(s->ctx, pgdp_regress(s->ctx, data, &spec, &s->regression));
    s->results.regressions = (const pgdp_regression *const *)&s->regression;
    s->results.n_regressions = 1;
    s->results.scoring_fit = pgdp_regression_fit(s->regression);
}

static inline void pgt_sample_new(pgt_sample *s)
{
    *s = (pgt_sample){ .ctx = pgdp_ctx_new(NULL) };
    assert_non_null(s->ctx);
    s->results = (pgdp_results){ .title = "A study of uneven numbers",
                                 .name = "sample",
                                 .author = "=nobody()",
                                 .as_of = "2031-02-28",
                                 .purpose = "To see whether every sheet is made." };
    pgt_sample_tasks(s);
    pgt_sample_tables(s);
    pgt_sample_gap(s);
    pgt_sample_estimates(s);
    pgt_sample_regression(s);
}

static inline void pgt_sample_free(pgt_sample *s)
{
    for (size_t i = 0; i < s->n_frames; i++)
        pgdp_frame_free(s->frames[i]);
    pgdp_regression_free(s->regression);
    pgdp_ctx_free(s->ctx);
}

#endif
