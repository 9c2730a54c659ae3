/* stream_glm_pass.c  Passes over the rows of a generalised linear model, in their order: stream_glm.h.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Parts of the rows add up tables of their own, which are added in order: the same bits for every number of threads.
 * Four lanes, of up to three terms, are compiled for vector instructions. */
#include "core/parallel.h"
#include "core/vector_math.h"
#include "stats/stream_glm.h"
#include "stats/two_double.h"

#include <math.h>
#include <string.h>

enum { TILE = PG_GLM_TILE, FEW_LANES = 4 };

/* Rows of a tile with their levels. */
typedef struct tile {
    const pg_level_glm *s;
    pg_glm_part *part;
    size_t n, first;
    const double *w;
    const double **x, *y, *prior, *offset; /* of the tile's rows; x [k] */
    double *gathered;                      /* [TILE x (k + 3)] of these, where rows are listed */
    double *e;                             /* [TILE x lanes] the columns, then what the effects leave of them */
    double *rooted, *square;               /* of more than four lanes: e times the root of w; [lanes x lanes] */
    const double *p;
    size_t f; /* of a cross pass: the effect that p is of */
    uint32_t level[PG_GLM_EFFECTS][TILE];
} tile;

static size_t stride_of(const pg_level_glm *s)
{
    return s->lanes + PG_GLM_BESIDE;
}

static void read_levels(const pg_level_glm *s, size_t first, size_t n, tile *t)
{
    t->s = s;
    t->first = first;
    t->n = n;
    t->w = s->w + first;
    for (size_t f = 0; f < s->n_effects; f++) {
        const uint16_t *narrow = s->narrow[f];
        if (narrow == NULL) {
            memcpy(t->level[f], s->wide[f] + first, n * sizeof *t->level[f]);
            continue;
        }
        for (size_t i = 0; i < n; i++)
            t->level[f][i] = narrow[first + i];
    }
}

static pgdp_status columns_new(pgdp_ctx *ctx, const pg_level_glm *s, tile *t)
{
    PG_TRY_ALLOC(ctx, t->x, pg_arena_alloc(&ctx->scratch, s->k, sizeof *t->x));
    if (s->rows != NULL)
        PG_TRY_ALLOC(ctx, t->gathered, pg_arena_uncleared(&ctx->scratch, TILE * (s->k + 3), sizeof *t->gathered));
    return PGDP_OK;
}

/* A column's rows of the tile: where they stand, or in its room. */
static const double *show(const tile *t, const double *values, size_t room)
{
    const uint32_t *rows = t->s->rows == NULL ? NULL : t->s->rows + t->first;
    double *to = t->gathered + room * TILE;
    if (rows == NULL || values == NULL) return values == NULL ? NULL : values + t->first;
    for (size_t i = 0; i < t->n; i++)
        to[i] = values[rows[i]];
    return to;
}

static void show_columns(tile *t)
{
    const pg_level_glm *s = t->s;
    for (size_t j = 0; j < s->k; j++)
        t->x[j] = show(t, s->x[j], j);
    t->y = show(t, s->y, s->k);
    t->prior = show(t, s->prior, s->k + 1);
    t->offset = show(t, s->offset, s->k + 2);
}

/* eta of the tile, and its step. */
static void reach(const tile *t, double *eta, double *step)
{
    const pg_level_glm *s = t->s;
    const size_t stride = stride_of(s);
    memset(step, 0, t->n * sizeof *step);
    for (size_t i = 0; i < t->n; i++)
        eta[i] = t->offset == NULL ? 0 : t->offset[i];
    for (size_t j = 0; j < s->k; j++) {
        const double *x = t->x[j];
        for (size_t i = 0; i < t->n; i++) {
            eta[i] += x[i] * s->b[j];
            step[i] += x[i] * s->db[j];
        }
    }
    for (size_t f = 0; f < s->n_effects; f++) {
        const double *beside = s->coef[f] + s->lanes;
        for (size_t i = 0; i < t->n; i++) {
            eta[i] += beside[t->level[f][i] * stride + PG_GLM_ETA];
            step[i] += beside[t->level[f][i] * stride + PG_GLM_STEP];
        }
    }
}

