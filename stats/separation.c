/* separation.c  Rows predicted perfectly: separation.h. Source: Correia, Guimaraes & Zylkin (2019), "Verifying the
 * existence of maximum likelihood estimates for generalized linear models", section 4: the iterative rectifier.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * u = 1 where y = 0 and 0 elsewhere. Fit u by terms and effects with a weight far larger where y > 0, and make the fit
 * of the rows with y = 0 the next u, negative ones set to 0. What stays is a direction along which the likelihood never
 * falls. Where y > 0 the fit is held at 0 by multipliers too (Hestenes 1969), so that the weight need not be huge.
 *
 * Two ends come sooner. All that the fits left adds up to at least 1 - fit in a row with y = 0, and is orthogonal to
 * terms and effects: where every fit is below 1, these are positive multipliers that rule out any such direction. And
 * rows whose fit stays negative for long are held at 0 too: what is found then is found, and the rest is searched anew.
 */
#include "stats/separation.h"

#include "core/parallel.h"
#include "stats/absorb.h"
#include "stats/absorb_system.h"
#include "stats/fit.h"

#include <math.h>
#include <string.h>

enum { PATIENCE = 12, MAX_HOLDS = 20, MAX_MULTIPLIERS = 20 };
static const double heavy = 1e6;        /* weight of rows with y > 0 */
static const double held = 1e-9;        /* largest fit of a row with y > 0 */
static const double on_one_side = 1e-7; /* most negative fit of a row with y = 0 */
static const double below_one = 1 - 1e-6;
static const double well_below = 0.99; /* of a fit from a rough projection, which most samples need no more than */
static const double rough_tol = 1e-8;
static const double apart = 1e-4; /* least fit of a row that is separated */

enum { BELOW = 1, ABOVE = 2, BETWEEN = 3, TILE = 1024 };

/* What the outcomes left in each level of an effect are. */
static void look_at_levels(const pg_levels_of_outcome *q, size_t e, const bool *drop, unsigned char *seen)
{
    uint32_t level[TILE];
    for (size_t first = 0; first < q->n_rows; first += TILE) {
        const size_t n = q->n_rows - first < TILE ? q->n_rows - first : TILE;
        q->levels.read(q->levels.user, e, first, n, level);
        for (size_t i = 0; i < n; i++) {
            const double y = q->y[q->levels.rows == NULL ? first + i : q->levels.rows[first + i]];
            if (!drop[first + i]) seen[level[i]] |= y <= q->low ? BELOW : y >= q->high ? ABOVE : BETWEEN;
        }
    }
}

/* @return was a row dropped? */
static bool drop_rows(const pg_levels_of_outcome *q, size_t e, const unsigned char *seen, bool *drop)
{
    uint32_t level[TILE];
    bool any = false;
    for (size_t l = 0; l < q->effects[e].n_levels; l++)
        any = any || (seen[l] != 0 && seen[l] != BETWEEN);
    for (size_t first = 0; first < q->n_rows && any; first += TILE) {
        const size_t n = q->n_rows - first < TILE ? q->n_rows - first : TILE;
        q->levels.read(q->levels.user, e, first, n, level);
        for (size_t i = 0; i < n; i++)
            drop[first + i] = drop[first + i] || seen[level[i]] != BETWEEN;
    }
    return any;
}

pgdp_status pg_separated_of_levels(pgdp_ctx *ctx, const pg_levels_of_outcome *q, bool *drop)
{
    bool found = true;
    while (found) {
        found = false;
        for (size_t e = 0; e < q->n_effects; e++) {
            const pg_mark mark = pg_arena_mark(&ctx->scratch);
            unsigned char *seen;
            if (q->effects[e].slope != NULL) continue;
            PG_TRY_ALLOC(ctx, seen, pg_arena_alloc(&ctx->scratch, q->effects[e].n_levels, sizeof *seen));
            look_at_levels(q, e, drop, seen);
            found = drop_rows(q, e, seen, drop) || found;
            pg_arena_rewind(&ctx->scratch, mark);
        }
    }
    return PGDP_OK;
}

