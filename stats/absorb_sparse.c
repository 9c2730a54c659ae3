/* absorb_sparse.c  The sparse system of the effects beside the largest: its pattern once, its values by weights.
 * Source: Guimaraes & Portugal (2010), Stata J. 10(4), for the elimination; sparse.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two levels of the rest meet in S where a level of group 0 holds both: a worker who moved joins two firms. Each such
 * meeting is visited in one fixed order, whatever the weights, so that its place among the values is found once. */
#include "stats/absorb_system.h"
#include "stats/sparse.h"

#include <math.h>
#include <string.h>

static const double dependent = 1e-10; /* a pivot's share of its diagonal: rounding, not rank (absorb_schur.c) */

struct pg_network {
    pg_sparse matrix;
    uint32_t *place; /* [n_meetings] of each among the values, in the order of the visit */
    size_t n_meetings;
    int *diagonal;        /* [n] place */
    double *scale;        /* [n] 1 / root of the diagonal of S; 0: the coefficient stays 0 */
    const bool *grounded; /* [n] one level of each component of two intercepts; NULL: rank is not known */
};

typedef struct counting {
    size_t n, most;
} counting;

static bool count_meeting(void *user, size_t i, size_t j, double value)
{
    counting *c = user;
    (void)i, (void)j, (void)value;
    return c->n++ < c->most;
}

typedef struct listing {
    uint32_t *row, *column;
    size_t n;
} listing;

static bool list_meeting(void *user, size_t i, size_t j, double value)
{
    listing *l = user;
    (void)value;
    l->row[l->n] = (uint32_t)(i < j ? i : j);
    l->column[l->n++] = (uint32_t)(i < j ? j : i);
    return true;
}

typedef struct adding {
    double *value;
    const uint32_t *place;
} adding;

static bool add_meeting(void *user, size_t i, size_t j, double value)
{
    adding *a = user;
    (void)i, (void)j;
    a->value[*a->place++] += value;
    return true;
}

/* order = the items of `from` (NULL: 0 .. m-1) sorted by key below n, equal ones as they stand. */
static void sort_by(const uint32_t *key, const uint32_t *from, size_t m, size_t n, size_t *next, uint32_t *order)
{
    memset(next, 0, (n + 1) * sizeof *next);
    for (size_t t = 0; t < m; t++)
        next[key[t] + 1]++;
    for (size_t j = 0; j < n; j++)
        next[j + 1] += next[j];
    for (size_t t = 0; t < m; t++) {
        const size_t item = from == NULL ? t : from[t];
        order[next[key[item]]++] = (uint32_t)item;
    }
}

/* Columns of distinct meetings and a diagonal, and the place of each meeting. */
static pgdp_status compress(pgdp_ctx *ctx, pg_network *s, const listing *l, const uint32_t *order)
{
    const size_t n = s->matrix.n;
    size_t used = 0, t = 0;
    int *row;
    PG_TRY_ALLOC(ctx, row, pg_arena_alloc(&ctx->scratch, l->n + n, sizeof *row));
    for (size_t j = 0; j < n; j++) {
        s->matrix.start[j] = (int)used;
        for (; t < l->n && l->column[order[t]] == j; t++) {
            const uint32_t i = l->row[order[t]];
            const bool fresh = used == (size_t)s->matrix.start[j] || row[used - 1] != (int)i;
            if (fresh) row[used++] = (int)i;
            s->place[order[t]] = (uint32_t)(used - 1);
        }
        s->diagonal[j] = (int)used;
        row[used++] = (int)j;
    }
    s->matrix.start[n] = (int)used;
    s->matrix.row = row;
    return PGDP_OK;
}

static pgdp_status find_pattern(pgdp_ctx *ctx, const pg_absorber *a, pg_network *s)
{
    const size_t n = s->matrix.n, m = s->n_meetings;
    listing l = { 0 };
    uint32_t *by_row, *order;
    size_t *next;
    PG_TRY_ALLOC(ctx, s->place, pg_arena_alloc(&ctx->scratch, m, sizeof *s->place));
    PG_TRY_ALLOC(ctx, s->diagonal, pg_arena_alloc(&ctx->scratch, n, sizeof *s->diagonal));
    PG_TRY_ALLOC(ctx, s->matrix.start, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *s->matrix.start));
    PG_TRY_ALLOC(ctx, l.row, pg_arena_alloc(&ctx->scratch, m, sizeof *l.row));
    PG_TRY_ALLOC(ctx, l.column, pg_arena_alloc(&ctx->scratch, m, sizeof *l.column));
    PG_TRY_ALLOC(ctx, by_row, pg_arena_alloc(&ctx->scratch, m, sizeof *by_row));
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, m, sizeof *order));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *next));
    PG_TRY(pg_schur_visit(ctx, a, list_meeting, &l));
    sort_by(l.row, NULL, m, n, next, by_row);
    sort_by(l.column, by_row, m, n, next, order);
    return compress(ctx, s, &l, order);
}

