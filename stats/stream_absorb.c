/* stream_absorb.c  The triangle of what absorbed intercepts leave of a frame's columns, by blocks of rows:
 * stream_fit.h. Source: Frisch & Waugh (1933), Econometrica 1(4); Lovell (1963), J. Am. Stat. Assoc. 58.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the effects leave is never stored, and neither are levels by row: a block's rows are columns of the frame less
 * what the level of each effect takes, which absorb_solve.h has found. */
#include "stats/stream_absorb.h"
#include "core/parallel.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { TILE = 512 };
static const double least_left = 1e-6; /* of a column beside the effects, and of that beside the columns before it */

/* What the rows alone can do, as far as the words tell. */
static bool is_left_to_rows(const pg_formula *formula, const pg_design_request *request)
{
    const char *vcov = request->vcov->vcov->name;
    pg_formula without = *formula;
    without.n_effects = 0;
    const bool iterated = pg_glm_family_of(request->estimator->name) != NULL && formula->n_effects <= PG_GLM_EFFECTS;
    const bool offset = pg_streq(request->estimator->name, "poisson"); /* that of logit takes a fit without terms */
    return (request->spec->offset != NULL && !offset) || pg_streq(vcov, "HC2") || pg_streq(vcov, "HC3") ||
           (request->estimator->absorb != PGDP_ABSORB_PARTIAL_OUT && !iterated) ||
           pg_stream_refuses(&without, request) != NULL;
}

/* The columns in the order of pg_stream_blocks(), with names and numbers in the stream. @return in *good: each term is
 * a column */
static pgdp_status list_columns(pgdp_ctx *ctx, const pg_formula *formula, pg_absorbing *t, bool *good)
{
    const pg_columns *const parts[] = { &t->found.exogenous, &t->found.endogenous, &t->found.instruments };
    pg_stream *s = &t->behind->stream;
    const pg_rows any = { .n = t->rows.n };
    size_t at = 1, n[3];
    for (size_t p = 0; p < 3; p++)
        for (size_t i = 0; i < parts[p]->terms->n; i++)
            *good = *good && pg_columns_number(parts[p], i) != NULL;
    if (!*good) return PGDP_OK;
    for (size_t p = 0; p < 3; p++)
        PG_TRY(pg_columns_size(ctx, parts[p], &any, &n[p]));
    s->n_terms = n[0];
    s->n_endogenous = n[1];
    s->n_instruments = n[2];
    s->n_cols = 2 + n[0] + n[1] + n[2];
    PG_TRY_ALLOC(ctx, s->names, pg_arena_alloc(&ctx->scratch, s->n_cols, sizeof *s->names));
    PG_TRY_ALLOC(ctx, t->from, pg_arena_alloc(&ctx->scratch, s->n_cols, sizeof *t->from));
    s->names[0] = "(Intercept)";
    for (size_t p = 0; p < 3; p++) {
        PG_TRY(pg_columns_name(ctx, parts[p], s->names + at));
        for (size_t i = 0; i < n[p]; i++)
            t->from[at++] = pg_columns_number(parts[p], i);
    }
    PG_TRY_ALLOC(ctx, s->names[at], pg_expr_text(&ctx->scratch, formula->outcome));
    s->weight_kind = t->found.weight_kind;
    t->from[at] = t->found.outcome;
    return PGDP_OK;
}

pgdp_status pg_absorbing_effects(pgdp_ctx *ctx, const pg_absorbing *t, pgdp_effect **out)
{
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, t->found.n_effects, sizeof **out));
    for (size_t i = 0; i < t->found.n_effects; i++)
        (*out)[i] = (pgdp_effect){ .name = t->found.effects[i].name, .n_levels = t->rows.codes[i].n_levels };
    return PGDP_OK;
}

void pg_absorbing_read(const void *user, size_t effect, size_t first, size_t n, uint32_t *out)
{
    pg_level_codes_read(&((const pg_used_rows *)user)->codes[effect], first, n, out);
}

