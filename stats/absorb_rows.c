/* absorb_rows.c  Walks of an absorber of levels: rows in their own order, sums by level in tables: absorb_solve.h.
 * Source: Guimaraes & Portugal (2010), Stata J. 10(4); Ogita, Rump & Oishi (2005) for the sums.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * In the order of the largest effect a column is as many random lines of memory as cells, and the order itself four
 * bytes a row. Here what is left of a row is the columns less the coefficients of all groups; what group 0 has still to
 * take in a level is known after the solve for the rest, from the sorted levels alone. */
#include "core/parallel.h"
#include "core/vector_math.h"
#include "stats/absorb_solve.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { TILE = 512, AHEAD = 12, STRIDE = TILE + AHEAD, MOST_PARTS = 16, LEVEL_ROWS = 40, N_SUMS = PG_SIZE + 1 };

#define PG_FETCH(p) __builtin_prefetch(p)

/* Parts of the rows: each has a table of its own, and all are small beside the columns. */
typedef struct pg_row_part {
    const pg_solving *s;
    pg_range rows;
    size_t n;        /* rows of the tile */
    uint32_t *level; /* [groups x STRIDE] */
    double *w, *x;   /* [TILE], [TILE x lanes] */
    double *sums;    /* [levels of all groups, group 0 first][N_SUMS x lanes] */
    double square[PG_MOST_LANES];
} part;

/* Of a group's first level among those of all. */
static size_t place_of(const pg_absorber *a, size_t g)
{
    return g == 0 ? 0 : a->groups[0].n_levels + a->groups[g].first;
}

/* x -= coefficients of a group */
PG_INLINE void subtract(const uint32_t *restrict level, size_t n, size_t lanes, const double *restrict taken,
                        double *restrict x)
{
    for (size_t i = 0; i < n; i++) {
        PG_FETCH(taken + level[i + AHEAD] * lanes);
        for (size_t v = 0; v < lanes; v++)
            x[i * lanes + v] -= taken[level[i] * lanes + v];
    }
}

/* x = the columns less all coefficients */
PG_INLINE void load(const part *p, size_t first, size_t lanes)
{
    const pg_solving *s = p->s;
    for (size_t v = 0; v < lanes; v++) {
        const double *from = s->from[v], by = s->by[v].first; /* 1, or 0 of a lane that is not used */
        for (size_t i = 0; i < p->n; i++)
            p->x[i * lanes + v] = from[pg_level_row(s->a->levels, first + i)] * by;
    }
    for (size_t g = s->a->n_groups; g-- > 0 && s->correcting;)
        subtract(p->level + g * STRIDE, p->n, lanes, g == 0 ? s->first : s->high + s->a->groups[g].first * lanes, p->x);
    for (size_t g = s->a->n_groups; g-- > 0 && s->low != NULL;)
        subtract(p->level + g * STRIDE, p->n, lanes, s->low + place_of(s->a, g) * lanes, p->x);
}

/* One row into the sums of its level; in arrays of its own, so that lanes become vectors. */
PG_INLINE void add_row(double w, const double *restrict x, size_t lanes, bool weighted, double *restrict sums)
{
    double high[PG_MOST_LANES], low[PG_MOST_LANES], size[PG_MOST_LANES];
    for (size_t v = 0; v < lanes; v++) {
        const pg_two wx = weighted ? pg_two_product(w, x[v]) : (pg_two){ x[v], 0 };
        pg_two sum = { sums[PG_HIGH * lanes + v], sums[PG_LOW * lanes + v] };
        pg_two_add(&sum, wx);
        high[v] = sum.hi;
        low[v] = sum.lo;
        size[v] = sums[PG_SIZE * lanes + v] + fabs(wx.hi);
    }
    for (size_t v = 0; v < lanes; v++)
        sums[PG_HIGH * lanes + v] = high[v];
    for (size_t v = 0; v < lanes; v++)
        sums[PG_LOW * lanes + v] = low[v];
    for (size_t v = 0; v < lanes; v++)
        sums[PG_SIZE * lanes + v] = size[v];
}

PG_INLINE void tally(const part *p, size_t g, size_t lanes, bool weighted)
{
    const uint32_t *level = p->level + g * STRIDE;
    double *sums = p->sums + place_of(p->s->a, g) * N_SUMS * lanes;
    for (size_t i = 0; i < p->n; i++) {
        PG_FETCH(sums + level[i + AHEAD] * N_SUMS * lanes);
        PG_FETCH(sums + level[i + AHEAD] * N_SUMS * lanes + PG_SIZE * lanes);
        add_row(p->w[i], p->x + i * lanes, lanes, weighted, sums + level[i] * N_SUMS * lanes);
    }
}

