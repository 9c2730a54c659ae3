/* batch_kclass.c  LIML of one model from cross-products: batch_solved.h. Source: Anderson & Rubin (1949), Ann. Math.
 * Stat. 20(1); Davidson & MacKinnon (1993), section 18.5. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * As est_liml.c has it: with N = [y, endogenous], H'H = N'(M_1 - M)N and T = N'M_1 N, k is 1 / (1 - mu), mu the
 * smallest eigenvalue of H'H relative to T. H is the instruments' part of R^-T W'N, and T what the exogenous part
 * leaves. */
#include "stats/batch_solved.h"

#include <math.h>

/* N, of norm 1, as the first stage has it. */
typedef struct sides {
    pg_matrix half; /* [n_w x q] R^-T W'N */
    pg_matrix gram; /* [q x q] N'N */
    size_t k1;      /* exogenous terms */
} sides;

static pgdp_status new_sides(pgdp_ctx *ctx, const pg_batch_terms *m, const pg_batch_solved *v,
                             const pg_batch_first_stage *stage, sides *out)
{
    const size_t n_w = stage->half.n_rows, q = 1 + m->n_terms - m->n_exogenous;
    const double scale_y = 1 / sqrt(m->yy);
    out->k1 = m->n_exogenous;
    out->half = pg_matrix_new(&ctx->scratch, n_w, q);
    out->gram = pg_matrix_new(&ctx->scratch, q, q);
    if (out->half.x == NULL || out->gram.x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < q; j++) {
        const size_t x = m->n_exogenous + j - 1; /* term j - 1 of the endogenous ones */
        for (size_t i = 0; i < n_w; i++)
            out->half.x[i + j * n_w] = j == 0 ? stage->half_y[i] * scale_y : stage->half.x[i + x * n_w];
        for (size_t i = 0; i < q; i++) {
            const size_t z = m->n_exogenous + i - 1;
            const double product =
                pg_batch_product(m, i == 0 ? m->outcome : m->columns[z], j == 0 ? m->outcome : m->columns[x]);
            out->gram.x[i + j * q] = product * (i == 0 ? scale_y : v->scale[z]) * (j == 0 ? scale_y : v->scale[x]);
        }
    }
    return PGDP_OK;
}

/* N'N less what the first n columns of W explain. */
static pgdp_status new_rest(pgdp_ctx *ctx, const sides *s, size_t n, pg_matrix *out)
{
    const size_t q = s->gram.n_cols;
    const pg_matrix top = { s->half.x, n, q, s->half.stride };
    pg_matrix explained = pg_matrix_new(&ctx->scratch, q, q);
    if (explained.x == NULL) return pg_no_memory(ctx);
    if (n > 0) pg_add_cross(top, top, explained);
    for (size_t i = 0; i < q * q; i++)
        explained.x[i] = s->gram.x[i] - explained.x[i];
    *out = explained;
    return PGDP_OK;
}

/* k, and how many times the cross-products' error is that of k: with v the eigenvector, v'Tv = 1, to first order mu is
 * off by (sum |v|)^2 (1 + mu) of it, and k by k^2 of that. */
static pgdp_status find_kappa(pgdp_ctx *ctx, const sides *s, double *kappa, double *amplified)
{
    const size_t q = s->gram.n_cols, l = s->half.n_rows - s->k1;
    const pg_matrix h = { s->half.x + s->k1, l, q, s->half.stride };
    const pg_matrix theta = pg_matrix_new(&ctx->scratch, l, q), square = pg_matrix_new(&ctx->scratch, q, q);
    pg_matrix t;
    double *values, *vector, sum = 0;
    *kappa = NAN;
    if (theta.x == NULL || square.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, q, sizeof *values));
    PG_TRY_ALLOC(ctx, vector, pg_arena_alloc(&ctx->scratch, q, sizeof *vector));
    PG_TRY(new_rest(ctx, s, s->k1, &t));
    if (!pg_cholesky(t) || !pg_invert_upper(t)) return PGDP_OK;
    for (size_t j = 0; j < q; j++)
        for (size_t i = j + 1; i < q; i++)
            t.x[i + j * q] = 0;
    pg_times(h, t, theta);
    pg_add_gram(theta, square);
    PG_TRY(pg_eigen(ctx, square, values));
    const double mu = fmax(values[0], 0);
    if (!(mu < 1)) return PGDP_OK;
    *kappa = 1 / (1 - mu);
    pg_times_vector(t, square.x, vector);
    for (size_t i = 0; i < q; i++)
        sum += fabs(vector[i]);
    *amplified = *kappa * *kappa * sum * sum * (1 + mu);
    return PGDP_OK;
}

pgdp_status pg_batch_kclass(pgdp_ctx *ctx, const pg_batch_terms *m, pg_batch_solved *v, pg_batch_first_stage *stage,
                            bool *by_row)
{
    const size_t k = m->n_terms, k1 = m->n_exogenous, p = k - k1;
    sides s;
    pg_matrix rest;
    double kappa, amplified = 0;
    if (m->n_all - k <= p) return PGDP_OK; /* just identified: 2SLS */
    PG_TRY(new_sides(ctx, m, v, stage, &s));
    PG_TRY(find_kappa(ctx, &s, &kappa, &amplified));
    *by_row = !isfinite(kappa);
    if (*by_row) return PGDP_OK;
    PG_TRY(new_rest(ctx, &s, s.half.n_rows, &rest));
    stage->excess = kappa - 1;
    for (size_t j = 0; j < p; j++) { /* X'(I - kM)X = X^'X^ - (k - 1) X'MX */
        stage->g[k1 + j] -= stage->excess * rest.x[1 + j] * sqrt(m->yy);
        for (size_t i = 0; i < p; i++)
            stage->gram.x[k1 + i + (k1 + j) * k] -= stage->excess * rest.x[1 + i + (1 + j) * (1 + p)];
    }
    v->amplified *= kappa + amplified; /* an error of k is one of all its products, X'MX and X'My */
    return PGDP_OK;
}
