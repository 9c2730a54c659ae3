/* wild_effects.c  The wild bootstrap with absorbed effects that lie across clusters: wild.h. Source: Roodman,
 * MacKinnon, Nielsen & Webb (2019), Stata J. 19(1), section 5.4. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Each draw's outcome has its effects partialled out anew, M (v o u). Within clusters that is v o M u; across them it
 * is sum_h v_h M (1_h o u), so that the part of every cluster h is partialled out once and draws stay sums. */
#include "core/parallel.h"
#include "stats/wild.h"

#include <math.h>

typedef struct parting {
    const pgdp_fit *fit;
    const pg_row_groups *groups;
    pg_matrix q;        /* orthonormal regressors */
    const double *e;    /* weighted residuals */
    double *const *out; /* [n_groups][n_groups x k (k + 1)] */
} parting;

/* Column a of Q, or e after them: of cluster h alone, unweighted, effects taken out; then its products with Q by
 * cluster. */
static pgdp_status part_cluster(pgdp_ctx *ctx, void *user, size_t h)
{
    const parting *s = user;
    const size_t n = s->q.n_rows, k = s->q.n_cols, n_groups = s->groups->n;
    double **column;
    PG_TRY_ALLOC(ctx, column, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *column));
    for (size_t a = 0; a <= k; a++) {
        const double *from = a < k ? s->q.x + a * n : s->e;
        PG_TRY_ALLOC(ctx, column[a], pg_arena_alloc(&ctx->scratch, n, sizeof **column));
        for (size_t r = s->groups->start[h]; r < s->groups->start[h + 1]; r++) {
            const size_t i = s->groups->rows[r];
            column[a][i] = from[i] / sqrt(pg_design_weight(s->fit->working, i));
        }
    }
    PG_TRY(pg_absorb(ctx, s->fit->absorber, column, k + 1, 0, NULL));
    for (size_t a = 0; a <= k; a++)
        for (size_t i = 0; i < n; i++) {
            const double left = column[a][i] * sqrt(pg_design_weight(s->fit->working, i));
            for (size_t b = 0; b < k; b++)
                s->out[h][s->groups->group[i] + (a * k + b) * n_groups] += left * s->q.x[i + b * n];
        }
    return PGDP_OK;
}

/* k0_j[g, h] = z_jg' M 1_h e - c_jg'q_h, k1_j[g, h] = z_jg' M 1_h z_j - c_jg'c_jh; rho_j [k] is z_j in the basis of Q.
 */
static void combine(const parting *s, const double *rho, pg_matrix k0, pg_matrix k1)
{
    const size_t k = s->q.n_cols, n_groups = s->groups->n;
    for (size_t h = 0; h < n_groups; h++)
        for (size_t a = 0; a <= k; a++)
            for (size_t b = 0; b < k; b++) {
                const double *from = s->out[h] + (a * k + b) * n_groups, weight = rho[b] * (a < k ? rho[a] : 1);
                double *to = (a < k ? k1.x : k0.x) + h * n_groups;
                for (size_t g = 0; g < n_groups; g++)
                    to[g] += weight * from[g];
            }
}

pgdp_status pg_wild_across(pgdp_ctx *ctx, const pgdp_fit *fit, const pg_row_groups *groups, const double *rho,
                           pg_matrix *k0, pg_matrix *k1)
{
    const size_t n = fit->n_rows, k = fit->n_terms, n_groups = groups->n;
    const size_t n_sums = k * (k + 1);
    double **out, *e;
    parting s = { .fit = fit, .groups = groups, .q = pg_matrix_new(&ctx->scratch, n, k) };
    if (n_groups > PG_WILD_MOST_SUMS / n_sums / n_groups)
        return pg_fail(
            ctx, PGDP_BAD_ARGUMENT,
            "covariance wild: absorbed effects that lie across %zu clusters need too much memory with %zu terms; "
            "choose cluster or bootstrap",
            n_groups, k);
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, n, sizeof *e));
    PG_TRY_ALLOC(ctx, out, pg_arena_alloc(&ctx->scratch, n_groups, sizeof *out));
    for (size_t h = 0; h < n_groups; h++)
        PG_TRY_ALLOC(ctx, out[h], pg_matrix_new(&ctx->scratch, n_groups, n_sums).x);
    if (s.q.x == NULL) return pg_no_memory(ctx);
    s.e = e;
    s.out = out;
    pg_orthonormal_rows(fit, 0, n, s.q.x, e);
    PG_TRY(pg_parallel(ctx, "wild bootstrap: effects", n_groups, part_cluster, &s));
    for (size_t j = 0; j < k; j++)
        combine(&s, rho + j * k, k0[j], k1[j]);
    return PGDP_OK;
}
