/* moments_absorb.c  Moments of what absorbed effects leave of the columns: moments_labels.h. Source: Frisch & Waugh
 * (1933), Econometrica 1(4). SPDX-License-Identifier: GPL-3.0-or-later
 *
 * Effects need all rows at once: the design is built as for a regression, its columns have the effects taken out, and
 * their products are formed. What rounding leaves of a column that the effects explain is no column. */
#include "stats/absorb.h"
#include "stats/cluster.h"
#include "stats/eval.h"
#include "stats/moments_labels.h"
#include "stats/stream_levels.h"

#include <float.h>
#include <stdlib.h>
#include <string.h>

/* The rows used and all that is made of them; in ctx->scratch. */
typedef struct making {
    const pgdp_frame *frame;
    const pg_formula *formula;
    const pg_vcov_spec *dims;
    pg_design_result built;
    size_t n, k;
    double *x;          /* [n x k] ones, terms, instruments, outcome */
    const char **names; /* [k] */
    uint32_t *cell;     /* [n] */
    pg_cells cells;
    double *mean, *total;
} making;

static pgdp_status gather_columns(pgdp_ctx *ctx, making *m)
{
    const pgdp_design *d = &m->built.design;
    const size_t n = m->n, n_x = d->x.n_cols, n_z = d->z.n_cols;
    m->k = 2 + n_x + n_z;
    PG_TRY_ALLOC(ctx, m->x, pg_matrix_new(&ctx->scratch, n, m->k).x);
    PG_TRY_ALLOC(ctx, m->names, pg_arena_alloc(&ctx->scratch, m->k, sizeof *m->names));
    for (size_t i = 0; i < n; i++)
        m->x[i] = 1;
    m->names[0] = "(Intercept)";
    for (size_t j = 0; j < n_x + n_z; j++)
        m->names[1 + j] = j < n_x ? d->terms[j] : d->instruments[j - n_x];
    PG_TRY_ALLOC(ctx, m->names[m->k - 1], pg_expr_text(&ctx->scratch, m->formula->outcome));
    memcpy(m->x + n, d->x.x, n * n_x * sizeof *m->x);
    if (n_z > 0) memcpy(m->x + (1 + n_x) * n, d->z.x, n * n_z * sizeof *m->x);
    memcpy(m->x + (m->k - 1) * n, d->y.x, n * sizeof *m->x);
    return PGDP_OK;
}

/* Sum of w (x - mean)^power of a column. */
static double sum_of(const making *m, size_t column, double mean, bool squares)
{
    const pgdp_vec w = m->built.design.weights;
    const double *x = m->x + column * m->n;
    double sum = 0;
    for (size_t first = 0; first < m->n; first += 4096) { /* parts, so that long columns lose no digits */
        const size_t end = first + 4096 < m->n ? first + 4096 : m->n;
        double part = 0;
        for (size_t i = first; i < end; i++)
            part += (w.n > 0 ? w.x[i] : 1) * (squares ? (x[i] - mean) * (x[i] - mean) : x[i]);
        sum += part;
    }
    return sum;
}

static pgdp_status absorb(pgdp_ctx *ctx, making *m, pg_moments_effects *e)
{
    const pgdp_design *d = &m->built.design;
    const double *weights = d->weights.n > 0 ? d->weights.x : NULL, sum = sum_of(m, 0, 0, false);
    double **columns;
    pg_absorber *absorber;
    pg_absorption how;
    PG_TRY_ALLOC(ctx, m->mean, pg_arena_alloc(&ctx->scratch, m->k, sizeof *m->mean));
    PG_TRY_ALLOC(ctx, m->total, pg_arena_alloc(&ctx->scratch, m->k, sizeof *m->total));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, m->k, sizeof *columns));
    for (size_t j = 0; j < m->k; j++) {
        columns[j] = m->x + j * m->n;
        m->mean[j] = sum_of(m, j, 0, false) / sum;
        m->total[j] = sum_of(m, j, m->mean[j], true);
    }
    PG_TRY(pg_absorber_new(ctx, d->effects, d->n_effects, m->n, weights, &absorber));
    e->rank = pg_absorber_rank(absorber, &e->rank_is_bound);
    PG_TRY(pg_absorb(ctx, absorber, columns + 1, m->k - 1, 0, &how));
    e->solver = how.solver;
    e->residual = how.residual;
    e->mean = m->mean;
    e->total = m->total;
    for (size_t j = 1; j < m->k; j++) {
        const double before = m->total[j] + sum * m->mean[j] * m->mean[j], after = sum_of(m, j, 0, true);
        if (after <= 256 * DBL_EPSILON * DBL_EPSILON * before) memset(columns[j], 0, m->n * sizeof **columns);
    }
    return PGDP_OK;
}

