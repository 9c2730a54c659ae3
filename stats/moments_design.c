/* moments_design.c  Cross-products by cell back to rows: moments_design.h. Source: Golub & Van Loan (2013), Matrix
 * Computations, 4th ed., algorithm 4.2.4 (Cholesky with diagonal pivoting); Higham (2002), Accuracy and Stability of
 * Numerical Algorithms, 2nd ed., section 10.3. SPDX-License-Identifier: GPL-3.0-or-later
 *
 * The constant is the first pivot, so that the first row of R_g alone has one and undoing the shift, x_j = (x_j - s_j)
 * + s_j 1, changes that row alone; it is done in double-double, and what a double cannot hold goes to x_low. The other
 * pivots are chosen by the share that the earlier ones leave of a column. Once these are rounding, the rest is left
 * out: it is a share of that size of each product. */
#include "stats/moments_design.h"

#include "core/map.h"
#include "stats/fit.h"
#include "stats/two_double.h"

#include <float.h>
#include <math.h>
#include <string.h>

/* Columns in the order of factoring (the constant first) and the rows as they are made. */
typedef struct stacking {
    const pg_moments *m;
    const pg_moments_model *model;
    size_t p;       /* columns */
    size_t *column; /* [p] of the moments */
    size_t *place;  /* [p] column of hi and lo; PGDP_NONE: not wanted */
    size_t n_places;
    size_t n_groups;
    size_t *order, *start; /* cells by group, start [n_groups + 1] */
    double *square, *root; /* [p x p]; the root by rows */
    double *left;          /* [p] what is left of the diagonal */
    bool *done;            /* [p] */
    double *hi, *lo;       /* [most_rows x n_places] */
    double *count;         /* [most_rows] */
    size_t *of_group;      /* [most_rows] */
    size_t most_rows, n;
} stacking;

static pgdp_status list_columns(pgdp_ctx *ctx, stacking *s)
{
    const pg_moments_model *model = s->model;
    const size_t k = model->n_terms, l = model->n_instruments;
    PG_TRY_ALLOC(ctx, s->column, pg_arena_alloc(&ctx->scratch, k + l + 2, sizeof *s->column));
    PG_TRY_ALLOC(ctx, s->place, pg_arena_alloc(&ctx->scratch, k + l + 2, sizeof *s->place));
    s->place[0] = PGDP_NONE;
    s->p = 1;
    s->n_places = k + l + 1;
    for (size_t j = 0; j < s->n_places; j++) {
        const size_t column = j < k ? model->terms[j] : j < k + l ? model->instruments[j - k] : model->outcome;
        const size_t at = column == 0 ? 0 : s->p++;
        s->column[at] = column;
        s->place[at] = j;
    }
    PG_TRY_ALLOC(ctx, s->square, pg_matrix_new(&ctx->scratch, s->p, s->p).x);
    PG_TRY_ALLOC(ctx, s->root, pg_matrix_new(&ctx->scratch, s->p, s->p).x);
    PG_TRY_ALLOC(ctx, s->left, pg_arena_alloc(&ctx->scratch, s->p, sizeof *s->left));
    PG_TRY_ALLOC(ctx, s->done, pg_arena_alloc(&ctx->scratch, s->p, sizeof *s->done));
    return PGDP_OK;
}

/* Cells by their clusters; those that are not kept, or have no rows, are in no group. */
static pgdp_status group_cells(pgdp_ctx *ctx, stacking *s)
{
    const pg_moments_model *model = s->model;
    const size_t n = s->m->cells.n_cells, dims = model->n_dims;
    size_t *group;
    uint32_t *keys;
    pg_map map;
    pg_map_init(&map, &ctx->scratch);
    PG_TRY_ALLOC(ctx, group, pg_arena_alloc(&ctx->scratch, n, sizeof *group));
    PG_TRY_ALLOC(ctx, keys, pg_arena_alloc(&ctx->scratch, n * dims + 1, sizeof *keys));
    for (size_t c = 0; c < n; c++) {
        uint32_t *key = keys + c * dims;
        group[c] = PGDP_NONE;
        if (s->m->cell_rows[c] == 0 || (model->keep != NULL && !model->keep[c])) continue;
        for (size_t d = 0; d < dims; d++)
            key[d] = s->m->cells.group[model->dims[d]][c];
        group[c] = pg_map_find(&map, (const char *)key, dims * sizeof *key);
        if (group[c] != PGDP_NONE) continue;
        group[c] = s->n_groups++;
        if (!pg_map_put(&map, (const char *)key, dims * sizeof *key, group[c])) return pg_no_memory(ctx);
    }
    PG_TRY_ALLOC(ctx, s->order, pg_arena_alloc(&ctx->scratch, n, sizeof *s->order));
    PG_TRY_ALLOC(ctx, s->start, pg_arena_alloc(&ctx->scratch, s->n_groups + 2, sizeof *s->start));
    for (size_t c = 0; c < n; c++)
        if (group[c] != PGDP_NONE) s->start[group[c] + 2]++;
    for (size_t g = 2; g < s->n_groups + 2; g++) /* shifted by one: filling leaves start[g] at the group's first cell */
        s->start[g] += s->start[g - 1];
    for (size_t c = 0; c < n; c++)
        if (group[c] != PGDP_NONE) s->order[s->start[group[c] + 1]++] = c;
    if (s->n_groups > 0) return PGDP_OK;
    return pg_fail(ctx, PGDP_TOO_FEW_OBS,
                   "found no cell of the moments with rows among those asked for, expected some");
}

