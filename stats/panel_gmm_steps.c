/* panel_gmm_steps.c  Steps, covariances and tests of a dynamic panel in differences: panel_gmm.h. Source: Arellano &
 * Bond (1991), Rev. Econ. Stud. 58(2), sections 2 and 3; Windmeijer (2005), J. Econometrics 126(1).
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/panel_gmm.h"

#include <math.h>

static const double singular = 1e-12; /* of the largest eigenvalue of weights with a unit diagonal */

pgdp_status pg_gmm_weights(pgdp_ctx *ctx, pg_matrix a, pg_matrix *root)
{
    const size_t l = a.n_rows;
    double *scale, *values;
    const pg_matrix u = pg_matrix_new(&ctx->scratch, l, l);
    if (u.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, scale, pg_arena_alloc(&ctx->scratch, l, sizeof *scale));
    PG_TRY_ALLOC(ctx, values, pg_arena_alloc(&ctx->scratch, l, sizeof *values));
    for (size_t j = 0; j < l; j++)
        scale[j] = a.x[j + j * a.stride] > 0 ? 1 / sqrt(a.x[j + j * a.stride]) : 0;
    for (size_t j = 0; j < l; j++)
        for (size_t i = 0; i < l; i++)
            u.x[i + j * l] = scale[i] * a.x[i + j * a.stride] * scale[j];
    PG_TRY(pg_eigen(ctx, u, values));
    size_t first = 0; /* eigenvalues ascend */
    while (first < l && !(values[first] > singular * values[l - 1]))
        first++;
    *root = pg_matrix_new(&ctx->scratch, l, l - first);
    if (root->x == NULL) return pg_no_memory(ctx);
    for (size_t j = first; j < l; j++)
        for (size_t i = 0; i < l; i++)
            root->x[i + (j - first) * l] = scale[i] * u.x[i + j * l] / sqrt(values[j]);
    return PGDP_OK;
}

pgdp_status pg_gmm_homoskedastic(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix *out)
{
    const pg_matrix h = pg_matrix_new(&ctx->scratch, m->n, m->l);
    *out = pg_matrix_new(&ctx->scratch, m->l, m->l);
    if (h.x == NULL || out->x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < m->l; j++) {
        const double *z = m->z.x + j * m->z.stride;
        double *to = h.x + j * m->n;
        for (size_t e = 0; e < m->n; e++) {
            to[e] += 2 * z[e];
            if (e == 0 || m->group[e] != m->group[e - 1] || (int64_t)m->period[e] - m->period[e - 1] != 1) continue;
            to[e] -= z[e - 1];
            to[e - 1] -= z[e];
        }
    }
    pg_add_cross(m->z, h, *out);
    for (size_t j = 0; j < m->l; j++) /* equal but for rounding */
        for (size_t i = 0; i < j; i++)
            out->x[i + j * m->l] = out->x[j + i * m->l] = (out->x[i + j * m->l] + out->x[j + i * m->l]) / 2;
    return PGDP_OK;
}

/* out [n_groups x columns]: sums by entity of a's rows times v. */
static pgdp_status sum_by_group(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix a, const double *v, pg_matrix *out)
{
    *out = pg_matrix_new(&ctx->scratch, m->n_groups, a.n_cols);
    if (out->x == NULL) return pg_no_memory(ctx);
    for (size_t j = 0; j < a.n_cols; j++)
        for (size_t e = 0; e < m->n; e++)
            out->x[m->group[e] + j * out->stride] += a.x[e + j * a.stride] * v[e];
    return PGDP_OK;
}

pgdp_status pg_gmm_clustered(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix *out)
{
    *out = pg_matrix_new(&ctx->scratch, m->l, m->l);
    if (out->x == NULL) return pg_no_memory(ctx);
    pg_add_gram(step->moments, *out);
    pg_copy_upper(*out);
    return PGDP_OK;
}

/* b = (G'G)^-1 G'g with G = root' Z'X and g = root' Z'y, by QR of G. */
static pgdp_status solve_whitened(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix root, pg_matrix g, pg_gmm_step *out)
{
    const size_t r = root.n_cols, k = m->k;
    const pg_matrix qr = pg_matrix_new(&ctx->scratch, r, k), inverse = pg_matrix_new(&ctx->scratch, k, k);
    double *tau, *zy, *v;
    if (qr.x == NULL || inverse.x == NULL) return pg_no_memory(ctx);
    PG_TRY_ALLOC(ctx, tau, pg_arena_alloc(&ctx->scratch, k, sizeof *tau));
    PG_TRY_ALLOC(ctx, zy, pg_arena_alloc(&ctx->scratch, m->l, sizeof *zy));
    PG_TRY_ALLOC(ctx, v, pg_arena_alloc(&ctx->scratch, r, sizeof *v));
    for (size_t i = 0; i < r * k; i++)
        qr.x[i] = g.x[i];
    pg_add_cross_vector(m->z, m->y, zy);
    pg_add_cross_vector(root, zy, v);
    PG_TRY(pg_householder(ctx, qr, tau));
    PG_TRY(pg_householder_apply(ctx, qr, tau, true, v));
    for (size_t j = 0; j < k; j++) {
        double square = 0;
        for (size_t i = 0; i <= j; i++) {
            inverse.x[i + j * k] = qr.x[i + j * r];
            square += qr.x[i + j * r] * qr.x[i + j * r];
        }
        if (!(fabs(qr.x[j + j * r]) > singular * sqrt(square)))
            return pg_fail(ctx, PGDP_RANK_DEFICIENT,
                           "method abond: the instruments do not identify %s beside the terms before it; leave it out",
                           m->terms[j]);
        out->b[j] = v[j];
    }
    pg_solve_upper(inverse, false, out->b);
    (void)pg_invert_upper(inverse);
    pg_times_transposed(inverse, inverse, out->bread);
    pg_copy_upper(out->bread);
    return PGDP_OK;
}