/* Rows by the groups of all clusterings together, and the groups of each by first appearance. */
static pgdp_status find_cells(pgdp_ctx *ctx, making *m)
{
    const pgdp_design *d = &m->built.design;
    pg_grouping cells = { NULL, 1 }, own;
    uint32_t **group;
    size_t *n_groups;
    if (d->n_clusterings == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, m->cell, pg_arena_alloc(&ctx->scratch, m->n, sizeof *m->cell));
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, d->n_clusterings, sizeof *group));
    PG_TRY_ALLOC(ctx, n_groups, pg_arena_alloc(&ctx->scratch, d->n_clusterings, sizeof *n_groups));
    for (size_t c = 0; c < d->n_clusterings; c++)
        PG_TRY(pg_grouping_new(ctx, d->cluster[c], cells.group, m->n, &cells));
    for (size_t i = 0; i < m->n; i++)
        m->cell[i] = (uint32_t)cells.group[i];
    for (size_t c = 0; c < d->n_clusterings; c++) {
        PG_TRY(pg_grouping_new(ctx, d->cluster[c], NULL, m->n, &own));
        PG_TRY_ALLOC(ctx, group[c], pg_arena_alloc(&ctx->scratch, cells.n_groups, sizeof **group));
        for (size_t i = 0; i < m->n; i++)
            group[c][m->cell[i]] = (uint32_t)own.group[i];
        n_groups[c] = own.n_groups;
    }
    m->cells = (pg_cells){ cells.n_groups, d->n_clusterings, (const uint32_t *const *)group, n_groups };
    return PGDP_OK;
}

/* Values of columns in the first row of each group, as texts. */
static pgdp_status label_groups(pgdp_ctx *ctx, const making *m, const size_t *group, size_t n_groups,
                                const size_t *columns, size_t n_columns, const char ***out)
{
    size_t *row;
    double *keys, *one;
    PG_TRY_ALLOC(ctx, *out, pg_arena_alloc(&ctx->scratch, n_groups, sizeof **out));
    PG_TRY_ALLOC(ctx, row, pg_arena_alloc(&ctx->scratch, n_groups, sizeof *row));
    PG_TRY_ALLOC(ctx, one, pg_arena_alloc(&ctx->scratch, n_groups, sizeof *one));
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n_groups * n_columns, sizeof *keys));
    for (size_t i = m->n; i-- > 0;)
        row[group[i]] = m->built.row_numbers[i];
    for (size_t c = 0; c < n_columns; c++) {
        pg_known_keys(m->frame, (pg_known_key){ columns[c], 0 }, row, n_groups, one);
        for (size_t g = 0; g < n_groups; g++)
            keys[g * n_columns + c] = one[g];
    }
    return pg_label_keys(ctx, m->frame, columns, n_columns, keys, n_groups, *out);
}

static pgdp_status label_cells(pgdp_ctx *ctx, const making *m, pgdp_moments *h)
{
    const pgdp_design *d = &m->built.design;
    pg_dimension *dimensions;
    PG_TRY_ALLOC(ctx, dimensions, pg_arena_alloc(&ctx->scratch, d->n_clusterings, sizeof *dimensions));
    for (size_t c = 0; c < d->n_clusterings; c++) {
        const pg_expr *at = m->dims->clusters[c];
        size_t columns[PG_EXPR_NESTING], n_columns = 0;
        pg_grouping own;
        const char **labels;
        PG_TRY_ALLOC(ctx, dimensions[c].name, pg_expr_text(&ctx->scratch, at));
        for (; at->kind == PG_EXPR_BINARY && n_columns + 1 < PG_EXPR_NESTING; at = at->right) /* a^b^c */
            PG_TRY(pg_eval_column(ctx, m->frame, at->left, &columns[n_columns++]));
        PG_TRY(pg_eval_column(ctx, m->frame, at, &columns[n_columns++]));
        PG_TRY(pg_grouping_new(ctx, d->cluster[c], NULL, m->n, &own));
        PG_TRY(label_groups(ctx, m, own.group, own.n_groups, columns, n_columns, &labels));
        dimensions[c].labels = labels;
        dimensions[c].order = pg_order_of(pgdp_frame_column(m->frame, columns[0])->type, n_columns);
    }
    return pg_labelled_set(ctx, dimensions, h);
}

static int compare(const void *a, const void *b)
{
    const uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return (x > y) - (x < y);
}

/* FNV-1a of each level's values, ascending: two sets of levels without a hash in common have no level in common. */
static pgdp_status hash_levels(pgdp_ctx *ctx, const making *m, size_t effect, const uint64_t **out)
{
    const pg_formula_effect *from = &m->formula->effects[effect];
    const pgdp_effect *e = &m->built.design.effects[effect];
    size_t *columns;
    const char **labels;
    uint64_t *hash;
    PG_TRY_ALLOC(ctx, hash, pg_arena_alloc(&ctx->scratch, e->n_levels, sizeof *hash));
    PG_TRY_ALLOC(ctx, columns, pg_arena_alloc(&ctx->scratch, from->n_columns, sizeof *columns));
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    for (size_t c = 0; c < from->n_columns; c++)
        PG_TRY(pg_eval_column(ctx, m->frame, from->columns[c], &columns[c]));
    PG_TRY(label_groups(ctx, m, e->level, e->n_levels, columns, from->n_columns, &labels));
    for (size_t l = 0; l < e->n_levels; l++) {
        hash[l] = 14695981039346656037u;
        for (const char *c = labels[l]; *c != '\0'; c++)
            hash[l] = (hash[l] ^ (unsigned char)*c) * 1099511628211u;
    }
    qsort(hash, e->n_levels, sizeof *hash, compare);
    pg_arena_rewind(&ctx->scratch, mark);
    *out = hash;
    return PGDP_OK;
}