/* square = the products of a group's cells; *rows: how many rows these have. */
static void add_cells(const stacking *s, size_t g, size_t *rows)
{
    const size_t k = s->m->n_cols, p = s->p;
    memset(s->square, 0, p * p * sizeof *s->square);
    *rows = 0;
    for (size_t i = s->start[g]; i < s->start[g + 1]; i++) {
        const double *cross = s->m->cross + s->order[i] * k * k;
        *rows += s->m->cell_rows[s->order[i]];
        for (size_t b = 0; b < p; b++)
            for (size_t a = 0; a < p; a++)
                s->square[a + b * p] += cross[s->column[a] + s->column[b] * k];
    }
}

/* The column of which the pivots so far leave most, or PGDP_NONE once all that is left is rounding. */
static size_t choose_pivot(const stacking *s)
{
    double most = 16 * (double)s->p * DBL_EPSILON;
    size_t pivot = PGDP_NONE;
    for (size_t j = 0; j < s->p; j++) {
        const double own = s->square[j + j * s->p];
        if (s->done[j] || !(own > 0) || !(s->left[j] > most * own)) continue;
        most = s->left[j] / own;
        pivot = j;
    }
    return pivot;
}

/* square = root'root; @return rows of the root, at most `most`. */
static size_t factor(const stacking *s, size_t most)
{
    const size_t p = s->p;
    size_t rank = 0;
    for (size_t j = 0; j < p; j++) {
        s->left[j] = s->square[j + j * p];
        s->done[j] = false;
    }
    for (; rank < p && rank < most; rank++) {
        const size_t pivot = rank == 0 ? 0 : choose_pivot(s);
        if (pivot == PGDP_NONE) break;
        double *row = s->root + rank * p;
        memcpy(row, s->square + pivot * p, p * sizeof *row);
        for (size_t t = 0; t < rank; t++)
            for (size_t j = 0; j < p; j++)
                row[j] -= s->root[pivot + t * p] * s->root[j + t * p];
        const double diagonal = sqrt(s->left[pivot]);
        s->done[pivot] = true;
        for (size_t j = 0; j < p; j++) {
            row[j] = j == pivot ? diagonal : s->done[j] ? 0 : row[j] / diagonal;
            s->left[j] -= row[j] * row[j];
        }
    }
    return rank;
}

/* The root's rows below those that are there, without the shift. */
static void append(stacking *s, size_t rank)
{
    for (size_t t = 0; t < rank; t++, s->n++) {
        const double *row = s->root + t * s->p, constant = row[0];
        for (size_t j = 0; j < s->p; j++) {
            if (s->place[j] == PGDP_NONE) continue;
            pg_two value = { row[j], 0 };
            if (t == 0 && j > 0) {
                value = pg_two_product(s->m->shift[s->column[j]], constant);
                pg_two_add(&value, (pg_two){ row[j], 0 });
            }
            const pg_two sum = pg_two_sum(value.hi, value.lo);
            s->hi[s->n + s->place[j] * s->most_rows] = sum.hi;
            s->lo[s->n + s->place[j] * s->most_rows] = sum.lo;
        }
    }
}

static pgdp_status stack(pgdp_ctx *ctx, stacking *s)
{
    s->most_rows = s->p;
    for (size_t g = 0; g < s->n_groups; g++) {
        size_t rows = 0;
        for (size_t i = s->start[g]; i < s->start[g + 1]; i++)
            rows += s->m->cell_rows[s->order[i]];
        s->most_rows += rows < s->p ? rows : s->p;
    }
    PG_TRY_ALLOC(ctx, s->hi, pg_matrix_new(&ctx->scratch, s->most_rows, s->n_places).x);
    PG_TRY_ALLOC(ctx, s->lo, pg_matrix_new(&ctx->scratch, s->most_rows, s->n_places).x);
    PG_TRY_ALLOC(ctx, s->count, pg_arena_alloc(&ctx->scratch, s->most_rows, sizeof *s->count));
    PG_TRY_ALLOC(ctx, s->of_group, pg_arena_alloc(&ctx->scratch, s->most_rows, sizeof *s->of_group));
    for (size_t g = 0; g < s->n_groups; g++) {
        size_t rows;
        add_cells(s, g, &rows);
        const size_t first = s->n, rank = factor(s, rows);
        append(s, rank);
        s->count[first] = s->m->weight_kind == PGDP_FREQUENCY ? s->square[0] : (double)rows;
        for (size_t i = first; i < s->n; i++)
            s->of_group[i] = g;
    }
    for (; s->n < s->p; s->n++) /* rows of zeros, so that there are no fewer than columns */
        s->of_group[s->n] = s->n_groups - 1;
    return PGDP_OK;
}