/* Weights and r at eta; r is that of the lane, with all of eta at first. @return the loss */
static double weigh(const tile *t, const double *eta, double *w, double *r)
{
    const pg_level_glm *s = t->s;
    double mean[TILE], slope[TILE], variance[TILE], loss[TILE];
    s->family->at(eta, t->n, mean, slope, variance);
    s->family->loss(t->y, eta, mean, t->n, loss);
    for (size_t i = 0; i < t->n; i++) {
        const double prior = t->prior == NULL ? 1 : t->prior[i], y = t->y[i];
        w[i] = prior * slope[i] * (slope[i] / variance[i]);
        r[i] = (y - mean[i]) / slope[i];
        loss[i] *= prior;
    }
    for (size_t i = 0; i < t->n && s->first; i++)
        r[i] += eta[i] - (t->offset == NULL ? 0 : t->offset[i]);
    return pg_sum(loss, t->n);
}

static void begin(const tile *t, double *eta)
{
    for (size_t i = 0; i < t->n; i++)
        eta[i] = t->s->family->start(t->y[i], t->s->average);
}

/* The terms and r side by side. */
static void line_up(const tile *t, const double *r)
{
    const pg_level_glm *s = t->s;
    for (size_t j = 0; j < s->k; j++)
        for (size_t i = 0; i < t->n; i++)
            t->e[i * s->lanes + j] = t->x[j][i];
    for (size_t i = 0; i < t->n; i++)
        t->e[i * s->lanes + s->k] = r[i];
}

PG_INLINE void leave(const tile *t, size_t lanes)
{
    for (size_t f = 0; f < t->s->n_effects; f++) {
        const double *restrict coef = t->s->coef[f];
        const uint32_t *restrict level = t->level[f];
        double *restrict e = t->e;
        for (size_t i = 0; i < t->n; i++)
            for (size_t v = 0; v < lanes; v++)
                e[i * lanes + v] -= coef[level[i] * (lanes + PG_GLM_BESIDE) + v];
    }
}

/* Of four lanes: a product by BLAS would take longer. */
PG_INLINE void add_gram(const tile *t)
{
    double *restrict gram = t->part->gram;
    const double *restrict e = t->e, *restrict w = t->w;
    for (size_t u = 0; u <= t->s->k; u++) {
        double row[FEW_LANES] = { 0 };
        for (size_t i = 0; i < t->n; i++) {
            const double we = w[i] * e[i * FEW_LANES + u];
            for (size_t v = 0; v < FEW_LANES; v++)
                row[v] += we * e[i * FEW_LANES + v];
        }
        for (size_t v = 0; v < FEW_LANES; v++)
            gram[u * FEW_LANES + v] += row[v];
    }
}

static void add_wide_gram(const tile *t)
{
    const size_t lanes = t->s->lanes;
    const pg_matrix a = pg_matrix_of(t->rooted, lanes, t->n), square = pg_matrix_of(t->square, lanes, lanes);
    for (size_t i = 0; i < t->n; i++) {
        const double root = sqrt(t->w[i]);
        for (size_t v = 0; v < lanes; v++)
            a.x[i * lanes + v] = root * t->e[i * lanes + v];
    }
    pg_times_transposed(a, a, square);
    for (size_t i = 0; i < lanes * lanes; i++)
        t->part->gram[i] += square.x[i];
}

PG_INLINE void add_sums(const tile *t, size_t f, size_t lanes, bool exact)
{
    const uint32_t *restrict level = t->level[f];
    const double *restrict e = t->e, *restrict w = t->w;
    double *restrict weight = t->part->weight[f], *restrict sums = t->part->sum[f];
    const size_t width = exact ? 3 * lanes : lanes;
    for (size_t i = 0; i < t->n; i++) {
        double *restrict to = sums + level[i] * width;
        weight[level[i]] += w[i];
        for (size_t v = 0; v < lanes && !exact; v++)
            to[v] += w[i] * e[i * lanes + v];
        for (size_t v = 0; v < lanes && exact; v++) {
            const pg_two sum = pg_two_sum(to[v], w[i] * e[i * lanes + v]);
            to[v] = sum.hi;
            to[lanes + v] += sum.lo;
            to[2 * lanes + v] += fabs(w[i] * e[i * lanes + v]);
        }
    }
}

