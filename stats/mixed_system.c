/* mixed_system.c  Gradient, second derivatives and factor of a generalised mixed model.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "stats/mixed_system.h"

#include <math.h>
#include <string.h>

static double eta_of(const pg_mixed_system *s, const double *theta, size_t i)
{
    const pg_mixed_design *d = s->d;
    double eta = 0;
    for (size_t j = 0; j < s->p; j++)
        eta += s->rows[i * s->p + j] * theta[s->q + j];
    for (size_t e = d->first[i]; e < d->first[i + 1]; e++)
        eta += d->weight[e] * s->sd[s->group[d->effect[e]]] * theta[d->effect[e]];
    return eta;
}

static double ridge_of(const pg_mixed_system *s, size_t slope)
{
    return s->m == 0 && slope == 0 ? 0 : s->d->lambda;
}

static bool cuts_increase(const pg_mixed_system *s, const double *theta)
{
    const double *cuts = theta + s->q + s->p;
    for (size_t k = 1; k < s->m; k++)
        if (!(cuts[k] > cuts[k - 1])) return false;
    return true;
}

static double penalty_of(const pg_mixed_system *s, const double *theta)
{
    double sum = 0;
    for (size_t j = 0; j < s->q; j++)
        sum += theta[j] * theta[j];
    for (size_t j = 0; j < s->p; j++)
        sum += ridge_of(s, j) * theta[s->q + j] * theta[s->q + j];
    return sum / 2;
}

double pg_mixed_value(const pg_mixed_system *s, const double *theta, double *log_lik)
{
    if (!cuts_increase(s, theta)) return -(double)INFINITY;
    double sum = 0;
    for (size_t i = 0; i < s->d->n; i++) {
        pg_row row = { 0 };
        s->d->model->row(s->d->y[i], eta_of(s, theta, i), theta + s->q + s->p, s->m, &row);
        sum += row.value;
    }
    if (log_lik != NULL) *log_lik = sum;
    return sum - penalty_of(s, theta);
}

/* The pattern of the effects' system: pairs of effects that a row has, and the diagonal. */
static pgdp_status find_pattern(pgdp_ctx *ctx, pg_mixed_system *s)
{
    const pg_mixed_design *d = s->d;
    size_t *count, *next, *row_of, n_pairs = 0;
    int *seen;
    PG_TRY_ALLOC(ctx, count, pg_arena_alloc(&ctx->scratch, s->q + 1, sizeof *count));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, s->q + 1, sizeof *next));
    PG_TRY_ALLOC(ctx, row_of, pg_arena_alloc(&ctx->scratch, d->first[d->n] + 1, sizeof *row_of));
    PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, s->q, sizeof *seen));
    for (size_t e = 0; e < d->first[d->n]; e++)
        count[d->effect[e] + 1]++;
    for (size_t j = 0; j < s->q; j++)
        next[j] = count[j + 1] += count[j];
    for (size_t i = d->n; i-- > 0;)
        for (size_t e = d->first[i]; e < d->first[i + 1]; e++)
            row_of[--next[d->effect[e]]] = i;
    for (size_t i = 0; i < d->n; i++)
        n_pairs += (d->first[i + 1] - d->first[i]) * (d->first[i + 1] - d->first[i]);
    PG_TRY_ALLOC(ctx, s->place, pg_arena_alloc(&ctx->scratch, n_pairs + 1, sizeof *s->place));
    PG_TRY_ALLOC(ctx, s->a.start, pg_arena_alloc(&ctx->scratch, s->q + 1, sizeof(int)));
    PG_TRY_ALLOC(ctx, s->a.row, pg_arena_alloc(&ctx->scratch, n_pairs + s->q, sizeof(int)));
    s->a.n = s->q;
    int n = 0;
    for (size_t j = 0; j < s->q; j++) {
        s->a.start[j] = n;
        for (size_t r = next[j]; r < count[j + 1]; r++)
            for (size_t e = d->first[row_of[r]]; e < d->first[row_of[r] + 1]; e++)
                if (d->effect[e] <= j) seen[d->effect[e]] = (int)j + 1;
        seen[j] = (int)j + 1;
        for (size_t i = 0; i <= j; i++)
            if (seen[i] == (int)j + 1) s->a.row[n++] = (int)i;
    }
    s->a.start[s->q] = n;
    return PGDP_OK;
}

static size_t place_of(const pg_sparse *a, size_t i, size_t j)
{
    int low = a->start[j], high = a->start[j + 1] - 1;
    while (low < high) {
        const int middle = (low + high) / 2;
        if (a->row[middle] < (int)i)
            low = middle + 1;
        else
            high = middle;
    }
    return (size_t)low;
}