static void read_level(const void *user, size_t effect, size_t first, size_t n, uint32_t *out)
{
    const pgdp_design *d = user;
    for (size_t i = 0; i < n; i++)
        out[i] = (uint32_t)d->effects[effect].level[first + i];
}

pgdp_status pg_separated_levels(pgdp_ctx *ctx, const pgdp_design *d, double low, double high, bool *drop)
{
    const pg_levels_of_outcome q = { { read_level, d, NULL }, d->effects, d->n_effects, d->y.n, d->y.x, low, high };
    return pg_separated_of_levels(ctx, &q, drop);
}

/* The least-squares fit of any u on terms and effects in the two weights, prepared once. */
typedef struct rectifier {
    const pgdp_design *d;
    size_t n, k;           /* rows and terms left */
    const size_t *rows;    /* [n] of the design */
    const bool *held;      /* [n] the fit is to be 0: y > 0 */
    pg_absorber *absorber; /* NULL: no effects */
    double *x, *w;         /* [n x k] what the effects leave; [n] */
    double **columns;      /* those of x, and left */
    double *r, *scale;     /* Cholesky factor of x'wx with a unit diagonal; [k] */
    bool *skipped;
    double *u, *fitted, *left, *c;
} rectifier;

static pgdp_status renumber_effects(pgdp_ctx *ctx, const rectifier *s, const pgdp_effect **out)
{
    pgdp_effect *effects;
    *out = s->d->effects;
    if (s->n == s->d->y.n) return PGDP_OK;
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, s->d->n_effects, sizeof *effects));
    for (size_t e = 0; e < s->d->n_effects; e++) {
        const pgdp_effect *from = &s->d->effects[e];
        size_t *level, *number, n_levels = 0;
        double *slope = NULL;
        PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, s->n, sizeof *level));
        PG_TRY_ALLOC(ctx, number, pg_arena_alloc(&ctx->scratch, from->n_levels, sizeof *number));
        if (from->slope != NULL) PG_TRY_ALLOC(ctx, slope, pg_arena_alloc(&ctx->scratch, s->n, sizeof *slope));
        for (size_t i = 0; i < s->n; i++) {
            size_t *at = &number[from->level[s->rows[i]]];
            if (*at == 0) *at = ++n_levels;
            level[i] = *at - 1;
            if (slope != NULL) slope[i] = from->slope[s->rows[i]];
        }
        effects[e] = (pgdp_effect){ .name = from->name, .level = level, .n_levels = n_levels, .slope = slope };
    }
    *out = effects;
    return PGDP_OK;
}

static void factorise(rectifier *s)
{
    memset(s->skipped, 0, s->k * sizeof *s->skipped);
    for (size_t j = 0; j < s->k; j++) {
        for (size_t i = 0; i < s->n; i++)
            s->fitted[i] = s->w[i] * s->x[i + j * s->n];
        for (size_t i = 0; i <= j; i++)
            s->r[i + j * s->k] = pg_dot(s->fitted, s->x + i * s->n, s->n);
        s->scale[j] = s->r[j + j * s->k] > 0 ? 1 / sqrt(s->r[j + j * s->k]) : 0;
    }
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = 0; i <= j; i++)
            s->r[i + j * s->k] *= s->scale[i] * s->scale[j];
    pg_cholesky_skipping(s->r, s->k, 1e-11, s->skipped);
}