static pgdp_status describe(pgdp_ctx *ctx, const making *m, pg_moments_effects *e)
{
    const pgdp_design *d = &m->built.design;
    const size_t n = d->n_effects, dims = d->n_clusterings;
    const char **names;
    size_t *n_levels;
    bool *slope, *nested;
    const uint64_t **level;
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, n, sizeof *names));
    PG_TRY_ALLOC(ctx, n_levels, pg_arena_alloc(&ctx->scratch, n, sizeof *n_levels));
    PG_TRY_ALLOC(ctx, slope, pg_arena_alloc(&ctx->scratch, n, sizeof *slope));
    PG_TRY_ALLOC(ctx, nested, pg_arena_alloc(&ctx->scratch, n * dims, sizeof *nested));
    PG_TRY_ALLOC(ctx, level, pg_arena_alloc(&ctx->scratch, n, sizeof *level));
    for (size_t i = 0; i < n; i++) {
        names[i] = d->effects[i].name;
        n_levels[i] = d->effects[i].n_levels;
        slope[i] = d->effects[i].slope != NULL;
        for (size_t c = 0; c < dims; c++)
            PG_TRY(pg_effect_is_nested(ctx, &d->effects[i], d->cluster[c], m->n, &nested[i * dims + c]));
        PG_TRY(hash_levels(ctx, m, i, &level[i]));
    }
    e->n = n;
    e->names = names;
    e->n_levels = n_levels;
    e->slope = slope;
    e->nested = nested;
    e->level = level;
    return PGDP_OK;
}

static pgdp_status pass(pgdp_ctx *ctx, const making *m, const pg_moments_effects *e, const char *weights,
                        pgdp_moments **out)
{
    const pgdp_design *d = &m->built.design;
    const pg_matrix_blocks of = { .x = pg_matrix_of(m->x, m->n, m->k),
                                  .weight = d->weights.n > 0 ? d->weights.x : NULL,
                                  .cell = m->cell };
    const pg_blocks blocks = pg_blocks_of_matrix(&of, m->names, d->weight_kind, m->cell == NULL ? NULL : &m->cells);
    double *none; /* what effects leave has mean 0 */
    pg_moments *products;
    pgdp_moments *h;
    PG_TRY_ALLOC(ctx, none, pg_arena_alloc(&ctx->scratch, m->k, sizeof *none));
    PG_TRY(pg_moments_pass(ctx, &blocks, none, &products));
    PG_TRY(pg_labelled_new(ctx, products, weights, &h));
    h->dropped = m->built.dropped;
    pgdp_status status = label_cells(ctx, m, h);
    if (status == PGDP_OK) status = pg_labelled_absorb(ctx, e, h);
    if (status == PGDP_OK)
        *out = h;
    else
        pgdp_moments_free(h);
    return status;
}

static pgdp_status make(pgdp_ctx *ctx, making *m, const pgdp_moments_spec *spec, const pg_design_request *request,
                        pgdp_moments **out)
{
    pg_moments_effects effects = { 0 };
    PG_TRY(pg_design_build(ctx, m->frame, m->formula, request, &m->built));
    m->n = m->built.design.y.n;
    PG_TRY(gather_columns(ctx, m));
    PG_TRY(absorb(ctx, m, &effects));
    PG_TRY(find_cells(ctx, m));
    PG_TRY(describe(ctx, m, &effects));
    return pass(ctx, m, &effects, spec->weights == NULL ? "" : spec->weights, out);
}

pgdp_status pg_moments_absorb(pgdp_ctx *ctx, const pgdp_table *table, const pgdp_moments_spec *spec,
                              const pg_formula *formula, const pg_design_request *request, pgdp_moments **out)
{
    pg_formula without = *formula;
    pgdp_frame *frame;
    without.n_effects = 0;
    const char *refusal = pg_stream_refuses(&without, request);
    if (refusal != NULL)
        return pg_fail(ctx, PGDP_BAD_ARGUMENT, "found %s among the columns of moments; leave it out, or fit the rows",
                       refusal);
    if (!pg_formula_absorbs_constant(formula))
        return pg_fail(ctx, PGDP_BAD_ARGUMENT,
                       "moments have a constant, which slopes alone do not absorb; absorb the intercepts too, f[x] in "
                       "place of f[[x]]");
    PG_TRY(pgdp_table_frame(ctx, table, &frame));
    making m = { .frame = frame, .formula = formula, .dims = request->vcov };
    const pgdp_status status = make(ctx, &m, spec, request, out);
    pgdp_frame_free(frame);
    return status;
}
