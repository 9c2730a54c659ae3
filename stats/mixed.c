/* mixed.c  The fit of a generalised mixed model: mixed.h has the equations.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mixed_system.h"

#include "core/parallel.h"

#include <math.h>
#include <string.h>

enum { MOST_STEPS = 100, MOST_HALVINGS = 40 };
static const double exact = 1e-13;             /* half the squared Newton decrement, as a share of the log likelihood */
static const double variance_tolerance = 1e-6; /* of a variance's relative change */

/* At most `most` steps; *settled: no more are needed. */
static pgdp_status newton(pgdp_ctx *ctx, pg_mixed_system *s, double *room, size_t most, pg_mixed *out)
{
    double *information = room, *scaled = room + s->d->n;
    const double tolerance = fmax(s->d->tolerance, exact);
    out->settled = true;
    s->value = pg_mixed_value(s, s->theta, NULL);
    for (size_t n = 0; n < most; n++) {
        pg_mixed_assemble(s, information, scaled);
        PG_TRY(pg_mixed_factor(ctx, s));
        memcpy(s->step, s->gradient, s->n_terms * sizeof *s->step);
        pg_mixed_solve(&s->a, s->t, s->root, s->step, s->work);
        const double decrement = pg_dot(s->step, s->gradient, s->n_terms);
        double length = 1, value = 0;
        out->iterations++;
        if (decrement / 2 < tolerance * (1 + fabs(s->value))) return PGDP_OK;
        for (size_t h = 0; h < MOST_HALVINGS; h++) {
            for (size_t j = 0; j < s->n_terms; j++)
                s->trial[j] = s->theta[j] + length * s->step[j];
            value = pg_mixed_value(s, s->trial, NULL);
            if (value >= s->value + 1e-4 * length * decrement) break;
            length /= 2;
        }
        if (!(value > s->value)) return PGDP_OK; /* rounding: no step rises any more */
        memcpy(s->theta, s->trial, s->n_terms * sizeof *s->theta);
        s->value = value;
    }
    out->settled = false;
    return most < MOST_STEPS ? PGDP_OK
                             : pg_fail(ctx, PGDP_NO_CONVERGENCE,
                                       "mixed model: Newton's method found no maximum in %d steps", MOST_STEPS);
}

/* One step of the REML equations; the effects keep their values, so theta, in units of the sd, changes.
 * @return the largest relative change of a variance that matters */
static pgdp_status update_variances(pgdp_ctx *ctx, pg_mixed_system *s, double *change)
{
    const pg_mixed_design *d = s->d;
    const size_t border = s->border;
    double *diagonal, *row;
    *change = 0;
    PG_TRY_ALLOC(ctx, diagonal, pg_arena_alloc(&ctx->scratch, s->q, sizeof *diagonal));
    PG_TRY_ALLOC(ctx, row, pg_matrix_new(&ctx->scratch, border, s->q).x);
    PG_TRY(pg_sparse_inverse_diagonal(ctx, &s->a, diagonal));
    const pg_matrix t = pg_matrix_of(s->t, border, s->q), tr = pg_matrix_of(row, s->q, border);
    for (size_t j = 0; j < border; j++)
        for (size_t i = j + 1; i < border; i++)
            s->root.x[i + j * border] = 0; /* the lower triangle holds nothing of the root */
    pg_add_cross(t, s->root, tr);
    for (size_t j = 0; j < s->q; j++)
        for (size_t k = 0; k < border; k++)
            diagonal[j] += row[j + k * s->q] * row[j + k * s->q];
    for (size_t g = 0, j = 0; g < d->n_groups; g++) {
        double squares = 0, known = 0;
        const size_t first = j;
        for (; j < first + d->n_levels[g]; j++) {
            squares += s->theta[j] * s->theta[j];
            known += 1 - diagonal[j];
        }
        const double ratio = known > 1e-10 ? fmax(squares, 1e-12) / known : 1;
        const double old = s->sd[g] * s->sd[g], variance = fmax(old * fmin(fmax(ratio, 1e-2), 1e2), 1e-10);
        *change = fmax(*change, fabs(variance - old) / (old + 1e-4));
        for (size_t k = first; k < j; k++)
            s->theta[k] *= s->sd[g] / sqrt(variance);
        s->sd[g] = sqrt(variance);
    }
    return PGDP_OK;
}

