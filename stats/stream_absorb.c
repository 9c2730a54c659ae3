/* stream_absorb.c  The triangle of what absorbed intercepts leave of a frame's columns, by blocks of rows:
 * stream_fit.h. Source: Frisch & Waugh (1933), Econometrica 1(4); Lovell (1963), J. Am. Stat. Assoc. 58.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * What the effects leave is never stored, and neither are levels by row: a block's rows are columns of the frame less
 * what the level of each effect takes, which absorb_solve.h has found. */
#include "core/parallel.h"
#include "stats/absorb_system.h"
#include "stats/level_codes.h"
#include "stats/stream_fit.h"

#include <float.h>
#include <math.h>
#include <string.h>

enum { MOST_EFFECTS = 8, TILE = 1024 };
static const double least_left = 1e-6; /* of a column beside the effects, and of that beside the columns before it */

typedef struct absorbing {
    const pgdp_frame *frame;
    pg_found found;
    size_t n;                               /* rows used */
    const uint32_t *rows;                   /* [n]; NULL: all of the frame */
    pg_level_codes codes[MOST_EFFECTS + 1]; /* of the effects, and of the clusters where these are others */
    size_t cluster;                         /* of these; PGDP_NONE: no clusters */
    const double **from;                    /* [n_cols][n] columns as they are; the first, the constant, NULL */
    const double *weight;                   /* [n], or NULL */
    double *taken[MOST_EFFECTS];            /* [levels x n_cols - 1] of each effect: what it takes from the columns */
    pg_behind *behind;
} absorbing;

/* What the rows alone can do, as far as the words tell. */
static bool is_left_to_rows(const pg_formula *formula, const pg_design_request *request)
{
    const char *vcov = request->vcov->vcov->name;
    pg_formula without = *formula;
    without.n_effects = 0;
    bool refused = formula->n_effects > MOST_EFFECTS || request->spec->offset != NULL ||
                   request->vcov->n_clusters > 1 || pg_streq(vcov, "HC2") || pg_streq(vcov, "HC3") ||
                   request->estimator->absorb != PGDP_ABSORB_PARTIAL_OUT;
    for (size_t e = 0; e < formula->n_effects; e++)
        refused = refused || formula->effects[e].n_columns > 1 || formula->effects[e].slope != NULL;
    return refused || pg_stream_refuses(&without, request) != NULL;
}