/* Coefficients of each effect, those of all columns side by side. */
static void keep(const pg_absorber *a, const pg_absorbed *columns, size_t n, pg_absorbing *t)
{
    for (size_t g = 0; g < a->n_groups; g++) {
        const pg_effect_group *group = &a->groups[g];
        const size_t e = group->members[0];
        t->order[a->n_groups - 1 - g] = e;
        for (size_t j = 0; j < n; j++) {
            const double *from = g == 0 ? columns[j].first : columns[j].rest + group->first;
            const double *low = columns[j].low + (g == 0 ? 0 : a->groups[0].n_levels + group->first);
            for (size_t l = 0; l < group->n_levels; l++) {
                t->taken[e][l * n + j] = from[l];
                t->low[e][l * n + j] = low[l];
                t->any_low = t->any_low || fabs(low[l]) > 0;
            }
        }
    }
}

/* What the effects take from every column. @return in *good: all converged */
static pgdp_status solve(pgdp_ctx *ctx, pg_absorbing *t, pg_behind_effects *e, bool *good)
{
    const size_t n = t->behind->stream.n_cols - 1;
    const pg_level_source levels = { pg_absorbing_read, &t->rows, t->rows.rows };
    pgdp_effect *effects;
    pg_absorbed *columns;
    pg_absorber *a;
    PG_TRY(pg_absorbing_effects(ctx, t, &effects));
    e->effects = effects;
    for (size_t i = 0; i < e->n; i++) {
        PG_TRY_ALLOC(ctx, t->taken[i], pg_arena_uncleared(&ctx->scratch, effects[i].n_levels * n, sizeof(double)));
        PG_TRY_ALLOC(ctx, t->low[i], pg_arena_uncleared(&ctx->scratch, effects[i].n_levels * n, sizeof(double)));
    }
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_absorber_of_levels(ctx, effects, e->n, t->rows.n, t->found.weights, &levels, &a));
    e->rank = pg_absorber_rank(a, &e->rank_is_bound);
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n, sizeof *columns));
    for (size_t j = 0; j < n; j++) {
        const size_t n_first = a->groups[0].n_levels;
        columns[j].from = t->from[j + 1];
        PG_TRY_ALLOC(ctx, columns[j].first, pg_arena_uncleared(&ctx->scratch, n_first, sizeof(double)));
        PG_TRY_ALLOC(ctx, columns[j].low, pg_arena_uncleared(&ctx->scratch, n_first + a->n_rest, sizeof(double)));
        PG_TRY_ALLOC(ctx, columns[j].rest, pg_arena_uncleared(&ctx->scratch, a->n_rest, sizeof(double)));
    }
    PG_TRY(pg_absorb_all(ctx, a, columns, n, 0));
    for (size_t j = 0; j < n; j++)
        *good = *good && columns[j].converged;
    if (*good) PG_TRY(pg_absorb_summarise(ctx, columns, n, &e->how));
    if (*good) keep(a, columns, n, t);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* What an effect takes of n rows of m columns, stride `stride`. */
static void take(const double *taken, const uint32_t *level, size_t n, size_t m, size_t stride, double *x)
{
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j < m; j++)
            x[i + j * stride] -= taken[level[i] * m + j];
}

/* Rows [first, first + n) of the columns but the constant less their effects. */
static void fill_tile(const pg_absorbing *t, size_t first, size_t n, size_t stride, double *out)
{
    const size_t m = t->behind->stream.n_cols - 1, n_effects = t->found.n_effects;
    uint32_t level[PG_MOST_STREAM_EFFECTS][TILE];
    for (size_t j = 0; j < m; j++)
        pg_used_rows_gather(&t->rows, t->from[j + 1], first, n, out + j * stride);
    for (size_t k = 0; k < n_effects; k++) {
        pg_level_codes_read(&t->rows.codes[t->order[k]], first, n, level[k]);
        take(t->taken[t->order[k]], level[k], n, m, stride, out);
    }
    for (size_t k = 0; k < n_effects && t->any_low; k++)
        take(t->low[t->order[k]], level[k], n, m, stride, out);
}

