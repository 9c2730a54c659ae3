/* absorb_sparse.c  The sparse system of the effects beside the largest: its pattern once, its values by weights.
 * Source: Guimaraes & Portugal (2010), Stata J. 10(4), for the elimination; sparse.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Two levels of the rest meet in S where a level of group 0 holds both: a worker who moved joins two firms. The place
 * of a pair among the values is looked up in a table of the pairs that differ: with years beside workers and firms,
 * a hundredth of the meetings. */
#include "stats/absorb_system.h"
#include "stats/sparse.h"

#include <math.h>
#include <string.h>

/* Pairs i <= j of coefficients that meet, each once, by open addressing. */
typedef struct pairs {
    uint32_t *i, *j; /* [n] */
    uint32_t *slot;  /* [n_slots, a power of two] 1 + the place of a pair; 0: empty; at most half of them are not */
    size_t n, room, n_slots;
} pairs;

struct pg_network {
    pg_sparse matrix;
    pairs pairs;          /* as they stand in the matrix */
    double *scale;        /* [n] 1 / root of the diagonal of S; 0: the coefficient stays 0 */
    const bool *grounded; /* [n] one level of each component of two intercepts; NULL: rank is not known */
};

/* The slot of a pair, or the empty one where it would go. Mixed as in MurmurHash3's finaliser. */
static uint32_t *slot_of(const pairs *p, uint32_t i, uint32_t j)
{
    const uint64_t both = (uint64_t)j << 32 | i;
    uint64_t h = (both ^ both >> 33) * 0xff51afd7ed558ccdu;
    h ^= h >> 33;
    for (size_t at = (size_t)h & (p->n_slots - 1);; at = (at + 1) & (p->n_slots - 1)) {
        const uint32_t place = p->slot[at];
        if (place == 0 || (p->i[place - 1] == i && p->j[place - 1] == j)) return &p->slot[at];
    }
}

static pgdp_status fill_slots(pgdp_ctx *ctx, pg_arena *arena, size_t n_slots, pairs *p)
{
    p->n_slots = n_slots;
    PG_TRY_ALLOC(ctx, p->slot, pg_arena_alloc(arena, n_slots, sizeof *p->slot));
    for (size_t k = 0; k < p->n; k++)
        *slot_of(p, p->i[k], p->j[k]) = (uint32_t)(k + 1);
    return PGDP_OK;
}

/* Pairs while they are found, in memory of their own. */
typedef struct finding {
    pgdp_ctx *ctx;
    pg_arena arena;
    pairs pairs;
    const pg_network_limits *limits;
    size_t n_meetings;
    bool too_many;
    pgdp_status status;
} finding;

static pgdp_status add_pair(finding *f, uint32_t i, uint32_t j)
{
    pairs *p = &f->pairs;
    uint32_t *slot;
    if (2 * p->n >= p->n_slots) PG_TRY(fill_slots(f->ctx, &f->arena, p->n_slots == 0 ? 1024 : 4 * p->n_slots, p));
    slot = slot_of(p, i, j);
    if (*slot != 0) return PGDP_OK;
    if (p->n == p->room) {
        p->room = p->room == 0 ? 512 : 2 * p->room;
        PG_TRY_ALLOC(f->ctx, p->i, pg_arena_grow(&f->arena, p->i, p->n, p->room, sizeof *p->i));
        PG_TRY_ALLOC(f->ctx, p->j, pg_arena_grow(&f->arena, p->j, p->n, p->room, sizeof *p->j));
    }
    p->i[p->n] = i;
    p->j[p->n++] = j;
    *slot = (uint32_t)p->n;
    return PGDP_OK;
}

/* Many times as fast as to find them, and most systems with too many have far too many. */
static bool count_meeting(void *user, size_t i, size_t j, double value)
{
    finding *f = user;
    (void)i, (void)j, (void)value;
    f->too_many = ++f->n_meetings > f->limits->meetings;
    return !f->too_many;
}

static bool find_meeting(void *user, size_t i, size_t j, double value)
{
    finding *f = user;
    (void)value;
    f->status = add_pair(f, (uint32_t)(i < j ? i : j), (uint32_t)(i < j ? j : i));
    f->too_many = f->pairs.n > f->limits->pairs;
    return f->status == PGDP_OK && !f->too_many;
}