static pgdp_status prepare(pgdp_ctx *ctx, rectifier *s)
{
    const size_t n = s->n, k = s->k;
    double **const of_rows[] = { &s->w, &s->u, &s->fitted, &s->left };
    for (size_t i = 0; i < sizeof of_rows / sizeof *of_rows; i++)
        PG_TRY_ALLOC(ctx, *of_rows[i], pg_arena_alloc(&ctx->scratch, n, sizeof(double)));
    PG_TRY_ALLOC(ctx, s->c, pg_arena_alloc(&ctx->scratch, k, sizeof *s->c));
    PG_TRY_ALLOC(ctx, s->x, pg_arena_alloc(&ctx->scratch, n * k, sizeof *s->x));
    PG_TRY_ALLOC(ctx, s->columns, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *s->columns));
    PG_TRY_ALLOC(ctx, s->r, pg_arena_alloc(&ctx->scratch, k * k, sizeof *s->r));
    PG_TRY_ALLOC(ctx, s->skipped, pg_arena_alloc(&ctx->scratch, k, sizeof *s->skipped));
    PG_TRY_ALLOC(ctx, s->scale, pg_arena_alloc(&ctx->scratch, k, sizeof *s->scale));
    s->columns[k] = s->left;
    for (size_t j = 0; j < k; j++)
        s->columns[j] = s->x + j * n;
    for (size_t i = 0; i < n; i++) {
        s->w[i] = s->held[i] ? heavy : 1;
        s->u[i] = !s->held[i];
        for (size_t j = 0; j < k; j++)
            s->x[i + j * n] = s->d->x.x[s->rows[i] + j * s->d->y.n];
    }
    if (s->d->n_effects > 0) {
        const pgdp_effect *effects;
        PG_TRY(renumber_effects(ctx, s, &effects));
        PG_TRY(pg_absorber_new(ctx, effects, s->d->n_effects, n, s->w, &s->absorber));
    }
    return PGDP_OK;
}

/* fitted = u less what terms leave of what the effects left; the normal equations once more for what rounding left. */
static void fit_terms(rectifier *s)
{
    const pg_schur system = { .n = s->k, .r = s->r, .scale = s->scale, .skipped = s->skipped };
    for (int pass = 0; pass < 2 && s->k > 0; pass++) {
        for (size_t i = 0; i < s->n; i++)
            s->fitted[i] = s->w[i] * s->left[i];
        for (size_t j = 0; j < s->k; j++)
            s->c[j] = pg_dot(s->fitted, s->x + j * s->n, s->n);
        pg_schur_solve(&system, s->c);
        for (size_t j = 0; j < s->k; j++)
            for (size_t i = 0; i < s->n; i++)
                s->left[i] -= s->c[j] * s->x[i + j * s->n];
    }
    for (size_t i = 0; i < s->n; i++)
        s->fitted[i] = s->u[i] - s->left[i];
}

static pgdp_status fit(pgdp_ctx *ctx, rectifier *s)
{
    memcpy(s->left, s->u, s->n * sizeof *s->u);
    if (s->absorber != NULL) PG_TRY(pg_absorb(ctx, s->absorber, &s->left, 1, 1e-11, NULL));
    fit_terms(s);
    return PGDP_OK;
}

/* Of the rows that are not held. */
static double largest_fit(const rectifier *s)
{
    double largest = 0;
    for (size_t i = 0; i < s->n; i++)
        if (!s->held[i]) largest = fmax(largest, s->fitted[i]);
    return largest;
}

/* Does a first fit rule out any direction? With effects, a rough one is tried before one with all digits: margin and
 * tolerance leave it as sure. */
static pgdp_status look(pgdp_ctx *ctx, rectifier *s, bool *none)
{
    memcpy(s->left, s->u, s->n * sizeof *s->u);
    if (s->absorber != NULL) PG_TRY(pg_absorb(ctx, s->absorber, s->columns, s->k + 1, rough_tol, NULL));
    factorise(s);
    fit_terms(s);
    *none = largest_fit(s) < well_below;
    if (*none || s->absorber == NULL) return PGDP_OK;
    PG_TRY(pg_absorb(ctx, s->absorber, s->columns, s->k, 0, NULL));
    factorise(s);
    return PGDP_OK;
}