static pgdp_status copy(pgdp_ctx *ctx, pg_arena *arena, const void *from, size_t n, size_t size, void **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(arena, n + 1, size));
    memcpy(*out, from, n * size);
    return PGDP_OK;
}
#define COPY(to, from, n)                                                                                              \
    do {                                                                                                               \
        void *copied;                                                                                                  \
        PG_TRY(copy(ctx, arena, from, n, sizeof *(from), &copied));                                                    \
        (to) = copied;                                                                                                 \
    } while (0)

/* What outlives the scratch: estimates in the units of the index, and the factored system. */
static pgdp_status keep(pgdp_ctx *ctx, pg_arena *arena, const pg_mixed_system *s, pg_mixed *out)
{
    const size_t q = s->q, n_l = (size_t)s->a.l_start[q];
    COPY(out->effects, s->theta, q);
    COPY(out->slopes, s->theta + q, s->border);
    out->cuts = out->slopes + s->p;
    COPY(out->variance, s->sd, s->d->n_groups);
    for (size_t g = 0; g < s->d->n_groups; g++)
        out->variance[g] *= out->variance[g];
    PG_TRY_ALLOC(ctx, out->sd, pg_arena_alloc(arena, q + 1, sizeof *out->sd));
    for (size_t j = 0; j < q; j++) {
        out->sd[j] = s->sd[s->group[j]];
        out->effects[j] *= out->sd[j];
    }
    out->system = (pg_sparse){ .n = q, .n_factor = n_l };
    COPY(out->system.order, s->a.order, q);
    COPY(out->system.l_start, s->a.l_start, q + 1);
    COPY(out->system.l_row, s->a.l_row, n_l);
    COPY(out->system.l_value, s->a.l_value, n_l);
    COPY(out->system.inverse, s->a.inverse, q);
    COPY(out->across, s->t, q * s->border);
    COPY(out->root.x, s->root.x, s->border * s->border);
    out->root = pg_matrix_of(out->root.x, s->border, s->border);
    return PGDP_OK;
}

static pgdp_status fit(pgdp_ctx *ctx, pg_arena *arena, pg_mixed_system *s, size_t n_updates, pg_mixed *out)
{
    double *room, change = 0;
    PG_TRY_ALLOC(ctx, room, pg_arena_alloc(&ctx->scratch, s->d->n * (s->p + 1) + 1, sizeof *room));
    *out = (pg_mixed){ .n_slopes = s->p, .n_cuts = s->m, .n_effects = s->q, .n_groups = s->d->n_groups };
    PG_TRY(newton(ctx, s, room, n_updates == 0 ? MOST_STEPS : 2, out));
    out->converged = n_updates == 0;
    for (size_t k = 0; k < n_updates && !out->converged; k++) { /* a step of each in turn: both settle together */
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(update_variances(ctx, s, &change));
        pg_arena_rewind(&ctx->scratch, mark);
        PG_TRY(newton(ctx, s, room, 1, out));
        out->converged = change < variance_tolerance;
    }
    if (!out->settled) PG_TRY(newton(ctx, s, room, MOST_STEPS, out));
    const double value = pg_mixed_value(s, s->theta, &out->log_lik);
    double log_det = 0, ridge = out->log_lik - value;
    for (size_t j = 0; j < s->q; j++) {
        log_det -= log(s->a.inverse[j]);
        ridge -= s->theta[j] * s->theta[j] / 2;
    }
    out->laplace = value + ridge - log_det / 2;
    return keep(ctx, arena, s, out);
}