/* The rows used: a list of them, unless they are all. */
static pgdp_status choose_rows(pgdp_ctx *ctx, const char *subset, absorbing *t)
{
    pg_rows rows;
    uint32_t *list;
    size_t counts[PG_N_ROW_STATES] = { 0 }, n = 0;
    pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_rows_init(ctx, &t->found.scope, subset, &rows));
    PG_TRY(pg_design_need(ctx, &t->found, &rows));
    for (size_t i = 0; i < rows.n_all; i++)
        counts[rows.state[i]]++;
    t->n = counts[PG_ROW_KEPT];
    t->behind->dropped = (pgdp_dropped){ .missing = counts[PG_ROW_MISSING],
                                         .zero_weight = counts[PG_ROW_ZERO_WEIGHT],
                                         .subset = counts[PG_ROW_SUBSET] };
    if (t->n < rows.n_all) {
        PG_TRY_ALLOC(ctx, list, pg_arena_uncleared(&ctx->scratch, t->n, sizeof *list));
        for (size_t i = 0; i < rows.n_all; i++)
            if (rows.state[i] == PG_ROW_KEPT) list[n++] = (uint32_t)i;
        t->rows = list;
        mark = pg_arena_mark(&ctx->scratch);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Levels of effects and clusters. @return in *good: all are narrow, effects differ, and have no row alone in a level */
static pgdp_status find_levels(pgdp_ctx *ctx, bool keep_singletons, absorbing *t, bool *good)
{
    const pg_found *f = &t->found;
    size_t columns[MOST_EFFECTS + 1], n = f->n_effects;
    *good = t->n > 0;
    for (size_t e = 0; e < n; e++) {
        columns[e] = f->effects[e].columns[0];
        for (size_t d = 0; d < e; d++)
            *good = *good && columns[d] != columns[e];
    }
    t->cluster = PGDP_NONE;
    if (f->n_clusters > 0) {
        *good = *good && f->clusters[0].n_columns == 1;
        columns[n] = f->clusters[0].columns[0];
        for (t->cluster = 0; columns[t->cluster] != columns[n]; t->cluster++) {
        }
        n += t->cluster == n;
    }
    if (!*good) return PGDP_OK;
    PG_TRY(pg_level_codes_new(ctx, t->frame, columns, n, t->rows, t->n, t->codes));
    for (size_t e = 0; e < n; e++)
        *good = *good && t->codes[e].narrow && !(e < f->n_effects && t->codes[e].alone && !keep_singletons);
    return PGDP_OK;
}

/* A column over the rows used. */
static pgdp_status use(pgdp_ctx *ctx, const absorbing *t, const double *values, const double **out)
{
    double *x;
    *out = values;
    if (t->rows == NULL || values == NULL) return PGDP_OK;
    PG_TRY_ALLOC(ctx, x, pg_arena_uncleared(&ctx->scratch, t->n, sizeof *x));
    for (size_t i = 0; i < t->n; i++)
        x[i] = values[t->rows[i]];
    *out = x;
    return PGDP_OK;
}

/* The columns in the order of pg_stream_blocks(), with names and numbers in the stream. @return in *good: each term is
 * a column */
static pgdp_status list_columns(pgdp_ctx *ctx, const pg_formula *formula, absorbing *t, bool *good)
{
    const pg_columns *const parts[] = { &t->found.exogenous, &t->found.endogenous, &t->found.instruments };
    pg_stream *s = &t->behind->stream;
    const pg_rows any = { .n = t->n };
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
            PG_TRY(use(ctx, t, pg_columns_number(parts[p], i), &t->from[at++]));
    }
    PG_TRY_ALLOC(ctx, s->names[at], pg_expr_text(&ctx->scratch, formula->outcome));
    s->weight_kind = t->found.weight_kind;
    PG_TRY(use(ctx, t, t->found.weights, &t->weight));
    return use(ctx, t, t->found.outcome, &t->from[at]);
}

static void read_levels(const void *user, size_t effect, size_t first, size_t n, uint32_t *out)
{
    pg_level_codes_read((const pg_level_codes *)user + effect, first, n, out);
}

/* Coefficients of the effects, of orthonormal columns, to what these take from the columns. */
static void keep(const pg_absorber *a, const pg_absorbed *columns, size_t n, const absorbing *t)
{
    for (size_t g = 0; g < a->n_groups; g++) {
        const pg_effect_group *group = &a->groups[g];
        double *to = t->taken[group->members[0]];
        for (size_t j = 0; j < n; j++) {
            const double *from = g == 0 ? columns[j].first : columns[j].rest + group->first;
            for (size_t l = 0; l < group->n_levels; l++)
                to[l * n + j] = from[l] * group->unit[l];
        }
    }
}

/* What the effects take from every column. @return in *good: all converged */
static pgdp_status solve(pgdp_ctx *ctx, absorbing *t, pg_behind_effects *e, bool *good)
{
    const size_t n = t->behind->stream.n_cols - 1;
    const pg_level_source levels = { read_levels, t->codes };
    pgdp_effect *effects;
    pg_absorbed *columns;
    pg_absorber *a;
    PG_TRY_ALLOC(ctx, effects, pg_arena_alloc(&ctx->scratch, e->n, sizeof *effects));
    e->effects = effects;
    for (size_t i = 0; i < e->n; i++) {
        effects[i] = (pgdp_effect){ .name = t->found.effects[i].name, .n_levels = t->codes[i].n_levels };
        PG_TRY_ALLOC(ctx, t->taken[i], pg_arena_alloc(&ctx->scratch, effects[i].n_levels * n, sizeof(double)));
    }
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_absorber_of_levels(ctx, effects, e->n, t->n, t->weight, &levels, &a));
    e->rank = pg_absorber_rank(a, &e->rank_is_bound);
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, n, sizeof *columns));
    for (size_t j = 0; j < n; j++) {
        columns[j].from = t->from[j + 1];
        PG_TRY_ALLOC(ctx, columns[j].first, pg_arena_alloc(&ctx->scratch, a->groups[0].n_levels, sizeof(double)));
        PG_TRY_ALLOC(ctx, columns[j].rest, pg_arena_alloc(&ctx->scratch, a->n_rest, sizeof(double)));
    }
    PG_TRY(pg_absorb_all(ctx, a, columns, n, 0));
    for (size_t j = 0; j < n; j++)
        *good = *good && columns[j].converged;
    if (*good) PG_TRY(pg_absorb_summarise(ctx, columns, n, &e->how));
    if (*good) keep(a, columns, n, t);
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Rows [first, first + n) of the columns but the constant less their effects, stride `stride`. */
static void fill_tile(const absorbing *t, size_t first, size_t n, size_t stride, double *out)
{
    const size_t m = t->behind->stream.n_cols - 1;
    uint32_t level[MOST_EFFECTS][TILE];
    for (size_t e = 0; e < t->found.n_effects; e++)
        pg_level_codes_read(&t->codes[e], first, n, level[e]);
    for (size_t j = 0; j < m; j++, out += stride) {
        const double *x = t->from[j + 1] + first;
        for (size_t e = t->found.n_effects; e-- > 0; x = out) {
            const double *taken = t->taken[e] + j;
            for (size_t i = 0; i < n; i++)
                out[i] = x[i] - taken[level[e][i] * m];
        }
    }
}