/* The fit with rows of y > 0 at 0: their u takes the opposite of what was fitted until nothing is. */
static pgdp_status fit_held(pgdp_ctx *ctx, rectifier *s, double *worst)
{
    for (size_t i = 0; i < s->n; i++)
        if (s->held[i]) s->u[i] = 0;
    for (int step = 0; step < MAX_MULTIPLIERS; step++) {
        PG_TRY(fit(ctx, s));
        *worst = 0;
        for (size_t i = 0; i < s->n; i++)
            if (s->held[i]) *worst = fmax(*worst, fabs(s->fitted[i]));
        if (*worst <= held || largest_fit(s) < below_one) break;
        for (size_t i = 0; i < s->n; i++)
            if (s->held[i]) s->u[i] -= s->fitted[i];
    }
    return PGDP_OK;
}

typedef enum outcome { NONE, FOUND, UNDECIDED } outcome;

/* FOUND: the fit is a certificate; NONE: there is none. */
static pgdp_status rectify(pgdp_ctx *ctx, rectifier *s, outcome *out)
{
    bool none;
    PG_TRY(look(ctx, s, &none));
    *out = none ? NONE : UNDECIDED;
    for (int step = 0; step < PATIENCE && !none; step++) {
        double worst, lowest = 0;
        PG_TRY(fit_held(ctx, s, &worst));
        const double highest = largest_fit(s);
        for (size_t i = 0; i < s->n; i++) {
            if (s->held[i]) continue;
            lowest = fmin(lowest, s->fitted[i]);
            s->u[i] = fmax(s->fitted[i], 0);
        }
        if (highest < below_one) {
            *out = NONE;
            return PGDP_OK;
        }
        if (lowest >= -on_one_side && worst <= held) {
            *out = FOUND;
            return PGDP_OK;
        }
    }
    return PGDP_OK;
}

/* One search over the rows left: *n_found of them are dropped. */
static pgdp_status search(pgdp_ctx *ctx, const pgdp_design *d, bool *drop, size_t *n_found)
{
    rectifier s = { .d = d, .k = d->x.n_cols };
    size_t *rows, n_free = 0;
    bool *at_zero;
    *n_found = 0;
    PG_TRY_ALLOC(ctx, rows, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *rows));
    PG_TRY_ALLOC(ctx, at_zero, pg_arena_alloc(&ctx->scratch, d->y.n, sizeof *at_zero));
    for (size_t i = 0; i < d->y.n; i++) {
        if (drop[i]) continue;
        at_zero[s.n] = d->y.x[i] > 0;
        n_free += !at_zero[s.n];
        rows[s.n++] = i;
    }
    s.rows = rows;
    s.held = at_zero;
    if (n_free == s.n) return PGDP_OK; /* the caller refuses an outcome of zeros */
    for (int hold = 0; hold < MAX_HOLDS && n_free > 0; hold++) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        outcome how;
        PG_TRY(prepare(ctx, &s));
        PG_TRY(rectify(ctx, &s, &how));
        for (size_t i = 0; i < s.n; i++) {
            if (at_zero[i]) continue;
            if (how == FOUND && s.fitted[i] > apart) {
                drop[rows[i]] = true;
                (*n_found)++;
            } else if (how == UNDECIDED && s.fitted[i] < -on_one_side) {
                at_zero[i] = true;
                n_free--;
            }
        }
        pg_arena_rewind(&ctx->scratch, mark);
        if (how != UNDECIDED) return PGDP_OK;
    }
    return PGDP_OK;
}

pgdp_status pg_separated_zeros(pgdp_ctx *ctx, const pgdp_design *d, bool *drop)
{
    size_t n_found = 1;
    while (n_found > 0) {
        const pg_mark mark = pg_arena_mark(&ctx->scratch);
        PG_TRY(pg_separated_levels(ctx, d, 0, HUGE_VAL, drop));
        PG_TRY(search(ctx, d, drop, &n_found));
        pg_arena_rewind(&ctx->scratch, mark);
    }
    return PGDP_OK;
}