PG_INLINE void take_in(tile *t, size_t lanes)
{
    leave(t, lanes);
    if (lanes == FEW_LANES) add_gram(t);
    for (size_t f = 0; f < t->s->n_effects; f++) {
        if (t->s->exact)
            add_sums(t, f, lanes, true);
        else
            add_sums(t, f, lanes, false);
    }
}

PG_INLINE void cross(tile *t, size_t lanes)
{
    const uint32_t *restrict from = t->level[t->f], *restrict to = t->level[1 - t->f];
    const double *restrict p = t->p, *restrict w = t->w;
    double *restrict out = t->part->sum[1 - t->f];
    for (size_t i = 0; i < t->n; i++)
        for (size_t v = 0; v < lanes; v++)
            out[to[i] * lanes + v] += w[i] * p[from[i] * lanes + v];
}

PG_VECTOR_VERSIONS(take_in, tile, FEW_LANES)
PG_VECTOR_VERSIONS(cross, tile, FEW_LANES)

static void add_tile(tile *t)
{
    if (t->s->lanes == FEW_LANES) {
        take_in_on(pg_vector_unit_here(), t);
        return;
    }
    take_in(t, t->s->lanes);
    add_wide_gram(t);
}

static pg_range rows_of(const pg_level_glm *s, size_t part)
{
    const size_t n_tiles = pg_n_blocks(s->n, TILE), end = (part + 1) * n_tiles / s->n_parts * TILE;
    return (pg_range){ part * n_tiles / s->n_parts * TILE, end < s->n ? end : s->n };
}

static void clear(const pg_level_glm *s, pg_glm_part *p)
{
    const size_t width = s->exact ? 3 * s->lanes : s->lanes;
    for (size_t f = 0; f < s->n_effects; f++) {
        memset(p->sum[f], 0, s->n_levels[f] * width * sizeof(double));
        memset(p->weight[f], 0, s->n_levels[f] * sizeof(double));
    }
    memset(p->gram, 0, s->lanes * s->lanes * sizeof(double));
    p->loss = p->mass = p->square = p->largest = 0;
    p->finite = true;
}

static pgdp_status evaluate_part(pgdp_ctx *ctx, void *user, size_t part)
{
    pg_level_glm *s = user;
    pg_glm_part *p = &s->parts[part];
    const pg_range rows = rows_of(s, part);
    tile t = { .part = p };
    PG_TRY_ALLOC(ctx, t.e, pg_arena_alloc(&ctx->scratch, TILE * s->lanes, sizeof *t.e));
    PG_TRY_ALLOC(ctx, t.rooted, pg_arena_alloc(&ctx->scratch, TILE * s->lanes, sizeof *t.rooted));
    PG_TRY_ALLOC(ctx, t.square, pg_arena_alloc(&ctx->scratch, s->lanes * s->lanes, sizeof *t.square));
    PG_TRY(columns_new(ctx, s, &t));
    clear(s, p);
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        double eta[TILE], step[TILE], r[TILE], *w = s->w + first;
        read_levels(s, first, rows.end - first < TILE ? rows.end - first : TILE, &t);
        show_columns(&t);
        reach(&t, eta, step);
        if (s->first) begin(&t, eta);
        p->loss += weigh(&t, eta, w, r);
        for (size_t i = 0; i < t.n; i++) {
            p->mass += w[i];
            p->square += w[i] * step[i] * step[i];
            p->largest = fabs(step[i]) > p->largest ? fabs(step[i]) : p->largest;
            p->finite = p->finite && isfinite(w[i]) && isfinite(r[i]);
        }
        line_up(&t, r);
        add_tile(&t);
    }
    return PGDP_OK;
}

/* A part's tables of effect f into all. */
static void add_part(const pg_level_glm *s, const pg_glm_part *p, size_t f)
{
    const size_t lanes = s->lanes, width = s->exact ? 3 * lanes : lanes;
    for (size_t l = 0; l < s->n_levels[f]; l++) {
        double *to = s->sum[f] + l * 3 * lanes;
        const double *from = p->sum[f] + l * width;
        s->weight[f][l] += p->weight[f][l];
        for (size_t v = 0; v < lanes; v++) {
            const pg_two sum = pg_two_sum(to[v], from[v]);
            to[v] = sum.hi;
            to[lanes + v] += sum.lo + (s->exact ? from[lanes + v] : 0);
            to[2 * lanes + v] += s->exact ? from[2 * lanes + v] : 0;
        }
    }
}