static void find_places(pg_mixed_system *s)
{
    const pg_mixed_design *d = s->d;
    size_t at = 0;
    for (size_t i = 0; i < d->n; i++)
        for (size_t e = d->first[i]; e < d->first[i + 1]; e++)
            for (size_t f = d->first[i]; f < d->first[i + 1]; f++)
                s->place[at++] = d->effect[f] <= d->effect[e] ? place_of(&s->a, d->effect[f], d->effect[e]) : PGDP_NONE;
}

static void add_cut(pg_mixed_system *s, size_t cut, size_t i, double slope, double cross)
{
    const pg_mixed_design *d = s->d;
    const size_t at = s->p + cut, border = s->border;
    s->gradient[s->q + at] += slope;
    for (size_t j = 0; j < s->p; j++)
        s->c.x[j + at * border] -= cross * s->rows[i * s->p + j];
    for (size_t e = d->first[i]; e < d->first[i + 1]; e++)
        s->b[d->effect[e] * border + at] -= cross * d->weight[e] * s->sd[s->group[d->effect[e]]];
}

/* One row's part of gradient and system; the slopes' own block comes after, all rows at once. */
static size_t add_row(pg_mixed_system *s, size_t i, size_t at, double *information)
{
    const pg_mixed_design *d = s->d;
    const size_t border = s->border, category = s->m > 0 ? (size_t)d->y[i] : 0;
    const double *x = s->rows + i * s->p;
    pg_row row = { 0 };
    d->model->row(d->y[i], eta_of(s, s->theta, i), s->theta + s->q + s->p, s->m, &row);
    *information = row.information;
    for (size_t j = 0; j < s->p; j++)
        s->gradient[s->q + j] += row.eta * x[j];
    for (size_t e = d->first[i]; e < d->first[i + 1]; e++) {
        const size_t j = d->effect[e];
        const double z = d->weight[e] * s->sd[s->group[j]];
        s->gradient[j] += row.eta * z;
        for (size_t k = 0; k < s->p; k++)
            s->b[j * border + k] += row.information * z * x[k];
        for (size_t f = d->first[i]; f < d->first[i + 1]; f++, at++)
            if (s->place[at] != PGDP_NONE)
                s->a.value[s->place[at]] += row.information * z * d->weight[f] * s->sd[s->group[d->effect[f]]];
    }
    if (category < s->m) add_cut(s, category, i, row.above, row.eta_above);
    if (s->m > 0 && category > 0) add_cut(s, category - 1, i, row.below, row.eta_below);
    double *cuts = s->c.x + s->p * (border + 1);
    if (category < s->m) cuts[category * (border + 1)] -= row.above2;
    if (s->m > 0 && category > 0) cuts[(category - 1) * (border + 1)] -= row.below2;
    if (s->m > 0 && category > 0 && category < s->m) cuts[category - 1 + category * border] -= row.above_below;
    return at;
}

void pg_mixed_assemble(pg_mixed_system *s, double *information, double *scaled)
{
    const pg_mixed_design *d = s->d;
    const size_t border = s->border;
    memset(s->gradient, 0, s->n_terms * sizeof *s->gradient);
    memset(s->b, 0, s->q * border * sizeof *s->b);
    memset(s->c.x, 0, border * border * sizeof *s->c.x);
    memset(s->a.value, 0, (size_t)s->a.start[s->q] * sizeof *s->a.value);
    for (size_t i = 0, at = 0; i < d->n; i++)
        at = add_row(s, i, at, &information[i]);
    for (size_t j = 0; j < s->p; j++)
        for (size_t i = 0; i < d->n; i++)
            scaled[i + j * d->n] = sqrt(information[i]) * d->x[i + j * d->n];
    pg_add_gram((pg_matrix){ scaled, d->n, s->p, d->n }, (pg_matrix){ s->c.x, s->p, s->p, border });
    for (size_t j = 0; j < s->p; j++) {
        s->c.x[j * (border + 1)] += ridge_of(s, j);
        s->gradient[s->q + j] -= ridge_of(s, j) * s->theta[s->q + j];
    }
    for (size_t j = 0; j < s->q; j++) {
        s->a.value[s->a.start[j + 1] - 1] += 1;
        s->gradient[j] -= s->theta[j];
    }
}