/* Columns next to each other. */
static void close_up(const stacking *s, double *x)
{
    for (size_t j = 1; j < s->n_places; j++)
        memmove(x + j * s->n, x + j * s->most_rows, s->n * sizeof *x);
}

/* Lengths of the columns as the products have them: about the constant where there is one. */
static pgdp_status fill_norms(pgdp_ctx *ctx, const stacking *s, bool constant, pgdp_design *out)
{
    const size_t p = s->p, k = s->model->n_terms, l = s->model->n_instruments;
    double *norm;
    PG_TRY_ALLOC(ctx, norm, pg_arena_alloc(&ctx->scratch, k + 1, sizeof *norm));
    for (size_t g = 0; g < s->n_groups; g++) {
        size_t rows;
        add_cells(s, g, &rows);
        for (size_t j = 0; j < p; j++) {
            const double shift = constant ? 0 : s->m->shift[s->column[j]];
            const double about = s->square[j + j * p] + shift * (2 * s->square[j * p] + shift * s->square[0]);
            if (s->place[j] == PGDP_NONE || (s->place[j] >= k && s->place[j] < k + l)) continue;
            norm[s->place[j] < k ? s->place[j] : k] += about;
        }
    }
    for (size_t j = 0; j <= k; j++)
        norm[j] = sqrt(norm[j]);
    out->norm = (pgdp_vec){ norm, k + 1 };
    return PGDP_OK;
}

static pgdp_status fill_clusters(pgdp_ctx *ctx, const stacking *s, pgdp_design *out)
{
    const pg_moments_model *model = s->model;
    const size_t **cluster;
    if (model->n_dims == 0) return PGDP_OK;
    PG_TRY_ALLOC(ctx, cluster, pg_arena_alloc(&ctx->scratch, model->n_dims, sizeof *cluster));
    for (size_t d = 0; d < model->n_dims; d++) {
        size_t *index;
        PG_TRY_ALLOC(ctx, index, pg_arena_alloc(&ctx->scratch, s->n, sizeof *index));
        for (size_t i = 0; i < s->n; i++) {
            const uint32_t group = s->m->cells.group[model->dims[d]][s->order[s->start[s->of_group[i]]]];
            index[i] = model->rank == NULL ? group : model->rank[d][group];
        }
        cluster[d] = index;
    }
    out->cluster = cluster;
    out->n_clusterings = model->n_dims;
    return PGDP_OK;
}

static pgdp_status fill_design(pgdp_ctx *ctx, const stacking *s, pgdp_design *out)
{
    const pg_moments_model *model = s->model;
    const size_t n = s->n, k = model->n_terms, l = model->n_instruments;
    const char **names;
    *out = (pgdp_design){ .constant = PGDP_NONE, .weight_kind = s->m->weight_kind, .count = { s->count, n } };
    PG_TRY_ALLOC(ctx, names, pg_arena_alloc(&ctx->scratch, k + l, sizeof *names));
    for (size_t j = 0; j < k + l; j++)
        names[j] = s->m->names[j < k ? model->terms[j] : model->instruments[j - k]];
    for (size_t j = 0; j < k; j++)
        if (model->terms[j] == 0) out->constant = j;
    close_up(s, s->hi);
    close_up(s, s->lo);
    out->x = (pgdp_mat){ s->hi, n, k };
    out->x_low = (pgdp_mat){ s->lo, n, k };
    if (l > 0) out->z = (pgdp_mat){ s->hi + k * n, n, l };
    out->y = (pgdp_vec){ s->hi + (k + l) * n, n };
    out->y_low = (pgdp_vec){ s->lo + (k + l) * n, n };
    out->terms = names;
    out->instruments = names + k;
    for (size_t i = 0; i < s->start[s->n_groups]; i++)
        out->sum_log_weights += s->m->cell_logs[s->order[i]];
    PG_TRY(fill_norms(ctx, s, out->constant != PGDP_NONE, out));
    return fill_clusters(ctx, s, out);
}

pgdp_status pg_moments_design(pgdp_ctx *ctx, const pg_moments *moments, const pg_moments_model *model, pgdp_design *out)
{
    stacking s = { .m = moments, .model = model };
    PG_TRY(list_columns(ctx, &s));
    PG_TRY(group_cells(ctx, &s));
    PG_TRY(stack(ctx, &s));
    return fill_design(ctx, &s, out);
}
