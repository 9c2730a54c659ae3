/* iv_moments.c  Variance of sums of instruments times residuals: instruments.h. Source: White (1982), Econometrica
 * 50(2); Cameron, Gelbach & Miller (2011), J. Bus. Econ. Stat. 29(2), equation 2.13. SPDX-License-Identifier:
 * GPL-3.0-or-later */
#include "core/parallel.h"
#include "core/text.h"
#include "stats/cluster.h"
#include "stats/instruments.h"
#include "stats/iv_covariance.h"
#include "stats/stream_fit.h"

#include <math.h>
#include <string.h>

enum { ROWS = 1024 };

pg_iv_weight pg_iv_weight_of(const pgdp_fit *fit)
{
    if (pg_streq(fit->covariance->name, "iid")) return PG_IV_IID;
    if (fit->working->n_clusterings > 0) return PG_IV_CLUSTER;
    if (pg_starts_with(fit->covariance->name, "HC") || !pg_iv_covariance_is_own(fit)) return PG_IV_ROBUST;
    return PG_IV_OTHER;
}

const char *pg_iv_weight_text(const pgdp_fit *fit)
{
    return pg_iv_covariance(fit)->name;
}

/* The moments of all rows, as the scores of a fit that has nothing else. */
static pgdp_status score_fit(pgdp_ctx *ctx, const pgdp_fit *fit, pg_matrix rows, const double *e, pgdp_fit *out)
{
    const size_t n = rows.n_rows, m = rows.n_cols;
    double *scores;
    PG_TRY_ALLOC(ctx, scores, pg_matrix_new(&ctx->scratch, n, m).x);
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < n; i++)
            scores[i + j * n] = rows.x[i + j * rows.stride] * e[i];
    *out = (pgdp_fit){ .allocator = fit->allocator,
                       .estimator = fit->estimator,
                       .covariance = pg_iv_covariance(fit),
                       .n_rows = n,
                       .n_slopes = m,
                       .n_terms = m,
                       .nobs = fit->nobs,
                       .design = fit->design,
                       .working = fit->working,
                       .absorber = fit->absorber,
                       .scores = scores,
                       .conf_level = fit->conf_level,
                       .ssc = { .k_adj = PG_SWITCH_NO, .g_adj = PG_SWITCH_NO } };
    return PGDP_OK;
}

/* S of errors of one variance: e'e / N rows'rows. */
static void add_iid(const pgdp_fit *fit, pg_matrix rows, const double *e, pg_matrix s)
{
    pg_add_gram(rows, s);
    const double variance = pg_dot(e, e, rows.n_rows) / fit->nobs;
    for (size_t i = 0; i < s.n_cols * s.stride; i++)
        s.x[i] *= variance;
}

/* A frequency weight counts equal rows: the square of its score is divided by it. */
static pgdp_status add_robust(pgdp_ctx *ctx, const pgdp_fit *scores, pg_matrix s)
{
    const size_t m = s.n_cols;
    double *work;
    PG_TRY_ALLOC(ctx, work, pg_matrix_new(&ctx->scratch, ROWS, m).x);
    for (size_t first = 0; first < scores->n_rows; first += ROWS) {
        const size_t n = scores->n_rows - first < ROWS ? scores->n_rows - first : ROWS;
        pg_fit_score_rows(scores, first, n, work);
        for (size_t i = 0; i < n * m && scores->working->weight_kind == PGDP_FREQUENCY; i++)
            work[i] /= sqrt(scores->working->weights.x[first + i % n]);
        pg_add_gram(pg_matrix_of(work, n, m), s);
    }
    return PGDP_OK;
}

static pgdp_status add_clusters(pgdp_ctx *ctx, const pgdp_fit *scores, pg_matrix s)
{
    const pgdp_design *d = scores->working;
    const pg_matrix part = pg_matrix_new(&ctx->scratch, s.n_rows, s.n_cols);
    if (part.x == NULL) return pg_no_memory(ctx);
    for (unsigned set = 1; set < 1u << d->n_clusterings; set++) {
        pg_grouping grouping = { 0 };
        double sign = -1;
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        for (size_t c = 0; c < d->n_clusterings; c++) {
            if ((set >> c & 1u) == 0) continue;
            PG_TRY(pg_grouping_new(ctx, d->cluster[c], grouping.group, d->y.n, &grouping));
            sign = -sign;
        }
        for (size_t i = 0; i < s.n_rows * s.n_cols; i++)
            part.x[i] = 0;
        PG_TRY(pg_cluster_meat(ctx, scores, &grouping, part.x));
        pg_arena_rewind(&ctx->scratch, mark);
        for (size_t j = 0; j < s.n_cols; j++)
            for (size_t i = 0; i <= j; i++)
                s.x[i + j * s.stride] += sign * part.x[i + j * part.stride];
    }
    return PGDP_OK;
}