pgdp_status pg_glm_evaluate(pgdp_ctx *ctx, pg_level_glm *s, bool *finite)
{
    const size_t lanes = s->lanes;
    PG_TRY(pg_parallel(ctx, NULL, s->n_parts, evaluate_part, s));
    *finite = true;
    s->loss = s->mass = s->square = s->largest = 0;
    memset(s->gram, 0, lanes * lanes * sizeof *s->gram);
    for (size_t f = 0; f < s->n_effects; f++) {
        memset(s->sum[f], 0, s->n_levels[f] * 3 * lanes * sizeof(double));
        memset(s->weight[f], 0, s->n_levels[f] * sizeof(double));
    }
    for (size_t part = 0; part < s->n_parts; part++) {
        const pg_glm_part *p = &s->parts[part];
        *finite = *finite && p->finite;
        s->loss += p->loss;
        s->mass += p->mass;
        s->square += p->square;
        s->largest = fmax(s->largest, p->largest);
        for (size_t i = 0; i < lanes * lanes; i++)
            s->gram[i] += p->gram[i];
        for (size_t f = 0; f < s->n_effects; f++)
            add_part(s, p, f);
    }
    *finite = *finite && isfinite(s->loss);
    return PGDP_OK;
}

typedef struct crossing {
    pg_level_glm *s;
    const double *p;
    size_t f;
} crossing;

static pgdp_status cross_part(pgdp_ctx *ctx, void *user, size_t part)
{
    const crossing *c = user;
    const pg_level_glm *s = c->s;
    const pg_range rows = rows_of(s, part);
    const size_t other = 1 - c->f;
    tile t = { .part = &s->parts[part], .p = c->p, .f = c->f };
    (void)ctx;
    memset(t.part->sum[other], 0, s->n_levels[other] * s->lanes * sizeof(double));
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        read_levels(s, first, rows.end - first < TILE ? rows.end - first : TILE, &t);
        if (s->lanes == FEW_LANES)
            cross_on(pg_vector_unit_here(), &t);
        else
            cross(&t, s->lanes);
    }
    return PGDP_OK;
}

pgdp_status pg_glm_cross(pgdp_ctx *ctx, pg_level_glm *s, size_t f, const double *p, double *out)
{
    const size_t other = 1 - f, size = s->n_levels[other] * s->lanes;
    crossing c = { s, p, f };
    PG_TRY(pg_parallel(ctx, NULL, s->n_parts, cross_part, &c));
    memcpy(out, s->parts[0].sum[other], size * sizeof *out);
    for (size_t part = 1; part < s->n_parts; part++)
        for (size_t i = 0; i < size; i++)
            out[i] += s->parts[part].sum[other][i];
    return PGDP_OK;
}

pgdp_status pg_glm_rows(pgdp_ctx *ctx, const pg_level_glm *s, pg_range rows, double *out)
{
    const size_t width = stride_of(s), stride = rows.end - rows.first;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    tile t = { .s = s };
    PG_TRY(columns_new(ctx, s, &t));
    for (size_t first = rows.first; first < rows.end; first += TILE, out += TILE) {
        double eta[TILE], step[TILE], w[TILE], r[TILE];
        read_levels(s, first, rows.end - first < TILE ? rows.end - first : TILE, &t);
        show_columns(&t);
        reach(&t, eta, step);
        (void)weigh(&t, eta, w, r);
        for (size_t j = 0; j <= s->k; j++) {
            const double *column = j < s->k ? t.x[j] : r;
            double *to = out + j * stride;
            for (size_t i = 0; i < t.n; i++)
                to[i] = column[i] - s->coef[0][t.level[0][i] * width + j];
            for (size_t i = 0; i < t.n && s->n_effects > 1; i++)
                to[i] -= s->coef[1][t.level[1][i] * width + j];
        }
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}