PG_INLINE void square(part *p, size_t lanes, bool weighted)
{
    double sum[PG_MOST_LANES] = { 0 };
    for (size_t i = 0; i < p->n; i++)
        for (size_t v = 0; v < lanes; v++)
            sum[v] += (weighted ? p->w[i] : 1) * p->x[i * lanes + v] * p->x[i * lanes + v];
    for (size_t v = 0; v < lanes; v++)
        p->square[v] += sum[v];
}

PG_INLINE void walk(part *p, size_t lanes, bool weighted)
{
    const pg_absorber *a = p->s->a;
    const pg_level_source *levels = a->levels;
    for (size_t first = p->rows.first; first < p->rows.end; first += TILE) {
        p->n = p->rows.end - first < TILE ? p->rows.end - first : TILE;
        for (size_t g = 0; g < a->n_groups; g++)
            levels->read(levels->user, a->groups[g].members[0], first, p->n, p->level + g * STRIDE);
        for (size_t i = 0; i < p->n && weighted; i++)
            p->w[i] = a->given[pg_level_row(levels, first + i)] * a->scale.first * a->scale.second;
        load(p, first, lanes);
        square(p, lanes, weighted);
        for (size_t g = 0; g < a->n_groups; g++)
            tally(p, g, lanes, weighted);
    }
}

PG_INLINE void plain(part *p, size_t lanes)
{
    walk(p, lanes, false);
}

PG_INLINE void weighted(part *p, size_t lanes)
{
    walk(p, lanes, true);
}

PG_VECTOR_VERSIONS(plain, part, PG_MOST_LANES)
PG_VECTOR_VERSIONS(weighted, part, PG_MOST_LANES)

static pgdp_status walk_part(pgdp_ctx *ctx, void *user, size_t index)
{
    part *p = (part *)user + index;
    const pg_absorber *a = p->s->a;
    const size_t lanes = p->s->lanes;
    const bool any_weight = a->weight != NULL;
    PG_TRY_ALLOC(ctx, p->level, pg_arena_alloc(&ctx->scratch, a->n_groups * STRIDE, sizeof *p->level));
    PG_TRY_ALLOC(ctx, p->w, pg_arena_uncleared(&ctx->scratch, TILE, sizeof *p->w));
    PG_TRY_ALLOC(ctx, p->x, pg_arena_uncleared(&ctx->scratch, TILE * lanes, sizeof *p->x));
    memset(p->sums, 0, (a->groups[0].n_levels + a->n_rest) * N_SUMS * lanes * sizeof *p->sums);
    if (lanes == 1)
        walk(p, 1, any_weight);
    else if (any_weight)
        weighted_on(pg_vector_unit_here(), p);
    else
        plain_on(pg_vector_unit_here(), p);
    return PGDP_OK;
}

/* All parts' into the first's, in their order. */
static void add_parts(part *parts, size_t n_parts)
{
    const pg_absorber *a = parts[0].s->a;
    const size_t lanes = parts[0].s->lanes, n_levels = a->groups[0].n_levels + a->n_rest;
    for (size_t k = 1; k < n_parts; k++) {
        for (size_t l = 0; l < n_levels; l++) {
            double *to = parts[0].sums + l * N_SUMS * lanes, *from = parts[k].sums + l * N_SUMS * lanes;
            for (size_t v = 0; v < lanes; v++) {
                pg_two sum = { to[PG_HIGH * lanes + v], to[PG_LOW * lanes + v] };
                pg_two_add(&sum, (pg_two){ from[PG_HIGH * lanes + v], from[PG_LOW * lanes + v] });
                to[PG_HIGH * lanes + v] = sum.hi;
                to[PG_LOW * lanes + v] = sum.lo;
                to[PG_SIZE * lanes + v] += from[PG_SIZE * lanes + v];
            }
        }
        for (size_t v = 0; v < lanes; v++)
            parts[0].square[v] += parts[k].square[v];
    }
}

/* Weight of a sorted row. */
PG_INLINE double weight_of(const pg_absorber *a, size_t i, bool weighted)
{
    return weighted ? a->weight[i] : 1;
}