pgdp_status pg_gmm_j(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix root, const double *e, double *out)
{
    double *sums, *white;
    PG_TRY_ALLOC(ctx, sums, pg_arena_alloc(&ctx->scratch, m->l, sizeof *sums));
    PG_TRY_ALLOC(ctx, white, pg_arena_alloc(&ctx->scratch, root.n_cols, sizeof *white));
    pg_add_cross_vector(m->z, e, sums);
    pg_add_cross_vector(root, sums, white);
    *out = 0;
    for (size_t j = 0; j < root.n_cols; j++)
        *out += white[j] * white[j];
    return PGDP_OK;
}

pgdp_status pg_gmm_solve(pgdp_ctx *ctx, const pg_gmm *m, pg_matrix root, pg_gmm_step *out)
{
    const size_t k = m->k, r = root.n_cols;
    const pg_matrix zx = pg_matrix_new(&ctx->scratch, m->l, k), g = pg_matrix_new(&ctx->scratch, r, k);
    const pg_matrix weighted = pg_matrix_new(&ctx->scratch, m->l, k);
    *out = (pg_gmm_step){ .root = root,
                          .bread = pg_matrix_new(&ctx->scratch, k, k),
                          .q = pg_matrix_new(&ctx->scratch, m->n, k) };
    if (zx.x == NULL || g.x == NULL || weighted.x == NULL || out->bread.x == NULL || out->q.x == NULL)
        return pg_no_memory(ctx);
    if (r < k)
        return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                       "method abond: %zu instruments that differ are too few for %zu terms; take more entities or "
                       "fewer terms",
                       r, k);
    PG_TRY_ALLOC(ctx, out->b, pg_arena_alloc(&ctx->scratch, k, sizeof *out->b));
    PG_TRY_ALLOC(ctx, out->e, pg_arena_alloc(&ctx->scratch, m->n, sizeof *out->e));
    pg_add_cross(m->z, m->x, zx);
    pg_add_cross(root, zx, g);
    PG_TRY(solve_whitened(ctx, m, root, g, out));
    pg_times(root, g, weighted);
    pg_times(m->z, weighted, out->q);
    pg_times_vector(m->x, out->b, out->e);
    for (size_t e = 0; e < m->n; e++)
        out->e[e] = m->y[e] - out->e[e];
    PG_TRY(sum_by_group(ctx, m, m->z, out->e, &out->moments));
    return pg_gmm_j(ctx, m, root, out->e, &out->j);
}

/* out = B A B, symmetric. */
static pgdp_status between_breads(pgdp_ctx *ctx, pg_matrix bread, pg_matrix a, pg_matrix *out)
{
    const pg_matrix half = pg_matrix_new(&ctx->scratch, a.n_rows, a.n_cols);
    *out = pg_matrix_new(&ctx->scratch, a.n_rows, a.n_cols);
    if (half.x == NULL || out->x == NULL) return pg_no_memory(ctx);
    pg_times(bread, a, half);
    pg_times_transposed(half, bread, *out);
    pg_copy_upper(*out);
    return PGDP_OK;
}

pgdp_status pg_gmm_robust(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix *out)
{
    pg_matrix scores;
    const pg_matrix meat = pg_matrix_new(&ctx->scratch, m->k, m->k);
    if (meat.x == NULL) return pg_no_memory(ctx);
    PG_TRY(sum_by_group(ctx, m, step->q, step->e, &scores));
    pg_add_gram(scores, meat);
    pg_copy_upper(meat);
    return between_breads(ctx, step->bread, meat, out);
}

/* Column j of D: B Q' w with w = x_j a_i + e1 c_ij, where u = W Z'e of the second step, a_i = (Z_i'e1_i) u and
 * c_ij = (Z_i'x_ij) u. */