/* Two intercepts: the first level of each component at 0 leaves a system that has an inverse. */
static pgdp_status ground(pgdp_ctx *ctx, const pg_absorber *a, pg_network *s)
{
    bool *grounded;
    size_t *component, n_components, n_seen = 0;
    if (a->n_groups != 2 || a->groups[0].unit == NULL || a->groups[1].unit == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, grounded, pg_arena_alloc(&ctx->scratch, s->matrix.n, sizeof *grounded));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY_ALLOC(ctx, component, pg_arena_alloc(&ctx->scratch, s->matrix.n, sizeof *component));
    PG_TRY(pg_absorber_components(ctx, a, component, &n_components));
    for (size_t j = 0; j < s->matrix.n; j++) { /* components are numbered by first level */
        grounded[j] = component[j] == n_seen;
        n_seen += grounded[j];
    }
    pg_arena_rewind(&ctx->scratch, mark);
    s->grounded = grounded;
    return PGDP_OK;
}

/* Everything that the values stand in. */
static pgdp_status reserve(pgdp_ctx *ctx, pg_network *s)
{
    const size_t n = s->matrix.n;
    PG_TRY_ALLOC(ctx, s->scale, pg_arena_alloc(&ctx->scratch, n, sizeof *s->scale));
    PG_TRY_ALLOC(ctx, s->matrix.value,
                 pg_arena_alloc(&ctx->scratch, (size_t)s->matrix.start[n], sizeof *s->matrix.value));
    return pg_sparse_reserve(ctx, &s->matrix);
}

/* Few elements a row, rows of a few levels that meet all others (years, say) aside: these are eliminated last. */
static bool is_thin(const pg_sparse *m)
{
    const double few = 12, many = 10 * sqrt((double)m->n);
    double n_elements = 0;
    for (size_t j = 0; j < m->n; j++) {
        const double n = m->start[j + 1] - m->start[j];
        if (n <= many) n_elements += n;
    }
    return n_elements <= few * (double)m->n;
}

pgdp_status pg_network_plan(pgdp_ctx *ctx, const pg_absorber *a, const pg_network_limits *limits, pg_network **out)
{
    counting count = { .most = limits->meetings };
    pg_network *s;
    *out = NULL;
    if (a->n_rest + limits->meetings >= INT32_MAX) return PGDP_OK;
    PG_TRY(pg_schur_visit(ctx, a, count_meeting, &count));
    if (count.n > count.most) return PGDP_OK;
    PG_TRY_ALLOC(ctx, s, pg_arena_alloc(&ctx->scratch, 1, sizeof *s));
    s->matrix.n = a->n_rest;
    s->n_meetings = count.n;
    PG_TRY(find_pattern(ctx, a, s));
    if (limits->thin && !is_thin(&s->matrix)) return PGDP_OK;
    PG_TRY(pg_sparse_order(ctx, &s->matrix));
    if (s->matrix.flops > limits->flops || s->matrix.n_factor > limits->elements) return PGDP_OK;
    PG_TRY(ground(ctx, a, s));
    PG_TRY(reserve(ctx, s));
    *out = s;
    return PGDP_OK;
}

pgdp_status pg_network_copy(pgdp_ctx *ctx, const pg_network *from, pg_network **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, 1, sizeof **out));
    **out = *from;
    int *order;
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&ctx->scratch, from->matrix.n, sizeof *order));
    memcpy(order, from->matrix.order, from->matrix.n * sizeof *order);
    (*out)->matrix.order = order;
    return reserve(ctx, *out);
}

pgdp_status pg_network_factor(pgdp_ctx *ctx, const pg_absorber *a, pg_network *s)
{
    pg_sparse *m = &s->matrix;
    adding add = { m->value, s->place };
    memset(m->value, 0, (size_t)m->start[m->n] * sizeof *m->value);
    PG_TRY(pg_schur_visit(ctx, a, add_meeting, &add));
    for (size_t j = 0; j < m->n; j++) {
        const bool kept = a->diagonal[j] > 0 && !(s->grounded != NULL && s->grounded[j]);
        s->scale[j] = kept ? 1 / sqrt(a->diagonal[j]) : 0;
    }
    for (size_t j = 0; j < m->n; j++) {
        for (int t = m->start[j]; t < s->diagonal[j]; t++)
            m->value[t] *= s->scale[m->row[t]] * s->scale[j];
        m->value[s->diagonal[j]] = 1; /* alone, of a coefficient that stays 0 */
    }
    return pg_sparse_factor(ctx, m, dependent, s->grounded != NULL);
}

void pg_network_solve(const pg_network *s, double *x, size_t lanes, double *work)
{
    for (size_t pass = 0; pass < 2; pass++) {
        for (size_t j = 0; j < s->matrix.n; j++)
            for (size_t v = 0; v < lanes; v++)
                x[j * lanes + v] *= s->scale[j];
        if (pass == 0) pg_sparse_solve(&s->matrix, x, lanes, work);
    }
}

bool pg_network_rank(const pg_network *s, size_t *rank)
{
    const double clear = 1e-7;
    bool is_clear = true;
    *rank = 0;
    for (size_t i = 0; i < s->matrix.n; i++) {
        const double inverse = s->scale[s->matrix.order[i]] > 0 ? s->matrix.inverse[i] : 0;
        *rank += inverse > 0;
        is_clear = is_clear && inverse < 1 / clear;
    }
    return is_clear;
}