/* The fit's own covariance with a bread of I. */
static pgdp_status add_other(pgdp_ctx *ctx, const pgdp_fit *fit, pgdp_fit *scores, pg_matrix s)
{
    const size_t m = s.n_cols;
    PG_TRY_ALLOC(ctx, scores->bread, pg_matrix_new(&ctx->scratch, m, m).x);
    for (size_t j = 0; j < m; j++)
        scores->bread[j + j * m] = 1;
    PG_TRY(pg_iv_covariance_compute(ctx, fit, scores->working, scores));
    for (size_t j = 0; j < m; j++)
        for (size_t i = 0; i < m; i++)
            s.x[i + j * s.stride] = scores->vcov[i + j * m];
    return PGDP_OK;
}

/* Rows made of cross-products: the moments of the rows behind them. */
static pgdp_status add_behind(pgdp_ctx *ctx, const pgdp_fit *fit, pg_iv_weight weight, pg_matrix rows, const double *e,
                              pg_matrix s)
{
    const size_t n = rows.n_rows, m = rows.n_cols;
    const pgdp_design working = { .y = { NULL, n }, .x = { rows.x, n, m }, .constant = PGDP_NONE };
    pgdp_fit scores, by_cell;
    double *score;
    PG_TRY(score_fit(ctx, fit, rows, e, &scores));
    PG_TRY_ALLOC(ctx, score, pg_arena_alloc(&ctx->scratch, n, sizeof *score));
    memcpy(score, e, n * sizeof *score);
    scores.behind = fit->behind;
    scores.working = &working;
    scores.score = score;
    scores.scores = NULL;
    if (weight != PG_IV_CLUSTER) return pg_behind_squares(ctx, &scores, NULL, s.x);
    PG_TRY(pg_behind_clusters(ctx, &scores, &by_cell));
    return add_clusters(ctx, &by_cell, s);
}

pgdp_status pg_iv_moments(pgdp_ctx *ctx, const pgdp_fit *fit, pg_iv_weight weight, pg_matrix rows, const double *e,
                          pg_matrix s)
{
    pgdp_fit scores;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pgdp_status status = PGDP_OK;
    for (size_t i = 0; i < s.stride * s.n_cols; i++)
        s.x[i] = 0;
    if (weight == PG_IV_IID) {
        add_iid(fit, rows, e, s);
    } else if (fit->behind != NULL) {
        status = add_behind(ctx, fit, weight, rows, e, s);
    } else {
        PG_TRY(score_fit(ctx, fit, rows, e, &scores));
        status = weight == PG_IV_ROBUST    ? add_robust(ctx, &scores, s)
                 : weight == PG_IV_CLUSTER ? add_clusters(ctx, &scores, s)
                                           : add_other(ctx, fit, &scores, s);
    }
    pg_copy_upper(s);
    pg_arena_rewind(&ctx->scratch, mark);
    return status;
}

pgdp_status pg_iv_n_clusters(pgdp_ctx *ctx, const pgdp_fit *fit, double *out)
{
    const pgdp_design *d = fit->working;
    size_t fewest = SIZE_MAX;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const pg_cells *cells = fit->behind == NULL ? NULL : &fit->behind->stream.cells;
    for (size_t c = 0; cells != NULL && c < cells->n_dims; c++)
        if (cells->n_groups[c] < fewest) fewest = cells->n_groups[c];
    for (size_t c = 0; c < d->n_clusterings && cells == NULL; c++) {
        pg_grouping grouping;
        PG_TRY(pg_grouping_new(ctx, d->cluster[c], NULL, d->y.n, &grouping));
        if (grouping.n_groups < fewest) fewest = grouping.n_groups;
    }
    pg_arena_rewind(&ctx->scratch, mark);
    *out = (double)fewest;
    return PGDP_OK;
}