static pgdp_status derivative(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *first, const pg_gmm_step *second,
                              pg_matrix d)
{
    double *zu = NULL, *a = NULL, *c = NULL, *w = NULL, *qw, *sums = NULL, *white, *u = NULL;
    double **const of_rows[] = { &zu, &w }, **const of_groups[] = { &a, &c }, **const of_z[] = { &sums, &u };
    for (size_t i = 0; i < 2; i++) {
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, m->n, sizeof(double)));
        PG_TRY_ALLOC(ctx, *of_groups[i], pg_arena_alloc(&ctx->scratch, m->n_groups, sizeof(double)));
        PG_TRY_ALLOC(ctx, *of_z[i], pg_arena_alloc(&ctx->scratch, m->l, sizeof(double)));
    }
    PG_TRY_ALLOC(ctx, white, pg_arena_alloc(&ctx->scratch, second->root.n_cols, sizeof *white));
    PG_TRY_ALLOC(ctx, qw, pg_arena_alloc(&ctx->scratch, m->k, sizeof *qw));
    pg_add_cross_vector(m->z, second->e, sums);
    pg_add_cross_vector(second->root, sums, white);
    pg_times_vector(second->root, white, u);
    pg_times_vector(m->z, u, zu);
    for (size_t e = 0; e < m->n; e++)
        a[m->group[e]] += zu[e] * first->e[e];
    for (size_t j = 0; j < m->k; j++) {
        const double *x = m->x.x + j * m->x.stride;
        for (size_t g = 0; g < m->n_groups; g++)
            c[g] = 0;
        for (size_t e = 0; e < m->n; e++)
            c[m->group[e]] += zu[e] * x[e];
        for (size_t e = 0; e < m->n; e++)
            w[e] = x[e] * a[m->group[e]] + first->e[e] * c[m->group[e]];
        for (size_t i = 0; i < m->k; i++)
            qw[i] = 0;
        pg_add_cross_vector(second->q, w, qw);
        pg_times_vector(second->bread, qw, d.x + j * d.stride);
    }
    return PGDP_OK;
}

pgdp_status pg_gmm_windmeijer(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *first, const pg_gmm_step *second,
                              pg_matrix robust_first, pg_matrix *out)
{
    const size_t k = m->k;
    const pg_matrix d = pg_matrix_new(&ctx->scratch, k, k), dv = pg_matrix_new(&ctx->scratch, k, k);
    const pg_matrix half = pg_matrix_new(&ctx->scratch, k, k);
    *out = pg_matrix_new(&ctx->scratch, k, k);
    if (d.x == NULL || dv.x == NULL || half.x == NULL || out->x == NULL) return pg_no_memory(ctx);
    PG_TRY(derivative(ctx, m, first, second, d));
    pg_times(d, second->bread, dv);
    pg_times(d, robust_first, half);
    pg_times_transposed(half, d, *out);
    for (size_t j = 0; j < k; j++)
        for (size_t i = 0; i <= j; i++)
            out->x[i + j * k] += second->bread.x[i + j * k] + dv.x[i + j * k] + dv.x[j + i * k];
    pg_copy_upper(*out);
    return PGDP_OK;
}

pgdp_status pg_gmm_autocorrelation(pgdp_ctx *ctx, const pg_gmm *m, const pg_gmm_step *step, pg_matrix vcov, int32_t lag,
                                   double *out)
{
    double *past, *product, *v = NULL, *cross = NULL, *bv = NULL, *vv = NULL;
    double **const of_terms[] = { &v, &cross, &bv, &vv };
    PG_TRY_ALLOC(ctx, past, pg_arena_alloc(&ctx->scratch, m->n, sizeof *past));
    PG_TRY_ALLOC(ctx, product, pg_arena_alloc(&ctx->scratch, m->n_groups, sizeof *product));
    for (size_t i = 0; i < 4; i++)
        PG_TRY_ALLOC(ctx, *of_terms[i], pg_arena_alloc(&ctx->scratch, m->k, sizeof(double)));
    double sum = 0, variance = 0;
    for (size_t e = 0; e < m->n; e++) {
        for (size_t b = e; b-- > 0 && m->group[b] == m->group[e] && (int64_t)m->period[e] - m->period[b] <= lag;)
            if ((int64_t)m->period[e] - m->period[b] == lag) past[e] = step->e[b];
        product[m->group[e]] += past[e] * step->e[e];
    }
    for (size_t g = 0; g < m->n_groups; g++) {
        sum += product[g];
        variance += product[g] * product[g];
    }
    double *weighted;
    PG_TRY_ALLOC(ctx, weighted, pg_arena_alloc(&ctx->scratch, m->n, sizeof *weighted));
    for (size_t e = 0; e < m->n; e++)
        weighted[e] = step->e[e] * product[m->group[e]];
    pg_add_cross_vector(m->x, past, v);
    pg_add_cross_vector(step->q, weighted, cross);
    pg_times_vector(step->bread, v, bv);
    pg_times_vector(vcov, v, vv);
    for (size_t j = 0; j < m->k; j++)
        variance += v[j] * vv[j] - 2 * bv[j] * cross[j];
    *out = variance > 0 ? sum / sqrt(variance) : (double)NAN;
    return PGDP_OK;
}