pgdp_status pg_mixed_fit(pgdp_ctx *ctx, pg_arena *arena, const pg_mixed_design *design, const double *variance,
                         size_t n_updates, pg_mixed *out)
{
    pg_mixed_system s;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    pg_blas_single_thread();
    PG_TRY(pg_mixed_begin(ctx, design, variance, &s));
    PG_TRY(fit(ctx, arena, &s, n_updates, out));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

double pg_mixed_variance(const pg_mixed *m, double *g, double *work)
{
    const size_t q = m->n_effects, n = q + m->n_slopes + m->n_cuts;
    double *x = work + n, sum = 0; /* work: [2 n] */
    for (size_t j = 0; j < q; j++)
        g[j] *= m->sd[j];
    memcpy(x, g, n * sizeof *x);
    pg_mixed_solve(&m->system, m->across, m->root, x, work);
    for (size_t j = 0; j < n; j++)
        sum += g[j] * x[j];
    return fmax(sum, 0);
}

/* With the border's error e ~ N(0, S^-1), the effects' is a^-1/2 z - a^-1 b' e. */
void pg_mixed_draw(const pg_mixed *m, double *z, double *work)
{
    const pg_sparse *a = &m->system;
    const size_t q = m->n_effects, border = m->root.n_cols;
    double *e = work + q;
    for (size_t i = 0; i < border; i++) {
        e[i] = 0;
        for (size_t j = i; j < border; j++)
            e[i] += m->root.x[i + j * border] * z[q + j];
    }
    for (size_t j = q; j-- > 0;) {
        work[j] = z[j] * sqrt(a->inverse[j]);
        for (int t = a->l_start[j]; t < a->l_start[j + 1]; t++)
            work[j] -= a->l_value[t] * work[a->l_row[t]];
    }
    for (size_t j = 0; j < q; j++)
        z[a->order[j]] = work[j];
    for (size_t j = 0; j < q; j++) {
        for (size_t k = 0; k < border; k++)
            z[j] -= m->across[j * border + k] * e[k];
        z[j] = m->effects[j] + m->sd[j] * z[j];
    }
    for (size_t k = 0; k < border; k++)
        z[q + k] = m->slopes[k] + e[k];
}

enum { LANES = 16 };
typedef struct variance_job {
    const pg_mixed *m;
    const pg_mixed_design *d;
    double *out;
} variance_job;

/* g' C g = g_u' A^-1 g_u + e' S^-1 e, e = g_border - T' g_u, for the gradients of a few rows' indices side by side. */
static pgdp_status variance_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const variance_job *job = user;
    const pg_mixed *m = job->m;
    const pg_mixed_design *d = job->d;
    const pg_range range = pg_block_range(d->n, LANES, block);
    const size_t q = m->n_effects, border = m->root.n_cols;
    double *g, *work, *e;
    PG_TRY_ALLOC(ctx, g, pg_arena_alloc(&ctx->scratch, q * LANES + 1, sizeof *g));
    PG_TRY_ALLOC(ctx, work, pg_arena_alloc(&ctx->scratch, q * LANES + 1, sizeof *work));
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, border + 1, sizeof *e));
    for (size_t i = range.first; i < range.end; i++)
        for (size_t k = d->first[i]; k < d->first[i + 1]; k++)
            g[d->effect[k] * LANES + i - range.first] += d->weight[k] * m->sd[d->effect[k]];
    pg_sparse_solve(&m->system, g, LANES, work);
    for (size_t i = range.first; i < range.end; i++) {
        double sum = 0;
        for (size_t j = 0; j < border; j++)
            e[j] = j < d->n_slopes ? d->x[i + j * d->n] : 0;
        for (size_t k = d->first[i]; k < d->first[i + 1]; k++) {
            const size_t effect = d->effect[k];
            const double z = d->weight[k] * m->sd[effect];
            sum += z * g[effect * LANES + i - range.first];
            for (size_t j = 0; j < border; j++)
                e[j] -= m->across[effect * border + j] * z;
        }
        for (size_t j = 0; j < border; j++) {
            const double part = pg_dot(m->root.x + j * border, e, j + 1);
            sum += part * part;
        }
        job->out[i] = fmax(sum, 0);
    }
    return PGDP_OK;
}

pgdp_status pg_mixed_index_variances(pgdp_ctx *ctx, const pg_mixed *m, const pg_mixed_design *rows, double *out)
{
    variance_job job = { m, rows, out };
    return pg_parallel(ctx, NULL, pg_n_blocks(rows->n, LANES), variance_block, &job);
}
