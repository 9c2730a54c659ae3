/* stream_glm_solve.c  Coefficients by level that leave weighted sums of 0: stream_glm.h. Source: Guimaraes & Portugal
 * (2010), Stata J. 10(4); Hestenes & Stiefel (1952), J. Res. Nat. Bur. Stand. 49.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With W_0 and W_1 the weights by level and N those of rows in both, D'WD c = s is solved by eliminating the larger
 * effect: (W_1 - N'W_0^-1 N) c_1 = s_1 - N'W_0^-1 s_0 by conjugate gradients preconditioned with W_1, each product two
 * passes over the rows. Lanes never mix, and one that is done is held still. */
#include "stats/stream_glm.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum {
    FIRST_STEPS = 8,
    MOST_STEPS = 30,
    MOST_LANES = 64
};                                /* with more, a sparse factor of S or sorted rows are faster */
static const double slow = 1e-3;  /* what FIRST_STEPS leave at least, where MOST_STEPS will not do */
static const double full = 1e-10; /* of the right-hand side, where all digits are wanted: repeating brings the rest */

static double inverse(double weight)
{
    return weight > 0 ? 1 / weight : 0;
}

/* x = (s_0 - t) / W_0, t NULL: 0 */
static void eliminate(const pg_level_glm *s, const double *t, double *x)
{
    const size_t lanes = s->lanes;
    for (size_t l = 0; l < s->n_levels[0]; l++) {
        const double by = inverse(s->weight[0][l]), *sum = s->sum[0] + l * 3 * lanes;
        for (size_t v = 0; v < lanes; v++)
            x[l * lanes + v] = ((sum[v] + sum[lanes + v]) - (t == NULL ? 0 : t[l * lanes + v])) * by;
    }
}

/* z = r / W_1; out [lanes] r'z */
static void precondition(const pg_level_glm *s, double *out)
{
    const size_t lanes = s->lanes;
    memset(out, 0, lanes * sizeof *out);
    for (size_t l = 0; l < s->n_levels[1]; l++) {
        const double by = inverse(s->weight[1][l]);
        for (size_t v = l * lanes; v < (l + 1) * lanes; v++) {
            s->z[v] = s->r[v] * by;
            out[v - l * lanes] += s->r[v] * s->z[v];
        }
    }
}

/* q = S p, t = N p; out [lanes] p'q */
static pgdp_status apply(pgdp_ctx *ctx, pg_level_glm *s, double *out)
{
    const size_t lanes = s->lanes;
    double *u = s->change[0];
    PG_TRY(pg_glm_cross(ctx, s, 1, s->p, s->t));
    for (size_t l = 0; l < s->n_levels[0]; l++) {
        const double by = inverse(s->weight[0][l]);
        for (size_t v = l * lanes; v < (l + 1) * lanes; v++)
            u[v] = s->t[v] * by;
    }
    PG_TRY(pg_glm_cross(ctx, s, 0, u, s->q));
    memset(out, 0, lanes * sizeof *out);
    for (size_t l = 0; l < s->n_levels[1]; l++)
        for (size_t v = l * lanes; v < (l + 1) * lanes; v++) {
            s->q[v] = s->weight[1][l] * s->p[v] - s->q[v];
            out[v - l * lanes] += s->p[v] * s->q[v];
        }
    return PGDP_OK;
}

/* y += a x of each lane */
static void add(double *y, const double *x, const double *a, size_t n_levels, size_t lanes)
{
    for (size_t l = 0; l < n_levels; l++)
        for (size_t v = 0; v < lanes; v++)
            y[l * lanes + v] += a[v] * x[l * lanes + v];
}

/* The right-hand side to r, and the first direction; limit [lanes] of the root of r'W_1^-1 r. */
static pgdp_status start(pgdp_ctx *ctx, pg_level_glm *s, double tol, double *rz, double *limit)
{
    const size_t lanes = s->lanes, n_rest = s->n_levels[1];
    eliminate(s, NULL, s->change[0]);
    PG_TRY(pg_glm_cross(ctx, s, 0, s->change[0], s->q));
    for (size_t l = 0; l < n_rest; l++) {
        const double *sum = s->sum[1] + l * 3 * lanes;
        for (size_t v = 0; v < lanes; v++)
            s->r[l * lanes + v] = (sum[v] + sum[lanes + v]) - s->q[l * lanes + v];
    }
    precondition(s, rz);
    memcpy(s->p, s->z, n_rest * lanes * sizeof *s->p);
    memset(s->change[1], 0, n_rest * lanes * sizeof *s->p);
    memset(s->total, 0, s->n_levels[0] * lanes * sizeof *s->total);
    for (size_t v = 0; v < lanes; v++) {
        const double norm = sqrt(s->gram[v * (lanes + 1)]);
        limit[v] = fmax(tol > 0 ? tol * norm : full * sqrt(rz[v]), DBL_EPSILON * norm);
    }
    return PGDP_OK;
}

static pgdp_status descend(pgdp_ctx *ctx, pg_level_glm *s, double tol, bool *good)
{
    const size_t lanes = s->lanes, n_rest = s->n_levels[1];
    double rz[MOST_LANES], limit[MOST_LANES], pq[MOST_LANES], a[MOST_LANES], next[MOST_LANES], begin[MOST_LANES];
    PG_TRY(start(ctx, s, tol, rz, limit));
    memcpy(begin, rz, lanes * sizeof *begin);
    for (size_t step = 0;; step++) {
        bool any = false;
        *good = step < MOST_STEPS;
        for (size_t v = 0; v < lanes; v++) {
            const bool active = sqrt(rz[v]) > limit[v];
            any = any || active;
            *good = *good && !(active && step == FIRST_STEPS && sqrt(rz[v]) > slow * sqrt(begin[v]));
        }
        if (!any || !*good) {
            *good = !any;
            return PGDP_OK;
        }
        if (step + 1 > s->most_steps) s->most_steps = step + 1;
        PG_TRY(apply(ctx, s, pq));
        for (size_t v = 0; v < lanes; v++)
            a[v] = sqrt(rz[v]) > limit[v] && pq[v] > 0 ? rz[v] / pq[v] : 0;
        add(s->change[1], s->p, a, n_rest, lanes);
        add(s->total, s->t, a, s->n_levels[0], lanes);
        for (size_t v = 0; v < lanes; v++)
            a[v] = -a[v];
        add(s->r, s->q, a, n_rest, lanes);
        precondition(s, next);
        for (size_t v = 0; v < lanes; v++) {
            a[v] = rz[v] > 0 ? next[v] / rz[v] : 0;
            rz[v] = next[v];
        }
        for (size_t l = 0; l < n_rest; l++)
            for (size_t v = 0; v < lanes; v++)
                s->p[l * lanes + v] = s->z[l * lanes + v] + a[v] * s->p[l * lanes + v];
    }
}

pgdp_status pg_glm_project(pgdp_ctx *ctx, pg_level_glm *s, double tol, bool *good)
{
    const size_t lanes = s->lanes, stride = lanes + PG_GLM_BESIDE;
    *good = lanes <= MOST_LANES;
    if (!*good) return PGDP_OK;
    if (s->n_effects > 1) PG_TRY(descend(ctx, s, tol, good));
    eliminate(s, s->n_effects > 1 ? s->total : NULL, s->change[0]);
    for (size_t f = 0; f < s->n_effects; f++)
        for (size_t l = 0; l < s->n_levels[f]; l++)
            for (size_t v = 0; v < lanes; v++)
                s->coef[f][l * stride + v] += s->change[f][l * lanes + v];
    return PGDP_OK;
}