static pgdp_status fill(pgdp_ctx *ctx, const void *user, size_t block, bool cells, pg_block_rows *out)
{
    const absorbing *t = user;
    const pg_range rows = pg_block_range(t->n, PGDP_BLOCK_ROWS, block);
    const size_t n = rows.end - rows.first, n_cols = t->behind->stream.n_cols;
    double *x;
    uint32_t *cell;
    PG_TRY_ALLOC(ctx, x, pg_arena_uncleared(&ctx->scratch, n * n_cols, sizeof *x));
    *out = (pg_block_rows){ .n = n, .x = pg_matrix_of(x, n, n_cols) };
    for (size_t i = 0; i < n; i++)
        x[i] = 1;
    for (size_t first = 0; first < n; first += TILE)
        fill_tile(t, rows.first + first, n - first < TILE ? n - first : TILE, n, x + n + first);
    if (t->weight != NULL) out->weight = t->weight + rows.first;
    if (!cells || t->cluster == PGDP_NONE) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cell, pg_arena_uncleared(&ctx->scratch, n, sizeof *cell));
    pg_level_codes_read(&t->codes[t->cluster], rows.first, n, cell);
    out->cell = cell;
    return PGDP_OK;
}

static pgdp_status fill_without_cells(pgdp_ctx *ctx, const void *user, size_t block, pg_block_rows *out)
{
    return fill(ctx, user, block, false, out);
}

/* Sums of a column less `mean`, and of its square, over a block: out [2]; column 0: of the weights. */
typedef struct summing {
    const absorbing *t;
    size_t column;
    double mean;
    double *out; /* [n_blocks x 2] */
} summing;

static pgdp_status sum_block(pgdp_ctx *ctx, void *user, size_t block)
{
    const summing *s = user;
    const pg_range rows = pg_block_range(s->t->n, PGDP_BLOCK_ROWS, block);
    const double *x = s->t->from[s->column], *w = s->t->weight;
    double *out = s->out + 2 * block;
    (void)ctx;
    out[0] = out[1] = 0;
    for (size_t first = rows.first; first < rows.end; first += TILE) {
        const size_t n = rows.end - first < TILE ? rows.end - first : TILE;
        double e[TILE], we[TILE];
        for (size_t i = 0; i < n; i++) {
            e[i] = x == NULL ? 1 : x[first + i] - s->mean;
            we[i] = w == NULL ? e[i] : w[first + i] * e[i];
        }
        out[0] += pg_sum(we, n);
        out[1] += pg_dot(we, e, n);
    }
    return PGDP_OK;
}

