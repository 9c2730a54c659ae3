/* collinear.c  Which columns depend on earlier ones: Householder QR that passes over dependent columns in their order.
 * Source: the strategy of LINPACK's dqrdc2 (R), with a test that does not depend on scale.
 * SPDX-License-Identifier: GPL-3.0-or-later
 *
 * With columns of norm 1, column j = sum_k c_k column k + residual. Rounding the columns by a relative u moves the
 * residual by up to u (1 + sum |c_k|), so residual / (1 + sum |c_k|) is the relative change that makes j dependent. */
#include "stats/collinear.h"

#include "core/number.h"
#include "core/text.h"
#include "stats/qr.h"

#include <math.h>
#include <string.h>

static const double tolerance = 1e-13;
enum { MAX_NAMED = 6 };

/* The work of one search: columns of the triangle, those kept so far, and the newest one's coefficients on them. */
typedef struct search {
    const pg_scaled *scaled;
    pg_matrix a;  /* columns of norm 1; transformed as columns are kept */
    double *norm; /* of the scaled columns before */
    size_t *kept, n_kept;
    pg_matrix triangle; /* of the kept columns */
    double *c;
} search;

static double norm_of(const double *x, size_t n)
{
    double square = 0;
    for (size_t i = 0; i < n; i++)
        square += x[i] * x[i];
    return sqrt(square);
}

static pgdp_status search_new(pgdp_ctx *ctx, const pg_scaled *scaled, pg_matrix r, search *s)
{
    const size_t n = r.n_cols;
    *s = (search){ .scaled = scaled };
    double *a, *triangle;
    PG_TRY_ALLOC(ctx, a, pg_matrix_new(&ctx->scratch, n, n).x);
    PG_TRY_ALLOC(ctx, triangle, pg_matrix_new(&ctx->scratch, n, n).x);
    s->a = pg_matrix_of(a, n, n);
    s->triangle = pg_matrix_of(triangle, n, n);
    PG_TRY_ALLOC(ctx, s->norm, pg_arena_alloc(&ctx->scratch, n, sizeof *s->norm));
    PG_TRY_ALLOC(ctx, s->kept, pg_arena_alloc(&ctx->scratch, n, sizeof *s->kept));
    PG_TRY_ALLOC(ctx, s->c, pg_arena_alloc(&ctx->scratch, n, sizeof *s->c));
    for (size_t j = 0; j < n; j++) {
        s->norm[j] = norm_of(r.x + j * r.stride, j + 1);
        for (size_t i = 0; i <= j && s->norm[j] > 0; i++)
            s->a.x[i + j * n] = r.x[i + j * r.stride] / s->norm[j];
    }
    return PGDP_OK;
}

/* Reflect so that column j has nothing below row n_kept, and every later column with it. */
static void reflect(search *s, size_t j)
{
    const size_t n = s->a.n_cols, p = s->n_kept;
    double *v = s->a.x + j * n;
    if (norm_of(v + p + 1, n - p - 1) <= 0) return;
    const double length = copysign(norm_of(v + p, n - p), v[p]), pivot = v[p] + length;
    const double factor = pivot / length; /* 2 / (v'v) with v scaled to v[p] = 1 */
    for (size_t i = p + 1; i < n; i++)
        v[i] /= pivot;
    for (size_t l = j + 1; l < n; l++) {
        double *x = s->a.x + l * n, dot = x[p];
        for (size_t i = p + 1; i < n; i++)
            dot += v[i] * x[i];
        x[p] -= factor * dot;
        for (size_t i = p + 1; i < n; i++)
            x[i] -= factor * dot * v[i];
    }
    v[p] = -length;
}

/* Is column j dependent on those kept? Leaves the coefficients in c. */
static bool is_dependent(search *s, size_t j)
{
    const size_t n = s->a.n_cols, p = s->n_kept;
    const double *v = s->a.x + j * n;
    double sum = 1;
    for (size_t k = 0; k < p; k++)
        s->c[k] = v[k];
    pg_solve_upper((pg_matrix){ s->triangle.x, p, p, n }, false, s->c);
    for (size_t k = 0; k < p; k++)
        sum += fabs(s->c[k]);
    return norm_of(v + p, n - p) <= tolerance * sum;
}

static void keep(search *s, size_t j)
{
    const size_t n = s->a.n_cols, p = s->n_kept;
    reflect(s, j);
    memcpy(s->triangle.x + p * n, s->a.x + j * n, (p + 1) * sizeof *s->a.x);
    s->kept[p] = j;
    s->n_kept++;
}

static const char *name_of(const search *s, size_t column)
{
    return column < s->scaled->n_extra ? "the constant of the cut points"
                                       : s->scaled->design->terms[column - s->scaled->n_extra];
}