static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, bool cells, pg_block_rows *out)
{
    const pg_absorbing *t = user;
    const pg_range rows = pg_block_range(t->rows.n, PGDP_BLOCK_ROWS, block);
    const size_t n = rows.end - rows.first, n_cols = t->behind->stream.n_cols;
    double *x, *weight;
    uint32_t *cell;
    PG_TRY_ALLOC(ctx, x, pg_arena_uncleared(&ctx->scratch, n * n_cols, sizeof *x));
    *out = (pg_block_rows){ .n = n, .x = pg_matrix_of(x, n, n_cols) };
    for (size_t i = 0; i < n; i++)
        x[i] = 1;
    if (t->steps != NULL) PG_TRY(pg_glm_rows(ctx, t->steps, rows, x + n));
    for (size_t first = 0; first < n && t->steps == NULL; first += TILE)
        fill_tile(t, rows.first + first, n - first < TILE ? n - first : TILE, n, x + n + first);
    if (t->steps != NULL) {
        out->weight = t->steps->w + rows.first;
    } else if (t->found.weights != NULL) {
        PG_TRY_ALLOC(ctx, weight, pg_arena_uncleared(&ctx->scratch, n, sizeof *weight));
        pg_used_rows_gather(&t->rows, t->found.weights, rows.first, n, weight);
        out->weight = weight;
    }
    if (!cells || t->rows.cluster == PGDP_NONE) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cell, pg_arena_uncleared(&ctx->scratch, n, sizeof *cell));
    pg_level_codes_read(&t->rows.codes[t->rows.cluster], rows.first, n, cell);
    out->cell = cell;
    return PGDP_OK;
}

static pgdp_status fill_without_cells(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    return fill(ctx, user, block, false, out);
}

/* Weights, their column's mean, and squares about it. */
typedef struct moments {
    double weight, mean, square;
} moments;

/* Source: Chan, Golub & LeVeque (1983), Am. Stat. 37(3), equation 2.1. */
static void merge(moments *to, moments part)
{
    const double weight = to->weight + part.weight, distance = part.mean - to->mean;
    if (!(part.weight > 0)) return;
    to->mean += distance * (part.weight / weight);
    to->square += part.square + distance * distance * (to->weight * (part.weight / weight));
    to->weight = weight;
}

/* Of the columns as they are, by block. */
typedef struct summing {
    const pg_absorbing *t;
    moments *of; /* [n_blocks x n_cols] */
} summing;

static moments moments_of_tile(const double *x, const double *w, size_t n)
{
    double e[TILE], we[TILE];
    moments m = { .weight = w == NULL ? (double)n : pg_sum(w, n) };
    m.mean = (w == NULL ? pg_sum(x, n) : pg_dot(w, x, n)) / m.weight;
    for (size_t i = 0; i < n; i++) {
        e[i] = x[i] - m.mean;
        we[i] = w == NULL ? e[i] : w[i] * e[i];
    }
    m.square = pg_dot(we, e, n);
    return m;
}

static pgdp_status sum_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const summing *s = user;
    const pg_absorbing *t = s->t;
    const pg_range rows = pg_block_range(t->rows.n, PGDP_BLOCK_ROWS, block);
    const size_t n_cols = t->behind->stream.n_cols;
    const bool weighted = t->found.weights != NULL;
    (void)ctx;
    for (size_t j = 1; j < n_cols; j++) {
        for (size_t first = rows.first; first < rows.end; first += TILE) {
            const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
            double x[TILE], w[TILE];
            pg_used_rows_gather(&t->rows, t->from[j], first, n, x);
            if (weighted) pg_used_rows_gather(&t->rows, t->found.weights, first, n, w);
            merge(&s->of[block * n_cols + j], moments_of_tile(x, weighted ? w : NULL, n));
        }
    }
    return PGDP_OK;
}

/* Do effects and the columns before leave enough of each column? Where they do not, rounding has a say. And the
 * outcome's squares about its mean. */