pgdp_status pg_mixed_factor(pgdp_ctx *ctx, pg_mixed_system *s)
{
    const size_t border = s->border;
    PG_TRY(pg_sparse_factor(ctx, &s->a, 1e-12, true));
    memcpy(s->t, s->b, s->q * border * sizeof *s->t);
    pg_sparse_solve(&s->a, s->t, border, s->work);
    const pg_matrix b = pg_matrix_of(s->b, border, s->q), t = pg_matrix_of(s->t, border, s->q);
    pg_times_transposed(b, t, s->root);
    for (size_t j = 0; j < border; j++)
        for (size_t i = 0; i <= j; i++)
            s->root.x[i + j * border] = s->c.x[i + j * border] - s->root.x[i + j * border];
    if (!pg_cholesky(s->root) || !pg_invert_upper(s->root))
        return pg_fail(ctx, PGDP_RANK_DEFICIENT,
                       "mixed model: terms are collinear, or an effect that all rows share stands beside a constant");
    return PGDP_OK;
}

/* y = R^-1 R^-T x, from the inverse root. */
static void solve_border(pg_matrix root, double *x, double *work)
{
    const size_t n = root.n_cols;
    for (size_t j = 0; j < n; j++) {
        work[j] = 0;
        for (size_t i = 0; i <= j; i++)
            work[j] += root.x[i + j * root.stride] * x[i];
    }
    for (size_t i = 0; i < n; i++) {
        x[i] = 0;
        for (size_t j = i; j < n; j++)
            x[i] += root.x[i + j * root.stride] * work[j];
    }
}

void pg_mixed_solve(const pg_sparse *a, const double *t, pg_matrix root, double *x, double *work)
{
    const size_t q = a->n, border = root.n_cols;
    for (size_t j = 0; j < q; j++)
        for (size_t k = 0; k < border; k++)
            x[q + k] -= t[j * border + k] * x[j];
    solve_border(root, x + q, work);
    pg_sparse_solve(a, x, 1, work);
    for (size_t j = 0; j < q; j++)
        for (size_t k = 0; k < border; k++)
            x[j] -= t[j * border + k] * x[q + k];
}

pgdp_status pg_mixed_begin(pgdp_ctx *ctx, const pg_mixed_design *d, const double *variance, pg_mixed_system *s)
{
    *s = (pg_mixed_system){ .d = d, .p = d->n_slopes, .m = d->n_cuts, .border = d->n_slopes + d->n_cuts };
    for (size_t g = 0; g < d->n_groups; g++)
        s->q += d->n_levels[g];
    s->n_terms = s->q + s->border;
    pg_arena *a = &ctx->scratch;
    PG_TRY_ALLOC(ctx, s->group, pg_arena_alloc(a, s->q, sizeof *s->group));
    PG_TRY_ALLOC(ctx, s->rows, pg_arena_alloc(a, d->n * s->p + 1, sizeof *s->rows));
    PG_TRY_ALLOC(ctx, s->sd, pg_arena_alloc(a, d->n_groups, sizeof *s->sd));
    PG_TRY_ALLOC(ctx, s->theta, pg_arena_alloc(a, 4 * s->n_terms, sizeof *s->theta));
    PG_TRY_ALLOC(ctx, s->b, pg_matrix_new(a, s->border, 2 * s->q).x);
    PG_TRY_ALLOC(ctx, s->c.x, pg_matrix_new(a, s->border, 2 * s->border).x);
    PG_TRY_ALLOC(ctx, s->work, pg_arena_alloc(a, (s->q + 1) * (s->border + 1), sizeof *s->work));
    s->trial = s->theta + s->n_terms;
    s->gradient = s->trial + s->n_terms;
    s->step = s->gradient + s->n_terms;
    s->t = s->b + s->q * s->border;
    s->c = pg_matrix_of(s->c.x, s->border, s->border);
    s->root = pg_matrix_of(s->c.x + s->border * s->border, s->border, s->border);
    for (size_t i = 0; i < d->n; i++)
        for (size_t j = 0; j < s->p; j++)
            s->rows[i * s->p + j] = d->x[i + j * d->n];
    for (size_t g = 0, j = 0; g < d->n_groups; g++) {
        s->sd[g] = variance == NULL ? 0.7 : sqrt(variance[g]);
        for (const size_t end = j + d->n_levels[g]; j < end; j++)
            s->group[j] = g;
    }
    if (d->n_cuts > 0) memcpy(s->theta + s->q + s->p, d->start_cuts, d->n_cuts * sizeof *s->theta);
    PG_TRY(find_pattern(ctx, s));
    find_places(s);
    PG_TRY(pg_sparse_order(ctx, &s->a));
    PG_TRY_ALLOC(ctx, s->a.value, pg_arena_alloc(a, (size_t)s->a.start[s->q] + 1, sizeof *s->a.value));
    return pg_sparse_reserve(ctx, &s->a);
}
