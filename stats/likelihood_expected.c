/* likelihood_expected.c  Expected information, and the likelihood without regressors: likelihood.h.
 * Source: Greene (2018), Econometric Analysis, equations 14-16 and 17-23.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/likelihood.h"

#include "core/text.h"

#include <math.h>
#include <string.h>

/* Sums over rows of w sum_y P(y) s_y s_y', s_y the scores by the standardised columns and by the cuts. */
typedef struct expectation {
    const pg_likelihood *q;
    const pg_standard *standard;
    const double *estimate;
    size_t n_categories, k, p;
} expectation;

typedef struct tile {
    double eta[PG_TILE];
    pg_matrix z, weighted, cross;
} tile;

static pgdp_status begin_chunk(pgdp_ctx *ctx, const void *user, void **work)
{
    const expectation *s = user;
    tile *t;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, 1, sizeof *t));
    t->z = pg_matrix_new(&ctx->scratch, PG_TILE, s->k);
    t->weighted = pg_matrix_new(&ctx->scratch, PG_TILE, s->k);
    t->cross = pg_matrix_new(&ctx->scratch, PG_TILE, s->q->n_cuts);
    if (t->z.x == NULL || t->weighted.x == NULL || t->cross.x == NULL) return pg_no_memory(ctx);
    *work = t;
    return PGDP_OK;
}

/* Category y of one row: its part of E s_eta^2, of E s_eta s_cut (cross) and of E s_cut s_cut' (upper triangle). */
static double add_category(const expectation *s, double eta, size_t y, double w, double *cross, double *cuts)
{
    const size_t n_cuts = s->q->n_cuts;
    pg_row row = { 0 };
    s->q->model->row((double)y, eta, s->estimate + s->k, n_cuts, &row);
    const double p = w * exp(row.value);
    if (y < n_cuts) {
        cross[y * PG_TILE] += p * row.eta * row.above;
        cuts[y + y * s->p] += p * row.above * row.above;
    }
    if (y > 0 && n_cuts > 0) {
        cross[(y - 1) * PG_TILE] += p * row.eta * row.below;
        cuts[y - 1 + (y - 1) * s->p] += p * row.below * row.below;
    }
    if (y > 0 && y < n_cuts) cuts[y - 1 + y * s->p] += p * row.below * row.above;
    return p * row.eta * row.eta;
}

static void add_tile(const void *user, const pg_tile_rows *rows, void *work, double *sums)
{
    const expectation *s = user;
    tile *t = work;
    const size_t n = rows->n, k = s->k, n_cuts = s->q->n_cuts;
    const pg_matrix z = { t->z.x, n, k, PG_TILE };
    const pg_matrix weighted = { t->weighted.x, n, k, PG_TILE }, cross = { t->cross.x, n, n_cuts, PG_TILE };
    pg_standard_tile(s->standard, rows, z);
    pg_tile_eta(rows, s->estimate, k, t->eta);
    memset(cross.x, 0, PG_TILE * n_cuts * sizeof *cross.x);
    for (size_t i = 0; i < n; i++) {
        double square = 0;
        for (size_t y = 0; y < s->n_categories; y++)
            square += add_category(s, t->eta[i], y, pg_tile_weight(rows, i), cross.x + i, sums + k + k * s->p);
        const double root = sqrt(square);
        for (size_t j = 0; j < k; j++)
            weighted.x[i + j * PG_TILE] = root * z.x[i + j * z.stride];
    }
    pg_add_gram(weighted, (pg_matrix){ sums, k, k, s->p });
    if (n_cuts > 0) pg_add_cross(z, cross, (pg_matrix){ sums + k * s->p, k, n_cuts, s->p });
}

pgdp_status pg_likelihood_expected(pgdp_ctx *ctx, const pg_likelihood *q, size_t n_categories, pgdp_fit *fit)
{
    const size_t k = q->design->x.n_cols, p = k + q->n_cuts;
    pg_row_source source;
    pg_standard standard;
    double *expected, *sums;
    bool regular;
    if (fit->penalised || fit->covariance == NULL || !pg_streq(fit->covariance->name, "iid")) return PGDP_OK;
    const pg_matrix t = pg_matrix_new(&ctx->scratch, p, p);
    if (t.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, expected, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY_ALLOC(ctx, sums, pg_matrix_new(&ctx->scratch, p, p).x);
    PG_TRY(pg_row_source_new(ctx, q->design, q->behind, &source));
    PG_TRY(pg_standard_new(ctx, &source, q->n_cuts > 0, &standard));
    const expectation s = { q, &standard, fit->estimate, n_categories, k, p };
    const pg_row_sums rows = { .source = &source, .size = p * p, .begin = begin_chunk, .add = add_tile, .user = &s };
    PG_TRY(pg_row_sums_of(ctx, rows, sums));
    pg_likelihood_jacobian(&standard, q->n_cuts, t);
    PG_TRY(pg_invert_information(ctx, pg_matrix_of(sums, p, p), t, expected, &regular));
    if (regular) fit->expected = expected;
    return PGDP_OK;
}

static void add_values(const void *user, const pg_tile_rows *rows, const double *eta, double *sums)
{
    const pg_likelihood *q = user;
    for (size_t i = 0; i < rows->n; i++) {
        pg_row row = { 0 };
        q->model->row(rows->y[i], eta[i], NULL, 0, &row);
        sums[0] += pg_tile_weight(rows, i) * row.value;
    }
}

pgdp_status pg_likelihood_null(pgdp_ctx *ctx, const pg_likelihood *q, double *log_lik)
{
    pgdp_design d = *q->design;
    pg_maximum maximum;
    if (d.constant == PGDP_NONE && q->n_cuts == 0)
        return pg_likelihood_add_up(ctx, q, NULL, &(pg_likelihood_sum){ add_values, q, 1 }, log_lik);
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    const bool constant = d.constant != PGDP_NONE;
    d.x = (pgdp_mat){ constant ? d.x.x + d.constant * d.y.n : NULL, d.y.n, constant };
    d.x_low = (pgdp_mat){ NULL, 0, 0 };
    d.terms = constant ? d.terms + d.constant : NULL;
    d.constant = constant ? 0 : PGDP_NONE;
    pg_likelihood alone = *q;
    alone.design = &d;
    alone.lambda = 0;
    alone.start = NULL;
    PG_TRY(pg_likelihood_maximise(ctx, &alone, &maximum));
    *log_lik = maximum.log_lik;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