static pgdp_status judge(pgdp_ctx *ctx, const pg_absorbing *t, double *total, bool *good)
{
    const pg_matrix r = t->behind->r;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    summing s = { .t = t };
    PG_TRY_ALLOC(ctx, s.of, pg_arena_alloc(&ctx->scratch, t->behind->n_blocks * r.n_cols, sizeof *s.of));
    PG_TRY(pg_parallel(ctx, NULL, t->behind->n_blocks, sum_block, &s));
    for (size_t j = 1; j < r.n_cols; j++) {
        const double *column = r.x + j * r.stride;
        moments m = { 0 };
        double left = 0;
        for (size_t b = 0; b < t->behind->n_blocks; b++)
            merge(&m, s.of[b * r.n_cols + j]);
        for (size_t i = 0; i <= j; i++)
            left += column[i] * column[i];
        *good = *good && left > least_left * least_left * (m.square + m.weight * m.mean * m.mean) &&
                fabs(column[j]) > least_left * sqrt(left);
        *total = m.square; /* of the last column in the end, which is the outcome */
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* One cell a cluster; which effects' levels each lie within one. */
static pgdp_status find_cells(pgdp_ctx *ctx, const pg_absorbing *t, pg_behind_effects *e)
{
    pg_cells *cells = &t->behind->stream.cells;
    uint32_t *group;
    bool *nested;
    size_t *n_groups;
    const uint32_t **groups;
    if (t->rows.cluster == PGDP_NONE) return PGDP_OK;
    const size_t n_cells = t->rows.codes[t->rows.cluster].n_levels;
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, n_cells, sizeof *group));
    PG_TRY_ALLOC(ctx, groups, pg_arena_alloc(&ctx->scratch, 1, sizeof *groups));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&ctx->scratch, 1, sizeof *n_groups));
    PG_TRY_ALLOC(ctx, nested, pg_arena_alloc(&ctx->scratch, e->n, sizeof *nested));
    for (size_t c = 0; c < n_cells; c++)
        group[c] = (uint32_t)c;
    groups[0] = group;
    n_groups[0] = n_cells;
    *cells = (pg_cells){ .n_cells = n_cells, .n_dims = 1, .group = groups, .n_groups = n_groups };
    e->nested = nested;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    for (size_t i = 0; i < e->n; i++) {
        uint32_t *of, level[TILE], cell[TILE];
        PG_TRY_ALLOC(ctx, of, pg_arena_alloc(&ctx->scratch, t->rows.codes[i].n_levels, sizeof *of));
        nested[i] = true;
        for (size_t first = 0; first < t->rows.n && nested[i] && i != t->rows.cluster; first += TILE) {
            const size_t n = t->rows.n - first < TILE ? t->rows.n - first : TILE;
            pg_level_codes_read(&t->rows.codes[i], first, n, level);
            pg_level_codes_read(&t->rows.codes[t->rows.cluster], first, n, cell);
            for (size_t k = 0; k < n; k++) {
                if (of[level[k]] == 0) of[level[k]] = cell[k] + 1;
                nested[i] = nested[i] && of[level[k]] == cell[k] + 1;
            }
        }
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* @return in *good: it is done */
static pgdp_status absorb(pgdp_ctx *ctx, const pg_formula *formula, const pg_design_request *request, pg_absorbing *t,
                          bool *good)
{
    pg_behind_effects *e;
    pg_design_request large = *request;
    large.n_rows = PGDP_NONE;
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, 1, sizeof *e));
    PG_TRY(pg_design_find(ctx, t->frame, formula, &large, &t->found));
    *good = t->found.outcome_column == PGDP_NONE;
    if (!*good) return PGDP_OK;
    e->n = t->found.n_effects;
    PG_TRY(pg_used_rows_find(ctx, &t->found, request->spec, &t->rows, &t->behind->dropped, good));
    if (*good) PG_TRY(list_columns(ctx, formula, t, good));
    if (!*good) return PGDP_OK;
    if (request->estimator->likelihood)
        PG_TRY(pg_absorbing_iterate(ctx, request, t, e, good));
    else
        PG_TRY(solve(ctx, t, e, good));
    if (!*good) return PGDP_OK;
    pg_behind *b = t->behind;
    b->absorbed = e;
    b->fill = fill;
    b->look = pg_absorbing_look;
    b->user = t;
    b->n_blocks = pg_n_blocks(t->rows.n, PGDP_BLOCK_ROWS);
    const pg_blocks blocks = { .n_blocks = b->n_blocks,
                               .n_cols = b->stream.n_cols,
                               .names = b->stream.names,
                               .weight_kind = b->stream.weight_kind,
                               .fill = fill_without_cells,
                               .user = t };
    PG_TRY(pg_behind_triangle(ctx, &blocks, true, b));
    if (t->steps == NULL) PG_TRY(judge(ctx, t, &e->total, good));
    return find_cells(ctx, t, e);
}

pgdp_status pg_behind_absorb(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                             const pg_design_request *request, pg_behind **out)
{
    pg_absorbing *t;
    bool good = true;
    *out = NULL;
    if (is_left_to_rows(formula, request)) return PGDP_OK;
    PG_TRY_ALLOC(ctx, t, pg_arena_alloc(&ctx->scratch, 1, sizeof *t));
    PG_TRY_ALLOC(ctx, t->behind, pg_arena_alloc(&ctx->scratch, 1, sizeof *t->behind));
    t->frame = frame;
    PG_TRY(absorb(ctx, formula, request, t, &good));
    if (good) *out = t->behind;
    return PGDP_OK;
}