/* c_k in the units of the terms: x_j = sum_k c_k (norm_j / norm_k) (scale_k / scale_j) x_k. */
static double coefficient(const search *s, size_t j, size_t k)
{
    const size_t column = s->kept[k];
    return s->c[k] * (s->norm[j] / s->norm[column]) * (s->scaled->scale[column] / s->scaled->scale[j]);
}

static void add_coefficient(pg_text *text, double value, bool first)
{
    char number[PG_NUMBER_SIZE];
    pg_number_significant(fabs(value), 6, number);
    pg_text_add(text, first ? (value < 0 ? "-" : "") : value < 0 ? " - " : " + ");
    if (!pg_streq(number, "1")) pg_text_addf(text, "%s * ", number);
}

/* Coefficients below 1e-11 of the largest are rounding. */
static char *explain(search *s, pg_arena *arena, size_t j)
{
    double largest = 0;
    size_t n_named = 0;
    for (size_t k = 0; k < s->n_kept; k++)
        largest = fmax(largest, fabs(s->c[k]));
    for (size_t k = 0; k < s->n_kept; k++)
        n_named += fabs(s->c[k]) > 1e-11 * largest;
    pg_text text;
    pg_text_init(&text, arena);
    pg_text_add(&text, s->norm[j] <= 0 ? "is zero in every row" : n_named <= MAX_NAMED ? "equals " : "depends on ");
    for (size_t k = 0, named = 0; k < s->n_kept && s->norm[j] > 0; k++) {
        if (!(fabs(s->c[k]) > 1e-11 * largest) || named++ >= MAX_NAMED) continue;
        if (n_named <= MAX_NAMED)
            add_coefficient(&text, coefficient(s, j, k), named == 1);
        else if (named > 1)
            pg_text_add(&text, ", ");
        pg_text_add(&text, name_of(s, s->kept[k]));
    }
    if (n_named > MAX_NAMED) pg_text_addf(&text, " and %zu more", n_named - MAX_NAMED);
    return text.failed ? NULL : text.data;
}

pgdp_status pg_collinear_refuse(pgdp_ctx *ctx, const pg_scaled *scaled, pg_matrix r)
{
    search s;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(search_new(ctx, scaled, r, &s));
    for (size_t j = 0; j < r.n_cols; j++) {
        if (is_dependent(&s, j)) {
            const char *because;
            PG_TRY_ALLOC(ctx, because, explain(&s, &ctx->scratch, j));
            return pg_fail(ctx, PGDP_RANK_DEFICIENT, "term %s %s; leave it out", name_of(&s, j), because);
        }
        keep(&s, j);
    }
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

pgdp_status pg_collinear_check(pgdp_ctx *ctx, const pgdp_design *design, bool with_constant)
{
    pg_scaled scaled;
    pg_qr qr;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    PG_TRY(pg_scaled_new(ctx, design, with_constant, &scaled));
    PG_TRY(pg_qr_factor(ctx, scaled.n_rows, scaled.n_cols, pg_scaled_fill, &scaled, &qr));
    PG_TRY(pg_collinear_refuse(ctx, &scaled, qr.r));
    pg_arena_rewind(&ctx->scratch, mark);
    return PGDP_OK;
}

static pgdp_status find_terms(pgdp_ctx *ctx, pg_arena *arena, pg_scaled *scaled, pg_collinear *list, size_t *n)
{
    pg_qr qr;
    search s;
    PG_TRY(pg_qr_factor(ctx, scaled->n_rows, scaled->n_cols, pg_scaled_fill, scaled, &qr));
    PG_TRY(search_new(ctx, scaled, qr.r, &s));
    for (size_t j = 0; j < scaled->n_cols; j++) {
        if (!is_dependent(&s, j)) {
            keep(&s, j);
            continue;
        }
        list[*n].term = j - scaled->n_extra;
        PG_TRY_ALLOC(ctx, list[*n].because, explain(&s, arena, j));
        (*n)++;
    }
    return PGDP_OK;
}

pgdp_status pg_collinear_terms(pgdp_ctx *ctx, pg_arena *arena, const pgdp_design *design, bool with_constant,
                               const pg_collinear **out, size_t *n_out)
{
    pg_collinear *list;
    pg_scaled scaled;
    size_t n = 0;
    const pg_mark mark = pg_arena_mark(&ctx->scratch);
    if (design->x.n_rows < design->x.n_cols + (with_constant ? 1 : 0))
        return pg_fail(ctx, PGDP_TOO_FEW_OBS, "%zu rows cannot tell %zu terms apart; leave terms out", design->x.n_rows,
                       design->x.n_cols);
    pg_blas_single_thread();
    PG_TRY_ALLOC(ctx, list, pg_arena_alloc(arena, design->x.n_cols, sizeof *list));
    PG_TRY(pg_scaled_new(ctx, design, with_constant, &scaled));
    PG_TRY(find_terms(ctx, arena, &scaled, list, &n));
    pg_arena_rewind(&ctx->scratch, mark);
    *out = list;
    *n_out = n;
    return PGDP_OK;
}