/* What group 0 takes in a level of the run, now that the solve for the rest took c, which stands widened. */
PG_INLINE void take(pg_walker *p, size_t lanes, bool weighted)
{
    const pg_solving *s = p->s;
    const pg_absorber *a = s->a;
    for (size_t l = a->runs[p->run]; l < a->runs[p->run + 1]; l++) {
        const double *restrict sums = s->parts->sums + l * N_SUMS * lanes, unit = a->groups[0].unit[l];
        const size_t begin = a->start[l], n = a->start[l + 1] - begin;
        double left[PG_MOST_LANES];
        for (size_t v = 0; v < lanes; v++)
            left[v] = sums[PG_HIGH * lanes + v] + sums[PG_LOW * lanes + v];
        for (size_t g = 1; g < a->n_groups; g++) {
            const uint32_t *level = pg_group_levels(&a->groups[g], begin, n, p->room);
            const double *restrict c = s->wide + a->groups[g].first * lanes;
            for (size_t i = 0; i < n; i++)
                for (size_t v = 0; v < lanes; v++)
                    left[v] -= weight_of(a, begin + i, weighted) * c[level[i] * lanes + v];
        }
        double *to = (s->low == NULL ? s->first : s->low) + l * lanes;
        for (size_t v = 0; v < lanes; v++)
            to[v] += s->active[v] * unit * unit * left[v];
    }
}

/* Sums of the rest over what M_0 takes in the levels of the run. */
PG_INLINE void spread(pg_walker *p, size_t lanes, bool weighted)
{
    const pg_solving *s = p->s;
    const pg_absorber *a = s->a;
    for (size_t l = a->runs[p->run]; l < a->runs[p->run + 1]; l++) {
        const double *restrict sums = s->parts->sums + l * N_SUMS * lanes, unit = a->groups[0].unit[l];
        const size_t begin = a->start[l], n = a->start[l + 1] - begin;
        double mean[PG_MOST_LANES];
        for (size_t v = 0; v < lanes; v++)
            mean[v] = unit * unit * (sums[PG_HIGH * lanes + v] + sums[PG_LOW * lanes + v]);
        for (size_t g = 1; g < a->n_groups; g++) {
            const uint32_t *level = pg_group_levels(&a->groups[g], begin, n, p->room);
            double *restrict to = p->tally + a->groups[g].first * lanes;
            for (size_t i = 0; i < n; i++)
                for (size_t v = 0; v < lanes; v++)
                    to[level[i] * lanes + v] += weight_of(a, begin + i, weighted) * mean[v];
        }
    }
}

PG_INLINE void pass(pg_walker *p, size_t lanes)
{
    const bool weighted = p->s->a->weight != NULL;
    if (p->s->taking && weighted)
        take(p, lanes, true);
    else if (p->s->taking)
        take(p, lanes, false);
    else if (weighted)
        spread(p, lanes, true);
    else
        spread(p, lanes, false);
}

PG_VECTOR_VERSIONS(pass, pg_walker, PG_MOST_LANES)

static pgdp_status pass_run(pgdp_ctx *ctx, void *user, size_t run)
{
    pg_walker *p = &((pg_solving *)user)->walkers[run];
    (void)ctx;
    memset(p->tally, 0, p->s->a->n_rest * p->s->lanes * sizeof *p->tally);
    if (p->s->lanes == 1)
        pass(p, 1);
    else
        pass_on(pg_vector_unit_here(), p);
    return PGDP_OK;
}

/* Coefficients after a solve. Those of the first one stay: were they rounded anew, so would be what is left, by as much
 * as it takes to hide what a correction does. */
static pgdp_status correct(pgdp_ctx *ctx, pg_solving *s)
{
    const size_t lanes = s->lanes, n_first = s->a->groups[0].n_levels, n_rest = s->a->n_rest;
    s->taking = true;
    pg_widen(s, s->c, s->wide);
    if (s->high == NULL) {
        PG_TRY_ALLOC(ctx, s->high, pg_arena_uncleared(&ctx->scratch, n_rest * lanes, sizeof *s->high));
        memcpy(s->high, s->wide, n_rest * lanes * sizeof *s->high);
        return pg_parallel(ctx, NULL, s->a->n_runs, pass_run, s);
    }
    if (s->low == NULL)
        PG_TRY_ALLOC(ctx, s->low, pg_arena_alloc(&ctx->scratch, (n_first + n_rest) * lanes, sizeof *s->low));
    for (size_t j = 0; j < n_rest * lanes; j++)
        s->low[n_first * lanes + j] += s->wide[j];
    return pg_parallel(ctx, NULL, s->a->n_runs, pass_run, s);
}

void pg_walk_rows_give(const pg_solving *s, size_t v, pg_absorbed *out)
{
    const size_t lanes = s->lanes, n_first = s->a->groups[0].n_levels, n_rest = s->a->n_rest;
    for (size_t l = 0; l < n_first; l++)
        out->first[l] = s->first[l * lanes + v];
    for (size_t j = 0; j < n_rest; j++)
        out->rest[j] = s->high == NULL ? 0 : s->high[j * lanes + v];
    for (size_t l = 0; l < n_first + n_rest; l++)
        out->low[l] = s->low == NULL ? 0 : s->low[l * lanes + v];
}

