/* absorb_schur.c  The dense system of the effects beside the largest, by Cholesky: absorb_system.h.
 * SPDX-License-Identifier: GPL-3.0-or-later */
#include "core/parallel.h"
#include "stats/absorb_sorted.h"

#include <math.h>
#include <string.h>

pgdp_status pg_schur_new(pgdp_ctx *ctx, size_t n, pg_schur **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1, sizeof **out));
    (*out)->n = n;
    PG_TRY_ALLOC(ctx, (*out)->r, pg_arena_alloc(&ctx->scratch, n * n, sizeof(double)));
    PG_TRY_ALLOC(ctx, (*out)->scale, pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, (*out)->skipped, pg_arena_alloc(&ctx->scratch, n, sizeof(bool)));
    return PGDP_OK;
}

bool pg_schur_is_cheap(const pg_absorber *a, size_t n_rest, size_t most)
{
    const double work = 4e8, p = (double)n_rest;
    return n_rest <= most && p * (double)a->n_rows * (double)a->n_groups <= work;
}

/* Coefficients and columns that one row takes part in: `place` and `value`, [as many as effects]. */
typedef struct row_part {
    size_t *place;
    double *value;
    size_t n;
} row_part;

/* Memory of a visit. */
typedef struct work {
    row_part row;
    double *sum;
    bool *seen;
    size_t *touched;
} work;

static void read_row(const pg_absorber *a, size_t i, row_part *row)
{
    row->n = 0;
    for (size_t g = 1; g < a->n_groups; g++) {
        const pg_effect_group *group = &a->groups[g];
        const size_t level = pg_group_level(group, i);
        for (size_t k = 0; k < group->n_columns; k++) {
            row->place[row->n] = group->first + level * group->n_columns + k;
            row->value[row->n++] = group->unit != NULL ? group->unit[level] : group->basis[i + k * a->n_rows];
        }
    }
}

/* Meetings of one level of group 0: w q q' for each of its rows, and - c c' with c = Q_0'W Q_r of the level. */
static bool visit_level(const pg_absorber *a, size_t l, pg_meeting meet, void *user, work *t)
{
    row_part *row = &t->row;
    double *sum = t->sum;
    size_t *touched = t->touched;
    bool going = true;
    const pg_effect_group *first = &a->groups[0];
    for (size_t j = 0; j < first->n_columns && going; j++) {
        size_t n_touched = 0;
        for (size_t i = a->start[l]; i < a->start[l + 1]; i++) {
            const double w = pg_absorber_weight(a, i);
            const double p = first->unit != NULL ? first->unit[l] : first->basis[i + j * a->n_rows];
            read_row(a, i, row);
            for (size_t x = 0; x < row->n; x++) {
                if (!t->seen[row->place[x]]) touched[n_touched++] = row->place[x];
                t->seen[row->place[x]] = true;
                sum[row->place[x]] += w * p * row->value[x];
                for (size_t y = 0; y < x && j == 0 && going; y++)
                    going = meet(user, row->place[x], row->place[y], w * row->value[x] * row->value[y]);
            }
        }
        for (size_t x = 0; x < n_touched; x++)
            for (size_t y = 0; y < x && going; y++)
                going = meet(user, touched[x], touched[y], -sum[touched[x]] * sum[touched[y]]);
        for (size_t x = 0; x < n_touched; x++) {
            sum[touched[x]] = 0;
            t->seen[touched[x]] = false;
        }
    }
    return going;
}

pgdp_status pg_schur_visit(pgdp_ctx *ctx, const pg_absorber *a, pg_meeting meet, void *user)
{
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    work t = { 0 };
    size_t most = 0;
    for (size_t g = 1; g < a->n_groups; g++)
        most += a->groups[g].n_columns;
    PG_TRY_ALLOC(ctx, t.row.place, pg_arena_alloc(&ctx->scratch, most, sizeof *t.row.place));
    PG_TRY_ALLOC(ctx, t.row.value, pg_arena_alloc(&ctx->scratch, most, sizeof *t.row.value));
    PG_TRY_ALLOC(ctx, t.sum, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *t.sum));
    PG_TRY_ALLOC(ctx, t.seen, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *t.seen));
    PG_TRY_ALLOC(ctx, t.touched, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof *t.touched));
    for (size_t l = 0; l < a->groups[0].n_levels; l++)
        if (!visit_level(a, l, meet, user, &t)) break;
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static bool add_upper(void *user, size_t i, size_t j, double value)
{
    pg_schur *s = user;
    s->r[i < j ? i + j * s->n : j + i * s->n] += value;
    return true;
}

void pg_cholesky_skipping(double *a, size_t n, double tol, bool *skipped)
{
    for (size_t j = 0; j < n; j++) {
        double *column = a + j * n;
        for (size_t i = 0; i < j; i++) {
            const double *other = a + i * n;
            column[i] = skipped[i] ? 0 : (column[i] - pg_dot(other, column, i)) / other[i];
        }
        const double before = column[j], pivot = before - pg_dot(column, column, j);
        skipped[j] = !(pivot > tol * before);
        column[j] = skipped[j] ? 0 : sqrt(pivot);
    }
}

pgdp_status pg_schur_factor(pgdp_ctx *ctx, const pg_absorber *a, double tol, pg_schur *s)
{
    memset(s->r, 0, s->n * s->n * sizeof *s->r);
    PG_TRY(pg_schur_visit(ctx, a, add_upper, s));
    for (size_t j = 0; j < s->n; j++)
        s->scale[j] = a->diagonal[j] > 0 ? 1 / sqrt(a->diagonal[j]) : 0;
    for (size_t j = 0; j < s->n; j++) {
        for (size_t i = 0; i < j; i++)
            s->r[i + j * s->n] *= s->scale[i] * s->scale[j];
        s->r[j + j * s->n] = s->scale[j] > 0;
    }
    pg_cholesky_skipping(s->r, s->n, tol, s->skipped);
    return PGDP_OK;
}

void pg_schur_solve(const pg_schur *s, double *x)
{
    for (size_t j = 0; j < s->n; j++) {
        const double *column = s->r + j * s->n;
        x[j] = s->skipped[j] ? 0 : (x[j] * s->scale[j] - pg_dot(column, x, j)) / column[j];
    }
    for (size_t j = s->n; j-- > 0;) {
        const double *column = s->r + j * s->n;
        x[j] = s->skipped[j] ? 0 : x[j] / column[j];
        for (size_t i = 0; i < j; i++)
            x[i] -= column[i] * x[j];
        x[j] *= s->scale[j];
    }
}