static bool add_meeting(void *user, size_t i, size_t j, double value)
{
    pg_network *s = user;
    s->matrix.value[*slot_of(&s->pairs, (uint32_t)(i < j ? i : j), (uint32_t)(i < j ? j : i)) - 1] += value;
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

/* The pairs found by column and row: the matrix's pattern, the diagonal last in each column. */
static pgdp_status compress(pgdp_ctx *ctx, finding *f, pg_network *s)
{
    const pairs *from = &f->pairs;
    const size_t n = s->matrix.n;
    pairs *to = &s->pairs;
    uint32_t *by_row, *order;
    size_t *next;
    PG_TRY_ALLOC(ctx, s->matrix.start, pg_arena_alloc(&ctx->scratch, n + 1, sizeof *s->matrix.start));
    PG_TRY_ALLOC(ctx, s->matrix.row, pg_arena_alloc(&ctx->scratch, from->n, sizeof *s->matrix.row));
    PG_TRY_ALLOC(ctx, to->i, pg_arena_alloc(&ctx->scratch, from->n, sizeof *to->i));
    PG_TRY_ALLOC(ctx, to->j, pg_arena_alloc(&ctx->scratch, from->n, sizeof *to->j));
    PG_TRY_ALLOC(ctx, by_row, pg_arena_alloc(&f->arena, from->n, sizeof *by_row));
    PG_TRY_ALLOC(ctx, order, pg_arena_alloc(&f->arena, from->n, sizeof *order));
    PG_TRY_ALLOC(ctx, next, pg_arena_alloc(&f->arena, n + 1, sizeof *next));
    sort_by(from->i, NULL, from->n, n, next, by_row);
    sort_by(from->j, by_row, from->n, n, next, order);
    for (to->n = 0; to->n < from->n; to->n++) {
        to->i[to->n] = from->i[order[to->n]];
        to->j[to->n] = from->j[order[to->n]];
        s->matrix.row[to->n] = (int)to->i[to->n];
        s->matrix.start[to->j[to->n] + 1] = (int)to->n + 1;
    }
    return fill_slots(ctx, &ctx->scratch, from->n_slots, to);
}

static pgdp_status find_pairs(pgdp_ctx *ctx, const pg_absorber *a, finding *f, pg_network *s)
{
    for (size_t j = 0; j < s->matrix.n; j++)
        PG_TRY(add_pair(f, (uint32_t)j, (uint32_t)j));
    PG_TRY(pg_schur_visit(ctx, a, find_meeting, f));
    PG_TRY(f->status);
    return f->too_many ? PGDP_OK : compress(ctx, f, s);
}

/* @return in *good: within the limits */
static pgdp_status find_pattern(pgdp_ctx *ctx, const pg_absorber *a, const pg_network_limits *limits, pg_network *s,
                                bool *good)
{
    finding f = { .ctx = ctx, .limits = limits };
    *good = false;
    PG_TRY(pg_schur_visit(ctx, a, count_meeting, &f));
    if (f.too_many) return PGDP_OK;
    pg_arena_init(&f.arena, &ctx->allocator);
    const pgdp_status status = find_pairs(ctx, a, &f, s);
    pg_arena_free(&f.arena);
    *good = !f.too_many;
    return status;
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
    PG_TRY(pg_absorber_components(ctx, a, 1, 0, component, &n_components));
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
    pg_network *s;
    bool good;
    *out = NULL;
    if (a->n_rest + limits->pairs >= INT32_MAX) return PGDP_OK;
    PG_TRY_ALLOC(ctx, s, pg_arena_alloc(&ctx->scratch, 1, sizeof *s));
    s->matrix.n = a->n_rest;
    PG_TRY(find_pattern(ctx, a, limits, s, &good));
    if (!good || (limits->thin && !is_thin(&s->matrix))) return PGDP_OK;
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
    memset(m->value, 0, (size_t)m->start[m->n] * sizeof *m->value);
    PG_TRY(pg_schur_visit(ctx, a, add_meeting, s));
    for (size_t j = 0; j < m->n; j++) {
        const bool kept = a->diagonal[j] > 0 && !(s->grounded != NULL && s->grounded[j]);
        s->scale[j] = kept ? 1 / sqrt(a->diagonal[j]) : 0;
    }
    for (size_t j = 0; j < m->n; j++) {
        for (int t = m->start[j]; t < m->start[j + 1] - 1; t++)
            m->value[t] *= s->scale[m->row[t]] * s->scale[j];
        m->value[m->start[j + 1] - 1] = 1; /* alone, of a coefficient that stays 0 */
    }
    return pg_sparse_factor(ctx, m, PG_PIVOT_VANISHES, s->grounded != NULL);
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
    bool is_clear = true;
    *rank = 0;
    for (size_t i = 0; i < s->matrix.n; i++) {
        const double inverse = s->scale[s->matrix.order[i]] > 0 ? s->matrix.inverse[i] : 0;
        if (!(inverse > 0 && inverse * PG_PIVOT_RANK < 1)) continue;
        is_clear = is_clear && inverse * PG_PIVOT_IS_CLEAR < 1;
        (*rank)++;
    }
    return is_clear;
}