static pgdp_status parts_new(pgdp_ctx *ctx, pg_solving *s)
{
    const pg_absorber *a = s->a;
    const size_t n_levels = a->groups[0].n_levels + a->n_rest, fitting = a->n_rows / (LEVEL_ROWS * n_levels);
    s->n_parts = fitting < 1 ? 1 : fitting > MOST_PARTS ? MOST_PARTS : fitting;
    PG_TRY_ALLOC(ctx, s->parts, pg_arena_alloc(&ctx->scratch, s->n_parts, sizeof *s->parts));
    for (size_t i = 0; i < s->n_parts; i++) {
        s->parts[i].s = s;
        s->parts[i].rows = (pg_range){ i * a->n_rows / s->n_parts, (i + 1) * a->n_rows / s->n_parts };
        PG_TRY_ALLOC(ctx, s->parts[i].sums,
                     pg_arena_uncleared(&ctx->scratch, n_levels * N_SUMS * s->lanes, sizeof(double)));
    }
    memset(s->first, 0, a->groups[0].n_levels * s->lanes * sizeof *s->first);
    return PGDP_OK;
}

static void measure(pg_solving *s, const double *sums, double unit, const double *size0)
{
    const size_t lanes = s->lanes;
    for (size_t v = 0; v < lanes; v++) {
        const double left = unit * (sums[PG_HIGH * lanes + v] + sums[PG_LOW * lanes + v]);
        const double size = fmax(unit * sums[PG_SIZE * lanes + v], size0[v]);
        const double ratio = size > 0 ? fabs(left) / size : 0;
        if (!(ratio <= s->residual[v])) s->residual[v] = ratio; /* not a number stays */
    }
}

/* Norms, sizes, and what is left of them. */
static void measure_all(pg_solving *s)
{
    const pg_absorber *a = s->a;
    const size_t lanes = s->lanes, one = N_SUMS * lanes, n_first = a->groups[0].n_levels;
    const double *rest = s->parts->sums + n_first * one;
    for (size_t l = 0; l < n_first && s->at_first; l++)
        memcpy(s->level0 + l * lanes, s->parts->sums + l * one + PG_SIZE * lanes, lanes * sizeof *rest);
    for (size_t j = 0; j < a->n_rest && s->at_first; j++)
        memcpy(s->size0 + j * lanes, rest + j * one + PG_SIZE * lanes, lanes * sizeof *rest);
    if (s->at_first) pg_walk_set_sizes(s, s->parts->square);
    memcpy(s->square, s->parts->square, sizeof s->square);
    memset(s->residual, 0, sizeof s->residual);
    for (size_t l = 0; l < n_first; l++)
        measure(s, s->parts->sums + l * one, 1, s->level0 + l * lanes);
    for (size_t g = 1; g < a->n_groups; g++)
        for (size_t j = a->groups[g].first, l = 0; l < a->groups[g].n_levels; j++, l++)
            measure(s, rest + j * one, a->groups[g].unit[l], s->size0 + j * lanes);
}

/* b = Q_r'W M_0 x, and what rounding of an x whose squares are spread evenly makes of it. */
static pgdp_status reduce(pgdp_ctx *ctx, pg_solving *s)
{
    const pg_absorber *a = s->a;
    const size_t lanes = s->lanes, one = N_SUMS * lanes;
    const double *rest = s->parts->sums + a->groups[0].n_levels * one;
    double inverse = 0;
    s->taking = false;
    if (a->n_rest > 0) PG_TRY(pg_parallel(ctx, NULL, a->n_runs, pass_run, s));
    for (size_t j = 0; j < a->n_rest; j++) {
        if (a->diagonal[j] > 0) inverse += 1 / a->diagonal[j];
        for (size_t v = 0; v < lanes; v++) {
            double taken = 0;
            for (size_t run = 0; run < a->n_runs; run++)
                taken += s->walkers[run].tally[j * lanes + v];
            s->b[j * lanes + v] = rest[j * one + PG_HIGH * lanes + v] - taken + rest[j * one + PG_LOW * lanes + v];
        }
    }
    pg_widen(s, s->b, s->b);
    for (size_t v = 0; v < lanes; v++)
        s->noise[v] = DBL_EPSILON / 2 * sqrt(s->square[v] / a->mass * inverse);
    return PGDP_OK;
}

pgdp_status pg_walk_rows(pgdp_ctx *ctx, pg_solving *s)
{
    if (s->at_first) PG_TRY(parts_new(ctx, s));
    if (s->correcting) PG_TRY(correct(ctx, s));
    PG_TRY(pg_parallel(ctx, NULL, s->n_parts, walk_part, s->parts));
    add_parts(s->parts, s->n_parts);
    measure_all(s);
    return reduce(ctx, s);
}