static pgdp_status sum_column(pgdp_ctx *ctx, const absorbing *t, size_t column, double mean, double *sum,
                              double *square)
{
    const size_t n_blocks = t->behind->n_blocks;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    summing s = { t, column, mean, NULL };
    *sum = *square = 0;
    PG_TRY_ALLOC(ctx, s.out, pg_arena_alloc(&ctx->scratch, n_blocks, 2 * sizeof *s.out));
    PG_TRY(pg_parallel(ctx, NULL, n_blocks, sum_block, &s));
    for (size_t b = 0; b < n_blocks; b++) {
        *sum += s.out[2 * b];
        *square += s.out[2 * b + 1];
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

/* Do effects and the columns before leave enough of each column? Where they do not, rounding has a say. */
static pgdp_status judge(pgdp_ctx *ctx, const absorbing *t, bool *good)
{
    const pg_matrix r = t->behind->r;
    for (size_t j = 1; j < r.n_cols; j++) {
        const double *column = r.x + j * r.stride;
        double left = 0, sum, before;
        PG_TRY(sum_column(ctx, t, j, 0, &sum, &before));
        for (size_t i = 0; i <= j; i++)
            left += column[i] * column[i];
        *good = *good && left > least_left * least_left * before && fabs(column[j]) > least_left * sqrt(left);
    }
    return PGDP_OK;
}

/* The outcome about its mean. */
static pgdp_status total(pgdp_ctx *ctx, const absorbing *t, double *out)
{
    const size_t y = t->behind->stream.n_cols - 1;
    double weights, sum, unused;
    PG_TRY(sum_column(ctx, t, 0, 0, &weights, &unused));
    PG_TRY(sum_column(ctx, t, y, 0, &sum, &unused));
    return sum_column(ctx, t, y, sum / weights, &unused, out);
}

/* One cell a cluster; which effects' levels each lie within one. */
static pgdp_status find_cells(pgdp_ctx *ctx, const absorbing *t, pg_behind_effects *e)
{
    pg_cells *cells = &t->behind->stream.cells;
    uint32_t *group, **of_level;
    bool *nested;
    size_t *n_groups;
    const uint32_t **groups;
    if (t->cluster == PGDP_NONE) return PGDP_OK;
    const size_t n_cells = t->codes[t->cluster].n_levels;
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
    PG_TRY_ALLOC(ctx, of_level, pg_arena_alloc(&ctx->scratch, e->n, sizeof *of_level));
    for (size_t i = 0; i < e->n; i++) {
        uint32_t *of, level[TILE], cell[TILE];
        PG_TRY_ALLOC(ctx, of, pg_arena_alloc(&ctx->scratch, t->codes[i].n_levels, sizeof *of));
        nested[i] = true;
        for (size_t first = 0; first < t->n && nested[i] && i != t->cluster; first += TILE) {
            const size_t n = t->n - first < TILE ? t->n - first : TILE;
            pg_level_codes_read(&t->codes[i], first, n, level);
            pg_level_codes_read(&t->codes[t->cluster], first, n, cell);
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
static pgdp_status absorb(pgdp_ctx *ctx, const pg_formula *formula, const pg_design_request *request, absorbing *t,
                          bool *good)
{
    const pgdp_regression_spec *spec = request->spec;
    pg_behind_effects *e;
    pg_design_request large = *request;
    large.n_rows = PGDP_NONE;
    PG_TRY_ALLOC(ctx, e, pg_arena_alloc(&ctx->scratch, 1, sizeof *e));
    PG_TRY(pg_design_find(ctx, t->frame, formula, &large, &t->found));
    PG_TRY(choose_rows(ctx, spec->subset, t));
    e->n = t->found.n_effects;
    PG_TRY(find_levels(ctx, spec->keep_singletons, t, good));
    if (*good) PG_TRY(list_columns(ctx, formula, t, good));
    if (!*good) return PGDP_OK;
    PG_TRY(solve(ctx, t, e, good));
    if (!*good) return PGDP_OK;
    pg_behind *b = t->behind;
    b->absorbed = e;
    b->fill = fill;
    b->user = t;
    b->n_blocks = pg_n_blocks(t->n, PGDP_BLOCK_ROWS);
    const pg_blocks blocks = { .n_blocks = b->n_blocks,
                               .n_cols = b->stream.n_cols,
                               .names = b->stream.names,
                               .weight_kind = b->stream.weight_kind,
                               .fill = fill_without_cells,
                               .user = t };
    PG_TRY(pg_behind_triangle(ctx, &blocks, true, b));
    PG_TRY(judge(ctx, t, good));
    PG_TRY(find_cells(ctx, t, e));
    return total(ctx, t, &e->total);
}

pgdp_status pg_behind_absorb(pgdp_ctx *ctx, const pgdp_frame *frame, const pg_formula *formula,
                             const pg_design_request *request, pg_behind **out)
{
    absorbing *t;
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
